/*
 * saml/xml_node.c - reading a tree that xml_parse() made.
 */
#include "saml/xml_int.h"

static bool
space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct xml_node *
element_from(struct xml_node *n)
{
	while (n != NULL && xml_is_text(n))
		n = n->next;
	return n;
}

struct xml_node *
xml_first(const struct xml_node *n)
{
	return element_from(n->child);
}

struct xml_node *
xml_next(const struct xml_node *n)
{
	return element_from(n->next);
}

struct xml_node *
xml_child(const struct xml_node *n, enum xml_ns ns, struct fg_str local)
{
	struct xml_node *c;

	for (c = n->child; c != NULL; c = c->next) {
		if (xml_is(c, ns, local))
			return c;
	}
	return NULL;
}

bool
xml_blank(const struct xml_node *n)
{
	for (const struct xml_node *c = n->child; c != NULL; c = c->next) {
		for (uint32_t i = 0; xml_is_text(c) && i < c->n; i++) {
			if (!space(c->p[i]))
				return false;
		}
	}
	return true;
}

const struct xml_attr *
xml_attr(const struct xml_node *n, struct fg_str local)
{
	for (unsigned i = 0; i < n->n_attr; i++) {
		const struct xml_attr *at = &n->attr[i];

		if (at->prefix_n == 0 && at->local_n == local.n &&
		    memcmp(at->name, local.p, local.n) == 0)
			return at;
	}
	return NULL;
}

/* ---- values ---- */

char *
xml_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*out++ = (char)(0xe0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	} else {
		*out++ = (char)(0xf0 | c >> 18);
		*out++ = (char)(0x80 | (c >> 12 & 0x3f));
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	}
	return out;
}

/* "#...;" after '&', which the reader has checked. */
static const char *
charref(const char *p, uint32_t *ret)
{
	unsigned base = p[1] == 'x' ? 16 : 10;
	uint32_t v = 0;

	for (p += base == 16 ? 2 : 1; *p != ';'; p++) {
		uint32_t d = fg_digit(*p) ? (uint32_t)(*p - '0')
					  : (uint32_t)(fg_lower(*p) - 'a') + 10;
		v = v * base + d;
	}
	*ret = v;
	return p + 1;
}

const char *
xml_reference(const char *p, uint32_t *ret)
{
	switch (*p) {
	case '#':
		return charref(p, ret);
	case 'l':
		*ret = '<';
		return p + 3;
	case 'g':
		*ret = '>';
		return p + 3;
	case 'q':
		*ret = '"';
		return p + 5;
	default:
		*ret = p[1] == 'm' ? '&' : '\'';
		return p + (p[1] == 'm' ? 4 : 5);
	}
}

/* A reference is never shorter than what it stands for, so n bytes are enough. */
static struct fg_str
decode(struct fg_arena *a, const char *p, size_t n, bool is_attr)
{
	const char *end = p + n;
	char *out = fg_arena_alloc(a, n + 1), *q = out;
	uint32_t c;

	if (out == NULL)
		return FG_STR_NULL;
	while (p < end) {
		if (*p == '&') {
			p = xml_reference(p + 1, &c);
			q = xml_utf8(q, c);
		} else if (*p == '\r') {
			p += p + 1 < end && p[1] == '\n' ? 2 : 1;
			*q++ = is_attr ? ' ' : '\n';
		} else {
			*q++ = is_attr && space(*p) ? ' ' : *p;
			p++;
		}
	}
	return fg_str(out, (size_t)(q - out));
}

struct fg_str
xml_attr_value(struct fg_arena *a, const struct xml_attr *at)
{
	if (at->plain)
		return fg_str(at->value, at->value_n);
	return decode(a, at->value, at->value_n, true);
}

bool
xml_text(struct fg_arena *a, const struct xml_node *n, struct fg_str *ret)
{
	const struct xml_node *t = n->child;

	*ret = FG_LIT("");
	if (t == NULL)
		return true;
	*ret = FG_STR_NULL;
	/* the reader never makes two texts in a row: one text node or an element */
	if (!xml_is_text(t) || t->next != NULL)
		return false;
	*ret = t->plain ? fg_str(t->p, t->n) : decode(a, t->p, t->n, false);
	return true;
}

/* ---- names and times ---- */

enum xml_ns
xml_ns_of(struct fg_str uri)
{
	static const struct {
		struct fg_str uri;
		enum xml_ns ns;
	} known[] = {
		{ FG_LIT("urn:oasis:names:tc:SAML:2.0:assertion"), XML_NS_SAML },
		{ FG_LIT("urn:oasis:names:tc:SAML:2.0:protocol"), XML_NS_SAMLP },
		{ FG_LIT("http://www.w3.org/2000/09/xmldsig#"), XML_NS_DS },
		{ FG_LIT("http://www.w3.org/2001/04/xmlenc#"), XML_NS_XENC },
		{ FG_LIT("http://www.w3.org/2009/xmlenc11#"), XML_NS_XENC11 },
		{ FG_LIT("http://www.w3.org/2001/10/xml-exc-c14n#"), XML_NS_EXC },
		{ FG_LIT("http://www.w3.org/2001/XMLSchema-instance"), XML_NS_XSI },
		{ FG_LIT("http://www.w3.org/2001/XMLSchema"), XML_NS_XS },
		{ FG_LIT("http://www.w3.org/XML/1998/namespace"), XML_NS_XML },
	};

	for (size_t i = 0; i < FG_COUNT(known); i++) {
		if (fg_eq(known[i].uri, uri))
			return known[i].ns;
	}
	return XML_NS_OTHER;
}

bool
xml_time(struct fg_str s, fg_time *ret)
{
	/*= saml-core-2.0-os 1.3.3
	 *# All SAML time values have the type xs:dateTime ... and MUST be expressed in
	 *# UTC form, with no time zone component. */
	if (s.n < 20 || s.n > 40 || s.p[10] != 'T' || s.p[s.n - 1] != 'Z')
		return false;
	return fg_time_rfc3339(s, ret);
}
