/*
 * gateway/iam/query_simulate.c - SimulateCustomPolicy, SimulatePrincipalPolicy and the keys that
 * policies ask for.
 *
 * Every action is decided on every resource, in the order of the lists; a page holds at most a
 * hundred of these results, fewer where the policies are long, and its marker is the number of the
 * next.
 */
#include "gateway/iam/simulate_int.h"

enum { PAGE_MAX = 100, XML_STOP = FG_LIMIT_REPLY_BYTES / 2 };

/* ---- whose policies ---- */

static const struct directory_group *
group_by_arn(struct api_call *c, const struct api_arn *arn, struct fg_str whole)
{
	const struct directory_group *g;
	size_t at = arn->resource.n;

	while (at > 0 && arn->resource.p[at - 1] != '/')
		at--;
	g = directory_group_find(iam_dir(c), arn->account, fg_sub(arn->resource, at, arn->resource.n));
	return g != NULL && fg_eq(g->arn, whole) ? g : NULL;
}

/* PolicySourceArn: a user, group or role of the caller's account. */
static enum fg_rc
source_find(struct api_call *c, struct iam_target *ret)
{
	struct fg_str arn = iam_str(c, "PolicySourceArn");
	const struct directory_user *u = directory_user_by_arn(iam_dir(c), arn);
	const struct directory_role *r = directory_role_by_arn(iam_dir(c), arn);
	const struct directory_group *g = NULL;
	struct api_arn a;

	if (!api_arn_read(arn, &a) || !fg_eq(a.service, FG_LIT("iam")) ||
	    (!fg_starts(a.resource, FG_LIT("user/")) && !fg_starts(a.resource, FG_LIT("group/")) &&
	        !fg_starts(a.resource, FG_LIT("role/"))))
		return api_refuse(c, API_F_INVALID_INPUT, "iam.simulate.source",
		    "Invalid Entity Arn: %.*s is not the ARN of a user, group or role.", FG_PRI(arn));
	*ret = (struct iam_target){ .account = c->caller.who.account, .arn = arn,
		.boundary = FG_LIT("") };
	if (fg_eq(a.account, c->caller.who.account) && fg_starts(a.resource, FG_LIT("group/")))
		g = group_by_arn(c, &a, arn);
	if (u != NULL && fg_eq(u->account, c->caller.who.account))
		*ret = iam_target_user(u);
	else if (r != NULL && fg_eq(r->account, c->caller.who.account))
		*ret = iam_target_role(r);
	else if (g != NULL)
		*ret = iam_target_group(g);
	return FG_OK;
}

static enum fg_rc
source(struct api_call *c, struct iam_target *ret)
{
	FG_TRY(source_find(c, ret));
	FG_TRY(iam_allow(c, ret));
	if (ret->found)
		return FG_OK;
	return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.simulate.no-such", "%.*s cannot be found.",
	    FG_PRI(ret->arn));
}

/* ---- what is asked ---- */

static enum fg_rc
action_check(struct api_call *c, struct fg_str action)
{
	size_t colon = fg_find(action, ':');

	if (colon == 0 || colon >= action.n - 1 || fg_find(action, '*') < action.n ||
	    fg_find(action, '?') < action.n)
		return api_refuse(c, API_F_INVALID_INPUT, "iam.simulate.action",
		    "Invalid Action: %.*s is not of the form service:name, without wildcards.",
		    FG_PRI(action));
	return FG_OK;
}

static enum fg_rc
resource_check(struct api_call *c, struct fg_str resource)
{
	struct api_arn arn;

	if (fg_eq(resource, FG_LIT("*")) || (api_arn_read(resource, &arn) && arn.resource.n > 0))
		return FG_OK;
	return api_refuse(c, API_F_INVALID_INPUT, "iam.simulate.resource",
	    "Invalid Resource: %.*s is neither * nor an ARN.", FG_PRI(resource));
}

struct pairs {
	const struct api_arg *action, *resource;
	size_t n_resource, from, to, n; /* from and to: of this page */
};

