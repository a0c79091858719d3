/* The public suites: Wycheproof, the JOSE cookbook, JSONTestSuite. */
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>

#include "tests/unit/oidc/tests.h"

static void
json_freep(json_t **j)
{
	json_decref(*j);
}

static json_t *
load(struct room *r, const char *suite, const char *file)
{
	struct fg_str dir = unit_suite_dir(r->a, suite), bytes;
	json_t *j;

	if (fg_str_null(dir))
		return NULL;
	bytes = unit_file(r->a, fg_arena_fmt(r->a, "%.*s/%s", (int)dir.n, dir.p, file).p);
	j = json_loadb(bytes.p == NULL ? "" : bytes.p, bytes.n, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL(j);
	return j;
}

static const char *
text(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	return s == NULL ? "" : s;
}

static struct oidc_jwks *
set_of(struct room *r, const json_t *jwk)
{
	char *s = json_dumps(jwk, JSON_COMPACT);
	struct oidc_jwks *set = NULL;

	if (s != NULL)
		(void)!oidc_jwks_parse(fg_arena_fmt(r->a, "{\"keys\":[%s]}", s), 0, &set, NULL);
	free(s);
	return set;
}

/* Signature rules only: what `fedgate oidc verify --signature-only` does. */
static enum fg_rc
signature(struct room *r, const struct oidc_jwks *set, struct fg_str token)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1024 * 1024);
	const struct oidc_payload *payload;
	const struct oidc_key *key;
	struct oidc_jws *jws;

	FG_TRY(oidc_jws_parse(a, token, &jws, NULL));
	FG_TRY(oidc_key_find(&r->p, set, jws, &key, NULL));
	return oidc_verify(r->w, a, &r->p, jws, key, &payload, NULL);
}

