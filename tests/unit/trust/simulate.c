/* trust/simulate.c: places, keys, values. */
#include <stdio.h>

#include "tests/unit/trust/tests.h"

static struct trust_program *
compiled(const char *text, enum trust_kind kind)
{
	const struct trust_compile how = { .kind = kind };
	struct trust_program *p = NULL;

	CHECK_OK(trust_compile(fg_str_z(text), &how, &p, NULL, NULL));
	CU_ASSERT_FATAL(p != NULL);
	return p;
}

/* ---- places ---- */

static void
a_statement_has_a_place(void)
{
	/* the published example of the service: from line 3, column 16, to line 7, column 4 */
	static const char text[] = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\n"
	    "    \"Effect\": \"Allow\",\n    \"Action\": \"s3:ListBucket\",\n    \"Resource\": \"arn:aws:s3:::b\"\n  }\n}";
	static const char two[] = "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},\n"
	    "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
	struct fg_arena *a = fg_arena_new(1u << 20);
	struct trust_program *p = compiled(text, TRUST_IDENTITY);
	const struct trust_span *v = NULL;
	struct fg_err err = { .rc = FG_OK };

	CHECK_OK(trust_spans(p, TRUST_IDENTITY, a, &v, &err));
	CHECK(v[0].line == 3 && v[0].column == 16 && v[0].end_line == 7 && v[0].end_column == 4);
	trust_free(p);
	p = compiled(two, TRUST_IDENTITY);
	CHECK_OK(trust_spans(p, TRUST_IDENTITY, a, &v, &err));
	CHECK(v[0].line == 1 && v[0].column == 15 && v[0].end_line == 1 && v[0].end_column == 61);
	CHECK(v[1].line == 2 && v[1].column == 1 && v[1].end_line == 2 && v[1].end_column == 46);
	trust_free(p);
	fg_arena_free(a);
}

/* ---- keys ---- */

struct seen {
	char text[512];
	size_t most, n;
};

static bool
see(void *arg, struct fg_str key)
{
	struct seen *s = arg;
	size_t at = strlen(s->text);

	(void)snprintf(s->text + at, sizeof(s->text) - at, "%.*s ", FG_PRI(key));
	return ++s->n != s->most;
}

#define KEYS                                                                                     \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":" \
	"[\"arn:aws:s3:::b/${aws:username}/*\",\"arn:aws:s3:::c/${saml:sub, 'x'}\"],\"Condition\":{\"StringLike\":" \
	"{\"aws:userid\":\"${aws:PrincipalTag/a}*\"},\"ArnLike\":{\"aws:PrincipalArn\":" \
	"\"arn:aws:iam::*:role/${aws:PrincipalTag/b}\"},\"Bool\":{\"AWS:UserId\":\"true\"}}}," \
	"{\"Effect\":\"Deny\",\"Action\":\"sqs:*\",\"Resource\":\"*\",\"Condition\":{\"Null\":{\"aws:SourceIp\":\"true\"}}}]}"

static void
keys_of_a_document_are_told_once(void)
{
	struct trust_program *p = compiled(KEYS, TRUST_IDENTITY);
	struct seen s = { .text = "" }, one = { .text = "", .most = 1 };

	trust_keys_used(p, see, &s);
	CHECK(s.n == 7);
	CHECK(strstr(s.text, "aws:username ") != NULL && strstr(s.text, "saml:sub ") != NULL);
	CHECK(strstr(s.text, "aws:PrincipalTag/a ") != NULL && strstr(s.text, "aws:PrincipalTag/b ") != NULL);
	CHECK(strstr(s.text, "aws:PrincipalArn ") != NULL && strstr(s.text, "aws:SourceIp ") != NULL);
	trust_keys_used(p, see, &one);
	CHECK(one.n == 1);
	trust_free(p);
}

static void
missing(struct trust_ctx *ctx, const char *action, struct seen *s)
{
	struct trust_program *p = compiled(KEYS, TRUST_IDENTITY);
	const struct trust_program *v[] = { NULL, p };
	const struct trust_layers l = { .identity = { v, 2 } };
	const struct trust_request r = { .caller = { .kind = TRUST_USER, .account = FG_LIT("111122223333") },
		.action = fg_str_z(action), .resource = FG_LIT("*"), .resource_account = FG_LIT("111122223333"),
		.ctx = ctx };

	trust_keys_missing(&r, &l, see, s);
	trust_free(p);
}

static void
what_the_context_lacks_is_told(void)
{
	struct trust_ctx *ctx = trust_ctx_new();
	struct seen s = { .text = "" }, t = { .text = "" }, u = { .text = "" };
	struct fg_err err = { .rc = FG_OK };

	missing(ctx, "s3:GetObject", &s);
	CHECK(strstr(s.text, "aws:username ") != NULL && strstr(s.text, "aws:userid ") != NULL);
	CHECK(strstr(s.text, "aws:PrincipalTag/a ") != NULL && strstr(s.text, "aws:PrincipalTag/b ") != NULL);
	CHECK(strstr(s.text, "saml:sub") == NULL); /* it has a default */
	CHECK(strstr(s.text, "aws:SourceIp") == NULL); /* of another action */
	CHECK_OK(trust_any_one(ctx, FG_LIT("AWS:Username"), FG_LIT("a"), &err));
	CHECK_OK(trust_any_one(ctx, FG_LIT("aws:userid"), FG_LIT("a"), &err));
	missing(ctx, "s3:GetObject", &t);
	CHECK(strstr(t.text, "aws:username") == NULL && strstr(t.text, "aws:userid") == NULL);
	missing(ctx, "ec2:RunInstances", &u);
	CHECK(u.n == 0);
	trust_ctx_free(ctx);
}

/* ---- values ---- */

static const struct {
	enum trust_value_type type;
	const char *text;
	bool ok;
} values[] = {
	{ TRUST_V_STRING, "", true }, { TRUST_V_STRING, "\xff", false },
	{ TRUST_V_NUMERIC, "-1.50", true }, { TRUST_V_NUMERIC, "1e", false }, { TRUST_V_NUMERIC, "", false },
	{ TRUST_V_BOOLEAN, "true", true }, { TRUST_V_BOOLEAN, "yes", false },
	{ TRUST_V_IP, "192.0.2.1", true }, { TRUST_V_IP, "2001:db8::/32", true }, { TRUST_V_IP, "192.0.2", false },
	{ TRUST_V_BINARY, "AQID", true }, { TRUST_V_BINARY, "A*", false },
	{ TRUST_V_DATE, "2026-11-22T14:50:00Z", true }, { TRUST_V_DATE, "1790000000", true },
	{ TRUST_V_DATE, "yesterday", false },
};

static void
values_are_read_as_their_type(void)
{
	for (size_t i = 0; i < FG_COUNT(values); i++)
		CHECK(trust_value_ok(values[i].type, fg_str_z(values[i].text)) == values[i].ok);
}

CU_TestInfo simulate_tests[] = {
	CASE(a_statement_has_a_place),
	CASE(keys_of_a_document_are_told_once),
	CASE(what_the_context_lacks_is_told),
	CASE(values_are_read_as_their_type),
	CASES_END,
};
