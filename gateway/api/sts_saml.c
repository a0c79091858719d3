/*
 * AssumeRoleWithSAML.
 *
 * The provider is the one whose ARN the caller names, in the role's account, and only its keys
 * are tried; the pair of role and provider must stand in the assertion (security.md 10).
 */
#include "gateway/api/sts_int.h"

#define SIGN_IN "https://signin.aws.amazon.com/saml"
#define AUDIENCES_MAX 32

struct proof {
	struct saml_facts facts; /* its provider is NULL: the keys may be gone after a wait */
	struct saml_aws aws;
	struct fg_str provider, name; /* ARN, friendly name */
	struct fg_str account;
	struct saml_expect want;
	const struct api_conf *conf; /* outlives the worker, which the call may not */
	struct fg_str uid; /* which row of the provider proved it, under which switches */
	int64_t generation;
	unsigned allow;
	bool single_use; /* once, whatever the role */
	bool signed_;    /* a key of the provider signed it, whatever it says */
	bool aside;      /* being decrypted */
	struct fg_err err; /* of that */
};

/* ---- what the caller reads ---- */

static enum api_fault
fault_of(const struct fg_err *err)
{
	switch (err->rc) {
	case FG_E_EXPIRED:
		return API_F_EXPIRED_PROOF;
	case FG_E_IDP:
		return API_F_IDP_COMMUNICATION; /* its keys are being read: ask again */
	case FG_E_THROTTLED:
		return API_F_THROTTLING;
	case FG_E_CLAIM:
		return fg_starts(fg_str_z(err->step), FG_LIT("saml.aws")) ? API_F_IDP_CLAIM
									  : API_F_ID_TOKEN;
	default:
		return fg_rc_class(err->rc) == FG_SELF ? api_fault_of(err) : API_F_ID_TOKEN;
	}
}

static enum fg_rc
worded(struct api_call *c)
{
	const struct saml_step *s = saml_step_find(c->err.step);

	c->fault = fault_of(&c->err);
	if (c->fault != API_F_INTERNAL && c->fault != API_F_THROTTLING &&
	    c->fault != API_F_IDP_COMMUNICATION && s != NULL &&
	    s->text != NULL)
		c->message = fg_str_z(s->text);
	return c->err.rc;
}

/* No such account, no such provider, no key that fits: one text. */
static enum fg_rc
unproven(struct api_call *c)
{
	c->fault = fault_of(&c->err);
	if (c->fault == API_F_ID_TOKEN)
		c->message = FG_LIT("Response signature invalid");
	return c->err.rc;
}

/* ---- gather ---- */

static const struct directory_saml *
provider_find(struct api_call *c, const struct api_arn *role)
{
	struct fg_str text = api_arg(c, STS_SA_PRINCIPAL)->s;
	const struct directory_saml *d = directory_saml_find(api_directory(c), text);
	struct api_arn arn;

	if (!api_arn_read(text, &arn) || !fg_starts(arn.resource, FG_LIT("saml-provider/"))) {
		(void)api_refuse(c, API_F_VALIDATION, "api.saml.principal-arn",
		    "Request ARN is invalid");
		return NULL;
	}
	if (d == NULL || d->quarantined || !fg_eq(arn.account, role->account) ||
	    !fg_eq(d->account, role->account) || !api_account_usable(c, role->account)) {
		(void)fg_fail(&c->err, FG_E_ISSUER, "api.saml.provider", NULL,
		    "account %.*s has no such provider", FG_PRI(role->account));
		(void)unproven(c);
		return NULL;
	}
	return d;
}

static bool
add(struct fg_str *list, size_t *n, struct fg_str s)
{
	if (fg_str_null(s) || *n == AUDIENCES_MAX)
		return false;
	list[(*n)++] = s;
	return true;
}

