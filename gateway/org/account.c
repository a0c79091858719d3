/*
 * gateway/org/account.c - accounts of the organisation: made, listed, moved, closed.
 */
#include <sys/random.h>

#include "gateway/org/org_int.h"

#define ROLE_DEFAULT "OrganizationAccountAccessRole"
#define ADMINISTRATOR FG_LIT("arn:aws:iam::aws:policy/AdministratorAccess")

/* ---- what a request for an account came to: a list in a setting ---- */

enum { ST_NAME = 0, ST_STATE, ST_ACCOUNT, ST_REASON, ST_ASKED, ST_DONE, ST_MAX };

static void
status_put(const struct org *o, const char *name, struct fg_str id, const struct fg_str *v)
{
	struct fg_buf *b = &o->c->xml;

	api_json_open(b, name, '{');
	api_json_str(b, "Id", id);
	api_json_str(b, "AccountName", v[ST_NAME]);
	api_json_str(b, "State", v[ST_STATE]);
	fg_buf_put(b, FG_LIT(",\"RequestedTimestamp\":"));
	fg_buf_put(b, v[ST_ASKED]);
	fg_buf_put(b, FG_LIT(",\"CompletedTimestamp\":"));
	fg_buf_put(b, v[ST_DONE]);
	if (v[ST_ACCOUNT].n > 0)
		api_json_str(b, "AccountId", v[ST_ACCOUNT]);
	if (v[ST_REASON].n > 0)
		api_json_str(b, "FailureReason", v[ST_REASON]);
	api_json_close(b, '}');
}

static bool
status_read(struct fg_str list, struct fg_str v[ST_MAX])
{
	for (size_t i = 0; i < ST_MAX; i++) {
		if (!store_list_next(&list, &v[i]))
			return false;
	}
	return true;
}

static enum fg_rc
status_write(struct iam_op *op, const struct fg_str v[ST_MAX])
{
	const struct org o = org_of(op);
	struct fg_buf b = FG_BUF_ARENA(op->c->arena, 1024);
	struct fg_str id = org_random(op->c, "car-", 24), list;

	for (size_t i = 0; i < ST_MAX; i++)
		store_list_put(&b, v[i]);
	if (fg_str_null(id) || fg_buf_end(&b, &list) != FG_OK)
		return fg_fail(&op->c->err, FG_E_NOMEM, "org.status", NULL, "arena");
	FG_TRY(org_setting_put(op, "create.", id, list));
	status_put(&o, "CreateAccountStatus", id, v);
	return FG_OK;
}

/* ---- create ---- */

struct taken {
	struct fg_str email;
	size_t n;
	bool email_taken;
};

static enum fg_rc
taken(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct taken *t = arg;

	(void)kind;
	(void)bad;
	(void)reterr;
	t->n++;
	t->email_taken = t->email_taken ||
	    fg_eq_icase(((const struct store_account *)row)->email, t->email);
	return FG_OK;
}

/* Twelve digits, the first not zero; nobody chooses them, so that nobody can lie in wait for them. */
static enum fg_rc
id_new(struct iam_op *op, struct fg_str *ret)
{
	struct store_account row;
	enum fg_rc rc;
	uint64_t r;

	for (int i = 0; i < 16; i++) {
		if (getrandom(&r, sizeof(r), 0) != (ssize_t)sizeof(r))
			return fg_fail(&op->c->err, FG_E_CRYPTO, "org.account.id", NULL, "no randomness");
		*ret = fg_arena_fmt(op->c->arena, "%llu",
		    (unsigned long long)(100000000000u + r % 900000000000u));
		if (fg_str_null(*ret))
			return fg_fail(&op->c->err, FG_E_NOMEM, "org.account.id", NULL, "arena");
		row = (struct store_account){ .account = *ret };
		rc = iam_row(op, STORE_ACCOUNT, &row);
		if (rc != FG_OK)
			return rc == FG_E_NOT_FOUND ? FG_OK : rc;
	}
	return fg_fail(&op->c->err, FG_E_CRYPTO, "org.account.id", NULL, "no free id");
}

static struct fg_str
trust_text(struct api_call *c, struct fg_str management)
{
	return fg_arena_fmt(c->arena,
	    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
	    "\"arn:aws:iam::%.*s:root\"},\"Action\":\"sts:AssumeRole\"}]}", FG_PRI(management));
}

