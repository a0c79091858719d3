/*
 * saml/xml_ns.c - what prefixes, declarations and ID attributes of a tag mean.
 */
#include "saml/xml_read_int.h"

/* ---- namespaces ---- */

/* xmlns or xmlns:prefix */
static bool
is_decl(const struct xml_attr *at)
{
	return at->prefix_n == 0 ? at->local_n == 5 && memcmp(at->name, "xmlns", 5) == 0
				 : at->prefix_n == 5 && memcmp(at->name, "xmlns", 5) == 0;
}

/*
 * A namespace URI is absolute, literal and ASCII: relative ones make other
 * canonicalisers fail (the void-canonicalisation attacks), escapes in them make others
 * differ.
 */
static bool
uri_ok(struct fg_str u)
{
	size_t i = 0;
	unsigned fragments = 0;

	while (i < u.n && (IS(u.p[i], C_NAME) || u.p[i] == '+') && u.p[i] != '_')
		i++;
	if (i == 0 || i + 1 >= u.n || u.p[i] != ':' || fg_digit(u.p[0]) || !IS(u.p[0], C_NAME0))
		return false;
	for (; i < u.n; i++) {
		if (!IS(u.p[i], C_URI))
			return false;
		fragments += u.p[i] == '#';
	}
	return fragments <= 1;
}

static enum fg_rc
bad_namespace(struct xml_reader *r, const char *what, struct fg_str s)
{
	return saml_refuse(r->err, "saml.xml.namespace", "%s: %.*s", what, FG_PRI(s));
}

static enum fg_rc
decl_check(struct xml_reader *r, struct fg_str prefix, struct fg_str uri)
{
	if (fg_eq(prefix, FG_LIT("xml")) || fg_eq(prefix, FG_LIT("xmlns")))
		return bad_namespace(r, "reserved prefix declared", prefix);
	if (prefix.n == 0 && uri.n == 0)
		return FG_OK;
	if (!uri_ok(uri))
		return bad_namespace(r, "namespace is not an absolute literal URI", uri);
	if (xml_ns_of(uri) == XML_NS_XML || fg_eq(uri, FG_LIT("http://www.w3.org/2000/xmlns/")))
		return bad_namespace(r, "reserved namespace declared", uri);
	return FG_OK;
}

static enum fg_rc
decl_add(struct xml_reader *r, const struct xml_attr *at, const struct xml_decl **scope)
{
	struct fg_str prefix = at->prefix_n == 0 ? FG_LIT("") : xml_attr_local(at);
	struct fg_str uri = { at->value, at->value_n };
	struct xml_decl *d;
	unsigned outer = *scope == NULL ? 0 : (*scope)->in_scope;

	FG_TRY(decl_check(r, prefix, uri));
	if (++r->doc->n_decls > FG_LIMIT_SAML_NAMESPACES || outer >= FG_LIMIT_SAML_SCOPE)
		return saml_refuse(r->err, "saml.xml.limit", "too many namespace declarations");
	if (r->decl_left == 0) {
		r->decl_pool = FG_NEW_N(r->a, struct xml_decl, DECLS_AT_ONCE);
		if (r->decl_pool == NULL)
			return xml_no_memory(r);
		r->decl_left = DECLS_AT_ONCE;
	}
	r->decl_left--;
	d = r->decl_pool++;
	*d = (struct xml_decl){ *scope, prefix, uri,
		uri.n == 0 ? XML_NS_NONE : xml_ns_of(uri), outer + 1 };
	*scope = d;
	return FG_OK;
}

static const struct xml_decl *
decl_find(const struct xml_decl *scope, const char *prefix, size_t n)
{
	for (; scope != NULL; scope = scope->outer) {
		if (scope->prefix.n == n && (n == 0 || memcmp(scope->prefix.p, prefix, n) == 0))
			return scope;
	}
	return NULL;
}

/* Declaration of a prefix in use; xml: has none and is known. */
static enum fg_rc
resolve(struct xml_reader *r, const struct xml_decl *scope, const char *name, size_t prefix_n,
    const struct xml_decl **ret, uint8_t *ret_ns)
{
	const struct xml_decl *d;

	*ret = NULL;
	if (prefix_n == 3 && memcmp(name, "xml", 3) == 0) {
		*ret_ns = XML_NS_XML;
		return FG_OK;
	}
	if ((d = decl_find(scope, name, prefix_n)) == NULL)
		return bad_namespace(r, "prefix is not bound", fg_str(name, prefix_n));
	*ret = d;
	*ret_ns = (uint8_t)d->ns;
	return FG_OK;
}

/* ---- elements ---- */

