/*
 * gateway/iam/admin.c - operations of the operator: request, table, reply, audit record.
 */
#include "gateway/iam/admin_int.h"

static const struct admin_op ops[] = {
	{ "account.create", "CreateAccount", false, admin_account_create },
	{ "apply", "ApplyBundle", false, admin_apply },
	{ "backup", "BackupStore", true, admin_backup },
	{ "export", "ExportBundle", true, admin_export },
	{ "provider.stale-bound", "SetProviderStaleBound", false, admin_stale_bound },
	{ "provider.drop-kid", "DropProviderKey", false, admin_drop_kid },
	{ "revoke", "RevokeSessions", false, admin_revoke },
	{ "keys.anew", "ReauthenticateRows", false, admin_keys_anew },
	{ "keys.outbound", "RotateOutboundKeys", false, admin_outbound_rotate },
	{ "keys.list", "ListKeys", true, admin_keys_list },
	{ "keys.retire", "RetireKey", false, admin_keys_retire },
	{ "keys.rewrap", "RewrapSecrets", false, admin_keys_rewrap },
	{ "keys.sync", "RotateKey", false, admin_keys_sync },
	{ NULL, NULL, false, NULL },
};

static const struct admin_op *
find(const struct admin_op *table, struct fg_str name)
{
	for (; table != NULL && table->name != NULL; table++)
		if (fg_eq(fg_str_z(table->name), name))
			return table;
	return NULL;
}

/* ---- members ---- */

bool
admin_str(struct admin_call *c, const char *name, struct fg_str *ret)
{
	uint32_t i = fg_json_get(c->request, 0, fg_str_z(name));

	*ret = FG_LIT("");
	if (i == 0)
		return true;
	if (c->request->node[i].type != FG_JSON_STRING) {
		(void)fg_fail(&c->err, FG_E_PARAM, "iam.admin", NULL, "%s is not a string", name);
		return false;
	}
	*ret = c->request->node[i].text;
	return true;
}

bool
admin_bool(const struct admin_call *c, const char *name)
{
	uint32_t i = fg_json_get(c->request, 0, fg_str_z(name));

	return i != 0 && c->request->node[i].type == FG_JSON_TRUE;
}

static void
put(struct fg_buf *b, const char *name, struct fg_str value)
{
	fg_buf_fmt(b, ",\"%s\":", name);
	fg_buf_json_str(b, value);
}

void
admin_put_str(struct admin_call *c, const char *name, struct fg_str value)
{
	put(c->out, name, value);
}

/* ---- one request ---- */

static void
put_lines(struct admin_call *c)
{
	fg_buf_put(c->out, FG_LIT(",\"lines\":["));
	fg_buf_put(c->out, c->lines);
	fg_buf_put(c->out, FG_LIT("],\"warnings\":["));
	fg_buf_put(c->out, c->warnings);
	fg_buf_put(c->out, FG_LIT("]"));
}

static void
put_error(struct admin_call *c)
{
	fg_buf_reset(c->out);
	fg_buf_put(c->out, FG_LIT("{\"ok\":false"));
	put(c->out, "code", fg_str_z(fg_rc_label(c->err.rc)));
	put(c->out, "step", fg_str_z(c->err.step == NULL ? "" : c->err.step));
	put(c->out, "ref", fg_str_z(c->err.ref == NULL ? "" : c->err.ref));
	put(c->out, "text", fg_str_z(c->err.text));
}

static enum fg_rc
audited(struct admin_call *c, const struct admin_op *op, enum fg_rc rc)
{
	const struct admin_event e = { .action = op->action, .account = c->account,
		.peer = c->peer, .err = rc == FG_OK ? NULL : &c->err, .read_only = op->read_only };
	struct fg_err err = { .rc = FG_OK };

	if (c->admin->audit == NULL || c->admin->audit(c->admin->arg, &e, &err) == FG_OK)
		return rc;
	fg_err_clear(&c->err);
	return fg_fail(&c->err, FG_E_UNAVAILABLE, "iam.audit", "rule 31",
	    "%s, but its audit record was not written: %s", rc == FG_OK ? "done" : "refused", err.text);
}

