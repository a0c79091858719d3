/*
 * gateway/iam/account.c - a new account with its administrator, and new access keys.
 */
#include <strings.h>

#include "gateway/api/api.h"
#include "gateway/iam/admin_int.h"
#include "gateway/iam/bundle_int.h"

#define ADMINISTRATOR FG_LIT("arn:aws:iam::aws:policy/AdministratorAccess")

/* ---- rows of the key ring ---- */

static bool
hex_read(struct fg_str hex, uint8_t *out, size_t n)
{
	if (hex.n != 2 * n)
		return false;
	for (size_t i = 0; i < 2 * n; i++) {
		char c = hex.p[i];
		int v = fg_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		if (v < 0)
			return false;
		out[i / 2] = (uint8_t)(out[i / 2] << 4 | v);
	}
	return true;
}

bool
admin_ring_read(const struct store_ring *from, struct cred_key_row *ret)
{
	struct cred_key_row r = { .since = from->since, .until = from->until };
	uint8_t id[4] = { 0 };

	if (!hex_read(from->id, id, sizeof(id)) || !cred_class_parse(from->class_, &r.cls) ||
	    !hex_read(from->fingerprint, r.fp, sizeof(r.fp)) || from->state < 0 ||
	    from->state >= CRED_STATE_MAX)
		return false;
	r.id = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
	r.state = (enum cred_state)from->state;
	*ret = r;
	return true;
}

static enum fg_rc
ring_put(struct store_tx *tx, const struct cred_ring_entry *e, fg_time now,
    struct fg_err *reterr)
{
	const struct cred_key_row r = cred_key_row_of(e, CRED_STATE_SEALING, now);
	char id[9], fp[2 * CRED_FP_BYTES + 1];
	struct fg_buf b = FG_BUF_FIXED(id), f = FG_BUF_FIXED(fp);
	struct store_ring row = { .account = FG_LIT(""),
		.class_ = fg_str_z(cred_class_name(r.cls)), .acks = FG_LIT(""), .state = r.state,
		.since = r.since, .until = r.until };

	fg_buf_fmt(&b, "%08x", r.id);
	fg_buf_hex(&f, fg_str(r.fp, sizeof(r.fp)));
	FG_TRY(fg_buf_end(&b, &row.id));
	FG_TRY(fg_buf_end(&f, &row.fingerprint));
	return store_insert(tx, STORE_RING, &row, reterr);
}

enum fg_rc
admin_ring_put(struct store_tx *tx, const struct cred_ring_entry *e, size_t n, fg_time now,
    struct fg_err *reterr)
{
	for (size_t i = 0; i < n; i++)
		FG_TRY(ring_put(tx, &e[i], now, reterr));
	return FG_OK;
}

struct rows {
	struct cred_key_row v[CRED_RING_MAX];
	size_t n;
};

static enum fg_rc
row_visit(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct rows *r = arg;

	(void)kind;
	(void)reterr;
	if (!bad && r->n < FG_COUNT(r->v) && admin_ring_read(row, &r->v[r->n]))
		r->n++;
	return FG_OK;
}

enum fg_rc
admin_sealing(struct store_tx *tx, enum cred_class cls, uint32_t *ret, struct fg_err *reterr)
{
	struct rows rows = { .n = 0 };
	const struct cred_key_row *k;

	FG_TRY(store_scan(tx, STORE_RING, NULL, FG_STR_NULL, row_visit, &rows, reterr));
	k = cred_key_sealing(rows.v, rows.n, cls);
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
	where = api_key_where(account, row.id, user_uid);
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

static enum fg_rc
is_administrator(void *arg, enum store_kind kind, const void *row, bool bad,
    struct fg_err *reterr)
{
	const struct store_policy *p = row;
	bool *there = arg;

	(void)kind;
	(void)bad;
	(void)reterr;
	*there = *there || fg_eq(p->name, FG_LIT("AdministratorAccess"));
	return FG_OK;
}

/* The shipped policy that administrators get, once an installation. */
static enum fg_rc
administrator_policy(struct store_tx *tx, fg_time now, struct fg_err *reterr)
{
	char uid[STORE_UID_BYTES + 1];
	struct store_policy p = { .account = FG_LIT("aws"), .name = FG_LIT("AdministratorAccess"),
		.path = FG_LIT("/"), .description = FG_LIT("Full access"), .tags = FG_LIT(""),
		.version = 1, .last = 1, .created = now, .updated = now };
	struct store_version v = { .account = p.account, .number = 1, .created = now,
		.document = FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
		                   "\"Action\":\"*\",\"Resource\":\"*\"}]}") };
	bool there = false;

	FG_TRY(store_scan(tx, STORE_POLICY, "account", p.account, is_administrator, &there, reterr));
	if (there)
		return FG_OK;
	FG_TRY(store_uid("ANPA", uid, reterr));
	p.uid = v.policy = fg_str_z(uid);
	FG_TRY(store_insert(tx, STORE_POLICY, &p, reterr));
	return store_insert(tx, STORE_VERSION, &v, reterr);
}

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
	FG_TRY(administrator_policy(tx, now, reterr));
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
