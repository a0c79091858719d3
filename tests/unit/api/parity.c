/*
 * What AWS STS answers, row by row (recorded by others, see the provider's documents), with
 * the provider registered to answer as AWS does: code, status and words.
 */
#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"

#define DEPLOY W_ROLE("deploy")
#define ISS "\"" W_ISSUER "\""
#define SUB "\"repo:acme/app:ref:main\""
#define AUD "\"sts.amazonaws.com\""
#define IAT "1789999990"
#define EXP "1790000290"
#define NOT_JWT                                                                                  \
	"The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
#define NO_KEY                                                                                   \
	"Couldn&#39;t retrieve verification key from your identity provider,  please reference "  \
	"AssumeRoleWithWebIdentity documentation for requirements"
#define GENERAL                                                                                  \
	"The web identity token provided could not be validated. See the "                       \
	"AssumeRoleWithWebIdentity documentation for requirements."

void world_parity(int64_t flags);

struct row {
	const char *iss, *sub, *aud, *iat, *exp, *more;
	const char *code, *message; /* NULL: accepted */
};

static const struct row rows[] = {
	{ ISS, SUB, AUD, IAT, EXP, "", NULL, NULL },
	{ ISS, NULL, AUD, IAT, EXP, "", "InvalidIdentityToken", "Missing a required claim: sub" },
	{ ISS, SUB, NULL, IAT, EXP, "", "InvalidIdentityToken", "Missing a required claim: aud" },
	{ ISS, SUB, AUD, NULL, EXP, "", "InvalidIdentityToken", "Missing a required claim: iat" },
	{ ISS, SUB, AUD, IAT, NULL, "", "InvalidIdentityToken", "Missing a required claim: exp" },
	{ ISS, SUB, "[" AUD "]", IAT, EXP, "", NULL, NULL },
	{ ISS, SUB, "[]", IAT, EXP, "", "InvalidIdentityToken", "Claim is not allowed to be empty: aud" },
	{ ISS, SUB, "[" AUD ",\"b\"]", IAT, EXP, "", "InvalidIdentityToken",
	    "Token audience contains more than one audience while authorized party is not present" },
	{ ISS, SUB, "[" AUD ",\"b\"]", IAT, EXP, ",\"azp\":" AUD, NULL, NULL },
	{ ISS, SUB, AUD, IAT, EXP, ",\"azp\":\"other\"", "InvalidIdentityToken", GENERAL },
	{ ISS, SUB, "\"unregistered\"", IAT, EXP, "", "InvalidIdentityToken", GENERAL },
	{ ISS, SUB, AUD, "1789990000", "1789999701", "", NULL, NULL },
	{ ISS, SUB, AUD, "1789990000", "1789999699", "", "ExpiredTokenException",
	    "Token expired: current date/time 1789999700 must be before the expiration date/time "
	    "1789999699" },
	{ ISS, SUB, AUD, "1790000299", "1790000900", "", NULL, NULL },
	{ ISS, SUB, AUD, "1790000301", "1790000900", "", "InvalidIdentityToken",
	    "Token issued in the future: 1790000301" },
	{ ISS, SUB, AUD, IAT, EXP, ",\"nbf\":1790000299", NULL, NULL },
	{ ISS, SUB, AUD, IAT, EXP, ",\"nbf\":1790000301", "InvalidIdentityToken",
	    "Token not yet valid: current date/time 1790000300 must be after or equal to the "
	    "not-before date/time 1790000301" },
	{ ISS, SUB, AUD, "\"" IAT "\"", "\"" EXP "\"", "", NULL, NULL },
	{ ISS, SUB, AUD, IAT, "1790000290.5", "", "InvalidIdentityToken",
	    "Invalid timestamp in token claims." },
	{ ISS, SUB, AUD, IAT, "\"soon\"", "", "InvalidIdentityToken",
	    "Invalid timestamp in token claims." },
	{ ISS, SUB, AUD, IAT, EXP, ",\"https://aws.amazon.com/tags\":{\"principal_tags\":{\"K\":\"v\"}}",
	    "InvalidIdentityToken", "principal_tags passed in claim is not in correct format." },
	{ ISS, SUB, AUD, IAT, EXP, ",\"https://aws.amazon.com/tags/principal_tags/K\":\"v\"", NULL, NULL },
	{ ISS, SUB, AUD, IAT, EXP, ",\"https://aws.amazon.com/roles\":\"" DEPLOY "\"", NULL, NULL },
	{ ISS, SUB, AUD, IAT, EXP, ",\"https://aws.amazon.com/roles\":[\"x\",\"" DEPLOY "\"]", NULL, NULL },
	{ ISS, SUB, AUD, IAT, EXP, ",\"https://aws.amazon.com/roles\":\"x;" DEPLOY "\"", NULL, NULL },
	{ ISS, SUB, AUD, IAT, EXP, ",\"https://aws.amazon.com/roles\":null", NULL, NULL },
	{ ISS, SUB, AUD, IAT, EXP, ",\"https://aws.amazon.com/roles\":\"arn:aws:iam::111122223333:role/*\"",
	    "InvalidIdentityToken",
	    "The target role ARN is not present in the roles claim of the identity token" },
};

