/*
 * gateway/api/api.h - the AWS Query protocol: form fields, actions, faults, XML, and STS; and
 * JSON 1.1 for services that speak it.
 *
 * Shape:    one request is one struct api_call.  api_handle() runs it: find the action,
 *           read its parameters, know the caller, then the action's own function, then the
 *           audit record, then done().  A step that must wait (a key fetch, a claim, the
 *           audit's fsync) returns and the call goes on later on the same thread; done() is
 *           called exactly once.  No sockets: the listener's part is api_http().
 *           struct api_env is immutable and shared by all threads; a struct api_worker
 *           belongs to one thread.  Other services (IAM) add a struct api_service.
 * Owns:     api_env_new, api_worker_new: owned, freed by _free.  A call's strings lie in its
 *           arena or borrow from the request; all of it is valid until done() returned.
 *           Directory entities (user, role, ...) are valid only until the function that
 *           looked them up returns to the loop.
 * Units:    fg_time; sizes in bytes.
 * Errors:   an action returns FG_OK, or a code with call->err filled; call->fault and
 *           call->message then say what the caller reads, else the fault table does.
 *           fg_err.text goes to the audit record only.
 * Refuses:  GET for anything but flagged actions, parameters in the query of a POST,
 *           repeated or unknown parameters, gaps and leading zeros in lists, a Host that is
 *           not ours, a signature for another service, two forms of authentication.
 * Does not: read a clock, block (but for the first use of a long-lived key in a thread), log.
 * Source:   STS 2011-06-15, IAM 2010-05-08 service models; security.md 8 to 17, 26, 28, 30.
 */
#ifndef GATEWAY_API_API_H
#define GATEWAY_API_API_H

#include "base/base.h"
#include "gateway/api/faults.h"
#include "gateway/cred/cred.h"
#include "gateway/directory/directory.h"
#include "gateway/front/front.h"
#include "gateway/ops/ops.h"
#include "gateway/outbound/outbound.h"
#include "gateway/sigv4/sigv4.h"
#include "oidc/oidc.h"
#include "saml/saml.h"
#include "trust/trust.h"

struct api_env;
struct api_worker;

/* ---- parameters ---- */

enum api_type {
	API_STRING = 1,
	API_INT,
	API_BOOL,
	API_LIST,    /* NAME.member.N */
	API_STRUCTS, /* NAME.member.N.SUB; SUB may be a list: NAME.member.N.SUB.member.M */
	API_STRUCT,  /* NAME.SUB */
};

enum {
	API_REQUIRED = 1,
	API_SENSITIVE = 2, /* the value is in no message */
};

/* What characters a string may have; the pattern in a message is AWS's. */
enum api_chars {
	API_CH_ANY = 0,     /* well-formed UTF-8 */
	API_CH_SESSION,     /* [\w+=,.@-]* */
	API_CH_WORD,        /* [\w]* */
	API_CH_EXTERNAL_ID, /* [\w+=,.@:\/-]* */
	API_CH_SERIAL,      /* [\w+=/:,.@-]* */
	API_CH_DIGITS,      /* [\d]* */
	API_CH_ARN,         /* printable, tab, CR, LF */
	API_CH_POLICY,      /* tab, LF, CR, U+0020 to U+00FF */
	API_CH_TAG,         /* letters, separators, digits, _.:/=+-@ (rule 14) */
	API_CH_NAME,        /* [\w+=,.@-]+ : names in IAM */
	API_CH_PATH,        /* "/" or "/.../" of printable ASCII */
	API_CH_PROVIDER,    /* [\w._-]+ */
	API_CH_MAX
};

struct api_param {
	struct fg_str name;  /* "RoleArn" */
	const char *label;   /* "roleArn", as AWS's messages have it */
	enum api_type type;
	unsigned flags;
	enum api_chars chars;
	int64_t min, max;    /* characters of a string, value of a number; max 0: no bound */
	uint32_t most;       /* elements of a list */
	const struct api_param *sub; /* of a struct; ends with a null name */
	enum audit_name audit;       /* its place in the audit record; AUDIT_P_NONE: not there */
};

