/*
 * gateway/iam/parse.c - a bundle from bytes: YAML or JSON, accounts or a bare dump.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/conf/conf.h"
#include "gateway/iam/bundle_int.h"

enum { NOWHERE = 0xffffffffu }; /* no node: an error that is found after reading */

static void
freep(char **p)
{
	free(*p);
}

static void
json_freep(json_t **j)
{
	json_decref(*j);
}

/*
 * JSON is read by our own strict reader, which keeps number text and places.  YAML is brought
 * into JSON first: its plain scalars are strings, so no number text is lost either.
 */
static enum fg_rc
text_of(struct fg_arena *a, struct fg_str bytes, struct fg_str *ret, bool *lines,
    struct fg_err *reterr)
{
	FG_AUTO(json_freep) json_t *doc = NULL;
	FG_AUTO(freep) char *dump = NULL;
	struct fg_str in = fg_trim(bytes);

	if (in.n > FG_LIMIT_BUNDLE_BYTES)
		return fg_fail(reterr, FG_E_LIMIT, "iam.bundle", NULL, "bundle is too large");
	*lines = in.n > 0 && (in.p[0] == '{' || in.p[0] == '[');
	if (*lines) {
		*ret = bytes;
		return FG_OK;
	}
	FG_TRY(conf_document(bytes, &doc, reterr));
	dump = json_dumps(doc, JSON_COMPACT | JSON_ENCODE_ANY);
	if (dump == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "iam.bundle", NULL, "document");
	*ret = fg_arena_dup(a, fg_str_z(dump));
	return ret->p == NULL ? fg_fail(reterr, FG_E_NOMEM, "iam.bundle", NULL, "arena") : FG_OK;
}

/* ---- the account of a dump ---- */

static struct fg_str
arn_account(struct fg_str arn)
{
	struct fg_str head, tail = arn;

	for (int i = 0; i < 4; i++)
		if (!fg_cut(tail, ':', &head, &tail))
			return FG_LIT("");
	(void)fg_cut(tail, ':', &head, &tail);
	return head;
}

static struct fg_str
dump_account(const struct bn_account *acc)
{
	for (enum bn_list l = BN_USERS; l < BN_ENTITIES; l++)
		for (size_t i = 0; i < acc->entities[l].n; i++)
			if (acc->entities[l].v[i].arn.n > 0)
				return arn_account(acc->entities[l].v[i].arn);
	for (size_t i = 0; i < acc->npolicies; i++)
		if (!fg_eq(arn_account(acc->policies[i].arn), FG_LIT("aws")))
			return arn_account(acc->policies[i].arn);
	return FG_LIT("");
}

/* Policies of the provider ("arn:aws:iam::aws:policy/...") move to an account of their own. */
static void
shipped_split(struct bn_reader *r, struct bn_account *acc, struct bn_account *aws)
{
	size_t keep = 0;

	aws->id = FG_LIT("aws");
	aws->place = acc->place;
	aws->policies = FG_NEW_N(r->a, struct bn_policy, acc->npolicies);
	if (aws->policies == NULL) {
		bn_oops(r, NOWHERE, FG_E_NOMEM, "out of memory");
		return;
	}
	for (size_t i = 0; i < acc->npolicies; i++) {
		if (fg_eq(arn_account(acc->policies[i].arn), aws->id))
			aws->policies[aws->npolicies++] = acc->policies[i];
		else
			acc->policies[keep++] = acc->policies[i];
	}
	acc->npolicies = keep;
}

/* ---- what can be said when an account is read ---- */

static void
at_place(struct bn_reader *r, struct fg_str place, enum fg_rc rc, const char *what,
    struct fg_str arg)
{
	size_t mark;

	bn_leave(r, 0);
	mark = bn_enter(r, "%.*s", FG_PRI(place));
	bn_oops(r, NOWHERE, rc, "%s%.*s", what, FG_PRI(arg));
	bn_leave(r, mark);
}

/* The ARN that the file gives must be the one that the entity will have. */
static void
settle_arn(struct bn_reader *r, struct fg_str account, const char *type, struct fg_str path,
    struct fg_str name, struct fg_str place, struct fg_str *arn)
{
	struct fg_str made = bn_arn(r->a, account, type, path, name);

	if (made.p == NULL)
		at_place(r, place, FG_E_NOMEM, "out of memory", FG_STR_NULL);
	else if (arn->n > 0 && !fg_eq(*arn, made))
		at_place(r, place, FG_E_PARAM, "Arn is not ", made);
	*arn = made;
}

