/* YAML or JSON into jansson values. */
#include <yaml.h>

#include "gateway/conf/conf.h"

static enum fg_rc
read_json(struct fg_str bytes, json_t **ret, struct fg_err *reterr)
{
	json_error_t why;

	*ret = json_loadb(bytes.p, bytes.n, JSON_REJECT_DUPLICATES, &why);
	if (*ret == NULL)
		return fg_fail(reterr, FG_E_SYNTAX, "conf.json", "RFC 8259", "line %d, column %d: %s", why.line,
		    why.column, why.text);
	return FG_OK;
}

/* A container that is being filled, and the key that waits for its value. */
struct level {
	json_t *value; /* owned until it is put into the one below */
	char *key;     /* owned */
	bool keyed;
};

struct reader {
	yaml_parser_t yaml;
	struct level level[FG_LIMIT_JSON_DEPTH + 1];
	size_t depth; /* levels in use */
	size_t nodes;
	json_t *root; /* owned; the finished document */
};

static enum fg_rc
refuse(const yaml_mark_t *at, struct fg_err *reterr, const char *why)
{
	return fg_fail(reterr, FG_E_SYNTAX, "conf.yaml", "YAML 1.1", "line %zu, column %zu: %s", at->line + 1,
	    at->column + 1, why);
}

/* Put a finished value where it belongs.  Takes it. */
static enum fg_rc
place(struct reader *r, json_t *v, const yaml_mark_t *at, struct fg_err *reterr)
{
	struct level *top = r->depth == 0 ? NULL : &r->level[r->depth - 1];

	if (v == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "conf.yaml", NULL, "value");
	if (top == NULL) {
		r->root = v;
		return FG_OK;
	}
	if (json_is_array(top->value))
		return json_array_append_new(top->value, v) == 0 ? FG_OK :
		    fg_fail(reterr, FG_E_NOMEM, "conf.yaml", NULL, "array");
	if (!top->keyed) {
		json_decref(v);
		return refuse(at, reterr, "a key must be a scalar");
	}
	top->keyed = false;
	if (json_object_set_new(top->value, top->key, v) != 0)
		return refuse(at, reterr, "value or key is not UTF-8");
	free(FG_STEAL(top->key));
	return FG_OK;
}

static json_t *
scalar_value(const yaml_event_t *e)
{
	struct fg_str s = fg_str(e->data.scalar.value, e->data.scalar.length);

	if (e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
		if (fg_eq(s, FG_LIT("true")))
			return json_true();
		if (fg_eq(s, FG_LIT("false")))
			return json_false();
		if (fg_eq(s, FG_LIT("null")) || fg_eq(s, FG_LIT("~")) || s.n == 0)
			return json_null();
	}
	return json_stringn(s.p, s.n);
}

static enum fg_rc
take_key(struct level *top, const yaml_event_t *e, struct fg_err *reterr)
{
	const char *key = (const char *)e->data.scalar.value;

	if (memchr(key, '\0', e->data.scalar.length) != NULL)
		return refuse(&e->start_mark, reterr, "a key holds a NUL");
	if (json_object_get(top->value, key) != NULL)
		return refuse(&e->start_mark, reterr, "duplicate key");
	top->key = strdup(key);
	if (top->key == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "conf.yaml", NULL, "key");
	top->keyed = true;
	return FG_OK;
}

static enum fg_rc
take_scalar(struct reader *r, const yaml_event_t *e, struct fg_err *reterr)
{
	struct level *top = r->depth == 0 ? NULL : &r->level[r->depth - 1];

	if (e->data.scalar.anchor != NULL || e->data.scalar.tag != NULL)
		return refuse(&e->start_mark, reterr, "anchors and tags are not taken");
	if (top != NULL && json_is_object(top->value) && !top->keyed)
		return take_key(top, e, reterr);
	return place(r, scalar_value(e), &e->start_mark, reterr);
}

