/*
 * gateway/outbound/sign.c - private keys that were opened, and signing with them.
 *
 * A key is unwrapped and read at its first use and kept; a kid is never given twice, so that what
 * is kept can only be unused.  Loops never come here: the mutex is among the threads of the pool.
 */
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>

#include "gateway/outbound/outbound_int.h"

struct kept {
	char kid[OUTBOUND_KID_BYTES];
	EVP_PKEY *key; /* NULL: free */
	uint64_t used;
};

struct outbound {
	struct cred_client *cred;
	pthread_mutex_t lock; /* of what follows */
	struct kept kept[FG_LIMIT_OUTBOUND_KEPT];
	uint64_t clock;
};

static void
pkey_free(EVP_PKEY **k)
{
	EVP_PKEY_free(*k);
}

enum fg_rc
outbound_new(struct cred_client *cred, struct outbound **ret, struct fg_err *reterr)
{
	struct outbound *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "outbound.sign", NULL, "keys");
	o->cred = cred;
	pthread_mutex_init(&o->lock, NULL);
	*ret = o;
	return FG_OK;
}

void
outbound_free(struct outbound *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < FG_COUNT(o->kept); i++)
		EVP_PKEY_free(o->kept[i].key);
	pthread_mutex_destroy(&o->lock);
	free(o);
}

/* A reference to the key; NULL when it is not kept. */
static EVP_PKEY *
kept_find(struct outbound *o, struct fg_str kid)
{
	EVP_PKEY *key = NULL;

	pthread_mutex_lock(&o->lock);
	for (size_t i = 0; i < FG_COUNT(o->kept) && key == NULL; i++) {
		struct kept *k = &o->kept[i];

		if (k->key == NULL || !fg_eq(fg_str(k->kid, sizeof(k->kid)), kid) ||
		    EVP_PKEY_up_ref(k->key) != 1)
			continue;
		k->used = ++o->clock;
		key = k->key;
	}
	pthread_mutex_unlock(&o->lock);
	return key;
}

/* In the place of the one that was not used for longest. */
static void
kept_put(struct outbound *o, struct fg_str kid, EVP_PKEY *key)
{
	struct kept *k = &o->kept[0];

	if (kid.n != OUTBOUND_KID_BYTES || EVP_PKEY_up_ref(key) != 1)
		return;
	pthread_mutex_lock(&o->lock);
	for (size_t i = 1; i < FG_COUNT(o->kept); i++)
		if (o->kept[i].used < k->used)
			k = &o->kept[i];
	EVP_PKEY_free(k->key);
	memcpy(k->kid, kid.p, sizeof(k->kid));
	k->key = key;
	k->used = ++o->clock;
	pthread_mutex_unlock(&o->lock);
}

static enum fg_rc
open_key(struct outbound *o, const struct outbound_key *key, EVP_PKEY **ret, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4 * FG_LIMIT_WRAP_BYTES);
	struct cred_unwrap u = { .where = key->where, .blob = key->blob };
	enum fg_rc rc;

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "outbound.sign", NULL, "arena");
	FG_TRY(cred_client_unwrap(o->cred, &u, 1, a, reterr));
	if (u.rc != FG_OK)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "outbound.unwrap", "rule 6",
		    "signing key %.*s does not open", FG_PRI(key->kid));
	rc = outbound_key_read(key->alg, u.plain, ret, reterr);
	OPENSSL_cleanse((void *)(uintptr_t)u.plain.p, u.plain.n);
	return rc;
}

enum fg_rc
outbound_sign(struct outbound *o, struct outbound_job *job, struct fg_err *reterr)
{
	FG_AUTO(pkey_free) EVP_PKEY *k = kept_find(o, job->key.kid);

	if (k == NULL) {
		FG_TRY(open_key(o, &job->key, &k, reterr));
		kept_put(o, job->key.kid, k);
	}
	return outbound_key_sign(job->key.alg, k, job->input, job->sig, &job->sig_n, reterr);
}
