/*
 * trust/lint_generic.c - checks of statements and documents of every kind.
 */
#include "trust/lint_int.h"
#include "trust/program_int.h"

static void
action(struct lint *l, const struct trust_text *t)
{
	struct fg_str prefix, name;
	const struct trust_service *s;

	if (fg_eq(t->s, FG_LIT("*")) || !fg_cut(t->s, ':', &prefix, &name) || lint_has_wild(prefix))
		return;
	s = trust_service_find(prefix);
	if (s == NULL)
		lint_put(l, "policy.lint.unknown-service", TRUST_WARNING, t->off, "Check the service prefix.",
		    "%.*s is no service that is known", FG_PRI(prefix));
	else if (!trust_service_has(s, name))
		lint_put(l, "policy.lint.unknown-action", TRUST_WARNING, t->off, "Check the spelling of the action.",
		    "%.*s stands for no action of %.*s", FG_PRI(name), FG_PRI(prefix));
}

static void
actions(struct lint *l, const struct trust_statement *st)
{
	uint32_t i, k;

	for (i = 0; i < st->action.n; i++) {
		const struct trust_text *t = &st->action.v[i];

		action(l, t);
		for (k = 0; k < st->action.n; k++) {
			struct fg_str other = st->action.v[k].s;

			if (k != i && trust_glob_icase(other, t->s) && (k < i || !fg_eq_icase(other, t->s))) {
				lint_put(l, "policy.lint.redundant-action", TRUST_INFO, t->off, "Remove it.",
				    "%.*s is covered by %.*s", FG_PRI(t->s), FG_PRI(other));
				break;
			}
		}
	}
}

static bool
lists_all(const struct trust_list *list)
{
	uint32_t i;

	for (i = 0; i < list->n; i++) {
		if (fg_eq(list->v[i].s, FG_LIT("*")) || fg_eq(list->v[i].s, FG_LIT("*:*")))
			return true;
	}
	return false;
}

static bool
of_identity(const struct lint *l)
{
	return l->d->kind == TRUST_IDENTITY || l->d->kind == TRUST_SESSION;
}

static void
breadth(struct lint *l, const struct trust_statement *st)
{
	if (st->deny || !of_identity(l))
		return;
	if (!st->not_action && lists_all(&st->action) && !st->not_resource && lists_all(&st->resource) && !st->has_condition)
		lint_put(l, "policy.lint.administrator", TRUST_WARNING, st->action.off, "Name the actions and resources that are needed.",
		    "everything is allowed on everything");
	if (st->not_action)
		lint_put(l, "policy.lint.allow-notaction", TRUST_WARNING, st->action.off, "List what is allowed.",
		    "Allow with NotAction grants every other action of every service, also those of tomorrow");
	if (st->not_resource)
		lint_put(l, "policy.lint.allow-notresource", TRUST_WARNING, st->resource.off, "List what is allowed.",
		    "Allow with NotResource grants every other resource");
}

/* One of these on everything makes its holder an administrator. */
static void
escalation(struct lint *l, const struct trust_statement *st)
{
	static const char *const ways[] = { "iam:PassRole", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion",
		"iam:AttachUserPolicy", "iam:AttachGroupPolicy", "iam:AttachRolePolicy", "iam:PutUserPolicy", "iam:PutGroupPolicy",
		"iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:CreateAccessKey", "iam:CreateLoginProfile",
		"iam:UpdateLoginProfile", "iam:AddUserToGroup", "lambda:UpdateFunctionCode", "iam:DeleteRolePermissionsBoundary",
		"iam:DeleteUserPermissionsBoundary" };
	size_t i;

	if (st->deny || !of_identity(l) || st->not_resource || !lists_all(&st->resource) || st->has_condition ||
	    lists_all(&st->action))
		return;
	for (i = 0; i < FG_COUNT(ways); i++) {
		if (lint_has_action(st, fg_str_z(ways[i])))
			lint_put(l, "policy.lint.privilege-escalation", TRUST_WARNING, st->action.off,
			    "Name the resources, or add a condition.", "%s on every resource makes its holder an administrator", ways[i]);
	}
}

static bool
covers(const struct trust_list *wide, bool wide_not, const struct trust_list *narrow, bool narrow_not)
{
	uint32_t i, k;

	if (!wide->present)
		return true;
	if (wide_not || narrow_not || !narrow->present)
		return false;
	for (i = 0; i < narrow->n; i++) {
		for (k = 0; k < wide->n && !trust_glob_icase(wide->v[k].s, narrow->v[i].s); k++)
			;
		if (k == wide->n)
			return false;
	}
	return true;
}

