/*
 * gateway/store/sqlite.c - the embedded engine: rows by kind.
 */
#include <stdio.h>

#include "gateway/store/sqlite_int.h"

static struct store_sqlite *
self(struct store_engine *e)
{
	return (struct store_sqlite *)e;
}

/* ---- statements, made from the kind's columns ---- */

static void
names(struct fg_buf *b, const struct store_desc *d)
{
	for (size_t i = 0; i < d->n; i++)
		fg_buf_fmt(b, "\"%s\", ", d->col[i].name);
	fg_buf_put(b, FG_LIT("rv, mac"));
}

static void
where_key(struct fg_buf *b, const struct store_desc *d)
{
	const char *sep = " WHERE";

	for (size_t i = 0; i < d->n; i++) {
		if (!d->col[i].key)
			continue;
		fg_buf_fmt(b, "%s \"%s\" = ?%zu", sep, d->col[i].name, i + 1);
		sep = " AND";
	}
}

static void
order_key(struct fg_buf *b, const struct store_desc *d)
{
	const char *sep = " ORDER BY";

	for (size_t i = 0; i < d->n; i++) {
		if (!d->col[i].key)
			continue;
		fg_buf_fmt(b, "%s \"%s\"", sep, d->col[i].name);
		sep = ",";
	}
}

static void
sql_insert(struct fg_buf *b, const struct store_desc *d)
{
	fg_buf_fmt(b, "INSERT INTO %s(", d->table);
	names(b, d);
	fg_buf_put(b, FG_LIT(") VALUES("));
	for (size_t i = 0; i < d->n; i++)
		fg_buf_fmt(b, "?%zu, ", i + 1);
	fg_buf_fmt(b, "?%zu, ?%zu)", d->n + 1, d->n + 2);
}

static void
sql_update(struct fg_buf *b, const struct store_desc *d)
{
	fg_buf_fmt(b, "UPDATE %s SET ", d->table);
	for (size_t i = 0; i < d->n; i++)
		if (!d->col[i].key)
			fg_buf_fmt(b, "\"%s\" = ?%zu, ", d->col[i].name, i + 1);
	fg_buf_fmt(b, "rv = ?%zu, mac = ?%zu", d->n + 1, d->n + 2);
	where_key(b, d);
}

static void
sql_select(struct fg_buf *b, const struct store_desc *d)
{
	fg_buf_put(b, FG_LIT("SELECT "));
	names(b, d);
	fg_buf_fmt(b, " FROM %s", d->table);
}

static void
sql_of(struct fg_buf *b, const struct store_desc *d, enum store_stmt which)
{
	switch (which) {
	case STMT_INSERT:
		sql_insert(b, d);
		return;
	case STMT_UPDATE:
		sql_update(b, d);
		return;
	case STMT_DELETE:
		fg_buf_fmt(b, "DELETE FROM %s", d->table);
		where_key(b, d);
		return;
	case STMT_GET:
		sql_select(b, d);
		where_key(b, d);
		return;
	case STMT_MAX:
	default:
		sql_select(b, d);
		return;
	}
}

/* The statement of a kind, prepared once. */
static enum fg_rc
stmt(struct store_sqlite *l, enum store_kind k, enum store_stmt which, sqlite3_stmt **ret,
    struct fg_err *reterr)
{
	char text[2048];
	struct fg_buf b = FG_BUF_FIXED(text);
	struct fg_str sql;

	if (l->stmt[k][which] == NULL) {
		sql_of(&b, store_desc(k), which);
		fg_buf_putc(&b, '\0');
		FG_TRY(fg_buf_end(&b, &sql));
		FG_TRY(store_lite_prepare(l->db, sql.p, &l->stmt[k][which], reterr));
	}
	*ret = l->stmt[k][which];
	return FG_OK;
}

/* ---- binding and reading rows ---- */

