/*
 * Target: oidc/jwk.c, weak.c: one JWK.  A key that is taken has algorithms, a width and a size
 * within bounds, and reads the same a second time.
 */
#include "oidc/oidc_int.h"
#include "tests/fuzz/fuzz.h"

static struct oidc_jwks *
read_one(struct fg_str jwk)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(FG_LIMIT_JWKS_BYTES);
	struct fg_err err = { .rc = FG_OK };
	struct oidc_jwks *set = NULL;
	struct fg_str doc;

	fg_buf_put(&b, FG_LIT("{\"keys\":["));
	fg_buf_put(&b, jwk);
	fg_buf_put(&b, FG_LIT("]}"));
	if (fg_buf_end(&b, &doc) != FG_OK || oidc_jwks_parse(doc, 0, &set, &err) != FG_OK)
		return NULL;
	return set;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = read_one(fg_str(data, size));
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *again = NULL;

	if (set == NULL)
		return 0;
	FUZZ_ACCEPTED();
	for (size_t i = 0; i < oidc_jwks_count(set); i++) {
		const struct oidc_key *k = oidc_jwks_at(set, i);

		FUZZ_ASSERT(k->algs != 0 && (k->algs & ~OIDC_ALGS_ALL) == 0 && k->sig_bytes >= 64);
		FUZZ_ASSERT(k->kty != OIDC_KTY_RSA || (k->bits >= FG_LIMIT_RSA_MIN_BITS && k->bits <= FG_LIMIT_RSA_BITS));
		FUZZ_ASSERT(k->pkey != NULL && oidc_key_cost_us(k) > 0);
	}
	again = read_one(fg_str(data, size));
	FUZZ_ASSERT(again != NULL && oidc_jwks_same(set, again));
	return 0;
}
