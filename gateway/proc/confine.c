/*
 * What each role may ask of the kernel: one table of system calls per step of trust.
 */
#include "gateway/proc/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Work on what is open already. */
static const int all_calls[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev),
	SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(close), SCMP_SYS(shutdown), SCMP_SYS(lseek),
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(mlock),
	SCMP_SYS(munlock),
	SCMP_SYS(futex), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(sched_yield),
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(tgkill), SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq), SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/* And talk to strangers: sockets, a resolver, threads of its own. */
static const int fetch_calls[] = {
	SCMP_SYS(connect), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt), SCMP_SYS(sendmmsg), SCMP_SYS(recvmmsg), SCMP_SYS(socketpair),
	SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_pwait2), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(eventfd2),
	SCMP_SYS(pipe2), SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime), SCMP_SYS(fcntl),
	SCMP_SYS(ioctl), SCMP_SYS(dup), SCMP_SYS(pread64),
	SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
	SCMP_SYS(readlinkat), SCMP_SYS(getdents64),
	SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getppid),
	SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(getrusage), SCMP_SYS(sched_getaffinity),
	SCMP_SYS(membarrier), SCMP_SYS(prctl), SCMP_SYS(wait4),
};

/* What no process of ours does, also where everything else is allowed. */
static const int never_calls[] = {
	SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp),
	SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(keyctl),
	SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(unshare), SCMP_SYS(setns),
	SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(move_mount), SCMP_SYS(open_tree),
	SCMP_SYS(fsopen), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(open_by_handle_at),
	SCMP_SYS(name_to_handle_at), SCMP_SYS(init_module), SCMP_SYS(finit_module),
	SCMP_SYS(delete_module), SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(reboot),
	SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct), SCMP_SYS(quotactl), SCMP_SYS(syslog),
	SCMP_SYS(personality), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime),
	SCMP_SYS(clock_adjtime), SCMP_SYS(adjtimex), SCMP_SYS(setuid), SCMP_SYS(setgid),
	SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid), SCMP_SYS(setresgid),
	SCMP_SYS(setgroups), SCMP_SYS(capset), SCMP_SYS(pidfd_getfd), SCMP_SYS(fork),
	SCMP_SYS(vfork),
};

/* Nothing of ours has a reason to try these: the process is somebody else's by then. */
static const int kill_calls[] = { SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace) };

static int
rules(scmp_filter_ctx ctx, uint32_t action, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int rc = seccomp_rule_add(ctx, action, calls[i], 0);

		if (rc != 0)
			return rc;
	}
	return 0;
}

/* A call with one condition on one argument: (arg & mask) == want. */
static int
rule_if(scmp_filter_ctx ctx, uint32_t action, int call, unsigned arg, uint64_t mask, uint64_t want)
{
	struct scmp_arg_cmp cmp = SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, mask, want);

	return seccomp_rule_add_array(ctx, action, call, 1, &cmp);
}

struct condition {
	int call;
	unsigned arg;
	uint64_t mask, want;
};

