/*
 * gateway/iam/organization.c - the organisation of a bundle: units, control policies, and where
 * they and the accounts hang.
 */
#include "gateway/directory/directory.h"
#include "gateway/iam/bundle_int.h"
#include "trust/trust.h"

/* ---- reading ---- */

/* [a-zA-Z0-9-]+ after a prefix. */
static bool
id_ok(struct fg_str s, struct fg_str prefix)
{
	if (!fg_starts(s, prefix) || s.n == prefix.n || s.n > 64)
		return false;
	for (size_t i = prefix.n; i < s.n; i++)
		if (!fg_digit(s.p[i]) && s.p[i] != '-' &&
		    !(fg_lower(s.p[i]) >= 'a' && fg_lower(s.p[i]) <= 'z'))
			return false;
	return true;
}

static bool
parent_ok(struct fg_str s)
{
	return id_ok(s, FG_LIT("ou-")) || id_ok(s, FG_LIT("r-"));
}

/* What stands for full access has no document of its own. */
static bool
built_in(struct fg_str id)
{
	return fg_eq(id, FG_LIT("p-FullAWSAccess")) || fg_eq(id, FG_LIT("p-RCPFullAWSAccess"));
}

static void
read_unit(struct bn_reader *r, uint32_t node, void *at)
{
	struct unit {
		struct store_unit row;
		struct fg_str tags;
	} unit = { .tags = FG_LIT("") };
	static const struct bn_member members[] = {
		{ "Id", bn_str, offsetof(struct unit, row.id), true },
		{ "Arn", NULL, 0, false },
		{ "Name", bn_str, offsetof(struct unit, row.name), true },
		{ "ParentId", bn_str, offsetof(struct unit, row.parent), true },
		{ "Tags", bn_tags, offsetof(struct unit, tags), false },
	};
	struct store_unit *u = at;

	bn_object(r, node, members, FG_COUNT(members), &unit);
	*u = unit.row;
	u->account = FG_LIT("");
	bn_read_org_tags(r, node, u->id, unit.tags);
	if (!id_ok(u->id, FG_LIT("ou-")))
		bn_oops(r, node, FG_E_PARAM, "Id is not ou-...");
	if (!parent_ok(u->parent))
		bn_oops(r, node, FG_E_PARAM, "ParentId is neither a unit (ou-...) nor a root (r-...)");
	if (u->name.n == 0 || u->name.n > 128)
		bn_oops(r, node, FG_E_PARAM, "Name has 1 to 128 bytes");
}

static void
check_content(struct bn_reader *r, uint32_t node, const struct store_control *c)
{
	const bool scp = fg_eq(c->type, FG_LIT("SERVICE_CONTROL_POLICY"));
	struct trust_fault fault = { .rule = NULL };
	struct fg_err err = { .rc = FG_OK };

	if (!scp && !fg_eq(c->type, FG_LIT("RESOURCE_CONTROL_POLICY"))) {
		bn_oops(r, node, FG_E_PARAM,
		    "Type is SERVICE_CONTROL_POLICY or RESOURCE_CONTROL_POLICY");
		return;
	}
	if (c->document.n == 0)
		bn_oops(r, node, FG_E_PARAM, "Content is missing");
	else if (trust_check(c->document, scp ? TRUST_SCP : TRUST_RCP, FG_LIMIT_CONTROL_CHARS, &fault, &err) !=
	    FG_OK)
		bn_oops(r, node, fault.rule == NULL ? err.rc : FG_E_POLICY, "Content %s: %s", fault.pointer,
		    fault.rule == NULL ? err.text : fault.detail);
}

