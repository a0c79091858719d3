/* AssumeRoleWithWebIdentity from end to end, and its refusals. */
#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"

#define DEPLOY W_ROLE("deploy")

static void
a_token_becomes_credentials(void)
{
	struct reply r = world_assume(DEPLOY, world_token(""), ""), who;
	struct signer s = world_signer(&r);

	CHECK_GRANTED(r);
	CHECK(r.key_id.n == 20 && fg_starts(r.key_id, FG_LIT("ASIA")));
	CHECK(r.secret.n == 40 && r.token.n > 0);
	CHECK_STR(world_xml(&r, "SubjectFromWebIdentityToken"), "repo:acme/app:ref:main");
	CHECK_STR(world_xml(&r, "Audience"), "sts.amazonaws.com");
	CHECK_STR(world_xml(&r, "Provider"), W_ISSUER);
	CHECK_STR(world_xml(&r, "AssumedRoleId"), "AROA00000000000000001:run-1");
	CHECK_STR(r.arn, "arn:aws:sts::111122223333:assumed-role/deploy/run-1");
	CHECK_STR(r.expires, "2026-09-21T15:13:20Z");
	CHECK(fg_str_null(world_xml(&r, "SourceIdentity")));
	CHECK(fg_starts(r.body, FG_LIT("<AssumeRoleWithWebIdentityResponse "
	    "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
	    "<AssumeRoleWithWebIdentityResult>")));

	who = world_signed(&s, "Action=GetCallerIdentity&Version=2011-06-15");
	CHECK_GRANTED(who);
	CHECK_STR(who.arn, "arn:aws:sts::111122223333:assumed-role/deploy/run-1");
	CHECK_STR(world_xml(&who, "UserId"), "AROA00000000000000001:run-1");
	CHECK_STR(world_xml(&who, "Account"), "111122223333");
}

static void
the_record_says_who_what_and_why(void)
{
	struct reply r = world_assume(DEPLOY, world_token(""), "");

	CHECK_GRANTED(r);
	CHECK(r.waited_for_disk);
	CHECK_STR(r.record.name, "AssumeRoleWithWebIdentity");
	CHECK_STR(r.record.issuer, W_ISSUER);
	CHECK_STR(r.record.subject, "repo:acme/app:ref:main");
	CHECK_STR(r.record.resource_arn, DEPLOY);
	CHECK_STR(r.record.recipient_account, "111122223333");
	CHECK_STR(r.record.decided.layer, "resource");
	CHECK(r.record.decided.statement == 0);
	CHECK(r.record.who.type == AUDIT_WHO_WEB);
	CHECK_STR(r.record.who.identity_provider, W_PROVIDER);
	CHECK_EQ(r.record.minted.access_key_id, r.key_id);
	CHECK(r.record.n_param >= 2);
	CHECK(fg_str_null(r.record.error_code));
	CHECK(!r.record.read_only);
}

static void
nothing_is_handed_out_before_the_record_is_on_disk(void)
{
	struct reply r;

	world.disk_full = true;
	r = world_assume(DEPLOY, world_token(""), "");
	CHECK_FAULT(r, 503, "ServiceUnavailable");
	world.disk_full = false;
	world.disk_fails = true;
	r = world_assume(DEPLOY, world_token(""), "");
	CHECK_FAULT(r, 503, "ServiceUnavailable");
}

/* The reply is made before the record is on disk, and outlives all else of the call. */
static void
a_reply_waits_without_what_made_it(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *work = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	struct reply r;

	world.work = work;
	r = world_assume(DEPLOY, world_token(""), "");
	CHECK(r.status == 200 && world.settled == 1 && fg_arena_used(work) == 0);
	CHECK(r.key_id.n == 20 && r.secret.n == 40 && r.token.n > 100 && r.expires.n == 20);
	CHECK_STR(world_xml(&r, "SubjectFromWebIdentityToken"), "repo:acme/app:ref:main");
	world.disk_fails = true;
	r = world_assume(DEPLOY, world_token(""), "");
	CHECK_FAULT(r, 503, "ServiceUnavailable");
	CHECK(world.settled == 2 && fg_str_null(r.secret) && fg_str_null(r.token));
	world.disk_fails = false;
	world.disk_full = true;
	r = world_assume(DEPLOY, world_token(""), "");
	CHECK_FAULT(r, 503, "ServiceUnavailable");
	CHECK(world.settled == 2 && fg_str_null(r.secret));
	world.disk_full = false;
	r = world_assume(W_ROLE("nobody"), world_token(""), "");
	CHECK(r.status == 403 && world.settled == 2);
	world.work = NULL;
}

