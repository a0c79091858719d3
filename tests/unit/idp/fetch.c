/* The fetch process's loop, on a thread, against a TLS server on loopback and a resolver of our own. */
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/idp/fetch_int.h"
#include "tests/unit/idp/server.h"
#include "tests/unit/idp/tests.h"

/*
 * The resolver that libcurl calls is this one: names of this test go where it says, like the
 * names of somebody who rebinds them.
 */
static const struct {
	const char *host, *addresses[3];
} names[] = {
	{ "good.test", { "127.0.0.1" } },
	{ "other.test", { "127.0.0.1" } },
	{ "rebind.test", { "127.0.0.1" } },
	{ "inside.test", { "10.0.0.1", "169.254.169.254", "::1" } },
	{ "second.test", { "10.0.0.1", "127.0.0.1" } },
};

static struct addrinfo *
entry(const char *address, const char *service, struct addrinfo *next)
{
	struct {
		struct addrinfo ai;
		struct sockaddr_in6 room;
	} *e = calloc(1, sizeof(*e));
	struct sockaddr_in *v4 = (void *)&e->room;
	uint16_t port = htons((uint16_t)strtoul(service == NULL ? "0" : service, NULL, 10));

	e->ai = (struct addrinfo){ .ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP,
		.ai_addrlen = sizeof(*v4), .ai_addr = (void *)&e->room, .ai_next = next };
	if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = port;
		return &e->ai;
	}
	e->ai.ai_family = e->room.sin6_family = AF_INET6;
	e->ai.ai_addrlen = sizeof(e->room);
	e->room.sin6_port = port;
	(void)inet_pton(AF_INET6, address, &e->room.sin6_addr);
	return &e->ai;
}

int
getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	(void)hints;
	*ret = NULL;
	for (size_t i = 0; i < FG_COUNT(names); i++)
		if (strcmp(host, names[i].host) == 0)
			for (size_t k = 3; k-- > 0;)
				if (names[i].addresses[k] != NULL)
					*ret = entry(names[i].addresses[k], service, *ret);
	if (*ret == NULL && strcmp(host, "127.0.0.1") == 0)
		*ret = entry(host, service, NULL);
	return *ret == NULL ? EAI_NONAME : 0;
}

void
freeaddrinfo(struct addrinfo *ai)
{
	struct addrinfo *next;

	for (; ai != NULL; ai = next) {
		next = ai->ai_next;
		free(ai);
	}
}

/* ---- the process and its link ---- */

struct world {
	struct fg_arena *a;
	struct server server;
	struct idp_allow allow[2];
	struct idp_policy policy;
	int ours, theirs;
	pthread_t thread;
	uint64_t id;
	struct fg_buf body;
	struct idp_answer end;
};

static void *
run(void *arg)
{
	struct world *w = arg;

	(void)!idp_fetch_run(w->theirs, &w->policy);
	return NULL;
}

static void
world_open(struct world *w)
{
	int fd[2];

	memset(w, 0, sizeof(*w));
	w->a = fg_arena_new(4 * 1024 * 1024);
	CU_ASSERT_FATAL(w->a != NULL && server_open(&w->server, w->a));
	CHECK(fg_cidr_parse(FG_LIT("127.0.0.1/32"), &w->allow[0].cidr));
	w->allow[0].port = w->server.port;
	w->policy = (struct idp_policy){ w->allow, 1 };
	w->body = (struct fg_buf)FG_BUF(1024 * 1024);
	CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == 0);
	w->ours = fd[0];
	w->theirs = fd[1];
	CU_ASSERT_FATAL(pthread_create(&w->thread, NULL, run, w) == 0);
}

static void
world_close(struct world *w)
{
	shutdown(w->ours, SHUT_RDWR);
	pthread_join(w->thread, NULL);
	close(w->ours);
	close(w->theirs);
	server_close(&w->server);
	fg_buf_free(&w->body);
	fg_arena_free(w->a);
}

#define WORLD                                                                                    \
	FG_AUTO(world_close) struct world w;                                                     \
	world_open(&w)

static const char *
url(struct world *w, const char *host, const char *path)
{
	return fg_arena_fmt(w->a, "https://%s:%u%s", host, w->server.port, path).p;
}

static void
ask(struct world *w, struct idp_request *r)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(96 * 1024);

	r->id = ++w->id;
	r->max_bytes = 1000;
	if (r->timeout_ms == 0)
		r->timeout_ms = 5000;
	idp_request_put(&b, r);
	CHECK(send(w->ours, b.p, b.n, 0) == (ssize_t)b.n);
}

