#include "base/cur.h"
#include "oidc/oidc_int.h"

#define REF_COMPACT "RFC 7515 7.1"

static const struct fg_json_limits header_limits = {
	.bytes = FG_LIMIT_JWS_HEADER_BYTES,
	.depth = FG_LIMIT_JWT_DEPTH,
	.nodes = FG_LIMIT_JWT_NODES,
	.members = FG_LIMIT_JWT_MEMBERS,
};

static const struct fg_json_limits payload_limits = {
	.bytes = FG_LIMIT_JWT_PAYLOAD_BYTES,
	.depth = FG_LIMIT_JWT_DEPTH,
	.nodes = FG_LIMIT_JWT_NODES,
	.members = FG_LIMIT_JWT_MEMBERS,
};

/* Header parameters that mean something here; all others are ignored (RFC 7515 4). */
enum param { P_NONE = 0, P_ALG, P_KID, P_TYP, P_CTY, P_REFUSED };

static const struct {
	struct fg_str name;
	enum param param;
} params[] = {
	{ { "alg", 3 }, P_ALG },
	{ { "kid", 3 }, P_KID },
	{ { "typ", 3 }, P_TYP },
	{ { "cty", 3 }, P_CTY },
	/*= RFC 7515 4.1.11
	 *# If any of the listed extension Header Parameters are not understood
	 *# and supported by the recipient, then the JWS is invalid.
	 * None is understood here, and an empty crit is not allowed. */
	{ { "crit", 4 }, P_REFUSED },
	{ { "b64", 3 }, P_REFUSED },
	{ { "zip", 3 }, P_REFUSED },
	{ { "enc", 3 }, P_REFUSED },
};

enum fg_rc
oidc_base64url(struct fg_arena *a, struct fg_str in, const char *what, struct fg_str *ret,
    struct fg_err *reterr)
{
	size_t room = in.n / 4 * 3 + 3;
	unsigned char *out = fg_arena_alloc(a, room);
	ptrdiff_t n;

	if (out == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "oidc.jws", NULL, "arena");
	n = fg_base64url_into(in, out, room);
	if (n < 0)
		return fg_fail(reterr, FG_E_SYNTAX, "oidc.jws.base64url", "RFC 7515 2",
		    "%s is not base64url", what);
	*ret = fg_str(out, (size_t)n);
	return FG_OK;
}

static enum param
param_find(struct fg_str name)
{
	for (size_t i = 0; i < FG_COUNT(params); i++)
		if (fg_eq(name, params[i].name))
			return params[i].param;
	return P_NONE;
}

/* A media type without the "application/" that RFC 7515 4.1.9 lets a producer leave out. */
static struct fg_str
media(struct fg_str s)
{
	struct fg_str prefix = FG_LIT("application/");

	return fg_starts_icase(s, prefix) ? fg_sub(s, prefix.n, s.n) : s;
}

static enum fg_rc
read_alg(struct oidc_jws *jws, struct fg_str v, struct fg_err *reterr)
{
	jws->alg = oidc_alg_find(v);
	if (jws->alg == OIDC_ALG_NONE)
		return fg_fail(reterr, FG_E_UNSUPPORTED, "oidc.jws.alg", "RFC 8725 3.1",
		    "algorithm %.*s is not accepted", FG_PRI(v));
	return FG_OK;
}

static enum fg_rc
read_kid(struct oidc_jws *jws, struct fg_str v, struct fg_err *reterr)
{
	if (v.n > FG_LIMIT_KID_BYTES)
		return fg_fail(reterr, FG_E_LIMIT, "oidc.jws.kid", "RFC 7515 4.1.4",
		    "kid of %zu bytes", v.n);
	jws->kid = v.n == 0 ? FG_LIT("") : v; /* empty is not absent */
	return FG_OK;
}

static enum fg_rc
read_typ(struct oidc_jws *jws, struct fg_str v, struct fg_err *reterr)
{
	struct fg_str typ = media(v);

	if (fg_eq_icase(typ, FG_LIT("JWT")))
		jws->typ = OIDC_TYP_JWT;
	else if (fg_eq_icase(typ, FG_LIT("at+jwt")))
		jws->typ = OIDC_TYP_ACCESS;
	else
		return fg_fail(reterr, FG_E_UNSUPPORTED, "oidc.jws.typ", "RFC 8725 3.11",
		    "type %.*s is not an ID token", FG_PRI(v));
	return FG_OK;
}

static enum fg_rc
read_cty(struct fg_str v, struct fg_err *reterr)
{
	if (fg_eq_icase(media(v), FG_LIT("JWT")))
		return fg_fail(reterr, FG_E_UNSUPPORTED, "oidc.jws.cty", "RFC 7519 5.2",
		    "a token inside a token");
	return FG_OK;
}

/* key and value are neighbours in the node array. */
static enum fg_rc
read_param(struct oidc_jws *jws, const struct fg_json_node *key, struct fg_err *reterr)
{
	enum param param = param_find(key->text);
	struct fg_str v = key[1].text;

	if (param == P_NONE)
		return FG_OK;
	if (param == P_REFUSED)
		return fg_fail(reterr, FG_E_UNSUPPORTED, "oidc.jws.crit", "RFC 7515 4.1.11",
		    "header parameter %.*s is not accepted", FG_PRI(key->text));
	if (key[1].type != FG_JSON_STRING)
		return fg_fail(reterr, FG_E_SYNTAX, "oidc.jws.header", "RFC 7515 4.1",
		    "header parameter %.*s is not a string", FG_PRI(key->text));
	switch (param) {
	case P_ALG:
		return read_alg(jws, v, reterr);
	case P_KID:
		return read_kid(jws, v, reterr);
	case P_TYP:
		return read_typ(jws, v, reterr);
	default:
		return read_cty(v, reterr);
	}
}

