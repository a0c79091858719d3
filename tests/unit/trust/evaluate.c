/* trust/evaluate.c, explain.c, and how much work a decision may be. */
#include <stdio.h>

#include "tests/unit/trust/tests.h"

/* One line: its verdict, and the first reason of a layer. */
struct seen {
	struct trust_decision d;
	const struct trust_reason *r;
	size_t n;
};

static struct seen
look(struct line *l, struct fg_arena *a, struct fg_str text)
{
	struct seen s = { .r = NULL };
	enum fg_rc rc = line_read(l, a, text);

	if (rc != FG_OK)
		printf("\n    %s", l->err.text);
	CU_ASSERT_FATAL(rc == FG_OK);
	(void)trust_decide(&l->request, &l->layers, &s.d);
	CHECK_OK(trust_explain(a, &l->request, &l->layers, &s.r, &s.n, &l->err));
	return s;
}

#define USER "\"principal\":\"arn:aws:iam::111122223333:user/alice\","
#define REQUEST_HEAD                                                                              \
	"{\"request\":{" USER "\"action\":\"sqs:SendMessage\",\"resource\":\"arn:aws:sqs:r:111122223333:q\","   \
	"\"resourceAccount\":\"111122223333\",\"context\":"
#define REQUEST(context) REQUEST_HEAD context "},\"policies\":"
#define ALLOW_ALL "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}"
#define DOC(statements) "{\"Version\":\"2012-10-17\",\"Statement\":[" statements "]}"
#define LINE                                                                                      \
	ARENA;                                                                                    \
	FG_AUTO(line_free) struct line l = { .n = 0 };                                            \
	struct seen s

static void
a_poisoned_context_denies_everything(void)
{
	LINE;

	s = look(&l, a, FG_LIT(REQUEST("{}") "{\"identity\":[" DOC(ALLOW_ALL) "]}}"));
	CHECK(s.d.verdict == TRUST_ALLOW);
	(void)trust_any_one(l.ctx, FG_LIT("k:a"), FG_LIT("x"), NULL);
	CHECK(trust_decide(&l.request, &l.layers, &s.d) == TRUST_ALLOW);
	(void)trust_any_one(l.ctx, FG_LIT("K:A"), FG_LIT("x"), NULL);
	CHECK(trust_decide(&l.request, &l.layers, &s.d) == TRUST_DENY_EXPLICIT);
	CHECK(s.d.layer == TRUST_LAYER_NONE && s.d.policy == -1 && s.d.statement == -1);
	CHECK_OK(trust_explain(a, &l.request, &l.layers, &s.r, &s.n, &l.err));
	CHECK(s.n == 0);
}

static void
a_missing_program_denies_explicitly(void)
{
	const struct trust_program *v[2] = { NULL, NULL };
	const struct trust_policies none = { v, 1 };
	LINE;

	s = look(&l, a, FG_LIT(REQUEST("{}") "{\"identity\":[" DOC(ALLOW_ALL) "]}}"));
	v[1] = l.layers.identity.v[0];
	l.layers.identity = (struct trust_policies){ v, 2 };
	CHECK(trust_decide(&l.request, &l.layers, &s.d) == TRUST_DENY_EXPLICIT);
	CHECK(s.d.layer == TRUST_LAYER_IDENTITY && s.d.policy == 0 && s.d.statement == -1);
	CHECK_OK(trust_explain(a, &l.request, &l.layers, &s.r, &s.n, &l.err));
	CHECK(s.n == 2 && s.r[0].element == TRUST_ELEMENT_DOCUMENT);
	l.layers.identity = (struct trust_policies){ v + 1, 1 };
	l.layers.rcp = &none;
	l.layers.nrcp = 1;
	CHECK(trust_decide(&l.request, &l.layers, &s.d) == TRUST_DENY_EXPLICIT);
	CHECK(s.d.layer == TRUST_LAYER_RCP);
}

