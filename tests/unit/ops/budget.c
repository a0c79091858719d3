/* gateway/ops/budget.c */
#include <stdio.h>

#include "tests/unit/ops/tests.h"

static struct budget *
new_budget(size_t slots)
{
	struct budget_config c = { .slots = slots, .rate_us = 1000, .burst_us = 10000, .key = { 1, 2 } };
	struct budget *b = NULL;
	struct fg_err e = { 0 };

	CHECK_OK(budget_new(&c, &b, &e));
	return b;
}

static struct fg_ip
ip_of(const char *text)
{
	struct fg_ip ip = { 0 };

	CHECK(fg_ip_parse(fg_str_z(text), &ip));
	return ip;
}

/* How many pieces of that work an address gets at that time. */
static unsigned
taken(struct budget *b, const struct fg_ip *ip, enum cost c, uint64_t now_us)
{
	uint32_t us;
	unsigned n = 0;

	while (n < 100000 && budget_take(b, ip, c, now_us, &us))
		n++;
	return n;
}

static void
an_address_runs_dry_and_recovers(void)
{
	struct budget *b = new_budget(64);
	struct fg_ip ip = ip_of("192.0.2.1"), other = ip_of("192.0.2.2");

	CHECK(taken(b, &ip, COST_ES384, 5000000) == 10000 / 870);
	CHECK(taken(b, &ip, COST_ES384, 5000000) == 0);
	CHECK(taken(b, &other, COST_ES384, 5000000) == 10000 / 870);
	/* two seconds earn 2,000 us */
	CHECK(taken(b, &ip, COST_ES384, 7000000) == 2);
	/* a day fills the bucket and no more */
	CHECK(taken(b, &ip, COST_ES384, 86400000000u) == 10000 / 870);
	/* time that goes back earns nothing */
	CHECK(taken(b, &ip, COST_ES384, 1) == 0);
	budget_free(b);
	budget_free(NULL);
}

static void
good_proofs_cost_nothing(void)
{
	struct budget *b = new_budget(64);
	struct fg_ip ip = ip_of("192.0.2.1");
	uint32_t us;

	for (int i = 0; i < 1000; i++) {
		CHECK(budget_take(b, &ip, COST_ES512, 5000000, &us) && us == 630);
		budget_refund(b, &ip, us);
	}
	/* a refund never gives more than a full bucket */
	budget_refund(b, &ip, UINT32_MAX);
	CHECK(taken(b, &ip, COST_ES512, 5000000) == 10000 / 630);
	budget_free(b);
}

static void
a_host_is_its_64(void)
{
	struct budget *b = new_budget(64);
	struct fg_ip one = ip_of("2001:db8:0:1::1"), two = ip_of("2001:db8:0:1:ffff::9"),
		     far = ip_of("2001:db8:0:2::1"), v4 = ip_of("192.0.2.1"), mapped = ip_of("::ffff:192.0.2.1");

	CHECK(taken(b, &one, COST_ES384, 1) > 0);
	CHECK(taken(b, &two, COST_ES384, 1) == 0);
	CHECK(taken(b, &far, COST_ES384, 1) > 0);
	CHECK(taken(b, &v4, COST_ES384, 1) > 0 && taken(b, &mapped, COST_ES384, 1) == 0);
	budget_free(b);
}

/* Many addresses in a small table: each new one inherits what is left, so all together stay bounded. */
static void
many_addresses_buy_no_more_than_the_table(void)
{
	struct budget *b = new_budget(8);
	unsigned all = 0;

	for (unsigned i = 0; i < 5000; i++) {
		char text[32];
		struct fg_ip ip;

		(void)snprintf(text, sizeof(text), "10.%u.%u.1", i / 256, i % 256);
		ip = ip_of(text);
		all += taken(b, &ip, COST_ES384, 1);
	}
	CHECK(all == 8 * (10000 / 870));
	budget_free(b);
}

static void
costs_follow_what_is_measured(void)
{
	struct budget *b = new_budget(8);
	uint32_t us;
	struct fg_ip ip = ip_of("192.0.2.1");

	CHECK(budget_cost(b, COST_RS256_2048) == 25);
	for (int i = 0; i < 200; i++)
		budget_measured(b, COST_RS256_2048, 100);
	CHECK(budget_cost(b, COST_RS256_2048) >= 95 && budget_cost(b, COST_RS256_2048) <= 100);
	for (int i = 0; i < 400; i++)
		budget_measured(b, COST_RS256_2048, 0);
	CHECK(budget_cost(b, COST_RS256_2048) == 1);
	for (int i = 0; i < 400; i++)
		budget_measured(b, COST_PASSWORD, UINT64_MAX);
	/* dearer than a burst: a full bucket pays for one */
	CHECK(budget_take(b, &ip, COST_PASSWORD, 1, &us) && us == 10000);
	CHECK(!budget_take(b, &ip, COST_RS256_2048, 1, &us));
	budget_measured(b, COST_MAX, 1);
	budget_free(b);
}

static CU_TestInfo cases[] = {
	CASE(an_address_runs_dry_and_recovers),
	CASE(good_proofs_cost_nothing),
	CASE(a_host_is_its_64),
	CASE(many_addresses_buy_no_more_than_the_table),
	CASE(costs_follow_what_is_measured),
	CASES_END,
};

CU_SuiteInfo
budget_suite(void)
{
	return (CU_SuiteInfo)SUITE("gateway/ops/budget.c", cases);
}
