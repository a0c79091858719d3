/* oidc/discovery.c, issuer.c. */
#include "tests/unit/oidc/tests.h"

static enum fg_rc
parse(struct room *r, const char *doc, unsigned flags, struct oidc_discovery *ret)
{
	fg_err_clear(&r->err);
	return oidc_discovery_parse(r->a, fg_str_z(doc), FG_LIT(ISSUER), flags, ret, &r->err);
}

#define DOC(rest) "{\"issuer\":\"" ISSUER "\"" rest "}"

static void
a_good_document_is_read(void)
{
	struct oidc_discovery d;
	ROOM;

	CHECK_OK(parse(&r, DOC(",\"jwks_uri\":\"https://h.example.com//api/x?y=1\",\"token_endpoint\":\"https://h/t\","
	    "\"authorization_endpoint\":\"http://h/a\",\"end_session_endpoint\":5,"
	    "\"id_token_signing_alg_values_supported\":[\"RS256\",\"none\",\"HS256\",\"ES256\",5]"), 0, &d));
	CHECK_STR(d.jwks_uri, "https://h.example.com//api/x?y=1");
	CHECK_STR(d.token_endpoint, "https://h/t");
	CHECK(fg_str_null(d.authorization_endpoint) && fg_str_null(d.end_session_endpoint));
	CHECK(d.algs == (OIDC_ALG_BIT(OIDC_RS256) | OIDC_ALG_BIT(OIDC_ES256)));
}

static void
documents_of_somebody_else_are_refused(void)
{
	static const char *const docs[] = {
		"{\"issuer\":\"" ISSUER "/\",\"jwks_uri\":\"https://h/j\"}",
		"{\"issuer\":\"https://login.microsoftonline.com/{tenantid}/v2.0\",\"jwks_uri\":\"https://h/j\"}",
		"{\"issuer\":\"" ISSUER "\\u0020\",\"jwks_uri\":\"https://h/j\"}",
		"{\"issuer\":[\"" ISSUER "\"],\"jwks_uri\":\"https://h/j\"}",
		"{\"jwks_uri\":\"https://h/j\"}",
	};
	struct oidc_discovery d;
	ROOM;

	for (size_t i = 0; i < FG_COUNT(docs); i++) {
		CHECK_RC(parse(&r, docs[i], 0, &d), FG_E_ISSUER);
		CHECK_STEP(r.err, "oidc.discovery.issuer");
	}
}

static void
places_of_keys_that_are_refused(void)
{
	static const char *const uris[] = { "http://h.example.com/j", "https://u@h.example.com/j", "https://u:p@h/j",
		"https://h.example.com/j#f", "https:///j", "//h/j", "/j", "ftp://h/j", "file:///etc/passwd", "https://h:0/j",
		"https://h:65536/j", "https://h:/j", "https://h:44x/j", "https://h /j", "https://h/\\u0000", "https://h\\\\@x/j",
		"https://[::1/j", "HTTPS://h/j", "https://h/\\u00e9", "" };
	struct oidc_discovery d;
	ROOM;

	for (size_t i = 0; i < FG_COUNT(uris); i++)
		CHECK(parse(&r, fg_arena_fmt(r.a, DOC(",\"jwks_uri\":\"%s\""), uris[i]).p, 0, &d) == FG_E_SYNTAX);
	CHECK_RC(parse(&r, DOC(""), 0, &d), FG_E_SYNTAX);
	CHECK_STEP(r.err, "oidc.discovery.jwks_uri");
	CHECK_OK(parse(&r, DOC(",\"jwks_uri\":\"http://127.0.0.1:8/j\""), OIDC_ISSUER_HTTP, &d));
	CHECK_RC(parse(&r, "[]", 0, &d), FG_E_SYNTAX);
	CHECK_RC(parse(&r, "", 0, &d), FG_E_SYNTAX);
	CHECK_RC(parse(&r, DOC(",\"issuer\":\"x\""), 0, &d), FG_E_SYNTAX);
}

static void
documents_are_bounded(void)
{
	struct oidc_discovery d;
	ROOM;
	char *big = fg_arena_alloc(r.a, FG_LIMIT_JWKS_BYTES + 2);

	memset(big, ' ', FG_LIMIT_JWKS_BYTES + 1);
	memcpy(big, DOC(",\"jwks_uri\":\"https://h/j\""), sizeof(DOC(",\"jwks_uri\":\"https://h/j\"")) - 1);
	CHECK_OK(oidc_discovery_parse(r.a, fg_str(big, FG_LIMIT_JWKS_BYTES), FG_LIT(ISSUER), 0, &d, NULL));
	CHECK_RC(oidc_discovery_parse(r.a, fg_str(big, FG_LIMIT_JWKS_BYTES + 1), FG_LIT(ISSUER), 0, &d, &r.err), FG_E_LIMIT);
	CHECK_STEP(r.err, "oidc.discovery.size");
}

