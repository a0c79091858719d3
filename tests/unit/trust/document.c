/* trust/document.c and place.c: what a document must look like, and where it does not. */
#include <stdio.h>

#include "tests/unit/trust/tests.h"

static void
refused_at(struct fg_str id, const struct trust_fault *f, struct fg_str rule, struct fg_str pointer)
{
	bool ok = fg_eq(fg_str_z(f->rule), rule) && fg_eq(fg_str_z(f->pointer), pointer);

	if (!ok)
		printf("\n    %.*s: %s at %s (%s), not %.*s at %.*s", FG_PRI(id),
		    f->rule == NULL ? "accepted" : f->rule, f->pointer, f->detail, FG_PRI(rule),
		    FG_PRI(pointer));
	CHECK(ok);
}

static void
one_shape(struct fg_arena *a, struct fg_str line)
{
	struct trust_fault f = { .rule = NULL };
	struct trust_compile how;
	struct fg_err err = { .rc = FG_OK };
	struct trust_program *p = NULL;
	struct fg_json j;
	enum fg_rc rc;

	CU_ASSERT_FATAL(fg_json_parse(a, line, NULL, "line", &j, &err) == FG_OK);
	how = (struct trust_compile){ .kind = kind_of(member(&j, 0, FG_LIT("kind"))) };
	rc = trust_compile(member(&j, 0, FG_LIT("document")), &how, &p, &f, &err);
	refused_at(member(&j, 0, FG_LIT("id")), &f, member(&j, 0, FG_LIT("rule")),
	    member(&j, 0, FG_LIT("pointer")));
	CHECK(rc == (f.rule == NULL ? FG_OK : err.rc));
	CHECK(rc == FG_OK || rc == FG_E_POLICY || rc == FG_E_LIMIT);
	trust_free(p);
}

static void
one_write(struct fg_arena *a, struct fg_str line)
{
	struct trust_fault f = { .rule = NULL };
	struct fg_err err = { .rc = FG_OK };
	struct fg_json j;
	enum fg_rc rc;

	CU_ASSERT_FATAL(fg_json_parse(a, line, NULL, "line", &j, &err) == FG_OK);
	rc = trust_check(member(&j, 0, FG_LIT("document")), kind_of(member(&j, 0, FG_LIT("kind"))), 0,
	    &f, &err);
	refused_at(member(&j, 0, FG_LIT("id")), &f, member(&j, 0, FG_LIT("rule")),
	    member(&j, 0, FG_LIT("pointer")));
	CHECK(rc == (f.rule == NULL ? FG_OK : err.rc));
}

static void
rules_of_shape(void)
{
	ARENA;

	CHECK(each_line(unit_vector(a, "policy/shape.jsonl"), one_shape) >= 75);
}

static void
rules_of_writing(void)
{
	ARENA;

	CHECK(each_line(unit_vector(a, "policy/write.jsonl"), one_write) >= 160);
}

/* Every case of writing is a document by shape, so that what is refused is refused by its rule. */
static void
one_write_compiles(struct fg_arena *a, struct fg_str line)
{
	struct trust_program *p = NULL;
	struct fg_err err = { .rc = FG_OK };
	struct trust_compile how;
	struct fg_json j;

	CU_ASSERT_FATAL(fg_json_parse(a, line, NULL, "line", &j, &err) == FG_OK);
	how = (struct trust_compile){ .kind = kind_of(member(&j, 0, FG_LIT("kind"))) };
	CHECK_OK(trust_compile(member(&j, 0, FG_LIT("document")), &how, &p, NULL, &err));
	trust_free(p);
}

static void
eval_does_not_apply_rules_of_writing(void)
{
	ARENA;

	CHECK(each_line(unit_vector(a, "policy/write.jsonl"), one_write_compiles) > 0);
}

static void
unknown_kinds_are_our_fault(void)
{
	struct trust_compile how = { .kind = TRUST_KIND_NONE };
	struct trust_program *p = NULL;
	struct fg_err err = { .rc = FG_OK };

	CHECK_RC(trust_compile(FG_LIT("{}"), &how, &p, NULL, &err), FG_E_INTERNAL);
	how.kind = TRUST_KIND_MAX;
	fg_err_clear(&err);
	CHECK_RC(trust_compile(FG_LIT("{}"), &how, &p, NULL, &err), FG_E_INTERNAL);
	CHECK_STR(fg_str_z(trust_kind_name(TRUST_ROLE)), "trust");
	CHECK_STR(fg_str_z(trust_kind_name(TRUST_KIND_MAX)), "none");
}

