/* Providers to sources: an immutable table that readers look up in, made anew on each change. */
#include <stdlib.h>

#include <urcu/urcu-memb.h>

#include "gateway/idp/idp_int.h"

struct idp_table {
	struct rcu_head rcu;
	size_t n, mask;
	struct idp_row *row;   /* n */
	uint32_t *slot;        /* mask + 1; index + 1, 0 = free */
};

void
idp_table_free(struct idp_table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++) {
		free(t->row[i].arn);
		free(t->row[i].url);
	}
	free(t->row);
	free(t->slot);
	free(t);
}

static bool
is_row(const struct idp_row *row, const struct directory_oidc *p)
{
	return fg_eq(fg_str_z(row->arn), p->arn);
}

struct idp_source *
idp_table_find(const struct idp *idp, const struct directory_oidc *p)
{
	const struct idp_table *t = rcu_dereference(idp->table);
	size_t i;

	if (t == NULL || t->n == 0)
		return NULL;
	for (i = fg_hash(p->arn, idp->hash_key) & t->mask; t->slot[i] != 0; i = (i + 1) & t->mask) {
		const struct idp_row *row = &t->row[t->slot[i] - 1];

		if (!is_row(row, p))
			continue;
		/* the directory may be a moment ahead: keys of an older row are not this row's */
		if (row->generation != p->generation || row->created != p->created ||
		    !fg_eq(fg_str_z(row->url), p->url))
			return NULL;
		return row->source;
	}
	return NULL;
}

/* ---- making one ---- */

struct build {
	struct idp *idp;
	struct idp_table *t;
	size_t room;
	int64_t now;
	bool failed;
};

static struct idp_source *
source_find(struct idp *idp, const unsigned char key[32])
{
	for (struct idp_source *s = idp->sources; s != NULL; s = s->next)
		if (memcmp(s->key, key, sizeof(s->key)) == 0)
			return s;
	return NULL;
}

/* A setting of the provider's account that names the provider; empty when there is none. */
static struct fg_str
said(const struct build *b, const struct directory_oidc *p, const char *what)
{
	const struct store_setting *row;
	struct fg_str key;

	fg_arena_reset(b->idp->arena);
	key = fg_arena_fmt(b->idp->arena, "%.*s\n%s%.*s", (int)p->account.n, p->account.p, what,
	    (int)p->arn.n, p->arn.p);
	row = key.p == NULL ? NULL : directory_row_find(b->idp->conf.directory, STORE_SETTING, key);
	return row == NULL ? FG_LIT("") : row->value;
}

/*
 * An issuer of this gateway: whatever was uploaded or given for it, its keys are those that its
 * account publishes, and nothing is fetched.  Without an issuer there are none.
 */
static struct directory_oidc
own(const struct build *b, const struct directory_oidc *p)
{
	struct fg_str account = outbound_account(b->idp->conf.public_url, p->url);
	struct directory_oidc as = *p;

	if (fg_str_null(account))
		return as;
	as.jwks = outbound_jwks(b->idp->conf.directory, account);
	if (fg_str_null(as.jwks))
		as.jwks = FG_LIT("{\"keys\":[]}");
	as.ca = FG_LIT("");
	as.nthumbprints = 0;
	return as;
}

static struct idp_source *
source_of(struct build *b, const struct directory_oidc *p)
{
	const struct idp_word word = { said(b, p, IDP_DROPPED), said(b, p, IDP_STALE) };
	unsigned char key[32];
	struct idp_source *s;

	/* two that have no name must not be taken for one */
	if (!idp_source_key(p, &word, key))
		return NULL;
	s = source_find(b->idp, key);
	if (s == NULL) {
		s = idp_source_new(b->idp, p, &word, key, b->now);
		if (s == NULL)
			return NULL;
		s->next = b->idp->sources;
		b->idp->sources = s;
	}
	s->wanted = true;
	return s;
}

static bool
more_rows(struct build *b)
{
	size_t room = b->room == 0 ? 16 : b->room * 2;
	struct idp_row *row;

	if (b->t->n < b->room)
		return true;
	row = realloc(b->t->row, room * sizeof(*row));
	if (row == NULL)
		return false;
	b->t->row = row;
	b->room = room;
	return true;
}

