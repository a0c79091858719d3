/*
 * saml/metadata.c - an identity provider's metadata through libxml2.
 *
 * Runs in the parse process.  Documents come from administrators or from an address they
 * named; still: no DTD, no entity, no network, no processing instruction, UTF-8 only.
 */
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "saml/metadata_int.h"

#define PROTOCOL "urn:oasis:names:tc:SAML:2.0:protocol"

const char *const metadata_ns[] = {
	[MD] = "urn:oasis:names:tc:SAML:2.0:metadata",
	[DS] = "http://www.w3.org/2000/09/xmldsig#",
};

bool
metadata_is(const xmlNode *n, enum md_ns ns, const char *local)
{
	return n->type == XML_ELEMENT_NODE && n->ns != NULL &&
	    strcmp((const char *)n->ns->href, metadata_ns[ns]) == 0 &&
	    strcmp((const char *)n->name, local) == 0;
}

xmlNode *
metadata_child(const xmlNode *n, enum md_ns ns, const char *local)
{
	xmlNode *c;

	for (c = n->children; c != NULL; c = c->next) {
		if (metadata_is(c, ns, local))
			return c;
	}
	return NULL;
}

xmlNode *
metadata_next(const xmlNode *n, enum md_ns ns, const char *local)
{
	xmlNode *c;

	for (c = n->next; c != NULL; c = c->next) {
		if (metadata_is(c, ns, local))
			return c;
	}
	return NULL;
}

bool
metadata_attr(struct fg_arena *a, const xmlNode *n, const char *name, struct fg_str *ret)
{
	xmlChar *v = xmlGetNoNsProp(n, (const xmlChar *)name);

	*ret = FG_STR_NULL;
	if (v == NULL)
		return true;
	*ret = fg_arena_dup(a, fg_str_z((const char *)v));
	xmlFree(v);
	return !fg_str_null(*ret);
}

enum fg_rc
metadata_base64(struct fg_arena *a, const xmlNode *n, struct fg_str *ret)
{
	const xmlNode *t = n->children;

	if (t == NULL || t->type != XML_TEXT_NODE || t->next != NULL)
		return FG_E_SYNTAX; /* a comment or an element inside a value */
	return saml_base64(a, fg_str_z((const char *)t->content), ret);
}

/* ---- before the parser ---- */

/* Only comments may begin with "<!", and only the declaration at the start with "<?". */
static bool
markup_ok(struct fg_str xml)
{
	const char *p = xml.p, *end = xml.p + xml.n;

	while ((p = memchr(p, '<', (size_t)(end - p))) != NULL && end - p > 1) {
		struct fg_str left = fg_str(p, (size_t)(end - p));

		if (p[1] == '!' && !fg_starts(left, FG_LIT("<!--")))
			return false;
		if (p[1] == '?' && (p != xml.p || !fg_starts(left, FG_LIT("<?xml "))))
			return false;
		p++;
	}
	return true;
}

static enum fg_rc
check_bytes(struct fg_str *xml, struct fg_err *reterr)
{
	if (xml->n == 0 || xml->n > FG_LIMIT_SAML_METADATA)
		return saml_refuse(reterr, "saml.metadata.size", "%zu bytes, at most %u", xml->n,
		    FG_LIMIT_SAML_METADATA);
	if (fg_starts(*xml, FG_LIT("\xef\xbb\xbf")))
		*xml = fg_sub(*xml, 3, xml->n);
	if (!fg_utf8_ok(*xml))
		return saml_refuse(reterr, "saml.metadata.xml", "not valid UTF-8");
	if (!markup_ok(*xml))
		return saml_refuse(reterr, "saml.metadata.xml",
		    "document type, CDATA section or processing instruction");
	return FG_OK;
}

static void
quiet(void *ctx, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
}

