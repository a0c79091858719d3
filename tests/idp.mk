# tests of idp
check_PROGRAMS += tests/unit/test_idp
TESTS += tests/unit/test_idp
tests_unit_test_idp_SOURCES = $(STORE_UNIT) $(OIDC_MINT) \
	%D%/unit/idp/address.c \
	%D%/unit/idp/document.c \
	%D%/unit/idp/fetch.c \
	%D%/unit/idp/main.c \
	%D%/unit/idp/own.c \
	%D%/unit/idp/place.c %D%/unit/idp/place.h \
	%D%/unit/idp/saml.c \
	%D%/unit/idp/sched.c \
	%D%/unit/idp/server.c %D%/unit/idp/server.h \
	%D%/unit/idp/source.c \
	%D%/unit/idp/tests.h \
	%D%/unit/idp/thread.c \
	%D%/unit/idp/waiters.c \
	%D%/unit/idp/world.c %D%/unit/idp/world.h
tests_unit_test_idp_LDADD = gateway/idp/libidp.a gateway/outbound/liboutbound.a gateway/directory/libdirectory.a $(CRED_LIB) gateway/proc/libproc.a \
	gateway/ops/libops.a gateway/store/libstore.a $(SAML_LIB) oidc/liboidc.a trust/libtrust.a base/libbase.a $(CUNIT_LIBS) \
	$(XML_LIBS) $(SQLITE_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(URCU_LIBS) $(CURL_LIBS) $(SECCOMP_LIBS) $(SYSTEMD_LIBS)

# Forks and confines: sanitizers need calls that the filter refuses.
check_PROGRAMS += tests/unit/test_idp_process
if !SANITIZED
TESTS += tests/unit/test_idp_process
endif
tests_unit_test_idp_process_SOURCES = $(UNIT) %D%/unit/idp/process.c %D%/unit/idp/server.c %D%/unit/idp/server.h
tests_unit_test_idp_process_LDADD = $(tests_unit_test_idp_LDADD)

check_PROGRAMS += tests/fault/fault_idp
TESTS += tests/fault/fault_idp
tests_fault_fault_idp_SOURCES = $(FAULT) %D%/fault/fault_idp.c
tests_fault_fault_idp_LDFLAGS = $(LINK_FAULT)
tests_fault_fault_idp_LDADD = gateway/idp/libidp.a gateway/outbound/liboutbound.a gateway/directory/libdirectory.a $(CRED_LIB) gateway/proc/libproc.a \
	gateway/ops/libops.a gateway/store/libstore.a saml/libsaml.a oidc/liboidc.a trust/libtrust.a base/libbase.a \
	$(SQLITE_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(URCU_LIBS) $(CURL_LIBS) $(SECCOMP_LIBS) $(SYSTEMD_LIBS)

check_PROGRAMS += tests/fault/fault_idp_saml
TESTS += tests/fault/fault_idp_saml
tests_fault_fault_idp_saml_SOURCES = $(STORE_UNIT) $(FAULT) %D%/unit/idp/place.c %D%/unit/idp/place.h %D%/fault/fault_idp_saml.c
tests_fault_fault_idp_saml_LDFLAGS = $(LINK_FAULT)
tests_fault_fault_idp_saml_LDADD = $(tests_unit_test_idp_LDADD)
