/*
 * Target: oidc/jws.c.  What is accepted is spelled in one way: its parts encoded again are
 * the input.  Its payload, when it parses, is an object.
 */
#include "oidc/oidc_int.h"
#include "tests/fuzz/fuzz.h"

static void
one_spelling(struct fg_arena *a, struct fg_str token, struct oidc_jws *jws)
{
	struct fg_buf b = FG_BUF_ARENA(a, 65536);

	fg_buf_put(&b, fg_sub(jws->input, 0, fg_find(jws->input, '.') + 1));
	fg_buf_base64url(&b, jws->bytes);
	fg_buf_putc(&b, '.');
	fg_buf_base64url(&b, jws->sig);
	FUZZ_ASSERT(fg_eq(fg_buf_str(&b), token));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(8u << 20);
	struct fg_str token = fg_str(data, size), iss;
	struct fg_err err = { .rc = FG_OK };
	struct oidc_jws *jws;

	FUZZ_ASSERT(a != NULL);
	if (oidc_jws_parse(a, token, &jws, &err) != FG_OK) {
		FUZZ_ASSERT(err.rc != FG_OK && err.step != NULL);
		return 0;
	}
	FUZZ_ASSERT(oidc_alg_row(jws->alg) != NULL && jws->sig.n > 0 && jws->kid.n <= FG_LIMIT_KID_BYTES);
	FUZZ_ASSERT(size >= FG_LIMIT_JWT_MIN && size <= FG_LIMIT_JWT_BYTES);
	if (oidc_jws_decode(a, jws, &err) == FG_OK)
		one_spelling(a, token, jws);
	fg_err_clear(&err);
	if (oidc_jws_issuer(a, jws, &iss, &err) == FG_OK) {
		FUZZ_ACCEPTED();
		FUZZ_ASSERT(fg_utf8_ok(iss) && jws->json.node[0].type == FG_JSON_OBJECT);
	}
	return 0;
}
