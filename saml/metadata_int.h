/*
 * saml/metadata_int.h - shared by metadata.c (document and entity), metadata_key.c (keys and
 * warnings) and metadata_sign.c (the document's own signature).  The only includers of libxml2.
 */
#ifndef SAML_METADATA_INT_H
#define SAML_METADATA_INT_H

#include <libxml/tree.h>

#include "saml/saml_int.h"

enum md_ns { MD = 0, DS };
enum { ENDPOINTS_MAX = 16, WARNINGS_MAX = 16 };

struct warnings {
	struct fg_str *v;
	size_t n;
};

bool metadata_is(const xmlNode *n, enum md_ns ns, const char *local);
/* First child element of that name; next sibling of that name. */
xmlNode *metadata_child(const xmlNode *n, enum md_ns ns, const char *local);
xmlNode *metadata_next(const xmlNode *n, enum md_ns ns, const char *local);
/* An unqualified attribute in the arena; null when absent.  False when memory is short. */
bool metadata_attr(struct fg_arena *a, const xmlNode *n, const char *name, struct fg_str *ret)
    FG_MUST;
/* The base64 that is the one text of an element; FG_E_SYNTAX when it is not that, FG_E_NOMEM. */
enum fg_rc metadata_base64(struct fg_arena *a, const xmlNode *n, struct fg_str *ret) FG_MUST;

/* Signing keys of a role, each once. */
enum fg_rc metadata_keys(struct fg_arena *a, const xmlNode *role,
    const struct saml_metadata_want *want, struct saml_metadata *m, struct warnings *w,
    struct fg_err *reterr) FG_MUST;
enum fg_rc metadata_warn_entity(struct fg_arena *a, const struct saml_metadata *m,
    const struct saml_metadata_want *want, struct warnings *w, struct fg_err *reterr) FG_MUST;

/*
 * With want->signer: the root carries a Signature by that key over the whole root, else it is
 * refused.  Without: not looked at.  The Signature is taken out of the tree either way.
 */
enum fg_rc metadata_signature(struct fg_arena *a, xmlDoc *doc,
    const struct saml_metadata_want *want, bool *ret, struct fg_err *reterr) FG_MUST;

#endif
