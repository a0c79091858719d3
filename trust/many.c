/*
 * trust/many.c - many patterns against many values: one automaton.
 *
 * A list of patterns under ForAllValues or ForAnyValue meets every value of the key; pattern by
 * pattern that is their product.  Here each pattern is a row of states, all rows lie in one
 * bitmap, and a character of the value moves all of them at once (Shift-And): a literal
 * moves the state before it to the one after it, a star keeps its state.  Work is
 * (characters of all values) * (states / 64).
 */
#include <stdlib.h>

#include "trust/program_int.h"

#define MANY_MIN 8u       /* patterns; below that a list is as fast */
#define MANY_WORDS 128u   /* states / 64, at most */

struct move {
	uint32_t c; /* code point */
	uint32_t word;
	uint64_t to; /* states that c leads to */
};

/* wildcards by what they cross: colons too, or anything else only */
enum cross { CROSS_ALL = 0, CROSS_NO_COLON, CROSS_MAX };

struct trust_many {
	uint32_t words;
	uint32_t nmove;
	uint64_t *start, *accept;
	uint64_t *one[CROSS_MAX];  /* states that a ? leads to */
	uint64_t *star[CROSS_MAX]; /* states that a star keeps */
	struct move *move;         /* by c */
};

struct builder {
	struct trust_many *m;
	uint32_t bit; /* the state reached so far */
	bool filling;
};

static void
set_bit(uint64_t *w, uint32_t bit)
{
	w[bit / 64] |= (uint64_t)1 << (bit % 64);
}

/* The code point at *i, well-formed UTF-8. */
static uint32_t
code_point(struct fg_str s, size_t *i)
{
	unsigned char c = (unsigned char)s.p[*i];
	size_t k = fg_utf8_len(s.p + *i, s.n - *i);
	uint32_t v = k <= 1 ? c : c & (0x7fu >> k);

	for (size_t j = 1; j < k; j++)
		v = v << 6 | ((unsigned char)s.p[*i + j] & 0x3fu);
	*i += k == 0 ? 1 : k;
	return v;
}

static void
add_literal(struct builder *b, struct fg_str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t c = code_point(s, &i), bit = ++b->bit;

		if (b->filling)
			b->m->move[b->m->nmove] = (struct move){ c, bit / 64,
				(uint64_t)1 << (bit % 64) };
		b->m->nmove++;
	}
}

static void
add_piece(struct builder *b, const struct trust_piece *p, enum cross cross)
{
	if (p->kind == TRUST_LITERAL) {
		add_literal(b, p->s);
		return;
	}
	b->bit += p->kind == TRUST_ONE;
	if (b->filling)
		set_bit(p->kind == TRUST_ONE ? b->m->one[cross] : b->m->star[cross], b->bit);
}

static void
add_part(struct builder *b, const struct trust_pattern *p, enum cross cross)
{
	const struct trust_piece star = { .kind = TRUST_STAR };

	if (p->form == TRUST_EXACT)
		add_literal(b, p->literal);
	else if (p->form == TRUST_ALL)
		add_piece(b, &star, cross);
	for (uint32_t i = 0; i < p->n; i++)
		add_piece(b, &p->piece[i], cross);
}

/* A row ends one past its last state, so that no shift leaks into the next. */
static void
end_row(struct builder *b)
{
	if (b->filling)
		set_bit(b->m->accept, b->bit);
	b->bit++;
}

static void
begin_row(struct builder *b)
{
	if (b->filling)
		set_bit(b->m->start, b->bit);
}

static void
add_arn(struct builder *b, const struct trust_arn *a)
{
	begin_row(b);
	if (a->exact) {
		add_literal(b, a->whole);
	} else {
		for (unsigned i = 0; i < TRUST_ARN_PARTS; i++) {
			if (i > 0)
				add_literal(b, FG_LIT(":"));
			add_part(b, &a->part[i],
			    i == TRUST_ARN_PARTS - 1 ? CROSS_ALL : CROSS_NO_COLON);
		}
	}
	end_row(b);
}

/* A colon in the first five parts (it stood in braces) would stand for a border. */
static bool
arn_fits(const struct trust_arn *a)
{
	if (a->never)
		return false;
	for (unsigned i = 0; !a->exact && i < TRUST_ARN_PARTS - 1; i++) {
		if (fg_find(a->part[i].literal, ':') < a->part[i].literal.n)
			return false;
		for (uint32_t k = 0; k < a->part[i].n; k++)
			if (fg_find(a->part[i].piece[k].s, ':') < a->part[i].piece[k].s.n)
				return false;
	}
	return true;
}

