/*
 * base/cur.c - reads of the latched cursor.
 */
#include "base/cur.h"

static struct fg_str
fail(struct fg_cur *c)
{
	c->bad = true;
	c->n = 0;
	return FG_STR_NULL;
}

struct fg_str
fg_cur_take(struct fg_cur *c, size_t n)
{
	struct fg_str s = { c->p, n };

	if (c->bad || n > c->n)
		return fail(c);
	if (n > 0)
		c->p += n;
	c->n -= n;
	return s;
}

struct fg_str
fg_cur_until(struct fg_cur *c, char stop)
{
	size_t at = fg_find(fg_str(c->p, c->n), stop);
	struct fg_str s;

	if (c->bad || at == c->n)
		return fail(c);
	s = fg_cur_take(c, at);
	(void)fg_cur_take(c, 1);
	return s;
}

struct fg_str
fg_cur_rest(struct fg_cur *c)
{
	return fg_cur_take(c, c->n);
}

struct fg_str
fg_cur_span(struct fg_cur *c, const bool set[256])
{
	size_t n = 0;

	while (n < c->n && set[(unsigned char)c->p[n]])
		n++;
	return fg_cur_take(c, n);
}

int
fg_cur_peek(const struct fg_cur *c)
{
	return c->bad || c->n == 0 ? -1 : (unsigned char)c->p[0];
}

void
fg_cur_skip(struct fg_cur *c, char expected)
{
	struct fg_str s = fg_cur_take(c, 1);

	if (!c->bad && s.p[0] != expected)
		(void)fail(c);
}

void
fg_cur_lit(struct fg_cur *c, struct fg_str expected)
{
	struct fg_str s = fg_cur_take(c, expected.n);

	if (!c->bad && !fg_eq(s, expected))
		(void)fail(c);
}

static uint64_t
big_endian(struct fg_cur *c, size_t n)
{
	struct fg_str s = fg_cur_take(c, n);
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | (unsigned char)s.p[i];
	return v;
}

uint8_t
fg_cur_u8(struct fg_cur *c)
{
	return (uint8_t)big_endian(c, 1);
}

uint16_t
fg_cur_u16(struct fg_cur *c)
{
	return (uint16_t)big_endian(c, 2);
}

uint32_t
fg_cur_u32(struct fg_cur *c)
{
	return (uint32_t)big_endian(c, 4);
}

uint64_t
fg_cur_u64(struct fg_cur *c)
{
	return big_endian(c, 8);
}

struct fg_str
fg_cur_v8(struct fg_cur *c)
{
	return fg_cur_take(c, fg_cur_u8(c));
}

struct fg_str
fg_cur_v16(struct fg_cur *c)
{
	return fg_cur_take(c, fg_cur_u16(c));
}

struct fg_str
fg_cur_v32(struct fg_cur *c)
{
	return fg_cur_take(c, fg_cur_u32(c));
}
