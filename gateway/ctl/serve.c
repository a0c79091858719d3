/* fedgate serve */
#include "gateway/ctl/ctl_conf.h"
#include "gateway/serve/serve.h"

const struct ctl_opt ctl_serve_opts[] = {
	{ "listen", 0, "HOST:PORT", "listen here, plain http (port 0: a free one); repeatable" },
	CTL_OPTS_END,
};

int
ctl_serve(const struct ctl_args *args)
{
	FG_AUTO(conf_freep) struct conf *c = NULL;
	struct fg_err err = { 0 };

	if (ctl_conf(args, ctl_value(args, "config"), &c, &err) != FG_OK) {
		ctl_fail(args, &err);
		return CTL_USAGE;
	}
	return serve_run(c);
}
