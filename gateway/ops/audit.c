/* gateway/ops/audit.c - open and close, and the producers' side of the chains. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include "gateway/ops/ops_int.h"

#define OUT_MAX (2u * OPS_OUT_BYTES)

/* ---- taking records ---- */

static enum fg_rc
refuse(struct audit *a, struct fg_err *reterr, const char *why)
{
	a->refused++;
	return fg_fail(reterr, FG_E_UNAVAILABLE, "audit.put", NULL, "%s", why);
}

static bool
full(const struct audit_chain *c)
{
	return atomic_load_explicit(&c->in, memory_order_relaxed) -
	    atomic_load_explicit(&c->out, memory_order_acquire) >= FG_LIMIT_AUDIT_QUEUE;
}

static void
wake(struct audit *a)
{
	uint64_t one = 1;

	/* pairs with the store and the look at the queues in sleep_until_asked() */
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load(&a->sleeping) && atomic_exchange(&a->sleeping, false))
		(void)!write(a->wake_fd, &one, sizeof(one));
}

static void
push(struct audit_chain *c, struct ops_entry *e)
{
	uint32_t in = atomic_load_explicit(&c->in, memory_order_relaxed);
	bool urgent = e->done != NULL || in - c->out >= FG_LIMIT_AUDIT_QUEUE / 2;

	c->slot[in % FG_LIMIT_AUDIT_QUEUE] = e;
	atomic_store_explicit(&c->in, in + 1, memory_order_release);
	if (urgent)
		wake(c->audit);
}

/* The MAC ends the line, and the chain moves on: from here the record cannot be refused. */
static void
seal(struct audit_chain *c, struct ops_entry *e)
{
	char room[OPS_MAC_TAIL + 1];
	struct fg_buf tail = FG_BUF_FIXED(room);
	uint8_t mac[AUDIT_HASH];

	ops_link(c->key, fg_buf_str(&c->line), mac, c->head);
	fg_buf_put(&tail, FG_LIT(",\"mac\":\""));
	fg_buf_hex(&tail, fg_str(mac, AUDIT_HASH));
	fg_buf_put(&tail, FG_LIT("\"}}\n"));
	memcpy(e->line, c->line.p, c->line.n);
	memcpy(e->line + c->line.n, room, sizeof(room));
	e->seq = c->seq++;
	memcpy(e->head, c->head, AUDIT_HASH);
}

static enum fg_rc
put(struct audit_chain *c, const struct audit_record *r, uint32_t key, audit_done done, void *arg,
    struct fg_err *reterr)
{
	struct ops_place at = { c->id, c->seq, c->head, key };
	struct ops_entry *e;

	if (full(c))
		return refuse(c->audit, reterr, "the queue is full");
	if (ops_record(&c->line, r, &at) != FG_OK)
		return refuse(c->audit, reterr, "the record does not fit a line");
	e = malloc(sizeof(*e) + c->line.n + OPS_MAC_TAIL + 1);
	if (e == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "audit.put", NULL, "entry");
	*e = (struct ops_entry){ .chain = c, .done = done, .arg = arg,
		.n = (uint32_t)(c->line.n + OPS_MAC_TAIL + 1) };
	seal(c, e);
	push(c, e);
	c->audit->records++;
	return FG_OK;
}

enum fg_rc
audit_put(struct audit_chain *c, const struct audit_record *r, audit_done done, void *arg,
    struct fg_err *reterr)
{
	if (done != NULL && c->audit->failing)
		return refuse(c->audit, reterr, "the disk fails");
	return put(c, r, 0, done, arg, reterr);
}

void
audit_deliver(void *batch)
{
	for (struct ops_entry *e = batch; e != NULL;) {
		struct ops_entry *next = e->next;

		e->done(e->arg, e->rc);
		free(e);
		e = next;
	}
}

struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool over;
	enum fg_rc rc;
};

static void
waiter_done(void *arg, enum fg_rc rc)
{
	struct waiter *w = arg;

	pthread_mutex_lock(&w->lock);
	w->rc = rc;
	w->over = true;
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->lock);
}

static enum fg_rc
waiter_wait(struct waiter *w)
{
	pthread_mutex_lock(&w->lock);
	while (!w->over)
		pthread_cond_wait(&w->cond, &w->lock);
	pthread_mutex_unlock(&w->lock);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->cond);
	return w->rc;
}

