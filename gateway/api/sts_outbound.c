/*
 * GetWebIdentityToken: a session signs in elsewhere, with a token of its account's own issuer.
 *
 * Order: who may call at all, policy, whether the account has an issuer, how long.  The token is
 * put together here and signed on a thread where a private-key operation may take its time; the
 * call then runs again from the beginning, so that what was cut off meanwhile gets nothing.
 */
#include "gateway/api/sts_int.h"

#define DEFAULT_S 300

/* What is asked for; strings are the request's. */
struct wanted {
	const struct api_arg *audience;
	enum outbound_alg alg;
	int64_t duration_s;
	struct api_issue tags; /* only the tags of it */
};

/* A token on its way to be signed, in the call's arena: untouched by others meanwhile. */
struct signing {
	struct outbound_job job;
	fg_time expires;
	enum fg_rc (*sign)(void *arg, struct outbound_job *job, struct fg_err *reterr); /* the hook */
	void *arg;
	enum fg_rc rc; /* the answer */
	struct fg_err err;
};

/* ---- gather and check ---- */

/* Sessions of GetSessionToken and GetFederationToken were refused before (caller.c). */
static enum fg_rc
caller_check(struct api_call *c)
{
	switch (c->caller.who.kind) {
	case TRUST_USER:
	case TRUST_SESSION_OF_ROLE:
		return FG_OK;
	default:
		return api_refuse(c, API_F_ACCESS_DENIED, "api.outbound.caller",
		    "Cannot call %.*s with the credentials of a root user", FG_PRI(c->action->name));
	}
}

static enum fg_rc
args_read(struct api_call *c, struct wanted *w)
{
	const struct api_arg *alg = api_arg(c, STS_WT_ALGORITHM);
	const struct api_arg *duration = api_arg(c, STS_WT_DURATION);

	w->audience = api_arg(c, STS_WT_AUDIENCE);
	w->alg = outbound_alg_find(alg->s);
	w->duration_s = duration->present ? duration->i : DEFAULT_S;
	if (w->alg == OUTBOUND_NONE)
		return api_refuse(c, API_F_VALIDATION, "api.outbound.algorithm",
		    "1 validation error detected: Value '%.*s' at 'signingAlgorithm' failed to satisfy "
		    "constraint: Member must satisfy enum value set: [RS256, ES384]", FG_PRI(alg->s));
	if (w->audience->n == 0)
		return api_refuse(c, API_F_VALIDATION, "api.outbound.audience",
		    "1 validation error detected: Value null at 'audience' failed to satisfy "
		    "constraint: Member must have length greater than or equal to 1");
	return sts_tag_args(c, api_arg(c, STS_WT_TAGS), &w->tags);
}

static enum fg_rc
ask(struct api_call *c, const struct wanted *w)
{
	struct api_ask a = { .action = FG_LIT("sts:GetWebIdentityToken"),
		.account = c->caller.who.account };
	struct fg_str audience[OUTBOUND_AUDIENCES];
	struct trust_ctx *ctx;

	a.resource = fg_arena_fmt(c->arena, "arn:aws:sts::%.*s:self", FG_PRI(a.account));
	if (fg_str_null(a.resource))
		return fg_fail(&c->err, FG_E_NOMEM, "api.outbound", NULL, "arena");
	c->story.resource = a.resource;
	c->story.resource_account = a.account;
	for (size_t i = 0; i < w->audience->n; i++)
		audience[i] = api_member(w->audience, i, 0)->s;
	FG_TRY(api_context(c, a.account, &ctx));
	FG_TRY(trust_caller_list(ctx, FG_LIT("sts:IdentityTokenAudience"), audience, w->audience->n,
	    &c->err));
	FG_TRY(trust_caller_one(ctx, FG_LIT("sts:SigningAlgorithm"),
	    fg_str_z(outbound_alg_name(w->alg)), &c->err));
	FG_TRY(trust_gateway_int(ctx, FG_LIT("sts:DurationSeconds"), w->duration_s, &c->err));
	FG_TRY(api_context_asked(c, ctx, &w->tags));
	FG_TRY(api_authorize(c, ctx, &a));
	if (w->tags.n_tag == 0)
		return FG_OK;
	a.action = FG_LIT("sts:TagGetWebIdentityToken");
	return api_authorize(c, ctx, &a);
}

