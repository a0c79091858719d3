/* gateway/ctl/ctl_conf.h - the configuration in force for a command. */
#ifndef GATEWAY_CTL_CONF_H
#define GATEWAY_CTL_CONF_H

#include "gateway/conf/conf.h"
#include "gateway/ctl/ctl.h"

/* Defaults, then file (NULL: none), then --store, --keyring and --set.  Owned (conf_free). */
enum fg_rc ctl_conf(const struct ctl_args *args, const char *file, struct conf **ret,
    struct fg_err *reterr) FG_MUST;

int ctl_config_check(const struct ctl_args *args);

extern const struct ctl_opt ctl_serve_opts[];
int ctl_serve(const struct ctl_args *args);

#endif
