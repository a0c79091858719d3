/*
 * trust/lint_subject.c - how tightly an OIDC trust names its subject, by the formats of known issuers.
 */
#include "trust/lint_int.h"

enum format { FORMAT_OTHER = 0, FORMAT_GITHUB, FORMAT_GITLAB, FORMAT_TERRAFORM, FORMAT_KUBERNETES };

struct subject {
	struct lint *l;
	const struct trust_test *t;
	const struct trust_text *v;
	enum format format;
	bool like;
};

static bool
has(struct fg_str s, const char *part)
{
	return s.n > 0 && memmem(s.p, s.n, part, strlen(part)) != NULL;
}

static enum format
format_of(struct fg_str issuer)
{
	if (fg_starts(issuer, FG_LIT("token.actions.")) || fg_ends(issuer, FG_LIT("/_services/token")))
		return FORMAT_GITHUB;
	if (fg_starts(issuer, FG_LIT("gitlab")) || has(issuer, ".gitlab."))
		return FORMAT_GITLAB;
	if (fg_eq(issuer, FG_LIT("app.terraform.io")))
		return FORMAT_TERRAFORM;
	return fg_starts(issuer, FG_LIT("oidc.eks.")) ? FORMAT_KUBERNETES : FORMAT_OTHER;
}

static void
put(const struct subject *s, const char *id, enum trust_severity severity, const char *fix, const char *what)
{
	lint_put(s->l, id, severity, s->v->off, fix, "%.*s: %s", FG_PRI(s->v->s), what);
}

/* Owner and repository of "repo:OWNER/REPO:rest"; the rest is null when there is none. */
static bool
github_parts(struct fg_str v, struct fg_str *owner, struct fg_str *repo, struct fg_str *rest)
{
	struct fg_str tail;

	if (!fg_starts(v, FG_LIT("repo:")))
		return false;
	v = fg_sub(v, 5, v.n);
	if (!fg_cut(v, '/', owner, &tail)) {
		*owner = v;
		*repo = *rest = FG_STR_NULL;
		return true;
	}
	if (!fg_cut(tail, ':', repo, rest))
		*rest = FG_STR_NULL;
	return true;
}

static void
github_ref(const struct subject *s, struct fg_str rest)
{
	if (rest.p == NULL || fg_eq(rest, FG_LIT("*")))
		put(s, "trust.lint.sub.any-ref", TRUST_WARNING, "Name the branch or the environment.",
		    "any branch, tag or pull request of the repository");
	else if (fg_starts(rest, FG_LIT("pull_request")))
		put(s, "trust.lint.sub.pull-request", TRUST_WARNING, "Do not hand credentials to pull requests.",
		    "whoever opens a pull request runs as this role");
	else if (fg_starts(rest, FG_LIT("ref:refs/tags/")))
		put(s, "trust.lint.sub.tag-ref", TRUST_INFO, "Protect the tags, or name a branch or an environment.",
		    "whoever can push a tag comes in");
	else if (fg_starts(rest, FG_LIT("ref:")) && s->like && lint_has_wild(rest))
		put(s, "trust.lint.sub.wildcard-ref", TRUST_WARNING, "Name the branches.",
		    "the pattern takes every branch that somebody names to fit");
	else if (fg_starts(rest, FG_LIT("environment:")))
		put(s, "trust.lint.sub.environment", TRUST_INFO, "See that the environment has protection rules.",
		    "an environment without protection is open to every branch");
}

static void
github(const struct subject *s)
{
	struct fg_str owner, repo, rest;

	if (!github_parts(s->v->s, &owner, &repo, &rest))
		return;
	if (s->like && lint_has_wild(owner)) {
		put(s, "trust.lint.sub.org-wide", TRUST_WARNING, "Name the owner in full, then a slash.",
		    "the owner is a pattern: somebody may register one that fits");
	} else if (repo.p == NULL || (s->like && lint_has_wild(repo))) {
		put(s, "trust.lint.sub.wildcard-repo", TRUST_WARNING, "Name the repositories.",
		    "every repository of the owner comes in, also those made tomorrow");
	} else {
		github_ref(s, rest);
	}
	if (fg_find(owner, '@') == owner.n && !lint_has_wild(owner))
		put(s, "trust.lint.sub.classic-format", TRUST_INFO,
		    "Add the immutable form (repo:OWNER@ID/REPO@ID:...), or pin repository_id.",
		    "names can be given to somebody else, and new repositories send ids");
}

static void
gitlab(const struct subject *s)
{
	struct fg_str v = s->v->s;

	if (!s->like)
		return;
	if (fg_eq(v, FG_LIT("project_path:*")) || fg_starts(v, FG_LIT("project_path:*:")))
		put(s, "trust.lint.sub.org-wide", TRUST_WARNING, "Name the group and the project.", "any project of the instance");
	else if (has(v, "/*"))
		put(s, "trust.lint.sub.wildcard-repo", TRUST_WARNING, "Name the projects.", "every project of the group");
	else if (has(v, ":ref_type:*") || (has(v, ":ref:*") && !has(v, "ref_type:")) || fg_ends(v, FG_LIT(":*")))
		put(s, "trust.lint.sub.ref-type", TRUST_WARNING, "Name ref_type:branch and the ref.",
		    "branches, tags and merge requests are not told apart");
}

