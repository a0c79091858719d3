/*
 * trust/explain.c - why each statement did not match: the same functions that decide are asked
 * again, one element at a time, and what they compared is written down.
 */
#include "trust/program_int.h"

struct explainer {
	struct fg_arena *a;
	const struct trust_layers *l;
	struct trust_question q;
	struct trust_env env;
	struct trust_reason *v;
	size_t n, room;
	bool full;
};

static const char *const names[TRUST_ELEMENT_MAX][2] = {
	[TRUST_ELEMENT_NONE] = { "Statement", "Statement" },
	[TRUST_ELEMENT_PRINCIPAL] = { "Principal", "NotPrincipal" },
	[TRUST_ELEMENT_ACTION] = { "Action", "NotAction" },
	[TRUST_ELEMENT_RESOURCE] = { "Resource", "NotResource" },
	[TRUST_ELEMENT_CONDITION] = { "Condition", "Condition" },
	[TRUST_ELEMENT_DOCUMENT] = { "Document", "Document" },
};

/* ---- texts with their variables filled in ---- */

static bool
put_variable(const struct explainer *x, struct fg_buf *b, struct fg_str body)
{
	struct trust_key key;
	struct fg_str or_else;
	const struct trust_slot *s;

	if (body.n == 1 && (*body.p == '*' || *body.p == '?' || *body.p == '$')) {
		fg_buf_put(b, body);
		return true;
	}
	if (!trust_variable_read(body, &key.key, &or_else))
		return false;
	key.hash = trust_key_hash(key.key);
	s = trust_ctx_find(x->env.ctx, &key);
	if (s != NULL ? s->multi : fg_str_null(or_else))
		return false;
	fg_buf_put(b, s != NULL ? s->one : or_else);
	return true;
}

/* What cannot be resolved stays as it was written. */
static struct fg_str
resolved(struct explainer *x, struct fg_str text)
{
	struct fg_buf b = FG_BUF_ARENA(x->a, FG_LIMIT_CONTEXT_BYTES);
	struct fg_str ret = FG_STR_NULL;
	size_t span;

	if (!x->env.program->variables)
		return text;
	for (size_t i = 0; i < text.n; i += span == 0 ? 1 : span) {
		span = trust_variable_span(text, i);
		if (span == 0)
			fg_buf_putc(&b, text.p[i]);
		else if (!put_variable(x, &b, fg_str(text.p + i + 2, span - 3)))
			fg_buf_put(&b, fg_str(text.p + i, span));
	}
	if (fg_buf_end(&b, &ret) != FG_OK) {
		x->full = true;
		return text;
	}
	return ret;
}

static struct fg_str *
list(struct explainer *x, size_t n)
{
	struct fg_str *v = FG_NEW_N(x->a, struct fg_str, n);

	x->full |= v == NULL;
	return v;
}

/* ---- elements ---- */

static void
set_actual(struct explainer *x, struct trust_reason *r, struct fg_str s)
{
	struct fg_str *v = list(x, 1);

	if (v == NULL)
		return;
	v[0] = s;
	r->actual = v;
	r->nactual = 1;
}

static void
explain_principal(struct explainer *x, const struct trust_line *st, struct trust_reason *r)
{
	struct fg_str *v = list(x, st->nprincipal);

	for (uint32_t i = 0; v != NULL && i < st->nprincipal; i++)
		v[i] = st->principal[i].text;
	r->expected = v;
	r->nexpected = v == NULL ? 0 : st->nprincipal;
	set_actual(x, r, x->q.r->caller.arn);
}

static void
explain_action(struct explainer *x, const struct trust_line *st, struct trust_reason *r)
{
	struct fg_str *v = list(x, st->naction);

	for (uint32_t i = 0; v != NULL && i < st->naction; i++)
		v[i] = st->action[i].text;
	r->expected = v;
	r->nexpected = v == NULL ? 0 : st->naction;
	set_actual(x, r, x->q.r->action);
}

static void
explain_resource(struct explainer *x, const struct trust_line *st, struct trust_reason *r)
{
	struct fg_str *v = list(x, st->nresource);

	for (uint32_t i = 0; v != NULL && i < st->nresource; i++)
		v[i] = resolved(x, st->resource[i].whole);
	r->expected = v;
	r->nexpected = v == NULL ? 0 : st->nresource;
	set_actual(x, r, x->q.r->resource);
}

