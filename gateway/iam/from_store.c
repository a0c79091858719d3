/*
 * gateway/iam/from_store.c - an account of the store as a bundle's model.
 */
#include <stdlib.h>

#include "gateway/iam/bundle_int.h"

struct load {
	struct bn_account *acc;
	struct fg_arena *a;
	size_t room[BN_ENTITIES], room_policies, room_oidc, room_saml;
};

static struct fg_str
keep(struct load *l, struct fg_str s)
{
	return fg_arena_dup(l->a, s);
}

static enum fg_rc
nomem(struct fg_err *reterr)
{
	return fg_fail(reterr, FG_E_NOMEM, "iam.bundle", NULL, "account is too large");
}

/* A row that was changed behind the store's back must not be copied into anything. */
static enum fg_rc
refuse_bad(struct fg_err *reterr)
{
	return fg_fail(reterr, FG_E_STORE, "iam.bundle", "rule 19",
	    "a row of the account was changed behind the store's back");
}

/* ---- users, groups, roles ---- */

static enum fg_rc
entity_row(struct load *l, enum bn_list list, const struct bn_entity *from, struct fg_err *reterr)
{
	void *v = l->acc->entities[list].v;
	struct bn_entity *e = fg_arena_push(l->a, &v, &l->acc->entities[list].n, &l->room[list], sizeof(*e));

	if (e == NULL)
		return nomem(reterr);
	l->acc->entities[list].v = v;
	*e = *from;
	e->name = keep(l, from->name);
	e->path = keep(l, from->path);
	e->uid = keep(l, from->uid);
	e->trust = bn_compact(l->a, from->trust);
	e->bindings = keep(l, from->bindings);
	e->description = keep(l, from->description);
	e->boundary = keep(l, from->boundary);
	e->tags = bn_tags_sorted(l->a, from->tags);
	e->arn = bn_arn(l->a, l->acc->id, bn_kinds[list].type, e->path, e->name);
	return e->tags.p == NULL || e->arn.p == NULL ? nomem(reterr) : FG_OK;
}

static enum fg_rc
visit_entity(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	const struct store_user *u = row;
	const struct store_group *g = row;
	const struct store_role *r = row;
	struct bn_entity e;

	if (bad)
		return refuse_bad(reterr);
	if (kind == STORE_USER) {
		e = (struct bn_entity){ .name = u->name, .path = u->path, .uid = u->uid,
			.boundary = u->boundary, .tags = u->tags, .created = u->created };
		return entity_row(arg, BN_USERS, &e, reterr);
	}
	if (kind == STORE_GROUP) {
		e = (struct bn_entity){ .name = g->name, .path = g->path, .uid = g->uid,
			.created = g->created };
		return entity_row(arg, BN_GROUPS, &e, reterr);
	}
	e = (struct bn_entity){ .name = r->name, .path = r->path, .uid = r->uid, .trust = r->trust,
		.bindings = r->bindings, .description = r->description, .boundary = r->boundary,
		.tags = r->tags, .max_session = r->max_session, .created = r->created };
	return entity_row(arg, BN_ROLES, &e, reterr);
}

/* ---- what belongs to them: by unique id ---- */

static int
by_uid(const void *a, const void *b)
{
	return fg_cmp((*(struct bn_entity *const *)a)->uid, (*(struct bn_entity *const *)b)->uid);
}

struct owners {
	struct load *l;
	struct bn_entity **v; /* sorted by unique id */
	size_t n;
};

static struct bn_entity *
owner(const struct owners *o, struct fg_str uid)
{
	struct bn_entity key = { .uid = uid }, *pkey = &key;
	struct bn_entity **at = o->n == 0 ? NULL : bsearch(&pkey, o->v, o->n, sizeof(pkey), by_uid);

	return at == NULL ? NULL : *at;
}

