/* One operation: by the gateway that runs, or here. */
#include <stdlib.h>
#include <time.h>

#include "gateway/ctl/ctl_conf.h"
#include "gateway/ctl/operate.h"
#include "gateway/iam/control.h"

idp_metadata_fn ctl_metadata;

struct local {
	struct ctl_store store;
	const struct conf *conf;
	struct ctl_audit *audit;
};

static fg_time
now_of(void *arg)
{
	(void)arg;
	return (fg_time)time(NULL);
}

static enum fg_rc
audit_of(void *arg, const struct admin_event *e, struct fg_err *reterr)
{
	struct local *l = arg;

	return ctl_audit_write(l->audit, e, reterr);
}

static bool
clock_of(void *arg)
{
	struct local *l = arg;

	return ctl_store_clock_ok(l->conf);
}

static enum fg_rc
here(const struct conf *c, struct fg_arena *a, struct fg_str request, struct fg_str *ret,
    struct fg_err *reterr)
{
	struct local l = { .conf = c };
	struct fg_buf out = FG_BUF_ARENA(a, FG_LIMIT_CONTROL_BYTES);
	char name[64];
	const struct admin_peer peer = ctl_peer(name);
	struct admin ad = { .now = now_of, .audit = audit_of,
		.clock_ok = clock_of, .arg = &l, .metadata = ctl_metadata };
	struct cred_node node;
	enum fg_rc rc;

	FG_TRY(ctl_store_open(c, &l.store, reterr));
	rc = ctl_audit_open(c, &l.store, &l.audit, reterr);
	if (rc == FG_OK)
		rc = cred_node_init(&node, l.store.now, reterr);
	if (rc == FG_OK) {
		ad.node = &node;
		ad.store = l.store.store;
		ad.cred = l.store.cred;
		admin_run(&ad, request, &peer, a, &out);
		rc = fg_buf_end(&out, ret);
		cred_node_leave(l.store.store, &node);
	}
	ctl_audit_close(l.audit);
	ctl_store_close(&l.store);
	return rc;
}

/* The folder that the store lies in is where a gateway listens. */
static enum fg_rc
data_dir(const struct conf *c, struct fg_arena *a, const char **ret, struct fg_err *reterr)
{
	struct fg_str path = fg_str_z(conf_store_path(c)), dir;
	size_t n = path.n;

	if (path.n == 0)
		return fg_fail(reterr, FG_E_UNSUPPORTED, "ctl.store", NULL,
		    "%s is not a store that this command opens", c->store);
	while (n > 0 && path.p[n - 1] != '/')
		n--;
	dir = n == 0 ? FG_LIT(".") : fg_sub(path, 0, n);
	*ret = fg_arena_dup(a, dir).p;
	return *ret == NULL ? fg_fail(reterr, FG_E_NOMEM, "ctl.store", NULL, "arena") : FG_OK;
}

static enum fg_rc
answer(const struct ctl_args *args, struct fg_arena *a, struct fg_str request,
    struct fg_str *ret, struct fg_err *reterr)
{
	FG_AUTO(conf_freep) struct conf *c = NULL;
	struct fg_err err = { .rc = FG_OK };
	const char *dir;
	enum fg_rc rc;

	FG_TRY(ctl_conf(args, ctl_value(args, "config"), &c, reterr));
	FG_TRY(data_dir(c, a, &dir, reterr));
	rc = control_ask(dir, request, a, ret, &err);
	if (rc != FG_E_NOT_FOUND)
		return rc == FG_OK ? rc : fg_fail(reterr, rc, err.step, err.ref, "%s", err.text);
	return here(c, a, request, ret, reterr);
}

/* ---- replies ---- */

static uint32_t
member(const struct ctl_reply *r, const char *name)
{
	return fg_json_get(&r->json, 0, fg_str_z(name));
}

struct fg_str
ctl_reply_str(const struct ctl_reply *r, const char *name)
{
	uint32_t i = member(r, name);

	return i == 0 || r->json.node[i].type != FG_JSON_STRING ? FG_LIT("") : r->json.node[i].text;
}

struct fg_str
ctl_reply_raw(const struct ctl_reply *r, const char *name)
{
	uint32_t i = member(r, name);

	return i == 0 ? FG_LIT("") : fg_json_raw(&r->json, i);
}

void
ctl_reply_lines(const struct ctl_reply *r, const char *name, FILE *to)
{
	uint32_t list = member(r, name);

	if (list == 0 || r->json.node[list].type != FG_JSON_ARRAY)
		return;
	for (uint32_t i = fg_json_first(list); i < r->json.node[list].next;
	     i = fg_json_after(&r->json, i)) {
		fwrite(r->json.node[i].text.p, 1, r->json.node[i].text.n, to);
		fputc('\n', to);
	}
}

/* The code of a reply, so that the exit status is the same wherever it was done. */
static enum fg_rc
code_of(struct fg_str label)
{
	for (enum fg_rc rc = FG_OK + 1; rc < FG_RC_MAX; rc++)
		if (fg_eq(fg_str_z(fg_rc_label(rc)), label))
			return rc;
	return FG_E_INTERNAL;
}

enum fg_rc
ctl_operate(const struct ctl_args *args, struct fg_arena *a, struct fg_str request,
    struct ctl_reply *ret, struct fg_err *reterr)
{
	struct fg_str text, step;
	uint32_t ok;

	FG_TRY(answer(args, a, request, &text, reterr));
	FG_TRY(fg_json_parse(a, text, NULL, "ctl.reply", &ret->json, reterr));
	if (ret->json.node[0].type != FG_JSON_OBJECT)
		return fg_fail(reterr, FG_E_INTERNAL, "ctl.reply", NULL, "not an object");
	ok = member(ret, "ok");
	if (ok != 0 && ret->json.node[ok].type == FG_JSON_TRUE)
		return FG_OK;
	ctl_reply_lines(ret, "lines", stderr);
	step = fg_arena_dup(args->arena, ctl_reply_str(ret, "step"));
	text = ctl_reply_str(ret, "text");
	return fg_fail(reterr, code_of(ctl_reply_str(ret, "code")), step.p, NULL, "%.*s",
	    (int)text.n, text.n == 0 ? "" : text.p);
}

void
ctl_print_key(const struct ctl_args *args, struct fg_str id, struct fg_str secret,
    struct fg_str json)
{
	if (ctl_flag(args, "json"))
		(void)printf("%.*s\n", (int)json.n, json.p);
	else
		(void)printf("export AWS_ACCESS_KEY_ID=%.*s\nexport AWS_SECRET_ACCESS_KEY=%.*s\n",
		    (int)id.n, id.p, (int)secret.n, secret.p);
	(void)fflush(stdout);
	(void)fprintf(stderr, "fedgate: this key of user admin is a bootstrap key and is shown only "
	    "now; make a personal one and delete it\n");
}
