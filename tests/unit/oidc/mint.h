/*
 * tests/unit/oidc/mint.h - tokens and key sets for tests, from the keys in tests/vectors/oidc/keys.
 *
 * Shape:    everything lies in the arena; a failure fails the test that asked.
 */
#ifndef TESTS_OIDC_MINT_H
#define TESTS_OIDC_MINT_H

#include "oidc/oidc_int.h"

#define MINT_NOW 1790000000
#define ISSUER "https://token.example.com/acme"
#define CLIENT "sts.amazonaws.com"

/* A signature's form, as a signer makes it. */
struct mint_alg {
	const char *name;   /* of the header */
	const char *key;    /* file without .pem */
	enum oidc_scheme scheme;
	const char *md;
	size_t coord; /* ECDSA */
};
const struct mint_alg *mint_alg(const char *name);

/* Signed with a key of that file; header and payload are texts of any kind. */
struct fg_str mint_with(struct fg_arena *a, const struct mint_alg *alg, const char *key,
    struct fg_str header, struct fg_str payload);
/* {"alg":ALG,"kid":"KEYFILE","typ":"JWT"} and the alg's own key. */
struct fg_str mint(struct fg_arena *a, const char *alg, const char *payload);
/* base64url(header).base64url(payload).base64url(sig) of any bytes. */
struct fg_str mint_raw(struct fg_arena *a, struct fg_str header, struct fg_str payload,
    struct fg_str sig);
/* GitHub-Actions-shaped claims with these times; more: further members, each with its comma before. */
struct fg_str mint_claims(struct fg_arena *a, const char *more);
/* A whole payload of iss, sub, aud, iat, exp where *_json replace the values; NULL leaves the member out. */
struct fg_str mint_payload(struct fg_arena *a, const char *iss, const char *sub, const char *aud,
    const char *iat, const char *exp, const char *more);

/* The public JWK of a key file; more: further members, each with its comma before. */
struct fg_str mint_jwk(struct fg_arena *a, const char *key, const char *kid, const char *more);
/* {"keys":[...]} of key files (kid = file), NULL-terminated. */
struct fg_str mint_jwks(struct fg_arena *a, const char *const *keys);
/* The parsed set of all keys above, for tests that only need one. */
struct oidc_jwks *mint_set(const char *const *keys);
/* PEM of the public key. */
struct fg_str mint_pem(struct fg_arena *a, const char *key);

/* Provider of ISSUER and CLIENT with all algorithms. */
struct oidc_provider mint_provider(void);

#endif
