/*
 * gateway/store/node.h - what concerns the whole fleet: the keys that rows are authenticated with,
 * and the nodes that hold them.
 *
 * Shape:    functions on a loaded store (gateway/store/store.h).
 * Owns:     nothing; strings given are borrowed for the call, those handed to a visitor until it returns.
 * Errors:   FG_E_NOT_FOUND, FG_E_LIMIT (store.keys), FG_E_STORE, FG_E_CRYPTO
 * Does not: know key states; which key is to write, and when one may go, is gateway/cred's to say.
 * Source:   security.md 7, 19, 22, 34.
 */
#ifndef GATEWAY_STORE_NODE_H
#define GATEWAY_STORE_NODE_H

#include "gateway/store/store.h"

/* ---- row keys (security.md 7 and 19) ---- */

/*
 * Rows of every key that is known verify; one key writes: the one that sealed the head of the store,
 * until store_row_key_use() names another.  store_row_key_pass() authenticates up to `max` rows anew
 * in a transaction of its own, which a crash undoes or leaves whole: call it until nothing is left,
 * after a restart again.  Rows that do not verify and accounts that do not add up stay as they are.
 */
enum fg_rc store_row_key_add(struct store *st, const struct store_row_key *k,
    struct fg_err *reterr) FG_MUST; /* one that is known already is left alone */
uint32_t store_row_key_current(struct store *st);
/* FG_E_NOT_FOUND: no such key was given.  Nothing is written by this alone. */
enum fg_rc store_row_key_use(struct store *st, uint32_t id, struct fg_err *reterr) FG_MUST;
/* *ret_more: another call will find rows. */
enum fg_rc store_row_key_pass(struct store *st, size_t max, size_t *ret_done, bool *ret_more,
    struct fg_err *reterr) FG_MUST;
/* Rows of it do not verify any more.  FG_E_CONFLICT: it is the one that writes. */
enum fg_rc store_row_key_drop(struct store *st, uint32_t id, struct fg_err *reterr) FG_MUST;
/* Rows and records that the key authenticates. */
enum fg_rc store_row_key_count(struct store *st, uint32_t id, size_t *ret,
    struct fg_err *reterr) FG_MUST;

/* ---- nodes: the processes that serve from this store (security.md 7 and 22) ---- */

/* Each is authenticated, but not summed: a node that is not heard of only delays what waits for all. */
struct store_node {
	struct fg_str boot;  /* K: random, new with each start */
	struct fg_str name;  /* of the machine */
	struct fg_str holds; /* list: fingerprints of the keys in its ring */
	int64_t opens;       /* highest token version that it opens */
	fg_time since;
	fg_time seen; /* the last heartbeat, in the time of the store */
};

/*
 * Say that the node is up and what it holds.  The time of the store is the engine's own clock where it
 * has one; the embedded engine has one owner, whose clock it is: n->seen.
 */
enum fg_rc store_node_beat(struct store *st, const struct store_node *n, struct fg_err *reterr) FG_MUST;
enum fg_rc store_node_leave(struct store *st, struct fg_str boot, struct fg_err *reterr) FG_MUST;
/* A bad row was not written by a node: it is there, and holds and opens nothing. */
typedef enum fg_rc (*store_node_fn)(void *arg, const struct store_node *n, bool bad,
    struct fg_err *reterr);
enum fg_rc store_nodes(struct store *st, store_node_fn fn, void *arg, struct fg_err *reterr) FG_MUST;

#endif
