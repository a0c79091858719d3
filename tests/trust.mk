# tests of trust
TRUST_LINE = %D%/unit/trust/line.c %D%/unit/trust/line.h

check_PROGRAMS += tests/unit/test_trust
TESTS += tests/unit/test_trust
tests_unit_test_trust_SOURCES = $(UNIT) $(TRUST_LINE) \
	%D%/unit/trust/compile.c \
	%D%/unit/trust/context.c \
	%D%/unit/trust/document.c \
	%D%/unit/trust/evaluate.c \
	%D%/unit/trust/main.c \
	%D%/unit/trust/pattern.c \
	%D%/unit/trust/principal.c \
	%D%/unit/trust/scalar.c \
	%D%/unit/trust/tests.h \
	%D%/unit/trust/vectors.c
tests_unit_test_trust_LDADD = $(TRUST_LIB) base/libbase.a $(CUNIT_LIBS)
EXTRA_DIST += \
	%D%/vectors/policy/decision.jsonl \
	%D%/vectors/policy/operators.jsonl \
	%D%/vectors/policy/patterns.jsonl \
	%D%/vectors/policy/peers.jsonl \
	%D%/vectors/policy/shape.jsonl \
	%D%/vectors/policy/write.jsonl
