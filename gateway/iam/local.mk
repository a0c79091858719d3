noinst_LIBRARIES += gateway/iam/libiam.a
gateway_iam_libiam_a_SOURCES = \
	%D%/account.c \
	%D%/action.h \
	%D%/admin.c \
	%D%/admin.h \
	%D%/admin_int.h \
	%D%/anchor.c \
	%D%/anchor.h \
	%D%/apply.c \
	%D%/apply_entity.c \
	%D%/apply_policy.c \
	%D%/bundle.h \
	%D%/bundle_int.h \
	%D%/bundle_oidc.c \
	%D%/bundle_profile.c \
	%D%/check.c \
	%D%/control.c \
	%D%/control.h \
	%D%/drop_kid.c \
	%D%/export.c \
	%D%/export_int.h \
	%D%/export_out.c \
	%D%/from_store.c \
	%D%/keys.c \
	%D%/mfa_code.c %D%/mfa_code.h \
	%D%/model.c \
	%D%/organization.c %D%/organization.h \
	%D%/organization_export.c \
	%D%/organization_setting.c \
	%D%/organization_store.c \
	%D%/outbound.c \
	%D%/parse.c \
	%D%/parse_account.c \
	%D%/parse_policy.c \
	%D%/parse_provider.c \
	%D%/query.c \
	%D%/query.h \
	%D%/query_absent.c \
	%D%/query_access.c \
	%D%/query_account.c \
	%D%/query_attach.c \
	%D%/query_entities.c \
	%D%/query_entity.c \
	%D%/query_features.c \
	%D%/query_granting.c \
	%D%/query_group.c \
	%D%/query_inline.c \
	%D%/query_int.h \
	%D%/query_key.c \
	%D%/query_mfa.c \
	%D%/query_mfa_list.c \
	%D%/query_oidc.c \
	%D%/query_outbound.c \
	%D%/query_policy.c \
	%D%/query_profile.c \
	%D%/query_report.c \
	%D%/query_role.c \
	%D%/query_saml.c \
	%D%/query_simulate.c \
	%D%/query_table.c \
	%D%/query_tag.c \
	%D%/query_used.c %D%/query_uses.c \
	%D%/query_user.c \
	%D%/query_values.c \
	%D%/query_write.c \
	%D%/read.c \
	%D%/revoke.c \
	%D%/saml_int.h \
	%D%/saml_key.c \
	%D%/shipped.c %D%/shipped.h \
	%D%/simulate.c \
	%D%/simulate_caller.c \
	%D%/simulate_int.h \
	%D%/stale_bound.c \
	%D%/trust_text.c %D%/trust_text.h \
	%D%/warn.c
IAM_LIB = gateway/iam/libiam.a
