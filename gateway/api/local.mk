noinst_LIBRARIES += gateway/api/libapi.a
gateway_api_libapi_a_SOURCES = \
	%D%/action.h \
	%D%/admit.c \
	%D%/api.h \
	%D%/api_int.h \
	%D%/args.c \
	%D%/authorize.c \
	%D%/call.h \
	%D%/caller.c \
	%D%/chain.c \
	%D%/chars.c \
	%D%/claim.c \
	%D%/context.c \
	%D%/env.c \
	%D%/faults.c %D%/faults.h \
	%D%/form.c \
	%D%/handle.c \
	%D%/hooks.h \
	%D%/http.c \
	%D%/issue.c %D%/issue.h \
	%D%/json.c \
	%D%/layers.c \
	%D%/letters.c \
	%D%/link.c \
	%D%/message.c \
	%D%/names.c \
	%D%/organization.c \
	%D%/policies.c \
	%D%/record.c \
	%D%/replays.c \
	%D%/reply.c \
	%D%/secrets.c \
	%D%/sts.c \
	%D%/sts_args.c \
	%D%/sts_info.c \
	%D%/sts_int.h \
	%D%/sts_outbound.c \
	%D%/sts_role.c \
	%D%/sts_root.c \
	%D%/sts_saml.c \
	%D%/sts_session.c \
	%D%/sts_web.c \
	%D%/tags.c \
	%D%/text.h \
	%D%/totp.c \
	%D%/write.c \
	%D%/xml.c
API_LIB = gateway/api/libapi.a
