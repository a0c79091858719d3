/*
 * gateway/ops/ops.h - audit, metrics, health and budgets.
 *
 * Shape:    audit: a decision is a struct audit_record of typed fields; audit_put() makes one
 *           line of JSON of it, links it into the worker's chain and queues it; one
 *           writer thread writes and syncs batches and brings completions home.
 *           metrics: each worker adds to its own counters; a scrape sums them.
 *           health: parts that say whether they are well; ready when all are.
 *           budget: token buckets by source address, charged in microseconds.
 * Owns:     _new/_open results are owned, freed by _free/_close (NULL accepted).
 *           Strings of a record are borrowed until audit_put() returns.
 * Threads:  a struct audit_chain, a struct metric_worker and a struct budget belong to one
 *           worker and take no lock; audit_shared(), health_* and metrics_text() are for any.
 * Errors:   FG_E_UNAVAILABLE  the record was not taken (disk fails, queue full): the
 *           caller answers 503 and hands out nothing; FG_E_IO, FG_E_NOMEM,
 *           FG_E_CRYPTO, FG_E_CONFLICT (the file ends before its mark).
 * Refuses:  field values that do not fit the type of their field are not written: the
 *           line says "HIDDEN_DUE_TO_SECURITY_REASONS" in their place.  No field has a
 *           type that a token, an assertion, an Authorization header or a secret fits.
 * Does not: know HTTP, sockets or the store; sign, post and seed are injected.
 * Source:   CloudTrail record contents; Prometheus text format 0.0.4; security.md 20, 26, 31.
 */
#ifndef OPS_H
#define OPS_H

#include "base/base.h"

/* ==== audit ================================================================================= */

enum audit_identity_type {
	AUDIT_WHO_UNKNOWN = 0, /* nothing was proven */
	AUDIT_WHO_WEB,         /* WebIdentityUser */
	AUDIT_WHO_SAML,        /* SAMLUser */
	AUDIT_WHO_USER,        /* IAMUser */
	AUDIT_WHO_ROLE,        /* AssumedRole */
	AUDIT_WHO_FEDERATED,   /* FederatedUser */
	AUDIT_WHO_ROOT,        /* Root */
	AUDIT_WHO_SERVICE,     /* AWSService: fedgate itself (refresh, retire, ...) */
	AUDIT_WHO_OPERATOR,    /* Operator: a command; user_name is the OS user */
	AUDIT_WHO_MAX,
};

/* CloudTrail's userIdentity; null strings and zero times are left out. */
struct audit_identity {
	enum audit_identity_type type;
	struct fg_str principal_id;      /* "AROA...:name", "AIDA...", "provider:audience:subject" */
	struct fg_str arn;
	struct fg_str account;           /* 12 digits */
	struct fg_str access_key_id;     /* 20 characters */
	struct fg_str user_name;
	struct fg_str identity_provider; /* ARN or URL */
	/* sessionContext, of an assumed role or a federated user */
	struct fg_str issuer_arn, issuer_id, issuer_account, issuer_name; /* sessionIssuer */
	struct fg_str source_identity;
	fg_time created;                 /* of the session */
	bool mfa;
};

/* What a value may look like; decides its bound and its characters. */
enum audit_class {
	AUDIT_C_NONE = 0, /* nothing fits */
	AUDIT_C_NAME,     /* [A-Za-z0-9_+=,.@-], at most 128 */
	AUDIT_C_PATH,     /* as NAME and '/', at most 512 */
	AUDIT_C_ARN,      /* arn:..., printable, no blanks, at most 2048 */
	AUDIT_C_ID,       /* [A-Z0-9] or digits, at most 32 */
	AUDIT_C_URL,      /* printable, no blanks, no '?', at most 255 */
	AUDIT_C_NUMBER,   /* decimal; written as a number */
	AUDIT_C_BOOL,     /* "true" or "false"; written bare */
	AUDIT_C_SUBJECT,  /* UTF-8 without controls, at most 255 */
	AUDIT_C_TEXT,     /* the same, at most 1024; runs that look like a token are cut */
	AUDIT_C_TIME,     /* RFC 3339 */
};

/*
 * Names of requestParameters and flat responseElements, in CloudTrail's spelling.  A row may be
 * added; a parameter that is no row cannot be audited.  There is none for a policy document,
 * a token, an assertion, a code or a secret.  AUDIT_MANY: repeated ones become an array.
 */
