noinst_LIBRARIES += gateway/ops/libops.a
gateway_ops_libops_a_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS)
gateway_ops_libops_a_SOURCES = \
	%D%/audit.c \
	%D%/budget.c \
	%D%/checkpoint.c \
	%D%/field.c \
	%D%/hash.c \
	%D%/health.c \
	%D%/line.c \
	%D%/metrics.c \
	%D%/ops.h %D%/ops_int.h \
	%D%/record.c \
	%D%/tail.c \
	%D%/verify.c \
	%D%/writer.c
OPS_LIB = gateway/ops/libops.a
