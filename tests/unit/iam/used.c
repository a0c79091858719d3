/* tests/unit/iam/used.c - last use of roles and keys, and who uses a policy. */
#include <time.h>

#include "gateway/iam/bundle.h"
#include "tests/unit/iam/ask.h"
#include "tests/unit/iam/tests.h"

#define READ "arn:aws:iam::111122223333:policy/read"
#define ALICE_KEY FG_PRI(world.alice.key_id)

static void
a_key_says_when_it_was_used_and_with_what(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	r = askf("GetAccessKeyLastUsed&AccessKeyId=%.*s", ALICE_KEY);
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "UserName"), "alice");
	CHECK_STR(world_xml(&r, "ServiceName"), "iam"); /* this very request */
	CHECK_STR(world_xml(&r, "Region"), "us-east-1");
	world.now += 60;
	GRANTED(world_scoped(&world.alice, "sts", "eu-west-1", "Version=2011-06-15&Action=GetCallerIdentity"));
	world.now--; /* older than what is known: not in the way */
	r = askf("GetAccessKeyLastUsed&AccessKeyId=%.*s", ALICE_KEY);
	CHECK_STR(world_xml(&r, "ServiceName"), "sts");
	CHECK_STR(world_xml(&r, "Region"), "eu-west-1");
	CHECK_STR(world_xml(&r, "LastUsedDate"), "2026-09-21T14:14:21Z");
}

static void
a_signature_that_is_wrong_uses_nothing(void)
{
	struct signer wrong = world.bob;
	struct reply r;

	wrong.secret = FG_LIT("0000000000000000000000000000000000000000");
	REFUSED(world_signed(&wrong, "Version=2011-06-15&Action=GetCallerIdentity"), 403, "SignatureDoesNotMatch");
	directory_enter();
	CHECK(directory_last_use(world.d, directory_key_find(world.d, world.bob.key_id)->used).at == 0);
	directory_leave();
	alice_may(ALLOW("iam:*"));
	r = askf("GetAccessKeyLastUsed&AccessKeyId=%.*s", FG_PRI(world.bob.key_id));
	CHECK_FAULT(r, 404, "NoSuchEntity"); /* of another account */
	alice_may(ALLOW("iam:GetUser"));
	REFUSED(askf("GetAccessKeyLastUsed&AccessKeyId=%.*s", ALICE_KEY), 403, "AccessDenied");
}

static void
a_role_says_when_it_was_used(void)
{
	struct signer session;
	struct reply r;

	alice_may(ALLOW("iam:*"));
	GRANTED(ask_document("CreateRole&RoleName=worker", "AssumeRolePolicyDocument",
	    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
	    "\"arn:aws:iam::111122223333:user/alice\"},\"Action\":\"sts:AssumeRole\"}]}"));
	r = askf("GetRole&RoleName=worker");
	CHECK_GRANTED(r);
	CHECK(fg_str_null(world_xml(&r, "LastUsedDate")));
	world.now = W_NOW + 100;
	r = world_signed(&world.alice, "Version=2011-06-15&Action=AssumeRole&RoleSessionName=session&RoleArn="
	    "arn:aws:iam::111122223333:role/worker");
	CHECK_GRANTED(r);
	session = world_signer(&r);
	world.now = W_NOW + 200;
	GRANTED(world_scoped(&session, "sts", "ap-south-1", "Version=2011-06-15&Action=GetCallerIdentity"));
	GRANTED(askf("UpdateRole&RoleName=worker&Description=x")); /* made anew, it is still the same */
	r = askf("GetRole&RoleName=worker");
	CHECK_STR(world_xml(&r, "LastUsedDate"), "2026-09-21T14:16:40Z");
	CHECK_STR(world_xml(&r, "Region"), "ap-south-1");
}

static void
who_uses_a_policy_is_listed(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	GRANTED(askf("CreateGroup&GroupName=team"));
	GRANTED(askf("AttachGroupPolicy&GroupName=team&PolicyArn=" READ));
	GRANTED(askf("AttachUserPolicy&UserName=alice&PolicyArn=" READ));
	GRANTED(askf("PutRolePermissionsBoundary&RoleName=plain&PermissionsBoundary=" READ));
	r = askf("ListEntitiesForPolicy&PolicyArn=" READ);
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "GroupName"), "team");
	CHECK_STR(world_xml(&r, "UserName"), "alice");
	CHECK_STR(world_xml(&r, "RoleName"), "plain");
	r = askf("ListEntitiesForPolicy&PolicyUsageFilter=PermissionsBoundary&PolicyArn=" READ);
	CHECK(fg_str_null(world_xml(&r, "UserName")));
	CHECK_STR(world_xml(&r, "RoleName"), "plain");
	r = askf("ListEntitiesForPolicy&EntityFilter=User&PolicyArn=" READ);
	CHECK(fg_str_null(world_xml(&r, "GroupName")));
	CHECK_STR(world_xml(&r, "UserName"), "alice");
	r = askf("ListEntitiesForPolicy&MaxItems=1&PolicyArn=" READ);
	CHECK_STR(world_xml(&r, "GroupName"), "team");
	CHECK_STR(world_xml(&r, "IsTruncated"), "true");
	CHECK_STR(world_xml(&r, "Marker"), "0/team");
	r = askf("ListEntitiesForPolicy&MaxItems=1&Marker=0%%2Fteam&PolicyArn=" READ);
	CHECK(fg_str_null(world_xml(&r, "GroupName")));
	CHECK_STR(world_xml(&r, "UserName"), "alice");
	REFUSED(askf("ListEntitiesForPolicy&EntityFilter=Robot&PolicyArn=" READ), 400, "ValidationError");
	REFUSED(askf("ListEntitiesForPolicy&PolicyArn=arn:aws:iam::111122223333:policy/none"), 404, "NoSuchEntity");
}

