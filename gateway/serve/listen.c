/* The listeners: addresses, TLS, workers, routes. */
#include "gateway/serve/serve_int.h"

static void
serve_query(struct http_exchange *x)
{
	struct serve_worker *w = x->user;

	api_http(w->api, x);
}

const struct front_route serve_routes[] = {
	{ HTTP_POST, { "/", 1 }, FRONT_BIG_BODY, FG_LIMIT_HTTP_BODY, serve_query, "query" },
	{ HTTP_GET, { "/", 1 }, FRONT_EXACT, 0, serve_query, "query" },
	{ HTTP_GET, { "/healthz", 8 }, FRONT_EXACT, 0, serve_healthz, "health" },
	{ HTTP_GET, { "/readyz", 7 }, FRONT_EXACT, 0, serve_readyz, "health" },
	{ HTTP_GET, { "/metrics", 8 }, FRONT_EXACT, 0, serve_metrics, "metrics" },
	{ HTTP_GET, { "/saml/metadata/", 15 }, FRONT_PREFIX, 0, serve_saml_metadata, "saml" },
	{ HTTP_GET, { OUTBOUND_PATH, sizeof(OUTBOUND_PATH) - 1 }, FRONT_PREFIX, 0, serve_oidc, "oidc" },
	{ 0, { NULL, 0 }, 0, 0, NULL, NULL },
};

static void *
worker_start(void *app, struct front_worker *fw)
{
	struct serve *s = app;
	unsigned i = front_worker_index(fw);
	struct serve_worker *w = &s->worker[i];
	struct budget_config bc = { .slots = 0 };
	struct fg_err err = { 0 };

	if (!cred_rand_system(NULL, bc.key, sizeof(bc.key)))
		return NULL;
	*w = (struct serve_worker){ .s = s, .front = fw, .chain = audit_worker(s->audit, i),
		.metric = metrics_worker(s->metrics, i) };
	directory_thread_join();
	if (budget_new(&bc, &w->budget, &err) != FG_OK || api_worker_new(s->env, w, &w->api, &err) != FG_OK) {
		serve_fail("gateway", &err);
		budget_free(w->budget);
		directory_thread_leave();
		return NULL;
	}
	api_worker_keys(w->api, s->keys);
	return w;
}

static void
worker_stop(void *user)
{
	struct serve_worker *w = user;

	api_worker_free(FG_STEAL(w->api));
	budget_free(FG_STEAL(w->budget));
	directory_thread_leave();
}

/* A body over 256 KiB is read only for a signed IAM request (security.md 27). */
static bool
admit(struct http_exchange *x, uint64_t n)
{
	struct serve_worker *w = x->user;

	(void)n;
	return api_admit(w->api, x);
}

static fg_time
wall(void *app)
{
	struct timespec t;

	(void)app;
	clock_gettime(CLOCK_REALTIME, &t);
	return (fg_time)t.tv_sec;
}

static enum fg_rc
load_tls(const struct conf *c, struct front_tls **ret, struct fg_err *reterr)
{
	return front_tls_load(c->tls_certificate, c->tls_key, ret, reterr);
}

