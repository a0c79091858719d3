/*
 * Keys of SAML providers: metadata is parsed by a process of its own, keys are held ready, and an immutable table
 * that readers look up in is made anew on each change.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <urcu/urcu-memb.h>

#include "gateway/idp/idp.h"

/* One provider as it was read: the entity of the directory that it belongs to, and its keys or what is wrong. */
struct entry {
	char *arn;
	/* what the keys were made of; another one means: read again */
	char uid[32];
	int64_t generation;
	unsigned allow;
	bool encryption_required;
	uint64_t mark; /* of the decryption keys */
	struct saml_provider *provider; /* NULL: err */
	struct fg_err err;
	size_t uses; /* tables that hold it; of the thread */
};

struct table {
	struct rcu_head rcu;
	struct entry **entry;
	size_t n;
};

struct idp_saml {
	struct idp_saml_config conf;
	struct table *table; /* read under RCU */
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* of what follows; never taken by a worker */
	pthread_cond_t wake;
	bool poked, stop;
};

static void
entry_free(struct entry *e)
{
	if (e == NULL || --e->uses != 0)
		return;
	saml_provider_free(e->provider);
	free(e->arn);
	free(e);
}

static void
table_free(struct table *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->n; i++)
		entry_free(t->entry[i]);
	free(t->entry);
	free(t);
}

static struct entry *
find(const struct table *t, struct fg_str arn)
{
	size_t i;

	for (i = 0; t != NULL && i < t->n; i++) {
		if (fg_eq(fg_str_z(t->entry[i]->arn), arn))
			return t->entry[i];
	}
	return NULL;
}

static unsigned
allow_bits(const struct directory_saml *p)
{
	unsigned bits = 0;
	size_t i;

	for (i = 0; i < p->nallow; i++)
		bits |= saml_allow_bit(p->allow[i]);
	return bits;
}

/* Were these keys read from this very row? */
static bool
is_of(const struct entry *e, const struct directory_saml *p)
{
	return e->generation == p->generation && e->allow == allow_bits(p) &&
	    e->encryption_required == p->encryption_required && fg_eq(fg_str_z(e->uid), p->uid);
}

const struct saml_provider *
idp_saml_provider(const struct idp_saml *s, const struct directory_saml *p, struct fg_err *reterr)
{
	const struct entry *e = find(rcu_dereference(s->table), p->arn);

	if (e == NULL) {
		fg_fail(reterr, FG_E_IDP, "idp.saml.unread", NULL, "the provider's metadata was not read yet");
		return NULL;
	}
	if (!is_of(e, p)) {
		fg_fail(reterr, FG_E_IDP, "idp.saml.changed", NULL, "the provider was changed a moment ago");
		return NULL;
	}
	if (e->provider == NULL)
		fg_fail(reterr, FG_E_IDP, "idp.saml.metadata", NULL, "%s", e->err.text);
	return e->provider;
}

/* ---- reading one ---- */

static enum fg_rc
make_provider(struct idp_saml *s, struct fg_arena *a, const struct directory_saml *p, struct saml_provider **ret,
    struct fg_err *reterr)
{
	struct saml_metadata m;
	const struct saml_metadata_want want = { .now = s->conf.wall(s->conf.app), .allow = allow_bits(p) };
	struct saml_provider_conf pc = { .id = p->arn, .allow = want.allow,
		.encryption = p->encryption_required ? SAML_ENCRYPTION_REQUIRED : SAML_ENCRYPTION_ALLOWED };
	struct fg_str *key;
	size_t i;

	if (p->metadata.n == 0)
		return fg_fail(reterr, FG_E_IDP, "idp.saml.none", NULL, "there is no metadata yet");
	FG_TRY(s->conf.parse(s->conf.app, p->metadata, &want, a, &m, reterr));
	key = FG_NEW_N(a, struct fg_str, m.n_keys);
	if (key == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "idp.saml.keys", NULL, "keys");
	for (i = 0; i < m.n_keys; i++)
		key[i] = m.key[i].der;
	pc.entity_id = m.entity_id;
	pc.key = key;
	pc.n_keys = m.n_keys;
	pc.valid_until = m.valid_until;
	FG_TRY(s->conf.decrypt(s->conf.app, p->arn, a, &pc.decrypt_pem, &pc.n_decrypt, reterr));
	return saml_provider_new(&pc, ret, reterr);
}

static struct entry *
read_entry(struct idp_saml *s, const struct directory_saml *p)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_IDP_SAML_BYTES);
	struct entry *e = calloc(1, sizeof(*e));

	if (e == NULL || a == NULL || (e->arn = strndup(p->arn.p, p->arn.n)) == NULL) {
		free(e);
		return NULL;
	}
	snprintf(e->uid, sizeof(e->uid), "%.*s", FG_PRI(p->uid));
	e->generation = p->generation;
	e->allow = allow_bits(p);
	e->encryption_required = p->encryption_required;
	e->mark = s->conf.decrypt_mark(s->conf.app, p->arn);
	if (make_provider(s, a, p, &e->provider, &e->err) != FG_OK && s->conf.event != NULL)
		s->conf.event(s->conf.app, p->arn, &e->err);
	return e;
}

/* ---- the table ---- */

