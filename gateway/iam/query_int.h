/*
 * gateway/iam/query_int.h - what the actions of the IAM API share.
 */
#ifndef GATEWAY_IAM_QUERY_INT_H
#define GATEWAY_IAM_QUERY_INT_H

#include "gateway/iam/action.h"
#include "gateway/iam/query.h"

/* ---- parameters ---- */

/* A value that is not among these is a ValidationError; label as in AWS's message. */
enum fg_rc iam_one_of(struct api_call *c, const char *name, const char *label,
    const struct fg_str *v, size_t n) FG_MUST;

/* ---- users, groups and roles as one ---- */

struct iam_kind {
	enum store_kind kind;
	struct fg_str word;  /* "User" */
	struct fg_str noun;  /* "user", in ARNs and messages */
	struct fg_str param; /* "UserName" */
	const char *prefix;  /* of unique ids */
	const char *type;    /* "AWS::IAM::User" */
	size_t inline_max;   /* characters of all inline documents, without white space */
	size_t document_max; /* of one */
};

const struct iam_kind *iam_kind_of(enum store_kind kind);
/* The user, group or role that the action's first parameter names; of users the caller by default. */
enum fg_rc iam_target_find(struct api_call *c, struct iam_target *ret) FG_MUST;
/* One that is about to be created: name and Path of the request. */
enum fg_rc iam_target_new(struct api_call *c, struct iam_target *ret) FG_MUST;
struct iam_target iam_target_role(const struct directory_role *r);
struct iam_target iam_target_user(const struct directory_user *u);
/* Tags and ARN in the arena. */
enum fg_rc iam_target_profile(struct api_call *c, const struct store_profile *p,
    struct iam_target *ret) FG_MUST;
struct iam_target iam_target_of(enum store_kind kind, const void *entity); /* of the three */
struct iam_target iam_target_group(const struct directory_group *g);
/* iam_target_find() and iam_allow(). */
enum fg_rc iam_target(struct api_call *c, struct iam_target *ret) FG_MUST;
enum fg_rc iam_no_such(struct api_call *c, const struct iam_kind *k, struct fg_str name) FG_MUST;
struct fg_str iam_arn(struct api_call *c, struct fg_str account, struct fg_str noun,
    struct fg_str path, struct fg_str name);

/* A managed policy by PolicyArn, with permission: any that the account sees, or one to be changed. */
enum fg_rc iam_policy_target(struct api_call *c, struct iam_target *ret,
    const struct directory_policy **ret_p) FG_MUST;
enum fg_rc iam_own_policy_target(struct api_call *c, struct iam_target *ret,
    const struct directory_policy **ret_p) FG_MUST;
enum fg_rc iam_oidc_target(struct api_call *c, struct iam_target *ret) FG_MUST;
enum fg_rc iam_saml_target(struct api_call *c, struct iam_target *ret) FG_MUST;
/* How many principals of the caller's account have a policy attached, and as their boundary. */
struct iam_use {
	struct fg_str arn;
	size_t attached, boundary;
};
struct iam_uses { /* by ARN */
	struct iam_use *v;
	size_t n;
};
enum fg_rc iam_uses_of(struct api_call *c, struct fg_str arn, struct iam_use *ret) FG_MUST;
/* Of all policies of an account whose names are greater than after: one walk for all. */
enum fg_rc iam_uses_all(struct api_call *c, struct fg_str account, struct fg_str after,
    struct iam_uses *ret) FG_MUST;
struct iam_use *iam_uses_find(const struct iam_uses *u, struct fg_str arn);
bool iam_has_attached(const struct directory_grants *g, struct fg_str arn);

/* ---- writes ---- */

/* iam_write() with what must be made first and takes long: prep runs before the transaction. */
enum fg_rc iam_write_made(struct api_call *c, const struct iam_target *t, iam_op_fn prep,
    iam_op_fn fn) FG_MUST;
/* A new unique id for the target. */
enum fg_rc iam_uid(struct iam_op *op, const char *prefix) FG_MUST;
/* The row of a new user, group or role; refuses when the name is taken. */
enum fg_rc iam_entity_insert(struct iam_op *op, const void *row) FG_MUST;
/* UpdateUser and UpdateGroup: the permission for both names, and the change of name and path in a row. */
enum fg_rc iam_rename(struct api_call *c, iam_op_fn fn) FG_MUST;
enum fg_rc iam_rename_row(struct iam_op *op, void *row, struct fg_str *name, struct fg_str *path) FG_MUST;
/* The row of the target, as it is now; NoSuchEntity when it went away. */
enum fg_rc iam_user_row(struct iam_op *op, struct store_user *ret) FG_MUST;
enum fg_rc iam_role_row(struct iam_op *op, struct store_role *ret) FG_MUST;
enum fg_rc iam_group_row(struct iam_op *op, struct store_group *ret) FG_MUST;
/* Is the target still there, whatever it is? */
enum fg_rc iam_still(struct iam_op *op) FG_MUST;
/* Number of rows of a kind whose column has this value. */
enum fg_rc iam_rows(struct iam_op *op, enum store_kind kind, const char *column, struct fg_str value,
    size_t *ret) FG_MUST;

/* ---- values ---- */

/* A managed policy that this account may attach. */
enum fg_rc iam_policy_arn(struct api_call *c, struct fg_str arn,
    const struct directory_policy **ret) FG_MUST;
/* PermissionsBoundary of the request, or "". */
enum fg_rc iam_boundary(struct api_call *c, struct fg_str *ret) FG_MUST;

