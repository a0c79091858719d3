/*
 * Large bodies (security.md 27): who may make us read one.
 */
#include "gateway/api/api_int.h"

static bool
key_lives(struct api_call *c)
{
	const struct directory_key *key;
	struct cred_opened *o;
	char account[13];

	if (cred_key_id_read(c->auth.key_id, account) == CRED_KEY_ASIA) {
		o = FG_NEW(c->arena, struct cred_opened);
		if (o == NULL || c->w->keys == NULL || fg_str_null(c->auth.token) ||
		    cred_open(c->w->cred, c->w->keys, c->auth.key_id, c->auth.token, c->now, o,
			&c->err) != FG_OK)
			return false;
		cred_opened_wipe(o);
		return true;
	}
	key = directory_key_find(api_directory(c), c->auth.key_id);
	return key != NULL && key->active && !key->quarantined && api_account_usable(c, key->account);
}

bool
api_admit(struct api_worker *w, struct http_exchange *x)
{
	struct api_call *c = FG_NEW(x->arena, struct api_call);
	struct sigv4_request r;
	bool ok;

	if (c == NULL)
		return false;
	c->w = w;
	c->arena = x->arena;
	c->req = x->req;
	c->peer = x->peer;
	c->now = x->now;
	if (api_request_of(c, &r) != FG_OK || sigv4_read_head(c->arena, &r, &c->auth, &c->err) != FG_OK ||
	    c->auth.form != SIGV4_HEADER || !fg_eq(c->auth.service, FG_LIT("iam")) ||
	    sigv4_check_time(&c->auth, c->now, &c->err) != FG_OK)
		return false;
	directory_enter();
	ok = key_lives(c);
	directory_leave();
	return ok;
}
