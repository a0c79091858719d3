/*
 * trust/trust.h - the IAM policy language: compile a document, decide a request, explain it.
 *
 * Shape:    a document is compiled once into an immutable program; a request context is
 *           filled once with typed setters; trust_decide() then answers as often as asked.
 *           Programs may be shared between threads; a context belongs to one.
 * Owns:     trust_compile() returns an owned program (its own copy of the document), free
 *           with trust_free().  trust_ctx_new() returns an owned context.  Strings given to
 *           a context, a caller or a request are borrowed until the context is reset or the
 *           decision was read.
 * Units:    times are fg_time (UTC seconds), sizes bytes, offsets bytes from 0, lines and
 *           columns from 1.
 * Errors:   FG_E_POLICY  the document is refused; struct trust_fault has place and rule
 *           FG_E_LIMIT   larger than base/limits.h allows (trust_fault is filled too)
 *           FG_E_PARAM   a context key is not for this origin, or a value is not UTF-8
 *           FG_E_INTERNAL a key was set twice: our own fault, and the context then denies
 *           FG_E_CLAIM   two claims of a provider are one key without case; denies too
 *           FG_E_NOMEM
 *           A denial is not an error: it is a verdict.
 * Refuses:  see trust_compile() (shape) and trust_check() (write-time rules).
 * Does not: look at the clock, fetch anything, allocate in a decision, or log.
 * Source:   IAM JSON policy grammar and evaluation logic.
 */
#ifndef TRUST_TRUST_H
#define TRUST_TRUST_H

#include "base/base.h"

struct trust_program;
struct trust_ctx;

/* ---- documents ---- */

enum trust_kind {
	TRUST_KIND_NONE = 0,
	TRUST_IDENTITY, /* inline and managed policies of users, groups and roles */
	TRUST_SESSION,
	TRUST_BOUNDARY,
	TRUST_SCP,
	TRUST_RCP,
	TRUST_RESOURCE, /* any resource policy; write-time rules are the generic ones */
	TRUST_ROLE,     /* a role's trust policy: TRUST_RESOURCE with the rules of its own */
	TRUST_VPCE,     /* endpoint policy */
	TRUST_KIND_MAX
};

/* "identity", "session", "boundary", "scp", "rcp", "resource", "trust", "vpce". */
const char *trust_kind_name(enum trust_kind kind);

/* Why a document was refused, and where. */
struct trust_fault {
	const char *rule; /* static and stable: "trust.statement.effect" */
	uint32_t off;     /* byte offset in the document */
	unsigned line, column;
	char pointer[256]; /* JSON pointer (RFC 6901), cut at a "/" when too long */
	char detail[FG_LIMIT_ERR_TEXT]; /* printable ASCII */
};

/*
 * Principals bind to unique ids.  Called at compile time for each entry of a Principal or
 * NotPrincipal element that is not "*" and not a service: an account id, the ARN of an account's
 * root, a user, a role, a role session or a federated user, a unique id (AIDA..., AROA...), a
 * provider's ARN or domain, with its text as written.  Answer what the text was bound to
 * when the document was written:
 *   user, role, role session: the user's or role's unique id
 *   anything else: any non-empty string
 *   empty: it did not exist then; the entry matches nobody, for ever.
 * The answer is copied.
 */
typedef struct fg_str (*trust_bind_fn)(void *arg, struct fg_str principal);

struct trust_compile {
	enum trust_kind kind;
	trust_bind_fn bind; /* NULL: entries compare by their text (only where nothing is minted) */
	void *bind_arg;
};

/*
 * Compile.  Applies the rules of shape: strict JSON; unknown, duplicate or missing elements;
 * types and counts of elements for the kind; the same condition key twice in one block.  What
 * passes but is not understood (an operator that does not exist, a number that is none) makes
 * an Allow statement not apply and a Deny statement apply.
 */
enum fg_rc trust_compile(struct fg_str document, const struct trust_compile *how,
    struct trust_program **ret, struct trust_fault *retfault, struct fg_err *reterr) FG_MUST;
