/*
 * tests/flow/http1_print.c - what our reader takes, for comparison with another parser.
 *
 * Standard input: inputs, each with its length in four bytes, big-endian, before it.  Standard
 * output: one JSON line for each: {"requests":[{"method","target","headers":[[name,value]],"body"}],
 * "end":"more"|"refused","rule"}; names, values and bodies in hexadecimal.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/http1.h"

#define INPUT_MAX (4u << 20) /* bytes */

static char input[INPUT_MAX], body[INPUT_MAX];

static void
put_hex(struct fg_buf *b, struct fg_str s)
{
	fg_buf_putc(b, '"');
	fg_buf_hex(b, s);
	fg_buf_putc(b, '"');
}

static void
put_request(struct fg_buf *b, const struct http_request *r)
{
	fg_buf_put(b, FG_LIT("{\"method\":"));
	fg_buf_json_str(b, r->method_text);
	fg_buf_put(b, FG_LIT(",\"target\":"));
	fg_buf_json_str(b, r->target);
	fg_buf_put(b, FG_LIT(",\"headers\":["));
	for (size_t i = 0; i < r->n_header; i++) {
		fg_buf_put(b, i == 0 ? FG_LIT("[") : FG_LIT(",["));
		put_hex(b, r->header[i].name);
		fg_buf_putc(b, ',');
		put_hex(b, r->header[i].value);
		fg_buf_putc(b, ']');
	}
	fg_buf_put(b, FG_LIT("],\"body\":"));
	put_hex(b, r->body);
	fg_buf_putc(b, '}');
}

static void
put_input(struct fg_buf *b, size_t n)
{
	static struct http1 h;
	enum http_read got;
	size_t count = 0;

	h = (struct http1){ .p = input, .n = n, .body = body };
	fg_buf_put(b, FG_LIT("{\"requests\":["));
	while ((got = http1_next(&h)) == HTTP_DONE) {
		if (count++ > 0)
			fg_buf_putc(b, ',');
		put_request(b, &h.req);
	}
	fg_buf_put(b, FG_LIT("],\"end\":"));
	fg_buf_put(b, got == HTTP_MORE ? FG_LIT("\"more\"") : FG_LIT("\"refused\",\"rule\":"));
	if (got == HTTP_REFUSED)
		fg_buf_json_str(b, fg_str_z(h.why.rule));
	fg_buf_put(b, FG_LIT("}\n"));
}

int
main(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(64u << 20);
	unsigned char len[4];
	struct fg_str text;

	while (fread(len, 1, 4, stdin) == 4) {
		size_t n = (size_t)len[0] << 24 | (size_t)len[1] << 16 | (size_t)len[2] << 8 | len[3];

		if (n > sizeof(input) || fread(input, 1, n, stdin) != n)
			return 2;
		fg_buf_reset(&b);
		put_input(&b, n);
		if (fg_buf_end(&b, &text) != FG_OK || fwrite(text.p, 1, text.n, stdout) != text.n)
			return 2;
	}
	return 0;
}
