/*
 * The JSON 1.1 protocol: X-Amz-Target names the action, the body is one object with its parameters,
 * replies and errors are objects.  Parameters, limits and stages are those of the Query protocol.
 */
#include "gateway/api/api_int.h"

#define JSON_TYPE "application/x-amz-json-1.1"
#define S(text) { text, sizeof(text) - 1 }

enum { DEPTH = 8, NODES = 8192 };

bool
api_json_asked(const struct http_request *r)
{
	struct fg_str type, head, rest;
	bool more;

	if (!http_header_one(r, HTTP_H_CONTENT_TYPE, &type))
		return false;
	more = fg_cut(type, ';', &head, &rest);
	return fg_eq_icase(fg_trim(head), FG_LIT(JSON_TYPE)) &&
	    (!more || fg_eq_icase(fg_trim(rest), FG_LIT("charset=utf-8")));
}

/* ---- the action ---- */

static enum fg_rc
unknown_operation(struct api_call *c)
{
	return api_refuse_str(c, API_F_INVALID_ACTION, "api.json.target",
	    FG_LIT("The operation is not known"));
}

enum fg_rc
api_json_action(struct api_call *c)
{
	const struct api_conf *conf = &c->w->env->conf;
	const struct http_request *r = c->req;
	struct fg_str target, prefix, name;

	if (!fg_eq(r->path, FG_LIT("/")) || r->method != HTTP_POST || !fg_str_null(r->query))
		return api_refuse_str(c, API_F_INVALID_ACTION, "api.json.method",
		    FG_LIT("Operations are sent with POST to /"));
	if (!http_header_one(r, HTTP_H_X_AMZ_TARGET, &target) ||
	    !fg_cut(target, '.', &prefix, &name))
		return unknown_operation(c);
	for (size_t i = 0; i < conf->n_service; i++) {
		if (conf->service[i]->target.n == 0 || !fg_eq(conf->service[i]->target, prefix))
			continue;
		c->service = conf->service[i];
		c->action = api_action_find(c->service, name);
	}
	if (c->action == NULL)
		return unknown_operation(c);
	if (c->action->body_max != 0 && r->body.n > c->action->body_max)
		return api_refuse_str(c, API_F_TOO_LARGE, "api.body",
		    api_fault_row(API_F_TOO_LARGE)->text);
	return FG_OK;
}

/* ---- parameters ---- */

struct reading {
	struct api_call *c;
	struct fg_json j;
};

static enum fg_rc
wrong_type(struct api_call *c, const struct api_param *p)
{
	return api_refuse(c, API_F_SERIALIZATION, "api.json.type",
	    "The value at '%s' is not of its type", p->label);
}

static enum fg_rc
scalar(struct reading *r, const struct api_param *p, uint32_t node, struct api_arg *arg)
{
	const struct fg_json_node *n = &r->j.node[node];

	if (n->type == FG_JSON_NULL)
		return FG_OK;
	arg->present = true;
	arg->s = fg_str_null(n->text) ? FG_LIT("") : n->text;
	if (p->type == API_INT)
		return fg_json_i64(&r->j, node, INT32_MIN, INT32_MAX, &arg->i) ? FG_OK
									      : wrong_type(r->c, p);
	if (p->type == API_BOOL) {
		arg->i = n->type == FG_JSON_TRUE;
		return arg->i != 0 || n->type == FG_JSON_FALSE ? FG_OK : wrong_type(r->c, p);
	}
	return n->type == FG_JSON_STRING ? FG_OK : wrong_type(r->c, p);
}

/* The members of an object, by a table; v has a place for each row. */
static enum fg_rc
members(struct reading *r, const struct api_param *p, uint32_t obj, struct api_arg *v,
    enum fg_rc (*one)(struct reading *, const struct api_param *, uint32_t, struct api_arg *))
{
	uint32_t end = fg_json_after(&r->j, obj);

	for (uint32_t at = fg_json_first(obj); at < end; at = fg_json_after(&r->j, at + 1)) {
		int k = api_param_find(p, r->j.node[at].text);

		if (k < 0)
			return api_refuse(r->c, API_F_VALIDATION, "api.json.unknown",
			    "The parameter %.*s is not recognized", FG_PRI(r->j.node[at].text));
		FG_TRY(one(r, &p[k], at + 1, &v[k]));
	}
	return FG_OK;
}

static enum fg_rc
row(struct reading *r, const struct api_param *p, uint32_t node, struct api_arg *v)
{
	if (r->j.node[node].type != FG_JSON_OBJECT)
		return wrong_type(r->c, p);
	return members(r, p->sub, node, v, scalar);
}

static enum fg_rc
list(struct reading *r, const struct api_param *p, uint32_t node, struct api_arg *arg)
{
	uint32_t end = fg_json_after(&r->j, node);
	size_t i = 0;

	arg->n = p->type == API_STRUCT ? 1 : r->j.node[node].n;
	arg->n_sub = p->type == API_LIST ? 1 : api_param_count(p->sub);
	arg->v = FG_NEW_N(r->c->arena, struct api_arg, arg->n * arg->n_sub);
	arg->present = true;
	if (arg->v == NULL)
		return fg_fail(&r->c->err, FG_E_NOMEM, "api.json", NULL, "arena");
	if (p->type == API_STRUCT)
		return row(r, p, node, arg->v);
	if (r->j.node[node].type != FG_JSON_ARRAY)
		return wrong_type(r->c, p);
	for (uint32_t at = fg_json_first(node); at < end; at = fg_json_after(&r->j, at), i++) {
		struct api_arg *v = &arg->v[i * arg->n_sub];

		/* of a list the elements are strings, whatever the parameter's own type is */
		const struct api_param element = { .name = p->name, .label = p->label,
			.type = API_STRING };

		FG_TRY(p->type == API_LIST ? scalar(r, &element, at, v) : row(r, p, at, v));
	}
	return FG_OK;
}

