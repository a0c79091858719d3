check_PROGRAMS += tests/unit/test_oidc
TESTS += tests/unit/test_oidc
OIDC_MINT = %D%/unit/oidc/mint.c %D%/unit/oidc/mint.h
tests_unit_test_oidc_SOURCES = $(UNIT) $(OIDC_MINT) \
	%D%/unit/oidc/claims.c \
	%D%/unit/oidc/discovery.c \
	%D%/unit/oidc/jwk.c \
	%D%/unit/oidc/jwks.c \
	%D%/unit/oidc/jws.c \
	%D%/unit/oidc/keys.c \
	%D%/unit/oidc/libjwt.c \
	%D%/unit/oidc/main.c \
	%D%/unit/oidc/session.c \
	%D%/unit/oidc/tests.h \
	%D%/unit/oidc/vectors.c \
	%D%/unit/oidc/verify.c
tests_unit_test_oidc_LDADD = oidc/liboidc.a base/libbase.a $(JWT_LIBS) $(JANSSON_LIBS) $(CRYPTO_LIBS) $(CUNIT_LIBS)
EXTRA_DIST += $(OIDC_KEYS)
OIDC_KEYS = \
	%D%/vectors/oidc/keys/ec256.pem \
	%D%/vectors/oidc/keys/ec256k1.pem \
	%D%/vectors/oidc/keys/ec384.pem \
	%D%/vectors/oidc/keys/ec521.pem \
	%D%/vectors/oidc/keys/ed25519.pem \
	%D%/vectors/oidc/keys/rsa1024.pem \
	%D%/vectors/oidc/keys/rsa2048.pem \
	%D%/vectors/oidc/keys/rsa2048b.pem \
	%D%/vectors/oidc/keys/rsa2048e3.pem \
	%D%/vectors/oidc/keys/rsa3072.pem \
	%D%/vectors/oidc/keys/rsa4096.pem \
	%D%/vectors/oidc/keys/rsa8192.pem

TESTS += tests/cli/oidc.sh tests/cli/words.sh
EXTRA_DIST += tests/cli/oidc.sh tests/cli/words.sh tests/flow/issuer.py

OIDC_FUZZ_LIBS = oidc/liboidc.a base/libbase.a $(CRYPTO_LIBS)
OIDC_FUZZERS = tests/fuzz/fuzz_jws tests/fuzz/fuzz_claims tests/fuzz/fuzz_jwk tests/fuzz/fuzz_jwks tests/fuzz/fuzz_discovery
check_PROGRAMS += $(OIDC_FUZZERS)
FUZZERS += $(OIDC_FUZZERS)
tests_fuzz_fuzz_jws_SOURCES = $(FUZZ) %D%/fuzz/fuzz_jws.c
tests_fuzz_fuzz_jws_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_jws_LDADD = $(OIDC_FUZZ_LIBS)
tests_fuzz_fuzz_claims_SOURCES = $(FUZZ) %D%/fuzz/fuzz_claims.c
tests_fuzz_fuzz_claims_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_claims_LDADD = $(OIDC_FUZZ_LIBS)
tests_fuzz_fuzz_jwk_SOURCES = $(FUZZ) %D%/fuzz/fuzz_jwk.c
tests_fuzz_fuzz_jwk_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_jwk_LDADD = $(OIDC_FUZZ_LIBS)
tests_fuzz_fuzz_jwks_SOURCES = $(FUZZ) %D%/fuzz/fuzz_jwks.c
tests_fuzz_fuzz_jwks_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_jwks_LDADD = $(OIDC_FUZZ_LIBS)
tests_fuzz_fuzz_discovery_SOURCES = $(FUZZ) %D%/fuzz/fuzz_discovery.c
tests_fuzz_fuzz_discovery_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_discovery_LDADD = $(OIDC_FUZZ_LIBS)

check_PROGRAMS += tests/fault/fault_oidc
TESTS += tests/fault/fault_oidc
tests_fault_fault_oidc_SOURCES = $(FAULT) %D%/fault/fault_oidc.c
tests_fault_fault_oidc_LDFLAGS = $(LINK_FAULT)
tests_fault_fault_oidc_LDADD = $(OIDC_FUZZ_LIBS)

BENCH += tests/bench/bench_oidc
EXTRA_PROGRAMS += tests/bench/bench_oidc
tests_bench_bench_oidc_SOURCES = $(BENCH_SOURCES) %D%/bench/bench_oidc.c
tests_bench_bench_oidc_LDADD = $(OIDC_FUZZ_LIBS)

EXTRA_DIST += \
	%D%/vectors/oidc/claims.json \
	%D%/vectors/oidc/discovery.json \
	%D%/vectors/oidc/eddsa.jwt \
	%D%/vectors/oidc/es256.jwt \
	%D%/vectors/oidc/jwks.json \
	%D%/vectors/oidc/rs256.jwt
