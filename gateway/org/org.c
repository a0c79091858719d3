/*
 * gateway/org/org.c - facts, permission, pages and changes of Organizations.
 */
#include <stdlib.h>
#include <sys/random.h>

#include "gateway/org/org_int.h"

/* ---- facts ---- */

struct fg_str
org_setting(const struct api_call *c, const char *name, struct fg_str id)
{
	struct fg_str key = fg_arena_fmt(c->arena, "\norganization.%s%.*s", name, FG_PRI(id));
	const struct store_setting *s = fg_str_null(key)
	    ? NULL : directory_row_find(iam_dir(c), STORE_SETTING, key);

	return s == NULL ? FG_STR_NULL : s->value;
}

/* A bundle names its root where something hangs from it. */
static bool
root_seen(void *arg, enum store_kind kind, const void *row)
{
	struct fg_str parent = kind == STORE_UNIT ? ((const struct store_unit *)row)->parent
						  : ((const struct store_target *)row)->target;
	struct fg_str *root = arg;

	if (fg_starts(parent, FG_LIT("r-")) && (fg_str_null(*root) || fg_cmp(parent, *root) < 0))
		*root = parent;
	return true;
}

static struct fg_str
root_find(const struct api_call *c)
{
	struct fg_str root = org_setting(c, "root", FG_STR_NULL);

	if (fg_str_null(root))
		directory_rows(iam_dir(c), STORE_UNIT, root_seen, &root);
	if (fg_str_null(root))
		directory_rows(iam_dir(c), STORE_TARGET, root_seen, &root);
	return fg_str_null(root) ? FG_LIT("r-root") : root;
}

enum fg_rc
org_read(struct api_call *c, struct org *ret)
{
	struct fg_str management = org_setting(c, "management", FG_STR_NULL);
	struct fg_str id = org_setting(c, "id", FG_STR_NULL);

	*ret = (struct org){ .c = c, .exists = !fg_str_null(management) };
	if (!ret->exists)
		management = c->caller.who.account;
	ret->management = fg_arena_dup(c->arena, management);
	ret->id = fg_str_null(id) ? fg_arena_fmt(c->arena, "o-%.*s", FG_PRI(management))
				  : fg_arena_dup(c->arena, id);
	ret->root = fg_arena_dup(c->arena, root_find(c));
	if (fg_str_null(ret->management) || fg_str_null(ret->id) || fg_str_null(ret->root))
		return fg_fail(&c->err, FG_E_NOMEM, "org.read", NULL, "arena");
	return FG_OK;
}

struct fg_str
org_arn(const struct org *o, const char *type, struct fg_str id)
{
	return fg_arena_fmt(o->c->arena, "arn:aws:organizations::%.*s:%s/%.*s%s%.*s",
	    FG_PRI(o->management), type, FG_PRI(o->id), fg_str_null(id) ? "" : "/", FG_PRI(id));
}

struct fg_str
org_arn_of(const struct org *o, struct fg_str id)
{
	if (fg_str_null(id))
		return FG_LIT("*");
	if (fg_starts(id, FG_LIT("ou-")))
		return org_arn(o, "ou", id);
	if (fg_starts(id, FG_LIT("r-")))
		return org_arn(o, "root", id);
	if (fg_starts(id, FG_LIT("p-")))
		return org_policy_arn(o, id, org_policy_type(o->c, id));
	return org_arn(o, "account", id);
}

/* ---- permission ---- */

static enum fg_rc
tags_of(const struct org *o, struct fg_str id, struct iam_target *t)
{
	struct fg_str list = org_setting(o->c, "tags.", id), key, value;
	size_t n = store_list_count(list) / 2;
	struct directory_tag *v = FG_NEW_N(o->c->arena, struct directory_tag, n + 1);

	if (v == NULL)
		return fg_fail(&o->c->err, FG_E_NOMEM, "org.tags", NULL, "arena");
	t->tags = v;
	while (t->ntags < n && store_list_next(&list, &key) && store_list_next(&list, &value))
		v[t->ntags++] = (struct directory_tag){ key, value };
	return FG_OK;
}

/* The type of the policy that is created, filtered for or named. */
static struct fg_str
type_asked(struct api_call *c, struct fg_str id)
{
	static const char *const params[] = { "Type", "Filter", "PolicyType" };

	for (size_t i = 0; i < FG_COUNT(params); i++) {
		if (!fg_str_null(iam_str(c, params[i])))
			return iam_str(c, params[i]);
	}
	return org_policy_type(c, iam_str_or(c, "PolicyId", id));
}

