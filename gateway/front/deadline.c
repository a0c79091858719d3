/*
 * gateway/front/deadline.c - when a connection is cut.
 *
 * A queue holds connections whose clocks have the same duration, so appending
 * keeps it in order and only its head is looked at.  A request's clock starts
 * at its first byte and stays in D_HEAD until that is over; only then is a
 * request that is still reading its body moved on to D_REQUEST, so that a quick
 * request touches no queue but D_IDLE.
 */
#include "gateway/front/conn_int.h"

static void
unlink_conn(struct conn *c)
{
	struct deadline *q = &c->w->queue[c->d_kind];

	if (c->d_kind == D_NONE)
		return;
	if (c->d_prev != NULL)
		c->d_prev->d_next = c->d_next;
	else
		q->first = c->d_next;
	if (c->d_next != NULL)
		c->d_next->d_prev = c->d_prev;
	else
		q->last = c->d_prev;
	c->d_prev = c->d_next = NULL;
	c->d_kind = D_NONE;
}

void
deadline_set(struct conn *c, enum deadline_kind kind, uint64_t since_us)
{
	struct deadline *q = &c->w->queue[kind];

	unlink_conn(c);
	if (kind == D_NONE)
		return;
	c->d_kind = kind;
	c->d_since_us = since_us;
	c->d_prev = q->last;
	if (q->last != NULL)
		q->last->d_next = c;
	else
		q->first = c;
	q->last = c;
}

static uint64_t
duration_us(const struct front_limits *l, enum deadline_kind kind)
{
	switch (kind) {
	case D_HEAD:
		return (uint64_t)l->head_ms * 1000;
	case D_REQUEST:
	case D_FLUSH:
		return (uint64_t)l->request_ms * 1000;
	case D_IDLE:
		return (uint64_t)l->idle_ms * 1000;
	default:
		return (uint64_t)FG_LIMIT_HTTP_LINGER_MS * 1000;
	}
}

static void
expire(struct conn *c)
{
	if (c->d_kind == D_HEAD && c->state == CONN_BODY) {
		deadline_set(c, D_REQUEST, c->d_since_us);
		return;
	}
	if (c->state == CONN_SERVE) { /* complete: how long it takes is the handler's affair */
		deadline_set(c, D_NONE, 0);
		return;
	}
	if (c->d_kind != D_IDLE && c->d_kind != D_LINGER)
		COUNT(c->w, deadline);
	conn_close(c);
}

void
deadline_check(struct front_worker *w)
{
	uint64_t now = front_mono_us(w->f);

	for (int kind = D_NONE + 1; kind < D_MAX; kind++) {
		uint64_t us = duration_us(&w->f->cfg.limits, (enum deadline_kind)kind);
		struct conn *c = w->queue[kind].first;

		while (c != NULL && now - c->d_since_us >= us && now > c->d_since_us) {
			expire(c);
			c = w->queue[kind].first;
		}
	}
}
