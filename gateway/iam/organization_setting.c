/*
 * gateway/iam/organization_setting.c - what the organisation of a bundle has beside units and policies:
 * its ids, the policy types in force, its features, tags, and what became of requests for accounts.
 *
 * All of it lies in settings of the installation, "organization.NAME"; in the model the name is without that.
 */
#include <stdlib.h>

#include "gateway/iam/bundle_int.h"

#define PREFIX "organization."

const struct fg_str bn_org_types[BN_ORG_TYPES] = { { "SERVICE_CONTROL_POLICY", 22 },
	{ "RESOURCE_CONTROL_POLICY", 23 } };

/* The features of ListOrganizationsFeatures, and the settings that turn them on. */
const struct bn_feature bn_org_features[BN_ORG_FEATURES] = {
	{ { "RootCredentialsManagement", 25 }, { "root-credentials", 16 } },
	{ { "RootSessions", 12 }, { "root-sessions", 13 } },
};

/* ---- the model ---- */

static int
by_name(const void *x, const void *y)
{
	return fg_cmp(((const struct bn_setting *)x)->name, ((const struct bn_setting *)y)->name);
}

struct fg_str
bn_org_setting(const struct bn_org *o, struct fg_str name)
{
	const struct bn_setting key = { .name = name };
	const struct bn_setting *s = o->nset == 0 ? NULL : bsearch(&key, o->set, o->nset, sizeof(key), by_name);

	return s == NULL ? FG_STR_NULL : s->value;
}

void
bn_org_settings_sort(struct bn_org *o)
{
	if (o->nset > 1)
		qsort(o->set, o->nset, sizeof(*o->set), by_name);
}

static bool
setting_add(struct fg_arena *a, struct bn_org *o, struct fg_str name, struct fg_str value)
{
	void *v = o->set;
	struct bn_setting *s = fg_arena_push(a, &v, &o->nset, &o->room_set, sizeof(*s));

	if (s == NULL)
		return false;
	o->set = v;
	*s = (struct bn_setting){ name, value };
	return true;
}

struct fg_str
bn_org_tags(struct fg_arena *a, const struct bn_org *o, struct fg_str id)
{
	struct fg_str name = fg_arena_fmt(a, "tags.%.*s", FG_PRI(id));
	struct fg_str list = name.p == NULL ? FG_STR_NULL : bn_org_setting(o, name);

	return fg_str_null(list) ? FG_LIT("") : list;
}

/* ---- from the store ---- */

struct load {
	struct bn_org *o;
	struct fg_arena *a;
};

static enum fg_rc
visit(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	const struct store_setting *s = row;
	struct load *l = arg;
	struct fg_str name, value;

	(void)kind;
	if (!fg_starts(s->name, FG_LIT(PREFIX)))
		return FG_OK;
	if (bad)
		return fg_fail(reterr, FG_E_STORE, "iam.bundle", "rule 19",
		    "a setting of the organisation was changed behind the store's back");
	name = fg_arena_dup(l->a, fg_sub(s->name, FG_LIT(PREFIX).n, s->name.n));
	value = fg_starts(name, FG_LIT("tags.")) ? bn_tags_sorted(l->a, s->value) : fg_arena_dup(l->a, s->value);
	return name.p != NULL && value.p != NULL && setting_add(l->a, l->o, name, value)
	    ? FG_OK : fg_fail(reterr, FG_E_NOMEM, "iam.bundle", NULL, "arena");
}

/* As those who ask Organizations see it: an organisation out of a bundle may name its root only where it is used. */
static struct fg_str
root_of(const struct bn_org *o)
{
	struct fg_str root = bn_org_setting(o, FG_LIT("root")), t, list;

	for (size_t i = 0; fg_str_null(root) && i < o->nunits; i++)
		if (fg_starts(o->units[i].parent, FG_LIT("r-")))
			root = o->units[i].parent;
	for (size_t i = 0; fg_str_null(root) && i < o->ncontrols; i++)
		for (list = o->controls[i].targets; store_list_next(&list, &t);)
			if (fg_starts(t, FG_LIT("r-")))
				root = t;
	return fg_str_null(root) ? FG_LIT("r-root") : root;
}

enum fg_rc
bn_org_settings_load(struct store_tx *tx, struct fg_arena *a, struct bn_org *o, struct fg_err *reterr)
{
	struct load l = { o, a };
	struct fg_buf all = FG_BUF_ARENA(a, 256);

	FG_TRY(store_scan(tx, STORE_SETTING, "account", FG_LIT(""), visit, &l, reterr));
	bn_org_settings_sort(o);
	o->id = bn_org_setting(o, FG_LIT("id"));
	if (fg_str_null(o->id))
		o->id = fg_arena_fmt(a, "o-%.*s", FG_PRI(o->management));
	o->root = root_of(o);
	o->types = bn_org_setting(o, FG_LIT("types"));
	for (size_t i = 0; fg_str_null(o->types) && i < BN_ORG_TYPES; i++)
		store_list_put(&all, bn_org_types[i]);
	if (fg_str_null(o->types) && fg_buf_end(&all, &o->types) != FG_OK)
		return fg_fail(reterr, FG_E_NOMEM, "iam.bundle", NULL, "arena");
	return FG_OK;
}

