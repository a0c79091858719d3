/*
 * gateway/store/mac.c - row authentication: HMAC-SHA-512, half shown and half kept.
 *
 * The half that is never written is what sets are summed with: whoever can read and write
 * the database sees no lane, so cannot solve for rows that add up to the same sum.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "gateway/store/store_int.h"

struct store_mac {
	EVP_MAC *mac;
	EVP_MAC_CTX *ctx;
	struct fg_buf buf; /* canonical bytes of one row; reused */
};

void
store_mac_free(struct store_mac *m)
{
	if (m == NULL)
		return;
	EVP_MAC_CTX_free(m->ctx);
	EVP_MAC_free(m->mac);
	fg_buf_free(&m->buf);
	free(m);
}

static void
mac_freep(struct store_mac **m)
{
	store_mac_free(*m);
}

enum fg_rc
store_mac_new(const unsigned char key[STORE_MAC_KEY_BYTES], struct store_mac **ret,
    struct fg_err *reterr)
{
	FG_AUTO(mac_freep) struct store_mac *m = calloc(1, sizeof(*m));
	char digest[] = "SHA512";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string("digest", digest, 0),
		OSSL_PARAM_construct_end(),
	};

	if (m == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "store.mac", NULL, "handle");
	m->buf = FG_BUF(FG_LIMIT_STORE_ROW_BYTES);
	m->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	m->ctx = m->mac == NULL ? NULL : EVP_MAC_CTX_new(m->mac);
	if (m->ctx == NULL || EVP_MAC_init(m->ctx, key, STORE_MAC_KEY_BYTES, params) != 1)
		return fg_fail(reterr, FG_E_CRYPTO, "store.mac", NULL, "HMAC-SHA-512");
	*ret = FG_STEAL(m);
	return FG_OK;
}

static enum fg_rc
finish(struct store_mac *m, struct store_tag *ret)
{
	struct fg_str bytes;
	size_t n = 0;

	FG_TRY(fg_buf_end(&m->buf, &bytes));
	_Static_assert(sizeof(*ret) == 64, "one HMAC-SHA-512");
	if (EVP_MAC_init(m->ctx, NULL, 0, NULL) != 1 ||
	    EVP_MAC_update(m->ctx, (const unsigned char *)bytes.p, bytes.n) != 1 ||
	    EVP_MAC_final(m->ctx, (unsigned char *)ret, &n, sizeof(*ret)) != 1 ||
	    n != sizeof(*ret))
		return FG_E_CRYPTO;
	return FG_OK;
}

enum fg_rc
store_mac_row(struct store_mac *m, const struct store_desc *d, const struct store_row *row,
    struct store_tag *ret)
{
	struct fg_buf *b = &m->buf;

	fg_buf_reset(b);
	fg_buf_v8(b, FG_LIT("row"));
	fg_buf_v8(b, fg_str_z(d->table));
	fg_buf_be64(b, (uint64_t)row->version);
	for (size_t i = 0; i < d->n; i++) {
		if (d->col[i].type == STORE_INT)
			fg_buf_be64(b, (uint64_t)row->cell[i].i);
		else
			fg_buf_v32(b, row->cell[i].s);
	}
	return finish(m, ret);
}

enum fg_rc
store_mac_bytes(struct store_mac *m, const char *label, struct fg_str bytes,
    struct store_tag *ret)
{
	fg_buf_reset(&m->buf);
	fg_buf_v8(&m->buf, fg_str_z(label));
	fg_buf_put(&m->buf, bytes);
	return finish(m, ret);
}

bool
store_mac_eq(const unsigned char *a, const unsigned char *b)
{
	return CRYPTO_memcmp(a, b, STORE_MAC_BYTES) == 0;
}

/* ---- row keys: one writes, all of them open ---- */

enum fg_rc
store_keys_add(struct store_keys *k, uint32_t id, const unsigned char key[STORE_MAC_KEY_BYTES],
    struct fg_err *reterr)
{
	if (store_keys_find(k, id) != k->n)
		return FG_OK;
	if (k->n == STORE_ROW_KEYS_MAX)
		return fg_fail(reterr, FG_E_LIMIT, "store.keys", "rule 7", "over %d row keys",
		    STORE_ROW_KEYS_MAX);
	FG_TRY(store_mac_new(key, &k->v[k->n], reterr));
	k->id[k->n++] = id;
	return FG_OK;
}

void
store_keys_done(struct store_keys *k)
{
	while (k->n != 0)
		store_mac_free(k->v[--k->n]);
}

size_t
store_keys_find(const struct store_keys *k, uint32_t id)
{
	size_t i = 0;

	while (i < k->n && k->id[i] != id)
		i++;
	return i;
}

enum fg_rc
store_keys_row(const struct store_keys *k, const struct store_desc *d, const struct store_row *row,
    struct store_tag *ret, const struct store_mac **ret_by)
{
	*ret_by = NULL;
	for (size_t i = 0; i < k->n && *ret_by == NULL; i++) {
		FG_TRY(store_mac_row(k->v[i], d, row, ret));
		if (store_mac_eq(ret->mac, row->mac))
			*ret_by = k->v[i];
	}
	return FG_OK;
}
