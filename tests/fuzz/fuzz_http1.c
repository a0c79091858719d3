/*
 * Target: gateway/front/head.c, request.c, body.c.  Whole and byte by byte the same requests are
 * read, with the same end; every byte of an accepted head lies in the method, the target, a
 * header or the frame around them.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/http1.h"

static const char *
skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

/* The head, spelled again from its parts. */
static void
check_head(const struct http1 *h, const char *begin)
{
	const struct http_request *r = &h->req;
	const char *p = begin;

	FUZZ_ASSERT(r->method_text.p == p && r->target.p == p + r->method_text.n + 1);
	p = r->target.p + r->target.n;
	FUZZ_ASSERT(memcmp(p, r->minor == 1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n", 11) == 0);
	p += 11;
	for (size_t i = 0; i < r->n_header; i++) {
		FUZZ_ASSERT(r->header[i].name.p == p && r->header[i].name.n > 0);
		p += r->header[i].name.n;
		FUZZ_ASSERT(*p == ':');
		p = skip_blanks(p + 1);
		FUZZ_ASSERT(r->header[i].value.n == 0 || r->header[i].value.p == p);
		p = skip_blanks(p + r->header[i].value.n);
		FUZZ_ASSERT(p[0] == '\r' && p[1] == '\n');
		p += 2;
	}
	FUZZ_ASSERT(p[0] == '\r' && p[1] == '\n' && p + 2 == begin + h->head.end);
	FUZZ_ASSERT(r->path.n > 0 && r->path.p[0] == '/' && http_authority_ok(r->host));
	FUZZ_ASSERT(!(r->chunked && r->has_length));
	FUZZ_ASSERT(r->chunked || r->content_length == h->body_n);
}

static void
check_same(const struct http1 *a, const struct http1 *b)
{
	FUZZ_ASSERT(a->at == b->at && a->head.end == b->head.end && a->req.n_header == b->req.n_header);
	FUZZ_ASSERT(a->req.path.p == b->req.path.p && a->req.path.n == b->req.path.n);
	FUZZ_ASSERT(fg_eq(a->req.body, b->req.body));
}

static char body_a[1u << 20], body_b[1u << 20];
static struct http1 a, b;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;

	if (size > sizeof(body_a))
		return 0;
	a = (struct http1){ .p = p, .n = size, .body = body_a };
	b = (struct http1){ .p = p, .n = size, .body = body_b, .piece = 1 };
	for (;;) {
		const char *begin = p + a.at;
		enum http_read got = http1_next(&a);

		FUZZ_ASSERT(http1_next(&b) == got);
		if (got == HTTP_REFUSED)
			FUZZ_ASSERT(a.why.status >= 400 && a.why.status == b.why.status);
		if (got != HTTP_DONE)
			return 0;
		check_head(&a, begin);
		check_same(&a, &b);
		FUZZ_ACCEPTED();
	}
}
