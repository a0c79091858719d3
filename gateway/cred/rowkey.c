/*
 * Row keys: a store is opened with all that the ring holds, and rows are brought under the one that seals.
 */
#include "gateway/cred/cred_int.h"
#include "gateway/cred/fleet.h"

#include <string.h>

uint32_t
cred_newest(const struct cred_ring_entry *ring, size_t n, enum cred_class cls)
{
	const struct cred_ring_entry *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (ring[i].cls == cls && (best == NULL || ring[i].created > best->created))
			best = &ring[i];
	return best == NULL ? 0 : best->id;
}

#define ROW_KEYS_MAX 8

struct row_keys {
	struct store_row_key v[ROW_KEYS_MAX];
	size_t n;
};

static void
row_keys_wipe(struct row_keys *k)
{
	cred_wipe(k, sizeof(*k));
}

/* The newest first: a new store is written with it. */
static enum fg_rc
row_keys(struct cred_client *c, struct row_keys *ret, struct fg_err *reterr)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	size_t n = 0;
	uint32_t first;

	FG_TRY(cred_client_list(c, e, &n, reterr));
	first = cred_newest(e, n, CRED_CLASS_ROW);
	if (first == 0)
		return fg_fail(reterr, FG_E_KEY, "cred.rows.key", NULL, "the ring has no row key");
	ret->v[0].id = first;
	ret->n = 1;
	for (size_t i = 0; i < n; i++) {
		if (e[i].cls != CRED_CLASS_ROW || e[i].id == first)
			continue;
		if (ret->n == ROW_KEYS_MAX)
			return fg_fail(reterr, FG_E_LIMIT, "cred.rows.key", NULL,
			    "over %d row keys: retire old ones", ROW_KEYS_MAX);
		ret->v[ret->n++].id = e[i].id;
	}
	for (size_t i = 0; i < ret->n; i++)
		FG_TRY(cred_client_row_key(c, ret->v[i].id, ret->v[i].key, reterr));
	return FG_OK;
}

enum fg_rc
cred_store_open(struct cred_client *c, struct store_opts *o, struct store **ret,
    struct fg_err *reterr)
{
	FG_AUTO(row_keys_wipe) struct row_keys k = { .n = 0 };
	enum fg_rc rc;

	_Static_assert(sizeof(o->mac_key) == 32, "a row key has 32 bytes");
	FG_TRY(row_keys(c, &k, reterr));
	memcpy(o->mac_key, k.v[0].key, sizeof(o->mac_key));
	o->mac_id = k.v[0].id;
	o->more = k.v + 1;
	o->n_more = k.n - 1;
	rc = store_open(o, ret, reterr);
	cred_wipe(o->mac_key, sizeof(o->mac_key));
	o->more = NULL;
	o->n_more = 0;
	return rc;
}

static enum fg_rc
give(struct store *st, struct cred_client *c, uint32_t id, struct fg_err *reterr)
{
	struct store_row_key k = { .id = id };
	enum fg_rc rc = cred_client_row_key(c, id, k.key, reterr);

	if (rc == FG_OK)
		rc = store_row_key_add(st, &k, reterr);
	cred_wipe(&k, sizeof(k));
	return rc;
}

/* Can there be rows of another key? */
static bool
several(const struct cred_rows *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++)
		n += rows->row[i].cls == CRED_CLASS_ROW && cred_key_opens(&rows->row[i]) &&
		    rows->row[i].state != CRED_STATE_STAGED;
	return n > 1;
}

enum fg_rc
cred_rows_anew(struct store *st, struct cred_client *c, size_t max, size_t *ret_done,
    bool *ret_more, struct fg_err *reterr)
{
	const struct cred_key_row *seals;
	struct cred_rows rows;

	*ret_done = 0;
	*ret_more = false;
	FG_TRY(cred_rows_read(st, &rows, reterr));
	seals = cred_key_sealing(rows.row, rows.n, CRED_CLASS_ROW);
	if (seals == NULL || !several(&rows))
		return FG_OK;
	if (seals->id != store_row_key_current(st)) {
		FG_TRY(give(st, c, seals->id, reterr));
		FG_TRY(store_row_key_use(st, seals->id, reterr));
	}
	return store_row_key_pass(st, max, ret_done, ret_more, reterr);
}
