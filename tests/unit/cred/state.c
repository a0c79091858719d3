/* tests/unit/cred/state.c - how keys change their states (rules 7 and 22). */
#include "tests/unit/cred/rig.h"

#define YEAR (365 * 86400)

static const struct cred_evidence all_good = {
	.now = RIG_NOW, .clock_ok = true, .live_nodes = 3, .acks = 3, .in_use = 0, .successor = true,
};

static struct cred_key_row
row_in(enum cred_state st)
{
	return (struct cred_key_row){ .id = 1, .cls = CRED_CLASS_SESSION, .state = st,
		.since = RIG_NOW - YEAR, .until = st == CRED_STATE_OPENING ? RIG_NOW - 1 : 0 };
}

/* With all evidence there is, exactly these changes exist. */
static void
only_the_listed_changes_exist(void)
{
	static const bool may[CRED_STATE_MAX][CRED_STATE_MAX] = {
		[CRED_STATE_STAGED] = { [CRED_STATE_SEALING] = true, [CRED_STATE_GONE] = true },
		[CRED_STATE_SEALING] = { [CRED_STATE_OPENING] = true },
		[CRED_STATE_OPENING] = { [CRED_STATE_GONE] = true },
	};

	for (unsigned from = 0; from < CRED_STATE_MAX; from++)
		for (unsigned to = 0; to < CRED_STATE_MAX; to++) {
			struct cred_key_row r = row_in((enum cred_state)from), was = r;
			enum fg_rc rc = cred_state_change(&r, (enum cred_state)to, &all_good, NULL);

			CHECK((rc == FG_OK) == may[from][to]);
			CHECK(rc != FG_OK || (r.state == (enum cred_state)to && r.since == RIG_NOW));
			CHECK(rc == FG_OK || (rc == FG_E_CONFLICT && memcmp(&r, &was, sizeof(r)) == 0));
		}
}

static void
each_change_needs_its_evidence(void)
{
	struct cred_evidence none = { 0 };

#define REFUSED(from, to, change, code, at)                                         \
	do {                                                                        \
		struct cred_evidence ev = all_good;                                 \
		struct cred_key_row r = row_in(from);                               \
		struct fg_err err = { 0 };                                          \
		change;                                                             \
		CHECK_RC(cred_state_change(&r, to, &ev, &err), code);               \
		CHECK_STEP(err, at);                                                \
		CHECK(r.state == (from));                                           \
	} while (0)
	REFUSED(CRED_STATE_STAGED, CRED_STATE_SEALING, ev.acks = 2, FG_E_CONFLICT,
	    "cred.state.acknowledged");
	REFUSED(CRED_STATE_STAGED, CRED_STATE_SEALING, ev.live_nodes = ev.acks = 0, FG_E_CONFLICT,
	    "cred.state.acknowledged");
	REFUSED(CRED_STATE_SEALING, CRED_STATE_OPENING, ev.successor = false, FG_E_CONFLICT,
	    "cred.state.successor");
	REFUSED(CRED_STATE_OPENING, CRED_STATE_GONE, ev.clock_ok = false, FG_E_CLOCK,
	    "cred.state.clock");
	REFUSED(CRED_STATE_OPENING, CRED_STATE_GONE, ev.now = r.until, FG_E_CONFLICT,
	    "cred.state.sessions");
	REFUSED(CRED_STATE_OPENING, CRED_STATE_GONE, r.until = 0, FG_E_CONFLICT,
	    "cred.state.sessions");
	REFUSED(CRED_STATE_OPENING, CRED_STATE_GONE, ev.in_use = 1, FG_E_CONFLICT,
	    "cred.state.in_use");
	REFUSED(CRED_STATE_STAGED, CRED_STATE_GONE, ev.in_use = 1, FG_E_CONFLICT,
	    "cred.state.in_use");
	/* nothing at all is possible on no evidence, but to drop what never sealed */
	REFUSED(CRED_STATE_STAGED, CRED_STATE_SEALING, ev = none, FG_E_CONFLICT,
	    "cred.state.acknowledged");
#undef REFUSED
}

static void
until_covers_the_last_session(void)
{
	struct cred_key_row r = row_in(CRED_STATE_SEALING);
	struct cred_evidence ev = all_good;

	CHECK_OK(cred_state_change(&r, CRED_STATE_OPENING, &ev, NULL));
	CHECK(r.until >= RIG_NOW + FG_LIMIT_SESSION_MAX_S + FG_LIMIT_SKEW_S);
	ev.now = RIG_NOW + FG_LIMIT_SESSION_MAX_S;
	CHECK_RC(cred_state_change(&r, CRED_STATE_GONE, &ev, NULL), FG_E_CONFLICT);
	ev.now = r.until + 1;
	CHECK_OK(cred_state_change(&r, CRED_STATE_GONE, &ev, NULL));
}

