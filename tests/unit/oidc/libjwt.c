/*
 * A second opinion: whatever we accept, libjwt accepts; whatever it refuses, we refuse.
 * It is asked only about tokens of a form it can be asked about: at most 20,000
 * characters, three parts that are not empty, the strict alphabet, the alg that the key is
 * for, and always with a key (without one it accepts anything).
 */
#include <jwt.h>
#include <stdio.h>

#include "tests/unit/oidc/tests.h"

static const struct {
	const char *alg;
	const char *key;
	jwt_alg_t theirs;
} pairs[] = {
	{ "RS256", "rsa2048", JWT_ALG_RS256 },
	{ "RS384", "rsa2048", JWT_ALG_RS384 },
	{ "RS512", "rsa2048", JWT_ALG_RS512 },
	{ "ES256", "ec256", JWT_ALG_ES256 },
	{ "ES384", "ec384", JWT_ALG_ES384 },
	{ "ES512", "ec521", JWT_ALG_ES512 },
};

static bool
askable(struct fg_str token)
{
	size_t dots = 0, run = 0;

	for (size_t i = 0; i < token.n; i++) {
		char c = token.p[i];

		dots += c == '.';
		if (c == '.' && run == 0)
			return false;
		run = c == '.' ? 0 : run + 1;
		if (c != '.' && !fg_digit(c) && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && c != '-' && c != '_')
			return false;
	}
	return token.n <= FG_LIMIT_JWT_BYTES && dots == 2 && run > 0;
}

static bool
they_accept(struct room *r, struct fg_str token, struct fg_str pem, jwt_alg_t alg)
{
	struct fg_str z = fg_arena_dup(r->a, token);
	jwt_t *jwt = NULL;
	bool ok;

	CU_ASSERT_FATAL(pem.n > 0 && z.p != NULL);
	ok = jwt_decode(&jwt, z.p, (const unsigned char *)pem.p, (int)pem.n) == 0 && jwt_get_alg(jwt) == alg;
	jwt_free(jwt);
	return ok;
}

/* Every bit of the signature and of the payload's start, every alg. */
static void
libjwt_never_refuses_what_we_accept(void)
{
	size_t asked = 0, both = 0;
	ROOM;

	for (size_t i = 0; i < FG_COUNT(pairs); i++) {
		struct fg_str pem = mint_pem(r.a, pairs[i].key), t = mint(r.a, pairs[i].alg, mint_claims(r.a, "").p);
		char *copy = fg_arena_alloc(r.a, t.n);

		for (size_t step = 0; step < 260; step++) {
			size_t bit = step == 0 ? 0 : (step * 7919) % (t.n * 8);
			struct fg_str m = fg_str(copy, t.n);
			bool ours, theirs;

			memcpy(copy, t.p, t.n);
			if (step > 0)
				copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << (bit % 8)));
			ours = room_check(&r, m) == FG_OK;
			CHECK(ours == (step == 0));
			if (!askable(m))
				continue;
			theirs = they_accept(&r, m, pem, pairs[i].theirs);
			asked++;
			both += ours && theirs;
			CHECK(!ours || theirs);
			/* the payload is signed: what they take, we may refuse for its claims or spelling only */
			if (theirs && !ours)
				CHECK(r.err.rc != FG_E_SIGNATURE || bit / 8 >= t.n - 1 ||
				    strcmp(r.err.step, "oidc.verify.width") == 0);
		}
	}
	CHECK(asked > 300);
	CHECK(both == FG_COUNT(pairs));
}

/* What libjwt signs, we verify. */
static void
tokens_that_libjwt_minted_are_accepted(void)
{
	ROOM;

	for (size_t i = 0; i < FG_COUNT(pairs); i++) {
		struct fg_str pem = unit_vector(r.a, fg_arena_fmt(r.a, "oidc/keys/%s.pem", pairs[i].key).p);
		jwt_t *jwt = NULL;
		char *token;

		CHECK(jwt_new(&jwt) == 0);
		CHECK(jwt_add_grants_json(jwt, fg_arena_dup(r.a, mint_claims(r.a, "")).p) == 0);
		CHECK(jwt_add_header(jwt, "kid", pairs[i].key) == 0);
		CHECK(jwt_set_alg(jwt, pairs[i].theirs, (const unsigned char *)pem.p, (int)pem.n) == 0);
		token = jwt_encode_str(jwt);
		CU_ASSERT_PTR_NOT_NULL_FATAL(token);
		CHECK_OK(room_check(&r, fg_str_z(token)));
		free(token);
		jwt_free(jwt);
	}
}

/* Where it is known to accept, and we must not. */
static void
what_libjwt_accepts_and_we_refuse(void)
{
	static const struct {
		const char *header, *payload;
		enum fg_rc rc;
	} rows[] = {
		{ "{\"alg\":\"rs256\",\"kid\":\"rsa2048\",\"typ\":\"JWT\"}", NULL, FG_E_UNSUPPORTED },
		{ "{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"crit\":[\"x\"]}", NULL, FG_E_UNSUPPORTED },
		{ "{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"b64\":false}", NULL, FG_E_UNSUPPORTED },
		{ "{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"rsa2048\"}", NULL, FG_E_SYNTAX },
		{ "{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"typ\":5}", NULL, FG_E_SYNTAX },
		{ "{\"alg\":\"RS256\",\"kid\":\"rsa2048\"}", "{\"sub\":\"a\",\"sub\":\"b\"}", FG_E_SYNTAX },
		{ "{\"alg\":\"RS256\",\"kid\":\"rsa2048\"}", "[]", FG_E_SYNTAX },
	};
	ROOM;
	struct fg_str pem = mint_pem(r.a, "rsa2048");

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		struct fg_str payload = rows[i].payload == NULL ? mint_claims(r.a, "") : fg_str_z(rows[i].payload);
		struct fg_str t = mint_with(r.a, mint_alg("RS256"), "rsa2048", fg_str_z(rows[i].header), payload);

		CHECK(they_accept(&r, t, pem, JWT_ALG_RS256));
		CHECK_RC(room_check(&r, t), rows[i].rc);
	}
}

CU_TestInfo libjwt_tests[] = {
	CASE(libjwt_never_refuses_what_we_accept),
	CASE(tokens_that_libjwt_minted_are_accepted),
	CASE(what_libjwt_accepts_and_we_refuse),
	CASES_END,
};
