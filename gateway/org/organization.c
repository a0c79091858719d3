/*
 * gateway/org/organization.c - the organisation itself, its root and the policy types in force.
 */
#include "gateway/org/org_int.h"

/* ---- JSON ---- */

static void
type_put(struct fg_buf *b, struct fg_str type)
{
	api_json_open(b, NULL, '{');
	api_json_str(b, "Type", type);
	api_json_str(b, "Status", FG_LIT("ENABLED"));
	api_json_close(b, '}');
}

static void
types_put(const struct org *o, const char *name)
{
	struct fg_buf *b = &o->c->xml;

	api_json_open(b, name, '[');
	for (size_t i = 0; i < BN_ORG_TYPES; i++) {
		if (directory_control_type(iam_dir(o->c), bn_org_types[i]))
			type_put(b, bn_org_types[i]);
	}
	api_json_close(b, ']');
}

static void
types_list_put(struct fg_buf *b, struct fg_str list, const char *name)
{
	struct fg_str type;

	api_json_open(b, name, '[');
	while (store_list_next(&list, &type))
		type_put(b, type);
	api_json_close(b, ']');
}

static void
root_head(struct fg_buf *b, struct fg_str id, struct fg_str arn)
{
	api_json_str(b, "Id", id);
	api_json_str(b, "Arn", arn);
	api_json_str(b, "Name", FG_LIT("Root"));
}

void
org_json_root(const struct org *o, const char *name)
{
	api_json_open(&o->c->xml, name, '{');
	root_head(&o->c->xml, o->root, org_arn(o, "root", o->root));
	types_put(o, "PolicyTypes");
	api_json_close(&o->c->xml, '}');
}

static void
organization_head(const struct org *o, struct fg_str email)
{
	struct fg_buf *b = &o->c->xml;

	api_json_open(b, "Organization", '{');
	api_json_str(b, "Id", o->id);
	api_json_str(b, "Arn", org_arn(o, "organization", FG_STR_NULL));
	api_json_str(b, "FeatureSet", FG_LIT("ALL"));
	api_json_str(b, "MasterAccountArn", org_arn(o, "account", o->management));
	api_json_str(b, "MasterAccountId", o->management);
	api_json_str(b, "MasterAccountEmail", email);
}

/* ---- create ---- */

struct found {
	size_t n;
	struct fg_str email;
	struct fg_arena *a;
};

static enum fg_rc
account_visit(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct found *f = arg;

	(void)kind;
	(void)bad;
	(void)reterr;
	f->n++;
	f->email = fg_arena_dup(f->a, ((const struct store_account *)row)->email);
	return FG_OK;
}

/*
 * Who manages the organisation stands above every account.  In an installation that has others
 * already, that is the operator's word (a bundle), not that of whoever asks first.
 */
static enum fg_rc
create(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct org o = { .c = c, .management = op->t.account };
	struct fg_buf types = FG_BUF_ARENA(c->arena, 256);
	struct found f = { .a = c->arena };
	struct fg_str list;
	struct bn_org now;

	FG_TRY(bn_org_index(op->tx, c->arena, &now, &c->err));
	if (now.given)
		return org_refuse(c, API_F_ORG_ALREADY, "org.exists");
	FG_TRY(store_scan(op->tx, STORE_ACCOUNT, NULL, FG_STR_NULL, account_visit, &f, &c->err));
	if (f.n != 1)
		return api_refuse(c, API_F_ACCESS_DENIED, "org.create.accounts",
		    "You don't have permissions to access this resource.");
	o.id = org_random(c, "o-", 10);
	o.root = org_random(c, "r-", 4);
	store_list_put(&types, FG_LIT("SERVICE_CONTROL_POLICY"));
	if (fg_str_null(o.id) || fg_str_null(o.root) || fg_buf_end(&types, &list) != FG_OK)
		return fg_fail(&c->err, FG_E_NOMEM, "org.create", NULL, "arena");
	FG_TRY(org_setting_put(op, "management", FG_STR_NULL, o.management));
	FG_TRY(org_setting_put(op, "id", FG_STR_NULL, o.id));
	FG_TRY(org_setting_put(op, "root", FG_STR_NULL, o.root));
	FG_TRY(org_setting_put(op, "types", FG_STR_NULL, list));
	organization_head(&o, f.email);
	types_list_put(&c->xml, list, "AvailablePolicyTypes");
	api_json_close(&c->xml, '}');
	return FG_OK;
}

