/*
 * gateway/iam/query_user.c - users of the IAM API.
 */
#include "gateway/iam/query_int.h"

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
	struct store_user row = { .account = op->t.account, .name = op->t.name, .path = op->t.path,
		.boundary = op->t.boundary, .tags = op->extra, .created = c->now };

	FG_TRY(iam_uid(op, op->t.k->prefix));
	row.uid = op->t.uid;
	FG_TRY(iam_entity_insert(op, &row));
	api_xml_open(&c->xml, FG_LIT("User"));
	iam_xml_entity_head(&c->xml, &op->t);
	iam_xml_boundary(&c->xml, op->t.boundary);
	iam_xml_tag_list(&c->xml, op->extra);
	api_xml_close(&c->xml, FG_LIT("User"));
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

/* ---- update ---- */

static enum fg_rc
rename_user(struct iam_op *op)
{
	struct store_user row;

	FG_TRY(iam_user_row(op, &row));
	return iam_rename_row(op, &row, &row.name, &row.path);
}

enum fg_rc
iam_run_update_user(struct api_call *c)
{
	return iam_rename(c, rename_user);
}
