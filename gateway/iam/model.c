/*
 * gateway/iam/model.c - the model of a bundle: order and look-up.
 */
#include <stdlib.h>

#include "gateway/iam/bundle_int.h"

const struct bn_kind bn_kinds[BN_ENTITIES] = {
	[BN_USERS] = { STORE_USER, "user", "AIDA", "UserDetailList", "UserName", "UserId",
	    "UserPolicyList", 64 },
	[BN_GROUPS] = { STORE_GROUP, "group", "AGPA", "GroupDetailList", "GroupName", "GroupId",
	    "GroupPolicyList", 128 },
	[BN_ROLES] = { STORE_ROLE, "role", "AROA", "RoleDetailList", "RoleName", "RoleId",
	    "RolePolicyList", 64 },
};

struct fg_str
bn_arn(struct fg_arena *a, struct fg_str account, const char *type, struct fg_str path,
    struct fg_str name)
{
	return fg_arena_fmt(a, "arn:aws:iam::%.*s:%s%.*s%.*s", (int)account.n, account.p, type,
	    (int)path.n, path.p, (int)name.n, name.p);
}

/* Names are unique without ASCII case: that is also their order. */
static int
cmp_icase(struct fg_str a, struct fg_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		int d = (unsigned char)fg_lower(a.p[i]) - (unsigned char)fg_lower(b.p[i]);

		if (d != 0)
			return d;
	}
	return a.n < b.n ? -1 : a.n > b.n;
}

/* Every model struct that is sorted by name begins with it. */
static int
by_name(const void *x, const void *y)
{
	return cmp_icase(*(const struct fg_str *)x, *(const struct fg_str *)y);
}

static int
by_oidc(const void *x, const void *y)
{
	return fg_cmp(((const struct bn_oidc *)x)->row.arn, ((const struct bn_oidc *)y)->row.arn);
}

static int
by_saml(const void *x, const void *y)
{
	return fg_cmp(((const struct bn_saml *)x)->row.arn, ((const struct bn_saml *)y)->row.arn);
}

static int
by_number(const void *x, const void *y)
{
	const struct bn_version *a = x, *b = y;

	return a->number < b->number ? -1 : a->number > b->number;
}

/* qsort(3) must not be given NULL. */
static void
sort(void *v, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	if (n > 1)
		qsort(v, n, size, cmp);
}

/* Index of the second of two equals, or n. */
static size_t
twice(const void *v, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	const char *p = v;

	for (size_t i = 1; i < n; i++)
		if (cmp(p + (i - 1) * size, p + i * size) == 0)
			return i;
	return n;
}

static void
names_sort(struct bn_names *names)
{
	size_t out = 0;

	sort(names->v, names->n, sizeof(*names->v), fg_cmp_at);
	for (size_t i = 0; i < names->n; i++)
		if (out == 0 || !fg_eq(names->v[out - 1], names->v[i]))
			names->v[out++] = names->v[i];
	names->n = out;
}

static bool
entities_sort(struct bn_account *acc, enum bn_list l, struct fg_str *ret_twice)
{
	struct bn_entity *v = acc->entities[l].v;
	size_t n = acc->entities[l].n, at;

	sort(v, n, sizeof(*v), by_name);
	at = twice(v, n, sizeof(*v), by_name);
	if (at < n) {
		*ret_twice = v[at].name;
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		names_sort(&v[i].attached);
		names_sort(&v[i].groups);
		sort(v[i].inlines, v[i].ninlines, sizeof(*v[i].inlines), fg_cmp_at);
		at = twice(v[i].inlines, v[i].ninlines, sizeof(*v[i].inlines), fg_cmp_at);
		if (at < v[i].ninlines) {
			*ret_twice = v[i].inlines[at].name;
			return false;
		}
	}
	return true;
}

static bool
others_sort(struct bn_account *acc, struct fg_str *ret_twice)
{
	size_t at;

	sort(acc->policies, acc->npolicies, sizeof(*acc->policies), by_name);
	at = twice(acc->policies, acc->npolicies, sizeof(*acc->policies), by_name);
	if (at < acc->npolicies) {
		*ret_twice = acc->policies[at].name;
		return false;
	}
	for (size_t i = 0; i < acc->npolicies; i++)
		sort(acc->policies[i].versions, acc->policies[i].nversions,
		    sizeof(*acc->policies[i].versions), by_number);
	sort(acc->profiles.v, acc->profiles.n, sizeof(*acc->profiles.v), by_name);
	at = twice(acc->profiles.v, acc->profiles.n, sizeof(*acc->profiles.v), by_name);
	if (at < acc->profiles.n) {
		*ret_twice = acc->profiles.v[at].name;
		return false;
	}
	sort(acc->oidc, acc->noidc, sizeof(*acc->oidc), by_oidc);
	at = twice(acc->oidc, acc->noidc, sizeof(*acc->oidc), by_oidc);
	if (at < acc->noidc) {
		*ret_twice = acc->oidc[at].row.arn;
		return false;
	}
	sort(acc->saml, acc->nsaml, sizeof(*acc->saml), by_saml);
	at = twice(acc->saml, acc->nsaml, sizeof(*acc->saml), by_saml);
	if (at < acc->nsaml)
		*ret_twice = acc->saml[at].row.arn;
	return at == acc->nsaml;
}

bool
bn_account_sort(struct bn_account *acc, struct fg_str *ret_twice)
{
	for (enum bn_list l = BN_USERS; l < BN_ENTITIES; l++)
		if (!entities_sort(acc, l, ret_twice))
			return false;
	return others_sort(acc, ret_twice);
}

struct bn_entity *
bn_entity_find(const struct bn_account *acc, enum bn_list l, struct fg_str name)
{
	struct bn_entity *v = acc->entities[l].v;
	struct bn_entity key = { .name = name };

	if (v == NULL || acc->entities[l].n == 0)
		return NULL;
	return bsearch(&key, v, acc->entities[l].n, sizeof(*v), by_name);
}

struct bn_policy *
bn_policy_find(const struct bn_account *acc, struct fg_str arn)
{
	for (size_t i = 0; i < acc->npolicies; i++)
		if (fg_eq(acc->policies[i].arn, arn))
			return &acc->policies[i];
	return NULL;
}

struct bn_account *
bn_account_find(const struct bundle *b, struct fg_str id)
{
	for (size_t i = 0; i < b->n; i++)
		if (fg_eq(b->accounts[i].id, id))
			return &b->accounts[i];
	return NULL;
}

bool
bn_names_has(const struct bn_names *names, struct fg_str s)
{
	return names->n > 0 && bsearch(&s, names->v, names->n, sizeof(s), fg_cmp_at) != NULL;
}
