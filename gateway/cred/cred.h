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
 *           Its parts are state.h and session.h; include this one.
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
#include "gateway/cred/session.h"
#include "gateway/cred/state.h"

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
