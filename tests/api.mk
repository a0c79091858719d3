# tests of sigv4
check_PROGRAMS += tests/unit/test_sigv4
TESTS += tests/unit/test_sigv4
tests_unit_test_sigv4_SOURCES = $(UNIT) \
	%D%/unit/captures.c %D%/unit/captures.h \
	%D%/unit/sigv4/captures.c \
	%D%/unit/sigv4/golden.c \
	%D%/unit/sigv4/main.c \
	%D%/unit/sigv4/raw.c %D%/unit/sigv4/raw.h \
	%D%/unit/sigv4/rules.c \
	%D%/unit/sigv4/tests.h
tests_unit_test_sigv4_LDADD = gateway/sigv4/libsigv4.a base/libbase.a $(CRYPTO_LIBS) $(CUNIT_LIBS)

# tests of api: everything below it is linked, for its rules are about how that is put together
check_PROGRAMS += tests/unit/test_api
TESTS += tests/unit/test_api
API_WORLD = $(UNIT) $(FORGE) \
	%D%/unit/api/assertion.c \
	%D%/unit/api/send.c \
	%D%/unit/api/token.c \
	%D%/unit/api/world.c %D%/unit/api/world.h \
	%D%/unit/oidc/mint.c %D%/unit/oidc/mint.h \
	%D%/unit/store/fixture.c %D%/unit/store/fixture.h
# What fuzz targets in that world take.
FUZZ_WORLD = $(API_WORLD) %D%/fuzz/world.c %D%/fuzz/world.h
tests_unit_test_api_SOURCES = $(API_WORLD) \
	%D%/unit/captures.c %D%/unit/captures.h \
	%D%/unit/api/capture.c \
	%D%/unit/api/edge.c \
	%D%/unit/api/form.c \
	%D%/unit/api/identity.c \
	%D%/unit/api/main.c \
	%D%/unit/api/link.c \
	%D%/unit/api/link_cut.c \
	%D%/unit/api/message.c \
	%D%/unit/api/outbound.c %D%/unit/api/outbound.h \
	%D%/unit/api/outbound_issuer.c \
	%D%/unit/api/oracle.c \
	%D%/unit/api/parity.c \
	%D%/unit/api/replay.c \
	%D%/unit/api/role.c \
	%D%/unit/api/root.c \
	%D%/unit/api/saml.c \
	%D%/unit/api/session.c \
	%D%/unit/api/tests.h \
	%D%/unit/api/web.c
tests_unit_test_api_LDADD = $(API_LIB) $(OUTBOUND_LIB) $(DIRECTORY_LIB) $(CRED_LIB) $(FRONT_LIB) $(SIGV4_LIB) \
	$(OPS_LIB) $(STORE_LIB) $(SAML_LIB) $(OIDC_LIB) $(TRUST_LIB) base/libbase.a \
	$(SSL_LIBS) $(CRYPTO_LIBS) $(XML_LIBS) $(EVENT_LIBS) $(SQLITE_LIBS) $(URCU_LIBS) $(OATH_LIBS) $(CUNIT_LIBS)

BENCH += tests/bench/bench_oracle
EXTRA_PROGRAMS += tests/bench/bench_oracle
tests_bench_bench_oracle_SOURCES = $(BENCH_SOURCES) $(API_WORLD) %D%/bench/bench_oracle.c
tests_bench_bench_oracle_LDADD = $(tests_unit_test_api_LDADD)

FUZZERS += tests/fuzz/fuzz_sigv4auth tests/fuzz/fuzz_sigv4canon tests/fuzz/fuzz_sigv4query tests/fuzz/fuzz_form
check_PROGRAMS += tests/fuzz/fuzz_sigv4auth tests/fuzz/fuzz_sigv4canon tests/fuzz/fuzz_sigv4query tests/fuzz/fuzz_form
tests_fuzz_fuzz_sigv4auth_SOURCES = $(FUZZ) %D%/fuzz/fuzz_sigv4auth.c
tests_fuzz_fuzz_sigv4auth_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_sigv4auth_LDADD = gateway/sigv4/libsigv4.a base/libbase.a $(CRYPTO_LIBS)
tests_fuzz_fuzz_sigv4canon_SOURCES = $(FUZZ) %D%/fuzz/fuzz_sigv4canon.c
tests_fuzz_fuzz_sigv4canon_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_sigv4canon_LDADD = gateway/sigv4/libsigv4.a base/libbase.a $(CRYPTO_LIBS)
tests_fuzz_fuzz_sigv4query_SOURCES = $(FUZZ) %D%/fuzz/fuzz_sigv4query.c
tests_fuzz_fuzz_sigv4query_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_sigv4query_LDADD = gateway/sigv4/libsigv4.a base/libbase.a $(CRYPTO_LIBS)
tests_fuzz_fuzz_form_SOURCES = $(FUZZ) %D%/fuzz/fuzz_form.c
tests_fuzz_fuzz_form_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_form_LDADD = $(tests_unit_test_api_LDADD)

check_PROGRAMS += tests/fault/fault_api
TESTS += tests/fault/fault_api
tests_fault_fault_api_SOURCES = $(API_WORLD) $(FAULT) %D%/fault/fault_api.c \
	%D%/unit/api/outbound_issuer.c %D%/unit/api/outbound.h
tests_fault_fault_api_LDFLAGS = $(LINK_FAULT)
tests_fault_fault_api_LDADD = $(tests_unit_test_api_LDADD)

TESTS += tests/guard/sts-steps.sh
EXTRA_DIST += tests/guard/sts-steps.sh tests/tools/letters.py tests/vectors/captures
