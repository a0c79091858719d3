/*
 * Facts become a request context.  The only place where they meet: what the gateway itself
 * knows, what the caller asks for, what a verified proof says.  Each goes in through the
 * setters of its origin, so that none can speak for another.
 */
#include "gateway/api/api_int.h"

/* ---- the request ---- */

static enum fg_rc
request_facts(struct api_call *c, struct trust_ctx *t)
{
	struct fg_str agent = http_header(c->req, HTTP_H_USER_AGENT);
	struct fg_buf ip = FG_BUF_ARENA(c->arena, 64);
	struct fg_str text;

	fg_buf_ip(&ip, &c->peer->ip);
	if (fg_buf_end(&ip, &text) != FG_OK)
		return fg_fail(&c->err, FG_E_NOMEM, "api.context", NULL, "arena");
	FG_TRY(trust_gateway_time(t, FG_LIT("aws:CurrentTime"), c->now, &c->err));
	FG_TRY(trust_gateway_int(t, FG_LIT("aws:EpochTime"), c->now, &c->err));
	FG_TRY(trust_gateway_one(t, FG_LIT("aws:SourceIp"), text, &c->err));
	FG_TRY(trust_gateway_bool(t, FG_LIT("aws:SecureTransport"), c->peer->secure, &c->err));
	FG_TRY(trust_gateway_bool(t, FG_LIT("aws:PrincipalIsAWSService"), false, &c->err));
	FG_TRY(trust_gateway_bool(t, FG_LIT("aws:ViaAWSService"), false, &c->err));
	if (c->auth.region.n > 0 && c->caller.who.kind != TRUST_NOBODY)
		FG_TRY(trust_gateway_one(t, FG_LIT("aws:RequestedRegion"), c->auth.region, &c->err));
	if (agent.n > 0 && fg_utf8_ok(agent))
		FG_TRY(trust_caller_one(t, FG_LIT("aws:UserAgent"), agent, &c->err));
	return FG_OK;
}

/* ---- the caller ---- */

static const struct fg_str principal_types[TRUST_CALLER_MAX] = {
	[TRUST_ANONYMOUS] = { "Anonymous", 9 },
	[TRUST_ROOT] = { "Account", 7 },
	[TRUST_USER] = { "User", 4 },
	[TRUST_SESSION_OF_ROLE] = { "AssumedRole", 11 },
	[TRUST_FEDERATED_USER] = { "FederatedUser", 13 },
};

static bool
overridden(const struct cred_session *s, struct fg_str key)
{
	for (size_t i = 0; s != NULL && i < s->tags_n; i++) {
		if (fg_eq_icase(s->tags[i].key, key))
			return true;
	}
	return false;
}

/* A session's tag stands before the tag of the same name of its role or user. */
static enum fg_rc
principal_tags(struct api_call *c, struct trust_ctx *t)
{
	static const struct fg_str prefix = { "aws:PrincipalTag/", 17 };
	const struct api_caller *k = &c->caller;
	const struct directory_tag *tags = k->role != NULL ? k->role->tags
	    : k->user != NULL			       ? k->user->tags
						       : NULL;
	size_t n = k->role != NULL ? k->role->ntags : k->user != NULL ? k->user->ntags : 0;

	if (k->who.kind == TRUST_FEDERATED_USER)
		n = 0;
	for (size_t i = 0; i < n; i++) {
		if (!overridden(k->session, tags[i].key))
			FG_TRY(trust_gateway_tag(t, prefix, tags[i].key, tags[i].value, &c->err));
	}
	for (size_t i = 0; k->session != NULL && i < k->session->tags_n; i++)
		FG_TRY(trust_gateway_tag(t, prefix, k->session->tags[i].key,
		    k->session->tags[i].value, &c->err));
	return FG_OK;
}

/* "token.actions.githubusercontent.com:sub" back to the provider's namespace. */
static enum fg_rc
carried_one(struct api_call *c, struct trust_ctx *t, const struct cred_carried *k)
{
	size_t colon = k->key.n;

	while (colon > 0 && k->key.p[colon - 1] != ':')
		colon--;
	if (colon < 2)
		return FG_OK;
	if (fg_starts(k->key, FG_LIT("saml:")))
		return trust_saml_one(t, fg_sub(k->key, colon, k->key.n), k->value, &c->err);
	return trust_claim_one(t, fg_sub(k->key, 0, colon - 1), fg_sub(k->key, colon, k->key.n),
	    k->value, &c->err);
}