#define AUDIT_PARAMS(X)                                                        \
	X(ROLE_ARN, "roleArn", AUDIT_C_ARN, 0)                                 \
	X(ROLE_SESSION_NAME, "roleSessionName", AUDIT_C_NAME, 0)               \
	X(PRINCIPAL_ARN, "principalArn", AUDIT_C_ARN, 0)                       \
	X(PROVIDER_ID, "providerId", AUDIT_C_URL, 0)                           \
	X(DURATION_SECONDS, "durationSeconds", AUDIT_C_NUMBER, 0)              \
	X(POLICY_ARNS, "policyArns", AUDIT_C_ARN, AUDIT_MANY)                  \
	X(TAG_KEYS, "tagKeys", AUDIT_C_SUBJECT, AUDIT_MANY)                    \
	X(TRANSITIVE_TAG_KEYS, "transitiveTagKeys", AUDIT_C_SUBJECT, AUDIT_MANY) \
	X(SOURCE_IDENTITY, "sourceIdentity", AUDIT_C_NAME, 0)                  \
	X(EXTERNAL_ID, "externalId", AUDIT_C_SUBJECT, 0)                       \
	X(SERIAL_NUMBER, "serialNumber", AUDIT_C_ARN, 0)                       \
	X(MFA_DEVICE_NAME, "virtualMFADeviceName", AUDIT_C_NAME, 0)            \
	X(SAML_ASSERTION_ID, "sAMLAssertionID", AUDIT_C_NAME, 0)               \
	X(NAME, "name", AUDIT_C_NAME, 0)                                       \
	X(TARGET_PRINCIPAL, "targetPrincipal", AUDIT_C_ARN, 0)                 \
	X(TASK_POLICY_ARN, "taskPolicyArn", AUDIT_C_ARN, 0)                    \
	X(AUDIENCE, "audience", AUDIT_C_URL, AUDIT_MANY)                       \
	X(SIGNING_ALGORITHM, "signingAlgorithm", AUDIT_C_NAME, 0)              \
	X(USER_NAME, "userName", AUDIT_C_NAME, 0)                              \
	X(NEW_USER_NAME, "newUserName", AUDIT_C_NAME, 0)                       \
	X(ROLE_NAME, "roleName", AUDIT_C_NAME, 0)                              \
	X(GROUP_NAME, "groupName", AUDIT_C_NAME, 0)                            \
	X(NEW_GROUP_NAME, "newGroupName", AUDIT_C_NAME, 0)                     \
	X(POLICY_NAME, "policyName", AUDIT_C_NAME, 0)                          \
	X(POLICY_ARN, "policyArn", AUDIT_C_ARN, 0)                             \
	X(POLICY_SOURCE_ARN, "policySourceArn", AUDIT_C_ARN, 0)                \
	X(VERSION_ID, "versionId", AUDIT_C_NAME, 0)                            \
	X(SET_AS_DEFAULT, "setAsDefault", AUDIT_C_BOOL, 0)                     \
	X(PERMISSIONS_BOUNDARY, "permissionsBoundary", AUDIT_C_ARN, 0)         \
	X(PATH, "path", AUDIT_C_PATH, 0)                                       \
	X(NEW_PATH, "newPath", AUDIT_C_PATH, 0)                                \
	X(PATH_PREFIX, "pathPrefix", AUDIT_C_PATH, 0)                          \
	X(DESCRIPTION, "description", AUDIT_C_TEXT, 0)                         \
	X(MAX_SESSION_DURATION, "maxSessionDuration", AUDIT_C_NUMBER, 0)       \
	X(ACCESS_KEY_ID, "accessKeyId", AUDIT_C_ID, 0)                         \
	X(STATUS, "status", AUDIT_C_NAME, 0)                                   \
	X(URL, "url", AUDIT_C_URL, 0)                                          \
	X(CLIENT_ID, "clientID", AUDIT_C_URL, AUDIT_MANY)                      \
	X(THUMBPRINTS, "thumbprintList", AUDIT_C_NAME, AUDIT_MANY)             \
	X(OIDC_PROVIDER_ARN, "openIDConnectProviderArn", AUDIT_C_ARN, 0)       \
	X(SAML_PROVIDER_ARN, "sAMLProviderArn", AUDIT_C_ARN, 0)                \
	X(ACCOUNT_ID, "accountId", AUDIT_C_ID, 0)                              \
	X(ACCOUNT_ALIAS, "accountAlias", AUDIT_C_NAME, 0)                      \
	X(ENTITY_ID, "entityId", AUDIT_C_NAME, 0)                              \
	X(TARGET_ID, "targetId", AUDIT_C_NAME, 0)                              \
	X(BEFORE, "before", AUDIT_C_TIME, 0)                                   \
	X(MAX_ITEMS, "maxItems", AUDIT_C_NUMBER, 0)                            \
	X(KEY_ID, "keyId", AUDIT_C_SUBJECT, AUDIT_MANY)                        \
	X(HOST, "host", AUDIT_C_URL, 0)                                        \
	X(RESULT_ARN, "arn", AUDIT_C_ARN, 0)                                   \
	X(EXPIRATION, "expiration", AUDIT_C_TIME, 0)                           \
	X(RESULT_ID, "id", AUDIT_C_ID, 0)                                      \
	X(PARENT_ID, "parentId", AUDIT_C_NAME, 0)                              \
	X(CHILD_ID, "childId", AUDIT_C_NAME, 0)                                \
	X(UNIT_ID, "organizationalUnitId", AUDIT_C_NAME, 0)                    \
	X(POLICY_ID, "policyId", AUDIT_C_NAME, 0)                              \
	X(POLICY_TYPE, "policyType", AUDIT_C_NAME, 0)                          \
	X(RESOURCE_ID, "resourceId", AUDIT_C_NAME, 0)                          \
	X(ROOT_ID, "rootId", AUDIT_C_NAME, 0)                                  \
	X(TITLE, "name", AUDIT_C_TEXT, 0)                                      \
	X(ACCOUNT_NAME, "accountName", AUDIT_C_TEXT, 0)                        \
	X(REQUEST_ID, "createAccountRequestId", AUDIT_C_NAME, 0)               \
	X(SOURCE_PARENT, "sourceParentId", AUDIT_C_NAME, 0)                    \
	X(DESTINATION_PARENT, "destinationParentId", AUDIT_C_NAME, 0)          \
	X(FINDING, "finding", AUDIT_C_TEXT, AUDIT_MANY)

