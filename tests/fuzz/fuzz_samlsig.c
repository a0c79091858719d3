/*
 * Target: saml/signature.c, against xmlsec1.  The input is a Response or an Assertion.  It is signed
 * anew with a test key, in a way that its own bytes choose (which element, algorithm, PrefixList,
 * place of the Signature); then
 *   - what is signed so, we verify and xmlsec1 verifies;
 *   - it is changed once more after signing: what we still verify, xmlsec1 verifies too, and what
 *     xmlsec1 verifies and we do not is outside our profile, never a matter of octets or keys.
 */
#include <libxml/parser.h>
#include <openssl/crypto.h>
#include <xmlsec/crypto.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>
#include <xmlsec/errors.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/xml_mutate.h"
#include "tests/saml/forge_int.h"
#include "tests/saml/odd_uri.h"

#define CHANGED_MAX (256u * 1024) /* bytes of a signed document that is changed */

/* xmlsec1 1.2 forgets a few bytes for some References that it refuses. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:libxmlsec1";
}

enum { P256, RSA1024, KEYS };

static struct {
	const char *file, *cert, *uri;
	struct saml_provider *provider;
	xmlSecKeyPtr key;
} keys[KEYS] = {
	[P256] = { .file = "p256.key", .cert = "p256.crt",
	    .uri = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" },
	[RSA1024] = { .file = "rsa1024.key", .cert = "rsa1024.crt",
	    .uri = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" },
};

struct plan {
	struct forge_alg alg;
	bool response;
	int key;
	uint32_t seed; /* of the change after signing */
};

static void
quiet(void *ctx, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
}

/* The key alone: the certificate around it is a large thing to carry. */
static xmlSecKeyPtr
load_key(struct fg_str pem)
{
	xmlSecKeyPtr cert = xmlSecCryptoAppKeyLoadMemory((const xmlSecByte *)pem.p, (xmlSecSize)pem.n,
	    xmlSecKeyDataFormatCertPem, NULL, NULL, NULL);
	xmlSecKeyPtr key = xmlSecKeyCreate();

	if (cert == NULL || key == NULL ||
	    xmlSecKeySetValue(key, xmlSecKeyDataDuplicate(xmlSecKeyGetValue(cert))) < 0)
		abort();
	xmlSecKeyDestroy(cert);
	return key;
}

#ifdef __GLIBC__
/* What the oracle and libcrypto allocate is not what is looked for: past the sanitizer's allocator. */
extern void *__libc_malloc(size_t n);
extern void *__libc_realloc(void *p, size_t n);
extern void __libc_free(void *p);

static char *
plain_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = __libc_malloc(n);

	return p == NULL ? NULL : memcpy(p, s, n);
}

static void *
crypto_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return __libc_malloc(n);
}

static void *
crypto_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return __libc_realloc(p, n);
}

static void
crypto_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	__libc_free(p);
}

static void
plain_memory(void)
{
	if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) != 1 ||
	    xmlMemSetup(__libc_free, __libc_malloc, __libc_realloc, plain_strdup) != 0)
		abort();
}
#else
static void
plain_memory(void)
{
}
#endif

static void
set_up(void)
{
	static struct fg_arena *a;
	const char *src = getenv("srcdir");

	if (a != NULL)
		return;
	plain_memory();
	if ((a = fg_arena_new(1024u * 1024)) == NULL)
		abort();
	forge_init(a, fg_arena_fmt(a, "%s/tests/vectors/saml", src == NULL ? "." : src).p);
	xmlInitParser();
	xmlSetGenericErrorFunc(NULL, quiet);
	if (xmlSecInit() < 0 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0)
		abort();
	xmlSecErrorsDefaultCallbackEnableOutput(0);
	for (int i = 0; i < KEYS; i++) {
		keys[i].provider = forge_provider(keys[i].cert, SAML_ALLOW_RSA1024 | SAML_ALLOW_SHA1, false);
		keys[i].key = load_key(forge_file(a, keys[i].cert));
	}
}

/* ---- xmlsec1 ---- */

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
is_assertion(const xmlNode *n)
{
	return strcmp((const char *)n->name, "Assertion") == 0 && n->ns != NULL &&
	    strcmp((const char *)n->ns->href, SAML_NS) == 0;
}

