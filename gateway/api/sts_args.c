/*
 * Parameters that several actions share.
 */
#include "gateway/api/sts_int.h"

enum fg_rc
sts_session_args(struct api_call *c, const struct api_arg *policy, const struct api_arg *arns,
    const struct api_arg *duration, struct api_issue *w)
{
	w->policy = policy->present ? policy->s : FG_STR_NULL;
	w->duration_s = duration->present ? duration->i : 0;
	return api_policy_arns(c, arns, w);
}

enum fg_rc
sts_tag_args(struct api_call *c, const struct api_arg *tags, struct api_issue *w)
{
	for (size_t i = 0; i < tags->n; i++)
		FG_TRY(api_tags_add(c, w, api_member(tags, i, 0)->s, api_member(tags, i, 1)->s));
	return FG_OK;
}

/* The directory's strings do not live as long as the wait. */
static bool
totp_ask(struct api_call *c, const struct directory_user *u, struct fg_str serial,
    struct fg_str code, struct api_totp *ret)
{
	*ret = (struct api_totp){ fg_arena_dup(c->arena, u->account), fg_arena_dup(c->arena, u->uid),
		serial, code, c->now };
	return !fg_str_null(ret->account) && !fg_str_null(ret->user);
}

/* SerialNumber and TokenCode go together. */
enum fg_rc
sts_mfa_args(struct api_call *c, const struct api_arg *serial, const struct api_arg *code)
{
	const struct api_hooks *h = &c->w->env->conf.hooks;
	const struct directory_user *u = c->caller.user;
	struct api_totp ask;

	if (!serial->present && !code->present)
		return FG_OK;
	if (!serial->present || !code->present)
		return api_refuse(c, API_F_VALIDATION, "api.mfa.half",
		    "SerialNumber and TokenCode must be given together");
	if (c->waited & API_WAIT_MFA) {
		c->caller.mfa = c->now; /* the wait ended well, or the call would be over */
		return FG_OK;
	}
	if (u == NULL || c->caller.temporary || h->mfa == NULL)
		return sts_mfa_refused(c, "only a user's own long-lived key shows a device");
	c->waited |= API_WAIT_MFA;
	c->waiting = true;
	if (totp_ask(c, u, serial->s, code->s, &ask) && h->mfa(h->arg, c, &ask) == FG_OK)
		return FG_OK;
	c->waiting = false;
	return fg_fail(&c->err, FG_E_UNAVAILABLE, "api.mfa.store", NULL, "the code cannot be checked");
}

enum fg_rc
sts_mfa_refused(struct api_call *c, const char *why)
{
	c->fault = API_F_ACCESS_DENIED;
	c->message = FG_LIT(API_MFA_REFUSED);
	return fg_fail(&c->err, FG_E_DENIED, "api.mfa", NULL, "%s", why);
}
