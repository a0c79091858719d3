/*
 * gateway/cred/cred.h - the key ring and its process, and everything that is made
 * with its keys: session tokens, temporary secrets, wrapped long-lived secrets, ids.
 *
 * Shape:    root keys lie in a ring file that only the `cred` process (or a one-shot
 *           command of the operator) reads.  The gateway asks it over a socket for
 *           epoch keys ahead of need and builds an immutable struct cred_keys from
 *           them.  A worker mints and opens with that snapshot and its own struct
 *           cred_worker: no lock, no process crossing.
 *           States of keys (staged, sealing, opening, gone) live in the store as rows;
 *           the rules by which they change are pure functions here.
 * Owns:     _new/_open results are owned and freed by the matching call (NULL accepted).
 *           Strings in a struct cred_session are borrowed; those of an opened session
 *           borrow from its struct cred_opened.
 * Units:    fg_time; an epoch is 3600 s and is numbered issue time / 3600.
 * Errors:   FG_E_CREDENTIAL          a token, blob or id that is not ours, not whole, or
 *                                    not of this purpose (one text for all of these)
 *           FG_E_CREDENTIAL_EXPIRED  ours and whole, but over
 *           FG_E_PACKED              the session does not fit 4,096 characters
 *           FG_E_UNAVAILABLE         no key for this epoch, cred does not answer
 *           FG_E_CLOCK, FG_E_CONFLICT (a change of state that the rules refuse),
 *           FG_E_PARAM, FG_E_SYNTAX, FG_E_IO, FG_E_CRYPTO, FG_E_NOMEM
 * Refuses:  a blob of one purpose where another is expected, a foreign installation, an
 *           unknown version or field, a token issued outside its key's epoch, sessions
 *           over 129,600 s, chains over 8, a ring file that others can read.
 * Does not: read the clock (but for cred_main), log, or decide whether a session may exist.
 * Source:   C2SP XAES-256-GCM, RFC 5869, RFC 2104; security.md rules 1 to 8, 21, 22, 32.
 */
#ifndef CRED_H
#define CRED_H

#include "base/base.h"

/* ---- classes, states and rows of keys --------------------------------------------- */

enum cred_class {
	CRED_CLASS_NONE = 0,
	CRED_CLASS_SESSION, /* root of the epoch keys */
	CRED_CLASS_WRAP,    /* wraps long-lived secrets in their rows; never leaves cred */
	CRED_CLASS_ROW,     /* authenticates rows of the store */
	CRED_CLASS_AUDIT,   /* seeds audit chains, signs checkpoints */
	CRED_CLASS_MAX,
};

/* Zero is the state that can do nothing. */
enum cred_state {
	CRED_STATE_GONE = 0, /* bytes erased or to be erased: neither seals nor opens */
	CRED_STATE_OPENING,  /* opens what it sealed */
	CRED_STATE_SEALING,  /* the newest one of its class seals; all of them open */
	CRED_STATE_STAGED,   /* held by nodes, opens, does not seal yet */
	CRED_STATE_MAX,
};

const char *cred_class_name(enum cred_class c); /* "session"; "none" when out of range */
const char *cred_state_name(enum cred_state s); /* "staged" */
bool cred_class_parse(struct fg_str s, enum cred_class *ret) FG_MUST;
bool cred_state_parse(struct fg_str s, enum cred_state *ret) FG_MUST;

#define CRED_FP_BYTES 16
#define CRED_INSTALLATION_BYTES 16

/* What the store keeps of a key; never its bytes. */
struct cred_key_row {
	uint32_t id; /* random, not 0; shown as 8 hex digits */
	enum cred_class cls;
	enum cred_state state;
	uint8_t fp[CRED_FP_BYTES]; /* one-way fingerprint of the bytes in the ring */
	fg_time since;             /* of the present state */
	fg_time until; /* opening: when the last thing it can have sealed is over; else 0 */
};

/* Facts that a change of state is judged by; zeroes refuse. */
struct cred_evidence {
	fg_time now;
	bool clock_ok;       /* the clock guard is content, and the mark is recent */
	unsigned live_nodes; /* nodes that are up */
	unsigned acks;       /* of these, how many hold this key */
	size_t in_use;       /* rows still wrapped or authenticated with it */
	bool successor;      /* another key of the class is sealing */
};

