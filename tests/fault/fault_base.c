/* The nth allocation fails, over base/. */
#include <stdio.h>

#include "tests/fault/fault.h"

static enum fg_rc
arena_scenario(void *arg, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);

	(void)arg;
	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "fault.arena", NULL, "new");
	for (size_t n = 1; n < 100000; n *= 3)
		if (fg_arena_alloc(a, n) == NULL || fg_str_null(fg_arena_fmt(a, "%zu", n)) ||
		    fg_str_null(fg_arena_dup(a, FG_LIT("copy"))))
			return fg_fail(reterr, FG_E_NOMEM, "fault.arena", NULL, "alloc");
	return FG_OK;
}

static enum fg_rc
buffer_scenario(void *arg, struct fg_err *reterr)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(1u << 20);
	struct fg_str out;

	b.secret = arg != NULL;
	for (int i = 0; i < 3000; i++) {
		fg_buf_fmt(&b, "%d,", i);
		fg_buf_xml(&b, FG_LIT("<&>"));
		fg_buf_base64(&b, FG_LIT("bytes"));
	}
	if (fg_buf_end(&b, &out) != FG_OK)
		return fg_fail(reterr, b.bad, "fault.buffer", NULL, "end");
	return FG_OK;
}

static enum fg_rc
json_scenario(void *arg, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	struct fg_json j;

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "fault.json", NULL, "arena");
	return fg_json_parse(a, *(const struct fg_str *)arg, NULL, "fault.json", &j, reterr);
}

/* Many nodes, escapes, and an object large enough for a hash table of names. */
static enum fg_rc
big_document(struct fg_buf *b)
{
	struct fg_str out;

	fg_buf_putc(b, '{');
	for (int i = 0; i < 2000; i++)
		fg_buf_fmt(b, "\"name\\u0020%d\":[%d,\"\\n\"],", i, i);
	fg_buf_put(b, FG_LIT("\"end\":null}"));
	return fg_buf_end(b, &out);
}

int
main(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(1u << 20);
	struct fg_str doc;
	int arena, heap, secret, json;

	if (big_document(&b) != FG_OK)
		return 1;
	doc = fg_buf_str(&b);
	arena = fault_run("arena", arena_scenario, NULL);
	heap = fault_run("buffer", buffer_scenario, NULL);
	secret = fault_run("secret buffer", buffer_scenario, &b);
	json = fault_run("json", json_scenario, &doc);
	printf("failed allocations survived: arena %d, buffer %d, secret %d, json %d\n", arena, heap,
	    secret, json);
	return arena > 0 && heap > 0 && secret > 0 && json > 0 ? 0 : 1;
}
