/*
 * tests/unit/unit.h - the runner and the macros of the unit tests.
 *
 * Test functions are static and their names are sentences; a function that is in
 * no table is then a compiler warning.  A run of no test fails.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>

#include "base/base.h"

#define CASE(fn) { #fn, fn }
#define CASES_END CU_TEST_INFO_NULL

/* CU_SuiteInfo with only a name and a table of tests. */
#define SUITE(name, tests) { name, NULL, NULL, NULL, NULL, tests }
#define SUITES_END CU_SUITE_INFO_NULL

#define CHECK(x) CU_ASSERT(x)
#define CHECK_OK(call) CU_ASSERT_EQUAL((call), FG_OK)
#define CHECK_RC(call, rc) CU_ASSERT_EQUAL((call), (rc))
#define CHECK_STR(got, literal) unit_check_str((got), FG_LIT(literal), __FILE__, __LINE__)
#define CHECK_EQ(got, want) unit_check_str((got), (want), __FILE__, __LINE__)
/* The step of an error, by text. */
#define CHECK_STEP(err, literal) unit_check_str(fg_str_z((err).step), FG_LIT(literal), __FILE__, __LINE__)

/* Run all suites; the exit status of main. */
int unit_run(CU_SuiteInfo *suites);

void unit_check_str(struct fg_str got, struct fg_str want, const char *file, unsigned line);

/* A file below tests/vectors (our own), whole, in the arena; fails the test when it is not there. */
struct fg_str unit_vector(struct fg_arena *a, const char *name);
/* A file of any path; null when it is not there. */
struct fg_str unit_file(struct fg_arena *a, const char *path);
/*
 * The folder of a public suite below FEDGATE_VECTORS, in the arena; null when it is not there.  Then the
 * caller returns; the run says plainly that these vectors did not run, and fails where CI is set.
 */
struct fg_str unit_suite_dir(struct fg_arena *a, const char *name);

#endif
