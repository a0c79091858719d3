/*
 * gateway/front/serve.c - a head, a body, a handler, a reply, and the next one.
 */
#include <stdlib.h>
#include <sys/socket.h>

#include "gateway/front/conn_int.h"

#define FIRST_GROWTH (2u * FG_LIMIT_HTTP_BUFFER) /* of a chunked body that outgrows the buffer, bytes */

/* A request has begun: its clock runs from here. */
static void
note_begun(struct conn *c)
{
	if (c->d_kind != D_HEAD && c->d_kind != D_REQUEST)
		deadline_set(c, D_HEAD, front_mono_us(c->w->f));
}

void
serve_release(struct conn *c)
{
	struct front *f = c->w->f;
	struct io *io = c->io;

	if (io->owned != NULL) {
		explicit_bzero(io->owned, io->room);
		free(io->owned);
		io->owned = NULL;
		io->room = 0;
	}
	if (io->admitted > 0) {
		atomic_fetch_sub(&f->big_n, 1);
		atomic_fetch_sub(&f->big_bytes, io->admitted);
		io->admitted = 0;
	}
	io->body_n = 0;
	io_arena_drop(c->w, io);
	fg_arena_reset(io->keep);
}

/* ---- after a reply --------------------------------------------------- */

static enum step
finish_close(struct conn *c)
{
	if (!c->unread)
		return step_gone(c);
	if (c->ssl != NULL)
		(void)SSL_shutdown(c->ssl);
	(void)shutdown(c->fd, SHUT_WR);
	c->state = CONN_LINGER;
	deadline_set(c, D_LINGER, front_mono_us(c->w->f));
	return STEP_AGAIN;
}

/* What came behind this request moves to the front of the buffer. */
static void
shift_buffer(struct conn *c)
{
	struct io *io = c->io;

	io->have -= io->raw;
	if (io->have == 0) {
		io_drop(c->w, io);
		c->io = NULL;
		return;
	}
	memmove(io->buf, io->buf + io->raw, io->have);
	io->raw = 0;
	io->head = (struct http_head){ 0 };
}

enum step
serve_next(struct conn *c)
{
	if (c->close_after)
		return finish_close(c);
	c->state = CONN_HEAD;
	shift_buffer(c);
	deadline_set(c, D_IDLE, front_mono_us(c->w->f));
	if (c->io != NULL || conn_pending(c))
		return STEP_AGAIN;
	return step_wait_read(c);
}

static enum step
after_reply(struct conn *c)
{
	c->served++;
	c->state = CONN_FLUSH; /* the exchange is over: closing may free the connection now */
	if (c->broken)
		return step_gone(c);
	if (c->out_n == 0)
		return serve_next(c);
	deadline_set(c, D_FLUSH, front_mono_us(c->w->f));
	conn_watch(c, false, true);
	return STEP_WAIT;
}

static void
refused(struct conn *c, const struct http_refusal *why)
{
	COUNT(c->w, refused);
	if (c->w->f->cfg.refused != NULL)
		c->w->f->cfg.refused(c->w->user, &c->io->peer, why);
}

static enum step
refuse(struct conn *c, const struct http_refusal *why)
{
	refused(c, why);
	serve_release(c);
	c->close_after = c->unread = true;
	c->broken = !reply_refusal(c, why, 0, true);
	return after_reply(c);
}

/* Is this the last request of its connection, as far as the front is concerned? */
static bool
is_last(const struct conn *c)
{
	return !c->io->req.keep_alive || c->w->stopping ||
	    c->served + 1 >= c->w->f->cfg.limits.requests_connection;
}

/* No route: well framed, so the connection can go on when there is no body in the way. */
static enum step
no_route(struct conn *c, const struct http_refusal *why, unsigned allow)
{
	if (c->io->req.chunked || c->io->req.content_length > 0)
		return refuse(c, why);
	refused(c, why);
	c->close_after = is_last(c);
	c->unread = c->io->have > c->io->raw;
	c->broken = !reply_refusal(c, why, allow, c->close_after);
	return after_reply(c);
}

/* ---- the handler ----------------------------------------------------- */

