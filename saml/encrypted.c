/*
 * saml/encrypted.c - EncryptedAssertion: which algorithms, which octets (XML-Enc 1.1).
 *
 * What is read here is public; the refusals of this file tell nothing about a key or a
 * plaintext.  EncryptedKey stands inside EncryptedData's KeyInfo, or beside EncryptedData.
 */
#include "saml/saml_int.h"

#define ENC "http://www.w3.org/2001/04/xmlenc#"
#define ENC11 "http://www.w3.org/2009/xmlenc11#"
#define DS "http://www.w3.org/2000/09/xmldsig#"

static enum fg_rc
shape(struct fg_err *reterr, const char *what)
{
	return saml_refuse(reterr, "saml.encrypted.shape", "%s", what);
}

struct hash_uri {
	struct fg_str uri;
	enum crypto_hash hash;
};

static const struct hash_uri oaep_digests[] = {
	{ FG_LIT(DS "sha1"), CRYPTO_SHA1 },
	{ FG_LIT(ENC "sha256"), CRYPTO_SHA256 },
	{ FG_LIT("http://www.w3.org/2001/04/xmldsig-more#sha384"), CRYPTO_SHA384 },
	{ FG_LIT(ENC "sha384"), CRYPTO_SHA384 },
	{ FG_LIT(ENC "sha512"), CRYPTO_SHA512 },
};

static const struct hash_uri oaep_masks[] = {
	{ FG_LIT(ENC11 "mgf1sha1"), CRYPTO_SHA1 },
	{ FG_LIT(ENC11 "mgf1sha224"), CRYPTO_SHA224 },
	{ FG_LIT(ENC11 "mgf1sha256"), CRYPTO_SHA256 },
	{ FG_LIT(ENC11 "mgf1sha384"), CRYPTO_SHA384 },
	{ FG_LIT(ENC11 "mgf1sha512"), CRYPTO_SHA512 },
};

static bool
hash_find(const struct hash_uri *table, size_t n, struct fg_str uri, enum crypto_hash *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (fg_eq(table[i].uri, uri)) {
			*ret = table[i].hash;
			return true;
		}
	}
	return false;
}

/* Algorithm attribute of an element. */
static enum fg_rc
algorithm(struct fg_arena *a, const struct xml_node *n, struct fg_str *ret, struct fg_err *reterr)
{
	if (n == NULL)
		return shape(reterr, "no EncryptionMethod");
	if (!attr_get(a, n, FG_LIT("Algorithm"), ret))
		return saml_no_memory(reterr);
	return ret->n > 0 ? FG_OK : shape(reterr, "method without Algorithm");
}

static enum fg_rc
not_accepted(struct fg_err *reterr, struct fg_str uri)
{
	return saml_refuse(reterr, "saml.encrypted.algorithm", "algorithm %.*s", FG_PRI(uri));
}

/* Base64 that is the one text of an element. */
static enum fg_rc
octets(struct fg_arena *a, const struct xml_node *n, struct fg_str *ret, struct fg_err *reterr)
{
	enum fg_rc rc = saml_base64_text(a, n, ret);

	if (rc == FG_E_NOMEM)
		return saml_no_memory(reterr);
	return rc == FG_OK ? FG_OK : shape(reterr, "value is empty, not base64, or not one text");
}

/* CipherData with a CipherValue; a CipherReference would be a fetch. */
static enum fg_rc
cipher_value(struct fg_arena *a, const struct xml_node *n, struct fg_str *ret,
    struct fg_err *reterr)
{
	const struct xml_node *data = xml_child(n, XML_NS_XENC, FG_LIT("CipherData"));
	const struct xml_node *value = data == NULL ? NULL : xml_first(data);

	if (!xml_is(value, XML_NS_XENC, FG_LIT("CipherValue")) || xml_next(value) != NULL)
		return shape(reterr, "CipherData is not one CipherValue");
	return octets(a, value, ret, reterr);
}

static enum fg_rc
oaep_parameter(struct fg_arena *a, const struct xml_node *c, bool mgf_is_open,
    struct crypto_wrap *ret, struct fg_err *reterr)
{
	struct fg_str uri;

