/*
 * AssumeRole: a signed caller, both sides' policies, chains.
 */
#include "gateway/api/sts_int.h"

static enum fg_rc
caller_check(struct api_call *c)
{
	switch (c->caller.who.kind) {
	case TRUST_ROOT:
		return api_refuse(c, API_F_ACCESS_DENIED, "api.assume-role.root",
		    "Roles may not be assumed by root accounts.");
	case TRUST_FEDERATED_USER:
		return api_refuse(c, API_F_ACCESS_DENIED, "api.assume-role.federated",
		    "Cannot call AssumeRole with federated user credentials");
	case TRUST_USER:
	case TRUST_SESSION_OF_ROLE:
		return FG_OK;
	default:
		return api_refuse(c, API_F_ACCESS_DENIED, "api.assume-role.caller",
		    "This caller cannot assume a role");
	}
}

static enum fg_rc
contexts_check(struct api_call *c)
{
	if (!api_arg(c, STS_AR_CONTEXTS)->present)
		return FG_OK;
	return api_refuse(c, API_F_INVALID_VALUE, "api.assume-role.contexts",
	    "ProvidedContexts is not supported");
}

/* Transitive tags come along and cannot be set again. */
static enum fg_rc
tags_inherit(struct api_call *c, struct api_issue *w)
{
	const struct cred_session *up = c->caller.session;
	size_t asked = w->n_tag;

	for (size_t i = 0; up != NULL && i < up->tags_n; i++) {
		if (!up->tags[i].transitive)
			continue;
		for (size_t k = 0; k < asked; k++) {
			if (fg_eq_icase(w->tag[k].key, up->tags[i].key))
				return api_refuse(c, API_F_INVALID_VALUE, "api.tags.inherited",
				    "One of the specified transitive tag keys can't be set because "
				    "it conflicts with a transitive tag key from the calling session.");
		}
		if (w->n_tag == CRED_TAGS_MAX)
			return api_refuse(c, API_F_INVALID_VALUE, "api.tags.count",
			    "A session may have 50 tags.");
		w->tag[w->n_tag++] = (struct api_tag){ up->tags[i].key, up->tags[i].value, true };
	}
	return FG_OK;
}

static enum fg_rc
tags_fill(struct api_call *c, struct api_issue *w)
{
	const struct api_arg *transitive = api_arg(c, STS_AR_TRANSITIVE);

	FG_TRY(sts_tag_args(c, api_arg(c, STS_AR_TAGS), w));
	for (size_t i = 0; i < transitive->n; i++)
		FG_TRY(api_tags_transitive(c, w, api_member(transitive, i, 0)->s));
	return tags_inherit(c, w);
}

/* Once set it stays for the whole chain. */
static enum fg_rc
source_identity_fill(struct api_call *c, struct api_issue *w)
{
	const struct api_arg *asked = api_arg(c, STS_AR_SOURCE);
	struct fg_str up = c->caller.session == NULL ? FG_STR_NULL
						     : c->caller.session->source_identity;

	if (asked->present && !api_source_identity_ok(asked->s))
		return api_refuse(c, API_F_VALIDATION, "api.source-identity",
		    "The source identity is not valid");
	if (asked->present && up.n > 0 && !fg_eq(asked->s, up))
		return api_refuse(c, API_F_ACCESS_DENIED, "api.source-identity.changed",
		    "The source identity of the calling session cannot be changed");
	w->source_identity = up.n > 0 ? up : asked->present ? asked->s : FG_STR_NULL;
	return FG_OK;
}

/* Where the chain began stays where it began. */
static void
origin_fill(const struct api_call *c, struct api_issue *w)
{
	const struct cred_session *up = c->caller.session;

	if (up == NULL) {
		w->method = CRED_METHOD_KEY;
		w->issuer = c->caller.key_id;
		w->subject = c->caller.arn;
		w->origin = c->now;
		return;
	}
	w->method = up->method;
	w->provider = up->provider;
	w->issuer = up->issuer;
	w->subject = up->subject;
	w->origin = up->origin;
}

static enum fg_rc
issue_fill(struct api_call *c, struct api_issue *w)
{
	w->action = FG_LIT("sts:AssumeRole");
	w->role_arn = api_arg(c, STS_AR_ROLE)->s;
	w->session_name = api_arg(c, STS_AR_NAME)->s;
	if (api_arg(c, STS_AR_EXTERNAL)->present)
		w->external_id = api_arg(c, STS_AR_EXTERNAL)->s;
	FG_TRY(tags_fill(c, w));
	FG_TRY(source_identity_fill(c, w));
	origin_fill(c, w);
	return sts_session_args(c, api_arg(c, STS_AR_POLICY), api_arg(c, STS_AR_ARNS),
	    api_arg(c, STS_AR_DURATION), w);
}

enum fg_rc
api_run_assume_role(struct api_call *c)
{
	struct api_issue *w = FG_NEW(c->arena, struct api_issue);
	struct api_issued *i = FG_NEW(c->arena, struct api_issued);
	struct api_arn arn;

	if (w == NULL || i == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.assume-role", NULL, "arena");
	FG_TRY(api_role_arn(c, api_arg(c, STS_AR_ROLE)->s, &arn));
	FG_TRY(contexts_check(c));
	FG_TRY(caller_check(c));
	FG_TRY(sts_mfa_args(c, api_arg(c, STS_AR_SERIAL), api_arg(c, STS_AR_CODE)));
	if (c->waiting)
		return FG_OK;
	FG_TRY(issue_fill(c, w));
	FG_TRY(api_issue_proof(c, w, i));
	api_xml_role(&c->xml, i);
	api_xml_credentials(&c->xml, &i->minted, i->expires);
	api_xml_opt(&c->xml, FG_LIT("SourceIdentity"), w->source_identity);
	return FG_OK;
}
