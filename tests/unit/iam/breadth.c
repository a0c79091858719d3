/* tests/unit/iam/breadth.c - the rest of the IAM API: groups, boundaries, tags, profiles, reports, what is absent. */
#include <string.h>

#include "gateway/iam/query_int.h"
#include "tests/unit/iam/ask.h"
#include "tests/unit/iam/tests.h"

#define READ "arn:aws:iam::111122223333:policy/read"
#define OIDC "OpenIDConnectProviderArn=arn:aws:iam::111122223333:oidc-provider/" W_BARE

static bool
in(struct fg_str s, const char *text)
{
	return s.n > 0 && memmem(s.p, s.n, text, strlen(text)) != NULL;
}

static bool
holds(const struct reply *r, const char *text)
{
	return in(r->body, text);
}

static void
a_group_has_policies_and_a_new_name(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	GRANTED(askf("CreateGroup&GroupName=data"));
	REFUSED(askf("CreateGroup&GroupName=DATA"), 409, "EntityAlreadyExists");
	GRANTED(askf("AddUserToGroup&GroupName=data&UserName=alice"));
	GRANTED(askf("AddUserToGroup&GroupName=data&UserName=alice"));
	GRANTED(ask_document("PutGroupPolicy&GroupName=data&PolicyName=p", "PolicyDocument", ALLOW("s3:*")));
	r = askf("GetGroupPolicy&GroupName=data&PolicyName=p");
	CHECK_STR(world_xml(&r, "GroupName"), "data");
	r = askf("ListGroupPolicies&GroupName=data");
	CHECK_STR(world_xml(&r, "member"), "p");
	GRANTED(askf("AttachGroupPolicy&GroupName=data&PolicyArn=" READ));
	r = askf("ListAttachedGroupPolicies&GroupName=data");
	CHECK_STR(world_xml(&r, "PolicyArn"), READ);
	REFUSED(askf("DeleteGroup&GroupName=data"), 409, "DeleteConflict");
	GRANTED(askf("UpdateGroup&GroupName=data&NewGroupName=ml&NewPath=%%2Fx%%2F"));
	REFUSED(askf("GetGroup&GroupName=data"), 404, "NoSuchEntity");
	r = askf("GetGroup&GroupName=ml");
	CHECK_STR(world_xml(&r, "Arn"), "arn:aws:iam::111122223333:group/x/ml");
	CHECK_STR(world_xml(&r, "UserName"), "alice");
	r = askf("ListGroupsForUser&UserName=alice");
	CHECK_STR(world_xml(&r, "GroupName"), "ml");
	r = askf("ListGroups&PathPrefix=%%2Fx%%2F");
	CHECK_STR(world_xml(&r, "GroupName"), "ml");
	GRANTED(askf("DetachGroupPolicy&GroupName=ml&PolicyArn=" READ));
	GRANTED(askf("DeleteGroupPolicy&GroupName=ml&PolicyName=p"));
	REFUSED(askf("DeleteGroupPolicy&GroupName=ml&PolicyName=p"), 404, "NoSuchEntity");
	REFUSED(askf("DeleteGroup&GroupName=ml"), 409, "DeleteConflict");
	GRANTED(askf("RemoveUserFromGroup&GroupName=ml&UserName=alice"));
	GRANTED(askf("DeleteGroup&GroupName=ml"));
}

/* A user who may rename groups of one path cannot rename them into another. */
static void
a_group_moves_where_both_names_are_allowed(void)
{
	alice_may(ALLOW("iam:*"));
	GRANTED(askf("CreateGroup&GroupName=a&Path=%%2Fx%%2F"));
	alice_may("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:UpdateGroup\","
	    "\"Resource\":\"arn:aws:iam::111122223333:group/x/*\"}]}");
	REFUSED(askf("UpdateGroup&GroupName=a&NewPath=%%2Fy%%2F"), 403, "AccessDenied");
	GRANTED(askf("UpdateGroup&GroupName=a&NewGroupName=b"));
	alice_may(ALLOW("iam:*"));
	GRANTED(askf("DeleteGroup&GroupName=b"));
}

