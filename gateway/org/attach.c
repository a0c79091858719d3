/*
 * gateway/org/attach.c - control policies and what they are attached to.
 *
 * A target to which no service control policy was attached has full access, as AWS creates it, without
 * a row that says so.  The first one that is attached writes that row beside its own; the last one
 * cannot be taken away.  Full access to resources is attached everywhere, always.
 */
#include <stdlib.h>

#include "gateway/org/org_int.h"

static bool
same_target(struct fg_str a, struct fg_str b)
{
	return fg_eq(org_normal(a), org_normal(b));
}

/* The target as the row has it; null when it is not attached. */
static struct fg_str
attached_as(const struct bn_control *c, struct fg_str target)
{
	struct fg_str list = c == NULL ? FG_STR_NULL : c->targets, t;

	while (store_list_next(&list, &t)) {
		if (same_target(t, target))
			return t;
	}
	return FG_STR_NULL;
}

static size_t
attached_count(const struct bn_org *o, struct fg_str target, struct fg_str type)
{
	size_t n = 0;

	for (size_t i = 0; i < o->ncontrols; i++)
		n += fg_eq(org_row_type(&o->controls[i].row), type) &&
		    !fg_str_null(attached_as(&o->controls[i], target));
	return n;
}

/* ---- changes ---- */

struct change {
	struct bn_org org;
	const struct bn_control *policy; /* NULL: full access that no row speaks of */
	struct fg_str id, target, type;
	size_t n; /* of this type on the target, by rows */
	bool scp;
};

static enum fg_rc
target_check(struct iam_op *op, const struct bn_org *o, struct fg_str target)
{
	struct store_account row = { .account = target };
	enum fg_rc rc;

	if (fg_eq(target, op->t.path) || bn_unit_find(o, target) != NULL)
		return FG_OK;
	rc = iam_row(op, STORE_ACCOUNT, &row);
	return rc == FG_E_NOT_FOUND ? org_refuse(op->c, API_F_ORG_TARGET, "org.target") : rc;
}

/* uid of the target of the write: the policy; extra: the type if it is in force, else "". */
static enum fg_rc
change_begin(struct iam_op *op, struct change *ch)
{
	ch->id = op->t.uid;
	ch->target = iam_str(op->c, "TargetId");
	FG_TRY(org_load(op, &ch->org));
	ch->policy = bn_control_find(&ch->org, ch->id);
	ch->type = org_row_type(ch->policy != NULL ? &ch->policy->row
						   : &(struct store_control){ .id = ch->id });
	if (fg_str_null(ch->type))
		return org_refuse(op->c, API_F_ORG_POLICY, "org.policy");
	FG_TRY(target_check(op, &ch->org, ch->target));
	if (!fg_eq(op->extra, ch->type))
		return org_refuse(op->c, API_F_ORG_TYPE_DISABLED, "org.type.disabled");
	ch->scp = fg_eq(ch->type, FG_LIT("SERVICE_CONTROL_POLICY"));
	ch->n = attached_count(&ch->org, ch->target, ch->type);
	return FG_OK;
}

static enum fg_rc
row_put(struct iam_op *op, struct fg_str control, struct fg_str target)
{
	return store_insert(op->tx, STORE_TARGET, &(struct store_target){ .account = FG_LIT(""),
	    .control = control, .target = target }, &op->c->err);
}

enum fg_rc
org_target_drop(struct iam_op *op, struct fg_str control, struct fg_str target)
{
	return store_delete(op->tx, STORE_TARGET, &(struct store_target){ .account = FG_LIT(""),
	    .control = control, .target = target }, &op->c->err);
}

enum fg_rc
org_targets_drop(struct iam_op *op, const struct bn_control *policy)
{
	struct fg_str list = policy->targets, target;

	while (store_list_next(&list, &target))
		FG_TRY(org_target_drop(op, policy->row.id, target));
	return FG_OK;
}

static enum fg_rc
attach(struct iam_op *op)
{
	struct change ch = { .n = 0 };
	bool implied;

	FG_TRY(change_begin(op, &ch));
	implied = !ch.scp || ch.n == 0; /* full access is there without a row */
	if (!fg_str_null(attached_as(ch.policy, ch.target)) || (implied && org_full_access(ch.id)))
		return org_refuse(op->c, API_F_ORG_ATTACHED, "org.attached");
	if (ch.n + (implied ? 1 : 0) >= ORG_ATTACHED_MAX)
		return org_constraint(op->c, "org.attached.limit",
		    "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
		    "You have attached the maximum number of policies of this type to the target.");
	if (ch.scp && ch.n == 0)
		FG_TRY(row_put(op, org_full_id(ch.type), ch.target));
	return row_put(op, ch.id, ch.target);
}

