/* The suites of base: one per source file. */
#ifndef TESTS_UNIT_BASE_H
#define TESTS_UNIT_BASE_H

#include "tests/unit/unit.h"

CU_SuiteInfo arena_suite(void);
CU_SuiteInfo buf_suite(void);
CU_SuiteInfo codec_suite(void);
CU_SuiteInfo cur_suite(void);
CU_SuiteInfo err_suite(void);
CU_SuiteInfo fd_suite(void);
CU_SuiteInfo ip_suite(void);
CU_SuiteInfo json_suite(void);
CU_SuiteInfo json_names_suite(void);
CU_SuiteInfo json_public_suite(void);
CU_SuiteInfo sha256_suite(void);
CU_SuiteInfo str_suite(void);
CU_SuiteInfo time_suite(void);

#endif
