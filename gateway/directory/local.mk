# When the first source is here:
# noinst_LIBRARIES += gateway/directory/libdirectory.a
# gateway_directory_libdirectory_a_SOURCES = %D%/x.c %D%/x.h
# DIRECTORY_LIB = gateway/directory/libdirectory.a
