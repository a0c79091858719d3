/*
 * gateway/ctl/policy.c - `fedgate policy eval`: JSON lines in, decisions out, one line each.
 *
 * A line that cannot be decided is answered with "error" instead of "result"; the run goes on and
 * the exit status is 1 at its end.
 */
#include <errno.h>
#include <stdlib.h>

#include "gateway/ctl/policy_int.h"

#define FILES_MAX 4096 /* documents of one line */

struct eval {
	struct fg_arena *a;
	struct trust_ctx *ctx;
	struct fg_buf out;
	struct fg_json j;
	/* programs of the line, to be freed */
	struct trust_program **program;
	size_t nprogram;
	/* what was wrong with it */
	struct trust_fault fault;
	char policy[48]; /* "identity[0]", or "" for the line itself */
	struct fg_err err;
};

/* ---- errors ---- */

static enum fg_rc
bad_line(struct eval *e, const char *rule, const char *detail)
{
	e->policy[0] = '\0';
	e->fault = (struct trust_fault){ .rule = rule };
	snprintf(e->fault.detail, sizeof(e->fault.detail), "%s", detail);
	return fg_fail(&e->err, FG_E_PARAM, rule, NULL, "%s", detail);
}

static void
put_string(struct fg_buf *b, const char *member, const char *text)
{
	fg_buf_fmt(b, "\"%s\":", member);
	fg_buf_json_str(b, fg_str_z(text));
}

static void
put_error(struct eval *e)
{
	struct fg_buf *b = &e->out;

	fg_buf_put(b, FG_LIT(",\"error\":{\"policy\":"));
	if (e->policy[0] == '\0')
		fg_buf_put(b, FG_LIT("null"));
	else
		fg_buf_json_str(b, fg_str_z(e->policy));
	fg_buf_putc(b, ',');
	put_string(b, "pointer", e->fault.pointer);
	fg_buf_putc(b, ',');
	put_string(b, "rule", e->fault.rule == NULL ? "error" : e->fault.rule);
	fg_buf_putc(b, ',');
	put_string(b, "detail", e->fault.rule == NULL ? e->err.text : e->fault.detail);
	fg_buf_put(b, FG_LIT("}}\n"));
}

/* ---- policies ---- */

static enum fg_rc
compile(struct eval *e, uint32_t at, enum trust_kind kind, const char *name, size_t i,
    const struct trust_program **ret)
{
	const struct trust_compile how = { .kind = kind };
	struct trust_program *p;

	snprintf(e->policy, sizeof(e->policy), "%s[%zu]", name, i);
	e->fault = (struct trust_fault){ .rule = NULL };
	if (e->nprogram == FILES_MAX)
		return bad_line(e, "request.policies", "too many policy documents");
	FG_TRY(trust_compile(fg_json_raw(&e->j, at), &how, &p, &e->fault, &e->err));
	e->program[e->nprogram++] = p;
	*ret = p;
	return FG_OK;
}

static bool
is_null(const struct eval *e, uint32_t at)
{
	return at == 0 || e->j.node[at].type == FG_JSON_NULL;
}

/* A document or an array of documents. */
static enum fg_rc
read_policies(struct eval *e, uint32_t at, enum trust_kind kind, const char *name,
    struct trust_policies *ret)
{
	bool array = !is_null(e, at) && e->j.node[at].type == FG_JSON_ARRAY;
	uint32_t n = is_null(e, at) ? 0 : array ? e->j.node[at].n : 1;
	const struct trust_program **v = fg_arena_array(e->a, n, sizeof(const void *));
	uint32_t i = array ? fg_json_first(at) : at;

	*ret = (struct trust_policies){ NULL, 0 };
	if (v == NULL)
		return fg_fail(&e->err, FG_E_NOMEM, "policy.eval", NULL, "policies");
	ret->v = v;
	for (uint32_t k = 0; k < n; k++, i = fg_json_after(&e->j, i))
		if (!is_null(e, i))
			FG_TRY(compile(e, i, kind, name, k, &v[ret->n++]));
	return FG_OK;
}

