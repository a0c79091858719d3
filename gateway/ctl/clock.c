/*
 * fedgate clock acknowledge: the operator says that the wall clock is right now.
 */
#include "gateway/ctl/ctl_conf.h"
#include "gateway/ctl/keys_int.h"
#include "gateway/ctl/operate.h"

/* Without a running gateway the next one starts from a mark of this moment. */
static enum fg_rc
mark_now(const struct ctl_args *args, struct fg_err *reterr)
{
	FG_AUTO(conf_freep) struct conf *c = NULL;
	struct cred_clock at;
	char path[4096];

	FG_TRY(ctl_conf(args, ctl_value(args, "config"), &c, reterr));
	FG_TRY(cred_clock_read(&at, reterr));
	if (!ctl_store_mark(c, path))
		return fg_fail(reterr, FG_E_PARAM, "ctl.clock", NULL, "path is too long");
	return cred_mark_save(path, at.wall_ns / 1000000000, reterr);
}

int
ctl_clock_acknowledge(const struct ctl_args *args)
{
	struct ctl_reply r;
	struct fg_err err = { 0 }, own = { 0 };
	enum fg_rc rc = ctl_operate(args, args->arena, FG_LIT("{\"op\":\"clock.acknowledge\"}"), &r,
	    &err);

	if (rc == FG_OK)
		return CTL_OK;
	if (rc != FG_E_UNSUPPORTED)
		return ctl_fail(args, &err);
	return mark_now(args, &own) == FG_OK ? CTL_OK : ctl_fail(args, &own);
}
