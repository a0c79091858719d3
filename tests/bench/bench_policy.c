/*
 * policy-decision, policy-decision-json, policy-cold, and the slowest decision that 4 KB of policy and 4 KB of context
 * can cause.  The task: a role's trust policy with three conditions (external id, organisation, session name) and one
 * identity statement, cross account, allowed.
 */
#include <stdio.h>

#include "tests/bench/bench.h"
#include "trust/trust.h"

#define TRUST                                                                                                       \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","                                         \
	"\"Principal\":{\"AWS\":\"arn:aws:iam::444455556666:role/etl\"},\"Action\":\"sts:AssumeRole\","             \
	"\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"7f3c9d2a51e84b06\",\"aws:PrincipalOrgID\":\"o-abcdefghij\"}," \
	"\"StringLike\":{\"sts:RoleSessionName\":\"nightly-*\"}}}]}"
#define IDENTITY                                                                                                    \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\","           \
	"\"Resource\":\"arn:aws:iam::111122223333:role/train\"}]}"
#define CONTEXT                                                                                                     \
	"{\"sts:ExternalId\":\"7f3c9d2a51e84b06\",\"aws:PrincipalOrgID\":\"o-abcdefghij\","                         \
	"\"sts:RoleSessionName\":\"nightly-2026-11-22\",\"aws:PrincipalAccount\":\"444455556666\","                 \
	"\"aws:PrincipalArn\":\"arn:aws:iam::444455556666:role/etl\",\"aws:SourceIp\":\"10.1.2.3\","                \
	"\"aws:SecureTransport\":\"true\",\"aws:userid\":\"AROAABCDEFGHIJKLMNOPQ:run\"}"

struct task {
	struct fg_arena *a;
	struct trust_program *trust, *identity;
	const struct trust_program *trust_v, *identity_v;
	struct trust_ctx *ctx;
	struct trust_request request;
	struct trust_layers layers;
	size_t allowed;
};

static struct trust_program *
compile(struct fg_str doc, enum trust_kind kind)
{
	const struct trust_compile how = { .kind = kind };
	struct trust_program *p = NULL;
	struct fg_err err = { 0 };

	if (trust_compile(doc, &how, &p, NULL, &err) != FG_OK)
		fprintf(stderr, "bench: %s\n", err.text);
	return p;
}

static bool
read_context(struct task *t)
{
	struct fg_json j;
	uint32_t i;

	fg_arena_reset(t->a);
	trust_ctx_reset(t->ctx);
	if (fg_json_parse(t->a, FG_LIT(CONTEXT), &(struct fg_json_limits){ 0 }, "bench", &j, NULL) != FG_OK)
		return false;
	for (i = fg_json_first(0); i < j.node[0].next; i = fg_json_after(&j, i + 1)) {
		if (trust_any_one(t->ctx, j.node[i].text, j.node[i + 1].text, NULL) != FG_OK)
			return false;
	}
	return true;
}

static void
decide(void *arg, size_t n)
{
	struct task *t = arg;
	struct trust_decision d;

	while (n-- > 0)
		t->allowed += trust_decide(&t->request, &t->layers, &d) == TRUST_ALLOW;
}

static void
decide_json(void *arg, size_t n)
{
	struct task *t = arg;

	while (n-- > 0) {
		if (read_context(t))
			decide(t, 1);
	}
}

static void
decide_cold(void *arg, size_t n)
{
	struct task *t = arg;

	while (n-- > 0) {
		struct trust_program *p = compile(FG_LIT(TRUST), TRUST_ROLE);

		t->trust_v = p;
		decide(t, 1);
		trust_free(p);
	}
	t->trust_v = t->trust;
}

static bool
setup(struct task *t)
{
	t->a = fg_arena_new(1u << 20);
	t->ctx = trust_ctx_new();
	t->trust = compile(FG_LIT(TRUST), TRUST_ROLE);
	t->identity = compile(FG_LIT(IDENTITY), TRUST_IDENTITY);
	if (t->a == NULL || t->ctx == NULL || t->trust == NULL || t->identity == NULL || !read_context(t))
		return false;
	t->trust_v = t->trust;
	t->identity_v = t->identity;
	t->layers.resource = (struct trust_policies){ &t->trust_v, 1 };
	t->layers.identity = (struct trust_policies){ &t->identity_v, 1 };
	t->request.action = FG_LIT("sts:AssumeRole");
	t->request.resource = FG_LIT("arn:aws:iam::111122223333:role/train");
	t->request.resource_account = FG_LIT("111122223333");
	t->request.ctx = t->ctx;
	return trust_caller_parse(FG_LIT("arn:aws:sts::444455556666:assumed-role/etl/nightly-2026-11-22"), &t->request.caller);
}

