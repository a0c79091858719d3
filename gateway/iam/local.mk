noinst_LIBRARIES += gateway/iam/libiam.a
gateway_iam_libiam_a_SOURCES = \
	%D%/account.c \
	%D%/admin.c \
	%D%/admin.h \
	%D%/admin_int.h \
	%D%/apply.c \
	%D%/apply_entity.c \
	%D%/apply_policy.c \
	%D%/bundle.h \
	%D%/bundle_int.h \
	%D%/check.c \
	%D%/control.c \
	%D%/control.h \
	%D%/drop_kid.c \
	%D%/export.c \
	%D%/from_store.c \
	%D%/keys.c \
	%D%/model.c \
	%D%/organization.c \
	%D%/parse.c \
	%D%/parse_account.c \
	%D%/parse_provider.c \
	%D%/read.c \
	%D%/revoke.c \
	%D%/warn.c
IAM_LIB = gateway/iam/libiam.a
