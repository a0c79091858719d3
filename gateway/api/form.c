/*
 * Form fields: a body of application/x-www-form-urlencoded, or the query of a presigned GET.
 * One spelling for each field: names are plain, each stands once, nothing is empty.
 */
#include <stdlib.h>

#include "gateway/api/api_int.h"

static const unsigned char name_char[256] = { ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, ['0' ... '9'] = 1,
	['.'] = 1, ['-'] = 1, ['_'] = 1 };

static bool
name_ok(struct fg_str name)
{
	return name.n > 0 && name.n <= FG_LIMIT_FORM_NAME_BYTES && fg_all(name, name_char, 1);
}

/* Most values hold no escape and are borrowed as they are. */
static bool
decode(struct fg_arena *a, struct fg_str raw, enum fg_uri kind, struct fg_str *ret)
{
	if (raw.n == 0 || (memchr(raw.p, '%', raw.n) == NULL && memchr(raw.p, '+', raw.n) == NULL &&
	    memchr(raw.p, '\0', raw.n) == NULL)) {
		*ret = raw;
		return true;
	}
	return fg_uri_decode(a, raw, kind, ret);
}

static enum fg_rc
field_read(struct fg_arena *a, struct fg_str raw, enum fg_uri kind, struct api_field *ret,
    struct fg_err *reterr)
{
	const size_t used = fg_arena_used(a);
	struct fg_str name, value;
	bool ok;

	if (!fg_cut(raw, '=', &name, &value) || !name_ok(name))
		return fg_fail(reterr, FG_E_SYNTAX, "api.form.field", NULL,
		    "a field that is not name=value");
	ok = decode(a, value, kind, &ret->value);
	if (!ok && fg_arena_used(a) == used) /* there was nothing to decode into */
		return fg_fail(reterr, FG_E_NOMEM, "api.form", NULL, "arena");
	if (!ok)
		return fg_fail(reterr, FG_E_SYNTAX, "api.form.escape", "RFC 3986 2.1",
		    "the value of %.*s holds a bad escape", FG_PRI(name));
	if (!fg_utf8_ok(ret->value))
		return fg_fail(reterr, FG_E_SYNTAX, "api.form.utf8", "RFC 3629",
		    "the value of %.*s is not UTF-8", FG_PRI(name));
	ret->name = name;
	return FG_OK;
}

static int
field_cmp(const void *x, const void *y)
{
	const struct api_field *const *a = x, *const *b = y;

	return fg_cmp((*a)->name, (*b)->name);
}

static enum fg_rc
repeat_check(struct fg_arena *a, const struct api_form *f, struct fg_err *reterr)
{
	const struct api_field **v = FG_NEW_N(a, const struct api_field *, f->n);

	if (v == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "api.form", NULL, "arena");
	for (size_t i = 0; i < f->n; i++)
		v[i] = &f->v[i];
	qsort(v, f->n, sizeof(*v), field_cmp);
	for (size_t i = 1; i < f->n; i++) {
		if (fg_eq(v[i - 1]->name, v[i]->name))
			return fg_fail(reterr, FG_E_SYNTAX, "api.form.repeat", NULL,
			    "%.*s stands twice", FG_PRI(v[i]->name));
	}
	return FG_OK;
}

enum fg_rc
api_form_read(struct fg_arena *a, struct fg_str text, enum fg_uri kind, struct api_form *ret,
    struct fg_err *reterr)
{
	struct fg_str rest = text, one;
	bool more = text.n > 0;
	size_t n = 1;

	*ret = (struct api_form){ 0 };
	if (!more)
		return FG_OK;
	for (size_t i = 0; (i += fg_find(fg_sub(text, i, text.n), '&')) < text.n; i++)
		n++;
	if (n > FG_LIMIT_FORM_FIELDS)
		return fg_fail(reterr, FG_E_LIMIT, "api.form.count", NULL, "%zu fields", n);
	if ((ret->v = FG_NEW_N(a, struct api_field, n)) == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "api.form", NULL, "arena");
	while (more) {
		more = fg_cut(rest, '&', &one, &rest);
		FG_TRY(field_read(a, one, kind, &ret->v[ret->n], reterr));
		ret->n++;
	}
	return repeat_check(a, ret, reterr);
}

struct fg_str
api_form_get(const struct api_form *f, struct fg_str name)
{
	for (size_t i = 0; i < f->n; i++) {
		if (fg_eq(f->v[i].name, name))
			return f->v[i].value.p == NULL ? FG_LIT("") : f->v[i].value;
	}
	return FG_STR_NULL;
}