enum { AUDIT_MANY = 1 };

enum audit_name {
	AUDIT_P_NONE = 0,
#define AUDIT_PARAM_ENUM(id, name, class, flags) AUDIT_P_##id,
	AUDIT_PARAMS(AUDIT_PARAM_ENUM)
#undef AUDIT_PARAM_ENUM
	AUDIT_P_MAX
};

struct audit_param {
	enum audit_name name;
	struct fg_str value; /* null: left out */
};

/* What was minted; written as responseElements.  expires 0: nothing was. */
struct audit_minted {
	struct fg_str access_key_id, session; /* id of the session, 32 hex digits */
	fg_time expires;
	struct fg_str role_id, arn; /* assumedRoleUser or federatedUser */
	struct fg_str subject, subject_type, issuer, audience, provider; /* as in the reply */
	struct fg_str source_identity;
	unsigned packed_policy_size; /* percent; 0: left out */
};

/* A policy layer, a policy and its statement, as `policy eval` names them; layer null: none. */
struct audit_decided {
	struct fg_str layer;  /* "trust", "identity", "session", ... */
	struct fg_str policy; /* ARN or name */
	int statement;        /* index; -1: no statement */
	struct fg_str sid;
};

/* Why one statement did not allow, or did deny: what an operator needs to see. */
struct audit_why {
	struct fg_str layer, name; /* of the policy; null: it has none */
	int policy, statement;
	struct fg_str sid;
	struct fg_str element;          /* "Condition", "Principal", ... */
	struct fg_str key, operator;    /* of a condition; null: none */
	struct fg_str expected, actual; /* first value of each; null: none, or absent */
};

#define AUDIT_WHY_MAX 8

/* How the chain of sessions began; method null: left out. */
struct audit_origin {
	struct fg_str method;   /* "oidc", "saml", "key", "web" */
	struct fg_str provider; /* ARN */
	struct fg_str issuer, subject;
	fg_time time;
};

