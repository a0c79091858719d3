/*
 * The session behind an outbound token, sealed inside it: what its use here is a link of.
 */
#include "gateway/cred/lineage.h"

#include "gateway/cred/cred_int.h"

/* What a chain hands down, and no more: no policies, no keys of a provider, no tags of this hop. */
static void
strip(struct cred_session *s)
{
	size_t n = 0;

	s->policy = FG_STR_NULL;
	s->managed_n = 0;
	s->carried_n = 0;
	for (size_t i = 0; i < s->tags_n; i++)
		if (s->tags[i].transitive)
			s->tags[n++] = s->tags[i];
	s->tags_n = n;
}

enum fg_rc
cred_lineage_seal(struct cred_worker *w, const struct cred_keys *k, const struct cred_session *from,
    struct fg_str bind, fg_time now, int64_t ttl, struct fg_buf *out, struct fg_err *reterr)
{
	char plain[FG_LIMIT_TOKEN_BYTES];
	struct fg_buf b = FG_BUF_FIXED(plain);
	struct cred_session s = *from;
	struct fg_str text;

	strip(&s);
	FG_TRY(session_check(&s, FG_E_PARAM, reterr));
	session_put(&s, &b);
	if (fg_buf_end(&b, &text) != FG_OK)
		return fg_fail(reterr, FG_E_PACKED, "cred.lineage", NULL, "the lineage is too long");
	return cred_seal(w, k, CRED_P_LINEAGE, bind, text, now, ttl, out, reterr);
}

enum fg_rc
cred_lineage_open(struct cred_worker *w, const struct cred_keys *k, struct fg_str bind,
    struct fg_str text, fg_time now, struct fg_arena *a, struct cred_session *ret,
    struct fg_err *reterr)
{
	struct fg_str plain;

	FG_TRY(cred_unseal(w, k, CRED_P_LINEAGE, bind, text, now, a, &plain, reterr));
	return session_parse(plain, ret, reterr);
}
