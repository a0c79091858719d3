/*
 * gateway/front/front.c - a front's life: new, start, stop, join, free.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "gateway/front/conn_int.h"

#define FRONT_SPARE_DESCRIPTORS 1024 /* for the store, the log, pipes, the loops */

uint64_t
front_mono_us(const struct front *f)
{
	struct timespec ts;

	if (f->cfg.mono_us != NULL)
		return f->cfg.mono_us(f->cfg.app);
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

fg_time
front_wall(const struct front *f)
{
	struct timespec ts;

	if (f->cfg.wall != NULL)
		return f->cfg.wall(f->cfg.app);
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

/* ---- new ------------------------------------------------------------- */

static void
take_default(uint32_t *v, uint32_t def)
{
	if (*v == 0)
		*v = def;
}

static void
fill_limits(struct front_limits *l)
{
	take_default(&l->connections, FG_LIMIT_HTTP_CONNECTIONS);
	take_default(&l->connections_address, FG_LIMIT_HTTP_CONNECTIONS_ADDRESS);
	take_default(&l->requests_connection, FG_LIMIT_HTTP_REQUESTS);
	take_default(&l->head_ms, FG_LIMIT_HTTP_HEAD_MS);
	take_default(&l->request_ms, FG_LIMIT_HTTP_REQUEST_MS);
	take_default(&l->idle_ms, FG_LIMIT_HTTP_IDLE_MS);
}

static unsigned
processors(void)
{
	cpu_set_t set;
	int n;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	n = CPU_COUNT(&set);
	return n < 1 ? 1 : (unsigned)n;
}

static enum fg_rc
check_config(const struct front_config *cfg, struct fg_err *reterr)
{
	if (cfg->n_listen == 0 || cfg->n_listen > FG_LIMIT_HTTP_LISTENERS || cfg->route == NULL)
		return fg_fail(reterr, FG_E_PARAM, "front.config", NULL, "listeners or routes");
	if (cfg->workers > FG_LIMIT_HTTP_WORKERS)
		return fg_fail(reterr, FG_E_PARAM, "front.config", NULL, "too many workers");
	for (size_t i = 0; i < cfg->n_listen; i++) {
		if (cfg->listen[i].proxy_v2 && cfg->n_proxy == 0)
			return fg_fail(reterr, FG_E_PARAM, "front.config.proxy", NULL,
			    "a PROXY listener needs proxy.trusted");
	}
	return FG_OK;
}

static bool
make_secrets(struct front *f)
{
	f->ticket_begin_us = front_mono_us(f);
	return getrandom(f->ticket_seed, sizeof(f->ticket_seed), 0) == sizeof(f->ticket_seed) &&
	    getrandom(f->hash_key, sizeof(f->hash_key), 0) == sizeof(f->hash_key);
}

static enum fg_rc
make_workers(struct front *f, struct fg_err *reterr)
{
	unsigned n = f->cfg.workers != 0 ? f->cfg.workers : processors();

	if (n > FG_LIMIT_HTTP_WORKERS)
		n = FG_LIMIT_HTTP_WORKERS;
	f->address = calloc(FRONT_SLOTS, sizeof(*f->address));
	f->worker = calloc(n, sizeof(struct front_worker *));
	if (f->address == NULL || f->worker == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "front.new", NULL, "workers");
	for (; f->n_worker < n; f->n_worker++) {
		struct front_worker *w = worker_new(f, f->n_worker);

		f->worker[f->n_worker] = w;
		if (w == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "front.new", NULL, "worker");
		if (!tickets_init(&w->tickets, w, f->ticket_seed)) {
			f->n_worker++;
			return fg_fail(reterr, FG_E_CRYPTO, "front.new", NULL, "ticket keys");
		}
	}
	return FG_OK;
}

/* Each worker's own descriptor: of its own socket, or a copy of one that is shared. */
static enum fg_rc
share_fds(struct front *f, size_t i, const int *fd, size_t n, bool ours, struct fg_err *reterr)
{
	for (unsigned k = 0; k < f->n_worker; k++) {
		int own = ours ? fd[k] : fcntl(fd[k % n], F_DUPFD_CLOEXEC, 0);

		f->worker[k]->l[i].fd = own;
		if (own < 0 || fcntl(own, F_SETFL, O_NONBLOCK) != 0)
			return fg_fail(reterr, FG_E_IO, "front.listen", NULL, "descriptor of listener %zu", i);
		bind_adopt(own);
	}
	return FG_OK;
}

static void
write_url(struct listener *l, const struct front_listen *in, uint16_t port)
{
	struct fg_buf b = FG_BUF_FIXED(l->url);
	bool v6 = in->host.n > 0 && in->host.p[0] != '[' && fg_find(in->host, ':') < in->host.n;

	fg_buf_fmt(&b, v6 ? "%s://[%.*s]:%u" : "%s://%.*s:%u", l->tls ? "https" : "http",
	    FG_PRI(in->host), (unsigned)port);
	fg_buf_putc(&b, '\0');
}

static enum fg_rc
open_sockets(struct front *f, size_t i, const struct front_listen *in, struct fg_err *reterr)
{
	int fd[FG_LIMIT_HTTP_WORKERS];

	if (in->n_fd > 0)
		return share_fds(f, i, in->fd, in->n_fd, false, reterr);
	FG_TRY(front_bind(in->host, in->port, f->n_worker, fd, reterr));
	return share_fds(f, i, fd, f->n_worker, true, reterr);
}

static enum fg_rc
open_listener(struct front *f, size_t i, const struct front_listen *in, struct fg_err *reterr)
{
	struct listener *l = &f->l[i];

	l->tls = in->tls != NULL;
	l->proxy_v2 = in->proxy_v2;
	FG_TRY(open_sockets(f, i, in, reterr));
	write_url(l, in, bind_port(f->worker[0]->l[i].fd));
	for (unsigned k = 0; in->tls != NULL && k < f->n_worker; k++) {
		struct front_worker *w = f->worker[k];

		w->l[i].ctx = tls_ctx_new(in->tls, &w->tickets);
		if (w->l[i].ctx == NULL)
			return fg_fail(reterr, FG_E_CRYPTO, "front.tls.context", NULL, "listener %zu", i);
	}
	return FG_OK;
}

static enum fg_rc
copy_config(struct front *f, const struct front_config *cfg, struct fg_err *reterr)
{
	f->cfg = *cfg;
	f->n_listen = cfg->n_listen;
	fill_limits(&f->cfg.limits);
	f->cfg.listen = NULL;
	if (cfg->n_proxy == 0)
		return FG_OK;
	f->proxy = calloc(cfg->n_proxy, sizeof(*f->proxy));
	if (f->proxy == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "front.new", NULL, "proxies");
	memcpy(f->proxy, cfg->proxy, cfg->n_proxy * sizeof(*f->proxy));
	f->cfg.proxy = f->proxy;
	return FG_OK;
}

/* What was given for keeps is kept only now that nothing can fail. */
static void
take_listeners(const struct front_config *cfg)
{
	for (size_t i = 0; i < cfg->n_listen; i++) {
		front_tls_free(cfg->listen[i].tls);
		for (size_t k = 0; k < cfg->listen[i].n_fd; k++)
			close(cfg->listen[i].fd[k]);
	}
}

static void
front_freep(struct front **f)
{
	front_free(*f);
}

enum fg_rc
front_new(const struct front_config *cfg, struct front **ret, struct fg_err *reterr)
{
	FG_AUTO(front_freep) struct front *f = NULL;

	FG_TRY(check_config(cfg, reterr));
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "front.new", NULL, "front");
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->ready, NULL);
	FG_TRY(copy_config(f, cfg, reterr));
	if (!make_secrets(f))
		return fg_fail(reterr, FG_E_IO, "front.new", NULL, "no random bytes");
	FG_TRY(make_workers(f, reterr));
	for (size_t i = 0; i < cfg->n_listen; i++)
		FG_TRY(open_listener(f, i, &cfg->listen[i], reterr));
	explicit_bzero(f->ticket_seed, sizeof(f->ticket_seed));
	take_listeners(cfg);
	*ret = FG_STEAL(f);
	return FG_OK;
}

