/*
 * gateway/front/accept.c - new connections, and how many there may be.
 *
 * Counts are shared by the workers: one relaxed addition at each end of a
 * connection's life.  Addresses are counted in a table of keyed hashes, so that
 * its size is fixed and nobody can aim at a slot; two addresses that share one
 * share its limit, which errs on the strict side.
 */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/front/conn_int.h"

#define ACCEPT_BATCH 64 /* connections in a row, then the others get a turn */

static struct fg_ip
ip_of(const struct sockaddr_storage *ss, uint16_t *ret_port)
{
	struct fg_ip ip = { 0 };

	*ret_port = 0;
	if (ss->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)ss;

		ip.family = FG_IP_V4;
		memcpy(ip.b, &in->sin_addr, 4);
		*ret_port = ntohs(in->sin_port);
	} else if (ss->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)ss;

		ip.family = FG_IP_V6;
		memcpy(ip.b, &in6->sin6_addr, 16);
		*ret_port = ntohs(in6->sin6_port);
	}
	return fg_ip_unmap(ip);
}

/* One IPv4 address, or the /64 that one subscriber has. */
static uint32_t
slot_of(const struct front *f, const struct fg_ip *ip)
{
	size_t n = ip->family == FG_IP_V6 ? 8 : 4;

	return (uint32_t)(fg_hash(fg_str(ip->b, n), f->hash_key) & (FRONT_SLOTS - 1));
}

void
address_release(struct front *f, uint32_t slot)
{
	atomic_fetch_sub_explicit(&f->address[slot - 1], 1, memory_order_relaxed);
}

/* The slot + 1; 0 when the address has too many. */
static uint32_t
address_take(struct front *f, const struct fg_ip *ip)
{
	uint32_t slot = slot_of(f, ip);

	if (atomic_fetch_add_explicit(&f->address[slot], 1, memory_order_relaxed) <
	    f->cfg.limits.connections_address)
		return slot + 1;
	address_release(f, slot + 1);
	return 0;
}

/* Over the total: the connection that has been idle longest goes. */
static bool
make_place(struct front_worker *w)
{
	struct conn *c = w->queue[D_IDLE].first;

	if (c == NULL || c->state == CONN_SERVE)
		return false;
	conn_close(c);
	return true;
}

static bool
total_take(struct front_worker *w)
{
	struct front *f = w->f;

	if (atomic_fetch_add_explicit(&f->open, 1, memory_order_relaxed) < f->cfg.limits.connections ||
	    make_place(w))
		return true;
	atomic_fetch_sub_explicit(&f->open, 1, memory_order_relaxed);
	COUNT(w, over_total);
	return false;
}

static void
admit_conn(struct front_worker_listener *l, int fd, const struct sockaddr_storage *ss)
{
	struct front_worker *w = l->w;
	struct front *f = w->f;
	uint16_t port;
	struct fg_ip ip = ip_of(ss, &port);
	bool proxy = f->cfg.n_proxy > 0 && forwarded_trusts(&f->cfg, &ip);
	uint32_t slot = proxy ? 0 : address_take(f, &ip);
	struct conn *c = NULL;

	COUNT(w, accepted);
	if (!proxy && slot == 0) {
		COUNT(w, over_address);
		close(fd);
		return;
	}
	/* On a listener for proxies nobody else has a say. */
	if ((proxy || !f->l[l->index].proxy_v2) && total_take(w)) {
		c = conn_new(w, l, fd, &ip, port);
		if (c == NULL)
			atomic_fetch_sub_explicit(&f->open, 1, memory_order_relaxed);
	}
	if (c == NULL) {
		if (slot != 0)
			address_release(f, slot);
		close(fd);
		return;
	}
	c->address_slot = slot;
	conn_run(c);
}

/* False when nothing more can be accepted now. */
static bool
accept_one(struct front_worker_listener *l)
{
	struct sockaddr_storage ss;
	socklen_t n = sizeof(ss);
	int fd = accept4(l->fd, (struct sockaddr *)&ss, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		admit_conn(l, fd, &ss);
		return true;
	}
	/* Out of descriptors or memory: do not spin on it; the next tick tries again. */
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		(void)event_del(&l->ev);
		l->watching = false;
		return false;
	}
	return errno == ECONNABORTED || errno == EINTR;
}

static void
on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct front_worker_listener *l = arg;

	(void)fd;
	(void)what;
	for (int i = 0; i < ACCEPT_BATCH && accept_one(l); i++)
		;
}

bool
accept_watch(struct front_worker_listener *l)
{
	if (event_assign(&l->ev, l->w->base, l->fd, EV_READ | EV_PERSIST, on_accept, l) != 0 ||
	    event_add(&l->ev, NULL) != 0)
		return false;
	l->watching = true;
	return true;
}

void
accept_resume(struct front_worker *w)
{
	for (size_t i = 0; i < w->f->n_listen; i++) {
		struct front_worker_listener *l = &w->l[i];

		if (l->fd >= 0 && !l->watching && event_add(&l->ev, NULL) == 0)
			l->watching = true;
	}
}

void
accept_end(struct front_worker *w)
{
	for (size_t i = 0; i < w->f->n_listen; i++) {
		struct front_worker_listener *l = &w->l[i];

		if (l->fd < 0)
			continue;
		/* The kernel has said yes to what waits in the queue already. */
		while (accept_one(l))
			;
		if (l->watching)
			(void)event_del(&l->ev);
		l->watching = false;
		close(l->fd);
		l->fd = -1;
	}
}
