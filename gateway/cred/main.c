/*
 * The cred process: read the ring, give up everything else, answer.
 */
#include "gateway/cred/cred_int.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PEERS_MAX 8

struct service {
	struct cred_server *server;
	struct fg_buf in, out;
	struct pollfd poll[PEERS_MAX];
	enum cred_peer peer[PEERS_MAX];
	size_t n;
};

/* False when the peer has hung up. */
static bool
serve_one(struct service *s, size_t i)
{
	ssize_t n = recv(s->poll[i].fd, s->in.p, s->in.room, MSG_TRUNC);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (n == 0)
		return false;
	fg_buf_reset(&s->out);
	if ((size_t)n <= s->in.room)
		server_answer(s->server, s->peer[i], fg_str(s->in.p, (size_t)n), &s->out);
	/* A peer that does not take its answers loses them; it has deadlines. */
	if (s->out.n != 0)
		(void)send(s->poll[i].fd, s->out.p, s->out.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	cred_wipe(s->out.p, s->out.n);
	cred_wipe(s->in.p, (size_t)n <= s->in.room ? (size_t)n : s->in.room);
	return true;
}

static int
run(struct service *s)
{
	size_t open = s->n;

	while (open != 0) {
		if (poll(s->poll, (nfds_t)s->n, -1) < 0) {
			if (errno == EINTR)
				continue;
			return 1;
		}
		for (size_t i = 0; i < s->n; i++)
			if (s->poll[i].revents != 0 && !serve_one(s, i)) {
				s->poll[i].fd = -1; /* poll passes it over */
				open--;
			}
	}
	return 0;
}

static void
complain(const struct fg_err *err)
{
	(void)fprintf(stderr, "fedgate: cred: %s: %s\n", err->step, err->text);
}

static enum fg_rc
service_init(struct service *s, const char *ring_path, const struct cred_serve *serve, size_t n,
    struct fg_err *reterr)
{
	struct cred_ring *ring = NULL;
	enum fg_rc rc;

	if (n == 0 || n > PEERS_MAX)
		return fg_fail(reterr, FG_E_PARAM, "cred.main", NULL, "%zu peers", n);
	for (struct fg_buf *b = &s->in; b <= &s->out; b++) {
		*b = (struct fg_buf){ .p = malloc(CRED_MSG_BYTES), .room = CRED_MSG_BYTES,
			.cap = CRED_MSG_BYTES, .fixed = true, .secret = true };
		if (b->p == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "cred.main", NULL, "buffers");
	}
	for (s->n = 0; s->n < n; s->n++) {
		s->poll[s->n] = (struct pollfd){ .fd = serve[s->n].fd, .events = POLLIN };
		s->peer[s->n] = serve[s->n].peer;
	}
	FG_TRY(cred_ring_load(ring_path, &ring, reterr));
	rc = server_new(ring, &s->server, reterr);
	if (rc != FG_OK)
		cred_ring_free(ring);
	return rc;
}

/* Whatever the library fetches or opens at its first use happens before the rights are gone. */
static enum fg_rc
warm_up(struct service *s, struct fg_err *reterr)
{
	static const unsigned char list[] = { 0, 0, 0, 0, CRED_OP_LIST };
	struct cred_where where = { CRED_SECRET_TOTP, FG_LIT("t"), FG_LIT("r"), FG_LIT("a"),
		FG_LIT("o") };
	uint8_t wire[EPOCH_WIRE_BYTES];

	(void)time(NULL);
	server_answer(s->server, CRED_PEER_CTL, fg_str(list, sizeof(list)), &s->out);
	fg_buf_reset(&s->out);
	for (size_t i = 0; i < s->server->ring->n; i++) {
		const struct ring_key *k = &s->server->ring->key[i];

		if (k->entry.cls == CRED_CLASS_WRAP)
			FG_TRY(wrap_seal(s->server->w, s->server->ring, k->entry.id, &where,
			    FG_LIT("warm"), &s->out, reterr));
		if (k->entry.cls == CRED_CLASS_SESSION)
			FG_TRY(epoch_derive(k->root, s->server->ring->installation, k->entry.id, 1,
			    wire, reterr));
	}
	fg_buf_reset(&s->out);
	return FG_OK;
}

int
cred_main(const char *ring_path, const struct cred_serve *serve, size_t n,
    enum fg_rc (*ready)(void *arg, struct fg_err *reterr), void *arg)
{
	struct service s = { 0 };
	struct fg_err err = { 0 };
	int status = 1;

	if (service_init(&s, ring_path, serve, n, &err) != FG_OK || warm_up(&s, &err) != FG_OK ||
	    (ready != NULL && ready(arg, &err) != FG_OK))
		complain(&err);
	else
		status = run(&s);
	server_free(s.server);
	free(s.in.p);
	free(s.out.p);
	return status;
}
