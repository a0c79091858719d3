/*
 * gateway/iam/export.c - the store as a bundle.
 */
#include "gateway/iam/export_int.h"
#include "gateway/iam/shipped.h"
#include "gateway/iam/trust_text.h"

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
put_policies(struct bn_out *o, const struct bn_entity *e, const char *inlines)
{
	bn_open(o, inlines, '[');
	for (size_t i = 0; i < e->ninlines; i++) {
		bn_open(o, NULL, '{');
		bn_put_str(o, "PolicyName", e->inlines[i].name);
		bn_put_raw(o, "PolicyDocument", e->inlines[i].document);
		bn_close(o, '}');
	}
	bn_close(o, ']');
	bn_open(o, "AttachedManagedPolicies", '[');
	for (size_t i = 0; i < e->attached.n; i++) {
		bn_open(o, NULL, '{');
		bn_put_str(o, "PolicyName", last_of(e->attached.v[i]));
		bn_put_str(o, "PolicyArn", e->attached.v[i]);
		bn_close(o, '}');
	}
	bn_close(o, ']');
}

static void
put_names(struct bn_out *o, const char *key, const struct bn_names *names)
{
	bn_open(o, key, '[');
	for (size_t i = 0; i < names->n; i++) {
		bn_out_line(o);
		fg_buf_json_str(o->b, names->v[i]);
	}
	bn_close(o, ']');
}

/* Profiles of the role (NULL: those without one), in the form of a dump. */
static void
put_profiles(struct bn_out *o, const char *key, const struct bn_account *acc, const struct bn_entity *e)
{
	bn_open(o, key, '[');
	for (size_t i = 0; i < acc->profiles.n; i++) {
		const struct bn_profile *p = &acc->profiles.v[i];

		if (e == NULL ? p->role.n > 0 : !fg_eq(p->role, e->name))
			continue;
		bn_open(o, NULL, '{');
		bn_put_str(o, "Path", p->path);
		bn_put_str(o, "InstanceProfileName", p->name);
		bn_put_str(o, "InstanceProfileId", p->uid);
		bn_put_str(o, "Arn", p->arn);
		bn_put_time(o, "CreateDate", p->created);
		bn_open(o, "Roles", '[');
		if (e != NULL) {
			bn_open(o, NULL, '{');
			bn_put_str(o, "Path", e->path);
			bn_put_str(o, "RoleName", e->name);
			bn_put_str(o, "RoleId", e->uid);
			bn_put_str(o, "Arn", e->arn);
			bn_put_time(o, "CreateDate", e->created);
			bn_put_raw(o, "AssumeRolePolicyDocument", e->trust);
			bn_close(o, '}');
		}
		bn_close(o, ']');
		bn_put_tags(o, p->tags);
		bn_close(o, '}');
	}
	bn_close(o, ']');
}

static void
put_entity(struct bn_out *o, const struct bn_account *acc, const struct bn_entity *e, enum bn_list l)
{
	bn_open(o, NULL, '{');
	bn_put_str(o, "Path", e->path);
	bn_put_str(o, bn_kinds[l].name, e->name);
	bn_put_str(o, bn_kinds[l].id, e->uid);
	bn_put_str(o, "Arn", e->arn);
	bn_put_time(o, "CreateDate", e->created);
	if (l == BN_ROLES) {
		bn_put_raw(o, "AssumeRolePolicyDocument", e->trust);
		bn_put_given(o, "Description", e->description);
		bn_put_int(o, "MaxSessionDuration", e->max_session);
		put_profiles(o, "InstanceProfileList", acc, e);
	}
	if (l == BN_USERS)
		put_names(o, "GroupList", &e->groups);
	put_policies(o, e, bn_kinds[l].inlines);
	if (e->boundary.n > 0) {
		bn_open(o, "PermissionsBoundary", '{');
		bn_put_str(o, "PermissionsBoundaryType", FG_LIT("Policy"));
		bn_put_str(o, "PermissionsBoundaryArn", e->boundary);
		bn_close(o, '}');
	}
	if (l != BN_GROUPS)
		bn_put_tags(o, e->tags);
	bn_close(o, '}');
}

/* ---- policies and providers ---- */

static void
put_version_id(struct bn_out *o, const char *key, int64_t number)
{
	bn_out_line(o);
	fg_buf_fmt(o->b, "\"%s\": \"v%lld\"", key, (long long)number);
}

