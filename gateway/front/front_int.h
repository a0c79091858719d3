/*
 * gateway/front/front_int.h - what the pure readers of this folder share.
 */
#ifndef FRONT_INT_H
#define FRONT_INT_H

#include "gateway/front/front.h"

/* Classes of bytes, one bit each; see bytes.c. */
enum {
	HTTP_B_TOKEN = 1,  /* RFC 9110 5.6.2 tchar */
	HTTP_B_VALUE = 2,  /* field-value: HTAB, blank, visible, obs-text */
	HTTP_B_TARGET = 4, /* pchar, '/', '?' (RFC 3986); '%' is checked further */
	HTTP_B_HEX = 8,
	HTTP_B_NAME = 16,  /* a registered name in an authority: unreserved */
};
extern const unsigned char http_byte[256];

static inline bool
http_is(char c, unsigned set)
{
	return (http_byte[(unsigned char)c] & set) != 0;
}

/* Every byte of s is in set. */
bool http_all(struct fg_str s, unsigned set);

/* Fill *e and return HTTP_REFUSED, so that a refusal is one line. */
enum http_read http_refuse(struct http_refusal *e, int status, const char *rule, const char *ref);

/* The request line, without its CR LF, into *req. */
enum http_read http_request_line(struct fg_str line, struct http_request *req,
    struct http_refusal *reterr) FG_MUST;
/* What the whole head must satisfy, once its last line is read. */
enum http_read http_head_check(struct http_request *req, struct http_refusal *reterr) FG_MUST;
/* Number of a header by its name in any case. */
enum http_known http_known_of(struct fg_str name);
/* The next element of a comma-separated list, trimmed; false at the end. */
bool http_list_next(struct fg_str *rest, struct fg_str *ret);

#endif
