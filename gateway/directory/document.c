/*
 * gateway/directory/document.c - policy documents: shared texts, compiled at first use.
 */
#include "gateway/directory/directory_int.h"

enum { FIRST_BUCKETS = 256 };

/* Stands for "does not compile"; never dereferenced. */
static char refused;
#define REFUSED ((struct trust_program *)(void *)&refused)

struct fg_str
directory_document_text(const struct directory_document *d)
{
	return d->text;
}

struct fg_str
directory_document_bindings(const struct directory_document *d)
{
	return d->bindings;
}

/* What the principal was bound to when the document was written; empty: nothing, for ever. */
static struct fg_str
bound(void *arg, struct fg_str principal)
{
	const struct directory_document *d = arg;
	struct fg_str list = d->bindings, key, value;

	while (store_list_next(&list, &key) && store_list_next(&list, &value))
		if (fg_eq(key, principal))
			return value;
	return FG_LIT("");
}

const struct trust_program *
directory_program(const struct directory_document *doc)
{
	/* Documents are immutable but for this cell, which goes from NULL to one value. */
	struct directory_document *d = (struct directory_document *)(uintptr_t)doc;
	struct trust_program *p, *none = NULL;
	struct trust_compile how;
	struct trust_fault fault;
	struct fg_err err = { .rc = FG_OK };
	enum fg_rc rc;

	if (d == NULL)
		return NULL;
	p = atomic_load_explicit(&d->program, memory_order_acquire);
	if (p != NULL)
		return p == REFUSED ? NULL : p;
	how = (struct trust_compile){ .kind = d->kind,
		.bind = d->kind == TRUST_ROLE ? bound : NULL, .bind_arg = d };
	rc = trust_compile(d->text, &how, &p, &fault, &err);
	if (rc == FG_E_NOMEM)
		return NULL; /* may go better next time */
	if (rc != FG_OK)
		p = REFUSED;
	if (!atomic_compare_exchange_strong(&d->program, &none, p)) {
		if (p != REFUSED)
			trust_free(p);
		p = none;
	}
	return p == REFUSED ? NULL : p;
}

static uint64_t
hash_of(const struct directory *d, enum trust_kind kind, struct fg_str text,
    struct fg_str bindings)
{
	return fg_hash(text, d->key) ^ (fg_hash(bindings, d->key) * 3) ^ (uint64_t)kind;
}

static void
grow(struct documents *t)
{
	size_t room = t->bucket == NULL ? FIRST_BUCKETS : (t->mask + 1) * 4;
	struct directory_document **bucket = calloc(room, sizeof(struct directory_document *));

	if (bucket == NULL)
		return;
	for (size_t i = 0; t->bucket != NULL && i <= t->mask; i++) {
		struct directory_document *e = t->bucket[i];

		while (e != NULL) {
			struct directory_document *next = e->next;

			e->next = bucket[e->hash & (room - 1)];
			bucket[e->hash & (room - 1)] = e;
			e = next;
		}
	}
	free(t->bucket);
	t->bucket = bucket;
	t->mask = room - 1;
}

static struct directory_document *
document_new(enum trust_kind kind, struct fg_str text, struct fg_str bindings)
{
	struct directory_document *e = calloc(1, sizeof(*e) + text.n + bindings.n);
	char *at = (char *)(e + 1);

	if (e == NULL)
		return NULL;
	if (text.n > 0)
		memcpy(at, text.p, text.n);
	if (bindings.n > 0)
		memcpy(at + text.n, bindings.p, bindings.n);
	e->kind = kind;
	e->text = fg_str(at, text.n);
	e->bindings = fg_str(at + text.n, bindings.n);
	return e;
}

struct directory_document *
directory_document_get(struct directory *d, enum trust_kind kind, struct fg_str text,
    struct fg_str bindings)
{
	struct documents *t = &d->documents;
	uint64_t h = hash_of(d, kind, text, bindings);
	struct directory_document *e;

	if (t->bucket == NULL || t->count > t->mask)
		grow(t);
	if (t->bucket == NULL)
		return NULL;
	for (e = t->bucket[h & t->mask]; e != NULL; e = e->next)
		if (e->hash == h && e->kind == kind && fg_eq(e->text, text) &&
		    fg_eq(e->bindings, bindings))
			break;
	if (e == NULL) {
		e = document_new(kind, text, bindings);
		if (e == NULL)
			return NULL;
		e->hash = h;
		e->next = t->bucket[h & t->mask];
		t->bucket[h & t->mask] = e;
		t->count++;
	}
	e->refs++;
	return e;
}

static void
document_free(struct rcu_head *head)
{
	struct directory_document *e = caa_container_of(head, struct directory_document, rcu);
	struct trust_program *p = atomic_load(&e->program);

	if (p != REFUSED)
		trust_free(p);
	free(e);
}

void
directory_document_put(struct directory *d, const struct directory_document *doc)
{
	struct directory_document *e = (struct directory_document *)(uintptr_t)doc;
	struct directory_document **at;

	if (e == NULL || --e->refs > 0)
		return;
	at = &d->documents.bucket[e->hash & d->documents.mask];
	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	d->documents.count--;
	urcu_memb_call_rcu(&e->rcu, document_free);
}

void
directory_documents_done(struct directory *d)
{
	free(d->documents.bucket);
	d->documents.bucket = NULL;
}
