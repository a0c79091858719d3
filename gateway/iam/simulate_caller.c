/*
 * gateway/iam/simulate_caller.c - who a simulated request comes from, and its context.
 */
#include "gateway/iam/simulate_int.h"

/* ---- the caller ---- */

static void
user_is(struct sim *s, const struct directory_user *u)
{
	s->caller.uid = s->caller_id = u->uid;
	s->tags = u->tags;
	s->ntags = u->ntags;
}

static enum fg_rc
caller_given(struct sim *s, struct fg_str arn)
{
	const struct directory_user *u = directory_user_by_arn(iam_dir(s->c), arn);

	if (!trust_caller_parse(arn, &s->caller) || s->caller.kind != TRUST_USER ||
	    s->caller.name.n == 0 || !api_account_ok(s->caller.account))
		return api_refuse(s->c, API_F_INVALID_INPUT, "iam.simulate.caller",
		    "Invalid CallerArn: %.*s is not the ARN of a user.", FG_PRI(arn));
	if (u != NULL && fg_eq(u->account, s->c->caller.who.account))
		user_is(s, u);
	return FG_OK;
}

/* A session of the role, with a name of its own. */
static enum fg_rc
caller_role(struct sim *s, const struct directory_role *r)
{
	struct fg_str arn = fg_arena_fmt(s->c->arena, "arn:aws:sts::%.*s:assumed-role/%.*s/simulation",
	    FG_PRI(r->account), FG_PRI(r->name));

	if (fg_str_null(arn))
		return fg_fail(&s->c->err, FG_E_NOMEM, "iam.simulate", NULL, "arena");
	s->caller = (struct trust_caller){ .kind = TRUST_SESSION_OF_ROLE, .arn = arn,
		.partition = FG_LIT("aws"), .account = r->account, .uid = r->uid, .name = r->name,
		.session = FG_LIT("simulation") };
	s->role_path = r->path;
	s->tags = r->tags;
	s->ntags = r->ntags;
	return FG_OK;
}

static enum fg_rc
caller_of(struct sim *s, const struct iam_target *t)
{
	if (t != NULL && t->role != NULL)
		return caller_role(s, t->role);
	s->caller = (struct trust_caller){ .kind = TRUST_USER, .arn = FG_LIT(""),
		.partition = FG_LIT("aws"), .account = s->c->caller.who.account, .uid = FG_LIT(""),
		.name = FG_LIT("") };
	if (t == NULL || t->user == NULL)
		return FG_OK;
	s->caller.arn = t->arn;
	s->caller.name = t->name;
	user_is(s, t->user);
	return FG_OK;
}

static enum fg_rc
owner_given(struct sim *s, struct fg_str arn)
{
	struct api_arn a;

	if (!api_arn_read(arn, &a) || !api_account_ok(a.account))
		return api_refuse(s->c, API_F_INVALID_INPUT, "iam.simulate.owner",
		    "Invalid ResourceOwner: %.*s is not the ARN of an account.", FG_PRI(arn));
	s->owner = a.account;
	return FG_OK;
}

enum fg_rc
sim_caller(struct sim *s, const struct iam_target *t)
{
	struct fg_str arn = iam_str(s->c, "CallerArn"), owner = iam_str(s->c, "ResourceOwner");

	if (!fg_str_null(arn))
		FG_TRY(caller_given(s, arn));
	else if (s->resource.n > 0 && (t == NULL || t->user == NULL))
		return api_refuse(s->c, API_F_INVALID_INPUT, "iam.simulate.no-caller",
		    "CallerArn is required when ResourcePolicy is given and the policy source is not a user.");
	else
		FG_TRY(caller_of(s, t));
	s->owner = s->caller.account;
	return fg_str_null(owner) ? FG_OK : owner_given(s, owner);
}

/* ---- ContextEntries ---- */

static const struct {
	struct fg_str name;
	enum trust_value_type type;
	bool list;
} types[] = {
	{ { "string", 6 }, TRUST_V_STRING, false },
	{ { "stringList", 10 }, TRUST_V_STRING, true },
	{ { "numeric", 7 }, TRUST_V_NUMERIC, false },
	{ { "numericList", 11 }, TRUST_V_NUMERIC, true },
	{ { "boolean", 7 }, TRUST_V_BOOLEAN, false },
	{ { "booleanList", 11 }, TRUST_V_BOOLEAN, true },
	{ { "ip", 2 }, TRUST_V_IP, false },
	{ { "ipList", 6 }, TRUST_V_IP, true },
	{ { "binary", 6 }, TRUST_V_BINARY, false },
	{ { "binaryList", 10 }, TRUST_V_BINARY, true },
	{ { "date", 4 }, TRUST_V_DATE, false },
	{ { "dateList", 8 }, TRUST_V_DATE, true },
};

