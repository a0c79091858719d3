/*
 * gateway/iam/bundle_int.h - inside the bundle: the model that files and the store are both
 * read into, so that a difference is a comparison of like with like.
 */
#ifndef GATEWAY_IAM_BUNDLE_INT_H
#define GATEWAY_IAM_BUNDLE_INT_H

#include "gateway/iam/bundle.h"
#include "gateway/iam/organization.h"
#include "gateway/iam/saml_int.h"
#include "trust/trust.h"

/* ---- the model ---- */

struct bn_inline {
	struct fg_str name, document;
};

/* Sorted and without duplicates. */
struct bn_names {
	struct fg_str *v;
	size_t n;
};

/* An instance profile; its role by name, "" for none. */
struct bn_profile {
	struct fg_str name, path, uid, arn, role, tags;
	fg_time created;
	struct fg_str place;
};

struct bn_profiles {
	struct bn_profile *v; /* of an account: by name */
	size_t n;
	bool given; /* the list stands in the file */
};

/* A user, group or role. */
struct bn_entity {
	struct fg_str name, path, uid, arn;
	struct fg_str trust, bindings; /* roles */
	struct fg_str description;
	struct fg_str boundary;
	struct fg_str tags; /* list of the store */
	struct bn_inline *inlines; /* by name */
	size_t ninlines;
	struct bn_names attached; /* ARNs */
	struct bn_names groups;   /* of a user: names */
	struct bn_profiles profiles; /* of a role of a file; then they come to the account's */
	int64_t max_session;      /* 0: not given */
	fg_time created;
	bool described; /* the file says what the description is */
	struct fg_str place; /* in the file, for errors found later */
	bool fresh;          /* its unique id was made now */
};

struct bn_version {
	int64_t number;
	struct fg_str document;
	bool chosen;
	fg_time created;
};

struct bn_policy {
	struct fg_str name, path, uid, arn, description, tags;
	struct bn_version *versions; /* by number */
	size_t nversions;
	int64_t version, last;
	fg_time created, updated;
	struct fg_str place;
};

/* What the operator said of a provider; the value of a setting. */
struct bn_word {
	struct fg_str value;
	bool given;
};

struct bn_oidc {
	struct store_oidc row;
	struct bn_word dropped, stale;
	struct fg_str place;
};

struct bn_saml {
	struct store_saml row;
	struct fg_str source; /* of metadata: a list as IDP_METADATA has it, or "" */
	struct fg_str pem[FG_LIMIT_SAML_DECRYPT_KEYS]; /* private keys of the file */
	size_t npem;
	bool keyed; /* the file says which keys there are */
	struct iam_saml_keys keys; /* of the store */
	struct fg_str place;
};

enum bn_list { BN_USERS = 0, BN_GROUPS, BN_ROLES, BN_ENTITIES };

struct bn_account {
	struct fg_str id, name, alias;
	bool named, aliased, exists;
	fg_time created;
	int64_t state;
	bool state_given, email_given;
	struct fg_str email, unit;
	struct {
		struct bn_entity *v;
		size_t n;
		bool given;
	} entities[BN_ENTITIES];
	struct bn_profiles profiles;
	bool profiles_of_roles; /* the roles of the file say which they have */
	struct bn_policy *policies;
	size_t npolicies;
	bool policies_given;
	struct bn_oidc *oidc;
	size_t noidc;
	bool oidc_given;
	struct bn_saml *saml;
	size_t nsaml;
	bool saml_given;
	bool outbound, outbound_given; /* its issuer */
	struct fg_str place;
};

struct bundle {
	struct bn_org org;
	struct bn_account *accounts; /* by id; "aws" holds shipped policies of a dump */
	size_t n;
};

/* What a kind of principal is called, where. */
struct bn_kind {
	enum store_kind kind;
	const char *type;   /* in ARNs */
	const char *prefix; /* of unique ids */
	const char *list;   /* member of an account */
	const char *name, *id, *inlines; /* members of the object */
	size_t name_max;
};
extern const struct bn_kind bn_kinds[BN_ENTITIES];

struct fg_str bn_arn(struct fg_arena *a, struct fg_str account, const char *type,
    struct fg_str path, struct fg_str name);
struct bn_entity *bn_entity_find(const struct bn_account *acc, enum bn_list l, struct fg_str name);
struct bn_profile *bn_profile_find(const struct bn_account *acc, struct fg_str name);
struct bn_policy *bn_policy_find(const struct bn_account *acc, struct fg_str arn);
struct bn_account *bn_account_find(const struct bundle *b, struct fg_str id);
bool bn_names_has(const struct bn_names *names, struct fg_str s);
/* Sort everything by name; false when two things of a list share a name (*ret_twice). */
bool bn_account_sort(struct bn_account *acc, struct fg_str *ret_twice);

