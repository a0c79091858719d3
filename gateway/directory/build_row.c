/*
 * gateway/directory/build_row.c - entities that need no children: accounts, keys, providers,
 * and the kinds that are kept as their rows.
 */
#include "gateway/directory/directory_int.h"

static bool
build_account(struct block *b, const struct store_account *r)
{
	struct directory_account *e;

	if (!directory_block(b, STORE_ACCOUNT,
	        r->account.n + r->name.n + r->alias.n + r->email.n + r->unit.n))
		return false;
	e = &b->e->u.account;
	e->id = directory_block_str(b, r->account);
	e->name = directory_block_str(b, r->name);
	e->alias = directory_block_str(b, r->alias);
	e->email = directory_block_str(b, r->email);
	e->unit = directory_block_str(b, r->unit);
	e->created = r->created;
	e->active = r->state == STORE_ACTIVE;
	b->e->id = e->id;
	b->e->account = FG_LIT("");
	b->e->name = e->alias;
	b->e->named = e->alias.n > 0;
	return true;
}

static bool
build_key(struct block *b, const struct store_key *r)
{
	struct directory_key *e;

	if (!directory_block(b, STORE_KEY, r->account.n + r->id.n + r->user.n + r->secret.n +
	        sizeof(*e->used)))
		return false;
	e = &b->e->u.key;
	e->used = directory_block_array(b, 1, sizeof(*e->used));
	e->account = directory_block_str(b, r->account);
	e->id = directory_block_str(b, r->id);
	e->user = directory_block_str(b, r->user);
	e->secret = directory_block_str(b, r->secret);
	e->active = r->state == STORE_ACTIVE;
	e->bootstrap = (r->flags & STORE_KEY_BOOTSTRAP) != 0;
	e->created = r->created;
	b->e->id = e->id;
	b->e->account = e->account;
	b->e->name = e->id;
	return true;
}

static bool
build_oidc(struct block *b, const struct store_oidc *r)
{
	struct directory_oidc *e;

	if (!directory_block(b, STORE_OIDC, r->account.n + r->arn.n + r->url.n + r->jwks.n +
	        r->ca.n + directory_list_bytes(r->client_ids) +
	        directory_list_bytes(r->thumbprints) + directory_list_bytes(r->algorithms) +
	        directory_list_bytes(r->tags)))
		return false;
	e = &b->e->u.oidc;
	e->account = directory_block_str(b, r->account);
	e->arn = directory_block_str(b, r->arn);
	e->url = directory_block_str(b, r->url);
	e->key_prefix = fg_starts(e->url, FG_LIT("https://")) ? fg_sub(e->url, 8, e->url.n) : e->url;
	e->jwks = directory_block_str(b, r->jwks);
	e->ca = directory_block_str(b, r->ca);
	e->client_ids = directory_block_list(b, r->client_ids, &e->nclient_ids);
	e->thumbprints = directory_block_list(b, r->thumbprints, &e->nthumbprints);
	e->algorithms = directory_block_list(b, r->algorithms, &e->nalgorithms);
	e->tags = directory_block_tags(b, r->tags, &e->ntags);
	e->flags = (unsigned)r->flags;
	e->generation = r->generation;
	e->created = r->created;
	b->e->id = e->arn;
	b->e->account = e->account;
	b->e->name = e->url;
	b->e->named = true;
	return true;
}

static bool
build_saml(struct block *b, const struct store_saml *r)
{
	struct directory_saml *e;

	if (!directory_block(b, STORE_SAML, r->account.n + r->arn.n + r->uid.n + r->name.n +
	        r->metadata.n + r->url.n + directory_list_bytes(r->allow) +
	        directory_list_bytes(r->tags)))
		return false;
	e = &b->e->u.saml;
	e->account = directory_block_str(b, r->account);
	e->arn = directory_block_str(b, r->arn);
	e->uid = directory_block_str(b, r->uid);
	e->name = directory_block_str(b, r->name);
	e->metadata = directory_block_str(b, r->metadata);
	e->url = directory_block_str(b, r->url);
	e->allow = directory_block_list(b, r->allow, &e->nallow);
	e->tags = directory_block_tags(b, r->tags, &e->ntags);
	e->encryption_required = r->encryption != 0;
	e->generation = r->generation;
	e->created = r->created;
	e->updated = r->updated;
	b->e->id = e->arn;
	b->e->account = e->account;
	/* The provider id stands alone in /saml/acs/{provider id}. */
	b->e->name = e->uid;
	b->e->named = b->e->wide = true;
	return true;
}

bool
directory_build_provider(struct block *b, enum store_kind kind, const void *row)
{
	switch (kind) {
	case STORE_ACCOUNT:
		return build_account(b, row);
	case STORE_KEY:
		return build_key(b, row);
	case STORE_OIDC:
		return build_oidc(b, row);
	case STORE_SAML:
		return build_saml(b, row);
	default:
		return false;
	}
}

