/*
 * gateway/iam/organization_store.c - the store's organisation as a bundle's model.
 */
#include "gateway/directory/directory.h"
#include "gateway/iam/bundle_int.h"

struct load {
	struct bn_org *o;
	struct fg_arena *a;
	size_t room_units, room_controls;
	bool index; /* without documents and descriptions */
};

static enum fg_rc
visit(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct load *l = arg;
	struct store_unit *u;
	struct bn_control *c;
	void *v;

	if (bad)
		return fg_fail(reterr, FG_E_STORE, "iam.bundle", "rule 19",
		    "a row of the organisation was changed behind the store's back");
	if (kind == STORE_UNIT) {
		v = l->o->units;
		u = fg_arena_push(l->a, &v, &l->o->nunits, &l->room_units, sizeof(*u));
		if (u == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "iam.bundle", NULL, "arena");
		l->o->units = v;
		*u = *(const struct store_unit *)row;
		u->account = FG_LIT("");
		u->id = fg_arena_dup(l->a, u->id);
		u->parent = fg_arena_dup(l->a, u->parent);
		u->name = fg_arena_dup(l->a, u->name);
		return FG_OK;
	}
	v = l->o->controls;
	c = fg_arena_push(l->a, &v, &l->o->ncontrols, &l->room_controls, sizeof(*c));
	if (c == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "iam.bundle", NULL, "arena");
	l->o->controls = v;
	*c = (struct bn_control){ .row = *(const struct store_control *)row,
		.list = FG_BUF_ARENA(l->a, FG_LIMIT_BUNDLE_LIST_BYTES) };
	c->row.account = FG_LIT("");
	if (l->index)
		c->row.description = c->row.document = FG_LIT("");
	c->row.id = fg_arena_dup(l->a, c->row.id);
	c->row.type = fg_arena_dup(l->a, c->row.type);
	c->row.name = fg_arena_dup(l->a, c->row.name);
	c->row.description = fg_arena_dup(l->a, c->row.description);
	c->row.document = bn_compact(l->a, c->row.document);
	return FG_OK;
}

const struct store_unit *
bn_unit_find(const struct bn_org *o, struct fg_str id)
{
	for (size_t i = 0; i < o->nunits; i++)
		if (fg_eq(o->units[i].id, id))
			return &o->units[i];
	return NULL;
}

struct bn_control *
bn_control_find(const struct bn_org *o, struct fg_str id)
{
	for (size_t i = 0; i < o->ncontrols; i++)
		if (fg_eq(o->controls[i].row.id, id))
			return &o->controls[i];
	return NULL;
}

/* Full access has attachments but no row: it gets a place in the model when it is met. */
static enum fg_rc
visit_target(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct load *l = arg;
	const struct store_target *t = row;
	struct bn_control *c = bn_control_find(l->o, t->control);
	void *v = l->o->controls;

	(void)kind;
	if (bad)
		return fg_fail(reterr, FG_E_STORE, "iam.bundle", "rule 19",
		    "a row of the organisation was changed behind the store's back");
	if (c == NULL) {
		c = fg_arena_push(l->a, &v, &l->o->ncontrols, &l->room_controls, sizeof(*c));
		if (c == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "iam.bundle", NULL, "arena");
		l->o->controls = v;
		*c = (struct bn_control){ .row = { .id = fg_arena_dup(l->a, t->control) },
			.list = FG_BUF_ARENA(l->a, FG_LIMIT_BUNDLE_LIST_BYTES) };
	}
	store_list_put(&c->list, t->target);
	return fg_buf_end(&c->list, &c->targets);
}

static enum fg_rc
load(struct store_tx *tx, struct fg_arena *a, bool index, struct bn_org *ret,
    struct fg_err *reterr)
{
	struct load l = { .o = ret, .a = a, .index = index };
	struct fg_err err = { .rc = FG_OK };
	enum fg_rc rc;

	*ret = (struct bn_org){ .given = true };
	rc = store_setting_get(tx, FG_LIT(""), FG_LIT(DIRECTORY_ORG_MANAGEMENT), a, &ret->management, &err);
	if (rc == FG_E_NOT_FOUND)
		ret->given = false;
	else if (rc != FG_OK)
		return fg_fail(reterr, rc, err.step, err.ref, "%s", err.text);
	FG_TRY(store_scan(tx, STORE_UNIT, "account", FG_LIT(""), visit, &l, reterr));
	FG_TRY(store_scan(tx, STORE_CONTROL, "account", FG_LIT(""), visit, &l, reterr));
	FG_TRY(store_scan(tx, STORE_TARGET, "account", FG_LIT(""), visit_target, &l, reterr));
	return index ? FG_OK : bn_org_settings_load(tx, a, ret, reterr);
}

enum fg_rc
bn_org_load(struct store_tx *tx, struct fg_arena *a, struct bn_org *ret, struct fg_err *reterr)
{
	return load(tx, a, false, ret, reterr);
}

enum fg_rc
bn_org_index(struct store_tx *tx, struct fg_arena *a, struct bn_org *ret, struct fg_err *reterr)
{
	return load(tx, a, true, ret, reterr);
}
