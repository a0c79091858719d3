/*
 * gateway/store/list.c - string lists and tags in one column, and random unique ids.
 *
 * Canonical: each element is a 32-bit big-endian length and its bytes, nothing else.
 */
#include <errno.h>
#include <sys/random.h>

#include "gateway/store/store_int.h"

void
store_list_put(struct fg_buf *b, struct fg_str s)
{
	fg_buf_v32(b, s);
}

bool
store_list_next(struct fg_str *list, struct fg_str *ret)
{
	struct fg_cur c = fg_cur(*list);
	struct fg_str s;

	if (list->n == 0)
		return false;
	s = fg_cur_v32(&c);
	if (c.bad) {
		*list = FG_STR_NULL;
		return false;
	}
	*list = fg_cur_rest(&c);
	*ret = s;
	return true;
}

size_t
store_list_count(struct fg_str list)
{
	struct fg_str s;
	size_t n = 0;

	while (store_list_next(&list, &s))
		n++;
	return n;
}

bool
store_list_has(struct fg_str list, struct fg_str want)
{
	struct fg_str s;

	while (store_list_next(&list, &s))
		if (fg_eq(s, want))
			return true;
	return false;
}

enum fg_rc
store_uid(const char *prefix, char out[STORE_UID_BYTES + 1], struct fg_err *reterr)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned char r[STORE_UID_BYTES - 4];

	if (getrandom(r, sizeof(r), 0) != (ssize_t)sizeof(r))
		return fg_fail(reterr, FG_E_CRYPTO, "store.uid", NULL, "no randomness: %d", errno);
	memcpy(out, prefix, 4);
	for (size_t i = 0; i < sizeof(r); i++)
		out[4 + i] = alphabet[r[i] & 31];
	out[STORE_UID_BYTES] = '\0';
	return FG_OK;
}
