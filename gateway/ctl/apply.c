/* fedgate apply: read a bundle and the files that it names, then one request. */
#include "gateway/ctl/operate.h"
#include "gateway/iam/bundle.h"
#include "gateway/serve/serve.h"

const struct ctl_opt ctl_apply_opts[] = {
	{ "file", 'f', "BUNDLE", "the bundle (YAML or JSON; - for standard input)" },
	{ "dry-run", 0, NULL, "say what would change and change nothing" },
	{ "prune", 0, NULL, "delete what the lists of the bundle do not name" },
	CTL_OPTS_END,
};

struct reader {
	const char *path;    /* of the bundle: files are named from its folder */
	struct fg_buf files; /* members of the request */
	struct fg_str seen;  /* list of names */
	struct fg_arena *arena;
};

static enum fg_rc
beside(const struct reader *r, struct fg_str name, const char **ret, struct fg_err *reterr)
{
	struct fg_str dir = fg_str_z(r->path == NULL ? "" : r->path);

	while (dir.n > 0 && dir.p[dir.n - 1] != '/')
		dir.n--;
	if (name.n > 0 && name.p[0] == '/')
		dir = FG_LIT("");
	*ret = fg_arena_fmt(r->arena, "%.*s%.*s", (int)dir.n, dir.n == 0 ? "" : dir.p, (int)name.n,
	    name.p).p;
	return *ret == NULL ? fg_fail(reterr, FG_E_NOMEM, "ctl.apply", NULL, "arena") : FG_OK;
}

static enum fg_rc
file_of(void *arg, struct fg_str name, struct fg_arena *a, struct fg_str *ret,
    struct fg_err *reterr)
{
	struct reader *r = arg;
	struct fg_buf list = FG_BUF_ARENA(r->arena, FG_LIMIT_BUNDLE_LIST_BYTES);
	const char *path;

	FG_TRY(beside(r, name, &path, reterr));
	FG_TRY(ctl_read(a, path, FG_LIMIT_BUNDLE_FILE_BYTES, ret, reterr));
	if (store_list_has(r->seen, name))
		return FG_OK;
	fg_buf_put(&list, r->seen);
	store_list_put(&list, name);
	FG_TRY(fg_buf_end(&list, &r->seen));
	if (r->files.n > 0)
		fg_buf_putc(&r->files, ',');
	fg_buf_json_str(&r->files, name);
	fg_buf_putc(&r->files, ':');
	fg_buf_json_str(&r->files, *ret);
	return FG_OK;
}

static void
print_line(void *arg, struct fg_str line)
{
	(void)arg;
	(void)fprintf(stderr, "%.*s\n", (int)line.n, line.p);
}

/* Errors of the file itself are said here, before anything is asked of a store. */
static enum fg_rc
read_bundle(struct reader *r, struct fg_str *ret, struct fg_err *reterr)
{
	struct bundle_source src = { .file = file_of, .file_arg = r, .report = print_line };
	struct bundle *b;

	FG_TRY(ctl_read(r->arena, r->path, FG_LIMIT_BUNDLE_BYTES, ret, reterr));
	src.bytes = *ret;
	return bundle_parse(r->arena, &src, &b, reterr);
}

static enum fg_rc
request_of(const struct ctl_args *args, struct reader *r, struct fg_str bundle,
    struct fg_str *ret, struct fg_err *reterr)
{
	struct fg_buf b = FG_BUF_ARENA(r->arena, FG_LIMIT_CONTROL_BYTES);
	struct fg_str files;

	fg_buf_put(&b, FG_LIT("{\"op\":\"apply\",\"bundle\":"));
	fg_buf_json_str(&b, bundle);
	FG_TRY(fg_buf_end(&r->files, &files));
	fg_buf_put(&b, FG_LIT(",\"files\":{"));
	fg_buf_put(&b, files);
	fg_buf_put(&b, FG_LIT("}"));
	if (ctl_flag(args, "dry-run"))
		fg_buf_put(&b, FG_LIT(",\"dryRun\":true"));
	if (ctl_flag(args, "prune"))
		fg_buf_put(&b, FG_LIT(",\"prune\":true"));
	fg_buf_putc(&b, '}');
	if (fg_buf_end(&b, ret) != FG_OK)
		return fg_fail(reterr, FG_E_LIMIT, "ctl.apply", NULL, "bundle and files are too large");
	return FG_OK;
}

int
ctl_apply(const struct ctl_args *args)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_ADMIN_ARENA);
	struct reader r = { .path = ctl_value(args, "file"), .arena = a,
		.files = FG_BUF_ARENA(a, FG_LIMIT_CONTROL_BYTES) };
	struct fg_err err = { .rc = FG_OK };
	struct fg_str bundle, request;
	struct ctl_reply reply;
	enum fg_rc rc;

	if (r.path == NULL)
		return ctl_usage(args, "-f BUNDLE is needed");
	if (a == NULL)
		return CTL_REFUSED;
	ctl_metadata = serve_metadata_alone;
	rc = read_bundle(&r, &bundle, &err);
	if (rc == FG_OK)
		rc = request_of(args, &r, bundle, &request, &err);
	if (rc == FG_OK)
		rc = ctl_operate(args, a, request, &reply, &err);
	if (rc != FG_OK) {
		(void)ctl_fail(args, &err);
		return rc == FG_E_IO ? CTL_USAGE : CTL_REFUSED;
	}
	ctl_reply_lines(&reply, "warnings", stderr);
	ctl_reply_lines(&reply, "lines", stdout);
	return fflush(stdout) == 0 ? CTL_OK : CTL_REFUSED;
}
