/*
 * tests/fuzz/xml_mutate.c - see xml_mutate.h.
 */
#include "tests/fuzz/xml_mutate.h"

#define PLACES 512 /* marks of a document that are looked at */

struct text {
	uint8_t *p;
	size_t n, max;
	uint32_t rng;
};

/* What a strict reader refuses stands last, and is chosen seldom. */
#define CONTENTS_ODD 5
static const struct fg_str contents[] = {
	FG_LIT("<x/>"), FG_LIT("<x></x>"), FG_LIT("<a:x xmlns:a=\"urn:a\"/>"), FG_LIT("<x xmlns=\"\"/>"),
	FG_LIT("<x xmlns=\"urn:d\" xml:lang=\"en\" b=\"1\" a=\"2\"><y xmlns=\"\"/></x>"),
	FG_LIT("<p:x xmlns:p=\"urn:p\"><p:y p:z=\"1\" xmlns:p=\"urn:q\"/><p:w/></p:x>"),
	FG_LIT("<q xmlns:xs=\"urn:s\" xmlns:xsi=\"urn:i\" xsi:type=\"xs:s\">t</q>"),
	FG_LIT("<b:x xmlns:b=\"urn:b\" xmlns:a=\"urn:b\" a:k=\"1\" b:j=\"2\" c=\"3\"/>"),
	FG_LIT("&#xD;"), FG_LIT("&#9;"), FG_LIT("&#10;"), FG_LIT("&lt;&gt;&amp;&quot;&apos;"), FG_LIT("\r\n"),
	FG_LIT("\r"), FG_LIT(" \t\n"), FG_LIT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), FG_LIT("]]&gt;"), FG_LIT("text"),
	FG_LIT("&#x10FFFF;"),
	FG_LIT("<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">i</saml:Issuer>"),
	FG_LIT("<!-- c -->"), FG_LIT("<![CDATA[<]]>"), FG_LIT("<?p i?>"),
	FG_LIT("<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_o\"/>"),
	FG_LIT("<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:Object/></ds:Signature>"),
};

#define ATTRIBUTES_ODD 2
static const struct fg_str attributes[] = {
	FG_LIT(" a=\"1\""), FG_LIT(" b='\"'"), FG_LIT(" c=\"&#xA;&#xD;&#9; &lt;&quot;&amp;\""), FG_LIT(" d=\"\n\t\r\""),
	FG_LIT(" xmlns:a=\"urn:a\""), FG_LIT(" xmlns:a=\"urn:b\""), FG_LIT(" xmlns:b=\"urn:a\" b:e=\"1\""),
	FG_LIT(" xmlns=\"urn:d\""), FG_LIT(" xmlns=\"\""), FG_LIT(" xml:lang=\"de\""), FG_LIT(" xml:space=\"preserve\""),
	FG_LIT(" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\""), FG_LIT(" xmlns:xs=\"urn:s\""),
	FG_LIT(" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\""), FG_LIT(" xmlns:ec=\"urn:ec\" ec:f=\"2\""),
	FG_LIT(" xmlns:ds=\"urn:ds\""), FG_LIT(" xmlns:samlp=\"urn:x\""),
	FG_LIT(" xmlns:xsi=\"urn:i\" xsi:type=\"xs:string\""), FG_LIT(" z=\"\xc3\xa9&#x1F600;\""), FG_LIT("\n "),
	FG_LIT(" xmlns:xml=\"http://www.w3.org/XML/1998/namespace\""), FG_LIT(" xmlns:Z=\"urn:z\" Z:a=\"&#32;\""),
	FG_LIT(" Id=\"_q\""), FG_LIT(" ID=\"_a1\""),
};

static uint32_t
below(struct text *t, size_t n)
{
	t->rng ^= t->rng << 13;
	t->rng ^= t->rng >> 17;
	t->rng ^= t->rng << 5;
	return n == 0 ? 0 : (uint32_t)(t->rng % n);
}

/* One of n; of the last `odd` ones only every eighth time. */
static uint32_t
choose(struct text *t, size_t n, size_t odd)
{
	return below(t, below(t, 8) == 0 ? n : n - odd);
}

/* The bytes from..to become `with`; nothing happens when there is no room. */
static bool
splice(struct text *t, size_t from, size_t to, struct fg_str with)
{
	if (from > to || to > t->n || t->n - (to - from) + with.n > t->max)
		return false;
	memmove(t->p + from + with.n, t->p + to, t->n - to);
	memcpy(t->p + from, with.p, with.n);
	t->n = t->n - (to - from) + with.n;
	return true;
}

/* A random place of this byte; n when there is none. */
static size_t
place(struct text *t, uint8_t c)
{
	size_t at[PLACES], n = 0;

	for (size_t i = 0; i < t->n && n < PLACES; i++) {
		if (t->p[i] == c)
			at[n++] = i;
	}
	return n == 0 ? t->n : at[below(t, n)];
}

