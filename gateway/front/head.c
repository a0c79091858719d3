/*
 * gateway/front/head.c - a request's head, line by line, in one pass.
 *
 * Every byte is looked for a line end once and parsed once, whatever the pieces it
 * arrives in; nothing is copied and nothing is allocated.
 */
#include "gateway/front/front_int.h"

/* Candidates by length: at most a handful are compared. */
static const uint8_t of_length[][5] = {
	[4] = { HTTP_H_HOST, HTTP_H_DATE },
	[6] = { HTTP_H_ACCEPT, HTTP_H_COOKIE, HTTP_H_EXPECT, HTTP_H_ORIGIN },
	[7] = { HTTP_H_REFERER },
	[9] = { HTTP_H_FORWARDED },
	[10] = { HTTP_H_X_AMZ_DATE, HTTP_H_CONNECTION, HTTP_H_USER_AGENT },
	[12] = { HTTP_H_CONTENT_TYPE, HTTP_H_X_AMZ_TARGET },
	[13] = { HTTP_H_AUTHORIZATION, HTTP_H_IF_NONE_MATCH },
	[14] = { HTTP_H_CONTENT_LENGTH, HTTP_H_X_ORIGINAL_URL },
	[15] = { HTTP_H_X_FORWARDED_FOR, HTTP_H_X_FORWARDED_URI },
	[16] = { HTTP_H_CONTENT_ENCODING, HTTP_H_X_FORWARDED_HOST },
	[17] = { HTTP_H_TRANSFER_ENCODING, HTTP_H_X_FORWARDED_PROTO, HTTP_H_X_ORIGINAL_METHOD },
	[18] = { HTTP_H_X_FORWARDED_METHOD },
	[20] = { HTTP_H_X_AMZ_SECURITY_TOKEN, HTTP_H_X_AMZ_CONTENT_SHA256 },
};

static const char *const known_name[HTTP_H_MAX] = {
#define KNOWN_NAME(id, name) [id] = name,
	HTTP_KNOWN(KNOWN_NAME)
#undef KNOWN_NAME
};

enum http_known
http_known_of(struct fg_str name)
{
	if (name.n >= FG_COUNT(of_length))
		return HTTP_H_OTHER;
	for (size_t i = 0; i < FG_COUNT(of_length[0]) && of_length[name.n][i] != 0; i++) {
		const char *want = known_name[of_length[name.n][i]];
		size_t k = 0;

		while (k < name.n && fg_lower(name.p[k]) == want[k])
			k++;
		if (k == name.n)
			return (enum http_known)of_length[name.n][i];
	}
	return HTTP_H_OTHER;
}