/* Where a Response may be addressed to, and for whom it may be made out. */
static bool
expectations(struct api_call *c, const struct directory_saml *d, struct saml_expect *want)
{
	const struct api_conf *conf = &c->w->env->conf;
	struct fg_str *to = FG_NEW_N(c->arena, struct fg_str, AUDIENCES_MAX);
	struct fg_str *whom = FG_NEW_N(c->arena, struct fg_str, AUDIENCES_MAX);
	size_t n = 0, m = 0;
	bool ok = to != NULL && whom != NULL;

	ok = ok && add(to, &n, fg_arena_fmt(c->arena, "%.*s/saml/acs", FG_PRI(conf->public_url)));
	ok = ok && add(to, &n, fg_arena_fmt(c->arena, "%.*s/saml/acs/%.*s",
	    FG_PRI(conf->public_url), FG_PRI(d->uid)));
	ok = ok && add(to, &n, FG_LIT(SIGN_IN));
	for (size_t i = 0; i < conf->n_saml_recipients; i++)
		ok = ok && add(to, &n, conf->saml_recipients[i]);
	ok = ok && add(whom, &m, fg_arena_fmt(c->arena, "%.*s/saml/metadata/%.*s/%.*s",
	    FG_PRI(conf->public_url), FG_PRI(d->account), FG_PRI(d->name)));
	ok = ok && add(whom, &m, FG_LIT("urn:amazon:webservices"));
	for (size_t i = 0; ok && i < n; i++)
		ok = add(whom, &m, to[i]);
	for (size_t i = 0; i < conf->n_saml_audiences; i++)
		ok = ok && add(whom, &m, conf->saml_audiences[i]);
	if (!ok)
		return false;
	*want = (struct saml_expect){ .now = c->now, .skew_s = conf->saml_skew_s,
		.recipient = to, .n_recipients = n, .audience = whom, .n_audiences = m,
		.binding = SAML_REQUEST_ANY };
	return true;
}

/* ---- check ---- */

static enum fg_rc
charge(struct api_call *c, enum cost cost)
{
	const struct api_hooks *h = &c->w->env->conf.hooks;

	return h->charge == NULL ? FG_OK : h->charge(h->arg, c, cost, &c->err);
}

/* Everything from bytes to facts, with at most `ops` private-key operations. */
static enum fg_rc
proof_open(struct api_call *c, struct proof *p, const struct directory_saml *d, unsigned ops)
{
	const struct api_hooks *h = &p->conf->hooks;
	const struct saml_provider *keys = h->saml_provider(h->arg, c, d, &c->err);
	const struct saml_input in = { .body = api_arg(c, STS_SA_ASSERTION)->s,
		.form = SAML_FORM_BASE64, .now = c->now, .private_ops = ops };
	const struct saml_signed *s;

	if (keys == NULL)
		return c->err.rc != FG_OK ? c->err.rc
					  : fg_fail(&c->err, FG_E_IDP, "api.saml.keys", NULL,
						"no keys of this provider");
	FG_TRY(saml_verify(c->arena, keys, &in, &s, &c->err));
	if (!fg_eq(saml_provider_id(saml_signed_provider(s)), d->arn))
		return fg_fail(&c->err, FG_E_INTERNAL, "api.saml.provider-mixed", NULL,
		    "keys of another provider");
	p->signed_ = true;
	p->allow = saml_provider_allow(keys);
	p->single_use = (p->allow & SAML_ALLOW_SINGLE_USE) != 0;
	FG_TRY(saml_read(c->arena, s, &p->facts, &c->err));
	FG_TRY(saml_check(&p->facts, &p->want, &c->err));
	FG_TRY(saml_aws_read(c->arena, &p->facts, &p->aws, &c->err));
	p->facts.provider = NULL;
	p->facts.key = fg_arena_dup(c->arena, p->facts.key);
	return fg_str_null(p->facts.key)
	    ? fg_fail(&c->err, FG_E_NOMEM, "api.saml", NULL, "arena") : FG_OK;
}

