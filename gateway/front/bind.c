/*
 * gateway/front/bind.c - listening sockets.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/front/conn_int.h"

#define BACKLOG 1024 /* connections that wait for accept */

static void
addrinfo_freep(struct addrinfo **a)
{
	if (*a != NULL)
		freeaddrinfo(*a);
}

static void
set_port(struct sockaddr *sa, uint16_t port)
{
	if (sa->sa_family == AF_INET)
		((struct sockaddr_in *)(void *)sa)->sin_port = htons(port);
	else if (sa->sa_family == AF_INET6)
		((struct sockaddr_in6 *)(void *)sa)->sin6_port = htons(port);
}

uint16_t
bind_port(int fd)
{
	struct sockaddr_storage ss;
	socklen_t n = sizeof(ss);

	if (getsockname(fd, (struct sockaddr *)&ss, &n) != 0)
		return 0;
	if (ss.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)(void *)&ss)->sin6_port);
	return ss.ss_family == AF_INET ? ntohs(((struct sockaddr_in *)(void *)&ss)->sin_port) : 0;
}

void
bind_adopt(int fd)
{
	const int one = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

/* A socket in the group, or -1 with errno. */
static int
bind_one(const struct addrinfo *a)
{
	const int one = 1;
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int saved;

	if (fd < 0)
		return -1;
	/* Accepted sockets inherit TCP_NODELAY, which saves a call on each. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) == 0 &&
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0 &&
	    bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static enum fg_rc
resolve(struct fg_str host, struct addrinfo **ret, struct fg_err *reterr)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_ADDRCONFIG };
	char name[256];

	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = fg_sub(host, 1, host.n - 1);
	if (host.n == 0 || host.n >= sizeof(name) || memchr(host.p, '\0', host.n) != NULL)
		return fg_fail(reterr, FG_E_PARAM, "front.bind.host", NULL, "host is not valid");
	memcpy(name, host.p, host.n);
	name[host.n] = '\0';
	if (getaddrinfo(name, NULL, &hints, ret) != 0)
		return fg_fail(reterr, FG_E_IO, "front.bind.host", NULL, "cannot resolve %s", name);
	return FG_OK;
}

enum fg_rc
front_bind(struct fg_str host, uint16_t port, size_t n, int *ret_fd, struct fg_err *reterr)
{
	FG_AUTO(addrinfo_freep) struct addrinfo *a = NULL;

	FG_TRY(resolve(host, &a, reterr));
	for (size_t i = 0; i < n; i++) {
		set_port(a->ai_addr, port);
		ret_fd[i] = bind_one(a);
		if (ret_fd[i] < 0) {
			(void)fg_fail(reterr, FG_E_IO, "front.bind", NULL, "%.*s port %u: %s",
			    FG_PRI(host), (unsigned)port, strerrordesc_np(errno));
			while (i > 0)
				close(ret_fd[--i]);
			return FG_E_IO;
		}
		/* The first one finds the port for all. */
		if (port == 0)
			port = bind_port(ret_fd[i]);
	}
	return FG_OK;
}
