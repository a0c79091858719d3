/*
 * gateway/iam/anchor.h - the audit log's keys and its last checkpoint: keyed by the ring, anchored in
 * the store.  The one home for the gateway and for commands of the operator.
 *
 * Shape:    anchor_open() reads which audit key seals and the checkpoint that the store knows, and fills
 *           the members of an audit_config that come from there; the caller adds path, workers and post.
 *           What the log hands to post as `app` is the anchor: arg is the caller's.
 * Owns:     nothing; the anchor must outlive the log.
 * Errors:   FG_E_UNAVAILABLE no audit key seals; FG_E_STORE the checkpoint cannot be read
 * Source:   security.md 20, 31.
 */
#ifndef GATEWAY_IAM_ANCHOR_H
#define GATEWAY_IAM_ANCHOR_H

#include "gateway/cred/cred.h"
#include "gateway/ops/ops.h"
#include "gateway/store/store.h"

struct anchor {
	struct cred_client *cred;
	struct store *store;
	void *arg;
	uint32_t key; /* filled */
};

enum fg_rc anchor_open(struct anchor *a, struct audit_config *ret, struct fg_err *reterr) FG_MUST;

#endif
