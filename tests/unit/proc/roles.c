/* tests/unit/proc/roles.c - the processes of these tests: the real cred, and roles that report. */
#include "tests/unit/proc/tests.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gateway/cred/cred.h"

/* config: first line, then the masked secrets */
static struct fg_str
first_line(const struct proc_child *c, struct fg_str *ret_rest)
{
	struct fg_str line;

	(void)fg_cut(c->config, '\n', &line, ret_rest);
	return line;
}

static void
report(const struct proc_child *c, const char *what, int n)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "%s=%d", what, n);
	(void)!proc_child_listening(c, fg_str_z(text), NULL);
}

/* ---- cred ---- */

static enum fg_rc
cred_ready(void *arg, struct fg_err *reterr)
{
	FG_TRY(confine(PROC_CONFINE_ALL, reterr));
	return proc_child_ready(arg, reterr);
}

static int
role_cred(const struct proc_child *c)
{
	struct cred_serve serve = { proc_child_link(c, "keys"), CRED_PEER_GATEWAY };
	struct fg_str rest;
	char path[128];

	(void)snprintf(path, sizeof(path), "%.*s", FG_PRI(first_line(c, &rest)));
	return cred_main(path, &serve, 1, cred_ready, (void *)(uintptr_t)c);
}

/* ---- fetch: answers its number, and whether it holds a secret ---- */

static int
count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int
role_fetch(const struct proc_child *c)
{
	int fd = proc_child_link(c, "fetch"), maps = scan_open(), fds = count_fds() - 1;
	struct fg_str masked;
	char text[64];
	ssize_t n;

	(void)first_line(c, &masked);
	if (confine(PROC_CONFINE_FETCH, NULL) != FG_OK || proc_child_ready(c, NULL) != FG_OK)
		return 1;
	while ((n = recv(fd, text, sizeof(text) - 1, 0)) > 0) {
		char out[96];
		int answer = (int)getpid();

		text[n] = '\0';
		if (text[0] == 's')
			answer = scan_memory(maps, masked);
		else if (text[0] == 'e')
			answer = getenv("FEDGATE_TEST_SECRET") != NULL;
		else if (text[0] == 'f')
			answer = fds;
		(void)snprintf(out, sizeof(out), "%s %d", text, answer);
		(void)send(fd, out, strlen(out), MSG_NOSIGNAL);
	}
	return 0;
}

/* ---- parse: one job ---- */

static int
role_parse(const struct proc_child *c)
{
	int fd = proc_child_link(c, "job");
	char text[64];
	ssize_t n;

	if (confine(PROC_CONFINE_ALL, NULL) != FG_OK)
		return 1;
	n = recv(fd, text, sizeof(text), 0);
	for (ssize_t i = 0; i < n; i++)
		text[i] = (char)(text[i] + 1);
	return n > 0 && send(fd, text, (size_t)n, MSG_NOSIGNAL) == n ? 0 : 1;
}

static int
role_fails(const struct proc_child *c)
{
	(void)c;
	return 2;
}

/* ---- gateway: drives the others ---- */

static volatile sig_atomic_t hups, terms;

static void
on_signal(int sig)
{
	if (sig == SIGHUP)
		hups = hups + 1;
	else
		terms = terms + 1;
}

static unsigned serial;

/* One question to fetch; -1 without an answer in time. */
static int
ask(int fd, char what, int timeout_ms)
{
	char out[32], in[64];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n = snprintf(out, sizeof(out), "%c%u", what, ++serial), answer;
	ssize_t got;

	if (send(fd, out, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) != n)
		return -1;
	while (poll(&p, 1, timeout_ms) == 1) {
		got = recv(fd, in, sizeof(in) - 1, 0);
		if (got <= n)
			return -1;
		in[got] = '\0';
		if (strncmp(in, out, (size_t)n) == 0 && in[n] == ' ' &&
		    sscanf(in + n, "%d", &answer) == 1)
			return answer;
	}
	return -1;
}

static struct cred_client *
keys_client(const struct proc_child *c)
{
	struct cred_client *k = NULL;

	if (cred_client_open(dup(proc_child_link(c, "keys")), &k, NULL) != FG_OK)
		return NULL;
	return k;
}