/* An array of levels, each a document or an array of documents. */
static enum fg_rc
read_levels(struct eval *e, uint32_t at, enum trust_kind kind, const struct trust_policies **ret,
    size_t *ret_n)
{
	uint32_t n = is_null(e, at) ? 0 : e->j.node[at].n, i = fg_json_first(at);
	struct trust_policies *v;
	char name[32];

	if (!is_null(e, at) && e->j.node[at].type != FG_JSON_ARRAY)
		return bad_line(e, "request.policies", "scp and rcp are arrays of levels");
	if ((v = FG_NEW_N(e->a, struct trust_policies, n)) == NULL)
		return fg_fail(&e->err, FG_E_NOMEM, "policy.eval", NULL, "levels");
	for (uint32_t k = 0; k < n; k++, i = fg_json_after(&e->j, i)) {
		snprintf(name, sizeof(name), "%s[%u]", trust_kind_name(kind), k);
		FG_TRY(read_policies(e, i, kind, name, &v[k]));
	}
	*ret = v;
	*ret_n = n;
	return FG_OK;
}

static const char *const layer_names[] = { "identity", "resource", "session", "boundary", "scp",
	"rcp", "vpce" };

static enum fg_rc
check_members(struct eval *e, uint32_t obj)
{
	uint32_t k = fg_json_first(obj);

	for (; k < e->j.node[obj].next; k = fg_json_after(&e->j, k + 1)) {
		bool known = false;

		for (size_t i = 0; i < FG_COUNT(layer_names); i++)
			known |= fg_eq(e->j.node[k].text, fg_str_z(layer_names[i]));
		if (!known)
			return bad_line(e, "request.policies", "unknown kind of policy");
	}
	return FG_OK;
}

static enum fg_rc
read_layers(struct eval *e, uint32_t obj, struct trust_layers *l)
{
	const struct {
		const char *name;
		enum trust_kind kind;
		struct trust_policies *to;
	} flat[] = {
		{ "identity", TRUST_IDENTITY, &l->identity },
		{ "resource", TRUST_RESOURCE, &l->resource },
		{ "session", TRUST_SESSION, &l->session },
		{ "boundary", TRUST_BOUNDARY, &l->boundary },
		{ "vpce", TRUST_VPCE, &l->vpce },
	};

	if (e->j.node[obj].type != FG_JSON_OBJECT)
		return bad_line(e, "request.policies", "policies is not an object");
	FG_TRY(check_members(e, obj));
	for (size_t i = 0; i < FG_COUNT(flat); i++)
		FG_TRY(read_policies(e, fg_json_get(&e->j, obj, fg_str_z(flat[i].name)),
		    flat[i].kind, flat[i].name, flat[i].to));
	l->has_session = !is_null(e, fg_json_get(&e->j, obj, FG_LIT("session")));
	FG_TRY(read_levels(e, fg_json_get(&e->j, obj, FG_LIT("scp")), TRUST_SCP, &l->scp, &l->nscp));
	return read_levels(e, fg_json_get(&e->j, obj, FG_LIT("rcp")), TRUST_RCP, &l->rcp, &l->nrcp);
}

/* ---- request ---- */

static enum fg_rc
read_text(struct eval *e, uint32_t obj, struct fg_str name, const char *rule, struct fg_str *ret)
{
	uint32_t at = fg_json_get(&e->j, obj, name);

	if (at == 0 || e->j.node[at].type != FG_JSON_STRING || e->j.node[at].text.n == 0)
		return bad_line(e, rule, "is missing, empty or not a string");
	*ret = e->j.node[at].text;
	return FG_OK;
}

