/*
 * Rows of the store that speak of keys: what is written, what is read, and where secrets lie.
 */
#include "gateway/cred/cred_int.h"
#include "gateway/store/node.h"

void
hex_put(const uint8_t *in, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[in[i] >> 4];
		out[2 * i + 1] = digit[in[i] & 15];
	}
	out[2 * n] = '\0';
}

void
cred_row_put(const struct cred_key_row *row, struct cred_row_text *text, struct store_ring *ret)
{
	const uint8_t id[4] = { (uint8_t)(row->id >> 24), (uint8_t)(row->id >> 16),
		(uint8_t)(row->id >> 8), (uint8_t)row->id };

	hex_put(id, sizeof(id), text->id);
	hex_put(row->fp, sizeof(row->fp), text->fp);
	*ret = (struct store_ring){
		.account = FG_LIT(""),
		.id = fg_str(text->id, 8),
		.class_ = fg_str_z(cred_class_name(row->cls)),
		.fingerprint = fg_str(text->fp, 2 * sizeof(row->fp)),
		.acks = FG_LIT(""),
		.state = row->state,
		.since = row->since,
		.until = row->until,
	};
}

bool
cred_row_get(const struct store_ring *from, struct cred_key_row *ret)
{
	struct cred_key_row row = { .since = from->since, .until = from->until };
	uint8_t id[4];

	if (!hex_read(from->id, id, sizeof(id)) || !cred_class_parse(from->class_, &row.cls) ||
	    !hex_read(from->fingerprint, row.fp, sizeof(row.fp)) || from->state < 0 ||
	    from->state >= CRED_STATE_MAX)
		return false;
	row.id = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
	row.state = (enum cred_state)from->state;
	*ret = row;
	return row.id != 0;
}

struct cred_where
cred_where_key(const struct store_key *k)
{
	return (struct cred_where){ CRED_SECRET_ACCESS_KEY, FG_LIT("key"), k->id, k->account,
		k->user };
}

/* A device that nobody has yet belongs to its account; giving it to a user wraps its seed anew. */
struct cred_where
cred_where_mfa(const struct store_mfa *m)
{
	return (struct cred_where){ CRED_SECRET_TOTP, FG_LIT("mfa"), m->serial, m->account,
		m->user.n != 0 ? m->user : m->account };
}

struct cred_where
cred_where_secret(const struct store_secret *s)
{
	static const struct {
		struct fg_str purpose;
		enum cred_secret_kind kind;
	} kinds[] = {
		{ { "saml-decrypt", 12 }, CRED_SECRET_SAML_KEY },
		{ { "outbound-sign", 13 }, CRED_SECRET_SIGNING_KEY },
		{ { "oidc-client", 11 }, CRED_SECRET_OIDC_CLIENT },
	};
	struct cred_where w = { CRED_SECRET_NONE, FG_LIT("secret"), s->id,
		s->account.n != 0 ? s->account : FG_LIT("-"), s->owner };

	for (size_t i = 0; i < FG_COUNT(kinds); i++)
		if (fg_eq(kinds[i].purpose, s->purpose))
			w.kind = kinds[i].kind;
	return w;
}

/* ---- states in the store ---- */

static void
tx_end(struct store_tx **tx)
{
	store_rollback(*tx);
}

static enum fg_rc
gather(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct cred_rows *r = arg;

	(void)kind;
	if (r->n == CRED_RING_MAX)
		return fg_fail(reterr, FG_E_LIMIT, "cred.rows", NULL, "over %d keys", CRED_RING_MAX);
	/* A row that was changed behind our back speaks of no key. */
	if (!bad && cred_row_get(row, &r->row[r->n]))
		r->n++;
	return FG_OK;
}

static enum fg_rc
read_in(struct store_tx *tx, struct cred_rows *ret, struct fg_err *reterr)
{
	ret->n = 0;
	return store_scan(tx, STORE_RING, NULL, FG_STR_NULL, gather, ret, reterr);
}

enum fg_rc
cred_rows_read(struct store *st, struct cred_rows *ret, struct fg_err *reterr)
{
	FG_AUTO(tx_end) struct store_tx *tx = NULL;

	FG_TRY(store_begin(st, &tx, reterr));
	return read_in(tx, ret, reterr);
}

enum fg_rc
cred_rows_add(struct store *st, const struct cred_ring_entry *e, enum cred_state state, fg_time now,
    struct fg_err *reterr)
{
	FG_AUTO(tx_end) struct store_tx *tx = NULL;
	const struct cred_key_row row = cred_key_row_of(e, state, now);
	struct cred_row_text text;
	struct store_ring out;

