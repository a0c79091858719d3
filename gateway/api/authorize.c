/*
 * Decisions, and what is said about them.
 */
#include "gateway/api/api_int.h"

/* Who decided: the policy, and the index of the statement in its document. */
static void
story(struct api_call *c, const struct trust_request *r, const struct trust_decision *d)
{
	c->story.decided = (struct audit_decided){ .layer = fg_str_z(trust_layer_name(d->layer)),
		.statement = d->statement };
	if (!fg_str_null(d->sid)) /* the program's; the record may be written after a wait */
		c->story.decided.sid = fg_arena_dup(c->arena, d->sid);
	c->story.decided.policy = api_policy_name(c, r,
	    &(struct api_policy_at){ d->layer, d->level, d->policy });
}

/* For the record: which element kept each statement from allowing, with the values on both sides. */
static void
explain(struct api_call *c, const struct trust_request *r, const struct trust_layers *l)
{
	const struct trust_reason *v = NULL;
	struct fg_err err = { 0 };
	size_t n = 0;

	c->story.n_why = 0;
	if (trust_explain(c->arena, r, l, &v, &n, &err) != FG_OK)
		return;
	for (size_t i = 0; i < n && c->story.n_why < AUDIT_WHY_MAX; i++) {
		if (v[i].element == TRUST_ELEMENT_NONE && !v[i].deny)
			continue; /* it allowed */
		c->story.why[c->story.n_why++] = (struct audit_why){
			.layer = fg_str_z(trust_layer_name(v[i].layer)), .policy = v[i].policy,
			.name = api_policy_name(c, r,
			    &(struct api_policy_at){ v[i].layer, v[i].level, v[i].policy }),
			.statement = v[i].statement, .sid = v[i].sid, .element = fg_str_z(v[i].name),
			.key = v[i].key, .operator = v[i].operator,
			.expected = v[i].nexpected > 0 ? v[i].expected[0] : FG_STR_NULL,
			.actual = v[i].nactual > 0 ? v[i].actual[0] : FG_STR_NULL };
	}
}

/* For the record: verdict, layer and statement; never for the caller. */
static enum fg_rc
denied(struct api_call *c, const struct trust_request *r, const struct trust_decision *d)
{
	struct fg_str policy = c->story.decided.policy;

	if (d->policy < 0)
		return fg_fail(&c->err, FG_E_DENIED, "api.denied", NULL, "%s: %.*s on %.*s: layer %s allows nothing",
		    trust_verdict_name(d->verdict), FG_PRI(r->action), FG_PRI(r->resource),
		    trust_layer_name(d->layer));
	return fg_fail(&c->err, FG_E_DENIED, "api.denied", NULL,
	    "%s: %.*s on %.*s, layer %s, policy %.*s, statement %d",
	    trust_verdict_name(d->verdict), FG_PRI(r->action), FG_PRI(r->resource),
	    trust_layer_name(d->layer), FG_PRI(policy), d->statement);
}

enum fg_rc
api_decide(struct api_call *c, const struct trust_request *r, const struct trust_layers *l)
{
	struct trust_decision d;
	struct fg_str more;

	if (trust_decide(r, l, &d) == TRUST_ALLOW) {
		story(c, r, &d);
		return FG_OK;
	}
	story(c, r, &d);
	explain(c, r, l);
	c->fault = API_F_ACCESS_DENIED;
	if (r->caller.account.n == 0)
		return denied(c, r, &d);
	more = api_authz_message(c, r, l, &d);
	c->message = fg_arena_fmt(c->arena,
	    "User: %.*s is not authorized to perform: %.*s on resource: %.*s%.*s",
	    (int)r->caller.arn.n, r->caller.arn.p, (int)r->action.n, r->action.p,
	    (int)r->resource.n, r->resource.p, (int)more.n, more.n == 0 ? "" : more.p);
	if (c->message.n > more.n)
		c->story.told = fg_sub(c->message, 0, c->message.n - more.n);
	return denied(c, r, &d);
}

enum fg_rc
api_authorize(struct api_call *c, struct trust_ctx *ctx, const struct api_ask *ask)
{
	const struct trust_request r = { .caller = c->caller.who, .action = ask->action,
		.resource = ask->resource, .resource_account = ask->account, .ctx = ctx };
	struct trust_layers l;

	FG_TRY(api_layers(c, ask, &l));
	return api_decide(c, &r, &l);
}

enum fg_rc
api_allow(struct api_call *c, struct fg_str action, struct fg_str resource)
{
	const struct api_ask ask = { .action = action, .resource = resource,
		.account = c->caller.who.account };
	struct trust_ctx *ctx;

	FG_TRY(api_context(c, ask.account, &ctx));
	return api_authorize(c, ctx, &ask);
}
