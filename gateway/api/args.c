/*
 * Fields become the parameters of an action, by its table; then they are held against the
 * table's constraints, in AWS's words.
 */
#include "gateway/api/api_int.h"

/* ---- fields to parameters ---- */

size_t
api_param_count(const struct api_param *p)
{
	size_t n = 0;

	while (p != NULL && !fg_str_null(p[n].name))
		n++;
	return n;
}

int
api_param_find(const struct api_param *p, struct fg_str name)
{
	for (int i = 0; p != NULL && !fg_str_null(p[i].name); i++) {
		if (fg_eq(p[i].name, name))
			return i;
	}
	return -1;
}

static enum fg_rc
unknown(struct api_call *c, struct fg_str name)
{
	return api_refuse(c, API_F_VALIDATION, "api.form.unknown",
	    "The parameter %.*s is not recognized", FG_PRI(name));
}

/* Decimal, from 1, without leading zeros, and no further than there are fields. */
static enum fg_rc
index_read(struct api_call *c, struct fg_str name, struct fg_str text, size_t most, size_t *ret)
{
	uint64_t i;

	if (!fg_u64(text, &i) || i == 0 || i > most)
		return api_refuse(c, API_F_MALFORMED_QUERY, "api.form.index",
		    "The index of %.*s is not valid", FG_PRI(name));
	*ret = (size_t)i;
	return FG_OK;
}

/* "member.3.Key" -> 3 and "Key" (null for a plain list). */
static enum fg_rc
path_read(struct api_call *c, const struct api_field *f, struct fg_str rest, size_t most,
    size_t *ret_i, struct fg_str *ret_sub)
{
	struct fg_str word, index;

	if (!fg_cut(rest, '.', &word, &rest) || !fg_eq(word, FG_LIT("member")))
		return unknown(c, f->name);
	fg_cut(rest, '.', &index, ret_sub);
	return index_read(c, f->name, index, most, ret_i);
}

static enum fg_rc
list_size(struct api_call *c, const struct api_form *form, const struct api_param *p,
    struct api_arg *arg)
{
	struct fg_str head, rest, sub;
	size_t i;

	for (size_t k = 0; k < form->n; k++) {
		if (!fg_cut(form->v[k].name, '.', &head, &rest) || !fg_eq(head, p->name))
			continue;
		FG_TRY(path_read(c, &form->v[k], rest, form->n, &i, &sub));
		if (i > arg->n)
			arg->n = i;
	}
	arg->n_sub = p->type == API_LIST ? 1 : api_param_count(p->sub);
	arg->v = FG_NEW_N(c->arena, struct api_arg, arg->n * arg->n_sub);
	if (arg->v == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.args", NULL, "arena");
	return FG_OK;
}

static enum fg_rc
scalar_set(struct api_call *c, const struct api_param *p, struct fg_str value, struct api_arg *arg)
{
	bool minus = p->type == API_INT && value.n > 1 && value.p[0] == '-';
	uint64_t u;

	arg->present = true;
	arg->s = fg_str_null(value) ? FG_LIT("") : value;
	if (p->type == API_BOOL) {
		arg->i = fg_eq_icase(value, FG_LIT("true"));
		if (arg->i == 0 && !fg_eq_icase(value, FG_LIT("false")))
			return api_refuse(c, API_F_VALIDATION, "api.args.bool",
			    "Value at '%s' must be true or false", p->label);
	}
	if (p->type != API_INT)
		return FG_OK;
	if (!fg_u64(minus ? fg_sub(value, 1, value.n) : value, &u) || u > INT32_MAX)
		return api_refuse(c, API_F_VALIDATION, "api.args.int",
		    "Value at '%s' is not an integer", p->label);
	arg->i = minus ? -(int64_t)u : (int64_t)u;
	return FG_OK;
}

/* How many fields have names that begin so. */
static size_t
fields_below(const struct api_form *form, struct fg_str prefix)
{
	size_t n = 0;

	for (size_t i = 0; i < form->n; i++)
		n += fg_starts(form->v[i].name, prefix);
	return n;
}

/* NAME.member.3.SUB.member.2: a list in an element; as long as it has fields, or it has a gap. */
static enum fg_rc
inner_set(struct api_call *c, const struct api_form *form, const struct api_field *f,
    struct fg_str rest, struct api_arg *arg)
{
	struct fg_str prefix = fg_sub(f->name, 0, f->name.n - rest.n), sub;
	size_t i;

