/*
 * gateway/iam/warn.c - what the linter says of documents that are new or changed: warnings of apply.
 */
#include "gateway/iam/bundle_int.h"

struct told {
	struct bn_apply *p;
	struct fg_str place;
};

/* Errors have refused the bundle already, and hints are for `policy lint`. */
static void
tell(void *arg, const struct trust_finding *f)
{
	struct told *t = arg;

	if (f->severity == TRUST_WARNING)
		bn_warn(t->p, t->place, "%s [%s at %s]", f->message, f->id, f->pointer[0] == '\0' ? "/" : f->pointer);
}

void
bn_lint(struct bn_apply *p, struct fg_str place, struct fg_str document, enum trust_kind kind, struct fg_str account)
{
	const struct trust_lint how = { .kind = kind, .account = account };
	struct told t = { p, place };
	struct fg_err err = { .rc = FG_OK };

	if (p->how->warn != NULL && document.n > 0 && trust_lint(document, &how, tell, &t, &err) != FG_OK)
		bn_warn(p, place, "the linter could not run: %s", err.text);
}

static bool
same_inline(const struct bn_entity *old, const struct bn_inline *v)
{
	for (size_t i = 0; old != NULL && i < old->ninlines; i++)
		if (fg_eq(old->inlines[i].name, v->name))
			return fg_eq(old->inlines[i].document, v->document);
	return false;
}

/* Where the document stands, by its name. */
static struct fg_str
inline_place(struct bn_apply *p, const struct bn_entity *e, const struct bn_inline *v)
{
	struct fg_str place = fg_arena_fmt(p->a, "%.*s inline policy %.*s", FG_PRI(e->place), FG_PRI(v->name));

	return fg_str_null(place) ? e->place : place;
}

void
bn_lint_entity(struct bn_apply *p, const struct bn_entity *e, const struct bn_entity *old, struct fg_str account)
{
	for (size_t i = 0; i < e->ninlines; i++)
		if (!same_inline(old, &e->inlines[i]))
			bn_lint(p, inline_place(p, e, &e->inlines[i]), e->inlines[i].document, TRUST_IDENTITY,
			    account);
}

static struct fg_str
document_of(const struct bn_policy *v)
{
	for (size_t i = 0; v != NULL && i < v->nversions; i++)
		if (v->versions[i].number == v->version)
			return v->versions[i].document;
	return FG_STR_NULL;
}

void
bn_lint_policy(struct bn_apply *p, const struct bn_policy *v, const struct bn_policy *old, struct fg_str account)
{
	struct fg_str now = document_of(v);

	if (!fg_eq(now, document_of(old)))
		bn_lint(p, v->place, now, TRUST_IDENTITY, account);
}
