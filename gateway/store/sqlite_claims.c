/*
 * gateway/store/sqlite_claims.c - the claims file: a database of its own, so that a long
 * transaction on the store never holds up a claim.
 */
#include <sys/random.h>
#include <unistd.h>

#include "gateway/store/sqlite_int.h"

struct store_claims_db {
	sqlite3 *db;
	sqlite3_stmt *insert;
};

void
store_claims_db_close(struct store_claims_db *c, bool clean)
{
	if (c == NULL)
		return;
	sqlite3_finalize(c->insert);
	if (clean && c->db != NULL)
		store_lite_try(c->db, "UPDATE meta SET clean = 1");
	sqlite3_close(c->db);
	free(c);
}

static void
claims_freep(struct store_claims_db **c)
{
	store_claims_db_close(*c, false);
}

static enum fg_rc
claims_make(struct store_claims_db *c, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;
	unsigned char id[16];

	if (getrandom(id, sizeof(id), 0) != (ssize_t)sizeof(id))
		return fg_fail(reterr, FG_E_CRYPTO, "store.claims", NULL, "no randomness");
	FG_TRY(store_lite_exec(c->db,
	    "BEGIN;"
	    "CREATE TABLE claims(k BLOB PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID;"
	    "CREATE INDEX claims_expires ON claims(expires);"
	    "CREATE TABLE meta(one INTEGER PRIMARY KEY CHECK(one = 1), id BLOB NOT NULL,"
	    " clean INTEGER NOT NULL);"
	    "PRAGMA user_version = 1;", reterr));
	FG_TRY(store_lite_prepare(c->db, "INSERT INTO meta VALUES(1, ?1, 0)", &s, reterr));
	if (store_lite_bind_blob(s, 1, id, sizeof(id)) != 0)
		return store_lite_fail(c->db, "store.claims", reterr);
	FG_TRY(store_lite_done(c->db, s, "store.claims", reterr));
	return store_lite_exec(c->db, "COMMIT", reterr);
}

static enum fg_rc
claims_state(struct store_claims_db *c, struct store_claims_state *state, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;

	FG_TRY(store_lite_prepare(c->db, "SELECT id, clean FROM meta WHERE one = 1", &s, reterr));
	if (sqlite3_step(s) != SQLITE_ROW || !store_lite_fixed(s, 0, state->id, sizeof(state->id)))
		return fg_fail(reterr, FG_E_STORE, "store.claims", NULL, "claims file is not whole");
	state->clean = sqlite3_column_int64(s, 1) == 1;
	return FG_OK;
}

/* A new id at each opening: an older copy of the file is then known by its id. */
static enum fg_rc
claims_reopen(struct store_claims_db *c, struct store_claims_state *state, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;

	if (getrandom(state->next_id, sizeof(state->next_id), 0) != (ssize_t)sizeof(state->next_id))
		return fg_fail(reterr, FG_E_CRYPTO, "store.claims", NULL, "no randomness");
	FG_TRY(store_lite_prepare(c->db, "UPDATE meta SET clean = 0, id = ?1", &s, reterr));
	if (store_lite_bind_blob(s, 1, state->next_id, sizeof(state->next_id)) != 0)
		return store_lite_fail(c->db, "store.claims", reterr);
	return store_lite_done(c->db, s, "store.claims", reterr);
}

enum fg_rc
store_claims_db_open(const char *path, struct store_claims_db **ret,
    struct store_claims_state *state, struct fg_err *reterr)
{
	FG_AUTO(claims_freep) struct store_claims_db *c = calloc(1, sizeof(*c));
	struct store_claims_state st = { .fresh = access(path, F_OK) != 0 };

	if (c == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "store.claims", NULL, "handle");
	FG_TRY(store_lite_open(path, st.fresh, &c->db, reterr));
	if (claims_state(c, &st, NULL) != FG_OK) {
		/* A crash while the file was being made leaves an empty one. */
		FG_TRY(claims_make(c, reterr));
		st.fresh = true;
		FG_TRY(claims_state(c, &st, reterr));
	}
	FG_TRY(claims_reopen(c, &st, reterr));
	FG_TRY(store_lite_prepare(c->db, "INSERT INTO claims(k, expires) VALUES(?1, ?2)",
	    &c->insert, reterr));
	*state = st;
	*ret = FG_STEAL(c);
	return FG_OK;
}

enum fg_rc
store_claims_db_begin(struct store_claims_db *c)
{
	return store_lite_exec(c->db, "BEGIN IMMEDIATE", NULL);
}

enum fg_rc
store_claims_db_insert(struct store_claims_db *c, const struct store_claim *cl)
{
	int rc;

	if ((store_lite_bind_blob(c->insert, 1, cl->key, sizeof(cl->key)) |
	        sqlite3_bind_int64(c->insert, 2, cl->expires)) != 0)
		return FG_E_STORE;
	rc = sqlite3_step(c->insert);
	(void)sqlite3_reset(c->insert);
	return rc == SQLITE_DONE ? FG_OK : rc == SQLITE_CONSTRAINT ? FG_E_REPLAY : FG_E_STORE;
}

enum fg_rc
store_claims_db_commit(struct store_claims_db *c)
{
	return store_lite_exec(c->db, "COMMIT", NULL);
}

void
store_claims_db_rollback(struct store_claims_db *c)
{
	if (sqlite3_get_autocommit(c->db) == 0)
		store_lite_try(c->db, "ROLLBACK");
}

int64_t
store_claims_db_expire(struct store_claims_db *c, fg_time now)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;

	if (store_lite_prepare(c->db, "DELETE FROM claims WHERE expires < ?1", &s, NULL) != FG_OK ||
	    sqlite3_bind_int64(s, 1, now) != SQLITE_OK ||
	    store_lite_done(c->db, s, "store.claims", NULL) != FG_OK)
		return -1;
	return sqlite3_changes(c->db);
}
