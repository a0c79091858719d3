/*
 * Which policies speak about a request: the caller's own, its boundary, its session's, its
 * organisation's, the resource's and the resource's organisation's.  What cannot be found
 * stands as a missing program, which denies.
 */
#include "gateway/api/api_int.h"

struct set {
	const struct trust_program **v;
	size_t n;
};

static enum fg_rc
set_new(struct api_call *c, struct set *s)
{
	s->n = 0;
	s->v = FG_NEW_N(c->arena, const struct trust_program *, FG_LIMIT_API_LAYERS);
	if (s->v == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.layers", NULL, "arena");
	return FG_OK;
}

/* One too many for the room takes the last place as a denial. */
static void
put(struct set *s, const struct trust_program *p)
{
	if (s->n < FG_LIMIT_API_LAYERS)
		s->v[s->n++] = p;
	else
		s->v[FG_LIMIT_API_LAYERS - 1] = NULL;
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
grants_put(const struct api_call *c, struct set *s, const struct directory_grants *g)
{
	for (size_t i = 0; i < g->ninlines; i++)
		put(s, program(g->inlines[i].document));
	for (size_t i = 0; i < g->nattached; i++)
		put(s, managed(c, g->attached[i]));
}

static void
user_put(const struct api_call *c, struct set *s, const struct directory_user *u)
{
	if (u->quarantined)
		put(s, NULL);
	grants_put(c, s, &u->grants);
	for (size_t i = 0; i < u->ngroups; i++) {
		const struct directory_group *g = directory_group_by_uid(api_directory(c),
		    u->groups[i]);

		if (g == NULL || g->quarantined)
			put(s, NULL);
		else
			grants_put(c, s, &g->grants);
	}
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

static enum fg_rc
session(struct api_call *c, const struct cred_session *s, struct trust_layers *ret)
{
	struct set set;

	ret->has_session = s->kind == CRED_KIND_FEDERATED || s->policy.n > 0 || s->managed_n > 0;
	if (!ret->has_session)
		return FG_OK;
	FG_TRY(set_new(c, &set));
	if (s->policy.n > 0)
		put(&set, api_policy(c->w->policies, s->policy, TRUST_SESSION));
	for (size_t i = 0; i < s->managed_n; i++)
		put(&set, pinned(c, s, &s->managed[i]));
	ret->session = (struct trust_policies){ set.v, set.n };
	return FG_OK;
}

static enum fg_rc
caller_layers(struct api_call *c, struct trust_layers *ret)
{
	const struct api_caller *k = &c->caller;
	struct set s;

	FG_TRY(set_new(c, &s));
	if (k->role != NULL) {
		if (k->role->quarantined)
			put(&s, NULL);
		grants_put(c, &s, &k->role->grants);
		FG_TRY(boundary(c, k->role->grants.boundary, ret));
	} else if (k->user != NULL) {
		user_put(c, &s, k->user);
		FG_TRY(boundary(c, k->user->grants.boundary, ret));
	}
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
