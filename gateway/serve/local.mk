noinst_LIBRARIES += gateway/serve/libserve.a
gateway_serve_libserve_a_SOURCES = \
	%D%/bootstrap.c \
	%D%/control.c \
	%D%/dry_run.c \
	%D%/gateway.c \
	%D%/health.c \
	%D%/hooks.c \
	%D%/keeper.c \
	%D%/listen.c \
	%D%/metrics.c \
	%D%/open.c \
	%D%/outbound.c \
	%D%/roles.c \
	%D%/saml.c \
	%D%/saml_metadata.c \
	%D%/serve.c \
	%D%/serve.h \
	%D%/serve_int.h \
	%D%/used.c
SERVE_LIB = gateway/serve/libserve.a