/* The answer to the last request. */
static enum idp_outcome
reply(struct world *w)
{
	static char msg[65536];

	fg_buf_reset(&w->body);
	for (;;) {
		struct pollfd p = { .fd = w->ours, .events = POLLIN };
		ssize_t n = poll(&p, 1, 20000) == 1 ? recv(w->ours, msg, sizeof(msg), 0) : -1;

		if (n <= 0 || !idp_answer_read(fg_str(msg, (size_t)n), &w->end))
			return IDP_OUT_NONE;
		if (w->end.part == IDP_PART_END)
			return w->end.outcome;
		fg_buf_put(&w->body, w->end.data);
	}
}

static enum idp_outcome
get(struct world *w, const char *at)
{
	struct idp_request r = { .url = fg_str_z(at), .ca = w->server.ca };

	ask(w, &r);
	return reply(w);
}

/* ---- tests ---- */

static void
a_document_is_fetched(void)
{
	WORLD;

	CHECK(get(&w, url(&w, "127.0.0.1", "/ok")) == IDP_OUT_OK);
	CHECK(w.end.status == 200 && w.end.max_age == 1234 && w.end.id == w.id);
	CHECK_STR(fg_buf_str(&w.body), "{}");
	CHECK(get(&w, url(&w, "good.test", "/ok")) == IDP_OUT_OK);
	CHECK(w.server.requests == 2);
}

static void
answers_that_are_not_200_are_none(void)
{
	WORLD;

	CHECK(get(&w, url(&w, "127.0.0.1", "/500")) == IDP_OUT_STATUS && w.end.status == 500);
	CHECK(get(&w, url(&w, "127.0.0.1", "/nothing")) == IDP_OUT_STATUS && w.end.status == 404);
	CHECK(get(&w, url(&w, "127.0.0.1", "/redirect")) == IDP_OUT_STATUS && w.end.status == 302);
	CHECK(w.server.canary == 0);
	CHECK(w.body.n == 0);
}

static void
sizes_and_times_are_capped(void)
{
	struct idp_request slow;
	WORLD;

	CHECK(get(&w, url(&w, "127.0.0.1", "/big")) == IDP_OUT_SIZE);
	CHECK(get(&w, url(&w, "127.0.0.1", "/chunked")) == IDP_OUT_SIZE);
	CHECK(get(&w, url(&w, "127.0.0.1", "/truncated")) == IDP_OUT_BROKEN);
	slow = (struct idp_request){ .url = fg_str_z(url(&w, "127.0.0.1", "/slow")), .ca = w.server.ca, .timeout_ms = 200 };
	ask(&w, &slow);
	CHECK(reply(&w) == IDP_OUT_TIMEOUT);
}

static void
urls_that_are_not_fetched(void)
{
	static const char *const bad[] = { "http://127.0.0.1/ok", "ftp://127.0.0.1/ok", "file:///etc/passwd", "https://u:p@127.0.0.1/",
		"https://127.0.0.1/#x", "127.0.0.1/ok", "", "https://", "gopher://127.0.0.1", "https://127.0.0.1:0/" };
	WORLD;

	for (size_t i = 0; i < FG_COUNT(bad); i++)
		CHECK(get(&w, bad[i]) == IDP_OUT_URL);
	CHECK(get(&w, "https://nobody.test/x") == IDP_OUT_RESOLVE);
	CHECK(w.server.requests == 0);
}

/* Checked as each socket is opened, whatever the name said before. */
static void
addresses_are_checked_when_the_socket_is_opened(void)
{
	WORLD;

	CHECK(get(&w, url(&w, "inside.test", "/ok")) == IDP_OUT_ADDRESS);
	CHECK(get(&w, "https://rebind.test/ok") == IDP_OUT_ADDRESS); /* port 443 of loopback is not listed */
	CHECK(get(&w, url(&w, "[::1]", "/ok")) == IDP_OUT_ADDRESS);
	CHECK(get(&w, "https://169.254.169.254/latest/") == IDP_OUT_ADDRESS);
	CHECK(get(&w, "https://0x7f.1/ok") != IDP_OUT_OK);
	CHECK(get(&w, "https://2130706433/ok") != IDP_OUT_OK);
	CHECK(w.server.requests == 0);
	/* an address that may not be used is passed over, the next one is tried; the name is then judged by TLS */
	CHECK(get(&w, url(&w, "second.test", "/ok")) == IDP_OUT_TLS);
}

static void
the_exception_is_for_its_port(void)
{
	WORLD;

	w.allow[0].port = (uint16_t)(w.server.port ^ 1);
	CHECK(get(&w, url(&w, "127.0.0.1", "/ok")) == IDP_OUT_ADDRESS);
	w.allow[0] = (struct idp_allow){ .host = "good.test", .port = w.server.port };
	CHECK(get(&w, url(&w, "good.test", "/ok")) == IDP_OUT_OK);
	CHECK(get(&w, url(&w, "127.0.0.1", "/ok")) == IDP_OUT_ADDRESS);
}

