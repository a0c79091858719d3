/*
 * The supervisor: starts the roles, listens to their reports, starts again what ends, and stops
 * them in order.  It holds every link open and reads none.
 */
#include "gateway/proc/proc_int.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STOP_MS 30000
#define AGAIN_MS 1000 /* a second SIGTERM this long after the first one is meant */
#define STEADY_MS 60000 /* a role that ran this long has no record of failures */
#define DEMAND_MAX 16   /* processes on demand at a time */
#define LINES_MAX 4096

struct child {
	pid_t pid;        /* 0: not running */
	int ctl;          /* our end; -1 */
	int config;       /* sealed memory file */
	bool ready;
	bool reloading;   /* ended by us to be started anew */
	bool told;        /* SIGTERM sent for the stop */
	unsigned failures;
	int64_t started, again; /* ms; again: when to start, 0: not waiting */
};

struct super {
	const struct proc_config *conf;
	struct child child[PROC_ROLES_MAX];
	pid_t demand[DEMAND_MAX];
	int link[PROC_LINKS_MAX][2];
	int signals;
	bool serving; /* all were ready once */
	bool stopping;
	int64_t asked, deadline; /* of the stop */
	int status;
	char lines[LINES_MAX]; /* `listening on` lines that wait for the others to be ready */
	size_t lines_n;
};

static int64_t
now_ms(void)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

unsigned
proc_backoff_ms(unsigned failures)
{
	if (failures == 0)
		return 0;
	return failures > 7 ? 10000 : 100u << (failures - 1);
}

static const char *
exe_of(const struct super *s)
{
	return s->conf->exe != NULL ? s->conf->exe : "/proc/self/exe";
}

static void
say(const char *role, const char *what, int n)
{
	(void)fprintf(stderr, "fedgate: %s %s %d\n", role, what, n);
}

/* ---- starting ---- */

static void
links_of(const struct super *s, const char *role, struct spawn *sp)
{
	for (size_t i = 0; i < s->conf->links; i++) {
		const struct proc_link *l = &s->conf->link[i];

		if (strcmp(l->a, role) == 0 || strcmp(l->b, role) == 0) {
			sp->link_name[sp->links] = l->name;
			sp->link_fd[sp->links++] = s->link[i][strcmp(l->a, role) == 0 ? 0 : 1];
		}
	}
}

static bool
start(struct super *s, size_t i)
{
	struct child *c = &s->child[i];
	struct spawn sp = { .exe = exe_of(s), .role = &s->conf->role[i], .config = c->config };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	sp.ctl = pair[1];
	links_of(s, sp.role->name, &sp);
	c->pid = spawn_role(&sp);
	close(pair[1]);
	if (c->pid < 0) {
		c->pid = 0;
		close(pair[0]);
		return false;
	}
	if (c->ctl >= 0)
		close(c->ctl);
	c->ctl = pair[0];
	c->ready = false;
	c->reloading = false;
	c->again = 0;
	c->started = now_ms();
	return true;
}

static void
start_later(struct super *s, size_t i)
{
	struct child *c = &s->child[i];

	if (now_ms() - c->started > STEADY_MS)
		c->failures = 0;
	c->again = now_ms() + (c->reloading ? 0 : proc_backoff_ms(c->failures++));
	if (c->again == 0)
		c->again = 1;
}

/* ---- stopping ---- */

static bool
last(const struct super *s, size_t i)
{
	return (s->conf->role[i].flags & PROC_LAST) != 0;
}

static size_t
running(const struct super *s, bool last_ones)
{
	size_t n = 0;

	for (size_t i = 0; i < s->conf->roles; i++)
		n += s->child[i].pid != 0 && last(s, i) == last_ones;
	return n;
}

static void
tell(struct super *s, bool last_ones)
{
	for (size_t i = 0; i < s->conf->roles; i++) {
		struct child *c = &s->child[i];

		if (c->pid != 0 && !c->told && last(s, i) == last_ones) {
			c->told = true;
			(void)kill(c->pid, SIGTERM);
		}
	}
}

/* Those who serve finish first; what they lean on goes after them. */
static void
stop_step(struct super *s)
{
	tell(s, false);
	if (running(s, false) == 0)
		tell(s, true);
	if (now_ms() < s->deadline)
		return;
	for (size_t i = 0; i < s->conf->roles; i++)
		if (s->child[i].pid != 0) {
			say(s->conf->role[i].name, "did not stop in time: signal", SIGKILL);
			(void)kill(s->child[i].pid, SIGKILL);
			s->status = s->status == 0 ? 1 : s->status;
		}
	s->deadline = now_ms() + 1000;
}

