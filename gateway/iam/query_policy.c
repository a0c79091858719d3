/*
 * gateway/iam/query_policy.c - managed policies and their versions.
 */
#include "gateway/iam/query_int.h"

enum { VERSIONS_MAX = 5, DOCUMENT_MAX = 6144 };

/* ---- targets ---- */

static struct iam_target
target_of(const struct directory_policy *p)
{
	return (struct iam_target){ .account = p->account, .name = p->name, .path = p->path,
		.uid = p->uid, .arn = p->arn, .boundary = FG_LIT(""), .created = p->created,
		.tags = p->tags, .ntags = p->ntags, .found = !p->quarantined };
}

/* The policy that PolicyArn names: of this account, or a shipped one. */
enum fg_rc
iam_policy_target(struct api_call *c, struct iam_target *ret, const struct directory_policy **ret_p)
{
	struct fg_str arn = iam_str(c, "PolicyArn");
	const struct directory_policy *p = directory_policy_find(iam_dir(c), arn);
	bool ours = p != NULL && (fg_eq(p->account, c->caller.who.account) ||
	    fg_eq(p->account, FG_LIT("aws")));

	*ret = ours ? target_of(p) : (struct iam_target){ .account = c->caller.who.account,
		.arn = arn, .boundary = FG_LIT("") };
	FG_TRY(iam_allow(c, ret));
	c->story.resource_type = FG_LIT("AWS::IAM::Policy");
	if (!ours || p->quarantined)
		return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.policy.no-such",
		    "Policy %.*s was not found.", FG_PRI(arn));
	*ret_p = p;
	return FG_OK;
}

/* The same to be changed: shipped ones are the same in every account. */
enum fg_rc
iam_own_policy_target(struct api_call *c, struct iam_target *ret, const struct directory_policy **ret_p)
{
	FG_TRY(iam_policy_target(c, ret, ret_p));
	if (fg_eq(ret->account, FG_LIT("aws")))
		return api_refuse(c, API_F_ACCESS_DENIED, "iam.policy.shipped",
		    "Cannot change a policy that AWS manages: %.*s", FG_PRI(ret->arn));
	return FG_OK;
}

static enum fg_rc
policy_row(struct iam_op *op, struct store_policy *ret)
{
	enum fg_rc rc;

	*ret = (struct store_policy){ .account = op->t.account, .uid = op->t.uid };
	rc = iam_row(op, STORE_POLICY, ret);
	if (rc == FG_E_NOT_FOUND)
		return api_refuse(op->c, API_F_NO_SUCH_ENTITY, "iam.policy.no-such",
		    "Policy %.*s was not found.", FG_PRI(op->t.arn));
	return rc;
}

/* "v12" to 12; 0 for what is none. */
static int64_t
version_of(struct fg_str id)
{
	uint64_t v;

	if (id.n < 2 || id.p[0] != 'v' || !fg_u64(fg_sub(id, 1, id.n), &v) || v > INT32_MAX)
		return 0;
	return (int64_t)v;
}

static enum fg_rc
no_version(struct api_call *c)
{
	return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.version.no-such",
	    "Policy %.*s version %.*s does not exist or is not attachable.",
	    FG_PRI(iam_str(c, "PolicyArn")), FG_PRI(iam_str(c, "VersionId")));
}

/* ---- XML ---- */

static void
version_id(struct fg_buf *b, struct fg_str name, int64_t number)
{
	api_xml_open(b, name);
	fg_buf_putc(b, 'v');
	fg_buf_i64(b, number);
	api_xml_close(b, name);
}

static void
head(struct fg_buf *b, const struct iam_target *t, int64_t version, const struct iam_use *u,
    fg_time updated)
{
	api_xml_str(b, FG_LIT("PolicyName"), t->name);
	api_xml_str(b, FG_LIT("PolicyId"), t->uid);
	api_xml_str(b, FG_LIT("Arn"), t->arn);
	api_xml_str(b, FG_LIT("Path"), t->path);
	version_id(b, FG_LIT("DefaultVersionId"), version);
	api_xml_int(b, FG_LIT("AttachmentCount"), (int64_t)u->attached);
	api_xml_int(b, FG_LIT("PermissionsBoundaryUsageCount"), (int64_t)u->boundary);
	api_xml_bool(b, FG_LIT("IsAttachable"), true);
	api_xml_time(b, FG_LIT("CreateDate"), t->created);
	api_xml_time(b, FG_LIT("UpdateDate"), updated);
}

/* ---- create ---- */

