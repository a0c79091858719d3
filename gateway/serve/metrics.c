/* What is counted: requests by action and result, the listeners, the workers' time. */
#include "gateway/org/org.h"
#include "gateway/iam/query.h"
#include "gateway/serve/serve_int.h"

const struct api_service *const serve_services[] = { &api_sts, &api_iam, &api_organizations };
const size_t serve_n_services = FG_COUNT(serve_services);

uint64_t
serve_mono_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* The services' actions, one after the other: the index of a call's; past the end without one. */
static size_t
action_index(const struct api_call *c)
{
	size_t base = 0;

	for (size_t i = 0; i < serve_n_services; i++) {
		const struct api_service *v = serve_services[i];

		if (c->service == v && c->action >= v->action && c->action < v->action + v->n_action)
			return base + (size_t)(c->action - v->action);
		base += v->n_action;
	}
	return SIZE_MAX;
}

/* What else a result counts as. */
static void
count_result(struct metric_worker *m, const struct api_call *c)
{
	switch (c->err.rc) {
	case FG_OK:
		if (c->action != NULL && (c->action->flags & API_MINTS) != 0)
			metric_add(m, METRIC_MINTED, 1);
		break;
	case FG_E_DENIED: metric_add(m, METRIC_DENIED, 1); break;
	case FG_E_REPLAY: metric_add(m, METRIC_REPLAYED, 1); break;
	case FG_E_STORE: metric_add(m, METRIC_STORE_FAILED, 1); break;
	default:
		if (fg_eq(fg_str_z(c->err.step), FG_LIT("api.audit")))
			metric_add(m, METRIC_AUDIT_REFUSED, 1);
		if (fg_eq(fg_str_z(c->err.step), FG_LIT("api.claim.store")))
			metric_add(m, METRIC_STORE_FAILED, 1);
	}
}

void
serve_answered(void *arg, struct api_call *c, uint64_t begin_us)
{
	const struct serve_worker *w = api_worker_user(c->w);
	uint64_t now_us = serve_mono_us();

	(void)arg;
	serve_charge_forget(c);
	count_result(w->metric, c);
	metric_request(w->metric, action_index(c), c->err.rc, now_us > begin_us ? now_us - begin_us : 0);
}

/* ---- what others count ---- */

static void
front_source(void *arg, struct fg_buf *b)
{
	const struct serve *s = arg;
	struct front_counters c;

	front_count(s->front, &c);
#define FAMILY(name, text)                                                                  \
	metric_family(b, "http_" #name "_total", "counter", text);                          \
	metric_value(b, "http_" #name "_total", NULL, FG_STR_NULL, c.name);
	FRONT_COUNTERS(FAMILY)
#undef FAMILY
}

static void
worker_source(void *arg, struct fg_buf *b)
{
	const struct serve *s = arg;

	metric_family(b, "worker_cpu_seconds_total", "counter", "CPU time of the workers");
	for (unsigned i = 0; i < front_workers(s->front); i++) {
		char name[12];
		int n = snprintf(name, sizeof(name), "%u", i);

		metric_seconds(b, "worker_cpu_seconds_total", "worker", fg_str(name, (size_t)n),
		    front_worker_cpu_us(front_worker(s->front, i)));
	}
}

static void
health_source(void *arg, struct fg_buf *b)
{
	const struct serve *s = arg;

	metric_one(b, "ready", "gauge", "1 when every part that a request needs is well",
	    health_ready(&s->health, NULL));
	metric_one(b, "bootstrap_keys", "gauge", "first keys of administrators that were not replaced",
	    atomic_load(&s->bootstrap_keys));
}

enum fg_rc
serve_open_metrics(struct serve *s, struct fg_err *reterr)
{
	size_t n = 0, at = 0;
	const char **name;

	for (size_t i = 0; i < serve_n_services; i++)
		n += serve_services[i]->n_action;
	name = FG_NEW_N(s->conf->arena, const char *, n);
	if (name == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "serve.metrics", NULL, "names");
	for (size_t i = 0; i < serve_n_services; i++)
		for (size_t k = 0; k < serve_services[i]->n_action; k++)
			name[at++] = serve_services[i]->action[k].name.p; /* literals: terminated */
	FG_TRY(metrics_new(name, n, front_workers(s->front), &s->metrics, reterr));
	if (!metrics_source(s->metrics, front_source, s) || !metrics_source(s->metrics, worker_source, s) ||
	    !metrics_source(s->metrics, health_source, s))
		return fg_fail(reterr, FG_E_INTERNAL, "serve.metrics", NULL, "too many sources");
	return FG_OK;
}
