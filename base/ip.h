/*
 * base/ip.h - addresses and prefixes.
 *
 * Shape:    an address is 16 bytes and a family; IPv4 lies in the first four.
 * Refuses:  leading zeros, zones, blanks, wrong counts, prefixes out of range.
 * Source:   RFC 4291, RFC 5952 (text), dotted quad as inet_pton.
 */
#ifndef BASE_IP_H
#define BASE_IP_H

#include "base/buf.h"

enum fg_family { FG_IP_NONE = 0, FG_IP_V4 = 4, FG_IP_V6 = 6 };

struct fg_ip {
	enum fg_family family;
	uint8_t b[16];
};

struct fg_cidr {
	struct fg_ip ip; /* host bits cleared */
	uint8_t bits;
};

bool fg_ip_parse(struct fg_str s, struct fg_ip *ret) FG_MUST;
/* Address or address/bits; a bare address is /32 or /128. */
bool fg_cidr_parse(struct fg_str s, struct fg_cidr *ret) FG_MUST;
/* Families never match each other. */
bool fg_cidr_has(const struct fg_cidr *c, const struct fg_ip *ip);
/* IPv4 inside IPv6 (mapped) becomes IPv4; anything else is unchanged. */
struct fg_ip fg_ip_unmap(struct fg_ip ip);
bool fg_ip_eq(const struct fg_ip *a, const struct fg_ip *b);
void fg_buf_ip(struct fg_buf *b, const struct fg_ip *ip);

#endif
