/*
 * trust/lint_witness.c - a concrete request that a statement lets pass, confirmed by the evaluator.
 *
 * For each positive test a value is chosen that satisfies it; keys of negated tests and of Null:true
 * stay absent.  What cannot be chosen (variables, times, a key that two tests want differently) ends
 * the search: no witness proves nothing.
 */
#include "trust/lint_int.h"

struct witness {
	struct lint *l;
	struct fg_str key[64], value[64];
	bool list[64];
	size_t n;
};

/* A text that the pattern matches: stars become "x", question marks "x". */
static struct fg_str
fill(struct lint *l, struct fg_str pattern)
{
	struct fg_str out = fg_arena_dup(l->a, pattern);
	char *p = (char *)(uintptr_t)out.p;
	size_t i;

	for (i = 0; p != NULL && i < out.n; i++) {
		if (p[i] == '*' || p[i] == '?')
			p[i] = 'x';
	}
	return out;
}

/* The value that satisfies a positive test; null when none is found. */
static struct fg_str
choose(struct lint *l, const struct trust_test *t)
{
	struct fg_str v = t->values.n == 0 ? FG_STR_NULL : t->values.v[0].s, address, bits;

	if (v.p == NULL || (trust_op_expands(t->op.family) && memmem(v.p, v.n, "${", 2) != NULL))
		return FG_STR_NULL;
	switch (t->op.family) {
	case TRUST_OP_LIKE:
	case TRUST_OP_ARN:
		return fill(l, v);
	case TRUST_OP_IP:
		return fg_cut(v, '/', &address, &bits) ? address : v;
	case TRUST_OP_NUMBER:
	case TRUST_OP_DATE:
		return t->op.relation == TRUST_LT || t->op.relation == TRUST_GT ? FG_STR_NULL : v;
	case TRUST_OP_STRING:
	case TRUST_OP_STRING_FOLD:
	case TRUST_OP_BOOL:
	case TRUST_OP_BINARY:
		return v;
	default:
		return FG_STR_NULL;
	}
}

static bool
put(struct witness *w, struct fg_str key, struct fg_str value, bool list)
{
	size_t i;

	for (i = 0; i < w->n; i++) {
		if (fg_eq_icase(w->key[i], key))
			return fg_eq(w->value[i], value);
	}
	if (w->n == FG_COUNT(w->key) || value.p == NULL)
		return false;
	w->key[w->n] = key;
	w->value[w->n] = value;
	w->list[w->n++] = list;
	return true;
}

/* Facts of a caller from outside; a test for others of them then fails, as it should. */
static bool
put_caller(struct witness *w, const struct trust_caller *who)
{
	if (who->kind == TRUST_WEB_IDENTITY || who->kind == TRUST_SAML || who->kind == TRUST_ANONYMOUS)
		return true;
	return put(w, FG_LIT("aws:PrincipalAccount"), who->account, false) &&
	    put(w, FG_LIT("aws:PrincipalArn"), who->arn, false) &&
	    put(w, FG_LIT("aws:PrincipalType"), FG_LIT("User"), false) &&
	    put(w, FG_LIT("aws:PrincipalOrgID"), FG_LIT("o-outsideorg0"), false);
}

static bool
put_tests(struct witness *w, const struct trust_statement *st)
{
	uint32_t i;

	for (i = 0; i < st->ntest; i++) {
		const struct trust_test *t = &st->test[i];
		bool absent = t->op.negated || t->op.if_exists || t->op.set == TRUST_SET_ALL ||
		    (t->op.family == TRUST_OP_NULL && t->values.n > 0 && fg_eq_icase(t->values.v[0].s, FG_LIT("true")));
		size_t k;
		bool known = false;

		for (k = 0; k < w->n && !known; k++)
			known = fg_eq_icase(w->key[k], t->key);
		if (absent || known)
			continue; /* the evaluator says whether the fact fits */
		if (t->op.family == TRUST_OP_NULL) {
			if (!put(w, t->key, FG_LIT("x"), false))
				return false;
			continue;
		}
		if (!put(w, t->key, choose(w->l, t),
			t->op.set != TRUST_SET_NONE || trust_type_multi(trust_key_type(t->key))))
			return false;
	}
	return true;
}

