/* trust/context.c and origin.c: keys, values, and who may set what. */
#include <stdio.h>

#include "tests/unit/trust/tests.h"

#define CTX FG_AUTO(trust_ctx_freep) struct trust_ctx *c = trust_ctx_new(); CU_ASSERT_FATAL(c != NULL)

static const struct trust_slot *
find(const struct trust_ctx *c, const char *key)
{
	struct trust_key k = { trust_key_hash(fg_str_z(key)), fg_str_z(key) };

	return trust_ctx_find(c, &k);
}

static void
keys_have_no_case(void)
{
	static const char *const keys[][2] = { { "aws:PrincipalTag/Cost", "AWS:principaltag/cost" },
		{ "a", "A" }, { "abcdefgh", "ABCDEFGH" }, { "abcdefghi:Z", "ABCDEFGHI:z" } };

	for (size_t i = 0; i < FG_COUNT(keys); i++)
		CHECK(trust_key_hash(fg_str_z(keys[i][0])) == trust_key_hash(fg_str_z(keys[i][1])));
	/* neighbours of the letters in the table of characters are no letters */
	CHECK(trust_key_hash(FG_LIT("@[`{")) != trust_key_hash(FG_LIT("`{@[")));
	CHECK(trust_key_hash(FG_LIT("k@")) != trust_key_hash(FG_LIT("k`")));
	CHECK(trust_key_hash(FG_LIT("k[")) != trust_key_hash(FG_LIT("k{")));
	CHECK(trust_key_hash(FG_LIT("k\xc3\x89")) != trust_key_hash(FG_LIT("k\xc3\xa9")));
}

static void
setting_a_key_twice_poisons(void)
{
	struct fg_err err = { .rc = FG_OK };
	CTX;

	CHECK_OK(trust_any_one(c, FG_LIT("aws:username"), FG_LIT("a"), NULL));
	CHECK(!trust_ctx_bad(c));
	CHECK_RC(trust_any_one(c, FG_LIT("AWS:UserName"), FG_LIT("a"), &err), FG_E_INTERNAL);
	CHECK_STEP(err, "trust.context.twice");
	CHECK(trust_ctx_bad(c));
	trust_ctx_reset(c);
	CHECK(!trust_ctx_bad(c) && trust_ctx_count(c) == 0 && find(c, "aws:username") == NULL);
	CHECK_OK(trust_any_one(c, FG_LIT("aws:username"), FG_LIT("a"), NULL));
}

static void
many_keys_are_found(void)
{
	struct fg_err err = { .rc = FG_OK };
	ARENA;
	CTX;

	for (unsigned i = 0; i < FG_LIMIT_CONTEXT_KEYS; i++)
		CHECK_OK(trust_any_one(c, fg_arena_fmt(a, "k:%u", i), fg_arena_fmt(a, "v%u", i), NULL));
	for (unsigned i = 0; i < FG_LIMIT_CONTEXT_KEYS; i++) {
		const struct trust_slot *s = find(c, fg_arena_fmt(a, "K:%u", i).p);

		CU_ASSERT_FATAL(s != NULL);
		CHECK_EQ(s->one, fg_arena_fmt(a, "v%u", i));
	}
	CHECK(find(c, "k:x") == NULL);
	CHECK_RC(trust_any_one(c, FG_LIT("k:x"), FG_LIT("v"), &err), FG_E_LIMIT);
	CHECK_STEP(err, "trust.context.limit");
	CHECK(trust_ctx_bad(c));
}

