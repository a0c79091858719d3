/* tests/unit/org/tests.h - the table of this program. */
#ifndef TESTS_ORG_TESTS_H
#define TESTS_ORG_TESTS_H

#include "tests/unit/unit.h"

extern CU_TestInfo org_tests[];

#endif
