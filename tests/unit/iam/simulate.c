/* Simulations over the API: whose policies, what is answered, what is refused. */
#include "tests/unit/iam/ask.h"
#include "tests/unit/iam/tests.h"

#define ALICE "arn:aws:iam::111122223333:user/alice"
#define READ "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\",\"Resource\":\"*\"}]}"
#define DENY "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}"
#define IF(condition)                                                                            \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\",\"Resource\":\"*\"," \
	"\"Condition\":{" condition "}}]}"

/* &PolicyInputList.member.N=DOCUMENT */
static struct fg_str
document(const char *name, const char *text)
{
	struct fg_str e = world_escape(fg_str_z(text));

	return fg_arena_fmt(world.a, "&%s=%.*s", name, (int)e.n, e.p);
}

static struct reply
custom(const char *policy, const char *more)
{
	return iam(&world.alice, fg_arena_fmt(world.a, "SimulateCustomPolicy%s%s",
	    document("PolicyInputList.member.1", policy).p, more).p);
}

static struct reply
principal(const char *arn, const char *more)
{
	return iam(&world.alice, fg_arena_fmt(world.a, "SimulatePrincipalPolicy&PolicySourceArn=%s%s", arn,
	    more).p);
}

static bool
has(const struct reply *r, const char *text)
{
	return memmem(r->body.p, r->body.n, text, strlen(text)) != NULL;
}

#define DECIDES(r, decision)                                                                     \
	do {                                                                                     \
		CHECK_GRANTED(r);                                                                \
		CHECK_STR(world_xml(&(r), "EvalDecision"), decision);                            \
	} while (0)
#define GET "&ActionNames.member.1=s3:GetObject"

static void
start(void)
{
	alice_may(ALLOW("iam:*"));
}

/* ---- decisions ---- */

static void
documents_are_decided_as_they_stand(void)
{
	struct reply r;

	start();
	r = custom(READ, GET);
	DECIDES(r, "allowed");
	CHECK_STR(world_xml(&r, "EvalActionName"), "s3:GetObject");
	CHECK_STR(world_xml(&r, "EvalResourceName"), "*");
	CHECK_STR(world_xml(&r, "SourcePolicyId"), "PolicyInputList.1");
	CHECK_STR(world_xml(&r, "SourcePolicyType"), "none");
	CHECK_STR(world_xml(&r, "StartPosition"), "<Line>1</Line><Column>38</Column>");
	CHECK_STR(world_xml(&r, "EndPosition"), "<Line>1</Line><Column>90</Column>");
	CHECK_STR(world_xml(&r, "IsTruncated"), "false");
	CHECK(!r.waited_for_disk);
	r = custom(READ, "&ActionNames.member.1=s3:PutObject");
	DECIDES(r, "implicitDeny");
	CHECK(has(&r, "<MatchedStatements></MatchedStatements>"));
	r = custom(READ, fg_arena_fmt(world.a, "%s" GET, document("PolicyInputList.member.2", DENY).p).p);
	DECIDES(r, "explicitDeny");
	CHECK_STR(world_xml(&r, "SourcePolicyId"), "PolicyInputList.2");
	CHECK(!has(&r, "PolicyInputList.1")); /* only the denial */
}

static void
a_boundary_limits(void)
{
	const char *bound = document("PermissionsBoundaryPolicyInputList.member.1", DENY).p;
	struct reply r;

	start();
	r = custom(READ, fg_arena_fmt(world.a, "%s" GET, bound).p);
	DECIDES(r, "explicitDeny");
	CHECK_STR(world_xml(&r, "SourcePolicyId"), "PermissionsBoundaryPolicyInputList.1");
	CHECK_STR(world_xml(&r, "AllowedByPermissionsBoundary"), "false");
	bound = document("PermissionsBoundaryPolicyInputList.member.1", ALLOW("sqs:*")).p;
	r = custom(READ, fg_arena_fmt(world.a, "%s" GET, bound).p);
	DECIDES(r, "implicitDeny");
	CHECK_STR(world_xml(&r, "AllowedByPermissionsBoundary"), "false");
	bound = document("PermissionsBoundaryPolicyInputList.member.1", ALLOW("s3:*")).p;
	r = custom(READ, fg_arena_fmt(world.a, "%s" GET, bound).p);
	DECIDES(r, "allowed");
	CHECK_STR(world_xml(&r, "AllowedByPermissionsBoundary"), "true");
	CHECK(fg_str_null(world_xml(&r, "AllowedByOrganizations")));
}

