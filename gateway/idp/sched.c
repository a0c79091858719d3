#include "gateway/idp/idp_int.h"

/* xorshift64*: spreads the fetches of a fleet; nothing secret depends on it. */
static uint64_t
draw(struct idp_sched *s)
{
	s->rng ^= s->rng >> 12;
	s->rng ^= s->rng << 25;
	s->rng ^= s->rng >> 27;
	return s->rng * UINT64_C(2685821657736338717);
}

/* span +- a tenth. */
static int64_t
jitter(struct idp_sched *s, int64_t span)
{
	int64_t tenth = span / 10;

	return span - tenth + (int64_t)(draw(s) % (uint64_t)(2 * tenth + 1));
}

const struct idp_pace idp_pace_keys = { FG_LIMIT_IDP_FRESH_MIN_MS, FG_LIMIT_IDP_FRESH_MS,
	FG_LIMIT_IDP_FRESH_MAX_MS, FG_LIMIT_IDP_RETRY_MS, FG_LIMIT_IDP_RETRY_MAX_MS };

void
idp_sched_init(struct idp_sched *s, int64_t now, uint64_t seed)
{
	*s = (struct idp_sched){
		.pace = &idp_pace_keys,
		.fetched = IDP_NEVER,
		.refresh = now,
		.expires = IDP_NEVER,
		.stale = FG_LIMIT_IDP_STALE_MS,
		.retry = now,
		.tokens = FG_LIMIT_IDP_KID_TOKENS,
		.refill = now,
		.extra = now,
		.rng = seed | 1,
	};
}

bool
idp_sched_due(const struct idp_sched *s, int64_t now)
{
	return !s->busy && now >= s->refresh && now >= s->retry;
}

int64_t
idp_sched_next(const struct idp_sched *s)
{
	if (s->busy)
		return IDP_NEVER;
	return s->refresh > s->retry ? s->refresh : s->retry;
}

void
idp_sched_begin(struct idp_sched *s)
{
	s->busy = true;
}

static int64_t
fresh_ms(const struct idp_pace *p, int32_t max_age_s)
{
	int64_t ms = max_age_s < 0 ? p->fresh : (int64_t)max_age_s * 1000;

	if (ms < p->fresh_min)
		return p->fresh_min;
	return ms > p->fresh_max ? p->fresh_max : ms;
}

void
idp_sched_good(struct idp_sched *s, int64_t now, int32_t max_age_s)
{
	int64_t ms = fresh_ms(s->pace, max_age_s);

	s->busy = false;
	s->failures = 0;
	s->fetched = now;
	s->fresh = now + ms;
	s->refresh = now + jitter(s, ms * 8 / 10);
	s->retry = now;
	s->expires = now + s->stale;
}

void
idp_sched_bad(struct idp_sched *s, int64_t now)
{
	int64_t wait = s->pace->retry;

	s->busy = false;
	for (unsigned i = 0; i < s->failures && wait < s->pace->retry_max; i++)
		wait *= 2;
	if (wait > s->pace->retry_max)
		wait = s->pace->retry_max;
	s->failures++;
	s->retry = now + jitter(s, wait * 9 / 10);
	/* a fetch for a kid that failed brings the background refresh forward */
	if (s->refresh > now)
		s->refresh = now;
}

static void
refill(struct idp_sched *s, int64_t now)
{
	while (s->tokens < FG_LIMIT_IDP_KID_TOKENS && now >= s->refill) {
		s->tokens++;
		s->refill += FG_LIMIT_IDP_KID_REFILL_MS;
	}
}

enum idp_kid
idp_sched_kid(struct idp_sched *s, int64_t now)
{
	if (s->busy)
		return IDP_KID_JOIN;
	if (now < s->retry)
		return IDP_KID_NO; /* the issuer is down: its keys are asked for when back-off says */
	refill(s, now);
	if (s->tokens > 0) {
		if (s->tokens == FG_LIMIT_IDP_KID_TOKENS)
			s->refill = now + FG_LIMIT_IDP_KID_REFILL_MS;
		s->tokens--;
		return IDP_KID_FETCH;
	}
	if (now >= s->refresh && now >= s->extra) {
		s->extra = now + FG_LIMIT_IDP_KID_EXTRA_MS;
		return IDP_KID_FETCH;
	}
	return IDP_KID_NO;
}

/* ---- negatives ---- */

bool
idp_negative_has(const struct idp_negatives *n, uint64_t hash, int64_t now)
{
	for (size_t i = 0; i < FG_COUNT(n->slot); i++)
		if (n->slot[i].hash == hash && n->slot[i].until > now)
			return true;
	return false;
}

/* Takes the slot that ends first. */
void
idp_negative_add(struct idp_negatives *n, uint64_t hash, int64_t now)
{
	size_t old = 0;

	for (size_t i = 0; i < FG_COUNT(n->slot); i++) {
		if (n->slot[i].hash == hash || n->slot[i].until < n->slot[old].until)
			old = i;
		if (n->slot[i].hash == hash)
			break;
	}
	n->slot[old].hash = hash;
	n->slot[old].until = now + FG_LIMIT_IDP_NEGATIVE_MS;
}

void
idp_negative_clear(struct idp_negatives *n)
{
	memset(n, 0, sizeof(*n));
}
