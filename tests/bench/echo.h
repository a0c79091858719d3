/*
 * tests/bench/echo.h - the limit of whatever goes over HTTP: a bare epoll loop
 * that reads as many bytes as a request has and writes the bytes of a reply.
 *
 * It parses nothing.  One thread; plain or TLS (its context gives certificate and
 * rules); a connection is closed after one reply when the peer closes it.
 */
#ifndef TESTS_BENCH_ECHO_H
#define TESTS_BENCH_ECHO_H

#include <pthread.h>

#include <openssl/ssl.h>

#include "base/base.h"

struct echo {
	pthread_t thread;
	int listen_fd, epoll_fd, stop_fd;
	uint16_t port;
	size_t n_request;     /* bytes that make one request */
	struct fg_str reply;  /* borrowed until echo_stop */
	SSL_CTX *ctx;         /* borrowed; NULL: plain */
};

bool echo_start(struct echo *e, size_t n_request, struct fg_str reply, SSL_CTX *ctx);
void echo_stop(struct echo *e);

/* The same rules as the listener's own context, so that only the loop differs. */
SSL_CTX *echo_server_ctx(struct fg_str chain, struct fg_str key);
SSL_CTX *echo_client_ctx(void);

#endif