void trust_free(struct trust_program *p); /* NULL accepted */
void trust_freep(struct trust_program **p);

/*
 * Rules of shape and of writing (empty lists, unknown operators, values that their operator
 * cannot read, variables, what a trust policy may hold, shared issuers without a subject).
 * max_chars bounds the document without white space; 0: the kind's default.
 */
enum fg_rc trust_check(struct fg_str document, enum trust_kind kind, size_t max_chars,
    struct trust_fault *retfault, struct fg_err *reterr) FG_MUST;

/*
 * Every principal that a bind function would be asked for, in order of the document; false from
 * fn stops.  For a document that has no principals, nothing.  FG_E_POLICY as trust_compile().
 */
typedef bool (*trust_principal_fn)(void *arg, struct fg_str principal);
enum fg_rc trust_principals(struct fg_str document, enum trust_kind kind, trust_principal_fn fn,
    void *arg, struct fg_err *reterr) FG_MUST;

/*
 * Identical documents share one program: equal digests and trust_same() say that p is what
 * compiling this document in this way would give (kinds that read alike count as one).  The
 * digest is a hash for tables, not a proof; trust_same() compares all bytes.
 */
uint64_t trust_digest(struct fg_str document, const struct trust_compile *how);
bool trust_same(const struct trust_program *p, struct fg_str document,
    const struct trust_compile *how);
struct fg_str trust_source(const struct trust_program *p); /* the document, borrowed */
size_t trust_statements(const struct trust_program *p);
/* Sid of a statement, null without one. */
struct fg_str trust_sid(const struct trust_program *p, size_t statement);
size_t trust_program_bytes(const struct trust_program *p); /* memory it takes */
/* Does it allow an action of a service ("iam"), whatever resources and conditions say and others deny? */
bool trust_grants_service(const struct trust_program *p, struct fg_str service);

/* ---- request context ---- */

/*
 * Keys compare without ASCII case.  Three origins, three families of setters; each takes
 * only keys that its origin may speak for:
 *   gateway   aws:*, iam:ResourceTag/, sts:RoleAuthorizedByIdp, ...: facts that we established;
 *             never a provider's namespace
 *   caller    parameters of the request: sts:ExternalId, sts:RoleSessionName, aws:RequestTag/...
 *   provider  verified claims: ISSUER:CLAIM, saml:NAME, and the tags, session name and source
 *             identity that a provider asserts
 * Setting a key twice (whatever the origin or case) poisons the context: every decision with
 * it is TRUST_DENY_EXPLICIT.  So does any setter that failed, so that a forgotten check denies.
 * _list sets a multi-valued key, also with one value or none; _one a single-valued one.
 */
struct trust_ctx *trust_ctx_new(void) FG_MUST; /* NULL: out of memory */
void trust_ctx_free(struct trust_ctx *c);      /* NULL accepted */
void trust_ctx_freep(struct trust_ctx **c);
void trust_ctx_reset(struct trust_ctx *c); /* empty again, memory kept */
bool trust_ctx_bad(const struct trust_ctx *c);

enum fg_rc trust_gateway_one(struct trust_ctx *c, struct fg_str key, struct fg_str value,
    struct fg_err *reterr);
enum fg_rc trust_gateway_list(struct trust_ctx *c, struct fg_str key, const struct fg_str *v,
    size_t n, struct fg_err *reterr);
enum fg_rc trust_gateway_bool(struct trust_ctx *c, struct fg_str key, bool value,
    struct fg_err *reterr);
enum fg_rc trust_gateway_int(struct trust_ctx *c, struct fg_str key, int64_t value,
    struct fg_err *reterr);
/* As 2026-11-22T14:50:00Z. */
enum fg_rc trust_gateway_time(struct trust_ctx *c, struct fg_str key, fg_time value,
    struct fg_err *reterr);
/* prefix + name, as "aws:PrincipalTag/" + tag key. */
enum fg_rc trust_gateway_tag(struct trust_ctx *c, struct fg_str prefix, struct fg_str name,
    struct fg_str value, struct fg_err *reterr);

