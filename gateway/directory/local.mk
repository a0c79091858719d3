noinst_LIBRARIES += gateway/directory/libdirectory.a
gateway_directory_libdirectory_a_SOURCES = \
	%D%/bind.c \
	%D%/block.c \
	%D%/build.c \
	%D%/build_row.c \
	%D%/controls.c \
	%D%/directory.h \
	%D%/directory_int.h \
	%D%/document.c \
	%D%/follow.c \
	%D%/gather.c \
	%D%/load.c \
	%D%/lookup.c \
	%D%/table.c \
	%D%/used.c
DIRECTORY_LIB = gateway/directory/libdirectory.a
