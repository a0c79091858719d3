/*
 * trust/check_role.c - the rules of writing for a role's trust policy.
 */
#include "trust/check_int.h"
#include "trust/tables_int.h"

enum call { ASSUME = 0, WITH_SAML, WITH_WEB_IDENTITY, TAG_SESSION, SET_SOURCE_IDENTITY, SET_CONTEXT, CALLS };

static const char *const calls[CALLS] = {
	[ASSUME] = "assumerole",
	[WITH_SAML] = "assumerolewithsaml",
	[WITH_WEB_IDENTITY] = "assumerolewithwebidentity",
	[TAG_SESSION] = "tagsession",
	[SET_SOURCE_IDENTITY] = "setsourceidentity",
	[SET_CONTEXT] = "setcontext",
};

/*
 * Issuers that many tenants share: without the claim that names the tenant, any of them gets in.
 */
static const struct {
	struct fg_str issuer, claim;
} shared[] = {
	{ { "token.actions.githubusercontent.com", 35 }, { "sub", 3 } },
	{ { "gitlab.com", 10 }, { "sub", 3 } },
	{ { "app.terraform.io", 16 }, { "sub", 3 } },
	{ { "agent.buildkite.com", 19 }, { "sub", 3 } },
	{ { "oidc.codefresh.io", 17 }, { "sub", 3 } },
	{ { "cognito-identity.amazonaws.com", 30 }, { "aud", 3 } },
	{ { "api.pulumi.com/oidc", 19 }, { "aud", 3 } },
	{ { "oidc.vercel.com", 15 }, { "aud", 3 } },
};

/* Does the name part of an action, a pattern, cover a call? */
static bool
covers(struct fg_str name, enum call call)
{
	return trust_glob_icase(name, fg_str_z(calls[call]));
}

static bool
statement_covers(const struct trust_statement *st, enum call call)
{
	struct fg_str prefix, name;

	for (uint32_t i = 0; i < st->action.n; i++)
		if (fg_cut(st->action.v[i].s, ':', &prefix, &name) && covers(name, call))
			return true;
	return false;
}

static enum fg_rc
check_elements(const struct trust_checker *c, const struct trust_statement *st)
{
	if (st->resource.present)
		return TRUST_REFUSE(c, st->resource.off, "trust.check.role-resource",
		    "a trust policy has no Resource: it belongs to its role");
	if (st->not_principal)
		return TRUST_REFUSE(c, st->principal_off, "trust.check.role-not-principal",
		    "a trust policy has no NotPrincipal");
	if (st->not_action)
		return TRUST_REFUSE(c, st->action.off, "trust.check.role-action",
		    "a trust policy names its actions");
	for (uint32_t i = 0; i < st->nprincipal; i++)
		if (st->principal[i].type == TRUST_P_CANONICAL)
			return TRUST_REFUSE(c, st->principal[i].off, "trust.principal.type",
			    "principals of a trust policy are AWS, Service or Federated");
	return FG_OK;
}

static enum fg_rc
check_calls(const struct trust_checker *c, const struct trust_statement *st)
{
	for (uint32_t i = 0; i < st->action.n; i++) {
		const struct trust_text *a = &st->action.v[i];
		struct fg_str prefix, name;
		bool known = false;

		if (fg_cut(a->s, ':', &prefix, &name) && fg_eq_icase(prefix, FG_LIT("sts")))
			for (enum call k = ASSUME; k < CALLS; k++)
				known |= covers(name, k);
		if (!known)
			return TRUST_REFUSE(c, a->off, "trust.check.role-action",
			    "AssumeRole policy may only specify STS AssumeRole actions, not %.*s",
			    FG_PRI(a->s));
	}
	return FG_OK;
}

/* Keys that only sts:TagSession brings. */
static enum fg_rc
check_tag_keys(const struct trust_checker *c, const struct trust_statement *st)
{
	if (st->deny || statement_covers(st, TAG_SESSION))
		return FG_OK;
	for (uint32_t i = 0; i < st->ntest; i++) {
		struct fg_str key = st->test[i].key;

		if (fg_starts_icase(key, FG_LIT("aws:RequestTag/")) ||
		    fg_eq_icase(key, FG_LIT("aws:TagKeys")) ||
		    fg_eq_icase(key, FG_LIT("sts:TransitiveTagKeys")))
			return TRUST_REFUSE(c, st->test[i].key_off, "trust.check.role-tag-action",
			    "%.*s is there with sts:TagSession only, which the statement does not name",
			    FG_PRI(key));
	}
	return FG_OK;
}

/* ---- providers ---- */

struct providers {
	bool saml, oidc;
};

static struct providers
providers_of(const struct trust_statement *st)
{
	struct providers p = { false, false };
	struct fg_str issuer;
	bool saml;

	for (uint32_t i = 0; i < st->nprincipal; i++)
		for (uint32_t k = 0; st->principal[i].type == TRUST_P_FEDERATED &&
		     k < st->principal[i].values.n;
		     k++)
			if (trust_check_provider(st->principal[i].values.v[k].s, &issuer, &saml)) {
				p.saml |= saml;
				p.oidc |= !saml;
			}
	return p;
}

static enum fg_rc
check_mismatch(const struct trust_checker *c, const struct trust_statement *st)
{
	struct providers p = providers_of(st);
	bool web = statement_covers(st, WITH_WEB_IDENTITY), saml = statement_covers(st, WITH_SAML);

	if ((p.saml && !p.oidc && web && !saml) || (p.oidc && !p.saml && saml && !web))
		return TRUST_REFUSE(c, st->action.off, "trust.check.role-mismatch",
		    "the action and the kind of provider do not belong together");
	return FG_OK;
}

