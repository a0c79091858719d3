/*
 * trust/lint_trust.c - who may come in by a trust policy: checks of one statement.
 */
#include "trust/lint_int.h"

#define OUTSIDER "arn:aws:iam::999999999999:user/anybody"

static const char *const pins[] = { "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalArn", "aws:PrincipalAccount",
	"aws:SourceVpce", "aws:SourceVpc", "aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths",
	"aws:userid", "aws:username" };

static bool
pinned(const struct trust_statement *st)
{
	size_t i;

	for (i = 0; i < FG_COUNT(pins); i++) {
		if (lint_pins(st, fg_str_z(pins[i])))
			return true;
	}
	return lint_pins_prefix(st, FG_LIT("aws:PrincipalTag/"));
}

static bool
everybody(const struct trust_statement *st, uint32_t *ret_off)
{
	uint32_t i, k;

	for (i = 0; i < st->nprincipal; i++) {
		const struct trust_principal_block *b = &st->principal[i];

		if (b->type != TRUST_P_ALL && b->type != TRUST_P_AWS)
			continue;
		for (k = 0; k < b->values.n; k++) {
			if (fg_eq(b->values.v[k].s, FG_LIT("*"))) {
				*ret_off = b->values.v[k].off;
				return true;
			}
		}
	}
	return st->not_principal ? (*ret_off = st->principal_off, true) : false;
}

/* Can somebody of an account that nobody has heard of come in? */
static void
public_principal(struct lint *l, const struct trust_statement *st)
{
	struct fg_str witness;
	uint32_t off;

	if (st->deny || !st->has_principal || !everybody(st, &off))
		return;
	witness = lint_witness(l, st, FG_LIT(OUTSIDER), FG_LIT("sts:AssumeRole"));
	if (witness.p == NULL && pinned(st))
		return;
	lint_put_witness(l, "trust.lint.public-principal", TRUST_WARNING, off,
	    "Name accounts, users or roles, or pin aws:PrincipalOrgID or aws:PrincipalArn.", witness,
	    "anybody, in any account, may use this statement");
}

static bool
is_root(struct fg_str principal)
{
	return fg_ends(principal, FG_LIT(":root")) || (principal.n == 12 && fg_digit(principal.p[0]));
}

static struct fg_str
principal_account(struct fg_str principal)
{
	return principal.n == 12 && fg_digit(principal.p[0]) ? principal : lint_arn_account(principal);
}

static bool
weak_external_id(const struct trust_test *t)
{
	uint32_t i;

	for (i = 0; i < t->values.n; i++) {
		struct fg_str v = t->values.v[i].s;
		uint64_t n;

		if (v.n < 8 || (v.n == 12 && fg_u64(v, &n)) || lint_has_wild(v))
			return true;
	}
	return false;
}

/* Somebody whom this principal lets in: a user for a whole account, whose root cannot assume roles. */
static struct fg_str
somebody(struct lint *l, struct fg_str principal)
{
	return is_root(principal) ? fg_arena_fmt(l->a, "arn:aws:iam::%.*s:user/anybody", FG_PRI(principal_account(principal))) :
				    principal;
}

static void
check_external_id(struct lint *l, const struct trust_statement *st, const struct trust_text *p)
{
	const struct trust_test *t;
	uint32_t at = 0;

	if (!lint_pins(st, FG_LIT("sts:ExternalId"))) {
		lint_put_witness(l, "trust.lint.no-external-id", TRUST_WARNING, p->off,
		    "Ask for sts:ExternalId when the other account acts for several customers.",
		    lint_witness(l, st, somebody(l, p->s), FG_LIT("sts:AssumeRole")), "account %.*s may come in without an external id",
		    FG_PRI(principal_account(p->s)));
		return;
	}
	while ((t = lint_test_next(st, FG_LIT("sts:ExternalId"), &at)) != NULL) {
		if (lint_test_narrows(t) && weak_external_id(t))
			lint_put(l, "trust.lint.weak-external-id", TRUST_WARNING, t->values.off,
			    "Use a random id of at least 8 characters, unique to this customer.",
			    "the external id is short, an account id, or holds a wildcard");
	}
}

