/*
 * trust/match.c - does a text match a pattern?
 *
 * What stands before the first star and after the last one is compared in place.  What stands
 * between goes through all positions of the text at once, 64 to a word: bit i of the
 * state says that the pieces so far can end at byte i.  A byte of a literal costs one step a
 * word, so no pattern is worse than (bytes of pattern) * (bytes of text) / 64.
 *
 * Only a variable costs a pattern less than it costs the match.  Where its value occurs
 * in a text is therefore remembered, and what is not served from memory is counted; past
 * TRUST_WORK the comparison cannot be evaluated (an Allow does not apply, a Deny does).
 */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "trust/program_int.h"

bool
trust_resolve(const struct trust_env *env, const struct trust_piece *p, struct fg_str *ret)
{
	const struct trust_slot *s = trust_ctx_find(env->ctx, &env->program->key[p->key]);

	if (s != NULL && !s->multi) {
		*ret = s->one;
		return true;
	}
	/* A key with several values has none to put here, and its default is for absence. */
	if (s != NULL || fg_str_null(p->s))
		return false;
	*ret = p->s;
	return true;
}

#ifdef __SSE2__
static inline __m128i
load16(const unsigned char *t)
{
	return _mm_loadu_si128((const __m128i *)(const void *)t);
}

/* The top bits of 64 bytes. */
static inline uint64_t
top_bits(__m128i a, __m128i b, __m128i c, __m128i d)
{
	uint64_t low = (unsigned)_mm_movemask_epi8(a) | (unsigned)_mm_movemask_epi8(b) << 16;
	uint64_t high = (unsigned)_mm_movemask_epi8(c) | (unsigned)_mm_movemask_epi8(d) << 16;

	return low | high << 32;
}

uint64_t
trust_equal64(const unsigned char *t, unsigned char c)
{
	const __m128i want = _mm_set1_epi8((char)c);

	return top_bits(_mm_cmpeq_epi8(load16(t), want), _mm_cmpeq_epi8(load16(t + 16), want),
	    _mm_cmpeq_epi8(load16(t + 32), want), _mm_cmpeq_epi8(load16(t + 48), want));
}

/* Bit i: t[i] is 10xxxxxx. */
static uint64_t
inner64(const unsigned char *t)
{
	__m128i a = load16(t), b = load16(t + 16), c = load16(t + 32), d = load16(t + 48);
	uint64_t high = top_bits(a, b, c, d);

	if (high == 0)
		return 0;
	return high & ~top_bits(_mm_slli_epi16(a, 1), _mm_slli_epi16(b, 1), _mm_slli_epi16(c, 1),
	    _mm_slli_epi16(d, 1));
}
#else
uint64_t
trust_equal64(const unsigned char *t, unsigned char c)
{
	uint64_t bits = 0;

	for (int i = 0; i < 64; i++)
		bits |= (uint64_t)(t[i] == c) << i;
	return bits;
}

static uint64_t
inner64(const unsigned char *t)
{
	uint64_t bits = 0;

	for (int i = 0; i < 64; i++)
		bits |= (uint64_t)((t[i] & 0xc0) == 0x80) << i;
	return bits;
}
#endif

/* ---- the middle, bit-parallel ---- */

struct middle {
	const struct trust_env *env;
	struct fg_str text;
	size_t words; /* of the state: text.n + 1 positions */
	size_t low;   /* words below hold no bit */
	uint64_t *state;
	bool ascii;
	unsigned char tail[64]; /* the last, partial word of the text */
};

static const unsigned char *
word_at(const struct middle *m, size_t w)
{
	return w < m->text.n / 64 ? (const unsigned char *)m->text.p + 64 * w : m->tail;
}

/* Positions at which a byte stands. */
static uint64_t
valid_at(const struct middle *m, size_t w)
{
	return w < m->text.n / 64 ? ~(uint64_t)0 : ((uint64_t)1 << (m->text.n % 64)) - 1;
}