enum fg_rc
audit_shared(struct audit *a, const struct audit_record *r, struct fg_err *reterr)
{
	struct waiter w = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, FG_E_INTERNAL };
	enum fg_rc rc;

	pthread_mutex_lock(&a->shared_lock);
	rc = audit_put(&a->chain[a->n_chain - 1], r, waiter_done, &w, reterr);
	pthread_mutex_unlock(&a->shared_lock);
	FG_TRY(rc);
	rc = waiter_wait(&w);
	return rc == FG_OK ? FG_OK : fg_fail(reterr, rc, "audit.sync", NULL, "the record is not on disk");
}

enum fg_rc
audit_note(struct audit *a, const struct audit_record *r, struct fg_err *reterr)
{
	enum fg_rc rc;

	pthread_mutex_lock(&a->shared_lock);
	rc = audit_put(&a->chain[a->n_chain - 1], r, NULL, NULL, reterr);
	pthread_mutex_unlock(&a->shared_lock);
	return rc;
}

struct audit_chain *
audit_worker(struct audit *a, unsigned worker)
{
	return worker < a->c.workers ? &a->chain[worker] : NULL;
}

void
audit_reopen(struct audit *a)
{
	atomic_store(&a->reopen, true);
	wake(a);
}

bool
audit_ok(const struct audit *a)
{
	return !a->failing;
}

void
audit_stats_read(const struct audit *a, struct audit_stats *ret)
{
	*ret = (struct audit_stats){ a->records, a->batches, a->checkpoints, a->unsigned_checkpoints,
		a->failures, a->refused, 0, a->sync_us };
	for (unsigned i = 0; i < a->n_chain; i++)
		ret->queued += (uint32_t)(a->chain[i].in - a->chain[i].out);
}

/* ---- open and close ---- */

static void
drop_queue(struct audit_chain *c)
{
	for (; c->out != c->in; c->out++)
		free(c->slot[c->out % FG_LIMIT_AUDIT_QUEUE]);
}

static void
audit_free(struct audit *a)
{
	for (unsigned i = 0; a->chain != NULL && i < a->n_chain; i++) {
		drop_queue(&a->chain[i]);
		fg_buf_free(&a->chain[i].line);
		explicit_bzero(a->chain[i].key, AUDIT_HASH);
	}
	free(a->chain);
	fg_buf_free(&a->out);
	if (a->fd >= 0)
		close(a->fd);
	if (a->wake_fd >= 0)
		close(a->wake_fd);
	pthread_mutex_destroy(&a->shared_lock);
	free(a->path);
	free(a);
}

static void
audit_freep(struct audit **a)
{
	if (*a != NULL)
		audit_free(*a);
}

static enum fg_rc
chain_init(struct audit *a, unsigned i, struct fg_err *reterr)
{
	struct audit_chain *c = &a->chain[i];

	c->audit = a;
	c->index = i;
	c->line = FG_BUF(FG_LIMIT_AUDIT_LINE);
	if (getrandom(c->id, sizeof(c->id), 0) != (ssize_t)sizeof(c->id))
		return fg_fail(reterr, FG_E_CRYPTO, "audit.open", NULL, "no randomness");
	return a->c.seed(a->c.app, c->id, c->key, reterr);
}

/* The first record of a chain names the checkpoint that opened the log. */
static enum fg_rc
chain_begin(struct audit *a, struct audit_chain *c, struct fg_err *reterr)
{
	struct audit_record r = { .time = a->c.now, .source = FG_LIT("fedgate.internal"),
		.name = FG_LIT("StartAuditChain"), .who = { .type = AUDIT_WHO_SERVICE } };

	memcpy(c->head, a->mark.head, AUDIT_HASH);
	return put(c, &r, a->c.key, NULL, NULL, reterr);
}

