/* oidc/keys.c: claims as condition keys. */
#include "tests/unit/oidc/tests.h"

static const struct oidc_claim *
claim(struct room *r, const char *name)
{
	return oidc_claim_find(&r->facts, fg_str_z(name));
}

static void
strings_booleans_and_string_arrays_are_keys(void)
{
	const struct oidc_claim *c;
	ROOM;

	CHECK_OK(room_claims(&r, mint_claims(r.a, ",\"actor\":\"octo\",\"empty\":\"\",\"ok\":true,\"no\":false,"
	    "\"groups\":[\"a\",\"b\"],\"none\":[],\"amr\":[\"mfa\"],\"run\":7,\"nul\":null,\"obj\":{\"a\":\"b\"},"
	    "\"mixed\":[\"a\",1],\"esc\":\"\\u00e9\",\"oidc.circleci.com/project-id\":\"p\"")));
	c = claim(&r, "actor");
	CHECK(c != NULL && c->type == OIDC_CLAIM_STRING);
	CHECK_STR(c->value, "octo");
	CHECK(claim(&r, "empty") != NULL && claim(&r, "empty")->value.n == 0);
	c = claim(&r, "ok");
	CHECK(c != NULL && c->type == OIDC_CLAIM_BOOL && c->yes);
	CHECK_STR(c->value, "true");
	CHECK(!claim(&r, "no")->yes);
	c = claim(&r, "groups");
	CHECK(c != NULL && c->type == OIDC_CLAIM_STRINGS && c->n == 2);
	CHECK_STR(c->list[1], "b");
	CHECK(claim(&r, "none")->type == OIDC_CLAIM_STRINGS && claim(&r, "none")->n == 0);
	CHECK(claim(&r, "amr")->type == OIDC_CLAIM_STRINGS && claim(&r, "amr")->n == 1);
	CHECK_STR(claim(&r, "esc")->value, "\xc3\xa9");
	CHECK(claim(&r, "oidc.circleci.com/project-id") != NULL);
	CHECK(claim(&r, "run") == NULL && claim(&r, "nul") == NULL && claim(&r, "obj") == NULL);
	CHECK(claim(&r, "mixed") == NULL && claim(&r, "exp") == NULL);
	CHECK_STR(claim(&r, "sub")->value, "repo:acme/model:ref:refs/heads/main");
}

static void
aud_is_the_effective_one_and_oaud_the_tokens(void)
{
	ROOM;

	CHECK_OK(room_claims(&r, mint_claims(r.a, ",\"azp\":\"other-client\",\"oaud\":\"forged\",\"OAUD\":\"forged\"")));
	CHECK_STR(claim(&r, "aud")->value, "other-client");
	CHECK_STR(claim(&r, "oaud")->value, CLIENT);
	CHECK(r.facts.claim[0].value.n == 12);
	r.p.flags = OIDC_ANY_AUDIENCE;
	CHECK_OK(room_claims(&r, mint_payload(r.a, "\"" ISSUER "\"", "\"s\"", "[\"a\",\"" CLIENT "\"]", "1790000000",
	    "1790000100", "")));
	CHECK_STR(claim(&r, "aud")->value, CLIENT);
	CHECK(claim(&r, "oaud")->type == OIDC_CLAIM_STRINGS && claim(&r, "oaud")->n == 2);
	CHECK_OK(room_claims(&r, mint_payload(r.a, "\"" ISSUER "\"", "\"s\"", "[\"" CLIENT "\"]", "1790000000",
	    "1790000100", "")));
	CHECK(claim(&r, "oaud")->type == OIDC_CLAIM_STRING);
}

/* `<issuer>:<name>` with a ':' in the name would read as another issuer's key. */
static void
a_colon_in_a_name_hides_the_claim(void)
{
	ROOM;

	CHECK_OK(room_claims(&r, mint_claims(r.a, ",\"other.example.com:sub\":\"x\",\"a:b\":\"x\",\":\":\"x\",\"\":\"x\"")));
	for (size_t i = 0; i < r.facts.nclaim; i++)
		CHECK(fg_find(r.facts.claim[i].name, ':') == r.facts.claim[i].name.n && r.facts.claim[i].name.n > 0);
}

static void
names_that_differ_in_case_only_are_refused(void)
{
	static const char *const twins[] = { ",\"Sub\":\"x\"", ",\"SUB\":\"x\"", ",\"Aud\":\"x\"", ",\"AUD\":[\"x\"]",
		",\"role\":\"a\",\"Role\":\"b\"", ",\"ISS\":\"x\"" };
	ROOM;

	for (size_t i = 0; i < FG_COUNT(twins); i++)
		room_refused(&r, mint(r.a, "ES256", mint_claims(r.a, twins[i]).p), FG_E_CLAIM, "oidc.claims.twin");
}

CU_TestInfo keys_tests[] = {
	CASE(strings_booleans_and_string_arrays_are_keys),
	CASE(aud_is_the_effective_one_and_oaud_the_tokens),
	CASE(a_colon_in_a_name_hides_the_claim),
	CASE(names_that_differ_in_case_only_are_refused),
	CASES_END,
};
