/*
 * The actions of STS 2011-06-15 and their parameters.
 */
#include "gateway/api/sts_int.h"

#define S(text) { text, sizeof(text) - 1 }
#define END { .name = { NULL, 0 } }

static const struct api_param arn_member[] = {
	{ S("arn"), "arn", API_STRING, API_REQUIRED, API_CH_ARN, 20, 2048, 0, NULL, AUDIT_P_POLICY_ARNS },
	END
};

static const struct api_param task_member[] = {
	{ S("arn"), "arn", API_STRING, API_REQUIRED, API_CH_ARN, 20, 2048, 0, NULL,
	    AUDIT_P_TASK_POLICY_ARN },
	END
};

static const struct api_param tag_members[] = {
	{ S("Key"), "key", API_STRING, API_REQUIRED, API_CH_TAG, 1, 128, 0, NULL, AUDIT_P_TAG_KEYS },
	{ S("Value"), "value", API_STRING, API_REQUIRED, API_CH_TAG, 0, 256, 0, NULL, AUDIT_P_NONE },
	END
};

static const struct api_param context_members[] = {
	{ S("ProviderArn"), "providerArn", API_STRING, 0, API_CH_ARN, 20, 2048, 0, NULL, AUDIT_P_NONE },
	{ S("ContextAssertion"), "contextAssertion", API_STRING, API_SENSITIVE, API_CH_ANY, 4, 2048, 0,
	    NULL, AUDIT_P_NONE },
	END
};

#define ROLE_ARN                                                                                 \
	{ S("RoleArn"), "roleArn", API_STRING, API_REQUIRED, API_CH_ARN, 20, 2048, 0, NULL,      \
		AUDIT_P_ROLE_ARN }
#define SESSION_NAME                                                                             \
	{ S("RoleSessionName"), "roleSessionName", API_STRING, API_REQUIRED, API_CH_SESSION, 2, 64, \
		0, NULL, AUDIT_P_ROLE_SESSION_NAME }
#define POLICY_ARNS                                                                              \
	{ S("PolicyArns"), "policyArns", API_STRUCTS, 0, API_CH_ANY, 0, 0, CRED_MANAGED_MAX,     \
		arn_member, AUDIT_P_NONE }
/* Only AssumeRole's has no bound in the model; the bound on its content is checked with it. */
#define POLICY(most)                                                                             \
	{ S("Policy"), "policy", API_STRING, API_SENSITIVE, API_CH_POLICY, 1, most, 0, NULL,     \
		AUDIT_P_NONE }
#define DURATION(least, longest)                                                                 \
	{ S("DurationSeconds"), "durationSeconds", API_INT, 0, API_CH_ANY, least, longest, 0, NULL, \
		AUDIT_P_DURATION_SECONDS }
#define TAGS                                                                                     \
	{ S("Tags"), "tags", API_STRUCTS, 0, API_CH_ANY, 0, 0, CRED_TAGS_MAX, tag_members,       \
		AUDIT_P_NONE }
#define SERIAL                                                                                   \
	{ S("SerialNumber"), "serialNumber", API_STRING, 0, API_CH_SERIAL, 9, 256, 0, NULL,      \
		AUDIT_P_SERIAL_NUMBER }
#define TOKEN_CODE                                                                               \
	{ S("TokenCode"), "tokenCode", API_STRING, API_SENSITIVE, API_CH_DIGITS, 6, 6, 0, NULL,  \
		AUDIT_P_NONE }

static const struct api_param assume_role[] = {
	[STS_AR_ROLE] = ROLE_ARN,
	[STS_AR_NAME] = SESSION_NAME,
	[STS_AR_ARNS] = POLICY_ARNS,
	[STS_AR_POLICY] = POLICY(0),
	[STS_AR_DURATION] = DURATION(900, 43200),
	[STS_AR_TAGS] = TAGS,
	[STS_AR_TRANSITIVE] = { S("TransitiveTagKeys"), "transitiveTagKeys", API_LIST, 0, API_CH_TAG, 1,
	    128, CRED_TAGS_MAX, NULL, AUDIT_P_TRANSITIVE_TAG_KEYS },
	[STS_AR_EXTERNAL] = { S("ExternalId"), "externalId", API_STRING, 0, API_CH_EXTERNAL_ID, 2, 1224,
	    0, NULL, AUDIT_P_EXTERNAL_ID },
	[STS_AR_SERIAL] = SERIAL,
	[STS_AR_CODE] = TOKEN_CODE,
	[STS_AR_SOURCE] = { S("SourceIdentity"), "sourceIdentity", API_STRING, 0, API_CH_SESSION, 2, 64,
	    0, NULL, AUDIT_P_SOURCE_IDENTITY },
	[STS_AR_CONTEXTS] = { S("ProvidedContexts"), "providedContexts", API_STRUCTS, 0, API_CH_ANY, 0,
	    0, 5, context_members, AUDIT_P_NONE },
	END
};

static const struct api_param with_saml[] = {
	[STS_SA_ROLE] = ROLE_ARN,
	[STS_SA_PRINCIPAL] = { S("PrincipalArn"), "principalArn", API_STRING, API_REQUIRED, API_CH_ARN,
	    20, 2048, 0, NULL, AUDIT_P_PRINCIPAL_ARN },
	[STS_SA_ASSERTION] = { S("SAMLAssertion"), "sAMLAssertion", API_STRING,
	    API_REQUIRED | API_SENSITIVE, API_CH_ANY, 4, 100000, 0, NULL, AUDIT_P_NONE },
	[STS_SA_ARNS] = POLICY_ARNS,
	[STS_SA_POLICY] = POLICY(2048),
	[STS_SA_DURATION] = DURATION(900, 43200),
	END
};

