/*
 * gateway/directory/block.c - one block of memory for an entity and all it points to.
 */
#include "gateway/directory/directory_int.h"

enum { ALIGN = 8 };

bool
directory_block(struct block *b, enum store_kind kind, size_t extra)
{
	struct entity *e = calloc(1, sizeof(*e) + extra);

	if (e == NULL)
		return false;
	e->kind = kind;
	*b = (struct block){ .p = (char *)(e + 1), .room = extra, .e = e };
	return true;
}

/* Arrays grow from the front of the block, strings from its end: no padding between. */
void *
directory_block_array(struct block *b, size_t n, size_t size)
{
	void *at = b->p + b->used;

	_Static_assert(sizeof(struct fg_str) % ALIGN == 0, "arrays keep the alignment");
	b->used += n * size;
	return at;
}

struct fg_str
directory_block_str(struct block *b, struct fg_str s)
{
	if (s.n == 0)
		return FG_LIT("");
	b->room -= s.n;
	memcpy(b->p + b->room, s.p, s.n);
	return fg_str(b->p + b->room, s.n);
}

/* What a list takes as an array of strings or of tags. */
size_t
directory_list_bytes(struct fg_str list)
{
	struct fg_str s;
	size_t n = 0;

	while (store_list_next(&list, &s))
		n += sizeof(struct fg_str) + s.n;
	return n;
}

const struct fg_str *
directory_block_list(struct block *b, struct fg_str list, size_t *ret_n)
{
	size_t n = store_list_count(list);
	struct fg_str *v = directory_block_array(b, n, sizeof(*v));
	struct fg_str s;

	for (size_t i = 0; i < n && store_list_next(&list, &s); i++)
		v[i] = directory_block_str(b, s);
	*ret_n = n;
	return v;
}

const struct directory_tag *
directory_block_tags(struct block *b, struct fg_str list, size_t *ret_n)
{
	size_t n = store_list_count(list) / 2;
	struct directory_tag *v = directory_block_array(b, n, sizeof(*v));
	struct fg_str key, value;

	for (size_t i = 0; i < n; i++) {
		if (!store_list_next(&list, &key) || !store_list_next(&list, &value))
			break;
		v[i] = (struct directory_tag){ directory_block_str(b, key),
			directory_block_str(b, value) };
	}
	*ret_n = n;
	return v;
}