enum { ENTRY_NAME = 0, ENTRY_VALUES, ENTRY_TYPE };

static bool
given(const struct sim *s, struct fg_str key, size_t before)
{
	const struct api_arg *v = iam_arg(s->c, "ContextEntries");

	for (size_t i = 0; i < v->n && i < before; i++) {
		if (fg_eq_icase(api_member(v, i, ENTRY_NAME)->s, key))
			return true;
	}
	return false;
}

static enum fg_rc
entry_refuse(struct sim *s, struct fg_str key, const char *why)
{
	return api_refuse(s->c, API_F_INVALID_INPUT, "iam.simulate.context",
	    "Invalid ContextEntries: %.*s %s.", (int)key.n, key.p, why);
}

static enum fg_rc
type_find(struct sim *s, struct fg_str key, struct fg_str name, size_t *ret)
{
	for (size_t i = 0; i < FG_COUNT(types); i++) {
		if (fg_eq(types[i].name, name)) {
			*ret = i;
			return FG_OK;
		}
	}
	return entry_refuse(s, key, "has a ContextKeyType that does not exist");
}

static enum fg_rc
entry_put(struct sim *s, struct fg_str key, const struct api_arg *values, size_t type)
{
	struct fg_str *v = FG_NEW_N(s->c->arena, struct fg_str, values->n + 1);

	if (v == NULL)
		return fg_fail(&s->c->err, FG_E_NOMEM, "iam.simulate", NULL, "arena");
	for (size_t i = 0; i < values->n; i++) {
		v[i] = values->v[i].s;
		if (!trust_value_ok(types[type].type, v[i]))
			return entry_refuse(s, key, "has a value that is not of its type");
	}
	if (types[type].list)
		return trust_any_list(s->ctx, key, v, values->n, &s->c->err);
	if (values->n != 1)
		return entry_refuse(s, key, "does not have one value, as its type wants");
	return trust_any_one(s->ctx, key, v[0], &s->c->err);
}

static enum fg_rc
entries_put(struct sim *s)
{
	const struct api_arg *v = iam_arg(s->c, "ContextEntries");
	size_t type = 0;

	for (size_t i = 0; i < v->n; i++) {
		struct fg_str key = api_member(v, i, ENTRY_NAME)->s;

		if (given(s, key, i))
			return entry_refuse(s, key, "is given twice");
		FG_TRY(type_find(s, key, api_member(v, i, ENTRY_TYPE)->s, &type));
		FG_TRY(entry_put(s, key, api_member(v, i, ENTRY_VALUES), type));
	}
	return FG_OK;
}

/* ---- what is known of the caller ---- */

static enum fg_rc
fact(struct sim *s, struct fg_str key, struct fg_str value)
{
	return value.n == 0 || given(s, key, SIZE_MAX) ? FG_OK
						       : trust_any_one(s->ctx, key, value, &s->c->err);
}

enum fg_rc
sim_context(struct sim *s)
{
	bool role = s->caller.kind == TRUST_SESSION_OF_ROLE;
	struct fg_str arn = s->caller.arn, key;

	FG_TRY(entries_put(s));
	if (arn.n == 0)
		return FG_OK;
	if (role)
		arn = iam_arn(s->c, s->caller.account, FG_LIT("role"), s->role_path, s->caller.name);
	FG_TRY(fact(s, FG_LIT("aws:PrincipalArn"), arn));
	FG_TRY(fact(s, FG_LIT("aws:PrincipalAccount"), s->caller.account));
	FG_TRY(fact(s, FG_LIT("aws:PrincipalType"), role ? FG_LIT("AssumedRole") : FG_LIT("User")));
	FG_TRY(fact(s, FG_LIT("aws:username"), role ? FG_LIT("") : s->caller.name));
	FG_TRY(fact(s, FG_LIT("aws:userid"), s->caller_id));
	for (size_t i = 0; i < s->ntags; i++) {
		key = fg_arena_fmt(s->c->arena, "aws:PrincipalTag/%.*s", FG_PRI(s->tags[i].key));
		if (fg_str_null(key))
			return fg_fail(&s->c->err, FG_E_NOMEM, "iam.simulate", NULL, "arena");
		if (!given(s, key, SIZE_MAX))
			FG_TRY(trust_any_one(s->ctx, key, s->tags[i].value, &s->c->err));
	}
	return FG_OK;
}
