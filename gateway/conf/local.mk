noinst_LIBRARIES += gateway/conf/libconf.a
gateway_conf_libconf_a_SOURCES = \
	%D%/conf.c %D%/conf.h %D%/conf_int.h \
	%D%/document.c \
	%D%/show.c \
	%D%/value.c
CONF_LIB = gateway/conf/libconf.a
