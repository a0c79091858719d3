noinst_LIBRARIES += gateway/idp/libidp.a
gateway_idp_libidp_a_SOURCES = \
	%D%/address.c \
	%D%/document.c \
	%D%/fetch.c \
	%D%/fetch_curl.c \
	%D%/fetch_int.h \
	%D%/fetch_tls.c \
	%D%/idp.c \
	%D%/idp.h \
	%D%/idp_int.h \
	%D%/parse.c \
	%D%/saml.c \
	%D%/saml_int.h \
	%D%/saml_row.c \
	%D%/saml_source.c \
	%D%/sched.c \
	%D%/set.c \
	%D%/source.c \
	%D%/stats.c \
	%D%/table.c \
	%D%/waiters.c \
	%D%/wire.c
IDP_LIB = gateway/idp/libidp.a
