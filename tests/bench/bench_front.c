/*
 * tests/bench/bench_front.c - what the listener adds to a bare epoll echo.
 *
 * The request and the reply have the size and shape of an exchange of a web
 * identity token for credentials; the handler does nothing.
 */
#include "gateway/front/front.h"
#include "tests/bench/bench.h"
#include "tests/bench/echo.h"
#include "tests/bench/load.h"
#include "tests/tls/cert.h"

#include <stdio.h>
#include <stdlib.h>


#define ROUNDS 5

static char reply_body[1500];
static char request[3000];
static struct fg_str request_text;

static void
on_post(struct http_exchange *x)
{
	http_reply(x, &(struct http_reply){ .status = 200, .content_type = FG_LIT("text/xml"),
			  .body = { reply_body, sizeof(reply_body) } });
}

static const struct front_route routes[] = {
	{ HTTP_POST, FG_LIT("/"), FRONT_EXACT, FG_LIMIT_HTTP_BODY, on_post, "post" },
	{ 0, FG_LIT(""), 0, 0, NULL, NULL },
};

static void
make_request(void)
{
	struct fg_buf b = FG_BUF_FIXED(request);

	memset(reply_body, 'r', sizeof(reply_body));
	fg_buf_put(&b, FG_LIT("POST / HTTP/1.1\r\n"
			      "Host: sts.example.com\r\n"
			      "Accept-Encoding: identity\r\n"
			      "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
			      "User-Agent: aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0 source/x86_64.debian.12 "
			      "prompt/off command/sts.assume-role-with-web-identity\r\n"
			      "Content-Length: 1746\r\n\r\n"));
	for (int i = 0; i < 1746; i++)
		fg_buf_putc(&b, 'a');
	if (fg_buf_end(&b, &request_text) != FG_OK)
		abort();
}

struct setting {
	const char *name;
	unsigned connections;
	size_t requests;
	bool tls, one_shot;
};

/* CPU of the server a request: the median of rounds.  *ret holds the last round. */
static double
measure(const struct setting *s, uint16_t port, const struct bench_cpus *cpus, SSL_CTX *ctx,
    struct load_result *ret)
{
	struct load l = { .port = port, .connections = s->connections,
		.requests = bench_scale(s->requests), .next = load_same, .arg = &request_text, .ctx = ctx,
		.one_shot = s->one_shot, .want_status = 200 };
	double v[ROUNDS];

	for (int i = -1; i < ROUNDS; i++) {
		double from = bench_cpus_us(cpus);

		if (!load_run(&l, ret) || ret->failed > 0) {
			fprintf(stderr, "%s: %zu failed: %s\n", s->name, ret->failed, ret->first_bad);
			exit(1);
		}
		if (i >= 0)
			v[i] = (bench_cpus_us(cpus) - from) / (double)l.requests;
	}
	return bench_median(v, ROUNDS);
}

static double
measure_echo(const struct setting *s, struct fg_str reply, SSL_CTX *server, SSL_CTX *client,
    struct load_result *ret)
{
	struct bench_cpus cpus = { 0 };
	struct echo e;
	double us;

	if (!echo_start(&e, request_text.n, reply, server))
		abort();
	bench_cpus_thread(&cpus, e.thread);
	us = measure(s, e.port, &cpus, client, ret);
	echo_stop(&e);
	return us;
}

/* As many bytes as the front's reply has. */
static struct fg_str
echo_reply(size_t n)
{
	static char text[4096];
	struct fg_buf b = FG_BUF_FIXED(text);
	size_t head = n - sizeof(reply_body);

	fg_buf_put(&b, FG_LIT("HTTP/1.1 200 OK\r\nContent-Length: 1500\r\nX-Pad: "));
	while (b.n + 4 < head)
		fg_buf_putc(&b, 'p');
	fg_buf_put(&b, FG_LIT("\r\n\r\n"));
	fg_buf_put(&b, fg_str(reply_body, sizeof(reply_body)));
	return fg_buf_str(&b);
}

static struct front *
start_front(struct front_tls *tls)
{
	struct front_listen l = { .host = FG_LIT("127.0.0.1"), .tls = tls };
	struct front_config cfg = { .listen = &l, .n_listen = 1, .route = routes, .workers = 1 };
	struct front *f = NULL;
	struct fg_err e = { 0 };

	if (front_new(&cfg, &f, &e) != FG_OK || front_start(f, &e) != FG_OK) {
		fprintf(stderr, "%s: %s\n", e.step, e.text);
		exit(1);
	}
	return f;
}

static void
add_front_clock(struct front_worker *w, void *arg)
{
	bench_cpus_thread(arg, pthread_self());
	(void)w;
}

static void
run(const struct setting *s, struct fg_str chain, struct fg_str key)
{
	SSL_CTX *client = s->tls ? echo_client_ctx() : NULL;
	SSL_CTX *server = s->tls ? echo_server_ctx(chain, key) : NULL;
	struct front_tls *tls = NULL;
	struct bench_cpus cpus = { 0 };
	struct load_result r, limit;
	struct front *f;
	double us, limit_us;
	uint64_t port = 0;

	if (s->tls && front_tls_new(chain, key, &tls, NULL) != FG_OK)
		abort();
	f = start_front(tls);
	if (front_post(front_worker(f, 0), add_front_clock, &cpus) != FG_OK ||
	    !fg_u64(fg_str_z(strrchr(front_url(f, 0), ':') + 1), &port))
		abort();
	us = measure(s, (uint16_t)port, &cpus, client, &r);
	front_free(f);
	limit_us = measure_echo(s, echo_reply(r.reply_bytes), server, client, &limit);
	bench_row(s->name, us, limit_us, "us",
	    "limit: bare epoll echo of the same bytes; %u connections, %.0f/s, p50 %.0f us, p99 %.0f us (echo %.0f/s, %.0f, %.0f)",
	    s->connections, (double)r.done * 1e6 / r.wall_us, r.p50_us, r.p99_us,
	    (double)limit.done * 1e6 / limit.wall_us, limit.p50_us, limit.p99_us);
	SSL_CTX_free(client);
	SSL_CTX_free(server);
}

int
main(void)
{
	static const struct setting settings[] = {
		{ "front-echo-1", 1, 20000, false, false },
		{ "front-echo-16", 16, 50000, false, false },
		{ "front-echo-256", 256, 50000, false, false },
		{ "front-echo-tls-16", 16, 20000, true, false },
		{ "front-echo-oneshot", 16, 10000, false, true },
		{ "front-echo-tls-oneshot", 16, 2000, true, true },
	};
	struct fg_arena *a = fg_arena_new(1024u * 1024);
	struct fg_str chain, key;

	make_request();
	if (a == NULL || !cert_make(a, CERT_P256, "bench", &chain, &key))
		return 1;
	for (size_t i = 0; i < FG_COUNT(settings); i++)
		run(&settings[i], chain, key);
	fg_arena_free(a);
	return bench_end();
}
