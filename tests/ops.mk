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
