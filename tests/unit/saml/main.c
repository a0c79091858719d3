/*
 * tests/unit/saml/main.c - all suites of saml/.
 */
#include <stdlib.h>

#include "tests/saml/forge.h"
#include "tests/unit/saml/saml_test.h"

struct fg_arena *
test_arena(void)
{
	struct fg_arena *a = fg_arena_new(FG_LIMIT_REQUEST_BYTES);

	if (a == NULL)
		abort();
	return a;
}

struct saml_provider *
test_provider(struct fg_str pem, unsigned allow)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
	struct saml_provider *p = NULL;
	struct fg_err err = { .rc = FG_OK };
	struct fg_str der[FG_LIMIT_SAML_KEYS];
	size_t n = 0;

	CHECK_OK(saml_pem_read(a, pem, der, FG_LIMIT_SAML_KEYS, &n, &err));
	CHECK_OK(saml_provider_new(&(struct saml_provider_conf){
	    .id = FG_LIT("arn:aws:iam::123456789012:saml-provider/test"),
	    .entity_id = FG_LIT(TEST_ISSUER), .key = der, .n_keys = n,
	    .encryption = SAML_ENCRYPTION_ALLOWED, .allow = allow }, &p, &err));
	return p;
}

fg_time
test_time(const char *rfc3339)
{
	fg_time t = 0;

	CHECK(fg_time_rfc3339(fg_str_z(rfc3339), &t));
	return t;
}

struct saml_expect
test_expect(fg_time now)
{
	static const struct fg_str acs[] = { FG_LIT(TEST_ACS) }, audience[] = { FG_LIT(TEST_AUDIENCE) };

	return (struct saml_expect){ .now = now, .skew_s = 60, .recipient = acs, .n_recipients = 1,
		.audience = audience, .n_audiences = 1, .binding = SAML_REQUEST_IS,
		.in_response_to = FG_LIT(TEST_REQUEST) };
}

enum fg_rc
test_accept(struct fg_arena *a, const struct saml_provider *p, struct fg_str body, fg_time now,
    struct saml_facts *ret, struct fg_err *reterr)
{
	struct saml_input in = { .body = body, .form = SAML_FORM_EITHER, .now = now,
		.private_ops = FG_LIMIT_SAML_PRIVATE_OPS };
	struct saml_expect want = test_expect(now);

	return saml_accept(a, p, &in, &want, ret, reterr);
}

const char *
test_rule(const struct fg_err *e)
{
	const struct saml_step *s = saml_step_find(e->step);

	return s == NULL ? "" : s->rule;
}

int
main(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
	const char *src = getenv("srcdir");
	CU_SuiteInfo suites[] = {
		SUITE("saml/xml.c, c14n.c", xml_tests),
		SUITE("saml, forged documents", accept_tests),
		SUITE("saml, shapes", shape_tests),
		SUITE("saml/encrypted.c, decipher.c", encrypted_tests),
		SUITE("saml/aws.c, keys.c", aws_tests),
		SUITE("saml/metadata.c, sp.c", metadata_tests),
		SUITE("saml, wrapping", wrap_tests),
		SUITE("saml, attacks", attack_tests),
		SUITE("saml, edges", edge_tests),
		SUITE("saml, public vectors", vector_tests),
		SUITES_END,
	};

	forge_init(a, fg_arena_fmt(a, "%s/tests/vectors/saml", src == NULL ? "." : src).p);
	return unit_run(suites);
}
