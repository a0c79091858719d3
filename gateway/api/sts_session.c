/*
 * GetSessionToken and GetFederationToken: sessions of a user, made from its long-lived key.
 */
#include "gateway/api/sts_int.h"

#define DEFAULT_S 43200

static enum fg_rc
long_lived_check(struct api_call *c)
{
	if (!c->caller.temporary && c->caller.user != NULL)
		return FG_OK;
	return api_refuse(c, API_F_ACCESS_DENIED, "api.session-credentials",
	    "Cannot call %.*s with session credentials", FG_PRI(c->action->name));
}

static struct cred_session *
session_new(struct api_call *c, enum cred_kind kind, const struct api_arg *duration)
{
	struct cred_session *s = FG_NEW(c->arena, struct cred_session);

	if (s == NULL) {
		(void)fg_fail(&c->err, FG_E_NOMEM, "api.session", NULL, "arena");
		return NULL;
	}
	s->kind = kind;
	s->issued = c->now;
	s->expires = c->now + (duration->present ? duration->i : DEFAULT_S);
	s->account = c->caller.user->account;
	s->principal = c->caller.user->uid;
	s->method = CRED_METHOD_KEY;
	s->issuer = c->caller.key_id;
	s->subject = c->caller.user->arn;
	s->origin = c->now;
	s->mfa = c->caller.mfa;
	c->story.origin = (struct audit_origin){ .method = api_method_name(s->method),
		.issuer = s->issuer, .subject = s->subject, .time = s->origin };
	return s;
}

enum fg_rc
api_run_session_token(struct api_call *c)
{
	struct cred_minted *m = FG_NEW(c->arena, struct cred_minted);
	struct cred_session *s;

	if (m == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.session", NULL, "arena");
	FG_TRY(long_lived_check(c));
	FG_TRY(sts_mfa_args(c, api_arg(c, STS_ST_SERIAL), api_arg(c, STS_ST_CODE)));
	if (c->waiting)
		return FG_OK;
	if ((s = session_new(c, CRED_KIND_USER, api_arg(c, STS_ST_DURATION))) == NULL)
		return c->err.rc;
	FG_TRY(api_mint(c, s, m));
	api_story_minted(c, m, s->expires, FG_STR_NULL, FG_STR_NULL);
	api_xml_credentials(&c->xml, m, s->expires);
	return FG_OK;
}

/* ---- GetFederationToken ---- */

static enum fg_rc
federation_ask(struct api_call *c, const struct api_issue *w, struct fg_str arn)
{
	struct api_ask ask = { .action = FG_LIT("sts:GetFederationToken"), .resource = arn,
		.account = c->caller.who.account };
	struct trust_ctx *ctx;

	FG_TRY(api_context(c, ask.account, &ctx));
	FG_TRY(api_context_asked(c, ctx, w));
	FG_TRY(api_authorize(c, ctx, &ask));
	if (w->n_tag == 0)
		return FG_OK;
	ask.action = FG_LIT("sts:TagSession");
	return api_authorize(c, ctx, &ask);
}

static void
federated_answer(struct api_call *c, const struct cred_session *s, const struct cred_minted *m,
    struct fg_str id, struct fg_str arn)
{
	struct fg_buf *b = &c->xml;

	api_xml_open(b, FG_LIT("FederatedUser"));
	api_xml_str(b, FG_LIT("FederatedUserId"), id);
	api_xml_str(b, FG_LIT("Arn"), arn);
	api_xml_close(b, FG_LIT("FederatedUser"));
	if (m->packed.percent > 0)
		api_xml_int(b, FG_LIT("PackedPolicySize"), m->packed.percent);
	api_xml_credentials(b, m, s->expires);
	api_story_minted(c, m, s->expires, id, arn);
}

enum fg_rc
api_run_federation_token(struct api_call *c)
{
	struct cred_minted *m = FG_NEW(c->arena, struct cred_minted);
	struct api_issue *w = FG_NEW(c->arena, struct api_issue);
	struct fg_str name = api_arg(c, STS_FT_NAME)->s, arn, id;
	struct cred_session *s;

	FG_TRY(long_lived_check(c));
	arn = fg_arena_fmt(c->arena, "arn:aws:sts::%.*s:federated-user/%.*s",
	    FG_PRI(c->caller.who.account), FG_PRI(name));
	id = fg_arena_fmt(c->arena, "%.*s:%.*s", FG_PRI(c->caller.who.account), FG_PRI(name));
	if (m == NULL || w == NULL || fg_str_null(arn) || fg_str_null(id))
		return fg_fail(&c->err, FG_E_NOMEM, "api.federation", NULL, "arena");
	FG_TRY(sts_tag_args(c, api_arg(c, STS_FT_TAGS), w));
	FG_TRY(sts_session_args(c, api_arg(c, STS_FT_POLICY), api_arg(c, STS_FT_ARNS),
	    api_arg(c, STS_FT_DURATION), w));
	c->story.resource = arn;
	c->story.resource_account = c->caller.who.account;
	FG_TRY(federation_ask(c, w, arn));
	if ((s = session_new(c, CRED_KIND_FEDERATED, api_arg(c, STS_FT_DURATION))) == NULL)
		return c->err.rc;
	s->name = name;
	for (size_t i = 0; i < w->n_tag; i++)
		s->tags[i] = (struct cred_tag){ w->tag[i].key, w->tag[i].value, false };
	s->tags_n = w->n_tag;
	FG_TRY(api_session_policies(c, w, c->caller.who.account, s));
	FG_TRY(api_mint(c, s, m));
	federated_answer(c, s, m, id, arn);
	return FG_OK;
}