static void
each_action_meets_each_resource(void)
{
	struct reply r;

	start();
	r = custom("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\","
	    "\"Resource\":\"arn:aws:s3:::a/*\"}]}", GET "&ActionNames.member.2=s3:PutObject"
	    "&ResourceArns.member.1=arn:aws:s3:::a/x&ResourceArns.member.2=arn:aws:s3:::b/x&MaxItems=3");
	DECIDES(r, "allowed");
	CHECK(has(&r, "<EvalResourceName>arn:aws:s3:::b/x</EvalResourceName><EvalDecision>implicitDeny"));
	CHECK(has(&r, "<EvalResourceDecision>allowed</EvalResourceDecision>"));
	CHECK(has(&r, "<EvalDecisionDetails></EvalDecisionDetails>"));
	CHECK_STR(world_xml(&r, "IsTruncated"), "true");
	CHECK_STR(world_xml(&r, "Marker"), "3");
	r = custom(READ, GET "&ActionNames.member.2=s3:PutObject&ResourceArns.member.1=arn:aws:s3:::a/x"
	    "&ResourceArns.member.2=arn:aws:s3:::b/x&Marker=3");
	DECIDES(r, "implicitDeny");
	CHECK_STR(world_xml(&r, "EvalResourceName"), "arn:aws:s3:::b/x");
	CHECK_STR(world_xml(&r, "IsTruncated"), "false");
	REFUSED(custom(READ, GET "&Marker=2"), 400, "InvalidInput");
	REFUSED(custom(READ, GET "&Marker=x"), 400, "InvalidInput");
	r = custom(READ, GET "&Marker=1");
	CHECK_GRANTED(r);
	CHECK(fg_str_null(world_xml(&r, "EvalDecision")));
}

/* ---- context ---- */

#define ENTRY(n, name, type, value)                                                              \
	"&ContextEntries.member." n ".ContextKeyName=" name "&ContextEntries.member." n ".ContextKeyType=" type \
	"&ContextEntries.member." n ".ContextKeyValues.member.1=" value

