/*
 * Target: ${} in trust/pattern.c and match.c - lines: two values, then a text with variables.
 * What it expands to, written out by hand here, equals it and nothing longer does.
 */
#include "tests/fuzz/fuzz.h"
#include "trust/program_int.h"

struct values {
	struct fg_str a, b;
};

/* False: a variable that has no value. */
static bool
put_one(struct fg_buf *out, struct fg_str body, const struct values *v)
{
	size_t comma = fg_find(body, ',');
	struct fg_str key = fg_sub(body, 0, comma);

	if (fg_eq(body, FG_LIT("*")) || fg_eq(body, FG_LIT("?")) || fg_eq(body, FG_LIT("$"))) {
		fg_buf_put(out, body);
		return true;
	}
	if (comma < body.n && (body.n < comma + 4 || body.p[comma + 1] != ' ' ||
				  body.p[comma + 2] != '\'' || body.p[body.n - 1] != '\''))
		return false;
	if (fg_eq_icase(key, FG_LIT("k:a")))
		fg_buf_put(out, v->a);
	else if (fg_eq_icase(key, FG_LIT("k:b")))
		fg_buf_put(out, v->b);
	else if (comma < body.n)
		fg_buf_put(out, fg_sub(body, comma + 3, body.n - 1));
	else
		return false;
	return true;
}

static bool
expand(struct fg_buf *out, struct fg_str s, const struct values *v)
{
	for (size_t i = 0; i < s.n;) {
		size_t end = i;

		if (s.p[i] == '$' && i + 1 < s.n && s.p[i + 1] == '{')
			while (end < s.n && s.p[end] != '}')
				end++;
		if (end == i || end == s.n) {
			fg_buf_putc(out, s.p[i++]);
			continue;
		}
		if (!put_one(out, fg_sub(s, i + 2, end), v))
			return false;
		i = end + 1;
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct trust_ctx *ctx;
	FG_AUTO(fg_arena_freep) struct fg_arena *arena = fg_arena_new(64 * 1024 * 1024);
	const struct trust_pattern_how how = { false, true };
	struct trust_alloc m = { .arena = arena };
	struct trust_keys keys = { .arena = arena };
	struct fg_buf out = FG_BUF_ARENA(arena, 32 * 1024 * 1024);
	struct trust_program program = { .nkey = 0 };
	struct trust_pattern p;
	struct trust_env env;
	struct fg_str rest, text;
	struct values v;
	bool resolved;

	if (ctx == NULL)
		ctx = trust_ctx_new();
	FUZZ_ASSERT(ctx != NULL && arena != NULL);
	if (size > 8192 || !fg_utf8_ok(fg_str(data, size)) ||
	    !fg_cut(fg_str(data, size), '\n', &v.a, &rest) || !fg_cut(rest, '\n', &v.b, &rest))
		return 0;
	trust_ctx_reset(ctx);
	FUZZ_ASSERT(trust_any_one(ctx, FG_LIT("k:a"), v.a, NULL) == FG_OK);
	FUZZ_ASSERT(trust_any_one(ctx, FG_LIT("k:b"), v.b, NULL) == FG_OK);
	FUZZ_ASSERT(trust_pattern_compile(&m, &keys, rest, &how, &p) == FG_OK);
	program.key = keys.v;
	env = trust_env_begin(ctx);
	env.program = &program;
	resolved = expand(&out, rest, &v);
	FUZZ_ASSERT(fg_buf_end(&out, &text) == FG_OK);
	FUZZ_ASSERT((trust_pattern_match(&p, text, TRUST_CASE, &env) == TRUST_YES) == resolved);
	fg_buf_putc(&out, 'x');
	FUZZ_ASSERT(fg_buf_end(&out, &text) == FG_OK);
	FUZZ_ASSERT(trust_pattern_match(&p, text, TRUST_CASE, &env) == TRUST_NO);
	if (resolved)
		FUZZ_ACCEPTED();
	return 0;
}