struct api_arg { /* as it was sent; zero: absent */
	bool present;
	struct fg_str s;    /* decoded; of lists null */
	int64_t i;          /* API_INT; API_BOOL 0 or 1 */
	size_t n;           /* elements of a list */
	struct api_arg *v;  /* API_LIST: n of them; STRUCTS: n rows of n_sub; STRUCT: n_sub */
	size_t n_sub;
};

/* The i-th row's j-th member. */
static inline const struct api_arg *
api_member(const struct api_arg *list, size_t i, size_t j)
{
	return &list->v[i * list->n_sub + j];
}

/* ---- actions ---- */

typedef enum fg_rc (*api_run)(struct api_call *c);

enum {
	API_ANON = 1,      /* needs no signature, and ignores one */
	API_PRESIGNED = 2, /* GET with everything in the query is taken too */
	API_MINTS = 4,     /* replies after its audit record is on disk; needs TLS beyond loopback */
	API_WRITES = 8,    /* the same, and every request is taken once */
	API_READS = 16,    /* its audit record may lag */
};

struct api_action {
	struct fg_str name;
	unsigned flags;
	size_t body_max; /* bytes; 0: FG_LIMIT_HTTP_BODY */
	const struct api_param *param; /* ends with a null name; NULL: none */
	api_run run;     /* NULL: refused as unknown */
};

struct api_service {
	struct fg_str service; /* of the scope and of actions: "sts" */
	struct fg_str source;  /* eventSource: "sts.amazonaws.com" */
	struct fg_str version; /* "2011-06-15" */
	struct fg_str xmlns;
	const struct api_action *action; /* sorted by name (bytes) */
	size_t n_action;
	/* JSON 1.1: "AWSOrganizationsV20161128", what X-Amz-Target begins with; null: Query */
	struct fg_str target;
};

extern const struct api_service api_sts;
const struct api_action *api_action_find(const struct api_service *s, struct fg_str name);

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

/* ---- XML ---- */

void api_xml_open(struct fg_buf *b, struct fg_str name);
void api_xml_close(struct fg_buf *b, struct fg_str name);
void api_xml_str(struct fg_buf *b, struct fg_str name, struct fg_str value);
void api_xml_opt(struct fg_buf *b, struct fg_str name, struct fg_str value); /* null: nothing */
void api_xml_int(struct fg_buf *b, struct fg_str name, int64_t value);
void api_xml_bool(struct fg_buf *b, struct fg_str name, bool value);
void api_xml_time(struct fg_buf *b, struct fg_str name, fg_time value);

/* ---- JSON; name NULL in an array ---- */
void api_json_open(struct fg_buf *b, const char *name, char bracket);
void api_json_close(struct fg_buf *b, char bracket);
void api_json_str(struct fg_buf *b, const char *name, struct fg_str value);
void api_json_bool(struct fg_buf *b, const char *name, bool value);
void api_json_time(struct fg_buf *b, const char *name, fg_time value); /* seconds */

/* ---- names ---- */

/* arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE; false when it is not six parts. */
struct api_arn {
	struct fg_str partition, service, region, account, resource;
};
bool api_arn_read(struct fg_str arn, struct api_arn *ret) FG_MUST;
bool api_account_ok(struct fg_str id); /* 12 digits */

/* ---- environment ---- */

/* A one-time code that a user shows, and the unique id whose device it must be. */
struct api_totp {
	struct fg_str account, user, serial, code;
	fg_time now;
};
/*
 * Blocks: reads the device's row, opens its seed, and writes what came of it.  FG_E_DENIED: not
 * the user's device, wrong, used before, or locked (5 failures in 5 minutes, then for a minute,
 * two, four, ...).
 */
enum fg_rc api_totp_check(struct store *st, struct cred_client *cred, const struct api_totp *ask,
    struct fg_err *reterr) FG_MUST;

