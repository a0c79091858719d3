/* gateway/ctl/oidc_int.h - the `oidc` and `provider` commands and their options. */
#ifndef GATEWAY_CTL_OIDC_INT_H
#define GATEWAY_CTL_OIDC_INT_H

#include "gateway/ctl/ctl.h"

extern const struct ctl_opt ctl_oidc_verify_opts[];
int ctl_oidc_verify(const struct ctl_args *args);
extern const struct ctl_opt ctl_provider_drop_kid_opts[];
int ctl_provider_drop_kid(const struct ctl_args *args);
extern const struct ctl_opt ctl_provider_refresh_opts[];
int ctl_provider_refresh(const struct ctl_args *args);
int ctl_provider_stale_bound(const struct ctl_args *args);

#endif
