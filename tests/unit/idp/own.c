/*
 * idp/table.c: issuers of this gateway.  Their keys are those that the account publishes; nothing is
 * fetched, and what was uploaded for such a provider is not looked at.
 */
#include <stdio.h>

#include "tests/unit/idp/world.h"

#define OWN "https://id.example.com/oidc/444455556666"
#define OWN_ARN "arn:aws:iam::111122223333:oidc-provider/id.example.com/oidc/444455556666"

static void
publish(struct world *w, struct fg_str doc)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	const struct store_setting row = { .account = A2, .name = FG_LIT(OUTBOUND_JWKS), .value = doc };

	CHECK_OK(store_begin(w->st, &tx, &w->box.err));
	CHECK_OK(fg_str_null(doc) ? store_delete(tx, STORE_SETTING, &row, &w->box.err)
				  : store_put(tx, STORE_SETTING, &row, &w->box.err));
	CHECK_OK(store_commit(FG_STEAL(tx), &w->box.err));
	idp_tick(w->idp, clock_ms);
}

static void
our_own_keys_come_from_the_directory(void)
{
	WORLD;
	struct store_oidc r = row(OWN_ARN, OWN, "");

	publish(&w, keys(&w, "rsa2048"));
	put(&w, &r);
	CHECK(!asked(&w));
	CHECK_OK(look(&w, OWN_ARN, "rsa2048"));
	publish(&w, keys(&w, "ec384"));
	CHECK_OK(look(&w, OWN_ARN, "ec384"));
	CHECK_RC(look(&w, OWN_ARN, "rsa2048"), FG_E_NOT_FOUND);
	pass(&w, 24 * 3600 * 1000);
	CHECK(!asked(&w));
	CHECK_OK(look(&w, OWN_ARN, "ec384"));
}

static void
what_was_uploaded_for_it_counts_for_nothing(void)
{
	WORLD;
	struct store_oidc r = row(OWN_ARN, OWN, keys(&w, "ec256").p);

	publish(&w, keys(&w, "rsa2048"));
	put(&w, &r);
	CHECK_OK(look(&w, OWN_ARN, "rsa2048"));
	CHECK_RC(look(&w, OWN_ARN, "ec256"), FG_E_NOT_FOUND);
	publish(&w, FG_STR_NULL);
	CHECK(look(&w, OWN_ARN, "ec256") != FG_OK && look(&w, OWN_ARN, "rsa2048") != FG_OK);
}

static void
without_an_issuer_there_are_no_keys_and_no_fetch(void)
{
	WORLD;
	struct store_oidc r = row(OWN_ARN, OWN, "");

	put(&w, &r);
	CHECK(!asked(&w));
	CHECK_RC(look(&w, OWN_ARN, "rsa2048"), FG_E_IDP);
	CHECK(!wait_for_kid(&w, OWN_ARN, "rsa2048"));
	pass(&w, 3600 * 1000);
	CHECK(!asked(&w));
	publish(&w, keys(&w, "rsa2048"));
	CHECK_OK(look(&w, OWN_ARN, "rsa2048"));
	publish(&w, FG_STR_NULL);
	CHECK(look(&w, OWN_ARN, "rsa2048") != FG_OK);
	CHECK(!asked(&w));
}

/* A path that only looks like one of ours is a stranger's, and fetched as such. */
static void
a_neighbour_of_ours_is_a_stranger(void)
{
	static const char *const urls[] = { "https://id.example.com/oidc/44445555666", "https://id.example.com/oidc",
		"https://id.example.com:444/oidc/444455556666", "https://id.example.com/oidc/444455556666/x" };

	for (size_t i = 0; i < FG_COUNT(urls); i++) {
		WORLD;
		struct store_oidc r = row(OWN_ARN, urls[i], "");
		char want[128];

		publish(&w, keys(&w, "rsa2048"));
		put(&w, &r);
		(void)snprintf(want, sizeof(want), "%s/.well-known/openid-configuration", urls[i]);
		CHECK(asked_for(&w, want));
		CHECK(look(&w, OWN_ARN, "rsa2048") != FG_OK);
	}
}

CU_TestInfo own_tests[] = {
	CASE(our_own_keys_come_from_the_directory),
	CASE(what_was_uploaded_for_it_counts_for_nothing),
	CASE(without_an_issuer_there_are_no_keys_and_no_fetch),
	CASE(a_neighbour_of_ours_is_a_stranger),
	CASES_END,
};
