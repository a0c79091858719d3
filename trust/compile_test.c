/*
 * trust/compile_test.c - one key of one operator: values are read now, so that a decision
 * only compares.
 */
#include <stdlib.h>

#include "trust/compile_int.h"

static int
number_cmp(const void *a, const void *b)
{
	return trust_number_cmp(a, b);
}

static int
date_cmp(const void *a, const void *b)
{
	return trust_date_cmp(a, b);
}

static int
cidr_cmp(const void *a, const void *b)
{
	return trust_cidr_cmp(a, b);
}

static int
base64_cmp(const void *a, const void *b)
{
	return trust_base64_cmp(*(const struct fg_str *)a, *(const struct fg_str *)b);
}

static void
sort(void *v, size_t n, size_t size, int (*cmp)(const void *a, const void *b))
{
	if (n > 1)
		qsort(v, n, size, cmp);
}

/* ---- strings ---- */

static enum fg_rc
lower_copy(struct trust_compiler *c, struct fg_str s, struct fg_str *ret)
{
	char *p = trust_alloc(&c->m, s.n, 1);

	if (p == NULL)
		return trust_compile_nomem(c);
	for (size_t i = 0; i < s.n; i++)
		p[i] = fg_lower(s.p[i]);
	*ret = fg_str(p, s.n);
	return FG_OK;
}

/* Those without variables are a sorted set; the others are listed. */
static enum fg_rc
split_strings(struct trust_compiler *c, struct trust_check_test *t)
{
	struct fg_str *set = trust_alloc(&c->m, t->n, sizeof(*set));
	uint32_t *varying = trust_alloc(&c->m, t->n, sizeof(*varying));

	if (set == NULL || varying == NULL)
		return trust_compile_nomem(c);
	for (uint32_t i = 0; i < t->n; i++) {
		const struct trust_pattern *p = &t->v[i].pattern;

		if (p->form == TRUST_PIECES)
			varying[t->nvarying++] = i;
		else if (p->form == TRUST_EXACT && t->op.family == TRUST_OP_STRING_FOLD)
			FG_TRY(lower_copy(c, p->literal, &set[t->nsorted++]));
		else if (p->form == TRUST_EXACT)
			set[t->nsorted++] = p->literal;
	}
	sort(set, t->nsorted, sizeof(*set), fg_cmp_at);
	t->string = set;
	t->varying = varying;
	return FG_OK;
}

static enum fg_rc
compile_patterns(struct trust_compiler *c, struct trust_check_test *t, struct trust_value *v)
{
	const struct trust_pattern_how how = { .wild = t->op.family == TRUST_OP_LIKE,
		.variables = c->doc->variables };

	for (uint32_t i = 0; i < t->n; i++)
		if (trust_pattern_compile(&c->m, &c->keys, v[i].text, &how, &v[i].pattern) != FG_OK)
			return trust_compile_nomem(c);
	return FG_OK;
}

static bool
arn_varies(const struct trust_arn *a)
{
	for (unsigned i = 0; a->part != NULL && i < TRUST_ARN_PARTS; i++)
		if (trust_pattern_varies(&a->part[i]))
			return true;
	return false;
}

static bool
value_varies(const struct trust_check_test *t, uint32_t i)
{
	return t->op.family == TRUST_OP_ARN ? arn_varies(&t->v[i].arn)
					    : trust_pattern_varies(&t->v[i].pattern);
}

/*
 * One automaton for the patterns without variables, where a key's many values will meet many
 * patterns; then only the others remain to be tried one by one.
 */
static enum fg_rc
join_patterns(struct trust_compiler *c, struct trust_check_test *t)
{
	const struct trust_pattern **p = fg_arena_array(c->arena, t->n, sizeof(const void *));
	const struct trust_arn **arn = fg_arena_array(c->arena, t->n, sizeof(const void *));
	uint32_t *varying = trust_alloc(&c->m, t->n, sizeof(*varying));
	bool arns = t->op.family == TRUST_OP_ARN;
	uint32_t n = 0;

	if (p == NULL || arn == NULL || varying == NULL)
		return trust_compile_nomem(c);
	for (uint32_t i = 0; i < t->n; i++) {
		if (value_varies(t, i)) {
			varying[t->nvarying++] = i;
			continue;
		}
		p[n] = &t->v[i].pattern;
		arn[n++] = &t->v[i].arn;
	}
	t->varying = varying;
	if (trust_many_compile(&c->m, p, arns ? arn : NULL, n, &t->many) != FG_OK)
		return trust_compile_nomem(c);
	return FG_OK;
}

static enum fg_rc
read_strings(struct trust_compiler *c, struct trust_check_test *t, struct trust_value *v)
{
	FG_TRY(compile_patterns(c, t, v));
	return split_strings(c, t);
}

static enum fg_rc
read_like(struct trust_compiler *c, struct trust_check_test *t, struct trust_value *v)
{
	FG_TRY(compile_patterns(c, t, v));
	return t->op.set == TRUST_SET_NONE ? FG_OK : join_patterns(c, t);
}

