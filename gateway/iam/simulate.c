/*
 * gateway/iam/simulate.c - policies of a simulation, and its decisions.
 *
 * Decisions are those of trust/, over the same layers that a real request has.  A role of the
 * caller's account brings its own trust policy when no other is given: without one nobody could
 * assume it.
 */
#include <stdlib.h>

#include "gateway/iam/simulate_int.h"

#define S(text) { text, sizeof(text) - 1 }

/* ---- sets ---- */

static enum fg_rc
set_new(struct sim *s, struct sim_set *set)
{
	set->source = FG_NEW_N(s->c->arena, struct sim_source, FG_LIMIT_API_LAYERS);
	set->program = FG_NEW_N(s->c->arena, const struct trust_program *, FG_LIMIT_API_LAYERS);
	if (set->source == NULL || set->program == NULL)
		return fg_fail(&s->c->err, FG_E_NOMEM, "iam.simulate", NULL, "arena");
	return FG_OK;
}

/* As for a real request: one too many for the room takes the last place as a denial. */
static void
put(struct sim_set *set, struct fg_str id, struct fg_str type, enum trust_kind kind,
    const struct trust_program *p)
{
	if (set->n == FG_LIMIT_API_LAYERS) {
		set->program[FG_LIMIT_API_LAYERS - 1] = NULL;
		return;
	}
	set->source[set->n] = (struct sim_source){ .id = id, .type = type, .kind = kind };
	set->program[set->n++] = p;
}