enum fg_rc
org_allow(struct org *o, struct fg_str id)
{
	struct iam_target t = { .account = o->c->caller.who.account, .arn = org_arn_of(o, id),
		.boundary = FG_LIT(""), .policy_type = type_asked(o->c, id), .found = true };

	if (fg_str_null(t.arn))
		return fg_fail(&o->c->err, FG_E_NOMEM, "org.allow", NULL, "arena");
	if (!fg_str_null(id))
		FG_TRY(tags_of(o, id, &t));
	FG_TRY(iam_allow(o->c, &t));
	return o->exists ? FG_OK : org_refuse(o->c, API_F_ORG_NOT_IN_USE, "org.absent");
}

enum fg_rc
org_gate(struct org *o, struct fg_str id)
{
	FG_TRY(org_allow(o, id));
	if (fg_eq(o->management, o->c->caller.who.account))
		return FG_OK;
	return api_refuse(o->c, API_F_ACCESS_DENIED, "org.management",
	    "You don't have permissions to access this resource.");
}

enum fg_rc
org_begin(struct api_call *c, struct org *o, struct fg_str id)
{
	FG_TRY(org_read(c, o));
	return org_gate(o, id);
}

/* ---- what there is ---- */

bool
org_is_root(const struct org *o, struct fg_str id)
{
	return fg_eq(o->root, id);
}

const struct store_unit *
org_unit(const struct org *o, struct fg_str id)
{
	return fg_starts(id, FG_LIT("ou-")) ? directory_row_find(iam_dir(o->c), STORE_UNIT, id)
					    : NULL;
}

struct fg_str
org_parent(const struct org *o, struct fg_str parent)
{
	return fg_starts(parent, FG_LIT("ou-")) ? parent : o->root;
}

struct fg_str
org_normal(struct fg_str id)
{
	return fg_starts(id, FG_LIT("r-")) ? FG_LIT("r-") : id;
}

bool
org_target_exists(const struct org *o, struct fg_str id)
{
	return org_is_root(o, id) || org_unit(o, id) != NULL ||
	    directory_account_find(iam_dir(o->c), id) != NULL;
}

struct fg_str
org_target_kind(struct fg_str id)
{
	if (fg_starts(id, FG_LIT("ou-")))
		return FG_LIT("ORGANIZATIONAL_UNIT");
	return fg_starts(id, FG_LIT("r-")) ? FG_LIT("ROOT") : FG_LIT("ACCOUNT");
}

enum fg_rc
org_type(struct api_call *c, const char *param, struct fg_str *ret)
{
	static const char *const elsewhere[] = { "TAG_POLICY", "BACKUP_POLICY",
		"AISERVICES_OPT_OUT_POLICY", "CHATBOT_POLICY", "DECLARATIVE_POLICY_EC2",
		"SECURITYHUB_POLICY" };

	*ret = iam_str(c, param);
	if (fg_eq(*ret, FG_LIT("SERVICE_CONTROL_POLICY")) ||
	    fg_eq(*ret, FG_LIT("RESOURCE_CONTROL_POLICY")))
		return FG_OK;
	for (size_t i = 0; i < FG_COUNT(elsewhere); i++) {
		if (fg_eq(*ret, fg_str_z(elsewhere[i])))
			return org_refuse(c, API_F_ORG_TYPE_ABSENT, "org.type.absent");
	}
	return org_input(c, "org.type", "INVALID_ENUM_POLICY_TYPE",
	    "You specified an invalid policy type.");
}

/* ---- refusals ---- */

enum fg_rc
org_input(struct api_call *c, const char *step, const char *reason, const char *text)
{
	c->reason = fg_str_z(reason);
	return api_refuse_str(c, API_F_INVALID_INPUT, step, fg_str_z(text));
}

enum fg_rc
org_constraint(struct api_call *c, const char *step, const char *reason, const char *text)
{
	c->reason = fg_str_z(reason);
	return api_refuse_str(c, API_F_ORG_CONSTRAINT, step, fg_str_z(text));
}

enum fg_rc
org_refuse(struct api_call *c, enum api_fault f, const char *step)
{
	return api_refuse_str(c, f, step, api_fault_row(f)->text);
}

/* ---- pages ---- */

struct org_page
org_page(const struct api_call *c)
{
	return (struct org_page){ .after = iam_str_or(c, "NextToken", FG_LIT("")),
		.most = (size_t)iam_int_or(c, "MaxResults", 20) };
}

