/*
 * Keys of SAML providers: metadata is parsed by a process of its own, keys are held ready, and an immutable table
 * that readers look up in is made anew on each change.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <urcu/urcu-memb.h>

#include "gateway/idp/saml_int.h"
#include "gateway/ops/ops.h"

/* After a round that something of ours failed in: the next one, then more seldom. */
enum { AGAIN_MS = 5000, AGAIN_MAX_MS = 600000 };

/* One provider as it was read: the entity of the directory that it belongs to, and its keys or what is wrong. */
struct saml_entry {
	char *arn;
	/* what the keys were made of; another one means: read again */
	char uid[32];
	int64_t generation;
	unsigned allow;
	bool encryption_required;
	uint64_t mark; /* of the decryption keys */
	struct saml_provider *provider; /* NULL: err */
	struct fg_err err;
	_Atomic bool stale;
	size_t uses; /* tables that hold it; of the thread */
};

struct saml_table {
	struct rcu_head rcu;
	struct saml_entry **entry;
	size_t n;
};

static void
entry_free(struct saml_entry *e)
{
	if (e == NULL || --e->uses != 0)
		return;
	saml_provider_free(e->provider);
	free(e->arn);
	free(e);
}

static void
table_free(struct saml_table *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->n; i++)
		entry_free(t->entry[i]);
	free(t->entry);
	free(t);
}

static struct saml_entry *
find(const struct saml_table *t, struct fg_str arn)
{
	size_t i;

	for (i = 0; t != NULL && i < t->n; i++) {
		if (fg_eq(fg_str_z(t->entry[i]->arn), arn))
			return t->entry[i];
	}
	return NULL;
}

/* Were these keys read from this very row? */
static bool
is_of(const struct saml_entry *e, const struct directory_saml *p)
{
	return e->generation == p->generation && e->allow == saml_row_allow(p) &&
	    e->encryption_required == p->encryption_required && fg_eq(fg_str_z(e->uid), p->uid);
}

const struct saml_provider *
idp_saml_provider(const struct idp_saml *s, const struct directory_saml *p, struct fg_err *reterr)
{
	const struct saml_entry *e = find(rcu_dereference(s->table), p->arn);

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
	if (e->provider != NULL && atomic_load_explicit(&e->stale, memory_order_relaxed)) {
		fg_fail(reterr, FG_E_IDP, "idp.saml.stale", NULL, "the metadata was not confirmed for too long");
		return NULL;
	}
	return e->provider;
}

void
saml_mark_stale(struct idp_saml *s, const char *arn, bool stale)
{
	struct saml_entry *e = find(s->table, fg_str_z(arn));

	if (e != NULL)
		atomic_store(&e->stale, stale);
}

void
saml_emit(struct idp_saml *s, enum idp_saml_event_kind kind, struct fg_str arn, struct fg_str url, const struct fg_err *err)
{
	if (s->conf.event != NULL)
		s->conf.event(s->conf.app, kind, arn, url, err);
}

/* ---- reading one ---- */

static enum fg_rc
make_provider(struct idp_saml *s, struct fg_arena *a, const struct saml_row *r, struct saml_provider **ret,
    struct fg_err *reterr)
{
	const struct directory_saml *p = &r->p;
	struct saml_metadata m;
	struct saml_metadata_want want;
	struct saml_provider_conf pc = { .id = p->arn, .allow = saml_row_allow(p),
		.encryption = p->encryption_required ? SAML_ENCRYPTION_REQUIRED : SAML_ENCRYPTION_ALLOWED };
	struct fg_str *key;
	size_t i;

	if (p->metadata.n == 0)
		return fg_fail(reterr, FG_E_IDP, "idp.saml.none", NULL, "there is no metadata yet");
	saml_want(r, s->conf.wall(s->conf.app), &want);
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

static struct saml_entry *
read_entry(struct idp_saml *s, const struct saml_row *r)
{
	const struct directory_saml *p = &r->p;
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_IDP_SAML_BYTES);
	struct saml_entry *e = calloc(1, sizeof(*e));

	if (e == NULL || a == NULL || (e->arn = strndup(p->arn.p, p->arn.n)) == NULL) {
		free(e);
		return NULL;
	}
	snprintf(e->uid, sizeof(e->uid), "%.*s", FG_PRI(p->uid));
	e->generation = p->generation;
	e->allow = saml_row_allow(p);
	e->encryption_required = p->encryption_required;
	e->mark = s->conf.decrypt_mark(s->conf.app, p->arn);
	/* that a URL was not fetched yet is no news */
	if (make_provider(s, a, r, &e->provider, &e->err) != FG_OK && (p->metadata.n > 0 || p->url.n == 0))
		saml_emit(s, IDP_SAML_UNUSABLE, p->arn, p->url, &e->err);
	return e;
}