/* ---- reading (read.c): members by table, errors with their place ---- */

struct bn_reader {
	struct fg_arena *a;
	const struct bundle_source *src;
	const struct fg_json *j;
	bool lines; /* the text is the file's own: lines can be named */
	char place[512];
	size_t place_n;
	unsigned errors;
	struct fg_err *err; /* keeps the first */
	struct bn_org *org; /* that is being read */
};

typedef void (*bn_fn)(struct bn_reader *r, uint32_t node, void *at);

struct bn_member {
	const char *name;
	bn_fn fn; /* NULL: known and not looked at */
	size_t off;
	bool required;
};

/* Report an error at the present place. */
void bn_oops(struct bn_reader *r, uint32_t node, enum fg_rc rc, const char *fmt, ...)
    FG_PRINTF(4, 5);
size_t bn_enter(struct bn_reader *r, const char *fmt, ...) FG_PRINTF(2, 3);
void bn_leave(struct bn_reader *r, size_t mark);
struct fg_str bn_place(struct bn_reader *r);
void bn_object(struct bn_reader *r, uint32_t node, const struct bn_member *m, size_t n, void *obj);
/* An array of objects of `size`; *ret is NULL without elements.  label: member shown in places. */
void bn_array(struct bn_reader *r, uint32_t node, size_t size, const char *label, bn_fn fn,
    void **ret, size_t *ret_n);
void bn_str(struct bn_reader *r, uint32_t node, void *at);      /* struct fg_str */
void bn_time(struct bn_reader *r, uint32_t node, void *at);     /* fg_time */
void bn_int(struct bn_reader *r, uint32_t node, void *at);      /* int64_t */
void bn_bool(struct bn_reader *r, uint32_t node, void *at);     /* bool */
void bn_list(struct bn_reader *r, uint32_t node, void *at);     /* struct fg_str: store list */
void bn_tags(struct bn_reader *r, uint32_t node, void *at);     /* struct fg_str: store list */
void bn_document(struct bn_reader *r, uint32_t node, void *at); /* struct fg_str: compact JSON */
/* A list of tags in the order of their keys, as a file's is; in the arena, null without memory. */
struct fg_str bn_tags_sorted(struct fg_arena *a, struct fg_str list);
/* Without white space between tokens; in the arena. */
struct fg_str bn_compact(struct fg_arena *a, struct fg_str json);

/* ---- checks (check.c) ---- */

bool bn_name_ok(struct fg_str s, size_t max);
bool bn_path_ok(struct fg_str s);
bool bn_account_ok(struct fg_str s);
bool bn_alias_ok(struct fg_str s);
bool bn_tag_ok(struct fg_str s, size_t min, size_t max);
enum fg_rc bn_oidc_url_check(struct fg_str url, struct fg_err *reterr) FG_MUST;
bool bn_thumbprint_ok(struct fg_str s);
bool bn_saml_name_ok(struct fg_str s);

/* bundle_profile.c; at is the list */
void bn_read_profiles(struct bn_reader *r, uint32_t node, void *at);
/* Profiles of the roles become the account's; false without memory, a stray one names another role. */
bool bn_profiles_gather(struct fg_arena *a, struct bn_account *acc, struct fg_str *ret_stray);
/* bundle_oidc.c; at is the word */
void bn_read_dropped(struct bn_reader *r, uint32_t node, void *at);
void bn_read_stale(struct bn_reader *r, uint32_t node, void *at);

/* parse_policy.c */
void bn_read_policy(struct bn_reader *r, uint32_t node, void *at);
/* parse_account.c */
void bn_check_document(struct bn_reader *r, uint32_t node, struct fg_str doc, enum trust_kind kind, size_t max);
void bn_read_account(struct bn_reader *r, uint32_t node, void *at);
void bn_read_dump(struct bn_reader *r, uint32_t node, void *bundle);
/* parse_provider.c */
void bn_read_oidc(struct bn_reader *r, uint32_t node, void *at);
void bn_read_saml(struct bn_reader *r, uint32_t node, void *at);

/* organization.c; at is the bundle */
void bn_read_organization(struct bn_reader *r, uint32_t node, void *at);

/* organization_setting.c; what is read goes to r->org */
enum { BN_ORG_FEATURES = 2 };
struct bn_feature {
	struct fg_str name, setting;
};
extern const struct bn_feature bn_org_features[BN_ORG_FEATURES];
void bn_read_roots(struct bn_reader *r, uint32_t node, void *at);
void bn_read_features(struct bn_reader *r, uint32_t node, void *at);
void bn_read_statuses(struct bn_reader *r, uint32_t node, void *at);
void bn_read_org_tags(struct bn_reader *r, uint32_t node, struct fg_str id, struct fg_str tags);
void bn_org_settings_sort(struct bn_org *o);
struct fg_str bn_org_setting(const struct bn_org *o, struct fg_str name); /* null: none; sorted */
/* Of an account, unit, policy or root; "" for none. */
struct fg_str bn_org_tags(struct fg_arena *a, const struct bn_org *o, struct fg_str id);

