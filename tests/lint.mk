# tests of the linter
check_PROGRAMS += tests/unit/test_lint
TESTS += tests/unit/test_lint
tests_unit_test_lint_SOURCES = $(UNIT) %D%/unit/lint/test_lint.c
tests_unit_test_lint_LDADD = $(TRUST_LIB) base/libbase.a $(CUNIT_LIBS)
EXTRA_DIST += tests/vectors/lint/cases.json
