/* outbound/rows.c, state.c: an issuer in the store, and how its keys turn. */
#include "tests/unit/outbound/tests.h"

#define HOUR ((fg_time)3600)
#define RETIRED (2 * HOUR + 300) /* the longest token, skew, caches */

static void
an_issuer_is_made_once(void)
{
	RIG;

	CHECK_OK(rig_enable(&r, A1));
	CHECK(rig_published(&r, A1) == 2 && rig_published(&r, A2) == SIZE_MAX);
	CHECK(rig_signing(&r, A1, OUTBOUND_RS256).n == OUTBOUND_KID_BYTES);
	CHECK(rig_signing(&r, A1, OUTBOUND_ES384).n == OUTBOUND_KID_BYTES);
	CHECK_RC(rig_enable(&r, A1), FG_E_EXISTS);
	CHECK_STEP(r.err, "outbound.enabled");
	CHECK(rig_published(&r, A1) == 2);
	CHECK(fg_str_null(rig_signing(&r, A2, OUTBOUND_RS256)));
	CHECK_STEP(r.err, "outbound.key.none");
}

static void
what_is_thrown_away_is_gone_and_new_keys_are_others(void)
{
	RIG;
	struct fg_str kid;

	CHECK_RC(rig_disable(&r, A1), FG_E_NOT_FOUND);
	CHECK_RC(rig_stage(&r, A1), FG_E_NOT_FOUND);
	CHECK_OK(rig_enable(&r, A1));
	CHECK_OK(rig_enable(&r, A2));
	kid = rig_signing(&r, A1, OUTBOUND_RS256);
	CHECK_OK(rig_disable(&r, A1));
	CHECK(rig_published(&r, A1) == SIZE_MAX && rig_published(&r, A2) == 2);
	CHECK(fg_str_null(rig_signing(&r, A1, OUTBOUND_RS256)));
	directory_enter();
	CHECK(directory_row_find(r.d, STORE_SECRET, kid) == NULL);
	directory_leave();
	CHECK_OK(rig_enable(&r, A1));
	CHECK(!fg_eq(kid, rig_signing(&r, A1, OUTBOUND_RS256)));
}

/* Published an hour ahead of signing; kept until the last token is over and caches forgot. */
static void
keys_turn_with_overlap(void)
{
	RIG;
	struct fg_str old, new;
	size_t changed = 9;

	CHECK_OK(rig_enable(&r, A1));
	old = rig_signing(&r, A1, OUTBOUND_RS256);
	CHECK_OK(rig_stage(&r, A1));
	new = fg_arena_dup(r.a, fg_str_z(r.keys.v[OUTBOUND_RS256 - 1].kid));
	CHECK(rig_published(&r, A1) == 4 && rig_publishes(&r, A1, new));
	CHECK(fg_eq(rig_signing(&r, A1, OUTBOUND_RS256), old));
	CHECK_RC(rig_stage(&r, A1), FG_E_CONFLICT);
	CHECK_STEP(r.err, "outbound.staged");

	r.now += HOUR - 1;
	CHECK_OK(rig_advance(&r, A1, true, &changed));
	CHECK(changed == 0);
	r.now += 1;
	CHECK_OK(rig_advance(&r, A1, true, &changed));
	CHECK(changed == 4);
	CHECK(fg_eq(rig_signing(&r, A1, OUTBOUND_RS256), new));
	CHECK(rig_published(&r, A1) == 4 && rig_publishes(&r, A1, old));

	r.now += RETIRED - 1;
	CHECK_OK(rig_advance(&r, A1, true, &changed));
	CHECK(changed == 0 && rig_publishes(&r, A1, old));
	r.now += 1;
	CHECK_OK(rig_advance(&r, A1, true, &changed));
	CHECK(changed == 2 && !rig_publishes(&r, A1, old));
	CHECK(rig_published(&r, A1) == 2 && fg_eq(rig_signing(&r, A1, OUTBOUND_RS256), new));
}

/* Rule 7: a clock a year ahead destroys nothing, until somebody says that it is right. */
static void
no_key_goes_by_a_clock_that_is_not_confirmed(void)
{
	RIG;
	struct fg_str old;
	size_t changed;

	CHECK_OK(rig_enable(&r, A1));
	old = rig_signing(&r, A1, OUTBOUND_ES384);
	CHECK_OK(rig_stage(&r, A1));
	r.now += HOUR;
	CHECK_OK(rig_advance(&r, A1, false, &changed));
	r.now += 366 * 24 * HOUR;
	CHECK_OK(rig_advance(&r, A1, false, &changed));
	CHECK(changed == 0 && rig_publishes(&r, A1, old));
	CHECK_OK(rig_advance(&r, A1, true, &changed));
	CHECK(changed == 2 && !rig_publishes(&r, A1, old));
}

