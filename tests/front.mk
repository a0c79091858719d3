# tests of front
check_PROGRAMS += tests/unit/test_front
TESTS += tests/unit/test_front
tests_unit_test_front_SOURCES = $(UNIT) \
	%D%/unit/front/bytes.c \
	%D%/unit/front/conn.c \
	%D%/unit/front/deadline.c \
	%D%/unit/front/head.c \
	%D%/unit/front/life.c \
	%D%/unit/front/main.c \
	%D%/unit/front/peer.c \
	%D%/unit/front/server.c %D%/unit/front/server.h \
	%D%/unit/front/table.c \
	%D%/unit/front/tls.c \
	%D%/tls/cert.c %D%/tls/cert.h
tests_unit_test_front_CPPFLAGS = $(AM_CPPFLAGS) $(SSL_CFLAGS) $(EVENT_CFLAGS) $(CUNIT_CFLAGS)
tests_unit_test_front_LDADD = gateway/front/libfront.a base/libbase.a $(EVENT_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(CUNIT_LIBS)
