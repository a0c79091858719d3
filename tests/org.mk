# tests of org
EXTRA_DIST += tests/flow/organizations.test
check_PROGRAMS += tests/unit/test_org
TESTS += tests/unit/test_org
tests_unit_test_org_SOURCES = $(API_WORLD) \
	%D%/unit/org/main.c \
	%D%/unit/org/org.c \
	%D%/unit/org/tests.h
tests_unit_test_org_LDADD = $(ORG_LIB) $(tests_unit_test_iam_LDADD)

check_PROGRAMS += tests/fuzz/fuzz_orgparams
FUZZERS += tests/fuzz/fuzz_orgparams
tests_fuzz_fuzz_orgparams_SOURCES = $(FUZZ) $(FUZZ_WORLD) %D%/fuzz/fuzz_orgparams.c
tests_fuzz_fuzz_orgparams_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TURNS=3000
tests_fuzz_fuzz_orgparams_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_orgparams_LDADD = $(tests_unit_test_org_LDADD)
