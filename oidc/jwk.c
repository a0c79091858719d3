#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "oidc/oidc_int.h"

struct curve {
	struct fg_str crv;
	const char *group;
	enum oidc_alg alg;
	uint16_t coord; /* bytes */
};

static const struct curve curves[] = {
	{ { "P-256", 5 }, "P-256", OIDC_ES256, 32 },
	{ { "P-384", 5 }, "P-384", OIDC_ES384, 48 },
	{ { "P-521", 5 }, "P-521", OIDC_ES512, 66 },
};

/* One JWK on its way in. */
struct jwk {
	struct fg_arena *arena;
	const struct fg_json *j;
	uint32_t obj;
	unsigned flags;
	struct oidc_key *key;
	enum oidc_skip skip;
	struct fg_str text[3]; /* members of the thumbprint, as written */
};

static enum fg_rc
skip(struct jwk *k, enum oidc_skip why)
{
	k->skip = why;
	return FG_OK;
}

static enum fg_rc
crypto_failed(struct fg_err *reterr, const char *what)
{
	ERR_clear_error();
	return fg_fail(reterr, FG_E_CRYPTO, "oidc.jwk.import", NULL, "%s", what);
}

/* A string member; null when absent or of another type. */
static struct fg_str
text_of(const struct jwk *k, const char *name)
{
	uint32_t i = fg_json_get(k->j, k->obj, fg_str_z(name));

	return i != 0 && k->j->node[i].type == FG_JSON_STRING ? k->j->node[i].text : FG_STR_NULL;
}

/* A base64url member into *ret; null when absent or badly encoded (or the arena is full). */
static struct fg_str
bytes_of(const struct jwk *k, const char *name, struct fg_str *rettext)
{
	struct fg_str bytes;

	*rettext = text_of(k, name);
	if (rettext->n == 0 || !fg_base64url(k->arena, *rettext, &bytes))
		return FG_STR_NULL;
	return bytes;
}

static void
pkey_freep(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}

static void
pctx_freep(EVP_PKEY_CTX **p)
{
	EVP_PKEY_CTX_free(*p);
}

static void
params_freep(OSSL_PARAM **p)
{
	OSSL_PARAM_free(*p);
}

static void
bld_freep(OSSL_PARAM_BLD **p)
{
	OSSL_PARAM_BLD_free(*p);
}

static void
bn_freep(BIGNUM **p)
{
	BN_free(*p);
}

static EVP_PKEY *
from_params(const char *type, OSSL_PARAM *params)
{
	FG_AUTO(pctx_freep) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;

	if (ctx == NULL || params == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
		EVP_PKEY_free(pkey);
		return NULL;
	}
	return pkey;
}

/* Public members of a type in the lexical order of RFC 7638, and what stands before each. */
struct print {
	const char *before[3];
	const char *after;
};

static const struct print print_rsa = { { "{\"e\":\"", "\",\"kty\":\"RSA\",\"n\":\"", "" }, "\"}" };
static const struct print print_ec = {
	{ "{\"crv\":\"", "\",\"kty\":\"EC\",\"x\":\"", "\",\"y\":\"" }, "\"}"
};
static const struct print print_okp = { { "{\"crv\":\"", "\",\"kty\":\"OKP\",\"x\":\"", "" }, "\"}" };

static enum fg_rc
thumbprint(struct jwk *k, const struct print *p, struct fg_err *reterr)
{
	struct fg_buf b = FG_BUF_ARENA(k->arena, 4096);
	struct fg_str doc;
	size_t n = 0;

	for (size_t i = 0; i < 3; i++) {
		fg_buf_put(&b, fg_str_z(p->before[i]));
		fg_buf_put(&b, k->text[i]);
	}
	fg_buf_put(&b, fg_str_z(p->after));
	if (fg_buf_end(&b, &doc) != FG_OK)
		return fg_fail(reterr, FG_E_NOMEM, "oidc.jwk.thumbprint", NULL, "arena");
	if (EVP_Q_digest(NULL, "SHA256", NULL, doc.p, doc.n, k->key->thumb, &n) != 1)
		return crypto_failed(reterr, "digest");
	return FG_OK;
}

/* ---- RSA ---- */

static unsigned
bits_of(struct fg_str n)
{
	unsigned top = (unsigned char)n.p[0];
	unsigned bits = (unsigned)(n.n - 1) * 8;

	for (; top != 0; top >>= 1)
		bits++;
	return bits;
}

static enum oidc_skip
rsa_rules(const struct jwk *k, struct fg_str n, struct fg_str e)
{
	unsigned max = (k->flags & OIDC_JWKS_BIG_RSA) ? FG_LIMIT_RSA_BIG_BITS : FG_LIMIT_RSA_BITS;

	if (n.n == 0 || e.n == 0 || n.p[0] == 0 || n.n > FG_LIMIT_RSA_BIG_BITS / 8)
		return n.n > FG_LIMIT_RSA_BIG_BITS / 8 ? OIDC_SKIP_WEAK : OIDC_SKIP_MALFORMED;
	if (bits_of(n) < FG_LIMIT_RSA_MIN_BITS || bits_of(n) > max || (n.p[n.n - 1] & 1) == 0)
		return OIDC_SKIP_WEAK;
	/* 65537 and nothing else: the cost of a verification grows with the exponent, and 1 and 3
	 * are the forger's friends */
	if (!fg_eq(e, FG_LIT("\x01\x00\x01")) || oidc_roca(n))
		return OIDC_SKIP_WEAK;
	return OIDC_SKIP_NONE;
}

