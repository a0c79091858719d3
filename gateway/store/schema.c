/*
 * gateway/store/schema.c - migrations.  Entry i brings a database from schema i to i + 1.
 * An entry that was released is never edited: a change is a new entry.
 */
#include "gateway/store/store_int.h"

#define TAIL "rv INTEGER NOT NULL, mac BLOB NOT NULL"

const char *const store_schema[] = {
	"CREATE TABLE head(one INTEGER PRIMARY KEY CHECK(one = 1), generation INTEGER NOT NULL,"
	" sets INTEGER NOT NULL, floor INTEGER NOT NULL, claims_id BLOB NOT NULL,"
	" mac BLOB NOT NULL);"
	"CREATE TABLE sets(account TEXT PRIMARY KEY, n INTEGER NOT NULL,"
	" generation INTEGER NOT NULL, mac BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE used(id TEXT PRIMARY KEY, at INTEGER NOT NULL, service TEXT NOT NULL,"
	" region TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE checkpoints(chain TEXT PRIMARY KEY, seq INTEGER NOT NULL,"
	" at INTEGER NOT NULL, head BLOB NOT NULL, signature BLOB NOT NULL) WITHOUT ROWID;"

	"CREATE TABLE settings(account TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, " TAIL
	", PRIMARY KEY(account, name));"
	"CREATE TABLE accounts(account TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL,"
	" alias TEXT NOT NULL, email TEXT NOT NULL, unit TEXT NOT NULL,"
	" created INTEGER NOT NULL, state INTEGER NOT NULL, " TAIL ");"
	"CREATE UNIQUE INDEX accounts_alias ON accounts(alias) WHERE alias <> '';"
	"CREATE TABLE units(account TEXT NOT NULL, id TEXT NOT NULL PRIMARY KEY,"
	" parent TEXT NOT NULL, name TEXT NOT NULL, " TAIL ");"
	"CREATE TABLE controls(account TEXT NOT NULL, id TEXT NOT NULL PRIMARY KEY,"
	" type TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,"
	" document TEXT NOT NULL, created INTEGER NOT NULL, " TAIL ");"
	"CREATE TABLE targets(account TEXT NOT NULL, control TEXT NOT NULL, target TEXT NOT NULL, "
	TAIL ", PRIMARY KEY(control, target));"
	"CREATE INDEX targets_target ON targets(target);"

	"CREATE TABLE policies(account TEXT NOT NULL, uid TEXT NOT NULL PRIMARY KEY,"
	" name TEXT NOT NULL, path TEXT NOT NULL, description TEXT NOT NULL, tags BLOB NOT NULL,"
	" version INTEGER NOT NULL, last INTEGER NOT NULL, created INTEGER NOT NULL,"
	" updated INTEGER NOT NULL, " TAIL ");"
	"CREATE UNIQUE INDEX policies_name ON policies(account, name COLLATE NOCASE);"
	"CREATE TABLE policy_versions(account TEXT NOT NULL, policy TEXT NOT NULL,"
	" number INTEGER NOT NULL, document TEXT NOT NULL, created INTEGER NOT NULL, " TAIL
	", PRIMARY KEY(policy, number));"
	"CREATE INDEX policy_versions_account ON policy_versions(account);"

	"CREATE TABLE oidc_providers(account TEXT NOT NULL, arn TEXT NOT NULL PRIMARY KEY,"
	" url TEXT NOT NULL, client_ids BLOB NOT NULL, thumbprints BLOB NOT NULL,"
	" algorithms BLOB NOT NULL, jwks TEXT NOT NULL, ca TEXT NOT NULL, tags BLOB NOT NULL,"
	" flags INTEGER NOT NULL, generation INTEGER NOT NULL, created INTEGER NOT NULL, " TAIL
	");"
	"CREATE UNIQUE INDEX oidc_providers_url ON oidc_providers(account, url);"
	"CREATE TABLE saml_providers(account TEXT NOT NULL, arn TEXT NOT NULL PRIMARY KEY,"
	" uid TEXT NOT NULL, name TEXT NOT NULL, metadata TEXT NOT NULL, url TEXT NOT NULL,"
	" allow BLOB NOT NULL, tags BLOB NOT NULL, encryption INTEGER NOT NULL,"
	" generation INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, " TAIL
	");"
	"CREATE UNIQUE INDEX saml_providers_name ON saml_providers(account, name);"
	"CREATE UNIQUE INDEX saml_providers_uid ON saml_providers(uid);"

	"CREATE TABLE user_groups(account TEXT NOT NULL, uid TEXT NOT NULL PRIMARY KEY,"
	" name TEXT NOT NULL, path TEXT NOT NULL, created INTEGER NOT NULL, " TAIL ");"
	"CREATE UNIQUE INDEX user_groups_name ON user_groups(account, name COLLATE NOCASE);"
	"CREATE TABLE users(account TEXT NOT NULL, uid TEXT NOT NULL PRIMARY KEY,"
	" name TEXT NOT NULL, path TEXT NOT NULL, boundary TEXT NOT NULL, tags BLOB NOT NULL,"
	" created INTEGER NOT NULL, " TAIL ");"
	"CREATE UNIQUE INDEX users_name ON users(account, name COLLATE NOCASE);"
	"CREATE TABLE roles(account TEXT NOT NULL, uid TEXT NOT NULL PRIMARY KEY,"
	" name TEXT NOT NULL, path TEXT NOT NULL, description TEXT NOT NULL, trust TEXT NOT NULL,"
	" bindings BLOB NOT NULL, boundary TEXT NOT NULL, tags BLOB NOT NULL,"
	" max_session INTEGER NOT NULL, created INTEGER NOT NULL, " TAIL ");"
	"CREATE UNIQUE INDEX roles_name ON roles(account, name COLLATE NOCASE);"
	"CREATE TABLE members(account TEXT NOT NULL, \"user\" TEXT NOT NULL,"
	" \"group\" TEXT NOT NULL, " TAIL ", PRIMARY KEY(\"user\", \"group\"));"
	"CREATE INDEX members_account ON members(account);"
	"CREATE INDEX members_group ON members(\"group\");"
	"CREATE TABLE inline_policies(account TEXT NOT NULL, owner TEXT NOT NULL,"
	" name TEXT NOT NULL, document TEXT NOT NULL, " TAIL ", PRIMARY KEY(owner, name));"
	"CREATE INDEX inline_policies_account ON inline_policies(account);"
	"CREATE TABLE attachments(account TEXT NOT NULL, owner TEXT NOT NULL,"
	" policy TEXT NOT NULL, " TAIL ", PRIMARY KEY(owner, policy));"
	"CREATE INDEX attachments_policy ON attachments(policy);"
	"CREATE INDEX attachments_account ON attachments(account);"

	"CREATE TABLE access_keys(account TEXT NOT NULL, id TEXT NOT NULL PRIMARY KEY,"
	" \"user\" TEXT NOT NULL, secret BLOB NOT NULL, state INTEGER NOT NULL,"
	" flags INTEGER NOT NULL, created INTEGER NOT NULL, " TAIL ");"
	"CREATE INDEX access_keys_user ON access_keys(\"user\");"
	"CREATE INDEX access_keys_account ON access_keys(account);"
	"CREATE TABLE mfa_devices(account TEXT NOT NULL, serial TEXT NOT NULL PRIMARY KEY,"
	" \"user\" TEXT NOT NULL, seed BLOB NOT NULL, tags BLOB NOT NULL,"
	" last_step INTEGER NOT NULL, failures INTEGER NOT NULL, failed_since INTEGER NOT NULL,"
	" locked_until INTEGER NOT NULL, created INTEGER NOT NULL, enabled INTEGER NOT NULL, " TAIL
	");"
	"CREATE INDEX mfa_devices_user ON mfa_devices(\"user\");"
	"CREATE INDEX mfa_devices_account ON mfa_devices(account);"
	"CREATE TABLE secrets(account TEXT NOT NULL, id TEXT NOT NULL PRIMARY KEY,"
	" owner TEXT NOT NULL, purpose TEXT NOT NULL, blob BLOB NOT NULL,"
	" public_part BLOB NOT NULL, state INTEGER NOT NULL, created INTEGER NOT NULL,"
	" until INTEGER NOT NULL, " TAIL ");"
	"CREATE INDEX secrets_owner ON secrets(owner);"
	"CREATE INDEX secrets_account ON secrets(account);"
	"CREATE TABLE ring_keys(account TEXT NOT NULL, id TEXT NOT NULL PRIMARY KEY,"
	" class_ TEXT NOT NULL, fingerprint BLOB NOT NULL, acks BLOB NOT NULL,"
	" state INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, " TAIL ");"
	"CREATE TABLE cuts(account TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL,"
	" reason TEXT NOT NULL, at INTEGER NOT NULL, expires INTEGER NOT NULL, " TAIL
	", PRIMARY KEY(kind, target));"
	"CREATE INDEX cuts_account ON cuts(account);",

	"CREATE TABLE nodes(boot TEXT PRIMARY KEY, name TEXT NOT NULL, holds BLOB NOT NULL,"
	" opens INTEGER NOT NULL, since INTEGER NOT NULL, seen INTEGER NOT NULL, mac BLOB NOT NULL)"
	" WITHOUT ROWID;",

	/* rows are MACed over all columns: there were no devices before this */
	"ALTER TABLE mfa_devices ADD COLUMN drift INTEGER NOT NULL DEFAULT 0;",

	"DROP TABLE used;"
	"CREATE TABLE used(id TEXT NOT NULL, service TEXT NOT NULL, at INTEGER NOT NULL,"
	" region TEXT NOT NULL, PRIMARY KEY(id, service)) WITHOUT ROWID;",

	"CREATE TABLE instance_profiles(account TEXT NOT NULL, uid TEXT NOT NULL PRIMARY KEY,"
	" name TEXT NOT NULL, path TEXT NOT NULL, role TEXT NOT NULL, tags BLOB NOT NULL,"
	" created INTEGER NOT NULL, " TAIL ");"
	"CREATE UNIQUE INDEX instance_profiles_name ON instance_profiles(account, name COLLATE NOCASE);"
	"CREATE INDEX instance_profiles_role ON instance_profiles(role);",
};
const int store_schema_n = (int)FG_COUNT(store_schema);
