#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "oidc/oidc_int.h"

/* Contexts kept by one thread: sets of four, the least recently used one goes. */
#define SETS 32u
#define WAYS 4u

struct ready {
	unsigned char thumb[32];
	enum oidc_alg alg; /* OIDC_ALG_NONE: free */
	uint64_t used;
	EVP_PKEY_CTX *ctx; /* owned; holds its own reference to the key */
};

struct oidc_worker {
	EVP_MD *md[OIDC_HASH_MAX];
	EVP_MD_CTX *digest[OIDC_HASH_MAX];
	EVP_MD_CTX *edwards;
	uint64_t tick;
	struct ready ready[SETS][WAYS];
};

static const char *const hash_names[OIDC_HASH_MAX] = { "SHA256", "SHA384", "SHA512" };

static bool
worker_fill(struct oidc_worker *w)
{
	for (size_t i = 0; i < OIDC_HASH_MAX; i++) {
		w->md[i] = EVP_MD_fetch(NULL, hash_names[i], NULL);
		w->digest[i] = EVP_MD_CTX_new();
		if (w->md[i] == NULL || w->digest[i] == NULL ||
		    EVP_DigestInit_ex2(w->digest[i], w->md[i], NULL) != 1)
			return false;
	}
	w->edwards = EVP_MD_CTX_new();
	return w->edwards != NULL;
}

struct oidc_worker *
oidc_worker_new(void)
{
	FG_AUTO(oidc_worker_freep) struct oidc_worker *w = calloc(1, sizeof(*w));

	if (w == NULL || !worker_fill(w)) {
		ERR_clear_error();
		return NULL;
	}
	return FG_STEAL(w);
}

void
oidc_worker_free(struct oidc_worker *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < OIDC_HASH_MAX; i++) {
		EVP_MD_CTX_free(w->digest[i]);
		EVP_MD_free(w->md[i]);
	}
	EVP_MD_CTX_free(w->edwards);
	for (size_t i = 0; i < SETS; i++)
		for (size_t k = 0; k < WAYS; k++)
			EVP_PKEY_CTX_free(w->ready[i][k].ctx);
	free(w);
}

void
oidc_worker_freep(struct oidc_worker **w)
{
	oidc_worker_free(*w);
}

/* ---- prepared contexts ---- */

static EVP_PKEY_CTX *
prepare(const struct oidc_worker *w, const struct oidc_key *key, const struct oidc_alg_row *row)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
	const EVP_MD *md = w->md[row->hash];
	bool ok = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1;

	if (ok && row->scheme == OIDC_PKCS1)
		ok = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
	if (ok && row->scheme == OIDC_PSS)
		ok = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1;
	ok = ok && EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;
	/*= RFC 7518 3.5
	 *# The size of the salt value is the same size as the hash function output. */
	if (ok && row->scheme == OIDC_PSS)
		ok = EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) == 1 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
	if (ok)
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

/*
 * The context of this key and algorithm.  It is found by the key's own material, so a
 * stale one can only ever verify what the very same key would.
 */
static EVP_PKEY_CTX *
ready_find(struct oidc_worker *w, const struct oidc_key *key, enum oidc_alg alg)
{
	struct ready *set = w->ready[(key->thumb[0] + (unsigned)alg) % SETS], *old = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].alg == alg && memcmp(set[i].thumb, key->thumb, sizeof(key->thumb)) == 0) {
			set[i].used = ++w->tick;
			return set[i].ctx;
		}
		if (set[i].used < old->used)
			old = &set[i];
	}
	EVP_PKEY_CTX_free(old->ctx);
	memset(old, 0, sizeof(*old));
	old->ctx = prepare(w, key, oidc_alg_row(alg));
	if (old->ctx == NULL)
		return NULL;
	memcpy(old->thumb, key->thumb, sizeof(old->thumb));
	old->alg = alg;
	old->used = ++w->tick;
	return old->ctx;
}

/* ---- signatures ---- */

