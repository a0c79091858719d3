/*
 * gateway/iam/shipped.h - the policies that every installation has, as AWS has its own.
 *
 * Shape:    rows of the account "aws", arn:aws:iam::aws:policy[/PATH]/NAME, version 1.
 * Does not: change one that is there: a bundle may have brought AWS's own text.
 * Source:   sts.md 2.2 for the five of AssumeRoot.
 */
#ifndef GATEWAY_IAM_SHIPPED_H
#define GATEWAY_IAM_SHIPPED_H

#include "gateway/store/store.h"

/* Put what is missing. */
enum fg_rc iam_shipped_put(struct store_tx *tx, fg_time now, struct fg_err *reterr) FG_MUST;

/* One of them, by the path and name of a policy of the account "aws"? */
bool iam_shipped_is(struct fg_str path, struct fg_str name);

#endif
