/*
 * gateway/iam/check.c - names, paths, ids and tags as IAM takes them.
 */
#include "gateway/iam/bundle_int.h"

static bool
word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || fg_digit(c) || c == '_';
}

/* [\w+=,.@-]+ */
bool
bn_name_ok(struct fg_str s, size_t max)
{
	if (s.n == 0 || s.n > max)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!word(s.p[i]) && memchr("+=,.@-", s.p[i], 6) == NULL)
			return false;
	return true;
}

/* "/" or "/x/y/", printable ASCII. */
bool
bn_path_ok(struct fg_str s)
{
	if (s.n == 0 || s.n > 512 || s.p[0] != '/' || s.p[s.n - 1] != '/')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e)
			return false;
	return true;
}

bool
bn_account_ok(struct fg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!fg_digit(s.p[i]))
			return false;
	return s.n == 12;
}

/* Lower-case letters, digits and single hyphens inside. */
bool
bn_alias_ok(struct fg_str s)
{
	if (s.n < 3 || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || fg_digit(c) || c == '-') ||
		    (c == '-' && s.p[i - 1] == '-'))
			return false;
	}
	return true;
}

/* The next code point of well-formed UTF-8. */
static uint32_t
code_point(struct fg_str *s)
{
	const unsigned char *p = (const unsigned char *)s->p;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t v = n == 1 ? p[0] : p[0] & (0x7fu >> n);

	for (size_t i = 1; i < n && i < s->n; i++)
		v = (v << 6) | (p[i] & 0x3f);
	*s = fg_sub(*s, n, s->n);
	return v;
}

/*
 * [\p{L}\p{Z}\p{N}_.:/=+\-@]* with one blank for \p{Z}, no controls and no bidi controls
 * (rule 14).  Of what is beyond ASCII, separators, controls and format characters are refused.
 */
static bool
tag_char_ok(uint32_t c)
{
	if (c < 0x80)
		return word((char)c) || (c != 0 && memchr(" .:/=+-@", (int)c, 8) != NULL);
	if (c <= 0xa0 || c == 0xad || c == 0x61c || c == 0x1680 || c == 0x180e || c == 0xfeff)
		return false;
	if ((c >= 0x2000 && c <= 0x206f) || c == 0x3000 || (c >= 0xe000 && c <= 0xf8ff) ||
	    (c >= 0xfff0 && c <= 0xffff) || c >= 0xe0000)
		return false;
	return true;
}

bool
bn_tag_ok(struct fg_str s, size_t min, size_t max)
{
	size_t n = 0;

	if (!fg_utf8_ok(s))
		return false;
	for (; s.n > 0; n++)
		if (!tag_char_ok(code_point(&s)))
			return false;
	return n >= min && n <= max;
}