static const struct api_param with_web_identity[] = {
	[STS_WI_ROLE] = ROLE_ARN,
	[STS_WI_NAME] = SESSION_NAME,
	[STS_WI_TOKEN] = { S("WebIdentityToken"), "webIdentityToken", API_STRING,
	    API_REQUIRED | API_SENSITIVE, API_CH_ANY, 4, 20000, 0, NULL, AUDIT_P_NONE },
	[STS_WI_PROVIDER] = { S("ProviderId"), "providerId", API_STRING, 0, API_CH_ANY, 4, 2048, 0, NULL,
	    AUDIT_P_PROVIDER_ID },
	[STS_WI_ARNS] = POLICY_ARNS,
	[STS_WI_POLICY] = POLICY(2048),
	[STS_WI_DURATION] = DURATION(900, 43200),
	END
};

static const struct api_param assume_root[] = {
	[STS_RT_TARGET] = { S("TargetPrincipal"), "targetPrincipal", API_STRING, API_REQUIRED,
	    API_CH_ARN, 12, 2048, 0, NULL, AUDIT_P_TARGET_PRINCIPAL },
	[STS_RT_TASK] = { S("TaskPolicyArn"), "taskPolicyArn", API_STRUCT, API_REQUIRED, API_CH_ANY, 0,
	    0, 0, task_member, AUDIT_P_NONE },
	[STS_RT_DURATION] = DURATION(0, 900),
	END
};

static const struct api_param session_token[] = {
	[STS_ST_DURATION] = DURATION(900, 129600),
	[STS_ST_SERIAL] = SERIAL,
	[STS_ST_CODE] = TOKEN_CODE,
	END
};

static const struct api_param federation_token[] = {
	[STS_FT_NAME] = { S("Name"), "name", API_STRING, API_REQUIRED, API_CH_SESSION, 2, 32, 0, NULL,
	    AUDIT_P_NAME },
	[STS_FT_POLICY] = POLICY(2048),
	[STS_FT_ARNS] = POLICY_ARNS,
	[STS_FT_DURATION] = DURATION(900, 129600),
	[STS_FT_TAGS] = TAGS,
	END
};

static const struct api_param web_identity_token[] = {
	[STS_WT_AUDIENCE] = { S("Audience"), "audience", API_LIST, API_REQUIRED, API_CH_ANY, 1, 1000,
	    OUTBOUND_AUDIENCES, NULL, AUDIT_P_AUDIENCE },
	[STS_WT_ALGORITHM] = { S("SigningAlgorithm"), "signingAlgorithm", API_STRING, API_REQUIRED,
	    API_CH_WORD, 5, 5, 0, NULL, AUDIT_P_SIGNING_ALGORITHM },
	[STS_WT_DURATION] = DURATION(60, FG_LIMIT_OUTBOUND_TOKEN_S),
	[STS_WT_TAGS] = TAGS,
	END
};

static const struct api_param decode_message[] = {
	{ S("EncodedMessage"), "encodedMessage", API_STRING, API_REQUIRED | API_SENSITIVE, API_CH_ANY, 1,
	    10240, 0, NULL, AUDIT_P_NONE },
	END
};

static const struct api_param access_key_info[] = {
	{ S("AccessKeyId"), "accessKeyId", API_STRING, API_REQUIRED, API_CH_WORD, 16, 128, 0, NULL,
	    AUDIT_P_ACCESS_KEY_ID },
	END
};

#define SMALL (16u * 1024)
#define MEDIUM (128u * 1024)

/* Sorted by name. */
static const struct api_action actions[] = {
	{ S("AssumeRole"), API_MINTS, MEDIUM, assume_role, api_run_assume_role },
	{ S("AssumeRoleWithSAML"), API_ANON | API_MINTS, 256u * 1024, with_saml, api_run_saml },
	{ S("AssumeRoleWithWebIdentity"), API_ANON | API_MINTS, MEDIUM, with_web_identity,
	    api_run_web_identity },
	{ S("AssumeRoot"), API_MINTS, SMALL, assume_root, api_run_assume_root },
	{ S("DecodeAuthorizationMessage"), API_READS, SMALL, decode_message, api_run_decode_message },
	{ S("GetAccessKeyInfo"), API_READS, SMALL, access_key_info, api_run_access_key_info },
	{ S("GetCallerIdentity"), API_READS | API_PRESIGNED, SMALL, NULL, api_run_caller_identity },
	{ S("GetFederationToken"), API_MINTS, MEDIUM, federation_token, api_run_federation_token },
	{ S("GetSessionToken"), API_MINTS, SMALL, session_token, api_run_session_token },
	{ S("GetWebIdentityToken"), API_MINTS, MEDIUM, web_identity_token, api_run_web_identity_token },
};

const struct api_service api_sts = {
	.service = S("sts"),
	.source = S("sts.amazonaws.com"),
	.version = S("2011-06-15"),
	.xmlns = S("https://sts.amazonaws.com/doc/2011-06-15/"),
	.action = actions,
	.n_action = FG_COUNT(actions),
};
