/*
 * gateway/directory/controls.c - the organisation's control policies, compiled: which levels bind
 * an account.
 *
 * One immutable object for the whole organisation, made anew after a commit that touched it.  A
 * level to which nothing of a type was attached stands as AWS creates it: with full access and
 * nothing else, so that it is left out.  One that has rows has exactly these; full access is then a
 * row as well.  The management account is bound by neither type.
 */
#include "gateway/directory/directory_int.h"

enum { SCP = 0, RCP, TYPES };

#define FULL                                                                                     \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\","     \
	"\"Resource\":\"*\"}]}"
#define FULL_RCP                                                                                 \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\","  \
	"\"Action\":\"*\",\"Resource\":\"*\"}]}"

/* One attachment that counts. */
struct hung {
	struct fg_str target; /* "r-" for every root */
	struct fg_str id; /* of the policy */
	unsigned type;
	const struct directory_document *document; /* NULL: attached and not to be found */
};

/* What is attached to one target. */
struct rung {
	struct fg_str target;
	struct trust_policies of[TYPES];
};

/* The levels from the root to one target. */
struct ladder {
	struct fg_str id;
	struct trust_policies *level[TYPES];
	size_t n[TYPES];
	bool lost; /* hangs in a ring, or below what is not there */
};

struct controls {
	struct rcu_head rcu;
	struct fg_arena *arena;
	struct fg_str management;
	bool enabled[TYPES];
	struct trust_policies nothing; /* a level that denies everything */
	struct hung *hung;
	size_t nhung;
	struct rung *rung; /* by target */
	size_t nrung;
	struct ladder *unit; /* by id; the root is "r-" */
	size_t nunit;
	struct ladder *account; /* by id: those with policies of their own */
	size_t naccount;
	const struct directory_document **kept; /* references */
	size_t nkept;
};

struct making {
	struct directory *d;
	struct controls *k;
	bool nomem;
};

static const struct fg_str type_names[TYPES] = {
	[SCP] = { "SERVICE_CONTROL_POLICY", 22 },
	[RCP] = { "RESOURCE_CONTROL_POLICY", 23 },
};
static const enum trust_kind type_kinds[TYPES] = { TRUST_SCP, TRUST_RCP };

struct fg_str
directory_full_access(enum trust_kind kind)
{
	return kind == TRUST_SCP ? FG_LIT(FULL) : FG_LIT(FULL_RCP);
}

static struct fg_str
place(struct fg_str id)
{
	return fg_starts(id, FG_LIT("r-")) ? FG_LIT("r-") : id;
}

/* ---- what is attached where ---- */

static const struct directory_document *
document(struct making *m, enum trust_kind kind, struct fg_str text)
{
	const struct directory_document *doc = directory_document_get(m->d, kind, text, FG_LIT(""));

	if (doc == NULL)
		m->nomem = true;
	else
		m->k->kept[m->k->nkept++] = doc;
	return doc;
}

static void
hang(struct making *m, const struct store_target *t, unsigned type, const struct directory_document *doc)
{
	struct hung *h = &m->k->hung[m->k->nhung++];

	*h = (struct hung){ fg_arena_dup(m->k->arena, place(t->target)), fg_arena_dup(m->k->arena, t->control),
		type, doc };
	m->nomem = m->nomem || fg_str_null(h->target) || fg_str_null(h->id);
}

static bool
count_one(void *arg, enum store_kind kind, const void *row)
{
	(void)kind;
	(void)row;
	++*(size_t *)arg;
	return true;
}

static size_t
count(struct directory *d, enum store_kind kind)
{
	size_t n = 0;

	directory_rows(d, kind, count_one, &n);
	return n;
}