static int
bind_cell(sqlite3_stmt *s, const struct store_column *c, int at, const struct store_cell *v)
{
	if (c->type == STORE_INT)
		return sqlite3_bind_int64(s, at, v->i);
	if (c->type == STORE_BLOB)
		return store_lite_bind_blob(s, at, v->s.p, v->s.n);
	return store_lite_bind(s, at, v->s);
}

static int
bind_key(sqlite3_stmt *s, const struct store_desc *d, const struct store_cell *cell)
{
	int bad = 0;

	for (size_t i = 0; i < d->n; i++)
		if (d->col[i].key)
			bad |= bind_cell(s, &d->col[i], (int)i + 1, &cell[i]);
	return bad;
}

/* A column of an unexpected type, or a MAC of another length, leaves a row that cannot verify. */
static void
row_read(sqlite3_stmt *s, const struct store_desc *d, struct store_row *r)
{
	*r = (struct store_row){ .version = 0 };
	for (size_t i = 0; i < d->n; i++) {
		if (d->col[i].type == STORE_INT)
			r->cell[i].i = sqlite3_column_int64(s, (int)i);
		else
			r->cell[i].s = store_lite_column(s, (int)i);
	}
	r->version = sqlite3_column_int64(s, (int)d->n);
	if (!store_lite_fixed(s, (int)d->n + 1, r->mac, sizeof(r->mac)))
		memset(r->mac, 0, sizeof(r->mac));
}

static enum fg_rc
rows(struct store_sqlite *l, sqlite3_stmt *s, const struct store_desc *d, store_row_fn fn,
    void *arg, struct fg_err *reterr)
{
	struct store_row r;
	enum fg_rc rc = FG_OK;
	int step;

	while (rc == FG_OK && (step = sqlite3_step(s)) != SQLITE_DONE) {
		if (step != SQLITE_ROW) {
			rc = store_lite_fail(l->db, "store.read", reterr);
			break;
		}
		row_read(s, d, &r);
		rc = fn(arg, &r, reterr);
	}
	(void)sqlite3_reset(s);
	return rc;
}

/* ---- operations ---- */

static enum fg_rc
lite_put(struct store_engine *e, enum store_kind k, const struct store_row *r,
    enum store_mode mode, struct fg_err *reterr)
{
	struct store_sqlite *l = self(e);
	const struct store_desc *d = store_desc(k);
	sqlite3_stmt *s;
	int bad = 0;

	FG_TRY(stmt(l, k, mode == STORE_INSERT ? STMT_INSERT : STMT_UPDATE, &s, reterr));
	for (size_t i = 0; i < d->n; i++)
		bad |= bind_cell(s, &d->col[i], (int)i + 1, &r->cell[i]);
	bad |= sqlite3_bind_int64(s, (int)d->n + 1, r->version);
	bad |= store_lite_bind_blob(s, (int)d->n + 2, r->mac, sizeof(r->mac));
	if (bad != 0)
		return store_lite_fail(l->db, "store.write", reterr);
	return store_lite_done(l->db, s, "store.write", reterr);
}

static enum fg_rc
lite_del(struct store_engine *e, enum store_kind k, const struct store_cell *key,
    struct fg_err *reterr)
{
	struct store_sqlite *l = self(e);
	sqlite3_stmt *s;

	FG_TRY(stmt(l, k, STMT_DELETE, &s, reterr));
	if (bind_key(s, store_desc(k), key) != 0)
		return store_lite_fail(l->db, "store.delete", reterr);
	return store_lite_done(l->db, s, "store.delete", reterr);
}

