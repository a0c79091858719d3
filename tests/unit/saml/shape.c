/*
 * tests/unit/saml/shape.c - parts in the wrong place, twice, empty or with text: signed as they are,
 * refused for their shape.
 */
#include "tests/saml/forge.h"
#include "tests/unit/saml/saml_test.h"

#define CONFIRM "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">"
#define DATA "<saml:SubjectConfirmationData InResponseTo=\"_req1\" NotOnOrAfter=\"2026-01-15T10:05:00Z\" " \
	"Recipient=\"" FORGE_ACS "\""
#define AUDIENCE "<saml:Audience>" FORGE_AUDIENCE "</saml:Audience>"
#define ATTRIBUTES(x) "<saml:AttributeStatement>" x "</saml:AttributeStatement>"
#define CONDITIONS(x) "<saml:Conditions>" x "</saml:Conditions>"
#define RESTRICTED(x) CONDITIONS("<saml:AudienceRestriction>" x "</saml:AudienceRestriction>")

struct row {
	const char *name;
	struct forge forge;
	const char *step;
};

static void
judge(const struct row *r)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts f;
	enum fg_rc rc = forge_accept(a, p, forge_response(a, &r->forge), FORGE_NOW, &f, &err);
	bool ok = r->step == NULL ? rc == FG_OK : rc != FG_OK && strcmp(err.step, r->step) == 0;

	if (!ok)
		printf("\n    %s: %s (%s)\n", r->name, rc == FG_OK ? "accepted" : err.step, err.text);
	CHECK(ok);
}

