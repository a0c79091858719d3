/* GetCallerIdentity: who may ask, and in which form. */
#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"

#define WHO "Action=GetCallerIdentity&Version=2011-06-15"

static void
a_user_learns_its_name(void)
{
	struct reply r = world_signed(&world.alice, WHO);

	CHECK_GRANTED(r);
	CHECK_STR(r.arn, "arn:aws:iam::111122223333:user/alice");
	CHECK_STR(world_xml(&r, "UserId"), "AIDA00000000000000001");
	CHECK_STR(world_xml(&r, "Account"), "111122223333");
	CHECK(r.record.read_only && r.record.who.type == AUDIT_WHO_USER);
	CHECK(!r.waited_for_disk);
}

static void
a_presigned_get_works_and_so_does_a_session(void)
{
	struct reply r = world_presigned(&world.alice, WHO), a;
	struct signer s;

	CHECK_GRANTED(r);
	CHECK_STR(r.arn, "arn:aws:iam::111122223333:user/alice");
	a = world_assume(W_ROLE("deploy"), world_token(""), "");
	s = world_signer(&a);
	r = world_presigned(&s, WHO);
	CHECK_GRANTED(r);
	CHECK_STR(r.arn, "arn:aws:sts::111122223333:assumed-role/deploy/run-1");
}

static void
only_flagged_actions_are_taken_presigned(void)
{
	struct reply r = world_presigned(&world.alice, "Action=GetSessionToken&Version=2011-06-15");

	CHECK_FAULT(r, 400, "InvalidAction");
	CHECK_STEP(r.err, "api.method.get");
}

static void
a_presigned_query_in_a_post_is_refused(void)
{
	struct reply r = world_send("POST", "X-Amz-Signature=0", WHO, NULL, 0);

	CHECK_FAULT(r, 400, "MalformedQueryString");
	CHECK_STEP(r.err, "api.query");
}

static void
an_unsigned_request_is_told_so(void)
{
	struct reply r = world_anon(WHO);

	CHECK_FAULT(r, 403, "MissingAuthenticationToken");
	CHECK_STR(r.message, "Request is missing Authentication Token");
}

static void
a_wrong_secret_does_not_match(void)
{
	struct signer s = world.alice;
	struct reply r;

	s.secret = world.bob.secret;
	r = world_signed(&s, WHO);
	CHECK_FAULT(r, 403, "SignatureDoesNotMatch");
	CHECK(r.record.who.type == AUDIT_WHO_UNKNOWN);
	CHECK_EQ(r.record.who.access_key_id, s.key_id);
}

static void
an_unknown_or_inactive_key_is_invalid(void)
{
	struct signer s = world.alice;
	struct reply r;

	s.key_id = FG_LIT("AKIAQQQQQQQQQQQQQQQQ");
	r = world_signed(&s, WHO);
	CHECK_FAULT(r, 403, "InvalidClientTokenId");
	CHECK_STR(r.message, "The security token included in the request is invalid.");
	s = world.alice;
	s.token = FG_LIT("abc");
	r = world_signed(&s, WHO);
	CHECK_FAULT(r, 403, "InvalidClientTokenId");
	CHECK_STEP(r.err, "api.key.token");
}

static void
a_temporary_key_needs_its_own_token(void)
{
	struct reply a = world_assume(W_ROLE("deploy"), world_token(""), "");
	struct reply b = world_assume(W_ROLE("deploy"), world_token(""), ""), r;
	struct signer s = world_signer(&a);

	s.token = FG_STR_NULL;
	r = world_signed(&s, WHO);
	CHECK_FAULT(r, 403, "InvalidClientTokenId");
	CHECK_STEP(r.err, "api.session.token");
	s = world_signer(&a);
	s.token = b.token;
	r = world_signed(&s, WHO);
	CHECK_FAULT(r, 403, "InvalidClientTokenId");
	s = world_signer(&a);
	s.secret = b.secret;
	r = world_signed(&s, WHO);
	CHECK_FAULT(r, 403, "SignatureDoesNotMatch");
}

