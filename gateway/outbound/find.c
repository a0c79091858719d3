/*
 * gateway/outbound/find.c - what the directory shows of an account's issuer, and its documents.
 */
#include "gateway/outbound/outbound_int.h"

#define ACCOUNT_CHARS 12

static const struct store_setting *
setting(const struct directory *d, struct fg_str account, struct fg_str name)
{
	char key[64];
	struct fg_buf b = FG_BUF_FIXED(key);
	struct fg_str text;

	fg_buf_put(&b, account);
	fg_buf_putc(&b, '\n');
	fg_buf_put(&b, name);
	return fg_buf_end(&b, &text) == FG_OK ? directory_row_find(d, STORE_SETTING, text) : NULL;
}

struct fg_str
outbound_jwks(const struct directory *d, struct fg_str account)
{
	const struct store_setting *s = setting(d, account, FG_LIT(OUTBOUND_JWKS));

	return s == NULL ? FG_STR_NULL : s->value;
}

/* Rows of the keys that sign; a key whose row is gone or was changed is none. */
static const struct store_secret *
next_signing(const struct directory *d, struct fg_str *list, struct fg_str *ret_alg)
{
	struct fg_str kid;
	const struct store_secret *s;

	while (store_list_next(list, ret_alg) && store_list_next(list, &kid)) {
		s = directory_row_find(d, STORE_SECRET, kid);
		if (s != NULL && s->state == OUTBOUND_SIGNING)
			return s;
	}
	return NULL;
}

static bool
keep(struct fg_arena *a, struct fg_str *s)
{
	*s = fg_arena_dup(a, *s);
	return !fg_str_null(*s);
}

static enum fg_rc
key_copy(const struct store_secret *s, enum outbound_alg alg, struct fg_arena *a,
    struct outbound_key *ret, struct fg_err *reterr)
{
	struct outbound_key k = { .alg = alg, .kid = s->id, .blob = s->blob,
		.where = cred_where_secret(s) };

	if (!keep(a, &k.kid) || !keep(a, &k.blob) || !keep(a, &k.where.row) ||
	    !keep(a, &k.where.account) || !keep(a, &k.where.owner))
		return fg_fail(reterr, FG_E_NOMEM, "outbound.key", NULL, "arena");
	*ret = k;
	return FG_OK;
}

enum fg_rc
outbound_key_find(const struct directory *d, struct fg_str account, enum outbound_alg alg,
    struct fg_arena *a, struct outbound_key *ret, struct fg_err *reterr)
{
	const struct store_setting *row = setting(d, account, FG_LIT(OUTBOUND_SIGNS));
	struct fg_str list = row == NULL ? FG_STR_NULL : row->value, name;
	const struct store_secret *s;

	while ((s = next_signing(d, &list, &name)) != NULL) {
		if (fg_eq(s->account, account) && fg_eq(s->owner, account) &&
		    fg_eq(s->purpose, FG_LIT(OUTBOUND_PURPOSE)) && outbound_kid_alg(s->id) == alg &&
		    outbound_alg_find(name) == alg)
			return key_copy(s, alg, a, ret, reterr);
	}
	return fg_fail(reterr, FG_E_UNAVAILABLE, "outbound.key.none", NULL,
	    "account %.*s has no key that signs %s", FG_PRI(account), outbound_alg_name(alg));
}

/* ---- what is due ---- */

static unsigned
due_of(const struct store_secret *s, fg_time now)
{
	if (!fg_eq(s->purpose, FG_LIT(OUTBOUND_PURPOSE)) || s->state == OUTBOUND_GONE)
		return OUTBOUND_DUE_NONE;
	if (s->state == OUTBOUND_SIGNING)
		return s->until - FG_LIMIT_OUTBOUND_CACHE_S <= now ? OUTBOUND_DUE_STAGE
								   : OUTBOUND_DUE_NONE;
	return s->until <= now ? OUTBOUND_DUE_ADVANCE : OUTBOUND_DUE_NONE;
}

