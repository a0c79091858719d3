/*
 * gateway/directory/follow.c - after a commit: which entities it touched, built again.
 */
#include "gateway/directory/directory_int.h"

enum { GATHER_ALL_FROM = 500 }; /* owners; beyond, one pass over all children is cheaper */

struct todo {
	enum store_kind kind;
	struct fg_str id;
};

struct follow {
	struct directory *d;
	struct store_tx *tx;
	struct fg_arena *arena;
	struct gather gather;
	bool gathered;
	struct todo *todo;
	size_t n;
};

/* Kinds of unique ids, by prefix. */
static enum store_kind
uid_kind(struct fg_str uid)
{
	if (fg_starts(uid, FG_LIT("AROA")))
		return STORE_ROLE;
	if (fg_starts(uid, FG_LIT("AIDA")))
		return STORE_USER;
	if (fg_starts(uid, FG_LIT("AGPA")))
		return STORE_GROUP;
	if (fg_starts(uid, FG_LIT("ANPA")))
		return STORE_POLICY;
	return STORE_NONE;
}

static void
want(struct follow *f, enum store_kind kind, struct fg_str id)
{
	if (kind != STORE_NONE && id.n > 0)
		f->todo[f->n++] = (struct todo){ kind, id };
}

/* The user of a key: as the store has it now, and as the directory had it. */
static void
want_key_user(struct follow *f, struct fg_str id)
{
	struct store_key row = { .id = id };
	const struct entity *old;

	want(f, STORE_KEY, id);
	if (store_get(f->tx, STORE_KEY, &row, f->arena, NULL) == FG_OK)
		want(f, STORE_USER, row.user);
	urcu_memb_read_lock();
	old = directory_by_id(f->d, STORE_KEY, id);
	if (old != NULL)
		want(f, STORE_USER, fg_arena_dup(f->arena, old->u.key.user));
	urcu_memb_read_unlock();
}

static struct fg_str
joined_key(struct follow *f, struct fg_str a, struct fg_str b)
{
	return fg_arena_fmt(f->arena, "%.*s\n%.*s", (int)a.n, a.n == 0 ? "" : a.p, (int)b.n,
	    b.n == 0 ? "" : b.p);
}

/* At most three entities a change. */
static void
want_change(struct follow *f, const struct store_change *c)
{
	const void *row = c->row;

	switch (c->kind) {
	case STORE_ROLE:
	case STORE_USER:
	case STORE_GROUP:
	case STORE_POLICY:
		want(f, c->kind, ((const struct store_role *)row)->uid);
		return;
	case STORE_VERSION:
		want(f, STORE_POLICY, ((const struct store_version *)row)->policy);
		return;
	case STORE_INLINE:
		want(f, uid_kind(((const struct store_inline *)row)->owner),
		    ((const struct store_inline *)row)->owner);
		return;
	case STORE_ATTACHMENT:
		want(f, uid_kind(((const struct store_attachment *)row)->owner),
		    ((const struct store_attachment *)row)->owner);
		return;
	case STORE_MEMBER:
		want(f, STORE_USER, ((const struct store_member *)row)->user);
		return;
	case STORE_KEY:
		want_key_user(f, ((const struct store_key *)row)->id);
		return;
	case STORE_ACCOUNT:
		want(f, c->kind, ((const struct store_account *)row)->account);
		return;
	case STORE_OIDC:
	case STORE_SAML:
		want(f, c->kind, ((const struct store_oidc *)row)->arn);
		return;
	case STORE_SETTING:
		want(f, c->kind, joined_key(f, ((const struct store_setting *)row)->account,
		    ((const struct store_setting *)row)->name));
		return;
	case STORE_TARGET:
		want(f, c->kind, joined_key(f, ((const struct store_target *)row)->control,
		    ((const struct store_target *)row)->target));
		return;
	case STORE_CUT:
		want(f, c->kind, joined_key(f, ((const struct store_cut *)row)->kind,
		    ((const struct store_cut *)row)->target));
		return;
	case STORE_PROFILE:
	case STORE_UNIT:
	case STORE_CONTROL:
	case STORE_MFA:
	case STORE_SECRET:
	case STORE_RING:
		want(f, c->kind, ((const struct store_unit *)row)->id);
		return;
	case STORE_NONE:
	case STORE_KIND_MAX:
	default:
		return;
	}
}

static int
by_id(const void *a, const void *b)
{
	const struct todo *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return fg_cmp(x->id, y->id);
}

static void
unique(struct follow *f)
{
	size_t out = 0;

	qsort(f->todo, f->n, sizeof(*f->todo), by_id);
	for (size_t i = 0; i < f->n; i++)
		if (out == 0 || by_id(&f->todo[out - 1], &f->todo[i]) != 0)
			f->todo[out++] = f->todo[i];
	f->n = out;
}

/* ---- one entity ---- */

static enum fg_rc
gather_visit(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	return directory_gather_row(arg, kind, row, bad, reterr);
}

static const struct {
	enum store_kind owner, child;
	const char *column;
} families[] = {
	{ STORE_POLICY, STORE_VERSION, "policy" },
	{ STORE_ROLE, STORE_INLINE, "owner" },
	{ STORE_ROLE, STORE_ATTACHMENT, "owner" },
	{ STORE_GROUP, STORE_INLINE, "owner" },
	{ STORE_GROUP, STORE_ATTACHMENT, "owner" },
	{ STORE_USER, STORE_INLINE, "owner" },
	{ STORE_USER, STORE_ATTACHMENT, "owner" },
	{ STORE_USER, STORE_MEMBER, "user" },
	{ STORE_USER, STORE_KEY, "user" },
};

