/*
 * fork and exec of our own program, with a role and exactly the descriptors it gets.
 */
#include "gateway/proc/proc_int.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;

#define FD_ABOVE 256 /* descriptors are first moved here, out of the way of each other */
#define ENV_MAX 64

int
config_fd(const char *name, struct fg_str bytes)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -1;
	while (bytes.n != 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		bytes = fg_sub(bytes, (size_t)n, bytes.n);
	}
	if (bytes.n != 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Variables that say nothing secret; the rest of the environment is the gateway's. */
static bool
harmless(const char *var)
{
	static const char *const names[] = { "PATH=", "TZ=", "LANG=", "LC_", "HOME=", "TMPDIR=",
		"LD_LIBRARY_PATH=", "LD_PRELOAD=", "FAKETIME", "ASAN_OPTIONS=", "UBSAN_OPTIONS=",
		"LSAN_OPTIONS=", "GCOV_", "SSL_CERT_", "OPENSSL_CONF=" };

	for (size_t i = 0; i < FG_COUNT(names); i++)
		if (strncmp(var, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static void
environment(char *out[ENV_MAX + 1])
{
	size_t n = 0;

	for (char **v = environ; v != NULL && *v != NULL && n < ENV_MAX; v++)
		if (harmless(*v))
			out[n++] = *v;
	out[n] = NULL;
}

/* ---- between fork and exec: calls that are safe there, and _exit on any failure ---- */

static void
put_fds(const struct spawn *s)
{
	int from[CHILD_FD_MAX], n = 0;

	from[n++] = open("/dev/null", O_RDONLY);
	from[n++] = STDERR_FILENO; /* what a role prints is for the operator */
	from[n++] = STDERR_FILENO;
	from[n++] = s->ctl >= 0 ? s->ctl : from[0];
	from[n++] = s->config;
	for (size_t i = 0; i < s->links; i++)
		from[n++] = s->link_fd[i];
	for (int i = 0; i < n; i++) {
		from[i] = fcntl(from[i], F_DUPFD, FD_ABOVE);
		if (from[i] < 0)
			_exit(126);
	}
	for (int i = 0; i < n; i++)
		if (dup2(from[i], i) != i) /* without FD_CLOEXEC */
			_exit(126);
	if (close_range((unsigned)n, ~0U, 0) != 0)
		_exit(126);
}

static void
put_limit(int what, rlim_t value)
{
	const struct rlimit lim = { value, value };

	if (value != 0 && setrlimit((__rlimit_resource_t)what, &lim) != 0)
		_exit(126);
}

static void
put_signals(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGPIPE, SIGQUIT };
	sigset_t none;

	/* A role sets what it handles; until then these do not end it. */
	for (size_t i = 0; i < FG_COUNT(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGCHLD, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
become(const struct spawn *s, pid_t parent, char *const *argv, char *const *env)
{
	put_signals();
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
		_exit(126);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		_exit(126);
	put_limit(RLIMIT_CPU, s->role->cpu_s);
	put_limit(RLIMIT_AS, s->role->memory);
	put_fds(s);
	(void)execve(s->exe, argv, env);
	_exit(126);
}

pid_t
spawn_role(const struct spawn *s)
{
	char text[1 + PROC_LINKS_MAX][64];
	char *argv[2 + PROC_LINKS_MAX + 1], *few[ENV_MAX + 1], name[] = "fedgate";
	bool whole = (s->role->flags & PROC_ENV) != 0;
	pid_t parent = getpid(), pid;
	size_t n = 0;

	argv[n++] = name;
	(void)snprintf(text[0], sizeof(text[0]), "--role=%s", s->role->name);
	argv[n++] = text[0];
	for (size_t i = 0; i < s->links; i++) {
		(void)snprintf(text[1 + i], sizeof(text[0]), "--link=%s", s->link_name[i]);
		argv[n++] = text[1 + i];
	}
	argv[n] = NULL;
	environment(few);
	pid = fork();
	if (pid == 0)
		become(s, parent, argv, whole ? environ : few);
	return pid;
}

enum fg_rc
proc_spawn_alone(const struct proc_role *role, int *ret_fd, struct fg_err *reterr)
{
	struct spawn s = { .exe = "/proc/self/exe", .role = role, .ctl = -1, .link_name = { "job" }, .links = 1 };
	int fd[2];
	pid_t pid = -1;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0)
		return fg_fail(reterr, FG_E_IO, "proc.spawn", NULL, "%s", strerror(errno));
	s.link_fd[0] = fd[1];
	s.config = config_fd(role->name, FG_LIT(""));
	if (s.config >= 0) {
		pid = spawn_role(&s);
		close(s.config);
	}
	close(fd[1]);
	if (pid < 0) {
		close(fd[0]);
		return fg_fail(reterr, FG_E_IO, "proc.spawn", NULL, "%s does not start", role->name);
	}
	*ret_fd = fd[0];
	return FG_OK;
}