static enum fg_rc
check_mark(const struct audit_mark *known, const struct ops_tail *t, struct fg_err *reterr)
{
	if (!t->found)
		return FG_OK;
	if (t->mark.n < known->n)
		return fg_fail(reterr, FG_E_CONFLICT, "audit.mark", NULL,
		    "the audit log ends at checkpoint %llu, but %llu were written; put it back, or move it away "
		    "to begin a new file that names what is missing",
		    (unsigned long long)t->mark.n, (unsigned long long)known->n);
	if (t->mark.n == known->n && memcmp(t->mark.head, known->head, AUDIT_HASH) != 0)
		return fg_fail(reterr, FG_E_CONFLICT, "audit.mark", NULL,
		    "the audit log's last checkpoint is not the one that was written; put it back, or move it "
		    "away to begin a new file");
	return FG_OK;
}

static enum fg_rc
open_file(struct audit *a, struct fg_err *reterr)
{
	FG_AUTO(ops_tail_done) struct ops_tail t = { .found = false };

	FG_TRY(ops_file_open(a->path, &a->fd, reterr));
	FG_TRY(ops_tail_read(a->fd, &t, reterr));
	FG_TRY(check_mark(&a->c.mark, &t, reterr));
	/* an unfinished line was never acknowledged */
	if (t.torn > 0 && ftruncate(a->fd, (off_t)t.size) != 0)
		return fg_fail(reterr, FG_E_IO, "audit.open", NULL, "%s", strerror(errno));
	a->mark = t.found ? t.mark : a->c.mark;
	a->synced = t.size;
	ops_checkpoint(a, "open", &t);
	if (!ops_flush(a))
		return fg_fail(reterr, FG_E_IO, "audit.open", NULL, "%s: %s", a->path, strerror(errno));
	return FG_OK;
}

static enum fg_rc
audit_init(struct audit *a, const struct audit_config *c, struct fg_err *reterr)
{
	a->c = *c;
	a->fd = -1;
	a->wake_fd = -1;
	pthread_mutex_init(&a->shared_lock, NULL);
	a->c.sync_ms = c->sync_ms == 0 ? FG_LIMIT_AUDIT_SYNC_MS : c->sync_ms;
	a->out = FG_BUF(OUT_MAX);
	a->n_chain = c->workers + 1;
	a->chain = calloc(a->n_chain, sizeof(*a->chain));
	a->path = strdup(c->path);
	/* all that a batch can need: later the writer must not run out of memory */
	if (a->chain == NULL || a->path == NULL || fg_buf_room(&a->out, OPS_OUT_BYTES) == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "audit.open", NULL, "chains");
	a->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (a->wake_fd < 0)
		return fg_fail(reterr, FG_E_IO, "audit.open", NULL, "eventfd: %s", strerror(errno));
	return FG_OK;
}

/* Signals are for the thread that asked for them. */
static bool
start_writer(struct audit *a)
{
	sigset_t all, old;
	bool ok;

	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	ok = pthread_create(&a->thread, NULL, ops_writer, a) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return ok;
}

enum fg_rc
audit_open(const struct audit_config *c, struct audit **ret, struct fg_err *reterr)
{
	FG_AUTO(audit_freep) struct audit *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "audit.open", NULL, "audit");
	FG_TRY(audit_init(a, c, reterr));
	if (c->workers >= OPS_LINE_CHAINS || c->key == 0)
		return fg_fail(reterr, FG_E_PARAM, "audit.open", NULL, "%u workers, key %08x", c->workers, c->key);
	FG_TRY(open_file(a, reterr));
	for (unsigned i = 0; i < a->n_chain; i++) {
		FG_TRY(chain_init(a, i, reterr));
		FG_TRY(chain_begin(a, &a->chain[i], reterr));
	}
	if (!start_writer(a))
		return fg_fail(reterr, FG_E_INTERNAL, "audit.open", NULL, "thread");
	*ret = FG_STEAL(a);
	return FG_OK;
}

enum fg_rc
audit_close(struct audit *a, struct audit_mark *ret, struct fg_err *reterr)
{
	bool ok;

	if (a == NULL)
		return FG_OK;
	atomic_store(&a->stop, true);
	wake(a);
	(void)pthread_join(a->thread, NULL);
	ok = !a->failing;
	if (ok) {
		ops_checkpoint(a, "close", NULL);
		ok = ops_flush(a);
	}
	if (ret != NULL)
		*ret = a->mark;
	audit_free(a);
	return ok ? FG_OK : fg_fail(reterr, FG_E_IO, "audit.close", NULL, "records are not on disk");
}
