/*
 * base/sha256.h - SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104, RFC 4231).
 *
 * Owns:     nothing; callable from any thread.  Never fails and never allocates.
 * Why:      libcrypto's EVP allocates a context at each digest, its HMAC several and a fetch more;
 *           a request takes fourteen digests of mostly a few hundred bytes, where that is half of
 *           the cost.  The compression is libcrypto's.
 */
#ifndef FG_BASE_SHA256_H
#define FG_BASE_SHA256_H

#include "base/str.h"

#define FG_SHA256_BYTES 32

/* Of the parts, one after the other; ret may lie in one of them. */
void fg_sha256(const struct fg_str *part, size_t n, uint8_t ret[FG_SHA256_BYTES]);

/* With a key of any length; what was on the stack is wiped.  ret may lie in the key or a part. */
void fg_hmac(struct fg_str key, const struct fg_str *part, size_t n, uint8_t ret[FG_SHA256_BYTES]);

#endif