static void
the_well_known_place(void)
{
	ROOM;

	CHECK_STR(oidc_discovery_url(r.a, FG_LIT("https://a.b/c")), "https://a.b/c/.well-known/openid-configuration");
	CHECK_STR(oidc_discovery_url(r.a, FG_LIT("https://a.b/")), "https://a.b/.well-known/openid-configuration");
}

static void
issuers_that_may_be_registered(void)
{
	static const char *const good[] = { ISSUER, "https://accounts.google.com",
		"https://token.actions.githubusercontent.com", "https://oidc.eks.us-east-1.amazonaws.com/id/ABC",
		"https://tenant.eu.auth0.com/", "https://h.example.com:8443/realms/r", "https://127.0.0.1:4603" };
	static const char *const bad[] = { "", "accounts.google.com", "https://", "https://localhost", "http://h.example.com",
		"https://h.example.com?x", "https://h.example.com/#", "https://u@h.example.com", "https://h.example.com/a:b",
		"https://aws.example.com", "https://STS.example.com", "https://saml.example.com/x", "https://iam.evil.org",
		"https://sts.windows.net/x/", "https://fedgate.example.com", "https://s3.example.com", "https://ec2.example.com",
		"https://ecs.example.com", "https://eks.example.com", "https://kms.example.com", "https://lambda.example.com",
		"https://organizations.example.com", "https://sqs.example.com", "https://sns.example.com",
		"https://[::1]", "https://h.example.com/ x", "https://h.exa\nmple.com", "ftp://h.example.com" };
	ROOM;
	char *long_one = fg_arena_alloc(r.a, 300);

	for (size_t i = 0; i < FG_COUNT(good); i++)
		CHECK_OK(oidc_issuer_check(fg_str_z(good[i]), 0, NULL));
	for (size_t i = 0; i < FG_COUNT(bad); i++)
		CHECK_RC(oidc_issuer_check(fg_str_z(bad[i]), 0, NULL), FG_E_PARAM);
	CHECK_OK(oidc_issuer_check(FG_LIT("http://localhost:80/x"), OIDC_ISSUER_HTTP, NULL));
	memset(long_one, 'x', 256);
	memcpy(long_one, "https://h.example.com/", 22);
	CHECK_OK(oidc_issuer_check(fg_str(long_one, 255), 0, NULL));
	CHECK_RC(oidc_issuer_check(fg_str(long_one, 256), 0, NULL), FG_E_PARAM);
	CHECK_STR(oidc_issuer_bare(FG_LIT("https://a.b/c/")), "a.b/c/");
	CHECK_STR(oidc_issuer_bare(FG_LIT("http://a.b:1")), "a.b:1");
}

static void
urls_are_taken_apart(void)
{
	struct oidc_url u;

	CHECK(oidc_url_parse(FG_LIT("https://h.example.com/a?b#c"), &u));
	CHECK(u.secure && u.port == 443 && !u.has_port && u.query && u.fragment);
	CHECK_STR(u.host, "h.example.com");
	CHECK_STR(u.tail, "/a?b#c");
	CHECK(oidc_url_parse(FG_LIT("http://[2001:db8::1]:8080"), &u));
	CHECK(!u.secure && u.port == 8080 && u.has_port && u.literal6);
	CHECK_STR(u.host, "2001:db8::1");
	CHECK(oidc_url_parse(FG_LIT("https://[::1]"), &u) && u.port == 443);
	CHECK(!oidc_url_parse(FG_LIT("https://[::1]x"), &u));
	CHECK(!oidc_url_parse(FG_LIT("https://[]"), &u));
	CHECK(!oidc_url_parse(FG_LIT("https://a:b:1"), &u));
}

CU_TestInfo discovery_tests[] = {
	CASE(a_good_document_is_read),
	CASE(documents_of_somebody_else_are_refused),
	CASE(places_of_keys_that_are_refused),
	CASE(documents_are_bounded),
	CASE(the_well_known_place),
	CASE(issuers_that_may_be_registered),
	CASE(urls_are_taken_apart),
	CASES_END,
};
