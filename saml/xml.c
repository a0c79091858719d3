/*
 * saml/xml.c - the strict reader.  One pass, no recursion, no look-ahead
 * beyond a tag; a document that is accepted has exactly one reading.
 */
#include "saml/xml_read_int.h"

static struct xml_node *
node_new(struct xml_reader *r)
{
	if (r->node_left == 0) {
		r->node_pool = FG_NEW_N(r->a, struct xml_node, NODES_AT_ONCE);
		if (r->node_pool == NULL)
			return NULL;
		r->node_left = NODES_AT_ONCE;
	}
	r->node_left--;
	return r->node_pool++;
}

/* A node linked in as the next child of the open element. */
static enum fg_rc
node_add(struct xml_reader *r, struct xml_node **ret)
{
	struct xml_node *n;

	if (r->doc->n_nodes >= FG_LIMIT_SAML_NODES)
		return saml_refuse(r->err, "saml.xml.limit", "more than %d nodes",
		    FG_LIMIT_SAML_NODES);
	if ((n = node_new(r)) == NULL)
		return xml_no_memory(r);
	r->doc->n_nodes++;
	n->parent = r->open;
	*r->link = n;
	r->link = &n->next;
	*ret = n;
	return FG_OK;
}

/* After '<'. */
static enum fg_rc
read_start(struct xml_reader *r)
{
	struct xml_node *e;
	unsigned n;

	if (r->depth == FG_LIMIT_SAML_DEPTH)
		return saml_refuse(r->err, "saml.xml.limit", "deeper than %d elements",
		    FG_LIMIT_SAML_DEPTH);
	FG_TRY(node_add(r, &e));
	e->scope = r->open == NULL ? NULL : r->open->scope;
	FG_TRY(xml_read_qname(r, &e->p, &e->prefix_n, &e->local_n));
	FG_TRY(xml_read_attributes(r, &n));
	FG_TRY(xml_bind(r, e, n));
	if (*r->p == '/') {
		r->p++;
		if (r->p == r->end || *r->p != '>')
			return xml_syntax(r, "'/' inside a tag");
		r->p++;
		return FG_OK;
	}
	r->p++;
	r->open = e;
	r->link = &e->child;
	r->depth++;
	return FG_OK;
}

/* After "</". */
static enum fg_rc
read_end(struct xml_reader *r)
{
	struct xml_node *e = r->open;
	size_t n = (size_t)e->local_n + (e->prefix_n == 0 ? 0u : e->prefix_n + 1u);

	if ((size_t)(r->end - r->p) < n || memcmp(r->p, e->p, n) != 0)
		return xml_syntax(r, "end tag of another element");
	r->p += n;
	xml_skip_space(r);
	if (r->p == r->end || *r->p != '>')
		return xml_syntax(r, "end tag without end");
	r->p++;
	e->n = (uint32_t)(r->p - e->p);
	r->link = &e->next;
	r->open = e->parent;
	r->depth--;
	return FG_OK;
}

static enum fg_rc
read_text(struct xml_reader *r)
{
	struct xml_node *t;

	FG_TRY(node_add(r, &t));
	t->p = r->p;
	t->plain = true;
	for (;;) {
		while (r->p < r->end && IS(*r->p, C_TEXT))
			r->p++;
		if (r->p == r->end)
			return xml_syntax(r, "document ends inside an element");
		if (*r->p == '<')
			break;
		t->plain = false;
		if (*r->p == '&') {
			FG_TRY(xml_skip_reference(r));
		} else if (*r->p == '\r') {
			r->p++;
		} else if (*r->p == '>' &&
		    (r->p - t->p < 2 || r->p[-1] != ']' || r->p[-2] != ']')) {
			r->p++;
		} else {
			return xml_syntax(r, "character not allowed in text");
		}
	}
	t->n = (uint32_t)(r->p - t->p);
	return FG_OK;
}

/* '<' something that is not a tag: named, because these are what attacks are made of. */
static enum fg_rc
refuse_markup(struct xml_reader *r)
{
	struct fg_str s = fg_str(r->p, (size_t)(r->end - r->p));
	const char *what = fg_starts(s, FG_LIT("<!--")) ? "comment" :
	    fg_starts(s, FG_LIT("<![CDATA[")) ? "CDATA section" :
	    fg_starts(s, FG_LIT("<!")) ? "document type declaration" : "processing instruction";

	return saml_refuse(r->err, "saml.xml.markup", "%s at byte %zu", what,
	    (size_t)(r->p - r->doc->src.p));
}

static enum fg_rc
read_markup(struct xml_reader *r)
{
	char after = r->end - r->p > 1 ? r->p[1] : '\0';

	if (after == '!' || after == '?')
		return refuse_markup(r);
	r->p++;
	if (after == '/') {
		r->p++;
		return read_end(r);
	}
	return read_start(r);
}