static enum fg_rc
lite_get(struct store_engine *e, enum store_kind k, const struct store_cell *key,
    store_row_fn fn, void *arg, struct fg_err *reterr)
{
	struct store_sqlite *l = self(e);
	const struct store_desc *d = store_desc(k);
	struct store_row r;
	sqlite3_stmt *s;
	enum fg_rc rc;
	int step;

	FG_TRY(stmt(l, k, STMT_GET, &s, reterr));
	if (bind_key(s, d, key) != 0)
		return store_lite_fail(l->db, "store.read", reterr);
	step = sqlite3_step(s);
	if (step == SQLITE_ROW) {
		row_read(s, d, &r);
		rc = fn(arg, &r, reterr);
	} else if (step == SQLITE_DONE) {
		rc = FG_E_NOT_FOUND; /* the caller says what was not found */
	} else {
		rc = store_lite_fail(l->db, "store.read", reterr);
	}
	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
	return rc;
}

/* Index of a column, or d->n. */
static size_t
column_find(const struct store_desc *d, const char *name)
{
	size_t i = 0;

	while (i < d->n && strcmp(d->col[i].name, name) != 0)
		i++;
	return i;
}

static enum fg_rc
prepare_all(struct store_sqlite *l, const struct store_desc *d, sqlite3_stmt **ret,
    struct fg_err *reterr)
{
	char text[2048];
	struct fg_buf b = FG_BUF_FIXED(text);
	struct fg_str sql;

	sql_select(&b, d);
	fg_buf_putc(&b, '\0');
	FG_TRY(fg_buf_end(&b, &sql));
	return store_lite_prepare(l->db, sql.p, ret, reterr);
}

static enum fg_rc
prepare_by(struct store_sqlite *l, const struct store_desc *d, const char *column,
    sqlite3_stmt **ret, struct fg_err *reterr)
{
	char text[2048];
	struct fg_buf b = FG_BUF_FIXED(text);
	struct fg_str sql;

	sql_select(&b, d);
	fg_buf_fmt(&b, " WHERE \"%s\" = ?1", column);
	order_key(&b, d);
	fg_buf_putc(&b, '\0');
	FG_TRY(fg_buf_end(&b, &sql));
	return store_lite_prepare(l->db, sql.p, ret, reterr);
}

static enum fg_rc
lite_scan(struct store_engine *e, enum store_kind k, const char *column, struct fg_str value,
    store_row_fn fn, void *arg, struct fg_err *reterr)
{
	struct store_sqlite *l = self(e);
	const struct store_desc *d = store_desc(k);
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *own = NULL;
	sqlite3_stmt *s;
	size_t at;

	if (column == NULL) {
		FG_TRY(prepare_all(l, d, &own, reterr));
		return rows(l, own, d, fn, arg, reterr);
	}
	at = column_find(d, column);
	if (at == d->n)
		return fg_fail(reterr, FG_E_INTERNAL, "store.scan", NULL, "no column %s", column);
	if (l->by[k][at] == NULL)
		FG_TRY(prepare_by(l, d, column, &l->by[k][at], reterr));
	s = l->by[k][at];
	if (sqlite3_stmt_busy(s)) { /* a scan inside a scan */
		FG_TRY(prepare_by(l, d, column, &own, reterr));
		s = own;
	}
	if (store_lite_bind(s, 1, value) != 0)
		return store_lite_fail(l->db, "store.scan", reterr);
	return rows(l, s, d, fn, arg, reterr);
}

static enum fg_rc
lite_begin(struct store_engine *e, struct fg_err *reterr)
{
	return store_lite_exec(self(e)->db, "BEGIN", reterr);
}

static enum fg_rc
lite_commit(struct store_engine *e, struct fg_err *reterr)
{
	return store_lite_exec(self(e)->db, "COMMIT", reterr);
}

static void
lite_rollback(struct store_engine *e)
{
	if (sqlite3_get_autocommit(self(e)->db) == 0)
		store_lite_try(self(e)->db, "ROLLBACK");
}

static void
lite_close(struct store_engine *e)
{
	struct store_sqlite *l = self(e);

	for (size_t k = 0; k < STORE_KIND_MAX; k++)
		for (size_t i = 0; i < STMT_MAX; i++)
			sqlite3_finalize(l->stmt[k][i]);
	for (size_t k = 0; k < STORE_KIND_MAX; k++)
		for (size_t i = 0; i < STORE_COLUMNS_MAX; i++)
			sqlite3_finalize(l->by[k][i]);
	sqlite3_close(l->db);
	free(l);
}

