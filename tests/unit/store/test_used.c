/*
 * tests/unit/store/test_used.c - when somebody was last used: in memory, through changes of the
 * entity, to the store and back.
 */
#include <stdio.h>

#include "gateway/directory/directory.h"
#include "tests/unit/store/fixture.h"

#define USER1 FG_LIT("AIDA00000000000000001")

struct world {
	struct box box;
	struct store *st;
	struct directory *d;
};

static enum fg_rc
put(struct world *w, enum store_kind kind, const void *row)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	FG_TRY(store_begin(w->st, &tx, &w->box.err));
	FG_TRY(store_put(tx, kind, row, &w->box.err));
	return store_commit(FG_STEAL(tx), &w->box.err);
}

static void
world_close(struct world *w)
{
	store_close(w->st);
	directory_free(w->d);
}

static void
world_open(struct world *w, unsigned flags)
{
	struct store_opts o = box_opts(&w->box, flags);
	const struct store_user u = { .account = A1, .uid = USER1, .name = FG_LIT("alice"),
		.path = FG_LIT("/"), .boundary = FG_LIT(""), .tags = FG_LIT(""), .created = NOW };
	const struct store_account a = row_account(A1);

	CHECK_OK(store_open(&o, &w->st, &w->box.err));
	CHECK_OK(directory_new(&w->d, &w->box.err));
	CHECK_OK(directory_load(w->d, w->st, &w->box.err));
	if (flags & STORE_CREATE) {
		CHECK_OK(put(w, STORE_ACCOUNT, &a));
		CHECK_OK(put(w, STORE_USER, &u));
	}
}

/* Marks of last use: what is to be written, and what comes back. */
static void
flush_one(void *arg, struct fg_str id, const struct directory_use *use)
{
	struct world *w = arg;
	const struct store_used row = { id, use->at, use->service, use->region };

	CHECK_OK(store_used_flush(w->st, &row, 1, &w->box.err));
}

static void
forget_one(void *arg, struct fg_str id, const struct directory_use *use)
{
	*(unsigned *)arg += fg_eq(id, FG_LIT("AROAGONE")) && use->at == 0;
}

static void
check_used(struct world *w, fg_time last, const char *service, fg_time iam)
{
	const struct directory_user *u;

	directory_enter();
	u = directory_user_by_uid(w->d, USER1);
	CHECK(u != NULL && directory_last_use(w->d, u->used).at == last);
	CHECK(fg_eq(directory_last_use(w->d, u->used).service, fg_str_z(service)));
	CHECK(directory_last_use_of(w->d, u->used, 0).at == iam);
	directory_leave();
}

static void
use_user(struct world *w, fg_time at, struct fg_str service)
{
	directory_enter();
	directory_used(w->d, directory_user_by_uid(w->d, USER1)->used, at, service, FG_LIT("eu-west-1"));
	directory_leave();
}

static void
last_use_outlives_a_change_and_a_restart(void)
{
	const struct store_user renamed = { .account = A1, .uid = USER1, .name = FG_LIT("zoe"),
		.path = FG_LIT("/"), .boundary = FG_LIT(""), .tags = FG_LIT(""), .created = NOW };
	const struct store_used gone = { FG_LIT("AROAGONE"), NOW, FG_LIT("sts"), FG_LIT("r") };
	unsigned forgotten = 0;
	struct world w;

	box_open(&w.box);
	directory_thread_join();
	world_open(&w, STORE_CREATE);
	check_used(&w, 0, "", 0);
	use_user(&w, NOW + 5, FG_LIT("iam"));
	use_user(&w, NOW + 9, FG_LIT("sts"));
	use_user(&w, NOW + 7, FG_LIT("iam")); /* a clock that is behind takes nothing back */
	check_used(&w, NOW + 9, "sts", NOW + 7);
	CHECK_OK(put(&w, STORE_USER, &renamed));
	check_used(&w, NOW + 9, "sts", NOW + 7);
	use_user(&w, NOW + 20, FG_LIT("archive")); /* no service of ours */
	directory_enter();
	directory_used_since(w.d, NOW, flush_one, &w);
	directory_leave();
	flush_one(&w, gone.id, &(struct directory_use){ gone.at, gone.service, gone.region });
	world_close(&w);
	world_open(&w, 0);
	check_used(&w, 0, "", 0);
	CHECK_OK(directory_used_load(w.d, w.st, forget_one, &forgotten, &w.box.err));
	check_used(&w, NOW + 20, "archive", NOW + 7);
	CHECK(forgotten == 1);
	world_close(&w);
	directory_thread_leave();
	box_close(&w.box);
}

static void
services_and_regions_beyond_the_table_are_not_remembered(void)
{
	struct world w;

	box_open(&w.box);
	directory_thread_join();
	world_open(&w, STORE_CREATE);
	for (unsigned i = 0; i < 300; i++) {
		char word[32];
		int n = snprintf(word, sizeof(word), "service-%u", i);

		directory_enter();
		directory_used(w.d, directory_user_by_uid(w.d, USER1)->used, NOW + 10 + i, fg_str(word, (size_t)n),
		    FG_LIT(""));
		directory_leave();
	}
	check_used(&w, NOW + 309, "", 0);
	use_user(&w, NOW + 400, FG_LIT("service-0"));
	check_used(&w, NOW + 400, "service-0", 0);
	use_user(&w, NOW + 500, FG_LIT("a name that is longer than any service has"));
	check_used(&w, NOW + 500, "", 0);
	/* what is known keeps its place, whoever fills the rest */
	use_user(&w, NOW + 600, FG_LIT("iam"));
	check_used(&w, NOW + 600, "iam", NOW + 600);
	directory_enter();
	CHECK_STR(directory_last_use(w.d, directory_user_by_uid(w.d, USER1)->used).region, "eu-west-1");
	directory_leave();
	world_close(&w);
	directory_thread_leave();
	box_close(&w.box);
}

static CU_TestInfo marks[] = {
	CASE(last_use_outlives_a_change_and_a_restart),
	CASE(services_and_regions_beyond_the_table_are_not_remembered),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = { SUITE("gateway/directory/used.c", marks), SUITES_END };

	return unit_run(suites);
}
