/*
 * oidc/oidc_int.h - what the files of this folder share.
 *
 * Only verify.c makes a struct oidc_payload; only claims.c reads one.
 */
#ifndef OIDC_OIDC_INT_H
#define OIDC_OIDC_INT_H

#include <openssl/evp.h>

#include "base/codec.h"
#include "oidc/oidc.h"

#define OIDC_DIGEST_MAX 64   /* bytes: SHA-512 */
#define OIDC_ECDSA_MAX 132   /* bytes: P-521, R || S */

enum oidc_kty { OIDC_KTY_NONE = 0, OIDC_KTY_RSA, OIDC_KTY_EC, OIDC_KTY_OKP, OIDC_KTY_MAX };

enum oidc_scheme { OIDC_SCHEME_NONE = 0, OIDC_PKCS1, OIDC_PSS, OIDC_ECDSA, OIDC_EDWARDS };

enum oidc_hash { OIDC_SHA256 = 0, OIDC_SHA384, OIDC_SHA512, OIDC_HASH_MAX };

struct oidc_alg_row {
	struct fg_str name;
	enum oidc_scheme scheme;
	enum oidc_hash hash;
	uint16_t coord; /* ECDSA: bytes of R and of S */
};
/* NULL for OIDC_ALG_NONE and values out of range. */
const struct oidc_alg_row *oidc_alg_row(enum oidc_alg alg);

/* ---- keys (jwk.c, weak.c, jwks.c) ---- */

struct oidc_key {
	EVP_PKEY *pkey; /* owned by the set */
	enum oidc_kty kty;
	oidc_algs algs;
	bool key_ops;           /* the JWK has key_ops (AWS refuses those) */
	uint16_t bits;          /* RSA modulus */
	uint16_t sig_bytes;     /* the one length a signature may have */
	struct fg_str kid;      /* in the set's arena; null without one */
	unsigned char thumb[32];
};

struct oidc_jwks {
	struct fg_arena *arena;
	struct oidc_key *key; /* usable, sorted by kid (those without one first) */
	size_t n;
	size_t skipped[OIDC_SKIP_MAX];
};

/* One member of "keys" into *ret.  OIDC_SKIP_NONE: usable, ret->pkey is owned by the caller. */
enum fg_rc oidc_jwk_read(struct fg_arena *a, const struct fg_json *j, uint32_t obj,
    unsigned flags, struct oidc_key *ret, enum oidc_skip *retskip, struct fg_err *reterr) FG_MUST;

/* Big-endian modulus with the fingerprint of CVE-2017-15361. */
bool oidc_roca(struct fg_str n);
/* One of the encodings of an Ed25519 point of small order; x is 32 bytes. */
bool oidc_small_order(const unsigned char *x);

/* ---- one token ---- */

enum oidc_typ { OIDC_TYP_JWT = 0, OIDC_TYP_ACCESS };

struct oidc_jws {
	struct fg_str input;   /* header.payload, as signed */
	struct fg_str payload; /* its second part, still encoded */
	struct fg_str sig;     /* decoded */
	enum oidc_alg alg;
	enum oidc_typ typ;
	struct fg_str kid; /* null when absent */
	/* the payload: decoded when bytes.p is not NULL, parsed when json.n is not 0 */
	struct fg_str bytes;
	struct fg_json json;
};

struct oidc_payload {
	const struct oidc_provider *provider;
	struct oidc_jws *jws;
};

/* Strict base64url into the arena; a refusal is told from a full arena. */
enum fg_rc oidc_base64url(struct fg_arena *a, struct fg_str in, const char *what,
    struct fg_str *ret, struct fg_err *reterr) FG_MUST;
/* Decode the payload, once. */
enum fg_rc oidc_jws_decode(struct fg_arena *a, struct oidc_jws *jws, struct fg_err *reterr) FG_MUST;
/* Decode and parse it, once; the document is an object. */
enum fg_rc oidc_jws_claims(struct fg_arena *a, struct oidc_jws *jws, struct fg_err *reterr) FG_MUST;

/* ---- claims ---- */

/* The members of a payload that have a meaning here; node indices, 0 = absent. */
enum oidc_known {
	OIDC_K_NONE = 0,
	OIDC_K_ISS,
	OIDC_K_SUB,
	OIDC_K_AUD,
	OIDC_K_AZP,
	OIDC_K_EXP,
	OIDC_K_IAT,
	OIDC_K_NBF,
	OIDC_K_JTI,
	OIDC_K_CNF,
	OIDC_K_EVENTS,
	OIDC_K_TAGS,
	OIDC_K_TRANSITIVE,
	OIDC_K_SOURCE,
	OIDC_K_ROLES,
	OIDC_K_LINEAGE,
	OIDC_K_MAX
};

struct oidc_read {
	struct fg_arena *arena;
	const struct fg_json *j;
	const struct oidc_provider *p;
	uint32_t at[OIDC_K_MAX];
	size_t nflat; /* members https://aws.amazon.com/tags/principal_tags/K */
	/* aud as a list */
	const struct fg_str *aud;
	size_t naud;
};

/* tags, roles, source identity (session.c) */
enum fg_rc oidc_read_session(struct oidc_read *r, struct oidc_facts *f, struct fg_err *reterr) FG_MUST;
/* condition keys (keys.c) */
enum fg_rc oidc_read_keys(struct oidc_read *r, struct oidc_facts *f, struct fg_err *reterr) FG_MUST;
/*
 * An array of strings into the arena.  False: not an array of strings, or out of
 * memory (then *retnomem).
 */
bool oidc_read_list(struct oidc_read *r, uint32_t node, const struct fg_str **ret, size_t *retn,
    bool *retnomem) FG_MUST;

#define OIDC_FLAT_TAG "https://aws.amazon.com/tags/principal_tags/"

#endif
