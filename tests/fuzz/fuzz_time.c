/* Target: base/time.c.  What is accepted is in range, and its canonical text reads the same. */
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fg_str in = fg_str(data, size);
	char room[64];
	struct fg_buf b = FG_BUF_FIXED(room);
	fg_time t, again;

	if (fg_time_rfc3339(in, &t)) {
		FUZZ_ACCEPTED();
		fg_buf_time(&b, t);
		FUZZ_ASSERT(fg_time_rfc3339(fg_buf_str(&b), &again) && again == t);
		FUZZ_ASSERT(fg_civil_ok(fg_civil_of(t)) && fg_time_of(fg_civil_of(t)) == t);
		FUZZ_ASSERT(t <= FG_LIMIT_TIME_MAX);
	}
	if (fg_time_basic(in, &t)) {
		FUZZ_ACCEPTED();
		fg_buf_reset(&b);
		fg_buf_time_basic(&b, t);
		FUZZ_ASSERT(fg_eq(fg_buf_str(&b), in));
	}
	return 0;
}
