/*
 * tests/unit/front/server.c - the echo server and the raw client.
 */
#include "tests/unit/front/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#define WALL 1780000000 /* 2026-05-28 */

/* ---- the server ------------------------------------------------------ */

static void
on_echo(struct http_exchange *x)
{
	struct server *s = x->user;
	struct fg_buf b = FG_BUF_ARENA(x->arena, 4u * 1024 * 1024);
	struct fg_str text = FG_STR_NULL;

	atomic_fetch_add(&s->calls, 1);
	fg_buf_put(&b, x->req->method_text);
	fg_buf_putc(&b, ' ');
	fg_buf_put(&b, x->req->target);
	fg_buf_putc(&b, '\n');
	if (x->req->body.n <= 300 * 1024)
		fg_buf_put(&b, x->req->body);
	else
		fg_buf_u64(&b, x->req->body.n);
	CHECK_OK(fg_buf_end(&b, &text));
	http_reply(x, &(struct http_reply){
			  .status = 200, .content_type = FG_LIT("text/plain"), .body = text });
}

/* Says who asks: "address secure|open proxied|direct". */
static void
on_peer(struct http_exchange *x)
{
	struct server *s = x->user;
	struct fg_buf b = FG_BUF_ARENA(x->arena, 1024);
	struct fg_str text = FG_STR_NULL;

	atomic_fetch_add(&s->calls, 1);
	fg_buf_ip(&b, &x->peer->ip);
	fg_buf_put(&b, x->peer->secure ? FG_LIT(" secure") : FG_LIT(" open"));
	fg_buf_put(&b, x->peer->proxied ? FG_LIT(" proxied") : FG_LIT(" direct"));
	CHECK_OK(fg_buf_end(&b, &text));
	http_reply(x, &(struct http_reply){
			  .status = 200, .content_type = FG_LIT("text/plain"), .body = text });
}

static void
on_hold(struct http_exchange *x)
{
	struct server *s = x->user;

	atomic_fetch_add(&s->calls, 1);
	s->held = x;
}

/* The first keeps its reply and waits; one that comes meanwhile says whether it found the arena again. */
static void
on_settle(struct http_exchange *x)
{
	struct server *s = x->user;
	bool warm = x->arena == s->settled;
	char *p = fg_arena_alloc(x->arena, 16);

	atomic_fetch_add(&s->calls, 1);
	CHECK(p != NULL && p[0] == '\0' && x->keep != x->arena);
	if (s->held != NULL) {
		http_reply(x, &(struct http_reply){ .status = 200,
				  .body = warm && p == s->left ? FG_LIT("warm") : FG_LIT("cold") });
		return;
	}
	s->settled = x->arena;
	s->left = memset(p, 's', 16);
	x->state = (void *)(uintptr_t)fg_arena_fmt(x->keep, "kept").p;
	http_settle(x);
	CHECK(x->arena == x->keep && p[0] == '\0');
	s->held = x;
}

/* A reply far larger than a socket takes at once. */
static void
on_large(struct http_exchange *x)
{
	static char body[SERVER_LARGE];

	http_reply(x, &(struct http_reply){ .status = 200, .body = { body, sizeof(body) } });
}

static void
on_bad_field(struct http_exchange *x)
{
	static const struct http_field f = { FG_LIT("Location"), FG_LIT("/a\r\nSet-Cookie: b=c") };

	http_reply(x, &(struct http_reply){ .status = 302, .field = &f, .n_field = 1 });
}

static void
on_empty(struct http_exchange *x)
{
	http_reply(x, &(struct http_reply){ .status = 204, .flags = HTTP_REPLY_CLOSE });
}

static const struct front_route routes[] = {
	{ HTTP_GET | HTTP_POST, FG_LIT("/"), FRONT_EXACT | FRONT_BIG_BODY, FG_LIMIT_HTTP_BODY, on_echo,
	    "echo" },
	{ HTTP_ANY, FG_LIT("/any/"), FRONT_PREFIX, 64, on_echo, "any" },
	{ HTTP_GET, FG_LIT("/peer"), FRONT_EXACT, 0, on_peer, "peer" },
	{ HTTP_GET | HTTP_POST, FG_LIT("/hold"), FRONT_EXACT, 1024, on_hold, "hold" },
	{ HTTP_GET, FG_LIT("/settle"), FRONT_EXACT, 0, on_settle, "settle" },
	{ HTTP_GET, FG_LIT("/large"), FRONT_EXACT, 0, on_large, "large" },
	{ HTTP_GET, FG_LIT("/bad-field"), FRONT_EXACT, 0, on_bad_field, "bad" },
	{ HTTP_GET, FG_LIT("/empty"), FRONT_EXACT, 0, on_empty, "empty" },
	{ 0, FG_LIT(""), 0, 0, NULL, NULL },
};

