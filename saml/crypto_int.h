/*
 * saml/crypto_int.h - the only door to OpenSSL of this folder (private to saml/).
 *
 * Shape:    algorithms are rows of a table found by URI; keys are parsed once and kept as
 *           EVP_PKEY with verification contexts made ready.
 * Owns:     struct crypto_key and struct crypto_private are caller's storage:
 *           _init / _done.
 */
#ifndef SAML_CRYPTO_INT_H
#define SAML_CRYPTO_INT_H

#include "base/base.h"

enum crypto_hash { CRYPTO_SHA1 = 0, CRYPTO_SHA224, CRYPTO_SHA256, CRYPTO_SHA384, CRYPTO_SHA512, CRYPTO_HASH_MAX };
enum crypto_kind { CRYPTO_NO_KEY = 0, CRYPTO_RSA, CRYPTO_EC };
enum crypto_pad { CRYPTO_PKCS1 = 0, CRYPTO_PSS };

enum { CRYPTO_DIGEST_MAX = 64, CRYPTO_BLOCK = 16 };

/* A signature method of the profile. */
struct crypto_alg {
	struct fg_str uri;
	const char *name; /* "rsa-sha256" */
	enum crypto_kind kind;
	enum crypto_hash hash;
	enum crypto_pad pad;
	unsigned needs; /* SAML_ALLOW_* without which it is refused */
};
const struct crypto_alg *crypto_alg_find(struct fg_str uri); /* NULL: not of the profile */

struct crypto_digest {
	struct fg_str uri;
	enum crypto_hash hash;
	unsigned needs;
};
const struct crypto_digest *crypto_digest_find(struct fg_str uri);

/* Digests fetched once; shared by all users of one provider. */
struct crypto {
	struct evp_md_st *md[CRYPTO_HASH_MAX];
};
bool crypto_init(struct crypto *c) FG_MUST;
void crypto_done(struct crypto *c);
bool crypto_hash(const struct crypto *c, enum crypto_hash h, struct fg_str octets,
    unsigned char out[CRYPTO_DIGEST_MAX], size_t *ret_n) FG_MUST;

/* SHA-1 of octets, 20 bytes: a name in AWS's formula, not a protection. */
bool crypto_sha1(struct fg_str octets, unsigned char out[CRYPTO_DIGEST_MAX]) FG_MUST;

struct crypto_key {
	enum crypto_kind kind;
	unsigned bits;
	char id[65];   /* SHA-256 of the SubjectPublicKeyInfo, hex */
	char name[16]; /* "RSA-2048" */
	struct evp_pkey_st *pkey;
	struct evp_pkey_ctx_st *ready; /* RSA: PKCS #1, SHA-256, made ready; copied per use */
};
/* A DER certificate or SubjectPublicKeyInfo. */
enum fg_rc crypto_key_init(struct crypto_key *k, const struct crypto *c, struct fg_str der,
    struct fg_err *reterr) FG_MUST;
void crypto_key_done(struct crypto_key *k);
/* Does the signature verify?  *ret is false on any mismatch; FG_E_* only for our own faults. */
enum fg_rc crypto_verify(const struct crypto *c, const struct crypto_key *k,
    const struct crypto_alg *alg, struct fg_str octets, struct fg_str signature, bool *ret,
    struct fg_err *reterr) FG_MUST;

/* ---- decryption (decipher.c) ---- */

struct crypto_private {
	struct evp_pkey_st *pkey;
	unsigned bits;
};
enum fg_rc crypto_private_init(struct crypto_private *k, struct fg_str pem,
    struct fg_err *reterr) FG_MUST;
void crypto_private_done(struct crypto_private *k);

enum crypto_transport { CRYPTO_OAEP = 0, CRYPTO_RSA15 };
struct crypto_wrap {
	enum crypto_transport transport;
	enum crypto_hash hash; /* OAEP */
	enum crypto_hash mgf;
	struct fg_str label;
};
struct crypto_cipher {
	struct fg_str uri;
	const char *name; /* OpenSSL's */
	size_t key_n;
	bool gcm;
};
const struct crypto_cipher *crypto_cipher_find(struct fg_str uri);
/*
 * Unwrap the content key and decrypt.  False for every failure alike; what was wrong
 * is not told, and RSA 1.5 goes on with a random key (no padding oracle).  out has room for
 * data.n + CRYPTO_BLOCK bytes; *ret points into it.
 */
bool crypto_open(const struct crypto_private *k, const struct crypto_wrap *w,
    const struct crypto_cipher *cipher, struct fg_str wrapped, struct fg_str data,
    unsigned char *out, struct fg_str *ret) FG_MUST;

/* Validity of a DER certificate; zeros when it has none that we can read. */
void crypto_cert_dates(struct fg_str der, fg_time *ret_from, fg_time *ret_until);

/* PEM blocks -> DER. */
enum fg_rc crypto_pem(struct fg_arena *a, struct fg_str pem, struct fg_str *ret, size_t max,
    size_t *ret_n, struct fg_err *reterr) FG_MUST;

#endif
