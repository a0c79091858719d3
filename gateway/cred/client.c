/*
 * The other side of server.c: one datagram out, one back, under a lock and a deadline.
 */
#include "gateway/cred/cred_int.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CALL_MS 1000

struct cred_client {
	pthread_mutex_t lock;
	int fd;                    /* -1: local */
	struct cred_server *local; /* NULL: over fd */
	uint32_t next;             /* id of the next request */
	struct cred_worker *w;     /* for preparing keys; under the lock */
	struct fg_buf out, in;     /* fixed to CRED_MSG_BYTES, wiped after each call */
	uint8_t installation[CRED_INSTALLATION_BYTES];
};

static int64_t
now_ms(void)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static bool
wait_for(int fd, short what, int64_t until)
{
	struct pollfd p = { .fd = fd, .events = what };

	for (;;) {
		int64_t left = until - now_ms();
		int n = left <= 0 ? 0 : poll(&p, 1, (int)left);

		if (n > 0)
			return (p.revents & what) != 0;
		if (n == 0 || errno != EINTR)
			return false;
	}
}

static bool
send_whole(struct cred_client *c, int64_t until)
{
	for (;;) {
		ssize_t n = send(c->fd, c->out.p, c->out.n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0)
			return (size_t)n == c->out.n;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN || !wait_for(c->fd, POLLOUT, until))
			return false;
	}
}

/* Answers to requests that were given up, or to a gateway before this one, are passed over. */
static bool
receive(struct cred_client *c, uint32_t id, int64_t until)
{
	for (;;) {
		struct fg_cur cur;
		ssize_t n = recv(c->fd, c->in.p, CRED_MSG_BYTES, MSG_DONTWAIT | MSG_TRUNC);

		if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
			if (!wait_for(c->fd, POLLIN, until))
				return false;
			continue;
		}
		if (n <= 0 || (size_t)n > CRED_MSG_BYTES)
			return false;
		c->in.n = (size_t)n;
		cur = fg_cur(fg_buf_str(&c->in));
		if (fg_cur_u32(&cur) == id && !cur.bad)
			return true;
	}
}

static enum fg_rc
exchange(struct cred_client *c, uint32_t id, struct fg_err *reterr)
{
	int64_t until = now_ms() + CALL_MS;

	if (c->local != NULL) {
		server_answer(c->local, CRED_PEER_GATEWAY | CRED_PEER_CTL, fg_buf_str(&c->out),
		    &c->in);
		return FG_OK;
	}
	if (!send_whole(c, until) || !receive(c, id, until))
		return fg_fail(reterr, FG_E_UNAVAILABLE, "cred.client", NULL,
		    "the cred process does not answer");
	return FG_OK;
}

/* One call: begin, put the payload into c->out, go, read *ret, end. */
static void
begin(struct cred_client *c, enum cred_op op)
{
	pthread_mutex_lock(&c->lock);
	fg_buf_reset(&c->out);
	fg_buf_reset(&c->in);
	fg_buf_be32(&c->out, ++c->next);
	fg_buf_be8(&c->out, (uint8_t)op);
}

static enum fg_rc
go(struct cred_client *c, struct fg_str *ret, struct fg_err *reterr)
{
	struct fg_cur cur;
	struct fg_str body;
	uint8_t rc;

	if (c->out.bad != FG_OK)
		return fg_fail(reterr, FG_E_LIMIT, "cred.client", NULL, "request is too large");
	FG_TRY(exchange(c, c->next, reterr));
	cur = fg_cur(fg_buf_str(&c->in));
	(void)fg_cur_u32(&cur);
	rc = fg_cur_u8(&cur);
	body = fg_cur_rest(&cur);
	if (cur.bad || rc >= FG_RC_MAX)
		return fg_fail(reterr, FG_E_INTERNAL, "cred.client", NULL, "answer is not well formed");
	if (rc != FG_OK)
		return fg_fail(reterr, (enum fg_rc)rc, "cred.client", NULL, "%.*s", FG_PRI(body));
	*ret = body;
	return FG_OK;
}

static void
end(struct cred_client *c)
{
	cred_wipe(c->in.p, c->in.n);
	cred_wipe(c->out.p, c->out.n);
	pthread_mutex_unlock(&c->lock);
}

