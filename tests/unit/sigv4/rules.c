/*
 * Rules that no published vector shows: times and their texts, tokens, payload hashes,
 * limits, the cache of keys.  These run without any public vector.
 */
#include <stdio.h>

#include "base/sha256.h"
#include "tests/unit/sigv4/raw.h"
#include "tests/unit/sigv4/tests.h"

#define GOOD \
    "POST / HTTP/1.1\n"                                                                  \
    "Host: sts.example.com\n"                                                            \
    "Content-Type: application/x-www-form-urlencoded\n"                                  \
    "X-Amz-Date: 20261122T144743Z\n"                                                     \
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261122/eu-west-1/sts/" \
    "aws4_request, SignedHeaders=content-type;host;x-amz-date, "                         \
    "Signature=0000000000000000000000000000000000000000000000000000000000000000\n"       \
    "\n"                                                                                 \
    "Action=GetCallerIdentity&Version=2011-06-15"
#define SIGNED_AT 1795358863 /* 2026-11-22T14:47:43Z */
#define SECRET FG_LIT("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")

static struct sigv4_crypto *crypto;
static struct fg_arena *arena;

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

static enum fg_rc
read_with(struct fg_str from, struct fg_str to, struct sigv4_auth *auth, struct fg_err *err)
{
	static struct raw r;

	fg_err_clear(err);
	CHECK(raw_parse(raw_swap(arena, FG_LIT(GOOD), from, to), &r));
	return sigv4_read(arena, &r.req, auth, err);
}

static void
the_window_is_fifteen_minutes_on_both_sides(void)
{
	struct fg_err err = { 0 };
	struct sigv4_auth auth;

	CHECK_OK(read_with(FG_LIT(""), FG_LIT(""), &auth, &err));
	CHECK(auth.time == SIGNED_AT);
	CHECK_OK(sigv4_check_time(&auth, SIGNED_AT + 900, &err));
	CHECK_OK(sigv4_check_time(&auth, SIGNED_AT - 900, &err));
	CHECK_RC(sigv4_check_time(&auth, SIGNED_AT + 901, &err), FG_E_EXPIRED);
	fg_err_clear(&err);
	CHECK_RC(sigv4_check_time(&auth, SIGNED_AT - 901, &err), FG_E_NOT_YET);
}

static void
errors_of_time_have_awss_words(void)
{
	struct fg_err err = { 0 };
	struct sigv4_auth auth;
	struct fg_buf b = FG_BUF_ARENA(arena, 512);

	CHECK_OK(read_with(FG_LIT(""), FG_LIT(""), &auth, &err));
	CHECK_RC(sigv4_check_time(&auth, SIGNED_AT + 3600, &err), FG_E_EXPIRED);
	CHECK(sigv4_wording(&err, &auth, SIGNED_AT + 3600, &b));
	CHECK_STR(fg_buf_str(&b), "Signature expired: 20261122T144743Z is now earlier than "
	    "20261122T153243Z (20261122T154743Z - 15 min.)");
	fg_buf_reset(&b);
	fg_err_clear(&err);
	CHECK_RC(sigv4_check_time(&auth, SIGNED_AT - 3600, &err), FG_E_NOT_YET);
	CHECK(sigv4_wording(&err, &auth, SIGNED_AT - 3600, &b));
	CHECK_STR(fg_buf_str(&b), "Signature not yet current: 20261122T144743Z is still later "
	    "than 20261122T140243Z (20261122T134743Z + 15 min.)");
	fg_buf_reset(&b);
	CHECK_RC(read_with(FG_LIT("EXAMPLE/20261122"), FG_LIT("EXAMPLE/20261121"), &auth, &err),
	    FG_E_SIGNATURE);
	CHECK(sigv4_wording(&err, &auth, SIGNED_AT, &b) == false || b.n > 0);
}