static enum fg_rc
detach(struct iam_op *op)
{
	struct change ch = { .n = 0 };
	struct fg_str as;
	bool implied;

	FG_TRY(change_begin(op, &ch));
	as = attached_as(ch.policy, ch.target);
	implied = org_full_access(ch.id) && (!ch.scp || ch.n == 0);
	if (fg_str_null(as) && !implied)
		return org_refuse(op->c, API_F_ORG_NOT_ATTACHED, "org.not-attached");
	if (implied || (ch.scp && ch.n == 1))
		return org_constraint(op->c, "org.attached.last",
		    "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
		    "You cannot remove the last policy attached to the specified target. You must have "
		    "at least one attached at all times.");
	return org_target_drop(op, ch.id, as);
}

/* Both the policy and the target must be allowed. */
static enum fg_rc
change(struct api_call *c, iam_op_fn fn)
{
	struct fg_str id = iam_str(c, "PolicyId"), target = iam_str(c, "TargetId"), type;
	struct org o;

	FG_TRY(org_begin(c, &o, target));
	FG_TRY(org_gate(&o, id));
	type = org_policy_type(c, id);
	if (fg_str_null(type))
		return org_refuse(c, API_F_ORG_POLICY, "org.policy");
	if (!org_target_exists(&o, target))
		return org_refuse(c, API_F_ORG_TARGET, "org.target");
	if (!directory_control_type(iam_dir(c), type))
		type = FG_LIT("");
	return org_write(&o, id, type, fn);
}

enum fg_rc
org_run_attach(struct api_call *c)
{
	return change(c, attach);
}

enum fg_rc
org_run_detach(struct api_call *c)
{
	return change(c, detach);
}

/* ---- reads ---- */

struct wanted {
	const struct org *o;
	struct fg_str target, type;
};

/* org_ids() gives the second member, which of a target row is the policy. */
static bool
on_target(const void *arg, const void *row)
{
	const struct wanted *w = arg;
	const struct store_target *t = row;

	return same_target(t->target, w->target) && fg_eq(org_policy_type(w->o->c, t->control), w->type);
}

static bool
listed(const struct fg_str *v, size_t n, struct fg_str id)
{
	for (size_t i = 0; i < n; i++) {
		if (fg_eq(v[i], id))
			return true;
	}
	return false;
}

enum fg_rc
org_run_list_for_target(struct api_call *c)
{
	struct org_page page = org_page(c);
	struct wanted w = { .target = iam_str(c, "TargetId") };
	struct fg_str *ids;
	struct org o;
	size_t n;

	w.o = &o;
	FG_TRY(org_begin(c, &o, w.target));
	FG_TRY(org_type(c, "Filter", &w.type));
	if (!org_target_exists(&o, w.target))
		return org_refuse(c, API_F_ORG_TARGET, "org.target");
	FG_TRY(org_ids(&o, STORE_TARGET, on_target, &w, &ids, &n));
	api_json_open(&c->xml, "Policies", '[');
	/* full access that no row speaks of comes first, on the first page */
	if (directory_control_type(iam_dir(c), w.type) && page.after.n == 0 &&
	    (n == 0 || (!fg_eq(w.type, FG_LIT("SERVICE_CONTROL_POLICY")) &&
		!listed(ids, n, org_full_id(w.type)))))
		org_json_policy(&o, NULL, org_policy_find(c, org_full_id(w.type)));
	for (size_t i = 0; i < n; i++) {
		enum org_turn turn = org_turn(&page, ids[i]);

		if (turn == ORG_STOP)
			break;
		if (turn == ORG_TAKE)
			org_json_policy(&o, NULL, org_policy_find(c, ids[i]));
	}
	api_json_close(&c->xml, ']');
	org_page_end(c, &page);
	return FG_OK;
}

/* ---- the targets of a policy ---- */

struct targets {
	const struct org *o;
	struct fg_str policy, type;
	bool implied;           /* full access: also where no row speaks of the type */
	struct fg_str *with;    /* targets with rows of the type, sorted; roots as "r-" */
	size_t nwith;
	struct fg_str *own;     /* those of the policy itself */
	size_t nown;
	struct org_page page;
};

