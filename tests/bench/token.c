/*
 * tests/bench/token.c - keys, tokens, signatures.
 */
#include "tests/bench/token.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

static const struct {
	const char *alg, *kid;
} kinds[TOKEN_KIND_MAX] = {
	[TOKEN_RS256] = { "RS256", "rsa-1" },
	[TOKEN_ES256] = { "ES256", "ec-1" },
};

bool
issuer_init(struct issuer *i)
{
	i->key[TOKEN_RS256] = EVP_RSA_gen(2048);
	i->key[TOKEN_ES256] = EVP_EC_gen("P-256");
	return i->key[TOKEN_RS256] != NULL && i->key[TOKEN_ES256] != NULL;
}

void
issuer_done(struct issuer *i)
{
	EVP_PKEY_free(i->key[TOKEN_RS256]);
	EVP_PKEY_free(i->key[TOKEN_ES256]);
}

/* ,"name":"base64url of the number" */
static void
put_number(struct fg_buf *out, const EVP_PKEY *key, const char *param, const char *name, int width)
{
	unsigned char b[512];
	BIGNUM *bn = NULL;
	int n;

	if (EVP_PKEY_get_bn_param(key, param, &bn) != 1)
		return;
	n = width > 0 ? BN_bn2binpad(bn, b, width) : BN_bn2bin(bn, b);
	BN_free(bn);
	fg_buf_fmt(out, ",\"%s\":\"", name);
	fg_buf_base64url(out, fg_str(b, (size_t)n));
	fg_buf_putc(out, '"');
}

void
issuer_jwks(const struct issuer *i, struct fg_buf *out)
{
	fg_buf_put(out, FG_LIT("{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"rsa-1\""));
	put_number(out, i->key[TOKEN_RS256], OSSL_PKEY_PARAM_RSA_N, "n", 0);
	put_number(out, i->key[TOKEN_RS256], OSSL_PKEY_PARAM_RSA_E, "e", 0);
	fg_buf_put(out, FG_LIT("},{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":\"ES256\",\"kid\":\"ec-1\""));
	put_number(out, i->key[TOKEN_ES256], OSSL_PKEY_PARAM_EC_PUB_X, "x", 32);
	put_number(out, i->key[TOKEN_ES256], OSSL_PKEY_PARAM_EC_PUB_Y, "y", 32);
	fg_buf_put(out, FG_LIT("}]}"));
}

/* DER to the two numbers side by side (RFC 7518 3.4). */
static bool
to_raw(unsigned char *sig, size_t *n)
{
	const unsigned char *p = sig;
	ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &p, (long)*n);
	bool ok = s != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(s), sig, 32) == 32 &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(s), sig + 32, 32) == 32;

	ECDSA_SIG_free(s);
	*n = 64;
	return ok;
}