static enum fg_rc
owners_of(struct load *l, struct owners *o, struct fg_err *reterr)
{
	size_t n = 0;

	for (enum bn_list k = BN_USERS; k < BN_ENTITIES; k++)
		n += l->acc->entities[k].n;
	*o = (struct owners){ .l = l, .v = FG_NEW_N(l->a, struct bn_entity *, n) };
	if (o->v == NULL)
		return nomem(reterr);
	for (enum bn_list k = BN_USERS; k < BN_ENTITIES; k++)
		for (size_t i = 0; i < l->acc->entities[k].n; i++)
			o->v[o->n++] = &l->acc->entities[k].v[i];
	if (n > 1)
		qsort(o->v, n, sizeof(*o->v), by_uid);
	return FG_OK;
}

/* Arrays of children are small: grown by one each time. */
static bool
name_add(struct load *l, struct bn_names *names, struct fg_str s)
{
	struct fg_str *v = FG_NEW_N(l->a, struct fg_str, names->n + 1);

	if (v == NULL)
		return false;
	if (names->n > 0)
		memcpy(v, names->v, names->n * sizeof(*v));
	v[names->n] = keep(l, s);
	names->v = v;
	return v[names->n++].p != NULL;
}

static bool
inline_add(struct load *l, struct bn_entity *e, const struct store_inline *row)
{
	struct bn_inline *v = FG_NEW_N(l->a, struct bn_inline, e->ninlines + 1);

	if (v == NULL)
		return false;
	if (e->ninlines > 0)
		memcpy(v, e->inlines, e->ninlines * sizeof(*v));
	v[e->ninlines] = (struct bn_inline){ keep(l, row->name), bn_compact(l->a, row->document) };
	e->inlines = v;
	return v[e->ninlines++].document.p != NULL;
}

static const struct bn_entity *
group_by_uid(const struct bn_account *acc, struct fg_str uid)
{
	for (size_t i = 0; i < acc->entities[BN_GROUPS].n; i++)
		if (fg_eq(acc->entities[BN_GROUPS].v[i].uid, uid))
			return &acc->entities[BN_GROUPS].v[i];
	return NULL;
}

static enum fg_rc
visit_child(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	const struct owners *o = arg;
	const struct store_inline *i = row;
	const struct store_attachment *t = row;
	const struct store_member *m = row;
	const struct bn_entity *g;
	struct bn_entity *e;
	bool ok;

	if (bad)
		return refuse_bad(reterr);
	/* account, owner lead all three structs */
	e = owner(o, i->owner);
	if (e == NULL)
		return FG_OK;
	if (kind == STORE_INLINE) {
		ok = inline_add(o->l, e, i);
	} else if (kind == STORE_ATTACHMENT) {
		ok = name_add(o->l, &e->attached, t->policy);
	} else {
		g = group_by_uid(o->l->acc, m->group);
		ok = g == NULL || name_add(o->l, &e->groups, g->name);
	}
	return ok ? FG_OK : nomem(reterr);
}

/* ---- policies and providers ---- */

static enum fg_rc
visit_policy(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct load *l = arg;
	const struct store_policy *r = row;
	void *v = l->acc->policies;
	struct bn_policy *p;

	(void)kind;
	if (bad)
		return refuse_bad(reterr);
	p = fg_arena_push(l->a, &v, &l->acc->npolicies, &l->room_policies, sizeof(*p));
	if (p == NULL)
		return nomem(reterr);
	l->acc->policies = v;
	*p = (struct bn_policy){ .name = keep(l, r->name), .path = keep(l, r->path),
		.uid = keep(l, r->uid), .description = keep(l, r->description),
		.tags = bn_tags_sorted(l->a, r->tags), .version = r->version, .last = r->last,
		.created = r->created, .updated = r->updated };
	p->arn = bn_arn(l->a, l->acc->id, "policy", p->path, p->name);
	return p->arn.p == NULL || p->tags.p == NULL ? nomem(reterr) : FG_OK;
}