static enum fg_rc
pairs_read(struct api_call *c, struct pairs *p)
{
	struct fg_str marker = iam_str_or(c, "Marker", FG_LIT("0"));
	uint64_t from;

	*p = (struct pairs){ .action = iam_arg(c, "ActionNames"), .resource = iam_arg(c, "ResourceArns") };
	for (size_t i = 0; i < p->action->n; i++)
		FG_TRY(action_check(c, api_member(p->action, i, 0)->s));
	for (size_t i = 0; i < p->resource->n; i++)
		FG_TRY(resource_check(c, api_member(p->resource, i, 0)->s));
	p->n_resource = p->resource->n == 0 ? 1 : p->resource->n;
	p->n = p->action->n * p->n_resource;
	if (!fg_u64(marker, &from) || from > p->n)
		return api_refuse(c, API_F_INVALID_INPUT, "iam.simulate.marker", "Invalid Marker.");
	p->from = (size_t)from;
	p->to = p->from + (size_t)iam_int_or(c, "MaxItems", PAGE_MAX);
	if (p->to > p->from + PAGE_MAX)
		p->to = p->from + PAGE_MAX;
	if (p->to > p->n)
		p->to = p->n;
	return FG_OK;
}

/* ---- one result ---- */

static const struct fg_str decisions[] = {
	[TRUST_DENY_IMPLICIT] = { "implicitDeny", 12 },
	[TRUST_DENY_EXPLICIT] = { "explicitDeny", 12 },
	[TRUST_ALLOW] = { "allowed", 7 },
};

static void
position_xml(struct fg_buf *b, struct fg_str name, unsigned line, unsigned column)
{
	api_xml_open(b, name);
	api_xml_int(b, FG_LIT("Line"), line);
	api_xml_int(b, FG_LIT("Column"), column);
	api_xml_close(b, name);
}

static void
statement_xml(struct sim *s, struct sim_set *set, const struct trust_reason *r)
{
	const struct trust_span *at = sim_span(s, set, r->policy, r->statement);
	struct fg_buf *b = &s->c->xml;

	api_xml_open(b, FG_LIT("member"));
	api_xml_str(b, FG_LIT("SourcePolicyId"), set->source[r->policy].id);
	api_xml_str(b, FG_LIT("SourcePolicyType"), set->source[r->policy].type);
	if (at != NULL) {
		position_xml(b, FG_LIT("StartPosition"), at->line, at->column);
		position_xml(b, FG_LIT("EndPosition"), at->end_line, at->end_column);
	}
	api_xml_close(b, FG_LIT("member"));
}

/* The set of a layer that may be shown; NULL: it is not the caller's to read. */
static struct sim_set *
shown(struct sim *s, enum trust_layer layer)
{
	switch (layer) {
	case TRUST_LAYER_IDENTITY:
		return &s->identity;
	case TRUST_LAYER_BOUNDARY:
		return &s->boundary;
	case TRUST_LAYER_RESOURCE:
		return s->resource.n > 0 ? &s->resource : NULL;
	default:
		return NULL;
	}
}

/* What made the decision: the denials when there is one, else what allowed. */
static void
matched_xml(struct sim *s, const struct sim_result *r)
{
	enum trust_verdict v = r->decision.verdict;

	api_xml_open(&s->c->xml, FG_LIT("MatchedStatements"));
	for (size_t i = 0; v != TRUST_DENY_IMPLICIT && i < r->n_reason; i++) {
		const struct trust_reason *x = &r->reason[i];
		struct sim_set *set = shown(s, x->layer);

		if (set != NULL && x->element == TRUST_ELEMENT_NONE &&
		    x->deny == (v == TRUST_DENY_EXPLICIT) &&
		    (x->deny || x->layer != TRUST_LAYER_BOUNDARY))
			statement_xml(s, set, x);
	}
	api_xml_close(&s->c->xml, FG_LIT("MatchedStatements"));
}

struct keys {
	struct api_call *c;
	struct fg_str *v;
	size_t n;
};

static bool
key_once(void *arg, struct fg_str key)
{
	struct keys *k = arg;

	for (size_t i = 0; i < k->n; i++) {
		if (fg_eq_icase(k->v[i], key))
			return true;
	}
	if (k->n == FG_LIMIT_SIMULATE_KEYS)
		return false;
	k->v[k->n++] = key;
	api_xml_str(&k->c->xml, FG_LIT("member"), key);
	return true;
}

