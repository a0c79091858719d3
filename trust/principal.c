/*
 * trust/principal.c - entries of a Principal element, and whom they match.
 *
 * An entry that was bound matches by unique id alone, so that a user or role that was
 * deleted and made again is not the one that was trusted.
 */
#include "trust/program_int.h"

#define ACCOUNT_DIGITS 12u

static bool
is_account(struct fg_str s)
{
	if (s.n != ACCOUNT_DIGITS)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!fg_digit(s.p[i]))
			return false;
	return true;
}

bool
trust_arn_read(struct fg_str s, struct trust_arn_text *ret)
{
	struct fg_str part[TRUST_ARN_PARTS];

	if (!trust_arn_split(s, part) || !fg_eq(part[0], FG_LIT("arn")) || part[1].n == 0)
		return false;
	*ret = (struct trust_arn_text){ part[1], part[2], part[3], part[4], part[5] };
	return true;
}

/* AIDA... or AROA..., upper case letters and digits. */
static bool
is_uid(struct fg_str s)
{
	if (s.n < 16 || (!fg_starts(s, FG_LIT("AIDA")) && !fg_starts(s, FG_LIT("AROA"))))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!fg_digit(s.p[i]) && !(s.p[i] >= 'A' && s.p[i] <= 'Z'))
			return false;
	return true;
}

/* What follows the last slash. */
static struct fg_str
base_name(struct fg_str s)
{
	size_t i = s.n;

	while (i > 0 && s.p[i - 1] != '/')
		i--;
	return fg_sub(s, i, s.n);
}

static bool
after(struct fg_str s, struct fg_str prefix, struct fg_str *ret)
{
	if (!fg_starts(s, prefix))
		return false;
	*ret = fg_sub(s, prefix.n, s.n);
	return ret->n > 0;
}

static void
read_iam(struct fg_str rest, struct trust_entry *e)
{
	struct fg_str name;

	if (fg_eq(rest, FG_LIT("root"))) {
		e->kind = TRUST_E_ACCOUNT;
	} else if (after(rest, FG_LIT("role/"), &name)) {
		e->kind = TRUST_E_ROLE;
		e->name = base_name(name);
	} else if (after(rest, FG_LIT("user/"), &name)) {
		e->kind = TRUST_E_USER;
		e->name = name;
	}
}

static void
read_sts(struct fg_str rest, struct trust_entry *e)
{
	struct fg_str name;

	if (after(rest, FG_LIT("assumed-role/"), &name) &&
	    fg_cut(name, '/', &e->name, &e->session) && e->name.n > 0 && e->session.n > 0) {
		e->kind = TRUST_E_SESSION;
	} else if (after(rest, FG_LIT("federated-user/"), &name)) {
		e->kind = TRUST_E_FEDERATED_USER;
		e->name = name;
	}
}

static struct trust_entry
read_aws(struct fg_str text)
{
	struct trust_entry e = { .kind = TRUST_E_OTHER, .text = text };
	struct trust_arn_text arn;

	if (fg_eq(text, FG_LIT("*"))) {
		e.kind = TRUST_E_ALL;
	} else if (is_account(text)) {
		e.kind = TRUST_E_ACCOUNT;
		e.account = text;
	} else if (is_uid(text)) {
		e.kind = TRUST_E_UID;
	} else if (trust_arn_read(text, &arn) && arn.region.n == 0) {
		e.partition = arn.partition;
		e.account = arn.account;
		if (fg_eq(arn.service, FG_LIT("iam")))
			read_iam(arn.rest, &e);
		else if (fg_eq(arn.service, FG_LIT("sts")))
			read_sts(arn.rest, &e);
		if (e.kind == TRUST_E_ACCOUNT && !is_account(e.account))
			e.kind = TRUST_E_NOBODY;
	}
	return e;
}

struct trust_entry
trust_entry_read(enum trust_ptype type, struct fg_str text)
{
	struct trust_entry e = { .text = text };

	switch (type) {
	case TRUST_P_ALL:
		e.kind = TRUST_E_ALL;
		break;
	case TRUST_P_AWS:
		e = read_aws(text);
		break;
	case TRUST_P_SERVICE:
		e.kind = TRUST_E_SERVICE;
		break;
	case TRUST_P_FEDERATED:
		e.kind = TRUST_E_PROVIDER;
		break;
	case TRUST_P_CANONICAL:
	case TRUST_P_MAX:
		break;
	}
	return e;
}

bool
trust_entry_binds(const struct trust_entry *e)
{
	return e->kind != TRUST_E_NOBODY && e->kind != TRUST_E_ALL && e->kind != TRUST_E_SERVICE;
}

/* ---- matching ---- */

static bool
has_account(const struct trust_caller *c)
{
	return c->account.n > 0;
}