enum fg_rc
org_run_create_organization(struct api_call *c)
{
	struct fg_str set = iam_str_or(c, "FeatureSet", FG_LIT("ALL"));
	struct org o;

	FG_TRY(org_read(c, &o));
	if (o.exists) {
		FG_TRY(org_allow(&o, FG_STR_NULL));
		return org_refuse(c, API_F_ORG_ALREADY, "org.exists");
	}
	FG_TRY(iam_allow_on(c, FG_LIT("*")));
	if (!fg_eq(set, FG_LIT("ALL")))
		return org_input(c, "org.feature-set", "INVALID_ENUM",
		    "Only the feature set ALL is available.");
	return org_write(&o, FG_STR_NULL, FG_STR_NULL, create);
}

enum fg_rc
org_run_describe_organization(struct api_call *c)
{
	const struct directory_account *a;
	struct org o;

	FG_TRY(org_read(c, &o));
	FG_TRY(org_allow(&o, FG_STR_NULL));
	a = directory_account_find(iam_dir(c), o.management);
	organization_head(&o, a == NULL ? FG_LIT("") : a->email);
	types_put(&o, "AvailablePolicyTypes");
	api_json_close(&c->xml, '}');
	return FG_OK;
}

enum fg_rc
org_run_list_roots(struct api_call *c)
{
	struct org_page page = org_page(c);
	struct org o;

	FG_TRY(org_begin(c, &o, FG_STR_NULL));
	api_json_open(&c->xml, "Roots", '[');
	if (org_turn(&page, o.root) == ORG_TAKE)
		org_json_root(&o, NULL);
	api_json_close(&c->xml, ']');
	return FG_OK;
}

/* ---- delete ---- */

struct names {
	struct fg_arena *a;
	struct fg_str *v;
	size_t n, room;
};

static enum fg_rc
setting_visit(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	const struct store_setting *s = row;
	struct names *names = arg;
	void *v = names->v;
	struct fg_str *at;

	(void)kind;
	(void)bad;
	if (!fg_starts(s->name, FG_LIT("organization.")))
		return FG_OK;
	at = fg_arena_push(names->a, &v, &names->n, &names->room, sizeof(*at));
	names->v = v;
	if (at == NULL || fg_str_null(*at = fg_arena_dup(names->a, s->name)))
		return fg_fail(reterr, FG_E_NOMEM, "org.delete", NULL, "arena");
	return FG_OK;
}

static enum fg_rc
delete(struct iam_op *op)
{
	struct names names = { .a = op->c->arena };
	struct found f = { .a = op->c->arena };
	struct bn_org org;

	FG_TRY(org_load(op, &org));
	FG_TRY(store_scan(op->tx, STORE_ACCOUNT, NULL, FG_STR_NULL, account_visit, &f, &op->c->err));
	if (f.n > 1 || org.nunits > 0)
		return org_refuse(op->c, API_F_ORG_NOT_EMPTY, "org.delete");
	for (size_t i = 0; i < org.ncontrols; i++) {
		if (!org_full_access(org.controls[i].row.id))
			return org_refuse(op->c, API_F_ORG_NOT_EMPTY, "org.delete");
		FG_TRY(org_targets_drop(op, &org.controls[i]));
	}
	FG_TRY(store_scan(op->tx, STORE_SETTING, "account", FG_LIT(""), setting_visit, &names,
	    &op->c->err));
	for (size_t i = 0; i < names.n; i++)
		FG_TRY(store_delete(op->tx, STORE_SETTING, &(struct store_setting){
		    .account = FG_LIT(""), .name = names.v[i] }, &op->c->err));
	return FG_OK;
}

