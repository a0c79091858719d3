/*
 * gateway/iam/control.c - the operator's socket: one thread, one caller at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/iam/control.h"

enum { PATIENCE_S = 10, ANSWER_S = 600 };

struct control {
	int dir, fd, stop;
	pthread_t thread;
	control_fn fn;
	void *arg;
};

/*
 * Socket addresses hold 107 bytes, paths more: the folder is named by a descriptor of it.
 */
static enum fg_rc
address(int dir, struct sockaddr_un *ret, struct fg_err *reterr)
{
	int n;

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	n = snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/control.sock", dir);
	if (n < 0 || (size_t)n >= sizeof(ret->sun_path))
		return fg_fail(reterr, FG_E_INTERNAL, "iam.control", NULL, "address");
	return FG_OK;
}

static enum fg_rc
dir_open(const char *path, int *ret, struct fg_err *reterr)
{
	*ret = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret < 0)
		return fg_fail(reterr, errno == ENOENT ? FG_E_NOT_FOUND : FG_E_IO, "iam.control", NULL,
		    "%s: errno %d", path, errno);
	return FG_OK;
}

static void
closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* ---- messages ---- */

static enum fg_rc
read_all(int fd, char *p, size_t n, struct fg_err *reterr)
{
	while (n > 0) {
		ssize_t got = recv(fd, p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return fg_fail(reterr, FG_E_IO, "iam.control", NULL, "message was cut off");
		p += got;
		n -= (size_t)got;
	}
	return FG_OK;
}

static enum fg_rc
write_all(int fd, const char *p, size_t n, struct fg_err *reterr)
{
	while (n > 0) {
		ssize_t put = send(fd, p, n, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return fg_fail(reterr, FG_E_IO, "iam.control", NULL, "message was not taken");
		p += put;
		n -= (size_t)put;
	}
	return FG_OK;
}

static enum fg_rc
message_read(int fd, struct fg_arena *a, struct fg_str *ret, struct fg_err *reterr)
{
	unsigned char head[4];
	size_t n;
	char *p;

	FG_TRY(read_all(fd, (char *)head, sizeof(head), reterr));
	n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
	if (n > FG_LIMIT_CONTROL_BYTES)
		return fg_fail(reterr, FG_E_LIMIT, "iam.control", NULL, "message of %zu bytes", n);
	p = fg_arena_alloc(a, n);
	if (p == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "iam.control", NULL, "arena");
	FG_TRY(read_all(fd, p, n, reterr));
	*ret = fg_str(p, n);
	return FG_OK;
}

static enum fg_rc
message_write(int fd, struct fg_str s, struct fg_err *reterr)
{
	const unsigned char head[4] = { (unsigned char)(s.n >> 24), (unsigned char)(s.n >> 16),
		(unsigned char)(s.n >> 8), (unsigned char)s.n };

	if (s.n > FG_LIMIT_CONTROL_BYTES)
		return fg_fail(reterr, FG_E_LIMIT, "iam.control", NULL, "message is too large");
	FG_TRY(write_all(fd, (const char *)head, sizeof(head), reterr));
	return write_all(fd, s.p, s.n, reterr);
}

static void
patience(int fd, time_t receive_s)
{
	const struct timeval in = { .tv_sec = receive_s }, out = { .tv_sec = PATIENCE_S };

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof(in));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &out, sizeof(out));
}

/* ---- the server ---- */

/* Our own user and root; the socket's mode says so too, this does not depend on it. */
static bool
peer_of(int fd, struct admin_peer *ret, char name[64])
{
	struct ucred c;
	socklen_t n = sizeof(c);
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &n) != 0 ||
	    (c.uid != 0 && c.uid != geteuid()))
		return false;
	if (getpwuid_r(c.uid, &pw, buf, sizeof(buf), &found) == 0 && found != NULL)
		(void)snprintf(name, 64, "%s", pw.pw_name);
	else
		(void)snprintf(name, 64, "%u", (unsigned)c.uid);
	*ret = (struct admin_peer){ c.uid, fg_str_z(name) };
	return true;
}

