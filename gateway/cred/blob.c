/*
 * One form for everything that is sealed: header, XAES-256-GCM, and an AAD that says whose it is
 * and what for (rules 3 and 4).
 *
 *   "fg" version purpose key-id(4) epoch(4) nonce(24) | ciphertext | tag(16)
 *   AAD = header, installation(16), tail
 */
#include "gateway/cred/cred_int.h"

static void
put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static void
head_put(const struct blob_head *h, uint8_t *out)
{
	out[0] = 'f';
	out[1] = 'g';
	out[2] = CRED_TOKEN_VERSION;
	out[3] = h->purpose;
	put32(out + 4, h->key_id);
	put32(out + 8, h->epoch);
}

const uint8_t *
blob_nonce(const uint8_t *raw)
{
	return raw + BLOB_HEAD_BYTES - CRED_NONCE_BYTES;
}

/*
 * Random bytes make the nonce; the rest keeps it apart when they do not: with a generator that
 * stands still two different messages still get two nonces.
 */
static bool
hedged_nonce(struct cred_worker *w, const uint8_t nonce_key[CRED_KEY_BYTES],
    const struct blob_bind *bind, struct fg_str plain, uint8_t *head)
{
	uint8_t fresh[32], mac[32];
	const struct fg_str part[] = {
		fg_str(fresh, sizeof(fresh)),
		fg_str(head, BLOB_HEAD_BYTES - CRED_NONCE_BYTES),
		fg_str(bind->installation, CRED_INSTALLATION_BYTES),
		bind->tail,
		plain,
	};

	if (!worker_rand(w, fresh, sizeof(fresh)))
		return false;
	fg_hmac(fg_str(nonce_key, CRED_KEY_BYTES), part, FG_COUNT(part), mac);
	memcpy(head + BLOB_HEAD_BYTES - CRED_NONCE_BYTES, mac, CRED_NONCE_BYTES);
	return true;
}

enum fg_rc
blob_seal(struct cred_worker *w, const struct cred_xkey *key,
    const uint8_t nonce_key[CRED_KEY_BYTES], const struct blob_head *head,
    const struct blob_bind *bind, struct fg_str plain, uint8_t *out, struct fg_err *reterr)
{
	const struct fg_str aad[] = {
		fg_str(out, BLOB_HEAD_BYTES),
		fg_str(bind->installation, CRED_INSTALLATION_BYTES),
		bind->tail,
	};

	head_put(head, out);
	if (!hedged_nonce(w, nonce_key, bind, plain, out))
		return fg_fail(reterr, FG_E_CRYPTO, "cred.blob.nonce", NULL, "no randomness");
	if (!xaes_seal(w, key, blob_nonce(out), aad, FG_COUNT(aad), plain, out + BLOB_HEAD_BYTES))
		return fg_fail(reterr, FG_E_CRYPTO, "cred.blob.seal", NULL, "cipher failed");
	return FG_OK;
}

enum fg_rc
blob_head_read(struct fg_str raw, uint8_t purpose, struct blob_head *ret, struct fg_err *reterr)
{
	struct fg_cur c = fg_cur(raw);
	struct blob_head h;
	uint8_t version;

	fg_cur_lit(&c, FG_LIT("fg"));
	version = fg_cur_u8(&c);
	h.purpose = fg_cur_u8(&c);
	h.key_id = fg_cur_u32(&c);
	h.epoch = fg_cur_u32(&c);
	(void)fg_cur_take(&c, CRED_NONCE_BYTES + CRED_TAG_BYTES);
	if (c.bad)
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.blob.form", NULL, "not a sealed blob");
	if (version != CRED_TOKEN_VERSION)
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.blob.version", NULL,
		    "version %u is not opened here", version);
	if (h.purpose != purpose)
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.blob.purpose", NULL,
		    "purpose %u where %u is expected", h.purpose, purpose);
	*ret = h;
	return FG_OK;
}

enum fg_rc
blob_open(struct cred_worker *w, const struct cred_xkey *key, const struct blob_bind *bind,
    struct fg_str raw, uint8_t *out, struct fg_err *reterr)
{
	const struct fg_str aad[] = {
		fg_sub(raw, 0, BLOB_HEAD_BYTES),
		fg_str(bind->installation, CRED_INSTALLATION_BYTES),
		bind->tail,
	};

	if (raw.n < BLOB_OVERHEAD ||
	    !xaes_open(w, key, blob_nonce((const uint8_t *)raw.p), aad, FG_COUNT(aad),
	        fg_sub(raw, BLOB_HEAD_BYTES, raw.n), out))
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.blob.open", NULL,
		    "does not open with its key");
	return FG_OK;
}
