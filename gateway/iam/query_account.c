/*
 * gateway/iam/query_account.c - what an account holds as a whole, and its alias.
 */
#include "gateway/iam/bundle_int.h"
#include "gateway/iam/query_int.h"

/* ---- GetAccountAuthorizationDetails: four lists, one page ---- */

struct details {
	struct api_call *c;
	struct iam_lists lists;
};

static void
inlines_xml(struct api_call *c, struct fg_str name, const struct directory_grants *g)
{
	api_xml_open(&c->xml, name);
	for (size_t i = 0; i < g->ninlines; i++) {
		api_xml_open(&c->xml, FG_LIT("member"));
		api_xml_str(&c->xml, FG_LIT("PolicyName"), g->inlines[i].name);
		iam_xml_document(c, FG_LIT("PolicyDocument"),
		    directory_document_text(g->inlines[i].document));
		api_xml_close(&c->xml, FG_LIT("member"));
	}
	api_xml_close(&c->xml, name);
}

static void
attached_xml(struct api_call *c, const struct directory_grants *g)
{
	api_xml_open(&c->xml, FG_LIT("AttachedManagedPolicies"));
	for (size_t i = 0; i < g->nattached; i++) {
		struct fg_str arn = g->attached[i];
		size_t at = arn.n;

		while (at > 0 && arn.p[at - 1] != '/')
			at--;
		api_xml_open(&c->xml, FG_LIT("member"));
		api_xml_str(&c->xml, FG_LIT("PolicyName"), fg_sub(arn, at, arn.n));
		api_xml_str(&c->xml, FG_LIT("PolicyArn"), arn);
		api_xml_close(&c->xml, FG_LIT("member"));
	}
	api_xml_close(&c->xml, FG_LIT("AttachedManagedPolicies"));
}

static void
user_xml(struct api_call *c, const struct directory_user *u)
{
	iam_xml_user(&c->xml, u, IAM_XML_FULL);
	inlines_xml(c, FG_LIT("UserPolicyList"), &u->grants);
	api_xml_open(&c->xml, FG_LIT("GroupList"));
	for (size_t i = 0; i < u->ngroups; i++) {
		const struct directory_group *g = directory_group_by_uid(iam_dir(c), u->groups[i]);

		if (g != NULL)
			api_xml_str(&c->xml, FG_LIT("member"), g->name);
	}
	api_xml_close(&c->xml, FG_LIT("GroupList"));
	attached_xml(c, &u->grants);
}

/* Short of memory the list is short, and the walk around it fails too. */
static void
profiles_xml(struct api_call *c, const struct directory_role *r)
{
	struct iam_page all = { .after = FG_LIT(""), .prefix = FG_LIT("/"), .most = SIZE_MAX };

	(void)!iam_xml_profiles_of(c, r->uid, &all);
}

static void
role_xml(struct api_call *c, const struct directory_role *r)
{
	iam_xml_role(c, r, IAM_XML_FULL);
	api_xml_open(&c->xml, FG_LIT("InstanceProfileList"));
	profiles_xml(c, r);
	api_xml_close(&c->xml, FG_LIT("InstanceProfileList"));
	inlines_xml(c, FG_LIT("RolePolicyList"), &r->grants);
	attached_xml(c, &r->grants);
}

static void
group_xml(struct api_call *c, const struct directory_group *g)
{
	iam_xml_group(&c->xml, g);
	inlines_xml(c, FG_LIT("GroupPolicyList"), &g->grants);
	attached_xml(c, &g->grants);
}

static void
version_xml(struct api_call *c, const struct directory_policy *p,
    const struct directory_policy_version *v)
{
	api_xml_open(&c->xml, FG_LIT("member"));
	if (v->document != NULL)
		iam_xml_document(c, FG_LIT("Document"), directory_document_text(v->document));
	api_xml_str(&c->xml, FG_LIT("VersionId"), fg_arena_fmt(c->arena, "v%lld",
	    (long long)v->number));
	api_xml_bool(&c->xml, FG_LIT("IsDefaultVersion"), v->number == p->version);
	api_xml_time(&c->xml, FG_LIT("CreateDate"), v->created);
	api_xml_close(&c->xml, FG_LIT("member"));
}

static void
policy_xml(struct api_call *c, const struct directory_policy *p)
{
	api_xml_str(&c->xml, FG_LIT("PolicyName"), p->name);
	api_xml_str(&c->xml, FG_LIT("PolicyId"), p->uid);
	api_xml_str(&c->xml, FG_LIT("Arn"), p->arn);
	api_xml_str(&c->xml, FG_LIT("Path"), p->path);
	api_xml_str(&c->xml, FG_LIT("DefaultVersionId"), fg_arena_fmt(c->arena, "v%lld",
	    (long long)p->version));
	api_xml_bool(&c->xml, FG_LIT("IsAttachable"), true);
	if (p->description.n > 0)
		api_xml_str(&c->xml, FG_LIT("Description"), p->description);
	api_xml_time(&c->xml, FG_LIT("CreateDate"), p->created);
	api_xml_time(&c->xml, FG_LIT("UpdateDate"), p->updated);
	api_xml_open(&c->xml, FG_LIT("PolicyVersionList"));
	for (size_t i = 0; i < p->nversions; i++)
		version_xml(c, p, &p->versions[i]);
	api_xml_close(&c->xml, FG_LIT("PolicyVersionList"));
}

