/*
 * Target: trust/document.c, check.c, compile.c, evaluate.c, explain.c - the first byte chooses the
 * kind, the rest is a document.  What compiles is decided upon, and never with a crash; a program
 * is what its document would compile to again.
 */
#include "tests/fuzz/fuzz.h"
#include "trust/program_int.h"

static struct trust_ctx *
context(void)
{
	static struct trust_ctx *c;
	const struct fg_str tags[] = { FG_LIT("a"), FG_LIT("b") };

	if (c != NULL)
		return c;
	c = trust_ctx_new();
	FUZZ_ASSERT(c != NULL);
	FUZZ_ASSERT(trust_any_one(c, FG_LIT("aws:username"), FG_LIT("alice"), NULL) == FG_OK);
	FUZZ_ASSERT(trust_any_one(c, FG_LIT("aws:SourceIp"), FG_LIT("203.0.113.9"), NULL) == FG_OK);
	FUZZ_ASSERT(trust_any_one(c, FG_LIT("aws:CurrentTime"), FG_LIT("2026-01-01T00:00:00Z"), NULL) ==
	    FG_OK);
	FUZZ_ASSERT(trust_any_one(c, FG_LIT("k:n"), FG_LIT("10.5"), NULL) == FG_OK);
	FUZZ_ASSERT(trust_any_list(c, FG_LIT("aws:TagKeys"), tags, 2, NULL) == FG_OK);
	return c;
}

static void
decide(const struct trust_program *p, enum trust_kind kind)
{
	const struct trust_policies one = { &p, 1 };
	struct trust_request r = { .action = FG_LIT("sts:AssumeRole"),
		.resource = FG_LIT("arn:aws:iam::111122223333:role/R"),
		.resource_account = FG_LIT("111122223333"), .ctx = context() };
	struct trust_layers l = { .has_session = false };
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16 * 1024 * 1024);
	const struct trust_reason *reason;
	struct trust_decision d;
	size_t n;

	FUZZ_ASSERT(a != NULL);
	FUZZ_ASSERT(trust_caller_parse(FG_LIT("arn:aws:iam::111122223333:user/alice"), &r.caller));
	if (kind == TRUST_RESOURCE || kind == TRUST_ROLE)
		l.resource = one;
	else if (kind == TRUST_VPCE)
		l.vpce = one;
	else if (kind != TRUST_SCP && kind != TRUST_RCP)
		l.identity = one;
	l.scp = &one;
	l.nscp = kind == TRUST_SCP || kind == TRUST_RCP;
	(void)trust_decide(&r, &l, &d);
	/* an allow names the statement that allowed */
	if (d.verdict == TRUST_ALLOW)
		FUZZ_ASSERT(d.statement >= 0 && !p->line[d.statement].deny);
	if (d.verdict == TRUST_DENY_EXPLICIT)
		FUZZ_ASSERT(d.statement >= 0 && p->line[d.statement].deny);
	FUZZ_ASSERT(trust_explain(a, &r, &l, &reason, &n, NULL) == FG_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trust_compile how = { .kind = TRUST_IDENTITY };
	struct trust_program *p = NULL;
	struct trust_fault f = { .rule = NULL };
	struct fg_err err = { .rc = FG_OK };
	struct fg_str doc;

	if (size == 0)
		return 0;
	how.kind = (enum trust_kind)(1 + data[0] % (TRUST_KIND_MAX - 1));
	doc = fg_str(data + 1, size - 1);
	if (trust_compile(doc, &how, &p, &f, &err) != FG_OK) {
		FUZZ_ASSERT(f.rule != NULL && f.line > 0 && f.off <= doc.n);
		FUZZ_ASSERT(trust_check(doc, how.kind, 0, NULL, NULL) != FG_OK);
		return 0;
	}
	FUZZ_ACCEPTED();
	FUZZ_ASSERT(trust_same(p, doc, &how));
	if (trust_check(doc, how.kind, 0, &f, NULL) != FG_OK)
		FUZZ_ASSERT(f.rule != NULL && f.off <= doc.n);
	decide(p, how.kind);
	trust_free(p);
	return 0;
}
