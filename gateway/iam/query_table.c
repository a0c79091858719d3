/*
 * gateway/iam/query_table.c - the actions of IAM 2010-05-08 and their parameters.
 */
#include "gateway/iam/query_int.h"

#define S(text) { text, sizeof(text) - 1 }
#define END { .name = { NULL, 0 } }
#define STR(name, label, flags, chars, min, max, audit)                                          \
	{ S(name), label, API_STRING, flags, chars, min, max, 0, NULL, audit }
#define INT(name, label, min, max, audit)                                                        \
	{ S(name), label, API_INT, 0, API_CH_ANY, min, max, 0, NULL, audit }
#define BOOL(name, label, audit) { S(name), label, API_BOOL, 0, API_CH_ANY, 0, 0, 0, NULL, audit }

static const struct api_param tag_members[] = {
	STR("Key", "key", API_REQUIRED, API_CH_TAG, 1, 128, AUDIT_P_TAG_KEYS),
	STR("Value", "value", API_REQUIRED, API_CH_TAG, 0, 256, AUDIT_P_NONE),
	END
};

/* ---- parameters that many have ---- */

#define USER STR("UserName", "userName", API_REQUIRED, API_CH_NAME, 1, 128, AUDIT_P_USER_NAME)
#define NEW_USER STR("UserName", "userName", API_REQUIRED, API_CH_NAME, 1, 64, AUDIT_P_USER_NAME)
#define ANY_USER STR("UserName", "userName", 0, API_CH_NAME, 1, 128, AUDIT_P_USER_NAME)
#define ROLE STR("RoleName", "roleName", API_REQUIRED, API_CH_NAME, 1, 64, AUDIT_P_ROLE_NAME)
#define GROUP STR("GroupName", "groupName", API_REQUIRED, API_CH_NAME, 1, 128, AUDIT_P_GROUP_NAME)
#define PATH STR("Path", "path", 0, API_CH_PATH, 1, 512, AUDIT_P_PATH)
#define NEW_PATH STR("NewPath", "newPath", 0, API_CH_PATH, 1, 512, AUDIT_P_NEW_PATH)
#define BOUNDARY(flags)                                                                          \
	STR("PermissionsBoundary", "permissionsBoundary", flags, API_CH_ARN, 20, 2048,           \
	    AUDIT_P_PERMISSIONS_BOUNDARY)
#define TAGS(flags)                                                                              \
	{ S("Tags"), "tags", API_STRUCTS, flags, API_CH_ANY, 0, 0, 50, tag_members, AUDIT_P_NONE }
#define TAG_KEYS                                                                                 \
	{ S("TagKeys"), "tagKeys", API_LIST, API_REQUIRED, API_CH_TAG, 1, 128, 50, NULL, AUDIT_P_TAG_KEYS }
#define POLICY_NAME                                                                              \
	STR("PolicyName", "policyName", API_REQUIRED, API_CH_NAME, 1, 128, AUDIT_P_POLICY_NAME)
/* Documents are in no message and not in the record. */
#define DOCUMENT(name, label)                                                                    \
	STR(name, label, API_REQUIRED | API_SENSITIVE, API_CH_POLICY, 1, 131072, AUDIT_P_NONE)
#define POLICY_ARN                                                                               \
	STR("PolicyArn", "policyArn", API_REQUIRED, API_CH_ARN, 20, 2048, AUDIT_P_POLICY_ARN)
#define VERSION                                                                                  \
	STR("VersionId", "versionId", API_REQUIRED, API_CH_SESSION, 1, 64, AUDIT_P_VERSION_ID)
#define DESCRIPTION STR("Description", "description", 0, API_CH_ARN, 0, 1000, AUDIT_P_DESCRIPTION)
#define DURATION                                                                                 \
	INT("MaxSessionDuration", "maxSessionDuration", 3600, 43200, AUDIT_P_MAX_SESSION_DURATION)
#define PAGE                                                                                     \
	STR("Marker", "marker", 0, API_CH_ANY, 1, 2048, AUDIT_P_NONE),                           \
	INT("MaxItems", "maxItems", 1, 1000, AUDIT_P_MAX_ITEMS)
#define PREFIX STR("PathPrefix", "pathPrefix", 0, API_CH_PREFIX, 1, 512, AUDIT_P_PATH_PREFIX)
#define USAGE STR("PolicyUsageFilter", "policyUsageFilter", 0, API_CH_WORD, 1, 32, AUDIT_P_NONE)
#define KEY_ID                                                                                   \
	STR("AccessKeyId", "accessKeyId", API_REQUIRED, API_CH_WORD, 16, 128, AUDIT_P_ACCESS_KEY_ID)
