/* tests/unit/proc/supervise.c - a whole set of processes, started, disturbed and stopped. */
#include "tests/unit/proc/tests.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/cred/cred_int.h"

struct run {
	char dir[64];
	char gateway[4096];
	char cred[128];
	char fetch[4096];
	size_t masked_n;
	pid_t pid;
	int out;
	char text[4096];
	size_t text_n;
};

/* A real ring on disk; its roots, masked, for the roles that look for them. */
static void
ring_on_disk(struct run *r, const char *scenario)
{
	struct cred_ring *ring = NULL;
	char *masked;
	int n;

	(void)snprintf(r->dir, sizeof(r->dir), "/tmp/fedgate-run-XXXXXX");
	CU_ASSERT_FATAL(mkdtemp(r->dir) != NULL);
	(void)snprintf(r->cred, sizeof(r->cred), "%s/keyring\n", r->dir);
	n = snprintf(r->gateway, sizeof(r->gateway), "%s\n", scenario);
	CU_ASSERT_FATAL(cred_ring_new(1763829431, &ring, NULL) == FG_OK);
	masked = r->gateway + n;
	for (size_t i = 0; i < ring->n; i++)
		for (size_t b = 0; b < CRED_KEY_BYTES; b++)
			masked[r->masked_n++] = (char)(ring->key[i].root[b] ^ MASK);
	r->fetch[0] = '\n';
	memcpy(r->fetch + 1, masked, r->masked_n);
	r->cred[strlen(r->cred) - 1] = '\0';
	CU_ASSERT_FATAL(cred_ring_save(ring, r->cred, CRED_SAVE_CREATE, NULL) == FG_OK);
	cred_ring_free(ring);
}

static int
supervise(struct run *r, const char *scenario, int out)
{
	static const struct proc_link links[] = {
		{ "keys", "gateway", "cred" },
		{ "fetch", "gateway", "fetch" },
	};
	struct proc_role roles[PROC_ROLES_MAX];
	struct proc_config conf = { .role = roles, .roles = 4, .link = links, .links = 2, .out = out };

	memcpy(roles, test_roles, sizeof(roles[0]) * test_roles_n);
	if (strcmp(scenario, "fails") == 0)
		conf.roles = 5;
	if (strcmp(scenario, "deaf") == 0)
		conf.stop_ms = 300;
	conf.role_config[0] = fg_str_z(r->cred);
	conf.role_config[1] = fg_str(r->fetch, 1 + r->masked_n);
	conf.role_config[2] = fg_str(r->gateway, strlen(scenario) + 1 + r->masked_n);
	return proc_supervise(&conf);
}

static void
run_start(struct run *r, const char *scenario)
{
	int fd[2];

	memset(r, 0, sizeof(*r));
	ring_on_disk(r, scenario);
	CU_ASSERT_FATAL(pipe2(fd, O_CLOEXEC) == 0);
	r->pid = fork();
	CU_ASSERT_FATAL(r->pid >= 0);
	if (r->pid == 0) {
		close(fd[0]);
		(void)setenv("FEDGATE_TEST_SECRET", "canary", 1);
		_exit(supervise(r, scenario, fd[1]));
	}
	close(fd[1]);
	r->out = fd[0];
}

/* Wait for a line; false when the run ended or was silent for 30 s before it came. */
static bool
run_line(struct run *r, const char *want)
{
	char line[160];

	(void)snprintf(line, sizeof(line), "listening on %s\n", want);
	for (;;) {
		struct pollfd p = { .fd = r->out, .events = POLLIN };
		ssize_t n;

		r->text[r->text_n] = '\0';
		if (strstr(r->text, line) != NULL)
			return true;
		if (poll(&p, 1, 30000) != 1)
			return false;
		n = read(r->out, r->text + r->text_n, sizeof(r->text) - 1 - r->text_n);
		if (n <= 0)
			return false;
		r->text_n += (size_t)n;
	}
}

