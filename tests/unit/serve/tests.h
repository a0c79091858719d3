/* tests/unit/serve/tests.h - suites of the program of tests of serve. */
#ifndef TESTS_SERVE_TESTS_H
#define TESTS_SERVE_TESTS_H

#include "tests/unit/unit.h"

extern CU_TestInfo used_tests[];

#endif