struct audit_record {
	/* the call */
	fg_time time;
	struct fg_str source;  /* "sts.amazonaws.com" */
	struct fg_str name;    /* "AssumeRoleWithWebIdentity"; AUDIT_C_NAME */
	struct fg_str region;  /* null: "us-east-1" */
	struct fg_str request_id;
	struct fg_str user_agent;   /* cut to 256 */
	const struct fg_ip *from;   /* NULL: "fedgate.internal" */
	struct fg_str tls_version, tls_cipher, host; /* tlsDetails; null: left out */
	bool read_only;
	struct fg_str recipient_account;
	/* who */
	struct audit_identity who;
	/* what */
	const struct audit_param *param; /* requestParameters */
	size_t n_param;
	const struct audit_param *result; /* flat responseElements (IAM); not with minted */
	size_t n_result;
	struct audit_minted minted;
	struct fg_str resource_arn, resource_account, resource_type; /* "AWS::IAM::Role" */
	/* the verdict: error_code null means that it was granted */
	struct fg_str error_code, error_message; /* as the caller got them */
	/* additionalEventData */
	struct fg_str issuer, subject; /* of this proof */
	struct audit_origin origin;
	struct audit_decided decided;
	const struct fg_str *legacy;   /* switches that the proof needed ("sha1"): AUDIT_C_NAME */
	size_t n_legacy;
	const struct fg_err *reason;   /* of a refusal: code, step, ref, text; NULL: none */
	const struct audit_why *why;   /* of a denial; at most AUDIT_WHY_MAX are written */
	size_t n_why;
};

struct audit;
struct audit_chain;

#define AUDIT_HASH 32
#define AUDIT_CHAIN_ID 16
#define AUDIT_SIG 64

/* The newest checkpoint: number and hash.  Kept by the caller outside the audit file. */
struct audit_mark {
	uint64_t n; /* 0: there was none */
	uint8_t head[AUDIT_HASH];
};

struct audit_config {
	const char *path;  /* opened for appending, 0600, not through a link */
	unsigned workers;  /* chains 0..workers-1, and the shared one */
	uint32_t sync_ms;  /* a record waits at most this long for its sync to begin; 0: FG_LIMIT_AUDIT_SYNC_MS */
	struct audit_mark mark; /* last known; n == 0: none */
	fg_time now;       /* of the first checkpoint */

	/* injected; app is passed through */
	void *app;
	uint32_t key; /* id of the audit key, not 0: into checkpoints and chain starts */
	/* The first MAC key of a chain (cred_client_audit_seed). */
	enum fg_rc (*seed)(void *app, const uint8_t chain[AUDIT_CHAIN_ID], uint8_t ret[AUDIT_HASH],
	    struct fg_err *reterr);
	/* Ed25519 over at most 512 bytes (cred_client_audit_sign); on the writer thread; may block 1 s. */
	enum fg_rc (*sign)(void *app, struct fg_str text, uint8_t ret[AUDIT_SIG], struct fg_err *reterr);
	/*
	 * Make audit_deliver(batch) run on the thread of that worker (front_post with a one-line
	 * function).  An error means that it will never run.
	 */
	enum fg_rc (*post)(void *app, unsigned worker, void *batch);
	/* A checkpoint was written and synced: keep it.  On the writer thread, and from audit_open and _close. */
	void (*marked)(void *app, const struct audit_mark *m);
	/* Wall clock of checkpoints; NULL: the system's. */
	fg_time (*wall)(void *app);
};

/* rc FG_OK: the line is on disk.  FG_E_IO: it is not yet; hand out nothing, answer 503. */
typedef void (*audit_done)(void *arg, enum fg_rc rc);

/*
 * Opens the file, reads where it ended, begins the chains with a record and a checkpoint, starts
 * the writer.  FG_E_CONFLICT: the file's last checkpoint is older than the mark, or another one.
 */
enum fg_rc audit_open(const struct audit_config *c, struct audit **ret, struct fg_err *reterr) FG_MUST;
/* The chain of a worker: use it on that worker's thread only. */
struct audit_chain *audit_worker(struct audit *a, unsigned worker);
/*
 * Take a record.  done NULL: it may lag (reads).  Else done(arg, rc) runs exactly once on the
 * worker's thread, never from inside audit_put, unless the worker ended first.
 * Anything but FG_OK: the record was not taken and done will not run.
 */
enum fg_rc audit_put(struct audit_chain *c, const struct audit_record *r, audit_done done, void *arg,
    struct fg_err *reterr) FG_MUST;
