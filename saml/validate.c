/*
 * saml/validate.c - facts against expectations (R15 to R18).
 */
#include "saml/saml_int.h"

static bool
one_of(struct fg_str s, const struct fg_str *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (fg_eq(list[i], s))
			return true;
	}
	return false;
}

static int64_t
skew_of(const struct saml_expect *want)
{
	if (want->skew_s < 0)
		return 0;
	return want->skew_s > FG_LIMIT_SAML_SKEW_MAX_S ? FG_LIMIT_SAML_SKEW_MAX_S : want->skew_s;
}

/* R15: bytes are compared; a prefix, another case or a trailing slash is another URL. */
static enum fg_rc
check_recipient(const struct saml_facts *f, const struct saml_expect *want, struct fg_err *reterr)
{
	if (!one_of(f->recipient, want->recipient, want->n_recipients))
		return saml_refuse(reterr, "saml.confirmation.recipient", "Recipient is %.*s",
		    FG_PRI(f->recipient));
	if (f->destination.n > 0 && !one_of(f->destination, want->recipient, want->n_recipients))
		return saml_refuse(reterr, "saml.response.destination", "Destination is %.*s",
		    FG_PRI(f->destination));
	return FG_OK;
}

static enum fg_rc
check_request(const struct saml_facts *f, const struct saml_expect *want, struct fg_err *reterr)
{
	bool ok = true;

	if (want->binding == SAML_REQUEST_IS)
		ok = want->in_response_to.n > 0 && fg_eq(f->in_response_to, want->in_response_to) &&
		    (fg_str_null(f->response_in_response_to) ||
		    fg_eq(f->response_in_response_to, want->in_response_to));
	else if (want->binding == SAML_REQUEST_NONE)
		ok = fg_str_null(f->in_response_to) && fg_str_null(f->response_in_response_to);
	return ok ? FG_OK : saml_refuse(reterr, "saml.confirmation.in-response-to",
	    "answers request %.*s, which is not the one expected", FG_PRI(f->in_response_to));
}

/* R17 */
static enum fg_rc
check_age(struct saml_facts *f, const struct saml_expect *want, int64_t skew,
    struct fg_err *reterr)
{
	if (f->issue_instant > want->now + skew)
		return saml_refuse(reterr, "saml.time.future", "issued %lld seconds from now",
		    (long long)(f->issue_instant - want->now));
	if (want->now - f->issue_instant <= FG_LIMIT_SAML_AGE_S)
		return FG_OK;
	if ((f->provider->allow & SAML_ALLOW_STALE) == 0)
		return saml_refuse(reterr, "saml.time.stale", "issued %lld seconds ago, at most %d",
		    (long long)(want->now - f->issue_instant), FG_LIMIT_SAML_AGE_S);
	f->legacy |= SAML_ALLOW_STALE;
	return FG_OK;
}

static enum fg_rc
check_times(const struct saml_facts *f, const struct saml_expect *want, int64_t skew,
    struct fg_err *reterr)
{
	if (want->now >= f->confirm_until + skew)
		return saml_refuse(reterr, "saml.confirmation.expired",
		    "confirmation expired %lld seconds ago", (long long)(want->now - f->confirm_until));
	if (f->not_before != 0 && want->now + skew < f->not_before)
		return saml_refuse(reterr, "saml.conditions.not-before", "valid in %lld seconds",
		    (long long)(f->not_before - want->now));
	if (f->not_on_or_after != 0 && want->now >= f->not_on_or_after + skew)
		return saml_refuse(reterr, "saml.conditions.expired", "expired %lld seconds ago",
		    (long long)(want->now - f->not_on_or_after));
	return FG_OK;
}

/* R16: every restriction, any audience inside one. */
static enum fg_rc
check_audience(const struct saml_facts *f, const struct saml_expect *want, struct fg_err *reterr)
{
	if (f->n_restrictions == 0)
		return saml_refuse(reterr, "saml.conditions.audience", "no AudienceRestriction");
	for (size_t i = 0; i < f->n_restrictions; i++) {
		const struct saml_restriction *r = &f->restriction[i];
		bool hit = false;

		/*= saml-core-2.0-os 2.5.1.4
		 *# the audience restriction condition evaluates to Valid if and only if the
		 *# SAML relying party is a member of one or more of the audiences specified */
		for (size_t k = 0; k < r->n && !hit; k++)
			hit = one_of(r->audience[k], want->audience, want->n_audiences);
		if (!hit)
			return saml_refuse(reterr, "saml.conditions.audience",
			    "audience is %.*s", FG_PRI(r->n == 0 ? FG_LIT("empty") : r->audience[0]));
	}
	return FG_OK;
}

/* R18 */
static enum fg_rc
check_authn(struct saml_facts *f, const struct saml_expect *want, struct fg_err *reterr)
{
	if (!f->has_authn) {
		if ((f->provider->allow & SAML_ALLOW_NO_AUTHN) == 0)
			return saml_refuse(reterr, "saml.authn.missing", "no AuthnStatement");
		f->legacy |= SAML_ALLOW_NO_AUTHN;
	}
	if (f->session_not_on_or_after != 0 && f->session_not_on_or_after <= want->now)
		return saml_refuse(reterr, "saml.authn.session-over",
		    "the session at the identity provider ended %lld seconds ago",
		    (long long)(want->now - f->session_not_on_or_after));
	return FG_OK;
}

enum fg_rc
saml_check(struct saml_facts *f, const struct saml_expect *want, struct fg_err *reterr)
{
	int64_t skew = skew_of(want);

	FG_TRY(check_recipient(f, want, reterr));
	FG_TRY(check_request(f, want, reterr));
	FG_TRY(check_times(f, want, skew, reterr));
	FG_TRY(check_age(f, want, skew, reterr));
	FG_TRY(check_audience(f, want, reterr));
	return check_authn(f, want, reterr);
}

enum fg_rc
saml_accept(struct fg_arena *a, const struct saml_provider *p, const struct saml_input *in,
    const struct saml_expect *want, struct saml_facts *ret, struct fg_err *reterr)
{
	const struct saml_signed *s;
	struct saml_facts f;

	FG_TRY(saml_verify(a, p, in, &s, reterr));
	FG_TRY(saml_read(a, s, &f, reterr));
	FG_TRY(saml_check(&f, want, reterr));
	*ret = f;
	return FG_OK;
}
