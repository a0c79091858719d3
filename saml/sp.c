/*
 * saml/sp.c - our own service-provider metadata.
 */
#include "saml/saml_int.h"

#define MD "urn:oasis:names:tc:SAML:2.0:metadata"
#define DS "http://www.w3.org/2000/09/xmldsig#"
#define PROTOCOL "urn:oasis:names:tc:SAML:2.0:protocol"
#define POST "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"

/* What we can decrypt, in the order we like it. */
static const char *const ciphers[] = {
	"http://www.w3.org/2009/xmlenc11#aes256-gcm",
	"http://www.w3.org/2009/xmlenc11#aes128-gcm",
	"http://www.w3.org/2001/04/xmlenc#aes256-cbc",
	"http://www.w3.org/2001/04/xmlenc#aes128-cbc",
	"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
};

static const char *const formats[] = {
	"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
	"urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
	"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
	"urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
};

static void
put_key(struct fg_buf *b, struct fg_str cert)
{
	fg_buf_put(b, FG_LIT("<md:KeyDescriptor use=\"encryption\"><ds:KeyInfo xmlns:ds=\"" DS
	    "\"><ds:X509Data><ds:X509Certificate>"));
	fg_buf_base64(b, cert);
	fg_buf_put(b, FG_LIT("</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"));
	for (size_t i = 0; i < FG_COUNT(ciphers); i++)
		fg_buf_fmt(b, "<md:EncryptionMethod Algorithm=\"%s\"/>", ciphers[i]);
	fg_buf_put(b, FG_LIT("</md:KeyDescriptor>"));
}

static void
put_acs(struct fg_buf *b, struct fg_str location, size_t i)
{
	fg_buf_put(b, FG_LIT("<md:AssertionConsumerService Binding=\"" POST "\" Location=\""));
	fg_buf_xml(b, location);
	fg_buf_fmt(b, "\" index=\"%zu\"%s/>", i, i == 0 ? " isDefault=\"true\"" : "");
}

void
saml_sp_metadata_put(struct fg_buf *b, const struct saml_sp *sp)
{
	fg_buf_put(b, FG_LIT("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<md:EntityDescriptor xmlns:md=\"" MD "\" entityID=\""));
	fg_buf_xml(b, sp->entity_id);
	fg_buf_putc(b, '"');
	if (sp->valid_until != 0) {
		fg_buf_put(b, FG_LIT(" validUntil=\""));
		fg_buf_time(b, sp->valid_until);
		fg_buf_putc(b, '"');
	}
	fg_buf_put(b, FG_LIT("><md:SPSSODescriptor AuthnRequestsSigned=\"false\" "
	    "WantAssertionsSigned=\"true\" protocolSupportEnumeration=\"" PROTOCOL "\">"));
	for (size_t i = 0; i < sp->n_encryption_certs; i++)
		put_key(b, sp->encryption_cert[i]);
	for (size_t i = 0; i < FG_COUNT(formats); i++)
		fg_buf_fmt(b, "<md:NameIDFormat>%s</md:NameIDFormat>", formats[i]);
	for (size_t i = 0; i < sp->n_acs; i++)
		put_acs(b, sp->acs[i], i);
	fg_buf_put(b, FG_LIT("</md:SPSSODescriptor></md:EntityDescriptor>\n"));
}
