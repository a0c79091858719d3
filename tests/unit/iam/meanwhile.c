/*
 * tests/unit/iam/meanwhile.c - between the decision and the write: what was decided about is gone, or
 * somebody else's, and nothing is written for it.  And what was written binds the next request.
 */
#include "tests/unit/iam/ask.h"
#include "tests/unit/iam/tests.h"

#define READ "arn:aws:iam::111122223333:policy/read"
#define SPARE "arn:aws:iam::111122223333:policy/spare"

static const struct store_user user = { .account = { "111122223333", 12 }, .uid = { "AIDA00000000000000007", 21 },
	.name = { "victim", 6 }, .path = { "/", 1 }, .boundary = { "", 0 }, .tags = { "", 0 }, .created = W_NOW };
static const struct store_group group = { .account = { "111122223333", 12 }, .uid = { "AGPA00000000000000007", 21 },
	.name = { "victims", 7 }, .path = { "/", 1 }, .created = W_NOW };

static void
user_goes(void)
{
	world.meanwhile = NULL;
	world_drop(STORE_USER, &user);
}

static void
group_goes(void)
{
	world.meanwhile = NULL;
	world_drop(STORE_GROUP, &group);
}

static struct fg_str spare; /* unique id */

static void
policy_goes(void)
{
	const struct store_policy p = { .account = W_A1, .uid = spare };
	const struct store_version v = { .account = W_A1, .policy = spare, .number = 1 };

	world.meanwhile = NULL;
	world_drop(STORE_VERSION, &v);
	world_drop(STORE_POLICY, &p);
}

static struct fg_err err;

static enum fg_rc
count(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	(void)kind;
	(void)row;
	(void)bad;
	(void)reterr;
	++*(size_t *)arg;
	return FG_OK;
}

static size_t
rows(enum store_kind kind, const char *column, struct fg_str value)
{
	struct store_tx *tx = NULL;
	size_t n = 0;

	CHECK_OK(store_begin(world.st, &tx, &err));
	CHECK_OK(store_scan(tx, kind, column, value, count, &n, &err));
	store_rollback(tx);
	return n;
}

static void
nothing_is_written_for_what_is_gone(void)
{
	static const char document[] = "&PolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect"
	    "%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D";
	static const struct { const char *form; bool document, group; } changes[] = {
		{ "AttachUserPolicy&UserName=victim&PolicyArn=" READ, false, false },
		{ "DetachUserPolicy&UserName=victim&PolicyArn=" READ, false, false },
		{ "PutUserPolicy&UserName=victim&PolicyName=p", true, false },
		{ "DeleteUserPolicy&UserName=victim&PolicyName=p", false, false },
		{ "CreateAccessKey&UserName=victim", false, false },
		{ "UpdateAccessKey&UserName=victim&AccessKeyId=AKIAQQQQQQQQQQQQQQQQ&Status=Active", false, false },
		{ "TagUser&UserName=victim&Tags.member.1.Key=k&Tags.member.1.Value=v", false, false },
		{ "PutUserPermissionsBoundary&UserName=victim&PermissionsBoundary=" READ, false, false },
		{ "UpdateUser&UserName=victim&NewUserName=other", false, false },
		{ "DeleteUser&UserName=victim", false, false },
		{ "AddUserToGroup&GroupName=victims&UserName=alice", false, true },
		{ "RemoveUserFromGroup&GroupName=victims&UserName=alice", false, true },
		{ "AttachGroupPolicy&GroupName=victims&PolicyArn=" READ, false, true },
		{ "PutGroupPolicy&GroupName=victims&PolicyName=p", true, true },
		{ "UpdateGroup&GroupName=victims&NewGroupName=other", false, true },
	};

	alice_may(ALLOW("iam:*"));
	wrap_key_seals();
	for (size_t i = 0; i < FG_COUNT(changes); i++) {
		if (changes[i].group)
			world_put(STORE_GROUP, &group);
		else
			world_put(STORE_USER, &user);
		world.meanwhile = changes[i].group ? group_goes : user_goes;
		REFUSED(askf("%s%s", changes[i].form, changes[i].document ? document : ""), 404, "NoSuchEntity");
		CHECK(world.meanwhile == NULL);
	}
	CHECK(rows(STORE_ATTACHMENT, "owner", user.uid) + rows(STORE_ATTACHMENT, "owner", group.uid) == 0);
	CHECK(rows(STORE_INLINE, "owner", user.uid) + rows(STORE_INLINE, "owner", group.uid) == 0);
	CHECK(rows(STORE_KEY, "user", user.uid) == 0);
	CHECK(rows(STORE_MEMBER, "group", group.uid) == 0);
}