/*
 * Judge and make the change in *row.  staged -> sealing needs an acknowledgement of every
 * live node; sealing -> opening a successor; opening -> gone that `until` is past, that
 * nothing uses the key and that the clock can be trusted; staged -> gone no use.
 * FG_E_CONFLICT (or FG_E_CLOCK) names the rule and leaves *row as it was.  Nothing changes by
 * the passing of time alone.
 */
enum fg_rc cred_state_change(struct cred_key_row *row, enum cred_state to,
    const struct cred_evidence *ev, struct fg_err *reterr) FG_MUST;

/* The key that seals now: the newest SEALING one of the class; NULL: refuse to seal. */
const struct cred_key_row *cred_key_sealing(
    const struct cred_key_row *rows, size_t n, enum cred_class cls);
bool cred_key_opens(const struct cred_key_row *row); /* staged, sealing or opening */

/*
 * staged -> sealing for one key and sealing -> opening for the others of its class: all of it or
 * nothing.
 */
enum fg_rc cred_state_promote(struct cred_key_row *rows, size_t n, uint32_t id,
    const struct cred_evidence *ev, struct fg_err *reterr) FG_MUST;

/* ---- versions (rule 22) and clock (rule 21) --------------------------------------- */

#define CRED_TOKEN_VERSION 1 /* what this binary seals and opens */

/* The token version to seal: the least of what the live nodes open; 0 (refuse) without nodes. */
unsigned cred_version_seal(const unsigned *node_opens, size_t n);

/* A pair of readings taken together, in nanoseconds. */
struct cred_clock {
	int64_t wall_ns; /* CLOCK_REALTIME */
	int64_t boot_ns; /* CLOCK_BOOTTIME */
};

struct cred_guard {
	struct cred_clock base; /* readings that were trusted */
	fg_time mark;           /* latest wall time ever seen, persisted by the caller */
	bool stopped;           /* latched until cred_guard_ack */
	bool confirmed;         /* by a recent mark at start, or by the operator */
};

/* Start; mark is the persisted one (0: none).  A wall clock over 5 s before it: stopped. */
void cred_guard_init(struct cred_guard *g, struct cred_clock at, fg_time mark);
/*
 * FG_OK and *ret_now, or FG_E_CLOCK: the wall clock went back or apart from boot time by
 * more than 5 s since the base.  Latches.  Moves g->mark forward.
 */
enum fg_rc cred_guard_check(
    struct cred_guard *g, struct cred_clock at, fg_time *ret_now, struct fg_err *reterr) FG_MUST;
/* The operator says that the clock is right now: a new base and mark. */
void cred_guard_ack(struct cred_guard *g, struct cred_clock at);
/*
 * May what is past by this clock be destroyed?  Only while it runs well and when it was within
 * a week of the mark at start, or is acknowledged: a start with a clock that is a year ahead is not.
 */
bool cred_guard_confirmed(const struct cred_guard *g);
/* The one place that reads the two clocks. */
enum fg_rc cred_clock_read(struct cred_clock *ret, struct fg_err *reterr) FG_MUST;
/* The persisted mark: a file of one decimal line, 0600, written by rename.  Absent gives 0. */
enum fg_rc cred_mark_load(const char *path, fg_time *ret, struct fg_err *reterr) FG_MUST;
enum fg_rc cred_mark_save(const char *path, fg_time mark, struct fg_err *reterr) FG_MUST;

/* ---- ids (sts.md 2.1a) --------------------------------------------------------------- */

#define CRED_ACCOUNT_CHARS 12
#define CRED_KEY_ID_CHARS 20
#define CRED_SECRET_CHARS 40
#define CRED_UID_CHARS 21 /* AROA + 17 */

enum cred_key_kind { CRED_KEY_NONE = 0, CRED_KEY_AKIA, CRED_KEY_ASIA };
enum cred_uid_kind {
	CRED_UID_NONE = 0,
	CRED_UID_ROLE,    /* AROA */
	CRED_UID_USER,    /* AIDA */
	CRED_UID_GROUP,   /* AGPA */
	CRED_UID_POLICY,  /* ANPA */
	CRED_UID_PROFILE, /* AIPA */
};

/* Fill p with n random bytes; false: refuse whatever needed them. */
typedef bool (*cred_rand_fn)(void *arg, void *p, size_t n);
bool cred_rand_system(void *arg, void *p, size_t n); /* OpenSSL's generator */

/* Access key id with the account inside; out has room for 21 (NUL). */
enum fg_rc cred_key_id_new(enum cred_key_kind kind, struct fg_str account, char out[21],
    struct fg_err *reterr) FG_MUST;
