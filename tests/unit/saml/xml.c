/*
 * tests/unit/saml/xml.c - the strict reader (R2, R3, R5, R12) and the C14N emitter.
 */
#include <libxml/c14n.h>
#include <libxml/parser.h>

#include "tests/unit/saml/saml_test.h"

#define SAML_A "urn:oasis:names:tc:SAML:2.0:assertion"

static const struct {
	const char *xml;
	const char *step; /* NULL: accepted */
} documents[] = {
	{ "<a/>", NULL },
	{ "<a></a>", NULL },
	{ " <a/>\n", NULL },
	{ "\xef\xbb\xbf<a/>", NULL },
	{ "<?xml version=\"1.0\"?><a/>", NULL },
	{ "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<a/>", NULL },
	{ "<a b='1' c=\"2\"/>", NULL },
	{ "<a b='\"'/>", NULL },
	{ "<a>&amp;&lt;&gt;&quot;&apos;&#65;&#x41;</a>", NULL },
	{ "<a>\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80</a>", NULL },
	{ "<a>></a>", NULL },
	{ "<a>]]</a>", NULL },
	{ "<a xmlns='urn:x'><b xmlns=''/></a>", NULL },
	{ "<x:a xmlns:x='urn:x' x:b='1' b='2'/>", NULL },
	{ "<a xml:lang='en'/>", NULL },
	/* R2 */
	{ "", "saml.xml.limit" },
	{ " ", "saml.xml.syntax" },
	{ "a", "saml.xml.syntax" },
	{ "<a>", "saml.xml.syntax" },
	{ "<a", "saml.xml.syntax" },
	{ "<a/", "saml.xml.syntax" },
	{ "<a/ >", "saml.xml.syntax" },
	{ "<r><a/ ></r>", "saml.xml.syntax" },
	{ "</a>", "saml.xml.syntax" },
	{ "<a></b>", "saml.xml.syntax" },
	{ "<a></aa>", "saml.xml.syntax" },
	{ "<a/><a/>", "saml.xml.syntax" },
	{ "<a/>x", "saml.xml.syntax" },
	{ "<a/>&#32;", "saml.xml.syntax" },
	{ "x<a/>", "saml.xml.syntax" },
	{ "<a b/>", "saml.xml.syntax" },
	{ "<a b=1/>", "saml.xml.syntax" },
	{ "<a b='1/>", "saml.xml.syntax" },
	{ "<a b=cdc/>", "saml.xml.syntax" },
	{ "<a>&#x4G;</a>", "saml.xml.syntax" },
	{ "<a>&#4a;</a>", "saml.xml.syntax" },
	{ "<a b='1'c='2'/>", "saml.xml.syntax" },
	{ "<a b='<'/>", "saml.xml.syntax" },
	{ "<a>]]></a>", "saml.xml.syntax" },
	{ "<a>&#0;</a>", "saml.xml.syntax" },
	{ "<a>&#xD800;</a>", "saml.xml.syntax" },
	{ "<a>&#xFFFF;</a>", "saml.xml.syntax" },
	{ "<a>&#x110000;</a>", "saml.xml.syntax" },
	{ "<a>&#x000000041;</a>", "saml.xml.syntax" },
	{ "<a>&#;</a>", "saml.xml.syntax" },
	{ "<a>&#X41;</a>", "saml.xml.syntax" },
	{ "<a>&#65</a>", "saml.xml.syntax" },
	{ "<a>\x01</a>", "saml.xml.syntax" },
	{ "<a b='\x0b'/>", "saml.xml.syntax" },
	{ "<:a/>", "saml.xml.syntax" },
	{ "<a:/>", "saml.xml.syntax" },
	{ "<a:b:c xmlns:a='urn:a'/>", "saml.xml.syntax" },
	{ "<1/>", "saml.xml.syntax" },
	{ "< a/>", "saml.xml.syntax" },
	{ "<\xc3\xa9/>", "saml.xml.syntax" },
	{ "<a>&nbsp;</a>", "saml.xml.markup" },
	{ "<a>&amp</a>", "saml.xml.markup" },
	{ "<!DOCTYPE a><a/>", "saml.xml.markup" },
	{ "<!--x--><a/>", "saml.xml.markup" },
	{ "<a><!--x--></a>", "saml.xml.markup" },
	{ "<a/><!--x-->", "saml.xml.markup" },
	{ "<a><![CDATA[x]]></a>", "saml.xml.markup" },
	{ "<a><?x?></a>", "saml.xml.markup" },
	{ "<?x?><a/>", "saml.xml.markup" },
	{ "<a/><?x?>", "saml.xml.markup" },
	{ " <?xml version='1.0'?><a/>", "saml.xml.markup" },
	{ "<a>\xc1\xa1</a>", "saml.xml.encoding" },
	{ "<a>\xed\xa0\x80</a>", "saml.xml.encoding" },
	{ "<a>\xef\xbf\xbe</a>", "saml.xml.encoding" },
	{ "<a>\xef\xbf\xbf</a>", "saml.xml.encoding" },
	{ "<a>\xff</a>", "saml.xml.encoding" },
	{ "<?xml version='1.1'?><a/>", "saml.xml.encoding" },
	{ "<?xml version='1.0' encoding='UTF-16'?><a/>", "saml.xml.encoding" },
	{ "<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "saml.xml.encoding" },
	{ "<?xml encoding='UTF-8'?><a/>", "saml.xml.encoding" },
	{ "<?xml version='1.0' x='y'?><a/>", "saml.xml.encoding" },
	{ "<?xml version='1.0\"?><a/>", "saml.xml.encoding" },
	{ "<?xml version='1.0' encoding='UTF-8\"?><a/>", "saml.xml.encoding" },
	{ "<?xml version='1.0'encoding='UTF-8'?><a/>", "saml.xml.encoding" },
	{ "<?xml version='1.0'x>", "saml.xml.encoding" },
	{ "<?xml version='1.0'?", "saml.xml.encoding" },
	{ "<?xml version='1.0'", "saml.xml.encoding" },
	{ "<?xml version='1.0' ?x<a/>", "saml.xml.encoding" },
	{ "<?xml version='1.0' !><a/>", "saml.xml.encoding" },
	{ "<?xml version=1.0?><a/>", "saml.xml.encoding" },
	{ "<a xmlns='1a:b'/>", "saml.xml.namespace" },
	{ "<a xmlns='-a:b'/>", "saml.xml.namespace" },
	{ "<a xmlns=':b'/>", "saml.xml.namespace" },
	/* R3 */
	{ "<a b='1' b='1'/>", "saml.xml.attribute" },
	{ "<a xmlns:x='urn:x' xmlns:y='urn:x' x:b='1' y:b='1'/>", "saml.xml.attribute" },
	{ "<a xmlns:x='urn:x' xmlns:x='urn:x'/>", "saml.xml.attribute" },
	{ "<a xmlns='urn:x' xmlns='urn:y'/>", "saml.xml.attribute" },
	{ "<x:a/>", "saml.xml.namespace" },
	{ "<a x:b='1'/>", "saml.xml.namespace" },
	{ "<a xmlns:x='1'/>", "saml.xml.namespace" },
	{ "<a xmlns:x='x/y'/>", "saml.xml.namespace" },
	{ "<a xmlns:x='//x'/>", "saml.xml.namespace" },
	{ "<a xmlns:x=''/>", "saml.xml.namespace" },
	{ "<a xmlns='1'/>", "saml.xml.namespace" },
	{ "<a xmlns:x='urn:&#x78;'/>", "saml.xml.namespace" },
	{ "<a xmlns:x='urn:x&amp;y'/>", "saml.xml.namespace" },
	{ "<a xmlns:x='urn:\xc3\xa9'/>", "saml.xml.namespace" },
	{ "<a xmlns:x='urn:a b'/>", "saml.xml.namespace" },
	{ "<a xmlns:x='urn:a#b#c'/>", "saml.xml.namespace" },
	{ "<a xmlns:x='urn:'/>", "saml.xml.namespace" },
	{ "<a xmlns:xml='urn:x'/>", "saml.xml.namespace" },
	{ "<a xmlns:xmlns='urn:x'/>", "saml.xml.namespace" },
	{ "<a xmlns:x='http://www.w3.org/XML/1998/namespace'/>", "saml.xml.namespace" },
	{ "<a xmlns='http://www.w3.org/2000/xmlns/'/>", "saml.xml.namespace" },
	{ "<xml:a/>", "saml.xml.namespace" },
	/* R5 */
	{ "<a ID='1'><b ID='1'/></a>", "saml.xml.id" },
	{ "<a ID='1'><b Id='1'/></a>", "saml.xml.id" },
	{ "<a ID='1'><b iD='1'/></a>", "saml.xml.id" },
	{ "<a ID='1'><b xml:id='1'/></a>", "saml.xml.id" },
	{ "<a ID='1'><b xmlns:x='urn:x' x:id='1'/></a>", "saml.xml.id" },
	{ "<a ID='1'><b ID='&#49;'/></a>", "saml.xml.id" },
	{ "<a ID='1' Id='1'/>", "saml.xml.id" },
	{ "<a ID='1'><b ID='2'/></a>", NULL },
	/* R12 */
	{ "<NameID xmlns='" SAML_A "'>x<y/></NameID>", "saml.assertion.text" },
	{ "<AttributeValue xmlns='" SAML_A "'><NameID>x</NameID></AttributeValue>",
	    "saml.assertion.text" },
	{ "<NameID>x<y/></NameID>", NULL },
};

static void
documents_are_read_or_refused_for_their_rule(void)
{
	for (size_t i = 0; i < FG_COUNT(documents); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
		struct fg_err err = { .rc = FG_OK };
		struct xml_doc *doc = FG_NEW(a, struct xml_doc);
		enum fg_rc rc = xml_parse(a, fg_str_z(documents[i].xml), doc, &err);
		bool ok = documents[i].step == NULL ? rc == FG_OK :
		    rc != FG_OK && strcmp(err.step, documents[i].step) == 0;

		if (!ok)
			printf("\n    %s: %s, not %s\n", documents[i].xml, rc == FG_OK ? "accepted" : err.step,
			    documents[i].step == NULL ? "accepted" : documents[i].step);
		CHECK(ok);
	}
}

/* n repetitions of what between head and tail. */
static enum fg_rc
repeated(const char *head, const char *what, unsigned n, const char *tail, struct fg_err *err)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
	struct fg_buf b = FG_BUF_ARENA(a, 2u * 1024 * 1024);
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);
	struct fg_str s;

	fg_buf_put(&b, fg_str_z(head));
	for (unsigned i = 0; i < n; i++) {
		for (const char *p = what; *p != '\0'; p++) {
			if (*p == '%')
				fg_buf_u64(&b, i);
			else
				fg_buf_putc(&b, *p);
		}
	}
	fg_buf_put(&b, fg_str_z(tail));
	CHECK_OK(fg_buf_end(&b, &s));
	*err = (struct fg_err){ .rc = FG_OK };
	return xml_parse(a, s, doc, err);
}

