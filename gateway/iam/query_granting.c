/*
 * gateway/iam/query_granting.c - which policies of a user, group or role grant something of a service.
 *
 * A policy grants a service when it allows one of its actions; what others deny, and what resources
 * and conditions ask for, does not count.
 */
#include "gateway/iam/query_int.h"

/* ---- whose policies ---- */

static bool
subject(struct api_call *c, struct fg_str arn, struct iam_target *ret)
{
	struct fg_str account = c->caller.who.account;
	const struct directory_role *r = directory_role_by_arn(iam_dir(c), arn);
	const struct directory_user *u = directory_user_by_arn(iam_dir(c), arn);
	const struct directory_group *g;
	size_t at = arn.n;

	*ret = (struct iam_target){ .account = account };
	if (r != NULL && fg_eq(r->account, account) && !r->quarantined)
		*ret = iam_target_role(r);
	else if (u != NULL && fg_eq(u->account, account) && !u->quarantined)
		*ret = iam_target_user(u);
	if (ret->found)
		return true;
	while (at > 0 && arn.p[at - 1] != '/')
		at--;
	g = directory_group_find(iam_dir(c), account, fg_sub(arn, at, arn.n));
	if (g != NULL && fg_eq(g->arn, arn))
		*ret = iam_target_group(g);
	return ret->found;
}

/* ---- XML ---- */

struct granting {
	struct api_call *c;
	struct fg_str service;
};

static bool
grants(const struct granting *w, const struct directory_document *d)
{
	const struct trust_program *p = d == NULL ? NULL : directory_program(d);

	return p != NULL && trust_grants_service(p, w->service);
}

static void
managed_xml(struct granting *w, struct fg_str arn)
{
	const struct directory_policy *p = directory_policy_find(iam_dir(w->c), arn);

	if (p == NULL || p->quarantined || !grants(w, p->document))
		return;
	api_xml_open(&w->c->xml, FG_LIT("member"));
	api_xml_str(&w->c->xml, FG_LIT("PolicyName"), p->name);
	api_xml_str(&w->c->xml, FG_LIT("PolicyType"), FG_LIT("MANAGED"));
	api_xml_str(&w->c->xml, FG_LIT("PolicyArn"), p->arn);
	api_xml_close(&w->c->xml, FG_LIT("member"));
}

static struct fg_str
entity_type(const struct iam_target *t)
{
	return t->user != NULL ? FG_LIT("USER") : t->role != NULL ? FG_LIT("ROLE") : FG_LIT("GROUP");
}

static void
entity_xml(struct granting *w, const struct iam_target *t)
{
	const struct directory_grants *g = t->grants;

	for (size_t i = 0; i < g->ninlines; i++) {
		if (!grants(w, g->inlines[i].document))
			continue;
		api_xml_open(&w->c->xml, FG_LIT("member"));
		api_xml_str(&w->c->xml, FG_LIT("PolicyName"), g->inlines[i].name);
		api_xml_str(&w->c->xml, FG_LIT("PolicyType"), FG_LIT("INLINE"));
		api_xml_str(&w->c->xml, FG_LIT("EntityType"), entity_type(t));
		api_xml_str(&w->c->xml, FG_LIT("EntityName"), t->name);
		api_xml_close(&w->c->xml, FG_LIT("member"));
	}
	for (size_t i = 0; i < g->nattached; i++)
		managed_xml(w, g->attached[i]);
}

static void
service_xml(struct granting *w, const struct iam_target *t)
{
	api_xml_open(&w->c->xml, FG_LIT("member"));
	api_xml_str(&w->c->xml, FG_LIT("ServiceNamespace"), w->service);
	api_xml_open(&w->c->xml, FG_LIT("Policies"));
	entity_xml(w, t);
	for (size_t i = 0; t->user != NULL && i < t->user->ngroups; i++) {
		const struct directory_group *g = directory_group_by_uid(iam_dir(w->c), t->user->groups[i]);

		if (g != NULL && !g->quarantined) {
			const struct iam_target of = iam_target_group(g);

			entity_xml(w, &of);
		}
	}
	api_xml_close(&w->c->xml, FG_LIT("Policies"));
	api_xml_close(&w->c->xml, FG_LIT("member"));
}

/* ---- the action ---- */

static enum fg_rc
namespaces_check(struct api_call *c, const struct api_arg *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct fg_str s = list->v[i].s;

		for (size_t k = 0; k < s.n; k++)
			if (!fg_digit(s.p[k]) && s.p[k] != '-' && !(fg_lower(s.p[k]) >= 'a' && fg_lower(s.p[k]) <= 'z'))
				return api_refuse(c, API_F_INVALID_INPUT, "iam.granting.service",
				    "The service namespace %.*s is not valid.", FG_PRI(s));
	}
	return FG_OK;
}

enum fg_rc
iam_run_list_granting(struct api_call *c)
{
	const struct api_arg *list = iam_arg(c, "ServiceNamespaces");
	struct fg_str arn = iam_str(c, "Arn");
	struct iam_page page = iam_page(c);
	struct iam_target t;
	bool there = subject(c, arn, &t);

	if (!there)
		t.arn = arn;
	FG_TRY(iam_allow(c, &t));
	if (!there)
		return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.granting.no-such", "ARN %.*s does not exist.",
		    FG_PRI(arn));
	FG_TRY(namespaces_check(c, list));
	api_xml_open(&c->xml, FG_LIT("PoliciesGrantingServiceAccess"));
	for (size_t i = 0; i < list->n; i++) {
		struct granting w = { c, list->v[i].s };

		service_xml(&w, &t);
	}
	api_xml_close(&c->xml, FG_LIT("PoliciesGrantingServiceAccess"));
	iam_page_end(c, &page);
	return FG_OK;
}