/* Kind and account of an id; CRED_KEY_NONE when it is not of our layout. account: 13 bytes. */
enum cred_key_kind cred_key_id_read(struct fg_str id, char account[13]);
/* 40 random characters of base64: a long-lived secret. out has room for 41. */
enum fg_rc cred_secret_new(char out[41], struct fg_err *reterr) FG_MUST;
/* A unique id; out has room for 22. */
enum fg_rc cred_uid_new(enum cred_uid_kind kind, char out[22], struct fg_err *reterr) FG_MUST;
enum cred_uid_kind cred_uid_read(struct fg_str id);

/* ---- sessions ------------------------------------------------------------------------ */

enum cred_kind {
	CRED_KIND_NONE = 0,
	CRED_KIND_ROLE,      /* AssumeRole*: principal AROA, name = session name */
	CRED_KIND_FEDERATED, /* GetFederationToken: principal AIDA, name = federated name */
	CRED_KIND_USER,      /* GetSessionToken: principal AIDA, no name */
	CRED_KIND_ROOT,      /* AssumeRoot or root's session token: principal = account id */
	CRED_KIND_MAX,
};

enum cred_method {
	CRED_METHOD_NONE = 0,
	CRED_METHOD_KEY,  /* a long-lived access key started the chain */
	CRED_METHOD_OIDC,
	CRED_METHOD_SAML,
	CRED_METHOD_WEB,  /* a person signed in at our pages */
	CRED_METHOD_MAX,
};

#define CRED_CHAIN_MAX 8
#define CRED_TAGS_MAX 50
#define CRED_MANAGED_MAX 10
#define CRED_CARRIED_MAX 16
#define CRED_SESSION_ID_BYTES 16

struct cred_tag {
	struct fg_str key, value;
	bool transitive;
};
struct cred_managed {
	struct fg_str arn, version; /* "v3": pinned; what cannot be resolved denies */
};
struct cred_carried {
	struct fg_str key, value; /* a provider's condition key that travels with the session */
};
struct cred_ancestor {
	uint8_t session_id[CRED_SESSION_ID_BYTES];
	struct fg_str principal; /* unique id */
	fg_time issued;
	struct fg_str link; /* ARN of the provider that took its token of our issuer; null: direct */
};

struct cred_session {
	enum cred_kind kind;
	fg_time issued, expires;
	struct fg_str account;   /* 12 digits; also inside the access key id */
	struct fg_str principal; /* unique id (or account id for ROOT) */
	struct fg_str name;
	uint8_t session_id[CRED_SESSION_ID_BYTES]; /* zero at mint: a random one is made */
	struct fg_str policy;                      /* inline session policy; null: none */
	struct cred_managed managed[CRED_MANAGED_MAX];
	size_t managed_n;
	struct cred_tag tags[CRED_TAGS_MAX];
	size_t tags_n;
	struct fg_str source_identity; /* null: none */
	enum cred_method method;       /* how the chain began */
	struct fg_str provider;        /* ARN; null for KEY */
	struct fg_str issuer, subject; /* of the first proof; for KEY the key's id, and the user's ARN */
	fg_time origin;                /* time of the first proof */
	fg_time mfa;                   /* when MFA was shown; 0: not */
	struct cred_carried carried[CRED_CARRIED_MAX];
	size_t carried_n;
	struct cred_ancestor chain[CRED_CHAIN_MAX]; /* oldest first */
	size_t chain_n;                             /* depth */
};

/* What a session costs in the token. */
struct cred_packed {
	size_t token_chars;  /* of the encoded token */
	unsigned percent;    /* PackedPolicySize: policies and tags against their allotment */
	unsigned tag_percent; /* tags alone */
};

struct cred_minted {
	char access_key_id[CRED_KEY_ID_CHARS + 1];
	char secret[CRED_SECRET_CHARS + 1];
	char token[FG_LIMIT_TOKEN_CHARS + 1];
	size_t token_n;
	struct cred_packed packed;
	uint8_t session_id[CRED_SESSION_ID_BYTES];
};

struct cred_opened {
	struct cred_session session; /* strings lie in buf */
	char secret[CRED_SECRET_CHARS + 1];
	unsigned char buf[FG_LIMIT_TOKEN_BYTES];
};

/* Immutable set of epoch keys; shared between threads by reference count. */
struct cred_keys;
/* One per thread: prepared cipher contexts and the source of randomness. */
struct cred_worker;

