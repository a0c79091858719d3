/*
 * gateway/iam/action.h - what an action that manages accounts is made of: parameters by name, the thing
 * it works on with permission, values that are checked, and the change in one transaction.
 *
 * Shape:    for the tables of api_iam and api_organizations.  Reads answer from the directory; a write
 *           is decided on the caller's thread and done on the store's.
 * Errors:   AWS's codes, by api_refuse(); docs/iam-actions.md has them.
 */
#ifndef GATEWAY_IAM_ACTION_H
#define GATEWAY_IAM_ACTION_H

#include "gateway/api/api.h"

/* ---- parameters by name ---- */

const struct api_arg *iam_arg(const struct api_call *c, const char *name); /* NULL: not in the table */
struct fg_str iam_str(const struct api_call *c, const char *name);         /* null: not given */
struct fg_str iam_str_or(const struct api_call *c, const char *name, struct fg_str other);
int64_t iam_int_or(const struct api_call *c, const char *name, int64_t other);

static inline struct directory *
iam_dir(const struct api_call *c)
{
	return api_env_conf(api_worker_env(c->w))->directory;
}

/* ---- what it works on ---- */

struct iam_kind;

struct iam_target {
	const struct iam_kind *k; /* NULL for policies and providers */
	struct fg_str account, name, path, uid, arn, boundary;
	struct fg_str policy_type; /* of the organisation; null elsewhere */
	fg_time created;
	/* valid until the return to the loop */
	const struct directory_grants *grants;
	const struct directory_tag *tags;
	size_t ntags;
	const struct directory_user *user;
	const struct directory_role *role;
	const struct directory_group *group;
	bool found;
};

/* SERVICE:ACTION on the target's ARN; then, when it is not there, NoSuchEntity. */
enum fg_rc iam_allow(struct api_call *c, const struct iam_target *t) FG_MUST;
/* The same for what has a name only: "user/" and the like below the caller's account, or "*". */
enum fg_rc iam_allow_on(struct api_call *c, struct fg_str resource) FG_MUST;

/* ---- values ---- */

/* trust_check() with AWS's code. */
enum fg_rc iam_document(struct api_call *c, struct fg_str document, enum trust_kind kind,
    size_t max) FG_MUST;
/* A trust policy: checked, and bound to unique ids (in the arena). */
enum fg_rc iam_trust(struct api_call *c, struct fg_str account, struct fg_str document,
    struct fg_str *ret_bindings) FG_MUST;
/* Tags of the request as the store's list; no key twice. */
enum fg_rc iam_tags(struct api_call *c, struct fg_str *ret) FG_MUST;
/* Characters without white space. */
size_t iam_document_size(struct fg_str document);

/* ---- writes ---- */

/* On the store's thread. */
struct iam_op {
	struct api_call *c;
	struct store_tx *tx;
	struct cred_client *cred;
	struct iam_target t;    /* strings in the arena; no entities */
	struct fg_str bindings; /* of a trust policy */
	struct fg_str extra;    /* the action's own */
	/* Set when what was changed is kept although the action is refused (api_refuse()). */
	enum fg_rc refused;
	void *made;             /* what iam_write_made()'s prep made */
};
typedef enum fg_rc (*iam_op_fn)(struct iam_op *op);

/* Run fn in a transaction and commit; strings of *t and extra are copied. */
enum fg_rc iam_write(struct api_call *c, const struct iam_target *t, struct fg_str bindings,
    struct fg_str extra, iam_op_fn fn) FG_MUST;
/* A row by its key members; FG_E_NOT_FOUND without a word: the action has its own. */
enum fg_rc iam_row(struct iam_op *op, enum store_kind kind, void *row) FG_MUST;
/* Tags or TagKeys of the request made to the store's list `old`; op->extra: the list of Tags. */
enum fg_rc iam_tags_change(struct iam_op *op, struct fg_str old, struct fg_str *ret) FG_MUST;

#endif
