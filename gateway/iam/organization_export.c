/*
 * gateway/iam/organization_export.c - the organisation in an export.
 */
#include "gateway/iam/export_int.h"

static void
put_features(struct bn_out *o, const struct bn_org *org)
{
	bn_open(o, "EnabledFeatures", '[');
	for (size_t i = 0; i < BN_ORG_FEATURES; i++) {
		if (!fg_eq(bn_org_setting(org, bn_org_features[i].setting), FG_LIT("true")))
			continue;
		bn_out_line(o);
		fg_buf_json_str(o->b, bn_org_features[i].name);
	}
	bn_close(o, ']');
}

static void
put_root(struct bn_out *o, struct fg_arena *a, const struct bn_org *org)
{
	bn_open(o, "Roots", '[');
	bn_open(o, NULL, '{');
	bn_put_str(o, "Id", org->root);
	bn_put_list(o, "PolicyTypes", org->types);
	bn_put_tags(o, bn_org_tags(a, org, org->root));
	bn_close(o, '}');
	bn_close(o, ']');
}

static void
put_moment(struct bn_out *o, const char *key, struct fg_str seconds)
{
	uint64_t t = 0;

	if (fg_u64(seconds, &t))
		bn_put_time(o, key, (fg_time)t);
}

static void
put_statuses(struct bn_out *o, const struct bn_org *org)
{
	static const char *const keys[] = { "AccountName", "State", "AccountId", "FailureReason",
		"RequestedTimestamp", "CompletedTimestamp" };

	bn_open(o, "CreateAccountStatuses", '[');
	for (size_t i = 0; i < org->nset; i++) {
		struct fg_str list = org->set[i].value, s;

		if (!fg_starts(org->set[i].name, FG_LIT("create.")))
			continue;
		bn_open(o, NULL, '{');
		bn_put_str(o, "Id", fg_sub(org->set[i].name, 7, org->set[i].name.n));
		for (size_t k = 0; k < FG_COUNT(keys) && store_list_next(&list, &s); k++) {
			if (k >= 4)
				put_moment(o, keys[k], s);
			else
				bn_put_given(o, keys[k], s);
		}
		bn_close(o, '}');
	}
	bn_close(o, ']');
}

static void
put_control(struct bn_out *o, struct fg_arena *a, const struct bn_org *org, const struct bn_control *c)
{
	bn_open(o, NULL, '{');
	bn_put_str(o, "Id", c->row.id);
	bn_put_given(o, "Name", c->row.name);
	bn_put_given(o, "Type", c->row.type);
	bn_put_given(o, "Description", c->row.description);
	if (c->row.document.n > 0) {
		bn_put_raw(o, "Content", c->row.document);
		bn_put_time(o, "CreateDate", c->row.created);
	}
	bn_put_list(o, "Targets", c->targets);
	bn_put_tags(o, bn_org_tags(a, org, c->row.id));
	bn_close(o, '}');
}

static enum fg_rc
put_hangs(struct store_tx *tx, struct fg_arena *a, struct bn_out *o, const struct bn_org *org,
    const struct fg_str *ids, size_t n, struct fg_err *reterr)
{
	bn_open(o, "Accounts", '[');
	for (size_t i = 0; i < n; i++) {
		struct store_account row = { .account = ids[i] };

		FG_TRY(store_get(tx, STORE_ACCOUNT, &row, a, reterr));
		bn_open(o, NULL, '{');
		bn_put_str(o, "Id", row.account);
		bn_put_str(o, "ParentId", row.unit.n > 0 ? row.unit : org->root);
		bn_put_tags(o, bn_org_tags(a, org, row.account));
		bn_close(o, '}');
	}
	bn_close(o, ']');
	return FG_OK;
}

enum fg_rc
bn_put_organization(struct store_tx *tx, struct fg_arena *a, struct bn_out *o,
    const struct fg_str *ids, size_t n, struct fg_err *reterr)
{
	struct bn_org org;

	FG_TRY(bn_org_load(tx, a, &org, reterr));
	if (!org.given)
		return FG_OK;
	bn_open(o, "Organization", '{');
	bn_put_str(o, "Id", org.id);
	bn_put_str(o, "ManagementAccountId", org.management);
	put_features(o, &org);
	put_root(o, a, &org);
	bn_open(o, "OrganizationalUnits", '[');
	for (size_t i = 0; i < org.nunits; i++) {
		bn_open(o, NULL, '{');
		bn_put_str(o, "Id", org.units[i].id);
		bn_put_str(o, "Name", org.units[i].name);
		bn_put_str(o, "ParentId", org.units[i].parent);
		bn_put_tags(o, bn_org_tags(a, &org, org.units[i].id));
		bn_close(o, '}');
	}
	bn_close(o, ']');
	bn_open(o, "Policies", '[');
	for (size_t i = 0; i < org.ncontrols; i++)
		put_control(o, a, &org, &org.controls[i]);
	bn_close(o, ']');
	FG_TRY(put_hangs(tx, a, o, &org, ids, n, reterr));
	put_statuses(o, &org);
	bn_close(o, '}');
	return FG_OK;
}
