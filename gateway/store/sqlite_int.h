/*
 * gateway/store/sqlite_int.h - inside the SQLite engine.
 */
#ifndef GATEWAY_STORE_SQLITE_INT_H
#define GATEWAY_STORE_SQLITE_INT_H

#include <sqlite3.h>

#include "gateway/store/store_int.h"

enum store_stmt {
	STMT_INSERT = 0,
	STMT_UPDATE,
	STMT_DELETE,
	STMT_GET,
	STMT_MAX,
};

struct store_sqlite {
	struct store_engine base;
	sqlite3 *db;
	sqlite3_stmt *stmt[STORE_KIND_MAX][STMT_MAX];
	sqlite3_stmt *by[STORE_KIND_MAX][STORE_COLUMNS_MAX]; /* rows by one column */
};

/* Open a file of our own with the settings that both databases share. */
enum fg_rc store_lite_open(const char *path, bool create, sqlite3 **ret,
    struct fg_err *reterr) FG_MUST;
enum fg_rc store_lite_exec(sqlite3 *db, const char *sql, struct fg_err *reterr) FG_MUST;
/* Where nothing can be done about a failure. */
void store_lite_try(sqlite3 *db, const char *sql);
enum fg_rc store_lite_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret,
    struct fg_err *reterr) FG_MUST;
enum fg_rc store_lite_fail(sqlite3 *db, const char *step, struct fg_err *reterr);
void store_lite_finalizep(sqlite3_stmt **s);
int store_lite_bind(sqlite3_stmt *s, int at, struct fg_str v);
int store_lite_bind_blob(sqlite3_stmt *s, int at, const void *p, size_t n);
struct fg_str store_lite_column(sqlite3_stmt *s, int at);
/* A blob of exactly n bytes, or false. */
bool store_lite_fixed(sqlite3_stmt *s, int at, void *out, size_t n);
/* Run a statement that gives no row; resets it.  A taken key is FG_E_EXISTS. */
enum fg_rc store_lite_done(sqlite3 *db, sqlite3_stmt *s, const char *step,
    struct fg_err *reterr) FG_MUST;

/* sqlite_meta.c: sets, head, used, checkpoints. */
enum fg_rc store_lite_sets(struct store_engine *e, store_set_fn fn, void *arg,
    struct fg_err *reterr) FG_MUST;
enum fg_rc store_lite_set_put(struct store_engine *e, const struct store_set_row *s,
    struct fg_err *reterr) FG_MUST;
enum fg_rc store_lite_head_get(struct store_engine *e, struct store_head *ret,
    struct fg_err *reterr) FG_MUST;
enum fg_rc store_lite_head_put(struct store_engine *e, const struct store_head *h,
    struct fg_err *reterr) FG_MUST;
enum fg_rc store_lite_used_put(struct store_engine *e, const struct store_used *u,
    struct fg_err *reterr) FG_MUST;
enum fg_rc store_lite_used_all(struct store_engine *e, store_used_fn fn, void *arg,
    struct fg_err *reterr) FG_MUST;
enum fg_rc store_lite_backup(struct store_engine *e, const char *path,
    struct fg_err *reterr) FG_MUST;
enum fg_rc store_lite_checkpoint_put(struct store_engine *e, const struct store_checkpoint *c,
    struct fg_err *reterr) FG_MUST;
enum fg_rc store_lite_checkpoint_get(struct store_engine *e, struct fg_str chain,
    struct fg_arena *a, struct store_checkpoint *ret, struct fg_err *reterr) FG_MUST;

/* sqlite_node.c */
enum fg_rc store_lite_node_put(struct store_engine *e, const struct store_node *n,
    const unsigned char mac[STORE_MAC_BYTES], struct fg_err *reterr) FG_MUST;
enum fg_rc store_lite_node_del(struct store_engine *e, struct fg_str boot,
    struct fg_err *reterr) FG_MUST;
enum fg_rc store_lite_node_all(struct store_engine *e, store_node_row_fn fn, void *arg,
    struct fg_err *reterr) FG_MUST;

#endif