static const struct {
	const char *policy, *entry, *decision;
} contexts[] = {
	{ IF("\"StringEquals\":{\"aws:x\":\"a\"}"), ENTRY("1", "aws:x", "string", "a"), "allowed" },
	{ IF("\"StringEquals\":{\"aws:x\":\"a\"}"), ENTRY("1", "aws:x", "string", "b"), "implicitDeny" },
	{ IF("\"StringEquals\":{\"aws:x\":\"a\"}"), ENTRY("1", "AWS:X", "string", "a"), "allowed" },
	{ IF("\"StringEquals\":{\"aws:x\":\"a\"}"), "", "implicitDeny" },
	{ IF("\"ForAnyValue:StringEquals\":{\"aws:xs\":\"b\"}"), ENTRY("1", "aws:xs", "stringList", "a")
	    "&ContextEntries.member.1.ContextKeyValues.member.2=b", "allowed" },
	{ IF("\"ForAllValues:StringEquals\":{\"aws:xs\":\"b\"}"), ENTRY("1", "aws:xs", "stringList", "a")
	    "&ContextEntries.member.1.ContextKeyValues.member.2=b", "implicitDeny" },
	{ IF("\"Null\":{\"aws:xs\":\"true\"}"), "&ContextEntries.member.1.ContextKeyName=aws:xs"
	    "&ContextEntries.member.1.ContextKeyValues=&ContextEntries.member.1.ContextKeyType=stringList", "allowed" },
	{ IF("\"NumericLessThan\":{\"aws:n\":\"10\"}"), ENTRY("1", "aws:n", "numeric", "9.5"), "allowed" },
	{ IF("\"NumericLessThan\":{\"aws:n\":\"10\"}"), ENTRY("1", "aws:n", "numeric", "10"), "implicitDeny" },
	{ IF("\"ForAllValues:NumericLessThan\":{\"aws:n\":\"10\"}"), ENTRY("1", "aws:n", "numericList", "9"), "allowed" },
	{ IF("\"Bool\":{\"aws:secure\":\"true\"}"), ENTRY("1", "aws:secure", "boolean", "true"), "allowed" },
	{ IF("\"Bool\":{\"aws:secure\":\"true\"}"), ENTRY("1", "aws:secure", "boolean", "false"), "implicitDeny" },
	{ IF("\"ForAnyValue:Bool\":{\"aws:secure\":\"true\"}"), ENTRY("1", "aws:secure", "booleanList", "true"), "allowed" },
	{ IF("\"IpAddress\":{\"aws:SourceIp\":\"192.0.2.0/24\"}"), ENTRY("1", "aws:SourceIp", "ip", "192.0.2.9"), "allowed" },
	{ IF("\"IpAddress\":{\"aws:SourceIp\":\"192.0.2.0/24\"}"), ENTRY("1", "aws:SourceIp", "ip", "192.0.3.9"), "implicitDeny" },
	{ IF("\"ForAnyValue:IpAddress\":{\"aws:ips\":\"192.0.2.0/24\"}"), ENTRY("1", "aws:ips", "ipList", "192.0.2.9"), "allowed" },
	{ IF("\"DateGreaterThan\":{\"aws:CurrentTime\":\"2026-01-01T00:00:00Z\"}"),
	    ENTRY("1", "aws:CurrentTime", "date", "2026-06-01T00:00:00Z"), "allowed" },
	{ IF("\"DateGreaterThan\":{\"aws:CurrentTime\":\"2026-01-01T00:00:00Z\"}"),
	    ENTRY("1", "aws:CurrentTime", "date", "2025-06-01T00:00:00Z"), "implicitDeny" },
	{ IF("\"ForAnyValue:DateGreaterThan\":{\"aws:dates\":\"2026-01-01T00:00:00Z\"}"),
	    ENTRY("1", "aws:dates", "dateList", "2026-06-01T00:00:00Z"), "allowed" },
	{ IF("\"BinaryEquals\":{\"aws:blob\":\"AQID\"}"), ENTRY("1", "aws:blob", "binary", "AQID"), "allowed" },
	{ IF("\"ForAnyValue:BinaryEquals\":{\"aws:blob\":\"AQID\"}"), ENTRY("1", "aws:blob", "binaryList", "AQID"), "allowed" },
};

static void
context_entries_of_all_types_count(void)
{
	start();
	for (size_t i = 0; i < FG_COUNT(contexts); i++) {
		struct reply r = custom(contexts[i].policy, fg_arena_fmt(world.a, GET "%s", contexts[i].entry).p);

		CHECK_GRANTED(r);
		CHECK_EQ(world_xml(&r, "EvalDecision"), fg_str_z(contexts[i].decision));
	}
}

static void
what_is_missing_is_told(void)
{
	struct reply r;

	start();
	r = custom(IF("\"StringEquals\":{\"aws:one\":\"a\",\"aws:two\":\"b\"}"), GET ENTRY("1", "aws:TWO", "string", "b"));
	DECIDES(r, "implicitDeny");
	CHECK_STR(world_xml(&r, "MissingContextValues"), "<member>aws:one</member>");
	r = custom(IF("\"StringEquals\":{\"aws:one\":\"a\"}"), "&ActionNames.member.1=sqs:SendMessage");
	CHECK_STR(world_xml(&r, "MissingContextValues"), "");
	r = custom("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\",\"Resource\":"
	    "\"arn:aws:s3:::b/${aws:username}\"}]}", GET "&ResourceArns.member.1=arn:aws:s3:::b/x");
	DECIDES(r, "implicitDeny");
	CHECK(has(&r, "<MissingContextValues><member>aws:username</member></MissingContextValues>"));
}

/* ---- principals ---- */

