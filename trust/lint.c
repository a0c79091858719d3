/*
 * trust/lint.c - run the checks over a document and report what they find.
 */
#include <stdarg.h>
#include <stdio.h>

#include "trust/lint_int.h"

const char *
trust_severity_name(enum trust_severity s)
{
	static const char *const name[] = { "info", "warning", "error" };

	return (unsigned)s < FG_COUNT(name) ? name[s] : "error";
}

static void FG_PRINTF(4, 0)
report(struct lint *l, struct trust_finding *f, uint32_t off, const char *fmt, va_list ap)
{
	size_t i;

	f->off = off;
	fg_json_place(l->d->json.src, off, &f->line, &f->column);
	trust_document_pointer(l->d, off, f->pointer, sizeof(f->pointer));
	vsnprintf(f->message, sizeof(f->message), fmt, ap);
	for (i = 0; f->message[i] != '\0'; i++) {
		if (f->message[i] < 0x20 || f->message[i] > 0x7e)
			f->message[i] = '?';
	}
	l->findings++;
	l->fn(l->arg, f);
}

void
lint_put(struct lint *l, const char *id, enum trust_severity severity, uint32_t off, const char *fix, const char *fmt, ...)
{
	struct trust_finding f = { .id = id, .severity = severity, .fix = fix };
	va_list ap;

	va_start(ap, fmt);
	report(l, &f, off, fmt, ap);
	va_end(ap);
}

void
lint_put_witness(struct lint *l, const char *id, enum trust_severity severity, uint32_t off, const char *fix,
    struct fg_str witness, const char *fmt, ...)
{
	struct trust_finding f = { .id = id, .severity = severity, .fix = fix, .witness = witness };
	va_list ap;

	va_start(ap, fmt);
	report(l, &f, off, fmt, ap);
	va_end(ap);
}

/* A refusal of the reader or of the write-time rules, as a finding. */
static void
report_fault(trust_finding_fn fn, void *arg, const struct trust_fault *fault)
{
	struct trust_finding f = { .id = fault->rule, .severity = TRUST_ERROR, .off = fault->off, .line = fault->line,
		.column = fault->column, .fix = "Correct the document; it is refused as it stands." };

	snprintf(f.pointer, sizeof(f.pointer), "%s", fault->pointer);
	snprintf(f.message, sizeof(f.message), "%s", fault->detail);
	fn(arg, &f);
}

static void
run_checks(struct lint *l, const lint_check *checks)
{
	uint32_t i;

	for (; *checks != NULL; checks++) {
		for (i = 0; i < l->d->nstatement; i++)
			(*checks)(l, &l->d->statement[i]);
	}
}

static void
run_all(struct lint *l)
{
	if (l->d->kind == TRUST_ROLE || l->d->kind == TRUST_RESOURCE) {
		run_checks(l, lint_trust_checks);
		run_checks(l, lint_subject_checks);
	}
	run_checks(l, lint_condition_checks);
	run_checks(l, lint_generic_checks);
	lint_document_checks(l);
}

static enum fg_rc
lint_tree(struct lint *l, struct fg_str document, struct fg_err *reterr)
{
	const struct trust_compile how = { .kind = l->how->kind };
	FG_AUTO(trust_freep) struct trust_program *p = NULL;
	FG_AUTO(trust_ctx_freep) struct trust_ctx *ctx = trust_ctx_new();
	struct trust_fault fault = { .rule = NULL };
	struct fg_err err = { .rc = FG_OK };

	if (ctx == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "trust.lint", NULL, "context");
	if (trust_document_check(l->d, 0, &fault, &err) != FG_OK) {
		if (fg_rc_class(err.rc) == FG_SELF)
			return fg_fail(reterr, err.rc, "trust.lint", NULL, "%s", err.text);
		report_fault(l->fn, l->arg, &fault);
	}
	if (trust_compile(document, &how, &p, NULL, &err) == FG_OK)
		l->program = p;
	l->ctx = ctx;
	run_all(l);
	l->program = NULL;
	return FG_OK;
}

enum fg_rc
trust_lint(struct fg_str document, const struct trust_lint *how, trust_finding_fn fn, void *arg, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_LINT_BYTES);
	struct lint l = { .a = a, .how = how, .fn = fn, .arg = arg };
	struct trust_document *d;
	struct trust_fault fault = { .rule = NULL };
	struct fg_err err = { .rc = FG_OK };

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "trust.lint", NULL, "arena");
	if (trust_document_parse(a, document, how->kind, &d, &fault, &err) != FG_OK) {
		if (fg_rc_class(err.rc) == FG_SELF)
			return fg_fail(reterr, err.rc, "trust.lint", NULL, "%s", err.text);
		report_fault(fn, arg, &fault);
		return FG_OK;
	}
	l.d = d;
	return lint_tree(&l, document, reterr);
}