static uint64_t
mono(void *app)
{
	return atomic_load(&((struct server *)app)->mono_us);
}

static fg_time
wall(void *app)
{
	return atomic_load(&((struct server *)app)->wall);
}

static bool
admit(struct http_exchange *x, uint64_t n)
{
	struct server *s = x->user;

	(void)n;
	atomic_fetch_add(&s->admitted, 1);
	return atomic_load(&s->admit) && !fg_str_null(http_header(x->req, HTTP_H_AUTHORIZATION));
}

static void
refused(void *user, const struct front_peer *peer, const struct http_refusal *why)
{
	struct server *s = user;

	(void)peer;
	memset(s->rule, 0, sizeof(s->rule));
	memcpy(s->rule, why->rule, strnlen(why->rule, sizeof(s->rule) - 1));
	atomic_store(&s->last_refused, why->status);
}

static bool
start(struct server *s, unsigned flags, struct front_tls *tls, struct front_limits limits)
{
	struct front_listen l = { .host = FG_LIT("127.0.0.1"), .tls = tls,
		.proxy_v2 = (flags & SERVER_PROXY_V2) != 0 };
	struct fg_cidr proxy;
	struct front_config cfg = { .listen = &l, .n_listen = 1, .route = routes, .workers = 1,
		.limits = limits, .app = s, .admit = admit, .refused = refused, .mono_us = mono,
		.wall = wall };
	struct fg_err e = { 0 };
	const char *colon;
	uint64_t port = 0;

	memset(s, 0, sizeof(*s));
	atomic_store(&s->mono_us, 1000000);
	atomic_store(&s->wall, WALL);
	CU_ASSERT_TRUE_FATAL(fg_cidr_parse(FG_LIT("127.0.0.0/28"), &proxy));
	if ((flags & (SERVER_PROXY | SERVER_PROXY_V2)) != 0) {
		cfg.proxy = &proxy;
		cfg.n_proxy = 1;
	}
	if ((flags & SERVER_RFC7239) != 0)
		cfg.forwarded = FRONT_FORWARDED_RFC7239;
	if (front_new(&cfg, &s->f, &e) != FG_OK || front_start(s->f, &e) != FG_OK) {
		printf("\n  listener: %s: %s\n", e.step, e.text);
		CU_FAIL("listener did not start");
		return false;
	}
	colon = strrchr(front_url(s->f, 0), ':');
	CHECK(colon != NULL && fg_u64(fg_str_z(colon + 1), &port) && port > 0);
	s->port = (uint16_t)port;
	return true;
}

bool
server_start(struct server *s, unsigned flags, struct front_limits limits)
{
	return start(s, flags, NULL, limits);
}

bool
server_start_tls(struct server *s, struct front_tls *tls, struct front_limits limits)
{
	return start(s, SERVER_TLS, tls, limits);
}

void
server_end(struct server *s)
{
	front_free(s->f);
	s->f = NULL;
}

struct barrier {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool reached;
};

static void
reach(struct front_worker *w, void *arg)
{
	struct barrier *b = arg;

	(void)w;
	pthread_mutex_lock(&b->lock);
	b->reached = true;
	pthread_cond_signal(&b->cond);
	pthread_mutex_unlock(&b->lock);
}

static void
pass_barrier(struct server *s)
{
	struct barrier b = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };

	if (front_post(front_worker(s->f, 0), reach, &b) != FG_OK)
		return;
	pthread_mutex_lock(&b.lock);
	while (!b.reached)
		pthread_cond_wait(&b.cond, &b.lock);
	pthread_mutex_unlock(&b.lock);
}

/*
 * What was sent is in the socket before the first post; the loop sees both in one
 * turn, in any order; the second post is in a later turn.
 */
void
server_settle(struct server *s)
{
	pass_barrier(s);
	pass_barrier(s);
}

void
server_pass(struct server *s, uint32_t ms)
{
	server_settle(s);
	atomic_fetch_add(&s->mono_us, (uint64_t)ms * 1000);
	CHECK_OK(front_tick(s->f));
	server_settle(s);
}

