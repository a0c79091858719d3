/*
 * gateway/front/proxy.c - the header of PROXY protocol version 2.
 *
 * Only the binary form, only TCP over IPv4 and IPv6, and LOCAL (the proxy's own
 * health check).  The TLS extension proves that the client's side was encrypted.
 */
#include "gateway/front/conn_int.h"

enum {
	SIGNATURE = 12,
	FIXED = 16,
	VERSION_LOCAL = 0x20,
	VERSION_PROXY = 0x21,
	TCP4 = 0x11,
	TCP6 = 0x21,
	TLV_SSL = 0x20,
	CLIENT_SSL = 1,
};

static const char signature[SIGNATURE] = "\r\n\r\n\0\r\nQUIT\n";

static struct fg_ip
take_ip(struct fg_cur *c, enum fg_family family)
{
	struct fg_ip ip = { .family = family };
	struct fg_str b = fg_cur_take(c, family == FG_IP_V4 ? 4 : 16);

	if (!c->bad)
		memcpy(ip.b, b.p, b.n);
	return fg_ip_unmap(ip);
}

static void
take_extensions(struct fg_cur *c, struct front_peer *peer)
{
	while (!c->bad && c->n > 0) {
		uint8_t type = fg_cur_u8(c);
		struct fg_str value = fg_cur_v16(c);

		if (!c->bad && type == TLV_SSL && value.n > 0 && (value.p[0] & CLIENT_SSL) != 0)
			peer->secure = true;
	}
}

static bool
take_addresses(struct fg_str s, enum fg_family family, struct front_peer *peer)
{
	struct fg_cur c = fg_cur(s);
	struct front_peer got = *peer;

	got.ip = take_ip(&c, family);
	(void)take_ip(&c, family);
	got.port = fg_cur_u16(&c);
	(void)fg_cur_u16(&c);
	got.proxied = true;
	take_extensions(&c, &got);
	if (!fg_cur_done(&c))
		return false;
	*peer = got;
	return true;
}

enum http_read
proxy_read(const char *p, size_t n, struct front_peer *peer, size_t *ret_used,
    struct http_refusal *reterr)
{
	size_t known = n < SIGNATURE ? n : SIGNATURE;
	struct fg_cur c = fg_cur(fg_str(p, n));
	uint8_t command, family;
	struct fg_str rest;

	if (memcmp(p, signature, known) != 0)
		return http_refuse(reterr, 400, "front.proxy.signature", "PROXY protocol 2.2");
	if (n < FIXED)
		return HTTP_MORE;
	(void)fg_cur_take(&c, SIGNATURE);
	command = fg_cur_u8(&c);
	family = fg_cur_u8(&c);
	rest = fg_sub(fg_str(p, n), FIXED, FIXED + (size_t)fg_cur_u16(&c));
	*ret_used = FIXED + ((size_t)(unsigned char)p[14] << 8 | (unsigned char)p[15]);
	if (*ret_used > FG_LIMIT_PROXY_HEADER)
		return http_refuse(reterr, 400, "front.proxy.length", "PROXY protocol 2.2");
	if (n < *ret_used)
		return HTTP_MORE;
	if (command == VERSION_LOCAL)
		return HTTP_DONE;
	if (command != VERSION_PROXY || (family != TCP4 && family != TCP6) ||
	    !take_addresses(rest, family == TCP4 ? FG_IP_V4 : FG_IP_V6, peer))
		return http_refuse(reterr, 400, "front.proxy.address", "PROXY protocol 2.2");
	return HTTP_DONE;
}
