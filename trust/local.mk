noinst_LIBRARIES += trust/libtrust.a
TRUST_LIB = trust/libtrust.a
trust_libtrust_a_SOURCES = \
	%D%/document.c \
	%D%/operator.c \
	%D%/place.c \
	%D%/trust.h %D%/trust_int.h
