/* base/time.c */
#include "tests/unit/base/tests.h"

struct time_case {
	const char *in;
	fg_time out; /* -1: refused */
};

static void
rfc3339_is_strict(void)
{
	static const struct time_case table[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-22T14:50:00Z", 1795359000 },
		{ "2024-02-29T00:00:00Z", 1709164800 },
		{ "2026-11-22T14:50:00.999Z", 1795359000 },
		{ "2026-11-22T15:50:00+01:00", 1795359000 },
		{ "2026-11-22T09:20:00-05:30", 1795359000 },
		{ "9999-12-31T23:59:59Z", FG_LIMIT_TIME_MAX },
		{ "", -1 },
		{ "2026-11-22", -1 },
		{ "2026-11-22T14:50:00", -1 },      /* no zone */
		{ "2026-11-22t14:50:00Z", -1 },
		{ "2026-11-22T14:50:00z", -1 },
		{ "2026-11-22 14:50:00Z", -1 },
		{ "2026-11-22T14:50:60Z", -1 },     /* leap second */
		{ "2026-11-22T24:00:00Z", -1 },
		{ "2026-11-22T14:60:00Z", -1 },
		{ "2026-13-01T00:00:00Z", -1 },
		{ "2026-00-01T00:00:00Z", -1 },
		{ "2026-04-31T00:00:00Z", -1 },
		{ "2026-01-00T00:00:00Z", -1 },
		{ "2025-02-29T00:00:00Z", -1 },
		{ "2100-02-29T00:00:00Z", -1 },
		{ "0000-01-01T00:00:00Z", -1 },
		{ "2026-11-22T14:50:00.Z", -1 },    /* empty fraction */
		{ "2026-11-22T14:50:00Zx", -1 },    /* trailing */
		{ "2026-11-22T14:50:00+0100", -1 },
		{ "2026-11-22T14:50:00+24:00", -1 },
		{ "2026-11-22T14:50:00+01:60", -1 },
		{ "2026-11-22T14:50:00+", -1 },
		{ "9999-12-31T23:59:59-00:01", -1 }, /* over the range by its offset */
		{ "2026-1-22T14:50:00Z", -1 },
		{ "+026-11-22T14:50:00Z", -1 },
		{ "20261122T145000Z", -1 },
	};

	for (size_t i = 0; i < FG_COUNT(table); i++) {
		fg_time t = 77;
		bool ok = fg_time_rfc3339(fg_str_z(table[i].in), &t);

		CHECK(ok == (table[i].out != -1));
		CHECK(t == (ok ? table[i].out : 77));
	}
}

static void
the_first_second_of_the_range(void)
{
	fg_time t;

	CHECK(fg_time_rfc3339(FG_LIT("0001-01-01T00:00:00Z"), &t) && t == -62135596800);
	CHECK(!fg_time_rfc3339(FG_LIT("0001-01-01T00:00:00+00:01"), &t));
}

static void
basic_is_strict(void)
{
	fg_time t = 77;

	CHECK(fg_time_basic(FG_LIT("20261122T145000Z"), &t) && t == 1795359000);
	t = 77;
	CHECK(!fg_time_basic(FG_LIT("20261122T145000"), &t));
	CHECK(!fg_time_basic(FG_LIT("20261122T145000+"), &t));
	CHECK(!fg_time_basic(FG_LIT("20261122T145000ZZ"), &t));
	CHECK(!fg_time_basic(FG_LIT("2026-11-22T14:50:00Z"), &t));
	CHECK(!fg_time_basic(FG_LIT("20260230T145000Z"), &t));
	CHECK(t == 77);
}

/* Every day of 1200 years, counted by hand. */
static void
every_day_has_its_date(void)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	fg_time t = fg_time_of((struct fg_civil){ .year = 1600, .month = 1, .day = 1 });
	bool all = true;

	CHECK(t == -11676096000);
	for (int y = 1600; y < 2800; y++) {
		bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

		for (int m = 1; m <= 12; m++)
			for (int d = 1; d <= days[m - 1] + (m == 2 && leap); d++, t += 86400) {
				struct fg_civil c = fg_civil_of(t + 86399);

				all = all && c.year == y && c.month == m && c.day == d && c.hour == 23 &&
				    c.minute == 59 && c.second == 59 && fg_civil_ok(c) &&
				    fg_time_of(c) == t + 86399;
			}
	}
	CHECK(all);
}

static void
texts(void)
{
	char room[64];
	struct fg_buf b = FG_BUF_FIXED(room);

	fg_buf_time(&b, 1795359000);
	fg_buf_putc(&b, '|');
	fg_buf_time_basic(&b, 1795359000);
	CHECK_STR(fg_buf_str(&b), "2026-11-22T14:50:00Z|20261122T145000Z");
	fg_buf_reset(&b);
	fg_buf_time(&b, -1);
	CHECK_STR(fg_buf_str(&b), "1969-12-31T23:59:59Z");
	fg_buf_reset(&b);
	fg_buf_time(&b, INT64_MAX);
	CHECK_STR(fg_buf_str(&b), "9999-12-31T23:59:59Z");
	fg_buf_reset(&b);
	fg_buf_time(&b, INT64_MIN);
	CHECK_STR(fg_buf_str(&b), "0001-01-01T00:00:00Z");
}

static CU_TestInfo cases[] = {
	CASE(rfc3339_is_strict),
	CASE(the_first_second_of_the_range),
	CASE(basic_is_strict),
	CASE(every_day_has_its_date),
	CASE(texts),
	CASES_END,
};

CU_SuiteInfo
time_suite(void)
{
	return (CU_SuiteInfo)SUITE("base/time.c", cases);
}