/* Or whoever makes a policy of that name later would have given it to the role. */
static void
a_policy_that_is_gone_is_not_attached(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	r = ask_document("CreatePolicy&PolicyName=spare", "PolicyDocument", ALLOW("s3:*"));
	CHECK_GRANTED(r);
	spare = world_xml(&r, "PolicyId");
	world.meanwhile = policy_goes;
	REFUSED(askf("AttachRolePolicy&RoleName=plain&PolicyArn=" SPARE), 404, "NoSuchEntity");
	CHECK(rows(STORE_ATTACHMENT, "policy", FG_LIT(SPARE)) == 0);
}

/* Whoever may change the keys of one user names the key of another one. */
static void
the_key_of_another_user_is_not_touched(void)
{
	alice_may("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:*\",\"Resource\":"
	    "\"arn:aws:iam::111122223333:user/victim\"}]}");
	world_put(STORE_USER, &user);
	REFUSED(askf("UpdateAccessKey&UserName=victim&Status=Inactive&AccessKeyId=%.*s", FG_PRI(world.alice.key_id)), 404,
	    "NoSuchEntity");
	REFUSED(askf("DeleteAccessKey&UserName=victim&AccessKeyId=%.*s", FG_PRI(world.alice.key_id)), 404, "NoSuchEntity");
	REFUSED(askf("UpdateAccessKey&UserName=victim&Status=Inactive&AccessKeyId=%.*s", FG_PRI(world.bob.key_id)), 404,
	    "NoSuchEntity");
	REFUSED(askf("DeleteAccessKey&AccessKeyId=%.*s", FG_PRI(world.alice.key_id)), 403, "AccessDenied"); /* its own */
	GRANTED(world_signed(&world.alice, "Version=2011-06-15&Action=GetCallerIdentity"));
	GRANTED(world_signed(&world.bob, "Version=2011-06-15&Action=GetCallerIdentity"));
}

/* "Whose key?" has an answer for users alone. */
static void
a_session_of_a_role_names_the_user(void)
{
	struct reply r = world_assume(W_ROLE("deploy"), world_token(""), "");
	struct signer session = world_signer(&r);

	CHECK_GRANTED(r);
	REFUSED(iam(&session, "CreateAccessKey"), 400, "ValidationError");
	REFUSED(iam(&session, "GetUser"), 400, "ValidationError");
}

/* At the next request of whoever has it; and a boundary that is gone allows nothing. */
static void
a_boundary_binds_users_and_sessions_of_roles(void)
{
	static const char info[] = "Version=2011-06-15&Action=GetAccessKeyInfo&AccessKeyId=AKIAQQQQQQQQQQQQQQQQ";
	struct signer session;
	struct reply r;

	alice_may(ALLOW("*"));
	r = ask_document("CreatePolicy&PolicyName=spare", "PolicyDocument", ALLOW("sts:*"));
	CHECK_GRANTED(r);
	spare = world_xml(&r, "PolicyId");
	world.now++;
	r = world_signed(&world.alice, "Version=2011-06-15&Action=AssumeRole&RoleSessionName=one&RoleArn=" W_ROLE("middle"));
	CHECK_GRANTED(r);
	session = world_signer(&r);
	GRANTED(world_signed(&session, info));
	GRANTED(askf("PutRolePermissionsBoundary&RoleName=middle&PermissionsBoundary=" READ));
	REFUSED(world_signed(&session, info), 403, "AccessDenied");
	GRANTED(askf("PutRolePermissionsBoundary&RoleName=middle&PermissionsBoundary=" SPARE));
	GRANTED(world_signed(&session, info));
	policy_goes();
	REFUSED(world_signed(&session, info), 403, "AccessDenied");
	GRANTED(askf("GetUser"));
	GRANTED(askf("PutUserPermissionsBoundary&UserName=alice&PermissionsBoundary=" READ));
	REFUSED(askf("GetUser"), 403, "AccessDenied");
}

CU_TestInfo meanwhile_tests[] = {
	CASE(nothing_is_written_for_what_is_gone),
	CASE(a_policy_that_is_gone_is_not_attached),
	CASE(the_key_of_another_user_is_not_touched),
	CASE(a_session_of_a_role_names_the_user),
	CASE(a_boundary_binds_users_and_sessions_of_roles),
	CASES_END,
};
