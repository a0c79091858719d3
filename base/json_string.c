/*
 * base/json_string.c - the bytes between the quotes.
 */
#include "base/json_int.h"

#include <endian.h>

#define ONES 0x0101010101010101u
#define HIGHS 0x8080808080808080u

const char *
json_plain(const char *p, const char *end)
{
	while (end - p >= 8) {
		uint64_t x, quote, slash, hit;

		memcpy(&x, p, 8);
		x = le64toh(x);
		quote = x ^ (ONES * '"');
		slash = x ^ (ONES * '\\');
		hit = ((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) |
		    ((x - ONES * 0x20) & ~x) | x;
		if ((hit & HIGHS) != 0)
			return p + __builtin_ctzll(hit & HIGHS) / 8;
		p += 8;
	}
	while (p < end && (signed char)*p >= 0x20 && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* Four hexadecimal digits; -1 when they are not. */
static int32_t
hex4(const char *p, const char *end)
{
	int32_t v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = fg_lower(p[i]);

		if (!fg_digit(c) && (c < 'a' || c > 'f'))
			return -1;
		v = v << 4 | (fg_digit(c) ? c - '0' : c - 'a' + 10);
	}
	return v;
}

static char *
put_utf8(char *o, int32_t v)
{
	if (v < 0x80) {
		*o++ = (char)v;
	} else if (v < 0x800) {
		*o++ = (char)(0xc0 | v >> 6);
		*o++ = (char)(0x80 | (v & 0x3f));
	} else if (v < 0x10000) {
		*o++ = (char)(0xe0 | v >> 12);
		*o++ = (char)(0x80 | (v >> 6 & 0x3f));
		*o++ = (char)(0x80 | (v & 0x3f));
	} else {
		*o++ = (char)(0xf0 | v >> 18);
		*o++ = (char)(0x80 | (v >> 12 & 0x3f));
		*o++ = (char)(0x80 | (v >> 6 & 0x3f));
		*o++ = (char)(0x80 | (v & 0x3f));
	}
	return o;
}

/* The character of "\uXXXX" whose digits begin at *p (one or a surrogate pair); 0 is refused. */
static int32_t
unicode_escape(const char **p, const char *end)
{
	int32_t high = hex4(*p, end), low;

	if (high <= 0)
		return 0;
	*p += 4;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
		return 0;
	low = hex4(*p + 2, end);
	if (low < 0xdc00 || low > 0xdfff)
		return 0;
	*p += 6;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* The character of the escape whose letter is at *p; 0 is refused. */
static int32_t
escape(const char **p, const char *end)
{
	switch (*(*p)++) {
	case '"': return '"';
	case '\\': return '\\';
	case '/': return '/';
	case 'b': return '\b';
	case 'f': return '\f';
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	case 'u': return unicode_escape(p, end);
	default: return 0;
	}
}

enum fg_rc
json_unescape(struct json_reader *r, struct fg_str s, struct fg_str *ret)
{
	const char *p = s.p, *end = s.p + s.n;
	char *out = fg_arena_alloc(r->a, s.n);
	char *o = out;

	if (out == NULL)
		return fg_fail(r->err, FG_E_NOMEM, r->step, NULL, "string");
	while (p < end) {
		const char *at = p;
		int32_t v;

		if (*p != '\\') {
			*o++ = *p++;
			continue;
		}
		p++;
		v = escape(&p, end);
		if (v == 0)
			return json_fail_at(r, FG_E_SYNTAX, at, "escape is not valid");
		o = put_utf8(o, v);
	}
	*ret = fg_str(out, (size_t)(o - out));
	return FG_OK;
}
