/* GetWebIdentityToken: who gets one, what it says, and every refusal. */
#include "tests/unit/api/outbound.h"
#include "tests/unit/api/tests.h"
#include "tests/unit/store/fixture.h"

/* ---- what it says ---- */

static void
a_users_token_says_who_it_is(void)
{
	struct claims c;
	struct reply r;

	issuer_on(W_A1);
	r = outbound_get(&world.alice, OUTBOUND_RS);
	CHECK_GRANTED(r);
	CHECK_STR(r.expires, "2026-09-21T14:18:20Z"); /* five minutes */
	if (!outbound_claims(&r, W_A1, &c)) {
		CHECK(false);
		return;
	}
	CU_ASSERT_EQUAL(c.alg, OIDC_RS256);
	CHECK_STR(claim_str(&c, "iss"), W_PUBLIC "/oidc/111122223333");
	CHECK_STR(claim_str(&c, "sub"), "arn:aws:iam::111122223333:user/alice");
	CHECK_STR(claim_str(&c, "aud"), "https://api.example.com");
	CU_ASSERT_EQUAL(claim_int(&c, "iat"), W_NOW);
	CU_ASSERT_EQUAL(claim_int(&c, "exp"), W_NOW + 300);
	CHECK(claim_str(&c, "jti").n == 36);
	CHECK_STR(claim_inner(&c, "aws_account"), "111122223333");
	CHECK_STR(claim_inner(&c, "source_region"), "us-east-1");
	CHECK_STR(claim_inner(&c, "principal_id"), "arn:aws:iam::111122223333:user/alice");
	CHECK(fg_str_null(claim_inner(&c, "original_session_exp")));
	CHECK(fg_str_null(claim_inner(&c, "request_tags")));
	CHECK(r.waited_for_disk);
}

static void
a_sessions_token_names_its_role_and_its_tags(void)
{
	struct reply a = world_assume(W_ROLE("deploy"), world_token(""), ""), r;
	struct signer s = world_signer(&a);
	struct claims c;

	issuer_on(W_A1);
	r = outbound_get(&s, "&Audience.member.1=one&Audience.member.2=two&SigningAlgorithm=ES384"
	    "&DurationSeconds=60&Tags.member.1.Key=job&Tags.member.1.Value=j-1");
	CHECK_GRANTED(r);
	if (!outbound_claims(&r, W_A1, &c)) {
		CHECK(false);
		return;
	}
	CU_ASSERT_EQUAL(c.alg, OIDC_ES384);
	CHECK_STR(claim_str(&c, "sub"), W_ROLE("deploy"));
	CHECK(fg_str_null(claim_str(&c, "aud"))); /* a list */
	CU_ASSERT_EQUAL(claim_int(&c, "exp"), W_NOW + 60);
	CHECK_STR(claim_inner(&c, "principal_tags"), "{\"Team\":\"ml\"}");
	CHECK_STR(claim_inner(&c, "request_tags"), "{\"job\":\"j-1\"}");
	CHECK_STR(claim_inner(&c, "original_session_exp"), "2026-09-21T15:13:20Z");
	CHECK_STR(claim_inner(&c, "federated_provider"), W_PROVIDER);
}

/* The first subject, the session and its ancestors are sealed: a relying party reads nothing of them. */
static void
a_token_shows_nothing_of_its_lineage(void)
{
	struct reply a = world_assume(W_ROLE("deploy"), world_token(""), ""), r;
	struct signer s = world_signer(&a);
	struct claims c;

	issuer_on(W_A1);
	r = outbound_get(&s, OUTBOUND_RS);
	CHECK_GRANTED(r);
	if (!outbound_claims(&r, W_A1, &c)) {
		CHECK(false);
		return;
	}
	CHECK(claim_str(&c, "urn:fedgate:lineage").n > 100);
	CHECK(memmem(c.json.src.p, c.json.src.n, "repo:acme", 9) == NULL);
}

