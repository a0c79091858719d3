/*
 * tests/unit/store/test_tamper.c - security.md 19 and 20: whoever writes the database file
 * behind the store's back is noticed, and what was changed denies.
 */
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/store/fixture.h"

/* A store with two accounts of three roles each, closed. */
static void
two_accounts(struct box *b)
{
	struct store *st = NULL;

	box_open(b);
	CHECK_OK(box_store(b, STORE_CREATE, &st));
	CHECK_OK(fill(b, st, A1, 3));
	CHECK_OK(fill(b, st, A2, 3));
	store_close(st);
}

/* The first account is damaged and refuses writes; the second is as it was. */
static void
first_is_damaged(struct box *b)
{
	struct store *st = NULL;

	CHECK_OK(box_store(b, 0, &st));
	if (st == NULL)
		return;
	CHECK(b->alarms[STORE_ALARM_SET] == 1);
	CHECK(store_damaged(st, A1));
	CHECK(!store_damaged(st, A2));
	CHECK_RC(fill(b, st, A1, 1), FG_E_CONFLICT);
	CHECK_STEP(b->err, "store.damaged");
	CHECK_OK(fill(b, st, A2, 4));
	store_close(st);
}

static void
untouched_is_whole(void)
{
	struct box b;
	struct store *st = NULL;

	two_accounts(&b);
	box_sql(&b, "SELECT 1");
	CHECK_OK(box_store(&b, 0, &st));
	CHECK(!store_damaged(st, A1) && !store_damaged(st, A2));
	CHECK(b.alarms[STORE_ALARM_ROW] + b.alarms[STORE_ALARM_SET] == 0);
	store_close(st);
	box_close(&b);
}

static void
a_flipped_row_is_quarantined(void)
{
	struct box b;

	two_accounts(&b);
	box_sql(&b, "UPDATE roles SET max_session = 43200 WHERE uid = 'AROA11110000000000001'");
	first_is_damaged(&b);
	CHECK(b.alarms[STORE_ALARM_ROW] == 1);
	CHECK(strcmp(b.what, "111122223333") == 0);
	box_close(&b);
}

static void
a_deleted_row_is_noticed(void)
{
	struct box b;

	two_accounts(&b);
	box_sql(&b, "DELETE FROM roles WHERE uid = 'AROA11110000000000001'");
	first_is_damaged(&b);
	CHECK(b.alarms[STORE_ALARM_ROW] == 0);
	box_close(&b);
}

/* Two rows exchange their content and MAC; the key is part of what is authenticated. */
static void
swapped_rows_are_quarantined(void)
{
	struct box b;

	two_accounts(&b);
	box_sql(&b,
	    "UPDATE roles SET uid = 'x' WHERE uid = 'AROA11110000000000001';"
	    "UPDATE roles SET uid = 'AROA11110000000000001' WHERE uid = 'AROA11110000000000002';"
	    "UPDATE roles SET uid = 'AROA11110000000000002' WHERE uid = 'x'");
	first_is_damaged(&b);
	CHECK(b.alarms[STORE_ALARM_ROW] == 2);
	box_close(&b);
}

/* An older version of a row, with its own good MAC. */
static void
a_rolled_back_row_is_noticed(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_tx *tx = NULL;
	struct store_role r = row_role(A1, FG_LIT("AROA11110000000000001"), FG_LIT("r1"));

	two_accounts(&b);
	box_sql(&b, "CREATE TABLE keep AS SELECT * FROM roles WHERE uid = 'AROA11110000000000001'");
	CHECK_OK(box_store(&b, 0, &st));
	r.trust = FG_LIT("{\"Statement\":[{\"Effect\":\"Deny\"}]}");
	CHECK_OK(store_begin(st, &tx, &b.err));
	CHECK_OK(store_update(tx, STORE_ROLE, &r, &b.err));
	CHECK_OK(store_commit(tx, &b.err));
	store_close(st);
	box_sql(&b, "DELETE FROM roles WHERE uid = 'AROA11110000000000001';"
	    "INSERT INTO roles SELECT * FROM keep; DROP TABLE keep");
	first_is_damaged(&b);
	CHECK(b.alarms[STORE_ALARM_ROW] == 0);
	box_close(&b);
}