static bool
only_wildcards(struct fg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '*' && s.p[i] != '?')
			return false;
	return true;
}

/* A test that a request without the claim, or with any value of it, does not pass. */
static bool
pins(const struct trust_test *t)
{
	if (t->op.negated || t->op.if_exists || t->op.set == TRUST_SET_ALL ||
	    (t->op.family != TRUST_OP_STRING && t->op.family != TRUST_OP_STRING_FOLD &&
		t->op.family != TRUST_OP_LIKE))
		return false;
	for (uint32_t i = 0; i < t->values.n; i++)
		if (t->op.family == TRUST_OP_LIKE && only_wildcards(t->values.v[i].s))
			return false;
	return t->values.n > 0;
}

static bool
is_key(struct fg_str key, struct fg_str issuer, struct fg_str claim)
{
	return key.n == issuer.n + 1 + claim.n && fg_starts_icase(key, issuer) &&
	    key.p[issuer.n] == ':' && fg_eq_icase(fg_sub(key, issuer.n + 1, key.n), claim);
}

static bool
statement_pins(const struct trust_statement *st, struct fg_str issuer, struct fg_str claim)
{
	for (uint32_t i = 0; i < st->ntest; i++)
		if (is_key(st->test[i].key, issuer, claim) && pins(&st->test[i]))
			return true;
	return false;
}

static enum fg_rc
check_shared(const struct trust_checker *c, const struct trust_statement *st,
    const struct trust_text *principal)
{
	struct fg_str issuer;
	bool saml;

	if (!trust_check_provider(principal->s, &issuer, &saml) || saml)
		return FG_OK;
	for (size_t i = 0; i < FG_COUNT(shared); i++)
		if (fg_eq_icase(issuer, shared[i].issuer) &&
		    !statement_pins(st, issuer, shared[i].claim))
			return TRUST_REFUSE(c, principal->off, "trust.check.role-shared-issuer",
			    "%.*s serves many tenants: the statement must test its %.*s",
			    FG_PRI(issuer), FG_PRI(shared[i].claim));
	return FG_OK;
}

static enum fg_rc
check_issuers(const struct trust_checker *c, const struct trust_statement *st)
{
	if (!statement_covers(st, WITH_WEB_IDENTITY))
		return FG_OK;
	for (uint32_t i = 0; i < st->nprincipal; i++) {
		const struct trust_list *l = &st->principal[i].values;

		if (st->principal[i].type != TRUST_P_FEDERATED)
			continue;
		for (uint32_t k = 0; k < l->n; k++)
			FG_TRY(check_shared(c, st, &l->v[k]));
	}
	return FG_OK;
}

/* ---- tests that look strict and are not ---- */

/* The claim of an issuer's or SAML's key, null for other keys. */
static struct fg_str
claim_of(struct fg_str key)
{
	size_t colon = key.n;
	struct fg_str ns;

	while (colon > 0 && key.p[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return FG_STR_NULL;
	ns = fg_sub(key, 0, colon - 1);
	if (fg_find(ns, '.') == ns.n && !fg_eq_icase(ns, FG_LIT("saml")))
		return FG_STR_NULL;
	return fg_sub(key, colon, key.n);
}

/* Another test of the same key that does pin it. */
static bool
pinned_elsewhere(const struct trust_statement *st, struct fg_str key)
{
	for (uint32_t i = 0; i < st->ntest; i++)
		if (fg_eq_icase(st->test[i].key, key) && pins(&st->test[i]))
			return true;
	return false;
}

static enum fg_rc
check_claim_test(const struct trust_checker *c, const struct trust_statement *st,
    const struct trust_test *t)
{
	struct fg_str claim = claim_of(t->key);
	bool sub = fg_eq_icase(claim, FG_LIT("sub")), aud = fg_eq_icase(claim, FG_LIT("aud"));

	if ((sub || aud) && (t->op.if_exists || t->op.set == TRUST_SET_ALL))
		return TRUST_REFUSE(c, t->operator_off, "trust.check.role-claim-absent",
		    "%.*s is also met by a proof without %.*s", FG_PRI(t->operator), FG_PRI(t->key));
	if (sub && t->op.negated && !pinned_elsewhere(st, t->key))
		return TRUST_REFUSE(c, t->operator_off, "trust.check.role-sub-negated",
		    "the only test of %.*s says who it is not", FG_PRI(t->key));
	if (fg_eq_icase(t->key, FG_LIT("sts:ExternalId")) && t->op.family == TRUST_OP_LIKE &&
	    !t->op.negated)
		for (uint32_t i = 0; i < t->values.n; i++)
			if (only_wildcards(t->values.v[i].s))
				return TRUST_REFUSE(c, t->values.v[i].off,
				    "trust.check.role-external-id", "any external id passes this");
	return FG_OK;
}

enum fg_rc
trust_check_role(const struct trust_checker *c, const struct trust_statement *st)
{
	FG_TRY(check_elements(c, st));
	FG_TRY(check_calls(c, st));
	if (st->deny)
		return FG_OK;
	FG_TRY(check_tag_keys(c, st));
	FG_TRY(check_mismatch(c, st));
	FG_TRY(check_issuers(c, st));
	for (uint32_t i = 0; i < st->ntest; i++)
		FG_TRY(check_claim_test(c, st, &st->test[i]));
	return FG_OK;
}
