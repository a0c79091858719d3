/*
 * trust/check.c - the rules of writing that every kind of policy shares.
 */
#include "trust/check_int.h"

/* Characters without white space (session policies: with it) that a kind may have by default. */
static const struct {
	size_t chars;
	bool blanks;
} sizes[TRUST_KIND_MAX] = {
	[TRUST_IDENTITY] = { FG_LIMIT_IDENTITY_CHARS, false },
	[TRUST_SESSION] = { FG_LIMIT_SESSION_POLICY_CHARS, true },
	[TRUST_BOUNDARY] = { FG_LIMIT_IDENTITY_CHARS, false },
	[TRUST_SCP] = { FG_LIMIT_CONTROL_CHARS, false },
	[TRUST_RCP] = { FG_LIMIT_CONTROL_CHARS, false },
	[TRUST_RESOURCE] = { FG_LIMIT_RESOURCE_CHARS, false },
	[TRUST_ROLE] = { FG_LIMIT_TRUST_CHARS, false },
	[TRUST_VPCE] = { FG_LIMIT_RESOURCE_CHARS, false },
};

static size_t
count_chars(struct fg_str s, bool blanks)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';

		n += (c & 0xc0) != 0x80 && (blanks || !blank);
	}
	return n;
}

static enum fg_rc
check_size(const struct trust_checker *c, size_t max)
{
	enum trust_kind kind = c->d->kind;
	size_t n = count_chars(c->d->json.src, sizes[kind].blanks);
	enum fg_rc rc;

	if (max == 0)
		max = sizes[kind].chars;
	if (n <= max)
		return FG_OK;
	rc = TRUST_REFUSE(c, 0, "trust.check.size", "%zu characters are more than %zu", n, max);
	if (c->err != NULL)
		c->err->rc = FG_E_LIMIT;
	return rc == FG_E_POLICY ? FG_E_LIMIT : rc;
}

static enum fg_rc
check_some(const struct trust_checker *c, const struct trust_list *l, const char *what)
{
	if (!l->present || l->n > 0)
		return FG_OK;
	return TRUST_REFUSE(c, l->off, "trust.check.empty", "%s is an empty list", what);
}

/* ---- variables ---- */

static enum fg_rc
check_variable(const struct trust_checker *c, uint32_t off, struct fg_str body)
{
	struct fg_str key, or_else;
	size_t comma = fg_find(body, ',');

	if (body.n == 1 && (*body.p == '*' || *body.p == '?' || *body.p == '$'))
		return FG_OK;
	if (fg_trim(fg_sub(body, 0, comma)).n == 0)
		return TRUST_REFUSE(c, off, "trust.check.variable-empty", "a variable has no name");
	if (!trust_variable_read(body, &key, &or_else))
		return TRUST_REFUSE(c, off, "trust.check.variable-default",
		    "the default of ${%.*s} is not written as , 'text'", FG_PRI(body));
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] == ' ' || (key.p[i] >= '\t' && key.p[i] <= '\r'))
			return TRUST_REFUSE(c, off, "trust.check.variable-space",
			    "white space in the name of ${%.*s}", FG_PRI(body));
	return FG_OK;
}

/* A text in which variables are expanded. */
static enum fg_rc
check_variables(const struct trust_checker *c, const struct trust_text *t)
{
	struct fg_str s = t->s;

	for (size_t i = 0; i + 1 < s.n; i++) {
		size_t span = trust_variable_span(s, i);

		if (s.p[i] != '$' || s.p[i + 1] != '{')
			continue;
		if (!c->d->variables)
			return TRUST_REFUSE(c, t->off, "trust.check.variable-version",
			    "variables need Version 2012-10-17");
		if (span == 0)
			return TRUST_REFUSE(c, t->off, "trust.check.variable-brace",
			    "a variable has no closing brace");
		FG_TRY(check_variable(c, t->off, fg_str(s.p + i + 2, span - 3)));
		i += span - 1;
	}
	return FG_OK;
}

