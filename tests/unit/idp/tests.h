/* tests/unit/idp/tests.h - the suites. */
#ifndef TESTS_IDP_TESTS_H
#define TESTS_IDP_TESTS_H

#include "gateway/idp/idp_int.h"
#include "tests/unit/oidc/mint.h"
#include "tests/unit/unit.h"

extern CU_TestInfo address_tests[], wire_tests[], sched_tests[], source_tests[], waiter_tests[], thread_tests[], fetch_tests[],
    own_tests[], saml_tests[], document_tests[];

#endif
