/* base/ip.c */
#include <arpa/inet.h>

#include "tests/unit/base/tests.h"

struct ip_case {
	const char *in;
	const char *out; /* canonical text; NULL: refused */
};

static void
addresses_are_strict(void)
{
	static const struct ip_case table[] = {
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "192.0.2.1", "192.0.2.1" },
		{ "::", "::" },
		{ "::1", "::1" },
		{ "1::", "1::" },
		{ "2001:DB8::8:800:200C:417A", "2001:db8::8:800:200c:417a" },
		{ "2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1" },
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "1:0:0:2:0:0:0:3", "1:0:0:2::3" },
		{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
		{ "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8" },
		{ "::ffff:192.0.2.128", "::ffff:192.0.2.128" },
		{ "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
		{ "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304" },
		{ "", NULL },
		{ "1.2.3", NULL },
		{ "1.2.3.4.5", NULL },
		{ "1.2.3.", NULL },
		{ ".1.2.3", NULL },
		{ "1..2.3", NULL },
		{ "256.1.1.1", NULL },
		{ "01.2.3.4", NULL },     /* octal to some */
		{ "0x1.2.3.4", NULL },
		{ "1.2.3.4 ", NULL },
		{ " 1.2.3.4", NULL },
		{ "2130706433", NULL },   /* one number */
		{ "127.1", NULL },
		{ "1.2.3.-4", NULL },
		{ ":", NULL },
		{ ":::", NULL },
		{ "1:2:3:4:5:6:7", NULL },
		{ "1:2:3:4:5:6:7:8:9", NULL },
		{ "1:2:3:4:5:6:7:8::", NULL },
		{ "::1:2:3:4:5:6:7:8", NULL },
		{ "1::2::3", NULL },
		{ ":1::2", NULL },
		{ "1::2:", NULL },
		{ "12345::", NULL },
		{ "g::", NULL },
		{ "fe80::1%eth0", NULL }, /* zone */
		{ "[::1]", NULL },
		{ "::1.2.3", NULL },
		{ "1.2.3.4::", NULL },
		{ "::1.2.3.4:5", NULL },
		{ "1:2:3:4:5:6:7:1.2.3.4", NULL },
		{ "::ffff:1.2.3.04", NULL },
		{ "0000000000:0000:0000:0000:0000:0000:0000:0000:0000:0000", NULL },
	};

	for (size_t i = 0; i < FG_COUNT(table); i++) {
		char room[64];
		struct fg_buf b = FG_BUF_FIXED(room);
		struct fg_ip ip;
		bool ok = fg_ip_parse(fg_str_z(table[i].in), &ip);

		CHECK(ok == (table[i].out != NULL));
		if (!ok || table[i].out == NULL)
			continue;
		fg_buf_ip(&b, &ip);
		CHECK_EQ(fg_buf_str(&b), fg_str_z(table[i].out));
	}
}

struct cidr_case {
	const char *cidr, *ip;
	bool has;
};

static void
prefixes_hold_what_they_say(void)
{
	static const struct cidr_case table[] = {
		{ "10.0.0.0/8", "10.255.255.255", true },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "10.1.2.3/8", "10.9.9.9", true }, /* host bits are cleared */
		{ "0.0.0.0/0", "203.0.113.7", true },
		{ "0.0.0.0/0", "::1", false },      /* families never match */
		{ "::/0", "203.0.113.7", false },
		{ "::/0", "::1", true },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "192.0.2.0/31", "192.0.2.1", true },
		{ "192.0.2.0/31", "192.0.2.2", false },
		{ "2001:db8::/32", "2001:db8:ffff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "2001:db8::1/128", "2001:db8::1", true },
		{ "2001:db8::1/127", "2001:db8::", true },
		{ "::ffff:10.0.0.0/104", "10.0.0.1", false },
	};

	for (size_t i = 0; i < FG_COUNT(table); i++) {
		struct fg_cidr c;
		struct fg_ip ip;

		CHECK(fg_cidr_parse(fg_str_z(table[i].cidr), &c));
		CHECK(fg_ip_parse(fg_str_z(table[i].ip), &ip));
		CHECK(fg_cidr_has(&c, &ip) == table[i].has);
	}
}

static void
bad_prefixes_are_refused(void)
{
	static const char *const table[] = { "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
		"10.0.0.0/08", "10.0.0.0/8/8", "10.0.0.0/ 8", "::/129", "::/", "10.0.0/8", "::/1000" };
	struct fg_cidr c = { .bits = 77 };

	for (size_t i = 0; i < FG_COUNT(table); i++)
		CHECK(!fg_cidr_parse(fg_str_z(table[i]), &c));
	CHECK(c.bits == 77);
}

static void
nothing_matches_the_zero_value(void)
{
	struct fg_cidr none = { 0 };
	struct fg_ip ip = { 0 };

	CHECK(!fg_cidr_has(&none, &ip) && !fg_ip_eq(&ip, &ip));
}

static void
mapped_addresses_become_ipv4(void)
{
	struct fg_ip mapped, v4, v6;

	CHECK(fg_ip_parse(FG_LIT("::ffff:169.254.169.254"), &mapped));
	CHECK(fg_ip_parse(FG_LIT("169.254.169.254"), &v4));
	CHECK(fg_ip_parse(FG_LIT("::fffe:169.254.169.254"), &v6));
	mapped = fg_ip_unmap(mapped);
	CHECK(fg_ip_eq(&mapped, &v4));
	CHECK(!fg_ip_eq(&v4, &v6));
	CHECK(fg_ip_unmap(v6).family == FG_IP_V6);
}

static CU_TestInfo cases[] = {
	CASE(addresses_are_strict),
	CASE(prefixes_hold_what_they_say),
	CASE(bad_prefixes_are_refused),
	CASE(nothing_matches_the_zero_value),
	CASE(mapped_addresses_become_ipv4),
	CASES_END,
};

CU_SuiteInfo
ip_suite(void)
{
	return (CU_SuiteInfo)SUITE("base/ip.c", cases);
}
