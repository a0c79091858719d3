/*
 * gateway/front/conn.c - one connection from accept to close.
 */
#include <stdlib.h>
#include <unistd.h>

#include "gateway/front/conn_int.h"

#define POOL_MAX 256 /* spare buffers kept by a worker: as many requests wait for a sync at once */

#define KEEP_FIRST 8192u /* a call that waits for its record, and its reply, bytes */

/* ---- buffers --------------------------------------------------------- */

void
io_free(struct io *io)
{
	if (io == NULL)
		return;
	fg_arena_free(io->arena);
	fg_arena_free(io->keep);
	free(io);
}

bool
io_arena(struct front_worker *w, struct io *io)
{
	if (io->arena == NULL)
		io->arena = w->spares > 0 ? w->spare[--w->spares] : fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	return io->arena != NULL;
}

void
io_arena_drop(struct front_worker *w, struct io *io)
{
	if (io->arena == NULL)
		return;
	fg_arena_reset(io->arena);
	if (w->spares < FG_COUNT(w->spare))
		w->spare[w->spares++] = io->arena;
	else
		fg_arena_free(io->arena);
	io->arena = NULL;
}

static struct io *
io_new(void)
{
	struct io *io = malloc(sizeof(*io));

	if (io == NULL)
		return NULL;
	memset(io, 0, offsetof(struct io, req));
	io->req.n_header = 0;
	io->keep = fg_arena_new_first(FG_LIMIT_REQUEST_BYTES, KEEP_FIRST);
	if (io->keep == NULL) {
		free(io);
		return NULL;
	}
	return io;
}

bool
conn_borrow(struct conn *c)
{
	struct front_worker *w = c->w;
	struct io *io = w->pool;

	if (c->io != NULL)
		return true;
	if (io != NULL) {
		w->pool = io->next;
		w->pooled--;
	} else {
		io = io_new();
	}
	if (io == NULL)
		return false;
	io->next = NULL;
	io->conn = c;
	c->io = io;
	return true;
}

void
io_drop(struct front_worker *w, struct io *io)
{
	explicit_bzero(io->buf, io->dirty);
	io->have = io->raw = io->dirty = 0;
	io->head = (struct http_head){ 0 };
	io->conn = NULL;
	if (w->pooled >= POOL_MAX) {
		io_free(io);
		return;
	}
	io->next = w->pool;
	w->pool = io;
	w->pooled++;
}

/* ---- life ------------------------------------------------------------ */

static void
link_conn(struct conn *c)
{
	struct front_worker *w = c->w;

	c->next = w->conns;
	if (w->conns != NULL)
		w->conns->prev = c;
	w->conns = c;
}

static void
unlink_conn(struct conn *c)
{
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		c->w->conns = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
}

struct conn *
conn_new(struct front_worker *w, struct front_worker_listener *l, int fd, const struct fg_ip *ip,
    uint16_t port)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	*c = (struct conn){ .w = w, .l = l, .fd = fd, .number = ++w->numbers << 8 | w->index };
	c->peer.ip = c->peer.socket_ip = *ip;
	c->peer.port = port;
	if (l->ctx != NULL) {
		c->ssl = SSL_new(l->ctx);
		if (c->ssl == NULL || SSL_set_fd(c->ssl, fd) != 1) {
			SSL_free(c->ssl);
			free(c);
			return NULL;
		}
		c->peer.secure = c->peer.own_tls = true;
		c->state = CONN_TLS;
	} else {
		c->state = CONN_HEAD;
	}
	if (w->f->l[l->index].proxy_v2)
		c->state = CONN_PROXY;
	(void)event_assign(&c->ev_read, w->base, fd, EV_READ | EV_PERSIST, conn_event, c);
	(void)event_assign(&c->ev_write, w->base, fd, EV_WRITE | EV_PERSIST, conn_event, c);
	link_conn(c);
	deadline_set(c, D_HEAD, front_mono_us(w->f));
	return c;
}

void
conn_free(struct conn *c)
{
	struct front_worker *w = c->w;

	if (c->io != NULL) {
		serve_release(c);
		io_drop(w, c->io);
	}
	unlink_conn(c);
	free(c);
	worker_check_end(w);
}

void
conn_close(struct conn *c)
{
	struct front_worker *w = c->w;

	if (c->fd < 0)
		return;
	deadline_set(c, D_NONE, 0);
	conn_watch(c, false, false);
	if (c->ssl != NULL && c->state != CONN_TLS && c->state != CONN_PROXY && c->state != CONN_LINGER)
		(void)SSL_shutdown(c->ssl);
	SSL_free(c->ssl);
	c->ssl = NULL;
	close(c->fd);
	c->fd = -1;
	if (c->out != NULL)
		explicit_bzero(c->out, c->out_room);
	free(c->out);
	c->out = NULL;
	c->out_n = c->out_at = c->out_room = 0;
	if (c->address_slot != 0)
		address_release(w->f, c->address_slot);
	atomic_fetch_sub_explicit(&w->f->open, 1, memory_order_relaxed);
	COUNT(w, closed);
	/* An exchange that is out still needs its memory; http_reply() will free it. */
	if (c->state != CONN_SERVE)
		conn_free(c);
	else
		c->state = CONN_DEAD;
}