/* Eight cases whose labels are wrong, as the suite's notes say. */
static bool
mislabelled(json_int_t id)
{
	static const json_int_t ids[] = { 367, 370, 372, 373, 346, 350, 347, 351 };

	for (size_t i = 0; i < FG_COUNT(ids); i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* Accepted here: not HMAC, and not an empty payload. */
static bool
wanted(const char *jws, const json_t *group)
{
	return strstr(jws, "..") == NULL && strcmp(text(json_object_get(group, "private"), "kty"), "oct") != 0;
}

static void
wycheproof_json_web_signature(void)
{
	size_t accepted = 0, refused = 0, i, k;
	json_t *group, *test;
	ROOM;
	FG_AUTO(json_freep) json_t *j = load(&r, "wycheproof-jose", "json_web_signature_test.json");

	if (j == NULL)
		return;
	json_array_foreach(json_object_get(j, "testGroups"), i, group) {
		json_t *jwk = json_object_get(group, "public");
		FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = set_of(&r, jwk != NULL ? jwk : json_object_get(group, "private"));

		json_array_foreach(json_object_get(group, "tests"), k, test) {
			const char *token = text(test, "jws");
			bool valid = strcmp(text(test, "result"), "valid") == 0;
			bool got = signature(&r, set, fg_str_z(token)) == FG_OK;

			if (mislabelled(json_integer_value(json_object_get(test, "tcId"))))
				continue;
			CHECK(got == (valid && wanted(token, group)));
			if (got != (valid && wanted(token, group)))
				printf("\n    tcId %d %s\n", (int)json_integer_value(json_object_get(test, "tcId")), text(test, "comment"));
			accepted += got;
			refused += !got;
		}
	}
	CHECK(accepted == 26);
	CHECK(refused == 367);
}

static struct fg_str
unhex(struct room *r, const char *hex)
{
	struct fg_str s = FG_STR_NULL;

	CHECK(fg_hex(r->a, fg_str_z(hex), &s));
	return s;
}

/* The group's JWK, or one made of its point (some groups have none). */
static struct oidc_jwks *
group_set(struct room *r, const json_t *group)
{
	const json_t *jwk = json_object_get(group, "keyJwk");
	struct fg_buf b = FG_BUF_ARENA(r->a, 1024);
	struct oidc_jwks *set = NULL;
	struct fg_str point;

	if (jwk == NULL)
		jwk = json_object_get(group, "publicKeyJwk");
	if (jwk != NULL)
		return set_of(r, jwk);
	point = unhex(r, text(json_object_get(group, "publicKey"), "uncompressed"));
	fg_buf_put(&b, FG_LIT("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\""));
	fg_buf_base64url(&b, fg_sub(point, 1, 33));
	fg_buf_put(&b, FG_LIT("\",\"y\":\""));
	fg_buf_base64url(&b, fg_sub(point, 33, 65));
	fg_buf_put(&b, FG_LIT("\"}]}"));
	(void)!oidc_jwks_parse(fg_buf_str(&b), 0, &set, NULL);
	return set;
}

/* No set: the key itself is refused, and with it every signature. */
static bool
raw_verifies(struct room *r, const struct oidc_jwks *set, const json_t *test, enum oidc_alg alg)
{
	struct oidc_jws jws = { .input = unhex(r, text(test, "msg")), .payload = FG_LIT(""), .alg = alg,
		.sig = unhex(r, text(test, "sig")), .bytes = FG_LIT("") };
	const struct oidc_payload *payload;

	return set != NULL && oidc_verify(r->w, r->a, &r->p, &jws, oidc_jwks_at(set, 0), &payload, NULL) == FG_OK;
}

struct tally {
	size_t accepted, refused, refused_keys;
};

/* A message and a signature that are no token: straight to the signature check. */
static void
raw_suite(struct room *r, const json_t *j, enum oidc_alg alg, struct tally *t)
{
	json_t *group, *test;
	size_t i, k;

	json_array_foreach(json_object_get(j, "testGroups"), i, group) {
		FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = group_set(r, group);

		t->refused_keys += set == NULL;
		json_array_foreach(json_object_get(group, "tests"), k, test) {
			bool got = raw_verifies(r, set, test, alg);

			/* "acceptable" is a legacy form: refused here */
			CHECK(got == (set != NULL && strcmp(text(test, "result"), "valid") == 0));
			t->accepted += got;
			t->refused += !got;
		}
	}
}

/* Two of the groups have the exponent 3: those keys are refused, whatever they signed. */
static void
wycheproof_rsa_pkcs1(void)
{
	struct tally t = { 0, 0, 0 };
	ROOM;
	FG_AUTO(json_freep) json_t *j = load(&r, "wycheproof-jose", "rsa_signature_2048_sha256_test.json");

	if (j == NULL)
		return;
	raw_suite(&r, j, OIDC_RS256, &t);
	CHECK(t.accepted == 7 && t.refused == 252 && t.refused_keys == 2);
}

static void
wycheproof_ecdsa_p1363(void)
{
	struct tally t = { 0, 0, 0 };
	ROOM;
	FG_AUTO(json_freep) json_t *j = load(&r, "wycheproof-jose", "ecdsa_secp256r1_sha256_p1363_test.json");

	if (j == NULL)
		return;
	raw_suite(&r, j, OIDC_ES256, &t);
	CHECK(t.accepted == 173 && t.refused == 89 && t.refused_keys == 0);
}

static void
wycheproof_encrypted_tokens_are_refused(void)
{
	size_t n = 0, i, k;
	json_t *group, *test;
	ROOM;
	FG_AUTO(json_freep) json_t *j = load(&r, "wycheproof-jose", "json_web_encryption_test.json");

	if (j == NULL)
		return;
	json_array_foreach(json_object_get(j, "testGroups"), i, group) {
		json_array_foreach(json_object_get(group, "tests"), k, test) {
			struct oidc_jws *jws = NULL;

			CHECK(oidc_jws_parse(r.a, fg_str_z(text(test, "jwe")), &jws, NULL) != FG_OK);
			n++;
		}
	}
	CHECK(n == 139);
}

static void
cookbook_row(struct room *r, const char *file, bool want)
{
	FG_AUTO(json_freep) json_t *j = load(r, "jose-cookbook", file);
	json_t *jwk;
	char *flat;

	if (j == NULL)
		return;
	jwk = json_deep_copy(json_object_get(json_object_get(j, "input"), "key"));
	if (strcmp(text(jwk, "kty"), "oct") != 0)
		json_object_del(jwk, "d");
	for (size_t i = 0; i < 5; i++)
		json_object_del(jwk, (const char *const[]){ "p", "q", "dp", "dq", "qi" }[i]);
	{
		FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = set_of(r, jwk);
		struct fg_str compact = fg_str_z(text(json_object_get(j, "output"), "compact"));

		CHECK(want ? set != NULL && signature(r, set, compact) == FG_OK : signature(r, set, compact) != FG_OK);
		flat = json_dumps(json_object_get(j, "output"), JSON_COMPACT);
		CHECK(signature(r, set, fg_str_z(flat)) != FG_OK);
		free(flat);
	}
	json_decref(jwk);
}

static void
jose_cookbook(void)
{
	ROOM;

	cookbook_row(&r, "jws/4_1.rsa_v15_signature.json", true);
	cookbook_row(&r, "jws/4_2.rsa-pss_signature.json", true);
	cookbook_row(&r, "jws/4_3.ecdsa_signature.json", true);
	cookbook_row(&r, "jws/4_4.hmac-sha2_integrity_protection.json", false);
	cookbook_row(&r, "jws/4_5.signature_with_detached_content.json", false);
	cookbook_row(&r, "jws/4_6.protecting_specific_header_fields.json", false);
	cookbook_row(&r, "jws/4_7.protecting_content_only.json", false);
	cookbook_row(&r, "jws/4_8.multiple_signatures.json", false);
}

static void
jose_cookbook_keys(void)
{
	static const struct {
		const char *file;
		bool usable;
	} rows[] = { { "jwk/3_1.ec_public_key.json", true }, { "jwk/3_2.ec_private_key.json", false },
		{ "jwk/3_3.rsa_public_key.json", true }, { "jwk/3_4.rsa_private_key.json", false },
		{ "jwk/3_5.symmetric_key_mac_computation.json", false }, { "jwk/3_6.symmetric_key_encryption.json", false } };
	ROOM;

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		FG_AUTO(json_freep) json_t *j = load(&r, "jose-cookbook", rows[i].file);
		FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = j == NULL ? NULL : set_of(&r, j);

		if (j != NULL)
			CHECK((set != NULL) == rows[i].usable);
	}
}

/* Accepted by some and refused here on purpose: duplicate names and U+0000. */
static bool
refused_on_purpose(const char *name)
{
	static const char *const names[] = { "y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
		"y_object_escaped_null_in_key.json", "y_string_null_escape.json" };

	for (size_t i = 0; i < FG_COUNT(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* As a payload: parsed, but for "payload is not an object", which is another step of the same name. */
static bool
parses(struct fg_str bytes)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4 * 1024 * 1024);
	struct fg_err err = { 0 };
	struct oidc_jws jws = { .bytes = bytes.n == 0 ? FG_LIT("") : bytes };

	if (oidc_jws_claims(a, &jws, &err) == FG_OK)
		return true;
	return strcmp(err.text, "payload is not an object") == 0;
}

static void
json_test_suite(void)
{
	size_t n = 0;
	struct dirent *e;
	ROOM;
	struct fg_str dir = unit_suite_dir(r.a, "json-test-suite");
	const char *path;
	DIR *d;

	if (fg_str_null(dir))
		return;
	path = fg_arena_fmt(r.a, "%.*s/test_parsing", (int)dir.n, dir.p).p;
	d = opendir(path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	while ((e = readdir(d)) != NULL) {
		struct fg_str bytes = unit_file(r.a, fg_arena_fmt(r.a, "%s/%s", path, e->d_name).p);
		bool got;

		if (e->d_name[0] == '.' || e->d_name[1] != '_')
			continue;
		got = parses(bytes);
		if (e->d_name[0] == 'y')
			CHECK(got == !refused_on_purpose(e->d_name));
		if (e->d_name[0] == 'n')
			CHECK(!got);
		n++;
	}
	closedir(d);
	CHECK(n == 318);
}

CU_TestInfo vector_tests[] = {
	CASE(wycheproof_json_web_signature),
	CASE(wycheproof_rsa_pkcs1),
	CASE(wycheproof_ecdsa_p1363),
	CASE(wycheproof_encrypted_tokens_are_refused),
	CASE(jose_cookbook),
	CASE(jose_cookbook_keys),
	CASE(json_test_suite),
	CASES_END,
};