	if (!arg->present) {
		arg->present = true;
		arg->n = fields_below(form, prefix);
		arg->n_sub = 1;
		arg->v = FG_NEW_N(c->arena, struct api_arg, arg->n);
		if (arg->v == NULL)
			return fg_fail(&c->err, FG_E_NOMEM, "api.args", NULL, "arena");
	}
	FG_TRY(path_read(c, f, rest, arg->n, &i, &sub));
	if (!fg_str_null(sub))
		return unknown(c, f->name);
	arg->v[i - 1].present = true;
	arg->v[i - 1].s = fg_str_null(f->value) ? FG_LIT("") : f->value;
	return FG_OK;
}

static enum fg_rc
member_set(struct api_call *c, const struct api_form *form, const struct api_param *p,
    const struct api_field *f, struct fg_str sub, struct api_arg *row)
{
	struct fg_str head, rest;
	bool dotted = fg_cut(sub, '.', &head, &rest);
	int k = fg_str_null(sub) ? -1 : api_param_find(p->sub, head);

	if (k >= 0 && !dotted && p->sub[k].type == API_LIST && f->value.n == 0) {
		row[k].present = true; /* "SUB=": an empty list */
		return FG_OK;
	}
	if (k < 0 || dotted != (p->sub[k].type == API_LIST))
		return unknown(c, f->name);
	return dotted ? inner_set(c, form, f, rest, &row[k])
		      : scalar_set(c, &p->sub[k], f->value, &row[k]);
}

static enum fg_rc
element_set(struct api_call *c, const struct api_form *form, const struct api_param *p,
    const struct api_field *f, struct fg_str rest, struct api_arg *arg)
{
	struct fg_str sub = rest;
	size_t i = 1;

	if (p->type != API_STRUCT)
		FG_TRY(path_read(c, f, rest, arg->n, &i, &sub));
	if (p->type == API_LIST) {
		if (!fg_str_null(sub))
			return unknown(c, f->name);
		arg->v[i - 1].present = true;
		arg->v[i - 1].s = fg_str_null(f->value) ? FG_LIT("") : f->value;
		return FG_OK;
	}
	return member_set(c, form, p, f, sub, &arg->v[(i - 1) * arg->n_sub]);
}

static bool
is_list(const struct api_param *p)
{
	return p->type == API_LIST || p->type == API_STRUCTS || p->type == API_STRUCT;
}

static enum fg_rc
field_set(struct api_call *c, const struct api_form *form, const struct api_field *f)
{
	const struct api_param *params = c->action->param, *p;
	struct fg_str head, rest;
	bool dotted = fg_cut(f->name, '.', &head, &rest);
	int k = api_param_find(params, head);
	struct api_arg *arg;

	if (k < 0)
		return unknown(c, f->name);
	p = &params[k];
	arg = &c->args[k];
	if (!is_list(p))
		return dotted ? unknown(c, f->name) : scalar_set(c, p, f->value, arg);
	if (!dotted && p->type != API_STRUCT && f->value.n == 0) { /* "Tags=": an empty list */
		arg->present = true;
		return FG_OK;
	}
	if (!dotted)
		return unknown(c, f->name);
	if (!arg->present || (arg->v == NULL && p->type != API_STRUCT)) {
		arg->present = true;
		if (p->type == API_STRUCT) {
			arg->n = 1;
			arg->n_sub = api_param_count(p->sub);
			arg->v = FG_NEW_N(c->arena, struct api_arg, arg->n_sub);
			if (arg->v == NULL)
				return fg_fail(&c->err, FG_E_NOMEM, "api.args", NULL, "arena");
		} else {
			FG_TRY(list_size(c, form, p, arg));
		}
	}
	return element_set(c, form, p, f, rest, arg);
}

/* Each row of a list was sent, at least in part. */
static enum fg_rc
gap_check(struct api_call *c, const struct api_param *p, const struct api_arg *arg)
{
	for (size_t i = 0; arg->v != NULL && i < arg->n; i++) {
		bool some = false;

		for (size_t j = 0; j < arg->n_sub; j++)
			some = some || api_member(arg, i, j)->present;
		if (!some)
			return api_refuse(c, API_F_MALFORMED_QUERY, "api.form.gap",
			    "%.*s.member.%zu is missing", FG_PRI(p->name), i + 1);
	}
	return FG_OK;
}

/* The same of the lists in its elements. */
static enum fg_rc
inner_gaps_check(struct api_call *c, const struct api_param *p, const struct api_arg *arg)
{
	for (size_t k = 0; arg->v != NULL && p->sub != NULL && k < arg->n * arg->n_sub; k++) {
		const struct api_param *sub = &p->sub[k % arg->n_sub];

		if (sub->type == API_LIST)
			FG_TRY(gap_check(c, sub, &arg->v[k]));
	}
	return FG_OK;
}

/* ---- constraints ---- */

struct findings {
	struct fg_buf text;
	unsigned n;
};

static void
finding(struct findings *f, const struct api_param *p, struct fg_str place,
    const struct api_arg *arg)
{
	if (f->n++ > 0)
		fg_buf_put(&f->text, FG_LIT("; "));
	fg_buf_put(&f->text, FG_LIT("Value "));
	if (!arg->present) {
		fg_buf_put(&f->text, FG_LIT("null "));
	} else if (!(p->flags & API_SENSITIVE) && !fg_str_null(arg->s)) {
		fg_buf_putc(&f->text, '\'');
		fg_buf_put(&f->text, fg_sub(arg->s, 0, FG_LIMIT_FORM_SHOWN_BYTES));
		fg_buf_put(&f->text, FG_LIT("' "));
	}
	fg_buf_put(&f->text, FG_LIT("at '"));
	fg_buf_put(&f->text, place);
	fg_buf_put(&f->text, FG_LIT("' failed to satisfy constraint: Member must "));
}

static void
bound(struct findings *f, const struct api_param *p, struct fg_str place,
    const struct api_arg *arg, const char *what, int64_t value)
{
	finding(f, p, place, arg);
	fg_buf_fmt(&f->text, "%s %lld", what, (long long)value);
}

static void
string_check(struct findings *f, const struct api_param *p, struct fg_str place,
    const struct api_arg *arg)
{
	/* characters are counted only where bytes leave a doubt */
	bool sure = (p->max == 0 || arg->s.n <= (size_t)p->max) && arg->s.n / 4 >= (size_t)p->min;
	int64_t n = sure ? p->min : (int64_t)api_chars_count(arg->s);

	if (n < p->min)
		bound(f, p, place, arg, "have length greater than or equal to", p->min);
	if (p->max != 0 && n > p->max)
		bound(f, p, place, arg, "have length less than or equal to", p->max);
	if (!api_chars_ok(p->chars, arg->s)) {
		finding(f, p, place, arg);
		fg_buf_fmt(&f->text, "satisfy regular expression pattern: %s",
		    api_chars_pattern(p->chars));
	}
}

static void
scalar_check(struct findings *f, const struct api_param *p, struct fg_str place,
    const struct api_arg *arg)
{
	if (f->n >= FG_LIMIT_FORM_ERRORS)
		return;
	if (!arg->present) {
		if (p->flags & API_REQUIRED) {
			finding(f, p, place, arg);
			fg_buf_put(&f->text, FG_LIT("not be null"));
		}
		return;
	}
	if (p->type == API_INT && arg->i < p->min)
		bound(f, p, place, arg, "have value greater than or equal to", p->min);
	else if (p->type == API_INT && p->max != 0 && arg->i > p->max)
		bound(f, p, place, arg, "have value less than or equal to", p->max);
	else if (p->type != API_INT && p->type != API_BOOL)
		string_check(f, p, place, arg);
}

static void
member_check(struct api_call *c, struct findings *f, const struct api_param *p, struct fg_str place,
    const struct api_arg *arg)
{
	scalar_check(f, p, place, p->type != API_LIST ? arg : &(struct api_arg){ .present = arg->present });
	for (size_t i = 0; p->type == API_LIST && i < arg->n && f->n < FG_LIMIT_FORM_ERRORS; i++)
		scalar_check(f, p, fg_arena_fmt(c->arena, "%.*s.%zu.member", (int)place.n,
		    place.n == 0 ? "" : place.p, i + 1), &arg->v[i]);
}

/* AWS numbers the elements from 1: tags.1.member.key */
static void
list_check(struct api_call *c, struct findings *f, const struct api_param *p,
    const struct api_arg *arg)
{
	struct fg_str label = fg_str_z(p->label);

	if (!arg->present && (p->flags & API_REQUIRED))
		scalar_check(f, p, label, arg);
	if (p->type != API_STRUCT && p->most != 0 && arg->n > p->most)
		bound(f, p, label, &(struct api_arg){ .present = true },
		    "have length less than or equal to", p->most);
	for (size_t i = 0; i < arg->n && f->n < FG_LIMIT_FORM_ERRORS; i++) {
		for (size_t j = 0; j < arg->n_sub; j++) {
			struct fg_str place;

			if (p->type == API_LIST)
				place = fg_arena_fmt(c->arena, "%s.%zu.member", p->label, i + 1);
			else if (p->type == API_STRUCT)
				place = fg_arena_fmt(c->arena, "%s.%s", p->label, p->sub[j].label);
			else
				place = fg_arena_fmt(c->arena, "%s.%zu.member.%s", p->label, i + 1,
				    p->sub[j].label);
			if (p->type == API_LIST)
				scalar_check(f, p, place, api_member(arg, i, j));
			else
				member_check(c, f, &p->sub[j], place, api_member(arg, i, j));
		}
	}
}

static enum fg_rc
constraints(struct api_call *c)
{
	struct findings f = { FG_BUF_ARENA(c->arena, FG_LIMIT_API_MESSAGE_BYTES), 0 };
	const struct api_param *p = c->action->param;
	struct fg_str text;

	for (size_t i = 0; p != NULL && !fg_str_null(p[i].name); i++) {
		if (f.n >= FG_LIMIT_FORM_ERRORS)
			break;
		if (is_list(&p[i])) {
			FG_TRY(gap_check(c, &p[i], &c->args[i]));
			FG_TRY(inner_gaps_check(c, &p[i], &c->args[i]));
			list_check(c, &f, &p[i], &c->args[i]);
		} else {
			scalar_check(&f, &p[i], fg_str_z(p[i].label), &c->args[i]);
		}
	}
	if (f.n == 0)
		return FG_OK;
	if (fg_buf_end(&f.text, &text) != FG_OK)
		return fg_fail(&c->err, FG_E_LIMIT, "api.args", NULL, "message");
	text = fg_arena_fmt(c->arena, "%u validation error%s detected: %.*s", f.n,
	    f.n == 1 ? "" : "s", (int)text.n, text.p);
	return api_refuse_str(c, API_F_VALIDATION, "api.args.constraint", text);
}

/* ---- the record ---- */

static void
tell(struct api_call *c, const struct api_param *p, const struct api_arg *arg)
{
	struct api_story *s = &c->story;

	if (p->audit != AUDIT_P_NONE && arg->present && !(p->flags & API_SENSITIVE) &&
	    s->n_param < API_STORY_PARAMS)
		s->param[s->n_param++] = (struct audit_param){ p->audit, arg->s };
}

static void
tell_all(struct api_call *c)
{
	const struct api_param *p = c->action->param;

	for (size_t i = 0; p != NULL && !fg_str_null(p[i].name); i++) {
		const struct api_arg *arg = &c->args[i];

		if (!is_list(&p[i]))
			tell(c, &p[i], arg);
		for (size_t k = 0; is_list(&p[i]) && k < arg->n * arg->n_sub && arg->v != NULL; k++)
			tell(c, p[i].type == API_LIST ? &p[i] : &p[i].sub[k % arg->n_sub], &arg->v[k]);
	}
}

enum fg_rc
api_args_check(struct api_call *c)
{
	tell_all(c);
	return constraints(c);
}

enum fg_rc
api_args_read(struct api_call *c, const struct api_form *form)
{
	c->args = FG_NEW_N(c->arena, struct api_arg, api_param_count(c->action->param) + 1);
	if (c->args == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.args", NULL, "arena");
	for (size_t i = 0; i < form->n; i++) {
		struct fg_str name = form->v[i].name;

		if (fg_eq(name, FG_LIT("Action")) || fg_eq(name, FG_LIT("Version")))
			continue;
		if (c->auth.form == SIGV4_QUERY && fg_starts_icase(name, FG_LIT("X-Amz-")))
			continue;
		FG_TRY(field_set(c, form, &form->v[i]));
	}
	return api_args_check(c);
}