#define OIDC                                                                                     \
	STR("OpenIDConnectProviderArn", "openIDConnectProviderArn", API_REQUIRED, API_CH_ARN, 20, 2048, \
	    AUDIT_P_OIDC_PROVIDER_ARN)
#define CLIENT STR("ClientID", "clientID", API_REQUIRED, API_CH_ANY, 1, 255, AUDIT_P_CLIENT_ID)
#define CLIENTS                                                                                  \
	{ S("ClientIDList"), "clientIDList", API_LIST, 0, API_CH_ANY, 1, 255, 100, NULL, AUDIT_P_CLIENT_ID }
#define THUMBPRINTS(flags)                                                                       \
	{ S("ThumbprintList"), "thumbprintList", API_LIST, flags, API_CH_ANY, 40, 40, 5, NULL,   \
		AUDIT_P_THUMBPRINTS }
#define SAML                                                                                     \
	STR("SAMLProviderArn", "sAMLProviderArn", API_REQUIRED, API_CH_ARN, 20, 2048,            \
	    AUDIT_P_SAML_PROVIDER_ARN)
#define METADATA(flags)                                                                          \
	STR("SAMLMetadataDocument", "sAMLMetadataDocument", (flags) | API_SENSITIVE, API_CH_ANY, 1000, \
	    10000000, AUDIT_P_NONE)
#define ADD_KEY                                                                                  \
	STR("AddPrivateKey", "addPrivateKey", API_SENSITIVE, API_CH_POLICY, 1, 16384, AUDIT_P_NONE)
#define REMOVE_KEY STR("RemovePrivateKey", "removePrivateKey", 0, API_CH_WORD, 22, 64, AUDIT_P_KEY_ID)
#define ENCRYPTION                                                                               \
	STR("AssertionEncryptionMode", "assertionEncryptionMode", 0, API_CH_WORD, 1, 16, AUDIT_P_NONE)

#define SERIAL                                                                                   \
	STR("SerialNumber", "serialNumber", API_REQUIRED, API_CH_SERIAL, 9, 256, AUDIT_P_SERIAL_NUMBER)
#define CODE(name, label)                                                                        \
	STR(name, label, API_REQUIRED | API_SENSITIVE, API_CH_DIGITS, 6, 6, AUDIT_P_NONE)
#define CODES                                                                                    \
	CODE("AuthenticationCode1", "authenticationCode1"), CODE("AuthenticationCode2", "authenticationCode2")

/* ---- parameters of actions; of users, groups and roles the first names the target ---- */

#define PARAMS(name, ...) static const struct api_param name[] = { __VA_ARGS__, END }

PARAMS(p_user, USER);
PARAMS(p_any_user, ANY_USER);
PARAMS(p_role, ROLE);
PARAMS(p_group, GROUP);
PARAMS(p_create_user, NEW_USER, PATH, BOUNDARY(0), TAGS(0));
PARAMS(p_update_user, USER, NEW_PATH,
    STR("NewUserName", "newUserName", 0, API_CH_NAME, 1, 64, AUDIT_P_NEW_USER_NAME));
PARAMS(p_list, PREFIX, PAGE);
PARAMS(p_page, PAGE);
PARAMS(p_user_page, USER, PAGE);
PARAMS(p_any_user_page, ANY_USER, PAGE);
PARAMS(p_role_page, ROLE, PAGE);
PARAMS(p_group_page, GROUP, PAGE);
PARAMS(p_user_attached, USER, PREFIX, PAGE);
PARAMS(p_role_attached, ROLE, PREFIX, PAGE);
PARAMS(p_group_attached, GROUP, PREFIX, PAGE);
PARAMS(p_user_put, USER, POLICY_NAME, DOCUMENT("PolicyDocument", "policyDocument"));
PARAMS(p_role_put, ROLE, POLICY_NAME, DOCUMENT("PolicyDocument", "policyDocument"));
PARAMS(p_group_put, GROUP, POLICY_NAME, DOCUMENT("PolicyDocument", "policyDocument"));
PARAMS(p_user_policy, USER, POLICY_NAME);
PARAMS(p_role_policy, ROLE, POLICY_NAME);
PARAMS(p_group_policy, GROUP, POLICY_NAME);
PARAMS(p_user_attach, USER, POLICY_ARN);
PARAMS(p_role_attach, ROLE, POLICY_ARN);
PARAMS(p_group_attach, GROUP, POLICY_ARN);
PARAMS(p_user_boundary, USER, BOUNDARY(API_REQUIRED));
PARAMS(p_role_boundary, ROLE, BOUNDARY(API_REQUIRED));
PARAMS(p_user_tag, USER, TAGS(API_REQUIRED));
PARAMS(p_role_tag, ROLE, TAGS(API_REQUIRED));
PARAMS(p_user_untag, USER, TAG_KEYS);
PARAMS(p_role_untag, ROLE, TAG_KEYS);
PARAMS(p_update_key, ANY_USER, KEY_ID,
    STR("Status", "status", API_REQUIRED, API_CH_WORD, 1, 32, AUDIT_P_STATUS));
