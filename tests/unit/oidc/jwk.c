/* oidc/jwk.c, weak.c: which keys are taken. */
#include "tests/unit/oidc/tests.h"

/* The reason a JWK, alone in its set next to a good one, is left out. */
static enum oidc_skip
skipped(struct fg_arena *a, struct fg_str jwk, unsigned flags)
{
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = NULL;
	struct fg_str good = mint_jwk(a, "ed25519", "the-good-one", "");
	struct fg_str doc = fg_arena_fmt(a, "{\"keys\":[%.*s,%.*s]}", (int)good.n, good.p, (int)jwk.n, jwk.p);

	CHECK_OK(oidc_jwks_parse(doc, flags, &set, NULL));
	if (set == NULL)
		return OIDC_SKIP_MAX;
	CHECK(oidc_jwks_find(set, FG_LIT("the-good-one")) != NULL);
	for (unsigned i = 1; i < OIDC_SKIP_MAX; i++)
		if (oidc_jwks_skipped(set, (enum oidc_skip)i) != 0)
			return (enum oidc_skip)i;
	CHECK(oidc_jwks_count(set) == 2);
	return OIDC_SKIP_NONE;
}

static enum oidc_skip
skipped_z(struct fg_arena *a, const char *jwk)
{
	return skipped(a, fg_str_z(jwk), 0);
}

static void
good_keys_are_taken(void)
{
	static const char *const names[] = { "rsa2048", "rsa3072", "rsa4096", "ec256", "ec384", "ec521" };
	ROOM;

	for (size_t i = 0; i < FG_COUNT(names); i++)
		CHECK(skipped(r.a, mint_jwk(r.a, names[i], "k", ""), 0) == OIDC_SKIP_NONE);
	CHECK(oidc_key_algs(oidc_jwks_find(r.set, FG_LIT("ec384"))) == OIDC_ALG_BIT(OIDC_ES384));
	CHECK(oidc_key_cost_us(oidc_jwks_find(r.set, FG_LIT("rsa4096"))) >
	    oidc_key_cost_us(oidc_jwks_find(r.set, FG_LIT("rsa2048"))));
	CHECK(oidc_key_cost_us(oidc_jwks_find(r.set, FG_LIT("ec384"))) >
	    oidc_key_cost_us(oidc_jwks_find(r.set, FG_LIT("ec256"))));
}

static void
weak_rsa_is_left_out(void)
{
	ROOM;

	CHECK(skipped(r.a, mint_jwk(r.a, "rsa1024", "k", ""), 0) == OIDC_SKIP_WEAK);
	CHECK(skipped(r.a, mint_jwk(r.a, "rsa2048e3", "k", ""), 0) == OIDC_SKIP_WEAK);
	CHECK(skipped(r.a, mint_jwk(r.a, "rsa8192", "k", ""), 0) == OIDC_SKIP_WEAK);
	CHECK(skipped(r.a, mint_jwk(r.a, "rsa8192", "k", ""), OIDC_JWKS_BIG_RSA) == OIDC_SKIP_NONE);
}

/* A modulus of n bytes with first and last byte, the rest 0x5a. */
static struct fg_str
rsa_jwk(struct fg_arena *a, size_t n, unsigned char first, unsigned char last, const char *e)
{
	unsigned char *m = fg_arena_alloc(a, n);
	struct fg_buf b = FG_BUF_ARENA(a, 8192);

	memset(m, 0x5a, n);
	m[0] = first;
	m[n - 1] = last;
	fg_buf_put(&b, FG_LIT("{\"kty\":\"RSA\",\"n\":\""));
	fg_buf_base64url(&b, fg_str(m, n));
	fg_buf_fmt(&b, "\",\"e\":\"%s\"}", e);
	return fg_buf_str(&b);
}