	if (xml_is(c, XML_NS_XENC, FG_LIT("OAEPparams")))
		return octets(a, c, &ret->label, reterr);
	FG_TRY(algorithm(a, c, &uri, reterr));
	if (xml_is(c, XML_NS_DS, FG_LIT("DigestMethod")) &&
	    hash_find(oaep_digests, FG_COUNT(oaep_digests), uri, &ret->hash))
		return FG_OK;
	if (mgf_is_open && xml_is(c, XML_NS_XENC11, FG_LIT("MGF")) &&
	    hash_find(oaep_masks, FG_COUNT(oaep_masks), uri, &ret->mgf))
		return FG_OK;
	return not_accepted(reterr, uri);
}

/* How the content key was wrapped.  Without parameters OAEP means SHA-1 twice. */
static enum fg_rc
read_transport(struct fg_arena *a, const struct xml_node *method, struct crypto_wrap *ret,
    struct fg_err *reterr)
{
	struct fg_str uri;
	bool newer;

	*ret = (struct crypto_wrap){ .transport = CRYPTO_OAEP, .hash = CRYPTO_SHA1,
		.mgf = CRYPTO_SHA1 };
	FG_TRY(algorithm(a, method, &uri, reterr));
	if (fg_eq(uri, FG_LIT(ENC "rsa-1_5"))) {
		ret->transport = CRYPTO_RSA15;
		return FG_OK;
	}
	newer = fg_eq(uri, FG_LIT(ENC11 "rsa-oaep"));
	if (!newer && !fg_eq(uri, FG_LIT(ENC "rsa-oaep-mgf1p")))
		return not_accepted(reterr, uri);
	for (const struct xml_node *c = xml_first(method); c != NULL; c = xml_next(c))
		FG_TRY(oaep_parameter(a, c, newer, ret, reterr));
	return FG_OK;
}

/* The one EncryptedKey: in the KeyInfo of the data, or beside it. */
static enum fg_rc
find_key(const struct xml_node *encrypted, const struct xml_node *data,
    const struct xml_node **ret, struct fg_err *reterr)
{
	const struct xml_node *info = xml_child(data, XML_NS_DS, FG_LIT("KeyInfo"));
	const struct xml_node *holders[2] = { info, encrypted };
	const struct xml_node *found = NULL;

	for (size_t i = 0; i < 2; i++) {
		const struct xml_node *c = holders[i] == NULL ? NULL : xml_first(holders[i]);

		for (; c != NULL; c = xml_next(c)) {
			if (!xml_is(c, XML_NS_XENC, FG_LIT("EncryptedKey")))
				continue;
			if (found != NULL)
				return shape(reterr, "second EncryptedKey");
			found = c;
		}
	}
	if (found == NULL)
		return shape(reterr, "no EncryptedKey");
	*ret = found;
	return FG_OK;
}

static enum fg_rc
find_data(const struct xml_node *encrypted, const struct xml_node **ret, struct fg_err *reterr)
{
	const struct xml_node *data = NULL;

	for (const struct xml_node *c = xml_first(encrypted); c != NULL; c = xml_next(c)) {
		if (xml_is(c, XML_NS_XENC, FG_LIT("EncryptedData"))) {
			if (data != NULL)
				return shape(reterr, "second EncryptedData");
			data = c;
		} else if (!xml_is(c, XML_NS_XENC, FG_LIT("EncryptedKey"))) {
			return shape(reterr, "unknown child of EncryptedAssertion");
		}
	}
	if (data == NULL || !xml_blank(encrypted))
		return shape(reterr, "no EncryptedData, or text beside it");
	*ret = data;
	return FG_OK;
}

enum fg_rc
encrypted_read(struct fg_arena *a, const struct xml_node *encrypted, struct envelope *ret,
    struct fg_err *reterr)
{
	const struct xml_node *data, *key;
	struct fg_str uri, type;

	FG_TRY(find_data(encrypted, &data, reterr));
	FG_TRY(find_key(encrypted, data, &key, reterr));
	if (!attr_get(a, data, FG_LIT("Type"), &type))
		return saml_no_memory(reterr);
	if (!fg_str_null(type) && !fg_eq(type, FG_LIT(ENC "Element")))
		return shape(reterr, "EncryptedData is not an element");
	FG_TRY(algorithm(a, xml_child(data, XML_NS_XENC, FG_LIT("EncryptionMethod")), &uri, reterr));
	if ((ret->cipher = crypto_cipher_find(uri)) == NULL)
		return not_accepted(reterr, uri);
	FG_TRY(read_transport(a, xml_child(key, XML_NS_XENC, FG_LIT("EncryptionMethod")), &ret->wrap,
	    reterr));
	FG_TRY(cipher_value(a, key, &ret->wrapped, reterr));
	return cipher_value(a, data, &ret->data, reterr);
}
