/* oidc/jwks.c: sets of keys, and which one a token gets. */
#include "tests/unit/oidc/tests.h"

static enum fg_rc
parse(struct room *r, const char *doc, struct oidc_jwks **ret)
{
	fg_err_clear(&r->err);
	return oidc_jwks_parse(fg_str_z(doc), 0, ret, &r->err);
}

static void
documents_that_are_no_key_set(void)
{
	static const char *const docs[] = { "", "null", "[]", "{}", "{\"keys\":{}}", "{\"keys\":null}", "{\"keys\":[{",
		"{\"keys\":[]}garbage", "{\"keys\":[],\"keys\":[]}", "{\"keys\":[{\"kty\":\"RSA\",\"kty\":\"EC\"}]}",
		"<html></html>" };
	struct oidc_jwks *set = NULL;
	ROOM;

	for (size_t i = 0; i < FG_COUNT(docs); i++) {
		CHECK_RC(parse(&r, docs[i], &set), FG_E_SYNTAX);
		CHECK_STEP(r.err, "oidc.jwks");
	}
	/* well-formed, and of no use: must never replace a good set */
	CHECK_RC(parse(&r, "{\"keys\":[]}", &set), FG_E_KEY);
	CHECK_STEP(r.err, "oidc.jwks.empty");
	CHECK_RC(parse(&r, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}", &set), FG_E_KEY);
	CHECK(set == NULL);
}

static void
documents_are_bounded(void)
{
	struct oidc_jwks *set = NULL;
	ROOM;
	char *big = fg_arena_alloc(r.a, FG_LIMIT_JWKS_BYTES + 2);
	struct fg_str deep = FG_LIT("{\"keys\":[],\"x\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}");

	memset(big, ' ', FG_LIMIT_JWKS_BYTES + 1);
	CHECK_RC(oidc_jwks_parse(fg_str(big, FG_LIMIT_JWKS_BYTES + 1), 0, &set, &r.err), FG_E_LIMIT);
	CHECK_STEP(r.err, "oidc.jwks.size");
	CHECK_RC(oidc_jwks_parse(deep, 0, &set, NULL), FG_E_LIMIT);
}

static void
a_hundred_keys_of_a_type_and_no_more(void)
{
	struct oidc_jwks *set = NULL;
	ROOM;
	struct fg_buf b = FG_BUF_ARENA(r.a, FG_LIMIT_JWKS_BYTES);

	fg_buf_put(&b, FG_LIT("{\"keys\":["));
	for (int i = 0; i < 100; i++) {
		fg_buf_put(&b, mint_jwk(r.a, "ec256", fg_arena_fmt(r.a, "k%d", i).p, ""));
		fg_buf_putc(&b, ',');
	}
	fg_buf_put(&b, mint_jwk(r.a, "rsa2048", "r", ""));
	fg_buf_put(&b, FG_LIT("]}"));
	CHECK_OK(oidc_jwks_parse(fg_buf_str(&b), 0, &set, NULL));
	CHECK(oidc_jwks_count(set) == 101);
	CHECK(oidc_jwks_find(set, FG_LIT("k99")) != NULL);
	oidc_jwks_free(set);
	set = NULL;
	b.n -= 2;
	fg_buf_putc(&b, ',');
	fg_buf_put(&b, mint_jwk(r.a, "ec256", "one-more", ""));
	fg_buf_put(&b, FG_LIT("]}"));
	CHECK_RC(oidc_jwks_parse(fg_buf_str(&b), 0, &set, &r.err), FG_E_LIMIT);
	CHECK_STEP(r.err, "oidc.jwks.count");
	CHECK(set == NULL);
}

static struct fg_str
set_of(struct room *r, struct fg_str a, struct fg_str b, struct fg_str c)
{
	return fg_arena_fmt(r->a, "{\"keys\":[%.*s,%.*s,%.*s]}", (int)a.n, a.p, (int)b.n, b.p, (int)c.n, c.p);
}

static void
an_ambiguous_kid_is_nobodys(void)
{
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = NULL;
	ROOM;

	CHECK_OK(oidc_jwks_parse(set_of(&r, mint_jwk(r.a, "rsa2048", "same", ""), mint_jwk(r.a, "rsa2048b", "same", ""),
	    mint_jwk(r.a, "ec256", "other", "")), 0, &set, NULL));
	CHECK(oidc_jwks_find(set, FG_LIT("same")) == NULL);
	CHECK(oidc_jwks_find(set, FG_LIT("other")) != NULL);
	CHECK(oidc_jwks_skipped(set, OIDC_SKIP_AMBIGUOUS) == 2);
	/* the kid of an unusable key is free for a usable one */
	oidc_jwks_free(set);
	CHECK_OK(oidc_jwks_parse(set_of(&r, mint_jwk(r.a, "rsa2048", "same", ",\"use\":\"enc\""),
	    mint_jwk(r.a, "rsa2048b", "same", ""), mint_jwk(r.a, "rsa1024", "same", "")), 0, &set, NULL));
	CHECK(oidc_jwks_find(set, FG_LIT("same")) != NULL);
}

static enum fg_rc
find(struct room *r, const char *keys, const char *header)
{
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = NULL;
	struct oidc_jws *jws = NULL;
	const struct oidc_key *key = NULL;

	fg_err_clear(&r->err);
	CHECK_OK(oidc_jwks_parse(fg_str_z(keys), 0, &set, NULL));
	CHECK_OK(oidc_jws_parse(r->a, mint_raw(r->a, fg_str_z(header), FG_LIT("{}"), FG_LIT("x")), &jws, NULL));
	return oidc_key_find(&r->p, set, jws, &key, &r->err);
}

static void
a_missing_kid_needs_a_single_key(void)
{
	ROOM;
	struct fg_str one = mint_jwk(r.a, "rsa2048", "k1", ""), two = mint_jwk(r.a, "rsa2048b", "k2", "");
	struct fg_str enc = mint_jwk(r.a, "rsa2048b", "e", ",\"use\":\"enc\"");
	const char *single = fg_arena_fmt(r.a, "{\"keys\":[%.*s,%.*s]}", (int)one.n, one.p, (int)enc.n, enc.p).p;
	const char *pair = fg_arena_fmt(r.a, "{\"keys\":[%.*s,%.*s]}", (int)one.n, one.p, (int)two.n, two.p).p;

	CHECK_OK(find(&r, single, "{\"alg\":\"RS256\"}"));
	CHECK_RC(find(&r, pair, "{\"alg\":\"RS256\"}"), FG_E_KEY);
	CHECK_STEP(r.err, "oidc.key.kid");
	/* empty is not missing */
	CHECK_RC(find(&r, single, "{\"alg\":\"RS256\",\"kid\":\"\"}"), FG_E_KEY);
	CHECK_STEP(r.err, "oidc.key.kid");
}

static void
a_kid_matches_exactly(void)
{
	static const char *const kids[] = { "K1", "k", "k1 ", "k11", "../k1", "k1\\u00e9", "%6b1" };
	ROOM;
	struct fg_str one = mint_jwk(r.a, "rsa2048", "k1", "");
	const char *set = fg_arena_fmt(r.a, "{\"keys\":[%.*s]}", (int)one.n, one.p).p;

	CHECK_OK(find(&r, set, "{\"alg\":\"RS256\",\"kid\":\"k1\"}"));
	CHECK_OK(find(&r, set, "{\"alg\":\"RS256\",\"kid\":\"\\u006b1\"}"));
	for (size_t i = 0; i < FG_COUNT(kids); i++) {
		CHECK_RC(find(&r, set, fg_arena_fmt(r.a, "{\"alg\":\"RS256\",\"kid\":\"%s\"}", kids[i]).p), FG_E_KEY);
		CHECK_STEP(r.err, "oidc.key.unknown");
	}
	r.p.algs = OIDC_ALGS_DEFAULT;
	CHECK_RC(find(&r, set, "{\"alg\":\"RS512\",\"kid\":\"k1\"}"), FG_E_UNSUPPORTED);
	CHECK_STEP(r.err, "oidc.verify.alg");
}

static void
a_key_is_used_only_for_what_it_fits(void)
{
	static const struct {
		const char *key, *more, *alg;
		bool fits;
	} rows[] = {
		{ "rsa2048", "", "RS256", true },
		{ "rsa2048", "", "PS512", true },
		{ "rsa2048", "", "ES256", false },
		{ "rsa2048", "", "EdDSA", false },
		{ "rsa2048", ",\"alg\":\"RS256\"", "RS256", true },
		{ "rsa2048", ",\"alg\":\"RS256\"", "RS512", false },
		{ "rsa2048", ",\"alg\":\"RS256\"", "PS256", false },
		{ "rsa2048", ",\"alg\":\"PS256\"", "RS256", false },
		{ "ec256", "", "ES256", true },
		{ "ec384", "", "ES256", false },
		{ "ec256", "", "ES384", false },
		{ "ec521", "", "ES512", true },
		{ "ec256", "", "RS256", false },
		{ "ed25519", "", "EdDSA", true },
		{ "ed25519", "", "Ed25519", true },
		{ "ed25519", ",\"alg\":\"EdDSA\"", "Ed25519", false },
	};
	ROOM;

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		struct fg_str jwk = mint_jwk(r.a, rows[i].key, "k", rows[i].more);
		const char *set = fg_arena_fmt(r.a, "{\"keys\":[%.*s]}", (int)jwk.n, jwk.p).p;
		const char *header = fg_arena_fmt(r.a, "{\"alg\":\"%s\",\"kid\":\"k\"}", rows[i].alg).p;

		CHECK_RC(find(&r, set, header), rows[i].fits ? FG_OK : FG_E_KEY);
		if (!rows[i].fits)
			CHECK_STEP(r.err, "oidc.key.fit");
	}
}

