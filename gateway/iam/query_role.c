/*
 * gateway/iam/query_role.c - roles of the IAM API.
 */
#include "gateway/iam/query_int.h"
#include "gateway/iam/trust_text.h"

/* ---- XML ---- */

struct shown {
	struct fg_str trust, description;
	int64_t max_session;
};

static struct fg_str
arn_of(void *arg, struct fg_str uid)
{
	const struct directory_role *r = directory_role_by_uid(arg, uid);
	const struct directory_user *u = r == NULL ? directory_user_by_uid(arg, uid) : NULL;

	return r != NULL ? r->arn : u != NULL ? u->arn : FG_STR_NULL;
}

/* As AWS shows it: a principal that is gone by its unique id. */
static struct fg_str
trust_shown(struct api_call *c, struct fg_str document, struct fg_str bindings)
{
	struct fg_err err = { 0 };

	if (iam_trust_text(c->arena, document, bindings, arn_of, iam_dir(c), &document, &err) != FG_OK)
		c->xml.bad = err.rc;
	return document;
}

static void
role_xml(struct api_call *c, const struct iam_target *t, const struct shown *s)
{
	iam_xml_entity_head(&c->xml, t);
	iam_xml_document(c, FG_LIT("AssumeRolePolicyDocument"), s->trust);
	if (s->description.n > 0)
		api_xml_str(&c->xml, FG_LIT("Description"), s->description);
	api_xml_int(&c->xml, FG_LIT("MaxSessionDuration"), s->max_session);
}

void
iam_xml_role(struct api_call *c, const struct directory_role *r, unsigned flags)
{
	const struct iam_target t = iam_target_role(r);
	const struct shown s = { r->trust == NULL ? FG_LIT("")
						  : trust_shown(c, directory_document_text(r->trust),
							directory_document_bindings(r->trust)),
		r->description, r->max_session };

	role_xml(c, &t, &s);
	if (!(flags & IAM_XML_FULL))
		return;
	iam_xml_boundary(&c->xml, r->grants.boundary);
	iam_xml_tags(&c->xml, r->tags, r->ntags);
	iam_xml_role_used(c, r);
}

/* ---- create ---- */

static enum fg_rc
create(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct store_role row = { .account = op->t.account, .name = op->t.name, .path = op->t.path,
		.description = iam_str_or(c, "Description", FG_LIT("")),
		.trust = iam_str(c, "AssumeRolePolicyDocument"), .bindings = op->bindings,
		.boundary = op->t.boundary, .tags = op->extra,
		.max_session = iam_int_or(c, "MaxSessionDuration", 3600), .created = c->now };
	const struct shown s = { row.trust, row.description, row.max_session };

	FG_TRY(iam_uid(op, op->t.k->prefix));
	row.uid = op->t.uid;
	FG_TRY(iam_entity_insert(op, &row));
	api_xml_open(&c->xml, FG_LIT("Role"));
	role_xml(c, &op->t, &s);
	iam_xml_boundary(&c->xml, op->t.boundary);
	iam_xml_tag_list(&c->xml, op->extra);
	api_xml_close(&c->xml, FG_LIT("Role"));
	return FG_OK;
}

enum fg_rc
iam_run_create_role(struct api_call *c)
{
	struct iam_target t;
	struct fg_str tags, bindings;

	FG_TRY(iam_target_new(c, &t));
	FG_TRY(iam_allow(c, &t));
	FG_TRY(iam_boundary(c, &t.boundary));
	FG_TRY(iam_tags(c, &tags));
	FG_TRY(iam_trust(c, t.account, iam_str(c, "AssumeRolePolicyDocument"), &bindings));
	return iam_write(c, &t, bindings, tags, create);
}

/* ---- read ---- */

enum fg_rc
iam_run_get_role(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	api_xml_open(&c->xml, FG_LIT("Role"));
	iam_xml_role(c, t.role, IAM_XML_FULL);
	api_xml_close(&c->xml, FG_LIT("Role"));
	return FG_OK;
}

enum fg_rc
iam_run_list_instance_profiles(struct api_call *c)
{
	struct iam_page page = iam_page(c);
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	api_xml_open(&c->xml, FG_LIT("InstanceProfiles"));
	FG_TRY(iam_xml_profiles_of(c, t.uid, &page));
	api_xml_close(&c->xml, FG_LIT("InstanceProfiles"));
	iam_page_end(c, &page);
	return FG_OK;
}

/* ---- update ---- */

static enum fg_rc
update(struct iam_op *op)
{
	struct store_role row;

	FG_TRY(iam_role_row(op, &row));
	row.description = iam_str_or(op->c, "Description", row.description);
	row.max_session = iam_int_or(op->c, "MaxSessionDuration", row.max_session);
	return store_update(op->tx, STORE_ROLE, &row, &op->c->err);
}

/* The reply has a result with nothing in it, and clients look for it. */
static enum fg_rc
update_alone(struct iam_op *op)
{
	FG_TRY(update(op));
	fg_buf_putc(&op->c->xml, '\n');
	return FG_OK;
}

enum fg_rc
iam_run_update_role(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, update_alone);
}

static enum fg_rc
update_and_show(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct store_role row;
	struct shown s;

	FG_TRY(update(op));
	FG_TRY(iam_role_row(op, &row));
	s = (struct shown){ row.trust, row.description, row.max_session };
	api_xml_open(&c->xml, FG_LIT("Role"));
	role_xml(c, &op->t, &s);
	api_xml_close(&c->xml, FG_LIT("Role"));
	return FG_OK;
}

enum fg_rc
iam_run_update_role_description(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, update_and_show);
}

static enum fg_rc
update_trust(struct iam_op *op)
{
	struct store_role row;

	FG_TRY(iam_role_row(op, &row));
	row.trust = iam_str(op->c, "PolicyDocument");
	row.bindings = op->bindings;
	return store_update(op->tx, STORE_ROLE, &row, &op->c->err);
}

enum fg_rc
iam_run_update_trust(struct api_call *c)
{
	struct iam_target t;
	struct fg_str bindings;

	FG_TRY(iam_target(c, &t));
	FG_TRY(iam_trust(c, t.account, iam_str(c, "PolicyDocument"), &bindings));
	return iam_write(c, &t, bindings, FG_STR_NULL, update_trust);
}
