/*
 * saml/c14n.c - exclusive canonical form of an element, without comments.
 *
 * One walk over the tree, one output buffer.  What was rendered above an element is a
 * stack that is cut back when the element closes; it holds at most one entry per
 * declaration in scope.
 *
 * Source: Exclusive XML Canonicalization 1.0 (W3C), Canonical XML 1.0 1.1 to 2.3.
 */
#include "saml/xml_int.h"

enum { RENDERED_MAX = FG_LIMIT_SAML_SCOPE + 2 };

struct rendered {
	struct fg_str prefix;
	struct fg_str uri;
};

struct emit {
	char *p; /* output */
	size_t n;
	size_t room;
	bool full; /* over the limit */
	bool no_memory;
	struct fg_buf buf;
	const struct xml_prefixes *inclusive;
	struct rendered seen[RENDERED_MAX]; /* rendered by open elements, outer first */
	unsigned n_seen;
	unsigned mark[FG_LIMIT_SAML_DEPTH + 1]; /* n_seen before each open element */
	unsigned depth;
};

/* ---- output ---- */

static bool
more(struct emit *e, size_t n)
{
	e->buf.n = e->n;
	if (fg_buf_room(&e->buf, n) == NULL) {
		e->full = e->buf.bad == FG_E_LIMIT;
		e->no_memory = !e->full;
		e->n = 0;
		e->room = 0;
		return false;
	}
	e->p = e->buf.p;
	e->room = e->buf.room;
	return true;
}

static inline void
put(struct emit *e, const char *p, size_t n)
{
	if (FG_UNLIKELY(e->room - e->n < n) && (e->buf.bad != FG_OK || !more(e, n)))
		return;
	memcpy(e->p + e->n, p, n);
	e->n += n;
}

#define PUT(e, lit) put((e), "" lit "", sizeof(lit) - 1)

/* ---- characters ---- */

/* A character that was written as a reference. */
static void
put_char(struct emit *e, uint32_t c, bool is_attr)
{
	char utf8[4];

	switch (c) {
	case '&':
		PUT(e, "&amp;");
		return;
	case '<':
		PUT(e, "&lt;");
		return;
	case '\r':
		PUT(e, "&#xD;");
		return;
	default:
		break;
	}
	if (is_attr && c == '"')
		PUT(e, "&quot;");
	else if (is_attr && c == '\t')
		PUT(e, "&#x9;");
	else if (is_attr && c == '\n')
		PUT(e, "&#xA;");
	else if (!is_attr && c == '>')
		PUT(e, "&gt;");
	else
		put(e, utf8, (size_t)(xml_utf8(utf8, c) - utf8));
}

/* A raw character that is not copied as it is: returns where reading goes on. */
static const char *
put_raw(struct emit *e, const char *p, const char *end, bool is_attr)
{
	uint32_t c;

	if (*p == '&') {
		p = xml_reference(p + 1, &c);
		put_char(e, c, is_attr);
		return p;
	}
	if (*p == '\r') {
		put(e, is_attr ? " " : "\n", 1);
		return p + (p + 1 < end && p[1] == '\n' ? 2 : 1);
	}
	if (*p == '>')
		PUT(e, "&gt;");
	else if (*p == '"')
		PUT(e, "&quot;");
	else
		PUT(e, " ");
	return p + 1;
}

static bool
copied(char c, bool is_attr)
{
	if (is_attr)
		return c != '&' && c != '"' && c != '\t' && c != '\n' && c != '\r';
	return c != '&' && c != '>' && c != '\r';
}

static void
put_value(struct emit *e, const char *p, size_t n, bool is_attr)
{
	const char *end = p + n;

	while (p < end) {
		const char *run = p;

		while (p < end && copied(*p, is_attr))
			p++;
		put(e, run, (size_t)(p - run));
		if (p < end)
			p = put_raw(e, p, end, is_attr);
	}
}

/* ---- namespaces ---- */

/* This prefix means this URI here: render it unless an open element already did. */
static void
use(struct emit *e, struct fg_str prefix, struct fg_str uri)
{
	unsigned i = e->n_seen;

	while (i > 0 && !fg_eq(e->seen[i - 1].prefix, prefix))
		i--;
	if (i > 0 ? e->seen[i - 1].uri.p == uri.p || fg_eq(e->seen[i - 1].uri, uri) : uri.n == 0)
		return;
	if (e->n_seen == RENDERED_MAX) {
		e->full = true;
		return;
	}
	e->seen[e->n_seen++] = (struct rendered){ prefix, uri };
}

/*
 * Listed prefixes in scope.  Where an element declares nothing, its parent has rendered them
 * already; so the work is bounded by declarations, not by elements.
 */
static void
use_inclusive(struct emit *e, const struct xml_node *n)
{
	if (e->depth > 1 && n->scope == n->parent->scope)
		return;
	for (unsigned i = 0; i < e->inclusive->n; i++) {
		struct fg_str prefix = e->inclusive->prefix[i];
		const struct xml_decl *d = n->scope;

		while (d != NULL && !fg_eq(d->prefix, prefix))
			d = d->outer;
		if (d != NULL)
			use(e, prefix, d->uri);
	}
}