/* state = (state & where c stands) << 1; false: empty. */
static bool
step_byte(struct middle *m, unsigned char c)
{
	uint64_t carry = 0, any = 0;

	for (size_t w = m->low; w < m->words; w++) {
		uint64_t x = m->state[w];

		if (x != 0)
			x &= trust_equal64(word_at(m, w), c) & valid_at(m, w);
		m->state[w] = (x << 1) | carry;
		carry = x >> 63;
		any |= m->state[w];
	}
	while (m->low < m->words && m->state[m->low] == 0)
		m->low++;
	return any != 0;
}

static bool
step_literal(struct middle *m, struct fg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!step_byte(m, (unsigned char)s.p[i]))
			return false;
	return true;
}

/* Which bytes begin no character. The text is UTF-8: each byte tells. */
static void
look_at(struct middle *m)
{
	struct trust_scratch *sc = m->env->scratch;
	uint64_t any = 0;

	if (sc->seen_turn != sc->turn || sc->seen_text.p != m->text.p ||
	    sc->seen_text.n != m->text.n) {
		for (size_t w = 0; w < m->words; w++) {
			sc->inner[w] = inner64(word_at(m, w)) & valid_at(m, w);
			any |= sc->inner[w];
		}
		sc->seen_turn = sc->turn;
		sc->seen_text = m->text;
		sc->seen_ascii = any == 0;
	}
	m->ascii = sc->seen_ascii;
}

static bool
step_one_byte(struct middle *m)
{
	uint64_t carry = 0, any = 0;

	for (size_t w = m->low; w < m->words; w++) {
		uint64_t x = m->state[w] & valid_at(m, w);

		m->state[w] = x << 1 | carry;
		carry = x >> 63;
		any |= m->state[w];
	}
	return any != 0;
}

/*
 * One character: one byte on, and where that is inside of a character, on to its end.  Adding a
 * bit to a run of ones moves it past the run.
 */
static bool
step_one(struct middle *m)
{
	const uint64_t *inner = m->env->scratch->inner;
	uint64_t carry = 0, sum_carry = 0, any = 0;

	if (m->ascii)
		return step_one_byte(m);
	for (size_t w = m->low; w < m->words; w++) {
		uint64_t x = m->state[w] & ~inner[w] & valid_at(m, w);
		uint64_t to = x << 1 | carry, sum;
		bool over = __builtin_add_overflow(to & inner[w], inner[w], &sum);

		over |= __builtin_add_overflow(sum, sum_carry, &sum);
		m->state[w] = (to | sum) & ~inner[w];
		carry = x >> 63;
		sum_carry = over;
		any |= m->state[w];
	}
	return any != 0;
}

bool
trust_spend(const struct trust_env *env, size_t steps)
{
	uint32_t *left = &env->scratch->work_left;

	if (steps > *left) {
		*left = 0;
		return false;
	}
	*left -= (uint32_t)steps;
	return true;
}

/* Bit i of at: needle stands at byte i of the text. */
static void
find_all(struct fg_str text, struct fg_str needle, uint64_t *at)
{
	memset(at, 0, (text.n / 64 + 1) * sizeof(*at));
	for (size_t i = 0; i + needle.n <= text.n; i++)
		if (memcmp(text.p + i, needle.p, needle.n) == 0)
			at[i / 64] |= (uint64_t)1 << (i % 64);
}

/* NULL: the bound of work is reached. */
static const uint64_t *
occurrences(const struct middle *m, struct fg_str needle)
{
	size_t h = ((uintptr_t)needle.p >> 3 ^ (uintptr_t)needle.p >> 9) % TRUST_MEMOS;
	struct trust_memo *memo = &m->env->scratch->memo[h];

	if (memo->turn == m->env->scratch->turn && memo->needle.p == needle.p &&
	    memo->needle.n == needle.n && memo->text.p == m->text.p && memo->text.n == m->text.n)
		return memo->at;
	if (!trust_spend(m->env, (m->text.n - needle.n + 1) * (2 + needle.n / 64)))
		return NULL;
	find_all(m->text, needle, memo->at);
	memo->turn = m->env->scratch->turn;
	memo->needle = needle;
	memo->text = m->text;
	return memo->at;
}

