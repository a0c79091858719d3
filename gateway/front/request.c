/*
 * gateway/front/request.c - the request line, and what a whole head must satisfy.
 */
#include "gateway/front/front_int.h"

static const struct {
	struct fg_str text;
	enum http_method method;
} methods[] = {
	{ FG_LIT("POST"), HTTP_POST },       { FG_LIT("GET"), HTTP_GET },
	{ FG_LIT("HEAD"), HTTP_HEAD },       { FG_LIT("PUT"), HTTP_PUT },
	{ FG_LIT("DELETE"), HTTP_DELETE },   { FG_LIT("PATCH"), HTTP_PATCH },
	{ FG_LIT("OPTIONS"), HTTP_OPTIONS },
};

static enum http_read
take_method(struct fg_str text, struct http_request *req, struct http_refusal *reterr)
{
	if (text.n == 0 || !http_all(text, HTTP_B_TOKEN))
		return http_refuse(reterr, 400, "front.request-line.method", "RFC 9112 3");
	if (fg_eq(text, FG_LIT("CONNECT")))
		return http_refuse(reterr, 400, "front.target.form", "RFC 9112 3.2.3");
	for (size_t i = 0; i < FG_COUNT(methods); i++) {
		if (fg_eq(text, methods[i].text))
			req->method = methods[i].method;
	}
	req->method_text = text;
	if (req->method == HTTP_NONE)
		return http_refuse(reterr, 501, "front.method", "RFC 9110 9.1");
	return HTTP_MORE;
}

static enum http_read
take_version(struct fg_str v, struct http_request *req, struct http_refusal *reterr)
{
	if (v.n != 8 || memcmp(v.p, "HTTP/", 5) != 0 || !fg_digit(v.p[5]) || v.p[6] != '.' ||
	    !fg_digit(v.p[7]))
		return http_refuse(reterr, 400, "front.request-line.version", "RFC 9112 2.3");
	if (v.p[5] != '1')
		return http_refuse(reterr, 505, "front.version", "RFC 9110 15.6.6");
	if (v.p[7] > '1')
		return http_refuse(reterr, 400, "front.request-line.version", "RFC 9112 2.3");
	req->minor = (uint8_t)(v.p[7] - '0');
	req->keep_alive = req->minor == 1;
	return HTTP_MORE;
}

/* Each '%' is followed by two hexadecimal digits. */
static bool
escapes_ok(struct fg_str s)
{
	const char *at = s.p;
	const char *end = s.p + s.n;

	while ((at = memchr(at, '%', (size_t)(end - at))) != NULL) {
		if (end - at < 3 || !http_is(at[1], HTTP_B_HEX) || !http_is(at[2], HTTP_B_HEX))
			return false;
		at += 3;
	}
	return true;
}

/* What follows "http://" in an absolute target; null for any other form. */
static struct fg_str
after_scheme(struct fg_str target)
{
	if (fg_starts_icase(target, FG_LIT("http://")))
		return fg_sub(target, 7, target.n);
	if (fg_starts_icase(target, FG_LIT("https://")))
		return fg_sub(target, 8, target.n);
	return FG_STR_NULL;
}

/* Where the authority of an absolute target ends. */
static size_t
authority_end(struct fg_str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != '/' && s.p[i] != '?')
		i++;
	return i;
}

static enum http_read
take_target(struct fg_str target, struct http_request *req, struct http_refusal *reterr)
{
	struct fg_str rest = target;

	if (target.n > FG_LIMIT_HTTP_TARGET)
		return http_refuse(reterr, 414, "front.target.length", "RFC 9110 15.5.15");
	if (target.n == 0 || !http_all(target, HTTP_B_TARGET) || !escapes_ok(target))
		return http_refuse(reterr, 400, "front.target.bytes", "RFC 9112 3.2");
	req->target = target;
	if (target.p[0] != '/') {
		rest = after_scheme(target);
		if (fg_str_null(rest))
			return http_refuse(reterr, 400, "front.target.form", "RFC 9112 3.2");
		rest = fg_sub(rest, authority_end(rest), rest.n);
	}
	if (!fg_cut(rest, '?', &req->path, &req->query))
		req->query = FG_STR_NULL;
	if (req->path.n == 0)
		req->path = FG_LIT("/");
	return HTTP_MORE;
}

enum http_read
http_request_line(struct fg_str line, struct http_request *req, struct http_refusal *reterr)
{
	struct fg_str method, target, version, rest;
	enum http_read got;

	if (!fg_cut(line, ' ', &method, &rest) || !fg_cut(rest, ' ', &target, &version))
		return http_refuse(reterr, 400, "front.request-line", "RFC 9112 3");
	/* The version first: what it says about a request of another protocol is more useful. */
	got = take_version(version, req, reterr);
	if (got == HTTP_MORE)
		got = take_method(method, req, reterr);
	if (got == HTTP_MORE)
		got = take_target(target, req, reterr);
	return got;
}

static bool
port_ok(struct fg_str s)
{
	uint64_t port;

	return fg_u64(s, &port) && port <= 65535;
}