static enum fg_rc
wrong_size(struct fg_err *reterr)
{
	return fg_fail(reterr, FG_E_INTERNAL, "cred.client", NULL, "answer of a wrong size");
}

/* An answer that is n bytes and nothing else. */
static enum fg_rc
call_fixed(struct cred_client *c, uint8_t *ret, size_t n, struct fg_err *reterr)
{
	struct fg_str body = FG_STR_NULL;
	enum fg_rc rc = go(c, &body, reterr);

	if (rc == FG_OK && body.n != n)
		rc = wrong_size(reterr);
	if (rc == FG_OK)
		memcpy(ret, body.p, n);
	end(c);
	return rc;
}

void
cred_client_close(struct cred_client *c)
{
	if (c == NULL)
		return;
	if (c->fd >= 0)
		close(c->fd);
	server_free(c->local);
	cred_worker_free(c->w);
	for (struct fg_buf *b = &c->out; b <= &c->in; b++)
		if (b->p != NULL) {
			cred_wipe(b->p, b->room);
			free(b->p);
		}
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static bool
fixed_buf(struct fg_buf *b)
{
	*b = (struct fg_buf){ .p = malloc(CRED_MSG_BYTES), .room = CRED_MSG_BYTES,
		.cap = CRED_MSG_BYTES, .fixed = true, .secret = true };
	return b->p != NULL;
}

static void
closep(struct cred_client **c)
{
	cred_client_close(*c);
}

static enum fg_rc
hello(struct cred_client *c, struct fg_err *reterr)
{
	uint8_t body[CRED_INSTALLATION_BYTES + 1];

	begin(c, CRED_OP_HELLO);
	FG_TRY(call_fixed(c, body, sizeof(body), reterr));
	if (body[CRED_INSTALLATION_BYTES] != CRED_TOKEN_VERSION)
		return fg_fail(reterr, FG_E_UNSUPPORTED, "cred.client.version", NULL,
		    "the cred process is of another version");
	memcpy(c->installation, body, CRED_INSTALLATION_BYTES);
	return FG_OK;
}

/* Takes fd and local, also when it fails. */
static enum fg_rc
client_new(int fd, struct cred_server *local, struct cred_client **ret, struct fg_err *reterr)
{
	FG_AUTO(closep) struct cred_client *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		if (fd >= 0)
			close(fd);
		server_free(local);
		return fg_fail(reterr, FG_E_NOMEM, "cred.client", NULL, "client");
	}
	pthread_mutex_init(&c->lock, NULL);
	c->fd = fd;
	c->local = local;
	if (!fixed_buf(&c->out) || !fixed_buf(&c->in))
		return fg_fail(reterr, FG_E_NOMEM, "cred.client", NULL, "buffers");
	FG_TRY(cred_worker_new(NULL, NULL, &c->w, reterr));
	/* Far from the ids of a client before this one on the same socket. */
	if (!cred_rand_system(NULL, &c->next, sizeof(c->next)))
		return fg_fail(reterr, FG_E_CRYPTO, "cred.client", NULL, "no randomness");
	FG_TRY(hello(c, reterr));
	*ret = FG_STEAL(c);
	return FG_OK;
}

enum fg_rc
cred_client_open(int fd, struct cred_client **ret, struct fg_err *reterr)
{
	return client_new(fd, NULL, ret, reterr);
}

enum fg_rc
cred_client_local(struct cred_ring *ring, struct cred_client **ret, struct fg_err *reterr)
{
	struct cred_server *s = NULL;
	enum fg_rc rc = server_new(ring, &s, reterr);

	if (rc != FG_OK) {
		cred_ring_free(ring);
		return rc;
	}
	return client_new(-1, s, ret, reterr);
}

struct cred_server *
client_server(struct cred_client *c)
{
	return c->local;
}

const uint8_t *
cred_client_installation(const struct cred_client *c)
{
	return c->installation;
}

