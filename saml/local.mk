noinst_LIBRARIES += saml/libsaml.a
saml_libsaml_a_SOURCES = \
	%D%/saml.h %D%/saml_int.h %D%/xml_int.h %D%/xml_read_int.h %D%/crypto_int.h \
	%D%/extract_int.h \
	%D%/xml.c %D%/xml_lex.c %D%/xml_ns.c %D%/xml_node.c %D%/c14n.c \
	%D%/crypto.c %D%/decipher.c %D%/provider.c \
	%D%/response.c %D%/signature.c %D%/encrypted.c %D%/verify.c \
	%D%/extract.c %D%/attribute.c %D%/validate.c %D%/aws.c %D%/keys.c %D%/step.c
SAML_LIB = saml/libsaml.a
