/*
 * tests/unit/front/peer.c - who asks: only what is proven counts.
 */
#include "gateway/front/conn_int.h"
#include "tests/unit/front/server.h"

static struct server s;
static struct client c;

#define ASK "GET /peer HTTP/1.1\r\nHost: a\r\n"

struct row {
	const char *from;    /* address of the client */
	struct fg_str head;  /* further headers */
	struct fg_str want;  /* body; null: 400 */
};

static void
run(const struct row *row, size_t n, unsigned flags)
{
	if (!server_start(&s, flags, (struct front_limits){ 0 }))
		return;
	for (size_t i = 0; i < n; i++) {
		CHECK(client_open_from(&c, s.port, row[i].from));
		client_send_z(&c, ASK);
		client_send(&c, row[i].head.p, row[i].head.n);
		client_send_z(&c, "\r\n");
		CU_ASSERT_EQUAL(client_reply(&c), fg_str_null(row[i].want) ? 400 : 200);
		if (!fg_str_null(row[i].want))
			CHECK_EQ(client_body(&c), row[i].want);
		client_close(&c);
	}
	server_end(&s);
}

/* 127.0.0.0/28 are the proxies; 127.0.0.77 is a stranger. */
static void
x_forwarded_for_counts_from_proxies_only(void)
{
	static const struct row rows[] = {
		{ "127.0.0.77", FG_LIT("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n"),
		    FG_LIT("127.0.0.77 open direct") },
		{ "127.0.0.1", FG_LIT(""), FG_LIT("127.0.0.1 open direct") },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 192.0.2.1\r\n"), FG_LIT("192.0.2.1 open proxied") },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n"),
		    FG_LIT("192.0.2.1 secure proxied") },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: http\r\n"),
		    FG_LIT("192.0.2.1 open proxied") },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https, http\r\n"),
		    FG_LIT("192.0.2.1 open proxied") },
		{ "127.0.0.1",
		    FG_LIT("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Proto: https\r\n"),
		    FG_LIT("192.0.2.1 open proxied") },
		/* What the stranger claims stands left of what the proxy saw, and is not looked at. */
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 10.0.0.1, 192.0.2.1\r\n"), FG_LIT("192.0.2.1 open proxied") },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: nonsense, 192.0.2.1\r\n"), FG_LIT("192.0.2.1 open proxied") },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 192.0.2.1\r\n"),
		    FG_LIT("192.0.2.1 open proxied") },
		/* Two proxies in a row. */
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 10.0.0.1, 192.0.2.1, 127.0.0.2\r\n"),
		    FG_LIT("192.0.2.1 open proxied") },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 127.0.0.3, 127.0.0.2\r\n"), FG_LIT("127.0.0.3 open proxied") },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 192.0.2.1:4711\r\n"), FG_LIT("192.0.2.1 open proxied") },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 2001:db8::1\r\n"), FG_LIT("2001:db8::1 open proxied") },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: [2001:db8::1]:4711\r\n"), FG_LIT("2001:db8::1 open proxied") },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: ::ffff:192.0.2.1\r\n"), FG_LIT("192.0.2.1 open proxied") },
		/* A proxy that says nonsense itself. */
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: nonsense\r\n"), { NULL, 0 } },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 192.0.2.1,\r\n"), { NULL, 0 } },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 192.0.2.1:x\r\n"), { NULL, 0 } },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: [192.0.2.1]\r\n"), { NULL, 0 } },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 192.0.2.01\r\n"), { NULL, 0 } },
		/* The header that this proxy does not write is the stranger's. */
		{ "127.0.0.1", FG_LIT("Forwarded: for=192.0.2.1;proto=https\r\n"), FG_LIT("127.0.0.1 open direct") },
	};

	run(rows, FG_COUNT(rows), SERVER_PROXY);
}

static void
forwarded_counts_from_proxies_only(void)
{
	static const struct row rows[] = {
		{ "127.0.0.77", FG_LIT("Forwarded: for=192.0.2.1;proto=https\r\n"), FG_LIT("127.0.0.77 open direct") },
		{ "127.0.0.1", FG_LIT("Forwarded: for=192.0.2.1;proto=https\r\n"), FG_LIT("192.0.2.1 secure proxied") },
		{ "127.0.0.1", FG_LIT("Forwarded: For=\"[2001:db8::1]:4711\" ; Proto=http\r\n"),
		    FG_LIT("2001:db8::1 open proxied") },
		{ "127.0.0.1", FG_LIT("Forwarded: for=10.0.0.1;proto=https, for=192.0.2.1;by=127.0.0.1\r\n"),
		    FG_LIT("192.0.2.1 open proxied") },
		{ "127.0.0.1", FG_LIT("Forwarded: for=192.0.2.1, for=127.0.0.2;proto=https\r\n"),
		    FG_LIT("192.0.2.1 secure proxied") },
		{ "127.0.0.1", FG_LIT("Forwarded: for=unknown\r\n"), { NULL, 0 } },
		{ "127.0.0.1", FG_LIT("Forwarded: by=192.0.2.1\r\n"), { NULL, 0 } },
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n"),
		    FG_LIT("127.0.0.1 open direct") },
	};

	run(rows, FG_COUNT(rows), SERVER_PROXY | SERVER_RFC7239);
}

static void
without_proxies_no_header_counts(void)
{
	static const struct row rows[] = {
		{ "127.0.0.1", FG_LIT("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\nForwarded: for=192.0.2.2\r\n"),
		    FG_LIT("127.0.0.1 open direct") },
	};

	run(rows, FG_COUNT(rows), SERVER_PLAIN);
}

