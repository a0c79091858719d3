/*
 * Target: saml/signature.c, against xmlsec1.  The input is a Response; its Assertion is signed
 * anew with a test key by our own canonical form.  What we then verify, xmlsec1 verifies;
 * and our own signature over what we can canonicalise never fails in our own verifier.
 */
#include <libxml/parser.h>
#include <openssl/types.h>
#include <xmlsec/crypto.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>
#include <xmlsec/errors.h>

#include "tests/fuzz/fuzz.h"
#include "tests/saml/forge.h"
#include "tests/saml/odd_uri.h"

static struct saml_provider *provider;
static xmlSecKeyPtr key;

static void
quiet(void *ctx, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
}

static void
set_up(void)
{
	static struct fg_arena *a;
	const char *src = getenv("srcdir");
	struct fg_str pem;

	if (a != NULL)
		return;
	if ((a = fg_arena_new(1024u * 1024)) == NULL)
		abort();
	forge_init(a, fg_arena_fmt(a, "%s/tests/vectors/saml", src == NULL ? "." : src).p);
	provider = forge_provider("p256.crt", 0, false);
	xmlInitParser();
	xmlSetGenericErrorFunc(NULL, quiet);
	if (xmlSecInit() < 0 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0)
		abort();
	xmlSecErrorsDefaultCallbackEnableOutput(0);
	pem = forge_file(a, "p256.crt");
	key = xmlSecCryptoAppKeyLoadMemory((const xmlSecByte *)pem.p, (xmlSecSize)pem.n, xmlSecKeyDataFormatCertPem,
	    NULL, NULL, NULL);
	if (key == NULL)
		abort();
}

static xmlNode *
find(xmlNode *n, const char *ns, const char *name)
{
	for (n = n->children; n != NULL; n = n->next) {
		if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0 && n->ns != NULL &&
		    strcmp((const char *)n->ns->href, ns) == 0)
			return n;
	}
	return NULL;
}

static bool
xmlsec_verifies(struct fg_str xml)
{
	xmlDoc *doc = xmlReadMemory(xml.p, (int)xml.n, "fuzz", NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlNode *assertion, *signature;
	xmlAttr *id;
	xmlSecDSigCtxPtr ctx;
	bool ok;

	FUZZ_ASSERT(doc != NULL);
	assertion = find(xmlDocGetRootElement(doc), "urn:oasis:names:tc:SAML:2.0:assertion", "Assertion");
	FUZZ_ASSERT(assertion != NULL && (signature = find(assertion,
	    "http://www.w3.org/2000/09/xmldsig#", "Signature")) != NULL);
	id = xmlHasProp(assertion, (const xmlChar *)"ID");
	FUZZ_ASSERT(id != NULL);
	(void)xmlAddID(NULL, doc, id->children == NULL ? (const xmlChar *)"" : id->children->content, id);
	ctx = xmlSecDSigCtxCreate(NULL);
	ctx->signKey = xmlSecKeyDuplicate(key);
	ok = xmlSecDSigCtxVerify(ctx, signature) >= 0 && ctx->status == xmlSecDSigStatusSucceeded;
	xmlSecDSigCtxDestroy(ctx);
	xmlFreeDoc(doc);
	return ok;
}

/* xmlsec1 reads "#id" as an XPointer and stumbles over an ID that is not made of name characters. */
static bool
plain_id(struct fg_str id)
{
	for (size_t i = 0; i < id.n; i++) {
		char c = fg_lower(id.p[i]);

		if ((c < 'a' || c > 'z') && !fg_digit(c) && c != '_' && c != '-' && c != '.')
			return false;
	}
	return id.n > 0 && id.n <= 64 && !fg_digit(id.p[0]) && id.p[0] != '-' && id.p[0] != '.';
}

/* A Response with one Assertion that can be signed: what forge_sign() takes for granted. */
static bool
can_sign(struct fg_arena *a, struct fg_str xml)
{
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);
	struct fg_err err = { .rc = FG_OK };
	const struct xml_node *as, *sig, *issuer;
	const struct xml_attr *id;
	struct fg_str octets;

	if (xml_parse(a, xml, doc, &err) != FG_OK || doc->n_assertions != 1)
		return false;
	as = xml_child(doc->root, XML_NS_SAML, FG_LIT("Assertion"));
	id = as == NULL ? NULL : xml_attr(as, FG_LIT("ID"));
	if (id == NULL || as->n == 0 || !id->plain || !plain_id(fg_str(id->value, id->value_n)))
		return false;
	sig = xml_child(as, XML_NS_DS, FG_LIT("Signature"));
	issuer = xml_child(as, XML_NS_SAML, FG_LIT("Issuer"));
	return !odd_uri(doc->root) && (sig == NULL || sig->n > 0) && (issuer == NULL || issuer->n > 0) &&
	    xml_c14n(a, as, sig, NULL, &octets, &err) == FG_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct forge_alg alg = { .key = "p256.key", .no_key_info = true,
		.signature = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" };
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u * 1024 * 1024);
	struct saml_input in = { .form = SAML_FORM_EITHER };
	const struct saml_signed *s;
	struct fg_err err = { .rc = FG_OK };
	enum fg_rc rc;

	set_up();
	if (a == NULL)
		abort();
	if (!can_sign(a, fg_str(data, size)))
		return 0;
	in.body = forge_sign(a, fg_str(data, size), false, &alg);
	rc = saml_verify(a, provider, &in, &s, &err);
	if (rc == FG_OK) {
		FUZZ_ACCEPTED();
		FUZZ_ASSERT(xmlsec_verifies(in.body));
		return 0;
	}
	FUZZ_ASSERT(strcmp(err.step, "saml.signature.digest") != 0);
	FUZZ_ASSERT(strcmp(err.step, "saml.signature.octets") != 0);
	return 0;
}