static enum fg_rc
open_level(struct reader *r, json_t *v, const yaml_event_t *e, struct fg_err *reterr)
{
	struct level *top = r->depth == 0 ? NULL : &r->level[r->depth - 1];
	const yaml_char_t *anchor = e->type == YAML_MAPPING_START_EVENT ? e->data.mapping_start.anchor :
									  e->data.sequence_start.anchor;

	if (v == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "conf.yaml", NULL, "container");
	if (anchor != NULL || r->depth == FG_LIMIT_JSON_DEPTH ||
	    (top != NULL && json_is_object(top->value) && !top->keyed)) {
		json_decref(v);
		return refuse(&e->start_mark, reterr, anchor != NULL ? "anchors and tags are not taken" :
		    r->depth == FG_LIMIT_JSON_DEPTH ? "too deep" : "a key must be a scalar");
	}
	r->level[r->depth++] = (struct level){ .value = v };
	return FG_OK;
}

static enum fg_rc
close_level(struct reader *r, const yaml_event_t *e, struct fg_err *reterr)
{
	struct level *top = &r->level[--r->depth];

	return place(r, FG_STEAL(top->value), &e->start_mark, reterr);
}

static enum fg_rc
take_event(struct reader *r, const yaml_event_t *e, struct fg_err *reterr)
{
	if (++r->nodes > FG_LIMIT_JSON_NODES)
		return fg_fail(reterr, FG_E_LIMIT, "conf.yaml", NULL, "too many values");
	switch (e->type) {
	case YAML_ALIAS_EVENT:
		return refuse(&e->start_mark, reterr, "aliases are not taken");
	case YAML_SCALAR_EVENT:
		return take_scalar(r, e, reterr);
	case YAML_MAPPING_START_EVENT:
		return open_level(r, json_object(), e, reterr);
	case YAML_SEQUENCE_START_EVENT:
		return open_level(r, json_array(), e, reterr);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		return close_level(r, e, reterr);
	case YAML_DOCUMENT_START_EVENT:
		return r->root == NULL ? FG_OK : refuse(&e->start_mark, reterr, "more than one document");
	default:
		return FG_OK;
	}
}

static enum fg_rc
read_events(struct reader *r, struct fg_err *reterr)
{
	for (;;) {
		yaml_event_t e;
		enum fg_rc rc;
		bool end;

		if (!yaml_parser_parse(&r->yaml, &e))
			return fg_fail(reterr, FG_E_SYNTAX, "conf.yaml", "YAML 1.1", "line %zu, column %zu: %s",
			    r->yaml.problem_mark.line + 1, r->yaml.problem_mark.column + 1,
			    r->yaml.problem == NULL ? "not YAML" : r->yaml.problem);
		end = e.type == YAML_STREAM_END_EVENT;
		rc = take_event(r, &e, reterr);
		yaml_event_delete(&e);
		if (rc != FG_OK || end)
			return rc;
	}
}

static enum fg_rc
read_yaml(struct fg_str bytes, json_t **ret, struct fg_err *reterr)
{
	struct reader r = { .depth = 0 };
	enum fg_rc rc;

	if (!yaml_parser_initialize(&r.yaml))
		return fg_fail(reterr, FG_E_NOMEM, "conf.yaml", NULL, "parser");
	yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.yaml, (const unsigned char *)(bytes.p == NULL ? "" : bytes.p), bytes.n);
	rc = read_events(&r, reterr);
	yaml_parser_delete(&r.yaml);
	while (r.depth > 0) {
		json_decref(r.level[--r.depth].value);
		free(r.level[r.depth].key);
	}
	if (rc == FG_OK && r.root == NULL)
		r.root = json_null(); /* nothing but comments */
	if (rc != FG_OK) {
		json_decref(r.root);
		return rc;
	}
	*ret = r.root;
	return FG_OK;
}

enum fg_rc
conf_document(struct fg_str bytes, json_t **ret, struct fg_err *reterr)
{
	if (bytes.n > FG_LIMIT_JSON_BYTES)
		return fg_fail(reterr, FG_E_LIMIT, "conf.document", NULL, "document is over %u bytes", FG_LIMIT_JSON_BYTES);
	if (bytes.n > 0 && (bytes.p[0] == '{' || bytes.p[0] == '['))
		return read_json(bytes, ret, reterr);
	return read_yaml(bytes, ret, reterr);
}
