# tests of the linter
check_PROGRAMS += tests/unit/test_lint
TESTS += tests/unit/test_lint
tests_unit_test_lint_SOURCES = $(UNIT) %D%/unit/lint/test_lint.c
tests_unit_test_lint_LDADD = $(TRUST_LIB) base/libbase.a $(CUNIT_LIBS)
EXTRA_DIST += tests/vectors/lint/cases.json

# documents in, what the tree holds of them out: for tests/flow/managed-policies.test
check_PROGRAMS += tests/policy/roundtrip
tests_policy_roundtrip_SOURCES = %D%/policy/roundtrip.c
tests_policy_roundtrip_LDADD = $(TRUST_LIB) base/libbase.a
EXTRA_DIST += %D%/policy/compare.mjs tests/flow/managed-policies.test

BENCH += tests/bench/bench_policy
EXTRA_PROGRAMS += tests/bench/bench_policy
tests_bench_bench_policy_SOURCES = $(BENCH_SOURCES) %D%/bench/bench_policy.c
tests_bench_bench_policy_LDADD = $(TRUST_LIB) base/libbase.a

TESTS += tests/cli/warnings.sh
EXTRA_DIST += tests/cli/warnings.sh
