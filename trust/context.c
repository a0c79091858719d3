/*
 * trust/context.c - the request context: keys without case, values as they came.
 */
#include <endian.h>
#include <stdlib.h>

#include "trust/program_int.h"

#define FIRST_SLOTS 64u /* power of two; keys before the first growth: half */

struct trust_ctx {
	struct fg_arena *arena;
	struct trust_slot *slot;
	uint32_t n, room;
	uint32_t *table; /* 2 * room entries: index of a slot + 1, or 0 */
	bool bad;
	struct fg_str issuer; /* may own keys, as trust/origin.c found; in the arena */
	struct trust_scratch *scratch;
};

/* Up to eight bytes of s from i on. */
static inline uint64_t
word(struct fg_str s, size_t i)
{
	uint64_t x = 0;

	if (s.n - i >= 8)
		memcpy(&x, s.p + i, 8);
	else if (s.n >= 8) { /* the last eight, without those that came before */
		memcpy(&x, s.p + s.n - 8, 8);
		x = htole64(le64toh(x) >> (8 * (8 - (s.n - i))));
	} else {
		for (size_t k = s.n - i; k > 0; k--)
			((char *)&x)[k - 1] = s.p[i + k - 1];
	}
	return x;
}

/* ASCII upper case to lower in eight bytes at once. */
static uint64_t
lower8(uint64_t x)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x80 * ones;
	uint64_t low7 = x & ~high;
	uint64_t from_a = low7 + (0x80 - 'A') * ones, past_z = low7 + (0x80 - 'Z' - 1) * ones;

	return x | ((from_a & ~past_z & ~x & high) >> 2);
}

bool
trust_utf8_ok(struct fg_str s)
{
	const uint64_t high = 0x8080808080808080u;
	uint64_t any = 0;

	for (size_t i = 0; i < s.n; i += 8)
		any |= word(s, i);
	return (any & high) == 0 || fg_utf8_ok(s);
}