static void
explain_test(struct explainer *x, const struct trust_check_test *t, struct trust_reason *r)
{
	const struct trust_slot *s = trust_ctx_find(x->env.ctx, &x->env.program->key[t->key]);
	struct fg_str *v = list(x, t->n);
	bool expands = trust_op_expands(t->op.family);

	for (uint32_t i = 0; v != NULL && i < t->n; i++)
		v[i] = expands ? resolved(x, t->v[i].text) : t->v[i].text;
	r->expected = v;
	r->nexpected = v == NULL ? 0 : t->n;
	r->key = t->name;
	r->operator = t->operator;
	r->absent = s == NULL;
	r->actual = s == NULL ? NULL : trust_slot_values(s);
	r->nactual = s == NULL ? 0 : s->n;
}

/* The first test that keeps the statement from matching; an unreadable one only in an Allow. */
static const struct trust_check_test *
failed_test(const struct explainer *x, const struct trust_line *st, bool *ret_unreadable)
{
	const struct trust_check_test *unreadable = NULL;

	for (uint32_t i = 0; i < st->ntest; i++) {
		enum trust_answer a = trust_test_eval(&st->test[i], &x->env);

		*ret_unreadable = a == TRUST_UNREADABLE;
		if (a == TRUST_NO)
			return &st->test[i];
		if (a == TRUST_UNREADABLE && unreadable == NULL)
			unreadable = &st->test[i];
	}
	*ret_unreadable = unreadable != NULL;
	return st->deny ? NULL : unreadable;
}

static bool
element_negated(const struct trust_line *st, enum trust_element e)
{
	return (e == TRUST_ELEMENT_PRINCIPAL && st->not_principal) ||
	    (e == TRUST_ELEMENT_ACTION && st->not_action) ||
	    (e == TRUST_ELEMENT_RESOURCE && st->not_resource);
}

static void
explain_line(struct explainer *x, const struct trust_line *st, struct trust_reason *r)
{
	const struct trust_check_test *t;
	enum trust_answer resource;

	r->sid = st->sid;
	r->deny = st->deny;
	resource = trust_resource_match(st, &x->q, &x->env);
	if (trust_principal_match(st, r->layer, &x->q) == TRUST_S_NONE) {
		r->element = TRUST_ELEMENT_PRINCIPAL;
		explain_principal(x, st, r);
	} else if (!trust_action_match(st, &x->q, &x->env)) {
		r->element = TRUST_ELEMENT_ACTION;
		explain_action(x, st, r);
	} else if (resource == TRUST_NO || (resource == TRUST_UNREADABLE && !st->deny)) {
		r->element = TRUST_ELEMENT_RESOURCE;
		r->unreadable = resource == TRUST_UNREADABLE;
		explain_resource(x, st, r);
	} else if ((t = failed_test(x, st, &r->unreadable)) != NULL) {
		r->element = TRUST_ELEMENT_CONDITION;
		explain_test(x, t, r);
	}
	r->name = names[r->element][element_negated(st, r->element)];
}

/* ---- layers ---- */

static struct trust_reason *
next(struct explainer *x, enum trust_layer layer, int level, size_t policy)
{
	struct trust_reason *r;

	if (x->full || x->n == x->room)
		return NULL;
	r = &x->v[x->n];
	*r = (struct trust_reason){ .layer = layer, .level = level, .policy = (int)policy,
		.statement = -1, .name = names[TRUST_ELEMENT_DOCUMENT][0] };
	return r;
}

static void
explain_policies(struct explainer *x, const struct trust_policies *p, enum trust_layer layer,
    int level)
{
	for (size_t i = 0; i < p->n; i++) {
		struct trust_reason *r;

		if (p->v[i] == NULL) {
			if ((r = next(x, layer, level, i)) != NULL) {
				r->element = TRUST_ELEMENT_DOCUMENT;
				x->n++;
			}
			continue;
		}
		trust_env_enter(&x->env, p->v[i]);
		for (uint32_t k = 0; k < p->v[i]->nline; k++) {
			if ((r = next(x, layer, level, i)) == NULL)
				return;
			r->statement = (int)k;
			explain_line(x, &p->v[i]->line[k], r);
			x->n += !x->full;
		}
	}
}

static size_t
count(const struct trust_policies *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->v[i] == NULL ? 1 : p->v[i]->nline;
	return n;
}

static size_t
count_all(const struct trust_layers *l)
{
	size_t n = count(&l->identity) + count(&l->session) + count(&l->boundary) +
	    count(&l->resource) + count(&l->vpce);

	for (size_t i = 0; i < l->nscp; i++)
		n += count(&l->scp[i]);
	for (size_t i = 0; i < l->nrcp; i++)
		n += count(&l->rcp[i]);
	return n;
}

