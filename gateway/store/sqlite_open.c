/*
 * gateway/store/sqlite_open.c - open a database file of our own; small SQLite helpers.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/store/sqlite_int.h"

enum fg_rc
store_lite_fail(sqlite3 *db, const char *step, struct fg_err *reterr)
{
	int rc = db == NULL ? SQLITE_NOMEM : sqlite3_errcode(db);

	return fg_fail(reterr, rc == SQLITE_NOMEM ? FG_E_NOMEM : FG_E_STORE, step, NULL,
	    "sqlite: %s", db == NULL ? "out of memory" : sqlite3_errmsg(db));
}

void
store_lite_finalizep(sqlite3_stmt **s)
{
	sqlite3_finalize(*s);
}

static void
lite_closep(sqlite3 **db)
{
	sqlite3_close(*db);
}

enum fg_rc
store_lite_exec(sqlite3 *db, const char *sql, struct fg_err *reterr)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return store_lite_fail(db, "store.sql", reterr);
	return FG_OK;
}

void
store_lite_try(sqlite3 *db, const char *sql)
{
	(void)sqlite3_exec(db, sql, NULL, NULL, NULL);
}

enum fg_rc
store_lite_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret, struct fg_err *reterr)
{
	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL) != SQLITE_OK)
		return store_lite_fail(db, "store.sql", reterr);
	return FG_OK;
}

int
store_lite_bind(sqlite3_stmt *s, int at, struct fg_str v)
{
	if (v.n > INT_MAX)
		return SQLITE_TOOBIG;
	return sqlite3_bind_text(s, at, v.n == 0 ? "" : v.p, (int)v.n, SQLITE_STATIC);
}

int
store_lite_bind_blob(sqlite3_stmt *s, int at, const void *p, size_t n)
{
	if (n > INT_MAX)
		return SQLITE_TOOBIG;
	if (n == 0)
		return sqlite3_bind_zeroblob(s, at, 0);
	return sqlite3_bind_blob(s, at, p, (int)n, SQLITE_STATIC);
}

struct fg_str
store_lite_column(sqlite3_stmt *s, int at)
{
	const void *p = sqlite3_column_blob(s, at);
	int n = sqlite3_column_bytes(s, at);

	return p == NULL || n <= 0 ? FG_LIT("") : fg_str(p, (size_t)n);
}

bool
store_lite_fixed(sqlite3_stmt *s, int at, void *out, size_t n)
{
	struct fg_str v = store_lite_column(s, at);

	if (v.n != n)
		return false;
	memcpy(out, v.p, n);
	return true;
}

enum fg_rc
store_lite_done(sqlite3 *db, sqlite3_stmt *s, const char *step, struct fg_err *reterr)
{
	int rc = sqlite3_step(s);
	enum fg_rc ret = FG_OK;

	if (rc == SQLITE_CONSTRAINT)
		ret = fg_fail(reterr, FG_E_EXISTS, step, NULL, "%s", sqlite3_errmsg(db));
	else if (rc != SQLITE_DONE)
		ret = store_lite_fail(db, step, reterr);
	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
	return ret;
}

/* 0600 from the first moment, and never through a link. */
static enum fg_rc
file_make(const char *path, bool create, struct fg_err *reterr)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT | O_EXCL : 0), 0600);

	if (fd < 0 && errno == EEXIST)
		return fg_fail(reterr, FG_E_EXISTS, "store.open", NULL, "%s exists", path);
	if (fd < 0 && errno == ENOENT)
		return fg_fail(reterr, FG_E_NOT_FOUND, "store.open", NULL, "no store at %s", path);
	if (fd < 0)
		return fg_fail(reterr, FG_E_IO, "store.open", NULL, "%s: errno %d", path, errno);
	close(fd);
	return FG_OK;
}

enum fg_rc
store_lite_open(const char *path, bool create, sqlite3 **ret, struct fg_err *reterr)
{
	FG_AUTO(lite_closep) sqlite3 *db = NULL;
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;

	FG_TRY(file_make(path, create, reterr));
	if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK)
		return store_lite_fail(db, "store.open", reterr);
	(void)sqlite3_extended_result_codes(db, 0);
	FG_TRY(store_lite_exec(db,
	    "PRAGMA locking_mode = EXCLUSIVE;"
	    "PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = FULL;"
	    "PRAGMA trusted_schema = OFF;"
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA temp_store = MEMORY;"
	    "PRAGMA cache_size = -16384;", reterr));
	*ret = FG_STEAL(db);
	return FG_OK;
}
