/* oidc/verify.c: signatures. */
#include <openssl/hmac.h>
#include <pthread.h>

#include "tests/unit/oidc/tests.h"

static const char *const all_algs[] = { "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
	"EdDSA", "Ed25519" };

static void
every_algorithm_verifies(void)
{
	ROOM;

	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < FG_COUNT(all_algs); i++)
			CHECK_OK(room_check(&r, mint(r.a, all_algs[i], mint_claims(r.a, "").p)));
}

static void
an_algorithm_that_is_not_listed_is_refused(void)
{
	ROOM;

	for (size_t i = 0; i < FG_COUNT(all_algs); i++) {
		r.p.algs = OIDC_ALGS_ALL & ~OIDC_ALG_BIT(oidc_alg_find(fg_str_z(all_algs[i])));
		room_refused(&r, mint(r.a, all_algs[i], mint_claims(r.a, "").p), FG_E_UNSUPPORTED, "oidc.verify.alg");
	}
	r.p = oidc_provider_default();
	CHECK(r.p.algs == OIDC_ALG_BIT(OIDC_RS256));
	r.p.algs = 0;
	room_refused(&r, mint(r.a, "RS256", mint_claims(r.a, "").p), FG_E_UNSUPPORTED, "oidc.verify.alg");
}

/* Deterministic and complete: every bit of the whole token, for one key of each kind. */
static void
no_bit_may_change(void)
{
	static const char *const algs[] = { "RS256", "ES256", "EdDSA" };
	ROOM;

	for (size_t i = 0; i < FG_COUNT(algs); i++) {
		struct fg_str t = mint(r.a, algs[i], mint_claims(r.a, "").p);
		char *copy = fg_arena_alloc(r.a, t.n);

		memcpy(copy, t.p, t.n);
		for (size_t bit = 0; bit < t.n * 8; bit++) {
			FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(256 * 1024);
			struct fg_arena *keep = r.a;

			copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << (bit % 8)));
			r.a = a;
			CHECK(room_check(&r, fg_str(copy, t.n)) != FG_OK);
			r.a = keep;
			copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << (bit % 8)));
		}
	}
}

static void
no_byte_may_be_missing(void)
{
	ROOM;
	struct fg_str t = mint(r.a, "ES256", mint_claims(r.a, "").p);

	for (size_t n = 0; n < t.n; n++) {
		CHECK(room_check(&r, fg_str(t.p, n)) != FG_OK);
		CHECK(room_check(&r, fg_str(t.p + t.n - n, n)) != FG_OK);
	}
	CHECK_OK(room_check(&r, t));
}

static struct fg_str
resigned(struct room *r, const char *alg, const char *kid, struct fg_str sig)
{
	struct fg_str h = fg_arena_fmt(r->a, "{\"alg\":\"%s\",\"kid\":\"%s\"}", alg, kid);

	return mint_raw(r->a, h, mint_claims(r->a, ""), sig);
}

static void
signatures_have_one_width(void)
{
	static const struct {
		const char *alg, *kid;
		size_t width;
	} rows[] = { { "RS256", "rsa2048", 256 }, { "ES256", "ec256", 64 }, { "ES384", "ec384", 96 }, { "ES512", "ec521", 132 },
		{ "EdDSA", "ed25519", 64 } };
	static const size_t sizes[] = { 1, 63, 64, 65, 70, 71, 72, 95, 96, 97, 104, 131, 132, 133, 138, 255, 256, 257, 512 };
	ROOM;
	char *sig = fg_arena_alloc(r.a, 1024);

	memset(sig, 1, 1024);
	for (size_t i = 0; i < FG_COUNT(rows); i++)
		for (size_t k = 0; k < FG_COUNT(sizes); k++)
			room_refused(&r, resigned(&r, rows[i].alg, rows[i].kid, fg_str(sig, sizes[k])), FG_E_SIGNATURE,
			    sizes[k] == rows[i].width ? "oidc.verify.signature" : "oidc.verify.width");
}

