#include <stdlib.h>

#include "oidc/oidc_int.h"

static const struct fg_json_limits limits = {
	.bytes = FG_LIMIT_JWKS_BYTES,
	.depth = FG_LIMIT_JWKS_DEPTH,
	.nodes = FG_LIMIT_JWKS_NODES,
};

static const char *const skip_names[OIDC_SKIP_MAX] = {
	[OIDC_SKIP_NONE] = "none",
	[OIDC_SKIP_KTY] = "type",
	[OIDC_SKIP_USE] = "use",
	[OIDC_SKIP_PRIVATE] = "private",
	[OIDC_SKIP_WEAK] = "weak",
	[OIDC_SKIP_MALFORMED] = "malformed",
	[OIDC_SKIP_KID] = "kid",
	[OIDC_SKIP_AMBIGUOUS] = "ambiguous",
};

/* Microseconds of one verification on a server core of 2022, with a margin. */
static const struct {
	oidc_algs algs;
	uint16_t bits; /* RSA: up to */
	unsigned us;
} costs[] = {
	{ OIDC_ALG_BIT(OIDC_ES256), 0, 100 },
	{ OIDC_ALG_BIT(OIDC_ES384), 0, 900 },
	{ OIDC_ALG_BIT(OIDC_ES512), 0, 700 },
	{ OIDC_ALG_BIT(OIDC_EDDSA) | OIDC_ALG_BIT(OIDC_ED25519), 0, 150 },
	{ OIDC_ALGS_ALL, 2048, 40 },
	{ OIDC_ALGS_ALL, 3072, 80 },
	{ OIDC_ALGS_ALL, 4096, 130 },
	{ OIDC_ALGS_ALL, UINT16_MAX, 500 },
};

struct read {
	const struct fg_json *j;
	uint32_t keys; /* the array */
	unsigned flags;
	size_t count[OIDC_KTY_MAX];
};

void
oidc_jwks_free(struct oidc_jwks *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->n; i++)
		EVP_PKEY_free(set->key[i].pkey);
	fg_arena_free(set->arena);
	free(set);
}

void
oidc_jwks_freep(struct oidc_jwks **set)
{
	oidc_jwks_free(*set);
}

static int
by_kid(const void *a, const void *b)
{
	const struct oidc_key *x = a, *y = b;

	return fg_cmp(x->kid, y->kid);
}

/* What a key keeps must outlive the document it was read from. */
static enum fg_rc
keep_kid(struct oidc_jwks *set, struct oidc_key *key, struct fg_err *reterr)
{
	if (key->kid.n == 0)
		return FG_OK;
	key->kid = fg_arena_dup(set->arena, key->kid);
	return key->kid.p == NULL ? fg_fail(reterr, FG_E_NOMEM, "oidc.jwks", NULL, "arena") : FG_OK;
}

static enum fg_rc
read_key(struct oidc_jwks *set, struct read *r, uint32_t obj, struct fg_err *reterr)
{
	struct oidc_key *key = &set->key[set->n];
	enum oidc_skip why = OIDC_SKIP_MALFORMED;

	if (r->j->node[obj].type == FG_JSON_OBJECT)
		FG_TRY(oidc_jwk_read(set->arena, r->j, obj, r->flags, key, &why, reterr));
	if (++r->count[key->kty] > FG_LIMIT_JWKS_KEYS && key->kty != OIDC_KTY_NONE) {
		EVP_PKEY_free(key->pkey);
		key->pkey = NULL;
		return fg_fail(reterr, FG_E_LIMIT, "oidc.jwks.count", NULL,
		    "more than %d keys of one type", FG_LIMIT_JWKS_KEYS);
	}
	if (why != OIDC_SKIP_NONE) {
		memset(key, 0, sizeof(*key));
		set->skipped[why]++;
		return FG_OK;
	}
	set->n++;
	return keep_kid(set, key, reterr);
}

static enum fg_rc
read_keys(struct oidc_jwks *set, struct read *r, struct fg_err *reterr)
{
	const struct fg_json_node *keys = &r->j->node[r->keys];

	set->key = FG_NEW_N(set->arena, struct oidc_key, (size_t)keys->n + 1);
	if (set->key == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "oidc.jwks", NULL, "arena");
	for (uint32_t i = fg_json_first(r->keys); i < keys->next; i = fg_json_after(r->j, i))
		FG_TRY(read_key(set, r, i, reterr));
	return FG_OK;
}

/*
 * Two usable keys of one kid: which one an issuer meant is a guess, and another
 * implementation guesses otherwise.  Neither is used.
 */
static void
drop_ambiguous(struct oidc_jwks *set)
{
	size_t out = 0;

	qsort(set->key, set->n, sizeof(*set->key), by_kid);
	for (size_t i = 0, end; i < set->n; i = end) {
		for (end = i + 1; end < set->n && fg_eq(set->key[end].kid, set->key[i].kid); end++)
			;
		if (end == i + 1 || set->key[i].kid.n == 0) {
			memmove(&set->key[out], &set->key[i], (end - i) * sizeof(*set->key));
			out += end - i;
			continue;
		}
		set->skipped[OIDC_SKIP_AMBIGUOUS] += end - i;
		for (size_t k = i; k < end; k++)
			EVP_PKEY_free(set->key[k].pkey);
	}
	set->n = out;
}

static enum fg_rc
read_set(struct oidc_jwks *set, struct fg_arena *scratch, struct fg_str doc, unsigned flags,
    struct fg_err *reterr)
{
	struct fg_json j;
	struct read r = { .j = &j, .flags = flags };