static enum fg_rc
enabled_check(struct api_call *c)
{
	if (!fg_str_null(outbound_jwks(api_directory(c), c->caller.who.account)))
		return FG_OK;
	return api_refuse_str(c, API_F_OUTBOUND_DISABLED, "api.outbound.disabled",
	    api_fault_row(API_F_OUTBOUND_DISABLED)->text);
}

/* No token outlives the session that asks for it. */
static enum fg_rc
duration_check(struct api_call *c, const struct wanted *w)
{
	const struct cred_session *s = c->caller.session;

	if (s == NULL || c->now + w->duration_s <= s->expires)
		return FG_OK;
	return api_refuse(c, API_F_SESSION_ESCALATION, "api.outbound.duration",
	    "The requested token duration would extend the session beyond its original expiration time.");
}

/* ---- the token ---- */

static enum fg_rc
too_large(struct api_call *c, const char *step)
{
	return api_refuse_str(c, API_F_JWT_SIZE, step, api_fault_row(API_F_JWT_SIZE)->text);
}

/* A role's own ARN, not its session's: what a consumer writes into its rules. */
static struct fg_str
subject_of(const struct api_call *c)
{
	return c->caller.role != NULL ? c->caller.role->arn : c->caller.arn;
}

static void
member(struct fg_buf *b, const char *name, struct fg_str value)
{
	fg_buf_fmt(b, ",\"%s\":", name);
	fg_buf_json_str(b, value);
}

static void
put_audience(struct fg_buf *b, const struct api_arg *list)
{
	fg_buf_put(b, FG_LIT(",\"aud\":"));
	if (list->n == 1) {
		fg_buf_json_str(b, api_member(list, 0, 0)->s);
		return;
	}
	for (size_t i = 0; i < list->n; i++) {
		fg_buf_putc(b, i == 0 ? '[' : ',');
		fg_buf_json_str(b, api_member(list, i, 0)->s);
	}
	fg_buf_putc(b, ']');
}

static void
put_tag(struct fg_buf *b, bool *first, struct fg_str key, struct fg_str value)
{
	fg_buf_putc(b, *first ? '{' : ',');
	*first = false;
	fg_buf_json_str(b, key);
	fg_buf_putc(b, ':');
	fg_buf_json_str(b, value);
}

static bool
in_session(const struct cred_session *s, struct fg_str key)
{
	for (size_t i = 0; s != NULL && i < s->tags_n; i++)
		if (fg_eq_icase(s->tags[i].key, key))
			return true;
	return false;
}

/* As the policies see them: a session's tag stands before its role's. */
static void
put_principal_tags(const struct api_call *c, struct fg_buf *b)
{
	const struct api_caller *k = &c->caller;
	const struct directory_tag *v = k->role != NULL ? k->role->tags
	    : k->user != NULL			    ? k->user->tags
						    : NULL;
	size_t n = k->role != NULL ? k->role->ntags : k->user != NULL ? k->user->ntags : 0;
	struct fg_buf tags = FG_BUF_ARENA(c->arena, FG_LIMIT_JWT_BYTES * 8);
	bool first = true;

	for (size_t i = 0; i < n; i++)
		if (!in_session(k->session, v[i].key))
			put_tag(&tags, &first, v[i].key, v[i].value);
	for (size_t i = 0; k->session != NULL && i < k->session->tags_n; i++)
		put_tag(&tags, &first, k->session->tags[i].key, k->session->tags[i].value);
	if (first)
		return;
	fg_buf_put(b, FG_LIT(",\"principal_tags\":"));
	fg_buf_put(b, fg_buf_str(&tags));
	fg_buf_putc(b, '}');
	if (tags.bad != FG_OK)
		b->bad = tags.bad;
}

static void
put_request_tags(const struct api_issue *tags, struct fg_buf *b)
{
	bool first = true;

	if (tags->n_tag == 0)
		return;
	fg_buf_put(b, FG_LIT(",\"request_tags\":"));
	for (size_t i = 0; i < tags->n_tag; i++)
		put_tag(b, &first, tags->tag[i].key, tags->tag[i].value);
	fg_buf_putc(b, '}');
}

