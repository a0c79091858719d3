/*
 * trust/origin.c - who may set which key of a request context.
 *
 * A key's namespace is what stands before its first colon.  Gateway, caller and provider own
 * disjoint ones, but for the few keys that caller and provider may both assert; so neither
 * a claim's name nor a parameter can speak as the gateway.
 */
#include "trust/program_int.h"

enum who { CALLER = 1, PROVIDER = 2 };

/* Keys of the aws, sts and iam namespaces that do not come from the gateway alone. */
#define TEXT(s) { s, sizeof(s) - 1 }

static const struct given {
	struct fg_str key; /* one that ends in "/" is a prefix */
	unsigned who;
} givens[] = {
	{ TEXT("aws:RequestTag/"), CALLER | PROVIDER },
	{ TEXT("aws:TagKeys"), CALLER | PROVIDER },
	{ TEXT("aws:UserAgent"), CALLER },
	{ TEXT("aws:Referer"), CALLER },
	{ TEXT("sts:ExternalId"), CALLER },
	{ TEXT("sts:RoleSessionName"), CALLER | PROVIDER },
	{ TEXT("sts:SourceIdentity"), CALLER | PROVIDER },
	{ TEXT("sts:TransitiveTagKeys"), CALLER | PROVIDER },
	{ TEXT("sts:DurationSeconds"), CALLER },
	{ TEXT("sts:IdentityTokenAudience"), CALLER },
	{ TEXT("sts:SigningAlgorithm"), CALLER },
	{ TEXT("sts:TaskPolicyArn"), CALLER },
	{ TEXT("sts:RequestContext/"), CALLER },
	{ TEXT("sts:RequestContextProviders"), CALLER },
	{ TEXT("iam:PolicyARN"), CALLER },
	{ TEXT("iam:PermissionsBoundary"), CALLER },
	{ TEXT("iam:PassedToService"), CALLER },
	{ TEXT("iam:AWSServiceName"), CALLER },
	{ TEXT("iam:AssociatedResourceArn"), CALLER },
	{ TEXT("iam:OrganizationsPolicyId"), CALLER },
};

/* oidc/issuer.c has the same list. */
static const struct fg_str reserved[] = { TEXT("aws"), TEXT("sts"), TEXT("saml"), TEXT("iam"),
	TEXT("fedgate"), TEXT("s3"), TEXT("ec2"), TEXT("ecs"), TEXT("eks"), TEXT("kms"), TEXT("lambda"),
	TEXT("organizations"), TEXT("sqs"), TEXT("sns") };

static unsigned
given_by(struct fg_str key)
{
	for (size_t i = 0; i < FG_COUNT(givens); i++) {
		struct fg_str g = givens[i].key;
		bool prefix = g.p[g.n - 1] == '/';

		if (prefix ? fg_starts_icase(key, g) && key.n > g.n : fg_eq_icase(key, g))
			return givens[i].who;
	}
	return 0;
}

static struct fg_str
namespace_of(struct fg_str key)
{
	return fg_sub(key, 0, fg_find(key, ':'));
}

static bool
is_reserved(struct fg_str label)
{
	for (size_t i = 0; i < FG_COUNT(reserved); i++)
		if (fg_eq_icase(label, reserved[i]))
			return true;
	return false;
}

/* Hosts have a dot; nothing else that stands before a colon has. */
static bool
is_provider_key(struct fg_str key)
{
	struct fg_str ns = namespace_of(key);

	return fg_eq_icase(ns, FG_LIT("saml")) || fg_find(ns, '.') < ns.n;
}

static bool
gateway_may(struct fg_str key)
{
	return fg_find(key, ':') < key.n && !is_provider_key(key);
}

static bool
caller_may(struct fg_str key)
{
	struct fg_str ns = namespace_of(key);

	if (ns.n == key.n || is_provider_key(key))
		return false;
	if (fg_eq_icase(ns, FG_LIT("aws")) || fg_eq_icase(ns, FG_LIT("sts")) ||
	    fg_eq_icase(ns, FG_LIT("iam")) || fg_eq_icase(ns, FG_LIT("fedgate")))
		return (given_by(key) & CALLER) != 0;
	return true;
}

static bool
asserted_may(struct fg_str key)
{
	return (given_by(key) & PROVIDER) != 0;
}

typedef bool (*may_fn)(struct fg_str key);

static enum fg_rc
put(struct trust_ctx *c, may_fn may, struct fg_str key, const struct fg_str *v, size_t n,
    bool multi, struct fg_err *reterr)
{
	if (!may(key))
		return trust_ctx_poison(c, fg_fail(reterr, FG_E_PARAM, "trust.context.origin",
		    "security 11", "%.*s is not for this origin to set", FG_PRI(key)));
	return trust_ctx_put(c, key, v, n, multi, reterr);
}