static enum fg_rc
run(struct admin_call *c, struct fg_str request)
{
	const struct admin_op *op;
	struct fg_str name;
	struct fg_json *j = FG_NEW(c->arena, struct fg_json);
	enum fg_rc rc;

	if (j == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.admin", NULL, "arena");
	FG_TRY(fg_json_parse(c->arena, request, NULL, "iam.admin", j, &c->err));
	c->request = j;
	if (j->node[0].type != FG_JSON_OBJECT)
		return fg_fail(&c->err, FG_E_PARAM, "iam.admin", NULL, "request is not an object");
	if (!admin_str(c, "op", &name))
		return c->err.rc;
	op = find(ops, name);
	if (op == NULL)
		op = find(c->admin->more, name);
	if (op == NULL)
		return fg_fail(&c->err, FG_E_UNSUPPORTED, "iam.admin", NULL, "no operation %.*s",
		    FG_PRI(name));
	rc = op->run(c);
	if (rc != FG_OK && c->err.rc == FG_OK)
		(void)fg_fail(&c->err, rc, "iam.admin", NULL, "%s", fg_rc_text(rc));
	return audited(c, op, rc);
}

void
admin_run(const struct admin *ad, struct fg_str request, const struct admin_peer *peer,
    struct fg_arena *a, struct fg_buf *out)
{
	struct admin_call c = { .admin = ad, .peer = peer, .arena = a, .out = out,
		.account = FG_LIT(""), .now = ad->now(ad->arg) };

	fg_buf_put(out, FG_LIT("{\"ok\":true"));
	if (run(&c, request) != FG_OK)
		put_error(&c);
	put_lines(&c);
	fg_buf_put(out, FG_LIT("}"));
}

/* ---- bundles ---- */

struct said {
	struct fg_buf lines, warnings;
};

static void
say(struct fg_buf *b, struct fg_str line)
{
	if (b->n > 0)
		fg_buf_putc(b, ',');
	fg_buf_json_str(b, line);
}

static void
say_line(void *arg, struct fg_str line)
{
	say(&((struct said *)arg)->lines, line);
}

static void
say_warning(void *arg, struct fg_str line)
{
	say(&((struct said *)arg)->warnings, line);
}

/* Files came along with the request: the gateway opens none for a caller. */
static enum fg_rc
file_of(void *arg, struct fg_str path, struct fg_arena *a, struct fg_str *ret,
    struct fg_err *reterr)
{
	const struct admin_call *c = arg;
	uint32_t files = fg_json_get(c->request, 0, FG_LIT("files"));
	uint32_t i = files != 0 && c->request->node[files].type == FG_JSON_OBJECT
	    ? fg_json_get(c->request, files, path) : 0;

	if (i == 0 || c->request->node[i].type != FG_JSON_STRING)
		return fg_fail(reterr, FG_E_NOT_FOUND, "iam.admin", NULL, "no file %.*s",
		    FG_PRI(path));
	*ret = fg_arena_dup(a, c->request->node[i].text);
	return ret->p == NULL ? FG_E_NOMEM : FG_OK;
}

static enum fg_rc
apply(struct admin_call *c, struct said *said)
{
	struct bundle_source src = { .file = file_of, .file_arg = c, .report = say_line,
		.report_arg = said };
	struct bundle_how how = { .now = c->now, .line = say_line, .warn = say_warning, .arg = said,
		.cred = c->admin->cred, .metadata = c->admin->metadata, .metadata_arg = c->admin->metadata_arg };
	struct bundle *b;

	if (!admin_str(c, "bundle", &src.bytes))
		return c->err.rc;
	how.flags = (admin_bool(c, "dryRun") ? BUNDLE_DRY_RUN : 0u) |
	    (admin_bool(c, "prune") ? BUNDLE_PRUNE : 0u);
	FG_TRY(bundle_parse(c->arena, &src, &b, &c->err));
	return bundle_apply(c->admin->store, b, &how, c->arena, &c->err);
}

enum fg_rc
admin_apply(struct admin_call *c)
{
	struct said said = { FG_BUF_ARENA(c->arena, FG_LIMIT_CONTROL_BYTES),
		FG_BUF_ARENA(c->arena, FG_LIMIT_CONTROL_BYTES) };
	enum fg_rc rc = apply(c, &said), told;

	told = fg_buf_end(&said.lines, &c->lines);
	if (told == FG_OK)
		told = fg_buf_end(&said.warnings, &c->warnings);
	return rc != FG_OK ? rc : told;
}

/* The copy is made by the process that owns the store; it is below the mark from the next write on. */
enum fg_rc
admin_backup(struct admin_call *c)
{
	struct fg_str path;

	if (!admin_str(c, "path", &path))
		return c->err.rc;
	if (path.n == 0 || path.p[0] != '/')
		return fg_fail(&c->err, FG_E_PARAM, "iam.backup", NULL, "path is not absolute");
	return store_backup(c->admin->store, path, &c->err);
}

enum fg_rc
admin_export(struct admin_call *c)
{
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_CONTROL_BYTES);

	if (!admin_str(c, "account", &c->account))
		return c->err.rc;
	FG_TRY(bundle_export(c->admin->store, c->account, c->arena, &b, &c->err));
	admin_put_str(c, "bundle", fg_buf_str(&b));
	return FG_OK;
}