static bool
sign(EVP_PKEY *key, struct fg_str text, unsigned char *sig, size_t *n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestSign(ctx, sig, n, (const unsigned char *)text.p, text.n) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

static void
put_claims(struct fg_buf *b, fg_time now, size_t number)
{
	fg_buf_fmt(b, "{\"iss\":\"https://bench.example.com\",\"aud\":\"sts.amazonaws.com\","
		      "\"sub\":\"repo:acme/model:ref:refs/heads/main\",\"jti\":\"%08zx-0000-4000-8000-000000000000\","
		      "\"iat\":%lld,\"nbf\":%lld,\"exp\":%lld,",
	    number, (long long)now, (long long)now - 60, (long long)now + 3600);
	fg_buf_put(b, FG_LIT("\"ref\":\"refs/heads/main\",\"sha\":\"0123456789abcdef0123456789abcdef01234567\","
			     "\"repository\":\"acme/model\",\"repository_owner\":\"acme\",\"repository_owner_id\":\"65\","
			     "\"run_id\":\"1234567890\",\"run_number\":\"10\",\"run_attempt\":\"2\",\"repository_visibility\":"
			     "\"private\",\"repository_id\":\"74\",\"actor_id\":\"12\",\"actor\":\"octocat\",\"workflow\":"
			     "\"deploy\",\"head_ref\":\"\",\"base_ref\":\"\",\"event_name\":\"push\",\"ref_type\":\"branch\","
			     "\"job_workflow_ref\":\"acme/model/.github/workflows/deploy.yml@refs/heads/main\","
			     "\"runner_environment\":\"github-hosted\"}"));
}

bool
issuer_mint(const struct issuer *i, enum token_kind kind, fg_time now, size_t number, struct fg_buf *out)
{
	char head[128], claims[2048];
	struct fg_buf h = FG_BUF_FIXED(head);
	struct fg_buf c = FG_BUF_FIXED(claims);
	unsigned char sig[512];
	size_t n = sizeof(sig);
	size_t from = out->n;

	fg_buf_fmt(&h, "{\"typ\":\"JWT\",\"alg\":\"%s\",\"kid\":\"%s\"}", kinds[kind].alg, kinds[kind].kid);
	put_claims(&c, now, number);
	fg_buf_base64url(out, fg_buf_str(&h));
	fg_buf_putc(out, '.');
	fg_buf_base64url(out, fg_buf_str(&c));
	if (h.bad != FG_OK || c.bad != FG_OK || out->bad != FG_OK ||
	    !sign(i->key[kind], fg_str(out->p + from, out->n - from), sig, &n) ||
	    (kind == TOKEN_ES256 && !to_raw(sig, &n)))
		return false;
	fg_buf_putc(out, '.');
	fg_buf_base64url(out, fg_str(sig, n));
	return out->bad == FG_OK;
}

/* ---- the limit ------------------------------------------------------- */

bool
verify_init(struct verify *v, const struct issuer *i, enum token_kind kind)
{
	const struct fg_str text = FG_LIT("some octets");

	v->n_sig = sizeof(v->sig);
	v->ctx = EVP_PKEY_CTX_new(i->key[kind], NULL);
	SHA256((const unsigned char *)text.p, text.n, v->digest);
	return v->ctx != NULL && sign(i->key[kind], text, v->sig, &v->n_sig) &&
	    EVP_PKEY_verify_init(v->ctx) == 1 && EVP_PKEY_CTX_set_signature_md(v->ctx, EVP_sha256()) == 1;
}

void
verify_done(struct verify *v)
{
	EVP_PKEY_CTX_free(v->ctx);
}

void
verify_run(void *arg, size_t n)
{
	struct verify *v = arg;

	while (n-- > 0) {
		if (EVP_PKEY_verify(v->ctx, v->sig, v->n_sig, v->digest, sizeof(v->digest)) != 1)
			abort();
	}
}

/* ---- SigV4 ----------------------------------------------------------- */

static void
hmac(const void *key, size_t n_key, struct fg_str text, unsigned char out[32])
{
	unsigned n = 32;

	(void)HMAC(EVP_sha256(), key, (int)n_key, (const unsigned char *)text.p, text.n, out, &n);
}

/* The day's key is made once. */
static void
day_key(struct signer *s, struct fg_str day)
{
	char first[128];
	struct fg_buf b = FG_BUF_FIXED(first);

	if (memcmp(s->day, day.p, 8) == 0)
		return;
	memcpy(s->day, day.p, 8);
	fg_buf_put(&b, FG_LIT("AWS4"));
	fg_buf_put(&b, s->secret);
	hmac(first, b.n, day, s->key);
	hmac(s->key, 32, FG_LIT("us-east-1"), s->key);
	hmac(s->key, 32, FG_LIT("sts"), s->key);
	hmac(s->key, 32, FG_LIT("aws4_request"), s->key);
}

static void
put_digest(struct fg_buf *b, struct fg_str text)
{
	unsigned char d[32];

	SHA256((const unsigned char *)text.p, text.n, d);
	fg_buf_hex(b, fg_str(d, sizeof(d)));
}

#define FORM "application/x-www-form-urlencoded; charset=utf-8"

static void
put_canonical(struct fg_buf *b, const struct signer *s, struct fg_str date, struct fg_str body)
{
	fg_buf_put(b, FG_LIT("POST\n/\n\ncontent-type:" FORM "\nhost:"));
	fg_buf_put(b, s->host);
	fg_buf_put(b, FG_LIT("\nx-amz-date:"));
	fg_buf_put(b, date);
	fg_buf_put(b, FG_LIT("\n\ncontent-type;host;x-amz-date\n"));
	put_digest(b, body);
}

static void
put_string_to_sign(struct fg_buf *b, struct fg_str date, struct fg_str canonical)
{
	fg_buf_put(b, FG_LIT("AWS4-HMAC-SHA256\n"));
	fg_buf_put(b, date);
	fg_buf_putc(b, '\n');
	fg_buf_put(b, fg_sub(date, 0, 8));
	fg_buf_put(b, FG_LIT("/us-east-1/sts/aws4_request\n"));
	put_digest(b, canonical);
}

bool
signer_post(struct signer *s, fg_time now, struct fg_str body, struct fg_buf *out)
{
	char canonical[1024], string[512], date_text[32];
	struct fg_buf c = FG_BUF_FIXED(canonical);
	struct fg_buf t = FG_BUF_FIXED(string);
	struct fg_buf d = FG_BUF_FIXED(date_text);
	unsigned char sig[32];

	fg_buf_time_basic(&d, now);
	day_key(s, fg_sub(fg_buf_str(&d), 0, 8));
	put_canonical(&c, s, fg_buf_str(&d), body);
	put_string_to_sign(&t, fg_buf_str(&d), fg_buf_str(&c));
	hmac(s->key, 32, fg_buf_str(&t), sig);
	fg_buf_fmt(out, "POST / HTTP/1.1\r\nHost: %.*s\r\nContent-Type: " FORM "\r\nX-Amz-Date: %.*s\r\n"
			"Authorization: AWS4-HMAC-SHA256 Credential=%.*s/%.8s/us-east-1/sts/aws4_request, "
			"SignedHeaders=content-type;host;x-amz-date, Signature=",
	    FG_PRI(s->host), FG_PRI(fg_buf_str(&d)), FG_PRI(s->key_id), s->day);
	fg_buf_hex(out, fg_str(sig, sizeof(sig)));
	fg_buf_fmt(out, "\r\nContent-Length: %zu\r\n\r\n", body.n);
	fg_buf_put(out, body);
	return c.bad == FG_OK && t.bad == FG_OK && d.bad == FG_OK && out->bad == FG_OK;
}
