/* AssumeRoot: denied unless the organisation enables it, then for one task. */
#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"

#define TASK "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"
#define ASK(target, task)                                                                        \
	"Action=AssumeRoot&Version=2011-06-15&TargetPrincipal=" target "&TaskPolicyArn.arn=" task
#define UNLOCK "arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2Froot-task%2FS3UnlockBucketPolicy"

static void
set(struct fg_str name, struct fg_str value)
{
	const struct store_setting s = { .account = FG_LIT(""), .name = name, .value = value };

	world_put(STORE_SETTING, &s);
}

static void
task(void)
{
	const struct store_policy p = { .account = FG_LIT("aws"), .uid = FG_LIT("ANPA00000000000000009"),
		.name = FG_LIT("S3UnlockBucketPolicy"), .path = FG_LIT("/root-task/"),
		.description = FG_LIT(""), .tags = FG_LIT(""), .version = 1, .last = 1,
		.created = W_NOW, .updated = W_NOW };
	const struct store_version v = { FG_LIT("aws"), p.uid, 1,
		FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
		    "\"s3:DeleteBucketPolicy\",\"Resource\":\"*\"}]}"), W_NOW };

	world_put(STORE_POLICY, &p);
	world_put(STORE_VERSION, &v);
}

static void
it_is_denied_unless_the_organisation_enables_it(void)
{
	struct reply r = world_signed(&world.alice, ASK("444455556666", UNLOCK));

	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STR(r.message, "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: "
	    "sts:AssumeRoot on resource: arn:aws:iam::444455556666:root");
	CHECK_STEP(r.err, "api.root.disabled");
}

static void
the_management_account_gets_one_task(void)
{
	struct reply r, who;
	struct signer s;

	task();
	set(FG_LIT("organization.root-sessions"), FG_LIT("true"));
	set(FG_LIT("organization.management"), FG_LIT("111122223333"));
	r = world_signed(&world.alice, ASK("444455556666", UNLOCK) "&DurationSeconds=900");
	CHECK_GRANTED(r);
	CHECK_STR(r.expires, "2026-09-21T14:28:20Z");
	s = world_signer(&r);
	who = world_signed(&s, "Action=GetCallerIdentity&Version=2011-06-15");
	CHECK_GRANTED(who);
	CHECK_STR(who.arn, "arn:aws:iam::444455556666:root");
	CHECK_STR(world_xml(&who, "UserId"), "444455556666");
	who = world_signed(&s, "Action=GetAccessKeyInfo&Version=2011-06-15&AccessKeyId=AKIAQQQQQQQQQQQQQQQQ");
	CHECK_FAULT(who, 403, "AccessDenied"); /* root, and only the task */
	who = world_signed(&s, "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"
	    "111122223333%3Arole%2Fmiddle&RoleSessionName=hop");
	CHECK_FAULT(who, 403, "AccessDenied");
	CHECK_STR(who.message, "Roles may not be assumed by root accounts.");
}

static void
others_and_other_tasks_are_refused(void)
{
	struct reply r = world_signed(&world.bob, ASK("111122223333", UNLOCK));

	CHECK_FAULT(r, 403, "AccessDenied");
	r = world_signed(&world.alice, ASK("111122223333", UNLOCK)); /* the management account itself */
	CHECK_FAULT(r, 403, "AccessDenied");
	r = world_signed(&world.alice, ASK("999999999999", UNLOCK));
	CHECK_FAULT(r, 403, "AccessDenied");
	r = world_signed(&world.alice, ASK("444455556666", "arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FAdmin"));
	CHECK_FAULT(r, 400, "ValidationError");
	r = world_signed(&world.alice, ASK("not-an-account", UNLOCK));
	CHECK_FAULT(r, 400, "ValidationError");
	r = world_signed(&world.alice, ASK("444455556666", UNLOCK) "&DurationSeconds=901");
	CHECK_FAULT(r, 400, "ValidationError");
}

