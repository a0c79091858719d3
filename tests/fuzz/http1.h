/*
 * tests/fuzz/http1.h - a connection's bytes as the listener reads them: head, body, the next one.
 *
 * Shared by the fuzz target and by the program that is compared with another parser.
 */
#ifndef TESTS_FUZZ_HTTP1_H
#define TESTS_FUZZ_HTTP1_H

#include "gateway/front/front.h"

#define HTTP1_BODY_MAX 65536u

struct http1 {
	const char *p; /* all bytes */
	size_t n;
	size_t piece; /* how many are seen at a time; 0: all */
	size_t at;    /* first byte of the next request */
	bool closed;  /* the last one said that it was the last */
	struct http_head head; /* of the last one */
	struct http_request req;
	char *body;   /* room for n bytes */
	size_t body_n;
	struct http_refusal why;
};

/* The next complete request, HTTP_MORE at the end of the bytes, HTTP_REFUSED for good. */
enum http_read http1_next(struct http1 *h);

#endif
