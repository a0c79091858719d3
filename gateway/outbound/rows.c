/*
 * gateway/outbound/rows.c - the issuer of an account in the store: its keys and what it publishes,
 * always changed together.
 */
#include "gateway/outbound/outbound_int.h"

/* ---- reading ---- */

struct gather {
	struct outbound_rows *rows;
	struct fg_arena *a;
};

/* A row that was changed behind our back is no key: it is neither published nor used. */
static enum fg_rc
gather(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct gather *g = arg;
	struct store_secret s = *(const struct store_secret *)row;
	struct fg_str *const v[] = { &s.account, &s.id, &s.owner, &s.purpose, &s.blob,
		&s.public_part };

	(void)kind;
	if (bad || !fg_eq(s.purpose, FG_LIT(OUTBOUND_PURPOSE)) || outbound_kid_alg(s.id) == OUTBOUND_NONE)
		return FG_OK;
	if (g->rows->n == OUTBOUND_KEYS_MAX)
		return fg_fail(reterr, FG_E_CONFLICT, "outbound.rows", NULL,
		    "the account has %d signing keys", OUTBOUND_KEYS_MAX);
	for (size_t i = 0; i < FG_COUNT(v); i++) {
		*v[i] = fg_arena_dup(g->a, *v[i]);
		if (fg_str_null(*v[i]))
			return fg_fail(reterr, FG_E_NOMEM, "outbound.rows", NULL, "arena");
	}
	g->rows->v[g->rows->n++] = s;
	return FG_OK;
}

static enum fg_rc
rows_read(struct outbound_change *o, struct outbound_rows *ret, struct fg_err *reterr)
{
	struct gather g = { ret, o->a };

	ret->n = 0;
	return store_scan(o->tx, STORE_SECRET, "account", o->account, gather, &g, reterr);
}

/* What cannot be read is neither. */
enum fg_rc
outbound_is_enabled(struct outbound_change *o, bool *ret, struct fg_err *reterr)
{
	struct store_setting row = { .account = o->account, .name = FG_LIT(OUTBOUND_JWKS) };
	enum fg_rc rc = store_get(o->tx, STORE_SETTING, &row, o->a, NULL);

	*ret = rc == FG_OK;
	if (rc == FG_OK || rc == FG_E_NOT_FOUND)
		return FG_OK;
	return fg_fail(reterr, rc, "outbound.read", NULL, "the issuer of account %.*s cannot be read",
	    FG_PRI(o->account));
}

static enum fg_rc
enabled_check(struct outbound_change *o, struct fg_err *reterr)
{
	bool on;

	FG_TRY(outbound_is_enabled(o, &on, reterr));
	if (on)
		return FG_OK;
	return fg_fail(reterr, FG_E_NOT_FOUND, "outbound.disabled", NULL,
	    "account %.*s has no issuer", FG_PRI(o->account));
}

/* ---- writing ---- */

static enum fg_rc
setting_put(struct outbound_change *o, struct fg_str name, struct fg_buf *value,
    struct fg_err *reterr)
{
	struct store_setting row = { .account = o->account, .name = name };

	if (fg_buf_end(value, &row.value) != FG_OK)
		return fg_fail(reterr, FG_E_NOMEM, "outbound.rows", NULL, "arena");
	if (fg_str_null(row.value))
		row.value = FG_LIT("");
	return store_put(o->tx, STORE_SETTING, &row, reterr);
}

/* What the endpoint shows and who signs, as the rows are now. */
static enum fg_rc
publish(struct outbound_change *o, const struct outbound_rows *r, struct fg_err *reterr)
{
	struct fg_buf jwks = FG_BUF_ARENA(o->a, FG_LIMIT_JWKS_BYTES);
	struct fg_buf signs = FG_BUF_ARENA(o->a, FG_LIMIT_JWKS_BYTES);
	bool first = true;

	fg_buf_put(&jwks, FG_LIT("{\"keys\":["));
	for (size_t i = 0; i < r->n; i++) {
		const struct store_secret *s = &r->v[i];

		if (s->state == OUTBOUND_GONE)
			continue;
		if (!first)
			fg_buf_putc(&jwks, ',');
		first = false;
		fg_buf_put(&jwks, s->public_part);
		if (s->state != OUTBOUND_SIGNING)
			continue;
		store_list_put(&signs, fg_str_z(outbound_alg_name(outbound_kid_alg(s->id))));
		store_list_put(&signs, s->id);
	}
	fg_buf_put(&jwks, FG_LIT("]}"));
	FG_TRY(setting_put(o, FG_LIT(OUTBOUND_JWKS), &jwks, reterr));
	return setting_put(o, FG_LIT(OUTBOUND_SIGNS), &signs, reterr);
}

/* The wrap key that seals now. */
static enum fg_rc
ring_visit(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct cred_rows *r = arg;

	(void)kind;
	(void)reterr;
	if (!bad && r->n < CRED_RING_MAX && cred_row_get(row, &r->row[r->n]))
		r->n++;
	return FG_OK;
}

static enum fg_rc
wrap_key(struct outbound_change *o, uint32_t *ret, struct fg_err *reterr)
{
	struct cred_rows rows = { .n = 0 };
	const struct cred_key_row *k;

	FG_TRY(store_scan(o->tx, STORE_RING, NULL, FG_STR_NULL, ring_visit, &rows, reterr));
	k = cred_key_sealing(rows.row, rows.n, CRED_CLASS_WRAP);
	if (k == NULL)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "outbound.wrap", "rule 7", "no wrap key is sealing");
	*ret = k->id;
	return FG_OK;
}

