/* fedgate account create, fedgate export: one request each. */
#include "gateway/ctl/operate.h"

const struct ctl_opt ctl_account_create_opts[] = {
	{ "id", 0, "ID", "id of the account, 12 digits" },
	{ "name", 0, "N", "its name" },
	{ "json", 0, NULL, "print the key as CreateAccessKey returns it" },
	CTL_OPTS_END,
};
const struct ctl_opt ctl_export_opts[] = {
	{ "account", 0, "ID", "only this account" },
	CTL_OPTS_END,
};

static void
member(struct fg_buf *b, const char *name, const char *value)
{
	fg_buf_fmt(b, ",\"%s\":", name);
	fg_buf_json_str(b, fg_str_z(value));
}

int
ctl_account_create(const struct ctl_args *args)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	const char *id = ctl_value(args, "id"), *name = ctl_value(args, "name");
	char text[2048];
	struct fg_buf b = FG_BUF_FIXED(text);
	struct fg_err err = { .rc = FG_OK };
	struct fg_str request;
	struct ctl_reply r;

	if (id == NULL || name == NULL)
		return ctl_usage(args, "--id and --name are needed");
	fg_buf_put(&b, FG_LIT("{\"op\":\"account.create\""));
	member(&b, "id", id);
	member(&b, "name", name);
	fg_buf_putc(&b, '}');
	if (a == NULL || fg_buf_end(&b, &request) != FG_OK)
		return ctl_usage(args, "the name is too long");
	if (ctl_operate(args, a, request, &r, &err) != FG_OK)
		return ctl_fail(args, &err);
	ctl_print_key(args, ctl_reply_str(&r, "id"), ctl_reply_str(&r, "secret"),
	    ctl_reply_raw(&r, "key"));
	return CTL_OK;
}

int
ctl_export(const struct ctl_args *args)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_ADMIN_ARENA);
	const char *account = ctl_value(args, "account");
	char text[256];
	struct fg_buf b = FG_BUF_FIXED(text);
	struct fg_err err = { .rc = FG_OK };
	struct fg_str request, out;
	struct ctl_reply r;

	fg_buf_put(&b, FG_LIT("{\"op\":\"export\""));
	member(&b, "account", account == NULL ? "" : account);
	fg_buf_putc(&b, '}');
	if (a == NULL || fg_buf_end(&b, &request) != FG_OK)
		return ctl_usage(args, "not an account id");
	if (ctl_operate(args, a, request, &r, &err) != FG_OK)
		return ctl_fail(args, &err);
	out = ctl_reply_str(&r, "bundle");
	return fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0 ? CTL_OK : CTL_REFUSED;
}
