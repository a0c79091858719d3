noinst_LIBRARIES += saml/libsaml.a
saml_libsaml_a_SOURCES = \
	%D%/saml.h %D%/saml_int.h %D%/xml_int.h %D%/xml_read_int.h %D%/crypto_int.h \
	%D%/extract_int.h \
	%D%/xml.c %D%/xml_lex.c %D%/xml_ns.c %D%/xml_node.c %D%/c14n.c \
	%D%/base64.c %D%/crypto.c %D%/decipher.c %D%/private.c %D%/provider.c \
	%D%/response.c %D%/signature.c %D%/encrypted.c %D%/verify.c \
	%D%/extract.c %D%/attribute.c %D%/validate.c %D%/aws.c %D%/look.c %D%/sp.c \
	%D%/metadata.c %D%/metadata_key.c %D%/metadata_sign.c %D%/metadata_pipe.c %D%/metadata_int.h \
	%D%/keys.c %D%/step.c
saml_libsaml_a_CPPFLAGS = $(AM_CPPFLAGS) $(XML_CFLAGS)
SAML_LIB = saml/libsaml.a
