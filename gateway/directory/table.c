/*
 * gateway/directory/table.c - entities in lock-free tables: by id, by name, by account.
 */
#include <sys/random.h>

#include "gateway/directory/directory_int.h"

struct key {
	enum store_kind kind;
	struct fg_str account, name;
};

static uint64_t
mix(const struct directory *d, enum store_kind kind, struct fg_str account, struct fg_str name)
{
	return fg_hash(name, d->key) ^ (fg_hash(account, d->key) * 31) ^
	    ((uint64_t)kind * 0x9e3779b97f4a7c15u);
}

static int
match_id(struct cds_lfht_node *node, const void *key)
{
	const struct entity *e = caa_container_of(node, struct entity, by_id);
	const struct key *k = key;

	return e->kind == k->kind && fg_eq(e->id, k->name);
}

static struct fg_str
name_scope(const struct entity *e)
{
	return e->wide ? FG_STR_NULL : e->account;
}

static int
match_name(struct cds_lfht_node *node, const void *key)
{
	const struct entity *e = caa_container_of(node, struct entity, by_name);
	const struct key *k = key;

	return e->kind == k->kind && fg_eq(name_scope(e), k->account) && fg_eq(e->name, k->name);
}

static int
match_scope(struct cds_lfht_node *node, const void *key)
{
	const struct scope *s = caa_container_of(node, struct scope, node);
	const struct key *k = key;

	return fg_eq(s->account, k->account);
}

/* 32-bit builds would cut it; the table takes an unsigned long. */
static struct cds_lfht_node *
find(struct cds_lfht *t, uint64_t hash, cds_lfht_match_fct match, const struct key *k)
{
	struct cds_lfht_iter it;

	cds_lfht_lookup(t, (unsigned long)hash, match, k, &it);
	return cds_lfht_iter_get_node(&it);
}

struct entity *
directory_by_id(const struct directory *d, enum store_kind kind, struct fg_str id)
{
	const struct key k = { .kind = kind, .name = id };
	struct cds_lfht_node *n = find(d->ids, mix(d, kind, FG_STR_NULL, id), match_id, &k);

	return n == NULL ? NULL : caa_container_of(n, struct entity, by_id);
}

struct entity *
directory_by_name(const struct directory *d, enum store_kind kind, struct fg_str account,
    struct fg_str name)
{
	const struct key k = { kind, account, name };
	struct cds_lfht_node *n = find(d->names, mix(d, kind, account, name), match_name, &k);

	return n == NULL ? NULL : caa_container_of(n, struct entity, by_name);
}

struct scope *
directory_scope_find(const struct directory *d, struct fg_str account)
{
	const struct key k = { .account = account };
	struct cds_lfht_node *n = find(d->scopes, mix(d, STORE_NONE, account, FG_STR_NULL),
	    match_scope, &k);

	return n == NULL ? NULL : caa_container_of(n, struct scope, node);
}

enum fg_rc
directory_tables_init(struct directory *d)
{
	/*
	 * Grown by hand: by the length of chains a table grows to several times its need, and with
	 * CDS_LFHT_ACCOUNTING one that is filled from few threads hardly ever grows.
	 */
	const int flags = 0;

	if (getrandom(d->key, sizeof(d->key), 0) != (ssize_t)sizeof(d->key))
		return FG_E_CRYPTO;
	d->size = 1024;
	d->ids = cds_lfht_new_flavor(1024, 1024, 0, flags, &urcu_memb_flavor, NULL);
	d->names = cds_lfht_new_flavor(1024, 1024, 0, flags, &urcu_memb_flavor, NULL);
	d->scopes = cds_lfht_new_flavor(64, 64, 0, flags, &urcu_memb_flavor, NULL);
	return d->ids == NULL || d->names == NULL || d->scopes == NULL ? FG_E_NOMEM : FG_OK;
}

void
directory_tables_grow(struct directory *d)
{
	if (d->filled < d->size * 2)
		return;
	d->size *= 4;
	cds_lfht_resize(d->ids, d->size);
	cds_lfht_resize(d->names, d->size);
	cds_lfht_resize(d->scopes, d->size / 8);
}

/* The list of an account, made when its first entity comes; never removed while it lives. */
static struct scope *
scope_get(struct directory *d, struct fg_str account)
{
	struct scope *s = directory_scope_find(d, account);

	if (s != NULL)
		return s;
	s = calloc(1, sizeof(*s) + account.n);
	if (s == NULL)
		return NULL;
	if (account.n > 0)
		memcpy(s->text, account.p, account.n);
	s->account = fg_str(s->text, account.n);
	for (size_t i = 0; i < STORE_KIND_MAX; i++)
		CDS_INIT_LIST_HEAD(&s->list[i]);
	cds_lfht_node_init(&s->node);
	cds_lfht_add(d->scopes, (unsigned long)mix(d, STORE_NONE, account, FG_STR_NULL), &s->node);
	return s;
}

bool *
directory_entity_flag(struct entity *e)
{
	switch (e->kind) {
	case STORE_ACCOUNT:
		return &e->u.account.quarantined;
	case STORE_ROLE:
		return &e->u.role.quarantined;
	case STORE_USER:
		return &e->u.user.quarantined;
	case STORE_GROUP:
		return &e->u.group.quarantined;
	case STORE_POLICY:
		return &e->u.policy.quarantined;
	case STORE_KEY:
		return &e->u.key.quarantined;
	case STORE_OIDC:
		return &e->u.oidc.quarantined;
	case STORE_SAML:
		return &e->u.saml.quarantined;
	default:
		return NULL;
	}
}

