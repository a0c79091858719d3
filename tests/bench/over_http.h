/*
 * tests/bench/over_http.h - what a request over HTTP costs the processes that serve it.
 *
 * Shape:    a load (load.h) runs in rounds; the CPU time of the processes in `cpus` is divided by
 *           its requests.  The median round counts, the first is thrown away.
 * Limit:    http_echo_us(): the same load of fixed bytes against the bare loop of echo.h.
 * Failure:  a request that fails ends the process with what came back.
 */
#ifndef TESTS_BENCH_OVER_HTTP_H
#define TESTS_BENCH_OVER_HTTP_H

#include "tests/bench/bench.h"
#include "tests/bench/load.h"

#define OVER_HTTP_ROUNDS 5
#define OVER_HTTP_BUSY 256 /* connections: the figure of a row is that of a busy gateway */

struct http_cost {
	double us;               /* of CPU a request */
	struct load_result load; /* of the last round */
};

void http_measure(struct http_cost *ret, const struct load *l, const struct bench_cpus *cpus,
    const char *name);
/* server: NULL, or the TLS context of the echo. */
double http_echo_us(const struct load *l, size_t n_request, size_t n_reply, SSL_CTX *server);
/* "1: 20000/s 45.1 us p50 45 p99 80; 16: ...; 256: ...": rate, CPU time, latencies; terminated. */
void http_rates_put(struct fg_buf *b, const struct load *l, const struct bench_cpus *cpus);

#endif