static struct fg_str
trim_blanks(struct fg_str s)
{
	while (s.n > 0 && (*s.p == ' ' || *s.p == '\t')) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

static void
note_known(struct http_request *req, enum http_known id)
{
	if (id == HTTP_H_OTHER)
		return;
	if (req->first[id] == 0)
		req->first[id] = (uint8_t)req->n_header;
	req->count[id]++;
}

static enum http_read
header_line(struct fg_str line, struct http_request *req, struct http_refusal *reterr)
{
	struct http_header *h;
	size_t colon = 0;

	/*= RFC 9112 5.2
	 *# A sender MUST NOT generate a message that includes line folding */
	if (line.p[0] == ' ' || line.p[0] == '\t')
		return http_refuse(reterr, 400, "front.head.fold", "RFC 9112 5.2");
	while (colon < line.n && http_is(line.p[colon], HTTP_B_TOKEN))
		colon++;
	/*= RFC 9112 5.1
	 *# A server MUST reject, with a response status code of 400 (Bad Request),
	 *# any received request message that contains whitespace between a header
	 *# field name and colon. */
	if (colon == 0 || colon == line.n || line.p[colon] != ':')
		return http_refuse(reterr, 400, "front.head.name", "RFC 9112 5.1");
	if (req->n_header == FG_LIMIT_HTTP_HEADERS)
		return http_refuse(reterr, 431, "front.head.count", "RFC 6585 5");
	h = &req->header[req->n_header++];
	h->name = fg_str(line.p, colon);
	h->value = trim_blanks(fg_str(line.p + colon + 1, line.n - colon - 1));
	if (!http_all(h->value, HTTP_B_VALUE))
		return http_refuse(reterr, 400, "front.head.value", "RFC 9110 5.5");
	h->id = http_known_of(h->name);
	/* A tab around a length or a coding is white space to some parsers and part of it to others. */
	if ((h->id == HTTP_H_CONTENT_LENGTH || h->id == HTTP_H_TRANSFER_ENCODING) &&
	    memchr(line.p, '\t', line.n) != NULL)
		return http_refuse(reterr, 400, "front.framing.tab", "RFC 9110 5.6.3");
	note_known(req, h->id);
	return HTTP_MORE;
}

/* One complete line with its LF at p[lf]. */
static enum http_read
take_line(struct http_head *h, const char *p, size_t lf, struct http_request *req,
    struct http_refusal *reterr)
{
	struct fg_str line = fg_str(p + h->line, lf - h->line);

	/*= RFC 9112 2.2
	 *# a recipient MAY recognize a single LF as a line terminator
	 * We do not: somebody in front of us may not either. */
	if (line.n == 0 || line.p[line.n - 1] != '\r')
		return http_refuse(reterr, 400, "front.head.bare-lf", "RFC 9112 2.2");
	line.n--;
	h->line = lf + 1;
	if (!h->started) {
		h->started = true;
		return http_request_line(line, req, reterr);
	}
	if (line.n > 0)
		return header_line(line, req, reterr);
	h->end = lf + 1;
	return http_head_check(req, reterr);
}

/* A line that has not ended yet: can it still become one that is taken? */
static enum http_read
check_partial(const struct http_head *h, size_t n, struct http_refusal *reterr)
{
	if (!h->started && n > FG_LIMIT_HTTP_TARGET + 32)
		return http_refuse(reterr, 414, "front.target.length", "RFC 9110 15.5.15");
	if (n >= FG_LIMIT_HTTP_HEAD)
		return http_refuse(reterr, 431, "front.head.length", "RFC 6585 5");
	return HTTP_MORE;
}

/* What a request starts from; the header slots are left as they are. */
static void
clear(struct http_request *req)
{
	req->method = HTTP_NONE;
	req->method_text = req->target = req->path = req->query = req->host = FG_STR_NULL;
	req->body = FG_STR_NULL;
	req->n_header = 0;
	memset(req->first, 0, sizeof(req->first));
	memset(req->count, 0, sizeof(req->count));
	req->content_length = 0;
	req->minor = 0;
	req->has_length = req->chunked = req->keep_alive = req->expect_continue = false;
}

enum http_read
http_head_read(struct http_head *h, const char *p, size_t n, struct http_request *req,
    struct http_refusal *reterr)
{
	size_t limit = n < FG_LIMIT_HTTP_HEAD ? n : FG_LIMIT_HTTP_HEAD;

	if (!h->started) {
		clear(req);
		/* TLS on a plain port, an empty line, binary noise: no need to wait for a line end. */
		if (n > 0 && !http_is(p[0], HTTP_B_TOKEN))
			return http_refuse(reterr, 400, "front.request-line.method", "RFC 9112 3");
	}
	while (h->scan < limit) {
		const char *lf = memchr(p + h->scan, '\n', limit - h->scan);
		enum http_read got;

		if (lf == NULL) {
			h->scan = limit;
			break;
		}
		h->scan = (size_t)(lf - p) + 1;
		got = take_line(h, p, (size_t)(lf - p), req, reterr);
		if (got != HTTP_MORE)
			return got;
	}
	return check_partial(h, limit, reterr);
}

bool
http_header_one(const struct http_request *r, enum http_known id, struct fg_str *ret)
{
	*ret = http_header(r, id);
	return r->count[id] <= 1;
}

const struct http_header *
http_header_next(const struct http_request *r, struct fg_str name, size_t *at)
{
	while (*at < r->n_header) {
		const struct http_header *h = &r->header[(*at)++];

		if (fg_eq_icase(h->name, name))
			return h;
	}
	return NULL;
}
