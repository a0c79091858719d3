/*
 * saml/crypto.c - digests, public keys and signature verification on EVP.
 *
 * A digest is fetched once, a key parsed once, and an RSA context made ready once; what
 * remains per message is a copy of that context and the arithmetic.
 */
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "saml/crypto_int.h"
#include "saml/saml.h"
#include "saml/xml_int.h"

#define MORE "http://www.w3.org/2001/04/xmldsig-more#"
#define MORE7 "http://www.w3.org/2007/05/xmldsig-more#"
#define DS "http://www.w3.org/2000/09/xmldsig#"
#define ENC "http://www.w3.org/2001/04/xmlenc#"

/* R9.  HMAC, DSA and MD5 have no row and never will. */
static const struct crypto_alg algs[] = {
	{ FG_LIT(MORE "rsa-sha256"), "rsa-sha256", CRYPTO_RSA, CRYPTO_SHA256, CRYPTO_PKCS1, 0 },
	{ FG_LIT(MORE "rsa-sha384"), "rsa-sha384", CRYPTO_RSA, CRYPTO_SHA384, CRYPTO_PKCS1, 0 },
	{ FG_LIT(MORE "rsa-sha512"), "rsa-sha512", CRYPTO_RSA, CRYPTO_SHA512, CRYPTO_PKCS1, 0 },
	{ FG_LIT(MORE "ecdsa-sha256"), "ecdsa-sha256", CRYPTO_EC, CRYPTO_SHA256, CRYPTO_PKCS1, 0 },
	{ FG_LIT(MORE "ecdsa-sha384"), "ecdsa-sha384", CRYPTO_EC, CRYPTO_SHA384, CRYPTO_PKCS1, 0 },
	{ FG_LIT(MORE "ecdsa-sha512"), "ecdsa-sha512", CRYPTO_EC, CRYPTO_SHA512, CRYPTO_PKCS1, 0 },
	{ FG_LIT(DS "rsa-sha1"), "rsa-sha1", CRYPTO_RSA, CRYPTO_SHA1, CRYPTO_PKCS1, SAML_ALLOW_SHA1 },
	{ FG_LIT(MORE7 "sha256-rsa-MGF1"), "rsa-pss-sha256", CRYPTO_RSA, CRYPTO_SHA256, CRYPTO_PSS,
	    SAML_ALLOW_PSS },
	{ FG_LIT(MORE7 "sha384-rsa-MGF1"), "rsa-pss-sha384", CRYPTO_RSA, CRYPTO_SHA384, CRYPTO_PSS,
	    SAML_ALLOW_PSS },
	{ FG_LIT(MORE7 "sha512-rsa-MGF1"), "rsa-pss-sha512", CRYPTO_RSA, CRYPTO_SHA512, CRYPTO_PSS,
	    SAML_ALLOW_PSS },
};

static const struct crypto_digest digests[] = {
	{ FG_LIT(ENC "sha256"), CRYPTO_SHA256, 0 },
	{ FG_LIT(MORE "sha384"), CRYPTO_SHA384, 0 },
	{ FG_LIT(ENC "sha384"), CRYPTO_SHA384, 0 }, /* not in the standard, but sent */
	{ FG_LIT(ENC "sha512"), CRYPTO_SHA512, 0 },
	{ FG_LIT(DS "sha1"), CRYPTO_SHA1, SAML_ALLOW_SHA1 },
};

static const char *const hash_names[CRYPTO_HASH_MAX] = {
	[CRYPTO_SHA1] = "SHA1", [CRYPTO_SHA224] = "SHA2-224", [CRYPTO_SHA256] = "SHA2-256",
	[CRYPTO_SHA384] = "SHA2-384", [CRYPTO_SHA512] = "SHA2-512",
};

const struct crypto_alg *
crypto_alg_find(struct fg_str uri)
{
	for (size_t i = 0; i < FG_COUNT(algs); i++) {
		if (fg_eq(algs[i].uri, uri))
			return &algs[i];
	}
	return NULL;
}

