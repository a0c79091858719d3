# When the first source is here:
# noinst_LIBRARIES += oidc/liboidc.a
# oidc_liboidc_a_SOURCES = %D%/x.c %D%/x.h
# OIDC_LIB = oidc/liboidc.a
