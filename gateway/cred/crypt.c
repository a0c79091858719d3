/*
 * Randomness, HKDF and XAES-256-GCM (C2SP) on contexts that a thread prepares once.
 */
#include "gateway/cred/cred_int.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <limits.h>
#include <stdlib.h>

void
cred_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}

bool
cred_rand_system(void *arg, void *p, size_t n)
{
	(void)arg;
	return n <= INT_MAX && RAND_bytes(p, (int)n) == 1;
}

/* One call of the generator costs as much as sealing a token: it is asked for many at once. */
bool
worker_rand(struct cred_worker *w, void *p, size_t n)
{
	if (n > sizeof(w->pool))
		return false;
	if (w->pool_n < n) {
		w->pool_n = 0;
		if (!w->rand(w->rand_arg, w->pool, sizeof(w->pool)))
			return false;
		w->pool_n = sizeof(w->pool);
	}
	w->pool_n -= n;
	memcpy(p, w->pool + w->pool_n, n);
	cred_wipe(w->pool + w->pool_n, n);
	return true;
}

static EVP_CIPHER_CTX *
cipher_new(const char *name, int enc)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	if (cipher == NULL || ctx == NULL ||
	    EVP_CipherInit_ex2(ctx, cipher, NULL, NULL, enc, NULL) != 1) {
		EVP_CIPHER_CTX_free(ctx);
		ctx = NULL;
	}
	EVP_CIPHER_free(cipher); /* the context holds its own reference */
	return ctx;
}

enum fg_rc
cred_worker_new(cred_rand_fn rand, void *rand_arg, struct cred_worker **ret, struct fg_err *reterr)
{
	struct cred_worker *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "cred.worker", NULL, "contexts");
	w->rand = rand != NULL ? rand : cred_rand_system;
	w->rand_arg = rand_arg;
	w->ecb = cipher_new("AES-256-ECB", 1);
	w->seal = cipher_new("AES-256-GCM", 1);
	w->open = cipher_new("AES-256-GCM", 0);
	if (w->ecb == NULL || w->seal == NULL || w->open == NULL ||
	    EVP_CIPHER_CTX_set_padding(w->ecb, 0) != 1) {
		cred_worker_free(w);
		return fg_fail(reterr, FG_E_CRYPTO, "cred.worker", NULL, "cannot prepare ciphers");
	}
	*ret = w;
	return FG_OK;
}

void
cred_worker_free(struct cred_worker *w)
{
	if (w == NULL)
		return;
	EVP_CIPHER_CTX_free(w->ecb);
	EVP_CIPHER_CTX_free(w->seal);
	EVP_CIPHER_CTX_free(w->open);
	cred_wipe(w->pool, sizeof(w->pool));
	free(w);
}

/* RFC 5869 with SHA-256: not on the request path. */
bool
crypt_hkdf(const uint8_t root[CRED_KEY_BYTES], struct fg_str salt, struct fg_str info, uint8_t *out,
    size_t n)
{
	char digest[] = "SHA256";
	uint8_t ikm[CRED_KEY_BYTES];
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	OSSL_PARAM param[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, ikm, sizeof(ikm)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt.p,
		    salt.n),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)info.p,
		    info.n),
		OSSL_PARAM_construct_end(),
	};
	bool ok;

	memcpy(ikm, root, sizeof(ikm));
	ok = ctx != NULL && EVP_KDF_derive(ctx, out, n, param) == 1;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	cred_wipe(ikm, sizeof(ikm));
	return ok;
}

/* One or two blocks under the raw key. */
static bool
blocks(struct cred_worker *w, const uint8_t *key, const uint8_t *in, int n, uint8_t *out)
{
	int len = 0;

	return EVP_EncryptInit_ex2(w->ecb, NULL, key, NULL, NULL) == 1 &&
	    EVP_EncryptUpdate(w->ecb, out, &len, in, n) == 1 && len == n;
}

/*= c2sp XAES-256-GCM, steps 1 and 2
 *# If MSB(L) = 0, then K1 = L << 1; Else K1 = (L << 1) xor (0x00, ..., 0x00, 0b10000111) */
