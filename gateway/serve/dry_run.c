/*
 * What would happen to a token or an assertion, and why: the same pipeline as a request's, on a worker that
 * holds no epoch keys and so cannot mint, whose claims are not made and whose records are not written.
 */
#include "gateway/serve/serve_int.h"

#define MINT_STEP "api.keys" /* where a worker without keys is stopped: everything before it was passed */

struct dry {
	struct serve *s;
	struct api_call call;
	api_aside_fn aside;
	bool claims, done;
};

static const struct oidc_jwks *
oidc_keys(void *arg, struct api_call *c, const struct directory_oidc *p, struct fg_err *reterr)
{
	struct dry *d = arg;

	(void)c;
	return idp_keys(d->s->idp, p, reterr);
}

static bool
oidc_wait(void *arg, struct api_call *c, const struct directory_oidc *p, struct fg_str kid)
{
	(void)arg;
	(void)c;
	(void)p;
	(void)kid;
	return false; /* a dry run makes nobody fetch */
}

static const struct saml_provider *
saml_provider(void *arg, struct api_call *c, const struct directory_saml *p, struct fg_err *reterr)
{
	struct dry *d = arg;

	(void)c;
	return idp_saml_provider(d->s->saml, p, reterr);
}

static enum fg_rc
no_audit(void *arg, struct api_call *c, const struct audit_record *r, audit_done done, void *done_arg, struct fg_err *reterr)
{
	(void)arg;
	(void)c;
	(void)r;
	if (done != NULL) /* only what was minted is waited for, and nothing is */
		return fg_fail(reterr, FG_E_INTERNAL, "serve.dry-run", NULL, "a dry run has minted");
	(void)done_arg;
	return FG_OK;
}

static enum fg_rc
claim(void *arg, struct api_call *c, struct store_claim *what)
{
	struct dry *d = arg;

	(void)c;
	(void)what;
	d->claims = true;
	return FG_OK;
}

static enum fg_rc
aside(void *arg, struct api_call *c, struct fg_str owner, api_aside_fn fn, struct fg_err *reterr)
{
	struct dry *d = arg;

	(void)c;
	(void)owner;
	(void)reterr;
	d->aside = fn;
	return FG_OK;
}

static void
finished(struct api_call *c)
{
	struct dry *d = c->arg;

	d->done = true;
}

/* ---- the request ---- */

static void
field(struct fg_buf *b, const char *name, struct fg_str value)
{
	if (value.n == 0)
		return;
	fg_buf_fmt(b, "&%s=", name);
	fg_buf_uri(b, value);
}

static enum fg_rc
body_of(struct admin_call *a, struct fg_str *ret)
{
	struct fg_buf b = FG_BUF_ARENA(a->arena, FG_LIMIT_HTTP_BODY);
	struct fg_str role, session, token, assertion, provider;

	if (!admin_str(a, "role", &role) || !admin_str(a, "session", &session) || !admin_str(a, "token", &token) ||
	    !admin_str(a, "assertion", &assertion) || !admin_str(a, "provider", &provider))
		return a->err.rc;
	fg_buf_put(&b, token.n > 0 ? FG_LIT("Action=AssumeRoleWithWebIdentity") : FG_LIT("Action=AssumeRoleWithSAML"));
	fg_buf_put(&b, FG_LIT("&Version=2011-06-15"));
	field(&b, "RoleArn", role);
	if (token.n > 0)
		field(&b, "RoleSessionName", session.n > 0 ? session : FG_LIT("dry-run"));
	field(&b, "WebIdentityToken", token);
	field(&b, "PrincipalArn", provider);
	field(&b, "SAMLAssertion", assertion);
	if (fg_buf_end(&b, ret) != FG_OK)
		return fg_fail(&a->err, FG_E_LIMIT, "serve.dry-run", NULL, "the request is too large");
	return FG_OK;
}

static void
add_header(struct http_request *r, enum http_known id, struct fg_str name, struct fg_str value)
{
	r->header[r->n_header] = (struct http_header){ name, value, id };
	r->first[id] = (uint8_t)++r->n_header;
	r->count[id] = 1;
}

/* ---- the answer ---- */

