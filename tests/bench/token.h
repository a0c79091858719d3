/*
 * tests/bench/token.h - an issuer's keys and its tokens, and SigV4 signatures.
 */
#ifndef TESTS_BENCH_TOKEN_H
#define TESTS_BENCH_TOKEN_H

#include <openssl/evp.h>

#include "base/base.h"

enum token_kind { TOKEN_RS256 = 0, TOKEN_ES256, TOKEN_KIND_MAX };

struct issuer {
	EVP_PKEY *key[TOKEN_KIND_MAX];
};

bool issuer_init(struct issuer *i);
void issuer_done(struct issuer *i);
/* {"keys":[...]} */
void issuer_jwks(const struct issuer *i, struct fg_buf *out);
/* A compact token shaped like one of a CI system; number makes it differ from others. */
bool issuer_mint(const struct issuer *i, enum token_kind kind, fg_time now, size_t number, struct fg_buf *out);

/* One public-key operation, as cheap as the library does it: the limit of a verification. */
struct verify {
	EVP_PKEY_CTX *ctx;
	unsigned char digest[32], sig[512];
	size_t n_sig;
};
bool verify_init(struct verify *v, const struct issuer *i, enum token_kind kind);
void verify_done(struct verify *v);
void verify_run(void *v, size_t n); /* a bench_fn */

struct signer {
	struct fg_str key_id, secret, host; /* borrowed */
	char day[9];
	unsigned char key[32];
};
/* A whole signed POST / of sts in us-east-1. */
bool signer_post(struct signer *s, fg_time now, struct fg_str body, struct fg_buf *out);

#endif
