/*
 * gateway/store/sqlite_meta.c - the embedded engine: sets, head, last used, checkpoints.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "gateway/store/sqlite_int.h"

static sqlite3 *
db_of(struct store_engine *e)
{
	return ((struct store_sqlite *)e)->db;
}

enum fg_rc
store_lite_sets(struct store_engine *e, store_set_fn fn, void *arg, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;
	int step;

	FG_TRY(store_lite_prepare(
	    db_of(e), "SELECT account, n, generation, mac FROM sets", &s, reterr));
	while ((step = sqlite3_step(s)) == SQLITE_ROW) {
		struct store_set_row r = { .account = store_lite_column(s, 0),
			.n = sqlite3_column_int64(s, 1), .generation = sqlite3_column_int64(s, 2) };

		if (!store_lite_fixed(s, 3, r.mac, sizeof(r.mac)))
			memset(r.mac, 0, sizeof(r.mac));
		FG_TRY(fn(arg, &r, reterr));
	}
	return step == SQLITE_DONE ? FG_OK : store_lite_fail(db_of(e), "store.sets", reterr);
}

enum fg_rc
store_lite_set_put(struct store_engine *e, const struct store_set_row *r, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;

	FG_TRY(store_lite_prepare(db_of(e),
	    "INSERT OR REPLACE INTO sets(account, n, generation, mac) VALUES(?1, ?2, ?3, ?4)", &s,
	    reterr));
	if ((store_lite_bind(s, 1, r->account) | sqlite3_bind_int64(s, 2, r->n) |
	        sqlite3_bind_int64(s, 3, r->generation) |
	        store_lite_bind_blob(s, 4, r->mac, sizeof(r->mac))) != 0)
		return store_lite_fail(db_of(e), "store.sets", reterr);
	return store_lite_done(db_of(e), s, "store.sets", reterr);
}

enum fg_rc
store_lite_head_get(struct store_engine *e, struct store_head *ret, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;
	struct store_head h;
	int step;

	FG_TRY(store_lite_prepare(db_of(e),
	    "SELECT generation, sets, floor, claims_id, mac FROM head WHERE one = 1", &s, reterr));
	step = sqlite3_step(s);
	if (step == SQLITE_DONE)
		return fg_fail(reterr, FG_E_NOT_FOUND, "store.head", NULL, "no head");
	if (step != SQLITE_ROW)
		return store_lite_fail(db_of(e), "store.head", reterr);
	h = (struct store_head){ .generation = sqlite3_column_int64(s, 0),
		.sets = sqlite3_column_int64(s, 1), .floor = sqlite3_column_int64(s, 2) };
	if (!store_lite_fixed(s, 3, h.claims_id, sizeof(h.claims_id)) ||
	    !store_lite_fixed(s, 4, h.mac, sizeof(h.mac)))
		return fg_fail(reterr, FG_E_STORE, "store.head", NULL, "head is not well formed");
	*ret = h;
	return FG_OK;
}

enum fg_rc
store_lite_head_put(struct store_engine *e, const struct store_head *h, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;

	FG_TRY(store_lite_prepare(db_of(e),
	    "INSERT OR REPLACE INTO head(one, generation, sets, floor, claims_id, mac)"
	    " VALUES(1, ?1, ?2, ?3, ?4, ?5)", &s, reterr));
	if ((sqlite3_bind_int64(s, 1, h->generation) | sqlite3_bind_int64(s, 2, h->sets) |
	        sqlite3_bind_int64(s, 3, h->floor) |
	        store_lite_bind_blob(s, 4, h->claims_id, sizeof(h->claims_id)) |
	        store_lite_bind_blob(s, 5, h->mac, sizeof(h->mac))) != 0)
		return store_lite_fail(db_of(e), "store.head", reterr);
	return store_lite_done(db_of(e), s, "store.head", reterr);
}

enum fg_rc
store_lite_used_put(struct store_engine *e, const struct store_used *u, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;

	FG_TRY(store_lite_prepare(db_of(e), u->at == 0
	    ? "DELETE FROM used WHERE id = ?1 AND service = ?2"
	    : "INSERT OR REPLACE INTO used(id, service, at, region) VALUES(?1, ?2, ?3, ?4)", &s,
	    reterr));
	if ((store_lite_bind(s, 1, u->id) | store_lite_bind(s, 2, u->service)) != 0 ||
	    (u->at != 0 && (sqlite3_bind_int64(s, 3, u->at) | store_lite_bind(s, 4, u->region)) != 0))
		return store_lite_fail(db_of(e), "store.used", reterr);
	return store_lite_done(db_of(e), s, "store.used", reterr);
}

enum fg_rc
store_lite_used_all(struct store_engine *e, store_used_fn fn, void *arg, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;
	int step;

	FG_TRY(store_lite_prepare(
	    db_of(e), "SELECT id, at, service, region FROM used", &s, reterr));
	while ((step = sqlite3_step(s)) == SQLITE_ROW) {
		struct store_used u = { store_lite_column(s, 0), sqlite3_column_int64(s, 1),
			store_lite_column(s, 2), store_lite_column(s, 3) };

		fn(arg, &u);
	}
	return step == SQLITE_DONE ? FG_OK : store_lite_fail(db_of(e), "store.used", reterr);
}

enum fg_rc
store_lite_checkpoint_put(struct store_engine *e, const struct store_checkpoint *c,
    struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;

	FG_TRY(store_lite_prepare(db_of(e),
	    "INSERT OR REPLACE INTO checkpoints(chain, seq, at, head, signature)"
	    " VALUES(?1, ?2, ?3, ?4, ?5)", &s, reterr));
	if ((store_lite_bind(s, 1, c->chain) | sqlite3_bind_int64(s, 2, (int64_t)c->seq) |
	        sqlite3_bind_int64(s, 3, c->at) |
	        store_lite_bind_blob(s, 4, c->head.p, c->head.n) |
	        store_lite_bind_blob(s, 5, c->signature.p, c->signature.n)) != 0)
		return store_lite_fail(db_of(e), "store.checkpoint", reterr);
	return store_lite_done(db_of(e), s, "store.checkpoint", reterr);
}

enum fg_rc
store_lite_checkpoint_get(struct store_engine *e, struct fg_str chain, struct fg_arena *a,
    struct store_checkpoint *ret, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;
	struct store_checkpoint c;
	int step;

	FG_TRY(store_lite_prepare(db_of(e),
	    "SELECT seq, at, head, signature FROM checkpoints WHERE chain = ?1", &s, reterr));
	if (store_lite_bind(s, 1, chain) != 0)
		return store_lite_fail(db_of(e), "store.checkpoint", reterr);
	step = sqlite3_step(s);
	if (step == SQLITE_DONE)
		return fg_fail(reterr, FG_E_NOT_FOUND, "store.checkpoint", NULL, "none");
	if (step != SQLITE_ROW)
		return store_lite_fail(db_of(e), "store.checkpoint", reterr);
	c = (struct store_checkpoint){ .chain = fg_arena_dup(a, chain),
		.seq = (uint64_t)sqlite3_column_int64(s, 0), .at = sqlite3_column_int64(s, 1),
		.head = fg_arena_dup(a, store_lite_column(s, 2)),
		.signature = fg_arena_dup(a, store_lite_column(s, 3)) };
	if (c.chain.p == NULL || c.head.p == NULL || c.signature.p == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "store.checkpoint", NULL, "arena");
	*ret = c;
	return FG_OK;
}

/* The file is made first, for us alone; VACUUM takes an empty one. */
enum fg_rc
store_lite_backup(struct store_engine *e, const char *path, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return fg_fail(reterr, errno == EEXIST ? FG_E_EXISTS : FG_E_IO, "store.backup", NULL,
		    "%s: errno %d", path, errno);
	close(fd);
	FG_TRY(store_lite_prepare(db_of(e), "VACUUM INTO ?1", &s, reterr));
	if (store_lite_bind(s, 1, fg_str_z(path)) != 0)
		return store_lite_fail(db_of(e), "store.backup", reterr);
	return store_lite_done(db_of(e), s, "store.backup", reterr);
}
