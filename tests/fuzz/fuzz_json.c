/*
 * Target: base/json.c.  Whatever is accepted covers every byte, its strings are UTF-8, its
 * nodes nest, and writing the document again gives one that reads the same.
 */
#include "tests/fuzz/fuzz.h"

static void
put_node(struct fg_buf *b, const struct fg_json *j, uint32_t i)
{
	const struct fg_json_node *n = &j->node[i];

	if (n->type == FG_JSON_STRING || n->type == FG_JSON_KEY)
		fg_buf_json_str(b, n->text);
	else if (n->type == FG_JSON_NUMBER || n->type == FG_JSON_NULL || n->type == FG_JSON_TRUE ||
	    n->type == FG_JSON_FALSE)
		fg_buf_put(b, n->text);
}

/* Flat: brackets open at a container's node and close where its `next` says. */
static void
put_document(struct fg_buf *b, const struct fg_json *j)
{
	uint32_t open[FG_LIMIT_JSON_DEPTH + 1];
	uint32_t depth = 0;

	for (uint32_t i = 0; i <= j->n; i++) {
		while (depth > 0 && j->node[open[depth - 1]].next == i) {
			depth--;
			fg_buf_putc(b, j->node[open[depth]].type == FG_JSON_ARRAY ? ']' : '}');
			if (depth > 0 && j->node[open[depth - 1]].next != i)
				fg_buf_putc(b, ',');
		}
		if (i == j->n)
			break;
		FUZZ_ASSERT(j->node[i].next > i && j->node[i].next <= j->n);
		if (j->node[i].type == FG_JSON_ARRAY || j->node[i].type == FG_JSON_OBJECT) {
			fg_buf_putc(b, j->node[i].type == FG_JSON_ARRAY ? '[' : '{');
			FUZZ_ASSERT(depth < FG_LIMIT_JSON_DEPTH);
			open[depth++] = i;
			continue;
		}
		put_node(b, j, i);
		if (j->node[i].type == FG_JSON_KEY)
			fg_buf_putc(b, ':');
		else if (depth > 0 && j->node[open[depth - 1]].next != i + 1)
			fg_buf_putc(b, ',');
	}
}

static void
same(const struct fg_json *a, const struct fg_json *b)
{
	FUZZ_ASSERT(a->n == b->n);
	for (uint32_t i = 0; i < a->n; i++) {
		FUZZ_ASSERT(a->node[i].type == b->node[i].type);
		FUZZ_ASSERT(a->node[i].n == b->node[i].n && a->node[i].next == b->node[i].next);
		FUZZ_ASSERT(fg_eq(a->node[i].text, b->node[i].text));
		FUZZ_ASSERT(fg_utf8_ok(a->node[i].text));
		FUZZ_ASSERT(fg_find(a->node[i].text, '\0') == a->node[i].text.n);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u << 20);
	struct fg_json j, again;
	struct fg_err err = { 0 };
	struct fg_str text;
	struct fg_buf b;

	FUZZ_ASSERT(a != NULL);
	if (fg_json_parse(a, fg_str(data, size), NULL, "fuzz", &j, &err) != FG_OK) {
		FUZZ_ASSERT(err.rc != FG_OK && err.text[0] != '\0');
		return 0;
	}
	FUZZ_ACCEPTED();
	FUZZ_ASSERT(fg_utf8_ok(j.src) && j.node[0].next == j.n);
	b = FG_BUF_ARENA(a, 32u << 20);
	put_document(&b, &j);
	FUZZ_ASSERT(fg_buf_end(&b, &text) == FG_OK);
	FUZZ_ASSERT(fg_json_parse(a, text, NULL, "fuzz", &again, &err) == FG_OK);
	same(&j, &again);
	return 0;
}
