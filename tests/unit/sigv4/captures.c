/*
 * Requests that real clients sent (AWS CLI 1 and 2, boto3, SDK for JavaScript), byte for
 * byte: every signed one verifies with its secret and with no other.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/sigv4/raw.h"
#include "tests/unit/sigv4/tests.h"

static struct sigv4_crypto *crypto;
static struct fg_arena *arena;
static unsigned n_header, n_query, n_none;

static int
start(void)
{
	crypto = sigv4_crypto_new();
	arena = fg_arena_new(16u << 20);
	return crypto == NULL || arena == NULL;
}

static int
stop(void)
{
	sigv4_crypto_free(crypto);
	fg_arena_free(arena);
	return 0;
}

static const struct {
	struct fg_str id, secret;
} secrets[] = {
	{ { "AKIAIOSFODNN7EXAMPLE", 20 }, { "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 40 } },
	{ { "ASIAEXAMPLEEXAMPLE00", 20 }, { "secretsecretsecretsecretsecretsecretsecr", 40 } },
};

static void
one(struct fg_str text)
{
	struct fg_err err = { 0 };
	struct sigv4_auth auth;
	bool ok = false;
	struct raw r;

	CHECK(raw_parse(text, &r));
	CHECK_OK(sigv4_read(arena, &r.req, &auth, &err));
	if (auth.form == SIGV4_NONE) {
		n_none++;
		return;
	}
	n_header += auth.form == SIGV4_HEADER;
	n_query += auth.form == SIGV4_QUERY;
	CHECK_OK(sigv4_check_time(&auth, auth.time, &err));
	for (size_t i = 0; i < FG_COUNT(secrets); i++) {
		if (!fg_eq(auth.key_id, secrets[i].id))
			continue;
		ok = sigv4_check(crypto, arena, &r.req, &auth, SIGV4_PATH_RAW, secrets[i].secret,
		    &err) == FG_OK;
		fg_err_clear(&err);
		CHECK_RC(sigv4_check(crypto, arena, &r.req, &auth, SIGV4_PATH_RAW,
		    FG_LIT("another"), &err), FG_E_SIGNATURE);
	}
	CHECK(ok);
}

/* "### request N" stands before each request; a blank line ends its body. */
static void
capture(struct fg_str text)
{
	static const struct fg_str mark = { "### request ", 12 };
	struct fg_str rest = text, line, from = FG_STR_NULL;

	while (rest.n > 0) {
		const char *at = rest.p;

		fg_cut(rest, '\n', &line, &rest);
		if (!fg_starts(line, mark) && rest.n > 0)
			continue;
		if (!fg_starts(line, mark))
			at = line.p + line.n + 1;
		if (from.p != NULL) {
			from.n = (size_t)(at - from.p);
			while (from.n > 1 && from.p[from.n - 1] == '\n' && from.p[from.n - 2] == '\n')
				from.n -= 2;
			one(from);
		}
		from = rest;
	}
}

static void
every_captured_request_verifies(void)
{
	const char *src = getenv("srcdir");
	struct fg_str dir = fg_arena_fmt(arena, "%s/tests/vectors/captures", src == NULL ? "." : src);
	struct dirent *e;
	DIR *d = opendir(dir.p);

	CU_ASSERT_FATAL(d != NULL);
	while ((e = readdir(d)) != NULL) {
		struct fg_str path = fg_arena_fmt(arena, "%s/%s", dir.p, e->d_name);

		if (e->d_name[0] != '.')
			capture(unit_file(arena, path.p));
	}
	closedir(d);
	CHECK(n_header >= 20);
	CHECK(n_query >= 2);
	CHECK(n_none >= 8);
}

static CU_TestInfo captures[] = { CASE(every_captured_request_verifies), CASES_END };

CU_SuiteInfo
capture_suite(void)
{
	return (CU_SuiteInfo){ "gateway/sigv4: captures of clients", start, stop, NULL, NULL, captures };
}
