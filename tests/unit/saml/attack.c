/*
 * tests/unit/saml/attack.c - signature wrapping made from every accepted document, every byte
 * changed, every length cut.
 */
#include "tests/saml/forge.h"
#include "tests/unit/saml/saml_test.h"

/* ---- a document taken apart ---- */

struct cut {
	struct fg_arena *a;
	struct fg_str head;      /* up to the Assertion */
	struct fg_str assertion; /* with its Signature */
	struct fg_str tail;      /* after the Assertion */
	struct fg_str bare;      /* the Assertion without Signature */
	struct fg_str signature; /* of the Assertion or, failing that, of the Response */
	struct fg_str whole;
	struct fg_str response_bare; /* the Response without its own Signature */
	bool response_signed;
};

static struct fg_str
span(const struct xml_doc *doc, const struct xml_node *n)
{
	size_t from = (size_t)(n->p - doc->src.p);

	return fg_sub(doc->src, from - 1, from + n->n);
}

static struct fg_str
join(struct fg_arena *a, const struct fg_str *v, size_t n)
{
	struct fg_buf b = FG_BUF_ARENA(a, 4u * 1024 * 1024);
	struct fg_str s = FG_STR_NULL;

	for (size_t i = 0; i < n; i++)
		fg_buf_put(&b, v[i]);
	CHECK_OK(fg_buf_end(&b, &s));
	return s;
}

#define JOIN(a, ...)                                                          \
	join((a), (const struct fg_str[]){ __VA_ARGS__ },                     \
	    FG_COUNT(((const struct fg_str[]){ __VA_ARGS__ })))

/* What stands around `part` in `whole`. */
static struct fg_str
without(struct fg_arena *a, struct fg_str whole, struct fg_str part)
{
	return JOIN(a, fg_str(whole.p, (size_t)(part.p - whole.p)),
	    fg_str(part.p + part.n, (size_t)(whole.p + whole.n - (part.p + part.n))));
}

static struct cut
take_apart(struct fg_arena *a, struct fg_str xml)
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

static struct fg_str
inside_first(struct fg_arena *a, struct fg_str xml, struct fg_str what)
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
	return inside_first(c->a, evil(c->a, c->response_bare),
	    inside_last(c->a, c->signature, c->response_bare));
}

static struct fg_str
xsw2(const struct cut *c, struct fg_str e)
{
	(void)e;
	return inside_first(c->a, evil(c->a, c->response_bare),
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
	return JOIN(c->a, c->head, inside_first(c->a, e, c->signature), c->bare, c->tail);
}

static struct fg_str
xsw6(const struct cut *c, struct fg_str e)
{
	return JOIN(c->a, c->head,
	    inside_first(c->a, e, inside_last(c->a, c->signature, c->bare)), c->tail);
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
	    inside_first(c->a, e, inside_last(c->a, c->signature, object)), c->tail);
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

	return JOIN(c->a, c->head, inside_first(c->a, e, s), c->tail);
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
	return JOIN(c->a, c->head, inside_first(c->a, e, c->signature), c->tail);
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
	return JOIN(c->a, c->head, inside_first(c->a, c->assertion, c->signature), c->tail);
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
	return inside_first(c->a, evil(c->a, c->response_bare), ext);
}

static struct fg_str
response_in_object(const struct cut *c, struct fg_str e)
{
	struct fg_str object = wrapped(c->a, OBJECT, c->response_bare, OBJECT_END);

	(void)e;
	return inside_first(c->a, evil(c->a, c->response_bare), inside_last(c->a, c->signature, object));
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

static enum fg_rc
judge(const struct saml_provider *p, struct fg_str body, bool vector, struct fg_err *err)
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
	struct cut c = take_apart(a, xml);
	unsigned made = 0;

	for (size_t i = 0; i < FG_COUNT(wraps); i++) {
		struct fg_err err;
		struct fg_str x = wraps[i].make(&c, evil(a, c.bare));
		enum fg_rc rc = judge(p, x, vector, &err);
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
		CHECK_OK(judge(p, xml, true, &err));
		made += wrap_all(p, xml, true);
	}
	printf(" %u wrapped documents refused ", made);
}

/* ---- bytes ---- */