static void
add_all(struct builder *b, const struct trust_pattern *const *p, const struct trust_arn *const *arn,
    uint32_t n)
{
	b->bit = 0;
	b->m->nmove = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (arn != NULL) {
			if (arn_fits(arn[i]))
				add_arn(b, arn[i]);
		} else if (p[i]->form != TRUST_NEVER) {
			begin_row(b);
			add_part(b, p[i], CROSS_ALL);
			end_row(b);
		}
	}
}

static int
move_cmp(const void *a, const void *b)
{
	const struct move *x = a, *y = b;

	if (x->c != y->c)
		return x->c < y->c ? -1 : 1;
	return x->word < y->word ? -1 : x->word > y->word;
}

/* Moves of one character within one word become one. */
static void
merge_moves(struct trust_many *m)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->nmove; i++) {
		if (n > 0 && move_cmp(&m->move[n - 1], &m->move[i]) == 0)
			m->move[n - 1].to |= m->move[i].to;
		else
			m->move[n++] = m->move[i];
	}
	m->nmove = n;
}

static bool
allocate(struct trust_alloc *a, struct trust_many *m)
{
	uint64_t *w = trust_alloc(a, (size_t)m->words * (2 + 2 * CROSS_MAX), sizeof(*w));

	m->move = trust_alloc(a, m->nmove, sizeof(*m->move));
	if (w == NULL || m->move == NULL)
		return false;
	m->start = w;
	m->accept = w + m->words;
	for (unsigned k = 0; k < CROSS_MAX; k++) {
		m->one[k] = w + (2 + k) * (size_t)m->words;
		m->star[k] = w + (2 + CROSS_MAX + k) * (size_t)m->words;
	}
	return true;
}

enum fg_rc
trust_many_compile(struct trust_alloc *a, const struct trust_pattern *const *p,
    const struct trust_arn *const *arn, uint32_t n, const struct trust_many **ret)
{
	struct trust_many sizes = { 0 };
	struct builder b = { .m = &sizes };
	struct trust_many *m;

	*ret = NULL;
	if (n < MANY_MIN)
		return FG_OK;
	add_all(&b, p, arn, n);
	sizes.words = b.bit / 64 + 1;
	if (sizes.words > MANY_WORDS)
		return FG_OK;
	if ((m = trust_alloc(a, 1, sizeof(*m))) == NULL)
		return FG_E_NOMEM;
	*m = sizes;
	if (!allocate(a, m))
		return FG_E_NOMEM;
	b = (struct builder){ .m = m, .filling = true };
	add_all(&b, p, arn, n);
	qsort(m->move, m->nmove, sizeof(*m->move), move_cmp);
	merge_moves(m);
	*ret = m;
	return FG_OK;
}

/* First move of a character, or one past the last. */
static const struct move *
moves_of(const struct trust_many *m, uint32_t c)
{
	uint32_t low = 0, high = m->nmove;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (m->move[mid].c < c)
			low = mid + 1;
		else
			high = mid;
	}
	return m->move + low;
}

static void
advance(const struct trust_many *m, uint64_t *state, uint32_t c)
{
	uint64_t moved[MANY_WORDS], carry = 0;
	uint64_t no_colon = c == ':' ? 0 : ~(uint64_t)0;

	for (uint32_t w = 0; w < m->words; w++) {
		moved[w] = state[w] << 1 | carry;
		carry = state[w] >> 63;
		state[w] = (state[w] & (m->star[CROSS_ALL][w] | (m->star[CROSS_NO_COLON][w] & no_colon))) |
		    (moved[w] & (m->one[CROSS_ALL][w] | (m->one[CROSS_NO_COLON][w] & no_colon)));
	}
	for (const struct move *v = moves_of(m, c); v < m->move + m->nmove && v->c == c; v++)
		state[v->word] |= moved[v->word] & v->to;
}

bool
trust_many_match(const struct trust_many *m, struct fg_str text)
{
	uint64_t state[MANY_WORDS];

	memcpy(state, m->start, m->words * sizeof(*state));
	for (size_t i = 0; i < text.n;)
		advance(m, state, code_point(text, &i));
	for (uint32_t w = 0; w < m->words; w++)
		if ((state[w] & m->accept[w]) != 0)
			return true;
	return false;
}