static size_t *
counter(struct directory *d, enum store_kind kind)
{
	switch (kind) {
	case STORE_ACCOUNT:
		return &d->stats.accounts;
	case STORE_ROLE:
		return &d->stats.roles;
	case STORE_USER:
		return &d->stats.users;
	case STORE_GROUP:
		return &d->stats.groups;
	case STORE_POLICY:
		return &d->stats.policies;
	case STORE_KEY:
		return &d->stats.keys;
	case STORE_OIDC:
		return &d->stats.oidc;
	case STORE_SAML:
		return &d->stats.saml;
	default:
		return NULL;
	}
}

static void
count(struct directory *d, struct entity *e, size_t by)
{
	size_t *n = counter(d, e->kind);
	const bool *bad = directory_entity_flag(e);

	if (n != NULL)
		*n += by;
	if (bad != NULL && *bad)
		d->stats.quarantined += by;
}

static void
put_documents(struct directory *d, const struct directory_grants *g)
{
	for (size_t i = 0; i < g->ninlines; i++)
		directory_document_put(d, g->inlines[i].document);
}

/* References to documents are given back at once; their memory waits for a grace period too. */
static void
release(struct directory *d, struct entity *e)
{
	if (e->kind == STORE_ROLE) {
		directory_document_put(d, e->u.role.trust);
		put_documents(d, &e->u.role.grants);
	} else if (e->kind == STORE_USER) {
		put_documents(d, &e->u.user.grants);
	} else if (e->kind == STORE_GROUP) {
		put_documents(d, &e->u.group.grants);
	} else if (e->kind == STORE_POLICY) {
		for (size_t i = 0; i < e->u.policy.nversions; i++)
			directory_document_put(d, e->u.policy.versions[i].document);
	}
}

static void
entity_rcu_free(struct rcu_head *head)
{
	free(caa_container_of(head, struct entity, rcu));
}

void
directory_entity_free(struct directory *d, struct entity *e)
{
	if (e == NULL)
		return;
	release(d, e);
	free(e);
}

static void
take_out(struct directory *d, struct entity *e)
{
	(void)cds_lfht_del(d->ids, &e->by_id);
	if (e->named)
		(void)cds_lfht_del(d->names, &e->by_name);
	cds_list_del_rcu(&e->in_account);
	d->filled--;
	count(d, e, (size_t)-1);
	release(d, e);
	urcu_memb_call_rcu(&e->rcu, entity_rcu_free);
}

static void
put_in(struct directory *d, struct entity *e, struct scope *s)
{
	if (e->named)
		cds_lfht_add(d->names, (unsigned long)mix(d, e->kind, name_scope(e), e->name),
		    &e->by_name);
	cds_list_add_rcu(&e->in_account, &s->list[e->kind]);
	d->filled++;
	count(d, e, 1);
}

/*
 * The new entity is findable before the old one is not, so that a reader always finds one.
 * Names: an old one that is found by its name is as good as it was a moment ago.
 */
enum fg_rc
directory_replace(struct directory *d, enum store_kind kind, struct fg_str id, struct entity *e)
{
	struct entity *old;
	struct scope *s = NULL;
	enum fg_rc rc = FG_OK;

	urcu_memb_read_lock();
	old = directory_by_id(d, kind, id);
	if (e != NULL && (s = scope_get(d, e->account)) == NULL) {
		rc = FG_E_NOMEM;
	} else {
		if (e != NULL) {
			cds_lfht_node_init(&e->by_id);
			cds_lfht_node_init(&e->by_name);
			put_in(d, e, s);
			cds_lfht_add(d->ids, (unsigned long)mix(d, kind, FG_STR_NULL, id), &e->by_id);
			if (old != NULL)
				directory_used_inherit(e, old);
		}
		if (old != NULL)
			take_out(d, old);
	}
	urcu_memb_read_unlock();
	return rc;
}

static void
tables_empty(struct directory *d)
{
	struct cds_lfht_iter it;
	struct cds_lfht_node *n;

	urcu_memb_read_lock();
	cds_lfht_first(d->ids, &it);
	while ((n = cds_lfht_iter_get_node(&it)) != NULL) {
		cds_lfht_next(d->ids, &it);
		take_out(d, caa_container_of(n, struct entity, by_id));
	}
	cds_lfht_first(d->scopes, &it);
	while ((n = cds_lfht_iter_get_node(&it)) != NULL) {
		cds_lfht_next(d->scopes, &it);
		(void)cds_lfht_del(d->scopes, n);
		free(caa_container_of(n, struct scope, node)); /* no reader is left */
	}
	urcu_memb_read_unlock();
}

void
directory_tables_done(struct directory *d)
{
	if (d->ids != NULL && d->names != NULL && d->scopes != NULL)
		tables_empty(d);
	urcu_memb_barrier();
	if (d->ids != NULL)
		(void)cds_lfht_destroy(d->ids, NULL);
	if (d->names != NULL)
		(void)cds_lfht_destroy(d->names, NULL);
	if (d->scopes != NULL)
		(void)cds_lfht_destroy(d->scopes, NULL);
}
