/*
 * gateway/store/store_int.h - inside the store: cells, kinds, the engine's table of
 * functions, row authentication, sets, mark and claims.
 *
 * Shape:    store.c, tx.c and load.c know rows and authentication; an engine (sqlite.c) knows
 *           SQL and nothing of MACs.  A second engine fills struct store_engine.
 */
#ifndef GATEWAY_STORE_STORE_INT_H
#define GATEWAY_STORE_STORE_INT_H

#include <pthread.h>
#include <stdlib.h>

#include "gateway/store/node.h"

#define STORE_COLUMNS_MAX 14
#define STORE_MAC_BYTES 32
#define STORE_ROW_KEYS_MAX 8 /* row keys that open at once */

/* ---- kinds (kind.c) ---- */

enum store_type { STORE_TEXT = 0, STORE_BLOB, STORE_INT };

struct store_column {
	const char *name;
	enum store_type type;
	uint16_t off; /* in the kind's struct */
	bool key;
};

struct store_desc {
	const char *table;
	size_t size;
	const struct store_column *col;
	size_t n;
};

/* NULL when kind is out of range. */
const struct store_desc *store_desc(enum store_kind kind);

struct store_cell {
	struct fg_str s;
	int64_t i;
};

struct store_row {
	struct store_cell cell[STORE_COLUMNS_MAX];
	int64_t version;
	unsigned char mac[STORE_MAC_BYTES];
};

void store_cells_of(const struct store_desc *d, const void *row, struct store_cell *ret);
void store_cells_to(const struct store_desc *d, const struct store_cell *cell, void *ret);
/* Copies the strings of *row into the arena. */
enum fg_rc store_row_keep(const struct store_desc *d, struct fg_arena *a, void *row,
    struct fg_err *reterr) FG_MUST;
struct fg_str store_row_account(const struct store_desc *d, const struct store_cell *cell);
/* "roles AROA..." for alarms and errors. */
void store_row_what(const struct store_desc *d, const struct store_cell *cell, char *out,
    size_t room);

/* ---- engine ---- */

struct store_head {
	int64_t generation;
	int64_t sets;
	int64_t floor;               /* replay floor */
	unsigned char claims_id[16]; /* which claims file belongs to this store */
	unsigned char mac[STORE_MAC_BYTES];
};

struct store_set_row {
	struct fg_str account;
	int64_t n;
	int64_t generation;
	unsigned char mac[STORE_MAC_BYTES];
};

enum store_mode { STORE_INSERT = 0, STORE_UPDATE };

typedef enum fg_rc (*store_row_fn)(void *arg, const struct store_row *row, struct fg_err *reterr);
typedef enum fg_rc (*store_set_fn)(void *arg, const struct store_set_row *row,
    struct fg_err *reterr);

typedef enum fg_rc (*store_node_row_fn)(void *arg, const struct store_node *n,
    const unsigned char mac[STORE_MAC_BYTES], struct fg_err *reterr);

/* An engine's handle begins with this. */
struct store_engine {
	const struct store_engine_ops *ops;
};

struct store_engine_ops {
	void (*close)(struct store_engine *e);
	enum fg_rc (*begin)(struct store_engine *e, struct fg_err *reterr);
	enum fg_rc (*commit)(struct store_engine *e, struct fg_err *reterr); /* synced */
	void (*rollback)(struct store_engine *e);
	enum fg_rc (*put)(struct store_engine *e, enum store_kind k, const struct store_row *r,
	    enum store_mode mode, struct fg_err *reterr);
	enum fg_rc (*del)(struct store_engine *e, enum store_kind k, const struct store_cell *key,
	    struct fg_err *reterr);
	/* Only key cells are read; the row is handed to fn, FG_E_NOT_FOUND without one. */
	enum fg_rc (*get)(struct store_engine *e, enum store_kind k, const struct store_cell *key,
	    store_row_fn fn, void *arg, struct fg_err *reterr);
	enum fg_rc (*scan)(struct store_engine *e, enum store_kind k, const char *column,
	    struct fg_str value, store_row_fn fn, void *arg, struct fg_err *reterr);
	enum fg_rc (*sets)(struct store_engine *e, store_set_fn fn, void *arg,
	    struct fg_err *reterr);
	enum fg_rc (*set_put)(struct store_engine *e, const struct store_set_row *s,
	    struct fg_err *reterr);
	enum fg_rc (*head_get)(struct store_engine *e, struct store_head *ret,
	    struct fg_err *reterr);
	enum fg_rc (*head_put)(struct store_engine *e, const struct store_head *h,
	    struct fg_err *reterr);
	enum fg_rc (*used_put)(struct store_engine *e, const struct store_used *u,
	    struct fg_err *reterr);
	enum fg_rc (*used_all)(struct store_engine *e, store_used_fn fn, void *arg,
	    struct fg_err *reterr);
	enum fg_rc (*checkpoint_put)(struct store_engine *e, const struct store_checkpoint *c,
	    struct fg_err *reterr);
	enum fg_rc (*backup)(struct store_engine *e, const char *path, struct fg_err *reterr);
	enum fg_rc (*checkpoint_get)(struct store_engine *e, struct fg_str chain,
	    struct fg_arena *a, struct store_checkpoint *ret, struct fg_err *reterr);
	enum fg_rc (*node_put)(struct store_engine *e, const struct store_node *n,
	    const unsigned char mac[STORE_MAC_BYTES], struct fg_err *reterr);
	enum fg_rc (*node_del)(struct store_engine *e, struct fg_str boot, struct fg_err *reterr);
	enum fg_rc (*node_all)(struct store_engine *e, store_node_row_fn fn, void *arg,
	    struct fg_err *reterr);
};

