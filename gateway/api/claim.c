/*
 * One-time claims: a proof that was used is not used again.
 */
#include "base/sha256.h"
#include "gateway/api/api_int.h"

enum fg_rc
api_claim(struct api_call *c, const struct fg_str *piece, size_t n, fg_time issued,
    fg_time expires)
{
	const struct api_hooks *h = &c->w->env->conf.hooks;
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_API_MESSAGE_BYTES);
	struct store_claim *claim;
	struct fg_str text;

	if (c->waited & API_WAIT_CLAIM)
		return FG_OK; /* it is ours: this is what was waited for */
	for (size_t i = 0; i < n; i++)
		fg_buf_v16(&b, piece[i]);
	claim = FG_NEW(c->arena, struct store_claim);
	if (claim == NULL || fg_buf_end(&b, &text) != FG_OK)
		return fg_fail(&c->err, FG_E_NOMEM, "api.claim", NULL, "arena");
	fg_sha256(&text, 1, claim->key);
	claim->issued = issued;
	claim->expires = expires;
	c->waited |= API_WAIT_CLAIM;
	c->waiting = true;
	if (h->claim != NULL && h->claim(h->arg, c, claim) == FG_OK)
		return FG_OK;
	c->waiting = false;
	return fg_fail(&c->err, FG_E_UNAVAILABLE, "api.claim.store", NULL,
	    "the store cannot claim");
}
