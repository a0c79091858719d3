/*
 * trust/condition.c - is one test of a condition met?
 *
 * hit_*() answers for one value of the request: does any value of the policy match it?
 * YES when one does; else UNREADABLE when one could not be compared; else NO.
 */
#include "trust/program_int.h"

#define LINEAR_MAX 8u /* a sorted list shorter than that is walked */

typedef enum trust_answer (*hit_fn)(const struct trust_check_test *t, struct fg_str value,
    const struct trust_env *env);

static enum trust_answer
not_found(const struct trust_check_test *t)
{
	return t->bad ? TRUST_UNREADABLE : TRUST_NO;
}

/* a is lower case already */
static int
fold_cmp(struct fg_str a, struct fg_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		unsigned char x = (unsigned char)a.p[i], y = (unsigned char)fg_lower(b.p[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

/* Is x among the n sorted values?  cmp(value, x). */
#define FOUND(v, n, x, cmp)                                                                   \
	({                                                                                    \
		uint32_t low_ = 0, high_ = (n);                                               \
		bool found_ = false;                                                          \
		while (low_ < high_ && !found_) {                                             \
			uint32_t mid_ = low_ + (high_ - low_) / 2;                            \
			int c_ = cmp((v)[mid_], (x));                                         \
			found_ = c_ == 0;                                                     \
			if (c_ < 0)                                                           \
				low_ = mid_ + 1;                                              \
			else                                                                  \
				high_ = mid_;                                                 \
		}                                                                             \
		found_;                                                                       \
	})

static bool
in_set(const struct trust_check_test *t, struct fg_str value)
{
	bool fold = t->op.family == TRUST_OP_STRING_FOLD;

	if (t->nsorted >= LINEAR_MAX)
		return fold ? FOUND(t->string, t->nsorted, value, fold_cmp)
			    : FOUND(t->string, t->nsorted, value, fg_cmp);
	for (uint32_t i = 0; i < t->nsorted; i++)
		if (fold ? fg_eq_icase(t->string[i], value) : fg_eq(t->string[i], value))
			return true;
	return false;
}

static enum trust_answer
hit_string(const struct trust_check_test *t, struct fg_str value, const struct trust_env *env)
{
	enum trust_fold fold = t->op.family == TRUST_OP_STRING_FOLD ? TRUST_FOLD : TRUST_CASE;

	if (in_set(t, value))
		return TRUST_YES;
	for (uint32_t i = 0; i < t->nvarying; i++) {
		const struct trust_pattern *p = &t->v[t->varying[i]].pattern;

		if (!trust_spend(env, 4 + p->n))
			return TRUST_UNREADABLE;
		if (trust_pattern_match(p, value, fold, env) == TRUST_YES)
			return TRUST_YES;
	}
	return TRUST_NO;
}

static enum trust_answer
hit_like(const struct trust_check_test *t, struct fg_str value, const struct trust_env *env)
{
	enum trust_answer worst = TRUST_NO;
	uint32_t n = t->many == NULL ? t->n : t->nvarying;

	if (t->many != NULL && trust_many_match(t->many, value))
		return TRUST_YES;
	for (uint32_t i = 0; i < n; i++) {
		const struct trust_pattern *p = &t->v[t->many == NULL ? i : t->varying[i]].pattern;
		enum trust_answer a;

		if (t->many != NULL && !trust_spend(env, 4 + p->n))
			return TRUST_UNREADABLE;
		a = trust_pattern_match(p, value, TRUST_CASE, env);
		if (a == TRUST_YES)
			return a;
		if (a == TRUST_UNREADABLE)
			worst = a;
	}
	return worst;
}

enum trust_answer
trust_arn_match(const struct trust_arn *a, const struct fg_str part[TRUST_ARN_PARTS],
    struct fg_str whole, const struct trust_env *env)
{
	if (a->never)
		return TRUST_NO;
	if (a->exact)
		return fg_eq(a->whole, whole) ? TRUST_YES : TRUST_NO;
	for (unsigned i = TRUST_ARN_PARTS; i-- > 0;) {
		enum trust_answer r = trust_pattern_match(&a->part[i], part[i], TRUST_CASE, env);

		if (r != TRUST_YES)
			return r;
	}
	return TRUST_YES;
}

static enum trust_answer
hit_arn(const struct trust_check_test *t, struct fg_str value, const struct trust_env *env)
{
	struct fg_str part[TRUST_ARN_PARTS];
	enum trust_answer worst = TRUST_NO;
	uint32_t n = t->many == NULL ? t->n : t->nvarying;

	if (!trust_arn_split(value, part))
		return t->n == 0 ? TRUST_NO : TRUST_UNREADABLE;
	if (t->many != NULL && trust_many_match(t->many, value))
		return TRUST_YES;
	for (uint32_t i = 0; i < n; i++) {
		const struct trust_arn *a = &t->v[t->many == NULL ? i : t->varying[i]].arn;
		enum trust_answer r;

		if (t->many != NULL && !trust_spend(env, 4 + TRUST_ARN_PARTS))
			return TRUST_UNREADABLE;
		r = trust_arn_match(a, part, value, env);
		if (r == TRUST_YES)
			return r;
		if (r == TRUST_UNREADABLE)
			worst = r;
	}
	return worst;
}

/*
 * Sorted values: x RELATION any of them.  Less than any is less than the greatest; greater
 * than any is greater than the least.
 */
#define ANY_OF(t, v, x, cmp)                                                                  \
	((t)->op.relation == TRUST_LT   ? cmp((x), &(v)[(t)->nsorted - 1]) < 0                \
	    : (t)->op.relation == TRUST_LE ? cmp((x), &(v)[(t)->nsorted - 1]) <= 0            \
	    : (t)->op.relation == TRUST_GT ? cmp((x), &(v)[0]) > 0                            \
					   : cmp((x), &(v)[0]) >= 0)

#define NUMBER_CMP(a, b) trust_number_cmp(&(a), &(b))
#define DATE_CMP(a, b) trust_date_cmp(&(a), &(b))

static enum trust_answer
hit_number(const struct trust_check_test *t, struct fg_str value, const struct trust_env *env)
{
	struct trust_number x;
	bool yes;

	(void)env;
	if (t->n == 0)
		return TRUST_NO;
	if (!trust_number_parse(value, &x))
		return TRUST_UNREADABLE;
	if (t->nsorted == 0)
		return not_found(t);
	yes = t->op.relation == TRUST_EQ ? FOUND(t->number, t->nsorted, x, NUMBER_CMP)
					 : ANY_OF(t, t->number, &x, trust_number_cmp);
	return yes ? TRUST_YES : not_found(t);
}

static enum trust_answer
hit_date(const struct trust_check_test *t, struct fg_str value, const struct trust_env *env)
{
	struct trust_date x;
	bool yes;

	(void)env;
	if (t->n == 0)
		return TRUST_NO;
	if (!trust_date_parse(value, &x))
		return TRUST_UNREADABLE;
	if (t->nsorted == 0)
		return not_found(t);
	yes = t->op.relation == TRUST_EQ ? FOUND(t->date, t->nsorted, x, DATE_CMP)
					 : ANY_OF(t, t->date, &x, trust_date_cmp);
	return yes ? TRUST_YES : not_found(t);
}

/* The last prefix that begins at or before the address is the only one that can hold it. */
static enum trust_answer
hit_ip(const struct trust_check_test *t, struct fg_str value, const struct trust_env *env)
{
	struct fg_cidr x = { .bits = UINT8_MAX };
	uint32_t low = 0, high = t->nsorted;

	(void)env;
	if (t->n == 0)
		return TRUST_NO;
	if (!fg_ip_parse(value, &x.ip))
		return TRUST_UNREADABLE;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (trust_cidr_cmp(&t->cidr[mid], &x) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low > 0 && fg_cidr_has(&t->cidr[low - 1], &x.ip) ? TRUST_YES : not_found(t);
}

static enum trust_answer
hit_bool(const struct trust_check_test *t, struct fg_str value, const struct trust_env *env)
{
	enum trust_answer a = trust_bool_parse(value);

	(void)env;
	if (t->n == 0)
		return TRUST_NO;
	if (a == TRUST_UNREADABLE)
		return a;
	return (a == TRUST_YES ? t->yes : t->no) ? TRUST_YES : not_found(t);
}

static enum trust_answer
hit_binary(const struct trust_check_test *t, struct fg_str value, const struct trust_env *env)
{
	(void)env;
	if (t->n == 0)
		return TRUST_NO;
	if (!trust_base64_ok(value))
		return TRUST_UNREADABLE;
	return FOUND(t->string, t->nsorted, value, trust_base64_cmp) ? TRUST_YES : not_found(t);
}

static const hit_fn hits[TRUST_OP_MAX] = {
	[TRUST_OP_NONE] = NULL,
	[TRUST_OP_STRING] = hit_string,
	[TRUST_OP_STRING_FOLD] = hit_string,
	[TRUST_OP_LIKE] = hit_like,
	[TRUST_OP_ARN] = hit_arn,
	[TRUST_OP_NUMBER] = hit_number,
	[TRUST_OP_DATE] = hit_date,
	[TRUST_OP_BOOL] = hit_bool,
	[TRUST_OP_BINARY] = hit_binary,
	[TRUST_OP_IP] = hit_ip,
	[TRUST_OP_NULL] = NULL,
};

static enum trust_answer
yes_if(bool yes)
{
	return yes ? TRUST_YES : TRUST_NO;
}

/* One value of the request, negation applied. */
static enum trust_answer
one(const struct trust_check_test *t, struct fg_str value, const struct trust_env *env)
{
	enum trust_answer a = hits[t->op.family](t, value, env);

	return a == TRUST_UNREADABLE ? a : yes_if((a == TRUST_YES) != t->op.negated);
}

/* ForAllValues: no value fails.  ForAnyValue: one passes. */
static enum trust_answer
eval_set(const struct trust_check_test *t, const struct trust_slot *s, const struct trust_env *env)
{
	bool all = t->op.set == TRUST_SET_ALL, unreadable = false;
	const struct fg_str *v;

	if (s == NULL || s->n == 0)
		return yes_if(all);
	v = trust_slot_values(s);
	for (uint32_t i = 0; i < s->n; i++) {
		enum trust_answer a;

		if (!trust_spend(env, TRUST_WORK_VALUE))
			return TRUST_UNREADABLE;
		a = one(t, v[i], env);
		if (a == (all ? TRUST_NO : TRUST_YES))
			return a;
		unreadable |= a == TRUST_UNREADABLE;
	}
	return unreadable ? TRUST_UNREADABLE : yes_if(all);
}

static enum trust_answer
eval_null(const struct trust_check_test *t, const struct trust_slot *s)
{
	bool absent = s == NULL || s->n == 0;

	if (t->op.set != TRUST_SET_NONE)
		return yes_if(t->op.set == TRUST_SET_ALL);
	return yes_if(absent ? t->yes : t->no);
}

enum trust_answer
trust_test_eval(const struct trust_check_test *t, const struct trust_env *env)
{
	const struct trust_slot *s = trust_ctx_find(env->ctx, &env->program->key[t->key]);

	if (t->op.family == TRUST_OP_NONE)
		return TRUST_UNREADABLE;
	if (t->op.family == TRUST_OP_NULL)
		return eval_null(t, s);
	if (t->op.set != TRUST_SET_NONE)
		return eval_set(t, s, env);
	if (s == NULL || (s->multi && s->n == 0))
		return yes_if(t->op.if_exists || t->op.negated);
	/* Several values need a set operator. */
	return s->multi ? TRUST_NO : one(t, s->one, env);
}
