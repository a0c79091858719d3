/*
 * tests/bench/load.h - an HTTP load driver.
 *
 * Shape:    one thread keeps `connections` requests in flight: each connection sends
 *           one, waits for its whole reply and sends the next.  With one_shot
 *           every request has a connection (and with ctx a full TLS handshake) of its own.
 * Does not: check more of a reply than its status and length.
 */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H

#include <openssl/ssl.h>

#include "base/base.h"

struct load {
	uint16_t port; /* of 127.0.0.1 */
	unsigned connections;
	size_t requests;
	/* The bytes of request number i; borrowed until the next call. */
	struct fg_str (*next)(void *arg, size_t i);
	void *arg;
	SSL_CTX *ctx; /* of a client; NULL: plain */
	bool one_shot;
	int want_status;
};

struct load_result {
	size_t done, failed; /* failed: another status, or the connection broke */
	double wall_us, p50_us, p99_us;
	int first_bad_status; /* 0: none, or the connection broke */
	char first_bad[512];  /* its reply, as far as it fits */
	size_t reply_bytes;   /* of the last reply, head and body */
};

/* False when it could not even connect. */
bool load_run(const struct load *l, struct load_result *ret);

/* For `next`: always the same bytes (arg is a struct fg_str *). */
struct fg_str load_same(void *arg, size_t i);

#endif