static void
missing_xml(struct sim *s, const struct sim_result *r)
{
	struct keys k = { .c = s->c, .v = s->keys };

	api_xml_open(&s->c->xml, FG_LIT("MissingContextValues"));
	trust_keys_missing(&r->request, &r->layers, key_once, &k);
	api_xml_close(&s->c->xml, FG_LIT("MissingContextValues"));
}

static void
leg_xml(struct fg_buf *b, struct fg_str key, enum trust_verdict v)
{
	api_xml_open(b, FG_LIT("entry"));
	api_xml_str(b, FG_LIT("key"), key);
	api_xml_str(b, FG_LIT("value"), decisions[v]);
	api_xml_close(b, FG_LIT("entry"));
}

/* Both sides of a request to another account; empty within one. */
static void
details_xml(struct fg_buf *b, const struct sim_result *r)
{
	api_xml_open(b, FG_LIT("EvalDecisionDetails"));
	if (r->cross) {
		leg_xml(b, FG_LIT("IAM Policy"), sim_leg(r, TRUST_LAYER_IDENTITY, 0));
		leg_xml(b, FG_LIT("Resource Policy"), sim_leg(r, TRUST_LAYER_RESOURCE, 0));
	}
	api_xml_close(b, FG_LIT("EvalDecisionDetails"));
}

static void
boundary_xml(struct sim *s, const struct sim_result *r)
{
	struct fg_buf *b = &s->c->xml;

	if (!s->has_boundary)
		return;
	api_xml_open(b, FG_LIT("PermissionsBoundaryDecisionDetail"));
	api_xml_bool(b, FG_LIT("AllowedByPermissionsBoundary"),
	    sim_leg(r, TRUST_LAYER_BOUNDARY, 0) == TRUST_ALLOW);
	api_xml_close(b, FG_LIT("PermissionsBoundaryDecisionDetail"));
}

static void
organizations_xml(struct sim *s, const struct sim_result *r)
{
	struct fg_buf *b = &s->c->xml;
	bool allowed = true;

	if (s->nscp == 0)
		return;
	for (size_t i = 0; i < s->nscp; i++)
		allowed = allowed && sim_leg(r, TRUST_LAYER_SCP, (int)i) == TRUST_ALLOW;
	api_xml_open(b, FG_LIT("OrganizationsDecisionDetail"));
	api_xml_bool(b, FG_LIT("AllowedByOrganizations"), allowed);
	api_xml_close(b, FG_LIT("OrganizationsDecisionDetail"));
}

static void
specific_xml(struct sim *s, const struct sim_result *r)
{
	struct fg_buf *b = &s->c->xml;

	api_xml_open(b, FG_LIT("ResourceSpecificResults"));
	api_xml_open(b, FG_LIT("member"));
	api_xml_str(b, FG_LIT("EvalResourceName"), r->request.resource);
	api_xml_str(b, FG_LIT("EvalResourceDecision"), decisions[r->decision.verdict]);
	matched_xml(s, r);
	missing_xml(s, r);
	details_xml(b, r);
	boundary_xml(s, r);
	api_xml_close(b, FG_LIT("member"));
	api_xml_close(b, FG_LIT("ResourceSpecificResults"));
}

static void
result_xml(struct sim *s, const struct sim_result *r, bool listed)
{
	struct fg_buf *b = &s->c->xml;

	api_xml_open(b, FG_LIT("member"));
	api_xml_str(b, FG_LIT("EvalActionName"), r->request.action);
	api_xml_str(b, FG_LIT("EvalResourceName"), r->request.resource);
	api_xml_str(b, FG_LIT("EvalDecision"), decisions[r->decision.verdict]);
	matched_xml(s, r);
	missing_xml(s, r);
	organizations_xml(s, r);
	boundary_xml(s, r);
	if (listed) {
		details_xml(b, r);
		specific_xml(s, r);
	}
	api_xml_close(b, FG_LIT("member"));
}

/* ---- all results ---- */

static size_t
bytes_of(const struct sim_set *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		n += set->program[i] == NULL ? 0 : trust_source(set->program[i]).n;
	return n;
}

