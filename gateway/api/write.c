/*
 * Changes of the store: the call goes to a thread that may block, and comes back with its outcome.
 */
#include "gateway/api/api_int.h"

static bool
keep(struct api_call *c, struct fg_str *s)
{
	if (fg_str_null(*s))
		return true;
	*s = fg_arena_dup(c->arena, *s);
	return !fg_str_null(*s);
}

/* A role session's record names its role: of the role only that is kept. */
static bool
role_keep(struct api_call *c)
{
	const struct directory_role *from = c->caller.role;
	struct directory_role *r;

	if (from == NULL)
		return true;
	r = FG_NEW(c->arena, struct directory_role);
	if (r == NULL)
		return false;
	*r = (struct directory_role){ .account = from->account, .name = from->name, .uid = from->uid,
		.arn = from->arn };
	c->caller.role = r;
	return keep(c, &r->account) && keep(c, &r->name) && keep(c, &r->uid) && keep(c, &r->arn);
}

/* What the record will say of the caller and the decision outlives the directory's entities. */
enum fg_rc
api_caller_keep(struct api_call *c)
{
	struct api_caller *k = &c->caller;
	struct fg_str *const v[] = { &k->key_id, &k->user_id, &k->arn, &k->who.arn, &k->who.account,
		&k->who.uid, &k->who.name, &k->who.session, &c->story.decided.policy,
		&c->story.decided.sid };

	k->user = NULL;
	for (size_t i = 0; i < FG_COUNT(v); i++) {
		if (!keep(c, v[i]))
			return fg_fail(&c->err, FG_E_NOMEM, "api.write", NULL, "arena");
	}
	return role_keep(c) ? FG_OK : fg_fail(&c->err, FG_E_NOMEM, "api.write", NULL, "arena");
}

enum fg_rc
api_write(struct api_call *c, api_write_fn fn)
{
	const struct api_hooks *h = &c->w->env->conf.hooks;

	FG_TRY(api_caller_keep(c));
	c->waiting = true;
	if (h->write != NULL && h->write(h->arg, c, fn) == FG_OK)
		return FG_OK;
	c->waiting = false;
	return fg_fail(&c->err, FG_E_UNAVAILABLE, "api.write", NULL, "the store cannot be written");
}
