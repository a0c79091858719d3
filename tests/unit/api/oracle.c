/*
 * What an outsider could learn from answers: the same bytes for things that must not be told
 * apart (security.md 28), and namespaces that no proof can speak for (security.md 11).
 */
#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"

/* The body without the request id. */
static bool
same_body(const struct reply *x, const struct reply *y)
{
	struct fg_str a = x->body, b = y->body;

	if (a.n != b.n || x->status != y->status)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (a.p[i] != b.p[i] && !fg_digit(a.p[i]))
			return false;
	}
	return fg_eq(x->message, y->message) && fg_eq(x->code, y->code);
}

static struct fg_str
damaged(struct fg_str token)
{
	char *p = fg_arena_alloc(world.a, token.n);

	CU_ASSERT_FATAL(p != NULL);
	memcpy(p, token.p, token.n);
	p[token.n - 30] = p[token.n - 30] == 'A' ? 'B' : 'A';
	return fg_str(p, token.n);
}

static void
what_is_not_proven_has_one_answer(void)
{
	struct fg_str t = world_token("");
	struct fg_str other = world_payload("\"https://other.example.com\"", "\"s\"",
	    "\"sts.amazonaws.com\"", "1789999990", "1790000290", "");
	struct reply account = world_assume("arn:aws:iam::999999999999:role/deploy", t, "");
	struct reply another = world_assume("arn:aws:iam::444455556666:role/last", t, "");
	struct reply issuer = world_assume(W_ROLE("deploy"), world_token_of("RS256", other.p), "");
	struct reply signature = world_assume(W_ROLE("deploy"), damaged(t), "");
	struct reply alg = world_assume(W_ROLE("deploy"),
	    world_token_of("ES256", world_payload("\"" W_ISSUER "\"", "\"s\"", "\"sts.amazonaws.com\"",
	    "1789999990", "1790000290", "").p), "");

	CHECK_FAULT(account, 400, "InvalidIdentityToken");
	CHECK(same_body(&account, &another));
	CHECK(same_body(&account, &issuer));
	CHECK(same_body(&account, &signature));
	CHECK(same_body(&account, &alg));
	CHECK_STEP(account.err, "api.web.provider");
	CHECK(signature.err.rc == FG_E_SIGNATURE);
}

static void
an_unknown_role_and_a_denied_one_have_one_answer(void)
{
	struct fg_str p = world_payload("\"" W_ISSUER "\"", "\"repo:acme/app:ref:evil\"",
	    "\"sts.amazonaws.com\"", "1789999990", "1790000290", "");
	struct fg_str t = world_token_of("RS256", p.p);
	struct reply denied = world_assume(W_ROLE("deploy"), t, "");
	struct reply unknown = world_assume(W_ROLE("absent"), t, "");
	struct reply longer = world_assume(W_ROLE("absent"), t, "&DurationSeconds=43200");
	struct reply too_long = world_assume(W_ROLE("deploy"), t, "&DurationSeconds=43200");
	struct reply policy = world_assume(W_ROLE("deploy"), t, "&Policy=junk");

	CHECK_FAULT(denied, 403, "AccessDenied");
	CHECK(same_body(&denied, &unknown));
	CHECK(same_body(&denied, &longer));
	CHECK(same_body(&denied, &too_long));
	CHECK(same_body(&denied, &policy));
}