static void
rsa_numbers_are_checked(void)
{
	ROOM;

	CHECK(skipped(r.a, rsa_jwk(r.a, 256, 0x80, 1, "AQAB"), 0) == OIDC_SKIP_NONE);
	CHECK(skipped(r.a, rsa_jwk(r.a, 256, 0x80, 2, "AQAB"), 0) == OIDC_SKIP_WEAK);      /* even */
	CHECK(skipped(r.a, rsa_jwk(r.a, 256, 0x7f, 1, "AQAB"), 0) == OIDC_SKIP_WEAK);      /* 2047 bits */
	CHECK(skipped(r.a, rsa_jwk(r.a, 257, 0x00, 1, "AQAB"), 0) == OIDC_SKIP_MALFORMED); /* leading zero */
	CHECK(skipped(r.a, rsa_jwk(r.a, 513, 0x01, 1, "AQAB"), 0) == OIDC_SKIP_WEAK);      /* 4097 bits */
	CHECK(skipped(r.a, rsa_jwk(r.a, 2048, 0x80, 1, "AQAB"), OIDC_JWKS_BIG_RSA) == OIDC_SKIP_WEAK);
	CHECK(skipped(r.a, rsa_jwk(r.a, 256, 0x80, 1, "AQ"), 0) == OIDC_SKIP_WEAK);     /* e = 1 */
	CHECK(skipped(r.a, rsa_jwk(r.a, 256, 0x80, 1, "Aw"), 0) == OIDC_SKIP_WEAK);     /* e = 3 */
	CHECK(skipped(r.a, rsa_jwk(r.a, 256, 0x80, 1, "AQAA"), 0) == OIDC_SKIP_WEAK);   /* e = 65536 */
	CHECK(skipped(r.a, rsa_jwk(r.a, 256, 0x80, 1, "AAEAAQ"), 0) == OIDC_SKIP_WEAK); /* 00 01 00 01 */
	CHECK(skipped(r.a, rsa_jwk(r.a, 256, 0x80, 1, "_____w"), 0) == OIDC_SKIP_WEAK); /* oversized */
	CHECK(skipped(r.a, rsa_jwk(r.a, 256, 0x80, 1, ""), 0) == OIDC_SKIP_MALFORMED);
	CHECK(skipped(r.a, rsa_jwk(r.a, 256, 0x80, 1, "AQAB="), 0) == OIDC_SKIP_MALFORMED);
	CHECK(skipped_z(r.a, "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}") == OIDC_SKIP_WEAK);
	CHECK(skipped_z(r.a, "{\"kty\":\"RSA\",\"n\":5,\"e\":\"AQAB\"}") == OIDC_SKIP_MALFORMED);
	CHECK(skipped_z(r.a, "{\"kty\":\"RSA\",\"e\":\"AQAB\"}") == OIDC_SKIP_MALFORMED);
}

/* A number that is 1 modulo every prime of the test is a power of 65537 for all of them. */
static void
the_roca_fingerprint_is_seen(void)
{
	ROOM;
	unsigned char n[256] = { 0 };
	/* the product of the primes 3..167 plus 1, big-endian, then scaled by hand: 2^k * P + 1 */
	unsigned char product[32] = { 0 };
	static const uint8_t primes[] = { 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79,
		83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167 };
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = NULL;

	product[31] = 1;
	for (size_t i = 0; i < FG_COUNT(primes); i++) {
		unsigned carry = 0;

		for (size_t k = 32; k-- > 0;) {
			carry += (unsigned)product[k] * primes[i];
			product[k] = (unsigned char)carry;
			carry >>= 8;
		}
		CHECK(carry == 0);
	}
	memcpy(n, product, 32);
	n[255] = 1;
	CHECK(oidc_roca(fg_str(n, sizeof(n))));
	n[254] ^= 2;
	CHECK(!oidc_roca(fg_str(n, sizeof(n))));
	CHECK_OK(oidc_jwks_parse(mint_jwks(r.a, (const char *const[]){ "rsa2048", "rsa3072", NULL }), 0, &set, NULL));
}

