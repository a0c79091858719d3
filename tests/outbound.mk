# tests of outbound
check_PROGRAMS += tests/unit/test_outbound
TESTS += tests/unit/test_outbound
tests_unit_test_outbound_SOURCES = $(STORE_UNIT) \
	%D%/unit/outbound/find.c \
	%D%/unit/outbound/key.c \
	%D%/unit/outbound/main.c \
	%D%/unit/outbound/rig.c \
	%D%/unit/outbound/rows.c \
	%D%/unit/outbound/tests.h
tests_unit_test_outbound_LDADD = gateway/outbound/liboutbound.a gateway/directory/libdirectory.a $(CRED_LIB) gateway/store/libstore.a \
	oidc/liboidc.a trust/libtrust.a base/libbase.a $(JWT_LIBS) $(JANSSON_LIBS) $(SQLITE_LIBS) $(CRYPTO_LIBS) $(URCU_LIBS) $(CUNIT_LIBS)

# How keys turn in the gateway: with all of it linked.
check_PROGRAMS += tests/unit/test_outbound_tend
TESTS += tests/unit/test_outbound_tend
tests_unit_test_outbound_tend_SOURCES = $(STORE_UNIT) \
	%D%/unit/outbound/rig.c \
	%D%/unit/outbound/tend.c \
	%D%/unit/outbound/tests.h
tests_unit_test_outbound_tend_LDADD = $(fedgate_LDADD) $(CUNIT_LIBS)
