noinst_LIBRARIES += gateway/sigv4/libsigv4.a
gateway_sigv4_libsigv4_a_SOURCES = \
	%D%/canonical.c \
	%D%/check.c \
	%D%/crypto.c \
	%D%/query.c \
	%D%/read.c \
	%D%/scope.c \
	%D%/sigv4.h \
	%D%/sigv4_int.h
SIGV4_LIB = gateway/sigv4/libsigv4.a
