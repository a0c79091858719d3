/*
 * saml/extract_int.h - shared by extract.c (the assertion) and attribute.c (its attributes).
 */
#ifndef SAML_EXTRACT_INT_H
#define SAML_EXTRACT_INT_H

#include "saml/saml_int.h"

/* Refuse at saml.assertion.shape: "<what> <element>". */
enum fg_rc extract_shape(struct fg_err *reterr, const char *what, const struct xml_node *n);
/* The one text of an element (R12). */
enum fg_rc extract_text(struct fg_arena *a, const struct xml_node *n, struct fg_str *ret,
    struct fg_err *reterr) FG_MUST;
/* All AttributeStatements, merged by Name (R20). */
enum fg_rc extract_attributes(struct fg_arena *a, const struct xml_node *assertion,
    struct saml_facts *f, struct fg_err *reterr) FG_MUST;

#endif