static enum fg_rc
read_root(struct xml_reader *r)
{
	if (r->p == r->end || *r->p != '<')
		return xml_syntax(r, "no root element");
	if (r->end - r->p > 1 && r->p[1] == '/')
		return xml_syntax(r, "end tag without start");
	r->link = &r->doc->root;
	FG_TRY(read_markup(r));
	while (r->open != NULL) {
		if (r->p == r->end)
			return xml_syntax(r, "document ends inside an element");
		FG_TRY(*r->p == '<' ? read_markup(r) : read_text(r));
	}
	xml_skip_space(r);
	if (r->p != r->end && *r->p == '<')
		FG_TRY(r->end - r->p > 1 && (r->p[1] == '!' || r->p[1] == '?') ? refuse_markup(r) :
		    xml_syntax(r, "second root element"));
	return r->p == r->end ? FG_OK : xml_syntax(r, "bytes after the root element");
}

/* ---- document ---- */

/* The value may hold U+FFFE and U+FFFF in UTF-8 form, which XML forbids. */
static bool
has_noncharacter(struct fg_str s)
{
	const char *p = s.p;

	while ((p = memchr(p, 0xef, (size_t)(s.p + s.n - p))) != NULL) {
		if (s.p + s.n - p >= 3 && p[1] == (char)0xbf && (unsigned char)p[2] >= 0xbe)
			return true;
		p++;
	}
	return false;
}

static bool
all_ascii(struct fg_str s)
{
	uint64_t seen = 0, word;
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&word, s.p + i, 8);
		seen |= word;
	}
	for (; i < s.n; i++)
		seen |= (uint64_t)(unsigned char)s.p[i];
	return (seen & 0x8080808080808080u) == 0;
}

/* name="value" of an XML declaration, with the blank before it. */
static bool
pseudo_attr(struct xml_reader *r, struct fg_str name, struct fg_str *ret)
{
	const char *p = r->p;
	char quote;

	while (p < r->end && IS(*p, C_SPACE))
		p++;
	if (p == r->p || (size_t)(r->end - p) < name.n + 2 || memcmp(p, name.p, name.n) != 0)
		return false;
	p += name.n;
	if (*p++ != '=' || p == r->end || ((quote = *p) != '"' && quote != '\''))
		return false;
	ret->p = ++p;
	while (p < r->end && *p != quote && (IS(*p, C_NAME)))
		p++;
	if (p == r->end || *p != quote)
		return false;
	ret->n = (size_t)(p - ret->p);
	r->p = p + 1;
	return true;
}

static enum fg_rc
read_declaration(struct xml_reader *r)
{
	struct fg_str v = FG_STR_NULL;

	if (!fg_starts(fg_str(r->p, (size_t)(r->end - r->p)), FG_LIT("<?xml")) ||
	    r->end - r->p < 6 || !IS(r->p[5], C_SPACE))
		return FG_OK;
	r->p += 5;
	if (!pseudo_attr(r, FG_LIT("version"), &v) || !fg_eq(v, FG_LIT("1.0")))
		return saml_refuse(r->err, "saml.xml.encoding", "XML version is not 1.0");
	if (pseudo_attr(r, FG_LIT("encoding"), &v) && !fg_eq_icase(v, FG_LIT("UTF-8")))
		return saml_refuse(r->err, "saml.xml.encoding", "encoding %.*s is not UTF-8",
		    FG_PRI(v));
	if (pseudo_attr(r, FG_LIT("standalone"), &v) && !fg_eq(v, FG_LIT("yes")) &&
	    !fg_eq(v, FG_LIT("no")))
		return xml_syntax(r, "standalone");
	xml_skip_space(r);
	if (r->end - r->p < 2 || r->p[0] != '?' || r->p[1] != '>')
		return saml_refuse(r->err, "saml.xml.encoding", "XML declaration");
	r->p += 2;
	return FG_OK;
}

enum fg_rc
xml_parse(struct fg_arena *a, struct fg_str src, struct xml_doc *ret, struct fg_err *reterr)
{
	struct xml_reader r = { .a = a, .err = reterr, .doc = ret };

	*ret = (struct xml_doc){ .src = src };
	if (src.n == 0 || src.n > FG_LIMIT_SAML_CANONICAL)
		return saml_refuse(reterr, "saml.xml.limit", "document of %zu bytes", src.n);
	if (!all_ascii(src) && (!fg_utf8_ok(src) || has_noncharacter(src)))
		return saml_refuse(reterr, "saml.xml.encoding", "not valid UTF-8");
	r.p = src.p;
	r.end = src.p + src.n;
	if (fg_starts(src, FG_LIT("\xef\xbb\xbf")))
		r.p += 3;
	FG_TRY(read_declaration(&r));
	xml_skip_space(&r);
	FG_TRY(read_root(&r));
	if (ret->broken_value != NULL)
		return saml_refuse(reterr, "saml.assertion.text", "element inside %.*s",
		    FG_PRI(xml_local(ret->broken_value)));
	return FG_OK;
}
