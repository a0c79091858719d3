/*
 * base/json_int.h - what the files of the JSON reader share.
 */
#ifndef BASE_JSON_INT_H
#define BASE_JSON_INT_H

#include "base/json.h"

struct json_reader {
	const char *src, *p, *end;
	struct fg_arena *a;
	struct fg_json_node *node;
	uint32_t n, room;
	uint32_t max_nodes, max_depth, max_members;
	uint32_t depth;
	uint32_t open[FG_LIMIT_JSON_DEPTH];
	const char *step;
	struct fg_err *err;
};

/* A failure at a place of the input. */
enum fg_rc json_fail_at(struct json_reader *r, enum fg_rc rc, const char *at, const char *what);
/* The first byte that is no plain character of a string: quote, backslash, control, not ASCII. */
const char *json_plain(const char *p, const char *end);
/* s holds at least one backslash, and a byte after each; the text goes to the arena. */
enum fg_rc json_unescape(struct json_reader *r, struct fg_str s, struct fg_str *ret);
/* FG_E_SYNTAX when two members of the closed object bear one name. */
enum fg_rc json_names_check(struct json_reader *r, uint32_t object);

#endif
