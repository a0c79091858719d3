/*
 * gateway/org/tag.c - tags of accounts, units, the root and policies.
 */
#include "gateway/org/org_int.h"

static enum fg_rc
resource_begin(struct api_call *c, struct org *o)
{
	struct fg_str id = iam_str(c, "ResourceId");

	FG_TRY(org_begin(c, o, id));
	if (org_target_exists(o, id) || (!org_full_access(id) && org_policy_find(c, id) != NULL))
		return FG_OK;
	return org_refuse(c, API_F_ORG_TARGET, "org.target");
}

static enum fg_rc
change(struct iam_op *op)
{
	struct fg_str old = FG_LIT(""), list, name;
	struct bn_org org;
	enum fg_rc rc;

	FG_TRY(org_load(op, &org));
	name = fg_arena_fmt(op->c->arena, "organization.tags.%.*s", FG_PRI(op->t.uid));
	rc = store_setting_get(op->tx, FG_LIT(""), name, op->c->arena, &old, NULL);
	if (rc != FG_OK && rc != FG_E_NOT_FOUND)
		return fg_fail(&op->c->err, rc, "org.tags", NULL, "cannot be read");
	FG_TRY(iam_tags_change(op, old, &list));
	if (list.n == 0)
		return org_setting_drop(op, "tags.", op->t.uid);
	return org_setting_put(op, "tags.", op->t.uid, list);
}

enum fg_rc
org_run_tag(struct api_call *c)
{
	struct fg_str tags;
	struct org o;

	FG_TRY(resource_begin(c, &o));
	FG_TRY(iam_tags(c, &tags));
	return org_write(&o, iam_str(c, "ResourceId"), tags, change);
}

enum fg_rc
org_run_untag(struct api_call *c)
{
	struct org o;

	FG_TRY(resource_begin(c, &o));
	return org_write(&o, iam_str(c, "ResourceId"), FG_STR_NULL, change);
}

/* Fifty at most: one page. */
enum fg_rc
org_run_list_tags(struct api_call *c)
{
	struct fg_str list, key, value;
	struct org o;

	FG_TRY(resource_begin(c, &o));
	list = org_setting(c, "tags.", iam_str(c, "ResourceId"));
	api_json_open(&c->xml, "Tags", '[');
	while (store_list_next(&list, &key) && store_list_next(&list, &value)) {
		api_json_open(&c->xml, NULL, '{');
		api_json_str(&c->xml, "Key", key);
		api_json_str(&c->xml, "Value", value);
		api_json_close(&c->xml, '}');
	}
	api_json_close(&c->xml, ']');
	return FG_OK;
}