/* ---- the slowest ---- */

struct worst {
	const char *name;
	const char *operator;
	const char *unit;  /* repeated to fill the policy's value list */
	const char *value; /* repeated to fill the context's value */
	bool list;         /* the context holds many values */
};

static const struct worst worsts[] = {
	{ "stars", "StringLike", "*a?a*a?b", "a", false },
	{ "question marks", "StringLike", "*????????????????b", "a", false },
	{ "many short patterns", "ForAnyValue:StringLike", NULL, "ab", true },
	{ "many equal strings", "ForAllValues:StringNotEquals", NULL, "ab", true },
	{ "variables", "StringLike", "*${k}*", "a", false },
};

static bool
worst_documents(const struct worst *w, struct fg_buf *doc, struct trust_ctx *ctx)
{
	static char value[4096];
	static struct fg_str list[2048];
	size_t i, n = 0;

	fg_buf_fmt(doc, "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sts:AssumeRole\","
	    "\"Condition\":{\"%s\":{\"k\":[\"", w->operator);
	while (doc->n < 4080) {
		if (w->unit != NULL)
			fg_buf_put(doc, fg_str_z(w->unit));
		else
			fg_buf_fmt(doc, "%s*%zu", n == 0 ? "" : "\",\"", n);
		n++;
	}
	fg_buf_put(doc, FG_LIT("\"]}}}]}"));
	memset(value, w->value[0], sizeof(value));
	for (i = 0; w->list && i < FG_COUNT(list); i++)
		list[i] = fg_str_z(w->value);
	return (w->list ? trust_any_list(ctx, FG_LIT("k"), list, FG_COUNT(list), NULL) :
			  trust_any_one(ctx, FG_LIT("k"), fg_str(value, sizeof(value)), NULL)) == FG_OK;
}

static void
slowest(struct task *t)
{
	const char *name = "";
	double most = 0;
	size_t i;

	for (i = 0; i < FG_COUNT(worsts); i++) {
		FG_AUTO(fg_buf_free) struct fg_buf doc = FG_BUF(8192);
		FG_AUTO(trust_freep) struct trust_program *p = NULL;
		double us;

		trust_ctx_reset(t->ctx);
		if (!worst_documents(&worsts[i], &doc, t->ctx) || (p = compile(fg_buf_str(&doc), TRUST_ROLE)) == NULL)
			continue;
		t->trust_v = p;
		us = bench_cpu(decide, t, 20, 5);
		t->trust_v = t->trust;
		if (us > most) {
			most = us;
			name = worsts[i].name;
		}
	}
	bench_row("policy-slowest", most, -1, "us", "4 KB policy, 4 KB context: %s; bound 1,000", name);
}

int
main(void)
{
	struct task t = { .allowed = 0 };
	double us;

	if (!setup(&t))
		return 1;
	us = bench_cpu(decide, &t, bench_scale(200000), 9);
	bench_row("policy-decision", us, -1, "us", "compiled, prepared context; %.0f a core-second", 1e6 / us);
	us = bench_cpu(decide_json, &t, bench_scale(50000), 9);
	bench_row("policy-decision-json", us, -1, "us", "compiled, context from JSON (8 keys); %.0f a core-second", 1e6 / us);
	us = bench_cpu(decide_cold, &t, bench_scale(20000), 9);
	bench_row("policy-cold", us, -1, "us", "trust policy parsed, compiled and decided; %.0f a core-second", 1e6 / us);
	if (t.allowed == 0) {
		fprintf(stderr, "bench: the task is not allowed\n");
		return 1;
	}
	slowest(&t);
	trust_free(t.trust);
	trust_free(t.identity);
	trust_ctx_free(t.ctx);
	fg_arena_free(t.a);
	return bench_end();
}