static void
psychic_signatures_are_refused(void)
{
	ROOM;
	char *zero = fg_arena_alloc(r.a, 256);

	room_refused(&r, resigned(&r, "ES256", "ec256", fg_str(zero, 64)), FG_E_SIGNATURE, "oidc.verify.signature");
	room_refused(&r, resigned(&r, "ES384", "ec384", fg_str(zero, 96)), FG_E_SIGNATURE, "oidc.verify.signature");
	room_refused(&r, resigned(&r, "ES512", "ec521", fg_str(zero, 132)), FG_E_SIGNATURE, "oidc.verify.signature");
	room_refused(&r, resigned(&r, "EdDSA", "ed25519", fg_str(zero, 64)), FG_E_SIGNATURE, "oidc.verify.signature");
	room_refused(&r, resigned(&r, "RS256", "rsa2048", fg_str(zero, 256)), FG_E_SIGNATURE, "oidc.verify.signature");
}

/* The oldest confusion: the RSA public key as the secret of an HMAC. */
static void
hs256_with_the_public_key_is_refused(void)
{
	ROOM;
	struct fg_str pem = mint_pem(r.a, "rsa2048"), input, token;
	unsigned char mac[32];
	unsigned n = sizeof(mac);

	input = mint_raw(r.a, FG_LIT("{\"alg\":\"HS256\",\"kid\":\"rsa2048\"}"), mint_claims(r.a, ""), FG_LIT(""));
	HMAC(EVP_sha256(), pem.p, (int)pem.n, (const unsigned char *)input.p, input.n - 1, mac, &n);
	token = mint_raw(r.a, FG_LIT("{\"alg\":\"HS256\",\"kid\":\"rsa2048\"}"), mint_claims(r.a, ""), fg_str(mac, n));
	room_refused(&r, token, FG_E_UNSUPPORTED, "oidc.jws.alg");
	/* and called RS256 it has the wrong width */
	room_refused(&r, resigned(&r, "RS256", "rsa2048", fg_str(mac, n)), FG_E_SIGNATURE, "oidc.verify.width");
}

static void
none_is_refused_with_and_without_a_key(void)
{
	ROOM;

	room_refused(&r, mint_raw(r.a, FG_LIT("{\"alg\":\"none\"}"), mint_claims(r.a, ""), FG_LIT("")), FG_E_SYNTAX,
	    "oidc.jws.compact");
	room_refused(&r, mint_raw(r.a, FG_LIT("{\"alg\":\"none\"}"), mint_claims(r.a, ""), FG_LIT("x")), FG_E_UNSUPPORTED,
	    "oidc.jws.alg");
	oidc_jwks_free(r.set);
	r.set = NULL;
	room_refused(&r, mint_raw(r.a, FG_LIT("{\"alg\":\"none\"}"), mint_claims(r.a, ""), FG_LIT("x")), FG_E_UNSUPPORTED,
	    "oidc.jws.alg");
	/* no key set at all is no key, never a pass */
	room_refused(&r, mint(r.a, "RS256", mint_claims(r.a, "").p), FG_E_KEY, "oidc.key.unknown");
}

static void
the_wrong_key_is_refused(void)
{
	ROOM;
	struct fg_str h = FG_LIT("{\"alg\":\"RS256\",\"kid\":\"rsa2048\"}");

	room_refused(&r, mint_with(r.a, mint_alg("RS256"), "rsa2048b", h, mint_claims(r.a, "")), FG_E_SIGNATURE,
	    "oidc.verify.signature");
	/* PKCS#1 and PSS signatures are not exchanged */
	room_refused(&r, mint_with(r.a, mint_alg("PS256"), "rsa2048", h, mint_claims(r.a, "")), FG_E_SIGNATURE,
	    "oidc.verify.signature");
	room_refused(&r, mint_with(r.a, mint_alg("RS512"), "rsa2048", h, mint_claims(r.a, "")), FG_E_SIGNATURE,
	    "oidc.verify.signature");
	room_refused(&r, mint_with(r.a, mint_alg("RS256"), "rsa2048",
	    FG_LIT("{\"alg\":\"PS256\",\"kid\":\"rsa2048\"}"), mint_claims(r.a, "")), FG_E_SIGNATURE,
	    "oidc.verify.signature");
	/* RS256 under an EC key, ES256 with a P-384 key and 96 bytes */
	room_refused(&r, mint_with(r.a, mint_alg("RS256"), "rsa2048", FG_LIT("{\"alg\":\"RS256\",\"kid\":\"ec256\"}"),
	    mint_claims(r.a, "")), FG_E_KEY, "oidc.key.fit");
	room_refused(&r, mint_with(r.a, mint_alg("ES384"), "ec384", FG_LIT("{\"alg\":\"ES256\",\"kid\":\"ec384\"}"),
	    mint_claims(r.a, "")), FG_E_KEY, "oidc.key.fit");
}

