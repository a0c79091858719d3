noinst_LIBRARIES += gateway/ctl/libctl.a
gateway_ctl_libctl_a_SOURCES = \
	%D%/account.c \
	%D%/apply.c \
	%D%/args.c \
	%D%/audit.c %D%/audit_explain.c %D%/audit_int.h \
	%D%/init.c \
	%D%/operate.c \
	%D%/operate.h \
	%D%/backup.c \
	%D%/record.c \
	%D%/revoke.c \
	%D%/clock.c \
	%D%/commands.c \
	%D%/conf.c \
	%D%/ctl_conf.h \
	%D%/ctl.h \
	%D%/dry_run.c \
	%D%/input.c \
	%D%/keys.c \
	%D%/keys_int.h \
	%D%/oidc.c \
	%D%/oidc_int.h \
	%D%/policy.c \
	%D%/ctl_policy.h \
	%D%/policy_lint.c \
	%D%/policy_int.h \
	%D%/provider.c \
	%D%/saml.c \
	%D%/saml_explain.c \
	%D%/saml_int.h \
	%D%/store.c \
	%D%/ctl_store.h \
	%D%/serve.c
