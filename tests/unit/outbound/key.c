/* outbound/key.c, sign.c: pairs, their public form, and signatures that others verify. */
#include <jwt.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

#include "oidc/oidc.h"
#include "tests/unit/outbound/tests.h"

static struct fg_arena *a;
static struct outbound_pair pair;

/* Two pairs for all of this file: making one takes its time. */
static const struct outbound_made *
made(enum outbound_alg alg)
{
	struct fg_err err = { 0 };

	if (a == NULL) {
		a = fg_arena_new(16u << 20);
		CU_ASSERT_PTR_NOT_NULL_FATAL(a);
		CHECK_OK(outbound_make(a, &pair, &err));
	}
	return &pair.v[alg - 1];
}

static struct fg_str
token_of(enum outbound_alg alg, EVP_PKEY *key)
{
	struct fg_buf b = FG_BUF_ARENA(a, 4096);
	unsigned char sig[OUTBOUND_SIGNATURE_BYTES];
	struct fg_err err = { 0 };
	size_t n = 0;

	fg_buf_base64url(&b, fg_arena_fmt(a, "{\"alg\":\"%s\",\"kid\":\"k\",\"typ\":\"JWT\"}",
	    outbound_alg_name(alg)));
	fg_buf_putc(&b, '.');
	fg_buf_base64url(&b, FG_LIT("{\"iss\":\"https://id.example.com/oidc/111122223333\",\"sub\":\"s\"}"));
	CHECK_OK(outbound_key_sign(alg, key, fg_arena_dup(a, fg_buf_str(&b)), sig, &n, &err));
	CHECK(n == (alg == OUTBOUND_ES384 ? 96 : 256));
	fg_buf_putc(&b, '.');
	fg_buf_base64url(&b, fg_str(sig, n));
	fg_buf_putc(&b, '\0');
	return fg_sub(fg_buf_str(&b), 0, b.n - 1);
}

static bool
libjwt_accepts(struct fg_str token, EVP_PKEY *key, jwt_alg_t alg)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem = NULL;
	jwt_t *jwt = NULL;
	long n;
	bool ok;

	CHECK(PEM_write_bio_PUBKEY(bio, key) == 1);
	n = BIO_get_mem_data(bio, &pem);
	ok = jwt_decode(&jwt, fg_arena_dup(a, token).p, (const unsigned char *)pem, (int)n) == 0 &&
	    jwt_get_alg(jwt) == alg;
	jwt_free(jwt);
	BIO_free(bio);
	return ok;
}

/* The second opinion; every sixth bit of the token is flipped once. */
static void
libjwt_verifies_what_we_sign_and_nothing_else(void)
{
	static const jwt_alg_t theirs[] = { [OUTBOUND_RS256] = JWT_ALG_RS256, [OUTBOUND_ES384] = JWT_ALG_ES384 };

	for (unsigned alg = 1; alg < OUTBOUND_ALG_MAX; alg++) {
		const struct outbound_made *m = made((enum outbound_alg)alg);
		struct fg_err err = { 0 };
		EVP_PKEY *key = NULL;
		struct fg_str token;
		char *copy;

		CHECK_OK(outbound_key_read(m->alg, m->der, &key, &err));
		token = token_of(m->alg, key);
		CHECK(libjwt_accepts(token, key, theirs[alg]));
		copy = fg_arena_alloc(a, token.n);
		for (size_t bit = 0; bit < token.n * 8 - 16; bit += 997) {
			memcpy(copy, token.p, token.n);
			copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << (bit % 8)));
			CHECK(!libjwt_accepts(fg_str(copy, token.n), key, theirs[alg]));
		}
		EVP_PKEY_free(key);
	}
}

