/*
 * tests/saml/odd_uri.h - where libxml2's canonical form gives up: on namespace URIs that its own
 * URI parser does not like, although its reader took them ("http://host:port" with letters for a port).
 */
#ifndef TESTS_SAML_ODD_URI_H
#define TESTS_SAML_ODD_URI_H

#include <libxml/uri.h>

#include "saml/xml_int.h"

/* A namespace URI somewhere in the tree that libxml2's C14N refuses. */
static inline bool
odd_uri(const struct xml_node *n)
{
	const struct xml_node *root = n;

	while (n != NULL) {
		for (const struct xml_decl *d = n->scope; d != NULL; d = d->outer) {
			char uri[1024];
			xmlURI *u;

			if (d->uri.n == 0)
				continue;
			if (d->uri.n >= sizeof(uri))
				return true;
			memcpy(uri, d->uri.p, d->uri.n);
			uri[d->uri.n] = '\0';
			u = xmlParseURI(uri);
			if (u == NULL || u->scheme == NULL || u->scheme[0] == '\0') {
				xmlFreeURI(u);
				return true;
			}
			xmlFreeURI(u);
		}
		if (n->child != NULL) {
			n = n->child;
			continue;
		}
		while (n != NULL && n != root && n->next == NULL)
			n = n->parent;
		n = n == NULL || n == root ? NULL : n->next;
	}
	return false;
}

#endif
