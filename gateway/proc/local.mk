# When the first source is here:
# noinst_LIBRARIES += gateway/proc/libproc.a
# gateway_proc_libproc_a_SOURCES = %D%/x.c %D%/x.h
# PROC_LIB = gateway/proc/libproc.a