static void
the_record_holds_the_key_and_no_token(void)
{
	struct reply r;
	bool kid = false;

	issuer_on(W_A1);
	r = outbound_get(&world.alice, OUTBOUND_RS);
	CHECK_GRANTED(r);
	CHECK_STR(r.record.name, "GetWebIdentityToken");
	CHECK_STR(r.record.resource_arn, "arn:aws:sts::111122223333:self");
	for (size_t i = 0; i < r.record.n_result; i++)
		kid = kid || fg_starts(r.record.result[i].value, FG_LIT("FGRS"));
	CHECK(kid);
	CHECK(!r.record.read_only);
}

/* ---- refusals ---- */

static void
an_account_without_an_issuer_gets_none(void)
{
	struct reply r;

	issuer_off(W_A1);
	r = outbound_get(&world.alice, OUTBOUND_RS);
	CHECK_FAULT(r, 403, "OutboundWebIdentityFederationDisabledException");
	CHECK_STR(fg_str_z(r.err.step), "api.outbound.disabled");
	issuer_on(W_A1);
	GRANTED(outbound_get(&world.alice, OUTBOUND_RS));
	REFUSED(outbound_get(&world.bob, OUTBOUND_RS), 403,
	    "OutboundWebIdentityFederationDisabledException");
}

static void
parameters_are_held_to_the_model(void)
{
	static const struct {
		const char *more, *code, *says;
	} rows[] = {
		{ "&SigningAlgorithm=RS256", "ValidationError", "audience" },
		{ OUTBOUND_AUD, "ValidationError", "signingAlgorithm" },
		{ OUTBOUND_AUD "&SigningAlgorithm=HS256", "ValidationError", "[RS256, ES384]" },
		{ OUTBOUND_AUD "&SigningAlgorithm=rs256", "ValidationError", "[RS256, ES384]" },
		{ OUTBOUND_AUD "&SigningAlgorithm=none", "ValidationError", "signingAlgorithm" },
		{ OUTBOUND_RS "&DurationSeconds=59", "ValidationError", "60" },
		{ OUTBOUND_RS "&DurationSeconds=3601", "ValidationError", "3600" },
		{ "&Audience.member.1=&SigningAlgorithm=RS256", "ValidationError", "audience" },
		{ "&Audience.member.2=x&SigningAlgorithm=RS256", "MalformedQueryString", "" },
		{ OUTBOUND_RS "&Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Key=A"
		  "&Tags.member.2.Value=2", "InvalidParameterValue", "Duplicate tag keys" },
		{ OUTBOUND_RS "&Tags.member.1.Key=aws%3Ax&Tags.member.1.Value=1",
		  "InvalidParameterValue", "aws:" },
		{ OUTBOUND_RS "&Subject=admin", "ValidationError", "not recognized" },
	};
	struct reply r;

	issuer_on(W_A1);
	world.signs = 0;
	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		r = outbound_get(&world.alice, rows[i].more);
		CHECK(fg_eq(r.code, fg_str_z(rows[i].code)));
		CHECK(memmem(r.body.p, r.body.n, rows[i].says, strlen(rows[i].says)) != NULL);
		CHECK(world_xml(&r, "WebIdentityToken").n == 0);
	}
	CU_ASSERT_EQUAL(world.signs, 0);
}

static void
eleven_audiences_are_too_many(void)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 4096);
	struct reply r;

	issuer_on(W_A1);
	for (int i = 1; i <= 11; i++)
		fg_buf_fmt(&b, "&Audience.member.%d=a%d", i, i);
	fg_buf_put(&b, FG_LIT("&SigningAlgorithm=RS256"));
	fg_buf_putc(&b, '\0');
	r = outbound_get(&world.alice, b.p);
	CHECK_FAULT(r, 400, "ValidationError");
}

