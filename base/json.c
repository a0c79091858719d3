/*
 * base/json.c - strict JSON, one pass, no recursion.
 *
 * The open containers are a stack of node indexes of fixed size.
 */
#include "base/json_int.h"

#define FIRST_NODES 1024u /* at most, to begin with */

void
fg_json_place(struct fg_str src, uint32_t off, unsigned *ret_line, unsigned *ret_column)
{
	unsigned line = 1, column = 1;

	for (size_t i = 0; i < off && i < src.n; i++) {
		line += src.p[i] == '\n';
		column = src.p[i] == '\n' ? 1 : column + 1;
	}
	*ret_line = line;
	*ret_column = column;
}

enum fg_rc
json_fail_at(struct json_reader *r, enum fg_rc rc, const char *at, const char *what)
{
	unsigned line, column;

	fg_json_place(fg_str(r->src, (size_t)(r->end - r->src)), (uint32_t)(at - r->src), &line,
	    &column);
	return fg_fail(r->err, rc, r->step, "RFC 8259", "line %u column %u: %s", line, column, what);
}

static enum fg_rc
refuse(struct json_reader *r, const char *what)
{
	return json_fail_at(r, FG_E_SYNTAX, r->p, r->p == r->end ? "unexpected end" : what);
}

static void
skip_blanks(struct json_reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
		r->p++;
}

static enum fg_rc
more_nodes(struct json_reader *r)
{
	uint32_t room = r->room * 2 < r->max_nodes ? r->room * 2 : r->max_nodes;
	struct fg_json_node *node;

	if (r->n >= r->max_nodes)
		return json_fail_at(r, FG_E_LIMIT, r->p, "too many values");
	node = fg_arena_grow(r->a, r->node, r->room * sizeof(*node), room * sizeof(*node));
	if (node == NULL)
		return fg_fail(r->err, FG_E_NOMEM, r->step, NULL, "nodes");
	r->node = node;
	r->room = room;
	return FG_OK;
}

/* A node that begins at r->p; its end is not known yet. */
static enum fg_rc
add(struct json_reader *r, enum fg_json_type type)
{
	if (FG_UNLIKELY(r->n == r->room))
		FG_TRY(more_nodes(r));
	r->node[r->n].type = type;
	r->node[r->n].off = (uint32_t)(r->p - r->src);
	r->n++;
	return FG_OK;
}

static void
finish(struct json_reader *r, struct fg_json_node *node)
{
	node->end = (uint32_t)(r->p - r->src);
	node->next = r->n;
}

/* One byte or character that json_plain() stopped at, not the closing quote. */
static enum fg_rc
special(struct json_reader *r, bool *escaped)
{
	size_t n;

	if (*r->p == '\\') {
		*escaped = true;
		r->p++;
		if (r->p == r->end)
			return refuse(r, "");
		/* what follows may start a character that is not ASCII: json_unescape() refuses it */
		r->p++;
		return FG_OK;
	}
	if ((unsigned char)*r->p < 0x20)
		return refuse(r, "control character in a string");
	n = fg_utf8_len(r->p, (size_t)(r->end - r->p));
	if (n == 0)
		return refuse(r, "bytes are not UTF-8");
	r->p += n;
	return FG_OK;
}

/* r->p is at the opening quote. */
static enum fg_rc
string(struct json_reader *r, enum fg_json_type type)
{
	const char *start = r->p + 1;
	struct fg_str text;
	bool escaped = false;
	uint32_t at = r->n;

	FG_TRY(add(r, type));
	for (r->p++;;) {
		r->p = json_plain(r->p, r->end);
		if (r->p == r->end)
			return refuse(r, "");
		if (*r->p == '"')
			break;
		FG_TRY(special(r, &escaped));
	}
	text = fg_str(start, (size_t)(r->p - start));
	if (escaped)
		FG_TRY(json_unescape(r, text, &text));
	r->p++;
	r->node[at].text = text;
	finish(r, &r->node[at]);
	return FG_OK;
}

