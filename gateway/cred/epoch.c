/*
 * Epoch keys: K = HKDF(root, purpose, one-hour epoch) and the snapshot that workers hold (rule 2).
 */
#include "gateway/cred/cred_int.h"

#include <stdlib.h>

uint32_t
epoch_of(fg_time t)
{
	/* Zero is nobody's epoch, so a broken clock has no key. */
	return t <= 0 || t > FG_LIMIT_TIME_MAX ? 0 : (uint32_t)(t / EPOCH_S);
}

enum fg_rc
epoch_derive(const uint8_t root[CRED_KEY_BYTES],
    const uint8_t installation[CRED_INSTALLATION_BYTES], uint32_t key_id, uint32_t epoch,
    uint8_t out[EPOCH_WIRE_BYTES], struct fg_err *reterr)
{
	for (unsigned d = 1; d < EPOCH_D_MAX; d++) {
		char text[64];
		struct fg_buf info = FG_BUF_FIXED(text);
		struct fg_str label;

		fg_buf_put(&info, FG_LIT("fedgate epoch 1"));
		fg_buf_be8(&info, (uint8_t)d);
		fg_buf_be32(&info, key_id);
		fg_buf_be32(&info, epoch);
		FG_TRY(fg_buf_end(&info, &label));
		if (!crypt_hkdf(root, fg_str(installation, CRED_INSTALLATION_BYTES), label,
		        out + (d - 1) * CRED_KEY_BYTES, CRED_KEY_BYTES))
			return fg_fail(reterr, FG_E_CRYPTO, "cred.epoch", NULL, "HKDF failed");
	}
	return FG_OK;
}

struct cred_keys *
keys_new(const uint8_t installation[CRED_INSTALLATION_BYTES])
{
	struct cred_keys *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	atomic_init(&k->refs, 1);
	memcpy(k->installation, installation, CRED_INSTALLATION_BYTES);
	k->seal = EPOCH_SETS_MAX;
	return k;
}

struct cred_keys *
cred_keys_ref(struct cred_keys *k)
{
	atomic_fetch_add_explicit(&k->refs, 1, memory_order_relaxed);
	return k;
}

void
cred_keys_unref(struct cred_keys *k)
{
	if (k == NULL || atomic_fetch_sub_explicit(&k->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < k->sets; i++) {
		cred_wipe(k->set[i].e, k->set[i].n * sizeof(*k->set[i].e));
		free(k->set[i].e);
	}
	free(k);
}

fg_time
cred_keys_good_until(const struct cred_keys *k)
{
	return k->good_until;
}

const uint8_t *
cred_keys_installation(const struct cred_keys *k)
{
	return k->installation;
}

static bool
unpack(struct cred_worker *w, const uint8_t *wire, struct epoch_keys *e)
{
	for (unsigned p = 1; p < CRED_P_MAX; p++)
		if (!xaes_prepare(w, wire + (p - 1) * CRED_KEY_BYTES, &e->x[p]))
			return false;
	memcpy(e->secret, wire + (EPOCH_D_SECRET - 1) * CRED_KEY_BYTES, CRED_KEY_BYTES);
	memcpy(e->nonce, wire + (EPOCH_D_NONCE - 1) * CRED_KEY_BYTES, CRED_KEY_BYTES);
	return true;
}

enum fg_rc
keys_add(struct cred_keys *k, struct cred_worker *w, uint32_t id, uint32_t first,
    struct fg_str wire, struct fg_err *reterr)
{
	size_t n = wire.n / EPOCH_WIRE_BYTES;
	struct epoch_set *set = &k->set[k->sets];

	if (k->sets == EPOCH_SETS_MAX)
		return fg_fail(reterr, FG_E_LIMIT, "cred.keys", NULL,
		    "over %d live session keys", EPOCH_SETS_MAX);
	if (n == 0 || n > EPOCH_COUNT || wire.n % EPOCH_WIRE_BYTES != 0)
		return fg_fail(reterr, FG_E_INTERNAL, "cred.keys", NULL, "answer of a wrong size");
	set->e = calloc(n, sizeof(*set->e));
	if (set->e == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "cred.keys", NULL, "epoch keys");
	set->id = id;
	set->first = first;
	set->n = (uint32_t)n;
	k->sets++; /* from here on cred_keys_unref wipes and frees it */
	for (size_t i = 0; i < n; i++)
		if (!unpack(w, (const uint8_t *)wire.p + i * EPOCH_WIRE_BYTES, &set->e[i]))
			return fg_fail(reterr, FG_E_CRYPTO, "cred.keys", NULL, "cannot prepare");
	return FG_OK;
}

const struct epoch_keys *
epoch_find(const struct cred_keys *k, uint32_t key_id, uint32_t epoch)
{
	for (size_t i = 0; i < k->sets; i++) {
		const struct epoch_set *s = &k->set[i];

		if (s->id == key_id)
			return epoch >= s->first && epoch - s->first < s->n ?
			    &s->e[epoch - s->first] : NULL;
	}
	return NULL;
}

void
cred_keys_gate(struct cred_keys *k, unsigned version)
{
	if (version != CRED_TOKEN_VERSION)
		k->seal = k->sets;
}

const struct epoch_keys *
epoch_sealing(const struct cred_keys *k, fg_time t, uint32_t *ret_id)
{
	if (k->seal >= k->sets || epoch_of(t) == 0)
		return NULL;
	*ret_id = k->set[k->seal].id;
	return epoch_find(k, *ret_id, epoch_of(t));
}

/*
 * A key of one hour says nothing about another hour: what it opens must have been issued in its
 * hour, give or take the skew, and end within the longest session.
 */
enum fg_rc
epoch_times_check(uint32_t epoch, fg_time issued, fg_time expires, fg_time now,
    struct fg_err *reterr)
{
	fg_time start = (fg_time)epoch * EPOCH_S;

	if (issued < start - FG_LIMIT_SKEW_S || issued >= start + EPOCH_S + FG_LIMIT_SKEW_S)
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.token.epoch", NULL,
		    "issued outside the epoch of its key");
	if (expires <= issued || expires - issued > FG_LIMIT_SESSION_MAX_S)
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.token.length", NULL,
		    "longer than a session can be");
	if (issued > now + FG_LIMIT_SKEW_S)
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.token.issued", NULL,
		    "issued in the future");
	if (now >= expires)
		return fg_fail(reterr, FG_E_CREDENTIAL_EXPIRED, "cred.token.expired", NULL,
		    "expired %lld s ago", (long long)(now - expires));
	return FG_OK;
}
