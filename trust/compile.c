/*
 * trust/compile.c - a document to a program.
 *
 * The same code runs twice: over an arena, to learn how much memory the program takes, then
 * over one block of that size.  What it calls must therefore do the same both times; the bind
 * function is asked in the first pass only.
 */
#include <stdlib.h>

#include "trust/compile_int.h"

void *
trust_alloc(struct trust_alloc *m, size_t n, size_t size)
{
	size_t bytes, at = m->used;

	if (__builtin_mul_overflow(n, size, &bytes) || bytes > FG_LIMIT_POLICY_MEMORY)
		return NULL;
	bytes = (bytes + 7) & ~(size_t)7;
	m->used += bytes;
	if (m->block != NULL)
		return m->used <= m->room ? m->block + at : NULL;
	return fg_arena_alloc(m->arena, bytes);
}

uint32_t
trust_keys_intern(struct trust_keys *k, struct fg_str key)
{
	uint64_t hash = trust_key_hash(key);
	struct trust_key *v;

	for (uint32_t i = 0; i < k->n; i++)
		if (k->v[i].hash == hash && fg_eq_icase(k->v[i].key, key))
			return i;
	if (k->n == k->room) {
		uint32_t room = k->room == 0 ? 8 : k->room * 2;

		v = fg_arena_grow(k->arena, k->v, k->room * sizeof(*v), room * sizeof(*v));
		if (v == NULL)
			return UINT32_MAX;
		k->v = v;
		k->room = room;
	}
	k->v[k->n] = (struct trust_key){ hash, key };
	return k->n++;
}

enum fg_rc
trust_compile_nomem(const struct trust_compiler *c)
{
	return fg_fail(c->err, FG_E_NOMEM, "trust.compile", NULL, "program of a policy document");
}

/* A text of the tree, in the program's own memory. */
enum fg_rc
trust_compile_text(struct trust_compiler *c, struct fg_str s, struct fg_str *ret)
{
	struct fg_str from = c->doc->json.src;
	char *p;

	if (s.p == NULL || s.n == 0) {
		*ret = fg_str(s.p == NULL ? NULL : "", 0);
		return FG_OK;
	}
	if (s.p >= from.p && s.p < from.p + from.n) {
		*ret = fg_str(c->source.p + (s.p - from.p), s.n);
		return FG_OK;
	}
	if ((p = trust_alloc(&c->m, s.n, 1)) == NULL)
		return trust_compile_nomem(c);
	memcpy(p, s.p, s.n);
	*ret = fg_str(p, s.n);
	return FG_OK;
}

/* ---- Action ---- */

/* Is the character that begins at rest, which is not ASCII, white space? */
static bool
wide_space(struct fg_str rest)
{
	static const struct fg_str spaces[] = { { "\xc2\xa0", 2 }, { "\xe1\x9a\x80", 3 },
		{ "\xe2\x80\xa8", 3 }, { "\xe2\x80\xa9", 3 }, { "\xe2\x80\xaf", 3 },
		{ "\xe2\x81\x9f", 3 }, { "\xe3\x80\x80", 3 }, { "\xef\xbb\xbf", 3 } };

	for (size_t k = 0; k < FG_COUNT(spaces); k++)
		if (fg_starts(rest, spaces[k]))
			return true;
	/* U+2000 to U+200A */
	return rest.n >= 3 && memcmp(rest.p, "\xe2\x80", 2) == 0 &&
	    (unsigned char)rest.p[2] >= 0x80 && (unsigned char)rest.p[2] <= 0x8a;
}

/* White space of any script: such an action never matches. */
static bool
has_space(struct fg_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == ' ' || (c >= '\t' && c <= '\r') ||
		    ((unsigned char)c >= 0x80 && wide_space(fg_sub(s, i, s.n))))
			return true;
	}
	return false;
}

static enum fg_rc
compile_action(struct trust_compiler *c, struct fg_str text, struct trust_action *ret)
{
	const struct trust_pattern_how how = { .wild = true };
	struct fg_str prefix, name;
	char *low;

	FG_TRY(trust_compile_text(c, text, &ret->text));
	ret->all = fg_eq(text, FG_LIT("*"));
	ret->never = !ret->all && (has_space(text) || fg_find(text, ':') == text.n);
	if (ret->all || ret->never)
		return FG_OK;
	if ((low = trust_alloc(&c->m, text.n, 1)) == NULL)
		return trust_compile_nomem(c);
	for (size_t i = 0; i < text.n; i++)
		low[i] = fg_lower(text.p[i]);
	if (!fg_cut(fg_str(low, text.n), ':', &prefix, &name))
		return FG_E_INTERNAL;
	if (trust_pattern_compile(&c->m, &c->keys, prefix, &how, &ret->prefix) != FG_OK ||
	    trust_pattern_compile(&c->m, &c->keys, name, &how, &ret->name) != FG_OK)
		return trust_compile_nomem(c);
	return FG_OK;
}