static bool
digits(struct json_reader *r)
{
	const char *start = r->p;

	while (r->p < r->end && fg_digit(*r->p))
		r->p++;
	return r->p > start;
}

static bool
accept(struct json_reader *r, char a, char b)
{
	if (r->p == r->end || (*r->p != a && *r->p != b))
		return false;
	r->p++;
	return true;
}

static enum fg_rc
number(struct json_reader *r)
{
	const char *start = r->p;
	struct fg_json_node *node;

	FG_TRY(add(r, FG_JSON_NUMBER));
	node = &r->node[r->n - 1];
	(void)accept(r, '-', '-');
	if (!accept(r, '0', '0') && !digits(r))
		return refuse(r, "number without digits");
	if (accept(r, '.', '.') && !digits(r))
		return refuse(r, "fraction without digits");
	if (accept(r, 'e', 'E')) {
		(void)accept(r, '+', '-');
		if (!digits(r))
			return refuse(r, "exponent without digits");
	}
	node->text = fg_str(start, (size_t)(r->p - start));
	finish(r, node);
	return FG_OK;
}

static enum fg_rc
literal(struct json_reader *r, enum fg_json_type type, struct fg_str word)
{
	if (!fg_starts(fg_str(r->p, (size_t)(r->end - r->p)), word))
		return refuse(r, "no such value");
	FG_TRY(add(r, type));
	r->node[r->n - 1].text = fg_str(r->p, word.n);
	r->p += word.n;
	finish(r, &r->node[r->n - 1]);
	return FG_OK;
}

static enum fg_rc
push(struct json_reader *r, enum fg_json_type type)
{
	if (r->depth >= r->max_depth)
		return json_fail_at(r, FG_E_LIMIT, r->p, "nested too deeply");
	r->open[r->depth++] = r->n;
	FG_TRY(add(r, type));
	r->p++;
	return FG_OK;
}

/* A scalar whole, or the start of a container. */
static enum fg_rc
value(struct json_reader *r)
{
	skip_blanks(r);
	if (r->p == r->end)
		return refuse(r, "");
	switch (*r->p) {
	case '{': return push(r, FG_JSON_OBJECT);
	case '[': return push(r, FG_JSON_ARRAY);
	case '"': return string(r, FG_JSON_STRING);
	case 't': return literal(r, FG_JSON_TRUE, FG_LIT("true"));
	case 'f': return literal(r, FG_JSON_FALSE, FG_LIT("false"));
	case 'n': return literal(r, FG_JSON_NULL, FG_LIT("null"));
	default:
		if (*r->p != '-' && !fg_digit(*r->p))
			return refuse(r, "no such value");
		return number(r);
	}
}

static enum fg_rc
close_container(struct json_reader *r)
{
	uint32_t at = r->open[--r->depth];

	r->p++;
	finish(r, &r->node[at]);
	if (r->node[at].type == FG_JSON_ARRAY || r->node[at].n < 2)
		return FG_OK;
	return json_names_check(r, at);
}

/* Count one more element; of an object, read its name and colon. */
static enum fg_rc
next_element(struct json_reader *r)
{
	struct fg_json_node *in = &r->node[r->open[r->depth - 1]];

	in->n++;
	if (in->type == FG_JSON_ARRAY)
		return FG_OK;
	if (in->n > r->max_members)
		return json_fail_at(r, FG_E_LIMIT, r->p, "too many members");
	skip_blanks(r);
	if (r->p == r->end || *r->p != '"')
		return refuse(r, "member without a name");
	FG_TRY(string(r, FG_JSON_KEY));
	skip_blanks(r);
	if (!accept(r, ':', ':'))
		return refuse(r, "no colon after a name");
	return FG_OK;
}

