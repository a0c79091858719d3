/*
 * tests/saml/forge_crypt.c - signing and encrypting of forge.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "tests/saml/forge_int.h"


/* ---- keys ---- */

static EVP_PKEY *
private_key(struct fg_arena *a, const char *name)
{
	static EVP_PKEY *last;
	static char last_name[64];
	struct fg_str pem;
	BIO *b;

	if (last == NULL || strcmp(last_name, name) != 0) {
		EVP_PKEY_free(last);
		pem = forge_file(a, name);
		b = BIO_new_mem_buf(pem.p, (int)pem.n);
		last = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);
		BIO_free(b);
		(void)snprintf(last_name, sizeof(last_name), "%s", name);
	}
	if (last == NULL || EVP_PKEY_up_ref(last) != 1)
		forge_die(name);
	return last;
}

static EVP_PKEY *
cert_key(struct fg_arena *a, const char *name)
{
	struct fg_str pem = forge_file(a, name);
	BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *x = PEM_read_bio_X509(b, NULL, NULL, NULL);
	EVP_PKEY *k = x == NULL ? NULL : X509_get_pubkey(x);

	BIO_free(b);
	X509_free(x);
	if (k == NULL)
		forge_die(name);
	return k;
}

/* ---- signing ---- */

static struct fg_str
signed_info(struct fg_arena *a, const struct forge_alg *alg, struct fg_str id,
    struct fg_str digest)
{
	struct fg_buf b = FG_BUF_ARENA(a, 65536);

	if (alg->uri != NULL)
		id = fg_str_z(alg->uri);
	fg_buf_fmt(&b, "<ds:SignedInfo xmlns:ds=\"" DS_NS "\"><ds:CanonicalizationMethod Algorithm=\"%s\">"
	    "</ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"%s\">"
	    "</ds:SignatureMethod><ds:Reference URI=\"%s%.*s\"><ds:Transforms>"
	    "<ds:Transform Algorithm=\"" DS_NS "enveloped-signature\"></ds:Transform>"
	    "<ds:Transform Algorithm=\"" EXC "\">",
	    alg->c14n == NULL ? EXC : alg->c14n,
	    alg->signature == NULL ? "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
				   : alg->signature, alg->uri == NULL ? "#" : "", FG_PRI(id));
	if (alg->prefixes != NULL)
		fg_buf_fmt(&b, "<ec:InclusiveNamespaces xmlns:ec=\"" EXC "\" PrefixList=\"%s\">"
		    "</ec:InclusiveNamespaces>", alg->prefixes);
	fg_buf_fmt(&b, "</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm=\"%s\">"
	    "</ds:DigestMethod><ds:DigestValue>",
	    alg->digest == NULL ? ENC_NS "sha256" : alg->digest);
	fg_buf_base64(&b, digest);
	fg_buf_put(&b, FG_LIT("</ds:DigestValue></ds:Reference></ds:SignedInfo>"));
	return forge_end(&b);
}

static const char *
hash_of(const char *uri, const char *otherwise)
{
	static const char *const names[][2] = { { "sha1", "SHA1" }, { "sha256", "SHA256" },
		{ "sha384", "SHA384" }, { "sha512", "SHA512" } };

	for (size_t i = 0; uri != NULL && i < FG_COUNT(names); i++) {
		if (strstr(uri, names[i][0]) != NULL)
			return names[i][1];
	}
	return otherwise;
}

static struct fg_str
digest(struct fg_arena *a, const char *name, struct fg_str octets)
{
	unsigned char out[64];
	size_t n = 0;
	struct fg_str s;

	if (EVP_Q_digest(NULL, name, NULL, octets.p, octets.n, out, &n) != 1)
		forge_die("digest");
	s = fg_arena_dup(a, fg_str(out, n));
	return s;
}

/* DER of ECDSA -> r || s. */
static struct fg_str
raw_ecdsa(struct fg_arena *a, const unsigned char *der, size_t n, size_t half)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
	unsigned char *out = fg_arena_alloc(a, 2 * half);

	if (sig == NULL || out == NULL || BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, (int)half) < 0 ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + half, (int)half) < 0)
		forge_die("ecdsa");
	ECDSA_SIG_free(sig);
	return fg_str(out, 2 * half);
}

