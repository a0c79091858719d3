/*
 * The alphabets of parameters, and how AWS's messages write them.
 */
#include "gateway/api/api_int.h"

static bool
word(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    c == '_';
}

static bool
among(uint32_t c, const char *set)
{
	return c > 0 && c < 0x80 && strchr(set, (int)c) != NULL;
}

static bool
any(uint32_t c)
{
	(void)c;
	return true;
}

static bool
session(uint32_t c)
{
	return word(c) || among(c, "+=,.@-");
}

static bool
external_id(uint32_t c)
{
	return word(c) || among(c, "+=,.@:/-");
}

static bool
digits(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static bool
text(uint32_t c)
{
	return (c >= 0x20 && c <= 0x7e) || c >= 0xa0 || c == 0x85 || among(c, "\t\n\r");
}

static bool
policy(uint32_t c)
{
	return (c >= 0x20 && c <= 0xff) || among(c, "\t\n\r");
}

/* Of the separators only the blank: the others look like it and are not. */
static bool
tag(uint32_t c)
{
	return word(c) || among(c, " .:/=+-@") || (c >= 0x80 && api_letter(c));
}

static bool
printable(uint32_t c)
{
	return c >= 0x21 && c <= 0x7e;
}

static bool
provider(uint32_t c)
{
	return word(c) || among(c, ".-");
}

static const struct {
	bool (*ok)(uint32_t c);
	const char *pattern;
} rows[API_CH_MAX] = {
	[API_CH_ANY] = { any, "" },
	[API_CH_SESSION] = { session, "[\\w+=,.@-]*" },
	[API_CH_WORD] = { word, "[\\w]*" },
	[API_CH_EXTERNAL_ID] = { external_id, "[\\w+=,.@:\\/-]*" },
	[API_CH_SERIAL] = { external_id, "[\\w+=/:,.@-]*" },
	[API_CH_DIGITS] = { digits, "[\\d]*" },
	[API_CH_ARN] = { text,
	    "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD"
	    "\\u10000-\\u10FFFF]+" },
	[API_CH_POLICY] = { policy, "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+" },
	[API_CH_TAG] = { tag, "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+" },
	[API_CH_NAME] = { session, "[\\w+=,.@-]+" },
	[API_CH_PATH] = { printable, "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)" },
	[API_CH_PREFIX] = { printable, "\\u002F[\\u0021-\\u007F]*" },
	[API_CH_PROVIDER] = { provider, "[\\w._-]+" },
};

const char *
api_chars_pattern(enum api_chars set)
{
	return rows[set].pattern;
}

/* The text is well-formed UTF-8: the form reader saw to that. */
static uint32_t
code_point(struct fg_str s, size_t *at)
{
	unsigned char c = (unsigned char)s.p[(*at)++];
	uint32_t cp = c;
	int more = 0;

	if (c >= 0xf0)
		cp = c & 0x07u, more = 3;
	else if (c >= 0xe0)
		cp = c & 0x0fu, more = 2;
	else if (c >= 0xc0)
		cp = c & 0x1fu, more = 1;
	while (more-- > 0 && *at < s.n)
		cp = cp << 6 | ((unsigned char)s.p[(*at)++] & 0x3fu);
	return cp;
}

bool
api_chars_ok(enum api_chars set, struct fg_str s)
{
	for (size_t i = 0; set != API_CH_ANY && i < s.n;) {
		if (!rows[set].ok(code_point(s, &i)))
			return false;
	}
	if (set == API_CH_PREFIX)
		return s.n > 0 && s.p[0] == '/';
	if (set == API_CH_PATH)
		return s.n > 0 && s.p[0] == '/' && s.p[s.n - 1] == '/';
	return true;
}

size_t
api_chars_count(struct fg_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}