enum fg_rc trust_caller_one(struct trust_ctx *c, struct fg_str key, struct fg_str value,
    struct fg_err *reterr);
enum fg_rc trust_caller_list(struct trust_ctx *c, struct fg_str key, const struct fg_str *v,
    size_t n, struct fg_err *reterr);
enum fg_rc trust_caller_tag(struct trust_ctx *c, struct fg_str prefix, struct fg_str name,
    struct fg_str value, struct fg_err *reterr);

/*
 * A claim of an OIDC provider as ISSUER:CLAIM; issuer is the URL without its scheme
 * (host[:port][/path]).  A claim that cannot be a key without standing for another one (a ':'
 * in its name or in the issuer's path) is left out: FG_OK.  An issuer without a dot in its
 * host, or whose first label is reserved (aws, sts, saml, iam, ...), is FG_E_PARAM.
 */
enum fg_rc trust_claim_one(struct trust_ctx *c, struct fg_str issuer, struct fg_str claim,
    struct fg_str value, struct fg_err *reterr);
enum fg_rc trust_claim_list(struct trust_ctx *c, struct fg_str issuer, struct fg_str claim,
    const struct fg_str *v, size_t n, struct fg_err *reterr);
/* saml:NAME. */
enum fg_rc trust_saml_one(struct trust_ctx *c, struct fg_str name, struct fg_str value,
    struct fg_err *reterr);
enum fg_rc trust_saml_list(struct trust_ctx *c, struct fg_str name, const struct fg_str *v,
    size_t n, struct fg_err *reterr);
/* What a provider may assert beside its own namespace: tags, session name, source identity. */
enum fg_rc trust_asserted_one(struct trust_ctx *c, struct fg_str key, struct fg_str value,
    struct fg_err *reterr);
enum fg_rc trust_asserted_list(struct trust_ctx *c, struct fg_str key, const struct fg_str *v,
    size_t n, struct fg_err *reterr);
enum fg_rc trust_asserted_tag(struct trust_ctx *c, struct fg_str prefix, struct fg_str name,
    struct fg_str value, struct fg_err *reterr);
/* May this issuer (URL without scheme) own condition keys?  For provider creation and load. */
bool trust_issuer_ok(struct fg_str issuer);

/*
 * Any key, from a test document: policy eval, dry runs, the linter's witnesses.  Never for a
 * request that mints.
 */
enum fg_rc trust_any_one(struct trust_ctx *c, struct fg_str key, struct fg_str value,
    struct fg_err *reterr);
enum fg_rc trust_any_list(struct trust_ctx *c, struct fg_str key, const struct fg_str *v, size_t n,
    struct fg_err *reterr);

/* Number of keys, and the i-th with its values, in order of setting (for audit and tests). */
size_t trust_ctx_count(const struct trust_ctx *c);
struct fg_str trust_ctx_key(const struct trust_ctx *c, size_t i);
const struct fg_str *trust_ctx_values(const struct trust_ctx *c, size_t i, size_t *ret_n);

/* ---- the caller ---- */

enum trust_caller_kind {
	TRUST_NOBODY = 0, /* matches nothing, not even "*" */
	TRUST_ANONYMOUS,
	TRUST_ROOT,
	TRUST_USER,      /* also its GetSessionToken sessions */
	TRUST_SESSION_OF_ROLE,
	TRUST_FEDERATED_USER, /* GetFederationToken */
	TRUST_SERVICE,
	TRUST_WEB_IDENTITY, /* unsigned: the principal is the OIDC provider */
	TRUST_SAML,         /* unsigned: the principal is the SAML provider */
	TRUST_CALLER_MAX
};

struct trust_caller {
	enum trust_caller_kind kind;
	/*
	 * arn:P:iam::A:root, user ARN with path, session ARN, federated-user ARN, service name,
	 * provider ARN or built-in domain
	 */
	struct fg_str arn;
	struct fg_str partition, account; /* empty for callers without an account */
	/* unique id: of the user, the session's role, or the user who asked for the federated one */
	struct fg_str uid;
	struct fg_str name; /* user, role or federated name */
	struct fg_str session; /* role sessions: session name */
};

