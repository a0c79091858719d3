/*
 * gateway/store/load.c - verify all rows once, and recover from what does not add up.
 */
#include "gateway/store/store_int.h"

struct load {
	struct store *st;
	enum store_kind kind;
	const struct store_desc *d;
	store_visit_fn fn;
	void *arg;
};

union any_row {
	struct store_setting setting;
	struct store_role role;
	struct store_oidc oidc;
	struct store_saml saml;
	struct store_mfa mfa;
	struct store_policy policy;
	char room[512];
};

bool
store_row_is_wide(enum store_kind kind)
{
	return kind == STORE_SETTING || kind == STORE_RING || kind == STORE_UNIT ||
	    kind == STORE_CONTROL || kind == STORE_TARGET || kind == STORE_CUT;
}

/* Remember a bad row for store_recover(). */
static enum fg_rc
drop_later(struct store *st, enum store_kind kind, const struct store_desc *d,
    const struct store_row *row, struct fg_err *reterr)
{
	struct store_drop *drop;

	if (st->drop_arena == NULL)
		st->drop_arena = fg_arena_new(FG_LIMIT_STORE_TX_BYTES);
	drop = st->drop_arena == NULL ? NULL : FG_NEW(st->drop_arena, struct store_drop);
	if (drop != NULL)
		drop->row = fg_arena_alloc(st->drop_arena, d->size);
	if (drop == NULL || drop->row == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "store.load", NULL, "bad rows");
	store_cells_to(d, row->cell, drop->row);
	FG_TRY(store_row_keep(d, st->drop_arena, drop->row, reterr));
	drop->kind = kind;
	drop->next = st->drop;
	st->drop = drop;
	return FG_OK;
}

static enum fg_rc
load_row(void *arg, const struct store_row *row, struct fg_err *reterr)
{
	struct load *l = arg;
	const struct store_mac *by;
	struct store_tag tag;
	struct store_set *set;
	union any_row any;
	char what[FG_LIMIT_ERR_TEXT];
	bool bad;

	if (store_keys_row(&l->st->keys, l->d, row, &tag, &by) != FG_OK)
		return fg_fail(reterr, FG_E_CRYPTO, "store.row", "rule 19", "HMAC failed");
	bad = by == NULL;
	if (bad) {
		/* Nothing of it is believed, not even whose it is: it counts for no account. */
		store_row_what(l->d, row->cell, what, sizeof(what));
		store_raise(l->st, STORE_ALARM_ROW, what);
		if ((l->st->flags & STORE_RECOVER) != 0 && store_row_is_wide(l->kind))
			FG_TRY(drop_later(l->st, l->kind, l->d, row, reterr));
	} else {
		set = store_sets_get(&l->st->sets, store_row_account(l->d, row->cell));
		if (set == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "store.load", NULL, "sets");
		set->n++;
		store_lane_xor(set->sum, tag.lane);
	}
	if (l->fn == NULL)
		return FG_OK;
	memset(&any, 0, sizeof(any));
	store_cells_to(l->d, row->cell, &any);
	return l->fn(l->arg, l->kind, &any, bad, reterr);
}

static enum fg_rc
load_rows(struct load *l, struct fg_err *reterr)
{
	struct store_engine *e = l->st->engine;

	for (enum store_kind k = STORE_NONE + 1; k < STORE_KIND_MAX; k++) {
		l->kind = k;
		l->d = store_desc(k);
		_Static_assert(sizeof(union any_row) >= 512, "room for every kind");
		if (l->d->size > sizeof(union any_row))
			return fg_fail(reterr, FG_E_INTERNAL, "store.load", NULL, "kind too large");
		FG_TRY(e->ops->scan(e, k, NULL, FG_STR_NULL, load_row, l, reterr));
	}
	return FG_OK;
}

static void
set_damaged(struct store *st, struct store_set *set)
{
	set->damaged = true;
	store_raise(st, STORE_ALARM_SET, set->account_n == 0 ? "installation" : set->account);
}

