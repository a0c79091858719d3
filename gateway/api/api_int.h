/* gateway/api/api_int.h - private to gateway/api and its tests. */
#ifndef GATEWAY_API_API_INT_H
#define GATEWAY_API_API_INT_H

#include "gateway/api/api.h"
#include "gateway/cred/lineage.h"

/* ---- forms ---- */

struct api_field {
	struct fg_str name, value;
};

struct api_form {
	struct api_field *v;
	size_t n;
};

enum fg_rc api_form_read(struct fg_arena *a, struct fg_str text, enum fg_uri kind,
    struct api_form *ret, struct fg_err *reterr) FG_MUST;
struct fg_str api_form_get(const struct api_form *f, struct fg_str name); /* null if absent */
/* Fields to c->args by the action's table, constraints checked. */
enum fg_rc api_args_read(struct api_call *c, const struct api_form *form) FG_MUST;
/* c->args, once filled: into the story, and held against the table. */
enum fg_rc api_args_check(struct api_call *c) FG_MUST;
size_t api_param_count(const struct api_param *p);
int api_param_find(const struct api_param *p, struct fg_str name); /* -1: none */

/* ---- JSON 1.1 ---- */

bool api_json_asked(const struct http_request *r);
enum fg_rc api_json_action(struct api_call *c) FG_MUST;
enum fg_rc api_json_args(struct api_call *c) FG_MUST;
void api_json_success(struct fg_buf *b, const struct api_call *c);
int api_json_error(struct fg_buf *b, struct api_call *c); /* the status */
/* What a fault is called in JSON; the record says what the caller reads. */
struct fg_str api_json_code(enum api_fault fault, int *ret_status);

bool api_chars_ok(enum api_chars set, struct fg_str s);
size_t api_chars_count(struct fg_str s); /* code points */
const char *api_chars_pattern(enum api_chars set);
bool api_letter(uint32_t cp);

/* ---- XML envelopes ---- */

void api_xml_success(struct fg_buf *b, const struct api_call *c);
void api_xml_error(struct fg_buf *b, struct fg_str xmlns, const struct api_fault_row *row,
    struct fg_str message, struct fg_str id);

/* ---- environment, worker ---- */

struct api_replays;
struct api_secrets;
struct api_policies;

struct api_env {
	struct api_conf conf;
	struct fg_arena *arena;     /* of conf's strings */
	struct trust_program *deny; /* what an unknown role's trust policy says */
	struct api_replays *replays;
};

struct api_worker {
	struct api_env *env;
	void *user;
	struct sigv4_crypto *sigv4;
	struct cred_worker *cred;
	struct oidc_worker *oidc;
	struct cred_keys *keys; /* NULL: cannot mint or open */
	struct trust_ctx *ctx;
	struct api_secrets *secrets;
	struct api_policies *policies;
};

static inline struct directory *
api_directory(const struct api_call *c)
{
	return c->w->env->conf.directory;
}

/* ---- signatures remembered (security.md 17) ---- */

struct api_replays *api_replays_new(void) FG_MUST;
void api_replays_free(struct api_replays *r);
/* False: seen before on another connection. */
bool api_replays_claim(struct api_replays *r, const unsigned char signature[SIGV4_DIGEST_BYTES],
    uint64_t connection, fg_time now);

/* ---- unwrapped long-lived secrets of one thread ---- */

struct api_secrets *api_secrets_new(void) FG_MUST;
void api_secrets_free(struct api_secrets *s); /* wipes */
/* Borrowed until the next call. */
enum fg_rc api_secret(struct api_call *c, const struct directory_key *key,
    struct fg_str *ret) FG_MUST;

/* ---- compiled session policies of one thread (security.md 26) ---- */

struct api_policies *api_policies_new(void) FG_MUST;
void api_policies_free(struct api_policies *p);
/* Free what was replaced; no program of an earlier call is in use any more. */
void api_policies_sweep(struct api_policies *p);
/* NULL: not valid, or memory is short; the caller denies. */
const struct trust_program *api_policy(struct api_policies *p, struct fg_str document,
    enum trust_kind kind);

/* ---- caller, context, layers ---- */

/* The request as sigv4 sees it, without the hash of its body. */
enum fg_rc api_request_of(struct api_call *c, struct sigv4_request *ret) FG_MUST;
enum fg_rc api_caller_read(struct api_call *c) FG_MUST;
enum fg_rc api_session_kind_check(struct api_call *c) FG_MUST;
/* Look the caller's entities up again after a wait. */
enum fg_rc api_caller_again(struct api_call *c) FG_MUST;
/* FG_E_CREDENTIAL when the session, its principal or an ancestor was cut off. */
enum fg_rc api_session_alive(struct api_call *c, const struct cred_session *s) FG_MUST;
/* The id of a session, as cut-offs and records have it; null without memory. */
struct fg_str api_session_hex(struct fg_arena *a, const uint8_t *id);
struct fg_str api_method_name(enum cred_method m); /* "oidc"; null for none */
bool api_account_usable(const struct api_call *c, struct fg_str account);

/* The context of a session that is asked for; role NULL: there is none. */
enum fg_rc api_context_issue(struct api_call *c, const struct api_issue *w, struct fg_str account,
    const struct directory_role *role, struct trust_ctx **ret) FG_MUST;

/* Tags, session name and source identity that are asked for. */
enum fg_rc api_context_asked(struct api_call *c, struct trust_ctx *t,
    const struct api_issue *w) FG_MUST;

enum fg_rc api_layers(struct api_call *c, const struct api_ask *ask,
    struct trust_layers *ret) FG_MUST;

/* ---- decisions ---- */

/*
 * Decide and tell the story.  FG_E_DENIED with AWS's sentence for a caller that has an account;
 * for the others the action says its own.
 */
