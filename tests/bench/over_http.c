/*
 * tests/bench/over_http.c - rounds of a load, the bare loop beside it, and the rates.
 */
#include "tests/bench/over_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/echo.h"

static void __attribute__((noreturn))
die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

void
http_measure(struct http_cost *ret, const struct load *l, const struct bench_cpus *cpus, const char *name)
{
	double v[OVER_HTTP_ROUNDS];

	for (int i = -1; i < OVER_HTTP_ROUNDS; i++) {
		double from = bench_cpus_us(cpus);

		if (!load_run(l, &ret->load) || ret->load.failed > 0) {
			fprintf(stderr, "%s: %zu failed, the first with %d: %s\n", name, ret->load.failed,
			    ret->load.first_bad_status, ret->load.first_bad);
			die("requests failed");
		}
		if (i >= 0)
			v[i] = (bench_cpus_us(cpus) - from) / (double)l->requests;
	}
	ret->us = bench_median(v, OVER_HTTP_ROUNDS);
}

static struct fg_str
echo_reply(size_t n)
{
	static char text[16384];
	struct fg_buf b = FG_BUF_FIXED(text);
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n";
	size_t body = n > 60 ? n - 43 : 0;

	fg_buf_fmt(&b, head, body);
	while (b.n < n && b.n < sizeof(text))
		fg_buf_putc(&b, 'r');
	return fg_buf_str(&b);
}

/* The same load of fixed bytes against the bare loop. */
double
http_echo_us(const struct load *l, size_t n_request, size_t n_reply, SSL_CTX *server)
{
	struct load same = *l;
	struct bench_cpus cpus = { 0 };
	struct http_cost f;
	struct echo e;
	char *p = malloc(n_request + 1);
	struct fg_str text = { p, n_request };

	if (p == NULL || !echo_start(&e, n_request, echo_reply(n_reply), server))
		die("no echo");
	memset(p, 'e', n_request);
	bench_cpus_thread(&cpus, e.thread);
	same.port = e.port;
	same.next = load_same;
	same.arg = &text;
	http_measure(&f, &same, &cpus, "echo");
	echo_stop(&e);
	free(p);
	return f.us;
}

void
http_rates_put(struct fg_buf *b, const struct load *l, const struct bench_cpus *cpus)
{
	static const unsigned counts[] = { 1, 16, 256 };

	for (size_t i = 0; i < FG_COUNT(counts); i++) {
		struct load at = *l;
		struct load_result r;
		double from = bench_cpus_us(cpus);

		at.connections = counts[i];
		if (i == 0)
			at.requests = at.requests / 4 + 1;
		if (!load_run(&at, &r) || r.failed > 0)
			die("requests failed");
		fg_buf_fmt(b, "%s%u: %.0f/s %.1f us p50 %.0f p99 %.0f", i == 0 ? "" : "; ", counts[i],
		    (double)r.done * 1e6 / r.wall_us, (bench_cpus_us(cpus) - from) / (double)r.done, r.p50_us,
		    r.p99_us);
	}
	fg_buf_putc(b, '\0');
}
