/*
 * saml/xml_read_int.h - the strict reader's own state, shared by its three files:
 * xml.c (document and tree), xml_lex.c (characters, names, values), xml_ns.c (what a
 * tag's attributes and prefixes mean).  Nobody else includes this.
 */
#ifndef SAML_XML_READ_INT_H
#define SAML_XML_READ_INT_H

#include "saml/xml_int.h"

enum {
	C_NAME0 = 1u << 0, /* may start a name */
	C_NAME = 1u << 1,  /* may continue a name */
	C_SPACE = 1u << 2,
	C_TEXT = 1u << 3, /* ordinary in text: copied as it is, also by C14N */
	C_ATTR = 1u << 4, /* ordinary in an attribute value */
	C_URI = 1u << 5,  /* allowed in a namespace URI */
};

extern const uint8_t xml_class_of[256];
#define IS(c, bits) ((xml_class_of[(unsigned char)(c)] & (bits)) != 0)

enum { NODES_AT_ONCE = 64, DECLS_AT_ONCE = 16, NAME_MAX_BYTES = 512 };

struct xml_reader {
	struct fg_arena *a;
	struct fg_err *err;
	struct xml_doc *doc;
	const char *p;
	const char *end;
	struct xml_node *node_pool;
	unsigned node_left;
	struct xml_decl *decl_pool;
	unsigned decl_left;
	struct xml_node *open;  /* element whose content is being read */
	struct xml_node **link; /* where the next child goes */
	unsigned depth;
	struct xml_attr attr[FG_LIMIT_SAML_ATTRIBUTES]; /* of the tag being read */
};

static inline void
xml_skip_space(struct xml_reader *r)
{
	while (r->p < r->end && IS(*r->p, C_SPACE))
		r->p++;
}

enum fg_rc xml_no_memory(struct xml_reader *r);
enum fg_rc xml_syntax(struct xml_reader *r, const char *what);
/* At '&': one of the five entities or a character reference. */
enum fg_rc xml_skip_reference(struct xml_reader *r);
/* NCName or NCName:NCName in ASCII. */
enum fg_rc xml_read_qname(struct xml_reader *r, const char **ret, uint16_t *ret_prefix_n,
    uint16_t *ret_local_n);
/* Blank, attribute, blank, attribute, ... up to '>' or '/', into r->attr. */
enum fg_rc xml_read_attributes(struct xml_reader *r, unsigned *ret_n);
/* Give r->attr[0..n) and the element's own name their namespaces. */
enum fg_rc xml_bind(struct xml_reader *r, struct xml_node *e, unsigned n);

#endif
