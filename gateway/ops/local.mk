# When the first source is here:
# noinst_LIBRARIES += gateway/ops/libops.a
# gateway_ops_libops_a_SOURCES = %D%/x.c %D%/x.h
# OPS_LIB = gateway/ops/libops.a
