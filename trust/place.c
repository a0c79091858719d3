/*
 * trust/place.c - where in a document, and refusing with the place.
 */
#include <stdarg.h>
#include <stdio.h>

#include "trust/trust_int.h"

/* The child of container c that holds off; 0 for none.  *ret_pos is its index in an array. */
static uint32_t
child_at(const struct fg_json *j, uint32_t c, uint32_t off, uint32_t *ret_pos)
{
	uint32_t i = fg_json_first(c), pos = 0;

	for (; i < j->node[c].next; i = fg_json_after(j, i), pos++) {
		if (j->node[i].type == FG_JSON_KEY) {
			/* a key's place is its member's */
			if (off >= j->node[i].off && off < j->node[i + 1].end)
				return i;
			i++;
		} else if (off >= j->node[i].off && off < j->node[i].end) {
			*ret_pos = pos;
			return i;
		}
	}
	return 0;
}

/* One reference token: "/" and the name with ~ and / escaped. */
static void
put_token(struct fg_buf *b, struct fg_str name)
{
	fg_buf_putc(b, '/');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '~')
			fg_buf_put(b, FG_LIT("~0"));
		else if (name.p[i] == '/')
			fg_buf_put(b, FG_LIT("~1"));
		else
			fg_buf_putc(b, name.p[i]);
	}
}

static void
pointer(const struct fg_json *j, uint32_t off, char *out, size_t room)
{
	struct fg_buf b = { .p = out, .room = room - 1, .cap = room - 1, .fixed = true };
	uint32_t c = 0, pos = 0, at;

	out[0] = '\0';
	while (j->n > 0 &&
	    (j->node[c].type == FG_JSON_ARRAY || j->node[c].type == FG_JSON_OBJECT) &&
	    (at = child_at(j, c, off, &pos)) != 0) {
		size_t before = b.n;

		if (j->node[at].type == FG_JSON_KEY) {
			put_token(&b, j->node[at].text);
			c = at + 1;
		} else {
			fg_buf_putc(&b, '/');
			fg_buf_u64(&b, pos);
			c = at;
		}
		if (b.bad != FG_OK) {
			out[before] = '\0';
			return;
		}
		out[b.n] = '\0';
		if (j->node[at].type == FG_JSON_KEY && off < j->node[at].end)
			return;
	}
}

void
trust_document_pointer(const struct trust_document *d, uint32_t off, char *out, size_t room)
{
	pointer(&d->json, off, out, room);
}

static void
printable(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < 0x20 || *text > 0x7e)
			*text = '?';
}

enum fg_rc
trust_refuse(const struct fg_json *j, struct fg_str src, uint32_t off, const char *rule,
    struct trust_fault *f, struct fg_err *reterr, const char *fmt, ...)
{
	char text[FG_LIMIT_ERR_TEXT];
	unsigned line, column;
	va_list ap;

	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	fg_json_place(src, off, &line, &column);
	if (f != NULL) {
		*f = (struct trust_fault){ .rule = rule, .off = off, .line = line,
			.column = column };
		memcpy(f->detail, text, sizeof(text));
		printable(f->detail);
		if (j != NULL)
			pointer(j, off, f->pointer, sizeof(f->pointer));
	}
	return fg_fail(reterr, FG_E_POLICY, rule, "IAM policy grammar",
	    "line %u, column %u: %s", line, column, text);
}

/* The number after a word of the reader's text ("line 3 column 14: ..."); 1 without one. */
static unsigned
number_after(const char *text, const char *word)
{
	const char *p = strstr(text, word);
	unsigned n = 0;

	for (p = p == NULL ? "" : p + strlen(word); fg_digit(*p) && n < 100000000; p++)
		n = n * 10 + (unsigned)(*p - '0');
	return n == 0 ? 1 : n;
}

/* Offset of a line and column. */
static uint32_t
offset_of(struct fg_str src, unsigned line, unsigned column)
{
	size_t i = 0;

	for (; i < src.n && line > 1; i++)
		line -= src.p[i] == '\n';
	i += column - 1;
	return (uint32_t)(i < src.n ? i : src.n);
}

enum fg_rc
trust_refuse_json(struct fg_str src, const struct fg_err *e, struct trust_fault *f,
    struct fg_err *reterr)
{
	if (fg_rc_class(e->rc) == FG_SELF)
		return fg_fail(reterr, e->rc, e->step, e->ref, "%s", e->text);
	if (f != NULL) {
		*f = (struct trust_fault){ .rule = "trust.document.json" };
		if (e->rc == FG_E_LIMIT)
			f->rule = "trust.document.limit";
		else if (strstr(e->text, ": duplicate member") != NULL)
			f->rule = "trust.document.duplicate";
		f->line = number_after(e->text, "line ");
		f->column = number_after(e->text, "column ");
		f->off = offset_of(src, f->line, f->column);
		memcpy(f->detail, e->text, sizeof(f->detail));
	}
	return fg_fail(reterr, e->rc == FG_E_LIMIT ? FG_E_LIMIT : FG_E_POLICY, "trust.document.json",
	    e->ref, "%s", e->text);
}
