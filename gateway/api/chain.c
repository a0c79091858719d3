/*
 * What a signed caller's session hands down: where the chain began, who it was, and every session
 * on the way.
 */
#include "gateway/api/api_int.h"

enum fg_rc
api_ancestors(struct api_call *c, const struct cred_session *up, struct cred_session *s)
{
	struct cred_ancestor *an;

	if (up == NULL)
		return FG_OK;
	if (up->chain_n >= CRED_CHAIN_MAX)
		return api_refuse(c, API_F_ACCESS_DENIED, "api.issue.chain",
		    "The chain of sessions is too long");
	memcpy(s->chain, up->chain, sizeof(s->chain));
	s->chain_n = up->chain_n;
	an = &s->chain[s->chain_n++];
	memcpy(an->session_id, up->session_id, sizeof(an->session_id));
	an->principal = up->principal;
	an->issued = up->issued;
	return FG_OK;
}

enum fg_rc
api_chain(struct api_call *c, struct cred_session *s)
{
	const struct cred_session *up = c->caller.session;

	if (up == NULL) {
		s->method = CRED_METHOD_KEY;
		s->issuer = c->caller.key_id; /* what a key is cut off by */
		s->subject = c->caller.arn;
		s->origin = c->now;
		return FG_OK;
	}
	s->method = up->method;
	s->provider = up->provider;
	s->issuer = up->issuer;
	s->subject = up->subject;
	s->origin = up->origin;
	s->source_identity = up->source_identity;
	return api_ancestors(c, up, s);
}