static enum fg_rc
load_set(void *arg, const struct store_set_row *r, struct fg_err *reterr)
{
	struct load *l = arg;
	struct store_set *set = store_sets_get(&l->st->sets, r->account);
	const struct store_mac *by;

	if (set == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "store.load", NULL, "sets");
	set->known = true;
	if (r->n != set->n || !store_set_verify(&l->st->keys, r, set->sum, &by))
		set_damaged(l->st, set);
	return FG_OK;
}

struct lanes {
	struct store *st;
	int64_t n;
};

static enum fg_rc
add_lane(void *arg, const struct store_set_row *r, struct fg_err *reterr)
{
	struct lanes *l = arg;
	struct store_set *set = store_sets_find(&l->st->sets, r->account);

	if (set == NULL || store_set_lane(l->st->mac, r, set->lane) != FG_OK)
		return fg_fail(reterr, FG_E_CRYPTO, "store.sets", "rule 19", "HMAC failed");
	store_lane_xor(l->st->sets_sum, set->lane);
	l->n++;
	return FG_OK;
}

enum fg_rc
store_sets_lanes(struct store *st, int64_t *ret_n, struct fg_err *reterr)
{
	struct lanes l = { .st = st };

	memset(st->sets_sum, 0, sizeof(st->sets_sum));
	FG_TRY(st->engine->ops->sets(st->engine, add_lane, &l, reterr));
	*ret_n = l.n;
	return FG_OK;
}

/*
 * Which key sealed the head: it is the one that writes until another is told to.  False: none did, and
 * the newest one stands in.
 */
static enum fg_rc
find_head_key(struct store *st, bool *ret_found, int64_t *ret_n, struct fg_err *reterr)
{
	unsigned char mac[STORE_MAC_BYTES];

	*ret_found = false;
	for (size_t i = 0; i < st->keys.n && !*ret_found; i++) {
		st->mac = st->keys.v[i];
		FG_TRY(store_sets_lanes(st, ret_n, reterr));
		if (store_head_seal(st->mac, st->sets_sum, &st->head, mac) != FG_OK)
			return fg_fail(reterr, FG_E_CRYPTO, "store.head", "rule 19", "HMAC failed");
		*ret_found = store_mac_eq(mac, st->head.mac);
	}
	if (*ret_found)
		return FG_OK;
	st->mac = st->keys.v[0];
	return store_sets_lanes(st, ret_n, reterr);
}

static enum fg_rc
load_sets(struct load *l, struct fg_err *reterr)
{
	struct store *st = l->st;
	const struct store_set *own;
	int64_t sets = 0;
	bool found;

	FG_TRY(st->engine->ops->sets(st->engine, load_set, l, reterr));
	for (size_t i = 0; i <= st->sets.mask; i++)
		for (struct store_set *s = st->sets.bucket[i]; s != NULL; s = s->next)
			if (!s->known && s->n > 0)
				set_damaged(st, s);
	FG_TRY(find_head_key(st, &found, &sets, reterr));
	own = store_sets_find(&st->sets, FG_LIT(""));
	st->broken = sets != st->head.sets || !found || (own != NULL && own->damaged);
	st->head.sets = sets;
	if (st->broken)
		store_raise(st, STORE_ALARM_STORE, "records of accounts");
	return FG_OK;
}

/* Write the id of the claims file, and the replay floor when claims may have been lost. */
static enum fg_rc
claims_settle(struct store *st, struct fg_err *reterr)
{
	const struct store_engine_ops *ops = st->engine->ops;
	struct store_head h = st->head;

	memcpy(h.claims_id, st->claims_id, sizeof(h.claims_id));
	if (st->claims_lost && h.floor < st->now)
		h.floor = st->now;
	FG_TRY(ops->begin(st->engine, reterr));
	if (store_head_write(st, &h, st->sets_sum, reterr) != FG_OK ||
	    ops->commit(st->engine, reterr) != FG_OK) {
		ops->rollback(st->engine);
		return fg_fail(reterr, FG_E_STORE, "store.head", NULL, "not written");
	}
	st->head = h;
	store_claims_floor(st, h.floor);
	return FG_OK;
}

