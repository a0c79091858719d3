/* The table of commands: a row each, in the order of the help. */
#include "gateway/ctl/ctl.h"
#include "gateway/ctl/ctl_conf.h"

const struct ctl_cmd ctl_commands[] = {
	{ "config check", "[FILE]", "read a configuration and say what it means", NULL, 1, ctl_config_check },
	{ "version", "", "show the version", NULL, 0, ctl_version },
	{ NULL, NULL, NULL, NULL, 0, NULL },
};
