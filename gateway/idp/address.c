#include "gateway/idp/idp_int.h"

struct range {
	uint8_t bits;
	uint8_t b[16];
};

/* IPv4 that is not the public internet. */
static const struct range closed4[] = {
	{ 8, { 0 } },
	{ 8, { 10 } },
	{ 10, { 100, 64 } },
	{ 8, { 127 } },
	{ 16, { 169, 254 } },
	{ 12, { 172, 16 } },
	{ 24, { 192, 0, 0 } },
	{ 24, { 192, 0, 2 } },
	{ 24, { 192, 88, 99 } }, /* 6to4 relays */
	{ 16, { 192, 168 } },
	{ 15, { 198, 18 } },
	{ 24, { 198, 51, 100 } },
	{ 24, { 203, 0, 113 } },
	{ 4, { 224 } },
	{ 4, { 240 } },
};

/* IPv6: only 2000::/3 is public (so neither ::1, mapped, NAT64, fc00::/7 nor fe80::/10), and of it not: */
static const struct range open6 = { 3, { 0x20 } };
static const struct range closed6[] = {
	{ 23, { 0x20, 0x01, 0x00, 0x00 } }, /* IETF: Teredo, ORCHID, benchmarks */
	{ 32, { 0x20, 0x01, 0x0d, 0xb8 } }, /* documentation */
	{ 16, { 0x20, 0x02 } },             /* 6to4 */
	{ 20, { 0x3f, 0xff } },             /* documentation */
};

/* Instance metadata: never, whatever was listed. */
static const struct range never4 = { 32, { 169, 254, 169, 254 } };
static const struct range never6 = { 32, { 0xfd, 0x00, 0x0e, 0xc2 } };

static bool
in_range(const struct range *r, enum fg_family family, const struct fg_ip *ip)
{
	struct fg_cidr c = { .ip = { .family = family }, .bits = r->bits };

	memcpy(c.ip.b, r->b, sizeof(c.ip.b));
	return fg_cidr_has(&c, ip);
}

static bool
in_any(const struct range *r, size_t n, enum fg_family family, const struct fg_ip *ip)
{
	for (size_t i = 0; i < n; i++)
		if (in_range(&r[i], family, ip))
			return true;
	return false;
}

/* The IPv4 address inside a mapped, NAT64 or 6to4 one; itself otherwise. */
static struct fg_ip
inner(struct fg_ip ip)
{
	static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
	struct fg_ip v4 = { .family = FG_IP_V4 };

	if (ip.family == FG_IP_V6 && memcmp(ip.b, nat64, sizeof(nat64)) == 0) {
		memcpy(v4.b, ip.b + 12, 4);
		return v4;
	}
	if (ip.family == FG_IP_V6 && ip.b[0] == 0x20 && ip.b[1] == 0x02) {
		memcpy(v4.b, ip.b + 2, 4);
		return v4;
	}
	return fg_ip_unmap(ip);
}

static bool
is_never(const struct fg_ip *ip)
{
	struct fg_ip v4 = inner(*ip);

	return in_range(&never4, FG_IP_V4, &v4) || in_range(&never6, FG_IP_V6, ip);
}

static bool
is_public(const struct fg_ip *ip)
{
	if (ip->family == FG_IP_V4)
		return !in_any(closed4, FG_COUNT(closed4), FG_IP_V4, ip);
	return ip->family == FG_IP_V6 && in_range(&open6, FG_IP_V6, ip) &&
	    !in_any(closed6, FG_COUNT(closed6), FG_IP_V6, ip);
}

static bool
is_listed(const struct idp_policy *p, struct fg_str host, const struct fg_ip *ip, uint16_t port)
{
	struct fg_ip plain = fg_ip_unmap(*ip);

	for (size_t i = 0; i < p->n; i++) {
		const struct idp_allow *e = &p->allow[i];

		if (e->port != port)
			continue;
		if (e->host != NULL ? fg_eq_icase(fg_str_z(e->host), host)
				    : fg_cidr_has(&e->cidr, ip) || fg_cidr_has(&e->cidr, &plain))
			return true;
	}
	return false;
}

bool
idp_address_ok(const struct idp_policy *p, struct fg_str host, const struct fg_ip *ip, uint16_t port)
{
	if (ip->family == FG_IP_NONE || is_never(ip))
		return false;
	return (port == 443 && is_public(ip)) || is_listed(p, host, ip, port);
}

/* ---- the list as text: one "PORT HOST" or "PORT =CIDR" a line ---- */

enum fg_rc
idp_fetch_config(struct fg_arena *a, const struct idp_allow *allow, size_t n, struct fg_str *ret,
    struct fg_err *reterr)
{
	struct fg_buf b = FG_BUF_ARENA(a, 256 * 1024);

	for (size_t i = 0; i < n; i++) {
		fg_buf_u64(&b, allow[i].port);
		if (allow[i].host != NULL) {
			fg_buf_fmt(&b, " %s\n", allow[i].host);
			continue;
		}
		fg_buf_put(&b, FG_LIT(" ="));
		fg_buf_ip(&b, &allow[i].cidr.ip);
		fg_buf_fmt(&b, "/%u\n", (unsigned)allow[i].cidr.bits);
	}
	if (fg_buf_end(&b, ret) != FG_OK)
		return fg_fail(reterr, FG_E_NOMEM, "idp.config", NULL, "list of exceptions");
	return FG_OK;
}

static bool
read_line(struct fg_arena *a, struct fg_str line, struct idp_allow *ret)
{
	struct fg_str port, host;
	uint64_t v;

	if (!fg_cut(line, ' ', &port, &host) || !fg_u64(port, &v) || v == 0 || v > 65535)
		return false;
	*ret = (struct idp_allow){ .port = (uint16_t)v };
	if (fg_starts(host, FG_LIT("=")))
		return fg_cidr_parse(fg_sub(host, 1, host.n), &ret->cidr);
	ret->host = fg_arena_dup(a, host).p;
	return ret->host != NULL && host.n > 0;
}

enum fg_rc
idp_policy_parse(struct fg_arena *a, struct fg_str text, struct idp_policy *ret, struct fg_err *reterr)
{
	struct idp_allow *list = FG_NEW_N(a, struct idp_allow, FG_LIMIT_FETCH_ALLOW);
	struct fg_str line;
	size_t n = 0;

	if (list == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "idp.config", NULL, "list of exceptions");
	while (text.n > 0) {
		(void)fg_cut(text, '\n', &line, &text);
		if (n == FG_LIMIT_FETCH_ALLOW || !read_line(a, line, &list[n]))
			return fg_fail(reterr, FG_E_PARAM, "idp.config", NULL, "exception %zu: %.*s", n + 1,
			    FG_PRI(line));
		n++;
	}
	*ret = (struct idp_policy){ list, n };
	return FG_OK;
}