/* ---- the table ---- */

struct wanted {
	struct idp_saml *s;
	struct fg_arena *a;
	struct saml_row *v;
	size_t n, room;
	bool failed;
};

static bool
want_provider(void *arg, enum store_kind kind, const void *entity)
{
	struct wanted *w = arg;
	const struct directory_saml *p = entity;

	(void)kind;
	if (p->quarantined)
		return true;
	if (w->n == w->room) {
		size_t room = w->room == 0 ? 16 : 2 * w->room;
		struct saml_row *v = FG_NEW_N(w->a, struct saml_row, room);

		w->failed = v == NULL;
		if (!w->failed && w->n > 0)
			memcpy(v, w->v, w->n * sizeof(*v));
		w->v = v;
		w->room = room;
	}
	w->failed = w->failed || !saml_row_copy(w->s, w->a, p, &w->v[w->n]);
	w->n += !w->failed;
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
	table_free(caa_container_of(head, struct saml_table, rcu));
}

static int64_t
boot_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The entries that are wanted: those that are unchanged are kept, the others read. */
static void
fill(struct idp_saml *s, struct saml_table *t, const struct wanted *w)
{
	size_t i;

	for (i = 0; i < w->n; i++) {
		const struct directory_saml *p = &w->v[i].p;
		struct saml_entry *e = find(s->table, p->arn);

		if (e == NULL || !is_of(e, p) || e->mark != s->conf.decrypt_mark(s->conf.app, p->arn) ||
		    fg_rc_class(e->err.rc) == FG_SELF)
			e = read_entry(s, &w->v[i]);
		if (e == NULL) {
			s->unsettled = true;
			continue;
		}
		s->unsettled = s->unsettled || fg_rc_class(e->err.rc) == FG_SELF;
		e->uses++;
		t->entry[t->n++] = e;
	}
}

/* One round: what the directory has now, published. */
void
saml_sync(struct idp_saml *s)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_IDP_SAML_ALL_BYTES);
	struct wanted w = { .s = s, .a = a };
	struct saml_table *t = calloc(1, sizeof(*t)), *old = s->table;

	if (a != NULL && t != NULL) {
		directory_enter();
		if (directory_walk(s->conf.directory, STORE_ACCOUNT, FG_LIT(""), FG_LIT(""), want_account, &w, NULL) != FG_OK)
			w.failed = true;
		directory_leave();
		t->entry = calloc(w.n + 1, sizeof(struct saml_entry *));
	}
	if (a == NULL || t == NULL || w.failed || t->entry == NULL) {
		table_free(t);
		s->unsettled = true; /* the old table stands meanwhile */
		return;
	}
	s->unsettled = false;
	fill(s, t, &w);
	rcu_set_pointer(&s->table, t);
	if (old != NULL)
		urcu_memb_call_rcu(&old->rcu, free_later);
	if (s->conf.fetch != NULL)
		saml_sources_sync(s, w.v, w.n, boot_ms());
	pthread_mutex_lock(&s->lock);
	s->stats.providers = w.n;
	pthread_mutex_unlock(&s->lock);
}

/* ---- the thread ---- */

/* Until something is to be done: poked, an answer, or the time has come. */
static bool
wait_until(struct idp_saml *s, int64_t at, bool *ret_poked)
{
	const struct timespec ts = { .tv_sec = at / 1000, .tv_nsec = at % 1000 * 1000000 };
	bool stop;

	pthread_mutex_lock(&s->lock);
	while (!s->poked && !s->stop && s->answers == NULL && s->asked == NULL && boot_ms() < at) {
		if (at == IDP_NEVER)
			pthread_cond_wait(&s->wake, &s->lock);
		else
			(void)pthread_cond_timedwait(&s->wake, &s->lock, &ts);
	}
	*ret_poked = s->poked;
	s->poked = false;
	stop = s->stop;
	pthread_mutex_unlock(&s->lock);
	return !stop;
}

int64_t
idp_saml_tick(struct idp_saml *s, int64_t now)
{
	int64_t next;

	if (saml_sources_take(s, now) || (s->unsettled && now >= s->again)) {
		urcu_memb_barrier(); /* see run() */
		saml_sync(s);
	}
	next = saml_sources_tick(s, now);
	if (!s->unsettled)
		s->pause = 0;
	else if (now >= s->again) {
		s->pause = s->pause == 0 ? AGAIN_MS : s->pause < AGAIN_MAX_MS ? 2 * s->pause : s->pause;
		s->again = now + s->pause;
	}
	return s->unsettled && next > s->again ? s->again : next;
}

