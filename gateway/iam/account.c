/*
 * gateway/iam/account.c - a new account with its administrator, and new access keys.
 */
#include <strings.h>

#include "gateway/iam/admin_int.h"
#include "gateway/iam/bundle_int.h"
#include "gateway/iam/shipped.h"

#define ADMINISTRATOR FG_LIT("arn:aws:iam::aws:policy/AdministratorAccess")

/* ---- the key ring, as the store knows it ---- */

static enum fg_rc
row_visit(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct cred_rows *r = arg;

	(void)kind;
	(void)reterr;
	if (!bad && r->n < FG_COUNT(r->row) && cred_row_get(row, &r->row[r->n]))
		r->n++;
	return FG_OK;
}

enum fg_rc
admin_sealing(struct store_tx *tx, enum cred_class cls, uint32_t *ret, struct fg_err *reterr)
{
	struct cred_rows rows = { .n = 0 };
	const struct cred_key_row *k;

	FG_TRY(store_scan(tx, STORE_RING, NULL, FG_STR_NULL, row_visit, &rows, reterr));
	k = cred_key_sealing(rows.row, rows.n, cls);
	if (k == NULL)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "iam.key", "rule 7", "no %s key is sealing",
		    cred_class_name(cls));
	*ret = k->id;
	return FG_OK;
}

/* ---- access keys ---- */

enum fg_rc
admin_key_new(struct store_tx *tx, struct cred_client *cred, struct fg_str account,
    struct fg_str user_uid, int64_t flags, fg_time now, struct fg_arena *a,
    struct admin_key *ret, struct fg_err *reterr)
{
	struct store_key row = { .account = account, .user = user_uid, .state = STORE_ACTIVE,
		.flags = flags, .created = now };
	struct cred_where where;
	uint32_t wrap;

	FG_TRY(admin_sealing(tx, CRED_CLASS_WRAP, &wrap, reterr));
	FG_TRY(cred_key_id_new(CRED_KEY_AKIA, account, ret->id, reterr));
	FG_TRY(cred_secret_new(ret->secret, reterr));
	row.id = fg_str_z(ret->id);
	where = cred_where_key(&row);
	FG_TRY(cred_client_wrap(cred, wrap, &where, fg_str_z(ret->secret), a, &row.secret, reterr));
	return store_insert(tx, STORE_KEY, &row, reterr);
}

void
admin_key_json(struct fg_buf *b, const struct admin_key *k, struct fg_str user, fg_time now)
{
	fg_buf_put(b, FG_LIT("{\"AccessKey\":{\"UserName\":"));
	fg_buf_json_str(b, user);
	fg_buf_fmt(b, ",\"AccessKeyId\":\"%s\",\"Status\":\"Active\",\"SecretAccessKey\":\"%s\"", k->id,
	    k->secret);
	fg_buf_put(b, FG_LIT(",\"CreateDate\":\""));
	fg_buf_time(b, now);
	fg_buf_put(b, FG_LIT("\"}}"));
}

/* ---- accounts ---- */

enum fg_rc
admin_account_new(struct store_tx *tx, struct cred_client *cred, struct fg_str id,
    struct fg_str name, fg_time now, struct fg_arena *a, struct admin_key *ret,
    struct fg_err *reterr)
{
	char uid[STORE_UID_BYTES + 1];
	const struct store_account acc = { .account = id, .name = name, .alias = FG_LIT(""),
		.email = FG_LIT(""), .unit = FG_LIT(""), .created = now, .state = STORE_ACTIVE };
	struct store_user u = { .account = id, .name = FG_LIT("admin"), .path = FG_LIT("/"),
		.boundary = FG_LIT(""), .tags = FG_LIT(""), .created = now };
	struct store_attachment t = { .account = id, .policy = ADMINISTRATOR };

	if (!bn_account_ok(id))
		return fg_fail(reterr, FG_E_PARAM, "iam.account", NULL, "an account id has 12 digits");
	if (name.n == 0 || name.n > 50 || !fg_utf8_ok(name))
		return fg_fail(reterr, FG_E_PARAM, "iam.account", NULL,
		    "an account's name has 1 to 50 bytes");
	if (store_insert(tx, STORE_ACCOUNT, &acc, NULL) != FG_OK)
		return fg_fail(reterr, FG_E_EXISTS, "iam.account", NULL, "account %.*s exists",
		    FG_PRI(id));
	FG_TRY(iam_shipped_put(tx, now, reterr));
	FG_TRY(store_uid("AIDA", uid, reterr));
	u.uid = t.owner = fg_str_z(uid);
	FG_TRY(store_insert(tx, STORE_USER, &u, reterr));
	FG_TRY(store_insert(tx, STORE_ATTACHMENT, &t, reterr));
	return admin_key_new(tx, cred, id, u.uid, STORE_KEY_BOOTSTRAP, now, a, ret, reterr);
}

static enum fg_rc
create(struct admin_call *c, struct fg_str name, struct admin_key *key)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	FG_TRY(store_begin(c->admin->store, &tx, &c->err));
	FG_TRY(admin_account_new(tx, c->admin->cred, c->account, name, c->now, c->arena, key,
	    &c->err));
	return store_commit(FG_STEAL(tx), &c->err);
}

enum fg_rc
admin_account_create(struct admin_call *c)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(1024);
	struct admin_key key;
	struct fg_str name;
	enum fg_rc rc;

	b.secret = true;
	if (!admin_str(c, "id", &c->account) || !admin_str(c, "name", &name))
		return c->err.rc;
	rc = create(c, name, &key);
	if (rc == FG_OK) {
		admin_put_str(c, "id", fg_str_z(key.id));
		admin_key_json(&b, &key, FG_LIT("admin"), c->now);
		fg_buf_put(c->out, FG_LIT(",\"key\":"));
		fg_buf_put(c->out, fg_buf_str(&b));
		admin_put_str(c, "secret", fg_str_z(key.secret));
	}
	explicit_bzero(&key, sizeof(key));
	return rc;
}
