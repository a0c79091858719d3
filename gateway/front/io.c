/*
 * gateway/front/io.c - bytes in and out of one connection, plain or TLS.
 *
 * Everything is tried at once; the loop is asked to watch only after a call
 * would have blocked.  What the socket does not take is kept and sent later.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <openssl/err.h>

#include "gateway/front/conn_int.h"

static ssize_t
tls_result(struct conn *c, int n)
{
	switch (SSL_get_error(c->ssl, n)) {
	case SSL_ERROR_WANT_READ:
		return IO_AGAIN;
	case SSL_ERROR_WANT_WRITE:
		conn_watch(c, c->reading, true);
		return IO_AGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default:
		/* The session is broken: it must not be shut down in order. */
		SSL_set_quiet_shutdown(c->ssl, 1);
		ERR_clear_error();
		return IO_ERROR;
	}
}

static ssize_t
plain_result(ssize_t n)
{
	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? IO_AGAIN : IO_ERROR;
}

ssize_t
conn_recv(struct conn *c, char *p, size_t n)
{
	int got;

	if (c->ssl == NULL)
		return plain_result(recv(c->fd, p, n, 0));
	ERR_clear_error();
	got = SSL_read(c->ssl, p, n > INT32_MAX ? INT32_MAX : (int)n);
	return got > 0 ? got : tls_result(c, got);
}

static ssize_t
put_once(struct conn *c, const char *p, size_t n)
{
	int put;

	if (c->ssl == NULL)
		return plain_result(send(c->fd, p, n, MSG_NOSIGNAL));
	ERR_clear_error();
	put = SSL_write(c->ssl, p, n > INT32_MAX ? INT32_MAX : (int)n);
	return put > 0 ? put : tls_result(c, put);
}

/* Bytes sent, or -1 when the connection is broken. */
static ssize_t
put_all(struct conn *c, const char *p, size_t n)
{
	size_t sent = 0;

	while (sent < n) {
		ssize_t k = put_once(c, p + sent, n - sent);

		if (k == IO_AGAIN)
			break;
		if (k <= 0)
			return -1;
		sent += (size_t)k;
	}
	return (ssize_t)sent;
}

static bool
keep(struct conn *c, const char *p, size_t n)
{
	if (c->out_room - c->out_n < n) {
		char *grown = realloc(c->out, c->out_n + n);

		if (grown == NULL)
			return false;
		c->out = grown;
		c->out_room = c->out_n + n;
	}
	memcpy(c->out + c->out_n, p, n);
	c->out_n += n;
	return true;
}

bool
conn_send(struct conn *c, const char *p, size_t n)
{
	ssize_t sent = 0;

	if (c->out_n == 0) {
		sent = put_all(c, p, n);
		if (sent < 0)
			return false;
	}
	return (size_t)sent == n || keep(c, p + sent, n - (size_t)sent);
}

bool
conn_flush(struct conn *c)
{
	ssize_t sent = put_all(c, c->out + c->out_at, c->out_n - c->out_at);

	if (sent < 0)
		return false;
	c->out_at += (size_t)sent;
	if (c->out_at == c->out_n) {
		explicit_bzero(c->out, c->out_room);
		free(c->out);
		c->out = NULL;
		c->out_n = c->out_at = c->out_room = 0;
	}
	return true;
}

int
conn_handshake(struct conn *c)
{
	int got;

	ERR_clear_error();
	got = SSL_accept(c->ssl);
	if (got == 1) {
		COUNT(c->w, tls_ok);
		if (SSL_session_reused(c->ssl))
			COUNT(c->w, tls_resumed);
		c->peer.tls_version = SSL_get_version(c->ssl);
		c->peer.tls_cipher = SSL_get_cipher_name(c->ssl);
		return 0;
	}
	if (tls_result(c, got) == IO_AGAIN)
		return IO_AGAIN;
	COUNT(c->w, tls_failed);
	return IO_ERROR;
}

bool
conn_pending(const struct conn *c)
{
	return c->ssl != NULL && SSL_has_pending(c->ssl) != 0;
}

void
conn_watch(struct conn *c, bool reading, bool writing)
{
	if (reading != c->reading) {
		c->reading = reading;
		if (reading)
			(void)event_add(&c->ev_read, NULL);
		else
			(void)event_del(&c->ev_read);
	}
	if (writing != c->writing) {
		c->writing = writing;
		if (writing)
			(void)event_add(&c->ev_write, NULL);
		else
			(void)event_del(&c->ev_write);
	}
}

void
conn_event(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	/* Served elsewhere meanwhile: what the peer sends now waits in the kernel. */
	if (c->state == CONN_SERVE && (what & EV_READ) != 0) {
		conn_watch(c, false, c->writing);
		return;
	}
	if ((what & EV_WRITE) != 0)
		conn_watch(c, c->reading, false);
	conn_run(c);
}