static bool
fill_exchange(struct conn *c, const struct front_route *route)
{
	struct io *io = c->io;

	if (!io_arena(c->w, io))
		return false;
	io->x = (struct http_exchange){
		.req = &io->req,
		.arena = io->arena,
		.keep = io->keep,
		.peer = &io->peer,
		.route = route,
		.worker = c->w,
		.user = c->w->user,
		.connection = c->number,
	};
	reply_id(c->w, io->x.id);
	return true;
}

static struct io *
io_of(struct http_exchange *x)
{
	return (struct io *)(void *)((char *)x - offsetof(struct io, x));
}

void
http_settle(struct http_exchange *x)
{
	io_arena_drop(x->worker, io_of(x));
	x->arena = x->keep;
}

static void
read_clocks(struct conn *c)
{
	c->io->x.now = front_wall(c->w->f);
	c->io->x.begin_us = front_mono_us(c->w->f);
}

static enum step
serve_request(struct conn *c)
{
	struct io *io = c->io;

	if (io->body_n > 0)
		io->req.body = fg_str(io->owned != NULL ? io->owned : io->buf + io->head.end, io->body_n);
	read_clocks(c);
	COUNT(c->w, requests);
	c->state = CONN_SERVE;
	c->dispatching = true;
	c->replied = c->broken = false;
	io->x.route->handler(&io->x);
	c->dispatching = false;
	return c->replied ? after_reply(c) : STEP_WAIT;
}

static void
count_status(struct front_worker *w, int status)
{
	if (status < 300)
		COUNT(w, status_2xx);
	else if (status < 400)
		COUNT(w, status_3xx);
	else if (status < 500)
		COUNT(w, status_4xx);
	else
		COUNT(w, status_5xx);
}

/* The peer went away while the handler worked. */
static void
reply_to_nobody(struct conn *c)
{
	if (!c->dispatching)
		conn_free(c);
}

void
http_reply(struct http_exchange *x, const struct http_reply *r)
{
	struct io *io = io_of(x);
	struct conn *c = io->conn;
	struct front_worker *w = c->w;

	count_status(w, r->status);
	if (w->f->cfg.replied != NULL)
		w->f->cfg.replied(x, r->status, r->body.n);
	if (c->state == CONN_DEAD) {
		reply_to_nobody(c);
		return;
	}
	c->close_after = is_last(c) || (r->flags & HTTP_REPLY_CLOSE) != 0;
	c->unread = io->have > io->raw;
	c->broken = !reply_send(c, x, r, c->close_after);
	c->replied = true;
	serve_release(c);
	if (!c->dispatching && after_reply(c) == STEP_AGAIN)
		conn_run(c);
}

/* ---- the body -------------------------------------------------------- */

/* One of the few large bodies?  Takes its share of the budget. */
static bool
take_budget(struct conn *c, uint64_t n)
{
	struct front *f = c->w->f;

	if (atomic_fetch_add(&f->big_n, 1) >= FG_LIMIT_HTTP_BIG_AT_ONCE) {
		atomic_fetch_sub(&f->big_n, 1);
		return false;
	}
	if (atomic_fetch_add(&f->big_bytes, n) + n > FG_LIMIT_HTTP_BIG_TOTAL) {
		atomic_fetch_sub(&f->big_bytes, n);
		atomic_fetch_sub(&f->big_n, 1);
		return false;
	}
	c->io->admitted = n;
	return true;
}

static bool
admitted(struct conn *c)
{
	const struct front_config *cfg = &c->w->f->cfg;
	struct io *io = c->io;
	uint64_t n = io->req.content_length;

	if ((io->x.route->flags & FRONT_BIG_BODY) == 0 || cfg->admit == NULL || io->req.chunked ||
	    n > FG_LIMIT_HTTP_BIG_BODY || !take_budget(c, n))
		return false;
	read_clocks(c);
	if (cfg->admit(&io->x, n))
		return true;
	serve_release(c);
	return false;
}

static enum http_read
start_body(struct conn *c, struct http_refusal *why)
{
	struct io *io = c->io;
	size_t max = io->x.route->body_max;
	enum http_read got;

	if (max > FG_LIMIT_HTTP_BODY)
		max = FG_LIMIT_HTTP_BODY;
	got = http_body_start(&io->body, &io->req, max, why);
	if (got == HTTP_REFUSED && admitted(c))
		got = http_body_start(&io->body, &io->req, FG_LIMIT_HTTP_BIG_BODY, why);
	return got;
}

