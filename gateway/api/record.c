/*
 * The audit record of a call.
 */
#include "gateway/api/api_int.h"

void
api_story_result(struct api_call *c, enum audit_name name, struct fg_str value)
{
	if (c->story.n_result < API_STORY_RESULTS)
		c->story.result[c->story.n_result++] = (struct audit_param){ name, value };
}

static const enum audit_identity_type types[TRUST_CALLER_MAX] = {
	[TRUST_ROOT] = AUDIT_WHO_ROOT,
	[TRUST_USER] = AUDIT_WHO_USER,
	[TRUST_SESSION_OF_ROLE] = AUDIT_WHO_ROLE,
	[TRUST_FEDERATED_USER] = AUDIT_WHO_FEDERATED,
	[TRUST_WEB_IDENTITY] = AUDIT_WHO_WEB,
	[TRUST_SAML] = AUDIT_WHO_SAML,
};

static void
who(const struct api_call *c, struct audit_identity *ret)
{
	const struct api_caller *k = &c->caller;

	ret->type = types[k->who.kind];
	if (k->who.kind == TRUST_NOBODY) {
		if (c->auth.form != SIGV4_NONE)
			ret->access_key_id = c->auth.key_id; /* claimed, as CloudTrail shows it */
		return;
	}
	ret->arn = k->arn;
	ret->account = k->who.account;
	ret->principal_id = k->user_id;
	ret->access_key_id = k->key_id;
	if (k->who.kind == TRUST_WEB_IDENTITY || k->who.kind == TRUST_SAML) {
		ret->identity_provider = c->story.provider;
		ret->user_name = c->story.subject;
		ret->arn = FG_STR_NULL;
		return;
	}
	ret->user_name = k->who.kind == TRUST_SESSION_OF_ROLE ? FG_STR_NULL : k->who.name;
	if (k->role != NULL && k->temporary) {
		ret->issuer_arn = k->role->arn;
		ret->issuer_id = k->role->uid;
		ret->issuer_account = k->role->account;
		ret->issuer_name = k->role->name;
	}
	if (k->session != NULL) {
		ret->created = k->session->issued;
		ret->source_identity = k->session->source_identity;
		ret->mfa = k->mfa != 0;
	}
}

static void
verdict(const struct api_call *c, struct audit_record *r)
{
	int status;

	if (c->err.rc == FG_OK)
		return;
	r->error_code = c->json ? api_json_code(c->fault, &status) : api_fault_row(c->fault)->code;
	/* a message that was given since counts as it stands */
	r->error_message = c->message.p == c->story.told.p && c->message.p != NULL ? c->story.told : c->message;
	r->reason = &c->err;
	r->why = c->story.why;
	r->n_why = c->story.n_why;
	r->minted = (struct audit_minted){ 0 };
	r->n_result = 0;
}

void
api_record(const struct api_call *c, struct audit_record *ret)
{
	const struct api_story *s = &c->story;
	struct audit_record r = { 0 };

	r.time = c->now;
	r.source = c->service == NULL ? FG_LIT("sts.amazonaws.com") : c->service->source;
	r.name = c->action == NULL ? FG_LIT("Unknown") : c->action->name;
	r.region = c->auth.region;
	r.request_id = c->id;
	r.user_agent = http_header(c->req, HTTP_H_USER_AGENT);
	r.from = &c->peer->ip;
	r.tls_version = fg_str_z(c->peer->tls_version);
	r.tls_cipher = fg_str_z(c->peer->tls_cipher);
	r.host = c->req->host;
	r.read_only = c->action == NULL || !(c->action->flags & (API_MINTS | API_WRITES));
	r.recipient_account = fg_str_null(s->account) ? c->caller.who.account : s->account;
	who(c, &r.who);
	r.param = s->param;
	r.n_param = s->n_param;
	r.result = s->result;
	r.n_result = s->n_result;
	r.minted = s->minted;
	r.resource_arn = s->resource;
	r.resource_account = s->resource_account;
	r.resource_type = s->resource_type;
	r.issuer = s->issuer;
	r.subject = s->subject;
	r.origin = s->origin;
	r.decided = s->decided;
	r.legacy = s->legacy;
	r.n_legacy = s->n_legacy;
	verdict(c, &r);
	*ret = r;
}
