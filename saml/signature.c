/*
 * saml/signature.c - the signature profile (R7 to R11).
 *
 * The order is the safety argument: canonicalise SignedInfo, verify those octets, parse
 * those octets, and let what they say choose the digest; then canonicalise the parent and
 * compare.  What is returned are the octets that were hashed.
 */
#include "saml/saml_int.h"

#define EXCLUSIVE "http://www.w3.org/2001/10/xml-exc-c14n#"
#define ENVELOPED "http://www.w3.org/2000/09/xmldsig#enveloped-signature"

static enum fg_rc
shape(struct fg_err *reterr, const char *what)
{
	return saml_refuse(reterr, "saml.signature.shape", "%s", what);
}

/* The children are exactly these, in this order (NULL-terminated), and no text. */
static bool
children_are(const struct xml_node *n, struct xml_node **ret, const struct fg_str *names, size_t count)
{
	struct xml_node *c = xml_first(n);

	for (size_t i = 0; i < count; i++, c = xml_next(c)) {
		if (!xml_is(c, XML_NS_DS, names[i]))
			return false;
		ret[i] = c;
	}
	return c == NULL && xml_blank(n);
}

/* Algorithm attribute of a method element. */
static enum fg_rc
algorithm(struct fg_arena *a, const struct xml_node *n, struct fg_str *ret, struct fg_err *reterr)
{
	if (!attr_get(a, n, FG_LIT("Algorithm"), ret))
		return saml_no_memory(reterr);
	return ret->n > 0 ? FG_OK : shape(reterr, "method without Algorithm");
}

/* ---- exclusive C14N and its prefix list ---- */

static enum fg_rc
split_prefixes(struct fg_str list, struct xml_prefixes *ret, struct fg_err *reterr)
{
	size_t i = 0;

	ret->n = 0;
	while (i < list.n) {
		size_t from;

		while (i < list.n && (list.p[i] == ' ' || list.p[i] == '\n' || list.p[i] == '\t'))
			i++;
		for (from = i; i < list.n && list.p[i] != ' ' && list.p[i] != '\n' && list.p[i] != '\t';)
			i++;
		if (i == from)
			break;
		if (ret->n == FG_LIMIT_SAML_PREFIXES)
			return saml_refuse(reterr, "saml.signature.c14n", "PrefixList over %d tokens",
			    FG_LIMIT_SAML_PREFIXES);
		ret->prefix[ret->n] = fg_sub(list, from, i);
		if (fg_eq(ret->prefix[ret->n], FG_LIT("#default")))
			ret->prefix[ret->n] = FG_LIT("");
		ret->n++;
	}
	return FG_OK;
}

/* The optional InclusiveNamespaces child; nothing else may be inside. */
static enum fg_rc
read_prefixes(struct fg_arena *a, const struct xml_node *method, struct xml_prefixes *ret,
    struct fg_err *reterr)
{
	const struct xml_node *c = xml_first(method);
	struct fg_str list;

	ret->n = 0;
	if (!xml_blank(method))
		return shape(reterr, "text inside a C14N method");
	if (c == NULL)
		return FG_OK;
	if (!xml_is(c, XML_NS_EXC, FG_LIT("InclusiveNamespaces")) || xml_next(c) != NULL ||
	    c->child != NULL)
		return shape(reterr, "C14N parameter is not InclusiveNamespaces");
	if (!attr_get(a, c, FG_LIT("PrefixList"), &list))
		return saml_no_memory(reterr);
	return split_prefixes(list, ret, reterr);
}

/* ---- SignedInfo ---- */

static enum fg_rc
check_allowed(unsigned allow, unsigned needs, struct fg_str uri, struct fg_err *reterr)
{
	if ((allow & needs) == needs)
		return FG_OK;
	return saml_refuse(reterr, "saml.signature.algorithm", "%.*s needs the switch %s", FG_PRI(uri),
	    saml_allow_name(needs));
}

static enum fg_rc
read_method(struct fg_arena *a, unsigned allow, const struct xml_node *n, struct signed_info *ret,
    struct fg_err *reterr)
{
	struct fg_str uri;

	FG_TRY(algorithm(a, n, &uri, reterr));
	if (n->child != NULL && (xml_first(n) != NULL || !xml_blank(n)))
		return shape(reterr, "parameter inside SignatureMethod");
	if ((ret->alg = crypto_alg_find(uri)) == NULL)
		return saml_refuse(reterr, "saml.signature.algorithm", "signature method %.*s",
		    FG_PRI(uri));
	return check_allowed(allow, ret->alg->needs, uri, reterr);
}