static void
read_control(struct bn_reader *r, uint32_t node, void *at)
{
#define C(m) offsetof(struct bn_control, row.m)
	static const struct bn_member members[] = {
		{ "Id", bn_str, C(id), true },
		{ "Arn", NULL, 0, false },
		{ "Name", bn_str, C(name), false },
		{ "Type", bn_str, C(type), false },
		{ "Description", bn_str, C(description), false },
		{ "Content", bn_document, C(document), false },
		{ "CreateDate", bn_time, C(created), false },
		{ "Targets", bn_list, offsetof(struct bn_control, targets), false },
		{ "Tags", bn_tags, offsetof(struct bn_control, tags), false },
	};
#undef C
	struct bn_control *c = at;
	struct fg_str list, t;

	bn_object(r, node, members, FG_COUNT(members), at);
	c->row.account = FG_LIT("");
	c->place = bn_place(r);
	bn_read_org_tags(r, node, c->row.id, c->tags);
	if (!id_ok(c->row.id, FG_LIT("p-")))
		bn_oops(r, node, FG_E_PARAM, "Id is not p-...");
	if (built_in(c->row.id) && c->row.document.n > 0)
		bn_oops(r, node, FG_E_PARAM, "full access has no Content");
	if (!built_in(c->row.id))
		check_content(r, node, &c->row);
	list = c->targets;
	while (store_list_next(&list, &t))
		if (!parent_ok(t) && !bn_account_ok(t))
			bn_oops(r, node, FG_E_PARAM, "target %.*s is no account, unit or root", FG_PRI(t));
}

static void
read_place(struct bn_reader *r, uint32_t node, void *at)
{
	static const struct bn_member members[] = {
		{ "Id", bn_str, offsetof(struct bn_hang, id), true },
		{ "ParentId", bn_str, offsetof(struct bn_hang, parent), true },
		{ "Tags", bn_tags, offsetof(struct bn_hang, tags), false },
	};
	struct bn_hang *h = at;

	bn_object(r, node, members, FG_COUNT(members), at);
	bn_read_org_tags(r, node, h->id, h->tags);
	if (!bn_account_ok(h->id) || !parent_ok(h->parent))
		bn_oops(r, node, FG_E_PARAM, "an account id and a unit or root are needed");
}

static void
read_units(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_org *o = at;
	void *list = NULL;

	bn_array(r, node, sizeof(struct store_unit), "Id", read_unit, &list, &o->nunits);
	o->units = list;
}

static void
read_controls(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_org *o = at;
	void *list = NULL;

	bn_array(r, node, sizeof(struct bn_control), "Id", read_control, &list, &o->ncontrols);
	o->controls = list;
}

static void
read_places(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_org *o = at;
	void *list = NULL;

	bn_array(r, node, sizeof(struct bn_hang), "Id", read_place, &list, &o->nhangs);
	o->hangs = list;
}

static bool
ids_once(const struct bn_org *o)
{
	for (size_t i = 0; i < o->nunits; i++)
		for (size_t k = 0; k < i; k++)
			if (fg_eq(o->units[i].id, o->units[k].id))
				return false;
	for (size_t i = 0; i < o->ncontrols; i++)
		for (size_t k = 0; k < i; k++)
			if (fg_eq(o->controls[i].row.id, o->controls[k].row.id))
				return false;
	return true;
}

void
bn_read_organization(struct bn_reader *r, uint32_t node, void *at)
{
	static const struct bn_member members[] = {
		{ "Id", bn_str, offsetof(struct bn_org, id), false },
		{ "ManagementAccountId", bn_str, offsetof(struct bn_org, management), true },
		{ "EnabledFeatures", bn_read_features, 0, false },
		{ "Roots", bn_read_roots, 0, false },
		{ "OrganizationalUnits", read_units, 0, false },
		{ "Policies", read_controls, 0, false },
		{ "Accounts", read_places, 0, false },
		{ "CreateAccountStatuses", bn_read_statuses, 0, false },
	};
	struct bn_org *o = &((struct bundle *)at)->org;

	r->org = o;
	bn_object(r, node, members, FG_COUNT(members), o);
	o->given = true;
	bn_org_settings_sort(o);
	if (o->id.n > 0 && !id_ok(o->id, FG_LIT("o-")))
		bn_oops(r, node, FG_E_PARAM, "Id is not o-...");
	if (!bn_account_ok(o->management))
		bn_oops(r, node, FG_E_PARAM, "ManagementAccountId is not 12 digits");
	if (!ids_once(o))
		bn_oops(r, node, FG_E_PARAM, "two units or two policies have one Id");
}

/* ---- the difference ---- */

static void
say(struct bn_apply *p, const char *verb, const char *type, struct fg_str id)
{
	struct fg_str m = p->want->org.management;

	bn_say(p, verb, fg_arena_fmt(p->a, "arn:aws:organizations::%.*s:%s/%.*s", FG_PRI(m), type,
	    FG_PRI(id)));
}

