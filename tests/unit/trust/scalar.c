/* trust/scalar.c: what is a number, a date, base64; and their order. */
#include "tests/unit/trust/tests.h"

static int
sign(int c)
{
	return (c > 0) - (c < 0);
}

static void
numbers_are_ordered_exactly(void)
{
	static const char *const order[] = { "-10000000000000000000000000000001", "-10.5", "-10.05",
		"-2", "-1", "-0.1", "0", "0.0001", "0.001", "0.1", "0.10000000000000000001", "1", "1.5",
		"2", "10", "10.1", "99999999999999999999", "100000000000000000000" };
	struct trust_number a, b;

	for (size_t i = 0; i < FG_COUNT(order); i++)
		for (size_t k = 0; k < FG_COUNT(order); k++) {
			CHECK(trust_number_parse(fg_str_z(order[i]), &a));
			CHECK(trust_number_parse(fg_str_z(order[k]), &b));
			CHECK(sign(trust_number_cmp(&a, &b)) == (i > k) - (i < k));
		}
}

static void
spellings_of_one_number_are_equal(void)
{
	static const char *const same[][2] = { { "0", "-0" }, { "0.0", "-0.000" }, { "+1", "001.0" },
		{ "1.50", "1.5" }, { "-007.10", "-7.1" } };
	struct trust_number a, b;

	for (size_t i = 0; i < FG_COUNT(same); i++) {
		CHECK(trust_number_parse(fg_str_z(same[i][0]), &a));
		CHECK(trust_number_parse(fg_str_z(same[i][1]), &b));
		CHECK(trust_number_cmp(&a, &b) == 0);
	}
}

static void
what_is_no_number(void)
{
	static const char *const bad[] = { "", "+", "-", ".", "1.", ".1", "1e3", "0x1", " 1", "1 ", "1_0",
		"--1", "+-1", "1.2.3", "NaN", "Infinity", "1,5", "\xd9\xa1" };
	struct trust_number n;

	for (size_t i = 0; i < FG_COUNT(bad); i++)
		CHECK(!trust_number_parse(fg_str_z(bad[i]), &n));
}

static void
dates_are_ordered_exactly(void)
{
	static const char *const order[] = { "-99999999999", "0001", "1969-12-31T23:59:59Z", "00000",
		"1970-01-01T00:00:00.000000000001Z", "00001", "2026-01-01T00:00:00+14:00",
		"2026-01-01T00:00Z", "2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.51Z", "2026-01-02",
		"2026-02", "2027", "9999-12-31T23:59:59Z", "999999999999999999" };
	struct trust_date a, b;

	for (size_t i = 0; i < FG_COUNT(order); i++)
		for (size_t k = 0; k < FG_COUNT(order); k++) {
			CHECK(trust_date_parse(fg_str_z(order[i]), &a));
			CHECK(trust_date_parse(fg_str_z(order[k]), &b));
			CHECK(sign(trust_date_cmp(&a, &b)) == (i > k) - (i < k));
		}
}

static void
what_is_no_date(void)
{
	static const char *const bad[] = { "", "1", "123", "-2026", "+2026", "2026-", "2026-1", "2026-00",
		"2026-13", "2026-01-", "2026-01-1", "2026-01-00", "2026-01-32", "2026-02-29",
		"2026-01-01T", "2026-01-01T00", "2026-01-01T00:00", "2026-01-01T00:00:00",
		"2026-01-01T00:00:00.Z", "2026-01-01T00:00.5Z", "2026-01-01T24:00Z",
		"2026-01-01T00:60Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00+1:00",
		"2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60",
		"2026-01-01t00:00:00Z", "2026-01-01T00:00:00z", "2026-01-01T00:00:00ZZ",
		"2026-01-01Z", "2026-W01", "2026-001", "2026-01-01 00:00:00Z", "-1", "1e9",
		"1767225600.5", "9999999999999999999", "Thu, 01 Jan 2026 00:00:00 GMT", "0000-01-01" };
	struct trust_date d;

	for (size_t i = 0; i < FG_COUNT(bad); i++)
		CHECK(!trust_date_parse(fg_str_z(bad[i]), &d));
}

static void
base64_compares_bytes(void)
{
	static const char *const bad[] = { "Q", "QQ", "QQ=", "=", "====", "Q===", "QQ==Q", "QQ==QQ==",
		"QQ=Q", "-_-_", "QQ==\n", " QQ=" };

	for (size_t i = 0; i < FG_COUNT(bad); i++)
		CHECK(!trust_base64_ok(fg_str_z(bad[i])));
	CHECK(trust_base64_ok(FG_LIT("")) && trust_base64_ok(FG_LIT("ab+/AA==")));
	CHECK(trust_base64_cmp(FG_LIT("QQ=="), FG_LIT("QR==")) == 0);
	CHECK(trust_base64_cmp(FG_LIT("QUI="), FG_LIT("QUJ=")) == 0);
	CHECK(trust_base64_cmp(FG_LIT("QUI="), FG_LIT("QUE=")) != 0);
	CHECK(trust_base64_cmp(FG_LIT("QQ=="), FG_LIT("QUE=")) != 0);
	CHECK(trust_base64_cmp(FG_LIT("QUFB"), FG_LIT("QUFC")) < 0);
	CHECK(trust_base64_cmp(FG_LIT(""), FG_LIT("QUFC")) < 0);
	CHECK(trust_base64_cmp(FG_LIT(""), FG_LIT("")) == 0);
}

static void
booleans_are_two_words(void)
{
	CHECK(trust_bool_parse(FG_LIT("TrUe")) == TRUST_YES);
	CHECK(trust_bool_parse(FG_LIT("FALSE")) == TRUST_NO);
	CHECK(trust_bool_parse(FG_LIT("1")) == TRUST_UNREADABLE);
	CHECK(trust_bool_parse(FG_LIT("")) == TRUST_UNREADABLE);
	CHECK(trust_bool_parse(FG_LIT("true ")) == TRUST_UNREADABLE);
}

CU_TestInfo scalar_tests[] = {
	CASE(numbers_are_ordered_exactly),
	CASE(spellings_of_one_number_are_equal),
	CASE(what_is_no_number),
	CASE(dates_are_ordered_exactly),
	CASE(what_is_no_date),
	CASE(base64_compares_bytes),
	CASE(booleans_are_two_words),
	CASES_END,
};
