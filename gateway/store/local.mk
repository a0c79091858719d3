# When the first source is here:
# noinst_LIBRARIES += gateway/store/libstore.a
# gateway_store_libstore_a_SOURCES = %D%/x.c %D%/x.h
# STORE_LIB = gateway/store/libstore.a
