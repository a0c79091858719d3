/*
 * gateway/iam/outbound.c - issuers of accounts in bundles, and the operator's rotation of their keys.
 */
#include "gateway/iam/admin_int.h"
#include "gateway/iam/bundle_int.h"
#include "gateway/outbound/outbound.h"

/* ---- bundles ---- */

void
bn_read_outbound(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_account *acc = at;

	bn_bool(r, node, &acc->outbound);
	acc->outbound_given = true;
}

enum fg_rc
bn_load_outbound(struct store_tx *tx, struct fg_arena *a, struct bn_account *acc,
    struct fg_err *reterr)
{
	struct outbound_change o = { .tx = tx, .a = a, .account = acc->id };

	FG_TRY(outbound_is_enabled(&o, &acc->outbound, reterr));
	acc->outbound_given = acc->outbound;
	return FG_OK;
}

static enum fg_rc
enable(struct bn_apply *p, struct outbound_change *o)
{
	struct outbound_pair keys;
	enum fg_rc rc;

	if ((p->how->flags & BUNDLE_DRY_RUN) != 0)
		return FG_OK;
	if (o->cred == NULL)
		return fg_fail(p->err, FG_E_UNAVAILABLE, "iam.outbound", "rule 6",
		    "signing keys cannot be wrapped here");
	rc = outbound_make(p->a, &keys, p->err);
	if (rc == FG_OK)
		rc = outbound_enable(o, &keys, p->err);
	outbound_made_wipe(&keys);
	return rc;
}

enum fg_rc
bn_apply_outbound(struct bn_apply *p, const struct bn_account *w, const struct bn_account *h)
{
	struct outbound_change o = { .tx = p->tx, .cred = p->how->cred, .a = p->a,
		.account = w->id, .now = p->how->now };

	if (!w->outbound_given || w->outbound == h->outbound || fg_eq(w->id, FG_LIT("aws")))
		return FG_OK;
	bn_say(p, w->outbound ? "create" : "delete",
	    bn_arn(p->a, w->id, "outbound-web-identity-federation", FG_STR_NULL, FG_STR_NULL));
	return w->outbound ? enable(p, &o) : outbound_disable(&o, p->err);
}

/* ---- the operator ---- */

static enum fg_rc
stage(struct admin_call *c, struct outbound_pair *keys)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct outbound_change o = { .cred = c->admin->cred, .a = c->arena, .account = c->account,
		.now = c->now };

	FG_TRY(store_begin(c->admin->store, &tx, &c->err));
	o.tx = tx;
	FG_TRY(outbound_stage(&o, keys, &c->err));
	return store_commit(FG_STEAL(tx), &c->err);
}

enum fg_rc
admin_outbound_rotate(struct admin_call *c)
{
	struct outbound_pair keys;
	enum fg_rc rc;

	if (!admin_str(c, "account", &c->account))
		return c->err.rc;
	if (!bn_account_ok(c->account))
		return fg_fail(&c->err, FG_E_PARAM, "iam.outbound.account", NULL, "account is not 12 digits");
	rc = outbound_make(c->arena, &keys, &c->err);
	if (rc == FG_OK)
		rc = stage(c, &keys);
	outbound_made_wipe(&keys);
	FG_TRY(rc);
	fg_buf_put(c->out, FG_LIT(",\"signsFrom\":\""));
	fg_buf_time(c->out, c->now + FG_LIMIT_OUTBOUND_CACHE_S);
	fg_buf_put(c->out, FG_LIT("\",\"kids\":["));
	for (size_t i = 0; i < FG_COUNT(keys.v); i++) {
		fg_buf_put(c->out, i == 0 ? FG_LIT("") : FG_LIT(","));
		fg_buf_json_str(c->out, fg_str_z(keys.v[i].kid));
	}
	fg_buf_putc(c->out, ']');
	return FG_OK;
}