static void
limits_hold_at_their_number(void)
{
	struct fg_err err;

	CHECK_OK(repeated("<a", " a%='x'", FG_LIMIT_SAML_ATTRIBUTES, "/>", &err));
	CHECK(repeated("<a", " a%='x'", FG_LIMIT_SAML_ATTRIBUTES + 1, "/>", &err) != FG_OK);
	CHECK_STEP(err, "saml.xml.limit");
	CHECK_OK(repeated("<a>", "<b xmlns:x='urn:x'/>", FG_LIMIT_SAML_NAMESPACES, "</a>", &err));
	CHECK(repeated("<a>", "<b xmlns:x='urn:x'/>", FG_LIMIT_SAML_NAMESPACES + 1, "</a>", &err) != FG_OK);
	CHECK_STEP(err, "saml.xml.limit");
	CHECK_OK(repeated("<a>", "<b/>", FG_LIMIT_SAML_NODES - 1, "</a>", &err));
	CHECK(repeated("<a>", "<b/>", FG_LIMIT_SAML_NODES, "</a>", &err) != FG_OK);
	CHECK_STEP(err, "saml.xml.limit");
	CHECK_OK(repeated("<a>", "<b Id='_%'/>", FG_LIMIT_SAML_IDS, "</a>", &err));
	CHECK(repeated("<a>", "<b Id='_%'/>", FG_LIMIT_SAML_IDS + 1, "</a>", &err) != FG_OK);
	CHECK_STEP(err, "saml.xml.limit");
	CHECK(repeated("", "<b>", FG_LIMIT_SAML_DEPTH + 1, "", &err) != FG_OK);
	CHECK_STEP(err, "saml.xml.limit");
	CHECK(repeated("", "<b>", FG_LIMIT_SAML_DEPTH, "", &err) != FG_OK);
	CHECK_STEP(err, "saml.xml.syntax");
	CHECK(repeated("", "<b xmlns:a%='urn:x' xmlns:b%='urn:x'>", FG_LIMIT_SAML_SCOPE / 2 + 1, "", &err) !=
	    FG_OK);
	CHECK_STEP(err, "saml.xml.limit");
}