uint64_t
trust_key_hash(struct fg_str key)
{
	uint64_t h = key.n * 0x9e3779b97f4a7c15u;

	for (size_t i = 0; i < key.n; i += 8) {
		h = (h ^ lower8(word(key, i))) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return h;
}

struct trust_ctx *
trust_ctx_new(void)
{
	FG_AUTO(trust_ctx_freep) struct trust_ctx *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->arena = fg_arena_new(FG_LIMIT_CONTEXT_BYTES);
	c->slot = calloc(FIRST_SLOTS, sizeof(*c->slot));
	c->table = calloc(2 * FIRST_SLOTS, sizeof(*c->table));
	c->scratch = calloc(1, sizeof(*c->scratch));
	c->room = FIRST_SLOTS;
	if (c->arena == NULL || c->slot == NULL || c->table == NULL || c->scratch == NULL)
		return NULL;
	return FG_STEAL(c);
}

void
trust_ctx_free(struct trust_ctx *c)
{
	if (c == NULL)
		return;
	fg_arena_free(c->arena);
	free(c->slot);
	free(c->table);
	free(c->scratch);
	free(c);
}

void
trust_ctx_freep(struct trust_ctx **c)
{
	trust_ctx_free(*c);
	*c = NULL;
}

void
trust_ctx_reset(struct trust_ctx *c)
{
	fg_arena_reset(c->arena);
	memset(c->table, 0, 2 * c->room * sizeof(*c->table));
	c->n = 0;
	c->bad = false;
	c->issuer = FG_STR_NULL;
}

bool
trust_ctx_bad(const struct trust_ctx *c)
{
	return c->bad;
}

struct fg_arena *
trust_ctx_arena(struct trust_ctx *c)
{
	return c->arena;
}

struct fg_str *
trust_ctx_issuer(struct trust_ctx *c)
{
	return &c->issuer;
}

struct trust_scratch *
trust_ctx_scratch(const struct trust_ctx *c)
{
	return c->scratch;
}

enum fg_rc
trust_ctx_poison(struct trust_ctx *c, enum fg_rc rc)
{
	c->bad = true;
	return rc;
}

/* The table's entry for a key: its own, or the empty one where it belongs. */
static uint32_t *
entry(const struct trust_ctx *c, uint64_t hash, struct fg_str key)
{
	uint32_t mask = 2 * c->room - 1, i = (uint32_t)hash & mask;

	for (; c->table[i] != 0; i = (i + 1) & mask) {
		const struct trust_slot *s = &c->slot[c->table[i] - 1];

		if (s->hash == hash && fg_eq_icase(s->key, key))
			break;
	}
	return &c->table[i];
}

const struct trust_slot *
trust_ctx_find(const struct trust_ctx *c, const struct trust_key *key)
{
	uint32_t at = *entry(c, key->hash, key->key);

	return at == 0 ? NULL : &c->slot[at - 1];
}

static bool
grow(struct trust_ctx *c)
{
	uint32_t room = c->room * 2;
	struct trust_slot *slot = realloc(c->slot, room * sizeof(*slot));
	uint32_t *table;

	if (slot == NULL)
		return false;
	c->slot = slot;
	table = calloc(2 * (size_t)room, sizeof(*table));
	if (table == NULL)
		return false;
	free(c->table);
	c->table = table;
	c->room = room;
	for (uint32_t i = 0; i < c->n; i++)
		*entry(c, slot[i].hash, slot[i].key) = i + 1;
	return true;
}

static enum fg_rc
check_values(struct fg_str key, const struct fg_str *v, size_t n, struct fg_err *reterr)
{
	bool ok = trust_utf8_ok(key);

	for (size_t i = 0; ok && i < n; i++)
		ok = trust_utf8_ok(v[i]);
	if (!ok)
		return fg_fail(reterr, FG_E_PARAM, "trust.context.text", NULL,
		    "%.*s is not UTF-8", FG_PRI(key));
	if (n > UINT32_MAX)
		return fg_fail(reterr, FG_E_LIMIT, "trust.context.limit", NULL, "too many values");
	return FG_OK;
}

static enum fg_rc
put(struct trust_ctx *c, const struct trust_key *k, const struct fg_str *v, size_t n, bool multi,
    struct fg_err *reterr)
{
	struct trust_slot s = { .hash = k->hash, .key = k->key, .n = (uint32_t)n, .multi = multi };
	struct fg_str key = k->key;
	struct fg_str *copy;
	uint32_t *at;

	FG_TRY(check_values(key, v, n, reterr));
	if (c->n >= FG_LIMIT_CONTEXT_KEYS)
		return fg_fail(reterr, FG_E_LIMIT, "trust.context.limit", NULL, "too many keys");
	if (c->n >= c->room / 2 && !grow(c))
		return fg_fail(reterr, FG_E_NOMEM, "trust.context", NULL, "keys");
	if (*(at = entry(c, s.hash, key)) != 0)
		return fg_fail(reterr, FG_E_INTERNAL, "trust.context.twice", NULL,
		    "%.*s is set twice", FG_PRI(key));
	if (!multi) {
		s.one = v[0];
	} else {
		if ((copy = FG_NEW_N(c->arena, struct fg_str, n)) == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "trust.context", NULL, "values");
		for (size_t i = 0; i < n; i++)
			copy[i] = v[i];
		s.v = copy;
	}
	c->slot[c->n++] = s;
	*at = c->n;
	return FG_OK;
}

enum fg_rc
trust_ctx_put(struct trust_ctx *c, struct fg_str key, const struct fg_str *v, size_t n, bool multi,
    struct fg_err *reterr)
{
	const struct trust_key k = { trust_key_hash(key), key };

	return trust_ctx_put_key(c, &k, v, n, multi, reterr);
}

enum fg_rc
trust_ctx_put_key(struct trust_ctx *c, const struct trust_key *key, const struct fg_str *v, size_t n,
    bool multi, struct fg_err *reterr)
{
	enum fg_rc rc = put(c, key, v, n, multi, reterr);

	return rc == FG_OK ? rc : trust_ctx_poison(c, rc);
}

size_t
trust_ctx_count(const struct trust_ctx *c)
{
	return c->n;
}

struct fg_str
trust_ctx_key(const struct trust_ctx *c, size_t i)
{
	return i < c->n ? c->slot[i].key : FG_STR_NULL;
}

const struct fg_str *
trust_ctx_values(const struct trust_ctx *c, size_t i, size_t *ret_n)
{
	if (i >= c->n) {
		*ret_n = 0;
		return NULL;
	}
	*ret_n = c->slot[i].n;
	return trust_slot_values(&c->slot[i]);
}