static void
no_token_outlives_its_session(void)
{
	struct reply a = world_assume(W_ROLE("deploy"), world_token(""), "&DurationSeconds=900"), r;
	struct signer s = world_signer(&a);

	issuer_on(W_A1);
	GRANTED(outbound_get(&s, OUTBOUND_RS "&DurationSeconds=900"));
	r = outbound_get(&s, OUTBOUND_RS "&DurationSeconds=901");
	CHECK_FAULT(r, 403, "SessionDurationEscalationException");
	world.now = W_NOW + 700;
	REFUSED(outbound_get(&s, OUTBOUND_RS), 403, "SessionDurationEscalationException");
	GRANTED(outbound_get(&s, OUTBOUND_RS "&DurationSeconds=200"));
}

static void
sessions_of_users_get_none(void)
{
	struct reply a = world_signed(&world.alice, "Action=GetSessionToken&Version=2011-06-15"), r;
	struct signer s = world_signer(&a);

	issuer_on(W_A1);
	r = outbound_get(&s, OUTBOUND_RS);
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STR(r.message, "Cannot call GetWebIdentityToken with session credentials");
	a = world_signed(&world.alice, "Action=GetFederationToken&Version=2011-06-15&Name=guest");
	s = world_signer(&a);
	REFUSED(outbound_get(&s, OUTBOUND_RS), 403, "AccessDenied");
}

static void
it_needs_tls_beyond_loopback(void)
{
	struct reply r;

	issuer_on(W_A1);
	world.peer.secure = world.peer.own_tls = false;
	r = outbound_get(&world.alice, OUTBOUND_RS);
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STR(fg_str_z(r.err.step), "api.transport");
}

/* ---- policy ---- */

static void
allow(const char *statements)
{
	const struct store_inline p = { .account = W_A1, .owner = FG_LIT("AIDA00000000000000001"),
		.name = FG_LIT("all"), .document = fg_arena_fmt(world.a,
		    "{\"Version\":\"2012-10-17\",\"Statement\":[%s]}", statements) };

	world_put(STORE_INLINE, &p);
}

#define S(action, condition)                                                                     \
	"{\"Effect\":\"Allow\",\"Action\":\"sts:" action "\",\"Resource\":\"*\"" condition "}"

static void
policies_see_audience_algorithm_and_duration(void)
{
	static const char *const conditions[] = {
		",\"Condition\":{\"ForAllValues:StringEquals\":{\"sts:IdentityTokenAudience\":\"https://api.example.com\"}}",
		",\"Condition\":{\"StringEquals\":{\"sts:SigningAlgorithm\":\"RS256\"}}",
		",\"Condition\":{\"NumericLessThanEquals\":{\"sts:DurationSeconds\":\"300\"}}",
	};
	static const char *const denied[] = {
		OUTBOUND_AUD "&Audience.member.2=other&SigningAlgorithm=RS256",
		OUTBOUND_AUD "&SigningAlgorithm=ES384",
		OUTBOUND_RS "&DurationSeconds=301",
	};
	struct reply r;

	issuer_on(W_A1);
	for (size_t i = 0; i < FG_COUNT(conditions); i++) {
		allow(fg_arena_fmt(world.a, S("GetWebIdentityToken", "%s"), conditions[i]).p);
		GRANTED(outbound_get(&world.alice, OUTBOUND_RS));
		r = outbound_get(&world.alice, denied[i]);
		CHECK_FAULT(r, 403, "AccessDenied");
		CHECK(fg_starts(r.message, FG_LIT("User: arn:aws:iam::111122223333:user/alice is not authorized "
		    "to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::111122223333:self")));
	}
	allow(S("AssumeRole", ""));
	REFUSED(outbound_get(&world.alice, OUTBOUND_RS), 403, "AccessDenied");
}

