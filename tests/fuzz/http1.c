/*
 * tests/fuzz/http1.c - head, body, the next one.
 */
#include "tests/fuzz/http1.h"

/* How much is there after one more piece. */
static size_t
more(const struct http1 *h, size_t have)
{
	if (h->piece == 0 || h->n - have < h->piece)
		return h->n;
	return have + h->piece;
}

static enum http_read
read_head(struct http1 *h, size_t *have)
{
	enum http_read got;

	h->head = (struct http_head){ 0 };
	do {
		*have = more(h, *have);
		got = http_head_read(&h->head, h->p + h->at, *have - h->at, &h->req, &h->why);
	} while (got == HTTP_MORE && *have < h->n);
	return got;
}

static enum http_read
read_body(struct http1 *h, size_t have)
{
	struct http_body b;
	size_t at = h->at + h->head.end;
	enum http_read got = http_body_start(&b, &h->req, HTTP1_BODY_MAX, &h->why);

	h->body_n = 0;
	while (got == HTTP_MORE && (at < have || have < h->n)) {
		size_t in = 0;
		size_t out = 0;

		if (at == have)
			have = more(h, have);
		got = http_body_read(&b, h->p + at, have - at, &in, h->body + h->body_n, &out, &h->why);
		if (got == HTTP_REFUSED)
			return got;
		at += in;
		h->body_n += out;
	}
	h->req.body = fg_str(h->body, h->body_n);
	if (got == HTTP_DONE)
		h->at = at;
	return got;
}

enum http_read
http1_next(struct http1 *h)
{
	size_t have = h->at;
	enum http_read got;

	if (h->closed || h->at == h->n)
		return HTTP_MORE;
	got = read_head(h, &have);
	if (got == HTTP_DONE)
		got = read_body(h, have);
	if (got == HTTP_DONE)
		h->closed = !h->req.keep_alive;
	return got;
}
