/*
 * gateway/store/set.c - which rows an account has: a count and a sum over their lanes.
 *
 * A single row's MAC cannot show that a row is missing or is an older one of its own.  Each
 * account therefore has a record of how many rows it has and of their sum; the records are
 * summed again in the head of the store.  Sums live in memory only.
 */
#include <sys/random.h>

#include "gateway/store/store_int.h"

enum { FIRST_BUCKETS = 64 };

enum fg_rc
store_sets_init(struct store_sets *s)
{
	*s = (struct store_sets){ .mask = FIRST_BUCKETS - 1 };
	if (getrandom(s->key, sizeof(s->key), 0) != (ssize_t)sizeof(s->key))
		return FG_E_CRYPTO;
	s->bucket = calloc(FIRST_BUCKETS, sizeof(struct store_set *));
	return s->bucket == NULL ? FG_E_NOMEM : FG_OK;
}

void
store_sets_done(struct store_sets *s)
{
	for (size_t i = 0; s->bucket != NULL && i <= s->mask; i++) {
		struct store_set *e = s->bucket[i];

		while (e != NULL) {
			struct store_set *next = e->next;

			free(e->account);
			free(e);
			e = next;
		}
	}
	free(s->bucket);
	s->bucket = NULL;
}

struct store_set *
store_sets_find(const struct store_sets *s, struct fg_str account)
{
	struct store_set *e;

	if (s->bucket == NULL)
		return NULL;
	for (e = s->bucket[fg_hash(account, s->key) & s->mask]; e != NULL; e = e->next)
		if (fg_eq(fg_str(e->account, e->account_n), account))
			return e;
	return NULL;
}

static void
grow(struct store_sets *s)
{
	size_t room = (s->mask + 1) * 4;
	struct store_set **bucket = calloc(room, sizeof(struct store_set *));

	if (bucket == NULL)
		return; /* longer chains, nothing worse */
	for (size_t i = 0; i <= s->mask; i++) {
		struct store_set *e = s->bucket[i];

		while (e != NULL) {
			struct store_set *next = e->next;
			size_t at = fg_hash(fg_str(e->account, e->account_n), s->key) & (room - 1);

			e->next = bucket[at];
			bucket[at] = e;
			e = next;
		}
	}
	free(s->bucket);
	s->bucket = bucket;
	s->mask = room - 1;
}

struct store_set *
store_sets_get(struct store_sets *s, struct fg_str account)
{
	struct store_set *e = store_sets_find(s, account);
	size_t at;

	if (e != NULL)
		return e;
	if (s->count > s->mask * 2)
		grow(s);
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return NULL;
	e->account = malloc(account.n + 1);
	if (e->account == NULL) {
		free(e);
		return NULL;
	}
	if (account.n > 0)
		memcpy(e->account, account.p, account.n);
	e->account[account.n] = '\0';
	e->account_n = account.n;
	at = fg_hash(account, s->key) & s->mask;
	e->next = s->bucket[at];
	s->bucket[at] = e;
	s->count++;
	return e;
}

void
store_lane_xor(unsigned char *sum, const unsigned char *lane)
{
	for (size_t i = 0; i < 32; i++)
		sum[i] = (unsigned char)(sum[i] ^ lane[i]);
}

/* The MAC of a record: over the account, its count, and the sum that is never written. */
enum fg_rc
store_set_mac(struct store_mac *m, const struct store_set_row *r, const unsigned char sum[32],
    unsigned char ret[STORE_MAC_BYTES])
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(4096);
	struct fg_str bytes;
	struct store_tag tag;

	fg_buf_v32(&b, r->account);
	fg_buf_be64(&b, (uint64_t)r->n);
	fg_buf_be64(&b, (uint64_t)r->generation);
	fg_buf_put(&b, fg_str(sum, 32));
	FG_TRY(fg_buf_end(&b, &bytes));
	FG_TRY(store_mac_bytes(m, "set", bytes, &tag));
	memcpy(ret, tag.mac, STORE_MAC_BYTES);
	return FG_OK;
}

bool
store_set_verify(const struct store_keys *k, const struct store_set_row *r,
    const unsigned char sum[32], const struct store_mac **ret_by)
{
	unsigned char mac[STORE_MAC_BYTES];

	*ret_by = NULL;
	for (size_t i = 0; i < k->n && *ret_by == NULL; i++)
		if (store_set_mac(k->v[i], r, sum, mac) == FG_OK && store_mac_eq(mac, r->mac))
			*ret_by = k->v[i];
	return *ret_by != NULL;
}

/* What the head sums: the record as it is written, so that it stands when rows are damaged. */
enum fg_rc
store_set_lane(struct store_mac *m, const struct store_set_row *r, unsigned char ret[32])
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(4096);
	struct fg_str bytes;
	struct store_tag tag;

	fg_buf_v32(&b, r->account);
	fg_buf_be64(&b, (uint64_t)r->n);
	fg_buf_be64(&b, (uint64_t)r->generation);
	fg_buf_put(&b, fg_str(r->mac, sizeof(r->mac)));
	FG_TRY(fg_buf_end(&b, &bytes));
	FG_TRY(store_mac_bytes(m, "set-lane", bytes, &tag));
	memcpy(ret, tag.lane, 32);
	return FG_OK;
}

enum fg_rc
store_head_seal(struct store_mac *m, const unsigned char sum[32], const struct store_head *h,
    unsigned char ret[STORE_MAC_BYTES])
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(256);
	struct fg_str bytes;
	struct store_tag tag;

	fg_buf_be64(&b, (uint64_t)h->generation);
	fg_buf_be64(&b, (uint64_t)h->sets);
	fg_buf_be64(&b, (uint64_t)h->floor);
	fg_buf_put(&b, fg_str(h->claims_id, sizeof(h->claims_id)));
	fg_buf_put(&b, fg_str(sum, 32));
	FG_TRY(fg_buf_end(&b, &bytes));
	FG_TRY(store_mac_bytes(m, "head", bytes, &tag));
	memcpy(ret, tag.mac, STORE_MAC_BYTES);
	return FG_OK;
}
