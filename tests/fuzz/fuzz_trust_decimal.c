/*
 * Target: trust_number_parse(), trust_number_cmp() - two lines.  The order is that of the numbers
 * written out to the same length, digit by digit.
 */
#include "tests/fuzz/fuzz.h"
#include "trust/program_int.h"

#define DIGITS 512

/* 512 digits, the point after 256. */
static bool
write_out(const struct trust_number *n, char out[DIGITS])
{
	if (n->whole.n > DIGITS / 2 || n->part.n > DIGITS / 2)
		return false;
	memset(out, '0', DIGITS);
	if (n->whole.n > 0)
		memcpy(out + DIGITS / 2 - n->whole.n, n->whole.p, n->whole.n);
	if (n->part.n > 0)
		memcpy(out + DIGITS / 2, n->part.p, n->part.n);
	return true;
}

static int
sign(int c)
{
	return (c > 0) - (c < 0);
}

static int
slow_cmp(const struct trust_number *x, const struct trust_number *y, const char a[DIGITS],
    const char b[DIGITS])
{
	int c = sign(memcmp(a, b, DIGITS));

	if (x->negative != y->negative)
		return x->negative ? -1 : 1;
	return x->negative ? -c : c;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fg_str first, second = FG_LIT("");
	struct trust_number x, y;
	char a[DIGITS], b[DIGITS];

	(void)fg_cut(fg_str(data, size), '\n', &first, &second);
	if (!trust_number_parse(first, &x))
		return 0;
	FUZZ_ACCEPTED();
	FUZZ_ASSERT(trust_number_cmp(&x, &x) == 0);
	if (!trust_number_parse(second, &y) || !write_out(&x, a) || !write_out(&y, b))
		return 0;
	FUZZ_ASSERT(sign(trust_number_cmp(&x, &y)) == slow_cmp(&x, &y, a, b));
	FUZZ_ASSERT(sign(trust_number_cmp(&y, &x)) == slow_cmp(&y, &x, b, a));
	return 0;
}
