/*
 * gateway/iam/drop_kid.c - a key of an OIDC provider that must not be used any more, whatever the
 * issuer publishes (security.md 24).
 */
#include "gateway/iam/admin_int.h"
#include "gateway/idp/idp.h"

static enum fg_rc
refuse(struct admin_call *c, enum fg_rc rc, const char *what)
{
	return fg_fail(&c->err, rc, "iam.provider.drop_kid", NULL, "%s", what);
}

/* The list with the kid, or without it. */
static enum fg_rc
changed_list(struct admin_call *c, struct fg_str list, struct fg_str kid, bool undo, struct fg_str *ret)
{
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_IDP_DROPPED * (FG_LIMIT_KID_BYTES + 16));
	struct fg_str one;
	size_t n = 0;

	while (store_list_next(&list, &one)) {
		if (fg_eq(one, kid))
			continue;
		store_list_put(&b, one);
		n++;
	}
	if (!undo && n >= FG_LIMIT_IDP_DROPPED)
		return refuse(c, FG_E_LIMIT, "too many kids of this provider are dropped already");
	if (!undo)
		store_list_put(&b, kid);
	if (b.n == 0)
		fg_buf_put(&b, FG_LIT(""));
	if (fg_buf_end(&b, ret) != FG_OK)
		return refuse(c, FG_E_NOMEM, "list");
	return FG_OK;
}

static enum fg_rc
change(struct admin_call *c, struct fg_str arn, struct fg_str kid, bool undo)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct store_oidc row = { .arn = arn };
	struct fg_str name = fg_arena_fmt(c->arena, IDP_DROPPED "%.*s", (int)arn.n, arn.p), list, now;
	enum fg_rc rc;

	if (name.p == NULL)
		return refuse(c, FG_E_NOMEM, "arena");
	FG_TRY(store_begin(c->admin->store, &tx, &c->err));
	FG_TRY(store_get(tx, STORE_OIDC, &row, c->arena, &c->err));
	c->account = row.account;
	rc = store_setting_get(tx, row.account, name, c->arena, &list, NULL);
	if (rc != FG_OK && rc != FG_E_NOT_FOUND)
		return refuse(c, rc, "the list of dropped kids cannot be read");
	FG_TRY(changed_list(c, rc == FG_OK ? list : FG_LIT(""), kid, undo, &now));
	FG_TRY(store_setting_put(tx, row.account, name, now, &c->err));
	return store_commit(FG_STEAL(tx), &c->err);
}

enum fg_rc
admin_drop_kid(struct admin_call *c)
{
	struct fg_str arn, kid;

	if (!admin_str(c, "arn", &arn) || !admin_str(c, "kid", &kid))
		return c->err.rc;
	if (arn.n == 0 || arn.n > 1000 || kid.n == 0 || kid.n > FG_LIMIT_KID_BYTES)
		return refuse(c, FG_E_PARAM, "arn or kid is missing or too long");
	return change(c, arn, kid, admin_bool(c, "undo"));
}
