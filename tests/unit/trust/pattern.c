/*
 * trust/match.c and many.c against a slow matcher that can be read in a minute: patterns,
 * values and variables drawn from few characters, so that matches and near misses are frequent.
 */
#include <stdio.h>

#include "tests/unit/trust/slow.h"
#include "tests/unit/trust/tests.h"

struct rng {
	uint64_t s;
};

static uint32_t
draw(struct rng *r, uint32_t n)
{
	r->s ^= r->s << 13;
	r->s ^= r->s >> 7;
	r->s ^= r->s << 17;
	return (uint32_t)(r->s >> 33) % n;
}

/* ---- random texts ---- */

static const char *const letters[] = { "a", "b", "a", "b", "a", "é", "😀", ":" };
static const char *const tokens[] = { "a", "b", "a", "ab", "aab", "é", "*", "*", "*", "?", "?", "${k:v}",
	"${k:w}", "${*}", "${k:none, 'a'}", "${k:none}", "😀" };

static struct fg_str
random_text(struct fg_arena *a, struct rng *r, const char *const *from, uint32_t kinds, uint32_t max)
{
	struct fg_buf b = FG_BUF_ARENA(a, SLOW_BYTES);
	struct fg_str ret = FG_LIT("");
	uint32_t n = draw(r, max + 1);

	while (n-- > 0)
		fg_buf_put(&b, fg_str_z(from[draw(r, kinds)]));
	return fg_buf_end(&b, &ret) == FG_OK ? ret : FG_LIT("");
}

struct bench {
	struct trust_program program; /* only its keys */
	struct trust_alloc m;
	struct trust_keys keys;
	struct trust_ctx *ctx;
	struct trust_env env;
};

static void
bench_init(struct bench *b, struct fg_arena *a, struct rng *r, uint32_t ascii, uint32_t max)
{
	const struct fg_str v = random_text(a, r, letters, ascii, max);
	const struct fg_str w = random_text(a, r, letters, ascii, 3);

	trust_ctx_reset(b->ctx);
	CHECK_OK(trust_any_one(b->ctx, FG_LIT("k:v"), v, NULL));
	CHECK_OK(trust_any_one(b->ctx, FG_LIT("k:w"), w, NULL));
	b->m = (struct trust_alloc){ .arena = a };
	b->keys = (struct trust_keys){ .arena = a };
	b->env = trust_env_begin(b->ctx);
	b->env.program = &b->program;
	b->env.scratch->work_left = UINT32_MAX;
}

static void
compare(struct bench *b, struct fg_str pattern, struct fg_str text)
{
	const struct trust_pattern_how how = { true, true };
	struct trust_pattern p;
	enum trust_answer got;

	CU_ASSERT_FATAL(trust_pattern_compile(&b->m, &b->keys, pattern, &how, &p) == FG_OK);
	b->program.key = b->keys.v;
	got = trust_pattern_match(&p, text, TRUST_CASE, &b->env);
	if (got != (slow_match(&p, text, &b->env) ? TRUST_YES : TRUST_NO)) {
		printf("\n    %.*s on %.*s: %d", FG_PRI(pattern), FG_PRI(text), got);
		CU_FAIL("the two matchers differ");
	}
}

static void
random_rounds(unsigned rounds, uint32_t tokens_max, uint32_t text_max, uint32_t value_max)
{
	FG_AUTO(trust_ctx_freep) struct trust_ctx *ctx = trust_ctx_new();
	struct rng r = { 0x9e3779b97f4a7c15u };
	struct bench b = { .ctx = ctx };
	ARENA;

	CU_ASSERT_FATAL(ctx != NULL);
	for (unsigned i = 0; i < rounds; i++) {
		uint32_t ascii = i % 2 == 0 ? 5 : 8;

		fg_arena_reset(a);
		bench_init(&b, a, &r, ascii, value_max);
		compare(&b, random_text(a, &r, tokens, FG_COUNT(tokens), tokens_max),
		    random_text(a, &r, letters, ascii, text_max));
	}
}

static void
short_patterns_agree_with_the_slow_matcher(void)
{
	random_rounds(60000, 8, 12, 3);
}

static void
values_of_several_words_agree(void)
{
	random_rounds(8000, 14, 260, 70);
}

/* A text made from the pattern, so that long ones match, and one that is changed at one place. */
static void
made_to_match(struct bench *b, struct fg_arena *a, struct rng *r)
{
	struct fg_buf p = FG_BUF_ARENA(a, SLOW_BYTES), t = FG_BUF_ARENA(a, SLOW_BYTES);
	struct fg_str pattern, text;

	for (uint32_t n = draw(r, 20); n > 0; n--) {
		struct fg_str lit = random_text(a, r, letters, 8, 40);
		struct fg_str run = random_text(a, r, letters, 8, draw(r, 2) ? 80 : 0);

		fg_buf_put(&p, lit);
		fg_buf_put(&t, lit);
		fg_buf_putc(&p, '*');
		fg_buf_put(&t, run);
		if (draw(r, 2) == 0) {
			fg_buf_putc(&p, '?');
			fg_buf_put(&t, fg_str_z(letters[draw(r, 8)]));
		}
	}
	if (fg_buf_end(&p, &pattern) != FG_OK || fg_buf_end(&t, &text) != FG_OK)
		return;
	compare(b, pattern, text);
	if (text.n > 0) {
		size_t at = draw(r, (uint32_t)text.n);

		if ((unsigned char)text.p[at] < 0x80) {
			t.p[at] = 'c';
			b->env.scratch->turn++;
			compare(b, pattern, text);
		}
	}
}

