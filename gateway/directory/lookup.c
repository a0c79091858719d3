/*
 * gateway/directory/lookup.c - look-ups and walks for readers.
 */
#include "gateway/directory/directory_int.h"

#define BY_ID(d, kind, id, member) \
	({ \
		struct entity *e_ = directory_by_id((d), (kind), (id)); \
		e_ == NULL ? NULL : &e_->u.member; \
	})
#define BY_NAME(d, kind, account, name, member) \
	({ \
		struct entity *e_ = directory_by_name((d), (kind), (account), (name)); \
		e_ == NULL ? NULL : &e_->u.member; \
	})

const struct directory_account *
directory_account_find(const struct directory *d, struct fg_str id)
{
	return BY_ID(d, STORE_ACCOUNT, id, account);
}

const struct directory_account *
directory_account_by_alias(const struct directory *d, struct fg_str alias)
{
	return BY_NAME(d, STORE_ACCOUNT, FG_LIT(""), alias, account);
}

const struct directory_role *
directory_role_find(const struct directory *d, struct fg_str account, struct fg_str name)
{
	return BY_NAME(d, STORE_ROLE, account, name, role);
}

const struct directory_role *
directory_role_by_uid(const struct directory *d, struct fg_str uid)
{
	return BY_ID(d, STORE_ROLE, uid, role);
}

const struct directory_user *
directory_user_find(const struct directory *d, struct fg_str account, struct fg_str name)
{
	return BY_NAME(d, STORE_USER, account, name, user);
}

const struct directory_user *
directory_user_by_uid(const struct directory *d, struct fg_str uid)
{
	return BY_ID(d, STORE_USER, uid, user);
}

const struct directory_group *
directory_group_find(const struct directory *d, struct fg_str account, struct fg_str name)
{
	return BY_NAME(d, STORE_GROUP, account, name, group);
}

const struct directory_group *
directory_group_by_uid(const struct directory *d, struct fg_str uid)
{
	return BY_ID(d, STORE_GROUP, uid, group);
}

const struct directory_policy *
directory_policy_by_uid(const struct directory *d, struct fg_str uid)
{
	return BY_ID(d, STORE_POLICY, uid, policy);
}

const struct store_profile *
directory_profile_find(const struct directory *d, struct fg_str account, struct fg_str name)
{
	return BY_NAME(d, STORE_PROFILE, account, name, profile);
}

const struct directory_key *
directory_key_find(const struct directory *d, struct fg_str id)
{
	return BY_ID(d, STORE_KEY, id, key);
}

const struct directory_oidc *
directory_oidc_find(const struct directory *d, struct fg_str arn)
{
	return BY_ID(d, STORE_OIDC, arn, oidc);
}

const struct directory_oidc *
directory_oidc_by_issuer(const struct directory *d, struct fg_str account, struct fg_str issuer)
{
	return BY_NAME(d, STORE_OIDC, account, issuer, oidc);
}

const struct directory_saml *
directory_saml_find(const struct directory *d, struct fg_str arn)
{
	return BY_ID(d, STORE_SAML, arn, saml);
}

const struct directory_saml *
directory_saml_by_uid(const struct directory *d, struct fg_str uid)
{
	return BY_NAME(d, STORE_SAML, FG_STR_NULL, uid, saml);
}

/* arn:aws:iam::ACCOUNT:TYPE/...NAME; BY_ARN() compares the whole with the entity's. */
static bool
arn_split(struct fg_str arn, struct fg_str type, struct fg_str *account, struct fg_str *name)
{
	struct fg_str rest, kind;
	size_t last;

	if (!fg_starts(arn, FG_LIT("arn:aws:iam::")))
		return false;
	if (!fg_cut(fg_sub(arn, 13, arn.n), ':', account, &rest) || !fg_cut(rest, '/', &kind, name) ||
	    !fg_eq(kind, type))
		return false;
	for (last = name->n; last > 0 && name->p[last - 1] != '/'; last--)
		;
	*name = fg_sub(*name, last, name->n);
	return true;
}

static struct entity *
named_by_arn(const struct directory *d, enum store_kind kind, struct fg_str type, struct fg_str arn)
{
	struct fg_str account, name;

	return arn_split(arn, type, &account, &name) ? directory_by_name(d, kind, account, name) : NULL;
}

#define BY_ARN(d, kind, type, arn_, member) \
	({ \
		struct entity *e_ = named_by_arn((d), (kind), FG_LIT(type), (arn_)); \
		e_ != NULL && fg_eq(e_->u.member.arn, (arn_)) ? &e_->u.member : NULL; \
	})

const struct directory_role *
directory_role_by_arn(const struct directory *d, struct fg_str arn)
{
	return BY_ARN(d, STORE_ROLE, "role", arn, role);
}