static void
controls_bind_members_and_not_the_management_account(void)
{
	const struct store_control scp = { .account = FG_LIT(""), .id = FG_LIT("p-12345678"),
		.type = FG_LIT("SERVICE_CONTROL_POLICY"), .name = FG_LIT("no-sts"),
		.description = FG_LIT(""), .created = W_NOW,
		.document = FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\","
		    "\"Action\":\"sts:AssumeRole\",\"Resource\":\"*\"},{\"Effect\":\"Allow\",\"Action\":"
		    "\"*\",\"Resource\":\"*\"}]}") };
	const struct store_target root = { .account = FG_LIT(""), .control = FG_LIT("p-12345678"),
		.target = FG_LIT("r-ab12") };
	static const char hop[] = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"
	    "111122223333%3Arole%2Fmiddle&RoleSessionName=";
	struct reply r = world_signed(&world.bob, fg_arena_fmt(world.a, "%s%s", hop, "h1").p);

	CHECK_GRANTED(r);
	world_put(STORE_CONTROL, &scp);
	world_put(STORE_TARGET, &root);
	r = world_signed(&world.bob, fg_arena_fmt(world.a, "%s%s", hop, "h2").p);
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STR(r.record.decided.layer, "scp");
	r = world_signed(&world.alice, fg_arena_fmt(world.a, "%s%s", hop, "h3").p);
	CHECK_GRANTED(r);
	world_drop(STORE_TARGET, &root);
	r = world_signed(&world.bob, fg_arena_fmt(world.a, "%s%s", hop, "h4").p);
	CHECK_GRANTED(r);
}

#define ASKS(condition)                                                                          \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"        \
	"{\"AWS\":\"arn:aws:iam::111122223333:root\"},\"Action\":\"sts:AssumeRole\",\"Condition\":" \
	condition "}]}"
#define ANY "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"

static int
assumes(const char *role)
{
	struct reply r;

	world.now++;
	r = world_signed(&world.alice, fg_arena_fmt(world.a, "Action=AssumeRole&Version=2011-06-15&RoleArn="
	    "arn%%3Aaws%%3Aiam%%3A%%3A111122223333%%3Arole%%2F%s&RoleSessionName=org", role).p);
	return r.status;
}

static void
a_trust_policy_may_ask_for_the_organisation(void)
{
	const struct store_inline all = { W_A1, FG_LIT("AIDA00000000000000001"), FG_LIT("any"), FG_LIT(ANY) };
	const struct store_unit unit = { FG_LIT(""), FG_LIT("r-root"), FG_LIT(""), FG_LIT("Root") };

	world_put(STORE_INLINE, &all);
	world_role(W_A1, "AROA00000000000000041", "ours",
	    ASKS("{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-abcdefghij\"}}"), ANY);
	world_role(W_A1, "AROA00000000000000042", "theirs",
	    ASKS("{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-zzzzzzzzzz\"}}"), ANY);
	world_role(W_A1, "AROA00000000000000043", "below",
	    ASKS("{\"ForAnyValue:StringLike\":{\"aws:PrincipalOrgPaths\":\"o-abcdefghij/r-root/*\"}}"), ANY);
	set(FG_LIT("organization.management"), FG_LIT("444455556666"));
	set(FG_LIT("organization.id"), FG_LIT("o-abcdefghij"));
	CU_ASSERT_EQUAL(assumes("ours"), 200);
	CU_ASSERT_EQUAL(assumes("theirs"), 403);
	CU_ASSERT_EQUAL(assumes("below"), 403);
	world_put(STORE_UNIT, &unit);
	set(FG_LIT("organization.root"), FG_LIT("r-root"));
	CU_ASSERT_EQUAL(assumes("below"), 200);
}

CU_TestInfo root_tests[] = {
	CASE(it_is_denied_unless_the_organisation_enables_it),
	CASE(the_management_account_gets_one_task),
	CASE(others_and_other_tasks_are_refused),
	CASE(controls_bind_members_and_not_the_management_account),
	CASE(a_trust_policy_may_ask_for_the_organisation),
	CASES_END
};