/* R5: every attribute called ID, in any case and any namespace, has its own value. */
static enum fg_rc
id_add(struct xml_reader *r, const struct xml_attr *at)
{
	struct xml_doc *doc = r->doc;
	struct fg_str v = xml_attr_value(r->a, at);

	if (v.p == NULL)
		return xml_no_memory(r);
	if (doc->n_ids == FG_LIMIT_SAML_IDS)
		return saml_refuse(r->err, "saml.xml.limit", "more than %d ID attributes",
		    FG_LIMIT_SAML_IDS);
	for (unsigned i = 0; i < doc->n_ids; i++) {
		if (fg_eq(doc->id[i], v))
			return saml_refuse(r->err, "saml.xml.id", "ID %.*s appears twice", FG_PRI(v));
	}
	doc->id[doc->n_ids++] = v;
	return FG_OK;
}

static bool
same_attr(const struct xml_attr *x, const struct xml_attr *y)
{
	if (x->local_n != y->local_n || x->ns != y->ns ||
	    memcmp(xml_attr_local(x).p, xml_attr_local(y).p, x->local_n) != 0)
		return false;
	return x->ns != XML_NS_OTHER || fg_eq(x->decl->uri, y->decl->uri);
}

static enum fg_rc
keep_attribute(struct xml_reader *r, struct xml_node *e, const struct xml_attr *at)
{
	struct fg_str local = xml_attr_local(at);

	for (unsigned i = 0; i < e->n_attr; i++) {
		if (same_attr(&e->attr[i], at))
			return saml_refuse(r->err, "saml.xml.attribute", "attribute %.*s twice",
			    FG_PRI(local));
	}
	if (local.n == 2 && fg_lower(local.p[0]) == 'i' && fg_lower(local.p[1]) == 'd')
		FG_TRY(id_add(r, at));
	e->attr[e->n_attr++] = *at;
	return FG_OK;
}

/* Declarations first (they govern the tag they stand in), then the rest. */
static enum fg_rc
bind_attributes(struct xml_reader *r, struct xml_node *e, unsigned n)
{
	const struct xml_decl *above = e->scope;
	unsigned decls = 0;

	for (unsigned i = 0; i < n; i++) {
		if (!is_decl(&r->attr[i]))
			continue;
		FG_TRY(decl_add(r, &r->attr[i], &e->scope));
		for (const struct xml_decl *d = e->scope->outer; d != above; d = d->outer) {
			if (fg_eq(d->prefix, e->scope->prefix))
				return saml_refuse(r->err, "saml.xml.attribute",
				    "namespace prefix %.*s declared twice", FG_PRI(d->prefix));
		}
		decls++;
	}
	if (n == decls)
		return FG_OK;
	if ((e->attr = FG_NEW_N(r->a, struct xml_attr, n - decls)) == NULL)
		return xml_no_memory(r);
	for (unsigned i = 0; i < n; i++) {
		struct xml_attr *at = &r->attr[i];

		if (is_decl(at))
			continue;
		at->decl = NULL;
		at->ns = XML_NS_NONE;
		if (at->prefix_n > 0)
			FG_TRY(resolve(r, e->scope, at->name, at->prefix_n, &at->decl, &at->ns));
		FG_TRY(keep_attribute(r, e, at));
	}
	return FG_OK;
}

/* R12: elements that hold a value hold text and no element. */
static bool
is_value(const struct xml_node *n)
{
	static const struct fg_str names[] = { FG_LIT("AttributeValue"), FG_LIT("NameID"),
		FG_LIT("Issuer"), FG_LIT("Audience"), FG_LIT("AuthnContextClassRef") };

	for (size_t i = 0; i < FG_COUNT(names); i++) {
		if (xml_is(n, XML_NS_SAML, names[i]))
			return true;
	}
	return false;
}

static enum fg_rc
bind_element(struct xml_reader *r, struct xml_node *e)
{
	if (e->prefix_n > 0) {
		FG_TRY(resolve(r, e->scope, e->p, e->prefix_n, &e->decl, &e->ns));
		if (e->ns == XML_NS_XML)
			return bad_namespace(r, "element in the xml namespace", xml_local(e));
	} else if ((e->decl = decl_find(e->scope, "", 0)) != NULL) {
		e->ns = (uint8_t)e->decl->ns;
	}
	if (r->open != NULL && r->open->ns == XML_NS_SAML && is_value(r->open))
		r->doc->broken_value = r->open;
	if (e->ns == XML_NS_SAML) {
		r->doc->n_assertions += xml_is(e, XML_NS_SAML, FG_LIT("Assertion"));
		r->doc->n_encrypted += xml_is(e, XML_NS_SAML, FG_LIT("EncryptedAssertion"));
	}
	r->doc->n_signatures += xml_is(e, XML_NS_DS, FG_LIT("Signature"));
	return FG_OK;
}

enum fg_rc
xml_bind(struct xml_reader *r, struct xml_node *e, unsigned n)
{
	FG_TRY(bind_attributes(r, e, n));
	return bind_element(r, e);
}