PARAMS(p_delete_key, ANY_USER, KEY_ID);
PARAMS(p_key_id, KEY_ID);
PARAMS(p_create_role, ROLE, PATH, DOCUMENT("AssumeRolePolicyDocument", "assumeRolePolicyDocument"),
    DESCRIPTION, DURATION, BOUNDARY(0), TAGS(0));
PARAMS(p_update_role, ROLE, DESCRIPTION, DURATION);
PARAMS(p_role_description, ROLE,
    STR("Description", "description", API_REQUIRED, API_CH_ARN, 0, 1000, AUDIT_P_DESCRIPTION));
PARAMS(p_trust, ROLE, DOCUMENT("PolicyDocument", "policyDocument"));
PARAMS(p_create_group, GROUP, PATH);
PARAMS(p_update_group, GROUP, NEW_PATH,
    STR("NewGroupName", "newGroupName", 0, API_CH_NAME, 1, 128, AUDIT_P_NEW_GROUP_NAME));
PARAMS(p_member, GROUP, USER);
PARAMS(p_create_policy, POLICY_NAME, PATH, DOCUMENT("PolicyDocument", "policyDocument"), DESCRIPTION,
    TAGS(0));
PARAMS(p_policy, POLICY_ARN);
PARAMS(p_list_policies, STR("Scope", "scope", 0, API_CH_WORD, 1, 16, AUDIT_P_NONE),
    BOOL("OnlyAttached", "onlyAttached", AUDIT_P_NONE), PREFIX, USAGE, PAGE);
PARAMS(p_policy_page, POLICY_ARN, PAGE);
PARAMS(p_entities, POLICY_ARN, STR("EntityFilter", "entityFilter", 0, API_CH_WORD, 1, 32, AUDIT_P_NONE),
    PREFIX, USAGE, PAGE);
PARAMS(p_create_version, POLICY_ARN, DOCUMENT("PolicyDocument", "policyDocument"),
    BOOL("SetAsDefault", "setAsDefault", AUDIT_P_SET_AS_DEFAULT));
PARAMS(p_version, POLICY_ARN, VERSION);
PARAMS(p_create_oidc, STR("Url", "url", API_REQUIRED, API_CH_ANY, 1, 255, AUDIT_P_URL), CLIENTS,
    THUMBPRINTS(0), TAGS(0));
PARAMS(p_oidc, OIDC);
PARAMS(p_client, OIDC, CLIENT);
PARAMS(p_thumbprint, OIDC, THUMBPRINTS(API_REQUIRED));
PARAMS(p_create_saml, STR("Name", "name", API_REQUIRED, API_CH_PROVIDER, 1, 128, AUDIT_P_NAME),
    METADATA(API_REQUIRED), TAGS(0), ADD_KEY, ENCRYPTION);
PARAMS(p_saml, SAML);
PARAMS(p_update_saml, SAML, METADATA(0), ADD_KEY, REMOVE_KEY, ENCRYPTION);
PARAMS(p_details,
    { S("Filter"), "filter", API_LIST, 0, API_CH_WORD, 1, 32, 5, NULL, AUDIT_P_NONE }, PAGE);
PARAMS(p_alias,
    STR("AccountAlias", "accountAlias", API_REQUIRED, API_CH_ANY, 3, 63, AUDIT_P_ACCOUNT_ALIAS));

PARAMS(p_create_mfa,
    STR("VirtualMFADeviceName", "virtualMFADeviceName", API_REQUIRED, API_CH_NAME, 1, 128,
        AUDIT_P_MFA_DEVICE_NAME), PATH, TAGS(0));
PARAMS(p_mfa_codes, USER, SERIAL, CODES);
PARAMS(p_user_mfa, ANY_USER, SERIAL);
PARAMS(p_mfa, SERIAL);
PARAMS(p_mfa_page, SERIAL, PAGE);
PARAMS(p_mfa_tag, SERIAL, TAGS(API_REQUIRED));
PARAMS(p_mfa_untag, SERIAL, TAG_KEYS);
PARAMS(p_list_virtual, STR("AssignmentStatus", "assignmentStatus", 0, API_CH_WORD, 1, 16, AUDIT_P_NONE),
    PAGE);

