# tests of saml

# An identity provider for tests.
FORGE = %D%/saml/forge.c %D%/saml/forge_crypt.c %D%/saml/forge.h %D%/saml/forge_int.h

# Changes that leave a document well formed, for the fuzz targets.
XML_MUTATE = %D%/fuzz/xml_mutate.c %D%/fuzz/xml_mutate.h

check_PROGRAMS += tests/unit/test_saml
TESTS += tests/unit/test_saml
tests_unit_test_saml_SOURCES = $(UNIT) $(FORGE) \
	%D%/unit/saml/saml_test.h %D%/unit/saml/cut.h %D%/unit/saml/main.c %D%/unit/saml/vectors.c \
	%D%/unit/saml/xml.c %D%/unit/saml/accept.c %D%/unit/saml/shape.c %D%/unit/saml/attack.c %D%/unit/saml/wrap.c \
	%D%/unit/saml/edge.c %D%/unit/saml/encrypted.c %D%/unit/saml/aws.c %D%/unit/saml/metadata.c
tests_unit_test_saml_CPPFLAGS = $(AM_CPPFLAGS) $(XML_CFLAGS)
tests_unit_test_saml_LDADD = $(SAML_LIB) base/libbase.a $(CUNIT_LIBS) $(CRYPTO_LIBS) $(XML_LIBS)

check_PROGRAMS += tests/fault/fault_saml
TESTS += tests/fault/fault_saml
tests_fault_fault_saml_SOURCES = $(FAULT) $(FORGE) %D%/fault/fault_saml.c
tests_fault_fault_saml_LDFLAGS = $(LINK_FAULT)
tests_fault_fault_saml_LDADD = $(SAML_LIB) base/libbase.a $(CRYPTO_LIBS) $(XML_LIBS)

check_PROGRAMS += tests/fuzz/fuzz_samlxml tests/fuzz/fuzz_saml tests/fuzz/fuzz_samlmeta
FUZZERS += tests/fuzz/fuzz_samlxml tests/fuzz/fuzz_saml tests/fuzz/fuzz_samlmeta
tests_fuzz_fuzz_samlxml_SOURCES = $(FUZZ) $(XML_MUTATE) %D%/saml/odd_uri.h %D%/fuzz/fuzz_samlxml.c
tests_fuzz_fuzz_samlxml_CPPFLAGS = $(AM_CPPFLAGS) $(XML_CFLAGS)
tests_fuzz_fuzz_samlxml_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_samlxml_LDADD = $(SAML_LIB) base/libbase.a $(CRYPTO_LIBS) $(XML_LIBS)
tests_fuzz_fuzz_saml_SOURCES = $(FUZZ) $(FORGE) $(XML_MUTATE) %D%/fuzz/fuzz_saml.c
tests_fuzz_fuzz_saml_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TURNS=16000
tests_fuzz_fuzz_saml_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_saml_LDADD = $(SAML_LIB) base/libbase.a $(CRYPTO_LIBS) $(XML_LIBS)
tests_fuzz_fuzz_samlmeta_SOURCES = $(FUZZ) $(FORGE) $(XML_MUTATE) %D%/fuzz/fuzz_samlmeta.c
tests_fuzz_fuzz_samlmeta_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TURNS=16000
tests_fuzz_fuzz_samlmeta_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_samlmeta_LDADD = $(SAML_LIB) base/libbase.a $(CRYPTO_LIBS) $(XML_LIBS)

# xmlsec1 is an oracle where it is installed; never part of the program.
if HAVE_XMLSEC
check_PROGRAMS += tests/fuzz/fuzz_samlsig
FUZZERS += tests/fuzz/fuzz_samlsig
tests_fuzz_fuzz_samlsig_SOURCES = $(FUZZ) $(FORGE) $(XML_MUTATE) %D%/saml/odd_uri.h %D%/fuzz/fuzz_samlsig.c
# xmlsec1's headers name types that OpenSSL 3 hides otherwise.
tests_fuzz_fuzz_samlsig_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_TURNS=6000 -UOPENSSL_NO_DEPRECATED -UOPENSSL_API_COMPAT $(XML_CFLAGS) $(XMLSEC_CFLAGS)
tests_fuzz_fuzz_samlsig_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_samlsig_LDADD = $(SAML_LIB) base/libbase.a $(CRYPTO_LIBS) $(XML_LIBS) $(XMLSEC_LIBS)
endif

# Writes the seeds of these targets; by hand, when the forge changes.
EXTRA_PROGRAMS += tests/saml/seeds
CLEANFILES += tests/saml/seeds
tests_saml_seeds_SOURCES = $(FORGE) %D%/saml/seeds.c
tests_saml_seeds_LDADD = $(SAML_LIB) base/libbase.a $(CRYPTO_LIBS) $(XML_LIBS)

BENCH += tests/bench/bench_saml
EXTRA_PROGRAMS += tests/bench/bench_saml
tests_bench_bench_saml_SOURCES = $(BENCH_SOURCES) $(FORGE) %D%/bench/bench_saml.c
tests_bench_bench_saml_LDADD = $(SAML_LIB) base/libbase.a $(CRYPTO_LIBS) $(XML_LIBS)
if HAVE_XMLSEC
tests_bench_bench_saml_SOURCES += %D%/bench/xmlsec.c %D%/bench/xmlsec.h
tests_bench_bench_saml_CPPFLAGS = $(AM_CPPFLAGS) -UOPENSSL_NO_DEPRECATED -UOPENSSL_API_COMPAT \
	$(XML_CFLAGS) $(XMLSEC_CFLAGS) -DWITH_XMLSEC
tests_bench_bench_saml_LDADD += $(XMLSEC_LIBS)
endif

# The whole program, asked over HTTP.
BENCH += tests/bench/bench_saml_http
EXTRA_PROGRAMS += tests/bench/bench_saml_http
tests_bench_bench_saml_http_SOURCES = $(BENCH_SOURCES) $(BENCH_HTTP) $(FORGE) %D%/bench/bench_saml_http.c \
	%D%/bench/gateway.c %D%/bench/gateway.h %D%/tls/cert.c %D%/tls/cert.h
tests_bench_bench_saml_http_LDADD = $(SAML_LIB) base/libbase.a $(SSL_LIBS) $(CRYPTO_LIBS) $(XML_LIBS)

SAML_GUARDS = %D%/guard/saml-rules.sh %D%/guard/saml-rules-selftest.sh
TESTS += $(SAML_GUARDS)
EXTRA_DIST += $(SAML_GUARDS) tests/vectors/saml
EXTRA_DIST += tests/flow/idp-saml tests/flow/saml-cli.test tests/flow/saml.test tests/flow/saml-encrypted.test tests/flow/saml-metadata.test tests/flow/saml-kill.test
