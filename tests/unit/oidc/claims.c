/* oidc/claims.c: rows B1 9 to 14, strict and with AwsParity. */
#include <stdio.h>

#include "tests/unit/oidc/tests.h"

#define ISS "\"" ISSUER "\""
#define SUB "\"repo:acme/model:ref:refs/heads/main\""
#define AUD "\"" CLIENT "\""
#define IAT "1790000000"
#define EXP "1790000600"

struct row {
	const char *iss, *sub, *aud, *iat, *exp, *more;
	enum fg_rc rc;
	const char *step; /* NULL: accepted */
};

static void
run(struct room *r, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct row *w = &rows[i];
		struct fg_str p = mint_payload(r->a, w->iss, w->sub, w->aud, w->iat, w->exp, w->more);
		struct fg_str t = mint_with(r->a, mint_alg("ES256"), "ec256", FG_LIT("{\"alg\":\"ES256\",\"kid\":\"ec256\"}"), p);

		if (w->step != NULL) {
			room_refused(r, t, w->rc, w->step);
			continue;
		}
		CHECK_OK(room_check(r, t));
		if (r->err.rc != FG_OK)
			printf("\n    row %zu: %s: %s\n", i, r->err.step, r->err.text);
	}
}

static void
required_claims_are_required(void)
{
	static const struct row rows[] = {
		{ ISS, SUB, AUD, IAT, EXP, "", FG_OK, NULL },
		{ NULL, SUB, AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.missing.iss" },
		{ ISS, NULL, AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.missing.sub" },
		{ ISS, SUB, NULL, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.missing.aud" },
		{ ISS, SUB, AUD, NULL, EXP, "", FG_E_CLAIM, "oidc.claims.missing.iat" },
		{ ISS, SUB, AUD, IAT, NULL, "", FG_E_CLAIM, "oidc.claims.missing.exp" },
		{ NULL, NULL, NULL, NULL, NULL, "", FG_E_CLAIM, "oidc.claims.missing.iss" },
	};
	ROOM;

	run(&r, rows, FG_COUNT(rows));
}

static void
the_issuer_is_byte_equal(void)
{
	static const struct row rows[] = {
		{ "\"https://token.example.com/acme/\"", SUB, AUD, IAT, EXP, "", FG_E_ISSUER, "oidc.claims.issuer" },
		{ "\"https://token.example.com\"", SUB, AUD, IAT, EXP, "", FG_E_ISSUER, "oidc.claims.issuer" },
		{ "\"https://TOKEN.example.com/acme\"", SUB, AUD, IAT, EXP, "", FG_E_ISSUER, "oidc.claims.issuer" },
		{ "\"http://token.example.com/acme\"", SUB, AUD, IAT, EXP, "", FG_E_ISSUER, "oidc.claims.issuer" },
		{ "\"token.example.com/acme\"", SUB, AUD, IAT, EXP, "", FG_E_ISSUER, "oidc.claims.issuer" },
		{ "\"https://token.example.com/%61cme\"", SUB, AUD, IAT, EXP, "", FG_E_ISSUER, "oidc.claims.issuer" },
		{ "\"https://token.example.com/acme \"", SUB, AUD, IAT, EXP, "", FG_E_ISSUER, "oidc.claims.issuer" },
		{ "\"\\u0068ttps://token.example.com/acme\"", SUB, AUD, IAT, EXP, "", FG_OK, NULL },
		{ "\"\"", SUB, AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.iss" },
		{ "[" ISS "]", SUB, AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.iss" },
		{ "null", SUB, AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.iss" },
	};
	ROOM;

	run(&r, rows, FG_COUNT(rows));
}

static void
times_are_integers_of_seconds(void)
{
	static const char *const bad[] = { "1790000600.5", "1790000600.0", "1.7900006e9", "\"1790000600\"", "\"soon\"",
		"null", "true", "[]", "{}", "-1", "-0", "9007199254740993", "1e300", "18446744073709551616",
		"99999999999999999999999999" };
	ROOM;

	for (size_t i = 0; i < FG_COUNT(bad); i++) {
		struct row rows[] = {
			{ ISS, SUB, AUD, IAT, bad[i], "", FG_E_CLAIM, "oidc.claims.time" },
			{ ISS, SUB, AUD, bad[i], EXP, "", FG_E_CLAIM, "oidc.claims.time" },
			{ ISS, SUB, AUD, IAT, EXP, fg_arena_fmt(r.a, ",\"nbf\":%s", bad[i]).p, FG_E_CLAIM, "oidc.claims.time" },
		};

		run(&r, rows, FG_COUNT(rows));
	}
}

static void
times_are_compared_with_a_skew_of_60_s(void)
{
	static const struct row rows[] = {
		/* now is 1790000000 */
		{ ISS, SUB, AUD, "1789999900", "1789999941", "", FG_OK, NULL },
		{ ISS, SUB, AUD, "1789999900", "1789999940", "", FG_E_EXPIRED, "oidc.claims.exp" },
		{ ISS, SUB, AUD, "1789999900", "1789999999", "", FG_OK, NULL },
		{ ISS, SUB, AUD, "1790000060", EXP, "", FG_OK, NULL },
		{ ISS, SUB, AUD, "1790000061", EXP, "", FG_E_NOT_YET, "oidc.claims.iat" },
		{ ISS, SUB, AUD, IAT, EXP, ",\"nbf\":1790000060", FG_OK, NULL },
		{ ISS, SUB, AUD, IAT, EXP, ",\"nbf\":1790000061", FG_E_NOT_YET, "oidc.claims.nbf" },
		{ ISS, SUB, AUD, IAT, EXP, ",\"nbf\":0", FG_OK, NULL },
		{ ISS, SUB, AUD, IAT, "0", "", FG_E_EXPIRED, "oidc.claims.exp" },
		{ ISS, SUB, AUD, IAT, "9007199254740992", "", FG_E_CLAIM, "oidc.claims.lifetime" },
	};
	ROOM;

	run(&r, rows, FG_COUNT(rows));
}

static void
lifetimes_are_bounded(void)
{
	static const struct row day[] = {
		{ ISS, SUB, AUD, IAT, IAT, "", FG_E_CLAIM, "oidc.claims.order" },
		{ ISS, SUB, AUD, "1790000010", IAT, "", FG_E_CLAIM, "oidc.claims.order" },
		{ ISS, SUB, AUD, IAT, "1790086400", "", FG_OK, NULL },
		{ ISS, SUB, AUD, IAT, "1790086401", "", FG_E_CLAIM, "oidc.claims.lifetime" },
		/* the legacy automounted token of Kubernetes lives a year */
		{ ISS, SUB, AUD, IAT, "1821536000", "", FG_E_CLAIM, "oidc.claims.lifetime" },
	};
	static const struct row age[] = {
		{ ISS, SUB, AUD, "1789999340", EXP, "", FG_OK, NULL },
		{ ISS, SUB, AUD, "1789999339", EXP, "", FG_E_EXPIRED, "oidc.claims.age" },
	};
	static const struct row year[] = { { ISS, SUB, AUD, IAT, "1821536000", "", FG_OK, NULL } };
	ROOM;

	run(&r, day, FG_COUNT(day));
	r.p.max_age_s = 600;
	run(&r, age, FG_COUNT(age));
	r.p.max_age_s = 0;
	r.p.max_lifetime_s = 31536000;
	run(&r, year, FG_COUNT(year));
	/* a skew that somebody set wrongly stays inside its bounds */
	r.p.max_lifetime_s = 0;
	r.p.skew_s = 100000;
	CHECK_RC(room_claims(&r, mint_payload(r.a, ISS, SUB, AUD, "1789990000", "1789999700", "")), FG_E_EXPIRED);
	r.p.skew_s = -5;
	CHECK_RC(room_claims(&r, mint_payload(r.a, ISS, SUB, AUD, "1789990000", "1790000000", "")), FG_E_EXPIRED);
}

static void
audiences_are_registered(void)
{
	static const struct row rows[] = {
		{ ISS, SUB, "[" AUD "]", IAT, EXP, "", FG_OK, NULL },
		{ ISS, SUB, "\"someone-else\"", IAT, EXP, "", FG_E_AUDIENCE, "oidc.claims.audience" },
		{ ISS, SUB, "\"STS.amazonaws.com\"", IAT, EXP, "", FG_E_AUDIENCE, "oidc.claims.audience" },
		{ ISS, SUB, "\"sts.amazonaws.com \"", IAT, EXP, "", FG_E_AUDIENCE, "oidc.claims.audience" },
		{ ISS, SUB, "\"\"", IAT, EXP, "", FG_E_AUDIENCE, "oidc.claims.aud.empty" },
		{ ISS, SUB, "[]", IAT, EXP, "", FG_E_AUDIENCE, "oidc.claims.aud.empty" },
		{ ISS, SUB, "[" AUD ",\"\"]", IAT, EXP, "", FG_E_AUDIENCE, "oidc.claims.aud.empty" },
		{ ISS, SUB, "null", IAT, EXP, "", FG_E_CLAIM, "oidc.claims.aud" },
		{ ISS, SUB, "5", IAT, EXP, "", FG_E_CLAIM, "oidc.claims.aud" },
		{ ISS, SUB, "{\"a\":" AUD "}", IAT, EXP, "", FG_E_CLAIM, "oidc.claims.aud" },
		{ ISS, SUB, "[" AUD ",1]", IAT, EXP, "", FG_E_CLAIM, "oidc.claims.aud" },
		{ ISS, SUB, "[[" AUD "]]", IAT, EXP, "", FG_E_CLAIM, "oidc.claims.aud" },
		{ ISS, SUB, "[" AUD ",\"b\"]", IAT, EXP, "", FG_E_AUDIENCE, "oidc.claims.aud.many" },
		{ ISS, SUB, "[" AUD ",\"b\"]", IAT, EXP, ",\"azp\":" AUD, FG_OK, NULL },
		{ ISS, SUB, "[\"a\",\"b\"]", IAT, EXP, ",\"azp\":" AUD, FG_E_AUDIENCE, "oidc.claims.audience" },
		{ ISS, SUB, AUD, IAT, EXP, ",\"azp\":\"other-client\"", FG_OK, NULL },
		{ ISS, SUB, AUD, IAT, EXP, ",\"azp\":\"stranger\"", FG_E_AUDIENCE, "oidc.claims.azp" },
		{ ISS, SUB, AUD, IAT, EXP, ",\"azp\":\"\"", FG_E_AUDIENCE, "oidc.claims.azp" },
		{ ISS, SUB, AUD, IAT, EXP, ",\"azp\":null", FG_E_AUDIENCE, "oidc.claims.azp" },
		{ ISS, SUB, AUD, IAT, EXP, ",\"azp\":[" AUD "]", FG_E_AUDIENCE, "oidc.claims.azp" },
	};
	ROOM;

	run(&r, rows, FG_COUNT(rows));
	CHECK_OK(room_claims(&r, mint_payload(r.a, ISS, SUB, AUD, IAT, EXP, ",\"azp\":\"other-client\"")));
	CHECK_STR(r.facts.audience, "other-client");
	CHECK_STR(r.facts.authorized_party, "other-client");
	CHECK_OK(room_claims(&r, mint_payload(r.a, ISS, SUB, AUD, IAT, EXP, "")));
	CHECK_STR(r.facts.audience, CLIENT);
	CHECK(fg_str_null(r.facts.authorized_party));
	/* a provider without any client accepts nobody */
	r.p.nclient_id = 0;
	room_refused(&r, mint(r.a, "ES256", mint_claims(r.a, "").p), FG_E_AUDIENCE, "oidc.claims.audience");
}

static void
audience_switches(void)
{
	static const struct row any[] = {
		{ ISS, SUB, "[\"a\"," AUD ",\"b\"]", IAT, EXP, "", FG_OK, NULL },
		{ ISS, SUB, "[\"a\",\"b\"]", IAT, EXP, "", FG_E_AUDIENCE, "oidc.claims.audience" },
		{ ISS, SUB, "[\"a\"," AUD "]", IAT, EXP, ",\"azp\":\"x\"", FG_E_AUDIENCE, "oidc.claims.azp" },
	};
	static const struct row azp[] = {
		{ ISS, SUB, "[\"a\",\"b\"]", IAT, EXP, ",\"azp\":" AUD, FG_OK, NULL },
		{ ISS, SUB, "\"a\"", IAT, EXP, ",\"azp\":" AUD, FG_OK, NULL },
		{ ISS, SUB, "\"a\"", IAT, EXP, ",\"azp\":\"a\"", FG_E_AUDIENCE, "oidc.claims.azp" },
		{ ISS, SUB, "[\"a\"," AUD "]", IAT, EXP, "", FG_E_AUDIENCE, "oidc.claims.aud.many" },
	};
	struct fg_buf b;
	ROOM;

	b = FG_BUF_ARENA(r.a, 4096);
	r.p.flags = OIDC_ANY_AUDIENCE;
	run(&r, any, FG_COUNT(any));
	CHECK_OK(room_claims(&r, mint_payload(r.a, ISS, SUB, "[\"a\"," AUD "]", IAT, EXP, "")));
	CHECK_STR(r.facts.audience, CLIENT);
	for (int i = 0; i < 16; i++)
		fg_buf_fmt(&b, "%s\"a%d\"", i == 0 ? "[" AUD "," : ",", i);
	fg_buf_put(&b, FG_LIT("]\0"));
	room_refused(&r, mint(r.a, "ES256", mint_payload(r.a, ISS, SUB, b.p, IAT, EXP, "").p), FG_E_LIMIT,
	    "oidc.claims.aud.count");
	r.p.flags = OIDC_AZP_ONLY;
	run(&r, azp, FG_COUNT(azp));
}

static void
subjects_are_short_printable_strings(void)
{
	static const struct row rows[] = {
		{ ISS, "\"\"", AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.sub" },
		{ ISS, "123", AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.sub" },
		{ ISS, "null", AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.sub" },
		{ ISS, "[" SUB "]", AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.sub" },
		{ ISS, "\"a\\nb\"", AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.sub.control" },
		{ ISS, "\"a\\u007f\"", AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.sub.control" },
		{ ISS, "\"a\\u0085\"", AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.sub.control" },
		{ ISS, "\"a\\u00a0\\u00e9\"", AUD, IAT, EXP, "", FG_OK, NULL },
		{ ISS, "\"a\"", AUD, IAT, EXP, "", FG_OK, NULL },
	};
	static const size_t lengths[] = { 255, 256, 512, 513 };
	ROOM;

	run(&r, rows, FG_COUNT(rows));
	for (size_t i = 0; i < FG_COUNT(lengths); i++) {
		char *s = fg_arena_alloc(r.a, 600);
		struct fg_str p;

		memset(s, 's', lengths[i] + 2);
		s[0] = s[lengths[i] + 1] = '"';
		p = mint_payload(r.a, ISS, s, AUD, IAT, EXP, "");
		r.p.flags = 0;
		CHECK_RC(room_claims(&r, p), lengths[i] <= 255 ? FG_OK : FG_E_LIMIT);
		if (lengths[i] > 255)
			CHECK_STEP(r.err, "oidc.claims.sub.length");
		r.p.flags = OIDC_LONG_SUBJECT;
		CHECK_RC(room_claims(&r, p), lengths[i] <= 512 ? FG_OK : FG_E_LIMIT);
	}
	/* percent signs mean nothing */
	CHECK_OK(room_claims(&r, mint_payload(r.a, ISS, "\"repo:a/b:environment:x%3Ay\"", AUD, IAT, EXP, "")));
	CHECK_STR(r.facts.subject, "repo:a/b:environment:x%3Ay");
}

static void
other_claims_that_decide(void)
{
	static const struct row rows[] = {
		{ ISS, SUB, AUD, IAT, EXP, ",\"events\":{}", FG_E_CLAIM, "oidc.claims.events" },
		{ ISS, SUB, AUD, IAT, EXP, ",\"cnf\":{\"jkt\":\"x\"}", FG_E_CLAIM, "oidc.claims.cnf" },
		{ ISS, SUB, AUD, IAT, EXP, ",\"jti\":5", FG_OK, NULL },
	};
	ROOM;

	run(&r, rows, FG_COUNT(rows));
	r.p.flags = OIDC_IGNORE_CNF;
	CHECK_OK(room_claims(&r, mint_claims(r.a, ",\"cnf\":{\"jkt\":\"x\"}")));
	r.p.flags = OIDC_SINGLE_USE;
	CHECK_OK(room_claims(&r, mint_claims(r.a, ",\"jti\":\"one\"")));
	CHECK_STR(r.facts.jti, "one");
	room_refused(&r, mint(r.a, "ES256", mint_claims(r.a, "").p), FG_E_CLAIM, "oidc.claims.jti");
	room_refused(&r, mint(r.a, "ES256", mint_claims(r.a, ",\"jti\":\"\"").p), FG_E_CLAIM, "oidc.claims.jti");
	room_refused(&r, mint(r.a, "ES256", mint_claims(r.a, ",\"jti\":7").p), FG_E_CLAIM, "oidc.claims.jti");
}

CU_TestInfo claims_tests[] = {
	CASE(required_claims_are_required),
	CASE(the_issuer_is_byte_equal),
	CASE(times_are_integers_of_seconds),
	CASE(times_are_compared_with_a_skew_of_60_s),
	CASE(lifetimes_are_bounded),
	CASE(audiences_are_registered),
	CASE(audience_switches),
	CASE(subjects_are_short_printable_strings),
	CASE(other_claims_that_decide),
	CASES_END,
};

/* ---- what AWS does, where the provider asks for it ---- */

static void
parity_accepts_what_aws_accepts(void)
{
	static const struct row rows[] = {
		{ ISS, SUB, AUD, "\"1790000000\"", "\"1790000600\"", ",\"nbf\":\"1790000000\"", FG_OK, NULL },
		{ ISS, SUB, AUD, "1789999000", "1789999701", "", FG_OK, NULL },
		{ ISS, SUB, AUD, "1789999000", "1789999700", "", FG_E_EXPIRED, "oidc.claims.exp" },
		{ ISS, SUB, AUD, "1790000300", EXP, "", FG_OK, NULL },
		{ ISS, SUB, AUD, "1790000301", EXP, "", FG_E_NOT_YET, "oidc.claims.iat" },
		{ ISS, SUB, AUD, IAT, EXP, ",\"nbf\":1790000301", FG_E_NOT_YET, "oidc.claims.nbf" },
		{ ISS, SUB, "\"anything\"", IAT, EXP, ",\"azp\":" AUD, FG_OK, NULL },
		{ ISS, SUB, AUD, IAT, EXP, ",\"azp\":\"nobody\"", FG_E_AUDIENCE, "oidc.claims.azp" },
		{ ISS, SUB, AUD, IAT, EXP, ",\"azp\":\"\"", FG_E_AUDIENCE, "oidc.claims.azp" },
		{ ISS, SUB, "[" AUD ",\"b\"]", IAT, EXP, "", FG_E_AUDIENCE, "oidc.claims.aud.many" },
		/* not copied */
		{ ISS, "\"\"", AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.sub" },
		{ ISS, "123", AUD, IAT, EXP, "", FG_E_CLAIM, "oidc.claims.sub" },
		{ ISS, SUB, AUD, "\"01790000000\"", EXP, "", FG_E_CLAIM, "oidc.claims.time" },
		{ ISS, SUB, AUD, "\"+1790000000\"", EXP, "", FG_E_CLAIM, "oidc.claims.time" },
		{ ISS, SUB, AUD, "\"1790000000.0\"", EXP, "", FG_E_CLAIM, "oidc.claims.time" },
		{ ISS, SUB, AUD, "\"\"", EXP, "", FG_E_CLAIM, "oidc.claims.time" },
		{ ISS, SUB, AUD, IAT, EXP, ",\"aud\":\"second\"", FG_E_SYNTAX, "oidc.jws.payload" },
	};
	ROOM;

	r.p.flags = OIDC_AWS_PARITY;
	run(&r, rows, FG_COUNT(rows));
	/* parity wins over the switch for several audiences */
	r.p.flags = OIDC_AWS_PARITY | OIDC_ANY_AUDIENCE;
	CHECK_RC(room_claims(&r, mint_payload(r.a, ISS, SUB, "[" AUD ",\"b\"]", IAT, EXP, "")), FG_E_AUDIENCE);
}

static void
parity_refuses_keys_with_key_ops(void)
{
	ROOM;
	struct fg_str jwk = mint_jwk(r.a, "ec256", "ec256", ",\"key_ops\":[\"verify\"]");
	struct fg_str t = mint(r.a, "ES256", mint_claims(r.a, "").p);

	oidc_jwks_free(r.set);
	r.set = NULL;
	CHECK_OK(oidc_jwks_parse(fg_arena_fmt(r.a, "{\"keys\":[%.*s]}", (int)jwk.n, jwk.p), 0, &r.set, NULL));
	CHECK_OK(room_check(&r, t));
	r.p.flags = OIDC_AWS_PARITY;
	room_refused(&r, t, FG_E_KEY, "oidc.key.ops");
}

/* ---- AWS's words ---- */

static void
says(struct room *r, struct fg_str token, const char *want)
{
	struct fg_buf b = FG_BUF_ARENA(r->a, 1024);

	CHECK(room_check(r, token) != FG_OK);
	oidc_wording(&r->err, &r->why, &b);
	CHECK_EQ(fg_buf_str(&b), fg_str_z(want));
}

#define GENERAL                                                                                                    \
	"The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for " \
	"requirements."
#define NO_KEY                                                                                                     \
	"Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity " \
	"documentation for requirements"
#define NOT_JWT "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"

static void
refusals_have_awss_words(void)
{
	static const struct {
		struct row row;
		const char *words;
	} rows[] = {
		{ { ISS, NULL, AUD, IAT, EXP, "", 0, NULL }, "Missing a required claim: sub" },
		{ { ISS, SUB, NULL, IAT, EXP, "", 0, NULL }, "Missing a required claim: aud" },
		{ { ISS, SUB, AUD, NULL, EXP, "", 0, NULL }, "Missing a required claim: iat" },
		{ { ISS, SUB, AUD, IAT, NULL, "", 0, NULL }, "Missing a required claim: exp" },
		{ { NULL, SUB, AUD, IAT, EXP, "", 0, NULL }, "Missing a required claim: iss" },
		{ { ISS, SUB, "[]", IAT, EXP, "", 0, NULL }, "Claim is not allowed to be empty: aud" },
		{ { ISS, SUB, "[\"a\",\"b\"]", IAT, EXP, "", 0, NULL },
		    "Token audience contains more than one audience while authorized party is not present" },
		{ { ISS, SUB, AUD, IAT, EXP, ",\"azp\":\"x\"", 0, NULL }, GENERAL },
		{ { ISS, SUB, "\"x\"", IAT, EXP, "", 0, NULL }, GENERAL },
		{ { ISS, SUB, AUD, "1789990000", "1789999600", "", 0, NULL },
		    "Token expired: current date/time 1789999700 must be before the expiration date/time 1789999600" },
		{ { ISS, SUB, AUD, "1790000400", EXP, "", 0, NULL }, "Token issued in the future: 1790000400" },
		{ { ISS, SUB, AUD, IAT, EXP, ",\"nbf\":1790000500", 0, NULL },
		    "Token not yet valid: current date/time 1790000300 must be after or equal to the not-before date/time "
		    "1790000500" },
		{ { ISS, SUB, AUD, "1.5", EXP, "", 0, NULL }, "Invalid timestamp in token claims." },
		{ { ISS, SUB, AUD, IAT, "null", "", 0, NULL }, "Invalid timestamp in token claims." },
		{ { ISS, SUB, AUD, IAT, EXP, ",\"https://aws.amazon.com/tags\":{\"principal_tags\":{\"a\":\"b\"}}", 0, NULL },
		    "principal_tags passed in claim is not in correct format." },
		{ { ISS, "5", AUD, IAT, EXP, "", 0, NULL }, GENERAL },
	};
	ROOM;

	r.p.flags = OIDC_AWS_PARITY;
	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		const struct row *w = &rows[i].row;

		says(&r, mint(r.a, "ES256", mint_payload(r.a, w->iss, w->sub, w->aud, w->iat, w->exp, w->more).p), rows[i].words);
	}
	says(&r, mint_with(r.a, mint_alg("ES256"), "ec256", FG_LIT("{\"alg\":\"ES256\",\"kid\":\"nobody\"}"),
	    mint_claims(r.a, "")), NO_KEY);
	says(&r, mint_with(r.a, mint_alg("ES256"), "ec256", FG_LIT("{\"alg\":\"ES256\"}"), mint_claims(r.a, "")), NO_KEY);
	says(&r, mint_with(r.a, mint_alg("ES256"), "ec256", FG_LIT("{\"alg\":\"ES256\",\"kid\":\"\"}"),
	    mint_claims(r.a, "")), NO_KEY);
	says(&r, mint_with(r.a, mint_alg("ES256"), "ec256", FG_LIT("{\"alg\":\"ES256\",\"kid\":\"ec256\",\"crit\":[\"x\"]}"),
	    mint_claims(r.a, "")), NOT_JWT);
	says(&r, FG_LIT("an-opaque-access-token"), NOT_JWT);
	says(&r, mint_with(r.a, mint_alg("ES256"), "ec256", FG_LIT("{\"alg\":\"RS256\",\"kid\":\"rsa2048\"}"),
	    mint_claims(r.a, "")), GENERAL);
}

/* Without details the step still names the claim. */
static void
wording_needs_no_details(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(65536);
	struct fg_buf b = FG_BUF_ARENA(a, 1024);
	struct fg_err err = { .rc = FG_E_CLAIM, .step = "oidc.claims.missing.exp" };

	oidc_wording(&err, NULL, &b);
	CHECK_STR(fg_buf_str(&b), "Missing a required claim: exp");
	fg_buf_reset(&b);
	err.step = "api.somewhere";
	oidc_wording(&err, NULL, &b);
	CHECK_STR(fg_buf_str(&b), GENERAL);
}

CU_TestInfo parity_tests[] = {
	CASE(parity_accepts_what_aws_accepts),
	CASE(parity_refuses_keys_with_key_ops),
	CASE(refusals_have_awss_words),
	CASE(wording_needs_no_details),
	CASES_END,
};
