/*
 * trust/scalar.c - numbers, dates, booleans and base64 as conditions compare them: exact, from text.
 */
#include "trust/program_int.h"

static struct fg_str
digits(struct fg_str *s)
{
	size_t n = 0;
	struct fg_str ret;

	while (n < s->n && fg_digit(s->p[n]))
		n++;
	ret = fg_str(s->p, n);
	*s = fg_sub(*s, n, s->n);
	return ret;
}

static struct fg_str
without_leading_zeros(struct fg_str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] == '0')
		i++;
	return fg_sub(s, i, s.n);
}

static struct fg_str
without_trailing_zeros(struct fg_str s)
{
	while (s.n > 0 && s.p[s.n - 1] == '0')
		s.n--;
	return s;
}

/* [+-]? digits [. digits]? and nothing else: no exponent, no blank, no bare point. */
bool
trust_number_parse(struct fg_str s, struct trust_number *ret)
{
	const char *p = s.p, *end = s.p + s.n, *whole, *part, *last;
	bool negative = s.n > 0 && *p == '-';

	p += s.n > 0 && (*p == '-' || *p == '+');
	for (whole = p; p < end && fg_digit(*p); p++)
		;
	part = last = p;
	if (p == whole)
		return false;
	if (p < end) {
		if (*p != '.')
			return false;
		for (part = ++p; p < end && fg_digit(*p); p++)
			last = *p == '0' ? last : p + 1;
		if (p == part || p < end)
			return false;
		ret->whole = fg_str(whole, (size_t)(part - 1 - whole));
	} else {
		ret->whole = fg_str(whole, (size_t)(p - whole));
	}
	ret->part = fg_str(part, last < part ? 0 : (size_t)(last - part));
	while (ret->whole.n > 0 && *ret->whole.p == '0') {
		ret->whole.p++;
		ret->whole.n--;
	}
	ret->negative = negative && (ret->whole.n > 0 || ret->part.n > 0);
	return true;
}

static int
magnitude_cmp(const struct trust_number *a, const struct trust_number *b)
{
	if (a->whole.n != b->whole.n)
		return a->whole.n < b->whole.n ? -1 : 1;
	if (!fg_eq(a->whole, b->whole))
		return fg_cmp(a->whole, b->whole);
	return fg_cmp(a->part, b->part);
}

int
trust_number_cmp(const struct trust_number *a, const struct trust_number *b)
{
	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	return a->negative ? magnitude_cmp(b, a) : magnitude_cmp(a, b);
}

/* ---- dates ---- */

/* n digits at the head of *s. */
static bool
fixed(struct fg_str *s, size_t n, int *ret)
{
	int v = 0;

	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!fg_digit(s->p[i]))
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	*s = fg_sub(*s, n, s->n);
	*ret = v;
	return true;
}

static bool
mark(struct fg_str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = fg_sub(*s, 1, s->n);
	return true;
}

/* Z, +hh:mm or -hh:mm, and the end. */
static bool
zone(struct fg_str *s, int64_t *ret_s)
{
	int h, m, sign;

	*ret_s = 0;
	if (mark(s, 'Z'))
		return s->n == 0;
	if (s->n == 0 || (s->p[0] != '+' && s->p[0] != '-'))
		return false;
	sign = s->p[0] == '-' ? -1 : 1;
	*s = fg_sub(*s, 1, s->n);
	if (!fixed(s, 2, &h) || !mark(s, ':') || !fixed(s, 2, &m) || s->n > 0 || h > 23 || m > 59)
		return false;
	*ret_s = sign * (h * 3600 + m * 60);
	return true;
}

/* hh:mm[:ss[.fraction]] and a zone. */
static bool
time_of_day(struct fg_str *s, struct fg_civil *c, struct fg_str *ret_part, int64_t *ret_zone)
{
	if (!fixed(s, 2, &c->hour) || !mark(s, ':') || !fixed(s, 2, &c->minute))
		return false;
	if (mark(s, ':')) {
		if (!fixed(s, 2, &c->second))
			return false;
		if (mark(s, '.')) {
			*ret_part = digits(s);
			if (ret_part->n == 0)
				return false;
		}
	}
	return zone(s, ret_zone);
}