static void
an_expired_session_is_told_so(void)
{
	struct reply a = world_assume(W_ROLE("deploy"), world_token(""), "&DurationSeconds=900"), r;
	struct signer s = world_signer(&a);

	world.now += 899;
	r = world_signed(&s, WHO);
	CHECK_GRANTED(r);
	world.now += 2;
	r = world_signed(&s, WHO);
	CHECK_FAULT(r, 403, "ExpiredToken");
	CHECK_STR(r.message, "The security token included in the request is expired");
}

static void
the_scope_must_be_ours(void)
{
	struct reply r = world_scoped(&world.alice, "iam", "us-east-1", WHO);

	CHECK_FAULT(r, 403, "SignatureDoesNotMatch");
	CHECK_STR(r.message, "Credential should be scoped to correct service: &#39;sts&#39;. ");
	r = world_scoped(&world.alice, "sts", "eu-moon-7", WHO);
	CHECK_GRANTED(r);
}

static void
a_host_that_is_not_ours_is_refused(void)
{
	struct reply r;

	world.host = FG_LIT("sts.amazonaws.com");
	r = world_signed(&world.alice, WHO);
	CHECK_FAULT(r, 400, "ValidationError");
	CHECK_STEP(r.err, "api.host");
}

static void
errors_of_time_have_awss_words(void)
{
	struct reply a = world_signed(&world.alice, WHO), r;
	struct sigv4_header h[] = {
		{ FG_LIT("X-Amz-Date"), FG_LIT("20260921T135820Z") },
		{ FG_LIT("Authorization"), fg_arena_fmt(world.a, "AWS4-HMAC-SHA256 Credential=%.*s/20260921/"
		    "us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, Signature="
		    "0000000000000000000000000000000000000000000000000000000000000000",
		    FG_PRI(world.alice.key_id)) },
	};

	CHECK_GRANTED(a);
	h[0].value = FG_LIT("20260921T135819Z");
	r = world_send("POST", NULL, WHO, h, 2);
	CHECK_FAULT(r, 403, "SignatureDoesNotMatch");
	CHECK_STR(r.message, "Signature expired: 20260921T135819Z is now earlier than "
	    "20260921T135820Z (20260921T141320Z - 15 min.)");
}

/* Sessions of alice's key: of herself, of a role, and of the next role in another account. */
static void
sessions_of_a_key(struct signer s[3])
{
	struct reply r = world_signed(&world.alice, "Version=2011-06-15&Action=GetSessionToken");

	CHECK_GRANTED(r);
	s[0] = world_signer(&r);
	r = world_signed(&world.alice, "Version=2011-06-15&Action=AssumeRole&RoleSessionName=one&RoleArn=" W_ROLE("middle"));
	CHECK_GRANTED(r);
	s[1] = world_signer(&r);
	r = world_signed(&s[1], "Version=2011-06-15&Action=AssumeRole&RoleSessionName=two&RoleArn="
	    "arn:aws:iam::444455556666:role/last");
	CHECK_GRANTED(r);
	s[2] = world_signer(&r);
}

static void
a_cut_key_ends_what_was_minted_with_it(void)
{
	const struct { const char *kind; struct fg_str target; bool dead; } cuts[] = {
		{ "key", world.alice.key_id, true }, { "key", world.bob.key_id, false },
		{ "user", FG_LIT("AIDA00000000000000001"), true }, { "user", FG_LIT("AIDA00000000000000002"), false },
		{ "before", FG_LIT("111122223333"), true },
	};

	for (size_t i = 0; i < FG_COUNT(cuts); i++) {
		const struct store_cut cut = { .account = W_A1, .kind = fg_str_z(cuts[i].kind), .target = cuts[i].target,
			.reason = FG_LIT("test"), .at = W_NOW, .expires = W_NOW + 99999 };
		struct signer s[3];

		world.now = W_NOW;
		sessions_of_a_key(s);
		world_put(STORE_CUT, &cut);
		for (size_t k = 0; k < FG_COUNT(s); k++) {
			struct reply r = world_signed(&s[k], WHO);

			if (cuts[i].dead)
				CHECK_FAULT(r, 403, "InvalidClientTokenId");
			else
				CHECK_GRANTED(r);
		}
		world_drop(STORE_CUT, &cut);
	}
}

