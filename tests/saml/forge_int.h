/*
 * tests/saml/forge_int.h - shared by forge.c (content) and forge_crypt.c (signing, encrypting).
 */
#ifndef TESTS_SAML_FORGE_INT_H
#define TESTS_SAML_FORGE_INT_H

#include "tests/saml/forge.h"

#define SAML_NS "urn:oasis:names:tc:SAML:2.0:assertion"
#define SAMLP_NS "urn:oasis:names:tc:SAML:2.0:protocol"
#define DS_NS "http://www.w3.org/2000/09/xmldsig#"
#define ENC_NS "http://www.w3.org/2001/04/xmlenc#"
#define ENC11_NS "http://www.w3.org/2009/xmlenc11#"
#define EXC "http://www.w3.org/2001/10/xml-exc-c14n#"

_Noreturn void forge_die(const char *what);
/* What the builder holds; ends the process when memory is short. */
struct fg_str forge_end(struct fg_buf *b);
/* An EncryptedAssertion. */
void forge_put_encrypted(struct fg_arena *a, struct fg_buf *b, const struct forge_cipher *e,
    struct fg_str assertion);

#endif