/* ---- C14N ---- */

static const struct {
	const char *xml;
	const char *want;
} forms[] = {
	{ "<a/>", "<a></a>" },
	{ "<a  c = '1'  b=\"2\" ></a >", "<a b=\"2\" c=\"1\"></a>" },
	{ "<a b='\"' c='&quot;'/>", "<a b=\"&quot;\" c=\"&quot;\"></a>" },
	{ "<a b='&#9;&#10;&#13;&lt;&amp;>'/>", "<a b=\"&#x9;&#xA;&#xD;&lt;&amp;>\"></a>" },
	{ "<a b='1\t2\n3\r\n4\r5'/>", "<a b=\"1 2 3 4 5\"></a>" },
	{ "<a>&#9;&#10;&#13;&lt;&amp;>&quot;&apos;</a>", "<a>\t\n&#xD;&lt;&amp;&gt;\"'</a>" },
	{ "<a>1\r\n2\r3\n</a>", "<a>1\n2\n3\n</a>" },
	{ "<a>&#xe9;&#8364;&#x1F600;</a>", "<a>\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80</a>" },
	{ "<a xmlns:u='urn:u'/>", "<a></a>" },
	{ "<x:a xmlns:y='urn:y' xmlns:x='urn:x' y:c='1' x:b='2' z='3'/>",
	    "<x:a xmlns:x=\"urn:x\" xmlns:y=\"urn:y\" z=\"3\" x:b=\"2\" y:c=\"1\"></x:a>" },
	{ "<a xmlns='urn:x'><b/></a>", "<a xmlns=\"urn:x\"><b></b></a>" },
	{ "<a xmlns='urn:x'><b xmlns=''/></a>", "<a xmlns=\"urn:x\"><b xmlns=\"\"></b></a>" },
	{ "<a xmlns=''><b xmlns=''/></a>", "<a><b></b></a>" },
	{ "<a xmlns:x='urn:x'><x:b/><x:b/></a>",
	    "<a><x:b xmlns:x=\"urn:x\"></x:b><x:b xmlns:x=\"urn:x\"></x:b></a>" },
	{ "<x:a xmlns:x='urn:x'><x:b xmlns:x='urn:y'><x:c xmlns:x='urn:x'/></x:b></x:a>",
	    "<x:a xmlns:x=\"urn:x\"><x:b xmlns:x=\"urn:y\"><x:c xmlns:x=\"urn:x\"></x:c></x:b></x:a>" },
	{ "<a xml:lang='en' b='1'/>", "<a b=\"1\" xml:lang=\"en\"></a>" },
};

