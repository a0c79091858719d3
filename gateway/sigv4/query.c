/*
 * The query string: decoded once, and written again in canonical form.  A '+' is refused
 * because signers read it as itself and form readers as a blank; nothing that was signed
 * may mean two things.
 */
#include <stdlib.h>

#include "gateway/sigv4/sigv4_int.h"

static const struct fg_str field_names[SIGV4_F_MAX] = {
	[SIGV4_F_ALGORITHM] = { "X-Amz-Algorithm", 15 },
	[SIGV4_F_CREDENTIAL] = { "X-Amz-Credential", 16 },
	[SIGV4_F_DATE] = { "X-Amz-Date", 10 },
	[SIGV4_F_EXPIRES] = { "X-Amz-Expires", 13 },
	[SIGV4_F_SIGNED] = { "X-Amz-SignedHeaders", 19 },
	[SIGV4_F_SIGNATURE] = { "X-Amz-Signature", 15 },
	[SIGV4_F_TOKEN] = { "X-Amz-Security-Token", 20 },
};

static enum fg_rc
param_read(struct fg_arena *a, struct fg_str raw, struct sigv4_param *ret, struct fg_err *reterr)
{
	struct fg_str name, value;

	if (!fg_cut(raw, '=', &name, &value))
		value = FG_LIT("");
	if (name.n == 0)
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.query.name", NULL,
		    "a parameter without a name");
	if (fg_find(raw, '+') < raw.n)
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.query.plus", NULL,
		    "'+' in a signed query has two meanings");
	if (!fg_uri_decode(a, name, FG_URI_PATH, &ret->name) ||
	    !fg_uri_decode(a, value, FG_URI_PATH, &ret->value))
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.query.escape", "RFC 3986 2.1",
		    "a percent escape that is not one");
	return FG_OK;
}

enum fg_rc
sigv4_query_read(struct fg_arena *a, struct fg_str raw, struct sigv4_params *ret,
    struct fg_err *reterr)
{
	struct fg_str rest = raw, one;
	bool more = raw.n > 0;
	size_t n = 1;

	*ret = (struct sigv4_params){ 0 };
	if (!more)
		return FG_OK;
	for (size_t i = 0; i < raw.n; i++)
		n += raw.p[i] == '&';
	if (n > FG_LIMIT_QUERY_PARAMS)
		return fg_fail(reterr, FG_E_LIMIT, "sigv4.query.count", NULL,
		    "%zu query parameters", n);
	if ((ret->v = FG_NEW_N(a, struct sigv4_param, n)) == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "sigv4.query", NULL, "arena");
	while (more) {
		more = fg_cut(rest, '&', &one, &rest);
		FG_TRY(param_read(a, one, &ret->v[ret->n], reterr));
		ret->n++;
	}
	return FG_OK;
}

static int
field_of(struct fg_str name)
{
	for (int i = 0; i < SIGV4_F_MAX; i++) {
		if (fg_eq_icase(name, field_names[i]))
			return i;
	}
	return -1;
}

enum fg_rc
sigv4_query_fields(const struct sigv4_params *q, struct fg_str field[SIGV4_F_MAX],
    struct fg_err *reterr)
{
	for (size_t i = 0; i < q->n; i++) {
		int f = field_of(q->v[i].name);

		if (f < 0)
			continue;
		if (!fg_eq(q->v[i].name, field_names[f]))
			return fg_fail(reterr, FG_E_SYNTAX, "sigv4.query.spelling", NULL,
			    "%s in another spelling", field_names[f].p);
		if (!fg_str_null(field[f]))
			return fg_fail(reterr, FG_E_SYNTAX, "sigv4.query.repeat", NULL,
			    "%s stands twice", field_names[f].p);
		field[f] = q->v[i].value;
	}
	return FG_OK;
}

/* One "name=value" of the canonical form, with the length of its name to sort by. */
struct pair {
	struct fg_str name;
	struct fg_str value;
};

static int
pair_cmp(const void *x, const void *y)
{
	const struct pair *a = x, *b = y;
	int c = fg_cmp(a->name, b->name);

	return c != 0 ? c : fg_cmp(a->value, b->value);
}

static struct fg_str
encoded(struct fg_arena *a, struct fg_str s)
{
	struct fg_buf b = FG_BUF_ARENA(a, 3 * s.n + 1);
	struct fg_str out = FG_STR_NULL;

	if (fg_buf_room(&b, 3 * s.n + 1) == NULL)
		return out;
	fg_buf_uri(&b, s);
	if (fg_buf_end(&b, &out) != FG_OK)
		return FG_STR_NULL;
	return out.p == NULL ? FG_LIT("") : out;
}

enum fg_rc
sigv4_query_canonical(struct fg_arena *a, const struct sigv4_params *q, struct fg_buf *b,
    struct fg_err *reterr)
{
	struct pair *p = FG_NEW_N(a, struct pair, q->n);
	size_t n = 0;

	if (p == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "sigv4.query", NULL, "arena");
	for (size_t i = 0; i < q->n; i++) {
		if (fg_eq(q->v[i].name, field_names[SIGV4_F_SIGNATURE]))
			continue;
		p[n].name = encoded(a, q->v[i].name);
		p[n].value = encoded(a, q->v[i].value);
		if (fg_str_null(p[n].name) || fg_str_null(p[n].value))
			return fg_fail(reterr, FG_E_NOMEM, "sigv4.query", NULL, "arena");
		n++;
	}
	if (n > 1)
		qsort(p, n, sizeof(*p), pair_cmp);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			fg_buf_putc(b, '&');
		fg_buf_put(b, p[i].name);
		fg_buf_putc(b, '=');
		fg_buf_put(b, p[i].value);
	}
	return FG_OK;
}