static void
a_request_that_is_none_denies_explicitly(void)
{
	LINE;
	struct trust_request r;
	char longest[FG_LIMIT_ACTION_BYTES + 1];

	s = look(&l, a, FG_LIT(REQUEST("{}") "{\"identity\":[" DOC(ALLOW_ALL) "]}}"));
	CHECK(s.d.verdict == TRUST_ALLOW);
	memset(longest, ':', sizeof(longest));
	r = l.request;
	r.action = FG_LIT("");
	CHECK(trust_decide(&r, &l.layers, &s.d) == TRUST_DENY_EXPLICIT);
	r.action = FG_LIT("nocolon");
	CHECK(trust_decide(&r, &l.layers, &s.d) == TRUST_DENY_EXPLICIT);
	r.action = FG_LIT("a:\xff");
	CHECK(trust_decide(&r, &l.layers, &s.d) == TRUST_DENY_EXPLICIT);
	r.action = fg_str(longest, sizeof(longest));
	CHECK(trust_decide(&r, &l.layers, &s.d) == TRUST_DENY_EXPLICIT);
	r = l.request;
	r.resource = FG_STR_NULL;
	CHECK(trust_decide(&r, &l.layers, &s.d) == TRUST_DENY_EXPLICIT);
	r = l.request;
	r.ctx = NULL;
	CHECK(trust_decide(&r, &l.layers, &s.d) == TRUST_DENY_EXPLICIT);
	r = l.request;
	r.caller.kind = TRUST_NOBODY;
	CHECK(trust_decide(&r, &l.layers, &s.d) == TRUST_DENY_EXPLICIT);
	r.action = FG_LIT("sts:GetCallerIdentity");
	CHECK(trust_decide(&r, &l.layers, &s.d) == TRUST_DENY_EXPLICIT);
}

static void
zero_is_a_denial(void)
{
	struct trust_decision d = { 0 };

	CHECK(d.verdict == TRUST_DENY_IMPLICIT);
	CHECK_STR(fg_str_z(trust_verdict_name((enum trust_verdict)77)), "ExplicitlyDenied");
	CHECK_STR(fg_str_z(trust_layer_name((enum trust_layer)77)), "none");
	CHECK(trust_layer_side(TRUST_LAYER_RESOURCE) == TRUST_SIDE_RESOURCE);
	CHECK(trust_layer_side(TRUST_LAYER_RCP) == TRUST_SIDE_RESOURCE);
	CHECK(trust_layer_side(TRUST_LAYER_SCP) == TRUST_SIDE_CALLER);
	CHECK(trust_layer_side((enum trust_layer)77) == TRUST_SIDE_NONE);
}

static struct fg_str
bind_none(void *arg, struct fg_str principal)
{
	(void)arg;
	(void)principal;
	return FG_STR_NULL;
}

static struct fg_str
bind_uid(void *arg, struct fg_str principal)
{
	(void)principal;
	return fg_str_z(arg);
}

#define TRUST_ALICE                                                                               \
	"{\"request\":{" USER "\"action\":\"sts:AssumeRole\",\"resource\":"                           \
	"\"arn:aws:iam::111122223333:role/R\",\"resourceAccount\":\"111122223333\"},\"policies\":"  \
	"{\"resource\":" DOC("{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"                       \
	"\"arn:aws:iam::111122223333:user/alice\"},\"Action\":\"sts:AssumeRole\"}") "}}"

static void
a_recreated_user_is_not_trusted(void)
{
	char uid[] = "AIDAOLD";
	LINE;

	l.bind = bind_uid;
	l.bind_arg = uid;
	s = look(&l, a, FG_LIT(TRUST_ALICE));
	CHECK(s.d.verdict == TRUST_DENY_IMPLICIT && s.d.layer == TRUST_LAYER_RESOURCE);
	l.request.caller.uid = FG_LIT("AIDANEW");
	CHECK(trust_decide(&l.request, &l.layers, &s.d) == TRUST_DENY_IMPLICIT);
	l.request.caller.uid = FG_LIT("AIDAOLD");
	CHECK(trust_decide(&l.request, &l.layers, &s.d) == TRUST_ALLOW);
}

static void
an_unresolved_principal_trusts_nobody(void)
{
	LINE;

	l.bind = bind_none;
	s = look(&l, a, FG_LIT(TRUST_ALICE));
	CHECK(s.d.verdict == TRUST_DENY_IMPLICIT);
	l.request.caller.uid = FG_LIT("AIDANEW");
	CHECK(trust_decide(&l.request, &l.layers, &s.d) == TRUST_DENY_IMPLICIT);
}

CU_TestInfo evaluate_tests[] = {
	CASE(a_poisoned_context_denies_everything),
	CASE(a_missing_program_denies_explicitly),
	CASE(a_request_that_is_none_denies_explicitly),
	CASE(zero_is_a_denial),
	CASE(a_recreated_user_is_not_trusted),
	CASE(an_unresolved_principal_trusts_nobody),
	CASES_END,
};

/* ---- explanations ---- */

static void
reason_is(const struct trust_reason *r, const char *json)
{
	char text[1024];
	struct fg_buf b = FG_BUF_FIXED(text);
	struct fg_str got = FG_STR_NULL;

	trust_reason_json(&b, r);
	CHECK_OK(fg_buf_end(&b, &got));
	CHECK_EQ(got, fg_str_z(json));
}