static const struct {
	struct fg_str from, to;
	enum fg_rc rc;
	const char *step;
} refusals[] = {
	{ { "X-Amz-Date: 20261122T144743Z\n", 29 }, { "", 0 }, FG_E_SYNTAX, "sigv4.date.absent" },
	{ { "T144743Z", 8 }, { "T144760Z", 8 }, FG_E_SYNTAX, "sigv4.date.form" },
	{ { "T144743Z", 8 }, { "T144743", 7 }, FG_E_SYNTAX, "sigv4.date.form" },
	{ { "T144743Z", 8 }, { " 144743Z", 8 }, FG_E_SYNTAX, "sigv4.date.form" },
	{ { "X-Amz-Date", 10 }, { "Date: x\nX-Amz-Date", 18 }, FG_E_SYNTAX, "sigv4.date.repeat" },
	{ { "X-Amz-Date", 10 }, { "X-Amz-Content-Sha256: UNSIGNED-PAYLOAD\nX-Amz-Date", 49 },
	    FG_E_SIGNATURE, "sigv4.signed-headers.amz" },
	{ { "X-Amz-Date", 10 }, { "X-Amz-Security-Token: t\nX-Amz-Date", 34 }, FG_E_SIGNATURE,
	    "sigv4.signed-headers.amz" },
	{ { "content-type;host", 17 }, { "content-type", 12 }, FG_E_SIGNATURE,
	    "sigv4.signed-headers.host" },
	{ { "content-type;host", 17 }, { "host;content-type", 17 }, FG_E_SYNTAX,
	    "sigv4.signed-headers.order" },
	{ { "content-type;host", 17 }, { "Content-Type;host", 17 }, FG_E_SYNTAX,
	    "sigv4.signed-headers.name" },
	{ { "content-type;", 13 }, { "authorization;", 14 }, FG_E_SYNTAX,
	    "sigv4.signed-headers.self" },
	{ { "content-type;", 13 }, { ";", 1 }, FG_E_SYNTAX, "sigv4.signed-headers.name" },
	{ { "content-type;", 13 }, { "content-typo;", 13 }, FG_E_SIGNATURE,
	    "sigv4.signed-headers.absent" },
	{ { "Signature=0", 11 }, { "Signature=A", 11 }, FG_E_SIGNATURE, "sigv4.signature.form" },
	{ { "AWS4-HMAC-SHA256 ", 17 }, { "AWS4-HMAC-SHA256", 16 }, FG_E_UNSUPPORTED,
	    "sigv4.algorithm" },
	{ { "AWS4-HMAC-SHA256 ", 17 }, { "Bearer ", 7 }, FG_E_UNSUPPORTED, "sigv4.algorithm" },
	{ { ", Signature=", 12 }, { ", ", 2 }, FG_E_SYNTAX, "sigv4.authorization.part" },
	{ { "Credential=", 11 }, { "Kredential=", 11 }, FG_E_SYNTAX, "sigv4.authorization.part" },
	{ { "Credential=AKIAIOSFODNN7EXAMPLE/20261122/eu-west-1/sts/aws4_request, ", 69 }, { "", 0 },
	    FG_E_SYNTAX, "sigv4.incomplete" },
	{ { "AKIAIOSFODNN7EXAMPLE", 20 }, { "AKIAIOSFODNN7EXAMP=E", 20 }, FG_E_SYNTAX, "sigv4.credential" },
	{ { "EXAMPLE/20261122", 16 }, { "EXAMPLE/2026112", 15 }, FG_E_SYNTAX, "sigv4.credential" },
	{ { "EXAMPLE/20261122", 16 }, { "EXAMPLE/202611220", 17 }, FG_E_SYNTAX, "sigv4.credential" },
	{ { "EXAMPLE/20261122", 16 }, { "EXAMPLE/2026112x", 16 }, FG_E_SYNTAX, "sigv4.credential" },
	{ { "EXAMPLE/20261122", 16 }, { "EXAMPLE/20261121", 16 }, FG_E_SIGNATURE, "sigv4.scope.date" },
	{ { "/eu-west-1/", 11 }, { "/EU-west-1/", 11 }, FG_E_SYNTAX, "sigv4.credential" },
	{ { "/eu-west-1/", 11 }, { "//", 2 }, FG_E_SYNTAX, "sigv4.credential" },
	{ { "/sts/", 5 }, { "/s_s/", 5 }, FG_E_SYNTAX, "sigv4.credential" },
	{ { "/sts/", 5 }, { "//", 2 }, FG_E_SYNTAX, "sigv4.credential" },
	{ { "/aws4_request", 13 }, { "/aws4_request/", 14 }, FG_E_SYNTAX, "sigv4.credential" },
	{ { "Signature=00", 12 }, { "Signature=0g", 12 }, FG_E_SIGNATURE, "sigv4.signature.form" },
	{ { "SignedHeaders=content-type;host;x-amz-date, ", 44 }, { "SignedHeaders=, ", 16 }, FG_E_SYNTAX, "sigv4.incomplete" },
	{ { "Signature=0000000000000000000000000000000000000000000000000000000000000000", 74 }, { "Signature=", 10 }, FG_E_SYNTAX, "sigv4.incomplete" },
};

