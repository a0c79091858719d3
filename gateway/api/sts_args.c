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

/* SerialNumber and TokenCode go together. */
enum fg_rc
sts_mfa_args(struct api_call *c, const struct api_arg *serial, const struct api_arg *code)
{
	const struct api_hooks *h = &c->w->env->conf.hooks;
	const struct directory_user *u = c->caller.user;

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
	if (h->mfa(h->arg, c, u->uid, serial->s, code->s) == FG_OK)
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