/* ---- pages ---- */

struct iam_page {
	struct fg_str after, prefix; /* Marker, PathPrefix */
	size_t most, n;
	struct fg_str last;
	bool more;
};
struct iam_page iam_page(const struct api_call *c);
/* Take this one onto the page?  False: the page is full, stop. */
bool iam_page_take(struct iam_page *p, struct fg_str name);
void iam_page_end(struct api_call *c, struct iam_page *p);
/* The next name in byte order after *at among n strings, stride bytes apart; false at the end. */
bool iam_next(const struct fg_str *v, size_t n, size_t stride, struct fg_str *at);

/* ---- tags ---- */

/* The store's list as an array in the arena. */
enum fg_rc iam_tag_array(struct api_call *c, struct fg_str list, const struct directory_tag **ret,
    size_t *ret_n) FG_MUST;
/* A page of the target's tags. */
void iam_xml_tag_page(struct api_call *c, const struct iam_target *t);

/* ---- MFA devices ---- */

#define IAM_MFA_TYPE "AWS::IAM::VirtualMFADevice"
/* A device of the caller's account, whether it is enabled or not; valid as directory entities are. */
const struct store_mfa *iam_mfa_find(struct api_call *c, struct fg_str serial);
enum fg_rc iam_no_mfa(struct api_call *c, struct fg_str serial) FG_MUST;

/* Several lists on one page, one after the other: the marker is LIST/NAME. */
struct iam_lists {
	struct iam_page page;
	unsigned list, from, last; /* at, the marker's, of the last one taken */
	struct fg_str after;
};
struct iam_lists iam_lists(const struct api_call *c);
/* Is this list to be walked, and from where?  Lists come in ascending order. */
bool iam_lists_begin(struct iam_lists *l, unsigned list, struct fg_str *ret_after);
bool iam_lists_take(struct iam_lists *l, struct fg_str name);
enum fg_rc iam_lists_end(struct api_call *c, struct iam_lists *l) FG_MUST;

/* ---- XML ---- */

void iam_xml_document(struct api_call *c, struct fg_str name, struct fg_str document); /* escaped */
void iam_xml_boundary(struct fg_buf *b, struct fg_str arn);
void iam_xml_tags(struct fg_buf *b, const struct directory_tag *v, size_t n);
void iam_xml_tag_list(struct fg_buf *b, struct fg_str list); /* the store's */
enum { IAM_XML_FULL = 1 }; /* Get*: what listings leave out */
void iam_xml_user(struct fg_buf *b, const struct directory_user *u, unsigned flags);
void iam_xml_role(struct api_call *c, const struct directory_role *r, unsigned flags);
void iam_xml_group(struct fg_buf *b, const struct directory_group *g);
void iam_xml_name(struct fg_buf *b, const struct iam_target *t); /* XName, XId */
/* Those of a role of this account, as members. */
enum fg_rc iam_xml_profiles_of(struct api_call *c, struct fg_str role_uid, struct iam_page *page) FG_MUST;
void iam_xml_role_used(struct api_call *c, const struct directory_role *r);
void iam_xml_entity_head(struct fg_buf *b, const struct iam_target *t);

/* ---- actions ---- */

#define IAM_RUNS(X)                                                                              \
	X(list) X(delete)                                                                        \
	X(create_user) X(get_user) X(update_user)                   \
	X(create_role) X(get_role) X(update_role)                   \
	X(update_role_description) X(update_trust) X(list_instance_profiles)                     \
	X(create_group) X(get_group) X(update_group)              \
	X(add_member) X(remove_member) X(list_groups_for_user)                                   \
	X(put_inline) X(get_inline) X(list_inline) X(delete_inline)                              \
	X(attach) X(detach) X(list_attached) X(put_boundary) X(delete_boundary)                  \
	X(create_key) X(list_keys) X(update_key) X(delete_key)                  \
	X(create_policy) X(get_policy) X(list_policies) X(delete_policy) X(create_version)       \
	X(get_version) X(list_versions) X(set_default_version) X(delete_version)                 \
	 \
	X(create_oidc) X(get_oidc) X(list_oidc) X(delete_oidc) X(add_client) X(remove_client)    \
	X(update_thumbprint) X(create_saml) X(get_saml) X(list_saml) X(update_saml)              \
	X(enable_outbound) X(disable_outbound) X(outbound_info)                                  \
	X(delete_saml) X(tag) X(untag) X(list_tags)                                              \
	X(create_mfa) X(enable_mfa) X(resync_mfa) X(deactivate_mfa) X(delete_mfa) X(get_mfa)     \
	X(list_mfa) X(list_virtual_mfa) X(tag_mfa) X(untag_mfa) X(list_mfa_tags)                 \
	X(key_last_used) X(list_entities) X(absent)                                              \
	X(generate_access) X(get_access) X(get_access_entities) X(generate_report) X(get_report) \
	X(create_profile) X(get_profile) X(list_profiles) X(delete_profile) X(add_profile_role)  \
	X(remove_profile_role)                                                                   \
	X(simulate_custom) X(simulate_principal) X(keys_custom) X(keys_principal)                \
	X(list_granting) X(list_features) X(change_feature) X(set_tokens)                         \
	X(account_details) X(account_summary) X(account_aliases) X(create_alias) X(delete_alias)
#define IAM_RUN(name) enum fg_rc iam_run_##name(struct api_call *c);
IAM_RUNS(IAM_RUN)
#undef IAM_RUN

#endif