static EVP_PKEY *
rsa_build(struct fg_str n, struct fg_str e)
{
	FG_AUTO(bn_freep) BIGNUM *bn = BN_bin2bn((const unsigned char *)n.p, (int)n.n, NULL);
	FG_AUTO(bn_freep) BIGNUM *be = BN_bin2bn((const unsigned char *)e.p, (int)e.n, NULL);
	FG_AUTO(bld_freep) OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	FG_AUTO(params_freep) OSSL_PARAM *params = NULL;

	if (bn == NULL || be == NULL || bld == NULL ||
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, bn) != 1 ||
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, be) != 1)
		return NULL;
	params = OSSL_PARAM_BLD_to_param(bld);
	return from_params("RSA", params);
}

static enum fg_rc
read_rsa(struct jwk *k, struct fg_err *reterr)
{
	struct fg_str n = bytes_of(k, "n", &k->text[1]);
	struct fg_str e = bytes_of(k, "e", &k->text[0]);
	enum oidc_skip why = rsa_rules(k, n, e);

	if (why != OIDC_SKIP_NONE)
		return skip(k, why);
	k->text[2] = FG_LIT("");
	FG_TRY(thumbprint(k, &print_rsa, reterr));
	k->key->bits = (uint16_t)bits_of(n);
	k->key->sig_bytes = (uint16_t)n.n;
	k->key->algs = OIDC_ALG_BIT(OIDC_RS256) | OIDC_ALG_BIT(OIDC_RS384) |
	    OIDC_ALG_BIT(OIDC_RS512) | OIDC_ALG_BIT(OIDC_PS256) | OIDC_ALG_BIT(OIDC_PS384) |
	    OIDC_ALG_BIT(OIDC_PS512);
	k->key->pkey = rsa_build(n, e);
	return k->key->pkey == NULL ? crypto_failed(reterr, "RSA key") : FG_OK;
}

/* ---- EC ---- */

static const struct curve *
curve_find(struct fg_str crv)
{
	for (size_t i = 0; i < FG_COUNT(curves); i++)
		if (fg_eq(crv, curves[i].crv))
			return &curves[i];
	return NULL;
}

/* NULL: the point is not on the curve. */
static EVP_PKEY *
ec_build(const struct curve *c, struct fg_str x, struct fg_str y)
{
	unsigned char point[1 + OIDC_ECDSA_MAX] = { 0x04 };
	char group[8] = "";
	FG_AUTO(pkey_freep) EVP_PKEY *pkey = NULL;
	FG_AUTO(pctx_freep) EVP_PKEY_CTX *check = NULL;

	memcpy(group, c->group, c->crv.n);
	memcpy(point + 1, x.p, x.n);
	memcpy(point + 1 + x.n, y.p, y.n);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, c->crv.n),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + x.n + y.n),
		OSSL_PARAM_construct_end(),
	};
	pkey = from_params("EC", params);
	if (pkey != NULL)
		check = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	if (check == NULL || EVP_PKEY_public_check(check) != 1)
		return NULL;
	return FG_STEAL(pkey);
}

static enum fg_rc
read_ec(struct jwk *k, struct fg_err *reterr)
{
	const struct curve *c = curve_find(text_of(k, "crv"));
	struct fg_str x, y;

	if (c == NULL)
		return skip(k, OIDC_SKIP_KTY);
	x = bytes_of(k, "x", &k->text[1]);
	y = bytes_of(k, "y", &k->text[2]);
	if (x.n != c->coord || y.n != c->coord)
		return skip(k, OIDC_SKIP_MALFORMED);
	k->text[0] = c->crv;
	FG_TRY(thumbprint(k, &print_ec, reterr));
	k->key->algs = OIDC_ALG_BIT(c->alg);
	k->key->sig_bytes = (uint16_t)(2 * c->coord);
	k->key->pkey = ec_build(c, x, y);
	ERR_clear_error();
	return k->key->pkey == NULL ? skip(k, OIDC_SKIP_MALFORMED) : FG_OK;
}

/* ---- Ed25519 ---- */

static enum fg_rc
read_okp(struct jwk *k, struct fg_err *reterr)
{
	struct fg_str x;

	k->text[0] = text_of(k, "crv");
	if (!fg_eq(k->text[0], FG_LIT("Ed25519")))
		return skip(k, OIDC_SKIP_KTY);
	x = bytes_of(k, "x", &k->text[1]);
	if (x.n != 32)
		return skip(k, OIDC_SKIP_MALFORMED);
	if (oidc_small_order((const unsigned char *)x.p))
		return skip(k, OIDC_SKIP_WEAK);
	k->text[2] = FG_LIT("");
	FG_TRY(thumbprint(k, &print_okp, reterr));
	k->key->algs = OIDC_ALG_BIT(OIDC_EDDSA) | OIDC_ALG_BIT(OIDC_ED25519);
	k->key->sig_bytes = 64;
	k->key->pkey = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL,
	    (const unsigned char *)x.p, x.n);
	return k->key->pkey == NULL ? crypto_failed(reterr, "Ed25519 key") : FG_OK;
}