/* state = (state & at) << by */
static bool
shift(struct middle *m, const uint64_t *at, size_t by)
{
	size_t words = by / 64, bits = by % 64;
	uint64_t any = 0;

	for (size_t w = m->words; w-- > m->low;) {
		uint64_t high = 0, low = 0;

		if (w >= words + m->low)
			high = m->state[w - words] & at[w - words];
		if (w >= words + m->low + 1)
			low = m->state[w - words - 1] & at[w - words - 1];
		m->state[w] = bits == 0 ? high : high << bits | low >> (64 - bits);
		any |= m->state[w];
	}
	return any != 0;
}

static enum trust_answer
step_variable(struct middle *m, const struct trust_piece *p)
{
	const uint64_t *at;
	struct fg_str v;

	if (!trust_resolve(m->env, p, &v) || v.n > m->text.n)
		return TRUST_NO;
	if (v.n == 0)
		return TRUST_YES;
	if (!trust_spend(m->env, m->words))
		return TRUST_UNREADABLE;
	if ((at = occurrences(m, v)) == NULL)
		return TRUST_UNREADABLE;
	return shift(m, at, v.n) ? TRUST_YES : TRUST_NO;
}

/* All positions from the lowest one on. */
static void
step_star(struct middle *m)
{
	size_t w = m->low;

	while (m->state[w] == 0)
		w++;
	m->low = w;
	m->state[w] = ~(((uint64_t)1 << __builtin_ctzll(m->state[w])) - 1);
	for (w++; w < m->words; w++)
		m->state[w] = ~(uint64_t)0;
	/* positions past the end do not exist */
	m->state[m->words - 1] &= valid_at(m, m->words - 1) << 1 | 1;
}

static enum trust_answer
step(struct middle *m, const struct trust_piece *p)
{
	switch (p->kind) {
	case TRUST_LITERAL:
		return step_literal(m, p->s) ? TRUST_YES : TRUST_NO;
	case TRUST_ONE:
		return step_one(m) ? TRUST_YES : TRUST_NO;
	case TRUST_VARIABLE:
		return step_variable(m, p);
	case TRUST_STAR:
		step_star(m);
		return TRUST_YES;
	}
	return TRUST_NO;
}

/* ---- the middle of a text too long for that: segment by segment, leftmost first ---- */

/* Does the segment p[0..n) stand at the head of t?  *ret_end: bytes it takes. */
static enum trust_answer
segment_at(const struct trust_piece *p, uint32_t n, struct fg_str t, const struct trust_env *env,
    size_t *ret_end)
{
	size_t at = 0, k;

	for (uint32_t i = 0; i < n; i++) {
		struct fg_str s = p[i].s;

		if (!trust_spend(env, 1))
			return TRUST_UNREADABLE;
		if (p[i].kind == TRUST_ONE) {
			if ((k = fg_utf8_len(t.p + at, t.n - at)) == 0)
				return TRUST_NO;
			at += k;
			continue;
		}
		if (p[i].kind == TRUST_VARIABLE && !trust_resolve(env, &p[i], &s))
			return TRUST_NO;
		if (s.n > t.n - at || (s.n > 0 && memcmp(t.p + at, s.p, s.n) != 0))
			return TRUST_NO;
		at += s.n;
	}
	*ret_end = at;
	return TRUST_YES;
}

