/* tests/unit/iam/granting.c - policies that grant a service, features of the organisation, versions of tokens. */
#include <string.h>

#include "gateway/iam/query_int.h"
#include "tests/unit/iam/ask.h"
#include "tests/unit/iam/tests.h"

#define ALICE "arn:aws:iam::111122223333:user/alice"
#define GRANTING(arn, rest) "ListPoliciesGrantingServiceAccess&Arn=" arn rest
#define DOC(statement) "{\"Version\":\"2012-10-17\",\"Statement\":[" statement "]}"

static bool
says(const struct reply *r, const char *text)
{
	return r->body.n > 0 && memmem(r->body.p, r->body.n, text, strlen(text)) != NULL;
}

/* What of a document grants a service; the table of the rule. */
static void
a_policy_grants_what_it_allows_an_action_of(void)
{
	static const struct {
		const char *statement, *service;
		bool grants;
	} rows[] = {
		{ "{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b/*\"}", "s3", true },
		{ "{\"Effect\":\"Allow\",\"Action\":\"S3:*\",\"Resource\":\"*\"}", "s3", true },
		{ "{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}", "s3-outposts", false },
		{ "{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}", "s", false },
		{ "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}", "anything", true },
		{ "{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}", "s3", false },
		{ "{\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"Resource\":\"*\"}", "s3", true },
		{ "{\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"Resource\":\"*\"}", "iam", false },
		{ "{\"Effect\":\"Allow\",\"NotAction\":[\"iam:Get*\",\"s3:*\"],\"Resource\":\"*\"}", "iam", true },
		{ "{\"Effect\":\"Allow\",\"NotAction\":\"*\",\"Resource\":\"*\"}", "s3", false },
		{ "{\"Effect\":\"Allow\",\"Action\":[\"sts:AssumeRole\",\"iam:GetUser\"],\"Resource\":\"*\"}", "iam", true },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		const struct trust_compile how = { .kind = TRUST_IDENTITY };
		struct fg_str doc = fg_arena_fmt(world.a, "{\"Version\":\"2012-10-17\",\"Statement\":[%s]}", rows[i].statement);
		struct trust_program *p = NULL;
		struct trust_fault fault;
		struct fg_err err = { 0 };

		CHECK_OK(trust_compile(doc, &how, &p, &fault, &err));
		if (p != NULL && trust_grants_service(p, fg_str_z(rows[i].service)) != rows[i].grants) {
			CU_FAIL("grants");
			(void)printf("    %s for %s\n", rows[i].statement, rows[i].service);
		}
		trust_free(p);
	}
}

static void
policies_that_grant_a_service_are_listed(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	GRANTED(askf("CreateGroup&GroupName=data"));
	GRANTED(askf("AddUserToGroup&GroupName=data&UserName=alice"));
	GRANTED(ask_document("PutGroupPolicy&GroupName=data&PolicyName=buckets", "PolicyDocument",
	    DOC("{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}")));
	GRANTED(ask_document("CreatePolicy&PolicyName=tables", "PolicyDocument",
	    DOC("{\"Effect\":\"Allow\",\"Action\":\"dynamodb:*\",\"Resource\":\"*\"}")));
	GRANTED(askf("AttachUserPolicy&UserName=alice&PolicyArn=arn:aws:iam::111122223333:policy/tables"));
	r = askf(GRANTING(ALICE, "&ServiceNamespaces.member.1=s3&ServiceNamespaces.member.2=dynamodb"
	    "&ServiceNamespaces.member.3=iam&ServiceNamespaces.member.4=lambda"));
	CHECK_GRANTED(r);
	CHECK(says(&r, "<ServiceNamespace>s3</ServiceNamespace><Policies><member><PolicyName>buckets</PolicyName>"
	    "<PolicyType>INLINE</PolicyType><EntityType>GROUP</EntityType><EntityName>data</EntityName></member></Policies>"));
	CHECK(says(&r, "<PolicyName>tables</PolicyName><PolicyType>MANAGED</PolicyType>"
	    "<PolicyArn>arn:aws:iam::111122223333:policy/tables</PolicyArn>"));
	CHECK(says(&r, "<PolicyName>iam</PolicyName><PolicyType>INLINE</PolicyType><EntityType>USER</EntityType>"
	    "<EntityName>alice</EntityName>"));
	CHECK(says(&r, "<ServiceNamespace>lambda</ServiceNamespace><Policies></Policies>"));
	CHECK_STR(world_xml(&r, "IsTruncated"), "false");
	r = askf(GRANTING("arn:aws:iam::111122223333:group/data", "&ServiceNamespaces.member.1=s3"));
	CHECK(says(&r, "<EntityType>GROUP</EntityType>"));
	REFUSED(askf(GRANTING("arn:aws:iam::111122223333:role/nobody", "&ServiceNamespaces.member.1=s3")), 404, "NoSuchEntity");
	/* another account's are not there */
	REFUSED(askf(GRANTING("arn:aws:iam::444455556666:user/bob", "&ServiceNamespaces.member.1=s3")), 404, "NoSuchEntity");
	REFUSED(askf(GRANTING(ALICE, "&ServiceNamespaces.member.1=s3%%3A")), 400, "InvalidInput");
	REFUSED(askf(GRANTING(ALICE, "")), 400, "ValidationError");
	alice_may(ALLOW("iam:List*"));
	GRANTED(askf(GRANTING(ALICE, "&ServiceNamespaces.member.1=s3")));
	alice_may(DOC("{\"Effect\":\"Allow\",\"Action\":\"iam:*\",\"Resource\":\"arn:aws:iam::111122223333:group/*\"}"));
	REFUSED(askf(GRANTING(ALICE, "&ServiceNamespaces.member.1=s3")), 403, "AccessDenied");
	GRANTED(askf(GRANTING("arn:aws:iam::111122223333:group/data", "&ServiceNamespaces.member.1=s3")));
}

