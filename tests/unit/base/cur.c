/* base/cur.c */
#include "tests/unit/base/tests.h"

static void
reads_straight_down(void)
{
	static const bool word[256] = { ['a'] = true, ['b'] = true };
	struct fg_cur c = fg_cur(FG_LIT("abba,{x}\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0frest"));

	CHECK(fg_cur_peek(&c) == 'a');
	CHECK_STR(fg_cur_span(&c, word), "abba");
	CHECK_STR(fg_cur_span(&c, word), "");
	fg_cur_skip(&c, ',');
	fg_cur_lit(&c, FG_LIT("{x}"));
	CHECK(fg_cur_u8(&c) == 0x01);
	CHECK(fg_cur_u16(&c) == 0x0203);
	CHECK(fg_cur_u32(&c) == 0x04050607);
	CHECK(fg_cur_u64(&c) == 0x08090a0b0c0d0e0fu);
	CHECK(!fg_cur_done(&c));
	CHECK_STR(fg_cur_rest(&c), "rest");
	CHECK(fg_cur_done(&c) && fg_cur_peek(&c) == -1);
}

static void
prefixed_bytes(void)
{
	struct fg_cur c = fg_cur(FG_LIT("\x01" "a\x00\x02" "bc\x00\x00\x00\x03" "def\x00"));

	CHECK_STR(fg_cur_v8(&c), "a");
	CHECK_STR(fg_cur_v16(&c), "bc");
	CHECK_STR(fg_cur_v32(&c), "def");
	CHECK(fg_cur_v8(&c).n == 0);
	CHECK(fg_cur_done(&c));
	c = fg_cur(FG_LIT("\x05" "four"));
	CHECK(fg_str_null(fg_cur_v8(&c)) && c.bad);
	c = fg_cur(FG_LIT("\xff\xff\xff\xff" "x"));
	CHECK(fg_str_null(fg_cur_v32(&c)) && c.bad);
}

static void
the_first_failure_latches(void)
{
	struct fg_cur c = fg_cur(FG_LIT("abc"));

	CHECK(fg_str_null(fg_cur_take(&c, 4)) && c.bad);
	CHECK(fg_str_null(fg_cur_take(&c, 1)));
	CHECK(fg_str_null(fg_cur_rest(&c)));
	CHECK(fg_cur_u8(&c) == 0 && fg_cur_u64(&c) == 0 && fg_cur_peek(&c) == -1);
	CHECK(!fg_cur_done(&c));
}

static void
expected_bytes_that_are_not_there(void)
{
	struct fg_cur c = fg_cur(FG_LIT("ab"));

	fg_cur_skip(&c, 'b');
	CHECK(c.bad);
	c = fg_cur(FG_LIT("ab"));
	fg_cur_lit(&c, FG_LIT("ac"));
	CHECK(c.bad);
	c = fg_cur(FG_LIT("ab"));
	fg_cur_lit(&c, FG_LIT("abc"));
	CHECK(c.bad);
	c = fg_cur(FG_LIT("ab"));
	CHECK(fg_str_null(fg_cur_until(&c, '.')) && c.bad);
	c = fg_cur(FG_STR_NULL);
	fg_cur_skip(&c, 'a');
	CHECK(c.bad);
}

static void
three_segments(void)
{
	struct fg_cur c = fg_cur(FG_LIT("a.b.c"));

	CHECK_STR(fg_cur_until(&c, '.'), "a");
	CHECK_STR(fg_cur_until(&c, '.'), "b");
	CHECK_STR(fg_cur_rest(&c), "c");
	CHECK(fg_cur_done(&c));
}

static CU_TestInfo cases[] = {
	CASE(reads_straight_down),
	CASE(prefixed_bytes),
	CASE(the_first_failure_latches),
	CASE(expected_bytes_that_are_not_there),
	CASE(three_segments),
	CASES_END,
};

CU_SuiteInfo
cur_suite(void)
{
	return (CU_SuiteInfo)SUITE("base/cur.c", cases);
}
