/*
 * gateway/api/issue.h - a part of gateway/api/api.h: issuing, for other doors (sign-in pages, token exchange).
 */
#ifndef GATEWAY_API_ISSUE_H
#define GATEWAY_API_ISSUE_H

#include "gateway/api/call.h"
#include "oidc/oidc.h"
#include "saml/saml.h"

struct api_tag {
	struct fg_str key, value;
	bool transitive;
};

/* A session that is asked for, and the facts behind it; filled by one of the doors. */
struct api_issue {
	struct fg_str action;       /* "sts:AssumeRoleWithWebIdentity" */
	struct fg_str role_arn;
	struct fg_str session_name;
	int64_t duration_s;         /* 0: default */
	struct fg_str policy;       /* null: none */
	const struct fg_str *policy_arn;
	size_t n_policy_arn;
	struct api_tag tag[CRED_TAGS_MAX]; /* asked for, and inherited transitive ones */
	size_t n_tag;
	struct fg_str source_identity;
	struct fg_str external_id;
	fg_time not_after;          /* the session ends then at the latest; 0: no such bound */
	enum cred_method method;
	struct fg_str provider, issuer, subject; /* of the first proof */
	fg_time origin;
	struct cred_carried carried[CRED_CARRIED_MAX];
	size_t n_carried;
	const struct oidc_facts *oidc; /* one of these, or a signed caller */
	const struct saml_facts *saml;
	struct fg_str saml_provider_name;
	struct fg_str proven_by;    /* provider of this proof; `provider` may be an earlier one's */
	const struct cred_session *parent; /* who asked for a token of ours; NULL: it is none */
	bool roles_claim;           /* sts:RoleAuthorizedByIdp */
};

struct api_issued {
	struct cred_minted minted;
	fg_time expires;
	struct fg_str role_id; /* AROA...:name */
	struct fg_str arn;     /* of the session */
};

/*
 * Decide and mint for an unsigned proof: trust policy, tags, durations, policies, in the
 * order of rule 28.  Fills the call's story.
 */
enum fg_rc api_issue_proof(struct api_call *c, const struct api_issue *want,
    struct api_issued *ret) FG_MUST;

#endif
