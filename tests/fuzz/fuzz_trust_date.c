/*
 * Target: trust_date_parse(), trust_date_cmp() - two lines.  Order is antisymmetric; a date of
 * whole seconds, printed, reads as itself.
 */
#include "tests/fuzz/fuzz.h"
#include "trust/program_int.h"

static void
round_trip(const struct trust_date *d)
{
	char text[64];
	struct fg_buf b = FG_BUF_FIXED(text);
	struct trust_date again;
	struct fg_str s;

	if (d->part.n > 0 || d->s < -62135596800 || d->s > FG_LIMIT_TIME_MAX)
		return;
	fg_buf_time(&b, d->s);
	FUZZ_ASSERT(fg_buf_end(&b, &s) == FG_OK);
	FUZZ_ASSERT(trust_date_parse(s, &again));
	FUZZ_ASSERT(trust_date_cmp(d, &again) == 0);
}

static int
sign(int c)
{
	return (c > 0) - (c < 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fg_str first, second = FG_LIT("");
	struct trust_date x, y;

	(void)fg_cut(fg_str(data, size), '\n', &first, &second);
	if (!trust_date_parse(first, &x))
		return 0;
	FUZZ_ACCEPTED();
	FUZZ_ASSERT(first.n >= 4 && trust_date_cmp(&x, &x) == 0);
	round_trip(&x);
	if (trust_date_parse(second, &y))
		FUZZ_ASSERT(sign(trust_date_cmp(&x, &y)) == -sign(trust_date_cmp(&y, &x)));
	return 0;
}