struct cred_keys *cred_keys_ref(struct cred_keys *k);
void cred_keys_unref(struct cred_keys *k); /* the last one wipes */
/* First second that this snapshot cannot mint in: refresh long before. */
fg_time cred_keys_good_until(const struct cred_keys *k);
const uint8_t *cred_keys_installation(const struct cred_keys *k);
/* Seal this token version (cred_version_seal()); one that is not written here: it opens and does not
 * mint.  Before the snapshot is shared. */
void cred_keys_gate(struct cred_keys *k, unsigned version);

/* rand NULL: cred_rand_system. */
enum fg_rc cred_worker_new(cred_rand_fn rand, void *rand_arg, struct cred_worker **ret,
    struct fg_err *reterr) FG_MUST;
void cred_worker_free(struct cred_worker *w);

/* Size without minting: PackedPolicySize of a refused request is wanted too. */
enum fg_rc cred_measure(const struct cred_session *s, struct cred_packed *ret,
    struct fg_err *reterr) FG_MUST;
/*
 * Credentials for a session, valid from s->issued (the request's clock reading).
 * FG_E_PACKED: ret->packed is filled, nothing else.
 */
enum fg_rc cred_mint(struct cred_worker *w, const struct cred_keys *k,
    const struct cred_session *s, struct cred_minted *ret, struct fg_err *reterr) FG_MUST;
/*
 * The session behind an access key id and its token, and its secret for checking the
 * signature.  Nothing of *ret is to be believed before that check, and nobody but the
 * directory says whether the principal still lives.
 */
enum fg_rc cred_open(struct cred_worker *w, const struct cred_keys *k, struct fg_str access_key_id,
    struct fg_str token, fg_time now, struct cred_opened *ret, struct fg_err *reterr) FG_MUST;
void cred_opened_wipe(struct cred_opened *o);

/* ---- other sealed blobs -------------------------------------------------------------- */

enum cred_purpose {
	CRED_P_NONE = 0,
	CRED_P_SESSION,  /* by cred_mint and cred_open only */
	CRED_P_AUTHZ,    /* encoded authorization failure message */
	CRED_P_WEB,      /* cookie of a person's session */
	CRED_P_STATE,    /* relay state, OIDC state, CSRF */
	CRED_P_ACCESS,   /* bearer access token of the OAuth side */
	CRED_P_CODE,     /* authorization and device codes */
	CRED_P_PAGE,     /* pagination markers */
	CRED_P_LINEAGE,  /* where an outbound token comes from: lineage.h */
	CRED_P_MAX,
};

/*
 * Seal for a purpose, bound to `bind` (client id, account, ...; at most 255 bytes), good from
 * `now` for ttl seconds (1 to 129,600).  Base64url text is put into out.
 */
enum fg_rc cred_seal(struct cred_worker *w, const struct cred_keys *k, enum cred_purpose purpose,
    struct fg_str bind, struct fg_str plain, fg_time now, int64_t ttl, struct fg_buf *out,
    struct fg_err *reterr) FG_MUST;
/* The plaintext, in the arena. */
enum fg_rc cred_unseal(struct cred_worker *w, const struct cred_keys *k,
    enum cred_purpose purpose, struct fg_str bind, struct fg_str text, fg_time now,
    struct fg_arena *a, struct fg_str *ret, struct fg_err *reterr) FG_MUST;

/* ---- the ring file: for `init`, `keys` and the cred process --------------------------- */

struct cred_ring; /* root keys, in locked memory */

struct cred_ring_entry {
	uint32_t id;
	enum cred_class cls;
	fg_time created;
	uint8_t fp[CRED_FP_BYTES];
};

#define CRED_RING_MAX 64 /* keys in a ring */

/* A new ring in memory: an installation id and one key of each class. */
enum fg_rc cred_ring_new(fg_time now, struct cred_ring **ret, struct fg_err *reterr) FG_MUST;
/* Read a ring file: a regular file of ours, mode 0600, not reached through a link. */
enum fg_rc cred_ring_load(const char *path, struct cred_ring **ret, struct fg_err *reterr) FG_MUST;
/* Write beside it, fsync, rename, fsync the folder.  create: FG_E_EXISTS when it is there. */
enum cred_save { CRED_SAVE_CREATE = 0, CRED_SAVE_REPLACE };
enum fg_rc cred_ring_save(const struct cred_ring *r, const char *path, enum cred_save how,
    struct fg_err *reterr) FG_MUST;
