/*
 * base/str.h - borrowed bytes.
 *
 * Shape:    struct fg_str is a pointer and a length by value; it owns nothing
 *           and is not terminated.  The empty string has n == 0; p may then be
 *           NULL, which fg_str_null() tells from "present but empty".
 * Does not: use the locale.  Case folding is ASCII.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <string.h>

#include "base/err.h"

struct fg_str {
	const char *p;
	size_t n; /* bytes */
};

#define FG_LIT(s) ((struct fg_str){ "" s "", sizeof(s) - 1 })
#define FG_STR_NULL ((struct fg_str){ NULL, 0 })
/* for "%.*s" */
#define FG_PRI(s) (int)((s).n > 200 ? 200 : (s).n), ((s).p == NULL ? "" : (s).p)

static inline struct fg_str
fg_str(const void *p, size_t n)
{
	return (struct fg_str){ p, n };
}

/* From a terminated string of our own (never network data); NULL gives null. */
static inline struct fg_str
fg_str_z(const char *z)
{
	return (struct fg_str){ z, z == NULL ? 0 : strlen(z) };
}

static inline bool
fg_str_null(struct fg_str s)
{
	return s.p == NULL;
}

static inline bool
fg_eq(struct fg_str a, struct fg_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool fg_starts_icase(struct fg_str s, struct fg_str prefix);
/* ASCII case-insensitive. */
static inline bool
fg_eq_icase(struct fg_str a, struct fg_str b)
{
	return a.n == b.n && fg_starts_icase(a, b);
}

/* Constant time in the bytes (not in the lengths). */
bool fg_eq_const(struct fg_str a, struct fg_str b);
/* <0, 0, >0 as memcmp, shorter first on a common prefix. */
int fg_cmp(struct fg_str a, struct fg_str b);
/* The same of what two pointers to struct fg_str show, for qsort() and bsearch(). */
int fg_cmp_at(const void *a, const void *b);
static inline bool
fg_starts(struct fg_str s, struct fg_str prefix)
{
	return s.n >= prefix.n && fg_eq(fg_str(s.p, prefix.n), prefix);
}

bool fg_ends(struct fg_str s, struct fg_str suffix);
/* s[from, to), clamped to s. */
struct fg_str fg_sub(struct fg_str s, size_t from, size_t to);
/* Index of the byte, or s.n. */
static inline size_t
fg_find(struct fg_str s, char c)
{
	const char *at = s.n == 0 ? NULL : (const char *)memchr(s.p, c, s.n);

	return at == NULL ? s.n : (size_t)(at - s.p);
}

/*
 * Split at the first c: *head is what stands before, *tail what stands after.
 * False (and *head = s, *tail = null) without a c.
 */
bool fg_cut(struct fg_str s, char c, struct fg_str *head, struct fg_str *tail);
/* Without the ASCII white space (blank, tab, CR, LF) at both ends. */
struct fg_str fg_trim(struct fg_str s);
/* Well-formed UTF-8: no overlong form, surrogate or value over U+10FFFF. */
bool fg_utf8_ok(struct fg_str s);
/* Length (1..4) of the well-formed character that starts at p, of n bytes; 0 without one. */
size_t fg_utf8_len(const char *p, size_t n);
/* Every byte has all of these bits in the table. */
bool fg_all(struct fg_str s, const unsigned char table[256], unsigned bits);
/* Every byte is printable ASCII or blank (0x20..0x7e). */
bool fg_printable(struct fg_str s);
/* Decimal digits only, 1..19 of them, no sign, no leading zero but "0"; into *ret. */
bool fg_u64(struct fg_str s, uint64_t *ret);
/* 64-bit hash keyed by a per-process secret (SipHash-1-3): for tables of untrusted keys. */
uint64_t fg_hash(struct fg_str s, const uint64_t key[2]);

static inline char
fg_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static inline bool
fg_digit(char c)
{
	return c >= '0' && c <= '9';
}

#endif
