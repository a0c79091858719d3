/*
 * tests/policy/roundtrip.c - documents in, one a line; what the tree holds of each comes out again.
 *
 * Every document is parsed and compiled (the time of that goes to standard error), then written back from the tree,
 * with every list as an array, so that a comparison shows whether anything was lost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "trust/trust_int.h"

#define INPUT_MAX (512u * 1024 * 1024)

static void
put_text(struct fg_buf *b, const struct trust_text *t)
{
	if (t->type == TRUST_T_STRING)
		fg_buf_json_str(b, t->s);
	else
		fg_buf_put(b, t->s);
}

static void
put_list(struct fg_buf *b, const char *name, const struct trust_list *l)
{
	uint32_t i;

	fg_buf_fmt(b, ",\"%s\":[", name);
	for (i = 0; i < l->n; i++) {
		if (i > 0)
			fg_buf_putc(b, ',');
		put_text(b, &l->v[i]);
	}
	fg_buf_putc(b, ']');
}

/* The tests of one operator follow each other. */
static void
put_conditions(struct fg_buf *b, const struct trust_statement *st)
{
	uint32_t i;

	fg_buf_put(b, FG_LIT(",\"Condition\":{"));
	for (i = 0; i < st->ntest; i++) {
		const struct trust_test *t = &st->test[i];
		bool first = i == 0 || st->test[i - 1].operator_off != t->operator_off;
		struct fg_buf list = FG_BUF(INPUT_MAX);

		if (first) {
			fg_buf_put(b, i == 0 ? FG_STR_NULL : FG_LIT("},"));
			fg_buf_json_str(b, t->operator);
			fg_buf_put(b, FG_LIT(":{"));
		} else {
			fg_buf_putc(b, ',');
		}
		fg_buf_json_str(b, t->key);
		put_list(&list, "", &t->values);
		fg_buf_put(b, fg_sub(fg_buf_str(&list), 3, list.n)); /* without the comma and the empty name */
		fg_buf_free(&list);
	}
	fg_buf_put(b, st->ntest > 0 ? FG_LIT("}}") : FG_LIT("}"));
}

static void
put_statement(struct fg_buf *b, const struct trust_statement *st)
{
	fg_buf_fmt(b, "{\"Effect\":\"%s\"", st->deny ? "Deny" : "Allow");
	if (st->sid.p != NULL) {
		fg_buf_put(b, FG_LIT(",\"Sid\":"));
		fg_buf_json_str(b, st->sid);
	}
	put_list(b, st->not_action ? "NotAction" : "Action", &st->action);
	if (st->resource.present)
		put_list(b, st->not_resource ? "NotResource" : "Resource", &st->resource);
	if (st->has_condition)
		put_conditions(b, st);
	fg_buf_putc(b, '}');
}

static void
put_document(struct fg_buf *b, const struct trust_document *d)
{
	uint32_t i;

	fg_buf_put(b, FG_LIT("{"));
	if (d->has_version)
		fg_buf_fmt(b, "\"Version\":\"%s\",", d->variables ? "2012-10-17" : "2008-10-17");
	fg_buf_put(b, FG_LIT("\"Statement\":["));
	for (i = 0; i < d->nstatement; i++) {
		if (i > 0)
			fg_buf_putc(b, ',');
		put_statement(b, &d->statement[i]);
	}
	fg_buf_put(b, FG_LIT("]}\n"));
}

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool
read_all(struct fg_buf *b)
{
	size_t got;

	do {
		char *p = fg_buf_room(b, 1u << 20);

		if (p == NULL)
			return false;
		got = fread(p, 1, 1u << 20, stdin);
		b->n += got;
	} while (got > 0);
	return true;
}

static bool
write_back(struct fg_arena *a, struct fg_str doc)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(INPUT_MAX);
	struct trust_document *d;
	struct fg_str out;

	fg_arena_reset(a);
	if (trust_document_parse(a, doc, TRUST_IDENTITY, &d, NULL, NULL) != FG_OK)
		return false;
	put_document(&b, d);
	return fg_buf_end(&b, &out) == FG_OK && fwrite(out.p, 1, out.n, stdout) == out.n;
}

int
main(void)
{
	static const struct trust_compile how = { .kind = TRUST_IDENTITY };
	FG_AUTO(fg_buf_free) struct fg_buf in = FG_BUF(INPUT_MAX);
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_POLICY_MEMORY);
	struct fg_str rest, line;
	size_t n = 0;
	double begin;

	if (a == NULL || !read_all(&in))
		return 1;
	begin = cpu_ms();
	for (rest = fg_buf_str(&in); fg_cut(rest, '\n', &line, &rest); n++) {
		struct trust_program *p = NULL;
		struct trust_fault f = { 0 };

		if (trust_compile(line, &how, &p, &f, NULL) != FG_OK) {
			fprintf(stderr, "document %zu: %s at %s: %s\n", n + 1, f.rule, f.pointer, f.detail);
			return 1;
		}
		trust_free(p);
	}
	fprintf(stderr, "%zu documents, %zu bytes: parsed and compiled in %.0f ms\n", n, in.n, cpu_ms() - begin);
	for (rest = fg_buf_str(&in); fg_cut(rest, '\n', &line, &rest);) {
		if (!write_back(a, line))
			return 1;
	}
	return n == 0;
}