static void
an_untrusted_subject_is_denied_with_awss_words(void)
{
	struct fg_str p = world_payload("\"" W_ISSUER "\"", "\"repo:acme/app:ref:evil\"",
	    "\"sts.amazonaws.com\"", "1789999990", "1790000290", "");
	struct reply r = world_assume(DEPLOY, world_token_of("RS256", p.p), "");

	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STR(r.message, "Not authorized to perform sts:AssumeRoleWithWebIdentity");
	CHECK_STEP(r.err, "api.denied");
	CHECK_STR(r.record.error_code, "AccessDenied");
	CHECK_STR(r.record.subject, "repo:acme/app:ref:evil");
	CHECK(r.record.reason != NULL);
	CHECK(!r.waited_for_disk);
}

static void
duration_is_bounded_by_model_and_role(void)
{
	struct reply r = world_assume(DEPLOY, world_token(""), "&DurationSeconds=900");

	CHECK_GRANTED(r);
	CHECK_STR(r.expires, "2026-09-21T14:28:20Z");
	r = world_assume(DEPLOY, world_token(""), "&DurationSeconds=7200");
	CHECK_GRANTED(r); /* the token's own exp does not cap the session */
	CHECK_STR(r.expires, "2026-09-21T16:13:20Z");
	r = world_assume(DEPLOY, world_token(""), "&DurationSeconds=7201");
	CHECK_FAULT(r, 400, "ValidationError");
	CHECK_STR(r.message,
	    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
	r = world_assume(DEPLOY, world_token(""), "&DurationSeconds=899");
	CHECK_FAULT(r, 400, "ValidationError");
	CHECK_STR(r.message, "1 validation error detected: Value &#39;899&#39; at &#39;durationSeconds"
	    "&#39; failed to satisfy constraint: Member must have value greater than or equal to 900");
}

static void
a_session_policy_narrows_and_is_checked(void)
{
	struct fg_str good = world_escape(FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{"
	    "\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"));
	struct reply r = world_assume(DEPLOY, world_token(""),
	    fg_arena_fmt(world.a, "&Policy=%.*s", (int)good.n, good.p).p);
	struct reply no;
	struct signer s;

	CHECK_GRANTED(r);
	CHECK(world_xml(&r, "PackedPolicySize").n > 0);
	s = world_signer(&r);
	no = world_signed(&s, "Action=DecodeAuthorizationMessage&Version=2011-06-15&EncodedMessage=x");
	CHECK_FAULT(no, 403, "AccessDenied");
	r = world_assume(DEPLOY, world_token(""), "&Policy=%7B%7D");
	CHECK_FAULT(r, 400, "MalformedPolicyDocument");
	r = world_assume(DEPLOY, world_token(""), "&Policy=not+json");
	CHECK_FAULT(r, 400, "MalformedPolicyDocument");
}

static void
managed_session_policies_must_exist_in_the_roles_account(void)
{
	struct reply r = world_assume(DEPLOY, world_token(""),
	    "&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3A111122223333%3Apolicy%2Fread");

	CHECK_GRANTED(r);
	r = world_assume(DEPLOY, world_token(""),
	    "&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3A111122223333%3Apolicy%2Fnone");
	CHECK_FAULT(r, 400, "ValidationError");
	r = world_assume(DEPLOY, world_token(""),
	    "&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3A444455556666%3Apolicy%2Fread");
	CHECK_FAULT(r, 400, "ValidationError");
	CHECK_STEP(r.err, "api.policies.account");
	r = world_assume(DEPLOY, world_token(""),
	    "&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3A111122223333%3Apolicy%2Fread"
	    "&PolicyArns.member.2.arn=arn%3Aaws%3Aiam%3A%3A111122223333%3Apolicy%2Fread");
	CHECK_FAULT(r, 400, "InvalidParameterValue");
}

#define TAGS(inner) ",\"https://aws.amazon.com/tags\":{\"principal_tags\":{" inner "}}"

static void
tags_of_claims_need_permission_and_form(void)
{
	struct reply r = world_assume(DEPLOY, world_token(TAGS("\"Cost\":[\"42\"]")), "");

	CHECK_GRANTED(r);
	r = world_assume(W_ROLE("plain"), world_token(""), "");
	CHECK_GRANTED(r);
	r = world_assume(W_ROLE("plain"), world_token(TAGS("\"Cost\":[\"42\"]")), "");
	CHECK_FAULT(r, 403, "AccessDenied");
	r = world_assume(DEPLOY, world_token(TAGS("\"Cost\":[\"42\"],\"cost\":[\"43\"]")), "");
	CHECK_FAULT(r, 400, "InvalidIdentityToken");
	CHECK_STEP(r.err, "api.tags.repeat");
	r = world_assume(DEPLOY, world_token(TAGS("\"aws:x\":[\"42\"]")), "");
	CHECK_STEP(r.err, "api.tags.reserved");
	r = world_assume(DEPLOY, world_token(TAGS("\"a\\u202eb\":[\"42\"]")), "");
	CHECK_STEP(r.err, "api.tags.form");
	r = world_assume(DEPLOY, world_token(TAGS("\"a\\u00a0b\":[\"42\"]")), "");
	CHECK_STEP(r.err, "api.tags.form");
	r = world_assume(DEPLOY, world_token(TAGS("\"\\u00e9t\\u00e9 1\":[\"42\"]")), "");
	CHECK_GRANTED(r);
}

static void
source_identity_of_a_claim_is_returned_and_needs_permission(void)
{
	static const char claim[] = ",\"https://aws.amazon.com/source_identity\":\"diego\"";
	struct reply r = world_assume(DEPLOY, world_token(claim), "");

	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "SourceIdentity"), "diego");
	r = world_assume(W_ROLE("plain"), world_token(claim), "");
	CHECK_FAULT(r, 403, "AccessDenied");
	r = world_assume(DEPLOY,
	    world_token(",\"https://aws.amazon.com/source_identity\":\"aws:me\""), "");
	CHECK_FAULT(r, 400, "InvalidIdentityToken");
}

