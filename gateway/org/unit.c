/*
 * gateway/org/unit.c - organisational units, and what hangs from what.
 */
#include "gateway/org/org_int.h"

static void
unit_put(struct fg_buf *b, const struct org *o, struct fg_str id, struct fg_str name)
{
	api_json_str(b, "Id", id);
	api_json_str(b, "Arn", org_arn(o, "ou", id));
	api_json_str(b, "Name", name);
}

void
org_json_unit(const struct org *o, const char *name, struct fg_str id, struct fg_str title)
{
	api_json_open(&o->c->xml, name, '{');
	unit_put(&o->c->xml, o, id, title);
	api_json_close(&o->c->xml, '}');
}

/* ---- changes ---- */

enum fg_rc
org_parent_begin(struct api_call *c, struct org *o, struct fg_str *ret)
{
	*ret = iam_str(c, "ParentId");
	FG_TRY(org_begin(c, o, *ret));
	if (!org_is_root(o, *ret) && org_unit(o, *ret) == NULL)
		return org_refuse(c, API_F_ORG_PARENT, "org.parent");
	return FG_OK;
}

/* Names are unique below one parent. */
static enum fg_rc
name_free(struct iam_op *op, const struct bn_org *o, struct fg_str parent, struct fg_str name,
    struct fg_str except)
{
	for (size_t i = 0; i < o->nunits; i++) {
		const struct store_unit *u = &o->units[i];

		if (fg_eq(org_normal(u->parent), org_normal(parent)) && fg_eq(u->name, name) &&
		    !fg_eq(u->id, except))
			return org_refuse(op->c, API_F_ORG_UNIT_TWICE, "org.unit.exists");
	}
	return FG_OK;
}

static enum fg_rc
depth_check(struct iam_op *op, const struct bn_org *o, struct fg_str parent)
{
	const struct store_unit *u;
	int depth = 1;

	for (; (u = bn_unit_find(o, parent)) != NULL && depth <= FG_LIMIT_UNIT_DEPTH; depth++)
		parent = u->parent;
	if (depth > FG_LIMIT_UNIT_DEPTH)
		return org_constraint(op->c, "org.unit.depth", "OU_DEPTH_LIMIT_EXCEEDED",
		    "You have exceeded the number of levels of organizational units.");
	if (o->nunits >= ORG_UNITS_MAX)
		return org_constraint(op->c, "org.unit.limit", "OU_NUMBER_LIMIT_EXCEEDED",
		    "You have exceeded the number of organizational units of an organization.");
	return FG_OK;
}

/* extra: the tags */
static enum fg_rc
create(struct iam_op *op)
{
	const struct org o = org_of(op);
	struct store_unit u = { .account = FG_LIT(""), .parent = iam_str(op->c, "ParentId"),
		.name = iam_str(op->c, "Name") };
	struct bn_org org;

	FG_TRY(org_load(op, &org));
	if (!org_is_root(&o, u.parent) && bn_unit_find(&org, u.parent) == NULL)
		return org_refuse(op->c, API_F_ORG_PARENT, "org.parent");
	FG_TRY(name_free(op, &org, u.parent, u.name, FG_LIT("")));
	FG_TRY(depth_check(op, &org, u.parent));
	u.id = fg_arena_fmt(op->c->arena, "ou-%.*s-", FG_PRI(fg_sub(o.root, 2, o.root.n)));
	if (!fg_str_null(u.id))
		u.id = org_random(op->c, u.id.p, 8);
	if (fg_str_null(u.id))
		return fg_fail(&op->c->err, FG_E_NOMEM, "org.unit", NULL, "arena");
	FG_TRY(store_insert(op->tx, STORE_UNIT, &u, &op->c->err));
	if (op->extra.n > 0)
		FG_TRY(org_setting_put(op, "tags.", u.id, op->extra));
	org_json_unit(&o, "OrganizationalUnit", u.id, u.name);
	return FG_OK;
}

