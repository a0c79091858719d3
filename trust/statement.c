/*
 * trust/statement.c - does a statement apply? Principal, action, resource and every condition.
 */
#include "trust/program_int.h"

bool
trust_question_init(struct trust_question *q, const struct trust_request *r,
    const struct trust_layers *l)
{
	struct fg_str a = r->action;

	if (r->ctx == NULL || trust_ctx_bad(r->ctx) || a.n == 0 || a.n > sizeof(q->lower) ||
	    r->resource.n == 0 || !trust_utf8_ok(a) || !trust_utf8_ok(r->resource))
		return false;
	for (size_t i = 0; i < a.n; i++)
		q->lower[i] = fg_lower(a.p[i]);
	q->r = r;
	q->action = fg_str(q->lower, a.n);
	q->resource_is_arn = trust_arn_split(r->resource, q->part);
	q->has_boundary = l->has_boundary || l->boundary.n > 0;
	return fg_cut(q->action, ':', &q->prefix, &q->name);
}

struct trust_env
trust_env_begin(const struct trust_ctx *c)
{
	struct trust_scratch *s = trust_ctx_scratch(c);

	s->turn++;
	s->work_left = TRUST_WORK_BASE;
	return (struct trust_env){ .ctx = c, .scratch = s };
}

void
trust_env_enter(struct trust_env *env, const struct trust_program *p)
{
	uint32_t more = (uint32_t)p->source.n * TRUST_WORK_BYTE;

	env->program = p;
	if (__builtin_add_overflow(env->scratch->work_left, more, &env->scratch->work_left))
		env->scratch->work_left = UINT32_MAX;
}

/* ---- Principal ---- */

static enum trust_strength
strongest(const struct trust_line *st, const struct trust_caller *c)
{
	enum trust_strength best = TRUST_S_NONE;

	for (uint32_t i = 0; i < st->nprincipal; i++) {
		enum trust_strength s = trust_entry_match(&st->principal[i], c);

		if (s > best)
			best = s;
	}
	return best;
}

static bool
names_all(const struct trust_line *st)
{
	for (uint32_t i = 0; i < st->nprincipal; i++)
		if (st->principal[i].kind == TRUST_E_ALL)
			return true;
	return false;
}

enum trust_strength
trust_principal_match(const struct trust_line *st, enum trust_layer layer,
    const struct trust_question *q)
{
	enum trust_strength s;

	if (layer != TRUST_LAYER_RESOURCE && layer != TRUST_LAYER_VPCE)
		return TRUST_S_DIRECT;
	/* An endpoint is asked by whoever comes through it, signed or not. */
	if (layer == TRUST_LAYER_VPCE &&
	    (!st->has_principal || (!st->not_principal && names_all(st))))
		return TRUST_S_DIRECT;
	if (!st->not_principal)
		return strongest(st, &q->r->caller);
	/* A boundary makes every Deny with NotPrincipal apply, whoever is listed. */
	if (st->deny && q->has_boundary)
		return TRUST_S_DIRECT;
	s = strongest(st, &q->r->caller);
	return s == TRUST_S_NONE && q->r->caller.kind != TRUST_NOBODY ? TRUST_S_DIRECT
								      : TRUST_S_NONE;
}

/* ---- Action ---- */

static bool
action_hit(const struct trust_action *a, const struct trust_question *q,
    const struct trust_env *env)
{
	if (a->all || a->never)
		return a->all;
	return trust_pattern_match(&a->name, q->name, TRUST_CASE, env) == TRUST_YES &&
	    trust_pattern_match(&a->prefix, q->prefix, TRUST_CASE, env) == TRUST_YES;
}

bool
trust_action_match(const struct trust_line *st, const struct trust_question *q,
    const struct trust_env *env)
{
	for (uint32_t i = 0; i < st->naction; i++)
		if (action_hit(&st->action[i], q, env))
			return !st->not_action;
	return st->not_action;
}

/* ---- Resource ---- */

enum trust_answer
trust_resource_match(const struct trust_line *st, const struct trust_question *q,
    const struct trust_env *env)
{
	enum trust_answer found = TRUST_NO;

	if (!st->has_resource)
		return TRUST_YES;
	for (uint32_t i = 0; i < st->nresource && found != TRUST_YES; i++) {
		const struct trust_arn *a = &st->resource[i];
		enum trust_answer r = a->all ? TRUST_YES : TRUST_NO;

		if (!a->all && q->resource_is_arn)
			r = trust_arn_match(a, q->part, q->r->resource, env);
		if (r != TRUST_NO)
			found = r;
	}
	if (found == TRUST_UNREADABLE || !st->not_resource)
		return found;
	return found == TRUST_YES ? TRUST_NO : TRUST_YES;
}

/* ---- all ---- */

/* What cannot be evaluated keeps an Allow from applying, and makes a Deny apply. */
static bool
conditions_match(const struct trust_line *st, bool unreadable, const struct trust_env *env)
{
	for (uint32_t i = 0; i < st->ntest; i++) {
		enum trust_answer a = trust_test_eval(&st->test[i], env);

		if (a == TRUST_NO)
			return false;
		unreadable |= a == TRUST_UNREADABLE;
	}
	return !unreadable || st->deny;
}

enum trust_strength
trust_line_match(const struct trust_line *st, enum trust_layer layer,
    const struct trust_question *q, const struct trust_env *env)
{
	enum trust_strength s = trust_principal_match(st, layer, q);
	enum trust_answer r;

	if (s == TRUST_S_NONE || !trust_action_match(st, q, env))
		return TRUST_S_NONE;
	r = trust_resource_match(st, q, env);
	if (r == TRUST_NO || !conditions_match(st, r == TRUST_UNREADABLE, env))
		return TRUST_S_NONE;
	return s;
}