static void
a_users_policies_are_all_that_bind_it(void)
{
	const struct store_group g = { W_A1, FG_LIT("AGPA00000000000000001"), FG_LIT("readers"), FG_LIT("/"), W_NOW };
	const struct store_member m = { W_A1, FG_LIT(ALICE_UID), FG_LIT("AGPA00000000000000001") };
	const struct store_inline in = { W_A1, FG_LIT("AGPA00000000000000001"), FG_LIT("no"), FG_LIT(DENY) };
	const struct store_attachment at = { W_A1, FG_LIT(ALICE_UID), FG_LIT("arn:aws:iam::111122223333:policy/read") };
	struct reply r;

	start();
	r = principal(ALICE, GET);
	DECIDES(r, "implicitDeny");
	r = principal(ALICE, "&ActionNames.member.1=iam:GetUser");
	DECIDES(r, "allowed");
	CHECK_STR(world_xml(&r, "SourcePolicyId"), "user_alice_iam");
	CHECK_STR(world_xml(&r, "SourcePolicyType"), "user");
	world_put(STORE_ATTACHMENT, &at);
	r = principal(ALICE, GET);
	DECIDES(r, "allowed");
	CHECK_STR(world_xml(&r, "SourcePolicyId"), "read");
	CHECK_STR(world_xml(&r, "SourcePolicyType"), "user-managed");
	world_put(STORE_GROUP, &g);
	world_put(STORE_INLINE, &in);
	world_put(STORE_MEMBER, &m);
	r = principal(ALICE, GET);
	DECIDES(r, "explicitDeny");
	CHECK_STR(world_xml(&r, "SourcePolicyId"), "group_readers_no");
	CHECK_STR(world_xml(&r, "SourcePolicyType"), "group");
	r = principal("arn:aws:iam::111122223333:group/readers", GET);
	DECIDES(r, "explicitDeny");
	r = principal("arn:aws:iam::111122223333:group/readers", "&ActionNames.member.1=sts:GetAccessKeyInfo");
	DECIDES(r, "implicitDeny"); /* alice's own do not count for the group */
	r = principal("arn:aws:iam::111122223333:role/deploy", "&ActionNames.member.1=sts:GetAccessKeyInfo");
	DECIDES(r, "allowed");
	CHECK_STR(world_xml(&r, "SourcePolicyId"), "role_deploy_p");
	CHECK_STR(world_xml(&r, "SourcePolicyType"), "role");
	r = principal("arn:aws:iam::111122223333:role/deploy", fg_arena_fmt(world.a, "%s" GET,
	    document("PolicyInputList.member.1", READ).p).p);
	DECIDES(r, "allowed");
}

static void
a_principals_boundary_holds_unless_another_is_tried(void)
{
	const struct store_user u = { .account = W_A1, .uid = FG_LIT("AIDA00000000000000021"),
		.name = FG_LIT("bound"), .path = FG_LIT("/"), .tags = FG_LIT(""), .created = W_NOW,
		.boundary = FG_LIT("arn:aws:iam::111122223333:policy/read") };
	const struct store_inline in = { W_A1, FG_LIT("AIDA00000000000000021"), FG_LIT("all"), FG_LIT(ALLOW("*")) };
	struct reply r;

	start();
	world_put(STORE_USER, &u);
	world_put(STORE_INLINE, &in);
	r = principal("arn:aws:iam::111122223333:user/bound", GET);
	DECIDES(r, "allowed");
	CHECK_STR(world_xml(&r, "AllowedByPermissionsBoundary"), "true");
	r = principal("arn:aws:iam::111122223333:user/bound", "&ActionNames.member.1=s3:PutObject");
	DECIDES(r, "implicitDeny");
	CHECK_STR(world_xml(&r, "AllowedByPermissionsBoundary"), "false");
	r = principal("arn:aws:iam::111122223333:user/bound", fg_arena_fmt(world.a, "&ActionNames.member.1=s3:PutObject%s",
	    document("PermissionsBoundaryPolicyInputList.member.1", ALLOW("s3:*")).p).p);
	DECIDES(r, "allowed");
}

static void
a_policy_that_is_gone_denies(void)
{
	const struct store_attachment at = { W_A1, FG_LIT(ALICE_UID), FG_LIT("arn:aws:iam::111122223333:policy/none") };
	struct reply r;

	start();
	r = principal("arn:aws:iam::111122223333:role/deploy", "&ActionNames.member.1=sts:GetAccessKeyInfo");
	DECIDES(r, "allowed");
	{
		struct store_attachment to = at;

		to.owner = FG_LIT("AROA00000000000000001");
		world_put(STORE_ATTACHMENT, &to);
	}
	r = principal("arn:aws:iam::111122223333:role/deploy", "&ActionNames.member.1=sts:GetAccessKeyInfo");
	DECIDES(r, "explicitDeny");
}

