/*
 * gateway/iam/query_user.c - users of the IAM API.
 */
#include "gateway/iam/query_int.h"

static struct directory *
dir(const struct api_call *c)
{
	return api_env_conf(api_worker_env(c->w))->directory;
}

void
iam_xml_user(struct fg_buf *b, const struct directory_user *u, unsigned flags)
{
	const struct iam_target t = iam_target_user(u);

	iam_xml_entity_head(b, &t);
	if (!(flags & IAM_XML_FULL))
		return;
	iam_xml_boundary(b, u->grants.boundary);
	iam_xml_tags(b, u->tags, u->ntags);
}

/* ---- create ---- */

static enum fg_rc
create(struct iam_op *op)
{
	struct api_call *c = op->c;
	char uid[STORE_UID_BYTES + 1];
	struct store_user row = { .account = op->t.account, .name = op->t.name, .path = op->t.path,
		.boundary = op->t.boundary, .tags = op->extra, .created = c->now };
	enum fg_rc rc;

	FG_TRY(store_uid(op->t.k->prefix, uid, &c->err));
	row.uid = fg_str_z(uid);
	rc = store_insert(op->tx, STORE_USER, &row, &c->err);
	if (rc == FG_E_EXISTS) {
		fg_err_clear(&c->err);
		return api_refuse(c, API_F_ENTITY_EXISTS, "iam.user.exists",
		    "User with name %.*s already exists.", FG_PRI(op->t.name));
	}
	FG_TRY(rc);
	op->t.uid = fg_arena_dup(c->arena, fg_str_z(uid));
	api_xml_open(&c->xml, FG_LIT("User"));
	iam_xml_entity_head(&c->xml, &op->t);
	iam_xml_boundary(&c->xml, op->t.boundary);
	iam_xml_tag_list(&c->xml, op->extra);
	api_xml_close(&c->xml, FG_LIT("User"));
	api_story_result(c, AUDIT_P_RESULT_ARN, op->t.arn);
	api_story_result(c, AUDIT_P_RESULT_ID, op->t.uid);
	return FG_OK;
}

enum fg_rc
iam_run_create_user(struct api_call *c)
{
	struct iam_target t;
	struct fg_str tags;

	FG_TRY(iam_target_new(c, &t));
	FG_TRY(iam_allow(c, &t));
	FG_TRY(iam_boundary(c, &t.boundary));
	FG_TRY(iam_tags(c, &tags));
	return iam_write(c, &t, FG_STR_NULL, tags, create);
}

/* ---- read ---- */

enum fg_rc
iam_run_get_user(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	api_xml_open(&c->xml, FG_LIT("User"));
	iam_xml_user(&c->xml, t.user, IAM_XML_FULL);
	api_xml_close(&c->xml, FG_LIT("User"));
	return FG_OK;
}

struct walk {
	struct api_call *c;
	struct iam_page page;
};

static bool
list_one(void *arg, enum store_kind kind, const void *entity)
{
	struct walk *w = arg;
	const struct directory_user *u = entity;

	(void)kind;
	if (u->quarantined || !fg_starts(u->path, w->page.prefix))
		return true;
	if (!iam_page_take(&w->page, u->name))
		return false;
	api_xml_open(&w->c->xml, FG_LIT("member"));
	iam_xml_user(&w->c->xml, u, 0);
	api_xml_close(&w->c->xml, FG_LIT("member"));
	return true;
}

enum fg_rc
iam_run_list_users(struct api_call *c)
{
	struct walk w = { c, iam_page(c) };
	struct fg_str account = c->caller.who.account;

	FG_TRY(iam_allow_on(c, iam_arn(c, account, FG_LIT("user"), w.page.prefix, FG_STR_NULL)));
	api_xml_open(&c->xml, FG_LIT("Users"));
	FG_TRY(directory_walk(dir(c), STORE_USER, account, w.page.after, list_one, &w, &c->err));
	api_xml_close(&c->xml, FG_LIT("Users"));
	iam_page_end(c, &w.page);
	return FG_OK;
}

/* ---- delete ---- */

/* What must be gone before a user is, and what AWS says of it. */
static const struct {
	enum store_kind kind;
	const char *column, *what;
} holds[] = {
	{ STORE_KEY, "user", "must delete access keys first." },
	{ STORE_MFA, "user", "must delete MFA device first." },
	{ STORE_ATTACHMENT, "owner", "must detach all policies first." },
	{ STORE_INLINE, "owner", "must delete policies first." },
	{ STORE_MEMBER, "user", "must remove users from group first." },
};

static enum fg_rc
drop(struct iam_op *op)
{
	struct store_user row;
	size_t n;

	FG_TRY(iam_user_row(op, &row));
	for (size_t i = 0; i < FG_COUNT(holds); i++) {
		FG_TRY(iam_rows(op, holds[i].kind, holds[i].column, row.uid, &n));
		if (n > 0)
			return api_refuse(op->c, API_F_DELETE_CONFLICT, "iam.user.in-use",
			    "Cannot delete entity, %s", holds[i].what);
	}
	return store_delete(op->tx, STORE_USER, &row, &op->c->err);
}

enum fg_rc
iam_run_delete_user(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, drop);
}

/* ---- update ---- */

static enum fg_rc
rename_user(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct store_user row;
	enum fg_rc rc;

	FG_TRY(iam_user_row(op, &row));
	row.name = iam_str_or(c, "NewUserName", row.name);
	row.path = iam_str_or(c, "NewPath", row.path);
	rc = store_update(op->tx, STORE_USER, &row, &c->err);
	if (rc != FG_E_EXISTS)
		return rc;
	fg_err_clear(&c->err);
	return api_refuse(c, API_F_ENTITY_EXISTS, "iam.user.exists",
	    "User with name %.*s already exists.", FG_PRI(row.name));
}

/* Both the old and the new ARN must be allowed. */
enum fg_rc
iam_run_update_user(struct api_call *c)
{
	struct iam_target t, to;

	FG_TRY(iam_target(c, &t));
	to = t;
	to.arn = iam_arn(c, t.account, FG_LIT("user"), iam_str_or(c, "NewPath", t.path),
	    iam_str_or(c, "NewUserName", t.name));
	FG_TRY(iam_allow(c, &to));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, rename_user);
}
