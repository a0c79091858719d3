/*
 * gateway/org/table.c - the actions of Organizations 2016-11-28 and their parameters.
 */
#include "gateway/org/org_int.h"

#define S(text) { text, sizeof(text) - 1 }
#define END { .name = { NULL, 0 } }
#define STR(name, label, flags, chars, min, max, audit)                                          \
	{ S(name), label, API_STRING, flags, chars, min, max, 0, NULL, audit }

static const struct api_param tag_members[] = {
	STR("Key", "key", API_REQUIRED, API_CH_TAG, 1, 128, AUDIT_P_TAG_KEYS),
	STR("Value", "value", API_REQUIRED, API_CH_TAG, 0, 256, AUDIT_P_NONE),
	END
};

#define ID(name, label, max, audit) STR(name, label, API_REQUIRED, API_CH_NAME, 1, max, audit)
#define ACCOUNT                                                                                  \
	STR("AccountId", "accountId", API_REQUIRED, API_CH_DIGITS, 12, 12, AUDIT_P_ACCOUNT_ID)
#define PARENT ID("ParentId", "parentId", 100, AUDIT_P_PARENT_ID)
#define UNIT ID("OrganizationalUnitId", "organizationalUnitId", 68, AUDIT_P_UNIT_ID)
#define POLICY ID("PolicyId", "policyId", 130, AUDIT_P_POLICY_ID)
#define TARGET ID("TargetId", "targetId", 100, AUDIT_P_TARGET_ID)
#define RESOURCE ID("ResourceId", "resourceId", 130, AUDIT_P_RESOURCE_ID)
#define ROOT ID("RootId", "rootId", 34, AUDIT_P_ROOT_ID)
#define NAME(flags) STR("Name", "name", flags, API_CH_ANY, 1, 128, AUDIT_P_TITLE)
#define DESCRIPTION(flags)                                                                       \
	STR("Description", "description", flags, API_CH_ANY, 0, 512, AUDIT_P_DESCRIPTION)
/* Documents are in no message and not in the record. */
#define CONTENT(flags)                                                                           \
	STR("Content", "content", (flags) | API_SENSITIVE, API_CH_ANY, 1, 131072, AUDIT_P_NONE)
#define TYPE(name, label) STR(name, label, API_REQUIRED, API_CH_WORD, 1, 64, AUDIT_P_POLICY_TYPE)
#define TAGS(flags)                                                                              \
	{ S("Tags"), "tags", API_STRUCTS, flags, API_CH_ANY, 0, 0, 50, tag_members, AUDIT_P_NONE }
#define TAG_KEYS                                                                                 \
	{ S("TagKeys"), "tagKeys", API_LIST, API_REQUIRED, API_CH_TAG, 1, 128, 50, NULL, AUDIT_P_TAG_KEYS }
#define PAGE                                                                                     \
	STR("NextToken", "nextToken", 0, API_CH_ANY, 0, 2048, AUDIT_P_NONE),                     \
	{ S("MaxResults"), "maxResults", API_INT, 0, API_CH_ANY, 1, 20, 0, NULL, AUDIT_P_MAX_ITEMS }

#define PARAMS(name, ...) static const struct api_param name[] = { __VA_ARGS__, END }

PARAMS(p_create_organization,
    STR("FeatureSet", "featureSet", 0, API_CH_WORD, 1, 32, AUDIT_P_NONE));
PARAMS(p_page, PAGE);
PARAMS(p_services, PAGE, STR("ServicePrincipal", "servicePrincipal", 0, API_CH_SESSION, 1, 128,
    AUDIT_P_NONE));
PARAMS(p_create_account,
    STR("Email", "email", API_REQUIRED | API_SENSITIVE, API_CH_ANY, 6, 64, AUDIT_P_NONE),
    STR("AccountName", "accountName", API_REQUIRED, API_CH_ANY, 1, 50, AUDIT_P_ACCOUNT_NAME),
    STR("RoleName", "roleName", 0, API_CH_NAME, 1, 64, AUDIT_P_ROLE_NAME),
    STR("IamUserAccessToBilling", "iamUserAccessToBilling", 0, API_CH_WORD, 1, 16, AUDIT_P_NONE),
    TAGS(0));
PARAMS(p_status, ID("CreateAccountRequestId", "createAccountRequestId", 36, AUDIT_P_REQUEST_ID));
PARAMS(p_statuses,
    { S("States"), "states", API_LIST, 0, API_CH_WORD, 1, 16, 3, NULL, AUDIT_P_NONE }, PAGE);