/*
 * Two providers of one issuer, in two accounts; the second uploaded its own key under the same
 * kid.  In either order, warm or cold, a token of the one never verifies for the other.
 */
static void
one_providers_key_never_serves_another(void)
{
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *theirs = NULL;
	struct oidc_jwks *ours;
	ROOM;
	struct fg_str evil = mint_jwk(r.a, "rsa2048b", "rsa2048", "");
	struct fg_str h = FG_LIT("{\"alg\":\"RS256\",\"kid\":\"rsa2048\"}");
	struct fg_str t_ours = mint_with(r.a, mint_alg("RS256"), "rsa2048", h, mint_claims(r.a, ""));
	struct fg_str t_theirs = mint_with(r.a, mint_alg("RS256"), "rsa2048b", h, mint_claims(r.a, ""));

	CHECK_OK(oidc_jwks_parse(fg_arena_fmt(r.a, "{\"keys\":[%.*s]}", (int)evil.n, evil.p), 0, &theirs, NULL));
	ours = r.set;
	for (int i = 0; i < 4; i++) {
		r.set = i % 2 == 0 ? ours : theirs;
		CHECK_RC(room_check(&r, t_ours), i % 2 == 0 ? FG_OK : FG_E_SIGNATURE);
		CHECK_RC(room_check(&r, t_theirs), i % 2 == 0 ? FG_E_SIGNATURE : FG_OK);
	}
	r.set = ours;
}

/* More keys than prepared contexts: they are made anew, and stay right. */
static void
contexts_are_evicted_and_made_again(void)
{
	ROOM;
	struct fg_str tokens[FG_COUNT(all_algs)];
	static const char *const rsa[] = { "rsa2048", "rsa2048b", "rsa3072", "rsa4096" };

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < FG_COUNT(all_algs); i++) {
			tokens[i] = mint(r.a, all_algs[i], mint_claims(r.a, "").p);
			CHECK_OK(room_check(&r, tokens[i]));
		}
		for (size_t k = 0; k < FG_COUNT(rsa); k++)
			for (size_t i = 0; i < 6; i++) {
				struct fg_str h = fg_arena_fmt(r.a, "{\"alg\":\"%s\",\"kid\":\"%s\"}", all_algs[i], rsa[k]);

				CHECK_OK(room_check(&r, mint_with(r.a, mint_alg(all_algs[i]), rsa[k], h, mint_claims(r.a, ""))));
			}
	}
}

static void *
small_stack(void *arg)
{
	struct room *r = arg;
	struct fg_str t = mint(r->a, "RS256", mint_claims(r->a, "").p);
	char *nested = fg_arena_alloc(r->a, 20000);

	CHECK_OK(room_check(r, t));
	memset(nested, '[', 10000);
	CHECK(room_check(r, mint_raw(r->a, FG_LIT("{\"alg\":\"RS256\"}"), fg_str(nested, 10000), FG_LIT("x"))) != FG_OK);
	memset(nested, 'A', 20000);
	CHECK(room_check(r, fg_str(nested, 20000)) != FG_OK);
	return NULL;
}

/* No object on the stack has a size that the input chose. */
static void
a_stack_of_64_kib_is_enough(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	ROOM;

	(void)mint(r.a, "RS256", "{}"); /* the key is loaded on the big stack */
	CHECK(pthread_attr_init(&attr) == 0);
#ifndef FG_SANITIZED
	CHECK(pthread_attr_setstacksize(&attr, 64 * 1024) == 0);
#endif
	CU_ASSERT_FATAL(pthread_create(&thread, &attr, small_stack, &r) == 0);
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attr);
}

CU_TestInfo verify_tests[] = {
	CASE(every_algorithm_verifies),
	CASE(an_algorithm_that_is_not_listed_is_refused),
	CASE(no_bit_may_change),
	CASE(no_byte_may_be_missing),
	CASE(signatures_have_one_width),
	CASE(psychic_signatures_are_refused),
	CASE(hs256_with_the_public_key_is_refused),
	CASE(none_is_refused_with_and_without_a_key),
	CASE(the_wrong_key_is_refused),
	CASE(one_providers_key_never_serves_another),
	CASE(contexts_are_evicted_and_made_again),
	CASE(a_stack_of_64_kib_is_enough),
	CASES_END,
};