static struct fg_str
sign_octets(struct fg_arena *a, const struct forge_alg *alg, struct fg_str octets)
{
	EVP_PKEY *k = private_key(a, alg->key == NULL ? "idp.key" : alg->key);
	EVP_PKEY_CTX *x = NULL;
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	unsigned char out[1024];
	size_t n = sizeof(out);
	bool pss = alg->signature != NULL && strstr(alg->signature, "MGF1") != NULL;
	struct fg_str s;

	if (EVP_DigestSignInit_ex(m, &x, hash_of(alg->signature, "SHA256"), NULL, NULL, k, NULL) != 1 ||
	    (pss && (EVP_PKEY_CTX_set_rsa_padding(x, RSA_PKCS1_PSS_PADDING) != 1 ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(x, RSA_PSS_SALTLEN_DIGEST) != 1)) ||
	    EVP_DigestSign(m, out, &n, (const unsigned char *)octets.p, octets.n) != 1)
		forge_die("sign");
	s = EVP_PKEY_is_a(k, "EC")
	    ? raw_ecdsa(a, out, n, ((size_t)EVP_PKEY_get_bits(k) + 7) / 8)
	    : fg_arena_dup(a, fg_str(out, n));
	EVP_MD_CTX_free(m);
	EVP_PKEY_free(k);
	return s;
}

/* Certificate text of a key's file ("idp.key" -> "idp.crt"), base64 in one line. */
static void
put_key_info(struct fg_arena *a, struct fg_buf *b, const struct forge_alg *alg)
{
	char name[64];
	struct fg_str pem, der[1];
	struct fg_err err = { .rc = FG_OK };
	size_t n = 0;

	(void)snprintf(name, sizeof(name), "%s", alg->key == NULL ? "idp.key" : alg->key);
	memcpy(name + strlen(name) - 3, "crt", 3);
	pem = forge_file(a, name);
	if (saml_pem_read(a, pem, der, 1, &n, &err) != FG_OK)
		forge_die(name);
	fg_buf_put(b, FG_LIT("<ds:KeyInfo><ds:X509Data><ds:X509Certificate>"));
	fg_buf_base64(b, der[0]);
	fg_buf_put(b, FG_LIT("</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"));
}

static const struct xml_node *
element(const struct xml_doc *doc, bool response)
{
	if (response || xml_is(doc->root, XML_NS_SAML, FG_LIT("Assertion")))
		return doc->root;
	return xml_child(doc->root, XML_NS_SAML, FG_LIT("Assertion"));
}

/* Where the source of an element ends. */
static size_t
end_of(const struct xml_doc *doc, const struct xml_node *n)
{
	return (size_t)(n->p - doc->src.p) + n->n;
}

static struct fg_str
without_signature(struct fg_arena *a, struct fg_str xml, bool response)
{
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);
	struct fg_err err = { .rc = FG_OK };
	const struct xml_node *of, *sig;
	struct fg_buf b = FG_BUF_ARENA(a, 4u * 1024 * 1024);
	size_t from;

	if (xml_parse(a, xml, doc, &err) != FG_OK)
		forge_die(err.text);
	of = element(doc, response);
	sig = xml_child(of, XML_NS_DS, FG_LIT("Signature"));
	if (sig == NULL)
		return xml;
	from = (size_t)(sig->p - xml.p) - 1;
	fg_buf_put(&b, fg_sub(xml, 0, from));
	fg_buf_put(&b, fg_sub(xml, end_of(doc, sig), xml.n));
	return forge_end(&b);
}