/*
 * From a principal's text (as in policy eval): kind, arn, partition, account, name and session
 * borrow from it, uid stays empty.  False if it is no principal.
 */
bool trust_caller_parse(struct fg_str principal, struct trust_caller *ret) FG_MUST;

/* ---- decision ---- */

/* Zero is the safe value: a forgotten assignment denies. */
enum trust_verdict { TRUST_DENY_IMPLICIT = 0, TRUST_DENY_EXPLICIT, TRUST_ALLOW };

/* "ImplicitlyDenied", "ExplicitlyDenied", "Allowed". */
const char *trust_verdict_name(enum trust_verdict v);

enum trust_layer {
	TRUST_LAYER_NONE = 0,  /* no policy decided: the action or the caller's kind did */
	TRUST_LAYER_IDENTITY,
	TRUST_LAYER_SESSION,
	TRUST_LAYER_BOUNDARY,
	TRUST_LAYER_SCP,
	TRUST_LAYER_RCP,
	TRUST_LAYER_RESOURCE,
	TRUST_LAYER_VPCE,
	TRUST_LAYER_MAX
};

/* "none", "identity", "session", "boundary", "scp", "rcp", "resource", "vpce". */
const char *trust_layer_name(enum trust_layer layer);

/*
 * Whose policies a layer holds, for who may read an explanation: the caller's account
 * (identity, session, boundary, scp, vpce) or the resource's (resource, rcp).
 */
enum trust_side { TRUST_SIDE_NONE = 0, TRUST_SIDE_CALLER, TRUST_SIDE_RESOURCE };
enum trust_side trust_layer_side(enum trust_layer layer);

/*
 * Programs of one layer.  NULL in v is a document that could not be understood: it denies
 * explicitly, whatever else allows.
 */
struct trust_policies {
	const struct trust_program *const *v;
	size_t n;
};

struct trust_layers {
	struct trust_policies identity;
	struct trust_policies session;
	bool has_session; /* a session policy is in force (also with session.n == 0: allows nothing) */
	struct trust_policies boundary;
	bool has_boundary; /* as has_session */
	struct trust_policies resource; /* the role's trust policy, or none */
	const struct trust_policies *scp; /* one per level: root, units, account; every one must allow */
	size_t nscp;
	const struct trust_policies *rcp;
	size_t nrcp;
	struct trust_policies vpce;
};

struct trust_request {
	struct trust_caller caller;
	struct fg_str action;   /* "sts:AssumeRole" */
	struct fg_str resource; /* ARN */
	struct fg_str resource_account;
	const struct trust_ctx *ctx;
};

struct trust_decision {
	enum trust_verdict verdict;
	enum trust_layer layer; /* that allowed, denied, or withheld its Allow */
	int level;              /* scp, rcp: index of the level, else 0 */
	int policy;             /* index in the layer, or -1 */
	int statement;          /* index in the document, or -1 */
	struct fg_str sid;      /* borrowed from the program; null without one */
};

/*
 * Decide.  Fills *ret for every verdict.  Never fails: any internal doubt (a poisoned
 * context, a program that is missing, a request without action) is TRUST_DENY_EXPLICIT.  Does
 * not allocate; work is bounded by the product of policy and context size over the word size.
 */
enum trust_verdict trust_decide(const struct trust_request *r, const struct trust_layers *l,
    struct trust_decision *ret);

/* ---- explanation ---- */

enum trust_element {
	TRUST_ELEMENT_NONE = 0, /* the statement matched */
	TRUST_ELEMENT_PRINCIPAL,
	TRUST_ELEMENT_ACTION,
	TRUST_ELEMENT_RESOURCE,
	TRUST_ELEMENT_CONDITION,
	TRUST_ELEMENT_DOCUMENT, /* the document could not be understood */
	TRUST_ELEMENT_MAX
};

