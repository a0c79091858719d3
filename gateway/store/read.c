/*
 * gateway/store/read.c - reading rows in a transaction, and the state that has no MAC.
 */
#include "gateway/store/store_int.h"

union any_row {
	struct store_setting setting;
	char room[512];
};

struct read {
	struct store *st;
	enum store_kind kind;
	const struct store_desc *d;
	store_visit_fn fn;
	void *arg;
	struct fg_arena *a;
	void *ret;
};

static enum fg_rc
verify(const struct read *r, const struct store_row *row, bool *bad, struct fg_err *reterr)
{
	const struct store_mac *by;
	struct store_tag tag;

	if (store_keys_row(&r->st->keys, r->d, row, &tag, &by) != FG_OK)
		return fg_fail(reterr, FG_E_CRYPTO, "store.row", "rule 19", "HMAC failed");
	*bad = by == NULL;
	return FG_OK;
}

static enum fg_rc
get_row(void *arg, const struct store_row *row, struct fg_err *reterr)
{
	struct read *r = arg;
	char what[FG_LIMIT_ERR_TEXT];
	bool bad = true;

	FG_TRY(verify(r, row, &bad, reterr));
	if (bad) {
		store_row_what(r->d, row->cell, what, sizeof(what));
		return fg_fail(reterr, FG_E_STORE, "store.row", "rule 19",
		    "%s was changed behind the store's back", what);
	}
	store_cells_to(r->d, row->cell, r->ret);
	return store_row_keep(r->d, r->a, r->ret, reterr);
}

enum fg_rc
store_get(struct store_tx *tx, enum store_kind kind, void *row, struct fg_arena *a,
    struct fg_err *reterr)
{
	struct store_engine *e = tx->st->engine;
	struct read r = { .st = tx->st, .kind = kind, .d = store_desc(kind), .a = a, .ret = row };
	struct store_cell cell[STORE_COLUMNS_MAX] = { 0 };
	char what[FG_LIMIT_ERR_TEXT];
	enum fg_rc rc;

	store_cells_of(r.d, row, cell);
	rc = e->ops->get(e, kind, cell, get_row, &r, reterr);
	if (rc != FG_E_NOT_FOUND)
		return rc;
	store_row_what(r.d, cell, what, sizeof(what));
	return fg_fail(reterr, FG_E_NOT_FOUND, "store.row", NULL, "no %s", what);
}

static enum fg_rc
scan_row(void *arg, const struct store_row *row, struct fg_err *reterr)
{
	struct read *r = arg;
	union any_row any;
	bool bad = true;

	FG_TRY(verify(r, row, &bad, reterr));
	memset(&any, 0, sizeof(any));
	store_cells_to(r->d, row->cell, &any);
	return r->fn(r->arg, r->kind, &any, bad, reterr);
}

enum fg_rc
store_scan(struct store_tx *tx, enum store_kind kind, const char *column, struct fg_str value,
    store_visit_fn fn, void *arg, struct fg_err *reterr)
{
	struct store_engine *e = tx->st->engine;
	struct read r = { .st = tx->st, .kind = kind, .d = store_desc(kind), .fn = fn, .arg = arg };

	return e->ops->scan(e, kind, column, value, scan_row, &r, reterr);
}

enum fg_rc
store_setting_get(struct store_tx *tx, struct fg_str account, struct fg_str name,
    struct fg_arena *a, struct fg_str *ret, struct fg_err *reterr)
{
	struct store_setting s = { .account = account, .name = name };

	FG_TRY(store_get(tx, STORE_SETTING, &s, a, reterr));
	*ret = s.value;
	return FG_OK;
}

enum fg_rc
store_setting_put(struct store_tx *tx, struct fg_str account, struct fg_str name,
    struct fg_str value, struct fg_err *reterr)
{
	const struct store_setting s = { account, name, value };

	return store_put(tx, STORE_SETTING, &s, reterr);
}

/* ---- without MAC: nothing is decided by it ---- */

/* One transaction of the engine, outside the ones of rows. */
enum fg_rc
store_meta_begin(struct store *st, struct fg_err *reterr)
{
	enum fg_rc rc;

	pthread_mutex_lock(&st->lock);
	rc = st->engine->ops->begin(st->engine, reterr);
	if (rc != FG_OK)
		pthread_mutex_unlock(&st->lock);
	return rc;
}

enum fg_rc
store_meta_end(struct store *st, enum fg_rc rc, struct fg_err *reterr)
{
	if (rc == FG_OK)
		rc = st->engine->ops->commit(st->engine, reterr);
	if (rc != FG_OK)
		st->engine->ops->rollback(st->engine);
	pthread_mutex_unlock(&st->lock);
	return rc;
}

enum fg_rc
store_used_flush(struct store *st, const struct store_used *v, size_t n, struct fg_err *reterr)
{
	enum fg_rc rc = FG_OK;

	FG_TRY(store_meta_begin(st, reterr));
	for (size_t i = 0; i < n && rc == FG_OK; i++)
		rc = st->engine->ops->used_put(st->engine, &v[i], reterr);
	return store_meta_end(st, rc, reterr);
}

enum fg_rc
store_used_load(struct store *st, store_used_fn fn, void *arg, struct fg_err *reterr)
{
	enum fg_rc rc;

	FG_TRY(store_meta_begin(st, reterr));
	rc = st->engine->ops->used_all(st->engine, fn, arg, reterr);
	return store_meta_end(st, rc, reterr);
}

enum fg_rc
store_checkpoint_put(struct store *st, const struct store_checkpoint *c, struct fg_err *reterr)
{
	enum fg_rc rc;

	if (c->head.n > sizeof(st->mark.audit) || c->signature.n > 128)
		return fg_fail(reterr, FG_E_LIMIT, "store.checkpoint", NULL, "too long");
	FG_TRY(store_meta_begin(st, reterr));
	rc = st->engine->ops->checkpoint_put(st->engine, c, reterr);
	if (rc == FG_OK) {
		st->mark.audit_n = c->head.n;
		memset(st->mark.audit, 0, sizeof(st->mark.audit));
		if (c->head.n > 0)
			memcpy(st->mark.audit, c->head.p, c->head.n);
		rc = store_mark_write(&st->mark, st->mac, reterr);
	}
	return store_meta_end(st, rc, reterr);
}

enum fg_rc
store_checkpoint_get(struct store *st, struct fg_str chain, struct fg_arena *a,
    struct store_checkpoint *ret, struct fg_err *reterr)
{
	enum fg_rc rc;

	FG_TRY(store_meta_begin(st, reterr));
	rc = st->engine->ops->checkpoint_get(st->engine, chain, a, ret, reterr);
	return store_meta_end(st, rc, reterr);
}