const struct directory_user *
directory_user_by_arn(const struct directory *d, struct fg_str arn)
{
	return BY_ARN(d, STORE_USER, "user", arn, user);
}

const struct directory_policy *
directory_policy_find(const struct directory *d, struct fg_str arn)
{
	return BY_ARN(d, STORE_POLICY, "policy", arn, policy);
}

const struct directory_document *
directory_policy_version(const struct directory_policy *p, int64_t number)
{
	for (size_t i = 0; i < p->nversions; i++)
		if (p->versions[i].number == number)
			return p->versions[i].document;
	return NULL;
}

enum store_kind
directory_uid_kind(const struct directory *d, struct fg_str uid)
{
	static const enum store_kind kinds[] = { STORE_ROLE, STORE_USER, STORE_GROUP, STORE_POLICY };

	for (size_t i = 0; i < FG_COUNT(kinds); i++)
		if (directory_by_id(d, kinds[i], uid) != NULL)
			return kinds[i];
	return STORE_NONE;
}

const void *
directory_row_find(const struct directory *d, enum store_kind kind, struct fg_str key)
{
	const struct entity *e = directory_by_id(d, kind, key);

	return e == NULL ? NULL : &e->u;
}

static fg_time
cut_of(const struct directory *d, struct fg_str account, struct fg_str kind,
    struct fg_str target)
{
	char key[1400];
	struct fg_buf b = FG_BUF_FIXED(key);
	const struct store_cut *c;
	struct fg_str s;

	fg_buf_put(&b, kind);
	fg_buf_putc(&b, '\n');
	fg_buf_put(&b, target);
	if (fg_buf_end(&b, &s) != FG_OK)
		return INT64_MAX; /* a target that cannot be looked up is cut off */
	c = directory_row_find(d, STORE_CUT, s);
	if (c == NULL || (c->account.n > 0 && !fg_eq(c->account, account)))
		return INT64_MIN;
	return c->at;
}

fg_time
directory_cut(const struct directory *d, struct fg_str account, struct fg_str kind,
    struct fg_str target)
{
	fg_time all = cut_of(d, account, kind, target), own;

	if (target.n > 0 || !fg_eq(kind, FG_LIT("before")))
		return all;
	own = cut_of(d, account, kind, account); /* of this account alone */
	return own > all ? own : all;
}

/* ---- walks ---- */

struct item {
	struct fg_str name;
	const struct entity *e;
};

static struct fg_str
shown_name(const struct entity *e)
{
	if (e->kind == STORE_SAML || e->kind == STORE_OIDC || e->kind == STORE_ACCOUNT)
		return e->id;
	return e->name;
}

static int
by_name(const void *a, const void *b)
{
	return fg_cmp(((const struct item *)a)->name, ((const struct item *)b)->name);
}

static size_t
collect(const struct scope *s, enum store_kind kind, struct fg_str after, struct item *v,
    size_t room)
{
	const struct entity *e;
	size_t n = 0;

	cds_list_for_each_entry_rcu(e, &s->list[kind], in_account) {
		struct fg_str name = shown_name(e);

		if (after.n > 0 && fg_cmp(name, after) <= 0)
			continue;
		if (n < room)
			v[n] = (struct item){ name, e };
		n++;
	}
	return n < room || v == NULL ? n : room;
}

enum fg_rc
directory_walk(const struct directory *d, enum store_kind kind, struct fg_str account,
    struct fg_str after, directory_walk_fn fn, void *arg, struct fg_err *reterr)
{
	const struct scope *s = directory_scope_find(d, account);
	struct item *v;
	size_t n;

	if (s == NULL)
		return FG_OK;
	n = collect(s, kind, after, NULL, 0);
	v = calloc(n + 1, sizeof(*v));
	if (v == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "directory.walk", NULL, "list");
	n = collect(s, kind, after, v, n);
	qsort(v, n, sizeof(*v), by_name);
	for (size_t i = 0; i < n; i++)
		if ((i == 0 || !fg_eq(v[i].name, v[i - 1].name)) && !fn(arg, kind, &v[i].e->u))
			break;
	free(v);
	return FG_OK;
}

void
directory_rows(const struct directory *d, enum store_kind kind, directory_walk_fn fn, void *arg)
{
	struct cds_lfht_iter it;
	struct cds_lfht_node *n;

	cds_lfht_for_each(d->scopes, &it, n) {
		const struct scope *s = caa_container_of(n, struct scope, node);
		const struct entity *e;

		cds_list_for_each_entry_rcu(e, &s->list[kind], in_account)
			if (!fn(arg, kind, &e->u))
				return;
	}
}
