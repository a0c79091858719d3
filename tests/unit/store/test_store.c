/*
 * tests/unit/store/test_store.c - rows, transactions, owner, schema, claims.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/store/fixture.h"

static enum fg_rc
get_role(struct box *b, struct store *st, struct fg_str uid, struct store_role *r)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	memset(r, 0, sizeof(*r));
	r->uid = uid;
	fg_err_clear(&b->err);
	FG_TRY(store_begin(st, &tx, &b->err));
	return store_get(tx, STORE_ROLE, r, b->arena, &b->err);
}

static void
a_row_comes_back_as_it_was(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_role r;

	box_open(&b);
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	CHECK_OK(fill(&b, st, A1, 3));
	store_close(st);
	CHECK_OK(box_store(&b, 0, &st));
	CHECK_OK(get_role(&b, st, FG_LIT("AROA11110000000000002"), &r));
	CHECK_STR(r.name, "r2");
	CHECK_STR(r.trust, "{\"Statement\":[]}");
	CHECK(r.max_session == 3600 && r.created == NOW);
	CHECK_RC(get_role(&b, st, FG_LIT("AROAX"), &r), FG_E_NOT_FOUND);
	CHECK(!store_damaged(st, A1));
	CHECK(b.alarms[STORE_ALARM_ROW] == 0);
	store_close(st);
	box_close(&b);
}

static void
names_are_unique_without_case(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_tx *tx = NULL;
	struct store_role r = row_role(A1, FG_LIT("AROAOTHER000000000000"), FG_LIT("R1"));

	box_open(&b);
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	CHECK_OK(fill(&b, st, A1, 3));
	CHECK_OK(fill(&b, st, A2, 0));
	CHECK_OK(store_begin(st, &tx, &b.err));
	CHECK_RC(store_insert(tx, STORE_ROLE, &r, &b.err), FG_E_EXISTS);
	r.account = A2;
	fg_err_clear(&b.err);
	CHECK_OK(store_insert(tx, STORE_ROLE, &r, &b.err));
	CHECK_OK(store_commit(tx, &b.err));
	store_close(st);
	CHECK_OK(box_store(&b, 0, &st));
	store_close(st);
	box_close(&b);
}

static void
a_rolled_back_transaction_changes_nothing(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_tx *tx = NULL;
	struct store_role r = row_role(A1, FG_LIT("AROAOTHER000000000000"), FG_LIT("other"));
	uint64_t before;

	box_open(&b);
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	CHECK_OK(fill(&b, st, A1, 1));
	before = store_generation(st);
	CHECK_OK(store_begin(st, &tx, &b.err));
	CHECK_OK(store_insert(tx, STORE_ROLE, &r, &b.err));
	store_rollback(tx);
	CHECK(store_generation(st) == before);
	CHECK_RC(get_role(&b, st, r.uid, &r), FG_E_NOT_FOUND);
	CHECK_OK(fill(&b, st, A1, 2));
	store_close(st);
	CHECK_OK(box_store(&b, 0, &st));
	CHECK(!store_damaged(st, A1));
	store_close(st);
	box_close(&b);
}

static void
updates_and_deletions_keep_the_sums(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_tx *tx = NULL;
	struct store_role r = row_role(A1, FG_LIT("AROA11110000000000000"), FG_LIT("renamed"));
	struct store_role gone = { .uid = FG_LIT("AROA11110000000000001") };

	box_open(&b);
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	CHECK_OK(fill(&b, st, A1, 3));
	CHECK_OK(store_begin(st, &tx, &b.err));
	CHECK_OK(store_update(tx, STORE_ROLE, &r, &b.err));
	CHECK_OK(store_delete(tx, STORE_ROLE, &gone, &b.err));
	CHECK_RC(store_delete(tx, STORE_ROLE, &gone, &b.err), FG_E_NOT_FOUND);
	CHECK_OK(store_commit(tx, &b.err));
	store_close(st);
	CHECK_OK(box_store(&b, 0, &st));
	CHECK(!store_damaged(st, A1));
	CHECK_OK(get_role(&b, st, r.uid, &r));
	CHECK_STR(r.name, "renamed");
	store_close(st);
	box_close(&b);
}

static void
one_process_owns_the_store(void)
{
	struct box b;
	struct store *st = NULL, *other = NULL;
	struct store_opts o;

	box_open(&b);
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	o = box_opts(&b, 0);
	CHECK_RC(store_open(&o, &other, &b.err), FG_E_CONFLICT);
	CHECK_STEP(b.err, "store.owner");
	store_close(st);
	fg_err_clear(&b.err);
	o = box_opts(&b, STORE_CREATE);
	CHECK_RC(store_open(&o, &other, &b.err), FG_E_EXISTS);
	CHECK_OK(box_store(&b, 0, &st));
	store_close(st);
	box_close(&b);
}

static void
files_are_for_the_owner_only(void)
{
	static const char *const names[] = { "", "-claims", ".mark", ".lock" };
	struct box b;
	struct store *st = NULL;
	struct stat sb;

	box_open(&b);
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	for (size_t i = 0; i < FG_COUNT(names); i++) {
		CHECK(stat(box_file(&b, names[i]), &sb) == 0);
		CHECK((sb.st_mode & 077) == 0);
	}
	store_close(st);
	box_close(&b);
}

static void
a_newer_schema_is_refused(void)
{
	struct box b;
	struct store *st = NULL;

	box_open(&b);
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	store_close(st);
	box_sql(&b, "PRAGMA user_version = 99");
	CHECK_RC(box_store(&b, 0, &st), FG_E_CONFLICT);
	CHECK_STEP(b.err, "store.schema");
	box_close(&b);
}

static void
a_missing_store_is_not_found(void)
{
	struct box b;
	struct store *st = NULL;

	box_open(&b);
	CHECK_RC(box_store(&b, 0, &st), FG_E_NOT_FOUND);
	CHECK(!store_exists(fg_str_z(b.path)));
	box_close(&b);
}

static unsigned changes;

static void
on_commit(void *arg, struct store *st, const struct store_change *v, size_t n)
{
	(void)arg;
	(void)st;
	changes += (unsigned)n;
	CHECK(v[0].kind == STORE_ACCOUNT && !v[0].deleted);
	CHECK_EQ(((const struct store_role *)v[1].row)->uid, FG_LIT("AROA11110000000000000"));
}

static void
a_commit_tells_what_it_touched(void)
{
	struct box b;
	struct store *st = NULL;

	box_open(&b);
	changes = 0;
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	store_on_commit(st, on_commit, NULL);
	CHECK_OK(fill(&b, st, A1, 2));
	CHECK(changes == 3);
	store_close(st);
	box_close(&b);
}

static struct store_claim
claim(unsigned char k, fg_time issued)
{
	struct store_claim c = { .issued = issued, .expires = issued + 600 };

	memset(c.key, k, sizeof(c.key));
	return c;
}

static void
claim_once_is_once(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_claim c = claim(1, NOW), d = claim(2, NOW + 1);

	box_open(&b);
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	CHECK_OK(store_claim_once(st, &c, &b.err));
	CHECK_RC(store_claim_once(st, &c, &b.err), FG_E_REPLAY);
	store_close(st);
	CHECK_OK(box_store(&b, 0, &st));
	fg_err_clear(&b.err);
	CHECK_RC(store_claim_once(st, &c, &b.err), FG_E_REPLAY);
	CHECK(store_replay_floor(st) == 0);
	fg_err_clear(&b.err);
	CHECK_OK(store_claim_once(st, &d, &b.err));
	CHECK(store_claim_expire(st, NOW + 601) == 1);
	store_close(st);
	box_close(&b);
}

struct count {
	unsigned ok, replay, bad;
};

static void
counted(void *arg, enum fg_rc rc)
{
	struct count *n = arg;

	n->ok += rc == FG_OK;
	n->replay += rc == FG_E_REPLAY;
	n->bad += rc != FG_OK && rc != FG_E_REPLAY;
}

/* 2000 submissions of 1000 keys; closing waits for all of them. */
static void
many_claims_are_each_decided_once(void)
{
	static struct store_claim c[2000];
	struct box b;
	struct store *st = NULL;
	struct count n = { 0 };

	box_open(&b);
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	for (unsigned i = 0; i < FG_COUNT(c); i++) {
		c[i] = claim(7, NOW);
		c[i].key[0] = (unsigned char)(i % 1000);
		c[i].key[1] = (unsigned char)(i % 1000 / 256);
		c[i].done = counted;
		c[i].arg = &n;
		CHECK_OK(store_claim_submit(st, &c[i]));
	}
	store_close(st);
	CHECK(n.ok == 1000 && n.replay == 1000 && n.bad == 0);
	box_close(&b);
}