/* Five or more digits: seconds since 1970. Four are a year. */
static bool
epoch(struct fg_str s, int64_t *ret)
{
	bool negative = mark(&s, '-');
	struct fg_str d = digits(&s);
	int64_t v = 0;

	if (d.n < 5 || s.n > 0)
		return false;
	d = without_leading_zeros(d);
	if (d.n > 18)
		return false;
	for (size_t i = 0; i < d.n; i++)
		v = v * 10 + (d.p[i] - '0');
	*ret = negative ? -v : v;
	return true;
}

bool
trust_date_parse(struct fg_str s, struct trust_date *ret)
{
	struct fg_civil c = { .month = 1, .day = 1 };
	struct fg_str part = FG_STR_NULL;
	int64_t shift = 0;

	if (epoch(s, &ret->s)) {
		ret->part = part;
		return true;
	}
	if (!fixed(&s, 4, &c.year))
		return false;
	if (mark(&s, '-') && !fixed(&s, 2, &c.month))
		return false;
	else if (s.n > 0 && (!mark(&s, '-') || !fixed(&s, 2, &c.day)))
		return false;
	else if (s.n > 0 && (!mark(&s, 'T') || !time_of_day(&s, &c, &part, &shift)))
		return false;
	if (!fg_civil_ok(c))
		return false;
	ret->s = fg_time_of(c) - shift;
	ret->part = without_trailing_zeros(part);
	return true;
}

int
trust_date_cmp(const struct trust_date *a, const struct trust_date *b)
{
	if (a->s != b->s)
		return a->s < b->s ? -1 : 1;
	return fg_cmp(a->part, b->part);
}

/* ---- base64 ---- */

static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (fg_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static size_t
padding(struct fg_str s)
{
	if (s.n == 0 || s.p[s.n - 1] != '=')
		return 0;
	return s.p[s.n - 2] == '=' ? 2 : 1;
}

bool
trust_base64_ok(struct fg_str s)
{
	if (s.n % 4 != 0)
		return false;
	for (size_t i = 0, end = s.n - padding(s); i < end; i++)
		if (sextet(s.p[i]) < 0)
			return false;
	return true;
}

/* The last four characters, with the bits that stand for no byte cleared. */
static void
tail(struct fg_str s, char out[4])
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t pad = padding(s);

	memcpy(out, s.p + s.n - 4, 4);
	if (pad > 0)
		out[3 - pad] = alphabet[sextet(out[3 - pad]) & (pad == 2 ? 0x30 : 0x3c)];
}

int
trust_base64_cmp(struct fg_str a, struct fg_str b)
{
	char x[4], y[4];
	int c;

	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	if (a.n == 0)
		return 0;
	if ((c = memcmp(a.p, b.p, a.n - 4)) != 0)
		return c;
	tail(a, x);
	tail(b, y);
	return memcmp(x, y, 4);
}

/* ---- the rest ---- */

enum trust_answer
trust_bool_parse(struct fg_str s)
{
	if (fg_eq_icase(s, FG_LIT("true")))
		return TRUST_YES;
	return fg_eq_icase(s, FG_LIT("false")) ? TRUST_NO : TRUST_UNREADABLE;
}

/* By family, first address, and wider before narrower. */
int
trust_cidr_cmp(const struct fg_cidr *a, const struct fg_cidr *b)
{
	int c;

	if (a->ip.family != b->ip.family)
		return a->ip.family < b->ip.family ? -1 : 1;
	if ((c = memcmp(a->ip.b, b->ip.b, sizeof(a->ip.b))) != 0)
		return c;
	return a->bits - b->bits;
}
