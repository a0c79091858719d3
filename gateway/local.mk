# The program.  Each folder's library is added to FEDGATE_LIBS by its own fragment, highest first: see the order below.
bin_PROGRAMS += fedgate
fedgate_SOURCES = %D%/main.c
# In dependency order, the highest first; a folder's fragment defines its own variable.
fedgate_LDADD = gateway/ctl/libctl.a $(SERVE_LIB) $(ORG_LIB) $(IAM_LIB) $(API_LIB) $(IDP_LIB) $(OUTBOUND_LIB) $(DIRECTORY_LIB) $(CRED_LIB) $(PROC_LIB) \
	$(CONF_LIB) $(FRONT_LIB) $(SIGV4_LIB) $(OPS_LIB) $(STORE_LIB) $(SAML_LIB) $(OIDC_LIB) $(TRUST_LIB) base/libbase.a \
	$(SSL_LIBS) $(CRYPTO_LIBS) $(XML_LIBS) $(JANSSON_LIBS) $(CURL_LIBS) $(EVENT_LIBS) $(SQLITE_LIBS) \
	$(URCU_LIBS) $(YAML_LIBS) $(OATH_LIBS) $(QR_LIBS) $(SECCOMP_LIBS) $(SYSTEMD_LIBS)
