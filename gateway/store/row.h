/*
 * gateway/store/row.h - a part of gateway/store/store.h: what there is to keep.
 *
 * Shape:    rows of a fixed set of kinds, each with a typed struct.  A row's first member is the account
 *           that it belongs to ("" for rows of the installation).
 * Units:    times are fg_time (UTC seconds); documents and blobs are bytes.
 */
#ifndef GATEWAY_STORE_ROW_H
#define GATEWAY_STORE_ROW_H

#include "base/base.h"

/* ---- kinds of rows; keys are marked K and make a row unique ---- */

enum store_kind {
	STORE_NONE = 0,
	/* visited in this order at load: what belongs to an entity comes before it */
	STORE_SETTING,
	STORE_RING,
	STORE_ACCOUNT,
	STORE_UNIT,
	STORE_CONTROL,
	STORE_TARGET,
	STORE_VERSION,
	STORE_POLICY,
	STORE_OIDC,
	STORE_SAML,
	STORE_SECRET,
	STORE_MFA,
	STORE_KEY,
	STORE_MEMBER,
	STORE_INLINE,
	STORE_ATTACHMENT,
	STORE_GROUP,
	STORE_USER,
	STORE_ROLE,
	STORE_PROFILE,
	STORE_CUT,
	STORE_KIND_MAX
};

struct store_setting {
	struct fg_str account; /* K; "" for the installation */
	struct fg_str name;    /* K */
	struct fg_str value;
};

struct store_account {
	struct fg_str account; /* K: 12 digits */
	struct fg_str name;
	struct fg_str alias; /* "" for none; unique */
	struct fg_str email;
	struct fg_str unit; /* organisational unit id, "" for the root */
	fg_time created;
	int64_t state; /* enum store_state */
};

/* Zero is the refusing one. */
enum store_state { STORE_INACTIVE = 0, STORE_ACTIVE = 1 };

struct store_user {
	struct fg_str account;
	struct fg_str uid; /* K: AIDA... */
	struct fg_str name; /* unique in the account, ASCII case-insensitively */
	struct fg_str path; /* "/" or "/x/y/" */
	struct fg_str boundary; /* ARN of a managed policy, or "" */
	struct fg_str tags; /* list of key, value, key, value */
	fg_time created;
};

struct store_group {
	struct fg_str account;
	struct fg_str uid; /* K: AGPA... */
	struct fg_str name, path;
	fg_time created;
};

struct store_member {
	struct fg_str account;
	struct fg_str user;  /* K: AIDA... */
	struct fg_str group; /* K: AGPA... */
};

struct store_role {
	struct fg_str account;
	struct fg_str uid; /* K: AROA... */
	struct fg_str name, path, description;
	struct fg_str trust;    /* the document as it was written */
	struct fg_str bindings; /* list of ARN, unique id ("" = did not exist at write: inert) */
	struct fg_str boundary;
	struct fg_str tags;
	int64_t max_session; /* seconds */
	fg_time created;
};

/* An instance profile: a name under which a role is handed to machines. */
struct store_profile {
	struct fg_str account;
	struct fg_str uid; /* K: AIPA... */
	struct fg_str name, path;
	struct fg_str role; /* AROA..., or "" */
	struct fg_str tags;
	fg_time created;
};

struct store_inline {
	struct fg_str account;
	struct fg_str owner; /* K: unique id of user, group or role */
	struct fg_str name;  /* K */
	struct fg_str document;
};

struct store_policy {
	struct fg_str account;
	struct fg_str uid; /* K: ANPA... */
	struct fg_str name, path, description, tags;
	int64_t version; /* the default one's number */
	int64_t last;    /* highest number ever given */
	fg_time created;
	fg_time updated;
};

struct store_version {
	struct fg_str account;
	struct fg_str policy; /* K: ANPA... */
	int64_t number;       /* K: 1 for v1 */
	struct fg_str document;
	fg_time created;
};

struct store_attachment {
	struct fg_str account; /* of the owner */
	struct fg_str owner;   /* K: unique id */
	struct fg_str policy;  /* K: ARN */
};

enum store_oidc_flags {
	STORE_OIDC_PARITY = 1,     /* AwsParity */
	STORE_OIDC_SINGLE_USE = 2, /* a token is accepted once */
	STORE_OIDC_UPLOADED = 4,   /* jwks was given: nothing is fetched */
};