enum fg_rc
org_run_create_unit(struct api_call *c)
{
	struct fg_str parent, tags;
	struct org o;

	FG_TRY(org_parent_begin(c, &o, &parent));
	FG_TRY(iam_tags(c, &tags));
	return org_write(&o, parent, tags, create);
}

static enum fg_rc
unit_begin(struct api_call *c, struct org *o, const struct store_unit **ret)
{
	struct fg_str id = iam_str(c, "OrganizationalUnitId");

	FG_TRY(org_begin(c, o, id));
	*ret = org_unit(o, id);
	return *ret != NULL ? FG_OK : org_refuse(c, API_F_ORG_UNIT, "org.unit");
}

static enum fg_rc
update(struct iam_op *op)
{
	const struct org o = org_of(op);
	struct bn_org org;
	const struct store_unit *at;
	struct store_unit u;

	FG_TRY(org_load(op, &org));
	if ((at = bn_unit_find(&org, op->t.uid)) == NULL)
		return org_refuse(op->c, API_F_ORG_UNIT, "org.unit");
	u = *at;
	u.name = iam_str_or(op->c, "Name", u.name);
	FG_TRY(name_free(op, &org, u.parent, u.name, u.id));
	FG_TRY(store_update(op->tx, STORE_UNIT, &u, &op->c->err));
	org_json_unit(&o, "OrganizationalUnit", u.id, u.name);
	return FG_OK;
}

enum fg_rc
org_run_update_unit(struct api_call *c)
{
	const struct store_unit *u;
	struct org o;

	FG_TRY(unit_begin(c, &o, &u));
	return org_write(&o, u->id, FG_STR_NULL, update);
}

struct hang {
	struct fg_str unit;
	bool any;
};

static enum fg_rc
hangs(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct hang *h = arg;

	(void)kind;
	(void)bad;
	(void)reterr;
	h->any = h->any || fg_eq(((const struct store_account *)row)->unit, h->unit);
	return FG_OK;
}

/* Attachments go with the unit. */
static enum fg_rc
delete(struct iam_op *op)
{
	struct hang h = { .unit = op->t.uid };
	const struct store_unit *u;
	struct bn_org org;

	FG_TRY(org_load(op, &org));
	if ((u = bn_unit_find(&org, op->t.uid)) == NULL)
		return org_refuse(op->c, API_F_ORG_UNIT, "org.unit");
	FG_TRY(store_scan(op->tx, STORE_ACCOUNT, NULL, FG_STR_NULL, hangs, &h, &op->c->err));
	for (size_t i = 0; i < org.nunits; i++)
		h.any = h.any || fg_eq(org.units[i].parent, u->id);
	if (h.any)
		return org_refuse(op->c, API_F_ORG_UNIT_FULL, "org.unit.full");
	for (size_t i = 0; i < org.ncontrols; i++) {
		if (store_list_has(org.controls[i].targets, u->id))
			FG_TRY(org_target_drop(op, org.controls[i].row.id, u->id));
	}
	FG_TRY(org_setting_drop(op, "tags.", u->id));
	return store_delete(op->tx, STORE_UNIT, u, &op->c->err);
}

enum fg_rc
org_run_delete_unit(struct api_call *c)
{
	const struct store_unit *u;
	struct org o;

	FG_TRY(unit_begin(c, &o, &u));
	return org_write(&o, u->id, FG_STR_NULL, delete);
}

/* ---- reads ---- */

enum fg_rc
org_run_describe_unit(struct api_call *c)
{
	const struct store_unit *u;
	struct org o;

	FG_TRY(unit_begin(c, &o, &u));
	org_json_unit(&o, "OrganizationalUnit", u->id, u->name);
	return FG_OK;
}

struct below {
	const struct org *o;
	struct fg_str parent;
};

