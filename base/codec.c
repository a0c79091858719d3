/*
 * base/codec.c - base64, base64url, hex, percent and base32, strictly.
 */
#include "base/codec.h"

#include "base/buf.h"

#define BAD 0xff

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base32_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static const char hex_digits[] = "0123456789abcdef";

/* The letters and digits of both alphabets, then the two that differ; the rest is BAD. */
#define TABLE64(c62, c63)                                                                         \
	{                                                                                         \
		[0 ... 255] = BAD, ['A'] = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,  \
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, ['a'] = 26, 27, 28, 29, 30, 31, 32, 33,   \
		34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,           \
		['0'] = 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, [c62] = 62, [c63] = 63            \
	}

#pragma GCC diagnostic push
#ifdef __clang__
#pragma GCC diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif
static const unsigned char base64_value[256] = TABLE64('+', '/');
static const unsigned char base64url_value[256] = TABLE64('-', '_');
#pragma GCC diagnostic pop

/* n digits without padding; out has room for n * 3 / 4 bytes.  Bytes written or -1. */
static ptrdiff_t
decode64(const unsigned char value[256], const unsigned char *in, size_t n, unsigned char *out)
{
	unsigned char *o = out;
	size_t i = 0;
	unsigned bad = 0;
	unsigned v;

	for (; i + 4 <= n; i += 4, o += 3) {
		unsigned a = value[in[i]], b = value[in[i + 1]];
		unsigned c = value[in[i + 2]], d = value[in[i + 3]];

		bad |= a | b | c | d;
		v = a << 18 | b << 12 | c << 6 | d;
		o[0] = (unsigned char)(v >> 16);
		o[1] = (unsigned char)(v >> 8);
		o[2] = (unsigned char)v;
	}
	if (n - i == 1)
		return -1;
	if (n - i >= 2) {
		unsigned a = value[in[i]], b = value[in[i + 1]];
		unsigned c = n - i == 3 ? value[in[i + 2]] : 0;

		bad |= a | b | c;
		v = a << 18 | b << 12 | c << 6;
		*o++ = (unsigned char)(v >> 16);
		if (n - i == 3)
			*o++ = (unsigned char)(v >> 8);
		/* the bits that no byte took */
		if ((v & (n - i == 3 ? 0xffu : 0xffffu)) != 0)
			return -1;
	}
	return (bad & 0x80) != 0 ? -1 : o - out;
}

ptrdiff_t
fg_base64url_into(struct fg_str in, unsigned char *out, size_t room)
{
	if (room < in.n / 4 * 3 + in.n % 4 * 3 / 4)
		return -1;
	return decode64(base64url_value, (const unsigned char *)in.p, in.n, out);
}

static bool
refuse(struct fg_str *ret)
{
	*ret = FG_STR_NULL;
	return false;
}

static bool
decoded64(struct fg_arena *a, const unsigned char value[256], struct fg_str in, struct fg_str *ret)
{
	unsigned char *out = fg_arena_alloc(a, in.n / 4 * 3 + 4);
	ptrdiff_t n;

	if (out == NULL)
		return refuse(ret);
	n = decode64(value, (const unsigned char *)in.p, in.n, out);
	if (n < 0)
		return refuse(ret);
	out[n] = '\0';
	*ret = fg_str(out, (size_t)n);
	return true;
}

bool
fg_base64url(struct fg_arena *a, struct fg_str in, struct fg_str *ret)
{
	return decoded64(a, base64url_value, in, ret);
}

bool
fg_base64(struct fg_arena *a, struct fg_str in, struct fg_str *ret)
{
	if (in.n % 4 != 0)
		return refuse(ret);
	if (in.n > 0 && in.p[in.n - 1] == '=')
		in.n -= in.p[in.n - 2] == '=' ? 2 : 1;
	return decoded64(a, base64_value, in, ret);
}

bool
fg_base64_ws(struct fg_arena *a, struct fg_str in, struct fg_str *ret)
{
	char *tight = fg_arena_alloc(a, in.n);
	size_t n = 0;

	if (tight == NULL)
		return refuse(ret);
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] != ' ' && in.p[i] != '\t' && in.p[i] != '\r' && in.p[i] != '\n')
			tight[n++] = in.p[i];
	return fg_base64(a, fg_str(tight, n), ret);
}

static unsigned
hex_value(char c)
{
	if (fg_digit(c))
		return (unsigned)(c - '0');
	c = fg_lower(c);
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) : BAD;
}

/* Two digits; over 255 when they are not hexadecimal. */
static unsigned
hex_byte(const char *p)
{
	unsigned high = hex_value(p[0]), low = hex_value(p[1]);

	return high == BAD || low == BAD ? 256 : high << 4 | low;
}

