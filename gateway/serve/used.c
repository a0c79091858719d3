/*
 * When roles, users and keys were last used: from memory to the store each minute and at the end.  A
 * write that fails loses nothing: the next one begins where the last good one ended.
 */
#include "gateway/serve/serve_int.h"

enum {
	BATCH = 512,   /* rows of one transaction */
	BEHIND_S = 10, /* a request marks the second in which it came, this much later at most */
};

struct batch {
	struct batch *next;
	size_t n;
	struct store_used v[BATCH];
};

/* What is on its way to the store. */
struct uses {
	struct fg_arena *arena;
	struct serve *serve;
	struct batch *first;
	fg_time upto; /* when they were collected */
	bool short_of_memory;
};

static struct uses *
uses_new(struct serve *s)
{
	struct fg_arena *a = fg_arena_new(FG_LIMIT_USED_BYTES);
	struct uses *u = a == NULL ? NULL : FG_NEW(a, struct uses);

	if (u == NULL) {
		fg_arena_free(a);
		return NULL;
	}
	*u = (struct uses){ .arena = a, .serve = s };
	return u;
}

static struct store_used *
room(struct uses *u)
{
	if (u->first == NULL || u->first->n == BATCH) {
		struct batch *b = FG_NEW(u->arena, struct batch);

		if (b == NULL)
			return NULL;
		b->next = u->first;
		u->first = b;
	}
	return &u->first->v[u->first->n];
}

/* Strings are the directory's: they are copied. */
static void
take(void *arg, struct fg_str id, const struct directory_use *use)
{
	struct uses *u = arg;
	struct store_used *row = room(u);

	if (row == NULL) {
		u->short_of_memory = true;
		return;
	}
	*row = (struct store_used){ .id = fg_arena_dup(u->arena, id), .at = use->at,
		.service = fg_arena_dup(u->arena, use->service), .region = fg_arena_dup(u->arena, use->region) };
	if (fg_str_null(row->id) || fg_str_null(row->service) || fg_str_null(row->region))
		u->short_of_memory = true;
	else
		u->first->n++;
}

/* Takes u. */
static void
put(void *arg)
{
	struct uses *u = arg;
	struct fg_err err = { 0 };
	enum fg_rc rc = FG_OK;

	for (struct batch *b = u->first; b != NULL && rc == FG_OK; b = b->next)
		rc = b->n == 0 ? FG_OK : store_used_flush(u->serve->store, b->v, b->n, &err);
	if (rc != FG_OK)
		serve_warn("last use: %s", err.text);
	if (u->short_of_memory)
		serve_warn("last use: not all of it fits into memory");
	if (rc == FG_OK && !u->short_of_memory)
		atomic_store(&u->serve->used_flushed, u->upto);
	fg_arena_free(u->arena);
}

static struct uses *
collect(struct serve *s, fg_time now)
{
	struct uses *u = uses_new(s);

	if (u == NULL) {
		serve_warn("last use: out of memory");
		return NULL;
	}
	u->upto = now;
	directory_enter();
	directory_used_since(s->dir, atomic_load(&s->used_flushed) - BEHIND_S, take, u);
	directory_leave();
	return u;
}

void
serve_used_tick(struct serve *s, fg_time now)
{
	struct uses *u;

	if (now - s->used_tried < FG_LIMIT_USED_FLUSH_S)
		return;
	s->used_tried = now;
	u = collect(s, now);
	if (u != NULL && store_post(s->store, put, u) != FG_OK)
		fg_arena_free(u->arena);
}

void
serve_used_close(struct serve *s)
{
	struct uses *u = s->dir == NULL || s->store == NULL || s->used_tried == 0 ? NULL : collect(s, s->used_tried);

	if (u != NULL)
		put(u);
}

enum fg_rc
serve_open_used(struct serve *s, fg_time now, struct fg_err *reterr)
{
	struct uses *gone = uses_new(s);
	enum fg_rc rc;

	if (gone == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "serve.used", NULL, "last use");
	/* rows of those that were deleted are forgotten: their time is 0 */
	rc = directory_used_load(s->dir, s->store, take, gone, reterr);
	gone->upto = now;
	put(gone);
	s->used_tried = now;
	atomic_store(&s->used_flushed, now);
	return rc;
}
