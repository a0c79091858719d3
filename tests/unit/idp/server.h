/*
 * tests/unit/idp/server.h - a TLS server of canned answers on loopback, on a thread of its own.
 *
 * Paths: /ok /500 /redirect /canary /big /chunked /truncated /slow; what else is asked for is 404.
 * Its certificate is for 127.0.0.1 and good.test and signed by a CA that is sent along.
 */
#ifndef TESTS_IDP_SERVER_H
#define TESTS_IDP_SERVER_H

#include <pthread.h>
#include <stdatomic.h>

#include <openssl/ssl.h>

#include "base/base.h"

struct server {
	int fd;
	uint16_t port;
	SSL_CTX *ctx;
	pthread_t thread;
	_Atomic unsigned requests, canary;
	struct fg_str ca; /* PEM, in the arena */
	unsigned char ca_thumb[20], leaf_thumb[20];
};

bool server_open(struct server *s, struct fg_arena *a);
void server_close(struct server *s);

#endif