static uint32_t
limit32(int64_t v)
{
	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

/* TLS contexts that front_new() did not take. */
static void
free_tls(struct front_listen *l, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		front_tls_free(l[i].tls);
}

enum fg_rc
serve_open_front(struct serve *s, struct fg_err *reterr)
{
	const struct conf *c = s->conf;
	struct front_listen *l = FG_NEW_N(c->arena, struct front_listen, c->n_listen);
	struct front_config fc = { .listen = l, .n_listen = c->n_listen, .route = serve_routes,
		.workers = (unsigned)c->workers, .proxy = c->proxies, .n_proxy = c->n_proxies,
		.forwarded = c->forwarded ? FRONT_FORWARDED_RFC7239 : FRONT_FORWARDED_XFF, .app = s,
		.worker_start = worker_start, .worker_stop = worker_stop, .admit = admit, .wall = wall };
	enum fg_rc rc = FG_OK;
	size_t i;

	if (l == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "serve.listen", NULL, "listeners");
	for (i = 0; rc == FG_OK && i < c->n_listen; i++) {
		l[i].host = fg_str_z(c->listen[i].host);
		l[i].port = c->listen[i].port;
		l[i].proxy_v2 = c->proxy_v2;
		if (c->listen[i].tls)
			rc = load_tls(c, &l[i].tls, reterr);
	}
	fc.limits = (struct front_limits){ limit32(c->limit_connections), limit32(c->limit_connections_address),
		limit32(c->limit_requests_connection), limit32(c->limit_head_ms), limit32(c->limit_request_ms),
		limit32(c->limit_idle_ms) };
	if (rc == FG_OK)
		rc = front_new(&fc, &s->front, reterr);
	if (rc != FG_OK)
		free_tls(l, c->n_listen);
	return rc;
}

/* A new certificate for new connections; what is wrong with it leaves the old one in place. */
void
serve_reload_tls(struct serve *s)
{
	size_t i;

	for (i = 0; i < s->conf->n_listen; i++) {
		struct front_tls *t = NULL;
		struct fg_err err = { 0 };

		if (!s->conf->listen[i].tls)
			continue;
		if (load_tls(s->conf, &t, &err) != FG_OK || front_tls_take(s->front, i, t, &err) != FG_OK) {
			front_tls_free(t);
			serve_warn("the certificate is not reloaded: %s", err.text);
		}
	}
}

/* Host values that a listener answers to: its own authority, and localhost for loopback. */
static size_t
listener_hosts(struct serve *s, struct fg_str *out, size_t n, size_t i)
{
	struct fg_str url = fg_str_z(front_url(s->front, i)), scheme, host, port;

	if (!fg_cut(url, ':', &scheme, &host) || host.n < 2)
		return n;
	host = fg_sub(host, 2, host.n); /* after the two slashes */
	out[n++] = host;
	if (!fg_starts(host, FG_LIT("127.")) && !fg_starts(host, FG_LIT("[::1]")))
		return n;
	port = fg_str_z(strrchr(host.p, ':'));
	out[n] = fg_arena_fmt(s->conf->arena, "localhost%.*s", FG_PRI(port));
	return out[n].p == NULL ? n : n + 1;
}

static struct fg_str
authority_of(struct fg_str url)
{
	struct fg_str scheme, rest;

	if (!fg_cut(url, ':', &scheme, &rest) || rest.n < 2)
		return FG_STR_NULL;
	rest = fg_sub(rest, 2, rest.n);
	return fg_sub(rest, 0, fg_find(rest, '/'));
}

static struct fg_str *
strings(struct serve *s, const char *const *z, size_t n, size_t spare)
{
	struct fg_str *v = FG_NEW_N(s->conf->arena, struct fg_str, n + spare);
	size_t i;

	for (i = 0; v != NULL && i < n; i++)
		v[i] = fg_str_z(z[i]);
	return v;
}

/* A listener on every address does not know its name. */
static enum fg_rc
check_wildcard(const struct serve *s, struct fg_err *reterr)
{
	const struct conf *c = s->conf;
	size_t i;

	for (i = 0; i < c->n_listen && c->public_url == NULL && c->n_endpoint_hosts == 0; i++) {
		if (strcmp(c->listen[i].host, "0.0.0.0") == 0 || strcmp(c->listen[i].host, "::") == 0)
			return fg_fail(reterr, FG_E_PARAM, "serve.hosts", NULL,
			    "listening on %s needs public_url or endpoint_hosts: what clients call this gateway",
			    c->listen[i].host);
	}
	return FG_OK;
}

enum fg_rc
serve_open_env(struct serve *s, struct fg_err *reterr)
{
	const struct conf *c = s->conf;
	struct fg_str *hosts = strings(s, c->endpoint_hosts, c->n_endpoint_hosts, 2 * c->n_listen + 1);
	struct api_conf ac = { .directory = s->dir, .hooks = serve_hooks(s), .service = serve_services,
		.n_service = serve_n_services, .endpoint_hosts = hosts, .n_endpoint_hosts = c->n_endpoint_hosts,
		.regions = strings(s, c->regions, c->n_regions, 1), .n_regions = c->n_regions,
		.oidc_skew_s = (int32_t)c->oidc_skew_s, .saml_skew_s = (int32_t)c->saml_skew_s,
		.saml_recipients = strings(s, c->saml_recipients, c->n_saml_recipients, 1),
		.n_saml_recipients = c->n_saml_recipients,
		.saml_audiences = strings(s, c->saml_audiences, c->n_saml_audiences, 1),
		.n_saml_audiences = c->n_saml_audiences };
	size_t i;

	FG_TRY(check_wildcard(s, reterr));
	if (hosts == NULL || ac.regions == NULL || ac.saml_recipients == NULL || ac.saml_audiences == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "serve.env", NULL, "environment");
	ac.public_url = fg_str_z(c->public_url != NULL ? c->public_url : front_url(s->front, 0));
	if (c->n_endpoint_hosts == 0) {
		for (i = 0; i < c->n_listen; i++)
			ac.n_endpoint_hosts = listener_hosts(s, hosts, ac.n_endpoint_hosts, i);
		hosts[ac.n_endpoint_hosts++] = authority_of(ac.public_url);
	}
	return api_env_new(&ac, &s->env, reterr);
}