struct fg_str
forge_sign(struct fg_arena *a, struct fg_str xml, bool response, const struct forge_alg *alg)
{
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);
	struct fg_buf b = FG_BUF_ARENA(a, 4u * 1024 * 1024);
	struct xml_prefixes prefixes = { .n = 0 };
	struct fg_err err = { .rc = FG_OK };
	struct fg_str octets, info, id, list = fg_str_z(alg->prefixes == NULL ? "" : alg->prefixes);
	const struct xml_node *of, *issuer;
	size_t at;

	xml = without_signature(a, xml, response);
	if (xml_parse(a, xml, doc, &err) != FG_OK)
		forge_die(err.text);
	of = element(doc, response);
	while (list.n > 0) {
		(void)fg_cut(list, ' ', &prefixes.prefix[prefixes.n], &list);
		if (fg_eq(prefixes.prefix[prefixes.n], FG_LIT("#default")))
			prefixes.prefix[prefixes.n] = FG_LIT("");
		prefixes.n++;
	}
	if (xml_c14n(a, of, NULL, &prefixes, &octets, &err) != FG_OK || !attr_get(a, of, FG_LIT("ID"), &id))
		forge_die("c14n");
	info = signed_info(a, alg, id, digest(a, hash_of(alg->digest, "SHA256"), octets));
	issuer = xml_child(of, XML_NS_SAML, FG_LIT("Issuer"));
	at = alg->last || issuer == NULL ? 0 : end_of(doc, issuer);
	if (at == 0) /* before the end tag of the element */
		for (at = end_of(doc, of) - 1; xml.p[at] != '<';)
			at--;
	fg_buf_put(&b, fg_sub(xml, 0, at));
	fg_buf_put(&b, FG_LIT("<ds:Signature xmlns:ds=\"" DS_NS "\">"));
	/* the octets declare ds themselves; in the document Signature does */
	fg_buf_put(&b, forge_replace(a, info, FG_LIT(" xmlns:ds=\"" DS_NS "\""), FG_LIT("")));
	fg_buf_put(&b, FG_LIT("<ds:SignatureValue>"));
	fg_buf_base64(&b, sign_octets(a, alg, info));
	fg_buf_put(&b, FG_LIT("</ds:SignatureValue>"));
	if (!alg->no_key_info)
		put_key_info(a, &b, alg);
	fg_buf_put(&b, FG_LIT("</ds:Signature>"));
	fg_buf_put(&b, fg_sub(xml, at, xml.n));
	return forge_end(&b);
}

/* ---- encryption ---- */

static struct fg_str
encrypt_octets(struct fg_arena *a, const struct forge_cipher *e, const unsigned char key[32],
    struct fg_str plain)
{
	bool gcm = strstr(e->cipher, "gcm") != NULL;
	char name[16] = "AES-256-CBC";
	size_t iv_n = gcm ? 12 : 16, n = plain.n, pad = gcm ? 0 : 16 - plain.n % 16;
	unsigned char *out = fg_arena_alloc(a, n + 64);
	char *in = fg_arena_alloc(a, n + 32);
	EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
	EVP_CIPHER *c;
	int done = 0, last = 0;

	memcpy(name + 4, e->cipher + 3, 3);
	memcpy(name + 8, gcm ? "GCM" : "CBC", 3);
	c = EVP_CIPHER_fetch(NULL, name, NULL);
	memset(out, 0x5a, iv_n);
	memcpy(in, plain.p, n);
	memset(in + n, 0xee, pad);
	if (pad > 0)
		in[n + pad - 1] = (char)(e->pad > 0 ? e->pad - 1 : pad);
	if (c == NULL || EVP_EncryptInit_ex2(x, c, key, out, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(x, 0) != 1 ||
	    EVP_EncryptUpdate(x, out + iv_n, &done, (unsigned char *)in, (int)(n + pad)) != 1 ||
	    EVP_EncryptFinal_ex(x, out + iv_n + done, &last) != 1 ||
	    (gcm && EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_AEAD_GET_TAG, 16, out + iv_n + n) != 1))
		forge_die("encrypt");
	EVP_CIPHER_free(c);
	EVP_CIPHER_CTX_free(x);
	n = iv_n + n + pad + (gcm ? 16 : 0);
	if (e->truncate)
		n -= 16;
	if (e->flip > 0)
		out[(e->flip - 1) % n] ^= 1;
	return fg_str(out, n);
}

