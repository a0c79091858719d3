/* The write actions of IAM. */
#include "tests/fault/writes.h"

#define READ "arn:aws:iam::111122223333:policy/read"
#define OIDC "OpenIDConnectProviderArn=arn:aws:iam::111122223333:oidc-provider/token.example.com/acme"
#define CORP "SAMLProviderArn=arn:aws:iam::111122223333:saml-provider/n"
#define SERIAL "SerialNumber=arn:aws:iam::111122223333:mfa/d"
#define TAG "&Tags.member.1.Key=a&Tags.member.1.Value=b"
#define CREATE_SAML "CreateSAMLProvider&Name=n&SAMLMetadataDocument=$Metadata$"
#define CREATE_MFA "CreateVirtualMFADevice&VirtualMFADeviceName=d"
#define ENABLE_MFA "EnableMFADevice&UserName=alice&" SERIAL "&AuthenticationCode1=$Code1$&AuthenticationCode2=$Code2$"
#define CREATE_USER "CreateUser&UserName=u&Path=%2Fa%2F" TAG
#define CREATE_GROUP "CreateGroup&GroupName=g"
#define CREATE_ROLE "CreateRole&RoleName=r&AssumeRolePolicyDocument=$Trust$&Description=d" TAG
#define CREATE_POLICY "CreatePolicy&PolicyName=p&PolicyDocument=$Read$&Description=d" TAG
#define CREATE_VERSION "CreatePolicyVersion&PolicyArn=" READ "&PolicyDocument=$Read$"
#define CREATE_PROFILE "CreateInstanceProfile&InstanceProfileName=web&Path=%2Ffleet%2F" TAG
#define ENABLE_OUTBOUND "EnableOutboundWebIdentityFederation"