static enum trust_answer
match_long(const struct trust_piece *p, uint32_t n, struct fg_str t, const struct trust_env *env)
{
	for (uint32_t from = 1, to; from < n; from = to + 1) {
		enum trust_answer a = TRUST_NO;
		size_t at = 0, end = 0;

		for (to = from; to < n && p[to].kind != TRUST_STAR; to++)
			;
		for (; at <= t.n && a == TRUST_NO; at++)
			a = segment_at(p + from, to - from, fg_sub(t, at, t.n), env, &end);
		if (a != TRUST_YES)
			return a;
		t = fg_sub(t, at - 1 + end, t.n);
	}
	return TRUST_YES;
}

enum trust_answer
trust_match_middle(const struct trust_piece *p, uint32_t n, struct fg_str text,
    const struct trust_env *env)
{
	struct middle m = { .env = env, .text = text, .words = text.n / 64 + 1,
		.state = env->scratch->state };

	if (text.n > TRUST_SPAN)
		return match_long(p, n, text, env);
	memcpy(m.tail, text.p + text.n / 64 * 64, text.n % 64);
	look_at(&m);
	memset(m.state, 0, m.words * sizeof(*m.state));
	m.state[0] = 1;
	for (uint32_t i = 0; i < n; i++) {
		enum trust_answer a = step(&m, &p[i]);

		if (a != TRUST_YES)
			return a;
	}
	return TRUST_YES;
}

/* ---- the ends, in place ---- */

static bool
same(const char *a, const char *b, size_t n, enum trust_fold fold)
{
	if (fold == TRUST_CASE)
		return n == 0 || memcmp(a, b, n) == 0;
	for (size_t i = 0; i < n; i++)
		if (fg_lower(a[i]) != fg_lower(b[i]))
			return false;
	return true;
}

/* Length of the last character. */
static size_t
last_len(struct fg_str t)
{
	size_t k = 1;

	if (t.n == 0)
		return 0;
	while (k < t.n && k < 4 && ((unsigned char)t.p[t.n - k] & 0xc0) == 0x80)
		k++;
	return k;
}

/* Take one piece that is no star from the head (or the tail) of *t. */
static bool
take(const struct trust_piece *p, struct fg_str *t, bool tail, enum trust_fold fold,
    const struct trust_env *env)
{
	struct fg_str s = p->s;
	size_t k;

	if (p->kind == TRUST_ONE) {
		if ((k = tail ? last_len(*t) : fg_utf8_len(t->p, t->n)) == 0)
			return false;
	} else {
		if (p->kind == TRUST_VARIABLE && !trust_resolve(env, p, &s))
			return false;
		if (s.n > t->n || !same(tail ? t->p + (t->n - s.n) : t->p, s.p, s.n, fold))
			return false;
		k = s.n;
	}
	*t = tail ? fg_sub(*t, 0, t->n - k) : fg_sub(*t, k, t->n);
	return true;
}

static enum trust_answer
match_pieces(const struct trust_pattern *p, struct fg_str t, enum trust_fold fold,
    const struct trust_env *env)
{
	uint32_t from = 0, to = p->n;

	for (; from < to && p->piece[from].kind != TRUST_STAR; from++)
		if (!take(&p->piece[from], &t, false, fold, env))
			return TRUST_NO;
	if (from == to)
		return t.n == 0 ? TRUST_YES : TRUST_NO;
	for (; p->piece[to - 1].kind != TRUST_STAR; to--)
		if (!take(&p->piece[to - 1], &t, true, fold, env))
			return TRUST_NO;
	return to - from == 1 ? TRUST_YES : trust_match_middle(p->piece + from, to - from, t, env);
}

enum trust_answer
trust_pattern_match(const struct trust_pattern *p, struct fg_str text, enum trust_fold fold,
    const struct trust_env *env)
{
	switch (p->form) {
	case TRUST_EXACT:
		return p->literal.n == text.n && same(p->literal.p, text.p, text.n, fold)
		    ? TRUST_YES
		    : TRUST_NO;
	case TRUST_ALL:
		return TRUST_YES;
	case TRUST_PIECES:
		return match_pieces(p, text, fold, env);
	case TRUST_NEVER:
		break;
	}
	return TRUST_NO;
}
