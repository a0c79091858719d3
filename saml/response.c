/*
 * saml/response.c - the parts of a Response and where they may stand (R4, R6).
 *
 * Used twice: on the untrusted document, to find what is to be verified, and on the verified
 * octets of a signed Response, to read it.
 */
#include "saml/saml_int.h"

#define SUCCESS "urn:oasis:names:tc:SAML:2.0:status:Success"

enum part { PART_ISSUER = 0, PART_SIGNATURE, PART_EXTENSIONS, PART_STATUS, PART_ASSERTION,
	PART_ENCRYPTED, PART_MAX };

static const struct {
	enum xml_ns ns;
	struct fg_str local;
} parts[PART_MAX] = {
	[PART_ISSUER] = { XML_NS_SAML, FG_LIT("Issuer") },
	[PART_SIGNATURE] = { XML_NS_DS, FG_LIT("Signature") },
	[PART_EXTENSIONS] = { XML_NS_SAMLP, FG_LIT("Extensions") },
	[PART_STATUS] = { XML_NS_SAMLP, FG_LIT("Status") },
	[PART_ASSERTION] = { XML_NS_SAML, FG_LIT("Assertion") },
	[PART_ENCRYPTED] = { XML_NS_SAML, FG_LIT("EncryptedAssertion") },
};

enum fg_rc
saml_no_memory(struct fg_err *reterr)
{
	return fg_fail(reterr, FG_E_NOMEM, "saml.arena", NULL, "request arena is full");
}

bool
attr_get(struct fg_arena *a, const struct xml_node *n, struct fg_str name, struct fg_str *ret)
{
	const struct xml_attr *at = xml_attr(n, name);

	*ret = FG_STR_NULL;
	if (at == NULL)
		return true;
	*ret = xml_attr_value(a, at);
	return !fg_str_null(*ret);
}

static enum part
part_of(const struct xml_node *n)
{
	unsigned i = 0;

	while (i < PART_MAX && !xml_is(n, parts[i].ns, parts[i].local))
		i++;
	return (enum part)i;
}

static enum fg_rc
list_parts(const struct xml_node *root, const struct xml_node *found[PART_MAX],
    struct fg_err *reterr)
{
	for (const struct xml_node *c = xml_first(root); c != NULL; c = xml_next(c)) {
		enum part p = part_of(c);

		if (p == PART_MAX)
			return saml_refuse(reterr, "saml.response.shape", "unknown child %.*s",
			    FG_PRI(xml_local(c)));
		if (found[p] == NULL) {
			found[p] = c;
			continue;
		}
		return saml_refuse(reterr, p == PART_SIGNATURE ? "saml.signature.place" :
		    p >= PART_ASSERTION ? "saml.response.assertions" : "saml.response.shape",
		    "second %.*s", FG_PRI(parts[p].local));
	}
	if (!xml_blank(root))
		return saml_refuse(reterr, "saml.response.shape", "text inside Response");
	return FG_OK;
}

/* R13: Success, and one top-level StatusCode. */
static enum fg_rc
check_status(struct fg_arena *a, const struct xml_node *status, struct fg_err *reterr)
{
	struct xml_node *code;
	struct fg_str value;

	if (status == NULL)
		return saml_refuse(reterr, "saml.status", "no Status");
	code = xml_child(status, XML_NS_SAMLP, FG_LIT("StatusCode"));
	if (code == NULL)
		return saml_refuse(reterr, "saml.status", "no StatusCode");
	for (const struct xml_node *c = xml_next(code); c != NULL; c = xml_next(c)) {
		if (xml_is(c, XML_NS_SAMLP, FG_LIT("StatusCode")))
			return saml_refuse(reterr, "saml.status", "second top-level StatusCode");
	}
	if (!attr_get(a, code, FG_LIT("Value"), &value))
		return saml_no_memory(reterr);
	if (!fg_eq(value, FG_LIT(SUCCESS)))
		return saml_refuse(reterr, "saml.status", "status is %.*s", FG_PRI(value));
	return FG_OK;
}

static enum fg_rc
check_head(struct fg_arena *a, const struct xml_node *root, struct response *ret,
    struct fg_err *reterr)
{
	struct fg_str version;

