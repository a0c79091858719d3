/*
 * gateway/ops/metrics.c - counters without locks, and their page.
 *
 * Each worker owns its counters and is the only one to write them; a scrape reads them all.
 * Every label has a fixed set of values, so that a stranger cannot make the page grow.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/ops/ops.h"

/* Upper bounds of the histogram, microseconds. */
static const uint64_t bounds[] = { 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000,
	250000, 1000000 };

#define BOUNDS FG_COUNT(bounds)

struct histogram {
	_Atomic uint64_t at[BOUNDS + 1];
	_Atomic uint64_t sum_us;
};

struct action {
	_Atomic uint64_t by_rc[FG_RC_MAX];
	struct histogram time;
};

struct metric_worker {
	size_t n_action;
	_Atomic uint64_t plain[METRIC_MAX];
	struct action action[]; /* n_action, and "other" */
};

struct source {
	metric_source fn;
	void *arg;
};

struct metrics {
	const char *const *action;
	size_t n_action;
	unsigned n_worker;
	struct metric_worker **worker;
	struct source source[FG_LIMIT_METRIC_SOURCES];
	size_t n_source;
};

void
metrics_free(struct metrics *m)
{
	if (m == NULL)
		return;
	for (unsigned i = 0; m->worker != NULL && i < m->n_worker; i++)
		free(m->worker[i]);
	free(m->worker);
	free(m);
}

static void
metrics_freep(struct metrics **m)
{
	metrics_free(*m);
}

enum fg_rc
metrics_new(const char *const *action, size_t n, unsigned workers, struct metrics **ret,
    struct fg_err *reterr)
{
	FG_AUTO(metrics_freep) struct metrics *m = calloc(1, sizeof(*m));

	if (n > FG_LIMIT_METRIC_ACTIONS || workers == 0)
		return fg_fail(reterr, FG_E_PARAM, "metrics.new", NULL, "%zu actions, %u workers", n, workers);
	if (m == NULL || (m->worker = calloc(workers, sizeof(*m->worker))) == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "metrics.new", NULL, "metrics");
	m->action = action;
	m->n_action = n;
	m->n_worker = workers;
	for (unsigned i = 0; i < workers; i++) {
		m->worker[i] = calloc(1, sizeof(**m->worker) + (n + 1) * sizeof(struct action));
		if (m->worker[i] == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "metrics.new", NULL, "worker");
		m->worker[i]->n_action = n;
	}
	*ret = FG_STEAL(m);
	return FG_OK;
}

struct metric_worker *
metrics_worker(struct metrics *m, unsigned i)
{
	return i < m->n_worker ? m->worker[i] : NULL;
}

/* One writer: a load and a store, no locked instruction. */
static void
bump(_Atomic uint64_t *p, uint64_t n)
{
	atomic_store_explicit(p, atomic_load_explicit(p, memory_order_relaxed) + n, memory_order_relaxed);
}

static uint64_t
peek(const _Atomic uint64_t *p)
{
	return atomic_load_explicit(p, memory_order_relaxed);
}

void
metric_add(struct metric_worker *w, enum metric id, uint64_t n)
{
	if ((unsigned)id < METRIC_MAX)
		bump(&w->plain[id], n);
}

void
metric_request(struct metric_worker *w, size_t action, enum fg_rc rc, uint64_t us)
{
	struct action *a = &w->action[action < w->n_action ? action : w->n_action];
	size_t i = 0;

	while (i < BOUNDS && us > bounds[i])
		i++;
	bump(&a->by_rc[(unsigned)rc < FG_RC_MAX ? rc : FG_E_INTERNAL], 1);
	bump(&a->time.at[i], 1);
	bump(&a->time.sum_us, us);
}

bool
metrics_source(struct metrics *m, metric_source fn, void *arg)
{
	if (m->n_source == FG_LIMIT_METRIC_SOURCES)
		return false;
	m->source[m->n_source++] = (struct source){ fn, arg };
	return true;
}

/* ---- the page ---- */

void
metric_family(struct fg_buf *b, const char *name, const char *type, const char *help)
{
	fg_buf_fmt(b, "# HELP fedgate_%s %s\n# TYPE fedgate_%s %s\n", name, help, name, type);
}

/* Label values: backslash, quote and line feed are escaped; other controls become '?'. */
static void
label_value(struct fg_buf *b, struct fg_str v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '\\' || v.p[i] == '"')
			fg_buf_putc(b, '\\');
		if (v.p[i] == '\n')
			fg_buf_put(b, FG_LIT("\\n"));
		else
			fg_buf_putc(b, (unsigned char)v.p[i] < 0x20 ? '?' : v.p[i]);
	}
}

static void
name_and_label(struct fg_buf *b, const char *name, const char *label, struct fg_str value)
{
	fg_buf_fmt(b, "fedgate_%s", name);
	if (label != NULL) {
		fg_buf_fmt(b, "{%s=\"", label);
		label_value(b, value);
		fg_buf_put(b, FG_LIT("\"}"));
	}
	fg_buf_putc(b, ' ');
}

static void
seconds(struct fg_buf *b, uint64_t us)
{
	fg_buf_fmt(b, "%llu.%06llu", (unsigned long long)(us / 1000000), (unsigned long long)(us % 1000000));
}

