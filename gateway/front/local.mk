# When the first source is here:
# noinst_LIBRARIES += gateway/front/libfront.a
# gateway_front_libfront_a_SOURCES = %D%/x.c %D%/x.h
# FRONT_LIB = gateway/front/libfront.a
