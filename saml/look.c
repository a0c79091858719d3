/*
 * saml/look.c - what a Response says about itself, for an administrator.  Nothing here is
 * verified, and nothing here is used to decide.
 */
#include "saml/extract_int.h"

enum { SIGNATURES_MAX = 8, AUDIENCES_MAX = 32 };

static struct fg_str
text_of(struct fg_arena *a, const struct xml_node *n)
{
	struct fg_str s;

	return n != NULL && xml_text(a, n, &s) ? s : FG_STR_NULL;
}

static struct fg_str
attr_of(struct fg_arena *a, const struct xml_node *n, struct fg_str name)
{
	const struct xml_attr *at = n == NULL ? NULL : xml_attr(n, name);

	return at == NULL ? FG_STR_NULL : xml_attr_value(a, at);
}

static const struct xml_node *
down(const struct xml_node *n, enum xml_ns ns, struct fg_str local)
{
	return n == NULL ? NULL : xml_child(n, ns, local);
}

/* Next element in document order. */
static const struct xml_node *
walk(const struct xml_node *n)
{
	const struct xml_node *c = xml_first(n);

	if (c != NULL)
		return c;
	while (n != NULL && (c = xml_next(n)) == NULL)
		n = n->parent;
	return n == NULL ? NULL : c;
}

/* ---- signatures ---- */

static struct fg_str
key_info(struct fg_arena *a, const struct xml_node *signature)
{
	const struct xml_node *info = down(signature, XML_NS_DS, FG_LIT("KeyInfo"));
	const struct xml_node *data = down(info, XML_NS_DS, FG_LIT("X509Data"));
	struct fg_str text = text_of(a, down(data, XML_NS_DS, FG_LIT("X509Certificate")));
	struct fg_str der, id;
	struct fg_err ignored = { .rc = FG_OK };

	if (text.n == 0 || saml_base64(a, text, &der) != FG_OK ||
	    saml_key_id(a, der, &id, &ignored) != FG_OK)
		return FG_STR_NULL;
	return id;
}

static struct saml_seen_signature
look_signature(struct fg_arena *a, const struct xml_node *n)
{
	const struct xml_node *info = down(n, XML_NS_DS, FG_LIT("SignedInfo"));
	const struct xml_node *reference = down(info, XML_NS_DS, FG_LIT("Reference"));
	const struct xml_node *of = n->parent;

	return (struct saml_seen_signature){
		.on = xml_is(of, XML_NS_SAMLP, FG_LIT("Response")) ? "response" :
		    xml_is(of, XML_NS_SAML, FG_LIT("Assertion")) ? "assertion" : "elsewhere",
		.id = of == NULL ? FG_STR_NULL : attr_of(a, of, FG_LIT("ID")),
		.reference = attr_of(a, reference, FG_LIT("URI")),
		.method = attr_of(a, down(info, XML_NS_DS, FG_LIT("SignatureMethod")),
		    FG_LIT("Algorithm")),
		.digest = attr_of(a, down(reference, XML_NS_DS, FG_LIT("DigestMethod")),
		    FG_LIT("Algorithm")),
		.key = key_info(a, n),
	};
}

static enum fg_rc
look_signatures(struct fg_arena *a, const struct xml_doc *doc, struct saml_seen *ret,
    struct fg_err *reterr)
{
	struct saml_seen_signature *v = FG_NEW_N(a, struct saml_seen_signature, SIGNATURES_MAX);

	if (v == NULL)
		return saml_no_memory(reterr);
	for (const struct xml_node *n = doc->root; n != NULL && ret->n_signatures < SIGNATURES_MAX;
	    n = walk(n)) {
		if (xml_is(n, XML_NS_DS, FG_LIT("Signature")))
			v[ret->n_signatures++] = look_signature(a, n);
	}
	ret->signature = v;
	return FG_OK;
}

/* ---- content ---- */

static void
look_response(struct fg_arena *a, const struct xml_node *root, struct saml_seen *ret)
{
	const struct xml_node *status = down(root, XML_NS_SAMLP, FG_LIT("Status"));

	ret->response_id = attr_of(a, root, FG_LIT("ID"));
	ret->destination = attr_of(a, root, FG_LIT("Destination"));
	ret->in_response_to = attr_of(a, root, FG_LIT("InResponseTo"));
	ret->response_issuer = text_of(a, down(root, XML_NS_SAML, FG_LIT("Issuer")));
	ret->status = attr_of(a, down(status, XML_NS_SAMLP, FG_LIT("StatusCode")), FG_LIT("Value"));
}