static enum fg_rc
compile_actions(struct trust_compiler *c, const struct trust_list *l, struct trust_line *line)
{
	struct trust_action *v = trust_alloc(&c->m, l->n, sizeof(*v));

	if (v == NULL)
		return trust_compile_nomem(c);
	for (uint32_t i = 0; i < l->n; i++)
		FG_TRY(compile_action(c, l->v[i].s, &v[i]));
	line->action = v;
	line->naction = l->n;
	return FG_OK;
}

/* ---- Resource ---- */

/* What a short ARN becomes, by kind of policy. */
static bool
pads(enum trust_kind kind, struct fg_str text)
{
	bool wild = fg_find(text, '*') < text.n || fg_find(text, '?') < text.n;

	switch (kind) {
	case TRUST_IDENTITY:
	case TRUST_SESSION:
	case TRUST_BOUNDARY:
		return true;
	case TRUST_SCP:
	case TRUST_RESOURCE:
	case TRUST_ROLE:
	case TRUST_VPCE:
		return wild;
	case TRUST_RCP:
	case TRUST_KIND_NONE:
	case TRUST_KIND_MAX:
		break;
	}
	return false;
}

static bool
has_variable(struct fg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (trust_variable_span(s, i) > 0)
			return true;
	return false;
}

enum fg_rc
trust_compile_arn(struct trust_compiler *c, struct fg_str text, enum trust_arn_use use,
    struct trust_arn *ret)
{
	struct trust_pattern_how how = { .wild = true, .variables = c->doc->variables };
	struct fg_str part[TRUST_ARN_PARTS];
	struct trust_pattern *v;
	size_t n;

	FG_TRY(trust_compile_text(c, text, &ret->whole));
	ret->all = use == TRUST_ARN_RESOURCE && fg_eq(text, FG_LIT("*"));
	n = trust_arn_split_pattern(ret->whole, part);
	ret->never = n < TRUST_ARN_PARTS &&
	    (use == TRUST_ARN_CONDITION || !pads(c->doc->kind, text));
	for (size_t i = 0; use == TRUST_ARN_RESOURCE && how.variables && i < n &&
	    i < TRUST_ARN_PARTS - 1; i++)
		ret->never |= has_variable(part[i]);
	if (ret->all || ret->never)
		return FG_OK;
	ret->exact = n == TRUST_ARN_PARTS && fg_find(text, '*') == text.n &&
	    fg_find(text, '?') == text.n && !has_variable(text);
	if (ret->exact)
		return FG_OK;
	if ((v = trust_alloc(&c->m, TRUST_ARN_PARTS, sizeof(*v))) == NULL)
		return trust_compile_nomem(c);
	for (size_t i = 0; i < TRUST_ARN_PARTS; i++)
		if (trust_pattern_compile(&c->m, &c->keys, i < n ? part[i] : FG_LIT("*"), &how,
			&v[i]) != FG_OK)
			return trust_compile_nomem(c);
	ret->part = v;
	return FG_OK;
}

static enum fg_rc
compile_resources(struct trust_compiler *c, const struct trust_list *l, struct trust_line *line)
{
	struct trust_arn *v = trust_alloc(&c->m, l->n, sizeof(*v));

	if (v == NULL)
		return trust_compile_nomem(c);
	for (uint32_t i = 0; i < l->n; i++)
		FG_TRY(trust_compile_arn(c, l->v[i].s, TRUST_ARN_RESOURCE, &v[i]));
	line->resource = v;
	line->nresource = l->n;
	return FG_OK;
}

/* ---- Principal ---- */

/* The answer for one entry: asked in the first pass, remembered for the second. */
static enum fg_rc
ask(struct trust_compiler *c, struct trust_entry *e)
{
	struct fg_str answer;

	if (c->m.block == NULL) {
		struct fg_str *v = fg_arena_grow(c->arena, c->answer,
		    c->nanswer * sizeof(*v), (c->nanswer + 1) * sizeof(*v));

		if (v == NULL)
			return trust_compile_nomem(c);
		c->answer = v;
		answer = c->how->bind(c->how->bind_arg, e->text);
		v[c->nanswer] = FG_STR_NULL;
		if (answer.n > 0 && (v[c->nanswer] = fg_arena_dup(c->arena, answer)).p == NULL)
			return trust_compile_nomem(c);
		c->nanswer++;
	}
	FG_TRY(trust_compile_text(c, c->answer[c->nbinding], &e->uid));
	c->nbinding++;
	e->bound = true;
	if (e->uid.n == 0)
		e->kind = TRUST_E_NOBODY;
	return FG_OK;
}

static enum fg_rc
compile_principal(struct trust_compiler *c, const struct trust_statement *st,
    struct trust_line *line)
{
	struct trust_entry *v;
	uint32_t n = 0;

