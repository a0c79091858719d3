/*
 * gateway/iam/admin_int.h - operations of the table in admin.c.
 */
#ifndef GATEWAY_IAM_ADMIN_INT_H
#define GATEWAY_IAM_ADMIN_INT_H

#include "gateway/iam/admin.h"
#include "gateway/iam/bundle.h"

enum fg_rc admin_apply(struct admin_call *c);
enum fg_rc admin_export(struct admin_call *c);
enum fg_rc admin_account_create(struct admin_call *c);
enum fg_rc admin_backup(struct admin_call *c);
enum fg_rc admin_revoke(struct admin_call *c);
enum fg_rc admin_drop_kid(struct admin_call *c);
enum fg_rc admin_stale_bound(struct admin_call *c);
enum fg_rc admin_keys_anew(struct admin_call *c);
enum fg_rc admin_outbound_rotate(struct admin_call *c);
enum fg_rc admin_keys_list(struct admin_call *c);
enum fg_rc admin_keys_sync(struct admin_call *c);
enum fg_rc admin_keys_rewrap(struct admin_call *c);
enum fg_rc admin_keys_retire(struct admin_call *c);

#endif
