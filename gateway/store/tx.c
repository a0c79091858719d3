/*
 * gateway/store/tx.c - transactions: rows, their MACs, and the records that cover them.
 */
#include "gateway/store/store_int.h"

enum { CHANGES_FIRST = 16 };

static enum fg_rc
ready(const struct store *st, struct fg_err *reterr)
{
	if (!st->loaded)
		return fg_fail(reterr, FG_E_INTERNAL, "store.begin", NULL, "not loaded");
	if (st->broken || st->below_mark)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "store.damaged", "rule 19",
		    "store does not add up: fedgate recover");
	return FG_OK;
}

static enum fg_rc
begin_locked(struct store *st, struct fg_err *reterr)
{
	FG_TRY(ready(st, reterr));
	st->tx = (struct store_tx){ .st = st, .arena = fg_arena_new(FG_LIMIT_STORE_TX_BYTES) };
	if (st->tx.arena == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "store.begin", NULL, "arena");
	if (st->engine->ops->begin(st->engine, reterr) != FG_OK) {
		fg_arena_freep(&st->tx.arena);
		return FG_E_STORE;
	}
	return FG_OK;
}

enum fg_rc
store_begin(struct store *st, struct store_tx **ret, struct fg_err *reterr)
{
	enum fg_rc rc;

	pthread_mutex_lock(&st->lock);
	rc = begin_locked(st, reterr);
	if (rc != FG_OK) {
		pthread_mutex_unlock(&st->lock);
		return rc;
	}
	*ret = &st->tx;
	return FG_OK;
}

int64_t
store_tx_number(const struct store_tx *tx)
{
	return tx->st->head.generation + 1;
}

/* Forget what was pending. */
static void
discard(struct store_tx *tx)
{
	for (struct store_set *s = tx->touched; s != NULL; s = s->touched)
		s->dirty = false;
	tx->touched = NULL;
	free(tx->change);
	tx->change = NULL;
	tx->changes = tx->room = 0;
}

void
store_rollback(struct store_tx *tx)
{
	struct store *st;

	if (tx == NULL)
		return;
	st = tx->st;
	st->engine->ops->rollback(st->engine);
	discard(tx);
	fg_arena_freep(&tx->arena);
	pthread_mutex_unlock(&st->lock);
}

void
store_rollbackp(struct store_tx **tx)
{
	store_rollback(*tx);
	*tx = NULL;
}

/* ---- pending records ---- */

enum fg_rc
store_tx_touch(struct store_tx *tx, struct fg_str account, struct store_set **ret, struct fg_err *reterr)
{
	struct store_set *s = store_sets_get(&tx->st->sets, account);

	if (s == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "store.write", NULL, "sets");
	if (s->damaged && !tx->recover)
		return fg_fail(reterr, FG_E_CONFLICT, "store.damaged", "rule 19",
		    "rows of %.*s do not add up: fedgate recover", FG_PRI(account));
	if (!s->dirty) {
		s->next_n = s->n;
		memcpy(s->next_sum, s->sum, sizeof(s->sum));
		s->dirty = true;
		s->touched = tx->touched;
		tx->touched = s;
	}
	*ret = s;
	return FG_OK;
}

static enum fg_rc
changed(struct store_tx *tx, enum store_kind kind, const struct store_cell *cell, bool deleted,
    struct fg_err *reterr)
{
	const struct store_desc *d = store_desc(kind);
	struct store_cell key[STORE_COLUMNS_MAX];
	struct store_change *v = tx->change;
	void *row = fg_arena_alloc(tx->arena, d->size);

	if (tx->changes == tx->room) {
		tx->room = tx->room == 0 ? CHANGES_FIRST : tx->room * 2;
		v = reallocarray(v, tx->room, sizeof(*v));
		if (v == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "store.write", NULL, "changes");
		tx->change = v;
	}
	if (row == NULL)
		return fg_fail(reterr, FG_E_LIMIT, "store.write", NULL, "transaction is too large");
	for (size_t i = 0; i < d->n; i++) {
		const bool keep = i == 0 || d->col[i].key;

		key[i] = keep ? cell[i] : (struct store_cell){ .i = 0 };
		if (!keep)
			key[i].s = FG_LIT("");
	}
	store_cells_to(d, key, row);
	FG_TRY(store_row_keep(d, tx->arena, row, reterr));
	v[tx->changes++] = (struct store_change){ kind, deleted, row };
	return FG_OK;
}

/* ---- the row that is there ---- */

struct old {
	struct store_tx *tx;
	const struct store_desc *d;
	bool bad;
	struct store_set *set; /* of the old row, when it verifies */
	struct store_tag tag;
};