#define PROFILE                                                                                  \
	STR("InstanceProfileName", "instanceProfileName", API_REQUIRED, API_CH_NAME, 1, 128, AUDIT_P_NAME)
PARAMS(p_profile, PROFILE);
PARAMS(p_profile_page, PROFILE, PAGE);
PARAMS(p_create_profile, PROFILE, PATH, TAGS(0));
PARAMS(p_profile_role, PROFILE, ROLE);
PARAMS(p_profile_tag, PROFILE, TAGS(API_REQUIRED));
PARAMS(p_profile_untag, PROFILE, TAG_KEYS);
PARAMS(p_policy_tag, POLICY_ARN, TAGS(API_REQUIRED));
PARAMS(p_policy_untag, POLICY_ARN, TAG_KEYS);
PARAMS(p_oidc_tag, OIDC, TAGS(API_REQUIRED));
PARAMS(p_oidc_untag, OIDC, TAG_KEYS);
PARAMS(p_oidc_page, OIDC, PAGE);
PARAMS(p_saml_tag, SAML, TAGS(API_REQUIRED));
PARAMS(p_saml_untag, SAML, TAG_KEYS);
PARAMS(p_saml_page, SAML, PAGE);
#define JOB STR("JobId", "jobId", API_REQUIRED, API_CH_NAME, 36, 36, AUDIT_P_NAME)
PARAMS(p_access, STR("Arn", "arn", API_REQUIRED, API_CH_ARN, 20, 2048, AUDIT_P_RESULT_ARN),
    STR("Granularity", "granularity", 0, API_CH_WORD, 1, 32, AUDIT_P_NONE));
PARAMS(p_granting, STR("Arn", "arn", API_REQUIRED, API_CH_ARN, 20, 2048, AUDIT_P_RESULT_ARN),
    { S("ServiceNamespaces"), "serviceNamespaces", API_LIST, API_REQUIRED, API_CH_ANY, 1, 64, 200, NULL, AUDIT_P_NONE },
    STR("Marker", "marker", 0, API_CH_ANY, 1, 2048, AUDIT_P_NONE));
PARAMS(p_org_report, STR("EntityPath", "entityPath", API_REQUIRED, API_CH_ANY, 19, 427, AUDIT_P_NONE),
    STR("OrganizationsPolicyId", "organizationsPolicyId", 0, API_CH_NAME, 1, 130, AUDIT_P_NONE));
PARAMS(p_org_job, JOB, PAGE, STR("SortKey", "sortKey", 0, API_CH_WORD, 1, 64, AUDIT_P_NONE));
PARAMS(p_tokens, STR("GlobalEndpointTokenVersion", "globalEndpointTokenVersion", API_REQUIRED, API_CH_WORD, 1, 16,
    AUDIT_P_NONE));
PARAMS(p_job, JOB, PAGE);
PARAMS(p_job_entities, JOB,
    STR("ServiceNamespace", "serviceNamespace", API_REQUIRED, API_CH_NAME, 1, 64, AUDIT_P_NONE), PAGE);

/* ---- what there is none of: query_absent.c ---- */

#define ID(name, label, min)                                                                     \
	STR(name, label, API_REQUIRED, API_CH_WORD, min, 128, AUDIT_P_NONE)
#define HIDDEN(name, label, flags, max)                                                          \
	STR(name, label, (flags) | API_SENSITIVE, API_CH_ANY, 1, max, AUDIT_P_NONE)
#define STATUS STR("Status", "status", API_REQUIRED, API_CH_WORD, 1, 32, AUDIT_P_STATUS)
#define RESET BOOL("PasswordResetRequired", "passwordResetRequired", AUDIT_P_NONE)
#define SSH_ID ID("SSHPublicKeyId", "sSHPublicKeyId", 20)
#define CERTIFICATE_ID ID("CertificateId", "certificateId", 24)
#define CREDENTIAL_ID ID("ServiceSpecificCredentialId", "serviceSpecificCredentialId", 20)
#define SERVER                                                                                   \
	STR("ServerCertificateName", "serverCertificateName", API_REQUIRED, API_CH_NAME, 1, 128, AUDIT_P_NAME)
#define SERVICE(flags) STR("ServiceName", "serviceName", flags, API_CH_ANY, 1, 256, AUDIT_P_NONE)