static void
put_policy(struct bn_out *o, const struct bn_policy *p)
{
	bn_open(o, NULL, '{');
	bn_put_str(o, "PolicyName", p->name);
	bn_put_str(o, "PolicyId", p->uid);
	bn_put_str(o, "Arn", p->arn);
	bn_put_str(o, "Path", p->path);
	put_version_id(o, "DefaultVersionId", p->version);
	bn_put_given(o, "Description", p->description);
	bn_put_time(o, "CreateDate", p->created);
	bn_put_time(o, "UpdateDate", p->updated);
	bn_open(o, "PolicyVersionList", '[');
	for (size_t i = 0; i < p->nversions; i++) {
		bn_open(o, NULL, '{');
		bn_put_raw(o, "Document", p->versions[i].document);
		put_version_id(o, "VersionId", p->versions[i].number);
		bn_put_raw(o, "IsDefaultVersion",
		    p->versions[i].number == p->version ? FG_LIT("true") : FG_LIT("false"));
		bn_put_time(o, "CreateDate", p->versions[i].created);
		bn_close(o, '}');
	}
	bn_close(o, ']');
	bn_put_tags(o, p->tags);
	bn_close(o, '}');
}

static void
put_oidc(struct bn_out *o, const struct bn_oidc *p)
{
	const struct store_oidc *r = &p->row;

	bn_open(o, NULL, '{');
	bn_put_str(o, "Url", r->url);
	bn_put_str(o, "Arn", r->arn);
	bn_put_list(o, "ClientIDList", r->client_ids);
	bn_put_list(o, "ThumbprintList", r->thumbprints);
	if (r->jwks.n > 0)
		bn_put_raw(o, "Jwks", r->jwks);
	bn_put_given(o, "Ca", r->ca);
	if (r->algorithms.n > 0)
		bn_put_list(o, "Algorithms", r->algorithms);
	if ((r->flags & STORE_OIDC_PARITY) != 0)
		bn_put_raw(o, "AwsParity", FG_LIT("true"));
	if ((r->flags & STORE_OIDC_SINGLE_USE) != 0)
		bn_put_raw(o, "SingleUse", FG_LIT("true"));
	if (p->dropped.value.n > 0)
		bn_put_list(o, "DroppedKids", p->dropped.value);
	if (p->stale.value.n > 0)
		bn_put_raw(o, "StaleBound", p->stale.value);
	bn_put_tags(o, r->tags);
	bn_put_time(o, "CreateDate", r->created);
	bn_close(o, '}');
}

/* Which private keys there are; the keys themselves never leave. */
static void
put_keys(struct bn_out *o, const struct iam_saml_keys *keys)
{
	if (keys->n == 0)
		return;
	bn_open(o, "PrivateKeyList", '[');
	for (size_t i = 0; i < keys->n; i++) {
		bn_open(o, NULL, '{');
		bn_put_str(o, "KeyId", keys->v[i].id);
		bn_put_time(o, "Timestamp", keys->v[i].created);
		bn_close(o, '}');
	}
	bn_close(o, ']');
}

static void
put_saml(struct bn_out *o, const struct bn_saml *p)
{
	const struct store_saml *r = &p->row;
	const struct idp_saml_source from = idp_saml_source_read(p->source);

	bn_open(o, NULL, '{');
	bn_put_str(o, "Name", r->name);
	bn_put_str(o, "Arn", r->arn);
	if (r->url.n > 0)
		bn_put_str(o, "MetadataUrl", r->url);
	else
		bn_put_str(o, "SAMLMetadataDocument", r->metadata);
	bn_put_given(o, "MetadataSigner", from.signer);
	bn_put_given(o, "MetadataEntityId", from.entity_id);
	bn_put_given(o, "MetadataCa", from.ca);
	if (r->allow.n > 0)
		bn_put_list(o, "Allow", r->allow);
	if (r->encryption != 0)
		bn_put_str(o, "AssertionEncryptionMode", FG_LIT("Required"));
	put_keys(o, &p->keys);
	bn_put_tags(o, r->tags);
	bn_put_time(o, "CreateDate", r->created);
	bn_close(o, '}');
}

/* ---- accounts ---- */