static void
setting(struct fg_str name, struct fg_str value)
{
	const struct store_setting row = { FG_LIT(""), name, value };

	world_put(STORE_SETTING, &row);
}

static void
features_are_the_management_accounts(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	REFUSED(askf("ListOrganizationsFeatures"), 400, "OrganizationNotFoundException");
	REFUSED(askf("EnableOrganizationsRootSessions"), 400, "OrganizationNotFoundException");
	setting(FG_LIT("organization.management"), FG_LIT("444455556666"));
	REFUSED(askf("ListOrganizationsFeatures"), 400, "CallerIsNotManagementAccountException");
	REFUSED(askf("EnableOrganizationsRootSessions"), 400, "CallerIsNotManagementAccountException");
	setting(FG_LIT("organization.management"), FG_LIT("111122223333"));
	setting(FG_LIT("organization.id"), FG_LIT("o-abcdefghij"));
	r = askf("ListOrganizationsFeatures");
	CHECK_STR(world_xml(&r, "OrganizationId"), "o-abcdefghij");
	CHECK(says(&r, "<EnabledFeatures></EnabledFeatures>"));
	r = askf("DisableOrganizationsRootSessions");
	CHECK_GRANTED(r);
	r = askf("EnableOrganizationsRootSessions");
	CHECK(says(&r, "<EnabledFeatures><member>RootSessions</member></EnabledFeatures>"));
	r = askf("EnableOrganizationsRootCredentialsManagement");
	CHECK(says(&r, "<member>RootCredentialsManagement</member><member>RootSessions</member>"));
	r = askf("ListOrganizationsFeatures");
	CHECK(says(&r, "<member>RootCredentialsManagement</member><member>RootSessions</member>"));
	r = askf("DisableOrganizationsRootSessions");
	CHECK(says(&r, "<EnabledFeatures><member>RootCredentialsManagement</member></EnabledFeatures>"));
	r = askf("ListOrganizationsFeatures");
	CHECK(!says(&r, "RootSessions"));
	alice_may(ALLOW("iam:List*"));
	REFUSED(askf("EnableOrganizationsRootSessions"), 403, "AccessDenied");
}

/* What AWS ships for AssumeRoot is here as soon as it is allowed, and each task is its own. */
static void
each_root_task_can_be_assumed_and_does_its_own(void)
{
	static const char *const tasks[] = { "IAMCreateRootUserPassword", "IAMDeleteRootUserCredentials",
		"S3UnlockBucketPolicy", "SQSUnlockQueuePolicy", "IAMAuditRootUserCredentials" };
	struct signer root;
	struct reply r;

	alice_may(ALLOW("*"));
	setting(FG_LIT("organization.management"), FG_LIT("111122223333"));
	setting(FG_LIT("organization.id"), FG_LIT("o-abcdefghij"));
	GRANTED(askf("EnableOrganizationsRootSessions"));
	GRANTED(askf("EnableOrganizationsRootSessions")); /* and what is there stays */
	for (size_t i = 0; i < FG_COUNT(tasks); i++) {
		struct fg_str ask = fg_arena_fmt(world.a, "Action=AssumeRoot&Version=2011-06-15&TargetPrincipal="
		    "444455556666&TaskPolicyArn.arn=arn%%3Aaws%%3Aiam%%3A%%3Aaws%%3Apolicy%%2Froot-task%%2F%s",
		    tasks[i]);

		r = world_signed(&world.alice, ask.p);
		CHECK_GRANTED(r);
		root = world_signer(&r);
		REFUSED(iam(&root, "ListUsers"), 403, "AccessDenied");
		REFUSED(iam(&root, "CreateUser&UserName=mallory"), 403, "AccessDenied");
		r = iam(&root, "GetAccountSummary");
		CHECK((r.status == 200) == (i == FG_COUNT(tasks) - 1)); /* the last may look */
	}
}

