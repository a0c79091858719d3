/*
 * base/buf.h - latched builder.
 *
 * Shape:    put straight down, ask once with fg_buf_end().  The first put that
 *           does not fit latches an error; later ones do nothing.
 * Owns:     its bytes; heap memory unless it was started on storage or an
 *           arena.  Growth is bounded by cap.  With secret set, old bytes are
 *           wiped on every growth and on free.
 * Escaping: a different verb per target, so an unescaped value is visible.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/arena.h"

struct fg_buf {
	char *p;
	size_t n;    /* bytes written */
	size_t room; /* bytes allocated */
	size_t cap;  /* bytes at most */
	enum fg_rc bad;
	bool secret;
	bool fixed;             /* caller's storage: never grows, never freed */
	struct fg_arena *arena; /* not NULL: grows there, never freed */
};

/* On the heap, at most c bytes; free with fg_buf_free (FG_AUTO). */
#define FG_BUF(c) ((struct fg_buf){ .cap = (c) })
/* In an arena, at most c bytes. */
#define FG_BUF_ARENA(a, c) ((struct fg_buf){ .cap = (c), .arena = (a) })
/* On the caller's array. */
#define FG_BUF_FIXED(array)                                                    \
	((struct fg_buf){ .p = (array), .room = sizeof(array), .cap = sizeof(array), .fixed = true })

void fg_buf_free(struct fg_buf *b);
/* Forget the content, keep the memory (wiped first when secret). */
void fg_buf_reset(struct fg_buf *b);
char *fg_buf_more(struct fg_buf *b, size_t n); /* fg_buf_room's slower half */
/* Room for n more bytes now; then write at b->p + b->n and add to b->n.  NULL when bad. */
static inline char *
fg_buf_room(struct fg_buf *b, size_t n)
{
	if (FG_LIKELY(b->p != NULL && n <= b->room - b->n && b->bad == FG_OK))
		return b->p + b->n;
	return fg_buf_more(b, n);
}

static inline void
fg_buf_put(struct fg_buf *b, struct fg_str s)
{
	char *p;

	if (s.n == 0 || (p = fg_buf_room(b, s.n)) == NULL)
		return;
	memcpy(p, s.p, s.n);
	b->n += s.n;
}

static inline void
fg_buf_putc(struct fg_buf *b, char c)
{
	char *p = fg_buf_room(b, 1);

	if (p == NULL)
		return;
	*p = c;
	b->n++;
}

void fg_buf_fmt(struct fg_buf *b, const char *fmt, ...) FG_PRINTF(2, 3);
void fg_buf_u64(struct fg_buf *b, uint64_t v); /* decimal */
void fg_buf_i64(struct fg_buf *b, int64_t v);
struct fg_str fg_arena_i64(struct fg_arena *a, int64_t v) FG_MUST; /* decimal; null without memory */
/* XML text and attribute values: & < > " ' escaped; characters XML 1.0 forbids become '?'. */
void fg_buf_xml(struct fg_buf *b, struct fg_str s);
/* Inside a JSON string (no quotes added); bytes that are not UTF-8 become U+FFFD. */
void fg_buf_json(struct fg_buf *b, struct fg_str s);
/* A whole JSON string with its quotes. */
void fg_buf_json_str(struct fg_buf *b, struct fg_str s);
/* RFC 3986: everything but unreserved becomes %XX. */
void fg_buf_uri(struct fg_buf *b, struct fg_str s);
void fg_buf_hex(struct fg_buf *b, struct fg_str bytes); /* lower case */
void fg_buf_base64(struct fg_buf *b, struct fg_str bytes);
void fg_buf_base64url(struct fg_buf *b, struct fg_str bytes); /* no padding */
/* Big-endian integers, and length-prefixed bytes (too long for the prefix latches FG_E_LIMIT). */
void fg_buf_be8(struct fg_buf *b, uint8_t v);
void fg_buf_be16(struct fg_buf *b, uint16_t v);
void fg_buf_be32(struct fg_buf *b, uint32_t v);
void fg_buf_be64(struct fg_buf *b, uint64_t v);
void fg_buf_v8(struct fg_buf *b, struct fg_str s);
void fg_buf_v16(struct fg_buf *b, struct fg_str s);
void fg_buf_v32(struct fg_buf *b, struct fg_str s);

/* The only check.  *ret borrows from b.  FG_E_LIMIT over cap, FG_E_NOMEM. */
enum fg_rc fg_buf_end(struct fg_buf *b, struct fg_str *ret) FG_MUST;
static inline struct fg_str
fg_buf_str(const struct fg_buf *b) /* what is there so far, without the check */
{
	return (struct fg_str){ b->p, b->n };
}

#endif
