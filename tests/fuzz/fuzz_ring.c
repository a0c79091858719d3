/*
 * Target: cred/ringfile.c.  Lines under a sum that fits: what is read is written back to the same
 * bytes.
 */
#include "gateway/cred/cred_int.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_buf_free) struct fg_buf text = FG_BUF(32768), again = FG_BUF(32768);
	struct cred_ring *r = ring_alloc();
	uint8_t sum[32];
	unsigned n = 0;

	if (r == NULL || size > 16384 ||
	    EVP_Digest(data, size, sum, &n, EVP_sha256(), NULL) != 1) {
		cred_ring_free(r);
		return 0;
	}
	FUZZ_ASSERT(ring_parse(fg_str(data, size), r, NULL) != FG_OK); /* no sum */
	memset(r, 0, sizeof(*r));
	fg_buf_put(&text, fg_str(data, size));
	fg_buf_put(&text, FG_LIT("sum "));
	fg_buf_hex(&text, fg_str(sum, sizeof(sum)));
	fg_buf_putc(&text, '\n');
	if (ring_parse(fg_buf_str(&text), r, NULL) == FG_OK) {
		FUZZ_ACCEPTED();
		FUZZ_ASSERT(r->n > 0 && r->n <= CRED_RING_MAX);
		FUZZ_ASSERT(ring_text(r, &again, NULL) == FG_OK);
		FUZZ_ASSERT(fg_eq(fg_buf_str(&text), fg_buf_str(&again)));
	}
	cred_ring_free(r);
	return 0;
}