bool
xaes_prepare(struct cred_worker *w, const uint8_t k[CRED_KEY_BYTES], struct cred_xkey *ret)
{
	static const uint8_t zero[16];
	uint8_t l[16];
	uint8_t msb;

	if (!blocks(w, k, zero, 16, l))
		return false;
	msb = (uint8_t)(0 - (l[0] >> 7)); /* a mask: no branch on key bits */
	for (size_t i = 0; i < 16; i++)
		ret->k1[i] = (uint8_t)((l[i] << 1) | (i < 15 ? l[i + 1] >> 7 : 0));
	ret->k1[15] = (uint8_t)(ret->k1[15] ^ (msb & 0x87));
	memcpy(ret->k, k, CRED_KEY_BYTES);
	cred_wipe(l, sizeof(l));
	return true;
}

/* Steps 3 to 5: the key of one message. */
static bool
message_key(struct cred_worker *w, const struct cred_xkey *key, const uint8_t *nonce,
    uint8_t out[CRED_KEY_BYTES])
{
	uint8_t m[32] = { 0, 1, 'X', 0 };

	m[17] = 2;
	m[18] = 'X';
	memcpy(m + 4, nonce, 12);
	memcpy(m + 20, nonce, 12);
	for (size_t i = 0; i < 32; i++)
		m[i] = (uint8_t)(m[i] ^ key->k1[i & 15]);
	return blocks(w, key->k, m, 32, out);
}

static bool
put_aad(EVP_CIPHER_CTX *ctx, const struct fg_str *aad, size_t n)
{
	int len;

	for (size_t i = 0; i < n; i++)
		if (aad[i].n > INT_MAX ||
		    (aad[i].n != 0 &&
		        EVP_CipherUpdate(ctx, NULL, &len, (const unsigned char *)aad[i].p,
		            (int)aad[i].n) != 1))
			return false;
	return true;
}

bool
xaes_seal(struct cred_worker *w, const struct cred_xkey *key, const uint8_t nonce[CRED_NONCE_BYTES],
    const struct fg_str *aad, size_t aad_n, struct fg_str plain, uint8_t *out)
{
	uint8_t mk[CRED_KEY_BYTES];
	int len = 0, last = 0;
	bool ok;

	if (plain.n > INT_MAX)
		return false;
	ok = message_key(w, key, nonce, mk) &&
	    EVP_EncryptInit_ex2(w->seal, NULL, mk, nonce + 12, NULL) == 1 &&
	    put_aad(w->seal, aad, aad_n) &&
	    (plain.n == 0 ||
	        EVP_EncryptUpdate(w->seal, out, &len, (const unsigned char *)plain.p,
	            (int)plain.n) == 1) &&
	    EVP_EncryptFinal_ex(w->seal, out + len, &last) == 1 &&
	    (size_t)len + (size_t)last == plain.n &&
	    EVP_CIPHER_CTX_ctrl(w->seal, EVP_CTRL_AEAD_GET_TAG, CRED_TAG_BYTES,
	        out + plain.n) == 1;
	cred_wipe(mk, sizeof(mk));
	return ok;
}

bool
xaes_open(struct cred_worker *w, const struct cred_xkey *key, const uint8_t nonce[CRED_NONCE_BYTES],
    const struct fg_str *aad, size_t aad_n, struct fg_str sealed, uint8_t *out)
{
	uint8_t mk[CRED_KEY_BYTES], tag[CRED_TAG_BYTES];
	size_t n = sealed.n - CRED_TAG_BYTES;
	int len = 0, last = 0;
	bool ok;

	if (sealed.n < CRED_TAG_BYTES || n > INT_MAX)
		return false;
	memcpy(tag, sealed.p + n, sizeof(tag));
	ok = message_key(w, key, nonce, mk) &&
	    EVP_DecryptInit_ex2(w->open, NULL, mk, nonce + 12, NULL) == 1 &&
	    put_aad(w->open, aad, aad_n) &&
	    (n == 0 || EVP_DecryptUpdate(w->open, out, &len, (const unsigned char *)sealed.p,
	                   (int)n) == 1) &&
	    EVP_CIPHER_CTX_ctrl(w->open, EVP_CTRL_AEAD_SET_TAG, CRED_TAG_BYTES, tag) == 1 &&
	    EVP_DecryptFinal_ex(w->open, out + len, &last) == 1 &&
	    (size_t)len + (size_t)last == n;
	cred_wipe(mk, sizeof(mk));
	if (!ok)
		cred_wipe(out, n);
	return ok;
}
