/* Target: oidc/jwks.c.  A set that is taken is not empty, and finds each of its keys by its kid. */
#include "oidc/oidc.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = NULL;
	struct fg_err err = { .rc = FG_OK };

	if (oidc_jwks_parse(fg_str(data, size), OIDC_JWKS_BIG_RSA, &set, &err) != FG_OK) {
		FUZZ_ASSERT(err.step != NULL && set == NULL);
		return 0;
	}
	FUZZ_ACCEPTED();
	FUZZ_ASSERT(oidc_jwks_count(set) > 0 && oidc_jwks_count(set) <= 3 * FG_LIMIT_JWKS_KEYS);
	for (size_t i = 0; i < oidc_jwks_count(set); i++) {
		const struct oidc_key *k = oidc_jwks_at(set, i);
		struct fg_str kid = oidc_key_kid(k);

		FUZZ_ASSERT(kid.n == 0 || oidc_jwks_find(set, kid) == k);
	}
	FUZZ_ASSERT(oidc_jwks_same(set, set));
	return 0;
}
