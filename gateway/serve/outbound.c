/* Issuers of accounts: what they publish, signing off the loops, and the turning of their keys. */
#include "gateway/serve/serve_int.h"

/* ---- what is published ---- */

static const struct http_field cached[] = {
	{ { "Cache-Control", 13 }, { "public, max-age=3600", 20 } },
	{ { "Access-Control-Allow-Origin", 27 }, { "*", 1 } },
};
_Static_assert(FG_LIMIT_OUTBOUND_CACHE_S == 3600, "as the header says");

static void
none(struct http_exchange *x)
{
	const struct http_reply r = { .status = 404, .content_type = FG_LIT("text/plain"),
		.body = FG_LIT("no such issuer\n") };

	http_reply(x, &r);
}

static void
document(struct http_exchange *x, struct fg_str body)
{
	const struct http_reply r = { .status = 200, .content_type = FG_LIT("application/json"),
		.body = body, .field = cached, .n_field = FG_COUNT(cached) };

	http_reply(x, &r);
}

/* The key set lies ready in the directory; the rest is a few lines on the stack. */
void
serve_oidc(struct http_exchange *x)
{
	const struct serve_worker *w = x->user;
	struct fg_str rest = fg_sub(x->req->path, sizeof(OUTBOUND_PATH) - 1, x->req->path.n);
	struct fg_str account, name, jwks, text;
	char discovery[2048];
	struct fg_buf b = FG_BUF_FIXED(discovery);

	directory_enter();
	jwks = fg_cut(rest, '/', &account, &name) && account.n == 12 ? outbound_jwks(w->s->dir, account)
								      : FG_STR_NULL;
	if (!fg_str_null(jwks) && (fg_eq(name, FG_LIT(".well-known/jwks.json")) ||
	    fg_eq(name, FG_LIT("jwks.json")))) {
		document(x, jwks);
	} else if (!fg_str_null(jwks) && fg_eq(name, FG_LIT(".well-known/openid-configuration"))) {
		outbound_discovery(&b, api_env_conf(w->s->env)->public_url, account);
		if (fg_buf_end(&b, &text) == FG_OK)
			document(x, text);
		else
			none(x);
	} else {
		none(x);
	}
	directory_leave();
}

/* ---- signing ---- */

/* On a thread of the pool. */
enum fg_rc
serve_sign(void *arg, struct outbound_job *job, struct fg_err *reterr)
{
	struct serve *s = arg;

	return outbound_sign(s->outbound, job, reterr);
}

/* ---- turning keys ---- */

static void
note(struct serve *s, const char *name, struct fg_str account, fg_time now)
{
	struct audit_record r = { .time = now, .source = FG_LIT("fedgate.internal"), .name = fg_str_z(name),
		.recipient_account = account, .who = { .type = AUDIT_WHO_SERVICE }, .decided = { .statement = -1 } };
	struct fg_err err = { 0 };

	if (audit_note(s->audit, &r, &err) != FG_OK)
		serve_warn("audit: %s", err.text);
}

static enum fg_rc
advance(struct serve *s, struct outbound_change *o, size_t *ret_changed, struct fg_err *reterr)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	FG_TRY(store_begin(s->store, &tx, reterr));
	o->tx = tx;
	FG_TRY(outbound_advance(o, cred_guard_confirmed(&s->guard), ret_changed, reterr));
	return *ret_changed == 0 ? FG_OK : store_commit(FG_STEAL(tx), reterr);
}

static enum fg_rc
stage(struct serve *s, struct outbound_change *o, struct fg_err *reterr)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct outbound_pair keys;
	enum fg_rc rc = outbound_make(o->a, &keys, reterr);

	if (rc == FG_OK)
		rc = store_begin(s->store, &tx, reterr);
	o->tx = tx;
	if (rc == FG_OK)
		rc = outbound_stage(o, &keys, reterr);
	if (rc == FG_OK)
		rc = store_commit(FG_STEAL(tx), reterr);
	outbound_made_wipe(&keys);
	return rc;
}

static void
tend(struct serve *s, struct fg_str account, fg_time now)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	struct outbound_change o = { .cred = s->cred, .a = a, .account = account, .now = now };
	struct fg_err err = { 0 };
	size_t changed = 0;
	unsigned due;

	directory_enter();
	due = outbound_due(s->dir, account, now);
	directory_leave();
	if (a == NULL || due == OUTBOUND_DUE_NONE)
		return;
	if ((due & OUTBOUND_DUE_STAGE) != 0 && stage(s, &o, &err) == FG_OK)
		note(s, "OutboundKeysPublished", account, now);
	if (err.rc == FG_OK && (due & OUTBOUND_DUE_ADVANCE) != 0 && advance(s, &o, &changed, &err) == FG_OK &&
	    changed != 0)
		note(s, "OutboundKeysChanged", account, now);
	if (err.rc != FG_OK)
		serve_warn("signing keys of account %.*s: %s", FG_PRI(account), err.text);
}

void
serve_tend_outbound(struct serve *s, fg_time now)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u * 1024);
	struct fg_str account[FG_LIMIT_OUTBOUND_DUE];
	size_t n;

	if (a == NULL || s->audit == NULL)
		return;
	directory_enter();
	n = outbound_due_accounts(s->dir, now, a, account, FG_COUNT(account));
	directory_leave();
	for (size_t i = 0; i < n; i++)
		tend(s, account[i], now);
}

/* ---- life ---- */

enum fg_rc
serve_open_outbound(struct serve *s, struct fg_err *reterr)
{
	return outbound_new(s->cred, &s->outbound, reterr);
}

/* The pool has ended: nobody signs. */
void
serve_close_outbound(struct serve *s)
{
	outbound_free(FG_STEAL(s->outbound));
}
