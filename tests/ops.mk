# tests of ops
check_PROGRAMS += tests/unit/test_ops
TESTS += tests/unit/test_ops
tests_unit_test_ops_SOURCES = $(UNIT) \
	%D%/unit/ops/audit.c \
	%D%/unit/ops/bench.c \
	%D%/unit/ops/budget.c \
	%D%/unit/ops/disk.c \
	%D%/unit/ops/health.c \
	%D%/unit/ops/main.c \
	%D%/unit/ops/metrics.c \
	%D%/unit/ops/record.c \
	%D%/unit/ops/tests.h \
	%D%/unit/ops/verify.c
tests_unit_test_ops_LDADD = $(OPS_LIB) base/libbase.a $(CRYPTO_LIBS) $(CUNIT_LIBS)

# `fedgate audit` itself: needs the program
check_PROGRAMS += tests/unit/test_audit
TESTS += tests/unit/test_audit
tests_unit_test_audit_SOURCES = $(UNIT) %D%/unit/audit/main.c
tests_unit_test_audit_LDADD = $(CRED_LIB) $(PROC_LIB) $(OPS_LIB) base/libbase.a $(CRYPTO_LIBS) $(CUNIT_LIBS)
EXTRA_tests_unit_test_audit_DEPENDENCIES = fedgate$(EXEEXT)

check_PROGRAMS += tests/fault/fault_ops tests/fuzz/fuzz_audit
TESTS += tests/fault/fault_ops
FUZZERS += tests/fuzz/fuzz_audit
tests_fault_fault_ops_SOURCES = $(FAULT) %D%/fault/fault_ops.c
tests_fault_fault_ops_LDFLAGS = $(LINK_FAULT)
tests_fault_fault_ops_LDADD = $(OPS_LIB) base/libbase.a $(CRYPTO_LIBS)
tests_fuzz_fuzz_audit_SOURCES = $(FUZZ) %D%/fuzz/fuzz_audit.c
tests_fuzz_fuzz_audit_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_audit_LDADD = $(OPS_LIB) base/libbase.a $(CRYPTO_LIBS)