static bool
unit_below(const void *arg, const void *row)
{
	const struct below *w = arg;
	const struct store_unit *u = row;

	return fg_starts(u->id, FG_LIT("ou-")) && fg_eq(org_parent(w->o, u->parent), w->parent);
}

static void
child_put(struct fg_buf *b, struct fg_str id)
{
	api_json_open(b, NULL, '{');
	api_json_str(b, "Id", id);
	api_json_str(b, "Type", org_target_kind(id));
	api_json_close(b, '}');
}

static enum fg_rc
units_below(const struct org *o, struct fg_str parent, struct org_page *page, bool children)
{
	const struct below w = { o, parent };
	struct fg_str *ids;
	size_t n;

	FG_TRY(org_ids(o, STORE_UNIT, unit_below, &w, &ids, &n));
	for (size_t i = 0; i < n; i++) {
		enum org_turn turn = org_turn(page, ids[i]);

		if (turn == ORG_STOP)
			break;
		if (turn == ORG_TAKE && children)
			child_put(&o->c->xml, ids[i]);
		else if (turn == ORG_TAKE)
			org_json_unit(o, NULL, ids[i], org_unit(o, ids[i])->name);
	}
	return FG_OK;
}

enum fg_rc
org_run_list_units(struct api_call *c)
{
	struct org_page page = org_page(c);
	struct fg_str parent;
	struct org o;

	FG_TRY(org_parent_begin(c, &o, &parent));
	api_json_open(&c->xml, "OrganizationalUnits", '[');
	FG_TRY(units_below(&o, parent, &page, false));
	api_json_close(&c->xml, ']');
	org_page_end(c, &page);
	return FG_OK;
}

struct children {
	const struct org *o;
	struct fg_str parent;
	struct org_page page;
};

static bool
account_child(void *arg, enum store_kind kind, const void *entity)
{
	const struct directory_account *a = entity;
	struct children *w = arg;
	enum org_turn turn;

	(void)kind;
	if (!fg_eq(org_parent(w->o, a->unit), w->parent))
		return true;
	turn = org_turn(&w->page, a->id);
	if (turn == ORG_TAKE)
		child_put(&w->o->c->xml, a->id);
	return turn != ORG_STOP;
}

enum fg_rc
org_run_list_children(struct api_call *c)
{
	struct children w = { .page = org_page(c) };
	struct fg_str type = iam_str(c, "ChildType");
	bool accounts = fg_eq(type, FG_LIT("ACCOUNT"));
	struct org o;

	w.o = &o;
	FG_TRY(org_parent_begin(c, &o, &w.parent));
	if (!accounts && !fg_eq(type, FG_LIT("ORGANIZATIONAL_UNIT")))
		return org_input(c, "org.child-type", "INVALID_ENUM", "You specified an invalid child type.");
	api_json_open(&c->xml, "Children", '[');
	if (accounts)
		FG_TRY(directory_walk(iam_dir(c), STORE_ACCOUNT, FG_LIT(""), w.page.after,
		    account_child, &w, &c->err));
	else
		FG_TRY(units_below(&o, w.parent, &w.page, true));
	api_json_close(&c->xml, ']');
	org_page_end(c, &w.page);
	return FG_OK;
}

enum fg_rc
org_run_list_parents(struct api_call *c)
{
	struct fg_str child = iam_str(c, "ChildId"), parent;
	const struct directory_account *a;
	const struct store_unit *u;
	struct org o;

	FG_TRY(org_begin(c, &o, child));
	a = directory_account_find(iam_dir(c), child);
	u = org_unit(&o, child);
	if (a == NULL && u == NULL)
		return org_refuse(c, API_F_ORG_CHILD, "org.child");
	parent = org_parent(&o, a != NULL ? a->unit : u->parent);
	api_json_open(&c->xml, "Parents", '[');
	child_put(&c->xml, parent);
	api_json_close(&c->xml, ']');
	return FG_OK;
}