static void
tags_need_their_own_permission(void)
{
	struct reply r;

	issuer_on(W_A1);
	allow(S("GetWebIdentityToken", ""));
	r = outbound_get(&world.alice, OUTBOUND_RS "&Tags.member.1.Key=a&Tags.member.1.Value=1");
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK(memmem(r.body.p, r.body.n, "sts:TagGetWebIdentityToken", 26) != NULL);
	allow(S("GetWebIdentityToken", "") "," S("TagGetWebIdentityToken",
	    ",\"Condition\":{\"StringEquals\":{\"aws:RequestTag/a\":\"1\"}}"));
	GRANTED(outbound_get(&world.alice, OUTBOUND_RS "&Tags.member.1.Key=a&Tags.member.1.Value=1"));
	REFUSED(outbound_get(&world.alice, OUTBOUND_RS "&Tags.member.1.Key=a&Tags.member.1.Value=2"),
	    403, "AccessDenied");
}

/* ---- the wait ---- */

static void
a_full_queue_is_throttling(void)
{
	struct reply r;

	issuer_on(W_A1);
	world.aside_full = true;
	r = outbound_get(&world.alice, OUTBOUND_RS);
	CHECK_FAULT(r, 400, "Throttling");
	CHECK_STR(world.aside_owner, "111122223333");
}

static void
switch_off(void)
{
	issuer_off(W_A1);
}

static void
what_was_switched_off_meanwhile_is_not_handed_out(void)
{
	struct reply r;

	issuer_on(W_A1);
	world.meanwhile = switch_off;
	r = outbound_get(&world.alice, OUTBOUND_RS);
	CHECK_FAULT(r, 403, "OutboundWebIdentityFederationDisabledException");
	CHECK(world_xml(&r, "WebIdentityToken").n == 0);
}

static void
cut_off(void)
{
	const struct store_cut cut = { .account = W_A1, .kind = FG_LIT("role"),
		.target = FG_LIT("AROA00000000000000001"), .reason = FG_LIT("test"), .at = W_NOW,
		.expires = W_NOW + 200000 };

	world_put(STORE_CUT, &cut);
}

static void
a_session_that_was_cut_off_meanwhile_gets_nothing(void)
{
	struct reply a = world_assume(W_ROLE("deploy"), world_token(""), ""), r;
	struct signer s = world_signer(&a);

	issuer_on(W_A1);
	world.meanwhile = cut_off;
	r = outbound_get(&s, OUTBOUND_RS);
	CHECK_FAULT(r, 403, "InvalidClientTokenId");
	CHECK(world_xml(&r, "WebIdentityToken").n == 0);
}

/* Rule 6: the row opens nowhere else. */
static void
a_key_that_was_moved_does_not_sign(void)
{
	struct outbound_key key;
	struct fg_err err = { 0 };
	struct store_secret row = { 0 };
	const struct store_secret *was;
	struct reply r;

	issuer_on(W_A1);
	issuer_on(W_A2);
	directory_enter();
	CHECK_OK(outbound_key_find(world.d, W_A1, OUTBOUND_RS256, world.a, &key, &err));
	was = directory_row_find(world.d, STORE_SECRET, key.kid);
	CU_ASSERT_PTR_NOT_NULL_FATAL(was);
	row = *was;
	row.blob = fg_arena_dup(world.a, row.blob);
	directory_leave();
	directory_enter();
	CHECK_OK(outbound_key_find(world.d, W_A2, OUTBOUND_RS256, world.a, &key, &err));
	was = directory_row_find(world.d, STORE_SECRET, key.kid);
	CU_ASSERT_PTR_NOT_NULL_FATAL(was);
	{
		struct fg_str blob = row.blob;

		row = *was;
		row.id = key.kid;
		row.account = row.owner = W_A2;
		row.purpose = FG_LIT(OUTBOUND_PURPOSE);
		row.public_part = fg_arena_dup(world.a, was->public_part);
		row.blob = blob;
	}
	directory_leave();
	world_put(STORE_SECRET, &row);
	r = outbound_get(&world.bob, OUTBOUND_RS);
	CHECK_FAULT(r, 503, "ServiceUnavailable");
	CHECK_STR(fg_str_z(r.err.step), "api.outbound.sign");
}

