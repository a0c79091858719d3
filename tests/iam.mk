# tests of iam
EXTRA_DIST += tests/flow/iam.test tests/flow/mfa.test tests/flow/both-sides.test tests/flow/both_sides.py
EXTRA_DIST += tests/flow/revoke.test tests/flow/storm.test tests/flow/storm.py tests/flow/terraform.test tests/flow/terraform.py
EXTRA_DIST += tests/flow/model.test tests/flow/model.py tests/flow/whole.test tests/flow/whole.py
EXTRA_DIST += tests/flow/personas.test tests/flow/personas.py tests/vectors/personas/table.tsv
check_PROGRAMS += tests/unit/test_iam
TESTS += tests/unit/test_iam
tests_unit_test_iam_SOURCES = $(API_WORLD) \
	%D%/unit/iam/ask.c %D%/unit/iam/ask.h \
	%D%/unit/iam/breadth.c \
	%D%/unit/iam/gone.c \
	%D%/unit/iam/granting.c \
	%D%/unit/iam/main.c \
	%D%/unit/iam/meanwhile.c \
	%D%/unit/iam/mfa.c \
	%D%/unit/iam/mfa_code.c \
	%D%/unit/iam/outbound.c \
	%D%/unit/iam/permission.c \
	%D%/unit/iam/query.c \
	%D%/unit/iam/saml.c \
	%D%/unit/iam/simulate.c \
	%D%/unit/iam/simulate_vectors.c \
	%D%/unit/iam/tests.h \
	%D%/unit/iam/used.c
tests_unit_test_iam_LDADD = $(IAM_LIB) $(CONF_LIB) $(tests_unit_test_api_LDADD) $(YAML_LIBS) $(JANSSON_LIBS) $(QR_LIBS)

check_PROGRAMS += tests/fuzz/fuzz_iamparams
FUZZERS += tests/fuzz/fuzz_iamparams
tests_fuzz_fuzz_iamparams_SOURCES = $(FUZZ) $(FUZZ_WORLD) %D%/fuzz/fuzz_iamparams.c
tests_fuzz_fuzz_iamparams_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TURNS=12000 $(XML_CFLAGS)
tests_fuzz_fuzz_iamparams_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_iamparams_LDADD = $(tests_unit_test_iam_LDADD)
EXTRA_DIST += tests/flow/simulate.test

check_PROGRAMS += tests/fault/fault_iam
TESTS += tests/fault/fault_iam
tests_fault_fault_iam_SOURCES = $(API_WORLD) $(FAULT) %D%/unit/iam/ask.c %D%/unit/iam/ask.h %D%/fault/fault_iam.c
tests_fault_fault_iam_LDFLAGS = $(LINK_FAULT)
tests_fault_fault_iam_LDADD = $(tests_unit_test_iam_LDADD)
