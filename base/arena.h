/*
 * base/arena.h - memory of one request, with a cap.
 *
 * Shape:    grows in chunks up to the cap, then every allocation fails; nothing
 *           is freed one by one.  reset and free wipe what was used.
 * Owns:     all that was allocated from it, until reset or free.
 * Does not: lock.  One thread uses an arena at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct fg_arena;

/* Owned; NULL when memory is short.  cap in bytes, over all chunks. */
struct fg_arena *fg_arena_new(size_t cap) FG_MUST;
/* The same with a first chunk of `first` bytes: for many arenas that hold little. */
struct fg_arena *fg_arena_new_first(size_t cap, size_t first) FG_MUST;
void fg_arena_free(struct fg_arena *a); /* NULL accepted */
void fg_arena_freep(struct fg_arena **a);
/* Wipe and forget all allocations; keeps one chunk, of at most 64 KiB, for the next request. */
void fg_arena_reset(struct fg_arena *a);
/* Zeroed, aligned to 16; NULL over the cap or out of memory.  n == 0 gives a valid pointer. */
void *fg_arena_alloc(struct fg_arena *a, size_t n) FG_MUST;
/* n * size with the overflow checked; zeroed. */
void *fg_arena_array(struct fg_arena *a, size_t n, size_t size) FG_MUST;
/*
 * Make room for n bytes where had (<= n) bytes at p were allocated: in place when p was the
 * last allocation, else a copy.  The new bytes are zero; NULL as alloc, then p stays valid.
 */
void *fg_arena_grow(struct fg_arena *a, void *p, size_t had, size_t n) FG_MUST;
/*
 * One more element at the end of an array *v of *n elements with room for *room, doubled when full;
 * all zero at first.  NULL as alloc.
 */
void *fg_arena_push(struct fg_arena *a, void **v, size_t *n, size_t *room, size_t size) FG_MUST;
/* A copy, terminated by a NUL that is not counted; p == NULL on failure. */
struct fg_str fg_arena_dup(struct fg_arena *a, struct fg_str s) FG_MUST;
/* The parts one after the other, terminated; p == NULL on failure. */
struct fg_str fg_arena_join(struct fg_arena *a, const struct fg_str *part, size_t n) FG_MUST;
/* Formatted, terminated; p == NULL on failure. */
struct fg_str fg_arena_fmt(struct fg_arena *a, const char *fmt, ...) FG_PRINTF(2, 3) FG_MUST;
/* Bytes handed out since the last reset. */
size_t fg_arena_used(const struct fg_arena *a);

#define FG_NEW(a, type) ((type *)fg_arena_alloc((a), sizeof(type)))
#define FG_NEW_N(a, type, n) ((type *)fg_arena_array((a), (n), sizeof(type)))

#endif