/* A page reads so many bytes of policies at most, but makes one step. */
static void
page_bound(const struct sim *s, struct pairs *p)
{
	size_t bytes = bytes_of(&s->identity) + bytes_of(&s->boundary) + bytes_of(&s->resource) + 1;
	size_t most = FG_LIMIT_SIMULATE_BYTES / bytes;

	if (most == 0)
		most = 1;
	if (p->to - p->from > most)
		p->to = p->from + most;
}

static enum fg_rc
results_xml(struct sim *s, struct pairs *p)
{
	struct api_call *c = s->c;
	struct sim_result r;

	page_bound(s, p);
	api_xml_open(&c->xml, FG_LIT("EvaluationResults"));
	for (size_t i = p->from; i < p->to && c->xml.n < XML_STOP; i++) {
		struct fg_str resource = p->resource->n == 0
		    ? FG_LIT("*")
		    : api_member(p->resource, i % p->n_resource, 0)->s;

		FG_TRY(sim_decide(s, api_member(p->action, i / p->n_resource, 0)->s, resource, &r));
		result_xml(s, &r, p->resource->n > 0);
		p->from = i + 1;
	}
	api_xml_close(&c->xml, FG_LIT("EvaluationResults"));
	api_xml_bool(&c->xml, FG_LIT("IsTruncated"), p->from < p->n);
	if (p->from < p->n)
		api_xml_int(&c->xml, FG_LIT("Marker"), (int64_t)p->from);
	return FG_OK;
}

static enum fg_rc
simulate_all(struct sim *s, const struct iam_target *t)
{
	struct pairs p;

	if (!fg_str_null(iam_str(s->c, "ResourceHandlingOption")))
		return api_refuse(s->c, API_F_INVALID_INPUT, "iam.simulate.handling",
		    "ResourceHandlingOption is of EC2, which is not here.");
	FG_TRY(pairs_read(s->c, &p));
	if (t != NULL) {
		FG_TRY(sim_principal(s, t));
		FG_TRY(api_controls(s->c, t->account, TRUST_SCP, &s->scp, &s->nscp));
	}
	FG_TRY(sim_inputs(s));
	FG_TRY(sim_caller(s, t));
	FG_TRY(sim_context(s));
	return results_xml(s, &p);
}

typedef enum fg_rc (*sim_fn)(struct sim *s, const struct iam_target *t);

static enum fg_rc
with_sim(struct api_call *c, const struct iam_target *t, sim_fn fn)
{
	struct sim s;
	enum fg_rc rc = sim_begin(c, &s);

	if (rc == FG_OK)
		rc = fn(&s, t);
	sim_end(&s);
	return rc;
}

static enum fg_rc
custom(struct api_call *c, sim_fn fn)
{
	FG_TRY(iam_allow_on(c, FG_LIT("*")));
	return with_sim(c, NULL, fn);
}

static enum fg_rc
principal(struct api_call *c, sim_fn fn)
{
	struct iam_target t;

	FG_TRY(source(c, &t));
	return with_sim(c, &t, fn);
}

enum fg_rc
iam_run_simulate_custom(struct api_call *c)
{
	return custom(c, simulate_all);
}

enum fg_rc
iam_run_simulate_principal(struct api_call *c)
{
	return principal(c, simulate_all);
}

/* ---- keys ---- */

static enum fg_rc
keys_all(struct sim *s, const struct iam_target *t)
{
	struct keys k = { .c = s->c, .v = s->keys };

	if (t != NULL)
		FG_TRY(sim_principal(s, t));
	FG_TRY(sim_inputs(s));
	api_xml_open(&s->c->xml, FG_LIT("ContextKeyNames"));
	for (size_t i = 0; i < s->identity.n; i++) {
		if (s->identity.program[i] != NULL)
			trust_keys_used(s->identity.program[i], key_once, &k);
	}
	api_xml_close(&s->c->xml, FG_LIT("ContextKeyNames"));
	return FG_OK;
}

enum fg_rc
iam_run_keys_custom(struct api_call *c)
{
	return custom(c, keys_all);
}

enum fg_rc
iam_run_keys_principal(struct api_call *c)
{
	return principal(c, keys_all);
}