static void
a_role_is_described_and_bounded(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	r = askf("UpdateRoleDescription&RoleName=plain&Description=does+this");
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "Description"), "does this");
	CHECK_STR(world_xml(&r, "RoleName"), "plain");
	GRANTED(askf("UpdateRole&RoleName=plain&MaxSessionDuration=10800"));
	r = askf("GetRole&RoleName=plain");
	CHECK_STR(world_xml(&r, "MaxSessionDuration"), "10800");
	CHECK_STR(world_xml(&r, "Description"), "does this");
	GRANTED(askf("PutRolePermissionsBoundary&RoleName=plain&PermissionsBoundary=" READ));
	r = askf("GetRole&RoleName=plain");
	CHECK_STR(world_xml(&r, "PermissionsBoundaryArn"), READ);
	REFUSED(askf("DeletePolicy&PolicyArn=" READ), 409, "DeleteConflict");
	GRANTED(askf("DeleteRolePermissionsBoundary&RoleName=plain"));
	r = askf("GetRole&RoleName=plain");
	CHECK(!holds(&r, "PermissionsBoundary"));
	REFUSED(askf("UpdateRole&RoleName=plain&MaxSessionDuration=10"), 400, "ValidationError");
}

static void
a_user_is_bounded_and_renamed(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	GRANTED(askf("CreateUser&UserName=carol"));
	GRANTED(askf("PutUserPermissionsBoundary&UserName=carol&PermissionsBoundary=" READ));
	r = askf("GetUser&UserName=carol");
	CHECK_STR(world_xml(&r, "PermissionsBoundaryType"), "Policy");
	GRANTED(askf("DeleteUserPermissionsBoundary&UserName=carol"));
	GRANTED(askf("UpdateUser&UserName=carol&NewUserName=carla&NewPath=%%2Fp%%2F"));
	r = askf("GetUser&UserName=carla");
	CHECK_STR(world_xml(&r, "Arn"), "arn:aws:iam::111122223333:user/p/carla");
	CHECK(!holds(&r, "PermissionsBoundary") && !holds(&r, "PasswordLastUsed"));
	REFUSED(askf("PutUserPermissionsBoundary&UserName=carla&PermissionsBoundary=arn:aws:iam::111122223333:policy/none"),
	    404, "NoSuchEntity");
	GRANTED(askf("DeleteUser&UserName=carla"));
}

/* ---- tags ---- */

static void
tagged(const char *noun, const char *name)
{
	struct reply r;

	GRANTED(askf("Tag%s&%s&Tags.member.1.Key=team&Tags.member.1.Value=ml&Tags.member.2.Key=x&Tags.member.2.Value=1",
	    noun, name));
	GRANTED(askf("Tag%s&%s&Tags.member.1.Key=team&Tags.member.1.Value=ops", noun, name));
	GRANTED(askf("Untag%s&%s&TagKeys.member.1=x", noun, name));
	r = askf("List%sTags&%s", noun, name);
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "Key"), "team");
	CHECK_STR(world_xml(&r, "Value"), "ops");
	CHECK(!holds(&r, "<Key>x</Key>"));
	REFUSED(askf("Tag%s&%s&Tags.member.1.Key=aws:x&Tags.member.1.Value=1", noun, name), 400, "InvalidInput");
	GRANTED(askf("Untag%s&%s&TagKeys.member.1=team", noun, name));
}

static void
whatever_has_tags_is_tagged(void)
{
	alice_may(ALLOW("iam:*"));
	GRANTED(askf("CreateInstanceProfile&InstanceProfileName=box"));
	tagged("User", "UserName=alice");
	tagged("Role", "RoleName=plain");
	tagged("Policy", "PolicyArn=" READ);
	tagged("OpenIDConnectProvider", OIDC);
	tagged("InstanceProfile", "InstanceProfileName=box");
	REFUSED(askf("TagPolicy&PolicyArn=arn:aws:iam::111122223333:policy/none&Tags.member.1.Key=a&Tags.member.1.Value=b"),
	    404, "NoSuchEntity");
	REFUSED(askf("TagSAMLProvider&SAMLProviderArn=arn:aws:iam::111122223333:saml-provider/none&Tags.member.1.Key=a"
	    "&Tags.member.1.Value=b"), 404, "NoSuchEntity");
	REFUSED(askf("TagRole&RoleName=none&Tags.member.1.Key=a&Tags.member.1.Value=b"), 404, "NoSuchEntity");
}