/* sqlite.c; create: the file must not exist.  Runs migrations. */
enum fg_rc store_sqlite_open(const char *path, bool create, struct store_engine **ret,
    struct fg_err *reterr) FG_MUST;
/* schema.c: SQL that brings a database from version i to i + 1; n = newest version. */
extern const char *const store_schema[];
extern const int store_schema_n;

/* ---- claims file (sqlite_claims.c) ---- */

struct store_claims_db;
struct store_claims_state {
	unsigned char id[16];      /* as it was found */
	unsigned char next_id[16]; /* as it is now */
	bool clean; /* was closed in order the last time */
	bool fresh; /* made just now */
};
enum fg_rc store_claims_db_open(const char *path, struct store_claims_db **ret,
    struct store_claims_state *state, struct fg_err *reterr) FG_MUST;
enum fg_rc store_claims_db_begin(struct store_claims_db *c) FG_MUST;
enum fg_rc store_claims_db_insert(struct store_claims_db *c, const struct store_claim *cl) FG_MUST;
enum fg_rc store_claims_db_commit(struct store_claims_db *c) FG_MUST;
void store_claims_db_rollback(struct store_claims_db *c);
int64_t store_claims_db_expire(struct store_claims_db *c, fg_time now);
void store_claims_db_close(struct store_claims_db *c, bool clean);

/* ---- authentication (mac.c) ---- */

struct store_mac;

/* One HMAC-SHA-512: the first half is shown (in the row), the second never leaves memory. */
struct store_tag {
	unsigned char mac[STORE_MAC_BYTES];
	unsigned char lane[32];
};

enum fg_rc store_mac_new(const unsigned char key[STORE_MAC_KEY_BYTES], struct store_mac **ret,
    struct fg_err *reterr) FG_MUST;
void store_mac_free(struct store_mac *m);
/* Over table, version and every cell in order. */
enum fg_rc store_mac_row(struct store_mac *m, const struct store_desc *d,
    const struct store_row *row, struct store_tag *ret) FG_MUST;
/* Over a label and one string that the caller made canonical. */
enum fg_rc store_mac_bytes(struct store_mac *m, const char *label, struct fg_str bytes,
    struct store_tag *ret) FG_MUST;
bool store_mac_eq(const unsigned char *a, const unsigned char *b);

/* Row keys: one writes, all of them open (security.md 7). */
struct store_keys {
	struct store_mac *v[STORE_ROW_KEYS_MAX];
	uint32_t id[STORE_ROW_KEYS_MAX];
	size_t n;
};

enum fg_rc store_keys_add(struct store_keys *k, uint32_t id,
    const unsigned char key[STORE_MAC_KEY_BYTES], struct fg_err *reterr) FG_MUST;
void store_keys_done(struct store_keys *k);
/* Index of a key, or k->n. */
size_t store_keys_find(const struct store_keys *k, uint32_t id);
/*
 * The key that made the row's MAC and the row's tag under it; NULL when no key did.  FG_E_CRYPTO only
 * when the library failed.
 */
enum fg_rc store_keys_row(const struct store_keys *k, const struct store_desc *d,
    const struct store_row *row, struct store_tag *ret, const struct store_mac **ret_by) FG_MUST;

/* ---- sets: what rows an account has (set.c) ---- */

struct store_set {
	char *account;
	size_t account_n;
	struct store_set *next;    /* in its bucket */
	struct store_set *touched; /* in the list of the transaction */
	int64_t n, next_n;
	unsigned char sum[32], next_sum[32]; /* XOR of the rows' lanes */
	unsigned char lane[32], next_lane[32]; /* of the set's own row */
	bool dirty; /* in the list of touched ones */
	bool known; /* has a row in the sets table */
	bool damaged;
};

