/*
 * Long-lived secrets in their rows (rule 6): sealed under a subkey per kind of a WRAP key, bound
 * to the place where they lie.  Only cred does this: the keys are roots.
 */
#include "gateway/cred/cred_int.h"

bool
where_ok(const struct cred_where *w)
{
	const struct fg_str part[] = { w->table, w->row, w->account, w->owner };

	for (size_t i = 0; i < FG_COUNT(part); i++)
		if (part[i].n < 1 || part[i].n > 255)
			return false;
	return w->kind > CRED_SECRET_NONE && w->kind < CRED_SECRET_MAX;
}

static void
tail_put(struct fg_buf *b, const struct cred_where *w)
{
	fg_buf_v8(b, w->table);
	fg_buf_v8(b, w->row);
	fg_buf_v8(b, w->account);
	fg_buf_v8(b, w->owner);
}

struct wrap_keys {
	struct cred_xkey x;
	uint8_t nonce[CRED_KEY_BYTES];
};

static bool
derive(const struct cred_ring *r, const struct ring_key *k, const char *label,
    enum cred_secret_kind kind, uint8_t out[CRED_KEY_BYTES])
{
	char text[64];
	struct fg_buf info = FG_BUF_FIXED(text);

	fg_buf_put(&info, fg_str_z(label));
	fg_buf_be8(&info, (uint8_t)kind);
	fg_buf_be32(&info, k->entry.id);
	return info.bad == FG_OK &&
	    crypt_hkdf(k->root, fg_str(r->installation, sizeof(r->installation)),
	        fg_buf_str(&info), out, CRED_KEY_BYTES);
}

static enum fg_rc
keys_for(struct cred_worker *w, const struct cred_ring *r, uint32_t id, enum cred_secret_kind kind,
    struct wrap_keys *ret, struct fg_err *reterr)
{
	const struct ring_key *k = ring_find(r, id, CRED_CLASS_WRAP);
	uint8_t sub[CRED_KEY_BYTES];
	bool ok;

	if (k == NULL)
		return fg_fail(reterr, FG_E_KEY, "cred.wrap.key", NULL, "no wrap key %08x", id);
	ok = derive(r, k, "fedgate wrap 1", kind, sub) && xaes_prepare(w, sub, &ret->x) &&
	    derive(r, k, "fedgate wrap nonce 1", kind, ret->nonce);
	cred_wipe(sub, sizeof(sub));
	if (!ok)
		return fg_fail(reterr, FG_E_CRYPTO, "cred.wrap.key", NULL, "cannot derive");
	return FG_OK;
}

static void
keys_wipe(struct wrap_keys *k)
{
	cred_wipe(k, sizeof(*k));
}

enum fg_rc
wrap_seal(struct cred_worker *w, const struct cred_ring *r, uint32_t id,
    const struct cred_where *where, struct fg_str plain, struct fg_buf *out, struct fg_err *reterr)
{
	FG_AUTO(keys_wipe) struct wrap_keys k = { 0 };
	struct blob_head head = { (uint8_t)(BLOB_WRAP + where->kind), id, 0 };
	char text[4 * 256];
	struct fg_buf tail = FG_BUF_FIXED(text);
	struct blob_bind bind = { .installation = r->installation };
	char *at;

	if (!where_ok(where) || plain.n == 0 || plain.n > FG_LIMIT_WRAP_BYTES)
		return fg_fail(reterr, FG_E_PARAM, "cred.wrap.where", NULL,
		    "place or size is not valid");
	FG_TRY(keys_for(w, r, id, where->kind, &k, reterr));
	tail_put(&tail, where);
	FG_TRY(fg_buf_end(&tail, &bind.tail));
	at = fg_buf_room(out, plain.n + BLOB_OVERHEAD);
	if (at == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "cred.wrap", NULL, "blob");
	FG_TRY(blob_seal(w, &k.x, k.nonce, &head, &bind, plain, (uint8_t *)at, reterr));
	out->n += plain.n + BLOB_OVERHEAD;
	return FG_OK;
}

enum fg_rc
wrap_open(struct cred_worker *w, const struct cred_ring *r, const struct cred_where *where,
    struct fg_str blob, struct fg_buf *out, struct fg_err *reterr)
{
	FG_AUTO(keys_wipe) struct wrap_keys k = { 0 };
	struct blob_head head = { 0 };
	char text[4 * 256];
	struct fg_buf tail = FG_BUF_FIXED(text);
	struct blob_bind bind = { .installation = r->installation };
	char *at;

	if (!where_ok(where))
		return fg_fail(reterr, FG_E_PARAM, "cred.wrap.where", NULL, "place is not valid");
	FG_TRY(blob_head_read(blob, (uint8_t)(BLOB_WRAP + where->kind), &head, reterr));
	FG_TRY(keys_for(w, r, head.key_id, where->kind, &k, reterr));
	tail_put(&tail, where);
	FG_TRY(fg_buf_end(&tail, &bind.tail));
	at = fg_buf_room(out, blob.n);
	if (at == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "cred.unwrap", NULL, "secret");
	FG_TRY(blob_open(w, &k.x, &bind, blob, (uint8_t *)at, reterr));
	out->n += blob.n - BLOB_OVERHEAD;
	return FG_OK;
}

uint32_t
cred_wrap_key_id(struct fg_str blob)
{
	struct fg_cur c = fg_cur(blob);
	uint8_t purpose;

	fg_cur_lit(&c, FG_LIT("fg"));
	(void)fg_cur_u8(&c);
	purpose = fg_cur_u8(&c);
	if (c.bad || purpose <= BLOB_WRAP || purpose >= BLOB_WRAP + CRED_SECRET_MAX)
		return 0;
	return fg_cur_u32(&c);
}
