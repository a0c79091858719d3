/*
 * gateway/directory/bind.c - principals of a trust policy bind to unique ids when it is
 * written (rule 12).
 */
#include "gateway/directory/directory_int.h"

struct bind {
	const struct directory_binder *b;
	struct fg_str account;
	struct fg_buf *out;
};

static bool
digits12(struct fg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!fg_digit(s.p[i]))
			return false;
	return s.n == 12;
}

/* The piece after the last '/'. */
static struct fg_str
last_of(struct fg_str s)
{
	size_t i = s.n;

	while (i > 0 && s.p[i - 1] != '/')
		i--;
	return fg_sub(s, i, s.n);
}

static struct fg_str
whole_or_none(bool there, struct fg_str s)
{
	return there ? s : FG_LIT("");
}

/* arn:aws:iam::ACCOUNT:REST */
static struct fg_str
bind_iam(const struct bind *k, struct fg_str arn, struct fg_str account, struct fg_str rest)
{
	const struct directory_binder *b = k->b;

	if (fg_eq(rest, FG_LIT("root")))
		return whole_or_none(b->account(b->arg, account), account);
	if (fg_starts(rest, FG_LIT("user/")))
		return b->uid(b->arg, STORE_USER, account, last_of(rest), arn);
	if (fg_starts(rest, FG_LIT("role/")))
		return b->uid(b->arg, STORE_ROLE, account, last_of(rest), arn);
	/* A provider is its ARN; only those of the role's own account can ever be meant. */
	if (fg_starts(rest, FG_LIT("oidc-provider/")) || fg_starts(rest, FG_LIT("saml-provider/")))
		return whole_or_none(fg_eq(account, k->account), arn);
	return FG_LIT("");
}

/* arn:aws:sts::ACCOUNT:REST */
static struct fg_str
bind_sts(const struct bind *k, struct fg_str arn, struct fg_str account, struct fg_str rest)
{
	const struct directory_binder *b = k->b;
	struct fg_str kind, name, session;

	(void)fg_cut(rest, '/', &kind, &name);
	if (fg_eq(kind, FG_LIT("assumed-role")) && fg_cut(name, '/', &name, &session))
		return b->uid(b->arg, STORE_ROLE, account, name, FG_STR_NULL);
	if (fg_eq(kind, FG_LIT("federated-user")))
		return whole_or_none(b->account(b->arg, account), arn);
	return FG_LIT("");
}

static struct fg_str
bind_one(const struct bind *k, struct fg_str p)
{
	struct fg_str account, rest;

	if (digits12(p))
		return whole_or_none(k->b->account(k->b->arg, p), p);
	if (fg_starts(p, FG_LIT("AROA")) || fg_starts(p, FG_LIT("AIDA")))
		return whole_or_none(k->b->known(k->b->arg, p), p);
	if (fg_starts(p, FG_LIT("arn:aws:iam::")) &&
	    fg_cut(fg_sub(p, 13, p.n), ':', &account, &rest))
		return bind_iam(k, p, account, rest);
	if (fg_starts(p, FG_LIT("arn:aws:sts::")) &&
	    fg_cut(fg_sub(p, 13, p.n), ':', &account, &rest))
		return bind_sts(k, p, account, rest);
	/* A built-in provider's domain; other partitions and services name nobody here. */
	return whole_or_none(!fg_starts(p, FG_LIT("arn:")), p);
}

static bool
bind_put(void *arg, struct fg_str principal)
{
	const struct bind *k = arg;

	store_list_put(k->out, principal);
	store_list_put(k->out, bind_one(k, principal));
	return true;
}

enum fg_rc
directory_bindings(const struct directory_binder *b, struct fg_str account,
    struct fg_str document, struct fg_buf *out, struct fg_err *reterr)
{
	struct bind k = { b, account, out };

	return trust_principals(document, TRUST_ROLE, bind_put, &k, reterr);
}

/* ---- a binder over the directory ---- */

static bool
has_account(void *arg, struct fg_str account)
{
	return directory_account_find(arg, account) != NULL;
}

static struct fg_str
uid_of(void *arg, enum store_kind kind, struct fg_str account, struct fg_str name,
    struct fg_str arn)
{
	const struct directory_user *u;
	const struct directory_role *r;

	if (kind == STORE_USER) {
		u = directory_user_find(arg, account, name);
		return u == NULL || !fg_eq(u->arn, arn) ? FG_LIT("") : u->uid;
	}
	r = directory_role_find(arg, account, name);
	return r == NULL || (!fg_str_null(arn) && !fg_eq(r->arn, arn)) ? FG_LIT("") : r->uid;
}

static bool
is_known(void *arg, struct fg_str uid)
{
	return directory_uid_kind(arg, uid) != STORE_NONE;
}

struct directory_binder
directory_binder(const struct directory *d)
{
	return (struct directory_binder){ (void *)(uintptr_t)d, has_account, uid_of, is_known };
}
