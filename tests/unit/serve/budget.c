/* tests/unit/serve/budget.c - unproven work is charged to its address, and only what was proven comes back (rule 26). */
#include "gateway/api/api_int.h"
#include "gateway/serve/serve_int.h"
#include "tests/unit/serve/tests.h"

#define BURST_US 100000

static struct serve serve;
static struct serve_worker *worker;
static struct api_worker api;
static struct front_peer peer = { .ip = { .family = FG_IP_V4, .b = { 192, 0, 2, 1 } } };

static void
up(void)
{
	/* it earns next to nothing while the test runs */
	const struct budget_config bc = { .slots = 64, .rate_us = 1, .burst_us = BURST_US, .key = { 1, 2 } };
	static const char *const action[] = { "AssumeRoleWithWebIdentity" };

	worker = &serve.worker[0];
	memset(worker, 0, sizeof(*worker));
	worker->s = &serve;
	CU_ASSERT_FATAL(metrics_new(action, 1, 1, &serve.metrics, NULL) == FG_OK);
	worker->metric = metrics_worker(serve.metrics, 0);
	CU_ASSERT_FATAL(budget_new(&bc, &worker->budget, NULL) == FG_OK);
	api.user = worker;
}

static void
down(void)
{
	budget_free(worker->budget);
	metrics_free(serve.metrics);
	serve.metrics = NULL;
}

/*
 * One call after the other at the same address, as those of a connection lie.  False: throttled.  Two
 * pieces of work each: one alone would teach the budget that it costs nothing.
 */
static bool
call(bool good)
{
	static struct api_call c;
	const struct api_hooks h = serve_hooks(&serve);
	struct fg_err err = { 0 };

	c = (struct api_call){ .w = &api, .peer = &peer };
	if (h.charge(h.arg, &c, COST_ES512, &err) != FG_OK || h.charge(h.arg, &c, COST_ES512, &err) != FG_OK) {
		CHECK_STEP(err, "serve.budget");
		return false;
	}
	if (good)
		h.refund(h.arg, &c);
	else
		(void)fg_fail(&c.err, FG_E_SIGNATURE, "oidc.verify", NULL, "not its signature");
	serve_answered(&serve, &c, serve_mono_us());
	return true;
}

static void
bad_proofs_spend_the_budget(void)
{
	unsigned n = 0;

	up();
	while (n < 100000 && call(false))
		n++;
	CHECK(n > 0 && n <= BURST_US / 1200);
	down();
}

static void
good_proofs_cost_nothing(void)
{
	unsigned n = 0;

	up();
	while (n < 2000 && call(true))
		n++;
	CHECK(n == 2000);
	down();
}

/* A good proof behind a bad one is refunded its own work, not what the bad one spent. */
static void
a_good_proof_does_not_pay_for_bad_ones(void)
{
	unsigned n = 0;

	up();
	while (n < 100000 && call(false) && call(true))
		n++;
	CHECK(n > 0 && n <= BURST_US / 1200);
	down();
}

static CU_TestInfo tests[] = {
	CASE(bad_proofs_spend_the_budget),
	CASE(good_proofs_cost_nothing),
	CASE(a_good_proof_does_not_pay_for_bad_ones),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = { SUITE("serve/hooks.c: budgets", tests),
		SUITE("serve/used.c: last use", used_tests), SUITES_END };

	return unit_run(suites);
}
