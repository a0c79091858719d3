/*
 * tests/unit/front/table.c - what is refused and what is taken, on a real socket.
 *
 * Every row is sent whole, in two pieces at every byte, and byte by byte; behind
 * every row that must be refused stands a second request that must not be served.
 */
#include "tests/unit/front/server.h"

#define H "Host: a\r\n"
#define POST "POST / HTTP/1.1\r\n" H
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define NEXT "GET /any/smuggled HTTP/1.1\r\n" H "\r\n"

struct row {
	const char *name;
	struct fg_str bytes;
	int status;
	const char *rule; /* NULL: taken */
	unsigned calls;   /* of handlers */
};

#define ROW(name, bytes, status, rule) { name, FG_LIT(bytes NEXT), status, rule, 0 }
#define TAKEN(name, bytes) { name, FG_LIT(bytes), 200, NULL, 1 }

static const struct row rows[] = {
	/* two lengths */
	ROW("lengths that differ", POST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, "front.framing.length"),
	ROW("lengths that are equal", POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400, "front.framing.length"),
	ROW("a list of lengths", POST "Content-Length: 3, 3\r\n\r\nabc", 400, "front.framing.length"),
	ROW("length with coding", POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "front.framing.both"),
	ROW("coding with length", POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400, "front.framing.both"),
	/* codings */
	ROW("xchunked", POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400, "front.framing.coding"),
	ROW("identity, chunked", POST "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n", 400, "front.framing.coding"),
	ROW("coding twice", POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "front.framing.coding"),
	ROW("chunked, then identity", POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400, "front.framing.coding"),
	ROW("empty coding", POST "Transfer-Encoding:\r\n\r\n0\r\n\r\n", 400, "front.framing.coding"),
	ROW("quoted coding", POST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400, "front.framing.coding"),
	ROW("tab after chunked", POST "Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n", 400, "front.framing.tab"),
	ROW("tab after a length", POST "Content-Length: 3\t\r\n\r\nabc", 400, "front.framing.tab"),
	ROW("tab before a length", POST "Content-Length:\t3\r\n\r\nabc", 400, "front.framing.tab"),
	ROW("vertical tab before chunked", POST "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n", 400, "front.head.value"),
	/* lengths */
	ROW("+3", POST "Content-Length: +3\r\n\r\nabc", 400, "front.framing.length"),
	ROW("-1", POST "Content-Length: -1\r\n\r\nabc", 400, "front.framing.length"),
	ROW("3x", POST "Content-Length: 3x\r\n\r\nabc", 400, "front.framing.length"),
	ROW("0x3", POST "Content-Length: 0x3\r\n\r\nabc", 400, "front.framing.length"),
	ROW("03", POST "Content-Length: 03\r\n\r\nabc", 400, "front.framing.length"),
	ROW("empty length", POST "Content-Length:\r\n\r\nabc", 400, "front.framing.length"),
	ROW("blank in length", POST "Content-Length: 3 0\r\n\r\nabc", 400, "front.framing.length"),
	ROW("length over 2^63", POST "Content-Length: 9223372036854775808\r\n\r\nabc", 400, "front.framing.length"),
	ROW("length over 2^64", POST "Content-Length: 18446744073709551619\r\n\r\nabc", 400, "front.framing.length"),
	ROW("length over the cap", POST "Content-Length: 9223372036854775807\r\n\r\nabc", 413, "front.body.limit"),
	ROW("length over the route's cap", "POST /any/x HTTP/1.1\r\n" H "Content-Length: 65\r\n\r\n", 413, "front.body.limit"),
	/* names */
	ROW("blank before the colon", POST "Content-Length : 3\r\n\r\nabc", 400, "front.head.name"),
	ROW("tab before the colon", POST "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n", 400, "front.head.name"),
	ROW("empty name", POST ": x\r\n\r\n", 400, "front.head.name"),
	ROW("name is no token", POST "a(b): x\r\n\r\n", 400, "front.head.name"),
	ROW("name with a high byte", POST "a\xc3\xa4: x\r\n\r\n", 400, "front.head.name"),
	ROW("no colon", POST "abc\r\n\r\n", 400, "front.head.name"),
	/* lines */
	ROW("folded with a blank", POST "A: b\r\n c\r\n\r\n", 400, "front.head.fold"),
	ROW("folded with a tab", POST "A: b\r\n\tc\r\n\r\n", 400, "front.head.fold"),
	ROW("folded first header", "POST / HTTP/1.1\r\n A: b\r\n" H "\r\n", 400, "front.head.fold"),
	ROW("NUL in a value", POST "A: b\0c\r\n\r\n", 400, "front.head.value"),
	ROW("NUL in a name", POST "A\0: b\r\n\r\n", 400, "front.head.name"),
	ROW("NUL in the target", "POST /\0 HTTP/1.1\r\n" H "\r\n", 400, "front.target.bytes"),
	ROW("DEL in a value", POST "A: b\x7f\r\n\r\n", 400, "front.head.value"),
	ROW("bare CR in a value", POST "A: b\rContent-Length: 3\r\n\r\n", 400, "front.head.value"),
	ROW("CR CR LF", POST "A: b\r\r\n\r\n", 400, "front.head.value"),
	ROW("bare LF ends a header", POST "A: b\nC: d\r\n\r\n", 400, "front.head.bare-lf"),
	ROW("bare LF ends the request line", "POST / HTTP/1.1\nHost: a\r\n\r\n", 400, "front.head.bare-lf"),
	ROW("bare LF ends the head", POST "\n", 400, "front.head.bare-lf"),
	ROW("empty line first", "\r\nGET / HTTP/1.1\r\n" H "\r\n", 400, "front.request-line.method"),
	/* host */
	ROW("no Host", "GET / HTTP/1.1\r\nA: b\r\n\r\n", 400, "front.host.count"),
	ROW("no Host in 1.0", "GET / HTTP/1.0\r\nA: b\r\n\r\n", 400, "front.host.count"),
	ROW("two Hosts", "GET / HTTP/1.1\r\n" H "Host: b\r\n\r\n", 400, "front.host.count"),
	ROW("two equal Hosts", "GET / HTTP/1.1\r\n" H H "\r\n", 400, "front.host.count"),
	ROW("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "front.host.authority"),
	ROW("Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "front.host.authority"),
	ROW("Host with user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, "front.host.authority"),
	ROW("Host with a blank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "front.host.authority"),
	ROW("Host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "front.host.authority"),
	ROW("Host with a wrong port", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400, "front.host.authority"),
	ROW("Host with an empty port", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", 400, "front.host.authority"),
	ROW("Host with a broken IPv6", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400, "front.host.authority"),
	ROW("Host with an IPv4 in brackets", "GET / HTTP/1.1\r\nHost: [127.0.0.1]\r\n\r\n", 400, "front.host.authority"),
	/* chunks */
	ROW("chunk size 0x5", CHUNKED "0x5\r\nabcde\r\n0\r\n\r\n", 400, "front.chunk.size"),
	ROW("chunk size +5", CHUNKED "+5\r\nabcde\r\n0\r\n\r\n", 400, "front.chunk.size"),
	ROW("chunk size -5", CHUNKED "-5\r\nabcde\r\n0\r\n\r\n", 400, "front.chunk.size"),
	ROW("chunk size empty", CHUNKED "\r\nabcde\r\n0\r\n\r\n", 400, "front.chunk.size"),
	ROW("chunk size over 2^64", CHUNKED "10000000000000005\r\nabcde\r\n0\r\n\r\n", 400, "front.chunk.size"),
	ROW("chunk size over the cap", CHUNKED "40001\r\nabcde\r\n0\r\n\r\n", 413, "front.body.limit"),
	ROW("chunk size ends in LF", CHUNKED "5\nabcde\r\n0\r\n\r\n", 400, "front.chunk.size"),
	ROW("chunk size ends in CR x", CHUNKED "5\rxabcde\r\n0\r\n\r\n", 400, "front.chunk.size"),
	ROW("blank before a chunk size", CHUNKED " 5\r\nabcde\r\n0\r\n\r\n", 400, "front.chunk.size"),
	ROW("blank after a chunk size", CHUNKED "5 \r\nabcde\r\n0\r\n\r\n", 400, "front.chunk.size"),
	ROW("chunk too short", CHUNKED "6\r\nabcde\r\n0\r\n\r\n", 400, "front.chunk.end"),
	ROW("chunk too long", CHUNKED "4\r\nabcde\r\n0\r\n\r\n", 400, "front.chunk.end"),
	ROW("chunk data ends in LF", CHUNKED "5\r\nabcde\n0\r\n\r\n", 400, "front.chunk.end"),
	ROW("chunk data ends in CR x", CHUNKED "5\r\nabcde\rx0\r\n\r\n", 400, "front.chunk.end"),
	ROW("chunk extension", CHUNKED "5;a=b\r\nabcde\r\n0\r\n\r\n", 400, "front.chunk.size"),
	ROW("extension of the last chunk", CHUNKED "5\r\nabcde\r\n0;a\r\n\r\n", 400, "front.chunk.size"),
	ROW("trailer", CHUNKED "5\r\nabcde\r\n0\r\nA: b\r\n\r\n", 400, "front.chunk.trailer"),
	ROW("last chunk ends in LF", CHUNKED "0\r\n\n", 400, "front.chunk.trailer"),
	ROW("last chunk ends in CR x", CHUNKED "0\r\n\rx", 400, "front.chunk.trailer"),
	ROW("1.0 with a coding", "POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "front.framing.coding-1.0"),
	/* the request line */
	ROW("HTTP/1.9", "GET / HTTP/1.9\r\n" H "\r\n", 400, "front.request-line.version"),
	ROW("HTTP/2.0", "GET / HTTP/2.0\r\n" H "\r\n", 505, "front.version"),
	ROW("preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "front.version"),
	ROW("HTTP/0.9", "GET /\r\n", 400, "front.request-line"),
	ROW("http/1.1", "GET / http/1.1\r\n" H "\r\n", 400, "front.request-line.version"),
	ROW("HTTP/1.10", "GET / HTTP/1.10\r\n" H "\r\n", 400, "front.request-line.version"),
	ROW("HTTP/01.1", "GET / HTTP/01.1\r\n" H "\r\n", 400, "front.request-line.version"),
	ROW("two blanks after the method", "GET  / HTTP/1.1\r\n" H "\r\n", 400, "front.request-line.version"),
	ROW("two blanks before the version", "GET /  HTTP/1.1\r\n" H "\r\n", 400, "front.request-line.version"),
	ROW("blank after the version", "GET / HTTP/1.1 \r\n" H "\r\n", 400, "front.request-line.version"),
	ROW("blank first", " GET / HTTP/1.1\r\n" H "\r\n", 400, "front.request-line.method"),
	ROW("tab after the method", "GET\t/ HTTP/1.1\r\n" H "\r\n", 400, "front.request-line"),
	ROW("tab before the version", "GET /\tHTTP/1.1\r\n" H "\r\n", 400, "front.request-line"),
	ROW("blank in the target", "GET /a b HTTP/1.1\r\n" H "\r\n", 400, "front.request-line.version"),
	ROW("method is no token", "G(T / HTTP/1.1\r\n" H "\r\n", 400, "front.request-line.method"),
	ROW("method in lower case", "get / HTTP/1.1\r\n" H "\r\n", 501, "front.method"),
	ROW("TRACE", "TRACE / HTTP/1.1\r\n" H "\r\n", 501, "front.method"),
	/* targets */
	ROW("absolute, another host", "GET http://b/ HTTP/1.1\r\n" H "\r\n", 400, "front.target.authority"),
	ROW("absolute, another port", "GET http://a:81/ HTTP/1.1\r\n" H "\r\n", 400, "front.target.authority"),
	ROW("absolute with a user", "GET http://u@a/ HTTP/1.1\r\n" H "\r\n", 400, "front.target.authority"),
	ROW("absolute, another scheme", "GET ftp://a/ HTTP/1.1\r\n" H "\r\n", 400, "front.target.form"),
	ROW("authority", "GET a:80 HTTP/1.1\r\n" H "\r\n", 400, "front.target.form"),
	ROW("CONNECT", "CONNECT a:80 HTTP/1.1\r\n" H "\r\n", 400, "front.target.form"),
	ROW("asterisk", "OPTIONS * HTTP/1.1\r\n" H "\r\n", 400, "front.target.form"),
	ROW("no slash", "GET a HTTP/1.1\r\n" H "\r\n", 400, "front.target.form"),
	ROW("fragment", "GET /#a HTTP/1.1\r\n" H "\r\n", 400, "front.target.bytes"),
	ROW("quote in the target", "GET /\" HTTP/1.1\r\n" H "\r\n", 400, "front.target.bytes"),
	ROW("backslash in the target", "GET /\\ HTTP/1.1\r\n" H "\r\n", 400, "front.target.bytes"),
	ROW("high byte in the target", "GET /\xc3\xa4 HTTP/1.1\r\n" H "\r\n", 400, "front.target.bytes"),
	ROW("half an escape", "GET /%4 HTTP/1.1\r\n" H "\r\n", 400, "front.target.bytes"),
	ROW("an escape of no digits", "GET /%zz HTTP/1.1\r\n" H "\r\n", 400, "front.target.bytes"),
	/* expectations, bodies where none belongs */
	ROW("an unknown expectation", POST "Expect: the-best\r\nContent-Length: 3\r\n\r\nabc", 417, "front.expect"),
	ROW("two expectations", POST "Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", 417, "front.expect"),
	ROW("GET with a body", "GET / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc", 400, "front.framing.body-on-get"),
	ROW("GET with chunks", "GET / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "front.framing.body-on-get"),
	ROW("HEAD with a body", "HEAD / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc", 400, "front.framing.body-on-get"),
	/* what is taken */
	TAKEN("a plain GET", "GET / HTTP/1.1\r\n" H "\r\n"),
	TAKEN("a plain POST", POST "Content-Length: 3\r\n\r\nabc"),
	TAKEN("a POST of nothing", POST "Content-Length: 0\r\n\r\n"),
	TAKEN("a POST without a length", POST "\r\n"),
	TAKEN("chunks", CHUNKED "5\r\nabcde\r\n0\r\n\r\n"),
	TAKEN("three chunks", CHUNKED "1\r\na\r\n00a\r\nbcdefghijk\r\nF\r\nlmnopqrstuvwxyz\r\n0\r\n\r\n"),
	TAKEN("no chunks", CHUNKED "0\r\n\r\n"),
	TAKEN("Chunked in any case", POST "TRANSFER-ENCODING:cHuNkEd\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
	TAKEN("an absolute target that equals Host", "GET http://A/?b HTTP/1.1\r\n" H "\r\n"),
	TAKEN("an absolute target of https", "GET https://a:8443/any/b HTTP/1.1\r\nHost: a:8443\r\n\r\n"),
	TAKEN("an absolute target without a path", "GET http://a HTTP/1.1\r\n" H "\r\n"),
	TAKEN("an IPv6 Host", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n"),
	TAKEN("white space around a value", "GET / HTTP/1.1\r\nHost: \t a \t\r\nA:\r\nB: \x80\xff\t.\r\n\r\n"),
	TAKEN("GET with a length of zero", "GET / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n"),
	TAKEN("an escape and all marks", "GET /any/a%2F:@-._~!$&'()*+,;=?/?&=%41 HTTP/1.1\r\n" H "\r\n"),
	TAKEN("Expect in 1.0 is ignored", "POST / HTTP/1.0\r\n" H "Expect: x\r\nContent-Length: 3\r\n\r\nabc"),
};

static void
complain(const struct row *r, const char *how, int status)
{
	printf("\n  %s (%s): %d, not %d\n", r->name, how, status, r->status);
}

static void
judge(struct server *s, struct client *c, const struct row *r, const char *how)
{
	unsigned calls = atomic_load(&s->calls);
	int status = client_reply(c);

	server_settle(s);
	calls = atomic_load(&s->calls);
	if (status != r->status || calls != r->calls)
		complain(r, how, status);
	CU_ASSERT_EQUAL(status, r->status);
	CU_ASSERT_EQUAL(calls, r->calls);
	if (r->rule != NULL) {
		CHECK(c->closed);
		CHECK_EQ(fg_str_z(s->rule), fg_str_z(r->rule));
		CHECK_STR(client_header(c, FG_LIT("Connection")), "close");
	}
	atomic_store(&s->calls, 0);
	client_close(c);
}

static struct client client;

static void
send_split(struct server *s, const struct row *r, size_t at)
{
	char how[40];

	if (!client_open(&client, s->port))
		return;
	client_send(&client, r->bytes.p, at);
	server_settle(s);
	client_send(&client, r->bytes.p + at, r->bytes.n - at);
	(void)snprintf(how, sizeof(how), "split at %zu", at);
	judge(s, &client, r, how);
}

static void
send_bytes(struct server *s, const struct row *r)
{
	if (!client_open(&client, s->port))
		return;
	for (size_t i = 0; i < r->bytes.n; i++) {
		client_send(&client, r->bytes.p + i, 1);
		server_settle(s);
	}
	judge(s, &client, r, "byte by byte");
}

static void
run_rows(const struct row *row, size_t n, size_t stride)
{
	struct server s;

	if (!server_start(&s, SERVER_PLAIN, (struct front_limits){ 0 }))
		return;
	for (size_t i = 0; i < n; i++) {
		send_split(&s, &row[i], 0);
		for (size_t at = 1; at < row[i].bytes.n; at += stride)
			send_split(&s, &row[i], at);
		if (stride == 1)
			send_bytes(&s, &row[i]);
	}
	server_end(&s);
}

static void
every_row_holds_whole_split_and_byte_by_byte(void)
{
	run_rows(rows, FG_COUNT(rows), 1);
}

/* 20 kB of headers, 65 headers, 500 headers, a long target: the status names what was too large. */
static void
what_is_too_large_is_refused(void)
{
	static char head[24 * 1024], many[16 * 1024], most[2048], target[12 * 1024];
	struct fg_buf b[4] = { FG_BUF_FIXED(head), FG_BUF_FIXED(many), FG_BUF_FIXED(most),
		FG_BUF_FIXED(target) };
	struct row large[4] = {
		{ "20 kB of headers", FG_STR_NULL, 431, "front.head.length", 0 },
		{ "500 headers", FG_STR_NULL, 431, "front.head.count", 0 },
		{ "65 headers", FG_STR_NULL, 431, "front.head.count", 0 },
		{ "a target over 8 KiB", FG_STR_NULL, 414, "front.target.length", 0 },
	};

	fg_buf_put(&b[0], FG_LIT("GET / HTTP/1.1\r\n" H "A: "));
	for (int i = 0; i < 20000; i++)
		fg_buf_putc(&b[0], 'a');
	for (int k = 1; k < 3; k++) {
		fg_buf_put(&b[k], FG_LIT("GET / HTTP/1.1\r\n" H));
		for (int i = 0; i < (k == 1 ? 499 : 64); i++)
			fg_buf_fmt(&b[k], "A%d: b\r\n", i);
		fg_buf_put(&b[k], FG_LIT("\r\n"));
	}
	fg_buf_put(&b[3], FG_LIT("GET /"));
	for (int i = 0; i < 9000; i++)
		fg_buf_putc(&b[3], 'a');
	fg_buf_put(&b[3], FG_LIT(" HTTP/1.1\r\n" H "\r\n"));
	for (int k = 0; k < 4; k++)
		CHECK_OK(fg_buf_end(&b[k], &large[k].bytes));
	run_rows(large, 4, 997);
}

static void
as_much_as_the_limits_say_is_taken(void)
{
	static char head[FG_LIMIT_HTTP_HEAD + 1];
	struct fg_buf b = FG_BUF_FIXED(head);
	struct row row = { "16 KiB, 64 headers, 8 KiB of target", FG_STR_NULL, 200, NULL, 1 };

	fg_buf_put(&b, FG_LIT("GET /any/"));
	while (b.n < FG_LIMIT_HTTP_TARGET + 4)
		fg_buf_putc(&b, 'a');
	fg_buf_put(&b, FG_LIT(" HTTP/1.1\r\n" H));
	for (int i = 0; i < 62; i++)
		fg_buf_fmt(&b, "A%d: b\r\n", i);
	fg_buf_put(&b, FG_LIT("B: "));
	while (b.n < FG_LIMIT_HTTP_HEAD - 4)
		fg_buf_putc(&b, 'b');
	fg_buf_put(&b, FG_LIT("\r\n\r\n"));
	CHECK_OK(fg_buf_end(&b, &row.bytes));
	CU_ASSERT_EQUAL(row.bytes.n, FG_LIMIT_HTTP_HEAD);
	run_rows(&row, 1, 1499);
}

CU_TestInfo front_table_tests[] = {
	CASE(every_row_holds_whole_split_and_byte_by_byte),
	CASE(what_is_too_large_is_refused),
	CASE(as_much_as_the_limits_say_is_taken),
	CASES_END,
};
