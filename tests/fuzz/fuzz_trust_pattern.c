/*
 * Target: trust/pattern.c, match.c, many.c - lines: a variable's value, the text, patterns.
 * The fast matcher, the slow one and, for eight patterns and more, the automaton agree.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/unit/trust/slow.h"

#define PATTERNS 16

struct trial {
	struct fg_arena *a;
	struct trust_alloc m;
	struct trust_keys keys;
	struct trust_program program;
	struct trust_env env;
	struct trust_pattern p[PATTERNS];
	const struct trust_pattern *plain[PATTERNS];
	uint32_t n, nplain;
};

static void
read_patterns(struct trial *t, struct fg_str rest)
{
	const struct trust_pattern_how how = { true, true };
	struct fg_str line;
	bool more = true;

	while (more && t->n < PATTERNS) {
		struct trust_pattern *p = &t->p[t->n];

		more = fg_cut(rest, '\n', &line, &rest);
		FUZZ_ASSERT(trust_pattern_compile(&t->m, &t->keys, line, &how, p) == FG_OK);
		t->n++;
		if (!trust_pattern_varies(p))
			t->plain[t->nplain++] = p;
	}
	t->program.key = t->keys.v;
}

static void
compare(struct trial *t, struct fg_str text)
{
	const struct trust_many *many = NULL;
	bool any = false;

	for (uint32_t i = 0; i < t->n; i++) {
		bool want = slow_match(&t->p[i], text, &t->env);

		FUZZ_ASSERT(trust_pattern_match(&t->p[i], text, TRUST_CASE, &t->env) ==
		    (want ? TRUST_YES : TRUST_NO));
		if (want)
			FUZZ_ACCEPTED();
	}
	FUZZ_ASSERT(trust_many_compile(&t->m, t->plain, NULL, t->nplain, &many) == FG_OK);
	for (uint32_t i = 0; i < t->nplain; i++)
		any |= slow_match(t->plain[i], text, &t->env);
	if (many != NULL)
		FUZZ_ASSERT(trust_many_match(many, text) == any);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64 * 1024 * 1024);
	static struct trust_ctx *ctx;
	static struct trial t;
	struct fg_str value, text, rest;

	if (ctx == NULL)
		ctx = trust_ctx_new();
	FUZZ_ASSERT(a != NULL && ctx != NULL);
	if (size > SLOW_BYTES || !fg_utf8_ok(fg_str(data, size)) ||
	    !fg_cut(fg_str(data, size), '\n', &value, &rest) || !fg_cut(rest, '\n', &text, &rest))
		return 0;
	memset(&t, 0, sizeof(t));
	trust_ctx_reset(ctx);
	if (trust_any_one(ctx, FG_LIT("k"), value, NULL) != FG_OK)
		return 0;
	t.a = a;
	t.m.arena = a;
	t.keys.arena = a;
	t.env = trust_env_begin(ctx);
	t.env.program = &t.program;
	t.env.scratch->work_left = UINT32_MAX;
	read_patterns(&t, rest);
	compare(&t, text);
	return 0;
}
