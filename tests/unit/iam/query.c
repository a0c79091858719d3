/* The IAM API: who may, what is refused, and what a change is made to. */
#include <stdio.h>

#include "tests/unit/iam/ask.h"
#include "tests/unit/iam/tests.h"


static void
a_user_is_created_read_and_deleted(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	r = iam(&world.alice, "CreateUser&UserName=new_user&Path=%2Fapps%2F&Tags.member.1.Key=a&Tags.member.1.Value=b");
	CHECK_GRANTED(r);
	CHECK_STR(r.arn, "arn:aws:iam::111122223333:user/apps/new_user");
	CHECK(r.waited_for_disk);
	CHECK_STR(r.record.name, "CreateUser");
	CHECK_STR(r.record.who.arn, "arn:aws:iam::111122223333:user/alice");
	r = iam(&world.alice, "GetUser&UserName=new_user");
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "Value"), "b");
	r = iam(&world.alice, "CreateUser&UserName=NEW_USER");
	CHECK_FAULT(r, 409, "EntityAlreadyExists");
	r = iam(&world.alice, "DeleteUser&UserName=new_user");
	CHECK_GRANTED(r);
	r = iam(&world.alice, "GetUser&UserName=new_user");
	CHECK_FAULT(r, 404, "NoSuchEntity");
}

static void
without_permission_nothing_is_changed(void)
{
	struct reply r = iam(&world.bob, "CreateUser&UserName=mallory");

	CHECK_FAULT(r, 403, "AccessDenied");
	REFUSED(iam(&world.bob, "GetUser&UserName=nobody"), 403, "AccessDenied");
	directory_enter();
	CHECK(directory_user_find(world.d, W_A2, FG_LIT("mallory")) == NULL);
	directory_leave();
	alice_may(ALLOW("iam:Get*"));
	REFUSED(iam(&world.alice, "DeleteUser&UserName=alice"), 403, "AccessDenied");
}

static void
another_account_is_out_of_reach(void)
{
	alice_may(ALLOW("iam:*"));
	REFUSED(iam(&world.alice, "GetUser&UserName=bob"), 404, "NoSuchEntity");
	REFUSED(iam(&world.alice, "GetRole&RoleName=last"), 404, "NoSuchEntity");
}

static void
a_boundary_can_be_demanded(void)
{
	struct reply r;

	alice_may("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:CreateUser\","
	    "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"iam:PermissionsBoundary\":"
	    "\"arn:aws:iam::111122223333:policy/read\"}}}]}");
	REFUSED(iam(&world.alice, "CreateUser&UserName=free"), 403, "AccessDenied");
	r = iam(&world.alice, "CreateUser&UserName=bound&PermissionsBoundary=arn:aws:iam::111122223333:policy/read");
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "PermissionsBoundaryArn"), "arn:aws:iam::111122223333:policy/read");
}

static void
only_some_policies_may_be_attached(void)
{
	alice_may("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"iam:AttachUserPolicy\","
	    "\"iam:DetachUserPolicy\"],\"Resource\":\"*\",\"Condition\":{\"ArnEquals\":{\"iam:PolicyARN\":"
	    "\"arn:aws:iam::111122223333:policy/read\"}}}]}");
	REFUSED(iam(&world.alice, "AttachUserPolicy&UserName=alice&PolicyArn=arn:aws:iam::111122223333:policy/other"),
	    403, "AccessDenied");
	GRANTED(iam(&world.alice, "AttachUserPolicy&UserName=alice&PolicyArn=arn:aws:iam::111122223333:policy/read"));
	GRANTED(iam(&world.alice, "DetachUserPolicy&UserName=alice&PolicyArn=arn:aws:iam::111122223333:policy/read"));
	REFUSED(iam(&world.alice, "DetachUserPolicy&UserName=alice&PolicyArn=arn:aws:iam::111122223333:policy/read"),
	    404, "NoSuchEntity");
}

#define TRUSTS(who)                                                                              \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"       \
	"\"arn:aws:iam::111122223333:user/" who "\"},\"Action\":\"sts:AssumeRole\"}]}"

static void
a_trust_policy_binds_to_who_is_there(void)
{
	const struct directory_role *role;
	struct reply r;

	alice_may(ALLOW("iam:*"));
	r = ask_document("CreateRole&RoleName=ghostly", "AssumeRolePolicyDocument", TRUSTS("ghost"));
	CHECK_FAULT(r, 400, "MalformedPolicyDocument");
	r = ask_document("CreateRole&RoleName=mine", "AssumeRolePolicyDocument", TRUSTS("alice"));
	CHECK_GRANTED(r);
	GRANTED(world_signed(&world.alice, "Version=2011-06-15&Action=AssumeRole&RoleSessionName=session&RoleArn="
	    "arn:aws:iam::111122223333:role/mine"));
	directory_enter();
	role = directory_role_find(world.d, W_A1, FG_LIT("mine"));
	CHECK(role != NULL && directory_program(role->trust) != NULL);
	directory_leave();
	GRANTED(iam(&world.alice, "CreateUser&UserName=carol"));
	GRANTED(ask_document("UpdateAssumeRolePolicy&RoleName=mine", "PolicyDocument", TRUSTS("carol")));
	world.now++;
	REFUSED(world_signed(&world.alice, "Version=2011-06-15&Action=AssumeRole&RoleSessionName=session&RoleArn="
	    "arn:aws:iam::111122223333:role/mine"), 403, "AccessDenied");
	GRANTED(iam(&world.alice, "DeleteRole&RoleName=mine"));
}

