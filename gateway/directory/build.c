/*
 * gateway/directory/build.c - entities of principals and policies, from rows and children.
 */
#include "gateway/directory/directory_int.h"

/* ---- what children take ---- */

static size_t
children_of(const struct family *f, enum store_kind kind)
{
	size_t n = 0;

	for (const struct child *c = f == NULL ? NULL : f->first; c != NULL; c = c->next)
		n += c->kind == kind;
	return n;
}

static size_t
family_bytes(const struct family *f)
{
	const size_t each = sizeof(struct directory_inline) > sizeof(struct directory_policy_version)
	    ? sizeof(struct directory_inline) : sizeof(struct directory_policy_version);
	size_t n = 0;

	for (const struct child *c = f == NULL ? NULL : f->first; c != NULL; c = c->next)
		n += each + c->name.n;
	return n;
}

/* A child that was changed behind the store's back takes its owner down with it. */
static bool
family_bad(const struct family *f)
{
	for (const struct child *c = f == NULL ? NULL : f->first; c != NULL; c = c->next)
		if (c->bad)
			return true;
	return false;
}

static const struct fg_str *
names_of(struct block *b, const struct family *f, enum store_kind kind, size_t *ret_n)
{
	size_t n = children_of(f, kind), i = 0;
	struct fg_str *v = directory_block_array(b, n, sizeof(*v));

	for (const struct child *c = f == NULL ? NULL : f->first; c != NULL; c = c->next)
		if (c->kind == kind)
			v[i++] = directory_block_str(b, c->name);
	*ret_n = n;
	return v;
}

static bool
grants_of(struct directory *d, struct block *b, const struct family *f, struct fg_str boundary,
    struct directory_grants *g)
{
	size_t n = children_of(f, STORE_INLINE);
	struct directory_inline *v = directory_block_array(b, n, sizeof(*v));

	g->inlines = v;
	for (const struct child *c = f == NULL ? NULL : f->first; c != NULL; c = c->next) {
		struct directory_document *doc;

		if (c->kind != STORE_INLINE)
			continue;
		doc = directory_document_get(d, TRUST_IDENTITY, c->document, FG_STR_NULL);
		if (doc == NULL)
			return false;
		v[g->ninlines++] = (struct directory_inline){ directory_block_str(b, c->name), doc };
	}
	g->attached = names_of(b, f, STORE_ATTACHMENT, &g->nattached);
	g->boundary = directory_block_str(b, boundary);
	return true;
}

/* arn:aws:iam::ACCOUNT:TYPE/path/NAME, and its parts as pieces of it. */
struct arn {
	struct fg_str arn, account, path, name;
};

static size_t
arn_bytes(struct fg_str account, const char *type, struct fg_str path, struct fg_str name)
{
	return 13 + account.n + 1 + strlen(type) + path.n + name.n;
}

static struct fg_str
append(char **at, struct fg_str s)
{
	struct fg_str put = fg_str(*at, s.n);

	if (s.n > 0)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return put;
}

static struct arn
arn_of(struct block *b, struct fg_str account, const char *type, struct fg_str path,
    struct fg_str name)
{
	size_t n = arn_bytes(account, type, path, name);
	struct arn r;
	char *at;

	b->room -= n;
	at = b->p + b->room;
	r.arn = fg_str(at, n);
	(void)append(&at, FG_LIT("arn:aws:iam::"));
	r.account = append(&at, account);
	(void)append(&at, FG_LIT(":"));
	(void)append(&at, fg_str_z(type));
	r.path = append(&at, path);
	r.name = append(&at, name);
	return r;
}

/* What roles, users, groups and policies are alike in: from the row r to the entity e in b. */
#define IDENTITY(b, e, r, type) \
	do { \
		const struct arn arn_ = arn_of((b), (r)->account, (type), (r)->path, (r)->name); \
		(e)->account = (b)->e->account = arn_.account; \
		(e)->name = (b)->e->name = arn_.name; \
		(e)->path = arn_.path; \
		(e)->arn = arn_.arn; \
		(e)->uid = (b)->e->id = directory_block_str((b), (r)->uid); \
		(e)->created = (r)->created; \
		(b)->e->named = true; \
	} while (0)

/* ---- entities ---- */

static bool
build_role(struct directory *d, struct block *b, const struct store_role *r,
    const struct family *f)
{
	struct directory_role *e;

	if (!directory_block(b, STORE_ROLE, arn_bytes(r->account, "role", r->path, r->name) +
	        r->uid.n + r->description.n + r->boundary.n + directory_list_bytes(r->tags) +
	        family_bytes(f) + sizeof(*e->used)))
		return false;
	e = &b->e->u.role;
	e->used = directory_block_array(b, 1, sizeof(*e->used));
	IDENTITY(b, e, r, "role");
	e->description = directory_block_str(b, r->description);
	e->tags = directory_block_tags(b, r->tags, &e->ntags);
	e->max_session = r->max_session > INT32_MAX ? 0 : (int32_t)r->max_session;
	e->trust = directory_document_get(d, TRUST_ROLE, r->trust, r->bindings);
	return e->trust != NULL && grants_of(d, b, f, r->boundary, &e->grants);
}