static void
sets_are_compared_by_what_they_hold(void)
{
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *a = NULL;
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *b = NULL;
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *c = NULL;
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *d = NULL;
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *e = NULL;
	FG_AUTO(fg_arena_freep) struct fg_arena *m = fg_arena_new(1024 * 1024);
	struct fg_str jwk = mint_jwk(m, "rsa2048", "rsa2048", ",\"alg\":\"RS256\"");

	a = mint_set((const char *const[]){ "rsa2048", "ec256", NULL });
	b = mint_set((const char *const[]){ "ec256", "rsa2048", NULL });
	c = mint_set((const char *const[]){ "ec256", "rsa2048b", NULL });
	CHECK(oidc_jwks_same(a, b));
	CHECK(!oidc_jwks_same(a, c));
	CHECK_OK(oidc_jwks_parse(fg_arena_fmt(m, "{\"keys\":[%.*s]}", (int)jwk.n, jwk.p), 0, &d, NULL));
	CHECK(!oidc_jwks_same(a, d));
	CHECK(!oidc_jwks_same(d, a));
	/* one more key, sorted behind all others */
	e = mint_set((const char *const[]){ "ec256", NULL });
	CHECK(!oidc_jwks_same(e, a));
	CHECK(!oidc_jwks_same(a, e));
}

