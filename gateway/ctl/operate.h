/*
 * gateway/ctl/operate.h - operations of the operator from the command line.
 *
 * Shape:    a request (gateway/iam/admin.h) goes to the gateway that runs in the data directory;
 *           without one it is done here, on the store and the ring of the configuration, and
 *           audited to the same file.
 */
#ifndef GATEWAY_CTL_OPERATE_H
#define GATEWAY_CTL_OPERATE_H

#include "gateway/ctl/ctl.h"
#include "gateway/ctl/ctl_store.h"
#include "gateway/iam/admin.h"

/* A reply that says ok; its members are read with ctl_reply_str(). Others become reterr. */
struct ctl_reply {
	struct fg_json json;
};

/*
 * Reads SAML metadata when this process does the work itself: set by a command that may bring some
 * (it needs a process of its own).  NULL: metadata is taken unread.
 */
extern idp_metadata_fn ctl_metadata;
enum fg_rc ctl_operate(const struct ctl_args *args, struct fg_arena *a, struct fg_str request,
    struct ctl_reply *ret, struct fg_err *reterr) FG_MUST;
/* "" when absent. */
struct fg_str ctl_reply_str(const struct ctl_reply *r, const char *name);
/* A member as it stands; "" when absent. */
struct fg_str ctl_reply_raw(const struct ctl_reply *r, const char *name);
/* Print the strings of an array member, one a line. */
void ctl_reply_lines(const struct ctl_reply *r, const char *name, FILE *to);

/* Write audit records of this process; for a store that was just opened. */
struct ctl_audit;
enum fg_rc ctl_audit_open(const struct conf *c, const struct ctl_store *s,
    struct ctl_audit **ret, struct fg_err *reterr) FG_MUST;
enum fg_rc ctl_audit_write(struct ctl_audit *a, const struct admin_event *e,
    struct fg_err *reterr) FG_MUST;
void ctl_audit_close(struct ctl_audit *a); /* NULL accepted; before the store */

/* This process's user. */
struct admin_peer ctl_peer(char name[64]);

/* Print an access key: `export` lines, or with --json the object of CreateAccessKey. */
void ctl_print_key(const struct ctl_args *args, struct fg_str id, struct fg_str secret,
    struct fg_str json);

int ctl_init(const struct ctl_args *args);
int ctl_account_create(const struct ctl_args *args);
int ctl_apply(const struct ctl_args *args);
int ctl_export(const struct ctl_args *args);
int ctl_dry_run(const struct ctl_args *args);
int ctl_recover(const struct ctl_args *args);
int ctl_revoke(const struct ctl_args *args);
int ctl_backup(const struct ctl_args *args);
int ctl_restore(const struct ctl_args *args);
extern const struct ctl_opt ctl_init_opts[], ctl_account_create_opts[], ctl_apply_opts[],
    ctl_export_opts[], ctl_revoke_opts[],
    ctl_dry_run_opts[];

#endif
