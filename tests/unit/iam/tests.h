/* tests/unit/iam/tests.h - the tables of this program. */
#ifndef TESTS_IAM_TESTS_H
#define TESTS_IAM_TESTS_H

#include "tests/unit/unit.h"

extern CU_TestInfo query_tests[];
extern CU_TestInfo saml_tests[];
extern CU_TestInfo mfa_tests[];
extern CU_TestInfo mfa_code_tests[];
extern CU_TestInfo used_tests[];
extern CU_TestInfo breadth_tests[];
extern CU_TestInfo simulate_tests[];
extern CU_TestInfo simulate_vector_tests[];
extern CU_TestInfo outbound_tests[];
extern CU_TestInfo gone_tests[];
extern CU_TestInfo granting_tests[];
extern CU_TestInfo permission_tests[];
extern CU_TestInfo meanwhile_tests[];

#endif