static void
a_claim_cannot_speak_as_somebody_else(void)
{
	static const char trust[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
	    "\"Principal\":{\"Federated\":\"" W_PROVIDER "\"},\"Action\":\"sts:AssumeRoleWithWebIdentity\","
	    "\"Condition\":{\"StringEquals\":{\"%s\":\"yes\"}}}]}";
	static const char *const keys[] = { "aws:PrincipalTag/admin", "sts:ExternalId", "saml:sub",
		"iam:ResourceTag/x", "aws:SourceIp", "other.example.com:admin", W_BARE ":x:admin" };
	static const char *const claims[] = { ",\"aws:PrincipalTag/admin\":\"yes\"",
		",\"sts:ExternalId\":\"yes\"", ",\"saml:sub\":\"yes\"", ",\"iam:ResourceTag/x\":\"yes\"",
		",\"aws:SourceIp\":\"yes\"", ",\"other.example.com:admin\":\"yes\"", ",\"x:admin\":\"yes\"" };
	struct reply own;

	for (size_t i = 0; i < FG_COUNT(keys); i++) {
		struct fg_str doc = fg_arena_fmt(world.a, trust, keys[i]);
		struct reply r;

		world_role(W_A1, "AROA00000000000000041", "keyed", doc.p, NULL);
		r = world_assume(W_ROLE("keyed"), world_token(claims[i]), "");
		CHECK_FAULT(r, 403, "AccessDenied");
	}
	world_role(W_A1, "AROA00000000000000041", "keyed",
	    fg_arena_fmt(world.a, trust, W_BARE ":admin").p, NULL);
	own = world_assume(W_ROLE("keyed"), world_token(",\"admin\":\"yes\""), "");
	CHECK_GRANTED(own);
}

static void
conditions_see_every_kind_of_claim(void)
{
	static const char trust[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
	    "\"Principal\":{\"Federated\":\"" W_PROVIDER "\"},\"Action\":\"sts:AssumeRoleWithWebIdentity\","
	    "\"Condition\":{\"Bool\":{\"" W_BARE ":protected\":\"true\",\"sts:RoleAuthorizedByIdp\":"
	    "\"true\",\"aws:SecureTransport\":\"true\"},\"ForAnyValue:StringEquals\":{\"" W_BARE
	    ":groups\":\"ml\"},\"StringEquals\":{\"iam:ResourceTag/team\":\"ml\",\"aws:ResourceAccount\":"
	    "\"111122223333\",\"sts:RoleSessionName\":\"run-1\",\"aws:FederatedProvider\":\"" W_PROVIDER
	    "\"},\"IpAddress\":{\"aws:SourceIp\":\"192.0.2.0/24\"},\"DateGreaterThan\":{\"aws:CurrentTime\":"
	    "\"2026-09-21T14:13:19Z\"}}}]}";
	static const char more[] = ",\"protected\":true,\"groups\":[\"a\",\"ml\"],"
	    "\"https://aws.amazon.com/roles\":\"" W_ROLE("rich") "\"";
	struct reply r;

	world_role(W_A1, "AROA00000000000000042", "rich", trust, NULL);
	r = world_assume(W_ROLE("rich"), world_token(more), "");
	CHECK_GRANTED(r);
	r = world_assume(W_ROLE("rich"), world_token(",\"protected\":false,\"groups\":[\"ml\"]"), "");
	CHECK_FAULT(r, 403, "AccessDenied");
}

static void
a_single_use_provider_claims_each_token_once(void)
{
	void world_parity(int64_t flags);
	struct reply r;

	world_parity(STORE_OIDC_SINGLE_USE);
	r = world_assume(W_ROLE("deploy"), world_token(",\"jti\":\"j-1\""), "");
	CHECK_GRANTED(r);
	CHECK(world.claims == 1);
	world.claim_says = FG_E_REPLAY;
	r = world_assume(W_ROLE("deploy"), world_token(",\"jti\":\"j-1\""), "");
	CHECK_FAULT(r, 400, "InvalidIdentityToken");
	world.claim_says = FG_E_STORE;
	r = world_assume(W_ROLE("deploy"), world_token(",\"jti\":\"j-2\""), "");
	CHECK_FAULT(r, 503, "ServiceUnavailable");
	r = world_assume(W_ROLE("absent"), world_token(",\"jti\":\"j-3\""), "");
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK(world.claims == 3); /* denied proofs are not claimed */
	world_parity(0);
}

static void
no_secret_stands_in_a_record(void)
{
	struct fg_str t = world_token("");
	struct reply r = world_assume(W_ROLE("deploy"), t, "&Policy=junk");

	CHECK_FAULT(r, 400, "MalformedPolicyDocument");
	for (size_t i = 0; i < r.record.n_param; i++) {
		CHECK(!fg_eq(r.record.param[i].value, t));
		CHECK(!fg_eq(r.record.param[i].value, FG_LIT("junk")));
	}
}

CU_TestInfo oracle_tests[] = {
	CASE(what_is_not_proven_has_one_answer),
	CASE(an_unknown_role_and_a_denied_one_have_one_answer),
	CASE(a_claim_cannot_speak_as_somebody_else),
	CASE(conditions_see_every_kind_of_claim),
	CASE(a_single_use_provider_claims_each_token_once),
	CASE(no_secret_stands_in_a_record),
	CASES_END
};
