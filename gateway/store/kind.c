/*
 * gateway/store/kind.c - the kinds of rows: columns, and structs to cells and back.
 */
#include <stdio.h>

#include "gateway/store/store_int.h"

#define KEY(type, member, t) { #member, t, offsetof(struct type, member), true }
#define COL(type, member, t) { #member, t, offsetof(struct type, member), false }
#define KIND(type, table, cols) { table, sizeof(struct type), cols, FG_COUNT(cols) }

static const struct store_column setting_cols[] = {
	KEY(store_setting, account, STORE_TEXT),
	KEY(store_setting, name, STORE_TEXT),
	COL(store_setting, value, STORE_BLOB),
};
static const struct store_column account_cols[] = {
	KEY(store_account, account, STORE_TEXT),
	COL(store_account, name, STORE_TEXT),
	COL(store_account, alias, STORE_TEXT),
	COL(store_account, email, STORE_TEXT),
	COL(store_account, unit, STORE_TEXT),
	COL(store_account, created, STORE_INT),
	COL(store_account, state, STORE_INT),
};
static const struct store_column unit_cols[] = {
	COL(store_unit, account, STORE_TEXT),
	KEY(store_unit, id, STORE_TEXT),
	COL(store_unit, parent, STORE_TEXT),
	COL(store_unit, name, STORE_TEXT),
};
static const struct store_column control_cols[] = {
	COL(store_control, account, STORE_TEXT),
	KEY(store_control, id, STORE_TEXT),
	COL(store_control, type, STORE_TEXT),
	COL(store_control, name, STORE_TEXT),
	COL(store_control, description, STORE_TEXT),
	COL(store_control, document, STORE_TEXT),
	COL(store_control, created, STORE_INT),
};
static const struct store_column target_cols[] = {
	COL(store_target, account, STORE_TEXT),
	KEY(store_target, control, STORE_TEXT),
	KEY(store_target, target, STORE_TEXT),
};
static const struct store_column policy_cols[] = {
	COL(store_policy, account, STORE_TEXT),
	KEY(store_policy, uid, STORE_TEXT),
	COL(store_policy, name, STORE_TEXT),
	COL(store_policy, path, STORE_TEXT),
	COL(store_policy, description, STORE_TEXT),
	COL(store_policy, tags, STORE_BLOB),
	COL(store_policy, version, STORE_INT),
	COL(store_policy, last, STORE_INT),
	COL(store_policy, created, STORE_INT),
	COL(store_policy, updated, STORE_INT),
};
static const struct store_column version_cols[] = {
	COL(store_version, account, STORE_TEXT),
	KEY(store_version, policy, STORE_TEXT),
	KEY(store_version, number, STORE_INT),
	COL(store_version, document, STORE_TEXT),
	COL(store_version, created, STORE_INT),
};
static const struct store_column oidc_cols[] = {
	COL(store_oidc, account, STORE_TEXT),
	KEY(store_oidc, arn, STORE_TEXT),
	COL(store_oidc, url, STORE_TEXT),
	COL(store_oidc, client_ids, STORE_BLOB),
	COL(store_oidc, thumbprints, STORE_BLOB),
	COL(store_oidc, algorithms, STORE_BLOB),
	COL(store_oidc, jwks, STORE_TEXT),
	COL(store_oidc, ca, STORE_TEXT),
	COL(store_oidc, tags, STORE_BLOB),
	COL(store_oidc, flags, STORE_INT),
	COL(store_oidc, generation, STORE_INT),
	COL(store_oidc, created, STORE_INT),
};
static const struct store_column saml_cols[] = {
	COL(store_saml, account, STORE_TEXT),
	KEY(store_saml, arn, STORE_TEXT),
	COL(store_saml, uid, STORE_TEXT),
	COL(store_saml, name, STORE_TEXT),
	COL(store_saml, metadata, STORE_TEXT),
	COL(store_saml, url, STORE_TEXT),
	COL(store_saml, allow, STORE_BLOB),
	COL(store_saml, tags, STORE_BLOB),
	COL(store_saml, encryption, STORE_INT),
	COL(store_saml, generation, STORE_INT),
	COL(store_saml, created, STORE_INT),
	COL(store_saml, updated, STORE_INT),
};
static const struct store_column group_cols[] = {
	COL(store_group, account, STORE_TEXT),
	KEY(store_group, uid, STORE_TEXT),
	COL(store_group, name, STORE_TEXT),
	COL(store_group, path, STORE_TEXT),
	COL(store_group, created, STORE_INT),
};
static const struct store_column user_cols[] = {
	COL(store_user, account, STORE_TEXT),
	KEY(store_user, uid, STORE_TEXT),
	COL(store_user, name, STORE_TEXT),
	COL(store_user, path, STORE_TEXT),
	COL(store_user, boundary, STORE_TEXT),
	COL(store_user, tags, STORE_BLOB),
	COL(store_user, created, STORE_INT),
};
static const struct store_column role_cols[] = {
	COL(store_role, account, STORE_TEXT),
	KEY(store_role, uid, STORE_TEXT),
	COL(store_role, name, STORE_TEXT),
	COL(store_role, path, STORE_TEXT),
	COL(store_role, description, STORE_TEXT),
	COL(store_role, trust, STORE_TEXT),
	COL(store_role, bindings, STORE_BLOB),
	COL(store_role, boundary, STORE_TEXT),
	COL(store_role, tags, STORE_BLOB),
	COL(store_role, max_session, STORE_INT),
	COL(store_role, created, STORE_INT),
};
static const struct store_column profile_cols[] = {
	COL(store_profile, account, STORE_TEXT),
	KEY(store_profile, uid, STORE_TEXT),
	COL(store_profile, name, STORE_TEXT),
	COL(store_profile, path, STORE_TEXT),
	COL(store_profile, role, STORE_TEXT),
	COL(store_profile, tags, STORE_BLOB),
	COL(store_profile, created, STORE_INT),
};
static const struct store_column member_cols[] = {
	COL(store_member, account, STORE_TEXT),
	KEY(store_member, user, STORE_TEXT),
	KEY(store_member, group, STORE_TEXT),
};
static const struct store_column inline_cols[] = {
	COL(store_inline, account, STORE_TEXT),
	KEY(store_inline, owner, STORE_TEXT),
	KEY(store_inline, name, STORE_TEXT),
	COL(store_inline, document, STORE_TEXT),
};
static const struct store_column attachment_cols[] = {
	COL(store_attachment, account, STORE_TEXT),
	KEY(store_attachment, owner, STORE_TEXT),
	KEY(store_attachment, policy, STORE_TEXT),
};
static const struct store_column key_cols[] = {
	COL(store_key, account, STORE_TEXT),
	KEY(store_key, id, STORE_TEXT),
	COL(store_key, user, STORE_TEXT),
	COL(store_key, secret, STORE_BLOB),
	COL(store_key, state, STORE_INT),
	COL(store_key, flags, STORE_INT),
	COL(store_key, created, STORE_INT),
};
static const struct store_column mfa_cols[] = {
	COL(store_mfa, account, STORE_TEXT),
	KEY(store_mfa, serial, STORE_TEXT),
	COL(store_mfa, user, STORE_TEXT),
	COL(store_mfa, seed, STORE_BLOB),
	COL(store_mfa, tags, STORE_BLOB),
	COL(store_mfa, last_step, STORE_INT),
	COL(store_mfa, failures, STORE_INT),
	COL(store_mfa, failed_since, STORE_INT),
	COL(store_mfa, locked_until, STORE_INT),
	COL(store_mfa, created, STORE_INT),
	COL(store_mfa, enabled, STORE_INT),
	COL(store_mfa, drift, STORE_INT),
};
static const struct store_column secret_cols[] = {
	COL(store_secret, account, STORE_TEXT),
	KEY(store_secret, id, STORE_TEXT),
	COL(store_secret, owner, STORE_TEXT),
	COL(store_secret, purpose, STORE_TEXT),
	COL(store_secret, blob, STORE_BLOB),
	COL(store_secret, public_part, STORE_BLOB),
	COL(store_secret, state, STORE_INT),
	COL(store_secret, created, STORE_INT),
	COL(store_secret, until, STORE_INT),
};
static const struct store_column ring_cols[] = {
	COL(store_ring, account, STORE_TEXT),
	KEY(store_ring, id, STORE_TEXT),
	COL(store_ring, class_, STORE_TEXT),
	COL(store_ring, fingerprint, STORE_BLOB),
	COL(store_ring, acks, STORE_BLOB),
	COL(store_ring, state, STORE_INT),
	COL(store_ring, since, STORE_INT),
	COL(store_ring, until, STORE_INT),
};
static const struct store_column cut_cols[] = {
	COL(store_cut, account, STORE_TEXT),
	KEY(store_cut, kind, STORE_TEXT),
	KEY(store_cut, target, STORE_TEXT),
	COL(store_cut, reason, STORE_TEXT),
	COL(store_cut, at, STORE_INT),
	COL(store_cut, expires, STORE_INT),
};