/* One of R and S as a DER INTEGER; returns the bytes written. */
static size_t
der_integer(const unsigned char *in, size_t n, unsigned char *out)
{
	size_t pad;

	for (; n > 1 && in[0] == 0; n--)
		in++;
	pad = (in[0] & 0x80) ? 1 : 0;
	out[0] = 0x02;
	out[1] = (unsigned char)(n + pad);
	out[2] = 0;
	memcpy(out + 2 + pad, in, n);
	return 2 + pad + n;
}

#define DER_MAX (3 + 2 * (3 + OIDC_ECDSA_MAX / 2))

/* R || S becomes the SEQUENCE that OpenSSL takes. */
static size_t
der_signature(struct fg_str sig, unsigned char out[DER_MAX])
{
	const unsigned char *rs = (const unsigned char *)sig.p;
	unsigned char body[DER_MAX];
	size_t head = 0, n = der_integer(rs, sig.n / 2, body);

	n += der_integer(rs + sig.n / 2, sig.n / 2, body + n);
	out[head++] = 0x30;
	if (n > 127)
		out[head++] = 0x81;
	out[head++] = (unsigned char)n;
	memcpy(out + head, body, n);
	return head + n;
}

static enum fg_rc
crypto_failed(struct fg_err *reterr, const char *what)
{
	ERR_clear_error();
	return fg_fail(reterr, FG_E_CRYPTO, "oidc.verify.crypto", NULL, "%s", what);
}

/* 1 is the only value that means yes. */
static enum fg_rc
answer(int rc, struct fg_err *reterr)
{
	bool memory;

	if (FG_LIKELY(rc == 1))
		return FG_OK;
	memory = ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
	ERR_clear_error();
	if (memory)
		return fg_fail(reterr, FG_E_NOMEM, "oidc.verify.crypto", NULL, "verification");
	return fg_fail(reterr, FG_E_SIGNATURE, "oidc.verify.signature", "RFC 7515 5.2",
	    "the signature does not verify");
}

static enum fg_rc
check_digest(struct oidc_worker *w, const struct oidc_jws *jws, const struct oidc_key *key,
    const struct oidc_alg_row *row, struct fg_err *reterr)
{
	unsigned char md[OIDC_DIGEST_MAX], der[DER_MAX];
	const unsigned char *sig = (const unsigned char *)jws->sig.p;
	EVP_MD_CTX *digest = w->digest[row->hash];
	EVP_PKEY_CTX *ctx = ready_find(w, key, jws->alg);
	size_t sig_n = jws->sig.n;
	unsigned n = 0;

	if (ctx == NULL || EVP_DigestInit_ex2(digest, NULL, NULL) != 1 ||
	    EVP_DigestUpdate(digest, jws->input.p, jws->input.n) != 1 ||
	    EVP_DigestFinal_ex(digest, md, &n) != 1)
		return crypto_failed(reterr, "digest");
	if (row->scheme == OIDC_ECDSA) {
		sig_n = der_signature(jws->sig, der);
		sig = der;
	}
	return answer(EVP_PKEY_verify(ctx, sig, sig_n, md, n), reterr);
}

static enum fg_rc
check_edwards(struct oidc_worker *w, const struct oidc_jws *jws, const struct oidc_key *key,
    struct fg_err *reterr)
{
	if (EVP_MD_CTX_reset(w->edwards) != 1 ||
	    EVP_DigestVerifyInit_ex(w->edwards, NULL, NULL, NULL, NULL, key->pkey, NULL) != 1)
		return crypto_failed(reterr, "Ed25519");
	return answer(EVP_DigestVerify(w->edwards, (const unsigned char *)jws->sig.p, jws->sig.n,
	    (const unsigned char *)jws->input.p, jws->input.n), reterr);
}

/* ---- rules ---- */