/* The way in: a role of the new account that trusts the management account. */
static enum fg_rc
role_put(struct iam_op *op, struct fg_str account)
{
	char uid[STORE_UID_BYTES + 1];
	struct store_role r = { .account = account, .path = FG_LIT("/"), .description = FG_LIT(""),
		.name = iam_str_or(op->c, "RoleName", FG_LIT(ROLE_DEFAULT)), .bindings = op->bindings,
		.trust = trust_text(op->c, op->t.account), .boundary = FG_LIT(""), .tags = FG_LIT(""),
		.max_session = 3600, .created = op->c->now };
	struct store_attachment a = { .account = account, .policy = ADMINISTRATOR };

	FG_TRY(store_uid("AROA", uid, &op->c->err));
	r.uid = a.owner = fg_str_z(uid);
	if (fg_str_null(r.trust))
		return fg_fail(&op->c->err, FG_E_NOMEM, "org.account", NULL, "arena");
	FG_TRY(store_insert(op->tx, STORE_ROLE, &r, &op->c->err));
	return store_insert(op->tx, STORE_ATTACHMENT, &a, &op->c->err);
}

static enum fg_rc
account_put(struct iam_op *op, struct fg_str *ret_id)
{
	struct store_account a = { .name = iam_str(op->c, "AccountName"),
		.email = iam_str(op->c, "Email"), .alias = FG_LIT(""), .unit = FG_LIT(""),
		.created = op->c->now, .state = STORE_ACTIVE };

	FG_TRY(id_new(op, &a.account));
	FG_TRY(store_insert(op->tx, STORE_ACCOUNT, &a, &op->c->err));
	FG_TRY(role_put(op, a.account));
	if (op->extra.n > 0)
		FG_TRY(org_setting_put(op, "tags.", a.account, op->extra));
	api_story_result(op->c, AUDIT_P_ACCOUNT_ID, a.account);
	*ret_id = a.account;
	return FG_OK;
}

/* Done when the reply is sent: there is nothing that would take longer. */
static enum fg_rc
create(struct iam_op *op)
{
	struct taken t = { .email = iam_str(op->c, "Email") };
	struct fg_str v[ST_MAX] = { [ST_NAME] = iam_str(op->c, "AccountName"),
		[ST_STATE] = FG_LIT("SUCCEEDED"), [ST_ACCOUNT] = FG_LIT(""), [ST_REASON] = FG_LIT(""),
		[ST_ASKED] = fg_arena_fmt(op->c->arena, "%lld", (long long)op->c->now) };
	struct bn_org org;

	v[ST_DONE] = v[ST_ASKED];
	if (fg_str_null(v[ST_ASKED]))
		return fg_fail(&op->c->err, FG_E_NOMEM, "org.account", NULL, "arena");
	FG_TRY(org_load(op, &org));
	FG_TRY(store_scan(op->tx, STORE_ACCOUNT, NULL, FG_STR_NULL, taken, &t, &op->c->err));
	if (t.n >= ORG_ACCOUNTS_MAX)
		return org_constraint(op->c, "org.account.limit", "ACCOUNT_NUMBER_LIMIT_EXCEEDED",
		    "You have exceeded the number of accounts of an organization.");
	if (t.email_taken) {
		v[ST_STATE] = FG_LIT("FAILED");
		v[ST_REASON] = FG_LIT("EMAIL_ALREADY_EXISTS");
	} else {
		FG_TRY(account_put(op, &v[ST_ACCOUNT]));
	}
	return status_write(op, v);
}

/* [^\s@]+@[^\s@]+\.[^\s@]+ of printable ASCII */
static bool
email_ok(struct fg_str s)
{
	struct fg_str name, host;
	size_t dot;

	if (!fg_printable(s) || fg_find(s, ' ') != s.n || !fg_cut(s, '@', &name, &host) ||
	    name.n == 0 || fg_find(host, '@') != host.n)
		return false;
	dot = fg_find(host, '.');
	return dot > 0 && dot + 1 < host.n;
}

static enum fg_rc
values_check(struct api_call *c)
{
	struct fg_str billing = iam_str_or(c, "IamUserAccessToBilling", FG_LIT("ALLOW"));

	if (!email_ok(iam_str(c, "Email")))
		return org_input(c, "org.account.email", "INVALID_PATTERN",
		    "You provided a value that does not match the required pattern.");
	if (!fg_printable(iam_str(c, "AccountName")))
		return org_input(c, "org.account.name", "INVALID_PATTERN",
		    "You provided a value that does not match the required pattern.");
	if (!fg_eq(billing, FG_LIT("ALLOW")) && !fg_eq(billing, FG_LIT("DENY")))
		return org_input(c, "org.account.billing", "INVALID_ENUM",
		    "You specified an invalid value for IamUserAccessToBilling.");
	return FG_OK;
}

