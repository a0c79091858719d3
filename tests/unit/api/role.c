/* AssumeRole: both sides, tags, source identity, chains. */
#include <liboath/oath.h>

#include "gateway/directory/directory_int.h"
#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"

static struct reply
assume(const struct signer *s, const char *account, const char *role, const char *more)
{
	return world_signed(s, fg_arena_fmt(world.a, "Action=AssumeRole&Version=2011-06-15&RoleArn="
	    "arn%%3Aaws%%3Aiam%%3A%%3A%s%%3Arole%%2F%s&RoleSessionName=hop%s", account, role, more).p);
}

#define MIDDLE(s, more) assume((s), "111122223333", "middle", (more))
#define LAST(s, more) assume((s), "444455556666", "last", (more))

static void
a_user_of_another_account_assumes_a_role(void)
{
	struct reply r = MIDDLE(&world.bob, "&ExternalId=ext-1&SourceIdentity=bob"), who;
	struct signer s = world_signer(&r);

	CHECK_GRANTED(r);
	CHECK_STR(r.arn, "arn:aws:sts::111122223333:assumed-role/middle/hop");
	CHECK_STR(world_xml(&r, "SourceIdentity"), "bob");
	CHECK(r.waited_for_disk && r.record.who.type == AUDIT_WHO_USER);
	CHECK_STR(r.record.origin.method, "key");
	CHECK_STR(r.record.origin.subject, "arn:aws:iam::444455556666:user/bob");
	who = world_signed(&s, "Action=GetCallerIdentity&Version=2011-06-15");
	CHECK_STR(who.arn, "arn:aws:sts::111122223333:assumed-role/middle/hop");
}

static void
a_denial_names_caller_action_and_role(void)
{
	struct reply r = MIDDLE(&world.bob, "&ExternalId=wrong");
	static const char words[] = "User: arn:aws:iam::444455556666:user/bob is not authorized to "
	    "perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/middle Encoded "
	    "authorization failure message: ";

	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK(fg_starts(r.message, fg_str_z(words)));
	r = assume(&world.bob, "111122223333", "absent", "");
	CHECK_FAULT(r, 403, "AccessDenied");
	r = assume(&world.bob, "999999999999", "absent", "");
	CHECK_FAULT(r, 403, "AccessDenied");
}

/* deploy (by a token) -> middle -> last, in another account. */
static void
a_chain_carries_identity_tags_and_origin(void)
{
	static const char claims[] = ",\"https://aws.amazon.com/source_identity\":\"diego\","
	    "\"https://aws.amazon.com/tags\":{\"principal_tags\":{\"Cost\":[\"42\"],\"Own\":[\"1\"]},"
	    "\"transitive_tag_keys\":[\"Cost\"]}";
	struct reply r = world_assume(W_ROLE("deploy"), world_token(claims), ""), x;
	struct signer s = world_signer(&r);

	CHECK_GRANTED(r);
	r = MIDDLE(&s, "");
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "SourceIdentity"), "diego");
	s = world_signer(&r);

	x = LAST(&s, "&Tags.member.1.Key=cost&Tags.member.1.Value=7");
	CHECK_FAULT(x, 400, "InvalidParameterValue");
	CHECK_STR(x.message, "One of the specified transitive tag keys can&#39;t be set because it "
	    "conflicts with a transitive tag key from the calling session.");
	x = LAST(&s, "&SourceIdentity=mallory");
	CHECK_FAULT(x, 403, "AccessDenied");
	CHECK_STEP(x.err, "api.source-identity.changed");
	x = LAST(&s, "&SourceIdentity=diego");
	CHECK_GRANTED(x);

	r = LAST(&s, "");
	CHECK_GRANTED(r);
	CHECK_STR(r.record.origin.method, "oidc");
	CHECK_STR(r.record.origin.issuer, W_ISSUER);
	CHECK_STR(r.record.origin.subject, "repo:acme/app:ref:main");
	CHECK_STR(r.record.minted.source_identity, "diego");
	s = world_signer(&r);
	r = world_signed(&s, "Action=GetCallerIdentity&Version=2011-06-15");
	CHECK_STR(r.arn, "arn:aws:sts::444455556666:assumed-role/last/hop");
	CHECK_STR(r.record.origin.subject, "repo:acme/app:ref:main");
}

static void
a_chained_session_lasts_an_hour(void)
{
	struct reply r = MIDDLE(&world.bob, "&DurationSeconds=7200"), x;
	struct signer s = world_signer(&r);

	CHECK_GRANTED(r); /* no chain: bob is a user */
	x = LAST(&s, "&DurationSeconds=3601");
	CHECK_FAULT(x, 400, "ValidationError");
	CHECK_STR(x.message, "The requested DurationSeconds exceeds the 1 hour session limit for roles "
	    "assumed by role chaining.");
	x = LAST(&s, "&DurationSeconds=3600");
	CHECK_GRANTED(x);
	CHECK_STR(x.expires, "2026-09-21T15:13:20Z");
}