static void
release(struct front_worker *w, void *arg)
{
	struct server *s = arg;
	struct http_exchange *x = s->held;

	(void)w;
	s->held = NULL;
	if (x != NULL)
		http_reply(x, &(struct http_reply){
				  .status = 200, .content_type = FG_LIT("text/plain"), .body = x->state != NULL ? fg_str_z(x->state) : FG_LIT("held") });
}

void
server_release(struct server *s)
{
	CHECK_OK(front_post(front_worker(s->f, 0), release, s));
	server_settle(s);
}

/* ---- the client ------------------------------------------------------ */

bool
client_socket(struct client *c)
{
	const struct timeval tv = { 20, 0 };
	const struct linger reset = { 1, 0 };
	const int one = 1;

	c->n = 0;
	c->closed = false;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return c->fd >= 0 && setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) == 0 &&
	    setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)) == 0 &&
	    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0 &&
	    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) == 0;
}

bool
client_connect(struct client *c, uint16_t port, const char *address)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in from = { .sin_family = AF_INET };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (address != NULL && (inet_pton(AF_INET, address, &from.sin_addr) != 1 ||
				   bind(c->fd, (struct sockaddr *)&from, sizeof(from)) != 0))
		return false;
	return connect(c->fd, (struct sockaddr *)&to, sizeof(to)) == 0;
}

bool
client_open_from(struct client *c, uint16_t port, const char *address)
{
	if (client_socket(c) && client_connect(c, port, address))
		return true;
	client_close(c);
	return false;
}

bool
client_open(struct client *c, uint16_t port)
{
	bool ok = client_open_from(c, port, NULL);

	CHECK(ok);
	return ok;
}

void
client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/* The server may have refused and closed already: that is not the client's failure. */
void
client_send(struct client *c, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = send(c->fd, p, n, MSG_NOSIGNAL);

		if (k <= 0)
			return;
		p += k;
		n -= (size_t)k;
	}
}

void
client_send_z(struct client *c, const char *z)
{
	client_send(c, z, strlen(z));
}

static struct fg_str
got(const struct client *c)
{
	return fg_str(c->got, c->n);
}

/* Length of the head with its blank line, or 0. */
static size_t
head_length(const struct client *c)
{
	const char *end = memmem(c->got, c->n, "\r\n\r\n", 4);

	return end == NULL ? 0 : (size_t)(end - c->got) + 4;
}

struct fg_str
client_header(const struct client *c, struct fg_str name)
{
	struct fg_str rest = fg_sub(got(c), 0, head_length(c));
	struct fg_str line, key, value;

	while (fg_cut(rest, '\n', &line, &rest)) {
		if (fg_cut(line, ':', &key, &value) && fg_eq_icase(key, name))
			return fg_trim(value);
	}
	return FG_STR_NULL;
}

struct fg_str
client_body(const struct client *c)
{
	return fg_sub(got(c), head_length(c), c->n);
}

static int
status_of(const struct client *c)
{
	uint64_t status = 0;

	if (c->n < 12 || !fg_starts(got(c), FG_LIT("HTTP/1.1 ")) || !fg_u64(fg_sub(got(c), 9, 12), &status))
		return 0;
	return (int)status;
}

static bool
whole(const struct client *c)
{
	uint64_t n = 0;
	size_t head = head_length(c);

	if (head == 0)
		return false;
	if (status_of(c) < 200)
		return true;
	return fg_u64(client_header(c, FG_LIT("Content-Length")), &n) ? c->n >= head + n : true;
}

static bool
read_more(struct client *c, int flags)
{
	ssize_t k = recv(c->fd, c->got + c->n, sizeof(c->got) - c->n, flags);

	if (k <= 0) {
		c->closed = k == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
		return false;
	}
	c->n += (size_t)k;
	return true;
}

int
client_reply(struct client *c)
{
	while (!whole(c) && read_more(c, 0))
		;
	/* A reply that ends the connection is complete when it has ended. */
	if (fg_eq(client_header(c, FG_LIT("Connection")), FG_LIT("close"))) {
		while (read_more(c, 0))
			;
	}
	return whole(c) || status_of(c) != 0 ? status_of(c) : 0;
}

void
client_clear(struct client *c)
{
	c->n = 0;
}

bool
client_quiet(struct client *c)
{
	size_t before = c->n;

	while (read_more(c, MSG_DONTWAIT))
		;
	return !c->closed && c->n == before;
}