static void
put_account(struct bn_out *o, const struct bn_account *acc)
{
	bn_open(o, NULL, '{');
	bn_put_str(o, "Id", acc->id);
	bn_put_given(o, "Name", acc->name);
	bn_put_given(o, "Alias", acc->alias);
	bn_put_given(o, "Email", acc->email);
	if (acc->exists) {
		bn_put_str(o, "Status", acc->state == STORE_ACTIVE ? FG_LIT("ACTIVE") : FG_LIT("SUSPENDED"));
		bn_put_time(o, "CreateDate", acc->created);
	}
	if (acc->outbound)
		bn_put_raw(o, "OutboundWebIdentityFederation", FG_LIT("true"));
	for (enum bn_list l = BN_USERS; l < BN_ENTITIES; l++) {
		bn_open(o, bn_kinds[l].list, '[');
		for (size_t i = 0; i < acc->entities[l].n; i++)
			put_entity(o, acc, &acc->entities[l].v[i], l);
		bn_close(o, ']');
	}
	put_profiles(o, "InstanceProfiles", acc, NULL);
	bn_open(o, "Policies", '[');
	for (size_t i = 0; i < acc->npolicies; i++)
		put_policy(o, &acc->policies[i]);
	bn_close(o, ']');
	bn_open(o, "OpenIDConnectProviders", '[');
	for (size_t i = 0; i < acc->noidc; i++)
		put_oidc(o, &acc->oidc[i]);
	bn_close(o, ']');
	bn_open(o, "SAMLProviders", '[');
	for (size_t i = 0; i < acc->nsaml; i++)
		put_saml(o, &acc->saml[i]);
	bn_close(o, ']');
	bn_close(o, '}');
}

/* A file that is applied to another installation, or later, means the same principals or nobody. */
static enum fg_rc
trusts_shown(struct store_tx *tx, struct fg_arena *a, struct bn_account *acc, struct fg_err *reterr)
{
	struct iam_rows_names names = { tx, a };

	for (size_t i = 0; i < acc->entities[BN_ROLES].n; i++) {
		struct bn_entity *e = &acc->entities[BN_ROLES].v[i];

		FG_TRY(iam_trust_text(a, e->trust, e->bindings, iam_arn_of_row, &names, &e->trust, reterr));
	}
	return FG_OK;
}

static enum fg_rc
export_one(struct store_tx *tx, struct fg_str id, struct fg_arena *a, struct bn_out *o,
    struct fg_err *reterr)
{
	struct bn_account acc;

	FG_TRY(bn_account_load(tx, id, a, &acc, reterr));
	FG_TRY(trusts_shown(tx, a, &acc, reterr));
	put_account(o, &acc);
	return FG_OK;
}

/* Policies of the provider are an account without a row; what every installation has is left out. */
static enum fg_rc
export_shipped(struct store_tx *tx, struct fg_arena *a, struct bn_out *o, struct fg_err *reterr)
{
	struct bn_account acc;
	size_t more = 0;

	FG_TRY(bn_account_load(tx, FG_LIT("aws"), a, &acc, reterr));
	for (size_t i = 0; i < acc.npolicies; i++)
		more += !iam_shipped_is(acc.policies[i].path, acc.policies[i].name) ||
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
	struct bn_out o = { .b = out, .depth = 1, .first = true };
	struct fg_str *ids = &account, done;
	size_t n = 1;

	FG_TRY(store_begin(st, &tx, reterr));
	if (account.n > 0)
		FG_TRY(store_get(tx, STORE_ACCOUNT, &row, a, reterr));
	else
		FG_TRY(bn_accounts_load(tx, a, &ids, &n, reterr));
	fg_buf_putc(out, '{');
	bn_open(&o, "Accounts", '[');
	for (size_t i = 0; i < n; i++)
		FG_TRY(export_one(tx, ids[i], a, &o, reterr));
	if (account.n == 0)
		FG_TRY(export_shipped(tx, a, &o, reterr));
	bn_close(&o, ']');
	if (account.n == 0)
		FG_TRY(bn_put_organization(tx, a, &o, ids, n, reterr));
	fg_buf_put(out, FG_LIT("\n}\n"));
	if (fg_buf_end(out, &done) != FG_OK)
		return fg_fail(reterr, FG_E_LIMIT, "iam.export", NULL, "too large");
	return FG_OK;
}
