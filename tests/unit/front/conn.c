/*
 * tests/unit/front/conn.c - connections: several requests, bodies of all sizes,
 * replies that come later, and what a reply says.
 */
#include "tests/unit/front/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static struct server s;
static struct client c, d;

#define H "Host: a\r\n"

static bool
begin(struct front_limits limits)
{
	return server_start(&s, SERVER_PLAIN, limits) && client_open(&c, s.port);
}

static void
end(void)
{
	client_close(&c);
	server_end(&s);
}

static void
replies_say_what_they_must(void)
{
	struct fg_str id;

	if (!begin((struct front_limits){ 0 }))
		return;
	client_send_z(&c, "GET /?a=b HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	CHECK_STR(client_body(&c), "GET /?a=b\n");
	CHECK_STR(client_header(&c, FG_LIT("Content-Length")), "10");
	CHECK_STR(client_header(&c, FG_LIT("Content-Type")), "text/plain");
	CHECK_STR(client_header(&c, FG_LIT("Date")), "Thu, 28 May 2026 20:26:40 GMT");
	id = client_header(&c, FG_LIT("x-amzn-RequestId"));
	CU_ASSERT_EQUAL(id.n, 36);
	CHECK(id.n == 36 && id.p[14] == '4' && strchr("89ab", id.p[19]) != NULL);
	CHECK(fg_str_null(client_header(&c, FG_LIT("Server"))));
	CHECK(fg_str_null(client_header(&c, FG_LIT("Strict-Transport-Security"))));
	CHECK(fg_str_null(client_header(&c, FG_LIT("Connection"))));
	CHECK(client_quiet(&c));
	end();
}

/* Two requests never share an id. */
static void
request_ids_differ(void)
{
	char before[36] = "";

	if (!begin((struct front_limits){ 0 }))
		return;
	for (int i = 0; i < 200; i++) {
		struct fg_str id;

		client_clear(&c);
		client_send_z(&c, "GET / HTTP/1.1\r\n" H "\r\n");
		CU_ASSERT_EQUAL(client_reply(&c), 200);
		id = client_header(&c, FG_LIT("x-amzn-RequestId"));
		CHECK(!fg_eq(id, fg_str(before, 36)));
		if (id.n == 36)
			memcpy(before, id.p, 36);
	}
	end();
}

static void
a_refusal_reflects_nothing(void)
{
	if (!begin((struct front_limits){ 0 }))
		return;
	client_send_z(&c, "GET /<script>secret</script> HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 400);
	CHECK_STR(client_body(&c), "front.target.bytes\n");
	CHECK_STR(client_header(&c, FG_LIT("Connection")), "close");
	CU_ASSERT_EQUAL(client_header(&c, FG_LIT("x-amzn-RequestId")).n, 36);
	CHECK(memmem(c.got, c.n, "secret", 6) == NULL);
	end();
}

static void
head_has_the_length_and_no_body(void)
{
	if (!begin((struct front_limits){ 0 }))
		return;
	client_send_z(&c, "HEAD / HTTP/1.1\r\n" H "\r\nHEAD /none HTTP/1.1\r\n" H "\r\nGET /peer HTTP/1.1\r\n" H "Connection: close\r\n\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	CHECK_STR(client_header(&c, FG_LIT("Content-Length")), "7");
	(void)client_reply(&c);
	server_settle(&s);
	(void)client_quiet(&c);
	CHECK(memmem(c.got, c.n, "HEAD /\n", 7) == NULL);
	CHECK(memmem(c.got, c.n, "front.route", 11) == NULL);
	CHECK(memmem(c.got, c.n, "\r\n\r\nHTTP/1.1 404 Not Found\r\n", 28) != NULL);
	CHECK(fg_ends(fg_str(c.got, c.n), FG_LIT("\r\n\r\n127.0.0.1 open direct")));
	end();
}

static void
routes_say_404_and_405(void)
{
	if (!begin((struct front_limits){ 0 }))
		return;
	client_send_z(&c, "GET /none HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 404);
	CHECK(fg_str_null(client_header(&c, FG_LIT("Connection"))));
	client_clear(&c);
	client_send_z(&c, "DELETE / HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 405);
	CHECK_STR(client_header(&c, FG_LIT("Allow")), "GET, HEAD, POST");
	client_clear(&c);
	client_send_z(&c, "GET /any HTTP/1.1\r\n" H "\r\n"); /* the prefix is "/any/" */
	CU_ASSERT_EQUAL(client_reply(&c), 404);
	client_clear(&c);
	client_send_z(&c, "PUT /any/x HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nok");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	CHECK_STR(client_body(&c), "PUT /any/x\nok");
	client_clear(&c);
	/* With a body nobody reads the connection cannot go on. */
	client_send_z(&c, "POST /none HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nok");
	CU_ASSERT_EQUAL(client_reply(&c), 404);
	CHECK_STR(client_header(&c, FG_LIT("Connection")), "close");
	end();
}

static void
pipelined_requests_are_answered_in_order(void)
{
	static char all[40 * 600];
	struct fg_buf b = FG_BUF_FIXED(all);
	size_t at = 0;

	if (!begin((struct front_limits){ 0 }))
		return;
	for (int i = 0; i < 400; i++)
		fg_buf_fmt(&b, "GET /any/%03d HTTP/1.1\r\n" H "\r\n", i);
	fg_buf_put(&b, FG_LIT("GET /any/end HTTP/1.1\r\n" H "Connection: close\r\n\r\n"));
	client_send(&c, b.p, b.n);
	do {
		server_settle(&s);
		(void)client_quiet(&c);
	} while (!c.closed && memmem(c.got, c.n, "/any/end", 8) == NULL);
	for (int i = 0; i < 400; i++) {
		char want[32];
		const char *hit;

		(void)snprintf(want, sizeof(want), "GET /any/%03d\n", i);
		hit = memmem(c.got + at, c.n - at, want, strlen(want));
		CHECK(hit != NULL);
		if (hit == NULL)
			break;
		at = (size_t)(hit - c.got);
	}
	CU_ASSERT_EQUAL(atomic_load(&s.calls), 401);
	end();
}

/* What is behind the one that is being served waits, in the kernel, not in our memory. */
static void
requests_behind_a_held_one_wait(void)
{
	if (!begin((struct front_limits){ 0 }))
		return;
	client_send_z(&c, "GET /hold HTTP/1.1\r\n" H "\r\nGET /any/1 HTTP/1.1\r\n" H "\r\n");
	server_settle(&s);
	client_send_z(&c, "GET /any/2 HTTP/1.1\r\n" H "\r\n");
	server_settle(&s);
	CU_ASSERT_EQUAL(atomic_load(&s.calls), 1);
	CHECK(client_quiet(&c));
	server_release(&s);
	server_settle(&s);
	CU_ASSERT_EQUAL(atomic_load(&s.calls), 3);
	(void)client_quiet(&c);
	CHECK(memmem(c.got, c.n, "held", 4) < memmem(c.got, c.n, "/any/1", 6));
	CHECK(memmem(c.got, c.n, "/any/1", 6) < memmem(c.got, c.n, "/any/2", 6));
	end();
}

static void
a_held_request_survives_its_peer(void)
{
	struct front_counters n;

	if (!begin((struct front_limits){ 0 }))
		return;
	client_send_z(&c, "GET /hold HTTP/1.1\r\n" H "\r\n");
	server_settle(&s);
	client_close(&c);
	server_settle(&s);
	server_release(&s);
	server_settle(&s);
	front_count(s.f, &n);
	CU_ASSERT_EQUAL(n.accepted, 1);
	CU_ASSERT_EQUAL(n.closed, 1);
	CHECK(client_open(&c, s.port));
	client_send_z(&c, "GET / HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	end();
}

/* Sizes around every boundary: the rest of the buffer, the first growth, the cap. */
static void
bodies_of_all_sizes_arrive_whole(void)
{
	static const size_t sizes[] = { 1, 1000, 32 * 1024 - 120, 32 * 1024 - 60, 32 * 1024, 40000, 65536,
		65537, 131072, 200000, FG_LIMIT_HTTP_BODY };
	char *body = malloc(FG_LIMIT_HTTP_BODY);
	char head[200];

	if (body == NULL || !begin((struct front_limits){ 0 }))
		return;
	for (size_t i = 0; i < FG_LIMIT_HTTP_BODY; i++)
		body[i] = (char)('a' + i % 23);
	for (size_t i = 0; i < FG_COUNT(sizes); i++) {
		client_clear(&c);
		(void)snprintf(head, sizeof(head), "POST / HTTP/1.1\r\n" H "Content-Length: %zu\r\n\r\n", sizes[i]);
		client_send_z(&c, head);
		client_send(&c, body, sizes[i]);
		CU_ASSERT_EQUAL(client_reply(&c), 200);
		CHECK_EQ(fg_sub(client_body(&c), 7, SIZE_MAX), fg_str(body, sizes[i]));
	}
	/* The same in chunks of 1,000, with the next request behind it. */
	for (size_t i = 0; i < FG_COUNT(sizes); i++) {
		client_clear(&c);
		client_send_z(&c, "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n");
		for (size_t at = 0; at < sizes[i]; at += 1000) {
			size_t n = sizes[i] - at < 1000 ? sizes[i] - at : 1000;

			(void)snprintf(head, sizeof(head), "%zx\r\n", n);
			client_send_z(&c, head);
			client_send(&c, body + at, n);
			client_send_z(&c, "\r\n");
		}
		client_send_z(&c, "0\r\n\r\n");
		CU_ASSERT_EQUAL(client_reply(&c), 200);
		CHECK_EQ(fg_sub(client_body(&c), 7, SIZE_MAX), fg_str(body, sizes[i]));
	}
	free(body);
	end();
}

static void
expect_continue_is_answered(void)
{
	if (!begin((struct front_limits){ 0 }))
		return;
	client_send_z(&c, "POST / HTTP/1.1\r\n" H "Expect: 100-Continue\r\nContent-Length: 3\r\n\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 100);
	CHECK_STR(fg_str(c.got, c.n), "HTTP/1.1 100 Continue\r\n\r\n");
	client_clear(&c);
	client_send_z(&c, "abc");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	CHECK_STR(client_body(&c), "POST /\nabc");
	client_clear(&c);
	/* Who sent the body already needs no leave. */
	client_send_z(&c, "POST / HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	client_clear(&c);
	/* A body over the cap is refused and never asked for. */
	client_send_z(&c, "POST / HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 300000\r\n\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 413);
	end();
}

/* security.md 27: anonymous 300 KiB gets 413 unread. */
static void
a_large_body_needs_admission(void)
{
	static char chunk[64 * 1024];
	const size_t n = 300 * 1024;

	if (!begin((struct front_limits){ 0 }))
		return;
	memset(chunk, 'x', sizeof(chunk));
	client_send_z(&c, "POST / HTTP/1.1\r\n" H "Content-Length: 307200\r\n\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 413);
	CHECK(c.closed);
	CU_ASSERT_EQUAL(atomic_load(&s.admitted), 1);
	CU_ASSERT_EQUAL(atomic_load(&s.calls), 0);
	client_close(&c);
	atomic_store(&s.admit, true);
	CHECK(client_open(&c, s.port));
	client_send_z(&c, "POST / HTTP/1.1\r\n" H "Content-Length: 307200\r\n\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 413); /* still anonymous */
	client_close(&c);
	CHECK(client_open(&c, s.port));
	client_send_z(&c, "POST / HTTP/1.1\r\n" H "Authorization: x\r\nContent-Length: 307200\r\n\r\n");
	for (size_t at = 0; at < n; at += sizeof(chunk))
		client_send(&c, chunk, n - at < sizeof(chunk) ? n - at : sizeof(chunk));
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	CU_ASSERT_EQUAL(client_body(&c).n, 7 + n);
	client_clear(&c);
	/* Over 32 MiB nobody is asked; chunks never are. */
	atomic_store(&s.admitted, 0);
	client_send_z(&c, "POST / HTTP/1.1\r\n" H "Authorization: x\r\nContent-Length: 33554433\r\n\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 413);
	CU_ASSERT_EQUAL(atomic_load(&s.admitted), 0);
	end();
}

static void
four_large_bodies_at_once_and_64_mib_in_all(void)
{
	static struct client big[5];
	unsigned n;

	if (!begin((struct front_limits){ 0 }))
		return;
	atomic_store(&s.admit, true);
	for (n = 0; n < 5; n++) {
		CHECK(client_open(&big[n], s.port));
		client_send_z(&big[n], "POST / HTTP/1.1\r\n" H "Authorization: x\r\nContent-Length: 307200\r\n\r\n");
		server_settle(&s);
	}
	CU_ASSERT_EQUAL(client_reply(&big[4]), 413);
	for (n = 0; n < 4; n++)
		CHECK(client_quiet(&big[n]));
	for (n = 0; n < 5; n++)
		client_close(&big[n]);
	server_settle(&s);
	/* 32 MiB twice is the whole budget; a third one is over it. */
	for (n = 0; n < 3; n++) {
		CHECK(client_open(&big[n], s.port));
		client_send_z(&big[n], "POST / HTTP/1.1\r\n" H "Authorization: x\r\nContent-Length: 33554432\r\n\r\n");
		server_settle(&s);
	}
	CHECK(client_quiet(&big[0]) && client_quiet(&big[1]));
	CU_ASSERT_EQUAL(client_reply(&big[2]), 413);
	for (n = 0; n < 3; n++)
		client_close(&big[n]);
	server_settle(&s);
	/* And all of it came back. */
	CHECK(client_open(&big[0], s.port));
	client_send_z(&big[0], "POST / HTTP/1.1\r\n" H "Authorization: x\r\nContent-Length: 33554432\r\n\r\n");
	server_settle(&s);
	CHECK(client_quiet(&big[0]));
	client_close(&big[0]);
	end();
}

static void
a_reply_larger_than_the_socket_arrives_whole(void)
{
	size_t total = 0;
	ssize_t n;

	if (!begin((struct front_limits){ 0 }))
		return;
	client_send_z(&c, "GET /large HTTP/1.1\r\n" H "Connection: close\r\n\r\n");
	server_settle(&s);
	while ((n = recv(c.fd, c.got, sizeof(c.got), 0)) > 0)
		total += (size_t)n;
	CU_ASSERT_EQUAL(n, 0);
	CHECK(total > SERVER_LARGE && total < SERVER_LARGE + 400);
	end();
}

static void
a_header_with_a_line_end_is_not_sent(void)
{
	if (!begin((struct front_limits){ 0 }))
		return;
	client_send_z(&c, "GET /bad-field HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 500);
	CHECK(fg_str_null(client_header(&c, FG_LIT("Set-Cookie"))));
	end();
}

static void
no_content_has_no_length(void)
{
	if (!begin((struct front_limits){ 0 }))
		return;
	client_send_z(&c, "GET /empty HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 204);
	CHECK(c.closed);
	CHECK(fg_str_null(client_header(&c, FG_LIT("Content-Length"))));
	end();
}

static void
a_connection_ends_as_it_was_told(void)
{
	if (!begin((struct front_limits){ .requests_connection = 3 }))
		return;
	for (int i = 0; i < 3; i++) {
		client_clear(&c);
		client_send_z(&c, "GET / HTTP/1.1\r\n" H "\r\n");
		CU_ASSERT_EQUAL(client_reply(&c), 200);
		CU_ASSERT_EQUAL(c.closed, i == 2);
	}
	client_close(&c);
	CHECK(client_open(&c, s.port));
	client_send_z(&c, "GET / HTTP/1.0\r\n" H "Connection: keep-alive\r\n\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	CHECK(c.closed);
	end();
}

/* ---- how many -------------------------------------------------------- */

static void
one_address_has_only_so_many(void)
{
	static struct client from[3];
	struct front_counters n;

	if (!server_start(&s, SERVER_PLAIN, (struct front_limits){ .connections_address = 2 }))
		return;
	for (int i = 0; i < 3; i++) {
		CHECK(client_open_from(&from[i], s.port, "127.0.0.77"));
		server_settle(&s);
	}
	CHECK(client_quiet(&from[0]) && client_quiet(&from[1]) && !client_quiet(&from[2]));
	CHECK(client_open_from(&c, s.port, "127.0.0.78"));
	client_send_z(&c, "GET / HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	/* A place that was given back can be taken. */
	client_close(&from[0]);
	client_close(&from[2]);
	server_settle(&s);
	CHECK(client_open_from(&d, s.port, "127.0.0.77"));
	client_send_z(&d, "GET / HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&d), 200);
	front_count(s.f, &n);
	CU_ASSERT_EQUAL(n.over_address, 1);
	client_close(&d);
	client_close(&from[1]);
	end();
}

static void
over_the_total_the_longest_idle_goes(void)
{
	static struct client busy[2];
	struct front_counters n;

	if (!server_start(&s, SERVER_PLAIN, (struct front_limits){ .connections = 2 }) ||
	    !client_open(&c, s.port))
		return;
	client_send_z(&c, "GET / HTTP/1.1\r\n" H "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 200);
	for (int i = 0; i < 2; i++) {
		CHECK(client_open(&busy[i], s.port));
		client_send_z(&busy[i], "POST / HTTP/1.1\r\n");
		server_settle(&s);
	}
	CHECK(!client_quiet(&c));
	CHECK(client_quiet(&busy[0]) && client_quiet(&busy[1]));
	/* Nobody is idle now: the next one has no place. */
	CHECK(client_open(&d, s.port));
	server_settle(&s);
	CHECK(!client_quiet(&d));
	front_count(s.f, &n);
	CU_ASSERT_EQUAL(n.over_total, 1);
	client_close(&d);
	client_close(&busy[0]);
	client_close(&busy[1]);
	end();
}

CU_TestInfo front_conn_tests[] = {
	CASE(replies_say_what_they_must),
	CASE(request_ids_differ),
	CASE(a_refusal_reflects_nothing),
	CASE(head_has_the_length_and_no_body),
	CASE(routes_say_404_and_405),
	CASE(pipelined_requests_are_answered_in_order),
	CASE(requests_behind_a_held_one_wait),
	CASE(a_held_request_survives_its_peer),
	CASE(bodies_of_all_sizes_arrive_whole),
	CASE(expect_continue_is_answered),
	CASE(a_large_body_needs_admission),
	CASE(four_large_bodies_at_once_and_64_mib_in_all),
	CASE(a_reply_larger_than_the_socket_arrives_whole),
	CASE(a_header_with_a_line_end_is_not_sent),
	CASE(no_content_has_no_length),
	CASE(a_connection_ends_as_it_was_told),
	CASE(one_address_has_only_so_many),
	CASE(over_the_total_the_longest_idle_goes),
	CASES_END,
};
