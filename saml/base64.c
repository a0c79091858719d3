/*
 * saml/base64.c - base64 with XML white space (R1): canonical padding, zero unused bits.
 *
 * Four characters at a time through one table; anything that is not four characters of the
 * alphabet takes the slow path, one by one.
 */
#include "saml/saml_int.h"

enum { SPACE = 64, PAD = 65, BAD = 255 };

#define ROW8(x) x, x, x, x, x, x, x, x
static const uint8_t value_of[256] = {
	/* 00 */ ROW8(BAD), BAD, SPACE, SPACE, BAD, BAD, SPACE, BAD, BAD,
	/* 10 */ ROW8(BAD), ROW8(BAD),
	/* 20 */ SPACE, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, 62, BAD, BAD, BAD, 63,
	/* 30 */ 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, BAD, BAD, BAD, PAD, BAD, BAD,
	/* 40 */ BAD, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	/* 50 */ 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, BAD, BAD, BAD, BAD, BAD,
	/* 60 */ BAD, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	/* 70 */ 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, BAD, BAD, BAD, BAD, BAD,
	/* 80 */ ROW8(BAD), ROW8(BAD), ROW8(BAD), ROW8(BAD), ROW8(BAD), ROW8(BAD), ROW8(BAD),
	/* b8 */ ROW8(BAD), ROW8(BAD), ROW8(BAD), ROW8(BAD), ROW8(BAD), ROW8(BAD), ROW8(BAD),
	/* f0 */ ROW8(BAD), ROW8(BAD),
};

struct decoder {
	const unsigned char *p;
	const unsigned char *end;
	unsigned char *out;
	uint32_t bits; /* of the group being read */
	unsigned have; /* characters of it */
	unsigned pads;
	bool bad;
};

/* All whole groups without white space or padding. */
static void
decode_fast(struct decoder *d)
{
	while (d->end - d->p >= 4) {
		uint32_t a = value_of[d->p[0]], b = value_of[d->p[1]], c = value_of[d->p[2]],
		    e = value_of[d->p[3]], v;

		if ((a | b | c | e) >= SPACE)
			return;
		v = a << 18 | b << 12 | c << 6 | e;
		d->out[0] = (unsigned char)(v >> 16);
		d->out[1] = (unsigned char)(v >> 8);
		d->out[2] = (unsigned char)v;
		d->out += 3;
		d->p += 4;
	}
}

/* A group of four, of which d->pads stand at the end: unused bits must be zero. */
static void
flush(struct decoder *d)
{
	uint32_t unused = d->pads == 0 ? 0 : d->pads == 1 ? 0xffu : 0xffffu;

	d->bad |= d->pads > 2 || (d->bits & unused) != 0;
	*d->out++ = (unsigned char)(d->bits >> 16);
	if (d->pads < 2)
		*d->out++ = (unsigned char)(d->bits >> 8);
	if (d->pads < 1)
		*d->out++ = (unsigned char)d->bits;
	d->bits = 0;
	d->have = 0;
}

/* One character of the slow path. */
static void
decode_one(struct decoder *d)
{
	uint8_t v = value_of[*d->p++];

	if (v == SPACE)
		return;
	if (v == PAD)
		d->pads++;
	d->bad |= v > PAD || (d->pads > 0 && v != PAD) || (v == PAD && d->have < 2);
	d->bits = d->bits << 6 | (v >= SPACE ? 0u : v);
	if (++d->have == 4)
		flush(d);
}

enum fg_rc
saml_base64(struct fg_arena *a, struct fg_str in, struct fg_str *ret)
{
	unsigned char *out = fg_arena_alloc(a, in.n / 4 * 3 + 4);
	struct decoder d = { .p = (const unsigned char *)in.p, .out = out };

	if (out == NULL)
		return FG_E_NOMEM;
	d.end = d.p + in.n;
	while (d.p < d.end && !d.bad) {
		if (d.have == 0 && d.pads == 0)
			decode_fast(&d);
		if (d.p < d.end)
			decode_one(&d);
	}
	if (d.bad || d.have != 0 || d.out == out)
		return FG_E_SYNTAX;
	*ret = fg_str(out, (size_t)(d.out - out));
	return FG_OK;
}

enum fg_rc
saml_base64_text(struct fg_arena *a, const struct xml_node *n, struct fg_str *ret)
{
	struct fg_str text;

	if (!xml_text(a, n, &text))
		return FG_E_SYNTAX;
	return fg_str_null(text) ? FG_E_NOMEM : saml_base64(a, text, ret);
}
