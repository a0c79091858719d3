/*
 * saml/saml_int.h - what the files of saml/ share beyond the XML layer.
 */
#ifndef SAML_SAML_INT_H
#define SAML_SAML_INT_H

#include "saml/crypto_int.h"
#include "saml/saml.h"
#include "saml/xml_int.h"

struct saml_provider {
	struct fg_str id; /* owned, as entity_id */
	struct fg_str entity_id;
	struct crypto crypto;
	struct crypto_key key[FG_LIMIT_SAML_KEYS];
	size_t n_keys;
	struct crypto_private decrypt[FG_LIMIT_SAML_DECRYPT_KEYS];
	size_t n_decrypt;
	enum saml_encryption encryption;
	unsigned allow;
	fg_time valid_until;
};

/* Made by saml_verify() alone; everything in it comes from octets that a key vouched for, */
struct saml_signed {
	const struct saml_provider *provider;
	struct xml_doc doc; /* parsed from the verified octets, from nothing else */
	const struct xml_node *assertion;
	unsigned parts;
	unsigned legacy;
	bool encrypted;
	const struct crypto_key *key;
	const struct crypto_alg *alg;
	/* but for these, which are verified only with SAML_SIGNED_RESPONSE */
	struct fg_str response_id;
	struct fg_str response_in_response_to;
	struct fg_str destination;
};

/* ---- response.c: the parts of a Response ---- */

struct response {
	const struct xml_node *root;
	const struct xml_node *assertion; /* exactly one of these two */
	const struct xml_node *encrypted;
	const struct xml_node *signature;           /* of the Response; NULL without */
	const struct xml_node *assertion_signature; /* of the Assertion; NULL without */
	struct fg_str id;
	struct fg_str in_response_to; /* null when absent */
	struct fg_str destination;
};

/* R4, R6, R13, and R14 as far as an Issuer is legible. */
enum fg_rc response_read(struct fg_arena *a, const struct xml_doc *doc, struct fg_str entity_id,
    struct response *ret, struct fg_err *reterr) FG_MUST;
/* The one Signature child; refuses a second one (R6). */
enum fg_rc response_signature(const struct xml_node *of, const struct xml_node **ret,
    struct fg_err *reterr) FG_MUST;
/* An Issuer element's text equals the provider's entityID. */
enum fg_rc response_issuer(struct fg_arena *a, const struct xml_node *issuer,
    struct fg_str entity_id, struct fg_err *reterr) FG_MUST;
/* An unqualified attribute's value; null when absent.  False when memory is short. */
bool attr_get(struct fg_arena *a, const struct xml_node *n, struct fg_str name,
    struct fg_str *ret) FG_MUST;

/* ---- signature.c ---- */

struct signed_info {
	const struct crypto_alg *alg;
	const struct crypto_digest *digest;
	struct fg_str uri;
	struct xml_prefixes prefixes; /* of the exclusive transform */
	struct fg_str digest_value;   /* decoded */
};

/* Canonical octets of SignedInfo, which are about to be verified (R8, R9). */
enum fg_rc signature_info(struct fg_arena *a, unsigned allow, struct fg_str octets,
    struct signed_info *ret, struct fg_err *reterr) FG_MUST;

struct proof {
	struct fg_str octets; /* canonical form of the signed element, its Signature left out */
	const struct crypto_key *key;
	const struct crypto_alg *alg;
	unsigned legacy;
};

/* Does this Signature, a child of `of`, sign `of` with a key of the provider? */
enum fg_rc signature_verify(struct fg_arena *a, const struct saml_provider *p,
    const struct xml_node *of, const struct xml_node *signature, struct proof *ret,
    struct fg_err *reterr) FG_MUST;

/* ---- encrypted.c ---- */

struct envelope {
	struct crypto_wrap wrap;
	const struct crypto_cipher *cipher;
	struct fg_str wrapped;
	struct fg_str data;
};
enum fg_rc encrypted_read(struct fg_arena *a, const struct xml_node *encrypted,
    struct envelope *ret, struct fg_err *reterr) FG_MUST;

enum fg_rc saml_no_memory(struct fg_err *reterr);
/*
 * Base64 with XML white space, never empty, in the arena.  FG_E_SYNTAX or FG_E_NOMEM; the caller
 * names the step.
 */
enum fg_rc saml_base64(struct fg_arena *a, struct fg_str in, struct fg_str *ret) FG_MUST;
/* The base64 that is the one text of an element; FG_E_SYNTAX when it is not that. */
enum fg_rc saml_base64_text(struct fg_arena *a, const struct xml_node *n, struct fg_str *ret)
    FG_MUST;
/* Base64 or XML -> XML, within R1. */
enum fg_rc saml_decode(struct fg_arena *a, struct fg_str body, enum saml_form form,
    struct fg_str *ret, struct fg_err *reterr) FG_MUST;

#endif
