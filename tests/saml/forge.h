/*
 * tests/saml/forge.h - an identity provider for tests: writes Responses, signs and encrypts
 * them with keys of tests/vectors/saml.
 *
 * Shape:    fill a struct forge (zero means the ordinary value), forge_response() writes the
 *           XML.  Any text can be replaced, any part left out, any algorithm chosen.
 * Owns:     the result lies in the arena.  Failures end the process: tests cannot go on.
 */
#ifndef TESTS_SAML_FORGE_H
#define TESTS_SAML_FORGE_H

#include "saml/saml_int.h"

#define FORGE_ISSUER "https://idp.example.test/metadata"
#define FORGE_ACS "https://signin.example.test/saml"
#define FORGE_AUDIENCE "urn:example:gateway"
#define FORGE_REQUEST "_req1"
#define FORGE_NOW 1768471230 /* 2026-01-15T10:00:30Z */

enum forge_sign { FORGE_SIGN_ASSERTION = 0, FORGE_SIGN_RESPONSE, FORGE_SIGN_BOTH, FORGE_SIGN_NONE };

struct forge_alg {
	const char *signature; /* URI; NULL: rsa-sha256 */
	const char *digest;    /* URI; NULL: sha256 */
	const char *key;       /* file of the private key; NULL: idp.key */
	const char *prefixes;  /* InclusiveNamespaces PrefixList; NULL: none */
	const char *uri;       /* of the Reference; NULL: '#' and the ID */
	const char *c14n;      /* method that SignedInfo names; NULL: exclusive */
	bool last;             /* Signature is the last child, not after Issuer */
	bool no_key_info;
};

enum forge_transport { FORGE_OAEP_SHA1 = 0, FORGE_OAEP_SHA256, FORGE_OAEP11_SHA256, FORGE_RSA15 };

struct forge_cipher {
	const char *cipher; /* "aes256-cbc", "aes128-gcm"; NULL: not encrypted */
	enum forge_transport transport;
	bool beside;          /* EncryptedKey beside EncryptedData, with a RetrievalMethod */
	bool no_digest;       /* leave DigestMethod out (default SHA-1) */
	const char *cert;     /* file of the certificate; NULL: sp.crt */
	bool truncate;        /* cut one block off the cipher text */
	unsigned flip;        /* flip one bit of this byte of the data, from 1 */
	unsigned pad;         /* CBC: 1 + the byte that tells the padding; 0: as it should be */
};

struct forge {
	enum forge_sign sign;
	struct forge_alg alg;
	struct forge_cipher enc;
	unsigned roles;  /* Role values; 0: 2 */
	fg_time issued;  /* 0: 30 s before FORGE_NOW */
	/* NULL: the ordinary content; "" leaves the part out */
	const char *name_id, *confirmation, *conditions, *authn, *attributes;
	const char *issuer, *response_issuer, *status, *extensions, *advice;
	const char *before_sign_from, *before_sign_to; /* a replacement in the unsigned XML */
};

void forge_init(struct fg_arena *a, const char *dir); /* where the keys are */
struct fg_str forge_response(struct fg_arena *a, const struct forge *f);
struct fg_str forge_base64(struct fg_arena *a, struct fg_str xml);
struct fg_str forge_file(struct fg_arena *a, const char *name);
/* Sign the element with that ID again (its Signature is taken out first, if there is one). */
struct fg_str forge_sign(struct fg_arena *a, struct fg_str xml, bool response,
    const struct forge_alg *alg);
/* Every occurrence of from becomes to. */
struct fg_str forge_replace(struct fg_arena *a, struct fg_str xml, struct fg_str from,
    struct fg_str to);
/* A provider with that certificate file (NULL: idp.crt) and, with decrypt, sp.key. */
struct saml_provider *forge_provider(const char *cert, unsigned allow, bool decrypt);
/* What a forged document is meant for. */
struct saml_expect forge_expect(fg_time now);
enum fg_rc forge_accept(struct fg_arena *a, const struct saml_provider *p, struct fg_str body,
    fg_time now, struct saml_facts *ret, struct fg_err *reterr);

#endif
