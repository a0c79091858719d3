/*
 * gateway/iam/revoke.c - cut-offs: sessions of a role, a user, a key, a provider, a subject, or
 * of all that was issued before a time, are dead from now on.
 */
#include "gateway/iam/admin_int.h"
#include "gateway/iam/bundle_int.h"

/* Issued by a node whose clock is ahead by so much is cut off too (rule 34). */
enum { AHEAD_S = 3, CHAIN_S = 43200 };

struct find {
	struct fg_str name, arn, uid, type;
	struct fg_arena *a;
};

static enum fg_rc
match(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct find *f = arg;
	const struct store_role *r = row;
	const struct store_user *u = row;
	struct fg_str path = kind == STORE_ROLE ? r->path : u->path, made;

	(void)reterr;
	/* account, unique id and name lead both structs */
	if (bad || !fg_eq(r->name, f->name))
		return FG_OK;
	made = bn_arn(f->a, r->account, kind == STORE_ROLE ? "role" : "user", path, r->name);
	if (fg_eq(made, f->arn))
		f->uid = fg_arena_dup(f->a, r->uid);
	return FG_OK;
}

/* ARN of a role or user, or its unique id, which may be of one that is gone. */
static enum fg_rc
principal(struct admin_call *c, struct store_tx *tx, enum store_kind kind, struct store_cut *cut)
{
	struct find f = { .arn = cut->target, .uid = FG_LIT(""), .a = c->arena };
	const struct fg_str prefix = kind == STORE_ROLE ? FG_LIT("AROA") : FG_LIT("AIDA");
	struct fg_str rest;
	size_t last = f.arn.n;

	if (fg_starts(cut->target, prefix) && cut->target.n == STORE_UID_BYTES)
		return FG_OK;
	if (!fg_starts(f.arn, FG_LIT("arn:aws:iam::")) ||
	    !fg_cut(fg_sub(f.arn, 13, f.arn.n), ':', &c->account, &rest))
		return fg_fail(&c->err, FG_E_PARAM, "iam.revoke", NULL, "neither an ARN nor a unique id");
	while (last > 0 && f.arn.p[last - 1] != '/')
		last--;
	f.name = fg_sub(f.arn, last, f.arn.n);
	FG_TRY(store_scan(tx, kind, "account", c->account, match, &f, &c->err));
	if (f.uid.n == 0)
		return fg_fail(&c->err, FG_E_NOT_FOUND, "iam.revoke", NULL, "no %.*s", FG_PRI(f.arn));
	cut->target = f.uid;
	cut->account = c->account;
	return FG_OK;
}

static enum fg_rc
role(struct admin_call *c, struct store_tx *tx, struct store_cut *cut)
{
	return principal(c, tx, STORE_ROLE, cut);
}

static enum fg_rc
user(struct admin_call *c, struct store_tx *tx, struct store_cut *cut)
{
	return principal(c, tx, STORE_USER, cut);
}

static enum fg_rc
session(struct admin_call *c, struct store_tx *tx, struct store_cut *cut)
{
	static const unsigned char nobody[CRED_SESSION_ID_BYTES];
	struct fg_str bytes;

	(void)tx;
	if (cut->target.n != 2 * CRED_SESSION_ID_BYTES || !fg_hex(c->arena, cut->target, &bytes) ||
	    memcmp(bytes.p, nobody, sizeof(nobody)) == 0)
		return fg_fail(&c->err, FG_E_PARAM, "iam.revoke", NULL, "a session id is 32 hex digits");
	return FG_OK;
}

/* The key was deleted, and what it minted lives on: its id tells the account. */
static enum fg_rc
gone_key(struct admin_call *c, struct store_cut *cut)
{
	char account[CRED_ACCOUNT_CHARS + 1];

	if (cred_key_id_read(cut->target, account) != CRED_KEY_AKIA)
		return fg_fail(&c->err, FG_E_NOT_FOUND, "iam.revoke", NULL, "no such access key");
	cut->account = c->account = fg_arena_dup(c->arena, fg_str_z(account));
	return fg_str_null(cut->account) ? fg_fail(&c->err, FG_E_NOMEM, "iam.revoke", NULL, "arena")
					 : FG_OK;
}

/* A key that is cut off stays so: its row is made inactive as well. */
static enum fg_rc
key(struct admin_call *c, struct store_tx *tx, struct store_cut *cut)
{
	struct store_key row = { .id = cut->target };
	struct fg_err err = { 0 };
	enum fg_rc rc = store_get(tx, STORE_KEY, &row, c->arena, &err);

	if (rc == FG_E_NOT_FOUND)
		return gone_key(c, cut);
	if (rc != FG_OK) {
		c->err = err;
		return rc;
	}
	row.state = STORE_INACTIVE;
	cut->account = c->account = row.account;
	cut->expires = FG_LIMIT_TIME_MAX;
	return store_update(tx, STORE_KEY, &row, &c->err);
}

