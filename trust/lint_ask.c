/*
 * trust/lint_ask.c - questions about a statement that several checks ask.
 */
#include "trust/lint_int.h"

const struct trust_test *
lint_test_next(const struct trust_statement *st, struct fg_str key, uint32_t *at)
{
	while (*at < st->ntest) {
		const struct trust_test *t = &st->test[(*at)++];

		if (fg_eq_icase(t->key, key))
			return t;
	}
	return NULL;
}

bool
lint_has_wild(struct fg_str s)
{
	return fg_find(s, '*') < s.n || fg_find(s, '?') < s.n;
}

static bool
all_wild(struct fg_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] != '*' && s.p[i] != '?')
			return false;
	}
	return s.n > 0;
}

bool
lint_all_wild(const struct trust_test *t)
{
	uint32_t i;

	if (t->op.family != TRUST_OP_LIKE && t->op.family != TRUST_OP_ARN)
		return false;
	for (i = 0; i < t->values.n; i++) {
		if (!all_wild(t->values.v[i].s))
			return false;
	}
	return true;
}

static bool
is_text(const struct trust_text *t, const char *want)
{
	return fg_eq_icase(t->s, fg_str_z(want));
}

bool
lint_test_narrows(const struct trust_test *t)
{
	if (t->op.negated || t->op.if_exists || t->op.set == TRUST_SET_ALL || lint_all_wild(t))
		return false;
	if (t->op.family == TRUST_OP_NULL || t->op.family == TRUST_OP_NONE)
		return false;
	return !(t->op.family == TRUST_OP_BOOL && t->values.n > 0 && is_text(&t->values.v[0], "false"));
}

bool
lint_pins(const struct trust_statement *st, struct fg_str key)
{
	const struct trust_test *t;
	uint32_t at = 0;

	while ((t = lint_test_next(st, key, &at)) != NULL) {
		if (lint_test_narrows(t))
			return true;
	}
	return false;
}

bool
lint_pins_prefix(const struct trust_statement *st, struct fg_str prefix)
{
	uint32_t i;

	for (i = 0; i < st->ntest; i++) {
		if (fg_starts_icase(st->test[i].key, prefix) && lint_test_narrows(&st->test[i]))
			return true;
	}
	return false;
}

const struct trust_text *
lint_principal_next(const struct trust_statement *st, enum trust_ptype type, uint32_t *block, uint32_t *i)
{
	for (; *block < st->nprincipal; ++*block, *i = 0) {
		const struct trust_principal_block *b = &st->principal[*block];

		if (b->type == type && *i < b->values.n)
			return &b->values.v[(*i)++];
	}
	return NULL;
}

bool
lint_has_action(const struct trust_statement *st, struct fg_str action)
{
	bool listed = false;
	uint32_t i;

	for (i = 0; i < st->action.n && !listed; i++)
		listed = trust_glob_icase(st->action.v[i].s, action);
	return listed != st->not_action;
}

struct fg_str
lint_issuer(struct fg_str principal)
{
	static const char marker[] = ":oidc-provider/";
	static const char *const domains[] = { "accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com",
		"www.amazon.com" };
	const char *at = principal.n == 0 ? NULL : memmem(principal.p, principal.n, marker, sizeof(marker) - 1);
	size_t i;

	if (at != NULL)
		return fg_sub(principal, (size_t)(at - principal.p) + sizeof(marker) - 1, principal.n);
	for (i = 0; i < FG_COUNT(domains); i++) {
		if (fg_eq(principal, fg_str_z(domains[i])))
			return principal;
	}
	return FG_STR_NULL;
}

struct fg_str
lint_claim_key(struct lint *l, struct fg_str issuer, struct fg_str claim)
{
	return fg_arena_fmt(l->a, "%.*s:%.*s", (int)(issuer.n > 2048 ? 2048 : issuer.n), issuer.p, FG_PRI(claim));
}

struct fg_str
lint_arn_account(struct fg_str arn)
{
	struct fg_str part = FG_STR_NULL, rest = arn;
	int i;

	if (!fg_starts(arn, FG_LIT("arn:")))
		return FG_STR_NULL;
	for (i = 0; i < 5; i++) {
		if (!fg_cut(rest, ':', &part, &rest))
			return FG_STR_NULL;
	}
	return part;
}
