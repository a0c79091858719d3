/*
 * gateway/front/pool.c - jobs that would hold up a loop, on threads of their own.
 *
 * A private-key operation costs what twenty requests cost.  The queue is bounded, and so is each
 * owner's share of it: who floods is refused alone.  Owners take turns: each job has a round, one
 * after that of its owner's last one in the queue, and rounds are served in order.
 */
#include <signal.h>
#include <stdlib.h>

#include "gateway/front/conn_int.h"

#define OWNER_BYTES 32 /* digest of the owner's name */
#define THREADS_MAX 16

struct pool_job {
	struct pool_job *next; /* in the queue */
	struct pool_job *all;  /* queued or running */
	unsigned char owner[OWNER_BYTES];
	uint64_t round;
	void (*work)(void *arg);
	front_fn done;
	void *arg;
	struct front_worker *home;
	struct post post; /* the way home needs no memory */
};

struct front_pool {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct pool_job *head; /* by round, then by arrival */
	uint64_t round;        /* of the job that began last */
	struct pool_job *all;
	size_t n;
	bool closing;
	unsigned n_thread;
	pthread_t thread[THREADS_MAX];
};

/* On home's thread. */
static void
come_home(struct front_worker *w, void *arg)
{
	struct pool_job *j = arg;
	front_fn done = j->done;
	void *done_arg = j->arg;

	free(j);
	done(w, done_arg);
}

/* Out of the list of all jobs: its owner may bring another. */
static void
forget(struct front_pool *p, struct pool_job *j)
{
	pthread_mutex_lock(&p->lock);
	for (struct pool_job **at = &p->all; *at != NULL; at = &(*at)->all) {
		if (*at == j) {
			*at = j->all;
			p->n--;
			break;
		}
	}
	pthread_mutex_unlock(&p->lock);
}

/* The next job; NULL when the pool closes and nothing is left. */
static struct pool_job *
take(struct front_pool *p)
{
	struct pool_job *j;

	pthread_mutex_lock(&p->lock);
	while (p->head == NULL && !p->closing)
		pthread_cond_wait(&p->wake, &p->lock);
	j = p->head;
	if (j != NULL) {
		p->head = j->next;
		p->round = j->round;
	}
	pthread_mutex_unlock(&p->lock);
	return j;
}

static void *
pool_main(void *arg)
{
	struct front_pool *p = arg;
	struct pool_job *j;

	while ((j = take(p)) != NULL) {
		j->work(j->arg);
		forget(p, j);
		j->post = (struct post){ NULL, come_home, j, true };
		if (inbox_put(j->home, &j->post) != FG_OK)
			free(j);
	}
	return NULL;
}

/* Signals are for the main thread. */
static bool
thread_start(struct front_pool *p)
{
	sigset_t all, old;
	bool ok;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ok = pthread_create(&p->thread[p->n_thread], NULL, pool_main, p) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	p->n_thread += ok ? 1 : 0;
	return ok;
}

enum fg_rc
front_pool_new(unsigned threads, struct front_pool **ret, struct fg_err *reterr)
{
	struct front_pool *p = calloc(1, sizeof(*p));
	unsigned want = threads == 0 ? 1 : threads < THREADS_MAX ? threads : THREADS_MAX;

	if (p == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "front.pool", NULL, "pool");
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	while (p->n_thread < want) {
		if (!thread_start(p)) {
			front_pool_close(p);
			return fg_fail(reterr, FG_E_NOMEM, "front.pool", NULL, "thread");
		}
	}
	*ret = p;
	return FG_OK;
}

void
front_pool_close(struct front_pool *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->closing = true;
	pthread_cond_broadcast(&p->wake);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n_thread; i++)
		(void)pthread_join(p->thread[i], NULL);
	pthread_cond_destroy(&p->wake);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* Call with the lock held. */
static size_t
of_owner(const struct front_pool *p, const unsigned char owner[OWNER_BYTES])
{
	size_t n = 0;

	for (const struct pool_job *j = p->all; j != NULL; j = j->all)
		n += memcmp(j->owner, owner, OWNER_BYTES) == 0;
	return n;
}

/* The queue is short (FG_LIMIT_POOL_JOBS).  Call with the lock held. */
static void
queue_put(struct front_pool *p, struct pool_job *j)
{
	struct pool_job **at;

	j->round = p->round;
	for (const struct pool_job *q = p->head; q != NULL; q = q->next) {
		if (memcmp(q->owner, j->owner, OWNER_BYTES) == 0)
			j->round = q->round + 1;
	}
	for (at = &p->head; *at != NULL && (*at)->round <= j->round; at = &(*at)->next)
		;
	j->next = *at;
	*at = j;
}

static enum fg_rc
enqueue(struct front_pool *p, struct pool_job *j, struct fg_err *reterr)
{
	enum fg_rc rc = FG_OK;

	pthread_mutex_lock(&p->lock);
	if (p->closing) {
		rc = fg_fail(reterr, FG_E_UNAVAILABLE, "front.pool", NULL, "it ends");
	} else if (p->n >= FG_LIMIT_POOL_JOBS) {
		rc = fg_fail(reterr, FG_E_THROTTLED, "front.pool.full", NULL, "%zu jobs wait", p->n);
	} else if (of_owner(p, j->owner) >= FG_LIMIT_POOL_OWNER) {
		rc = fg_fail(reterr, FG_E_THROTTLED, "front.pool.owner", NULL,
		    "too many jobs of one owner wait");
	} else {
		j->all = p->all;
		p->all = j;
		p->n++;
		queue_put(p, j);
		pthread_cond_signal(&p->wake);
	}
	pthread_mutex_unlock(&p->lock);
	return rc;
}

enum fg_rc
front_pool_put(struct front_pool *p, struct front_worker *home, struct fg_str owner,
    void (*work)(void *arg), front_fn done, void *arg, struct fg_err *reterr)
{
	struct pool_job *j = calloc(1, sizeof(*j));
	enum fg_rc rc;

	if (j == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "front.pool", NULL, "job");
	*j = (struct pool_job){ .work = work, .done = done, .arg = arg, .home = home };
	if (EVP_Q_digest(NULL, "SHA256", NULL, owner.p, owner.n, j->owner, NULL) != 1)
		rc = fg_fail(reterr, FG_E_CRYPTO, "front.pool", NULL, "digest");
	else
		rc = enqueue(p, j, reterr);
	if (rc != FG_OK)
		free(j);
	return rc;
}