static void
lite_freep(struct store_sqlite **l)
{
	if (*l != NULL)
		lite_close(&(*l)->base);
}

static const struct store_engine_ops ops = {
	.close = lite_close,
	.begin = lite_begin,
	.commit = lite_commit,
	.rollback = lite_rollback,
	.put = lite_put,
	.del = lite_del,
	.get = lite_get,
	.scan = lite_scan,
	.sets = store_lite_sets,
	.set_put = store_lite_set_put,
	.head_get = store_lite_head_get,
	.head_put = store_lite_head_put,
	.used_put = store_lite_used_put,
	.used_all = store_lite_used_all,
	.backup = store_lite_backup,
	.checkpoint_put = store_lite_checkpoint_put,
	.checkpoint_get = store_lite_checkpoint_get,
	.node_put = store_lite_node_put,
	.node_del = store_lite_node_del,
	.node_all = store_lite_node_all,
};

/* ---- migrations ---- */

#define APPLICATION_ID 0x66676174 /* "fgat" */

static enum fg_rc
number(sqlite3 *db, const char *sql, int64_t *ret, struct fg_err *reterr)
{
	FG_AUTO(store_lite_finalizep) sqlite3_stmt *s = NULL;

	FG_TRY(store_lite_prepare(db, sql, &s, reterr));
	if (sqlite3_step(s) != SQLITE_ROW)
		return store_lite_fail(db, "store.schema", reterr);
	*ret = sqlite3_column_int64(s, 0);
	return FG_OK;
}

static enum fg_rc
migrate_one(sqlite3 *db, int from, struct fg_err *reterr)
{
	char pragma[64];

	(void)snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", from + 1);
	FG_TRY(store_lite_exec(db, "BEGIN IMMEDIATE", reterr));
	FG_TRY(store_lite_exec(db, store_schema[from], reterr));
	FG_TRY(store_lite_exec(db, pragma, reterr));
	return store_lite_exec(db, "COMMIT", reterr);
}

static enum fg_rc
migrate(sqlite3 *db, bool create, struct fg_err *reterr)
{
	char pragma[64];
	int64_t id, version;

	if (create) {
		(void)snprintf(pragma, sizeof(pragma), "PRAGMA application_id = %d", APPLICATION_ID);
		FG_TRY(store_lite_exec(db, pragma, reterr));
	}
	FG_TRY(number(db, "PRAGMA application_id", &id, reterr));
	FG_TRY(number(db, "PRAGMA user_version", &version, reterr));
	if (id != APPLICATION_ID)
		return fg_fail(reterr, FG_E_STORE, "store.open", NULL, "not a fedgate store");
	if (version < 0 || version > store_schema_n)
		return fg_fail(reterr, FG_E_CONFLICT, "store.schema", "rule 22",
		    "schema %lld is newer than this program's %d", (long long)version,
		    store_schema_n);
	for (int i = (int)version; i < store_schema_n; i++)
		FG_TRY(migrate_one(db, i, reterr));
	return FG_OK;
}

enum fg_rc
store_sqlite_open(const char *path, bool create, struct store_engine **ret,
    struct fg_err *reterr)
{
	FG_AUTO(lite_freep) struct store_sqlite *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "store.open", NULL, "handle");
	l->base.ops = &ops;
	FG_TRY(store_lite_open(path, create, &l->db, reterr));
	FG_TRY(migrate(l->db, create, reterr));
	/* We are the one owner now: whoever was up is not any more. */
	FG_TRY(store_lite_exec(l->db, "DELETE FROM nodes", reterr));
	*ret = &FG_STEAL(l)->base;
	return FG_OK;
}