static struct fg_str
canonical(struct fg_arena *a, const char *xml, const struct xml_prefixes *prefixes)
{
	struct fg_err err = { .rc = FG_OK };
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);
	struct fg_str out = FG_LIT("(refused)");

	if (xml_parse(a, fg_str_z(xml), doc, &err) != FG_OK ||
	    xml_c14n(a, doc->root, NULL, prefixes, &out, &err) != FG_OK)
		return FG_LIT("(refused)");
	return out;
}

static void
canonical_forms_are_those_of_the_recommendation(void)
{
	for (size_t i = 0; i < FG_COUNT(forms); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();

		CHECK_EQ(canonical(a, forms[i].xml, NULL), fg_str_z(forms[i].want));
	}
}

static void
listed_prefixes_are_rendered_where_they_are_in_scope(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
	struct xml_prefixes xs = { { FG_LIT("xs"), FG_LIT("zz") }, 2 };
	struct xml_prefixes none = { { FG_LIT("") }, 1 };

	CHECK_STR(canonical(a, "<a xmlns:xs='urn:s'><b t='xs:x'/></a>", &xs),
	    "<a xmlns:xs=\"urn:s\"><b t=\"xs:x\"></b></a>");
	CHECK_STR(canonical(a, "<a><b xmlns:xs='urn:s'/><c xmlns:xs='urn:t'/></a>", &xs),
	    "<a><b xmlns:xs=\"urn:s\"></b><c xmlns:xs=\"urn:t\"></c></a>");
	CHECK_STR(canonical(a, "<p:a xmlns:p='urn:p' xmlns='urn:d'><p:b/></p:a>", &none),
	    "<p:a xmlns=\"urn:d\" xmlns:p=\"urn:p\"><p:b></p:b></p:a>");
}