/* One key out of two parts and what stands between; p == NULL: no memory. */
static struct fg_str
join(struct trust_ctx *c, struct fg_str a, struct fg_str between, struct fg_str b)
{
	const struct fg_str part[] = { a, between, b };

	return fg_arena_join(trust_ctx_arena(c), part, FG_COUNT(part));
}

static enum fg_rc
no_memory(struct trust_ctx *c, struct fg_err *reterr)
{
	return trust_ctx_poison(c,
	    fg_fail(reterr, FG_E_NOMEM, "trust.context", NULL, "key or text of a value"));
}

static enum fg_rc
put_tag(struct trust_ctx *c, may_fn may, struct fg_str prefix, struct fg_str name,
    struct fg_str value, struct fg_err *reterr)
{
	struct fg_str key = join(c, prefix, FG_LIT(""), name);

	return key.p == NULL ? no_memory(c, reterr) : put(c, may, key, &value, 1, false, reterr);
}

static enum fg_rc
put_text(struct trust_ctx *c, struct fg_str key, struct fg_str text, struct fg_err *reterr)
{
	if (text.p == NULL)
		return no_memory(c, reterr);
	return put(c, gateway_may, key, &text, 1, false, reterr);
}

/* ---- gateway ---- */

enum fg_rc
trust_gateway_one(struct trust_ctx *c, struct fg_str key, struct fg_str value,
    struct fg_err *reterr)
{
	return put(c, gateway_may, key, &value, 1, false, reterr);
}

enum fg_rc
trust_gateway_list(struct trust_ctx *c, struct fg_str key, const struct fg_str *v, size_t n,
    struct fg_err *reterr)
{
	return put(c, gateway_may, key, v, n, true, reterr);
}

enum fg_rc
trust_gateway_bool(struct trust_ctx *c, struct fg_str key, bool value, struct fg_err *reterr)
{
	return put_text(c, key, value ? FG_LIT("true") : FG_LIT("false"), reterr);
}

enum fg_rc
trust_gateway_int(struct trust_ctx *c, struct fg_str key, int64_t value, struct fg_err *reterr)
{
	return put_text(c, key, fg_arena_i64(trust_ctx_arena(c), value), reterr);
}

enum fg_rc
trust_gateway_time(struct trust_ctx *c, struct fg_str key, fg_time value, struct fg_err *reterr)
{
	struct fg_buf b = FG_BUF_ARENA(trust_ctx_arena(c), 64);
	struct fg_str text = FG_STR_NULL;

	fg_buf_time(&b, value);
	if (fg_buf_end(&b, &text) != FG_OK)
		text = FG_STR_NULL;
	return put_text(c, key, text, reterr);
}

enum fg_rc
trust_gateway_tag(struct trust_ctx *c, struct fg_str prefix, struct fg_str name,
    struct fg_str value, struct fg_err *reterr)
{
	return put_tag(c, gateway_may, prefix, name, value, reterr);
}

/* ---- caller ---- */

enum fg_rc
trust_caller_one(struct trust_ctx *c, struct fg_str key, struct fg_str value,
    struct fg_err *reterr)
{
	return put(c, caller_may, key, &value, 1, false, reterr);
}

enum fg_rc
trust_caller_list(struct trust_ctx *c, struct fg_str key, const struct fg_str *v, size_t n,
    struct fg_err *reterr)
{
	return put(c, caller_may, key, v, n, true, reterr);
}

enum fg_rc
trust_caller_tag(struct trust_ctx *c, struct fg_str prefix, struct fg_str name,
    struct fg_str value, struct fg_err *reterr)
{
	return put_tag(c, caller_may, prefix, name, value, reterr);
}

/* ---- provider ---- */

static bool
host_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || fg_digit(ch) ||
	    ch == '-' || ch == '.' || ch == '_';
}

static bool
host_ok(struct fg_str host)
{
	size_t dot = fg_find(host, '.');

	for (size_t i = 0; i < host.n; i++)
		if (!host_char(host.p[i]))
			return false;
	return dot > 0 && dot + 1 < host.n && !is_reserved(fg_sub(host, 0, dot));
}

static bool
port_ok(struct fg_str port)
{
	uint64_t v;

	return fg_u64(port, &v) && v > 0 && v < 65536;
}

/* host[:port] of the issuer; the path goes to *ret_path. */
static bool
authority_ok(struct fg_str issuer, struct fg_str *ret_path)
{
	size_t slash = fg_find(issuer, '/');
	struct fg_str host, port;
	bool has_port = fg_cut(fg_sub(issuer, 0, slash), ':', &host, &port);

	*ret_path = fg_sub(issuer, slash, issuer.n);
	return host_ok(host) && (!has_port || port_ok(port));
}