static void
put_organization(struct api_call *c, struct fg_buf *b)
{
	struct api_organization org;

	if (api_organization(c, c->caller.who.account, &org) != FG_OK)
		b->bad = FG_E_NOMEM;
	else if (org.id.n > 0)
		member(b, "org_id", org.id);
	if (b->bad != FG_OK || org.path.n == 0)
		return;
	fg_buf_put(b, FG_LIT(",\"ou_path\":["));
	fg_buf_json_str(b, org.path);
	fg_buf_putc(b, ']');
}

static void
put_namespace(struct api_call *c, const struct wanted *w, struct fg_buf *b)
{
	const struct cred_session *s = c->caller.session;

	fg_buf_put(b, FG_LIT(",\"https://sts.amazonaws.com/\":{\"aws_account\":"));
	fg_buf_json_str(b, c->caller.who.account);
	member(b, "source_region", c->auth.region);
	member(b, "principal_id", subject_of(c));
	put_organization(c, b);
	if (s != NULL) {
		fg_buf_put(b, FG_LIT(",\"original_session_exp\":\""));
		fg_buf_time(b, s->expires);
		fg_buf_putc(b, '"');
	}
	if (s != NULL && s->chain_n == 0 && s->provider.n > 0)
		member(b, "federated_provider", s->provider);
	put_principal_tags(c, b);
	put_request_tags(&w->tags, b);
	fg_buf_putc(b, '}');
}

/* A long-lived key has no session: the token is then the first link of a chain that begins now. */
static struct cred_session
lineage_of(const struct api_call *c, const struct wanted *w)
{
	if (c->caller.session != NULL)
		return *c->caller.session;
	return (struct cred_session){ .kind = CRED_KIND_USER, .issued = c->now,
		.expires = c->now + w->duration_s, .account = c->caller.who.account,
		.principal = c->caller.who.uid, .method = CRED_METHOD_KEY,
		.issuer = c->caller.key_id, /* what a key is cut off by */
		.subject = c->caller.arn, .origin = c->now };
}

static enum fg_rc
put_lineage(struct api_call *c, const struct wanted *w, const struct api_link *link,
    struct fg_buf *b)
{
	struct cred_session from = lineage_of(c, w);
	unsigned char bind[SIGV4_DIGEST_BYTES];

	if (c->w->keys == NULL)
		return fg_fail(&c->err, FG_E_UNAVAILABLE, "api.keys", NULL, "no epoch keys yet");
	FG_TRY(api_link_bind(c, link, bind));
	if (c->caller.session == NULL) /* a name of its own, as each session has one */
		memcpy(from.session_id, bind, sizeof(from.session_id));
	fg_buf_put(b, FG_LIT(",\"" OIDC_LINEAGE "\":\""));
	FG_TRY(cred_lineage_seal(c->w->cred, c->w->keys, &from, fg_str(bind, sizeof(bind)), c->now,
	    w->duration_s + FG_LIMIT_OIDC_SKEW_S, b, &c->err));
	fg_buf_putc(b, '"');
	return FG_OK;
}

static enum fg_rc
payload_make(struct api_call *c, const struct wanted *w, const struct outbound_key *key,
    struct fg_str *ret)
{
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_JWT_PAYLOAD_BYTES);
	const struct api_link link = { .account = c->caller.who.account, .kid = key->kid,
		.subject = subject_of(c), .jti = c->id, .issued = c->now,
		.expires = c->now + w->duration_s };
	struct fg_str issuer = outbound_issuer(c->arena, c->w->env->conf.public_url, link.account);

	if (fg_str_null(issuer))
		return fg_fail(&c->err, FG_E_NOMEM, "api.outbound", NULL, "arena");
	/* OpenID Connect Core 2: the subject must not exceed 255 ASCII characters in length */
	if (link.subject.n > FG_LIMIT_SUBJECT_BYTES)
		return too_large(c, "api.outbound.subject");
	fg_buf_put(&b, FG_LIT("{\"iss\":"));
	fg_buf_json_str(&b, issuer);
	member(&b, "sub", link.subject);
	put_audience(&b, w->audience);
	fg_buf_fmt(&b, ",\"iat\":%lld,\"exp\":%lld", (long long)link.issued, (long long)link.expires);
	member(&b, "jti", link.jti);
	put_namespace(c, w, &b);
	FG_TRY(put_lineage(c, w, &link, &b));
	fg_buf_putc(&b, '}');
	if (fg_buf_end(&b, ret) == FG_OK)
		return FG_OK;
	return b.bad == FG_E_LIMIT ? too_large(c, "api.outbound.size")
				   : fg_fail(&c->err, b.bad, "api.outbound", NULL, "arena");
}

