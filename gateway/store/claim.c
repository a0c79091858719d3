/*
 * gateway/store/claim.c - claims: one writer thread, group commit, three outcomes.
 */
#include "gateway/store/store_int.h"

struct store_claims {
	struct store_claims_db *db;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_mutex_t db_lock; /* a batch, or a clean-up */
	struct store_claim *head, **tail;
	bool closing;
	pthread_t thread;
	fg_time floor;
};

/* What became of each claim of the batch is kept aside: the caller's struct is not ours. */
enum { BATCH_MAX = 512 };

static size_t
batch_take(struct store_claims *q, struct store_claim **batch)
{
	size_t n = 0;

	while (q->head != NULL && n < BATCH_MAX) {
		batch[n++] = q->head;
		q->head = q->head->next;
	}
	if (q->head == NULL)
		q->tail = &q->head;
	return n;
}

static void
batch_write(struct store_claims *q, struct store_claim **batch, enum fg_rc *rc, size_t n)
{
	enum fg_rc all = store_claims_db_begin(q->db);

	for (size_t i = 0; i < n; i++) {
		if (batch[i]->issued <= q->floor)
			rc[i] = FG_E_REPLAY;
		else
			rc[i] = all != FG_OK ? FG_E_STORE : store_claims_db_insert(q->db, batch[i]);
		if (rc[i] != FG_OK && rc[i] != FG_E_REPLAY)
			all = FG_E_STORE;
	}
	if (all == FG_OK)
		all = store_claims_db_commit(q->db);
	if (all == FG_OK)
		return;
	store_claims_db_rollback(q->db);
	for (size_t i = 0; i < n; i++)
		rc[i] = FG_E_STORE; /* nothing of this batch is known to be on disk */
}

static void *
claims_run(void *arg)
{
	struct store_claims *q = arg;
	struct store_claim *batch[BATCH_MAX];
	enum fg_rc rc[BATCH_MAX];
	size_t n;

	for (;;) {
		pthread_mutex_lock(&q->lock);
		while (q->head == NULL && !q->closing)
			pthread_cond_wait(&q->wake, &q->lock);
		n = batch_take(q, batch);
		pthread_mutex_unlock(&q->lock);
		if (n == 0)
			return NULL;
		pthread_mutex_lock(&q->db_lock);
		batch_write(q, batch, rc, n);
		pthread_mutex_unlock(&q->db_lock);
		for (size_t i = 0; i < n; i++)
			batch[i]->done(batch[i]->arg, rc[i]);
	}
}

enum fg_rc
store_claims_start(struct store *st, const char *path, struct store_claims_state *state,
    struct fg_err *reterr)
{
	struct store_claims *q = calloc(1, sizeof(*q));
	enum fg_rc rc;

	if (q == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "store.claims", NULL, "handle");
	q->tail = &q->head;
	rc = store_claims_db_open(path, &q->db, state, reterr);
	if (rc != FG_OK) {
		free(q);
		return rc;
	}
	pthread_mutex_init(&q->lock, NULL);
	pthread_mutex_init(&q->db_lock, NULL);
	pthread_cond_init(&q->wake, NULL);
	q->floor = INT64_MAX; /* until store_load() has said what it is: refuse */
	if (pthread_create(&q->thread, NULL, claims_run, q) != 0) {
		store_claims_db_close(q->db, false);
		free(q);
		return fg_fail(reterr, FG_E_NOMEM, "store.claims", NULL, "no thread");
	}
	st->claims = q;
	return FG_OK;
}

void
store_claims_floor(struct store *st, fg_time floor)
{
	pthread_mutex_lock(&st->claims->db_lock);
	st->claims->floor = floor;
	pthread_mutex_unlock(&st->claims->db_lock);
}

void
store_claims_stop(struct store *st)
{
	struct store_claims *q = st->claims;

	if (q == NULL)
		return;
	pthread_mutex_lock(&q->lock);
	q->closing = true;
	pthread_cond_signal(&q->wake);
	pthread_mutex_unlock(&q->lock);
	pthread_join(q->thread, NULL);
	/* A store that was never loaded proved nothing about its claims: not clean. */
	store_claims_db_close(q->db, st->loaded);
	pthread_cond_destroy(&q->wake);
	pthread_mutex_destroy(&q->lock);
	pthread_mutex_destroy(&q->db_lock);
	free(q);
	st->claims = NULL;
}

enum fg_rc
store_claim_submit(struct store *st, struct store_claim *c)
{
	struct store_claims *q = st->claims;
	enum fg_rc rc = FG_OK;

	if (q == NULL)
		return FG_E_STORE;
	c->next = NULL;
	pthread_mutex_lock(&q->lock);
	if (q->closing) {
		rc = FG_E_STORE;
	} else {
		*q->tail = c;
		q->tail = &c->next;
		pthread_cond_signal(&q->wake);
	}
	pthread_mutex_unlock(&q->lock);
	return rc;
}

struct wait {
	pthread_mutex_t lock;
	pthread_cond_t done;
	enum fg_rc rc;
	bool over;
};

static void
wait_done(void *arg, enum fg_rc rc)
{
	struct wait *w = arg;

	pthread_mutex_lock(&w->lock);
	w->rc = rc;
	w->over = true;
	pthread_cond_signal(&w->done);
	pthread_mutex_unlock(&w->lock);
}

enum fg_rc
store_claim_once(struct store *st, const struct store_claim *c, struct fg_err *reterr)
{
	struct wait w = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, FG_E_STORE, false };
	struct store_claim mine = *c;

	mine.done = wait_done;
	mine.arg = &w;
	if (store_claim_submit(st, &mine) != FG_OK)
		return fg_fail(reterr, FG_E_STORE, "store.claim", "rule 18", "store is closing");
	pthread_mutex_lock(&w.lock);
	while (!w.over)
		pthread_cond_wait(&w.done, &w.lock);
	pthread_mutex_unlock(&w.lock);
	if (w.rc == FG_E_REPLAY)
		return fg_fail(reterr, FG_E_REPLAY, "store.claim", "rule 18", "seen before");
	if (w.rc != FG_OK)
		return fg_fail(reterr, FG_E_STORE, "store.claim", "rule 18", "not recorded");
	return FG_OK;
}

int64_t
store_claim_expire(struct store *st, fg_time now)
{
	struct store_claims *q = st->claims;
	int64_t n;

	if (q == NULL)
		return -1;
	pthread_mutex_lock(&q->db_lock);
	n = store_claims_db_expire(q->db, now);
	pthread_mutex_unlock(&q->db_lock);
	return n;
}