struct gather {
	struct targets *t;
	size_t room_with, room_own;
	bool nomem;
};

static bool
gather_push(struct gather *g, struct fg_str **v, size_t *n, size_t *room, struct fg_str id)
{
	void *at = *v;
	struct fg_str *s = fg_arena_push(g->t->o->c->arena, &at, n, room, sizeof(*s));

	*v = at;
	if (s != NULL)
		*s = org_normal(id);
	g->nomem = s == NULL;
	return s != NULL;
}

static bool
gather_one(void *arg, enum store_kind kind, const void *row)
{
	const struct store_target *r = row;
	struct gather *g = arg;
	struct targets *t = g->t;

	(void)kind;
	if (!fg_eq(org_policy_type(t->o->c, r->control), t->type))
		return true;
	if (!gather_push(g, &t->with, &t->nwith, &g->room_with, r->target))
		return false;
	return !fg_eq(r->control, t->policy) ||
	    gather_push(g, &t->own, &t->nown, &g->room_own, r->target);
}

static bool
among(const struct fg_str *v, size_t n, struct fg_str id)
{
	return n > 0 && bsearch(&id, v, n, sizeof(id), fg_cmp_at) != NULL;
}

static bool
is_target(const struct targets *t, struct fg_str id)
{
	struct fg_str at = org_normal(id);

	return among(t->own, t->nown, at) || (t->implied && !among(t->with, t->nwith, at));
}

static bool
target_put(struct targets *t, struct fg_str id, struct fg_str name)
{
	struct fg_buf *b = &t->o->c->xml;
	enum org_turn turn = is_target(t, id) ? org_turn(&t->page, id) : ORG_SKIP;

	if (turn == ORG_TAKE) {
		api_json_open(b, NULL, '{');
		api_json_str(b, "TargetId", id);
		api_json_str(b, "Arn", org_arn_of(t->o, id));
		api_json_str(b, "Name", name);
		api_json_str(b, "Type", org_target_kind(id));
		api_json_close(b, '}');
	}
	return turn != ORG_STOP;
}

static bool
target_account(void *arg, enum store_kind kind, const void *entity)
{
	const struct directory_account *a = entity;

	(void)kind;
	return target_put(arg, a->id, a->name);
}

static bool
any_unit(const void *arg, const void *row)
{
	(void)arg;
	return fg_starts(((const struct store_unit *)row)->id, FG_LIT("ou-"));
}

/* Accounts, units, the root: in the order of their ids. */
static enum fg_rc
targets_put(struct api_call *c, struct targets *t)
{
	struct fg_str *units;
	size_t n;

	FG_TRY(directory_walk(iam_dir(c), STORE_ACCOUNT, FG_LIT(""), t->page.after,
	    target_account, t, &c->err));
	FG_TRY(org_ids(t->o, STORE_UNIT, any_unit, NULL, &units, &n));
	for (size_t i = 0; i < n; i++) {
		if (!target_put(t, units[i], org_unit(t->o, units[i])->name))
			break;
	}
	(void)target_put(t, t->o->root, FG_LIT("Root"));
	return FG_OK;
}

enum fg_rc
org_run_list_targets(struct api_call *c)
{
	struct targets t = { .policy = iam_str(c, "PolicyId"), .page = org_page(c) };
	struct gather g = { .t = &t };
	struct org o;

	t.o = &o;
	FG_TRY(org_begin(c, &o, t.policy));
	t.type = org_policy_type(c, t.policy);
	if (fg_str_null(t.type))
		return org_refuse(c, API_F_ORG_POLICY, "org.policy");
	t.implied = org_full_access(t.policy) && directory_control_type(iam_dir(c), t.type);
	directory_rows(iam_dir(c), STORE_TARGET, gather_one, &g);
	if (g.nomem)
		return fg_fail(&c->err, FG_E_NOMEM, "org.targets", NULL, "arena");
	if (fg_eq(t.policy, FG_LIT("p-RCPFullAWSAccess")))
		t.nwith = 0; /* everywhere, whatever else there is */
	if (t.nwith > 1)
		qsort(t.with, t.nwith, sizeof(*t.with), fg_cmp_at);
	if (t.nown > 1)
		qsort(t.own, t.nown, sizeof(*t.own), fg_cmp_at);
	api_json_open(&c->xml, "Targets", '[');
	FG_TRY(targets_put(c, &t));
	api_json_close(&c->xml, ']');
	org_page_end(c, &t.page);
	return FG_OK;
}