void cred_ring_free(struct cred_ring *r); /* wipes */
enum fg_rc cred_ring_add(struct cred_ring *r, enum cred_class cls, fg_time now, uint32_t *ret_id,
    struct fg_err *reterr) FG_MUST;
enum fg_rc cred_ring_drop(struct cred_ring *r, uint32_t id, struct fg_err *reterr) FG_MUST;
size_t cred_ring_list(const struct cred_ring *r, struct cred_ring_entry out[CRED_RING_MAX]);
const uint8_t *cred_ring_installation(const struct cred_ring *r);
/* The row that the store gets for a new key. */
struct cred_key_row cred_key_row_of(const struct cred_ring_entry *e, enum cred_state st,
    fg_time now);
/* Every row that is not gone has its key in the ring, with the same fingerprint. */
enum fg_rc cred_ring_check(const struct cred_ring_entry *ring, size_t ring_n,
    const struct cred_key_row *rows, size_t n, struct fg_err *reterr) FG_MUST;

/* A data folder or a ring's: absent it is made (0700); there it must be ours, 0700, not a link, and
 * no folder above it may be writable by others (sticky ones excepted). */
enum fg_rc cred_dir_check(const char *path, struct fg_err *reterr) FG_MUST;
/* The folder of a file that is served from: ours, and nobody else may write there. */
enum fg_rc cred_folder_check(const char *file, struct fg_err *reterr) FG_MUST;
/* FG_E_EXISTS when something (even a dangling link) is at path. */
enum fg_rc cred_absent_check(const char *path, const char *what, struct fg_err *reterr) FG_MUST;

/* ---- the client of the cred process ---------------------------------------------------- */

struct cred_client; /* safe between threads; a call blocks up to its deadline (1 s) */

/* Over a SOCK_SEQPACKET descriptor (taken; closed by _close).  Greets. */
enum fg_rc cred_client_open(int fd, struct cred_client **ret, struct fg_err *reterr) FG_MUST;
/* In this process, on a ring (taken): for commands of the operator and for tests. */
enum fg_rc cred_client_local(struct cred_ring *ring, struct cred_client **ret,
    struct fg_err *reterr) FG_MUST;
void cred_client_close(struct cred_client *c);
const uint8_t *cred_client_installation(const struct cred_client *c);
/* What the ring holds. */
enum fg_rc cred_client_list(struct cred_client *c, struct cred_ring_entry out[CRED_RING_MAX],
    size_t *ret_n, struct fg_err *reterr) FG_MUST;

/*
 * A snapshot for minting and opening from `now`: every session key of rows that opens, its
 * epochs of the last 37 hours and the next 3.  The sealing key is cred_key_sealing(); without
 * one the snapshot opens and does not mint.  Call at start, each 10 minutes, and when rows change.
 */
enum fg_rc cred_client_keys(struct cred_client *c, const struct cred_key_row *rows, size_t n,
    fg_time now, struct cred_keys **ret, struct fg_err *reterr) FG_MUST;

/* The key under which a row's HMAC-SHA-256 is made (id of a ROW key). */
enum fg_rc cred_client_row_key(struct cred_client *c, uint32_t id, uint8_t ret[32],
    struct fg_err *reterr) FG_MUST;
/* The first MAC key of an audit chain; the same (id, chain) always gives the same seed. */
enum fg_rc cred_client_audit_seed(struct cred_client *c, uint32_t id, const uint8_t chain[16],
    uint8_t ret[32], struct fg_err *reterr) FG_MUST;
/* Ed25519 over a checkpoint (at most 512 bytes), and the public key to verify it with. */
enum fg_rc cred_client_audit_sign(struct cred_client *c, uint32_t id, struct fg_str checkpoint,
    uint8_t ret[64], struct fg_err *reterr) FG_MUST;
enum fg_rc cred_client_audit_public(struct cred_client *c, uint32_t id, uint8_t ret[32],
    struct fg_err *reterr) FG_MUST;
bool cred_audit_verify(const uint8_t public_key[32], struct fg_str checkpoint, const uint8_t sig[64]);

/* What a long-lived secret is; each kind has its own subkey. */
enum cred_secret_kind {
	CRED_SECRET_NONE = 0,
	CRED_SECRET_ACCESS_KEY,
	CRED_SECRET_SAML_KEY,    /* decryption key of a SAML provider */
	CRED_SECRET_TOTP,
	CRED_SECRET_SIGNING_KEY, /* of outbound tokens */
	CRED_SECRET_OIDC_CLIENT,
	CRED_SECRET_PASSWORD,    /* pepper-wrapped password hashes and the like */
	CRED_SECRET_MAX,
};

