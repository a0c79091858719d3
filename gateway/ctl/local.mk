noinst_LIBRARIES += gateway/ctl/libctl.a
gateway_ctl_libctl_a_SOURCES = \
	%D%/args.c \
	%D%/commands.c \
	%D%/ctl.h \
	%D%/input.c