/* The name of the element as the statement has it ("NotAction"), "Statement" for a match. */
struct trust_reason {
	enum trust_layer layer;
	int level, policy, statement;
	enum trust_element element;
	const char *name;
	struct fg_str sid;
	struct fg_str of; /* name of the policy, by who knows it; null: not said */
	bool deny; /* effect of the statement */
	/* condition: */
	struct fg_str key, operator;
	bool unreadable; /* the comparison could not be evaluated */
	bool absent;     /* the key is not in the context */
	/* as written with variables resolved; what the request had */
	const struct fg_str *expected;
	size_t nexpected;
	const struct fg_str *actual;
	size_t nactual;
};

/*
 * One reason for each statement of every layer that took part: the first element that kept
 * it from matching, or that it matched.  In the arena, which bounds it: reasons that
 * do not fit are left out (*ret_n says how many there are).  FG_E_NOMEM when not even one fits.
 */
enum fg_rc trust_explain(struct fg_arena *a, const struct trust_request *r,
    const struct trust_layers *l, const struct trust_reason **ret, size_t *ret_n,
    struct fg_err *reterr) FG_MUST;
/* One reason as a JSON object: {"layer","policy","statement","element","key"?,...}. */
void trust_reason_json(struct fg_buf *b, const struct trust_reason *r);
/* decidedBy: {"layer","policy","statement","sid"?}. */
void trust_decision_json(struct fg_buf *b, const struct trust_decision *d);

/* ---- simulation ---- */

/* From the first character of a statement to the one after its last. */
struct trust_span {
	unsigned line, column, end_line, end_column;
};
/* trust_statements(p) of them, in the arena; kind as at compile time. */
enum fg_rc trust_spans(const struct trust_program *p, enum trust_kind kind, struct fg_arena *a,
    const struct trust_span **ret, struct fg_err *reterr) FG_MUST;

typedef bool (*trust_key_fn)(void *arg, struct fg_str key); /* false stops */
/* Every key that a condition tests or a variable names, as it was first written, each once. */
void trust_keys_used(const struct trust_program *p, trust_key_fn fn, void *arg);
/*
 * The keys that the context lacks, of statements (identity, session, boundary, resource) that
 * speak of the request's principal and action.  One may come more than once.
 */
void trust_keys_missing(const struct trust_request *r, const struct trust_layers *l, trust_key_fn fn,
    void *arg);

enum trust_value_type {
	TRUST_V_STRING = 0,
	TRUST_V_NUMERIC,
	TRUST_V_BOOLEAN,
	TRUST_V_IP, /* an address, or a range */
	TRUST_V_BINARY, /* base64 */
	TRUST_V_DATE,
};
/* Would an operator of this type read the value? */
bool trust_value_ok(enum trust_value_type type, struct fg_str s);

/* ---- lint ---- */

enum trust_severity { TRUST_INFO = 0, TRUST_WARNING, TRUST_ERROR };
const char *trust_severity_name(enum trust_severity s); /* "info", "warning", "error" */

/* What is wrong or risky, where, and what to do.  Strings are valid during the call. */
struct trust_finding {
	const char *id; /* static and stable: "trust.lint.no-external-id", or the rule of a refusal */
	enum trust_severity severity; /* ERROR: trust_check() refuses the document */
	uint32_t off;
	unsigned line, column;
	char pointer[256];
	char message[FG_LIMIT_ERR_TEXT];
	const char *fix;       /* static */
	struct fg_str witness; /* a request (JSON, as in policy eval) that is allowed; null without one */
};

struct trust_lint {
	enum trust_kind kind;
	struct fg_str account;   /* whose document it is; null: not known */
	struct fg_str partition; /* null: "aws" */
};

typedef void (*trust_finding_fn)(void *arg, const struct trust_finding *f);

/*
 * Findings in order of checks.  A document that is refused by shape gives that one finding.
 * FG_E_NOMEM only; a finding is not an error.
 */
enum fg_rc trust_lint(struct fg_str document, const struct trust_lint *how, trust_finding_fn fn,
    void *arg, struct fg_err *reterr) FG_MUST;

#endif