/*
 * The user was cut off, and then deleted with its key: what it was cut off by cannot be found by its
 * name or its key any more, and a namesake made later is another.
 */
static void
a_user_that_is_gone_takes_its_sessions_along(void)
{
	const struct store_user alice = { .account = W_A1, .uid = FG_LIT("AIDA00000000000000001") };
	const struct store_user other = { .account = W_A1, .uid = FG_LIT("AIDA00000000000000009"),
		.name = FG_LIT("alice"), .path = FG_LIT("/"), .boundary = FG_LIT(""), .tags = FG_LIT(""),
		.created = W_NOW + 61 };
	const struct store_key key = { .account = W_A1, .id = world.alice.key_id };
	struct signer s[3];

	world.now = W_NOW + 60;
	sessions_of_a_key(s);
	world_drop(STORE_KEY, &key);
	for (size_t k = 0; k < FG_COUNT(s); k++) { /* a key that was only changed for another */
		struct reply r = world_signed(&s[k], WHO);

		CHECK_GRANTED(r);
	}
	world_drop(STORE_USER, &alice);
	for (size_t k = 0; k < FG_COUNT(s); k++) {
		struct reply r = world_signed(&s[k], WHO);

		CHECK_FAULT(r, 403, "InvalidClientTokenId");
	}
	world_put(STORE_USER, &other);
	for (size_t k = 0; k < FG_COUNT(s); k++) {
		struct reply r = world_signed(&s[k], WHO);

		CHECK_FAULT(r, 403, "InvalidClientTokenId");
	}
}

static void
cut_offs_end_sessions_at_once(void)
{
	static const char *const kinds[] = { "role", "before", "provider", "subject" };
	const struct fg_str targets[] = { FG_LIT("AROA00000000000000001"), FG_LIT(""),
		FG_LIT(W_PROVIDER), FG_LIT(W_ISSUER " repo:acme/app:ref:main") };

	for (size_t i = 0; i < FG_COUNT(kinds); i++) {
		struct reply a = world_assume(W_ROLE("deploy"), world_token(""), ""), r;
		struct signer s = world_signer(&a);
		const struct store_cut cut = { .account = W_A1, .kind = fg_str_z(kinds[i]),
			.target = targets[i], .reason = FG_LIT("test"), .at = W_NOW,
			.expires = W_NOW + 99999 };

		r = world_signed(&s, WHO);
		CHECK_GRANTED(r);
		world_put(STORE_CUT, &cut);
		r = world_signed(&s, WHO);
		CHECK_FAULT(r, 403, "InvalidClientTokenId");
		world_drop(STORE_CUT, &cut);
		r = world_signed(&s, WHO);
		CHECK_GRANTED(r);
	}
}

static void
an_unused_account_gives_no_caller(void)
{
	struct store_account a = { .account = W_A1, .name = FG_LIT("n"), .alias = FG_LIT(""),
		.email = FG_LIT(""), .unit = FG_LIT(""), .created = W_NOW, .state = STORE_INACTIVE };
	struct reply s = world_assume(W_ROLE("deploy"), world_token(""), ""), r;
	struct signer session = world_signer(&s), away;

	world_role(W_A2, "AROA00000000000000031", "theirs", "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":"
	    "\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:user/alice\"},\"Action\":\"sts:AssumeRole\"}]}", NULL);
	r = world_signed(&world.alice, "Version=2011-06-15&Action=AssumeRole&RoleSessionName=one&RoleArn="
	    "arn:aws:iam::444455556666:role/theirs");
	CHECK_GRANTED(r);
	away = world_signer(&r);
	r = world_signed(&away, WHO);
	CHECK_GRANTED(r);
	world_put(STORE_ACCOUNT, &a);
	r = world_signed(&world.alice, WHO);
	CHECK_FAULT(r, 403, "InvalidClientTokenId");
	r = world_signed(&session, WHO);
	CHECK_FAULT(r, 403, "InvalidClientTokenId");
	r = world_signed(&away, WHO); /* what its keys began in another account */
	CHECK_FAULT(r, 403, "InvalidClientTokenId");
	r = world_assume(W_ROLE("deploy"), world_token(""), "");
	CHECK_FAULT(r, 400, "InvalidIdentityToken");
	a.state = STORE_ACTIVE;
	world_put(STORE_ACCOUNT, &a);
}

