/* trust/lint*.c and trust/tables.c: a case a check, from tests/vectors/lint/cases.json. */
#include "tests/unit/unit.h"
#include "trust/tables_int.h"
#include "trust/trust.h"

#define FOUND_MAX 128

struct found {
	const char *id[FOUND_MAX];
	struct fg_str witness[FOUND_MAX];
	struct fg_arena *a;
	size_t n;
};

static void
collect(void *arg, const struct trust_finding *f)
{
	struct found *all = arg;

	CHECK(f->message[0] != '\0' && f->fix != NULL && f->fix[0] != '\0' && f->line >= 1 && f->column >= 1);
	if (all->n < FOUND_MAX) {
		all->witness[all->n] = f->witness.p == NULL ? f->witness : fg_arena_dup(all->a, f->witness);
		all->id[all->n++] = f->id;
	}
}

static size_t
find(const struct found *all, struct fg_str id)
{
	size_t i;

	for (i = 0; i < all->n && !fg_eq(fg_str_z(all->id[i]), id); i++)
		;
	return i;
}

static struct fg_str
text(const struct fg_json *j, uint32_t obj, const char *key)
{
	uint32_t at = fg_json_get(j, obj, fg_str_z(key));

	return at == 0 ? FG_STR_NULL : j->node[at].text;
}

static void
complain(const struct found *all, struct fg_str name, const char *what, struct fg_str id)
{
	size_t i;

	printf("\n    %.*s: %s %.*s; found:", FG_PRI(name), what, FG_PRI(id));
	for (i = 0; i < all->n; i++)
		printf(" %s", all->id[i]);
	CU_FAIL("lint case");
}

static void
check_ids(const struct fg_json *j, uint32_t c, const char *member, bool wanted, const struct found *all)
{
	uint32_t list = fg_json_get(j, c, fg_str_z(member)), i;

	for (i = list == 0 ? 0 : fg_json_first(list); list != 0 && i < j->node[list].next; i = fg_json_after(j, i)) {
		if ((find(all, j->node[i].text) < all->n) != wanted)
			complain(all, text(j, c, "name"), wanted ? "misses" : "wrongly has", j->node[i].text);
	}
}

static enum trust_kind
kind(struct fg_str name)
{
	unsigned k;

	for (k = 1; k < TRUST_KIND_MAX && !fg_eq(name, fg_str_z(trust_kind_name((enum trust_kind)k))); k++)
		;
	return (enum trust_kind)k;
}

static void
run_case(struct fg_arena *a, const struct fg_json *j, uint32_t c)
{
	struct found all = { .a = a };
	const struct trust_lint how = { .kind = kind(text(j, c, "kind")), .account = text(j, c, "account") };
	struct fg_str want = text(j, c, "witness");
	struct fg_err err = { 0 };
	size_t at;

	CHECK_OK(trust_lint(fg_json_raw(j, fg_json_get(j, c, FG_LIT("policy"))), &how, collect, &all, &err));
	check_ids(j, c, "want", true, &all);
	check_ids(j, c, "not", false, &all);
	if (fg_json_get(j, c, FG_LIT("clean")) != 0 && all.n != 0)
		complain(&all, text(j, c, "name"), "is clean, but", FG_STR_NULL);
	at = find(&all, want);
	if (want.p != NULL && (at == all.n || all.witness[at].p == NULL))
		complain(&all, text(j, c, "name"), "has no witness for", want);
}

static void
every_check_has_a_case(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u << 20);
	struct fg_str src = unit_vector(a, "lint/cases.json");
	struct fg_json j;
	struct fg_err err = { 0 };
	uint32_t i;

	CU_ASSERT_EQUAL_FATAL(fg_json_parse(a, src, &(struct fg_json_limits){ 0 }, "test", &j, &err), FG_OK);
	CHECK(j.node[0].n > 30);
	for (i = fg_json_first(0); i < j.node[0].next; i = fg_json_after(&j, i))
		run_case(a, &j, i);
}

static void
refused_documents_are_errors_with_a_place(void)
{
	static const struct { const char *doc; enum trust_kind kind; } bad[] = {
		{ "{", TRUST_ROLE }, { "{\"Statement\":[]}", TRUST_ROLE },
		{ "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\"}]}", TRUST_ROLE },
		{ "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\",\"Condition\":{\"StringSame\":{\"a:b\":\"c\"}}}]}", TRUST_IDENTITY },
	};
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	size_t i;

	for (i = 0; i < FG_COUNT(bad); i++) {
		struct found all = { .a = a };
		const struct trust_lint how = { .kind = bad[i].kind };

		CHECK_OK(trust_lint(fg_str_z(bad[i].doc), &how, collect, &all, NULL));
		CHECK(all.n > 0);
	}
}

static void
tables_know_what_exists(void)
{
	const struct trust_service *s3 = trust_service_find(FG_LIT("S3"));

	CU_ASSERT_PTR_NOT_NULL_FATAL(s3);
	CHECK(trust_service_has(s3, FG_LIT("GetObject")));
	CHECK(trust_service_has(s3, FG_LIT("get*acl")));
	CHECK(!trust_service_has(s3, FG_LIT("GetObjekt")));
	CHECK(!trust_service_has(s3, FG_LIT("etObject")));
	CHECK(trust_service_find(FG_LIT("s33")) == NULL);
	CHECK(trust_service_find(FG_LIT("")) == NULL);
	CHECK(trust_key_type(FG_LIT("AWS:sourceip")) == TRUST_TYPE_IP);
	CHECK(trust_key_type(FG_LIT("aws:RequestTag/team")) == TRUST_TYPE_STRING);
	CHECK(trust_key_type(FG_LIT("aws:TagKeys")) == TRUST_TYPE_STRINGS);
	CHECK(trust_key_type(FG_LIT("saml:aud")) == TRUST_TYPE_STRING);
	CHECK(trust_key_type(FG_LIT("aws:NoSuchKey")) == TRUST_TYPE_NONE);
}

static CU_TestInfo lint[] = { CASE(every_check_has_a_case), CASE(refused_documents_are_errors_with_a_place), CASES_END };
static CU_TestInfo tables[] = { CASE(tables_know_what_exists), CASES_END };

int
main(void)
{
	CU_SuiteInfo suites[] = { SUITE("trust/lint.c", lint), SUITE("trust/tables.c", tables), SUITES_END };

	return unit_run(suites);
}