static void
an_unclean_end_raises_the_replay_floor(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_claim early = claim(1, NOW), late = claim(2, NOW + 1);

	box_open(&b);
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	box_copy(box_file(&b, ""), box_file(&b, ".x"));
	store_close(st);
	/* The claims file as a crash leaves it: not marked clean. */
	(void)unlink(box_file(&b, "-claims"));
	CHECK_OK(box_store(&b, 0, &st));
	CHECK(store_replay_floor(st) == NOW);
	CHECK_RC(store_claim_once(st, &early, &b.err), FG_E_REPLAY);
	fg_err_clear(&b.err);
	CHECK_OK(store_claim_once(st, &late, &b.err));
	store_close(st);
	box_close(&b);
}

/* Bringing back an older claims file, closed in order, must not make claims new. */
static void
an_older_claims_file_is_noticed(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_claim c = claim(1, NOW);

	box_open(&b);
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	store_close(st);
	box_copy(box_file(&b, "-claims"), box_file(&b, ".old"));
	CHECK_OK(box_store(&b, 0, &st));
	CHECK_OK(store_claim_once(st, &c, &b.err));
	store_close(st);
	box_copy(box_file(&b, ".old"), box_file(&b, "-claims"));
	CHECK_OK(box_store(&b, 0, &st));
	CHECK_RC(store_claim_once(st, &c, &b.err), FG_E_REPLAY);
	store_close(st);
	box_close(&b);
}

