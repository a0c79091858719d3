/*
 * gateway/org/policy.c - service and resource control policies.
 */
#include "gateway/org/org_int.h"

/* ---- what AWS manages: full access, which has no row of its own ---- */

#define S(text) { text, sizeof(text) - 1 }
static const struct store_control managed[] = {
	{ .id = S("p-FullAWSAccess"), .type = S("SERVICE_CONTROL_POLICY"), .name = S("FullAWSAccess"),
	    .description = S("Allows access to every operation") },
	{ .id = S("p-RCPFullAWSAccess"), .type = S("RESOURCE_CONTROL_POLICY"), .name = S("RCPFullAWSAccess"),
	    .description = S("Allows access to every resource") },
};

static const struct store_control *
managed_find(struct fg_str id)
{
	for (size_t i = 0; i < FG_COUNT(managed); i++) {
		if (fg_eq(managed[i].id, id))
			return &managed[i];
	}
	return NULL;
}

bool
org_full_access(struct fg_str id)
{
	return managed_find(id) != NULL;
}

struct fg_str
org_full_id(struct fg_str type)
{
	return fg_eq(type, managed[0].type) ? managed[0].id : managed[1].id;
}

/* ---- any policy ---- */

const struct store_control *
org_policy_find(const struct api_call *c, struct fg_str id)
{
	const struct store_control *row = managed_find(id);

	if (row != NULL || !fg_starts(id, FG_LIT("p-")))
		return row;
	return directory_row_find(iam_dir(c), STORE_CONTROL, id);
}

struct fg_str
org_policy_type(const struct api_call *c, struct fg_str id)
{
	const struct store_control *row = org_policy_find(c, id);

	return row == NULL ? FG_STR_NULL : row->type;
}

struct fg_str
org_row_type(const struct store_control *row)
{
	const struct store_control *m = managed_find(row->id);

	return m == NULL ? row->type : m->type;
}

struct fg_str
org_policy_arn(const struct org *o, struct fg_str id, struct fg_str type)
{
	const bool rcp = fg_eq(type, FG_LIT("RESOURCE_CONTROL_POLICY"));
	const char *kind = rcp ? "resource_control_policy" : "service_control_policy";

	if (org_full_access(id))
		return fg_arena_fmt(o->c->arena, "arn:aws:organizations::aws:policy/%s/%.*s", kind,
		    FG_PRI(id));
	return fg_arena_fmt(o->c->arena, "arn:aws:organizations::%.*s:policy/%.*s/%s/%.*s",
	    FG_PRI(o->management), FG_PRI(o->id), kind, FG_PRI(id));
}

/* ---- JSON ---- */

/* A bundle may leave the name out. */
static struct fg_str
title(const struct store_control *row)
{
	return row->name.n > 0 ? row->name : row->id;
}

void
org_json_policy(const struct org *o, const char *name, const struct store_control *row)
{
	struct fg_buf *b = &o->c->xml;

	api_json_open(b, name, '{');
	api_json_str(b, "Id", row->id);
	api_json_str(b, "Arn", org_policy_arn(o, row->id, row->type));
	api_json_str(b, "Name", title(row));
	api_json_str(b, "Description", row->description);
	api_json_str(b, "Type", row->type);
	api_json_bool(b, "AwsManaged", org_full_access(row->id));
	api_json_close(b, '}');
}

static enum trust_kind
kind_of(struct fg_str type)
{
	return fg_eq(type, FG_LIT("SERVICE_CONTROL_POLICY")) ? TRUST_SCP : TRUST_RCP;
}

static void
policy_json(const struct org *o, const struct store_control *row)
{
	struct fg_str content = org_full_access(row->id) ? directory_full_access(kind_of(row->type))
							 : row->document;

	api_json_open(&o->c->xml, "Policy", '{');
	org_json_policy(o, "PolicySummary", row);
	api_json_str(&o->c->xml, "Content", content);
	api_json_close(&o->c->xml, '}');
}

/* ---- create, update, delete ---- */

static enum fg_rc
content_check(struct api_call *c, struct fg_str type, struct fg_str content)
{
	if (iam_document_size(content) > FG_LIMIT_CONTROL_CHARS)
		return org_constraint(c, "org.policy.size", "POLICY_CONTENT_LIMIT_EXCEEDED",
		    "You have exceeded the size of a policy's content.");
	return iam_document(c, content, kind_of(type), FG_LIMIT_CONTROL_CHARS);
}

static enum fg_rc
name_free(struct iam_op *op, const struct bn_org *o, const struct store_control *row)
{
	for (size_t i = 0; i < o->ncontrols; i++) {
		const struct store_control *other = &o->controls[i].row;

		if (!fg_eq(other->id, row->id) && fg_eq(other->type, row->type) &&
		    fg_eq(title(other), row->name))
			return org_refuse(op->c, API_F_ORG_POLICY_TWICE, "org.policy.exists");
	}
	if (fg_eq(row->name, FG_LIT("FullAWSAccess")) || fg_eq(row->name, FG_LIT("RCPFullAWSAccess")))
		return org_refuse(op->c, API_F_ORG_POLICY_TWICE, "org.policy.exists");
	return FG_OK;
}

