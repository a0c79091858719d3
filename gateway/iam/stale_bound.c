/*
 * gateway/iam/stale_bound.c - how long the last good keys of an OIDC provider serve while its issuer does
 * not answer (security.md 24).
 */
#include "gateway/iam/admin_int.h"
#include "gateway/idp/idp.h"

static enum fg_rc
refuse(struct admin_call *c, enum fg_rc rc, const char *what)
{
	return fg_fail(&c->err, rc, "iam.provider.stale_bound", NULL, "%s", what);
}

static enum fg_rc
change(struct admin_call *c, struct fg_str arn, struct fg_str seconds)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct store_oidc row = { .arn = arn };
	struct fg_str name = fg_arena_fmt(c->arena, IDP_STALE "%.*s", (int)arn.n, arn.p);

	if (name.p == NULL)
		return refuse(c, FG_E_NOMEM, "arena");
	FG_TRY(store_begin(c->admin->store, &tx, &c->err));
	FG_TRY(store_get(tx, STORE_OIDC, &row, c->arena, &c->err));
	c->account = row.account;
	FG_TRY(store_setting_put(tx, row.account, name, seconds, &c->err));
	return store_commit(FG_STEAL(tx), &c->err);
}

enum fg_rc
admin_stale_bound(struct admin_call *c)
{
	struct fg_str arn, seconds;
	uint64_t v = FG_LIMIT_IDP_STALE_MIN_S;

	if (!admin_str(c, "arn", &arn) || !admin_str(c, "seconds", &seconds))
		return c->err.rc;
	if (arn.n == 0 || arn.n > 1000)
		return refuse(c, FG_E_PARAM, "arn is missing or too long");
	/* none: what holds for every provider */
	if (seconds.n != 0 && (!fg_u64(seconds, &v) || v < FG_LIMIT_IDP_STALE_MIN_S || v > FG_LIMIT_IDP_STALE_MAX_S))
		return refuse(c, FG_E_PARAM, "the bound is 60 to 604800 seconds");
	return change(c, arn, seconds);
}
