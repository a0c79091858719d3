#include "oidc/oidc_int.h"

/* Claims that shape the session: tags, source identity, roles. */

static enum fg_rc
bad_tags(struct fg_err *reterr, const char *what)
{
	return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.tags", NULL, "%s", what);
}

static enum fg_rc
no_memory(struct fg_err *reterr)
{
	return fg_fail(reterr, FG_E_NOMEM, "oidc.claims", NULL, "arena");
}

/* {"K": ["v"]}: exactly one value each. */
static enum fg_rc
nested_tags(const struct oidc_read *r, uint32_t at, struct oidc_tag *tag, size_t *n,
    struct fg_err *reterr)
{
	const struct fg_json_node *node = r->j->node;

	if (node[at].type != FG_JSON_OBJECT)
		return bad_tags(reterr, "principal_tags is not an object");
	for (uint32_t i = fg_json_first(at); i < node[at].next; i = fg_json_after(r->j, i + 1)) {
		const struct fg_json_node *v = &node[i + 1];

		if (v->type != FG_JSON_ARRAY || v->n != 1 || v[1].type != FG_JSON_STRING)
			return bad_tags(reterr, "a tag of principal_tags has not one value in an array");
		tag[(*n)++] = (struct oidc_tag){ node[i].text, v[1].text };
	}
	return FG_OK;
}

/* Members "https://aws.amazon.com/tags/principal_tags/K": "v". */
static enum fg_rc
flat_tags(const struct oidc_read *r, struct oidc_tag *tag, size_t *n, struct fg_err *reterr)
{
	const struct fg_json_node *node = r->j->node;
	struct fg_str prefix = FG_LIT(OIDC_FLAT_TAG);

	for (uint32_t i = fg_json_first(0); i < node[0].next; i = fg_json_after(r->j, i + 1)) {
		if (!fg_starts(node[i].text, prefix))
			continue;
		if (node[i + 1].type != FG_JSON_STRING)
			return bad_tags(reterr, "a flat tag is not a string");
		tag[(*n)++] = (struct oidc_tag){ fg_sub(node[i].text, prefix.n, node[i].text.n),
			node[i + 1].text };
	}
	return FG_OK;
}

static enum fg_rc
transitive(struct oidc_read *r, uint32_t at, struct oidc_facts *f, struct fg_err *reterr)
{
	bool nomem = false;

	if (at == 0)
		return FG_OK;
	if (f->transitive != NULL)
		return bad_tags(reterr, "transitive_tag_keys given nested and flat");
	if (oidc_read_list(r, at, &f->transitive, &f->ntransitive, &nomem))
		return FG_OK;
	return nomem ? no_memory(reterr) : bad_tags(reterr, "transitive_tag_keys is not an array of strings");
}

/* The nested form holds these two members and no other; returns their nodes, 0 when absent. */
static enum fg_rc
nested_members(const struct oidc_read *r, uint32_t *rettags, uint32_t *retkeys,
    struct fg_err *reterr)
{
	const struct fg_json_node *node = r->j->node;
	uint32_t at = r->at[OIDC_K_TAGS];

	*rettags = *retkeys = 0;
	if (at == 0 || node[at].type == FG_JSON_NULL)
		return FG_OK;
	if (node[at].type != FG_JSON_OBJECT)
		return bad_tags(reterr, "the tags claim is not an object");
	for (uint32_t i = fg_json_first(at); i < node[at].next; i = fg_json_after(r->j, i + 1)) {
		if (fg_eq(node[i].text, FG_LIT("principal_tags")))
			*rettags = i + 1;
		else if (fg_eq(node[i].text, FG_LIT("transitive_tag_keys")))
			*retkeys = i + 1;
		else
			return bad_tags(reterr, "unknown member in the tags claim");
	}
	return FG_OK;
}

static enum fg_rc
read_tags(struct oidc_read *r, struct oidc_facts *f, struct fg_err *reterr)
{
	uint32_t tags, keys;
	struct oidc_tag *tag;
	size_t n = 0;

	FG_TRY(nested_members(r, &tags, &keys, reterr));
	FG_TRY(transitive(r, keys, f, reterr));
	FG_TRY(transitive(r, r->at[OIDC_K_TRANSITIVE], f, reterr));
	if (tags == 0 && r->nflat == 0)
		return FG_OK;
	tag = FG_NEW_N(r->arena, struct oidc_tag, r->nflat + (tags == 0 ? 0 : r->j->node[tags].n));
	if (tag == NULL)
		return no_memory(reterr);
	if (tags != 0)
		FG_TRY(nested_tags(r, tags, tag, &n, reterr));
	FG_TRY(flat_tags(r, tag, &n, reterr));
	f->tag = tag;
	f->ntag = n;
	return FG_OK;
}

static enum fg_rc
bad_roles(struct fg_err *reterr)
{
	return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.roles", NULL,
	    "the roles claim is neither a list of role ARNs nor a string of them");
}

/* "arn;arn" */
static enum fg_rc
split_roles(struct oidc_read *r, struct fg_str s, struct oidc_facts *f, struct fg_err *reterr)
{
	size_t n = 1, i = 0;
	struct fg_str *list, head;

	for (size_t k = 0; k < s.n; k++)
		n += s.p[k] == ';';
	list = FG_NEW_N(r->arena, struct fg_str, n);
	if (list == NULL)
		return no_memory(reterr);
	for (bool more = true; more && i < n; i++) {
		more = fg_cut(s, ';', &head, &s);
		list[i] = head;
	}
	f->role = list;
	f->nrole = n;
	return FG_OK;
}

static enum fg_rc
read_roles(struct oidc_read *r, struct oidc_facts *f, struct fg_err *reterr)
{
	uint32_t at = r->at[OIDC_K_ROLES];
	const struct fg_json_node *node = &r->j->node[at];
	bool nomem = false;

	if (at == 0 || node->type == FG_JSON_NULL)
		return FG_OK;
	if (node->type == FG_JSON_STRING)
		FG_TRY(split_roles(r, node->text, f, reterr));
	else if (!oidc_read_list(r, at, &f->role, &f->nrole, &nomem))
		return nomem ? no_memory(reterr) : bad_roles(reterr);
	for (size_t i = 0; i < f->nrole; i++)
		if (f->role[i].n == 0)
			return bad_roles(reterr);
	f->has_roles = true;
	return FG_OK;
}

static enum fg_rc
read_source(const struct oidc_read *r, struct oidc_facts *f, struct fg_err *reterr)
{
	uint32_t at = r->at[OIDC_K_SOURCE];
	const struct fg_json_node *node = &r->j->node[at];

	if (at == 0 || node->type == FG_JSON_NULL)
		return FG_OK;
	if (node->type != FG_JSON_STRING || node->text.n == 0)
		return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.source", NULL,
		    "source_identity is not a string");
	f->source_identity = node->text;
	return FG_OK;
}

enum fg_rc
oidc_read_session(struct oidc_read *r, struct oidc_facts *f, struct fg_err *reterr)
{
	FG_TRY(read_tags(r, f, reterr));
	FG_TRY(read_roles(r, f, reterr));
	return read_source(r, f, reterr);
}
