noinst_LIBRARIES += gateway/cred/libcred.a
gateway_cred_libcred_a_SOURCES = \
	%D%/blob.c \
	%D%/client.c \
	%D%/clock.c \
	%D%/cred.h \
	%D%/cred_int.h \
	%D%/crypt.c \
	%D%/epoch.c \
	%D%/files.c \
	%D%/fleet.c \
	%D%/fleet.h \
	%D%/id.c \
	%D%/lineage.c \
	%D%/lineage.h \
	%D%/main.c \
	%D%/mint.c \
	%D%/ring.c \
	%D%/ringfile.c \
	%D%/rowkey.c \
	%D%/rows.c \
	%D%/seal.c \
	%D%/server.c \
	%D%/session.c %D%/session.h \
	%D%/state.c %D%/state.h \
	%D%/wrap.c
CRED_LIB = gateway/cred/libcred.a