struct due {
	struct fg_str account;
	fg_time now;
	unsigned bits;
	bool staged;
};

static bool
due_one(void *arg, enum store_kind kind, const void *row)
{
	struct due *u = arg;
	const struct store_secret *s = row;

	(void)kind;
	if (!fg_eq(s->account, u->account) || !fg_eq(s->purpose, FG_LIT(OUTBOUND_PURPOSE)))
		return true;
	u->staged = u->staged || s->state == OUTBOUND_STAGED;
	u->bits |= due_of(s, u->now);
	return true;
}

unsigned
outbound_due(const struct directory *d, struct fg_str account, fg_time now)
{
	struct due u = { .account = account, .now = now };

	directory_rows(d, STORE_SECRET, due_one, &u);
	return u.staged ? u.bits & ~(unsigned)OUTBOUND_DUE_STAGE : u.bits;
}

struct due_list {
	struct fg_arena *a;
	fg_time now;
	struct fg_str *v;
	size_t n, max;
};

static bool
due_account(void *arg, enum store_kind kind, const void *row)
{
	struct due_list *l = arg;
	const struct store_secret *s = row;

	(void)kind;
	if (due_of(s, l->now) == OUTBOUND_DUE_NONE)
		return true;
	for (size_t i = 0; i < l->n; i++)
		if (fg_eq(l->v[i], s->account))
			return true;
	l->v[l->n] = fg_arena_dup(l->a, s->account);
	l->n += fg_str_null(l->v[l->n]) ? 0 : 1;
	return l->n < l->max;
}

size_t
outbound_due_accounts(const struct directory *d, fg_time now, struct fg_arena *a,
    struct fg_str *ret, size_t max)
{
	struct due_list l = { .a = a, .now = now, .v = ret, .max = max };

	directory_rows(d, STORE_SECRET, due_account, &l);
	return l.n;
}

/* ---- documents ---- */

struct fg_str
outbound_issuer(struct fg_arena *a, struct fg_str public_url, struct fg_str account)
{
	return fg_arena_fmt(a, "%.*s" OUTBOUND_PATH "%.*s", (int)public_url.n, public_url.p,
	    (int)account.n, account.p);
}

struct fg_str
outbound_account(struct fg_str public_url, struct fg_str issuer)
{
	struct fg_str rest = fg_sub(issuer, public_url.n, issuer.n);
	const size_t path = sizeof(OUTBOUND_PATH) - 1;

	if (public_url.n == 0 || !fg_starts(issuer, public_url) ||
	    !fg_starts(rest, FG_LIT(OUTBOUND_PATH)) || rest.n != path + ACCOUNT_CHARS)
		return FG_STR_NULL;
	rest = fg_sub(rest, path, rest.n);
	for (size_t i = 0; i < rest.n; i++)
		if (!fg_digit(rest.p[i]))
			return FG_STR_NULL;
	return rest;
}

void
outbound_discovery(struct fg_buf *b, struct fg_str public_url, struct fg_str account)
{
	char url[512];
	struct fg_buf u = FG_BUF_FIXED(url);

	fg_buf_put(&u, public_url);
	fg_buf_put(&u, FG_LIT(OUTBOUND_PATH));
	fg_buf_put(&u, account);
	if (u.bad != FG_OK)
		b->bad = u.bad;
	fg_buf_put(b, FG_LIT("{\"issuer\":\""));
	fg_buf_json(b, fg_buf_str(&u));
	fg_buf_put(b, FG_LIT("\",\"jwks_uri\":\""));
	fg_buf_json(b, fg_buf_str(&u));
	fg_buf_put(b, FG_LIT("/.well-known/jwks.json\",\"response_types_supported\":[\"id_token\"],"
	    "\"subject_types_supported\":[\"public\"],"
	    "\"id_token_signing_alg_values_supported\":[\"RS256\",\"ES384\"],\"claims_supported\":[\"iss\","
	    "\"sub\",\"aud\",\"iat\",\"exp\",\"jti\",\"https://sts.amazonaws.com/\"]}"));
}
