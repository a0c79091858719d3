#include "oidc/oidc_int.h"

static const struct fg_json_limits limits = {
	.bytes = FG_LIMIT_JWKS_BYTES,
	.depth = FG_LIMIT_JWKS_DEPTH,
	.nodes = FG_LIMIT_JWKS_NODES,
};

#define WELL_KNOWN "/.well-known/openid-configuration"

struct fg_str
oidc_discovery_url(struct fg_arena *a, struct fg_str issuer)
{
	/*= OIDC Discovery 4.1
	 *# any terminating / MUST be removed before appending /.well-known/openid-configuration */
	if (fg_ends(issuer, FG_LIT("/")))
		issuer.n--;
	return fg_arena_fmt(a, "%.*s" WELL_KNOWN, (int)issuer.n, issuer.p);
}

static bool
url_ok(struct fg_str s, unsigned flags)
{
	struct oidc_url u;

	return oidc_url_parse(s, &u) && !u.fragment && (u.secure || (flags & OIDC_ISSUER_HTTP));
}

/* Null when absent, of another type, or (with urls) not a URL that we would use. */
static struct fg_str
text_of(const struct fg_json *j, const char *name)
{
	uint32_t i = fg_json_get(j, 0, fg_str_z(name));

	return i != 0 && j->node[i].type == FG_JSON_STRING ? j->node[i].text : FG_STR_NULL;
}

static struct fg_str
optional_url(const struct fg_json *j, const char *name, unsigned flags)
{
	struct fg_str s = text_of(j, name);

	return s.n != 0 && url_ok(s, flags) ? s : FG_STR_NULL;
}

static oidc_algs
read_algs(const struct fg_json *j)
{
	uint32_t at = fg_json_get(j, 0, FG_LIT("id_token_signing_alg_values_supported"));
	oidc_algs algs = 0;

	if (at == 0 || j->node[at].type != FG_JSON_ARRAY)
		return 0;
	for (uint32_t i = fg_json_first(at); i < j->node[at].next; i = fg_json_after(j, i))
		if (j->node[i].type == FG_JSON_STRING)
			algs |= OIDC_ALG_BIT(oidc_alg_find(j->node[i].text));
	return algs & OIDC_ALGS_ALL;
}

static enum fg_rc
check(const struct oidc_discovery *d, struct fg_str issuer, unsigned flags, struct fg_err *reterr)
{
	/*= OIDC Discovery 4.3
	 *# The issuer value returned MUST be identical to the Issuer URL that was used as the
	 *# prefix to /.well-known/openid-configuration
	 * Entra's `common` document holds {tenantid} here and is refused by this line. */
	if (d->issuer.n == 0 || !fg_eq(d->issuer, issuer))
		return fg_fail(reterr, FG_E_ISSUER, "oidc.discovery.issuer", "OIDC Discovery 4.3",
		    "document is of %.*s", FG_PRI(d->issuer));
	if (d->jwks_uri.n == 0)
		return fg_fail(reterr, FG_E_SYNTAX, "oidc.discovery.jwks_uri", "OIDC Discovery 3",
		    "no jwks_uri");
	if (!url_ok(d->jwks_uri, flags))
		return fg_fail(reterr, FG_E_SYNTAX, "oidc.discovery.jwks_uri", "OIDC Discovery 3",
		    "jwks_uri %.*s is not an https URL", FG_PRI(d->jwks_uri));
	return FG_OK;
}

enum fg_rc
oidc_discovery_parse(struct fg_arena *a, struct fg_str doc, struct fg_str issuer, unsigned flags,
    struct oidc_discovery *ret, struct fg_err *reterr)
{
	struct oidc_discovery d = { .jwks_uri = FG_STR_NULL };
	struct fg_json j;

	if (doc.n > FG_LIMIT_JWKS_BYTES)
		return fg_fail(reterr, FG_E_LIMIT, "oidc.discovery.size", NULL, "%zu bytes", doc.n);
	FG_TRY(fg_json_parse(a, doc, &limits, "oidc.discovery", &j, reterr));
	if (j.node[0].type != FG_JSON_OBJECT)
		return fg_fail(reterr, FG_E_SYNTAX, "oidc.discovery", "OIDC Discovery 4.2",
		    "document is not an object");
	d.issuer = text_of(&j, "issuer");
	d.jwks_uri = text_of(&j, "jwks_uri");
	FG_TRY(check(&d, issuer, flags, reterr));
	d.authorization_endpoint = optional_url(&j, "authorization_endpoint", flags);
	d.token_endpoint = optional_url(&j, "token_endpoint", flags);
	d.end_session_endpoint = optional_url(&j, "end_session_endpoint", flags);
	d.algs = read_algs(&j);
	*ret = d;
	return FG_OK;
}
