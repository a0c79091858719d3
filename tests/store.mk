# tests of store, directory and bundle
STORE_UNIT = $(UNIT) %D%/unit/store/fixture.c %D%/unit/store/fixture.h
STORE_UNIT_LIBS = gateway/store/libstore.a base/libbase.a $(CUNIT_LIBS) $(SQLITE_LIBS) $(CRYPTO_LIBS)

check_PROGRAMS += tests/unit/store/test_store tests/unit/store/test_tamper
TESTS += tests/unit/store/test_store tests/unit/store/test_tamper
tests_unit_store_test_store_SOURCES = $(STORE_UNIT) %D%/unit/store/test_store.c
tests_unit_store_test_store_LDADD = $(STORE_UNIT_LIBS)
tests_unit_store_test_tamper_SOURCES = $(STORE_UNIT) %D%/unit/store/test_tamper.c
tests_unit_store_test_tamper_LDADD = $(STORE_UNIT_LIBS)

check_PROGRAMS += tests/unit/store/test_directory
TESTS += tests/unit/store/test_directory
tests_unit_store_test_directory_SOURCES = $(STORE_UNIT) %D%/unit/store/test_directory.c \
	%D%/unit/store/trust_double.c %D%/unit/store/trust_double.h
tests_unit_store_test_directory_LDADD = gateway/directory/libdirectory.a $(STORE_UNIT_LIBS) $(URCU_LIBS)

check_PROGRAMS += tests/unit/store/test_used
TESTS += tests/unit/store/test_used
tests_unit_store_test_used_SOURCES = $(STORE_UNIT) %D%/unit/store/test_used.c \
	%D%/unit/store/trust_double.c %D%/unit/store/trust_double.h
tests_unit_store_test_used_LDADD = gateway/directory/libdirectory.a $(STORE_UNIT_LIBS) $(URCU_LIBS)

BENCH += tests/bench/bench_directory
EXTRA_PROGRAMS += tests/bench/bench_directory
tests_bench_bench_directory_SOURCES = $(BENCH_SOURCES) %D%/bench/bench_directory.c
tests_bench_bench_directory_LDADD = gateway/directory/libdirectory.a gateway/store/libstore.a trust/libtrust.a \
	base/libbase.a $(SQLITE_LIBS) $(CRYPTO_LIBS) $(URCU_LIBS)

check_PROGRAMS += tests/unit/store/test_bundle
TESTS += tests/unit/store/test_bundle
STORE_DESK = $(STORE_UNIT) %D%/unit/store/desk.c %D%/unit/store/desk.h
tests_unit_store_test_bundle_SOURCES = $(STORE_DESK) %D%/unit/store/test_bundle.c
tests_unit_store_test_bundle_LDADD = gateway/iam/libiam.a gateway/outbound/liboutbound.a gateway/directory/libdirectory.a gateway/conf/libconf.a \
	$(CRED_LIB) gateway/store/libstore.a $(SAML_LIB) oidc/liboidc.a trust/libtrust.a base/libbase.a \
	$(CUNIT_LIBS) $(SQLITE_LIBS) $(CRYPTO_LIBS) $(XML_LIBS) $(URCU_LIBS) $(YAML_LIBS) $(JANSSON_LIBS)
check_PROGRAMS += tests/unit/store/test_whole
TESTS += tests/unit/store/test_whole
tests_unit_store_test_whole_SOURCES = $(STORE_DESK) %D%/unit/store/test_whole.c
tests_unit_store_test_whole_LDADD = $(tests_unit_store_test_bundle_LDADD)
EXTRA_DIST += tests/vectors/bundle/dump.json tests/vectors/bundle/organisation.yaml tests/vectors/bundle/ci.jwks

BUNDLE_LIBS = gateway/iam/libiam.a gateway/outbound/liboutbound.a gateway/directory/libdirectory.a gateway/conf/libconf.a \
	$(CRED_LIB) gateway/store/libstore.a $(SAML_LIB) oidc/liboidc.a trust/libtrust.a base/libbase.a \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(XML_LIBS) $(URCU_LIBS) $(YAML_LIBS) $(JANSSON_LIBS)

check_PROGRAMS += tests/unit/store/test_crash tests/unit/store/test_rekey tests/fault/fault_store tests/fuzz/fuzz_bundle
TESTS += tests/unit/store/test_crash tests/unit/store/test_rekey tests/fault/fault_store
FUZZERS += tests/fuzz/fuzz_bundle
STORE_KILL = $(STORE_UNIT) %D%/unit/store/kill.c %D%/unit/store/kill.h
LINK_STORE_KILL = $(AM_LDFLAGS) -Wl,--wrap=sqlite3_step -Wl,--wrap=sqlite3_exec -Wl,--wrap=pwrite
tests_unit_store_test_crash_SOURCES = $(STORE_KILL) %D%/unit/store/test_crash.c
tests_unit_store_test_crash_LDFLAGS = $(LINK_STORE_KILL)
tests_unit_store_test_rekey_SOURCES = $(STORE_KILL) %D%/unit/store/test_rekey.c
tests_unit_store_test_rekey_LDFLAGS = $(LINK_STORE_KILL)
tests_unit_store_test_rekey_LDADD = $(STORE_UNIT_LIBS)
tests_unit_store_test_crash_LDADD = $(STORE_UNIT_LIBS)
tests_fault_fault_store_SOURCES = $(FAULT) %D%/fault/fault_store.c
tests_fault_fault_store_LDFLAGS = $(LINK_FAULT) -Wl,--wrap=sqlite3_step
tests_fault_fault_store_LDADD = $(BUNDLE_LIBS)
tests_fuzz_fuzz_bundle_SOURCES = $(FUZZ) %D%/fuzz/fuzz_bundle.c
tests_fuzz_fuzz_bundle_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_bundle_LDADD = $(BUNDLE_LIBS)

check_PROGRAMS += tests/unit/store/test_admin
TESTS += tests/unit/store/test_admin
tests_unit_store_test_admin_SOURCES = $(STORE_UNIT) %D%/unit/store/test_admin.c
tests_unit_store_test_admin_LDADD = gateway/iam/libiam.a gateway/outbound/liboutbound.a gateway/directory/libdirectory.a gateway/conf/libconf.a \
	$(CRED_LIB) gateway/store/libstore.a $(SAML_LIB) oidc/liboidc.a trust/libtrust.a base/libbase.a \
	$(CUNIT_LIBS) $(SQLITE_LIBS) $(CRYPTO_LIBS) $(XML_LIBS) $(URCU_LIBS) $(YAML_LIBS) $(JANSSON_LIBS)
