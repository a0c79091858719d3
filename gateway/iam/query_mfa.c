/*
 * gateway/iam/query_mfa.c - virtual MFA devices: made, given to a user, taken back.
 *
 * The seed is told once, when the device is made, and lies wrapped in its row: for the account
 * while the device is nobody's, for the user afterwards (security.md 6).  What locks a device
 * and which step it showed last stay with the row, whoever has it (security.md 29).
 */
#include <openssl/crypto.h>

#include "gateway/iam/admin.h"
#include "gateway/iam/mfa_code.h"
#include "gateway/iam/query_int.h"

enum { DEVICES_PER_USER = 8, DEVICES_PER_ACCOUNT = 5000, SERIAL_MAX = 256 };

/* ---- devices ---- */

enum fg_rc
iam_no_mfa(struct api_call *c, struct fg_str serial)
{
	return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.mfa.no-such",
	    "VirtualMFADevice with serial number %.*s doesn't exist.", FG_PRI(serial));
}

const struct store_mfa *
iam_mfa_find(struct api_call *c, struct fg_str serial)
{
	const struct store_mfa *m = directory_row_find(iam_dir(c), STORE_MFA, serial);

	return m == NULL || !fg_eq(m->account, c->caller.who.account) ? NULL : m;
}

/* The row of the request's device, as it is now; it must be of the target's account. */
static enum fg_rc
device_row(struct iam_op *op, struct store_mfa *ret)
{
	struct fg_str serial = iam_str(op->c, "SerialNumber");
	enum fg_rc rc;

	*ret = (struct store_mfa){ .account = op->t.account, .serial = serial };
	rc = iam_row(op, STORE_MFA, ret);
	if (rc == FG_E_NOT_FOUND || (rc == FG_OK && !fg_eq(ret->account, op->t.account)))
		return iam_no_mfa(op->c, serial);
	return rc;
}

static enum fg_rc
seed_wrap(struct iam_op *op, struct store_mfa *m, struct fg_str seed)
{
	const struct cred_where where = cred_where_mfa(m);
	uint32_t wrap;

	FG_TRY(admin_sealing(op->tx, CRED_CLASS_WRAP, &wrap, &op->c->err));
	return cred_client_wrap(op->cred, wrap, &where, seed, op->c->arena, &m->seed, &op->c->err);
}

/* A device by itself: the action's resource is its ARN. */
static enum fg_rc
device_target(struct api_call *c, struct iam_target *ret)
{
	struct fg_str serial = iam_str(c, "SerialNumber");
	const struct store_mfa *m = iam_mfa_find(c, serial);

	*ret = (struct iam_target){ .account = c->caller.who.account, .arn = serial,
		.boundary = FG_LIT(""), .found = m != NULL };
	if (m != NULL)
		FG_TRY(iam_tag_array(c, m->tags, &ret->tags, &ret->ntags));
	FG_TRY(iam_allow(c, ret));
	c->story.resource_type = FG_LIT(IAM_MFA_TYPE);
	return m == NULL ? iam_no_mfa(c, serial) : FG_OK;
}

/* What SerialNumber may be; a path may hold more. */
static bool
serial_ok(struct fg_str s)
{
	static const char more[] = "_+=/:,.@-";
	size_t i = 0;

	while (i < s.n && (fg_digit(s.p[i]) || (fg_lower(s.p[i]) >= 'a' && fg_lower(s.p[i]) <= 'z') ||
	                      memchr(more, s.p[i], sizeof(more) - 1) != NULL))
		i++;
	return i == s.n && s.n <= SERIAL_MAX;
}

/* ---- create ---- */

static enum fg_rc
account_name(struct iam_op *op, struct fg_str *ret)
{
	struct store_account row = { .account = op->t.account };

	FG_TRY(store_get(op->tx, STORE_ACCOUNT, &row, op->c->arena, &op->c->err));
	*ret = row.alias.n > 0 ? row.alias : row.account;
	return FG_OK;
}

static void
blob_xml(struct fg_buf *b, struct fg_str name, struct fg_str bytes)
{
	api_xml_open(b, name);
	fg_buf_base64(b, bytes);
	api_xml_close(b, name);
}