static void
put_members(struct admin_call *a, const struct dry *d)
{
	const struct api_call *c = &d->call;
	bool would = c->err.rc == FG_E_UNAVAILABLE && c->err.step != NULL && strcmp(c->err.step, MINT_STEP) == 0;

	admin_put_str(a, "result", would ? FG_LIT("accept") : FG_LIT("reject"));
	admin_put_str(a, "issuer", c->story.issuer);
	admin_put_str(a, "subject", c->story.subject);
	admin_put_str(a, "provider", c->story.provider);
	if (would && c->story.decided.layer.n > 0) {
		admin_put_str(a, "layer", c->story.decided.layer);
		admin_put_str(a, "sid", c->story.decided.sid);
	}
	if (would)
		return;
	admin_put_str(a, "step", fg_str_z(c->err.step));
	admin_put_str(a, "ref", fg_str_z(c->err.ref));
	admin_put_str(a, "detail", fg_str_z(c->err.text));
	admin_put_str(a, "code", api_fault_row(c->fault)->code);
	admin_put_str(a, "message", c->message);
}

static void
put_reasons(struct admin_call *a, const struct dry *d)
{
	size_t i;

	fg_buf_put(a->out, FG_LIT(",\"reasons\":["));
	for (i = 0; i < d->call.story.n_why; i++) {
		const struct audit_why *w = &d->call.story.why[i];
		struct fg_str text = fg_arena_fmt(a->arena, "%.*s policy %d statement %d: %.*s %.*s %.*s; wanted %.*s, was %.*s",
		    FG_PRI(w->layer), w->policy, w->statement, FG_PRI(w->element), FG_PRI(w->operator), FG_PRI(w->key),
		    FG_PRI(w->expected), FG_PRI(w->actual.p == NULL ? FG_LIT("not there") : w->actual));

		if (i > 0)
			fg_buf_putc(a->out, ',');
		fg_buf_json_str(a->out, text);
	}
	fg_buf_putc(a->out, ']');
}

static enum fg_rc
run(struct admin_call *a, struct dry *d, struct api_worker *w, const struct front_peer *peer)
{
	const struct api_conf *conf = api_env_conf(api_worker_env(w));
	struct http_request *r = FG_NEW(a->arena, struct http_request);

	if (r == NULL)
		return fg_fail(&a->err, FG_E_NOMEM, "serve.dry-run", NULL, "request");
	r->method = HTTP_POST;
	r->method_text = FG_LIT("POST");
	r->target = r->path = FG_LIT("/");
	r->host = conf->n_endpoint_hosts > 0 ? conf->endpoint_hosts[0] : FG_LIT("localhost");
	add_header(r, HTTP_H_CONTENT_TYPE, FG_LIT("content-type"), FG_LIT("application/x-www-form-urlencoded"));
	FG_TRY(body_of(a, &r->body));
	d->call = (struct api_call){ .w = w, .arena = a->arena, .req = r, .peer = peer, .now = a->now,
		.id = FG_LIT("dry-run"), .done = finished, .arg = d };
	api_handle(&d->call);
	if (!d->done && d->aside != NULL) {
		directory_enter();
		d->aside(&d->call);
		directory_leave();
		api_resume(&d->call);
	}
	if (!d->done && d->claims)
		api_claimed(&d->call, FG_OK);
	if (!d->done)
		return fg_fail(&a->err, FG_E_INTERNAL, "serve.dry-run", NULL, "the request did not end");
	put_members(a, d);
	put_reasons(a, d);
	return FG_OK;
}

enum fg_rc
serve_dry_run(struct serve *s, struct admin_call *a)
{
	const struct front_peer peer = { .ip = { FG_IP_V4, { 127, 0, 0, 1 } }, .socket_ip = { FG_IP_V4, { 127, 0, 0, 1 } } };
	struct dry d = { .s = s };
	struct api_conf conf = *api_env_conf(s->env);
	struct api_env *env = NULL;
	struct api_worker *w = NULL;
	enum fg_rc rc;

	conf.hooks = (struct api_hooks){ .arg = &d, .oidc_keys = oidc_keys, .oidc_wait = oidc_wait,
		.saml_provider = saml_provider, .audit = no_audit, .claim = claim,
		.aside = aside };
	rc = api_env_new(&conf, &env, &a->err);
	if (rc == FG_OK)
		rc = api_worker_new(env, NULL, &w, &a->err);
	if (rc == FG_OK)
		rc = run(a, &d, w, &peer);
	api_worker_free(w);
	api_env_free(env);
	return rc;
}