static void
an_unknown_kid_waits_for_a_fetch_once(void)
{
	struct reply r;

	world.no_keys = true;
	world.kid_arrives = true;
	r = world_assume(DEPLOY, world_token(""), "");
	CHECK_GRANTED(r);
	CHECK(world.waits == 1);
	world.no_keys = true;
	world.kid_arrives = false;
	r = world_assume(DEPLOY, world_token(""), "");
	CHECK_FAULT(r, 400, "InvalidIdentityToken");
	CHECK(world.waits == 2);
}

static void
verification_is_charged_and_refunded(void)
{
	struct fg_str bad = world_token("");
	struct reply r = world_assume(DEPLOY, bad, "");
	char *p = fg_arena_dup(world.a, bad).p == NULL ? NULL : (char *)fg_arena_alloc(world.a, bad.n);

	CHECK_GRANTED(r);
	CHECK(world.charges == 1 && world.refunds == 1);
	CU_ASSERT_FATAL(p != NULL);
	memcpy(p, bad.p, bad.n);
	p[bad.n - 20] = p[bad.n - 20] == 'A' ? 'B' : 'A';
	r = world_assume(DEPLOY, fg_str(p, bad.n), "");
	CHECK_FAULT(r, 400, "InvalidIdentityToken");
	CHECK(world.charges == 2 && world.refunds == 1);
}

static void
a_role_that_is_made_again_does_not_know_old_sessions(void)
{
	struct reply r = world_assume(W_ROLE("plain"), world_token(""), ""), who;
	struct signer s = world_signer(&r);
	struct store_role old = { .account = W_A1, .uid = FG_LIT("AROA00000000000000002") };

	CHECK_GRANTED(r);
	world_drop(STORE_ROLE, &old);
	who = world_signed(&s, "Action=GetCallerIdentity&Version=2011-06-15");
	CHECK_FAULT(who, 403, "InvalidClientTokenId");
	world_role(W_A1, "AROA00000000000000012", "plain",
	    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Federated\":\""
	    W_PROVIDER "\"},\"Action\":\"sts:AssumeRoleWithWebIdentity\"}]}", NULL);
	who = world_signed(&s, "Action=GetCallerIdentity&Version=2011-06-15");
	CHECK_FAULT(who, 403, "InvalidClientTokenId");
	r = world_assume(W_ROLE("plain"), world_token(""), "");
	CHECK_GRANTED(r);
}

CU_TestInfo web_tests[] = {
	CASE(a_token_becomes_credentials),
	CASE(the_record_says_who_what_and_why),
	CASE(nothing_is_handed_out_before_the_record_is_on_disk),
	CASE(a_reply_waits_without_what_made_it),
	CASE(an_untrusted_subject_is_denied_with_awss_words),
	CASE(duration_is_bounded_by_model_and_role),
	CASE(a_session_policy_narrows_and_is_checked),
	CASE(managed_session_policies_must_exist_in_the_roles_account),
	CASE(tags_of_claims_need_permission_and_form),
	CASE(source_identity_of_a_claim_is_returned_and_needs_permission),
	CASE(an_unknown_kid_waits_for_a_fetch_once),
	CASE(verification_is_charged_and_refunded),
	CASE(a_role_that_is_made_again_does_not_know_old_sessions),
	CASES_END
};