static void
every_recorded_row_is_answered_so(void)
{
	world_parity(STORE_OIDC_PARITY);
	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		const struct row *w = &rows[i];
		struct fg_str p = world_payload(w->iss, w->sub, w->aud, w->iat, w->exp, w->more);
		struct reply r = world_assume(DEPLOY, world_token_of("RS256", p.p), "");

		if (w->code == NULL) {
			CHECK_GRANTED(r);
			continue;
		}
		CHECK_FAULT(r, 400, w->code);
		CHECK_EQ(r.message, fg_str_z(w->message));
	}
	world_parity(0);
}

static void
every_algorithm_of_aws_is_accepted(void)
{
	static const char *const algs[] = { "RS256", "RS384", "RS512", "ES256", "ES384", "ES512" };

	world_parity(STORE_OIDC_PARITY);
	for (size_t i = 0; i < FG_COUNT(algs); i++) {
		struct fg_str p = world_payload(ISS, SUB, AUD, IAT, EXP, "");
		struct reply r = world_assume(DEPLOY, world_token_of(algs[i], p.p), "");

		CHECK_GRANTED(r);
	}
	world_parity(0);
}

static void
times_have_sixty_seconds_without_parity(void)
{
	struct fg_str p = world_payload(ISS, SUB, AUD, "1789990000", "1789999939", "");
	struct reply r = world_assume(DEPLOY, world_token_of("RS256", p.p), "");

	CHECK_FAULT(r, 400, "ExpiredTokenException");
	p = world_payload(ISS, SUB, AUD, "1789990000", "1789999941", "");
	r = world_assume(DEPLOY, world_token_of("RS256", p.p), "");
	CHECK_GRANTED(r);
}

static void
what_is_no_jwt_is_told_so(void)
{
	static const char *const texts[] = { "abcd", "a.b.c", "ya29.a0AfH6SMBx",
		"eyJhbGciOiJub25lIn0.e30." };

	for (size_t i = 0; i < FG_COUNT(texts); i++) {
		struct reply r = world_assume(DEPLOY, fg_str_z(texts[i]), "");

		CHECK_FAULT(r, 400, "InvalidIdentityToken");
		CHECK_STR(r.message, NOT_JWT);
	}
}

static void
provider_id_is_for_other_tokens(void)
{
	struct reply r = world_assume(DEPLOY, world_token(""), "&ProviderId=www.amazon.com");

	CHECK_FAULT(r, 400, "InvalidIdentityToken");
	CHECK_STR(r.message, "Provided Token is not a Login With Amazon token");
}

static void
sub_quirks_of_aws_are_not_copied(void)
{
	static const char *const subs[] = { "\"\"", "123", "null" };

	world_parity(STORE_OIDC_PARITY);
	for (size_t i = 0; i < FG_COUNT(subs); i++) {
		struct fg_str p = world_payload(ISS, subs[i], AUD, IAT, EXP, "");
		struct reply r = world_assume(DEPLOY, world_token_of("RS256", p.p), "");

		CHECK_FAULT(r, 400, "InvalidIdentityToken");
	}
	world_parity(0);
}

CU_TestInfo parity_tests[] = {
	CASE(every_recorded_row_is_answered_so),
	CASE(every_algorithm_of_aws_is_accepted),
	CASE(times_have_sixty_seconds_without_parity),
	CASE(what_is_no_jwt_is_told_so),
	CASE(provider_id_is_for_other_tokens),
	CASE(sub_quirks_of_aws_are_not_copied),
	CASES_END
};
