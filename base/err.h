/*
 * base/err.h - one result type: a code that groups by whose fault it is, and
 * the rule that was broken.
 *
 * Shape:    functions that can fail return enum fg_rc and fill a struct fg_err
 *           given as their last argument, on failure only.
 * Owns:     nothing; step and ref are static strings, text is in the struct.
 * Refuses:  text is for operators: control characters in it are replaced, and
 *           callers never put a secret, a token or an assertion into it.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

#define FG_MUST __attribute__((warn_unused_result))
#define FG_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define FG_AUTO(fn) __attribute__((cleanup(fn)))
/*
 * For a large local array that is written before it is read: it is not zeroed first.  Only where
 * the length that was written goes with it.
 */
#if defined(__has_attribute) && __has_attribute(uninitialized)
#define FG_UNINIT __attribute__((uninitialized))
#else
#define FG_UNINIT
#endif
#define FG_LIKELY(x) __builtin_expect(!!(x), 1)
#define FG_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define FG_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Move a pointer out of a variable that a cleanup would free.  p is evaluated once. */
#define FG_STEAL(p)                                                            \
	({                                                                     \
		__typeof__(p) *fg_from_ = &(p);                                \
		__typeof__(p) fg_stolen_ = *fg_from_;                          \
		*fg_from_ = NULL;                                              \
		fg_stolen_;                                                    \
	})

/* Return the code upward.  The only macro that changes control flow. */
#define FG_TRY(call)                                                           \
	do {                                                                   \
		enum fg_rc fg_try_rc_ = (call);                                \
		if (FG_UNLIKELY(fg_try_rc_ != FG_OK))                          \
			return fg_try_rc_;                                     \
	} while (0)

/* Whose fault it is: decides 4xx or 5xx, alerting and retry. */
enum fg_class { FG_SELF = 0, FG_FINE, FG_CALLER, FG_PEER };

/* code, class, text, metric label */
#define FG_ERRORS(X)                                                                             \
	X(FG_OK, FG_FINE, "ok")                                                                  \
	X(FG_E_INTERNAL, FG_SELF, "internal error")                                              \
	X(FG_E_NOMEM, FG_SELF, "out of memory")                                                  \
	X(FG_E_IO, FG_SELF, "input or output failed")                                            \
	X(FG_E_STORE, FG_SELF, "store failed")                                                   \
	X(FG_E_CRYPTO, FG_SELF, "cryptographic library failed")                                  \
	X(FG_E_CLOCK, FG_SELF, "clock cannot be trusted")                                        \
	X(FG_E_UNAVAILABLE, FG_SELF, "service is not ready")                                     \
	X(FG_E_SYNTAX, FG_CALLER, "input is not well formed")                                    \
	X(FG_E_LIMIT, FG_CALLER, "input is over a limit")                                        \
	X(FG_E_PARAM, FG_CALLER, "parameter is missing or not valid")                            \
	X(FG_E_UNSUPPORTED, FG_CALLER, "form or algorithm is not accepted")                      \
	X(FG_E_SIGNATURE, FG_CALLER, "signature does not verify")                                \
	X(FG_E_KEY, FG_CALLER, "no key for this signature")                                      \
	X(FG_E_ISSUER, FG_CALLER, "issuer is not registered")                                    \
	X(FG_E_AUDIENCE, FG_CALLER, "audience is not accepted")                                  \
	X(FG_E_EXPIRED, FG_CALLER, "proof has expired")                                          \
	X(FG_E_NOT_YET, FG_CALLER, "proof is not valid yet")                                     \
	X(FG_E_CLAIM, FG_CALLER, "claim or attribute is missing or not valid")                   \
	X(FG_E_REPLAY, FG_CALLER, "proof was already used")                                      \
	X(FG_E_DENIED, FG_CALLER, "denied by policy")                                            \
	X(FG_E_POLICY, FG_CALLER, "policy document is not valid")                                \
	X(FG_E_PACKED, FG_CALLER, "packed policies and tags are too large")                      \
	X(FG_E_CREDENTIAL, FG_CALLER, "credentials are not valid")                               \
	X(FG_E_CREDENTIAL_EXPIRED, FG_CALLER, "credentials have expired")                        \
	X(FG_E_EXISTS, FG_CALLER, "entity already exists")                                       \
	X(FG_E_NOT_FOUND, FG_CALLER, "entity does not exist")                                    \
	X(FG_E_CONFLICT, FG_CALLER, "request conflicts with the state of an entity")             \
	X(FG_E_THROTTLED, FG_CALLER, "too many requests")                                        \
	X(FG_E_USAGE, FG_CALLER, "usage")                                                        \
	X(FG_E_IDP, FG_PEER, "identity provider did not answer")

enum fg_rc {
#define FG_ERR_ENUM(code, class, text) code,
	FG_ERRORS(FG_ERR_ENUM)
#undef FG_ERR_ENUM
	FG_RC_MAX
};

struct fg_err {
	enum fg_rc rc;
	const char *step; /* static: "saml.conditions.audience" */
	const char *ref;  /* static: "SAML Core 2.5.1.4", or NULL */
	char text[FG_LIMIT_ERR_TEXT]; /* for operators; never holds a secret */
};

enum fg_class fg_rc_class(enum fg_rc rc);
/* The fixed sentence of a code ("signature does not verify"); never NULL. */
const char *fg_rc_text(enum fg_rc rc);
/* The name without its prefix, in lower case: a metric label ("signature"). */
const char *fg_rc_label(enum fg_rc rc);

/*
 * Fill *e and return rc, so that a refusal is one line.  Keeps the first
 * failure: an *e that already holds one is left as it is.  e may be NULL.
 */
enum fg_rc fg_fail(struct fg_err *e, enum fg_rc rc, const char *step, const char *ref,
    const char *fmt, ...) FG_PRINTF(5, 6);

/* Forget a failure, to try something else with the same struct. */
void fg_err_clear(struct fg_err *e);

#endif