PARAMS(p_change_password, ANY_USER, HIDDEN("OldPassword", "oldPassword", API_REQUIRED, 128),
    HIDDEN("NewPassword", "newPassword", API_REQUIRED, 128));
PARAMS(p_password, ANY_USER, HIDDEN("Password", "password", 0, 128), RESET);
PARAMS(p_password_policy, INT("MinimumPasswordLength", "minimumPasswordLength", 6, 128, AUDIT_P_NONE),
    BOOL("RequireSymbols", "requireSymbols", AUDIT_P_NONE),
    BOOL("RequireNumbers", "requireNumbers", AUDIT_P_NONE),
    BOOL("RequireUppercaseCharacters", "requireUppercaseCharacters", AUDIT_P_NONE),
    BOOL("RequireLowercaseCharacters", "requireLowercaseCharacters", AUDIT_P_NONE),
    BOOL("AllowUsersToChangePassword", "allowUsersToChangePassword", AUDIT_P_NONE),
    INT("MaxPasswordAge", "maxPasswordAge", 1, 1095, AUDIT_P_NONE),
    INT("PasswordReusePrevention", "passwordReusePrevention", 1, 24, AUDIT_P_NONE),
    BOOL("HardExpiry", "hardExpiry", AUDIT_P_NONE));
PARAMS(p_linked, STR("AWSServiceName", "aWSServiceName", API_REQUIRED, API_CH_NAME, 1, 128, AUDIT_P_NAME),
    DESCRIPTION, STR("CustomSuffix", "customSuffix", 0, API_CH_NAME, 1, 64, AUDIT_P_NONE));
PARAMS(p_deletion,
    STR("DeletionTaskId", "deletionTaskId", API_REQUIRED, API_CH_ANY, 1, 1000, AUDIT_P_NONE));
PARAMS(p_new_credential, USER, SERVICE(API_REQUIRED));
PARAMS(p_credential, ANY_USER, CREDENTIAL_ID);
PARAMS(p_credential_status, ANY_USER, CREDENTIAL_ID, STATUS);
PARAMS(p_credentials, ANY_USER, SERVICE(0));
PARAMS(p_ssh, USER, SSH_ID);
PARAMS(p_ssh_get, USER, SSH_ID, STR("Encoding", "encoding", API_REQUIRED, API_CH_WORD, 1, 8, AUDIT_P_NONE));
PARAMS(p_ssh_status, USER, SSH_ID, STATUS);
PARAMS(p_ssh_new, USER, HIDDEN("SSHPublicKeyBody", "sSHPublicKeyBody", API_REQUIRED, 16384));
PARAMS(p_server, SERVER);
PARAMS(p_server_new, PATH, SERVER, HIDDEN("CertificateBody", "certificateBody", API_REQUIRED, 16384),
    HIDDEN("PrivateKey", "privateKey", API_REQUIRED, 16384),
    HIDDEN("CertificateChain", "certificateChain", 0, 2097152), TAGS(0));
PARAMS(p_server_tag, SERVER, TAGS(API_REQUIRED));
PARAMS(p_server_untag, SERVER, TAG_KEYS);
PARAMS(p_server_page, SERVER, PAGE);
PARAMS(p_server_update, SERVER, NEW_PATH,
    STR("NewServerCertificateName", "newServerCertificateName", 0, API_CH_NAME, 1, 128, AUDIT_P_NONE));
PARAMS(p_signing, ANY_USER, CERTIFICATE_ID);
PARAMS(p_signing_status, ANY_USER, CERTIFICATE_ID, STATUS);
PARAMS(p_signing_new, ANY_USER, HIDDEN("CertificateBody", "certificateBody", API_REQUIRED, 16384));
/* Simulations; simulate_caller.c knows the order of what is in ContextEntries. */
static const struct api_param context_members[] = {
	STR("ContextKeyName", "contextKeyName", API_REQUIRED, API_CH_ANY, 5, 256, AUDIT_P_NONE),
	{ S("ContextKeyValues"), "contextKeyValues", API_LIST, API_REQUIRED, API_CH_ANY, 0, 0, 0, NULL,
		AUDIT_P_NONE },
	STR("ContextKeyType", "contextKeyType", API_REQUIRED, API_CH_WORD, 1, 16, AUDIT_P_NONE),
	END
};
#define DOCUMENTS(name, label, flags, most)                                                      \
	{ S(name), label, API_LIST, (flags) | API_SENSITIVE, API_CH_POLICY, 1, 131072, most, NULL, \
		AUDIT_P_NONE }
