/* gateway/ops/health.c */
#include "tests/unit/ops/tests.h"

static void
nothing_is_ready_before_it_says_so(void)
{
	struct health h = { 0 };

	CHECK(!health_ready(&h, NULL));
	for (int p = 0; p < HEALTH_FETCH; p++) {
		CHECK(!health_ok(&h, (enum health_part)p) && !health_ready(&h, NULL));
		health_set(&h, (enum health_part)p, "");
		CHECK(health_ok(&h, (enum health_part)p));
	}
	CHECK(health_ready(&h, NULL));
	CHECK(!health_ok(&h, HEALTH_MAX));
}

static void
each_needed_part_counts_and_is_named(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(4096);
	struct health h = { 0 };

	for (int p = 0; p < HEALTH_MAX; p++)
		health_set(&h, (enum health_part)p, "");
	for (int p = 0; p < HEALTH_MAX; p++) {
		health_set(&h, (enum health_part)p, "is down");
		CHECK(health_ready(&h, NULL) == (p == HEALTH_FETCH));
		health_set(&h, (enum health_part)p, "");
	}
	health_set(&h, HEALTH_AUDIT, "disk is full");
	CHECK(!health_ready(&h, &b));
	CHECK_STR(fg_buf_str(&b), "store ok\ndirectory ok\nkeys ok\nclock ok\naudit disk is full\nfetch ok\n");
}

static void
a_process_that_stops_is_not_ready(void)
{
	struct health h = { 0 };

	for (int p = 0; p < HEALTH_MAX; p++)
		health_set(&h, (enum health_part)p, "");
	health_stop(&h);
	CHECK(!health_ready(&h, NULL));
}

static CU_TestInfo cases[] = {
	CASE(nothing_is_ready_before_it_says_so),
	CASE(each_needed_part_counts_and_is_named),
	CASE(a_process_that_stops_is_not_ready),
	CASES_END,
};

CU_SuiteInfo
health_suite(void)
{
	return (CU_SuiteInfo)SUITE("gateway/ops/health.c", cases);
}
