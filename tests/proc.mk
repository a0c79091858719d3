# tests of gateway/proc: the program is also its own supervisor and its own roles
check_PROGRAMS += tests/unit/test_proc
TESTS += tests/unit/test_proc
tests_unit_test_proc_SOURCES = $(UNIT) \
	%D%/unit/proc/confine.c \
	%D%/unit/proc/main.c \
	%D%/unit/proc/roles.c \
	%D%/unit/proc/scan.c \
	%D%/unit/proc/supervise.c \
	%D%/unit/proc/tests.h
tests_unit_test_proc_LDADD = gateway/proc/libproc.a gateway/cred/libcred.a base/libbase.a \
	$(SECCOMP_LIBS) $(SYSTEMD_LIBS) $(CRYPTO_LIBS) $(CUNIT_LIBS)