static void
terraform(const struct subject *s)
{
	struct fg_str v = s->v->s;

	if (s->like && (has(v, "run_phase:*") || !has(v, "run_phase:")))
		put(s, "trust.lint.sub.run-phase", TRUST_WARNING, "Give plan and apply roles of their own.",
		    "a speculative plan runs with the rights of an apply");
	if (s->like && (has(v, "workspace:*") || has(v, "project:*") || has(v, "organization:*")))
		put(s, "trust.lint.sub.org-wide", TRUST_WARNING, "Name organization, project and workspace.",
		    "a whole organisation or project comes in");
}

static void
kubernetes(const struct subject *s)
{
	if (s->like && has(s->v->s, "serviceaccount:*"))
		put(s, "trust.lint.sub.org-wide", TRUST_WARNING, "Name the namespace and the service account.",
		    "every namespace of the cluster comes in");
	else if (s->like && fg_ends(s->v->s, FG_LIT(":*")))
		put(s, "trust.lint.sub.wildcard-repo", TRUST_WARNING, "Name the service account.",
		    "every service account of the namespace comes in");
}

static void
grade(const struct subject *s)
{
	static void (*const by[])(const struct subject *) = { [FORMAT_GITHUB] = github, [FORMAT_GITLAB] = gitlab,
		[FORMAT_TERRAFORM] = terraform, [FORMAT_KUBERNETES] = kubernetes };
	struct fg_str v = s->v->s;

	if (!s->like && lint_has_wild(v))
		put(s, "trust.lint.sub.dead-wildcard", TRUST_WARNING, "Use StringLike, or remove the wildcard.",
		    "StringEquals takes * and ? literally: this value never matches");
	else if (s->like && fg_find(v, '?') < v.n)
		put(s, "trust.lint.sub.question-mark", TRUST_INFO, "Say what is meant; ? stands for one character.",
		    "? takes any one character, a separator too");
	if (s->format != FORMAT_OTHER)
		by[s->format](s);
	else if (s->like && (v.n > 0 && v.p[0] == '*'))
		put(s, "trust.lint.sub.leading-wildcard", TRUST_WARNING, "Begin the pattern with what only your tenant can have.",
		    "any tenant whose subject ends like this comes in");
}

/* One loose value among strict ones opens all. */
static void
loose_value(struct lint *l, const struct trust_test *t)
{
	uint32_t i, wild = 0, at = 0;

	for (i = 0; i < t->values.n; i++) {
		if (lint_has_wild(t->values.v[i].s)) {
			wild++;
			at = t->values.v[i].off;
		}
	}
	if (t->op.family == TRUST_OP_LIKE && t->values.n > 1 && wild == 1)
		lint_put(l, "trust.lint.sub.loose-value", TRUST_INFO, at, "See whether the pattern is meant.",
		    "one value of the list is a pattern and decides how open the list is");
}

static void
grade_test(struct lint *l, const struct trust_test *t, enum format format)
{
	uint32_t i;

	if (t->op.negated)
		return;
	for (i = 0; i < t->values.n; i++) {
		const struct subject s = { .l = l, .t = t, .v = &t->values.v[i], .format = format,
			.like = t->op.family == TRUST_OP_LIKE };

		grade(&s);
	}
	loose_value(l, t);
}

/* Another claim that says whose workload it is. */
static bool
other_claim(struct lint *l, const struct trust_statement *st, struct fg_str issuer)
{
	static const char *const claim[] = { "repository", "repository_id", "repository_owner_id", "job_workflow_ref", "environment",
		"project_id", "namespace_id", "pipeline_id", "organization_id", "oid", "email", "groups" };
	size_t i;

	for (i = 0; i < FG_COUNT(claim); i++) {
		if (lint_pins(st, lint_claim_key(l, issuer, fg_str_z(claim[i]))))
			return true;
	}
	return false;
}

static void
subjects(struct lint *l, const struct trust_statement *st)
{
	const struct trust_text *p;
	uint32_t block = 0, i = 0;

	while (!st->deny && (p = lint_principal_next(st, TRUST_P_FEDERATED, &block, &i)) != NULL) {
		struct fg_str issuer = lint_issuer(p->s), key;
		const struct trust_test *t;
		uint32_t at = 0;

		if (issuer.p == NULL)
			continue;
		key = lint_claim_key(l, issuer, FG_LIT("sub"));
		if (!lint_pins(st, key) && !other_claim(l, st, issuer))
			lint_put_witness(l, "trust.lint.no-subject", TRUST_WARNING, p->off,
			    "Test the issuer's sub, or a claim that only your workload has.",
			    lint_witness(l, st, p->s, FG_LIT("sts:AssumeRoleWithWebIdentity")),
			    "every subject of %.*s comes in", FG_PRI(issuer));
		while ((t = lint_test_next(st, key, &at)) != NULL)
			grade_test(l, t, format_of(issuer));
	}
}

const lint_check lint_subject_checks[] = { subjects, NULL };