static void
lists_keep_three_states(void)
{
	const struct fg_str v[] = { FG_LIT("a"), FG_LIT("b") };
	size_t n = 9;
	CTX;

	CHECK_OK(trust_any_list(c, FG_LIT("k:none"), NULL, 0, NULL));
	CHECK_OK(trust_any_list(c, FG_LIT("k:two"), v, 2, NULL));
	CHECK(find(c, "k:absent") == NULL);
	CHECK(find(c, "k:none")->multi && find(c, "k:none")->n == 0);
	CHECK(find(c, "k:two")->n == 2);
	CHECK_STR(trust_ctx_key(c, 1), "k:two");
	CHECK_STR(trust_ctx_values(c, 1, &n)[1], "b");
	CHECK(n == 2 && fg_str_null(trust_ctx_key(c, 2)));
	CHECK(trust_ctx_values(c, 2, &n) == NULL && n == 0);
}

static void
texts_that_are_not_utf8_are_refused(void)
{
	static const char *const bad[] = { "\xff", "\xc3", "\xed\xa0\x80", "\xc0\x80", "aaaaaaaaaaaa\x80" };

	for (size_t i = 0; i < FG_COUNT(bad); i++) {
		struct fg_err err = { .rc = FG_OK };
		CTX;

		CHECK_RC(trust_any_one(c, FG_LIT("k:a"), fg_str_z(bad[i]), &err), FG_E_PARAM);
		CHECK_STEP(err, "trust.context.text");
		CHECK(trust_ctx_bad(c));
		trust_ctx_reset(c);
		CHECK_RC(trust_any_one(c, fg_str_z(bad[i]), FG_LIT("v"), NULL), FG_E_PARAM);
		CHECK(trust_ctx_bad(c));
	}
}

CU_TestInfo context_tests[] = {
	CASE(keys_have_no_case),
	CASE(setting_a_key_twice_poisons),
	CASE(many_keys_are_found),
	CASE(lists_keep_three_states),
	CASE(texts_that_are_not_utf8_are_refused),
	CASES_END,
};

/* ---- origins ---- */

enum origin { G = 1, C = 2, P = 4 };

static void
each_key_has_its_origins(void)
{
	static const struct {
		const char *key;
		unsigned who;
	} rows[] = {
		{ "aws:PrincipalArn", G }, { "aws:PrincipalTag/x", G }, { "aws:SourceIp", G },
		{ "aws:FederatedProvider", G }, { "AWS:MultiFactorAuthPresent", G },
		{ "sts:RoleAuthorizedByIdp", G }, { "iam:ResourceTag/x", G }, { "fedgate:x", G },
		{ "aws:RequestTag/x", G | C | P }, { "aws:TagKeys", G | C | P },
		{ "sts:RoleSessionName", G | C | P }, { "STS:SourceIdentity", G | C | P },
		{ "sts:TransitiveTagKeys", G | C | P }, { "sts:ExternalId", G | C },
		{ "sts:RequestContext/x", G | C }, { "sts:DurationSeconds", G | C },
		{ "iam:PermissionsBoundary", G | C }, { "aws:UserAgent", G | C },
		{ "aws:RequestTag/", G }, { "sts:RoleSessionNames", G }, { "s3:prefix", G | C },
		{ "saml:aud", 0 }, { "SAML:sub", 0 }, { "idp.example.com:sub", 0 },
		{ "idp.example.com/path:sub", 0 }, { "nocolon", 0 }, { "", 0 },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		struct fg_str key = fg_str_z(rows[i].key), v = FG_LIT("x");
		bool g, cl, p;
		CTX;

		g = trust_gateway_one(c, key, v, NULL) == FG_OK;
		CHECK(g != trust_ctx_bad(c));
		trust_ctx_reset(c);
		cl = trust_caller_one(c, key, v, NULL) == FG_OK;
		CHECK(cl != trust_ctx_bad(c));
		trust_ctx_reset(c);
		p = trust_asserted_one(c, key, v, NULL) == FG_OK;
		CHECK(p != trust_ctx_bad(c));
		if ((g ? G : 0u) + (cl ? C : 0u) + (p ? P : 0u) != rows[i].who) {
			printf("\n    %s: %d %d %d", rows[i].key, g, cl, p);
			CU_FAIL("origin");
		}
	}
}

