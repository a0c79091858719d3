/*
 * AssumeRoleWithWebIdentity.
 *
 * Order (security.md 28): shape of the token, provider by account and issuer, key, signature,
 * claims, roles claim, trust policy; only then what depends on the role.  What fails before
 * the signature is proven says the same, whichever of these it was, unless the provider
 * was registered to answer as AWS does.
 */
#include "gateway/api/sts_int.h"

struct proof {
	struct oidc_jws *jws;
	const struct directory_oidc *provider;
	struct oidc_provider rules;
	struct oidc_facts facts;
	struct oidc_refusal why;
	struct fg_str arn; /* of the provider, in the arena */
	const struct cred_session *parent; /* of a token of our own issuer: who asked for it */
};

/* ---- what the caller reads ---- */

static enum api_fault
fault_of(const struct fg_err *err)
{
	if (err->rc == FG_E_EXPIRED)
		return API_F_EXPIRED_PROOF;
	if (err->rc == FG_E_IDP)
		return API_F_IDP_COMMUNICATION;
	if (err->rc == FG_E_THROTTLED)
		return API_F_THROTTLING;
	return fg_rc_class(err->rc) == FG_SELF ? api_fault_of(err) : API_F_ID_TOKEN;
}

static enum fg_rc
worded(struct api_call *c, const struct fg_err *as, const struct oidc_refusal *why)
{
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_API_MESSAGE_BYTES);
	struct fg_str text;

	c->fault = fault_of(&c->err);
	if (c->fault != API_F_ID_TOKEN && c->fault != API_F_EXPIRED_PROOF)
		return c->err.rc;
	oidc_wording(as, why, &b);
	if (fg_buf_end(&b, &text) == FG_OK)
		c->message = text;
	return c->err.rc;
}

/* Unknown account, unknown provider, no such key, bad signature: one text. */
static enum fg_rc
unproven(struct api_call *c, const struct proof *p)
{
	static const struct fg_err same = { .rc = FG_E_KEY, .step = "oidc.key.unknown" };

	if (p->provider != NULL && (p->provider->flags & STORE_OIDC_PARITY))
		return worded(c, &c->err, &p->why);
	return worded(c, &same, NULL);
}

/* ---- gather and check ---- */

static enum fg_rc
provider_find(struct api_call *c, struct fg_str account, struct proof *p)
{
	const struct directory_oidc *d;
	struct fg_str issuer;

	if (oidc_jws_issuer(c->arena, p->jws, &issuer, &c->err) != FG_OK)
		return worded(c, &c->err, NULL);
	c->story.issuer = issuer;
	d = directory_oidc_by_issuer(api_directory(c), account, issuer);
	if (d == NULL || d->quarantined || !api_account_usable(c, account)) {
		(void)fg_fail(&c->err, FG_E_ISSUER, "api.web.provider", NULL,
		    "account %.*s has no provider for this issuer", FG_PRI(account));
		return unproven(c, p);
	}
	p->provider = d;
	return FG_OK;
}

static void
rules_of(const struct api_call *c, struct proof *p)
{
	const struct directory_oidc *d = p->provider;
	struct oidc_provider r = oidc_provider_default();

	r.issuer = d->url;
	r.client_id = d->client_ids;
	r.nclient_id = d->nclient_ids;
	if (c->w->env->conf.oidc_skew_s > 0)
		r.skew_s = c->w->env->conf.oidc_skew_s;
	if (d->flags & STORE_OIDC_PARITY) {
		r.flags |= OIDC_AWS_PARITY;
		r.algs = OIDC_ALGS_AWS;
	}
	if (d->flags & STORE_OIDC_SINGLE_USE)
		r.flags |= OIDC_SINGLE_USE;
	if (d->nalgorithms > 0)
		r.algs = 0;
	else if (api_link_is(c, d->url)) /* what our own issuers sign with */
		r.algs = OIDC_ALG_BIT(OIDC_RS256) | OIDC_ALG_BIT(OIDC_ES384);
	for (size_t i = 0; i < d->nalgorithms; i++) {
		enum oidc_alg alg = oidc_alg_find(d->algorithms[i]);

		if (alg != OIDC_ALG_NONE)
			r.algs |= OIDC_ALG_BIT(alg);
	}
	p->rules = r;
}

static enum cost
cost_of(const struct oidc_key *key, enum oidc_alg alg)
{
	unsigned us = oidc_key_cost_us(key);

	switch (alg) {
	case OIDC_ES256:
		return COST_ES256;
	case OIDC_ES384:
		return COST_ES384;
	case OIDC_ES512:
		return COST_ES512;
	case OIDC_EDDSA:
	case OIDC_ED25519:
		return COST_EDDSA;
	default:
		return us < 40 ? COST_RS256_2048 : us < 75 ? COST_RS256_3072 : COST_RS256_4096;
	}
}

