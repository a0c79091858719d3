/* Encoded messages of denials. */
#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"

static struct fg_str
encoded(const struct reply *r)
{
	static const struct fg_str mark = { "message: ", 9 };

	for (size_t i = 0; i + mark.n < r->message.n; i++) {
		if (memcmp(r->message.p + i, mark.p, mark.n) == 0)
			return fg_sub(r->message, i + mark.n, r->message.n);
	}
	return FG_LIT("");
}

static bool
holds(struct fg_str s, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = 0; i + n <= s.n; i++) {
		if (memcmp(s.p + i, what, n) == 0)
			return true;
	}
	return false;
}

static struct reply
decode(const struct signer *s, struct fg_str text)
{
	return world_signed(s, fg_arena_fmt(world.a, "Action=DecodeAuthorizationMessage&Version="
	    "2011-06-15&EncodedMessage=%.*s", (int)text.n, text.p).p);
}

static void
each_side_reads_its_own_statements(void)
{
	struct reply denied = world_signed(&world.bob, "Action=AssumeRole&Version=2011-06-15&RoleArn="
	    "arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fmiddle&RoleSessionName=hop&ExternalId=wrong");
	struct fg_str text = encoded(&denied), json;
	struct reply caller, resource;

	CHECK_FAULT(denied, 403, "AccessDenied");
	CHECK(text.n > 100);
	caller = decode(&world.bob, text);
	CHECK_GRANTED(caller);
	json = world_xml(&caller, "DecodedMessage");
	CHECK(holds(json, "sts:AssumeRole") && holds(json, "arn:aws:iam::111122223333:role/middle"));
	CHECK(holds(json, "denied by the resource account"));
	CHECK(!holds(json, "ext-1"));
	resource = decode(&world.alice, text);
	CHECK_GRANTED(resource);
	json = world_xml(&resource, "DecodedMessage");
	CHECK(holds(json, "ext-1"));
	CHECK(!holds(json, "denied by the account of the caller")); /* it allows */
}

/* Bob's own account says no, the role's trust policy does not. */
static void
a_side_that_allows_is_not_blamed(void)
{
	const struct store_inline no = { .account = W_A2, .owner = FG_LIT("AIDA00000000000000002"),
		.name = FG_LIT("no"), .document = FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":"
		    "\"Deny\",\"Action\":\"sts:AssumeRole\",\"Resource\":\"*\"}]}") };
	struct reply denied, r;
	struct fg_str json;

	world_put(STORE_INLINE, &no);
	denied = world_signed(&world.bob, "Action=AssumeRole&Version=2011-06-15&RoleArn="
	    "arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fmiddle&RoleSessionName=hop&ExternalId=ext-1");
	CHECK_FAULT(denied, 403, "AccessDenied");
	CHECK_STR(denied.record.decided.policy, "user/bob/no");
	CHECK(denied.record.error_message.n > 0 && !holds(denied.record.error_message, "Encoded"));
	r = decode(&world.bob, encoded(&denied));
	CHECK_GRANTED(r);
	json = world_xml(&r, "DecodedMessage");
	CHECK(holds(json, "user/bob/no"));
	CHECK(!holds(json, "denied by the resource account"));
	r = decode(&world.alice, encoded(&denied));
	CHECK_GRANTED(r);
	json = world_xml(&r, "DecodedMessage");
	CHECK(holds(json, "denied by the account of the caller"));
	CHECK(!holds(json, "user/bob/no"));
	world_drop(STORE_INLINE, &no);
}

static void
a_message_that_is_not_ours_is_refused(void)
{
	struct reply r = decode(&world.bob, FG_LIT("AAAA"));

	CHECK_FAULT(r, 400, "InvalidAuthorizationMessageException");
	r = decode(&world.bob, fg_str(world.alice.key_id.p, 20));
	CHECK_FAULT(r, 400, "InvalidAuthorizationMessageException");
}

/* Who has a say on neither side is told nothing, not even what was asked. */
static void
an_account_that_is_on_neither_side_reads_nothing(void)
{
	struct reply denied = world_signed(&world.alice, "Action=AssumeRole&Version=2011-06-15&RoleArn="
	    "arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fmiddle&RoleSessionName=hop&ExternalId=wrong");
	struct fg_str text = encoded(&denied);
	struct reply r;

	CHECK_FAULT(denied, 403, "AccessDenied");
	CHECK(text.n > 100);
	r = decode(&world.bob, text);
	CHECK_FAULT(r, 400, "InvalidAuthorizationMessageException");
	CHECK_STEP(r.err, "api.authz-message.account");
	r = decode(&world.alice, text);
	CHECK_GRANTED(r);
}

CU_TestInfo message_tests[] = {
	CASE(each_side_reads_its_own_statements),
	CASE(a_side_that_allows_is_not_blamed),
	CASE(a_message_that_is_not_ours_is_refused),
	CASE(an_account_that_is_on_neither_side_reads_nothing),
	CASES_END
};
