/* Store, directory, audit log and provider keys, with the keys that they need. */
#include "gateway/serve/serve_int.h"

static void
alarm_raised(void *arg, enum store_alarm alarm, const char *what)
{
	struct serve *s = arg;

	(void)alarm;
	health_set(&s->health, HEALTH_STORE, "rows were changed behind the store's back");
	serve_warn("store alarm: %s is quarantined: it was changed behind the store's back", what);
}

enum fg_rc
serve_open_store(struct serve *s, fg_time now, struct fg_err *reterr)
{
	struct store_opts o = { .path = fg_str_z(conf_store_path(s->conf)), .now = now, .alarm = alarm_raised,
		.alarm_arg = s };

	health_set(&s->health, HEALTH_STORE, "");
	FG_TRY(cred_store_open(s->cred, &o, &s->store, reterr));
	FG_TRY(directory_new(&s->dir, reterr));
	FG_TRY(directory_load(s->dir, s->store, reterr));
	health_set(&s->health, HEALTH_DIRECTORY, "");
	return FG_OK;
}

/* ---- audit ---- */

static void
deliver(struct front_worker *w, void *arg)
{
	(void)w;
	audit_deliver(arg);
}

static enum fg_rc
audit_post(void *app, unsigned worker, void *batch)
{
	const struct anchor *a = app;
	const struct serve *s = a->arg;

	return front_post(front_worker(s->front, worker), deliver, batch);
}

enum fg_rc
serve_open_audit(struct serve *s, fg_time now, struct fg_err *reterr)
{
	struct audit_config ac = { .path = s->conf->audit_file, .workers = front_workers(s->front),
		.sync_ms = (uint32_t)s->conf->audit_sync_ms, .now = now, .post = audit_post };

	s->anchor = (struct anchor){ .cred = s->cred, .store = s->store, .arg = s };
	FG_TRY(anchor_open(&s->anchor, &ac, reterr));
	FG_TRY(serve_open_metrics(s, reterr));
	return audit_open(&ac, &s->audit, reterr);
}

/* ---- providers ---- */

/* What changed about whose proofs are taken is audited (security.md 24); the rest is only told. */
static void
provider_audit(struct serve *s, const struct idp_event *e)
{
	static const char *const name[IDP_EVENT_MAX] = { [IDP_KEYS_CHANGED] = "ProviderKeysChanged",
		[IDP_KEYS_LOADED] = "ProviderKeysLoaded",
		[IDP_HOST_CHANGED] = "ProviderKeyHostChanged", [IDP_KEY_LEAKED] = "ProviderPublishedPrivateKey",
		[IDP_KEYS_EXPIRED] = "ProviderKeysExpired", [IDP_UPLOAD_BAD] = "ProviderUploadRefused" };
	/* and the kids from now on, the first few of them */
	struct audit_param p[2 + 16] = { { AUDIT_P_URL, e->issuer }, { AUDIT_P_HOST, e->host.n == 0 ? FG_STR_NULL : e->host } };
	const size_t keys = e->set == NULL ? 0 : oidc_jwks_count(e->set);
	struct fg_err err = { 0 };
	struct audit_record r = { .source = FG_LIT("fedgate.internal"), .who = { .type = AUDIT_WHO_SERVICE },
		.param = p, .n_param = 2, .decided = { .statement = -1 }, .reason = e->err, .issuer = e->issuer };

	if (e->kind >= IDP_EVENT_MAX || name[e->kind] == NULL)
		return;
	for (size_t i = 0; i < keys && r.n_param < FG_COUNT(p); i++)
		p[r.n_param++] = (struct audit_param){ AUDIT_P_KEY_ID, oidc_key_kid(oidc_jwks_at(e->set, i)) };
	r.name = fg_str_z(name[e->kind]);
	r.time = (fg_time)time(NULL);
	if (audit_note(s->audit, &r, &err) != FG_OK)
		serve_warn("audit: %s", err.text);
}

static void
provider_event(void *app, const struct idp_event *e)
{
	static const char *const name[IDP_EVENT_MAX] = { "event", "keys changed", NULL, "the key document moved to another host",
		"fetch failed", "answers again", "keys are too old", "publishes a private key", "an uploaded key set cannot be used" };
	struct serve *s = app;

	provider_audit(s, e);
	if (e->kind < IDP_EVENT_MAX && name[e->kind] == NULL)
		return; /* as it should be */
	serve_warn("provider %.*s: %s%s%s", FG_PRI(e->issuer), e->kind < IDP_EVENT_MAX ? name[e->kind] : name[0],
	    e->err == NULL ? "" : ": ", e->err == NULL ? "" : e->err->text);
}

enum fg_rc
serve_open_providers(struct serve *s, struct fg_err *reterr)
{
	const struct idp_config ic = { .fetch_fd = proc_child_link(s->child, IDP_LINK), .directory = s->dir, .app = s,
		.public_url = api_env_conf(s->env)->public_url,
		.jwks_flags = s->conf->oidc_rsa_bits > FG_LIMIT_RSA_BITS ? OIDC_JWKS_BIG_RSA : 0, .event = provider_event };

	FG_TRY(idp_open(&ic, &s->idp, reterr));
	if (!metrics_source(s->metrics, idp_metrics, s->idp))
		return fg_fail(reterr, FG_E_INTERNAL, "serve.metrics", NULL, "too many sources");
	health_set(&s->health, HEALTH_FETCH, "");
	return serve_open_saml(s, reterr);
}

void
serve_close_providers(struct serve *s)
{
	/* what was asked of the one is told to the other, which asks no more */
	idp_saml_stop(s->saml);
	idp_close(FG_STEAL(s->idp));
	idp_saml_close(FG_STEAL(s->saml));
}