static enum fg_rc
create(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct store_policy row = { .account = op->t.account, .name = op->t.name,
		.path = op->t.path, .description = iam_str_or(c, "Description", FG_LIT("")),
		.tags = op->extra, .version = 1, .last = 1, .created = c->now, .updated = c->now };
	struct store_version v = { .account = row.account, .number = 1,
		.document = iam_str(c, "PolicyDocument"), .created = c->now };
	const struct iam_use none = { .attached = 0 };
	enum fg_rc rc;

	FG_TRY(iam_uid(op, "ANPA"));
	row.uid = v.policy = op->t.uid;
	rc = store_insert(op->tx, STORE_POLICY, &row, &c->err);
	if (rc == FG_E_EXISTS) {
		fg_err_clear(&c->err);
		return api_refuse(c, API_F_ENTITY_EXISTS, "iam.policy.exists",
		    "A policy called %.*s already exists. Duplicate names are not allowed.",
		    FG_PRI(row.name));
	}
	FG_TRY(rc);
	FG_TRY(store_insert(op->tx, STORE_VERSION, &v, &c->err));
	api_xml_open(&c->xml, FG_LIT("Policy"));
	head(&c->xml, &op->t, 1, &none, c->now);
	iam_xml_tag_list(&c->xml, op->extra);
	api_xml_close(&c->xml, FG_LIT("Policy"));
	api_story_result(c, AUDIT_P_RESULT_ARN, op->t.arn);
	api_story_result(c, AUDIT_P_RESULT_ID, op->t.uid);
	return FG_OK;
}

enum fg_rc
iam_run_create_policy(struct api_call *c)
{
	struct iam_target t = { .account = c->caller.who.account, .name = iam_str(c, "PolicyName"),
		.path = iam_str_or(c, "Path", FG_LIT("/")), .boundary = FG_LIT(""), .created = c->now,
		.found = true };
	struct fg_str tags;

	t.arn = iam_arn(c, t.account, FG_LIT("policy"), t.path, t.name);
	FG_TRY(iam_allow(c, &t));
	c->story.resource_type = FG_LIT("AWS::IAM::Policy");
	FG_TRY(iam_tags(c, &tags));
	FG_TRY(iam_document(c, iam_str(c, "PolicyDocument"), TRUST_IDENTITY, DOCUMENT_MAX));
	return iam_write(c, &t, FG_STR_NULL, tags, create);
}

/* ---- read ---- */

enum fg_rc
iam_run_get_policy(struct api_call *c)
{
	const struct directory_policy *p;
	struct iam_target t;
	struct iam_use u;

	FG_TRY(iam_policy_target(c, &t, &p));
	FG_TRY(iam_uses_of(c, p->arn, &u));
	api_xml_open(&c->xml, FG_LIT("Policy"));
	head(&c->xml, &t, p->version, &u, p->updated);
	if (p->description.n > 0)
		api_xml_str(&c->xml, FG_LIT("Description"), p->description);
	iam_xml_tags(&c->xml, p->tags, p->ntags);
	api_xml_close(&c->xml, FG_LIT("Policy"));
	return FG_OK;
}

struct walk {
	struct api_call *c;
	struct iam_lists lists;
	struct fg_str usage;
	bool attached_only;
	struct iam_uses uses;
};

/* PolicyUsageFilter says how it is used; OnlyAttached counts either way. */
static bool
used_as_asked(const struct walk *w, const struct iam_use *u)
{
	bool wanted = fg_eq(w->usage, FG_LIT("PermissionsPolicy")) ? u->attached > 0
	    : fg_eq(w->usage, FG_LIT("PermissionsBoundary")) ? u->boundary > 0 : true;

	return wanted && (!w->attached_only || u->attached + u->boundary > 0);
}

static bool
list_one(void *arg, enum store_kind kind, const void *entity)
{
	struct walk *w = arg;
	const struct directory_policy *p = entity;
	const struct iam_target t = target_of(p);
	const struct iam_use *u = iam_uses_find(&w->uses, p->arn);

	(void)kind;
	if (p->quarantined || u == NULL || !fg_starts(p->path, w->lists.page.prefix) || !used_as_asked(w, u))
		return true;
	if (!iam_lists_take(&w->lists, p->name))
		return false;
	api_xml_open(&w->c->xml, FG_LIT("member"));
	head(&w->c->xml, &t, p->version, u, p->updated);
	api_xml_close(&w->c->xml, FG_LIT("member"));
	return true;
}