PARAMS(p_account, ACCOUNT);
PARAMS(p_parent, PARENT, PAGE);
PARAMS(p_children, PARENT, STR("ChildType", "childType", API_REQUIRED, API_CH_WORD, 1, 32,
    AUDIT_P_NONE), PAGE);
PARAMS(p_child, ID("ChildId", "childId", 100, AUDIT_P_CHILD_ID), PAGE);
PARAMS(p_move, ACCOUNT, ID("SourceParentId", "sourceParentId", 100, AUDIT_P_SOURCE_PARENT),
    ID("DestinationParentId", "destinationParentId", 100, AUDIT_P_DESTINATION_PARENT));
PARAMS(p_create_unit, PARENT, NAME(API_REQUIRED), TAGS(0));
PARAMS(p_unit, UNIT);
PARAMS(p_update_unit, UNIT, NAME(0));
PARAMS(p_create_policy, CONTENT(API_REQUIRED), DESCRIPTION(API_REQUIRED), NAME(API_REQUIRED),
    TYPE("Type", "type"), TAGS(0));
PARAMS(p_policy, POLICY);
PARAMS(p_update_policy, POLICY, NAME(0), DESCRIPTION(0), CONTENT(0));
PARAMS(p_filter, TYPE("Filter", "filter"), PAGE);
PARAMS(p_target_filter, TARGET, TYPE("Filter", "filter"), PAGE);
PARAMS(p_policy_page, POLICY, PAGE);
PARAMS(p_attach, POLICY, TARGET);
PARAMS(p_type, ROOT, TYPE("PolicyType", "policyType"));
PARAMS(p_tag, RESOURCE, TAGS(API_REQUIRED));
PARAMS(p_untag, RESOURCE, TAG_KEYS);
PARAMS(p_list_tags, RESOURCE, STR("NextToken", "nextToken", 0, API_CH_ANY, 0, 2048, AUDIT_P_NONE));

#define W(name, params, run) { S(name), API_WRITES, 0, params, org_run_##run }
#define R(name, params, run) { S(name), API_READS, 0, params, org_run_##run }

static const struct api_action actions[] = {
	W("AttachPolicy", p_attach, attach),
	W("CloseAccount", p_account, close_account),
	W("CreateAccount", p_create_account, create_account),
	W("CreateOrganization", p_create_organization, create_organization),
	W("CreateOrganizationalUnit", p_create_unit, create_unit),
	W("CreatePolicy", p_create_policy, create_policy),
	W("DeleteOrganization", NULL, delete_organization),
	W("DeleteOrganizationalUnit", p_unit, delete_unit),
	W("DeletePolicy", p_policy, delete_policy),
	R("DescribeAccount", p_account, describe_account),
	R("DescribeCreateAccountStatus", p_status, describe_status),
	R("DescribeOrganization", NULL, describe_organization),
	R("DescribeOrganizationalUnit", p_unit, describe_unit),
	R("DescribePolicy", p_policy, describe_policy),
	W("DetachPolicy", p_attach, detach),
	W("DisablePolicyType", p_type, disable_type),
	W("EnablePolicyType", p_type, enable_type),
	R("ListAWSServiceAccessForOrganization", p_page, list_nothing_services),
	R("ListAccounts", p_page, list_accounts),
	R("ListAccountsForParent", p_parent, list_accounts_for_parent),
	R("ListChildren", p_children, list_children),
	R("ListCreateAccountStatus", p_statuses, list_statuses),
	R("ListDelegatedAdministrators", p_services, list_nothing_administrators),
	R("ListOrganizationalUnitsForParent", p_parent, list_units),
	R("ListParents", p_child, list_parents),
	R("ListPolicies", p_filter, list_policies),
	R("ListPoliciesForTarget", p_target_filter, list_for_target),
	R("ListRoots", p_page, list_roots),
	R("ListTagsForResource", p_list_tags, list_tags),
	R("ListTargetsForPolicy", p_policy_page, list_targets),
	W("MoveAccount", p_move, move_account),
	W("RemoveAccountFromOrganization", p_account, remove_account),
	W("TagResource", p_tag, tag),
	W("UntagResource", p_untag, untag),
	W("UpdateOrganizationalUnit", p_update_unit, update_unit),
	W("UpdatePolicy", p_update_policy, update_policy),
};

const struct api_service api_organizations = {
	.service = S("organizations"),
	.source = S("organizations.amazonaws.com"),
	.version = S("2016-11-28"),
	.action = actions,
	.n_action = FG_COUNT(actions),
	.target = S("AWSOrganizationsV20161128"),
};
