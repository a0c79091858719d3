/*
 * gateway/iam/admin.h - what the operator's commands do, as one request and one reply.
 *
 * Shape:    a request is a JSON object {"op":"apply",...}; the reply is {"ok":true,...} or
 *           {"ok":false,"code","step","ref","text","lines":[...]}.  A command runs it in its own
 *           process on a store that it opened, or sends it to the gateway that owns the store
 *           (gateway/iam/control.h); both end in admin_run().
 *           apply           bundle (text), files {name: content}, dryRun, prune -> lines, warnings
 *           export          account ("" for all)                             -> bundle (text)
 *           account.create  id, name            -> AccessKey as CreateAccessKey returns it
 *           keys.list                           -> keys [{"id","class","state","since","until"}],
 *                           nodes [{"node","boot","opens","seen","live","holds":[id]}]
 *           keys.sync       what the ring holds and the store does not know -> changed
 *           keys.anew       rows under the row key that seals: some -> rows, more
 *           keys.rewrap     id of a wrap key    -> wrapped
 *           keys.retire     id; the command then erases the bytes
 *           revoke          kind, target, account, reason: a cut-off
 *           provider.drop-kid  arn, kid, undo: a key that must not be used any more
 *           provider.stale-bound  arn, seconds ("": as for all): how long its last good keys serve
 *           backup          path (absolute): a copy of the store
 *           Other rooms add rows with struct admin.more.
 * Owns:     the reply lies in the caller's buffer; start it with secret set: it may hold a key.
 * Errors:   in the reply; code is fg_rc_label().
 * Refuses:  unknown operations and members; a write whose audit record was not taken.
 * Does not: know who may ask: control.c and the file modes of store and ring decide that.
 * Source:   design.md "Command line"; contract.md; security.md 32.
 */
#ifndef GATEWAY_IAM_ADMIN_H
#define GATEWAY_IAM_ADMIN_H

#include <sys/types.h>

#include "gateway/cred/fleet.h"
#include "gateway/idp/idp.h"
#include "gateway/store/store.h"

/* Who asks: the OS user. */
struct admin_peer {
	uid_t uid;
	struct fg_str user; /* its name, or the number */
};

struct admin_event {
	const char *action;    /* "ApplyBundle", "CreateAccount": the name of the audit record */
	struct fg_str account; /* or "" */
	const struct admin_peer *peer;
	const struct fg_err *err; /* NULL: it was done */
	bool read_only;
};

struct admin_call;

/* A row of the table of operations. */
struct admin_op {
	const char *name;   /* NULL ends a table */
	const char *action; /* in the audit log */
	bool read_only;
	enum fg_rc (*run)(struct admin_call *c);
};

struct admin {
	struct store *store;
	struct cred_client *cred;
	fg_time (*now)(void *arg);
	/* Called before the reply; an error takes the reply's place.  NULL: not audited (tests). */
	enum fg_rc (*audit)(void *arg, const struct admin_event *e, struct fg_err *reterr);
	/* The wall clock is confirmed (security.md 7, 21).  NULL: it is not. */
	bool (*clock_ok)(void *arg);
	const struct cred_node *node; /* this process, among those that serve.  NULL: not one of them */
	void *arg;
	const struct admin_op *more; /* NULL: none */
	idp_metadata_fn metadata; /* NULL: bundles bring metadata that nobody has read */
	void *metadata_arg;
};

/* One request being answered. */
struct admin_call {
	const struct admin *admin;
	const struct admin_peer *peer;
	struct fg_arena *arena;
	const struct fg_json *request; /* node 0 is the object */
	struct fg_buf *out; /* members of the reply: each begins with a comma (admin_put_*) */
	struct fg_str account; /* for the audit record; an operation sets it */
	struct fg_str lines, warnings; /* raw JSON array contents, given back also on failure */
	fg_time now;
	struct fg_err err;
};

/* Answer one request; always writes a whole reply (or latches out when memory is short). */
void admin_run(const struct admin *ad, struct fg_str request, const struct admin_peer *peer,
    struct fg_arena *a, struct fg_buf *out);

/* A string member of the request; "" when absent. False (and c->err) when not a string. */
bool admin_str(struct admin_call *c, const char *name, struct fg_str *ret) FG_MUST;
bool admin_bool(const struct admin_call *c, const char *name);
void admin_put_str(struct admin_call *c, const char *name, struct fg_str value);

/* ---- pieces that `init` and the IAM API use too ---- */

struct admin_key {
	char id[CRED_KEY_ID_CHARS + 1];
	char secret[CRED_SECRET_CHARS + 1]; /* shown once: wipe it */
};

/* The key of a class that seals, from the rows of the store; FG_E_UNAVAILABLE without one. */
enum fg_rc admin_sealing(struct store_tx *tx, enum cred_class cls, uint32_t *ret,
    struct fg_err *reterr) FG_MUST;
/* A new access key of a user: random secret, wrapped under the sealing wrap key. flags: enum
 * store_key_flags. */
enum fg_rc admin_key_new(struct store_tx *tx, struct cred_client *cred, struct fg_str account,
    struct fg_str user_uid, int64_t flags, fg_time now, struct fg_arena *a,
    struct admin_key *ret, struct fg_err *reterr) FG_MUST;
/* An account with its administrator: user "admin", AdministratorAccess, one bootstrap key. */
enum fg_rc admin_account_new(struct store_tx *tx, struct cred_client *cred, struct fg_str id,
    struct fg_str name, fg_time now, struct fg_arena *a, struct admin_key *ret,
    struct fg_err *reterr) FG_MUST;
/* {"AccessKey":{...}} as CreateAccessKey of the AWS CLI prints it. */
void admin_key_json(struct fg_buf *b, const struct admin_key *k, struct fg_str user, fg_time now);

#endif
