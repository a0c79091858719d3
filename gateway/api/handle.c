/*
 * The pipeline of a call: find the action, know the caller, read the parameters, run, record,
 * reply.  Each stage is a function; the first that refuses ends the row.
 */
#include "gateway/api/api_int.h"

#define FORM_TYPE "application/x-www-form-urlencoded"

/* "application/x-www-form-urlencoded", with or without a charset of UTF-8. */
static bool
form_type_ok(struct fg_str type)
{
	struct fg_str head, rest;
	bool more = fg_cut(type, ';', &head, &rest);

	if (!fg_eq_icase(fg_trim(head), FG_LIT(FORM_TYPE)))
		return false;
	return !more || fg_eq_icase(fg_trim(rest), FG_LIT("charset=utf-8"));
}

static enum fg_rc
host_check(struct api_call *c)
{
	const struct api_conf *conf = &c->w->env->conf;

	for (size_t i = 0; i < conf->n_endpoint_hosts; i++) {
		if (fg_eq_icase(c->req->host, conf->endpoint_hosts[i]))
			return FG_OK;
	}
	if (conf->n_endpoint_hosts == 0)
		return FG_OK;
	return api_refuse(c, API_F_VALIDATION, "api.host",
	    "The Host of the request is not an endpoint of this service");
}

static enum fg_rc
form_find(struct api_call *c, struct api_form *form)
{
	const struct http_request *r = c->req;
	struct fg_str type;

	if (!fg_eq(r->path, FG_LIT("/")))
		return api_refuse(c, API_F_INVALID_ACTION, "api.path", "The path must be /");
	if (r->method == HTTP_GET)
		return api_form_read(c->arena, r->query, FG_URI_PATH, form, &c->err);
	if (r->method != HTTP_POST)
		return api_refuse(c, API_F_INVALID_ACTION, "api.method", "The method must be POST");
	if (!fg_str_null(r->query))
		return api_refuse(c, API_F_MALFORMED_QUERY, "api.query",
		    "A POST takes its parameters from the body only");
	if (!http_header_one(r, HTTP_H_CONTENT_TYPE, &type) || !form_type_ok(type))
		return api_refuse(c, API_F_MALFORMED_QUERY, "api.content-type",
		    "The Content-Type must be " FORM_TYPE);
	return api_form_read(c->arena, r->body, FG_URI_FORM, form, &c->err);
}