enum org_turn
org_turn(struct org_page *p, struct fg_str id)
{
	if (p->more)
		return ORG_STOP;
	if (fg_cmp(id, p->after) <= 0)
		return ORG_SKIP;
	if (p->n == p->most) {
		p->more = true;
		return ORG_STOP;
	}
	p->n++;
	p->last = id;
	return ORG_TAKE;
}

void
org_page_end(struct api_call *c, const struct org_page *p)
{
	if (p->more)
		api_json_str(&c->xml, "NextToken", p->last);
}

struct ids {
	const struct org *o;
	org_want_fn want;
	const void *arg;
	struct fg_str *v;
	size_t n, room;
	bool nomem;
};

/* account and the id lead all the structs that are asked for */
static bool
id_one(void *arg, enum store_kind kind, const void *row)
{
	struct ids *ids = arg;
	void *v = ids->v;
	struct fg_str *s;

	(void)kind;
	if (!ids->want(ids->arg, row))
		return true;
	s = fg_arena_push(ids->o->c->arena, &v, &ids->n, &ids->room, sizeof(*s));
	ids->v = v;
	ids->nomem = s == NULL;
	if (s != NULL)
		*s = ((const struct store_unit *)row)->id;
	return !ids->nomem;
}

enum fg_rc
org_ids(const struct org *o, enum store_kind kind, org_want_fn want, const void *arg,
    struct fg_str **ret, size_t *ret_n)
{
	struct ids ids = { .o = o, .want = want, .arg = arg };

	directory_rows(iam_dir(o->c), kind, id_one, &ids);
	if (ids.nomem)
		return fg_fail(&o->c->err, FG_E_NOMEM, "org.list", NULL, "arena");
	if (ids.n > 1)
		qsort(ids.v, ids.n, sizeof(*ids.v), fg_cmp_at);
	*ret = ids.v;
	*ret_n = ids.n;
	return FG_OK;
}

/* ---- changes ---- */

enum fg_rc
org_load(struct iam_op *op, struct bn_org *ret)
{
	FG_TRY(bn_org_index(op->tx, op->c->arena, ret, &op->c->err));
	if (!ret->given || !fg_eq(ret->management, op->c->caller.who.account))
		return org_refuse(op->c, API_F_ORG_NOT_IN_USE, "org.absent");
	return FG_OK;
}

enum fg_rc
org_write(struct org *o, struct fg_str id, struct fg_str extra, iam_op_fn fn)
{
	const struct iam_target t = { .account = o->management, .uid = id, .name = o->id,
		.path = o->root, .arn = o->c->story.resource, .found = true };

	return iam_write(o->c, &t, FG_STR_NULL, extra, fn);
}

struct org
org_of(struct iam_op *op)
{
	return (struct org){ .c = op->c, .exists = true, .management = op->t.account,
		.id = op->t.name, .root = op->t.path };
}

static struct fg_str
setting_name(struct iam_op *op, const char *name, struct fg_str id)
{
	return fg_arena_fmt(op->c->arena, "organization.%s%.*s", name, FG_PRI(id));
}

enum fg_rc
org_setting_put(struct iam_op *op, const char *name, struct fg_str id, struct fg_str value)
{
	struct fg_str key = setting_name(op, name, id);

	if (fg_str_null(key))
		return fg_fail(&op->c->err, FG_E_NOMEM, "org.setting", NULL, "arena");
	return store_setting_put(op->tx, FG_LIT(""), key, value, &op->c->err);
}

enum fg_rc
org_setting_drop(struct iam_op *op, const char *name, struct fg_str id)
{
	const struct store_setting row = { .account = FG_LIT(""), .name = setting_name(op, name, id) };
	enum fg_rc rc = fg_str_null(row.name) ? FG_E_NOMEM
					      : store_delete(op->tx, STORE_SETTING, &row, NULL);

	if (rc == FG_OK || rc == FG_E_NOT_FOUND)
		return FG_OK;
	return fg_fail(&op->c->err, rc, "org.setting", NULL, "delete");
}

struct fg_str
org_random(struct api_call *c, const char *prefix, size_t n)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz012345";
	unsigned char r[32];
	char text[sizeof(r) + 1];

	if (n > sizeof(r) || getrandom(r, n, 0) != (ssize_t)n)
		return FG_STR_NULL;
	for (size_t i = 0; i < n; i++)
		text[i] = alphabet[r[i] & 31];
	text[n] = '\0';
	return fg_arena_fmt(c->arena, "%s%s", prefix, text);
}