/*
 * Two codes that follow one another show that a device is there, and how far its clock is from ours.
 * Changes *m, also when they are wrong (FG_E_DENIED): the caller writes it in either case.
 * FG_E_CONFLICT: locked.  *ret_seed is in the arena.
 */
enum fg_rc api_totp_sync(struct cred_client *cred, struct store_mfa *m, const struct fg_str code[2],
    fg_time now, struct fg_arena *a, struct fg_str *ret_seed, struct fg_err *reterr) FG_MUST;

/*
 * A change of the store on behalf of an action that has decided: one transaction.  Blocks; nobody
 * else touches the call meanwhile.  It may use the call's arena, err, fault, message, story and
 * xml, but nothing of the directory.
 */
typedef enum fg_rc (*api_write_fn)(struct api_call *c, struct store *st, struct cred_client *cred);

/*
 * Private-key work of a call that waits, on a thread of its own between directory_enter() and
 * directory_leave().  It may use the call's arena, arguments, state and err, and nothing of its
 * worker, which may have ended.
 */
typedef void (*api_aside_fn)(struct api_call *c);

/* SAML metadata that an action was given, read by another process while the call waits. */
struct api_metadata {
	struct fg_str xml;
	struct saml_metadata_want want;
	struct saml_metadata read; /* when err.rc is FG_OK */
	struct fg_err err;
};

/*
 * What the rest of the gateway gives to the API; tests give their own.  All are called on
 * the worker's thread; api_worker_user(c->w) is the worker's own.
 */
struct api_hooks {
	void *arg;
	/*
	 * Keys of a provider, valid until the next return to the loop; NULL with *reterr
	 * (FG_E_IDP) when there are none yet.
	 */
	const struct oidc_jwks *(*oidc_keys)(void *arg, struct api_call *c,
	    const struct directory_oidc *p, struct fg_err *reterr);
	/*
	 * The kid is not in that set: fetch again if a fetch may be made, and call
	 * api_resume(c) later, after 1 s at most.  False: no fetch, nothing will be called.
	 */
	bool (*oidc_wait)(void *arg, struct api_call *c, const struct directory_oidc *p,
	    struct fg_str kid);
	/* Keys of a SAML provider, as oidc_keys. */
	const struct saml_provider *(*saml_provider)(void *arg, struct api_call *c,
	    const struct directory_saml *p, struct fg_err *reterr);
	/* As audit_put() on the chain of this worker. */
	enum fg_rc (*audit)(void *arg, struct api_call *c, const struct audit_record *r,
	    audit_done done, void *done_arg, struct fg_err *reterr);
	/* As cred_client_unwrap(). */
	enum fg_rc (*unwrap)(void *arg, struct cred_unwrap *items, size_t n, struct fg_arena *a,
	    struct fg_err *reterr);
	/* Claim once; then api_claimed(c, rc), later.  Not FG_OK: nothing will be called. */
	enum fg_rc (*claim)(void *arg, struct api_call *c, struct store_claim *claim);
	/*
	 * Run api_totp_check() where blocking on the disk is allowed, then api_mfa(c, rc) on c's
	 * thread.  Strings are in c's arena.  Not FG_OK: nothing will be called.  May be NULL.
	 */
	enum fg_rc (*mfa)(void *arg, struct api_call *c, const struct api_totp *ask);
	/*
	 * Run fn(c, store, cred) where blocking on the disk is allowed, then api_written(c, rc) on
	 * c's thread.  Not FG_OK: nothing will be called.  NULL: nothing can be written.
	 */
	enum fg_rc (*write)(void *arg, struct api_call *c, api_write_fn fn);
	/*
	 * Run fn(c) off the loop, then api_resume(c) on c's thread.  Each owner (a provider's ARN) has
	 * a share of the queue: FG_E_THROTTLED when it is full.  Not FG_OK: nothing will be called.
	 * NULL: nothing can be decrypted.
	 */
	enum fg_rc (*aside)(void *arg, struct api_call *c, struct fg_str owner, api_aside_fn fn,
	    struct fg_err *reterr);
	/* Read metadata (in c's arena) in a process of its own, then api_resume(c) on c's thread. */
	enum fg_rc (*metadata)(void *arg, struct api_call *c, struct api_metadata *job,
	    struct fg_err *reterr);
	/* As outbound_sign(); blocks, on the thread of aside().  NULL: nothing can be signed. */
	enum fg_rc (*sign)(void *arg, struct outbound_job *job, struct fg_err *reterr);
	/* Charge a public-key verification before it is made; FG_E_THROTTLED.  May be NULL. */
	enum fg_rc (*charge)(void *arg, struct api_call *c, enum cost cost, struct fg_err *reterr);
	void (*refund)(void *arg, struct api_call *c); /* what was charged; may be NULL */
	/* An exchange is about to be answered; begin_us is the exchange's.  May be NULL. */
	void (*answered)(void *arg, struct api_call *c, uint64_t begin_us);
};

