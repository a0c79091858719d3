/* fedgate provider drop-kid, refresh, stale-bound: what the operator says of a provider's keys. */
#include "gateway/ctl/oidc_int.h"
#include "gateway/ctl/operate.h"

const struct ctl_opt ctl_provider_drop_kid_opts[] = {
	{ "undo", 0, NULL, "the key may be used again" },
	CTL_OPTS_END,
};

/* {"op":OP,"arn":ARN,MEMBER:VALUE,...more} */
static int
send(const struct ctl_args *args, const char *op, const char *member, const char *value, const char *more)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(64 * 1024);
	struct fg_err err = { .rc = FG_OK };
	struct fg_str request;
	struct ctl_reply r;

	fg_buf_fmt(&b, "{\"op\":\"%s\",\"arn\":", op);
	fg_buf_json_str(&b, fg_str_z(args->operands[0]));
	fg_buf_fmt(&b, ",\"%s\":", member);
	fg_buf_json_str(&b, fg_str_z(value));
	fg_buf_fmt(&b, "%s}", more);
	if (a == NULL || fg_buf_end(&b, &request) != FG_OK)
		return ctl_usage(args, "an argument is too long");
	if (ctl_operate(args, a, request, &r, &err) != FG_OK)
		return ctl_fail(args, &err);
	return CTL_OK;
}

int
ctl_provider_drop_kid(const struct ctl_args *args)
{
	if (args->n_operands != 2)
		return ctl_usage(args, "the ARN of an OIDC provider and a kid are needed");
	return send(args, "provider.drop-kid", "kid", args->operands[1],
	    ctl_flag(args, "undo") ? ",\"undo\":true" : ",\"undo\":false");
}

int
ctl_provider_stale_bound(const struct ctl_args *args)
{
	if (args->n_operands != 2)
		return ctl_usage(args, "the ARN of an OIDC provider and a number of seconds (or default) are needed");
	return send(args, "provider.stale-bound", "seconds",
	    fg_eq(fg_str_z(args->operands[1]), FG_LIT("default")) ? "" : args->operands[1], "");
}

const struct ctl_opt ctl_provider_refresh_opts[] = {
	{ "accept", 0, NULL, "take what the server gives, though it would be held" },
	CTL_OPTS_END,
};

int
ctl_provider_refresh(const struct ctl_args *args)
{
	if (args->n_operands != 1)
		return ctl_usage(args, "the ARN of a SAML provider is needed");
	return send(args, "provider.refresh", "how", ctl_flag(args, "accept") ? "accept" : "", "");
}
