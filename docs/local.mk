dist_man_MANS = %D%/fedgate.8 %D%/fedgate.conf.5
dist_doc_DATA = README.md SECURITY.md CONTRIBUTING.md LICENSE %D%/architecture.md %D%/policy-speed.md %D%/speed.md %D%/bundle.md %D%/http.md %D%/keys.md %D%/iam-actions.md %D%/ml-personas.md %D%/organizations-actions.md %D%/oidc-rules.md %D%/operations.md %D%/policy-rules.md %D%/saml-rules.md %D%/security-rules.md %D%/sts.md %D%/fedgate.conf.sample
nodist_unit_DATA = %D%/fedgate.service
CLEANFILES += %D%/fedgate.service
EXTRA_DIST += %D%/fedgate.service.in

%D%/fedgate.service: $(srcdir)/%D%/fedgate.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && sed -e 's|@bindir[@]|$(bindir)|' -e 's|@sysconfdir[@]|$(sysconfdir)|' \
		$(srcdir)/docs/fedgate.service.in >$@