/* What is attached and not to be found denies, for both types: which it was is not known. */
static bool
target_visit(void *arg, enum store_kind kind, const void *row)
{
	const struct store_target *t = row;
	struct making *m = arg;
	const struct store_control *c = directory_row_find(m->d, STORE_CONTROL, t->control);

	(void)kind;
	if (fg_eq(t->control, FG_LIT("p-FullAWSAccess"))) {
		hang(m, t, SCP, document(m, TRUST_SCP, FG_LIT(FULL)));
	} else if (c == NULL && !fg_eq(t->control, FG_LIT("p-RCPFullAWSAccess"))) {
		hang(m, t, SCP, NULL);
		hang(m, t, RCP, NULL);
	}
	for (unsigned i = 0; c != NULL && i < TYPES; i++) {
		if (fg_eq(c->type, type_names[i]))
			hang(m, t, i, document(m, type_kinds[i], c->document));
	}
	return !m->nomem;
}

static int
by_target(const void *a, const void *b)
{
	const struct hung *x = a, *y = b;
	int cmp = fg_cmp(x->target, y->target);

	return cmp != 0 ? cmp : x->type < y->type ? -1 : x->type > y->type;
}

/* The programs of one target and type, from a run of the sorted attachments. */
static void
rung_fill(struct making *m, struct rung *r, const struct hung *h, size_t n)
{
	const bool full = h->type == RCP; /* is always attached, and is no row */
	const struct trust_program **v = FG_NEW_N(m->k->arena, const struct trust_program *, n + 1);

	if (v == NULL) {
		m->nomem = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		v[i] = directory_program(h[i].document);
	if (full)
		v[n] = directory_program(document(m, TRUST_RCP, FG_LIT(FULL_RCP)));
	r->of[h->type] = (struct trust_policies){ v, n + full };
}

static void
rungs(struct making *m)
{
	struct controls *k = m->k;
	size_t from = 0;

	if (k->nhung > 1)
		qsort(k->hung, k->nhung, sizeof(*k->hung), by_target);
	for (size_t i = 1; i <= k->nhung && !m->nomem; i++) {
		const struct hung *h = &k->hung[from];

		if (i < k->nhung && by_target(h, &k->hung[i]) == 0)
			continue;
		if (k->nrung == 0 || !fg_eq(k->rung[k->nrung - 1].target, h->target))
			k->rung[k->nrung++].target = h->target;
		rung_fill(m, &k->rung[k->nrung - 1], h, i - from);
		from = i;
	}
}

/* ---- from the root down ---- */

static int
rung_cmp(const void *key, const void *at)
{
	return fg_cmp(*(const struct fg_str *)key, ((const struct rung *)at)->target);
}

static int
ladder_cmp(const void *key, const void *at)
{
	return fg_cmp(*(const struct fg_str *)key, ((const struct ladder *)at)->id);
}

static const struct rung *
rung_find(const struct controls *k, struct fg_str target)
{
	return k->nrung == 0 ? NULL : bsearch(&target, k->rung, k->nrung, sizeof(*k->rung), rung_cmp);
}

static const struct ladder *
ladder_find(const struct ladder *v, size_t n, struct fg_str id)
{
	return n == 0 ? NULL : bsearch(&id, v, n, sizeof(*v), ladder_cmp);
}

/* ids: from the target up to the root. */
static void
ladder_fill(struct making *m, struct ladder *l, const struct fg_str *ids, size_t n)
{
	for (unsigned t = 0; t < TYPES; t++) {
		l->level[t] = FG_NEW_N(m->k->arena, struct trust_policies, n + 1);
		if (l->level[t] == NULL) {
			m->nomem = true;
			return;
		}
		for (size_t i = n; i > 0; i--) {
			const struct rung *r = rung_find(m->k, ids[i - 1]);

			if (r != NULL && r->of[t].n > 0)
				l->level[t][l->n[t]++] = r->of[t];
		}
		if (l->lost)
			l->level[t][l->n[t]++] = m->k->nothing;
	}
}

/* From `first` (already in ids) over its parents to the root; false: it does not get there. */
static bool
climb(const struct directory *d, struct fg_str parent, struct fg_str *ids, size_t *n)
{
	while (parent.n > 0 && !fg_starts(parent, FG_LIT("r-"))) {
		const struct store_unit *u = directory_row_find(d, STORE_UNIT, parent);

		if (u == NULL || *n >= FG_LIMIT_API_LEVELS - 1)
			return false;
		ids[(*n)++] = u->id;
		parent = u->parent;
	}
	ids[(*n)++] = FG_LIT("r-");
	return true;
}

static bool
unit_visit(void *arg, enum store_kind kind, const void *row)
{
	const struct store_unit *u = row;
	struct making *m = arg;
	struct ladder *l = &m->k->unit[m->k->nunit];
	struct fg_str ids[FG_LIMIT_API_LEVELS + 1] = { u->id };
	size_t n = 1;

	(void)kind;
	if (fg_starts(u->id, FG_LIT("r-")))
		return true;
	m->k->nunit++;
	l->id = fg_arena_dup(m->k->arena, u->id);
	m->nomem = m->nomem || fg_str_null(l->id);
	l->lost = !climb(m->d, u->parent, ids, &n);
	ladder_fill(m, l, ids, n);
	return !m->nomem;
}

static void
root_ladder(struct making *m)
{
	struct ladder *l = &m->k->unit[m->k->nunit++];
	const struct fg_str ids[1] = { FG_LIT("r-") };

	l->id = ids[0];
	ladder_fill(m, l, ids, 1);
}

/* An account with policies of its own has a ladder of its own. */
static void
account_ladder(struct making *m, struct fg_str id)
{
	const struct directory_account *a = directory_account_find(m->d, id);
	struct ladder *l = &m->k->account[m->k->naccount];
	struct fg_str ids[FG_LIMIT_API_LEVELS + 1] = { id };
	size_t n = 1;

	if (a == NULL)
		return;
	m->k->naccount++;
	l->id = id;
	l->lost = !climb(m->d, a->unit, ids, &n);
	ladder_fill(m, l, ids, n);
}

static int
by_id(const void *a, const void *b)
{
	return fg_cmp(((const struct ladder *)a)->id, ((const struct ladder *)b)->id);
}

static void
ladders(struct making *m)
{
	struct controls *k = m->k;

	root_ladder(m);
	if (!m->nomem)
		directory_rows(m->d, STORE_UNIT, unit_visit, m);
	qsort(k->unit, k->nunit, sizeof(*k->unit), by_id);
	for (size_t i = 0; i < k->nrung && !m->nomem; i++) {
		if (k->rung[i].target.n == 12 && fg_digit(k->rung[i].target.p[0]))
			account_ladder(m, k->rung[i].target);
	}
}

/* ---- the whole ---- */

/* Without the setting both types are in force. */
bool
directory_control_type(const struct directory *d, struct fg_str type)
{
	const struct store_setting *s = directory_row_find(d, STORE_SETTING,
	    FG_LIT("\n" DIRECTORY_ORG_TYPES));

	return s == NULL || store_list_has(s->value, type);
}

static bool
make(struct making *m, const struct store_setting *management)
{
	struct controls *k = m->k;
	size_t targets = count(m->d, STORE_TARGET), units = count(m->d, STORE_UNIT);

	k->management = fg_arena_dup(k->arena, management->value);
	k->hung = FG_NEW_N(k->arena, struct hung, 2 * targets + 1);
	k->rung = FG_NEW_N(k->arena, struct rung, 2 * targets + 1);
	k->kept = FG_NEW_N(k->arena, const struct directory_document *, 3 * targets + 2);
	k->unit = FG_NEW_N(k->arena, struct ladder, units + 1);
	k->account = FG_NEW_N(k->arena, struct ladder, 2 * targets + 1);
	k->nothing = (struct trust_policies){ FG_NEW_N(k->arena, const struct trust_program *, 1), 1 };
	if (fg_str_null(k->management) || k->hung == NULL || k->rung == NULL || k->kept == NULL ||
	    k->unit == NULL || k->account == NULL || k->nothing.v == NULL)
		return false;
	for (unsigned i = 0; i < TYPES; i++)
		k->enabled[i] = directory_control_type(m->d, type_names[i]);
	if (targets > 0)
		directory_rows(m->d, STORE_TARGET, target_visit, m);
	if (!m->nomem)
		rungs(m);
	if (!m->nomem)
		ladders(m);
	return !m->nomem;
}

static void
controls_free(struct rcu_head *head)
{
	struct controls *k = caa_container_of(head, struct controls, rcu);

	fg_arena_free(k->arena);
	free(k);
}

static void
let_go(struct directory *d, struct controls *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < k->nkept; i++)
		directory_document_put(d, k->kept[i]);
	urcu_memb_call_rcu(&k->rcu, controls_free);
}

