/*
 * gateway/ops/field.c - what a value may look like in an audit record.
 *
 * A class is a bound and a set of characters.  Whatever its class, a value with a run that
 * looks like a compact token is hidden, and so is one that looks like a secret access key where
 * names and texts stand; free text keeps the rest of it.
 */
#include "gateway/ops/ops_int.h"

#define HIDDEN "HIDDEN_DUE_TO_SECURITY_REASONS"
#define RUN_MAX 128 /* longest run of base64 characters and dots in free text */
#define SECRET_CHARS 40 /* of a secret access key */
#define TOKEN_MIN 24 /* shortest run that is taken for a token by its first characters */

/* Sets of characters, a bit each. */
enum {
	IN_NAME = 1,
	IN_PATH = 2,
	IN_ARN = 4,
	IN_URL = 8,
	IN_TIME = 16,
	IN_WORD = 32, /* letters and digits */
	IN_RUN = 64,  /* base64 of both alphabets, and the dot between parts of a token */
	IN_SECRET = 128, /* base64 */
	IN_ALL = 255,
};

static const uint8_t sets[256] = {
	['A' ... 'Z'] = IN_ALL,
	['a' ... 'z'] = IN_ALL,
	['0' ... '9'] = IN_ALL,
	['_'] = IN_NAME | IN_PATH | IN_ARN | IN_URL | IN_RUN,
	['='] = IN_NAME | IN_PATH | IN_ARN | IN_URL | IN_RUN,
	['+'] = IN_NAME | IN_PATH | IN_ARN | IN_URL | IN_RUN | IN_TIME | IN_SECRET,
	['-'] = IN_NAME | IN_PATH | IN_ARN | IN_URL | IN_RUN | IN_TIME,
	['.'] = IN_NAME | IN_PATH | IN_ARN | IN_URL | IN_RUN | IN_TIME,
	[','] = IN_NAME | IN_PATH | IN_ARN | IN_URL,
	['@'] = IN_NAME | IN_PATH | IN_ARN | IN_URL,
	['/'] = IN_PATH | IN_ARN | IN_URL | IN_RUN | IN_SECRET,
	[':'] = IN_ARN | IN_URL | IN_TIME,
	['%'] = IN_ARN | IN_URL,
	['~'] = IN_ARN | IN_URL,
	['!'] = IN_ARN | IN_URL,
	['$'] = IN_ARN | IN_URL,
	['&'] = IN_ARN | IN_URL,
	['('] = IN_ARN | IN_URL,
	[')'] = IN_ARN | IN_URL,
	[';'] = IN_ARN | IN_URL,
	['\''] = IN_ARN | IN_URL,
	['*'] = IN_ARN,
	['?'] = IN_ARN,
	['#'] = IN_ARN,
	['['] = IN_URL,
	[']'] = IN_URL,
};

struct class_rule {
	size_t max;
	uint8_t set; /* 0: any UTF-8 without controls */
};

static const struct class_rule rules[] = {
	[AUDIT_C_NAME] = { 128, IN_NAME },
	[AUDIT_C_PATH] = { 512, IN_PATH },
	[AUDIT_C_ARN] = { 2048, IN_ARN },
	[AUDIT_C_ID] = { 32, IN_WORD },
	[AUDIT_C_URL] = { 255, IN_URL },
	[AUDIT_C_NUMBER] = { 19, IN_WORD },
	[AUDIT_C_BOOL] = { 5, IN_WORD },
	[AUDIT_C_SUBJECT] = { 255, 0 },
	[AUDIT_C_TEXT] = { 1024, 0 },
	[AUDIT_C_TIME] = { 32, IN_TIME },
};

/* Length of the longest start that lies in the set. */
static size_t
span(struct fg_str v, uint8_t set)
{
	size_t n = 0;

	while (n < v.n && (sets[(unsigned char)v.p[n]] & set) != 0)
		n++;
	return n;
}

static bool
readable(struct fg_str v)
{
	unsigned bad = 0;

	for (size_t i = 0; i < v.n; i++)
		bad |= (unsigned)((unsigned char)v.p[i] < 0x20) | (unsigned)(v.p[i] == 0x7f);
	return bad == 0 && fg_utf8_ok(v);
}

/* Few names have the last letter of the base64 of {" : then there is no token to look for. */
static bool
may_have_token(struct fg_str v)
{
	return v.n >= TOKEN_MIN && memchr(v.p, 'J', v.n) != NULL && memmem(v.p, v.n, "eyJ", 3) != NULL;
}

/* A compact token begins with the base64 of {" ; something may be glued to its front. */
static bool
token_run(struct fg_str run)
{
	const char *at = run.n < TOKEN_MIN ? NULL : memmem(run.p, run.n, "eyJ", 3);

	return at != NULL && run.n - (size_t)(at - run.p) >= TOKEN_MIN;
}

