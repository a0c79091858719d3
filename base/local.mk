noinst_LIBRARIES += base/libbase.a
base_libbase_a_SOURCES = \
	%D%/arena.c %D%/arena.h \
	%D%/base.h \
	%D%/buf.c %D%/buf.h \
	%D%/codec.c %D%/codec.h \
	%D%/cur.c %D%/cur.h \
	%D%/err.c %D%/err.h \
	%D%/fd.c %D%/fd.h \
	%D%/ip.c %D%/ip.h \
	%D%/json.c %D%/json.h %D%/json_int.h %D%/json_names.c %D%/json_string.c \
	%D%/limits.h \
	%D%/sha256.c %D%/sha256.h \
	%D%/str.c %D%/str.h \
	%D%/time.c %D%/time.h
