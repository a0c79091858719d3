/*
 * oidc/oidc.h - a compact JWT and the provider it is presented to become facts.
 *
 * Shape:    token bytes --oidc_jws_parse--> struct oidc_jws (nothing of it is proven; its
 *           claimed issuer may be used to look up a provider, and for nothing else)
 *           --oidc_key_find, oidc_verify--> struct oidc_payload (the bytes that were
 *           signed) --oidc_claims_read--> struct oidc_facts.  oidc_check() is the last
 *           three in a row.  A key set is parsed once, is immutable and may be shared
 *           between threads; a struct oidc_worker belongs to one thread.
 * Owns:     everything of one token lies in the caller's arena or borrows from the token,
 *           and is valid until the arena is reset; key sets, workers and discovery
 *           documents are owned (_free).  Facts do not point into the key set.
 * Units:    times are fg_time (UTC seconds), sizes bytes, costs microseconds.
 * Errors:   FG_E_SYNTAX       the token is not a JWT that we read (whole or in part)
 *           FG_E_LIMIT        larger than base/limits.h allows
 *           FG_E_UNSUPPORTED  algorithm, header parameter, type or serialisation not accepted
 *           FG_E_KEY          no key of the set fits (step oidc.key.unknown: a refetch may help)
 *           FG_E_SIGNATURE    the signature does not verify under the key
 *           FG_E_ISSUER FG_E_AUDIENCE FG_E_EXPIRED FG_E_NOT_YET FG_E_CLAIM  the claims
 *           FG_E_NOMEM FG_E_CRYPTO  ours
 * Refuses:  everything that spec rows B1 1..13 and B2 name: alg none and HS* always, an
 *           algorithm that is not in the provider's list or does not fit the key, crit, b64,
 *           zip, enc, nested JWTs, JWE, JSON serialisation, duplicate members at any depth,
 *           bad UTF-8, missing iss sub aud exp iat, an ambiguous kid, private or weak keys.
 * Does not: use jku, x5u, x5c, jwk or x5t of a header, read a clock, fetch, log, keep globals,
 *           or allocate heap memory to verify a token (OpenSSL does inside a verification).
 * Source:   RFC 7515..7519, 7638, 7797, 8037, 8725, 9068, 9864; OpenID Connect Core 3.1.3.7,
 *           Discovery 4.3; the answers of AWS STS where AWS_PARITY is set.
 */
#ifndef OIDC_OIDC_H
#define OIDC_OIDC_H

#include "base/json.h"
#include "base/time.h"

/* ---- algorithms ---- */

enum oidc_alg {
	OIDC_ALG_NONE = 0, /* never accepted */
	OIDC_RS256,
	OIDC_RS384,
	OIDC_RS512,
	OIDC_ES256,
	OIDC_ES384,
	OIDC_ES512,
	OIDC_PS256,
	OIDC_PS384,
	OIDC_PS512,
	OIDC_EDDSA,   /* RFC 8037 name, Ed25519 keys only */
	OIDC_ED25519, /* RFC 9864 name of the same */
	OIDC_ALG_MAX
};

/* A set of algorithms; zero accepts nothing. */
typedef uint32_t oidc_algs;
#define OIDC_ALG_BIT(alg) ((oidc_algs)1 << (alg))
#define OIDC_ALGS_DEFAULT OIDC_ALG_BIT(OIDC_RS256)
/* What AWS STS accepts. */
#define OIDC_ALGS_AWS                                                                            \
	(OIDC_ALG_BIT(OIDC_RS256) | OIDC_ALG_BIT(OIDC_RS384) | OIDC_ALG_BIT(OIDC_RS512) |        \
	    OIDC_ALG_BIT(OIDC_ES256) | OIDC_ALG_BIT(OIDC_ES384) | OIDC_ALG_BIT(OIDC_ES512))
/* All that there are. */
#define OIDC_ALGS_ALL                                                                            \
	(OIDC_ALGS_AWS | OIDC_ALG_BIT(OIDC_PS256) | OIDC_ALG_BIT(OIDC_PS384) |                   \
	    OIDC_ALG_BIT(OIDC_PS512) | OIDC_ALG_BIT(OIDC_EDDSA) | OIDC_ALG_BIT(OIDC_ED25519))

/* "RS256"; byte-exact.  OIDC_ALG_NONE for anything else ("none", "rs256", "HS256"). */
enum oidc_alg oidc_alg_find(struct fg_str name);
/* Static; "none" for OIDC_ALG_NONE. */
const char *oidc_alg_name(enum oidc_alg alg);

