/*
 * gather -> check -> decide -> mint: a role's session, whichever door it is asked for at.
 * What depends on the role comes after its trust policy has allowed (security.md 28).
 */
#include "gateway/api/api_int.h"

/* ---- decide ---- */

static enum fg_rc
refused_proof(struct api_call *c, const struct api_issue *w, enum fg_rc rc)
{
	if (rc == FG_E_DENIED) {
		c->fault = API_F_ACCESS_DENIED;
		c->message = fg_arena_fmt(c->arena, "Not authorized to perform %.*s",
		    FG_PRI(w->action));
	}
	return rc;
}

static enum fg_rc
ask_all(struct api_call *c, const struct api_issue *w, const struct directory_role *role,
    struct fg_str account, struct trust_ctx *ctx)
{
	const struct fg_str actions[] = { w->action,
		w->n_tag > 0 ? FG_LIT("sts:TagSession") : FG_STR_NULL,
		w->source_identity.n > 0 ? FG_LIT("sts:SetSourceIdentity") : FG_STR_NULL };
	struct api_ask ask = { .resource = w->role_arn, .account = account,
		.has_resource_policy = true };
	struct audit_decided first = { 0 };

	if (role == NULL)
		ask.resource_policy = c->w->env->deny;
	else if (!role->quarantined && api_account_usable(c, account))
		ask.resource_policy = directory_program(role->trust);
	for (size_t i = 0; i < FG_COUNT(actions); i++) {
		if (fg_str_null(actions[i]))
			continue;
		ask.action = actions[i];
		FG_TRY(api_authorize(c, ctx, &ask));
		if (i == 0)
			first = c->story.decided;
	}
	c->story.decided = first;
	return FG_OK;
}

static enum fg_rc
decide(struct api_call *c, const struct api_issue *w, const struct directory_role **ret)
{
	const struct directory_role *role = directory_role_by_arn(api_directory(c), w->role_arn);
	struct trust_ctx *ctx;
	struct api_arn arn;

	FG_TRY(api_role_arn(c, w->role_arn, &arn));
	c->story.account = arn.account;
	c->story.resource = w->role_arn;
	c->story.resource_account = arn.account;
	c->story.resource_type = FG_LIT("AWS::IAM::Role");
	FG_TRY(api_context_issue(c, w, arn.account, role, &ctx));
	FG_TRY(ask_all(c, w, role, arn.account, ctx));
	if (role == NULL) /* cannot be: the program above allows nobody */
		return fg_fail(&c->err, FG_E_DENIED, "api.issue.role", NULL, "no such role");
	*ret = role;
	return FG_OK;
}

/* ---- what depends on the role ---- */

static const struct directory_tag *
role_tag(const struct directory_role *role, struct fg_str key)
{
	for (size_t i = 0; i < role->ntags; i++) {
		if (fg_eq_icase(role->tags[i].key, key))
			return &role->tags[i];
	}
	return NULL;
}

/* An hour, unless the role says more by its tag, up to what it allows at all. */
static int64_t
chained_max(const struct directory_role *role)
{
	const struct directory_tag *t = role_tag(role, FG_LIT("fedgate:MaxChainedSession"));
	uint64_t v;

	if (t == NULL || !fg_u64(t->value, &v) || v < 3600 || v > (uint64_t)role->max_session)
		return 3600;
	return (int64_t)v;
}

