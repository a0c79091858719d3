/*
 * gateway/org/org_int.h - what the actions of Organizations share.
 */
#ifndef GATEWAY_ORG_ORG_INT_H
#define GATEWAY_ORG_ORG_INT_H

#include "gateway/iam/action.h"
#include "gateway/iam/organization.h"
#include "gateway/org/org.h"

enum { ORG_ACCOUNTS_MAX = 100000, ORG_UNITS_MAX = 2000, ORG_POLICIES_MAX = 2000, ORG_ATTACHED_MAX = 5 };

/* ---- facts, from the directory ---- */

struct org {
	struct api_call *c;
	bool exists;
	struct fg_str management, id, root; /* in the arena */
};

enum fg_rc org_read(struct api_call *c, struct org *ret) FG_MUST;
/* Value of the setting "organization.NAME" or "organization.NAMEID"; null without it. */
struct fg_str org_setting(const struct api_call *c, const char *name, struct fg_str id);
/* arn:aws:organizations::MANAGEMENT:TYPE/ORGANISATION/ID; of the organisation itself id is null. */
struct fg_str org_arn(const struct org *o, const char *type, struct fg_str id);
/* Of whatever an id names: an account, a unit, a root, a policy. */
struct fg_str org_arn_of(const struct org *o, struct fg_str id);
/*
 * organizations:ACTION on what an id names ("*" for null), for the caller's account; then there must
 * be an organisation, and the caller's account must manage it.
 */
enum fg_rc org_gate(struct org *o, struct fg_str id) FG_MUST;
/* The same, of a member too. */
enum fg_rc org_allow(struct org *o, struct fg_str id) FG_MUST;
/* org_read() and org_gate(). */
enum fg_rc org_begin(struct api_call *c, struct org *o, struct fg_str id) FG_MUST;
/* The same on ParentId, which must be there: the root or a unit. */
enum fg_rc org_parent_begin(struct api_call *c, struct org *o, struct fg_str *ret) FG_MUST;

/* ---- what there is ---- */

bool org_is_root(const struct org *o, struct fg_str id);
const struct store_unit *org_unit(const struct org *o, struct fg_str id); /* NULL: none */
/* The unit or root that an account or unit hangs from. */
struct fg_str org_parent(const struct org *o, struct fg_str parent);
/* A bundle may call the root by another name: "r-" for all of them. */
struct fg_str org_normal(struct fg_str id);
bool org_target_exists(const struct org *o, struct fg_str id);
/* SERVICE_CONTROL_POLICY or RESOURCE_CONTROL_POLICY of a parameter. */
enum fg_rc org_type(struct api_call *c, const char *param, struct fg_str *ret) FG_MUST;

/* ---- policies (policy.c) ---- */

bool org_full_access(struct fg_str id); /* p-FullAWSAccess, p-RCPFullAWSAccess: they have no row */
struct fg_str org_full_id(struct fg_str type);
/* Any policy, full access too; NULL: none.  Valid as directory entities are. */
const struct store_control *org_policy_find(const struct api_call *c, struct fg_str id);
struct fg_str org_policy_type(const struct api_call *c, struct fg_str id); /* null: none */
struct fg_str org_row_type(const struct store_control *row); /* the id may be that of full access */
struct fg_str org_policy_arn(const struct org *o, struct fg_str id, struct fg_str type);

/* ---- refusals with a Reason ---- */

enum fg_rc org_input(struct api_call *c, const char *step, const char *reason,
    const char *text) FG_MUST;
enum fg_rc org_constraint(struct api_call *c, const char *step, const char *reason,
    const char *text) FG_MUST;
/* The fault's own sentence. */
enum fg_rc org_refuse(struct api_call *c, enum api_fault f, const char *step) FG_MUST;

/* ---- pages; ids ascend: accounts, units, roots ---- */

struct org_page {
	struct fg_str after, last;
	size_t most, n;
	bool more;
};
enum org_turn { ORG_SKIP = 0, ORG_TAKE, ORG_STOP };

struct org_page org_page(const struct api_call *c);
enum org_turn org_turn(struct org_page *p, struct fg_str id);
void org_page_end(struct api_call *c, const struct org_page *p);
/* Ids of rows of a kind that fn takes, sorted; in the arena. */
typedef bool (*org_want_fn)(const void *arg, const void *row);
enum fg_rc org_ids(const struct org *o, enum store_kind kind, org_want_fn want, const void *arg,
    struct fg_str **ret, size_t *ret_n) FG_MUST;

/* ---- changes, on the store's thread ---- */

/* bn_org_index(); refuses when the caller's account does not manage it any more. */
enum fg_rc org_load(struct iam_op *op, struct bn_org *ret) FG_MUST;
enum fg_rc org_write(struct org *o, struct fg_str id, struct fg_str extra, iam_op_fn fn) FG_MUST;
struct org org_of(struct iam_op *op); /* as org_write() was given it */
enum fg_rc org_setting_put(struct iam_op *op, const char *name, struct fg_str id,
    struct fg_str value) FG_MUST;
enum fg_rc org_setting_drop(struct iam_op *op, const char *name, struct fg_str id) FG_MUST;
enum fg_rc org_target_drop(struct iam_op *op, struct fg_str control, struct fg_str target) FG_MUST;
/* All that a policy is attached to. */
enum fg_rc org_targets_drop(struct iam_op *op, const struct bn_control *policy) FG_MUST;
/* n of [0-9a-z], random. */
struct fg_str org_random(struct api_call *c, const char *prefix, size_t n);

/* ---- JSON ---- */

void org_json_root(const struct org *o, const char *name);
void org_json_unit(const struct org *o, const char *name, struct fg_str id, struct fg_str title);
void org_json_policy(const struct org *o, const char *name, const struct store_control *row);
struct fg_str org_target_kind(struct fg_str id); /* "ACCOUNT", "ORGANIZATIONAL_UNIT", "ROOT" */

/* ---- actions ---- */

#define ORG_RUNS(X)                                                                              \
	X(create_organization) X(describe_organization) X(delete_organization) X(list_roots)     \
	X(enable_type) X(disable_type) X(create_account) X(describe_status) X(list_statuses)     \
	X(describe_account) X(list_accounts) X(list_accounts_for_parent) X(list_children)        \
	X(list_parents) X(move_account) X(remove_account) X(close_account) X(create_unit)        \
	X(describe_unit) X(list_units) X(update_unit) X(delete_unit) X(create_policy)            \
	X(update_policy) X(delete_policy) X(describe_policy) X(list_policies)                    \
	X(list_for_target) X(list_targets) X(attach) X(detach) X(tag) X(untag) X(list_tags)      \
	X(list_nothing_services) X(list_nothing_administrators)
#define ORG_RUN(name) enum fg_rc org_run_##name(struct api_call *c);
ORG_RUNS(ORG_RUN)
#undef ORG_RUN

#endif
