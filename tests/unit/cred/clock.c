/* tests/unit/cred/clock.c - when the wall clock is not believed (rule 21). */
#include "tests/unit/cred/rig.h"

#include <sys/stat.h>
#include <stdio.h>
#include <unistd.h>

#define NS INT64_C(1000000000)

static struct cred_clock
at(fg_time wall, int64_t boot_ms)
{
	return (struct cred_clock){ wall * NS, boot_ms * 1000000 };
}

static void
clocks_that_agree_are_believed(void)
{
	struct cred_guard g;
	fg_time now = 0;

	cred_guard_init(&g, at(RIG_NOW, 1000), RIG_NOW - 100);
	for (int64_t s = 0; s < 100000; s += 997)
		CHECK_OK(cred_guard_check(&g, at(RIG_NOW + s, 1000 + s * 1000 + s % 5000), &now,
		    NULL));
	CHECK(now > RIG_NOW + 99000 && g.mark == now);
}

static void
a_jump_stops_until_acknowledged(void)
{
	static const int64_t jump[] = { 6, -6, 86400, -86400, 365 * 86400 };

	for (size_t i = 0; i < FG_COUNT(jump); i++) {
		struct cred_guard g;
		struct fg_err err = { 0 };
		fg_time now = 0;

		cred_guard_init(&g, at(RIG_NOW, 0), 0);
		CHECK_OK(cred_guard_check(&g, at(RIG_NOW + 10, 10000), &now, NULL));
		CHECK_RC(cred_guard_check(&g, at(RIG_NOW + 20 + jump[i], 20000), &now, &err),
		    FG_E_CLOCK);
		CHECK_STEP(err, "cred.clock");
		CHECK(now == RIG_NOW + 10);
		/* back in step is not enough: what was minted meanwhile is not known */
		CHECK_RC(cred_guard_check(&g, at(RIG_NOW + 30, 30000), &now, NULL), FG_E_CLOCK);
		cred_guard_ack(&g, at(RIG_NOW + 30, 30000));
		CHECK_OK(cred_guard_check(&g, at(RIG_NOW + 40, 40000), &now, NULL));
	}
}

static void
small_steps_add_up(void)
{
	struct cred_guard g;
	fg_time now;
	int64_t i = 0;

	cred_guard_init(&g, at(RIG_NOW, 0), 0);
	while (i < 10 && cred_guard_check(&g, at(RIG_NOW + i * 11, i * 10000), &now, NULL) == FG_OK)
		i++;
	CHECK(i == 6); /* five seconds apart is taken, six is not */
}

static void
going_back_over_a_restart_stops(void)
{
	struct cred_guard g;
	fg_time now;

	cred_guard_init(&g, at(RIG_NOW, 0), RIG_NOW + 5);
	CHECK_OK(cred_guard_check(&g, at(RIG_NOW, 0), &now, NULL));
	cred_guard_init(&g, at(RIG_NOW, 0), RIG_NOW + 6);
	CHECK_RC(cred_guard_check(&g, at(RIG_NOW, 0), &now, NULL), FG_E_CLOCK);
	cred_guard_ack(&g, at(RIG_NOW, 0));
	CHECK_OK(cred_guard_check(&g, at(RIG_NOW, 0), &now, NULL));
}

/* Rule 7: a start with a clock that is far ahead of the mark is no evidence. */
static void
a_clock_is_confirmed_by_a_recent_mark(void)
{
	static const struct { int64_t mark_ago; bool good; } rows[] = {
		{ 0, true }, { -5, true }, { -6, false }, { 7 * 86400, true }, { 7 * 86400 + 1, false },
		{ 365 * 86400, false }, { RIG_NOW, false }, /* no mark at all */
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		struct cred_guard g;

		cred_guard_init(&g, at(RIG_NOW, 0), RIG_NOW - rows[i].mark_ago);
		CHECK(cred_guard_confirmed(&g) == rows[i].good);
		cred_guard_ack(&g, at(RIG_NOW, 0));
		CHECK(cred_guard_confirmed(&g));
	}
}

static void
a_stopped_clock_is_not_confirmed(void)
{
	struct cred_guard g;
	fg_time now;

	cred_guard_init(&g, at(RIG_NOW, 0), RIG_NOW);
	CHECK_RC(cred_guard_check(&g, at(RIG_NOW + 100, 0), &now, NULL), FG_E_CLOCK);
	CHECK(!cred_guard_confirmed(&g));
}

static void
the_real_clocks_can_be_read(void)
{
	struct cred_clock c = { 0 };

	CHECK_OK(cred_clock_read(&c, NULL));
	CHECK(c.wall_ns > 1700000000 * NS && c.boot_ns > 0);
}

static void
the_mark_is_kept(void)
{
	static const char *const bad[] = { "", "12", "x\n", "12\n13\n", "-5\n",
		"999999999999999999999\n" };
	char dir[64], path[96];
	fg_time t = 1;

	rig_folder(dir);
	(void)snprintf(path, sizeof(path), "%s/clock", dir);
	CHECK_OK(cred_mark_load(path, &t, NULL));
	CHECK(t == 0);
	CHECK_OK(cred_mark_save(path, RIG_NOW, NULL));
	CHECK_OK(cred_mark_save(path, RIG_NOW + 1, NULL));
	CHECK_OK(cred_mark_load(path, &t, NULL));
	CHECK(t == RIG_NOW + 1);
	for (size_t i = 0; i < FG_COUNT(bad); i++) {
		CHECK_OK(file_replace(path, fg_str_z(bad[i]), CRED_SAVE_REPLACE, "t", NULL));
		CHECK_RC(cred_mark_load(path, &t, NULL), FG_E_SYNTAX);
	}
	CHECK_OK(cred_mark_save(path, RIG_NOW, NULL));
	CHECK(chmod(path, 0644) == 0);
	CHECK_RC(cred_mark_load(path, &t, NULL), FG_E_IO);
	rig_folder_gone(dir);
}

CU_TestInfo clock_tests[] = {
	CASE(clocks_that_agree_are_believed),
	CASE(a_jump_stops_until_acknowledged),
	CASE(small_steps_add_up),
	CASE(going_back_over_a_restart_stops),
	CASE(a_clock_is_confirmed_by_a_recent_mark),
	CASE(a_stopped_clock_is_not_confirmed),
	CASE(the_real_clocks_can_be_read),
	CASE(the_mark_is_kept),
	CASES_END,
};