static enum fg_rc
read_principal(struct eval *e, uint32_t obj, struct trust_caller *ret)
{
	uint32_t at = fg_json_get(&e->j, obj, FG_LIT("principal")), type;

	if (at != 0 && e->j.node[at].type == FG_JSON_OBJECT) {
		type = fg_json_get(&e->j, at, FG_LIT("type"));
		if (type == 0 || !fg_eq(e->j.node[type].text, FG_LIT("Anonymous")))
			return bad_line(e, "request.principal", "the only type is Anonymous");
		*ret = (struct trust_caller){ .kind = TRUST_ANONYMOUS };
		return FG_OK;
	}
	if (at == 0 || e->j.node[at].type != FG_JSON_STRING ||
	    !trust_caller_parse(e->j.node[at].text, ret))
		return bad_line(e, "request.principal", "is not a principal");
	return FG_OK;
}

static enum fg_rc
read_request(struct eval *e, uint32_t obj, struct trust_request *r)
{
	uint32_t account, context;

	if (obj == 0 || e->j.node[obj].type != FG_JSON_OBJECT)
		return bad_line(e, "request", "request is not an object");
	FG_TRY(read_principal(e, obj, &r->caller));
	FG_TRY(read_text(e, obj, FG_LIT("action"), "request.action", &r->action));
	FG_TRY(read_text(e, obj, FG_LIT("resource"), "request.resource", &r->resource));
	if (fg_find(r->action, ':') == r->action.n || r->action.n > FG_LIMIT_ACTION_BYTES)
		return bad_line(e, "request.action", "is not service:action");
	account = fg_json_get(&e->j, obj, FG_LIT("resourceAccount"));
	if (!is_null(e, account))
		FG_TRY(read_text(e, obj, FG_LIT("resourceAccount"), "request.resourceAccount",
		    &r->resource_account));
	context = fg_json_get(&e->j, obj, FG_LIT("context"));
	if (!is_null(e, context) &&
	    policy_read_context(e->a, &e->j, context, e->ctx, &e->err) != FG_OK)
		return bad_line(e, "request.context",
		    "a key stands twice without case, or a value is no text, number or boolean");
	r->ctx = e->ctx;
	return FG_OK;
}

enum fg_rc
policy_read_context(struct fg_arena *a, const struct fg_json *j, uint32_t obj,
    struct trust_ctx *ctx, struct fg_err *reterr)
{
	uint32_t k = fg_json_first(obj);

	if (j->node[obj].type != FG_JSON_OBJECT)
		return fg_fail(reterr, FG_E_PARAM, "request.context", NULL, "is not an object");
	for (; k < j->node[obj].next; k = fg_json_after(j, k + 1)) {
		const struct fg_json_node *v = &j->node[k + 1];
		bool array = v->type == FG_JSON_ARRAY;
		uint32_t n = array ? v->n : 1, at = array ? fg_json_first(k + 1) : k + 1;
		struct fg_str one, *text = array ? FG_NEW_N(a, struct fg_str, n) : &one;

		if (text == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "request.context", NULL, "values");
		for (uint32_t i = 0; i < n; i++, at = fg_json_after(j, at)) {
			if (j->node[at].type == FG_JSON_NULL || j->node[at].type == FG_JSON_ARRAY ||
			    j->node[at].type == FG_JSON_OBJECT)
				return fg_fail(reterr, FG_E_PARAM, "request.context", NULL,
				    "a value is no text, number or boolean");
			text[i] = j->node[at].text;
		}
		FG_TRY(array ? trust_any_list(ctx, j->node[k].text, text, n, reterr)
			     : trust_any_one(ctx, j->node[k].text, one, reterr));
	}
	return FG_OK;
}

/* ---- one line ---- */