static struct fg_str
wrap_key(struct fg_arena *a, const struct forge_cipher *e, const unsigned char *key, size_t key_n)
{
	EVP_PKEY *k = cert_key(a, e->cert == NULL ? "sp.crt" : e->cert);
	EVP_PKEY_CTX *x = EVP_PKEY_CTX_new_from_pkey(NULL, k, NULL);
	unsigned char out[512];
	size_t n = sizeof(out);
	bool rsa15 = e->transport == FORGE_RSA15;
	const char *md = e->transport == FORGE_OAEP_SHA1 ? "SHA1" : "SHA256";
	const char *mgf = e->transport == FORGE_OAEP11_SHA256 ? "SHA256" : "SHA1";
	struct fg_str s;

	if (EVP_PKEY_encrypt_init(x) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(x, rsa15 ? RSA_PKCS1_PADDING : RSA_PKCS1_OAEP_PADDING) != 1 ||
	    (!rsa15 && (EVP_PKEY_CTX_set_rsa_oaep_md_name(x, md, NULL) != 1 ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md_name(x, mgf, NULL) != 1)) ||
	    EVP_PKEY_encrypt(x, out, &n, key, key_n) != 1)
		forge_die("wrap");
	EVP_PKEY_CTX_free(x);
	EVP_PKEY_free(k);
	s = fg_arena_dup(a, fg_str(out, n));
	return s;
}

static void
put_encrypted_key(struct fg_buf *b, const struct forge_cipher *e, struct fg_str wrapped)
{
	static const char *const uri[] = { ENC_NS "rsa-oaep-mgf1p", ENC_NS "rsa-oaep-mgf1p",
		ENC11_NS "rsa-oaep", ENC_NS "rsa-1_5" };

	fg_buf_fmt(b, "<xenc:EncryptedKey xmlns:xenc=\"" ENC_NS "\" Id=\"_k1\"><xenc:EncryptionMethod "
	    "Algorithm=\"%s\">", uri[e->transport]);
	if (e->transport != FORGE_RSA15 && !e->no_digest)
		fg_buf_fmt(b, "<ds:DigestMethod xmlns:ds=\"" DS_NS "\" Algorithm=\"%s\"/>",
		    e->transport == FORGE_OAEP_SHA1 ? DS_NS "sha1" : ENC_NS "sha256");
	if (e->transport == FORGE_OAEP11_SHA256)
		fg_buf_put(b, FG_LIT("<x11:MGF xmlns:x11=\"" ENC11_NS "\" Algorithm=\"" ENC11_NS
		    "mgf1sha256\"/>"));
	fg_buf_put(b, FG_LIT("</xenc:EncryptionMethod><xenc:CipherData><xenc:CipherValue>"));
	fg_buf_base64(b, wrapped);
	fg_buf_put(b, FG_LIT("</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>"));
}

void
forge_put_encrypted(struct fg_arena *a, struct fg_buf *b, const struct forge_cipher *e,
    struct fg_str assertion)
{
	static const unsigned char key[32] = "0123456789abcdef0123456789abcdef";
	/* "aes192-gcm": the second digit tells */
	size_t key_n = e->cipher[4] == '2' ? 16 : e->cipher[4] == '9' ? 24 : 32; /* aes128-, aes256-, aes192- */
	struct fg_str data = encrypt_octets(a, e, key, assertion);
	struct fg_str wrapped = wrap_key(a, e, key, key_n);

	fg_buf_fmt(b, "<saml:EncryptedAssertion xmlns:saml=\"" SAML_NS "\"><xenc:EncryptedData "
	    "xmlns:xenc=\"" ENC_NS "\" Type=\"" ENC_NS "Element\"><xenc:EncryptionMethod "
	    "Algorithm=\"%s%s\"/><ds:KeyInfo xmlns:ds=\"" DS_NS "\">",
	    strstr(e->cipher, "gcm") != NULL ? ENC11_NS : ENC_NS, e->cipher);
	if (e->beside)
		fg_buf_put(b, FG_LIT("<ds:RetrievalMethod Type=\"" ENC_NS "EncryptedKey\" URI=\"#_k1\"/>"));
	else
		put_encrypted_key(b, e, wrapped);
	fg_buf_put(b, FG_LIT("</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>"));
	fg_buf_base64(b, data);
	fg_buf_put(b, FG_LIT("</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>"));
	if (e->beside)
		put_encrypted_key(b, e, wrapped);
	fg_buf_put(b, FG_LIT("</saml:EncryptedAssertion>"));
}

