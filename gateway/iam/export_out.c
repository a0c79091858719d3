/*
 * gateway/iam/export_out.c - JSON for people to read: commas and indentation in one place.
 */
#include "gateway/iam/export_int.h"

void
bn_out_line(struct bn_out *o)
{
	fg_buf_put(o->b, o->first ? FG_LIT("\n") : FG_LIT(",\n"));
	for (unsigned i = 0; i < o->depth; i++)
		fg_buf_put(o->b, FG_LIT("  "));
	o->first = false;
}

void
bn_open(struct bn_out *o, const char *key, char bracket)
{
	bn_out_line(o);
	if (key != NULL)
		fg_buf_fmt(o->b, "\"%s\": ", key);
	fg_buf_putc(o->b, bracket);
	o->depth++;
	o->first = true;
}

void
bn_close(struct bn_out *o, char bracket)
{
	bool empty = o->first;

	o->depth--;
	o->first = true;
	if (!empty)
		bn_out_line(o);
	fg_buf_putc(o->b, bracket);
	o->first = false;
}

void
bn_put_str(struct bn_out *o, const char *key, struct fg_str s)
{
	bn_out_line(o);
	fg_buf_fmt(o->b, "\"%s\": ", key);
	fg_buf_json_str(o->b, s);
}

void
bn_put_given(struct bn_out *o, const char *key, struct fg_str s)
{
	if (s.n > 0)
		bn_put_str(o, key, s);
}

/* JSON as it stands. */
void
bn_put_raw(struct bn_out *o, const char *key, struct fg_str json)
{
	bn_out_line(o);
	fg_buf_fmt(o->b, "\"%s\": ", key);
	fg_buf_put(o->b, json);
}

void
bn_put_int(struct bn_out *o, const char *key, int64_t v)
{
	bn_out_line(o);
	fg_buf_fmt(o->b, "\"%s\": ", key);
	fg_buf_i64(o->b, v);
}

void
bn_put_time(struct bn_out *o, const char *key, fg_time t)
{
	bn_out_line(o);
	fg_buf_fmt(o->b, "\"%s\": \"", key);
	fg_buf_time(o->b, t);
	fg_buf_putc(o->b, '"');
}

void
bn_put_list(struct bn_out *o, const char *key, struct fg_str list)
{
	struct fg_str s;

	bn_open(o, key, '[');
	while (store_list_next(&list, &s)) {
		bn_out_line(o);
		fg_buf_json_str(o->b, s);
	}
	bn_close(o, ']');
}

void
bn_put_tags(struct bn_out *o, struct fg_str list)
{
	struct fg_str key, value;

	bn_open(o, "Tags", '[');
	while (store_list_next(&list, &key) && store_list_next(&list, &value)) {
		bn_open(o, NULL, '{');
		bn_put_str(o, "Key", key);
		bn_put_str(o, "Value", value);
		bn_close(o, '}');
	}
	bn_close(o, ']');
}
