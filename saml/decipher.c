/*
 * saml/decipher.c - private keys, key transport and content ciphers on EVP.
 *
 * Everything that goes wrong here looks the same from outside: false.  Which padding, which
 * tag, which length was wrong is what padding oracles are made of.
 */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "saml/crypto_int.h"
#include "saml/saml.h"
#include "saml/xml_int.h"

#define ENC "http://www.w3.org/2001/04/xmlenc#"
#define ENC11 "http://www.w3.org/2009/xmlenc11#"

enum { RSA_BYTES_MAX = 3072 / 8, GCM_IV = 12, GCM_TAG = 16, CBC_BLOCK = 16, KEY_MAX = 32 };

static const struct crypto_cipher ciphers[] = {
	{ FG_LIT(ENC "aes128-cbc"), "AES-128-CBC", 16, false },
	{ FG_LIT(ENC "aes192-cbc"), "AES-192-CBC", 24, false },
	{ FG_LIT(ENC "aes256-cbc"), "AES-256-CBC", 32, false },
	{ FG_LIT(ENC11 "aes128-gcm"), "AES-128-GCM", 16, true },
	{ FG_LIT(ENC11 "aes192-gcm"), "AES-192-GCM", 24, true },
	{ FG_LIT(ENC11 "aes256-gcm"), "AES-256-GCM", 32, true },
};

const struct crypto_cipher *
crypto_cipher_find(struct fg_str uri)
{
	for (size_t i = 0; i < FG_COUNT(ciphers); i++) {
		if (fg_eq(ciphers[i].uri, uri))
			return &ciphers[i];
	}
	return NULL;
}

/* ---- private keys ---- */

static void
bio_freep(BIO **b)
{
	BIO_free(*b);
}

/* A passphrase is never asked for. */
static int
no_passphrase(char *buf, int size, int rwflag, void *u)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)u;
	return -1;
}

enum fg_rc
crypto_private_init(struct crypto_private *k, struct fg_str pem, struct fg_err *reterr)
{
	FG_AUTO(bio_freep) BIO *b = BIO_new_mem_buf(pem.p, (int)(pem.n > 16384 ? 0 : pem.n));

	*k = (struct crypto_private){ .pkey = NULL };
	if (b == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "saml.encrypted.key", NULL, "private key");
	k->pkey = PEM_read_bio_PrivateKey(b, NULL, no_passphrase, NULL);
	ERR_clear_error();
	if (k->pkey == NULL || !EVP_PKEY_is_a(k->pkey, "RSA")) {
		crypto_private_done(k);
		return saml_refuse(reterr, "saml.encrypted.key", "not a plain RSA private key in PEM");
	}
	k->bits = (unsigned)EVP_PKEY_get_bits(k->pkey);
	if (k->bits < 2048 || k->bits > 3072) {
		crypto_private_done(k);
		return saml_refuse(reterr, "saml.encrypted.key",
		    "RSA private key is not 2048 to 3072 bits");
	}
	return FG_OK;
}

void
crypto_private_done(struct crypto_private *k)
{
	EVP_PKEY_free(k->pkey);
	*k = (struct crypto_private){ .pkey = NULL };
}

/* ---- key transport ---- */

static const char *
hash_name(enum crypto_hash h)
{
	static const char *const names[CRYPTO_HASH_MAX] = {
		[CRYPTO_SHA1] = "SHA1", [CRYPTO_SHA224] = "SHA2-224", [CRYPTO_SHA256] = "SHA2-256",
		[CRYPTO_SHA384] = "SHA2-384", [CRYPTO_SHA512] = "SHA2-512",
	};

	return names[h];
}

static void
ctx_freep(EVP_PKEY_CTX **c)
{
	EVP_PKEY_CTX_free(*c);
}

static bool
set_label(EVP_PKEY_CTX *x, struct fg_str label)
{
	unsigned char *copy;

	if (label.n == 0)
		return true;
	if ((copy = OPENSSL_memdup(label.p, label.n)) == NULL)
		return false;
	if (EVP_PKEY_CTX_set0_rsa_oaep_label(x, copy, (int)label.n) == 1)
		return true;
	OPENSSL_free(copy);
	return false;
}