static enum fg_rc
put_decision(struct eval *e, const struct trust_request *r, const struct trust_layers *l)
{
	const struct trust_reason *reason;
	struct trust_decision d;
	size_t n;
	bool first = true;

	(void)trust_decide(r, l, &d);
	FG_TRY(trust_explain(e->a, r, l, &reason, &n, &e->err));
	fg_buf_fmt(&e->out, ",\"result\":\"%s\",\"decidedBy\":", trust_verdict_name(d.verdict));
	trust_decision_json(&e->out, &d);
	fg_buf_put(&e->out, FG_LIT(",\"reasons\":["));
	for (size_t i = 0; i < n; i++) {
		if (reason[i].element == TRUST_ELEMENT_NONE)
			continue;
		if (!first)
			fg_buf_putc(&e->out, ',');
		first = false;
		trust_reason_json(&e->out, &reason[i]);
	}
	fg_buf_put(&e->out, FG_LIT("]}\n"));
	return FG_OK;
}

static enum fg_rc
eval_line(struct eval *e, struct fg_str line)
{
	struct trust_request r = { .ctx = NULL };
	struct trust_layers l = { .has_session = false };
	uint32_t id, policies;

	if (fg_json_parse(e->a, line, NULL, "request.json", &e->j, &e->err) != FG_OK) {
		fg_buf_put(&e->out, FG_LIT("null"));
		return bad_line(e, "request.json", e->err.text);
	}
	id = fg_json_get(&e->j, 0, FG_LIT("id"));
	fg_buf_put(&e->out, id == 0 ? FG_LIT("null") : fg_json_raw(&e->j, id));
	FG_TRY(read_request(e, fg_json_get(&e->j, 0, FG_LIT("request")), &r));
	policies = fg_json_get(&e->j, 0, FG_LIT("policies"));
	if (!is_null(e, policies))
		FG_TRY(read_layers(e, policies, &l));
	return put_decision(e, &r, &l);
}

/* The answer stands in e->out.  False: it is an error, or memory is short. */
static bool
answer(struct eval *e, struct fg_str line)
{
	enum fg_rc rc;

	fg_arena_reset(e->a);
	trust_ctx_reset(e->ctx);
	fg_buf_reset(&e->out);
	fg_err_clear(&e->err);
	e->fault = (struct trust_fault){ .rule = NULL };
	e->policy[0] = '\0';
	fg_buf_put(&e->out, FG_LIT("{\"id\":"));
	rc = eval_line(e, line);
	if (rc != FG_OK)
		put_error(e);
	while (e->nprogram > 0)
		trust_free(e->program[--e->nprogram]);
	return rc == FG_OK;
}

static int
run(const struct ctl_args *args, struct eval *e, FILE *in)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int ret = CTL_OK;

	while ((n = getline(&line, &room, in)) >= 0) {
		struct fg_str s = fg_trim(fg_str(line, (size_t)n)), out;

		if (s.n == 0)
			continue;
		if (!answer(e, s))
			ret = CTL_REFUSED;
		if (fg_buf_end(&e->out, &out) != FG_OK) {
			ret = ctl_usage(args, "an answer is too long, or memory is short");
			break;
		}
		if (fwrite(out.p, 1, out.n, stdout) != out.n)
			break;
	}
	free(line);
	if (ferror(in) || fflush(stdout) != 0 || ferror(stdout))
		return ctl_usage(args, "input or output failed");
	return ret;
}

int
ctl_policy_eval(const struct ctl_args *args)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_EVAL_LINE_MEMORY);
	FG_AUTO(trust_ctx_freep) struct trust_ctx *ctx = trust_ctx_new();
	struct eval e = { .a = a, .ctx = ctx, .out = FG_BUF(FG_LIMIT_EVAL_LINE_MEMORY) };
	const char *path = args->n_operands > 0 ? args->operands[0] : "-";
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	int ret;

	if (in == NULL)
		return ctl_usage(args, "%s: %s", path, strerror(errno));
	e.program = FG_NEW_N(args->arena, struct trust_program *, FILES_MAX);
	if (a == NULL || ctx == NULL || e.program == NULL)
		ret = ctl_usage(args, "memory is short");
	else
		ret = run(args, &e, in);
	fg_buf_free(&e.out);
	if (in != stdin)
		fclose(in);
	return ret;
}