const struct write_row writes_iam[] = {
	{ "AddClientIDToOpenIDConnectProvider&ClientID=b&" OIDC },
	{ "AddRoleToInstanceProfile&InstanceProfileName=web&RoleName=plain", { CREATE_PROFILE } },
	{ "AddUserToGroup&GroupName=g&UserName=alice", { CREATE_GROUP } },
	{ "AttachGroupPolicy&GroupName=g&PolicyArn=" READ, { CREATE_GROUP } },
	{ "AttachRolePolicy&RoleName=plain&PolicyArn=" READ },
	{ "AttachUserPolicy&UserName=alice&PolicyArn=" READ },
	{ "CreateAccessKey&UserName=alice" },
	{ "CreateAccountAlias&AccountAlias=acme-ml" },
	{ CREATE_GROUP },
	{ CREATE_PROFILE },
	{ "CreateOpenIDConnectProvider&Url=https%3A%2F%2Fidp.example.com&ClientIDList.member.1=a" TAG },
	{ CREATE_POLICY },
	{ CREATE_VERSION "&SetAsDefault=true" },
	{ CREATE_ROLE },
	{ CREATE_SAML TAG },
	{ CREATE_SAML "&AddPrivateKey=$Pem$" },
	{ CREATE_USER },
	{ CREATE_MFA TAG },
	{ "DeactivateMFADevice&UserName=alice&" SERIAL, { CREATE_MFA, ENABLE_MFA } },
	{ "DeleteAccessKey&UserName=alice&AccessKeyId=$AccessKeyId$", { "CreateAccessKey&UserName=alice" } },
	{ "DeleteAccountAlias&AccountAlias=acme-ml", { "CreateAccountAlias&AccountAlias=acme-ml" } },
	{ "DeleteGroup&GroupName=g", { CREATE_GROUP } },
	{ "DeleteGroupPolicy&GroupName=g&PolicyName=p", { CREATE_GROUP, "PutGroupPolicy&GroupName=g&PolicyName=p&PolicyDocument=$Read$" } },
	{ "DeleteInstanceProfile&InstanceProfileName=web", { CREATE_PROFILE } },
	{ "DeleteOpenIDConnectProvider&" OIDC },
	{ "DeletePolicy&PolicyArn=arn:aws:iam::111122223333:policy/p", { CREATE_POLICY } },
	{ "DeletePolicyVersion&PolicyArn=" READ "&VersionId=$VersionId$", { CREATE_VERSION } },
	{ "DeleteRole&RoleName=r", { CREATE_ROLE } },
	{ "DeleteRolePermissionsBoundary&RoleName=plain", { "PutRolePermissionsBoundary&RoleName=plain&PermissionsBoundary=" READ } },
	{ "DeleteRolePolicy&RoleName=plain&PolicyName=p", { "PutRolePolicy&RoleName=plain&PolicyName=p&PolicyDocument=$Read$" } },
	{ "DeleteSAMLProvider&" CORP, { CREATE_SAML "&AddPrivateKey=$Pem$" } },
	{ "DeleteUser&UserName=u", { CREATE_USER } },
	{ "DeleteUserPermissionsBoundary&UserName=u", { CREATE_USER, "PutUserPermissionsBoundary&UserName=u&PermissionsBoundary=" READ } },
	{ "DeleteUserPolicy&UserName=alice&PolicyName=p", { "PutUserPolicy&UserName=alice&PolicyName=p&PolicyDocument=$Read$" } },
	{ "DeleteVirtualMFADevice&" SERIAL, { CREATE_MFA } },
	{ "DetachGroupPolicy&GroupName=g&PolicyArn=" READ, { CREATE_GROUP, "AttachGroupPolicy&GroupName=g&PolicyArn=" READ } },
	{ "DetachRolePolicy&RoleName=plain&PolicyArn=" READ, { "AttachRolePolicy&RoleName=plain&PolicyArn=" READ } },
	{ "DetachUserPolicy&UserName=alice&PolicyArn=" READ, { "AttachUserPolicy&UserName=alice&PolicyArn=" READ } },
	{ "DisableOrganizationsRootCredentialsManagement", { "EnableOrganizationsRootCredentialsManagement" } },
	{ "DisableOrganizationsRootSessions", { "EnableOrganizationsRootSessions" } },
	{ "EnableOrganizationsRootCredentialsManagement" },
	{ "EnableOrganizationsRootSessions" },
	{ "DisableOutboundWebIdentityFederation", { ENABLE_OUTBOUND } },
	{ ENABLE_MFA, { CREATE_MFA } },
	{ ENABLE_OUTBOUND, .step = 9 }, /* keys are made each time */
	{ "GenerateServiceLastAccessedDetails&Arn=arn:aws:iam::111122223333:user/alice" },
	{ "PutGroupPolicy&GroupName=g&PolicyName=p&PolicyDocument=$Read$", { CREATE_GROUP } },
	{ "PutRolePermissionsBoundary&RoleName=plain&PermissionsBoundary=" READ },
	{ "PutRolePolicy&RoleName=plain&PolicyName=p&PolicyDocument=$Read$" },
	{ "PutUserPermissionsBoundary&UserName=u&PermissionsBoundary=" READ, { CREATE_USER } },
	{ "PutUserPolicy&UserName=alice&PolicyName=p&PolicyDocument=$Read$" },
	{ "RemoveClientIDFromOpenIDConnectProvider&ClientID=b&" OIDC, { "AddClientIDToOpenIDConnectProvider&ClientID=b&" OIDC } },
	{ "RemoveRoleFromInstanceProfile&InstanceProfileName=web&RoleName=plain",
		{ CREATE_PROFILE, "AddRoleToInstanceProfile&InstanceProfileName=web&RoleName=plain" } },
	{ "RemoveUserFromGroup&GroupName=g&UserName=alice", { CREATE_GROUP, "AddUserToGroup&GroupName=g&UserName=alice" } },
	{ "ResyncMFADevice&UserName=alice&" SERIAL "&AuthenticationCode1=$Code2$&AuthenticationCode2=$Code3$", { CREATE_MFA, ENABLE_MFA } },
	{ "SetDefaultPolicyVersion&PolicyArn=" READ "&VersionId=$VersionId$", { CREATE_VERSION } },
	{ "TagInstanceProfile&InstanceProfileName=web&Tags.member.1.Key=c&Tags.member.1.Value=d", { CREATE_PROFILE } },
	{ "TagMFADevice&" SERIAL TAG, { CREATE_MFA } },
	{ "TagOpenIDConnectProvider&" OIDC TAG },
	{ "TagPolicy&PolicyArn=" READ TAG },
	{ "TagRole&RoleName=plain" TAG },
	{ "TagSAMLProvider&" CORP TAG, { CREATE_SAML } },
	{ "TagUser&UserName=alice" TAG },
	{ "UntagInstanceProfile&InstanceProfileName=web&TagKeys.member.1=a", { CREATE_PROFILE } },
	{ "UntagMFADevice&" SERIAL "&TagKeys.member.1=a", { CREATE_MFA TAG } },
	{ "UntagOpenIDConnectProvider&" OIDC "&TagKeys.member.1=a", { "TagOpenIDConnectProvider&" OIDC TAG } },
	{ "UntagPolicy&PolicyArn=" READ "&TagKeys.member.1=a", { "TagPolicy&PolicyArn=" READ TAG } },
	{ "UntagRole&RoleName=plain&TagKeys.member.1=a", { "TagRole&RoleName=plain" TAG } },
	{ "UntagSAMLProvider&" CORP "&TagKeys.member.1=a", { CREATE_SAML TAG } },
	{ "UntagUser&UserName=alice&TagKeys.member.1=a", { "TagUser&UserName=alice" TAG } },
	{ "UpdateAccessKey&UserName=alice&AccessKeyId=$AccessKeyId$&Status=Inactive", { "CreateAccessKey&UserName=alice" } },
	{ "UpdateAssumeRolePolicy&RoleName=plain&PolicyDocument=$Trust$" },
	{ "UpdateGroup&GroupName=g&NewGroupName=h", { CREATE_GROUP, "AddUserToGroup&GroupName=g&UserName=alice" } },
	{ "UpdateOpenIDConnectProviderThumbprint&ThumbprintList.member.1=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&" OIDC },
	{ "UpdateRole&RoleName=r&Description=e&MaxSessionDuration=7200", { CREATE_ROLE } },
	{ "UpdateRoleDescription&RoleName=r&Description=f", { CREATE_ROLE } },
	{ "UpdateSAMLProvider&" CORP "&SAMLMetadataDocument=$Metadata$&AssertionEncryptionMode=Allowed", { CREATE_SAML } },
	{ "UpdateSAMLProvider&" CORP "&AddPrivateKey=$Pem$", { CREATE_SAML } },
	{ "UpdateSAMLProvider&" CORP "&RemovePrivateKey=$KeyId$",
		{ CREATE_SAML "&AddPrivateKey=$Pem$", "GetSAMLProvider&" CORP } },
	{ "UpdateUser&UserName=u&NewUserName=w&NewPath=%2Fb%2F", { CREATE_USER } },
	{ NULL },
};
