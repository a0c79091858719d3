/*
 * The nth allocation fails, over gateway/front: the listener does not start, or one
 * connection ends; never a wrong reply, never a leak.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "gateway/front/front.h"
#include "tests/fault/fault.h"
#include "tests/tls/cert.h"

static void
on_post(struct http_exchange *x)
{
	struct fg_str text = fg_arena_fmt(x->arena, "%zu", x->req->body.n);

	if (fg_str_null(text))
		http_reply(x, &(struct http_reply){ .status = 500 });
	else
		http_reply(x, &(struct http_reply){ .status = 200, .body = text });
}

static const struct front_route routes[] = {
	{ HTTP_POST, FG_LIT("/"), FRONT_EXACT, FG_LIMIT_HTTP_BODY, on_post, "post" },
	{ 0, FG_LIT(""), 0, 0, NULL, NULL },
};

static void
front_freep(struct front **f)
{
	front_free(*f);
}

static int
dial(const struct front *f)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	const struct timeval tv = { 20, 0 };
	uint64_t port = 0;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (!fg_u64(fg_str_z(strrchr(front_url(f, 0), ':') + 1), &port))
		return -1;
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sa.sin_port = htons((uint16_t)port);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	return connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0 ? fd : -1;
}

/* The reply's head and body in out; nothing when the connection ended. */
static size_t
ask(int fd, const char *head, size_t chunks, char *out, size_t room)
{
	static const char chunk[] = "1000\r\n";
	static char data[4096];
	size_t have = 0;
	ssize_t n;

	(void)send(fd, head, strlen(head), MSG_NOSIGNAL);
	for (size_t i = 0; i < chunks; i++) {
		(void)send(fd, chunk, sizeof(chunk) - 1, MSG_NOSIGNAL);
		(void)send(fd, data, sizeof(data), MSG_NOSIGNAL);
		(void)send(fd, "\r\n", 2, MSG_NOSIGNAL);
	}
	(void)send(fd, "0\r\n\r\n", 5, MSG_NOSIGNAL);
	while (have < room && (n = recv(fd, out + have, room - have, 0)) > 0)
		have += (size_t)n;
	return have;
}

/* A chunked body of 160 KiB, which grows twice. */
static enum fg_rc
serve_scenario(void *arg, struct fg_err *reterr)
{
	const struct front_listen l = { .host = FG_LIT("127.0.0.1") };
	const struct front_config cfg = { .listen = &l, .n_listen = 1, .route = routes, .workers = 1 };
	FG_AUTO(front_freep) struct front *f = NULL;
	char out[1024];
	size_t n;
	int fd;

	(void)arg;
	FG_TRY(front_new(&cfg, &f, reterr));
	FG_TRY(front_start(f, reterr));
	fd = dial(f);
	n = ask(fd, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n", 40, out,
	    sizeof(out));
	close(fd);
	if (n == 0 || memcmp(out, "HTTP/1.1 500", 12) == 0)
		return fg_fail(reterr, FG_E_NOMEM, "fault.serve", NULL, "the connection ended");
	if (memmem(out, n, "\r\n\r\n163840", 10) == NULL)
		return fg_fail(reterr, FG_E_SYNTAX, "fault.serve", NULL, "wrong reply");
	return FG_OK;
}

struct pems {
	struct fg_str chain, key;
};

static enum fg_rc
tls_scenario(void *arg, struct fg_err *reterr)
{
	const struct pems *pem = arg;
	struct front_tls *t = NULL;
	struct front_listen l = { .host = FG_LIT("127.0.0.1") };
	const struct front_config cfg = { .listen = &l, .n_listen = 1, .route = routes, .workers = 2 };
	FG_AUTO(front_freep) struct front *f = NULL;
	enum fg_rc rc;

	FG_TRY(front_tls_new(pem->chain, pem->key, &t, reterr));
	l.tls = t;
	rc = front_new(&cfg, &f, reterr);
	if (rc != FG_OK) {
		front_tls_free(t);
		return rc;
	}
	FG_TRY(front_start(f, reterr));
	FG_TRY(front_tls_new(pem->chain, pem->key, &t, reterr));
	rc = front_tls_take(f, 0, t, reterr);
	if (rc != FG_OK)
		front_tls_free(t);
	return rc;
}

int
main(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	struct pems pem;
	int serve, tls;

	if (a == NULL || !cert_make(a, CERT_P256, "fault", &pem.chain, &pem.key))
		return 1;
	serve = fault_run("serve", serve_scenario, NULL);
	tls = fault_run("tls", tls_scenario, &pem);
	printf("failed allocations survived: serve %d, tls %d\n", serve, tls);
	return serve > 0 && tls > 0 ? 0 : 1;
}
