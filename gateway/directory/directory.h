/*
 * gateway/directory/directory.h - accounts, principals, policies and providers in memory.
 *
 * Shape:    a read-mostly snapshot of the store, replaced entity by entity.  Entities are
 *           immutable; a look-up returns the one of the moment.  Writers (the store's
 *           commit hook) publish new entities and free the old after a grace period.
 * Readers:  a thread calls directory_thread_join() once, and brackets every use with
 *           directory_enter() and directory_leave(); pointers are valid between the two.
 *           They take no lock, never wait and never write shared memory, but for the
 *           first use of a policy document, which compiles it.
 * Owns:     directory_new() is owned; directory_free() once no reader is left.
 * Errors:   FG_E_STORE, FG_E_NOMEM at load; look-ups return NULL when absent.
 * Refuses:  an entity whose rows were changed behind the store's back is present and
 *           `quarantined`: every decision about it must be a denial.  A document that does
 *           not compile has no program: the caller denies, whatever else allows.
 * Does not: touch the disk on a look-up, read a clock, or log.
 * Memory:   under 1.5 KiB a role with a 400-byte trust policy and one attachment.
 * Source:   security.md 9, 12, 19, 28; design.md "Processes and minting".
 */
#ifndef GATEWAY_DIRECTORY_DIRECTORY_H
#define GATEWAY_DIRECTORY_DIRECTORY_H

#include "base/base.h"
#include "gateway/store/store.h"
#include "trust/trust.h"

struct directory;

/* ---- readers ---- */

void directory_thread_join(void);  /* once a thread, before the first enter */
void directory_thread_leave(void); /* before the thread ends */
void directory_enter(void);        /* nests */
void directory_leave(void);

/* ---- documents: identical ones share one text and one program ---- */

struct directory_document;

/* The document as it was written. */
struct fg_str directory_document_text(const struct directory_document *d);
/* What its principals were bound to: a list of principal, unique id or account or nothing. */
struct fg_str directory_document_bindings(const struct directory_document *d);
/*
 * The compiled program; compiles at first use (any thread).  NULL when the document is not
 * valid or memory is short: deny.
 */
const struct trust_program *directory_program(const struct directory_document *d);

/* ---- entities ---- */

struct directory_account {
	struct fg_str id; /* 12 digits */
	struct fg_str name, alias, email;
	struct fg_str unit; /* organisational unit, "" for the root */
	fg_time created;
	bool active;
	bool quarantined; /* its rows do not add up: deny */
};

struct directory_tag {
	struct fg_str key, value;
};

struct directory_inline {
	struct fg_str name;
	const struct directory_document *document;
};

/* A principal's policies and tags: shared by roles, users and groups. */
struct directory_grants {
	const struct directory_inline *inlines;
	size_t ninlines;
	const struct fg_str *attached; /* ARNs of managed policies: directory_policy_find() */
	size_t nattached;
	struct fg_str boundary; /* ARN, or "" for none; one that is not found denies all */
};

/* When it was last used; written by whoever uses it: see directory_used(). */
enum { DIRECTORY_SERVICES = 3 };
extern const struct fg_str directory_services[DIRECTORY_SERVICES]; /* sorted: "iam", ... */
struct directory_marks {
	_Atomic uint64_t last, of[DIRECTORY_SERVICES];
};

struct directory_role {
	struct fg_str account, name, path, uid, arn;
	struct fg_str description;
	const struct directory_document *trust; /* principals bound to unique ids */
	struct directory_grants grants;
	const struct directory_tag *tags;
	size_t ntags;
	struct directory_marks *used;
	int32_t max_session; /* seconds */
	bool quarantined;
	fg_time created;
};

struct directory_user {
	struct fg_str account, name, path, uid, arn;
	struct directory_grants grants;
	const struct directory_tag *tags;
	size_t ntags;
	const struct fg_str *groups; /* unique ids: directory_group_by_uid() */
	size_t ngroups;
	const struct fg_str *keys; /* access key ids */
	size_t nkeys;
	struct directory_marks *used;
	bool quarantined;
	fg_time created;
};

struct directory_group {
	struct fg_str account, name, path, uid, arn;
	struct directory_grants grants;
	bool quarantined;
	fg_time created;
};

struct directory_policy_version {
	int64_t number;
	const struct directory_document *document;
	fg_time created;
};

struct directory_policy {
	struct fg_str account, name, path, uid, arn; /* account "aws" for shipped ones */
	struct fg_str description;
	const struct directory_policy_version *versions; /* ascending numbers */
	size_t nversions;
	const struct directory_document *document; /* of the default version; NULL denies */
	int64_t version;                           /* the default one */
	const struct directory_tag *tags;
	size_t ntags;
	bool quarantined;
	fg_time created, updated;
};