/* Between decision and write the name went to somebody else. */
static void
swap(void)
{
	const struct store_user old = { .account = W_A1, .uid = FG_LIT("AIDA00000000000000007") };
	const struct store_user other = { .account = W_A1, .uid = FG_LIT("AIDA00000000000000008"),
		.name = FG_LIT("victim"), .path = FG_LIT("/"), .boundary = FG_LIT(""), .tags = FG_LIT(""),
		.created = W_NOW };

	world.meanwhile = NULL;
	world_drop(STORE_USER, &old);
	world_put(STORE_USER, &other);
}

static void
a_change_is_made_to_what_was_decided_about(void)
{
	const struct store_user u = { .account = W_A1, .uid = FG_LIT("AIDA00000000000000007"),
		.name = FG_LIT("victim"), .path = FG_LIT("/"), .boundary = FG_LIT(""), .tags = FG_LIT(""),
		.created = W_NOW };

	alice_may(ALLOW("iam:*"));
	world_put(STORE_USER, &u);
	world.meanwhile = swap;
	REFUSED(iam(&world.alice, "DeleteUser&UserName=victim"), 404, "NoSuchEntity");
	GRANTED(iam(&world.alice, "GetUser&UserName=victim"));
}

static void
what_is_in_use_stays(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	r = iam(&world.alice, "DeleteUser&UserName=alice");
	CHECK_FAULT(r, 409, "DeleteConflict");
	CHECK_STR(r.message, "Cannot delete entity, must delete access keys first.");
	REFUSED(iam(&world.alice, "DeleteRole&RoleName=deploy"), 409, "DeleteConflict");
	GRANTED(iam(&world.alice, "AttachRolePolicy&RoleName=plain&PolicyArn=arn:aws:iam::111122223333:policy/read"));
	REFUSED(iam(&world.alice, "DeletePolicy&PolicyArn=arn:aws:iam::111122223333:policy/read"), 409, "DeleteConflict");
	GRANTED(iam(&world.alice, "DetachRolePolicy&RoleName=plain&PolicyArn=arn:aws:iam::111122223333:policy/read"));
	REFUSED(iam(&world.alice, "DeletePolicyVersion&PolicyArn=arn:aws:iam::111122223333:policy/read&VersionId=v1"), 409,
	    "DeleteConflict");
}

static void
documents_are_checked(void)
{
	char big[3000];

	alice_may(ALLOW("iam:*"));
	REFUSED(ask_document("PutUserPolicy&UserName=alice&PolicyName=p", "PolicyDocument", "{}"), 400,
	    "MalformedPolicyDocument");
	REFUSED(ask_document("PutUserPolicy&UserName=alice&PolicyName=p", "PolicyDocument", TRUSTS("alice")), 400,
	    "MalformedPolicyDocument");
	(void)snprintf(big, sizeof(big), "{\"Version\":\"2012-10-17\",\"Id\":\"%0*d\",\"Statement\":[{\"Effect\":\"Allow\","
	    "\"Action\":\"s3:*\",\"Resource\":\"*\"}]}", 2000, 0);
	REFUSED(ask_document("PutUserPolicy&UserName=alice&PolicyName=p", "PolicyDocument", big), 409, "LimitExceeded");
}

static void
an_access_key_works_and_its_secret_is_told_once(void)
{
	struct signer s;
	struct reply r;

	alice_may(ALLOW("iam:*"));
	REFUSED(iam(&world.alice, "CreateAccessKey"), 503, "ServiceUnavailable");
	wrap_key_seals();
	r = iam(&world.alice, "CreateAccessKey");
	CHECK_GRANTED(r);
	CHECK(r.secret.n == 40);
	for (size_t i = 0; i < r.record.n_result; i++)
		CHECK(!fg_eq(r.record.result[i].value, r.secret));
	s = (struct signer){ r.key_id, r.secret, FG_STR_NULL };
	GRANTED(world_signed(&s, "Version=2011-06-15&Action=GetCallerIdentity"));
	REFUSED(iam(&world.alice, "CreateAccessKey"), 409, "LimitExceeded");
	REFUSED(iam(&world.alice, fg_arena_fmt(world.a, "DeleteAccessKey&UserName=bob&AccessKeyId=%.*s",
	    FG_PRI(s.key_id)).p), 404, "NoSuchEntity");
	GRANTED(iam(&world.alice, fg_arena_fmt(world.a, "UpdateAccessKey&Status=Inactive&AccessKeyId=%.*s",
	    FG_PRI(s.key_id)).p));
	REFUSED(world_signed(&s, "Version=2011-06-15&Action=GetCallerIdentity"), 403, "InvalidClientTokenId");
	GRANTED(iam(&world.alice, fg_arena_fmt(world.a, "DeleteAccessKey&AccessKeyId=%.*s", FG_PRI(s.key_id)).p));
}

