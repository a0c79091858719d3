/* gateway/ctl/ctl_policy.h - fedgate policy lint. */
#ifndef GATEWAY_CTL_POLICY_H
#define GATEWAY_CTL_POLICY_H

#include "gateway/ctl/ctl.h"

extern const struct ctl_opt ctl_lint_opts[];
int ctl_policy_lint(const struct ctl_args *args);

#endif
