/*
 * gateway/iam/export.c - the store as a bundle.
 */
#include "gateway/iam/bundle_int.h"

/* One object or array of the output: commas and indentation in one place. */
struct out {
	struct fg_buf *b;
	unsigned depth;
	bool first;
};

static void
line(struct out *o)
{
	fg_buf_put(o->b, o->first ? FG_LIT("\n") : FG_LIT(",\n"));
	for (unsigned i = 0; i < o->depth; i++)
		fg_buf_put(o->b, FG_LIT("  "));
	o->first = false;
}

static void
open_with(struct out *o, const char *key, char bracket)
{
	line(o);
	if (key != NULL)
		fg_buf_fmt(o->b, "\"%s\": ", key);
	fg_buf_putc(o->b, bracket);
	o->depth++;
	o->first = true;
}

static void
close_with(struct out *o, char bracket)
{
	bool empty = o->first;

	o->depth--;
	o->first = true;
	if (!empty)
		line(o);
	fg_buf_putc(o->b, bracket);
	o->first = false;
}

static void
put_str(struct out *o, const char *key, struct fg_str s)
{
	line(o);
	fg_buf_fmt(o->b, "\"%s\": ", key);
	fg_buf_json_str(o->b, s);
}

static void
put_given(struct out *o, const char *key, struct fg_str s)
{
	if (s.n > 0)
		put_str(o, key, s);
}

/* JSON as it stands. */
static void
put_raw(struct out *o, const char *key, struct fg_str json)
{
	line(o);
	fg_buf_fmt(o->b, "\"%s\": ", key);
	fg_buf_put(o->b, json);
}

static void
put_int(struct out *o, const char *key, int64_t v)
{
	line(o);
	fg_buf_fmt(o->b, "\"%s\": ", key);
	fg_buf_i64(o->b, v);
}

static void
put_time(struct out *o, const char *key, fg_time t)
{
	line(o);
	fg_buf_fmt(o->b, "\"%s\": \"", key);
	fg_buf_time(o->b, t);
	fg_buf_putc(o->b, '"');
}

static void
put_list(struct out *o, const char *key, struct fg_str list)
{
	struct fg_str s;

	open_with(o, key, '[');
	while (store_list_next(&list, &s)) {
		line(o);
		fg_buf_json_str(o->b, s);
	}
	close_with(o, ']');
}

static void
put_tags(struct out *o, struct fg_str list)
{
	struct fg_str key, value;

	open_with(o, "Tags", '[');
	while (store_list_next(&list, &key) && store_list_next(&list, &value)) {
		open_with(o, NULL, '{');
		put_str(o, "Key", key);
		put_str(o, "Value", value);
		close_with(o, '}');
	}
	close_with(o, ']');
}

/* ---- users, groups, roles ---- */

static struct fg_str
last_of(struct fg_str s)
{
	size_t i = s.n;

	while (i > 0 && s.p[i - 1] != '/')
		i--;
	return fg_sub(s, i, s.n);
}

static void
put_policies(struct out *o, const struct bn_entity *e, const char *inlines)
{
	open_with(o, inlines, '[');
	for (size_t i = 0; i < e->ninlines; i++) {
		open_with(o, NULL, '{');
		put_str(o, "PolicyName", e->inlines[i].name);
		put_raw(o, "PolicyDocument", e->inlines[i].document);
		close_with(o, '}');
	}
	close_with(o, ']');
	open_with(o, "AttachedManagedPolicies", '[');
	for (size_t i = 0; i < e->attached.n; i++) {
		open_with(o, NULL, '{');
		put_str(o, "PolicyName", last_of(e->attached.v[i]));
		put_str(o, "PolicyArn", e->attached.v[i]);
		close_with(o, '}');
	}
	close_with(o, ']');
}

static void
put_names(struct out *o, const char *key, const struct bn_names *names)
{
	open_with(o, key, '[');
	for (size_t i = 0; i < names->n; i++) {
		line(o);
		fg_buf_json_str(o->b, names->v[i]);
	}
	close_with(o, ']');
}

static void
put_entity(struct out *o, const struct bn_entity *e, enum bn_list l)
{
	open_with(o, NULL, '{');
	put_str(o, "Path", e->path);
	put_str(o, bn_kinds[l].name, e->name);
	put_str(o, bn_kinds[l].id, e->uid);
	put_str(o, "Arn", e->arn);
	put_time(o, "CreateDate", e->created);
	if (l == BN_ROLES) {
		put_raw(o, "AssumeRolePolicyDocument", e->trust);
		put_given(o, "Description", e->description);
		put_int(o, "MaxSessionDuration", e->max_session);
	}
	if (l == BN_USERS)
		put_names(o, "GroupList", &e->groups);
	put_policies(o, e, bn_kinds[l].inlines);
	if (e->boundary.n > 0) {
		open_with(o, "PermissionsBoundary", '{');
		put_str(o, "PermissionsBoundaryType", FG_LIT("Policy"));
		put_str(o, "PermissionsBoundaryArn", e->boundary);
		close_with(o, '}');
	}
	if (l != BN_GROUPS)
		put_tags(o, e->tags);
	close_with(o, '}');
}