/* Another account is trusted. */
static void
third_party(struct lint *l, const struct trust_statement *st)
{
	const struct trust_text *p;
	uint32_t block = 0, i = 0;

	if (st->deny || st->not_principal || l->how->account.n != 12 || !lint_has_action(st, FG_LIT("sts:AssumeRole")))
		return;
	while ((p = lint_principal_next(st, TRUST_P_AWS, &block, &i)) != NULL) {
		struct fg_str account = principal_account(p->s);

		if (account.n != 12 || fg_eq(account, l->how->account) || pinned(st))
			continue;
		check_external_id(l, st, p);
		return;
	}
}

static bool
is_unique_id(struct fg_str s)
{
	return s.n == 21 && (fg_starts(s, FG_LIT("AIDA")) || fg_starts(s, FG_LIT("AROA")));
}

/* The role of a session ARN among the principals of the statement. */
static bool
names_role_of(const struct trust_statement *st, struct fg_str session)
{
	const struct trust_text *p;
	struct fg_str account = lint_arn_account(session), role;
	const char *at = memmem(session.p, session.n, ":assumed-role/", 14);
	uint32_t block = 0, i = 0;

	if (at == NULL)
		return false;
	role = fg_sub(session, (size_t)(at - session.p) + 14, session.n);
	role = fg_sub(role, 0, fg_find(role, '/'));
	while ((p = lint_principal_next(st, TRUST_P_AWS, &block, &i)) != NULL) {
		size_t slash = p->s.n;

		while (slash > 0 && p->s.p[slash - 1] != '/')
			slash--;
		if (memmem(p->s.p, p->s.n, ":role/", 6) != NULL && fg_eq(lint_arn_account(p->s), account) &&
		    fg_eq(fg_sub(p->s, slash, p->s.n), role))
			return true;
	}
	return false;
}

static void
principals(struct lint *l, const struct trust_statement *st)
{
	const struct trust_text *p;
	uint32_t block = 0, i = 0;

	if (st->deny)
		return;
	while ((p = lint_principal_next(st, TRUST_P_AWS, &block, &i)) != NULL) {
		if (is_unique_id(p->s))
			lint_put(l, "trust.lint.dangling-principal", TRUST_WARNING, p->off,
			    "Name the ARN of a user or role that exists.", "%.*s is the id of a user or role that was deleted",
			    FG_PRI(p->s));
		else if (names_role_of(st, p->s))
			lint_put(l, "trust.lint.redundant-session", TRUST_INFO, p->off, "Remove the session: its role is named too.",
			    "the session's role is trusted already");
		else if (is_root(p->s) && l->how->account.n == 12 && fg_eq(principal_account(p->s), l->how->account) && !pinned(st))
			lint_put(l, "trust.lint.account-root", TRUST_INFO, p->off, "Name the roles or users that need it.",
			    "every principal of the account whose own policies allow it may come in");
	}
}

/* Services that only ever act for a resource of the role's own account. */
static bool
compute_bound(struct fg_str service)
{
	static const char *const bound[] = { "ec2.amazonaws.com", "lambda.amazonaws.com", "edgelambda.amazonaws.com",
		"ecs-tasks.amazonaws.com", "pods.eks.amazonaws.com" };
	size_t i;

	for (i = 0; i < FG_COUNT(bound); i++) {
		if (fg_eq(service, fg_str_z(bound[i])))
			return true;
	}
	return false;
}

static void
confused_deputy(struct lint *l, const struct trust_statement *st)
{
	const struct trust_text *p;
	uint32_t block = 0, i = 0;

	if (st->deny || lint_pins(st, FG_LIT("aws:SourceArn")) || lint_pins(st, FG_LIT("aws:SourceAccount")) ||
	    lint_pins(st, FG_LIT("aws:SourceOrgID")) || lint_pins(st, FG_LIT("aws:SourceOrgPaths")))
		return;
	while ((p = lint_principal_next(st, TRUST_P_SERVICE, &block, &i)) != NULL) {
		if (!compute_bound(p->s))
			lint_put(l, "trust.lint.confused-deputy", TRUST_WARNING, p->off,
			    "Add aws:SourceArn, aws:SourceAccount or aws:SourceOrgID.",
			    "%.*s may act here for anybody's resource", FG_PRI(p->s));
	}
}

