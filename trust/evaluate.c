/*
 * trust/evaluate.c - the decision: every layer's statements, then the tables of who may what.
 */
#include "trust/program_int.h"

static const char *const verdicts[] = {
	[TRUST_DENY_IMPLICIT] = "ImplicitlyDenied",
	[TRUST_DENY_EXPLICIT] = "ExplicitlyDenied",
	[TRUST_ALLOW] = "Allowed",
};

static const struct {
	const char *name;
	enum trust_side side;
} layers[TRUST_LAYER_MAX] = {
	[TRUST_LAYER_NONE] = { "none", TRUST_SIDE_NONE },
	[TRUST_LAYER_IDENTITY] = { "identity", TRUST_SIDE_CALLER },
	[TRUST_LAYER_SESSION] = { "session", TRUST_SIDE_CALLER },
	[TRUST_LAYER_BOUNDARY] = { "boundary", TRUST_SIDE_CALLER },
	[TRUST_LAYER_SCP] = { "scp", TRUST_SIDE_CALLER },
	[TRUST_LAYER_RCP] = { "rcp", TRUST_SIDE_RESOURCE },
	[TRUST_LAYER_RESOURCE] = { "resource", TRUST_SIDE_RESOURCE },
	[TRUST_LAYER_VPCE] = { "vpce", TRUST_SIDE_CALLER },
};

const char *
trust_verdict_name(enum trust_verdict v)
{
	return (unsigned)v < FG_COUNT(verdicts) ? verdicts[v] : verdicts[TRUST_DENY_EXPLICIT];
}

const char *
trust_layer_name(enum trust_layer layer)
{
	return layers[(unsigned)layer < TRUST_LAYER_MAX ? layer : TRUST_LAYER_NONE].name;
}

enum trust_side
trust_layer_side(enum trust_layer layer)
{
	return layers[(unsigned)layer < TRUST_LAYER_MAX ? layer : TRUST_LAYER_NONE].side;
}

/* ---- one layer ---- */

struct scan {
	enum trust_strength best; /* of the statements that allow */
	int policy, statement;    /* the one of that strength, the first; -1: none */
	struct fg_str sid;
};

struct run {
	const struct trust_request *r;
	const struct trust_layers *l;
	struct trust_question q;
	struct trust_env env;
	struct trust_decision *ret;
};

static void
decide(struct run *r, enum trust_verdict v, enum trust_layer layer, int level)
{
	*r->ret = (struct trust_decision){ .verdict = v, .layer = layer, .level = level,
		.policy = -1, .statement = -1, .sid = FG_STR_NULL };
}

static void
decide_by(struct run *r, enum trust_verdict v, enum trust_layer layer, int level,
    const struct scan *s)
{
	decide(r, v, layer, level);
	r->ret->policy = s->policy;
	r->ret->statement = s->statement;
	r->ret->sid = s->sid;
}

/* All policies of a layer or level.  False: an explicit deny was found and decided. */
static bool
scan(struct run *r, const struct trust_policies *p, enum trust_layer layer, int level,
    struct scan *ret)
{
	*ret = (struct scan){ .best = TRUST_S_NONE, .policy = -1, .statement = -1,
		.sid = FG_STR_NULL };
	for (size_t i = 0; i < p->n; i++) {
		const struct trust_program *prog = p->v[i];

		if (prog == NULL) {
			decide_by(r, TRUST_DENY_EXPLICIT, layer, level,
			    &(struct scan){ .policy = (int)i, .statement = -1 });
			return false;
		}
		trust_env_enter(&r->env, prog);
		for (uint32_t k = 0; k < prog->nline; k++) {
			const struct trust_line *line = &prog->line[k];
			struct scan at = { TRUST_S_NONE, (int)i, (int)k, line->sid };

			/* what cannot change the outcome need not be read */
			if (!line->deny && ret->best == TRUST_S_DIRECT)
				continue;
			at.best = trust_line_match(line, layer, &r->q, &r->env);
			if (at.best == TRUST_S_NONE)
				continue;
			if (line->deny) {
				decide_by(r, TRUST_DENY_EXPLICIT, layer, level, &at);
				return false;
			}
			if (at.best > ret->best)
				*ret = at;
		}
	}
	return true;
}