const struct crypto_digest *
crypto_digest_find(struct fg_str uri)
{
	for (size_t i = 0; i < FG_COUNT(digests); i++) {
		if (fg_eq(digests[i].uri, uri))
			return &digests[i];
	}
	return NULL;
}

bool
crypto_init(struct crypto *c)
{
	for (int i = 0; i < CRYPTO_HASH_MAX; i++) {
		if ((c->md[i] = EVP_MD_fetch(NULL, hash_names[i], NULL)) == NULL)
			return false;
	}
	return true;
}

void
crypto_done(struct crypto *c)
{
	for (int i = 0; i < CRYPTO_HASH_MAX; i++) {
		EVP_MD_free(c->md[i]);
		c->md[i] = NULL;
	}
}

bool
crypto_hash(const struct crypto *c, enum crypto_hash h, struct fg_str octets,
    unsigned char out[CRYPTO_DIGEST_MAX], size_t *ret_n)
{
	unsigned n = 0;

	if (EVP_Digest(octets.p, octets.n, out, &n, c->md[h], NULL) != 1)
		return false;
	*ret_n = n;
	return true;
}

bool
crypto_sha1(struct fg_str octets, unsigned char out[CRYPTO_DIGEST_MAX])
{
	size_t n = 0;

	return EVP_Q_digest(NULL, "SHA1", NULL, octets.p, octets.n, out, &n) == 1 && n == 20;
}

/* ---- keys ---- */

static void
ctx_freep(EVP_PKEY_CTX **c)
{
	EVP_PKEY_CTX_free(*c);
}

static void
x509_freep(X509 **x)
{
	X509_free(*x);
}

/* The whole of der, or NULL. */
static EVP_PKEY *
public_key(struct fg_str der)
{
	const unsigned char *p = (const unsigned char *)der.p;
	FG_AUTO(x509_freep) X509 *x = NULL;
	EVP_PKEY *k;

	if (der.n == 0 || der.n > 64 * 1024)
		return NULL;
	x = d2i_X509(NULL, &p, (long)der.n);
	if (x != NULL)
		return p == (const unsigned char *)der.p + der.n ? X509_get_pubkey(x) : NULL;
	p = (const unsigned char *)der.p;
	k = d2i_PUBKEY(NULL, &p, (long)der.n);
	if (k != NULL && p != (const unsigned char *)der.p + der.n) {
		EVP_PKEY_free(k);
		return NULL;
	}
	return k;
}

