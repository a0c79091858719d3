/*
 * base/time.c - civil dates from seconds and back, and the two texts.
 */
#include "base/time.h"

#include "base/cur.h"

#define DAY 86400
#define TIME_MIN (-62135596800LL) /* 0001-01-01T00:00:00Z, seconds */

/*
 * Days since 1970-01-01 of the proleptic Gregorian calendar.  Years begin in March, so that
 * the leap day is the last one of a year; an era is 400 years of 146097 days.
 */
static int64_t
days_of(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t in_era = y - era * 400;
	int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

fg_time
fg_time_of(struct fg_civil c)
{
	return days_of(c.year, c.month, c.day) * DAY + (int64_t)c.hour * 3600 +
	    (int64_t)c.minute * 60 + c.second;
}

static fg_time
in_range(fg_time t)
{
	if (t < TIME_MIN)
		return TIME_MIN;
	return t > FG_LIMIT_TIME_MAX ? FG_LIMIT_TIME_MAX : t;
}

struct fg_civil
fg_civil_of(fg_time t)
{
	int64_t since = in_range(t) - TIME_MIN; /* never negative */
	int64_t second = since % DAY;
	int64_t days = since / DAY + 306;       /* since 0000-03-01 */
	int64_t era = days / 146097;
	int64_t in_era = days % 146097;
	int64_t year =
	    (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365; /* of the era */
	int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
	int month = (int)((5 * in_year + 2) / 153);

	return (struct fg_civil){
		.year = (int)(year + era * 400 + (month >= 10)),
		.month = month < 10 ? month + 3 : month - 9,
		.day = (int)(in_year - (153 * month + 2) / 5 + 1),
		.hour = (int)(second / 3600),
		.minute = (int)(second / 60 % 60),
		.second = (int)(second % 60),
	};
}

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

static bool
clock_ok(int hour, int minute, int second)
{
	return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59;
}

bool
fg_civil_ok(struct fg_civil c)
{
	return c.year >= 1 && c.year <= 9999 && c.month >= 1 && c.month <= 12 && c.day >= 1 &&
	    c.day <= month_days(c.year, c.month) && clock_ok(c.hour, c.minute, c.second);
}

static int
digits(struct fg_cur *c, size_t n)
{
	struct fg_str s = fg_cur_take(c, n);
	int v = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!fg_digit(s.p[i]))
			c->bad = true;
		v = v * 10 + (s.p[i] - '0');
	}
	return c->bad ? 0 : v;
}

static void
fraction(struct fg_cur *c)
{
	size_t n = 0;

	if (fg_cur_peek(c) != '.')
		return;
	fg_cur_skip(c, '.');
	while (fg_cur_peek(c) >= '0' && fg_cur_peek(c) <= '9') {
		fg_cur_skip(c, (char)fg_cur_peek(c));
		n++;
	}
	if (n == 0)
		c->bad = true;
}

/* "Z" or "+hh:mm" or "-hh:mm", in seconds east. */
static int64_t
zone(struct fg_cur *c)
{
	int sign = fg_cur_peek(c);
	int hour, minute;

	if (sign != '+' && sign != '-') {
		fg_cur_skip(c, 'Z');
		return 0;
	}
	fg_cur_skip(c, (char)sign);
	hour = digits(c, 2);
	fg_cur_skip(c, ':');
	minute = digits(c, 2);
	if (!clock_ok(hour, minute, 0))
		c->bad = true;
	return (sign == '-' ? -1 : 1) * (hour * 3600 + minute * 60);
}

/* Both texts differ in their separators alone; '\0' stands for none. */
static struct fg_civil
civil(struct fg_cur *c, bool separated)
{
	struct fg_civil v;

	v.year = digits(c, 4);
	if (separated)
		fg_cur_skip(c, '-');
	v.month = digits(c, 2);
	if (separated)
		fg_cur_skip(c, '-');
	v.day = digits(c, 2);
	fg_cur_skip(c, 'T');
	v.hour = digits(c, 2);
	if (separated)
		fg_cur_skip(c, ':');
	v.minute = digits(c, 2);
	if (separated)
		fg_cur_skip(c, ':');
	v.second = digits(c, 2);
	return v;
}

static bool
finish(const struct fg_cur *c, struct fg_civil v, int64_t east, fg_time *ret)
{
	fg_time t;

	if (!fg_cur_done(c) || !fg_civil_ok(v))
		return false;
	t = fg_time_of(v) - east;
	if (t != in_range(t))
		return false;
	*ret = t;
	return true;
}

bool
fg_time_rfc3339(struct fg_str s, fg_time *ret)
{
	struct fg_cur c = fg_cur(s);
	struct fg_civil v = civil(&c, true);
	int64_t east;

	fraction(&c);
	east = zone(&c);
	return finish(&c, v, east, ret);
}

bool
fg_time_basic(struct fg_str s, fg_time *ret)
{
	struct fg_cur c = fg_cur(s);
	struct fg_civil v = civil(&c, false);

	fg_cur_skip(&c, 'Z');
	return finish(&c, v, 0, ret);
}

static char *
put_digits(char *p, int v, int n)
{
	for (int i = n - 1; i >= 0; i--, v /= 10)
		p[i] = (char)('0' + v % 10);
	return p + n;
}

static char *
put_sep(char *p, char sep)
{
	if (sep == '\0')
		return p;
	*p = sep;
	return p + 1;
}

static void
put_time(struct fg_buf *b, fg_time t, char date_sep, char time_sep)
{
	struct fg_civil v = fg_civil_of(t);
	char text[24];
	char *p = put_sep(put_digits(text, v.year, 4), date_sep);

	p = put_sep(put_digits(p, v.month, 2), date_sep);
	p = put_sep(put_digits(p, v.day, 2), 'T');
	p = put_sep(put_digits(p, v.hour, 2), time_sep);
	p = put_sep(put_digits(p, v.minute, 2), time_sep);
	p = put_sep(put_digits(p, v.second, 2), 'Z');
	fg_buf_put(b, fg_str(text, (size_t)(p - text)));
}

void
fg_buf_time(struct fg_buf *b, fg_time t)
{
	put_time(b, t, '-', ':');
}

void
fg_buf_time_basic(struct fg_buf *b, fg_time t)
{
	put_time(b, t, '\0', '\0');
}