static enum fg_rc
visit_version(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct load *l = arg;
	const struct store_version *r = row;
	struct bn_policy *p = NULL;
	struct bn_version *v;

	(void)kind;
	if (bad)
		return refuse_bad(reterr);
	for (size_t i = 0; i < l->acc->npolicies && p == NULL; i++)
		if (fg_eq(l->acc->policies[i].uid, r->policy))
			p = &l->acc->policies[i];
	if (p == NULL)
		return FG_OK;
	v = FG_NEW_N(l->a, struct bn_version, p->nversions + 1);
	if (v == NULL)
		return nomem(reterr);
	if (p->nversions > 0)
		memcpy(v, p->versions, p->nversions * sizeof(*v));
	v[p->nversions++] = (struct bn_version){ .number = r->number,
		.document = bn_compact(l->a, r->document), .chosen = r->number == p->version,
		.created = r->created };
	p->versions = v;
	return FG_OK;
}

static enum fg_rc
visit_oidc(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct load *l = arg;
	void *v = l->acc->oidc;
	struct bn_oidc *p;

	(void)kind;
	if (bad)
		return refuse_bad(reterr);
	p = fg_arena_push(l->a, &v, &l->acc->noidc, &l->room_oidc, sizeof(*p));
	if (p == NULL)
		return nomem(reterr);
	l->acc->oidc = v;
	*p = (struct bn_oidc){ .row = *(const struct store_oidc *)row };
	p->row.account = l->acc->id;
	p->row.arn = keep(l, p->row.arn);
	p->row.url = keep(l, p->row.url);
	p->row.client_ids = keep(l, p->row.client_ids);
	p->row.thumbprints = keep(l, p->row.thumbprints);
	p->row.algorithms = keep(l, p->row.algorithms);
	p->row.jwks = keep(l, p->row.jwks);
	p->row.ca = keep(l, p->row.ca);
	p->row.tags = bn_tags_sorted(l->a, p->row.tags);
	return p->row.tags.p == NULL ? nomem(reterr) : FG_OK;
}

static enum fg_rc
visit_saml(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct load *l = arg;
	void *v = l->acc->saml;
	struct bn_saml *p;

	(void)kind;
	if (bad)
		return refuse_bad(reterr);
	p = fg_arena_push(l->a, &v, &l->acc->nsaml, &l->room_saml, sizeof(*p));
	if (p == NULL)
		return nomem(reterr);
	l->acc->saml = v;
	*p = (struct bn_saml){ .row = *(const struct store_saml *)row };
	p->row.account = l->acc->id;
	p->row.arn = keep(l, p->row.arn);
	p->row.uid = keep(l, p->row.uid);
	p->row.name = keep(l, p->row.name);
	p->row.metadata = keep(l, p->row.metadata);
	p->row.url = keep(l, p->row.url);
	p->row.allow = keep(l, p->row.allow);
	p->row.tags = bn_tags_sorted(l->a, p->row.tags);
	return p->row.tags.p == NULL ? nomem(reterr) : FG_OK;
}

/* Keys of SAML providers by their ids; what is wrapped stays where it is. */
static enum fg_rc
visit_secret(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct load *l = arg;
	const struct store_secret *s = row;

	(void)kind;
	if (bad)
		return refuse_bad(reterr);
	for (size_t i = 0; i < l->acc->nsaml; i++) {
		struct iam_saml_key k = { .created = s->created };

		if (!idp_saml_key_is(s, l->acc->saml[i].row.arn))
			continue;
		k.id = keep(l, s->id);
		if (k.id.p == NULL)
			return nomem(reterr);
		iam_saml_keys_put(&l->acc->saml[i].keys, &k);
	}
	return FG_OK;
}

/* ---- the account ---- */