static bool
add_provider(void *arg, enum store_kind kind, const void *entity)
{
	struct build *b = arg;
	const struct directory_oidc *p = entity;
	const struct directory_oidc as = own(b, p);
	struct idp_row row = { .generation = p->generation, .created = p->created };

	(void)kind;
	if (p->quarantined)
		return true;
	row.source = source_of(b, &as);
	row.arn = strndup(p->arn.p, p->arn.n);
	row.url = strndup(p->url.p, p->url.n);
	if (row.source == NULL || row.arn == NULL || row.url == NULL || !more_rows(b)) {
		free(row.arn);
		free(row.url);
		b->failed = true;
		return false;
	}
	b->t->row[b->t->n++] = row;
	return true;
}

static bool
add_account(void *arg, enum store_kind kind, const void *entity)
{
	struct build *b = arg;
	const struct directory_account *account = entity;

	(void)kind;
	if (directory_walk(b->idp->conf.directory, STORE_OIDC, account->id, FG_LIT(""), add_provider, b, NULL) != FG_OK)
		b->failed = true;
	return !b->failed;
}

static bool
index_rows(struct build *b)
{
	struct idp_table *t = b->t;
	size_t size = 16;

	while (size < t->n * 2)
		size *= 2;
	t->slot = calloc(size, sizeof(*t->slot));
	t->mask = size - 1;
	if (t->slot == NULL)
		return false;
	for (size_t i = 0; i < t->n; i++) {
		size_t at = fg_hash(fg_str_z(t->row[i].arn), b->idp->hash_key) & t->mask;

		while (t->slot[at] != 0)
			at = (at + 1) & t->mask;
		t->slot[at] = (uint32_t)i + 1;
	}
	return true;
}

static enum fg_rc
build_table(struct build *b, struct fg_err *reterr)
{
	enum fg_rc rc;

	for (struct idp_source *s = b->idp->sources; s != NULL; s = s->next)
		s->wanted = false;
	directory_enter();
	rc = directory_walk(b->idp->conf.directory, STORE_ACCOUNT, FG_LIT(""), FG_LIT(""), add_account, b, reterr);
	directory_leave();
	if (rc == FG_OK && (b->failed || !index_rows(b)))
		rc = fg_fail(reterr, FG_E_NOMEM, "idp.table", NULL, "providers");
	return rc;
}

static void
free_later(struct rcu_head *head)
{
	idp_table_free(caa_container_of(head, struct idp_table, rcu));
}

/* Sources that no provider names any more, out of the registry. */
static struct idp_source *
sweep(struct idp *idp)
{
	struct idp_source *dead = NULL, **at = &idp->sources;

	while (*at != NULL) {
		struct idp_source *s = *at;

		if (s->wanted) {
			at = &s->next;
			continue;
		}
		*at = s->next;
		s->next = dead;
		dead = s;
	}
	return dead;
}

static void
count(struct idp *idp, size_t providers)
{
	pthread_mutex_lock(&idp->lock);
	idp->stats.providers = providers;
	pthread_mutex_unlock(&idp->lock);
}

enum fg_rc
idp_table_sync(struct idp *idp, int64_t now, struct fg_err *reterr)
{
	struct build b = { .idp = idp, .t = calloc(1, sizeof(*b.t)), .now = now };
	struct idp_source *dead, *next;
	struct idp_table *old;

	if (b.t == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "idp.table", NULL, "providers");
	if (build_table(&b, reterr) != FG_OK) {
		idp_table_free(b.t);
		return reterr->rc;
	}
	count(idp, b.t->n);
	old = rcu_xchg_pointer(&idp->table, b.t);
	dead = sweep(idp);
	if (old != NULL)
		urcu_memb_call_rcu(&old->rcu, free_later);
	if (dead == NULL)
		return FG_OK;
	/* a reader may be looking at one through the old table, or be about to wait on it */
	urcu_memb_synchronize_rcu();
	for (; dead != NULL; dead = next) {
		next = dead->next;
		idp_source_free(idp, dead);
	}
	return FG_OK;
}