	FG_TRY(fg_json_parse(scratch, doc, &limits, "oidc.jwks", &j, reterr));
	if (j.node[0].type == FG_JSON_OBJECT)
		r.keys = fg_json_get(&j, 0, FG_LIT("keys"));
	if (r.keys == 0 || j.node[r.keys].type != FG_JSON_ARRAY)
		return fg_fail(reterr, FG_E_SYNTAX, "oidc.jwks", "RFC 7517 5", "no array of keys");
	FG_TRY(read_keys(set, &r, reterr));
	drop_ambiguous(set);
	if (set->n == 0)
		return fg_fail(reterr, FG_E_KEY, "oidc.jwks.empty", NULL,
		    "no usable key among %u", j.node[r.keys].n);
	return FG_OK;
}

enum fg_rc
oidc_jwks_parse(struct fg_str doc, unsigned flags, struct oidc_jwks **ret, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *scratch = fg_arena_new(FG_LIMIT_JWKS_ARENA);
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = calloc(1, sizeof(*set));

	if (doc.n > FG_LIMIT_JWKS_BYTES)
		return fg_fail(reterr, FG_E_LIMIT, "oidc.jwks.size", NULL, "%zu bytes", doc.n);
	if (set != NULL)
		set->arena = fg_arena_new(FG_LIMIT_JWKS_ARENA);
	if (scratch == NULL || set == NULL || set->arena == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "oidc.jwks", NULL, "key set");
	FG_TRY(read_set(set, scratch, doc, flags, reterr));
	*ret = FG_STEAL(set);
	return FG_OK;
}

static bool
is_one_of(const struct fg_str *list, size_t n, struct fg_str s)
{
	for (size_t i = 0; i < n; i++)
		if (s.n > 0 && fg_eq(list[i], s))
			return true;
	return false;
}

static enum fg_rc
copy_without(const struct oidc_jwks *from, const struct fg_str *kid, size_t n, struct oidc_jwks *to,
    struct fg_err *reterr)
{
	to->key = FG_NEW_N(to->arena, struct oidc_key, from->n + 1);
	if (to->key == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "oidc.jwks", NULL, "arena");
	memcpy(to->skipped, from->skipped, sizeof(to->skipped));
	for (size_t i = 0; i < from->n; i++) {
		if (is_one_of(kid, n, from->key[i].kid))
			continue;
		if (EVP_PKEY_up_ref(from->key[i].pkey) != 1)
			return fg_fail(reterr, FG_E_CRYPTO, "oidc.jwks", NULL, "key");
		to->key[to->n++] = from->key[i];
		FG_TRY(keep_kid(to, &to->key[to->n - 1], reterr));
	}
	if (to->n == 0)
		return fg_fail(reterr, FG_E_KEY, "oidc.jwks.empty", NULL, "no key is left of %zu", from->n);
	return FG_OK;
}

enum fg_rc
oidc_jwks_without(const struct oidc_jwks *set, const struct fg_str *kid, size_t n,
    struct oidc_jwks **ret, struct fg_err *reterr)
{
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *copy = calloc(1, sizeof(*copy));

	if (copy != NULL)
		copy->arena = fg_arena_new(FG_LIMIT_JWKS_ARENA);
	if (copy == NULL || copy->arena == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "oidc.jwks", NULL, "key set");
	FG_TRY(copy_without(set, kid, n, copy, reterr));
	*ret = FG_STEAL(copy);
	return FG_OK;
}

size_t
oidc_jwks_count(const struct oidc_jwks *set)
{
	return set->n;
}

size_t
oidc_jwks_skipped(const struct oidc_jwks *set, enum oidc_skip why)
{
	return why < OIDC_SKIP_MAX ? set->skipped[why] : 0;
}

const char *
oidc_skip_name(enum oidc_skip why)
{
	return why < OIDC_SKIP_MAX ? skip_names[why] : "unknown";
}

const struct oidc_key *
oidc_jwks_at(const struct oidc_jwks *set, size_t i)
{
	return i < set->n ? &set->key[i] : NULL;
}

const struct oidc_key *
oidc_jwks_find(const struct oidc_jwks *set, struct fg_str kid)
{
	struct oidc_key want = { .kid = kid };

	if (kid.n == 0)
		return NULL;
	return bsearch(&want, set->key, set->n, sizeof(*set->key), by_kid);
}

static bool
has_same(const struct oidc_jwks *set, const struct oidc_key *key)
{
	for (size_t i = 0; i < set->n; i++)
		if (fg_eq(set->key[i].kid, key->kid) && set->key[i].algs == key->algs &&
		    memcmp(set->key[i].thumb, key->thumb, sizeof(key->thumb)) == 0)
			return true;
	return false;
}

bool
oidc_jwks_same(const struct oidc_jwks *a, const struct oidc_jwks *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!has_same(b, &a->key[i]) || !has_same(a, &b->key[i]))
			return false;
	return true;
}

struct fg_str
oidc_key_kid(const struct oidc_key *key)
{
	return key->kid;
}

const unsigned char *
oidc_key_thumbprint(const struct oidc_key *key)
{
	return key->thumb;
}

oidc_algs
oidc_key_algs(const struct oidc_key *key)
{
	return key->algs;
}

unsigned
oidc_key_cost_us(const struct oidc_key *key)
{
	for (size_t i = 0; i < FG_COUNT(costs); i++)
		if ((key->algs & ~costs[i].algs) == 0 && key->bits <= costs[i].bits)
			return costs[i].us;
	return costs[FG_COUNT(costs) - 1].us;
}
