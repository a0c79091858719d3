/* tests/unit/cred/id.c - layouts that other tools take apart. */
#include "tests/unit/cred/rig.h"

static void
account_is_inside_the_key_id(void)
{
	static const char *const accounts[] = { "000000000000", "000000000001", "111122223333",
		"999999999999" };
	char id[21], account[13];

	for (size_t i = 0; i < FG_COUNT(accounts); i++)
		for (int round = 0; round < 200; round++) {
			CHECK_OK(cred_key_id_new(CRED_KEY_ASIA, fg_str_z(accounts[i]), id, NULL));
			CHECK(cred_key_id_read(fg_str_z(id), account) == CRED_KEY_ASIA);
			CHECK(strcmp(account, accounts[i]) == 0);
			CHECK(id[4] != 'I' && id[4] != 'J'); /* tools take those for an old layout */
		}
	CHECK_OK(cred_key_id_new(CRED_KEY_AKIA, FG_LIT("111122223333"), id, NULL));
	CHECK(memcmp(id, "AKIA", 4) == 0 && strlen(id) == 20);
	CHECK(cred_key_id_read(fg_str_z(id), account) == CRED_KEY_AKIA);
}

/* An id and its account as published by others who decode it. */
static void
published_id_decodes(void)
{
	char account[13];

	CHECK(cred_key_id_read(FG_LIT("ASIAQNZGKIQY56JQ7WML"), account) == CRED_KEY_ASIA);
	CHECK(strcmp(account, "029608264753") == 0);
}

static void
other_ids_are_refused(void)
{
	static const char *const bad[] = {
		"", "ASIA", "ASIAQNZGKIQY56JQ7WM", "ASIAQNZGKIQY56JQ7WMLA", "AROAQNZGKIQY56JQ7WML",
		"asiaQNZGKIQY56JQ7WML", "ASIAqNZGKIQY56JQ7WML", "ASIAQNZGKIQY56JQ7WM1",
		"ASIAINZGKIQY56JQ7WML", /* bit 47 is 0 */
		"ASIA7777777777777777", /* an account of 13 digits */
	};
	char account[13], id[21];

	for (size_t i = 0; i < FG_COUNT(bad); i++)
		CHECK(cred_key_id_read(fg_str_z(bad[i]), account) == CRED_KEY_NONE);
	CHECK_RC(cred_key_id_new(CRED_KEY_ASIA, FG_LIT("11112222333"), id, NULL), FG_E_PARAM);
	CHECK_RC(cred_key_id_new(CRED_KEY_ASIA, FG_LIT("11112222333x"), id, NULL), FG_E_PARAM);
	CHECK_RC(cred_key_id_new(CRED_KEY_NONE, FG_LIT("111122223333"), id, NULL), FG_E_PARAM);
}

static void
unique_ids_say_what_they_are(void)
{
	static const struct { enum cred_uid_kind kind; const char *prefix; } rows[] = {
		{ CRED_UID_ROLE, "AROA" }, { CRED_UID_USER, "AIDA" }, { CRED_UID_GROUP, "AGPA" },
		{ CRED_UID_POLICY, "ANPA" }, { CRED_UID_PROFILE, "AIPA" },
	};
	char a[22], b[22];

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		CHECK_OK(cred_uid_new(rows[i].kind, a, NULL));
		CHECK_OK(cred_uid_new(rows[i].kind, b, NULL));
		CHECK(strlen(a) == 21 && memcmp(a, rows[i].prefix, 4) == 0);
		CHECK(strcmp(a, b) != 0);
		CHECK(cred_uid_read(fg_str_z(a)) == rows[i].kind);
		CHECK(cred_uid_read(fg_str(a, 20)) == CRED_UID_NONE);
	}
	CHECK_RC(cred_uid_new(CRED_UID_NONE, a, NULL), FG_E_PARAM);
	CHECK(cred_uid_read(FG_LIT("AROAabcdefghijklmnopq")) == CRED_UID_NONE);
	CHECK(cred_uid_read(FG_LIT("AKIAABCDEFGHIJKLMNOPQ")) == CRED_UID_NONE);
}

static void
long_lived_secrets_are_forty_characters(void)
{
	char a[41], b[41];

	CHECK_OK(cred_secret_new(a, NULL));
	CHECK_OK(cred_secret_new(b, NULL));
	CHECK(strlen(a) == 40 && strcmp(a, b) != 0 && strchr(a, '=') == NULL);
}

CU_TestInfo id_tests[] = {
	CASE(account_is_inside_the_key_id),
	CASE(published_id_decodes),
	CASE(other_ids_are_refused),
	CASE(unique_ids_say_what_they_are),
	CASE(long_lived_secrets_are_forty_characters),
	CASES_END,
};