static enum fg_rc
verify(struct api_call *c, struct proof *p, const struct oidc_payload **ret)
{
	const struct api_hooks *h = &c->w->env->conf.hooks;
	const struct oidc_jwks *set = h->oidc_keys(h->arg, c, p->provider, &c->err);
	const struct oidc_key *key;

	if (set == NULL)
		return c->err.rc != FG_OK ? c->err.rc
					  : fg_fail(&c->err, FG_E_IDP, "api.web.keys", NULL,
						"no keys of this provider yet");
	FG_TRY(oidc_key_find(&p->rules, set, p->jws, &key, &c->err));
	if (h->charge != NULL)
		FG_TRY(h->charge(h->arg, c, cost_of(key, oidc_jws_alg(p->jws)), &c->err));
	FG_TRY(oidc_verify(c->w->oidc, c->arena, &p->rules, p->jws, key, ret, &c->err));
	if (h->refund != NULL)
		h->refund(h->arg, c);
	return FG_OK;
}

/* A key that nobody has seen may be new: ask once, and start over when the answer is there. */
static bool
wait_for_key(struct api_call *c, const struct proof *p)
{
	const struct api_hooks *h = &c->w->env->conf.hooks;
	struct fg_str kid = oidc_jws_kid(p->jws);

	if (c->err.rc != FG_E_KEY || !fg_eq(fg_str_z(c->err.step), FG_LIT("oidc.key.unknown")) ||
	    (c->waited & API_WAIT_KEYS) || h->oidc_wait == NULL || fg_str_null(kid))
		return false;
	c->waited |= API_WAIT_KEYS;
	if (!h->oidc_wait(h->arg, c, p->provider, kid))
		return false;
	c->waiting = true;
	fg_err_clear(&c->err);
	return true;
}

static enum fg_rc
roles_claim_check(struct api_call *c, const struct oidc_facts *f, struct fg_str role_arn)
{
	if (!f->has_roles)
		return FG_OK;
	for (size_t i = 0; i < f->nrole; i++) {
		if (fg_eq(f->role[i], role_arn))
			return FG_OK;
	}
	return api_refuse(c, API_F_ID_TOKEN, "api.web.roles",
	    "The target role ARN is not present in the roles claim of the identity token");
}

/* Token to facts; FG_OK with c->waiting set when a key is being fetched. */
static enum fg_rc
proof_read(struct api_call *c, struct fg_str account, struct proof *p)
{
	const struct oidc_payload *payload;

	if (oidc_jws_parse(c->arena, api_arg(c, STS_WI_TOKEN)->s, &p->jws, &c->err) != FG_OK)
		return worded(c, &c->err, NULL);
	FG_TRY(provider_find(c, account, p));
	rules_of(c, p);
	if (verify(c, p, &payload) != FG_OK)
		return wait_for_key(c, p) ? FG_OK : unproven(c, p);
	if (oidc_claims_read(c->arena, payload, c->now, &p->facts, &p->why, &c->err) != FG_OK)
		return worded(c, &c->err, &p->why);
	return api_link_is(c, p->facts.issuer) ? api_link_read(c, &p->facts, &p->parent) : FG_OK;
}

/* ---- ask ---- */

/* The provider's ARN is copied: the record may be written after a wait. */
static enum fg_rc
caller_set(struct api_call *c, struct proof *p)
{
	const struct oidc_facts *f = &p->facts;
	const struct fg_str id[] = { p->provider->key_prefix, FG_LIT(":"), f->audience, FG_LIT(":"), f->subject };

	p->arn = fg_arena_dup(c->arena, p->provider->arn);
	c->caller.user_id = fg_arena_join(c->arena, id, FG_COUNT(id));
	if (fg_str_null(p->arn) || fg_str_null(c->caller.user_id))
		return fg_fail(&c->err, FG_E_NOMEM, "api.web", NULL, "arena");
	c->story.provider = p->arn;
	c->story.issuer = f->issuer;
	c->story.subject = f->subject;
	c->caller.who = (struct trust_caller){ .kind = TRUST_WEB_IDENTITY, .arn = p->arn,
		.partition = FG_LIT("aws") };
	c->caller.arn = p->arn;
	return FG_OK;
}

static enum fg_rc
carry(struct api_call *c, struct api_issue *w, struct fg_str prefix, struct fg_str name,
    struct fg_str value)
{
	struct cred_carried *k = &w->carried[w->n_carried];
	const struct fg_str key[] = { prefix, FG_LIT(":"), name };