/* In the order of the prefixes; the default namespace, being empty, comes first. */
static void
sort_rendered(struct rendered *v, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		struct rendered x = v[i];
		unsigned j = i;

		for (; j > 0 && fg_cmp(v[j - 1].prefix, x.prefix) > 0; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
}

static void
put_namespaces(struct emit *e, const struct xml_node *n)
{
	unsigned from = e->n_seen;

	if (n->prefix_n > 0 || n->decl != NULL)
		use(e, n->decl->prefix, n->decl->uri);
	else
		use(e, FG_LIT(""), FG_LIT(""));
	for (unsigned i = 0; i < n->n_attr; i++) {
		if (n->attr[i].decl != NULL)
			use(e, n->attr[i].decl->prefix, n->attr[i].decl->uri);
	}
	if (e->inclusive != NULL && e->inclusive->n > 0)
		use_inclusive(e, n);
	if (e->n_seen - from > 1)
		sort_rendered(e->seen + from, e->n_seen - from);
	for (unsigned i = from; i < e->n_seen; i++) {
		const struct rendered *r = &e->seen[i];

		PUT(e, " xmlns");
		if (r->prefix.n > 0) {
			PUT(e, ":");
			put(e, r->prefix.p, r->prefix.n);
		}
		PUT(e, "=\"");
		put(e, r->uri.p, r->uri.n);
		PUT(e, "\"");
	}
}

/* ---- attributes ---- */

static struct fg_str
attr_uri(const struct xml_attr *at)
{
	if (at->decl != NULL)
		return at->decl->uri;
	return at->ns == XML_NS_XML ? FG_LIT("http://www.w3.org/XML/1998/namespace") : FG_LIT("");
}

/* Namespace URI first (none sorts first), then local name. */
static int
attr_cmp(const struct xml_attr *x, const struct xml_attr *y)
{
	int c = x->ns == XML_NS_NONE && y->ns == XML_NS_NONE ? 0 : fg_cmp(attr_uri(x), attr_uri(y));

	return c != 0 ? c : fg_cmp(xml_attr_local(x), xml_attr_local(y));
}

static void
put_attribute(struct emit *e, const struct xml_attr *at)
{
	PUT(e, " ");
	put(e, at->name, at->local_n + (at->prefix_n == 0 ? 0u : at->prefix_n + 1u));
	PUT(e, "=\"");
	if (at->plain)
		put(e, at->value, at->value_n);
	else
		put_value(e, at->value, at->value_n, true);
	PUT(e, "\"");
}

static void
put_attributes(struct emit *e, const struct xml_node *n)
{
	const struct xml_attr *order[FG_LIMIT_SAML_ATTRIBUTES];

	for (unsigned i = 0; i < n->n_attr; i++) {
		const struct xml_attr *at = &n->attr[i];
		unsigned j = i;

		for (; j > 0 && attr_cmp(order[j - 1], at) > 0; j--)
			order[j] = order[j - 1];
		order[j] = at;
	}
	for (unsigned i = 0; i < n->n_attr; i++)
		put_attribute(e, order[i]);
}

/* ---- walk ---- */

static size_t
name_length(const struct xml_node *n)
{
	return n->local_n + (n->prefix_n == 0 ? 0u : n->prefix_n + 1u);
}

static void
put_start(struct emit *e, const struct xml_node *n)
{
	e->mark[e->depth++] = e->n_seen;
	PUT(e, "<");
	put(e, n->p, name_length(n));
	put_namespaces(e, n);
	put_attributes(e, n);
	PUT(e, ">");
}

static void
put_end(struct emit *e, const struct xml_node *n)
{
	PUT(e, "</");
	put(e, n->p, name_length(n));
	PUT(e, ">");
	e->n_seen = e->mark[--e->depth];
}

static void
put_text(struct emit *e, const struct xml_node *t)
{
	if (t->plain)
		put(e, t->p, t->n);
	else
		put_value(e, t->p, t->n, false);
}

static void
walk(struct emit *e, const struct xml_node *apex, const struct xml_node *omit)
{
	const struct xml_node *n = apex->child;
	const struct xml_node *up = apex;

	put_start(e, apex);
	while (!e->full && !e->no_memory) {
		if (n == omit && n != NULL) {
			n = n->next;
		} else if (n == NULL) {
			put_end(e, up);
			if (up == apex)
				return;
			n = up->next;
			up = up->parent;
		} else if (xml_is_text(n)) {
			put_text(e, n);
			n = n->next;
		} else {
			put_start(e, n);
			up = n;
			n = n->child;
		}
	}
}

enum fg_rc
xml_c14n(struct fg_arena *a, const struct xml_node *apex, const struct xml_node *omit,
    const struct xml_prefixes *inclusive, struct fg_str *ret, struct fg_err *reterr)
{
	struct emit e;

	e = (struct emit){ .buf = FG_BUF_ARENA(a, FG_LIMIT_SAML_CANONICAL), .inclusive = inclusive };
	/* what is canonical already is as long as its source; the rest grows */
	(void)more(&e, apex->n + apex->n / 8u + 256u);
	walk(&e, apex, omit);
	if (e.no_memory)
		return fg_fail(reterr, FG_E_NOMEM, "saml.c14n", NULL, "no memory for octets");
	if (e.full)
		return saml_refuse(reterr, "saml.signature.octets",
		    "canonical form is longer than %u bytes", FG_LIMIT_SAML_CANONICAL);
	/*= xmldsig: a signature over nothing vouches for nothing (R11) */
	if (e.n == 0)
		return saml_refuse(reterr, "saml.signature.octets", "canonical form is empty");
	*ret = fg_str(e.p, e.n);
	return FG_OK;
}