bool
trust_issuer_ok(struct fg_str issuer)
{
	struct fg_str path;

	return authority_ok(issuer, &path) && fg_find(path, ':') == path.n;
}

/* A key of the provider's own namespace: that it is there already is the provider's doing. */
static enum fg_rc
put_provided(struct trust_ctx *c, struct fg_str key, const struct fg_str *v, size_t n, bool multi,
    struct fg_err *reterr)
{
	const struct trust_key k = { trust_key_hash(key), key };

	if (trust_ctx_find(c, &k) != NULL)
		return trust_ctx_poison(c, fg_fail(reterr, FG_E_CLAIM, "trust.context.claim",
		    "security 11", "two claims are the key %.*s", FG_PRI(key)));
	return trust_ctx_put_key(c, &k, v, n, multi, reterr);
}

/* Remembered: the claims of a token all have one issuer. */
static bool
known_issuer(struct trust_ctx *c, struct fg_str issuer)
{
	struct fg_str *known = trust_ctx_issuer(c);

	if (!fg_str_null(*known) && fg_eq(*known, issuer))
		return true;
	if (!trust_issuer_ok(issuer))
		return false;
	*known = fg_arena_dup(trust_ctx_arena(c), issuer);
	return true;
}

static enum fg_rc
put_claim(struct trust_ctx *c, struct fg_str issuer, struct fg_str claim, const struct fg_str *v,
    size_t n, bool multi, struct fg_err *reterr)
{
	struct fg_str path, key;
	bool known = known_issuer(c, issuer);

	if (!known && !authority_ok(issuer, &path))
		return trust_ctx_poison(c, fg_fail(reterr, FG_E_PARAM, "trust.context.issuer",
		    "security 11", "%.*s cannot own condition keys", FG_PRI(issuer)));
	/* The last colon of a key must be the one that we put there. */
	if (!known || fg_find(claim, ':') < claim.n || claim.n == 0)
		return FG_OK;
	if ((key = join(c, issuer, FG_LIT(":"), claim)).p == NULL)
		return no_memory(c, reterr);
	return put_provided(c, key, v, n, multi, reterr);
}

enum fg_rc
trust_claim_one(struct trust_ctx *c, struct fg_str issuer, struct fg_str claim,
    struct fg_str value, struct fg_err *reterr)
{
	return put_claim(c, issuer, claim, &value, 1, false, reterr);
}

enum fg_rc
trust_claim_list(struct trust_ctx *c, struct fg_str issuer, struct fg_str claim,
    const struct fg_str *v, size_t n, struct fg_err *reterr)
{
	return put_claim(c, issuer, claim, v, n, true, reterr);
}

static enum fg_rc
put_saml(struct trust_ctx *c, struct fg_str name, const struct fg_str *v, size_t n, bool multi,
    struct fg_err *reterr)
{
	struct fg_str key;

	if (name.n == 0 || fg_find(name, ':') < name.n)
		return FG_OK;
	if ((key = join(c, FG_LIT("saml"), FG_LIT(":"), name)).p == NULL)
		return no_memory(c, reterr);
	return put_provided(c, key, v, n, multi, reterr);
}

enum fg_rc
trust_saml_one(struct trust_ctx *c, struct fg_str name, struct fg_str value, struct fg_err *reterr)
{
	return put_saml(c, name, &value, 1, false, reterr);
}

enum fg_rc
trust_saml_list(struct trust_ctx *c, struct fg_str name, const struct fg_str *v, size_t n,
    struct fg_err *reterr)
{
	return put_saml(c, name, v, n, true, reterr);
}

enum fg_rc
trust_asserted_one(struct trust_ctx *c, struct fg_str key, struct fg_str value,
    struct fg_err *reterr)
{
	return put(c, asserted_may, key, &value, 1, false, reterr);
}

enum fg_rc
trust_asserted_list(struct trust_ctx *c, struct fg_str key, const struct fg_str *v, size_t n,
    struct fg_err *reterr)
{
	return put(c, asserted_may, key, v, n, true, reterr);
}

enum fg_rc
trust_asserted_tag(struct trust_ctx *c, struct fg_str prefix, struct fg_str name,
    struct fg_str value, struct fg_err *reterr)
{
	return put_tag(c, asserted_may, prefix, name, value, reterr);
}

/* ---- test documents ---- */

enum fg_rc
trust_any_one(struct trust_ctx *c, struct fg_str key, struct fg_str value, struct fg_err *reterr)
{
	return trust_ctx_put(c, key, &value, 1, false, reterr);
}

enum fg_rc
trust_any_list(struct trust_ctx *c, struct fg_str key, const struct fg_str *v, size_t n,
    struct fg_err *reterr)
{
	return trust_ctx_put(c, key, v, n, true, reterr);
}
