/*
 * trust/simulate.c - what a simulation tells beside the decision: places of statements, keys that
 * policies ask for, and whether a value can be read as what it is said to be.
 */
#include "trust/program_int.h"

/* ---- places ---- */

static uint32_t
end_of(const struct fg_json *j, uint32_t off)
{
	for (uint32_t i = 0; i < j->n; i++) {
		if (j->node[i].off == off && j->node[i].type == FG_JSON_OBJECT)
			return j->node[i].end;
	}
	return off;
}

enum fg_rc
trust_spans(const struct trust_program *p, enum trust_kind kind, struct fg_arena *a,
    const struct trust_span **ret, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *tree = fg_arena_new(FG_LIMIT_POLICY_MEMORY);
	struct trust_span *v = FG_NEW_N(a, struct trust_span, p->nline);
	struct trust_document *d;

	if (tree == NULL || v == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "trust.simulate", NULL, "places");
	FG_TRY(trust_document_parse(tree, p->source, kind, &d, NULL, reterr));
	for (uint32_t i = 0; i < d->nstatement && i < p->nline; i++) {
		uint32_t off = d->statement[i].off;

		fg_json_place(p->source, off, &v[i].line, &v[i].column);
		fg_json_place(p->source, end_of(&d->json, off), &v[i].end_line, &v[i].end_column);
	}
	*ret = v;
	return FG_OK;
}

/* ---- keys ---- */

void
trust_keys_used(const struct trust_program *p, trust_key_fn fn, void *arg)
{
	for (uint32_t i = 0; i < p->nkey && fn(arg, p->key[i].key); i++)
		;
}

struct missing {
	const struct trust_program *p;
	const struct trust_ctx *ctx;
	trust_key_fn fn;
	void *arg;
};

static bool
key_ask(const struct missing *m, uint32_t key)
{
	const struct trust_key *k = &m->p->key[key];

	return trust_ctx_find(m->ctx, k) != NULL || m->fn(m->arg, k->key);
}

/* A variable with a default needs no value. */
static bool
pattern_ask(const struct missing *m, const struct trust_pattern *p)
{
	for (uint32_t i = 0; p->form == TRUST_PIECES && i < p->n; i++) {
		if (p->piece[i].kind == TRUST_VARIABLE && fg_str_null(p->piece[i].s) &&
		    !key_ask(m, p->piece[i].key))
			return false;
	}
	return true;
}

static bool
arn_ask(const struct missing *m, const struct trust_arn *a)
{
	for (size_t i = 0; a->part != NULL && i < TRUST_ARN_PARTS; i++) {
		if (!pattern_ask(m, &a->part[i]))
			return false;
	}
	return true;
}

static bool
test_ask(const struct missing *m, const struct trust_check_test *t)
{
	if (!key_ask(m, t->key))
		return false;
	for (uint32_t i = 0; trust_op_expands(t->op.family) && i < t->n; i++) {
		if (t->op.family == TRUST_OP_ARN ? !arn_ask(m, &t->v[i].arn)
						 : !pattern_ask(m, &t->v[i].pattern))
			return false;
	}
	return true;
}

static bool
line_ask(const struct missing *m, const struct trust_line *st)
{
	for (uint32_t i = 0; i < st->nresource; i++) {
		if (!arn_ask(m, &st->resource[i]))
			return false;
	}
	for (uint32_t i = 0; i < st->ntest; i++) {
		if (!test_ask(m, &st->test[i]))
			return false;
	}
	return true;
}

static bool
policies_ask(struct missing *m, const struct trust_question *q, struct trust_env *env,
    const struct trust_policies *p, enum trust_layer layer)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i] == NULL)
			continue;
		m->p = p->v[i];
		trust_env_enter(env, m->p);
		for (uint32_t k = 0; k < m->p->nline; k++) {
			const struct trust_line *st = &m->p->line[k];

			if (trust_principal_match(st, layer, q) != TRUST_S_NONE &&
			    trust_action_match(st, q, env) && !line_ask(m, st))
				return false;
		}
	}
	return true;
}

void
trust_keys_missing(const struct trust_request *r, const struct trust_layers *l, trust_key_fn fn,
    void *arg)
{
	const struct {
		const struct trust_policies *p;
		enum trust_layer layer;
	} asked[] = { { &l->identity, TRUST_LAYER_IDENTITY }, { &l->session, TRUST_LAYER_SESSION },
		{ &l->boundary, TRUST_LAYER_BOUNDARY }, { &l->resource, TRUST_LAYER_RESOURCE } };
	struct missing m = { .ctx = r->ctx, .fn = fn, .arg = arg };
	struct trust_question q;
	struct trust_env env;

	if (!trust_question_init(&q, r, l))
		return;
	env = trust_env_begin(r->ctx);
	for (size_t i = 0; i < FG_COUNT(asked); i++) {
		if (!policies_ask(&m, &q, &env, asked[i].p, asked[i].layer))
			return;
	}
}

/* ---- values ---- */

bool
trust_value_ok(enum trust_value_type type, struct fg_str s)
{
	struct trust_number number;
	struct trust_date date;
	struct fg_cidr cidr;

	switch (type) {
	case TRUST_V_NUMERIC:
		return trust_number_parse(s, &number);
	case TRUST_V_BOOLEAN:
		return trust_bool_parse(s) != TRUST_UNREADABLE;
	case TRUST_V_IP:
		return fg_cidr_parse(s, &cidr);
	case TRUST_V_BINARY:
		return trust_base64_ok(s);
	case TRUST_V_DATE:
		return trust_date_parse(s, &date);
	case TRUST_V_STRING:
	default:
		return trust_utf8_ok(s);
	}
}