static enum fg_rc
load_parts(struct store_tx *tx, struct load *l, struct fg_err *reterr)
{
	static const struct {
		enum store_kind kind;
		store_visit_fn fn;
	} first[] = {
		{ STORE_USER, visit_entity },
		{ STORE_GROUP, visit_entity },
		{ STORE_ROLE, visit_entity },
		{ STORE_POLICY, visit_policy },
		{ STORE_VERSION, visit_version },
		{ STORE_OIDC, visit_oidc },
		{ STORE_SAML, visit_saml },
		{ STORE_SECRET, visit_secret },
	}, second[] = {
		{ STORE_INLINE, visit_child },
		{ STORE_ATTACHMENT, visit_child },
		{ STORE_MEMBER, visit_child },
	};
	struct owners o;

	for (size_t i = 0; i < FG_COUNT(first); i++)
		FG_TRY(store_scan(tx, first[i].kind, "account", l->acc->id, first[i].fn, l, reterr));
	for (size_t i = 0; i < l->acc->nsaml; i++)
		FG_TRY(iam_saml_source_get(tx, &l->acc->saml[i].row, l->a, &l->acc->saml[i].source, reterr));
	for (size_t i = 0; i < l->acc->noidc; i++)
		FG_TRY(bn_words_load(tx, l->a, &l->acc->oidc[i], reterr));
	FG_TRY(bn_profiles_load(tx, l->a, l->acc, reterr));
	FG_TRY(owners_of(l, &o, reterr));
	for (size_t i = 0; i < FG_COUNT(second); i++)
		FG_TRY(store_scan(tx, second[i].kind, "account", l->acc->id, second[i].fn, &o, reterr));
	return FG_OK;
}

enum fg_rc
bn_account_load(struct store_tx *tx, struct fg_str id, struct fg_arena *a,
    struct bn_account *ret, struct fg_err *reterr)
{
	struct store_account row = { .account = id };
	struct fg_str twice;
	struct load l = { .acc = ret, .a = a };
	struct fg_err err = { .rc = FG_OK };
	enum fg_rc rc = store_get(tx, STORE_ACCOUNT, &row, a, &err);

	if (rc != FG_OK && rc != FG_E_NOT_FOUND)
		return fg_fail(reterr, rc, err.step, err.ref, "%s", err.text);
	*ret = (struct bn_account){ .id = fg_arena_dup(a, id), .exists = rc == FG_OK,
		.name = row.name, .alias = row.alias, .email = row.email, .unit = row.unit,
		.created = row.created, .state = row.state, .named = true, .aliased = true };
	if (ret->id.p == NULL)
		return nomem(reterr);
	FG_TRY(load_parts(tx, &l, reterr));
	FG_TRY(bn_load_outbound(tx, a, ret, reterr));
	if (!bn_account_sort(ret, &twice))
		return fg_fail(reterr, FG_E_STORE, "iam.bundle", NULL, "name twice in the store");
	return FG_OK;
}

struct ids {
	struct fg_arena *a;
	struct fg_str *v;
	size_t n, room;
};

static enum fg_rc
visit_account(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct ids *ids = arg;
	void *v = ids->v;
	struct fg_str *s;

	(void)kind;
	if (bad)
		return refuse_bad(reterr);
	s = fg_arena_push(ids->a, &v, &ids->n, &ids->room, sizeof(*s));
	if (s == NULL)
		return nomem(reterr);
	ids->v = v;
	*s = fg_arena_dup(ids->a, ((const struct store_account *)row)->account);
	return s->p == NULL ? nomem(reterr) : FG_OK;
}

enum fg_rc
bn_accounts_load(struct store_tx *tx, struct fg_arena *a, struct fg_str **ret, size_t *ret_n,
    struct fg_err *reterr)
{
	struct ids ids = { .a = a };

	FG_TRY(store_scan(tx, STORE_ACCOUNT, NULL, FG_STR_NULL, visit_account, &ids, reterr));
	if (ids.n > 1)
		qsort(ids.v, ids.n, sizeof(*ids.v), fg_cmp_at);
	*ret = ids.v;
	*ret_n = ids.n;
	return FG_OK;
}
