noinst_LIBRARIES += gateway/outbound/liboutbound.a
gateway_outbound_liboutbound_a_SOURCES = \
	%D%/find.c \
	%D%/key.c \
	%D%/outbound.h \
	%D%/outbound_int.h \
	%D%/rows.c \
	%D%/sign.c \
	%D%/state.c
OUTBOUND_LIB = gateway/outbound/liboutbound.a