static bool
same_facts(const struct saml_facts *x, const struct saml_facts *y)
{
	bool same = fg_eq(x->subject, y->subject) && fg_eq(x->issuer, y->issuer) &&
	    fg_eq(x->assertion_id, y->assertion_id) && fg_eq(x->recipient, y->recipient) &&
	    x->session_not_on_or_after == y->session_not_on_or_after &&
	    x->issue_instant == y->issue_instant && x->n_attributes == y->n_attributes;

	for (size_t i = 0; same && i < x->n_attributes; i++) {
		same = fg_eq(x->attribute[i].name, y->attribute[i].name) &&
		    x->attribute[i].n_values == y->attribute[i].n_values;
		for (size_t k = 0; same && k < x->attribute[i].n_values; k++)
			same = fg_eq(x->attribute[i].value[k], y->attribute[i].value[k]);
	}
	return same;
}

struct mutant {
	struct fg_arena *a;
	const struct saml_provider *p;
	struct saml_facts facts; /* of the good one */
	char *copy;
	size_t n;
	struct fg_str key_info; /* its bytes are not signed */
	size_t from, to;        /* the signed element */
	unsigned accepted;
};

/*
 * Refused inside the signed element; anywhere else, at least nothing else is said.  The documents
 * list xs as an inclusive prefix: exclusive C14N leaves a declaration that only a value uses
 * out of the octets, and what is not in the octets is not signed.
 */
static void
try_mutant(struct mutant *m, size_t at)
{
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts f;
	size_t info = (size_t)(m->key_info.p - m->copy);
	bool unsigned_part = at < m->from || at >= m->to || (at >= info && at < info + m->key_info.n);

	fg_arena_reset(m->a);
	if (forge_accept(m->a, m->p, fg_str(m->copy, m->n), FORGE_NOW, &f, &err) != FG_OK)
		return;
	m->accepted++;
	if (!unsigned_part || !same_facts(&f, &m->facts)) {
		printf("\n    byte %zu changed to %c: accepted\n", at, m->copy[at]);
		CHECK(false);
	}
}

static void
change_every_byte(const struct forge *f)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *keep = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct fg_str xml = forge_response(keep, f);
	struct cut c = take_apart(keep, xml);
	struct fg_str element = f->sign == FORGE_SIGN_ASSERTION ? c.assertion : c.whole;
	struct mutant m = { .a = a, .p = p, .n = xml.n };
	struct fg_err err = { .rc = FG_OK };
	const char *info;

	m.copy = fg_arena_alloc(keep, xml.n);
	memcpy(m.copy, xml.p, xml.n);
	m.from = (size_t)(element.p - xml.p);
	m.to = m.from + element.n;
	info = memmem(m.copy, m.n, "<ds:KeyInfo>", 12);
	m.key_info = fg_str(info, (size_t)((const char *)memmem(m.copy, m.n, "</ds:KeyInfo>", 13) + 13 - info));
	CHECK_OK(forge_accept(keep, p, xml, FORGE_NOW, &m.facts, &err));
	for (size_t i = 0; i < m.n; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			m.copy[i] = (char)(xml.p[i] ^ (1 << bit));
			try_mutant(&m, i);
		}
		m.copy[i] = xml.p[i] == 'A' ? 'B' : 'A';
		try_mutant(&m, i);
		m.copy[i] = xml.p[i];
	}
	printf(" %zu bytes, %u changes of unsigned bytes accepted ", m.n, m.accepted);
}

static void
any_byte_of_a_signed_assertion_changed_is_refused(void)
{
	change_every_byte(&(struct forge){ .roles = 1, .alg = { .prefixes = "xs" } });
}

static void
any_byte_of_a_signed_response_changed_is_refused(void)
{
	change_every_byte(&(struct forge){ .roles = 1, .sign = FORGE_SIGN_RESPONSE,
	    .alg = { .prefixes = "xs" } });
}