/* Up to KEY_MAX bytes of content key; false unless exactly want of them came out. */
static bool
unwrap_oaep(const struct crypto_private *k, const struct crypto_wrap *w, struct fg_str wrapped,
    unsigned char key[KEY_MAX], size_t want)
{
	FG_AUTO(ctx_freep) EVP_PKEY_CTX *x = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	unsigned char out[RSA_BYTES_MAX];
	size_t n = sizeof(out);
	bool ok = x != NULL && EVP_PKEY_decrypt_init(x) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(x, RSA_PKCS1_OAEP_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md_name(x, hash_name(w->hash), NULL) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md_name(x, hash_name(w->mgf), NULL) == 1 &&
	    set_label(x, w->label) &&
	    EVP_PKEY_decrypt(x, out, &n, (const unsigned char *)wrapped.p, wrapped.n) == 1 &&
	    n == want;

	if (ok)
		memcpy(key, out, want);
	OPENSSL_cleanse(out, sizeof(out));
	return ok;
}

/* 0xff when v is zero, else 0, without a branch. */
static unsigned char
zero_mask(unsigned v)
{
	return (unsigned char)(((v | (0u - v)) >> 31) - 1u);
}

/*
 * EM = 00 02 (nonzero)* 00 key, where the length of key is known.  On any mismatch the
 * random key stays in place, in the same time (RFC 3218 2.3.2).
 */
static void
select_rsa15(const unsigned char *em, size_t em_n, unsigned char key[KEY_MAX], size_t want)
{
	unsigned char bad = (unsigned char)~zero_mask(em[0]);
	size_t end = em_n - want - 1;

	bad |= (unsigned char)~zero_mask((unsigned)em[1] ^ 2u);
	for (size_t i = 2; i < end; i++)
		bad |= zero_mask(em[i]);
	bad |= (unsigned char)~zero_mask(em[end]);
	for (size_t i = 0; i < want; i++)
		key[i] = (unsigned char)((key[i] & bad) | (em[end + 1 + i] & (unsigned char)~bad));
}

static bool
unwrap_rsa15(const struct crypto_private *k, struct fg_str wrapped, unsigned char key[KEY_MAX],
    size_t want)
{
	FG_AUTO(ctx_freep) EVP_PKEY_CTX *x = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	unsigned char em[RSA_BYTES_MAX];
	size_t n = sizeof(em);
	bool ok = x != NULL && RAND_bytes(key, KEY_MAX) == 1 && EVP_PKEY_decrypt_init(x) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(x, RSA_NO_PADDING) == 1 &&
	    EVP_PKEY_decrypt(x, em, &n, (const unsigned char *)wrapped.p, wrapped.n) == 1 &&
	    n == k->bits / 8;

	if (ok)
		select_rsa15(em, n, key, want);
	OPENSSL_cleanse(em, sizeof(em));
	return ok;
}

/* ---- content ---- */

static void
cipher_freep(EVP_CIPHER_CTX **c)
{
	EVP_CIPHER_CTX_free(*c);
}

static void
fetched_freep(EVP_CIPHER **c)
{
	EVP_CIPHER_free(*c);
}

/* iv || ciphertext || tag */
static bool
open_gcm(EVP_CIPHER_CTX *x, struct fg_str data, unsigned char *out, size_t *ret_n)
{
	size_t n = data.n - GCM_IV - GCM_TAG;
	const unsigned char *p = (const unsigned char *)data.p;
	unsigned char tag[GCM_TAG];
	int done = 0, last = 0;

	memcpy(tag, p + GCM_IV + n, GCM_TAG);
	if (EVP_DecryptUpdate(x, out, &done, p + GCM_IV, (int)n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_AEAD_SET_TAG, GCM_TAG, tag) != 1 ||
	    EVP_DecryptFinal_ex(x, out + done, &last) != 1)
		return false;
	*ret_n = (size_t)done;
	return true;
}

/* iv || blocks; the last byte tells how much of the last block is padding (XML-Enc 5.2) */
static bool
open_cbc(EVP_CIPHER_CTX *x, struct fg_str data, unsigned char *out, size_t *ret_n)
{
	const unsigned char *p = (const unsigned char *)data.p;
	size_t n = data.n - CBC_BLOCK;
	int done = 0, last = 0;

	if (EVP_CIPHER_CTX_set_padding(x, 0) != 1 ||
	    EVP_DecryptUpdate(x, out, &done, p + CBC_BLOCK, (int)n) != 1 ||
	    EVP_DecryptFinal_ex(x, out + done, &last) != 1 || (size_t)done + (size_t)last != n)
		return false;
	if (out[n - 1] == 0 || out[n - 1] > CBC_BLOCK)
		return false;
	*ret_n = n - out[n - 1];
	return true;
}

static bool
decipher(const struct crypto_cipher *cipher, const unsigned char *key, struct fg_str data,
    unsigned char *out, struct fg_str *ret)
{
	FG_AUTO(fetched_freep) EVP_CIPHER *c = EVP_CIPHER_fetch(NULL, cipher->name, NULL);
	FG_AUTO(cipher_freep) EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
	size_t n = 0;
	bool fits = cipher->gcm ? data.n > GCM_IV + GCM_TAG
				: data.n >= 2 * CBC_BLOCK && data.n % CBC_BLOCK == 0;

	if (c == NULL || x == NULL || !fits ||
	    EVP_DecryptInit_ex2(x, c, key, (const unsigned char *)data.p, NULL) != 1 ||
	    !(cipher->gcm ? open_gcm(x, data, out, &n) : open_cbc(x, data, out, &n)))
		return false;
	*ret = fg_str(out, n);
	return true;
}

bool
crypto_open(const struct crypto_private *k, const struct crypto_wrap *w,
    const struct crypto_cipher *cipher, struct fg_str wrapped, struct fg_str data,
    unsigned char *out, struct fg_str *ret)
{
	unsigned char key[KEY_MAX];
	bool ok = wrapped.n == (k->bits + 7) / 8 &&
	    (w->transport == CRYPTO_RSA15 ? unwrap_rsa15(k, wrapped, key, cipher->key_n)
					  : unwrap_oaep(k, w, wrapped, key, cipher->key_n));

	ok = ok && decipher(cipher, key, data, out, ret);
	OPENSSL_cleanse(key, sizeof(key));
	ERR_clear_error();
	return ok;
}
