/* oidc/: the suites, and what they share. */
#include <stdio.h>

#include "tests/unit/oidc/tests.h"

static const char *const all_keys[] = { "rsa2048", "rsa2048b", "rsa3072", "rsa4096", "ec256", "ec384", "ec521",
	"ed25519", NULL };

void
room_init(struct room *r)
{
	r->a = fg_arena_new(16 * 1024 * 1024);
	r->set = mint_set(all_keys);
	r->w = oidc_worker_new();
	r->p = mint_provider();
	CU_ASSERT_FATAL(r->a != NULL && r->set != NULL && r->w != NULL);
}

void
room_done(struct room *r)
{
	fg_arena_free(r->a);
	oidc_jwks_free(r->set);
	oidc_worker_free(r->w);
}

enum fg_rc
room_check(struct room *r, struct fg_str token)
{
	struct oidc_jws *jws = NULL;
	enum fg_rc rc;

	fg_err_clear(&r->err);
	r->why = (struct oidc_refusal){ 0, 0, NULL };
	rc = oidc_jws_parse(r->a, token, &jws, &r->err);
	if (rc == FG_OK)
		rc = oidc_check(r->w, r->a, &r->p, r->set, jws, MINT_NOW, &r->facts, &r->why, &r->err);
	CHECK(rc == r->err.rc);
	return rc;
}

enum fg_rc
room_claims(struct room *r, struct fg_str payload)
{
	struct fg_str header = FG_LIT("{\"alg\":\"ES256\",\"kid\":\"ec256\"}");

	return room_check(r, mint_with(r->a, mint_alg("ES256"), "ec256", header, payload));
}

void
room_refused(struct room *r, struct fg_str token, enum fg_rc rc, const char *step)
{
	enum fg_rc got = room_check(r, token);

	if (got != rc || r->err.step == NULL || strcmp(r->err.step, step) != 0)
		printf("\n    %.60s... gave %s at %s: %s, not %s at %s\n", token.p == NULL ? "" : token.p,
		    fg_rc_label(got), r->err.step == NULL ? "-" : r->err.step, r->err.text, fg_rc_label(rc), step);
	CHECK_RC(got, rc);
	if (got != FG_OK)
		CU_ASSERT_STRING_EQUAL(r->err.step, step);
}

int
main(void)
{
	CU_SuiteInfo suites[] = {
		SUITE("oidc/jws.c", jws_tests),
		SUITE("oidc/jwk.c", jwk_tests),
		SUITE("oidc/jwks.c", jwks_tests),
		SUITE("oidc/verify.c", verify_tests),
		SUITE("oidc/claims.c", claims_tests),
		SUITE("oidc/claims.c with AwsParity", parity_tests),
		SUITE("oidc/keys.c", keys_tests),
		SUITE("oidc/session.c", session_tests),
		SUITE("oidc/discovery.c, issuer.c", discovery_tests),
		SUITE("public vectors", vector_tests),
		SUITE("a second opinion: libjwt", libjwt_tests),
		SUITES_END,
	};

	return unit_run(suites);
}