static void
certificates_are_verified(void)
{
	struct idp_request r;
	WORLD;

	/* the system's CAs do not know this one */
	r = (struct idp_request){ .url = fg_str_z(url(&w, "127.0.0.1", "/ok")) };
	ask(&w, &r);
	CHECK(reply(&w) == IDP_OUT_TLS);
	/* another host name */
	CHECK(get(&w, url(&w, "other.test", "/ok")) == IDP_OUT_TLS);
	/* a CA file that is none */
	r.ca = FG_LIT("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	ask(&w, &r);
	CHECK(reply(&w) == IDP_OUT_TLS);
	CHECK(w.server.requests == 0);
}

static enum idp_outcome
with_thumb(struct world *w, const char *host, const unsigned char thumb[IDP_THUMB])
{
	struct idp_request r = { .url = fg_str_z(url(w, host, "/ok")), .nthumb = 2 };

	memset(r.thumb[0], 0x11, IDP_THUMB);
	memcpy(r.thumb[1], thumb, IDP_THUMB);
	ask(w, &r);
	return reply(w);
}

/* A thumbprint adds a CA that was presented; chain and host name are verified as ever. */
static void
a_thumbprint_adds_an_anchor(void)
{
	unsigned char wrong[IDP_THUMB];
	WORLD;

	memset(wrong, 0xcc, sizeof(wrong));
	CHECK(with_thumb(&w, "127.0.0.1", w.server.ca_thumb) == IDP_OUT_OK);
	CHECK(with_thumb(&w, "127.0.0.1", wrong) == IDP_OUT_TLS);
	CHECK(with_thumb(&w, "other.test", w.server.ca_thumb) == IDP_OUT_TLS);
	/* the server's own certificate is no CA */
	CHECK(with_thumb(&w, "127.0.0.1", w.server.leaf_thumb) == IDP_OUT_TLS);
	CHECK(w.server.requests == 1);
}

static void
many_at_once_and_no_more(void)
{
	unsigned busy = 0, ended = 0;
	WORLD;

	for (int i = 0; i < FG_LIMIT_FETCH_AT_ONCE + 8; i++) {
		struct idp_request r = { .url = fg_str_z(url(&w, "127.0.0.1", "/slow")), .ca = w.server.ca, .timeout_ms = 400 };

		ask(&w, &r);
	}
	for (int i = 0; i < FG_LIMIT_FETCH_AT_ONCE + 8; i++) {
		enum idp_outcome o = reply(&w);

		busy += o == IDP_OUT_BUSY;
		ended += o == IDP_OUT_TIMEOUT;
	}
	CHECK(busy == 8 && ended == FG_LIMIT_FETCH_AT_ONCE);
}

static void
nonsense_on_the_link_is_passed_over(void)
{
	static const char junk[300];
	WORLD;

	CHECK(send(w.ours, junk, sizeof(junk), 0) == (ssize_t)sizeof(junk));
	CHECK(send(w.ours, "x", 1, 0) == 1);
	CHECK(get(&w, url(&w, "127.0.0.1", "/ok")) == IDP_OUT_OK);
}

static void
max_age_of_a_header_line(void)
{
	static const struct {
		const char *line;
		int32_t want;
	} rows[] = { { "Cache-Control: max-age=300\r\n", 300 }, { "cache-control:max-age=0", 0 },
		{ "Cache-Control: public, MAX-AGE=60, x", 60 }, { "Cache-Control: no-cache", -1 }, { "Cache-Control: max-age=-5", -1 },
		{ "Cache-Control: max-age=99999999999999999999", -1 }, { "Cache-Control: max-age=1e3", -1 },
		{ "Cache-Control: max-age=864000", 86400 }, { "X-Cache-Control: max-age=5", -1 }, { "Expires: 0", -1 }, { "", -1 },
		{ "Cache-Control: s-maxage=5", -1 }, { "Cache-Control: max-age=\"5\"", -1 } };

	for (size_t i = 0; i < FG_COUNT(rows); i++)
		CHECK(fetch_max_age(fg_str_z(rows[i].line)) == rows[i].want);
}

CU_TestInfo fetch_tests[] = {
	CASE(a_document_is_fetched),
	CASE(answers_that_are_not_200_are_none),
	CASE(sizes_and_times_are_capped),
	CASE(urls_that_are_not_fetched),
	CASE(addresses_are_checked_when_the_socket_is_opened),
	CASE(the_exception_is_for_its_port),
	CASE(certificates_are_verified),
	CASE(a_thumbprint_adds_an_anchor),
	CASE(many_at_once_and_no_more),
	CASE(nonsense_on_the_link_is_passed_over),
	CASE(max_age_of_a_header_line),
	CASES_END,
};
