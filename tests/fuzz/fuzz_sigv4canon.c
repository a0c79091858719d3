/*
 * Target: gateway/sigv4/canonical.c.  A request as lines: path, query, then "name:value".
 * Signing what was made verifies; any other body does not.
 */
#include "base/sha256.h"
#include "gateway/sigv4/sigv4_int.h"
#include "tests/fuzz/fuzz.h"

static struct sigv4_crypto *crypto;

static size_t
headers(struct fg_str rest, struct sigv4_header *h, size_t room)
{
	struct fg_str line;
	bool more = rest.n > 0;
	size_t n = 0;

	while (more && n < room) {
		more = fg_cut(rest, '\n', &line, &rest);
		if (fg_cut(line, ':', &h[n].name, &h[n].value))
			n++;
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sigv4_header h[16];
	struct sigv4_request r = { .method = FG_LIT("GET"), .headers = h };
	struct sigv4_auth auth = { .form = SIGV4_HEADER, .key_id = FG_LIT("AKID"),
		.date = FG_LIT("20261122"), .region = FG_LIT("r"), .service = FG_LIT("s"),
		.scope = FG_LIT("20261122/r/s/aws4_request"),
		.timestamp = FG_LIT("20261122T144743Z"), .signed_headers = FG_LIT("host;x-a") };
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4u << 20);
	struct fg_buf b, s;
	struct fg_err err = { 0 };
	unsigned char key[SIGV4_DIGEST_BYTES];
	struct fg_str rest, text;

	if (crypto == NULL)
		crypto = sigv4_crypto_new();
	FUZZ_ASSERT(a != NULL && crypto != NULL);
	if (!fg_cut(fg_str(data, size), '\n', &r.path, &rest) || !fg_cut(rest, '\n', &r.query, &rest))
		return 0;
	r.n_headers = headers(rest, h, FG_COUNT(h));
	for (int kind = SIGV4_PATH_RAW; kind <= SIGV4_PATH_OBJECT; kind++) {
		b = FG_BUF_ARENA(a, FG_LIMIT_CANONICAL_BYTES);
		s = FG_BUF_ARENA(a, 512);
		fg_err_clear(&err);
		if (sigv4_canonical(a, &r, &auth, (enum sigv4_path)kind, &b, &err) != FG_OK ||
		    fg_buf_end(&b, &text) != FG_OK)
			continue;
		sigv4_string_to_sign(&auth, text, &s);
		FUZZ_ASSERT(fg_buf_end(&s, &text) == FG_OK);
		FUZZ_ASSERT(sigv4_signing_key(crypto, &auth, FG_LIT("secret"), key, &err) == FG_OK);
		fg_hmac(fg_str(key, sizeof(key)), &text, 1, auth.signature);
		FUZZ_ASSERT(sigv4_check(crypto, a, &r, &auth, (enum sigv4_path)kind, FG_LIT("secret"),
		    &err) == FG_OK);
		r.body_sha256[0] ^= 1;
		FUZZ_ASSERT(sigv4_check(crypto, a, &r, &auth, (enum sigv4_path)kind, FG_LIT("secret"),
		    &err) == FG_E_SIGNATURE);
		r.body_sha256[0] ^= 1;
		FUZZ_ACCEPTED();
	}
	return 0;
}