/* A random start tag: where its '<' is. */
static size_t
start_tag(struct text *t)
{
	for (int i = 0; i < 8; i++) {
		size_t at = place(t, '<');

		if (at + 1 < t->n && t->p[at + 1] != '/')
			return at;
	}
	return t->n;
}

/* After the '>' of the tag at `from`. */
static size_t
tag_end(const struct text *t, size_t from)
{
	const uint8_t *p = from >= t->n ? NULL : memchr(t->p + from, '>', t->n - from);

	return p == NULL ? t->n : (size_t)(p - t->p) + 1;
}

/* After the end tag of the element that begins at `from`, by counting tags. */
static size_t
element_end(const struct text *t, size_t from)
{
	size_t depth = 0;

	while (from < t->n) {
		size_t end = tag_end(t, from);

		if (t->p[from + 1 < t->n ? from + 1 : from] == '/')
			depth -= depth > 0;
		else if (end >= 2 && t->p[end - 2] != '/')
			depth++;
		if (depth == 0)
			return end;
		while (end < t->n && t->p[end] != '<')
			end++;
		from = end;
	}
	return t->n;
}

static bool
put_content(struct text *t)
{
	size_t at = place(t, '>');

	return at < t->n && splice(t, at + 1, at + 1, contents[choose(t, FG_COUNT(contents), CONTENTS_ODD)]);
}

static bool
put_attribute(struct text *t)
{
	size_t at = start_tag(t);

	while (at < t->n && t->p[at] != ' ' && t->p[at] != '>' && t->p[at] != '/')
		at++;
	return at < t->n && splice(t, at, at, attributes[choose(t, FG_COUNT(attributes), ATTRIBUTES_ODD)]);
}

/* Attributes change places, or one goes. */
static bool
drop_attribute(struct text *t)
{
	size_t from = start_tag(t), end = tag_end(t, from), to;

	if (from >= t->n)
		return false;
	from += below(t, end - from);
	while (from < end && t->p[from] != ' ')
		from++;
	for (to = from; to < end && t->p[to] != '"' && t->p[to] != '\'';)
		to++;
	for (to++; to < end && t->p[to] != '"' && t->p[to] != '\'';)
		to++;
	return to < end && splice(t, from, to + 1, FG_LIT(""));
}

static bool
drop_element(struct text *t)
{
	size_t from = start_tag(t);

	return from > 0 && from < t->n && splice(t, from, element_end(t, from), FG_LIT(""));
}

/* A copy of an element, or the element itself, elsewhere. */
static bool
copy_element(struct text *t)
{
	static uint8_t copy[65536];
	size_t from = start_tag(t), to = element_end(t, from), at;

	if (from >= t->n || to - from > sizeof(copy))
		return false;
	memcpy(copy, t->p + from, to - from);
	if (below(t, 2) == 0 && !splice(t, from, to, FG_LIT("")))
		return false;
	at = place(t, '>');
	return at < t->n && splice(t, at + 1, at + 1, fg_str(copy, to - from));
}

static bool
change_text(struct text *t)
{
	size_t from = tag_end(t, start_tag(t)), to = from;

	while (to < t->n && t->p[to] != '<')
		to++;
	return from < t->n && splice(t, from, to, contents[choose(t, FG_COUNT(contents), CONTENTS_ODD)]);
}

/* An element begins with a new prefix or with none: its tags change together. */
static bool
wrap_element(struct text *t)
{
	static const struct fg_str open[] = { FG_LIT("<w>"), FG_LIT("<w xmlns=\"urn:w\">"),
		FG_LIT("<v:w xmlns:v=\"urn:v\" v:a=\"\">"), FG_LIT("<w xmlns:a=\"urn:c\" z=\"1\" b=\"2\">") };
	static const struct fg_str shut[] = { FG_LIT("</w>"), FG_LIT("</w>"), FG_LIT("</v:w>"), FG_LIT("</w >") };
	size_t from = start_tag(t), to = element_end(t, from), i = below(t, FG_COUNT(open));

	return from < t->n && t->n + open[i].n + shut[i].n <= t->max && splice(t, to, to, shut[i]) &&
	    splice(t, from, from, open[i]);
}

static bool
flip(struct text *t)
{
	t->p[below(t, t->n)] ^= (uint8_t)(1u << below(t, 8));
	return true;
}

size_t
xml_mutate(uint8_t *data, size_t n, size_t max, uint32_t seed)
{
	static bool (*const change[])(struct text *) = { put_content, put_attribute, put_attribute,
		drop_attribute, drop_element, copy_element, change_text, wrap_element, flip };
	struct text t = { .p = data, .n = n, .max = max, .rng = seed * 2654435761u | 1u };

	(void)below(&t, 1);
	for (int i = 0; i < 8 && !change[below(&t, FG_COUNT(change))](&t); i++)
		continue;
	return t.n == 0 ? n : t.n;
}