struct store_sets {
	struct store_set **bucket;
	size_t mask, count;
	uint64_t key[2];
};

enum fg_rc store_sets_init(struct store_sets *s) FG_MUST;
void store_sets_done(struct store_sets *s);
struct store_set *store_sets_find(const struct store_sets *s, struct fg_str account);
struct store_set *store_sets_get(struct store_sets *s, struct fg_str account); /* or NULL: memory */
void store_lane_xor(unsigned char *sum, const unsigned char *lane);
/* Did one of the keys make the record's MAC? */
bool store_set_verify(const struct store_keys *k, const struct store_set_row *r,
    const unsigned char sum[32], const struct store_mac **ret_by);
enum fg_rc store_set_mac(struct store_mac *m, const struct store_set_row *r,
    const unsigned char sum[32], unsigned char ret[STORE_MAC_BYTES]) FG_MUST;
enum fg_rc store_set_lane(struct store_mac *m, const struct store_set_row *r,
    unsigned char ret[32]) FG_MUST;
enum fg_rc store_head_seal(struct store_mac *m, const unsigned char sum[32],
    const struct store_head *h, unsigned char ret[STORE_MAC_BYTES]) FG_MUST;

/* ---- high-water mark (mark.c) ---- */

struct store_mark {
	int fd;
	uint64_t seq;
	uint64_t generation;
	unsigned char audit[64];
	size_t audit_n;
};

enum fg_rc store_mark_open(struct store_mark *k, const char *path, bool create,
    const struct store_keys *keys, struct fg_err *reterr) FG_MUST;
enum fg_rc store_mark_write(struct store_mark *k, struct store_mac *m,
    struct fg_err *reterr) FG_MUST;
void store_mark_close(struct store_mark *k);

/* ---- the store ---- */

struct store_tx {
	struct store *st;
	bool recover; /* may write to what is damaged */
	struct store_set *touched;
	struct fg_arena *arena; /* key members of changed rows */
	struct store_change *change;
	size_t changes, room;
	bool failed; /* a write went wrong: only rollback is left */
};

struct store_drop {
	struct store_drop *next;
	enum store_kind kind;
	void *row; /* key members */
};

struct store {
	struct store_engine *engine;
	struct store_keys keys;
	struct store_mac *mac; /* of keys: the one that writes */
	struct store_sets sets;
	unsigned char sets_sum[32];
	struct store_head head;
	struct store_mark mark;
	int lock_fd;
	unsigned flags;
	bool loaded;
	bool claims_lost; /* unclean end, or another claims file: raise the replay floor */
	unsigned char claims_id[16];
	bool below_mark; /* restored from a backup */
	bool broken;     /* accounts do not add up */
	fg_time now;
	store_alarm_fn alarm;
	void *alarm_arg;
	store_commit_fn on_commit;
	void *on_commit_arg;
	pthread_mutex_t lock; /* one transaction at a time */
	bool lock_ready;
	struct store_tx tx;
	struct fg_arena *drop_arena;
	struct store_drop *drop; /* bad rows that recovery takes away */
	enum store_kind pass;    /* kinds before this are all under the key that writes */
	struct store_claims *claims;
	struct store_jobs *jobs;
};

void store_raise(struct store *st, enum store_alarm alarm, const char *what);
/* Write head (with its MAC) inside the open engine transaction. */
enum fg_rc store_head_write(struct store *st, const struct store_head *h,
    const unsigned char sum[32], struct fg_err *reterr) FG_MUST;

/* The records' lanes and their sum under the key that writes: what the head is sealed over. */
enum fg_rc store_sets_lanes(struct store *st, int64_t *ret_n, struct fg_err *reterr) FG_MUST;
/* tx.c: the record of an account, in the transaction's list. */
enum fg_rc store_tx_touch(struct store_tx *tx, struct fg_str account, struct store_set **ret,
    struct fg_err *reterr) FG_MUST;
/* read.c: one transaction of the engine outside the ones of rows; end unlocks. */
enum fg_rc store_meta_begin(struct store *st, struct fg_err *reterr) FG_MUST;
enum fg_rc store_meta_end(struct store *st, enum fg_rc rc, struct fg_err *reterr) FG_MUST;

/* claim.c */
enum fg_rc store_claims_start(struct store *st, const char *path, struct store_claims_state *state,
    struct fg_err *reterr) FG_MUST;
void store_claims_stop(struct store *st);
void store_claims_floor(struct store *st, fg_time floor);
/* job.c */
void store_jobs_stop(struct store *st);

#endif
