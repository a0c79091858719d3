/* The published cases of the policy language, through SimulateCustomPolicy; and simulations of great size. */
#include <stdio.h>

#include "tests/unit/iam/ask.h"
#include "tests/unit/iam/tests.h"

struct vector {
	struct fg_json j;
	struct fg_buf form;
	uint32_t request, policies;
};

static void
field(struct vector *v, struct fg_str name, struct fg_str value)
{
	struct fg_str e = world_escape(value);

	fg_buf_putc(&v->form, '&');
	fg_buf_put(&v->form, name);
	fg_buf_putc(&v->form, '=');
	fg_buf_put(&v->form, e);
}

static struct fg_str
text(const struct vector *v, uint32_t obj, const char *name)
{
	uint32_t at = fg_json_get(&v->j, obj, fg_str_z(name));

	return at == 0 || v->j.node[at].type != FG_JSON_STRING ? FG_STR_NULL : v->j.node[at].text;
}

/* What the action has a place for: policies of users and resources, one boundary, a user who calls. */
static bool
fits(const struct vector *v)
{
	uint32_t k = fg_json_first(v->policies);
	struct fg_str who = text(v, v->request, "principal");

	for (; k < v->j.node[v->policies].next; k = fg_json_after(&v->j, k + 1)) {
		struct fg_str name = v->j.node[k].text;

		if (!fg_eq(name, FG_LIT("identity")) &&
		    (v->j.node[k + 1].n > 1 || (!fg_eq(name, FG_LIT("resource")) && !fg_eq(name, FG_LIT("boundary")))))
			return false;
	}
	return fg_starts(who, FG_LIT("arn:aws:iam::")) && fg_find(who, 'u') < who.n &&
	    memmem(who.p, who.n, ":user/", 6) != NULL;
}

static void
policies_put(struct vector *v, const char *from, const char *to)
{
	uint32_t list = fg_json_get(&v->j, v->policies, fg_str_z(from)), i = fg_json_first(list);

	for (unsigned n = 1; list != 0 && i < v->j.node[list].next; i = fg_json_after(&v->j, i), n++)
		field(v, strstr(to, "List") == NULL ? fg_str_z(to) : fg_arena_fmt(world.a, "%s.member.%u", to, n),
		    fg_json_raw(&v->j, i));
}

static void
entry_put(struct vector *v, unsigned n, uint32_t key)
{
	struct fg_str head = fg_arena_fmt(world.a, "ContextEntries.member.%u", n);
	uint32_t value = key + 1, i = fg_json_first(value);
	bool list = v->j.node[value].type == FG_JSON_ARRAY;

	field(v, fg_arena_fmt(world.a, "%s.ContextKeyName", head.p), v->j.node[key].text);
	field(v, fg_arena_fmt(world.a, "%s.ContextKeyType", head.p), list ? FG_LIT("stringList") : FG_LIT("string"));
	if (list && v->j.node[value].n == 0)
		field(v, fg_arena_fmt(world.a, "%s.ContextKeyValues", head.p), FG_LIT(""));
	for (unsigned k = 1; list && i < v->j.node[value].next; i = fg_json_after(&v->j, i), k++)
		field(v, fg_arena_fmt(world.a, "%s.ContextKeyValues.member.%u", head.p, k), v->j.node[i].text);
	if (!list)
		field(v, fg_arena_fmt(world.a, "%s.ContextKeyValues.member.1", head.p), v->j.node[value].text);
}

/* False: a key is shorter than the action takes. */
static bool
context_put(struct vector *v)
{
	uint32_t obj = fg_json_get(&v->j, v->request, FG_LIT("context")), k = fg_json_first(obj);

	for (unsigned n = 1; obj != 0 && k < v->j.node[obj].next; k = fg_json_after(&v->j, k + 1), n++) {
		if (v->j.node[k].text.n < 5)
			return false;
		entry_put(v, n, k);
	}
	return true;
}

/* Without a resource policy nobody needs to be named, and no fact of the caller is added. */
static bool
request_put(struct vector *v)
{
	struct fg_str owner = text(v, v->request, "resourceAccount");
	bool named = fg_json_get(&v->j, v->policies, FG_LIT("resource")) != 0 ||
	    memmem(text(v, v->request, "principal").p, text(v, v->request, "principal").n, "111122223333", 12) == NULL;

	policies_put(v, "identity", "PolicyInputList");
	if (fg_json_get(&v->j, v->policies, FG_LIT("identity")) == 0)
		field(v, FG_LIT("PolicyInputList"), FG_LIT(""));
	policies_put(v, "boundary", "PermissionsBoundaryPolicyInputList");
	policies_put(v, "resource", "ResourcePolicy");
	field(v, FG_LIT("ActionNames.member.1"), text(v, v->request, "action"));
	field(v, FG_LIT("ResourceArns.member.1"), text(v, v->request, "resource"));
	if (named)
		field(v, FG_LIT("CallerArn"), text(v, v->request, "principal"));
	if (owner.n > 0)
		field(v, FG_LIT("ResourceOwner"), fg_arena_fmt(world.a, "arn:aws:iam::%.*s:root", FG_PRI(owner)));
	return context_put(v);
}