const char *
front_url(const struct front *f, size_t i)
{
	return f->l[i].url;
}

/* ---- start, stop, join ----------------------------------------------- */

/* Signals are the main thread's. */
static unsigned
start_threads(struct front *f)
{
	sigset_t all, before;
	unsigned n = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (unsigned i = 0; i < f->n_worker; i++) {
		struct front_worker *w = f->worker[i];

		w->running = pthread_create(&w->thread, NULL, worker_main, w) == 0;
		n += w->running;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return n;
}

/* The usual soft limit is 1,024 descriptors: as many as the hard one allows of what may be open. */
static void
raise_descriptors(const struct front *f)
{
	rlim_t want = (rlim_t)f->cfg.limits.connections + FRONT_SPARE_DESCRIPTORS;
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur == RLIM_INFINITY || r.rlim_cur >= want)
		return;
	r.rlim_cur = r.rlim_max == RLIM_INFINITY || r.rlim_max > want ? want : r.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &r);
}

enum fg_rc
front_start(struct front *f, struct fg_err *reterr)
{
	unsigned n;
	bool failed;

	raise_descriptors(f);
	n = start_threads(f);

	f->started = true;
	pthread_mutex_lock(&f->lock);
	while (f->n_ready < n)
		pthread_cond_wait(&f->ready, &f->lock);
	failed = f->n_failed > 0 || n < f->n_worker;
	pthread_mutex_unlock(&f->lock);
	if (!failed)
		return FG_OK;
	front_stop(f, 0);
	front_join(f);
	return fg_fail(reterr, FG_E_UNAVAILABLE, "front.start", NULL, "a worker did not start");
}

