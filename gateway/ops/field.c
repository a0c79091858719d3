/*
 * gateway/ops/field.c - what a value may look like in an audit record.
 *
 * A class is a bound and a set of characters.  Whatever its class, a value with a run that
 * looks like a compact token is hidden; free text keeps the rest of it.
 */
#include "gateway/ops/ops_int.h"

#define HIDDEN "HIDDEN_DUE_TO_SECURITY_REASONS"
#define RUN_MAX 128 /* longest run of base64 characters and dots in free text */
#define TOKEN_MIN 24 /* shortest run that is taken for a token by its first characters */

struct class_rule {
	size_t max;
	const char *extra; /* besides letters and digits; NULL: any UTF-8 without controls */
};

static const struct class_rule rules[] = {
	[AUDIT_C_NAME] = { 128, "_+=,.@-" },
	[AUDIT_C_PATH] = { 512, "_+=,.@-/" },
	[AUDIT_C_ARN] = { 2048, ":_+=,.@-/*?%~!#$&'();" },
	[AUDIT_C_ID] = { 32, "" },
	[AUDIT_C_URL] = { 255, ":/._-%~@[]+,=!$&'();" },
	[AUDIT_C_NUMBER] = { 19, "" },
	[AUDIT_C_BOOL] = { 5, "" },
	[AUDIT_C_SUBJECT] = { 255, NULL },
	[AUDIT_C_TEXT] = { 1024, NULL },
	[AUDIT_C_TIME] = { 32, ":.+-" },
};

static bool
letter_or_digit(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || fg_digit(c);
}

static bool
in_class(const char *extra, struct fg_str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!letter_or_digit(v.p[i]) &&
		    (v.p[i] == '\0' || strchr(extra, v.p[i]) == NULL))
			return false;
	return true;
}

static bool
readable(struct fg_str v)
{
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] < 0x20 || v.p[i] == 0x7f)
			return false;
	return fg_utf8_ok(v);
}

/* Length of the run of base64 characters and dots at the start. */
static size_t
run_length(struct fg_str v)
{
	size_t n = 0;

	while (n < v.n && (letter_or_digit(v.p[n]) || strchr("+/=_-.", v.p[n]) != NULL) && v.p[n] != '\0')
		n++;
	return n;
}

/* A compact token begins with the base64 of {" */
static bool
token_run(struct fg_str run)
{
	return run.n >= TOKEN_MIN && fg_starts(run, FG_LIT("eyJ"));
}

static bool
has_token(struct fg_str v)
{
	while (v.n > 0) {
		size_t n = run_length(v);

		if (token_run(fg_sub(v, 0, n)))
			return true;
		v = fg_sub(v, n == 0 ? 1 : n, v.n);
	}
	return false;
}

static bool
upper_id(struct fg_str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] >= 'a' && v.p[i] <= 'z')
			return false;
	return true;
}

bool
ops_fits(enum audit_class c, struct fg_str v)
{
	uint64_t number;
	fg_time t;

	if (c == AUDIT_C_NONE || (size_t)c >= FG_COUNT(rules) || v.n > rules[c].max)
		return false;
	if (rules[c].extra == NULL ? !readable(v) : !in_class(rules[c].extra, v))
		return false;
	switch (c) {
	case AUDIT_C_NUMBER: return fg_u64(v, &number);
	case AUDIT_C_BOOL: return fg_eq(v, FG_LIT("true")) || fg_eq(v, FG_LIT("false"));
	case AUDIT_C_ID: return upper_id(v);
	case AUDIT_C_TIME: return fg_time_rfc3339(v, &t);
	case AUDIT_C_TEXT: return true; /* cleaned while it is written */
	default: return !has_token(v);
	}
}

/* Free text without the runs that could be a token, an assertion or a signature. */
static void
put_clean(struct fg_buf *b, struct fg_str v)
{
	fg_buf_putc(b, '"');
	while (v.n > 0) {
		size_t n = run_length(v);
		struct fg_str run = fg_sub(v, 0, n == 0 ? 1 : n);

		/* bytes of one character stay together */
		while (n == 0 && run.n < v.n && (v.p[run.n] & 0xc0) == 0x80)
			run.n++;
		if (run.n > RUN_MAX || token_run(run))
			fg_buf_put(b, FG_LIT("[cut]"));
		else
			fg_buf_json(b, run);
		v = fg_sub(v, run.n, v.n);
	}
	fg_buf_putc(b, '"');
}

void
ops_put_value(struct fg_buf *b, enum audit_class c, struct fg_str v)
{
	if (!ops_fits(c, v))
		fg_buf_json_str(b, FG_LIT(HIDDEN));
	else if (c == AUDIT_C_NUMBER || c == AUDIT_C_BOOL)
		fg_buf_put(b, v);
	else if (c == AUDIT_C_TEXT)
		put_clean(b, v);
	else
		fg_buf_json_str(b, v);
}

void
ops_name(struct fg_buf *b, const char *name)
{
	if (b->n > 0 && b->p[b->n - 1] != '{' && b->p[b->n - 1] != '[')
		fg_buf_putc(b, ',');
	if (name == NULL)
		return;
	fg_buf_putc(b, '"');
	fg_buf_put(b, fg_str_z(name));
	fg_buf_put(b, FG_LIT("\":"));
}

void
ops_field(struct fg_buf *b, const char *name, enum audit_class c, struct fg_str v)
{
	if (fg_str_null(v))
		return;
	ops_name(b, name);
	ops_put_value(b, c, v);
}

void
ops_hex_field(struct fg_buf *b, const char *name, const uint8_t *p, size_t n)
{
	ops_name(b, name);
	fg_buf_putc(b, '"');
	fg_buf_hex(b, fg_str(p, n));
	fg_buf_putc(b, '"');
}

void
ops_time_field(struct fg_buf *b, const char *name, fg_time t)
{
	if (t == 0)
		return;
	ops_name(b, name);
	fg_buf_putc(b, '"');
	fg_buf_time(b, t);
	fg_buf_putc(b, '"');
}
