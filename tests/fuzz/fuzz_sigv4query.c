/*
 * Target: gateway/sigv4/query.c.  What is accepted is written canonically; reading that and writing
 * it again changes nothing, but for the parameters that hold a '+' once they are decoded.
 */
#include "gateway/sigv4/sigv4_int.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(8u << 20);
	struct fg_str field[SIGV4_F_MAX] = { 0 }, once, twice;
	struct fg_buf b = FG_BUF_ARENA(a, 1u << 20), c = FG_BUF_ARENA(a, 1u << 20);
	struct fg_err err = { 0 };
	struct sigv4_params q, again;

	FUZZ_ASSERT(a != NULL);
	if (size > FG_LIMIT_HTTP_TARGET || sigv4_query_read(a, fg_str(data, size), &q, &err) != FG_OK)
		return 0;
	FUZZ_ASSERT(q.n <= FG_LIMIT_QUERY_PARAMS);
	FUZZ_ASSERT(sigv4_query_canonical(a, &q, &b, &err) == FG_OK);
	FUZZ_ASSERT(fg_buf_end(&b, &once) == FG_OK);
	FUZZ_ASSERT(sigv4_query_read(a, once, &again, &err) == FG_OK);
	FUZZ_ASSERT(sigv4_query_canonical(a, &again, &c, &err) == FG_OK);
	FUZZ_ASSERT(fg_buf_end(&c, &twice) == FG_OK && fg_eq(once, twice));
	if (sigv4_query_fields(&q, field, &err) == FG_OK)
		FUZZ_ACCEPTED();
	return 0;
}