/* ---- reading ---- */

void
bn_read_org_tags(struct bn_reader *r, uint32_t node, struct fg_str id, struct fg_str tags)
{
	struct fg_str name = fg_arena_fmt(r->a, "tags.%.*s", FG_PRI(id));

	if (name.p == NULL || !setting_add(r->a, r->org, name, tags.p == NULL ? FG_LIT("") : tags))
		bn_oops(r, node, FG_E_NOMEM, "out of memory");
}

static void
read_root(struct bn_reader *r, uint32_t node, void *at)
{
	struct root {
		struct fg_str id, types, tags;
	} root = { .types = FG_STR_NULL };
	static const struct bn_member members[] = {
		{ "Id", bn_str, offsetof(struct root, id), true },
		{ "Arn", NULL, 0, false },
		{ "Name", NULL, 0, false },
		{ "PolicyTypes", bn_list, offsetof(struct root, types), false },
		{ "Tags", bn_tags, offsetof(struct root, tags), false },
	};
	struct fg_str list, t;

	(void)at;
	bn_object(r, node, members, FG_COUNT(members), &root);
	if (!fg_starts(root.id, FG_LIT("r-")) || root.id.n < 3 || root.id.n > 34 || !bn_name_ok(root.id, 34))
		bn_oops(r, node, FG_E_PARAM, "Id is not r-...");
	list = root.types;
	while (store_list_next(&list, &t))
		if (!fg_eq(t, bn_org_types[0]) && !fg_eq(t, bn_org_types[1]))
			bn_oops(r, node, FG_E_PARAM, "no such policy type: %.*s", FG_PRI(t));
	r->org->root = root.id;
	r->org->types = root.types;
	bn_read_org_tags(r, node, root.id, root.tags);
}

void
bn_read_roots(struct bn_reader *r, uint32_t node, void *at)
{
	void *list = NULL;
	size_t n = 0;

	(void)at;
	bn_array(r, node, 1, "Id", read_root, &list, &n);
	if (n > 1)
		bn_oops(r, node, FG_E_LIMIT, "an organisation has one root");
}

void
bn_read_features(struct bn_reader *r, uint32_t node, void *at)
{
	struct fg_str list = FG_LIT(""), f, rest;
	bool known;

	(void)at;
	bn_list(r, node, &list);
	rest = list;
	while (store_list_next(&rest, &f)) {
		known = false;
		for (size_t i = 0; i < BN_ORG_FEATURES; i++)
			known = known || fg_eq(f, bn_org_features[i].name);
		if (!known)
			bn_oops(r, node, FG_E_PARAM, "no such feature: %.*s", FG_PRI(f));
	}
	for (size_t i = 0; i < BN_ORG_FEATURES; i++)
		if (!setting_add(r->a, r->org, bn_org_features[i].setting,
			store_list_has(list, bn_org_features[i].name) ? FG_LIT("true") : FG_LIT("")))
			bn_oops(r, node, FG_E_NOMEM, "out of memory");
}

struct status {
	struct fg_str id, name, state, account, reason;
	fg_time asked, done;
};

static void
read_status(struct bn_reader *r, uint32_t node, void *at)
{
#define T(m) offsetof(struct status, m)
	static const struct bn_member members[] = {
		{ "Id", bn_str, T(id), true },
		{ "AccountName", bn_str, T(name), true },
		{ "State", bn_str, T(state), true },
		{ "AccountId", bn_str, T(account), false },
		{ "FailureReason", bn_str, T(reason), false },
		{ "RequestedTimestamp", bn_time, T(asked), true },
		{ "CompletedTimestamp", bn_time, T(done), true },
	};
#undef T
	struct fg_buf b = FG_BUF_ARENA(r->a, 1024);
	struct status s = { .id = FG_LIT("") };
	struct fg_str name, value;

	(void)at;
	bn_object(r, node, members, FG_COUNT(members), &s);
	if (!fg_starts(s.id, FG_LIT("car-")) || !bn_name_ok(s.id, 36))
		bn_oops(r, node, FG_E_PARAM, "Id is not car-...");
	if (!fg_eq(s.state, FG_LIT("SUCCEEDED")) && !fg_eq(s.state, FG_LIT("FAILED")))
		bn_oops(r, node, FG_E_PARAM, "State is SUCCEEDED or FAILED");
	if (s.account.n > 0 && !bn_account_ok(s.account))
		bn_oops(r, node, FG_E_PARAM, "AccountId is not 12 digits");
	store_list_put(&b, s.name);
	store_list_put(&b, s.state);
	store_list_put(&b, s.account);
	store_list_put(&b, s.reason);
	store_list_put(&b, fg_arena_fmt(r->a, "%lld", (long long)s.asked));
	store_list_put(&b, fg_arena_fmt(r->a, "%lld", (long long)s.done));
	name = fg_arena_fmt(r->a, "create.%.*s", FG_PRI(s.id));
	if (fg_buf_end(&b, &value) != FG_OK)
		bn_oops(r, node, FG_E_LIMIT, "too long");
	else if (name.p == NULL || !setting_add(r->a, r->org, name, value))
		bn_oops(r, node, FG_E_NOMEM, "out of memory");
}

