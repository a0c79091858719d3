/*
 * Signatures seen inside the window, for all threads of this node, without a lock.
 *
 * Sets of eight slots.  A slot holds the head of a signature and, beside it, when it may be
 * forgotten and which connection brought it.  A slot is taken by exchanging its head for BUSY;
 * nobody sees it half written.  Whoever has written looks at the other slots again and gives
 * way to an equal head: of two threads that bring the same signature at once, at least one
 * sees the other, so at most one is taken.  A signature names its second, so an equal head
 * is a replay however old it is.  A full set forgets its oldest: the memory is bounded.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/api/api_int.h"

#define WAYS 8
#define BUSY 1u /* a head that no signature has */

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
	return v <= BUSY ? v + 2 : v;
}

static bool
dead(uint64_t meta, uint32_t now)
{
	return (uint32_t)(meta >> 32) < now;
}

/* What stands in a slot, once its writer is done; the writer does two stores meanwhile. */
static uint64_t
settled(struct slot *s)
{
	uint64_t head;

	do
		head = atomic_load(&s->head);
	while (head == BUSY);
	return head;
}

/* Index of a slot with this head other than `but`, or WAYS. */
static size_t
find(struct slot *set, size_t but, uint64_t head)
{
	for (size_t i = 0; i < WAYS; i++) {
		if (i != but && settled(&set[i]) == head)
			return i;
	}
	return WAYS;
}

/*
 * A slot that may be forgotten, or the one that may be the soonest.  *ret_head is what stood in it
 * before it was judged: whoever takes the slot exchanges that very head, so that a signature
 * which another thread put there meanwhile is neither overwritten nor taken twice.
 */
static size_t
victim(struct slot *set, uint32_t now, uint64_t *ret_head)
{
	uint64_t least = UINT64_MAX;
	size_t at = 0;

	for (size_t i = 0; i < WAYS; i++) {
		uint64_t head = settled(&set[i]), meta = atomic_load(&set[i].meta);

		if (!dead(meta, now) && meta >= least)
			continue;
		at = i;
		*ret_head = head;
		if (dead(meta, now))
			break;
		least = meta;
	}
	return at;
}

bool
api_replays_claim(struct api_replays *r, const unsigned char signature[SIGV4_DIGEST_BYTES],
    uint64_t connection, fg_time now)
{
	uint64_t head = head_of(signature), old = BUSY;
	struct slot *set = &r->slot[head_of(signature + 8) % (FG_LIMIT_API_REPLAYS / WAYS) * WAYS];
	uint32_t t = (uint32_t)now, who = (uint32_t)connection;
	size_t at;

	do {
		at = find(set, WAYS, head);
		if (at < WAYS)
			return (uint32_t)atomic_load(&set[at].meta) == who;
		at = victim(set, t, &old);
	} while (old == head || !atomic_compare_exchange_strong(&set[at].head, &old, BUSY));
	atomic_store(&set[at].meta, (uint64_t)(t + 2 * FG_LIMIT_SIGV4_WINDOW_S) << 32 | who);
	atomic_store(&set[at].head, head);
	return find(set, at, head) == WAYS;
}
