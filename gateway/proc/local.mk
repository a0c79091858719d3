noinst_LIBRARIES += gateway/proc/libproc.a
gateway_proc_libproc_a_SOURCES = \
	%D%/child.c \
	%D%/confine.c \
	%D%/notify.c \
	%D%/proc.h \
	%D%/proc_int.h \
	%D%/spawn.c \
	%D%/supervise.c
PROC_LIB = gateway/proc/libproc.a
