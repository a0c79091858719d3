/*
 * gateway/store/store.h - the state of an installation, on disk.
 *
 * Shape:    rows of a fixed set of kinds.  store_open(), then store_load() once (it verifies every
 *           row and hands it to a visitor), then transactions.  Claims go to a writer
 *           thread of their own with group commit.  Its parts are row.h and claim.h; include this one.
 * Owns:     store_open() returns an owned store; store_close() waits for claims in
 *           flight.  Strings in a row given to the store are borrowed for the call.  Rows
 *           read are copied into the caller's arena; rows given to a visitor are
 *           borrowed until it returns.
 * Units:    times are fg_time (UTC seconds); documents and blobs are bytes.
 * Errors:   FG_E_EXISTS    a name, id or alias is taken
 *           FG_E_NOT_FOUND no such row
 *           FG_E_CONFLICT  store.owner (another process owns the store),
 *                          store.schema (newer than this program), store.damaged
 *           FG_E_STORE     the engine failed, or rows do not add up
 *           FG_E_UNAVAILABLE store.mark: restored from a backup; needs recovery
 *           FG_E_REPLAY    a claim was made before, or lies before the replay floor; FG_E_NOMEM, FG_E_LIMIT
 * Refuses:  to write to an account whose rows do not add up; to serve below the
 *           high-water mark; a schema newer than this program.
 * Does not: know keys: the row key is given as bytes, wrapped secrets are opaque.
 *           Read a clock (now is an argument).  Log.
 * Threads:  all functions may be called from any thread.  Transactions of one store
 *           exclude each other.
 * Source:   security.md 6, 7, 18 to 20, 22, 29, 34.
 */
#ifndef GATEWAY_STORE_STORE_H
#define GATEWAY_STORE_STORE_H

#include "base/base.h"
#include "gateway/store/claim.h"
#include "gateway/store/row.h"

struct store;
struct store_tx;

/* ---- open, load, close ---- */

#define STORE_MAC_KEY_BYTES 32

enum store_alarm {
	STORE_ALARM_ROW = 1, /* a row's MAC is wrong: quarantined */
	STORE_ALARM_SET,     /* rows of an account do not add up: account quarantined */
	STORE_ALARM_STORE,   /* accounts do not add up: the store does not serve */
	STORE_ALARM_MARK,    /* store is below its high-water mark */
};
/* what names kind and key of the row, or the account. */
typedef void (*store_alarm_fn)(void *arg, enum store_alarm alarm, const char *what);

enum store_open_flags {
	STORE_CREATE = 1,  /* must not exist yet; FG_E_EXISTS otherwise */
	STORE_RECOVER = 2, /* open below the mark or damaged, for store_recover() only */
};

/* A row key; the id is only a name here (security.md 7). */
struct store_row_key {
	uint32_t id;
	unsigned char key[STORE_MAC_KEY_BYTES];
};

struct store_opts {
	struct fg_str path; /* database file; PATH.lock and PATH-claims lie beside it */
	struct fg_str mark; /* high-water mark file; null: PATH.mark.  Better kept elsewhere */
	unsigned char mac_key[STORE_MAC_KEY_BYTES]; /* row key of a new store */
	uint32_t mac_id;
	const struct store_row_key *more; /* other row keys: rows of any of them verify */
	size_t n_more;
	unsigned flags;
	fg_time now; /* for the replay floor after an unclean end */
	store_alarm_fn alarm; /* may be NULL */
	void *alarm_arg;
};

enum fg_rc store_open(const struct store_opts *o, struct store **ret,
    struct fg_err *reterr) FG_MUST;
void store_close(struct store *st); /* NULL accepted */
void store_closep(struct store **st);
/* FG_OK when something lies at path that is a store or is in the way of one. */
bool store_exists(struct fg_str path);

/*
 * One row at load.  row is the kind's struct.  bad rows were changed behind the
 * store's back: only the key members may be used, and only to deny.
 */
typedef enum fg_rc (*store_visit_fn)(void *arg, enum store_kind kind, const void *row, bool bad,
    struct fg_err *reterr);

/*
 * Verify all rows and visit each (fn may be NULL), kinds in the order of the enum.
 * Must succeed once before anything else.  Rows that do not verify raise an alarm;
 * an account whose rows do not add up is damaged (store_damaged()), not an error.
 * FG_E_STORE store.set when accounts themselves do not add up; FG_E_UNAVAILABLE
 * store.mark below the high-water mark; neither with STORE_RECOVER.
 */
enum fg_rc store_load(struct store *st, store_visit_fn fn, void *arg,
    struct fg_err *reterr) FG_MUST;
/* Rows of the account do not add up: every decision in it must be a denial. */
bool store_damaged(struct store *st, struct fg_str account);
/*
 * Kinds whose rows bind others (settings, organisation, cut-offs, key states): there a missing
 * row could allow something, so that a bad one cannot be left out.
 */
bool store_row_is_wide(enum store_kind kind);
/*
 * Accept the rows as they are (bad ones stay quarantined; of the wide kinds they are deleted, the
 * alarm at load named them), cut off all sessions up to now, set the replay floor and the mark.  Only on a store opened with STORE_RECOVER.
 */
enum fg_rc store_recover(struct store *st, fg_time now, struct fg_err *reterr) FG_MUST;

