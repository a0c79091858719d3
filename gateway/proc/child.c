/*
 * What a role finds when it starts, and what it reports to the supervisor.
 */
#include "gateway/proc/proc_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif

#define ROLE_ARG "--role="
#define LINK_ARG "--link="

bool
proc_is_child(int argc, char *const *argv)
{
	return argc >= 2 && strncmp(argv[1], ROLE_ARG, sizeof(ROLE_ARG) - 1) == 0;
}

static const struct proc_role *
role_find(const struct proc_role *role, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(role[i].name, name) == 0)
			return &role[i];
	return NULL;
}

/* The file offset is shared with every start of the role: read by place. */
static bool
read_config(struct fg_str *ret)
{
	struct stat st;
	char *p;
	size_t n;

	if (fstat(CHILD_CONFIG, &st) != 0 || st.st_size < 0 || st.st_size > (off_t)PROC_CONFIG_BYTES)
		return false;
	n = (size_t)st.st_size;
	p = malloc(n + 1);
	if (p == NULL || pread(CHILD_CONFIG, p, n, 0) != (ssize_t)n) {
		free(p);
		return false;
	}
	p[n] = '\0';
	close(CHILD_CONFIG);
	*ret = fg_str(p, n);
	return true;
}

static bool
read_links(int argc, char *const *argv, struct proc_child *c)
{
	for (int i = 2; i < argc; i++) {
		if (strncmp(argv[i], LINK_ARG, sizeof(LINK_ARG) - 1) != 0 ||
		    c->links == PROC_LINKS_MAX)
			return false;
		c->link_name[c->links] = argv[i] + sizeof(LINK_ARG) - 1;
		c->link_fd[c->links] = CHILD_LINKS + (int)c->links;
		c->links++;
	}
	return true;
}

/* What is ours is not for what a role might start: it stays behind at an exec. */
static bool
close_on_exec(const struct proc_child *c)
{
	for (int fd = CHILD_CTL; fd < CHILD_LINKS + (int)c->links; fd++)
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
			return false;
	return true;
}

int
proc_child_main(int argc, char *const *argv, const struct proc_role *role, size_t roles)
{
	static const struct rlimit none = { 0, 0 };
	struct proc_child c = { .ctl = CHILD_CTL };
	const struct proc_role *r;
	int status;

	/* exec has made the process dumpable again: before anything else it is not. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
		return 64;
	r = proc_is_child(argc, argv) ?
	    role_find(role, roles, argv[1] + sizeof(ROLE_ARG) - 1) : NULL;
	if (r == NULL || !read_links(argc, argv, &c) || !close_on_exec(&c) ||
	    !read_config(&c.config)) {
		(void)fprintf(stderr, "fedgate: --role is for fedgate itself\n");
		return 64;
	}
	c.role = r->name;
	(void)prctl(PR_SET_NAME, r->name, 0, 0, 0);
	status = r->main(&c);
	free((void *)(uintptr_t)c.config.p);
#ifdef HAVE_ASAN
	/* the leak checker wants to trace the process, which nobody may */
	(void)fflush(NULL);
	_exit(status);
#endif
	return status;
}

int
proc_child_link(const struct proc_child *c, const char *name)
{
	for (size_t i = 0; i < c->links; i++)
		if (strcmp(c->link_name[i], name) == 0)
			return c->link_fd[i];
	return -1;
}

bool
ctl_send(int sock, char type, struct fg_str text, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec v[2] = { { &type, 1 }, { (void *)(uintptr_t)text.p, text.n } };
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };
	ssize_t n;

	if (fd >= 0) {
		m.msg_control = &control;
		m.msg_controllen = sizeof(control.room);
		control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
			.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	}
	do
		n = sendmsg(sock, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)(1 + text.n);
}

ptrdiff_t
ctl_receive(int sock, char *ret_type, char text[CTL_TEXT_MAX + 1], int *ret_fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec v[2] = { { ret_type, 1 }, { text, CTL_TEXT_MAX } };
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 2, .msg_control = &control,
		.msg_controllen = sizeof(control.room) };
	struct cmsghdr *h;
	ssize_t n = recvmsg(sock, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	*ret_fd = -1;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? -1 : -2;
	h = n == 0 ? NULL : CMSG_FIRSTHDR(&m);
	if (h != NULL && h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_RIGHTS &&
	    h->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(ret_fd, CMSG_DATA(h), sizeof(int));
	if (n == 0)
		return -2;
	text[n - 1] = '\0';
	return n - 1;
}

static enum fg_rc
report(const struct proc_child *c, char type, struct fg_str text, int fd, struct fg_err *reterr)
{
	if (text.n > CTL_TEXT_MAX || memchr(text.p == NULL ? "" : text.p, '\n', text.n) != NULL)
		return fg_fail(reterr, FG_E_PARAM, "proc.report", NULL, "too long, or with a line end");
	if (c->ctl >= 0 && !ctl_send(c->ctl, type, text, fd))
		return fg_fail(reterr, FG_E_IO, "proc.report", NULL, "the supervisor is gone");
	return FG_OK;
}

enum fg_rc
proc_child_listening(const struct proc_child *c, struct fg_str url, struct fg_err *reterr)
{
	return report(c, CTL_LISTENING, url, -1, reterr);
}

enum fg_rc
proc_child_ready(const struct proc_child *c, struct fg_err *reterr)
{
	return report(c, CTL_READY, FG_STR_NULL, -1, reterr);
}

enum fg_rc
proc_child_spawn(const struct proc_child *c, const char *role, int *ret_fd, struct fg_err *reterr)
{
	enum fg_rc rc;
	int fd[2];

	if (c->ctl < 0)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "proc.spawn", NULL, "no supervisor");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0)
		return fg_fail(reterr, FG_E_IO, "proc.spawn", NULL, "%s", strerror(errno));
	rc = report(c, CTL_SPAWN, fg_str_z(role), fd[1], reterr);
	close(fd[1]);
	if (rc != FG_OK) {
		close(fd[0]);
		return rc;
	}
	*ret_fd = fd[0];
	return FG_OK;
}