static void
lists_keep_their_elements(void)
{
	struct fg_buf b = FG_BUF(1024);
	struct fg_str list, s;

	store_list_put(&b, FG_LIT("a"));
	store_list_put(&b, FG_LIT(""));
	store_list_put(&b, FG_LIT("a\nb"));
	CHECK_OK(fg_buf_end(&b, &list));
	CHECK(store_list_count(list) == 3);
	CHECK(store_list_has(list, FG_LIT("a\nb")) && !store_list_has(list, FG_LIT("b")));
	CHECK(store_list_next(&list, &s) && fg_eq(s, FG_LIT("a")));
	list.n--;
	CHECK(store_list_count(list) == 1); /* cut short: ends, never reads on */
	fg_buf_free(&b);
}

static void
unique_ids_have_their_form(void)
{
	char a[STORE_UID_BYTES + 1], c[STORE_UID_BYTES + 1];

	CHECK_OK(store_uid("AROA", a, NULL));
	CHECK_OK(store_uid("AROA", c, NULL));
	CHECK(strlen(a) == STORE_UID_BYTES && memcmp(a, "AROA", 4) == 0 && strcmp(a, c) != 0);
}

static void
used_rows(void *arg, const struct store_used *u)
{
	int64_t *sum = arg;

	*sum += u->at;
}

static void
checkpoints_and_last_use_are_kept(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_checkpoint c = { FG_LIT("w0"), 7, NOW, FG_LIT("head"), FG_LIT("sig") }, got;
	struct store_used u[2] = { { FG_LIT("AROA1"), NOW, FG_LIT("sts"), FG_LIT("r") },
		{ FG_LIT("AROA1"), 7, FG_LIT("iam"), FG_LIT("r") } };
	int64_t sum = 0;

	box_open(&b);
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	CHECK_RC(store_checkpoint_get(st, FG_LIT("w0"), b.arena, &got, &b.err), FG_E_NOT_FOUND);
	CHECK_OK(store_checkpoint_put(st, &c, &b.err));
	CHECK_OK(store_used_flush(st, u, 2, &b.err));
	store_close(st);
	CHECK_OK(box_store(&b, 0, &st));
	CHECK_OK(store_checkpoint_get(st, FG_LIT("w0"), b.arena, &got, &b.err));
	CHECK(got.seq == 7 && got.at == NOW);
	CHECK_STR(got.head, "head");
	CHECK_OK(store_used_load(st, used_rows, &sum, &b.err));
	CHECK(sum == NOW + 7);
	u[0].at = sum = 0; /* forgotten */
	CHECK_OK(store_used_flush(st, u, 1, &b.err));
	CHECK_OK(store_used_load(st, used_rows, &sum, &b.err));
	CHECK(sum == 7);
	store_close(st);
	box_close(&b);
}

static CU_TestInfo rows[] = {
	CASE(a_row_comes_back_as_it_was),
	CASE(names_are_unique_without_case),
	CASE(a_rolled_back_transaction_changes_nothing),
	CASE(updates_and_deletions_keep_the_sums),
	CASE(a_commit_tells_what_it_touched),
	CASE(lists_keep_their_elements),
	CASE(unique_ids_have_their_form),
	CASE(checkpoints_and_last_use_are_kept),
	CASES_END,
};
static CU_TestInfo opening[] = {
	CASE(one_process_owns_the_store),
	CASE(files_are_for_the_owner_only),
	CASE(a_newer_schema_is_refused),
	CASE(a_missing_store_is_not_found),
	CASES_END,
};
static CU_TestInfo claims[] = {
	CASE(claim_once_is_once),
	CASE(many_claims_are_each_decided_once),
	CASE(an_unclean_end_raises_the_replay_floor),
	CASE(an_older_claims_file_is_noticed),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = {
		SUITE("store/tx.c", rows),
		SUITE("store/store.c", opening),
		SUITE("store/claim.c", claims),
		SUITES_END,
	};

	return unit_run(suites);
}