bool
http_authority_ok(struct fg_str s)
{
	struct fg_str host = s;
	struct fg_str port = FG_STR_NULL;
	struct fg_ip ip;

	if (s.n > 0 && s.p[0] == '[') {
		size_t close = fg_find(s, ']');

		if (close == s.n || !fg_ip_parse(fg_sub(s, 1, close), &ip) || ip.family != FG_IP_V6)
			return false;
		if (close + 1 == s.n)
			return true;
		return s.p[close + 1] == ':' && port_ok(fg_sub(s, close + 2, s.n));
	}
	if (fg_cut(s, ':', &host, &port) && !port_ok(port))
		return false;
	return host.n > 0 && host.n <= 255 && http_all(host, HTTP_B_NAME);
}

static enum http_read
check_host(struct http_request *req, struct http_refusal *reterr)
{
	struct fg_str rest = after_scheme(req->target);

	/*= RFC 9112 3.2
	 *# A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1
	 *# request message that lacks a Host header field and to any request message
	 *# that contains more than one Host header field line or a Host header field
	 *# with an invalid field value. */
	if (req->count[HTTP_H_HOST] != 1)
		return http_refuse(reterr, 400, "front.host.count", "RFC 9112 3.2");
	req->host = http_header(req, HTTP_H_HOST);
	if (!http_authority_ok(req->host))
		return http_refuse(reterr, 400, "front.host.authority", "RFC 9112 3.2");
	if (!fg_str_null(rest) &&
	    !fg_eq_icase(fg_sub(rest, 0, authority_end(rest)), req->host))
		return http_refuse(reterr, 400, "front.target.authority", "RFC 9112 3.2.2");
	return HTTP_MORE;
}

static enum http_read
check_coding(struct http_request *req, struct http_refusal *reterr)
{
	if (req->count[HTTP_H_TRANSFER_ENCODING] == 0)
		return HTTP_MORE;
	/*= RFC 9112 6.1
	 *# A server or client that receives an HTTP/1.0 message containing a
	 *# Transfer-Encoding header field MUST treat the message as if the framing is
	 *# faulty */
	if (req->minor == 0)
		return http_refuse(reterr, 400, "front.framing.coding-1.0", "RFC 9112 6.1");
	if (req->count[HTTP_H_CONTENT_LENGTH] != 0)
		return http_refuse(reterr, 400, "front.framing.both", "RFC 9112 6.1");
	if (req->count[HTTP_H_TRANSFER_ENCODING] != 1 ||
	    !fg_eq_icase(http_header(req, HTTP_H_TRANSFER_ENCODING), FG_LIT("chunked")))
		return http_refuse(reterr, 400, "front.framing.coding", "RFC 9112 6.1");
	req->chunked = true;
	return HTTP_MORE;
}

static enum http_read
check_length(struct http_request *req, struct http_refusal *reterr)
{
	if (req->count[HTTP_H_CONTENT_LENGTH] == 0)
		return HTTP_MORE;
	/*= RFC 9112 6.3
	 *# If a message is received without Transfer-Encoding and with an invalid
	 *# Content-Length header field, then the message framing is invalid
	 * and so is the permitted repair of equal values: we refuse that too. */
	if (req->count[HTTP_H_CONTENT_LENGTH] != 1 ||
	    !fg_u64(http_header(req, HTTP_H_CONTENT_LENGTH), &req->content_length) ||
	    req->content_length > INT64_MAX)
		return http_refuse(reterr, 400, "front.framing.length", "RFC 9112 6.3");
	req->has_length = true;
	return HTTP_MORE;
}

static enum http_read
check_body_allowed(const struct http_request *req, struct http_refusal *reterr)
{
	if ((req->method & (HTTP_GET | HTTP_HEAD)) != 0 &&
	    (req->chunked || req->content_length > 0))
		return http_refuse(reterr, 400, "front.framing.body-on-get", "RFC 9110 9.3.1");
	return HTTP_MORE;
}

static enum http_read
check_expect(struct http_request *req, struct http_refusal *reterr)
{
	/*= RFC 9110 10.1.1
	 *# A server that receives a 100-continue expectation in an HTTP/1.0 request
	 *# MUST ignore that expectation. */
	if (req->count[HTTP_H_EXPECT] == 0 || req->minor == 0)
		return HTTP_MORE;
	if (req->count[HTTP_H_EXPECT] != 1 ||
	    !fg_eq_icase(http_header(req, HTTP_H_EXPECT), FG_LIT("100-continue")))
		return http_refuse(reterr, 417, "front.expect", "RFC 9110 10.1.1");
	req->expect_continue = req->chunked || req->content_length > 0;
	return HTTP_MORE;
}

/* Connection: close ends it; HTTP/1.0 always ends after one request. */
static void
read_connection(struct http_request *req)
{
	if (req->count[HTTP_H_CONNECTION] == 0)
		return;
	for (size_t i = 0; i < req->n_header; i++) {
		struct fg_str rest = req->header[i].value;
		struct fg_str option;

		if (req->header[i].id != HTTP_H_CONNECTION)
			continue;
		while (http_list_next(&rest, &option)) {
			if (fg_eq_icase(option, FG_LIT("close")))
				req->keep_alive = false;
		}
	}
}

enum http_read
http_head_check(struct http_request *req, struct http_refusal *reterr)
{
	static enum http_read (*const check[])(struct http_request *, struct http_refusal *) = {
		check_host, check_coding, check_length, check_expect,
	};

	for (size_t i = 0; i < FG_COUNT(check); i++) {
		if (check[i](req, reterr) == HTTP_REFUSED)
			return HTTP_REFUSED;
	}
	if (check_body_allowed(req, reterr) == HTTP_REFUSED)
		return HTTP_REFUSED;
	read_connection(req);
	return HTTP_DONE;
}
