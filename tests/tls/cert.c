/*
 * tests/tls/cert.c - a throw-away certificate for listeners on loopback.
 */
#include "tests/tls/cert.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static EVP_PKEY *
make_key(enum cert_kind kind)
{
	switch (kind) {
	case CERT_RSA2048:
		return EVP_RSA_gen(2048);
	case CERT_RSA1024:
		return EVP_RSA_gen(1024);
	default:
		return EVP_EC_gen("P-256");
	}
}

static bool
add_names(X509 *x)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name,
	    "DNS:localhost,IP:127.0.0.1");
	bool ok = e != NULL && X509_add_ext(x, e, -1) == 1;

	X509_EXTENSION_free(e);
	return ok;
}

static X509 *
make_cert(EVP_PKEY *key, const char *name)
{
	X509 *x = X509_new();
	X509_NAME *n = x == NULL ? NULL : X509_get_subject_name(x);

	if (n != NULL && X509_set_version(x, 2) == 1 &&
	    ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1 &&
	    X509_gmtime_adj(X509_getm_notBefore(x), -3600) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(x), 315360000L) != NULL &&
	    X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0) == 1 &&
	    X509_set_issuer_name(x, n) == 1 && X509_set_pubkey(x, key) == 1 && add_names(x) &&
	    X509_sign(x, key, EVP_sha256()) > 0)
		return x;
	X509_free(x);
	return NULL;
}

static bool
take_pem(struct fg_arena *a, BIO *b, struct fg_str *ret)
{
	char *p;
	long n = BIO_get_mem_data(b, &p);

	*ret = fg_arena_dup(a, fg_str(p, (size_t)n));
	return !fg_str_null(*ret);
}

bool
cert_make(struct fg_arena *a, enum cert_kind kind, const char *name, struct fg_str *ret_chain,
    struct fg_str *ret_key)
{
	EVP_PKEY *key = make_key(kind);
	X509 *x = key == NULL ? NULL : make_cert(key, name);
	BIO *chain_out = BIO_new(BIO_s_mem());
	BIO *key_out = BIO_new(BIO_s_mem());
	bool ok = x != NULL && chain_out != NULL && key_out != NULL &&
	    PEM_write_bio_X509(chain_out, x) == 1 &&
	    PEM_write_bio_PrivateKey(key_out, key, NULL, NULL, 0, NULL, NULL) == 1 &&
	    take_pem(a, chain_out, ret_chain) && take_pem(a, key_out, ret_key);

	BIO_free(chain_out);
	BIO_free(key_out);
	X509_free(x);
	EVP_PKEY_free(key);
	return ok;
}
