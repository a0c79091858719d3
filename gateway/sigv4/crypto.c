/*
 * The chain of signing keys, and those that were derived before.
 */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "gateway/sigv4/sigv4_int.h"

/* Direct-mapped: the tag is a digest of secret and scope, so no secret is kept here. */
struct cached {
	bool used;
	unsigned char tag[SIGV4_DIGEST_BYTES];
	unsigned char key[SIGV4_DIGEST_BYTES];
};

struct sigv4_crypto {
	struct cached cache[FG_LIMIT_SIGV4_CACHE];
};

struct sigv4_crypto *
sigv4_crypto_new(void)
{
	return calloc(1, sizeof(struct sigv4_crypto));
}

void
sigv4_crypto_free(struct sigv4_crypto *c)
{
	if (c == NULL)
		return;
	explicit_bzero(c, sizeof(*c));
	free(c);
}

void
sigv4_crypto_freep(struct sigv4_crypto **c)
{
	sigv4_crypto_free(*c);
}

static void
derive(const struct sigv4_auth *auth, struct fg_str first, unsigned char *ret)
{
	const struct fg_str steps[] = { auth->region, auth->service, FG_LIT("aws4_request") };

	fg_hmac(first, &auth->date, 1, ret);
	for (size_t i = 0; i < FG_COUNT(steps); i++)
		fg_hmac(fg_str(ret, SIGV4_DIGEST_BYTES), &steps[i], 1, ret);
}

enum fg_rc
sigv4_signing_key(struct sigv4_crypto *c, const struct sigv4_auth *auth, struct fg_str secret,
    unsigned char ret[SIGV4_DIGEST_BYTES], struct fg_err *reterr)
{
	char first[4 + FG_LIMIT_SECRET_BYTES] = "AWS4";
	const struct fg_str tagged[] = { auth->scope, fg_str(first, 4 + secret.n) };
	unsigned char tag[SIGV4_DIGEST_BYTES];
	struct cached *slot;

	if (secret.n == 0 || secret.n > FG_LIMIT_SECRET_BYTES)
		return fg_fail(reterr, FG_E_INTERNAL, "sigv4.secret", NULL,
		    "secret of %zu bytes", secret.n);
	memcpy(first + 4, secret.p, secret.n);
	fg_sha256(tagged, FG_COUNT(tagged), tag);
	slot = &c->cache[(tag[0] | tag[1] << 8) % FG_LIMIT_SIGV4_CACHE];
	if (!slot->used || CRYPTO_memcmp(slot->tag, tag, sizeof(tag)) != 0) {
		derive(auth, tagged[1], slot->key);
		memcpy(slot->tag, tag, sizeof(tag));
		slot->used = true;
	}
	memcpy(ret, slot->key, SIGV4_DIGEST_BYTES);
	explicit_bzero(first, sizeof(first));
	return FG_OK;
}
