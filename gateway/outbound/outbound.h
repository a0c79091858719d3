/*
 * gateway/outbound/outbound.h - the issuer of an account: its signing keys and what it publishes.
 *
 * Shape:    an account's issuer is PUBLIC_URL/oidc/ACCOUNT.  Enabling it makes one key for RS256
 *           and one for ES384; each key is a row of the store with its private half wrapped.
 *           A key is staged (published, so that consumers have it), signing, retiring
 *           (published until the last token that it signed is over and forgotten by caches), gone.
 *           What is published lies ready in a setting of the account: the directory shows it
 *           to the endpoint, and to the verification of our own tokens, without a fetch.
 *           struct outbound keeps private keys that were opened; it signs on a pool's thread.
 * Owns:     outbound_new() is owned.  Made keys are wiped by outbound_made_wipe().
 * Units:    fg_time; seconds.
 * Errors:   FG_E_EXISTS (enabled already), FG_E_NOT_FOUND (not enabled), FG_E_CONFLICT
 *           (a rotation is under way), FG_E_STORE, FG_E_CRYPTO, FG_E_UNAVAILABLE, FG_E_NOMEM.
 * Refuses:  to sign with a key that is not signing, to publish a row that does not verify, to
 *           throw a key away by a clock that is not confirmed.
 * Does not: read a clock, decide who gets a token, or run on a loop what costs a private-key
 *           operation.
 * Source:   contract.md 8 and 9, security.md 6, 7, 13, 19; RFC 7515, 7517, 7518, OIDC Discovery.
 */
#ifndef GATEWAY_OUTBOUND_OUTBOUND_H
#define GATEWAY_OUTBOUND_OUTBOUND_H

#include "gateway/cred/cred.h"
#include "gateway/directory/directory.h"
#include "gateway/store/store.h"

#define OUTBOUND_PATH "/oidc/"
/* Settings of an account: the published key set; the keys that sign (a list of algorithm, kid). */
#define OUTBOUND_JWKS "outbound.jwks"
#define OUTBOUND_SIGNS "outbound.signs"
#define OUTBOUND_PURPOSE "outbound-sign" /* of the rows */

#define OUTBOUND_KID_BYTES STORE_UID_BYTES
#define OUTBOUND_SIGNATURE_BYTES 512

enum outbound_alg { OUTBOUND_NONE = 0, OUTBOUND_RS256, OUTBOUND_ES384, OUTBOUND_ALG_MAX };
const char *outbound_alg_name(enum outbound_alg alg); /* "RS256" */
enum outbound_alg outbound_alg_find(struct fg_str name);

/* state of a row; zero is the one that can do nothing */
enum outbound_state {
	OUTBOUND_GONE = 0,
	OUTBOUND_RETIRING, /* published; `until`: when it goes */
	OUTBOUND_SIGNING,  /* `until`: when a successor shall sign */
	OUTBOUND_STAGED,   /* published; `until`: when it signs */
};

/* ---- keys that were made, before they are rows ---- */

struct outbound_made {
	enum outbound_alg alg;
	char kid[OUTBOUND_KID_BYTES + 1];
	struct fg_str der; /* PKCS #8, in the arena: wipe it */
	struct fg_str jwk; /* public, JSON */
};

/* One of each algorithm; takes some tenths of a second, so never inside a transaction. */
struct outbound_pair {
	struct outbound_made v[OUTBOUND_ALG_MAX - 1];
};
enum fg_rc outbound_make(struct fg_arena *a, struct outbound_pair *ret, struct fg_err *reterr) FG_MUST;
void outbound_made_wipe(struct outbound_pair *p);

/* ---- changes of the store ---- */

struct outbound_change {
	struct store_tx *tx;
	struct cred_client *cred;
	struct fg_arena *a;
	struct fg_str account;
	fg_time now;
};

enum fg_rc outbound_is_enabled(struct outbound_change *o, bool *ret, struct fg_err *reterr) FG_MUST;
/* The first keys sign at once: nobody holds an older set. */
enum fg_rc outbound_enable(struct outbound_change *o, const struct outbound_pair *keys,
    struct fg_err *reterr) FG_MUST;
/* All keys go, and with them every token that they signed. */
enum fg_rc outbound_disable(struct outbound_change *o, struct fg_err *reterr) FG_MUST;
/* Publish new keys, which sign an hour from now. */
enum fg_rc outbound_stage(struct outbound_change *o, const struct outbound_pair *keys,
    struct fg_err *reterr) FG_MUST;
/* Every change of state that is due; keys go only when the clock is confirmed. */
enum fg_rc outbound_advance(struct outbound_change *o, bool clock_ok, size_t *ret_changed,
    struct fg_err *reterr) FG_MUST;

/* ---- what the directory shows; between directory_enter() and directory_leave() ---- */

/* The key set that is published; null when the account has no issuer. */
struct fg_str outbound_jwks(const struct directory *d, struct fg_str account);
/* What is to be done for an account now. */
enum outbound_due { OUTBOUND_DUE_NONE = 0, OUTBOUND_DUE_ADVANCE = 1, OUTBOUND_DUE_STAGE = 2 };
unsigned outbound_due(const struct directory *d, struct fg_str account, fg_time now);
/* Accounts that something may be due for, in the arena; at most max (1 or more). */
size_t outbound_due_accounts(const struct directory *d, fg_time now, struct fg_arena *a,
    struct fg_str *ret, size_t max);

/* The key that signs with this algorithm now; strings in the arena. */
struct outbound_key {
	enum outbound_alg alg;
	struct fg_str kid, blob;
	struct cred_where where;
};
enum fg_rc outbound_key_find(const struct directory *d, struct fg_str account,
    enum outbound_alg alg, struct fg_arena *a, struct outbound_key *ret, struct fg_err *reterr) FG_MUST;

/* PUBLIC_URL/oidc/ACCOUNT, in the arena; null without memory. */
struct fg_str outbound_issuer(struct fg_arena *a, struct fg_str public_url, struct fg_str account);
/* The account whose issuer this is; null when it is nobody's here. */
struct fg_str outbound_account(struct fg_str public_url, struct fg_str issuer);
/* The discovery document of an account. */
void outbound_discovery(struct fg_buf *b, struct fg_str public_url, struct fg_str account);

/* ---- signing ---- */

struct outbound;
enum fg_rc outbound_new(struct cred_client *cred, struct outbound **ret, struct fg_err *reterr) FG_MUST;
void outbound_free(struct outbound *o); /* NULL accepted; nothing may be signing */
struct outbound_job {
	struct outbound_key key;
	struct fg_str input;
	unsigned char sig[OUTBOUND_SIGNATURE_BYTES]; /* the answer */
	size_t sig_n;
};
/*
 * The JWS signature of the input.  Blocks: a key is opened and read at its first use, then kept; the
 * operation itself takes about a millisecond.  Any thread.
 */
enum fg_rc outbound_sign(struct outbound *o, struct outbound_job *job, struct fg_err *reterr) FG_MUST;

#endif
