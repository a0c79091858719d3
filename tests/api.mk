# tests of sigv4
check_PROGRAMS += tests/unit/test_sigv4
TESTS += tests/unit/test_sigv4
tests_unit_test_sigv4_SOURCES = $(UNIT) \
	%D%/unit/sigv4/captures.c \
	%D%/unit/sigv4/golden.c \
	%D%/unit/sigv4/main.c \
	%D%/unit/sigv4/raw.c %D%/unit/sigv4/raw.h \
	%D%/unit/sigv4/rules.c \
	%D%/unit/sigv4/tests.h
tests_unit_test_sigv4_LDADD = gateway/sigv4/libsigv4.a base/libbase.a $(CRYPTO_LIBS) $(CUNIT_LIBS)
