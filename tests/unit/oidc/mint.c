/* Tokens and key sets for tests. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "tests/unit/oidc/mint.h"
#include "tests/unit/unit.h"

#define MINT_MAX (256u * 1024)

static const struct mint_alg algs[] = {
	{ "RS256", "rsa2048", OIDC_PKCS1, "SHA256", 0 },
	{ "RS384", "rsa2048", OIDC_PKCS1, "SHA384", 0 },
	{ "RS512", "rsa2048", OIDC_PKCS1, "SHA512", 0 },
	{ "PS256", "rsa2048", OIDC_PSS, "SHA256", 0 },
	{ "PS384", "rsa2048", OIDC_PSS, "SHA384", 0 },
	{ "PS512", "rsa2048", OIDC_PSS, "SHA512", 0 },
	{ "ES256", "ec256", OIDC_ECDSA, "SHA256", 32 },
	{ "ES384", "ec384", OIDC_ECDSA, "SHA384", 48 },
	{ "ES512", "ec521", OIDC_ECDSA, "SHA512", 66 },
	{ "EdDSA", "ed25519", OIDC_EDWARDS, NULL, 0 },
	{ "Ed25519", "ed25519", OIDC_EDWARDS, NULL, 0 },
};

const struct mint_alg *
mint_alg(const char *name)
{
	for (size_t i = 0; i < FG_COUNT(algs); i++)
		if (strcmp(algs[i].name, name) == 0)
			return &algs[i];
	CU_FAIL_FATAL("no such alg");
	return NULL;
}

/* Read once, kept until the program ends. */
static EVP_PKEY *
key_load(const char *name)
{
	static struct {
		char name[16];
		EVP_PKEY *key;
	} kept[16];
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64 * 1024);
	struct fg_str pem;
	size_t i;
	BIO *bio;

	for (i = 0; i < FG_COUNT(kept) && kept[i].key != NULL; i++)
		if (strcmp(kept[i].name, name) == 0)
			return kept[i].key;
	CU_ASSERT_FATAL(i < FG_COUNT(kept) && strlen(name) < sizeof(kept[i].name));
	pem = unit_vector(a, fg_arena_fmt(a, "oidc/keys/%s.pem", name).p);
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	memcpy(kept[i].name, name, strlen(name) + 1);
	kept[i].key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	CU_ASSERT_PTR_NOT_NULL_FATAL(kept[i].key);
	return kept[i].key;
}

static struct fg_str
b64(struct fg_arena *a, struct fg_str s)
{
	struct fg_buf b = FG_BUF_ARENA(a, MINT_MAX);
	struct fg_str out = FG_STR_NULL;

	fg_buf_base64url(&b, s);
	CU_ASSERT_EQUAL_FATAL(fg_buf_end(&b, &out), FG_OK);
	return out;
}

/* DER to R || S. */
static struct fg_str
raw_rs(struct fg_arena *a, const unsigned char *der, size_t n, size_t coord)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
	unsigned char *out = fg_arena_alloc(a, 2 * coord);

	CU_ASSERT_FATAL(sig != NULL && out != NULL);
	BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, (int)coord);
	BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + coord, (int)coord);
	ECDSA_SIG_free(sig);
	return fg_str(out, 2 * coord);
}

static struct fg_str
sign(struct fg_arena *a, const struct mint_alg *alg, const char *key, struct fg_str input)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	unsigned char *out = fg_arena_alloc(a, 1100);
	size_t n = 1100;

	CU_ASSERT_FATAL(out != NULL);
	CU_ASSERT_EQUAL_FATAL(EVP_DigestSignInit_ex(ctx, &pctx, alg->md, NULL, NULL, key_load(key), NULL), 1);
	if (alg->scheme == OIDC_PSS) {
		EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST);
	}
	CU_ASSERT_EQUAL_FATAL(EVP_DigestSign(ctx, out, &n, (const unsigned char *)input.p, input.n), 1);
	EVP_MD_CTX_free(ctx);
	return alg->scheme == OIDC_ECDSA ? raw_rs(a, out, n, alg->coord) : fg_str(out, n);
}

struct fg_str
mint_raw(struct fg_arena *a, struct fg_str header, struct fg_str payload, struct fg_str sig)
{
	struct fg_buf b = FG_BUF_ARENA(a, MINT_MAX);
	struct fg_str out = FG_STR_NULL;

	fg_buf_base64url(&b, header);
	fg_buf_putc(&b, '.');
	fg_buf_base64url(&b, payload);
	fg_buf_putc(&b, '.');
	fg_buf_base64url(&b, sig);
	CU_ASSERT_EQUAL_FATAL(fg_buf_end(&b, &out), FG_OK);
	return out;
}

struct fg_str
mint_with(struct fg_arena *a, const struct mint_alg *alg, const char *key, struct fg_str header,
    struct fg_str payload)
{
	struct fg_str input = mint_raw(a, header, payload, FG_LIT(""));

	input.n--; /* the second dot */
	return mint_raw(a, header, payload, sign(a, alg, key, input));
}

struct fg_str
mint(struct fg_arena *a, const char *name, const char *payload)
{
	const struct mint_alg *alg = mint_alg(name);
	struct fg_str header = fg_arena_fmt(a, "{\"alg\":\"%s\",\"kid\":\"%s\",\"typ\":\"JWT\"}", name, alg->key);

	return mint_with(a, alg, alg->key, header, fg_str_z(payload));
}