/* ---- policies and providers ---- */

static void
put_version_id(struct out *o, const char *key, int64_t number)
{
	line(o);
	fg_buf_fmt(o->b, "\"%s\": \"v%lld\"", key, (long long)number);
}

static void
put_policy(struct out *o, const struct bn_policy *p)
{
	open_with(o, NULL, '{');
	put_str(o, "PolicyName", p->name);
	put_str(o, "PolicyId", p->uid);
	put_str(o, "Arn", p->arn);
	put_str(o, "Path", p->path);
	put_version_id(o, "DefaultVersionId", p->version);
	put_given(o, "Description", p->description);
	put_time(o, "CreateDate", p->created);
	put_time(o, "UpdateDate", p->updated);
	open_with(o, "PolicyVersionList", '[');
	for (size_t i = 0; i < p->nversions; i++) {
		open_with(o, NULL, '{');
		put_raw(o, "Document", p->versions[i].document);
		put_version_id(o, "VersionId", p->versions[i].number);
		put_raw(o, "IsDefaultVersion",
		    p->versions[i].number == p->version ? FG_LIT("true") : FG_LIT("false"));
		put_time(o, "CreateDate", p->versions[i].created);
		close_with(o, '}');
	}
	close_with(o, ']');
	put_tags(o, p->tags);
	close_with(o, '}');
}

static void
put_oidc(struct out *o, const struct store_oidc *r)
{
	open_with(o, NULL, '{');
	put_str(o, "Url", r->url);
	put_str(o, "Arn", r->arn);
	put_list(o, "ClientIDList", r->client_ids);
	put_list(o, "ThumbprintList", r->thumbprints);
	if (r->jwks.n > 0)
		put_raw(o, "Jwks", r->jwks);
	put_given(o, "Ca", r->ca);
	if (r->algorithms.n > 0)
		put_list(o, "Algorithms", r->algorithms);
	if ((r->flags & STORE_OIDC_PARITY) != 0)
		put_raw(o, "AwsParity", FG_LIT("true"));
	if ((r->flags & STORE_OIDC_SINGLE_USE) != 0)
		put_raw(o, "SingleUse", FG_LIT("true"));
	put_tags(o, r->tags);
	put_time(o, "CreateDate", r->created);
	close_with(o, '}');
}

/* Which private keys there are; the keys themselves never leave. */
static void
put_keys(struct out *o, const struct iam_saml_keys *keys)
{
	if (keys->n == 0)
		return;
	open_with(o, "PrivateKeyList", '[');
	for (size_t i = 0; i < keys->n; i++) {
		open_with(o, NULL, '{');
		put_str(o, "KeyId", keys->v[i].id);
		put_time(o, "Timestamp", keys->v[i].created);
		close_with(o, '}');
	}
	close_with(o, ']');
}

static void
put_saml(struct out *o, const struct bn_saml *p)
{
	const struct store_saml *r = &p->row;
	const struct idp_saml_source from = idp_saml_source_read(p->source);

	open_with(o, NULL, '{');
	put_str(o, "Name", r->name);
	put_str(o, "Arn", r->arn);
	if (r->url.n > 0)
		put_str(o, "MetadataUrl", r->url);
	else
		put_str(o, "SAMLMetadataDocument", r->metadata);
	put_given(o, "MetadataSigner", from.signer);
	put_given(o, "MetadataEntityId", from.entity_id);
	put_given(o, "MetadataCa", from.ca);
	if (r->allow.n > 0)
		put_list(o, "Allow", r->allow);
	if (r->encryption != 0)
		put_str(o, "AssertionEncryptionMode", FG_LIT("Required"));
	put_keys(o, &p->keys);
	put_tags(o, r->tags);
	put_time(o, "CreateDate", r->created);
	close_with(o, '}');
}

/* ---- accounts ---- */

static void
put_account(struct out *o, const struct bn_account *acc)
{
	open_with(o, NULL, '{');
	put_str(o, "Id", acc->id);
	put_given(o, "Name", acc->name);
	put_given(o, "Alias", acc->alias);
	if (acc->outbound)
		put_raw(o, "OutboundWebIdentityFederation", FG_LIT("true"));
	for (enum bn_list l = BN_USERS; l < BN_ENTITIES; l++) {
		open_with(o, bn_kinds[l].list, '[');
		for (size_t i = 0; i < acc->entities[l].n; i++)
			put_entity(o, &acc->entities[l].v[i], l);
		close_with(o, ']');
	}
	open_with(o, "Policies", '[');
	for (size_t i = 0; i < acc->npolicies; i++)
		put_policy(o, &acc->policies[i]);
	close_with(o, ']');
	open_with(o, "OpenIDConnectProviders", '[');
	for (size_t i = 0; i < acc->noidc; i++)
		put_oidc(o, &acc->oidc[i].row);
	close_with(o, ']');
	open_with(o, "SAMLProviders", '[');
	for (size_t i = 0; i < acc->nsaml; i++)
		put_saml(o, &acc->saml[i]);
	close_with(o, ']');
	close_with(o, '}');
}

