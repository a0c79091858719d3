/* tests/unit/trust/line.c - see line.h. */
#include "tests/unit/trust/line.h"

static enum fg_rc
compile(struct line *l, uint32_t at, enum trust_kind kind, const struct trust_program **ret)
{
	struct trust_compile how = { .kind = kind };

	if (kind == TRUST_RESOURCE) {
		how.bind = l->bind;
		how.bind_arg = l->bind_arg;
	}
	if (l->n == LINE_PROGRAMS)
		return FG_E_LIMIT;
	FG_TRY(trust_compile(fg_json_raw(&l->j, at), &how, &l->program[l->n], NULL, &l->err));
	*ret = l->program[l->n++];
	return FG_OK;
}

static enum fg_rc
read_list(struct line *l, uint32_t at, enum trust_kind kind, struct trust_policies *ret)
{
	const struct trust_program **v;
	uint32_t n, i;

	if (at == 0 || l->j.node[at].type == FG_JSON_NULL)
		return FG_OK;
	n = l->j.node[at].type == FG_JSON_ARRAY ? l->j.node[at].n : 1;
	i = l->j.node[at].type == FG_JSON_ARRAY ? at + 1 : at;
	if ((v = fg_arena_array(l->a, n, sizeof(const void *))) == NULL)
		return FG_E_NOMEM;
	ret->v = v;
	for (; ret->n < n; i = fg_json_after(&l->j, i))
		FG_TRY(compile(l, i, kind, &v[ret->n++]));
	return FG_OK;
}

static enum fg_rc
read_levels(struct line *l, uint32_t at, enum trust_kind kind, const struct trust_policies **ret,
    size_t *ret_n)
{
	struct trust_policies *v;
	uint32_t i = at + 1;

	if (at == 0)
		return FG_OK;
	if ((v = FG_NEW_N(l->a, struct trust_policies, l->j.node[at].n)) == NULL)
		return FG_E_NOMEM;
	*ret = v;
	for (; *ret_n < l->j.node[at].n; i = fg_json_after(&l->j, i))
		FG_TRY(read_list(l, i, kind, &v[(*ret_n)++]));
	return FG_OK;
}

static enum fg_rc
read_context(struct line *l, uint32_t obj)
{
	for (uint32_t k = obj + 1; k < l->j.node[obj].next; k = fg_json_after(&l->j, k + 1)) {
		uint32_t i = k + 2, n = l->j.node[k + 1].n;
		struct fg_str *v = FG_NEW_N(l->a, struct fg_str, n);

		if (l->j.node[k + 1].type != FG_JSON_ARRAY) {
			FG_TRY(trust_any_one(l->ctx, l->j.node[k].text, l->j.node[k + 1].text, &l->err));
			continue;
		}
		if (v == NULL)
			return FG_E_NOMEM;
		for (uint32_t m = 0; m < n; m++, i = fg_json_after(&l->j, i))
			v[m] = l->j.node[i].text;
		FG_TRY(trust_any_list(l->ctx, l->j.node[k].text, v, n, &l->err));
	}
	return FG_OK;
}

static struct fg_str
text(const struct line *l, uint32_t obj, struct fg_str name)
{
	uint32_t at = fg_json_get(&l->j, obj, name);

	return at == 0 ? FG_STR_NULL : l->j.node[at].text;
}

static enum fg_rc
read_request(struct line *l, uint32_t obj)
{
	uint32_t principal = fg_json_get(&l->j, obj, FG_LIT("principal"));
	uint32_t context = fg_json_get(&l->j, obj, FG_LIT("context"));
	struct trust_request *r = &l->request;

	if (obj == 0 || principal == 0)
		return FG_E_PARAM;
	if (l->j.node[principal].type == FG_JSON_OBJECT)
		r->caller.kind = TRUST_ANONYMOUS;
	else if (!trust_caller_parse(l->j.node[principal].text, &r->caller))
		return FG_E_PARAM;
	r->action = text(l, obj, FG_LIT("action"));
	r->resource = text(l, obj, FG_LIT("resource"));
	r->resource_account = text(l, obj, FG_LIT("resourceAccount"));
	r->ctx = l->ctx;
	return context == 0 ? FG_OK : read_context(l, context);
}

enum fg_rc
line_read(struct line *l, struct fg_arena *a, struct fg_str src)
{
	uint32_t p, session;

	l->a = a;
	if ((l->ctx = trust_ctx_new()) == NULL)
		return FG_E_NOMEM;
	FG_TRY(fg_json_parse(a, src, NULL, "line", &l->j, &l->err));
	FG_TRY(read_request(l, fg_json_get(&l->j, 0, FG_LIT("request"))));
	if ((p = fg_json_get(&l->j, 0, FG_LIT("policies"))) == 0)
		return FG_OK;
	session = fg_json_get(&l->j, p, FG_LIT("session"));
	l->layers.has_session = session != 0 && l->j.node[session].type != FG_JSON_NULL;
	FG_TRY(read_list(l, session, TRUST_SESSION, &l->layers.session));
	FG_TRY(read_list(l, fg_json_get(&l->j, p, FG_LIT("identity")), TRUST_IDENTITY,
	    &l->layers.identity));
	FG_TRY(read_list(l, fg_json_get(&l->j, p, FG_LIT("resource")), TRUST_RESOURCE,
	    &l->layers.resource));
	FG_TRY(read_list(l, fg_json_get(&l->j, p, FG_LIT("boundary")), TRUST_BOUNDARY,
	    &l->layers.boundary));
	FG_TRY(read_list(l, fg_json_get(&l->j, p, FG_LIT("vpce")), TRUST_VPCE, &l->layers.vpce));
	FG_TRY(read_levels(l, fg_json_get(&l->j, p, FG_LIT("scp")), TRUST_SCP, &l->layers.scp,
	    &l->layers.nscp));
	return read_levels(l, fg_json_get(&l->j, p, FG_LIT("rcp")), TRUST_RCP, &l->layers.rcp,
	    &l->layers.nrcp);
}

void
line_free(struct line *l)
{
	trust_ctx_free(l->ctx);
	while (l->n > 0)
		trust_free(l->program[--l->n]);
}
