/*
 * saml/attribute.c - attributes, merged by Name over repeated elements (R12, R20).
 */
#include "saml/extract_int.h"

#define AWS "https://aws.amazon.com/SAML/Attributes/"

/* AWS attributes that have one value; PrincipalTag:<key> besides. */
static const struct fg_str single[] = {
	FG_LIT(AWS "RoleSessionName"),
	FG_LIT(AWS "SessionDuration"),
	FG_LIT(AWS "SourceIdentity"),
};

static bool
is_single(struct fg_str name)
{
	if (!fg_starts(name, FG_LIT(AWS)))
		return false;
	for (size_t i = 0; i < FG_COUNT(single); i++) {
		if (fg_eq(single[i], name))
			return true;
	}
	return fg_starts(name, FG_LIT(AWS "PrincipalTag:"));
}

struct slots {
	struct saml_attribute *v;
	struct fg_str **value; /* the same arrays, writable */
	size_t n;
	size_t room;
};

static struct saml_attribute *
find(const struct slots *s, struct fg_str name)
{
	for (size_t i = 0; i < s->n; i++) {
		if (fg_eq(s->v[i].name, name))
			return &s->v[i];
	}
	return NULL;
}

/* The slot of this Attribute's Name, made when it is the first of it. */
static enum fg_rc
slot_of(struct fg_arena *a, struct slots *s, const struct xml_node *n, size_t *ret,
    struct fg_err *reterr)
{
	struct fg_str name, friendly;
	struct saml_attribute *at;

	if (!attr_get(a, n, FG_LIT("Name"), &name) ||
	    !attr_get(a, n, FG_LIT("FriendlyName"), &friendly))
		return saml_no_memory(reterr);
	if (name.n == 0)
		return extract_shape(reterr, "no Name in", n);
	if ((at = find(s, name)) != NULL) {
		if (is_single(name))
			return saml_refuse(reterr, "saml.attribute.single",
			    "%.*s appears twice", FG_PRI(name));
	} else {
		if (s->n == s->room)
			return saml_refuse(reterr, "saml.xml.limit", "more than %d attribute names",
			    FG_LIMIT_SAML_NAMES);
		at = &s->v[s->n++];
		at->name = name;
	}
	if (fg_str_null(at->friendly_name))
		at->friendly_name = friendly;
	*ret = (size_t)(at - s->v);
	return FG_OK;
}

static enum fg_rc
count_values(const struct xml_node *n, size_t *ret, struct fg_err *reterr)
{
	for (const struct xml_node *c = xml_first(n); c != NULL; c = xml_next(c)) {
		if (!xml_is(c, XML_NS_SAML, FG_LIT("AttributeValue")))
			return extract_shape(reterr, "Attribute holds", c);
		++*ret;
	}
	return xml_blank(n) ? FG_OK : extract_shape(reterr, "text in", n);
}

/* First and next Attribute over all statements. */
static const struct xml_node *
next_attribute(const struct xml_node *n, const struct xml_node *statement)
{
	n = n == NULL ? xml_first(statement) : xml_next(n);
	while (n == NULL) {
		do
			statement = xml_next(statement);
		while (statement != NULL && !xml_is(statement, XML_NS_SAML, FG_LIT("AttributeStatement")));
		if (statement == NULL)
			return NULL;
		n = xml_first(statement);
	}
	return n;
}

static enum fg_rc
check_attribute(const struct xml_node *n, struct fg_err *reterr)
{
	if (!xml_is(n, XML_NS_SAML, FG_LIT("Attribute")))
		return extract_shape(reterr, "AttributeStatement holds", n);
	return xml_blank(n->parent) ? FG_OK : extract_shape(reterr, "text in", n->parent);
}

/* How many values each Name has; index[i] is the slot of the i-th Attribute element. */
static enum fg_rc
measure(struct fg_arena *a, const struct xml_node *statement, struct slots *s, uint16_t *index,
    struct fg_err *reterr)
{
	size_t i = 0, slot = 0;

	for (const struct xml_node *n = next_attribute(NULL, statement); n != NULL;
	    n = next_attribute(n, n->parent)) {
		FG_TRY(check_attribute(n, reterr));
		FG_TRY(slot_of(a, s, n, &slot, reterr));
		FG_TRY(count_values(n, &s->v[slot].n_values, reterr));
		if (s->v[slot].n_values != 1 && is_single(s->v[slot].name))
			return saml_refuse(reterr, "saml.attribute.single", "%.*s has %zu values",
			    FG_PRI(s->v[slot].name), s->v[slot].n_values);
		index[i++] = (uint16_t)slot;
	}
	return FG_OK;
}

static enum fg_rc
fill(struct fg_arena *a, const struct xml_node *statement, struct slots *s, const uint16_t *index,
    struct fg_err *reterr)
{
	size_t i = 0;

	for (size_t k = 0; k < s->n; k++) {
		s->value[k] = FG_NEW_N(a, struct fg_str, s->v[k].n_values);
		if (s->value[k] == NULL)
			return saml_no_memory(reterr);
		s->v[k].value = s->value[k];
	}
	for (const struct xml_node *n = next_attribute(NULL, statement); n != NULL;
	    n = next_attribute(n, n->parent)) {
		struct fg_str **next = &s->value[index[i++]];

		for (const struct xml_node *c = xml_first(n); c != NULL; c = xml_next(c))
			FG_TRY(extract_text(a, c, (*next)++, reterr));
	}
	return FG_OK;
}

static size_t
count_attributes(const struct xml_node *statement)
{
	size_t n = 0;

	for (const struct xml_node *at = next_attribute(NULL, statement); at != NULL;
	    at = next_attribute(at, at->parent))
		n++;
	return n;
}

enum fg_rc
extract_attributes(struct fg_arena *a, const struct xml_node *assertion, struct saml_facts *f,
    struct fg_err *reterr)
{
	const struct xml_node *statement =
	    xml_child(assertion, XML_NS_SAML, FG_LIT("AttributeStatement"));
	struct slots s = { .n = 0 };
	uint16_t *index;
	size_t elements;

	if (statement == NULL)
		return FG_OK;
	elements = count_attributes(statement);
	s.room = elements < FG_LIMIT_SAML_NAMES ? elements : FG_LIMIT_SAML_NAMES;
	s.v = FG_NEW_N(a, struct saml_attribute, s.room);
	s.value = FG_NEW_N(a, struct fg_str *, s.room);
	index = FG_NEW_N(a, uint16_t, elements);
	if (s.v == NULL || s.value == NULL || index == NULL)
		return saml_no_memory(reterr);
	FG_TRY(measure(a, statement, &s, index, reterr));
	FG_TRY(fill(a, statement, &s, index, reterr));
	f->attribute = s.v;
	f->n_attributes = s.n;
	return FG_OK;
}

const struct saml_attribute *
saml_attribute_find(const struct saml_facts *f, struct fg_str name)
{
	for (size_t i = 0; i < f->n_attributes; i++) {
		if (fg_eq(f->attribute[i].name, name))
			return &f->attribute[i];
	}
	return NULL;
}