static bool
covers_principals(const struct trust_statement *wide, const struct trust_statement *narrow)
{
	uint32_t b = 0, i = 0;

	if (!wide->has_principal)
		return true;
	if (wide->not_principal || narrow->not_principal)
		return false;
	if (wide->nprincipal == 1 && wide->principal[0].type == TRUST_P_ALL)
		return lint_principal_next(narrow, TRUST_P_FEDERATED, &b, &i) == NULL;
	return false;
}

/* An Allow that an unconditional Deny takes back whole. */
static void
unreachable(struct lint *l, const struct trust_statement *st)
{
	uint32_t i;

	for (i = 0; !st->deny && i < l->d->nstatement; i++) {
		const struct trust_statement *deny = &l->d->statement[i];

		if (deny->deny && !deny->has_condition && covers_principals(deny, st) &&
		    covers(&deny->action, deny->not_action, &st->action, st->not_action) &&
		    covers(&deny->resource, deny->not_resource, &st->resource, st->not_resource)) {
			lint_put(l, "policy.lint.unreachable-allow", TRUST_WARNING, st->off, "Remove one of the two.",
			    "statement %u denies all that this one allows", deny->index);
			return;
		}
	}
}

/* The bytes of two statements, without white space, are the same. */
static bool
same_text(struct fg_str a, struct fg_str b)
{
	static const bool blank[256] = { [' '] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true };
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a.n && blank[(unsigned char)a.p[i]])
			i++;
		while (k < b.n && blank[(unsigned char)b.p[k]])
			k++;
		if (i == a.n || k == b.n)
			return i == a.n && k == b.n;
		if (a.p[i++] != b.p[k++])
			return false;
	}
}

static struct fg_str
statement_text(const struct lint *l, const struct trust_statement *st)
{
	uint32_t i;

	for (i = 0; i < l->d->json.n; i++) {
		if (l->d->json.node[i].type == FG_JSON_OBJECT && l->d->json.node[i].off == st->off)
			return fg_json_raw(&l->d->json, i);
	}
	return FG_STR_NULL;
}

static void
redundant(struct lint *l, const struct trust_statement *st)
{
	struct fg_str mine = statement_text(l, st);
	uint32_t i;

	for (i = 0; i < st->index; i++) {
		if (same_text(statement_text(l, &l->d->statement[i]), mine)) {
			lint_put(l, "policy.lint.redundant-statement", TRUST_INFO, st->off, "Remove it.",
			    "statement %u says the same", i);
			return;
		}
	}
}

/* A variable before the fifth colon: such a resource matches nothing. */
static void
early_variables(struct lint *l, const struct trust_statement *st)
{
	struct fg_str part[TRUST_ARN_PARTS];

	for (uint32_t i = 0; l->d->variables && i < st->resource.n; i++) {
		const struct trust_text *t = &st->resource.v[i];
		size_t n = trust_arn_split_pattern(t->s, part);
		bool early = false;

		for (size_t k = 0; k < n && k < TRUST_ARN_PARTS - 1; k++)
			for (size_t at = 0; at < part[k].n; at++)
				early |= trust_variable_span(part[k], at) > 0;
		if (early)
			lint_put(l, "policy.lint.early-variable", TRUST_WARNING, t->off,
			    "Put variables after the fifth colon only.",
			    "a variable before the fifth colon makes the resource match nothing");
	}
}

/* Where variables would be literal text. */
static void
literal_variables(struct lint *l)
{
	const char *at = l->d->variables ? NULL : memmem(l->d->json.src.p, l->d->json.src.n, "${", 2);

	if (at != NULL)
		lint_put(l, "policy.lint.version-variables", TRUST_WARNING, (uint32_t)(at - l->d->json.src.p),
		    "Set Version to 2012-10-17.", "variables are literal text under Version 2008-10-17, which is also the default");
	else if (!l->d->has_version)
		lint_put(l, "policy.lint.no-version", TRUST_INFO, 0, "Set Version to 2012-10-17.",
		    "without Version the document is read as 2008-10-17");
}

static size_t
visible_chars(struct fg_str s)
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++)
		n += s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r';
	return n;
}

void
lint_document_checks(struct lint *l)
{
	size_t n = visible_chars(l->d->json.src), quota = l->d->kind == TRUST_ROLE ? 2048 : 6144;

	literal_variables(l);
	if (n > quota - quota / 10)
		lint_put(l, "policy.lint.size", TRUST_INFO, 0, "Split the document, or use patterns.",
		    "%zu of %zu characters are used", n, quota);
}

const lint_check lint_generic_checks[] = { actions, breadth, escalation, unreachable, redundant, early_variables, NULL };
