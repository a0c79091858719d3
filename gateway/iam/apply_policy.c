/*
 * gateway/iam/apply_policy.c - managed policies and providers of a bundle against the store's.
 */
#include "gateway/iam/bundle_int.h"

/* ---- managed policies ---- */

static const struct bn_version *
version_find(const struct bn_policy *p, int64_t number)
{
	for (size_t i = 0; p != NULL && i < p->nversions; i++)
		if (p->versions[i].number == number)
			return &p->versions[i];
	return NULL;
}

static enum fg_rc
versions_apply(struct bn_apply *p, struct fg_str account, const struct bn_policy *w,
    const struct bn_policy *old, unsigned *changed)
{
	for (size_t i = 0; i < w->nversions; i++) {
		const struct bn_version *v = &w->versions[i], *was = version_find(old, v->number);
		const struct store_version row = { account, w->uid, v->number, v->document,
			was != NULL ? was->created : v->created != 0 ? v->created : p->how->now };

		if (was != NULL && fg_eq(was->document, v->document))
			continue;
		FG_TRY(store_put(p->tx, STORE_VERSION, &row, p->err));
		++*changed;
	}
	for (size_t i = 0; old != NULL && i < old->nversions; i++) {
		const struct store_version row = { .account = account, .policy = w->uid,
			.number = old->versions[i].number };

		if (version_find(w, row.number) != NULL)
			continue;
		FG_TRY(store_delete(p->tx, STORE_VERSION, &row, p->err));
		++*changed;
	}
	return FG_OK;
}

static enum fg_rc
policy_apply(struct bn_apply *p, struct fg_str account, struct bn_policy *w,
    const struct bn_policy *old)
{
	struct store_policy row = { .account = account, .uid = w->uid, .name = w->name,
		.path = w->path, .description = w->description, .tags = w->tags,
		.version = w->version, .last = w->last,
		.created = w->created != 0 ? w->created : p->how->now, .updated = p->how->now };
	unsigned changed = 0;

	if (old != NULL) {
		row.created = old->created;
		row.last = old->last > w->last ? old->last : w->last;
	} else if (w->updated != 0) {
		row.updated = w->updated;
	}
	FG_TRY(versions_apply(p, account, w, old, &changed));
	if (old != NULL && changed == 0 && old->version == w->version &&
	    fg_eq(old->description, w->description) && fg_eq(old->tags, w->tags))
		return FG_OK;
	bn_say(p, old == NULL ? "create" : "update", w->arn);
	return store_put(p->tx, STORE_POLICY, &row, p->err);
}

enum fg_rc
bn_apply_policies(struct bn_apply *p, struct bn_account *w, const struct bn_account *h)
{
	for (size_t i = 0; i < w->npolicies; i++)
		FG_TRY(policy_apply(p, w->id, &w->policies[i], bn_policy_find(h, w->policies[i].arn)));
	return FG_OK;
}

/* ---- providers ---- */

static const struct bn_oidc *
oidc_find(const struct bn_account *acc, struct fg_str arn)
{
	for (size_t i = 0; i < acc->noidc; i++)
		if (fg_eq(acc->oidc[i].row.arn, arn))
			return &acc->oidc[i];
	return NULL;
}

static const struct bn_saml *
saml_find(const struct bn_account *acc, struct fg_str arn)
{
	for (size_t i = 0; i < acc->nsaml; i++)
		if (fg_eq(acc->saml[i].row.arn, arn))
			return &acc->saml[i];
	return NULL;
}

static enum fg_rc
oidc_apply(struct bn_apply *p, struct bn_oidc *w, const struct bn_oidc *old)
{
	struct store_oidc *row = &w->row;
	const struct store_oidc *was = old == NULL ? NULL : &old->row;
	bool keys, words;

	FG_TRY(bn_words_apply(p, w, &words));
	if (was == NULL) {
		row->created = row->created != 0 ? row->created : p->how->now;
		row->generation = store_tx_number(p->tx); /* one made anew never meets keys of the old one */
		bn_say(p, "create", row->arn);
		return store_insert(p->tx, STORE_OIDC, row, p->err);
	}
	row->created = was->created;
	keys = fg_eq(row->jwks, was->jwks) && fg_eq(row->ca, was->ca) &&
	    fg_eq(row->thumbprints, was->thumbprints) && fg_eq(row->url, was->url);
	row->generation = was->generation + (keys ? 0 : 1);
	if (keys && !words && fg_eq(row->client_ids, was->client_ids) &&
	    fg_eq(row->algorithms, was->algorithms) && fg_eq(row->tags, was->tags) &&
	    row->flags == was->flags)
		return FG_OK;
	bn_say(p, "update", row->arn);
	return store_update(p->tx, STORE_OIDC, row, p->err);
}

