/* oidc/jws.c: what a compact JWS may look like.  Rows of the specification's A and B1 1 to 5. */
#include "tests/unit/oidc/tests.h"

#define GOOD "{\"alg\":\"RS256\",\"kid\":\"rsa2048\"}"

static struct fg_str
with_header(struct room *r, const char *header)
{
	return mint_with(r->a, mint_alg("RS256"), "rsa2048", fg_str_z(header), mint_claims(r->a, ""));
}

static struct fg_str
good(struct room *r)
{
	return with_header(r, GOOD);
}

static void
a_good_token_is_accepted(void)
{
	ROOM;

	CHECK_OK(room_check(&r, good(&r)));
	CHECK_STR(r.facts.subject, "repo:acme/model:ref:refs/heads/main");
	CHECK_STR(r.facts.key_id, "rsa2048");
	CHECK(r.facts.alg == OIDC_RS256);
}

static void
lengths_are_bounded(void)
{
	ROOM;
	struct fg_str t = good(&r);
	char *long_one = fg_arena_alloc(r.a, 20002);

	room_refused(&r, FG_LIT(""), FG_E_LIMIT, "oidc.jws.length");
	room_refused(&r, FG_LIT("a.b"), FG_E_LIMIT, "oidc.jws.length");
	room_refused(&r, FG_LIT("a.bc"), FG_E_SYNTAX, "oidc.jws.compact");
	memset(long_one, 'A', 20001);
	memcpy(long_one, t.p, t.n);
	room_refused(&r, fg_str(long_one, 20001), FG_E_LIMIT, "oidc.jws.length");
	/* one less is looked at: the signature is too long then */
	room_refused(&r, fg_str(long_one, 20000), FG_E_SIGNATURE, "oidc.verify.width");
}

static void
parts_are_three_and_not_empty(void)
{
	ROOM;
	struct fg_str t = good(&r), head, rest, body, sig;

	(void)fg_cut(t, '.', &head, &rest);
	(void)fg_cut(rest, '.', &body, &sig);
	room_refused(&r, FG_LIT("...."), FG_E_SYNTAX, "oidc.jws.compact");
	room_refused(&r, FG_LIT("..aa"), FG_E_SYNTAX, "oidc.jws.compact");
	room_refused(&r, FG_LIT(".a.b"), FG_E_SYNTAX, "oidc.jws.compact");
	room_refused(&r, fg_arena_fmt(r.a, "%.*s.%.*s.", (int)head.n, head.p, (int)body.n, body.p), FG_E_SYNTAX,
	    "oidc.jws.compact");
	room_refused(&r, fg_arena_fmt(r.a, "%.*s.%.*s", (int)head.n, head.p, (int)body.n, body.p), FG_E_SYNTAX,
	    "oidc.jws.compact");
	room_refused(&r, fg_arena_fmt(r.a, "%.*s..%.*s", (int)head.n, head.p, (int)sig.n, sig.p), FG_E_SYNTAX,
	    "oidc.jws.compact");
	/* a fourth part, empty or not; five parts are an encrypted token */
	room_refused(&r, fg_arena_fmt(r.a, "%.*s.", (int)t.n, t.p), FG_E_UNSUPPORTED, "oidc.jws.compact");
	room_refused(&r, fg_arena_fmt(r.a, "%.*s.AA", (int)t.n, t.p), FG_E_UNSUPPORTED, "oidc.jws.compact");
	room_refused(&r, fg_arena_fmt(r.a, "%.*s.AA.AA", (int)t.n, t.p), FG_E_UNSUPPORTED, "oidc.jws.compact");
}

static void
json_serialisations_are_refused(void)
{
	ROOM;

	room_refused(&r, FG_LIT("{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":\"AA\"}"), FG_E_SYNTAX,
	    "oidc.jws.compact");
	room_refused(&r, FG_LIT("{\"payload\":\"a.b.c\",\"signatures\":[]}"), FG_E_SYNTAX, "oidc.jws.base64url");
}

/* One token has one spelling: whatever is put anywhere into it makes it another. */
static void
one_token_has_one_spelling(void)
{
	static const char bad[] = { ' ', '\n', '!', '+', '/', '=', '\0', '\x80', '%' };
	ROOM;
	struct fg_str t = good(&r);
	size_t places[] = { 0, 1, fg_find(t, '.'), t.n - 1, t.n };

	for (size_t i = 0; i < sizeof(bad); i++) {
		for (size_t k = 0; k < FG_COUNT(places); k++) {
			char *copy = fg_arena_alloc(r.a, t.n + 1);

			memcpy(copy, t.p, places[k]);
			copy[places[k]] = bad[i];
			memcpy(copy + places[k] + 1, t.p + places[k], t.n - places[k]);
			room_refused(&r, fg_str(copy, t.n + 1), FG_E_SYNTAX, "oidc.jws.base64url");
		}
	}
}