static void
curve_points_are_checked(void)
{
	ROOM;
	struct fg_str jwk = mint_jwk(r.a, "ec256", "k", "");
	char *copy = fg_arena_alloc(r.a, jwk.n + 1);
	char *x = NULL;

	memcpy(copy, jwk.p, jwk.n);
	x = strstr(copy, "\"x\":\"") + 5;
	x[3] = x[3] == 'A' ? 'B' : 'A';
	CHECK(skipped(r.a, fg_str(copy, jwk.n), 0) == OIDC_SKIP_MALFORMED);
	/* zero point, short and long coordinates, another curve's */
	CHECK(skipped_z(r.a, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
	    "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}") == OIDC_SKIP_MALFORMED);
	CHECK(skipped_z(r.a, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}") == OIDC_SKIP_MALFORMED);
	CHECK(skipped_z(r.a, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"y\":\"AA\"}") == OIDC_SKIP_MALFORMED);
	CHECK(skipped(r.a, mint_jwk(r.a, "ec256k1", "k", ""), 0) == OIDC_SKIP_KTY);
	memcpy(copy, jwk.p, jwk.n);
	memcpy(strstr(copy, "P-256"), "P-384", 5);
	CHECK(skipped(r.a, fg_str(copy, jwk.n), 0) == OIDC_SKIP_MALFORMED);
}

/* One byte moved from x to y: the same octets in a row, and no point as JWK writes it. */
static void
coordinates_have_their_own_length(void)
{
	ROOM;
	struct fg_str jwk = mint_jwk(r.a, "ec256", NULL, ""), x = FG_STR_NULL, y = FG_STR_NULL;
	const char *at_x = strstr(fg_arena_dup(r.a, jwk).p, "\"x\":\"") + 5;
	const char *at_y = strstr(at_x, "\"y\":\"") + 5;
	struct fg_buf b = FG_BUF_ARENA(r.a, 4096);
	char both[64];

	CHECK(fg_base64url(r.a, fg_str(at_x, 43), &x) && fg_base64url(r.a, fg_str(at_y, 43), &y));
	memcpy(both, x.p, 32);
	memcpy(both + 32, y.p, 32);
	for (size_t cut = 31; cut <= 33; cut++) {
		fg_buf_reset(&b);
		fg_buf_put(&b, FG_LIT("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\""));
		fg_buf_base64url(&b, fg_str(both, cut));
		fg_buf_put(&b, FG_LIT("\",\"y\":\""));
		fg_buf_base64url(&b, fg_str(both + cut, 64 - cut));
		fg_buf_put(&b, FG_LIT("\"}"));
		CHECK(skipped(r.a, fg_buf_str(&b), 0) == (cut == 32 ? OIDC_SKIP_NONE : OIDC_SKIP_MALFORMED));
	}
	/* longer than any coordinate that there is */
	CHECK(skipped(r.a, fg_arena_fmt(r.a, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%0400d\",\"y\":\"%0400d\"}", 0, 0), 0) ==
	    OIDC_SKIP_MALFORMED);
}

static void
edwards_keys_are_checked(void)
{
	static const char *const small[] = {
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
		"7P_______________________________________38",
		"7f_______________________________________38",
		"7v_______________________________________38",
		"7P________________________________________8",
		"JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU",
		"xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o",
		"xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA_o",
	};
	ROOM;

	for (size_t i = 0; i < FG_COUNT(small); i++)
		CHECK(skipped(r.a, fg_arena_fmt(r.a, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"}", small[i]), 0) ==
		    OIDC_SKIP_WEAK);
	CHECK(skipped_z(r.a, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}") == OIDC_SKIP_MALFORMED);
	CHECK(skipped_z(r.a, "{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"AAAA\"}") == OIDC_SKIP_KTY);
	CHECK(skipped_z(r.a, "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AAAA\"}") == OIDC_SKIP_KTY);
}

static void
keys_for_other_things_are_left_out(void)
{
	static const struct {
		const char *more;
		enum oidc_skip why;
	} rows[] = {
		{ ",\"use\":\"sig\"", OIDC_SKIP_NONE },
		{ ",\"use\":\"enc\"", OIDC_SKIP_USE },
		{ ",\"use\":\"x509-svid\"", OIDC_SKIP_USE },
		{ ",\"use\":\"jwt-svid\"", OIDC_SKIP_USE },
		{ ",\"use\":null", OIDC_SKIP_USE },
		{ ",\"use\":[\"sig\"]", OIDC_SKIP_USE },
		{ ",\"key_ops\":[\"verify\"]", OIDC_SKIP_NONE },
		{ ",\"key_ops\":[\"sign\",\"verify\"]", OIDC_SKIP_NONE },
		{ ",\"key_ops\":[\"encrypt\"]", OIDC_SKIP_USE },
		{ ",\"key_ops\":[]", OIDC_SKIP_USE },
		{ ",\"key_ops\":\"verify\"", OIDC_SKIP_MALFORMED },
		{ ",\"key_ops\":[1]", OIDC_SKIP_MALFORMED },
		{ ",\"alg\":\"RS256\"", OIDC_SKIP_NONE },
		{ ",\"alg\":\"RSA-OAEP\"", OIDC_SKIP_KTY },
		{ ",\"alg\":\"HS256\"", OIDC_SKIP_KTY },
		{ ",\"alg\":\"none\"", OIDC_SKIP_KTY },
		{ ",\"alg\":null", OIDC_SKIP_KTY },
		{ ",\"alg\":\"ES256\"", OIDC_SKIP_MALFORMED },
		{ ",\"x5c\":[\"nonsense\"],\"x5t\":5,\"whatever\":{}", OIDC_SKIP_NONE },
		{ ",\"d\":\"AA\"", OIDC_SKIP_PRIVATE },
		{ ",\"p\":\"AA\"", OIDC_SKIP_PRIVATE },
		{ ",\"dq\":null", OIDC_SKIP_PRIVATE },
		{ ",\"oth\":[]", OIDC_SKIP_PRIVATE },
		{ ",\"k\":\"AA\"", OIDC_SKIP_PRIVATE },
	};
	ROOM;

	for (size_t i = 0; i < FG_COUNT(rows); i++)
		CHECK(skipped(r.a, mint_jwk(r.a, "rsa2048", "k", rows[i].more), 0) == rows[i].why);
	CHECK(skipped_z(r.a, "{\"kty\":\"oct\",\"k\":\"AAAA\"}") == OIDC_SKIP_KTY);
	CHECK(skipped_z(r.a, "{\"kty\":\"rsa\"}") == OIDC_SKIP_KTY);
	CHECK(skipped_z(r.a, "{\"kty\":1}") == OIDC_SKIP_KTY);
	CHECK(skipped_z(r.a, "{}") == OIDC_SKIP_KTY);
	CHECK(skipped_z(r.a, "[]") == OIDC_SKIP_MALFORMED);
	CHECK(skipped_z(r.a, "null") == OIDC_SKIP_MALFORMED);
}

static void
kids_are_strings_of_bounded_length(void)
{
	ROOM;
	struct fg_str m = mint_jwk(r.a, "ec256", NULL, "");
	char *kid = fg_arena_alloc(r.a, 300);

	m = fg_sub(m, 1, m.n);
	CHECK(skipped(r.a, fg_arena_fmt(r.a, "{\"kid\":5,%.*s", (int)m.n, m.p), 0) == OIDC_SKIP_KID);
	memset(kid, 'k', 256);
	CHECK(skipped(r.a, fg_arena_fmt(r.a, "{\"kid\":\"%s\",%.*s", kid, (int)m.n, m.p), 0) == OIDC_SKIP_NONE);
	memset(kid, 'k', 257);
	CHECK(skipped(r.a, fg_arena_fmt(r.a, "{\"kid\":\"%s\",%.*s", kid, (int)m.n, m.p), 0) == OIDC_SKIP_KID);
}

/* The example of RFC 7638 3.1 and of RFC 8037 A.3. */
static void
thumbprints_are_those_of_the_rfcs(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(256 * 1024);
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = NULL;
	struct fg_str doc = FG_LIT("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAt"
		"VT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65"
		"YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM"
		"4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\",\"e\":\"AQAB\",\"alg\":\"RS256\","
		"\"kid\":\"2011-04-29\"},{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"ed\","
		"\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}");
	struct fg_buf b = FG_BUF_ARENA(a, 256);

	CHECK_OK(oidc_jwks_parse(doc, 0, &set, NULL));
	fg_buf_base64url(&b, fg_str(oidc_key_thumbprint(oidc_jwks_find(set, FG_LIT("2011-04-29"))), 32));
	CHECK_STR(fg_buf_str(&b), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
	fg_buf_reset(&b);
	fg_buf_base64url(&b, fg_str(oidc_key_thumbprint(oidc_jwks_find(set, FG_LIT("ed"))), 32));
	CHECK_STR(fg_buf_str(&b), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

CU_TestInfo jwk_tests[] = {
	CASE(good_keys_are_taken),
	CASE(weak_rsa_is_left_out),
	CASE(rsa_numbers_are_checked),
	CASE(the_roca_fingerprint_is_seen),
	CASE(curve_points_are_checked),
	CASE(coordinates_have_their_own_length),
	CASE(edwards_keys_are_checked),
	CASE(keys_for_other_things_are_left_out),
	CASE(kids_are_strings_of_bounded_length),
	CASE(thumbprints_are_those_of_the_rfcs),
	CASES_END,
};
