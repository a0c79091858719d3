/*
 * base/sha256.c - SHA-256 and HMAC-SHA-256.
 *
 * The one file that calls what OpenSSL 3 marks as deprecated: the plain functions, which its
 * own providers call as well.
 */
#undef OPENSSL_NO_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/sha256.h"

#include <openssl/sha.h>
#include <string.h>

#define BLOCK SHA256_CBLOCK

static void
put(SHA256_CTX *c, struct fg_str s)
{
	if (s.n > 0)
		(void)SHA256_Update(c, s.p, s.n);
}

static void
digest(SHA256_CTX *c, const struct fg_str *part, size_t n, uint8_t ret[FG_SHA256_BYTES])
{
	for (size_t i = 0; i < n; i++)
		put(c, part[i]);
	(void)SHA256_Final(ret, c); /* wipes what it held back */
}

void
fg_sha256(const struct fg_str *part, size_t n, uint8_t ret[FG_SHA256_BYTES])
{
	SHA256_CTX c;

	(void)SHA256_Init(&c);
	digest(&c, part, n, ret);
}

static void
keyed(SHA256_CTX *c, const uint8_t key[BLOCK], uint8_t pad)
{
	uint8_t block[BLOCK];

	for (size_t i = 0; i < BLOCK; i++)
		block[i] = key[i] ^ pad;
	(void)SHA256_Init(c);
	(void)SHA256_Update(c, block, BLOCK);
	explicit_bzero(block, sizeof(block));
}

void
fg_hmac(struct fg_str key, const struct fg_str *part, size_t n, uint8_t ret[FG_SHA256_BYTES])
{
	uint8_t block[BLOCK] = { 0 }, inner[FG_SHA256_BYTES];
	const struct fg_str second = fg_str(inner, sizeof(inner));
	SHA256_CTX c;

	if (key.n > BLOCK)
		fg_sha256(&key, 1, block);
	else if (key.n > 0)
		memcpy(block, key.p, key.n);
	keyed(&c, block, 0x36);
	digest(&c, part, n, inner);
	keyed(&c, block, 0x5c);
	digest(&c, &second, 1, ret);
	explicit_bzero(block, sizeof(block));
	explicit_bzero(inner, sizeof(inner));
	explicit_bzero(&c, sizeof(c));
}