/* ---- the organisation ---- */

static void
put_control(struct out *o, const struct bn_control *c)
{
	open_with(o, NULL, '{');
	put_str(o, "Id", c->row.id);
	put_given(o, "Name", c->row.name);
	put_given(o, "Type", c->row.type);
	put_given(o, "Description", c->row.description);
	if (c->row.document.n > 0) {
		put_raw(o, "Content", c->row.document);
		put_time(o, "CreateDate", c->row.created);
	}
	put_list(o, "Targets", c->targets);
	close_with(o, '}');
}

static enum fg_rc
put_hangs(struct store_tx *tx, struct fg_arena *a, struct out *o, const struct fg_str *ids,
    size_t n, struct fg_err *reterr)
{
	open_with(o, "Accounts", '[');
	for (size_t i = 0; i < n; i++) {
		struct store_account row = { .account = ids[i] };

		FG_TRY(store_get(tx, STORE_ACCOUNT, &row, a, reterr));
		if (row.unit.n == 0)
			continue;
		open_with(o, NULL, '{');
		put_str(o, "Id", row.account);
		put_str(o, "ParentId", row.unit);
		close_with(o, '}');
	}
	close_with(o, ']');
	return FG_OK;
}

static enum fg_rc
put_organization(struct store_tx *tx, struct fg_arena *a, struct out *o,
    const struct fg_str *ids, size_t n, struct fg_err *reterr)
{
	struct bn_org org;

	FG_TRY(bn_org_load(tx, a, &org, reterr));
	if (!org.given)
		return FG_OK;
	open_with(o, "Organization", '{');
	put_str(o, "ManagementAccountId", org.management);
	open_with(o, "OrganizationalUnits", '[');
	for (size_t i = 0; i < org.nunits; i++) {
		open_with(o, NULL, '{');
		put_str(o, "Id", org.units[i].id);
		put_str(o, "Name", org.units[i].name);
		put_str(o, "ParentId", org.units[i].parent);
		close_with(o, '}');
	}
	close_with(o, ']');
	open_with(o, "Policies", '[');
	for (size_t i = 0; i < org.ncontrols; i++)
		put_control(o, &org.controls[i]);
	close_with(o, ']');
	FG_TRY(put_hangs(tx, a, o, ids, n, reterr));
	close_with(o, '}');
	return FG_OK;
}

static enum fg_rc
export_one(struct store_tx *tx, struct fg_str id, struct fg_arena *a, struct out *o,
    struct fg_err *reterr)
{
	struct bn_account acc;

	FG_TRY(bn_account_load(tx, id, a, &acc, reterr));
	put_account(o, &acc);
	return FG_OK;
}

/* Policies of the provider are an account without a row; what every installation has is left out. */
static enum fg_rc
export_shipped(struct store_tx *tx, struct fg_arena *a, struct out *o, struct fg_err *reterr)
{
	struct bn_account acc;
	size_t more = 0;

	FG_TRY(bn_account_load(tx, FG_LIT("aws"), a, &acc, reterr));
	for (size_t i = 0; i < acc.npolicies; i++)
		more += !fg_eq(acc.policies[i].name, FG_LIT("AdministratorAccess")) ||
		    acc.policies[i].version != 1;
	if (more > 0)
		put_account(o, &acc);
	return FG_OK;
}

enum fg_rc
bundle_export(struct store *st, struct fg_str account, struct fg_arena *a, struct fg_buf *out,
    struct fg_err *reterr)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct store_account row = { .account = account };
	struct out o = { .b = out, .depth = 1, .first = true };
	struct fg_str *ids = &account, done;
	size_t n = 1;

	FG_TRY(store_begin(st, &tx, reterr));
	if (account.n > 0)
		FG_TRY(store_get(tx, STORE_ACCOUNT, &row, a, reterr));
	else
		FG_TRY(bn_accounts_load(tx, a, &ids, &n, reterr));
	fg_buf_putc(out, '{');
	open_with(&o, "Accounts", '[');
	for (size_t i = 0; i < n; i++)
		FG_TRY(export_one(tx, ids[i], a, &o, reterr));
	if (account.n == 0)
		FG_TRY(export_shipped(tx, a, &o, reterr));
	close_with(&o, ']');
	if (account.n == 0)
		FG_TRY(put_organization(tx, a, &o, ids, n, reterr));
	fg_buf_put(out, FG_LIT("\n}\n"));
	if (fg_buf_end(out, &done) != FG_OK)
		return fg_fail(reterr, FG_E_LIMIT, "iam.export", NULL, "too large");
	return FG_OK;
}
