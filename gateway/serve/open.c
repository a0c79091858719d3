/* Store, directory, audit log and provider keys, with the keys that they need. */
#include "gateway/serve/serve_int.h"

/* The newest key of a class in the ring; 0 without one. */
static uint32_t
newest(const struct cred_ring_entry *e, size_t n, enum cred_class cls)
{
	const struct cred_ring_entry *best = NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		if (e[i].cls == cls && (best == NULL || e[i].created > best->created))
			best = &e[i];
	}
	return best == NULL ? 0 : best->id;
}

static enum fg_rc
find_keys(struct serve *s, struct fg_err *reterr)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	size_t n;

	FG_TRY(cred_client_list(s->cred, e, &n, reterr));
	s->row_key = newest(e, n, CRED_CLASS_ROW);
	s->audit_key = newest(e, n, CRED_CLASS_AUDIT);
	if (s->row_key == 0 || s->audit_key == 0)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "serve.keys", NULL, "the key ring has no row or audit key");
	return FG_OK;
}

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
	enum fg_rc rc;

	_Static_assert(sizeof(o.mac_key) == 32, "a row key has 32 bytes");
	health_set(&s->health, HEALTH_STORE, "");
	FG_TRY(find_keys(s, reterr));
	FG_TRY(cred_client_row_key(s->cred, s->row_key, o.mac_key, reterr));
	rc = store_open(&o, &s->store, reterr);
	explicit_bzero(o.mac_key, sizeof(o.mac_key));
	FG_TRY(rc);
	FG_TRY(directory_new(&s->dir, reterr));
	FG_TRY(directory_load(s->dir, s->store, reterr));
	health_set(&s->health, HEALTH_DIRECTORY, "");
	return FG_OK;
}

/* ---- audit ---- */

static const struct fg_str audit_chain_name = { "audit", 5 };

static enum fg_rc
audit_seed(void *app, const uint8_t chain[AUDIT_CHAIN_ID], uint8_t ret[AUDIT_HASH], struct fg_err *reterr)
{
	struct serve *s = app;

	return cred_client_audit_seed(s->cred, s->audit_key, chain, ret, reterr);
}

static enum fg_rc
audit_sign(void *app, struct fg_str text, uint8_t ret[AUDIT_SIG], struct fg_err *reterr)
{
	struct serve *s = app;

	return cred_client_audit_sign(s->cred, s->audit_key, text, ret, reterr);
}

static void
deliver(struct front_worker *w, void *arg)
{
	(void)w;
	audit_deliver(arg);
}

static enum fg_rc
audit_post(void *app, unsigned worker, void *batch)
{
	struct serve *s = app;

	return front_post(front_worker(s->front, worker), deliver, batch);
}

static void
audit_marked(void *app, const struct audit_mark *m)
{
	struct serve *s = app;
	struct cred_clock at;
	struct fg_err err = { 0 };
	struct store_checkpoint c = { .chain = audit_chain_name, .seq = m->n, .head = fg_str(m->head, sizeof(m->head)) };

	if (cred_clock_read(&at, &err) == FG_OK)
		c.at = at.wall_ns / 1000000000;
	if (store_checkpoint_put(s->store, &c, &err) != FG_OK)
		serve_warn("audit checkpoint: %s", err.text);
}

static enum fg_rc
last_mark(struct serve *s, struct audit_mark *ret, struct fg_err *reterr)
{
	struct store_checkpoint c;
	struct fg_err err = { 0 };
	enum fg_rc rc = store_checkpoint_get(s->store, audit_chain_name, s->conf->arena, &c, &err);

	if (rc == FG_E_NOT_FOUND)
		return FG_OK;
	if (rc != FG_OK || c.head.n != sizeof(ret->head))
		return fg_fail(reterr, rc == FG_OK ? FG_E_STORE : rc, "serve.audit", NULL, "last checkpoint: %s", err.text);
	ret->n = c.seq;
	memcpy(ret->head, c.head.p, sizeof(ret->head));
	return FG_OK;
}

enum fg_rc
serve_open_audit(struct serve *s, fg_time now, struct fg_err *reterr)
{
	struct audit_config ac = { .path = s->conf->audit_file, .workers = front_workers(s->front),
		.sync_ms = (uint32_t)s->conf->audit_sync_ms, .now = now, .app = s, .key = s->audit_key, .seed = audit_seed,
		.sign = audit_sign, .post = audit_post, .marked = audit_marked };

	FG_TRY(last_mark(s, &ac.mark, reterr));
	FG_TRY(serve_open_metrics(s, reterr));
	return audit_open(&ac, &s->audit, reterr);
}

/* ---- providers ---- */

/* What changed about whose proofs are taken is audited (security.md 24); the rest is only told. */
static void
provider_audit(struct serve *s, const struct idp_event *e)
{
	static const char *const name[IDP_EVENT_MAX] = { [IDP_KEYS_CHANGED] = "ProviderKeysChanged",
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
	static const char *const name[IDP_EVENT_MAX] = { "event", "keys changed", "the key document moved to another host",
		"fetch failed", "answers again", "keys are too old", "publishes a private key", "an uploaded key set cannot be used" };
	struct serve *s = app;

	provider_audit(s, e);
	serve_warn("provider %.*s: %s%s%s", FG_PRI(e->issuer), e->kind < IDP_EVENT_MAX ? name[e->kind] : name[0],
	    e->err == NULL ? "" : ": ", e->err == NULL ? "" : e->err->text);
}

enum fg_rc
serve_open_providers(struct serve *s, struct fg_err *reterr)
{
	const struct idp_config ic = { .fetch_fd = proc_child_link(s->child, IDP_LINK), .directory = s->dir, .app = s,
		.event = provider_event };

	FG_TRY(idp_open(&ic, &s->idp, reterr));
	if (!metrics_source(s->metrics, idp_metrics, s->idp))
		return fg_fail(reterr, FG_E_INTERNAL, "serve.metrics", NULL, "too many sources");
	health_set(&s->health, HEALTH_FETCH, "");
	return serve_open_saml(s, reterr);
}

void
serve_close_providers(struct serve *s)
{
	idp_saml_close(FG_STEAL(s->saml));
	idp_close(FG_STEAL(s->idp));
}
