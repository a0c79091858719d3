# When the first source is here:
# noinst_LIBRARIES += gateway/cred/libcred.a
# gateway_cred_libcred_a_SOURCES = %D%/x.c %D%/x.h
# CRED_LIB = gateway/cred/libcred.a