static enum fg_rc
duration(struct api_call *c, const struct api_issue *w, const struct directory_role *role,
    fg_time *ret_expires)
{
	bool chained = w->parent != NULL ||
	    (c->caller.temporary && c->caller.who.kind == TRUST_SESSION_OF_ROLE);
	int64_t asked = w->duration_s == 0 ? 3600 : w->duration_s;
	fg_time end = c->now + asked, last = w->origin + c->w->env->conf.chain_max_s;

	if (asked > role->max_session)
		return api_refuse(c, API_F_VALIDATION, "api.issue.duration",
		    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
	if (chained && asked > chained_max(role))
		return api_refuse(c, API_F_VALIDATION, "api.issue.duration.chained",
		    "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed "
		    "by role chaining.");
	if (w->not_after != 0 && end > w->not_after)
		end = w->not_after;
	if (chained && end > last)
		end = last;
	if (end <= c->now)
		return api_refuse(c, API_F_EXPIRED_PROOF, "api.issue.end",
		    "The session would be over before it began");
	*ret_expires = end;
	return FG_OK;
}

static void
session_fill(const struct api_call *c, const struct api_issue *w,
    const struct directory_role *role, struct cred_session *s)
{
	s->kind = CRED_KIND_ROLE;
	s->issued = c->now;
	s->account = role->account;
	s->principal = role->uid;
	s->name = w->session_name;
	for (size_t i = 0; i < w->n_tag; i++)
		s->tags[i] = (struct cred_tag){ w->tag[i].key, w->tag[i].value, w->tag[i].transitive };
	s->tags_n = w->n_tag;
	s->source_identity = w->source_identity;
	s->method = w->method;
	s->provider = w->provider;
	s->issuer = w->issuer;
	s->subject = w->subject;
	s->origin = w->origin;
	memcpy(s->carried, w->carried, sizeof(s->carried));
	s->carried_n = w->n_carried;
}

/* ---- mint ---- */

enum fg_rc
api_mint(struct api_call *c, const struct cred_session *s, struct cred_minted *ret)
{
	enum fg_rc rc;

	if (c->w->keys == NULL)
		return fg_fail(&c->err, FG_E_UNAVAILABLE, "api.keys", NULL, "no epoch keys yet");
	rc = cred_mint(c->w->cred, c->w->keys, s, ret, &c->err);
	if (rc == FG_E_PACKED)
		c->message = ret->packed.tag_percent > 100
		    ? fg_arena_fmt(c->arena,
			  "Packed size of session tags consumes %u%% of allotted space.",
			  ret->packed.tag_percent)
		    : fg_arena_fmt(c->arena,
			  "Packed policy consumes %u%% of allotted space, please use smaller policy.",
			  ret->packed.percent);
	return rc;
}

static enum fg_rc
issued(struct api_call *c, const struct api_issue *w, const struct directory_role *role,
    const struct cred_session *s, struct api_issued *ret)
{
	const struct fg_str id[] = { role->uid, FG_LIT(":"), s->name };
	const struct fg_str arn[] = { FG_LIT("arn:aws:sts::"), role->account, FG_LIT(":assumed-role/"),
		role->name, FG_LIT("/"), s->name };

	ret->expires = s->expires;
	ret->role_id = fg_arena_join(c->arena, id, FG_COUNT(id));
	ret->arn = fg_arena_join(c->arena, arn, FG_COUNT(arn));
	if (fg_str_null(ret->role_id) || fg_str_null(ret->arn))
		return fg_fail(&c->err, FG_E_NOMEM, "api.issue", NULL, "arena");
	api_story_minted(c, &ret->minted, ret->expires, ret->role_id, ret->arn);
	c->story.minted.source_identity = w->source_identity;
	c->story.origin = (struct audit_origin){ .method = api_method_name(w->method),
		.provider = w->provider, .issuer = w->issuer, .subject = w->subject,
		.time = w->origin };
	directory_used(api_directory(c), role->used, c->now, FG_LIT("sts"), c->auth.region);
	return FG_OK;
}

enum fg_rc
api_issue_mint(struct api_call *c, const struct api_issue *w, const struct directory_role *role,
    struct api_issued *ret)
{
	struct cred_session *s = FG_NEW(c->arena, struct cred_session);

	if (s == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.issue", NULL, "arena");
	FG_TRY(api_ancestors(c, w->parent != NULL ? w->parent : c->caller.session, s));
	if (w->parent != NULL) /* by a token of our own: its provider is cut off like any other */
		s->chain[s->chain_n - 1].link = w->proven_by;
	FG_TRY(duration(c, w, role, &s->expires));
	FG_TRY(api_session_policies(c, w, role->account, s));
	session_fill(c, w, role, s);
	FG_TRY(api_mint(c, s, &ret->minted));
	return issued(c, w, role, s, ret);
}

enum fg_rc
api_issue_decide(struct api_call *c, const struct api_issue *want,
    const struct directory_role **ret)
{
	enum fg_rc rc = decide(c, want, ret);

	if (want->oidc != NULL || want->saml != NULL)
		rc = refused_proof(c, want, rc);
	return rc;
}

enum fg_rc
api_issue_proof(struct api_call *c, const struct api_issue *want, struct api_issued *ret)
{
	const struct directory_role *role;

	FG_TRY(api_issue_decide(c, want, &role));
	return api_issue_mint(c, want, role, ret);
}