static void
what_is_known_of_the_caller_is_context(void)
{
	struct reply r;

	alice_may("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
	    "\"Condition\":{\"StringEquals\":{\"aws:username\":\"alice\",\"aws:userid\":\"" ALICE_UID "\"},"
	    "\"ArnEquals\":{\"aws:PrincipalArn\":\"" ALICE "\"}}}]}");
	r = principal(ALICE, "&ActionNames.member.1=s3:PutObject");
	DECIDES(r, "allowed");
	r = principal(ALICE, "&ActionNames.member.1=s3:PutObject" ENTRY("1", "aws:username", "string", "bob"));
	DECIDES(r, "implicitDeny");
	r = principal(ALICE, "&ActionNames.member.1=s3:PutObject&CallerArn=arn:aws:iam::111122223333:user/zoe");
	DECIDES(r, "implicitDeny");
	CHECK(has(&r, "<member>aws:userid</member>"));
}

/* ---- the resource's side ---- */

#define SHARED(who)                                                                              \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"" who "\"}," \
	"\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"
#define OBJECT "&ResourceArns.member.1=arn:aws:s3:::b/x"

static void
a_resource_policy_takes_part(void)
{
	struct reply r;

	start();
	r = custom(ALLOW("sqs:*"), fg_arena_fmt(world.a, GET OBJECT "&CallerArn=" ALICE "%s",
	    document("ResourcePolicy", SHARED(ALICE)).p).p);
	DECIDES(r, "allowed");
	CHECK_STR(world_xml(&r, "SourcePolicyId"), "ResourcePolicy");
	CHECK_STR(world_xml(&r, "SourcePolicyType"), "resource");
	/* of another account: both sides must allow */
	r = custom(ALLOW("sqs:*"), fg_arena_fmt(world.a, GET OBJECT "&CallerArn=" ALICE
	    "&ResourceOwner=arn:aws:iam::444455556666:root%s", document("ResourcePolicy", SHARED(ALICE)).p).p);
	DECIDES(r, "implicitDeny");
	CHECK(has(&r, "<key>IAM Policy</key><value>implicitDeny</value>"));
	CHECK(has(&r, "<key>Resource Policy</key><value>allowed</value>"));
	r = custom(READ, fg_arena_fmt(world.a, GET OBJECT "&CallerArn=" ALICE
	    "&ResourceOwner=arn:aws:iam::444455556666:root%s", document("ResourcePolicy", SHARED(ALICE)).p).p);
	DECIDES(r, "allowed");
	r = custom(READ, GET OBJECT "&ResourceOwner=arn:aws:iam::444455556666:root");
	DECIDES(r, "implicitDeny");
	CHECK(has(&r, "<key>IAM Policy</key><value>allowed</value>"));
	r = principal(ALICE, fg_arena_fmt(world.a, GET OBJECT "%s", document("ResourcePolicy", SHARED(ALICE)).p).p);
	DECIDES(r, "allowed"); /* the source is the caller */
	REFUSED(custom(READ, fg_arena_fmt(world.a, GET OBJECT "%s", document("ResourcePolicy", SHARED(ALICE)).p).p),
	    400, "InvalidInput");
	REFUSED(principal("arn:aws:iam::111122223333:role/deploy", fg_arena_fmt(world.a, GET OBJECT "%s",
	    document("ResourcePolicy", SHARED(ALICE)).p).p), 400, "InvalidInput");
}

static void
a_role_is_assumed_as_its_own_trust_says(void)
{
	struct reply r;

	start();
	r = principal(ALICE, "&ActionNames.member.1=sts:AssumeRole&ResourceArns.member.1=" W_ROLE("middle"));
	DECIDES(r, "allowed");
	CHECK(!has(&r, "trust"));
	r = principal(ALICE, "&ActionNames.member.1=sts:AssumeRole&ResourceArns.member.1=" W_ROLE("plain"));
	DECIDES(r, "implicitDeny");
	r = principal(ALICE, "&ActionNames.member.1=sts:AssumeRole&ResourceArns.member.1="
	    "arn:aws:iam::444455556666:role/last");
	DECIDES(r, "implicitDeny");
	r = custom(ALLOW("kms:Decrypt"), "&ActionNames.member.1=kms:Decrypt&ResourceArns.member.1="
	    "arn:aws:kms:us-east-1:111122223333:key/1");
	DECIDES(r, "allowed");
}