static void
too_large_documents_are_refused(void)
{
	ARENA;
	size_t n = FG_LIMIT_POLICY_BYTES + 1;
	char *big = fg_arena_alloc(a, n);
	struct trust_compile how = { .kind = TRUST_IDENTITY };
	struct trust_fault f = { .rule = NULL };
	struct trust_program *p = NULL;
	struct fg_err err = { .rc = FG_OK };

	CU_ASSERT_FATAL(big != NULL);
	memset(big, ' ', n);
	CHECK_RC(trust_compile(fg_str(big, n), &how, &p, &f, &err), FG_E_LIMIT);
	CHECK_STR(fg_str_z(f.rule), "trust.document.limit");
}

/* The tree keeps what was written: number text, booleans, scalars and arrays. */
static void
texts_are_kept_verbatim(void)
{
	ARENA;
	struct fg_str src = FG_LIT("{\"Statement\":{\"Effect\":\"Deny\",\"Action\":[\"a:b\"],"
				   "\"Resource\":\"\\u002a\",\"Condition\":{\"NumericEquals\":"
				   "{\"k:a\":[1.10,-0,true,1e400]}}}}");
	struct trust_document *d = NULL;
	struct fg_err err = { .rc = FG_OK };
	const struct trust_list *v;

	CU_ASSERT_FATAL(trust_document_parse(a, src, TRUST_IDENTITY, &d, NULL, &err) == FG_OK);
	CHECK(d->statement_scalar && d->nstatement == 1 && !d->has_version && !d->variables);
	CHECK(d->statement[0].deny && !d->statement[0].action.scalar);
	CHECK(d->statement[0].resource.scalar);
	CHECK_STR(d->statement[0].resource.v[0].s, "*");
	CU_ASSERT_FATAL(d->statement[0].ntest == 1);
	v = &d->statement[0].test[0].values;
	CHECK_STR(v->v[0].s, "1.10");
	CHECK_STR(v->v[1].s, "-0");
	CHECK_STR(v->v[2].s, "true");
	CHECK_STR(v->v[3].s, "1e400");
	CHECK(v->v[0].type == TRUST_T_NUMBER && v->v[2].type == TRUST_T_BOOL);
	CHECK(memcmp(src.p + v->v[3].off, "1e400", 5) == 0);
}

CU_TestInfo document_tests[] = {
	CASE(rules_of_shape),
	CASE(unknown_kinds_are_our_fault),
	CASE(too_large_documents_are_refused),
	CASE(texts_are_kept_verbatim),
	CASES_END,
};

CU_TestInfo check_tests[] = {
	CASE(rules_of_writing),
	CASE(eval_does_not_apply_rules_of_writing),
	CASES_END,
};

/* ---- places ---- */

static void
fault_of(struct fg_str src, struct trust_fault *f)
{
	struct trust_compile how = { .kind = TRUST_IDENTITY };
	struct trust_program *p = NULL;
	struct fg_err err = { .rc = FG_OK };

	CHECK(trust_compile(src, &how, &p, f, &err) != FG_OK);
	trust_free(p);
}

static void
line_and_column_of_a_statement(void)
{
	struct trust_fault f = { .rule = NULL };

	fault_of(FG_LIT("{\n \"Statement\": [\n  {\"Effect\": \"Maybe\",\n"
			"   \"Action\": \"a:b\", \"Resource\": \"*\"}\n ]\n}\n"),
	    &f);
	CHECK_STR(fg_str_z(f.rule), "trust.statement.effect");
	CHECK(f.line == 3 && f.column == 14 && f.off == 31);
	CHECK_STR(fg_str_z(f.pointer), "/Statement/0/Effect");
}

static void
line_and_column_of_broken_json(void)
{
	struct trust_fault f = { .rule = NULL };
	struct fg_str src = FG_LIT("{\n \"Statement\": [\n  oops\n ]}");

	fault_of(src, &f);
	CHECK_STR(fg_str_z(f.rule), "trust.document.json");
	CHECK(f.line == 3 && f.column == 3);
	CHECK(f.off < src.n && src.p[f.off] == 'o');
}

static void
long_pointers_end_at_a_slash(void)
{
	ARENA;
	struct trust_fault f = { .rule = NULL };
	char op[400];

	memset(op, 'x', sizeof(op));
	fault_of(fg_arena_fmt(a,
		     "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\","
		     "\"Condition\":{\"%.*s\":1}}]}",
		     (int)sizeof(op), op),
	    &f);
	CHECK_STR(fg_str_z(f.pointer), "/Statement/0/Condition");
}

static void
details_are_printable(void)
{
	struct trust_fault f = { .rule = NULL };

	fault_of(FG_LIT("{\"Statement\":[{\"Eff\\nect\\u001b[31m\":1}]}"), &f);
	CHECK_STR(fg_str_z(f.rule), "trust.statement.element");
	CHECK(fg_printable(fg_str_z(f.detail)));
}

CU_TestInfo place_tests[] = {
	CASE(line_and_column_of_a_statement),
	CASE(line_and_column_of_broken_json),
	CASE(long_pointers_end_at_a_slash),
	CASE(details_are_printable),
	CASES_END,
};
