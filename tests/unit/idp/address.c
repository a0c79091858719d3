/* idp/address.c: the address table (security rule 23). */
#include "tests/unit/idp/tests.h"

static bool
ok(const struct idp_policy *p, const char *host, const char *address, uint16_t port)
{
	struct fg_ip ip = { .family = FG_IP_NONE };

	CHECK(fg_ip_parse(fg_str_z(address), &ip));
	return idp_address_ok(p, fg_str_z(host), &ip, port);
}

static const struct idp_policy none = { NULL, 0 };

static void
public_addresses_at_443_are_open(void)
{
	static const char *const open[] = { "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
		"192.0.1.1", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "11.0.0.0",
		"169.253.255.255", "2606:4700::1111", "2a00:1450::1", "2001:200::1", "2400:cb00::1" };

	for (size_t i = 0; i < FG_COUNT(open); i++) {
		CHECK(ok(&none, "h", open[i], 443));
		CHECK(!ok(&none, "h", open[i], 80));
		CHECK(!ok(&none, "h", open[i], 8443));
	}
}

static const char *const closed[] = { "0.0.0.0", "0.255.255.255", "10.0.0.1", "10.255.255.255", "100.64.0.0",
	"100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.0.1", "169.254.170.2", "172.16.0.0", "172.31.255.255",
	"192.0.0.1", "192.0.2.5", "192.88.99.1", "192.168.0.1", "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.9",
	"224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1",
	"::8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:1ff::1", "2001:db8::1", "2002:808:808::1",
	"3fff::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "4000::1", "5f00::1" };

static void
everything_else_is_closed(void)
{
	for (size_t i = 0; i < FG_COUNT(closed); i++)
		CHECK(!ok(&none, "h", closed[i], 443));
}

static void
the_operators_exceptions_open_it(void)
{
	struct idp_allow list[] = { { .port = 8443 }, { .host = "idp.corp", .port = 443 }, { .port = 443 } };
	struct idp_policy p = { list, FG_COUNT(list) };

	CHECK(fg_cidr_parse(FG_LIT("10.1.0.0/16"), &list[0].cidr));
	CHECK(fg_cidr_parse(FG_LIT("fd12::/16"), &list[2].cidr));
	CHECK(ok(&p, "x", "10.1.2.3", 8443));
	CHECK(ok(&p, "x", "::ffff:10.1.2.3", 8443));
	CHECK(!ok(&p, "x", "10.1.2.3", 443));
	CHECK(!ok(&p, "x", "10.2.0.1", 8443));
	CHECK(ok(&p, "idp.corp", "192.168.7.7", 443));
	CHECK(ok(&p, "IDP.corp", "192.168.7.7", 443));
	CHECK(!ok(&p, "idp.corp", "192.168.7.7", 8443));
	CHECK(!ok(&p, "idp.corp.evil", "192.168.7.7", 443));
	CHECK(ok(&p, "x", "fd12::9", 443));
	CHECK(!ok(&p, "x", "fd13::9", 443));
	CHECK(!ok(&p, "x", "8.8.8.8", 8443));
}

/* Instance metadata: whatever was listed, in whatever spelling. */
static void
metadata_services_stay_closed(void)
{
	static const char *const never[] = { "169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe",
		"2002:a9fe:a9fe::1", "fd00:ec2::254", "fd00:ec2::23" };
	struct idp_allow list[] = { { .port = 443 }, { .port = 443 }, { .host = "metadata", .port = 443 } };
	struct idp_policy p = { list, FG_COUNT(list) };

	CHECK(fg_cidr_parse(FG_LIT("0.0.0.0/0"), &list[0].cidr));
	CHECK(fg_cidr_parse(FG_LIT("::/0"), &list[1].cidr));
	for (size_t i = 0; i < FG_COUNT(never); i++)
		CHECK(!ok(&p, "metadata", never[i], 443));
	CHECK(ok(&p, "x", "169.254.170.2", 443));
	CHECK(ok(&p, "x", "127.0.0.1", 443));
}

static void
the_list_survives_its_text(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1024 * 1024);
	struct idp_allow list[] = { { .port = 8443 }, { .host = "idp.corp", .port = 443 } };
	struct idp_policy p = { NULL, 0 };
	struct fg_str text = FG_STR_NULL;

	CHECK(fg_cidr_parse(FG_LIT("2001:db8::/33"), &list[0].cidr));
	CHECK_OK(idp_fetch_config(a, list, 2, &text, NULL));
	CHECK_OK(idp_policy_parse(a, text, &p, NULL));
	CHECK(p.n == 2 && p.allow[0].port == 8443 && p.allow[0].cidr.bits == 33 && p.allow[0].host == NULL);
	CHECK_STR(fg_str_z(p.allow[1].host), "idp.corp");
	CHECK_OK(idp_policy_parse(a, FG_LIT(""), &p, NULL));
	CHECK(p.n == 0);
}

static void
a_damaged_list_is_refused(void)
{
	static const char *const bad[] = { "443", "443 ", "0 h", "65536 h", "x h", "443 =", "443 =1.2.3", "443 =1.2.3.4/33",
		"-1 h", "443 h\n\n443 g" };
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1024 * 1024);
	struct idp_policy p;

	for (size_t i = 0; i < FG_COUNT(bad); i++)
		CHECK_RC(idp_policy_parse(a, fg_str_z(bad[i]), &p, NULL), FG_E_PARAM);
}

CU_TestInfo address_tests[] = {
	CASE(public_addresses_at_443_are_open),
	CASE(everything_else_is_closed),
	CASE(the_operators_exceptions_open_it),
	CASE(metadata_services_stay_closed),
	CASE(the_list_survives_its_text),
	CASE(a_damaged_list_is_refused),
	CASES_END,
};