const struct api_action *
api_action_find(const struct api_service *s, struct fg_str name)
{
	size_t lo = 0, hi = s->n_action;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int cmp = fg_cmp(name, s->action[mid].name);

		if (cmp == 0)
			return s->action[mid].run == NULL ? NULL : &s->action[mid];
		if (cmp < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

static enum fg_rc
action_find(struct api_call *c, const struct api_form *form)
{
	const struct api_conf *conf = &c->w->env->conf;
	struct fg_str action = api_form_get(form, FG_LIT("Action"));
	struct fg_str version = api_form_get(form, FG_LIT("Version"));

	if (action.n == 0)
		return api_refuse_str(c, API_F_MISSING_ACTION, "api.action.missing",
		    api_fault_row(API_F_MISSING_ACTION)->text);
	for (size_t i = 0; i < conf->n_service; i++) {
		if (conf->service[i]->target.n > 0 || !fg_eq(version, conf->service[i]->version))
			continue;
		c->service = conf->service[i];
		c->action = api_action_find(c->service, action);
	}
	if (c->action == NULL)
		return api_refuse(c, API_F_INVALID_ACTION, "api.action.unknown",
		    "Could not find operation %.*s for version %.*s",
		    FG_PRI(fg_sub(action, 0, FG_LIMIT_FORM_NAME_BYTES)),
		    FG_PRI(version.n == 0 ? FG_LIT("NO_VERSION_SPECIFIED")
					  : fg_sub(version, 0, 32)));
	if (c->action->body_max != 0 && c->req->body.n > c->action->body_max)
		return api_refuse_str(c, API_F_TOO_LARGE, "api.body",
		    api_fault_row(API_F_TOO_LARGE)->text);
	if (c->req->method == HTTP_GET && !(c->action->flags & API_PRESIGNED))
		return api_refuse(c, API_F_INVALID_ACTION, "api.method.get",
		    "%.*s must be sent with POST", FG_PRI(c->action->name));
	return FG_OK;
}

/* 127.0.0.0/8 and ::1. */
static bool
loopback(const struct fg_ip *ip)
{
	static const uint8_t one[16] = { [15] = 1 };
	struct fg_ip v = fg_ip_unmap(*ip);

	return (v.family == FG_IP_V4 && v.b[0] == 127) ||
	    (v.family == FG_IP_V6 && memcmp(v.b, one, 16) == 0);
}

/*
 * A client on this machine.  A proxy on this machine that does not say for whom it asks is none: its
 * clients may be anywhere.
 */
static bool
is_local(const struct front_peer *p)
{
	return loopback(&p->socket_ip) && loopback(&p->ip) && (!p->through || p->proxied);
}

/* What hands out or changes something never travels in the clear. */
static enum fg_rc
transport_check(struct api_call *c)
{
	c->loopback = is_local(c->peer);
	if ((c->action->flags & (API_MINTS | API_WRITES)) && !c->peer->secure && !c->loopback)
		return api_refuse(c, API_F_ACCESS_DENIED, "api.transport",
		    "%.*s needs TLS", FG_PRI(c->action->name));
	return FG_OK;
}

static enum fg_rc
once_check(struct api_call *c)
{
	if (!(c->action->flags & (API_MINTS | API_WRITES)) || c->auth.form == SIGV4_NONE)
		return FG_OK;
	if (api_replays_claim(c->w->env->replays, c->auth.signature, c->connection, c->now))
		return FG_OK;
	c->fault = API_F_THROTTLING; /* a client that meant two signs the second one anew */
	return fg_fail(&c->err, FG_E_REPLAY, "api.replay", NULL,
	    "this signature was used on another connection");
}

/* A commit that is not seen here may have been a cut-off, which denies by being there. */
static enum fg_rc
directory_check(struct api_call *c)
{
	if (!directory_stale(api_directory(c)))
		return FG_OK;
	return fg_fail(&c->err, FG_E_UNAVAILABLE, "api.directory", NULL,
	    "a commit could not be followed: restart");
}

static enum fg_rc
action_read(struct api_call *c, struct api_form *form)
{
	if (c->json)
		return api_json_action(c);
	FG_TRY(form_find(c, form));
	return action_find(c, form);
}

static enum fg_rc
stages(struct api_call *c)
{
	struct api_form form = { 0 };

	c->json = api_json_asked(c->req);
	FG_TRY(host_check(c));
	FG_TRY(directory_check(c));
	FG_TRY(action_read(c, &form));
	FG_TRY(transport_check(c));
	if (!(c->action->flags & API_ANON)) {
		FG_TRY(api_caller_read(c));
		FG_TRY(api_session_kind_check(c));
	}
	FG_TRY(c->json ? api_json_args(c) : api_args_read(c, &form));
	FG_TRY(once_check(c));
	return c->action->run(c);
}

/* ---- the end ---- */

static void
fault_settle(struct api_call *c)
{
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_API_MESSAGE_BYTES);
	struct fg_str text;

	if (c->fault == API_F_NONE)
		c->fault = api_fault_of(&c->err);
	if (!fg_str_null(c->message))
		return;
	if (sigv4_wording(&c->err, &c->auth, c->now, &b) && fg_buf_end(&b, &text) == FG_OK)
		c->message = text;
	else
		c->message = api_fault_row(c->fault)->text;
}

static struct fg_str
xmlns(const struct api_call *c)
{
	const struct api_conf *conf = &c->w->env->conf;

	if (c->service != NULL)
		return c->service->xmlns;
	return conf->n_service > 0 ? conf->service[0]->xmlns : FG_LIT("");
}

static void
reply_build(struct api_call *c)
{
	struct fg_buf b = FG_BUF_ARENA(c->settled != NULL ? c->keep : c->arena, FG_LIMIT_REPLY_BYTES);
	const struct api_fault_row *row = api_fault_row(c->fault);

	c->content_type = c->json ? FG_LIT("application/x-amz-json-1.1") : FG_LIT("text/xml");
	if (c->err.rc == FG_OK) {
		(void)fg_buf_room(&b, c->xml.n + 512);
		c->json ? api_json_success(&b, c) : api_xml_success(&b, c);
		c->status = 200;
	} else if (c->json) {
		c->status = api_json_error(&b, c);
	} else {
		api_xml_error(&b, xmlns(c), row, c->message, c->id);
		c->status = row->status;
	}
	if (fg_buf_end(&b, &c->body) != FG_OK) {
		c->status = 500;
		c->body = FG_LIT("");
	}
}

static void
withdraw(struct api_call *c, enum fg_rc rc)
{
	fg_err_clear(&c->err);
	c->fault = API_F_UNAVAILABLE;
	c->message = api_fault_row(API_F_UNAVAILABLE)->text;
	(void)fg_fail(&c->err, rc == FG_OK ? FG_E_INTERNAL : rc, "api.audit", NULL,
	    "the audit record is not on disk");
}

/* The record is on disk, or never will be. */
static void
recorded(void *arg, enum fg_rc rc)
{
	struct api_call *c = arg;

	if (rc != FG_OK) {
		withdraw(c, rc);
		reply_build(c);
	}
	c->done(c);
}

static void
finish(struct api_call *c)
{
	const struct api_hooks *h = &c->w->env->conf.hooks;
	void (*settled)(struct api_call *) = c->settled;
	struct audit_record record;
	bool granted, wait;
	enum fg_rc rc;

	if (c->err.rc == FG_OK && c->xml.bad != FG_OK)
		(void)fg_fail(&c->err, FG_E_INTERNAL, "api.reply", NULL, "reply is too large");
	if (c->err.rc != FG_OK)
		fault_settle(c);
	granted = c->err.rc == FG_OK;
	wait = granted && (c->action->flags & (API_MINTS | API_WRITES)) != 0;
	api_record(c, &record);
	if (wait) /* here, where it is warm; it leaves when the record is on disk */
		reply_build(c);
	rc = h->audit(h->arg, c, &record, wait ? recorded : NULL, c, NULL);
	if (rc == FG_OK && wait) {
		if (settled != NULL)
			settled(c);
		return;
	}
	if (rc != FG_OK && granted)
		withdraw(c, rc);
	reply_build(c);
	c->done(c);
}

/* A refusal that forgot to say why is ours, and still a refusal. */
static void
ended(struct api_call *c, enum fg_rc rc)
{
	if (rc == FG_OK && c->waiting)
		return; /* another thread may hold the call by now: hands off */
	if (rc != FG_OK && c->err.rc == FG_OK)
		(void)fg_fail(&c->err, rc, "api.unsaid", NULL, "refused without a reason");
	if (rc == FG_OK && c->err.rc != FG_OK)
		fg_err_clear(&c->err);
	c->waiting = false;
	finish(c);
}

void
api_handle(struct api_call *c)
{
	c->xml = FG_BUF_ARENA(c->arena, FG_LIMIT_REPLY_BYTES);
	directory_enter();
	api_policies_sweep(c->w->policies);
	ended(c, stages(c));
	directory_leave();
}

void
api_resume(struct api_call *c)
{
	enum fg_rc rc;

	c->waiting = false;
	c->fault = API_F_NONE;
	c->message = FG_STR_NULL;
	fg_buf_reset(&c->xml);
	fg_err_clear(&c->err);
	directory_enter();
	api_policies_sweep(c->w->policies);
	rc = directory_check(c);
	if (rc == FG_OK)
		rc = api_caller_again(c);
	if (rc == FG_OK)
		rc = c->action->run(c);
	ended(c, rc);
	directory_leave();
}

void
api_written(struct api_call *c, enum fg_rc rc)
{
	c->waiting = false;
	ended(c, rc);
}

void
api_mfa(struct api_call *c, enum fg_rc rc)
{
	if (rc == FG_OK) {
		api_resume(c);
		return;
	}
	c->waiting = false;
	fg_err_clear(&c->err);
	if (fg_rc_class(rc) == FG_SELF) {
		(void)fg_fail(&c->err, FG_E_UNAVAILABLE, "api.mfa.store", NULL,
		    "the code cannot be checked");
	} else {
		c->fault = API_F_ACCESS_DENIED;
		c->message = FG_LIT(API_MFA_REFUSED);
		(void)fg_fail(&c->err, FG_E_DENIED, "api.mfa", NULL, "the code is not right");
	}
	finish(c);
}

void
api_claimed(struct api_call *c, enum fg_rc rc)
{
	if (rc == FG_OK) {
		api_resume(c);
		return;
	}
	c->waiting = false;
	fg_err_clear(&c->err);
	if (rc == FG_E_REPLAY)
		(void)fg_fail(&c->err, FG_E_REPLAY, "api.claim.used", NULL, "proof was used before");
	else
		(void)fg_fail(&c->err, FG_E_UNAVAILABLE, "api.claim.store", NULL,
		    "the store cannot claim");
	finish(c);
}