/* From any thread, on the shared chain; waits until the line is on disk. */
enum fg_rc audit_shared(struct audit *a, const struct audit_record *r, struct fg_err *reterr) FG_MUST;
/* The same, but it may lag: never waits for the disk. */
enum fg_rc audit_note(struct audit *a, const struct audit_record *r, struct fg_err *reterr) FG_MUST;
/* What post was asked to bring: runs the completions and frees the batch. */
void audit_deliver(void *batch);
/* Close the file and open path again (log rotation, SIGHUP); any thread, returns at once. */
void audit_reopen(struct audit *a);
/* Can a record be taken and synced now?  Any thread. */
bool audit_ok(const struct audit *a);
/* Flush, write the closing checkpoint, stop the thread.  NULL accepted.  FG_E_IO: not all is on disk. */
enum fg_rc audit_close(struct audit *a, struct audit_mark *ret, struct fg_err *reterr);

struct audit_stats {
	uint64_t records, batches, checkpoints, unsigned_checkpoints, failures, refused;
	uint64_t queued;       /* lines waiting now */
	uint64_t sync_us;      /* of all batches: time in write and fsync */
};
void audit_stats_read(const struct audit *a, struct audit_stats *ret);

/* ---- the reading side: `fedgate audit` ---- */

struct audit_verify_config {
	void *app;
	/* NULL: MACs are not checked (no key ring at hand). */
	enum fg_rc (*seed)(void *app, uint32_t key, const uint8_t chain[AUDIT_CHAIN_ID],
	    uint8_t ret[AUDIT_HASH], struct fg_err *reterr);
	/* Is the signature good?  NULL: signatures are not checked. */
	bool (*signed_by)(void *app, uint32_t key, struct fg_str text, const uint8_t sig[AUDIT_SIG]);
	const uint8_t *head; /* a checkpoint that must be in the log; NULL: unanchored */
	const uint8_t *from; /* hash of the checkpoint before the first file; NULL: the log's beginning */
};

struct audit_verified {
	uint64_t records, chains, checkpoints;
	uint64_t uncovered; /* records after the last checkpoint: MACed, not signed */
	struct audit_mark head;
	bool anchored;
};

struct audit_verify;
/* Feed the files oldest first, then ask. */
enum fg_rc audit_verify_new(const struct audit_verify_config *c, struct audit_verify **ret,
    struct fg_err *reterr) FG_MUST;
void audit_verify_free(struct audit_verify *v);
void audit_verify_freep(struct audit_verify **v);
/* FG_E_SIGNATURE (MAC, signature, hash, order), FG_E_SYNTAX, FG_E_IO; text names file and line. */
enum fg_rc audit_verify_file(struct audit_verify *v, const char *path, struct fg_err *reterr) FG_MUST;
enum fg_rc audit_verify_end(struct audit_verify *v, struct audit_verified *ret,
    struct fg_err *reterr) FG_MUST;
/* Every line of the file with that request id, into out (raw lines).  False: it cannot be read. */
bool audit_find(const char *path, struct fg_str request_id, struct fg_buf *out) FG_MUST;

/* ==== metrics =============================================================================== */

/* Plain counters: id, name without "fedgate_" and "_total", help. */
#define METRICS(X)                                                                          \
	X(MINTED, "credentials_minted", "Temporary credentials handed out")                 \
	X(DENIED, "requests_denied", "Requests refused by policy")                          \
	X(REPLAYED, "proofs_replayed", "Proofs that had been used before")                  \
	X(THROTTLED, "requests_throttled", "Requests over a budget")                        \
	X(AUDIT_REFUSED, "audit_refused", "Requests refused because the audit log was not writable") \
	X(STORE_FAILED, "store_failed", "Requests that failed in the store")                \
	X(KEY_UNKNOWN, "proof_key_unknown", "Proofs whose key is not known")                \
	X(KEYS_STALE, "proof_keys_stale", "Proofs verified with keys past their refresh time")

enum metric {
#define METRIC_ENUM(id, name, help) METRIC_##id,
	METRICS(METRIC_ENUM)
#undef METRIC_ENUM
	METRIC_MAX
};

struct metrics;
struct metric_worker;

/* action: static names, the bounded label of requests; at most FG_LIMIT_METRIC_ACTIONS. */
enum fg_rc metrics_new(const char *const *action, size_t n, unsigned workers, struct metrics **ret,
    struct fg_err *reterr) FG_MUST;
void metrics_free(struct metrics *m);
struct metric_worker *metrics_worker(struct metrics *m, unsigned i); /* i < workers */
/* Only on the worker's own thread. */
void metric_add(struct metric_worker *w, enum metric id, uint64_t n);
/* A request ended: action's index (out of range counts as "other"), its result, its time. */
void metric_request(struct metric_worker *w, size_t action, enum fg_rc rc, uint64_t us);

