/*
 * gateway/api/hooks.h - a part of gateway/api/api.h: what the rest of the gateway gives to it, and the work of a call that waits.
 */
#ifndef GATEWAY_API_HOOKS_H
#define GATEWAY_API_HOOKS_H

#include "gateway/api/call.h"
#include "gateway/outbound/outbound.h"
#include "oidc/oidc.h"
#include "saml/saml.h"

/* A one-time code that a user shows, and the unique id whose device it must be. */
struct api_totp {
	struct fg_str account, user, serial, code;
	fg_time now;
};
/*
 * Blocks: reads the device's row, opens its seed, and writes what came of it.  FG_E_DENIED: not
 * the user's device, wrong, used before, or locked (5 failures in 5 minutes, then for a minute,
 * two, four, ...).
 */
enum fg_rc api_totp_check(struct store *st, struct cred_client *cred, const struct api_totp *ask,
    struct fg_err *reterr) FG_MUST;

/*
 * Two codes that follow one another show that a device is there, and how far its clock is from ours.
 * Changes *m, also when they are wrong (FG_E_DENIED): the caller writes it in either case.
 * FG_E_CONFLICT: locked.  *ret_seed is in the arena.
 */
enum fg_rc api_totp_sync(struct cred_client *cred, struct store_mfa *m, const struct fg_str code[2],
    fg_time now, struct fg_arena *a, struct fg_str *ret_seed, struct fg_err *reterr) FG_MUST;

/*
 * A change of the store on behalf of an action that has decided: one transaction.  Blocks; nobody
 * else touches the call meanwhile.  It may use the call's arena, err, fault, message, story and
 * xml, but nothing of the directory.
 */
typedef enum fg_rc (*api_write_fn)(struct api_call *c, struct store *st, struct cred_client *cred);

/*
 * Private-key work of a call that waits, on a thread of its own between directory_enter() and
 * directory_leave().  It may use the call's arena, arguments, state and err, and nothing of its
 * worker, which may have ended.
 */
typedef void (*api_aside_fn)(struct api_call *c);

/* SAML metadata that an action was given, read by another process while the call waits. */
struct api_metadata {
	struct fg_str xml;
	struct saml_metadata_want want;
	struct saml_metadata read; /* when err.rc is FG_OK */
	struct fg_err err;
};

/*
 * What the rest of the gateway gives to the API; tests give their own.  All are called on
 * the worker's thread; api_worker_user(c->w) is the worker's own.
 */
struct api_hooks {
	void *arg;
	/*
	 * Keys of a provider, valid until the next return to the loop; NULL with *reterr
	 * (FG_E_IDP) when there are none yet.
	 */
	const struct oidc_jwks *(*oidc_keys)(void *arg, struct api_call *c,
	    const struct directory_oidc *p, struct fg_err *reterr);
	/*
	 * The kid is not in that set: fetch again if a fetch may be made, and call
	 * api_resume(c) later, after 1 s at most.  False: no fetch, nothing will be called.
	 */
	bool (*oidc_wait)(void *arg, struct api_call *c, const struct directory_oidc *p,
	    struct fg_str kid);
	/* Keys of a SAML provider, as oidc_keys. */
	const struct saml_provider *(*saml_provider)(void *arg, struct api_call *c,
	    const struct directory_saml *p, struct fg_err *reterr);
	/* As audit_put() on the chain of this worker. */
	enum fg_rc (*audit)(void *arg, struct api_call *c, const struct audit_record *r,
	    audit_done done, void *done_arg, struct fg_err *reterr);
	/* As cred_client_unwrap(). */
	enum fg_rc (*unwrap)(void *arg, struct cred_unwrap *items, size_t n, struct fg_arena *a,
	    struct fg_err *reterr);
	/* Claim once; then api_claimed(c, rc), later.  Not FG_OK: nothing will be called. */
	enum fg_rc (*claim)(void *arg, struct api_call *c, struct store_claim *claim);
	/*
	 * Run api_totp_check() where blocking on the disk is allowed, then api_mfa(c, rc) on c's
	 * thread.  Strings are in c's arena.  Not FG_OK: nothing will be called.  May be NULL.
	 */
	enum fg_rc (*mfa)(void *arg, struct api_call *c, const struct api_totp *ask);
	/*
	 * Run fn(c, store, cred) where blocking on the disk is allowed, then api_written(c, rc) on
	 * c's thread.  Not FG_OK: nothing will be called.  NULL: nothing can be written.
	 */
	enum fg_rc (*write)(void *arg, struct api_call *c, api_write_fn fn);
	/*
	 * Run fn(c) off the loop, then api_resume(c) on c's thread.  Each owner (a provider's ARN) has
	 * a share of the queue: FG_E_THROTTLED when it is full.  Not FG_OK: nothing will be called.
	 * NULL: nothing can be decrypted.
	 */
	enum fg_rc (*aside)(void *arg, struct api_call *c, struct fg_str owner, api_aside_fn fn,
	    struct fg_err *reterr);
	/* Read metadata (in c's arena) in a process of its own, then api_resume(c) on c's thread. */
	enum fg_rc (*metadata)(void *arg, struct api_call *c, struct api_metadata *job,
	    struct fg_err *reterr);
	/* As outbound_sign(); blocks, on the thread of aside().  NULL: nothing can be signed. */
	enum fg_rc (*sign)(void *arg, struct outbound_job *job, struct fg_err *reterr);
	/* Charge a public-key verification before it is made; FG_E_THROTTLED.  May be NULL. */
	enum fg_rc (*charge)(void *arg, struct api_call *c, enum cost cost, struct fg_err *reterr);
	void (*refund)(void *arg, struct api_call *c); /* what was charged; may be NULL */
	/* An exchange is about to be answered; begin_us is the exchange's.  May be NULL. */
	void (*answered)(void *arg, struct api_call *c, uint64_t begin_us);
};

void api_claimed(struct api_call *c, enum fg_rc rc);
/* FG_OK: the code was right.  FG_E_DENIED: it was not; FG_SELF codes: it could not be told. */
void api_mfa(struct api_call *c, enum fg_rc rc);
/*
 * Hand the call over to fn; the action returns what this returns and is not run again: when fn has
 * ended, so has the action, with fn's outcome.
 */
enum fg_rc api_write(struct api_call *c, api_write_fn fn) FG_MUST;
/* Copy what the record will say of the caller out of the directory: before any other wait. */
enum fg_rc api_caller_keep(struct api_call *c) FG_MUST;
void api_written(struct api_call *c, enum fg_rc rc);

#endif
