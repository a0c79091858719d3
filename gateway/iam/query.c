/*
 * gateway/iam/query.c - parameters, targets and permission of the IAM API.
 */
#include "gateway/iam/query_int.h"

#define S(text) { text, sizeof(text) - 1 }

/* ---- parameters ---- */

const struct api_arg *
iam_arg(const struct api_call *c, const char *name)
{
	const struct api_param *p = c->action->param;

	for (size_t i = 0; p != NULL && !fg_str_null(p[i].name); i++) {
		if (fg_eq(p[i].name, fg_str_z(name)))
			return &c->args[i];
	}
	return NULL;
}

struct fg_str
iam_str(const struct api_call *c, const char *name)
{
	const struct api_arg *a = iam_arg(c, name);

	return a == NULL || !a->present ? FG_STR_NULL : a->s;
}

struct fg_str
iam_str_or(const struct api_call *c, const char *name, struct fg_str other)
{
	struct fg_str s = iam_str(c, name);

	return fg_str_null(s) ? other : s;
}

int64_t
iam_int_or(const struct api_call *c, const char *name, int64_t other)
{
	const struct api_arg *a = iam_arg(c, name);

	return a == NULL || !a->present ? other : a->i;
}

enum fg_rc
iam_one_of(struct api_call *c, const char *name, const char *label, const struct fg_str *v,
    size_t n)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(1024);
	struct fg_str s = iam_str(c, name), all;

	for (size_t i = 0; i < n; i++) {
		if (fg_str_null(s) || fg_eq(s, v[i]))
			return FG_OK;
		fg_buf_fmt(&b, "%s%.*s", i == 0 ? "" : ", ", FG_PRI(v[i]));
	}
	if (fg_buf_end(&b, &all) != FG_OK)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.value", NULL, "list");
	return api_refuse(c, API_F_VALIDATION, "iam.value",
	    "1 validation error detected: Value '%.*s' at '%s' failed to satisfy constraint: "
	    "Member must satisfy enum value set: [%.*s]", FG_PRI(s), label, FG_PRI(all));
}

/* ---- kinds ---- */

static const struct iam_kind kinds[] = {
	{ STORE_USER, S("User"), S("user"), S("UserName"), "AIDA", "AWS::IAM::User", 2048, 2048 },
	{ STORE_GROUP, S("Group"), S("group"), S("GroupName"), "AGPA", "AWS::IAM::Group", 5120, 5120 },
	{ STORE_ROLE, S("Role"), S("role"), S("RoleName"), "AROA", "AWS::IAM::Role", 10240, 10240 },
	{ STORE_PROFILE, S("InstanceProfile"), S("instance-profile"), S("InstanceProfileName"), "AIPA",
		"AWS::IAM::InstanceProfile", 0, 0 },
};

const struct iam_kind *
iam_kind_of(enum store_kind kind)
{
	for (size_t i = 0; i < FG_COUNT(kinds); i++) {
		if (kinds[i].kind == kind)
			return &kinds[i];
	}
	return NULL;
}

static const struct iam_kind *
kind_by_param(struct fg_str param)
{
	for (size_t i = 0; i < FG_COUNT(kinds); i++) {
		if (fg_eq(kinds[i].param, param))
			return &kinds[i];
	}
	return NULL;
}

struct fg_str
iam_arn(struct api_call *c, struct fg_str account, struct fg_str noun, struct fg_str path,
    struct fg_str name)
{
	return fg_arena_fmt(c->arena, "arn:aws:iam::%.*s:%.*s%.*s%.*s", (int)account.n, account.p,
	    (int)noun.n, noun.p, (int)path.n, path.n == 0 ? "" : path.p, (int)name.n,
	    name.n == 0 ? "" : name.p);
}

struct iam_target
iam_target_user(const struct directory_user *u)
{
	return (struct iam_target){ .k = iam_kind_of(STORE_USER), .account = u->account,
		.name = u->name, .path = u->path, .uid = u->uid, .arn = u->arn,
		.boundary = u->grants.boundary, .created = u->created, .grants = &u->grants,
		.tags = u->tags, .ntags = u->ntags, .user = u, .found = !u->quarantined };
}

