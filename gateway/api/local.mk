# When the first source is here:
# noinst_LIBRARIES += gateway/api/libapi.a
# gateway_api_libapi_a_SOURCES = %D%/x.c %D%/x.h
# API_LIB = gateway/api/libapi.a
