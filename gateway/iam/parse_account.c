/*
 * gateway/iam/parse_account.c - an account of a bundle: users, groups, roles.
 */
#include "gateway/iam/bundle_int.h"
#include "trust/trust.h"

enum { INLINE_CHARS = 10240, TRUST_CHARS = 4096 };

/* ---- documents ---- */

void
bn_check_document(struct bn_reader *r, uint32_t node, struct fg_str doc, enum trust_kind kind,
    size_t max)
{
	struct trust_fault fault = { .rule = NULL };
	struct fg_err err = { .rc = FG_OK };

	if (doc.n == 0)
		return; /* reported where it was read */
	if (trust_check(doc, kind, max, &fault, &err) == FG_OK)
		return;
	if (fault.rule == NULL)
		bn_oops(r, node, err.rc, "%s", err.text);
	else
		bn_oops(r, node, FG_E_POLICY, "%s%s%s (%s)", fault.pointer,
		    fault.pointer[0] == '\0' ? "" : ": ", fault.detail, fault.rule);
}

static void
inline_document(struct bn_reader *r, uint32_t node, void *at)
{
	bn_document(r, node, at);
	bn_check_document(r, node, *(struct fg_str *)at, TRUST_IDENTITY, INLINE_CHARS);
}

static void
trust_document(struct bn_reader *r, uint32_t node, void *at)
{
	bn_document(r, node, at);
	bn_check_document(r, node, *(struct fg_str *)at, TRUST_ROLE, TRUST_CHARS);
}

/* ---- parts of an entity ---- */

static void
read_inline(struct bn_reader *r, uint32_t node, void *at)
{
	static const struct bn_member members[] = {
		{ "PolicyName", bn_str, offsetof(struct bn_inline, name), true },
		{ "PolicyDocument", inline_document, offsetof(struct bn_inline, document), true },
	};
	const struct bn_inline *i = at;

	bn_object(r, node, members, FG_COUNT(members), at);
	if (!bn_name_ok(i->name, 128))
		bn_oops(r, node, FG_E_PARAM, "PolicyName is not valid");
}

struct attachment {
	struct fg_str name, arn;
};

static void
read_attachment(struct bn_reader *r, uint32_t node, void *at)
{
	static const struct bn_member members[] = {
		{ "PolicyName", bn_str, offsetof(struct attachment, name), false },
		{ "PolicyArn", bn_str, offsetof(struct attachment, arn), true },
	};
	const struct attachment *t = at;

	bn_object(r, node, members, FG_COUNT(members), at);
	if (!fg_starts(t->arn, FG_LIT("arn:aws:iam::")) || t->arn.n > 2048)
		bn_oops(r, node, FG_E_PARAM, "PolicyArn is not the ARN of a policy");
}

static void
read_attached(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_names *names = at;
	void *list = NULL;
	const struct attachment *v;
	size_t n = 0;

	bn_array(r, node, sizeof(struct attachment), "PolicyArn", read_attachment, &list, &n);
	v = list;
	names->v = FG_NEW_N(r->a, struct fg_str, n);
	names->n = names->v == NULL ? 0 : n;
	for (size_t i = 0; i < names->n; i++)
		names->v[i] = v[i].arn;
}

static void
read_boundary(struct bn_reader *r, uint32_t node, void *at)
{
	struct boundary {
		struct fg_str type, arn;
	} b = { .arn = FG_LIT("") };
	static const struct bn_member members[] = {
		{ "PermissionsBoundaryType", bn_str, offsetof(struct boundary, type), false },
		{ "PermissionsBoundaryArn", bn_str, offsetof(struct boundary, arn), true },
	};

	bn_object(r, node, members, FG_COUNT(members), &b);
	if (!fg_starts(b.arn, FG_LIT("arn:aws:iam::")))
		bn_oops(r, node, FG_E_PARAM, "PermissionsBoundaryArn is not the ARN of a policy");
	*(struct fg_str *)at = b.arn;
}

static void
read_groups(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_names *names = at;
	void *list = NULL;
	size_t n = 0;

	bn_array(r, node, sizeof(struct fg_str), NULL, bn_str, &list, &n);
	names->v = list;
	names->n = n;
}

static void
read_inlines(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_entity *e = at;
	void *list = NULL;

	bn_array(r, node, sizeof(struct bn_inline), "PolicyName", read_inline, &list, &e->ninlines);
	e->inlines = list;
}