static enum fg_rc
old_read(void *arg, const struct store_row *row, struct fg_err *reterr)
{
	struct old *o = arg;
	const struct store_mac *by;

	if (store_keys_row(&o->tx->st->keys, o->d, row, &o->tag, &by) != FG_OK)
		return fg_fail(reterr, FG_E_CRYPTO, "store.row", "rule 19", "HMAC failed");
	o->bad = by == NULL;
	if (o->bad)
		return FG_OK;
	return store_tx_touch(o->tx, store_row_account(o->d, row->cell), &o->set, reterr);
}

/* FG_OK or FG_E_NOT_FOUND without a text. */
static enum fg_rc
old_find(struct store_tx *tx, enum store_kind kind, const struct store_cell *cell,
    struct old *ret, struct fg_err *reterr)
{
	struct store_engine *e = tx->st->engine;

	*ret = (struct old){ .tx = tx, .d = store_desc(kind) };
	return e->ops->get(e, kind, cell, old_read, ret, reterr);
}

/* A row that does not verify was never counted. */
static void
old_out(const struct old *o)
{
	if (o->bad || o->set == NULL)
		return;
	o->set->next_n--;
	store_lane_xor(o->set->next_sum, o->tag.lane);
}

/* ---- writing ---- */

static enum fg_rc
not_found(const struct store_desc *d, const struct store_cell *cell, struct fg_err *reterr)
{
	char what[FG_LIMIT_ERR_TEXT];

	store_row_what(d, cell, what, sizeof(what));
	return fg_fail(reterr, FG_E_NOT_FOUND, "store.row", NULL, "no %s", what);
}

/* Errors of the engine leave only rollback; a taken name or a missing row do not. */
static enum fg_rc
latch(struct store_tx *tx, enum fg_rc rc)
{
	if (rc != FG_OK && rc != FG_E_EXISTS && rc != FG_E_NOT_FOUND && rc != FG_E_CONFLICT)
		tx->failed = true;
	return rc;
}

static enum fg_rc
write_row(struct store_tx *tx, enum store_kind kind, const struct store_cell *cell,
    enum store_mode mode, const struct old *old, struct fg_err *reterr)
{
	struct store *st = tx->st;
	const struct store_desc *d = store_desc(kind);
	struct store_row r = { .version = st->head.generation + 1 };
	struct store_set *set;
	struct store_tag tag;
	enum fg_rc rc;

	memcpy(r.cell, cell, sizeof(r.cell));
	FG_TRY(store_tx_touch(tx, store_row_account(d, cell), &set, reterr));
	rc = store_mac_row(st->mac, d, &r, &tag);
	if (rc != FG_OK)
		return fg_fail(reterr, rc, "store.row", NULL, "row has no MAC: %s", fg_rc_text(rc));
	memcpy(r.mac, tag.mac, sizeof(r.mac));
	FG_TRY(changed(tx, kind, cell, false, reterr));
	if (st->engine->ops->put(st->engine, kind, &r, mode, reterr) != FG_OK) {
		tx->changes--;
		return reterr == NULL ? FG_E_STORE : reterr->rc;
	}
	if (old != NULL)
		old_out(old);
	set->next_n++;
	store_lane_xor(set->next_sum, tag.lane);
	return FG_OK;
}

enum fg_rc
store_insert(struct store_tx *tx, enum store_kind kind, const void *row, struct fg_err *reterr)
{
	struct store_cell cell[STORE_COLUMNS_MAX] = { 0 };

	store_cells_of(store_desc(kind), row, cell);
	return latch(tx, write_row(tx, kind, cell, STORE_INSERT, NULL, reterr));
}

static enum fg_rc
update(struct store_tx *tx, enum store_kind kind, const void *row, bool insert,
    struct fg_err *reterr)
{
	const struct store_desc *d = store_desc(kind);
	struct store_cell cell[STORE_COLUMNS_MAX] = { 0 };
	struct old old;
	enum fg_rc rc;

	store_cells_of(d, row, cell);
	rc = old_find(tx, kind, cell, &old, reterr);
	if (rc == FG_E_NOT_FOUND && insert)
		return write_row(tx, kind, cell, STORE_INSERT, NULL, reterr);
	if (rc == FG_E_NOT_FOUND)
		return not_found(d, cell, reterr);
	FG_TRY(rc);
	return write_row(tx, kind, cell, STORE_UPDATE, &old, reterr);
}

enum fg_rc
store_update(struct store_tx *tx, enum store_kind kind, const void *row, struct fg_err *reterr)
{
	return latch(tx, update(tx, kind, row, false, reterr));
}