static bool
xmlsec_signature(xmlNode *signature, int key)
{
	xmlSecDSigCtxPtr ctx = xmlSecDSigCtxCreate(NULL);
	bool ok;

	if (ctx == NULL)
		abort();
	ctx->signKey = keys[key].key;
	ctx->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
	ok = xmlSecDSigCtxVerify(ctx, signature) >= 0 && ctx->status == xmlSecDSigStatusSucceeded;
	ctx->signKey = NULL; /* it is ours */
	xmlSecDSigCtxDestroy(ctx);
	return ok;
}

static bool
xmlsec_verifies(struct fg_str xml, const struct plan *plan)
{
	static xmlParserCtxtPtr parser;
	xmlNode *of, *signature;
	xmlAttr *id;
	xmlDoc *doc;
	bool ok = false;

	if (parser == NULL && (parser = xmlNewParserCtxt()) == NULL)
		abort();
	doc = xmlCtxtReadMemory(parser, xml.p, (int)xml.n, "fuzz", NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (doc == NULL)
		return false;
	of = xmlDocGetRootElement(doc);
	if (of != NULL && !plan->response && !is_assertion(of))
		of = find(of, SAML_NS, "Assertion");
	signature = of == NULL ? NULL : find(of, DS_NS, "Signature");
	id = of == NULL ? NULL : xmlHasNsProp(of, (const xmlChar *)"ID", NULL);
	if (signature != NULL && id != NULL && id->children != NULL) {
		(void)xmlAddID(NULL, doc, id->children->content, id);
		ok = xmlsec_signature(signature, plan->key);
	}
	xmlFreeDoc(doc);
	return ok;
}

/* ---- ours ---- */

static const struct xml_node *
target(const struct xml_doc *doc, bool response)
{
	if (response || xml_is(doc->root, XML_NS_SAML, FG_LIT("Assertion")))
		return doc->root;
	return xml_child(doc->root, XML_NS_SAML, FG_LIT("Assertion"));
}

/* Our verdict over the same element and the same Signature. */
static bool
we_verify(struct fg_arena *a, struct fg_str xml, const struct plan *plan, bool *ret_odd, struct fg_err *err)
{
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);
	const struct xml_node *of, *signature;
	struct proof proof;

	*ret_odd = false;
	if (doc == NULL)
		abort();
	if (xml_parse(a, xml, doc, err) != FG_OK)
		return false;
	*ret_odd = odd_uri(doc->root);
	of = target(doc, plan->response);
	signature = of == NULL ? NULL : xml_child(of, XML_NS_DS, FG_LIT("Signature"));
	if (signature == NULL) {
		err->step = "saml.signature.missing";
		return false;
	}
	return signature_verify(a, keys[plan->key].provider, of, signature, &proof, err) == FG_OK;
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

/* An element that can be signed: what forge_sign() takes for granted. */
static bool
can_sign(struct fg_arena *a, struct fg_str xml, const struct plan *plan)
{
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);
	struct fg_err err = { .rc = FG_OK };
	const struct xml_node *of, *sig, *issuer;
	const struct xml_attr *id;
	struct fg_str octets;

	if (doc == NULL)
		abort();
	if (xml_parse(a, xml, doc, &err) != FG_OK)
		return false;
	of = target(doc, plan->response);
	id = of == NULL ? NULL : xml_attr(of, FG_LIT("ID"));
	if (id == NULL || of->n == 0 || !id->plain || !plain_id(fg_str(id->value, id->value_n)))
		return false;
	sig = xml_child(of, XML_NS_DS, FG_LIT("Signature"));
	issuer = xml_child(of, XML_NS_SAML, FG_LIT("Issuer"));
	if ((sig != NULL && sig->n == 0) || (issuer != NULL && issuer->n == 0) || odd_uri(doc->root))
		return false;
	for (const struct xml_node *n = sig == NULL ? NULL : xml_next(sig); n != NULL; n = xml_next(n)) {
		if (xml_is(n, XML_NS_DS, FG_LIT("Signature")))
			return false; /* which of two is a question of its own (R6) */
	}
	return xml_c14n(a, of, sig, NULL, &octets, &err) == FG_OK;
}

/* ---- both ---- */

static unsigned long compared, agreed; /* both verdicts known; both yes */

static void
say_counts(void)
{
	fprintf(stderr, "%lu signatures compared with xmlsec1, %lu of them verify\n", compared, agreed);
}

