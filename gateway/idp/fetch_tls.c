/*
 * Thumbprints: SHA-1 of a CA certificate that the server presents, as IAM stores them.  One that
 * matches becomes an anchor for this connection; chain, validity and host name are verified as
 * ever.  It never replaces a verification, and never takes a CA away.
 */
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "gateway/idp/fetch_int.h"

static bool
is_listed(const struct transfer *t, X509 *cert)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (X509_digest(cert, EVP_sha1(), md, &n) != 1 || n != IDP_THUMB)
		return false;
	for (size_t i = 0; i < t->req.nthumb; i++)
		if (memcmp(t->req.thumb[i], md, IDP_THUMB) == 0)
			return true;
	return false;
}

/* Only a certificate that may sign others; the server's own never. */
static int
verify(X509_STORE_CTX *ctx, void *arg)
{
	const struct transfer *t = arg;
	STACK_OF(X509) *presented = X509_STORE_CTX_get0_untrusted(ctx);
	X509 *leaf = X509_STORE_CTX_get0_cert(ctx);

	for (int i = 0; i < sk_X509_num(presented); i++) {
		X509 *cert = sk_X509_value(presented, i);

		if (cert == leaf || X509_cmp(cert, leaf) == 0 || X509_check_ca(cert) != 1 || !is_listed(t, cert))
			continue;
		if (X509_STORE_add_cert(X509_STORE_CTX_get0_store(ctx), cert) == 1)
			X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(ctx), X509_V_FLAG_PARTIAL_CHAIN);
	}
	return X509_verify_cert(ctx);
}

CURLcode
fetch_tls(CURL *easy, void *ssl_ctx, void *arg)
{
	(void)easy;
	SSL_CTX_set_cert_verify_callback(ssl_ctx, verify, arg);
	return CURLE_OK;
}