static void
read_description(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_entity *e = at;

	bn_str(r, node, &e->description);
	e->described = true;
	if (e->description.n > 1000)
		bn_oops(r, node, FG_E_LIMIT, "description is over 1000 bytes");
}

static void
read_duration(struct bn_reader *r, uint32_t node, void *at)
{
	int64_t *s = at;

	bn_int(r, node, s);
	if (*s < 3600 || *s > 43200)
		bn_oops(r, node, FG_E_PARAM, "not 3600 to 43200 seconds");
}

/* ---- users, groups, roles ---- */

#define E(m) offsetof(struct bn_entity, m)
#define COMMON                                                                                   \
	{ "Path", bn_str, E(path), false }, { "Arn", bn_str, E(arn), false },                    \
	{ "CreateDate", bn_time, E(created), false },                                            \
	{ "AttachedManagedPolicies", read_attached, E(attached), false }
#define PRINCIPAL                                                                                \
	{ "PermissionsBoundary", read_boundary, E(boundary), false },                            \
	{ "Tags", bn_tags, E(tags), false }

static void
entity_check(struct bn_reader *r, uint32_t node, struct bn_entity *e, enum bn_list l)
{
	if (e->path.n == 0)
		e->path = FG_LIT("/");
	if (!bn_name_ok(e->name, bn_kinds[l].name_max))
		bn_oops(r, node, FG_E_PARAM, "%s is not valid", bn_kinds[l].name);
	if (!bn_path_ok(e->path))
		bn_oops(r, node, FG_E_PARAM, "Path is not valid");
	e->place = bn_place(r);
}

static void
read_user(struct bn_reader *r, uint32_t node, void *at)
{
	static const struct bn_member members[] = {
		{ "UserName", bn_str, E(name), true },
		{ "UserId", NULL, 0, false },
		{ "UserPolicyList", read_inlines, 0, false },
		{ "GroupList", read_groups, E(groups), false },
		COMMON, PRINCIPAL,
	};

	bn_object(r, node, members, FG_COUNT(members), at);
	entity_check(r, node, at, BN_USERS);
}

static void
read_group(struct bn_reader *r, uint32_t node, void *at)
{
	static const struct bn_member members[] = {
		{ "GroupName", bn_str, E(name), true },
		{ "GroupId", NULL, 0, false },
		{ "GroupPolicyList", read_inlines, 0, false },
		COMMON,
	};

	bn_object(r, node, members, FG_COUNT(members), at);
	entity_check(r, node, at, BN_GROUPS);
}

static void
read_role(struct bn_reader *r, uint32_t node, void *at)
{
	static const struct bn_member members[] = {
		{ "RoleName", bn_str, E(name), true },
		{ "RoleId", NULL, 0, false },
		{ "AssumeRolePolicyDocument", trust_document, E(trust), true },
		{ "RolePolicyList", read_inlines, 0, false },
		{ "InstanceProfileList", bn_read_profiles, E(profiles), false },
		{ "RoleLastUsed", NULL, 0, false },
		{ "Description", read_description, 0, false },
		{ "MaxSessionDuration", read_duration, E(max_session), false },
		COMMON, PRINCIPAL,
	};

	bn_object(r, node, members, FG_COUNT(members), at);
	entity_check(r, node, at, BN_ROLES);
}

/* ---- accounts ---- */

static void
entities(struct bn_reader *r, uint32_t node, struct bn_account *acc, enum bn_list l, bn_fn fn)
{
	void *list = NULL;

	bn_array(r, node, sizeof(struct bn_entity), bn_kinds[l].name, fn, &list,
	    &acc->entities[l].n);
	acc->entities[l].v = list;
	acc->entities[l].given = true;
}

static void
read_users(struct bn_reader *r, uint32_t node, void *at)
{
	entities(r, node, at, BN_USERS, read_user);
}

static void
read_groups_list(struct bn_reader *r, uint32_t node, void *at)
{
	entities(r, node, at, BN_GROUPS, read_group);
}

static void
read_roles(struct bn_reader *r, uint32_t node, void *at)
{
	entities(r, node, at, BN_ROLES, read_role);
}

