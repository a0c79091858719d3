/*
 * Which policies speak about a request: the caller's own, its boundary, its session's, its
 * organisation's, the resource's and the resource's organisation's.  What cannot be found
 * stands as a missing program, which denies.
 */
#include "gateway/api/api_int.h"

/* The documents of a layer; or, without room for them, the name of one. */
struct set {
	const struct trust_program **v;
	size_t n;
	size_t wanted;              /* index of the document whose name is looked for */
	const char *kind;           /* "role", "user", "group" with the inline policies */
	struct fg_str owner, name;  /* whose they are; of the one that is wanted */
};

static enum fg_rc
set_new(struct api_call *c, struct set *s)
{
	*s = (struct set){ .wanted = FG_LIMIT_API_LAYERS };
	s->v = FG_NEW_N(c->arena, const struct trust_program *, FG_LIMIT_API_LAYERS);
	if (s->v == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.layers", NULL, "arena");
	return FG_OK;
}

/* One too many for the room takes the last place as a denial. */
static void
put(struct set *s, const struct trust_program *p)
{
	if (s->n == FG_LIMIT_API_LAYERS)
		p = NULL;
	else
		s->n++;
	if (s->v != NULL)
		s->v[s->n - 1] = p;
}

/* The document that comes next has this name. */
static void
next_is(struct set *s, const char *kind, struct fg_str owner, struct fg_str name)
{
	if (s->n != s->wanted)
		return;
	s->kind = kind;
	s->owner = owner;
	s->name = name;
}

static const struct trust_program *
program(const struct directory_document *d)
{
	return d == NULL ? NULL : directory_program(d);
}

static const struct trust_program *
managed(const struct api_call *c, struct fg_str arn)
{
	const struct directory_policy *p = directory_policy_find(api_directory(c), arn);

	return p == NULL || p->quarantined ? NULL : program(p->document);
}

static void
managed_put(const struct api_call *c, struct set *s, struct fg_str arn)
{
	next_is(s, NULL, FG_STR_NULL, arn);
	put(s, managed(c, arn));
}

static void
grants_put(const struct api_call *c, struct set *s, const char *kind, struct fg_str owner,
    const struct directory_grants *g)
{
	for (size_t i = 0; i < g->ninlines; i++) {
		next_is(s, kind, owner, g->inlines[i].name);
		put(s, program(g->inlines[i].document));
	}
	for (size_t i = 0; i < g->nattached; i++)
		managed_put(c, s, g->attached[i]);
}

static void
user_put(const struct api_call *c, struct set *s, const struct directory_user *u)
{
	if (u->quarantined)
		put(s, NULL);
	grants_put(c, s, "user", u->name, &u->grants);
	for (size_t i = 0; i < u->ngroups; i++) {
		const struct directory_group *g = directory_group_by_uid(api_directory(c),
		    u->groups[i]);

		if (g == NULL || g->quarantined)
			put(s, NULL);
		else
			grants_put(c, s, "group", g->name, &g->grants);
	}
}

static void
identity_put(const struct api_call *c, struct set *s)
{
	const struct directory_role *role = c->caller.role;

	if (role != NULL && role->quarantined)
		put(s, NULL);
	if (role != NULL)
		grants_put(c, s, "role", role->name, &role->grants);
	else if (c->caller.user != NULL)
		user_put(c, s, c->caller.user);
}

static enum fg_rc
boundary(struct api_call *c, struct fg_str arn, struct trust_layers *ret)
{
	struct set s;

	if (arn.n == 0)
		return FG_OK;
	FG_TRY(set_new(c, &s));
	put(&s, managed(c, arn));
	ret->has_boundary = true;
	ret->boundary = (struct trust_policies){ s.v, s.n };
	return FG_OK;
}

/* "v3"; of a policy made anew under the name of the one that was meant, no version counts. */
static const struct trust_program *
pinned(const struct api_call *c, const struct cred_session *s, const struct cred_managed *m)
{
	const struct directory_policy *p = directory_policy_find(api_directory(c), m->arn);
	uint64_t number;

	if (p == NULL || p->quarantined || p->created > s->issued || m->version.n < 2 || m->version.p[0] != 'v' ||
	    !fg_u64(fg_sub(m->version, 1, m->version.n), &number) || number > INT32_MAX)
		return NULL;
	return program(directory_policy_version(p, (int64_t)number));
}

static void
session_put(const struct api_call *c, struct set *s, const struct cred_session *from)
{
	if (from->policy.n > 0) {
		next_is(s, NULL, FG_STR_NULL, FG_LIT("Policy"));
		put(s, s->v == NULL ? NULL : api_policy(c->w->policies, from->policy, TRUST_SESSION));
	}
	for (size_t i = 0; i < from->managed_n; i++) {
		next_is(s, NULL, FG_STR_NULL, from->managed[i].arn);
		put(s, pinned(c, from, &from->managed[i]));
	}
}

static enum fg_rc
session(struct api_call *c, const struct cred_session *s, struct trust_layers *ret)
{
	struct set set;

	ret->has_session = s->kind == CRED_KIND_FEDERATED || s->policy.n > 0 || s->managed_n > 0;
	if (!ret->has_session)
		return FG_OK;
	FG_TRY(set_new(c, &set));
	session_put(c, &set, s);
	ret->session = (struct trust_policies){ set.v, set.n };
	return FG_OK;
}

static struct fg_str
boundary_of(const struct api_caller *k)
{
	return k->role != NULL ? k->role->grants.boundary
	    : k->user != NULL ? k->user->grants.boundary
			      : FG_STR_NULL;
}

static enum fg_rc
caller_layers(struct api_call *c, struct trust_layers *ret)
{
	const struct api_caller *k = &c->caller;
	struct set s;

	FG_TRY(set_new(c, &s));
	identity_put(c, &s);
	FG_TRY(boundary(c, boundary_of(k), ret));
	ret->identity = (struct trust_policies){ s.v, s.n };
	if (k->session != NULL)
		FG_TRY(session(c, k->session, ret));
	if (k->who.account.n == 0)
		return FG_OK;
	return api_controls(c, k->who.account, TRUST_SCP, &ret->scp, &ret->nscp);
}

enum fg_rc
api_controls(struct api_call *c, struct fg_str account, enum trust_kind kind,
    const struct trust_policies **ret, size_t *ret_n)
{
	*ret_n = directory_controls(api_directory(c), account, kind, ret);
	return FG_OK;
}

enum fg_rc
api_layers(struct api_call *c, const struct api_ask *ask, struct trust_layers *ret)
{
	struct set s;

	memset(ret, 0, sizeof(*ret));
	FG_TRY(caller_layers(c, ret));
	if (ask->resource_policy != NULL || ask->has_resource_policy) {
		FG_TRY(set_new(c, &s));
		put(&s, ask->resource_policy);
		ret->resource = (struct trust_policies){ s.v, s.n };
	}
	if (ask->account.n == 0)
		return FG_OK;
	return api_controls(c, ask->account, TRUST_RCP, &ret->rcp, &ret->nrcp);
}

/* ---- the names of policies, for those who read why ---- */

static struct fg_str
control_name(struct api_call *c, struct fg_str account, enum trust_kind kind, size_t level, size_t policy)
{
	struct fg_str target, id;

	if (!directory_control_at(api_directory(c), account, kind, level, policy, &target, &id))
		return FG_STR_NULL;
	if (fg_eq(target, FG_LIT("r-")))
		target = FG_LIT("root");
	return fg_arena_fmt(c->arena, "%.*s/%.*s", FG_PRI(target), FG_PRI(id));
}

static struct fg_str
set_name(struct api_call *c, const struct set *s)
{
	if (s->kind == NULL)
		return s->name;
	return fg_arena_fmt(c->arena, "%s/%.*s/%.*s", s->kind, FG_PRI(s->owner), FG_PRI(s->name));
}

static struct fg_str
policy_name(struct api_call *c, const struct trust_request *r, const struct api_policy_at *at)
{
	struct set s = { .wanted = (size_t)at->policy };

	switch (at->layer) {
	case TRUST_LAYER_IDENTITY:
		identity_put(c, &s);
		return set_name(c, &s);
	case TRUST_LAYER_BOUNDARY:
		return boundary_of(&c->caller);
	case TRUST_LAYER_SESSION:
		if (c->caller.session != NULL)
			session_put(c, &s, c->caller.session);
		return set_name(c, &s);
	case TRUST_LAYER_RESOURCE:
		return r->resource;
	case TRUST_LAYER_SCP:
		return control_name(c, r->caller.account, TRUST_SCP, (size_t)at->level, s.wanted);
	case TRUST_LAYER_RCP:
		return control_name(c, r->resource_account, TRUST_RCP, (size_t)at->level, s.wanted);
	default:
		return FG_STR_NULL;
	}
}

struct fg_str
api_policy_name(struct api_call *c, const struct trust_request *r, const struct api_policy_at *at)
{
	struct fg_str name = at->policy < 0 ? FG_STR_NULL : policy_name(c, r, at);

	return name.n == 0 ? FG_STR_NULL : fg_arena_dup(c->arena, name);
}