/* Only what the head says is looked at. */
static bool
admitted(const char *service, const char *key_id, const char *date)
{
	struct http_request *r = FG_NEW(world.a, struct http_request);
	struct http_exchange x = { .req = r, .arena = world.a, .peer = &world.peer, .now = world.now };
	const struct fg_str names[] = { FG_LIT("Host"), FG_LIT("X-Amz-Date"), FG_LIT("Authorization") };
	const struct fg_str values[] = { world.host, fg_arena_fmt(world.a, "%.8sT141320Z", date),
		fg_arena_fmt(world.a, "AWS4-HMAC-SHA256 Credential=%s/%s/us-east-1/%s/aws4_request, "
		    "SignedHeaders=host;x-amz-date, Signature=%064d", key_id, date, service, 0) };

	CU_ASSERT_FATAL(r != NULL);
	r->method = HTTP_POST;
	r->method_text = FG_LIT("POST");
	r->path = FG_LIT("/");
	for (size_t i = 0; i < FG_COUNT(names); i++)
		r->header[r->n_header++] = (struct http_header){ names[i], values[i], HTTP_H_OTHER };
	return api_admit(world.w, &x);
}

static void
a_large_body_is_read_for_iam_and_live_keys_only(void)
{
	const char *id = fg_arena_dup(world.a, world.alice.key_id).p;

	CHECK(admitted("iam", id, "20260921"));
	CHECK(!admitted("sts", id, "20260921"));
	CHECK(!admitted("iam", id, "20260920"));
	CHECK(!admitted("iam", "AKIAQQQQQQQQQQQQQQQQ", "20260921"));
	CHECK(!admitted("iam", "ASIAQQQQQQQQQQQQQQQQ", "20260921"));
}

static void
a_secret_is_unwrapped_once(void)
{
	struct reply r = world_signed(&world.bob, WHO);
	unsigned n = world.unwraps;

	CHECK_GRANTED(r);
	r = world_signed(&world.bob, WHO);
	CHECK_GRANTED(r);
	CHECK(n <= 1 && world.unwraps == n);
}

CU_TestInfo identity_tests[] = {
	CASE(a_user_learns_its_name),
	CASE(a_presigned_get_works_and_so_does_a_session),
	CASE(only_flagged_actions_are_taken_presigned),
	CASE(a_presigned_query_in_a_post_is_refused),
	CASE(an_unsigned_request_is_told_so),
	CASE(a_wrong_secret_does_not_match),
	CASE(an_unknown_or_inactive_key_is_invalid),
	CASE(a_temporary_key_needs_its_own_token),
	CASE(an_expired_session_is_told_so),
	CASE(the_scope_must_be_ours),
	CASE(a_host_that_is_not_ours_is_refused),
	CASE(errors_of_time_have_awss_words),
	CASE(cut_offs_end_sessions_at_once),
	CASE(a_cut_key_ends_what_was_minted_with_it),
	CASE(an_unused_account_gives_no_caller),
	CASE(a_large_body_is_read_for_iam_and_live_keys_only),
	CASE(a_secret_is_unwrapped_once),
	CASE(a_user_that_is_gone_takes_its_sessions_along), /* the last: alice is gone */
	CASES_END
};