void
metric_value(struct fg_buf *b, const char *name, const char *label, struct fg_str value, uint64_t v)
{
	name_and_label(b, name, label, value);
	fg_buf_u64(b, v);
	fg_buf_putc(b, '\n');
}

void
metric_one(struct fg_buf *b, const char *name, const char *type, const char *help, uint64_t v)
{
	metric_family(b, name, type, help);
	metric_value(b, name, NULL, FG_STR_NULL, v);
}

void
metric_seconds(struct fg_buf *b, const char *name, const char *label, struct fg_str value, uint64_t us)
{
	name_and_label(b, name, label, value);
	seconds(b, us);
	fg_buf_putc(b, '\n');
}

static const char *
action_name(const struct metrics *m, size_t i)
{
	return i < m->n_action ? m->action[i] : "other";
}

static void
requests(const struct metrics *m, struct fg_buf *b)
{
	metric_family(b, "requests_total", "counter", "Requests by action and result");
	for (size_t i = 0; i <= m->n_action; i++)
		for (int rc = 0; rc < FG_RC_MAX; rc++) {
			uint64_t sum = 0;

			for (unsigned w = 0; w < m->n_worker; w++)
				sum += peek(&m->worker[w]->action[i].by_rc[rc]);
			if (sum > 0)
				fg_buf_fmt(b, "fedgate_requests_total{action=\"%s\",result=\"%s\"} %llu\n",
				    action_name(m, i), fg_rc_label((enum fg_rc)rc), (unsigned long long)sum);
		}
}

static void
histogram(const struct metrics *m, size_t i, struct fg_buf *b)
{
	uint64_t sum_us = 0, below = 0, at[BOUNDS + 1] = { 0 };

	for (unsigned w = 0; w < m->n_worker; w++) {
		sum_us += peek(&m->worker[w]->action[i].time.sum_us);
		for (size_t k = 0; k <= BOUNDS; k++)
			at[k] += peek(&m->worker[w]->action[i].time.at[k]);
	}
	for (size_t k = 0; k <= BOUNDS; k++)
		below += at[k];
	if (below == 0)
		return;
	below = 0;
	for (size_t k = 0; k <= BOUNDS; k++) {
		below += at[k];
		fg_buf_fmt(b, "fedgate_request_seconds_bucket{action=\"%s\",le=\"", action_name(m, i));
		if (k < BOUNDS)
			seconds(b, bounds[k]);
		else
			fg_buf_put(b, FG_LIT("+Inf"));
		fg_buf_fmt(b, "\"} %llu\n", (unsigned long long)below);
	}
	fg_buf_fmt(b, "fedgate_request_seconds_sum{action=\"%s\"} ", action_name(m, i));
	seconds(b, sum_us);
	fg_buf_fmt(b, "\nfedgate_request_seconds_count{action=\"%s\"} %llu\n", action_name(m, i),
	    (unsigned long long)below);
}

static void
plain(const struct metrics *m, struct fg_buf *b)
{
	static const char *const names[METRIC_MAX] = {
#define NAME(id, name, help) [METRIC_##id] = name "_total",
		METRICS(NAME)
#undef NAME
	};
	static const char *const helps[METRIC_MAX] = {
#define HELP(id, name, help) [METRIC_##id] = help,
		METRICS(HELP)
#undef HELP
	};

	for (int id = 0; id < METRIC_MAX; id++) {
		uint64_t sum = 0;

		for (unsigned w = 0; w < m->n_worker; w++)
			sum += peek(&m->worker[w]->plain[id]);
		metric_family(b, names[id], "counter", helps[id]);
		metric_value(b, names[id], NULL, FG_STR_NULL, sum);
	}
}

void
metrics_text(const struct metrics *m, struct fg_buf *b)
{
	requests(m, b);
	metric_family(b, "request_seconds", "histogram", "Time from the whole request to the reply");
	for (size_t i = 0; i <= m->n_action; i++)
		histogram(m, i, b);
	plain(m, b);
	for (size_t i = 0; i < m->n_source; i++)
		m->source[i].fn(m->source[i].arg, b);
}

void
metrics_audit(const struct audit *a, struct fg_buf *b)
{
	struct audit_stats s;

	audit_stats_read(a, &s);
	metric_one(b, "audit_records_total", "counter", "Audit records taken", s.records);
	metric_one(b, "audit_batches_total", "counter", "Group syncs of the audit log", s.batches);
	metric_one(b, "audit_checkpoints_total", "counter", "Checkpoints of the audit log", s.checkpoints);
	metric_one(b, "audit_checkpoints_unsigned_total", "counter", "Of these, without a signature",
	    s.unsigned_checkpoints);
	metric_one(b, "audit_failures_total", "counter", "Writes or syncs that failed", s.failures);
	metric_one(b, "audit_puts_refused_total", "counter", "Records that were not taken", s.refused);
	metric_one(b, "audit_queue", "gauge", "Records waiting for the disk", s.queued);
	metric_one(b, "audit_ok", "gauge", "1 when the last batch reached the disk", audit_ok(a));
	metric_family(b, "audit_sync_seconds_total", "counter", "Time in write and sync");
	metric_seconds(b, "audit_sync_seconds_total", NULL, FG_STR_NULL, s.sync_us);
}
