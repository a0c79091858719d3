/*
 * A session becomes credentials, and credentials a session (rules 2 to 5 and 8).
 */
#include "gateway/cred/cred_int.h"

/*= security.md 5
 *# base64 of the first 30 bytes of HMAC(K_sec, "asia1", installation, access key id, the token's
 *# nonce) */
static bool
secret_of(const struct cred_keys *k, const struct epoch_keys *e,
    struct fg_str key_id, const uint8_t *nonce, char out[CRED_SECRET_CHARS + 1])
{
	uint8_t mac[32];
	const struct fg_str part[] = {
		FG_LIT("asia1"),
		fg_str(k->installation, CRED_INSTALLATION_BYTES),
		key_id,
		fg_str(nonce, CRED_NONCE_BYTES),
	};
	struct fg_buf text = { .p = out, .room = CRED_SECRET_CHARS, .cap = CRED_SECRET_CHARS,
		.fixed = true };

	fg_hmac(fg_str(e->secret, CRED_KEY_BYTES), part, FG_COUNT(part), mac);
	fg_buf_base64(&text, fg_str(mac, 30));
	cred_wipe(mac, sizeof(mac));
	out[CRED_SECRET_CHARS] = '\0';
	return text.bad == FG_OK && text.n == CRED_SECRET_CHARS;
}

static unsigned
percent_of(size_t part, size_t room)
{
	if (part == 0)
		return 0;
	if (room == 0)
		return 10000;
	return (unsigned)((part * 100 + room - 1) / room);
}

enum fg_rc
cred_measure(const struct cred_session *s, struct cred_packed *ret, struct fg_err *reterr)
{
	size_t policies, tags, all = session_size(s, &policies, &tags);
	size_t fixed = all - policies - tags;
	size_t room = fixed >= SESSION_PLAIN_MAX ? 0 : SESSION_PLAIN_MAX - fixed;

	ret->token_chars = ((all + BLOB_OVERHEAD) * 4 + 2) / 3;
	ret->percent = percent_of(policies + tags, room);
	ret->tag_percent = percent_of(tags, room);
	if (all > SESSION_PLAIN_MAX)
		return fg_fail(reterr, FG_E_PACKED, "cred.session.packed", NULL,
		    "the token would have %zu characters", ret->token_chars);
	return FG_OK;
}

/* The id of the credentials and, unless the caller chose one, that of the session. */
static enum fg_rc
choose_ids(struct cred_worker *w, struct cred_session *s, struct cred_minted *ret,
    struct fg_err *reterr)
{
	static const uint8_t zero[CRED_SESSION_ID_BYTES];
	uint8_t b[KEY_ID_RANDOM];

	if (!worker_rand(w, b, sizeof(b)) ||
	    (memcmp(s->session_id, zero, sizeof(zero)) == 0 &&
	        !worker_rand(w, s->session_id, sizeof(s->session_id))))
		return fg_fail(reterr, FG_E_CRYPTO, "cred.mint", NULL, "no randomness");
	FG_TRY(key_id_make(CRED_KEY_ASIA, s->account, b, ret->access_key_id, reterr));
	memcpy(ret->session_id, s->session_id, sizeof(ret->session_id));
	return FG_OK;
}

static enum fg_rc
seal_session(struct cred_worker *w, const struct cred_keys *k, const struct epoch_keys *e,
    const struct blob_head *head, const struct cred_session *s, struct cred_minted *ret,
    struct fg_err *reterr)
{
	char plain[SESSION_PLAIN_MAX] FG_UNINIT;
	uint8_t raw[FG_LIMIT_TOKEN_BYTES] FG_UNINIT, tail[1 + CRED_KEY_ID_CHARS];
	struct fg_buf b = FG_BUF_FIXED(plain), text = FG_BUF_FIXED(ret->token);
	struct fg_str key_id = fg_str(ret->access_key_id, CRED_KEY_ID_CHARS), body;
	struct blob_bind bind = { k->installation, fg_str(tail, sizeof(tail)) };

	session_put(s, &b);
	if (fg_buf_end(&b, &body) != FG_OK)
		return fg_fail(reterr, FG_E_INTERNAL, "cred.mint", NULL, "size was not measured");
	tail[0] = CRED_KEY_ID_CHARS;
	memcpy(tail + 1, key_id.p, CRED_KEY_ID_CHARS);
	FG_TRY(blob_seal(w, &e->x[CRED_P_SESSION], e->nonce, head, &bind, body, raw, reterr));
	fg_buf_base64url(&text, fg_str(raw, body.n + BLOB_OVERHEAD));
	if (text.bad != FG_OK || text.n > FG_LIMIT_TOKEN_CHARS)
		return fg_fail(reterr, FG_E_INTERNAL, "cred.mint", NULL, "text was not measured");
	ret->token_n = text.n;
	ret->token[text.n] = '\0';
	if (!secret_of(k, e, key_id, blob_nonce(raw), ret->secret))
		return fg_fail(reterr, FG_E_CRYPTO, "cred.mint", NULL, "secret");
	return FG_OK;
}

