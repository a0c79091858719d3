# tests of saml

# An identity provider for tests.
FORGE = %D%/saml/forge.c %D%/saml/forge.h

check_PROGRAMS += tests/unit/test_saml
TESTS += tests/unit/test_saml
tests_unit_test_saml_SOURCES = $(UNIT) $(FORGE) \
	%D%/unit/saml/saml_test.h %D%/unit/saml/main.c %D%/unit/saml/vectors.c \
	%D%/unit/saml/xml.c %D%/unit/saml/accept.c %D%/unit/saml/attack.c \
	%D%/unit/saml/encrypted.c %D%/unit/saml/aws.c %D%/unit/saml/metadata.c
tests_unit_test_saml_CPPFLAGS = $(AM_CPPFLAGS) $(XML_CFLAGS)
tests_unit_test_saml_LDADD = $(SAML_LIB) base/libbase.a $(CUNIT_LIBS) $(CRYPTO_LIBS) $(XML_LIBS)

check_PROGRAMS += tests/fault/fault_saml
TESTS += tests/fault/fault_saml
tests_fault_fault_saml_SOURCES = $(FAULT) $(FORGE) %D%/fault/fault_saml.c
tests_fault_fault_saml_LDFLAGS = $(LINK_FAULT)
tests_fault_fault_saml_LDADD = $(SAML_LIB) base/libbase.a $(CRYPTO_LIBS) $(XML_LIBS)

BENCH += tests/bench/bench_saml
EXTRA_PROGRAMS += tests/bench/bench_saml
tests_bench_bench_saml_SOURCES = $(BENCH_SOURCES) $(FORGE) %D%/bench/bench_saml.c
tests_bench_bench_saml_LDADD = $(SAML_LIB) base/libbase.a $(CRYPTO_LIBS) $(XML_LIBS)
