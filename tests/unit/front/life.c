/*
 * tests/unit/front/life.c - start, post, timers, stop.
 */
#include "tests/unit/front/server.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static struct server s;
static struct client c, d;

#define H "Host: a\r\n"

static void
a_stop_finishes_what_is_in_flight(void)
{
	if (!server_start(&s, SERVER_PLAIN, (struct front_limits){ 0 }) || !client_open(&c, s.port) ||
	    !client_open(&d, s.port))
		return;
	client_send_z(&c, "GET /hold HTTP/1.1\r\n" H "\r\n");
	client_send_z(&d, "POST / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\na");
	server_settle(&s);
	front_stop(s.f, 60000);
	server_settle(&s);
	/* The served one is answered, the half-read one is read to its end; both are told. */
	server_release(&s);
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	CHECK_STR(client_header(&c, FG_LIT("Connection")), "close");
	CHECK(c.closed);
	client_send_z(&d, "bc");
	CU_ASSERT_EQUAL(client_reply(&d), 200);
	CHECK_STR(client_body(&d), "POST /\nabc");
	CHECK(d.closed);
	front_join(s.f);
	client_close(&c);
	client_close(&d);
	server_end(&s);
}

static void
a_stop_closes_what_is_idle_and_the_port(void)
{
	uint16_t port;

	if (!server_start(&s, SERVER_PLAIN, (struct front_limits){ 0 }) || !client_open(&c, s.port))
		return;
	client_send_z(&c, "GET / HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	port = s.port;
	front_stop(s.f, 60000);
	front_join(s.f);
	CHECK(!client_quiet(&c));
	CHECK(!client_open_from(&d, port, NULL));
	client_close(&c);
	server_end(&s);
}

/* Connected, and the request is on the way: the kernel has said yes, so it is served. */
static void
a_stop_serves_who_was_connected_already(void)
{
	if (!server_start(&s, SERVER_PLAIN, (struct front_limits){ 0 }) || !client_open(&c, s.port))
		return;
	front_stop(s.f, 60000);
	server_settle(&s);
	client_send_z(&c, "GET / HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	CHECK(c.closed);
	front_join(s.f);
	client_close(&c);
	server_end(&s);
}

static void
a_stop_cuts_the_rest_after_its_grace(void)
{
	if (!server_start(&s, SERVER_PLAIN, (struct front_limits){ 0 }) || !client_open(&c, s.port) ||
	    !client_open(&d, s.port))
		return;
	client_send_z(&c, "GET /hold HTTP/1.1\r\n" H "\r\n");
	client_send_z(&d, "GET / HT");
	server_settle(&s);
	front_stop(s.f, 1);
	front_join(s.f);
	CHECK(!client_quiet(&c) && !client_quiet(&d));
	client_close(&c);
	client_close(&d);
	server_end(&s);
}

/* Out of descriptors it neither spins nor gives up: who is waiting is served when there are some again. */
static void
running_out_of_descriptors_is_survived(void)
{
	struct rlimit before = { 0, 0 };
	struct rlimit none;
	struct front_counters n;

	if (!server_start(&s, SERVER_PLAIN, (struct front_limits){ 0 }))
		return;
	CHECK(client_socket(&c));
	(void)getrlimit(RLIMIT_NOFILE, &before);
	none = before;
	none.rlim_cur = (rlim_t)c.fd + 1;
	CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
	CHECK(client_connect(&c, s.port, NULL));
	server_settle(&s);
	front_count(s.f, &n);
	CU_ASSERT_EQUAL(n.accepted, 0);
	CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
	CHECK_OK(front_tick(s.f));
	client_send_z(&c, "GET / HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	client_close(&c);
	server_end(&s);
}

static void
the_limit_of_descriptors_is_raised(void)
{
	struct rlimit before = { 0, 0 };
	struct rlimit low, after = { 0, 0 };

	CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
	low = before;
	low.rlim_cur = 200;
	CHECK(setrlimit(RLIMIT_NOFILE, &low) == 0);
	if (server_start(&s, SERVER_PLAIN, (struct front_limits){ .connections = 300 }))
		server_end(&s);
	CHECK(getrlimit(RLIMIT_NOFILE, &after) == 0);
	CHECK(after.rlim_cur == after.rlim_max || after.rlim_cur >= 1300);
	CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
}

/* ---- posts and timers ------------------------------------------------ */

struct log {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	int seen[8];
	int n;
	struct front_timer *cancelled;
};

static struct log seen_log = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, { 0 }, 0, NULL };

static void
note(int what)
{
	pthread_mutex_lock(&seen_log.lock);
	if (seen_log.n < 8)
		seen_log.seen[seen_log.n++] = what;
	pthread_cond_signal(&seen_log.cond);
	pthread_mutex_unlock(&seen_log.lock);
}

static void
wait_for(int n)
{
	pthread_mutex_lock(&seen_log.lock);
	while (seen_log.n < n)
		pthread_cond_wait(&seen_log.cond, &seen_log.lock);
	pthread_mutex_unlock(&seen_log.lock);
}

static void
on_post(struct front_worker *w, void *arg)
{
	CU_ASSERT_EQUAL(front_worker_index(w), 0);
	CHECK(front_worker_user(w) == &s);
	note(*(int *)arg);
}

static int numbers[] = { 1, 2, 3, 4, 5 };

static void
set_timers(struct front_worker *w, void *arg)
{
	struct front_timer *t;

	(void)arg;
	CHECK(front_after(w, 2, on_post, &numbers[1]) != NULL);
	CHECK(front_after(w, 1, on_post, &numbers[0]) != NULL);
	t = front_after(w, 0, on_post, &numbers[4]);
	front_timer_cancel(t);
	front_timer_cancel(NULL);
	/* Left over at the end: dropped, not run. */
	CHECK(front_after(w, 3600 * 1000, on_post, &numbers[3]) != NULL);
}

static void
posts_and_timers_run_in_order(void)
{
	struct front_worker *w;

	seen_log.n = 0;
	if (!server_start(&s, SERVER_PLAIN, (struct front_limits){ 0 }))
		return;
	w = front_worker(s.f, 0);
	for (int i = 0; i < 3; i++)
		CHECK_OK(front_post(w, on_post, &numbers[i]));
	wait_for(3);
	CHECK(seen_log.seen[0] == 1 && seen_log.seen[1] == 2 && seen_log.seen[2] == 3);
	seen_log.n = 0;
	CHECK_OK(front_post(w, set_timers, NULL));
	wait_for(2);
	CHECK(seen_log.seen[0] == 1 && seen_log.seen[1] == 2);
	front_stop(s.f, 0);
	front_join(s.f);
	CHECK_RC(front_post(w, on_post, &numbers[0]), FG_E_UNAVAILABLE);
	CU_ASSERT_EQUAL(seen_log.n, 2);
	server_end(&s);
}

/* ---- sockets bound elsewhere, several workers, listeners ------------- */

static void
on_worker(struct http_exchange *x)
{
	static const char digits[] = "0123456789";

	http_reply(x, &(struct http_reply){
			  .status = 200, .body = { digits + front_worker_index(x->worker), 1 } });
}

static const struct front_route routes[] = {
	{ HTTP_GET, FG_LIT("/"), FRONT_EXACT, 0, on_worker, "worker" },
	{ 0, FG_LIT(""), 0, 0, NULL, NULL },
};

static uint16_t
port_of(const struct front *f, size_t i)
{
	uint64_t port = 0;

	CHECK(fg_u64(fg_str_z(strrchr(front_url(f, i), ':') + 1), &port));
	return (uint16_t)port;
}

static bool
answered(uint16_t port)
{
	bool ok;

	if (!client_open(&c, port))
		return false;
	client_send_z(&c, "GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n");
	ok = client_reply(&c) == 200;
	client_close(&c);
	return ok;
}

static void
sockets_may_be_bound_by_somebody_else(void)
{
	int fd[2] = { -1, -1 };
	int one = -1;
	struct front_listen l[3] = { { .host = FG_LIT("127.0.0.1"), .fd = fd, .n_fd = 2 },
		{ .host = FG_LIT("localhost"), .fd = &one, .n_fd = 1 }, { .host = FG_LIT("127.0.0.1") } };
	const struct front_config cfg = { .listen = l, .n_listen = 3, .route = routes, .workers = 2 };
	struct front *f = NULL;
	struct fg_err e = { 0 };

	CHECK_OK(front_bind(FG_LIT("127.0.0.1"), 0, 2, fd, &e));
	CHECK_OK(front_bind(FG_LIT("127.0.0.1"), 0, 1, &one, &e));
	CU_ASSERT_EQUAL_FATAL(front_new(&cfg, &f, &e), FG_OK);
	CHECK(fcntl(one, F_GETFD) == -1); /* taken */
	CHECK_OK(front_start(f, &e));
	CU_ASSERT_EQUAL(front_workers(f), 2);
	CHECK(fg_starts(fg_str_z(front_url(f, 1)), FG_LIT("http://localhost:")));
	for (int i = 0; i < 30; i++)
		CHECK(answered(port_of(f, (size_t)i % 3)));
	front_free(f);
}

/* In brackets or without; the URL has them once. */
static void
ipv6_addresses_are_bound(void)
{
	static const struct fg_str hosts[] = { FG_LIT("::1"), FG_LIT("[::1]") };
	struct fg_err e = { 0 };
	int fd;

	if (front_bind(hosts[0], 0, 1, &fd, &e) != FG_OK) {
		printf("\n  no IPv6 on this machine: DID NOT RUN\n");
		return;
	}
	close(fd);
	for (size_t i = 0; i < FG_COUNT(hosts); i++) {
		const struct front_listen l = { .host = hosts[i] };
		const struct front_config cfg = { .listen = &l, .n_listen = 1, .route = routes, .workers = 1 };
		struct front *f = NULL;

		CU_ASSERT_EQUAL_FATAL(front_new(&cfg, &f, &e), FG_OK);
		CHECK(fg_starts(fg_str_z(front_url(f, 0)), FG_LIT("http://[::1]:")));
		front_free(f);
	}
}

static void
what_cannot_be_bound_is_told(void)
{
	struct fg_err e = { 0 };
	int fd;

	CHECK_RC(front_bind(FG_LIT("192.0.2.1"), 80, 1, &fd, &e), FG_E_IO);
	CHECK_STEP(e, "front.bind");
	fg_err_clear(&e);
	CHECK_RC(front_bind(FG_LIT("no such host"), 80, 1, &fd, &e), FG_E_IO);
	CHECK_STEP(e, "front.bind.host");
	fg_err_clear(&e);
	CHECK_RC(front_bind(FG_LIT(""), 80, 1, &fd, &e), FG_E_PARAM);
}

static void *
no_start(void *app, struct front_worker *w)
{
	(void)app;
	return front_worker_index(w) == 1 ? NULL : w;
}

static void
a_worker_that_cannot_start_fails_the_start(void)
{
	const struct front_listen l = { .host = FG_LIT("127.0.0.1") };
	const struct front_config cfg = { .listen = &l, .n_listen = 1, .route = routes, .workers = 3,
		.worker_start = no_start };
	struct front *f = NULL;
	struct fg_err e = { 0 };

	CU_ASSERT_EQUAL_FATAL(front_new(&cfg, &f, &e), FG_OK);
	CHECK_RC(front_start(f, &e), FG_E_UNAVAILABLE);
	front_free(f);
}

/* What it worked in serves the next request, wiped; its reply is whole all the same. */
static void
a_settled_request_leaves_its_arena_to_the_next(void)
{
	if (!server_start(&s, SERVER_PLAIN, (struct front_limits){ 0 }) || !client_open(&c, s.port) ||
	    !client_open(&d, s.port))
		return;
	client_send_z(&c, "GET /settle HTTP/1.1\r\n" H "\r\n");
	server_settle(&s);
	for (int i = 0; i < 3; i++) {
		client_send_z(&d, "GET /settle HTTP/1.1\r\n" H "\r\n");
		CHECK(client_reply(&d) == 200);
		CHECK_STR(client_body(&d), "warm");
	}
	server_release(&s);
	CHECK(client_reply(&c) == 200);
	CHECK_STR(client_body(&c), "kept");
	client_close(&d);
	client_close(&c);
	server_end(&s);
}

static void
a_settled_request_survives_its_peer(void)
{
	if (!server_start(&s, SERVER_PLAIN, (struct front_limits){ 0 }) || !client_open(&c, s.port))
		return;
	client_send_z(&c, "GET /settle HTTP/1.1\r\n" H "\r\n");
	server_settle(&s);
	client_close(&c);
	server_settle(&s);
	server_release(&s);
	server_settle(&s);
	CHECK(client_open(&c, s.port));
	client_send_z(&c, "GET / HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	client_close(&c);
	server_end(&s);
}

CU_TestInfo front_life_tests[] = {
	CASE(a_stop_finishes_what_is_in_flight),
	CASE(a_stop_closes_what_is_idle_and_the_port),
	CASE(a_stop_serves_who_was_connected_already),
	CASE(a_stop_cuts_the_rest_after_its_grace),
	CASE(running_out_of_descriptors_is_survived),
	CASE(the_limit_of_descriptors_is_raised),
	CASE(posts_and_timers_run_in_order),
	CASE(sockets_may_be_bound_by_somebody_else),
	CASE(ipv6_addresses_are_bound),
	CASE(what_cannot_be_bound_is_told),
	CASE(a_worker_that_cannot_start_fails_the_start),
	CASE(a_settled_request_leaves_its_arena_to_the_next),
	CASE(a_settled_request_survives_its_peer),
	CASES_END,
};
