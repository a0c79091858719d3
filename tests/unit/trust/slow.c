/* tests/unit/trust/slow.c - see slow.h. */
#include "tests/unit/trust/slow.h"

/* reach[j]: the pattern so far matches the first j bytes */

static void
slow_literal(bool *reach, struct fg_str t, struct fg_str lit)
{
	for (size_t j = t.n + 1; j-- > 0;)
		reach[j] = j >= lit.n && reach[j - lit.n] &&
		    (lit.n == 0 || memcmp(t.p + j - lit.n, lit.p, lit.n) == 0);
}

static void
slow_one(bool *reach, struct fg_str t)
{
	static bool next[SLOW_BYTES + 1];
	size_t k;

	memset(next, 0, sizeof(next));
	for (size_t j = 0; j < t.n; j++)
		if (reach[j] && (k = fg_utf8_len(t.p + j, t.n - j)) > 0)
			next[j + k] = true;
	memcpy(reach, next, t.n + 1);
}

bool
slow_match(const struct trust_pattern *p, struct fg_str t, const struct trust_env *env)
{
	static bool reach[SLOW_BYTES + 1];

	if (p->form != TRUST_PIECES)
		return p->form == TRUST_ALL || (p->form == TRUST_EXACT && fg_eq(p->literal, t));
	memset(reach, 0, sizeof(reach));
	reach[0] = true;
	for (uint32_t i = 0; i < p->n; i++) {
		struct fg_str s = p->piece[i].s;

		if (p->piece[i].kind == TRUST_STAR) {
			for (size_t j = 1; j <= t.n; j++)
				reach[j] |= reach[j - 1];
			continue;
		}
		if (p->piece[i].kind == TRUST_ONE) {
			slow_one(reach, t);
			continue;
		}
		if (p->piece[i].kind == TRUST_VARIABLE && !trust_resolve(env, &p->piece[i], &s))
			return false;
		slow_literal(reach, t, s);
	}
	return reach[t.n];
}