/* Providers are copied out of the directory: reading one may take seconds, and readers must not wait that long. */
struct wanted {
	struct idp_saml *s;
	struct fg_arena *a;
	struct directory_saml *v;
	size_t n, room;
	bool failed;
};

static bool
copy(struct fg_arena *a, struct fg_str *s)
{
	*s = fg_arena_dup(a, *s);
	return s->p != NULL;
}

static bool
want_provider(void *arg, enum store_kind kind, const void *entity)
{
	struct wanted *w = arg;
	struct directory_saml p = *(const struct directory_saml *)entity;
	struct fg_str *allow = FG_NEW_N(w->a, struct fg_str, p.nallow);
	size_t i;

	(void)kind;
	if (p.quarantined)
		return true;
	w->failed |= allow == NULL || !copy(w->a, &p.arn) || !copy(w->a, &p.metadata) || !copy(w->a, &p.uid);
	for (i = 0; !w->failed && i < p.nallow; i++) {
		allow[i] = p.allow[i];
		w->failed |= !copy(w->a, &allow[i]);
	}
	p.allow = allow;
	if (!w->failed && w->n == w->room) {
		size_t room = w->room == 0 ? 16 : 2 * w->room;
		struct directory_saml *v = FG_NEW_N(w->a, struct directory_saml, room);

		w->failed = v == NULL;
		if (!w->failed && w->n > 0)
			memcpy(v, w->v, w->n * sizeof(*v));
		w->v = v;
		w->room = room;
	}
	if (!w->failed)
		w->v[w->n++] = p;
	return !w->failed;
}

static bool
want_account(void *arg, enum store_kind kind, const void *entity)
{
	struct wanted *w = arg;
	const struct directory_account *account = entity;

	(void)kind;
	if (directory_walk(w->s->conf.directory, STORE_SAML, account->id, FG_LIT(""), want_provider, w, NULL) != FG_OK)
		w->failed = true;
	return !w->failed;
}

static void
free_later(struct rcu_head *head)
{
	table_free(caa_container_of(head, struct table, rcu));
}

/* One round: keep what is unchanged, read what is new, publish. */
static void
sync_all(struct idp_saml *s)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_IDP_SAML_ALL_BYTES);
	struct wanted w = { .s = s, .a = a };
	struct table *t = calloc(1, sizeof(*t)), *old = s->table;
	size_t i;

	if (a != NULL && t != NULL) {
		directory_enter();
		if (directory_walk(s->conf.directory, STORE_ACCOUNT, FG_LIT(""), FG_LIT(""), want_account, &w, NULL) != FG_OK)
			w.failed = true;
		directory_leave();
		t->entry = calloc(w.n + 1, sizeof(struct entry *));
	}
	if (a == NULL || t == NULL || w.failed || t->entry == NULL) {
		table_free(t);
		return; /* the old table stands; the next poke tries again */
	}
	for (i = 0; i < w.n; i++) {
		struct entry *e = find(old, w.v[i].arn);

		if (e == NULL || !is_of(e, &w.v[i]) || e->mark != s->conf.decrypt_mark(s->conf.app, w.v[i].arn) ||
		    fg_rc_class(e->err.rc) == FG_SELF)
			e = read_entry(s, &w.v[i]);
		if (e == NULL)
			continue;
		e->uses++;
		t->entry[t->n++] = e;
	}
	rcu_set_pointer(&s->table, t);
	if (old != NULL)
		urcu_memb_call_rcu(&old->rcu, free_later);
}

/* ---- the thread ---- */

static bool
wait_poke(struct idp_saml *s)
{
	bool stop;

	pthread_mutex_lock(&s->lock);
	while (!s->poked && !s->stop)
		pthread_cond_wait(&s->wake, &s->lock);
	s->poked = false;
	stop = s->stop;
	pthread_mutex_unlock(&s->lock);
	return !stop;
}

static void *
run(void *arg)
{
	struct idp_saml *s = arg;

	directory_thread_join();
	while (wait_poke(s)) {
		urcu_memb_barrier(); /* entries are counted on this thread and freed by RCU's: one at a time */
		sync_all(s);
	}
	directory_thread_leave();
	return NULL;
}

void
idp_saml_poke(struct idp_saml *s)
{
	pthread_mutex_lock(&s->lock);
	s->poked = true;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

enum fg_rc
idp_saml_open(const struct idp_saml_config *c, struct idp_saml **ret, struct fg_err *reterr)
{
	struct idp_saml *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "idp.saml.open", NULL, "registry");
	s->conf = *c;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	sync_all(s);
	if (pthread_create(&s->thread, NULL, run, s) != 0) {
		idp_saml_close(s);
		return fg_fail(reterr, FG_E_NOMEM, "idp.saml.open", NULL, "thread");
	}
	s->running = true;
	*ret = s;
	return FG_OK;
}

void
idp_saml_close(struct idp_saml *s)
{
	if (s == NULL)
		return;
	if (s->running) {
		pthread_mutex_lock(&s->lock);
		s->stop = true;
		pthread_cond_signal(&s->wake);
		pthread_mutex_unlock(&s->lock);
		pthread_join(s->thread, NULL);
	}
	urcu_memb_barrier();
	table_free(s->table);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
