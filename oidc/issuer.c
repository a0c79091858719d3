#include "oidc/oidc_int.h"

/*
 * First labels that are prefixes of condition keys of the policy language: a host that
 * starts so must not look like one (security rule 11), be it a real issuer's.  trust/origin.c
 * has the same list.
 */
static const char *const reserved[] = { "aws", "sts", "saml", "iam", "s3", "ec2", "kms", "sns",
	"sqs", "ecs", "eks", "lambda", "organizations", "fedgate" };

struct oidc_provider
oidc_provider_default(void)
{
	return (struct oidc_provider){
		.algs = OIDC_ALGS_DEFAULT,
		.skew_s = FG_LIMIT_SKEW_S,
		.max_lifetime_s = FG_LIMIT_OIDC_LIFETIME_S,
	};
}

struct fg_str
oidc_issuer_bare(struct fg_str url)
{
	struct fg_str https = FG_LIT("https://"), http = FG_LIT("http://");

	if (fg_starts(url, https))
		return fg_sub(url, https.n, url.n);
	if (fg_starts(url, http))
		return fg_sub(url, http.n, url.n);
	return url;
}

/* ---- URLs ---- */

static bool
host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || fg_digit(c) || c == '.' ||
	    c == '-' || c == '_';
}

/* Visible ASCII without the characters that RFC 3986 wants encoded. */
static bool
path_ok(struct fg_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f || strchr("\"<>\\^`{|}", s.p[i]) != NULL)
			return false;
	return true;
}

static bool
port_of(struct fg_str digits, bool secure, uint16_t *ret)
{
	uint64_t v = secure ? 443 : 80;

	if (!fg_str_null(digits) && (!fg_u64(digits, &v) || v == 0 || v > 65535))
		return false;
	*ret = (uint16_t)v;
	return true;
}

/* [v6]:port or host:port; *retdigits is null without a port. */
static bool
split_authority(struct fg_str s, struct fg_str *rethost, struct fg_str *retdigits)
{
	size_t close = fg_find(s, ']');

	if (s.n > 0 && s.p[0] == '[') {
		*rethost = fg_sub(s, 1, close);
		*retdigits = close + 1 < s.n ? fg_sub(s, close + 2, s.n) : FG_STR_NULL;
		return close < s.n && (close + 1 == s.n || s.p[close + 1] == ':');
	}
	(void)fg_cut(s, ':', rethost, retdigits);
	for (size_t i = 0; i < rethost->n; i++)
		if (!host_byte(rethost->p[i]))
			return false;
	return true;
}

bool
oidc_url_parse(struct fg_str s, struct oidc_url *ret)
{
	struct oidc_url u = { .secure = fg_starts(s, FG_LIT("https://")) };
	struct fg_str rest = oidc_issuer_bare(s), digits = FG_STR_NULL;
	size_t slash = 0;

	if (rest.n == s.n || !path_ok(s))
		return false;
	while (slash < rest.n && strchr("/?#", rest.p[slash]) == NULL)
		slash++;
	if (!split_authority(fg_sub(rest, 0, slash), &u.host, &digits) || u.host.n == 0 ||
	    u.host.n > 253 || !port_of(digits, u.secure, &u.port))
		return false;
	u.has_port = !fg_str_null(digits);
	u.literal6 = rest.p[0] == '[';
	u.tail = fg_sub(rest, slash, rest.n);
	u.query = fg_find(u.tail, '?') != u.tail.n;
	u.fragment = fg_find(u.tail, '#') != u.tail.n;
	*ret = u;
	return true;
}

/* ---- may it be registered ---- */

static bool
is_reserved(struct fg_str host)
{
	struct fg_str label, rest;

	(void)fg_cut(host, '.', &label, &rest);
	for (size_t i = 0; i < FG_COUNT(reserved); i++)
		if (fg_eq_icase(label, fg_str_z(reserved[i])))
			return true;
	return false;
}

static enum fg_rc
refuse(struct fg_err *reterr, const char *step, const char *what)
{
	return fg_fail(reterr, FG_E_PARAM, step, "OIDC Discovery 4.1", "%s", what);
}

enum fg_rc
oidc_issuer_check(struct fg_str url, unsigned flags, struct fg_err *reterr)
{
	bool lax = (flags & OIDC_ISSUER_HTTP) != 0;
	struct oidc_url u;

	if (url.n == 0 || url.n > FG_LIMIT_ISSUER_BYTES)
		return refuse(reterr, "oidc.issuer.length", "issuer of 0 or over 255 bytes");
	if (!oidc_url_parse(url, &u))
		return refuse(reterr, "oidc.issuer.url", "issuer is not an https URL");
	if (!u.secure && !lax)
		return refuse(reterr, "oidc.issuer.scheme", "issuer is not an https URL");
	if (u.query || u.fragment)
		return refuse(reterr, "oidc.issuer.query", "issuer with a query or a fragment");
	if (u.literal6 || (fg_find(u.host, '.') == u.host.n && !lax))
		return refuse(reterr, "oidc.issuer.host", "issuer's host has no dot");
	if (is_reserved(u.host))
		return refuse(reterr, "oidc.issuer.reserved",
		    "issuer's host starts with a label that condition keys use (aws, sts, saml, iam, ...): its "
		    "claims could not be told from the gateway's own keys");
	if (fg_find(u.tail, ':') != u.tail.n)
		return refuse(reterr, "oidc.issuer.colon", "a ':' in the issuer's path");
	return FG_OK;
}