static void
signed_assertions_of_the_wrong_shape_are_refused(void)
{
	static const struct row rows[] = {
		{ "attribute without Name", { .attributes = ATTRIBUTES("<saml:Attribute>"
		    "<saml:AttributeValue>x</saml:AttributeValue></saml:Attribute>") }, "saml.assertion.shape" },
		{ "attribute with an empty Name", { .attributes = ATTRIBUTES("<saml:Attribute Name=\"\"/>") },
		    "saml.assertion.shape" },
		{ "attribute with another child", { .attributes = ATTRIBUTES("<saml:Attribute Name=\"n\">"
		    "<saml:Other/></saml:Attribute>") }, "saml.assertion.shape" },
		{ "text in an attribute", { .attributes = ATTRIBUTES("<saml:Attribute Name=\"n\">x"
		    "<saml:AttributeValue>y</saml:AttributeValue></saml:Attribute>") }, "saml.assertion.shape" },
		{ "another child of the statement", { .attributes = ATTRIBUTES("<saml:Other Name=\"n\"/>") },
		    "saml.assertion.shape" },
		{ "text in the statement", { .attributes = ATTRIBUTES("x<saml:Attribute Name=\"n\"/>") },
		    "saml.assertion.shape" },
		{ "white space is not text", { .attributes = ATTRIBUTES("\n <saml:Attribute Name=\"n\">\t"
		    "<saml:AttributeValue>y</saml:AttributeValue> </saml:Attribute>\n") }, NULL },
		{ "session name without a value", { .attributes = ATTRIBUTES("<saml:Attribute "
		    "Name=\"https://aws.amazon.com/SAML/Attributes/RoleSessionName\"/>") },
		    "saml.attribute.single" },
		{ "session name twice", { .attributes = ATTRIBUTES("<saml:Attribute Name=\""
		    "https://aws.amazon.com/SAML/Attributes/RoleSessionName\"><saml:AttributeValue>ab"
		    "</saml:AttributeValue></saml:Attribute><saml:Attribute Name=\""
		    "https://aws.amazon.com/SAML/Attributes/RoleSessionName\"/>") }, "saml.attribute.single" },
		{ "two statements", { .attributes = ATTRIBUTES("<saml:Attribute Name=\"a\"/>") ATTRIBUTES(
		    "<saml:Attribute Name=\"b\"/>") }, NULL },
		{ "text in the assertion", { .advice = "text" }, "saml.assertion.shape" },
		{ "second Conditions", { .advice = RESTRICTED(AUDIENCE) }, "saml.assertion.shape" },
		{ "second Subject", { .advice = "<saml:Subject/>" }, "saml.assertion.shape" },
		{ "second AuthnStatement", { .advice = "<saml:AuthnStatement AuthnInstant=\""
		    "2026-01-15T10:00:00Z\"/>" }, "saml.assertion.shape" },
		{ "foreign child", { .advice = "<x:y xmlns:x=\"urn:x\"/>" }, "saml.assertion.shape" },
		{ "no AuthnInstant", { .authn = "<saml:AuthnStatement/>" }, "saml.assertion.shape" },
		{ "AuthnInstant with an offset", { .authn = "<saml:AuthnStatement AuthnInstant=\""
		    "2026-01-15T10:00:00+00:00\"/>" }, "saml.time.form" },
		{ "content in the confirmation data", { .confirmation = CONFIRM DATA "><saml:x/>"
		    "</saml:SubjectConfirmationData></saml:SubjectConfirmation>" }, "saml.assertion.shape" },
		{ "text in the confirmation data", { .confirmation = CONFIRM DATA ">x"
		    "</saml:SubjectConfirmationData></saml:SubjectConfirmation>" }, "saml.assertion.shape" },
		{ "text in the confirmation", { .confirmation = CONFIRM DATA "/>x</saml:SubjectConfirmation>" },
		    "saml.assertion.shape" },
		{ "a name in the confirmation", { .confirmation = CONFIRM "<saml:NameID>x</saml:NameID>" DATA
		    "/></saml:SubjectConfirmation>" }, "saml.confirmation.missing" },
		{ "two data", { .confirmation = CONFIRM DATA "/>" DATA "/></saml:SubjectConfirmation>" },
		    "saml.confirmation.missing" },
		{ "text in the subject", { .confirmation = CONFIRM DATA "/></saml:SubjectConfirmation>x" },
		    "saml.confirmation.missing" },
		{ "no NotOnOrAfter", { .confirmation = CONFIRM "<saml:SubjectConfirmationData Recipient=\""
		    FORGE_ACS "\"/></saml:SubjectConfirmation>" }, "saml.confirmation.expired" },
		{ "no Recipient", { .confirmation = CONFIRM "<saml:SubjectConfirmationData NotOnOrAfter=\""
		    "2026-01-15T10:05:00Z\"/></saml:SubjectConfirmation>" }, "saml.confirmation.recipient" },
		{ "text in conditions", { .conditions = CONDITIONS("x<saml:AudienceRestriction>" AUDIENCE
		    "</saml:AudienceRestriction>") }, "saml.assertion.shape" },
		{ "text in a restriction", { .conditions = RESTRICTED("x" AUDIENCE) }, "saml.assertion.shape" },
		{ "another child of a restriction", { .conditions = RESTRICTED(AUDIENCE "<saml:x/>") },
		    "saml.conditions.unknown" },
		{ "OneTimeUse twice", { .conditions = CONDITIONS("<saml:OneTimeUse/><saml:OneTimeUse/>"
		    "<saml:AudienceRestriction>" AUDIENCE "</saml:AudienceRestriction>") },
		    "saml.conditions.unknown" },
		{ "a foreign OneTimeUse", { .conditions = CONDITIONS("<x:OneTimeUse xmlns:x=\"urn:x\"/>") },
		    "saml.conditions.unknown" },
		{ "version of the assertion", { .before_sign_from = "ID=\"_a1\" Version=\"2.0\"",
		    .before_sign_to = "ID=\"_a1\" Version=\"1.1\"" }, "saml.response.version" },
		{ "no version", { .before_sign_from = "ID=\"_a1\" Version=\"2.0\"",
		    .before_sign_to = "ID=\"_a1\"" }, "saml.response.version" },
		{ "no IssueInstant", { .before_sign_from = " IssueInstant=\"2026-01-15T10:00:00Z\"",
		    .before_sign_to = "" }, "saml.time.form" },
		{ "IssueInstant before 1970", { .before_sign_from = " IssueInstant=\"2026", .before_sign_to =
		    " IssueInstant=\"1960" }, "saml.time.form" },
		{ "Issuer is not first", { .before_sign_from = "<saml:Issuer>" FORGE_ISSUER "</saml:Issuer>"
		    "<saml:Subject>", .before_sign_to = "<saml:Advice/><saml:Issuer>" FORGE_ISSUER
		    "</saml:Issuer><saml:Subject>" }, "saml.issuer" },
		{ "no Issuer", { .before_sign_from = "<saml:Issuer>" FORGE_ISSUER "</saml:Issuer><saml:Subject>",
		    .before_sign_to = "<saml:Subject>", .alg = { .last = true } }, "saml.issuer" },
		{ "Issuer of another format", { .before_sign_from = "<saml:Issuer>", .before_sign_to =
		    "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">" },
		    "saml.issuer" },
		{ "Issuer of the entity format", { .before_sign_from = "<saml:Issuer>", .before_sign_to =
		    "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">" }, NULL },
		{ "no Subject", { .before_sign_from = "saml:Subject>", .before_sign_to = "saml:Advice>" },
		    "saml.subject.missing" },
		{ "no ID, under the Response's signature", { .sign = FORGE_SIGN_RESPONSE,
		    .before_sign_from = " ID=\"_a1\"", .before_sign_to = "" }, "saml.response.id" },
		{ "a Signature in Extensions", { .extensions = "<samlp:Extensions><ds:Signature xmlns:ds=\""
		    "http://www.w3.org/2000/09/xmldsig#\"/></samlp:Extensions>" }, "saml.signature.place" },
		{ "a Signature in Advice", { .advice = "<saml:Advice><ds:Signature xmlns:ds=\""
		    "http://www.w3.org/2000/09/xmldsig#\"/></saml:Advice>" }, "saml.signature.place" },
		{ "an assertion in Advice", { .advice = "<saml:Advice><saml:Assertion ID=\"x\" "
		    "Version=\"2.0\"/></saml:Advice>" }, "saml.response.assertions" },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++)
		judge(&rows[i]);
}

static void
more_names_than_the_limit_are_refused(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);

	for (unsigned n = FG_LIMIT_SAML_NAMES; n <= FG_LIMIT_SAML_NAMES + 1; n++) {
		struct fg_buf b = FG_BUF_ARENA(a, 1024u * 1024);
		struct row r = { "names", { .attributes = NULL },
			n > FG_LIMIT_SAML_NAMES ? "saml.xml.limit" : NULL };
		struct fg_str s;

		fg_buf_put(&b, FG_LIT("<saml:AttributeStatement>"));
		for (unsigned i = 0; i < n; i++)
			fg_buf_fmt(&b, "<saml:Attribute Name=\"n%u\"/>", i);
		fg_buf_put(&b, FG_LIT("</saml:AttributeStatement>"));
		fg_buf_putc(&b, '\0');
		CHECK_OK(fg_buf_end(&b, &s));
		r.forge.attributes = s.p;
		judge(&r);
	}
}

/* ---- the Response, which an unsigned change reaches ---- */

static void
responses_of_the_wrong_shape_are_refused(void)
{
	static const struct {
		const char *from, *to, *step;
	} rows[] = {
		{ "samlp:Response", "samlp:ArtifactResponse", "saml.response.shape" },
		{ "SAML:2.0:protocol\" ID", "SAML:2.1:protocol\" ID", "saml.response.shape" },
		{ "<samlp:Status>", "<samlp:Other/><samlp:Status>", "saml.response.shape" },
		{ "<samlp:Status>", "text<samlp:Status>", "saml.response.shape" },
		{ "<samlp:Status>", "<samlp:Status/><samlp:Status>", "saml.response.shape" },
		{ "ID=\"_r1\" Version=\"2.0\"", "ID=\"_r1\" Version=\"2.1\"", "saml.response.version" },
		{ "ID=\"_r1\" Version=\"2.0\"", "ID=\"_r1\"", "saml.response.version" },
		{ "ID=\"_r1\"", "", "saml.response.id" },
		{ "ID=\"_r1\"", "ID=\"\"", "saml.response.id" },
		{ "<samlp:StatusCode ", "<samlp:StatusCodes ", "saml.status" },
		{ "Destination=\"" FORGE_ACS "\"", "Destination=\"https://other/\"", "saml.response.destination" },
		{ "Destination=\"" FORGE_ACS "\"", "", NULL },
		{ "InResponseTo=\"_req1\" IssueInstant", "InResponseTo=\"_req2\" IssueInstant",
		    "saml.confirmation.in-response-to" },
		{ "<ds:SignedInfo>", "<ds:SignedInfos/><ds:SignedInfo>", "saml.signature.shape" },
		{ "<ds:SignatureValue>", "<ds:Object/><ds:SignatureValue>", "saml.signature.shape" },
		{ "</ds:Signature>", "<ds:Object/></ds:Signature>", "saml.signature.shape" },
		{ "</ds:Signature>", "text</ds:Signature>", "saml.signature.shape" },
		{ "<ds:SignatureValue>", "<ds:SignatureValue>*", "saml.signature.shape" },
		{ "<ds:SignatureValue>", "<ds:SignatureValue><ds:x/>", "saml.signature.shape" },
		{ "<ds:CanonicalizationMethod", "<ds:Canonicalization", "saml.xml.syntax" },
		{ "<ds:SignedInfo><ds:CanonicalizationMethod", "<ds:SignedInfo><ds:x/><ds:CanonicalizationMethod",
		    "saml.signature.shape" },
		{ "#\"></ds:CanonicalizationMethod>", "#\"><ds:x/></ds:CanonicalizationMethod>",
		    "saml.signature.shape" },
		{ "#\"></ds:CanonicalizationMethod>", "#\">x</ds:CanonicalizationMethod>",
		    "saml.signature.shape" },
		{ "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">",
		    "<ds:CanonicalizationMethod>", "saml.signature.shape" },
		{ "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">",
		    "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\">",
		    "saml.signature.c14n" },
		{ "</ds:SignatureMethod>", "<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>",
		    "saml.signature.shape" },
		{ "</ds:DigestMethod>", "<ds:x/></ds:DigestMethod>", "saml.signature.shape" },
		{ "<ds:DigestValue>", "<ds:DigestValue>*", "saml.signature.shape" },
		{ "</ds:Reference>", "</ds:Reference><ds:Reference/>", "saml.signature.reference" },
		{ "</ds:Reference>", "<ds:x/></ds:Reference>", "saml.signature.reference" },
		{ "URI=\"#_a1\"", "URI=\"\"", "saml.signature.reference" },
		{ "URI=\"#_a1\"", "", "saml.signature.reference" },
		{ "URI=\"#_a1\"", "URI=\"#_r1\"", "saml.signature.reference" },
		{ "URI=\"#_a1\"", "URI=\"_a1#\"", "saml.signature.reference" },
		{ "URI=\"#_a1\"", "URI=\"x_a1\"", "saml.signature.reference" },
		{ "<ds:Transforms>", "<ds:Transforms>x", "saml.signature.transforms" },
		{ "<ds:DigestMethod", "x<ds:DigestMethod", "saml.signature.reference" },
		{ "<ds:SignatureMethod", "x<ds:SignatureMethod", "saml.signature.reference" },
		{ "URI=\"#_a1\"", "URI=\"#xpointer(id('_a1'))\"", "saml.signature.reference" },
		{ "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>",
		    "", "saml.signature.transforms" },
		{ "xmldsig#enveloped-signature\">", "xmldsig#base64\">", "saml.signature.transforms" },
		{ "xmldsig#enveloped-signature\">", "xmldsig#enveloped-signature\">x", "saml.signature.transforms" },
		{ "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">",
		    "<ds:Transform Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\">",
		    "saml.signature.transforms" },
		{ "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">",
		    "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><ds:XPath/>",
		    "saml.signature.shape" },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
		FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
		struct forge f = { .roles = 1 };
		struct fg_err err = { .rc = FG_OK };
		struct saml_facts facts;
		struct fg_str x = forge_replace(a, forge_response(a, &f), fg_str_z(rows[i].from),
		    fg_str_z(rows[i].to));
		enum fg_rc rc = forge_accept(a, p, x, FORGE_NOW, &facts, &err);
		bool ok = rows[i].step == NULL ? rc == FG_OK : rc != FG_OK && strcmp(err.step, rows[i].step) == 0;

		if (!ok)
			printf("\n    %s -> %s: %s\n", rows[i].from, rows[i].to, rc == FG_OK ? "accepted" : err.step);
		CHECK(ok);
	}
}

static void
an_assertion_that_is_only_inside_something_else_is_refused(void)
{
	static const struct forge_alg alg = { .key = NULL };
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct forge f = { .sign = FORGE_SIGN_NONE, .roles = 1 };
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts facts;
	struct fg_str x = forge_response(a, &f);

	x = forge_replace(a, x, FG_LIT("<saml:Assertion "), FG_LIT("<samlp:Extensions><saml:Assertion "));
	x = forge_replace(a, x, FG_LIT("</saml:Assertion>"), FG_LIT("</saml:Assertion></samlp:Extensions>"));
	CHECK(forge_accept(a, p, forge_sign(a, x, true, &alg), FORGE_NOW, &facts, &err) != FG_OK);
	CHECK_STEP(err, "saml.response.assertions");
}

static void
prefix_lists_are_bounded(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct forge f = { .roles = 1, .alg = { .prefixes = "a b c d e f g h i j k l m n o p" } };
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts facts;
	struct fg_str x = forge_response(a, &f);

	CHECK_OK(forge_accept(a, p, x, FORGE_NOW, &facts, &err));
	x = forge_replace(a, x, FG_LIT("n o p\""), FG_LIT("n o p q\""));
	CHECK(forge_accept(a, p, x, FORGE_NOW, &facts, &err) != FG_OK);
	CHECK_STEP(err, "saml.signature.c14n");
}

CU_TestInfo shape_tests[] = {
	CASE(signed_assertions_of_the_wrong_shape_are_refused),
	CASE(more_names_than_the_limit_are_refused),
	CASE(responses_of_the_wrong_shape_are_refused),
	CASE(an_assertion_that_is_only_inside_something_else_is_refused),
	CASE(prefix_lists_are_bounded),
	CASES_END,
};