static void
stop(struct super *s)
{
	unsigned ms = s->conf->stop_ms != 0 ? s->conf->stop_ms : STOP_MS;

	if (s->stopping) { /* asked again: at once; but one who signals a whole group is heard twice */
		if (now_ms() - s->asked >= AGAIN_MS)
			s->deadline = 0;
		return;
	}
	s->stopping = true;
	s->asked = now_ms();
	s->deadline = s->asked + ms;
	notify("STOPPING=1");
}

/* ---- what the children report ---- */

static void
flush_lines(struct super *s)
{
	size_t off = 0;

	while (off < s->lines_n) {
		ssize_t n = write(s->conf->out, s->lines + off, s->lines_n - off);

		if (n <= 0 && errno != EINTR)
			break;
		off += n > 0 ? (size_t)n : 0;
	}
	s->lines_n = 0;
}

static void
listening(struct super *s, const char *url)
{
	int n = snprintf(s->lines + s->lines_n, LINES_MAX - s->lines_n, "listening on %s\n", url);

	if (n > 0 && (size_t)n < LINES_MAX - s->lines_n)
		s->lines_n += (size_t)n;
	if (s->serving)
		flush_lines(s);
}

static void
ready(struct super *s, size_t i)
{
	s->child[i].ready = true;
	for (size_t k = 0; k < s->conf->roles; k++)
		if ((s->conf->role[k].flags & PROC_READY) != 0 && !s->child[k].ready)
			return;
	if (s->serving)
		return;
	s->serving = true;
	flush_lines(s);
	notify("READY=1");
}

/* One process of a role that is made for one piece of work. */
static void
spawn_demand(struct super *s, const char *name, int fd)
{
	for (size_t i = 0; i < s->conf->roles; i++) {
		struct spawn sp = { .exe = exe_of(s), .role = &s->conf->role[i], .ctl = -1,
			.config = s->child[i].config, .link_name = { "job" }, .link_fd = { fd },
			.links = 1 };

		if ((sp.role->flags & PROC_ON_DEMAND) == 0 || strcmp(sp.role->name, name) != 0)
			continue;
		for (size_t k = 0; k < DEMAND_MAX; k++)
			if (s->demand[k] == 0) {
				pid_t pid = spawn_role(&sp);

				s->demand[k] = pid > 0 ? pid : 0;
				return;
			}
	}
	/* Not started: the asker sees its socket closed. */
}

static void
hear(struct super *s, size_t i)
{
	char text[CTL_TEXT_MAX + 1], type = 0;
	int fd = -1;
	ptrdiff_t n;

	while ((n = ctl_receive(s->child[i].ctl, &type, text, &fd)) >= 0) {
		if (type == CTL_LISTENING)
			listening(s, text);
		else if (type == CTL_READY)
			ready(s, i);
		else if (type == CTL_SPAWN && fd >= 0)
			spawn_demand(s, text, fd);
		if (fd >= 0)
			close(fd);
	}
	if (n == -2) {
		close(s->child[i].ctl);
		s->child[i].ctl = -1;
	}
}

/* ---- the ends of children ---- */

static int
exit_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void
ended(struct super *s, size_t i, int status)
{
	struct child *c = &s->child[i];
	const char *name = s->conf->role[i].name;

	hear(s, i); /* what it said before it ended */
	c->pid = 0;
	if (s->stopping) {
		if (exit_of(status) != 0 && exit_of(status) != 128 + SIGTERM)
			s->status = exit_of(status);
		return;
	}
	if (!s->serving) { /* it never worked: its own words are on standard error */
		s->status = exit_of(status) == 0 ? 1 : exit_of(status);
		stop(s);
		return;
	}
	if (!c->reloading)
		say(name, WIFSIGNALED(status) ? "ended by signal" : "ended with status",
		    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	start_later(s, i);
}

static void
reap(struct super *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < s->conf->roles; i++)
			if (s->child[i].pid == pid)
				ended(s, i, status);
		for (size_t k = 0; k < DEMAND_MAX; k++)
			if (s->demand[k] == pid)
				s->demand[k] = 0;
	}
}

