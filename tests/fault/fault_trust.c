/* tests/fault/fault_trust.c - parse, compile, check, decide and explain when memory is short. */
#include <stdio.h>

#include "tests/fault/fault.h"
#include "tests/unit/trust/line.h"

#define STRING_LIST "[\"a*\",\"b?\",\"${aws:username}*\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i*j\"]"
#define STATEMENT                                                                                 \
	"{\"Sid\":\"\\u0041\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},"           \
	"\"Action\":[\"s3:Get*\",\"*\"],\"Resource\":[\"arn:aws:s3:::${aws:username}/*\",\"*\"],"  \
	"\"Condition\":{\"StringLike\":{\"aws:username\":" STRING_LIST "},"                        \
	"\"ForAnyValue:StringLike\":{\"aws:TagKeys\":" STRING_LIST "},"                            \
	"\"ForAllValues:StringEqualsIgnoreCase\":{\"k:a\":" STRING_LIST "},"                       \
	"\"ForAnyValue:ArnLikeIfExists\":{\"k:b\":[\"arn:*:s3:::b\"]},"                            \
	"\"NumericLessThan\":{\"k:n\":[1,2.50,\"x\"]},\"DateEquals\":{\"k:d\":[\"2026\"]},"        \
	"\"IpAddress\":{\"k:i\":[\"10.0.0.0/8\",\"::1\"]},\"BinaryEquals\":{\"k:x\":\"QQ==\"}}}"

static const char small[] = "{\"Version\":\"2012-10-17\",\"Statement\":" STATEMENT "}";

/* A document that outgrows the first chunk of every arena. */
static struct fg_str
large(void)
{
	static char text[64 * 1024];
	struct fg_buf b = FG_BUF_FIXED(text);
	struct fg_str ret = FG_LIT("");

	fg_buf_put(&b, FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":["));
	for (unsigned i = 0; i < 30; i++)
		fg_buf_fmt(&b, "%s%s", i > 0 ? "," : "", STATEMENT);
	fg_buf_put(&b, FG_LIT("]}"));
	return fg_buf_end(&b, &ret) == FG_OK ? ret : FG_LIT("");
}

static struct fg_str
bind(void *arg, struct fg_str principal)
{
	(void)arg;
	return principal;
}

static enum fg_rc
compile(void *arg, struct fg_err *reterr)
{
	const struct trust_compile how = { TRUST_RESOURCE, bind, NULL };
	FG_AUTO(trust_freep) struct trust_program *p = NULL;
	const struct fg_str *doc = arg;

	return trust_compile(*doc, &how, &p, NULL, reterr);
}

static enum fg_rc
check(void *arg, struct fg_err *reterr)
{
	const struct fg_str *doc = arg;
	/* the list has a number that is none: refused, and that is what the run has to say */
	enum fg_rc rc = trust_check(*doc, TRUST_RESOURCE, 0, NULL, reterr);

	if (rc != FG_E_POLICY && rc != FG_E_LIMIT)
		return rc == FG_OK ? FG_E_INTERNAL : rc;
	fg_err_clear(reterr);
	return FG_OK;
}

static bool
seen(void *arg, struct fg_str principal)
{
	(void)arg;
	(void)principal;
	return true;
}

static enum fg_rc
principals(void *arg, struct fg_err *reterr)
{
	const struct fg_str *doc = arg;

	return trust_principals(*doc, TRUST_RESOURCE, seen, NULL, reterr);
}

static enum fg_rc
context(void *arg, struct fg_err *reterr)
{
	FG_AUTO(trust_ctx_freep) struct trust_ctx *c = trust_ctx_new();
	const struct fg_str v[] = { FG_LIT("a"), FG_LIT("b") };
	char name[32];

	(void)arg;
	if (c == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "fault.trust", NULL, "context");
	for (int i = 0; i < 300; i++) {
		int n = snprintf(name, sizeof(name), "tag%d", i);
		struct fg_str key = fg_str(name, (size_t)n);

		FG_TRY(trust_gateway_tag(c, FG_LIT("aws:PrincipalTag/"), key, FG_LIT("x"), reterr));
		FG_TRY(trust_claim_list(c, FG_LIT("idp.example.com"), key, v, 2, reterr));
	}
	FG_TRY(trust_gateway_time(c, FG_LIT("aws:CurrentTime"), 0, reterr));
	FG_TRY(trust_gateway_int(c, FG_LIT("aws:MultiFactorAuthAge"), 1, reterr));
	return trust_saml_one(c, FG_LIT("aud"), FG_LIT("u"), reterr);
}

#define DECIDE_LINE                                                                               \
	"{\"request\":{\"principal\":\"arn:aws:iam::111122223333:user/alice\",\"action\":"          \
	"\"s3:GetObject\",\"resource\":\"arn:aws:s3:::b\",\"resourceAccount\":\"111122223333\","  \
	"\"context\":{\"aws:username\":\"axxxxb\",\"aws:TagKeys\":[\"a\",\"q\"],\"k:n\":\"1\"}},"    \
	"\"policies\":{\"resource\":"

/* What is compiled and filled decides without an allocation: every one of them fails here. */
static bool
decide_without_memory(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1024 * 1024);
	FG_AUTO(line_free) struct line l = { .n = 0 };
	struct trust_decision before, after;
	struct fg_str text;

	if (a == NULL)
		return false;
	text = fg_arena_fmt(a, "%s%s}}", DECIDE_LINE, small);
	if (line_read(&l, a, text) != FG_OK)
		return false;
	(void)trust_decide(&l.request, &l.layers, &before);
	fault_arm(0, FAULT_EVERY);
	(void)trust_decide(&l.request, &l.layers, &after);
	if (fault_disarm())
		return false;
	return before.verdict == after.verdict && before.layer == after.layer &&
	    before.statement == after.statement;
}

int
main(void)
{
	struct fg_str docs[] = { fg_str_z(small), large() };
	static const struct {
		const char *name;
		fault_fn fn;
	} runs[] = {
		{ "compile", compile },
		{ "check", check },
		{ "principals", principals },
		{ "context", context },
	};
	int bad = 0;

	for (size_t d = 0; d < FG_COUNT(docs); d++)
		for (size_t i = 0; i < FG_COUNT(runs); i++) {
			int n = fault_run(runs[i].name, runs[i].fn, &docs[d]);

			printf("%s: %d allocations\n", runs[i].name, n);
			bad += n <= 0;
		}
	if (!decide_without_memory()) {
		fprintf(stderr, "a decision allocates\n");
		bad++;
	}
	return bad == 0 ? 0 : 1;
}
