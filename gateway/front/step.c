/*
 * gateway/front/step.c - move a connection on until something blocks.
 */
#include <errno.h>
#include <sys/socket.h>

#include "gateway/front/conn_int.h"

enum step
step_gone(struct conn *c)
{
	conn_close(c);
	return STEP_GONE;
}

enum step
step_wait_read(struct conn *c)
{
	conn_watch(c, true, c->writing);
	return STEP_WAIT;
}

#define PROXY_FIXED 16

/* Bytes of the PROXY header still due; what follows belongs to TLS or HTTP and stays in the kernel. */
static size_t
proxy_due(const struct io *io)
{
	const unsigned char *p = (const unsigned char *)io->buf;

	if (io->have < PROXY_FIXED)
		return PROXY_FIXED - io->have;
	return PROXY_FIXED + ((size_t)p[14] << 8 | p[15]) - io->have;
}

static enum step
proxy_end(struct conn *c)
{
	io_drop(c->w, c->io);
	c->io = NULL;
	c->state = c->ssl != NULL ? CONN_TLS : CONN_HEAD;
	return STEP_AGAIN;
}

static enum step
step_proxy(struct conn *c)
{
	struct http_refusal why;
	struct io *io;
	size_t used = 0;
	ssize_t n;

	if (!conn_borrow(c))
		return step_gone(c);
	io = c->io;
	n = recv(c->fd, io->buf + io->have, proxy_due(io), 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return step_wait_read(c);
	if (n <= 0)
		return step_gone(c);
	io->have += (size_t)n;
	io->dirty = io->have;
	switch (proxy_read(io->buf, io->have, &c->peer, &used, &why)) {
	case HTTP_MORE:
		return STEP_AGAIN;
	case HTTP_DONE:
		return proxy_end(c);
	default:
		if (c->w->f->cfg.refused != NULL)
			c->w->f->cfg.refused(c->w->user, &c->peer, &why);
		COUNT(c->w, refused);
		return step_gone(c);
	}
}

static enum step
step_tls(struct conn *c)
{
	switch (conn_handshake(c)) {
	case 0:
		c->state = CONN_HEAD;
		return STEP_AGAIN;
	case IO_AGAIN:
		return step_wait_read(c);
	default:
		return step_gone(c);
	}
}

/* Nothing there now: an idle connection gives its buffer back. */
static enum step
nothing_yet(struct conn *c)
{
	if (c->state == CONN_HEAD && c->io->have == 0) {
		io_drop(c->w, c->io);
		c->io = NULL;
		if (c->w->stopping && c->served > 0)
			return step_gone(c);
	}
	return step_wait_read(c);
}

/* A body too large for the buffer, of a known length, is received where it stays. */
static bool
reads_direct(const struct conn *c)
{
	return c->state == CONN_BODY && c->io->owned != NULL && !c->io->req.chunked;
}

static enum step
step_read(struct conn *c)
{
	struct io *io;
	ssize_t n;

	if (!conn_borrow(c) || (c->state == CONN_BODY && !serve_room(c->io)))
		return step_gone(c);
	io = c->io;
	if (reads_direct(c)) {
		n = conn_recv(c, io->owned + io->body_n, io->room - io->body_n);
		if (n > 0)
			return serve_direct(c, (size_t)n);
	} else {
		n = conn_recv(c, io->buf + io->have, sizeof(io->buf) - io->have);
		if (n > 0) {
			io->have += (size_t)n;
			if (io->have > io->dirty)
				io->dirty = io->have;
			return STEP_AGAIN;
		}
	}
	return n == IO_AGAIN ? nothing_yet(c) : step_gone(c);
}

/* What is in the buffer goes first. */
static enum step
step_head(struct conn *c)
{
	if (c->io != NULL && c->io->have > c->io->head.scan)
		return serve_head(c);
	return step_read(c);
}

static enum step
step_body(struct conn *c)
{
	if (c->io->have > c->io->raw)
		return serve_body(c);
	return step_read(c);
}

static enum step
step_flush(struct conn *c)
{
	if (!conn_flush(c))
		return step_gone(c);
	if (c->out_n == 0)
		return serve_next(c);
	conn_watch(c, false, true);
	return STEP_WAIT;
}

/* Whoever closes with bytes unread resets the connection, and the refusal may be lost with it. */
static enum step
step_linger(struct conn *c)
{
	ssize_t n = recv(c->fd, c->w->out, sizeof(c->w->out), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return step_wait_read(c);
	if (n <= 0)
		return step_gone(c);
	c->lingered += (size_t)n;
	return c->lingered > FG_LIMIT_HTTP_LINGER_BYTES ? step_gone(c) : STEP_AGAIN;
}

void
conn_run(struct conn *c)
{
	static enum step (*const step[])(struct conn *) = {
		[CONN_PROXY] = step_proxy, [CONN_TLS] = step_tls,     [CONN_HEAD] = step_head,
		[CONN_BODY] = step_body,   [CONN_FLUSH] = step_flush, [CONN_LINGER] = step_linger,
		[CONN_SERVE] = NULL,       [CONN_DEAD] = NULL,
	};

	while (step[c->state] != NULL) {
		if (step[c->state](c) != STEP_AGAIN)
			return;
	}
}