static enum fg_rc
read_list(struct fg_str body, struct cred_ring_entry *out, size_t *ret_n, struct fg_err *reterr)
{
	struct fg_cur c = fg_cur(body);
	size_t n = 0;

	while (!c.bad && c.n != 0 && n < CRED_RING_MAX) {
		struct cred_ring_entry *e = &out[n++];
		struct fg_str fp;

		e->id = fg_cur_u32(&c);
		e->cls = (enum cred_class)fg_cur_u8(&c);
		e->created = (fg_time)fg_cur_u64(&c);
		fp = fg_cur_take(&c, CRED_FP_BYTES);
		if (!c.bad)
			memcpy(e->fp, fp.p, CRED_FP_BYTES);
	}
	if (!fg_cur_done(&c))
		return wrong_size(reterr);
	*ret_n = n;
	return FG_OK;
}

enum fg_rc
cred_client_list(struct cred_client *c, struct cred_ring_entry out[CRED_RING_MAX], size_t *ret_n,
    struct fg_err *reterr)
{
	struct fg_str body = FG_STR_NULL;
	enum fg_rc rc;

	begin(c, CRED_OP_LIST);
	rc = go(c, &body, reterr);
	if (rc == FG_OK)
		rc = read_list(body, out, ret_n, reterr);
	end(c);
	return rc;
}

static void
keys_unrefp(struct cred_keys **k)
{
	cred_keys_unref(*k);
}

static enum fg_rc
add_key(struct cred_client *c, struct cred_keys *k, uint32_t id, uint32_t first,
    struct fg_err *reterr)
{
	struct fg_str body = FG_STR_NULL;
	enum fg_rc rc;

	begin(c, CRED_OP_EPOCHS);
	fg_buf_be32(&c->out, id);
	fg_buf_be32(&c->out, first);
	fg_buf_be8(&c->out, EPOCH_COUNT);
	rc = go(c, &body, reterr);
	if (rc == FG_OK && body.n != EPOCH_COUNT * EPOCH_WIRE_BYTES)
		rc = wrong_size(reterr);
	if (rc == FG_OK)
		rc = keys_add(k, c->w, id, first, body, reterr);
	end(c);
	return rc;
}

enum fg_rc
cred_client_keys(struct cred_client *c, const struct cred_key_row *rows, size_t n, fg_time now,
    struct cred_keys **ret, struct fg_err *reterr)
{
	FG_AUTO(keys_unrefp) struct cred_keys *k = keys_new(c->installation);
	const struct cred_key_row *sealing = cred_key_sealing(rows, n, CRED_CLASS_SESSION);
	uint32_t first = epoch_of(now) - EPOCH_BACK;

	if (k == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "cred.keys", NULL, "snapshot");
	if (epoch_of(now) <= EPOCH_BACK)
		return fg_fail(reterr, FG_E_CLOCK, "cred.keys", NULL, "no such time");
	for (size_t i = 0; i < n; i++) {
		if (rows[i].cls != CRED_CLASS_SESSION || !cred_key_opens(&rows[i]))
			continue;
		FG_TRY(add_key(c, k, rows[i].id, first, reterr));
		if (&rows[i] == sealing)
			k->seal = k->sets - 1;
	}
	k->good_until = (fg_time)(first + EPOCH_COUNT) * EPOCH_S;
	*ret = FG_STEAL(k);
	return FG_OK;
}

enum fg_rc
cred_client_row_key(struct cred_client *c, uint32_t id, uint8_t ret[32], struct fg_err *reterr)
{
	begin(c, CRED_OP_ROW_KEY);
	fg_buf_be32(&c->out, id);
	return call_fixed(c, ret, 32, reterr);
}

enum fg_rc
cred_client_audit_seed(struct cred_client *c, uint32_t id, const uint8_t chain[16], uint8_t ret[32],
    struct fg_err *reterr)
{
	begin(c, CRED_OP_AUDIT_SEED);
	fg_buf_be32(&c->out, id);
	fg_buf_put(&c->out, fg_str(chain, 16));
	return call_fixed(c, ret, 32, reterr);
}

enum fg_rc
cred_client_audit_sign(struct cred_client *c, uint32_t id, struct fg_str checkpoint,
    uint8_t ret[64], struct fg_err *reterr)
{
	begin(c, CRED_OP_AUDIT_SIGN);
	fg_buf_be32(&c->out, id);
	fg_buf_put(&c->out, checkpoint);
	return call_fixed(c, ret, 64, reterr);
}