static void
settle_providers(struct bn_reader *r, struct bn_account *acc)
{
	for (size_t i = 0; i < acc->noidc; i++) {
		struct store_oidc *o = &acc->oidc[i].row;

		o->account = acc->id;
		settle_arn(r, acc->id, "oidc-provider/", fg_sub(o->url, 8, o->url.n), FG_STR_NULL,
		    acc->oidc[i].place, &o->arn);
	}
	for (size_t i = 0; i < acc->nsaml; i++) {
		struct store_saml *s = &acc->saml[i].row;

		s->account = acc->id;
		settle_arn(r, acc->id, "saml-provider/", s->name, FG_STR_NULL, acc->saml[i].place,
		    &s->arn);
	}
}

static void
settle_profiles(struct bn_reader *r, struct bn_account *acc)
{
	struct fg_str stray;

	if (!bn_profiles_gather(r->a, acc, &stray))
		at_place(r, acc->place, FG_E_NOMEM, "out of memory", FG_STR_NULL);
	else if (!fg_str_null(stray))
		at_place(r, stray, FG_E_PARAM, "Roles names another role", FG_STR_NULL);
	for (size_t i = 0; i < acc->profiles.n; i++) {
		struct bn_profile *p = &acc->profiles.v[i];

		settle_arn(r, acc->id, "instance-profile", p->path, p->name, p->place, &p->arn);
	}
}

static void
settle(struct bn_reader *r, struct bn_account *acc)
{
	struct fg_str twice = FG_LIT("");

	for (enum bn_list l = BN_USERS; l < BN_ENTITIES; l++)
		for (size_t i = 0; i < acc->entities[l].n; i++) {
			struct bn_entity *e = &acc->entities[l].v[i];

			settle_arn(r, acc->id, bn_kinds[l].type, e->path, e->name, e->place, &e->arn);
		}
	for (size_t i = 0; i < acc->npolicies; i++) {
		struct bn_policy *p = &acc->policies[i];

		settle_arn(r, acc->id, "policy", p->path, p->name, p->place, &p->arn);
	}
	settle_profiles(r, acc);
	settle_providers(r, acc);
	if (r->errors == 0 && !bn_account_sort(acc, &twice))
		at_place(r, acc->place, FG_E_PARAM, "two things are called ", twice);
}

/* ---- the whole ---- */

static void
read_accounts(struct bn_reader *r, uint32_t node, void *at)
{
	struct bundle *b = at;
	void *list = NULL;

	bn_array(r, node, sizeof(struct bn_account), "Id", bn_read_account, &list, &b->n);
	b->accounts = list;
	for (size_t i = 0; i < b->n; i++)
		for (size_t k = 0; k < i; k++)
			if (fg_eq(b->accounts[i].id, b->accounts[k].id))
				bn_oops(r, node, FG_E_PARAM, "account %.*s is given twice",
				    FG_PRI(b->accounts[i].id));
}

static void
read_dump(struct bn_reader *r, struct bundle *b)
{
	b->accounts = FG_NEW_N(r->a, struct bn_account, 2);
	if (b->accounts == NULL) {
		bn_oops(r, NOWHERE, FG_E_NOMEM, "out of memory");
		return;
	}
	bn_read_dump(r, 0, &b->accounts[0]);
	b->accounts[0].id = dump_account(&b->accounts[0]);
	b->n = 1;
	if (!bn_account_ok(b->accounts[0].id)) {
		bn_oops(r, 0, FG_E_PARAM, "neither Accounts nor a dump whose ARNs name an account");
		return;
	}
	shipped_split(r, &b->accounts[0], &b->accounts[1]);
	b->n += b->accounts[1].npolicies > 0;
}

enum fg_rc
bundle_parse(struct fg_arena *a, const struct bundle_source *src, struct bundle **ret,
    struct fg_err *reterr)
{
	static const struct bn_member members[] = {
		{ "Accounts", read_accounts, 0, false },
		{ "Organization", bn_read_organization, 0, false },
	};
	struct fg_err err = { .rc = FG_OK };
	struct bn_reader r = { .a = a, .src = src, .err = reterr == NULL ? &err : reterr };
	struct bundle *b = FG_NEW(a, struct bundle);
	struct fg_json j;
	struct fg_str text;

	if (b == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "iam.bundle", NULL, "arena");
	FG_TRY(text_of(a, src->bytes, &text, &r.lines, reterr));
	FG_TRY(fg_json_parse(a, text, NULL, "iam.bundle", &j, reterr));
	r.j = &j;
	if (j.node[0].type == FG_JSON_OBJECT && fg_json_get(&j, 0, FG_LIT("Accounts")) == 0 &&
	    fg_json_get(&j, 0, FG_LIT("Organization")) == 0)
		read_dump(&r, b);
	else
		bn_object(&r, 0, members, FG_COUNT(members), b);
	for (size_t i = 0; i < b->n; i++)
		settle(&r, &b->accounts[i]);
	if (r.errors > 0)
		return r.err->rc;
	*ret = b;
	return FG_OK;
}