/* ---- the store as a model (from_store.c) ---- */

enum fg_rc bn_account_load(struct store_tx *tx, struct fg_str id, struct fg_arena *a,
    struct bn_account *ret, struct fg_err *reterr) FG_MUST;
enum fg_rc bn_accounts_load(struct store_tx *tx, struct fg_arena *a, struct fg_str **ret,
    size_t *ret_n, struct fg_err *reterr) FG_MUST;

enum fg_rc bn_profiles_load(struct store_tx *tx, struct fg_arena *a, struct bn_account *acc,
    struct fg_err *reterr) FG_MUST;
enum fg_rc bn_org_settings_load(struct store_tx *tx, struct fg_arena *a, struct bn_org *o,
    struct fg_err *reterr) FG_MUST;
enum fg_rc bn_words_load(struct store_tx *tx, struct fg_arena *a, struct bn_oidc *o,
    struct fg_err *reterr) FG_MUST;

/* ---- the difference (apply.c, apply_entity.c, ...) ---- */

struct bn_apply {
	struct store_tx *tx;
	const struct bundle_how *how;
	struct fg_arena *a;
	struct bundle *want;
	struct bundle have; /* accounts of the store, as far as they were needed */
	size_t have_room;
	struct fg_err *err;
};

void bn_say(struct bn_apply *p, const char *verb, struct fg_str arn);
void bn_warn(struct bn_apply *p, struct fg_str place, const char *fmt, ...) FG_PRINTF(3, 4);
/* Warnings of the linter on documents that are new or changed; old may be NULL. */
void bn_lint(struct bn_apply *p, struct fg_str place, struct fg_str document, enum trust_kind kind,
    struct fg_str account);
void bn_lint_entity(struct bn_apply *p, const struct bn_entity *e, const struct bn_entity *old,
    struct fg_str account);
void bn_lint_policy(struct bn_apply *p, const struct bn_policy *v, const struct bn_policy *old,
    struct fg_str account);
/* The account as the store has it; an empty one when it does not. */
enum fg_rc bn_have(struct bn_apply *p, struct fg_str id, struct bn_account **ret) FG_MUST;
enum fg_rc bn_apply_policies(struct bn_apply *p, struct bn_account *w,
    const struct bn_account *h) FG_MUST;
enum fg_rc bn_apply_entities(struct bn_apply *p, struct bn_account *w, struct bn_account *h,
    enum bn_list l) FG_MUST;
enum fg_rc bn_apply_providers(struct bn_apply *p, struct bn_account *w,
    const struct bn_account *h) FG_MUST;
enum fg_rc bn_apply_profiles(struct bn_apply *p, const struct bn_account *w,
    const struct bn_account *h) FG_MUST;
enum fg_rc bn_prune_profiles(struct bn_apply *p, const struct bn_account *w,
    const struct bn_account *h) FG_MUST;
enum fg_rc bn_words_apply(struct bn_apply *p, const struct bn_oidc *w, bool *changed) FG_MUST;
enum fg_rc bn_apply_organization(struct bn_apply *p) FG_MUST;
/* Each counts what it changed. */
enum fg_rc bn_apply_org_tags(struct bn_apply *p, const struct bn_org *h, struct fg_str id,
    unsigned *changed) FG_MUST;
enum fg_rc bn_apply_org_words(struct bn_apply *p, const struct bn_org *h, unsigned *changed) FG_MUST;
enum fg_rc bn_apply_statuses(struct bn_apply *p, const struct bn_org *h, unsigned *changed) FG_MUST;

/* outbound.c: the issuer of an account */
void bn_read_outbound(struct bn_reader *r, uint32_t node, void *at);
enum fg_rc bn_load_outbound(struct store_tx *tx, struct fg_arena *a, struct bn_account *acc,
    struct fg_err *reterr) FG_MUST;
enum fg_rc bn_apply_outbound(struct bn_apply *p, const struct bn_account *w,
    const struct bn_account *h) FG_MUST;
enum fg_rc bn_prune(struct bn_apply *p, const struct bn_account *w,
    const struct bn_account *h) FG_MUST;
/* Give unique ids to all that is new, then bind the principals of trust policies. */
enum fg_rc bn_bind_all(struct bn_apply *p) FG_MUST;

#endif