static const struct store_unit *
unit_will_be(const struct bn_apply *p, const struct bn_org *h, struct fg_str id)
{
	const struct store_unit *u = bn_unit_find(&p->want->org, id);

	if (u == NULL && (p->how->flags & BUNDLE_PRUNE) == 0)
		u = bn_unit_find(h, id);
	return u;
}

/* Every chain of parents ends at a root, in at most five steps. */
static enum fg_rc
chain_check(struct bn_apply *p, const struct bn_org *h, struct fg_str from)
{
	struct fg_str at = from;

	for (int i = 0; i <= FG_LIMIT_UNIT_DEPTH; i++) {
		const struct store_unit *u;

		if (fg_starts(at, FG_LIT("r-")))
			return FG_OK;
		u = unit_will_be(p, h, at);
		if (u == NULL)
			return fg_fail(p->err, FG_E_PARAM, "iam.apply", NULL,
			    "Organization: unit %.*s does not exist", FG_PRI(at));
		at = u->parent;
	}
	return fg_fail(p->err, FG_E_PARAM, "iam.apply", NULL,
	    "Organization: %.*s hangs more than five levels below a root, or in a ring",
	    FG_PRI(from));
}

static enum fg_rc
units_apply(struct bn_apply *p, const struct bn_org *h)
{
	const struct bn_org *w = &p->want->org;
	unsigned gone = 0;

	for (size_t i = 0; i < w->nunits; i++) {
		const struct store_unit *u = &w->units[i], *old = bn_unit_find(h, u->id);
		unsigned changed = 0;

		FG_TRY(chain_check(p, h, u->id));
		FG_TRY(bn_apply_org_tags(p, h, u->id, &changed));
		if (changed == 0 && old != NULL && fg_eq(old->name, u->name) && fg_eq(old->parent, u->parent))
			continue;
		say(p, old == NULL ? "create" : "update", "ou", u->id);
		FG_TRY(store_put(p->tx, STORE_UNIT, u, p->err));
	}
	for (size_t i = 0; (p->how->flags & BUNDLE_PRUNE) != 0 && i < h->nunits; i++) {
		if (bn_unit_find(w, h->units[i].id) != NULL)
			continue;
		say(p, "delete", "ou", h->units[i].id);
		FG_TRY(bn_apply_org_tags(p, h, h->units[i].id, &gone));
		FG_TRY(store_delete(p->tx, STORE_UNIT, &h->units[i], p->err));
	}
	return FG_OK;
}

static enum fg_rc
targets_apply(struct bn_apply *p, const struct bn_org *h, const struct bn_control *w,
    const struct bn_control *old, unsigned *changed)
{
	struct fg_str list = w == NULL ? FG_STR_NULL : w->targets, t;
	struct fg_str have = old == NULL ? FG_STR_NULL : old->targets;
	struct store_target row = { .account = FG_LIT(""),
		.control = w != NULL ? w->row.id : old->row.id };

	while (store_list_next(&list, &t)) {
		row.target = t;
		if (fg_starts(t, FG_LIT("ou-")))
			FG_TRY(chain_check(p, h, t));
		if (old != NULL && store_list_has(old->targets, t))
			continue;
		FG_TRY(store_put(p->tx, STORE_TARGET, &row, p->err));
		++*changed;
	}
	while (store_list_next(&have, &t)) {
		row.target = t;
		if (w != NULL && store_list_has(w->targets, t))
			continue;
		FG_TRY(store_delete(p->tx, STORE_TARGET, &row, p->err));
		++*changed;
	}
	return FG_OK;
}

static enum fg_rc
control_apply(struct bn_apply *p, const struct bn_org *h, struct bn_control *w)
{
	const struct bn_control *old = bn_control_find(h, w->row.id);
	const struct store_control *was = old == NULL ? NULL : &old->row;
	unsigned changed = 0;

	w->row.created = was != NULL ? was->created : w->row.created != 0 ? w->row.created
	                                                                  : p->how->now;
	FG_TRY(targets_apply(p, h, w, old, &changed));
	FG_TRY(bn_apply_org_tags(p, h, w->row.id, &changed));
	if (!built_in(w->row.id) &&
	    (was == NULL || !fg_eq(was->document, w->row.document) ||
	        !fg_eq(was->name, w->row.name) || !fg_eq(was->type, w->row.type) ||
	        !fg_eq(was->description, w->row.description))) {
		FG_TRY(store_put(p->tx, STORE_CONTROL, &w->row, p->err));
		changed++;
	}
	if (changed > 0)
		say(p, old == NULL ? "create" : "update", "policy", w->row.id);
	return FG_OK;
}

