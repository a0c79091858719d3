/*
 * Target: gateway/front/proxy.c, forwarded.c.  A PROXY header is read the same in pieces; the rest
 * of the input stands in the forwarding headers of a request from a configured proxy: whatever
 * they say, the answer is a refusal or an address of a known family.
 */
#include "gateway/front/conn_int.h"
#include "tests/fuzz/fuzz.h"

static void
check_proxy(struct fg_str s)
{
	struct front_peer whole = { 0 };
	struct http_refusal why;
	size_t used = 0;
	enum http_read got = proxy_read(s.p, s.n, &whole, &used, &why);

	for (size_t n = 0; n < s.n && n < 64; n++) {
		struct front_peer part = { 0 };
		size_t used_part = 0;
		enum http_read early = proxy_read(s.p, n, &part, &used_part, &why);

		FUZZ_ASSERT(early == HTTP_MORE || early == got);
	}
	if (got == HTTP_DONE) {
		FUZZ_ASSERT(used >= 16 && used <= s.n);
		FUZZ_ASSERT(!whole.proxied || whole.ip.family != FG_IP_NONE);
		FUZZ_ACCEPTED();
	}
}

static struct http_request req;

static void
check_forwarded(struct fg_str s, enum http_known id, enum front_forwarded kind)
{
	struct fg_cidr all = { { FG_IP_V4, { 127 } }, 8 };
	const struct front_config cfg = { .proxy = &all, .n_proxy = 1, .forwarded = kind };
	struct front_peer peer = { .ip = { FG_IP_V4, { 127, 0, 0, 1 } } };
	struct http_refusal why;

	memset(&req, 0, sizeof(req));
	req.n_header = 1;
	req.header[0] = (struct http_header){ FG_LIT("x"), s, id };
	req.first[id] = 1;
	req.count[id] = 1;
	if (forwarded_read(&cfg, &req, &peer, &why) == HTTP_REFUSED)
		return;
	FUZZ_ASSERT(peer.ip.family == FG_IP_V4 || peer.ip.family == FG_IP_V6);
	if (peer.proxied)
		FUZZ_ACCEPTED();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fg_str s = fg_str(data, size);

	check_proxy(s);
	check_forwarded(s, HTTP_H_X_FORWARDED_FOR, FRONT_FORWARDED_XFF);
	check_forwarded(s, HTTP_H_FORWARDED, FRONT_FORWARDED_RFC7239);
	return 0;
}