static void
look_subject(struct fg_arena *a, const struct xml_node *assertion, struct saml_seen *ret)
{
	const struct xml_node *subject = down(assertion, XML_NS_SAML, FG_LIT("Subject"));
	const struct xml_node *name = down(subject, XML_NS_SAML, FG_LIT("NameID"));
	const struct xml_node *data = down(down(subject, XML_NS_SAML, FG_LIT("SubjectConfirmation")),
	    XML_NS_SAML, FG_LIT("SubjectConfirmationData"));

	ret->subject = text_of(a, name);
	ret->subject_format = attr_of(a, name, FG_LIT("Format"));
	ret->recipient = attr_of(a, data, FG_LIT("Recipient"));
	ret->confirm_until = attr_of(a, data, FG_LIT("NotOnOrAfter"));
	if (fg_str_null(ret->in_response_to))
		ret->in_response_to = attr_of(a, data, FG_LIT("InResponseTo"));
}

static enum fg_rc
look_conditions(struct fg_arena *a, const struct xml_node *assertion, struct saml_seen *ret,
    struct fg_err *reterr)
{
	const struct xml_node *conditions = down(assertion, XML_NS_SAML, FG_LIT("Conditions"));
	struct fg_str *v = FG_NEW_N(a, struct fg_str, AUDIENCES_MAX);
	const struct xml_node *r;

	if (v == NULL)
		return saml_no_memory(reterr);
	ret->audience = v;
	if (conditions == NULL)
		return FG_OK;
	ret->not_before = attr_of(a, conditions, FG_LIT("NotBefore"));
	ret->not_on_or_after = attr_of(a, conditions, FG_LIT("NotOnOrAfter"));
	for (r = xml_first(conditions); r != NULL; r = xml_next(r)) {
		const struct xml_node *c = xml_first(r);

		for (; c != NULL && ret->n_audiences < AUDIENCES_MAX; c = xml_next(c)) {
			if (xml_is(c, XML_NS_SAML, FG_LIT("Audience")))
				v[ret->n_audiences++] = text_of(a, c);
		}
	}
	return FG_OK;
}

/* Attributes are merged as for facts; where that refuses, there is nothing to show. */
static enum fg_rc
look_attributes(struct fg_arena *a, const struct xml_node *assertion, struct saml_seen *ret,
    struct fg_err *reterr)
{
	struct saml_facts f = { .n_attributes = 0 };
	struct fg_err ignored = { .rc = FG_OK };
	enum fg_rc rc = extract_attributes(a, assertion, &f, &ignored);

	if (rc != FG_OK && fg_rc_class(rc) == FG_SELF)
		return fg_fail(reterr, rc, ignored.step, ignored.ref, "%s", ignored.text);
	ret->attribute = f.attribute;
	ret->n_attributes = f.n_attributes;
	return FG_OK;
}

static enum fg_rc
look_assertion(struct fg_arena *a, const struct xml_node *assertion, struct saml_seen *ret,
    struct fg_err *reterr)
{
	ret->assertion_id = attr_of(a, assertion, FG_LIT("ID"));
	ret->issue_instant = attr_of(a, assertion, FG_LIT("IssueInstant"));
	ret->issuer = text_of(a, down(assertion, XML_NS_SAML, FG_LIT("Issuer")));
	ret->session_not_on_or_after = attr_of(a,
	    down(assertion, XML_NS_SAML, FG_LIT("AuthnStatement")), FG_LIT("SessionNotOnOrAfter"));
	look_subject(a, assertion, ret);
	FG_TRY(look_conditions(a, assertion, ret, reterr));
	return look_attributes(a, assertion, ret, reterr);
}

enum fg_rc
saml_look(struct fg_arena *a, struct fg_str body, enum saml_form form, struct saml_seen *ret,
    struct fg_err *reterr)
{
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);
	struct saml_seen seen = { .n_assertions = 0 };
	const struct xml_node *assertion;
	struct fg_str xml;

	if (doc == NULL)
		return saml_no_memory(reterr);
	FG_TRY(saml_decode(a, body, form, &xml, reterr));
	FG_TRY(xml_parse(a, xml, doc, reterr));
	seen.n_assertions = doc->n_assertions;
	seen.n_encrypted = doc->n_encrypted;
	look_response(a, doc->root, &seen);
	FG_TRY(look_signatures(a, doc, &seen, reterr));
	assertion = xml_child(doc->root, XML_NS_SAML, FG_LIT("Assertion"));
	if (assertion != NULL)
		FG_TRY(look_assertion(a, assertion, &seen, reterr));
	*ret = seen;
	return FG_OK;
}