static bool
exponent_is_f4(const EVP_PKEY *k)
{
	BIGNUM *e = NULL;
	bool ok = EVP_PKEY_get_bn_param(k, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && BN_is_word(e, 65537);

	BN_free(e);
	return ok;
}

static unsigned
curve_bits(const EVP_PKEY *k)
{
	static const struct {
		const char *name;
		unsigned bits;
	} curves[] = { { "prime256v1", 256 }, { "secp384r1", 384 }, { "secp521r1", 521 } };
	char name[64];
	size_t n;

	if (EVP_PKEY_get_group_name(k, name, sizeof(name), &n) != 1)
		return 0;
	for (size_t i = 0; i < FG_COUNT(curves); i++) {
		if (strcmp(curves[i].name, name) == 0)
			return curves[i].bits;
	}
	return 0;
}

static bool
key_classify(struct crypto_key *k)
{
	const char *kind = "RSA";

	if (EVP_PKEY_is_a(k->pkey, "RSA")) {
		k->kind = CRYPTO_RSA;
		k->bits = (unsigned)EVP_PKEY_get_bits(k->pkey);
		if (k->bits < 1024 || k->bits > 4096 || !exponent_is_f4(k->pkey))
			return false;
	} else if (EVP_PKEY_is_a(k->pkey, "EC")) {
		k->kind = CRYPTO_EC;
		kind = "EC";
		if ((k->bits = curve_bits(k->pkey)) == 0)
			return false;
	} else {
		return false;
	}
	(void)snprintf(k->name, sizeof(k->name), "%s-%u", kind, k->bits);
	return true;
}

static bool
key_identify(struct crypto_key *k, const struct crypto *c)
{
	unsigned char digest[CRYPTO_DIGEST_MAX], *der = NULL;
	int n = i2d_PUBKEY(k->pkey, &der);
	size_t digest_n;
	bool ok = n > 0 && crypto_hash(c, CRYPTO_SHA256, fg_str(der, (size_t)n), digest, &digest_n);

	OPENSSL_free(der);
	for (size_t i = 0; ok && i < 32; i++)
		(void)snprintf(k->id + 2 * i, 3, "%02x", digest[i]);
	return ok;
}

static EVP_PKEY_CTX *
rsa_context(const struct crypto *c, EVP_PKEY *k, const struct crypto_alg *alg)
{
	FG_AUTO(ctx_freep) EVP_PKEY_CTX *x = EVP_PKEY_CTX_new_from_pkey(NULL, k, NULL);
	int pad = alg->pad == CRYPTO_PSS ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;

	if (x == NULL || EVP_PKEY_verify_init(x) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(x, pad) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(x, c->md[alg->hash]) != 1)
		return NULL;
	if (alg->pad == CRYPTO_PSS &&
	    (EVP_PKEY_CTX_set_rsa_mgf1_md(x, c->md[alg->hash]) != 1 ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(x, RSA_PSS_SALTLEN_DIGEST) != 1))
		return NULL;
	return FG_STEAL(x);
}

enum fg_rc
crypto_key_init(struct crypto_key *k, const struct crypto *c, struct fg_str der,
    struct fg_err *reterr)
{
	*k = (struct crypto_key){ .kind = CRYPTO_NO_KEY };
	k->pkey = public_key(der);
	ERR_clear_error();
	if (k->pkey == NULL || !key_classify(k)) {
		crypto_key_done(k);
		return saml_refuse(reterr, "saml.provider.key",
		    "not an RSA (1024 to 4096, e = 65537) or P-256, P-384, P-521 key");
	}
	if (k->kind == CRYPTO_RSA)
		k->ready = rsa_context(c, k->pkey, &algs[0]);
	if (!key_identify(k, c) || (k->kind == CRYPTO_RSA && k->ready == NULL)) {
		crypto_key_done(k);
		return fg_fail(reterr, FG_E_CRYPTO, "saml.provider.key", NULL, "key context");
	}
	return FG_OK;
}

void
crypto_key_done(struct crypto_key *k)
{
	EVP_PKEY_CTX_free(k->ready);
	EVP_PKEY_free(k->pkey);
	*k = (struct crypto_key){ .kind = CRYPTO_NO_KEY };
}

/* ---- verification ---- */

/* One ASN.1 INTEGER of n big-endian bytes; returns where to write on. */
static unsigned char *
put_integer(unsigned char *out, const unsigned char *p, size_t n)
{
	bool sign;

	while (n > 1 && *p == 0) {
		p++;
		n--;
	}
	sign = (*p & 0x80) != 0;
	*out++ = 0x02;
	*out++ = (unsigned char)(n + sign);
	if (sign)
		*out++ = 0;
	memcpy(out, p, n);
	return out + n;
}

/*
 * r || s of exactly two field elements -> DER.  Returns its length, 0 when the
 * length is wrong; zero and oversized r or s are refused by the arithmetic.
 */
static size_t
ecdsa_der(unsigned bits, struct fg_str rs, unsigned char out[160])
{
	size_t n = (bits + 7) / 8, body;
	unsigned char tmp[144], *end;

	if (rs.n != 2 * n)
		return 0;
	end = put_integer(tmp, (const unsigned char *)rs.p, n);
	end = put_integer(end, (const unsigned char *)rs.p + n, n);
	body = (size_t)(end - tmp);
	*out++ = 0x30;
	if (body >= 128)
		*out++ = 0x81;
	*out++ = (unsigned char)body;
	memcpy(out, tmp, body);
	return body + (body >= 128 ? 3 : 2);
}

static EVP_PKEY_CTX *
context_for(const struct crypto *c, const struct crypto_key *k, const struct crypto_alg *alg)
{
	FG_AUTO(ctx_freep) EVP_PKEY_CTX *x = NULL;

	if (alg == &algs[0])
		return EVP_PKEY_CTX_dup(k->ready);
	if (k->kind == CRYPTO_RSA)
		return rsa_context(c, k->pkey, alg);
	x = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	return x != NULL && EVP_PKEY_verify_init(x) == 1 ? FG_STEAL(x) : NULL;
}

enum fg_rc
crypto_verify(const struct crypto *c, const struct crypto_key *k, const struct crypto_alg *alg,
    struct fg_str octets, struct fg_str signature, bool *ret, struct fg_err *reterr)
{
	unsigned char digest[CRYPTO_DIGEST_MAX], der[160];
	FG_AUTO(ctx_freep) EVP_PKEY_CTX *x = NULL;
	size_t n;

	*ret = false;
	if (k->kind != alg->kind)
		return FG_OK;
	if (k->kind == CRYPTO_EC) {
		if ((n = ecdsa_der(k->bits, signature, der)) == 0)
			return FG_OK;
		signature = fg_str(der, n);
	} else if (signature.n != (k->bits + 7) / 8) {
		return FG_OK;
	}
	if (!crypto_hash(c, alg->hash, octets, digest, &n) || (x = context_for(c, k, alg)) == NULL)
		return fg_fail(reterr, FG_E_CRYPTO, "saml.signature", NULL, "verification context");
	*ret = EVP_PKEY_verify(x, (const unsigned char *)signature.p, signature.n, digest, n) == 1;
	if (!*ret)
		ERR_clear_error();
	return FG_OK;
}

/* ---- certificates ---- */

static fg_time
asn1_time(const ASN1_TIME *t)
{
	struct tm tm;

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return 0;
	return fg_time_of((struct fg_civil){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec });
}

void
crypto_cert_dates(struct fg_str der, fg_time *ret_from, fg_time *ret_until)
{
	const unsigned char *p = (const unsigned char *)der.p;
	FG_AUTO(x509_freep) X509 *x = d2i_X509(NULL, &p, (long)der.n);

	ERR_clear_error();
	*ret_from = x == NULL ? 0 : asn1_time(X509_get0_notBefore(x));
	*ret_until = x == NULL ? 0 : asn1_time(X509_get0_notAfter(x));
}

/* ---- PEM ---- */

static void
bio_freep(BIO **b)
{
	BIO_free(*b);
}

enum fg_rc
crypto_pem(struct fg_arena *a, struct fg_str pem, struct fg_str *ret, size_t max, size_t *ret_n,
    struct fg_err *reterr)
{
	FG_AUTO(bio_freep) BIO *b = BIO_new_mem_buf(pem.p, (int)(pem.n > 1024 * 1024 ? 0 : pem.n));
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	size_t n = 0;
	long len = 0;

	while (b != NULL && PEM_read_bio(b, &name, &header, &der, &len) == 1) {
		bool wanted = strcmp(name, "CERTIFICATE") == 0 || strcmp(name, "PUBLIC KEY") == 0;

		if (wanted && n < max)
			ret[n] = fg_arena_dup(a, fg_str(der, (size_t)len));
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(der);
		if (wanted && n < max && fg_str_null(ret[n]))
			return fg_fail(reterr, FG_E_NOMEM, "saml.provider.key", NULL, "certificate");
		n += wanted;
	}
	ERR_clear_error();
	if (n == 0 || n > max)
		return saml_refuse(reterr, "saml.provider.key", "%zu certificates or public keys in PEM", n);
	*ret_n = n;
	return FG_OK;
}