static bool
build_user(struct directory *d, struct block *b, const struct store_user *r,
    const struct family *f)
{
	struct directory_user *e;

	if (!directory_block(b, STORE_USER, arn_bytes(r->account, "user", r->path, r->name) +
	        r->uid.n + r->boundary.n + directory_list_bytes(r->tags) + family_bytes(f) +
	        sizeof(*e->used)))
		return false;
	e = &b->e->u.user;
	e->used = directory_block_array(b, 1, sizeof(*e->used));
	IDENTITY(b, e, r, "user");
	e->tags = directory_block_tags(b, r->tags, &e->ntags);
	e->groups = names_of(b, f, STORE_MEMBER, &e->ngroups);
	e->keys = names_of(b, f, STORE_KEY, &e->nkeys);
	return grants_of(d, b, f, r->boundary, &e->grants);
}

static bool
build_group(struct directory *d, struct block *b, const struct store_group *r,
    const struct family *f)
{
	struct directory_group *e;

	if (!directory_block(b, STORE_GROUP,
	        arn_bytes(r->account, "group", r->path, r->name) + r->uid.n + family_bytes(f)))
		return false;
	e = &b->e->u.group;
	IDENTITY(b, e, r, "group");
	return grants_of(d, b, f, FG_LIT(""), &e->grants);
}

static int
by_number(const void *a, const void *b)
{
	const struct directory_policy_version *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

static bool
versions_of(struct directory *d, struct block *b, const struct family *f,
    struct directory_policy *e, int64_t chosen)
{
	struct directory_policy_version *v =
	    directory_block_array(b, children_of(f, STORE_VERSION), sizeof(*v));

	e->versions = v;
	for (const struct child *c = f == NULL ? NULL : f->first; c != NULL; c = c->next) {
		struct directory_document *doc;

		if (c->kind != STORE_VERSION)
			continue;
		doc = directory_document_get(d, TRUST_IDENTITY, c->document, FG_STR_NULL);
		if (doc == NULL)
			return false;
		v[e->nversions++] = (struct directory_policy_version){ c->number, doc, c->created };
		if (c->number == chosen)
			e->document = doc;
	}
	if (e->nversions > 1)
		qsort(v, e->nversions, sizeof(*v), by_number);
	return true;
}

static bool
build_policy(struct directory *d, struct block *b, const struct store_policy *r,
    const struct family *f)
{
	struct directory_policy *e;

	if (!directory_block(b, STORE_POLICY, arn_bytes(r->account, "policy", r->path, r->name) +
	        r->uid.n + r->description.n + directory_list_bytes(r->tags) + family_bytes(f)))
		return false;
	e = &b->e->u.policy;
	IDENTITY(b, e, r, "policy");
	e->description = directory_block_str(b, r->description);
	e->tags = directory_block_tags(b, r->tags, &e->ntags);
	e->version = r->version;
	e->updated = r->updated;
	return versions_of(d, b, f, e, r->version);
}

/* ---- by kind ---- */

static bool
build(struct directory *d, struct block *b, enum store_kind kind, const void *row,
    const struct family *f)
{
	switch (kind) {
	case STORE_ROLE:
		return build_role(d, b, row, f);
	case STORE_USER:
		return build_user(d, b, row, f);
	case STORE_GROUP:
		return build_group(d, b, row, f);
	case STORE_POLICY:
		return build_policy(d, b, row, f);
	case STORE_ACCOUNT:
	case STORE_OIDC:
	case STORE_SAML:
	case STORE_KEY:
		return directory_build_provider(b, kind, row);
	default:
		return directory_build_row(b, kind, row);
	}
}

/* Whether the account as a whole is to be denied. */
static bool
account_bad(const struct directory *d, struct fg_str account)
{
	const struct entity *e;
	bool bad;

	/* What AWS manages belongs to an account that has no row. */
	if (fg_eq(account, FG_LIT("aws")))
		return false;
	urcu_memb_read_lock();
	e = directory_by_id(d, STORE_ACCOUNT, account);
	bad = e == NULL || e->u.account.quarantined;
	urcu_memb_read_unlock();
	return bad;
}

enum fg_rc
directory_build(struct directory *d, enum store_kind kind, const void *row, bool bad,
    const struct family *f, struct entity **ret, struct fg_err *reterr)
{
	struct block b = { .e = NULL };
	bool *flag;

	if (!build(d, &b, kind, row, f)) {
		directory_entity_free(d, b.e);
		return fg_fail(reterr, FG_E_NOMEM, "directory.build", NULL, "entity");
	}
	flag = directory_entity_flag(b.e);
	if (flag != NULL)
		*flag = bad || family_bad(f) ||
		    (kind != STORE_ACCOUNT && account_bad(d, b.e->account));
	*ret = b.e;
	return FG_OK;
}
