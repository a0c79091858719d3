/*
 * base/cur.h - latched cursor over untrusted bytes.
 *
 * Shape:    read straight down, ask once.  The first read that cannot be served
 *           sets bad; every later one returns zero or null and leaves it set.
 * Owns:     nothing: what is returned is borrowed from the bytes.
 */
#ifndef BASE_CUR_H
#define BASE_CUR_H

#include "base/str.h"

struct fg_cur {
	const char *p;
	size_t n;  /* bytes left */
	bool bad;
};

static inline struct fg_cur
fg_cur(struct fg_str s)
{
	return (struct fg_cur){ s.p, s.n, false };
}

/* Exactly n bytes. */
struct fg_str fg_cur_take(struct fg_cur *c, size_t n);
/* Up to the stop byte, which is consumed and not returned; bad without one. */
struct fg_str fg_cur_until(struct fg_cur *c, char stop);
/* All that is left. */
struct fg_str fg_cur_rest(struct fg_cur *c);
/* Longest run of bytes for which set[byte] is true; may be empty. */
struct fg_str fg_cur_span(struct fg_cur *c, const bool set[256]);
/* The next byte, or -1 at the end; does not advance and never sets bad. */
int fg_cur_peek(const struct fg_cur *c);
/* Skip one expected byte or literal; bad when it is not there. */
void fg_cur_skip(struct fg_cur *c, char expected);
void fg_cur_lit(struct fg_cur *c, struct fg_str expected);
/* Big-endian integers. */
uint8_t fg_cur_u8(struct fg_cur *c);
uint16_t fg_cur_u16(struct fg_cur *c);
uint32_t fg_cur_u32(struct fg_cur *c);
uint64_t fg_cur_u64(struct fg_cur *c);
/* A u8, u16 or u32 length and that many bytes. */
struct fg_str fg_cur_v8(struct fg_cur *c);
struct fg_str fg_cur_v16(struct fg_cur *c);
struct fg_str fg_cur_v32(struct fg_cur *c);

/* Nothing failed and nothing is left.  Every parser ends here. */
static inline bool
fg_cur_done(const struct fg_cur *c)
{
	return !c->bad && c->n == 0;
}

#endif