static void
any_byte_taken_out_or_cut_off_is_refused(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u * 1024 * 1024);
	FG_AUTO(fg_arena_freep) struct fg_arena *work = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct forge f = { .roles = 1, .alg = { .prefixes = "xs" } };
	struct fg_str xml = forge_response(a, &f), b64 = forge_base64(a, xml);
	struct cut c = take_apart(a, xml);
	struct fg_str element = c.assertion;
	char *copy = fg_arena_alloc(a, xml.n);
	struct fg_err err;
	struct saml_facts facts;

	for (size_t i = 0; i < xml.n; i++) {
		err = (struct fg_err){ .rc = FG_OK };
		fg_arena_reset(work);
		CHECK(forge_accept(work, p, fg_sub(xml, 0, i), FORGE_NOW, &facts, &err) != FG_OK);
		err = (struct fg_err){ .rc = FG_OK };
		CHECK(forge_accept(work, p, fg_sub(b64, 0, i), FORGE_NOW, &facts, &err) != FG_OK);
		if (xml.p + i < element.p || xml.p + i >= element.p + element.n - 1)
			continue;
		memcpy(copy, xml.p, i);
		memcpy(copy + i, xml.p + i + 1, xml.n - i - 1);
		err = (struct fg_err){ .rc = FG_OK };
		if (forge_accept(work, p, fg_str(copy, xml.n - 1), FORGE_NOW, &facts, &err) == FG_OK)
			CHECK(xml.p[i] != ' ' && fg_eq(facts.subject, FG_LIT("alice@example.test")) &&
			    memmem(xml.p, i, "<ds:KeyInfo>", 12) != NULL);
	}
}

/* ---- more of one kind ---- */

static void
an_element_inside_a_value_is_refused_first(void)
{
	static const char *const names[] = { "</saml:NameID>", "</saml:Audience>",
		"</saml:AttributeValue>", "</saml:Issuer>" };

	for (size_t i = 0; i < FG_COUNT(names); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
		FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
		struct forge f = { .roles = 1 };
		struct fg_err err;
		struct fg_str x = forge_replace(a, forge_response(a, &f), fg_str_z(names[i]),
		    JOIN(a, FG_LIT("<x/>"), fg_str_z(names[i])));

		CHECK(judge(p, x, false, &err) != FG_OK);
		CHECK_STEP(err, "saml.assertion.text");
	}
}

static void
a_genuine_signature_of_something_else_is_refused(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct forge plain = { .roles = 1 };
	struct cut c = take_apart(a, forge_response(a, &plain));
	struct fg_err err;
	/* the assertion's own genuine signature, moved up to the Response */
	struct fg_str x = inside_first(a, JOIN(a, c.head, c.bare, c.tail), c.signature);

	CHECK(judge(p, x, false, &err) != FG_OK);
	CHECK_STEP(err, "saml.signature.reference");
	/* and beside its own */
	x = inside_first(a, c.whole, c.signature);
	CHECK(judge(p, x, false, &err) != FG_OK);
	CHECK_STEP(err, "saml.signature.reference");
}

static void
one_bad_signature_of_two_is_a_refusal(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct forge good = { .roles = 1 }, other = { .roles = 1, .alg = { .key = "other.key" } };
	struct forge_alg good_key = { .key = "idp.key" }, other_key = { .key = "other.key" };
	struct fg_err err;

	/* assertion signed by a stranger, Response by the provider; and the reverse */
	CHECK(judge(p, forge_sign(a, forge_response(a, &other), true, &good_key), false, &err) != FG_OK);
	CHECK_STEP(err, "saml.signature.value");
	CHECK(judge(p, forge_sign(a, forge_response(a, &good), true, &other_key), false, &err) != FG_OK);
	CHECK_STEP(err, "saml.signature.value");
}

static void
size_is_checked_before_decoding(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	char *big = fg_arena_alloc(a, FG_LIMIT_SAML_BASE64 + 4);
	struct fg_err err;

	memset(big, 'A', FG_LIMIT_SAML_BASE64 + 4);
	CHECK_RC(judge(p, fg_str(big, FG_LIMIT_SAML_BASE64 + 4), false, &err), FG_E_LIMIT);
	CHECK_STEP(err, "saml.input.size");
	CHECK(judge(p, fg_str(big, FG_LIMIT_SAML_BASE64), false, &err) != FG_OK);
	CHECK(strcmp(err.step, "saml.input.size") != 0);
	CHECK_RC(judge(p, FG_LIT(""), false, &err), FG_E_LIMIT);
}

CU_TestInfo attack_tests[] = {
	CASE(wrapping_of_every_forged_document_is_refused),
	CASE(wrapping_of_every_accepted_vector_is_refused),
	CASE(any_byte_of_a_signed_assertion_changed_is_refused),
	CASE(any_byte_of_a_signed_response_changed_is_refused),
	CASE(any_byte_taken_out_or_cut_off_is_refused),
	CASE(an_element_inside_a_value_is_refused_first),
	CASE(a_genuine_signature_of_something_else_is_refused),
	CASE(one_bad_signature_of_two_is_a_refusal),
	CASE(size_is_checked_before_decoding),
	CASES_END,
};