/* What the caller reads when it did not come to facts. */
static enum fg_rc
proof_refused(struct api_call *c, const struct proof *p)
{
	bool unknown = !p->signed_ &&
	    (c->err.rc == FG_E_SIGNATURE || c->err.rc == FG_E_KEY || c->err.rc == FG_E_ISSUER);

	return unknown ? unproven(c) : worded(c);
}

static void
proof_good(struct api_call *c)
{
	const struct api_hooks *h = &c->w->env->conf.hooks;

	if (h->refund != NULL)
		h->refund(h->arg, c);
}

/* ---- an assertion that comes encrypted: its private-key operations hold up no loop (rule 26) ---- */

/* On another thread, while the call waits. */
static void
open_aside(struct api_call *c)
{
	struct proof *p = c->state;
	const struct directory_saml *d = directory_saml_find(p->conf->directory, p->provider);

	if (d == NULL || d->quarantined)
		(void)fg_fail(&c->err, FG_E_ISSUER, "api.saml.provider", NULL,
		    "the provider went away meanwhile");
	else if (proof_open(c, p, d, FG_LIMIT_SAML_PRIVATE_OPS) != FG_OK && c->err.rc == FG_OK)
		(void)fg_fail(&c->err, FG_E_INTERNAL, "api.saml.decrypt", NULL, "refused without a reason");
	p->err = c->err;
	fg_err_clear(&c->err);
}

static enum fg_rc
set_aside(struct api_call *c, struct proof *p)
{
	const struct api_hooks *h = &p->conf->hooks;
	enum fg_rc rc;

	fg_err_clear(&c->err);
	rc = charge(c, COST_RSA_DECRYPT);
	if (rc == FG_OK && h->aside == NULL)
		rc = fg_fail(&c->err, FG_E_UNAVAILABLE, "api.saml.decrypt", NULL, "nothing decrypts here");
	if (rc != FG_OK)
		return worded(c);
	p->aside = c->waiting = true;
	c->state = p;
	rc = h->aside(h->arg, c, p->provider, open_aside, &c->err);
	if (rc == FG_OK)
		return FG_OK;
	c->waiting = false;
	return worded(c);
}

static enum fg_rc
opened(struct api_call *c, struct proof *p)
{
	p->aside = false;
	if (p->err.rc == FG_OK) {
		proof_good(c);
		return FG_OK;
	}
	c->err = p->err;
	return proof_refused(c, p);
}

/* FG_OK with c->waiting: the proof is being decrypted. */
static enum fg_rc
proof_read(struct api_call *c, const struct api_arn *role, struct proof *p)
{
	const struct directory_saml *d = provider_find(c, role);
	enum fg_rc rc;

	if (d == NULL)
		return c->err.rc;
	p->conf = &c->w->env->conf;
	c->story.provider = p->provider = fg_arena_dup(c->arena, d->arn);
	p->name = fg_arena_dup(c->arena, d->name);
	p->uid = fg_arena_dup(c->arena, d->uid);
	p->generation = d->generation;
	p->account = role->account;
	if (fg_str_null(p->provider) || fg_str_null(p->name) || fg_str_null(p->uid) ||
	    !expectations(c, d, &p->want))
		return fg_fail(&c->err, FG_E_NOMEM, "api.saml", NULL, "arena");
	rc = charge(c, COST_SAML_PARSE);
	if (rc == FG_OK)
		rc = proof_open(c, p, d, 0);
	if (rc == FG_E_THROTTLED && fg_eq(fg_str_z(c->err.step), FG_LIT("saml.encrypted.admission")))
		return set_aside(c, p);
	if (rc != FG_OK)
		return proof_refused(c, p);
	proof_good(c);
	c->state = p;
	return FG_OK;
}

/* Does the directory still show the provider as it was when it proved this? */
static bool
unchanged(struct api_call *c, const struct proof *p, const struct directory_saml *d)
{
	const struct api_hooks *h = &p->conf->hooks;
	struct fg_err err = { 0 };
	const struct saml_provider *keys = h->saml_provider(h->arg, c, d, &err);

	return keys != NULL && d->generation == p->generation && fg_eq(d->uid, p->uid) &&
	    saml_provider_allow(keys) == p->allow;
}

