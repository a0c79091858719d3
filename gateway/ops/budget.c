/*
 * gateway/ops/budget.c - token buckets by source address, in microseconds of work.
 *
 * The table is fixed: sets of eight addresses, found by a keyed hash.  A bucket that has filled up
 * says nothing and is the first to be replaced; when a set holds only spent ones, a new address
 * takes over the fullest and what is left in it, so that many addresses buy no more than one.
 */
#include <stdlib.h>

#include "gateway/ops/ops.h"

#define WAYS 8u
#define MEASURE_SHIFT 4   /* a measurement moves the cost by a sixteenth */
#define COST_MAX_US 1000000

struct bucket {
	uint64_t tag; /* hash of the address; 0: free */
	uint64_t at_us;
	uint32_t left_us;
};

struct budget {
	uint64_t key[2];
	size_t sets; /* a power of two */
	uint32_t rate_us, burst_us;
	uint32_t cost[COST_MAX]; /* microseconds, times 1 << MEASURE_SHIFT */
	struct bucket *bucket;
};

static const uint32_t first_cost[COST_MAX] = {
#define FIRST(id, name, us) [COST_##id] = us,
	COSTS(FIRST)
#undef FIRST
};

enum fg_rc
budget_new(const struct budget_config *c, struct budget **ret, struct fg_err *reterr)
{
	size_t slots = c->slots == 0 ? FG_LIMIT_BUDGET_SLOTS : c->slots;
	struct budget *b;

	if (slots > (size_t)1 << 24)
		return fg_fail(reterr, FG_E_PARAM, "budget.new", NULL, "%zu slots", slots);
	b = calloc(1, sizeof(*b));
	if (b == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "budget.new", NULL, "budget");
	b->sets = 1;
	while (b->sets * WAYS < slots)
		b->sets *= 2;
	memcpy(b->key, c->key, sizeof(b->key));
	b->rate_us = c->rate_us == 0 ? FG_LIMIT_BUDGET_RATE_US : c->rate_us;
	b->burst_us = c->burst_us == 0 ? FG_LIMIT_BUDGET_BURST_US : c->burst_us;
	for (int i = 0; i < COST_MAX; i++)
		b->cost[i] = first_cost[i] << MEASURE_SHIFT;
	b->bucket = calloc(b->sets * WAYS, sizeof(*b->bucket));
	if (b->bucket == NULL) {
		free(b);
		return fg_fail(reterr, FG_E_NOMEM, "budget.new", NULL, "%zu slots", slots);
	}
	*ret = b;
	return FG_OK;
}

void
budget_free(struct budget *b)
{
	if (b == NULL)
		return;
	free(b->bucket);
	free(b);
}

/* An IPv6 host owns a /64 at least; mapped addresses are the IPv4 ones. */
static uint64_t
tag_of(const struct budget *b, const struct fg_ip *ip)
{
	struct fg_ip at = fg_ip_unmap(*ip);
	uint64_t tag = fg_hash(fg_str(at.b, at.family == FG_IP_V4 ? 4 : 8), b->key);

	return tag == 0 ? 1 : tag;
}

static uint64_t
filled(const struct budget *b, const struct bucket *k, uint64_t now_us)
{
	uint64_t passed = now_us > k->at_us ? now_us - k->at_us : 0;
	uint64_t earned;

	if (k->tag == 0 || passed >= UINT64_MAX / b->rate_us)
		return b->burst_us;
	earned = passed * b->rate_us / 1000000;
	return earned + k->left_us < b->burst_us ? earned + k->left_us : b->burst_us;
}

static struct bucket *
find(const struct budget *b, uint64_t tag)
{
	struct bucket *set = &b->bucket[(tag & (b->sets - 1)) * WAYS];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].tag == tag)
			return &set[i];
	return NULL;
}

/* Of this address, or the fullest of its set. */
static struct bucket *
find_or_take(const struct budget *b, uint64_t tag, uint64_t now_us)
{
	struct bucket *set = &b->bucket[(tag & (b->sets - 1)) * WAYS];
	struct bucket *best = find(b, tag);

	for (size_t i = 0; best == NULL && i < WAYS; i++)
		if (set[i].tag == 0)
			best = &set[i];
	if (best != NULL)
		return best;
	best = &set[0];
	for (size_t i = 1; i < WAYS; i++)
		if (filled(b, &set[i], now_us) > filled(b, best, now_us))
			best = &set[i];
	return best;
}

uint32_t
budget_cost(const struct budget *b, enum cost c)
{
	uint32_t us = (unsigned)c < COST_MAX ? b->cost[c] >> MEASURE_SHIFT : COST_MAX_US;

	return us == 0 ? 1 : us;
}

bool
budget_take(struct budget *b, const struct fg_ip *ip, enum cost c, uint64_t now_us, uint32_t *ret_us)
{
	uint32_t want = budget_cost(b, c);
	uint64_t tag = tag_of(b, ip);
	struct bucket *k = find_or_take(b, tag, now_us);
	uint64_t left = filled(b, k, now_us);

	/* work that costs more than a whole burst is let through when the bucket is full */
	if (want > b->burst_us)
		want = b->burst_us;
	if (left < want)
		return false;
	*k = (struct bucket){ tag, now_us, (uint32_t)(left - want) };
	*ret_us = want;
	return true;
}

void
budget_refund(struct budget *b, const struct fg_ip *ip, uint32_t us)
{
	struct bucket *k = find(b, tag_of(b, ip));

	if (k == NULL)
		return;
	k->left_us = us > b->burst_us - k->left_us ? b->burst_us : k->left_us + us;
}

void
budget_measured(struct budget *b, enum cost c, uint64_t us)
{
	uint32_t seen = us > COST_MAX_US ? COST_MAX_US : (uint32_t)us;

	if ((unsigned)c >= COST_MAX)
		return;
	b->cost[c] += seen;
	b->cost[c] -= (b->cost[c] - seen) >> MEASURE_SHIFT;
}