static enum fg_rc
read_header(struct fg_arena *a, struct oidc_jws *jws, struct fg_str encoded, struct fg_err *reterr)
{
	struct fg_str bytes;
	struct fg_json j;

	if (encoded.n / 4 * 3 > FG_LIMIT_JWS_HEADER_BYTES)
		return fg_fail(reterr, FG_E_LIMIT, "oidc.jws.header", NULL,
		    "header of %zu characters", encoded.n);
	FG_TRY(oidc_base64url(a, encoded, "header", &bytes, reterr));
	FG_TRY(fg_json_parse(a, bytes, &header_limits, "oidc.jws.header", &j, reterr));
	if (j.node[0].type != FG_JSON_OBJECT)
		return fg_fail(reterr, FG_E_SYNTAX, "oidc.jws.header", "RFC 7515 4",
		    "header is not an object");
	for (uint32_t i = fg_json_first(0); i < j.node[0].next; i = fg_json_after(&j, i + 1))
		FG_TRY(read_param(jws, &j.node[i], reterr));
	if (jws->alg == OIDC_ALG_NONE)
		return fg_fail(reterr, FG_E_SYNTAX, "oidc.jws.alg", "RFC 7515 4.1.1", "no alg");
	return FG_OK;
}

static enum fg_rc
split(struct fg_str token, struct fg_str part[3], struct fg_err *reterr)
{
	struct fg_cur c = fg_cur(token);

	part[0] = fg_cur_until(&c, '.');
	part[1] = fg_cur_until(&c, '.');
	part[2] = fg_cur_rest(&c);
	if (c.bad || part[0].n == 0 || part[1].n == 0 || part[2].n == 0)
		return fg_fail(reterr, FG_E_SYNTAX, "oidc.jws.compact", REF_COMPACT,
		    "not three parts that are not empty");
	if (fg_find(part[2], '.') != part[2].n)
		return fg_fail(reterr, FG_E_UNSUPPORTED, "oidc.jws.compact", REF_COMPACT,
		    "more than three parts (five would be an encrypted token)");
	return FG_OK;
}

enum fg_rc
oidc_jws_parse(struct fg_arena *a, struct fg_str token, struct oidc_jws **ret,
    struct fg_err *reterr)
{
	struct fg_str part[3];
	struct oidc_jws *jws;

	if (token.n < FG_LIMIT_JWT_MIN || token.n > FG_LIMIT_JWT_BYTES)
		return fg_fail(reterr, FG_E_LIMIT, "oidc.jws.length", NULL,
		    "token of %zu characters, not %d to %d", token.n, FG_LIMIT_JWT_MIN,
		    FG_LIMIT_JWT_BYTES);
	FG_TRY(split(token, part, reterr));
	jws = FG_NEW(a, struct oidc_jws);
	if (jws == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "oidc.jws", NULL, "arena");
	FG_TRY(read_header(a, jws, part[0], reterr));
	jws->input = fg_str(token.p, part[0].n + 1 + part[1].n);
	jws->payload = part[1];
	FG_TRY(oidc_base64url(a, part[2], "signature", &jws->sig, reterr));
	*ret = jws;
	return FG_OK;
}

enum oidc_alg
oidc_jws_alg(const struct oidc_jws *jws)
{
	return jws->alg;
}

struct fg_str
oidc_jws_kid(const struct oidc_jws *jws)
{
	return jws->kid;
}

enum fg_rc
oidc_jws_decode(struct fg_arena *a, struct oidc_jws *jws, struct fg_err *reterr)
{
	if (jws->bytes.p != NULL)
		return FG_OK;
	if (jws->payload.n / 4 * 3 > FG_LIMIT_JWT_PAYLOAD_BYTES)
		return fg_fail(reterr, FG_E_LIMIT, "oidc.jws.payload", NULL,
		    "payload of %zu characters", jws->payload.n);
	return oidc_base64url(a, jws->payload, "payload", &jws->bytes, reterr);
}

enum fg_rc
oidc_jws_claims(struct fg_arena *a, struct oidc_jws *jws, struct fg_err *reterr)
{
	struct fg_json j;

	if (jws->json.n != 0)
		return FG_OK;
	FG_TRY(oidc_jws_decode(a, jws, reterr));
	FG_TRY(fg_json_parse(a, jws->bytes, &payload_limits, "oidc.jws.payload", &j, reterr));
	if (j.node[0].type != FG_JSON_OBJECT)
		return fg_fail(reterr, FG_E_SYNTAX, "oidc.jws.payload", "RFC 7519 7.2",
		    "payload is not an object");
	jws->json = j;
	return FG_OK;
}

enum fg_rc
oidc_jws_issuer(struct fg_arena *a, struct oidc_jws *jws, struct fg_str *ret,
    struct fg_err *reterr)
{
	uint32_t iss;

	FG_TRY(oidc_jws_claims(a, jws, reterr));
	iss = fg_json_get(&jws->json, 0, FG_LIT("iss"));
	if (iss == 0)
		return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.missing.iss", "OIDC Core 2", "no iss");
	if (jws->json.node[iss].type != FG_JSON_STRING)
		return fg_fail(reterr, FG_E_CLAIM, "oidc.claims.iss", "RFC 7519 4.1.1",
		    "iss is not a string");
	*ret = jws->json.node[iss].text;
	return FG_OK;
}
