/*
 * saml/private.c - one of our private keys, and what may be shown of it.
 *
 * Identity providers take the key they encrypt for out of a certificate; ours says nothing but the
 * key, signed by itself.
 */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "saml/saml_int.h"

enum { CERTIFICATE_DAYS = 3650, NAME_MAX_BYTES = 64 };

static void
x509_freep(X509 **x)
{
	X509_free(*x);
}

static void
private_done(struct crypto_private *k)
{
	crypto_private_done(k);
}

/* SHA-256 of the SubjectPublicKeyInfo. */
static bool
key_digest(EVP_PKEY *pkey, unsigned char out[32])
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(pkey, &der);
	bool ok = n > 0 && EVP_Q_digest(NULL, "SHA256", NULL, der, (size_t)n, out, NULL) == 1;

	OPENSSL_free(der);
	return ok;
}

static bool
set_names(X509 *x, struct fg_str name)
{
	X509_NAME *to = X509_get_subject_name(x);
	struct fg_str cut = fg_sub(name, 0, NAME_MAX_BYTES);

	return X509_NAME_add_entry_by_txt(to, "CN", MBSTRING_UTF8, (const unsigned char *)cut.p, (int)cut.n,
	           -1, 0) == 1 &&
	    X509_set_issuer_name(x, to) == 1;
}

/* The serial number is a part of the key's digest: the same key has the same one. */
static bool
set_serial(X509 *x, const unsigned char digest[32])
{
	uint64_t v = 0;

	for (size_t i = 0; i < 8; i++)
		v = v << 8 | digest[i];
	return ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), (v >> 1) | 1) == 1;
}

/* A key whose halves do not fit each other signs nothing that its public half verifies. */
static bool
fill(X509 *x, EVP_PKEY *pkey, struct fg_str name, const unsigned char digest[32], fg_time now)
{
	return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x, digest) && set_names(x, name) &&
	    ASN1_TIME_set(X509_getm_notBefore(x), (time_t)now) != NULL &&
	    ASN1_TIME_set(X509_getm_notAfter(x), (time_t)now + CERTIFICATE_DAYS * (time_t)86400) != NULL &&
	    X509_set_pubkey(x, pkey) == 1 && X509_sign(x, pkey, EVP_sha256()) > 0 &&
	    X509_verify(x, pkey) == 1;
}

static enum fg_rc
certificate(struct fg_arena *a, X509 *x, struct fg_str *ret, struct fg_err *reterr)
{
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);

	if (n <= 0)
		return fg_fail(reterr, FG_E_CRYPTO, "saml.private", NULL, "certificate");
	*ret = fg_arena_dup(a, fg_str(der, (size_t)n));
	OPENSSL_free(der);
	return fg_str_null(*ret) ? saml_no_memory(reterr) : FG_OK;
}

static enum fg_rc
hex(struct fg_arena *a, const unsigned char digest[32], struct fg_str *ret, struct fg_err *reterr)
{
	struct fg_buf b = FG_BUF_ARENA(a, 65);

	fg_buf_hex(&b, fg_str(digest, 32));
	return fg_buf_end(&b, ret) == FG_OK ? FG_OK : saml_no_memory(reterr);
}

enum fg_rc
saml_private_read(struct fg_arena *a, struct fg_str pem, struct fg_str name, fg_time now,
    struct saml_private *ret, struct fg_err *reterr)
{
	FG_AUTO(private_done) struct crypto_private k = { .pkey = NULL };
	FG_AUTO(x509_freep) X509 *x = NULL;
	unsigned char digest[32];

	FG_TRY(crypto_private_init(&k, pem, reterr));
	x = X509_new();
	if (x == NULL || !key_digest(k.pkey, digest))
		return fg_fail(reterr, FG_E_CRYPTO, "saml.private", NULL, "digest of the key");
	if (!fill(x, k.pkey, name, digest, now)) {
		ERR_clear_error();
		return saml_refuse(reterr, "saml.encrypted.key", "the private key does not work");
	}
	ret->bits = k.bits;
	FG_TRY(hex(a, digest, &ret->id, reterr));
	return certificate(a, x, &ret->certificate, reterr);
}
