/* gateway/ctl/policy_int.h - shared by the policy commands. */
#ifndef GATEWAY_CTL_POLICY_INT_H
#define GATEWAY_CTL_POLICY_INT_H

#include "gateway/ctl/ctl.h"
#include "trust/trust.h"

/*
 * An object {key: value or [values]} into a context; an array is a multi-valued key.  The JSON must
 * outlive what is decided with the context.
 */
enum fg_rc policy_read_context(struct fg_arena *a, const struct fg_json *j, uint32_t obj,
    struct trust_ctx *ctx, struct fg_err *reterr) FG_MUST;

int ctl_policy_eval(const struct ctl_args *args);

#endif
