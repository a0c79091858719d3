/*
 * gateway/outbound/key.c - key pairs: made, written as JWK, read, and used.
 */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "gateway/outbound/outbound_int.h"

#define RSA_BITS 2048
#define EC_BYTES 48 /* a coordinate on P-384, and each half of a signature */

struct alg {
	const char *name, *prefix; /* of kids: four characters */
	const char *type, *digest;
};

static const struct alg algs[OUTBOUND_ALG_MAX] = {
	[OUTBOUND_RS256] = { "RS256", "FGRS", "RSA", "SHA256" },
	[OUTBOUND_ES384] = { "ES384", "FGES", "EC", "SHA384" },
};

static void
pkey_free(EVP_PKEY **k)
{
	EVP_PKEY_free(*k);
}

static void
ctx_free(EVP_MD_CTX **c)
{
	EVP_MD_CTX_free(*c);
}

static void
bn_free(BIGNUM **n)
{
	BN_free(*n);
}

static void
sig_free(ECDSA_SIG **s)
{
	ECDSA_SIG_free(*s);
}

static enum fg_rc
failed(struct fg_err *reterr, const char *what)
{
	ERR_clear_error();
	return fg_fail(reterr, FG_E_CRYPTO, "outbound.key", NULL, "%s", what);
}

const char *
outbound_alg_name(enum outbound_alg alg)
{
	return alg > OUTBOUND_NONE && alg < OUTBOUND_ALG_MAX ? algs[alg].name : "none";
}

enum outbound_alg
outbound_alg_find(struct fg_str name)
{
	for (unsigned i = 1; i < OUTBOUND_ALG_MAX; i++)
		if (fg_eq(name, fg_str_z(algs[i].name)))
			return (enum outbound_alg)i;
	return OUTBOUND_NONE;
}

enum outbound_alg
outbound_kid_alg(struct fg_str kid)
{
	for (unsigned i = 1; i < OUTBOUND_ALG_MAX; i++)
		if (kid.n == OUTBOUND_KID_BYTES && fg_starts(kid, fg_str_z(algs[i].prefix)))
			return (enum outbound_alg)i;
	return OUTBOUND_NONE;
}

/* ---- JWK ---- */

static enum fg_rc
put_number(struct fg_buf *b, const char *name, const EVP_PKEY *key, const char *param, size_t width,
    struct fg_err *reterr)
{
	FG_AUTO(bn_free) BIGNUM *n = NULL;
	unsigned char bytes[RSA_BITS / 8];
	size_t len;

	if (EVP_PKEY_get_bn_param(key, param, &n) != 1)
		return failed(reterr, "a public member");
	len = width == 0 ? (size_t)BN_num_bytes(n) : width;
	if (len > sizeof(bytes) || BN_bn2binpad(n, bytes, (int)len) != (int)len)
		return failed(reterr, "a public member is too long");
	fg_buf_fmt(b, ",\"%s\":\"", name);
	fg_buf_base64url(b, fg_str(bytes, len));
	fg_buf_putc(b, '"');
	return FG_OK;
}

enum fg_rc
outbound_jwk_put(struct fg_buf *b, enum outbound_alg alg, struct fg_str kid, const EVP_PKEY *key,
    struct fg_err *reterr)
{
	const struct alg *g = &algs[alg];

	fg_buf_fmt(b, "{\"kty\":\"%s\",\"use\":\"sig\",\"alg\":\"%s\",\"kid\":", g->type, g->name);
	fg_buf_json_str(b, kid);
	if (alg == OUTBOUND_RS256) {
		FG_TRY(put_number(b, "n", key, OSSL_PKEY_PARAM_RSA_N, 0, reterr));
		FG_TRY(put_number(b, "e", key, OSSL_PKEY_PARAM_RSA_E, 0, reterr));
	} else {
		fg_buf_put(b, FG_LIT(",\"crv\":\"P-384\""));
		FG_TRY(put_number(b, "x", key, OSSL_PKEY_PARAM_EC_PUB_X, EC_BYTES, reterr));
		FG_TRY(put_number(b, "y", key, OSSL_PKEY_PARAM_EC_PUB_Y, EC_BYTES, reterr));
	}
	fg_buf_putc(b, '}');
	return FG_OK;
}

/* ---- making ---- */