/* The tag of what is changed decides, as it is now. */
static void
a_tag_of_a_policy_decides_who_may_change_it(void)
{
	alice_may(ALLOW("iam:*"));
	GRANTED(askf("TagPolicy&PolicyArn=" READ "&Tags.member.1.Key=owner&Tags.member.1.Value=bob"));
	alice_may("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:*\",\"Resource\":\"*\","
	    "\"Condition\":{\"StringEquals\":{\"aws:ResourceTag/owner\":\"alice\"}}}]}");
	REFUSED(askf("UntagPolicy&PolicyArn=" READ "&TagKeys.member.1=owner"), 403, "AccessDenied");
	alice_may(ALLOW("iam:*"));
	GRANTED(askf("UntagPolicy&PolicyArn=" READ "&TagKeys.member.1=owner"));
}

/* ---- providers ---- */

static void
a_provider_gets_and_loses_clients(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	GRANTED(askf("AddClientIDToOpenIDConnectProvider&ClientID=more&" OIDC));
	GRANTED(askf("AddClientIDToOpenIDConnectProvider&ClientID=more&" OIDC));
	r = askf("GetOpenIDConnectProvider&" OIDC);
	CHECK(holds(&r, "<member>sts.amazonaws.com</member><member>more</member>"));
	GRANTED(askf("RemoveClientIDFromOpenIDConnectProvider&ClientID=more&" OIDC));
	GRANTED(askf("RemoveClientIDFromOpenIDConnectProvider&ClientID=more&" OIDC));
	r = askf("GetOpenIDConnectProvider&" OIDC);
	CHECK(!holds(&r, "<member>more</member>"));
	GRANTED(askf("UpdateOpenIDConnectProviderThumbprint&ThumbprintList.member.1="
	    "990f4193972f2becf12ddeda5237f9c952f20d9e&" OIDC));
	r = askf("GetOpenIDConnectProvider&" OIDC);
	CHECK(holds(&r, "990f4193972f2becf12ddeda5237f9c952f20d9e"));
	REFUSED(askf("UpdateOpenIDConnectProviderThumbprint&ThumbprintList.member.1="
	    "zz0f4193972f2becf12ddeda5237f9c952f20d9e&" OIDC), 400, "InvalidInput");
	REFUSED(askf("AddClientIDToOpenIDConnectProvider&ClientID=x&OpenIDConnectProviderArn="
	    "arn:aws:iam::111122223333:oidc-provider/nowhere.example.com"), 404, "NoSuchEntity");
}

/* ---- instance profiles ---- */

static void
a_profile_carries_one_role(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	r = askf("CreateInstanceProfile&InstanceProfileName=web&Path=%%2Ffleet%%2F&Tags.member.1.Key=a&Tags.member.1.Value=b");
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "Arn"), "arn:aws:iam::111122223333:instance-profile/fleet/web");
	REFUSED(askf("CreateInstanceProfile&InstanceProfileName=Web"), 409, "EntityAlreadyExists");
	GRANTED(askf("AddRoleToInstanceProfile&InstanceProfileName=web&RoleName=plain"));
	REFUSED(askf("AddRoleToInstanceProfile&InstanceProfileName=web&RoleName=middle"), 409, "LimitExceeded");
	r = askf("GetInstanceProfile&InstanceProfileName=web");
	CHECK_STR(world_xml(&r, "RoleName"), "plain");
	CHECK(holds(&r, "<Key>a</Key>"));
	r = askf("ListInstanceProfilesForRole&RoleName=plain");
	CHECK_STR(world_xml(&r, "InstanceProfileName"), "web");
	r = askf("ListInstanceProfilesForRole&RoleName=middle");
	CHECK(!holds(&r, "InstanceProfileName"));
	r = askf("ListInstanceProfiles&PathPrefix=%%2Fother%%2F");
	CHECK(!holds(&r, "InstanceProfileName"));
	r = askf("ListInstanceProfiles");
	CHECK_STR(world_xml(&r, "InstanceProfileName"), "web");
	r = askf("GetAccountAuthorizationDetails&Filter.member.1=Role");
	CHECK(holds(&r, "<InstanceProfileName>web</InstanceProfileName>"));
	r = askf("DeleteRole&RoleName=plain");
	CHECK_FAULT(r, 409, "DeleteConflict");
	CHECK_STR(r.message, "Cannot delete entity, must remove roles from instance profile first.");
	REFUSED(askf("DeleteInstanceProfile&InstanceProfileName=web"), 409, "DeleteConflict");
	REFUSED(askf("RemoveRoleFromInstanceProfile&InstanceProfileName=web&RoleName=middle"), 404, "NoSuchEntity");
	GRANTED(askf("RemoveRoleFromInstanceProfile&InstanceProfileName=web&RoleName=plain"));
	GRANTED(askf("DeleteInstanceProfile&InstanceProfileName=web"));
	REFUSED(askf("GetInstanceProfile&InstanceProfileName=web"), 404, "NoSuchEntity");
}