struct iam_target
iam_target_role(const struct directory_role *r)
{
	return (struct iam_target){ .k = iam_kind_of(STORE_ROLE), .account = r->account,
		.name = r->name, .path = r->path, .uid = r->uid, .arn = r->arn,
		.boundary = r->grants.boundary, .created = r->created, .grants = &r->grants,
		.tags = r->tags, .ntags = r->ntags, .role = r, .found = !r->quarantined };
}

struct iam_target
iam_target_group(const struct directory_group *g)
{
	return (struct iam_target){ .k = iam_kind_of(STORE_GROUP), .account = g->account,
		.name = g->name, .path = g->path, .uid = g->uid, .arn = g->arn,
		.boundary = FG_LIT(""), .created = g->created, .grants = &g->grants, .group = g,
		.found = !g->quarantined };
}

/* ---- targets ---- */

/* Without a name the ARN is that of the root path, as AWS decides about what does not exist. */
static enum fg_rc
target_absent(struct api_call *c, const struct iam_kind *k, struct fg_str name,
    struct iam_target *ret)
{
	*ret = (struct iam_target){ .k = k, .account = c->caller.who.account, .name = name,
		.path = FG_LIT("/"), .boundary = FG_LIT("") };
	ret->arn = iam_arn(c, ret->account, k->noun, ret->path, name);
	return fg_str_null(ret->arn) ? fg_fail(&c->err, FG_E_NOMEM, "iam.target", NULL, "arena")
				     : FG_OK;
}

static enum fg_rc
target_caller(struct api_call *c, struct iam_target *ret)
{
	if (c->caller.user == NULL || c->caller.who.kind != TRUST_USER)
		return api_refuse(c, API_F_VALIDATION, "iam.target.caller",
		    "Must specify userName when calling with non-User credentials");
	*ret = iam_target_user(c->caller.user);
	return FG_OK;
}

enum fg_rc
iam_target_find(struct api_call *c, struct iam_target *ret)
{
	const struct iam_kind *k = kind_by_param(c->action->param[0].name);
	const struct directory *d = api_env_conf(api_worker_env(c->w))->directory;
	struct fg_str name = c->args[0].present ? c->args[0].s : FG_STR_NULL;
	struct fg_str account = c->caller.who.account;
	const struct directory_user *u;
	const struct directory_group *g;
	const struct directory_role *r;
	const struct store_profile *p;

	if (k == NULL)
		return fg_fail(&c->err, FG_E_INTERNAL, "iam.target", NULL, "action without a target");
	if (fg_str_null(name))
		return target_caller(c, ret);
	if (k->kind == STORE_USER && (u = directory_user_find(d, account, name)) != NULL)
		*ret = iam_target_user(u);
	else if (k->kind == STORE_GROUP && (g = directory_group_find(d, account, name)) != NULL)
		*ret = iam_target_group(g);
	else if (k->kind == STORE_ROLE && (r = directory_role_find(d, account, name)) != NULL)
		*ret = iam_target_role(r);
	else if (k->kind == STORE_PROFILE && (p = directory_profile_find(d, account, name)) != NULL)
		return iam_target_profile(c, p, ret);
	else
		return target_absent(c, k, name, ret);
	return FG_OK;
}

enum fg_rc
iam_target_new(struct api_call *c, struct iam_target *ret)
{
	const struct iam_kind *k = kind_by_param(c->action->param[0].name);

	if (k == NULL)
		return fg_fail(&c->err, FG_E_INTERNAL, "iam.target", NULL, "action without a target");
	*ret = (struct iam_target){ .k = k, .account = c->caller.who.account, .name = c->args[0].s,
		.path = iam_str_or(c, "Path", FG_LIT("/")), .boundary = FG_LIT(""), .created = c->now,
		.found = true };
	ret->arn = iam_arn(c, ret->account, k->noun, ret->path, ret->name);
	return fg_str_null(ret->arn) ? fg_fail(&c->err, FG_E_NOMEM, "iam.target", NULL, "arena")
				     : FG_OK;
}

/* ---- permission ---- */

