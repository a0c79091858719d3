noinst_LIBRARIES += gateway/org/liborg.a
gateway_org_liborg_a_SOURCES = \
	%D%/account.c \
	%D%/attach.c \
	%D%/org.c \
	%D%/org.h \
	%D%/org_int.h \
	%D%/organization.c \
	%D%/policy.c \
	%D%/table.c \
	%D%/tag.c \
	%D%/unit.c
ORG_LIB = gateway/org/liborg.a