static void
policies_are_listed_by_how_they_are_used(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	GRANTED(ask_document("CreatePolicy&PolicyName=edge", "PolicyDocument", ALLOW("s3:Get*")));
	GRANTED(askf("PutRolePermissionsBoundary&RoleName=plain&PermissionsBoundary=arn:aws:iam::111122223333:policy/edge"));
	r = askf("ListPolicies&Scope=Local&PolicyUsageFilter=PermissionsBoundary");
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "PolicyName"), "edge");
	CHECK_STR(world_xml(&r, "PermissionsBoundaryUsageCount"), "1");
	r = askf("ListPolicies&Scope=Local&PolicyUsageFilter=PermissionsPolicy");
	CHECK(fg_str_null(world_xml(&r, "PermissionsBoundaryUsageCount")) ||
	    !fg_eq(world_xml(&r, "PolicyName"), FG_LIT("edge")));
	r = askf("ListPolicies&Scope=Local&MaxItems=1");
	CHECK_STR(world_xml(&r, "PolicyName"), "edge");
	CHECK_STR(world_xml(&r, "Marker"), "0/edge");
	r = askf("ListPolicies&Scope=Local&MaxItems=1&Marker=0%%2Fedge");
	CHECK_STR(world_xml(&r, "PolicyName"), "read");
	REFUSED(askf("ListPolicies&Scope=Mine"), 400, "ValidationError");
	REFUSED(askf("ListPolicies&PolicyUsageFilter=All"), 400, "ValidationError");
}

enum { POLICIES = 400, ROLES = 1500 };

/* An account with many policies and many roles, each with one of them. */
static void
many_policies_and_roles(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(4u << 20);
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u << 20);
	struct bundle_source src = { .report = NULL };
	const struct bundle_how how = { .now = W_NOW };
	struct fg_err err = { 0 };
	struct bundle *bundle = NULL;

	CU_ASSERT_FATAL(a != NULL);
	fg_buf_put(&b, FG_LIT("{\"Accounts\":[{\"Id\":\"111122223333\",\"Policies\":["));
	for (int i = 0; i < POLICIES; i++)
		fg_buf_fmt(&b, "%s{\"PolicyName\":\"many%d\",\"Path\":\"/\",\"PolicyVersionList\":[{\"VersionId\":\"v1\","
		    "\"IsDefaultVersion\":true,\"Document\":" ALLOW("s3:*") "}]}", i == 0 ? "" : ",", i);
	fg_buf_put(&b, FG_LIT("],\"RoleDetailList\":["));
	for (int i = 0; i < ROLES; i++)
		fg_buf_fmt(&b, "%s{\"RoleName\":\"many%d\",\"Path\":\"/\",\"AttachedManagedPolicies\":[{\"PolicyName\":\"many%d\","
		    "\"PolicyArn\":\"arn:aws:iam::111122223333:policy/many%d\"}],\"AssumeRolePolicyDocument\":{\"Version\":"
		    "\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},"
		    "\"Action\":\"sts:AssumeRole\"}]}}", i == 0 ? "" : ",", i, i % POLICIES, i % POLICIES);
	fg_buf_put(&b, FG_LIT("]}]}"));
	CHECK_OK(fg_buf_end(&b, &src.bytes));
	CHECK_OK(bundle_parse(a, &src, &bundle, &err));
	CHECK_OK(bundle_apply(world.st, bundle, &how, a, &err));
}

/* A worker's loop waits for it: policies times principals would hold up all who came to that worker. */
static void
policies_are_counted_in_one_walk(void)
{
	clock_t one, all;
	struct reply r;

	many_policies_and_roles();
	alice_may(ALLOW("iam:*"));
	one = clock();
	for (int i = 0; i < 8; i++)
		r = askf("GetPolicy&PolicyArn=arn:aws:iam::111122223333:policy/many7");
	one = (clock() - one) / 8;
	CHECK_STR(world_xml(&r, "AttachmentCount"), "4"); /* of 7, 407, 807, 1207 */
	all = clock();
	r = askf("ListPolicies&Scope=Local&PolicyUsageFilter=PermissionsBoundary");
	all = clock() - all;
	CHECK_GRANTED(r);
	CHECK(fg_str_null(world_xml(&r, "PolicyName")));
	CHECK(all < POLICIES / 8 * (one + 1));
	r = askf("ListPolicies&Scope=Local&Marker=0%%2Fmany6&MaxItems=1");
	CHECK_STR(world_xml(&r, "PolicyName"), "many60");
	CHECK_STR(world_xml(&r, "AttachmentCount"), "4");
}

CU_TestInfo used_tests[] = {
	{ "a key says when it was used and with what", a_key_says_when_it_was_used_and_with_what },
	{ "a signature that is wrong uses nothing", a_signature_that_is_wrong_uses_nothing },
	{ "a role says when it was used", a_role_says_when_it_was_used },
	{ "who uses a policy is listed", who_uses_a_policy_is_listed },
	{ "policies are listed by how they are used", policies_are_listed_by_how_they_are_used },
	CASE(policies_are_counted_in_one_walk),
	CU_TEST_INFO_NULL,
};
