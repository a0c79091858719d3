/*
 * tests/unit/saml/wrap.c - signature wrapping, made from every accepted document.
 */
#include "tests/unit/saml/cut.h"

/* ---- a document taken apart ---- */

static struct fg_str
span(const struct xml_doc *doc, const struct xml_node *n)
{
	size_t from = (size_t)(n->p - doc->src.p);

	return fg_sub(doc->src, from - 1, from + n->n);
}

struct fg_str
cut_join(struct fg_arena *a, const struct fg_str *v, size_t n)
{
	struct fg_buf b = FG_BUF_ARENA(a, 4u * 1024 * 1024);
	struct fg_str s = FG_STR_NULL;

	for (size_t i = 0; i < n; i++)
		fg_buf_put(&b, v[i]);
	CHECK_OK(fg_buf_end(&b, &s));
	return s;
}

/* What stands around `part` in `whole`. */
static struct fg_str
without(struct fg_arena *a, struct fg_str whole, struct fg_str part)
{
	return JOIN(a, fg_str(whole.p, (size_t)(part.p - whole.p)),
	    fg_str(part.p + part.n, (size_t)(whole.p + whole.n - (part.p + part.n))));
}

struct cut
cut_apart(struct fg_arena *a, struct fg_str xml)
{
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);
	struct fg_err err = { .rc = FG_OK };
	const struct xml_node *as, *sig, *rsig;
	struct cut c = { .a = a };

	CU_ASSERT_EQUAL_FATAL(xml_parse(a, xml, doc, &err), FG_OK);
	as = xml_child(doc->root, XML_NS_SAML, FG_LIT("Assertion"));
	sig = xml_child(as, XML_NS_DS, FG_LIT("Signature"));
	rsig = xml_child(doc->root, XML_NS_DS, FG_LIT("Signature"));
	c.whole = span(doc, doc->root);
	c.assertion = span(doc, as);
	c.head = fg_str(c.whole.p, (size_t)(c.assertion.p - c.whole.p));
	c.tail = fg_str(c.assertion.p + c.assertion.n,
	    (size_t)(c.whole.p + c.whole.n - (c.assertion.p + c.assertion.n)));
	c.bare = sig == NULL ? c.assertion : without(a, c.assertion, span(doc, sig));
	c.signature = span(doc, sig == NULL ? rsig : sig);
	c.response_signed = rsig != NULL;
	c.response_bare = rsig == NULL ? c.whole : without(a, c.whole, span(doc, rsig));
	return c;
}

/* Another subject and another ID; the rest as it was. */
static struct fg_str
evil(struct fg_arena *a, struct fg_str xml)
{
	xml = forge_replace(a, xml, FG_LIT("alice@example.test"), FG_LIT("admin@example.test"));
	xml = forge_replace(a, xml, FG_LIT(" ID=\"_"), FG_LIT(" ID=\"_evil"));
	return xml;
}

/* In front of the end tag of the outermost element; after its start tag. */
static struct fg_str
inside_last(struct fg_arena *a, struct fg_str xml, struct fg_str what)
{
	size_t at = xml.n - 1;

	while (xml.p[at] != '<')
		at--;
	return JOIN(a, fg_sub(xml, 0, at), what, fg_sub(xml, at, xml.n));
}

struct fg_str
cut_inside_first(struct fg_arena *a, struct fg_str xml, struct fg_str what)
{
	size_t at = fg_find(xml, '>') + 1;

	return JOIN(a, fg_sub(xml, 0, at), what, fg_sub(xml, at, xml.n));
}

static struct fg_str
wrapped(struct fg_arena *a, const char *open, struct fg_str what, const char *close)
{
	return JOIN(a, fg_str_z(open), what, fg_str_z(close));
}

/* ---- the transformer ---- */

typedef struct fg_str (*wrap_fn)(const struct cut *c, struct fg_str e);

#define OBJECT "<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">"
#define OBJECT_END "</ds:Object>"

static struct fg_str
xsw1(const struct cut *c, struct fg_str e)
{
	(void)e;
	return cut_inside_first(c->a, evil(c->a, c->response_bare),
	    inside_last(c->a, c->signature, c->response_bare));
}

static struct fg_str
xsw2(const struct cut *c, struct fg_str e)
{
	(void)e;
	return cut_inside_first(c->a, evil(c->a, c->response_bare),
	    JOIN(c->a, c->response_bare, c->signature));
}

static struct fg_str
xsw3(const struct cut *c, struct fg_str e)
{
	return JOIN(c->a, c->head, e, c->assertion, c->tail);
}

static struct fg_str
xsw3_after(const struct cut *c, struct fg_str e)
{
	return JOIN(c->a, c->head, c->assertion, e, c->tail);
}

static struct fg_str
xsw4(const struct cut *c, struct fg_str e)
{
	return JOIN(c->a, c->head, inside_last(c->a, e, c->assertion), c->tail);
}

