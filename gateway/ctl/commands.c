/* The table of commands: a row each, in the order of the help. */
#include "gateway/ctl/ctl.h"

const struct ctl_cmd ctl_commands[] = {
	{ "version", "", "show the version", NULL, 0, ctl_version },
	{ NULL, NULL, NULL, NULL, 0, NULL },
};