/* ---- transactions ---- */

/* Write transactions change all or nothing; changes are on disk when commit returns. */
enum fg_rc store_begin(struct store *st, struct store_tx **ret, struct fg_err *reterr) FG_MUST;
enum fg_rc store_commit(struct store_tx *tx, struct fg_err *reterr) FG_MUST; /* tx is gone */
void store_rollback(struct store_tx *tx); /* NULL accepted; tx is gone */
void store_rollbackp(struct store_tx **tx);

/* Insert (FG_E_EXISTS when the key or a unique name is taken). */
enum fg_rc store_insert(struct store_tx *tx, enum store_kind kind, const void *row,
    struct fg_err *reterr) FG_MUST;
/* Replace the row with the same key (FG_E_NOT_FOUND). */
enum fg_rc store_update(struct store_tx *tx, enum store_kind kind, const void *row,
    struct fg_err *reterr) FG_MUST;
/* Either. */
enum fg_rc store_put(struct store_tx *tx, enum store_kind kind, const void *row,
    struct fg_err *reterr) FG_MUST;
/* Only key members of row are read. FG_E_NOT_FOUND. */
enum fg_rc store_delete(struct store_tx *tx, enum store_kind kind, const void *row,
    struct fg_err *reterr) FG_MUST;
/* Key members of *row in, all members out (in the arena). FG_E_NOT_FOUND; FG_E_STORE if bad. */
enum fg_rc store_get(struct store_tx *tx, enum store_kind kind, void *row, struct fg_arena *a,
    struct fg_err *reterr) FG_MUST;
/*
 * Visit rows whose member `column` equals value (column NULL: all), in key order.
 * Indexed: "account" of every kind, and "owner", "user", "group", "policy", "name",
 * "control", "target", "kind".  Bad rows are visited with bad set.  The visitor must not write.
 */
enum fg_rc store_scan(struct store_tx *tx, enum store_kind kind, const char *column,
    struct fg_str value, store_visit_fn fn, void *arg, struct fg_err *reterr) FG_MUST;

/* What a committed transaction touched; key members of the struct of the kind. */
struct store_change {
	enum store_kind kind;
	bool deleted;
	const void *row; /* borrowed */
};
/*
 * Called inside store_commit() after the changes are on disk and before it returns,
 * with the store free for a new transaction.  One listener (the directory).
 */
typedef void (*store_commit_fn)(void *arg, struct store *st, const struct store_change *v, size_t n);
void store_on_commit(struct store *st, store_commit_fn fn, void *arg);

/* Number of the last committed transaction (grows by one each), and of one that is open. */
uint64_t store_generation(struct store *st);
int64_t store_tx_number(const struct store_tx *tx);

/* ---- copies ---- */

/*
 * A copy of all rows as they are now, in a new file (0600; FG_E_EXISTS).  Claims and mark are not part
 * of it: what is restored from it is below the mark and needs store_recover().
 */
enum fg_rc store_backup(struct store *st, struct fg_str path, struct fg_err *reterr) FG_MUST;

/* ---- small unauthenticated state ---- */

/* Last used: kept in memory by the caller, flushed now and then; lost ones are no harm. */
struct store_used {
	struct fg_str id; /* unique id of a role or user, or access key id; one row for it and a service */
	fg_time at;       /* 0: forget it */
	struct fg_str service, region;
};
enum fg_rc store_used_flush(struct store *st, const struct store_used *v, size_t n,
    struct fg_err *reterr) FG_MUST;
typedef void (*store_used_fn)(void *arg, const struct store_used *u);
enum fg_rc store_used_load(struct store *st, store_used_fn fn, void *arg,
    struct fg_err *reterr) FG_MUST;

/* Head of the audit chains, signed by ops: kept in the store and in the mark (20, 31). */
struct store_checkpoint {
	struct fg_str chain; /* name of the chain */
	uint64_t seq;
	fg_time at;
	struct fg_str head;      /* at most 64 bytes */
	struct fg_str signature; /* at most 128 bytes */
};
enum fg_rc store_checkpoint_put(struct store *st, const struct store_checkpoint *c,
    struct fg_err *reterr) FG_MUST;
/* FG_E_NOT_FOUND without one. */
enum fg_rc store_checkpoint_get(struct store *st, struct fg_str chain, struct fg_arena *a,
    struct store_checkpoint *ret, struct fg_err *reterr) FG_MUST;

/* ---- work on the store's writer thread ---- */

/*
 * Run fn(arg) on a thread of the store where blocking on the disk is allowed, in order of
 * posting.  FG_E_STORE when closing (fn does not run).
 */
typedef void (*store_job_fn)(void *arg);
enum fg_rc store_post(struct store *st, store_job_fn fn, void *arg) FG_MUST;

/* ---- rows in the common case, typed ---- */

/* A setting's value in the arena; FG_E_NOT_FOUND. */
enum fg_rc store_setting_get(struct store_tx *tx, struct fg_str account, struct fg_str name,
    struct fg_arena *a, struct fg_str *ret, struct fg_err *reterr) FG_MUST;
enum fg_rc store_setting_put(struct store_tx *tx, struct fg_str account, struct fg_str name,
    struct fg_str value, struct fg_err *reterr) FG_MUST;

#endif