static void
a_failed_condition_is_shown_with_both_sides(void)
{
	LINE;

	s = look(&l, a,
	    FG_LIT(REQUEST("{\"k:a\":\"x\",\"aws:username\":\"alice\"}") "{\"identity\":[" DOC(
		"{\"Sid\":\"S1\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
		"{\"StringEquals\":{\"k:a\":[\"${aws:username}-${k:none}\",\"${k:n, 'd'}\"]}}}") "]}}"));
	CHECK(s.d.verdict == TRUST_DENY_IMPLICIT && s.n == 1);
	reason_is(&s.r[0],
	    "{\"layer\":\"identity\",\"policy\":0,\"statement\":0,\"sid\":\"S1\",\"effect\":\"Allow\","
	    "\"element\":\"Condition\",\"key\":\"k:a\",\"operator\":\"StringEquals\","
	    "\"expected\":[\"alice-${k:none}\",\"d\"],\"actual\":[\"x\"]}");
}

static void
an_absent_key_is_shown_as_null(void)
{
	LINE;

	s = look(&l, a,
	    FG_LIT(REQUEST("{}") "{\"identity\":[" DOC(
		"{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
		"{\"Bool\":{\"aws:MultiFactorAuthPresent\":true}}}") "]}}"));
	reason_is(&s.r[0],
	    "{\"layer\":\"identity\",\"policy\":0,\"statement\":0,\"effect\":\"Allow\","
	    "\"element\":\"Condition\",\"key\":\"aws:MultiFactorAuthPresent\",\"operator\":\"Bool\","
	    "\"expected\":[\"true\"],\"actual\":null}");
}

static void
what_could_not_be_read_says_so(void)
{
	LINE;

	s = look(&l, a,
	    FG_LIT(REQUEST("{\"k:n\":\"ten\"}") "{\"identity\":[" DOC(
		"{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
		"{\"NumericEquals\":{\"k:n\":10}}}") "]}}"));
	reason_is(&s.r[0],
	    "{\"layer\":\"identity\",\"policy\":0,\"statement\":0,\"effect\":\"Allow\","
	    "\"element\":\"Condition\",\"key\":\"k:n\",\"operator\":\"NumericEquals\","
	    "\"expected\":[\"10\"],\"actual\":[\"ten\"],\"unreadable\":true}");
}

static void
each_element_is_named_as_written(void)
{
	LINE;

	s = look(&l, a,
	    FG_LIT(REQUEST("{\"aws:username\":\"al\"}") "{\"resource\":" DOC(
		"{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"999999999999\"},\"Action\":\"*\"},"
		"{\"Effect\":\"Deny\",\"NotPrincipal\":{\"AWS\":\"111122223333\"},\"Action\":\"*\"},"
		"{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:*\"},"
		"{\"Effect\":\"Allow\",\"Principal\":\"*\",\"NotAction\":\"sqs:*\"},"
		"{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":"
		"\"arn:aws:sqs:::${aws:username}\"},"
		"{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"NotResource\":\"*\"}") "}}"));
	CHECK(s.n == 6 && s.d.verdict == TRUST_DENY_IMPLICIT);
	reason_is(&s.r[0],
	    "{\"layer\":\"resource\",\"policy\":0,\"statement\":0,\"effect\":\"Allow\","
	    "\"element\":\"Principal\",\"expected\":[\"999999999999\"],"
	    "\"actual\":[\"arn:aws:iam::111122223333:user/alice\"]}");
	CHECK_STR(fg_str_z(s.r[1].name), "NotPrincipal");
	CHECK_STR(fg_str_z(s.r[2].name), "Action");
	CHECK_STR(fg_str_z(s.r[3].name), "NotAction");
	CHECK_STR(fg_str_z(s.r[4].name), "Resource");
	CHECK_STR(s.r[4].expected[0], "arn:aws:sqs:::al");
	CHECK_STR(s.r[4].actual[0], "arn:aws:sqs:r:111122223333:q");
	CHECK_STR(fg_str_z(s.r[5].name), "NotResource");
}

static void
levels_are_shown(void)
{
	char text[256];
	struct fg_buf b = FG_BUF_FIXED(text);
	struct fg_str got;
	LINE;

	s = look(&l, a,
	    FG_LIT(REQUEST("{}") "{\"identity\":[" DOC(ALLOW_ALL) "],\"scp\":[[" DOC(ALLOW_ALL) "],[" DOC(
		ALLOW_ALL "," "{\"Sid\":\"No\",\"Effect\":\"Deny\",\"Action\":\"sqs:*\",\"Resource\":\"*\"}") "]]}}"));
	CHECK(s.d.verdict == TRUST_DENY_EXPLICIT);
	trust_decision_json(&b, &s.d);
	CHECK_OK(fg_buf_end(&b, &got));
	CHECK_STR(got, "{\"layer\":\"scp\",\"level\":1,\"policy\":0,\"statement\":1,\"sid\":\"No\"}");
	CHECK(s.n == 4 && s.r[2].level == 1 && s.r[2].statement == 1 && s.r[3].layer == TRUST_LAYER_IDENTITY);
	CHECK_STR(fg_str_z(s.r[2].name), "Statement");
}

