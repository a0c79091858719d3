/*
 * gateway/iam/bundle_profile.c - instance profiles of a bundle: under the role that they hand out, as in
 * a dump, or in a list of the account, and from the store.
 *
 * A profile is an entity of its own: one that a file does not name stays as it is, but for --prune.
 */
#include <stdlib.h>

#include "gateway/iam/bundle_int.h"

enum { NAME_MAX_BYTES = 128 };

/* ---- reading ---- */

static void
read_role_of(struct bn_reader *r, uint32_t node, void *at)
{
	static const struct bn_member members[] = {
		{ "RoleName", bn_str, 0, true },
		{ "RoleId", NULL, 0, false },
		{ "Path", NULL, 0, false },
		{ "Arn", NULL, 0, false },
		{ "CreateDate", NULL, 0, false },
		{ "AssumeRolePolicyDocument", NULL, 0, false },
		{ "Description", NULL, 0, false },
		{ "MaxSessionDuration", NULL, 0, false },
		{ "PermissionsBoundary", NULL, 0, false },
		{ "Tags", NULL, 0, false },
		{ "RoleLastUsed", NULL, 0, false },
	};

	bn_object(r, node, members, FG_COUNT(members), at);
}

static void
read_roles(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_profile *p = at;
	void *list = NULL;
	size_t n = 0;

	bn_array(r, node, sizeof(struct fg_str), "RoleName", read_role_of, &list, &n);
	if (n > 1)
		bn_oops(r, node, FG_E_LIMIT, "an instance profile has one role");
	if (n > 0 && list != NULL)
		p->role = *(const struct fg_str *)list;
}

static void
read_profile(struct bn_reader *r, uint32_t node, void *at)
{
#define P(m) offsetof(struct bn_profile, m)
	static const struct bn_member members[] = {
		{ "InstanceProfileName", bn_str, P(name), true },
		{ "InstanceProfileId", NULL, 0, false },
		{ "Path", bn_str, P(path), false },
		{ "Arn", bn_str, P(arn), false },
		{ "CreateDate", bn_time, P(created), false },
		{ "Roles", read_roles, 0, false },
		{ "Tags", bn_tags, P(tags), false },
	};
#undef P
	struct bn_profile *p = at;

	bn_object(r, node, members, FG_COUNT(members), at);
	if (p->path.n == 0)
		p->path = FG_LIT("/");
	if (!bn_name_ok(p->name, NAME_MAX_BYTES))
		bn_oops(r, node, FG_E_PARAM, "InstanceProfileName is not valid");
	if (!bn_path_ok(p->path))
		bn_oops(r, node, FG_E_PARAM, "Path is not valid");
	p->place = bn_place(r);
}

void
bn_read_profiles(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_profiles *to = at;
	void *list = NULL;

	bn_array(r, node, sizeof(struct bn_profile), "InstanceProfileName", read_profile, &list, &to->n);
	to->v = list;
	to->given = true;
}

/* Those of the roles come to those of the account. */
bool
bn_profiles_gather(struct fg_arena *a, struct bn_account *acc, struct fg_str *ret_stray)
{
	size_t n = acc->profiles.n;
	struct bn_profile *v;

	for (size_t i = 0; i < acc->entities[BN_ROLES].n; i++)
		n += acc->entities[BN_ROLES].v[i].profiles.n;
	v = FG_NEW_N(a, struct bn_profile, n + 1);
	*ret_stray = FG_STR_NULL;
	if (v == NULL)
		return false;
	if (acc->profiles.n > 0)
		memcpy(v, acc->profiles.v, acc->profiles.n * sizeof(*v));
	acc->profiles.v = v;
	for (size_t i = 0; i < acc->entities[BN_ROLES].n; i++) {
		const struct bn_entity *e = &acc->entities[BN_ROLES].v[i];

		acc->profiles_of_roles = acc->profiles_of_roles || e->profiles.given;
		for (size_t k = 0; k < e->profiles.n; k++) {
			struct bn_profile *p = &v[acc->profiles.n++];

			*p = e->profiles.v[k];
			if (p->role.n > 0 && !fg_eq(p->role, e->name))
				*ret_stray = p->place;
			p->role = e->name;
		}
	}
	return true;
}

/* ---- from the store ---- */

struct load {
	struct bn_account *acc;
	struct fg_arena *a;
	const struct bn_entity **role; /* by unique id */
	size_t room;
};

static int
by_uid(const void *x, const void *y)
{
	return fg_cmp((*(const struct bn_entity *const *)x)->uid, (*(const struct bn_entity *const *)y)->uid);
}

/* A role that is gone is none. */
static struct fg_str
role_name(const struct load *l, struct fg_str uid)
{
	const struct bn_entity key = { .uid = uid }, *pkey = &key;
	const struct bn_entity *const *at = l->acc->entities[BN_ROLES].n == 0 ? NULL
	    : bsearch(&pkey, l->role, l->acc->entities[BN_ROLES].n, sizeof(pkey), by_uid);

	return at == NULL ? FG_LIT("") : (*at)->name;
}