/*
 * After a wait, for a private key or for a claim: what was proven holds for the provider as it was
 * before.  One that is gone proves nothing; of one that was changed (other keys, other switches, made
 * anew) the assertion is read again from its first byte, and claimed again if the provider counts
 * stricter now.  What the role says is asked of the newest directory in any case (api_issue_decide),
 * and a cut-off of the meantime ends the session at its first use: it was not issued after it.
 */
static enum fg_rc
come_back(struct api_call *c, const struct api_arn *role, struct proof **p)
{
	const struct directory_saml *d;
	struct proof *was = *p;

	if (was->aside)
		FG_TRY(opened(c, was));
	d = provider_find(c, role);
	if (d == NULL)
		return c->err.rc;
	if (unchanged(c, was, d))
		return FG_OK;
	c->state = NULL;
	*p = FG_NEW(c->arena, struct proof);
	if (*p == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.saml", NULL, "arena");
	FG_TRY(proof_read(c, role, *p));
	if (!c->waiting && (*p)->single_use && !was->single_use)
		c->waited &= ~(unsigned)API_WAIT_CLAIM;
	return FG_OK;
}

/* Switches of the provider without which this proof would have been refused. */
static void
legacy_tell(struct api_call *c, const struct proof *p)
{
	c->story.n_legacy = 0;
	for (unsigned bit = 1; bit != 0 && bit <= p->facts.legacy; bit <<= 1) {
		if ((p->facts.legacy & bit) != 0 && c->story.n_legacy < FG_COUNT(c->story.legacy))
			c->story.legacy[c->story.n_legacy++] = fg_str_z(saml_allow_name(bit));
	}
}

/* ---- ask ---- */

static enum fg_rc
caller_set(struct api_call *c, const struct proof *p)
{
	c->story.issuer = p->facts.issuer;
	c->story.subject = p->facts.subject;
	c->caller.who = (struct trust_caller){ .kind = TRUST_SAML, .arn = p->provider,
		.partition = FG_LIT("aws") };
	c->caller.arn = p->provider;
	c->caller.user_id = fg_arena_fmt(c->arena, "%.*s:%.*s", FG_PRI(p->name),
	    FG_PRI(p->facts.subject));
	return FG_OK;
}

/* The keys that go on speaking in the session. */
static enum fg_rc
carry(struct api_call *c, const struct proof *p, struct api_issue *w)
{
	struct saml_key keys[SAML_KEYS];
	size_t n = 0;

	FG_TRY(saml_keys(c->arena, &p->facts, p->account, p->name, keys, &n, &c->err));
	for (size_t i = 0; i < n && w->n_carried < CRED_CARRIED_MAX; i++) {
		if (keys[i].session && !keys[i].array && keys[i].n_values == 1)
			w->carried[w->n_carried++] = (struct cred_carried){ fg_str_z(keys[i].name),
				keys[i].value[0] };
	}
	return FG_OK;
}

static enum fg_rc
issue_fill(struct api_call *c, const struct proof *p, struct api_issue *w)
{
	const struct saml_aws *aws = &p->aws;

	w->action = FG_LIT("sts:AssumeRoleWithSAML");
	w->role_arn = api_arg(c, STS_SA_ROLE)->s;
	w->session_name = aws->session_name;
	w->method = CRED_METHOD_SAML;
	w->provider = p->provider;
	w->issuer = p->facts.issuer;
	w->subject = p->facts.subject;
	w->origin = c->now;
	w->saml = &p->facts;
	w->saml_provider_name = p->name;
	w->source_identity = aws->source_identity;
	for (size_t i = 0; i < aws->n_tags; i++)
		FG_TRY(api_tags_add(c, w, aws->tag[i].key, aws->tag[i].value));
	for (size_t i = 0; i < aws->n_tags; i++) {
		if (aws->tag[i].transitive)
			FG_TRY(api_tags_transitive(c, w, aws->tag[i].key));
	}
	FG_TRY(carry(c, p, w));
	FG_TRY(sts_session_args(c, api_arg(c, STS_SA_POLICY), api_arg(c, STS_SA_ARNS),
	    api_arg(c, STS_SA_DURATION), w));
	w->not_after = saml_session_end(&p->facts, aws, c->now,
	    (uint32_t)(w->duration_s == 0 ? 3600 : w->duration_s));
	return FG_OK;
}

static enum fg_rc
pair_check(struct api_call *c, const struct proof *p)
{
	if (saml_aws_has(&p->aws, api_arg(c, STS_SA_ROLE)->s, p->provider))
		return FG_OK;
	return api_refuse(c, API_F_ACCESS_DENIED, "api.saml.pair",
	    "Not authorized to perform sts:AssumeRoleWithSAML");
}

static enum fg_rc
answer(struct api_call *c, const struct proof *p, const struct api_issue *w,
    const struct api_issued *i)
{
	const struct saml_facts *f = &p->facts;
	struct fg_str qualifier = saml_name_qualifier(c->arena, f->issuer, p->account, p->name);
	struct fg_buf *b = &c->xml;

	if (fg_str_null(qualifier))
		return fg_fail(&c->err, FG_E_NOMEM, "api.saml", NULL, "arena");
	api_xml_str(b, FG_LIT("Audience"), f->recipient);
	api_xml_role(b, i);
	api_xml_credentials(b, &i->minted, i->expires);
	api_xml_str(b, FG_LIT("Subject"), f->subject);
	api_xml_str(b, FG_LIT("NameQualifier"), qualifier);
	api_xml_str(b, FG_LIT("SubjectType"), f->subject_type);
	api_xml_str(b, FG_LIT("Issuer"), f->issuer);
	api_xml_opt(b, FG_LIT("SourceIdentity"), w->source_identity);
	c->story.minted.subject = f->subject;
	c->story.minted.subject_type = f->subject_type;
	c->story.minted.issuer = f->issuer;
	c->story.minted.audience = f->recipient;
	return FG_OK;
}

static enum fg_rc
claim(struct api_call *c, const struct proof *p)
{
	const struct fg_str piece[] = { p->provider, p->facts.assertion_id,
		api_arg(c, STS_SA_ROLE)->s };

	return api_claim(c, piece, p->single_use ? 2 : FG_COUNT(piece), p->facts.issue_instant,
	    p->facts.replay_until + FG_LIMIT_SAML_SKEW_MAX_S);
}

enum fg_rc
api_run_saml(struct api_call *c)
{
	struct proof *p = c->state != NULL ? c->state : FG_NEW(c->arena, struct proof);
	struct api_issue *w = FG_NEW(c->arena, struct api_issue);
	struct api_issued *i = FG_NEW(c->arena, struct api_issued);
	const struct directory_role *role;
	struct api_arn arn;

	if (p == NULL || w == NULL || i == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.saml", NULL, "arena");
	FG_TRY(api_role_arn(c, api_arg(c, STS_SA_ROLE)->s, &arn));
	c->story.account = arn.account;
	if (c->state == NULL)
		FG_TRY(proof_read(c, &arn, p));
	else
		FG_TRY(come_back(c, &arn, &p));
	if (c->waiting)
		return FG_OK;
	legacy_tell(c, p);
	FG_TRY(caller_set(c, p));
	FG_TRY(pair_check(c, p));
	FG_TRY(issue_fill(c, p, w));
	FG_TRY(api_issue_decide(c, w, &role));
	FG_TRY(claim(c, p));
	if (c->waiting)
		return FG_OK;
	FG_TRY(api_issue_mint(c, w, role, i));
	return answer(c, p, w, i);
}