enum fg_rc
org_run_delete_organization(struct api_call *c)
{
	struct org o;

	FG_TRY(org_begin(c, &o, FG_STR_NULL));
	return org_write(&o, FG_STR_NULL, FG_STR_NULL, delete);
}

/* ---- policy types ---- */

/* The list with or without op->extra, the type. */
static enum fg_rc
types_change(struct iam_op *op, bool on, struct fg_str *ret)
{
	struct fg_buf b = FG_BUF_ARENA(op->c->arena, 256);
	struct fg_str now;
	enum fg_rc rc = store_setting_get(op->tx, FG_LIT(""), FG_LIT(DIRECTORY_ORG_TYPES),
	    op->c->arena, &now, NULL);
	bool every = rc == FG_E_NOT_FOUND;

	if (rc != FG_OK && !every)
		return fg_fail(&op->c->err, rc, "org.types", NULL, "cannot be read");
	if (on == (every || store_list_has(now, op->extra)))
		return org_refuse(op->c, on ? API_F_ORG_TYPE_ENABLED : API_F_ORG_TYPE_DISABLED,
		    "org.type.already");
	for (size_t i = 0; i < BN_ORG_TYPES; i++) {
		if (fg_eq(bn_org_types[i], op->extra) ? on : (every || store_list_has(now, bn_org_types[i])))
			store_list_put(&b, bn_org_types[i]);
	}
	if (fg_buf_end(&b, ret) != FG_OK)
		return fg_fail(&op->c->err, FG_E_NOMEM, "org.types", NULL, "arena");
	if (fg_str_null(*ret))
		*ret = FG_LIT("");
	return org_setting_put(op, "types", FG_STR_NULL, *ret);
}

static void
root_put(struct iam_op *op, struct fg_str types)
{
	const struct org o = org_of(op);

	api_json_open(&op->c->xml, "Root", '{');
	root_head(&op->c->xml, o.root, org_arn(&o, "root", o.root));
	types_list_put(&op->c->xml, types, "PolicyTypes");
	api_json_close(&op->c->xml, '}');
}

static enum fg_rc
enable(struct iam_op *op)
{
	struct bn_org org;
	struct fg_str types;

	FG_TRY(org_load(op, &org));
	FG_TRY(types_change(op, true, &types));
	root_put(op, types);
	return FG_OK;
}

/* As at AWS nothing of the type stays attached: each target has full access when it is enabled again. */
static enum fg_rc
disable(struct iam_op *op)
{
	struct bn_org org;
	struct fg_str types;

	FG_TRY(org_load(op, &org));
	FG_TRY(types_change(op, false, &types));
	for (size_t i = 0; i < org.ncontrols; i++) {
		if (fg_eq(org_row_type(&org.controls[i].row), op->extra))
			FG_TRY(org_targets_drop(op, &org.controls[i]));
	}
	root_put(op, types);
	return FG_OK;
}

static enum fg_rc
type_write(struct api_call *c, iam_op_fn fn)
{
	struct fg_str root = iam_str(c, "RootId"), type;
	struct org o;

	FG_TRY(org_begin(c, &o, root));
	if (!org_is_root(&o, root))
		return org_refuse(c, API_F_ORG_ROOT, "org.root");
	FG_TRY(org_type(c, "PolicyType", &type));
	return org_write(&o, root, type, fn);
}

enum fg_rc
org_run_enable_type(struct api_call *c)
{
	return type_write(c, enable);
}

enum fg_rc
org_run_disable_type(struct api_call *c)
{
	return type_write(c, disable);
}

/* ---- what an installation has none of ---- */

static enum fg_rc
empty(struct api_call *c, const char *name)
{
	struct org o;

	FG_TRY(org_begin(c, &o, FG_STR_NULL));
	api_json_open(&c->xml, name, '[');
	api_json_close(&c->xml, ']');
	return FG_OK;
}

enum fg_rc
org_run_list_nothing_services(struct api_call *c)
{
	return empty(c, "EnabledServicePrincipals");
}

enum fg_rc
org_run_list_nothing_administrators(struct api_call *c)
{
	return empty(c, "DelegatedAdministrators");
}
