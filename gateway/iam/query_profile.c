/*
 * gateway/iam/query_profile.c - instance profiles: names under which a role is handed to machines.
 *
 * No machine asks here for its role; the profiles are kept for those who manage them.
 */
#include "gateway/iam/query_int.h"

enum fg_rc
iam_target_profile(struct api_call *c, const struct store_profile *p, struct iam_target *ret)
{
	*ret = (struct iam_target){ .k = iam_kind_of(STORE_PROFILE), .account = p->account,
		.name = p->name, .path = p->path, .uid = p->uid, .boundary = FG_LIT(""),
		.created = p->created, .found = true };
	ret->arn = iam_arn(c, p->account, ret->k->noun, p->path, p->name);
	if (fg_str_null(ret->arn))
		return fg_fail(&c->err, FG_E_NOMEM, "iam.profile", NULL, "arena");
	return iam_tag_array(c, p->tags, &ret->tags, &ret->ntags);
}

/* ---- XML ---- */

static enum fg_rc
profile_xml(struct api_call *c, const struct store_profile *p)
{
	const struct directory_role *r = directory_role_by_uid(iam_dir(c), p->role);
	struct iam_target t;

	FG_TRY(iam_target_profile(c, p, &t));
	iam_xml_entity_head(&c->xml, &t);
	api_xml_open(&c->xml, FG_LIT("Roles"));
	if (r != NULL && !r->quarantined) {
		api_xml_open(&c->xml, FG_LIT("member"));
		iam_xml_role(c, r, 0);
		api_xml_close(&c->xml, FG_LIT("member"));
	}
	api_xml_close(&c->xml, FG_LIT("Roles"));
	iam_xml_tags(&c->xml, t.tags, t.ntags);
	return FG_OK;
}

struct walk {
	struct api_call *c;
	struct iam_page *page;
	struct fg_str role; /* unique id; null: all */
	enum fg_rc rc;
};

static bool
list_one(void *arg, enum store_kind kind, const void *entity)
{
	struct walk *w = arg;
	const struct store_profile *p = entity;

	(void)kind;
	if (!fg_starts(p->path, w->page->prefix) ||
	    (!fg_str_null(w->role) && !fg_eq(p->role, w->role)))
		return true;
	if (!iam_page_take(w->page, p->name))
		return false;
	api_xml_open(&w->c->xml, FG_LIT("member"));
	w->rc = profile_xml(w->c, p);
	api_xml_close(&w->c->xml, FG_LIT("member"));
	return w->rc == FG_OK;
}

enum fg_rc
iam_xml_profiles_of(struct api_call *c, struct fg_str role_uid, struct iam_page *page)
{
	struct walk w = { c, page, role_uid, FG_OK };

	FG_TRY(directory_walk(iam_dir(c), STORE_PROFILE, c->caller.who.account, page->after, list_one,
	    &w, &c->err));
	return w.rc;
}

enum fg_rc
iam_run_list_profiles(struct api_call *c)
{
	struct iam_page page = iam_page(c);

	FG_TRY(iam_allow_on(c, iam_arn(c, c->caller.who.account, FG_LIT("instance-profile"), page.prefix,
	    FG_STR_NULL)));
	api_xml_open(&c->xml, FG_LIT("InstanceProfiles"));
	FG_TRY(iam_xml_profiles_of(c, FG_STR_NULL, &page));
	api_xml_close(&c->xml, FG_LIT("InstanceProfiles"));
	iam_page_end(c, &page);
	return FG_OK;
}

enum fg_rc
iam_run_get_profile(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	api_xml_open(&c->xml, FG_LIT("InstanceProfile"));
	FG_TRY(profile_xml(c, directory_profile_find(iam_dir(c), t.account, t.name)));
	api_xml_close(&c->xml, FG_LIT("InstanceProfile"));
	return FG_OK;
}

/* ---- create, delete ---- */

static enum fg_rc
create(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct store_profile row = { .account = op->t.account, .name = op->t.name,
		.path = op->t.path, .role = FG_LIT(""), .tags = op->extra, .created = c->now };
	enum fg_rc rc;

	FG_TRY(iam_uid(op, op->t.k->prefix));
	row.uid = op->t.uid;
	rc = store_insert(op->tx, STORE_PROFILE, &row, &c->err);
	if (rc == FG_E_EXISTS) {
		fg_err_clear(&c->err);
		return api_refuse(c, API_F_ENTITY_EXISTS, "iam.profile.exists",
		    "Instance Profile %.*s already exists.", FG_PRI(op->t.name));
	}
	FG_TRY(rc);
	api_xml_open(&c->xml, FG_LIT("InstanceProfile"));
	iam_xml_entity_head(&c->xml, &op->t);
	api_xml_open(&c->xml, FG_LIT("Roles"));
	api_xml_close(&c->xml, FG_LIT("Roles"));
	iam_xml_tag_list(&c->xml, op->extra);
	api_xml_close(&c->xml, FG_LIT("InstanceProfile"));
	api_story_result(c, AUDIT_P_RESULT_ARN, op->t.arn);
	api_story_result(c, AUDIT_P_RESULT_ID, op->t.uid);
	return FG_OK;
}

