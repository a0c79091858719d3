/*
 * gateway/store/rekey.c - row keys: which one writes, and rows authenticated anew under it.
 *
 * A row is under the one key that made its MAC, and its lane in the record of its account is that key's
 * too; a record and the head are under one key each.  So a store whose rows are under two keys adds up,
 * and each transaction of the pass leaves it so.
 */
#include "gateway/store/store_int.h"

enum fg_rc
store_row_key_add(struct store *st, const struct store_row_key *k, struct fg_err *reterr)
{
	enum fg_rc rc;

	pthread_mutex_lock(&st->lock);
	rc = store_keys_add(&st->keys, k->id, k->key, reterr);
	pthread_mutex_unlock(&st->lock);
	return rc;
}

static size_t
writing(const struct store *st)
{
	size_t i = 0;

	while (i < st->keys.n && st->keys.v[i] != st->mac)
		i++;
	return i;
}

uint32_t
store_row_key_current(struct store *st)
{
	uint32_t id;

	pthread_mutex_lock(&st->lock);
	id = st->keys.id[writing(st)];
	pthread_mutex_unlock(&st->lock);
	return id;
}

static enum fg_rc
use_locked(struct store *st, uint32_t id, struct fg_err *reterr)
{
	const size_t i = store_keys_find(&st->keys, id);
	struct store_mac *was = st->mac;
	int64_t n;
	enum fg_rc rc;

	if (i == st->keys.n)
		return fg_fail(reterr, FG_E_NOT_FOUND, "store.keys", "rule 7", "no row key %08x", id);
	if (st->keys.v[i] == was)
		return FG_OK;
	st->mac = st->keys.v[i];
	st->pass = STORE_NONE;
	rc = store_sets_lanes(st, &n, reterr);
	if (rc == FG_OK)
		return FG_OK;
	/* What the head is sealed over must be known: without it nothing may be written. */
	st->mac = was;
	if (store_sets_lanes(st, &n, NULL) != FG_OK)
		st->broken = true;
	return rc;
}

enum fg_rc
store_row_key_use(struct store *st, uint32_t id, struct fg_err *reterr)
{
	enum fg_rc rc;

	pthread_mutex_lock(&st->lock);
	rc = use_locked(st, id, reterr);
	pthread_mutex_unlock(&st->lock);
	return rc;
}

static enum fg_rc
drop_locked(struct store *st, uint32_t id, struct fg_err *reterr)
{
	struct store_keys *k = &st->keys;
	const size_t i = store_keys_find(k, id);

	if (i == k->n)
		return FG_OK;
	if (k->v[i] == st->mac)
		return fg_fail(reterr, FG_E_CONFLICT, "store.keys", "rule 7", "key %08x writes rows", id);
	store_mac_free(k->v[i]);
	k->n--;
	for (size_t j = i; j < k->n; j++) {
		k->v[j] = k->v[j + 1];
		k->id[j] = k->id[j + 1];
	}
	return FG_OK;
}

enum fg_rc
store_row_key_drop(struct store *st, uint32_t id, struct fg_err *reterr)
{
	enum fg_rc rc;

	pthread_mutex_lock(&st->lock);
	rc = drop_locked(st, id, reterr);
	pthread_mutex_unlock(&st->lock);
	return rc;
}

/* ---- the pass ---- */

static void
from_the_start(struct store *st)
{
	pthread_mutex_lock(&st->lock);
	st->pass = STORE_NONE;
	pthread_mutex_unlock(&st->lock);
}

/* Rows to write: the engine must not be written while it is read. */
struct batch {
	struct store_tx *tx;
	const struct store_desc *d;
	struct batch_row {
		struct store_row row;
		unsigned char lane[32]; /* under its present key */
	} *v;
	size_t n, max;
};

static enum fg_rc
collect(void *arg, const struct store_row *row, struct fg_err *reterr)
{
	struct batch *b = arg;
	struct batch_row *r = &b->v[b->n];
	const struct store *st = b->tx->st;
	const struct store_set *set = store_sets_find(&st->sets, store_row_account(b->d, row->cell));
	const struct store_mac *by;
	struct store_tag tag;

	if (b->n == b->max)
		return FG_OK;
	FG_TRY(store_keys_row(&st->keys, b->d, row, &tag, &by));
	/* What is damaged stays so: a new record would bless it. */
	if (by == NULL || by == st->mac || set == NULL || set->damaged)
		return FG_OK;
	r->row = *row;
	memcpy(r->lane, tag.lane, sizeof(r->lane));
	for (size_t i = 0; i < b->d->n; i++) {
		if (b->d->col[i].type == STORE_INT)
			continue;
		r->row.cell[i].s = fg_arena_dup(b->tx->arena, row->cell[i].s);
		if (fg_str_null(r->row.cell[i].s))
			return fg_fail(reterr, FG_E_NOMEM, "store.rekey", NULL, "rows");
	}
	b->n++;
	return FG_OK;
}

