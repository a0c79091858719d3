/* tests/unit/api/tests.h - the tables of this program. */
#ifndef TESTS_API_TESTS_H
#define TESTS_API_TESTS_H

#include "tests/unit/unit.h"

extern CU_TestInfo form_tests[], web_tests[], parity_tests[], identity_tests[], role_tests[],
    session_tests[], oracle_tests[], replay_tests[], message_tests[], saml_tests[], root_tests[],
    capture_tests[], edge_tests[], outbound_tests[], link_tests[],
    link_cut_tests[];

#endif
