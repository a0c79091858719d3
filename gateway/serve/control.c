/* The operator's socket: commands of the terminal, done by the gateway that owns the store, and audited. */
#include <signal.h>
#include <unistd.h>

#include "gateway/iam/control.h"
#include "gateway/serve/serve_int.h"

struct serve_control {
	struct serve *s;
	struct admin admin;
	struct control *socket;
	uint64_t n; /* requests: part of their ids */
};

static fg_time
now(void *arg)
{
	(void)arg;
	return (fg_time)time(NULL);
}

static enum fg_rc
audited(void *arg, const struct admin_event *e, struct fg_err *reterr)
{
	struct serve_control *c = arg;
	char id[64];
	struct audit_record r = { .time = now(NULL), .source = FG_LIT("fedgate.internal"), .name = fg_str_z(e->action),
		.read_only = e->read_only, .recipient_account = e->account, .user_agent = FG_LIT("fedgate"), .reason = e->err };

	snprintf(id, sizeof(id), "control-%lld-%llu", (long long)r.time, (unsigned long long)++c->n);
	r.request_id = fg_str_z(id);
	r.who = (struct audit_identity){ .type = AUDIT_WHO_OPERATOR, .user_name = e->peer->user, .account = e->account };
	if (e->err != NULL) {
		r.error_code = fg_str_z(fg_rc_label(e->err->rc));
		r.error_message = fg_str_z(fg_rc_text(e->err->rc));
	}
	return audit_shared(c->s->audit, &r, reterr);
}

static enum fg_rc
acknowledge_clock(struct admin_call *call)
{
	struct serve_control *c = call->admin->arg;

	atomic_store(&c->s->clock_acknowledged, true);
	return FG_OK;
}

/* The supervisor starts cred anew, which then has the ring as it is now; certificates are read again too. */
static enum fg_rc
reload(struct admin_call *call)
{
	if (kill(getppid(), SIGHUP) != 0)
		return fg_fail(&call->err, FG_E_IO, "serve.reload", NULL, "the supervisor cannot be told");
	return FG_OK;
}

static bool
clock_ok(void *arg)
{
	struct serve_control *c = arg;

	return atomic_load(&c->s->clock_confirmed);
}

static enum fg_rc
dry_run(struct admin_call *call)
{
	struct serve_control *c = call->admin->arg;

	return serve_dry_run(c->s, call);
}

/* The next document is taken by the registry's thread, a moment later; what comes of it is audited there. */
static enum fg_rc
refresh(struct admin_call *call)
{
	struct serve_control *c = call->admin->arg;
	const struct directory_saml *p;
	struct fg_str arn, how;
	bool known;

	if (!admin_str(call, "arn", &arn) || !admin_str(call, "how", &how))
		return call->err.rc;
	directory_enter();
	p = directory_saml_find(c->s->dir, arn);
	known = p != NULL && p->url.n > 0;
	if (known)
		call->account = fg_arena_dup(call->arena, p->account);
	directory_leave();
	if (!known)
		return fg_fail(&call->err, FG_E_NOT_FOUND, "serve.refresh", NULL,
		    "%.*s is no SAML provider with metadata by URL", (int)(arn.n > 150 ? 150 : arn.n), arn.n == 0 ? "" : arn.p);
	return idp_saml_refresh(c->s->saml, arn, fg_eq(how, FG_LIT("accept")), &call->err);
}

static const struct admin_op operations[] = {
	{ "dry-run", "DryRun", true, dry_run },
	{ "provider.refresh", "RefreshProvider", false, refresh },
	{ "reload", "Reload", false, reload },
	{ "clock.acknowledge", "AcknowledgeClock", false, acknowledge_clock },
	{ NULL, NULL, false, NULL },
};

static void
answer(void *arg, struct fg_str request, const struct admin_peer *peer, struct fg_arena *a, struct fg_buf *out)
{
	struct serve_control *c = arg;

	/* The thread is not ours and ends when it likes: it must not stay among the readers. */
	directory_thread_join();
	admin_run(&c->admin, request, peer, a, out);
	directory_thread_leave();
}

enum fg_rc
serve_open_control(struct serve *s, struct fg_err *reterr)
{
	struct serve_control *c = calloc(1, sizeof(*c));
	struct fg_str path = fg_str_z(conf_store_path(s->conf));
	size_t slash = path.n;

	if (c == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "serve.control", NULL, "socket");
	while (slash > 0 && path.p[slash - 1] != '/')
		slash--;
	path = slash == 0 ? FG_LIT(".") : fg_arena_dup(s->conf->arena, fg_sub(path, 0, slash));
	c->s = s;
	c->admin = (struct admin){ .store = s->store, .cred = s->cred, .now = now, .audit = audited,
		.clock_ok = clock_ok, .node = &s->node, .arg = c,
		.more = operations, .metadata = serve_metadata, .metadata_arg = s };
	s->control = c;
	return path.p == NULL ? fg_fail(reterr, FG_E_NOMEM, "serve.control", NULL, "path") :
				control_open(path.p, answer, c, &c->socket, reterr);
}

void
serve_close_control(struct serve *s)
{
	struct serve_control *c = FG_STEAL(s->control);

	if (c == NULL)
		return;
	control_close(c->socket);
	free(c);
}