static enum fg_rc
session_facts(struct api_call *c, struct trust_ctx *t)
{
	const struct cred_session *s = c->caller.session;

	FG_TRY(trust_gateway_time(t, FG_LIT("aws:TokenIssueTime"), s->issued, &c->err));
	if (s->source_identity.n > 0)
		FG_TRY(trust_gateway_one(t, FG_LIT("aws:SourceIdentity"), s->source_identity,
		    &c->err));
	if (s->provider.n > 0 && s->chain_n == 0)
		FG_TRY(trust_gateway_one(t, FG_LIT("aws:FederatedProvider"), s->provider, &c->err));
	if (s->kind == CRED_KIND_ROOT)
		FG_TRY(trust_gateway_bool(t, FG_LIT("aws:AssumedRoot"), true, &c->err));
	for (size_t i = 0; i < s->carried_n; i++)
		FG_TRY(carried_one(c, t, &s->carried[i]));
	return FG_OK;
}

/* Absent for a long-lived key that showed no device, as policies with IfExists expect. */
static enum fg_rc
mfa_facts(struct api_call *c, struct trust_ctx *t)
{
	fg_time mfa = c->caller.mfa;

	if (mfa == 0 && c->caller.session == NULL)
		return FG_OK;
	FG_TRY(trust_gateway_bool(t, FG_LIT("aws:MultiFactorAuthPresent"), mfa != 0, &c->err));
	if (mfa == 0)
		return FG_OK;
	return trust_gateway_int(t, FG_LIT("aws:MultiFactorAuthAge"), c->now - mfa, &c->err);
}

static enum fg_rc
organization_facts(struct api_call *c, struct trust_ctx *t)
{
	struct api_organization org;

	FG_TRY(api_organization(c, c->caller.who.account, &org));
	if (org.id.n > 0)
		FG_TRY(trust_gateway_one(t, FG_LIT("aws:PrincipalOrgID"), org.id, &c->err));
	if (org.path.n > 0)
		FG_TRY(trust_gateway_list(t, FG_LIT("aws:PrincipalOrgPaths"), &org.path, 1, &c->err));
	return FG_OK;
}

/* Of an account that is not here nobody knows an organisation. */
static enum fg_rc
resource_facts(struct api_call *c, struct trust_ctx *t, struct fg_str account)
{
	struct api_organization org;

	if (!api_account_ok(account))
		return FG_OK;
	FG_TRY(trust_gateway_one(t, FG_LIT("aws:ResourceAccount"), account, &c->err));
	if (directory_account_find(api_directory(c), account) == NULL)
		return FG_OK;
	FG_TRY(api_organization(c, account, &org));
	if (org.id.n > 0)
		FG_TRY(trust_gateway_one(t, FG_LIT("aws:ResourceOrgID"), org.id, &c->err));
	if (org.path.n > 0)
		FG_TRY(trust_gateway_list(t, FG_LIT("aws:ResourceOrgPaths"), &org.path, 1, &c->err));
	return FG_OK;
}

static enum fg_rc
caller_facts(struct api_call *c, struct trust_ctx *t)
{
	const struct api_caller *k = &c->caller;
	struct fg_str arn = k->arn;

	if (k->who.account.n == 0 || principal_types[k->who.kind].n == 0)
		return FG_OK;
	if (k->who.kind == TRUST_SESSION_OF_ROLE && k->role != NULL)
		arn = k->role->arn;
	FG_TRY(trust_gateway_one(t, FG_LIT("aws:PrincipalArn"), arn, &c->err));
	FG_TRY(trust_gateway_one(t, FG_LIT("aws:PrincipalAccount"), k->who.account, &c->err));
	FG_TRY(trust_gateway_one(t, FG_LIT("aws:PrincipalType"), principal_types[k->who.kind],
	    &c->err));
	FG_TRY(trust_gateway_one(t, FG_LIT("aws:userid"), k->user_id, &c->err));
	if (k->who.kind == TRUST_USER)
		FG_TRY(trust_gateway_one(t, FG_LIT("aws:username"), k->who.name, &c->err));
	FG_TRY(organization_facts(c, t));
	FG_TRY(principal_tags(c, t));
	FG_TRY(mfa_facts(c, t));
	return k->session == NULL ? FG_OK : session_facts(c, t);
}

enum fg_rc
api_context(struct api_call *c, struct fg_str account, struct trust_ctx **ret)
{
	struct trust_ctx *t = c->w->ctx;

	trust_ctx_reset(t);
	c->ctx = t;
	FG_TRY(request_facts(c, t));
	FG_TRY(caller_facts(c, t));
	FG_TRY(resource_facts(c, t, account));
	*ret = t;
	return FG_OK;
}

/* ---- a proof ---- */

static enum fg_rc
claims_facts(struct api_call *c, struct trust_ctx *t, const struct oidc_facts *f)
{
	struct fg_str issuer = oidc_issuer_bare(f->issuer);

	for (size_t i = 0; i < f->nclaim; i++) {
		const struct oidc_claim *k = &f->claim[i];

		if (k->type == OIDC_CLAIM_STRINGS)
			FG_TRY(trust_claim_list(t, issuer, k->name, k->list, k->n, &c->err));
		else
			FG_TRY(trust_claim_one(t, issuer, k->name, k->value, &c->err));
	}
	return FG_OK;
}

