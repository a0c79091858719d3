noinst_LIBRARIES += gateway/store/libstore.a
gateway_store_libstore_a_SOURCES = \
	%D%/claim.c %D%/claim.h \
	%D%/job.c \
	%D%/kind.c \
	%D%/list.c \
	%D%/load.c \
	%D%/mac.c \
	%D%/mark.c \
	%D%/node.c \
	%D%/node.h \
	%D%/read.c \
	%D%/rekey.c \
	%D%/row.h \
	%D%/schema.c \
	%D%/set.c \
	%D%/sqlite.c \
	%D%/sqlite_claims.c \
	%D%/sqlite_int.h \
	%D%/sqlite_meta.c \
	%D%/sqlite_node.c \
	%D%/sqlite_open.c \
	%D%/store.c \
	%D%/store.h \
	%D%/store_int.h \
	%D%/tx.c
STORE_LIB = gateway/store/libstore.a
