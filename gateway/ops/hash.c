/* gateway/ops/hash.c - SHA-256, HMAC and the link of a chain. */
#include "gateway/ops/ops_int.h"

bool
ops_hash_init(struct ops_hash *h)
{
	h->md = EVP_MD_fetch(NULL, "SHA256", NULL);
	h->ctx = EVP_MD_CTX_new();
	h->bad = h->md == NULL || h->ctx == NULL;
	return !h->bad;
}

void
ops_hash_done(struct ops_hash *h)
{
	EVP_MD_CTX_free(h->ctx);
	EVP_MD_free(h->md);
	*h = (struct ops_hash){ NULL, NULL, true };
}

void
ops_sha256(struct ops_hash *h, struct fg_str a, struct fg_str b, uint8_t ret[AUDIT_HASH])
{
	uint8_t out[AUDIT_HASH] = { 0 }; /* ret may be a part of what is hashed */

	if (h->bad || EVP_DigestInit_ex2(h->ctx, h->md, NULL) != 1 ||
	    EVP_DigestUpdate(h->ctx, a.p, a.n) != 1 ||
	    (b.n > 0 && EVP_DigestUpdate(h->ctx, b.p, b.n) != 1) ||
	    EVP_DigestFinal_ex(h->ctx, out, NULL) != 1)
		h->bad = true;
	memcpy(ret, out, AUDIT_HASH);
}

/* RFC 2104, for a key and a message of one hash each. */
void
ops_hmac(struct ops_hash *h, const uint8_t key[AUDIT_HASH], const uint8_t d[AUDIT_HASH],
    uint8_t ret[AUDIT_HASH])
{
	uint8_t pad[64], inner[AUDIT_HASH];

	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] = (i < AUDIT_HASH ? key[i] : 0) ^ 0x36;
	ops_sha256(h, fg_str(pad, sizeof(pad)), fg_str(d, AUDIT_HASH), inner);
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36 ^ 0x5c;
	ops_sha256(h, fg_str(pad, sizeof(pad)), fg_str(inner, AUDIT_HASH), ret);
	explicit_bzero(pad, sizeof(pad));
}

void
ops_link(struct ops_hash *h, uint8_t key[AUDIT_HASH], struct fg_str line, uint8_t mac[AUDIT_HASH],
    uint8_t head[AUDIT_HASH])
{
	uint8_t d[AUDIT_HASH], next[AUDIT_HASH];

	ops_sha256(h, line, FG_STR_NULL, d);
	ops_hmac(h, key, d, mac);
	ops_sha256(h, fg_str(d, AUDIT_HASH), fg_str(mac, AUDIT_HASH), head);
	ops_sha256(h, fg_str(key, AUDIT_HASH), FG_STR_NULL, next);
	memcpy(key, next, AUDIT_HASH); /* the old key is gone */
	explicit_bzero(next, sizeof(next));
}

struct fg_str
ops_signed_text(char room[OPS_SIGNED_TEXT], const uint8_t hash[AUDIT_HASH])
{
	struct fg_buf b = { .p = room, .room = OPS_SIGNED_TEXT, .cap = OPS_SIGNED_TEXT, .fixed = true };

	fg_buf_put(&b, FG_LIT("fedgate audit checkpoint 1\n"));
	fg_buf_hex(&b, fg_str(hash, AUDIT_HASH));
	return fg_buf_str(&b);
}
