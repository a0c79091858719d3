# tests of gateway/cred
check_PROGRAMS += tests/unit/test_cred
TESTS += tests/unit/test_cred
tests_unit_test_cred_SOURCES = $(UNIT) \
	%D%/unit/cred/client.c \
	%D%/unit/cred/clock.c \
	%D%/unit/cred/crypt.c \
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
