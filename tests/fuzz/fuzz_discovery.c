/*
 * Target: oidc/discovery.c, issuer.c.  A document that is taken is of the issuer that was asked for,
 * and its jwks_uri is an https URL without user and fragment.
 */
#include "oidc/oidc.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u << 20);
	struct fg_str issuer = FG_LIT("https://token.actions.example.com"), doc = fg_str(data, size);
	struct fg_err err = { .rc = FG_OK };
	struct oidc_discovery d;
	struct oidc_url u;

	FUZZ_ASSERT(a != NULL);
	(void)!oidc_issuer_check(doc, 0, NULL);
	if (oidc_url_parse(doc, &u))
		FUZZ_ASSERT(u.host.n > 0 && u.host.n <= 253 && u.port != 0 && fg_find(u.host, '@') == u.host.n);
	if (oidc_discovery_parse(a, doc, issuer, 0, &d, &err) != FG_OK) {
		FUZZ_ASSERT(err.step != NULL);
		return 0;
	}
	FUZZ_ACCEPTED();
	FUZZ_ASSERT(fg_eq(d.issuer, issuer));
	FUZZ_ASSERT(oidc_url_parse(d.jwks_uri, &u) && u.secure && !u.fragment);
	FUZZ_ASSERT((d.algs & ~OIDC_ALGS_ALL) == 0);
	return 0;
}