static enum fg_rc
input_make(struct api_call *c, const struct wanted *w, struct signing *g)
{
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_JWT_BYTES);
	struct fg_str head, payload;

	FG_TRY(outbound_key_find(api_directory(c), c->caller.who.account, w->alg, c->arena, &g->job.key,
	    &c->err));
	FG_TRY(payload_make(c, w, &g->job.key, &payload));
	head = fg_arena_fmt(c->arena, "{\"alg\":\"%s\",\"kid\":\"%.*s\",\"typ\":\"JWT\"}",
	    outbound_alg_name(w->alg), FG_PRI(g->job.key.kid));
	if (fg_str_null(head))
		return fg_fail(&c->err, FG_E_NOMEM, "api.outbound", NULL, "arena");
	fg_buf_base64url(&b, head);
	fg_buf_putc(&b, '.');
	fg_buf_base64url(&b, payload);
	if (fg_buf_end(&b, &g->job.input) != FG_OK)
		return too_large(c, "api.outbound.size");
	g->expires = c->now + w->duration_s;
	return FG_OK;
}

/* ---- reply ---- */

static enum fg_rc
answer(struct api_call *c, const struct signing *g)
{
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_JWT_BYTES), end = FG_BUF_ARENA(c->arena, 32);
	struct fg_str token;

	if (g->rc != FG_OK)
		return fg_fail(&c->err, FG_E_UNAVAILABLE, "api.outbound.sign", NULL, "%s: %s",
		    g->err.step == NULL ? "" : g->err.step, g->err.text);
	fg_buf_put(&b, g->job.input);
	fg_buf_putc(&b, '.');
	fg_buf_base64url(&b, fg_str(g->job.sig, g->job.sig_n));
	if (fg_buf_end(&b, &token) != FG_OK)
		return too_large(c, "api.outbound.size");
	api_xml_str(&c->xml, FG_LIT("WebIdentityToken"), token);
	api_xml_time(&c->xml, FG_LIT("Expiration"), g->expires);
	fg_buf_time(&end, g->expires);
	api_story_result(c, AUDIT_P_EXPIRATION, fg_buf_str(&end));
	api_story_result(c, AUDIT_P_KEY_ID, g->job.key.kid);
	return FG_OK;
}

/* On a thread of the pool. */
static void
sign_aside(struct api_call *c)
{
	struct signing *g = c->state;

	g->rc = g->sign(g->arg, &g->job, &g->err);
}

static enum fg_rc
sign(struct api_call *c, const struct wanted *w)
{
	const struct api_hooks *h = &c->w->env->conf.hooks;
	struct signing *g = FG_NEW(c->arena, struct signing);

	if (g == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.outbound", NULL, "arena");
	FG_TRY(input_make(c, w, g));
	FG_TRY(api_caller_keep(c));
	if (h->sign == NULL || h->aside == NULL)
		return fg_fail(&c->err, FG_E_UNAVAILABLE, "api.outbound.sign", NULL, "nobody signs here");
	g->sign = h->sign;
	g->arg = h->arg;
	c->state = g;
	c->waited |= API_WAIT_SIGN;
	c->waiting = true;
	if (h->aside(h->arg, c, c->caller.who.account, sign_aside, &c->err) == FG_OK)
		return FG_OK;
	c->waiting = false;
	return c->err.rc != FG_OK ? c->err.rc
				  : fg_fail(&c->err, FG_E_UNAVAILABLE, "api.outbound.sign", NULL,
					"it cannot be signed now");
}

enum fg_rc
api_run_web_identity_token(struct api_call *c)
{
	struct wanted *w = FG_NEW(c->arena, struct wanted);

	if (w == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.outbound", NULL, "arena");
	FG_TRY(caller_check(c));
	FG_TRY(args_read(c, w));
	FG_TRY(ask(c, w));
	FG_TRY(enabled_check(c));
	FG_TRY(duration_check(c, w));
	return (c->waited & API_WAIT_SIGN) ? answer(c, c->state) : sign(c, w);
}