static enum fg_rc
gather_one(struct follow *f, const struct todo *t, struct fg_err *reterr)
{
	for (size_t i = 0; i < FG_COUNT(families); i++)
		if (families[i].owner == t->kind)
			FG_TRY(store_scan(f->tx, families[i].child, families[i].column, t->id,
			    gather_visit, &f->gather, reterr));
	return FG_OK;
}

static enum fg_rc
gather_all(struct follow *f, struct fg_err *reterr)
{
	static const enum store_kind kinds[] = { STORE_VERSION, STORE_INLINE, STORE_ATTACHMENT,
		STORE_MEMBER, STORE_KEY };

	for (size_t i = 0; i < FG_COUNT(kinds); i++)
		FG_TRY(store_scan(f->tx, kinds[i], NULL, FG_STR_NULL, gather_visit, &f->gather,
		    reterr));
	f->gathered = true;
	return FG_OK;
}

union row {
	struct store_account account;
	struct store_role role;
	struct store_oidc oidc;
	struct store_saml saml;
	struct store_mfa mfa;
	struct store_policy policy;
	struct store_secret secret;
	struct store_setting setting;
	struct store_target target;
	struct store_cut cut;
	struct store_unit unit;
};

/* Put the id where the kind has its key members. */
static void
key_put(union row *r, const struct todo *t)
{
	struct fg_str head, tail;

	memset(r, 0, sizeof(*r));
	(void)fg_cut(t->id, '\n', &head, &tail);
	if (t->kind == STORE_ACCOUNT) {
		r->account.account = t->id;
	} else if (t->kind == STORE_SETTING) {
		r->setting = (struct store_setting){ .account = head, .name = tail };
	} else if (t->kind == STORE_TARGET) {
		r->target = (struct store_target){ .control = head, .target = tail };
	} else if (t->kind == STORE_CUT) {
		r->cut = (struct store_cut){ .kind = head, .target = tail };
	} else {
		r->unit.id = t->id; /* account and one key member lead all other kinds */
	}
}

static enum fg_rc
rebuild(struct follow *f, const struct todo *t, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_STORE_ROW_BYTES);
	struct entity *e = NULL;
	union row row;
	enum fg_rc rc;

	if (a == NULL)
		return FG_E_NOMEM;
	key_put(&row, t);
	rc = store_get(f->tx, t->kind, &row, a, NULL);
	if (rc == FG_OK && !f->gathered)
		rc = gather_one(f, t, reterr);
	if (rc == FG_OK)
		rc = directory_build(f->d, t->kind, &row, false,
		    directory_gather_find(&f->gather, t->id), &e, reterr);
	/* What cannot be read is taken out: absent denies. */
	if (directory_replace(f->d, t->kind, t->id, e) != FG_OK) {
		directory_entity_free(f->d, e);
		rc = directory_replace(f->d, t->kind, t->id, NULL);
		return rc == FG_OK ? FG_E_NOMEM : rc;
	}
	return rc == FG_E_NOT_FOUND ? FG_OK : rc;
}

static enum fg_rc
follow_all(struct follow *f, const struct store_change *v, size_t n, struct fg_err *reterr)
{
	enum fg_rc rc = FG_OK;

	for (size_t i = 0; i < n; i++)
		want_change(f, &v[i]);
	unique(f);
	if (f->n > GATHER_ALL_FROM)
		FG_TRY(gather_all(f, reterr));
	for (size_t i = 0; i < f->n; i++) {
		enum fg_rc one = rebuild(f, &f->todo[i], reterr);

		if (one != FG_OK)
			rc = one;
		directory_tables_grow(f->d);
	}
	return rc;
}

static enum fg_rc
follow_controls(struct directory *d, const struct store_change *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (directory_controls_touched(&v[i]))
			return directory_controls_build(d);
	}
	return FG_OK;
}

void
directory_follow(void *arg, struct store *st, const struct store_change *v, size_t n)
{
	struct directory *d = arg;
	bool borrowed = directory_thread_borrow();
	struct follow f = { .d = d, .arena = fg_arena_new(FG_LIMIT_STORE_TX_BYTES),
		.todo = calloc(n * 3 + 1, sizeof(struct todo)) };
	struct fg_err err = { .rc = FG_OK };

	pthread_mutex_lock(&d->lock);
	if (f.arena == NULL || f.todo == NULL || directory_gather_init(&f.gather, d) != FG_OK ||
	    store_begin(st, &f.tx, &err) != FG_OK || follow_all(&f, v, n, &err) != FG_OK ||
	    follow_controls(d, v, n) != FG_OK)
		atomic_store(&d->stale, true); /* no longer what is on disk: nobody is served from it */
	store_rollback(f.tx);
	directory_gather_done(&f.gather);
	d->stats.generation = store_generation(st);
	pthread_mutex_unlock(&d->lock);
	fg_arena_free(f.arena);
	free(f.todo);
	directory_thread_return(borrowed);
	if (d->on_change != NULL)
		d->on_change(d->on_change_arg, v, n);
}