static bool
fill_context(struct witness *w)
{
	size_t i;

	trust_ctx_reset(w->l->ctx);
	for (i = 0; i < w->n; i++) {
		if (w->list[i] ? trust_any_list(w->l->ctx, w->key[i], &w->value[i], 1, NULL) != FG_OK :
		    trust_any_one(w->l->ctx, w->key[i], w->value[i], NULL) != FG_OK)
			return false;
	}
	return true;
}

/* Outside callers have whatever their own account grants them. */
static bool
allowed(struct witness *w, const struct trust_request *r)
{
	static const struct trust_compile identity = { .kind = TRUST_IDENTITY };
	FG_AUTO(trust_freep) struct trust_program *all = NULL;
	struct trust_layers layers = { .nscp = 0 };
	const struct trust_program *mine, *theirs = w->l->program;
	struct trust_decision d;

	if (trust_compile(FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}"),
		&identity, &all, NULL, NULL) != FG_OK)
		return false;
	mine = all;
	layers.identity = (struct trust_policies){ &mine, 1 };
	layers.resource = (struct trust_policies){ &theirs, 1 };
	return trust_decide(r, &layers, &d) == TRUST_ALLOW;
}

static struct fg_str
as_json(struct witness *w, const struct trust_request *r, struct fg_str principal)
{
	struct fg_buf b = FG_BUF_ARENA(w->l->a, FG_LIMIT_LINT_BYTES);
	struct fg_str out;
	size_t i;

	fg_buf_put(&b, FG_LIT("{\"principal\":"));
	fg_buf_json_str(&b, principal);
	fg_buf_put(&b, FG_LIT(",\"action\":"));
	fg_buf_json_str(&b, r->action);
	fg_buf_put(&b, FG_LIT(",\"resource\":"));
	fg_buf_json_str(&b, r->resource);
	fg_buf_put(&b, FG_LIT(",\"resourceAccount\":"));
	fg_buf_json_str(&b, r->resource_account);
	fg_buf_put(&b, FG_LIT(",\"context\":{"));
	for (i = 0; i < w->n; i++) {
		if (i > 0)
			fg_buf_putc(&b, ',');
		fg_buf_json_str(&b, w->key[i]);
		fg_buf_put(&b, w->list[i] ? FG_LIT(":[") : FG_LIT(":"));
		fg_buf_json_str(&b, w->value[i]);
		if (w->list[i])
			fg_buf_putc(&b, ']');
	}
	fg_buf_put(&b, FG_LIT("}}"));
	return fg_buf_end(&b, &out) == FG_OK ? out : FG_STR_NULL;
}

struct fg_str
lint_witness(struct lint *l, const struct trust_statement *st, struct fg_str principal, struct fg_str action)
{
	struct witness w = { .l = l };
	struct trust_request r = { .action = action, .ctx = l->ctx };
	struct fg_str account = l->how->account.n == 12 ? l->how->account : FG_LIT("111122223333");
	struct fg_str partition = l->how->partition.n > 0 ? l->how->partition : FG_LIT("aws");

	r.resource_account = account;
	r.resource = fg_arena_fmt(l->a, "arn:%.*s:iam::%.*s:role/linted", FG_PRI(partition), FG_PRI(account));
	if (l->program == NULL || r.resource.p == NULL || !trust_caller_parse(principal, &r.caller))
		return FG_STR_NULL;
	if (!put_caller(&w, &r.caller) || !put_tests(&w, st) || !fill_context(&w) || !allowed(&w, &r))
		return FG_STR_NULL;
	return as_json(&w, &r, principal);
}
