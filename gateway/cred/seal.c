/*
 * Sealed blobs of other purposes: the same form with two times before the plaintext.
 */
#include "gateway/cred/cred_int.h"

#include <stdlib.h>

#define TIMES_BYTES 16
#define SEAL_PLAIN_MAX (256u * 1024) /* more than any reply that holds one */

static void
wipe_free(struct fg_str *s)
{
	if (s->p != NULL) {
		cred_wipe((void *)(uintptr_t)s->p, s->n);
		free((void *)(uintptr_t)s->p);
	}
}

static bool
purpose_ok(enum cred_purpose p)
{
	return p > CRED_P_SESSION && p < CRED_P_MAX;
}

static struct fg_str
tail_of(struct fg_str bind, uint8_t tail[256])
{
	tail[0] = (uint8_t)bind.n;
	if (bind.n != 0)
		memcpy(tail + 1, bind.p, bind.n);
	return fg_str(tail, bind.n + 1);
}

/* times and plaintext in one piece */
static enum fg_rc
body_make(struct fg_str plain, fg_time now, int64_t ttl, struct fg_str *ret, struct fg_err *reterr)
{
	struct fg_buf b = FG_BUF(TIMES_BYTES + SEAL_PLAIN_MAX);

	b.secret = true;
	fg_buf_be64(&b, (uint64_t)now);
	fg_buf_be64(&b, (uint64_t)(now + ttl));
	fg_buf_put(&b, plain);
	if (fg_buf_end(&b, ret) != FG_OK) {
		enum fg_rc rc = b.bad;

		fg_buf_free(&b);
		return fg_fail(reterr, rc, "cred.seal", NULL, "%zu bytes", plain.n);
	}
	return FG_OK;
}

enum fg_rc
cred_seal(struct cred_worker *w, const struct cred_keys *k, enum cred_purpose purpose,
    struct fg_str bind, struct fg_str plain, fg_time now, int64_t ttl, struct fg_buf *out,
    struct fg_err *reterr)
{
	FG_AUTO(wipe_free) struct fg_str body = FG_STR_NULL, raw = FG_STR_NULL;
	struct blob_head head = { .purpose = (uint8_t)purpose, .epoch = epoch_of(now) };
	const struct epoch_keys *e = epoch_sealing(k, now, &head.key_id);
	struct blob_bind aad = { .installation = k->installation };
	uint8_t tail[256];

	if (!purpose_ok(purpose) || bind.n > 255 || ttl < 1 || ttl > FG_LIMIT_SESSION_MAX_S)
		return fg_fail(reterr, FG_E_PARAM, "cred.seal", NULL, "purpose, binding or time");
	if (e == NULL)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "cred.seal", NULL,
		    "no key seals at this time");
	aad.tail = tail_of(bind, tail);
	FG_TRY(body_make(plain, now, ttl, &body, reterr));
	raw = fg_str(malloc(body.n + BLOB_OVERHEAD), body.n + BLOB_OVERHEAD);
	if (raw.p == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "cred.seal", NULL, "blob");
	FG_TRY(blob_seal(w, &e->x[purpose], e->nonce, &head, &aad, body,
	    (uint8_t *)(uintptr_t)raw.p, reterr));
	fg_buf_base64url(out, raw);
	return FG_OK;
}

static enum fg_rc
body_read(struct fg_str body, uint32_t epoch, fg_time now, struct fg_str *ret,
    struct fg_err *reterr)
{
	struct fg_cur c = fg_cur(body);
	fg_time issued = (fg_time)fg_cur_u64(&c), expires = (fg_time)fg_cur_u64(&c);
	struct fg_str plain = fg_cur_rest(&c);

	if (c.bad)
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.unseal.times", NULL, "short");
	FG_TRY(epoch_times_check(epoch, issued, expires, now, reterr));
	*ret = plain;
	return FG_OK;
}

enum fg_rc
cred_unseal(struct cred_worker *w, const struct cred_keys *k, enum cred_purpose purpose,
    struct fg_str bind, struct fg_str text, fg_time now, struct fg_arena *a, struct fg_str *ret,
    struct fg_err *reterr)
{
	struct blob_bind aad = { .installation = k->installation };
	const struct epoch_keys *e;
	struct blob_head head;
	struct fg_str raw;
	uint8_t tail[256], *out;

	if (!purpose_ok(purpose) || bind.n > 255)
		return fg_fail(reterr, FG_E_PARAM, "cred.unseal", NULL, "purpose or binding");
	if (text.n > SEAL_PLAIN_MAX * 2 || !fg_base64url(a, text, &raw))
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.unseal.text", NULL, "not base64url");
	FG_TRY(blob_head_read(raw, (uint8_t)purpose, &head, reterr));
	e = epoch_find(k, head.key_id, head.epoch);
	if (e == NULL)
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.unseal.key", NULL, "key %08x epoch %u",
		    head.key_id, head.epoch);
	out = fg_arena_alloc(a, raw.n);
	if (out == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "cred.unseal", NULL, "arena");
	aad.tail = tail_of(bind, tail);
	FG_TRY(blob_open(w, &e->x[purpose], &aad, raw, out, reterr));
	return body_read(fg_str(out, raw.n - BLOB_OVERHEAD), head.epoch, now, ret, reterr);
}