	FG_TRY(store_begin(st, &tx, reterr));
	cred_row_put(&row, &text, &out);
	FG_TRY(store_insert(tx, STORE_RING, &out, reterr));
	return store_commit(FG_STEAL(tx), reterr);
}

/* Write what differs. */
static enum fg_rc
write_in(struct store_tx *tx, const struct cred_rows *was, const struct cred_rows *now,
    struct fg_err *reterr)
{
	for (size_t i = 0; i < now->n; i++) {
		struct cred_row_text text;
		struct store_ring out;

		if (now->row[i].state == was->row[i].state)
			continue;
		cred_row_put(&now->row[i], &text, &out);
		FG_TRY(store_update(tx, STORE_RING, &out, reterr));
	}
	return FG_OK;
}

enum fg_rc
cred_rows_promote(struct store *st, uint32_t id, const struct cred_evidence *ev,
    struct fg_err *reterr)
{
	FG_AUTO(tx_end) struct store_tx *tx = NULL;
	struct cred_rows was, now;

	FG_TRY(store_begin(st, &tx, reterr));
	FG_TRY(read_in(tx, &was, reterr));
	now = was;
	FG_TRY(cred_state_promote(now.row, now.n, id, ev, reterr));
	FG_TRY(write_in(tx, &was, &now, reterr));
	return store_commit(FG_STEAL(tx), reterr);
}

/* What still needs the key is counted here, not believed. */
enum fg_rc
cred_rows_retire(struct store *st, uint32_t id, const struct cred_evidence *ev,
    struct fg_err *reterr)
{
	FG_AUTO(tx_end) struct store_tx *tx = NULL;
	struct cred_evidence counted = *ev;
	struct cred_rows was, now;
	size_t i, wrapped = 0, vouched = 0;

	FG_TRY(cred_rows_wrapped(st, id, &wrapped, reterr));
	FG_TRY(store_row_key_count(st, id, &vouched, reterr));
	counted.in_use += wrapped + vouched;
	FG_TRY(store_begin(st, &tx, reterr));
	FG_TRY(read_in(tx, &was, reterr));
	now = was;
	for (i = 0; i < now.n && now.row[i].id != id; i++)
		;
	if (i == now.n)
		return fg_fail(reterr, FG_E_NOT_FOUND, "cred.state.key", NULL, "no key %08x", id);
	FG_TRY(cred_state_change(&now.row[i], CRED_STATE_GONE, &counted, reterr));
	FG_TRY(write_in(tx, &was, &now, reterr));
	FG_TRY(store_commit(FG_STEAL(tx), reterr));
	return store_row_key_drop(st, id, reterr);
}

/* ---- wrapped secrets in the store ---- */

struct wrapped {
	struct cred_where where;
	struct fg_str *blob; /* in the row */
};

static bool
wrapped_of(enum store_kind kind, void *row, struct wrapped *ret)
{
	if (kind == STORE_KEY) {
		struct store_key *k = row;

		*ret = (struct wrapped){ cred_where_key(k), &k->secret };
	} else if (kind == STORE_MFA) {
		struct store_mfa *m = row;

		*ret = (struct wrapped){ cred_where_mfa(m), &m->seed };
	} else {
		struct store_secret *s = row;

		*ret = (struct wrapped){ cred_where_secret(s), &s->blob };
	}
	return ret->blob->n != 0;
}

union any_row {
	struct store_key key;
	struct store_mfa mfa;
	struct store_secret secret;
};

static const struct {
	enum store_kind kind;
	size_t size;
} wrapping[] = {
	{ STORE_KEY, sizeof(struct store_key) },
	{ STORE_MFA, sizeof(struct store_mfa) },
	{ STORE_SECRET, sizeof(struct store_secret) },
};

static size_t
row_size(enum store_kind kind)
{
	for (size_t i = 0; i < FG_COUNT(wrapping); i++)
		if (wrapping[i].kind == kind)
			return wrapping[i].size;
	return 0;
}

struct count {
	uint32_t id;
	size_t n;
};

static enum fg_rc
count_one(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct count *c = arg;
	union any_row copy;
	struct wrapped w;

	(void)reterr;
	(void)bad; /* a bad row may be healed: it still needs its key */
	memcpy(&copy, row, row_size(kind));
	if (wrapped_of(kind, &copy, &w) && cred_wrap_key_id(*w.blob) == c->id)
		c->n++;
	return FG_OK;
}