static enum fg_rc
visit(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	const struct store_profile *s = row;
	struct load *l = arg;
	void *v = l->acc->profiles.v;
	struct bn_profile *p;

	(void)kind;
	if (bad)
		return fg_fail(reterr, FG_E_STORE, "iam.bundle", "rule 19",
		    "an instance profile was changed behind the store's back");
	p = fg_arena_push(l->a, &v, &l->acc->profiles.n, &l->room, sizeof(*p));
	if (p == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "iam.bundle", NULL, "arena");
	l->acc->profiles.v = v;
	*p = (struct bn_profile){ .name = fg_arena_dup(l->a, s->name), .path = fg_arena_dup(l->a, s->path),
		.uid = fg_arena_dup(l->a, s->uid), .role = role_name(l, s->role),
		.tags = bn_tags_sorted(l->a, s->tags), .created = s->created };
	p->arn = bn_arn(l->a, l->acc->id, "instance-profile", p->path, p->name);
	return p->name.p == NULL || p->uid.p == NULL || p->tags.p == NULL || p->arn.p == NULL
	    ? fg_fail(reterr, FG_E_NOMEM, "iam.bundle", NULL, "arena") : FG_OK;
}

enum fg_rc
bn_profiles_load(struct store_tx *tx, struct fg_arena *a, struct bn_account *acc, struct fg_err *reterr)
{
	struct load l = { .acc = acc, .a = a };
	size_t n = acc->entities[BN_ROLES].n;

	l.role = FG_NEW_N(a, const struct bn_entity *, n + 1);
	if (l.role == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "iam.bundle", NULL, "arena");
	for (size_t i = 0; i < n; i++)
		l.role[i] = &acc->entities[BN_ROLES].v[i];
	if (n > 1)
		qsort(l.role, n, sizeof(*l.role), by_uid);
	return store_scan(tx, STORE_PROFILE, "account", acc->id, visit, &l, reterr);
}

/* ---- the difference ---- */

struct bn_profile *
bn_profile_find(const struct bn_account *acc, struct fg_str name)
{
	for (size_t i = 0; i < acc->profiles.n; i++)
		if (fg_eq_icase(acc->profiles.v[i].name, name))
			return &acc->profiles.v[i];
	return NULL;
}

/* The unique id that the profile's role will have; "" for none. */
static enum fg_rc
role_uid(struct bn_apply *p, const struct bn_account *w, const struct bn_account *h,
    const struct bn_profile *profile, struct fg_str *ret)
{
	const struct bn_entity *e = bn_entity_find(w, BN_ROLES, profile->role);

	*ret = FG_LIT("");
	if (profile->role.n == 0)
		return FG_OK;
	if (e == NULL && !(w->entities[BN_ROLES].given && (p->how->flags & BUNDLE_PRUNE) != 0))
		e = bn_entity_find(h, BN_ROLES, profile->role);
	if (e == NULL)
		return fg_fail(p->err, FG_E_PARAM, "iam.apply", NULL, "%.*s: role %.*s does not exist",
		    FG_PRI(profile->place), FG_PRI(profile->role));
	*ret = e->uid;
	return FG_OK;
}

static enum fg_rc
profile_apply(struct bn_apply *p, const struct bn_account *w, const struct bn_account *h,
    const struct bn_profile *profile)
{
	const struct bn_profile *old = bn_profile_find(h, profile->name);
	struct store_profile row = { .account = w->id, .name = profile->name, .path = profile->path,
		.tags = profile->tags, .created = profile->created != 0 ? profile->created : p->how->now };
	char uid[STORE_UID_BYTES + 1];

	FG_TRY(role_uid(p, w, h, profile, &row.role));
	if (old == NULL) {
		FG_TRY(store_uid("AIPA", uid, p->err));
		row.uid = fg_str_z(uid);
	} else {
		row.uid = old->uid;
		row.created = old->created;
		if (fg_eq(old->name, row.name) && fg_eq(old->path, row.path) && fg_eq(old->tags, row.tags) &&
		    fg_eq(old->role, profile->role))
			return FG_OK;
	}
	bn_say(p, old == NULL ? "create" : "update", profile->arn);
	return store_put(p->tx, STORE_PROFILE, &row, p->err);
}

enum fg_rc
bn_apply_profiles(struct bn_apply *p, const struct bn_account *w, const struct bn_account *h)
{
	for (size_t i = 0; i < w->profiles.n; i++)
		FG_TRY(profile_apply(p, w, h, &w->profiles.v[i]));
	return FG_OK;
}

static bool
role_goes(const struct bn_account *w, const struct bn_profile *old)
{
	return old->role.n > 0 && w->entities[BN_ROLES].given && bn_entity_find(w, BN_ROLES, old->role) == NULL;
}

/* What the lists do not name goes; a profile whose role goes is one without a role. */
enum fg_rc
bn_prune_profiles(struct bn_apply *p, const struct bn_account *w, const struct bn_account *h)
{
	for (size_t i = 0; i < h->profiles.n; i++) {
		const struct bn_profile *old = &h->profiles.v[i];
		struct store_profile row = { .account = h->id, .uid = old->uid, .name = old->name,
			.path = old->path, .role = FG_LIT(""), .tags = old->tags, .created = old->created };

		if (bn_profile_find(w, old->name) != NULL)
			continue;
		if ((old->role.n > 0 && w->profiles_of_roles) ||
		    (w->profiles.given && (old->role.n == 0 || role_goes(w, old)))) {
			bn_say(p, "delete", old->arn);
			FG_TRY(store_delete(p->tx, STORE_PROFILE, &row, p->err));
		} else if (role_goes(w, old)) {
			bn_say(p, "update", old->arn);
			FG_TRY(store_update(p->tx, STORE_PROFILE, &row, p->err));
		}
	}
	return FG_OK;
}