/* ---- PROXY protocol 2 ------------------------------------------------ */

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V4 "\x21\x11\0\x0c" "\xc0\0\2\1" "\x7f\0\0\1" "\x12\x34" "\x1f\x90"
#define V6 "\x21\x21\0\x24" "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1" "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2" "\x12\x34" "\x1f\x90"
#define V4_TLS "\x21\x11\0\x14" "\xc0\0\2\1" "\x7f\0\0\1" "\x12\x34" "\x1f\x90" "\x20\0\5\1\0\0\0\0"
#define LOCAL "\x20\0\0\0"

static const struct {
	struct fg_str header;
	struct fg_str want; /* null: the connection ends without a word */
} proxied[] = {
	{ FG_LIT(SIGNATURE V4), FG_LIT("192.0.2.1 open proxied") },
	{ FG_LIT(SIGNATURE V6), FG_LIT("2001:db8::1 open proxied") },
	{ FG_LIT(SIGNATURE V4_TLS), FG_LIT("192.0.2.1 secure proxied") },
	{ FG_LIT(SIGNATURE LOCAL), FG_LIT("127.0.0.1 open direct") },
	/* no header, the text form, another version, another command, UNIX, UDP, too short, broken extension */
	{ FG_LIT(""), { NULL, 0 } },
	{ FG_LIT("PROXY TCP4 192.0.2.1 127.0.0.1 4660 8080\r\n"), { NULL, 0 } },
	{ FG_LIT(SIGNATURE "\x11\x11\0\x0c" "\xc0\0\2\1" "\x7f\0\0\1" "\x12\x34" "\x1f\x90"), { NULL, 0 } },
	{ FG_LIT(SIGNATURE "\x22\x11\0\x0c" "\xc0\0\2\1" "\x7f\0\0\1" "\x12\x34" "\x1f\x90"), { NULL, 0 } },
	{ FG_LIT(SIGNATURE "\x21\x31\0\x0c" "\xc0\0\2\1" "\x7f\0\0\1" "\x12\x34" "\x1f\x90"), { NULL, 0 } },
	{ FG_LIT(SIGNATURE "\x21\x12\0\x0c" "\xc0\0\2\1" "\x7f\0\0\1" "\x12\x34" "\x1f\x90"), { NULL, 0 } },
	{ FG_LIT(SIGNATURE "\x21\x11\0\x0b" "\xc0\0\2\1" "\x7f\0\0\1" "\x12\x34" "\x1f"), { NULL, 0 } },
	{ FG_LIT(SIGNATURE "\x21\x21\0\x0c" "\xc0\0\2\1" "\x7f\0\0\1" "\x12\x34" "\x1f\x90"), { NULL, 0 } },
	{ FG_LIT(SIGNATURE "\x21\x11\0\x0f" "\xc0\0\2\1" "\x7f\0\0\1" "\x12\x34" "\x1f\x90" "\x20\0\5"), { NULL, 0 } },
	{ FG_LIT(SIGNATURE "\x21\x11\xff\xff"), { NULL, 0 } },
};

static void
ask_through(size_t i, size_t split)
{
	struct fg_str h = proxied[i].header;

	CHECK(client_open(&c, s.port));
	client_send(&c, h.p, split);
	server_settle(&s);
	client_send(&c, h.p + split, h.n - split);
	client_send_z(&c, ASK "Connection: close\r\n\r\n");
	if (fg_str_null(proxied[i].want)) {
		CU_ASSERT_EQUAL(client_reply(&c), 0);
		CHECK(c.closed);
	} else {
		CU_ASSERT_EQUAL(client_reply(&c), 200);
		CHECK_EQ(client_body(&c), proxied[i].want);
	}
	client_close(&c);
}

static void
proxy_protocol_is_read_whole_and_in_pieces(void)
{
	if (!server_start(&s, SERVER_PROXY_V2, (struct front_limits){ 0 }))
		return;
	for (size_t i = 0; i < FG_COUNT(proxied); i++) {
		for (size_t split = 0; split <= proxied[i].header.n; split++)
			ask_through(i, split);
	}
	CU_ASSERT_EQUAL(atomic_load(&s.last_refused), 400);
	/* A stranger is not even asked for its header. */
	CHECK(client_open_from(&c, s.port, "127.0.0.77"));
	client_send(&c, proxied[0].header.p, proxied[0].header.n);
	client_send_z(&c, ASK "\r\n");
	CU_ASSERT_EQUAL(client_reply(&c), 0);
	client_close(&c);
	server_end(&s);
}

static void
a_proxy_listener_needs_proxies(void)
{
	static const struct front_route none[] = { { 0, FG_LIT(""), 0, 0, NULL, NULL } };
	const struct front_listen l = { .host = FG_LIT("127.0.0.1"), .proxy_v2 = true };
	const struct front_config cfg = { .listen = &l, .n_listen = 1, .route = none, .workers = 1 };
	struct front *f = NULL;
	struct fg_err e = { 0 };

	CHECK_RC(front_new(&cfg, &f, &e), FG_E_PARAM);
	CHECK_STEP(e, "front.config.proxy");
}

CU_TestInfo front_peer_tests[] = {
	CASE(x_forwarded_for_counts_from_proxies_only),
	CASE(forwarded_counts_from_proxies_only),
	CASE(without_proxies_no_header_counts),
	CASE(proxy_protocol_is_read_whole_and_in_pieces),
	CASE(a_proxy_listener_needs_proxies),
	CASES_END,
};
