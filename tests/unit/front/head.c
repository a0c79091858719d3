/*
 * tests/unit/front/head.c - the pure readers: what they give, and that the pieces
 * in which bytes arrive make no difference.
 */
#include "gateway/front/front_int.h"
#include "tests/unit/front/server.h"

#include <stdio.h>
#include <stdlib.h>

static const char sample[] = "POST /a/%7Eb//c?x=1&y=?z HTTP/1.1\r\n"
			     "Host: sts.example.com:8443\r\n"
			     "X-Amz-Meta:  one two  \r\n"
			     "x-amz-meta:\tthree\r\n"
			     "X-Amz-Date: 20260101T000000Z\r\n"
			     "Content-Length: 3\r\n"
			     "Connection: a, CLOSE ,b\r\n"
			     "\r\nabc";

static enum http_read
read_whole(struct fg_str s, struct http_request *req, struct http_refusal *why, size_t *ret_end)
{
	struct http_head h = { 0 };
	enum http_read got = http_head_read(&h, s.p, s.n, req, why);

	*ret_end = h.end;
	return got;
}

static struct http_request req;

static void
a_request_is_given_raw_and_in_order(void)
{
	struct http_refusal why;
	struct fg_str one;
	size_t end, at = 0;

	CU_ASSERT_EQUAL(read_whole(fg_str(sample, sizeof(sample) - 1), &req, &why, &end), HTTP_DONE);
	CU_ASSERT_EQUAL(end, sizeof(sample) - 1 - 3);
	CHECK_STR(req.method_text, "POST");
	CHECK_STR(req.target, "/a/%7Eb//c?x=1&y=?z");
	CHECK_STR(req.path, "/a/%7Eb//c");
	CHECK_STR(req.query, "x=1&y=?z");
	CHECK_STR(req.host, "sts.example.com:8443");
	CU_ASSERT_EQUAL(req.n_header, 6);
	CHECK_STR(req.header[1].name, "X-Amz-Meta");
	CHECK_STR(req.header[1].value, "one two");
	CHECK_STR(req.header[2].name, "x-amz-meta");
	CHECK_STR(req.header[2].value, "three");
	CHECK_STR(http_header(&req, HTTP_H_X_AMZ_DATE), "20260101T000000Z");
	CHECK(fg_str_null(http_header(&req, HTTP_H_AUTHORIZATION)));
	CHECK(http_header_one(&req, HTTP_H_CONTENT_LENGTH, &one));
	CU_ASSERT_EQUAL(req.content_length, 3);
	CHECK(req.has_length && !req.chunked && !req.keep_alive && !req.expect_continue);
	CHECK(http_header_next(&req, FG_LIT("x-AMZ-meta"), &at) == &req.header[1]);
	CHECK(http_header_next(&req, FG_LIT("x-AMZ-meta"), &at) == &req.header[2]);
	CHECK(http_header_next(&req, FG_LIT("x-AMZ-meta"), &at) == NULL);
}

static void
a_repeated_header_is_told(void)
{
	struct http_refusal why;
	struct fg_str one;
	size_t end;

	CU_ASSERT_EQUAL(read_whole(FG_LIT("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: b\r\nauthorization: c\r\n\r\n"),
			    &req, &why, &end), HTTP_DONE);
	CHECK(!http_header_one(&req, HTTP_H_AUTHORIZATION, &one));
	CHECK_STR(one, "b");
	CHECK(http_header_one(&req, HTTP_H_COOKIE, &one) && fg_str_null(one));
	CHECK(fg_str_null(req.query));
}

static void
pieces_make_no_difference(void)
{
	struct http_refusal why;
	size_t n = sizeof(sample) - 1 - 3;

	for (size_t step = 1; step < n; step++) {
		struct http_head h = { 0 };
		enum http_read got = HTTP_MORE;

		for (size_t have = step; got == HTTP_MORE; have += step)
			got = http_head_read(&h, sample, have < n ? have : n, &req, &why);
		CU_ASSERT_EQUAL(got, HTTP_DONE);
		CU_ASSERT_EQUAL(h.end, n);
		CU_ASSERT_EQUAL(req.n_header, 6);
	}
}

