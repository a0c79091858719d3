/*
 * tests/bench/xmlsec.c - see xmlsec.h.
 */
#include <stdlib.h>

#include <libxml/parser.h>
#include <openssl/types.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

#include "tests/bench/bench.h"
#include "tests/bench/xmlsec.h"

struct work {
	struct fg_str xml;
	xmlSecKeyPtr key;
};

static xmlNode *
child(xmlNode *n, const char *name)
{
	for (n = n->children; n != NULL; n = n->next) {
		if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0)
			return n;
	}
	abort();
}

static void
verify(void *arg, size_t n)
{
	struct work *w = arg;

	for (size_t i = 0; i < n; i++) {
		xmlDoc *doc = xmlReadMemory(w->xml.p, (int)w->xml.n, "bench", NULL, XML_PARSE_NONET);
		xmlNode *assertion = child(xmlDocGetRootElement(doc), "Assertion");
		xmlAttr *id = xmlHasProp(assertion, (const xmlChar *)"ID");
		xmlSecDSigCtxPtr ctx = xmlSecDSigCtxCreate(NULL);

		(void)xmlAddID(NULL, doc, id->children->content, id);
		ctx->signKey = xmlSecKeyDuplicate(w->key);
		ctx->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
		if (xmlSecDSigCtxVerify(ctx, child(assertion, "Signature")) < 0 ||
		    ctx->status != xmlSecDSigStatusSucceeded)
			abort();
		xmlSecDSigCtxDestroy(ctx);
		xmlFreeDoc(doc);
	}
}

double
bench_xmlsec(struct fg_str xml, struct fg_str cert_pem)
{
	static bool ready;
	struct work w = { .xml = xml };
	double us;

	if (!ready && (xmlSecInit() < 0 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0))
		abort();
	ready = true;
	w.key = xmlSecCryptoAppKeyLoadMemory((const xmlSecByte *)cert_pem.p, (xmlSecSize)cert_pem.n,
	    xmlSecKeyDataFormatCertPem, NULL, NULL, NULL);
	if (w.key == NULL)
		abort();
	us = bench_cpu(verify, &w, bench_scale(200), 7);
	xmlSecKeyDestroy(w.key);
	return us;
}
