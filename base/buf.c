/*
 * base/buf.c - growth and the plain verbs of the latched builder.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define ROOM_MIN 256u /* bytes */

static void
wipe(struct fg_buf *b)
{
	if (b->secret && b->p != NULL)
		explicit_bzero(b->p, b->room);
}

void
fg_buf_free(struct fg_buf *b)
{
	wipe(b);
	if (!b->fixed && b->arena == NULL)
		free(b->p);
	*b = (struct fg_buf){ .cap = b->cap, .bad = b->bad };
}

void
fg_buf_reset(struct fg_buf *b)
{
	wipe(b);
	b->n = 0;
	b->bad = FG_OK;
}

static char *
latch(struct fg_buf *b, enum fg_rc rc)
{
	if (b->bad == FG_OK)
		b->bad = rc;
	return NULL;
}

/* realloc may leave the old bytes behind, so a secret moves by hand. */
static char *
heap_grow(struct fg_buf *b, size_t room)
{
	char *p;

	if (!b->secret)
		return realloc(b->p, room);
	p = malloc(room);
	if (p == NULL)
		return NULL;
	if (b->n > 0)
		memcpy(p, b->p, b->n);
	wipe(b);
	free(b->p);
	return p;
}

static char *
arena_grow(struct fg_buf *b, size_t room)
{
	char *p = fg_arena_grow(b->arena, b->p, b->room, room);

	if (p != NULL && p != b->p)
		wipe(b);
	return p;
}

static char *
grow(struct fg_buf *b, size_t need)
{
	size_t room = b->room < ROOM_MIN / 2 ? ROOM_MIN : b->room * 2;
	char *p;

	if (room < need)
		room = need;
	if (room > b->cap)
		room = b->cap;
	p = b->arena != NULL ? arena_grow(b, room) : heap_grow(b, room);
	if (p == NULL)
		return latch(b, FG_E_NOMEM);
	b->p = p;
	b->room = room;
	return p + b->n;
}

char *
fg_buf_more(struct fg_buf *b, size_t n)
{
	if (b->bad != FG_OK)
		return NULL;
	if (b->p != NULL && n <= b->room - b->n)
		return b->p + b->n;
	if (n > b->cap - b->n || b->fixed || b->cap == 0)
		return latch(b, FG_E_LIMIT);
	return grow(b, b->n + n);
}

