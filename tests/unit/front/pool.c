/*
 * tests/unit/front/pool.c - jobs off the loop: where they run, whose share is full, how it ends.
 */
#include "tests/unit/front/server.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

static struct server s;
static sem_t gate;    /* a posted unit lets one job end */
static sem_t begun;   /* jobs that have begun */
static sem_t came;    /* jobs that came home */
static _Atomic unsigned worked, homed;
static pthread_t worked_on, homed_on;

static void
job(void *arg)
{
	worked_on = pthread_self();
	sem_post(&begun);
	if (arg != NULL)
		sem_wait(&gate);
	atomic_fetch_add(&worked, 1);
}

static void
home(struct front_worker *w, void *arg)
{
	(void)arg;
	CU_ASSERT_EQUAL(front_worker_index(w), 0);
	homed_on = pthread_self();
	atomic_fetch_add(&homed, 1);
	sem_post(&came);
}

static struct front_pool *
begin(void)
{
	struct front_pool *p = NULL;
	struct fg_err err = { 0 };

	atomic_store(&worked, 0);
	atomic_store(&homed, 0);
	sem_init(&gate, 0, 0);
	sem_init(&begun, 0, 0);
	sem_init(&came, 0, 0);
	if (!server_start(&s, SERVER_PLAIN, (struct front_limits){ 0 }))
		return NULL;
	CU_ASSERT_EQUAL(front_pool_new(1, &p, &err), FG_OK);
	return p;
}

static enum fg_rc
put(struct front_pool *p, const char *owner, bool held, struct fg_err *err)
{
	*err = (struct fg_err){ 0 };
	return front_pool_put(p, front_worker(s.f, 0), fg_str_z(owner), job, home, held ? &s : NULL,
	    err);
}

static void
a_job_runs_off_the_loop_and_comes_home(void)
{
	struct front_pool *p = begin();
	struct fg_err err;

	if (p == NULL)
		return;
	CU_ASSERT_EQUAL(put(p, "a", false, &err), FG_OK);
	sem_wait(&came);
	CU_ASSERT_EQUAL(atomic_load(&worked), 1);
	CHECK(!pthread_equal(worked_on, homed_on));
	CHECK(!pthread_equal(worked_on, pthread_self()));
	front_stop(s.f, 1000);
	front_join(s.f);
	front_pool_close(p);
	server_end(&s);
}

static void
an_owner_that_floods_is_refused_alone(void)
{
	struct front_pool *p = begin();
	struct fg_err err;
	unsigned i;

	if (p == NULL)
		return;
	for (i = 0; i < FG_LIMIT_POOL_OWNER; i++)
		CU_ASSERT_EQUAL(put(p, "flood", true, &err), FG_OK);
	sem_wait(&begun); /* the one that runs counts as well */
	CU_ASSERT_EQUAL(put(p, "flood", true, &err), FG_E_THROTTLED);
	CHECK_STR(fg_str_z(err.step), "front.pool.owner");
	CU_ASSERT_EQUAL(put(p, "other", false, &err), FG_OK);
	for (i = 0; i < FG_LIMIT_POOL_OWNER; i++)
		sem_post(&gate);
	for (i = 0; i < FG_LIMIT_POOL_OWNER + 1; i++)
		sem_wait(&came);
	CU_ASSERT_EQUAL(put(p, "flood", false, &err), FG_OK);
	sem_wait(&came);
	front_stop(s.f, 1000);
	front_join(s.f);
	front_pool_close(p);
	server_end(&s);
}

static void
a_full_queue_refuses_everybody(void)
{
	struct front_pool *p = begin();
	struct fg_err err;
	char owner[16];
	unsigned i;

	if (p == NULL)
		return;
	for (i = 0; i < FG_LIMIT_POOL_JOBS; i++) {
		(void)snprintf(owner, sizeof(owner), "%u", i);
		CU_ASSERT_EQUAL(put(p, owner, true, &err), FG_OK);
	}
	CU_ASSERT_EQUAL(put(p, "one more", true, &err), FG_E_THROTTLED);
	CHECK_STR(fg_str_z(err.step), "front.pool.full");
	for (i = 0; i < FG_LIMIT_POOL_JOBS; i++)
		sem_post(&gate);
	for (i = 0; i < FG_LIMIT_POOL_JOBS; i++)
		sem_wait(&came);
	front_stop(s.f, 1000);
	front_join(s.f);
	front_pool_close(p);
	server_end(&s);
}

/* What is queued runs to its end, with nobody left to come home to. */
static void
work_is_done_even_when_its_home_has_ended(void)
{
	struct front_pool *p = begin();
	struct fg_err err;

	if (p == NULL)
		return;
	CU_ASSERT_EQUAL(put(p, "a", true, &err), FG_OK);
	CU_ASSERT_EQUAL(put(p, "a", true, &err), FG_OK);
	front_stop(s.f, 0);
	front_join(s.f);
	sem_post(&gate);
	sem_post(&gate);
	front_pool_close(p);
	CU_ASSERT_EQUAL(atomic_load(&worked), 2);
	CU_ASSERT_EQUAL(atomic_load(&homed), 0);
	server_end(&s);
}

/* ---- turns ---- */

static char turns[64];
static size_t n_turns;

static void
turn(void *arg)
{
	const char *name = arg;

	sem_post(&begun);
	if (*name == '-') /* holds the only thread until all others wait */
		sem_wait(&gate);
	else
		turns[n_turns++] = *name;
}

static void
owners_take_turns(void)
{
	static const char *const order[] = { "-", "a", "a", "a", "a", "b", "b", "c" };
	struct front_pool *p = begin();
	struct fg_err err = { 0 };

	if (p == NULL)
		return;
	n_turns = 0;
	memset(turns, 0, sizeof(turns));
	for (size_t i = 0; i < FG_COUNT(order); i++) {
		CU_ASSERT_EQUAL(front_pool_put(p, front_worker(s.f, 0), fg_str_z(order[i]), turn, home,
		                    (void *)(uintptr_t)order[i], &err), FG_OK);
		if (i == 0)
			sem_wait(&begun);
	}
	sem_post(&gate);
	for (size_t i = 0; i < FG_COUNT(order); i++)
		sem_wait(&came);
	CHECK_STR(fg_str_z(turns), "abcabaa");
	front_stop(s.f, 1000);
	front_join(s.f);
	front_pool_close(p);
	server_end(&s);
}

CU_TestInfo front_pool_tests[] = {
	CASE(a_job_runs_off_the_loop_and_comes_home),
	CASE(an_owner_that_floods_is_refused_alone),
	CASE(a_full_queue_refuses_everybody),
	CASE(work_is_done_even_when_its_home_has_ended),
	CASE(owners_take_turns),
	CASES_END,
};