	k->key = fg_arena_join(c->arena, key, FG_COUNT(key));
	if (fg_str_null(k->key))
		return fg_fail(&c->err, FG_E_NOMEM, "api.web", NULL, "arena");
	k->value = value;
	w->n_carried++;
	return FG_OK;
}

/* What the token itself says of the session. */
static enum fg_rc
said_fill(struct api_call *c, const struct oidc_facts *f, struct api_issue *w)
{
	for (size_t i = 0; i < f->ntag; i++)
		FG_TRY(api_tags_add(c, w, f->tag[i].key, f->tag[i].value));
	for (size_t i = 0; i < f->ntransitive; i++)
		FG_TRY(api_tags_transitive(c, w, f->transitive[i]));
	w->source_identity = f->source_identity;
	return FG_OK;
}

static enum fg_rc
issue_fill(struct api_call *c, const struct proof *p, struct api_issue *w)
{
	const struct oidc_facts *f = &p->facts;
	struct fg_str prefix = oidc_issuer_bare(f->issuer);

	w->action = FG_LIT("sts:AssumeRoleWithWebIdentity");
	w->role_arn = api_arg(c, STS_WI_ROLE)->s;
	w->session_name = api_arg(c, STS_WI_NAME)->s;
	w->method = CRED_METHOD_OIDC;
	w->provider = p->arn;
	w->issuer = f->issuer;
	w->subject = f->subject;
	w->origin = c->now;
	w->oidc = f;
	w->roles_claim = f->has_roles;
	w->proven_by = p->arn;
	FG_TRY(p->parent != NULL ? api_link_fill(c, p->parent, w) : said_fill(c, f, w));
	if (!fg_str_null(w->source_identity) && !api_source_identity_ok(w->source_identity))
		return api_refuse(c, API_F_ID_TOKEN, "api.web.source-identity",
		    "The source identity claim of the identity token is not valid");
	FG_TRY(carry(c, w, prefix, FG_LIT("aud"), f->audience));
	FG_TRY(carry(c, w, prefix, FG_LIT("sub"), f->subject));
	return sts_session_args(c, api_arg(c, STS_WI_POLICY), api_arg(c, STS_WI_ARNS),
	    api_arg(c, STS_WI_DURATION), w);
}

/* ---- reply ---- */

static void
answer(struct api_call *c, const struct proof *p, const struct api_issue *w,
    const struct api_issued *i)
{
	struct fg_buf *b = &c->xml;

	api_xml_str(b, FG_LIT("SubjectFromWebIdentityToken"), p->facts.subject);
	api_xml_str(b, FG_LIT("Audience"), p->facts.audience);
	api_xml_role(b, i);
	api_xml_credentials(b, &i->minted, i->expires);
	api_xml_str(b, FG_LIT("Provider"), p->facts.issuer);
	api_xml_opt(b, FG_LIT("SourceIdentity"), w->source_identity);
	c->story.minted.subject = p->facts.subject;
	c->story.minted.audience = p->facts.audience;
	c->story.minted.provider = p->facts.issuer;
}

static enum fg_rc
claim(struct api_call *c, const struct proof *p)
{
	const struct fg_str piece[] = { p->provider->arn, p->facts.jti };

	if (!(p->provider->flags & STORE_OIDC_SINGLE_USE))
		return FG_OK;
	return api_claim(c, piece, FG_COUNT(piece), p->facts.issued_at,
	    p->facts.expires_at + FG_LIMIT_OIDC_SKEW_S);
}

enum fg_rc
api_run_web_identity(struct api_call *c)
{
	struct proof *p = FG_NEW(c->arena, struct proof);
	struct api_issue *w = FG_NEW(c->arena, struct api_issue);
	struct api_issued *i = FG_NEW(c->arena, struct api_issued);
	const struct directory_role *role;
	struct api_arn arn;

	if (p == NULL || w == NULL || i == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.web", NULL, "arena");
	FG_TRY(api_role_arn(c, api_arg(c, STS_WI_ROLE)->s, &arn));
	c->story.account = arn.account;
	if (api_arg(c, STS_WI_PROVIDER)->present)
		return api_refuse(c, API_F_ID_TOKEN, "api.web.provider-id",
		    "Provided Token is not a Login With Amazon token");
	FG_TRY(proof_read(c, arn.account, p));
	if (c->waiting)
		return FG_OK;
	FG_TRY(caller_set(c, p));
	FG_TRY(roles_claim_check(c, &p->facts, api_arg(c, STS_WI_ROLE)->s));
	FG_TRY(issue_fill(c, p, w));
	FG_TRY(api_issue_decide(c, w, &role));
	FG_TRY(claim(c, p));
	if (c->waiting)
		return FG_OK;
	FG_TRY(api_issue_mint(c, w, role, i));
	answer(c, p, w, i);
	return FG_OK;
}
