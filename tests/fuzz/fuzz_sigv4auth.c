/*
 * Target: gateway/sigv4/read.c, scope.c.  An Authorization value beside fixed headers.  What is
 * accepted names a key, a scope whose parts make it up again, and only signed names that are
 * there.
 */
#include "gateway/sigv4/sigv4_int.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sigv4_header h[] = {
		{ FG_LIT("Host"), FG_LIT("sts.example.com") },
		{ FG_LIT("Content-Type"), FG_LIT("application/x-www-form-urlencoded") },
		{ FG_LIT("X-Amz-Date"), FG_LIT("20261122T144743Z") },
		{ FG_LIT("Authorization"), fg_str(data, size) },
	};
	const struct sigv4_request r = { .method = FG_LIT("POST"), .path = FG_LIT("/"),
		.headers = h, .n_headers = FG_COUNT(h) };
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	struct fg_err err = { 0 };
	struct sigv4_auth auth;
	struct fg_str again;

	FUZZ_ASSERT(a != NULL);
	if (sigv4_read(a, &r, &auth, &err) != FG_OK) {
		FUZZ_ASSERT(err.rc != FG_OK && err.step != NULL && err.rc != FG_E_INTERNAL);
		return 0;
	}
	FUZZ_ACCEPTED();
	FUZZ_ASSERT(auth.form == SIGV4_HEADER);
	again = fg_arena_fmt(a, "%.*s/%.*s/%.*s/aws4_request", FG_PRI(auth.date),
	    FG_PRI(auth.region), FG_PRI(auth.service));
	FUZZ_ASSERT(fg_eq(again, auth.scope));
	FUZZ_ASSERT(auth.key_id.n > 0 && fg_eq(auth.date, FG_LIT("20261122")));
	FUZZ_ASSERT(sigv4_is_signed(auth.signed_headers, FG_LIT("host")));
	FUZZ_ASSERT(sigv4_is_signed(auth.signed_headers, FG_LIT("x-amz-date")));
	return 0;
}
