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

# write actions of IAM and Organizations while memory or the disk fails
LINK_DISK = -Wl,--wrap=sqlite3_step -Wl,--wrap=pwrite -Wl,--wrap=pwrite64 -Wl,--wrap=fdatasync
check_PROGRAMS += tests/fault/fault_writes
TESTS += tests/fault/fault_writes
tests_fault_fault_writes_SOURCES = $(API_WORLD) $(FAULT) %D%/unit/iam/ask.c %D%/unit/iam/ask.h %D%/fault/fault_writes.c \
	%D%/fault/writes.h %D%/fault/writes_text.c %D%/fault/writes_iam.c %D%/fault/writes_org.c %D%/fault/disk.c %D%/fault/disk.h
tests_fault_fault_writes_LDFLAGS = $(LINK_FAULT) $(LINK_DISK)
tests_fault_fault_writes_LDADD = $(tests_unit_test_org_LDADD)