void
fg_buf_fmt(struct fg_buf *b, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0) {
		(void)latch(b, FG_E_INTERNAL);
		return;
	}
	/* vsnprintf ends with a NUL, which is not counted but needs its place */
	if ((p = fg_buf_room(b, (size_t)n + 1)) == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void
fg_buf_u64(struct fg_buf *b, uint64_t v)
{
	char text[20];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	fg_buf_put(b, fg_str(text + at, sizeof(text) - at));
}

void
fg_buf_i64(struct fg_buf *b, int64_t v)
{
	if (v < 0)
		fg_buf_putc(b, '-');
	fg_buf_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

struct fg_str
fg_arena_i64(struct fg_arena *a, int64_t v)
{
	char room[24];
	struct fg_buf b = FG_BUF_FIXED(room);

	fg_buf_i64(&b, v);
	return fg_arena_dup(a, fg_buf_str(&b));
}

static void
big_endian(struct fg_buf *b, uint64_t v, size_t n)
{
	char *p = fg_buf_room(b, n);

	if (p == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(v >> (8 * (n - 1 - i)));
	b->n += n;
}

void
fg_buf_be8(struct fg_buf *b, uint8_t v)
{
	big_endian(b, v, 1);
}

void
fg_buf_be16(struct fg_buf *b, uint16_t v)
{
	big_endian(b, v, 2);
}

void
fg_buf_be32(struct fg_buf *b, uint32_t v)
{
	big_endian(b, v, 4);
}

void
fg_buf_be64(struct fg_buf *b, uint64_t v)
{
	big_endian(b, v, 8);
}

static void
prefixed(struct fg_buf *b, struct fg_str s, size_t width)
{
	if (s.n >> (8 * width) != 0) {
		(void)latch(b, FG_E_LIMIT);
		return;
	}
	big_endian(b, s.n, width);
	fg_buf_put(b, s);
}

void
fg_buf_v8(struct fg_buf *b, struct fg_str s)
{
	prefixed(b, s, 1);
}

void
fg_buf_v16(struct fg_buf *b, struct fg_str s)
{
	prefixed(b, s, 2);
}

void
fg_buf_v32(struct fg_buf *b, struct fg_str s)
{
	prefixed(b, s, 4);
}

enum fg_rc
fg_buf_end(struct fg_buf *b, struct fg_str *ret)
{
	if (b->bad != FG_OK)
		return b->bad;
	*ret = fg_str(b->p == NULL ? "" : b->p, b->n);
	return FG_OK;
}

/* XML 1.0 2.2 Char, of one well-formed character. */
static bool
xml_char(const unsigned char *p, size_t n)
{
	if (n == 1)
		return *p >= 0x20 || *p == '\t' || *p == '\n' || *p == '\r';
	/* U+FFFE and U+FFFF */
	return n != 3 || p[0] != 0xef || p[1] != 0xbf || p[2] < 0xbe;
}

/* The reference of a byte that may not stand for itself, or null. */
static struct fg_str
xml_reference(char c)
{
	switch (c) {
	case '&': return FG_LIT("&amp;");
	case '<': return FG_LIT("&lt;");
	case '>': return FG_LIT("&gt;");
	case '"': return FG_LIT("&quot;");
	case '\'': return FG_LIT("&#39;");
	/* a reader would turn these into blanks or line feeds */
	case '\t': return FG_LIT("&#9;");
	case '\n': return FG_LIT("&#10;");
	case '\r': return FG_LIT("&#13;");
	default: return FG_STR_NULL;
	}
}

enum { PLAIN_XML = 1, PLAIN_JSON = 2, PLAIN_BOTH = 3 };

/* Printable ASCII that needs no escape. */
static const unsigned char plain_set[256] = {
	[' '] = PLAIN_BOTH,
	['!'] = PLAIN_BOTH,
	['"'] = 0,
	['#' ... '%'] = PLAIN_BOTH,
	['&'] = PLAIN_JSON,
	['\''] = PLAIN_JSON,
	['(' ... ';'] = PLAIN_BOTH,
	['<'] = PLAIN_JSON,
	['='] = PLAIN_BOTH,
	['>'] = PLAIN_JSON,
	['?' ... '['] = PLAIN_BOTH,
	['\\'] = PLAIN_XML,
	[']' ... '~'] = PLAIN_BOTH,
};

/* The bytes from i on that stand for themselves: copied in one piece. */
static size_t
plain_run(struct fg_str s, size_t i, unsigned char set)
{
	size_t from = i;

	while (i < s.n && (plain_set[(unsigned char)s.p[i]] & set) != 0)
		i++;
	return i - from;
}

void
fg_buf_xml(struct fg_buf *b, struct fg_str s)
{
	for (size_t i = 0; i < s.n && b->bad == FG_OK;) {
		size_t plain = plain_run(s, i, PLAIN_XML), n;
		struct fg_str ref;

		if (plain > 0) {
			fg_buf_put(b, fg_str(s.p + i, plain));
			i += plain;
			continue;
		}
		n = fg_utf8_len(s.p + i, s.n - i);
		ref = xml_reference(s.p[i]);

		if (!fg_str_null(ref))
			fg_buf_put(b, ref);
		else if (n == 0 || !xml_char((const unsigned char *)s.p + i, n))
			fg_buf_putc(b, '?');
		else
			fg_buf_put(b, fg_str(s.p + i, n));
		i += n == 0 ? 1 : n;
	}
}

static void
json_byte(struct fg_buf *b, char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char names[][2] = { { '"', '"' }, { '\\', '\\' }, { '\n', 'n' }, { '\r', 'r' },
		{ '\t', 't' }, { '\b', 'b' }, { '\f', 'f' } };
	char text[] = { '\\', 'u', '0', '0', hex[c >> 4 & 15], hex[c & 15] };

	for (size_t i = 0; i < FG_COUNT(names); i++)
		if (names[i][0] == c) {
			text[1] = names[i][1];
			fg_buf_put(b, fg_str(text, 2));
			return;
		}
	fg_buf_put(b, fg_str(text, sizeof(text)));
}

void
fg_buf_json(struct fg_buf *b, struct fg_str s)
{
	for (size_t i = 0; i < s.n && b->bad == FG_OK;) {
		size_t n = plain_run(s, i, PLAIN_JSON);

		fg_buf_put(b, fg_str(s.p + i, n));
		i += n;
		if (i == s.n)
			break;
		n = fg_utf8_len(s.p + i, s.n - i);
		if (n == 0)
			fg_buf_put(b, FG_LIT("\xef\xbf\xbd"));
		else if (n == 1)
			json_byte(b, s.p[i]);
		else
			fg_buf_put(b, fg_str(s.p + i, n));
		i += n == 0 ? 1 : n;
	}
}

void
fg_buf_json_str(struct fg_buf *b, struct fg_str s)
{
	fg_buf_putc(b, '"');
	fg_buf_json(b, s);
	fg_buf_putc(b, '"');
}

static bool
unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || fg_digit(c) || c == '-' ||
	    c == '.' || c == '_' || c == '~';
}

void
fg_buf_uri(struct fg_buf *b, struct fg_str s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n && b->bad == FG_OK; i++) {
		char text[] = { '%', hex[s.p[i] >> 4 & 15], hex[s.p[i] & 15] };

		if (unreserved(s.p[i]))
			fg_buf_putc(b, s.p[i]);
		else
			fg_buf_put(b, fg_str(text, sizeof(text)));
	}
}
