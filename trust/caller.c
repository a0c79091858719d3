/*
 * trust/caller.c - a principal's text as a caller.
 */
#include "trust/program_int.h"

static bool
is_service(struct fg_str s)
{
	if (!fg_ends(s, FG_LIT(".amazonaws.com")) && !fg_ends(s, FG_LIT(".amazonaws.com.cn")))
		return false;
	if (fg_starts(s, FG_LIT("cognito-identity")))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !fg_digit(s.p[i]) && s.p[i] != '.' &&
		    s.p[i] != '-')
			return false;
	return true;
}

static bool
digits_only(struct fg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!fg_digit(s.p[i]))
			return false;
	return s.n > 0;
}

static bool
from_iam(struct fg_str rest, struct trust_caller *c)
{
	if (fg_starts(rest, FG_LIT("oidc-provider/")) || fg_starts(rest, FG_LIT("saml-provider/"))) {
		c->kind = rest.p[0] == 'o' ? TRUST_WEB_IDENTITY : TRUST_SAML;
		c->account = FG_STR_NULL;
		c->partition = FG_STR_NULL;
		return true;
	}
	c->kind = fg_eq(rest, FG_LIT("root")) ? TRUST_ROOT : TRUST_USER;
	if (fg_starts(rest, FG_LIT("user/"))) {
		size_t i = rest.n;

		while (rest.p[i - 1] != '/')
			i--;
		c->name = fg_sub(rest, i, rest.n);
	}
	return rest.n > 0;
}

static bool
from_sts(struct fg_str rest, struct trust_caller *c)
{
	const struct fg_str role = FG_LIT("assumed-role/"), user = FG_LIT("federated-user/");

	if (fg_starts(rest, role)) {
		c->kind = TRUST_SESSION_OF_ROLE;
		return fg_cut(fg_sub(rest, role.n, rest.n), '/', &c->name, &c->session) &&
		    c->name.n > 0 && c->session.n > 0;
	}
	c->kind = TRUST_FEDERATED_USER;
	c->name = fg_sub(rest, user.n, rest.n);
	return fg_starts(rest, user) && c->name.n > 0;
}

bool
trust_caller_parse(struct fg_str principal, struct trust_caller *ret)
{
	struct trust_caller c = { .arn = principal };
	struct trust_arn_text arn;
	bool ok;

	if (principal.n == 0 || fg_eq(principal, FG_LIT("*")))
		return false;
	if (is_service(principal) || !fg_starts(principal, FG_LIT("arn:"))) {
		c.kind = is_service(principal) ? TRUST_SERVICE : TRUST_WEB_IDENTITY;
		*ret = c;
		return true;
	}
	if (!trust_arn_read(principal, &arn) || arn.region.n > 0 || !digits_only(arn.account))
		return false;
	c.partition = arn.partition;
	c.account = arn.account;
	if (fg_eq(arn.service, FG_LIT("iam")))
		ok = from_iam(arn.rest, &c);
	else
		ok = fg_eq(arn.service, FG_LIT("sts")) && from_sts(arn.rest, &c);
	if (ok)
		*ret = c;
	return ok;
}