/* ---- all layers ---- */

struct legs {
	struct scan identity, session, boundary, resource, vpce;
	int scp_silent; /* first level without an Allow, or -1 */
};

/* Root, each unit, the account: each has its say.  False: denied explicitly. */
static bool
scan_levels(struct run *r, const struct trust_policies *level, size_t n, enum trust_layer layer,
    int *ret_silent)
{
	struct scan s;

	*ret_silent = -1;
	for (size_t i = 0; i < n; i++) {
		if (!scan(r, &level[i], layer, (int)i, &s))
			return false;
		if (s.best == TRUST_S_NONE && *ret_silent < 0)
			*ret_silent = (int)i;
	}
	return true;
}

static bool
scan_all(struct run *r, struct legs *g)
{
	const struct trust_layers *l = r->l;
	int rcp_silent; /* an Allow of everything is always attached beside them */

	g->scp_silent = -1;
	if (r->r->caller.account.n > 0 &&
	    !scan_levels(r, l->scp, l->nscp, TRUST_LAYER_SCP, &g->scp_silent))
		return false;
	return scan_levels(r, l->rcp, l->nrcp, TRUST_LAYER_RCP, &rcp_silent) &&
	    scan(r, &l->resource, TRUST_LAYER_RESOURCE, 0, &g->resource) &&
	    scan(r, &l->identity, TRUST_LAYER_IDENTITY, 0, &g->identity) &&
	    scan(r, &l->boundary, TRUST_LAYER_BOUNDARY, 0, &g->boundary) &&
	    scan(r, &l->session, TRUST_LAYER_SESSION, 0, &g->session) &&
	    scan(r, &l->vpce, TRUST_LAYER_VPCE, 0, &g->vpce);
}

static bool
allows(const struct scan *s)
{
	return s->best != TRUST_S_NONE;
}

static bool
has_session(const struct run *r)
{
	return r->l->has_session || r->l->session.n > 0;
}

/* Boundary and session policy limit also a grant to the role or the federating user. */
static enum trust_layer
limits_block(const struct run *r, const struct legs *g)
{
	if (r->q.has_boundary && !allows(&g->boundary))
		return TRUST_LAYER_BOUNDARY;
	return has_session(r) && !allows(&g->session) ? TRUST_LAYER_SESSION : TRUST_LAYER_NONE;
}

/* The layer that keeps the caller's own policies from allowing; NONE: they allow. */
static enum trust_layer
identity_blocks(const struct run *r, const struct legs *g)
{
	if (!allows(&g->identity) && r->r->caller.kind != TRUST_ROOT)
		return TRUST_LAYER_IDENTITY;
	/* A federated user without a session policy has no permissions of its own. */
	if (r->r->caller.kind == TRUST_FEDERATED_USER && !has_session(r))
		return TRUST_LAYER_SESSION;
	return limits_block(r, g);
}

static bool
contains(struct fg_str s, struct fg_str part)
{
	return s.n >= part.n && memmem(s.p, s.n, part.p, part.n) != NULL;
}

/* Resources whose own policy must name the caller or its account, also inside the account. */
static bool
needs_trust(const struct run *r)
{
	struct fg_str action = r->q.action, resource = r->r->resource;

	if (fg_eq(r->q.prefix, FG_LIT("sts")) && r->l->resource.n > 0)
		return true;
	if (fg_starts(action, FG_LIT("sts:assumerole")))
		return contains(resource, FG_LIT(":role/"));
	return fg_eq(r->q.prefix, FG_LIT("kms")) && contains(resource, FG_LIT(":key/"));
}