static void
whoever_hands_a_role_on_needs_to_be_allowed(void)
{
	alice_may("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:*Profile\",\"Resource\":\"*\"},"
	    "{\"Effect\":\"Allow\",\"Action\":\"iam:PassRole\",\"Resource\":\"arn:aws:iam::111122223333:role/plain\"}]}");
	GRANTED(askf("CreateInstanceProfile&InstanceProfileName=p1"));
	REFUSED(askf("AddRoleToInstanceProfile&InstanceProfileName=p1&RoleName=middle"), 403, "AccessDenied");
	GRANTED(askf("AddRoleToInstanceProfile&InstanceProfileName=p1&RoleName=plain"));
	GRANTED(askf("RemoveRoleFromInstanceProfile&InstanceProfileName=p1&RoleName=plain"));
	GRANTED(askf("DeleteInstanceProfile&InstanceProfileName=p1"));
}

/* ---- what is absent ---- */

static void
what_is_not_here_says_so(void)
{
	static const char *const empty[] = { "ListSSHPublicKeys&UserName=alice", "ListSigningCertificates&UserName=alice",
		"ListServiceSpecificCredentials&UserName=alice", "ListServerCertificates" };
	static const char *const gone[] = { "GetLoginProfile&UserName=alice", "DeleteLoginProfile&UserName=alice",
		"UpdateLoginProfile&UserName=alice&Password=x", "GetAccountPasswordPolicy", "DeleteAccountPasswordPolicy",
		"GetServerCertificate&ServerCertificateName=x", "DeleteServerCertificate&ServerCertificateName=x",
		"GetSSHPublicKey&UserName=alice&Encoding=PEM&SSHPublicKeyId=APKAAAAAAAAAAAAAAAAA",
		"DeleteSigningCertificate&CertificateId=AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"GetServiceLinkedRoleDeletionStatus&DeletionTaskId=x", "ChangePassword&OldPassword=a&NewPassword=b" };
	static const char *const full[] = { "CreateLoginProfile&UserName=alice&Password=secret-of-alice",
		"UploadSSHPublicKey&UserName=alice&SSHPublicKeyBody=ssh-rsa", "UpdateAccountPasswordPolicy&HardExpiry=true",
		"CreateServiceSpecificCredential&UserName=alice&ServiceName=codecommit.amazonaws.com" };
	struct reply r;

	alice_may(ALLOW("iam:*"));
	for (size_t i = 0; i < FG_COUNT(empty); i++) {
		r = askf("%s", empty[i]);
		CHECK_GRANTED(r);
		CHECK_STR(world_xml(&r, "IsTruncated"), "false");
		CHECK(!holds(&r, "<member>"));
	}
	for (size_t i = 0; i < FG_COUNT(gone); i++)
		REFUSED(askf("%s", gone[i]), 404, "NoSuchEntity");
	for (size_t i = 0; i < FG_COUNT(full); i++)
		REFUSED(askf("%s", full[i]), 409, "LimitExceeded");
	r = askf("GetLoginProfile&UserName=alice");
	CHECK_STR(r.message, "Login Profile for User alice cannot be found.");
	r = askf("GetAccountPasswordPolicy");
	CHECK_STR(r.message, "The Password Policy with domain name 111122223333 cannot be found.");
	REFUSED(askf("GetLoginProfile&UserName=nobody"), 404, "NoSuchEntity");
	REFUSED(askf("CreateServiceLinkedRole&AWSServiceName=ecs.amazonaws.com"), 400, "InvalidInput");
	REFUSED(askf("DeleteServiceLinkedRole&RoleName=plain"), 400, "InvalidInput");
	alice_may(ALLOW("iam:GetUser"));
	REFUSED(askf("GetLoginProfile&UserName=alice"), 403, "AccessDenied");
	REFUSED(askf("ListServerCertificates"), 403, "AccessDenied");
}

/* An action of the table that has no row of its own would be an internal failure. */
static void
every_absent_action_has_its_row(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	for (size_t i = 0; i < api_iam.n_action; i++) {
		const struct api_action *a = &api_iam.action[i];

		CHECK(i == 0 || fg_cmp(api_iam.action[i - 1].name, a->name) < 0);
		if (a->run != iam_run_absent)
			continue;
		r = askf("%.*s&UserName=alice&RoleName=plain&PolicyName=x", FG_PRI(a->name));
		CHECK(r.status != 500);
	}
}

/* ---- reports ---- */

static void
services_that_were_used_are_reported(void)
{
	struct fg_str job;
	struct reply r;

	alice_may(ALLOW("iam:*"));
	GRANTED(world_scoped(&world.alice, "sts", "eu-west-1", "Version=2011-06-15&Action=GetCallerIdentity"));
	r = askf("GenerateServiceLastAccessedDetails&Arn=arn:aws:iam::111122223333:user/alice");
	CHECK_GRANTED(r);
	job = fg_arena_dup(world.a, world_xml(&r, "JobId"));
	CHECK(job.n == 36);
	r = askf("GetServiceLastAccessedDetails&JobId=%.*s", FG_PRI(job));
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "JobStatus"), "COMPLETED");
	CHECK(holds(&r, "<ServiceNamespace>sts</ServiceNamespace>"
	    "<LastAuthenticatedEntity>arn:aws:iam::111122223333:user/alice</LastAuthenticatedEntity>"
	    "<LastAuthenticatedRegion>eu-west-1</LastAuthenticatedRegion><TotalAuthenticatedEntities>1<"));
	CHECK(holds(&r, "<ServiceNamespace>organizations</ServiceNamespace><TotalAuthenticatedEntities>0<"));
	r = askf("GetServiceLastAccessedDetails&MaxItems=1&JobId=%.*s", FG_PRI(job));
	CHECK_STR(world_xml(&r, "Marker"), "iam");
	r = askf("GetServiceLastAccessedDetailsWithEntities&ServiceNamespace=sts&JobId=%.*s", FG_PRI(job));
	CHECK_STR(world_xml(&r, "Name"), "alice");
	CHECK_STR(world_xml(&r, "Type"), "USER");
	REFUSED(askf("GetServiceLastAccessedDetailsWithEntities&ServiceNamespace=s3&JobId=%.*s", FG_PRI(job)), 400,
	    "InvalidInput");
	world.now += 86400;
	REFUSED(askf("GetServiceLastAccessedDetails&JobId=%.*s", FG_PRI(job)), 404, "NoSuchEntity");
	REFUSED(askf("GetServiceLastAccessedDetails&JobId=00000000-0000-4000-8000-000000000000"), 404, "NoSuchEntity");
	REFUSED(askf("GenerateServiceLastAccessedDetails&Arn=arn:aws:iam::444455556666:user/bob"), 404, "NoSuchEntity");
	REFUSED(askf("GenerateServiceLastAccessedDetails&Granularity=DEEP&Arn=" READ), 400, "ValidationError");
}