static enum fg_rc
private_put(EVP_PKEY *key, struct fg_arena *a, struct fg_str *ret, struct fg_err *reterr)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	unsigned char *der = NULL;
	int n = info == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info, &der);

	PKCS8_PRIV_KEY_INFO_free(info);
	if (n <= 0)
		return failed(reterr, "the key cannot be written");
	*ret = fg_arena_dup(a, fg_str(der, (size_t)n));
	OPENSSL_clear_free(der, (size_t)n);
	return fg_str_null(*ret) ? fg_fail(reterr, FG_E_NOMEM, "outbound.key", NULL, "arena") : FG_OK;
}

static enum fg_rc
make(enum outbound_alg alg, struct fg_arena *a, struct outbound_made *ret, struct fg_err *reterr)
{
	FG_AUTO(pkey_free) EVP_PKEY *key = alg == OUTBOUND_RS256 ? EVP_RSA_gen(RSA_BITS)
								 : EVP_EC_gen("P-384");
	struct fg_buf b = FG_BUF_ARENA(a, 2048);

	if (key == NULL)
		return failed(reterr, "no key pair");
	ret->alg = alg;
	FG_TRY(store_uid(algs[alg].prefix, ret->kid, reterr));
	FG_TRY(outbound_jwk_put(&b, alg, fg_str_z(ret->kid), key, reterr));
	if (fg_buf_end(&b, &ret->jwk) != FG_OK)
		return fg_fail(reterr, FG_E_NOMEM, "outbound.key", NULL, "arena");
	return private_put(key, a, &ret->der, reterr);
}

enum fg_rc
outbound_make(struct fg_arena *a, struct outbound_pair *ret, struct fg_err *reterr)
{
	*ret = (struct outbound_pair){ 0 };
	for (unsigned i = 1; i < OUTBOUND_ALG_MAX; i++)
		FG_TRY(make((enum outbound_alg)i, a, &ret->v[i - 1], reterr));
	return FG_OK;
}

void
outbound_made_wipe(struct outbound_pair *p)
{
	for (size_t i = 0; i < FG_COUNT(p->v); i++)
		if (p->v[i].der.n != 0)
			OPENSSL_cleanse((void *)(uintptr_t)p->v[i].der.p, p->v[i].der.n);
}

/* ---- reading ---- */

/* The row's kid says which algorithm; a key of another kind must not sign under it. */
static bool
fits(enum outbound_alg alg, const EVP_PKEY *key)
{
	char group[32] = "";
	size_t n;

	if (alg == OUTBOUND_RS256)
		return EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) >= RSA_BITS;
	return alg == OUTBOUND_ES384 && EVP_PKEY_is_a(key, "EC") == 1 &&
	    EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group),
		&n) == 1 && fg_eq(fg_str_z(group), FG_LIT("secp384r1"));
}

enum fg_rc
outbound_key_read(enum outbound_alg alg, struct fg_str der, EVP_PKEY **ret, struct fg_err *reterr)
{
	const unsigned char *p = (const unsigned char *)der.p;
	FG_AUTO(pkey_free) EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)der.n);

	if (key == NULL || (size_t)(p - (const unsigned char *)der.p) != der.n)
		return failed(reterr, "a signing key is not whole");
	if (!fits(alg, key))
		return failed(reterr, "a signing key is of another kind than its name says");
	*ret = FG_STEAL(key);
	return FG_OK;
}

/* ---- signing ---- */

/* RFC 7518 3.4: R and S, 48 bytes each. */
static enum fg_rc
raw_signature(const unsigned char *der, size_t n, unsigned char *out, size_t *ret_n,
    struct fg_err *reterr)
{
	const unsigned char *p = der;
	FG_AUTO(sig_free) ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)n);

	if (sig == NULL || BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, EC_BYTES) != EC_BYTES ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + EC_BYTES, EC_BYTES) != EC_BYTES)
		return failed(reterr, "the signature's form");
	*ret_n = 2 * EC_BYTES;
	return FG_OK;
}

enum fg_rc
outbound_key_sign(enum outbound_alg alg, EVP_PKEY *key, struct fg_str input,
    unsigned char sig[OUTBOUND_SIGNATURE_BYTES], size_t *ret_n, struct fg_err *reterr)
{
	FG_AUTO(ctx_free) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char der[OUTBOUND_SIGNATURE_BYTES];
	size_t n = sizeof(der);

	if (ctx == NULL ||
	    EVP_DigestSignInit_ex(ctx, NULL, algs[alg].digest, NULL, NULL, key, NULL) != 1 ||
	    EVP_DigestSign(ctx, der, &n, (const unsigned char *)input.p, input.n) != 1)
		return failed(reterr, "signing");
	if (alg == OUTBOUND_ES384)
		return raw_signature(der, n, sig, ret_n, reterr);
	memcpy(sig, der, n);
	*ret_n = n;
	return FG_OK;
}