static void
the_form_is_a_fixed_point_and_equals_libxml2(void)
{
	for (size_t i = 0; i < FG_COUNT(documents); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
		struct fg_str once, z;
		xmlChar *out = NULL;
		xmlDoc *doc;
		int n;

		if (documents[i].step != NULL)
			continue;
		once = canonical(a, documents[i].xml, NULL);
		z = fg_arena_dup(a, once);
		CHECK_EQ(canonical(a, z.p, NULL), once);
		doc = xmlReadMemory(documents[i].xml, (int)strlen(documents[i].xml), "x", NULL,
		    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
		n = xmlC14NDocDumpMemory(doc, NULL, XML_C14N_EXCLUSIVE_1_0, NULL, 0, &out);
		CHECK(n > 0);
		CHECK_EQ(fg_str(out, n > 0 ? (size_t)n : 0), once);
		xmlFree(out);
		xmlFreeDoc(doc);
	}
}

static void
output_is_bounded_however_much_the_form_grows(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
	struct fg_buf b = FG_BUF_ARENA(a, 1024u * 1024);
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);
	struct fg_err err = { .rc = FG_OK };
	struct fg_str s, out;

	/* each <a:b/> renders a long URI again */
	fg_buf_put(&b, FG_LIT("<r xmlns:a='urn:"));
	for (unsigned i = 0; i < 8000; i++)
		fg_buf_putc(&b, 'u');
	fg_buf_put(&b, FG_LIT("'>"));
	for (unsigned i = 0; i < 8000; i++)
		fg_buf_put(&b, FG_LIT("<a:b/>"));
	fg_buf_put(&b, FG_LIT("</r>"));
	CHECK_OK(fg_buf_end(&b, &s));
	CHECK_OK(xml_parse(a, s, doc, &err));
	CHECK(xml_c14n(a, doc->root, NULL, NULL, &out, &err) != FG_OK);
	CHECK_STEP(err, "saml.signature.octets");
}

static void
times_are_utc_with_z(void)
{
	static const struct {
		const char *text;
		fg_time want; /* 0: refused */
	} times[] = {
		{ "2026-01-15T10:00:30Z", 1768471230 },
		{ "2026-01-15T10:00:30.123Z", 1768471230 },
		{ "2026-01-15T10:00:30", 0 },
		{ "2026-01-15T10:00:30+00:00", 0 },
		{ "2026-01-15T12:00:30+02:00", 0 },
		{ "2026-01-15T10:00:30z", 0 },
		{ "2026-01-15t10:00:30Z", 0 },
		{ "2026-01-15 10:00:30Z", 0 },
		{ " 2026-01-15T10:00:30Z", 0 },
		{ "2026-01-15T10:00:30Z ", 0 },
		{ "2026-13-15T10:00:30Z", 0 },
		{ "2026-02-30T10:00:30Z", 0 },
		{ "2026-01-15T24:00:00Z", 0 },
		{ "2026-01-15T10:00:60Z", 0 },
		{ "12026-01-15T10:00:30Z", 0 },
		{ "tomorrow", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < FG_COUNT(times); i++) {
		fg_time t = 0;

		CHECK(xml_time(fg_str_z(times[i].text), &t) == (times[i].want != 0));
		CHECK(times[i].want == 0 || t == times[i].want);
	}
}

static void
base64_has_one_spelling_and_white_space(void)
{
	static const struct {
		const char *text;
		const char *want; /* NULL: refused */
	} rows[] = {
		{ "YQ==", "a" }, { "YWI=", "ab" }, { "YWJj", "abc" }, { "YWJjZA==", "abcd" },
		{ " Y W J j\r\n\tZA = = \n", "abcd" }, { "YWJjZGVmZ2hpamts", "abcdefghijkl" },
		{ "", NULL }, { " ", NULL }, { "Y", NULL }, { "YQ", NULL }, { "YQ=", NULL }, { "YQ===", NULL },
		{ "YWI", NULL }, { "YR==", NULL }, { "YWJ=", NULL }, { "Y===", NULL }, { "=", NULL },
		{ "====", NULL }, { "YQ==YQ==", NULL }, { "YQ=A", NULL }, { "Y=Q=", NULL }, { "YWJj*", NULL },
		{ "YWJj=", NULL }, { "YWJj====", NULL }, { "YW-_", NULL }, { "YW\x0bJj", NULL },
		{ "YW\xa0Jj", NULL },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
		struct fg_str out = FG_STR_NULL;
		enum fg_rc rc = saml_base64(a, fg_str_z(rows[i].text), &out);

		CHECK_RC(rc, rows[i].want == NULL ? FG_E_SYNTAX : FG_OK);
		if (rc == FG_OK)
			CHECK_EQ(out, fg_str_z(rows[i].want));
	}
}

CU_TestInfo xml_tests[] = {
	CASE(base64_has_one_spelling_and_white_space),
	CASE(documents_are_read_or_refused_for_their_rule),
	CASE(limits_hold_at_their_number),
	CASE(canonical_forms_are_those_of_the_recommendation),
	CASE(listed_prefixes_are_rendered_where_they_are_in_scope),
	CASE(the_form_is_a_fixed_point_and_equals_libxml2),
	CASE(output_is_bounded_however_much_the_form_grows),
	CASE(times_are_utc_with_z),
	CASES_END,
};