static enum fg_rc
controls_apply(struct bn_apply *p, const struct bn_org *h)
{
	struct bn_org *w = &p->want->org;

	for (size_t i = 0; i < w->ncontrols; i++)
		FG_TRY(control_apply(p, h, &w->controls[i]));
	for (size_t i = 0; (p->how->flags & BUNDLE_PRUNE) != 0 && i < h->ncontrols; i++) {
		const struct bn_control *old = &h->controls[i];
		unsigned changed = 0;

		if (bn_control_find(w, old->row.id) != NULL)
			continue;
		say(p, "delete", "policy", old->row.id);
		FG_TRY(targets_apply(p, h, NULL, old, &changed));
		FG_TRY(bn_apply_org_tags(p, h, old->row.id, &changed));
		if (!built_in(old->row.id))
			FG_TRY(store_delete(p->tx, STORE_CONTROL, &old->row, p->err));
	}
	return FG_OK;
}

static enum fg_rc
hangs_apply(struct bn_apply *p, const struct bn_org *h)
{
	const struct bn_org *w = &p->want->org;
	bool same;

	for (size_t i = 0; i < w->nhangs; i++) {
		struct store_account row = { .account = w->hangs[i].id };
		struct fg_str parent = w->hangs[i].parent;
		unsigned changed = 0;
		enum fg_rc rc;

		FG_TRY(chain_check(p, h, parent));
		rc = store_get(p->tx, STORE_ACCOUNT, &row, p->a, NULL);
		if (rc == FG_E_NOT_FOUND)
			return fg_fail(p->err, FG_E_PARAM, "iam.apply", NULL,
			    "Organization: account %.*s does not exist", FG_PRI(w->hangs[i].id));
		if (rc != FG_OK)
			return fg_fail(p->err, rc, "iam.apply", NULL,
			    "Organization: account %.*s cannot be read", FG_PRI(w->hangs[i].id));
		FG_TRY(bn_apply_org_tags(p, h, row.account, &changed));
		same = fg_eq(row.unit, parent) || (row.unit.n == 0 && fg_starts(parent, FG_LIT("r-")));
		if (same && changed == 0)
			continue;
		if (!same)
			row.unit = parent;
		bn_say(p, "update", bn_arn(p->a, row.account, "root", FG_STR_NULL, FG_STR_NULL));
		FG_TRY(store_update(p->tx, STORE_ACCOUNT, &row, p->err));
	}
	return FG_OK;
}

/* A unit that goes must not take the policies of its accounts with it. */
static enum fg_rc
accounts_check(struct bn_apply *p, const struct bn_org *h)
{
	struct fg_str *ids;
	size_t n;

	FG_TRY(bn_accounts_load(p->tx, p->a, &ids, &n, p->err));
	for (size_t i = 0; i < n; i++) {
		struct store_account row = { .account = ids[i] };

		FG_TRY(store_get(p->tx, STORE_ACCOUNT, &row, p->a, p->err));
		if (row.unit.n > 0)
			FG_TRY(chain_check(p, h, row.unit));
	}
	return FG_OK;
}

enum fg_rc
bn_apply_organization(struct bn_apply *p)
{
	struct bn_org h;
	unsigned changed = 0;

	if (!p->want->org.given)
		return FG_OK;
	FG_TRY(bn_org_load(p->tx, p->a, &h, p->err));
	FG_TRY(bn_apply_org_words(p, &h, &changed));
	FG_TRY(bn_apply_statuses(p, &h, &changed));
	if (changed > 0 || !fg_eq(h.management, p->want->org.management)) {
		say(p, h.given ? "update" : "create", "organization", p->want->org.id.n > 0 ? p->want->org.id : h.id);
		FG_TRY(store_setting_put(p->tx, FG_LIT(""), FG_LIT(DIRECTORY_ORG_MANAGEMENT), p->want->org.management,
		    p->err));
	}
	FG_TRY(units_apply(p, &h));
	FG_TRY(controls_apply(p, &h));
	FG_TRY(hangs_apply(p, &h));
	return accounts_check(p, &h);
}