/* The row as it is, version and all: only who vouches for it changes. */
static enum fg_rc
again(struct batch *b, enum store_kind kind, struct batch_row *r, struct fg_err *reterr)
{
	struct store *st = b->tx->st;
	struct store_set *set;
	struct store_tag tag;

	FG_TRY(store_tx_touch(b->tx, store_row_account(b->d, r->row.cell), &set, reterr));
	if (store_mac_row(st->mac, b->d, &r->row, &tag) != FG_OK)
		return fg_fail(reterr, FG_E_CRYPTO, "store.row", "rule 19", "HMAC failed");
	memcpy(r->row.mac, tag.mac, sizeof(r->row.mac));
	FG_TRY(st->engine->ops->put(st->engine, kind, &r->row, STORE_UPDATE, reterr));
	store_lane_xor(set->next_sum, r->lane);
	store_lane_xor(set->next_sum, tag.lane);
	return FG_OK;
}

static enum fg_rc
pass_kind(struct batch *b, enum store_kind kind, struct fg_err *reterr)
{
	struct store_engine *e = b->tx->st->engine;

	b->n = 0;
	b->d = store_desc(kind);
	FG_TRY(e->ops->scan(e, kind, NULL, FG_STR_NULL, collect, b, reterr));
	for (size_t i = 0; i < b->n; i++)
		FG_TRY(again(b, kind, &b->v[i], reterr));
	return FG_OK;
}

/* The records of accounts whose rows did not change, and with the commit head and mark. */
static enum fg_rc
touch_records(struct store_tx *tx, struct fg_err *reterr)
{
	const struct store_sets *sets = &tx->st->sets;
	struct store_set *s, *got;

	for (size_t i = 0; i <= sets->mask; i++)
		for (s = sets->bucket[i]; s != NULL; s = s->next)
			if (s->known && !s->damaged)
				FG_TRY(store_tx_touch(tx, fg_str(s->account, s->account_n), &got, reterr));
	return FG_OK;
}

enum fg_rc
store_row_key_pass(struct store *st, size_t max, size_t *ret_done, bool *ret_more,
    struct fg_err *reterr)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct batch b = { .max = max };
	enum store_kind kind;
	bool more = false;
	size_t done = 0;

	*ret_done = 0;
	*ret_more = false;
	FG_TRY(store_begin(st, &tx, reterr));
	if (st->pass == STORE_KIND_MAX)
		return FG_OK; /* nothing was left the last time, and what was written since is under the key */
	b.tx = tx;
	b.v = FG_NEW_N(tx->arena, struct batch_row, max);
	if (b.v == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "store.rekey", NULL, "rows");
	for (kind = st->pass + 1; kind < STORE_KIND_MAX && !more; kind++) {
		b.max = max - done;
		FG_TRY(pass_kind(&b, kind, reterr));
		done += b.n;
		more = done == max;
	}
	if (!more)
		FG_TRY(touch_records(tx, reterr));
	/* The kind that filled the batch may have more. */
	st->pass = more ? kind - 2 : STORE_KIND_MAX;
	if (store_commit(FG_STEAL(tx), reterr) != FG_OK) {
		from_the_start(st);
		return FG_E_STORE;
	}
	*ret_done = done;
	*ret_more = more;
	return FG_OK;
}

/* ---- what a key is needed for ---- */

struct count {
	struct store *st;
	const struct store_desc *d;
	const struct store_mac *key;
	size_t n;
};

static enum fg_rc
count_row(void *arg, const struct store_row *row, struct fg_err *reterr)
{
	struct count *c = arg;
	const struct store_mac *by;
	struct store_tag tag;

	(void)reterr;
	FG_TRY(store_keys_row(&c->st->keys, c->d, row, &tag, &by));
	c->n += by == c->key;
	return FG_OK;
}

static enum fg_rc
count_set(void *arg, const struct store_set_row *r, struct fg_err *reterr)
{
	struct count *c = arg;
	const struct store_set *set = store_sets_find(&c->st->sets, r->account);
	const struct store_mac *by;

	(void)reterr;
	/* A record that does not fit its rows may be of any key. */
	c->n += set == NULL || !store_set_verify(&c->st->keys, r, set->sum, &by) || by == c->key;
	return FG_OK;
}

static enum fg_rc
count_locked(struct count *c, struct fg_err *reterr)
{
	struct store_engine *e = c->st->engine;

	for (enum store_kind k = STORE_NONE + 1; k < STORE_KIND_MAX; k++) {
		c->d = store_desc(k);
		FG_TRY(e->ops->scan(e, k, NULL, FG_STR_NULL, count_row, c, reterr));
	}
	FG_TRY(e->ops->sets(e, count_set, c, reterr));
	c->n += c->key == c->st->mac; /* the head */
	return FG_OK;
}

enum fg_rc
store_row_key_count(struct store *st, uint32_t id, size_t *ret, struct fg_err *reterr)
{
	struct count c = { .st = st };
	enum fg_rc rc = FG_OK;
	size_t i;

	pthread_mutex_lock(&st->lock);
	i = store_keys_find(&st->keys, id);
	if (i < st->keys.n) {
		c.key = st->keys.v[i];
		rc = count_locked(&c, reterr);
	}
	pthread_mutex_unlock(&st->lock);
	*ret = c.n;
	return rc;
}