static void
audience(struct lint *l, const struct trust_statement *st)
{
	const struct trust_text *p;
	uint32_t block = 0, i = 0;

	if (st->deny)
		return;
	while ((p = lint_principal_next(st, TRUST_P_FEDERATED, &block, &i)) != NULL) {
		struct fg_str issuer = lint_issuer(p->s);

		if (issuer.p != NULL && !lint_pins(st, lint_claim_key(l, issuer, FG_LIT("aud"))))
			lint_put(l, "trust.lint.no-audience", TRUST_WARNING, p->off,
			    "Add StringEquals on the issuer's aud key.",
			    "no test of %.*s:aud: a token for any registered audience will do", FG_PRI(issuer));
	}
}

static void
saml_audience(struct lint *l, const struct trust_statement *st)
{
	const struct trust_text *p;
	uint32_t block = 0, i = 0;

	if (st->deny || lint_pins(st, FG_LIT("saml:aud")))
		return;
	while ((p = lint_principal_next(st, TRUST_P_FEDERATED, &block, &i)) != NULL) {
		if (memmem(p->s.p, p->s.n, ":saml-provider/", 15) != NULL)
			lint_put(l, "trust.lint.saml-audience", TRUST_WARNING, p->off,
			    "Add StringEquals on saml:aud with the sign-in URL.",
			    "no test of saml:aud: a response for any sign-in endpoint will do");
	}
}

static void
saml_endpoint(struct lint *l, const struct trust_statement *st)
{
	const struct trust_test *t;
	uint32_t at = 0, i;

	while ((t = lint_test_next(st, FG_LIT("saml:aud"), &at)) != NULL) {
		for (i = 0; !st->deny && i < t->values.n; i++) {
			struct fg_str v = t->values.v[i].s;

			if (!fg_starts(v, FG_LIT("https://")) && !lint_has_wild(v))
				lint_put(l, "trust.lint.saml-endpoint", TRUST_WARNING, t->values.v[i].off,
				    "saml:aud is the Recipient: the URL that the response was sent to.",
				    "%.*s is no sign-in URL; saml:aud is not the audience of the assertion", FG_PRI(v));
		}
	}
}

static bool
assumes(const struct trust_statement *st)
{
	return lint_has_action(st, FG_LIT("sts:AssumeRole")) || lint_has_action(st, FG_LIT("sts:AssumeRoleWithSAML")) ||
	    lint_has_action(st, FG_LIT("sts:AssumeRoleWithWebIdentity"));
}

/* Sessions that cannot be told apart afterwards. */
static void
session_controls(struct lint *l, const struct trust_statement *st)
{
	const struct trust_text *p;
	uint32_t block = 0, i = 0;

	if (st->deny || !assumes(st))
		return;
	p = lint_principal_next(st, TRUST_P_AWS, &block, &i);
	if (p == NULL || lint_pins(st, FG_LIT("sts:RoleSessionName")) || lint_pins(st, FG_LIT("sts:SourceIdentity")))
		return;
	lint_put(l, "trust.lint.session-name", TRUST_INFO, st->off,
	    "Tie sts:RoleSessionName to ${aws:username}, or ask for sts:SourceIdentity.",
	    "the caller may choose any session name, and no source identity is asked for");
}

/* People should have shown a second factor. */
static void
mfa(struct lint *l, const struct trust_statement *st)
{
	const struct trust_text *p;
	uint32_t block = 0, i = 0;

	if (st->deny || lint_pins(st, FG_LIT("aws:MultiFactorAuthPresent")) || lint_pins(st, FG_LIT("aws:MultiFactorAuthAge")))
		return;
	while ((p = lint_principal_next(st, TRUST_P_AWS, &block, &i)) != NULL) {
		if (memmem(p->s.p, p->s.n, ":user/", 6) != NULL) {
			lint_put(l, "trust.lint.no-mfa", TRUST_INFO, p->off, "Add Bool aws:MultiFactorAuthPresent true.",
			    "a user may come in without a second factor");
			return;
		}
	}
}

const lint_check lint_trust_checks[] = { public_principal, audience, third_party, confused_deputy, principals,
	saml_audience, saml_endpoint, session_controls, mfa, NULL };