struct store_oidc {
	struct fg_str account;
	struct fg_str arn; /* K */
	struct fg_str url; /* the issuer, "https://..." */
	struct fg_str client_ids;  /* list */
	struct fg_str thumbprints; /* list */
	struct fg_str algorithms;  /* list; empty: the defaults of oidc/ */
	struct fg_str jwks;        /* document, or "" */
	struct fg_str ca;          /* PEM, or "" */
	struct fg_str tags;
	int64_t flags;      /* enum store_oidc_flags */
	int64_t generation; /* of keys: grows with every change of jwks, url or ca; never one it had before */
	fg_time created;
};

struct store_saml {
	struct fg_str account;
	struct fg_str arn; /* K */
	struct fg_str uid; /* ASAM...: the provider id of /saml/acs/{provider id} */
	struct fg_str name;
	struct fg_str metadata; /* document, or "" while a URL was never fetched */
	struct fg_str url;      /* MetadataUrl, or "" */
	struct fg_str allow;    /* list: sha1, rsa1024, ... */
	struct fg_str tags;
	int64_t encryption; /* 0 allowed, 1 required */
	int64_t generation; /* grows with every change of metadata; never one it had before */
	fg_time created;
	fg_time updated;
};

enum store_key_flags { STORE_KEY_BOOTSTRAP = 1 };

struct store_key {
	struct fg_str account;
	struct fg_str id;     /* K: AKIA... */
	struct fg_str user;   /* AIDA... */
	struct fg_str secret; /* wrapped */
	int64_t state;        /* enum store_state */
	int64_t flags;
	fg_time created;
};

struct store_mfa {
	struct fg_str account;
	struct fg_str serial; /* K: ARN */
	struct fg_str user;   /* AIDA..., "" while not enabled */
	struct fg_str seed;   /* wrapped */
	struct fg_str tags;
	int64_t last_step; /* last accepted TOTP step */
	int64_t failures;
	fg_time failed_since;
	fg_time locked_until;
	fg_time created;
	fg_time enabled;
	int64_t drift; /* steps that the device's clock is ahead of ours */
};

/* Any other wrapped secret: SAML decryption keys, outbound signing keys, client secrets. */
struct store_secret {
	struct fg_str account;
	struct fg_str id; /* K */
	struct fg_str owner;   /* ARN or unique id */
	struct fg_str purpose; /* "saml-decrypt", "outbound-sign", ... */
	struct fg_str blob;    /* wrapped */
	struct fg_str public_part; /* certificate, JWK, fingerprint: whatever may be shown */
	int64_t state; /* the owner's own states; 0 is unusable */
	fg_time created;
	fg_time until; /* 0: no end */
};

/* Key ring states: states and fingerprints, never bytes (security.md 7). */
struct store_ring {
	struct fg_str account; /* "" */
	struct fg_str id;      /* K */
	struct fg_str class_;  /* "root", ... */
	struct fg_str fingerprint;
	struct fg_str acks; /* list of node ids that hold the key */
	int64_t state;      /* cred's states; 0 is gone */
	fg_time since;
	fg_time until;
};

struct store_unit {
	struct fg_str account; /* "" */
	struct fg_str id;      /* K: ou-... or r-... */
	struct fg_str parent, name;
};

/* Organisation policies: SERVICE_CONTROL_POLICY, RESOURCE_CONTROL_POLICY. */
struct store_control {
	struct fg_str account; /* "" */
	struct fg_str id;      /* K: p-... */
	struct fg_str type, name, description, document;
	fg_time created;
};

struct store_target {
	struct fg_str account; /* "" */
	struct fg_str control; /* K: p-... */
	struct fg_str target;  /* K: account id, ou-... or r-... */
};

/* A cut-off: sessions of `target` that were issued at or before `at` are dead. */
struct store_cut {
	struct fg_str account;
	struct fg_str kind;   /* K: role, user, session, key, provider, subject, before */
	struct fg_str target; /* K: unique id, session id, key id, ARN, ...; "" for before */
	struct fg_str reason;
	fg_time at;
	fg_time expires; /* after this nothing that it cuts can be alive; row may go */
};

/* ---- lists: the canonical form of string lists and tags in one column ---- */

/* Append one element; then fg_buf_end(). */
void store_list_put(struct fg_buf *b, struct fg_str s);
/* Next element of *list, which moves on; false at the end or when not well formed. */
bool store_list_next(struct fg_str *list, struct fg_str *ret);
size_t store_list_count(struct fg_str list);
bool store_list_has(struct fg_str list, struct fg_str s);

/* ---- ids ---- */

#define STORE_UID_BYTES 21 /* "AROA" + 17 */
/* prefix is 4 characters; out holds STORE_UID_BYTES + 1.  Random, never reused. */
enum fg_rc store_uid(const char *prefix, char out[STORE_UID_BYTES + 1],
    struct fg_err *reterr) FG_MUST;

#endif