static bool
key_in(struct fg_str id, const struct fg_str *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (fg_eq(v[i], id))
			return true;
	}
	return false;
}

/* The file's private keys in place of the store's, when the file speaks of keys. */
static enum fg_rc
saml_keys_apply(struct bn_apply *p, const struct bn_saml *w, unsigned *changed)
{
	struct fg_str id[FG_LIMIT_SAML_DECRYPT_KEYS], certificate;
	struct iam_saml_keys have;
	bool there;

	FG_TRY(iam_saml_keys(p->tx, w->row.arn, p->a, &have, p->err));
	if (w->row.encryption != 0 && (w->keyed ? w->npem : have.n) == 0)
		bn_warn(p, w->place, "AssertionEncryptionMode is Required and there is no private key: "
		    "every assertion is refused");
	for (size_t i = 0; w->keyed && i < w->npem; i++)
		FG_TRY(iam_saml_key_id(&w->row, w->pem[i], p->how->now, p->a, &id[i], &certificate, p->err));
	for (size_t i = 0; w->keyed && i < have.n; i++) {
		if (key_in(have.v[i].id, id, w->npem))
			continue;
		FG_TRY(iam_saml_key_remove(p->tx, &w->row, have.v[i].id, p->a, p->err));
		++*changed;
	}
	for (size_t i = 0; w->keyed && i < w->npem; i++) {
		there = false;
		for (size_t k = 0; k < have.n; k++)
			there = there || fg_eq(have.v[k].id, id[i]);
		if (there)
			continue;
		FG_TRY(iam_saml_key_add(p->tx, p->how->cred, &w->row, w->pem[i], p->how->now, p->a, &id[i],
		    p->err));
		++*changed;
	}
	return FG_OK;
}

/* New metadata is read as the gateway will read it, so that what cannot be used is not stored. */
static enum fg_rc
saml_metadata_check(struct bn_apply *p, const struct bn_saml *w)
{
	const struct idp_saml_source from = idp_saml_source_read(w->source);
	struct saml_metadata_want want = { .now = p->how->now, .allow = idp_saml_allow(w->row.allow),
		.entity_id = from.entity_id.n > 0 ? from.entity_id : FG_STR_NULL };
	struct fg_err err = { .rc = FG_OK };
	struct saml_metadata m;
	size_t n;

	if (p->how->metadata == NULL || w->row.metadata.n == 0)
		return FG_OK;
	if (from.signer.n > 0)
		FG_TRY(saml_pem_read(p->a, from.signer, &want.signer, 1, &n, p->err));
	if (p->how->metadata(p->how->metadata_arg, w->row.metadata, &want, p->a, &m, &err) != FG_OK)
		return fg_fail(p->err, err.rc, err.step, err.ref, "%.*s: %s", FG_PRI(w->place), err.text);
	for (size_t i = 0; i < m.n_warnings; i++)
		bn_warn(p, w->place, "%.*s", FG_PRI(m.warning[i]));
	return FG_OK;
}

static enum fg_rc
saml_new(struct bn_apply *p, struct bn_saml *w)
{
	char uid[STORE_UID_BYTES + 1];
	struct store_saml *row = &w->row;
	unsigned changed = 0;

	FG_TRY(saml_metadata_check(p, w));
	FG_TRY(store_uid("ASAM", uid, p->err));
	row->uid = fg_str_z(uid);
	row->created = row->created != 0 ? row->created : p->how->now;
	row->updated = p->how->now;
	row->generation = store_tx_number(p->tx);
	bn_say(p, "create", row->arn);
	FG_TRY(store_insert(p->tx, STORE_SAML, row, p->err));
	if (w->source.n > 0)
		FG_TRY(iam_saml_source_put(p->tx, row, w->source, p->a, p->err));
	FG_TRY(saml_keys_apply(p, w, &changed));
	row->uid = FG_STR_NULL;
	return FG_OK;
}