static enum fg_rc
saml_facts_set(struct api_call *c, struct trust_ctx *t, const struct api_issue *w)
{
	struct saml_key keys[SAML_KEYS];
	struct api_arn arn;
	size_t n = 0;

	if (!api_arn_read(w->provider, &arn))
		return fg_fail(&c->err, FG_E_INTERNAL, "api.context.saml", NULL, "provider ARN");
	FG_TRY(saml_keys(c->arena, w->saml, arn.account, w->saml_provider_name, keys, &n, &c->err));
	for (size_t i = 0; i < n; i++) {
		struct fg_str name = fg_str_z(keys[i].name);

		name = fg_sub(name, 5, name.n); /* without "saml:" */
		if (keys[i].array)
			FG_TRY(trust_saml_list(t, name, keys[i].value, keys[i].n_values, &c->err));
		else
			FG_TRY(trust_saml_one(t, name, keys[i].value[0], &c->err));
	}
	return FG_OK;
}

/* ---- what is asked for ---- */

/* Tags, session name and source identity: the caller's words, or the provider's. */
enum fg_rc
api_context_asked(struct api_call *c, struct trust_ctx *t, const struct api_issue *w)
{
	bool asserted = w->oidc != NULL || w->saml != NULL;
	static const struct fg_str prefix = { "aws:RequestTag/", 15 };
	struct fg_str keys[CRED_TAGS_MAX], transitive[CRED_TAGS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < w->n_tag; i++) {
		const struct api_tag *g = &w->tag[i];

		keys[i] = g->key;
		if (g->transitive)
			transitive[n++] = g->key;
		FG_TRY(asserted ? trust_asserted_tag(t, prefix, g->key, g->value, &c->err)
				: trust_caller_tag(t, prefix, g->key, g->value, &c->err));
	}
	if (w->n_tag > 0)
		FG_TRY(asserted ? trust_asserted_list(t, FG_LIT("aws:TagKeys"), keys, w->n_tag, &c->err)
				: trust_caller_list(t, FG_LIT("aws:TagKeys"), keys, w->n_tag, &c->err));
	if (n > 0)
		FG_TRY(asserted ? trust_asserted_list(t, FG_LIT("sts:TransitiveTagKeys"), transitive,
				      n, &c->err)
				: trust_caller_list(t, FG_LIT("sts:TransitiveTagKeys"), transitive, n,
				      &c->err));
	if (w->source_identity.n > 0)
		FG_TRY(asserted ? trust_asserted_one(t, FG_LIT("sts:SourceIdentity"),
				      w->source_identity, &c->err)
				: trust_caller_one(t, FG_LIT("sts:SourceIdentity"),
				      w->source_identity, &c->err));
	return FG_OK;
}

static enum fg_rc
role_facts(struct api_call *c, struct trust_ctx *t, const struct directory_role *role)
{
	for (size_t i = 0; i < role->ntags; i++) {
		FG_TRY(trust_gateway_tag(t, FG_LIT("aws:ResourceTag/"), role->tags[i].key,
		    role->tags[i].value, &c->err));
		FG_TRY(trust_gateway_tag(t, FG_LIT("iam:ResourceTag/"), role->tags[i].key,
		    role->tags[i].value, &c->err));
	}
	return FG_OK;
}

enum fg_rc
api_context_issue(struct api_call *c, const struct api_issue *w, struct fg_str account,
    const struct directory_role *role, struct trust_ctx **ret)
{
	struct trust_ctx *t;
	bool asserted = w->oidc != NULL || w->saml != NULL;

	FG_TRY(api_context(c, account, &t));
	if (w->oidc != NULL)
		FG_TRY(claims_facts(c, t, w->oidc));
	if (w->saml != NULL)
		FG_TRY(saml_facts_set(c, t, w));
	if (asserted)
		FG_TRY(trust_gateway_one(t, FG_LIT("aws:FederatedProvider"),
		    fg_str_null(w->proven_by) ? w->provider : w->proven_by, &c->err));
	if (w->saml != NULL)
		FG_TRY(trust_asserted_one(t, FG_LIT("sts:RoleSessionName"), w->session_name,
		    &c->err));
	else
		FG_TRY(trust_caller_one(t, FG_LIT("sts:RoleSessionName"), w->session_name, &c->err));
	if (w->oidc != NULL)
		FG_TRY(trust_gateway_bool(t, FG_LIT("sts:RoleAuthorizedByIdp"), w->roles_claim,
		    &c->err));
	if (w->external_id.n > 0)
		FG_TRY(trust_caller_one(t, FG_LIT("sts:ExternalId"), w->external_id, &c->err));
	FG_TRY(api_context_asked(c, t, w));
	if (role != NULL)
		FG_TRY(role_facts(c, t, role));
	*ret = t;
	return FG_OK;
}