static const struct store_desc descs[STORE_KIND_MAX] = {
	[STORE_SETTING] = KIND(store_setting, "settings", setting_cols),
	[STORE_ACCOUNT] = KIND(store_account, "accounts", account_cols),
	[STORE_UNIT] = KIND(store_unit, "units", unit_cols),
	[STORE_CONTROL] = KIND(store_control, "controls", control_cols),
	[STORE_TARGET] = KIND(store_target, "targets", target_cols),
	[STORE_POLICY] = KIND(store_policy, "policies", policy_cols),
	[STORE_VERSION] = KIND(store_version, "policy_versions", version_cols),
	[STORE_OIDC] = KIND(store_oidc, "oidc_providers", oidc_cols),
	[STORE_SAML] = KIND(store_saml, "saml_providers", saml_cols),
	[STORE_GROUP] = KIND(store_group, "user_groups", group_cols),
	[STORE_USER] = KIND(store_user, "users", user_cols),
	[STORE_ROLE] = KIND(store_role, "roles", role_cols),
	[STORE_PROFILE] = KIND(store_profile, "instance_profiles", profile_cols),
	[STORE_MEMBER] = KIND(store_member, "members", member_cols),
	[STORE_INLINE] = KIND(store_inline, "inline_policies", inline_cols),
	[STORE_ATTACHMENT] = KIND(store_attachment, "attachments", attachment_cols),
	[STORE_KEY] = KIND(store_key, "access_keys", key_cols),
	[STORE_MFA] = KIND(store_mfa, "mfa_devices", mfa_cols),
	[STORE_SECRET] = KIND(store_secret, "secrets", secret_cols),
	[STORE_RING] = KIND(store_ring, "ring_keys", ring_cols),
	[STORE_CUT] = KIND(store_cut, "cuts", cut_cols),
};