static struct fg_str
xsw5(const struct cut *c, struct fg_str e)
{
	return JOIN(c->a, c->head, cut_inside_first(c->a, e, c->signature), c->bare, c->tail);
}

static struct fg_str
xsw6(const struct cut *c, struct fg_str e)
{
	return JOIN(c->a, c->head,
	    cut_inside_first(c->a, e, inside_last(c->a, c->signature, c->bare)), c->tail);
}

static struct fg_str
xsw7(const struct cut *c, struct fg_str e)
{
	struct fg_str ext = wrapped(c->a,
	    "<p:Extensions xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\">", e, "</p:Extensions>");

	return JOIN(c->a, c->head, ext, c->assertion, c->tail);
}

static struct fg_str
xsw8(const struct cut *c, struct fg_str e)
{
	struct fg_str object = wrapped(c->a, OBJECT, c->bare, OBJECT_END);

	return JOIN(c->a, c->head,
	    cut_inside_first(c->a, e, inside_last(c->a, c->signature, object)), c->tail);
}

static struct fg_str
in_advice(const struct cut *c, struct fg_str e)
{
	return JOIN(c->a, c->head, inside_last(c->a, e,
	    wrapped(c->a, "<saml:Advice>", c->assertion, "</saml:Advice>")), c->tail);
}

static struct fg_str
in_foreign_element(const struct cut *c, struct fg_str e)
{
	return JOIN(c->a, c->head, e,
	    wrapped(c->a, "<w:w xmlns:w=\"urn:w\">", c->assertion, "</w:w>"), c->tail);
}

static struct fg_str
in_status(const struct cut *c, struct fg_str e)
{
	struct fg_str detail = wrapped(c->a, "<samlp:StatusDetail>", c->assertion,
	    "</samlp:StatusDetail></samlp:Status>");

	return JOIN(c->a, forge_replace(c->a, c->head, FG_LIT("</samlp:Status>"), detail), e, c->tail);
}

static struct fg_str
in_extensions(const struct cut *c, struct fg_str e)
{
	struct fg_str ext = wrapped(c->a,
	    "<p:Extensions xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\">", c->assertion,
	    "</p:Extensions>");

	return JOIN(c->a, c->head, ext, e, c->tail);
}

static struct fg_str
in_key_info(const struct cut *c, struct fg_str e)
{
	struct fg_str s = forge_replace(c->a, c->signature, FG_LIT("</ds:KeyInfo>"),
	    JOIN(c->a, c->bare, FG_LIT("</ds:KeyInfo>")));

	return JOIN(c->a, c->head, cut_inside_first(c->a, e, s), c->tail);
}

static struct fg_str
in_attribute_value(const struct cut *c, struct fg_str e)
{
	return JOIN(c->a, c->head, forge_replace(c->a, e, FG_LIT("</saml:AttributeValue>"),
	    JOIN(c->a, c->assertion, FG_LIT("</saml:AttributeValue>"))), c->tail);
}

static struct fg_str
in_confirmation(const struct cut *c, struct fg_str e)
{
	return JOIN(c->a, c->head, forge_replace(c->a, e, FG_LIT("</saml:SubjectConfirmation>"),
	    JOIN(c->a, c->assertion, FG_LIT("</saml:SubjectConfirmation>"))), c->tail);
}

static struct fg_str
same_id(const struct cut *c, struct fg_str e)
{
	e = forge_replace(c->a, e, FG_LIT(" ID=\"_evil"), FG_LIT(" ID=\"_"));
	return JOIN(c->a, c->head, e, c->assertion, c->tail);
}

static struct fg_str
only_evil_with_signature(const struct cut *c, struct fg_str e)
{
	return JOIN(c->a, c->head, cut_inside_first(c->a, e, c->signature), c->tail);
}

static struct fg_str
only_evil(const struct cut *c, struct fg_str e)
{
	return JOIN(c->a, c->head, e, c->tail);
}

static struct fg_str
two_signatures(const struct cut *c, struct fg_str e)
{
	(void)e;
	return JOIN(c->a, c->head, cut_inside_first(c->a, c->assertion, c->signature), c->tail);
}

static struct fg_str
signature_elsewhere(const struct cut *c, struct fg_str e)
{
	(void)e;
	return JOIN(c->a, c->head, c->assertion,
	    wrapped(c->a, "<w:w xmlns:w=\"urn:w\">", c->signature, "</w:w>"), c->tail);
}

static struct fg_str
response_in_extensions(const struct cut *c, struct fg_str e)
{
	struct fg_str ext = wrapped(c->a,
	    "<p:Extensions xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\">", c->whole, "</p:Extensions>");

	(void)e;
	return cut_inside_first(c->a, evil(c->a, c->response_bare), ext);
}

static struct fg_str
response_in_object(const struct cut *c, struct fg_str e)
{
	struct fg_str object = wrapped(c->a, OBJECT, c->response_bare, OBJECT_END);

	(void)e;
	return cut_inside_first(c->a, evil(c->a, c->response_bare), inside_last(c->a, c->signature, object));
}