void
front_stop(struct front *f, uint32_t grace_ms)
{
	for (unsigned i = 0; i < f->n_worker; i++) {
		if (f->worker[i]->running)
			inbox_stop(f->worker[i], grace_ms);
	}
}

void
front_join(struct front *f)
{
	if (!f->started || f->joined)
		return;
	for (unsigned i = 0; i < f->n_worker; i++) {
		if (f->worker[i]->running)
			pthread_join(f->worker[i]->thread, NULL);
		f->worker[i]->running = false;
	}
	f->joined = true;
}

void
front_free(struct front *f)
{
	if (f == NULL)
		return;
	if (f->started && !f->joined) {
		front_stop(f, 0);
		front_join(f);
	}
	for (unsigned i = 0; i < f->n_worker; i++)
		worker_free(f->worker[i]);
	free(f->worker);
	free(f->address);
	free(f->proxy);
	explicit_bzero(f->ticket_seed, sizeof(f->ticket_seed));
	pthread_cond_destroy(&f->ready);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

/* ---- the rest of the public side ------------------------------------- */

unsigned
front_workers(const struct front *f)
{
	return f->n_worker;
}

struct front_worker *
front_worker(struct front *f, unsigned i)
{
	return f->worker[i];
}

void
front_count(const struct front *f, struct front_counters *ret)
{
	*ret = (struct front_counters){ 0 };
	for (unsigned i = 0; i < f->n_worker; i++) {
#define SUM(name, text)                                                                          \
	ret->name += atomic_load_explicit(&f->worker[i]->count.name, memory_order_relaxed);
		FRONT_COUNTERS(SUM)
#undef SUM
	}
}

static void
tick_now(struct front_worker *w, void *arg)
{
	(void)arg;
	worker_tick(w);
}

enum fg_rc
front_tick(struct front *f)
{
	for (unsigned i = 0; i < f->n_worker; i++)
		FG_TRY(front_post(f->worker[i], tick_now, NULL));
	return FG_OK;
}
