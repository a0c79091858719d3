/* gateway/ctl/audit_int.h - the audit commands. */
#ifndef GATEWAY_CTL_AUDIT_INT_H
#define GATEWAY_CTL_AUDIT_INT_H

#include "gateway/ctl/ctl.h"

extern const struct ctl_opt ctl_audit_verify_opts[];
extern const struct ctl_opt ctl_audit_explain_opts[];

int ctl_audit_verify(const struct ctl_args *args);
int ctl_audit_explain(const struct ctl_args *args);

#endif
