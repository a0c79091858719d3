# When the first source is here:
# noinst_LIBRARIES += gateway/serve/libserve.a
# gateway_serve_libserve_a_SOURCES = %D%/x.c %D%/x.h
# SERVE_LIB = gateway/serve/libserve.a