static void
reserved_issuers_own_no_keys(void)
{
	static const char *const bad[] = { "aws.example.com", "sts.example.com", "saml.example.com",
		"iam.example.com", "fedgate.example.com", "s3.example.com", "ec2.example.com",
		"kms.example.com", "ecs.example.com", "eks.example.com", "lambda.example.com",
		"organizations.example.com", "sts.windows.net/x/", "sqs.example.com", "sns.example.com", "AWS.example.com", "aws", "sts",
		"localhost", "", ".", ".com", "a.", "a b.com", "a.com:", "a.com:0", "a.com:x", "a.com:70000",
		"a.com:80:90", "https://a.com", "a.com@b.com", "a\n.com" };

	for (size_t i = 0; i < FG_COUNT(bad); i++) {
		struct fg_err err = { .rc = FG_OK };
		CTX;

		CHECK(!trust_issuer_ok(fg_str_z(bad[i])));
		CHECK_RC(trust_claim_one(c, fg_str_z(bad[i]), FG_LIT("sub"), FG_LIT("x"), &err), FG_E_PARAM);
		CHECK_STEP(err, "trust.context.issuer");
		CHECK(trust_ctx_bad(c) && trust_ctx_count(c) == 0);
	}
}

static void
claims_become_keys_of_their_issuer(void)
{
	static const struct {
		const char *issuer, *claim, *key;
	} rows[] = {
		{ "idp.example.com", "sub", "idp.example.com:sub" },
		{ "idp.example.com:8443/a/b", "aud", "idp.example.com:8443/a/b:aud" },
		{ "127.0.0.1:9000", "sub", "127.0.0.1:9000:sub" },
		{ "accounts.google.com", "https", "accounts.google.com:https" },
		/* left out: another issuer and claim could give the same key */
		{ "idp.example.com", "a:b", NULL },
		{ "idp.example.com", "PrincipalTag:x", NULL },
		{ "idp.example.com/a:b", "sub", NULL },
		{ "idp.example.com", "", NULL },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		CTX;

		CHECK_OK(trust_claim_one(c, fg_str_z(rows[i].issuer), fg_str_z(rows[i].claim),
		    FG_LIT("v"), NULL));
		CHECK(!trust_ctx_bad(c));
		CHECK(trust_ctx_count(c) == (rows[i].key == NULL ? 0 : 1));
		if (rows[i].key != NULL)
			CHECK_EQ(trust_ctx_key(c, 0), fg_str_z(rows[i].key));
	}
	CHECK(!trust_issuer_ok(FG_LIT("idp.example.com/a:b")));
	CHECK(trust_issuer_ok(FG_LIT("idp.example.com:8443/a")));
}

/* What one issuer may is not what the next one may. */
static void
an_issuer_after_a_good_one_is_judged_anew(void)
{
	static const struct {
		const char *issuer;
		enum fg_rc rc;
		size_t keys;
	} rows[] = {
		{ "aws.example.com", FG_E_PARAM, 1 },
		{ "idp.example.com:0", FG_E_PARAM, 1 },
		{ "", FG_E_PARAM, 1 },
		{ "idp.example.com/a:b", FG_OK, 1 },
		{ "idp.example.co", FG_OK, 2 },
	};
	struct fg_err err = { .rc = FG_OK };

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		CTX;

		CHECK_OK(trust_claim_one(c, FG_LIT("idp.example.com"), FG_LIT("sub"), FG_LIT("v"), NULL));
		CHECK_RC(trust_claim_one(c, fg_str_z(rows[i].issuer), FG_LIT("sub"), FG_LIT("v"), &err),
		    rows[i].rc);
		CHECK(trust_ctx_count(c) == rows[i].keys);
	}
}