/* What follows a value: close containers until a comma asks for the next value. */
static enum fg_rc
after_value(struct json_reader *r)
{
	while (r->depth > 0) {
		bool array = r->node[r->open[r->depth - 1]].type == FG_JSON_ARRAY;

		skip_blanks(r);
		if (accept(r, ',', ','))
			return next_element(r);
		if (r->p == r->end || *r->p != (array ? ']' : '}'))
			return refuse(r, array ? "no comma or ] after an element"
			                       : "no comma or } after a member");
		FG_TRY(close_container(r));
	}
	return FG_OK;
}

/* r->p is behind the opening bracket of the newest container. */
static enum fg_rc
first_element(struct json_reader *r)
{
	bool array = r->node[r->open[r->depth - 1]].type == FG_JSON_ARRAY;

	skip_blanks(r);
	if (r->p == r->end || *r->p != (array ? ']' : '}'))
		return next_element(r);
	FG_TRY(close_container(r));
	return after_value(r);
}

static enum fg_rc
document(struct json_reader *r)
{
	do {
		uint32_t depth = r->depth;

		FG_TRY(value(r));
		FG_TRY(r->depth > depth ? first_element(r) : after_value(r));
	} while (r->depth > 0);
	skip_blanks(r);
	return r->p == r->end ? FG_OK : refuse(r, "bytes after the document");
}

static uint32_t
capped(uint32_t asked, uint32_t hard)
{
	return asked == 0 || asked > hard ? hard : asked;
}

enum fg_rc
fg_json_parse(struct fg_arena *a, struct fg_str src, const struct fg_json_limits *lim,
    const char *step, struct fg_json *ret, struct fg_err *reterr)
{
	struct fg_json_limits l = lim == NULL ? (struct fg_json_limits){ 0 } : *lim;
	struct json_reader r = { .src = src.p, .p = src.p, .end = src.p + src.n, .a = a, .step = step,
		.err = reterr, .max_nodes = capped(l.nodes, FG_LIMIT_JSON_NODES),
		.max_depth = capped(l.depth, FG_LIMIT_JSON_DEPTH),
		.max_members = capped(l.members, UINT32_MAX) };

	if (src.n > FG_LIMIT_JSON_BYTES || (l.bytes != 0 && src.n > l.bytes))
		return fg_fail(reterr, FG_E_LIMIT, step, NULL, "%zu bytes of JSON are too many", src.n);
	r.room = src.n / 16 + 16 < FIRST_NODES ? (uint32_t)(src.n / 16 + 16) : FIRST_NODES;
	if (r.room > r.max_nodes)
		r.room = r.max_nodes;
	r.node = fg_arena_array(a, r.room, sizeof(*r.node));
	if (r.node == NULL)
		return fg_fail(reterr, FG_E_NOMEM, step, NULL, "nodes");
	FG_TRY(document(&r));
	*ret = (struct fg_json){ src, r.node, r.n };
	return FG_OK;
}

uint32_t
fg_json_get(const struct fg_json *j, uint32_t obj, struct fg_str key)
{
	uint32_t k = obj + 1;

	if (j->node[obj].type != FG_JSON_OBJECT)
		return 0;
	for (uint32_t i = 0; i < j->node[obj].n; i++, k = j->node[k + 1].next)
		if (fg_eq(j->node[k].text, key))
			return k + 1;
	return 0;
}

struct fg_str
fg_json_raw(const struct fg_json *j, uint32_t i)
{
	return fg_sub(j->src, j->node[i].off, j->node[i].end);
}

bool
fg_json_i64(const struct fg_json *j, uint32_t i, int64_t min, int64_t max, int64_t *ret)
{
	struct fg_str s = j->node[i].text;
	bool negative = s.n > 1 && s.p[0] == '-';
	uint64_t v;
	int64_t n;

	if (j->node[i].type != FG_JSON_NUMBER || !fg_u64(fg_sub(s, negative, s.n), &v) ||
	    (negative && v == 0) || v > (uint64_t)INT64_MAX + negative)
		return false;
	n = negative ? (int64_t)(0 - v) : (int64_t)v;
	if (n < min || n > max)
		return false;
	*ret = n;
	return true;
}