static void
unused_bits_are_zero(void)
{
	ROOM;
	struct fg_str t = good(&r);
	char *copy = fg_arena_alloc(r.a, t.n);

	/* 256 bytes end in a character of which four bits count: its lowest four must be 0 */
	memcpy(copy, t.p, t.n);
	copy[t.n - 1] = (char)(copy[t.n - 1] + 1);
	room_refused(&r, fg_str(copy, t.n), FG_E_SYNTAX, "oidc.jws.base64url");
	/* length = 1 mod 4 */
	room_refused(&r, fg_arena_fmt(r.a, "%.*sAAA", (int)t.n, t.p), FG_E_SYNTAX, "oidc.jws.base64url");
}

static void
algorithms_that_are_never_accepted(void)
{
	static const char *const names[] = { "none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512", "rs256", "Rs256",
		"RS256 ", "RS1", "RSA-OAEP", "ES256K", "Ed448", "A128KW", "dir", "" };
	ROOM;

	for (size_t i = 0; i < FG_COUNT(names); i++) {
		struct fg_str h = fg_arena_fmt(r.a, "{\"alg\":\"%s\",\"kid\":\"rsa2048\"}", names[i]);

		room_refused(&r, with_header(&r, h.p), FG_E_UNSUPPORTED, "oidc.jws.alg");
	}
	room_refused(&r, with_header(&r, "{\"kid\":\"rsa2048\"}"), FG_E_SYNTAX, "oidc.jws.alg");
}

static void
header_parameters_have_their_type(void)
{
	static const char *const headers[] = {
		"{\"alg\":[\"RS256\"],\"kid\":\"rsa2048\"}",
		"{\"alg\":null,\"kid\":\"rsa2048\"}",
		"{\"alg\":1,\"kid\":\"rsa2048\"}",
		"{\"alg\":\"RS256\",\"kid\":1}",
		"{\"alg\":\"RS256\",\"kid\":null}",
		"{\"alg\":\"RS256\",\"kid\":[\"rsa2048\"]}",
		"{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"typ\":1}",
		"{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"cty\":{}}",
		"[\"alg\",\"RS256\"]",
		"\"RS256\"",
		"null",
		"{\"alg\":\"RS256\",\"alg\":\"RS256\"}",
		"{\"alg\":\"RS256\",\"al\\u0067\":\"none\"}",
		"{\"alg\":\"RS256\",\"x\":{\"y\":1,\"y\":2}}",
		"{\"alg\":\"RS256\"",
		"{\"alg\":\"RS256\"} ,",
		"{\"alg\":\"RS256\"}{}",
		"{\"alg\":\"RS256\",\"x\":\"\\u0000\"}",
		"{\"alg\":\"RS256\",\"x\":\"\xc3\x28\"}",
		"{\"alg\":\"RS256\",\"x\":\"\\ud800\"}",
		"\xef\xbb\xbf{\"alg\":\"RS256\"}",
	};
	ROOM;

	for (size_t i = 0; i < FG_COUNT(headers); i++)
		room_refused(&r, with_header(&r, headers[i]), FG_E_SYNTAX, "oidc.jws.header");
	room_refused(&r, mint_with(r.a, mint_alg("RS256"), "rsa2048", FG_LIT("{\"alg\":\"RS256\"}\0{}"), FG_LIT("{}")),
	    FG_E_SYNTAX, "oidc.jws.header");
}

static void
header_is_bounded(void)
{
	ROOM;
	char *pad = fg_arena_alloc(r.a, 2100), *deep = fg_arena_alloc(r.a, 64);
	char *kid = fg_arena_alloc(r.a, 300);

	memset(pad, 'x', 2000);
	CHECK_OK(room_check(&r, with_header(&r, fg_arena_fmt(r.a, "{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"x\":\"%s\"}", pad).p)));
	memset(pad, 'x', 2048);
	room_refused(&r, with_header(&r, fg_arena_fmt(r.a, "{\"alg\":\"RS256\",\"x\":\"%s\"}", pad).p), FG_E_LIMIT,
	    "oidc.jws.header");
	memset(deep, '[', 8);
	memset(deep + 8, ']', 8);
	room_refused(&r, with_header(&r, fg_arena_fmt(r.a, "{\"alg\":\"RS256\",\"x\":%s}", deep).p), FG_E_LIMIT,
	    "oidc.jws.header");
	memset(kid, 'k', 257);
	room_refused(&r, with_header(&r, fg_arena_fmt(r.a, "{\"alg\":\"RS256\",\"kid\":\"%s\"}", kid).p), FG_E_LIMIT,
	    "oidc.jws.kid");
}