	if (!xml_is(root, XML_NS_SAMLP, FG_LIT("Response")))
		return saml_refuse(reterr, "saml.response.shape", "root is %.*s, not a SAML 2.0 Response",
		    FG_PRI(xml_local(root)));
	if (!attr_get(a, root, FG_LIT("Version"), &version) ||
	    !attr_get(a, root, FG_LIT("ID"), &ret->id) ||
	    !attr_get(a, root, FG_LIT("InResponseTo"), &ret->in_response_to) ||
	    !attr_get(a, root, FG_LIT("Destination"), &ret->destination))
		return saml_no_memory(reterr);
	if (!fg_eq(version, FG_LIT("2.0")))
		return saml_refuse(reterr, "saml.response.version", "Version is not 2.0");
	if (ret->id.n == 0)
		return saml_refuse(reterr, "saml.response.id", "Response has no ID");
	return FG_OK;
}

enum fg_rc
response_signature(const struct xml_node *of, const struct xml_node **ret, struct fg_err *reterr)
{
	const struct xml_node *first = xml_child(of, XML_NS_DS, FG_LIT("Signature"));

	for (const struct xml_node *c = first == NULL ? NULL : xml_next(first); c != NULL;
	    c = xml_next(c)) {
		if (xml_is(c, XML_NS_DS, FG_LIT("Signature")))
			return saml_refuse(reterr, "saml.signature.place", "second Signature in %.*s",
			    FG_PRI(xml_local(of)));
	}
	*ret = first;
	return FG_OK;
}

enum fg_rc
response_issuer(struct fg_arena *a, const struct xml_node *issuer, struct fg_str entity_id,
    struct fg_err *reterr)
{
	struct fg_str name, format;

	if (issuer == NULL)
		return saml_refuse(reterr, "saml.issuer", "no Issuer");
	if (!xml_text(a, issuer, &name))
		return saml_refuse(reterr, "saml.assertion.text", "element inside Issuer");
	if (fg_str_null(name) || !attr_get(a, issuer, FG_LIT("Format"), &format))
		return saml_no_memory(reterr);
	if (format.n > 0 && !fg_eq(format, FG_LIT("urn:oasis:names:tc:SAML:2.0:nameid-format:entity")))
		return saml_refuse(reterr, "saml.issuer", "Issuer has format %.*s", FG_PRI(format));
	if (!fg_eq(name, entity_id))
		return saml_refuse(reterr, "saml.issuer", "Issuer is %.*s", FG_PRI(name));
	return FG_OK;
}

/* R4: one assertion in the whole document, and it is a child of the Response. */
static enum fg_rc
check_assertions(const struct xml_doc *doc, const struct response *r, struct fg_err *reterr)
{
	if (doc->n_assertions + doc->n_encrypted != 1)
		return saml_refuse(reterr, "saml.response.assertions",
		    "%u Assertion and %u EncryptedAssertion elements in the document",
		    doc->n_assertions, doc->n_encrypted);
	if (r->assertion == NULL && r->encrypted == NULL)
		return saml_refuse(reterr, "saml.response.assertions",
		    "the assertion is not a child of the Response");
	return FG_OK;
}

enum fg_rc
response_read(struct fg_arena *a, const struct xml_doc *doc, struct fg_str entity_id,
    struct response *ret, struct fg_err *reterr)
{
	const struct xml_node *found[PART_MAX] = { NULL };
	struct response r = { .root = doc->root };

	FG_TRY(check_head(a, r.root, &r, reterr));
	FG_TRY(list_parts(r.root, found, reterr));
	FG_TRY(check_status(a, found[PART_STATUS], reterr));
	r.signature = found[PART_SIGNATURE];
	r.assertion = found[PART_ASSERTION];
	r.encrypted = found[PART_ENCRYPTED];
	FG_TRY(check_assertions(doc, &r, reterr));
	if (r.assertion != NULL)
		FG_TRY(response_signature(r.assertion, &r.assertion_signature, reterr));
	if (doc->n_signatures != (r.signature != NULL) + (unsigned)(r.assertion_signature != NULL))
		return saml_refuse(reterr, "saml.signature.place",
		    "Signature that is not a child of the Response or its Assertion");
	if (found[PART_ISSUER] != NULL)
		FG_TRY(response_issuer(a, found[PART_ISSUER], entity_id, reterr));
	if (r.assertion != NULL)
		FG_TRY(response_issuer(a, xml_child(r.assertion, XML_NS_SAML, FG_LIT("Issuer")),
		    entity_id, reterr));
	*ret = r;
	return FG_OK;
}