struct directory_key {
	struct fg_str account, id;
	struct fg_str user;   /* unique id: directory_user_by_uid() */
	struct fg_str secret; /* wrapped */
	struct directory_marks *used;
	bool active;
	bool bootstrap;
	bool quarantined;
	fg_time created;
};

struct directory_oidc {
	struct fg_str account, arn, url;
	struct fg_str key_prefix; /* issuer without scheme: prefix of condition keys */
	const struct fg_str *client_ids;
	size_t nclient_ids;
	const struct fg_str *thumbprints;
	size_t nthumbprints;
	const struct fg_str *algorithms; /* empty: the defaults of oidc/ */
	size_t nalgorithms;
	struct fg_str jwks; /* uploaded set, or "" */
	struct fg_str ca;   /* PEM, or "" */
	unsigned flags;     /* enum store_oidc_flags */
	int64_t generation; /* of the keys: part of every cache key */
	bool quarantined;
	const struct directory_tag *tags;
	size_t ntags;
	fg_time created;
};

struct directory_saml {
	struct fg_str account, arn, uid, name;
	struct fg_str metadata, url;
	const struct fg_str *allow;
	size_t nallow;
	bool encryption_required;
	int64_t generation;
	bool quarantined;
	const struct directory_tag *tags;
	size_t ntags;
	fg_time created, updated;
};

/* A row of a kind that has no entity above, for kinds kept whole: see directory_row_find(). */
struct directory_row;

/* ---- life ---- */

/* Empty; readers may start at once and find nothing. */
enum fg_rc directory_new(struct directory **ret, struct fg_err *reterr) FG_MUST;
/*
 * store_load() into the directory, then follow the store's commits.  The directory must
 * outlive the store's last commit.
 */
enum fg_rc directory_load(struct directory *d, struct store *st, struct fg_err *reterr) FG_MUST;
/* Before directory_free() when the store lives on; else close the store first. */
void directory_unfollow(struct directory *d);
void directory_free(struct directory *d); /* NULL accepted; no commit may follow */
void directory_freep(struct directory **d);

struct directory_stats {
	size_t accounts, users, groups, roles, policies, keys, oidc, saml, documents;
	size_t quarantined;
	uint64_t generation; /* of the store that is shown */
	bool stale; /* a commit could not be followed: not ready until restarted */
};
struct directory_stats directory_stats(const struct directory *d);
/* Cheap, from any thread.  What it shows then lacks a commit, which may have been a cut-off. */
bool directory_stale(const struct directory *d);

/* Called after entities were replaced, with the changes (idp refreshes providers on it). */
typedef void (*directory_change_fn)(void *arg, const struct store_change *v, size_t n);
void directory_on_change(struct directory *d, directory_change_fn fn, void *arg);

/* ---- look-ups; names are ASCII case-insensitive where IAM's are ---- */

const struct directory_account *directory_account_find(const struct directory *d, struct fg_str id);
const struct directory_account *directory_account_by_alias(const struct directory *d,
    struct fg_str alias);
/* Exact name, as an ARN needs it (a role's ARN is case-sensitive). */
const struct directory_role *directory_role_find(const struct directory *d, struct fg_str account,
    struct fg_str name);
/* arn:aws:iam::ACCOUNT:role/path/name: path and case must match too. */
const struct directory_role *directory_role_by_arn(const struct directory *d, struct fg_str arn);
const struct directory_role *directory_role_by_uid(const struct directory *d, struct fg_str uid);
const struct directory_user *directory_user_find(const struct directory *d, struct fg_str account,
    struct fg_str name);
const struct directory_user *directory_user_by_arn(const struct directory *d, struct fg_str arn);
const struct directory_user *directory_user_by_uid(const struct directory *d, struct fg_str uid);
const struct directory_group *directory_group_find(const struct directory *d,
    struct fg_str account, struct fg_str name);
const struct directory_group *directory_group_by_uid(const struct directory *d, struct fg_str uid);
const struct directory_policy *directory_policy_find(const struct directory *d, struct fg_str arn);
const struct directory_policy *directory_policy_by_uid(const struct directory *d,
    struct fg_str uid);
const struct directory_document *directory_policy_version(const struct directory_policy *p,
    int64_t number); /* NULL if it does not exist */
/* A row that is kept as it is. */
const struct store_profile *directory_profile_find(const struct directory *d, struct fg_str account,
    struct fg_str name);
const struct directory_key *directory_key_find(const struct directory *d, struct fg_str id);
const struct directory_oidc *directory_oidc_find(const struct directory *d, struct fg_str arn);
/* By account and exact issuer ("https://..."). */
const struct directory_oidc *directory_oidc_by_issuer(const struct directory *d,
    struct fg_str account, struct fg_str issuer);
const struct directory_saml *directory_saml_find(const struct directory *d, struct fg_str arn);
const struct directory_saml *directory_saml_by_uid(const struct directory *d, struct fg_str uid);