enum fg_rc
sim_begin(struct api_call *c, struct sim *ret)
{
	*ret = (struct sim){ .c = c, .owner = c->caller.who.account };
	ret->room_own = 3 * FG_LIMIT_API_LAYERS;
	ret->own = FG_NEW_N(c->arena, struct trust_program *, ret->room_own);
	ret->keys = FG_NEW_N(c->arena, struct fg_str, FG_LIMIT_SIMULATE_KEYS);
	ret->scratch = fg_arena_new(FG_LIMIT_SIMULATE_SCRATCH);
	ret->ctx = trust_ctx_new();
	if (ret->own == NULL || ret->keys == NULL || ret->scratch == NULL || ret->ctx == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.simulate", NULL, "arena");
	FG_TRY(set_new(ret, &ret->identity));
	FG_TRY(set_new(ret, &ret->boundary));
	return set_new(ret, &ret->resource);
}

void
sim_end(struct sim *s)
{
	for (size_t i = 0; i < s->n_own; i++)
		trust_free(s->own[i]);
	trust_ctx_free(s->ctx);
	fg_arena_free(s->scratch);
}

/* ---- policies of the directory ---- */

static const struct trust_program *
program(const struct directory_document *d)
{
	return d == NULL ? NULL : directory_program(d);
}

static void
managed_put(struct sim *s, struct sim_set *set, struct fg_str arn, enum trust_kind kind)
{
	static const struct fg_str theirs = S("aws-managed"), ours = S("user-managed");
	const struct directory_policy *p = directory_policy_find(iam_dir(s->c), arn);

	if (p == NULL || p->quarantined)
		put(set, arn, FG_LIT("none"), kind, NULL);
	else
		put(set, p->name, fg_eq(p->account, FG_LIT("aws")) ? theirs : ours, kind,
		    program(p->document));
}

static enum fg_rc
grants_put(struct sim *s, const struct iam_target *t)
{
	const struct directory_grants *g = t->grants;

	if (!t->found)
		put(&s->identity, t->arn, t->k->noun, TRUST_IDENTITY, NULL);
	for (size_t i = 0; i < g->ninlines; i++) {
		struct fg_str id = fg_arena_fmt(s->c->arena, "%.*s_%.*s_%.*s", (int)t->k->noun.n,
		    t->k->noun.p, (int)t->name.n, t->name.p, (int)g->inlines[i].name.n,
		    g->inlines[i].name.p);

		if (fg_str_null(id))
			return fg_fail(&s->c->err, FG_E_NOMEM, "iam.simulate", NULL, "arena");
		put(&s->identity, id, t->k->noun, TRUST_IDENTITY, program(g->inlines[i].document));
	}
	for (size_t i = 0; i < g->nattached; i++)
		managed_put(s, &s->identity, g->attached[i], TRUST_IDENTITY);
	return FG_OK;
}

enum fg_rc
sim_principal(struct sim *s, const struct iam_target *t)
{
	s->of_principal = true;
	FG_TRY(grants_put(s, t));
	for (size_t i = 0; t->user != NULL && i < t->user->ngroups; i++) {
		const struct directory_group *g = directory_group_by_uid(iam_dir(s->c), t->user->groups[i]);
		struct iam_target group;

		if (g == NULL) {
			put(&s->identity, t->arn, FG_LIT("group"), TRUST_IDENTITY, NULL);
			continue;
		}
		group = iam_target_group(g);
		FG_TRY(grants_put(s, &group));
	}
	if (t->boundary.n == 0)
		return FG_OK;
	s->has_boundary = true;
	managed_put(s, &s->boundary, t->boundary, TRUST_BOUNDARY);
	return FG_OK;
}

/* ---- policies of the request ---- */

static enum fg_rc
compile(struct sim *s, struct fg_str document, enum trust_kind kind, struct trust_program **ret,
    struct trust_fault *fault)
{
	const struct trust_compile how = { .kind = kind };
	struct fg_err err = { 0 };
	enum fg_rc rc;

	if (s->n_own == s->room_own)
		return fg_fail(&s->c->err, FG_E_LIMIT, "iam.simulate", NULL, "too many policies");
	rc = trust_check(document, kind, document.n + 1, fault, &err);
	if (rc == FG_OK)
		rc = trust_compile(document, &how, ret, fault, &err);
	if (rc == FG_OK)
		s->own[s->n_own++] = *ret;
	else if (fg_rc_class(rc) == FG_SELF)
		s->c->err = err;
	return rc;
}

static enum fg_rc
input_put(struct sim *s, struct sim_set *set, struct fg_str id, struct fg_str type,
    struct fg_str document, enum trust_kind kind)
{
	struct trust_fault fault = { .rule = NULL };
	struct trust_program *p = NULL;
	enum fg_rc rc = compile(s, document, kind, &p, &fault);

	if (rc != FG_OK && s->c->err.rc == FG_OK)
		return api_refuse(s->c, API_F_INVALID_INPUT, "iam.simulate.policy",
		    "Invalid policy %.*s: line %u, column %u: %s (%s)", (int)id.n, id.p, fault.line,
		    fault.column, fault.detail, fault.rule == NULL ? "" : fault.rule);
	FG_TRY(rc);
	put(set, id, type, kind, p);
	return FG_OK;
}

static enum fg_rc
list_put(struct sim *s, struct sim_set *set, const char *param, enum trust_kind kind)
{
	const struct api_arg *v = iam_arg(s->c, param);

	for (size_t i = 0; v != NULL && i < v->n; i++) {
		struct fg_str id = fg_arena_fmt(s->c->arena, "%s.%zu", param, i + 1);

		if (fg_str_null(id))
			return fg_fail(&s->c->err, FG_E_NOMEM, "iam.simulate", NULL, "arena");
		FG_TRY(input_put(s, set, id, FG_LIT("none"), api_member(v, i, 0)->s, kind));
	}
	return FG_OK;
}

enum fg_rc
sim_inputs(struct sim *s)
{
	const struct api_arg *bound = iam_arg(s->c, "PermissionsBoundaryPolicyInputList");
	struct fg_str resource = iam_str(s->c, "ResourcePolicy");

	FG_TRY(list_put(s, &s->identity, "PolicyInputList", TRUST_IDENTITY));
	if (bound != NULL && bound->n > 0) { /* in place of the principal's own */
		s->boundary.n = 0;
		s->has_boundary = true;
		FG_TRY(list_put(s, &s->boundary, "PermissionsBoundaryPolicyInputList", TRUST_BOUNDARY));
	}
	if (fg_str_null(resource))
		return FG_OK;
	return input_put(s, &s->resource, FG_LIT("ResourcePolicy"), FG_LIT("resource"), resource,
	    TRUST_RESOURCE);
}

/* ---- decisions ---- */

/* A key's policy by default: the policies of its account decide. */
static enum fg_rc
key_policy(struct sim *s, struct fg_str account, const struct trust_program **ret)
{
	struct trust_program *p = NULL;
	struct trust_fault fault;
	struct fg_str text;

	if (s->key_program == NULL) {
		text = fg_arena_fmt(s->c->arena, "{\"Version\":\"2012-10-17\",\"Statement\":"
		    "[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::%.*s:root\"},"
		    "\"Action\":\"kms:*\",\"Resource\":\"*\"}]}", FG_PRI(account));
		FG_TRY(compile(s, text, TRUST_RESOURCE, &p, &fault));
		s->key_program = p;
	}
	*ret = s->key_program;
	return FG_OK;
}

/* What stands in for a resource's own policy when none was given; *ret says whether there is one. */
static enum fg_rc
stand_in(struct sim *s, struct fg_str resource, struct fg_str account, bool *ret)
{
	const struct directory_role *role = directory_role_by_arn(iam_dir(s->c), resource);

	*ret = false;
	if (!fg_eq(account, s->c->caller.who.account))
		return FG_OK; /* what others allow is theirs to tell */
	if (role != NULL && !s->of_principal)
		return FG_OK; /* who may only try documents learns nothing of a role's trust */
	*ret = role != NULL || fg_starts(resource, FG_LIT("arn:aws:kms:"));
	if (role != NULL)
		s->stand_in = role->quarantined ? NULL : program(role->trust);
	else if (*ret)
		return key_policy(s, account, &s->stand_in);
	return FG_OK;
}

static enum fg_rc
layers(struct sim *s, struct sim_result *r)
{
	struct trust_layers *l = &r->layers;
	bool there;

	*l = (struct trust_layers){ .identity = { s->identity.program, s->identity.n },
		.boundary = { s->boundary.program, s->boundary.n }, .has_boundary = s->has_boundary,
		.resource = { s->resource.program, s->resource.n }, .scp = s->scp, .nscp = s->nscp };
	if (s->resource.n > 0)
		return FG_OK;
	FG_TRY(stand_in(s, r->request.resource, r->request.resource_account, &there));
	if (there)
		l->resource = (struct trust_policies){ &s->stand_in, 1 };
	return FG_OK;
}

static struct fg_str
account_of(const struct sim *s, struct fg_str resource)
{
	struct api_arn arn;

	return api_arn_read(resource, &arn) && arn.account.n > 0 ? arn.account : s->owner;
}

enum fg_rc
sim_decide(struct sim *s, struct fg_str action, struct fg_str resource, struct sim_result *ret)
{
	*ret = (struct sim_result){ .request = { .caller = s->caller, .action = action,
		.resource = resource, .resource_account = account_of(s, resource), .ctx = s->ctx } };
	ret->cross = !fg_eq(ret->request.resource_account, s->caller.account);
	fg_arena_reset(s->scratch);
	FG_TRY(layers(s, ret));
	(void)trust_decide(&ret->request, &ret->layers, &ret->decision);
	return trust_explain(s->scratch, &ret->request, &ret->layers, &ret->reason, &ret->n_reason,
	    &s->c->err);
}

enum trust_verdict
sim_leg(const struct sim_result *r, enum trust_layer layer, int level)
{
	enum trust_verdict v = TRUST_DENY_IMPLICIT;

	for (size_t i = 0; i < r->n_reason; i++) {
		const struct trust_reason *x = &r->reason[i];

		if (x->layer != layer || x->level != level)
			continue;
		if (x->element == TRUST_ELEMENT_DOCUMENT || (x->element == TRUST_ELEMENT_NONE && x->deny))
			return TRUST_DENY_EXPLICIT;
		if (x->element == TRUST_ELEMENT_NONE)
			v = TRUST_ALLOW;
	}
	return v;
}

const struct trust_span *
sim_span(struct sim *s, struct sim_set *set, int policy, int statement)
{
	struct sim_source *from = &set->source[policy];
	struct fg_err err = { 0 };

	if (from->spans == NULL &&
	    trust_spans(set->program[policy], from->kind, s->c->arena, &from->spans, &err) != FG_OK)
		return NULL;
	return &from->spans[statement];
}
