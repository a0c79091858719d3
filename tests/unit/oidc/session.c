/* oidc/session.c: tags, source identity and roles that a token brings. */
#include "tests/unit/oidc/tests.h"

#define TAGS ",\"https://aws.amazon.com/tags\":"
#define FLAT ",\"https://aws.amazon.com/tags/principal_tags/"
#define ROLES ",\"https://aws.amazon.com/roles\":"
#define SOURCE ",\"https://aws.amazon.com/source_identity\":"

static void
nothing_is_there_without_the_claims(void)
{
	ROOM;

	CHECK_OK(room_claims(&r, mint_claims(r.a, "")));
	CHECK(r.facts.ntag == 0 && r.facts.ntransitive == 0 && !r.facts.has_roles);
	CHECK(fg_str_null(r.facts.source_identity));
	CHECK_OK(room_claims(&r, mint_claims(r.a, TAGS "null" ROLES "null" SOURCE "null")));
	CHECK(r.facts.ntag == 0 && !r.facts.has_roles && fg_str_null(r.facts.source_identity));
}

static void
tags_nested_and_flat(void)
{
	ROOM;

	CHECK_OK(room_claims(&r, mint_claims(r.a,
	    TAGS "{\"principal_tags\":{\"team\":[\"ml\"],\"cost\":[\"\"]},\"transitive_tag_keys\":[\"team\"]}")));
	CHECK(r.facts.ntag == 2 && r.facts.ntransitive == 1);
	CHECK_STR(r.facts.tag[0].key, "team");
	CHECK_STR(r.facts.tag[0].value, "ml");
	CHECK_STR(r.facts.transitive[0], "team");
	CHECK_OK(room_claims(&r, mint_claims(r.a, FLAT "team\":\"ml\"" FLAT "a/b:c\":\"x\""
	    ",\"https://aws.amazon.com/tags/transitive_tag_keys\":[\"team\"]")));
	CHECK(r.facts.ntag == 2 && r.facts.ntransitive == 1);
	CHECK_STR(r.facts.tag[1].key, "a/b:c");
	CHECK_OK(room_claims(&r, mint_claims(r.a, TAGS "{\"principal_tags\":{\"a\":[\"1\"]}}" FLAT "b\":\"2\"")));
	CHECK(r.facts.ntag == 2);
	CHECK_OK(room_claims(&r, mint_claims(r.a, TAGS "{}")));
	CHECK(r.facts.ntag == 0);
}

static void
tags_of_another_form_are_refused(void)
{
	static const char *const bad[] = { TAGS "\"x\"", TAGS "[]", TAGS "{\"principal_tags\":{\"a\":\"b\"}}",
		TAGS "{\"principal_tags\":{\"a\":[]}}", TAGS "{\"principal_tags\":{\"a\":[\"b\",\"c\"]}}",
		TAGS "{\"principal_tags\":{\"a\":[1]}}", TAGS "{\"principal_tags\":[\"a\"]}", TAGS "{\"principal_tags\":null}",
		TAGS "{\"transitive_tag_keys\":\"a\"}", TAGS "{\"transitive_tag_keys\":[1]}", TAGS "{\"other\":1}",
		FLAT "a\":[\"b\"]", FLAT "a\":1",
		TAGS "{\"transitive_tag_keys\":[]},\"https://aws.amazon.com/tags/transitive_tag_keys\":[]" };
	ROOM;

	for (size_t i = 0; i < FG_COUNT(bad); i++)
		room_refused(&r, mint(r.a, "ES256", mint_claims(r.a, bad[i]).p), FG_E_CLAIM, "oidc.claims.tags");
}

static void
roles_as_string_list_and_array(void)
{
	ROOM;

	CHECK_OK(room_claims(&r, mint_claims(r.a, ROLES "\"arn:aws:iam::111122223333:role/a\"")));
	CHECK(r.facts.has_roles && r.facts.nrole == 1);
	CHECK_OK(room_claims(&r, mint_claims(r.a, ROLES "\"arn:a;arn:b;arn:c\"")));
	CHECK(r.facts.nrole == 3);
	CHECK_STR(r.facts.role[0], "arn:a");
	CHECK_STR(r.facts.role[2], "arn:c");
	CHECK_OK(room_claims(&r, mint_claims(r.a, ROLES "[\"arn:a;b\",\"*\"]")));
	CHECK(r.facts.nrole == 2);
	CHECK_STR(r.facts.role[0], "arn:a;b");
	/* there, and empty: no role at all */
	CHECK_OK(room_claims(&r, mint_claims(r.a, ROLES "[]")));
	CHECK(r.facts.has_roles && r.facts.nrole == 0);
}

static void
roles_of_another_form_are_refused(void)
{
	static const char *const bad[] = { ROLES "\"\"", ROLES "\";\"", ROLES "\"arn:a;\"", ROLES "[\"\"]", ROLES "[1]",
		ROLES "{}", ROLES "true", ROLES "5" };
	ROOM;

	for (size_t i = 0; i < FG_COUNT(bad); i++)
		room_refused(&r, mint(r.a, "ES256", mint_claims(r.a, bad[i]).p), FG_E_CLAIM, "oidc.claims.roles");
}

static void
source_identity_is_a_string(void)
{
	static const char *const bad[] = { SOURCE "\"\"", SOURCE "1", SOURCE "[\"a\"]" };
	ROOM;

	CHECK_OK(room_claims(&r, mint_claims(r.a, SOURCE "\"alice\"")));
	CHECK_STR(r.facts.source_identity, "alice");
	for (size_t i = 0; i < FG_COUNT(bad); i++)
		room_refused(&r, mint(r.a, "ES256", mint_claims(r.a, bad[i]).p), FG_E_CLAIM, "oidc.claims.source");
}

CU_TestInfo session_tests[] = {
	CASE(nothing_is_there_without_the_claims),
	CASE(tags_nested_and_flat),
	CASE(tags_of_another_form_are_refused),
	CASE(roles_as_string_list_and_array),
	CASE(roles_of_another_form_are_refused),
	CASE(source_identity_is_a_string),
	CASES_END,
};
