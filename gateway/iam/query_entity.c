/*
 * gateway/iam/query_entity.c - what users, groups and roles do alike: they are listed, their names
 * are taken, and they are deleted when nothing hangs on them any more.
 */
#include "gateway/iam/query_int.h"

/* ---- lists ---- */

static const struct list {
	struct fg_str action, element;
	enum store_kind kind;
} lists[] = {
	{ { "ListUsers", 9 }, { "Users", 5 }, STORE_USER },
	{ { "ListGroups", 10 }, { "Groups", 6 }, STORE_GROUP },
	{ { "ListRoles", 9 }, { "Roles", 5 }, STORE_ROLE },
};

struct walk {
	struct api_call *c;
	struct iam_page page;
};

struct iam_target
iam_target_of(enum store_kind kind, const void *entity)
{
	return kind == STORE_USER ? iam_target_user(entity)
	    : kind == STORE_ROLE ? iam_target_role(entity) : iam_target_group(entity);
}

static bool
list_one(void *arg, enum store_kind kind, const void *entity)
{
	const struct iam_target t = iam_target_of(kind, entity);
	struct walk *w = arg;

	if (!t.found || !fg_starts(t.path, w->page.prefix))
		return true;
	if (!iam_page_take(&w->page, t.name))
		return false;
	api_xml_open(&w->c->xml, FG_LIT("member"));
	if (kind == STORE_USER)
		iam_xml_user(&w->c->xml, entity, 0);
	else if (kind == STORE_ROLE)
		iam_xml_role(w->c, entity, 0);
	else
		iam_xml_group(&w->c->xml, entity);
	api_xml_close(&w->c->xml, FG_LIT("member"));
	return true;
}

enum fg_rc
iam_run_list(struct api_call *c)
{
	struct walk w = { c, iam_page(c) };
	const struct list *l = lists;
	struct fg_str account = c->caller.who.account;

	while (!fg_eq(l->action, c->action->name)) {
		if (++l == lists + FG_COUNT(lists))
			return fg_fail(&c->err, FG_E_INTERNAL, "iam.list", NULL, "action without a list");
	}
	FG_TRY(iam_allow_on(c, iam_arn(c, account, iam_kind_of(l->kind)->noun, w.page.prefix,
	    FG_STR_NULL)));
	api_xml_open(&c->xml, l->element);
	FG_TRY(directory_walk(iam_dir(c), l->kind, account, w.page.after, list_one, &w, &c->err));
	api_xml_close(&c->xml, l->element);
	iam_page_end(c, &w.page);
	return FG_OK;
}

/* ---- names ---- */

static enum fg_rc
exists(struct api_call *c, const struct iam_kind *k, struct fg_str name)
{
	fg_err_clear(&c->err);
	return api_refuse(c, API_F_ENTITY_EXISTS, "iam.entity.exists",
	    "%.*s with name %.*s already exists.", FG_PRI(k->word), FG_PRI(name));
}

enum fg_rc
iam_uid(struct iam_op *op, const char *prefix)
{
	char uid[STORE_UID_BYTES + 1];

	FG_TRY(store_uid(prefix, uid, &op->c->err));
	op->t.uid = fg_arena_dup(op->c->arena, fg_str_z(uid));
	return fg_str_null(op->t.uid) ? fg_fail(&op->c->err, FG_E_NOMEM, "iam.uid", NULL, "arena") : FG_OK;
}

enum fg_rc
iam_entity_insert(struct iam_op *op, const void *row)
{
	enum fg_rc rc = store_insert(op->tx, op->t.k->kind, row, &op->c->err);

	if (rc == FG_E_EXISTS)
		return exists(op->c, op->t.k, op->t.name);
	FG_TRY(rc);
	api_story_result(op->c, AUDIT_P_RESULT_ARN, op->t.arn);
	api_story_result(op->c, AUDIT_P_RESULT_ID, op->t.uid);
	return FG_OK;
}

/* ---- another name or path, of users and groups ---- */

static struct fg_str
new_name(const struct api_call *c, const struct iam_kind *k, struct fg_str old)
{
	return iam_str_or(c, k->kind == STORE_USER ? "NewUserName" : "NewGroupName", old);
}

enum fg_rc
iam_rename_row(struct iam_op *op, void *row, struct fg_str *name, struct fg_str *path)
{
	struct api_call *c = op->c;
	enum fg_rc rc;

	*name = new_name(c, op->t.k, *name);
	*path = iam_str_or(c, "NewPath", *path);
	rc = store_update(op->tx, op->t.k->kind, row, &c->err);
	return rc == FG_E_EXISTS ? exists(c, op->t.k, *name) : rc;
}

/* Both the old and the new ARN must be allowed. */
enum fg_rc
iam_rename(struct api_call *c, iam_op_fn fn)
{
	struct iam_target t, to;

	FG_TRY(iam_target(c, &t));
	to = t;
	to.arn = iam_arn(c, t.account, t.k->noun, iam_str_or(c, "NewPath", t.path),
	    new_name(c, t.k, t.name));
	FG_TRY(iam_allow(c, &to));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, fn);
}

/* ---- deletion ---- */

/* What must be gone before, and what AWS says of it. */
static const struct {
	enum store_kind kind, child;
	const char *column, *what;
} holds[] = {
	{ STORE_USER, STORE_KEY, "user", "must delete access keys first." },
	{ STORE_USER, STORE_MFA, "user", "must delete MFA device first." },
	{ STORE_USER, STORE_ATTACHMENT, "owner", "must detach all policies first." },
	{ STORE_USER, STORE_INLINE, "owner", "must delete policies first." },
	{ STORE_USER, STORE_MEMBER, "user", "must remove users from group first." },
	{ STORE_GROUP, STORE_MEMBER, "group", "must remove users from group first." },
	{ STORE_GROUP, STORE_ATTACHMENT, "owner", "must detach all policies first." },
	{ STORE_GROUP, STORE_INLINE, "owner", "must delete policies first." },
	{ STORE_ROLE, STORE_PROFILE, "role", "must remove roles from instance profile first." },
	{ STORE_ROLE, STORE_ATTACHMENT, "owner", "must detach all policies first." },
	{ STORE_ROLE, STORE_INLINE, "owner", "must delete policies first." },
};

static enum fg_rc
drop(struct iam_op *op)
{
	/* account and unique id lead the structs of all three */
	const struct store_role key = { .account = op->t.account, .uid = op->t.uid };
	size_t n;

	FG_TRY(iam_still(op));
	for (size_t i = 0; i < FG_COUNT(holds); i++) {
		if (holds[i].kind != op->t.k->kind)
			continue;
		FG_TRY(iam_rows(op, holds[i].child, holds[i].column, key.uid, &n));
		if (n > 0)
			return api_refuse(op->c, API_F_DELETE_CONFLICT, "iam.entity.in-use",
			    "Cannot delete entity, %s", holds[i].what);
	}
	return store_delete(op->tx, op->t.k->kind, &key, &op->c->err);
}

enum fg_rc
iam_run_delete(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, drop);
}