static void
parameters_that_change_the_meaning_are_refused(void)
{
	static const char *const members[] = { "\"crit\":[\"exp\"]", "\"crit\":[]", "\"crit\":[\"b64\"],\"b64\":false",
		"\"crit\":null", "\"b64\":true", "\"b64\":false", "\"zip\":\"DEF\"", "\"enc\":\"A128GCM\"" };
	ROOM;

	for (size_t i = 0; i < FG_COUNT(members); i++)
		room_refused(&r,
		    with_header(&r, fg_arena_fmt(r.a, "{\"alg\":\"RS256\",\"kid\":\"rsa2048\",%s}", members[i]).p),
		    FG_E_UNSUPPORTED, "oidc.jws.crit");
	room_refused(&r, with_header(&r, "{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"cty\":\"JWT\"}"), FG_E_UNSUPPORTED,
	    "oidc.jws.cty");
	room_refused(&r, with_header(&r, "{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"cty\":\"application/jwt\"}"),
	    FG_E_UNSUPPORTED, "oidc.jws.cty");
	CHECK_OK(room_check(&r, with_header(&r, "{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"cty\":\"json\"}")));
}

/* They are not looked at: the registered key decides, whatever they hold. */
static void
keys_in_the_header_are_ignored(void)
{
	ROOM;
	struct fg_str jwk = mint_jwk(r.a, "rsa2048b", "rsa2048", "");
	struct fg_str h = fg_arena_fmt(r.a,
	    "{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"jku\":\"https://evil.example/jwks\",\"x5u\":\"https://evil.example/x\","
	    "\"x5c\":[\"MIIB\"],\"x5t\":\"AA\",\"x5t#S256\":\"AA\",\"jwk\":%.*s}",
	    (int)jwk.n, jwk.p);

	CHECK_OK(room_check(&r, with_header(&r, h.p)));
	/* signed with the key that the header carries: the registered one says no */
	room_refused(&r, mint_with(r.a, mint_alg("RS256"), "rsa2048b", h, mint_claims(r.a, "")), FG_E_SIGNATURE,
	    "oidc.verify.signature");
}

static void
types_other_than_an_id_token_are_refused(void)
{
	static const char *const good_ones[] = { "JWT", "jwt", "Jwt", "application/jwt", "APPLICATION/JWT" };
	static const char *const bad_ones[] = { "logout+jwt", "secevent+jwt", "dpop+jwt", "JOSE", "JWE", "", "jwt ",
		"application/", "text/jwt", "at+jwtx" };
	ROOM;

	for (size_t i = 0; i < FG_COUNT(good_ones); i++)
		CHECK_OK(room_check(&r, with_header(&r,
		    fg_arena_fmt(r.a, "{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"typ\":\"%s\"}", good_ones[i]).p)));
	for (size_t i = 0; i < FG_COUNT(bad_ones); i++)
		room_refused(&r, with_header(&r,
		    fg_arena_fmt(r.a, "{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"typ\":\"%s\"}", bad_ones[i]).p),
		    FG_E_UNSUPPORTED, "oidc.jws.typ");
	/* access tokens only where the provider says so */
	room_refused(&r, with_header(&r, "{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"typ\":\"at+jwt\"}"),
	    FG_E_UNSUPPORTED, "oidc.verify.typ");
	r.p.flags = OIDC_ACCESS_TOKENS;
	CHECK_OK(room_check(&r, with_header(&r, "{\"alg\":\"RS256\",\"kid\":\"rsa2048\",\"typ\":\"application/at+jwt\"}")));
}