/* ---- size ---- */

static void
a_token_that_is_too_large_is_refused(void)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 1u << 20);
	struct reply r;

	issuer_on(W_A1);
	fg_buf_put(&b, FG_LIT(OUTBOUND_RS));
	for (int i = 1; i <= 50; i++) {
		fg_buf_fmt(&b, "&Tags.member.%d.Key=k%0120d&Tags.member.%d.Value=%0250d", i, i, i, i);
	}
	fg_buf_putc(&b, '\0');
	r = outbound_get(&world.alice, b.p);
	CHECK_FAULT(r, 400, "JWTPayloadSizeExceededException");
}

/* ---- organisations ---- */

static void
tokens_name_the_organisation(void)
{
	const struct store_setting settings[] = {
		{ FG_LIT(""), FG_LIT("organization.management"), W_A2 },
		{ FG_LIT(""), FG_LIT("organization.id"), FG_LIT("o-abcdefghij") },
	};
	const struct store_unit units[] = {
		{ FG_LIT(""), FG_LIT("r-root"), FG_LIT(""), FG_LIT("Root") },
		{ FG_LIT(""), FG_LIT("ou-1"), FG_LIT("r-root"), FG_LIT("one") },
		{ FG_LIT(""), FG_LIT("ou-2"), FG_LIT("ou-1"), FG_LIT("two") },
	};
	struct store_account a1 = row_account(W_A1);
	struct claims c;
	struct reply r;

	issuer_on(W_A1);
	for (size_t i = 0; i < FG_COUNT(settings); i++)
		world_put(STORE_SETTING, &settings[i]);
	for (size_t i = 0; i < FG_COUNT(units); i++)
		world_put(STORE_UNIT, &units[i]);
	a1.unit = FG_LIT("ou-2");
	world_put(STORE_ACCOUNT, &a1);
	r = outbound_get(&world.alice, OUTBOUND_RS);
	CHECK_GRANTED(r);
	CHECK(outbound_claims(&r, W_A1, &c));
	CHECK_STR(claim_inner(&c, "org_id"), "o-abcdefghij");
	CHECK(memmem(c.json.src.p, c.json.src.n, "\"ou_path\":[\"o-abcdefghij/r-root/ou-1/ou-2/\"]", 44) != NULL);
	for (size_t i = 0; i < FG_COUNT(settings); i++)
		world_drop(STORE_SETTING, &settings[i]);
	for (size_t i = 0; i < FG_COUNT(units); i++)
		world_drop(STORE_UNIT, &units[i]);
	a1.unit = FG_LIT("");
	world_put(STORE_ACCOUNT, &a1);
	r = outbound_get(&world.alice, OUTBOUND_RS);
	CHECK(outbound_claims(&r, W_A1, &c));
	CHECK(fg_str_null(claim_inner(&c, "org_id")));
}

CU_TestInfo outbound_tests[] = {
	CASE(tokens_name_the_organisation),
	CASE(a_users_token_says_who_it_is),
	CASE(a_sessions_token_names_its_role_and_its_tags),
	CASE(a_token_shows_nothing_of_its_lineage),
	CASE(the_record_holds_the_key_and_no_token),
	CASE(an_account_without_an_issuer_gets_none),
	CASE(parameters_are_held_to_the_model),
	CASE(eleven_audiences_are_too_many),
	CASE(no_token_outlives_its_session),
	CASE(sessions_of_users_get_none),
	CASE(it_needs_tls_beyond_loopback),
	CASE(a_token_that_is_too_large_is_refused),
	CASE(a_full_queue_is_throttling),
	CASE(what_was_switched_off_meanwhile_is_not_handed_out),
	CASE(a_key_that_was_moved_does_not_sign),
	CASE(policies_see_audience_algorithm_and_duration),
	CASE(tags_need_their_own_permission),
	CASE(a_session_that_was_cut_off_meanwhile_gets_nothing),
	CASES_END,
};