static enum fg_rc
verdict(struct store *st, struct fg_err *reterr)
{
	if (st->broken && (st->flags & STORE_RECOVER) == 0)
		return fg_fail(reterr, FG_E_STORE, "store.set", "rule 19",
		    "rows were changed behind the store's back (or this is not its key ring): "
		    "fedgate recover");
	st->below_mark = st->mark.generation > (uint64_t)st->head.generation;
	if (!st->below_mark)
		return FG_OK;
	store_raise(st, STORE_ALARM_MARK, "store is older than its high-water mark");
	if ((st->flags & STORE_RECOVER) == 0)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "store.mark", "rule 20",
		    "store is at generation %lld, its mark at %llu: restored from a backup? "
		    "fedgate recover", (long long)st->head.generation,
		    (unsigned long long)st->mark.generation);
	return FG_OK;
}

static enum fg_rc
load_locked(struct store *st, store_visit_fn fn, void *arg, struct fg_err *reterr)
{
	struct load l = { .st = st, .fn = fn, .arg = arg };

	if (st->loaded)
		return fg_fail(reterr, FG_E_INTERNAL, "store.load", NULL, "loaded before");
	FG_TRY(load_rows(&l, reterr));
	FG_TRY(load_sets(&l, reterr));
	FG_TRY(verdict(st, reterr));
	if ((st->flags & STORE_RECOVER) == 0)
		FG_TRY(claims_settle(st, reterr));
	st->loaded = true;
	return FG_OK;
}

enum fg_rc
store_load(struct store *st, store_visit_fn fn, void *arg, struct fg_err *reterr)
{
	enum fg_rc rc;

	pthread_mutex_lock(&st->lock);
	rc = load_locked(st, fn, arg, reterr);
	pthread_mutex_unlock(&st->lock);
	return rc;
}

bool
store_damaged(struct store *st, struct fg_str account)
{
	const struct store_set *s;
	bool damaged;

	pthread_mutex_lock(&st->lock);
	s = store_sets_find(&st->sets, account);
	damaged = !st->loaded || st->broken || (s != NULL && s->damaged);
	pthread_mutex_unlock(&st->lock);
	return damaged;
}

/* Every account's record is written again, from the rows that verified. */
static void
touch_all(struct store *st, struct store_tx *tx)
{
	for (size_t i = 0; i <= st->sets.mask; i++) {
		for (struct store_set *s = st->sets.bucket[i]; s != NULL; s = s->next) {
			s->damaged = false;
			if (s->dirty)
				continue;
			s->next_n = s->n;
			memcpy(s->next_sum, s->sum, sizeof(s->sum));
			s->dirty = true;
			s->touched = tx->touched;
			tx->touched = s;
		}
	}
}

enum fg_rc
store_recover(struct store *st, fg_time now, struct fg_err *reterr)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	const struct store_cut cut = { .account = FG_LIT(""), .kind = FG_LIT("before"),
		.target = FG_LIT(""), .reason = FG_LIT("recover"), .at = now,
		.expires = now + FG_LIMIT_SESSION_MAX_S };

	if ((st->flags & STORE_RECOVER) == 0)
		return fg_fail(reterr, FG_E_INTERNAL, "store.recover", NULL, "not opened for it");
	pthread_mutex_lock(&st->lock);
	st->broken = st->below_mark = false;
	if (st->mark.generation > (uint64_t)st->head.generation)
		st->head.generation = (int64_t)st->mark.generation;
	st->head.floor = now;
	memcpy(st->head.claims_id, st->claims_id, sizeof(st->head.claims_id));
	pthread_mutex_unlock(&st->lock);
	FG_TRY(store_begin(st, &tx, reterr));
	tx->recover = true;
	touch_all(st, tx);
	for (const struct store_drop *d = st->drop; d != NULL; d = d->next)
		FG_TRY(store_delete(tx, d->kind, d->row, reterr));
	FG_TRY(store_put(tx, STORE_CUT, &cut, reterr));
	FG_TRY(store_commit(FG_STEAL(tx), reterr));
	store_claims_floor(st, now);
	return FG_OK;
}
