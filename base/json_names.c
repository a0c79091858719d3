/*
 * base/json_names.c - no name twice in one object.
 *
 * Names are compared when the object closes: few of them pairwise by fingerprint, many through a
 * hash table whose key a sender does not know, so that work stays linear.
 */
#include "base/json_int.h"

#include <stdlib.h>
#include <sys/auxv.h>

#define PAIRWISE 32u /* members up to which names are compared pairwise */

static uint64_t
load8(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Equal names have equal fingerprints; the ends of a name tell most others apart. */
static uint32_t
fingerprint(struct fg_str s)
{
	uint64_t head = 0, tail = 0;

	if (s.n >= 8) {
		head = load8(s.p);
		tail = load8(s.p + s.n - 8);
	} else {
		for (size_t i = 0; i < s.n; i++)
			head = head << 8 | (unsigned char)s.p[i];
	}
	head = (head ^ s.n) * 0x9e3779b97f4a7c15u + tail * 0xc2b2ae3d27d4eb4fu;
	return (uint32_t)(head >> 32);
}

static enum fg_rc
duplicate(struct json_reader *r, uint32_t key)
{
	unsigned line, column;

	fg_json_place(fg_str(r->src, (size_t)(r->end - r->src)), r->node[key].off, &line, &column);
	return fg_fail(r->err, FG_E_SYNTAX, r->step, "RFC 7493 2.3",
	    "line %u column %u: duplicate member %.*s", line, column, FG_PRI(r->node[key].text));
}

static enum fg_rc
names_pairwise(struct json_reader *r, uint32_t object)
{
	uint32_t print[PAIRWISE], key[PAIRWISE];
	uint32_t k = object + 1, n = r->node[object].n;

	for (uint32_t i = 0; i < n; i++, k = r->node[k + 1].next) {
		unsigned same = 0;

		key[i] = k;
		print[i] = fingerprint(r->node[k].text);
		for (uint32_t j = 0; j < i; j++)
			same |= print[j] == print[i];
		for (uint32_t j = 0; same != 0 && j < i; j++)
			if (fg_eq(r->node[key[j]].text, r->node[k].text))
				return duplicate(r, k);
	}
	return FG_OK;
}

struct slot {
	uint32_t hash;
	uint32_t key; /* node index, never 0 */
};

static void
slots_free(struct slot **s)
{
	free(*s);
}

/* A key of this process that a sender cannot know. */
static void
hash_key(uint64_t key[2])
{
	const void *random = (const void *)getauxval(AT_RANDOM);
	uint64_t seed[2] = { 0, 0 };

	if (random != NULL)
		memcpy(seed, random, sizeof(seed));
	key[0] = fg_hash(FG_LIT("json names 0"), seed);
	key[1] = fg_hash(FG_LIT("json names 1"), seed);
}

static enum fg_rc
names_hashed(struct json_reader *r, uint32_t object)
{
	uint32_t n = r->node[object].n, k = object + 1;
	uint32_t mask = (2u << (31 - __builtin_clz(n))) * 2 - 1; /* at least 2 n slots */
	FG_AUTO(slots_free) struct slot *slot = calloc((size_t)mask + 1, sizeof(*slot));
	uint64_t secret[2];

	if (slot == NULL)
		return fg_fail(r->err, FG_E_NOMEM, r->step, NULL, "names");
	hash_key(secret);
	for (uint32_t i = 0; i < n; i++, k = r->node[k + 1].next) {
		uint32_t hash = (uint32_t)fg_hash(r->node[k].text, secret);
		uint32_t at = hash & mask;

		for (; slot[at].key != 0; at = (at + 1) & mask)
			if (slot[at].hash == hash &&
			    fg_eq(r->node[slot[at].key].text, r->node[k].text))
				return duplicate(r, k);
		slot[at] = (struct slot){ hash, k };
	}
	return FG_OK;
}

enum fg_rc
json_names_check(struct json_reader *r, uint32_t object)
{
	return r->node[object].n <= PAIRWISE ? names_pairwise(r, object) : names_hashed(r, object);
}
