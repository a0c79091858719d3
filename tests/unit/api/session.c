/* GetSessionToken and GetFederationToken. */
#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"

#define WHO "Action=GetCallerIdentity&Version=2011-06-15"
#define TOKEN "Action=GetSessionToken&Version=2011-06-15"
#define FEDERATE "Action=GetFederationToken&Version=2011-06-15&Name=guest"
#define ALL                                                                                      \
	"&Policy=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A"  \
	"%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"

static void
a_users_session_is_the_user(void)
{
	struct reply r = world_signed(&world.alice, TOKEN);
	struct signer s = world_signer(&r);

	CHECK_GRANTED(r);
	CHECK_STR(r.expires, "2026-09-22T02:13:20Z");
	r = world_signed(&s, WHO);
	CHECK_STR(r.arn, "arn:aws:iam::111122223333:user/alice");
	r = world_signed(&s, TOKEN);
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STR(r.message, "Cannot call GetSessionToken with session credentials");
	r = world_signed(&s, "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"
	    "111122223333%3Arole%2Fmiddle&RoleSessionName=hop");
	CHECK_GRANTED(r);
	r = world_signed(&s, "Action=GetAccessKeyInfo&Version=2011-06-15&AccessKeyId=AKIAQQQQQQQQQQQQQQQQ");
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STR(r.message, "Cannot call GetAccessKeyInfo with session credentials");
}

static void
a_role_session_gets_neither(void)
{
	struct reply a = world_assume(W_ROLE("deploy"), world_token(""), ""), r;
	struct signer s = world_signer(&a);

	r = world_signed(&s, TOKEN);
	CHECK_FAULT(r, 403, "AccessDenied");
	r = world_signed(&s, FEDERATE);
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STR(r.message, "Cannot call GetFederationToken with session credentials");
}

static void
a_federated_user_has_what_its_policy_says_and_no_more(void)
{
	struct reply r = world_signed(&world.alice, FEDERATE ALL), x;
	struct signer s = world_signer(&r);

	CHECK_GRANTED(r);
	CHECK_STR(r.arn, "arn:aws:sts::111122223333:federated-user/guest");
	CHECK_STR(world_xml(&r, "FederatedUserId"), "111122223333:guest");
	x = world_signed(&s, WHO);
	CHECK_STR(x.arn, "arn:aws:sts::111122223333:federated-user/guest");
	CHECK_STR(world_xml(&x, "UserId"), "111122223333:guest");
	x = world_signed(&s, "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"
	    "111122223333%3Arole%2Fmiddle&RoleSessionName=hop");
	CHECK_FAULT(x, 403, "AccessDenied");

	r = world_signed(&world.alice, FEDERATE "&DurationSeconds=900"); /* no session policy */
	CHECK_GRANTED(r);
	s = world_signer(&r);
	x = world_signed(&s, "Action=GetAccessKeyInfo&Version=2011-06-15&AccessKeyId=AKIAQQQQQQQQQQQQQQQQ");
	CHECK_FAULT(x, 403, "AccessDenied");
}

static void
key_info_tells_the_account_in_the_id(void)
{
	struct fg_str body = fg_arena_fmt(world.a, "Action=GetAccessKeyInfo&Version=2011-06-15"
	    "&AccessKeyId=%.*s", FG_PRI(world.bob.key_id));
	struct reply r = world_signed(&world.alice, body.p);

	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "Account"), "444455556666");
	r = world_signed(&world.alice, "Action=GetAccessKeyInfo&Version=2011-06-15&AccessKeyId=short");
	CHECK_FAULT(r, 400, "ValidationError");
}

CU_TestInfo session_tests[] = {
	CASE(a_users_session_is_the_user),
	CASE(a_role_session_gets_neither),
	CASE(a_federated_user_has_what_its_policy_says_and_no_more),
	CASE(key_info_tells_the_account_in_the_id),
	CASES_END
};