void
bn_read_statuses(struct bn_reader *r, uint32_t node, void *at)
{
	void *list = NULL;
	size_t n = 0;

	(void)at;
	bn_array(r, node, 1, "Id", read_status, &list, &n);
	r->org->statuses_given = true;
}

/* ---- the difference ---- */

/* An empty value is none. */
static enum fg_rc
setting_put(struct bn_apply *p, struct fg_str name, struct fg_str value)
{
	struct store_setting row = { .account = FG_LIT(""), .name = fg_arena_fmt(p->a, PREFIX "%.*s", FG_PRI(name)) };

	if (row.name.p == NULL)
		return fg_fail(p->err, FG_E_NOMEM, "iam.apply", NULL, "arena");
	if (value.n > 0)
		return store_setting_put(p->tx, row.account, row.name, value, p->err);
	return store_delete(p->tx, STORE_SETTING, &row, p->err);
}

enum fg_rc
bn_apply_org_tags(struct bn_apply *p, const struct bn_org *h, struct fg_str id, unsigned *changed)
{
	struct fg_str want = bn_org_tags(p->a, &p->want->org, id), have = bn_org_tags(p->a, h, id);

	if (fg_eq(want, have))
		return FG_OK;
	++*changed;
	return setting_put(p, fg_arena_fmt(p->a, "tags.%.*s", FG_PRI(id)), want);
}

/* One of: the file says nothing, it says what is so, it is written. */
static enum fg_rc
word_apply(struct bn_apply *p, const char *name, struct fg_str want, struct fg_str have, unsigned *changed)
{
	struct fg_str key;

	if (fg_str_null(want) || fg_eq(want, have))
		return FG_OK;
	++*changed;
	key = fg_arena_fmt(p->a, PREFIX "%s", name);
	if (key.p == NULL)
		return fg_fail(p->err, FG_E_NOMEM, "iam.apply", NULL, "arena");
	return store_setting_put(p->tx, FG_LIT(""), key, want, p->err);
}

enum fg_rc
bn_apply_org_words(struct bn_apply *p, const struct bn_org *h, unsigned *changed)
{
	const struct bn_org *w = &p->want->org;

	FG_TRY(word_apply(p, "id", w->id, h->given ? h->id : FG_STR_NULL, changed));
	FG_TRY(word_apply(p, "root", w->root, h->given ? h->root : FG_STR_NULL, changed));
	FG_TRY(word_apply(p, "types", w->types, h->types, changed));
	for (size_t i = 0; i < BN_ORG_FEATURES; i++) {
		struct fg_str want = bn_org_setting(w, bn_org_features[i].setting);
		struct fg_str have = bn_org_setting(h, bn_org_features[i].setting);

		if (fg_str_null(want) || fg_eq(want, have))
			continue;
		++*changed;
		FG_TRY(setting_put(p, bn_org_features[i].setting, want));
	}
	return fg_str_null(w->root) ? FG_OK : bn_apply_org_tags(p, h, w->root, changed);
}

enum fg_rc
bn_apply_statuses(struct bn_apply *p, const struct bn_org *h, unsigned *changed)
{
	const struct bn_org *w = &p->want->org;

	for (size_t i = 0; i < w->nset; i++) {
		const struct bn_setting *s = &w->set[i];

		if (!fg_starts(s->name, FG_LIT("create.")) || fg_eq(s->value, bn_org_setting(h, s->name)))
			continue;
		++*changed;
		FG_TRY(setting_put(p, s->name, s->value));
	}
	for (size_t i = 0; w->statuses_given && (p->how->flags & BUNDLE_PRUNE) != 0 && i < h->nset; i++) {
		struct fg_str name = h->set[i].name;

		if (!fg_starts(name, FG_LIT("create.")) || !fg_str_null(bn_org_setting(w, name)))
			continue;
		++*changed;
		FG_TRY(setting_put(p, name, FG_LIT("")));
	}
	return FG_OK;
}
