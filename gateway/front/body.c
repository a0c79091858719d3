/*
 * gateway/front/body.c - a request's body: counted bytes, or chunks.
 *
 * Chunks are data only: no extensions, no trailers, one spelling of a size.
 */
#include "gateway/front/front_int.h"

enum {
	B_LENGTH = 0, /* counted bytes */
	B_SIZE,       /* first or further digit of a chunk size */
	B_SIZE_LF,
	B_DATA,
	B_DATA_CR,
	B_DATA_LF,
	B_END_CR, /* after the last chunk: no trailer may follow */
	B_END_LF,
	B_DONE,
};

#define SIZE_DIGITS 8 /* hexadecimal digits of a chunk size: 4 GiB, far over every cap */

enum http_read
http_body_start(struct http_body *b, const struct http_request *req, uint64_t max,
    struct http_refusal *reterr)
{
	*b = (struct http_body){ .max = max, .chunked = req->chunked };
	if (req->chunked) {
		b->state = B_SIZE;
		return max == 0 ? http_refuse(reterr, 413, "front.body.limit", "RFC 9110 15.5.14")
				: HTTP_MORE;
	}
	if (req->content_length > max)
		return http_refuse(reterr, 413, "front.body.limit", "RFC 9110 15.5.14");
	b->left = req->content_length;
	if (b->left == 0)
		b->state = B_DONE;
	return b->left == 0 ? HTTP_DONE : HTTP_MORE;
}

static int
hex_value(char c)
{
	if (fg_digit(c))
		return c - '0';
	c = fg_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum http_read
size_byte(struct http_body *b, char c, struct http_refusal *reterr)
{
	int v = hex_value(c);

	if (v >= 0 && b->digits < SIZE_DIGITS) {
		b->left = b->left << 4 | (unsigned)v;
		b->digits++;
		return HTTP_MORE;
	}
	/* a ninth digit, "0x5", "+5", ";extension", a blank */
	if (c != '\r' || b->digits == 0)
		return http_refuse(reterr, 400, "front.chunk.size", "RFC 9112 7.1");
	if (b->left > b->max - b->total)
		return http_refuse(reterr, 413, "front.body.limit", "RFC 9110 15.5.14");
	b->state = B_SIZE_LF;
	return HTTP_MORE;
}

static enum http_read
expect_byte(struct http_body *b, char c, char want, uint8_t next, const char *rule,
    struct http_refusal *reterr)
{
	if (c != want)
		return http_refuse(reterr, 400, rule, "RFC 9112 7.1");
	b->state = next;
	return HTTP_MORE;
}

/* One byte of a chunk's frame. */
static enum http_read
frame_byte(struct http_body *b, char c, struct http_refusal *reterr)
{
	switch (b->state) {
	case B_SIZE:
		return size_byte(b, c, reterr);
	case B_SIZE_LF:
		return expect_byte(b, c, '\n', b->left == 0 ? B_END_CR : B_DATA, "front.chunk.size", reterr);
	case B_DATA_CR:
		return expect_byte(b, c, '\r', B_DATA_LF, "front.chunk.end", reterr);
	case B_DATA_LF:
		b->digits = 0;
		return expect_byte(b, c, '\n', B_SIZE, "front.chunk.end", reterr);
	case B_END_CR:
		return expect_byte(b, c, '\r', B_END_LF, "front.chunk.trailer", reterr);
	case B_END_LF:
		return expect_byte(b, c, '\n', B_DONE, "front.chunk.trailer", reterr);
	default:
		return http_refuse(reterr, 400, "front.chunk.size", "RFC 9112 7.1");
	}
}

/* As many data bytes as are there and wanted. */
static size_t
move_data(struct http_body *b, const char *in, size_t n, char *out)
{
	size_t take = b->left < n ? (size_t)b->left : n;

	if (out != in)
		memmove(out, in, take);
	b->left -= take;
	b->total += take;
	if (b->left == 0)
		b->state = b->chunked ? B_DATA_CR : B_DONE;
	return take;
}

enum http_read
http_body_read(struct http_body *b, const char *in, size_t n, size_t *ret_in, char *out,
    size_t *ret_out, struct http_refusal *reterr)
{
	size_t i = 0;
	size_t o = 0;

	while (i < n && b->state != B_DONE) {
		if (b->state == B_DATA || b->state == B_LENGTH) {
			size_t k = move_data(b, in + i, n - i, out + o);

			i += k;
			o += k;
		} else if (frame_byte(b, in[i++], reterr) == HTTP_REFUSED) {
			return HTTP_REFUSED;
		}
	}
	*ret_in = i;
	*ret_out = o;
	return b->state == B_DONE ? HTTP_DONE : HTTP_MORE;
}
