/* The published cases, and our own: one line, one decision. */
#include <stdio.h>

#include "tests/unit/trust/tests.h"

size_t
each_line(struct fg_str text, line_fn fn)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64 * 1024 * 1024);
	struct fg_str line;
	size_t n = 0;
	bool more = a != NULL;

	while (more) {
		more = fg_cut(text, '\n', &line, &text);
		if (line.n == 0)
			continue;
		fg_arena_reset(a);
		fn(a, line);
		n++;
	}
	return n;
}

struct fg_str
member(const struct fg_json *j, uint32_t obj, struct fg_str name)
{
	uint32_t at = fg_json_get(j, obj, name);

	return at == 0 || j->node[at].type == FG_JSON_NULL ? FG_STR_NULL : j->node[at].text;
}

enum trust_kind
kind_of(struct fg_str name)
{
	for (enum trust_kind k = TRUST_IDENTITY; k < TRUST_KIND_MAX; k++)
		if (fg_eq(name, fg_str_z(trust_kind_name(k))))
			return k;
	return TRUST_KIND_NONE;
}

/* Explanations: a statement that decided matched, and one that matched is what evaluation said. */
static void
check_reasons(const struct line *l, const struct trust_decision *d, struct fg_str id)
{
	const struct trust_reason *r;
	struct fg_err err = { .rc = FG_OK };
	size_t n;

	CHECK_OK(trust_explain(l->a, &l->request, &l->layers, &r, &n, &err));
	for (size_t i = 0; i < n; i++) {
		bool decided = r[i].layer == d->layer && r[i].level == d->level &&
		    r[i].policy == d->policy && r[i].statement == d->statement;

		if (decided && r[i].element != TRUST_ELEMENT_NONE) {
			printf("\n    %.*s: the statement that decided is explained as not matching",
			    FG_PRI(id));
			CU_FAIL("explanation");
		}
		/* a deny that matches decides, unless the rule before all policies did */
		if (r[i].element == TRUST_ELEMENT_NONE && r[i].deny && d->layer != TRUST_LAYER_NONE)
			CHECK(d->verdict == TRUST_DENY_EXPLICIT);
		CHECK(r[i].element != TRUST_ELEMENT_CONDITION || r[i].key.p != NULL);
		CHECK(r[i].element == TRUST_ELEMENT_NONE || r[i].expected != NULL);
	}
}

static void
one(struct fg_arena *a, struct fg_str text)
{
	FG_AUTO(line_free) struct line l = { .n = 0 };
	struct trust_decision d = { .verdict = TRUST_ALLOW };
	struct fg_str id, layer;
	uint32_t statement;
	enum fg_rc rc = line_read(&l, a, text);
	bool ok;

	if (rc != FG_OK) {
		printf("\n    %.*s: %s", FG_PRI(text), l.err.text);
		CU_FAIL("line");
		return;
	}
	id = member(&l.j, 0, FG_LIT("id"));
	layer = member(&l.j, 0, FG_LIT("layer"));
	statement = fg_json_get(&l.j, 0, FG_LIT("statement"));
	(void)trust_decide(&l.request, &l.layers, &d);
	ok = fg_eq(fg_str_z(trust_verdict_name(d.verdict)), member(&l.j, 0, FG_LIT("expect")));
	ok = ok && (layer.n == 0 || fg_eq(fg_str_z(trust_layer_name(d.layer)), layer));
	ok = ok && (statement == 0 || d.statement == l.j.node[statement].text.p[0] - '0');
	if (!ok)
		printf("\n    %.*s: %s by %s[%d][%d]", FG_PRI(id), trust_verdict_name(d.verdict),
		    trust_layer_name(d.layer), d.policy, d.statement);
	CHECK(ok);
	check_reasons(&l, &d, id);
}

static void
run_public(const char *name, size_t want)
{
	ARENA;
	struct fg_str dir = unit_suite_dir(a, "policy"), path;
	size_t n;

	if (fg_str_null(dir))
		return;
	path = fg_arena_fmt(a, "%.*s/%s", FG_PRI(dir), name);
	n = each_line(unit_file(a, path.p), one);
	printf("%zu cases ", n);
	CU_ASSERT_EQUAL(n, want);
}

static void
run_own(const char *name, size_t least)
{
	ARENA;

	CHECK(each_line(unit_vector(a, name), one) >= least);
}

static void
published_edge_cases(void)
{
	run_public("edgecases.jsonl", 197);
}

static void
published_github_trusts(void)
{
	run_public("oidc-github.jsonl", 32);
}

static void
what_others_got_wrong(void)
{
	run_own("policy/peers.jsonl", 129);
}

static void
tables_of_the_decision(void)
{
	run_own("policy/decision.jsonl", 99);
}

static void
operators(void)
{
	run_own("policy/operators.jsonl", 159);
}

static void
patterns_variables_resources_actions(void)
{
	run_own("policy/patterns.jsonl", 200);
}

/* The corpus that tests/policy/differential_fuzz.c left, with the oracle's verdicts. */
static void
what_the_oracle_said(void)
{
	run_own("policy/differential.jsonl", 700);
}

CU_TestInfo vector_tests[] = {
	CASE(published_edge_cases),
	CASE(published_github_trusts),
	CASE(what_others_got_wrong),
	CASE(tables_of_the_decision),
	CASE(operators),
	CASE(patterns_variables_resources_actions),
	CASE(what_the_oracle_said),
	CASES_END,
};
