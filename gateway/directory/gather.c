/*
 * gateway/directory/gather.c - rows that belong to an entity, kept until it is built.
 */
#include "gateway/directory/directory_int.h"

enum { FIRST_BUCKETS = 1024 };

enum fg_rc
directory_gather_init(struct gather *g, const struct directory *d)
{
	*g = (struct gather){ .mask = FIRST_BUCKETS - 1, .key = { d->key[1], d->key[0] } };
	g->arena = fg_arena_new(FG_LIMIT_DIRECTORY_GATHER_BYTES);
	g->bucket = calloc(FIRST_BUCKETS, sizeof(struct family *));
	return g->arena == NULL || g->bucket == NULL ? FG_E_NOMEM : FG_OK;
}

void
directory_gather_done(struct gather *g)
{
	fg_arena_free(g->arena);
	free(g->bucket);
	g->arena = NULL;
	g->bucket = NULL;
}

static struct family *
find(const struct gather *g, struct fg_str owner)
{
	struct family *f = g->bucket[fg_hash(owner, g->key) & g->mask];

	while (f != NULL && !fg_eq(f->owner, owner))
		f = f->next;
	return f;
}

const struct family *
directory_gather_find(const struct gather *g, struct fg_str owner)
{
	return find(g, owner);
}

static void
grow(struct gather *g)
{
	size_t room = (g->mask + 1) * 4;
	struct family **bucket = calloc(room, sizeof(struct family *));

	if (bucket == NULL)
		return;
	for (size_t i = 0; i <= g->mask; i++) {
		struct family *f = g->bucket[i];

		while (f != NULL) {
			struct family *next = f->next;
			size_t at = fg_hash(f->owner, g->key) & (room - 1);

			f->next = bucket[at];
			bucket[at] = f;
			f = next;
		}
	}
	free(g->bucket);
	g->bucket = bucket;
	g->mask = room - 1;
}

static struct family *
family_get(struct gather *g, struct fg_str owner)
{
	struct family *f = find(g, owner);
	size_t at;

	if (f != NULL)
		return f;
	if (g->count > g->mask)
		grow(g);
	f = FG_NEW(g->arena, struct family);
	if (f == NULL)
		return NULL;
	f->owner = fg_arena_dup(g->arena, owner);
	if (f->owner.p == NULL)
		return NULL;
	f->last = &f->first;
	at = fg_hash(owner, g->key) & g->mask;
	f->next = g->bucket[at];
	g->bucket[at] = f;
	g->count++;
	return f;
}

/* Owner and what is kept of a row. */
static bool
child_of(enum store_kind kind, const void *row, struct fg_str *owner, struct child *c)
{
	const struct store_version *v = row;
	const struct store_inline *i = row;
	const struct store_attachment *a = row;
	const struct store_member *m = row;
	const struct store_key *k = row;

	switch (kind) {
	case STORE_VERSION:
		*owner = v->policy;
		*c = (struct child){ .document = v->document, .number = v->number,
			.created = v->created };
		return true;
	case STORE_INLINE:
		*owner = i->owner;
		*c = (struct child){ .name = i->name, .document = i->document };
		return true;
	case STORE_ATTACHMENT:
		*owner = a->owner;
		*c = (struct child){ .name = a->policy };
		return true;
	case STORE_MEMBER:
		*owner = m->user;
		*c = (struct child){ .name = m->group };
		return true;
	case STORE_KEY:
		*owner = k->user;
		*c = (struct child){ .name = k->id };
		return true;
	default:
		return false;
	}
}

bool
directory_is_child(enum store_kind kind)
{
	return kind == STORE_VERSION || kind == STORE_INLINE || kind == STORE_ATTACHMENT ||
	    kind == STORE_MEMBER || kind == STORE_KEY;
}

enum fg_rc
directory_gather_row(struct gather *g, enum store_kind kind, const void *row, bool bad,
    struct fg_err *reterr)
{
	struct fg_str owner;
	struct child kept, *c;
	struct family *f;

	if (!child_of(kind, row, &owner, &kept))
		return FG_OK;
	f = family_get(g, owner);
	c = FG_NEW(g->arena, struct child);
	if (f == NULL || c == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "directory.gather", NULL, "arena");
	*c = kept;
	c->kind = kind;
	c->bad = bad;
	c->name = fg_arena_dup(g->arena, kept.name);
	c->document = fg_arena_dup(g->arena, kept.document);
	if (c->name.p == NULL || c->document.p == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "directory.gather", NULL, "arena");
	*f->last = c;
	f->last = &c->next;
	f->n++;
	return FG_OK;
}
