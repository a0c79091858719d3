/*
 * saml/xml_int.h - strict XML reader and exclusive C14N emitter (private to saml/).
 *
 * Shape:    xml_parse() turns bytes into a tree; xml_c14n() turns an element of the
 *           tree into canonical octets.
 * Owns:     nodes lie in the arena; names and raw values borrow from the source bytes.
 * Refuses:  R2, R3, R5 of the profile: anything but elements, attributes, text, the five
 *           entities and character references, in valid UTF-8, within the limits.
 *           Names are ASCII.
 * Does not: recurse, load anything, or repair.
 */
#ifndef SAML_XML_INT_H
#define SAML_XML_INT_H

#include "base/base.h"

/* Namespaces that the profile knows; what is compared most is a byte. */
enum xml_ns {
	XML_NS_NONE = 0,
	XML_NS_OTHER,
	XML_NS_SAML,
	XML_NS_SAMLP,
	XML_NS_DS,
	XML_NS_XENC,
	XML_NS_XENC11,
	XML_NS_EXC,
	XML_NS_XSI,
	XML_NS_XS,
	XML_NS_XML,
};

/* A namespace declaration; `outer` links to the next one in scope, inner ones first. */
struct xml_decl {
	const struct xml_decl *outer;
	struct fg_str prefix; /* empty: the default namespace */
	struct fg_str uri;    /* empty: xmlns="" */
	enum xml_ns ns;
	unsigned in_scope; /* length of the chain from here */
};

struct xml_attr {
	const char *name;  /* qualified name, as written */
	const char *value; /* raw, between the quotes */
	const struct xml_decl *decl; /* of the prefix; NULL without one, or for xml: */
	uint32_t value_n;
	uint16_t prefix_n; /* 0: no prefix */
	uint16_t local_n;
	uint8_t ns;
	bool plain; /* raw value is the value and its own canonical form */
};

struct xml_node {
	struct xml_node *parent;
	struct xml_node *child; /* first; NULL for text */
	struct xml_node *next;
	const struct xml_decl *decl;  /* of the element's prefix; NULL: no namespace */
	const struct xml_decl *scope; /* innermost declaration in scope */
	struct xml_attr *attr;
	const char *p; /* element: qualified name; text: raw bytes */
	uint32_t n;    /* bytes of source; of an element from its name to after its end tag */
	uint16_t prefix_n;
	uint16_t local_n; /* 0: a text node */
	uint16_t n_attr;
	uint8_t ns;
	bool plain; /* text: as xml_attr.plain */
};

struct xml_doc {
	struct fg_str src;
	struct xml_node *root;
	const struct xml_node *broken_value; /* holds an element where a value belongs (R12) */
	unsigned n_nodes, n_attrs, n_decls, n_ids;
	/* elements of these names anywhere in the document */
	unsigned n_assertions, n_encrypted, n_signatures;
	struct fg_str id[FG_LIMIT_SAML_IDS]; /* values of attributes called ID, in any case */
};

enum fg_rc xml_parse(struct fg_arena *a, struct fg_str src, struct xml_doc *ret,
    struct fg_err *reterr) FG_MUST;

static inline bool
xml_is_text(const struct xml_node *n)
{
	return n->local_n == 0;
}

static inline struct fg_str
xml_local(const struct xml_node *n)
{
	return (struct fg_str){ n->prefix_n == 0 ? n->p : n->p + n->prefix_n + 1, n->local_n };
}

static inline struct fg_str
xml_attr_local(const struct xml_attr *at)
{
	return (struct fg_str){ at->prefix_n == 0 ? at->name : at->name + at->prefix_n + 1,
		at->local_n };
}

/* Is it this element? */
static inline bool
xml_is(const struct xml_node *n, enum xml_ns ns, struct fg_str local)
{
	return n != NULL && n->ns == (uint8_t)ns && n->local_n == local.n &&
	    memcmp(xml_local(n).p, local.p, local.n) == 0;
}

/* First child element, next sibling element; NULL at the end.  Text is skipped. */
struct xml_node *xml_first(const struct xml_node *n);
struct xml_node *xml_next(const struct xml_node *n);
/* First child element of that name, and the next sibling of the same name. */
struct xml_node *xml_child(const struct xml_node *n, enum xml_ns ns, struct fg_str local);
/* All text directly inside is XML white space. */
bool xml_blank(const struct xml_node *n);
/* The unqualified attribute; NULL when absent. */
const struct xml_attr *xml_attr(const struct xml_node *n, struct fg_str local);

/*
 * Value of an attribute or text node with references resolved and line ends
 * normalised; borrows from the source where it can.  p == NULL when memory is short.
 */
struct fg_str xml_attr_value(struct fg_arena *a, const struct xml_attr *at);
/*
 * The whole text of an element.  False when it holds an element (R12); *ret is then null.
 * Also null when memory is short: the caller tells by the return value.
 */
bool xml_text(struct fg_arena *a, const struct xml_node *n, struct fg_str *ret) FG_MUST;

/* After '&', in source the reader has accepted: the character, and where reading goes on. */
const char *xml_reference(const char *p, uint32_t *ret);
/* One character in UTF-8, at most 4 bytes; returns where to write on. */
char *xml_utf8(char *out, uint32_t c);

/* Namespace number of a URI. */
enum xml_ns xml_ns_of(struct fg_str uri);

struct xml_prefixes { /* InclusiveNamespaces PrefixList; "" stands for #default */
	struct fg_str prefix[FG_LIMIT_SAML_PREFIXES];
	unsigned n;
};

/*
 * Exclusive canonical form (without comments) of an element, leaving out the child `omit`
 * (NULL: none).  FG_E_LIMIT over FG_LIMIT_SAML_CANONICAL.  Never empty on success.
 */
enum fg_rc xml_c14n(struct fg_arena *a, const struct xml_node *apex, const struct xml_node *omit,
    const struct xml_prefixes *inclusive, struct fg_str *ret, struct fg_err *reterr) FG_MUST;

/* "2026-01-15T10:00:00Z", fraction allowed and dropped; no other zone (R17). */
bool xml_time(struct fg_str s, fg_time *ret) FG_MUST;

/* Refuse at a step of the table in step.c, which supplies the code and the reference. */
enum fg_rc saml_refuse(struct fg_err *reterr, const char *step, const char *fmt, ...)
    FG_PRINTF(3, 4);

#endif
