/* base/arena.c */
#include <stdlib.h>

#include "tests/unit/base/tests.h"

static bool
zero(const void *p, size_t n)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++)
		if (b[i] != 0)
			return false;
	return true;
}

static void
memory_is_zeroed_and_aligned(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);

	for (size_t n = 0; n < 3000; n += 7) {
		char *p = fg_arena_alloc(a, n);

		CHECK(p != NULL && (uintptr_t)p % 16 == 0 && zero(p, n));
		memset(p, 0xaa, n);
	}
}

static void
reset_wipes_and_keeps_the_first_chunk(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	char *first = fg_arena_alloc(a, 64);
	char *again;

	memset(first, 0x55, 64);
	CHECK(fg_arena_alloc(a, 100000) != NULL);
	CHECK(fg_arena_used(a) >= 100064);
	fg_arena_reset(a);
	CHECK(fg_arena_used(a) == 0);
	CHECK(zero(first, 64));
	again = fg_arena_alloc(a, 64);
	CHECK(again == first && zero(again, 64));
}

/* Short, longer than the try, and where the chunk ends; what was tried in vain leaves nothing. */
static void
formatted_text_is_whole_and_what_follows_is_zero(void)
{
	for (size_t before = 0; before < 16384; before += 16368) {
		for (size_t n = 1; n < 600; n += 13) {
			FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
			struct fg_str s;
			char want[600], *next;

			CHECK(fg_arena_alloc(a, before) != NULL);
			memset(want, 'f', n);
			s = fg_arena_fmt(a, "%.*s", (int)n, want);
			CHECK(s.n == n && memcmp(s.p, want, n) == 0 && s.p[n] == '\0');
			next = fg_arena_alloc(a, 512);
			CHECK(next != NULL && zero(next, 512));
		}
	}
}

static void
parts_are_joined_and_terminated(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4096);
	const struct fg_str part[] = { FG_LIT("a"), FG_STR_NULL, FG_LIT(""), FG_LIT("bcd") };
	const struct fg_str huge[] = { { "x", SIZE_MAX }, { "y", 2 } };
	struct fg_str s = fg_arena_join(a, part, FG_COUNT(part));

	CHECK(fg_eq(s, FG_LIT("abcd")) && s.p[4] == '\0');
	s = fg_arena_join(a, NULL, 0);
	CHECK(s.n == 0 && s.p != NULL);
	CHECK(fg_str_null(fg_arena_join(a, huge, FG_COUNT(huge))));
	CHECK(fg_str_null(fg_arena_join(a, huge, 1)));
}

/* The second request of a size finds its memory, zeroed; a huge one leaves none behind. */
static void
reset_keeps_a_chunk_of_moderate_size(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4u << 20);
	char *first = fg_arena_alloc(a, 20000);
	char *again;

	memset(first, 'x', 20000);
	fg_arena_reset(a);
	again = fg_arena_alloc(a, 20000);
	CHECK(again == first && again[0] == 0 && again[19999] == 0);
	CHECK(fg_arena_alloc(a, 1u << 20) != NULL);
	fg_arena_reset(a);
	CHECK(fg_arena_alloc(a, 20000) == first);
	CHECK(fg_arena_used(a) == 20000);
}

static void
the_cap_says_no(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4096);
	size_t got = 0;

	while (fg_arena_alloc(a, 16) != NULL)
		got += 16;
	CHECK(got == 4096);
	CHECK(fg_arena_alloc(a, 0) == NULL);
	fg_arena_reset(a);
	CHECK(fg_arena_alloc(a, 4097) == NULL);
	CHECK(fg_arena_alloc(a, 4096) != NULL);
	CHECK(fg_arena_new(0) == NULL);
}

static void
chunks_together_stay_under_the_cap(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(100000);

	CHECK(fg_arena_alloc(a, 60000) != NULL);
	CHECK(fg_arena_alloc(a, 60000) == NULL);
	CHECK(fg_arena_alloc(a, SIZE_MAX) == NULL);
	CHECK(fg_arena_alloc(a, SIZE_MAX - 8) == NULL);
	CHECK(fg_arena_array(a, SIZE_MAX / 2, 3) == NULL);
	CHECK(fg_arena_array(a, 10, 16) != NULL);
}

static void
growing_in_place_and_by_copy(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	char *p = fg_arena_alloc(a, 20);
	char *q, *r;

	memcpy(p, "0123456789", 10);
	q = fg_arena_grow(a, p, 20, 400);
	CHECK(q == p && zero(q + 10, 390));
	CHECK(fg_arena_alloc(a, 1) != NULL);
	r = fg_arena_grow(a, q, 400, 800);
	CHECK(r != NULL && r != q && memcmp(r, "0123456789", 10) == 0 && zero(r + 10, 790));
	CHECK(fg_arena_grow(a, r, 800, 700) == NULL);
	CHECK(fg_arena_grow(a, r, 800, 2u << 20) == NULL);
	CHECK(fg_arena_grow(a, NULL, 0, 32) != NULL);
}

static void
an_array_grows_by_one(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4096);
	size_t n = 0, room = 0;
	void *v = NULL;
	uint32_t *at = NULL;

	for (uint32_t i = 0; i < 32; i++) {
		at = fg_arena_push(a, &v, &n, &room, sizeof(*at));
		if (at != NULL && *at == 0)
			*at = i;
	}
	at = v;
	CHECK(n == 32 && room == 32 && at[19] == 19 && at[31] == 31);
	CHECK(fg_arena_push(a, &v, &n, &room, 4096) == NULL);
	CHECK(n == 32 && room == 32 && v == at); /* as it was */
}

static void
copies_and_formats_are_terminated(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4096);
	struct fg_str s = fg_arena_dup(a, FG_LIT("copy"));

	CHECK_STR(s, "copy");
	CHECK(s.p[4] == '\0');
	s = fg_arena_dup(a, FG_STR_NULL);
	CHECK(s.n == 0 && s.p != NULL && s.p[0] == '\0');
	CHECK_STR(fg_arena_fmt(a, "%d-%s", 7, "x"), "7-x");
	CHECK(fg_str_null(fg_arena_fmt(a, "%05000d", 7)));
}

static void
nothing_is_freed_twice(void)
{
	struct fg_arena *a = fg_arena_new(4096);

	fg_arena_freep(&a);
	CHECK(a == NULL);
	fg_arena_freep(&a);
	fg_arena_free(NULL);
}

static CU_TestInfo cases[] = {
	CASE(memory_is_zeroed_and_aligned),
	CASE(reset_wipes_and_keeps_the_first_chunk),
	CASE(reset_keeps_a_chunk_of_moderate_size),
	CASE(formatted_text_is_whole_and_what_follows_is_zero),
	CASE(parts_are_joined_and_terminated),
	CASE(the_cap_says_no),
	CASE(chunks_together_stay_under_the_cap),
	CASE(growing_in_place_and_by_copy),
	CASE(an_array_grows_by_one),
	CASE(copies_and_formats_are_terminated),
	CASE(nothing_is_freed_twice),
	CASES_END,
};

CU_SuiteInfo
arena_suite(void)
{
	return (CU_SuiteInfo)SUITE("base/arena.c", cases);
}
