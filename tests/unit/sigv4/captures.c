/*
 * Requests that real clients sent (AWS CLI 1 and 2, boto3, SDK for JavaScript), byte for
 * byte: every signed one verifies with its secret and with no other.
 */
#include "tests/unit/captures.h"
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

	while (text.n > 1 && text.p[text.n - 1] == '\n' && text.p[text.n - 2] == '\n')
		text.n -= 2; /* blank lines behind it */
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

static void
every_captured_request_verifies(void)
{
	captures_each(arena, one);
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
