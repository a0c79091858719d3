/*
 * base/json.h - strict JSON reader for the hot path and for policy documents.
 *
 * Shape:    one pass over the bytes into a flat array of nodes in document
 *           order.  A container's node is followed by its content; `next` is the index
 *           of the node after the whole value.  An object's content is key, value,
 *           key, value...  Strings are unescaped (borrowed from the input when they
 *           hold no escape), number text is kept verbatim, `off` gives the place.
 * Owns:     nodes and unescaped strings lie in the arena; other text borrows from
 *           the input, which must outlive the document.
 * Errors:   FG_E_SYNTAX (text names line, column and what was found), FG_E_LIMIT,
 *           FG_E_NOMEM.
 * Refuses:  duplicate member names at any depth (after unescaping), bytes that are not
 *           UTF-8, lone surrogates, U+0000, control characters in strings, NaN and
 *           friends, leading zeros, a byte order mark, trailing bytes, depth, node and size
 *           limits given by the caller.  No recursion.  Work is linear in the input.
 * Source:   RFC 8259, RFC 7493 (I-JSON).
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/arena.h"

enum fg_json_type {
	FG_JSON_NONE = 0,
	FG_JSON_NULL,
	FG_JSON_FALSE,
	FG_JSON_TRUE,
	FG_JSON_NUMBER,
	FG_JSON_STRING,
	FG_JSON_KEY, /* member name; its value is the next node */
	FG_JSON_ARRAY,
	FG_JSON_OBJECT,
};

struct fg_json_node {
	enum fg_json_type type;
	uint32_t off;  /* first byte of the value in the input */
	uint32_t end;  /* one past its last byte */
	uint32_t next; /* index of the node after this value */
	uint32_t n;    /* elements or members of a container */
	struct fg_str text; /* string, key: unescaped; number, literals: verbatim */
};

struct fg_json {
	struct fg_str src;
	const struct fg_json_node *node; /* node[0] is the document's value */
	uint32_t n;
};

struct fg_json_limits {
	size_t bytes;   /* 0: FG_LIMIT_JSON_BYTES */
	uint32_t depth; /* 0: FG_LIMIT_JSON_DEPTH; a scalar document has depth 0 */
	uint32_t nodes; /* 0: FG_LIMIT_JSON_NODES */
	uint32_t members; /* of one object; 0: no own limit */
};

/* step becomes the step of errors ("oidc.jws.header"). */
enum fg_rc fg_json_parse(struct fg_arena *a, struct fg_str src, const struct fg_json_limits *lim,
    const char *step, struct fg_json *ret, struct fg_err *reterr) FG_MUST;

/* Value node of a member, or 0 (node 0 is never a member's value). obj must be an object's index. */
uint32_t fg_json_get(const struct fg_json *j, uint32_t obj, struct fg_str key);
/* First child index of a container (its next if empty), and iteration: i = fg_json_after(j, i). */
static inline uint32_t
fg_json_first(uint32_t container)
{
	return container + 1;
}
static inline uint32_t
fg_json_after(const struct fg_json *j, uint32_t i)
{
	return j->node[i].next;
}
/* The verbatim bytes of a value. */
struct fg_str fg_json_raw(const struct fg_json *j, uint32_t i);
/* An integer in [min, max] written without fraction or exponent. */
bool fg_json_i64(const struct fg_json *j, uint32_t i, int64_t min, int64_t max, int64_t *ret) FG_MUST;
/* Line and column, from 1, of an offset (columns count bytes). */
void fg_json_place(struct fg_str src, uint32_t off, unsigned *ret_line, unsigned *ret_column);

#endif
