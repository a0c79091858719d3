/*
 * gateway/sigv4/sigv4.h - is this request signed with that secret?
 *
 * Shape:    sigv4_read() takes a request apart and applies every rule that needs no
 *           secret; the caller finds the secret of auth.key_id; sigv4_check_time() and
 *           sigv4_check() decide.  Canonical request and string to sign are functions of
 *           their own, so that each stage can be compared with a golden vector.
 * Owns:     struct sigv4_crypto is owned by one thread (sigv4_crypto_new / _free); it holds
 *           a digest context and a small cache of derived signing keys.  All else borrows
 *           from the request or lies in the arena.
 * Units:    fg_time is UTC seconds.  The window is FG_LIMIT_SIGV4_WINDOW_S on both sides.
 * Errors:   FG_E_SYNTAX       incomplete or not well formed (IncompleteSignature)
 *           FG_E_UNSUPPORTED  an algorithm or payload form that is not taken (SigV4a,
 *                             SigV2, UNSIGNED-PAYLOAD, streaming)
 *           FG_E_SIGNATURE    does not verify, or something that must be signed is not
 *           FG_E_EXPIRED, FG_E_NOT_YET, FG_E_LIMIT, FG_E_NOMEM, FG_E_CRYPTO
 * Refuses:  two forms of authentication, two dates, two tokens, a repeated parameter, an
 *           x-amz-* header or Host that is not signed, signed names that are unsorted,
 *           repeated or absent, a scope of another day, a payload hash that is not the
 *           body's.
 * Does not: look at the clock, know accounts, or decide which action takes which form.
 * Source:   AWS Signature Version 4, as the published test suite has it.
 */
#ifndef GATEWAY_SIGV4_SIGV4_H
#define GATEWAY_SIGV4_SIGV4_H

#include "base/base.h"

#define SIGV4_DIGEST_BYTES 32

struct sigv4_crypto;

/* One header as it came, in order; values without the blanks at their ends are fine too. */
struct sigv4_header {
	struct fg_str name;
	struct fg_str value;
};

struct sigv4_request {
	struct fg_str method;
	struct fg_str path;  /* raw, up to the first '?' */
	struct fg_str query; /* raw, after it; null or empty when there is none */
	const struct sigv4_header *headers;
	size_t n_headers;
	unsigned char body_sha256[SIGV4_DIGEST_BYTES]; /* of the whole body, computed here */
};

/* Zero: the request carries no signature at all. */
enum sigv4_form { SIGV4_NONE = 0, SIGV4_HEADER, SIGV4_QUERY };

/* How a resource canonicalises its path; STS and IAM only have "/". */
enum sigv4_path {
	SIGV4_PATH_RAW = 0,    /* raw bytes, encoded once more */
	SIGV4_PATH_NORMAL,     /* the same after dot segments and double slashes are gone */
	SIGV4_PATH_OBJECT,     /* decoded, then encoded once (object stores) */
};

struct sigv4_auth {
	enum sigv4_form form;
	struct fg_str key_id;
	struct fg_str date;    /* 8 digits of the scope */
	struct fg_str region;
	struct fg_str service;
	struct fg_str scope;   /* date/region/service/aws4_request */
	struct fg_str signed_headers; /* as sent: lower case, sorted, by ';' */
	struct fg_str timestamp; /* as sent: 20261122T145000Z */
	fg_time time;
	uint64_t expires_s;    /* X-Amz-Expires, 0 without one; says nothing by itself */
	struct fg_str token;   /* session token; null without one */
	unsigned char signature[SIGV4_DIGEST_BYTES];
};

/* Owned; NULL without memory. */
struct sigv4_crypto *sigv4_crypto_new(void) FG_MUST;
void sigv4_crypto_free(struct sigv4_crypto *c); /* NULL accepted; wipes the cache */
void sigv4_crypto_freep(struct sigv4_crypto **c);

/*
 * Take the authentication apart.  ret->form is SIGV4_NONE, with FG_OK, when there is
 * none.  ret is filled as far as was read also on failure of a check about what is signed
 * (for the audit record); only FG_OK makes it usable.
 */
enum fg_rc sigv4_read(struct fg_arena *a, const struct sigv4_request *req,
    struct sigv4_auth *ret, struct fg_err *reterr) FG_MUST;

/* The same before the body is there: its hash is not looked at.  Proves nothing. */
enum fg_rc sigv4_read_head(struct fg_arena *a, const struct sigv4_request *req,
    struct sigv4_auth *ret, struct fg_err *reterr) FG_MUST;

/* Inside the window, whichever form. */
enum fg_rc sigv4_check_time(const struct sigv4_auth *auth, fg_time now,
    struct fg_err *reterr) FG_MUST;

/* Appends to b; the caller ends it. */
enum fg_rc sigv4_canonical(struct fg_arena *a, const struct sigv4_request *req,
    const struct sigv4_auth *auth, enum sigv4_path path, struct fg_buf *b,
    struct fg_err *reterr) FG_MUST;
void sigv4_string_to_sign(const struct sigv4_auth *auth, struct fg_str canonical,
    struct fg_buf *b);

/* HMAC chain of secret, day, region and service; from the cache when it was derived before. */
enum fg_rc sigv4_signing_key(struct sigv4_crypto *c, const struct sigv4_auth *auth,
    struct fg_str secret, unsigned char ret[SIGV4_DIGEST_BYTES], struct fg_err *reterr) FG_MUST;

/* All of the above; constant time in the signature.  FG_OK is the only acceptance. */
enum fg_rc sigv4_check(struct sigv4_crypto *c, struct fg_arena *a,
    const struct sigv4_request *req, const struct sigv4_auth *auth, enum sigv4_path path,
    struct fg_str secret, struct fg_err *reterr) FG_MUST;

/*
 * What AWS tells the caller about a failure of this folder, by the step of err; false
 * when it has no own sentence and the fault table's stands.
 */
bool sigv4_wording(const struct fg_err *err, const struct sigv4_auth *auth, fg_time now,
    struct fg_buf *b);

#endif