/* A source of more families, asked at each scrape on the scraping thread; at most 16. */
typedef void (*metric_source)(void *arg, struct fg_buf *b);
bool metrics_source(struct metrics *m, metric_source fn, void *arg) FG_MUST;
/* Helpers for sources: "# HELP", "# TYPE"; then values with at most one label (NULL: none). */
void metric_family(struct fg_buf *b, const char *name, const char *type, const char *help);
void metric_value(struct fg_buf *b, const char *name, const char *label, struct fg_str value, uint64_t v);
/* A family of one value without a label. */
void metric_one(struct fg_buf *b, const char *name, const char *type, const char *help, uint64_t v);
void metric_seconds(struct fg_buf *b, const char *name, const char *label, struct fg_str value, uint64_t us);

/* The whole page: text/plain; version=0.0.4. */
void metrics_text(const struct metrics *m, struct fg_buf *b);
/* The page's part on an audit log. */
void metrics_audit(const struct audit *a, struct fg_buf *b);

/* ==== health ================================================================================ */

enum health_part {
	HEALTH_STORE = 0, /* answers, and its rows are authentic */
	HEALTH_DIRECTORY, /* a snapshot is loaded and confirmed */
	HEALTH_KEYS,      /* epoch keys to mint with */
	HEALTH_CLOCK,     /* the clock can be trusted */
	HEALTH_AUDIT,     /* records reach the disk */
	HEALTH_FETCH,     /* the fetch process is there; not needed to be ready */
	HEALTH_MAX,
};

struct health {
	/* private: static texts; NULL: not heard of yet (not ready) */
	const char *_Atomic why[HEALTH_MAX];
	_Atomic bool stopping;
};

/* why: a static text of what is wrong; "" when it is well. */
void health_set(struct health *h, enum health_part p, const char *why);
void health_stop(struct health *h); /* not ready for good: the process is stopping */
bool health_ok(const struct health *h, enum health_part p);
/* Is everything that is needed well?  b (may be NULL) gets one line a part: "store ok\n". */
bool health_ready(const struct health *h, struct fg_buf *b);

/* ==== budgets =============================================================================== */

/* Work that is paid for before it is known to be wanted. */
#define COSTS(X)                                \
	X(RS256_2048, "rsa2048-verify", 25)     \
	X(RS256_3072, "rsa3072-verify", 55)     \
	X(RS256_4096, "rsa4096-verify", 95)     \
	X(ES256, "p256-verify", 80)             \
	X(ES384, "p384-verify", 870)            \
	X(ES512, "p521-verify", 630)            \
	X(EDDSA, "ed25519-verify", 130)         \
	X(SIGV4, "sigv4-verify", 10)            \
	X(OPEN, "token-open", 5)                \
	X(SAML_PARSE, "saml-parse", 100)        \
	X(RSA_DECRYPT, "rsa-decrypt", 800)      \
	X(PASSWORD, "password-hash", 50000)

enum cost {
#define COST_ENUM(id, name, us) COST_##id,
	COSTS(COST_ENUM)
#undef COST_ENUM
	COST_MAX
};

struct budget_config {
	size_t slots;        /* addresses remembered; rounded up to a power of two; 0: default */
	uint32_t rate_us;    /* microseconds of work an address earns each second; 0: default */
	uint32_t burst_us;   /* at most saved up; 0: default */
	uint64_t key[2];     /* random: where an address lies */
};

struct budget;
enum fg_rc budget_new(const struct budget_config *c, struct budget **ret, struct fg_err *reterr) FG_MUST;
void budget_free(struct budget *b);
/*
 * Charge an address (an IPv6 one counts as its /64) for work that follows; what it costs is what
 * it has been measured to cost.  False: over budget (then nothing is charged); answer 429 or
 * Throttling.  *ret_us is what was taken, for the refund.
 */
bool budget_take(struct budget *b, const struct fg_ip *ip, enum cost c, uint64_t now_us,
    uint32_t *ret_us) FG_MUST;
/* The proof was good: give it back. */
void budget_refund(struct budget *b, const struct fg_ip *ip, uint32_t us);
/* What one such piece of work took. */
void budget_measured(struct budget *b, enum cost c, uint64_t us);
uint32_t budget_cost(const struct budget *b, enum cost c); /* microseconds, as charged */

#endif
