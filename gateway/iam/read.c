/*
 * gateway/iam/read.c - objects of a bundle by tables of members, errors with their place.
 */
#include <stdarg.h>
#include <stdio.h>

#include "gateway/iam/bundle_int.h"
#include "trust/trust.h"

/* ---- places and errors ---- */

size_t
bn_enter(struct bn_reader *r, const char *fmt, ...)
{
	size_t mark = r->place_n, room = sizeof(r->place) - r->place_n;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(r->place + mark, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		r->place_n += (size_t)n < room ? (size_t)n : room - 1;
	return mark;
}

void
bn_leave(struct bn_reader *r, size_t mark)
{
	r->place_n = mark;
	r->place[mark] = '\0';
}

struct fg_str
bn_place(struct bn_reader *r)
{
	size_t dot = r->place_n > 0 && r->place[0] == '.';

	return fg_arena_dup(r->a, fg_str(r->place + dot, r->place_n - dot));
}

void
bn_oops(struct bn_reader *r, uint32_t node, enum fg_rc rc, const char *fmt, ...)
{
	char text[FG_LIMIT_ERR_TEXT], line[FG_LIMIT_ERR_TEXT + 600], at[48] = "";
	const char *dot = r->place[0] == '.' ? r->place + 1 : r->place;
	unsigned ln, col;
	va_list ap;
	int n;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (r->lines && node < r->j->n) {
		fg_json_place(r->j->src, r->j->node[node].off, &ln, &col);
		(void)snprintf(at, sizeof(at), " (line %u, column %u)", ln, col);
	}
	r->errors++;
	(void)fg_fail(r->err, rc, "iam.bundle", NULL, "%s%s: %s", dot, at, text);
	n = snprintf(line, sizeof(line), "%s%s: %s", dot, at, text);
	if (r->src->report != NULL && n > 0)
		r->src->report(r->src->report_arg,
		    fg_str(line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1));
}

static const struct fg_json_node *
node_of(const struct bn_reader *r, uint32_t i)
{
	return &r->j->node[i];
}

/* ---- objects and arrays ---- */

static size_t
member_find(const struct bn_member *m, size_t n, struct fg_str name)
{
	size_t i = 0;

	while (i < n && !fg_eq(fg_str_z(m[i].name), name))
		i++;
	return i;
}

void
bn_object(struct bn_reader *r, uint32_t node, const struct bn_member *m, size_t n, void *obj)
{
	uint64_t seen = 0;
	uint32_t i = fg_json_first(node);

	if (node_of(r, node)->type != FG_JSON_OBJECT) {
		bn_oops(r, node, FG_E_PARAM, "not an object");
		return;
	}
	while (i < node_of(r, node)->next) {
		struct fg_str key = node_of(r, i)->text;
		size_t k = member_find(m, n, key);
		size_t mark = bn_enter(r, ".%.*s", FG_PRI(key));

		if (k == n) {
			bn_oops(r, i, FG_E_PARAM, "unknown member");
		} else {
			seen |= (uint64_t)1 << k;
			if (m[k].fn != NULL)
				m[k].fn(r, i + 1, (char *)obj + m[k].off);
		}
		bn_leave(r, mark);
		i = fg_json_after(r->j, i + 1);
	}
	for (size_t k = 0; k < n; k++)
		if (m[k].required && (seen & ((uint64_t)1 << k)) == 0)
			bn_oops(r, node, FG_E_PARAM, "%s is missing", m[k].name);
}

void
bn_array(struct bn_reader *r, uint32_t node, size_t size, const char *label, bn_fn fn,
    void **ret, size_t *ret_n)
{
	uint32_t i = fg_json_first(node);
	size_t at = 0, n;
	char *v;

	if (node_of(r, node)->type != FG_JSON_ARRAY) {
		bn_oops(r, node, FG_E_PARAM, "not an array");
		return;
	}
	n = node_of(r, node)->n;
	v = fg_arena_array(r->a, n, size);
	if (v == NULL) {
		bn_oops(r, node, FG_E_NOMEM, "out of memory");
		return;
	}
	for (; i < node_of(r, node)->next; i = fg_json_after(r->j, i), at++) {
		uint32_t named = label == NULL || node_of(r, i)->type != FG_JSON_OBJECT ? 0
		    : fg_json_get(r->j, i, fg_str_z(label));
		size_t mark = named == 0 ? bn_enter(r, "[%zu]", at)
		    : bn_enter(r, "[%zu](%.*s)", at, FG_PRI(node_of(r, named)->text));

		fn(r, i, v + at * size);
		bn_leave(r, mark);
	}
	*ret = v;
	*ret_n = n;
}

/* ---- scalars ---- */

void
bn_str(struct bn_reader *r, uint32_t node, void *at)
{
	struct fg_str *s = at;

	if (node_of(r, node)->type != FG_JSON_STRING) {
		bn_oops(r, node, FG_E_PARAM, "not a string");
		return;
	}
	*s = fg_arena_dup(r->a, node_of(r, node)->text);
	if (s->p == NULL)
		bn_oops(r, node, FG_E_NOMEM, "out of memory");
}

/* ISO 8601 as IAM prints it; seconds since 1970 as SDKs may. */
void
bn_time(struct bn_reader *r, uint32_t node, void *at)
{
	const struct fg_json_node *n = node_of(r, node);
	struct fg_str whole, fraction;
	uint64_t seconds;
	fg_time *t = at;

	if (n->type == FG_JSON_STRING && fg_time_rfc3339(n->text, t))
		return;
	(void)fg_cut(n->text, '.', &whole, &fraction);
	if ((n->type == FG_JSON_NUMBER || n->type == FG_JSON_STRING) && fg_u64(whole, &seconds) &&
	    seconds <= (uint64_t)FG_LIMIT_TIME_MAX)
		*t = (fg_time)seconds;
	else
		bn_oops(r, node, FG_E_PARAM, "not a time");
}

void
bn_int(struct bn_reader *r, uint32_t node, void *at)
{
	const struct fg_json_node *n = node_of(r, node);
	uint64_t v;

	if ((n->type == FG_JSON_NUMBER || n->type == FG_JSON_STRING) && fg_u64(n->text, &v) &&
	    v <= INT32_MAX)
		*(int64_t *)at = (int64_t)v;
	else
		bn_oops(r, node, FG_E_PARAM, "not a whole number");
}

void
bn_bool(struct bn_reader *r, uint32_t node, void *at)
{
	enum fg_json_type t = node_of(r, node)->type;

	if (t != FG_JSON_TRUE && t != FG_JSON_FALSE)
		bn_oops(r, node, FG_E_PARAM, "not true or false");
	*(bool *)at = t == FG_JSON_TRUE;
}

/* ---- lists ---- */

static void
list_end(struct bn_reader *r, uint32_t node, struct fg_buf *b, struct fg_str *ret)
{
	enum fg_rc rc = fg_buf_end(b, ret);

	if (rc != FG_OK)
		bn_oops(r, node, rc, "list is too long");
	else if (ret->p == NULL)
		*ret = FG_LIT("");
}

void
bn_list(struct bn_reader *r, uint32_t node, void *at)
{
	struct fg_buf b = FG_BUF_ARENA(r->a, FG_LIMIT_BUNDLE_LIST_BYTES);

	if (node_of(r, node)->type != FG_JSON_ARRAY) {
		bn_oops(r, node, FG_E_PARAM, "not an array");
		return;
	}
	for (uint32_t i = fg_json_first(node); i < node_of(r, node)->next;
	     i = fg_json_after(r->j, i)) {
		if (node_of(r, i)->type != FG_JSON_STRING)
			bn_oops(r, i, FG_E_PARAM, "not a string");
		store_list_put(&b, node_of(r, i)->text);
	}
	list_end(r, node, &b, at);
}

struct tag {
	struct fg_str key, value;
};

static void
read_tag(struct bn_reader *r, uint32_t node, void *at)
{
	static const struct bn_member members[] = {
		{ "Key", bn_str, offsetof(struct tag, key), true },
		{ "Value", bn_str, offsetof(struct tag, value), true },
	};
	const struct tag *t = at;

	bn_object(r, node, members, FG_COUNT(members), at);
	if (!bn_tag_ok(t->key, 1, 128) || fg_starts_icase(t->key, FG_LIT("aws:")))
		bn_oops(r, node, FG_E_PARAM, "tag key is not valid");
	if (!bn_tag_ok(t->value, 0, 256))
		bn_oops(r, node, FG_E_PARAM, "tag value is not valid");
}

static void
tags_sort(struct tag *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct tag t = v[i];
		size_t k = i;

		for (; k > 0 && fg_cmp(v[k - 1].key, t.key) > 0; k--)
			v[k] = v[k - 1];
		v[k] = t;
	}
}