bool
fg_hex(struct fg_arena *a, struct fg_str in, struct fg_str *ret)
{
	char *out = in.n % 2 != 0 ? NULL : fg_arena_alloc(a, in.n / 2 + 1);

	if (out == NULL)
		return refuse(ret);
	for (size_t i = 0; i < in.n / 2; i++) {
		unsigned v = hex_byte(in.p + 2 * i);

		if (v > 255)
			return refuse(ret);
		out[i] = (char)v;
	}
	*ret = fg_str(out, in.n / 2);
	return true;
}

/* The byte at *at, which moves on; 0 when it is refused. */
static char
uri_byte(struct fg_str in, enum fg_uri kind, size_t *at)
{
	char c = in.p[(*at)++];
	unsigned v;

	if (c == '+' && kind == FG_URI_FORM)
		return ' ';
	if (c != '%')
		return c;
	if (in.n - *at < 2)
		return '\0';
	v = hex_byte(in.p + *at);
	*at += 2;
	return v > 255 ? '\0' : (char)v;
}

bool
fg_uri_decode(struct fg_arena *a, struct fg_str in, enum fg_uri kind, struct fg_str *ret)
{
	char *out = in.n == SIZE_MAX ? NULL : fg_arena_alloc(a, in.n + 1);
	size_t n = 0;

	if (out == NULL)
		return refuse(ret);
	for (size_t i = 0; i < in.n; n++) {
		out[n] = uri_byte(in, kind, &i);
		if (out[n] == '\0')
			return refuse(ret);
	}
	*ret = fg_str(out, n);
	return true;
}

void
fg_base32(const unsigned char *in, size_t n, char *out)
{
	for (size_t i = 0; i + 5 <= n; i += 5) {
		uint64_t v = 0;

		for (size_t k = 0; k < 5; k++)
			v = v << 8 | in[i + k];
		for (int shift = 35; shift >= 0; shift -= 5)
			*out++ = base32_digits[v >> shift & 31];
	}
}

static unsigned
base32_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A');
	return c >= '2' && c <= '7' ? (unsigned)(c - '2' + 26) : BAD;
}

bool
fg_base32_decode(struct fg_str in, unsigned char *out, size_t room)
{
	if (in.n % 8 != 0 || in.n / 8 * 5 > room)
		return false;
	for (size_t i = 0; i < in.n; i += 8) {
		uint64_t v = 0;

		for (size_t k = 0; k < 8; k++) {
			unsigned d = base32_value(in.p[i + k]);

			if (d == BAD)
				return false;
			v = v << 5 | d;
		}
		for (int shift = 32; shift >= 0; shift -= 8)
			*out++ = (unsigned char)(v >> shift);
	}
	return true;
}

void
fg_buf_hex(struct fg_buf *b, struct fg_str bytes)
{
	char *p = bytes.n > SIZE_MAX / 2 ? NULL : fg_buf_room(b, bytes.n * 2);

	if (p == NULL)
		return;
	for (size_t i = 0; i < bytes.n; i++, p += 2) {
		unsigned v = (unsigned char)bytes.p[i];

		p[0] = hex_digits[v >> 4];
		p[1] = hex_digits[v & 15];
	}
	b->n += bytes.n * 2;
}

/* 1 or 2 bytes become that many digits and one more. */
static void
encode64(const char *digits, const unsigned char *in, size_t n, char *out)
{
	unsigned v = (unsigned)in[0] << 16 | (n > 1 ? (unsigned)in[1] << 8 : 0);

	for (size_t i = 0; i <= n; i++)
		out[i] = digits[v >> (18 - 6 * i) & 63];
}

static void
encoded64(struct fg_buf *b, const char *digits, struct fg_str bytes, char pad)
{
	const unsigned char *in = (const unsigned char *)bytes.p;
	char *p = bytes.n > SIZE_MAX / 2 ? NULL : fg_buf_room(b, (bytes.n + 2) / 3 * 4);
	char *start = p;
	size_t i = 0;

	if (p == NULL)
		return;
	for (; bytes.n - i >= 3; i += 3, p += 4) {
		unsigned v = (unsigned)in[i] << 16 | (unsigned)in[i + 1] << 8 | in[i + 2];

		p[0] = digits[v >> 18];
		p[1] = digits[v >> 12 & 63];
		p[2] = digits[v >> 6 & 63];
		p[3] = digits[v & 63];
	}
	if (i < bytes.n) {
		size_t n = bytes.n - i;

		encode64(digits, in + i, n, p);
		p += n + 1;
		for (; pad != '\0' && n < 3; n++)
			*p++ = pad;
	}
	b->n += (size_t)(p - start);
}

void
fg_buf_base64(struct fg_buf *b, struct fg_str bytes)
{
	encoded64(b, base64_digits, bytes, '=');
}

void
fg_buf_base64url(struct fg_buf *b, struct fg_str bytes)
{
	encoded64(b, base64url_digits, bytes, '\0');
}
