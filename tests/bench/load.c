/*
 * tests/bench/load.c - the load driver.
 */
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "tests/bench/bench.h"

#define ROOM (64u * 1024) /* largest reply, bytes */

struct link {
	int fd;
	SSL *ssl;
	bool connected, watching_write;
	struct fg_buf out; /* the request */
	size_t sent;
	size_t n;
	double from_us;
	char in[ROOM];
};

struct run {
	const struct load *l;
	struct load_result *r;
	int epoll_fd;
	size_t started;
	double *took;
	struct link *link;
};

struct fg_str
load_same(void *arg, size_t i)
{
	(void)i;
	return *(const struct fg_str *)arg;
}

static void
watch(struct run *run, struct link *k, int op, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = k };

	if (epoll_ctl(run->epoll_fd, op, k->fd, &ev) != 0)
		abort();
	k->watching_write = (events & EPOLLOUT) != 0;
}

static void
unlink_socket(struct link *k)
{
	const struct linger reset = { 1, 0 };

	if (k->fd < 0)
		return;
	/* Thousands of connections: none may stay behind in TIME_WAIT. */
	(void)setsockopt(k->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	if (k->ssl != NULL)
		SSL_set_quiet_shutdown(k->ssl, 1);
	SSL_free(k->ssl);
	close(k->fd);
	k->ssl = NULL;
	k->fd = -1;
	k->connected = false;
}

static bool
link_socket(struct run *run, struct link *k)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(run->l->port) };
	const int one = 1;

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	k->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (k->fd < 0 || setsockopt(k->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0)
		return false;
	if (connect(k->fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 && errno != EINPROGRESS)
		return false;
	if (run->l->ctx != NULL) {
		k->ssl = SSL_new(run->l->ctx);
		if (k->ssl == NULL || SSL_set_fd(k->ssl, k->fd) != 1)
			return false;
		SSL_set_connect_state(k->ssl);
	}
	watch(run, k, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
	return true;
}

/* The next request on this connection; false when there is none left. */
static bool
begin(struct run *run, struct link *k)
{
	if (run->started == run->l->requests)
		return false;
	fg_buf_reset(&k->out);
	k->from_us = bench_now_us();
	if (k->fd < 0 && !link_socket(run, k))
		abort();
	fg_buf_put(&k->out, run->l->next(run->l->arg, run->started++));
	if (k->out.bad != FG_OK)
		abort();
	k->sent = k->n = 0;
	return true;
}

/* Bytes, -1 to wait, 0 when it is over. */
static ssize_t
result(struct link *k, ssize_t n)
{
	int e;

	if (n > 0)
		return n;
	if (k->ssl == NULL)
		return n < 0 && (errno == EAGAIN || errno == EINPROGRESS || errno == ENOTCONN) ? -1 : 0;
	e = SSL_get_error(k->ssl, (int)n);
	return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? -1 : 0;
}

/* False when the connection broke. */
static bool
push(struct run *run, struct link *k)
{
	while (k->sent < k->out.n) {
		const char *p = k->out.p + k->sent;
		size_t n = k->out.n - k->sent;
		ssize_t got = result(k, k->ssl != NULL ? SSL_write(k->ssl, p, (int)n)
						       : send(k->fd, p, n, MSG_NOSIGNAL));

		if (got == 0)
			return false;
		if (got < 0)
			return true;
		k->sent += (size_t)got;
	}
	if (k->watching_write)
		watch(run, k, EPOLL_CTL_MOD, EPOLLIN);
	return true;
}

/* Length of the whole reply in k->in, or 0. */
static size_t
reply_length(const struct link *k)
{
	static const char name[] = "\r\nContent-Length: ";
	const char *end = memmem(k->in, k->n, "\r\n\r\n", 4);
	const char *at = end == NULL ? NULL : memmem(k->in, (size_t)(end - k->in), name, sizeof(name) - 1);
	size_t n = 0;

	if (at == NULL)
		return 0;
	for (at += sizeof(name) - 1; fg_digit(*at); at++)
		n = n * 10 + (size_t)(*at - '0');
	n += (size_t)(end - k->in) + 4;
	return k->n >= n ? n : 0;
}

static int
status_of(const struct link *k)
{
	uint64_t status;

	return k->n > 12 && fg_u64(fg_str(k->in + 9, 3), &status) ? (int)status : 0;
}

static void
finish(struct run *run, struct link *k, int status)
{
	struct load_result *r = run->r;

	if (status == run->l->want_status) {
		run->took[r->done++] = bench_now_us() - k->from_us;
		r->reply_bytes = k->n;
		return;
	}
	if (r->failed++ == 0) {
		r->first_bad_status = status;
		(void)snprintf(r->first_bad, sizeof(r->first_bad), "%.*s", (int)(k->n < 500 ? k->n : 500), k->in);
	}
}

/* What has come; true when this request is over. */
static bool
pull(struct run *run, struct link *k)
{
	for (;;) {
		size_t room = sizeof(k->in) - k->n;
		ssize_t got = room == 0 ? 0
		    : result(k, k->ssl != NULL ? SSL_read(k->ssl, k->in + k->n, (int)room)
					       : recv(k->fd, k->in + k->n, room, 0));

		if (got < 0)
			return false;
		if (got == 0) {
			finish(run, k, 0);
			unlink_socket(k);
			return true;
		}
		k->n += (size_t)got;
		if (reply_length(k) == 0)
			continue;
		finish(run, k, status_of(k));
		return true;
	}
}

static bool
says_close(const struct link *k)
{
	return memmem(k->in, k->n, "\r\nConnection: close\r\n", 21) != NULL;
}

/* True while the connection has work. */
static bool
turn(struct run *run, struct link *k)
{
	ERR_clear_error();
	if (k->sent < k->out.n && !push(run, k)) {
		finish(run, k, 0);
		unlink_socket(k);
	} else if (!pull(run, k)) {
		return true;
	} else if (run->l->one_shot || says_close(k)) {
		unlink_socket(k);
	}
	while (begin(run, k)) {
		if (push(run, k))
			return true;
		finish(run, k, 0);
		unlink_socket(k);
	}
	return false;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
drive(struct run *run)
{
	struct epoll_event ev[256];
	size_t busy = 0;

	for (unsigned i = 0; i < run->l->connections; i++) {
		run->link[i].fd = -1;
		run->link[i].out = FG_BUF(ROOM * 16);
		if (begin(run, &run->link[i]))
			busy++;
	}
	while (busy > 0) {
		int n = epoll_wait(run->epoll_fd, ev, FG_COUNT(ev), 10000);

		if (n <= 0)
			break; /* the server is stuck: what is missing counts as failed */
		for (int i = 0; i < n; i++) {
			if (!turn(run, ev[i].data.ptr))
				busy--;
		}
	}
}

bool
load_run(const struct load *l, struct load_result *ret)
{
	struct run run = { .l = l, .r = ret, .epoll_fd = epoll_create1(EPOLL_CLOEXEC) };
	double from;

	(void)signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
	*ret = (struct load_result){ 0 };
	run.took = calloc(l->requests, sizeof(*run.took));
	run.link = calloc(l->connections, sizeof(*run.link));
	if (run.took == NULL || run.link == NULL || run.epoll_fd < 0)
		abort();
	from = bench_now_us();
	drive(&run);
	ret->wall_us = bench_now_us() - from;
	ret->failed = l->requests - ret->done;
	qsort(run.took, ret->done, sizeof(*run.took), by_value);
	if (ret->done > 0) {
		ret->p50_us = run.took[ret->done / 2];
		ret->p99_us = run.took[ret->done * 99 / 100];
	}
	for (unsigned i = 0; i < l->connections; i++) {
		unlink_socket(&run.link[i]);
		fg_buf_free(&run.link[i].out);
	}
	close(run.epoll_fd);
	free(run.took);
	free(run.link);
	return ret->done > 0;
}
