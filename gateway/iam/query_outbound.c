/*
 * gateway/iam/query_outbound.c - the issuer of an account: on, off, and what it is called.
 */
#include "gateway/iam/query_int.h"
#include "gateway/outbound/outbound.h"

static struct fg_str
issuer_of(const struct api_call *c)
{
	return outbound_issuer(c->arena, api_env_conf(api_worker_env(c->w))->public_url,
	    c->caller.who.account);
}

static bool
is_enabled(const struct api_call *c)
{
	const struct directory *d = api_env_conf(api_worker_env(c->w))->directory;

	return !fg_str_null(outbound_jwks(d, c->caller.who.account));
}

static enum fg_rc
enabled_already(struct api_call *c)
{
	return api_refuse(c, API_F_FEATURE_ENABLED, "iam.outbound.enabled",
	    "Outbound identity federation is already enabled for this account.");
}

static enum fg_rc
disabled(struct api_call *c)
{
	return api_refuse(c, API_F_FEATURE_DISABLED, "iam.outbound.disabled",
	    "Outbound identity federation is not enabled for this account.");
}

static struct outbound_change
change_of(struct iam_op *op)
{
	return (struct outbound_change){ .tx = op->tx, .cred = op->cred, .a = op->c->arena,
		.account = op->t.account, .now = op->c->now };
}

/* Pairs of keys take their time: they are made before the transaction begins. */
static enum fg_rc
make_keys(struct iam_op *op)
{
	struct outbound_pair *keys = FG_NEW(op->c->arena, struct outbound_pair);

	if (keys == NULL)
		return fg_fail(&op->c->err, FG_E_NOMEM, "iam.outbound", NULL, "arena");
	op->made = keys;
	return outbound_make(op->c->arena, keys, &op->c->err);
}

static enum fg_rc
enable(struct iam_op *op)
{
	struct outbound_change o = change_of(op);
	struct fg_err err = { 0 };
	struct fg_str issuer = issuer_of(op->c);
	enum fg_rc rc = outbound_enable(&o, op->made, &err);

	outbound_made_wipe(op->made);
	if (rc == FG_E_EXISTS)
		return enabled_already(op->c);
	if (rc != FG_OK || fg_str_null(issuer))
		return fg_fail(&op->c->err, rc != FG_OK ? rc : FG_E_NOMEM, err.step == NULL ?
		    "iam.outbound" : err.step, err.ref, "%s", err.text);
	api_xml_str(&op->c->xml, FG_LIT("IssuerIdentifier"), issuer);
	return FG_OK;
}

static enum fg_rc
disable(struct iam_op *op)
{
	struct outbound_change o = change_of(op);
	struct fg_err err = { 0 };
	enum fg_rc rc = outbound_disable(&o, &err);

	if (rc == FG_E_NOT_FOUND)
		return disabled(op->c);
	return rc == FG_OK ? FG_OK
			   : fg_fail(&op->c->err, rc, err.step, err.ref, "%s", err.text);
}

enum fg_rc
iam_run_enable_outbound(struct api_call *c)
{
	struct iam_target t = { .account = c->caller.who.account, .found = true };

	FG_TRY(iam_allow_on(c, FG_LIT("*")));
	if (is_enabled(c))
		return enabled_already(c);
	return iam_write_made(c, &t, make_keys, enable);
}

enum fg_rc
iam_run_disable_outbound(struct api_call *c)
{
	struct iam_target t = { .account = c->caller.who.account, .found = true };

	FG_TRY(iam_allow_on(c, FG_LIT("*")));
	if (!is_enabled(c))
		return disabled(c);
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, disable);
}

enum fg_rc
iam_run_outbound_info(struct api_call *c)
{
	FG_TRY(iam_allow_on(c, FG_LIT("*")));
	if (!is_enabled(c))
		return disabled(c);
	api_xml_str(&c->xml, FG_LIT("IssuerIdentifier"), issuer_of(c));
	api_xml_bool(&c->xml, FG_LIT("JwtVendingEnabled"), true);
	return FG_OK;
}