/* A whole refresh as the gateway does it; the number of epochs' sets or -1. */
static int
refresh(struct cred_client *k)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	struct cred_key_row rows[CRED_RING_MAX];
	struct cred_keys *keys = NULL;
	size_t n = 0;

	if (cred_client_list(k, e, &n, NULL) != FG_OK)
		return -1;
	for (size_t i = 0; i < n; i++)
		rows[i] = cred_key_row_of(&e[i], CRED_STATE_SEALING, 1);
	if (cred_client_keys(k, rows, n, (fg_time)time(NULL), &keys, NULL) != FG_OK)
		return -1;
	cred_keys_unref(keys);
	return (int)n;
}

/* Kill fetch while it is asked without pause; the answers go on with another process. */
static void
kill_under_load(const struct proc_child *c, int fetch)
{
	int was = ask(fetch, 'p', 5000), now = -1, lost = 0;

	for (int i = 0; i < 50; i++)
		(void)ask(fetch, 'p', 1000);
	(void)kill(was, SIGKILL);
	for (int i = 0; i < 100 && (now <= 0 || now == was); i++) {
		now = ask(fetch, 'p', 200);
		lost += now < 0;
	}
	report(c, "restarted", now > 0 && now != was);
	report(c, "few-lost", lost < 50);
	report(c, "new-fetch-holds-a-root", ask(fetch, 's', 20000));
}

static int
spawn_job(const struct proc_child *c)
{
	char text[8] = { 0 };
	int fd = -1;

	if (proc_child_spawn(c, "parse", &fd, NULL) != FG_OK || send(fd, "HAL", 3, MSG_NOSIGNAL) != 3 ||
	    recv(fd, text, sizeof(text), MSG_WAITALL) != 3)
		return 0;
	close(fd);
	return memcmp(text, "IBM", 3) == 0;
}

static int
spawn_unknown(const struct proc_child *c)
{
	char b;
	int fd = -1;
	ssize_t n = proc_child_spawn(c, "cred", &fd, NULL) == FG_OK ? recv(fd, &b, 1, 0) : -1;

	close(fd);
	return n == 0; /* closed: only roles on demand are started on demand */
}

static void
checks(const struct proc_child *c, struct cred_client *k, int maps, struct fg_str masked)
{
	int fetch = proc_child_link(c, "fetch");

	report(c, "keys", refresh(k));
	report(c, "gateway-holds-a-root", scan_memory(maps, masked));
	report(c, "fetch-holds-a-root", ask(fetch, 's', 20000));
	report(c, "fetch-sees-the-environment", ask(fetch, 'e', 5000));
	report(c, "gateway-sees-the-environment", getenv("FEDGATE_TEST_SECRET") != NULL);
	report(c, "fetch-descriptors", ask(fetch, 'f', 5000));
	kill_under_load(c, fetch);
	report(c, "job", spawn_job(c));
	report(c, "not-on-demand", spawn_unknown(c));
	report(c, "keys-again", refresh(k));
}

static int
role_gateway(const struct proc_child *c)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct cred_client *k = keys_client(c);
	int maps = scan_open(), seen = 0;
	struct fg_str masked, scenario = first_line(c, &masked);

	(void)sigaction(SIGHUP, &sa, NULL);
	(void)sigaction(SIGTERM, &sa, NULL);
	if (k == NULL || confine(PROC_CONFINE_GATEWAY, NULL) != FG_OK ||
	    proc_child_ready(c, NULL) != FG_OK)
		return 1;
	if (fg_eq(scenario, FG_LIT("checks")))
		checks(c, k, maps, masked);
	report(c, "waiting", 1);
	while (terms == 0) {
		const struct timespec tick = { 0, 5000000 };

		(void)nanosleep(&tick, NULL);
		if (hups > seen) {
			int n = -1;

			for (int i = 0; i < 20 && n < 0; i++)
				n = refresh(k);
			report(c, "keys-after-reload", n);
			seen = hups;
		}
	}
	report(c, "keys-while-stopping", refresh(k)); /* cred goes last */
	cred_client_close(k);
	return fg_eq(scenario, FG_LIT("deaf")) ? (pause(), 1) : 0;
}

const struct proc_role test_roles[] = {
	{ "cred", role_cred, PROC_READY | PROC_LAST | PROC_RELOAD_RESTART, 0, 0 },
	{ "fetch", role_fetch, PROC_READY, 0, 0 },
	{ "gateway", role_gateway, PROC_READY | PROC_ENV, 0, 0 },
	{ "parse", role_parse, PROC_ON_DEMAND, 2, 0 },
	{ "fails", role_fails, PROC_READY, 0, 0 },
};
const size_t test_roles_n = FG_COUNT(test_roles);