/* ---- the organisation ---- */

static void
the_organisation_has_its_say(void)
{
	const struct store_setting set = { FG_LIT(""), FG_LIT("organization.management"), W_A2 };
	const struct store_control c = { FG_LIT(""), FG_LIT("p-1"), FG_LIT("SERVICE_CONTROL_POLICY"), FG_LIT("one"),
		FG_LIT(""), FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:*\","
		"\"Resource\":\"*\"},{\"Sid\":\"Secret\",\"Effect\":\"Deny\",\"Action\":\"iam:CreateUser\",\"Resource\":\"*\"}]}"), W_NOW };
	const struct store_target t = { FG_LIT(""), FG_LIT("p-1"), W_A1 };
	struct reply r;

	start();
	world_put(STORE_SETTING, &set);
	world_put(STORE_CONTROL, &c);
	world_put(STORE_TARGET, &t);
	r = principal(ALICE, "&ActionNames.member.1=iam:GetUser");
	DECIDES(r, "allowed");
	CHECK_STR(world_xml(&r, "AllowedByOrganizations"), "true");
	r = principal(ALICE, "&ActionNames.member.1=sts:GetAccessKeyInfo");
	DECIDES(r, "implicitDeny");
	CHECK_STR(world_xml(&r, "AllowedByOrganizations"), "false");
	r = principal(ALICE, "&ActionNames.member.1=iam:CreateUser");
	DECIDES(r, "explicitDeny");
	CHECK_STR(world_xml(&r, "AllowedByOrganizations"), "false");
	CHECK(has(&r, "<MatchedStatements></MatchedStatements>")); /* and no word of its statements */
	r = custom(ALLOW("sts:*"), "&ActionNames.member.1=sts:GetAccessKeyInfo");
	DECIDES(r, "allowed");
}

/* ---- keys ---- */

static void
keys_are_named(void)
{
	struct reply r;

	start();
	r = iam(&world.alice, fg_arena_fmt(world.a, "GetContextKeysForCustomPolicy%s%s",
	    document("PolicyInputList.member.1", IF("\"StringEquals\":{\"aws:one\":\"${aws:two}\"}")).p,
	    document("PolicyInputList.member.2", IF("\"StringEquals\":{\"AWS:One\":\"b\",\"aws:three\":\"c\"}")).p).p);
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "ContextKeyNames"),
	    "<member>aws:one</member><member>aws:two</member><member>aws:three</member>");
	alice_may(IF("\"StringEquals\":{\"aws:one\":\"a\"}"));
	{
		const struct store_inline in = { W_A1, FG_LIT(ALICE_UID), FG_LIT("more"), FG_LIT(ALLOW("iam:*")) };

		world_put(STORE_INLINE, &in);
	}
	r = iam(&world.alice, "GetContextKeysForPrincipalPolicy&PolicySourceArn=" ALICE);
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "ContextKeyNames"), "<member>aws:one</member>");
	REFUSED(iam(&world.alice, "GetContextKeysForPrincipalPolicy&PolicySourceArn=" ALICE "x"), 404, "NoSuchEntity");
	REFUSED(iam(&world.alice, "GetContextKeysForCustomPolicy"), 400, "ValidationError");
	REFUSED(iam(&world.alice, "GetContextKeysForCustomPolicy&PolicyInputList.member.1=x"), 400, "InvalidInput");
	REFUSED(iam(&world.bob, "GetContextKeysForPrincipalPolicy&PolicySourceArn=" ALICE), 403, "AccessDenied");
}

/* ---- refusals ---- */

