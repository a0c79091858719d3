/*
 * SHA-256, HMAC and the chain of signing keys.
 *
 * HMAC is written out over one digest context per thread: the library's own costs a fetch
 * and an allocation a call, and a request needs five of them.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "gateway/sigv4/sigv4_int.h"

#define BLOCK 64 /* of SHA-256, bytes */

/* Direct-mapped: the tag is a digest of secret and scope, so no secret is kept here. */
struct cached {
	bool used;
	unsigned char tag[SIGV4_DIGEST_BYTES];
	unsigned char key[SIGV4_DIGEST_BYTES];
};

struct sigv4_crypto {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
	struct cached cache[FG_LIMIT_SIGV4_CACHE];
};

struct sigv4_crypto *
sigv4_crypto_new(void)
{
	FG_AUTO(sigv4_crypto_freep) struct sigv4_crypto *c = calloc(1, sizeof(*c));

	if (c == NULL || (c->md = EVP_MD_fetch(NULL, "SHA256", NULL)) == NULL ||
	    (c->ctx = EVP_MD_CTX_new()) == NULL)
		return NULL;
	return FG_STEAL(c);
}

void
sigv4_crypto_free(struct sigv4_crypto *c)
{
	if (c == NULL)
		return;
	EVP_MD_CTX_free(c->ctx);
	EVP_MD_free(c->md);
	OPENSSL_cleanse(c, sizeof(*c));
	free(c);
}

void
sigv4_crypto_freep(struct sigv4_crypto **c)
{
	sigv4_crypto_free(*c);
}

/* SHA-256 of two pieces. */
static bool
digest2(struct sigv4_crypto *c, struct fg_str x, struct fg_str y, unsigned char *ret)
{
	return EVP_DigestInit_ex2(c->ctx, c->md, NULL) == 1 &&
	    EVP_DigestUpdate(c->ctx, x.p, x.n) == 1 && EVP_DigestUpdate(c->ctx, y.p, y.n) == 1 &&
	    EVP_DigestFinal_ex(c->ctx, ret, NULL) == 1;
}

static bool
hmac(struct sigv4_crypto *c, struct fg_str key, struct fg_str msg, unsigned char *ret)
{
	unsigned char pad[BLOCK] = { 0 }, inner[SIGV4_DIGEST_BYTES];
	bool ok = true;

	if (key.n > BLOCK)
		ok = digest2(c, key, FG_STR_NULL, pad);
	else
		memcpy(pad, key.p, key.n);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36;
	ok = ok && digest2(c, fg_str(pad, BLOCK), msg, inner);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	ok = ok && digest2(c, fg_str(pad, BLOCK), fg_str(inner, sizeof(inner)), ret);
	OPENSSL_cleanse(pad, sizeof(pad));
	OPENSSL_cleanse(inner, sizeof(inner));
	return ok;
}

enum fg_rc
sigv4_sha256(struct sigv4_crypto *c, struct fg_str bytes, unsigned char ret[SIGV4_DIGEST_BYTES],
    struct fg_err *reterr)
{
	if (!digest2(c, bytes, FG_STR_NULL, ret))
		return fg_fail(reterr, FG_E_CRYPTO, "sigv4.sha256", NULL, "digest failed");
	return FG_OK;
}

static bool
derive(struct sigv4_crypto *c, const struct sigv4_auth *auth, struct fg_str first,
    unsigned char *ret)
{
	const struct fg_str steps[] = { auth->region, auth->service, FG_LIT("aws4_request") };
	bool ok = hmac(c, first, auth->date, ret);

	for (size_t i = 0; i < FG_COUNT(steps); i++)
		ok = ok && hmac(c, fg_str(ret, SIGV4_DIGEST_BYTES), steps[i], ret);
	return ok;
}

enum fg_rc
sigv4_signing_key(struct sigv4_crypto *c, const struct sigv4_auth *auth, struct fg_str secret,
    unsigned char ret[SIGV4_DIGEST_BYTES], struct fg_err *reterr)
{
	char first[4 + FG_LIMIT_SECRET_BYTES] = "AWS4";
	unsigned char tag[SIGV4_DIGEST_BYTES];
	struct cached *slot;
	bool ok;

	if (secret.n == 0 || secret.n > FG_LIMIT_SECRET_BYTES)
		return fg_fail(reterr, FG_E_INTERNAL, "sigv4.secret", NULL,
		    "secret of %zu bytes", secret.n);
	memcpy(first + 4, secret.p, secret.n);
	if (!digest2(c, auth->scope, fg_str(first, 4 + secret.n), tag))
		return fg_fail(reterr, FG_E_CRYPTO, "sigv4.key", NULL, "digest failed");
	slot = &c->cache[(tag[0] | tag[1] << 8) % FG_LIMIT_SIGV4_CACHE];
	ok = true;
	if (!slot->used || CRYPTO_memcmp(slot->tag, tag, sizeof(tag)) != 0) {
		slot->used = ok = derive(c, auth, fg_str(first, 4 + secret.n), slot->key);
		memcpy(slot->tag, tag, sizeof(tag));
	}
	memcpy(ret, slot->key, SIGV4_DIGEST_BYTES);
	OPENSSL_cleanse(first, sizeof(first));
	if (!ok)
		return fg_fail(reterr, FG_E_CRYPTO, "sigv4.key", NULL, "hmac failed");
	return FG_OK;
}

enum fg_rc
sigv4_signature(struct sigv4_crypto *c, const unsigned char key[SIGV4_DIGEST_BYTES],
    struct fg_str string_to_sign, unsigned char ret[SIGV4_DIGEST_BYTES], struct fg_err *reterr)
{
	if (!hmac(c, fg_str(key, SIGV4_DIGEST_BYTES), string_to_sign, ret))
		return fg_fail(reterr, FG_E_CRYPTO, "sigv4.signature", NULL, "hmac failed");
	return FG_OK;
}