static void
each_rule_refuses(void)
{
	struct fg_err err = { 0 };
	struct sigv4_auth auth;

	for (size_t i = 0; i < FG_COUNT(refusals); i++) {
		CHECK_RC(read_with(refusals[i].from, refusals[i].to, &auth, &err), refusals[i].rc);
		CHECK_EQ(fg_str_z(err.step), fg_str_z(refusals[i].step));
	}
}

static void
names_and_labels_have_a_length(void)
{
	struct fg_buf b = FG_BUF_ARENA(arena, 8192), n = FG_BUF_ARENA(arena, 8192);
	struct fg_err err = { 0 };
	struct sigv4_auth auth;

	for (int i = 0; i < FG_LIMIT_KEY_ID_BYTES + 1; i++)
		fg_buf_putc(&b, 'A');
	CHECK_RC(read_with(FG_LIT("AKIAIOSFODNN7EXAMPLE"), fg_buf_str(&b), &auth, &err), FG_E_SYNTAX);
	CHECK_STEP(err, "sigv4.credential");
	CHECK_OK(read_with(FG_LIT("AKIAIOSFODNN7EXAMPLE"), fg_sub(fg_buf_str(&b), 0, FG_LIMIT_KEY_ID_BYTES), &auth,
	    &err));
	for (int i = 0; i < FG_LIMIT_HTTP_HEADERS; i++)
		fg_buf_fmt(&n, "a%03d;", i);
	fg_buf_put(&n, FG_LIT("host"));
	fg_err_clear(&err);
	CHECK_RC(sigv4_signed_names_check(fg_buf_str(&n), &err), FG_E_SYNTAX);
	CHECK_STEP(err, "sigv4.signed-headers.name");
	CHECK_OK(sigv4_signed_names_check(fg_sub(fg_buf_str(&n), 5, n.n), &err));
}

static void
a_path_begins_with_a_slash(void)
{
	static const struct fg_str paths[] = { { "", 0 }, { "x", 1 }, { "x/", 2 } };

	for (size_t i = 0; i < FG_COUNT(paths); i++) {
		struct fg_buf b = FG_BUF_ARENA(arena, 4096);
		struct sigv4_auth auth = { .signed_headers = FG_LIT("host") };
		struct fg_err err = { 0 };
		struct raw r;

		CHECK(raw_parse(FG_LIT(GOOD), &r));
		r.req.path = paths[i];
		CHECK(sigv4_canonical(arena, &r.req, &auth, SIGV4_PATH_RAW, &b, &err) != FG_OK);
		CHECK_STEP(err, "sigv4.path");
	}
}