enum fg_rc
store_put(struct store_tx *tx, enum store_kind kind, const void *row, struct fg_err *reterr)
{
	return latch(tx, update(tx, kind, row, true, reterr));
}

static enum fg_rc
delete_row(struct store_tx *tx, enum store_kind kind, const void *row, struct fg_err *reterr)
{
	const struct store_desc *d = store_desc(kind);
	struct store_engine *e = tx->st->engine;
	struct store_cell cell[STORE_COLUMNS_MAX] = { 0 };
	struct old old;
	enum fg_rc rc;

	store_cells_of(d, row, cell);
	rc = old_find(tx, kind, cell, &old, reterr);
	if (rc == FG_E_NOT_FOUND)
		return not_found(d, cell, reterr);
	FG_TRY(rc);
	FG_TRY(changed(tx, kind, cell, true, reterr));
	FG_TRY(e->ops->del(e, kind, cell, reterr));
	old_out(&old);
	return FG_OK;
}

enum fg_rc
store_delete(struct store_tx *tx, enum store_kind kind, const void *row, struct fg_err *reterr)
{
	return latch(tx, delete_row(tx, kind, row, reterr));
}

/* ---- commit ---- */

static enum fg_rc
seal_sets(struct store_tx *tx, struct store_head *h, unsigned char sum[32],
    struct fg_err *reterr)
{
	struct store *st = tx->st;

	for (struct store_set *s = tx->touched; s != NULL; s = s->touched) {
		struct store_set_row r = { .account = fg_str(s->account, s->account_n),
			.n = s->next_n, .generation = h->generation };

		if (store_set_mac(st->mac, &r, s->next_sum, r.mac) != FG_OK ||
		    store_set_lane(st->mac, &r, s->next_lane) != FG_OK)
			return fg_fail(reterr, FG_E_CRYPTO, "store.sets", "rule 19", "HMAC failed");
		FG_TRY(st->engine->ops->set_put(st->engine, &r, reterr));
		if (s->known)
			store_lane_xor(sum, s->lane);
		else
			h->sets++;
		store_lane_xor(sum, s->next_lane);
	}
	return FG_OK;
}

static void
adopt(struct store_tx *tx, const struct store_head *h, const unsigned char sum[32])
{
	struct store *st = tx->st;

	for (struct store_set *s = tx->touched; s != NULL; s = s->touched) {
		s->n = s->next_n;
		memcpy(s->sum, s->next_sum, sizeof(s->sum));
		memcpy(s->lane, s->next_lane, sizeof(s->lane));
		s->known = true;
	}
	st->head = *h;
	memcpy(st->sets_sum, sum, sizeof(st->sets_sum));
}

static enum fg_rc
commit_locked(struct store_tx *tx, struct fg_err *reterr)
{
	struct store *st = tx->st;
	struct store_head h = st->head;
	unsigned char sum[32];

	if (tx->failed)
		return fg_fail(reterr, FG_E_STORE, "store.commit", NULL, "a write failed before");
	if (tx->touched == NULL)
		return st->engine->ops->commit(st->engine, reterr);
	h.generation++;
	memcpy(sum, st->sets_sum, sizeof(sum));
	FG_TRY(seal_sets(tx, &h, sum, reterr));
	FG_TRY(store_head_write(st, &h, sum, reterr));
	FG_TRY(st->engine->ops->commit(st->engine, reterr));
	adopt(tx, &h, sum);
	st->mark.generation = (uint64_t)h.generation;
	/* The rows are on disk: a mark that lags by one is an alarm, not a failure. */
	if (store_mark_write(&st->mark, st->mac, NULL) != FG_OK)
		store_raise(st, STORE_ALARM_MARK, "high-water mark was not written");
	return FG_OK;
}

enum fg_rc
store_commit(struct store_tx *tx, struct fg_err *reterr)
{
	struct store *st = tx->st;
	FG_AUTO(fg_arena_freep) struct fg_arena *arena = NULL;
	struct store_change *change;
	size_t n;
	enum fg_rc rc = commit_locked(tx, reterr);

	if (rc != FG_OK) {
		store_rollback(tx);
		return rc;
	}
	arena = FG_STEAL(tx->arena);
	change = FG_STEAL(tx->change);
	n = tx->changes;
	discard(tx);
	pthread_mutex_unlock(&st->lock);
	if (st->on_commit != NULL && n > 0)
		st->on_commit(st->on_commit_arg, st, change, n);
	free(change);
	return FG_OK;
}

void
store_on_commit(struct store *st, store_commit_fn fn, void *arg)
{
	pthread_mutex_lock(&st->lock);
	st->on_commit = fn;
	st->on_commit_arg = arg;
	pthread_mutex_unlock(&st->lock);
}
