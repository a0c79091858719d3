# tests of trust
TRUST_LINE = %D%/unit/trust/line.c %D%/unit/trust/line.h
TRUST_SLOW = %D%/unit/trust/slow.c %D%/unit/trust/slow.h

check_PROGRAMS += tests/unit/test_trust
TESTS += tests/unit/test_trust
tests_unit_test_trust_SOURCES = $(UNIT) $(TRUST_LINE) $(TRUST_SLOW) \
	%D%/unit/trust/compile.c \
	%D%/unit/trust/context.c \
	%D%/unit/trust/document.c \
	%D%/unit/trust/evaluate.c \
	%D%/unit/trust/main.c \
	%D%/unit/trust/pattern.c \
	%D%/unit/trust/principal.c \
	%D%/unit/trust/scalar.c \
	%D%/unit/trust/simulate.c \
	%D%/unit/trust/tests.h \
	%D%/unit/trust/vectors.c
tests_unit_test_trust_LDADD = $(TRUST_LIB) base/libbase.a $(CUNIT_LIBS)
EXTRA_DIST += \
	%D%/vectors/policy/decision.jsonl \
	%D%/vectors/policy/differential.jsonl \
	%D%/vectors/policy/operators.jsonl \
	%D%/vectors/policy/patterns.jsonl \
	%D%/vectors/policy/peers.jsonl \
	%D%/vectors/policy/shape.jsonl \
	%D%/vectors/policy/write.jsonl

check_PROGRAMS += tests/fuzz/fuzz_trust_date
FUZZERS += tests/fuzz/fuzz_trust_date
check_PROGRAMS += tests/fuzz/fuzz_trust_decimal
FUZZERS += tests/fuzz/fuzz_trust_decimal
check_PROGRAMS += tests/fuzz/fuzz_trust_document
FUZZERS += tests/fuzz/fuzz_trust_document
check_PROGRAMS += tests/fuzz/fuzz_trust_ip
FUZZERS += tests/fuzz/fuzz_trust_ip
check_PROGRAMS += tests/fuzz/fuzz_trust_pattern
FUZZERS += tests/fuzz/fuzz_trust_pattern
check_PROGRAMS += tests/fuzz/fuzz_trust_variables
FUZZERS += tests/fuzz/fuzz_trust_variables
tests_fuzz_fuzz_trust_date_SOURCES = $(FUZZ) %D%/fuzz/fuzz_trust_date.c
tests_fuzz_fuzz_trust_date_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_trust_date_LDADD = $(TRUST_LIB) base/libbase.a
tests_fuzz_fuzz_trust_decimal_SOURCES = $(FUZZ) %D%/fuzz/fuzz_trust_decimal.c
tests_fuzz_fuzz_trust_decimal_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_trust_decimal_LDADD = $(TRUST_LIB) base/libbase.a
tests_fuzz_fuzz_trust_document_SOURCES = $(FUZZ) %D%/fuzz/fuzz_trust_document.c
tests_fuzz_fuzz_trust_document_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_trust_document_LDADD = $(TRUST_LIB) base/libbase.a
tests_fuzz_fuzz_trust_ip_SOURCES = $(FUZZ) %D%/fuzz/fuzz_trust_ip.c
tests_fuzz_fuzz_trust_ip_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_trust_ip_LDADD = $(TRUST_LIB) base/libbase.a
tests_fuzz_fuzz_trust_pattern_SOURCES = $(FUZZ) $(TRUST_SLOW) %D%/fuzz/fuzz_trust_pattern.c
tests_fuzz_fuzz_trust_pattern_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_trust_pattern_LDADD = $(TRUST_LIB) base/libbase.a
tests_fuzz_fuzz_trust_variables_SOURCES = $(FUZZ) %D%/fuzz/fuzz_trust_variables.c
tests_fuzz_fuzz_trust_variables_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_trust_variables_LDADD = $(TRUST_LIB) base/libbase.a

check_PROGRAMS += tests/fault/fault_trust
TESTS += tests/fault/fault_trust
tests_fault_fault_trust_SOURCES = $(FAULT) $(TRUST_LINE) %D%/fault/fault_trust.c
tests_fault_fault_trust_LDFLAGS = $(LINK_FAULT)
tests_fault_fault_trust_LDADD = $(TRUST_LIB) base/libbase.a

TESTS += tests/cli/policy.sh
EXTRA_DIST += tests/cli/policy.sh

TESTS += tests/guard/policy-rules.sh tests/guard/policy-rules-selftest.sh
EXTRA_DIST += tests/guard/policy-rules.sh tests/guard/policy-rules-selftest.sh

# against an oracle: tests/policy/differential.sh, and coverage-guided (see the program's head)
EXTRA_DIST += tests/policy/differential.sh tests/policy/generate.mjs tests/flow/policy-differential.test
if FUZZING
EXTRA_PROGRAMS += tests/policy/differential_fuzz
endif
tests_policy_differential_fuzz_SOURCES = $(TRUST_LINE) tests/fuzz/fuzz.h %D%/policy/differential_fuzz.c
tests_policy_differential_fuzz_LDFLAGS = $(AM_LDFLAGS) $(FG_FUZZ_LDFLAGS)
tests_policy_differential_fuzz_LDADD = $(TRUST_LIB) base/libbase.a
