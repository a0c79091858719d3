/*
 * gateway/iam/parse_policy.c - managed policies of a bundle.  Those of AWS that a dump brings along
 * are longer than anyone else's may be.
 */
#include "gateway/iam/bundle_int.h"

enum { MANAGED_CHARS = 6144, SHIPPED_CHARS = 131072, VERSIONS_MAX = 5 };

static void
version_document(struct bn_reader *r, uint32_t node, void *at)
{
	bn_document(r, node, at);
	bn_check_document(r, node, *(struct fg_str *)at, TRUST_IDENTITY, SHIPPED_CHARS);
}

/* "v12" */
static void
read_number(struct bn_reader *r, uint32_t node, void *at)
{
	struct fg_str s = FG_LIT("");
	uint64_t n = 0;

	bn_str(r, node, &s);
	if (s.n < 2 || s.p[0] != 'v' || !fg_u64(fg_sub(s, 1, s.n), &n) || n == 0 || n > 1000000)
		bn_oops(r, node, FG_E_PARAM, "not a version (v1, v2, ...)");
	*(int64_t *)at = (int64_t)n;
}

static void
read_version(struct bn_reader *r, uint32_t node, void *at)
{
	static const struct bn_member members[] = {
		{ "Document", version_document, offsetof(struct bn_version, document), true },
		{ "VersionId", read_number, offsetof(struct bn_version, number), false },
		{ "IsDefaultVersion", bn_bool, offsetof(struct bn_version, chosen), false },
		{ "CreateDate", bn_time, offsetof(struct bn_version, created), false },
	};

	bn_object(r, node, members, FG_COUNT(members), at);
}

static void
read_versions(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_policy *p = at;
	void *list = NULL;

	bn_array(r, node, sizeof(struct bn_version), "VersionId", read_version, &list,
	    &p->nversions);
	p->versions = list;
}

/* Which version is the default one: DefaultVersionId, IsDefaultVersion, or the only one. */
static void
policy_default(struct bn_reader *r, uint32_t node, struct bn_policy *p)
{
	bool there = false;

	if (p->nversions == 0 || p->nversions > VERSIONS_MAX) {
		bn_oops(r, node, FG_E_PARAM, "a policy has 1 to 5 versions");
		return;
	}
	if (p->nversions == 1 && p->versions[0].number == 0)
		p->versions[0].number = p->version == 0 ? 1 : p->version;
	if (p->nversions == 1 && p->version == 0)
		p->version = p->versions[0].number;
	for (size_t i = 0; i < p->nversions; i++) {
		if (p->versions[i].chosen && p->version == 0)
			p->version = p->versions[i].number;
		if (p->versions[i].number == 0)
			bn_oops(r, node, FG_E_PARAM, "VersionId is missing");
		for (size_t k = 0; k < i; k++)
			if (p->versions[k].number == p->versions[i].number)
				bn_oops(r, node, FG_E_PARAM, "two versions have one VersionId");
		if (p->versions[i].number > p->last)
			p->last = p->versions[i].number;
	}
	for (size_t i = 0; i < p->nversions; i++) {
		there = there || p->versions[i].number == p->version;
		if (p->versions[i].chosen && p->versions[i].number != p->version)
			bn_oops(r, node, FG_E_PARAM, "two default versions");
	}
	if (!there)
		bn_oops(r, node, FG_E_PARAM, "no version is the default one");
}

void
bn_read_policy(struct bn_reader *r, uint32_t node, void *at)
{
#define P(m) offsetof(struct bn_policy, m)
	static const struct bn_member members[] = {
		{ "PolicyName", bn_str, P(name), true },
		{ "PolicyId", NULL, 0, false },
		{ "Arn", bn_str, P(arn), false },
		{ "Path", bn_str, P(path), false },
		{ "DefaultVersionId", read_number, P(version), false },
		{ "AttachmentCount", NULL, 0, false },
		{ "PermissionsBoundaryUsageCount", NULL, 0, false },
		{ "IsAttachable", NULL, 0, false },
		{ "Description", bn_str, P(description), false },
		{ "CreateDate", bn_time, P(created), false },
		{ "UpdateDate", bn_time, P(updated), false },
		{ "PolicyVersionList", read_versions, 0, true },
		{ "Tags", bn_tags, P(tags), false },
	};
#undef P
	struct bn_policy *p = at;

	bn_object(r, node, members, FG_COUNT(members), at);
	if (p->path.n == 0)
		p->path = FG_LIT("/");
	if (!bn_name_ok(p->name, 128))
		bn_oops(r, node, FG_E_PARAM, "PolicyName is not valid");
	if (!bn_path_ok(p->path))
		bn_oops(r, node, FG_E_PARAM, "Path is not valid");
	for (size_t i = 0; i < p->nversions && !fg_starts(p->arn, FG_LIT("arn:aws:iam::aws:")); i++)
		bn_check_document(r, node, p->versions[i].document, TRUST_IDENTITY, MANAGED_CHARS);
	policy_default(r, node, p);
	p->place = bn_place(r);
}