/* What came of a provider's proof may live in any account: these cut-offs are everybody's. */
static enum fg_rc
provider(struct admin_call *c, struct store_tx *tx, struct store_cut *cut)
{
	(void)tx;
	if (!fg_starts(cut->target, FG_LIT("arn:aws:iam::")))
		return fg_fail(&c->err, FG_E_PARAM, "iam.revoke", NULL, "not the ARN of a provider");
	return FG_OK;
}

static enum fg_rc
subject(struct admin_call *c, struct store_tx *tx, struct store_cut *cut)
{
	struct fg_str issuer, name;

	(void)tx;
	if (!fg_cut(cut->target, ' ', &issuer, &name) || issuer.n == 0 || name.n == 0)
		return fg_fail(&c->err, FG_E_PARAM, "iam.revoke", NULL, "ISSUER and SUBJECT are needed");
	return FG_OK;
}

static enum fg_rc
before(struct admin_call *c, struct store_tx *tx, struct store_cut *cut)
{
	(void)tx;
	if (!fg_time_rfc3339(cut->target, &cut->at) || cut->at > c->now + AHEAD_S)
		return fg_fail(&c->err, FG_E_PARAM, "iam.revoke", NULL, "not a time that has passed");
	if (c->account.n > 0 && !bn_account_ok(c->account))
		return fg_fail(&c->err, FG_E_PARAM, "iam.revoke", NULL, "not an account");
	cut->account = cut->target = c->account;
	return FG_OK;
}

static const struct {
	const char *kind;
	enum fg_rc (*settle)(struct admin_call *c, struct store_tx *tx, struct store_cut *cut);
} kinds[] = {
	{ "before", before },
	{ "key", key },
	{ "provider", provider },
	{ "role", role },
	{ "session", session },
	{ "subject", subject },
	{ "user", user },
};

/* An earlier cut-off must not be weakened by a later one with less reach. */
static enum fg_rc
put(struct admin_call *c, struct store_tx *tx, struct store_cut *cut)
{
	struct store_cut old = { .kind = cut->kind, .target = cut->target };
	struct fg_err err = { 0 };
	enum fg_rc rc = store_get(tx, STORE_CUT, &old, c->arena, &err);

	if (rc != FG_OK && rc != FG_E_NOT_FOUND)
		return fg_fail(&c->err, rc, "iam.revoke", NULL, "%s", err.text);
	if (rc == FG_OK) {
		if (old.at > cut->at)
			cut->at = old.at;
		if (old.expires > cut->expires)
			cut->expires = old.expires;
	}
	return store_put(tx, STORE_CUT, cut, &c->err);
}

struct over {
	struct admin_call *c;
	struct store_cut cut[64];
	size_t n;
};

static enum fg_rc
collect(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct over *o = arg;
	const struct store_cut *cut = row;

	(void)kind;
	if (bad || cut->expires >= o->c->now || o->n == FG_COUNT(o->cut))
		return FG_OK;
	o->cut[o->n] = (struct store_cut){ .kind = fg_arena_dup(o->c->arena, cut->kind),
		.target = fg_arena_dup(o->c->arena, cut->target) };
	if (fg_str_null(o->cut[o->n].kind) || fg_str_null(o->cut[o->n].target))
		return fg_fail(reterr, FG_E_NOMEM, "iam.revoke", NULL, "arena");
	o->n++;
	return FG_OK;
}

/* Those after which nothing can be alive that they cut. */
static enum fg_rc
sweep(struct admin_call *c, struct store_tx *tx)
{
	struct over o = { .c = c };

	FG_TRY(store_scan(tx, STORE_CUT, NULL, FG_STR_NULL, collect, &o, &c->err));
	for (size_t i = 0; i < o.n; i++)
		FG_TRY(store_delete(tx, STORE_CUT, &o.cut[i], &c->err));
	return FG_OK;
}

static enum fg_rc
revoke(struct admin_call *c, struct store_cut *cut)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	size_t i = 0;

	while (i < FG_COUNT(kinds) && !fg_eq(fg_str_z(kinds[i].kind), cut->kind))
		i++;
	if (i == FG_COUNT(kinds))
		return fg_fail(&c->err, FG_E_PARAM, "iam.revoke", NULL,
		    "role, user, session, key, provider, subject or before");
	FG_TRY(store_begin(c->admin->store, &tx, &c->err));
	FG_TRY(kinds[i].settle(c, tx, cut));
	FG_TRY(put(c, tx, cut));
	FG_TRY(sweep(c, tx));
	return store_commit(FG_STEAL(tx), &c->err);
}

enum fg_rc
admin_revoke(struct admin_call *c)
{
	struct store_cut cut = { .account = FG_LIT(""), .at = c->now + AHEAD_S };

	cut.expires = cut.at + FG_LIMIT_SESSION_MAX_S + CHAIN_S;
	if (!admin_str(c, "kind", &cut.kind) || !admin_str(c, "target", &cut.target) ||
	    !admin_str(c, "reason", &cut.reason) || !admin_str(c, "account", &c->account))
		return c->err.rc;
	if (cut.target.n == 0 || cut.target.n > 1200 || cut.reason.n > 1000)
		return fg_fail(&c->err, FG_E_PARAM, "iam.revoke", NULL, "target is missing or too long");
	return revoke(c, &cut);
}