static bool
has_token(struct fg_str v)
{
	if (!may_have_token(v))
		return false;
	while (v.n > 0) {
		size_t n = span(v, IN_RUN);

		if (token_run(fg_sub(v, 0, n)))
			return true;
		v = fg_sub(v, n == 0 ? 1 : n, v.n);
	}
	return false;
}

/* Forty characters of base64 with letters of both cases and digits: as secret access keys are. */
static bool
secret_run(struct fg_str run)
{
	bool upper = false, lower = false, digit = false;

	if (run.n != SECRET_CHARS)
		return false;
	for (size_t i = 0; i < run.n; i++) {
		upper = upper || (run.p[i] >= 'A' && run.p[i] <= 'Z');
		lower = lower || (run.p[i] >= 'a' && run.p[i] <= 'z');
		digit = digit || fg_digit(run.p[i]);
	}
	return upper && lower && digit;
}

static bool
secret_start(struct fg_str v)
{
	return v.n >= SECRET_CHARS && secret_run(fg_sub(v, 0, span(v, IN_SECRET)));
}

static bool
has_secret(struct fg_str v)
{
	while (v.n >= SECRET_CHARS) {
		size_t n = span(v, IN_SECRET);

		if (secret_run(fg_sub(v, 0, n)))
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
	if (rules[c].set == 0 ? !readable(v) : !fg_all(v, sets, rules[c].set))
		return false;
	switch (c) {
	case AUDIT_C_NUMBER: return fg_u64(v, &number);
	case AUDIT_C_BOOL: return fg_eq(v, FG_LIT("true")) || fg_eq(v, FG_LIT("false"));
	case AUDIT_C_ID: return upper_id(v);
	case AUDIT_C_TIME: return fg_time_rfc3339(v, &t);
	case AUDIT_C_TEXT: return true; /* cleaned while it is written */
	case AUDIT_C_ARN:
	case AUDIT_C_PATH: return !has_token(v);
	default: return !has_token(v) && !secret_start(v);
	}
}

/* The longest run of base64 characters and dots is shorter than a token or a secret can be. */
static bool
short_runs(struct fg_str v)
{
	size_t run = 0, longest = 0;

	for (size_t i = 0; i < v.n; i++) {
		run = (sets[(unsigned char)v.p[i]] & IN_RUN) != 0 ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest < TOKEN_MIN;
}

/* Free text without the runs that could be a token, an assertion or a signature. */
static void
put_clean(struct fg_buf *b, struct fg_str v)
{
	if (short_runs(v)) {
		fg_buf_json_str(b, v);
		return;
	}
	fg_buf_putc(b, '"');
	while (v.n > 0) {
		size_t n = span(v, IN_RUN);
		struct fg_str run = fg_sub(v, 0, n == 0 ? 1 : n);

		/* bytes of one character stay together */
		while (n == 0 && run.n < v.n && (v.p[run.n] & 0xc0) == 0x80)
			run.n++;
		if (run.n > RUN_MAX || token_run(run) || has_secret(run))
			fg_buf_put(b, FG_LIT("[cut]"));
		else
			fg_buf_json(b, run);
		v = fg_sub(v, run.n, v.n);
	}
	fg_buf_putc(b, '"');
}

/* No character of a set needs an escape. */
static void
put_plain(struct fg_buf *b, struct fg_str v)
{
	char *p = fg_buf_room(b, v.n + 2);

	if (p == NULL)
		return;
	p[0] = '"';
	if (v.n > 0)
		memcpy(p + 1, v.p, v.n);
	p[v.n + 1] = '"';
	b->n += v.n + 2;
}

void
ops_put_value(struct fg_buf *b, enum audit_class c, struct fg_str v)
{
	if (!ops_fits(c, v)) {
		fg_buf_put(b, FG_LIT("\"" HIDDEN "\""));
	} else if (c == AUDIT_C_NUMBER || c == AUDIT_C_BOOL) {
		fg_buf_put(b, v);
	} else if (c == AUDIT_C_TEXT) {
		put_clean(b, v);
	} else if (rules[c].set == 0) {
		fg_buf_json_str(b, v);
	} else {
		put_plain(b, v);
	}
}

void
ops_name(struct fg_buf *b, const char *name)
{
	size_t n = name == NULL ? 0 : strlen(name);
	char *p;

	if (b->n > 0 && b->p[b->n - 1] != '{' && b->p[b->n - 1] != '[')
		fg_buf_putc(b, ',');
	if (name == NULL || (p = fg_buf_room(b, n + 3)) == NULL)
		return;
	p[0] = '"';
	memcpy(p + 1, name, n);
	p[n + 1] = '"';
	p[n + 2] = ':';
	b->n += n + 3;
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