static const struct fg_str scopes[] = { { "All", 3 }, { "AWS", 3 }, { "Local", 5 } };
static const struct fg_str usages[] = { { "PermissionsPolicy", 17 }, { "PermissionsBoundary", 19 } };

/* Own ones first. */
enum fg_rc
iam_run_list_policies(struct api_call *c)
{
	struct fg_str scope = iam_str(c, "Scope"), after;
	struct walk w = { .c = c, .lists = iam_lists(c), .usage = iam_str(c, "PolicyUsageFilter"),
		.attached_only = iam_int_or(c, "OnlyAttached", 0) != 0 };
	const struct fg_str account[2] = { c->caller.who.account, FG_LIT("aws") };

	FG_TRY(iam_allow_on(c, iam_arn(c, account[0], FG_LIT("policy"), w.lists.page.prefix,
	    FG_STR_NULL)));
	FG_TRY(iam_one_of(c, "Scope", "scope", scopes, FG_COUNT(scopes)));
	FG_TRY(iam_one_of(c, "PolicyUsageFilter", "policyUsageFilter", usages, FG_COUNT(usages)));
	api_xml_open(&c->xml, FG_LIT("Policies"));
	for (unsigned i = 0; i < 2; i++) {
		if (!iam_lists_begin(&w.lists, i, &after) || fg_eq(scope, scopes[i == 0 ? 1 : 2]))
			continue;
		FG_TRY(iam_uses_all(c, account[i], after, &w.uses));
		FG_TRY(directory_walk(iam_dir(c), STORE_POLICY, account[i], after, list_one, &w, &c->err));
	}
	api_xml_close(&c->xml, FG_LIT("Policies"));
	return iam_lists_end(c, &w.lists);
}

enum fg_rc
iam_run_get_version(struct api_call *c)
{
	const struct directory_policy *p;
	struct iam_target t;
	int64_t number = version_of(iam_str(c, "VersionId"));

	FG_TRY(iam_policy_target(c, &t, &p));
	for (size_t i = 0; i < p->nversions; i++) {
		const struct directory_policy_version *v = &p->versions[i];

		if (v->number != number || v->document == NULL)
			continue;
		api_xml_open(&c->xml, FG_LIT("PolicyVersion"));
		iam_xml_document(c, FG_LIT("Document"), directory_document_text(v->document));
		version_id(&c->xml, FG_LIT("VersionId"), number);
		api_xml_bool(&c->xml, FG_LIT("IsDefaultVersion"), number == p->version);
		api_xml_time(&c->xml, FG_LIT("CreateDate"), v->created);
		api_xml_close(&c->xml, FG_LIT("PolicyVersion"));
		return FG_OK;
	}
	return no_version(c);
}

/* The newest first. */
enum fg_rc
iam_run_list_versions(struct api_call *c)
{
	const struct directory_policy *p;
	struct iam_page page = iam_page(c);
	int64_t before = page.after.n == 0 ? INT64_MAX : version_of(page.after);
	struct iam_target t;

	FG_TRY(iam_policy_target(c, &t, &p));
	api_xml_open(&c->xml, FG_LIT("Versions"));
	for (size_t i = p->nversions; i-- > 0;) {
		if (p->versions[i].number >= before)
			continue;
		if (!iam_page_take(&page, fg_arena_fmt(c->arena, "v%lld", (long long)p->versions[i].number)))
			break;
		api_xml_open(&c->xml, FG_LIT("member"));
		version_id(&c->xml, FG_LIT("VersionId"), p->versions[i].number);
		api_xml_bool(&c->xml, FG_LIT("IsDefaultVersion"), p->versions[i].number == p->version);
		api_xml_time(&c->xml, FG_LIT("CreateDate"), p->versions[i].created);
		api_xml_close(&c->xml, FG_LIT("member"));
	}
	api_xml_close(&c->xml, FG_LIT("Versions"));
	iam_page_end(c, &page);
	return FG_OK;
}

/* ---- delete ---- */

static enum fg_rc
drop(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct store_policy row;
	size_t n;

	FG_TRY(policy_row(op, &row));
	FG_TRY(iam_rows(op, STORE_ATTACHMENT, "policy", op->t.arn, &n));
	if (n > 0)
		return api_refuse(c, API_F_DELETE_CONFLICT, "iam.policy.in-use",
		    "Cannot delete a policy attached to entities.");
	FG_TRY(iam_rows(op, STORE_VERSION, "policy", row.uid, &n));
	if (n > 1)
		return api_refuse(c, API_F_DELETE_CONFLICT, "iam.policy.versions",
		    "This policy has more than one version. Before you delete a policy, you must delete "
		    "the policy's versions. The default version is deleted with the policy.");
	FG_TRY(store_delete(op->tx, STORE_VERSION, &(struct store_version){ .account = row.account,
	    .policy = row.uid, .number = row.version }, &c->err));
	return store_delete(op->tx, STORE_POLICY, &row, &c->err);
}