enum fg_rc
directory_controls_build(struct directory *d)
{
	struct controls *k = NULL, *old = d->controls;
	const struct store_setting *s;
	bool ok = true;

	urcu_memb_read_lock();
	s = directory_row_find(d, STORE_SETTING, FG_LIT("\n" DIRECTORY_ORG_MANAGEMENT));
	if (s != NULL) {
		k = calloc(1, sizeof(*k));
		ok = k != NULL && (k->arena = fg_arena_new(FG_LIMIT_DIRECTORY_ORG_BYTES)) != NULL &&
		    make(&(struct making){ .d = d, .k = k }, s);
	}
	urcu_memb_read_unlock();
	if (!ok) {
		if (k != NULL && k->arena != NULL)
			let_go(d, k);
		else
			free(k);
		return FG_E_NOMEM;
	}
	rcu_assign_pointer(d->controls, k);
	let_go(d, old);
	return FG_OK;
}

void
directory_controls_done(struct directory *d)
{
	struct controls *old = d->controls;

	rcu_assign_pointer(d->controls, NULL);
	let_go(d, old);
}

bool
directory_controls_touched(const struct store_change *c)
{
	if (c->kind == STORE_SETTING)
		return fg_starts(((const struct store_setting *)c->row)->name, FG_LIT("organization."));
	return c->kind == STORE_UNIT || c->kind == STORE_CONTROL || c->kind == STORE_TARGET ||
	    c->kind == STORE_ACCOUNT;
}