static enum fg_rc
created_xml(struct iam_op *op, struct fg_str seed32)
{
	struct api_call *c = op->c;
	struct fg_str where, uri, png;

	FG_TRY(account_name(op, &where));
	FG_TRY(mfa_uri(c->arena, op->t.name, where, seed32, &uri, &c->err));
	FG_TRY(mfa_qr_png(c->arena, uri, &png, &c->err));
	api_xml_open(&c->xml, FG_LIT("VirtualMFADevice"));
	api_xml_str(&c->xml, FG_LIT("SerialNumber"), op->t.arn);
	blob_xml(&c->xml, FG_LIT("Base32StringSeed"), seed32);
	blob_xml(&c->xml, FG_LIT("QRCodePNG"), png);
	iam_xml_tag_list(&c->xml, op->extra);
	api_xml_close(&c->xml, FG_LIT("VirtualMFADevice"));
	api_story_result(c, AUDIT_P_SERIAL_NUMBER, op->t.arn);
	return FG_OK;
}

static enum fg_rc
device_new(struct iam_op *op, struct fg_str seed, struct fg_str seed32)
{
	struct api_call *c = op->c;
	struct store_mfa row = { .account = op->t.account, .serial = op->t.arn, .user = FG_LIT(""),
		.tags = op->extra, .created = c->now };
	enum fg_rc rc;
	size_t n;

	FG_TRY(iam_rows(op, STORE_MFA, "account", row.account, &n));
	if (n >= DEVICES_PER_ACCOUNT)
		return api_refuse(c, API_F_LIMIT_EXCEEDED, "iam.mfa.limit",
		    "Cannot exceed quota for VirtualMFADevicesPerAccount: %d", DEVICES_PER_ACCOUNT);
	FG_TRY(seed_wrap(op, &row, seed));
	rc = store_insert(op->tx, STORE_MFA, &row, &c->err);
	if (rc == FG_E_EXISTS) {
		fg_err_clear(&c->err);
		return api_refuse(c, API_F_ENTITY_EXISTS, "iam.mfa.exists",
		    "MFADevice entity at the same path and name already exists.");
	}
	FG_TRY(rc);
	return created_xml(op, seed32);
}

static enum fg_rc
create(struct iam_op *op)
{
	unsigned char seed[MFA_SEED_BYTES];
	char seed32[MFA_SEED_CHARS];
	enum fg_rc rc;

	if (!cred_rand_system(NULL, seed, sizeof(seed)))
		return fg_fail(&op->c->err, FG_E_CRYPTO, "iam.mfa.seed", NULL, "no randomness");
	fg_base32(seed, sizeof(seed), seed32);
	rc = device_new(op, fg_str((const char *)seed, sizeof(seed)), fg_str(seed32, sizeof(seed32)));
	OPENSSL_cleanse(seed, sizeof(seed));
	OPENSSL_cleanse(seed32, sizeof(seed32));
	return rc;
}

enum fg_rc
iam_run_create_mfa(struct api_call *c)
{
	struct iam_target t = { .account = c->caller.who.account,
		.name = iam_str(c, "VirtualMFADeviceName"), .path = iam_str_or(c, "Path", FG_LIT("/")),
		.boundary = FG_LIT(""), .found = true };
	struct fg_str tags;

	t.arn = iam_arn(c, t.account, FG_LIT("mfa"), t.path, t.name);
	FG_TRY(iam_allow(c, &t));
	c->story.resource_type = FG_LIT(IAM_MFA_TYPE);
	if (!serial_ok(t.arn))
		return api_refuse(c, API_F_INVALID_INPUT, "iam.mfa.path",
		    "The path and name do not make a serial number.");
	FG_TRY(iam_tags(c, &tags));
	return iam_write(c, &t, FG_STR_NULL, tags, create);
}

/* ---- two codes ---- */

/* Wrong ones are counted although the action is refused. */
static enum fg_rc
codes_check(struct iam_op *op, struct store_mfa *m, struct fg_str *ret_seed)
{
	struct api_call *c = op->c;
	const struct fg_str codes[2] = { iam_str(c, "AuthenticationCode1"),
		iam_str(c, "AuthenticationCode2") };
	struct fg_err err = { 0 };
	enum fg_rc rc = api_totp_sync(op->cred, m, codes, c->now, c->arena, ret_seed, &err);

	if (rc == FG_E_CONFLICT)
		return api_refuse(c, API_F_ENTITY_UNMODIFIABLE, "iam.mfa.locked",
		    "MFA device is locked after too many invalid authentication codes.");
	if (rc == FG_E_DENIED) {
		FG_TRY(store_update(op->tx, STORE_MFA, m, &c->err));
		op->refused = api_refuse(c, API_F_AUTH_CODE, "iam.mfa.code",
		    "Authentication code for device is not valid.");
		return FG_OK;
	}
	if (rc != FG_OK)
		c->err = err;
	return rc;
}