static enum fg_rc
check_alg(const struct oidc_provider *p, const struct oidc_jws *jws, struct fg_err *reterr)
{
	if (oidc_alg_row(jws->alg) == NULL || (p->algs & OIDC_ALG_BIT(jws->alg)) == 0)
		return fg_fail(reterr, FG_E_UNSUPPORTED, "oidc.verify.alg", "RFC 8725 3.1",
		    "algorithm %s is not in the provider's list", oidc_alg_name(jws->alg));
	if (jws->typ == OIDC_TYP_ACCESS && !(p->flags & OIDC_ACCESS_TOKENS))
		return fg_fail(reterr, FG_E_UNSUPPORTED, "oidc.verify.typ", "RFC 9068 4",
		    "an access token, and the provider does not say so");
	return FG_OK;
}

static enum fg_rc
check_fit(const struct oidc_provider *p, const struct oidc_jws *jws, const struct oidc_key *key,
    struct fg_err *reterr)
{
	if ((key->algs & OIDC_ALG_BIT(jws->alg)) == 0)
		return fg_fail(reterr, FG_E_KEY, "oidc.key.fit", "RFC 8725 3.1",
		    "the key is not for %s", oidc_alg_name(jws->alg));
	if ((p->flags & OIDC_AWS_PARITY) && key->key_ops)
		return fg_fail(reterr, FG_E_KEY, "oidc.key.ops", NULL,
		    "the key has key_ops, which AWS refuses");
	return FG_OK;
}

enum fg_rc
oidc_key_find(const struct oidc_provider *p, const struct oidc_jwks *set,
    const struct oidc_jws *jws, const struct oidc_key **ret, struct fg_err *reterr)
{
	const struct oidc_key *key;

	FG_TRY(check_alg(p, jws, reterr));
	if (set == NULL || set->n == 0)
		return fg_fail(reterr, FG_E_KEY, "oidc.key.unknown", NULL, "no key set");
	if (fg_str_null(jws->kid) && set->n != 1)
		return fg_fail(reterr, FG_E_KEY, "oidc.key.kid", "OIDC Core 10.1",
		    "no kid, and %zu keys", set->n);
	key = fg_str_null(jws->kid) ? &set->key[0] : oidc_jwks_find(set, jws->kid);
	if (key == NULL && jws->kid.n == 0)
		return fg_fail(reterr, FG_E_KEY, "oidc.key.kid", "OIDC Core 10.1", "empty kid");
	if (key == NULL)
		return fg_fail(reterr, FG_E_KEY, "oidc.key.unknown", "OIDC Core 10.1.1",
		    "no key with kid %.*s", FG_PRI(jws->kid));
	FG_TRY(check_fit(p, jws, key, reterr));
	*ret = key;
	return FG_OK;
}

enum fg_rc
oidc_verify(struct oidc_worker *w, struct fg_arena *a, const struct oidc_provider *p,
    struct oidc_jws *jws, const struct oidc_key *key, const struct oidc_payload **ret,
    struct fg_err *reterr)
{
	const struct oidc_alg_row *row = oidc_alg_row(jws->alg);
	struct oidc_payload *payload;

	FG_TRY(check_alg(p, jws, reterr));
	FG_TRY(check_fit(p, jws, key, reterr));
	/*= RFC 7518 3.4
	 *# The JWS Signature value MUST be a 64-octet sequence.  If it is not a 64-octet
	 *# sequence, the validation has failed. */
	if (jws->sig.n != key->sig_bytes)
		return fg_fail(reterr, FG_E_SIGNATURE, "oidc.verify.width", "RFC 7518 3",
		    "signature of %zu bytes, not %u", jws->sig.n, key->sig_bytes);
	FG_TRY(oidc_jws_decode(a, jws, reterr));
	if (row->scheme == OIDC_EDWARDS)
		FG_TRY(check_edwards(w, jws, key, reterr));
	else
		FG_TRY(check_digest(w, jws, key, row, reterr));
	payload = FG_NEW(a, struct oidc_payload);
	if (payload == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "oidc.verify", NULL, "arena");
	payload->provider = p;
	payload->jws = jws;
	*ret = payload;
	return FG_OK;
}

struct fg_str
oidc_payload_bytes(const struct oidc_payload *payload)
{
	return payload->jws->bytes;
}
