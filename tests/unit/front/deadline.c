/*
 * tests/unit/front/deadline.c - who is slow is cut; who is not keeps being answered.
 *
 * The listener's clock stands still until a test moves it: nothing here sleeps.
 */
#include "tests/unit/front/server.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static struct server s;
static struct client c;

#define H "Host: a\r\n"

static bool
begin(void)
{
	return server_start(&s, SERVER_PLAIN, (struct front_limits){ 0 }) && client_open(&c, s.port);
}

static void
end(void)
{
	client_close(&c);
	server_end(&s);
}

static void
a_head_has_ten_seconds(void)
{
	if (!begin())
		return;
	client_send_z(&c, "POST / HT");
	server_pass(&s, 9900);
	CHECK(client_quiet(&c));
	server_pass(&s, 200);
	CHECK(!client_quiet(&c));
	end();
}

static void
silence_after_connecting_has_ten_seconds_too(void)
{
	if (!begin())
		return;
	server_pass(&s, 9900);
	CHECK(client_quiet(&c));
	server_pass(&s, 200);
	CHECK(!client_quiet(&c));
	end();
}

/* A byte a second keeps nothing alive. */
static void
a_byte_a_second_is_cut_at_the_deadline(void)
{
	static const char slow[] = "POST / HTTP/1.1\r\n" H "A: bbbbbbbbbbbb";
	unsigned seconds = 0;

	if (!begin())
		return;
	while (seconds < sizeof(slow) - 1 && client_quiet(&c)) {
		client_send(&c, slow + seconds, 1);
		server_pass(&s, 1000);
		seconds++;
	}
	CHECK(seconds >= 9 && seconds <= 11);
	end();
}

static void
a_request_has_thirty_seconds(void)
{
	if (!begin())
		return;
	client_send_z(&c, "POST / HTTP/1.1\r\n" H "Content-Length: 100\r\n\r\n");
	for (int i = 0; i < 29; i++) {
		client_send_z(&c, "x");
		server_pass(&s, 1000);
	}
	CHECK(client_quiet(&c));
	server_pass(&s, 1500);
	CHECK(!client_quiet(&c));
	CU_ASSERT_EQUAL(atomic_load(&s.calls), 0);
	end();
}

static void
an_idle_connection_has_a_minute(void)
{
	if (!begin())
		return;
	client_send_z(&c, "GET / HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	server_pass(&s, 59900);
	CHECK(client_quiet(&c));
	/* A request starts the clock anew, and has its own. */
	client_clear(&c);
	client_send_z(&c, "GET / HTTP/1.1\r\n");
	server_pass(&s, 9900);
	CHECK(client_quiet(&c));
	client_send_z(&c, H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	server_pass(&s, 59900);
	CHECK(client_quiet(&c));
	server_pass(&s, 200);
	CHECK(!client_quiet(&c));
	end();
}

/* How long an answer takes is the handler's affair. */
static void
a_request_that_is_being_served_is_not_cut(void)
{
	if (!begin())
		return;
	client_send_z(&c, "GET /hold HTTP/1.1\r\n" H "\r\n");
	server_settle(&s);
	for (int i = 0; i < 10; i++)
		server_pass(&s, 30000);
	CHECK(client_quiet(&c));
	server_release(&s);
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	CHECK_STR(client_body(&c), "held");
	end();
}

static void
a_peer_that_does_not_read_is_cut(void)
{
	struct front_counters n;

	if (!begin())
		return;
	client_send_z(&c, "GET /large HTTP/1.1\r\n" H "\r\n");
	server_settle(&s);
	server_pass(&s, 30100);
	front_count(s.f, &n);
	CU_ASSERT_EQUAL(n.closed, 1);
	CU_ASSERT_EQUAL(n.deadline, 1);
	end();
}

static void
a_refused_peer_that_stays_is_cut(void)
{
	struct front_counters n;

	if (!begin())
		return;
	client_send_z(&c, "GET / HTTP/9.9\r\n" H "\r\n");
	server_settle(&s);
	front_count(s.f, &n);
	CU_ASSERT_EQUAL(n.closed, 0);
	server_pass(&s, 2100);
	front_count(s.f, &n);
	CU_ASSERT_EQUAL(n.closed, 1);
	end();
}

static double
seconds(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

#define SLOW 500
#define GOOD 200

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Median and largest time of GOOD requests, milliseconds. */
static void
ask_well(double *ret_median, double *ret_largest)
{
	static double took[GOOD];

	for (int i = 0; i < GOOD; i++) {
		double from = seconds();

		client_clear(&c);
		client_send_z(&c, "GET / HTTP/1.1\r\n" H "\r\n");
		CU_ASSERT_EQUAL(client_reply(&c), 200);
		took[i] = (seconds() - from) * 1e3;
	}
	qsort(took, GOOD, sizeof(took[0]), by_value);
	*ret_median = took[GOOD / 2];
	*ret_largest = took[GOOD - 1];
}

static bool
room_for_descriptors(void)
{
	struct rlimit r = { 0, 0 };

	(void)getrlimit(RLIMIT_NOFILE, &r);
	if (r.rlim_cur < 3 * SLOW) {
		r.rlim_cur = r.rlim_max < 3 * SLOW ? r.rlim_max : 3 * SLOW;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
	return r.rlim_cur >= 2 * SLOW + 100;
}

/* 500 slow clients, a byte each between good requests; then all of them are cut at once. */
static void
slow_clients_do_not_slow_good_ones(void)
{
	static const char slow[] = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n";
	static int fd[SLOW];
	struct client *k = malloc(sizeof(*k));
	double calm, calm_most, busy, busy_most;
	struct front_counters n;
	int open = 0;

	CU_ASSERT_TRUE_FATAL(room_for_descriptors());
	if (k == NULL || !server_start(&s, SERVER_PLAIN, (struct front_limits){ .requests_connection = 1u << 30 }) ||
	    !client_open(&c, s.port))
		return;
	ask_well(&calm, &calm_most);
	while (open < SLOW && client_open(k, s.port))
		fd[open++] = k->fd;
	for (size_t i = 0; i < 6; i++) {
		for (int j = 0; j < open; j++) {
			k->fd = fd[j];
			client_send(k, slow + i, 1);
		}
		ask_well(&busy, &busy_most);
		/* Generous, for a machine that is doing other things: a wrong turn here costs seconds. */
		CHECK(busy < calm * 20 + 250 && busy_most < 10000);
		server_pass(&s, 1000);
	}
	printf("\n  a good request: %.3f ms (at most %.3f); with %d slow clients %.3f ms (%.3f)\n", calm,
	    calm_most, open, busy, busy_most);
	for (int i = 0; i < 5; i++)
		server_pass(&s, 1000);
	front_count(s.f, &n);
	CU_ASSERT_EQUAL(n.deadline, SLOW);
	ask_well(&busy, &busy_most);
	for (int j = 0; j < open; j++) {
		k->fd = fd[j];
		client_close(k);
	}
	free(k);
	end();
}

CU_TestInfo front_deadline_tests[] = {
	CASE(a_head_has_ten_seconds),
	CASE(silence_after_connecting_has_ten_seconds_too),
	CASE(a_byte_a_second_is_cut_at_the_deadline),
	CASE(a_request_has_thirty_seconds),
	CASE(an_idle_connection_has_a_minute),
	CASE(a_request_that_is_being_served_is_not_cut),
	CASE(a_peer_that_does_not_read_is_cut),
	CASE(a_refused_peer_that_stays_is_cut),
	CASE(slow_clients_do_not_slow_good_ones),
	CASES_END,
};