/* ---- keys ---- */

struct oidc_key;  /* one usable public key; borrowed from its set */
struct oidc_jwks; /* immutable set of keys */

enum oidc_jwks_flag {
	OIDC_JWKS_BIG_RSA = 1, /* operator's switch: RSA up to 8192 bits, not 4096 */
};

/* Why a member of "keys" was left out.  The set stays usable without it. */
enum oidc_skip {
	OIDC_SKIP_NONE = 0,
	OIDC_SKIP_KTY,       /* kty, crv or alg not known here, oct included */
	OIDC_SKIP_USE,       /* use is not "sig", or key_ops lacks "verify" */
	OIDC_SKIP_PRIVATE,   /* private members present: alarm, the issuer leaks its key */
	OIDC_SKIP_WEAK,      /* too small or too large, exponent, ROCA, small order */
	OIDC_SKIP_MALFORMED, /* members missing, encoding or length wrong, point not on curve */
	OIDC_SKIP_KID,       /* kid is not a string of at most 256 bytes */
	OIDC_SKIP_AMBIGUOUS, /* two usable keys share the kid: both are out */
	OIDC_SKIP_MAX
};

/*
 * Parse a JWKS document (an object with "keys").  flags: enum oidc_jwks_flag.
 * Owned; free with oidc_jwks_free.  A set without a usable key is FG_E_KEY, step
 * oidc.jwks.empty: a bad answer must never replace a good set.
 */
enum fg_rc oidc_jwks_parse(struct fg_str doc, unsigned flags, struct oidc_jwks **ret,
    struct fg_err *reterr) FG_MUST;
/*
 * The same set without the keys of these kids; owned, independent of the first.  FG_E_KEY, step
 * oidc.jwks.empty, when none is left.
 */
enum fg_rc oidc_jwks_without(const struct oidc_jwks *set, const struct fg_str *kid, size_t n,
    struct oidc_jwks **ret, struct fg_err *reterr) FG_MUST;
/* NULL accepted.  No verification may be running on it. */
void oidc_jwks_free(struct oidc_jwks *set);
void oidc_jwks_freep(struct oidc_jwks **set);
size_t oidc_jwks_count(const struct oidc_jwks *set); /* usable keys */
/* How many members were left out for a reason. */
size_t oidc_jwks_skipped(const struct oidc_jwks *set, enum oidc_skip why);
const char *oidc_skip_name(enum oidc_skip why); /* metric label */
const struct oidc_key *oidc_jwks_at(const struct oidc_jwks *set, size_t i);
/* A key with exactly this kid; NULL if none (or ambiguous). */
const struct oidc_key *oidc_jwks_find(const struct oidc_jwks *set, struct fg_str kid);
/* Every key of a is in b and the other way round (kid, material, alg). */
bool oidc_jwks_same(const struct oidc_jwks *a, const struct oidc_jwks *b);

struct fg_str oidc_key_kid(const struct oidc_key *key); /* null when the key has none */
/* RFC 7638 thumbprint, SHA-256, 32 bytes. */
const unsigned char *oidc_key_thumbprint(const struct oidc_key *key);
/* Algorithms that the key can be used with. */
oidc_algs oidc_key_algs(const struct oidc_key *key);
/* Estimated microseconds of one verification: what a token bucket is charged. */
unsigned oidc_key_cost_us(const struct oidc_key *key);

/* ---- provider ---- */

enum oidc_flag {
	OIDC_AWS_PARITY = 1,      /* skew 300 s, azp rule, digit-string times, key_ops as AWS */
	OIDC_ACCESS_TOKENS = 2,   /* typ at+jwt (RFC 9068) accepted too */
	OIDC_ANY_AUDIENCE = 4,    /* several aud without azp: one match is enough (Bitbucket) */
	OIDC_AZP_ONLY = 8,        /* AWS's azp rule alone: azp decides, aud is then not looked at */
	OIDC_IGNORE_CNF = 16,     /* sender-constrained tokens accepted as bearer tokens */
	OIDC_SINGLE_USE = 32,     /* jti required; the caller claims it once in the store */
	OIDC_LONG_SUBJECT = 64,   /* sub up to 512 bytes, not 255 */
};

#define OIDC_SKEW_PARITY_S 300

