/* fedgate dry-run: what would happen to a token or an assertion at the gateway that runs, and why. */
#include "gateway/ctl/operate.h"

const struct ctl_opt ctl_dry_run_opts[] = {
	{ "role", 0, "ARN", "the role that is asked for" },
	{ "token", 0, "FILE", "an OIDC token (- for standard input)" },
	{ "assertion", 0, "FILE", "a SAML response, base64 (- for standard input)" },
	{ "provider", 0, "ARN", "with --assertion: the SAML provider" },
	{ "session-name", 0, "NAME", "with --token: RoleSessionName (dry-run)" },
	{ "json", 0, NULL, "print one JSON object" },
	CTL_OPTS_END,
};

static void
member(struct fg_buf *b, const char *name, struct fg_str value)
{
	fg_buf_fmt(b, ",\"%s\":", name);
	fg_buf_json_str(b, value);
}

static enum fg_rc
proof(const struct ctl_args *args, const char *option, struct fg_buf *b, struct fg_err *reterr)
{
	const char *path = ctl_value(args, option);
	struct fg_str text;

	if (path == NULL)
		return FG_OK;
	FG_TRY(ctl_read(args->arena, path, FG_LIMIT_HTTP_BODY, &text, reterr));
	member(b, option, fg_trim(text));
	return FG_OK;
}

static enum fg_rc
request_of(const struct ctl_args *args, struct fg_buf *b, struct fg_str *ret, struct fg_err *reterr)
{
	fg_buf_put(b, FG_LIT("{\"op\":\"dry-run\""));
	member(b, "role", fg_str_z(ctl_value(args, "role")));
	if (ctl_value(args, "session-name") != NULL)
		member(b, "session", fg_str_z(ctl_value(args, "session-name")));
	if (ctl_value(args, "provider") != NULL)
		member(b, "provider", fg_str_z(ctl_value(args, "provider")));
	FG_TRY(proof(args, "token", b, reterr));
	FG_TRY(proof(args, "assertion", b, reterr));
	fg_buf_putc(b, '}');
	return fg_buf_end(b, ret);
}

static void
print(const struct ctl_reply *r)
{
	static const char *const rows[] = { "result", "issuer", "subject", "provider", "layer", "sid", "step", "ref", "detail", "code",
		"message" };
	size_t i;

	for (i = 0; i < FG_COUNT(rows); i++) {
		struct fg_str v = ctl_reply_str(r, rows[i]);

		if (v.n > 0)
			printf("%-10s %.*s\n", rows[i], (int)v.n, v.p);
	}
	ctl_reply_lines(r, "reasons", stdout);
}

int
ctl_dry_run(const struct ctl_args *args)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_ADMIN_ARENA);
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(2 * FG_LIMIT_HTTP_BODY);
	bool token = ctl_value(args, "token") != NULL, assertion = ctl_value(args, "assertion") != NULL;
	struct fg_err err = { .rc = FG_OK };
	struct ctl_reply r;
	struct fg_str request;

	if (ctl_value(args, "role") == NULL || token == assertion)
		return ctl_usage(args, "--role and one of --token and --assertion are needed");
	if (assertion && ctl_value(args, "provider") == NULL)
		return ctl_usage(args, "--assertion needs --provider");
	b.secret = true;
	if (a == NULL || request_of(args, &b, &request, &err) != FG_OK) {
		ctl_fail(args, &err);
		return CTL_USAGE;
	}
	if (ctl_operate(args, a, request, &r, &err) != FG_OK)
		return ctl_fail(args, &err);
	if (ctl_flag(args, "json"))
		printf("%.*s\n", (int)r.json.src.n, r.json.src.p);
	else
		print(&r);
	return fg_eq(ctl_reply_str(&r, "result"), FG_LIT("accept")) ? CTL_OK : CTL_REFUSED;
}