/* Exactly enveloped-signature, then exclusive C14N. */
static enum fg_rc
read_transforms(struct fg_arena *a, const struct xml_node *n, struct xml_prefixes *ret,
    struct fg_err *reterr)
{
	static const struct fg_str want[] = { FG_LIT("Transform"), FG_LIT("Transform") };
	struct xml_node *t[2];
	struct fg_str uri[2];

	if (!children_are(n, t, want, 2))
		return saml_refuse(reterr, "saml.signature.transforms", "not exactly two transforms");
	FG_TRY(algorithm(a, t[0], &uri[0], reterr));
	FG_TRY(algorithm(a, t[1], &uri[1], reterr));
	if (!fg_eq(uri[0], FG_LIT(ENVELOPED)) || t[0]->child != NULL)
		return saml_refuse(reterr, "saml.signature.transforms",
		    "first transform is %.*s, not enveloped-signature", FG_PRI(uri[0]));
	if (!fg_eq(uri[1], FG_LIT(EXCLUSIVE)))
		return saml_refuse(reterr, "saml.signature.transforms",
		    "second transform is %.*s, not exclusive C14N", FG_PRI(uri[1]));
	return read_prefixes(a, t[1], ret, reterr);
}

/* Base64 that is the one text of an element. */
static enum fg_rc
read_octets(struct fg_arena *a, const struct xml_node *n, struct fg_str *ret, struct fg_err *reterr)
{
	enum fg_rc rc = saml_base64_text(a, n, ret);

	if (rc == FG_E_NOMEM)
		return saml_no_memory(reterr);
	return rc == FG_OK ? FG_OK : shape(reterr, "value is empty, not base64, or not one text");
}

static enum fg_rc
read_reference(struct fg_arena *a, unsigned allow, const struct xml_node *n,
    struct signed_info *ret, struct fg_err *reterr)
{
	static const struct fg_str want[] = { FG_LIT("Transforms"), FG_LIT("DigestMethod"),
		FG_LIT("DigestValue") };
	struct xml_node *c[3];
	struct fg_str uri;

	if (!children_are(n, c, want, 3))
		return saml_refuse(reterr, "saml.signature.reference",
		    "Reference is not Transforms, DigestMethod, DigestValue");
	if (!attr_get(a, n, FG_LIT("URI"), &ret->uri))
		return saml_no_memory(reterr);
	FG_TRY(read_transforms(a, c[0], &ret->prefixes, reterr));
	FG_TRY(algorithm(a, c[1], &uri, reterr));
	if (c[1]->child != NULL && (xml_first(c[1]) != NULL || !xml_blank(c[1])))
		return shape(reterr, "parameter inside DigestMethod");
	if ((ret->digest = crypto_digest_find(uri)) == NULL)
		return saml_refuse(reterr, "saml.signature.algorithm", "digest method %.*s", FG_PRI(uri));
	FG_TRY(check_allowed(allow, ret->digest->needs, uri, reterr));
	return read_octets(a, c[2], &ret->digest_value, reterr);
}

enum fg_rc
signature_info(struct fg_arena *a, unsigned allow, struct fg_str octets, struct signed_info *ret,
    struct fg_err *reterr)
{
	static const struct fg_str want[] = { FG_LIT("CanonicalizationMethod"),
		FG_LIT("SignatureMethod"), FG_LIT("Reference") };
	struct xml_node *c[3];
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);

	if (doc == NULL)
		return saml_no_memory(reterr);
	FG_TRY(xml_parse(a, octets, doc, reterr));
	if (!xml_is(doc->root, XML_NS_DS, FG_LIT("SignedInfo")) || !children_are(doc->root, c, want, 3))
		return saml_refuse(reterr, "saml.signature.reference",
		    "SignedInfo is not CanonicalizationMethod, SignatureMethod, one Reference");
	FG_TRY(read_method(a, allow, c[1], ret, reterr));
	return read_reference(a, allow, c[2], ret, reterr);
}

static enum fg_rc
signed_info_octets(struct fg_arena *a, const struct xml_node *info, struct fg_str *ret,
    struct fg_err *reterr)
{
	const struct xml_node *method = xml_first(info);
	struct xml_prefixes prefixes;
	struct fg_str uri;

	if (!xml_is(method, XML_NS_DS, FG_LIT("CanonicalizationMethod")))
		return shape(reterr, "SignedInfo does not begin with CanonicalizationMethod");
	FG_TRY(algorithm(a, method, &uri, reterr));
	if (!fg_eq(uri, FG_LIT(EXCLUSIVE)))
		return saml_refuse(reterr, "saml.signature.c14n", "SignedInfo uses %.*s", FG_PRI(uri));
	FG_TRY(read_prefixes(a, method, &prefixes, reterr));
	return xml_c14n(a, info, NULL, &prefixes, ret, reterr);
}

/* ---- verification ---- */

