/*
 * gateway/iam/query_group.c - groups and who is in them.
 */
#include "gateway/iam/query_int.h"

void
iam_xml_group(struct fg_buf *b, const struct directory_group *g)
{
	const struct iam_target t = iam_target_group(g);

	iam_xml_entity_head(b, &t);
}

/* ---- create, update ---- */

static enum fg_rc
create(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct store_group row = { .account = op->t.account, .name = op->t.name, .path = op->t.path,
		.created = c->now };

	FG_TRY(iam_uid(op, op->t.k->prefix));
	row.uid = op->t.uid;
	FG_TRY(iam_entity_insert(op, &row));
	api_xml_open(&c->xml, FG_LIT("Group"));
	iam_xml_entity_head(&c->xml, &op->t);
	api_xml_close(&c->xml, FG_LIT("Group"));
	return FG_OK;
}

enum fg_rc
iam_run_create_group(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target_new(c, &t));
	FG_TRY(iam_allow(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, create);
}

static enum fg_rc
update(struct iam_op *op)
{
	struct store_group row;

	FG_TRY(iam_group_row(op, &row));
	return iam_rename_row(op, &row, &row.name, &row.path);
}

enum fg_rc
iam_run_update_group(struct api_call *c)
{
	return iam_rename(c, update);
}

/* ---- read ---- */

struct walk {
	struct api_call *c;
	struct iam_page page;
	struct fg_str group; /* unique id */
};

static bool
member_one(void *arg, enum store_kind kind, const void *entity)
{
	struct walk *w = arg;
	const struct directory_user *u = entity;
	bool in = false;

	(void)kind;
	for (size_t i = 0; i < u->ngroups; i++)
		in = in || fg_eq(u->groups[i], w->group);
	if (!in || u->quarantined)
		return true;
	if (!iam_page_take(&w->page, u->name))
		return false;
	api_xml_open(&w->c->xml, FG_LIT("member"));
	iam_xml_user(&w->c->xml, u, 0);
	api_xml_close(&w->c->xml, FG_LIT("member"));
	return true;
}

enum fg_rc
iam_run_get_group(struct api_call *c)
{
	struct walk w = { .c = c, .page = iam_page(c) };
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	w.group = t.uid;
	api_xml_open(&c->xml, FG_LIT("Group"));
	iam_xml_entity_head(&c->xml, &t);
	api_xml_close(&c->xml, FG_LIT("Group"));
	api_xml_open(&c->xml, FG_LIT("Users"));
	FG_TRY(directory_walk(iam_dir(c), STORE_USER, t.account, w.page.after, member_one, &w, &c->err));
	api_xml_close(&c->xml, FG_LIT("Users"));
	iam_page_end(c, &w.page);
	return FG_OK;
}

/* A user is in ten at most: one page, or as the marker of unique ids says. */
enum fg_rc
iam_run_list_groups_for_user(struct api_call *c)
{
	struct iam_page page = iam_page(c);
	struct fg_str at = page.after;
	const struct directory_group *g;
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	api_xml_open(&c->xml, FG_LIT("Groups"));
	while (iam_next(t.user->groups, t.user->ngroups, sizeof(at), &at) && iam_page_take(&page, at)) {
		g = directory_group_by_uid(iam_dir(c), at);
		if (g == NULL)
			continue;
		api_xml_open(&c->xml, FG_LIT("member"));
		iam_xml_group(&c->xml, g);
		api_xml_close(&c->xml, FG_LIT("member"));
	}
	api_xml_close(&c->xml, FG_LIT("Groups"));
	iam_page_end(c, &page);
	return FG_OK;
}

/* ---- members ---- */

enum { GROUPS_PER_USER = 10 };

static enum fg_rc
add(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct store_user u = { .account = op->t.account, .uid = op->extra };
	const struct store_member row = { op->t.account, op->extra, op->t.uid };
	size_t n;
	enum fg_rc rc;

	FG_TRY(iam_still(op));
	rc = iam_row(op, STORE_USER, &u);
	if (rc == FG_E_NOT_FOUND)
		return iam_no_such(c, iam_kind_of(STORE_USER), iam_str(c, "UserName"));
	FG_TRY(rc);
	FG_TRY(iam_rows(op, STORE_MEMBER, "user", row.user, &n));
	rc = store_insert(op->tx, STORE_MEMBER, &row, &c->err);
	if (rc == FG_E_EXISTS) {
		fg_err_clear(&c->err);
		return FG_OK;
	}
	if (rc == FG_OK && n >= GROUPS_PER_USER)
		return api_refuse(c, API_F_LIMIT_EXCEEDED, "iam.group.limit",
		    "Cannot exceed quota for GroupsPerUser: %d", GROUPS_PER_USER);
	return rc;
}

static enum fg_rc
take_out(struct iam_op *op)
{
	const struct store_member row = { op->t.account, op->extra, op->t.uid };
	enum fg_rc rc;

	FG_TRY(iam_still(op));
	rc = store_delete(op->tx, STORE_MEMBER, &row, &op->c->err);
	if (rc == FG_E_NOT_FOUND) {
		fg_err_clear(&op->c->err);
		return FG_OK; /* as AWS: it is not in the group */
	}
	return rc;
}

static enum fg_rc
member_change(struct api_call *c, iam_op_fn fn)
{
	struct iam_target t;
	const struct directory_user *u;
	struct fg_str name = iam_str(c, "UserName");

	FG_TRY(iam_target(c, &t));
	u = directory_user_find(iam_dir(c), t.account, name);
	if (u == NULL)
		return iam_no_such(c, iam_kind_of(STORE_USER), name);
	return iam_write(c, &t, FG_STR_NULL, u->uid, fn);
}

enum fg_rc
iam_run_add_member(struct api_call *c)
{
	return member_change(c, add);
}

enum fg_rc
iam_run_remove_member(struct api_call *c)
{
	return member_change(c, take_out);
}
