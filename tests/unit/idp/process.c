/* The whole fetch process: forked, confined, asked over its link. */
#include <signal.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/idp/idp_int.h"
#include "gateway/proc/proc.h"
#include "tests/unit/idp/server.h"
#include "tests/unit/unit.h"

struct world {
	struct fg_arena *a;
	struct server server;
	int link;
	pid_t pid;
	struct idp_answer end;
	size_t bytes;
};

static void
start(struct world *w)
{
	struct idp_allow allow[] = { { .host = "localhost", .port = w->server.port }, { .port = w->server.port } };
	struct proc_child c = { .role = "fetch", .ctl = -1, .link_name = { IDP_LINK }, .links = 1 };
	int fd[2];

	CHECK(fg_cidr_parse(FG_LIT("127.0.0.1/32"), &allow[1].cidr));
	CHECK_OK(idp_fetch_config(w->a, allow, FG_COUNT(allow), &c.config, NULL));
	CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == 0);
	w->pid = fork();
	CU_ASSERT_FATAL(w->pid >= 0);
	if (w->pid == 0) {
		close(fd[0]);
		c.link_fd[0] = fd[1];
		_exit(idp_fetch_main(&c));
	}
	close(fd[1]);
	w->link = fd[0];
}

static void
world_open(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->a = fg_arena_new(4 * 1024 * 1024);
	CU_ASSERT_FATAL(w->a != NULL && server_open(&w->server, w->a));
	start(w);
}

static void
world_close(struct world *w)
{
	int status = -1;

	close(w->link);
	CHECK(waitpid(w->pid, &status, 0) == w->pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	server_close(&w->server);
	fg_arena_free(w->a);
}

static enum idp_outcome
get(struct world *w, const char *host, const char *path, bool ca)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(96 * 1024);
	struct idp_request r = { .id = 1, .max_bytes = 1000, .timeout_ms = 5000,
		.url = fg_arena_fmt(w->a, "https://%s:%u%s", host, w->server.port, path) };
	static char msg[65536];

	if (ca)
		r.ca = w->server.ca;
	idp_request_put(&b, &r);
	CHECK(send(w->link, b.p, b.n, MSG_NOSIGNAL) == (ssize_t)b.n);
	for (w->bytes = 0;;) {
		struct pollfd p = { .fd = w->link, .events = POLLIN };
		ssize_t n = poll(&p, 1, 20000) == 1 ? recv(w->link, msg, sizeof(msg), 0) : -1;

		if (n <= 0 || !idp_answer_read(fg_str(msg, (size_t)n), &w->end))
			return IDP_OUT_NONE;
		if (w->end.part == IDP_PART_END)
			return w->end.outcome;
		w->bytes += w->end.data.n;
	}
}

/* TLS, the system's CAs, name resolution and its thread: all behind the filter. */
static void
a_confined_process_fetches(void)
{
	FG_AUTO(world_close) struct world w;

	world_open(&w);
	for (int i = 0; i < 3; i++) {
		CHECK(get(&w, "127.0.0.1", "/ok", true) == IDP_OUT_OK);
		CHECK(w.bytes == 2 && w.end.max_age == 1234);
	}
	CHECK(get(&w, "localhost", "/ok", true) == IDP_OUT_TLS); /* resolved, connected, and not its name */
	CHECK(get(&w, "127.0.0.1", "/ok", false) == IDP_OUT_TLS);
	CHECK(get(&w, "127.0.0.1", "/redirect", true) == IDP_OUT_STATUS);
	CHECK(get(&w, "127.0.0.2", "/ok", true) == IDP_OUT_ADDRESS);
	CHECK(w.server.canary == 0);
}

static CU_TestInfo process_tests[] = { CASE(a_confined_process_fetches), CASES_END };

int
main(void)
{
	CU_SuiteInfo suites[] = { SUITE("idp/fetch.c as a process", process_tests), SUITES_END };

	signal(SIGPIPE, SIG_IGN); /* the issuer's server writes to whoever has hung up */
	return unit_run(suites);
}