enum fg_rc
cred_rows_wrapped(struct store *st, uint32_t id, size_t *ret, struct fg_err *reterr)
{
	FG_AUTO(tx_end) struct store_tx *tx = NULL;
	struct count c = { .id = id };

	FG_TRY(store_begin(st, &tx, reterr));
	for (size_t i = 0; i < FG_COUNT(wrapping); i++)
		FG_TRY(store_scan(tx, wrapping[i].kind, NULL, FG_STR_NULL, count_one, &c, reterr));
	*ret = c.n;
	return FG_OK;
}

/* Keys of the rows to wrap anew; the rows themselves are read one by one after the scan. */
struct todo {
	struct fg_arena *a;
	uint32_t id;
	struct todo_row {
		enum store_kind kind;
		union any_row row;
	} *v;
	size_t n, room;
};

static bool
todo_grow(struct todo *t)
{
	size_t room = t->room == 0 ? 64 : t->room * 2;
	struct todo_row *v = FG_NEW_N(t->a, struct todo_row, room);

	if (v == NULL)
		return false;
	if (t->n != 0)
		memcpy(v, t->v, t->n * sizeof(*v));
	t->v = v;
	t->room = room;
	return true;
}

static enum fg_rc
todo_one(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct todo *t = arg;
	struct todo_row *r;
	struct wrapped w;
	struct fg_str *key;

	if (t->n == t->room && !todo_grow(t))
		return fg_fail(reterr, FG_E_NOMEM, "cred.rewrap", NULL, "rows");
	r = &t->v[t->n];
	r->kind = kind;
	memcpy(&r->row, row, row_size(kind));
	if (!wrapped_of(kind, &r->row, &w) || cred_wrap_key_id(*w.blob) == t->id)
		return FG_OK;
	if (bad)
		return fg_fail(reterr, FG_E_STORE, "cred.rewrap", NULL, "a row is quarantined");
	key = kind == STORE_KEY ? &r->row.key.id :
	    kind == STORE_MFA ? &r->row.mfa.serial : &r->row.secret.id;
	*key = fg_arena_dup(t->a, *key); /* the rest is only borrowed: read again later */
	r->row.key.account = fg_arena_dup(t->a, r->row.key.account);
	if (fg_str_null(*key) || fg_str_null(r->row.key.account))
		return fg_fail(reterr, FG_E_NOMEM, "cred.rewrap", NULL, "rows");
	t->n++;
	return FG_OK;
}

static enum fg_rc
rewrap_one(struct store_tx *tx, struct cred_client *c, uint32_t id, struct todo_row *r,
    struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(256u * 1024);
	struct cred_unwrap u = { 0 };
	struct fg_str blob;
	struct wrapped w;

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "cred.rewrap", NULL, "arena");
	FG_TRY(store_get(tx, r->kind, &r->row, a, reterr));
	(void)wrapped_of(r->kind, &r->row, &w);
	u.where = w.where;
	u.blob = *w.blob;
	FG_TRY(cred_client_unwrap(c, &u, 1, a, reterr));
	if (u.rc != FG_OK)
		return fg_fail(reterr, u.rc, "cred.rewrap", NULL, "the secret of %.*s does not open",
		    FG_PRI(w.where.row));
	FG_TRY(cred_client_wrap(c, id, &w.where, u.plain, a, &blob, reterr));
	*w.blob = blob;
	return store_update(tx, r->kind, &r->row, reterr);
}

enum fg_rc
cred_rows_rewrap(struct store *st, struct cred_client *c, uint32_t id, size_t *ret,
    struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(512u * 1024 * 1024);
	FG_AUTO(tx_end) struct store_tx *tx = NULL;
	struct todo t = { .a = a, .id = id };

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "cred.rewrap", NULL, "arena");
	FG_TRY(store_begin(st, &tx, reterr));
	for (size_t i = 0; i < FG_COUNT(wrapping); i++)
		FG_TRY(store_scan(tx, wrapping[i].kind, NULL, FG_STR_NULL, todo_one, &t, reterr));
	for (size_t i = 0; i < t.n; i++)
		FG_TRY(rewrap_one(tx, c, id, &t.v[i], reterr));
	FG_TRY(store_commit(FG_STEAL(tx), reterr));
	*ret = t.n;
	return FG_OK;
}
