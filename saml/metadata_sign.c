/*
 * saml/metadata_sign.c - the signature of a metadata document, by a key the operator pinned.
 *
 * The profile is that of Responses (R8, R9): enveloped and exclusive C14N, one Reference to the
 * root's ID.  libxml2 canonicalises, since such documents hold comments and run to 10 MB.
 */
#include <libxml/c14n.h>

#include "saml/metadata_int.h"

#define EXCLUSIVE "http://www.w3.org/2001/10/xml-exc-c14n#"

static enum fg_rc
bad(struct fg_err *reterr, const char *what)
{
	return saml_refuse(reterr, "saml.metadata.signature", "%s", what);
}

/* Exclusive canonical form of a whole tree, copied into the arena. */
static enum fg_rc
canonical(struct fg_arena *a, xmlDoc *doc, const struct xml_prefixes *prefixes,
    struct fg_str *ret, struct fg_err *reterr)
{
	xmlChar *list[FG_LIMIT_SAML_PREFIXES + 1] = { NULL }, *out = NULL;
	int n;

	for (unsigned i = 0; prefixes != NULL && i < prefixes->n; i++) {
		struct fg_str p = prefixes->prefix[i].n == 0 ? FG_LIT("#default") : prefixes->prefix[i];
		struct fg_str z = fg_arena_dup(a, p);

		if (fg_str_null(z))
			return saml_no_memory(reterr);
		list[i] = (xmlChar *)(uintptr_t)z.p;
	}
	n = xmlC14NDocDumpMemory(doc, NULL, XML_C14N_EXCLUSIVE_1_0, list, 0, &out);
	if (n <= 0) {
		xmlFree(out);
		return bad(reterr, "canonical form is empty or failed");
	}
	*ret = fg_arena_dup(a, fg_str(out, (size_t)n));
	xmlFree(out);
	return fg_str_null(*ret) ? saml_no_memory(reterr) : FG_OK;
}

static enum fg_rc
signed_info_octets(struct fg_arena *a, xmlNode *info, struct fg_str *ret, struct fg_err *reterr)
{
	const xmlNode *method = metadata_child(info, DS, "CanonicalizationMethod");
	struct fg_str uri = FG_STR_NULL;
	xmlNode *copy;
	xmlDoc *doc;
	enum fg_rc rc;

	if (method != NULL && !metadata_attr(a, method, "Algorithm", &uri))
		return saml_no_memory(reterr);
	if (!fg_eq(uri, FG_LIT(EXCLUSIVE)))
		return bad(reterr, "SignedInfo is not in exclusive C14N");
	doc = xmlNewDoc((const xmlChar *)"1.0");
	copy = doc == NULL ? NULL : xmlDocCopyNode(info, doc, 1);
	if (copy == NULL) {
		xmlFreeDoc(doc);
		return fg_fail(reterr, FG_E_NOMEM, "saml.metadata.signature", NULL, "SignedInfo");
	}
	(void)xmlDocSetRootElement(doc, copy);
	rc = canonical(a, doc, NULL, ret, reterr);
	xmlFreeDoc(doc);
	return rc;
}

struct check {
	struct crypto crypto;
	struct crypto_key key;
	struct fg_str info;  /* octets of SignedInfo */
	struct fg_str value; /* of the signature */
	struct signed_info si;
	struct fg_str octets; /* of the document */
};

static enum fg_rc
check_value(struct check *c, struct fg_err *reterr)
{
	unsigned char digest[CRYPTO_DIGEST_MAX];
	bool good = false;
	size_t n;

	FG_TRY(crypto_verify(&c->crypto, &c->key, c->si.alg, c->info, c->value, &good, reterr));
	if (!good)
		return bad(reterr, "not signed by the pinned key");
	if (!crypto_hash(&c->crypto, c->si.digest->hash, c->octets, digest, &n))
		return fg_fail(reterr, FG_E_CRYPTO, "saml.metadata.signature", NULL, "digest");
	if (!fg_eq_const(fg_str(digest, n), c->si.digest_value))
		return bad(reterr, "the document was changed after signing");
	return FG_OK;
}

/* Signature is out of the tree already, so the whole tree is what was signed. */
static enum fg_rc
check_signature(struct fg_arena *a, xmlDoc *doc, xmlNode *signature,
    const struct saml_metadata_want *want, struct check *c, struct fg_err *reterr)
{
	xmlNode *info = metadata_child(signature, DS, "SignedInfo");
	xmlNode *value = metadata_child(signature, DS, "SignatureValue");
	struct fg_str id;
	enum fg_rc rc = value == NULL ? FG_E_SYNTAX : metadata_base64(a, value, &c->value);

	if (rc == FG_E_NOMEM)
		return saml_no_memory(reterr);
	if (info == NULL || rc != FG_OK)
		return bad(reterr, "no SignedInfo or no base64 SignatureValue");
	if (!metadata_attr(a, xmlDocGetRootElement(doc), "ID", &id))
		return saml_no_memory(reterr);
	FG_TRY(signed_info_octets(a, info, &c->info, reterr));
	FG_TRY(signature_info(a, want->allow, c->info, &c->si, reterr));
	if (id.n == 0 || c->si.uri.n != id.n + 1 || c->si.uri.p[0] != '#' ||
	    !fg_eq(fg_sub(c->si.uri, 1, c->si.uri.n), id))
		return bad(reterr, "the Reference is not to the root's ID");
	FG_TRY(canonical(a, doc, &c->si.prefixes, &c->octets, reterr));
	if (!crypto_init(&c->crypto))
		return fg_fail(reterr, FG_E_CRYPTO, "saml.metadata.signature", NULL, "digests");
	FG_TRY(crypto_key_init(&c->key, &c->crypto, want->signer, reterr));
	return check_value(c, reterr);
}

enum fg_rc
metadata_signature(struct fg_arena *a, xmlDoc *doc, const struct saml_metadata_want *want,
    bool *ret, struct fg_err *reterr)
{
	xmlNode *signature = metadata_child(xmlDocGetRootElement(doc), DS, "Signature");
	struct check c = { .value = FG_STR_NULL };
	enum fg_rc rc = FG_OK;

	*ret = false;
	if (signature != NULL)
		xmlUnlinkNode(signature);
	if (want->signer.n > 0 && signature == NULL)
		return bad(reterr, "not signed, and a signature is required");
	if (want->signer.n > 0) {
		rc = check_signature(a, doc, signature, want, &c, reterr);
		crypto_key_done(&c.key);
		crypto_done(&c.crypto);
		*ret = rc == FG_OK;
	}
	xmlFreeNode(signature);
	return rc;
}
