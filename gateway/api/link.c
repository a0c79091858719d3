/*
 * A token of this installation's own issuer is a link of a chain, not a fresh proof (security.md
 * 13): the session that asked for it lies sealed inside, and what it began as, how deep it is and
 * what cuts it off go on.
 */
#include "base/sha256.h"
#include "gateway/api/api_int.h"

bool
api_link_is(const struct api_call *c, struct fg_str issuer)
{
	return !fg_str_null(outbound_account(c->w->env->conf.public_url, issuer));
}

/* What a lineage is bound to: another token of the same account is not its own. */
enum fg_rc
api_link_bind(struct api_call *c, const struct api_link *link,
    unsigned char ret[SIGV4_DIGEST_BYTES])
{
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_API_MESSAGE_BYTES);
	struct fg_str text;

	fg_buf_v16(&b, link->account);
	fg_buf_v16(&b, link->kid);
	fg_buf_v16(&b, link->subject);
	fg_buf_v16(&b, link->jti);
	fg_buf_be64(&b, (uint64_t)link->issued);
	fg_buf_be64(&b, (uint64_t)link->expires);
	if (fg_buf_end(&b, &text) != FG_OK)
		return fg_fail(&c->err, FG_E_NOMEM, "api.link", NULL, "arena");
	fg_sha256(&text, 1, ret);
	return FG_OK;
}

static enum fg_rc
refused(struct api_call *c, const char *step, const char *why)
{
	c->fault = API_F_ID_TOKEN;
	c->message = FG_STR_NULL;
	return fg_fail(&c->err, FG_E_CLAIM, step, "rule 13", "%s", why);
}

/* The principal that asked, and every session on the way to it, are alive. */
static enum fg_rc
alive(struct api_call *c, const struct cred_session *s)
{
	const struct directory_role *role = directory_role_by_uid(api_directory(c), s->principal);
	const struct directory_user *user = directory_user_by_uid(api_directory(c), s->principal);
	bool there = s->kind == CRED_KIND_ROLE
	    ? role != NULL && !role->quarantined && fg_eq(role->account, s->account)
	    : user != NULL && !user->quarantined && fg_eq(user->account, s->account);

	if (!there)
		return refused(c, "api.link.principal", "the principal that asked for the token is gone");
	if (api_session_alive(c, s) == FG_OK)
		return FG_OK;
	if (fg_rc_class(c->err.rc) == FG_SELF)
		return c->err.rc;
	fg_err_clear(&c->err);
	return refused(c, "api.link.cut", "the session that asked for the token was cut off");
}

enum fg_rc
api_link_read(struct api_call *c, const struct oidc_facts *f, const struct cred_session **ret)
{
	struct cred_session *s = FG_NEW(c->arena, struct cred_session);
	const struct api_link link = {
		.account = outbound_account(c->w->env->conf.public_url, f->issuer), .kid = f->key_id,
		.subject = f->subject, .jti = f->jti, .issued = f->issued_at, .expires = f->expires_at };
	unsigned char bind[SIGV4_DIGEST_BYTES];
	struct fg_err err = { 0 };

	if (s == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.link", NULL, "arena");
	if (fg_str_null(outbound_jwks(api_directory(c), link.account)))
		return refused(c, "api.link.disabled", "the account has no issuer any more");
	if (f->lineage.n == 0 || f->jti.n == 0)
		return refused(c, "api.link.missing", "a token of our own issuer without its lineage");
	if (c->w->keys == NULL)
		return fg_fail(&c->err, FG_E_UNAVAILABLE, "api.keys", NULL, "no epoch keys yet");
	FG_TRY(api_link_bind(c, &link, bind));
	if (cred_lineage_open(c->w->cred, c->w->keys, fg_str(bind, sizeof(bind)), f->lineage, c->now,
	    c->arena, s, &err) != FG_OK)
		return fg_rc_class(err.rc) == FG_SELF
		    ? fg_fail(&c->err, err.rc, err.step, err.ref, "%s", err.text)
		    : refused(c, "api.link.lineage", "the lineage is not this token's, or is over");
	if (!fg_eq(s->account, link.account))
		return refused(c, "api.link.account", "the lineage is of another account");
	FG_TRY(alive(c, s));
	*ret = s;
	return FG_OK;
}

/* Where the chain began, and what it carries, in place of what the token itself would say. */
enum fg_rc
api_link_fill(struct api_call *c, const struct cred_session *up, struct api_issue *w)
{
	w->parent = up;
	w->method = up->method;
	w->provider = up->provider;
	w->issuer = up->issuer;
	w->subject = up->subject;
	w->origin = up->origin;
	w->source_identity = up->source_identity.n > 0 ? up->source_identity : FG_STR_NULL;
	for (size_t i = 0; i < up->tags_n; i++) {
		if (w->n_tag == CRED_TAGS_MAX)
			return api_refuse(c, API_F_INVALID_VALUE, "api.tags.count",
			    "A session may have 50 tags.");
		w->tag[w->n_tag++] = (struct api_tag){ up->tags[i].key, up->tags[i].value, true };
	}
	return FG_OK;
}
