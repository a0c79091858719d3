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

TESTS += tests/cli/oidc.sh
EXTRA_DIST += tests/cli/oidc.sh tests/flow/issuer.py
