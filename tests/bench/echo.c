/*
 * tests/bench/echo.c - the bare loop.
 */
#include "tests/bench/echo.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/pem.h>

struct peer {
	int fd;
	SSL *ssl;
	size_t have;
};

static char scratch[256 * 1024];

static void
drop(struct peer *p)
{
	if (p->ssl != NULL)
		(void)SSL_shutdown(p->ssl);
	SSL_free(p->ssl);
	close(p->fd);
	free(p);
}

/* One read; bytes, 0 at the end, -1 when nothing is there. */
static ssize_t
take(struct peer *p)
{
	int n;

	if (p->ssl == NULL) {
		ssize_t k = recv(p->fd, scratch, sizeof(scratch), 0);

		return k < 0 ? -1 : k;
	}
	n = SSL_read(p->ssl, scratch, sizeof(scratch));
	if (n > 0)
		return n;
	return SSL_get_error(p->ssl, n) == SSL_ERROR_WANT_READ ? -1 : 0;
}

static bool
give(struct peer *p, struct fg_str s)
{
	if (p->ssl != NULL)
		return SSL_write(p->ssl, s.p, (int)s.n) == (int)s.n;
	return send(p->fd, s.p, s.n, MSG_NOSIGNAL) == (ssize_t)s.n;
}

/* False when the peer is gone. */
static bool
serve(struct echo *e, struct peer *p)
{
	ssize_t n = take(p);

	if (n <= 0)
		return n < 0;
	p->have += (size_t)n;
	if (p->have < e->n_request)
		return true;
	p->have -= e->n_request;
	return give(p, e->reply);
}

static void
welcome(struct echo *e)
{
	int fd = accept4(e->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct peer *p = fd < 0 ? NULL : calloc(1, sizeof(*p));
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = p };

	if (p == NULL)
		return;
	p->fd = fd;
	if (e->ctx != NULL) {
		p->ssl = SSL_new(e->ctx);
		if (p->ssl == NULL || SSL_set_fd(p->ssl, fd) != 1)
			abort();
		SSL_set_accept_state(p->ssl);
	}
	if (!serve(e, p) || epoll_ctl(e->epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0)
		drop(p);
}

static void *
loop(void *arg)
{
	struct echo *e = arg;
	struct epoll_event ev[64];

	for (;;) {
		int n = epoll_wait(e->epoll_fd, ev, FG_COUNT(ev), -1);

		for (int i = 0; i < n; i++) {
			if (ev[i].data.ptr == &e->stop_fd)
				return NULL;
			if (ev[i].data.ptr == e)
				welcome(e);
			else if (!serve(e, ev[i].data.ptr))
				drop(ev[i].data.ptr);
		}
	}
}

static bool
listen_on_loopback(struct echo *e)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t n = sizeof(sa);
	const int one = 1;

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	e->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (e->listen_fd < 0 || setsockopt(e->listen_fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0 ||
	    bind(e->listen_fd, (struct sockaddr *)&sa, n) != 0 || listen(e->listen_fd, 1024) != 0 ||
	    getsockname(e->listen_fd, (struct sockaddr *)&sa, &n) != 0)
		return false;
	e->port = ntohs(sa.sin_port);
	return true;
}

bool
echo_start(struct echo *e, size_t n_request, struct fg_str reply, SSL_CTX *ctx)
{
	struct epoll_event ev = { .events = EPOLLIN };

	(void)signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
	*e = (struct echo){ .n_request = n_request, .reply = reply, .ctx = ctx };
	if (!listen_on_loopback(e))
		return false;
	e->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	e->stop_fd = eventfd(0, EFD_CLOEXEC);
	ev.data.ptr = e;
	if (epoll_ctl(e->epoll_fd, EPOLL_CTL_ADD, e->listen_fd, &ev) != 0)
		return false;
	ev.data.ptr = &e->stop_fd;
	return epoll_ctl(e->epoll_fd, EPOLL_CTL_ADD, e->stop_fd, &ev) == 0 &&
	    pthread_create(&e->thread, NULL, loop, e) == 0;
}

void
echo_stop(struct echo *e)
{
	const uint64_t one = 1;

	if (write(e->stop_fd, &one, sizeof(one)) < 0)
		abort();
	pthread_join(e->thread, NULL);
	close(e->listen_fd);
	close(e->epoll_fd);
	close(e->stop_fd);
}

SSL_CTX *
echo_server_ctx(struct fg_str chain, struct fg_str key)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	BIO *c = BIO_new_mem_buf(chain.p, (int)chain.n);
	BIO *k = BIO_new_mem_buf(key.p, (int)key.n);
	X509 *cert = PEM_read_bio_X509(c, NULL, NULL, NULL);
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(k, NULL, NULL, NULL);

	if (ctx == NULL || SSL_CTX_use_certificate(ctx, cert) != 1 || SSL_CTX_use_PrivateKey(ctx, pkey) != 1)
		abort();
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_num_tickets(ctx, 1);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	X509_free(cert);
	EVP_PKEY_free(pkey);
	BIO_free(c);
	BIO_free(k);
	return ctx;
}

SSL_CTX *
echo_client_ctx(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (ctx == NULL)
		abort();
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	return ctx;
}
