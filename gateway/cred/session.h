/*
 * gateway/cred/session.h - a part of gateway/cred/cred.h: ids, and sessions: minted, and opened again.
 *
 * Owns, Units, Errors, Refuses: as gateway/cred/cred.h.
 */
#ifndef GATEWAY_CRED_SESSION_H
#define GATEWAY_CRED_SESSION_H

#include "gateway/cred/state.h"

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

#endif
