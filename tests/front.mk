# tests of front
check_PROGRAMS += tests/unit/test_front
TESTS += tests/unit/test_front
tests_unit_test_front_SOURCES = $(UNIT) \
	%D%/unit/front/bytes.c \
	%D%/unit/front/conn.c \
	%D%/unit/front/deadline.c \
	%D%/unit/front/head.c \
	%D%/unit/front/keys.c \
	%D%/unit/front/life.c \
	%D%/unit/front/main.c \
	%D%/unit/front/peer.c \
	%D%/unit/front/pool.c \
	%D%/unit/front/server.c %D%/unit/front/server.h \
	%D%/unit/front/table.c \
	%D%/unit/front/tls.c \
	%D%/tls/cert.c %D%/tls/cert.h
tests_unit_test_front_CPPFLAGS = $(AM_CPPFLAGS) $(SSL_CFLAGS) $(EVENT_CFLAGS) $(CUNIT_CFLAGS)
tests_unit_test_front_LDADD = gateway/front/libfront.a base/libbase.a $(EVENT_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(CUNIT_LIBS)

check_PROGRAMS += tests/fuzz/fuzz_http1 tests/fuzz/fuzz_proxy tests/flow/http1_print
FUZZERS += tests/fuzz/fuzz_http1 tests/fuzz/fuzz_proxy
tests_fuzz_fuzz_http1_SOURCES = $(FUZZ) %D%/fuzz/fuzz_http1.c %D%/fuzz/http1.c %D%/fuzz/http1.h
tests_fuzz_fuzz_http1_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_http1_LDADD = gateway/front/libfront.a base/libbase.a
tests_fuzz_fuzz_proxy_SOURCES = $(FUZZ) %D%/fuzz/fuzz_proxy.c
tests_fuzz_fuzz_proxy_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_proxy_LDADD = gateway/front/libfront.a base/libbase.a $(EVENT_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)
tests_flow_http1_print_SOURCES = %D%/flow/http1_print.c %D%/fuzz/http1.c %D%/fuzz/http1.h
tests_flow_http1_print_LDADD = gateway/front/libfront.a base/libbase.a
EXTRA_DIST += %D%/flow/llhttp.mjs %D%/flow/llhttp.test

check_PROGRAMS += tests/fault/fault_front
TESTS += tests/fault/fault_front
tests_fault_fault_front_SOURCES = $(FAULT) %D%/fault/fault_front.c %D%/tls/cert.c %D%/tls/cert.h
tests_fault_fault_front_LDFLAGS = $(LINK_FAULT)
tests_fault_fault_front_LDADD = gateway/front/libfront.a base/libbase.a $(EVENT_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)

# An echo behind the listener, for flow tests of TLS.
check_PROGRAMS += tests/flow/front_echo
tests_flow_front_echo_SOURCES = %D%/flow/front_echo.c
tests_flow_front_echo_LDADD = gateway/front/libfront.a base/libbase.a $(EVENT_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)
EXTRA_DIST += %D%/flow/tls.test
