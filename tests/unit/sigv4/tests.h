/* tests/unit/sigv4/tests.h - the suites of this program. */
#ifndef TESTS_SIGV4_TESTS_H
#define TESTS_SIGV4_TESTS_H

#include "tests/unit/unit.h"

CU_SuiteInfo golden_suite(void);
CU_SuiteInfo capture_suite(void);
CU_SuiteInfo rule_suite(void);

#endif