static struct fg_str
encrypted_beside(const struct cut *c, struct fg_str e)
{
	(void)e;
	return JOIN(c->a, c->head, c->assertion, FG_LIT("<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:"
	    "names:tc:SAML:2.0:assertion\"/>"), c->tail);
}

static const struct {
	const char *name;
	wrap_fn make;
} wraps[] = {
	{ "xsw1", xsw1 }, { "xsw2", xsw2 }, { "xsw3", xsw3 }, { "xsw3 after", xsw3_after },
	{ "xsw4", xsw4 }, { "xsw5", xsw5 }, { "xsw6", xsw6 }, { "xsw7", xsw7 }, { "xsw8", xsw8 },
	{ "in Advice", in_advice }, { "in a foreign element", in_foreign_element },
	{ "in Status", in_status }, { "in Extensions", in_extensions }, { "in KeyInfo", in_key_info },
	{ "in AttributeValue", in_attribute_value }, { "in the confirmation", in_confirmation },
	{ "same ID", same_id }, { "only evil, with the signature", only_evil_with_signature },
	{ "only evil", only_evil }, { "two signatures", two_signatures },
	{ "signature elsewhere", signature_elsewhere },
	{ "response in Extensions", response_in_extensions },
	{ "response in Object", response_in_object }, { "encrypted beside", encrypted_beside },
};

enum fg_rc
cut_judge(const struct saml_provider *p, struct fg_str body, bool vector, struct fg_err *err)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	struct saml_facts f;

	*err = (struct fg_err){ .rc = FG_OK };
	return vector ? test_accept(a, p, body, FORGE_NOW, &f, err)
		      : forge_accept(a, p, body, FORGE_NOW, &f, err);
}

/* Every wrap of one accepted document is refused for a rule of the family. */
static unsigned
wrap_all(const struct saml_provider *p, struct fg_str xml, bool vector)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u * 1024 * 1024);
	struct cut c = cut_apart(a, xml);
	unsigned made = 0;

	for (size_t i = 0; i < FG_COUNT(wraps); i++) {
		struct fg_err err;
		struct fg_str x = wraps[i].make(&c, evil(a, c.bare));
		enum fg_rc rc = cut_judge(p, x, vector, &err);
		const char *rule = test_rule(&err);
		bool ok = rc != FG_OK && fg_rc_class(rc) == FG_CALLER &&
		    strstr(" R1 R4 R5 R6 R7 R8 R12 ", rule) != NULL;

		if (!ok)
			printf("\n    %s: %s %s %s\n", wraps[i].name, rc == FG_OK ? "ACCEPTED" : err.step, rule,
			    err.text);
		CHECK(ok);
		made++;
	}
	return made;
}

static void
wrapping_of_every_forged_document_is_refused(void)
{
	static const struct forge forges[] = {
		{ .roles = 1 }, { .sign = FORGE_SIGN_RESPONSE }, { .sign = FORGE_SIGN_BOTH },
		{ .alg = { .last = true } }, { .alg = { .prefixes = "xs" } }, { .alg = { .no_key_info = true } },
	};

	for (size_t i = 0; i < FG_COUNT(forges); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
		FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);

		(void)wrap_all(p, forge_response(a, &forges[i]), false);
	}
}

static void
wrapping_of_every_accepted_vector_is_refused(void)
{
	static const char *const accepted[] = { "ok-asig", "ok-rsig", "ok-both", "ok-rsa-sha384",
		"ok-rsa-sha512", "ok-ecdsa", "ok-bom", "ok-decl", "ok-b64-lines", "keyinfo-unrelated",
		"charref-nameid", "cond-skew-ok", "audience-ws", "audience-two-values", "dup-role",
		"onetimeuse" };
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u * 1024 * 1024);
	struct fg_str dir = unit_suite_dir(a, "saml");
	unsigned made = 0;

	if (dir.p == NULL)
		return;
	for (size_t i = 0; i < FG_COUNT(accepted); i++) {
		bool ec = fg_eq(fg_str_z(accepted[i]), FG_LIT("ok-ecdsa"));
		struct fg_str pem = unit_file(a, fg_arena_fmt(a, "%s/%s.crt", dir.p, ec ? "ec" : "idp").p);
		FG_AUTO(saml_provider_freep) struct saml_provider *p = test_provider(pem, 0);
		struct fg_str xml = FG_STR_NULL;
		struct fg_err err = { .rc = FG_OK };

		CU_ASSERT_EQUAL_FATAL(saml_decode(a, unit_file(a, fg_arena_fmt(a, "%s/%s.b64", dir.p,
		    accepted[i]).p), SAML_FORM_BASE64, &xml, &err), FG_OK);
		CHECK_OK(cut_judge(p, xml, true, &err));
		made += wrap_all(p, xml, true);
	}
	printf(" %u wrapped documents refused ", made);
}

CU_TestInfo wrap_tests[] = {
	CASE(wrapping_of_every_forged_document_is_refused),
	CASE(wrapping_of_every_accepted_vector_is_refused),
	CASES_END,
};