void api_claimed(struct api_call *c, enum fg_rc rc);
/* FG_OK: the code was right.  FG_E_DENIED: it was not; FG_SELF codes: it could not be told. */
void api_mfa(struct api_call *c, enum fg_rc rc);
/*
 * Hand the call over to fn; the action returns what this returns and is not run again: when fn has
 * ended, so has the action, with fn's outcome.
 */
enum fg_rc api_write(struct api_call *c, api_write_fn fn) FG_MUST;
/* Copy what the record will say of the caller out of the directory: before any other wait. */
enum fg_rc api_caller_keep(struct api_call *c) FG_MUST;
void api_written(struct api_call *c, enum fg_rc rc);

struct api_conf {
	struct directory *directory; /* borrowed, outlives the environment */
	struct api_hooks hooks;
	const struct api_service *const *service; /* table of services */
	size_t n_service;
	struct fg_str public_url;            /* without a trailing slash */
	const struct fg_str *endpoint_hosts; /* what Host may be; none: any */
	size_t n_endpoint_hosts;
	const struct fg_str *regions;        /* none: any */
	size_t n_regions;
	int32_t oidc_skew_s, saml_skew_s;
	const struct fg_str *saml_recipients; /* beside our own */
	size_t n_saml_recipients;
	const struct fg_str *saml_audiences;
	size_t n_saml_audiences;
	int64_t chain_max_s; /* from the first proof; 0: 43,200 */
};

/* Copies strings and tables of *conf. */
enum fg_rc api_env_new(const struct api_conf *conf, struct api_env **ret,
    struct fg_err *reterr) FG_MUST;
void api_env_free(struct api_env *e);
const struct api_conf *api_env_conf(const struct api_env *e);

/* On the thread that will use it; the thread has joined the directory's readers. */
enum fg_rc api_worker_new(struct api_env *e, void *user, struct api_worker **ret,
    struct fg_err *reterr) FG_MUST;
void api_worker_free(struct api_worker *w);
void *api_worker_user(const struct api_worker *w);
struct api_env *api_worker_env(const struct api_worker *w);
/* Epoch keys to mint and open with from now on; takes a reference.  On w's thread. */
void api_worker_keys(struct api_worker *w, struct cred_keys *keys);
struct cred_keys *api_worker_keys_now(const struct api_worker *w); /* borrowed; NULL: none */
struct cred_worker *api_worker_cred(const struct api_worker *w);
struct oidc_worker *api_worker_oidc(const struct api_worker *w);
struct sigv4_crypto *api_worker_sigv4(const struct api_worker *w);

/* Handler of POST "/" and GET "/": run the exchange on this worker. */
void api_http(struct api_worker *w, struct http_exchange *x);

/*
 * May a body over 256 KiB be read (front_config.admit)?  Only for IAM, signed a moment ago by a
 * key that lives; the signature itself is checked when the body is there.
 */
bool api_admit(struct api_worker *w, struct http_exchange *x);

/* ---- issuing, for other doors (sign-in pages, token exchange) ---- */

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