static int
run_end(struct run *r)
{
	char path[96];
	int status = 0;

	(void)run_line(r, "nothing: read to the end");
	CHECK(waitpid(r->pid, &status, 0) == r->pid);
	close(r->out);
	(void)snprintf(path, sizeof(path), "%s/keyring", r->dir);
	CHECK(unlink(path) == 0 && rmdir(r->dir) == 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void
said(struct run *r, const char *line)
{
	if (run_line(r, line))
		return;
	(void)fprintf(stderr, "not said: %s\n%s", line, r->text);
	CU_FAIL("a line was not said");
}
static void
no_process_but_cred_holds_a_root(void)
{
	struct run r;

	run_start(&r, "checks");
	said(&r, "keys=4");
	said(&r, "gateway-holds-a-root=0");
	said(&r, "fetch-holds-a-root=0");
	said(&r, "fetch-sees-the-environment=0");
	said(&r, "gateway-sees-the-environment=1");
	said(&r, "fetch-descriptors=5"); /* 0, 1, 2, control, its link; not the maps it looks at */
	said(&r, "restarted=1");
	said(&r, "few-lost=1");
	said(&r, "new-fetch-holds-a-root=0");
	said(&r, "job=1");
	said(&r, "not-on-demand=1");
	said(&r, "keys-again=4");
	said(&r, "waiting=1");
	CHECK(kill(r.pid, SIGTERM) == 0);
	said(&r, "keys-while-stopping=4");
	CHECK(run_end(&r) == 0);
}

static void
a_reload_starts_cred_anew_and_keeps_the_links(void)
{
	struct run r;

	run_start(&r, "plain");
	said(&r, "waiting=1");
	CHECK(kill(r.pid, SIGHUP) == 0);
	said(&r, "keys-after-reload=4");
	CHECK(kill(r.pid, SIGINT) == 0);
	said(&r, "keys-while-stopping=4");
	CHECK(run_end(&r) == 0);
}

static void
what_never_worked_is_not_started_again(void)
{
	struct run r;

	run_start(&r, "fails");
	CHECK(run_end(&r) == 2);
	CHECK(r.text_n == 0); /* nothing is said to listen */
}

static void
who_does_not_stop_is_stopped(void)
{
	struct run r;

	run_start(&r, "deaf");
	said(&r, "waiting=1");
	CHECK(kill(r.pid, SIGTERM) == 0);
	CHECK(run_end(&r) != 0);
}

static void
roles_end_with_their_supervisor(void)
{
	struct run r;

	run_start(&r, "plain");
	said(&r, "waiting=1");
	CHECK(kill(r.pid, SIGKILL) == 0);
	CHECK(run_end(&r) == 1000 + SIGKILL); /* the pipe ends: nobody holds it any more */
}

static void
back_off_grows_to_an_end(void)
{
	CHECK(proc_backoff_ms(0) == 0);
	for (unsigned n = 1; n < 40; n++) {
		CHECK(proc_backoff_ms(n) >= 100 && proc_backoff_ms(n) <= 10000);
		CHECK(proc_backoff_ms(n) >= proc_backoff_ms(n - 1));
	}
	CHECK(proc_backoff_ms(40) == 10000);
}

static void
only_roles_of_the_table_are_children(void)
{
	char name[] = "fedgate", role[] = "--role=nobody", serve[] = "serve";
	char *child[] = { name, role, NULL }, *other[] = { name, serve, NULL };
	int status;
	pid_t pid;

	CHECK(proc_is_child(2, child) && !proc_is_child(2, other) && !proc_is_child(1, child));
	pid = fork();
	if (pid == 0)
		_exit(proc_child_main(2, child, test_roles, test_roles_n));
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 64);
}

static void
reports_have_bounds(void)
{
	char text[CTL_TEXT_MAX + 2], got[CTL_TEXT_MAX + 1], type = 0;
	struct proc_child c = { .role = "x" };
	int fd[2], passed = -1;

	memset(text, 'x', sizeof(text));
	CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == 0);
	c.ctl = fd[0];
	CHECK_RC(proc_child_listening(&c, fg_str(text, CTL_TEXT_MAX + 1), NULL), FG_E_PARAM);
	CHECK_RC(proc_child_listening(&c, FG_LIT("a\nb"), NULL), FG_E_PARAM);
	CHECK(ctl_receive(fd[1], &type, got, &passed) == -1);
	CHECK_OK(proc_child_listening(&c, fg_str(text, CTL_TEXT_MAX), NULL));
	CHECK(ctl_receive(fd[1], &type, got, &passed) == CTL_TEXT_MAX && type == CTL_LISTENING);
	CHECK(passed == -1);
	CHECK_OK(proc_child_ready(&c, NULL));
	CHECK(ctl_receive(fd[1], &type, got, &passed) == 0 && type == CTL_READY);
	close(fd[0]);
	CHECK(ctl_receive(fd[1], &type, got, &passed) == -2);
	close(fd[1]);
}

CU_TestInfo supervise_tests[] = {
	CASE(back_off_grows_to_an_end),
	CASE(only_roles_of_the_table_are_children),
	CASE(reports_have_bounds),
	CASE(no_process_but_cred_holds_a_root),
	CASE(a_reload_starts_cred_anew_and_keeps_the_links),
	CASE(what_never_worked_is_not_started_again),
	CASE(who_does_not_stop_is_stopped),
	CASE(roles_end_with_their_supervisor),
	CASES_END,
};