static const char *const refused[] = {
	"&ActionNames.member.1=s3GetObject", "&ActionNames.member.1=s3:*", "&ActionNames.member.1=s3:Get?bject",
	"&ActionNames.member.1=:Get", "&ActionNames.member.1=s3:", GET "&ResourceArns.member.1=bucket",
	GET "&ResourceHandlingOption=EC2-VPC-InstanceStore", GET "&CallerArn=arn:aws:iam::111122223333:role/deploy",
	GET "&CallerArn=alice", GET "&CallerArn=arn:aws:iam::111122223333:root", GET "&ResourceOwner=111122223333",
	GET ENTRY("1", "aws:x", "text", "a"), GET ENTRY("1", "aws:x", "numeric", "a"),
	GET ENTRY("1", "aws:x", "boolean", "1"), GET ENTRY("1", "aws:x", "ip", "a"), GET ENTRY("1", "aws:x", "date", "a"),
	GET ENTRY("1", "aws:x", "binary", "*"), GET ENTRY("1", "aws:x", "numericList", "a"),
	GET ENTRY("1", "aws:x", "string", "a") "&ContextEntries.member.1.ContextKeyValues.member.2=b",
	GET ENTRY("1", "aws:x", "string", "a") ENTRY("2", "AWS:X", "string", "a"),
	GET "&PolicyInputList.member.2=x", GET "&PermissionsBoundaryPolicyInputList.member.1={}",
	GET "&CallerArn=" ALICE "&ResourcePolicy={}",
};

static void
what_makes_no_question_is_refused(void)
{
	start();
	for (size_t i = 0; i < FG_COUNT(refused); i++) {
		struct reply r = custom(READ, refused[i]);

		if (r.status != 400 || !fg_eq(r.code, FG_LIT("InvalidInput")))
			printf("\n    %s", refused[i]);
		CHECK_FAULT(r, 400, "InvalidInput");
	}
	REFUSED(custom(READ, ""), 400, "ValidationError");
	REFUSED(custom(READ, GET "&PermissionsBoundaryPolicyInputList.member.1=a&PermissionsBoundaryPolicyInputList.member.2=b"),
	    400, "ValidationError");
	REFUSED(custom(READ, GET "&ContextEntries.member.1.ContextKeyName=aws:x"), 400, "ValidationError");
	REFUSED(custom(READ, GET ENTRY("1", "aws:x", "string", "a") "&ContextEntries.member.1.ContextKeyValues.member.3=b"),
	    400, "MalformedQueryString");
	REFUSED(custom(READ, GET ENTRY("1", "aws:x", "string", "a") "&ContextEntries.member.1.ContextKeyValues.member.1.x=b"),
	    400, "ValidationError");
	REFUSED(custom(READ, GET "&ContextEntries.member.1.ContextKeyName.member.1=b"), 400, "ValidationError");
	REFUSED(custom(READ, GET "&ContextEntries.member.1.ContextKeyValues=b"), 400, "ValidationError");
	REFUSED(principal("arn:aws:iam::111122223333:policy/read", GET), 400, "InvalidInput");
	REFUSED(principal("arn:aws:iam::111122223333:user/nobody", GET), 404, "NoSuchEntity");
	REFUSED(principal("arn:aws:iam::444455556666:user/bob", GET), 404, "NoSuchEntity");
	REFUSED(iam(&world.bob, "SimulatePrincipalPolicy&PolicySourceArn=arn:aws:iam::444455556666:user/bob" GET), 403,
	    "AccessDenied");
	REFUSED(iam(&world.bob, "SimulateCustomPolicy&PolicyInputList=" GET), 403, "AccessDenied");
}

CU_TestInfo simulate_tests[] = {
	CASE(documents_are_decided_as_they_stand),
	CASE(a_boundary_limits),
	CASE(each_action_meets_each_resource),
	CASE(context_entries_of_all_types_count),
	CASE(what_is_missing_is_told),
	CASE(a_users_policies_are_all_that_bind_it),
	CASE(a_principals_boundary_holds_unless_another_is_tried),
	CASE(a_policy_that_is_gone_denies),
	CASE(what_is_known_of_the_caller_is_context),
	CASE(a_resource_policy_takes_part),
	CASE(a_role_is_assumed_as_its_own_trust_says),
	CASE(the_organisation_has_its_say),
	CASE(keys_are_named),
	CASE(what_makes_no_question_is_refused),
	CASES_END,
};
