/*
 * tests/unit/saml/vectors.c - the public suite of 120 responses: what its manifest says, and each
 * refusal for a rule that the manifest's class stands for.
 */
#include "tests/unit/saml/saml_test.h"

/* Rules that may refuse a document of this class. */
static const struct {
	const char *class;
	const char *rules;
} class_rules[] = {
	{ "xsw", "R4 R5 R6 R8 R12" },
	{ "dup-id", "R5" },
	{ "id", "R5" },
	{ "multi", "R4" },
	{ "unsigned", "R7" },
	{ "signedinfo", "R8" },
	{ "comment", "R2" },
	{ "references", "R8" },
	{ "transforms", "R8" },
	{ "c14n", "R8" },
	{ "sha1", "R9" },
	{ "hmac", "R9" },
	{ "keyinfo", "R10" },
	{ "sigvalue", "R8" },
	{ "void-c14n", "R3" },
	{ "pi", "R2" },
	{ "cdata", "R2" },
	{ "dtd", "R2" },
	{ "encoding", "R2" },
	{ "parser", "R2 R3" },
	{ "dos", "R1 R3" },
	{ "ns", "R3 R4 R7 R12" },
	/* one of them ("b64-truncated") is canonical base64 of the document and one byte more */
	{ "base64", "R1 R2" },
	{ "recipient", "R15" },
	{ "time", "R15 R16 R17 R18" },
	{ "inresponseto", "R15" },
	{ "audience", "R16" },
	{ "confirmation", "R15" },
	{ "issuer", "R14" },
	{ "status", "R13" },
	{ "attributes", "R20" },
	{ "conditions", "R16" },
	{ "structure", "R4 R12 R16 R18" },
};

struct row {
	struct fg_str id, file, cert, expect, class, now;
};

static struct fg_str
member(const struct fg_json *j, uint32_t obj, const char *key)
{
	uint32_t i = fg_json_get(j, obj, fg_str_z(key));

	return i == 0 ? FG_STR_NULL : j->node[i].text;
}

static struct row
row_of(const struct fg_json *j, uint32_t obj)
{
	return (struct row){ member(j, obj, "id"), member(j, obj, "file"), member(j, obj, "cert"),
		member(j, obj, "expect"), member(j, obj, "class"), member(j, obj, "now") };
}

static bool
rule_fits(struct fg_str class, const char *rule)
{
	for (size_t i = 0; i < FG_COUNT(class_rules); i++) {
		const char *at;

		if (!fg_eq(fg_str_z(class_rules[i].class), class))
			continue;
		at = strstr(class_rules[i].rules, rule);
		return at != NULL && !fg_digit(at[strlen(rule)]);
	}
	return false;
}

/* Runs one row; true when it met its expectation. */
static bool
run_row(struct fg_arena *files, struct fg_str dir, const struct row *r)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
	FG_AUTO(saml_provider_freep) struct saml_provider *p = NULL;
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts facts;
	fg_time now = 0;
	struct fg_str pem = unit_file(files, fg_arena_fmt(files, "%.*s/%.*s", FG_PRI(dir),
	    FG_PRI(r->cert)).p);
	struct fg_str body = unit_file(files, fg_arena_fmt(files, "%.*s/%.*s", FG_PRI(dir),
	    FG_PRI(r->file)).p);
	enum fg_rc rc;

	if (!fg_time_rfc3339(r->now, &now) || pem.p == NULL || body.p == NULL)
		return false;
	p = test_provider(pem, 0);
	rc = test_accept(a, p, body, now, &facts, &err);
	if (fg_eq(r->expect, FG_LIT("accept")) ? rc == FG_OK :
	    rc != FG_OK && fg_rc_class(rc) == FG_CALLER && rule_fits(r->class, test_rule(&err)))
		return true;
	printf("\n    %.*s (%.*s, %.*s): %s %s %s\n", FG_PRI(r->id), FG_PRI(r->class),
	    FG_PRI(r->expect), rc == FG_OK ? "accepted" : err.step, test_rule(&err), err.text);
	return false;
}

static void
every_document_meets_the_manifest_for_its_rule(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *files = fg_arena_new(64u * 1024 * 1024);
	struct fg_str dir = unit_suite_dir(files, "saml"), manifest;
	struct fg_err err = { .rc = FG_OK };
	struct fg_json j;
	unsigned met = 0, all = 0;

	if (dir.p == NULL)
		return;
	manifest = unit_file(files, fg_arena_fmt(files, "%.*s/manifest.json", FG_PRI(dir)).p);
	CU_ASSERT_EQUAL_FATAL(fg_json_parse(files, manifest, &(struct fg_json_limits){ .bytes = 0 },
	    "test", &j, &err), FG_OK);
	for (uint32_t i = fg_json_first(0); i < j.node[0].next; i = fg_json_after(&j, i)) {
		struct row r = row_of(&j, i);

		all++;
		met += run_row(files, dir, &r);
	}
	printf(" %u of %u documents meet the manifest ", met, all);
	CHECK(all == 120 && met == all);
}

CU_TestInfo vector_tests[] = {
	CASE(every_document_meets_the_manifest_for_its_rule),
	CASES_END,
};
