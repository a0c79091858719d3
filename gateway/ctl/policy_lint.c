/* fedgate policy lint: findings about a policy document, as JSON lines or as text. */
#include "gateway/ctl/ctl_policy.h"
#include "trust/trust.h"

const struct ctl_opt ctl_lint_opts[] = {
	{ "trust", 0, NULL, "a role's trust policy" },
	{ "identity", 0, NULL, "a policy of a user, group or role" },
	{ "session", 0, NULL, "a session policy" },
	{ "boundary", 0, NULL, "a permissions boundary" },
	{ "scp", 0, NULL, "a service control policy" },
	{ "rcp", 0, NULL, "a resource control policy" },
	{ "resource", 0, NULL, "any other resource policy" },
	{ "vpce", 0, NULL, "an endpoint policy" },
	{ "account", 0, "ID", "the account that the document belongs to" },
	{ "text", 0, NULL, "for people, not for programs" },
	CTL_OPTS_END,
};

struct lint_run {
	const struct ctl_args *args;
	const char *file;
	bool text, failed;
};

/* The kind that was asked for; without one, what the document looks like. */
static enum trust_kind
kind_of(const struct ctl_args *args, struct fg_str document)
{
	unsigned k;

	for (k = TRUST_KIND_NONE + 1; k < TRUST_KIND_MAX; k++) {
		if (ctl_flag(args, trust_kind_name((enum trust_kind)k)))
			return (enum trust_kind)k;
	}
	return memmem(document.p, document.n, "\"Principal\"", 11) != NULL ? TRUST_ROLE : TRUST_IDENTITY;
}

static void
put_member(struct fg_buf *b, struct fg_str name, struct fg_str value)
{
	fg_buf_json_str(b, name);
	fg_buf_putc(b, ':');
	fg_buf_json_str(b, value);
	fg_buf_putc(b, ',');
}

static void
print_json(const struct trust_finding *f)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(FG_LIMIT_LINT_BYTES);
	struct fg_str out;

	fg_buf_putc(&b, '{');
	put_member(&b, FG_LIT("id"), fg_str_z(f->id));
	put_member(&b, FG_LIT("severity"), fg_str_z(trust_severity_name(f->severity)));
	put_member(&b, FG_LIT("pointer"), fg_str_z(f->pointer));
	fg_buf_fmt(&b, "\"line\":%u,", f->line);
	put_member(&b, FG_LIT("message"), fg_str_z(f->message));
	fg_buf_put(&b, FG_LIT("\"fix\":"));
	fg_buf_json_str(&b, fg_str_z(f->fix));
	if (f->witness.p != NULL) {
		fg_buf_put(&b, FG_LIT(",\"witness\":"));
		fg_buf_put(&b, f->witness);
	}
	fg_buf_put(&b, FG_LIT("}\n"));
	if (fg_buf_end(&b, &out) == FG_OK)
		fwrite(out.p, 1, out.n, stdout);
}

static void
print_finding(void *arg, const struct trust_finding *f)
{
	struct lint_run *r = arg;

	r->failed |= f->severity == TRUST_ERROR;
	if (!r->text) {
		print_json(f);
		return;
	}
	printf("%s:%u:%u: %s: %s [%s]\n    %s\n", r->file, f->line, f->column, trust_severity_name(f->severity), f->message,
	    f->id, f->fix);
	if (f->witness.p != NULL)
		printf("    allowed: %.*s\n", (int)f->witness.n, f->witness.p);
}

int
ctl_policy_lint(const struct ctl_args *args)
{
	const char *file = args->n_operands > 0 ? args->operands[0] : NULL;
	struct lint_run r = { .args = args, .file = file == NULL ? "-" : file, .text = ctl_flag(args, "text") };
	struct trust_lint how = { .account = fg_str_z(ctl_value(args, "account")) };
	struct fg_str document;
	struct fg_err err = { 0 };

	if (ctl_read(args->arena, file, FG_LIMIT_LINT_DOCUMENT, &document, &err) != FG_OK) {
		ctl_fail(args, &err);
		return CTL_USAGE;
	}
	how.kind = kind_of(args, document);
	if (trust_lint(document, &how, print_finding, &r, &err) != FG_OK)
		return ctl_fail(args, &err);
	return r.failed ? CTL_REFUSED : CTL_OK;
}