/* A text in which they are not. */
static enum fg_rc
check_no_variables(const struct trust_checker *c, const struct trust_text *t, const char *where)
{
	for (size_t i = 0; i < t->s.n; i++)
		if (trust_variable_span(t->s, i) > 0)
			return TRUST_REFUSE(c, t->off, "trust.check.variable-place",
			    "%s does not expand variables", where);
	return FG_OK;
}

/* ---- elements ---- */

static bool
action_ok(struct fg_str s)
{
	struct fg_str prefix, name;

	if (fg_eq(s, FG_LIT("*")))
		return true;
	if (!fg_cut(s, ':', &prefix, &name) || prefix.n == 0 || name.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] > 0x7e)
			return false;
	return true;
}

static enum fg_rc
check_actions(const struct trust_checker *c, const struct trust_list *l)
{
	FG_TRY(check_some(c, l, "Action"));
	for (uint32_t i = 0; i < l->n; i++) {
		FG_TRY(check_no_variables(c, &l->v[i], "Action"));
		if (!action_ok(l->v[i].s))
			return TRUST_REFUSE(c, l->v[i].off, "trust.check.action",
			    "%.*s is not service:action", FG_PRI(l->v[i].s));
	}
	return FG_OK;
}

static enum fg_rc
check_resources(const struct trust_checker *c, const struct trust_list *l)
{
	FG_TRY(check_some(c, l, "Resource"));
	for (uint32_t i = 0; i < l->n; i++) {
		struct fg_str s = l->v[i].s;

		FG_TRY(check_variables(c, &l->v[i]));
		if (s.n == 0 || (s.p[0] != '*' && s.p[0] != '?' && !fg_starts(s, FG_LIT("arn:"))))
			return TRUST_REFUSE(c, l->v[i].off, "trust.check.resource",
			    "%.*s is neither an ARN nor \"*\"", FG_PRI(s));
	}
	return FG_OK;
}

static bool
service_ok(struct fg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !fg_digit(s.p[i]) && s.p[i] != '.' &&
		    s.p[i] != '-')
			return false;
	return fg_find(s, '.') < s.n;
}

bool
trust_check_provider(struct fg_str s, struct fg_str *ret_issuer, bool *ret_saml)
{
	const struct fg_str oidc = FG_LIT("oidc-provider/"), saml = FG_LIT("saml-provider/");
	struct trust_arn_text arn;

	*ret_saml = false;
	*ret_issuer = s;
	if (!trust_arn_read(s, &arn))
		return service_ok(s);
	if (!fg_eq(arn.service, FG_LIT("iam")) || arn.account.n == 0)
		return false;
	*ret_saml = fg_starts(arn.rest, saml);
	*ret_issuer = fg_sub(arn.rest, oidc.n, arn.rest.n);
	return (*ret_saml || fg_starts(arn.rest, oidc)) && ret_issuer->n > 0;
}

static bool
principal_ok(enum trust_ptype type, struct fg_str s)
{
	struct trust_entry e = trust_entry_read(type, s);
	struct fg_str issuer;
	bool saml;

	switch (type) {
	case TRUST_P_ALL:
	case TRUST_P_CANONICAL:
		return true;
	case TRUST_P_AWS:
		return e.kind == TRUST_E_ALL ||
		    (e.kind != TRUST_E_NOBODY && e.kind != TRUST_E_OTHER &&
			fg_find(s, '*') == s.n && fg_find(s, '?') == s.n);
	case TRUST_P_SERVICE:
		return service_ok(s);
	case TRUST_P_FEDERATED:
		return fg_find(s, '*') == s.n && trust_check_provider(s, &issuer, &saml);
	case TRUST_P_MAX:
		break;
	}
	return false;
}

