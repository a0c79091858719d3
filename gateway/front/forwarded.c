/*
 * gateway/front/forwarded.c - for whom a configured proxy asks.
 *
 * Only a connection from a configured proxy is listened to, and only in the one
 * header it is configured to write: the other may come from a stranger through it.
 * The list is read from its right end, where the nearest proxy wrote, to the first
 * address that is not a configured proxy.  What stands left of that is the
 * stranger's own claim and is not even looked at.
 */
#include "gateway/front/conn_int.h"

bool
forwarded_trusts(const struct front_config *cfg, const struct fg_ip *ip)
{
	for (size_t i = 0; i < cfg->n_proxy; i++) {
		if (fg_cidr_has(&cfg->proxy[i], ip))
			return true;
	}
	return false;
}

/* address, address:port, [v6], [v6]:port; quotes are gone already. */
static bool
read_node(struct fg_str s, struct fg_ip *ret)
{
	struct fg_str port = FG_STR_NULL;
	uint64_t number;
	size_t close = fg_find(s, ']');

	if (s.n > 0 && s.p[0] == '[' && close < s.n) {
		struct fg_str after = fg_sub(s, close + 1, s.n);

		if (after.n > 0 && (after.p[0] != ':' || !fg_u64(fg_sub(after, 1, after.n), &number)))
			return false;
		s = fg_sub(s, 1, close);
		if (!fg_ip_parse(s, ret) || ret->family != FG_IP_V6)
			return false;
		*ret = fg_ip_unmap(*ret);
		return true;
	}
	if (fg_ip_parse(s, ret)) {
		*ret = fg_ip_unmap(*ret);
		return true;
	}
	return fg_cut(s, ':', &s, &port) && fg_u64(port, &number) && number <= 65535 &&
	    fg_ip_parse(s, ret) && ret->family == FG_IP_V4;
}

/* The value of one parameter of a Forwarded element, without quotes. */
static struct fg_str
parameter(struct fg_str element, struct fg_str name)
{
	struct fg_str rest = element;
	struct fg_str pair, key, value;

	while (!fg_str_null(rest)) {
		if (!fg_cut(rest, ';', &pair, &rest))
			rest = FG_STR_NULL;
		if (!fg_cut(fg_trim(pair), '=', &key, &value) || !fg_eq_icase(key, name))
			continue;
		if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
			return fg_sub(value, 1, value.n - 1);
		return value;
	}
	return FG_STR_NULL;
}

struct hops {
	struct fg_str element[FG_LIMIT_HTTP_HOPS]; /* the last ones, in order */
	size_t n;
};

static void
put_hop(struct hops *h, struct fg_str element)
{
	if (h->n == FG_LIMIT_HTTP_HOPS) {
		memmove(h->element, h->element + 1, sizeof(h->element) - sizeof(h->element[0]));
		h->n--;
	}
	h->element[h->n++] = element;
}

/* Elements of all headers of that id, in order. */
static void
gather(const struct http_request *req, enum http_known id, struct hops *h)
{
	h->n = 0;
	for (size_t i = 0; i < req->n_header; i++) {
		struct fg_str rest = req->header[i].value;
		struct fg_str element;

		if (req->header[i].id != id)
			continue;
		while (http_list_next(&rest, &element))
			put_hop(h, element);
	}
}

/* The nearest proxy knows whether its client's side was TLS; silence leaves ours. */
static void
take_proto(const struct front_config *cfg, const struct http_request *req, const struct hops *h,
    struct front_peer *peer)
{
	struct fg_str proto = FG_STR_NULL;

	if (cfg->forwarded == FRONT_FORWARDED_RFC7239) {
		if (h->n > 0)
			proto = parameter(h->element[h->n - 1], FG_LIT("proto"));
	} else if (!http_header_one(req, HTTP_H_X_FORWARDED_PROTO, &proto)) {
		proto = FG_LIT("repeated"); /* one of them is not the proxy's */
	}
	if (!fg_str_null(proto))
		peer->secure = fg_eq_icase(proto, FG_LIT("https"));
}

enum http_read
forwarded_read(const struct front_config *cfg, const struct http_request *req,
    struct front_peer *peer, struct http_refusal *reterr)
{
	bool rfc7239 = cfg->forwarded == FRONT_FORWARDED_RFC7239;
	struct hops h;

	peer->through = cfg->n_proxy != 0 && forwarded_trusts(cfg, &peer->socket_ip);
	if (cfg->n_proxy == 0 || !forwarded_trusts(cfg, &peer->ip))
		return HTTP_DONE;
	gather(req, rfc7239 ? HTTP_H_FORWARDED : HTTP_H_X_FORWARDED_FOR, &h);
	take_proto(cfg, req, &h, peer);
	for (size_t i = h.n; i > 0; i--) {
		struct fg_str node = h.element[i - 1];
		struct fg_ip ip;

		if (rfc7239)
			node = parameter(node, FG_LIT("for"));
		if (!read_node(node, &ip))
			return http_refuse(reterr, 400, "front.forwarded", "RFC 7239 4");
		peer->ip = ip;
		peer->port = 0;
		peer->proxied = true;
		if (!forwarded_trusts(cfg, &ip))
			break;
	}
	return HTTP_DONE;
}