/* ---- kinds that are kept as rows: one descriptor each ---- */

struct kept {
	size_t size;
	size_t str[8]; /* offsets of strings; ends at the first repeated 0 */
	size_t nstr;
	size_t key[2]; /* offsets of what makes the key */
	size_t nkey;
};

#define OFF(t, m) offsetof(struct t, m)

static const struct kept kept[STORE_KIND_MAX] = {
	[STORE_SETTING] = { sizeof(struct store_setting),
		{ OFF(store_setting, account), OFF(store_setting, name), OFF(store_setting, value) }, 3,
		{ OFF(store_setting, account), OFF(store_setting, name) }, 2 },
	[STORE_UNIT] = { sizeof(struct store_unit),
		{ OFF(store_unit, account), OFF(store_unit, id), OFF(store_unit, parent),
		    OFF(store_unit, name) }, 4, { OFF(store_unit, id) }, 1 },
	[STORE_CONTROL] = { sizeof(struct store_control),
		{ OFF(store_control, account), OFF(store_control, id), OFF(store_control, type),
		    OFF(store_control, name), OFF(store_control, description),
		    OFF(store_control, document) }, 6, { OFF(store_control, id) }, 1 },
	[STORE_TARGET] = { sizeof(struct store_target),
		{ OFF(store_target, account), OFF(store_target, control), OFF(store_target, target) },
		3, { OFF(store_target, control), OFF(store_target, target) }, 2 },
	[STORE_SECRET] = { sizeof(struct store_secret),
		{ OFF(store_secret, account), OFF(store_secret, id), OFF(store_secret, owner),
		    OFF(store_secret, purpose), OFF(store_secret, blob),
		    OFF(store_secret, public_part) }, 6, { OFF(store_secret, id) }, 1 },
	[STORE_MFA] = { sizeof(struct store_mfa),
		{ OFF(store_mfa, account), OFF(store_mfa, serial), OFF(store_mfa, user),
		    OFF(store_mfa, seed), OFF(store_mfa, tags) }, 5, { OFF(store_mfa, serial) }, 1 },
	[STORE_RING] = { sizeof(struct store_ring),
		{ OFF(store_ring, account), OFF(store_ring, id), OFF(store_ring, class_),
		    OFF(store_ring, fingerprint), OFF(store_ring, acks) }, 5,
		{ OFF(store_ring, id) }, 1 },
	[STORE_PROFILE] = { sizeof(struct store_profile),
		{ OFF(store_profile, account), OFF(store_profile, uid), OFF(store_profile, name),
		    OFF(store_profile, path), OFF(store_profile, role), OFF(store_profile, tags) }, 6,
		{ OFF(store_profile, uid) }, 1 },
	[STORE_CUT] = { sizeof(struct store_cut),
		{ OFF(store_cut, account), OFF(store_cut, kind), OFF(store_cut, target),
		    OFF(store_cut, reason) }, 4, { OFF(store_cut, kind), OFF(store_cut, target) }, 2 },
};

static struct fg_str
str_at(const void *row, size_t off)
{
	struct fg_str s;

	memcpy(&s, (const char *)row + off, sizeof(s));
	return s;
}

/* The key members joined with a line feed, as directory_row_find() takes them. */
static struct fg_str
key_of(struct block *b, const struct kept *k, const void *row)
{
	struct fg_str s = str_at(row, k->key[0]), t;
	char *at;

	if (k->nkey == 1)
		return directory_block_str(b, s);
	t = str_at(row, k->key[1]);
	b->room -= s.n + 1 + t.n;
	at = b->p + b->room;
	if (s.n > 0)
		memcpy(at, s.p, s.n);
	at[s.n] = '\n';
	if (t.n > 0)
		memcpy(at + s.n + 1, t.p, t.n);
	return fg_str(at, s.n + 1 + t.n);
}

bool
directory_build_row(struct block *b, enum store_kind kind, const void *row)
{
	const struct kept *k = &kept[kind];
	size_t extra = 1;
	char *to;

	if (k->size == 0)
		return false;
	for (size_t i = 0; i < k->nstr; i++)
		extra += 2 * str_at(row, k->str[i]).n;
	if (!directory_block(b, kind, extra))
		return false;
	to = (char *)&b->e->u;
	memcpy(to, row, k->size);
	for (size_t i = 0; i < k->nstr; i++) {
		struct fg_str s = directory_block_str(b, str_at(row, k->str[i]));

		memcpy(to + k->str[i], &s, sizeof(s));
	}
	b->e->id = key_of(b, k, row);
	b->e->account = str_at(to, 0);
	b->e->named = kind == STORE_PROFILE;
	b->e->name = b->e->named ? b->e->u.profile.name : b->e->id;
	return true;
}
