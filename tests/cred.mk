# tests of gateway/cred
check_PROGRAMS += tests/unit/test_cred
TESTS += tests/unit/test_cred
tests_unit_test_cred_SOURCES = $(UNIT) \
	%D%/unit/cred/client.c \
	%D%/unit/cred/clock.c \
	%D%/unit/cred/crypt.c \
	%D%/unit/cred/epoch.c \
	%D%/unit/cred/files.c \
	%D%/unit/cred/id.c \
	%D%/unit/cred/main.c \
	%D%/unit/cred/mint.c \
	%D%/unit/cred/purpose.c \
	%D%/unit/cred/rig.c %D%/unit/cred/rig.h \
	%D%/unit/cred/ring.c \
	%D%/unit/cred/session.c \
	%D%/unit/cred/state.c \
	%D%/unit/cred/wrap.c
tests_unit_test_cred_LDADD = gateway/cred/libcred.a base/libbase.a $(CRYPTO_LIBS) $(CUNIT_LIBS)
EXTRA_DIST += tests/vectors/cred/xaes256gcm.txt

check_PROGRAMS += tests/fault/fault_cred tests/fuzz/fuzz_session tests/fuzz/fuzz_credmsg tests/fuzz/fuzz_ring
TESTS += tests/fault/fault_cred
FUZZERS += tests/fuzz/fuzz_session tests/fuzz/fuzz_credmsg tests/fuzz/fuzz_ring
tests_fault_fault_cred_SOURCES = $(FAULT) %D%/fault/fault_cred.c
tests_fault_fault_cred_LDFLAGS = $(LINK_FAULT)
tests_fault_fault_cred_LDADD = gateway/cred/libcred.a base/libbase.a $(CRYPTO_LIBS)
tests_fuzz_fuzz_session_SOURCES = $(FUZZ) %D%/fuzz/fuzz_session.c
tests_fuzz_fuzz_session_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_session_LDADD = gateway/cred/libcred.a base/libbase.a $(CRYPTO_LIBS)
tests_fuzz_fuzz_credmsg_SOURCES = $(FUZZ) %D%/fuzz/fuzz_credmsg.c
tests_fuzz_fuzz_credmsg_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_credmsg_LDADD = gateway/cred/libcred.a base/libbase.a $(CRYPTO_LIBS)
tests_fuzz_fuzz_ring_SOURCES = $(FUZZ) %D%/fuzz/fuzz_ring.c
tests_fuzz_fuzz_ring_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_ring_LDADD = gateway/cred/libcred.a base/libbase.a $(CRYPTO_LIBS)

# rows.c needs a store
check_PROGRAMS += tests/unit/test_cred_rows
TESTS += tests/unit/test_cred_rows
tests_unit_test_cred_rows_SOURCES = $(UNIT) %D%/unit/cred/rig.c %D%/unit/cred/rig.h %D%/unit/cred/rows.c
tests_unit_test_cred_rows_LDADD = gateway/cred/libcred.a gateway/store/libstore.a base/libbase.a \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(CUNIT_LIBS)

# the commands over ring and store
check_PROGRAMS += tests/unit/test_ctl_keys
TESTS += tests/unit/test_ctl_keys
tests_unit_test_ctl_keys_SOURCES = $(UNIT) %D%/unit/ctl/keys.c
tests_unit_test_ctl_keys_LDADD = gateway/ctl/libctl.a $(IAM_LIB) $(OUTBOUND_LIB) $(DIRECTORY_LIB) $(CRED_LIB) $(CONF_LIB) $(OPS_LIB) $(STORE_LIB) \
	$(SAML_LIB) $(OIDC_LIB) $(TRUST_LIB) base/libbase.a $(SQLITE_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) $(XML_LIBS) $(URCU_LIBS) \
	$(CRYPTO_LIBS) $(CUNIT_LIBS)
