/*
 * base/str.c - comparing, cutting and checking borrowed bytes.
 */
#include "base/str.h"

#include <endian.h>

bool
fg_eq_const(struct fg_str a, struct fg_str b)
{
	volatile unsigned char diff = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		diff = (unsigned char)(diff | ((unsigned char)a.p[i] ^ (unsigned char)b.p[i]));
	return diff == 0;
}

int
fg_cmp(struct fg_str a, struct fg_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return r != 0 ? r : (a.n > b.n) - (a.n < b.n);
}

int
fg_cmp_at(const void *a, const void *b)
{
	return fg_cmp(*(const struct fg_str *)a, *(const struct fg_str *)b);
}

bool
fg_starts_icase(struct fg_str s, struct fg_str prefix)
{
	if (s.n < prefix.n)
		return false;
	for (size_t i = 0; i < prefix.n; i++)
		if (s.p[i] != prefix.p[i] && fg_lower(s.p[i]) != fg_lower(prefix.p[i]))
			return false;
	return true;
}

bool
fg_ends(struct fg_str s, struct fg_str suffix)
{
	return s.n >= suffix.n && fg_eq(fg_sub(s, s.n - suffix.n, s.n), suffix);
}

struct fg_str
fg_sub(struct fg_str s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return s.p == NULL ? s : fg_str(s.p + from, to - from);
}

bool
fg_cut(struct fg_str s, char c, struct fg_str *head, struct fg_str *tail)
{
	size_t at = fg_find(s, c);

	*head = fg_sub(s, 0, at);
	*tail = at == s.n ? FG_STR_NULL : fg_sub(s, at + 1, s.n);
	return at != s.n;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct fg_str
fg_trim(struct fg_str s)
{
	while (s.n > 0 && blank(s.p[0]))
		s = fg_sub(s, 1, s.n);
	while (s.n > 0 && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Unicode 15, table 3-7: the second byte's range depends on the first. */
size_t
fg_utf8_len(const char *p, size_t n)
{
	const unsigned char *s = (const unsigned char *)p;
	unsigned char low = 0x80, high = 0xbf;
	size_t want;

	if (n == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	want = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (n < want)
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0; /* overlong */
	if (s[0] == 0xed)
		high = 0x9f; /* surrogates */
	if (s[0] == 0xf0)
		low = 0x90; /* overlong */
	if (s[0] == 0xf4)
		high = 0x8f; /* over U+10FFFF */
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < want; i++)
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	return want;
}

static bool
ascii8(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return (v & 0x8080808080808080u) == 0;
}

/* Thirty-two bytes without a high bit: most text is nothing else. */
static bool
ascii32(const char *p)
{
	uint64_t v[4];

	memcpy(v, p, sizeof(v));
	return ((v[0] | v[1] | v[2] | v[3]) & 0x8080808080808080u) == 0;
}

bool
fg_utf8_ok(struct fg_str s)
{
	for (size_t i = 0; i < s.n;) {
		size_t n;

		if (s.n - i >= 32 && ascii32(s.p + i)) {
			i += 32;
			continue;
		}
		if (s.n - i >= 8 && ascii8(s.p + i)) {
			i += 8;
			continue;
		}
		n = fg_utf8_len(s.p + i, s.n - i);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

bool
fg_all(struct fg_str s, const unsigned char table[256], unsigned bits)
{
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned all = bits;
	size_t i = 0;

	for (; s.n - i >= 4; i += 4)
		all &= (unsigned)table[p[i]] & table[p[i + 1]] & table[p[i + 2]] & table[p[i + 3]];
	for (; i < s.n; i++)
		all &= table[p[i]];
	return all == bits;
}

bool
fg_printable(struct fg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return true;
}

bool
fg_u64(struct fg_str s, uint64_t *ret)
{
	uint64_t v = 0;

	/* 19 digits always fit; 20 might not. */
	if (s.n == 0 || s.n > 19 || (s.p[0] == '0' && s.n > 1))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!fg_digit(s.p[i]))
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*ret = v;
	return true;
}

static inline uint64_t
rotl(uint64_t x, unsigned b)
{
	return (x << b) | (x >> (64 - b));
}

static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

static inline uint64_t
load8(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static inline uint64_t
load(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return v;
}

static inline void
sip_word(uint64_t v[4], uint64_t m)
{
	v[3] ^= m;
	sip_round(v);
	v[0] ^= m;
}

uint64_t
fg_hash(struct fg_str s, const uint64_t key[2])
{
	uint64_t v[4] = { key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
		key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u };
	size_t whole = s.n & ~(size_t)7;

	for (size_t i = 0; i < whole; i += 8)
		sip_word(v, load8(s.p + i));
	sip_word(v, load(s.p == NULL ? "" : s.p + whole, s.n - whole) | (uint64_t)s.n << 56);
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
