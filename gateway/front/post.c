/*
 * gateway/front/post.c - ways onto a worker's thread: the inbox, and timers.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "gateway/front/conn_int.h"

static struct post *
take_all(struct front_worker *w, bool ending)
{
	struct post *p;

	pthread_mutex_lock(&w->lock);
	p = w->in_first;
	w->in_first = w->in_last = NULL;
	if (ending)
		w->ended = true;
	pthread_mutex_unlock(&w->lock);
	return p;
}

static void
run_all(struct front_worker *w, struct post *p)
{
	while (p != NULL) {
		struct post *next = p->next;
		front_fn fn = p->fn;
		void *arg = p->arg;

		if (!p->fixed)
			free(p);
		fn(w, arg);
		p = next;
	}
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct front_worker *w = arg;
	uint64_t n;

	(void)what;
	/* Cleared before the list is taken: a later post wakes again. */
	if (read((int)fd, &n, sizeof(n)) < 0)
		n = 0;
	run_all(w, take_all(w, false));
}

/* Call with the lock held: the descriptor cannot be closed meanwhile, and it can never be full. */
static void
wake(struct front_worker *w)
{
	const uint64_t one = 1;

	while (w->wake_fd >= 0 && write(w->wake_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

bool
inbox_open(struct front_worker *w)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		return false;
	pthread_mutex_lock(&w->lock);
	w->wake_fd = fd;
	if (w->in_first != NULL) /* posted before the thread began */
		wake(w);
	pthread_mutex_unlock(&w->lock);
	return event_assign(&w->wake, w->base, fd, EV_READ | EV_PERSIST, on_wake, w) == 0 &&
	    event_add(&w->wake, NULL) == 0;
}

void
inbox_close(struct front_worker *w)
{
	run_all(w, take_all(w, true));
	if (w->wake_fd < 0)
		return;
	(void)event_del(&w->wake);
	pthread_mutex_lock(&w->lock);
	close(w->wake_fd);
	w->wake_fd = -1;
	pthread_mutex_unlock(&w->lock);
}

/* Call with the lock held. */
static void
append(struct front_worker *w, struct post *p)
{
	if (w->in_last == NULL) {
		w->in_first = p;
		wake(w);
	} else {
		w->in_last->next = p;
	}
	w->in_last = p;
}

enum fg_rc
inbox_put(struct front_worker *w, struct post *p)
{
	bool ended;

	pthread_mutex_lock(&w->lock);
	ended = w->ended;
	if (!ended)
		append(w, p);
	pthread_mutex_unlock(&w->lock);
	return ended ? FG_E_UNAVAILABLE : FG_OK;
}

enum fg_rc
front_post(struct front_worker *w, front_fn fn, void *arg)
{
	struct post *p = malloc(sizeof(*p));
	enum fg_rc rc;

	if (p == NULL)
		return FG_E_NOMEM;
	*p = (struct post){ .fn = fn, .arg = arg };
	rc = inbox_put(w, p);
	if (rc != FG_OK)
		free(p);
	return rc;
}

void
inbox_stop(struct front_worker *w, uint32_t grace_ms)
{
	pthread_mutex_lock(&w->lock);
	if (!w->ended && !w->stop_posted) {
		w->stop_post = (struct post){ NULL, worker_stop, (void *)(uintptr_t)grace_ms, true };
		w->stop_posted = true;
		append(w, &w->stop_post);
	}
	pthread_mutex_unlock(&w->lock);
}

/* ---- timers ---------------------------------------------------------- */

static void
unlink_timer(struct front_timer *t)
{
	if (t->prev != NULL)
		t->prev->next = t->next;
	else
		t->w->timers = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct front_timer *t = arg;
	struct front_worker *w = t->w;
	front_fn fn = t->fn;
	void *fn_arg = t->arg;

	(void)fd;
	(void)what;
	unlink_timer(t);
	free(t);
	fn(w, fn_arg);
}

struct front_timer *
front_after(struct front_worker *w, uint32_t ms, front_fn fn, void *arg)
{
	struct front_timer *t = malloc(sizeof(*t));
	struct timeval tv = { ms / 1000, (suseconds_t)(ms % 1000) * 1000 };

	if (t == NULL)
		return NULL;
	*t = (struct front_timer){ .next = w->timers, .w = w, .fn = fn, .arg = arg };
	if (evtimer_assign(&t->ev, w->base, on_timer, t) != 0 || evtimer_add(&t->ev, &tv) != 0) {
		free(t);
		return NULL;
	}
	if (w->timers != NULL)
		w->timers->prev = t;
	w->timers = t;
	return t;
}

void
front_timer_cancel(struct front_timer *t)
{
	if (t == NULL)
		return;
	(void)evtimer_del(&t->ev);
	unlink_timer(t);
	free(t);
}

void
timers_drop(struct front_worker *w)
{
	while (w->timers != NULL)
		front_timer_cancel(w->timers);
}