static enum fg_rc
enable(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct fg_str seed;
	struct store_mfa m;
	size_t n;

	FG_TRY(iam_still(op));
	FG_TRY(device_row(op, &m));
	if (m.user.n > 0)
		return api_refuse(c, API_F_ENTITY_EXISTS, "iam.mfa.in-use",
		    "MFA Device is already in use.");
	FG_TRY(iam_rows(op, STORE_MFA, "user", op->t.uid, &n));
	if (n >= DEVICES_PER_USER)
		return api_refuse(c, API_F_LIMIT_EXCEEDED, "iam.mfa.per-user",
		    "Cannot exceed quota for MFADevicesPerUser: %d", DEVICES_PER_USER);
	FG_TRY(codes_check(op, &m, &seed));
	if (op->refused != FG_OK)
		return FG_OK;
	m.user = op->t.uid;
	m.enabled = c->now;
	FG_TRY(seed_wrap(op, &m, seed));
	return store_update(op->tx, STORE_MFA, &m, &c->err);
}

enum fg_rc
iam_run_enable_mfa(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, enable);
}

/* ---- a device of a user ---- */

static enum fg_rc
own_row(struct iam_op *op, struct store_mfa *ret)
{
	FG_TRY(iam_still(op));
	FG_TRY(device_row(op, ret));
	return fg_eq(ret->user, op->t.uid) ? FG_OK : iam_no_mfa(op->c, ret->serial);
}

static enum fg_rc
resync(struct iam_op *op)
{
	struct fg_str seed;
	struct store_mfa m;

	FG_TRY(own_row(op, &m));
	FG_TRY(codes_check(op, &m, &seed));
	return op->refused != FG_OK ? FG_OK : store_update(op->tx, STORE_MFA, &m, &op->c->err);
}

enum fg_rc
iam_run_resync_mfa(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, resync);
}

/* Back to the account; the lock and the last step stay, or taking it away would reset them. */
static enum fg_rc
deactivate(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct cred_unwrap seed = { .rc = FG_E_INTERNAL };
	struct store_mfa m;

	FG_TRY(own_row(op, &m));
	seed.where = cred_where_mfa(&m);
	seed.blob = m.seed;
	FG_TRY(cred_client_unwrap(op->cred, &seed, 1, c->arena, &c->err));
	if (seed.rc != FG_OK)
		return fg_fail(&c->err, FG_E_INTERNAL, "iam.mfa.seed", NULL, "the seed does not open");
	m.user = FG_LIT("");
	m.enabled = 0;
	FG_TRY(seed_wrap(op, &m, seed.plain));
	return store_update(op->tx, STORE_MFA, &m, &c->err);
}

enum fg_rc
iam_run_deactivate_mfa(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, deactivate);
}

/* ---- delete ---- */

static enum fg_rc
drop(struct iam_op *op)
{
	struct store_mfa m;

	FG_TRY(device_row(op, &m));
	if (m.user.n > 0)
		return api_refuse(op->c, API_F_DELETE_CONFLICT, "iam.mfa.assigned",
		    "MFA VirtualDevice in use. Must deactivate first.");
	return store_delete(op->tx, STORE_MFA, &m, &op->c->err);
}

enum fg_rc
iam_run_delete_mfa(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(device_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, drop);
}

/* ---- tags ---- */

static enum fg_rc
tags_write(struct iam_op *op)
{
	struct store_mfa m;

	FG_TRY(device_row(op, &m));
	FG_TRY(iam_tags_change(op, m.tags, &m.tags));
	return store_update(op->tx, STORE_MFA, &m, &op->c->err);
}

enum fg_rc
iam_run_tag_mfa(struct api_call *c)
{
	struct iam_target t;
	struct fg_str tags;

	FG_TRY(device_target(c, &t));
	FG_TRY(iam_tags(c, &tags));
	return iam_write(c, &t, FG_STR_NULL, tags, tags_write);
}

enum fg_rc
iam_run_untag_mfa(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(device_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, tags_write);
}

enum fg_rc
iam_run_list_mfa_tags(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(device_target(c, &t));
	iam_xml_tag_page(c, &t);
	return FG_OK;
}