static void
a_small_arena_bounds_the_reasons(void)
{
	LINE;
	FG_AUTO(fg_arena_freep) struct fg_arena *small = fg_arena_new(416);
	const struct trust_reason *r;
	size_t n;

	s = look(&l, a,
	    FG_LIT(REQUEST("{}") "{\"identity\":[" DOC("{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\"},"
							 "{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\"},"
							 "{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\"}") "]}}"));
	CHECK(s.n == 3);
	CU_ASSERT_FATAL(small != NULL);
	CHECK_OK(trust_explain(small, &l.request, &l.layers, &r, &n, &l.err));
	CHECK(n >= 1 && n < 3);
}

CU_TestInfo explain_tests[] = {
	CASE(a_failed_condition_is_shown_with_both_sides),
	CASE(an_absent_key_is_shown_as_null),
	CASE(what_could_not_be_read_says_so),
	CASE(each_element_is_named_as_written),
	CASE(levels_are_shown),
	CASE(a_small_arena_bounds_the_reasons),
	CASES_END,
};

/* ---- work ---- */

/* A policy whose variables multiply work is stopped; what it then answers is the closed side. */
static void
worked(struct fg_str statement, struct fg_str operator, enum trust_verdict want)
{
	struct fg_buf b;
	struct fg_str text;
	LINE;

	b = FG_BUF_ARENA(a, 1024 * 1024);
	fg_buf_put(&b, FG_LIT(REQUEST_HEAD "{\"k:v\":\"x\",\"k:a\":["));
	for (unsigned i = 0; i < 8000; i++)
		fg_buf_fmt(&b, "%s\"x%u\"", i > 0 ? "," : "", i);
	fg_buf_put(&b, FG_LIT("]}},\"policies\":{\"identity\":[{\"Version\":\"2012-10-17\",\"Statement\":["));
	fg_buf_put(&b, statement);
	fg_buf_put(&b, FG_LIT(",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{"));
	fg_buf_json_str(&b, operator);
	fg_buf_put(&b, FG_LIT(":{\"k:a\":["));
	for (unsigned i = 0; i < 200; i++)
		fg_buf_fmt(&b, "%s\"*${k:v}*y%u*\"", i > 0 ? "," : "", i);
	fg_buf_put(&b, FG_LIT("]}}}]}]}}"));
	CHECK_OK(fg_buf_end(&b, &text));
	s = look(&l, a, text);
	CHECK(s.d.verdict == want);
	/* it was stopped: the next step is refused, too */
	CHECK(!trust_spend(&(struct trust_env){ .scratch = trust_ctx_scratch(l.ctx) }, 8000));
}

static void
a_deny_that_is_too_much_work_applies(void)
{
	worked(FG_LIT(ALLOW_ALL ",{\"Effect\":\"Deny\""),
	    FG_LIT("ForAnyValue:StringLike"), TRUST_DENY_EXPLICIT);
}

static void
an_allow_that_is_too_much_work_does_not(void)
{
	worked(FG_LIT("{\"Effect\":\"Allow\""), FG_LIT("ForAllValues:StringNotLike"),
	    TRUST_DENY_IMPLICIT);
}

static void
ordinary_policies_are_far_from_the_bound(void)
{
	uint32_t left;
	LINE;

	s = look(&l, a,
	    FG_LIT(REQUEST("{\"aws:username\":\"alice\",\"k:a\":[\"a\",\"b\",\"c\"],\"k:b\":\"x/home/alice/y\"}") "{\"identity\":[" DOC(
		"{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"ForAllValues:StringLike\":"
		"{\"k:a\":[\"a\",\"b\",\"${aws:username}*\",\"?\"]},\"StringLike\":{\"k:b\":\"*/${aws:username}/*\"}}}") "]}}"));
	CHECK(s.d.verdict == TRUST_ALLOW);
	left = trust_ctx_scratch(l.ctx)->work_left;
	CHECK(left > TRUST_WORK_BASE - 1000);
}

CU_TestInfo work_tests[] = {
	CASE(a_deny_that_is_too_much_work_applies),
	CASE(an_allow_that_is_too_much_work_does_not),
	CASE(ordinary_policies_are_far_from_the_bound),
	CASES_END,
};
