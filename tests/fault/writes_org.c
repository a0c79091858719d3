/* The write actions of Organizations. */
#include "tests/fault/writes.h"

#define POLICY                                                                                   \
	"CreatePolicy {\"Name\":\"q\",\"Description\":\"\",\"Type\":\"SERVICE_CONTROL_POLICY\",\"Content\":"             \
	"\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"Deny\\\",\\\"Action\\\":\\\"s3:*\\\",\\\"Resource\\\":\\\"*\\\"}]}\"}"
#define UNIT "CreateOrganizationalUnit {\"ParentId\":\"r-root\",\"Name\":\"new\",\"Tags\":[{\"Key\":\"a\",\"Value\":\"b\"}]}"
#define ATTACH "AttachPolicy {\"PolicyId\":\"$Id$\",\"TargetId\":\"444455556666\"}"
#define RCP "{\"RootId\":\"r-root\",\"PolicyType\":\"RESOURCE_CONTROL_POLICY\"}"
#define TAG "TagResource {\"ResourceId\":\"444455556666\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]}"

/* An installation of one account: only its own may found an organisation, or end it. */
static void
alone(void)
{
	const struct store_user bob = { .account = W_A2, .uid = FG_LIT("AIDA00000000000000002") };
	const struct store_account two = { .account = W_A2 };
	const struct store_setting s = { .account = FG_LIT(""), .name = FG_LIT("organization.management") };

	world_drop(STORE_USER, &bob);
	world_drop(STORE_ACCOUNT, &two);
	world_drop(STORE_SETTING, &s);
}

const struct write_row writes_org[] = {
	{ ATTACH, { POLICY } },
	{ "CloseAccount {\"AccountId\":\"444455556666\"}" },
	{ "CreateAccount {\"Email\":\"a@example.com\",\"AccountName\":\"a\",\"RoleName\":\"in\",\"Tags\":[]}" },
	{ "CreateOrganization {\"FeatureSet\":\"ALL\"}", .prepare = alone },
	{ UNIT },
	{ POLICY },
	{ "DeleteOrganization {}", { "CreateOrganization {\"FeatureSet\":\"ALL\"}" }, alone },
	{ "DeleteOrganizationalUnit {\"OrganizationalUnitId\":\"$Id$\"}", { UNIT } },
	{ "DeletePolicy {\"PolicyId\":\"$Id$\"}", { POLICY } },
	{ "DetachPolicy {\"PolicyId\":\"$Id$\",\"TargetId\":\"444455556666\"}", { POLICY, ATTACH } },
	{ "DisablePolicyType " RCP },
	{ "EnablePolicyType " RCP, { "DisablePolicyType " RCP } },
	{ "MoveAccount {\"AccountId\":\"444455556666\",\"SourceParentId\":\"r-root\",\"DestinationParentId\":\"$Id$\"}", { UNIT } },
	{ "RemoveAccountFromOrganization {\"AccountId\":\"444455556666\"}", .refused = true },
	{ TAG },
	{ "UntagResource {\"ResourceId\":\"444455556666\",\"TagKeys\":[\"k\"]}", { TAG } },
	{ "UpdateOrganizationalUnit {\"OrganizationalUnitId\":\"$Id$\",\"Name\":\"other\"}", { UNIT } },
	{ "UpdatePolicy {\"PolicyId\":\"$Id$\",\"Description\":\"d\"}", { POLICY } },
	{ NULL },
};