/* A row of one account under the other one's name. */
static void
a_row_moved_to_another_account_is_quarantined(void)
{
	struct box b;
	struct store *st = NULL;

	two_accounts(&b);
	box_sql(&b, "UPDATE roles SET account = '444455556666', name = 'stolen'"
	    " WHERE uid = 'AROA11110000000000001'");
	CHECK_OK(box_store(&b, 0, &st));
	CHECK(b.alarms[STORE_ALARM_ROW] == 1);
	CHECK(store_damaged(st, A1));
	store_close(st);
	box_close(&b);
}

/* A whole account with its record, as it was before: the head knows better. */
static void
a_rolled_back_account_stops_the_store(void)
{
	struct box b;
	struct store *st = NULL;

	two_accounts(&b);
	box_sql(&b, "CREATE TABLE keep AS SELECT * FROM sets WHERE account = '111122223333';"
	    "CREATE TABLE keep2 AS SELECT * FROM roles WHERE account = '111122223333'");
	CHECK_OK(box_store(&b, 0, &st));
	CHECK_OK(fill(&b, st, A1, 5));
	store_close(st);
	box_sql(&b, "DELETE FROM roles WHERE account = '111122223333';"
	    "INSERT INTO roles SELECT * FROM keep2;"
	    "DELETE FROM sets WHERE account = '111122223333';"
	    "INSERT INTO sets SELECT * FROM keep");
	CHECK_RC(box_store(&b, 0, &st), FG_E_STORE);
	CHECK_STEP(b.err, "store.set");
	CHECK(b.alarms[STORE_ALARM_STORE] == 1);
	box_close(&b);
}

static void
an_account_deleted_with_its_record_stops_the_store(void)
{
	struct box b;
	struct store *st = NULL;

	two_accounts(&b);
	box_sql(&b, "DELETE FROM roles WHERE account = '111122223333';"
	    "DELETE FROM accounts WHERE account = '111122223333';"
	    "DELETE FROM sets WHERE account = '111122223333'");
	CHECK_RC(box_store(&b, 0, &st), FG_E_STORE);
	box_close(&b);
}

static void
another_key_sees_nothing_but_damage(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_opts o;

	two_accounts(&b);
	o = box_opts(&b, 0);
	o.mac_key[0] ^= 1;
	CHECK(store_open(&o, &st, &b.err) != FG_OK || store_load(st, NULL, NULL, &b.err) != FG_OK);
	store_close(st);
	box_close(&b);
}

/* Rule 20: the database of yesterday, with today's mark. */
static void
yesterdays_store_does_not_serve(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_claim old = { .issued = NOW, .expires = NOW + 60 };
	struct store_tx *tx = NULL;
	struct store_cut cut = { .kind = FG_LIT("before"), .target = FG_LIT("") };

	two_accounts(&b);
	box_copy(box_file(&b, ""), box_file(&b, ".yesterday"));
	CHECK_OK(box_store(&b, 0, &st));
	CHECK_OK(fill(&b, st, A1, 5));
	store_close(st);
	box_copy(box_file(&b, ".yesterday"), box_file(&b, ""));
	CHECK_RC(box_store(&b, 0, &st), FG_E_UNAVAILABLE);
	CHECK_STEP(b.err, "store.mark");
	CHECK(b.alarms[STORE_ALARM_MARK] == 1);

	CHECK_OK(box_store(&b, STORE_RECOVER, &st));
	CHECK_OK(store_recover(st, NOW + 100, &b.err));
	store_close(st);
	CHECK_OK(box_store(&b, 0, &st));
	CHECK(store_replay_floor(st) == NOW + 100);
	CHECK_RC(store_claim_once(st, &old, &b.err), FG_E_REPLAY);
	fg_err_clear(&b.err);
	CHECK_OK(store_begin(st, &tx, &b.err));
	CHECK_OK(store_get(tx, STORE_CUT, &cut, b.arena, &b.err));
	CHECK(cut.at == NOW + 100);
	store_rollback(tx);
	store_close(st);
	box_close(&b);
}