static bool
details_one(void *arg, enum store_kind kind, const void *entity)
{
	struct details *d = arg;
	const struct directory_role *r = entity; /* account and name lead all four structs */
	const struct directory_policy *p = entity;

	if (kind == STORE_POLICY && p->quarantined)
		return true;
	if (!iam_lists_take(&d->lists, r->name))
		return false;
	api_xml_open(&d->c->xml, FG_LIT("member"));
	if (kind == STORE_USER)
		user_xml(d->c, entity);
	else if (kind == STORE_GROUP)
		group_xml(d->c, entity);
	else if (kind == STORE_ROLE)
		role_xml(d->c, r);
	else
		policy_xml(d->c, p);
	api_xml_close(&d->c->xml, FG_LIT("member"));
	return true;
}

static const struct {
	enum store_kind kind;
	struct fg_str list, filter;
	bool shipped;
} lists[] = {
	{ STORE_USER, { "UserDetailList", 14 }, { "User", 4 }, false },
	{ STORE_GROUP, { "GroupDetailList", 15 }, { "Group", 5 }, false },
	{ STORE_ROLE, { "RoleDetailList", 14 }, { "Role", 4 }, false },
	{ STORE_POLICY, { "Policies", 8 }, { "LocalManagedPolicy", 18 }, false },
	{ STORE_POLICY, { "Policies", 8 }, { "AWSManagedPolicy", 16 }, true },
};

static bool
wanted(const struct api_call *c, struct fg_str filter)
{
	const struct api_arg *v = iam_arg(c, "Filter");

	for (size_t i = 0; i < v->n; i++) {
		if (fg_eq(api_member(v, i, 0)->s, filter))
			return true;
	}
	return v->n == 0;
}

enum fg_rc
iam_run_account_details(struct api_call *c)
{
	struct details d = { .c = c, .lists = iam_lists(c) };
	struct fg_str after;

	FG_TRY(iam_allow_on(c, FG_LIT("*")));
	for (unsigned i = 0; i < FG_COUNT(lists); i++) {
		struct fg_str account = lists[i].shipped ? FG_LIT("aws") : c->caller.who.account;

		if (!lists[i].shipped)
			api_xml_open(&c->xml, lists[i].list);
		if (iam_lists_begin(&d.lists, i, &after) && wanted(c, lists[i].filter))
			FG_TRY(directory_walk(iam_dir(c), lists[i].kind, account, after, details_one, &d, &c->err));
		if (lists[i].kind != STORE_POLICY || lists[i].shipped)
			api_xml_close(&c->xml, lists[i].list);
	}
	return iam_lists_end(c, &d.lists);
}

/* ---- GetAccountSummary ---- */

static bool
count_one(void *arg, enum store_kind kind, const void *entity)
{
	int64_t *n = arg;

	(void)kind;
	(void)entity;
	++*n;
	return true;
}

static void
entry(struct fg_buf *b, struct fg_str key, int64_t value)
{
	api_xml_open(b, FG_LIT("entry"));
	api_xml_str(b, FG_LIT("key"), key);
	api_xml_int(b, FG_LIT("value"), value);
	api_xml_close(b, FG_LIT("entry"));
}

struct devices {
	struct fg_str account;
	int64_t all, in_use;
};

static bool
device_count(void *arg, enum store_kind kind, const void *entity)
{
	const struct store_mfa *m = entity;
	struct devices *d = arg;

	(void)kind;
	d->all += fg_eq(m->account, d->account);
	d->in_use += fg_eq(m->account, d->account) && m->user.n > 0;
	return true;
}

static void
devices_xml(struct api_call *c)
{
	struct devices d = { .account = c->caller.who.account };

	directory_rows(iam_dir(c), STORE_MFA, device_count, &d);
	entry(&c->xml, FG_LIT("MFADevices"), d.all);
	entry(&c->xml, FG_LIT("MFADevicesInUse"), d.in_use);
}

