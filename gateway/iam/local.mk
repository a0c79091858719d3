# When the first source is here:
# noinst_LIBRARIES += gateway/iam/libiam.a
# gateway_iam_libiam_a_SOURCES = %D%/x.c %D%/x.h
# IAM_LIB = gateway/iam/libiam.a