/* Cut anywhere, the head is incomplete; never done, never refused. */
static void
a_part_of_a_request_is_never_a_request(void)
{
	struct http_refusal why;
	size_t end;

	for (size_t n = 0; n < sizeof(sample) - 1 - 3; n++)
		CU_ASSERT_EQUAL(read_whole(fg_str(sample, n), &req, &why, &end), HTTP_MORE);
}

/* Every bit of the head, flipped: the reader stays within its bytes and says something definite. */
static void
flipped_bits_end_in_a_verdict(void)
{
	size_t n = sizeof(sample) - 1 - 3;
	char *copy = malloc(n);
	struct http_refusal why;
	size_t end, refused = 0;

	for (size_t i = 0; copy != NULL && i < n * 8; i++) {
		enum http_read got;

		memcpy(copy, sample, n);
		copy[i / 8] = (char)(copy[i / 8] ^ (1 << i % 8));
		got = read_whole(fg_str(copy, n), &req, &why, &end);
		refused += got == HTTP_REFUSED;
		CHECK(got != HTTP_REFUSED || (why.status >= 400 && why.rule != NULL && why.ref != NULL));
		/* Without its line ends a head may just go on. */
		CHECK(got != HTTP_DONE || end == n);
	}
	CHECK(refused > n);
	free(copy);
}

/* The signed requests of the SigV4 suite: all but three shapes are HTTP as we take it. */
static void
signed_requests_of_the_suite_are_taken(void)
{
	static const char *const names[] = { "get-header-key-duplicate", "get-header-value-order",
		"get-header-value-trim", "get-relative-normalized", "get-relative-relative-unnormalized",
		"get-slash-dot-slash-unnormalized", "get-slashes-unnormalized", "get-unreserved",
		"get-vanilla", "get-vanilla-empty-query-key", "get-vanilla-query-order-encoded",
		"get-vanilla-query-unreserved", "get-vanilla-with-session-token", "post-header-key-case",
		"post-vanilla", "post-vanilla-query", "post-x-www-form-urlencoded" };
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4u << 20);
	struct fg_str dir = unit_suite_dir(a, "aws-sigv4-suite");

	for (size_t i = 0; !fg_str_null(dir) && i < FG_COUNT(names); i++) {
		struct fg_str path = fg_arena_fmt(a, "%.*s/v4/%s/header-signed-request.txt", FG_PRI(dir), names[i]);
		struct fg_str file = unit_file(a, path.p);
		FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(1u << 20);
		struct http_refusal why = { 0, "", "" };
		size_t end;
		enum http_read got;

		CU_ASSERT_TRUE_FATAL(file.n > 0);
		/* The files end their lines with LF alone; the head ends at an empty line or the file's end. */
		for (size_t k = 0; k < file.n; k++) {
			if (file.p[k] == '\n')
				fg_buf_putc(&b, '\r');
			fg_buf_putc(&b, file.p[k]);
		}
		fg_buf_put(&b, FG_LIT("\r\n\r\n"));
		got = read_whole(fg_buf_str(&b), &req, &why, &end);
		if (got != HTTP_DONE)
			printf("\n  %s: %s\n", names[i], why.rule);
		CU_ASSERT_EQUAL(got, HTTP_DONE);
	}
}