static void
a_missing_mark_does_not_serve(void)
{
	struct box b;
	struct store *st = NULL;

	two_accounts(&b);
	(void)unlink(box_file(&b, ".mark"));
	CHECK_RC(box_store(&b, 0, &st), FG_E_UNAVAILABLE);
	CHECK_OK(box_store(&b, STORE_RECOVER, &st));
	CHECK_OK(store_recover(st, NOW, &b.err));
	store_close(st);
	CHECK_OK(box_store(&b, 0, &st));
	store_close(st);
	box_close(&b);
}

static unsigned bad_rows;

static enum fg_rc
count_bad(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	(void)arg;
	(void)kind;
	(void)row;
	(void)reterr;
	bad_rows += bad;
	return FG_OK;
}

/* Recovery accepts what is there, but a bad row stays bad until it is written again. */
static void
a_bad_row_stays_quarantined_after_recovery(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_opts o;

	two_accounts(&b);
	box_sql(&b, "UPDATE roles SET max_session = 43200 WHERE uid = 'AROA11110000000000001'");
	CHECK_OK(box_store(&b, STORE_RECOVER, &st));
	CHECK_OK(store_recover(st, NOW, &b.err));
	store_close(st);
	bad_rows = 0;
	o = box_opts(&b, 0);
	CHECK_OK(store_open(&o, &st, &b.err));
	CHECK_OK(store_load(st, count_bad, NULL, &b.err));
	CHECK(bad_rows == 1);
	CHECK(!store_damaged(st, A1));
	CHECK_OK(fill(&b, st, A1, 3));
	store_close(st);
	bad_rows = 0;
	CHECK_OK(store_open(&o, &st, &b.err));
	CHECK_OK(store_load(st, count_bad, NULL, &b.err));
	CHECK(bad_rows == 0);
	store_close(st);
	box_close(&b);
}

/* A row that binds others cannot be left out quietly: recovery takes it away, and says so. */
static void
a_bad_setting_is_dropped_by_recovery(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_tx *tx = NULL;
	struct fg_str value;
	struct store_opts o;

	two_accounts(&b);
	CHECK_OK(box_store(&b, 0, &st));
	CHECK_OK(store_begin(st, &tx, &b.err));
	CHECK_OK(store_setting_put(tx, FG_LIT(""), FG_LIT("organization.management"), A1, &b.err));
	CHECK_OK(store_commit(tx, &b.err));
	store_close(st);
	box_sql(&b, "UPDATE settings SET value = '444455556666'");
	CHECK_RC(box_store(&b, 0, &st), FG_E_STORE);
	CHECK_OK(box_store(&b, STORE_RECOVER, &st));
	CHECK_OK(store_recover(st, NOW, &b.err));
	store_close(st);
	bad_rows = 0;
	o = box_opts(&b, 0);
	CHECK_OK(store_open(&o, &st, &b.err));
	CHECK_OK(store_load(st, count_bad, NULL, &b.err));
	CHECK(bad_rows == 0);
	CHECK_OK(store_begin(st, &tx, &b.err));
	CHECK_RC(store_setting_get(tx, FG_LIT(""), FG_LIT("organization.management"), b.arena, &value,
	    &b.err), FG_E_NOT_FOUND);
	store_rollback(tx);
	store_close(st);
	box_close(&b);
}

static CU_TestInfo tamper[] = {
	CASE(untouched_is_whole),
	CASE(a_flipped_row_is_quarantined),
	CASE(a_deleted_row_is_noticed),
	CASE(swapped_rows_are_quarantined),
	CASE(a_rolled_back_row_is_noticed),
	CASE(a_row_moved_to_another_account_is_quarantined),
	CASE(a_rolled_back_account_stops_the_store),
	CASE(an_account_deleted_with_its_record_stops_the_store),
	CASE(another_key_sees_nothing_but_damage),
	CASE(a_bad_row_stays_quarantined_after_recovery),
	CASE(a_bad_setting_is_dropped_by_recovery),
	CASES_END,
};
static CU_TestInfo restore[] = {
	CASE(yesterdays_store_does_not_serve),
	CASE(a_missing_mark_does_not_serve),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = {
		SUITE("store/load.c: rule 19", tamper),
		SUITE("store/mark.c: rule 20", restore),
		SUITES_END,
	};

	return unit_run(suites);
}