/* A body of known length that does not fit behind its head gets its own memory, at once. */
static bool
place_body(struct io *io)
{
	if (io->req.chunked || io->req.content_length <= sizeof(io->buf) - io->head.end)
		return true;
	io->room = (size_t)io->req.content_length;
	io->owned = malloc(io->room);
	return io->owned != NULL;
}

static bool
say_continue(struct conn *c)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";

	/* The peer did not wait: then it needs no answer. */
	if (!c->io->req.expect_continue || c->io->have > c->io->raw)
		return true;
	return conn_send(c, text, sizeof(text) - 1);
}

static enum step
head_done(struct conn *c)
{
	struct io *io = c->io;
	struct http_refusal why;
	unsigned allow = 0;
	const struct front_route *route;
	enum http_read got;

	io->raw = io->head.end;
	if (forwarded_read(&c->w->f->cfg, &io->req, &io->peer, &why) == HTTP_REFUSED)
		return refuse(c, &why);
	route = route_find(c->w->f->cfg.route, &io->req, &allow, &why);
	if (route == NULL)
		return no_route(c, &why, allow);
	if (!fill_exchange(c, route))
		return step_gone(c);
	got = start_body(c, &why);
	if (got == HTTP_REFUSED)
		return refuse(c, &why);
	if (got == HTTP_DONE)
		return serve_request(c);
	note_begun(c);
	c->state = CONN_BODY;
	return place_body(io) && say_continue(c) ? STEP_AGAIN : step_gone(c);
}

enum step
serve_head(struct conn *c)
{
	struct io *io = c->io;
	struct http_refusal why;

	if (io->head.scan == 0)
		io->peer = c->peer;
	switch (http_head_read(&io->head, io->buf, io->have, &io->req, &why)) {
	case HTTP_DONE:
		return head_done(c);
	case HTTP_MORE:
		note_begun(c);
		return STEP_AGAIN;
	default:
		return refuse(c, &why);
	}
}

/* Room behind the decoded bytes for n more. */
static bool
reserve(struct io *io, size_t n)
{
	size_t want = io->room;
	char *grown;

	while (want - io->body_n < n)
		want *= 2;
	if (want == io->room)
		return true;
	grown = malloc(want);
	if (grown == NULL)
		return false;
	memcpy(grown, io->owned, io->body_n);
	explicit_bzero(io->owned, io->room);
	free(io->owned);
	io->owned = grown;
	io->room = want;
	return true;
}

bool
serve_room(struct io *io)
{
	if (!io->req.chunked)
		return true;
	/* All raw bytes are taken: the next ones may lie over them. */
	io->have = io->raw = io->head.end + (io->owned != NULL ? 0 : io->body_n);
	if (io->owned != NULL || io->have < sizeof(io->buf))
		return true;
	io->owned = malloc(FIRST_GROWTH);
	if (io->owned == NULL)
		return false;
	io->room = FIRST_GROWTH;
	memcpy(io->owned, io->buf + io->head.end, io->body_n);
	io->have = io->raw = io->head.end;
	return true;
}

enum step
serve_body(struct conn *c)
{
	struct io *io = c->io;
	size_t n = io->have - io->raw;
	struct http_refusal why;
	size_t in = 0;
	size_t out = 0;
	char *to;
	enum http_read got;

	if (io->owned != NULL && !reserve(io, n < io->body.max ? n : (size_t)io->body.max))
		return step_gone(c);
	to = io->owned != NULL ? io->owned + io->body_n : io->buf + io->head.end + io->body_n;
	got = http_body_read(&io->body, io->buf + io->raw, n, &in, to, &out, &why);
	if (got == HTTP_REFUSED)
		return refuse(c, &why);
	io->raw += in;
	io->body_n += out;
	return got == HTTP_DONE ? serve_request(c) : STEP_AGAIN;
}

enum step
serve_direct(struct conn *c, size_t n)
{
	struct io *io = c->io;
	char *p = io->owned + io->body_n;
	struct http_refusal why;
	size_t in = 0;
	size_t out = 0;
	enum http_read got = http_body_read(&io->body, p, n, &in, p, &out, &why);

	if (got == HTTP_REFUSED)
		return refuse(c, &why);
	io->body_n += out;
	return got == HTTP_DONE ? serve_request(c) : STEP_AGAIN;
}