/* The account's name of a unique id's owner, whatever it is: kind and entity, or STORE_NONE. */
enum store_kind directory_uid_kind(const struct directory *d, struct fg_str uid);

/*
 * Cut-offs: the latest time at or before which sessions of this target are dead, INT64_MIN for
 * none.  kind as in struct store_cut.
 */
fg_time directory_cut(const struct directory *d, struct fg_str account, struct fg_str kind,
    struct fg_str target);

/*
 * Rows of the kinds without an entity (setting, mfa, secret, ring, unit, control, target):
 * the store's own struct, NULL when absent or bad.  key: the K members joined with '\n'.
 */
const void *directory_row_find(const struct directory *d, enum store_kind kind, struct fg_str key);

/* ---- last used (contract.md 14) ---- */

struct directory_use {
	fg_time at; /* 0: never */
	struct fg_str service, region; /* the directory's; "" when not remembered */
};
/* It was used now.  From any thread; no lock, no memory, no disk.  NULL marks: nothing. */
void directory_used(struct directory *d, struct directory_marks *m, fg_time now,
    struct fg_str service, struct fg_str region);
struct directory_use directory_last_use(const struct directory *d, const struct directory_marks *m);
/* With directory_services[service]. */
struct directory_use directory_last_use_of(const struct directory *d,
    const struct directory_marks *m, size_t service);
/* The uses at or after since, each with the unique id or key id.  Between enter and leave. */
typedef void (*directory_used_fn)(void *arg, struct fg_str id, const struct directory_use *use);
void directory_used_since(const struct directory *d, fg_time since, directory_used_fn fn, void *arg);
/* What the store has, after directory_load(); gone (may be NULL) gets those of nobody. */
enum fg_rc directory_used_load(struct directory *d, struct store *st, directory_used_fn gone,
    void *arg, struct fg_err *reterr) FG_MUST;

/* ---- walks, for listings: order is by name ascending, as IAM lists ---- */

/* Return false to stop. */
typedef bool (*directory_walk_fn)(void *arg, enum store_kind kind, const void *entity);
/*
 * Entities of one kind of an account whose name is greater than after ("" from the start), in
 * order.  For STORE_ACCOUNT the account is "" and names are ids; for STORE_KEY ids; for
 * providers ARNs.  STORE_ROLE, USER, GROUP, POLICY, OIDC, SAML, KEY, ACCOUNT.
 * Cost: O(entities of the kind in the account).  FG_E_NOMEM.
 */
enum fg_rc directory_walk(const struct directory *d, enum store_kind kind, struct fg_str account,
    struct fg_str after, directory_walk_fn fn, void *arg, struct fg_err *reterr) FG_MUST;
/* Rows of a kind without an entity, in no order. */
void directory_rows(const struct directory *d, enum store_kind kind, directory_walk_fn fn,
    void *arg);

/* ---- the organisation ---- */

/* Names of settings of the installation. */
#define DIRECTORY_ORG_MANAGEMENT "organization.management" /* the account that manages it */
#define DIRECTORY_ORG_TYPES "organization.types" /* list of the policy types in force; absent: all */

/* The document of p-FullAWSAccess (TRUST_SCP) or p-RCPFullAWSAccess. */
struct fg_str directory_full_access(enum trust_kind kind);
bool directory_control_type(const struct directory *d, struct fg_str type); /* is it in force? */
/*
 * The levels of control policies, root first, that bind an account, compiled; kind is TRUST_SCP or
 * TRUST_RCP.  Every one must allow.  0: nothing binds it (no organisation, the management account,
 * a type that is not in force, or nothing but full access).
 */
size_t directory_controls(const struct directory *d, struct fg_str account, enum trust_kind kind,
    const struct trust_policies **ret);
/* Which policy stands there, and on which target ("r-": the root); false: none that was attached. */
bool directory_control_at(const struct directory *d, struct fg_str account, enum trust_kind kind, size_t level,
    size_t policy, struct fg_str *ret_target, struct fg_str *ret_id);

/* ---- binding the principals of a trust policy (rule 12) ---- */

/* Who exists at the moment of writing. */
struct directory_binder {
	void *arg;
	bool (*account)(void *arg, struct fg_str account);
	/* Unique id of a user or role, empty without one; arn null: by name alone. */
	struct fg_str (*uid)(void *arg, enum store_kind kind, struct fg_str account,
	    struct fg_str name, struct fg_str arn);
	bool (*known)(void *arg, struct fg_str uid);
};
/* Answers from the directory; use between enter and leave. */
struct directory_binder directory_binder(const struct directory *d);
/*
 * What store_role.bindings gets for a document of a role of `account`: for each principal its
 * text and what it is bound to; empty for what does not exist.  FG_E_POLICY as trust.
 */
enum fg_rc directory_bindings(const struct directory_binder *b, struct fg_str account,
    struct fg_str document, struct fg_buf *out, struct fg_err *reterr) FG_MUST;

#endif
