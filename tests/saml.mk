# tests of saml
check_PROGRAMS += tests/unit/test_saml
TESTS += tests/unit/test_saml
tests_unit_test_saml_SOURCES = $(UNIT) \
	%D%/unit/saml/saml_test.h %D%/unit/saml/main.c %D%/unit/saml/vectors.c
tests_unit_test_saml_LDADD = $(SAML_LIB) base/libbase.a $(CUNIT_LIBS) $(CRYPTO_LIBS) $(XML_LIBS)
