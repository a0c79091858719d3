/*
 * gateway/front/worker.c - one thread, one loop, its sockets and its connections.
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "gateway/front/conn_int.h"

#define TICK_MS 250 /* how late a deadline may be noticed */

struct front_worker *
worker_new(struct front *f, unsigned index)
{
	struct front_worker *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->f = f;
	w->index = index;
	w->wake_fd = -1;
	for (size_t i = 0; i < FG_LIMIT_HTTP_LISTENERS; i++)
		w->l[i] = (struct front_worker_listener){ .w = w, .index = (unsigned)i, .fd = -1 };
	pthread_mutex_init(&w->lock, NULL);
	return w;
}

static void
free_connections(struct front_worker *w)
{
	while (w->conns != NULL)
		conn_free(w->conns);
	while (w->pool != NULL) {
		struct io *next = w->pool->next;

		io_free(w->pool);
		w->pool = next;
	}
	while (w->spares > 0)
		fg_arena_free(w->spare[--w->spares]);
}

void
worker_free(struct front_worker *w)
{
	if (w == NULL)
		return;
	free_connections(w);
	for (size_t i = 0; i < FG_LIMIT_HTTP_LISTENERS; i++) {
		SSL_CTX_free(w->l[i].ctx);
		if (w->l[i].fd >= 0)
			close(w->l[i].fd);
	}
	tickets_done(&w->tickets);
	while (w->in_first != NULL) {
		struct post *next = w->in_first->next;

		if (!w->in_first->fixed)
			free(w->in_first);
		w->in_first = next;
	}
	pthread_mutex_destroy(&w->lock);
	free(w);
}

void
worker_tick(struct front_worker *w)
{
	deadline_check(w);
	accept_resume(w);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	worker_tick(arg);
}

static void
on_grace_over(evutil_socket_t fd, short what, void *arg)
{
	struct front_worker *w = arg;

	(void)fd;
	(void)what;
	(void)event_base_loopbreak(w->base);
}

static bool
open_loop(struct front_worker *w)
{
	struct event_config *ec = event_config_new();

	/* The loop is used by this thread only: no locks in it. */
	if (ec != NULL && event_config_set_flag(ec, EVENT_BASE_FLAG_NOLOCK) == 0)
		w->base = event_base_new_with_config(ec);
	if (ec != NULL)
		event_config_free(ec);
	return w->base != NULL;
}

static bool
open_worker(struct front_worker *w)
{
	struct timeval tv = { 0, TICK_MS * 1000 };

	if (!open_loop(w) || !inbox_open(w) ||
	    event_assign(&w->tick, w->base, -1, EV_PERSIST, on_tick, w) != 0 ||
	    event_add(&w->tick, &tv) != 0 ||
	    evtimer_assign(&w->grace, w->base, on_grace_over, w) != 0)
		return false;
	w->user = w->f->cfg.app;
	if (w->f->cfg.worker_start != NULL)
		w->user = w->f->cfg.worker_start(w->f->cfg.app, w);
	if (w->f->cfg.worker_start != NULL && w->user == NULL)
		return false;
	for (size_t i = 0; i < w->f->n_listen; i++) {
		if (!accept_watch(&w->l[i]))
			return false;
	}
	return true;
}

static void
tell_ready(struct front_worker *w, bool ok)
{
	struct front *f = w->f;

	pthread_mutex_lock(&f->lock);
	f->n_ready++;
	if (!ok)
		f->n_failed++;
	pthread_cond_signal(&f->ready);
	pthread_mutex_unlock(&f->lock);
}

/*
 * Whatever is open.  The memory of exchanges that were never answered stays until
 * front_free(): somebody else's thread may still hold one.
 */
static void
close_connections(struct front_worker *w)
{
	struct conn *next;

	for (struct conn *c = w->conns; c != NULL; c = next) {
		next = c->next;
		conn_close(c);
	}
}

static void
close_worker(struct front_worker *w, bool started)
{
	if (w->base == NULL)
		return;
	inbox_close(w);
	if (started && w->f->cfg.worker_stop != NULL)
		w->f->cfg.worker_stop(w->user);
	close_connections(w);
	timers_drop(w);
	if (w->stopping)
		(void)evtimer_del(&w->grace);
	for (size_t i = 0; i < w->f->n_listen; i++) {
		if (w->l[i].watching)
			(void)event_del(&w->l[i].ev);
		w->l[i].watching = false;
	}
	event_base_free(w->base);
	w->base = NULL;
}

void *
worker_main(void *arg)
{
	struct front_worker *w = arg;
	bool ok = open_worker(w);
	bool started = ok || (w->f->cfg.worker_start != NULL && w->user != NULL);

	tell_ready(w, ok);
	if (ok)
		(void)event_base_dispatch(w->base);
	close_worker(w, started);
	return NULL;
}

/* ---- stopping -------------------------------------------------------- */

void
worker_check_end(struct front_worker *w)
{
	if (w->stopping && w->conns == NULL && w->base != NULL)
		(void)event_base_loopbreak(w->base);
}

/* A connection that never sent anything gets a moment to do so; its request may be on the way. */
static void
hasten_fresh(struct front_worker *w)
{
	uint64_t now = front_mono_us(w->f);
	struct conn *next;

	for (struct conn *c = w->queue[D_HEAD].first; c != NULL; c = next) {
		next = c->d_next;
		if (c->state == CONN_HEAD && c->io == NULL)
			deadline_set(c, D_LINGER, now);
	}
}

void
worker_stop(struct front_worker *w, void *grace)
{
	uint32_t ms = (uint32_t)(uintptr_t)grace;
	const struct timeval tv = { ms / 1000, (suseconds_t)(ms % 1000) * 1000 };
	struct conn *c;

	if (w->stopping)
		return;
	w->stopping = true;
	accept_end(w);
	/* Idle ones: whatever has arrived is still served; each leaves the queue before it runs. */
	while ((c = w->queue[D_IDLE].first) != NULL) {
		deadline_set(c, D_NONE, 0);
		conn_run(c);
	}
	hasten_fresh(w);
	if (evtimer_add(&w->grace, &tv) != 0)
		on_grace_over(-1, 0, w);
	worker_check_end(w);
}

/* ---- the public side ------------------------------------------------- */

unsigned
front_worker_index(const struct front_worker *w)
{
	return w->index;
}

void *
front_worker_user(const struct front_worker *w)
{
	return w->user;
}

struct event_base *
front_worker_loop(struct front_worker *w)
{
	return w->base;
}

uint64_t
front_worker_cpu_us(const struct front_worker *w)
{
	clockid_t id;
	struct timespec ts;

	if (!w->running || pthread_getcpuclockid(w->thread, &id) != 0 || clock_gettime(id, &ts) != 0)
		return 0;
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}