struct fg_str
mint_payload(struct fg_arena *a, const char *iss, const char *sub, const char *aud, const char *iat,
    const char *exp, const char *more)
{
	const char *const name[] = { "iss", "sub", "aud", "iat", "exp" };
	const char *const value[] = { iss, sub, aud, iat, exp };
	struct fg_buf b = FG_BUF_ARENA(a, MINT_MAX);
	struct fg_str out = FG_STR_NULL;

	fg_buf_put(&b, FG_LIT("{\"x\":1"));
	for (size_t i = 0; i < FG_COUNT(name); i++) {
		if (value[i] == NULL)
			continue;
		fg_buf_fmt(&b, ",\"%s\":", name[i]);
		fg_buf_put(&b, fg_str_z(value[i]));
	}
	fg_buf_put(&b, fg_str_z(more));
	fg_buf_put(&b, FG_LIT("}"));
	fg_buf_putc(&b, '\0');
	CU_ASSERT_EQUAL_FATAL(fg_buf_end(&b, &out), FG_OK);
	return fg_sub(out, 0, out.n - 1);
}

struct fg_str
mint_claims(struct fg_arena *a, const char *more)
{
	return mint_payload(a, "\"" ISSUER "\"", "\"repo:acme/model:ref:refs/heads/main\"", "\"" CLIENT "\"",
	    "1789999990", "1790000300", more);
}

/* ---- public keys ---- */

static struct fg_str
bn_param(struct fg_arena *a, EVP_PKEY *key, const char *name, size_t pad)
{
	BIGNUM *bn = NULL;
	unsigned char *out = fg_arena_alloc(a, 1100);
	size_t n;

	CU_ASSERT_EQUAL_FATAL(EVP_PKEY_get_bn_param(key, name, &bn), 1);
	n = pad == 0 ? (size_t)BN_num_bytes(bn) : pad;
	BN_bn2binpad(bn, out, (int)n);
	BN_free(bn);
	return b64(a, fg_str(out, n));
}

static struct fg_str
ec_jwk(struct fg_arena *a, EVP_PKEY *key, const char *crv, size_t coord)
{
	struct fg_str x = bn_param(a, key, OSSL_PKEY_PARAM_EC_PUB_X, coord);
	struct fg_str y = bn_param(a, key, OSSL_PKEY_PARAM_EC_PUB_Y, coord);

	return fg_arena_fmt(a, "\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%.*s\",\"y\":\"%.*s\"", crv, (int)x.n, x.p,
	    (int)y.n, y.p);
}

static struct fg_str
public_members(struct fg_arena *a, const char *name)
{
	EVP_PKEY *key = key_load(name);
	unsigned char raw[32];
	size_t n = sizeof(raw);
	struct fg_str m, e;

	if (strncmp(name, "rsa", 3) == 0) {
		m = bn_param(a, key, OSSL_PKEY_PARAM_RSA_N, 0);
		e = bn_param(a, key, OSSL_PKEY_PARAM_RSA_E, 0);
		return fg_arena_fmt(a, "\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"%.*s\"", (int)m.n, m.p, (int)e.n, e.p);
	}
	if (strcmp(name, "ec256k1") == 0)
		return ec_jwk(a, key, "secp256k1", 32);
	if (strncmp(name, "ec", 2) == 0)
		return ec_jwk(a, key, name[2] == '2' ? "P-256" : name[2] == '3' ? "P-384" : "P-521",
		    name[2] == '2' ? 32 : name[2] == '3' ? 48 : 66);
	CU_ASSERT_EQUAL_FATAL(EVP_PKEY_get_raw_public_key(key, raw, &n), 1);
	m = b64(a, fg_str(raw, n));
	return fg_arena_fmt(a, "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%.*s\"", (int)m.n, m.p);
}

struct fg_str
mint_jwk(struct fg_arena *a, const char *key, const char *kid, const char *more)
{
	struct fg_str m = public_members(a, key);

	if (kid == NULL)
		return fg_arena_fmt(a, "{%.*s%s}", (int)m.n, m.p, more);
	return fg_arena_fmt(a, "{\"kid\":\"%s\",%.*s%s}", kid, (int)m.n, m.p, more);
}

struct fg_str
mint_jwks(struct fg_arena *a, const char *const *keys)
{
	struct fg_buf b = FG_BUF_ARENA(a, MINT_MAX);
	struct fg_str out = FG_STR_NULL;

	fg_buf_put(&b, FG_LIT("{\"keys\":["));
	for (size_t i = 0; keys[i] != NULL; i++) {
		if (i > 0)
			fg_buf_putc(&b, ',');
		fg_buf_put(&b, mint_jwk(a, keys[i], keys[i], ",\"use\":\"sig\""));
	}
	fg_buf_put(&b, FG_LIT("]}"));
	CU_ASSERT_EQUAL_FATAL(fg_buf_end(&b, &out), FG_OK);
	return out;
}

struct oidc_jwks *
mint_set(const char *const *keys)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1024 * 1024);
	struct oidc_jwks *set = NULL;
	struct fg_err err = { 0 };

	if (oidc_jwks_parse(mint_jwks(a, keys), 0, &set, &err) != FG_OK)
		CU_FAIL_FATAL("key set");
	return set;
}

struct fg_str
mint_pem(struct fg_arena *a, const char *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct fg_str out;
	char *p = NULL;
	long n;

	CU_ASSERT_EQUAL_FATAL(PEM_write_bio_PUBKEY(bio, key_load(key)), 1);
	n = BIO_get_mem_data(bio, &p);
	out = fg_arena_dup(a, fg_str(p, (size_t)n));
	BIO_free(bio);
	return out;
}

struct oidc_provider
mint_provider(void)
{
	static const struct fg_str clients[] = { { CLIENT, sizeof(CLIENT) - 1 }, { "other-client", 12 } };
	struct oidc_provider p = oidc_provider_default();

	p.issuer = FG_LIT(ISSUER);
	p.client_id = clients;
	p.nclient_id = FG_COUNT(clients);
	p.algs = OIDC_ALGS_ALL;
	return p;
}
