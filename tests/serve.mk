# tests of serve: what the gateway is made of is linked as it is in the program
check_PROGRAMS += tests/unit/test_serve
TESTS += tests/unit/test_serve
tests_unit_test_serve_SOURCES = $(UNIT) %D%/unit/serve/budget.c
tests_unit_test_serve_LDADD = $(SERVE_LIB) $(IAM_LIB) $(API_LIB) $(IDP_LIB) $(OUTBOUND_LIB) $(DIRECTORY_LIB) $(CRED_LIB) $(PROC_LIB) \
	$(CONF_LIB) $(FRONT_LIB) $(SIGV4_LIB) $(OPS_LIB) $(STORE_LIB) $(SAML_LIB) $(OIDC_LIB) $(TRUST_LIB) base/libbase.a \
	$(SSL_LIBS) $(CRYPTO_LIBS) $(XML_LIBS) $(JANSSON_LIBS) $(CURL_LIBS) $(EVENT_LIBS) $(SQLITE_LIBS) \
	$(URCU_LIBS) $(YAML_LIBS) $(OATH_LIBS) $(QR_LIBS) $(SECCOMP_LIBS) $(SYSTEMD_LIBS) $(CUNIT_LIBS)