static void
pages_meet_without_gap_or_overlap(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	r = iam(&world.alice, "ListRoles&MaxItems=2");
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "IsTruncated"), "true");
	CHECK_STR(world_xml(&r, "Marker"), "middle");
	r = iam(&world.alice, "ListRoles&MaxItems=2&Marker=middle");
	CHECK_STR(world_xml(&r, "RoleName"), "plain");
	CHECK_STR(world_xml(&r, "IsTruncated"), "false");
	REFUSED(iam(&world.alice, "ListRoles&MaxItems=0"), 400, "ValidationError");
}

static void
a_change_needs_tls_and_the_audit_log(void)
{
	alice_may(ALLOW("iam:*"));
	world.peer.secure = false;
	REFUSED(iam(&world.alice, "CreateUser&UserName=plain"), 403, "AccessDenied");
	world.peer.secure = true;
	world.disk_fails = true;
	REFUSED(iam(&world.alice, "CreateUser&UserName=unheard"), 503, "ServiceUnavailable");
}

static void
unknown_and_unsafe_input_is_refused(void)
{
	alice_may(ALLOW("iam:*"));
	REFUSED(iam(&world.alice, "CreateAccountPassword&UserName=alice"), 400, "InvalidAction");
	REFUSED(iam(&world.alice, "CreateUser&UserName=a%2Fb"), 400, "ValidationError");
	REFUSED(iam(&world.alice, "CreateUser&UserName=x&Path=nowhere"), 400, "ValidationError");
	REFUSED(iam(&world.alice, "UntagUser&UserName=alice&TagKeys.member.1.x=a"), 400, "ValidationError");
	REFUSED(iam(&world.alice, "UntagUser&UserName=alice&TagKeys=a"), 400, "ValidationError");
	REFUSED(iam(&world.alice, "ListPolicies&OnlyAttached=maybe"), 400, "ValidationError");
	REFUSED(iam(&world.alice, "CreateUser&UserName=x&Tags.member.1.Key=K&Tags.member.1.Value=1"
	    "&Tags.member.2.Key=k&Tags.member.2.Value=2"), 400, "InvalidInput");
	REFUSED(iam(&world.alice, "CreateOpenIDConnectProvider&Url=http%3A%2F%2Fidp.example.com"), 400, "InvalidInput");
}

/* The memory of a node is gone when it starts again, and another node never had it. */
static void
forget_signatures(void)
{
	api_replays_free(world.w->env->replays);
	world.w->env->replays = api_replays_new();
	CU_ASSERT_FATAL(world.w->env->replays != NULL);
}

static void
what_is_made_is_made_once_wherever_it_is_sent(void)
{
	static const char make[] = "Version=2010-05-08&Action=CreateUser&UserName=twice";
	struct reply r;

	alice_may(ALLOW("iam:*"));
	world.now++;
	GRANTED(world_scoped(&world.alice, "iam", "us-east-1", make));
	GRANTED(world_scoped(&world.alice, "iam", "us-east-1", "Version=2010-05-08&Action=DeleteUser&UserName=twice"));
	forget_signatures();
	world.connection++;
	r = world_scoped(&world.alice, "iam", "us-east-1", make);
	CHECK_FAULT(r, 400, "Throttling");
	CHECK_STEP(r.err, "iam.replay");
	GRANTED(world_scoped(&world.alice, "iam", "us-east-1", "Version=2010-05-08&Action=UpdateUser&UserName=alice"));
	world.now++;
	GRANTED(world_scoped(&world.alice, "iam", "us-east-1", make)); /* signed anew */
	GRANTED(iam(&world.alice, "DeleteUser&UserName=twice"));
}

CU_TestInfo query_tests[] = {
	{ "a user is created, read and deleted", a_user_is_created_read_and_deleted },
	{ "without permission nothing is changed", without_permission_nothing_is_changed },
	{ "another account is out of reach", another_account_is_out_of_reach },
	{ "a boundary can be demanded", a_boundary_can_be_demanded },
	{ "only some policies may be attached", only_some_policies_may_be_attached },
	{ "a trust policy binds to who is there", a_trust_policy_binds_to_who_is_there },
	{ "a change is made to what was decided about", a_change_is_made_to_what_was_decided_about },
	{ "what is in use stays", what_is_in_use_stays },
	{ "documents are checked", documents_are_checked },
	{ "an access key works and its secret is told once", an_access_key_works_and_its_secret_is_told_once },
	{ "pages meet without gap or overlap", pages_meet_without_gap_or_overlap },
	{ "a change needs TLS and the audit log", a_change_needs_tls_and_the_audit_log },
	{ "unknown and unsafe input is refused", unknown_and_unsafe_input_is_refused },
	CASE(what_is_made_is_made_once_wherever_it_is_sent),
	CU_TEST_INFO_NULL,
};
