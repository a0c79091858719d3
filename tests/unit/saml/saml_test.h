/*
 * tests/unit/saml/saml_test.h - what the suites of saml/ share.
 */
#ifndef TESTS_SAML_TEST_H
#define TESTS_SAML_TEST_H

#include "saml/saml_int.h"
#include "tests/unit/unit.h"

#define TEST_ISSUER "https://idp.example.test/metadata"
#define TEST_ACS "https://signin.example.test/saml"
#define TEST_AUDIENCE "urn:example:gateway"
#define TEST_REQUEST "_req1234567890abcdef"

extern CU_TestInfo xml_tests[], vector_tests[], accept_tests[], shape_tests[], encrypted_tests[],
    wrap_tests[], attack_tests[], edge_tests[], aws_tests[], metadata_tests[];

/* A request's arena for a test; aborts the test run when memory is short. */
struct fg_arena *test_arena(void);
/* A provider with the PEM certificate of that file. */
struct saml_provider *test_provider(struct fg_str pem, unsigned allow);
/* What the vectors' manifest says throughout. */
struct saml_expect test_expect(fg_time now);
fg_time test_time(const char *rfc3339);
/* The three steps on base64 or XML. */
enum fg_rc test_accept(struct fg_arena *a, const struct saml_provider *p, struct fg_str body,
    fg_time now, struct saml_facts *ret, struct fg_err *reterr);
/* "R16" of an error's step, "" when it has none. */
const char *test_rule(const struct fg_err *e);

#endif
