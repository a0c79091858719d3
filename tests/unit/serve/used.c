/*
 * tests/unit/serve/used.c - last use goes to the store each minute: what a kill may lose, a write that
 * fails, and the end.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "gateway/serve/serve_int.h"
#include "tests/unit/serve/tests.h"
#include "tests/unit/store/fixture.h"

#define USER1 FG_LIT("AIDA00000000000000001")
#define USER2 FG_LIT("AIDA00000000000000002")

static struct serve s;
static struct box box;

static void
open_store(unsigned flags)
{
	const struct store_opts o = box_opts(&box, flags);

	memset(&s, 0, sizeof(s));
	CHECK_OK(store_open(&o, &s.store, &box.err));
	CHECK_OK(directory_new(&s.dir, &box.err));
	CHECK_OK(directory_load(s.dir, s.store, &box.err));
}

/* As a kill ends it: nothing is written any more. */
static void
killed(void)
{
	store_close(s.store);
	directory_free(s.dir);
}

static void
up(void)
{
	const struct store_account a = row_account(A1);
	struct store_user u = { .account = A1, .uid = USER1, .name = FG_LIT("alice"), .path = FG_LIT("/"),
		.boundary = FG_LIT(""), .tags = FG_LIT(""), .created = NOW };
	struct store_tx *tx = NULL;

	box_open(&box);
	directory_thread_join();
	open_store(STORE_CREATE);
	CHECK_OK(store_begin(s.store, &tx, &box.err));
	CHECK_OK(store_put(tx, STORE_ACCOUNT, &a, &box.err));
	CHECK_OK(store_put(tx, STORE_USER, &u, &box.err));
	u.uid = USER2;
	u.name = FG_LIT("bob");
	CHECK_OK(store_put(tx, STORE_USER, &u, &box.err));
	CHECK_OK(store_commit(tx, &box.err));
	CHECK_OK(serve_open_used(&s, NOW, &box.err));
}

static void
down(void)
{
	killed();
	directory_thread_leave();
	box_close(&box);
}

static void
use(struct fg_str uid, fg_time at)
{
	directory_enter();
	directory_used(s.dir, directory_user_by_uid(s.dir, uid)->used, at, FG_LIT("iam"), FG_LIT("eu-west-1"));
	directory_leave();
}

/* ---- what the store has, once its thread is idle ---- */

struct found {
	struct fg_str uid;
	fg_time at;
};

static void
find(void *arg, const struct store_used *u)
{
	struct found *f = arg;

	if (fg_eq(u->id, f->uid))
		f->at = u->at;
}

static pthread_barrier_t gate;

static void
pass(void *arg)
{
	(void)arg;
	(void)pthread_barrier_wait(&gate);
}

static fg_time
stored(struct fg_str uid)
{
	struct found f = { .uid = uid };

	CHECK(pthread_barrier_init(&gate, NULL, 2) == 0);
	CHECK_OK(store_post(s.store, pass, NULL)); /* behind what was posted before */
	(void)pthread_barrier_wait(&gate);
	(void)pthread_barrier_destroy(&gate);
	CHECK_OK(store_used_load(s.store, find, &f, &box.err));
	return f.at;
}

/* No file grows any more: what is written fails as on a full disk. */
static void
disk_full(bool full)
{
	static struct rlimit was;
	struct rlimit none;

	if (!full) {
		CHECK(setrlimit(RLIMIT_FSIZE, &was) == 0);
		return;
	}
	(void)signal(SIGXFSZ, SIG_IGN);
	CHECK(getrlimit(RLIMIT_FSIZE, &was) == 0);
	none = (struct rlimit){ 1, was.rlim_max };
	CHECK(setrlimit(RLIMIT_FSIZE, &none) == 0);
}

static fg_time
shown(struct fg_str uid)
{
	fg_time at;

	directory_enter();
	at = directory_last_use(s.dir, directory_user_by_uid(s.dir, uid)->used).at;
	directory_leave();
	return at;
}

/* ---- tests ---- */

static void
a_kill_loses_a_minute_at_most(void)
{
	up();
	use(USER1, NOW + 1);
	serve_used_tick(&s, NOW + FG_LIMIT_USED_FLUSH_S - 1);
	CHECK(stored(USER1) == 0); /* it is not written at once ... */
	serve_used_tick(&s, NOW + FG_LIMIT_USED_FLUSH_S);
	CHECK(stored(USER1) == NOW + 1); /* ... but each minute */
	use(USER1, NOW + 70);
	use(USER2, NOW + 119);
	serve_used_tick(&s, NOW + 119);
	killed();
	open_store(0);
	CHECK_OK(serve_open_used(&s, NOW + 200, &box.err));
	CHECK(shown(USER1) == NOW + 1 && shown(USER2) == 0);
	down();
}

/* A request marks the second that it came in, and may do so after that second was collected. */
static void
a_mark_that_comes_late_is_not_left_out(void)
{
	up();
	serve_used_tick(&s, NOW + 60);
	(void)stored(USER1);
	use(USER1, NOW + 58);
	serve_used_tick(&s, NOW + 120);
	CHECK(stored(USER1) == NOW + 58);
	down();
}

static void
a_write_that_fails_is_made_up_for(void)
{
	up();
	use(USER1, NOW + 1);
	disk_full(true);
	serve_used_tick(&s, NOW + 60);
	CHECK(stored(USER1) == 0);
	serve_used_tick(&s, NOW + 120);
	CHECK(stored(USER1) == 0);
	disk_full(false);
	use(USER2, NOW + 121);
	serve_used_tick(&s, NOW + 121); /* not each second from now on */
	CHECK(stored(USER1) == 0);
	serve_used_tick(&s, NOW + 180);
	CHECK(stored(USER1) == NOW + 1 && stored(USER2) == NOW + 121);
	down();
}

static void
the_end_writes_what_failed_before(void)
{
	up();
	use(USER1, NOW + 1);
	disk_full(true);
	serve_used_tick(&s, NOW + 60);
	CHECK(stored(USER1) == 0);
	disk_full(false);
	use(USER2, NOW + 61);
	serve_used_close(&s);
	CHECK(stored(USER1) == NOW + 1 && stored(USER2) == NOW + 61);
	down();
}

CU_TestInfo used_tests[] = {
	CASE(a_kill_loses_a_minute_at_most),
	CASE(a_mark_that_comes_late_is_not_left_out),
	CASE(a_write_that_fails_is_made_up_for),
	CASE(the_end_writes_what_failed_before),
	CASES_END,
};
