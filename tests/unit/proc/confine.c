/* tests/unit/proc/confine.c - each role tries what it must not be able to do (rule 1). */
#include "tests/unit/proc/tests.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char secret_file[64], new_file[72];
static int plain_socket, listener;
static struct sockaddr_in loopback;

static int
result(long rc)
{
	return rc < 0 ? errno : 0;
}

static int
probe_open(void)
{
	return result(open(secret_file, O_RDONLY));
}
static int
probe_open_etc(void)
{
	return result(open("/etc/passwd", O_RDONLY));
}
static int
probe_write(void)
{
	return result(open(secret_file, O_WRONLY));
}
static int
probe_create(void)
{
	return result(open(new_file, O_RDWR | O_CREAT, 0600));
}
static int
probe_unlink(void)
{
	return result(unlink("/tmp/fedgate-nothing-here-to-unlink")) == ENOENT ? 0 : errno;
}
static int
probe_connect(void)
{
	return result(connect(plain_socket, (struct sockaddr *)&loopback, sizeof(loopback)));
}
static int
probe_socket(void)
{
	return result(socket(AF_INET, SOCK_STREAM, 0));
}
static int
probe_packet(void)
{
	return result(socket(AF_PACKET, SOCK_RAW, 0));
}
static int
probe_listen(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int rc = result(bind(plain_socket, (struct sockaddr *)&any, sizeof(any)));

	return rc != 0 ? rc : result(listen(plain_socket, 1));
}
static int
probe_accept(void)
{
	int rc = result(accept4(listener, NULL, NULL, SOCK_NONBLOCK));

	return rc == EAGAIN ? 0 : rc;
}
static int
probe_exec(void)
{
	char *argv[] = { secret_file, NULL };

	return result(execve("/bin/true", argv, NULL));
}
static int
probe_execveat(void)
{
	char *argv[] = { secret_file, NULL };

	return result(syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0));
}
static int
probe_ptrace(void)
{
	return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}
static int
probe_vm(void)
{
	char a = 1, b = 0;
	struct iovec to = { &b, 1 }, from = { &a, 1 };

	return result(process_vm_readv(getpid(), &to, 1, &from, 1, 0));
}
static int
probe_fork(void)
{
	long pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(0);
	return result(pid);
}
static int
probe_kill(void)
{
	return result(kill(getppid(), 0));
}
static int
probe_mmap_exec(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}
static int
probe_io_uring(void)
{
	return result(syscall(SYS_io_uring_setup, 0, NULL)) == EPERM ? EPERM : 0;
}
static int
probe_userns(void)
{
	return result(unshare(CLONE_NEWUSER));
}
static void *
nothing(void *arg)
{
	return arg;
}
static int
probe_thread(void)
{
	pthread_t t;
	int rc = pthread_create(&t, NULL, nothing, NULL);

	return rc != 0 ? rc : pthread_join(t, NULL);
}
static int
probe_work(void) /* memory, time, randomness, its own descriptors: always */
{
	char c = 'x';
	void *p = malloc(1 << 20);
	struct timespec ts;

	if (p == NULL || clock_gettime(CLOCK_REALTIME, &ts) != 0 || getentropy(p, 16) != 0)
		return 1;
	free(p);
	return send(listener, &c, 1, MSG_NOSIGNAL) < 0 && errno == EPERM ? 2 : 0;
}
static int
probe_dumpable(void)
{
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : 1;
}
static int
probe_privileges(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 1;
}

/* a: may; d: refused; k: killed; f: refused where the kernel has Landlock; -: not asked */
static const struct {
	const char *name;
	int (*run)(void);
	const char *all_fetch_gateway;
} probes[] = {
	{ "work", probe_work, "aaa" },
	{ "openat of a file", probe_open, "dfa" },
	{ "openat below /etc", probe_open_etc, "daa" },
	{ "openat for writing", probe_write, "dda" },
	{ "create a file", probe_create, "dda" },
	{ "unlink", probe_unlink, "dda" },
	{ "connect", probe_connect, "daa" },
	{ "socket", probe_socket, "daa" },
	{ "raw socket", probe_packet, "dd-" },
	{ "listen", probe_listen, "dda" },
	{ "accept", probe_accept, "dda" },
	{ "execve", probe_exec, "kkk" },
	{ "execveat", probe_execveat, "kkk" },
	{ "ptrace", probe_ptrace, "kkk" },
	{ "process_vm_readv", probe_vm, "ddd" },
	{ "fork", probe_fork, "ddd" },
	{ "kill", probe_kill, "dda" },
	{ "code in new memory", probe_mmap_exec, "dda" },
	{ "io_uring", probe_io_uring, "ddd" },
	{ "user namespace", probe_userns, "ddd" },
	{ "thread", probe_thread, "daa" },
	{ "dumpable is off", probe_dumpable, "--a" },
	{ "no new privileges", probe_privileges, "-aa" },
};

/* 0 may, errno refused, 1000 killed by the filter, 2000 anything else */
static int
try(enum proc_confine role, int (*run)(void))
{
	int status = 0;
	pid_t pid;

	plain_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_FATAL(plain_socket >= 0);
	pid = fork();
	if (pid == 0) {
		struct fg_err err = { 0 };

		if (confine(role, &err) != FG_OK) {
			(void)fprintf(stderr, "%s: %s\n", err.step, err.text);
			_exit(255);
		}
		_exit(run() & 0xff);
	}
	CU_ASSERT_FATAL(pid > 0 && waitpid(pid, &status, 0) == pid);
	close(plain_socket);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? 1000 : 2000;
	return WEXITSTATUS(status) == 255 ? 2000 : WEXITSTATUS(status);
}

static bool
landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static bool
as_told(char want, int got)
{
	if (want == 'f')
		want = landlock() ? 'd' : 'a';
	if (want == 'k')
		return got == 1000;
	if (want == 'd')
		return got == EPERM || got == EACCES;
	return want == '-' || got == 0;
}

static void
prepare(void)
{
	socklen_t n = sizeof(loopback);
	int fd;

	(void)snprintf(secret_file, sizeof(secret_file), "/tmp/fedgate-proc-XXXXXX");
	fd = mkstemp(secret_file);
	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	(void)snprintf(new_file, sizeof(new_file), "%s.new", secret_file);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	loopback = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	CU_ASSERT_FATAL(bind(listener, (struct sockaddr *)&loopback, n) == 0 &&
	    listen(listener, 64) == 0 && getsockname(listener, (struct sockaddr *)&loopback, &n) == 0);
}

static void
each_role_can_do_what_it_needs_and_no_more(void)
{
	if (!landlock())
		(void)fprintf(stderr, "no Landlock here: files of fetch are not limited\n");
	prepare();
	for (unsigned role = 0; role < PROC_CONFINE_MAX; role++)
		for (size_t i = 0; i < FG_COUNT(probes); i++) {
			int got = try((enum proc_confine)role, probes[i].run);

			if (!as_told(probes[i].all_fetch_gateway[role], got)) {
				(void)fprintf(stderr, "role %u: %s: %d\n", role, probes[i].name, got);
				CU_FAIL("a role can do more or less than it should");
			}
		}
	close(listener);
	(void)unlink(new_file);
	(void)unlink(secret_file);
}

static void
an_unknown_role_is_refused(void)
{
	CHECK_RC(confine(PROC_CONFINE_MAX, NULL), FG_E_PARAM);
}

CU_TestInfo confine_tests[] = {
	CASE(each_role_can_do_what_it_needs_and_no_more),
	CASE(an_unknown_role_is_refused),
	CASES_END,
};