/* Rule 7: time alone changes nothing, and a clock that is ahead is not evidence. */
static void
a_clock_a_year_ahead_destroys_nothing(void)
{
	struct cred_key_row r = row_in(CRED_STATE_SEALING);
	struct cred_evidence ev = all_good;
	struct cred_guard g;
	struct cred_clock at = { RIG_NOW * INT64_C(1000000000), 1000 };
	fg_time now;

	CHECK_OK(cred_state_change(&r, CRED_STATE_OPENING, &ev, NULL));
	CHECK(cred_key_opens(&r));
	cred_guard_init(&g, at, RIG_NOW);
	at.wall_ns += YEAR * INT64_C(1000000000);
	ev.clock_ok = cred_guard_check(&g, at, &now, NULL) == FG_OK;
	ev.now = RIG_NOW + YEAR;
	CHECK_RC(cred_state_change(&r, CRED_STATE_GONE, &ev, NULL), FG_E_CLOCK);
	CHECK(cred_key_opens(&r) && r.state == CRED_STATE_OPENING);
	/* the keys of a snapshot taken then: none is lost when the clock is right again */
	{
		struct rig rig;
		struct cred_minted m;
		struct cred_opened o;
		struct cred_session s;

		rig_open(&rig);
		s = rig_session(&rig);
		rig_mint(&rig, &s, &m);
		rig.now += YEAR;
		rig_refresh(&rig);
		CHECK(rig.ring->n == 4);
		rig.now -= YEAR;
		rig_refresh(&rig);
		CHECK_OK(rig_open_token(&rig, &m, rig.now, &o, NULL));
		rig_close(&rig);
	}
}

static void
the_newest_sealing_key_seals(void)
{
	struct cred_key_row rows[] = {
		{ .id = 1, .cls = CRED_CLASS_SESSION, .state = CRED_STATE_SEALING, .since = 10 },
		{ .id = 2, .cls = CRED_CLASS_SESSION, .state = CRED_STATE_SEALING, .since = 20 },
		{ .id = 3, .cls = CRED_CLASS_SESSION, .state = CRED_STATE_STAGED, .since = 30 },
		{ .id = 4, .cls = CRED_CLASS_WRAP, .state = CRED_STATE_SEALING, .since = 40 },
		{ .id = 5, .cls = CRED_CLASS_SESSION, .state = CRED_STATE_OPENING, .since = 50 },
		{ .id = 0, .cls = CRED_CLASS_SESSION, .state = CRED_STATE_SEALING, .since = 60 },
	};

	CHECK(cred_key_sealing(rows, FG_COUNT(rows), CRED_CLASS_SESSION) == &rows[1]);
	CHECK(cred_key_sealing(rows, FG_COUNT(rows), CRED_CLASS_WRAP) == &rows[3]);
	CHECK(cred_key_sealing(rows, FG_COUNT(rows), CRED_CLASS_AUDIT) == NULL);
	CHECK(cred_key_sealing(NULL, 0, CRED_CLASS_SESSION) == NULL);
	rows[0].state = rows[1].state = CRED_STATE_OPENING;
	CHECK(cred_key_sealing(rows, FG_COUNT(rows), CRED_CLASS_SESSION) == NULL);
}

static void
names_go_both_ways(void)
{
	enum cred_class c;
	enum cred_state s;

	for (unsigned i = CRED_CLASS_NONE + 1; i < CRED_CLASS_MAX; i++)
		CHECK(cred_class_parse(fg_str_z(cred_class_name((enum cred_class)i)), &c) &&
		    (unsigned)c == i);
	for (unsigned i = 0; i < CRED_STATE_MAX; i++)
		CHECK(cred_state_parse(fg_str_z(cred_state_name((enum cred_state)i)), &s) &&
		    (unsigned)s == i);
	CHECK(!cred_class_parse(FG_LIT("none"), &c) && !cred_state_parse(FG_LIT("open"), &s));
}

static void
a_version_is_sealed_when_all_open_it(void)
{
	static const unsigned same[] = { 1, 1, 1 }, older[] = { 1, 0, 1 }, newer[] = { 9, 2, 3 };

	CHECK(cred_version_seal(same, 3) == 1);
	CHECK(cred_version_seal(older, 3) == 0);
	CHECK(cred_version_seal(newer, 3) == CRED_TOKEN_VERSION);
	CHECK(cred_version_seal(NULL, 0) == 0);
}

CU_TestInfo state_tests[] = {
	CASE(only_the_listed_changes_exist),
	CASE(each_change_needs_its_evidence),
	CASE(until_covers_the_last_session),
	CASE(a_clock_a_year_ahead_destroys_nothing),
	CASE(the_newest_sealing_key_seals),
	CASE(names_go_both_ways),
	CASE(a_version_is_sealed_when_all_open_it),
	CASES_END,
};