static enum fg_rc
saml_apply(struct bn_apply *p, struct bn_saml *w, const struct bn_saml *old)
{
	struct store_saml *row = &w->row;
	const struct store_saml *was = old == NULL ? NULL : &old->row;
	unsigned changed = 0;
	struct fg_str source;
	bool keys;

	if (was == NULL)
		return saml_new(p, w);
	row->uid = was->uid;
	row->created = was->created;
	row->updated = p->how->now;
	/* What was fetched from the URL stays until it is fetched again. */
	if (row->url.n > 0 && fg_eq(row->url, was->url))
		row->metadata = was->metadata;
	FG_TRY(iam_saml_source_get(p->tx, row, p->a, &source, p->err));
	if (!fg_eq(source, w->source)) {
		FG_TRY(iam_saml_source_put(p->tx, row, w->source, p->a, p->err));
		changed++;
	}
	if (changed > 0 || !fg_eq(row->metadata, was->metadata) || !fg_eq(row->allow, was->allow))
		FG_TRY(saml_metadata_check(p, w));
	FG_TRY(saml_keys_apply(p, w, &changed));
	keys = changed == 0 && fg_eq(row->metadata, was->metadata) && fg_eq(row->url, was->url);
	row->generation = was->generation + (keys ? 0 : 1);
	if (keys && fg_eq(row->allow, was->allow) && fg_eq(row->tags, was->tags) &&
	    row->encryption == was->encryption)
		return FG_OK;
	bn_say(p, "update", row->arn);
	return store_update(p->tx, STORE_SAML, row, p->err);
}

enum fg_rc
bn_apply_providers(struct bn_apply *p, struct bn_account *w, const struct bn_account *h)
{
	for (size_t i = 0; i < w->noidc; i++)
		FG_TRY(oidc_apply(p, &w->oidc[i], oidc_find(h, w->oidc[i].row.arn)));
	for (size_t i = 0; i < w->nsaml; i++)
		FG_TRY(saml_apply(p, &w->saml[i], saml_find(h, w->saml[i].row.arn)));
	return FG_OK;
}

/* ---- prune: what the lists of the file do not name ---- */

struct rows {
	struct bn_apply *p;
	const void **v;
	size_t n, room;
	size_t size;
};

/* Rows are collected first: a scan's visitor must not write. */
static enum fg_rc
collect(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct rows *r = arg;
	const struct store_key *key = row;
	struct store_key *copy;

	(void)bad;
	(void)kind;
	if (r->n == r->room)
		return fg_fail(reterr, FG_E_LIMIT, "iam.apply", NULL, "too many rows of one user");
	copy = fg_arena_alloc(r->p->a, r->size);
	if (copy == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "iam.apply", NULL, "arena");
	/* account and the key member lead both kinds */
	copy->account = fg_arena_dup(r->p->a, key->account);
	copy->id = fg_arena_dup(r->p->a, key->id);
	r->v[r->n++] = copy;
	return FG_OK;
}

static enum fg_rc
drop_of_user(struct bn_apply *p, enum store_kind kind, size_t size, struct fg_str uid)
{
	const void *found[64];
	struct rows r = { .p = p, .v = found, .room = FG_COUNT(found), .size = size };

	FG_TRY(store_scan(p->tx, kind, "user", uid, collect, &r, p->err));
	for (size_t i = 0; i < r.n; i++)
		FG_TRY(store_delete(p->tx, kind, r.v[i], p->err));
	return FG_OK;
}

static enum fg_rc
drop_children(struct bn_apply *p, const struct bn_account *h, const struct bn_entity *e,
    enum bn_list l)
{
	for (size_t i = 0; i < e->ninlines; i++) {
		const struct store_inline row = { .account = h->id, .owner = e->uid,
			.name = e->inlines[i].name };

		FG_TRY(store_delete(p->tx, STORE_INLINE, &row, p->err));
	}
	for (size_t i = 0; i < e->attached.n; i++) {
		const struct store_attachment row = { h->id, e->uid, e->attached.v[i] };

		FG_TRY(store_delete(p->tx, STORE_ATTACHMENT, &row, p->err));
	}
	for (size_t i = 0; i < e->groups.n; i++) {
		const struct bn_entity *g = bn_entity_find(h, BN_GROUPS, e->groups.v[i]);
		const struct store_member row = { h->id, e->uid, g == NULL ? FG_STR_NULL : g->uid };

		if (g != NULL)
			FG_TRY(store_delete(p->tx, STORE_MEMBER, &row, p->err));
	}
	if (l != BN_USERS)
		return FG_OK;
	FG_TRY(drop_of_user(p, STORE_KEY, sizeof(struct store_key), e->uid));
	return drop_of_user(p, STORE_MFA, sizeof(struct store_mfa), e->uid);
}