static void
read_policies(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_account *acc = at;
	void *list = NULL;

	bn_array(r, node, sizeof(struct bn_policy), "PolicyName", bn_read_policy, &list,
	    &acc->npolicies);
	acc->policies = list;
	acc->policies_given = true;
}

static void
read_oidcs(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_account *acc = at;
	void *list = NULL;

	bn_array(r, node, sizeof(struct bn_oidc), "Url", bn_read_oidc, &list, &acc->noidc);
	acc->oidc = list;
	acc->oidc_given = true;
}

static void
read_samls(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_account *acc = at;
	void *list = NULL;

	bn_array(r, node, sizeof(struct bn_saml), "Name", bn_read_saml, &list, &acc->nsaml);
	acc->saml = list;
	acc->saml_given = true;
}

static void
read_truncated(struct bn_reader *r, uint32_t node, void *at)
{
	bool cut = false;

	(void)at;
	bn_bool(r, node, &cut);
	if (cut)
		bn_oops(r, node, FG_E_PARAM, "the dump was cut off: get all of its pages");
}

static void
read_name(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_account *acc = at;

	bn_str(r, node, &acc->name);
	acc->named = true;
	if (acc->name.n == 0 || acc->name.n > 50 || !fg_utf8_ok(acc->name))
		bn_oops(r, node, FG_E_PARAM, "an account's name has 1 to 50 bytes");
}

static void
read_alias(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_account *acc = at;

	bn_str(r, node, &acc->alias);
	acc->aliased = true;
	if (acc->alias.n > 0 && !bn_alias_ok(acc->alias))
		bn_oops(r, node, FG_E_PARAM, "not an account alias");
}

static void
read_email(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_account *acc = at;

	bn_str(r, node, &acc->email);
	acc->email_given = true;
	if (acc->email.n > 64 || !fg_utf8_ok(acc->email))
		bn_oops(r, node, FG_E_PARAM, "an address has at most 64 bytes");
}

/* A closed account: its keys, sessions and roles are dead. */
static void
read_status(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_account *acc = at;
	struct fg_str s = FG_LIT("");

	bn_str(r, node, &s);
	acc->state_given = true;
	acc->state = fg_eq(s, FG_LIT("ACTIVE")) ? STORE_ACTIVE : STORE_INACTIVE;
	if (acc->state != STORE_ACTIVE && !fg_eq(s, FG_LIT("SUSPENDED")))
		bn_oops(r, node, FG_E_PARAM, "not ACTIVE or SUSPENDED");
}

#define LISTS                                                                                    \
	{ "UserDetailList", read_users, 0, false },                                              \
	{ "GroupDetailList", read_groups_list, 0, false },                                       \
	{ "RoleDetailList", read_roles, 0, false }, { "Policies", read_policies, 0, false },     \
	{ "OpenIDConnectProviders", read_oidcs, 0, false },                                      \
	{ "SAMLProviders", read_samls, 0, false },                                               \
	{ "IsTruncated", read_truncated, 0, false }, { "Marker", NULL, 0, false }

void
bn_read_account(struct bn_reader *r, uint32_t node, void *at)
{
	static const struct bn_member members[] = {
		{ "Id", bn_str, offsetof(struct bn_account, id), true },
		{ "Name", read_name, 0, false },
		{ "Alias", read_alias, 0, false },
		{ "Email", read_email, 0, false },
		{ "Status", read_status, 0, false },
		{ "CreateDate", bn_time, offsetof(struct bn_account, created), false },
		{ "InstanceProfiles", bn_read_profiles, offsetof(struct bn_account, profiles), false },
		{ "OutboundWebIdentityFederation", bn_read_outbound, 0, false },
		LISTS,
	};
	struct bn_account *acc = at;

	bn_object(r, node, members, FG_COUNT(members), at);
	acc->place = bn_place(r);
	if (!bn_account_ok(acc->id) && !fg_eq(acc->id, FG_LIT("aws")))
		bn_oops(r, node, FG_E_PARAM, "Id is not 12 digits");
}

/* A bare dump: one account, whose id is in the ARNs. */
void
bn_read_dump(struct bn_reader *r, uint32_t node, void *at)
{
	static const struct bn_member members[] = { LISTS };
	struct bn_account *acc = at;

	bn_object(r, node, members, FG_COUNT(members), at);
	acc->place = bn_place(r);
}