static struct fg_str
wanted(struct fg_str expect)
{
	return fg_eq(expect, FG_LIT("Allowed")) ? FG_LIT("allowed")
	    : fg_eq(expect, FG_LIT("ExplicitlyDenied")) ? FG_LIT("explicitDeny") : FG_LIT("implicitDeny");
}

enum outcome { LEFT_OUT, UNWRITABLE, DECIDED };

static enum outcome
run(struct fg_str line)
{
	struct vector v = { .form = FG_BUF_ARENA(world.a, 1u << 20) };
	struct fg_err err = { .rc = FG_OK };
	struct fg_str form, want;
	struct reply r;

	CHECK_OK(fg_json_parse(world.a, line, NULL, "test", &v.j, &err));
	v.request = fg_json_get(&v.j, 0, FG_LIT("request"));
	v.policies = fg_json_get(&v.j, 0, FG_LIT("policies"));
	fg_buf_put(&v.form, FG_LIT("SimulateCustomPolicy"));
	if (!fits(&v) || !request_put(&v))
		return LEFT_OUT;
	fg_buf_putc(&v.form, '\0');
	CHECK_OK(fg_buf_end(&v.form, &form));
	r = iam(&world.alice, form.p);
	if (r.status == 400 && fg_eq(r.code, FG_LIT("InvalidInput")))
		return UNWRITABLE; /* a document that could not be stored either */
	want = wanted(text(&v, 0, "expect"));
	CHECK_GRANTED(r);
	if (!fg_eq(world_xml(&r, "EvalDecision"), want))
		printf("\n    %.*s", FG_PRI(text(&v, 0, "id")));
	CHECK_EQ(world_xml(&r, "EvalDecision"), want);
	return DECIDED;
}

static void
published_cases_decide_as_published(void)
{
	struct fg_str dir = unit_suite_dir(world.a, "policy"), all, line;
	size_t n[3] = { 0 };

	if (fg_str_null(dir))
		return;
	all = unit_file(world.a, fg_arena_fmt(world.a, "%.*s/edgecases.jsonl", FG_PRI(dir)).p);
	alice_may(ALLOW("iam:*"));
	CU_ASSERT_FATAL(!fg_str_null(all));
	for (bool more = true; more;) {
		more = fg_cut(all, '\n', &line, &all);
		if (line.n > 0)
			n[run(line)]++;
	}
	printf("%zu decided, %zu that may not be written, %zu for which there is no parameter ", n[DECIDED],
	    n[UNWRITABLE], n[LEFT_OUT]);
	CHECK(n[DECIDED] >= 100);
}

#define READ "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\",\"Resource\":\"*\"}]}"

/* 250 KiB of policies: fewer results a page, none left out; and over 128 of them nothing is left out. */
static void
long_and_many_policies_have_bounds(void)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 1u << 20);
	struct fg_str more;
	struct reply r;

	alice_may(ALLOW("iam:*"));
	for (int i = 0; i < 100; i++) {
		struct store_inline in = { W_A1, FG_LIT("AROA00000000000000002"), FG_LIT(""), FG_LIT(READ) };

		in.name = fg_arena_fmt(world.a, "p%d", i);
		if (i < 30)
			world_put(STORE_INLINE, &in);
		fg_buf_fmt(&b, "&PolicyInputList.member.%d=", i + 1);
		fg_buf_put(&b, world_escape(FG_LIT(READ)));
		for (int k = 0; k < 1500; k++)
			fg_buf_putc(&b, '+');
	}
	for (int i = 1; i <= 40; i++)
		fg_buf_fmt(&b, "&ActionNames.member.%d=sqs:Get%d", i, i);
	fg_buf_putc(&b, '\0');
	CHECK_OK(fg_buf_end(&b, &more));
	r = iam(&world.alice, fg_arena_fmt(world.a, "SimulateCustomPolicy%s", more.p).p);
	CHECK_STR(world_xml(&r, "EvalDecision"), "implicitDeny");
	CHECK_STR(world_xml(&r, "IsTruncated"), "true");
	CHECK_STR(world_xml(&r, "Marker"), "26");
	r = iam(&world.alice, fg_arena_fmt(world.a, "SimulatePrincipalPolicy&PolicySourceArn=" W_ROLE("plain") "%s", more.p).p);
	CHECK_STR(world_xml(&r, "EvalDecision"), "explicitDeny"); /* more than can be asked */
}

CU_TestInfo simulate_vector_tests[] = {
	CASE(long_and_many_policies_have_bounds),
	CASE(published_cases_decide_as_published),
	CASES_END,
};
