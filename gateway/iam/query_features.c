/*
 * gateway/iam/query_features.c - what the management account has turned on for the organisation: sessions of
 * its members' roots (sts:AssumeRoot), and the management of roots' credentials, of which there are none.
 */
#include "gateway/iam/bundle_int.h"
#include "gateway/iam/query_int.h"
#include "gateway/iam/shipped.h"

static struct fg_str
setting(const struct api_call *c, const char *name)
{
	struct fg_str key = fg_arena_fmt(c->arena, "\norganization.%s", name);
	const struct store_setting *s = key.p == NULL ? NULL : directory_row_find(iam_dir(c), STORE_SETTING, key);

	return s == NULL ? FG_STR_NULL : s->value;
}

/* After the caller was allowed: is there an organisation, and does its account manage it? */
static enum fg_rc
managed(struct api_call *c, struct fg_str *ret_id)
{
	struct fg_str management = setting(c, "management");

	FG_TRY(iam_allow_on(c, FG_LIT("*")));
	if (fg_str_null(management))
		return api_refuse_str(c, API_F_FEATURES_ABSENT, "iam.features.absent",
		    FG_LIT("The account is not a member of an organization."));
	if (!fg_eq(management, c->caller.who.account))
		return api_refuse_str(c, API_F_FEATURES_ACCOUNT, "iam.features.account",
		    FG_LIT("The caller is not the management account of the organization."));
	*ret_id = setting(c, "id");
	if (fg_str_null(*ret_id))
		*ret_id = fg_arena_fmt(c->arena, "o-%.*s", FG_PRI(management));
	return ret_id->p == NULL ? fg_fail(&c->err, FG_E_NOMEM, "iam.features", NULL, "arena") : FG_OK;
}

static void
feature_xml(struct fg_buf *b, const struct bn_feature *f, bool on)
{
	if (on)
		api_xml_str(b, FG_LIT("member"), f->name);
}

enum fg_rc
iam_run_list_features(struct api_call *c)
{
	struct fg_str id;

	FG_TRY(managed(c, &id));
	api_xml_str(&c->xml, FG_LIT("OrganizationId"), id);
	api_xml_open(&c->xml, FG_LIT("EnabledFeatures"));
	for (size_t i = 0; i < BN_ORG_FEATURES; i++)
		feature_xml(&c->xml, &bn_org_features[i], fg_eq(setting(c, bn_org_features[i].setting.p), FG_LIT("true")));
	api_xml_close(&c->xml, FG_LIT("EnabledFeatures"));
	return FG_OK;
}

/* EnableOrganizationsX, DisableOrganizationsX */
static const struct bn_feature *
feature_of(const struct api_call *c, bool *ret_on)
{
	struct fg_str name = c->action->name;

	*ret_on = fg_starts(name, FG_LIT("Enable"));
	name = fg_sub(name, *ret_on ? 19 : 20, name.n);
	for (size_t i = 0; i < BN_ORG_FEATURES; i++)
		if (fg_eq(bn_org_features[i].name, name))
			return &bn_org_features[i];
	return NULL;
}

/* What is off has no setting. */
static enum fg_rc
setting_write(struct iam_op *op, const struct bn_feature *f, bool on)
{
	struct api_call *c = op->c;
	const struct store_setting row = { .account = FG_LIT(""), .value = FG_LIT("true"),
		.name = fg_arena_fmt(c->arena, "organization.%.*s", FG_PRI(f->setting)) };
	enum fg_rc rc;

	if (row.name.p == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.features", NULL, "arena");
	if (on)
		return store_put(op->tx, STORE_SETTING, &row, &c->err);
	rc = store_delete(op->tx, STORE_SETTING, &row, &c->err);
	if (rc == FG_E_NOT_FOUND)
		fg_err_clear(&c->err);
	return rc == FG_E_NOT_FOUND ? FG_OK : rc;
}

static enum fg_rc
change(struct iam_op *op)
{
	struct api_call *c = op->c;
	bool on, is;
	const struct bn_feature *f = feature_of(c, &on);
	struct fg_str management;
	struct bn_org org;

	if (f == NULL)
		return fg_fail(&c->err, FG_E_INTERNAL, "iam.features", NULL, "action without a feature");
	FG_TRY(bn_org_load(op->tx, c->arena, &org, &c->err));
	management = org.given ? org.management : FG_STR_NULL;
	if (!fg_eq(management, op->t.account))
		return api_refuse_str(c, API_F_FEATURES_ACCOUNT, "iam.features.account",
		    FG_LIT("The caller is not the management account of the organization."));
	FG_TRY(setting_write(op, f, on));
	if (on) /* an installation of before has not all tasks */
		FG_TRY(iam_shipped_put(op->tx, c->now, &c->err));
	api_xml_str(&c->xml, FG_LIT("OrganizationId"), op->extra);
	api_xml_open(&c->xml, FG_LIT("EnabledFeatures"));
	for (size_t i = 0; i < BN_ORG_FEATURES; i++) {
		is = fg_eq(bn_org_setting(&org, bn_org_features[i].setting), FG_LIT("true"));
		feature_xml(&c->xml, &bn_org_features[i], &bn_org_features[i] == f ? on : is);
	}
	api_xml_close(&c->xml, FG_LIT("EnabledFeatures"));
	return FG_OK;
}

enum fg_rc
iam_run_change_feature(struct api_call *c)
{
	struct iam_target t = { .account = c->caller.who.account, .arn = FG_LIT("*"), .boundary = FG_LIT(""),
		.found = true };
	struct fg_str id;

	FG_TRY(managed(c, &id));
	return iam_write(c, &t, FG_STR_NULL, id, change);
}