static void
those_with_a_group_or_a_policy_are_reported_together(void)
{
	struct fg_str job;
	struct reply r;

	alice_may(ALLOW("iam:*"));
	GRANTED(askf("CreateGroup&GroupName=team"));
	GRANTED(askf("AddUserToGroup&GroupName=team&UserName=alice"));
	GRANTED(askf("AttachGroupPolicy&GroupName=team&PolicyArn=" READ));
	GRANTED(askf("AttachRolePolicy&RoleName=middle&PolicyArn=" READ));
	r = askf("GenerateServiceLastAccessedDetails&Granularity=ACTION_LEVEL&Arn=" READ);
	job = fg_arena_dup(world.a, world_xml(&r, "JobId"));
	r = askf("GetServiceLastAccessedDetailsWithEntities&ServiceNamespace=iam&JobId=%.*s", FG_PRI(job));
	CHECK(holds(&r, "<Name>alice</Name>") && holds(&r, "<Name>middle</Name>") && !holds(&r, "<Name>plain</Name>"));
	r = askf("GetServiceLastAccessedDetailsWithEntities&ServiceNamespace=iam&MaxItems=1&Marker=0%%2Falice&JobId=%.*s",
	    FG_PRI(job));
	CHECK(!holds(&r, "<Name>alice</Name>") && holds(&r, "<Name>middle</Name>"));
	r = askf("GetServiceLastAccessedDetails&JobId=%.*s", FG_PRI(job));
	CHECK_STR(world_xml(&r, "JobType"), "ACTION_LEVEL");
	r = askf("GenerateServiceLastAccessedDetails&Arn=arn:aws:iam::111122223333:group/team");
	job = fg_arena_dup(world.a, world_xml(&r, "JobId"));
	r = askf("GetServiceLastAccessedDetailsWithEntities&ServiceNamespace=iam&JobId=%.*s", FG_PRI(job));
	CHECK(holds(&r, "<Name>alice</Name>") && !holds(&r, "<Name>middle</Name>"));
}