/* R9, R10: a key of the metadata, of the right type and size. */
static enum fg_rc
try_keys(const struct saml_provider *p, const struct crypto_alg *alg, struct fg_str octets,
    struct fg_str value, struct proof *ret, struct fg_err *reterr)
{
	unsigned tried = 0;

	for (size_t i = 0; i < p->n_keys; i++) {
		const struct crypto_key *k = &p->key[i];
		bool weak = k->kind == CRYPTO_RSA && k->bits < 2048, good = false;

		if (k->kind != alg->kind || (weak && (p->allow & SAML_ALLOW_RSA1024) == 0))
			continue;
		tried++;
		FG_TRY(crypto_verify(&p->crypto, k, alg, octets, value, &good, reterr));
		if (good) {
			ret->key = k;
			ret->alg = alg;
			ret->legacy |= weak ? (unsigned)SAML_ALLOW_RSA1024 : 0;
			return FG_OK;
		}
	}
	if (tried == 0)
		return saml_refuse(reterr, "saml.signature.algorithm",
		    "no key of the metadata has the type and size for %s", alg->name);
	return saml_refuse(reterr, "saml.signature.value",
	    "none of %u keys of the metadata verifies the signature", tried);
}

/* SignedInfo, SignatureValue, perhaps KeyInfo (never looked at), nothing else. */
static enum fg_rc
signature_parts(const struct xml_node *signature, const struct xml_node **ret_info,
    const struct xml_node **ret_value, struct fg_err *reterr)
{
	const struct xml_node *c = xml_first(signature);

	if (!xml_is(c, XML_NS_DS, FG_LIT("SignedInfo")))
		return shape(reterr, "Signature does not begin with SignedInfo");
	*ret_info = c;
	c = xml_next(c);
	if (!xml_is(c, XML_NS_DS, FG_LIT("SignatureValue")))
		return shape(reterr, "no SignatureValue after SignedInfo");
	*ret_value = c;
	c = xml_next(c);
	if (xml_is(c, XML_NS_DS, FG_LIT("KeyInfo")))
		c = xml_next(c);
	if (c != NULL || !xml_blank(signature))
		return shape(reterr, "more than SignedInfo, SignatureValue and KeyInfo");
	return FG_OK;
}

/* R8: the Reference names the parent of the Signature by its ID, and nothing else. */
static enum fg_rc
check_target(struct fg_arena *a, const struct xml_node *of, struct fg_str uri,
    struct fg_err *reterr)
{
	struct fg_str id;

	if (!attr_get(a, of, FG_LIT("ID"), &id))
		return saml_no_memory(reterr);
	if (id.n == 0 || uri.n != id.n + 1 || uri.p[0] != '#' || !fg_eq(fg_sub(uri, 1, uri.n), id))
		return saml_refuse(reterr, "saml.signature.reference",
		    "Reference URI %.*s is not the ID of the Signature's parent", FG_PRI(uri));
	return FG_OK;
}

static enum fg_rc
check_digest(const struct saml_provider *p, const struct signed_info *info, struct fg_str octets,
    struct fg_err *reterr)
{
	unsigned char digest[CRYPTO_DIGEST_MAX];
	size_t n;

	if (!crypto_hash(&p->crypto, info->digest->hash, octets, digest, &n))
		return fg_fail(reterr, FG_E_CRYPTO, "saml.signature", NULL, "digest");
	if (!fg_eq_const(fg_str(digest, n), info->digest_value))
		return saml_refuse(reterr, "saml.signature.digest",
		    "the signed element was changed: its digest differs");
	return FG_OK;
}

enum fg_rc
signature_verify(struct fg_arena *a, const struct saml_provider *p, const struct xml_node *of,
    const struct xml_node *signature, struct proof *ret, struct fg_err *reterr)
{
	const struct xml_node *node_info = NULL, *node_value = NULL;
	struct signed_info info = { .alg = NULL };
	struct proof proof = { .legacy = 0 };
	struct fg_str octets = FG_STR_NULL, value = FG_STR_NULL;

	FG_TRY(signature_parts(signature, &node_info, &node_value, reterr));
	FG_TRY(read_octets(a, node_value, &value, reterr));
	FG_TRY(signed_info_octets(a, node_info, &octets, reterr));
	FG_TRY(signature_info(a, p->allow, octets, &info, reterr));
	FG_TRY(check_target(a, of, info.uri, reterr));
	FG_TRY(try_keys(p, info.alg, octets, value, &proof, reterr));
	FG_TRY(xml_c14n(a, of, signature, &info.prefixes, &proof.octets, reterr));
	FG_TRY(check_digest(p, &info, proof.octets, reterr));
	proof.legacy |= info.alg->needs | info.digest->needs;
	*ret = proof;
	return FG_OK;
}