static bool
same_account(const struct trust_entry *e, const struct trust_caller *c)
{
	return has_account(c) && fg_eq(e->account, c->account) &&
	    (e->partition.n == 0 || fg_eq(e->partition, c->partition));
}

static enum trust_strength
match_account(const struct trust_entry *e, const struct trust_caller *c)
{
	return same_account(e, c) ? TRUST_S_ACCOUNT : TRUST_S_NONE;
}

/* Text or unique id, as the entry was compiled. */
static bool
same_user(const struct trust_entry *e, const struct trust_caller *c)
{
	if (e->bound)
		return c->uid.n > 0 && fg_eq(e->uid, c->uid);
	if (c->kind == TRUST_FEDERATED_USER)
		return same_account(e, c) && fg_eq(e->name, c->name);
	return fg_eq(e->text, c->arn);
}

static enum trust_strength
match_user(const struct trust_entry *e, const struct trust_caller *c)
{
	if (c->kind == TRUST_USER)
		return same_user(e, c) ? TRUST_S_DIRECT : TRUST_S_NONE;
	if (c->kind == TRUST_FEDERATED_USER)
		return same_user(e, c) ? TRUST_S_FEDUSER : TRUST_S_NONE;
	return TRUST_S_NONE;
}

static bool
same_role(const struct trust_entry *e, const struct trust_caller *c)
{
	if (c->kind != TRUST_SESSION_OF_ROLE)
		return false;
	if (e->bound)
		return c->uid.n > 0 && fg_eq(e->uid, c->uid);
	return same_account(e, c) && fg_eq(e->name, c->name);
}

static enum trust_strength
match_role(const struct trust_entry *e, const struct trust_caller *c)
{
	if (same_role(e, c))
		return TRUST_S_ROLE;
	/* a test document may name a role itself as the caller */
	return !e->bound && c->kind == TRUST_USER && fg_eq(e->text, c->arn) ? TRUST_S_DIRECT
									    : TRUST_S_NONE;
}

static enum trust_strength
match_session(const struct trust_entry *e, const struct trust_caller *c)
{
	return same_role(e, c) && fg_eq(e->session, c->session) ? TRUST_S_DIRECT : TRUST_S_NONE;
}

static enum trust_strength
match_text(const struct trust_entry *e, const struct trust_caller *c)
{
	return has_account(c) && fg_eq(e->text, c->arn) ? TRUST_S_DIRECT : TRUST_S_NONE;
}

static enum trust_strength
match_uid(const struct trust_entry *e, const struct trust_caller *c)
{
	if (!e->bound || c->uid.n == 0 || !fg_eq(e->uid, c->uid))
		return TRUST_S_NONE;
	if (c->kind == TRUST_USER)
		return TRUST_S_DIRECT;
	return c->kind == TRUST_SESSION_OF_ROLE ? TRUST_S_ROLE
	    : c->kind == TRUST_FEDERATED_USER	? TRUST_S_FEDUSER
						: TRUST_S_NONE;
}

/* "*" is any AWS principal, service or anonymous caller; a provider has to be named. */
static enum trust_strength
match_all(const struct trust_entry *e, const struct trust_caller *c)
{
	(void)e;
	return c->kind == TRUST_NOBODY || c->kind == TRUST_WEB_IDENTITY || c->kind == TRUST_SAML
	    ? TRUST_S_NONE
	    : TRUST_S_DIRECT;
}

static enum trust_strength
match_service(const struct trust_entry *e, const struct trust_caller *c)
{
	return c->kind == TRUST_SERVICE && fg_eq(e->text, c->arn) ? TRUST_S_DIRECT : TRUST_S_NONE;
}

static enum trust_strength
match_provider(const struct trust_entry *e, const struct trust_caller *c)
{
	return (c->kind == TRUST_WEB_IDENTITY || c->kind == TRUST_SAML) && fg_eq(e->text, c->arn)
	    ? TRUST_S_DIRECT
	    : TRUST_S_NONE;
}

enum trust_strength
trust_entry_match(const struct trust_entry *e, const struct trust_caller *c)
{
	static enum trust_strength (*const matches[])(const struct trust_entry *e,
	    const struct trust_caller *c) = {
		[TRUST_E_NOBODY] = NULL,
		[TRUST_E_ALL] = match_all,
		[TRUST_E_ACCOUNT] = match_account,
		[TRUST_E_USER] = match_user,
		[TRUST_E_ROLE] = match_role,
		[TRUST_E_SESSION] = match_session,
		[TRUST_E_FEDERATED_USER] = match_text,
		[TRUST_E_UID] = match_uid,
		[TRUST_E_SERVICE] = match_service,
		[TRUST_E_PROVIDER] = match_provider,
		[TRUST_E_OTHER] = match_text,
	};

	return matches[e->kind] == NULL ? TRUST_S_NONE : matches[e->kind](e, c);
}
