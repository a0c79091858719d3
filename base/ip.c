/*
 * base/ip.c - addresses and prefixes, by hand: no zone, no octal, no short form.
 */
#include "base/ip.h"

#include "base/cur.h"

/* 0..max in decimal, without a leading zero. */
static bool
decimal(struct fg_str s, uint64_t max, uint8_t *ret)
{
	uint64_t v;

	if (s.n > 3 || !fg_u64(s, &v) || v > max)
		return false;
	*ret = (uint8_t)v;
	return true;
}

static bool
parse_v4(struct fg_str s, uint8_t b[4])
{
	struct fg_str head, tail = s;

	for (int i = 0; i < 4; i++) {
		bool more = fg_cut(tail, '.', &head, &tail);

		if (more != (i < 3) || !decimal(head, 255, &b[i]))
			return false;
	}
	return true;
}

static bool
group(struct fg_str s, uint8_t b[2])
{
	unsigned v = 0;

	if (s.n == 0 || s.n > 4)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = fg_lower(s.p[i]);

		if (!fg_digit(c) && (c < 'a' || c > 'f'))
			return false;
		v = v << 4 | (unsigned)(fg_digit(c) ? c - '0' : c - 'a' + 10);
	}
	b[0] = (uint8_t)(v >> 8);
	b[1] = (uint8_t)v;
	return true;
}

/* Groups parted by colons, an IPv4 address at the end only; bytes written or -1. */
static int
groups(struct fg_str s, bool last, uint8_t b[16])
{
	struct fg_str head, tail = s;
	int n = 0;
	bool more = s.n > 0;

	while (more) {
		more = fg_cut(tail, ':', &head, &tail);
		if (n <= 12 && last && !more && fg_find(head, '.') < head.n) {
			if (!parse_v4(head, b + n))
				return -1;
			n += 4;
		} else {
			if (n > 14 || !group(head, b + n))
				return -1;
			n += 2;
		}
	}
	return n;
}

/* Where "::" begins, or s.n. */
static size_t
find_gap(struct fg_str s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == ':' && s.p[i + 1] == ':')
			return i;
	return s.n;
}

static bool
parse_v6(struct fg_str s, uint8_t b[16])
{
	size_t gap = find_gap(s);
	uint8_t high[16] = { 0 }, low[16] = { 0 };
	int nhigh = groups(fg_sub(s, 0, gap), gap == s.n, high);
	int nlow = gap == s.n ? 0 : groups(fg_sub(s, gap + 2, s.n), true, low);

	if (nhigh < 0 || nlow < 0)
		return false;
	/* a gap stands for one group at least */
	if (gap == s.n ? nhigh != 16 : nhigh + nlow > 14)
		return false;
	memcpy(b, high, 16);
	memcpy(b + 16 - nlow, low, (size_t)nlow);
	return true;
}

bool
fg_ip_parse(struct fg_str s, struct fg_ip *ret)
{
	struct fg_ip ip = { .family = fg_find(s, ':') < s.n ? FG_IP_V6 : FG_IP_V4 };

	/* the longest text: eight groups, the last two as IPv4 */
	if (s.n > 45 || !(ip.family == FG_IP_V6 ? parse_v6(s, ip.b) : parse_v4(s, ip.b)))
		return false;
	*ret = ip;
	return true;
}

static uint8_t
bits_of(enum fg_family f)
{
	return f == FG_IP_V6 ? 128 : 32;
}

/* The bits of byte i that a prefix of that many bits covers. */
static uint8_t
mask(unsigned bits, size_t i)
{
	size_t covered = bits > 8 * i ? bits - 8 * i : 0;

	return (uint8_t)((0xff00u >> (covered < 8 ? covered : 8)) & 0xff);
}

bool
fg_cidr_parse(struct fg_str s, struct fg_cidr *ret)
{
	struct fg_cidr c = { .bits = 0 };
	struct fg_str head, tail;
	bool has_bits = fg_cut(s, '/', &head, &tail);

	if (!fg_ip_parse(head, &c.ip))
		return false;
	c.bits = bits_of(c.ip.family);
	if (has_bits && !decimal(tail, c.bits, &c.bits))
		return false;
	for (size_t i = 0; i < sizeof(c.ip.b); i++)
		c.ip.b[i] &= mask(c.bits, i);
	*ret = c;
	return true;
}

bool
fg_cidr_has(const struct fg_cidr *c, const struct fg_ip *ip)
{
	if (c->ip.family == FG_IP_NONE || c->ip.family != ip->family)
		return false;
	for (size_t i = 0; i < sizeof(ip->b); i++)
		if (((c->ip.b[i] ^ ip->b[i]) & mask(c->bits, i)) != 0)
			return false;
	return true;
}

struct fg_ip
fg_ip_unmap(struct fg_ip ip)
{
	static const uint8_t prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	struct fg_ip v4 = { .family = FG_IP_V4 };

	if (ip.family != FG_IP_V6 || memcmp(ip.b, prefix, sizeof(prefix)) != 0)
		return ip;
	memcpy(v4.b, ip.b + 12, 4);
	return v4;
}

bool
fg_ip_eq(const struct fg_ip *a, const struct fg_ip *b)
{
	return a->family != FG_IP_NONE && a->family == b->family &&
	    memcmp(a->b, b->b, a->family == FG_IP_V4 ? 4 : 16) == 0;
}

static void
put_v4(struct fg_buf *b, const uint8_t v[4])
{
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			fg_buf_putc(b, '.');
		fg_buf_u64(b, v[i]);
	}
}

static unsigned
group_at(const uint8_t v[16], int i)
{
	return (unsigned)v[2 * i] << 8 | v[2 * i + 1];
}

/* The first of the longest runs of two or more zero groups; *len is 0 without one. */
static int
zero_run(const uint8_t v[16], int *len)
{
	int best = 0;

	*len = 0;
	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && group_at(v, i + n) == 0)
			n++;
		if (n > 1 && n > *len) {
			best = i;
			*len = n;
		}
		i += n;
	}
	return best;
}

static void
put_v6(struct fg_buf *b, const uint8_t v[16])
{
	int len;
	int run = zero_run(v, &len);

	for (int i = 0; i < 8; i++) {
		if (len > 0 && i == run) {
			fg_buf_put(b, FG_LIT("::"));
			i += len - 1;
			continue;
		}
		if (i > 0 && !(len > 0 && i == run + len))
			fg_buf_putc(b, ':');
		fg_buf_fmt(b, "%x", group_at(v, i));
	}
}

/* RFC 5952 5: mapped addresses keep their dotted tail. */
void
fg_buf_ip(struct fg_buf *b, const struct fg_ip *ip)
{
	struct fg_ip v4 = fg_ip_unmap(*ip);

	if (ip->family == FG_IP_V6 && v4.family == FG_IP_V4)
		fg_buf_put(b, FG_LIT("::ffff:"));
	if (v4.family == FG_IP_V4)
		put_v4(b, v4.b);
	else if (v4.family == FG_IP_V6)
		put_v6(b, v4.b);
}
