/*
 * gateway/store/claim.h - a part of gateway/store/store.h: claims, once, ever (security.md 18).
 *
 * Owns, Errors, Threads: as gateway/store/store.h.
 */
#ifndef GATEWAY_STORE_CLAIM_H
#define GATEWAY_STORE_CLAIM_H

#include "base/base.h"

struct store;

#define STORE_CLAIM_BYTES 32

struct store_claim;
/* rc is FG_OK, FG_E_REPLAY or FG_E_STORE.  Runs on the writer thread: post it to your loop. */
typedef void (*store_claim_fn)(void *arg, enum fg_rc rc);

struct store_claim {
	unsigned char key[STORE_CLAIM_BYTES]; /* SHA-256(provider ARN, id[, role ARN]) */
	fg_time issued;  /* issue instant of the proof: at or before the floor is refused */
	fg_time expires; /* the claim may be forgotten after this */
	store_claim_fn done;
	void *arg;
	struct store_claim *next; /* the store's */
};

/*
 * Hand over to the writer thread; *c stays with the caller, unchanged, until done ran,
 * which it does exactly once, after the batch is synced.  FG_E_STORE at once (and no
 * call of done) when the store is closing or failed.
 */
enum fg_rc store_claim_submit(struct store *st, struct store_claim *c) FG_MUST;
/* The same, waiting for the outcome. */
enum fg_rc store_claim_once(struct store *st, const struct store_claim *c,
    struct fg_err *reterr) FG_MUST;
/* Proofs issued at or before this are refused when a claim is needed; 0 for none. */
fg_time store_replay_floor(struct store *st);
/* Forget claims that expired before now; returns how many, or -1. */
int64_t store_claim_expire(struct store *st, fg_time now);

#endif
