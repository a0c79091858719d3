/*
 * Signatures seen inside the window, for all threads of this node, without a lock.
 *
 * Sets of eight slots.  A slot holds the head of a signature and, beside it, when it may be
 * forgotten and which connection brought it.  Two threads that bring the same signature at
 * once both write it and then both look again: the one in the later slot gives way.
 * A full set forgets its oldest: the memory is bounded, and TLS is what stops a listener.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/api/api_int.h"

#define WAYS 8

struct slot {
	_Atomic uint64_t head;
	_Atomic uint64_t meta; /* expiry in the upper half, connection in the lower */
};

struct api_replays {
	struct slot slot[FG_LIMIT_API_REPLAYS];
};

struct api_replays *
api_replays_new(void)
{
	return calloc(1, sizeof(struct api_replays));
}

void
api_replays_free(struct api_replays *r)
{
	free(r);
}

static uint64_t
head_of(const unsigned char *p)
{
	uint64_t v = 0;

	for (size_t i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v == 0 ? 1 : v;
}

static bool
dead(uint64_t meta, uint32_t now)
{
	return (uint32_t)(meta >> 32) < now;
}

/* Index of the slot with this head before `limit`, or WAYS. */
static size_t
find(struct slot *set, size_t limit, uint64_t head, uint32_t now)
{
	for (size_t i = 0; i < limit; i++) {
		if (atomic_load(&set[i].head) == head && !dead(atomic_load(&set[i].meta), now))
			return i;
	}
	return WAYS;
}

static size_t
victim(struct slot *set, uint32_t now)
{
	uint64_t least = UINT64_MAX;
	size_t at = 0;

	for (size_t i = 0; i < WAYS; i++) {
		uint64_t meta = atomic_load(&set[i].meta);

		if (dead(meta, now))
			return i;
		if (meta < least) {
			least = meta;
			at = i;
		}
	}
	return at;
}

bool
api_replays_claim(struct api_replays *r, const unsigned char signature[SIGV4_DIGEST_BYTES],
    uint64_t connection, fg_time now)
{
	uint64_t head = head_of(signature);
	struct slot *set = &r->slot[head_of(signature + 8) % (FG_LIMIT_API_REPLAYS / WAYS) * WAYS];
	uint32_t t = (uint32_t)now;
	uint64_t meta = (uint64_t)(t + 2 * FG_LIMIT_SIGV4_WINDOW_S) << 32 | (uint32_t)connection;
	size_t at = find(set, WAYS, head, t);

	if (at < WAYS)
		return (uint32_t)atomic_load(&set[at].meta) == (uint32_t)connection;
	at = victim(set, t);
	atomic_store(&set[at].meta, meta);
	atomic_store(&set[at].head, head);
	return find(set, at, head, t) == WAYS;
}