/* What the operator registered.  Borrowed by everything that is called with it. */
struct oidc_provider {
	struct fg_str issuer;           /* byte-exact, with its scheme and any trailing slash */
	const struct fg_str *client_id; /* accepted audiences */
	size_t nclient_id;
	oidc_algs algs;         /* zero accepts nothing; OIDC_ALGS_DEFAULT */
	unsigned flags;         /* enum oidc_flag */
	int32_t skew_s;         /* seconds, 0..300; parity makes it 300 at least */
	int32_t max_lifetime_s; /* exp - iat at most; 0: FG_LIMIT_OIDC_LIFETIME_S */
	int32_t max_age_s;      /* now - iat at most; 0: no such rule */
};

/* Defaults: RS256, skew 60 s, lifetime 24 h, no flag, no issuer, no audience. */
struct oidc_provider oidc_provider_default(void);

/*
 * May this URL be registered as an issuer: https, at most 255 bytes, host with a dot and
 * no reserved first label, no userinfo, query or fragment, no blank, no ':' in the
 * path.  A port is allowed.  flags: enum oidc_issuer_flag.
 */
enum fg_rc oidc_issuer_check(struct fg_str url, unsigned flags, struct fg_err *reterr) FG_MUST;
enum oidc_issuer_flag {
	OIDC_ISSUER_HTTP = 1,  /* plain http and hosts without a dot are taken: the operator said so */
};
/* The issuer as it stands in ARNs and condition keys: without its scheme. */
struct fg_str oidc_issuer_bare(struct fg_str url);

/* An http or https URL taken apart; strings borrow from it. */
struct oidc_url {
	bool secure;   /* https */
	bool has_port; /* port is written, not implied */
	bool literal6; /* host was in brackets */
	bool query, fragment;
	struct fg_str host; /* without brackets; 1..253 bytes */
	uint16_t port;
	struct fg_str tail; /* path, query and fragment */
};

/* False: another scheme, userinfo, a byte that must be encoded, a bad host or port. */
bool oidc_url_parse(struct fg_str s, struct oidc_url *ret) FG_MUST;

/* ---- one token ---- */

struct oidc_jws;     /* parsed, not verified */
struct oidc_payload; /* verified; only oidc_verify() makes one */

/*
 * Spec B1 1..5: length, shape, header.  Everything of it lies in the arena or
 * borrows from token.
 */
enum fg_rc oidc_jws_parse(struct fg_arena *a, struct fg_str token, struct oidc_jws **ret,
    struct fg_err *reterr) FG_MUST;
enum oidc_alg oidc_jws_alg(const struct oidc_jws *jws);
struct fg_str oidc_jws_kid(const struct oidc_jws *jws); /* null when absent */
/*
 * The issuer that the token claims, to look a provider up with; not proven.
 * Parses the payload strictly (once: claims are read from the same parse).
 */
enum fg_rc oidc_jws_issuer(struct fg_arena *a, struct oidc_jws *jws, struct fg_str *ret,
    struct fg_err *reterr) FG_MUST;

/*
 * The one key of the set that this token may be verified with under the
 * provider's rules.  FG_E_KEY with step oidc.key.unknown when the kid is not in the
 * set (worth a refetch), oidc.key.kid when it is missing and the set has several,
 * oidc.key.fit when it is there and must not be used with this alg.
 */
enum fg_rc oidc_key_find(const struct oidc_provider *p, const struct oidc_jwks *set,
    const struct oidc_jws *jws, const struct oidc_key **ret, struct fg_err *reterr) FG_MUST;

/*
 * Prepared contexts of one thread.  Keeps a bounded cache of contexts by key
 * material and algorithm; a key that leaves its set is never looked up again and
 * ages out.
 */
struct oidc_worker;
struct oidc_worker *oidc_worker_new(void) FG_MUST; /* owned; NULL when memory is short */
void oidc_worker_free(struct oidc_worker *w);      /* NULL accepted */
void oidc_worker_freep(struct oidc_worker **w);

/* Spec B1 3, 5, 7, 8: algorithm and type by the provider, key fit, signature. */
enum fg_rc oidc_verify(struct oidc_worker *w, struct fg_arena *a, const struct oidc_provider *p,
    struct oidc_jws *jws, const struct oidc_key *key, const struct oidc_payload **ret,
    struct fg_err *reterr) FG_MUST;
/* The signed payload, decoded. */
struct fg_str oidc_payload_bytes(const struct oidc_payload *payload);

/* ---- claims ---- */

enum oidc_claim_type { OIDC_CLAIM_NONE = 0, OIDC_CLAIM_STRING, OIDC_CLAIM_BOOL, OIDC_CLAIM_STRINGS };