static void
tokens_have_one_version(void)
{
	struct reply r;

	alice_may(ALLOW("iam:*"));
	GRANTED(askf("SetSecurityTokenServicePreferences&GlobalEndpointTokenVersion=v2Token"));
	REFUSED(askf("SetSecurityTokenServicePreferences&GlobalEndpointTokenVersion=v1Token"), 400, "ValidationError");
	REFUSED(askf("SetSecurityTokenServicePreferences&GlobalEndpointTokenVersion=v3"), 400, "ValidationError");
	r = askf("GetAccountSummary");
	CHECK(says(&r, "<key>GlobalEndpointTokenVersion</key><value>2</value>"));
	alice_may(ALLOW("iam:Get*"));
	REFUSED(askf("SetSecurityTokenServicePreferences&GlobalEndpointTokenVersion=v2Token"), 403, "AccessDenied");
}

/* A data perimeter: only what belongs to the organisation, or hangs in a part of it. */
static void
a_policy_may_ask_where_the_resource_belongs(void)
{
	static const struct {
		const char *condition;
		int status;
	} rows[] = {
		{ "{\"StringEquals\":{\"aws:ResourceOrgID\":\"o-abcdefghij\"}}", 200 },
		{ "{\"StringEquals\":{\"aws:ResourceOrgID\":\"${aws:PrincipalOrgID}\"}}", 200 },
		{ "{\"StringEquals\":{\"aws:ResourceOrgID\":\"o-zzzzzzzzzz\"}}", 403 },
		{ "{\"StringEquals\":{\"aws:ResourceAccount\":\"111122223333\"}}", 200 },
		{ "{\"StringEquals\":{\"aws:ResourceAccount\":\"444455556666\"}}", 403 },
		{ "{\"ForAnyValue:StringLike\":{\"aws:ResourceOrgPaths\":\"o-abcdefghij/r-root/*\"}}", 200 },
		{ "{\"ForAnyValue:StringLike\":{\"aws:ResourceOrgPaths\":\"o-abcdefghij/r-root/ou-x/*\"}}", 403 },
	};
	const struct store_unit root = { FG_LIT(""), FG_LIT("r-root"), FG_LIT(""), FG_LIT("Root") };

	setting(FG_LIT("organization.management"), FG_LIT("444455556666"));
	setting(FG_LIT("organization.id"), FG_LIT("o-abcdefghij"));
	setting(FG_LIT("organization.root"), FG_LIT("r-root"));
	world_put(STORE_UNIT, &root);
	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		struct reply r;

		alice_may(fg_arena_fmt(world.a, "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
		    "\"iam:*\",\"Resource\":\"*\",\"Condition\":%s}]}", rows[i].condition).p);
		r = askf("GetUser&UserName=alice");
		if (r.status != rows[i].status)
			(void)printf("    %s: %d\n", rows[i].condition, r.status);
		CHECK(r.status == rows[i].status);
	}
	/* A policy of AWS belongs to nobody's organisation. */
	alice_may(DOC("{\"Effect\":\"Allow\",\"Action\":\"iam:*\",\"Resource\":\"*\",\"Condition\":{\"Null\":"
	    "{\"aws:ResourceOrgID\":\"true\"}}}"));
	REFUSED(askf("GetPolicy&PolicyArn=arn:aws:iam::aws:policy/AdministratorAccess"), 404, "NoSuchEntity"); /* allowed, and not here */
	REFUSED(askf("GetUser&UserName=alice"), 403, "AccessDenied");
}

/* Newest first; a marker that is no version has nothing after it. */
static void
versions_come_page_by_page(void)
{
	static const char *const of = "ListPolicyVersions&PolicyArn=arn:aws:iam::111122223333:policy/paged";
	struct reply r;

	alice_may(ALLOW("iam:*"));
	GRANTED(ask_document("CreatePolicy&PolicyName=paged", "PolicyDocument", ALLOW("s3:*")));
	for (int i = 0; i < 2; i++)
		GRANTED(ask_document("CreatePolicyVersion&PolicyArn=arn:aws:iam::111122223333:policy/paged", "PolicyDocument",
		    ALLOW("s3:*")));
	r = askf("%s&MaxItems=2", of);
	CHECK(says(&r, "<VersionId>v3</VersionId>") && says(&r, "<VersionId>v2</VersionId>") && !says(&r, ">v1<"));
	CHECK_STR(world_xml(&r, "Marker"), "v2");
	r = askf("%s&MaxItems=2&Marker=v2", of);
	CHECK(says(&r, "<VersionId>v1</VersionId>") && !says(&r, ">v2<"));
	CHECK_STR(world_xml(&r, "IsTruncated"), "false");
	r = askf("%s&Marker=nothing", of);
	CHECK(!says(&r, "<VersionId>"));
	REFUSED(askf("ListRoles&PathPrefix=x"), 400, "ValidationError");
	GRANTED(askf("ListRoles&PathPrefix=%%2Fx"));
}

CU_TestInfo granting_tests[] = {
	CASE(a_policy_grants_what_it_allows_an_action_of),
	CASE(policies_that_grant_a_service_are_listed),
	CASE(features_are_the_management_accounts),
	CASE(each_root_task_can_be_assumed_and_does_its_own),
	CASE(tokens_have_one_version),
	CASE(versions_come_page_by_page),
	CASE(a_policy_may_ask_where_the_resource_belongs),
	CASES_END
};
