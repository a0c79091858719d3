/*
 * gateway/store/job.c - a thread on which blocking on the disk is allowed.
 */
#include "gateway/store/store_int.h"

struct job {
	store_job_fn fn;
	void *arg;
	struct job *next;
};

struct store_jobs {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct job *head, **tail;
	bool closing;
	pthread_t thread;
};

static void *
jobs_run(void *arg)
{
	struct store_jobs *q = arg;

	for (;;) {
		struct job *j;

		pthread_mutex_lock(&q->lock);
		while (q->head == NULL && !q->closing)
			pthread_cond_wait(&q->wake, &q->lock);
		j = q->head;
		if (j != NULL && (q->head = j->next) == NULL)
			q->tail = &q->head;
		pthread_mutex_unlock(&q->lock);
		if (j == NULL)
			return NULL;
		j->fn(j->arg);
		free(j);
	}
}

static struct store_jobs *
jobs_new(void)
{
	struct store_jobs *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return NULL;
	q->tail = &q->head;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->wake, NULL);
	if (pthread_create(&q->thread, NULL, jobs_run, q) != 0) {
		free(q);
		return NULL;
	}
	return q;
}

/* The thread starts with the first job: a command of the operator has none. */
static struct store_jobs *
jobs_of(struct store *st)
{
	pthread_mutex_lock(&st->lock);
	if (st->jobs == NULL)
		st->jobs = jobs_new();
	pthread_mutex_unlock(&st->lock);
	return st->jobs;
}

enum fg_rc
store_post(struct store *st, store_job_fn fn, void *arg)
{
	struct store_jobs *q = jobs_of(st);
	struct job *j = calloc(1, sizeof(*j));

	if (q == NULL || j == NULL) {
		free(j);
		return FG_E_STORE;
	}
	*j = (struct job){ fn, arg, NULL };
	pthread_mutex_lock(&q->lock);
	if (q->closing) {
		pthread_mutex_unlock(&q->lock);
		free(j);
		return FG_E_STORE;
	}
	*q->tail = j;
	q->tail = &j->next;
	pthread_cond_signal(&q->wake);
	pthread_mutex_unlock(&q->lock);
	return FG_OK;
}

void
store_jobs_stop(struct store *st)
{
	struct store_jobs *q = st->jobs;

	if (q == NULL)
		return;
	pthread_mutex_lock(&q->lock);
	q->closing = true;
	pthread_cond_signal(&q->wake);
	pthread_mutex_unlock(&q->lock);
	pthread_join(q->thread, NULL);
	pthread_cond_destroy(&q->wake);
	pthread_mutex_destroy(&q->lock);
	free(q);
	st->jobs = NULL;
}
