/*
 * trust/pattern.c - policy strings to pieces: literals, wildcards, variables.
 *
 * Every literal borrows from the text, also the "*" of "${*}".
 */
#include "trust/program_int.h"

size_t
trust_variable_span(struct fg_str s, size_t i)
{
	const char *end;

	if (s.n - i < 2 || s.p[i] != '$' || s.p[i + 1] != '{')
		return 0;
	end = memchr(s.p + i + 2, '}', s.n - i - 2);
	return end == NULL ? 0 : (size_t)(end - (s.p + i)) + 1;
}

/*
 * key, or key, 'default': the separator is comma and blank, the default stands in single quotes and
 * may hold anything but a brace.
 */
bool
trust_variable_read(struct fg_str body, struct fg_str *ret_key, struct fg_str *ret_default)
{
	size_t comma = fg_find(body, ',');
	struct fg_str rest = fg_sub(body, comma, body.n);

	*ret_key = fg_sub(body, 0, comma);
	*ret_default = FG_STR_NULL;
	if (comma == body.n)
		return true;
	if (rest.n < 4 || !fg_starts(rest, FG_LIT(", '")) || rest.p[rest.n - 1] != '\'')
		return false;
	*ret_default = fg_str(rest.p + 3, rest.n - 4);
	return true;
}

/* One piece of a text from *i on; advances.  False: a variable that cannot be read. */
static bool
next_piece(struct fg_str s, size_t *i, const struct trust_pattern_how *how,
    struct trust_piece *ret, struct fg_str *ret_key)
{
	size_t span = how->variables ? trust_variable_span(s, *i) : 0, from = *i;
	struct fg_str body;

	*ret = (struct trust_piece){ .kind = TRUST_LITERAL };
	if (span > 0) {
		body = fg_str(s.p + from + 2, span - 3);
		*i += span;
		if (body.n == 1 && (*body.p == '*' || *body.p == '?' || *body.p == '$')) {
			ret->s = body;
			return true;
		}
		ret->kind = TRUST_VARIABLE;
		return trust_variable_read(body, ret_key, &ret->s);
	}
	if (how->wild && (s.p[from] == '*' || s.p[from] == '?')) {
		ret->kind = s.p[from] == '*' ? TRUST_STAR : TRUST_ONE;
		++*i;
		return true;
	}
	do
		++*i;
	while (*i < s.n && !(how->wild && (s.p[*i] == '*' || s.p[*i] == '?')) &&
	    !(how->variables && trust_variable_span(s, *i) > 0));
	ret->s = fg_sub(s, from, *i);
	return true;
}

/* Number of pieces, runs of stars counted once; *ret_never: a variable cannot be read. */
static uint32_t
count(struct fg_str s, const struct trust_pattern_how *how, bool *ret_never)
{
	struct trust_piece piece;
	struct fg_str key;
	bool star = false;
	uint32_t n = 0;

	*ret_never = false;
	for (size_t i = 0; i < s.n;) {
		if (!next_piece(s, &i, how, &piece, &key)) {
			*ret_never = true;
			return 0;
		}
		n += !(star && piece.kind == TRUST_STAR);
		star = piece.kind == TRUST_STAR;
	}
	return n;
}

static enum fg_rc
fill(struct trust_keys *k, struct fg_str s, const struct trust_pattern_how *how,
    struct trust_piece *out)
{
	struct fg_str key = FG_STR_NULL;
	bool star = false;

	for (size_t i = 0; i < s.n;) {
		if (!next_piece(s, &i, how, out, &key))
			return FG_E_INTERNAL;
		if (out->kind == TRUST_VARIABLE &&
		    (out->key = trust_keys_intern(k, key)) == UINT32_MAX)
			return FG_E_NOMEM;
		if (star && out->kind == TRUST_STAR)
			continue;
		star = out->kind == TRUST_STAR;
		out++;
	}
	return FG_OK;
}

enum fg_rc
trust_pattern_compile(struct trust_alloc *m, struct trust_keys *k, struct fg_str text,
    const struct trust_pattern_how *how, struct trust_pattern *ret)
{
	struct trust_piece *piece;
	struct fg_str key;
	bool never;
	uint32_t n = count(text, how, &never);
	size_t i = 0;

	*ret = (struct trust_pattern){ .form = TRUST_NEVER };
	if (never)
		return FG_OK;
	if (n <= 1) {
		struct trust_piece one = { .kind = TRUST_LITERAL, .s = text };

		if (n == 1 && !next_piece(text, &i, how, &one, &key))
			return FG_E_INTERNAL;
		if (one.kind == TRUST_LITERAL || one.kind == TRUST_STAR) {
			ret->form = one.kind == TRUST_STAR ? TRUST_ALL : TRUST_EXACT;
			ret->literal = one.s;
			return FG_OK;
		}
	}
	/* one more than n: fill() reads a star of a run into the place after the last piece */
	if ((piece = trust_alloc(m, n + 1, sizeof(*piece))) == NULL)
		return FG_E_NOMEM;
	FG_TRY(fill(k, text, how, piece));
	ret->form = TRUST_PIECES;
	ret->piece = piece;
	ret->n = n;
	return FG_OK;
}

bool
trust_pattern_varies(const struct trust_pattern *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (p->piece[i].kind == TRUST_VARIABLE)
			return true;
	return false;
}

/* ---- ARNs ---- */

size_t
trust_arn_split_pattern(struct fg_str s, struct fg_str part[TRUST_ARN_PARTS])
{
	size_t n = 0, from = 0, span;

	for (size_t i = 0; i < s.n && n < TRUST_ARN_PARTS - 1;) {
		if ((span = trust_variable_span(s, i)) > 0) {
			i += span;
			continue;
		}
		if (s.p[i++] == ':') {
			part[n++] = fg_sub(s, from, i - 1);
			from = i;
		}
	}
	part[n++] = fg_sub(s, from, s.n);
	return n;
}

bool
trust_arn_split(struct fg_str s, struct fg_str part[TRUST_ARN_PARTS])
{
	for (size_t n = 0; n < TRUST_ARN_PARTS - 1; n++)
		if (!fg_cut(s, ':', &part[n], &s))
			return false;
	part[TRUST_ARN_PARTS - 1] = s;
	return true;
}