enum fg_rc
cred_client_audit_public(struct cred_client *c, uint32_t id, uint8_t ret[32], struct fg_err *reterr)
{
	begin(c, CRED_OP_AUDIT_PUBLIC);
	fg_buf_be32(&c->out, id);
	return call_fixed(c, ret, 32, reterr);
}

enum fg_rc
cred_client_wrap(struct cred_client *c, uint32_t id, const struct cred_where *where,
    struct fg_str plain, struct fg_arena *a, struct fg_str *ret, struct fg_err *reterr)
{
	struct fg_str body = FG_STR_NULL, kept;
	enum fg_rc rc;

	begin(c, CRED_OP_WRAP);
	fg_buf_be32(&c->out, id);
	where_put(&c->out, where);
	fg_buf_v16(&c->out, plain);
	rc = go(c, &body, reterr);
	kept = rc == FG_OK ? fg_arena_dup(a, body) : FG_STR_NULL;
	end(c);
	FG_TRY(rc);
	if (fg_str_null(kept))
		return fg_fail(reterr, FG_E_NOMEM, "cred.client.wrap", NULL, "arena");
	*ret = kept;
	return FG_OK;
}

/* How many items fit one message, either way. */
static size_t
put_batch(struct cred_client *c, const struct cred_unwrap *items, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct cred_where *w = &items[i].where;
		size_t need = 1 + 4 + w->table.n + w->row.n + w->account.n + w->owner.n + 2 +
		    items[i].blob.n;

		if (c->out.n + need > CRED_MSG_BYTES)
			break;
		where_put(&c->out, w);
		fg_buf_v16(&c->out, items[i].blob);
	}
	return i;
}

static enum fg_rc
read_batch(struct fg_str body, struct cred_unwrap *items, size_t n, struct fg_arena *a,
    struct fg_err *reterr)
{
	struct fg_cur c = fg_cur(body);

	for (size_t i = 0; i < n; i++) {
		uint8_t rc = fg_cur_u8(&c);
		struct fg_str plain = fg_cur_v16(&c);

		if (c.bad || rc >= FG_RC_MAX)
			return wrong_size(reterr);
		items[i].rc = (enum fg_rc)rc;
		items[i].plain = FG_STR_NULL;
		if (rc != FG_OK)
			continue;
		items[i].plain = fg_arena_dup(a, plain);
		if (fg_str_null(items[i].plain))
			return fg_fail(reterr, FG_E_NOMEM, "cred.client.unwrap", NULL, "arena");
	}
	return fg_cur_done(&c) ? FG_OK : wrong_size(reterr);
}

static enum fg_rc
unwrap_batch(struct cred_client *c, struct cred_unwrap *items, size_t n, struct fg_arena *a,
    size_t *ret_done, struct fg_err *reterr)
{
	struct fg_str body = FG_STR_NULL;
	enum fg_rc rc = FG_OK;
	size_t done;

	begin(c, CRED_OP_UNWRAP);
	done = put_batch(c, items, n);
	if (done == 0)
		rc = fg_fail(reterr, FG_E_LIMIT, "cred.client.unwrap", NULL, "one item is too large");
	if (rc == FG_OK)
		rc = go(c, &body, reterr);
	if (rc == FG_OK)
		rc = read_batch(body, items, done, a, reterr);
	end(c);
	*ret_done = done;
	return rc;
}

/* A place that cannot be is answered here: it must not spoil the batch of the others. */
enum fg_rc
cred_client_unwrap(struct cred_client *c, struct cred_unwrap *items, size_t n, struct fg_arena *a,
    struct fg_err *reterr)
{
	size_t i = 0;

	while (i < n) {
		size_t run = 0, done = 0;

		while (i + run < n && where_ok(&items[i + run].where) &&
		    items[i + run].blob.n <= FG_LIMIT_WRAP_BYTES + BLOB_OVERHEAD)
			run++;
		if (run == 0) {
			items[i].rc = FG_E_CREDENTIAL;
			items[i++].plain = FG_STR_NULL;
			continue;
		}
		FG_TRY(unwrap_batch(c, items + i, run, a, &done, reterr));
		i += done;
	}
	return FG_OK;
}
