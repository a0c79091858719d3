/*
 * gateway/iam/apply_entity.c - users, groups and roles of a bundle against the store's.
 */
#include "gateway/iam/bundle_int.h"

/* ---- rows ---- */

static enum fg_rc
row_put(struct bn_apply *p, struct fg_str account, enum bn_list l, const struct bn_entity *e)
{
	const struct store_user u = { account, e->uid, e->name, e->path, e->boundary, e->tags,
		e->created };
	const struct store_group g = { account, e->uid, e->name, e->path, e->created };
	const struct store_role r = { .account = account, .uid = e->uid, .name = e->name,
		.path = e->path, .description = e->description, .trust = e->trust,
		.bindings = e->bindings, .boundary = e->boundary, .tags = e->tags,
		.max_session = e->max_session, .created = e->created };

	if (l == BN_USERS)
		return store_put(p->tx, STORE_USER, &u, p->err);
	if (l == BN_GROUPS)
		return store_put(p->tx, STORE_GROUP, &g, p->err);
	return store_put(p->tx, STORE_ROLE, &r, p->err);
}

static bool
row_same(const struct bn_entity *a, const struct bn_entity *b)
{
	return fg_eq(a->name, b->name) && fg_eq(a->path, b->path) &&
	    fg_eq(a->boundary, b->boundary) && fg_eq(a->tags, b->tags) &&
	    fg_eq(a->trust, b->trust) && fg_eq(a->bindings, b->bindings) &&
	    fg_eq(a->description, b->description) && a->max_session == b->max_session;
}

/* What the file does not say stays as it is. */
static void
fill_in(struct bn_apply *p, struct bn_entity *e, const struct bn_entity *old, enum bn_list l)
{
	if (old != NULL) {
		e->created = old->created;
		if (!e->described)
			e->description = old->description;
		if (e->max_session == 0)
			e->max_session = old->max_session;
	}
	if (e->created == 0)
		e->created = p->how->now;
	if (l == BN_ROLES && e->max_session == 0)
		e->max_session = 3600;
}

/* ---- inline policies, attachments, memberships ---- */

static const struct bn_inline *
inline_find(const struct bn_entity *e, struct fg_str name)
{
	for (size_t i = 0; e != NULL && i < e->ninlines; i++)
		if (fg_eq(e->inlines[i].name, name))
			return &e->inlines[i];
	return NULL;
}

/* Each step counts what it changed, so that one line is said for the entity. */
static enum fg_rc
inlines_apply(struct bn_apply *p, struct fg_str account, const struct bn_entity *e,
    const struct bn_entity *old, unsigned *changed)
{
	for (size_t i = 0; i < e->ninlines; i++) {
		const struct bn_inline *was = inline_find(old, e->inlines[i].name);
		const struct store_inline row = { account, e->uid, e->inlines[i].name,
			e->inlines[i].document };

		if (was != NULL && fg_eq(was->document, row.document))
			continue;
		FG_TRY(store_put(p->tx, STORE_INLINE, &row, p->err));
		++*changed;
	}
	for (size_t i = 0; old != NULL && i < old->ninlines; i++) {
		const struct store_inline row = { .account = account, .owner = e->uid,
			.name = old->inlines[i].name };

		if (inline_find(e, row.name) != NULL)
			continue;
		FG_TRY(store_delete(p->tx, STORE_INLINE, &row, p->err));
		++*changed;
	}
	return FG_OK;
}

/* The account of a policy's ARN. */
static struct fg_str
policy_account(struct fg_str arn)
{
	struct fg_str account = FG_LIT(""), rest;

	(void)fg_cut(fg_sub(arn, 13, arn.n), ':', &account, &rest);
	return account;
}

static bool
policy_will_be(struct bn_apply *p, struct fg_str own, struct fg_str arn)
{
	struct fg_str account = policy_account(arn);
	const struct bn_account *w = bn_account_find(p->want, account);
	struct bn_account *h;

	if (!fg_eq(account, own) && !fg_eq(account, FG_LIT("aws")))
		return false;
	if (w != NULL && bn_policy_find(w, arn) != NULL)
		return true;
	/* the provider's are shared by all accounts: none of them goes */
	if (w != NULL && w->policies_given && (p->how->flags & BUNDLE_PRUNE) != 0 && fg_eq(account, own))
		return false;
	return bn_have(p, account, &h) == FG_OK && bn_policy_find(h, arn) != NULL;
}

/*
 * A dump may name policies of AWS without saying what they are.  What such a policy denies is not
 * known: as everywhere, what is attached and cannot be found denies everything, until it is there.
 */