/*
 * The name of a policy that a decision points at, for records and explanations: the ARN of a managed
 * one, "user/NAME/POLICY" ("role/", "group/") of an inline one, "TARGET/ID" of a control policy,
 * "Policy" of the session's own, the role's ARN of its trust policy.  Null: it has none.
 */
struct api_policy_at {
	enum trust_layer layer;
	int level, policy;
};
struct fg_str api_policy_name(struct api_call *c, const struct trust_request *r,
    const struct api_policy_at *at);
enum fg_rc api_decide(struct api_call *c, const struct trust_request *r,
    const struct trust_layers *l) FG_MUST;
/* " Encoded authorization failure message: ..." for a signed caller; null if it cannot be made. */
struct fg_str api_authz_message(struct api_call *c, const struct trust_request *r,
    const struct trust_layers *l, const struct trust_decision *d);
/* What an encoded message says to this caller. */
enum fg_rc api_authz_open(struct api_call *c, struct fg_str message, struct fg_str *ret) FG_MUST;

/* ---- tags ---- */

enum fg_rc api_tags_add(struct api_call *c, struct api_issue *w, struct fg_str key,
    struct fg_str value) FG_MUST;
/* Mark a key of the request's tags as transitive. */
enum fg_rc api_tags_transitive(struct api_call *c, struct api_issue *w, struct fg_str key) FG_MUST;
bool api_source_identity_ok(struct fg_str s);

/* ---- issuing ---- */

/* The decision alone; the role is valid until the next return to the loop. */
enum fg_rc api_issue_decide(struct api_call *c, const struct api_issue *want,
    const struct directory_role **ret) FG_MUST;
/* The rest, for a role that was decided about. */
enum fg_rc api_issue_mint(struct api_call *c, const struct api_issue *want,
    const struct directory_role *role, struct api_issued *ret) FG_MUST;
/* Inline document and managed ARNs of a session, checked, into s. */
enum fg_rc api_session_policies(struct api_call *c, const struct api_issue *w,
    struct fg_str account, struct cred_session *s) FG_MUST;
/*
 * Of the session that this one comes of (NULL: of none) into s: every session on the way; and, of
 * the caller's, with it where it all began.
 */
enum fg_rc api_ancestors(struct api_call *c, const struct cred_session *up,
    struct cred_session *s) FG_MUST;
enum fg_rc api_chain(struct api_call *c, struct cred_session *s) FG_MUST;

/* organization.c: "" where there is none; path is "o-.../r-.../ou-.../" or "". */
struct api_organization {
	struct fg_str id, path;
};
enum fg_rc api_organization(struct api_call *c, struct fg_str account,
    struct api_organization *ret) FG_MUST;
/* Mint s; FG_E_PACKED in AWS's words. */
enum fg_rc api_mint(struct api_call *c, const struct cred_session *s,
    struct cred_minted *ret) FG_MUST;
void api_xml_credentials(struct fg_buf *b, const struct cred_minted *m, fg_time expires);
void api_xml_role(struct fg_buf *b, const struct api_issued *i);
void api_story_minted(struct api_call *c, const struct cred_minted *m, fg_time expires,
    struct fg_str id, struct fg_str arn);
/* PolicyArns of a call into w. */
enum fg_rc api_policy_arns(struct api_call *c, const struct api_arg *arg, struct api_issue *w) FG_MUST;
/* The RoleArn parameter: an ARN of a role, with its account. */
enum fg_rc api_role_arn(struct api_call *c, struct fg_str text, struct api_arn *ret) FG_MUST;

/* ---- tokens of our own issuers ---- */

/* What a lineage is bound to in its token. */
struct api_link {
	struct fg_str account, kid, subject, jti;
	fg_time issued, expires;
};
bool api_link_is(const struct api_call *c, struct fg_str issuer); /* is this issuer ours? */
enum fg_rc api_link_bind(struct api_call *c, const struct api_link *link,
    unsigned char ret[SIGV4_DIGEST_BYTES]) FG_MUST;
/* The session that asked for a verified token of ours; alive, with all that it came of. */
enum fg_rc api_link_read(struct api_call *c, const struct oidc_facts *f,
    const struct cred_session **ret) FG_MUST;
enum fg_rc api_link_fill(struct api_call *c, const struct cred_session *up,
    struct api_issue *w) FG_MUST;

/* ---- waits: bits of c->waited ---- */

enum { API_WAIT_KEYS = 1, API_WAIT_CLAIM = 2, API_WAIT_MFA = 4, API_WAIT_SIGN = 8 };
/*
 * Claim a proof once: SHA-256 over these pieces, each with its length.  FG_OK with c->waiting
 * set, or FG_OK without it when it was claimed already.
 */
enum fg_rc api_claim(struct api_call *c, const struct fg_str *piece, size_t n, fg_time issued,
    fg_time expires) FG_MUST;

#define API_MFA_REFUSED                                                                          \
	"MultiFactorAuthentication failed with invalid MFA one time pass code. "

/* ---- the record ---- */

void api_record(const struct api_call *c, struct audit_record *ret);

/* ---- actions ---- */

enum fg_rc api_run_web_identity(struct api_call *c);
enum fg_rc api_run_saml(struct api_call *c);
enum fg_rc api_run_assume_role(struct api_call *c);
enum fg_rc api_run_caller_identity(struct api_call *c);
enum fg_rc api_run_session_token(struct api_call *c);
enum fg_rc api_run_federation_token(struct api_call *c);
enum fg_rc api_run_access_key_info(struct api_call *c);
enum fg_rc api_run_decode_message(struct api_call *c);
enum fg_rc api_run_assume_root(struct api_call *c);
enum fg_rc api_run_web_identity_token(struct api_call *c);

#endif
