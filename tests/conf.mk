# tests of gateway/conf
check_PROGRAMS += tests/unit/test_conf
TESTS += tests/unit/test_conf
tests_unit_test_conf_SOURCES = $(UNIT) %D%/unit/conf/test_conf.c
tests_unit_test_conf_LDADD = $(CONF_LIB) base/libbase.a $(JANSSON_LIBS) $(YAML_LIBS) $(CUNIT_LIBS)
