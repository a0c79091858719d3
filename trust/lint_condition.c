/*
 * trust/lint_condition.c - tests that do not say what their author meant.
 */
#include "trust/lint_int.h"

/* Keys that every request of ours has: a negated test of one is not open by absence. */
static bool
always_there(struct fg_str key)
{
	static const char *const keys[] = { "aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport", "aws:SourceIp",
		"aws:RequestedRegion", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:userid" };
	size_t i;

	for (i = 0; i < FG_COUNT(keys); i++) {
		if (fg_eq_icase(key, fg_str_z(keys[i])))
			return true;
	}
	return false;
}

static bool
is_claim(struct fg_str key)
{
	struct fg_str prefix, name;

	return fg_cut(key, ':', &prefix, &name) && fg_find(prefix, '.') < prefix.n;
}

static void
set_operators(struct lint *l, const struct trust_statement *st, const struct trust_test *t)
{
	if (!st->deny && t->op.set == TRUST_SET_ALL)
		lint_put(l, "policy.lint.forallvalues-open", TRUST_WARNING, t->operator_off,
		    "Use ForAnyValue, or add Null false for the key.",
		    "ForAllValues is true when %.*s is absent: the statement allows requests without it", FG_PRI(t->key));
	if (t->op.set == TRUST_SET_ANY && t->op.if_exists)
		lint_put(l, "policy.lint.foranyvalue-ifexists", TRUST_WARNING, t->operator_off, "Remove IfExists.",
		    "IfExists has no meaning with ForAnyValue: an absent %.*s is false", FG_PRI(t->key));
	if (t->op.set == TRUST_SET_ANY && t->op.negated)
		lint_put(l, "policy.lint.foranyvalue-not", TRUST_WARNING, t->operator_off,
		    "Use ForAllValues with the negated operator, or a Deny with ForAnyValue.",
		    "true as soon as one value of %.*s differs, which is rarely meant", FG_PRI(t->key));
	if (t->op.family == TRUST_OP_NULL && t->op.set != TRUST_SET_NONE)
		lint_put(l, "policy.lint.null-set-operator", TRUST_WARNING, t->operator_off, "Use Null alone.",
		    "Null with a set operator is always %s", t->op.set == TRUST_SET_ALL ? "true" : "false");
}

static void
absence(struct lint *l, const struct trust_statement *st, const struct trust_test *t)
{
	if (st->deny || t->op.set != TRUST_SET_NONE || t->op.family == TRUST_OP_NULL || always_there(t->key))
		return;
	if (t->op.negated || t->op.if_exists)
		lint_put(l, "policy.lint.absent-allows", TRUST_WARNING, t->operator_off,
		    "Use a positive operator, or add Null false for the key.",
		    "%.*s passes when %.*s is absent", FG_PRI(t->operator), FG_PRI(t->key));
}

static bool
family_fits(enum trust_family f, enum trust_type type)
{
	static const uint32_t fits[TRUST_TYPE_MAX] = {
#define BIT(f) (1u << (f))
#define TEXTS (BIT(TRUST_OP_STRING) | BIT(TRUST_OP_STRING_FOLD) | BIT(TRUST_OP_LIKE) | BIT(TRUST_OP_NULL))
		[TRUST_TYPE_STRING] = TEXTS, [TRUST_TYPE_STRINGS] = TEXTS,
		[TRUST_TYPE_ARN] = TEXTS | BIT(TRUST_OP_ARN), [TRUST_TYPE_ARNS] = TEXTS | BIT(TRUST_OP_ARN),
		[TRUST_TYPE_BOOL] = BIT(TRUST_OP_BOOL) | BIT(TRUST_OP_NULL),
		[TRUST_TYPE_BOOLS] = BIT(TRUST_OP_BOOL) | BIT(TRUST_OP_NULL),
		[TRUST_TYPE_NUMERIC] = BIT(TRUST_OP_NUMBER) | BIT(TRUST_OP_NULL),
		[TRUST_TYPE_IP] = BIT(TRUST_OP_IP) | BIT(TRUST_OP_NULL),
		[TRUST_TYPE_DATE] = BIT(TRUST_OP_DATE) | BIT(TRUST_OP_NUMBER) | BIT(TRUST_OP_NULL),
		[TRUST_TYPE_BINARY] = BIT(TRUST_OP_BINARY) | BIT(TRUST_OP_NULL),
	};

	return f == TRUST_OP_NONE || type == TRUST_TYPE_NONE || (fits[type] & BIT(f)) != 0;
#undef TEXTS
#undef BIT
}

static void
key_type(struct lint *l, const struct trust_test *t)
{
	enum trust_type type = trust_key_type(t->key);

	if (type == TRUST_TYPE_NONE && !is_claim(t->key)) {
		lint_put(l, "policy.lint.unknown-key", TRUST_WARNING, t->key_off, "Check the spelling of the key.",
		    "%.*s is no key that is known", FG_PRI(t->key));
		return;
	}
	if (!family_fits(t->op.family, type))
		lint_put(l, "policy.lint.type-mismatch", TRUST_WARNING, t->operator_off, "Use an operator of the key's type.",
		    "%.*s does not fit %.*s, which is %s", FG_PRI(t->operator), FG_PRI(t->key), trust_type_name(type));
	if (trust_type_multi(type) && t->op.set == TRUST_SET_NONE && t->op.family != TRUST_OP_NULL)
		lint_put(l, "policy.lint.missing-set-operator", TRUST_WARNING, t->operator_off,
		    "Use ForAnyValue or ForAllValues.", "%.*s has several values: the test fails without a set operator",
		    FG_PRI(t->key));
	if (type != TRUST_TYPE_NONE && !trust_type_multi(type) && t->op.set != TRUST_SET_NONE && t->op.family != TRUST_OP_NULL)
		lint_put(l, "policy.lint.needless-set-operator", TRUST_INFO, t->operator_off, "Remove the set operator.",
		    "%.*s has one value", FG_PRI(t->key));
}

static bool
is_private(const struct fg_cidr *c)
{
	static const char *const ranges[] = { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16",
		"100.64.0.0/10", "fc00::/7", "fe80::/10", "::1/128" };
	size_t i;

	for (i = 0; i < FG_COUNT(ranges); i++) {
		struct fg_cidr r;

		if (fg_cidr_parse(fg_str_z(ranges[i]), &r) && c->bits >= r.bits && fg_cidr_has(&r, &c->ip))
			return true;
	}
	return false;
}

static void
test_values(struct lint *l, const struct trust_test *t)
{
	uint32_t i, k;

	for (i = 0; i < t->values.n; i++) {
		const struct trust_text *v = &t->values.v[i];
		struct fg_cidr c;

		if ((t->op.family == TRUST_OP_STRING || t->op.family == TRUST_OP_STRING_FOLD) && lint_has_wild(v->s) &&
		    memmem(v->s.p, v->s.n, "${", 2) == NULL && !fg_ends(t->key, FG_LIT(":sub")))
			lint_put(l, "policy.lint.wildcard-without-like", TRUST_WARNING, v->off, "Use StringLike.",
			    "%.*s takes * and ? literally", FG_PRI(t->operator));
		if (t->op.family == TRUST_OP_IP && fg_eq_icase(t->key, FG_LIT("aws:SourceIp")) && fg_cidr_parse(v->s, &c) &&
		    is_private(&c))
			lint_put(l, "policy.lint.private-ip", TRUST_INFO, v->off,
			    "See that callers reach this gateway from that network.", "%.*s is a private address", FG_PRI(v->s));
		for (k = 0; k < i; k++) {
			if (fg_eq(t->values.v[k].s, v->s)) {
				lint_put(l, "policy.lint.redundant-value", TRUST_INFO, v->off, "Remove it.", "the value stands twice");
				break;
			}
		}
	}
}

static void
tests(struct lint *l, const struct trust_statement *st)
{
	uint32_t i;

	for (i = 0; i < st->ntest; i++) {
		set_operators(l, st, &st->test[i]);
		absence(l, st, &st->test[i]);
		key_type(l, &st->test[i]);
		test_values(l, &st->test[i]);
	}
}

const lint_check lint_condition_checks[] = { tests, NULL };