enum fg_rc
org_run_create_account(struct api_call *c)
{
	struct iam_target t = { .found = true };
	struct fg_str tags, bindings, trust;
	struct org o;

	FG_TRY(org_begin(c, &o, FG_STR_NULL));
	FG_TRY(values_check(c));
	FG_TRY(iam_tags(c, &tags));
	trust = trust_text(c, o.management);
	if (fg_str_null(trust))
		return fg_fail(&c->err, FG_E_NOMEM, "org.account", NULL, "arena");
	FG_TRY(iam_trust(c, o.management, trust, &bindings));
	t.account = o.management;
	t.name = o.id;
	t.path = o.root;
	t.arn = c->story.resource;
	return iam_write(c, &t, bindings, tags, create);
}

/* ---- statuses ---- */

enum fg_rc
org_run_describe_status(struct api_call *c)
{
	struct fg_str id = iam_str(c, "CreateAccountRequestId"), v[ST_MAX];
	struct org o;

	FG_TRY(org_begin(c, &o, FG_STR_NULL));
	if (!status_read(org_setting(c, "create.", id), v))
		return org_refuse(c, API_F_ORG_STATUS, "org.status");
	status_put(&o, "CreateAccountStatus", id, v);
	return FG_OK;
}

static bool
state_wanted(const struct api_call *c, struct fg_str state)
{
	const struct api_arg *states = iam_arg(c, "States");

	for (size_t i = 0; i < states->n; i++) {
		if (fg_eq(states->v[i].s, state))
			return true;
	}
	return states->n == 0;
}

static bool
is_status(const void *arg, const void *row)
{
	(void)arg;
	return fg_starts(((const struct store_setting *)row)->name, FG_LIT("organization.create."));
}

enum fg_rc
org_run_list_statuses(struct api_call *c)
{
	struct org_page page = org_page(c);
	struct fg_str *names, id, v[ST_MAX];
	struct org o;
	size_t n;

	FG_TRY(org_begin(c, &o, FG_STR_NULL));
	FG_TRY(org_ids(&o, STORE_SETTING, is_status, NULL, &names, &n));
	api_json_open(&c->xml, "CreateAccountStatuses", '[');
	for (size_t i = 0; i < n; i++) {
		enum org_turn turn = ORG_SKIP;

		id = fg_sub(names[i], FG_LIT("organization.create.").n, names[i].n);
		if (status_read(org_setting(c, "create.", id), v) && state_wanted(c, v[ST_STATE]))
			turn = org_turn(&page, id);
		if (turn == ORG_TAKE)
			status_put(&o, NULL, id, v);
		if (turn == ORG_STOP)
			break;
	}
	api_json_close(&c->xml, ']');
	org_page_end(c, &page);
	return FG_OK;
}

/* ---- reads ---- */

static void
account_json(const struct org *o, const char *name, const struct directory_account *a)
{
	const bool first = fg_eq(a->id, o->management);
	struct fg_buf *b = &o->c->xml;

	api_json_open(b, name, '{');
	api_json_str(b, "Id", a->id);
	api_json_str(b, "Arn", org_arn(o, "account", a->id));
	api_json_str(b, "Email", a->email);
	api_json_str(b, "Name", a->name);
	api_json_str(b, "Status", a->active ? FG_LIT("ACTIVE") : FG_LIT("SUSPENDED"));
	api_json_str(b, "JoinedMethod", first ? FG_LIT("INVITED") : FG_LIT("CREATED"));
	api_json_time(b, "JoinedTimestamp", a->created);
	api_json_close(b, '}');
}

static enum fg_rc
account_begin(struct api_call *c, struct org *o, const struct directory_account **ret)
{
	struct fg_str id = iam_str(c, "AccountId");

	FG_TRY(org_begin(c, o, id));
	*ret = directory_account_find(iam_dir(c), id);
	return *ret != NULL ? FG_OK : org_refuse(c, API_F_ORG_ACCOUNT, "org.account");
}

enum fg_rc
org_run_describe_account(struct api_call *c)
{
	const struct directory_account *a;
	struct org o;

	FG_TRY(account_begin(c, &o, &a));
	account_json(&o, "Account", a);
	return FG_OK;
}

struct listing {
	const struct org *o;
	struct fg_str parent; /* null: all */
	struct org_page page;
};

static bool
list_one(void *arg, enum store_kind kind, const void *entity)
{
	const struct directory_account *a = entity;
	struct listing *l = arg;
	enum org_turn turn;

	(void)kind;
	if (!fg_str_null(l->parent) && !fg_eq(org_parent(l->o, a->unit), l->parent))
		return true;
	turn = org_turn(&l->page, a->id);
	if (turn == ORG_TAKE)
		account_json(l->o, NULL, a);
	return turn != ORG_STOP;
}

