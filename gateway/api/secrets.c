/*
 * Long-lived secrets that this thread has unwrapped.  The first use of a key crosses to the
 * process that holds the wrap key; after that the row's blob, compared whole, says that
 * what is kept here is still the row's.
 */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "gateway/api/api_int.h"

#define BLOB_BYTES 320

struct entry {
	size_t n_blob, n_secret;
	char blob[BLOB_BYTES];
	char secret[FG_LIMIT_SECRET_BYTES];
};

struct api_secrets {
	struct entry entry[FG_LIMIT_API_SECRETS];
};

struct api_secrets *
api_secrets_new(void)
{
	return calloc(1, sizeof(struct api_secrets));
}

void
api_secrets_free(struct api_secrets *s)
{
	if (s == NULL)
		return;
	OPENSSL_cleanse(s, sizeof(*s));
	free(s);
}

/* Blobs are random: any of their bytes will do. */
static struct entry *
slot(struct api_secrets *s, struct fg_str blob)
{
	size_t h = 0;

	for (size_t i = blob.n > 16 ? blob.n - 16 : 0; i < blob.n; i++)
		h = h * 31 + (unsigned char)blob.p[i];
	return &s->entry[h % FG_LIMIT_API_SECRETS];
}

static enum fg_rc
fill(struct api_call *c, const struct directory_key *key, struct entry *e)
{
	const struct api_hooks *h = &c->w->env->conf.hooks;
	const struct store_key row = { .account = key->account, .id = key->id, .user = key->user };
	struct cred_unwrap u = { .where = cred_where_key(&row), .blob = key->secret };

	FG_TRY(h->unwrap(h->arg, &u, 1, c->arena, &c->err));
	if (u.rc != FG_OK || u.plain.n == 0 || u.plain.n > sizeof(e->secret))
		return fg_fail(&c->err, FG_E_INTERNAL, "api.secret", NULL,
		    "the secret of key %.*s does not open", FG_PRI(key->id));
	OPENSSL_cleanse(e, sizeof(*e));
	memcpy(e->blob, key->secret.p, key->secret.n);
	e->n_blob = key->secret.n;
	memcpy(e->secret, u.plain.p, u.plain.n);
	e->n_secret = u.plain.n;
	return FG_OK;
}

enum fg_rc
api_secret(struct api_call *c, const struct directory_key *key, struct fg_str *ret)
{
	struct entry *e;

	if (key->secret.n == 0 || key->secret.n > BLOB_BYTES)
		return fg_fail(&c->err, FG_E_INTERNAL, "api.secret", NULL,
		    "key %.*s has no secret that can be opened", FG_PRI(key->id));
	e = slot(c->w->secrets, key->secret);
	if (!fg_eq(fg_str(e->blob, e->n_blob), key->secret))
		FG_TRY(fill(c, key, e));
	*ret = fg_str(e->secret, e->n_secret);
	return FG_OK;
}