size_t
directory_controls(const struct directory *d, struct fg_str account, enum trust_kind kind,
    const struct trust_policies **ret)
{
	const struct controls *k = rcu_dereference(d->controls);
	const unsigned type = kind == TRUST_SCP ? SCP : RCP;
	const struct directory_account *a;
	const struct ladder *l;

	*ret = NULL;
	if (k == NULL || !k->enabled[type] || fg_eq(k->management, account))
		return 0;
	l = ladder_find(k->account, k->naccount, account);
	if (l == NULL) {
		a = directory_account_find(d, account);
		l = ladder_find(k->unit, k->nunit,
		    a == NULL || a->unit.n == 0 ? FG_LIT("r-") : place(a->unit));
	}
	if (l == NULL) { /* hangs below what is not there: deny */
		*ret = &k->nothing;
		return 1;
	}
	*ret = l->level[type];
	return l->n[type];
}

/* Policies of a rung are attachments in their order; full access of resource controls is none. */
bool
directory_control_at(const struct directory *d, struct fg_str account, enum trust_kind kind, size_t level,
    size_t policy, struct fg_str *ret_target, struct fg_str *ret_id)
{
	const unsigned type = kind == TRUST_SCP ? SCP : RCP;
	const struct controls *k = rcu_dereference(d->controls);
	const struct trust_policies *v;
	size_t n = directory_controls(d, account, kind, &v);

	for (size_t i = 0; level < n && i < k->nhung; i++) {
		const struct hung *h = &k->hung[i];
		const struct rung *r = rung_find(k, h->target);

		if (h->type != type || r == NULL || r->of[type].v != v[level].v || policy >= v[level].n)
			continue;
		if (i + policy < k->nhung && by_target(h, &k->hung[i + policy]) == 0) {
			*ret_target = h->target;
			*ret_id = k->hung[i + policy].id;
			return true;
		}
		return false;
	}
	return false;
}