static enum fg_rc
read_arns(struct trust_compiler *c, struct trust_check_test *t, struct trust_value *v)
{
	for (uint32_t i = 0; i < t->n; i++)
		FG_TRY(trust_compile_arn(c, v[i].text, TRUST_ARN_CONDITION, &v[i].arn));
	return t->op.set == TRUST_SET_NONE ? FG_OK : join_patterns(c, t);
}

/* ---- scalars ---- */

static enum fg_rc
read_numbers(struct trust_compiler *c, struct trust_check_test *t, struct trust_value *v)
{
	struct trust_number *out = trust_alloc(&c->m, t->n, sizeof(*out));

	if (out == NULL)
		return trust_compile_nomem(c);
	for (uint32_t i = 0; i < t->n; i++) {
		if (trust_number_parse(v[i].text, &out[t->nsorted]))
			t->nsorted++;
		else
			t->bad = true;
	}
	sort(out, t->nsorted, sizeof(*out), number_cmp);
	t->number = out;
	return FG_OK;
}

static enum fg_rc
read_dates(struct trust_compiler *c, struct trust_check_test *t, struct trust_value *v)
{
	struct trust_date *out = trust_alloc(&c->m, t->n, sizeof(*out));

	if (out == NULL)
		return trust_compile_nomem(c);
	for (uint32_t i = 0; i < t->n; i++) {
		if (trust_date_parse(v[i].text, &out[t->nsorted]))
			t->nsorted++;
		else
			t->bad = true;
	}
	sort(out, t->nsorted, sizeof(*out), date_cmp);
	t->date = out;
	return FG_OK;
}

/* Sorted and without those that lie in another: what is left is disjoint. */
static enum fg_rc
read_prefixes(struct trust_compiler *c, struct trust_check_test *t, struct trust_value *v)
{
	struct fg_cidr *out = trust_alloc(&c->m, t->n, sizeof(*out));
	uint32_t n = 0, kept = 0;

	if (out == NULL)
		return trust_compile_nomem(c);
	for (uint32_t i = 0; i < t->n; i++) {
		if (fg_cidr_parse(v[i].text, &out[n]))
			n++;
		else
			t->bad = true;
	}
	sort(out, n, sizeof(*out), cidr_cmp);
	for (uint32_t i = 0; i < n; i++)
		if (kept == 0 || !fg_cidr_has(&out[kept - 1], &out[i].ip))
			out[kept++] = out[i];
	t->nsorted = kept;
	t->cidr = out;
	return FG_OK;
}

static enum fg_rc
read_truths(struct trust_compiler *c, struct trust_check_test *t, struct trust_value *v)
{
	(void)c;
	for (uint32_t i = 0; i < t->n; i++) {
		enum trust_answer a = trust_bool_parse(v[i].text);

		t->yes |= a == TRUST_YES;
		t->no |= a == TRUST_NO;
		t->bad |= a == TRUST_UNREADABLE;
	}
	return FG_OK;
}

static enum fg_rc
read_binary(struct trust_compiler *c, struct trust_check_test *t, struct trust_value *v)
{
	struct fg_str *out = trust_alloc(&c->m, t->n, sizeof(*out));

	if (out == NULL)
		return trust_compile_nomem(c);
	for (uint32_t i = 0; i < t->n; i++) {
		if (trust_base64_ok(v[i].text))
			out[t->nsorted++] = v[i].text;
		else
			t->bad = true;
	}
	sort(out, t->nsorted, sizeof(*out), base64_cmp);
	t->string = out;
	return FG_OK;
}

static enum fg_rc
read_nothing(struct trust_compiler *c, struct trust_check_test *t, struct trust_value *v)
{
	(void)c;
	(void)t;
	(void)v;
	return FG_OK;
}

enum fg_rc
trust_compile_test(struct trust_compiler *c, const struct trust_test *t,
    struct trust_check_test *ret)
{
	static enum fg_rc (*const readers[TRUST_OP_MAX])(struct trust_compiler *c,
	    struct trust_check_test *t, struct trust_value *v) = {
		[TRUST_OP_NONE] = read_nothing,
		[TRUST_OP_STRING] = read_strings,
		[TRUST_OP_STRING_FOLD] = read_strings,
		[TRUST_OP_LIKE] = read_like,
		[TRUST_OP_ARN] = read_arns,
		[TRUST_OP_NUMBER] = read_numbers,
		[TRUST_OP_DATE] = read_dates,
		[TRUST_OP_BOOL] = read_truths,
		[TRUST_OP_BINARY] = read_binary,
		[TRUST_OP_IP] = read_prefixes,
		[TRUST_OP_NULL] = read_truths,
	};
	struct trust_value *v = trust_alloc(&c->m, t->values.n, sizeof(*v));

	if (v == NULL)
		return trust_compile_nomem(c);
	ret->op = t->op;
	ret->v = v;
	ret->n = t->values.n;
	FG_TRY(trust_compile_text(c, t->key, &ret->name));
	FG_TRY(trust_compile_text(c, t->operator, &ret->operator));
	ret->key = trust_keys_intern(&c->keys, ret->name);
	if (ret->key == UINT32_MAX)
		return trust_compile_nomem(c);
	for (uint32_t i = 0; i < ret->n; i++)
		FG_TRY(trust_compile_text(c, t->values.v[i].s, &v[i].text));
	return readers[t->op.family](c, ret, v);
}
