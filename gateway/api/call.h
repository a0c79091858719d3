/*
 * gateway/api/call.h - a part of gateway/api/api.h: one request on its way: its caller, its story, and what it may do.
 *
 * Owns:     a call's strings lie in its arena or borrow from the request; directory entities are valid only
 *           until the function that looked them up returns to the loop.
 */
#ifndef GATEWAY_API_CALL_H
#define GATEWAY_API_CALL_H

#include "gateway/api/action.h"
#include "gateway/cred/cred.h"
#include "gateway/directory/directory.h"
#include "gateway/front/front.h"
#include "gateway/sigv4/sigv4.h"
#include "trust/trust.h"

struct api_worker;

/* ---- the caller of a signed request ---- */

struct api_caller {
	struct trust_caller who;  /* TRUST_NOBODY: not known (yet) */
	bool temporary;           /* a session: then `session` is filled */
	struct fg_str key_id;
	struct fg_str user_id;    /* AIDA..., AROA...:name, account:name, account id */
	struct fg_str arn;        /* as GetCallerIdentity shows it */
	fg_time mfa;              /* when MFA was shown; 0: not */
	const struct cred_session *session; /* in the arena; NULL for long-lived keys */
	/* valid until the next return to the loop */
	const struct directory_user *user; /* users, their sessions, and federated users */
	const struct directory_role *role; /* role sessions */
};

/* ---- a call ---- */

#define API_STORY_PARAMS 64
#define API_STORY_RESULTS 8

/* What the audit record says beside request, caller and outcome; all of it is optional. */
struct api_story {
	struct fg_str account;  /* recipient: the account that was acted on; null: the caller's */
	struct fg_str resource, resource_account, resource_type; /* ARN; "AWS::IAM::Role" */
	struct audit_param param[API_STORY_PARAMS]; /* from the action's table */
	size_t n_param;
	struct audit_param result[API_STORY_RESULTS];
	size_t n_result;
	struct audit_minted minted;
	struct fg_str provider, issuer, subject; /* of a verified proof; issuer also when claimed */
	struct audit_origin origin;
	struct audit_decided decided;
	struct fg_str told; /* the message without what only the service opens; null: as it is */
	struct audit_why why[AUDIT_WHY_MAX]; /* of a denial */
	size_t n_why;
	struct fg_str legacy[8]; /* switches of the provider that the proof needed: "sha1" */
	size_t n_legacy;
};
void api_story_result(struct api_call *c, enum audit_name name, struct fg_str value);

struct api_call {
	/* filled by the caller of api_handle() */
	struct api_worker *w;
	struct fg_arena *arena;
	const struct http_request *req;
	const struct front_peer *peer;
	fg_time now;
	uint64_t connection;
	struct fg_str id; /* request id */
	void (*done)(struct api_call *c);
	void *arg;        /* the caller's own */
	/* Or NULL: only the disk is waited for, the reply is made, in keep; arena is not used any more. */
	void (*settled)(struct api_call *c);
	struct fg_arena *keep; /* with settled; c lies there too */

	/* filled on the way */
	const struct api_service *service;
	const struct api_action *action;
	struct api_arg *args; /* parallel to action->param */
	bool loopback;
	struct sigv4_auth auth;
	struct trust_ctx *ctx;  /* the worker's; filled by api_context() */
	struct api_caller caller;
	struct api_story story;
	struct fg_err err;
	enum api_fault fault;  /* API_F_NONE: by err */
	struct fg_str message; /* null: the fault's own */
	bool json;             /* asked in JSON 1.1 */
	struct fg_str reason;  /* JSON: "Reason" of an error; null: none */
	struct fg_buf xml;     /* content of <XResult>, or of the JSON object; may be empty */
	void *state;           /* the action's own, kept while it waits */
	bool waiting;          /* set by what arranged for api_resume() */
	unsigned waited;       /* what was waited for already: no second time */

	/* the reply */
	int status;
	struct fg_str content_type, body;
	struct fg_str error_type; /* JSON: x-amzn-errortype */
};

/* Run from the beginning.  done() may be called before it returns. */
void api_handle(struct api_call *c);
/* Run the action again after something it waited for has come; on the worker's thread. */
void api_resume(struct api_call *c);

/* The argument of the i-th parameter of the call's action. */
static inline const struct api_arg *
api_arg(const struct api_call *c, size_t i)
{
	return &c->args[i];
}

/* ---- authorisation ---- */

/* What an action of a signed caller asks for. */
struct api_ask {
	struct fg_str action;   /* "iam:CreateUser" */
	struct fg_str resource; /* ARN, or "*" */
	struct fg_str account;  /* of the resource */
	const struct trust_program *resource_policy; /* a role's trust; NULL: none */
	bool has_resource_policy; /* with NULL above: it could not be understood, deny */
};

/*
 * The context of this worker, reset and filled with the facts of the request, its caller and the
 * account of the resource (aws:*).  The action adds its own keys before it asks.
 */
enum fg_rc api_context(struct api_call *c, struct fg_str account, struct trust_ctx **ret) FG_MUST;
/*
 * Ask the policies of the caller, its organisation and the resource.  FG_E_DENIED with AWS's
 * sentence and the encoded message; the story holds who decided.  c->err names the rule.
 */
enum fg_rc api_authorize(struct api_call *c, struct trust_ctx *ctx,
    const struct api_ask *ask) FG_MUST;
/* Service (TRUST_SCP) or resource control policies (TRUST_RCP) of an account, one set a level. */
enum fg_rc api_controls(struct api_call *c, struct fg_str account, enum trust_kind kind,
    const struct trust_policies **ret, size_t *ret_n) FG_MUST;
/* The usual case: api_context() and api_authorize() in one. */
enum fg_rc api_allow(struct api_call *c, struct fg_str action, struct fg_str resource) FG_MUST;

#endif