enum fg_rc
iam_run_create_profile(struct api_call *c)
{
	struct iam_target t;
	struct fg_str tags;

	FG_TRY(iam_target_new(c, &t));
	FG_TRY(iam_allow(c, &t));
	FG_TRY(iam_tags(c, &tags));
	return iam_write(c, &t, FG_STR_NULL, tags, create);
}

static enum fg_rc
profile_row(struct iam_op *op, struct store_profile *ret)
{
	enum fg_rc rc;

	*ret = (struct store_profile){ .account = op->t.account, .uid = op->t.uid };
	rc = iam_row(op, STORE_PROFILE, ret);
	if (rc == FG_E_NOT_FOUND)
		return iam_no_such(op->c, op->t.k, op->t.name);
	return rc;
}

/* A role that went with a bundle is none any more. */
static bool
has_role(struct iam_op *op, const struct store_profile *p)
{
	struct store_role r = { .account = p->account, .uid = p->role };

	return p->role.n > 0 && store_get(op->tx, STORE_ROLE, &r, op->c->arena, NULL) != FG_E_NOT_FOUND;
}

static enum fg_rc
drop(struct iam_op *op)
{
	struct store_profile row;

	FG_TRY(profile_row(op, &row));
	if (has_role(op, &row))
		return api_refuse(op->c, API_F_DELETE_CONFLICT, "iam.profile.in-use",
		    "Cannot delete entity, must remove roles from instance profile first.");
	return store_delete(op->tx, STORE_PROFILE, &row, &op->c->err);
}

enum fg_rc
iam_run_delete_profile(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, drop);
}

/* ---- its role; extra is the role's unique id ---- */

static enum fg_rc
add_role(struct iam_op *op)
{
	struct store_profile row;
	struct store_role r = { .account = op->t.account, .uid = op->extra };
	enum fg_rc rc;

	FG_TRY(profile_row(op, &row));
	rc = iam_row(op, STORE_ROLE, &r);
	if (rc == FG_E_NOT_FOUND)
		return iam_no_such(op->c, iam_kind_of(STORE_ROLE), iam_str(op->c, "RoleName"));
	FG_TRY(rc);
	if (has_role(op, &row))
		return api_refuse(op->c, API_F_LIMIT_EXCEEDED, "iam.profile.limit",
		    "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
	row.role = op->extra;
	return store_update(op->tx, STORE_PROFILE, &row, &op->c->err);
}

static enum fg_rc
remove_role(struct iam_op *op)
{
	struct fg_str name = iam_str(op->c, "RoleName");
	struct store_profile row;

	FG_TRY(profile_row(op, &row));
	if (!fg_eq(row.role, op->extra))
		return api_refuse(op->c, API_F_NO_SUCH_ENTITY, "iam.profile.role",
		    "The role with name %.*s cannot be found in the instance profile.", FG_PRI(name));
	row.role = FG_LIT("");
	return store_update(op->tx, STORE_PROFILE, &row, &op->c->err);
}

/* Whoever puts a role where others pick it up must be allowed to hand it on. */
static enum fg_rc
may_pass(struct api_call *c, struct fg_str role_arn)
{
	return api_allow(c, FG_LIT("iam:PassRole"), role_arn);
}

static enum fg_rc
role_change(struct api_call *c, bool passes, iam_op_fn fn)
{
	struct fg_str name = iam_str(c, "RoleName");
	const struct directory_role *r;
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	r = directory_role_find(iam_dir(c), t.account, name);
	if (r == NULL || r->quarantined)
		return iam_no_such(c, iam_kind_of(STORE_ROLE), name);
	if (passes)
		FG_TRY(may_pass(c, r->arn));
	return iam_write(c, &t, FG_STR_NULL, r->uid, fn);
}

enum fg_rc
iam_run_add_profile_role(struct api_call *c)
{
	return role_change(c, true, add_role);
}

enum fg_rc
iam_run_remove_profile_role(struct api_call *c)
{
	return role_change(c, false, remove_role);
}
