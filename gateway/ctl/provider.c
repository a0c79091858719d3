/* fedgate provider drop-kid: a key of an issuer that must not be used any more. */
#include "gateway/ctl/oidc_int.h"
#include "gateway/ctl/operate.h"

const struct ctl_opt ctl_provider_drop_kid_opts[] = {
	{ "undo", 0, NULL, "the key may be used again" },
	CTL_OPTS_END,
};

int
ctl_provider_drop_kid(const struct ctl_args *args)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(64 * 1024);
	struct fg_err err = { .rc = FG_OK };
	struct fg_str request;
	struct ctl_reply r;

	if (args->n_operands != 2)
		return ctl_usage(args, "the ARN of an OIDC provider and a kid are needed");
	fg_buf_put(&b, FG_LIT("{\"op\":\"provider.drop-kid\",\"arn\":"));
	fg_buf_json_str(&b, fg_str_z(args->operands[0]));
	fg_buf_put(&b, FG_LIT(",\"kid\":"));
	fg_buf_json_str(&b, fg_str_z(args->operands[1]));
	fg_buf_fmt(&b, ",\"undo\":%s}", ctl_flag(args, "undo") ? "true" : "false");
	if (a == NULL || fg_buf_end(&b, &request) != FG_OK)
		return ctl_usage(args, "ARN or kid is too long");
	if (ctl_operate(args, a, request, &r, &err) != FG_OK)
		return ctl_fail(args, &err);
	return CTL_OK;
}
