/* fedgate revoke, fedgate recover: end sessions, some or all. */
#include "gateway/ctl/ctl_conf.h"
#include "gateway/ctl/operate.h"

const struct ctl_opt ctl_revoke_opts[] = {
	{ "reason", 0, "TEXT", "kept with the cut-off" },
	{ "account", 0, "ID", "before: only sessions of this account" },
	CTL_OPTS_END,
};

static void
member(struct fg_buf *b, const char *name, struct fg_str value)
{
	fg_buf_fmt(b, ",\"%s\":", name);
	fg_buf_json_str(b, value);
}

/* `subject` takes two operands, issuer and subject; all others one. */
static bool
target_of(const struct ctl_args *args, struct fg_str *ret)
{
	const bool two = strcmp(args->operands[0], "subject") == 0;

	if (args->n_operands != (two ? 3u : 2u))
		return false;
	*ret = two ? fg_arena_fmt(args->arena, "%s %s", args->operands[1], args->operands[2])
	           : fg_str_z(args->operands[1]);
	return !fg_str_null(*ret);
}

int
ctl_revoke(const struct ctl_args *args)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(64 * 1024);
	const char *reason = ctl_value(args, "reason"), *account = ctl_value(args, "account");
	struct fg_err err = { .rc = FG_OK };
	struct fg_str request, target;
	struct ctl_reply r;

	if (args->n_operands == 0 || !target_of(args, &target))
		return ctl_usage(args, "role ARN|ID, user ARN|ID, session ID, key ID, provider ARN, "
		    "subject ISSUER SUBJECT, or before TIME");
	fg_buf_put(&b, FG_LIT("{\"op\":\"revoke\""));
	member(&b, "kind", fg_str_z(args->operands[0]));
	member(&b, "target", target);
	member(&b, "reason", fg_str_z(reason == NULL ? "" : reason));
	member(&b, "account", fg_str_z(account == NULL ? "" : account));
	fg_buf_putc(&b, '}');
	if (a == NULL || fg_buf_end(&b, &request) != FG_OK)
		return ctl_usage(args, "target is too long");
	if (ctl_operate(args, a, request, &r, &err) != FG_OK)
		return ctl_fail(args, &err);
	return CTL_OK;
}

static enum fg_rc
record(const struct conf *c, const struct ctl_store *s, struct fg_err *reterr)
{
	struct ctl_audit *audit = NULL;
	char name[64];
	const struct admin_peer peer = ctl_peer(name);
	const struct admin_event e = { .action = "RecoverStore", .account = FG_LIT(""),
		.peer = &peer };
	enum fg_rc rc;

	FG_TRY(ctl_audit_open(c, s, &audit, reterr));
	rc = ctl_audit_write(audit, &e, reterr);
	ctl_audit_close(audit);
	return rc;
}

int
ctl_recover(const struct ctl_args *args)
{
	FG_AUTO(conf_freep) struct conf *c = NULL;
	FG_AUTO(ctl_store_close) struct ctl_store s = { .store = NULL };
	struct fg_err err = { .rc = FG_OK };

	if (ctl_conf(args, ctl_value(args, "config"), &c, &err) != FG_OK ||
	    ctl_store_recover(c, &s, &err) != FG_OK || record(c, &s, &err) != FG_OK)
		return ctl_fail(args, &err);
	(void)printf("recovered: sessions of before now are cut off\n");
	return CTL_OK;
}
