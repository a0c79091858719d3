/*
 * gateway/directory/load.c - the store's rows become entities; life of a directory.
 */
#include "gateway/directory/directory_int.h"

static __thread bool joined;

void
directory_thread_join(void)
{
	if (!joined)
		urcu_memb_register_thread();
	joined = true;
}

void
directory_thread_leave(void)
{
	if (joined)
		urcu_memb_unregister_thread();
	joined = false;
}

bool
directory_thread_borrow(void)
{
	if (joined)
		return false;
	directory_thread_join();
	return true;
}

void
directory_thread_return(bool borrowed)
{
	if (borrowed)
		directory_thread_leave();
}

void
directory_enter(void)
{
	urcu_memb_read_lock();
}

void
directory_leave(void)
{
	urcu_memb_read_unlock();
}

enum fg_rc
directory_new(struct directory **ret, struct fg_err *reterr)
{
	struct directory *d = calloc(1, sizeof(*d));

	if (d == NULL || pthread_mutex_init(&d->lock, NULL) != 0) {
		free(d);
		return fg_fail(reterr, FG_E_NOMEM, "directory.new", NULL, "handle");
	}
	if (directory_tables_init(d) != FG_OK) {
		directory_free(d);
		return fg_fail(reterr, FG_E_NOMEM, "directory.new", NULL, "tables");
	}
	directory_used_init(d);
	*ret = d;
	return FG_OK;
}

void
directory_free(struct directory *d)
{
	bool borrowed;

	if (d == NULL)
		return;
	borrowed = directory_thread_borrow();
	directory_controls_done(d);
	directory_tables_done(d);
	directory_thread_return(borrowed);
	directory_documents_done(d);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

void
directory_unfollow(struct directory *d)
{
	if (d->store != NULL)
		store_on_commit(d->store, NULL, NULL);
	d->store = NULL;
}

void
directory_freep(struct directory **d)
{
	directory_free(*d);
	*d = NULL;
}

struct load {
	struct directory *d;
	struct gather gather;
};

/* Only the key of a bad row is taken: the rest may be an attacker's. */
static const void *
denied_row(enum store_kind kind, const void *row, void *room, size_t n)
{
	const struct store_role *role = row;
	struct store_role *r = room;

	memset(room, 0, n);
	if (kind == STORE_ROLE || kind == STORE_USER || kind == STORE_GROUP || kind == STORE_POLICY) {
		/* account, uid lead all four structs */
		r->account = FG_LIT("");
		r->uid = role->uid;
		return room;
	}
	return NULL;
}

static enum fg_rc
load_row(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct load *l = arg;
	union {
		struct store_role role;
		struct store_policy policy;
	} room;
	const void *from = bad ? denied_row(kind, row, &room, sizeof(room)) : row;
	struct entity *e = NULL;
	const struct family *f;

	if (bad && store_row_is_wide(kind))
		return fg_fail(reterr, FG_E_STORE, "directory.row", "rule 19",
		    "a row that binds others was changed behind the store's back: fedgate recover");
	if (directory_is_child(kind))
		FG_TRY(directory_gather_row(&l->gather, kind, row, bad, reterr));
	if (kind == STORE_VERSION || kind == STORE_MEMBER || kind == STORE_INLINE ||
	    kind == STORE_ATTACHMENT || from == NULL)
		return FG_OK;
	f = kind == STORE_ROLE || kind == STORE_USER || kind == STORE_GROUP || kind == STORE_POLICY
	    ? directory_gather_find(&l->gather, ((const struct store_role *)from)->uid) : NULL;
	FG_TRY(directory_build(l->d, kind, from, bad, f, &e, reterr));
	if (directory_replace(l->d, kind, e->id, e) != FG_OK) {
		directory_entity_free(l->d, e);
		return fg_fail(reterr, FG_E_NOMEM, "directory.load", NULL, "tables");
	}
	directory_tables_grow(l->d);
	return FG_OK;
}

/*
 * Which accounts do not add up is known when all rows were seen; readers may be about, but
 * flags only ever go from served to denied here.
 */
static void
quarantine(struct directory *d, struct store *st)
{
	struct cds_lfht_iter it;
	struct cds_lfht_node *n;

	urcu_memb_read_lock();
	cds_lfht_for_each(d->ids, &it, n) {
		struct entity *e = caa_container_of(n, struct entity, by_id);
		bool *flag = directory_entity_flag(e);
		struct fg_str account = e->kind == STORE_ACCOUNT ? e->id : e->account;

		if (flag == NULL || *flag || !store_damaged(st, account))
			continue;
		*flag = true;
		d->stats.quarantined++;
	}
	urcu_memb_read_unlock();
}

enum fg_rc
directory_load(struct directory *d, struct store *st, struct fg_err *reterr)
{
	struct load l = { .d = d };
	bool borrowed = directory_thread_borrow();
	enum fg_rc rc = FG_E_NOMEM;

	pthread_mutex_lock(&d->lock);
	if (directory_gather_init(&l.gather, d) == FG_OK)
		rc = store_load(st, load_row, &l, reterr);
	else
		(void)fg_fail(reterr, rc, "directory.load", NULL, "gather");
	directory_gather_done(&l.gather);
	if (rc == FG_OK && (rc = directory_controls_build(d)) != FG_OK)
		(void)fg_fail(reterr, rc, "directory.controls", NULL, "memory");
	if (rc == FG_OK) {
		quarantine(d, st);
		d->store = st;
		d->stats.generation = store_generation(st);
		store_on_commit(st, directory_follow, d);
	}
	pthread_mutex_unlock(&d->lock);
	directory_thread_return(borrowed);
	return rc;
}

bool
directory_stale(const struct directory *d)
{
	return atomic_load_explicit(&d->stale, memory_order_relaxed);
}

struct directory_stats
directory_stats(const struct directory *d)
{
	struct directory *w = (struct directory *)(uintptr_t)d;
	struct directory_stats s;

	pthread_mutex_lock(&w->lock);
	s = w->stats;
	s.documents = w->documents.count;
	s.stale = directory_stale(d);
	pthread_mutex_unlock(&w->lock);
	return s;
}

void
directory_on_change(struct directory *d, directory_change_fn fn, void *arg)
{
	pthread_mutex_lock(&d->lock);
	d->on_change = fn;
	d->on_change_arg = arg;
	pthread_mutex_unlock(&d->lock);
}
