/*
 * gateway/outbound/state.c - what becomes of a key, and when.
 *
 *   staged    published an hour before it signs, so that whoever caches the set has it
 *   signing   until its successor signs
 *   retiring  published until the last token that it signed is over, and for as long as the set
 *             may lie in a cache
 */
#include "gateway/outbound/outbound_int.h"

#define RETIRE_S (FG_LIMIT_OUTBOUND_TOKEN_S + FG_LIMIT_OIDC_SKEW_S + FG_LIMIT_OUTBOUND_CACHE_S)

static void
set(struct store_secret *s, enum outbound_state state, fg_time until)
{
	s->state = state;
	s->until = until;
}

/* The one of an algorithm that is staged and may sign. */
static struct store_secret *
ready(struct outbound_rows *r, enum outbound_alg alg, fg_time now)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].state == OUTBOUND_STAGED && r->v[i].until <= now &&
		    outbound_kid_alg(r->v[i].id) == alg)
			return &r->v[i];
	return NULL;
}

static size_t
promote(struct outbound_rows *r, enum outbound_alg alg, fg_time now)
{
	struct store_secret *next = ready(r, alg, now);
	size_t changed = 1;

	if (next == NULL)
		return 0;
	for (size_t i = 0; i < r->n; i++) {
		if (r->v[i].state != OUTBOUND_SIGNING || outbound_kid_alg(r->v[i].id) != alg)
			continue;
		set(&r->v[i], OUTBOUND_RETIRING, now + RETIRE_S);
		changed++;
	}
	set(next, OUTBOUND_SIGNING, now + FG_LIMIT_OUTBOUND_KEY_S);
	return changed;
}

size_t
outbound_rows_advance(struct outbound_rows *r, fg_time now, bool clock_ok)
{
	size_t changed = 0;

	for (unsigned i = 1; i < OUTBOUND_ALG_MAX; i++)
		changed += promote(r, (enum outbound_alg)i, now);
	for (size_t i = 0; i < r->n && clock_ok; i++) {
		if (r->v[i].state != OUTBOUND_RETIRING || r->v[i].until > now)
			continue;
		set(&r->v[i], OUTBOUND_GONE, 0);
		changed++;
	}
	return changed;
}