/* ---- what all have ---- */

static const struct {
	struct fg_str name;
	enum oidc_kty kty;
	enum fg_rc (*read)(struct jwk *k, struct fg_err *reterr);
} types[] = {
	{ { "RSA", 3 }, OIDC_KTY_RSA, read_rsa },
	{ { "EC", 2 }, OIDC_KTY_EC, read_ec },
	{ { "OKP", 3 }, OIDC_KTY_OKP, read_okp },
};

static bool
has_private(const struct jwk *k)
{
	static const char *const names[] = { "d", "p", "q", "dp", "dq", "qi", "oth", "k" };

	for (size_t i = 0; i < FG_COUNT(names); i++)
		if (fg_json_get(k->j, k->obj, fg_str_z(names[i])) != 0)
			return true;
	return false;
}

static enum oidc_skip
read_kid(struct jwk *k)
{
	uint32_t i = fg_json_get(k->j, k->obj, FG_LIT("kid"));

	if (i == 0)
		return OIDC_SKIP_NONE;
	if (k->j->node[i].type != FG_JSON_STRING || k->j->node[i].text.n > FG_LIMIT_KID_BYTES)
		return OIDC_SKIP_KID;
	/* an empty kid names nothing: the key counts as one without */
	if (k->j->node[i].text.n != 0)
		k->key->kid = k->j->node[i].text;
	return OIDC_SKIP_NONE;
}

/* key_ops must contain "verify". */
static enum oidc_skip
read_ops(struct jwk *k)
{
	uint32_t at = fg_json_get(k->j, k->obj, FG_LIT("key_ops"));
	bool verify = false;

	if (at == 0)
		return OIDC_SKIP_NONE;
	if (k->j->node[at].type != FG_JSON_ARRAY)
		return OIDC_SKIP_MALFORMED;
	for (uint32_t i = fg_json_first(at); i < k->j->node[at].next; i = fg_json_after(k->j, i)) {
		if (k->j->node[i].type != FG_JSON_STRING)
			return OIDC_SKIP_MALFORMED;
		verify = verify || fg_eq(k->j->node[i].text, FG_LIT("verify"));
	}
	k->key->key_ops = true;
	return verify ? OIDC_SKIP_NONE : OIDC_SKIP_USE;
}

static enum oidc_skip
read_use(struct jwk *k)
{
	uint32_t use = fg_json_get(k->j, k->obj, FG_LIT("use"));

	if (use != 0 && !fg_eq(text_of(k, "use"), FG_LIT("sig")))
		return OIDC_SKIP_USE;
	return read_ops(k);
}

/* The JWK's own alg, if any, leaves that one alone. */
static enum oidc_skip
read_alg(struct jwk *k)
{
	enum oidc_alg alg = oidc_alg_find(text_of(k, "alg"));

	if (fg_json_get(k->j, k->obj, FG_LIT("alg")) == 0)
		return OIDC_SKIP_NONE;
	if (alg == OIDC_ALG_NONE)
		return OIDC_SKIP_KTY;
	k->key->algs &= OIDC_ALG_BIT(alg);
	return k->key->algs == 0 ? OIDC_SKIP_MALFORMED : OIDC_SKIP_NONE;
}

static enum fg_rc
read_type(struct jwk *k, struct fg_err *reterr)
{
	struct fg_str kty = text_of(k, "kty");

	for (size_t i = 0; i < FG_COUNT(types); i++) {
		if (!fg_eq(kty, types[i].name))
			continue;
		k->key->kty = types[i].kty;
		if (has_private(k))
			return skip(k, OIDC_SKIP_PRIVATE);
		return types[i].read(k, reterr);
	}
	return skip(k, OIDC_SKIP_KTY);
}

enum fg_rc
oidc_jwk_read(struct fg_arena *a, const struct fg_json *j, uint32_t obj, unsigned flags,
    struct oidc_key *ret, enum oidc_skip *retskip, struct fg_err *reterr)
{
	struct jwk k = { .arena = a, .j = j, .obj = obj, .flags = flags, .key = ret };

	memset(ret, 0, sizeof(*ret));
	k.skip = read_use(&k);
	if (k.skip == OIDC_SKIP_NONE)
		k.skip = read_kid(&k);
	if (k.skip == OIDC_SKIP_NONE)
		FG_TRY(read_type(&k, reterr));
	if (k.skip == OIDC_SKIP_NONE)
		k.skip = read_alg(&k);
	if (k.skip != OIDC_SKIP_NONE) {
		EVP_PKEY_free(ret->pkey);
		ret->pkey = NULL;
	}
	*retskip = k.skip;
	return FG_OK;
}