static enum fg_rc
parse(struct fg_str xml, xmlDoc **ret, struct fg_err *reterr)
{
	xmlParserCtxt *x = xmlNewParserCtxt();
	xmlDoc *doc;
	bool ok;

	if (x == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "saml.metadata.xml", NULL, "parser");
	xmlSetGenericErrorFunc(NULL, quiet);
	doc = xmlCtxtReadMemory(x, xml.p, (int)xml.n, "metadata", NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	ok = doc != NULL && x->wellFormed == 1 && x->nsWellFormed == 1 && doc->intSubset == NULL &&
	    (doc->encoding == NULL || xmlStrcasecmp(doc->encoding, (const xmlChar *)"UTF-8") == 0);
	xmlFreeParserCtxt(x);
	if (!ok) {
		xmlFreeDoc(doc);
		return saml_refuse(reterr, "saml.metadata.xml", "not well-formed XML in UTF-8");
	}
	*ret = doc;
	return FG_OK;
}

/* ---- which entity ---- */

static bool
names_saml2(struct fg_str list)
{
	struct fg_str word;
	bool more = true;

	while (more) {
		more = fg_cut(fg_trim(list), ' ', &word, &list);
		if (fg_eq(word, FG_LIT(PROTOCOL)))
			return true;
	}
	return false;
}

/* The IDPSSODescriptor that speaks SAML 2.0; NULL without.  False when memory is short. */
static bool
idp_role(struct fg_arena *a, const xmlNode *entity, xmlNode **ret)
{
	xmlNode *role = metadata_child(entity, MD, "IDPSSODescriptor");

	for (; role != NULL; role = metadata_next(role, MD, "IDPSSODescriptor")) {
		struct fg_str list;

		if (!metadata_attr(a, role, "protocolSupportEnumeration", &list))
			return false;
		if (names_saml2(list))
			break;
	}
	*ret = role;
	return true;
}

/* Next node in document order, not leaving `root`; EntityDescriptors are not entered. */
static xmlNode *
following(xmlNode *n, const xmlNode *root)
{
	if (n->children != NULL && metadata_is(n, MD, "EntitiesDescriptor"))
		return n->children;
	while (n != root && n->next == NULL)
		n = n->parent;
	return n == root ? NULL : n->next;
}

struct choice {
	xmlNode *entity;
	xmlNode *role;
	struct fg_str id;
	size_t n;
};

static enum fg_rc
choose(struct fg_arena *a, xmlNode *root, const struct saml_metadata_want *want,
    struct choice *ret, struct fg_err *reterr)
{
	struct choice c = { .n = 0 };

	for (xmlNode *n = root; n != NULL; n = following(n, root)) {
		struct fg_str id;
		xmlNode *role;

		if (!metadata_is(n, MD, "EntityDescriptor"))
			continue;
		if (!metadata_attr(a, n, "entityID", &id))
			return saml_no_memory(reterr);
		if (id.n == 0 || (want->entity_id.n > 0 && !fg_eq(id, want->entity_id)))
			continue;
		if (!idp_role(a, n, &role))
			return saml_no_memory(reterr);
		if (role == NULL)
			continue;
		c = (struct choice){ n, role, id, c.n + 1 };
	}
	if (c.n != 1)
		return saml_refuse(reterr, "saml.metadata.entity",
		    "%zu identity providers%s match in the document, one wanted", c.n,
		    want->entity_id.n > 0 ? " of that entityID" : "");
	*ret = c;
	return FG_OK;
}

/* ---- validity ---- */

/* The earliest validUntil of the element and all that enclose it. */
static enum fg_rc
valid_until(struct fg_arena *a, const xmlNode *n, fg_time *ret, struct fg_err *reterr)
{
	*ret = 0;
	for (; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent) {
		struct fg_str v;
		fg_time t;

		if (!metadata_attr(a, n, "validUntil", &v))
			return saml_no_memory(reterr);
		if (fg_str_null(v))
			continue;
		if (!xml_time(fg_trim(v), &t) || t <= 0)
			return saml_refuse(reterr, "saml.metadata.xml", "validUntil is %.*s", FG_PRI(v));
		if (*ret == 0 || t < *ret)
			*ret = t;
	}
	return FG_OK;
}

static enum fg_rc
read_sso(struct fg_arena *a, const xmlNode *role, struct saml_metadata *m, struct fg_err *reterr)
{
	struct saml_endpoint *v = FG_NEW_N(a, struct saml_endpoint, ENDPOINTS_MAX);
	const xmlNode *n = metadata_child(role, MD, "SingleSignOnService");

	if (v == NULL)
		return saml_no_memory(reterr);
	for (; n != NULL && m->n_sso < ENDPOINTS_MAX; n = metadata_next(n, MD, "SingleSignOnService")) {
		if (!metadata_attr(a, n, "Binding", &v[m->n_sso].binding) ||
		    !metadata_attr(a, n, "Location", &v[m->n_sso].location))
			return saml_no_memory(reterr);
		m->n_sso += v[m->n_sso].binding.n > 0 && v[m->n_sso].location.n > 0;
	}
	m->sso = v;
	return FG_OK;
}

static enum fg_rc
read_entity(struct fg_arena *a, xmlNode *root, const struct saml_metadata_want *want,
    struct saml_metadata *ret, struct fg_err *reterr)
{
	struct saml_metadata m = { .signed_ = ret->signed_ };
	struct choice c = { .entity = NULL };
	struct warnings w = { .n = 0 };
	struct fg_str signs;

	FG_TRY(choose(a, root, want, &c, reterr));
	m.entity_id = c.id;
	FG_TRY(valid_until(a, c.role, &m.valid_until, reterr));
	if (m.valid_until != 0 && want->now >= m.valid_until)
		return saml_refuse(reterr, "saml.metadata.expired",
		    "validUntil passed %lld seconds ago", (long long)(want->now - m.valid_until));
	if (!metadata_attr(a, c.role, "WantAuthnRequestsSigned", &signs))
		return saml_no_memory(reterr);
	m.want_signed_requests = fg_eq(signs, FG_LIT("true")) || fg_eq(signs, FG_LIT("1"));
	FG_TRY(read_sso(a, c.role, &m, reterr));
	FG_TRY(metadata_keys(a, c.role, want, &m, &w, reterr));
	FG_TRY(metadata_warn_entity(a, &m, want, &w, reterr));
	m.warning = w.v;
	m.n_warnings = w.n;
	*ret = m;
	return FG_OK;
}

enum fg_rc
saml_metadata_parse(struct fg_arena *a, struct fg_str xml, const struct saml_metadata_want *want,
    struct saml_metadata *ret, struct fg_err *reterr)
{
	struct saml_metadata m = { .signed_ = false };
	xmlDoc *doc = NULL;
	xmlNode *root;
	enum fg_rc rc;

	FG_TRY(check_bytes(&xml, reterr));
	FG_TRY(parse(xml, &doc, reterr));
	root = xmlDocGetRootElement(doc);
	if (!metadata_is(root, MD, "EntityDescriptor") && !metadata_is(root, MD, "EntitiesDescriptor"))
		rc = saml_refuse(reterr, "saml.metadata.xml", "root is not SAML 2.0 metadata");
	else
		rc = metadata_signature(a, doc, want, &m.signed_, reterr);
	if (rc == FG_OK)
		rc = read_entity(a, root, want, &m, reterr);
	xmlFreeDoc(doc);
	if (rc == FG_OK)
		*ret = m;
	return rc;
}
