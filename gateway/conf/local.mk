# When the first source is here:
# noinst_LIBRARIES += gateway/conf/libconf.a
# gateway_conf_libconf_a_SOURCES = %D%/x.c %D%/x.h
# CONF_LIB = gateway/conf/libconf.a