/* One condition key: `<issuer without scheme>:<name>`. */
struct oidc_claim {
	struct fg_str name;
	enum oidc_claim_type type;
	bool yes;                  /* OIDC_CLAIM_BOOL */
	struct fg_str value;       /* OIDC_CLAIM_STRING; BOOL: "true" or "false" */
	const struct fg_str *list; /* OIDC_CLAIM_STRINGS, n of them; n may be 0 */
	size_t n;
};

struct oidc_tag {
	struct fg_str key, value;
};

struct oidc_facts {
	struct fg_str issuer;           /* as registered */
	struct fg_str subject;
	struct fg_str audience;         /* effective: azp if present, else what matched */
	struct fg_str authorized_party; /* azp; null when absent */
	struct fg_str key_id;           /* kid of the header; null when absent */
	struct fg_str jti;              /* null when absent */
	enum oidc_alg alg;
	fg_time issued_at, expires_at;
	fg_time not_before;     /* 0 when absent */
	unsigned flags;         /* of the provider: enum oidc_flag */
	/*
	 * Condition keys: `aud` (effective), `oaud` (the audiences of the token), `sub`, and
	 * every other top-level string, boolean and array of strings whose name holds no
	 * ':'.  No two names are equal, letter case aside.
	 */
	const struct oidc_claim *claim;
	size_t nclaim;
	/* https://aws.amazon.com/tags, nested or flat; as sent, names not yet checked */
	const struct oidc_tag *tag;
	size_t ntag;
	const struct fg_str *transitive;
	size_t ntransitive;
	struct fg_str source_identity; /* https://aws.amazon.com/source_identity; null when absent */
	bool has_roles;                /* https://aws.amazon.com/roles is there and not null */
	const struct fg_str *role;     /* exact role ARNs */
	size_t nrole;
	struct fg_str lineage;         /* OIDC_LINEAGE, a string; null when absent */
	struct fg_str json;            /* the payload as it was signed, for display */
};

/* In a token of our own: where it comes from, sealed.  Holds a ':', so it is no condition key. */
#define OIDC_LINEAGE "urn:fedgate:lineage"

/* What AWS's texts quote; filled on refusal by the functions that take it (NULL accepted). */
struct oidc_refusal {
	fg_time now, bound;
	const char *claim; /* static: "exp" */
};

/* Spec B1 9..14.  The provider is the one that the payload was verified for. */
enum fg_rc oidc_claims_read(struct fg_arena *a, const struct oidc_payload *payload, fg_time now,
    struct oidc_facts *ret, struct oidc_refusal *retwhy, struct fg_err *reterr) FG_MUST;

/* oidc_key_find, oidc_verify, oidc_claims_read. */
enum fg_rc oidc_check(struct oidc_worker *w, struct fg_arena *a, const struct oidc_provider *p,
    const struct oidc_jwks *set, struct oidc_jws *jws, fg_time now, struct oidc_facts *ret,
    struct oidc_refusal *retwhy, struct fg_err *reterr) FG_MUST;

/* NULL if none.  Names are compared as condition keys are: ASCII case aside. */
const struct oidc_claim *oidc_claim_find(const struct oidc_facts *facts, struct fg_str name);

/*
 * AWS's wording for a refusal of this folder, with its numbers.  The code follows
 * from err->rc: FG_E_EXPIRED is ExpiredTokenException, FG_SELF an internal failure,
 * all else InvalidIdentityToken.
 */
void oidc_wording(const struct fg_err *err, const struct oidc_refusal *why, struct fg_buf *out);

/* ---- discovery ---- */

struct oidc_discovery {
	struct fg_str jwks_uri;
	struct fg_str issuer;
	/* for sign-in; null when absent or not https */
	struct fg_str authorization_endpoint, token_endpoint, end_session_endpoint;
	oidc_algs algs; /* of id_token_signing_alg_values_supported; zero when absent */
};

/*
 * Parse /.well-known/openid-configuration.  Refuses an issuer that is not
 * byte-equal to the registered one, and a jwks_uri with another scheme than https (http with
 * OIDC_ISSUER_HTTP), with userinfo or a fragment.  Strings lie in the arena.
 */
enum fg_rc oidc_discovery_parse(struct fg_arena *a, struct fg_str doc, struct fg_str issuer,
    unsigned flags, struct oidc_discovery *ret, struct fg_err *reterr) FG_MUST;
/* issuer + "/.well-known/openid-configuration", one slash between; p == NULL: out of arena. */
struct fg_str oidc_discovery_url(struct fg_arena *a, struct fg_str issuer) FG_MUST;

#endif
