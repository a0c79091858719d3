# tests of base
check_PROGRAMS += tests/unit/test_base
TESTS += tests/unit/test_base
tests_unit_test_base_SOURCES = $(UNIT) \
	%D%/unit/base/arena.c \
	%D%/unit/base/buf.c \
	%D%/unit/base/codec.c \
	%D%/unit/base/cur.c \
	%D%/unit/base/err.c \
	%D%/unit/base/fd.c \
	%D%/unit/base/ip.c \
	%D%/unit/base/json.c \
	%D%/unit/base/main.c \
	%D%/unit/base/sha256.c \
	%D%/unit/base/str.c \
	%D%/unit/base/tests.h \
	%D%/unit/base/time.c
tests_unit_test_base_LDADD = base/libbase.a $(CRYPTO_LIBS) $(CUNIT_LIBS)

check_PROGRAMS += tests/fault/fault_base
TESTS += tests/fault/fault_base
tests_fault_fault_base_SOURCES = $(FAULT) %D%/fault/fault_base.c
tests_fault_fault_base_LDFLAGS = $(LINK_FAULT)
tests_fault_fault_base_LDADD = base/libbase.a

check_PROGRAMS += tests/fuzz/fuzz_base64 tests/fuzz/fuzz_ip tests/fuzz/fuzz_json tests/fuzz/fuzz_time
FUZZERS += tests/fuzz/fuzz_base64 tests/fuzz/fuzz_ip tests/fuzz/fuzz_json tests/fuzz/fuzz_time
tests_fuzz_fuzz_base64_SOURCES = $(FUZZ) %D%/fuzz/fuzz_base64.c
tests_fuzz_fuzz_base64_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_base64_LDADD = base/libbase.a
tests_fuzz_fuzz_ip_SOURCES = $(FUZZ) %D%/fuzz/fuzz_ip.c
tests_fuzz_fuzz_ip_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_ip_LDADD = base/libbase.a
tests_fuzz_fuzz_json_SOURCES = $(FUZZ) %D%/fuzz/fuzz_json.c
tests_fuzz_fuzz_json_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_json_LDADD = base/libbase.a
tests_fuzz_fuzz_time_SOURCES = $(FUZZ) %D%/fuzz/fuzz_time.c
tests_fuzz_fuzz_time_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_time_LDADD = base/libbase.a