#define INPUTS(flags) DOCUMENTS("PolicyInputList", "policyInputList", flags, 100)
#define SOURCE                                                                                   \
	STR("PolicySourceArn", "policySourceArn", API_REQUIRED, API_CH_ARN, 20, 2048,            \
	    AUDIT_P_POLICY_SOURCE_ARN)
#define SIMULATION                                                                               \
	DOCUMENTS("PermissionsBoundaryPolicyInputList", "permissionsBoundaryPolicyInputList", 0, 1), \
	{ S("ActionNames"), "actionNames", API_LIST, API_REQUIRED, API_CH_ANY, 3, 128, 1000, NULL, \
		AUDIT_P_NONE },                                                                  \
	{ S("ResourceArns"), "resourceArns", API_LIST, 0, API_CH_ANY, 1, 2048, 1000, NULL, AUDIT_P_NONE }, \
	STR("ResourcePolicy", "resourcePolicy", API_SENSITIVE, API_CH_POLICY, 1, 131072, AUDIT_P_NONE), \
	STR("ResourceOwner", "resourceOwner", 0, API_CH_ANY, 1, 2048, AUDIT_P_NONE),             \
	STR("CallerArn", "callerArn", 0, API_CH_ANY, 1, 2048, AUDIT_P_NONE),                     \
	{ S("ContextEntries"), "contextEntries", API_STRUCTS, 0, API_CH_ANY, 0, 0, 1000,         \
		context_members, AUDIT_P_NONE },                                                 \
	STR("ResourceHandlingOption", "resourceHandlingOption", 0, API_CH_ANY, 1, 64, AUDIT_P_NONE), PAGE

PARAMS(p_simulate_custom, INPUTS(API_REQUIRED), SIMULATION);
PARAMS(p_simulate_principal, SOURCE, INPUTS(0), SIMULATION);
PARAMS(p_keys_custom, INPUTS(API_REQUIRED));
PARAMS(p_keys_principal, SOURCE, INPUTS(0));

/* ---- actions, by name ---- */