/* A hundred jobs a day; of another day they are forgotten when the next one is made. */
static void
jobs_of_a_day_are_limited(void)
{
	alice_may(ALLOW("iam:*"));
	for (unsigned i = 0; i < 100; i++)
		GRANTED(askf("GenerateServiceLastAccessedDetails&Arn=" READ));
	REFUSED(askf("GenerateServiceLastAccessedDetails&Arn=" READ), 409, "LimitExceeded");
	world.now += 86400;
	GRANTED(askf("GenerateServiceLastAccessedDetails&Arn=" READ));
}

static void
the_credential_report_has_a_line_a_user(void)
{
	struct fg_str text;
	struct reply r;

	alice_may(ALLOW("iam:*"));
	GRANTED(askf("CreateUser&UserName=with,comma"));
	r = askf("GenerateCredentialReport");
	CHECK_STR(world_xml(&r, "State"), "COMPLETE");
	r = askf("GetCredentialReport");
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "ReportFormat"), "text/csv");
	CHECK(fg_base64(world.a, world_xml(&r, "Content"), &text));
	CHECK(fg_starts(text, FG_LIT("user,arn,user_creation_time,password_enabled,")));
	CHECK(in(text, "\n<root_account>,arn:aws:iam::111122223333:root,"));
	CHECK(in(text, ",us-east-1,iam,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"));
	CHECK(in(text, "\n\"with,comma\",\"arn:aws:iam::111122223333:user/with,comma\","));
	alice_may(ALLOW("iam:GetUser"));
	REFUSED(askf("GetCredentialReport"), 403, "AccessDenied");
	REFUSED(askf("GenerateCredentialReport"), 403, "AccessDenied");
}

CU_TestInfo breadth_tests[] = {
	{ "a group has policies and a new name", a_group_has_policies_and_a_new_name },
	{ "a group moves where both names are allowed", a_group_moves_where_both_names_are_allowed },
	{ "a role is described and bounded", a_role_is_described_and_bounded },
	{ "a user is bounded and renamed", a_user_is_bounded_and_renamed },
	{ "whatever has tags is tagged", whatever_has_tags_is_tagged },
	{ "a tag of a policy decides who may change it", a_tag_of_a_policy_decides_who_may_change_it },
	{ "a provider gets and loses clients", a_provider_gets_and_loses_clients },
	{ "a profile carries one role", a_profile_carries_one_role },
	{ "whoever hands a role on needs to be allowed", whoever_hands_a_role_on_needs_to_be_allowed },
	{ "what is not here says so", what_is_not_here_says_so },
	{ "every absent action has its row", every_absent_action_has_its_row },
	{ "services that were used are reported", services_that_were_used_are_reported },
	{ "those with a group or a policy are reported together", those_with_a_group_or_a_policy_are_reported_together },
	{ "jobs of a day are limited", jobs_of_a_day_are_limited },
	{ "the credential report has a line a user", the_credential_report_has_a_line_a_user },
	CU_TEST_INFO_NULL,
};
