# When the first source is here:
# noinst_LIBRARIES += gateway/sigv4/libsigv4.a
# gateway_sigv4_libsigv4_a_SOURCES = %D%/x.c %D%/x.h
# SIGV4_LIB = gateway/sigv4/libsigv4.a