static void *
run(void *arg)
{
	struct idp_saml *s = arg;
	int64_t next = 0;
	bool poked = false;

	directory_thread_join();
	while (wait_until(s, next, &poked)) {
		if (poked) {
			urcu_memb_barrier(); /* entries are counted on this thread and freed by RCU's: one at a time */
			saml_sync(s);
		}
		next = idp_saml_tick(s, boot_ms());
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
idp_saml_refresh(struct idp_saml *s, struct fg_str arn, bool accept, struct fg_err *reterr)
{
	char *name = strndup(arn.n == 0 ? "" : arn.p, arn.n);

	if (name == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "idp.saml.open", NULL, "name");
	pthread_mutex_lock(&s->lock);
	free(s->asked);
	s->asked = name;
	s->asked_accept = accept;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
	return FG_OK;
}

/* ---- numbers ---- */

void
idp_saml_stats_read(struct idp_saml *s, struct idp_saml_stats *ret)
{
	pthread_mutex_lock(&s->lock);
	*ret = s->stats;
	pthread_mutex_unlock(&s->lock);
}

void
idp_saml_metrics(void *arg, struct fg_buf *b)
{
	struct idp_saml_stats n;

	idp_saml_stats_read(arg, &n);
	metric_one(b, "idp_saml_providers", "gauge", "SAML providers", n.providers);
	metric_one(b, "idp_saml_metadata_urls", "gauge", "Of these, with metadata by URL", n.urls);
	metric_one(b, "idp_saml_metadata_held", "gauge", "Providers whose server offers metadata that is not taken", n.held);
	metric_one(b, "idp_saml_metadata_stale", "gauge", "Providers whose metadata was not confirmed for too long", n.stale);
	metric_one(b, "idp_saml_metadata_fetches_total", "counter", "Metadata documents asked for", n.fetches);
	metric_one(b, "idp_saml_metadata_failures_total", "counter", "Of these, that failed", n.failures);
	metric_one(b, "idp_saml_metadata_changes_total", "counter", "Documents that were taken", n.changes);
	metric_one(b, "idp_saml_metadata_held_total", "counter", "Documents that were not taken", n.held_total);
}

/* ---- life ---- */

static struct idp_pace
pace_of(int64_t refresh_s)
{
	int64_t ms = (refresh_s <= 0 ? 3600 : refresh_s) * 1000;

	return (struct idp_pace){
		.fresh_min = ms < FG_LIMIT_METADATA_MIN_MS ? ms : FG_LIMIT_METADATA_MIN_MS,
		.fresh = ms,
		.fresh_max = FG_LIMIT_METADATA_MAX_MS,
		.retry = ms < FG_LIMIT_METADATA_RETRY_MS ? ms : FG_LIMIT_METADATA_RETRY_MS,
		.retry_max = ms < FG_LIMIT_METADATA_RETRY_MAX_MS ? ms : FG_LIMIT_METADATA_RETRY_MAX_MS,
	};
}

enum fg_rc
idp_saml_new(const struct idp_saml_config *c, struct idp_saml **ret, struct fg_err *reterr)
{
	struct idp_saml *s = calloc(1, sizeof(*s));
	pthread_condattr_t attr;

	if (s == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "idp.saml.open", NULL, "registry");
	s->conf = *c;
	s->pace = pace_of(c->refresh_s);
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->wake, &attr);
	pthread_condattr_destroy(&attr);
	saml_sync(s);
	*ret = s;
	return FG_OK;
}

enum fg_rc
idp_saml_open(const struct idp_saml_config *c, struct idp_saml **ret, struct fg_err *reterr)
{
	struct idp_saml *s = NULL;

	FG_TRY(idp_saml_new(c, &s, reterr));
	if (pthread_create(&s->thread, NULL, run, s) != 0) {
		idp_saml_close(s);
		return fg_fail(reterr, FG_E_NOMEM, "idp.saml.open", NULL, "thread");
	}
	s->running = true;
	*ret = s;
	return FG_OK;
}

void
idp_saml_stop(struct idp_saml *s)
{
	if (s == NULL || !s->running)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	s->running = false;
}

void
idp_saml_close(struct idp_saml *s)
{
	if (s == NULL)
		return;
	idp_saml_stop(s);
	urcu_memb_barrier();
	saml_sources_free(s);
	table_free(s->table);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
