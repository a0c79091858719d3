/*
 * What a chain by tokens of this gateway's own issuers ends by: cut-offs of its sessions, principals,
 * first proof, and of the providers that took the tokens (security.md 13).
 */
#include "tests/unit/api/link.h"
#include "tests/unit/api/tests.h"

static void
cut(const char *kind, struct fg_str target, struct fg_str account)
{
	const struct store_cut row = { .account = account, .kind = fg_str_z(kind), .target = target,
		.reason = FG_LIT("test"), .at = world.now, .expires = world.now + 200000 };

	world_put(STORE_CUT, &row);
}

/* The token that was handed out before, and the session that was made with one. */
static void
a_cut_off_ancestor_takes_all_with_it(void)
{
	struct signer s, child;
	struct fg_str token;
	struct reply r;

	link_neighbours();
	s = link_first("");
	token = link_token(&s);
	r = world_assume(THERE, token, "");
	CHECK_GRANTED(r);
	child = world_signer(&r);
	GRANTED(world_signed(&child, WHO));
	cut("role", FG_LIT("AROA00000000000000001"), W_A1);
	r = world_assume(THERE, token, "");
	CHECK_FAULT(r, 400, "InvalidIdentityToken");
	CHECK_STR(fg_str_z(r.err.step), "api.link.cut");
	REFUSED(world_signed(&child, WHO), 403, "InvalidClientTokenId");
}

static void
a_cut_off_first_proof_takes_all_with_it(void)
{
	struct signer s;
	struct fg_str token;
	struct reply r;

	link_neighbours();
	world.now += 10; /* after the cut-off of the test before */
	r = world_assume(W_ROLE("deploy"), world_token(""), "");
	CHECK_GRANTED(r);
	s = world_signer(&r);
	token = link_token(&s);
	cut("subject", FG_LIT(W_ISSUER " repo:acme/app:ref:main"), W_A1);
	r = world_assume(THERE, token, "");
	CHECK_STR(fg_str_z(r.err.step), "api.link.cut");
}

static void
a_user_that_was_cut_off_or_deleted_takes_its_tokens_along(void)
{
	const struct store_user u = { .account = W_A2, .uid = FG_LIT("AIDA00000000000000002") };
	struct fg_str token;
	struct signer child;
	struct reply r;

	link_neighbours();
	r = outbound_get(&world.bob, HERE "RS256");
	CHECK_GRANTED(r);
	token = world_xml(&r, "WebIdentityToken");
	r = world_assume(BACK, token, "");
	CHECK_GRANTED(r);
	child = world_signer(&r);
	world_drop(STORE_USER, &u);
	r = world_assume(BACK, token, "");
	CHECK_STR(fg_str_z(r.err.step), "api.link.principal");
	REFUSED(world_signed(&child, WHO), 403, "InvalidClientTokenId");
}

static void
a_key_that_was_cut_off_takes_its_tokens_along(void)
{
	struct fg_str token;
	struct reply r;

	link_neighbours();
	token = link_token(&world.alice);
	r = world_assume(THERE, token, "");
	CHECK_GRANTED(r);
	cut("key", world.alice.key_id, W_A1);
	REFUSED(world_assume(THERE, token, ""), 400, "InvalidIdentityToken");
	REFUSED(world_signed(&(struct signer){ r.key_id, r.secret, r.token }, WHO), 403, "InvalidClientTokenId");
}

/* ---- the provider that took a token of ours, and what it said ---- */

#define TAKER "arn:aws:iam::444455556666:oidc-provider/" ISSUER_1
#define TAKER_BACK "arn:aws:iam::111122223333:oidc-provider/" ISSUER_2