static void
the_claimed_issuer_is_read_for_lookup(void)
{
	ROOM;
	struct oidc_jws *jws = NULL;
	struct fg_str iss = FG_STR_NULL;

	CHECK_OK(oidc_jws_parse(r.a, good(&r), &jws, NULL));
	CHECK_OK(oidc_jws_issuer(r.a, jws, &iss, NULL));
	CHECK_STR(iss, ISSUER);
	CHECK(oidc_jws_alg(jws) == OIDC_RS256);
	CHECK_STR(oidc_jws_kid(jws), "rsa2048");
	CHECK_OK(oidc_jws_parse(r.a, mint_raw(r.a, FG_LIT(GOOD), FG_LIT("{\"sub\":1}"), FG_LIT("x")), &jws, NULL));
	CHECK_RC(oidc_jws_issuer(r.a, jws, &iss, &r.err), FG_E_CLAIM);
	CHECK_STEP(r.err, "oidc.claims.missing.iss");
	CHECK_OK(oidc_jws_parse(r.a, mint_raw(r.a, FG_LIT(GOOD), FG_LIT("{\"iss\":[\"a\"]}"), FG_LIT("x")), &jws, NULL));
	fg_err_clear(&r.err);
	CHECK_RC(oidc_jws_issuer(r.a, jws, &iss, &r.err), FG_E_CLAIM);
	CHECK_STEP(r.err, "oidc.claims.iss");
}

static void
payloads_are_strict_json_objects(void)
{
	static const char *const payloads[] = { "foo", "[]", "null", "\"x\"", "{}{}", "{\"a\":1,\"a\":2}",
		"{\"a\":{\"b\":1,\"\\u0062\":2}}", "{\"sub\":\"\\u0000\"}", "{\"sub\":\"\xff\"}", "{\"sub\":\"\\udc00\"}",
		"{\"sub\":\"a\"},", "{\"a\":01}", "{\"a\":NaN}", "{\"a\":'x'}", "{a:1}", "{\"a\":1,}", " ", "{\"a\":\"\n\"}" };
	ROOM;

	for (size_t i = 0; i < FG_COUNT(payloads); i++)
		room_refused(&r, mint(r.a, "ES256", payloads[i]), FG_E_SYNTAX, "oidc.jws.payload");
	/* an object, a NUL, and a second object that says otherwise */
	room_refused(&r, mint_with(r.a, mint_alg("ES256"), "ec256", FG_LIT("{\"alg\":\"ES256\",\"kid\":\"ec256\"}"),
	    FG_LIT("{\"sub\":\"a\"}\0{\"sub\":\"b\"}")), FG_E_SYNTAX, "oidc.jws.payload");
}

static void
payloads_are_bounded(void)
{
	ROOM;
	struct fg_buf b = FG_BUF_ARENA(r.a, 65536);
	char *pad = fg_arena_alloc(r.a, 16000);

	memset(pad, 'x', 11000);
	CHECK_OK(room_claims(&r, mint_claims(r.a, fg_arena_fmt(r.a, ",\"pad\":\"%s\"", pad).p)));
	/* a payload of 16 KiB does not fit a token of 20,000 characters, so both bounds hold */
	memset(pad, 'x', 15999);
	CHECK_RC(room_claims(&r, mint_claims(r.a, fg_arena_fmt(r.a, ",\"pad\":\"%s\"", pad).p)), FG_E_LIMIT);
	for (int i = 0; i < 130; i++)
		fg_buf_fmt(&b, ",\"m%d\":0", i);
	fg_buf_putc(&b, '\0');
	room_refused(&r, mint(r.a, "ES256", mint_claims(r.a, b.p).p), FG_E_LIMIT, "oidc.jws.payload");
	room_refused(&r, mint(r.a, "ES256", mint_claims(r.a, ",\"d\":[[[[[[[[0]]]]]]]]").p), FG_E_LIMIT,
	    "oidc.jws.payload");
	CHECK_OK(room_claims(&r, mint_claims(r.a, ",\"d\":[[[[[[[0]]]]]]]")));
}

CU_TestInfo jws_tests[] = {
	CASE(a_good_token_is_accepted),
	CASE(lengths_are_bounded),
	CASE(parts_are_three_and_not_empty),
	CASE(json_serialisations_are_refused),
	CASE(one_token_has_one_spelling),
	CASE(unused_bits_are_zero),
	CASE(algorithms_that_are_never_accepted),
	CASE(header_parameters_have_their_type),
	CASE(header_is_bounded),
	CASE(parameters_that_change_the_meaning_are_refused),
	CASE(keys_in_the_header_are_ignored),
	CASE(types_other_than_an_id_token_are_refused),
	CASE(the_claimed_issuer_is_read_for_lookup),
	CASE(payloads_are_strict_json_objects),
	CASE(payloads_are_bounded),
	CASES_END,
};