enum fg_rc
iam_run_delete_policy(struct api_call *c)
{
	const struct directory_policy *p;
	struct iam_target t;
	struct iam_use u;

	FG_TRY(iam_own_policy_target(c, &t, &p));
	FG_TRY(iam_uses_of(c, p->arn, &u));
	if (u.boundary > 0)
		return api_refuse(c, API_F_DELETE_CONFLICT, "iam.policy.boundary",
		    "Cannot delete a policy attached to entities.");
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, drop);
}

/* ---- versions ---- */

static enum fg_rc
create_version(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct store_version v = { .account = op->t.account, .policy = op->t.uid,
		.document = iam_str(c, "PolicyDocument"), .created = c->now };
	bool chosen = iam_int_or(c, "SetAsDefault", 0) != 0;
	struct store_policy row;
	size_t n;

	FG_TRY(policy_row(op, &row));
	FG_TRY(iam_rows(op, STORE_VERSION, "policy", row.uid, &n));
	if (n >= VERSIONS_MAX)
		return api_refuse(c, API_F_LIMIT_EXCEEDED, "iam.version.limit",
		    "A managed policy can have up to 5 versions. Before you create a new version, you "
		    "must delete an existing version.");
	v.number = ++row.last;
	row.updated = c->now;
	if (chosen)
		row.version = v.number;
	FG_TRY(store_insert(op->tx, STORE_VERSION, &v, &c->err));
	FG_TRY(store_update(op->tx, STORE_POLICY, &row, &c->err));
	api_xml_open(&c->xml, FG_LIT("PolicyVersion"));
	version_id(&c->xml, FG_LIT("VersionId"), v.number);
	api_xml_bool(&c->xml, FG_LIT("IsDefaultVersion"), chosen);
	api_xml_time(&c->xml, FG_LIT("CreateDate"), c->now);
	api_xml_close(&c->xml, FG_LIT("PolicyVersion"));
	return FG_OK;
}

enum fg_rc
iam_run_create_version(struct api_call *c)
{
	const struct directory_policy *p;
	struct iam_target t;

	FG_TRY(iam_own_policy_target(c, &t, &p));
	FG_TRY(iam_document(c, iam_str(c, "PolicyDocument"), TRUST_IDENTITY, DOCUMENT_MAX));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, create_version);
}

/* The version that is asked for, in the transaction. */
static enum fg_rc
version_row(struct iam_op *op, struct store_version *ret)
{
	enum fg_rc rc;

	*ret = (struct store_version){ .account = op->t.account, .policy = op->t.uid,
		.number = version_of(iam_str(op->c, "VersionId")) };
	rc = iam_row(op, STORE_VERSION, ret);
	if (rc == FG_E_NOT_FOUND)
		return no_version(op->c);
	return rc;
}

static enum fg_rc
set_default(struct iam_op *op)
{
	struct store_policy row;
	struct store_version v;

	FG_TRY(policy_row(op, &row));
	FG_TRY(version_row(op, &v));
	row.version = v.number;
	row.updated = op->c->now;
	return store_update(op->tx, STORE_POLICY, &row, &op->c->err);
}

enum fg_rc
iam_run_set_default_version(struct api_call *c)
{
	const struct directory_policy *p;
	struct iam_target t;

	FG_TRY(iam_own_policy_target(c, &t, &p));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, set_default);
}

static enum fg_rc
drop_version(struct iam_op *op)
{
	struct store_policy row;
	struct store_version v;

	FG_TRY(policy_row(op, &row));
	FG_TRY(version_row(op, &v));
	if (v.number == row.version)
		return api_refuse(op->c, API_F_DELETE_CONFLICT, "iam.version.default",
		    "Cannot delete the default version of a policy.");
	return store_delete(op->tx, STORE_VERSION, &v, &op->c->err);
}

enum fg_rc
iam_run_delete_version(struct api_call *c)
{
	const struct directory_policy *p;
	struct iam_target t;

	FG_TRY(iam_own_policy_target(c, &t, &p));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, drop_version);
}