static enum fg_rc
resource_facts(struct api_call *c, struct trust_ctx *t, const struct iam_target *on)
{
	struct fg_str boundary = iam_str(c, "PermissionsBoundary"), policy = iam_str(c, "PolicyArn");

	for (size_t i = 0; i < on->ntags; i++) {
		if (fg_eq(c->service->service, FG_LIT("iam")))
			FG_TRY(trust_gateway_tag(t, FG_LIT("iam:ResourceTag/"), on->tags[i].key,
			    on->tags[i].value, &c->err));
		FG_TRY(trust_gateway_tag(t, FG_LIT("aws:ResourceTag/"), on->tags[i].key,
		    on->tags[i].value, &c->err));
	}
	if (on->policy_type.n > 0)
		FG_TRY(trust_gateway_one(t, FG_LIT("organizations:PolicyType"), on->policy_type,
		    &c->err));
	if (fg_str_null(boundary))
		boundary = on->boundary;
	if (boundary.n > 0)
		FG_TRY(trust_gateway_one(t, FG_LIT("iam:PermissionsBoundary"), boundary, &c->err));
	if (policy.n > 0 && on->k != NULL)
		FG_TRY(trust_gateway_one(t, FG_LIT("iam:PolicyARN"), policy, &c->err));
	return FG_OK;
}

static enum fg_rc
asked_tags(struct api_call *c, struct trust_ctx *t)
{
	const struct api_arg *tags = iam_arg(c, "Tags"), *keys = iam_arg(c, "TagKeys");
	size_t n = tags != NULL ? tags->n : keys != NULL ? keys->n : 0;
	struct fg_str *v = FG_NEW_N(c->arena, struct fg_str, n + 1);

	if (v == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.context", NULL, "arena");
	for (size_t i = 0; i < n; i++)
		v[i] = tags != NULL ? api_member(tags, i, 0)->s : api_member(keys, i, 0)->s;
	for (size_t i = 0; tags != NULL && i < n; i++)
		FG_TRY(trust_caller_tag(t, FG_LIT("aws:RequestTag/"), v[i], api_member(tags, i, 1)->s,
		    &c->err));
	return n == 0 ? FG_OK : trust_caller_list(t, FG_LIT("aws:TagKeys"), v, n, &c->err);
}

static enum fg_rc
allow(struct api_call *c, const struct iam_target *t)
{
	const struct api_ask ask = { .action = fg_arena_fmt(c->arena, "%.*s:%.*s",
		    FG_PRI(c->service->service), FG_PRI(c->action->name)), .resource = t->arn, .account = c->caller.who.account };
	struct trust_ctx *ctx;
	struct fg_str twice;

	if (fg_str_null(ask.action))
		return fg_fail(&c->err, FG_E_NOMEM, "iam.allow", NULL, "arena");
	c->story.resource = fg_arena_dup(c->arena, t->arn);
	c->story.resource_account = c->story.account = fg_arena_dup(c->arena, ask.account);
	c->story.resource_type = t->k == NULL ? FG_STR_NULL : fg_str_z(t->k->type);
	FG_TRY(iam_tags(c, &twice)); /* a key twice would poison the context */
	/* the provider's own policies belong to nobody's organisation */
	FG_TRY(api_context(c, fg_starts(t->arn, FG_LIT("arn:aws:iam::aws:")) ? FG_STR_NULL : ask.account, &ctx));
	FG_TRY(resource_facts(c, ctx, t));
	FG_TRY(asked_tags(c, ctx));
	return api_authorize(c, ctx, &ask);
}

enum fg_rc
iam_no_such(struct api_call *c, const struct iam_kind *k, struct fg_str name)
{
	return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.no-such",
	    "The %.*s with name %.*s cannot be found.", FG_PRI(k->noun), FG_PRI(name));
}

enum fg_rc
iam_allow(struct api_call *c, const struct iam_target *t)
{
	FG_TRY(allow(c, t));
	return t->found || t->k == NULL ? FG_OK : iam_no_such(c, t->k, t->name);
}

enum fg_rc
iam_allow_on(struct api_call *c, struct fg_str resource)
{
	struct iam_target t = { .account = c->caller.who.account, .arn = resource, .found = true };

	return allow(c, &t);
}

enum fg_rc
iam_target(struct api_call *c, struct iam_target *ret)
{
	FG_TRY(iam_target_find(c, ret));
	return iam_allow(c, ret);
}