static void
reload(struct super *s)
{
	for (size_t i = 0; i < s->conf->roles; i++) {
		struct child *c = &s->child[i];

		if (c->pid == 0)
			continue;
		c->reloading = (s->conf->role[i].flags & PROC_RELOAD_RESTART) != 0;
		(void)kill(c->pid, c->reloading ? SIGTERM : SIGHUP);
	}
}

static void
signalled(struct super *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(s);
		else if (info.ssi_signo == SIGHUP && !s->stopping && s->serving)
			reload(s);
		else if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			stop(s);
	}
}

/* ---- the loop ---- */

static int
patience(const struct super *s)
{
	int64_t next = s->stopping ? s->deadline : INT64_MAX;

	for (size_t i = 0; !s->stopping && i < s->conf->roles; i++)
		if (s->child[i].again != 0 && s->child[i].again < next)
			next = s->child[i].again;
	if (next == INT64_MAX)
		return -1;
	next -= now_ms();
	return next < 0 ? 0 : next > 60000 ? 60000 : (int)next;
}

static void
start_due(struct super *s)
{
	for (size_t i = 0; !s->stopping && i < s->conf->roles; i++)
		if (s->child[i].again != 0 && s->child[i].again <= now_ms() && !start(s, i))
			start_later(s, i);
}

static void
loop(struct super *s)
{
	while (!s->stopping || running(s, false) + running(s, true) != 0) {
		struct pollfd p[1 + PROC_ROLES_MAX] = { { .fd = s->signals, .events = POLLIN } };

		for (size_t i = 0; i < s->conf->roles; i++)
			p[1 + i] = (struct pollfd){ .fd = s->child[i].ctl, .events = POLLIN };
		if (poll(p, (nfds_t)(1 + s->conf->roles), patience(s)) < 0 && errno != EINTR)
			return;
		for (size_t i = 0; i < s->conf->roles; i++)
			if (p[1 + i].revents != 0 && s->child[i].ctl >= 0)
				hear(s, i);
		if (p[0].revents != 0)
			signalled(s);
		start_due(s);
		if (s->stopping)
			stop_step(s);
	}
}

static bool
table_ok(const struct proc_config *c)
{
	if (c->roles == 0 || c->roles > PROC_ROLES_MAX || c->links > PROC_LINKS_MAX)
		return false;
	for (size_t i = 0; i < c->roles; i++)
		if (c->role_config[i].n > PROC_CONFIG_BYTES || strlen(c->role[i].name) > 32)
			return false;
	for (size_t i = 0; i < c->links; i++)
		if (strlen(c->link[i].name) > 32)
			return false;
	return true;
}

static bool
prepare(struct super *s)
{
	sigset_t set;

	for (size_t i = 0; i < s->conf->links; i++)
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s->link[i]) != 0)
			return false;
	for (size_t i = 0; i < s->conf->roles; i++) {
		s->child[i].ctl = -1;
		s->child[i].config = config_fd(s->conf->role[i].name, s->conf->role_config[i]);
		if (s->child[i].config < 0)
			return false;
	}
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)signal(SIGPIPE, SIG_IGN);
	s->signals = sigprocmask(SIG_BLOCK, &set, NULL) == 0 ?
	    signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK) : -1;
	return s->signals >= 0;
}

static void
clean(struct super *s)
{
	for (size_t i = 0; i < s->conf->links; i++) {
		close(s->link[i][0]);
		close(s->link[i][1]);
	}
	for (size_t i = 0; i < s->conf->roles; i++) {
		if (s->child[i].ctl >= 0)
			close(s->child[i].ctl);
		close(s->child[i].config);
	}
	close(s->signals);
}

int
proc_supervise(const struct proc_config *c)
{
	struct super *s = table_ok(c) ? calloc(1, sizeof(*s)) : NULL;
	int status;

	if (s == NULL || (s->conf = c, !prepare(s))) {
		(void)fprintf(stderr, "fedgate: cannot start: %s\n", strerror(errno));
		free(s);
		return 1;
	}
	for (size_t i = 0; i < c->roles && !s->stopping; i++)
		if ((c->role[i].flags & PROC_ON_DEMAND) == 0 && !start(s, i)) {
			(void)fprintf(stderr, "fedgate: cannot start %s: %s\n", c->role[i].name,
			    strerror(errno));
			s->status = 1;
			stop(s);
		}
	loop(s);
	for (size_t k = 0; k < DEMAND_MAX; k++)
		if (s->demand[k] > 0)
			(void)kill(s->demand[k], SIGKILL);
	status = s->status;
	clean(s);
	free(s);
	return status;
}
