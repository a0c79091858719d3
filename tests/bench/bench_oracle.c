/*
 * tests/bench/bench_oracle.c - what the time of an answer tells (security.md 28): an unknown role and one
 * that the token may not assume, in turn, each from the request to its reply; the difference of their
 * medians.
 */
#include <stdlib.h>

#include "tests/bench/bench.h"
#include "tests/unit/api/world.h"

#define RUNS 100000
#define BOUND_US 2.0

enum { DENIED = 0, UNKNOWN, KINDS };

static double begun, taken;

static void
begin(void)
{
	begun = bench_now_us();
}

static void
end(void)
{
	taken = bench_now_us() - begun;
}

static double
once(const char *role, struct fg_str token)
{
	struct reply r;

	world_fresh();
	world.before = begin;
	world.after = end;
	r = world_assume(role, token, "");
	CHECK_FAULT(r, 403, "AccessDenied");
	return taken;
}

static void
medians(void)
{
	static const char *const role[KINDS] = { [DENIED] = W_ROLE("deploy"), [UNKNOWN] = W_ROLE("absent") };
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 16);
	const size_t runs = bench_scale(RUNS);
	double *us[KINDS], m[KINDS];
	struct fg_str token;

	CU_ASSERT_FATAL(a != NULL);
	token = fg_arena_dup(a, world_token_of("RS256", world_payload("\"" W_ISSUER "\"", "\"repo:acme/app:ref:evil\"",
	    "\"sts.amazonaws.com\"", "1789999990", "1790000290", "").p));
	for (size_t k = 0; k < KINDS; k++) {
		us[k] = calloc(runs, sizeof(double));
		CU_ASSERT_FATAL(us[k] != NULL);
	}
	/* In turn, and each of them first as often as the other: what disturbs one disturbs both. */
	for (size_t i = 0; i < runs; i++)
		for (size_t k = 0; k < KINDS; k++) {
			const size_t which = (i + k) % KINDS;

			us[which][i] = once(role[which], token);
		}
	for (size_t k = 0; k < KINDS; k++) {
		m[k] = bench_median(us[k], runs);
		free(us[k]);
	}
	bench_row("roles, unknown and denied: difference of medians",
	    m[UNKNOWN] > m[DENIED] ? m[UNKNOWN] - m[DENIED] : m[DENIED] - m[UNKNOWN], BOUND_US, "us",
	    "limit: security.md 28; %zu runs of each, median unknown %.2f us, denied %.2f us", runs, m[UNKNOWN],
	    m[DENIED]);
}

static CU_TestInfo cases[] = {
	CASE(medians),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = { { "what time tells", NULL, world_close, world_fresh, NULL, cases }, SUITES_END };

	return unit_run(suites) != 0 ? 1 : bench_end();
}
