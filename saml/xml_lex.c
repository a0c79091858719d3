/*
 * saml/xml_lex.c - characters, names and attribute values of the strict reader.
 */
#include "saml/xml_read_int.h"

#define T (C_TEXT | C_ATTR)
#define P (C_TEXT | C_ATTR | C_URI)
#define L (C_TEXT | C_ATTR | C_URI | C_NAME0 | C_NAME)
#define N (C_TEXT | C_ATTR | C_URI | C_NAME)
#define ROW16(x) x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x

/* '<' '&' CR and control characters have no bit; '>' is not ordinary in text (C14N escapes
 * it), '"' and tab and LF not in values.  Bytes over 0x7f were checked to be UTF-8 before. */
const uint8_t xml_class_of[256] = {
	/* 00 */ 0, 0, 0, 0, 0, 0, 0, 0, 0, C_SPACE | C_TEXT, C_SPACE | C_TEXT, 0, 0, C_SPACE, 0, 0,
	/* 10 */ ROW16(0),
	/* 20 */ T | C_SPACE, P, C_TEXT, P, P, T, 0, P, P, P, P, P, P, N, N, P,
	/* 30 */ N, N, N, N, N, N, N, N, N, N, P, P, 0, P, C_ATTR, P,
	/* 40 */ P, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	/* 50 */ L, L, L, L, L, L, L, L, L, L, L, T, T, T, T, L,
	/* 60 */ T, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	/* 70 */ L, L, L, L, L, L, L, L, L, L, L, T, T, T, P, T,
	/* 80 */ ROW16(T), ROW16(T), ROW16(T), ROW16(T), ROW16(T), ROW16(T), ROW16(T), ROW16(T),
};

#undef T
#undef P
#undef L
#undef N

enum fg_rc
xml_no_memory(struct xml_reader *r)
{
	return fg_fail(r->err, FG_E_NOMEM, "saml.xml", NULL, "no memory for the document");
}

enum fg_rc
xml_syntax(struct xml_reader *r, const char *what)
{
	return saml_refuse(r->err, "saml.xml.syntax", "%s at byte %zu", what,
	    (size_t)(r->p - r->doc->src.p));
}

/* ---- characters ---- */

static bool
char_ok(uint32_t c)
{
	return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xd7ff) ||
	    (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

static int
digit_of(char c, unsigned base)
{
	if (fg_digit(c))
		return c - '0';
	if (base == 16 && fg_lower(c) >= 'a' && fg_lower(c) <= 'f')
		return fg_lower(c) - 'a' + 10;
	return -1;
}

/* After "&#": digits and ';'. */
static bool
skip_charref(struct xml_reader *r)
{
	unsigned base = 10, n = 0;
	uint32_t v = 0;

	if (r->p < r->end && *r->p == 'x') {
		base = 16;
		r->p++;
	}
	for (; r->p < r->end && *r->p != ';'; r->p++, n++) {
		int d = digit_of(*r->p, base);

		if (d < 0 || n >= 8)
			return false;
		v = v * base + (uint32_t)d;
	}
	if (n == 0 || r->p == r->end || !char_ok(v))
		return false;
	r->p++;
	return true;
}

enum fg_rc
xml_skip_reference(struct xml_reader *r)
{
	static const struct fg_str names[] = { FG_LIT("amp;"), FG_LIT("lt;"), FG_LIT("gt;"),
		FG_LIT("quot;"), FG_LIT("apos;") };
	struct fg_str left = fg_str(r->p + 1, (size_t)(r->end - r->p) - 1);

	if (left.n > 0 && left.p[0] == '#') {
		r->p += 2;
		return skip_charref(r) ? FG_OK : xml_syntax(r, "character reference");
	}
	for (size_t i = 0; i < FG_COUNT(names); i++) {
		if (fg_starts(left, names[i])) {
			r->p += 1 + names[i].n;
			return FG_OK;
		}
	}
	return saml_refuse(r->err, "saml.xml.markup", "entity at byte %zu",
	    (size_t)(r->p - r->doc->src.p));
}

/* ---- names and attributes ---- */

enum fg_rc
xml_read_qname(struct xml_reader *r, const char **ret, uint16_t *ret_prefix_n, uint16_t *ret_local_n)
{
	const char *start = r->p, *part = r->p;

	*ret_prefix_n = 0;
	if (r->p == r->end || !IS(*r->p, C_NAME0))
		return xml_syntax(r, "not a name");
	while (r->p < r->end && IS(*r->p, C_NAME))
		r->p++;
	if (r->p < r->end && *r->p == ':') {
		if (r->p - start > NAME_MAX_BYTES)
			return xml_syntax(r, "name too long");
		*ret_prefix_n = (uint16_t)(r->p - start);
		part = ++r->p;
		if (r->p == r->end || !IS(*r->p, C_NAME0))
			return xml_syntax(r, "not a name");
		while (r->p < r->end && IS(*r->p, C_NAME))
			r->p++;
	}
	if (r->p - part > NAME_MAX_BYTES)
		return xml_syntax(r, "name too long");
	*ret = start;
	*ret_local_n = (uint16_t)(r->p - part);
	return FG_OK;
}

/* At the opening quote. */
static enum fg_rc
read_value(struct xml_reader *r, struct xml_attr *at)
{
	char quote = r->p < r->end ? *r->p : '\0';
	const char *start;

	if (quote != '"' && quote != '\'')
		return xml_syntax(r, "attribute value without quotes");
	start = ++r->p;
	at->plain = true;
	for (;;) {
		while (r->p < r->end && IS(*r->p, C_ATTR) && *r->p != quote)
			r->p++;
		if (r->p == r->end)
			return xml_syntax(r, "attribute value without end");
		if (*r->p == quote)
			break;
		at->plain = false;
		if (*r->p == '&')
			FG_TRY(xml_skip_reference(r));
		else if (*r->p == '"' || IS(*r->p, C_SPACE))
			r->p++;
		else
			return xml_syntax(r, "character not allowed in a value");
	}
	at->value = start;
	at->value_n = (uint32_t)(r->p - start);
	r->p++;
	return FG_OK;
}

enum fg_rc
xml_read_attributes(struct xml_reader *r, unsigned *ret_n)
{
	unsigned n = 0;

	for (;;) {
		const char *before = r->p;
		struct xml_attr *at;

		xml_skip_space(r);
		if (r->p == r->end)
			return xml_syntax(r, "tag without end");
		if (*r->p == '>' || *r->p == '/')
			break;
		if (before == r->p)
			return xml_syntax(r, "no blank before an attribute");
		if (n == FG_LIMIT_SAML_ATTRIBUTES || r->doc->n_attrs >= FG_LIMIT_SAML_NODES)
			return saml_refuse(r->err, "saml.xml.limit", "more than %d attributes",
			    FG_LIMIT_SAML_ATTRIBUTES);
		at = &r->attr[n++];
		r->doc->n_attrs++;
		FG_TRY(xml_read_qname(r, &at->name, &at->prefix_n, &at->local_n));
		xml_skip_space(r);
		if (r->p == r->end || *r->p != '=')
			return xml_syntax(r, "attribute without '='");
		r->p++;
		xml_skip_space(r);
		FG_TRY(read_value(r, at));
	}
	*ret_n = n;
	return FG_OK;
}