static void
count(bool both)
{
	if (compared == 0)
		(void)atexit(say_counts);
	agreed += both;
	if (++compared % 100000 == 0)
		say_counts();
}

static bool
of_octets_or_keys(const char *step)
{
	return strcmp(step, "saml.signature.digest") == 0 || strcmp(step, "saml.signature.value") == 0 ||
	    strcmp(step, "saml.signature.octets") == 0;
}

/* True when both verify. */
static bool
judge(struct fg_arena *a, struct fg_str xml, const struct plan *plan)
{
	struct fg_err err = { .rc = FG_OK, .step = "" };
	bool odd, ours = we_verify(a, xml, plan, &odd, &err), theirs = xmlsec_verifies(xml, plan);

	count(ours && theirs);
	FUZZ_ASSERT(!ours || theirs || odd);
	FUZZ_ASSERT(ours || !theirs || !of_octets_or_keys(err.step));
	return ours && theirs;
}

/* From the bytes themselves, so that a seed stays what it is. */
static struct plan
plan_of(struct fg_str s)
{
	static const char *const prefixes[] = { NULL, NULL, NULL, "xs", "#default", "saml xs xsi",
		"a b #default samlp", "ds none" };
	uint32_t h = 2166136261u;
	struct plan p = { .key = P256 };

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (uint8_t)s.p[i]) * 16777619u;
	p.seed = h;
	h ^= h >> 15;
	p.key = h % 4 == 3 ? P256 : RSA1024; /* that verifies fastest */
	p.response = (h >> 2) % 4 == 3;
	p.alg = (struct forge_alg){ .key = keys[p.key].file, .signature = keys[p.key].uri, .no_key_info = true,
		.last = (h >> 4) % 2 == 1, .prefixes = prefixes[(h >> 5) % FG_COUNT(prefixes)] };
	return p;
}

static void
change_and_judge(struct fg_arena *a, struct fg_str xml, const struct plan *plan)
{
	static uint8_t changed[CHANGED_MAX];
	size_t n;

	if (xml.n > sizeof(changed) / 2)
		return;
	memcpy(changed, xml.p, xml.n);
	n = xml_mutate(changed, xml.n, sizeof(changed), plan->seed);
	(void)judge(a, fg_str(changed, n), plan);
}

/* What the mutator made last, if it can be signed; n is 0 if not. */
static struct {
	uint8_t data[CHANGED_MAX];
	size_t n;
	bool active;
} made;

static bool
made_signable(struct fg_arena *a, const uint8_t *data, size_t n)
{
	struct plan plan = plan_of(fg_str(data, n));

	if (!can_sign(a, fg_str(data, n), &plan))
		return false;
	memcpy(made.data, data, n);
	made.n = n;
	return true;
}

/* Most changes leave a document that can be signed again: a few tries for each. */
size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t max, unsigned int seed)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u * 1024 * 1024);
	static uint8_t was[CHANGED_MAX];
	size_t changed = 0;

	made.active = true;
	made.n = 0;
	if (n > sizeof(was) || max > sizeof(was))
		return LLVMFuzzerMutate(data, n, max);
	memcpy(was, data, n);
	for (unsigned int i = 0; i < 6 && made.n == 0; i++) {
		memcpy(data, was, n);
		changed = n == 0 || (seed + i) % 8 == 0 ? LLVMFuzzerMutate(data, n, max)
							: xml_mutate(data, n, max, seed + i);
		(void)made_signable(a, data, changed);
	}
	return changed;
}

/* While mutating, the mutator knows; a document that cannot be signed is not to be kept. */
static bool
signable(struct fg_arena *a, struct fg_str xml, const struct plan *plan)
{
	if (made.active)
		return made.n > 0 && fg_eq(xml, fg_str(made.data, made.n));
	return can_sign(a, xml, plan);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u * 1024 * 1024);
	struct fg_str xml = fg_str(data, size);
	struct plan plan = plan_of(xml);

	set_up();
	if (a == NULL)
		abort();
	if (!signable(a, xml, &plan))
		return 0;
	xml = forge_sign(a, xml, plan.response, &plan.alg);
	if (judge(a, xml, &plan))
		FUZZ_ACCEPTED();
	change_and_judge(a, xml, &plan);
	return 0;
}