enum fg_rc
iam_run_account_summary(struct api_call *c)
{
	static const struct {
		enum store_kind kind;
		struct fg_str key;
	} counted[] = { { STORE_USER, { "Users", 5 } }, { STORE_GROUP, { "Groups", 6 } },
		{ STORE_ROLE, { "Roles", 5 } }, { STORE_POLICY, { "Policies", 8 } },
		{ STORE_PROFILE, { "InstanceProfiles", 16 } } };
	static const struct {
		struct fg_str key;
		int64_t value;
	} quotas[] = { { { "AccessKeysPerUserQuota", 22 }, 2 }, { { "VersionsPerPolicyQuota", 22 }, 5 },
		{ { "PolicySizeQuota", 15 }, 6144 }, { { "UserPolicySizeQuota", 19 }, 2048 },
		{ { "GroupPolicySizeQuota", 20 }, 5120 }, { { "RolePolicySizeQuota", 19 }, 10240 },
		{ { "AssumeRolePolicySizeQuota", 25 }, 4096 }, { { "AttachedPoliciesPerUserQuota", 28 }, 10 },
		{ { "AttachedPoliciesPerGroupQuota", 29 }, 10 }, { { "AttachedPoliciesPerRoleQuota", 28 }, 10 },
		{ { "GroupsPerUserQuota", 18 }, 10 }, { { "AccountAccessKeysPresent", 24 }, 0 },
		{ { "AccountMFAEnabled", 17 }, 0 }, { { "GlobalEndpointTokenVersion", 26 }, 2 } };
	static const enum store_kind providers[] = { STORE_OIDC, STORE_SAML };
	int64_t n = 0;

	FG_TRY(iam_allow_on(c, FG_LIT("*")));
	api_xml_open(&c->xml, FG_LIT("SummaryMap"));
	for (size_t i = 0; i < FG_COUNT(counted); i++, n = 0) {
		FG_TRY(directory_walk(iam_dir(c), counted[i].kind, c->caller.who.account, FG_LIT(""),
		    count_one, &n, &c->err));
		entry(&c->xml, counted[i].key, n);
	}
	for (size_t i = 0; i < FG_COUNT(providers); i++)
		FG_TRY(directory_walk(iam_dir(c), providers[i], c->caller.who.account, FG_LIT(""), count_one,
		    &n, &c->err));
	entry(&c->xml, FG_LIT("Providers"), n);
	devices_xml(c);
	for (size_t i = 0; i < FG_COUNT(quotas); i++)
		entry(&c->xml, quotas[i].key, quotas[i].value);
	api_xml_close(&c->xml, FG_LIT("SummaryMap"));
	return FG_OK;
}

/* There is one kind of token, good in every region: what AWS calls the second version. */
enum fg_rc
iam_run_set_tokens(struct api_call *c)
{
	static const struct fg_str versions[] = { { "v1Token", 7 }, { "v2Token", 7 } };

	FG_TRY(iam_allow_on(c, FG_LIT("*")));
	FG_TRY(iam_one_of(c, "GlobalEndpointTokenVersion", "globalEndpointTokenVersion", versions, FG_COUNT(versions)));
	if (!fg_eq(iam_str(c, "GlobalEndpointTokenVersion"), versions[1]))
		return api_refuse_str(c, API_F_VALIDATION, "iam.tokens",
		    FG_LIT("Tokens of this endpoint are good in every region: v2Token."));
	return FG_OK;
}

/* ---- aliases ---- */

enum fg_rc
iam_run_account_aliases(struct api_call *c)
{
	const struct directory_account *a = directory_account_find(iam_dir(c), c->caller.who.account);
	struct iam_page page = iam_page(c);

	FG_TRY(iam_allow_on(c, FG_LIT("*")));
	api_xml_open(&c->xml, FG_LIT("AccountAliases"));
	if (a != NULL && a->alias.n > 0)
		api_xml_str(&c->xml, FG_LIT("member"), a->alias);
	api_xml_close(&c->xml, FG_LIT("AccountAliases"));
	iam_page_end(c, &page);
	return FG_OK;
}

static enum fg_rc
alias_set(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct store_account row = { .account = op->t.account };
	struct fg_str alias = iam_str(c, "AccountAlias");
	enum fg_rc rc;

	FG_TRY(store_get(op->tx, STORE_ACCOUNT, &row, c->arena, &c->err));
	if (op->extra.n == 0 && !fg_eq(row.alias, alias))
		return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.alias.no-such",
		    "The account alias %.*s cannot be found.", FG_PRI(alias));
	row.alias = op->extra;
	rc = store_update(op->tx, STORE_ACCOUNT, &row, &c->err);
	if (rc != FG_E_EXISTS)
		return rc;
	fg_err_clear(&c->err);
	return api_refuse(c, API_F_ENTITY_EXISTS, "iam.alias.exists",
	    "The account alias %.*s already exists.", FG_PRI(alias));
}

static enum fg_rc
alias_change(struct api_call *c, struct fg_str to)
{
	struct iam_target t = { .account = c->caller.who.account, .arn = FG_LIT("*"),
		.boundary = FG_LIT(""), .found = true };

	FG_TRY(iam_allow(c, &t));
	if (!bn_alias_ok(iam_str(c, "AccountAlias")))
		return api_refuse(c, API_F_VALIDATION, "iam.alias",
		    "The account alias must be 3 to 63 lower-case letters, digits and single hyphens.");
	return iam_write(c, &t, FG_STR_NULL, to, alias_set);
}

enum fg_rc
iam_run_create_alias(struct api_call *c)
{
	return alias_change(c, iam_str(c, "AccountAlias"));
}

enum fg_rc
iam_run_delete_alias(struct api_call *c)
{
	return alias_change(c, FG_LIT(""));
}
