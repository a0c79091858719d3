noinst_LIBRARIES += oidc/liboidc.a
oidc_liboidc_a_SOURCES = \
	%D%/alg.c \
	%D%/claims.c \
	%D%/discovery.c \
	%D%/issuer.c \
	%D%/jwk.c \
	%D%/jwks.c \
	%D%/jws.c \
	%D%/keys.c \
	%D%/oidc.h \
	%D%/oidc_int.h \
	%D%/session.c \
	%D%/verify.c \
	%D%/weak.c \
	%D%/wording.c
OIDC_LIB = oidc/liboidc.a
