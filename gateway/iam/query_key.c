/*
 * gateway/iam/query_key.c - access keys of users.
 */
#include <openssl/crypto.h>

#include "gateway/iam/admin.h"
#include "gateway/iam/query_int.h"

enum { KEYS_PER_USER = 2 };

static const struct directory_key *
key_find(const struct api_call *c, struct fg_str id)
{
	return directory_key_find(api_env_conf(api_worker_env(c->w))->directory, id);
}

static enum fg_rc
no_key(struct api_call *c, struct fg_str id)
{
	return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.key.no-such",
	    "The Access Key with id %.*s cannot be found.", FG_PRI(id));
}

/* ---- create ---- */

static void
key_xml(struct api_call *c, const struct iam_target *t, const struct admin_key *k)
{
	struct fg_buf *b = &c->xml;

	api_xml_open(b, FG_LIT("AccessKey"));
	api_xml_str(b, FG_LIT("UserName"), t->name);
	api_xml_str(b, FG_LIT("AccessKeyId"), fg_str_z(k->id));
	api_xml_str(b, FG_LIT("Status"), FG_LIT("Active"));
	api_xml_str(b, FG_LIT("SecretAccessKey"), fg_str_z(k->secret));
	api_xml_time(b, FG_LIT("CreateDate"), c->now);
	api_xml_close(b, FG_LIT("AccessKey"));
	api_story_result(c, AUDIT_P_ACCESS_KEY_ID, fg_arena_dup(c->arena, fg_str_z(k->id)));
}

static enum fg_rc
create(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct admin_key key = { .id = "" };
	enum fg_rc rc;
	size_t n;

	FG_TRY(iam_still(op));
	FG_TRY(iam_rows(op, STORE_KEY, "user", op->t.uid, &n));
	if (n >= KEYS_PER_USER)
		return api_refuse(c, API_F_LIMIT_EXCEEDED, "iam.key.limit",
		    "Cannot exceed quota for AccessKeysPerUser: %d", KEYS_PER_USER);
	rc = admin_key_new(op->tx, op->cred, op->t.account, op->t.uid, 0, c->now, c->arena, &key,
	    &c->err);
	if (rc == FG_OK)
		key_xml(c, &op->t, &key);
	OPENSSL_cleanse(&key, sizeof(key));
	return rc;
}

enum fg_rc
iam_run_create_key(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, create);
}

/* ---- list ---- */

static void
member_xml(struct api_call *c, const struct iam_target *t, const struct directory_key *k)
{
	struct fg_buf *b = &c->xml;

	api_xml_open(b, FG_LIT("member"));
	api_xml_str(b, FG_LIT("UserName"), t->name);
	api_xml_str(b, FG_LIT("AccessKeyId"), k->id);
	api_xml_str(b, FG_LIT("Status"), k->active ? FG_LIT("Active") : FG_LIT("Inactive"));
	api_xml_time(b, FG_LIT("CreateDate"), k->created);
	api_xml_close(b, FG_LIT("member"));
}

enum fg_rc
iam_run_list_keys(struct api_call *c)
{
	struct iam_page page = iam_page(c);
	struct fg_str at = page.after;
	const struct directory_key *k;
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	api_xml_str(&c->xml, FG_LIT("UserName"), t.name);
	api_xml_open(&c->xml, FG_LIT("AccessKeyMetadata"));
	while (iam_next(t.user->keys, t.user->nkeys, sizeof(t.user->keys[0]), &at) &&
	    iam_page_take(&page, at)) {
		k = key_find(c, at);
		if (k != NULL)
			member_xml(c, &t, k);
	}
	api_xml_close(&c->xml, FG_LIT("AccessKeyMetadata"));
	iam_page_end(c, &page);
	return FG_OK;
}

/* ---- update, delete ---- */

/* The key's row; it must be the target's. */
static enum fg_rc
key_row(struct iam_op *op, struct store_key *ret)
{
	struct fg_str id = iam_str(op->c, "AccessKeyId");
	enum fg_rc rc;

	FG_TRY(iam_still(op));
	*ret = (struct store_key){ .account = op->t.account, .id = id };
	rc = iam_row(op, STORE_KEY, ret);
	if (rc == FG_E_NOT_FOUND || (rc == FG_OK && !fg_eq(ret->user, op->t.uid)))
		return no_key(op->c, id);
	return rc;
}

static enum fg_rc
update(struct iam_op *op)
{
	struct store_key row;

	FG_TRY(key_row(op, &row));
	row.state = fg_eq(iam_str(op->c, "Status"), FG_LIT("Active")) ? STORE_ACTIVE : STORE_INACTIVE;
	return store_update(op->tx, STORE_KEY, &row, &op->c->err);
}

enum fg_rc
iam_run_update_key(struct api_call *c)
{
	struct fg_str status = iam_str(c, "Status");
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	if (!fg_eq(status, FG_LIT("Active")) && !fg_eq(status, FG_LIT("Inactive")))
		return api_refuse(c, API_F_VALIDATION, "iam.key.status",
		    "1 validation error detected: Value '%.*s' at 'status' failed to satisfy constraint: "
		    "Member must satisfy enum value set: [Active, Inactive]", FG_PRI(status));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, update);
}

static enum fg_rc
drop(struct iam_op *op)
{
	struct store_key row;

	FG_TRY(key_row(op, &row));
	return store_delete(op->tx, STORE_KEY, &row, &op->c->err);
}

enum fg_rc
iam_run_delete_key(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, drop);
}