/* Signs r as it stands, the way a client would. */
static void
sign(struct raw *r, struct sigv4_auth *auth)
{
	struct fg_buf c = FG_BUF_ARENA(arena, 1u << 16), s = FG_BUF_ARENA(arena, 512);
	unsigned char key[SIGV4_DIGEST_BYTES];
	struct fg_str text;
	struct fg_err err = { 0 };

	CHECK_OK(sigv4_canonical(arena, &r->req, auth, SIGV4_PATH_RAW, &c, &err));
	CHECK_OK(fg_buf_end(&c, &text));
	sigv4_string_to_sign(auth, text, &s);
	CHECK_OK(fg_buf_end(&s, &text));
	CHECK_OK(sigv4_signing_key(crypto, auth, SECRET, key, &err));
	fg_hmac(fg_str(key, sizeof(key)), &text, 1, auth->signature);
}

static void
a_payload_hash_must_be_the_bodys(void)
{
	const struct fg_str head = FG_LIT("x-amz-content-sha256");
	struct fg_err err = { 0 };
	struct sigv4_auth auth;
	struct raw r;
	struct fg_str text = raw_swap(arena, FG_LIT(GOOD), FG_LIT("host;"),
	    FG_LIT("host;x-amz-content-sha256;"));
	struct fg_buf hex = FG_BUF_ARENA(arena, 65);

	CHECK(raw_parse(text, &r));
	fg_buf_hex(&hex, fg_str(r.req.body_sha256, SIGV4_DIGEST_BYTES));
	raw_add(&r, head, fg_buf_str(&hex));
	CHECK_OK(sigv4_read(arena, &r.req, &auth, &err));
	sign(&r, &auth);
	CHECK_OK(sigv4_check(crypto, arena, &r.req, &auth, SIGV4_PATH_RAW, SECRET, &err));

	raw_find(&r, head)->value = FG_LIT("UNSIGNED-PAYLOAD");
	CHECK_RC(sigv4_read(arena, &r.req, &auth, &err), FG_E_UNSUPPORTED);
	CHECK_STEP(err, "sigv4.payload.unsigned");
	fg_err_clear(&err);
	raw_find(&r, head)->value = FG_LIT("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
	CHECK_RC(sigv4_read(arena, &r.req, &auth, &err), FG_E_UNSUPPORTED);
	fg_err_clear(&err);
	raw_find(&r, head)->value =
	    FG_LIT("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	CHECK_RC(sigv4_read(arena, &r.req, &auth, &err), FG_E_SIGNATURE);
	CHECK_STEP(err, "sigv4.payload.hash");
}

static void
a_token_stands_once_and_is_not_empty(void)
{
	struct fg_str query = FG_LIT("GET /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
	    "ASIAEXAMPLEEXAMPLE00%2F20261122%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date="
	    "20261122T144743Z&X-Amz-SignedHeaders=host&X-Amz-Security-Token=t&X-Amz-Signature="
	    "0000000000000000000000000000000000000000000000000000000000000000 HTTP/1.1\n"
	    "Host: sts.example.com\n\n");
	struct fg_err err = { 0 };
	struct sigv4_auth auth;
	struct raw r;

	CHECK(raw_parse(query, &r));
	CHECK_OK(sigv4_read(arena, &r.req, &auth, &err));
	CHECK_STR(auth.token, "t");
	CHECK(auth.expires_s == 0);
	raw_add(&r, FG_LIT("x-amz-security-token"), FG_LIT("t"));
	CHECK_RC(sigv4_read(arena, &r.req, &auth, &err), FG_E_SYNTAX);
	CHECK_STEP(err, "sigv4.token.repeat");
	fg_err_clear(&err);
	CHECK(raw_parse(raw_swap(arena, query, FG_LIT("Token=t"), FG_LIT("Token=")), &r));
	CHECK_RC(sigv4_read(arena, &r.req, &auth, &err), FG_E_SYNTAX);
	CHECK_STEP(err, "sigv4.token.empty");
}

static void
an_unsigned_request_has_no_form_and_never_checks(void)
{
	struct fg_err err = { 0 };
	struct sigv4_auth auth;
	struct raw r;

	CHECK(raw_parse(FG_LIT("POST / HTTP/1.1\nHost: a\n\nAction=x"), &r));
	CHECK_OK(sigv4_read(arena, &r.req, &auth, &err));
	CHECK(auth.form == SIGV4_NONE);
	CHECK_RC(sigv4_check(crypto, arena, &r.req, &auth, SIGV4_PATH_RAW, SECRET, &err),
	    FG_E_SIGNATURE);
	CHECK_STEP(err, "sigv4.none");
}

static void
too_many_query_parameters_are_refused(void)
{
	struct fg_buf b = FG_BUF_ARENA(arena, 4096);
	struct fg_err err = { 0 };
	struct sigv4_params q;

	for (int i = 0; i < FG_LIMIT_QUERY_PARAMS - 1; i++)
		fg_buf_put(&b, FG_LIT("a=1&"));
	fg_buf_put(&b, FG_LIT("a=1"));
	CHECK_OK(sigv4_query_read(arena, fg_buf_str(&b), &q, &err));
	CHECK(q.n == FG_LIMIT_QUERY_PARAMS);
	fg_buf_put(&b, FG_LIT("&a=1"));
	CHECK_RC(sigv4_query_read(arena, fg_buf_str(&b), &q, &err), FG_E_LIMIT);
}

static void
the_cache_never_mixes_keys(void)
{
	static const struct fg_str dates[] = { { "20260101", 8 }, { "20260102", 8 } };
	struct sigv4_crypto *fresh;
	struct fg_err err = { 0 };

	for (unsigned round = 0; round < 2000; round++) {
		unsigned char x[SIGV4_DIGEST_BYTES], y[SIGV4_DIGEST_BYTES];
		struct sigv4_auth auth = { .region = FG_LIT("eu-west-1"), .service = FG_LIT("sts") };
		FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 16);
		struct fg_str secret = fg_arena_fmt(a, "secret%u", round % 700);

		auth.date = dates[round % 2];
		auth.scope = fg_arena_fmt(a, "%.*s/eu-west-1/sts/aws4_request", FG_PRI(auth.date));
		fresh = sigv4_crypto_new();
		CHECK_OK(sigv4_signing_key(crypto, &auth, secret, x, &err));
		CHECK_OK(sigv4_signing_key(fresh, &auth, secret, y, &err));
		CHECK(memcmp(x, y, sizeof(x)) == 0);
		sigv4_crypto_free(fresh);
	}
}

static void
an_object_path_is_decoded_once(void)
{
	struct fg_buf b = FG_BUF_ARENA(arena, 4096);
	struct sigv4_auth auth = { .signed_headers = FG_LIT("host") };
	struct fg_err err = { 0 };
	struct raw r;

	CHECK(raw_parse(FG_LIT("GET /b/a%20b%2Fc HTTP/1.1\nHost: h\n\n"), &r));
	CHECK_OK(sigv4_canonical(arena, &r.req, &auth, SIGV4_PATH_OBJECT, &b, &err));
	CHECK(fg_starts(fg_buf_str(&b), FG_LIT("GET\n/b/a%20b/c\n\nhost:h\n")));
	fg_buf_reset(&b);
	CHECK_OK(sigv4_canonical(arena, &r.req, &auth, SIGV4_PATH_RAW, &b, &err));
	CHECK(fg_starts(fg_buf_str(&b), FG_LIT("GET\n/b/a%2520b%252Fc\n\nhost:h\n")));
}

static CU_TestInfo rules[] = {
	CASE(the_window_is_fifteen_minutes_on_both_sides),
	CASE(errors_of_time_have_awss_words),
	CASE(each_rule_refuses),
	CASE(names_and_labels_have_a_length),
	CASE(a_path_begins_with_a_slash),
	CASE(a_payload_hash_must_be_the_bodys),
	CASE(a_token_stands_once_and_is_not_empty),
	CASE(an_unsigned_request_has_no_form_and_never_checks),
	CASE(too_many_query_parameters_are_refused),
	CASE(the_cache_never_mixes_keys),
	CASE(an_object_path_is_decoded_once),
	CASES_END
};

CU_SuiteInfo
rule_suite(void)
{
	return (CU_SuiteInfo){ "gateway/sigv4: rules", start, stop, NULL, NULL, rules };
}