static void
explain_all(struct explainer *x)
{
	const struct trust_layers *l = x->l;

	for (size_t i = 0; i < l->nscp && x->q.r->caller.account.n > 0; i++)
		explain_policies(x, &l->scp[i], TRUST_LAYER_SCP, (int)i);
	for (size_t i = 0; i < l->nrcp; i++)
		explain_policies(x, &l->rcp[i], TRUST_LAYER_RCP, (int)i);
	explain_policies(x, &l->resource, TRUST_LAYER_RESOURCE, 0);
	explain_policies(x, &l->identity, TRUST_LAYER_IDENTITY, 0);
	explain_policies(x, &l->boundary, TRUST_LAYER_BOUNDARY, 0);
	explain_policies(x, &l->session, TRUST_LAYER_SESSION, 0);
	explain_policies(x, &l->vpce, TRUST_LAYER_VPCE, 0);
}

enum fg_rc
trust_explain(struct fg_arena *a, const struct trust_request *r, const struct trust_layers *l,
    const struct trust_reason **ret, size_t *ret_n, struct fg_err *reterr)
{
	struct explainer x = { .a = a, .l = l, .room = count_all(l) };

	*ret = NULL;
	*ret_n = 0;
	/* A request that nothing can be said about has no reasons: it was denied for itself. */
	if (!trust_question_init(&x.q, r, l) || x.room == 0)
		return FG_OK;
	x.env = trust_env_begin(r->ctx);
	while ((x.v = FG_NEW_N(a, struct trust_reason, x.room)) == NULL && x.room > 1)
		x.room /= 2;
	if (x.v == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "trust.explain", NULL, "reasons");
	explain_all(&x);
	if (x.n == 0 && x.full)
		return fg_fail(reterr, FG_E_NOMEM, "trust.explain", NULL, "reasons");
	*ret = x.v;
	*ret_n = x.n;
	return FG_OK;
}

/* ---- JSON ---- */

static void
put_place(struct fg_buf *b, enum trust_layer layer, int level, int policy, int statement,
    struct fg_str sid)
{
	fg_buf_fmt(b, "{\"layer\":\"%s\"", trust_layer_name(layer));
	if (layer == TRUST_LAYER_SCP || layer == TRUST_LAYER_RCP)
		fg_buf_fmt(b, ",\"level\":%d", level);
	if (policy >= 0)
		fg_buf_fmt(b, ",\"policy\":%d", policy);
	else
		fg_buf_put(b, FG_LIT(",\"policy\":null"));
	if (statement >= 0)
		fg_buf_fmt(b, ",\"statement\":%d", statement);
	else
		fg_buf_put(b, FG_LIT(",\"statement\":null"));
	if (!fg_str_null(sid)) {
		fg_buf_put(b, FG_LIT(",\"sid\":"));
		fg_buf_json_str(b, sid);
	}
}

static void
put_list(struct fg_buf *b, struct fg_str name, const struct fg_str *v, size_t n)
{
	fg_buf_putc(b, ',');
	fg_buf_json_str(b, name);
	fg_buf_put(b, FG_LIT(":["));
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			fg_buf_putc(b, ',');
		fg_buf_json_str(b, v[i]);
	}
	fg_buf_putc(b, ']');
}

void
trust_decision_json(struct fg_buf *b, const struct trust_decision *d)
{
	put_place(b, d->layer, d->level, d->policy, d->statement, d->sid);
	fg_buf_putc(b, '}');
}

void
trust_reason_json(struct fg_buf *b, const struct trust_reason *r)
{
	put_place(b, r->layer, r->level, r->policy, r->statement, r->sid);
	if (!fg_str_null(r->of)) {
		fg_buf_put(b, FG_LIT(",\"name\":"));
		fg_buf_json_str(b, r->of);
	}
	fg_buf_fmt(b, ",\"effect\":\"%s\",\"element\":\"%s\"", r->deny ? "Deny" : "Allow", r->name);
	if (r->element == TRUST_ELEMENT_CONDITION) {
		fg_buf_put(b, FG_LIT(",\"key\":"));
		fg_buf_json_str(b, r->key);
		fg_buf_put(b, FG_LIT(",\"operator\":"));
		fg_buf_json_str(b, r->operator);
	}
	if (r->expected != NULL)
		put_list(b, FG_LIT("expected"), r->expected, r->nexpected);
	if (r->absent)
		fg_buf_put(b, FG_LIT(",\"actual\":null"));
	else if (r->actual != NULL)
		put_list(b, FG_LIT("actual"), r->actual, r->nactual);
	if (r->unreadable)
		fg_buf_put(b, FG_LIT(",\"unreadable\":true"));
	fg_buf_putc(b, '}');
}
