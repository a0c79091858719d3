/*
 * gateway/store/sqlite_node.c - the embedded engine: nodes.  It has one owner, so at most one is up.
 */
#include "gateway/store/sqlite_int.h"

static sqlite3 *
db_of(struct store_engine *e)
{
	return ((struct store_sqlite *)e)->db;
}

enum fg_rc
store_lite_node_put(struct store_engine *e, const struct store_node *n,
    const unsigned char mac[STORE_MAC_BYTES], struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;

	FG_TRY(store_lite_prepare(db_of(e),
	    "INSERT OR REPLACE INTO nodes(boot, name, holds, opens, since, seen, mac)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)", &s, reterr));
	if ((store_lite_bind(s, 1, n->boot) | store_lite_bind(s, 2, n->name) |
	        store_lite_bind_blob(s, 3, n->holds.p, n->holds.n) |
	        sqlite3_bind_int64(s, 4, n->opens) | sqlite3_bind_int64(s, 5, n->since) |
	        sqlite3_bind_int64(s, 6, n->seen) |
	        store_lite_bind_blob(s, 7, mac, STORE_MAC_BYTES)) != 0)
		return store_lite_fail(db_of(e), "store.node", reterr);
	return store_lite_done(db_of(e), s, "store.node", reterr);
}

enum fg_rc
store_lite_node_del(struct store_engine *e, struct fg_str boot, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;

	FG_TRY(store_lite_prepare(db_of(e), "DELETE FROM nodes WHERE boot = ?1", &s, reterr));
	if (store_lite_bind(s, 1, boot) != 0)
		return store_lite_fail(db_of(e), "store.node", reterr);
	return store_lite_done(db_of(e), s, "store.node", reterr);
}

enum fg_rc
store_lite_node_all(struct store_engine *e, store_node_row_fn fn, void *arg, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;
	unsigned char mac[STORE_MAC_BYTES];
	int step;

	FG_TRY(store_lite_prepare(db_of(e),
	    "SELECT boot, name, holds, opens, since, seen, mac FROM nodes ORDER BY boot", &s, reterr));
	while ((step = sqlite3_step(s)) == SQLITE_ROW) {
		const struct store_node n = { store_lite_column(s, 0), store_lite_column(s, 1),
			store_lite_column(s, 2), sqlite3_column_int64(s, 3), sqlite3_column_int64(s, 4),
			sqlite3_column_int64(s, 5) };

		if (!store_lite_fixed(s, 6, mac, sizeof(mac)))
			memset(mac, 0, sizeof(mac));
		FG_TRY(fn(arg, &n, mac, reterr));
	}
	return step == SQLITE_DONE ? FG_OK : store_lite_fail(db_of(e), "store.node", reterr);
}