/* Two claims that are one key without case have no value. */
static void
a_claim_cannot_be_set_over_a_key(void)
{
	struct fg_err err = { .rc = FG_OK };
	CTX;

	CHECK_OK(trust_claim_one(c, FG_LIT("a.com"), FG_LIT("sub"), FG_LIT("x"), NULL));
	CHECK_RC(trust_claim_one(c, FG_LIT("A.com"), FG_LIT("SUB"), FG_LIT("y"), &err), FG_E_CLAIM);
	CHECK_STEP(err, "trust.context.claim");
	CHECK(trust_ctx_bad(c));
	trust_ctx_reset(c);
	CHECK_OK(trust_saml_one(c, FG_LIT("sub"), FG_LIT("x"), NULL));
	CHECK_RC(trust_saml_one(c, FG_LIT("SUB"), FG_LIT("y"), NULL), FG_E_CLAIM);
	CHECK(trust_ctx_bad(c));
}

static void
typed_values_have_one_text(void)
{
	const struct fg_str v[] = { FG_LIT("a") };
	struct fg_err err = { .rc = FG_OK };
	CTX;

	CHECK_OK(trust_gateway_bool(c, FG_LIT("aws:SecureTransport"), true, NULL));
	CHECK_OK(trust_gateway_int(c, FG_LIT("aws:MultiFactorAuthAge"), -5, NULL));
	CHECK_OK(trust_gateway_time(c, FG_LIT("aws:CurrentTime"), 1767225600, NULL));
	CHECK_OK(trust_gateway_tag(c, FG_LIT("aws:PrincipalTag/"), FG_LIT("team"), FG_LIT("x"), NULL));
	CHECK_OK(trust_gateway_list(c, FG_LIT("aws:PrincipalOrgPaths"), v, 1, NULL));
	CHECK_OK(trust_caller_list(c, FG_LIT("aws:TagKeys"), v, 1, NULL));
	CHECK_OK(trust_caller_tag(c, FG_LIT("aws:RequestTag/"), FG_LIT("a.b"), FG_LIT("y"), NULL));
	CHECK_OK(trust_asserted_list(c, FG_LIT("sts:TransitiveTagKeys"), v, 1, NULL));
	CHECK_OK(trust_asserted_tag(c, FG_LIT("aws:RequestTag/"), FG_LIT("c"), FG_LIT("z"), NULL));
	CHECK_OK(trust_claim_list(c, FG_LIT("i.x"), FG_LIT("amr"), v, 1, NULL));
	CHECK_OK(trust_saml_one(c, FG_LIT("aud"), FG_LIT("u"), NULL));
	CHECK_OK(trust_saml_list(c, FG_LIT("eduPersonAffiliation"), v, 1, NULL));
	CHECK_OK(trust_saml_one(c, FG_LIT("a:b"), FG_LIT("left out"), NULL));
	CHECK_STR(find(c, "aws:securetransport")->one, "true");
	CHECK_STR(find(c, "aws:multifactorauthage")->one, "-5");
	CHECK_STR(find(c, "aws:currenttime")->one, "2026-01-01T00:00:00Z");
	CHECK_STR(find(c, "aws:principaltag/TEAM")->one, "x");
	CHECK_STR(find(c, "saml:AUD")->one, "u");
	CHECK(find(c, "i.x:amr")->multi && find(c, "aws:requesttag/A.B") != NULL);
	CHECK(trust_ctx_count(c) == 12 && !trust_ctx_bad(c));
	/* a caller's tag cannot leave its prefix */
	CHECK_RC(trust_caller_tag(c, FG_LIT("aws:PrincipalTag/"), FG_LIT("x"), FG_LIT("y"), &err), FG_E_PARAM);
	CHECK_STEP(err, "trust.context.origin");
}

CU_TestInfo origin_tests[] = {
	CASE(each_key_has_its_origins),
	CASE(reserved_issuers_own_no_keys),
	CASE(claims_become_keys_of_their_issuer),
	CASE(an_issuer_after_a_good_one_is_judged_anew),
	CASE(a_claim_cannot_be_set_over_a_key),
	CASE(typed_values_have_one_text),
	CASES_END,
};
