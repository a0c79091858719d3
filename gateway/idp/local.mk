# When the first source is here:
# noinst_LIBRARIES += gateway/idp/libidp.a
# gateway_idp_libidp_a_SOURCES = %D%/x.c %D%/x.h
# IDP_LIB = gateway/idp/libidp.a
