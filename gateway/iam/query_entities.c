/*
 * gateway/iam/query_entities.c - who a managed policy is attached to, or is the boundary of.
 */
#include "gateway/iam/query_int.h"

struct walk {
	struct api_call *c;
	struct iam_lists lists;
	struct fg_str arn;
	bool attached, boundary; /* which uses count */
};

bool
iam_has_attached(const struct directory_grants *g, struct fg_str arn)
{
	for (size_t i = 0; i < g->nattached; i++) {
		if (fg_eq(g->attached[i], arn))
			return true;
	}
	return false;
}

static bool
one(void *arg, enum store_kind kind, const void *entity)
{
	struct walk *w = arg;
	const struct iam_target t = iam_target_of(kind, entity);
	bool uses = (w->attached && iam_has_attached(t.grants, w->arn)) ||
	    (w->boundary && t.grants->boundary.n > 0 && fg_eq(t.grants->boundary, w->arn));

	if (!uses || !t.found || !fg_starts(t.path, w->lists.page.prefix))
		return true;
	if (!iam_lists_take(&w->lists, t.name))
		return false;
	api_xml_open(&w->c->xml, FG_LIT("member"));
	iam_xml_name(&w->c->xml, &t);
	api_xml_close(&w->c->xml, FG_LIT("member"));
	return true;
}

static const struct {
	enum store_kind kind;
	struct fg_str list, filter;
} lists[] = {
	{ STORE_GROUP, { "PolicyGroups", 12 }, { "Group", 5 } },
	{ STORE_USER, { "PolicyUsers", 11 }, { "User", 4 } },
	{ STORE_ROLE, { "PolicyRoles", 11 }, { "Role", 4 } },
};

/* LocalManagedPolicy and AWSManagedPolicy are values of the model that name no entity. */
static enum fg_rc
check(struct api_call *c)
{
	static const struct fg_str filters[] = { { "User", 4 }, { "Role", 4 }, { "Group", 5 },
		{ "LocalManagedPolicy", 18 }, { "AWSManagedPolicy", 16 } };
	static const struct fg_str usages[] = { { "PermissionsPolicy", 17 },
		{ "PermissionsBoundary", 19 } };

	FG_TRY(iam_one_of(c, "EntityFilter", "entityFilter", filters, FG_COUNT(filters)));
	return iam_one_of(c, "PolicyUsageFilter", "policyUsageFilter", usages, FG_COUNT(usages));
}

enum fg_rc
iam_run_list_entities(struct api_call *c)
{
	struct fg_str only = iam_str(c, "EntityFilter"), usage = iam_str(c, "PolicyUsageFilter");
	struct walk w = { .c = c, .lists = iam_lists(c), .arn = iam_str(c, "PolicyArn"),
		.attached = !fg_eq(usage, FG_LIT("PermissionsBoundary")),
		.boundary = !fg_eq(usage, FG_LIT("PermissionsPolicy")) };
	const struct directory_policy *p;
	struct iam_target t;
	struct fg_str after;

	FG_TRY(iam_policy_target(c, &t, &p));
	FG_TRY(check(c));
	for (unsigned i = 0; i < FG_COUNT(lists); i++) {
		api_xml_open(&c->xml, lists[i].list);
		if (iam_lists_begin(&w.lists, i, &after) &&
		    (fg_str_null(only) || fg_eq(only, lists[i].filter)))
			FG_TRY(directory_walk(iam_dir(c), lists[i].kind, c->caller.who.account, after, one, &w,
			    &c->err));
		api_xml_close(&c->xml, lists[i].list);
	}
	return iam_lists_end(c, &w.lists);
}