static void
decide_same_account(struct run *r, const struct legs *g)
{
	enum trust_strength rb = g->resource.best;
	bool named = rb == TRUST_S_ROLE || rb == TRUST_S_FEDUSER;
	enum trust_layer block = named ? limits_block(r, g) : identity_blocks(r, g);

	if (needs_trust(r) && rb == TRUST_S_NONE)
		decide(r, TRUST_DENY_IMPLICIT, TRUST_LAYER_RESOURCE, 0);
	else if (rb != TRUST_S_DIRECT && block != TRUST_LAYER_NONE)
		decide(r, TRUST_DENY_IMPLICIT, block, 0);
	else if (rb == TRUST_S_DIRECT || named || needs_trust(r))
		decide_by(r, TRUST_ALLOW, TRUST_LAYER_RESOURCE, 0, &g->resource);
	else
		decide_by(r, TRUST_ALLOW, TRUST_LAYER_IDENTITY, 0, &g->identity);
}

/* Both sides, whatever the resource names. */
static void
decide_cross_account(struct run *r, const struct legs *g)
{
	enum trust_layer block = identity_blocks(r, g);

	if (g->resource.best == TRUST_S_NONE)
		decide(r, TRUST_DENY_IMPLICIT, TRUST_LAYER_RESOURCE, 0);
	else if (block != TRUST_LAYER_NONE)
		decide(r, TRUST_DENY_IMPLICIT, block, 0);
	else
		decide_by(r, TRUST_ALLOW, TRUST_LAYER_RESOURCE, 0, &g->resource);
}

static void
decide_by_legs(struct run *r, const struct legs *g)
{
	const struct trust_caller *c = &r->r->caller;

	if (g->scp_silent >= 0)
		decide(r, TRUST_DENY_IMPLICIT, TRUST_LAYER_SCP, g->scp_silent);
	else if (r->l->vpce.n > 0 && !allows(&g->vpce))
		decide(r, TRUST_DENY_IMPLICIT, TRUST_LAYER_VPCE, 0);
	else if (c->account.n > 0 && fg_eq(c->account, r->r->resource_account))
		decide_same_account(r, g);
	else if (c->account.n > 0)
		decide_cross_account(r, g);
	/* no account, no identity leg: service, provider, anonymous */
	else if (g->resource.best == TRUST_S_DIRECT)
		decide_by(r, TRUST_ALLOW, TRUST_LAYER_RESOURCE, 0, &g->resource);
	else
		decide(r, TRUST_DENY_IMPLICIT, TRUST_LAYER_RESOURCE, 0);
}

/* What no policy has a say in.  True: decided. */
static bool
decide_by_rule(struct run *r)
{
	enum trust_caller_kind kind = r->r->caller.kind;

	if (kind == TRUST_NOBODY) {
		decide(r, TRUST_DENY_EXPLICIT, TRUST_LAYER_NONE, 0);
		return true;
	}
	if (kind != TRUST_ANONYMOUS && fg_eq(r->q.action, FG_LIT("sts:getcalleridentity"))) {
		decide(r, TRUST_ALLOW, TRUST_LAYER_NONE, 0);
		return true;
	}
	if (kind == TRUST_ROOT && fg_eq(r->q.action, FG_LIT("sts:assumerole"))) {
		decide(r, TRUST_DENY_IMPLICIT, TRUST_LAYER_NONE, 0);
		return true;
	}
	return false;
}

enum trust_verdict
trust_decide(const struct trust_request *r, const struct trust_layers *l,
    struct trust_decision *ret)
{
	struct run run = { .r = r, .l = l, .ret = ret };
	struct legs g;

	decide(&run, TRUST_DENY_EXPLICIT, TRUST_LAYER_NONE, 0);
	if (!trust_question_init(&run.q, r, l))
		return ret->verdict;
	run.env = trust_env_begin(r->ctx);
	if (!decide_by_rule(&run) && scan_all(&run, &g))
		decide_by_legs(&run, &g);
	return ret->verdict;
}