#define W(name, params, run) { S(name), API_WRITES, 0, params, iam_run_##run }
#define BIG(name, params, run)                                                                   \
	{ S(name), API_WRITES, FG_LIMIT_HTTP_BIG_BODY, params, iam_run_##run }
#define R(name, params, run) { S(name), API_READS, 0, params, iam_run_##run }

static const struct api_action actions[] = {
	W("AddClientIDToOpenIDConnectProvider", p_client, add_client),
	W("AddRoleToInstanceProfile", p_profile_role, add_profile_role),
	W("AddUserToGroup", p_member, add_member),
	W("AttachGroupPolicy", p_group_attach, attach),
	W("AttachRolePolicy", p_role_attach, attach),
	W("AttachUserPolicy", p_user_attach, attach),
	R("ChangePassword", p_change_password, absent),
	W("CreateAccessKey", p_any_user, create_key),
	W("CreateAccountAlias", p_alias, create_alias),
	W("CreateGroup", p_create_group, create_group),
	W("CreateInstanceProfile", p_create_profile, create_profile),
	R("CreateLoginProfile", p_password, absent),
	W("CreateOpenIDConnectProvider", p_create_oidc, create_oidc),
	W("CreatePolicy", p_create_policy, create_policy),
	W("CreatePolicyVersion", p_create_version, create_version),
	W("CreateRole", p_create_role, create_role),
	BIG("CreateSAMLProvider", p_create_saml, create_saml),
	R("CreateServiceLinkedRole", p_linked, absent),
	R("CreateServiceSpecificCredential", p_new_credential, absent),
	W("CreateUser", p_create_user, create_user),
	W("CreateVirtualMFADevice", p_create_mfa, create_mfa),
	W("DeactivateMFADevice", p_user_mfa, deactivate_mfa),
	W("DeleteAccessKey", p_delete_key, delete_key),
	W("DeleteAccountAlias", p_alias, delete_alias),
	R("DeleteAccountPasswordPolicy", NULL, absent),
	W("DeleteGroup", p_group, delete),
	W("DeleteGroupPolicy", p_group_policy, delete_inline),
	W("DeleteInstanceProfile", p_profile, delete_profile),
	R("DeleteLoginProfile", p_any_user, absent),
	W("DeleteOpenIDConnectProvider", p_oidc, delete_oidc),
	W("DeletePolicy", p_policy, delete_policy),
	W("DeletePolicyVersion", p_version, delete_version),
	W("DeleteRole", p_role, delete),
	W("DeleteRolePermissionsBoundary", p_role, delete_boundary),
	W("DeleteRolePolicy", p_role_policy, delete_inline),
	W("DeleteSAMLProvider", p_saml, delete_saml),
	R("DeleteSSHPublicKey", p_ssh, absent),
	R("DeleteServerCertificate", p_server, absent),
	R("DeleteServiceLinkedRole", p_role, absent),
	R("DeleteServiceSpecificCredential", p_credential, absent),
	R("DeleteSigningCertificate", p_signing, absent),
	W("DeleteUser", p_user, delete),
	W("DeleteUserPermissionsBoundary", p_user, delete_boundary),
	W("DeleteUserPolicy", p_user_policy, delete_inline),
	W("DeleteVirtualMFADevice", p_mfa, delete_mfa),
	W("DetachGroupPolicy", p_group_attach, detach),
	W("DetachRolePolicy", p_role_attach, detach),
	W("DetachUserPolicy", p_user_attach, detach),
	W("DisableOrganizationsRootCredentialsManagement", NULL, change_feature),
	W("DisableOrganizationsRootSessions", NULL, change_feature),
	W("DisableOutboundWebIdentityFederation", NULL, disable_outbound),
	W("EnableMFADevice", p_mfa_codes, enable_mfa),
	W("EnableOrganizationsRootCredentialsManagement", NULL, change_feature),
	W("EnableOrganizationsRootSessions", NULL, change_feature),
	W("EnableOutboundWebIdentityFederation", NULL, enable_outbound),
	R("GenerateCredentialReport", NULL, generate_report),
	R("GenerateOrganizationsAccessReport", p_org_report, absent),
	W("GenerateServiceLastAccessedDetails", p_access, generate_access),
	R("GetAccessKeyLastUsed", p_key_id, key_last_used),
	R("GetAccountAuthorizationDetails", p_details, account_details),
	R("GetAccountPasswordPolicy", NULL, absent),
	R("GetAccountSummary", NULL, account_summary),
	R("GetContextKeysForCustomPolicy", p_keys_custom, keys_custom),
	R("GetContextKeysForPrincipalPolicy", p_keys_principal, keys_principal),
	R("GetCredentialReport", NULL, get_report),
	R("GetGroup", p_group_page, get_group),
	R("GetGroupPolicy", p_group_policy, get_inline),
	R("GetInstanceProfile", p_profile, get_profile),
	R("GetLoginProfile", p_any_user, absent),
	R("GetMFADevice", p_user_mfa, get_mfa),
	R("GetOpenIDConnectProvider", p_oidc, get_oidc),
	R("GetOrganizationsAccessReport", p_org_job, absent),
	R("GetOutboundWebIdentityFederationInfo", NULL, outbound_info),
	R("GetPolicy", p_policy, get_policy),
	R("GetPolicyVersion", p_version, get_version),
	R("GetRole", p_role, get_role),
	R("GetRolePolicy", p_role_policy, get_inline),
	R("GetSAMLProvider", p_saml, get_saml),
	R("GetSSHPublicKey", p_ssh_get, absent),
	R("GetServerCertificate", p_server, absent),
	R("GetServiceLastAccessedDetails", p_job, get_access),
	R("GetServiceLastAccessedDetailsWithEntities", p_job_entities, get_access_entities),
	R("GetServiceLinkedRoleDeletionStatus", p_deletion, absent),
	R("GetUser", p_any_user, get_user),
	R("GetUserPolicy", p_user_policy, get_inline),
	R("ListAccessKeys", p_any_user_page, list_keys),
	R("ListAccountAliases", p_page, account_aliases),
	R("ListAttachedGroupPolicies", p_group_attached, list_attached),
	R("ListAttachedRolePolicies", p_role_attached, list_attached),
	R("ListAttachedUserPolicies", p_user_attached, list_attached),
	R("ListEntitiesForPolicy", p_entities, list_entities),
	R("ListGroupPolicies", p_group_page, list_inline),
	R("ListGroups", p_list, list),
	R("ListGroupsForUser", p_user_page, list_groups_for_user),
	R("ListInstanceProfileTags", p_profile_page, list_tags),
	R("ListInstanceProfiles", p_list, list_profiles),
	R("ListInstanceProfilesForRole", p_role_page, list_instance_profiles),
	R("ListMFADeviceTags", p_mfa_page, list_mfa_tags),
	R("ListMFADevices", p_any_user_page, list_mfa),
	R("ListOpenIDConnectProviderTags", p_oidc_page, list_tags),
	R("ListOpenIDConnectProviders", NULL, list_oidc),
	R("ListOrganizationsFeatures", NULL, list_features),
	R("ListPolicies", p_list_policies, list_policies),
	R("ListPoliciesGrantingServiceAccess", p_granting, list_granting),
	R("ListPolicyTags", p_policy_page, list_tags),
	R("ListPolicyVersions", p_policy_page, list_versions),
	R("ListRolePolicies", p_role_page, list_inline),
	R("ListRoleTags", p_role_page, list_tags),
	R("ListRoles", p_list, list),
	R("ListSAMLProviderTags", p_saml_page, list_tags),
	R("ListSAMLProviders", NULL, list_saml),
	R("ListSSHPublicKeys", p_any_user_page, absent),
	R("ListServerCertificateTags", p_server_page, absent),
	R("ListServerCertificates", p_list, absent),
	R("ListServiceSpecificCredentials", p_credentials, absent),
	R("ListSigningCertificates", p_any_user_page, absent),
	R("ListUserPolicies", p_user_page, list_inline),
	R("ListUserTags", p_user_page, list_tags),
	R("ListUsers", p_list, list),
	R("ListVirtualMFADevices", p_list_virtual, list_virtual_mfa),
	W("PutGroupPolicy", p_group_put, put_inline),
	W("PutRolePermissionsBoundary", p_role_boundary, put_boundary),
	W("PutRolePolicy", p_role_put, put_inline),
	W("PutUserPermissionsBoundary", p_user_boundary, put_boundary),
	W("PutUserPolicy", p_user_put, put_inline),
	W("RemoveClientIDFromOpenIDConnectProvider", p_client, remove_client),
	W("RemoveRoleFromInstanceProfile", p_profile_role, remove_profile_role),
	W("RemoveUserFromGroup", p_member, remove_member),
	R("ResetServiceSpecificCredential", p_credential, absent),
	W("ResyncMFADevice", p_mfa_codes, resync_mfa),
	W("SetDefaultPolicyVersion", p_version, set_default_version),
	R("SetSecurityTokenServicePreferences", p_tokens, set_tokens),
	R("SimulateCustomPolicy", p_simulate_custom, simulate_custom),
	R("SimulatePrincipalPolicy", p_simulate_principal, simulate_principal),
	W("TagInstanceProfile", p_profile_tag, tag),
	W("TagMFADevice", p_mfa_tag, tag_mfa),
	W("TagOpenIDConnectProvider", p_oidc_tag, tag),
	W("TagPolicy", p_policy_tag, tag),
	W("TagRole", p_role_tag, tag),
	W("TagSAMLProvider", p_saml_tag, tag),
	R("TagServerCertificate", p_server_tag, absent),
	W("TagUser", p_user_tag, tag),
	W("UntagInstanceProfile", p_profile_untag, untag),
	W("UntagMFADevice", p_mfa_untag, untag_mfa),
	W("UntagOpenIDConnectProvider", p_oidc_untag, untag),
	W("UntagPolicy", p_policy_untag, untag),
	W("UntagRole", p_role_untag, untag),
	W("UntagSAMLProvider", p_saml_untag, untag),
	R("UntagServerCertificate", p_server_untag, absent),
	W("UntagUser", p_user_untag, untag),
	W("UpdateAccessKey", p_update_key, update_key),
	R("UpdateAccountPasswordPolicy", p_password_policy, absent),
	W("UpdateAssumeRolePolicy", p_trust, update_trust),
	W("UpdateGroup", p_update_group, update_group),
	R("UpdateLoginProfile", p_password, absent),
	W("UpdateOpenIDConnectProviderThumbprint", p_thumbprint, update_thumbprint),
	W("UpdateRole", p_update_role, update_role),
	W("UpdateRoleDescription", p_role_description, update_role_description),
	BIG("UpdateSAMLProvider", p_update_saml, update_saml),
	R("UpdateSSHPublicKey", p_ssh_status, absent),
	R("UpdateServerCertificate", p_server_update, absent),
	R("UpdateServiceSpecificCredential", p_credential_status, absent),
	R("UpdateSigningCertificate", p_signing_status, absent),
	W("UpdateUser", p_update_user, update_user),
	R("UploadSSHPublicKey", p_ssh_new, absent),
	R("UploadServerCertificate", p_server_new, absent),
	R("UploadSigningCertificate", p_signing_new, absent),
};

const struct api_service api_iam = {
	.service = S("iam"),
	.source = S("iam.amazonaws.com"),
	.version = S("2010-05-08"),
	.xmlns = S("https://iam.amazonaws.com/doc/2010-05-08/"),
	.action = actions,
	.n_action = FG_COUNT(actions),
};