/* Memory, but none that can be run. */
static const struct condition all_if[] = {
	{ SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
	{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
};

static const struct condition fetch_if[] = {
	{ SCMP_SYS(socket), 0, UINT64_MAX, AF_INET },
	{ SCMP_SYS(socket), 0, UINT64_MAX, AF_INET6 },
	{ SCMP_SYS(socket), 0, UINT64_MAX, AF_UNIX },    /* a resolver daemon */
	{ SCMP_SYS(socket), 0, UINT64_MAX, AF_NETLINK }, /* which addresses this host has */
	{ SCMP_SYS(bind), 2, UINT64_MAX, 12 },           /* sizeof(struct sockaddr_nl): no listener */
	{ SCMP_SYS(openat), 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY },
	{ SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD },
};

static int
conditions(scmp_filter_ctx ctx, const struct condition *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int rc = rule_if(ctx, SCMP_ACT_ALLOW, c[i].call, c[i].arg, c[i].mask, c[i].want);

		if (rc != 0)
			return rc;
	}
	return 0;
}

#define OR_RETURN(call)                \
	do {                           \
		int rc_ = (call);      \
		if (rc_ != 0)          \
			return rc_;    \
	} while (0)

static int
fill(scmp_filter_ctx ctx, enum proc_confine role)
{
	OR_RETURN(rules(ctx, SCMP_ACT_KILL_PROCESS, kill_calls, FG_COUNT(kill_calls)));
	if (role == PROC_CONFINE_GATEWAY) {
		OR_RETURN(rules(ctx, SCMP_ACT_ERRNO(EPERM), never_calls, FG_COUNT(never_calls)));
		OR_RETURN(rule_if(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 0, CLONE_THREAD, 0));
		/* its flags lie in memory that a filter cannot see: the library falls back to clone */
		return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	}
	OR_RETURN(rules(ctx, SCMP_ACT_ALLOW, all_calls, FG_COUNT(all_calls)));
	OR_RETURN(conditions(ctx, all_if, FG_COUNT(all_if)));
	if (role != PROC_CONFINE_FETCH)
		return 0;
	OR_RETURN(rules(ctx, SCMP_ACT_ALLOW, fetch_calls, FG_COUNT(fetch_calls)));
	OR_RETURN(conditions(ctx, fetch_if, FG_COUNT(fetch_if)));
	return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

static enum fg_rc
filter(enum proc_confine role, struct fg_err *reterr)
{
	scmp_filter_ctx ctx = seccomp_init(
	    role == PROC_CONFINE_GATEWAY ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
	int rc;

	if (ctx == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "proc.confine.filter", NULL, "filter");
	rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	if (rc == 0)
		rc = fill(ctx, role);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc != 0)
		return fg_fail(reterr, FG_E_UNSUPPORTED, "proc.confine.filter", NULL,
		    "the kernel refuses the system call filter: %s", strerror(-rc));
	return FG_OK;
}

/* ---- files of FETCH ---- */

static const char *const readable[] = {
	"/etc", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/usr/lib/ssl",
	"/run/systemd/resolve", "/run/nscd", "/usr/share/zoneinfo", "/lib", "/usr/lib", "/dev/urandom",
};

#define ACCESS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define ACCESS_ALL                                                                               \
	(ACCESS_READ | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |              \
	    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |                     \
	    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |                         \
	    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |                         \
	    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                       \
	    LANDLOCK_ACCESS_FS_MAKE_SYM)

static bool
let_read(int set, const char *path)
{
	struct landlock_path_beneath_attr at = { .allowed_access = ACCESS_READ };
	bool ok;

	at.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (at.parent_fd < 0)
		return true; /* what is not there needs no rule */
	if (strcmp(path, "/dev/urandom") == 0)
		at.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
	ok = syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &at, 0) == 0;
	close(at.parent_fd);
	return ok;
}

/* A kernel without Landlock is no reason not to run: then reading is limited by owner and mode. */
static enum fg_rc
limit_files(struct fg_err *reterr)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = ACCESS_ALL };
	int set = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	bool ok = true;

	if (set < 0)
		return FG_OK;
	for (size_t i = 0; ok && i < FG_COUNT(readable); i++)
		ok = let_read(set, readable[i]);
	ok = ok && syscall(SYS_landlock_restrict_self, set, 0) == 0;
	close(set);
	if (!ok)
		return fg_fail(reterr, FG_E_UNSUPPORTED, "proc.confine.files", NULL, "%s",
		    strerror(errno));
	return FG_OK;
}

enum fg_rc
confine(enum proc_confine role, struct fg_err *reterr)
{
	static const struct rlimit none = { 0, 0 };

	if ((unsigned)role >= PROC_CONFINE_MAX)
		return fg_fail(reterr, FG_E_PARAM, "proc.confine", NULL, "no such role");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0)
		return fg_fail(reterr, FG_E_UNSUPPORTED, "proc.confine", NULL, "%s",
		    strerror(errno));
	if (role == PROC_CONFINE_FETCH)
		FG_TRY(limit_files(reterr));
	return filter(role, reterr);
}
