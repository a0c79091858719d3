#include "oidc/oidc_int.h"

/* Condition keys: what of a token a trust policy may ask about. */

struct keys {
	struct oidc_claim *claim;
	size_t n;
};

/*
 * A ':' in a claim name would let `<issuer>:<name>` read as another issuer's key, so such
 * a claim is not offered (security rule 11).
 */
static bool
offered(struct fg_str name)
{
	return name.n != 0 && fg_find(name, ':') == name.n;
}

/* Condition keys ignore case.  Two claims that differ in case only would be one key with two values. */
static enum fg_rc
check_new(const struct keys *k, struct fg_str name, struct fg_err *reterr)
{
	for (size_t i = 0; i < k->n; i++)
		if (fg_eq_icase(k->claim[i].name, name))
			return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.twin", NULL,
			    "two claims named %.*s", FG_PRI(name));
	return FG_OK;
}

static void
put_string(struct keys *k, struct fg_str name, struct fg_str value)
{
	k->claim[k->n++] = (struct oidc_claim){ .name = name, .type = OIDC_CLAIM_STRING, .value = value };
}

static void
put_list(struct keys *k, struct fg_str name, const struct fg_str *list, size_t n)
{
	k->claim[k->n++] = (struct oidc_claim){ .name = name, .type = OIDC_CLAIM_STRINGS, .list = list, .n = n };
}

static void
put_bool(struct keys *k, struct fg_str name, enum fg_json_type type)
{
	bool yes = type == FG_JSON_TRUE;

	k->claim[k->n++] = (struct oidc_claim){
		.name = name,
		.type = OIDC_CLAIM_BOOL,
		.yes = yes,
		.value = yes ? FG_LIT("true") : FG_LIT("false"),
	};
}

static enum fg_rc
put_value(struct oidc_read *r, struct keys *k, struct fg_str name, uint32_t at, struct fg_err *reterr)
{
	const struct fg_json_node *v = &r->j->node[at];
	const struct fg_str *list = NULL;
	bool nomem = false;
	size_t n = 0;

	switch (v->type) {
	case FG_JSON_STRING:
		put_string(k, name, v->text);
		return FG_OK;
	case FG_JSON_TRUE:
	case FG_JSON_FALSE:
		put_bool(k, name, v->type);
		return FG_OK;
	case FG_JSON_ARRAY:
		if (oidc_read_list(r, at, &list, &n, &nomem))
			put_list(k, name, list, n);
		return nomem ? fg_fail(reterr, FG_E_NOMEM, "oidc.claims", NULL, "arena") : FG_OK;
	default:
		return FG_OK; /* numbers, objects, null, mixed arrays are no keys */
	}
}

/* aud and oaud are ours: a claim that calls itself oaud says nothing. */
static enum fg_rc
put_member(struct oidc_read *r, struct keys *k, uint32_t at, struct fg_err *reterr)
{
	struct fg_str name = r->j->node[at].text;

	if (!offered(name) || at + 1 == r->at[OIDC_K_AUD] || fg_eq_icase(name, FG_LIT("oaud")))
		return FG_OK;
	FG_TRY(check_new(k, name, reterr));
	return put_value(r, k, name, at + 1, reterr);
}

enum fg_rc
oidc_read_keys(struct oidc_read *r, struct oidc_facts *f, struct fg_err *reterr)
{
	const struct fg_json_node *node = r->j->node;
	struct keys k = { .claim = FG_NEW_N(r->arena, struct oidc_claim, (size_t)node[0].n + 2) };

	if (k.claim == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "oidc.claims", NULL, "arena");
	put_string(&k, FG_LIT("aud"), f->audience);
	if (r->naud == 1)
		put_string(&k, FG_LIT("oaud"), r->aud[0]);
	else
		put_list(&k, FG_LIT("oaud"), r->aud, r->naud);
	for (uint32_t i = fg_json_first(0); i < node[0].next; i = fg_json_after(r->j, i + 1))
		FG_TRY(put_member(r, &k, i, reterr));
	f->claim = k.claim;
	f->nclaim = k.n;
	return FG_OK;
}

const struct oidc_claim *
oidc_claim_find(const struct oidc_facts *facts, struct fg_str name)
{
	for (size_t i = 0; i < facts->nclaim; i++)
		if (fg_eq_icase(facts->claim[i].name, name))
			return &facts->claim[i];
	return NULL;
}