static enum fg_rc
list(struct api_call *c, const struct org *o, struct fg_str parent)
{
	struct listing l = { o, parent, org_page(c) };

	api_json_open(&c->xml, "Accounts", '[');
	FG_TRY(directory_walk(iam_dir(c), STORE_ACCOUNT, FG_LIT(""), l.page.after, list_one, &l,
	    &c->err));
	api_json_close(&c->xml, ']');
	org_page_end(c, &l.page);
	return FG_OK;
}

enum fg_rc
org_run_list_accounts(struct api_call *c)
{
	struct org o;

	FG_TRY(org_begin(c, &o, FG_STR_NULL));
	return list(c, &o, FG_STR_NULL);
}

enum fg_rc
org_run_list_accounts_for_parent(struct api_call *c)
{
	struct fg_str parent;
	struct org o;

	FG_TRY(org_parent_begin(c, &o, &parent));
	return list(c, &o, parent);
}

/* ---- move, close, leave ---- */

static enum fg_rc
account_row(struct iam_op *op, struct store_account *ret)
{
	enum fg_rc rc;

	*ret = (struct store_account){ .account = op->t.uid };
	rc = iam_row(op, STORE_ACCOUNT, ret);
	return rc == FG_E_NOT_FOUND ? org_refuse(op->c, API_F_ORG_ACCOUNT, "org.account") : rc;
}

static enum fg_rc
move(struct iam_op *op)
{
	const struct org o = org_of(op);
	struct fg_str from = iam_str(op->c, "SourceParentId"), to = iam_str(op->c, "DestinationParentId");
	struct store_account row;
	struct bn_org org;

	FG_TRY(org_load(op, &org));
	FG_TRY(account_row(op, &row));
	if (!fg_eq(org_parent(&o, row.unit), from))
		return org_refuse(op->c, API_F_ORG_SOURCE, "org.move.source");
	if (!org_is_root(&o, to) && bn_unit_find(&org, to) == NULL)
		return org_refuse(op->c, API_F_ORG_DESTINATION, "org.move.destination");
	if (fg_eq(from, to))
		return org_refuse(op->c, API_F_ORG_SAME_PARENT, "org.move.same");
	row.unit = org_is_root(&o, to) ? FG_LIT("") : to;
	return store_update(op->tx, STORE_ACCOUNT, &row, &op->c->err);
}

/* The account, where it is and where it goes: the caller must be allowed all three. */
enum fg_rc
org_run_move_account(struct api_call *c)
{
	const struct directory_account *a;
	struct fg_str account;
	struct org o;

	FG_TRY(org_begin(c, &o, iam_str(c, "DestinationParentId")));
	FG_TRY(org_gate(&o, iam_str(c, "SourceParentId")));
	FG_TRY(account_begin(c, &o, &a));
	account = iam_str(c, "AccountId");
	return org_write(&o, account, FG_STR_NULL, move);
}

static enum fg_rc
close_account(struct iam_op *op)
{
	struct store_account row;
	struct bn_org org;

	FG_TRY(org_load(op, &org));
	FG_TRY(account_row(op, &row));
	if (row.state != STORE_ACTIVE)
		return org_refuse(op->c, API_F_ORG_ACCOUNT_CLOSED, "org.account.closed");
	row.state = STORE_INACTIVE;
	return store_update(op->tx, STORE_ACCOUNT, &row, &op->c->err);
}

enum fg_rc
org_run_close_account(struct api_call *c)
{
	const struct directory_account *a;
	struct org o;

	FG_TRY(account_begin(c, &o, &a));
	if (fg_eq(a->id, o.management))
		return org_constraint(c, "org.account.management", "CANNOT_CLOSE_MANAGEMENT_ACCOUNT",
		    "You can't close the management account.");
	return org_write(&o, a->id, FG_STR_NULL, close_account);
}

/* An account without its organisation would be one that nothing binds. */
enum fg_rc
org_run_remove_account(struct api_call *c)
{
	const struct directory_account *a;
	struct org o;

	FG_TRY(account_begin(c, &o, &a));
	if (fg_eq(a->id, o.management))
		return org_refuse(c, API_F_ORG_MANAGEMENT, "org.account.management");
	return org_constraint(c, "org.account.leave", "ACCOUNT_CANNOT_LEAVE_ORGANIZATION",
	    "Every account of this installation belongs to its organization.");
}