const struct store_desc *
store_desc(enum store_kind kind)
{
	if (kind <= STORE_NONE || kind >= STORE_KIND_MAX)
		return NULL;
	return &descs[kind];
}

void
store_cells_of(const struct store_desc *d, const void *row, struct store_cell *ret)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *at = (const char *)row + d->col[i].off;

		ret[i] = (struct store_cell){ .i = 0 };
		if (d->col[i].type == STORE_INT)
			memcpy(&ret[i].i, at, sizeof(ret[i].i));
		else
			memcpy(&ret[i].s, at, sizeof(ret[i].s));
	}
}

void
store_cells_to(const struct store_desc *d, const struct store_cell *cell, void *ret)
{
	for (size_t i = 0; i < d->n; i++) {
		char *at = (char *)ret + d->col[i].off;

		if (d->col[i].type == STORE_INT)
			memcpy(at, &cell[i].i, sizeof(cell[i].i));
		else
			memcpy(at, &cell[i].s, sizeof(cell[i].s));
	}
}

enum fg_rc
store_row_keep(const struct store_desc *d, struct fg_arena *a, void *row, struct fg_err *reterr)
{
	struct store_cell cell[STORE_COLUMNS_MAX];

	store_cells_of(d, row, cell);
	for (size_t i = 0; i < d->n; i++) {
		if (d->col[i].type == STORE_INT)
			continue;
		cell[i].s = fg_arena_dup(a, cell[i].s);
		if (cell[i].s.p == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "store.row", NULL, "arena");
	}
	store_cells_to(d, cell, row);
	return FG_OK;
}

struct fg_str
store_row_account(const struct store_desc *d, const struct store_cell *cell)
{
	(void)d; /* the account is the first member of every kind */
	return cell[0].s;
}

void
store_row_what(const struct store_desc *d, const struct store_cell *cell, char *out, size_t room)
{
	size_t at = 0;
	int n = snprintf(out, room, "%s", d->table);

	at = n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
	for (size_t i = 0; i < d->n; i++) {
		if (!d->col[i].key)
			continue;
		if (d->col[i].type == STORE_INT)
			n = snprintf(out + at, room - at, " %lld", (long long)cell[i].i);
		else
			n = snprintf(out + at, room - at, " %.*s", FG_PRI(cell[i].s));
		at = n < 0 || (size_t)n >= room - at ? room - 1 : at + (size_t)n;
	}
}