/* extra: the tags */
static enum fg_rc
create(struct iam_op *op)
{
	const struct org o = org_of(op);
	struct store_control row = { .account = FG_LIT(""), .type = iam_str(op->c, "Type"),
		.name = iam_str(op->c, "Name"), .description = iam_str(op->c, "Description"),
		.document = iam_str(op->c, "Content"), .created = op->c->now };
	struct bn_org org;

	FG_TRY(org_load(op, &org));
	row.id = org_random(op->c, "p-", 10);
	if (fg_str_null(row.id))
		return fg_fail(&op->c->err, FG_E_NOMEM, "org.policy", NULL, "arena");
	FG_TRY(name_free(op, &org, &row));
	if (org.ncontrols >= ORG_POLICIES_MAX)
		return org_constraint(op->c, "org.policy.limit", "POLICY_NUMBER_LIMIT_EXCEEDED",
		    "You have exceeded the number of policies of an organization.");
	FG_TRY(store_insert(op->tx, STORE_CONTROL, &row, &op->c->err));
	if (op->extra.n > 0)
		FG_TRY(org_setting_put(op, "tags.", row.id, op->extra));
	policy_json(&o, &row);
	return FG_OK;
}

enum fg_rc
org_run_create_policy(struct api_call *c)
{
	struct fg_str tags, type;
	struct org o;

	FG_TRY(org_begin(c, &o, FG_STR_NULL));
	FG_TRY(org_type(c, "Type", &type));
	FG_TRY(iam_tags(c, &tags));
	FG_TRY(content_check(c, type, iam_str(c, "Content")));
	return org_write(&o, FG_STR_NULL, tags, create);
}

static enum fg_rc
policy_begin(struct api_call *c, struct org *o, const struct store_control **ret)
{
	struct fg_str id = iam_str(c, "PolicyId");

	FG_TRY(org_begin(c, o, id));
	*ret = org_policy_find(c, id);
	return *ret != NULL ? FG_OK : org_refuse(c, API_F_ORG_POLICY, "org.policy");
}

static enum fg_rc
own_begin(struct api_call *c, struct org *o, const struct store_control **ret)
{
	FG_TRY(policy_begin(c, o, ret));
	if (org_full_access((*ret)->id))
		return org_input(c, "org.policy.immutable", "IMMUTABLE_POLICY",
		    "You can't change a policy that AWS manages.");
	return FG_OK;
}

static enum fg_rc
update(struct iam_op *op)
{
	const struct org o = org_of(op);
	struct store_control row = { .account = FG_LIT(""), .id = op->t.uid };
	struct bn_org org;
	enum fg_rc rc;

	FG_TRY(org_load(op, &org));
	rc = iam_row(op, STORE_CONTROL, &row);
	if (rc == FG_E_NOT_FOUND)
		return org_refuse(op->c, API_F_ORG_POLICY, "org.policy");
	FG_TRY(rc);
	row.name = iam_str_or(op->c, "Name", row.name);
	row.description = iam_str_or(op->c, "Description", row.description);
	row.document = iam_str_or(op->c, "Content", row.document);
	FG_TRY(name_free(op, &org, &row));
	FG_TRY(store_update(op->tx, STORE_CONTROL, &row, &op->c->err));
	policy_json(&o, &row);
	return FG_OK;
}

enum fg_rc
org_run_update_policy(struct api_call *c)
{
	struct fg_str content = iam_str(c, "Content");
	const struct store_control *p;
	struct org o;

	FG_TRY(own_begin(c, &o, &p));
	if (!fg_str_null(content))
		FG_TRY(content_check(c, p->type, content));
	return org_write(&o, p->id, FG_STR_NULL, update);
}

static enum fg_rc
delete(struct iam_op *op)
{
	const struct bn_control *at;
	struct bn_org org;

	FG_TRY(org_load(op, &org));
	if ((at = bn_control_find(&org, op->t.uid)) == NULL)
		return org_refuse(op->c, API_F_ORG_POLICY, "org.policy");
	if (store_list_count(at->targets) > 0)
		return org_refuse(op->c, API_F_ORG_POLICY_USED, "org.policy.in-use");
	FG_TRY(org_setting_drop(op, "tags.", op->t.uid));
	return store_delete(op->tx, STORE_CONTROL, &at->row, &op->c->err);
}

enum fg_rc
org_run_delete_policy(struct api_call *c)
{
	const struct store_control *p;
	struct org o;

	FG_TRY(own_begin(c, &o, &p));
	return org_write(&o, p->id, FG_STR_NULL, delete);
}

/* ---- reads ---- */

enum fg_rc
org_run_describe_policy(struct api_call *c)
{
	const struct store_control *p;
	struct org o;

	FG_TRY(policy_begin(c, &o, &p));
	policy_json(&o, p);
	return FG_OK;
}

static bool
of_type(const void *arg, const void *row)
{
	return fg_eq(((const struct store_control *)row)->type, *(const struct fg_str *)arg);
}

/* Full access stands among them by its id, as all do. */
enum fg_rc
org_run_list_policies(struct api_call *c)
{
	struct org_page page = org_page(c);
	struct fg_str type, full, *ids;
	struct org o;
	size_t n;
	bool told = false;

	FG_TRY(org_begin(c, &o, FG_STR_NULL));
	FG_TRY(org_type(c, "Filter", &type));
	full = org_full_id(type);
	FG_TRY(org_ids(&o, STORE_CONTROL, of_type, &type, &ids, &n));
	api_json_open(&c->xml, "Policies", '[');
	for (size_t i = 0; i < n || !told; ) {
		bool now = !told && (i == n || fg_cmp(full, ids[i]) < 0);
		struct fg_str id = now ? full : ids[i];
		enum org_turn turn = org_turn(&page, id);

		if (turn == ORG_STOP)
			break;
		if (turn == ORG_TAKE)
			org_json_policy(&o, NULL, org_policy_find(c, id));
		told = told || now;
		i += !now;
	}
	api_json_close(&c->xml, ']');
	org_page_end(c, &page);
	return FG_OK;
}