static void
serve_one(struct control *c, int fd)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_ADMIN_ARENA);
	FG_AUTO(fg_buf_free) struct fg_buf out = FG_BUF(FG_LIMIT_CONTROL_BYTES);
	struct admin_peer peer;
	char name[64];
	struct fg_str request, reply;

	patience(fd, PATIENCE_S);
	out.secret = true;
	if (a == NULL || !peer_of(fd, &peer, name) || message_read(fd, a, &request, NULL) != FG_OK)
		return;
	c->fn(c->arg, request, &peer, a, &out);
	if (fg_buf_end(&out, &reply) != FG_OK)
		reply = FG_LIT("{\"ok\":false,\"code\":\"limit\",\"step\":\"iam.control\",\"ref\":\"\","
		               "\"text\":\"the reply is too large\",\"lines\":[],\"warnings\":[]}");
	if (message_write(fd, reply, NULL) != FG_OK)
		return; /* the caller left; what was done is done, and audited */
}

static void *
run(void *arg)
{
	struct control *c = arg;
	struct pollfd p[2] = { { .fd = c->fd, .events = POLLIN }, { .fd = c->stop, .events = POLLIN } };

	for (;;) {
		int fd;

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (p[1].revents != 0)
			return NULL;
		if (p[0].revents == 0)
			continue;
		fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		serve_one(c, fd);
		close(fd);
	}
}

static enum fg_rc
listen_on(struct control *c, struct fg_err *reterr)
{
	struct sockaddr_un at;

	FG_TRY(address(c->dir, &at, reterr));
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	c->stop = eventfd(0, EFD_CLOEXEC);
	if (c->fd < 0 || c->stop < 0)
		return fg_fail(reterr, FG_E_IO, "iam.control", NULL, "socket: errno %d", errno);
	/* We own the store, so a socket that is there is left over from a crash. */
	(void)unlink(at.sun_path);
	/* The mode of the socket before it has a name: nobody else gets in between. */
	if (fchmod(c->fd, 0600) != 0 || bind(c->fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(c->fd, 16) != 0)
		return fg_fail(reterr, FG_E_IO, "iam.control", NULL, "bind: errno %d", errno);
	return FG_OK;
}

enum fg_rc
control_open(const char *dir, control_fn fn, void *arg, struct control **ret,
    struct fg_err *reterr)
{
	struct control *c = calloc(1, sizeof(*c));
	enum fg_rc rc;

	if (c == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "iam.control", NULL, "handle");
	*c = (struct control){ .dir = -1, .fd = -1, .stop = -1, .fn = fn, .arg = arg };
	rc = dir_open(dir, &c->dir, reterr);
	if (rc == FG_OK)
		rc = listen_on(c, reterr);
	if (rc == FG_OK && pthread_create(&c->thread, NULL, run, c) != 0)
		rc = fg_fail(reterr, FG_E_NOMEM, "iam.control", NULL, "thread");
	if (rc != FG_OK) {
		closep(&c->fd);
		closep(&c->stop);
		closep(&c->dir);
		free(c);
		return rc;
	}
	*ret = c;
	return FG_OK;
}

void
control_close(struct control *c)
{
	const uint64_t one = 1;
	struct sockaddr_un at;

	if (c == NULL)
		return;
	if (write(c->stop, &one, sizeof(one)) == (ssize_t)sizeof(one))
		pthread_join(c->thread, NULL);
	if (address(c->dir, &at, NULL) == FG_OK)
		(void)unlink(at.sun_path);
	closep(&c->fd);
	closep(&c->stop);
	closep(&c->dir);
	free(c);
}

/* ---- the client ---- */

enum fg_rc
control_ask(const char *dir, struct fg_str request, struct fg_arena *a, struct fg_str *ret,
    struct fg_err *reterr)
{
	FG_AUTO(closep) int at_dir = -1;
	FG_AUTO(closep) int fd = -1;
	struct sockaddr_un at;

	FG_TRY(dir_open(dir, &at_dir, reterr));
	FG_TRY(address(at_dir, &at, reterr));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fg_fail(reterr, FG_E_IO, "iam.control", NULL, "socket: errno %d", errno);
	if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
		return fg_fail(reterr, errno == ENOENT || errno == ECONNREFUSED ? FG_E_NOT_FOUND
		                                                                : FG_E_IO,
		    "iam.control", NULL, "no gateway listens in %s", dir);
	patience(fd, ANSWER_S);
	FG_TRY(message_write(fd, request, reterr));
	return message_read(fd, a, ret, reterr);
}