static void
what_is_published_is_public_and_verifies(void)
{
	for (unsigned alg = 1; alg < OUTBOUND_ALG_MAX; alg++) {
		const struct outbound_made *m = made((enum outbound_alg)alg);
		struct fg_str doc = fg_arena_fmt(a, "{\"keys\":[%.*s]}", (int)m->jwk.n, m->jwk.p);
		struct oidc_jwks *set = NULL;
		struct fg_err err = { 0 };

		CHECK_OK(oidc_jwks_parse(doc, 0, &set, &err));
		CHECK(oidc_jwks_count(set) == 1 && oidc_jwks_skipped(set, OIDC_SKIP_PRIVATE) == 0);
		CHECK(oidc_jwks_find(set, fg_str_z(m->kid)) != NULL);
		CHECK(oidc_key_algs(oidc_jwks_at(set, 0)) ==
		    OIDC_ALG_BIT(alg == OUTBOUND_RS256 ? OIDC_RS256 : OIDC_ES384));
		CHECK(memmem(doc.p, doc.n, "\"d\"", 3) == NULL);
		oidc_jwks_free(set);
	}
}

/* A row's name says its algorithm: a key of the other kind under it does not sign. */
static void
a_key_of_another_kind_is_refused(void)
{
	struct fg_err err = { 0 };
	EVP_PKEY *key = NULL;

	CHECK_RC(outbound_key_read(OUTBOUND_RS256, made(OUTBOUND_ES384)->der, &key, &err), FG_E_CRYPTO);
	CHECK_RC(outbound_key_read(OUTBOUND_ES384, made(OUTBOUND_RS256)->der, &key, &err), FG_E_CRYPTO);
	CHECK_RC(outbound_key_read(OUTBOUND_NONE, made(OUTBOUND_RS256)->der, &key, &err), FG_E_CRYPTO);
	CHECK(key == NULL);
}

static void
a_key_that_is_not_whole_is_refused(void)
{
	const struct outbound_made *m = made(OUTBOUND_ES384);
	struct fg_str more = fg_arena_fmt(a, "%.*s+", (int)m->der.n, m->der.p);
	struct fg_err err = { 0 };
	EVP_PKEY *key = NULL;
	char *copy = fg_arena_alloc(a, m->der.n + 1);

	(void)more;
	for (size_t n = 0; n < m->der.n; n++)
		CHECK(outbound_key_read(m->alg, fg_sub(m->der, 0, n), &key, &err) != FG_OK);
	memcpy(copy, m->der.p, m->der.n);
	copy[m->der.n] = 0;
	CHECK(outbound_key_read(m->alg, fg_str(copy, m->der.n + 1), &key, &err) != FG_OK);
	CHECK(key == NULL);
}

static void
names_tell_the_algorithm(void)
{
	CHECK(outbound_kid_alg(fg_str_z(made(OUTBOUND_RS256)->kid)) == OUTBOUND_RS256);
	CHECK(outbound_kid_alg(fg_str_z(made(OUTBOUND_ES384)->kid)) == OUTBOUND_ES384);
	CHECK(outbound_kid_alg(FG_LIT("FGRS")) == OUTBOUND_NONE);
	CHECK(outbound_kid_alg(FG_LIT("AROA00000000000000001")) == OUTBOUND_NONE);
	CHECK(outbound_alg_find(FG_LIT("RS256")) == OUTBOUND_RS256);
	CHECK(outbound_alg_find(FG_LIT("rs256")) == OUTBOUND_NONE);
	CHECK(outbound_alg_find(FG_LIT("none")) == OUTBOUND_NONE);
	CHECK(outbound_alg_find(FG_STR_NULL) == OUTBOUND_NONE);
}

static void
wiped_is_wiped(void)
{
	struct outbound_pair p = pair;
	char der[8] = "private";

	p.v[0].der = p.v[1].der = fg_str(der, sizeof(der));
	outbound_made_wipe(&p);
	CHECK(memcmp(der, "\0\0\0\0\0\0\0\0", 8) == 0);
	outbound_made_wipe(&(struct outbound_pair){ 0 });
	fg_arena_free(FG_STEAL(a));
}

CU_TestInfo key_tests[] = {
	CASE(libjwt_verifies_what_we_sign_and_nothing_else),
	CASE(what_is_published_is_public_and_verifies),
	CASE(a_key_of_another_kind_is_refused),
	CASE(a_key_that_is_not_whole_is_refused),
	CASE(names_tell_the_algorithm),
	CASE(wiped_is_wiped),
	CASES_END,
};
