/*
 * trust/program.c - what can be asked of a compiled program, and whether two would be one.
 */
#include "trust/compile_int.h"

uint64_t
trust_digest(struct fg_str document, const struct trust_compile *how)
{
	return trust_key_hash(document) ^ (uint64_t)trust_reads_as(how->kind) << 56;
}

bool
trust_same(const struct trust_program *p, struct fg_str document, const struct trust_compile *how)
{
	if (p->reads_as != trust_reads_as(how->kind) || p->bound != (how->bind != NULL) ||
	    !fg_eq(p->source, document))
		return false;
	for (uint32_t i = 0; p->bound && i < p->nline; i++)
		for (uint32_t k = 0; k < p->line[i].nprincipal; k++) {
			const struct trust_entry *e = &p->line[i].principal[k];

			if (e->bound && !fg_eq(how->bind(how->bind_arg, e->text), e->uid))
				return false;
		}
	return true;
}

struct fg_str
trust_source(const struct trust_program *p)
{
	return p->source;
}

size_t
trust_statements(const struct trust_program *p)
{
	return p->nline;
}

struct fg_str
trust_sid(const struct trust_program *p, size_t statement)
{
	return statement < p->nline ? p->line[statement].sid : FG_STR_NULL;
}

size_t
trust_program_bytes(const struct trust_program *p)
{
	return p->bytes;
}

/* ---- services ---- */

/* Prefixes are short: two places to go back to are enough. */
static bool
prefix_hit(struct fg_str p, struct fg_str t)
{
	size_t i = 0, k = 0, star = p.n, back = 0;

	while (k < t.n) {
		if (i < p.n && p.p[i] == '*') {
			star = i++;
			back = k;
		} else if (i < p.n && (p.p[i] == '?' || fg_lower(p.p[i]) == fg_lower(t.p[k]))) {
			i++;
			k++;
		} else if (star < p.n) {
			i = star + 1;
			k = ++back;
		} else {
			return false;
		}
	}
	while (i < p.n && p.p[i] == '*')
		i++;
	return i == p.n;
}

/* whole: every action of the service, not just one. */
static bool
action_of(const struct trust_action *a, struct fg_str service, bool whole)
{
	struct fg_str prefix, name;

	if (a->all || a->never)
		return a->all;
	return fg_cut(a->text, ':', &prefix, &name) && prefix_hit(prefix, service) &&
	    (!whole || a->name.form == TRUST_ALL);
}

static bool
line_grants(const struct trust_line *line, struct fg_str service)
{
	if (line->deny)
		return false;
	for (uint32_t i = 0; i < line->naction; i++)
		if (action_of(&line->action[i], service, line->not_action))
			return !line->not_action;
	return line->not_action;
}

bool
trust_grants_service(const struct trust_program *p, struct fg_str service)
{
	for (uint32_t i = 0; i < p->nline; i++)
		if (line_grants(&p->line[i], service))
			return true;
	return false;
}

/* ---- principals ---- */

static bool
walk(const struct trust_statement *st, trust_principal_fn fn, void *arg)
{
	for (uint32_t i = 0; i < st->nprincipal; i++)
		for (uint32_t k = 0; k < st->principal[i].values.n; k++) {
			struct fg_str text = st->principal[i].values.v[k].s;
			struct trust_entry e = trust_entry_read(st->principal[i].type, text);

			if (trust_entry_binds(&e) && !fn(arg, text))
				return false;
		}
	return true;
}

enum fg_rc
trust_principals(struct fg_str document, enum trust_kind kind, trust_principal_fn fn, void *arg,
    struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_POLICY_MEMORY);
	struct trust_document *d;

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "trust.principals", NULL, "arena");
	FG_TRY(trust_document_parse(a, document, kind, &d, NULL, reterr));
	for (uint32_t i = 0; i < d->nstatement; i++)
		if (!walk(&d->statement[i], fn, arg))
			break;
	return FG_OK;
}

enum fg_rc
trust_check(struct fg_str document, enum trust_kind kind, size_t max_chars,
    struct trust_fault *retfault, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_POLICY_MEMORY);
	struct trust_document *d;

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "trust.check", NULL, "arena");
	FG_TRY(trust_document_parse(a, document, kind, &d, retfault, reterr));
	return trust_document_check(d, max_chars, retfault, reterr);
}