static void
what_is_due_is_known_ahead(void)
{
	RIG;
	struct fg_str v[4];
	size_t changed;

	CHECK_OK(rig_enable(&r, A1));
	directory_enter();
	CHECK(outbound_due(r.d, A1, r.now) == OUTBOUND_DUE_NONE);
	CHECK(outbound_due_accounts(r.d, r.now + 30 * 24 * HOUR - HOUR - 1, r.a, v, 4) == 0);
	CHECK(outbound_due_accounts(r.d, r.now + 30 * 24 * HOUR - HOUR, r.a, v, 4) == 1);
	CHECK_STR(v[0], "111122223333");
	CHECK(outbound_due(r.d, A1, r.now + 30 * 24 * HOUR - HOUR) == OUTBOUND_DUE_STAGE);
	directory_leave();
	r.now += 30 * 24 * HOUR - HOUR;
	CHECK_OK(rig_stage(&r, A1));
	directory_enter();
	CHECK(outbound_due(r.d, A1, r.now) == OUTBOUND_DUE_NONE); /* one at a time */
	CHECK(outbound_due_accounts(r.d, r.now + HOUR - 1, r.a, v, 4) == 0);
	CHECK(outbound_due(r.d, A1, r.now + HOUR) == OUTBOUND_DUE_ADVANCE);
	CHECK(outbound_due(r.d, A2, r.now + HOUR) == OUTBOUND_DUE_NONE);
	directory_leave();
	r.now += HOUR;
	CHECK_OK(rig_advance(&r, A1, true, &changed));
	directory_enter();
	CHECK(outbound_due(r.d, A1, r.now) == OUTBOUND_DUE_NONE);
	CHECK(outbound_due(r.d, A1, r.now + RETIRED) == OUTBOUND_DUE_ADVANCE);
	directory_leave();
}

static void
advancing_needs_an_issuer(void)
{
	RIG;
	size_t changed;

	CHECK_RC(rig_advance(&r, A1, true, &changed), FG_E_NOT_FOUND);
	CHECK_STEP(r.err, "outbound.disabled");
}

/* ---- behind the store's back (rule 19) ---- */

/* Whatever of a signing key's row is changed, it signs no more; the other one does. */
static void
a_row_that_was_changed_is_no_key(void)
{
	static const char *const sets[] = { "until = until + 1", "account = '444455556666'",
		"owner = '444455556666'", "public_part = '{}'", "created = 1" };

	for (size_t i = 0; i < FG_COUNT(sets); i++) {
		RIG;
		struct fg_str kid;

		CHECK_OK(rig_enable(&r, A1));
		kid = rig_signing(&r, A1, OUTBOUND_RS256);
		rig_shut(&r);
		box_sql(&r.box, fg_arena_fmt(r.a, "UPDATE secrets SET %s WHERE id = '%.*s'", sets[i],
		    FG_PRI(kid)).p);
		rig_reopen(&r);
		CHECK(r.box.alarms[STORE_ALARM_ROW] == 1);
		CHECK(fg_str_null(rig_signing(&r, A1, OUTBOUND_RS256)));
		CHECK_STEP(r.err, "outbound.key.none");
		CHECK(!fg_str_null(rig_signing(&r, A1, OUTBOUND_ES384)));
	}
}

/* The published set is a setting: with a stranger's keys in it nothing is served at all. */
static void
a_published_set_that_was_changed_stops_the_store(void)
{
	RIG;
	struct store_opts o;

	CHECK_OK(rig_enable(&r, A1));
	rig_shut(&r);
	box_sql(&r.box, "UPDATE settings SET value = '{\"keys\":[]}' WHERE name = 'outbound.jwks'");
	o = box_opts(&r.box, 0);
	CHECK_OK(store_open(&o, &r.st, &r.err));
	CHECK_OK(directory_new(&r.d, &r.err));
	CHECK(directory_load(r.d, r.st, &r.err) != FG_OK);
	CHECK(r.box.alarms[STORE_ALARM_ROW] == 1);
}

CU_TestInfo row_tests[] = {
	CASE(an_issuer_is_made_once),
	CASE(what_is_thrown_away_is_gone_and_new_keys_are_others),
	CASE(keys_turn_with_overlap),
	CASE(no_key_goes_by_a_clock_that_is_not_confirmed),
	CASE(what_is_due_is_known_ahead),
	CASE(advancing_needs_an_issuer),
	CASE(a_row_that_was_changed_is_no_key),
	CASE(a_published_set_that_was_changed_stops_the_store),
	CASES_END,
};