static enum fg_rc
check_principals(const struct trust_checker *c, const struct trust_statement *st)
{
	if (st->has_principal && st->nprincipal == 0)
		return TRUST_REFUSE(c, st->principal_off, "trust.check.empty",
		    "Principal is an empty object");
	if (st->not_principal && !st->deny)
		return TRUST_REFUSE(c, st->principal_off, "trust.check.not-principal",
		    "NotPrincipal with Allow grants to everyone else");
	for (uint32_t i = 0; i < st->nprincipal; i++) {
		const struct trust_principal_block *b = &st->principal[i];

		FG_TRY(check_some(c, &b->values, "Principal"));
		for (uint32_t k = 0; k < b->values.n; k++)
			if (!principal_ok(b->type, b->values.v[k].s))
				return TRUST_REFUSE(c, b->values.v[k].off, "trust.principal.text",
				    "%.*s is no %s principal", FG_PRI(b->values.v[k].s),
				    trust_ptype_name(b->type));
	}
	return FG_OK;
}

/* ---- conditions ---- */

static bool
value_ok(enum trust_family family, struct fg_str s)
{
	struct trust_number number;
	struct trust_date date;
	struct fg_cidr cidr;

	switch (family) {
	case TRUST_OP_NUMBER:
		return trust_number_parse(s, &number);
	case TRUST_OP_DATE:
		return trust_date_parse(s, &date);
	case TRUST_OP_BOOL:
	case TRUST_OP_NULL:
		return trust_bool_parse(s) != TRUST_UNREADABLE;
	case TRUST_OP_BINARY:
		return trust_base64_ok(s);
	case TRUST_OP_IP:
		return fg_cidr_parse(s, &cidr);
	default:
		return true;
	}
}

static enum fg_rc
check_test(const struct trust_checker *c, const struct trust_test *t)
{
	if (t->op.family == TRUST_OP_NONE)
		return TRUST_REFUSE(c, t->operator_off, "trust.check.operator",
		    "there is no operator %.*s", FG_PRI(t->operator));
	FG_TRY(check_some(c, &t->values, "a condition's value"));
	if (t->key.n == 0)
		return TRUST_REFUSE(c, t->key_off, "trust.check.key", "a condition key is empty");
	for (uint32_t i = 0; i < t->values.n; i++) {
		const struct trust_text *v = &t->values.v[i];

		if (trust_op_expands(t->op.family))
			FG_TRY(check_variables(c, v));
		else
			FG_TRY(check_no_variables(c, v, "this operator"));
		if (!value_ok(t->op.family, v->s))
			return TRUST_REFUSE(c, v->off, "trust.check.value",
			    "%.*s cannot be read by %.*s", FG_PRI(v->s), FG_PRI(t->operator));
	}
	return FG_OK;
}

static enum fg_rc
check_statement(const struct trust_checker *c, const struct trust_statement *st)
{
	FG_TRY(check_principals(c, st));
	FG_TRY(check_actions(c, &st->action));
	FG_TRY(check_resources(c, &st->resource));
	for (uint32_t i = 0; i < st->ntest; i++)
		FG_TRY(check_test(c, &st->test[i]));
	if (c->d->kind == TRUST_RCP && !st->deny)
		return TRUST_REFUSE(c, st->effect_off, "trust.check.rcp-allow",
		    "a resource control policy can only deny");
	return c->d->kind == TRUST_ROLE ? trust_check_role(c, st) : FG_OK;
}

enum fg_rc
trust_document_check(const struct trust_document *d, size_t max_chars,
    struct trust_fault *retfault, struct fg_err *reterr)
{
	const struct trust_checker c = { d, retfault, reterr };

	FG_TRY(check_size(&c, max_chars));
	if (d->nstatement == 0)
		return TRUST_REFUSE(&c, 0, "trust.check.empty", "Statement is an empty list");
	for (uint32_t i = 0; i < d->nstatement; i++)
		FG_TRY(check_statement(&c, &d->statement[i]));
	return FG_OK;
}
