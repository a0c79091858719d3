/*
 * gateway/cred/state.h - a part of gateway/cred/cred.h: states of keys, versions that run, the clock.
 *
 * Owns, Units, Errors, Refuses: as gateway/cred/cred.h.
 */
#ifndef GATEWAY_CRED_STATE_H
#define GATEWAY_CRED_STATE_H

#include "base/base.h"

/* ---- classes, states and rows of keys --------------------------------------------- */

enum cred_class {
	CRED_CLASS_NONE = 0,
	CRED_CLASS_SESSION, /* root of the epoch keys */
	CRED_CLASS_WRAP,    /* wraps long-lived secrets in their rows; never leaves cred */
	CRED_CLASS_ROW,     /* authenticates rows of the store */
	CRED_CLASS_AUDIT,   /* seeds audit chains, signs checkpoints */
	CRED_CLASS_MAX,
};

/* Zero is the state that can do nothing. */
enum cred_state {
	CRED_STATE_GONE = 0, /* bytes erased or to be erased: neither seals nor opens */
	CRED_STATE_OPENING,  /* opens what it sealed */
	CRED_STATE_SEALING,  /* the newest one of its class seals; all of them open */
	CRED_STATE_STAGED,   /* held by nodes, opens, does not seal yet */
	CRED_STATE_MAX,
};

const char *cred_class_name(enum cred_class c); /* "session"; "none" when out of range */
const char *cred_state_name(enum cred_state s); /* "staged" */
bool cred_class_parse(struct fg_str s, enum cred_class *ret) FG_MUST;
bool cred_state_parse(struct fg_str s, enum cred_state *ret) FG_MUST;

#define CRED_FP_BYTES 16
#define CRED_INSTALLATION_BYTES 16

/* What the store keeps of a key; never its bytes. */
struct cred_key_row {
	uint32_t id; /* random, not 0; shown as 8 hex digits */
	enum cred_class cls;
	enum cred_state state;
	uint8_t fp[CRED_FP_BYTES]; /* one-way fingerprint of the bytes in the ring */
	fg_time since;             /* of the present state */
	fg_time until; /* opening: when the last thing it can have sealed is over; else 0 */
};

/* Facts that a change of state is judged by; zeroes refuse. */
struct cred_evidence {
	fg_time now;
	bool clock_ok;       /* the clock guard is content, and the mark is recent */
	unsigned live_nodes; /* nodes that are up */
	unsigned acks;       /* of these, how many hold this key */
	size_t in_use;       /* rows still wrapped or authenticated with it */
	bool successor;      /* another key of the class is sealing */
};

/*
 * Judge and make the change in *row.  staged -> sealing needs an acknowledgement of every
 * live node; sealing -> opening a successor; opening -> gone that `until` is past, that
 * nothing uses the key and that the clock can be trusted; staged -> gone no use.
 * FG_E_CONFLICT (or FG_E_CLOCK) names the rule and leaves *row as it was.  Nothing changes by
 * the passing of time alone.
 */
enum fg_rc cred_state_change(struct cred_key_row *row, enum cred_state to,
    const struct cred_evidence *ev, struct fg_err *reterr) FG_MUST;

/* The key that seals now: the newest SEALING one of the class; NULL: refuse to seal. */
const struct cred_key_row *cred_key_sealing(
    const struct cred_key_row *rows, size_t n, enum cred_class cls);
bool cred_key_opens(const struct cred_key_row *row); /* staged, sealing or opening */

/*
 * staged -> sealing for one key and sealing -> opening for the others of its class: all of it or
 * nothing.
 */
enum fg_rc cred_state_promote(struct cred_key_row *rows, size_t n, uint32_t id,
    const struct cred_evidence *ev, struct fg_err *reterr) FG_MUST;

/* ---- versions (rule 22) and clock (rule 21) --------------------------------------- */

#define CRED_TOKEN_VERSION 1 /* what this binary seals and opens */

/* The token version to seal: the least of what the live nodes open; 0 (refuse) without nodes. */
unsigned cred_version_seal(const unsigned *node_opens, size_t n);

/* A pair of readings taken together, in nanoseconds. */
struct cred_clock {
	int64_t wall_ns; /* CLOCK_REALTIME */
	int64_t boot_ns; /* CLOCK_BOOTTIME */
};

struct cred_guard {
	struct cred_clock base; /* readings that were trusted */
	fg_time mark;           /* latest wall time ever seen, persisted by the caller */
	bool stopped;           /* latched until cred_guard_ack */
	bool confirmed;         /* by a recent mark at start, or by the operator */
};

/* Start; mark is the persisted one (0: none).  A wall clock over 5 s before it: stopped. */
void cred_guard_init(struct cred_guard *g, struct cred_clock at, fg_time mark);
/*
 * FG_OK and *ret_now, or FG_E_CLOCK: the wall clock went back or apart from boot time by
 * more than 5 s since the base.  Latches.  Moves g->mark forward.
 */
enum fg_rc cred_guard_check(
    struct cred_guard *g, struct cred_clock at, fg_time *ret_now, struct fg_err *reterr) FG_MUST;
/* The operator says that the clock is right now: a new base and mark. */
void cred_guard_ack(struct cred_guard *g, struct cred_clock at);
/*
 * May what is past by this clock be destroyed?  Only while it runs well and when it was within
 * a week of the mark at start, or is acknowledged: a start with a clock that is a year ahead is not.
 */
bool cred_guard_confirmed(const struct cred_guard *g);
/* The one place that reads the two clocks. */
enum fg_rc cred_clock_read(struct cred_clock *ret, struct fg_err *reterr) FG_MUST;
/* The persisted mark: a file of one decimal line, 0600, written by rename.  Absent gives 0. */
enum fg_rc cred_mark_load(const char *path, fg_time *ret, struct fg_err *reterr) FG_MUST;
enum fg_rc cred_mark_save(const char *path, fg_time mark, struct fg_err *reterr) FG_MUST;

#endif
