/*
 * tests/unit/front/bytes.c - the byte table against the grammar.
 */
#include "gateway/front/front_int.h"
#include "tests/unit/front/server.h"

static bool
in(const char *set, int b)
{
	return b != 0 && strchr(set, b) != NULL;
}

static bool
alnum(int b)
{
	return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
}

static void
the_table_is_the_grammar(void)
{
	for (int b = 0; b < 256; b++) {
		bool hex = (b >= '0' && b <= '9') || (b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F');
		bool unreserved = alnum(b) || in("-._~", b);

		CU_ASSERT_EQUAL(http_is((char)b, HTTP_B_TOKEN), alnum(b) || in("!#$%&'*+-.^_`|~", b));
		CU_ASSERT_EQUAL(http_is((char)b, HTTP_B_VALUE), b == '\t' || (b >= ' ' && b != 0x7f));
		CU_ASSERT_EQUAL(http_is((char)b, HTTP_B_TARGET), unreserved || in("!$&'()*+,;=:@/?%", b));
		CU_ASSERT_EQUAL(http_is((char)b, HTTP_B_HEX), hex);
		CU_ASSERT_EQUAL(http_is((char)b, HTTP_B_NAME), unreserved);
	}
}

static void
every_known_header_is_found_in_any_case(void)
{
	static const char *const names[] = {
#define NAME(id, name) name,
		HTTP_KNOWN(NAME)
#undef NAME
	};
	char upper[64];

	for (size_t i = 0; i < FG_COUNT(names); i++) {
		size_t n = strlen(names[i]);

		CU_ASSERT_EQUAL(http_known_of(fg_str_z(names[i])), i + 1);
		for (size_t k = 0; k < n; k++)
			upper[k] = (char)(names[i][k] >= 'a' && names[i][k] <= 'z' ? names[i][k] - 32 : names[i][k]);
		CU_ASSERT_EQUAL(http_known_of(fg_str(upper, n)), i + 1);
		upper[n - 1] = '_';
		CU_ASSERT_EQUAL(http_known_of(fg_str(upper, n)), HTTP_H_OTHER);
		CU_ASSERT_EQUAL(http_known_of(fg_str(upper, n - 1)), HTTP_H_OTHER);
	}
	CU_ASSERT_EQUAL(http_known_of(FG_LIT("")), HTTP_H_OTHER);
	CU_ASSERT_EQUAL(http_known_of(FG_LIT("a-header-with-a-very-long-name-indeed")), HTTP_H_OTHER);
}

CU_TestInfo front_bytes_tests[] = {
	CASE(the_table_is_the_grammar),
	CASE(every_known_header_is_found_in_any_case),
	CASES_END,
};