	for (uint32_t i = 0; i < st->nprincipal; i++)
		n += st->principal[i].values.n;
	if ((v = trust_alloc(&c->m, n, sizeof(*v))) == NULL)
		return trust_compile_nomem(c);
	line->principal = v;
	line->nprincipal = n;
	for (uint32_t i = 0; i < st->nprincipal; i++)
		for (uint32_t k = 0; k < st->principal[i].values.n; k++, v++) {
			struct fg_str text;

			FG_TRY(trust_compile_text(c, st->principal[i].values.v[k].s, &text));
			*v = trust_entry_read(st->principal[i].type, text);
			if (c->how->bind != NULL && trust_entry_binds(v))
				FG_TRY(ask(c, v));
		}
	return FG_OK;
}

/* ---- all ---- */

static enum fg_rc
compile_line(struct trust_compiler *c, const struct trust_statement *st, struct trust_line *line)
{
	struct trust_check_test *t = trust_alloc(&c->m, st->ntest, sizeof(*t));

	if (t == NULL)
		return trust_compile_nomem(c);
	line->deny = st->deny;
	line->not_action = st->not_action;
	line->not_resource = st->not_resource;
	line->not_principal = st->not_principal;
	line->has_resource = st->resource.present;
	line->has_principal = st->has_principal;
	line->test = t;
	line->ntest = st->ntest;
	FG_TRY(trust_compile_text(c, st->sid, &line->sid));
	FG_TRY(compile_principal(c, st, line));
	FG_TRY(compile_actions(c, &st->action, line));
	FG_TRY(compile_resources(c, &st->resource, line));
	for (uint32_t i = 0; i < st->ntest; i++)
		FG_TRY(trust_compile_test(c, &st->test[i], &t[i]));
	return FG_OK;
}

static enum fg_rc
compile_keys(struct trust_compiler *c, struct trust_program *p)
{
	struct trust_key *key = trust_alloc(&c->m, c->keys.n, sizeof(*key));

	if (key == NULL)
		return trust_compile_nomem(c);
	if (c->keys.n > 0)
		memcpy(key, c->keys.v, c->keys.n * sizeof(*key));
	p->key = key;
	p->nkey = c->keys.n;
	return FG_OK;
}

/* One pass; *ret is the program, in the arena or the block. */
static enum fg_rc
pass(struct trust_compiler *c, struct trust_program **ret)
{
	struct fg_str src = c->doc->json.src;
	struct trust_program *p = trust_alloc(&c->m, 1, sizeof(*p));
	char *copy = trust_alloc(&c->m, src.n, 1);
	struct trust_line *line = trust_alloc(&c->m, c->doc->nstatement, sizeof(*line));

	if (p == NULL || copy == NULL || line == NULL)
		return trust_compile_nomem(c);
	memcpy(copy, src.p, src.n);
	c->source = fg_str(copy, src.n);
	c->keys = (struct trust_keys){ .arena = c->arena };
	c->nbinding = 0;
	for (uint32_t i = 0; i < c->doc->nstatement; i++)
		FG_TRY(compile_line(c, &c->doc->statement[i], &line[i]));
	FG_TRY(compile_keys(c, p));
	p->source = c->source;
	p->line = line;
	p->nline = c->doc->nstatement;
	p->bound = c->how->bind != NULL;
	p->variables = c->doc->variables;
	p->reads_as = trust_reads_as(c->how->kind);
	*ret = p;
	return FG_OK;
}

enum trust_kind
trust_reads_as(enum trust_kind kind)
{
	if (kind == TRUST_SESSION || kind == TRUST_BOUNDARY)
		return TRUST_IDENTITY;
	return kind == TRUST_ROLE ? TRUST_RESOURCE : kind;
}

static enum fg_rc
compile(struct trust_compiler *c, struct trust_program **ret)
{
	struct trust_program *measured, *p;
	size_t bytes;

	FG_TRY(pass(c, &measured));
	bytes = c->m.used;
	if ((c->m.block = calloc(1, bytes)) == NULL)
		return trust_compile_nomem(c);
	c->m.room = bytes;
	c->m.used = 0;
	if (pass(c, &p) != FG_OK || c->m.used != bytes) {
		free(c->m.block);
		return trust_compile_nomem(c);
	}
	p->bytes = bytes;
	p->digest = trust_digest(p->source, c->how);
	*ret = p;
	return FG_OK;
}

enum fg_rc
trust_compile(struct fg_str document, const struct trust_compile *how, struct trust_program **ret,
    struct trust_fault *retfault, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_POLICY_MEMORY);
	struct trust_compiler c = { .arena = a, .how = how, .err = reterr, .m = { .arena = a } };
	struct trust_document *d;

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "trust.compile", NULL, "arena");
	FG_TRY(trust_document_parse(a, document, how->kind, &d, retfault, reterr));
	c.doc = d;
	return compile(&c, ret);
}

void
trust_free(struct trust_program *p)
{
	free(p); /* the block begins with it */
}

void
trust_freep(struct trust_program **p)
{
	trust_free(*p);
	*p = NULL;
}