/* The new set is judged alone: a kid that left is gone, a kid that changed its key is the new key. */
static void
a_rotated_set_forgets_what_it_dropped(void)
{
	ROOM;
	struct fg_str old = mint(r.a, "RS256", mint_claims(r.a, "").p);
	struct fg_str moved = mint_jwk(r.a, "rsa2048b", "rsa2048", "");

	CHECK_OK(room_check(&r, old));
	oidc_jwks_free(r.set);
	r.set = mint_set((const char *const[]){ "rsa2048b", "ec256", NULL });
	room_refused(&r, old, FG_E_KEY, "oidc.key.unknown");
	oidc_jwks_free(r.set);
	r.set = NULL;
	CHECK_OK(oidc_jwks_parse(fg_arena_fmt(r.a, "{\"keys\":[%.*s]}", (int)moved.n, moved.p), 0, &r.set, NULL));
	room_refused(&r, old, FG_E_SIGNATURE, "oidc.verify.signature");
}

static void
a_set_without_some_kids_is_a_set_of_its_own(void)
{
	static const struct fg_str kids[] = { { "ec256", 5 }, { "", 0 }, { "nobody", 6 }, { "rsa2048", 7 } };
	struct oidc_jwks *from = mint_set((const char *const[]){ "rsa2048", "ec256", "ec384", NULL }), *to = NULL, *none = NULL;
	struct fg_err err = { .rc = FG_OK };

	CHECK_OK(oidc_jwks_without(from, kids, 2, &to, NULL));
	oidc_jwks_free(from);
	CHECK(oidc_jwks_count(to) == 2);
	CHECK(oidc_jwks_find(to, FG_LIT("ec256")) == NULL);
	CHECK(oidc_jwks_find(to, FG_LIT("rsa2048")) != NULL && oidc_jwks_find(to, FG_LIT("ec384")) != NULL);
	from = to;
	CHECK_OK(oidc_jwks_without(from, kids, 4, &to, NULL));
	oidc_jwks_free(from);
	CHECK(oidc_jwks_count(to) == 1);
	CHECK_RC(oidc_jwks_without(to, (const struct fg_str[]){ { "ec384", 5 } }, 1, &none, &err), FG_E_KEY);
	CHECK_STEP(err, "oidc.jwks.empty");
	oidc_jwks_free(to);
}

CU_TestInfo jwks_tests[] = {
	CASE(documents_that_are_no_key_set),
	CASE(documents_are_bounded),
	CASE(a_hundred_keys_of_a_type_and_no_more),
	CASE(an_ambiguous_kid_is_nobodys),
	CASE(a_missing_kid_needs_a_single_key),
	CASE(a_kid_matches_exactly),
	CASE(a_key_is_used_only_for_what_it_fits),
	CASE(sets_are_compared_by_what_they_hold),
	CASE(a_rotated_set_forgets_what_it_dropped),
	CASE(a_set_without_some_kids_is_a_set_of_its_own),
	CASES_END,
};