/* Three hops from a first proof elsewhere: deploy, by a token to there, by a token back. */
static void
hops(struct signer ret[3])
{
	static int turn;
	struct reply r;

	world.now = W_NOW + 100 * ++turn; /* after what was cut off before */
	world_keys();
	link_neighbours();
	r = world_assume(W_ROLE("deploy"), world_token_of("RS256", world_payload("\"" W_ISSUER "\"",
	    "\"repo:acme/app:ref:main\"", "\"sts.amazonaws.com\"", "1789999990", "1790003600", "").p), "");
	CHECK_GRANTED(r);
	ret[0] = world_signer(&r);
	for (int i = 1; i < 3; i++) {
		world.now++;
		r = world_assume(i == 1 ? THERE : BACK, link_token(&ret[i - 1]), "");
		CHECK_GRANTED(r);
		ret[i] = world_signer(&r);
	}
}

/* alive: how many of the hops, from the first on. */
static void
check_alive(const struct signer v[3], int alive)
{
	for (int i = 0; i < 3; i++) {
		struct reply r = world_signed(&v[i], WHO);

		if (i < alive)
			CHECK_GRANTED(r);
		else
			CHECK_FAULT(r, 403, "InvalidClientTokenId");
		if (i >= alive)
			CHECK_STEP(r.err, "api.session.chain");
	}
}

static void
a_provider_of_a_link_that_was_cut_off_takes_all_behind_it(void)
{
	struct signer v[3];
	struct fg_str token, jwt;

	hops(v);
	check_alive(v, 3);
	jwt = link_token(&v[2]);
	cut("provider", FG_LIT(TAKER_BACK), FG_LIT(""));
	check_alive(v, 2);
	REFUSED(world_assume(THERE, jwt, ""), 400, "InvalidIdentityToken"); /* a token of what is dead */
	token = link_token(&v[1]);
	cut("provider", FG_LIT(TAKER), FG_LIT(""));
	check_alive(v, 1);
	REFUSED(world_assume(BACK, token, ""), 400, "InvalidIdentityToken");
	/* who signs in again is let in: the provider is still trusted */
	hops(v);
	check_alive(v, 3);
}

/* What was cut off stays so when the provider is deleted, and made again. */
static void
a_deleted_provider_does_not_bring_a_session_back(void)
{
	const struct store_oidc row = { .account = W_A2, .arn = FG_LIT(TAKER) };
	struct signer v[3];

	hops(v);
	cut("provider", FG_LIT(TAKER), FG_LIT(""));
	world_drop(STORE_OIDC, &row);
	check_alive(v, 1);
	link_takes(W_A2, ISSUER_1, "");
	check_alive(v, 1);
}

static void
a_subject_of_a_link_that_was_cut_off_takes_all_behind_it(void)
{
	struct signer v[3];

	hops(v);
	cut("subject", FG_LIT("https://" ISSUER_1 " arn:aws:iam::111122223333:role/other"), FG_LIT(""));
	check_alive(v, 3);
	cut("subject", FG_LIT("https://" ISSUER_1 " " W_ROLE("deploy")), FG_LIT(""));
	check_alive(v, 1);
}

/* A key has no session: its tokens get names of their own, so that no cut-off meets two of them. */
static void
a_cut_off_of_no_session_meets_no_key(void)
{
	const struct fg_str zero = FG_LIT("00000000000000000000000000000000");
	struct reply r;
	struct signer s;

	link_neighbours();
	world.now += 1;
	r = world_assume(THERE, link_token(&world.alice), "");
	CHECK_GRANTED(r);
	s = world_signer(&r);
	cut("session", zero, FG_LIT(""));
	GRANTED(world_signed(&s, WHO));
	GRANTED(world_assume(THERE, link_token(&world.alice), ""));
}

CU_TestInfo link_cut_tests[] = {
	CASE(a_cut_off_of_no_session_meets_no_key),
	CASE(a_cut_off_ancestor_takes_all_with_it),
	CASE(a_cut_off_first_proof_takes_all_with_it),
	CASE(a_user_that_was_cut_off_or_deleted_takes_its_tokens_along),
	CASE(a_provider_of_a_link_that_was_cut_off_takes_all_behind_it),
	CASE(a_deleted_provider_does_not_bring_a_session_back),
	CASE(a_subject_of_a_link_that_was_cut_off_takes_all_behind_it),
	CASE(a_key_that_was_cut_off_takes_its_tokens_along),
	CASES_END,
};
