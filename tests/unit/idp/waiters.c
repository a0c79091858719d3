/* idp/waiters.c: unknown kids, and who waits for them. */
#include <stdio.h>

#include "tests/unit/idp/world.h"

static void
an_unknown_kid_is_fetched_once_for_all_who_wait(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	serve(&w, "rsa2048");
	for (int i = 0; i < 50; i++)
		CHECK(wait_for_kid(&w, ARN1, "ec256"));
	CHECK(w.done == 0);
	/* the key set alone, at the place that is known */
	CHECK(asked_for(&w, "https://keys.example.com/jwks"));
	CHECK(!asked(&w));
	answer(&w, keys(&w, "ec256"));
	CHECK(w.done == 50);
	CHECK_OK(look(&w, ARN1, "ec256"));
	CHECK(w.idp->stats.kid_fetches == 1 && w.idp->stats.waits == 50);
}

static void
random_kids_cost_two_fetches(void)
{
	unsigned fetched = 0;
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	serve(&w, "rsa2048");
	for (int i = 0; i < 2000; i++) {
		char kid[32];

		snprintf(kid, sizeof(kid), "random-%d", i);
		(void)wait_for_kid(&w, ARN1, kid);
		pass(&w, 5);
		while (asked(&w)) {
			fetched++;
			answer(&w, keys(&w, "rsa2048"));
		}
		CHECK_OK(look(&w, ARN1, "rsa2048"));
	}
	CHECK(fetched == 2);
	CHECK(w.done == w.idp->stats.waits);
}

static void
a_kid_that_is_not_there_is_remembered(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	serve(&w, "rsa2048");
	CHECK(wait_for_kid(&w, ARN1, "ghost"));
	CHECK(asked(&w));
	answer(&w, keys(&w, "rsa2048"));
	CHECK(w.done == 1);
	CHECK(!wait_for_kid(&w, ARN1, "ghost"));
	CHECK(!asked(&w));
	CHECK(w.idp->stats.kid_unknown == 1);
	/* a new set clears what was remembered */
	CHECK(wait_for_kid(&w, ARN1, "other"));
	CHECK(asked(&w));
	answer(&w, keys(&w, "ec256"));
	pass(&w, 31 * 1000);
	CHECK(wait_for_kid(&w, ARN1, "ghost"));
	CHECK(asked(&w));
	answer(&w, keys(&w, "ec256"));
	pass(&w, 31 * 1000);
	CHECK(!wait_for_kid(&w, ARN1, "ghost"));
	pass(&w, 30 * 1000);
	CHECK(wait_for_kid(&w, ARN1, "ghost"));
}

static void
nobody_waits_longer_than_a_second(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	serve(&w, "rsa2048");
	CHECK(wait_for_kid(&w, ARN1, "ec256"));
	CHECK(asked(&w));
	pass(&w, 999);
	CHECK(w.done == 0);
	CHECK(wait_for_kid(&w, ARN1, "ec256"));
	pass(&w, 1);
	CHECK(w.done == 1);
	CHECK(w.idp->stats.timeouts == 1);
	answer(&w, keys(&w, "ec256"));
	CHECK(w.done == 2);
	CHECK_OK(look(&w, ARN1, "ec256"));
}

static void
a_request_may_wait_for_the_first_fetch(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	CHECK(wait_for_kid(&w, ARN1, "rsa2048"));
	serve(&w, "rsa2048");
	CHECK(w.done == 1);
	CHECK_OK(look(&w, ARN1, "rsa2048"));
}

/* A row that the thread has not seen yet: the request waits for both. */
static void
a_request_may_wait_for_a_provider_that_was_just_written(void)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	CHECK_OK(store_begin(w.st, &tx, &w.box.err));
	CHECK_OK(store_put(tx, STORE_OIDC, &r, &w.box.err));
	CHECK_OK(store_commit(FG_STEAL(tx), &w.box.err));
	CHECK_RC(look(&w, ARN1, "x"), FG_E_KEY);
	CHECK(wait_for_kid(&w, ARN1, "rsa2048"));
	serve(&w, "rsa2048");
	CHECK(w.done == 1);
}

CU_TestInfo waiter_tests[] = {
	CASE(an_unknown_kid_is_fetched_once_for_all_who_wait),
	CASE(random_kids_cost_two_fetches),
	CASE(a_kid_that_is_not_there_is_remembered),
	CASE(nobody_waits_longer_than_a_second),
	CASE(a_request_may_wait_for_the_first_fetch),
	CASE(a_request_may_wait_for_a_provider_that_was_just_written),
	CASES_END,
};
