# When the first source is here:
# noinst_LIBRARIES += trust/libtrust.a
# trust_libtrust_a_SOURCES = %D%/x.c %D%/x.h
# TRUST_LIB = trust/libtrust.a
