/* gateway/ctl/keys_int.h - fedgate keys list, rotate, retire; fedgate clock acknowledge. */
#ifndef GATEWAY_CTL_KEYS_INT_H
#define GATEWAY_CTL_KEYS_INT_H

#include "gateway/ctl/ctl.h"

extern const struct ctl_opt ctl_keys_list_opts[], ctl_keys_rotate_opts[];

int ctl_clock_acknowledge(const struct ctl_args *args);
int ctl_keys_list(const struct ctl_args *args);
int ctl_keys_rotate(const struct ctl_args *args);
int ctl_keys_retire(const struct ctl_args *args);

#endif
