/*
 * gateway/api/faults.h - what a caller reads; part of api.h.
 *
 * Shape:    one table of AWS's codes with status and sentence; a refusal is one line.
 * Owns:     messages lie in the call's arena or are static.
 * Refuses:  to say anything about a failure that has no row: InternalFailure.
 */
#ifndef GATEWAY_API_FAULTS_H
#define GATEWAY_API_FAULTS_H

#include "base/base.h"

struct api_call;

/* id, HTTP status, AWS's code, the sentence when nothing better is known */
#define API_FAULTS(X)                                                                            \
	X(API_F_INTERNAL, 500, "InternalFailure",                                                \
	    "The request processing has failed because of an unknown error, exception or failure.") \
	X(API_F_UNAVAILABLE, 503, "ServiceUnavailable",                                          \
	    "The request has failed due to a temporary failure of the server.")                  \
	X(API_F_THROTTLING, 400, "Throttling", "Rate exceeded")                                  \
	X(API_F_ACCESS_DENIED, 403, "AccessDenied", "Access denied")                             \
	X(API_F_VALIDATION, 400, "ValidationError", "The request is not valid.")                 \
	X(API_F_MISSING_ACTION, 400, "MissingAction",                                            \
	    "The request is missing an action or a required parameter.")                         \
	X(API_F_INVALID_ACTION, 400, "InvalidAction", "The action or operation requested is invalid.") \
	X(API_F_MISSING_PARAMETER, 400, "MissingParameter",                                      \
	    "A required parameter for the specified action is not supplied.")                    \
	X(API_F_INVALID_VALUE, 400, "InvalidParameterValue",                                     \
	    "An invalid or out-of-range value was supplied for the input parameter.")            \
	X(API_F_INVALID_COMBINATION, 400, "InvalidParameterCombination",                         \
	    "Parameters that must not be used together were used together.")                     \
	X(API_F_MALFORMED_QUERY, 400, "MalformedQueryString",                                    \
	    "The query string contains a syntax error.")                                         \
	X(API_F_TOO_LARGE, 413, "RequestEntityTooLarge", "The request is too large.")            \
	X(API_F_NO_TOKEN, 403, "MissingAuthenticationToken",                                     \
	    "Request is missing Authentication Token")                                           \
	X(API_F_CLIENT_TOKEN, 403, "InvalidClientTokenId",                                       \
	    "The security token included in the request is invalid.")                            \
	X(API_F_EXPIRED_TOKEN, 403, "ExpiredToken",                                              \
	    "The security token included in the request is expired")                             \
	X(API_F_SIGNATURE, 403, "SignatureDoesNotMatch",                                         \
	    "The request signature we calculated does not match the signature you provided. "    \
	    "Check your AWS Secret Access Key and signing method. Consult the service "          \
	    "documentation for details.")                                                        \
	X(API_F_INCOMPLETE_SIGNATURE, 400, "IncompleteSignature",                                \
	    "The request signature does not conform to AWS standards.")                          \
	X(API_F_REQUEST_EXPIRED, 400, "RequestExpired", "Request has expired.")                  \
	X(API_F_ID_TOKEN, 400, "InvalidIdentityToken",                                           \
	    "The web identity token or assertion that was passed is not valid.")                 \
	X(API_F_EXPIRED_PROOF, 400, "ExpiredTokenException",                                     \
	    "The web identity token or assertion that was passed is expired.")                   \
	X(API_F_IDP_CLAIM, 403, "IDPRejectedClaim",                                              \
	    "The identity provider reported that authentication failed.")                        \
	X(API_F_IDP_COMMUNICATION, 400, "IDPCommunicationError",                                 \
	    "The identity provider could not be reached to verify the incoming identity token.") \
	X(API_F_MALFORMED_POLICY, 400, "MalformedPolicyDocument",                                \
	    "The policy document is malformed.")                                                 \
	X(API_F_PACKED, 400, "PackedPolicyTooLarge",                                             \
	    "The policies and tags of the session are too large together.")                      \
	X(API_F_REGION_DISABLED, 403, "RegionDisabledException",                                 \
	    "STS is not activated in the requested region for the account.")                     \
	X(API_F_AUTHZ_MESSAGE, 400, "InvalidAuthorizationMessageException",                      \
	    "Message is not valid")                                                              \
	X(API_F_OUTBOUND_DISABLED, 403, "OutboundWebIdentityFederationDisabledException",        \
	    "The outbound web identity federation feature is not enabled for this account.")     \
	X(API_F_SESSION_ESCALATION, 403, "SessionDurationEscalationException",                   \
	    "The requested token would outlive the session.")                                    \
	X(API_F_JWT_SIZE, 400, "JWTPayloadSizeExceededException",                                \
	    "The requested token payload exceeds the maximum allowed size.")                     \
	X(API_F_NO_SUCH_ENTITY, 404, "NoSuchEntity", "The entity does not exist.")               \
	X(API_F_ENTITY_EXISTS, 409, "EntityAlreadyExists", "The entity already exists.")         \
	X(API_F_DELETE_CONFLICT, 409, "DeleteConflict", "The entity has attached entities.")     \
	X(API_F_LIMIT_EXCEEDED, 409, "LimitExceeded", "A limit of the account was exceeded.")    \
	X(API_F_INVALID_INPUT, 400, "InvalidInput", "An input parameter is not valid.")          \
	X(API_F_UNMODIFIABLE, 400, "UnmodifiableEntity", "The entity cannot be changed.")        \
	X(API_F_CONCURRENT, 409, "ConcurrentModification",                                       \
	    "The entity was changed by another request at the same time.")                       \
	X(API_F_ENTITY_UNMODIFIABLE, 409, "EntityTemporarilyUnmodifiable",                       \
	    "The entity cannot be changed for the moment.")                                      \
	X(API_F_AUTH_CODE, 403, "InvalidAuthenticationCode", "The authentication code is not valid.") \
	X(API_F_INVALID_CERTIFICATE, 400, "InvalidCertificate", "The certificate is not valid.") \
	X(API_F_POLICY_NOT_ATTACHABLE, 400, "PolicyNotAttachable", "The policy cannot be attached.") \
	X(API_F_FEATURE_DISABLED, 404, "FeatureDisabled", "The feature is not enabled.") \
	X(API_F_FEATURE_ENABLED, 409, "FeatureEnabled", "The feature is enabled already.") \
	X(API_F_REPORT_LIMIT, 409, "ReportGenerationLimitExceeded", \
	    "Reports of the organization cannot be generated.") \
	X(API_F_FEATURES_ABSENT, 400, "OrganizationNotFoundException", \
	    "The account is not a member of an organization.") \
	X(API_F_FEATURES_ACCOUNT, 400, "CallerIsNotManagementAccountException", \
	    "The caller is not the management account of the organization.") \
	X(API_F_SERIALIZATION, 400, "SerializationException", \
	    "The request could not be read.") \
	X(API_F_ORG_NOT_IN_USE, 400, "AWSOrganizationsNotInUseException", \
	    "Your account is not a member of an organization.") \
	X(API_F_ORG_ALREADY, 400, "AlreadyInOrganizationException", \
	    "The AWS account is already a member of an organization.") \
	X(API_F_ORG_NOT_EMPTY, 400, "OrganizationNotEmptyException", \
	    "The organization still has member accounts, units or policies.") \
	X(API_F_ORG_CONSTRAINT, 400, "ConstraintViolationException", \
	    "The request violates a constraint of the organization.") \
	X(API_F_ORG_ACCOUNT, 400, "AccountNotFoundException", \
	    "You specified an account that doesn't exist.") \
	X(API_F_ORG_ACCOUNT_CLOSED, 400, "AccountAlreadyClosedException", \
	    "You attempted to close an account that is already closed.") \
	X(API_F_ORG_STATUS, 400, "CreateAccountStatusNotFoundException", \
	    "We can't find a create account request with the specified ID.") \
	X(API_F_ORG_PARENT, 400, "ParentNotFoundException", \
	    "You specified a parent that doesn't exist.") \
	X(API_F_ORG_SOURCE, 400, "SourceParentNotFoundException", \
	    "You specified a source parent that doesn't exist.") \
	X(API_F_ORG_DESTINATION, 400, "DestinationParentNotFoundException", \
	    "You specified a destination parent that doesn't exist.") \
	X(API_F_ORG_SAME_PARENT, 400, "DuplicateAccountException", \
	    "The account is already present in the specified destination.") \
	X(API_F_ORG_CHILD, 400, "ChildNotFoundException", \
	    "You specified a child that doesn't exist.") \
	X(API_F_ORG_ROOT, 400, "RootNotFoundException", \
	    "You specified a root that doesn't exist.") \
	X(API_F_ORG_UNIT, 400, "OrganizationalUnitNotFoundException", \
	    "You specified an organizational unit that doesn't exist.") \
	X(API_F_ORG_UNIT_TWICE, 400, "DuplicateOrganizationalUnitException", \
	    "An OU with the same name already exists.") \
	X(API_F_ORG_UNIT_FULL, 400, "OrganizationalUnitNotEmptyException", \
	    "The organizational unit is not empty.") \
	X(API_F_ORG_POLICY, 400, "PolicyNotFoundException", \
	    "You specified a policy that doesn't exist.") \
	X(API_F_ORG_POLICY_TWICE, 400, "DuplicatePolicyException", \
	    "A policy with the specified name and type already exists.") \
	X(API_F_ORG_POLICY_USED, 400, "PolicyInUseException", \
	    "The policy is attached to one or more entities.") \
	X(API_F_ORG_ATTACHED, 400, "DuplicatePolicyAttachmentException", \
	    "A policy with the specified name and type already exists on the target.") \
	X(API_F_ORG_NOT_ATTACHED, 400, "PolicyNotAttachedException", \
	    "The policy isn't attached to the specified target.") \
	X(API_F_ORG_TARGET, 400, "TargetNotFoundException", \
	    "You specified a target that doesn't exist.") \
	X(API_F_ORG_TYPE_ENABLED, 400, "PolicyTypeAlreadyEnabledException", \
	    "The specified policy type is already enabled.") \
	X(API_F_ORG_TYPE_DISABLED, 400, "PolicyTypeNotEnabledException", \
	    "This operation can be performed only for enabled policy types.") \
	X(API_F_ORG_TYPE_ABSENT, 400, "PolicyTypeNotAvailableForOrganizationException", \
	    "You can't use the specified policy type with this organization.") \
	X(API_F_ORG_MANAGEMENT, 400, "MasterCannotLeaveOrganizationException", \
	    "You can't remove a management account from an organization.")

enum api_fault {
	API_F_NONE = 0,
#define API_FAULT_ENUM(id, status, code, text) id,
	API_FAULTS(API_FAULT_ENUM)
#undef API_FAULT_ENUM
	API_F_MAX
};

struct api_fault_row {
	int status;
	struct fg_str code, text;
};
/* API_F_NONE and unknown ones give InternalFailure. */
const struct api_fault_row *api_fault_row(enum api_fault f);
/* From our own code and step; anything unlisted is InternalFailure. */
enum api_fault api_fault_of(const struct fg_err *err);

/*
 * Refuse: fills the call's err (rc of the fault's kind) and what the caller reads.  Returns the
 * rc, so that a refusal is one line.  fmt must hold nothing secret.
 */
enum fg_rc api_refuse(struct api_call *c, enum api_fault f, const char *step, const char *fmt,
    ...) FG_PRINTF(4, 5);
/* The same with a message that is already there. */
enum fg_rc api_refuse_str(struct api_call *c, enum api_fault f, const char *step,
    struct fg_str message);

#endif