/* Where it lies; all of it is authenticated, so a row copied elsewhere does not open. */
struct cred_where {
	enum cred_secret_kind kind;
	struct fg_str table, row, account, owner; /* owner: unique id; 1 to 255 bytes each */
};

struct cred_unwrap {
	struct cred_where where;
	struct fg_str blob;
	enum fg_rc rc;    /* of this one */
	struct fg_str plain; /* in the arena when rc is FG_OK */
};

/* Wrap under the WRAP key with this id; at most 16,384 bytes; the blob is put into the arena. */
enum fg_rc cred_client_wrap(struct cred_client *c, uint32_t id, const struct cred_where *where,
    struct fg_str plain, struct fg_arena *a, struct fg_str *ret, struct fg_err *reterr) FG_MUST;
/* Many at once, in as few crossings as fit.  FG_OK when cred answered: look at each rc. */
enum fg_rc cred_client_unwrap(struct cred_client *c, struct cred_unwrap *items, size_t n,
    struct fg_arena *a, struct fg_err *reterr) FG_MUST;
/* The id of the wrap key of a blob (for re-wrapping and for counting use); 0 when malformed. */
uint32_t cred_wrap_key_id(struct fg_str blob);

/* ---- rows of the store ------------------------------------------------------------------ */

struct store;
struct store_ring;
struct store_key;
struct store_mfa;
struct store_secret;

/* Id and fingerprint as hex, class by name, state as a number.  The strings lie in *text. */
struct cred_row_text {
	char id[9], fp[2 * CRED_FP_BYTES + 1];
};
void cred_row_put(const struct cred_key_row *row, struct cred_row_text *text, struct store_ring *ret);
/* False when it is not a row that we wrote: then the key does nothing. */
bool cred_row_get(const struct store_ring *from, struct cred_key_row *ret);

/* Where each kind of row keeps its wrapped secret: the one spelling for wrapping and opening. */
struct cred_where cred_where_key(const struct store_key *k);
struct cred_where cred_where_mfa(const struct store_mfa *m);
/* By purpose: saml-decrypt, outbound-sign, oidc-client; any other gives a kind that is refused. */
struct cred_where cred_where_secret(const struct store_secret *s);

struct cred_rows {
	struct cred_key_row row[CRED_RING_MAX];
	size_t n;
};
enum fg_rc cred_rows_read(struct store *st, struct cred_rows *ret, struct fg_err *reterr) FG_MUST;
/* A key of the ring that the store does not know yet; FG_E_EXISTS. */
enum fg_rc cred_rows_add(struct store *st, const struct cred_ring_entry *e, enum cred_state state,
    fg_time now, struct fg_err *reterr) FG_MUST;
/* cred_state_promote and cred_state_change to gone, on the store's rows, in one transaction. */
enum fg_rc cred_rows_promote(struct store *st, uint32_t id, const struct cred_evidence *ev,
    struct fg_err *reterr) FG_MUST;
enum fg_rc cred_rows_retire(struct store *st, uint32_t id, const struct cred_evidence *ev,
    struct fg_err *reterr) FG_MUST;
/* Rows whose secret is wrapped with this key. */
enum fg_rc cred_rows_wrapped(struct store *st, uint32_t id, size_t *ret, struct fg_err *reterr) FG_MUST;
/* Wrap every secret that is under another key with key `id`, in one transaction; how many. */
enum fg_rc cred_rows_rewrap(struct store *st, struct cred_client *c, uint32_t id, size_t *ret,
    struct fg_err *reterr) FG_MUST;

/* ---- the process ------------------------------------------------------------------------ */

/* Who is at the other end of a descriptor; decides which requests are answered. */
enum cred_peer { CRED_PEER_NONE = 0, CRED_PEER_GATEWAY = 1, CRED_PEER_CTL = 2 };

struct cred_serve {
	int fd;              /* SOCK_SEQPACKET */
	enum cred_peer peer;
};

/*
 * Answer requests until every peer has hung up or SIGTERM.  `ready` is called once, after the ring is
 * read and before the first request: there the process gives up its rights.  Returns an exit status.
 */
int cred_main(const char *ring_path, const struct cred_serve *serve, size_t n,
    enum fg_rc (*ready)(void *arg, struct fg_err *reterr), void *arg);

#endif