static enum fg_rc
value(struct reading *r, const struct api_param *p, uint32_t node, struct api_arg *arg)
{
	if (r->j.node[node].type == FG_JSON_NULL)
		return FG_OK; /* as if it were not there */
	if (p->type == API_LIST || p->type == API_STRUCTS || p->type == API_STRUCT)
		return list(r, p, node, arg);
	return scalar(r, p, node, arg);
}

enum fg_rc
api_json_args(struct api_call *c)
{
	const struct fg_json_limits lim = { .bytes = FG_LIMIT_HTTP_BODY, .depth = DEPTH,
		.nodes = NODES };
	struct reading r = { .c = c };
	struct fg_err err = { 0 };

	c->args = FG_NEW_N(c->arena, struct api_arg, api_param_count(c->action->param) + 1);
	if (c->args == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.json", NULL, "arena");
	if (fg_json_parse(c->arena, c->req->body, &lim, "api.json.body", &r.j, &err) != FG_OK)
		return api_refuse(c, API_F_SERIALIZATION, "api.json.body", "%s", err.text);
	if (r.j.node[0].type != FG_JSON_OBJECT)
		return api_refuse_str(c, API_F_SERIALIZATION, "api.json.body",
		    FG_LIT("The body is not an object"));
	FG_TRY(members(&r, c->action->param, 0, c->args, value));
	return api_args_check(c);
}

/* ---- writing: a comma goes before what does not come first ---- */

static void
next(struct fg_buf *b)
{
	if (b->n > 0 && b->p[b->n - 1] != '{' && b->p[b->n - 1] != '[')
		fg_buf_putc(b, ',');
}

static void
name_put(struct fg_buf *b, const char *name)
{
	next(b);
	if (name == NULL)
		return;
	fg_buf_json_str(b, fg_str_z(name));
	fg_buf_putc(b, ':');
}

void
api_json_open(struct fg_buf *b, const char *name, char bracket)
{
	name_put(b, name);
	fg_buf_putc(b, bracket);
}

void
api_json_close(struct fg_buf *b, char bracket)
{
	fg_buf_putc(b, bracket);
}

void
api_json_str(struct fg_buf *b, const char *name, struct fg_str v)
{
	name_put(b, name);
	fg_buf_json_str(b, v);
}

void
api_json_bool(struct fg_buf *b, const char *name, bool v)
{
	name_put(b, name);
	fg_buf_put(b, v ? FG_LIT("true") : FG_LIT("false"));
}

void
api_json_time(struct fg_buf *b, const char *name, fg_time v)
{
	name_put(b, name);
	fg_buf_i64(b, v);
}

/* ---- replies ---- */

/* What the faults that all services share are called here. */
static const struct {
	enum api_fault fault;
	int status;
	struct fg_str type;
} names[] = {
	{ API_F_ACCESS_DENIED, 400, S("AccessDeniedException") },
	{ API_F_CLIENT_TOKEN, 400, S("UnrecognizedClientException") },
	{ API_F_EXPIRED_TOKEN, 400, S("ExpiredTokenException") },
	{ API_F_INCOMPLETE_SIGNATURE, 400, S("IncompleteSignatureException") },
	{ API_F_INVALID_ACTION, 400, S("UnknownOperationException") },
	{ API_F_INVALID_INPUT, 400, S("InvalidInputException") },
	{ API_F_MALFORMED_POLICY, 400, S("MalformedPolicyDocumentException") },
	{ API_F_NO_TOKEN, 400, S("MissingAuthenticationTokenException") },
	{ API_F_SIGNATURE, 400, S("InvalidSignatureException") },
	{ API_F_THROTTLING, 400, S("TooManyRequestsException") },
	{ API_F_UNAVAILABLE, 503, S("ServiceException") },
	{ API_F_VALIDATION, 400, S("InvalidInputException") },
};

void
api_json_success(struct fg_buf *b, const struct api_call *c)
{
	fg_buf_putc(b, '{');
	fg_buf_put(b, fg_buf_str(&c->xml));
	fg_buf_putc(b, '}');
}

struct fg_str
api_json_code(enum api_fault fault, int *ret_status)
{
	for (size_t i = 0; i < FG_COUNT(names); i++) {
		if (names[i].fault == fault) {
			*ret_status = names[i].status;
			return names[i].type;
		}
	}
	*ret_status = api_fault_row(fault)->status;
	return api_fault_row(fault)->code;
}

int
api_json_error(struct fg_buf *b, struct api_call *c)
{
	int status;

	c->error_type = api_json_code(c->fault, &status);
	fg_buf_putc(b, '{');
	api_json_str(b, "__type", c->error_type);
	api_json_str(b, "Message", c->message);
	if (!fg_str_null(c->reason))
		api_json_str(b, "Reason", c->reason);
	fg_buf_putc(b, '}');
	return status;
}
