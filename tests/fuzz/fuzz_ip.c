/*
 * Target: base/ip.c.  The verdict and the bytes are those of inet_pton, the text those of
 * inet_ntop; a prefix holds its own address.
 */
#include <arpa/inet.h>

#include "tests/fuzz/fuzz.h"

static void
address(struct fg_str in)
{
	char z[64], text[INET6_ADDRSTRLEN], room[64];
	struct fg_buf b = FG_BUF_FIXED(room);
	unsigned char bytes[16];
	struct fg_ip ip;
	bool ok = fg_ip_parse(in, &ip);
	int family = fg_find(in, ':') < in.n ? AF_INET6 : AF_INET;

	if (in.n >= sizeof(z) || fg_find(in, '\0') < in.n) {
		FUZZ_ASSERT(!ok);
		return;
	}
	if (in.n > 0)
		memcpy(z, in.p, in.n);
	z[in.n] = '\0';
	FUZZ_ASSERT(ok == (inet_pton(family, z, bytes) == 1));
	if (!ok)
		return;
	FUZZ_ACCEPTED();
	FUZZ_ASSERT(memcmp(ip.b, bytes, family == AF_INET ? 4 : 16) == 0);
	fg_buf_ip(&b, &ip);
	FUZZ_ASSERT(b.bad == FG_OK && inet_ntop(family, bytes, text, sizeof(text)) != NULL);
	/* the deprecated compatible form (::1.2.3.4) is written in hexadecimal, by RFC 5952 */
	FUZZ_ASSERT(fg_eq(fg_buf_str(&b), fg_str_z(text)) || fg_find(fg_str_z(text), '.') < strlen(text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fg_str in = fg_str(data, size);
	struct fg_cidr c;

	address(in);
	if (fg_cidr_parse(in, &c)) {
		FUZZ_ACCEPTED();
		FUZZ_ASSERT(fg_cidr_has(&c, &c.ip));
		FUZZ_ASSERT(c.bits <= (c.ip.family == FG_IP_V4 ? 32 : 128));
	}
	return 0;
}
