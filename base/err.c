/*
 * base/err.c - the code table and the one way to fill a failure.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct row {
	enum fg_class class;
	const char *text;
};

static const struct row rows[] = {
#define ROW(code, class, text) [code] = { class, text },
	FG_ERRORS(ROW)
#undef ROW
};

_Static_assert(FG_COUNT(rows) == FG_RC_MAX, "every code has a row");

/* The names in lower case, without the prefix; tests/unit/base/err.c holds them to it. */
static const char *const labels[] = {
	[FG_OK] = "ok",
	[FG_E_INTERNAL] = "internal",
	[FG_E_NOMEM] = "nomem",
	[FG_E_IO] = "io",
	[FG_E_STORE] = "store",
	[FG_E_CRYPTO] = "crypto",
	[FG_E_CLOCK] = "clock",
	[FG_E_UNAVAILABLE] = "unavailable",
	[FG_E_SYNTAX] = "syntax",
	[FG_E_LIMIT] = "limit",
	[FG_E_PARAM] = "param",
	[FG_E_UNSUPPORTED] = "unsupported",
	[FG_E_SIGNATURE] = "signature",
	[FG_E_KEY] = "key",
	[FG_E_ISSUER] = "issuer",
	[FG_E_AUDIENCE] = "audience",
	[FG_E_EXPIRED] = "expired",
	[FG_E_NOT_YET] = "not_yet",
	[FG_E_CLAIM] = "claim",
	[FG_E_REPLAY] = "replay",
	[FG_E_DENIED] = "denied",
	[FG_E_POLICY] = "policy",
	[FG_E_PACKED] = "packed",
	[FG_E_CREDENTIAL] = "credential",
	[FG_E_CREDENTIAL_EXPIRED] = "credential_expired",
	[FG_E_EXISTS] = "exists",
	[FG_E_NOT_FOUND] = "not_found",
	[FG_E_CONFLICT] = "conflict",
	[FG_E_THROTTLED] = "throttled",
	[FG_E_USAGE] = "usage",
	[FG_E_IDP] = "idp",
};

_Static_assert(FG_COUNT(labels) == FG_RC_MAX, "every code has a label");

/* A value that is no code is our own fault. */
static enum fg_rc
known(enum fg_rc rc)
{
	return (unsigned)rc < FG_RC_MAX ? rc : FG_E_INTERNAL;
}

enum fg_class
fg_rc_class(enum fg_rc rc)
{
	return rows[known(rc)].class;
}

const char *
fg_rc_text(enum fg_rc rc)
{
	return rows[known(rc)].text;
}

const char *
fg_rc_label(enum fg_rc rc)
{
	const char *label = labels[known(rc)];

	return label == NULL ? "unnamed" : label;
}

/* Only printable ASCII stays, so that a claim cannot forge a line of a log. */
static void
printable(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < 0x20 || *text > 0x7e)
			*text = '?';
}

enum fg_rc
fg_fail(struct fg_err *e, enum fg_rc rc, const char *step, const char *ref, const char *fmt, ...)
{
	va_list ap;

	/* A failure that says "ok" would be taken for success. */
	if (rc == FG_OK || (unsigned)rc >= FG_RC_MAX)
		rc = FG_E_INTERNAL;
	if (e == NULL || e->rc != FG_OK)
		return rc;
	e->rc = rc;
	e->step = step;
	e->ref = ref;
	va_start(ap, fmt);
	if (vsnprintf(e->text, sizeof(e->text), fmt, ap) < 0)
		e->text[0] = '\0';
	va_end(ap);
	printable(e->text);
	return rc;
}

void
fg_err_clear(struct fg_err *e)
{
	if (e != NULL)
		*e = (struct fg_err){ .rc = FG_OK };
}