static enum fg_rc
key_add(struct outbound_change *o, uint32_t wrap, const struct outbound_made *m,
    enum outbound_state state, fg_time until, struct fg_err *reterr)
{
	struct store_secret row = { .account = o->account, .id = fg_str_z(m->kid),
		.owner = o->account, .purpose = FG_LIT(OUTBOUND_PURPOSE), .public_part = m->jwk,
		.state = state, .created = o->now, .until = until };
	struct cred_where where = cred_where_secret(&row);

	FG_TRY(cred_client_wrap(o->cred, wrap, &where, m->der, o->a, &row.blob, reterr));
	return store_insert(o->tx, STORE_SECRET, &row, reterr);
}

static enum fg_rc
pair_add(struct outbound_change *o, const struct outbound_pair *keys, enum outbound_state state,
    fg_time until, struct fg_err *reterr)
{
	struct outbound_rows *rows = FG_NEW(o->a, struct outbound_rows);
	uint32_t wrap;

	if (rows == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "outbound.rows", NULL, "arena");
	FG_TRY(wrap_key(o, &wrap, reterr));
	for (size_t i = 0; i < FG_COUNT(keys->v); i++)
		FG_TRY(key_add(o, wrap, &keys->v[i], state, until, reterr));
	FG_TRY(rows_read(o, rows, reterr));
	return publish(o, rows, reterr);
}

/* ---- changes ---- */

enum fg_rc
outbound_enable(struct outbound_change *o, const struct outbound_pair *keys, struct fg_err *reterr)
{
	bool on;

	FG_TRY(outbound_is_enabled(o, &on, reterr));
	if (on)
		return fg_fail(reterr, FG_E_EXISTS, "outbound.enabled", NULL,
		    "account %.*s has an issuer", FG_PRI(o->account));
	return pair_add(o, keys, OUTBOUND_SIGNING, o->now + FG_LIMIT_OUTBOUND_KEY_S, reterr);
}

/* A successor is on its way: what signs now does not ask for another one meanwhile. */
static enum fg_rc
not_due(struct outbound_change *o, struct outbound_rows *rows, struct fg_err *reterr)
{
	for (size_t i = 0; i < rows->n; i++) {
		struct store_secret *s = &rows->v[i];

		if (s->state != OUTBOUND_SIGNING)
			continue;
		s->until = o->now + 3 * FG_LIMIT_OUTBOUND_CACHE_S;
		FG_TRY(store_update(o->tx, STORE_SECRET, s, reterr));
	}
	return FG_OK;
}

enum fg_rc
outbound_stage(struct outbound_change *o, const struct outbound_pair *keys, struct fg_err *reterr)
{
	struct outbound_rows *rows = FG_NEW(o->a, struct outbound_rows);

	if (rows == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "outbound.rows", NULL, "arena");
	FG_TRY(enabled_check(o, reterr));
	FG_TRY(rows_read(o, rows, reterr));
	for (size_t i = 0; i < rows->n; i++)
		if (rows->v[i].state == OUTBOUND_STAGED)
			return fg_fail(reterr, FG_E_CONFLICT, "outbound.staged", NULL,
			    "key %.*s is published and will sign", FG_PRI(rows->v[i].id));
	FG_TRY(not_due(o, rows, reterr));
	return pair_add(o, keys, OUTBOUND_STAGED, o->now + FG_LIMIT_OUTBOUND_CACHE_S, reterr);
}

enum fg_rc
outbound_disable(struct outbound_change *o, struct fg_err *reterr)
{
	struct outbound_rows *rows = FG_NEW(o->a, struct outbound_rows);
	static const struct fg_str names[] = { { OUTBOUND_JWKS, sizeof(OUTBOUND_JWKS) - 1 },
		{ OUTBOUND_SIGNS, sizeof(OUTBOUND_SIGNS) - 1 } };

	if (rows == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "outbound.rows", NULL, "arena");
	FG_TRY(enabled_check(o, reterr));
	FG_TRY(rows_read(o, rows, reterr));
	for (size_t i = 0; i < rows->n; i++)
		FG_TRY(store_delete(o->tx, STORE_SECRET, &rows->v[i], reterr));
	for (size_t i = 0; i < FG_COUNT(names); i++) {
		struct store_setting row = { .account = o->account, .name = names[i] };

		FG_TRY(store_delete(o->tx, STORE_SETTING, &row, reterr));
	}
	return FG_OK;
}

enum fg_rc
outbound_advance(struct outbound_change *o, bool clock_ok, size_t *ret_changed,
    struct fg_err *reterr)
{
	struct outbound_rows *was = FG_NEW(o->a, struct outbound_rows);
	struct outbound_rows *rows = FG_NEW(o->a, struct outbound_rows);

	*ret_changed = 0;
	if (was == NULL || rows == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "outbound.rows", NULL, "arena");
	FG_TRY(enabled_check(o, reterr));
	FG_TRY(rows_read(o, was, reterr));
	*rows = *was;
	*ret_changed = outbound_rows_advance(rows, o->now, clock_ok);
	if (*ret_changed == 0)
		return FG_OK;
	for (size_t i = 0; i < rows->n; i++) {
		if (rows->v[i].state == OUTBOUND_GONE)
			FG_TRY(store_delete(o->tx, STORE_SECRET, &rows->v[i], reterr));
		else if (rows->v[i].state != was->v[i].state)
			FG_TRY(store_update(o->tx, STORE_SECRET, &rows->v[i], reterr));
	}
	return publish(o, rows, reterr);
}