static void
authorities(void)
{
	static const struct {
		struct fg_str text;
		bool ok;
	} t[] = {
		{ FG_LIT("a"), true },
		{ FG_LIT("localhost:8080"), true },
		{ FG_LIT("sts.eu-west-1.amazonaws.com"), true },
		{ FG_LIT("127.0.0.1:0"), true },
		{ FG_LIT("[::1]"), true },
		{ FG_LIT("[::1]:65535"), true },
		{ FG_LIT(""), false },
		{ FG_LIT(":80"), false },
		{ FG_LIT("a:"), false },
		{ FG_LIT("a:080"), false },
		{ FG_LIT("a:-1"), false },
		{ FG_LIT("a:80:80"), false },
		{ FG_LIT("[::1]80"), false },
		{ FG_LIT("[::1]:"), false },
		{ FG_LIT("[]"), false },
		{ FG_LIT("[a]"), false },
		{ FG_LIT("::1"), false },
		{ FG_LIT("a%41"), false },
		{ FG_LIT("a,b"), false },
		{ FG_LIT("a/b"), false },
	};

	for (size_t i = 0; i < FG_COUNT(t); i++)
		CU_ASSERT_EQUAL(http_authority_ok(t[i].text), t[i].ok);
}

/* ---- bodies ---------------------------------------------------------- */

static const char chunks[] = "5\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\n\r\n";

static void
chunks_are_joined_in_place_whatever_the_pieces(void)
{
	size_t n = sizeof(chunks) - 1;

	for (size_t step = 1; step <= n; step++) {
		struct http_body b;
		struct http_refusal why;
		enum http_read got = HTTP_MORE;
		char buf[sizeof(chunks)];
		size_t at = 0, decoded = 0;

		req.chunked = true;
		req.content_length = 0;
		memcpy(buf, chunks, n);
		CU_ASSERT_EQUAL(http_body_start(&b, &req, 16, &why), HTTP_MORE);
		while (got == HTTP_MORE && at < n) {
			size_t in = 0, out = 0;
			size_t take = n - at < step ? n - at : step;

			got = http_body_read(&b, buf + at, take, &in, buf + decoded, &out, &why);
			at += in;
			decoded += out;
		}
		CU_ASSERT_EQUAL(got, HTTP_DONE);
		CU_ASSERT_EQUAL(at, n);
		CHECK_EQ(fg_str(buf, decoded), FG_LIT("hello 0123456789"));
	}
}

static void
a_body_over_the_cap_is_refused_before_it_is_read(void)
{
	struct http_body b;
	struct http_refusal why = { 0 };
	char buf[sizeof(chunks)];
	size_t in, out;

	req.chunked = true;
	req.content_length = 0;
	memcpy(buf, chunks, sizeof(chunks));
	CU_ASSERT_EQUAL(http_body_start(&b, &req, 15, &why), HTTP_MORE);
	CU_ASSERT_EQUAL(http_body_read(&b, buf, sizeof(chunks) - 1, &in, buf, &out, &why), HTTP_REFUSED);
	CU_ASSERT_EQUAL(why.status, 413);
	CU_ASSERT_EQUAL(http_body_start(&b, &req, 0, &why), HTTP_REFUSED);
	req.chunked = false;
	req.content_length = 16;
	CU_ASSERT_EQUAL(http_body_start(&b, &req, 15, &why), HTTP_REFUSED);
	CU_ASSERT_EQUAL(http_body_start(&b, &req, 16, &why), HTTP_MORE);
	req.content_length = 0;
	CU_ASSERT_EQUAL(http_body_start(&b, &req, 0, &why), HTTP_DONE);
}

CU_TestInfo front_head_tests[] = {
	CASE(a_request_is_given_raw_and_in_order),
	CASE(a_repeated_header_is_told),
	CASE(pieces_make_no_difference),
	CASE(a_part_of_a_request_is_never_a_request),
	CASE(flipped_bits_end_in_a_verdict),
	CASE(signed_requests_of_the_suite_are_taken),
	CASE(authorities),
	CASE(chunks_are_joined_in_place_whatever_the_pieces),
	CASE(a_body_over_the_cap_is_refused_before_it_is_read),
	CASES_END,
};