static void
long_patterns_that_match_agree(void)
{
	FG_AUTO(trust_ctx_freep) struct trust_ctx *ctx = trust_ctx_new();
	struct rng r = { 88172645463325252u };
	struct bench b = { .ctx = ctx };
	ARENA;

	CU_ASSERT_FATAL(ctx != NULL);
	for (unsigned i = 0; i < 3000; i++) {
		fg_arena_reset(a);
		bench_init(&b, a, &r, 8, 3);
		made_to_match(&b, a, &r);
	}
}

static void
values_beyond_the_bitmaps_agree(void)
{
	FG_AUTO(trust_ctx_freep) struct trust_ctx *ctx = trust_ctx_new();
	struct rng r = { 1 };
	struct bench b = { .ctx = ctx };
	struct trust_pattern p;
	const struct trust_pattern_how how = { true, true };
	ARENA;
	size_t n = TRUST_SPAN + 100;
	char *t = fg_arena_alloc(a, n);
	static const struct {
		struct fg_str pattern;
		enum trust_answer want;
	} rows[] = {
		{ { "*b?b*", 5 }, TRUST_YES },
		{ { "*b??b*", 6 }, TRUST_NO },
		{ { "*a*b?b*a*", 9 }, TRUST_YES },
		{ { "*b?b*b*", 7 }, TRUST_NO },
		{ { "*${*}*", 6 }, TRUST_NO },
	};

	CU_ASSERT_FATAL(ctx != NULL && t != NULL);
	bench_init(&b, a, &r, 5, 3);
	memset(t, 'a', n);
	t[n - 50] = 'b';
	t[n - 48] = 'b';
	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		CHECK_OK(trust_pattern_compile(&b.m, &b.keys, rows[i].pattern, &how, &p));
		CHECK(trust_pattern_match(&p, fg_str(t, n), TRUST_CASE, &b.env) == rows[i].want);
	}
}

CU_TestInfo pattern_tests[] = {
	CASE(short_patterns_agree_with_the_slow_matcher),
	CASE(values_of_several_words_agree),
	CASE(long_patterns_that_match_agree),
	CASE(values_beyond_the_bitmaps_agree),
	CASES_END,
};

/* ---- lists as one automaton ---- */

enum { LIST = 12 };

static void
list_round(struct bench *b, struct fg_arena *a, struct rng *r)
{
	static const char *const plain[] = { "a", "b", "ab", "é", "*", "*", "?", "😀", ":" };
	const struct trust_pattern_how how = { true, false };
	struct trust_pattern p[LIST];
	const struct trust_pattern *v[LIST];
	const struct trust_many *m = NULL;

	for (unsigned i = 0; i < LIST; i++) {
		v[i] = &p[i];
		CHECK_OK(trust_pattern_compile(&b->m, &b->keys,
		    random_text(a, r, plain, FG_COUNT(plain), i % 4 == 0 ? 40 : 6), &how, &p[i]));
	}
	CHECK_OK(trust_many_compile(&b->m, v, NULL, LIST, &m));
	CU_ASSERT_FATAL(m != NULL);
	for (unsigned k = 0; k < 6; k++) {
		struct fg_str t = random_text(a, r, letters, 8, k < 4 ? 6 : 40);
		bool want = false;

		for (unsigned i = 0; i < LIST; i++)
			want |= trust_pattern_match(v[i], t, TRUST_CASE, &b->env) == TRUST_YES;
		CHECK(trust_many_match(m, t) == want);
	}
}

static void
a_list_matches_what_its_patterns_match(void)
{
	FG_AUTO(trust_ctx_freep) struct trust_ctx *ctx = trust_ctx_new();
	struct rng r = { 7 };
	struct bench b = { .ctx = ctx };
	ARENA;

	CU_ASSERT_FATAL(ctx != NULL);
	for (unsigned i = 0; i < 4000; i++) {
		fg_arena_reset(a);
		bench_init(&b, a, &r, 8, 3);
		list_round(&b, a, &r);
	}
}

static void
short_lists_and_huge_ones_have_no_automaton(void)
{
	FG_AUTO(trust_ctx_freep) struct trust_ctx *ctx = trust_ctx_new();
	struct rng r = { 7 };
	struct bench b = { .ctx = ctx };
	struct trust_pattern p = { .form = TRUST_EXACT };
	const struct trust_pattern *v[16];
	const struct trust_many *m = NULL;
	ARENA;
	char *huge = fg_arena_alloc(a, 1024);

	CU_ASSERT_FATAL(ctx != NULL && huge != NULL);
	bench_init(&b, a, &r, 8, 3);
	memset(huge, 'a', 1024);
	p.literal = fg_str(huge, 1024);
	for (size_t i = 0; i < FG_COUNT(v); i++)
		v[i] = &p;
	CHECK_OK(trust_many_compile(&b.m, v, NULL, 7, &m));
	CHECK(m == NULL);
	CHECK_OK(trust_many_compile(&b.m, v, NULL, FG_COUNT(v), &m));
	CHECK(m == NULL);
	p.literal.n = 10;
	CHECK_OK(trust_many_compile(&b.m, v, NULL, FG_COUNT(v), &m));
	CHECK(m != NULL && trust_many_match(m, FG_LIT("aaaaaaaaaa")));
}

CU_TestInfo many_tests[] = {
	CASE(a_list_matches_what_its_patterns_match),
	CASE(short_lists_and_huge_ones_have_no_automaton),
	CASES_END,
};