/* Memberships of users that stay, in a group that goes. */
static enum fg_rc
drop_members(struct bn_apply *p, const struct bn_account *w, const struct bn_account *h,
    const struct bn_entity *group)
{
	for (size_t i = 0; i < h->entities[BN_USERS].n; i++) {
		const struct bn_entity *u = &h->entities[BN_USERS].v[i];
		const struct bn_entity *kept = bn_entity_find(w, BN_USERS, u->name);
		const struct store_member row = { h->id, u->uid, group->uid };

		/* A user of the file was already brought to the file's groups. */
		if (kept != NULL || w->entities[BN_USERS].given ||
		    !bn_names_has(&u->groups, group->name))
			continue;
		FG_TRY(store_delete(p->tx, STORE_MEMBER, &row, p->err));
	}
	return FG_OK;
}

static enum fg_rc
prune_entities(struct bn_apply *p, const struct bn_account *w, const struct bn_account *h,
    enum bn_list l)
{
	for (size_t i = 0; w->entities[l].given && i < h->entities[l].n; i++) {
		const struct bn_entity *e = &h->entities[l].v[i];
		/* account and unique id lead the structs of all three kinds */
		const struct store_role row = { .account = h->id, .uid = e->uid };

		if (bn_entity_find(w, l, e->name) != NULL)
			continue;
		bn_say(p, "delete", e->arn);
		FG_TRY(drop_children(p, h, e, l));
		if (l == BN_GROUPS)
			FG_TRY(drop_members(p, w, h, e));
		FG_TRY(store_delete(p->tx, bn_kinds[l].kind, &row, p->err));
	}
	return FG_OK;
}

/* Something that the file leaves alone may still use the policy. */
static bool
still_used(const struct bn_account *w, const struct bn_account *h, struct fg_str arn)
{
	for (enum bn_list l = BN_USERS; l < BN_ENTITIES; l++)
		for (size_t i = 0; !w->entities[l].given && i < h->entities[l].n; i++)
			if (bn_names_has(&h->entities[l].v[i].attached, arn) ||
			    fg_eq(h->entities[l].v[i].boundary, arn))
				return true;
	return false;
}

static enum fg_rc
prune_policies(struct bn_apply *p, const struct bn_account *w, const struct bn_account *h)
{
	for (size_t i = 0; w->policies_given && i < h->npolicies; i++) {
		const struct bn_policy *old = &h->policies[i];
		const struct store_policy row = { .account = h->id, .uid = old->uid };

		if (bn_policy_find(w, old->arn) != NULL)
			continue;
		if (still_used(w, h, old->arn))
			return fg_fail(p->err, FG_E_CONFLICT, "iam.apply", NULL,
			    "%.*s is used by what the bundle does not list", FG_PRI(old->arn));
		bn_say(p, "delete", old->arn);
		for (size_t k = 0; k < old->nversions; k++) {
			const struct store_version v = { .account = h->id, .policy = old->uid,
				.number = old->versions[k].number };

			FG_TRY(store_delete(p->tx, STORE_VERSION, &v, p->err));
		}
		FG_TRY(store_delete(p->tx, STORE_POLICY, &row, p->err));
	}
	return FG_OK;
}

static enum fg_rc
prune_providers(struct bn_apply *p, const struct bn_account *w, const struct bn_account *h)
{
	for (size_t i = 0; w->oidc_given && i < h->noidc; i++) {
		if (oidc_find(w, h->oidc[i].row.arn) != NULL)
			continue;
		bn_say(p, "delete", h->oidc[i].row.arn);
		FG_TRY(store_delete(p->tx, STORE_OIDC, &h->oidc[i].row, p->err));
	}
	for (size_t i = 0; w->saml_given && i < h->nsaml; i++) {
		if (saml_find(w, h->saml[i].row.arn) != NULL)
			continue;
		bn_say(p, "delete", h->saml[i].row.arn);
		FG_TRY(iam_saml_delete(p->tx, &h->saml[i].row, p->a, p->err));
	}
	return FG_OK;
}

enum fg_rc
bn_prune(struct bn_apply *p, const struct bn_account *w, const struct bn_account *h)
{
	if (fg_eq(w->id, FG_LIT("aws")))
		return FG_OK; /* shared by all accounts */
	FG_TRY(prune_entities(p, w, h, BN_USERS));
	FG_TRY(prune_entities(p, w, h, BN_GROUPS));
	FG_TRY(prune_entities(p, w, h, BN_ROLES));
	FG_TRY(bn_prune_profiles(p, w, h));
	FG_TRY(prune_policies(p, w, h));
	return prune_providers(p, w, h);
}
