/*
 * gateway/front/bytes.c - classes of bytes in a request.
 *
 * One look-up says all that the readers ask of a byte.  The bits are HTTP_B_*;
 * tests/unit/front/bytes.c derives the table again from the grammar.
 */
#include "gateway/front/front_int.h"

const unsigned char http_byte[256] = {
	 0,  0,  0,  0,  0,  0,  0,  0,  0,  2,  0,  0,  0,  0,  0,  0, /* 00 */
	 0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0, /* 10 */
	 2,  7,  2,  3,  7,  7,  7,  7,  6,  6,  7,  7,  6, 23, 23,  6, /* 20 */
	31, 31, 31, 31, 31, 31, 31, 31, 31, 31,  6,  6,  2,  6,  2,  6, /* 30 */
	 6, 31, 31, 31, 31, 31, 31, 23, 23, 23, 23, 23, 23, 23, 23, 23, /* 40 */
	23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23,  2,  2,  2,  3, 23, /* 50 */
	 3, 31, 31, 31, 31, 31, 31, 23, 23, 23, 23, 23, 23, 23, 23, 23, /* 60 */
	23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23,  2,  3,  2, 23,  0, /* 70 */
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2, /* 80 */
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2, /* 90 */
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2, /* a0 */
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2, /* b0 */
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2, /* c0 */
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2, /* d0 */
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2, /* e0 */
	 2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2,  2, /* f0 */
};

bool
http_all(struct fg_str s, unsigned set)
{
	return fg_all(s, http_byte, set);
}

enum http_read
http_refuse(struct http_refusal *e, int status, const char *rule, const char *ref)
{
	*e = (struct http_refusal){ status, rule, ref };
	return HTTP_REFUSED;
}

bool
http_list_next(struct fg_str *rest, struct fg_str *ret)
{
	struct fg_str tail;

	if (fg_str_null(*rest))
		return false;
	if (!fg_cut(*rest, ',', ret, &tail))
		tail = FG_STR_NULL;
	*ret = fg_trim(*ret);
	*rest = tail;
	return true;
}