enum fg_rc
cred_mint(struct cred_worker *w, const struct cred_keys *k, const struct cred_session *s,
    struct cred_minted *ret, struct fg_err *reterr)
{
	struct blob_head head = { .purpose = CRED_P_SESSION };
	const struct epoch_keys *e;
	struct cred_session own;

	FG_TRY(session_check(s, FG_E_PARAM, reterr));
	FG_TRY(cred_measure(s, &ret->packed, reterr));
	e = epoch_sealing(k, s->issued, &head.key_id);
	if (e == NULL)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "cred.mint.key", NULL,
		    "no key seals at this time");
	head.epoch = epoch_of(s->issued);
	own = *s;
	FG_TRY(choose_ids(w, &own, ret, reterr));
	return seal_session(w, k, e, &head, &own, ret, reterr);
}

/* Which epoch's keys a token claims to be under: absent means over, or not ours. */
static enum fg_rc
find_keys(const struct cred_keys *k, const struct blob_head *h, fg_time now,
    const struct epoch_keys **ret, struct fg_err *reterr)
{
	*ret = epoch_find(k, h->key_id, h->epoch);
	if (*ret != NULL)
		return FG_OK;
	for (size_t i = 0; i < k->sets; i++)
		if (k->set[i].id == h->key_id && h->epoch != 0 &&
		    (fg_time)h->epoch * EPOCH_S + EPOCH_S + FG_LIMIT_SESSION_MAX_S < now)
			return fg_fail(reterr, FG_E_CREDENTIAL_EXPIRED, "cred.token.expired", NULL,
			    "of an epoch whose sessions are over");
	return fg_fail(reterr, FG_E_CREDENTIAL, "cred.token.key", NULL, "key %08x epoch %u",
	    h->key_id, h->epoch);
}

static enum fg_rc
token_bytes(struct fg_str token, uint8_t *raw, struct fg_str *ret, struct fg_err *reterr)
{
	ptrdiff_t n;

	if (token.n > FG_LIMIT_TOKEN_CHARS)
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.token.size", NULL, "too long");
	n = fg_base64url_into(token, raw, FG_LIMIT_TOKEN_BYTES);
	if (n < 0)
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.token.text", NULL, "not base64url");
	*ret = fg_str(raw, (size_t)n);
	return FG_OK;
}

static enum fg_rc
open_session(struct cred_worker *w, const struct cred_keys *k, struct fg_str key_id,
    struct fg_str raw, const char *account, fg_time now, struct cred_opened *ret,
    struct fg_err *reterr)
{
	uint8_t tail[1 + CRED_KEY_ID_CHARS] = { CRED_KEY_ID_CHARS };
	struct blob_bind bind = { k->installation, fg_str(tail, sizeof(tail)) };
	struct cred_session *s = &ret->session;
	const struct epoch_keys *e;
	struct blob_head head;

	memcpy(tail + 1, key_id.p, CRED_KEY_ID_CHARS);
	FG_TRY(blob_head_read(raw, CRED_P_SESSION, &head, reterr));
	FG_TRY(find_keys(k, &head, now, &e, reterr));
	FG_TRY(blob_open(w, &e->x[CRED_P_SESSION], &bind, raw, ret->buf, reterr));
	FG_TRY(session_parse(fg_str(ret->buf, raw.n - BLOB_OVERHEAD), s, reterr));
	if (!fg_eq(s->account, fg_str(account, CRED_ACCOUNT_CHARS)))
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.token.account", NULL,
		    "the access key id names another account");
	FG_TRY(epoch_times_check(head.epoch, s->issued, s->expires, now, reterr));
	if (!secret_of(k, e, key_id, blob_nonce((const uint8_t *)raw.p), ret->secret))
		return fg_fail(reterr, FG_E_CRYPTO, "cred.open", NULL, "secret");
	return FG_OK;
}

enum fg_rc
cred_open(struct cred_worker *w, const struct cred_keys *k, struct fg_str access_key_id,
    struct fg_str token, fg_time now, struct cred_opened *ret, struct fg_err *reterr)
{
	uint8_t bytes[FG_LIMIT_TOKEN_BYTES];
	struct fg_str raw = FG_STR_NULL;
	char account[13];
	enum fg_rc rc;

	if (cred_key_id_read(access_key_id, account) != CRED_KEY_ASIA)
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.token.key_id", "sts.md 2.1a",
		    "not a temporary access key id");
	FG_TRY(token_bytes(token, bytes, &raw, reterr));
	rc = open_session(w, k, access_key_id, raw, account, now, ret, reterr);
	if (rc != FG_OK) /* nothing half-opened is left to be believed */
		cred_opened_wipe(ret);
	return rc;
}

void
cred_opened_wipe(struct cred_opened *o)
{
	cred_wipe(o, sizeof(*o));
}
