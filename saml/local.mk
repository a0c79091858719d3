# When the first source is here:
# noinst_LIBRARIES += saml/libsaml.a
# saml_libsaml_a_SOURCES = %D%/x.c %D%/x.h
# SAML_LIB = saml/libsaml.a