struct fg_str
bn_tags_sorted(struct fg_arena *a, struct fg_str list)
{
	size_t n = 0, most = store_list_count(list) / 2;
	struct fg_buf b = FG_BUF_ARENA(a, FG_LIMIT_BUNDLE_LIST_BYTES);
	struct tag *v = FG_NEW_N(a, struct tag, most + 1);
	struct fg_str ret;

	if (v == NULL)
		return FG_STR_NULL;
	while (n < most && store_list_next(&list, &v[n].key) && store_list_next(&list, &v[n].value))
		n++;
	tags_sort(v, n);
	for (size_t i = 0; i < n; i++) {
		store_list_put(&b, v[i].key);
		store_list_put(&b, v[i].value);
	}
	if (fg_buf_end(&b, &ret) != FG_OK)
		return FG_STR_NULL;
	return ret.p == NULL ? FG_LIT("") : ret;
}

void
bn_tags(struct bn_reader *r, uint32_t node, void *at)
{
	struct fg_buf b = FG_BUF_ARENA(r->a, FG_LIMIT_BUNDLE_LIST_BYTES);
	void *list = NULL;
	struct tag *v;
	size_t n = 0;

	bn_array(r, node, sizeof(struct tag), "Key", read_tag, &list, &n);
	v = list;
	if (n > 50) {
		bn_oops(r, node, FG_E_LIMIT, "more than 50 tags");
		return;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (fg_eq_icase(v[i].key, v[k].key))
				bn_oops(r, node, FG_E_PARAM, "Duplicate tag keys found. Please note that "
				    "Tag keys are case insensitive.");
	tags_sort(v, n);
	for (size_t i = 0; i < n; i++) {
		store_list_put(&b, v[i].key);
		store_list_put(&b, v[i].value);
	}
	list_end(r, node, &b, at);
}

/* ---- policy documents ---- */

struct fg_str
bn_compact(struct fg_arena *a, struct fg_str json)
{
	char *out = fg_arena_alloc(a, json.n + 1);
	bool quoted = false;
	size_t n = 0;

	if (out == NULL)
		return FG_STR_NULL;
	for (size_t i = 0; i < json.n; i++) {
		char c = json.p[i];

		if (!quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r'))
			continue;
		out[n++] = c;
		if (quoted && c == '\\' && i + 1 < json.n)
			out[n++] = json.p[++i];
		else if (c == '"')
			quoted = !quoted;
	}
	return fg_str(out, n);
}

/* An object as it stands, or a string that holds one, plain or URL-encoded as IAM returns it. */
void
bn_document(struct bn_reader *r, uint32_t node, void *at)
{
	const struct fg_json_node *n = node_of(r, node);
	struct fg_str text = n->text, *ret = at;
	struct fg_err err = { .rc = FG_OK };
	struct fg_json inner;

	if (n->type == FG_JSON_OBJECT) {
		*ret = bn_compact(r->a, fg_json_raw(r->j, node));
		return;
	}
	if (n->type != FG_JSON_STRING) {
		bn_oops(r, node, FG_E_POLICY, "neither a policy document nor a string that holds one");
		return;
	}
	text = fg_trim(text);
	if (!fg_starts(text, FG_LIT("{")) && !fg_uri_decode(r->a, text, FG_URI_PATH, &text)) {
		bn_oops(r, node, FG_E_POLICY, "is not URL-encoded JSON");
		return;
	}
	if (fg_json_parse(r->a, text, NULL, "iam.bundle.document", &inner, &err) != FG_OK) {
		bn_oops(r, node, FG_E_POLICY, "%s", err.text);
		return;
	}
	*ret = bn_compact(r->a, text);
}