static enum fg_rc
policy_must_be(struct bn_apply *p, struct fg_str own, const struct bn_entity *e,
    struct fg_str arn)
{
	if (policy_will_be(p, own, arn))
		return FG_OK;
	if (fg_starts(arn, FG_LIT("arn:aws:iam::aws:policy/"))) {
		bn_warn(p, e->place, "policy %.*s is not known here: whoever has it is denied everything until a "
		    "bundle brings it", FG_PRI(arn));
		return FG_OK;
	}
	return fg_fail(p->err, FG_E_PARAM, "iam.apply", NULL,
	    "%.*s: policy %.*s does not exist in the account", FG_PRI(e->place), FG_PRI(arn));
}

static enum fg_rc
attached_apply(struct bn_apply *p, struct fg_str account, const struct bn_entity *e,
    const struct bn_entity *old, unsigned *changed)
{
	for (size_t i = 0; i < e->attached.n; i++) {
		const struct store_attachment row = { account, e->uid, e->attached.v[i] };

		FG_TRY(policy_must_be(p, account, e, row.policy));
		if (old != NULL && bn_names_has(&old->attached, row.policy))
			continue;
		FG_TRY(store_insert(p->tx, STORE_ATTACHMENT, &row, p->err));
		++*changed;
	}
	for (size_t i = 0; old != NULL && i < old->attached.n; i++) {
		const struct store_attachment row = { account, e->uid, old->attached.v[i] };

		if (bn_names_has(&e->attached, row.policy))
			continue;
		FG_TRY(store_delete(p->tx, STORE_ATTACHMENT, &row, p->err));
		++*changed;
	}
	return FG_OK;
}

/* Groups of the file first, then the store's. */
static const struct bn_entity *
group_of(const struct bn_account *w, const struct bn_account *h, struct fg_str name)
{
	const struct bn_entity *g = bn_entity_find(w, BN_GROUPS, name);

	return g != NULL ? g : bn_entity_find(h, BN_GROUPS, name);
}

static enum fg_rc
groups_apply(struct bn_apply *p, const struct bn_account *w, const struct bn_account *h,
    const struct bn_entity *e, const struct bn_entity *old, unsigned *changed)
{
	for (size_t i = 0; i < e->groups.n; i++) {
		const struct bn_entity *g = group_of(w, h, e->groups.v[i]);
		const struct store_member row = { w->id, e->uid, g == NULL ? FG_STR_NULL : g->uid };

		if (g == NULL)
			return fg_fail(p->err, FG_E_PARAM, "iam.apply", NULL,
			    "%.*s: group %.*s does not exist", FG_PRI(e->place), FG_PRI(e->groups.v[i]));
		if (old != NULL && bn_names_has(&old->groups, e->groups.v[i]))
			continue;
		FG_TRY(store_insert(p->tx, STORE_MEMBER, &row, p->err));
		++*changed;
	}
	for (size_t i = 0; old != NULL && i < old->groups.n; i++) {
		const struct bn_entity *g = bn_entity_find(h, BN_GROUPS, old->groups.v[i]);
		const struct store_member row = { w->id, e->uid, g == NULL ? FG_STR_NULL : g->uid };

		if (g == NULL || bn_names_has(&e->groups, old->groups.v[i]))
			continue;
		FG_TRY(store_delete(p->tx, STORE_MEMBER, &row, p->err));
		++*changed;
	}
	return FG_OK;
}

/* ---- entities ---- */

static enum fg_rc
entity_apply(struct bn_apply *p, struct bn_account *w, const struct bn_account *h,
    struct bn_entity *e, enum bn_list l)
{
	const struct bn_entity *old = bn_entity_find(h, l, e->name);
	unsigned changed = 0;

	fill_in(p, e, old, l);
	if (e->boundary.n > 0)
		FG_TRY(policy_must_be(p, w->id, e, e->boundary));
	if (old == NULL || !row_same(e, old)) {
		FG_TRY(row_put(p, w->id, l, e));
		changed++;
	}
	FG_TRY(inlines_apply(p, w->id, e, old, &changed));
	FG_TRY(attached_apply(p, w->id, e, old, &changed));
	if (l == BN_USERS)
		FG_TRY(groups_apply(p, w, h, e, old, &changed));
	if (changed > 0)
		bn_say(p, old == NULL ? "create" : "update", e->arn);
	return FG_OK;
}

enum fg_rc
bn_apply_entities(struct bn_apply *p, struct bn_account *w, struct bn_account *h, enum bn_list l)
{
	for (size_t i = 0; i < w->entities[l].n; i++)
		FG_TRY(entity_apply(p, w, h, &w->entities[l].v[i], l));
	return FG_OK;
}
