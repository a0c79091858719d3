/*
 * base/arena.c - a bump allocator over chunks.
 *
 * All memory of a chunk that is not handed out is zero: it comes from calloc, and reset
 * wipes exactly what was handed out.  So an allocation is an addition and a compare.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define ALIGN 16u
#define FIRST_CHUNK (16u * 1024) /* bytes */
#define FMT_TRY 256u             /* a longer text is formatted twice, bytes */
#define KEPT_CHUNK (64u * 1024)  /* the largest that survives a reset, bytes */

struct chunk {
	struct chunk *older;
	size_t size; /* bytes of data */
	size_t used;
	size_t pad; /* keeps data aligned to 16 */
	char data[];
};

_Static_assert(sizeof(struct chunk) % ALIGN == 0, "data of a chunk is aligned");

struct fg_arena {
	struct chunk *now;
	size_t cap;
	size_t chunks; /* bytes of data of all chunks */
	size_t used;   /* bytes handed out */
};

static bool
chunk_add(struct fg_arena *a, size_t size)
{
	struct chunk *c = calloc(1, sizeof(*c) + size);

	if (c == NULL)
		return false;
	c->size = size;
	c->older = a->now;
	a->now = c;
	a->chunks += size;
	return true;
}

static void
chunk_wipe(struct chunk *c)
{
	if (c->used > 0)
		explicit_bzero(c->data, c->used);
	c->used = 0;
}

/* All but one; NULL drops that too. */
static void
chunks_drop(struct fg_arena *a, struct chunk *but)
{
	struct chunk *c = a->now;

	while (c != NULL) {
		struct chunk *older = c->older;

		chunk_wipe(c);
		if (c != but)
			free(c);
		c = older;
	}
	a->now = but;
	a->chunks = but == NULL ? 0 : but->size;
	if (but != NULL)
		but->older = NULL;
}

struct fg_arena *
fg_arena_new(size_t cap)
{
	return fg_arena_new_first(cap, FIRST_CHUNK);
}

struct fg_arena *
fg_arena_new_first(size_t cap, size_t first)
{
	struct fg_arena *a;

	cap &= ~(size_t)(ALIGN - 1);
	first &= ~(size_t)(ALIGN - 1);
	if (cap == 0 || first == 0 || (a = calloc(1, sizeof(*a))) == NULL)
		return NULL;
	a->cap = cap;
	if (!chunk_add(a, cap < first ? cap : first)) {
		free(a);
		return NULL;
	}
	return a;
}

void
fg_arena_free(struct fg_arena *a)
{
	if (a == NULL)
		return;
	chunks_drop(a, NULL);
	free(a);
}

void
fg_arena_freep(struct fg_arena **a)
{
	fg_arena_free(*a);
	*a = NULL;
}

void
fg_arena_reset(struct fg_arena *a)
{
	struct chunk *kept = NULL;

	/* The largest of moderate size: then the next request like this one needs no other. */
	for (struct chunk *c = a->now; c != NULL; c = c->older) {
		if (c->size <= KEPT_CHUNK && (kept == NULL || c->size > kept->size))
			kept = c;
	}
	chunks_drop(a, kept);
	a->used = 0;
}

/* Twice what there is, at least n, within the cap. */
static bool
chunk_for(struct fg_arena *a, size_t n)
{
	size_t left = a->cap - a->chunks;
	size_t size = a->chunks * 2;

	if (n > left)
		return false;
	if (size < n)
		size = n;
	return chunk_add(a, size < left ? size : left);
}

static bool
rounded(size_t n, size_t *ret)
{
	if (n > SIZE_MAX - ALIGN)
		return false;
	*ret = n == 0 ? ALIGN : (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	return true;
}

void *
fg_arena_alloc(struct fg_arena *a, size_t n)
{
	void *p;

	if (FG_UNLIKELY(!rounded(n, &n)))
		return NULL;
	if (FG_UNLIKELY(n > a->now->size - a->now->used) && !chunk_for(a, n))
		return NULL;
	p = a->now->data + a->now->used;
	a->now->used += n;
	a->used += n;
	return p;
}

void *
fg_arena_array(struct fg_arena *a, size_t n, size_t size)
{
	size_t all;

	return __builtin_mul_overflow(n, size, &all) ? NULL : fg_arena_alloc(a, all);
}

void *
fg_arena_grow(struct fg_arena *a, void *p, size_t had, size_t n)
{
	struct chunk *c = a->now;
	char *wider;
	size_t old, more;

	if (n < had || !rounded(had, &old) || !rounded(n, &more))
		return NULL;
	if (p != NULL && (char *)p + old == c->data + c->used &&
	    more - old <= c->size - c->used) {
		c->used += more - old;
		a->used += more - old;
		return p;
	}
	wider = fg_arena_alloc(a, n);
	if (wider != NULL && p != NULL && had > 0)
		memcpy(wider, p, had);
	return wider;
}

void *
fg_arena_push(struct fg_arena *a, void **v, size_t *n, size_t *room, size_t size)
{
	if (*n == *room) {
		size_t more = *room == 0 ? 8 : *room * 2;
		char *to = fg_arena_array(a, more, size);

		if (to == NULL)
			return NULL;
		if (*n > 0)
			memcpy(to, *v, *n * size);
		*v = to;
		*room = more;
	}
	return (char *)*v + (*n)++ * size;
}

struct fg_str
fg_arena_dup(struct fg_arena *a, struct fg_str s)
{
	char *p = s.n == SIZE_MAX ? NULL : fg_arena_alloc(a, s.n + 1);

	if (p == NULL)
		return FG_STR_NULL;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return fg_str(p, s.n);
}

struct fg_str
fg_arena_join(struct fg_arena *a, const struct fg_str *part, size_t n)
{
	size_t all = 1;
	char *p, *o;

	for (size_t i = 0; i < n; i++)
		if (__builtin_add_overflow(all, part[i].n, &all))
			return FG_STR_NULL;
	if ((p = o = fg_arena_alloc(a, all)) == NULL)
		return FG_STR_NULL;
	for (size_t i = 0; i < n; i++) {
		if (part[i].n > 0)
			memcpy(o, part[i].p, part[i].n);
		o += part[i].n;
	}
	return fg_str(p, all - 1);
}

struct fg_str
fg_arena_fmt(struct fg_arena *a, const char *fmt, ...)
{
	struct chunk *c = a->now;
	size_t room = c->size - c->used < FMT_TRY ? c->size - c->used : FMT_TRY;
	char *p = c->data + c->used;
	va_list ap;
	int n;

	/* where it would lie: most are short, and formatted once */
	va_start(ap, fmt);
	n = vsnprintf(p, room, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < room)
		return fg_str(fg_arena_alloc(a, (size_t)n + 1), (size_t)n);
	explicit_bzero(p, room);
	if (n < 0 || (p = fg_arena_alloc(a, (size_t)n + 1)) == NULL)
		return FG_STR_NULL;
	va_start(ap, fmt);
	n = vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return n < 0 ? FG_STR_NULL : fg_str(p, (size_t)n);
}

size_t
fg_arena_used(const struct fg_arena *a)
{
	return a->used;
}