static void
a_cut_ancestor_ends_what_came_of_it(void)
{
	struct reply r = world_assume(W_ROLE("deploy"), world_token(""), "");
	struct signer first = world_signer(&r), second;
	const struct store_cut cut = { .account = W_A1, .kind = FG_LIT("role"),
		.target = FG_LIT("AROA00000000000000001"), .reason = FG_LIT("test"), .at = W_NOW,
		.expires = W_NOW + 99999 };

	r = MIDDLE(&first, "");
	CHECK_GRANTED(r);
	second = world_signer(&r);
	r = LAST(&second, "");
	CHECK_GRANTED(r);
	second = world_signer(&r);
	world_put(STORE_CUT, &cut);
	r = world_signed(&second, "Action=GetCallerIdentity&Version=2011-06-15");
	CHECK_FAULT(r, 403, "InvalidClientTokenId");
	CHECK_STEP(r.err, "api.session.chain");
	world_drop(STORE_CUT, &cut);
}

static void
a_loop_of_roles_ends(void)
{
	static const char trust[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
	    "\"Principal\":{\"AWS\":\"111122223333\"},\"Action\":\"sts:AssumeRole\"}]}";
	static const char all[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
	    "\"Action\":\"sts:*\",\"Resource\":\"*\"}]}";
	struct signer s = world.alice;
	struct reply r = { 0 };
	unsigned hops;

	world_role(W_A1, "AROA00000000000000021", "ring-a", trust, all);
	world_role(W_A1, "AROA00000000000000022", "ring-b", trust, all);
	for (hops = 0; hops < 20; hops++) {
		r = assume(&s, "111122223333", hops % 2 == 0 ? "ring-a" : "ring-b", "");
		if (r.status != 200)
			break;
		s = world_signer(&r);
	}
	CHECK(hops == CRED_CHAIN_MAX + 1);
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STEP(r.err, "api.issue.chain");
}

static void
no_chain_outlives_its_first_proof_by_twelve_hours(void)
{
	static const char trust[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
	    "\"Principal\":{\"AWS\":\"111122223333\"},\"Action\":\"sts:AssumeRole\"}]}";
	static const char all[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
	    "\"Action\":\"sts:*\",\"Resource\":\"*\"}]}";
	const struct api_conf *conf = api_env_conf(world.env);
	struct signer s = world.alice;
	struct reply r;

	world_role(W_A1, "AROA00000000000000021", "ring-a", trust, all);
	((struct api_conf *)(uintptr_t)conf)->chain_max_s = 5400;
	r = assume(&s, "111122223333", "ring-a", "&DurationSeconds=3600");
	CHECK_GRANTED(r);
	s = world_signer(&r);
	world.now += 3000;
	r = assume(&s, "111122223333", "ring-a", "");
	CHECK_GRANTED(r);
	CHECK_STR(r.expires, "2026-09-21T15:43:20Z"); /* start + 5400 */
	((struct api_conf *)(uintptr_t)conf)->chain_max_s = FG_LIMIT_CHAIN_S;
}

static const struct {
	const char *more;
	int status;
	const char *code, *message;
} refusals[] = {
	{ "&ProvidedContexts.member.1.ProviderArn=arn%3Aaws%3Aiam%3A%3Aaws%3AcontextProvider%2Fx", 400,
	    "InvalidParameterValue", "ProvidedContexts is not supported" },
	{ "&Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Key=A&Tags.member.2.Value=2", 400,
	    "InvalidParameterValue",
	    "Duplicate tag keys found. Please note that Tag keys are case insensitive." },
	{ "&TransitiveTagKeys.member.1=a", 400, "InvalidParameterValue",
	    "The specified transitive tag key must be included in the requested tags." },
	{ "&Tags.member.1.Key=aws%3Ax&Tags.member.1.Value=1", 400, "InvalidParameterValue",
	    "Tag keys must not begin with aws:" },
	{ "&SourceIdentity=a", 400, "ValidationError", NULL },
	{ "&SourceIdentity=aws%3Ame", 400, "ValidationError", NULL },
	{ "&ExternalId=x", 400, "ValidationError", NULL },
	{ "&ExternalId=a%20b", 400, "ValidationError", NULL },
	{ "&SerialNumber=arn%3Aaws%3Aiam%3A%3A444455556666%3Amfa%2Fbob", 400, "ValidationError",
	    "SerialNumber and TokenCode must be given together" },
	{ "&TokenCode=12345", 400, "ValidationError", NULL },
	{ "&Tags.member.1.Key=a", 400, "ValidationError", NULL },
	{ "&DurationSeconds=7201", 400, "ValidationError",
	    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role." },
	{ "&Policy=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow"
	  "%22%2C%22Action%22%3A%22s3%3A%2A%22%7D%5D%7D", 400, "MalformedPolicyDocument", NULL },
};

static void
each_wrong_parameter_is_refused_in_awss_words(void)
{
	for (size_t i = 0; i < FG_COUNT(refusals); i++) {
		struct reply r = MIDDLE(&world.bob, refusals[i].more);

		CHECK_FAULT(r, refusals[i].status, refusals[i].code);
		if (refusals[i].message != NULL)
			CHECK_EQ(r.message, fg_str_z(refusals[i].message));
	}
}

static void
step_policy(const char *uid, fg_time created, bool put)
{
	const struct store_policy p = { .account = W_A1, .uid = fg_str_z(uid), .name = FG_LIT("step"),
		.path = FG_LIT("/"), .description = FG_LIT(""), .tags = FG_LIT(""), .version = 1,
		.last = 1, .created = created, .updated = created };
	const struct store_version v = { W_A1, p.uid, 1,
		FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
		    "\"sts:*\",\"Resource\":\"*\"}]}"), created };

	(put ? world_put : world_drop)(STORE_POLICY, &p);
	(put ? world_put : world_drop)(STORE_VERSION, &v);
}

/* A session names its managed policies by ARN and version, and both may come again. */
static void
a_policy_made_anew_is_not_the_one_of_the_session(void)
{
	struct reply r;
	struct signer s;

	step_policy("ANPA00000000000000061", W_NOW, true);
	world.now += 11;
	r = MIDDLE(&world.bob, "&ExternalId=ext-1&PolicyArns.member.1.arn="
	    "arn%3Aaws%3Aiam%3A%3A111122223333%3Apolicy%2Fstep");
	CHECK_GRANTED(r);
	s = world_signer(&r);
	r = LAST(&s, "");
	CHECK_GRANTED(r);
	step_policy("ANPA00000000000000061", W_NOW, false);
	world.now++;
	r = LAST(&s, "");
	CHECK_FAULT(r, 403, "AccessDenied");
	step_policy("ANPA00000000000000062", world.now, true);
	world.now++;
	r = LAST(&s, "");
	CHECK_FAULT(r, 403, "AccessDenied");
	step_policy("ANPA00000000000000062", world.now - 1, false);
}

#define SEED "12345678901234567890" /* of RFC 4226's own examples */

static void
device(fg_time enabled)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	size_t n = cred_ring_list(world.ring, e);
	struct store_mfa m = { .account = W_A1, .serial = FG_LIT("arn:aws:iam::111122223333:mfa/alice"),
		.user = FG_LIT("AIDA00000000000000001"), .tags = FG_LIT(""), .created = W_NOW,
		.enabled = enabled };
	const struct cred_where where = cred_where_mfa(&m);

	for (size_t i = 0; i < n; i++)
		if (e[i].cls == CRED_CLASS_WRAP)
			CHECK_OK(cred_client_wrap(world.cred, e[i].id, &where, FG_LIT(SEED), world.a,
			    &m.seed, NULL));
	world_put(STORE_MFA, &m);
}

static const char *
code_at(fg_time at)
{
	char otp[7];

	CHECK(oath_hotp_generate(SEED, 20, (uint64_t)(at / 30), 6, false, OATH_HOTP_DYNAMIC_TRUNCATION,
	    otp) == OATH_OK);
	return fg_arena_fmt(world.a, "&SerialNumber=arn%%3Aaws%%3Aiam%%3A%%3A111122223333%%3Amfa%%2Falice"
	    "&TokenCode=%s", otp).p;
}

static struct reply
careful(const char *code)
{
	world.connection++;
	return assume(&world.alice, "111122223333", "careful", code);
}

static void
mfa_shows_in_the_context_and_a_code_is_taken_once(void)
{
	static const char trust[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
	    "\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:user/alice\"},\"Action\":"
	    "\"sts:AssumeRole\",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"},"
	    "\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"60\"}}}]}";
	struct reply r;

	device(W_NOW);
	world_role(W_A1, "AROA00000000000000031", "careful", trust, NULL);
	r = careful("");
	CHECK_FAULT(r, 403, "AccessDenied");
	r = careful(code_at(world.now));
	CHECK_GRANTED(r);
	world.now++;
	r = careful(code_at(world.now - 1));
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STR(r.message,
	    "MultiFactorAuthentication failed with invalid MFA one time pass code. ");
	r = careful(code_at(world.now + 30));
	CHECK_GRANTED(r);
	world.now++;
	r = careful(code_at(world.now + 90));
	CHECK_FAULT(r, 403, "AccessDenied");
	r = assume(&world.bob, "111122223333", "middle", code_at(world.now + 30));
	CHECK_FAULT(r, 403, "AccessDenied"); /* not bob's device */
}

static void
set_key(struct fg_str id, int64_t state)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct store_key k = { .id = id };

	CHECK_OK(store_begin(world.st, &tx, NULL));
	CHECK_OK(store_get(tx, STORE_KEY, &k, world.a, NULL));
	k.state = state;
	CHECK_OK(store_update(tx, STORE_KEY, &k, NULL));
	CHECK_OK(store_commit(FG_STEAL(tx), NULL));
}

static void
alices_key_is_taken_away(void)
{
	set_key(world.alice.key_id, STORE_INACTIVE);
}

static void
a_key_that_goes_while_its_code_is_checked_gets_nothing(void)
{
	struct reply r;

	device(W_NOW);
	world.now += 7; /* a signature of its own */
	world.meanwhile = alices_key_is_taken_away;
	r = careful(code_at(world.now));
	set_key(world.alice.key_id, STORE_ACTIVE);
	CHECK_FAULT(r, 403, "InvalidClientTokenId");
	CHECK_STEP(r.err, "api.key.inactive");
	CHECK(r.token.n == 0);
}

static void
the_directory_falls_behind(void)
{
	atomic_store(&world.d->stale, true);
}

/* A cut-off denies by being there: what may lack one serves nobody. */
static void
nobody_is_served_from_a_directory_that_lacks_a_commit(void)
{
	struct reply r;

	device(W_NOW);
	world.now += 9;
	the_directory_falls_behind();
	r = assume(&world.bob, "111122223333", "careful", "");
	CHECK_FAULT(r, 503, "ServiceUnavailable");
	CHECK_STEP(r.err, "api.directory");
	atomic_store(&world.d->stale, false);
	world.meanwhile = the_directory_falls_behind;
	r = careful(code_at(world.now));
	atomic_store(&world.d->stale, false);
	CHECK_FAULT(r, 503, "ServiceUnavailable");
	CHECK_STEP(r.err, "api.directory");
}

static void
five_wrong_codes_lock_the_device_for_longer_and_longer(void)
{
	struct reply r;

	device(W_NOW);
	for (int i = 0; i < 5; i++) {
		world.now++;
		r = careful(code_at(world.now + 900));
		CHECK_FAULT(r, 403, "AccessDenied");
	}
	world.now++;
	r = careful(code_at(world.now));
	CHECK_FAULT(r, 403, "AccessDenied"); /* right, and locked */
	world.now += 60;
	r = careful(code_at(world.now + 900));
	CHECK_FAULT(r, 403, "AccessDenied"); /* wrong again: two minutes */
	world.now += 119;
	r = careful(code_at(world.now));
	CHECK_FAULT(r, 403, "AccessDenied");
	world.now += 2;
	r = careful(code_at(world.now));
	CHECK_GRANTED(r);
	device(0);
	world.now += 60;
	r = careful(code_at(world.now));
	CHECK_FAULT(r, 403, "AccessDenied"); /* not enabled */
}

static void
the_worst_session_is_too_large(void)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 1u << 16);
	struct fg_str s = FG_LIT("");
	struct reply r;

	for (int i = 1; i <= 50; i++)
		fg_buf_fmt(&b, "&Tags.member.%d.Key=k%0100d&Tags.member.%d.Value=v%0200d", i, i, i, i);
	fg_buf_putc(&b, '\0');
	CHECK_OK(fg_buf_end(&b, &s));
	r = MIDDLE(&world.bob, s.p);
	CHECK_FAULT(r, 400, "PackedPolicyTooLarge");
	CHECK(fg_starts(r.message, FG_LIT("Packed size of session tags consumes ")));
	CHECK(fg_ends(r.message, FG_LIT("% of allotted space.")));
}

CU_TestInfo role_tests[] = {
	CASE(a_user_of_another_account_assumes_a_role),
	CASE(a_denial_names_caller_action_and_role),
	CASE(a_chain_carries_identity_tags_and_origin),
	CASE(a_chained_session_lasts_an_hour),
	CASE(a_cut_ancestor_ends_what_came_of_it),
	CASE(a_loop_of_roles_ends),
	CASE(no_chain_outlives_its_first_proof_by_twelve_hours),
	CASE(each_wrong_parameter_is_refused_in_awss_words),
	CASE(mfa_shows_in_the_context_and_a_code_is_taken_once),
	CASE(a_policy_made_anew_is_not_the_one_of_the_session),
	CASE(a_key_that_goes_while_its_code_is_checked_gets_nothing),
	CASE(nobody_is_served_from_a_directory_that_lacks_a_commit),
	CASE(five_wrong_codes_lock_the_device_for_longer_and_longer),
	CASE(the_worst_session_is_too_large),
	CASES_END
};
