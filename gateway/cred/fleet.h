/*
 * gateway/cred/fleet.h - keys, rows and nodes together: what a store is opened with, which nodes hold
 * which keys, and the pass that brings rows under a new key.
 *
 * Shape:    cred_store_open() gives the store every row key of the ring.  A process that serves says so
 *           each FG_LIMIT_NODE_BEAT_S with cred_node_beat(); cred_nodes_read() tells who is up and what
 *           each holds, and cred_rows_sync() (cred.h) is judged by that.
 * Owns:     nodes lie in the caller's arena.
 * Errors:   those of cred.h and gateway/store/store.h
 * Refuses:  to count a node out while the clock is not confirmed: a clock that runs ahead would make
 *           every other node look dead.
 * Source:   security.md 7, 19, 21, 22.
 */
#ifndef GATEWAY_CRED_FLEET_H
#define GATEWAY_CRED_FLEET_H

#include "gateway/cred/cred.h"
#include "gateway/store/node.h"

/* The newest key of a class in the ring; 0 without one. */
uint32_t cred_newest(const struct cred_ring_entry *ring, size_t n, enum cred_class cls);
/* store_open() with every row key of the ring; mac_key and more of *o are filled here and wiped. */
enum fg_rc cred_store_open(struct cred_client *c, struct store_opts *o, struct store **ret,
    struct fg_err *reterr) FG_MUST;

/* ---- nodes ---- */

/* Who this process is among the nodes. */
struct cred_node {
	char name[65]; /* of the machine */
	char boot[33]; /* random */
	fg_time since;
};

struct cred_node_seen {
	struct fg_str name, boot, holds;
	unsigned opens; /* token version */
	fg_time seen;
	bool live;
};

struct cred_nodes {
	struct cred_node_seen *v;
	size_t n, room;
};

enum fg_rc cred_node_init(struct cred_node *ret, fg_time now, struct fg_err *reterr) FG_MUST;
/* Up, and holding what the ring of `c` holds now. */
enum fg_rc cred_node_beat(struct store *st, struct cred_client *c, const struct cred_node *me,
    fg_time now, struct fg_err *reterr) FG_MUST;
void cred_node_leave(struct store *st, const struct cred_node *me); /* it has ended in order */
enum fg_rc cred_nodes_read(struct store *st, fg_time now, bool clock_ok, struct fg_arena *a,
    struct cred_nodes *ret, struct fg_err *reterr) FG_MUST;
unsigned cred_nodes_live(const struct cred_nodes *nodes);
/* Live ones that hold the key with this fingerprint. */
unsigned cred_nodes_acks(const struct cred_nodes *nodes, const uint8_t fp[CRED_FP_BYTES]);
/* cred_version_seal() over the live ones. */
unsigned cred_nodes_version(const struct cred_nodes *nodes);

/*
 * What the ring holds and the store does not know becomes staged; what is staged and held by every
 * live node seals, and the key that it replaces opens.
 */
enum fg_rc cred_rows_sync(struct store *st, const struct cred_ring_entry *ring, size_t n,
    const struct cred_nodes *nodes, const struct cred_evidence *ev, size_t *ret_changed,
    struct fg_err *reterr) FG_MUST;

/* ---- rows under a new key ---- */

/*
 * Have the row key that seals write, and bring up to `max` rows of other keys under it.  Nothing is
 * done, and nothing written, when all rows are under it.
 */
enum fg_rc cred_rows_anew(struct store *st, struct cred_client *c, size_t max, size_t *ret_done,
    bool *ret_more, struct fg_err *reterr) FG_MUST;

#endif
