/* gateway/ops/hash.c - SHA-256, HMAC and the link of a chain. */
#include "gateway/ops/ops_int.h"

void
ops_sha256(struct fg_str a, struct fg_str b, uint8_t ret[AUDIT_HASH])
{
	const struct fg_str part[] = { a, b };

	fg_sha256(part, FG_COUNT(part), ret);
}

void
ops_link(uint8_t key[AUDIT_HASH], struct fg_str line, uint8_t mac[AUDIT_HASH],
    uint8_t head[AUDIT_HASH])
{
	uint8_t d[AUDIT_HASH];
	const struct fg_str digest = fg_str(d, AUDIT_HASH), old = fg_str(key, AUDIT_HASH);

	fg_sha256(&line, 1, d);
	fg_hmac(old, &digest, 1, mac);
	ops_sha256(digest, fg_str(mac, AUDIT_HASH), head);
	fg_sha256(&old, 1, key); /* the old key is gone */
}

struct fg_str
ops_signed_text(char room[OPS_SIGNED_TEXT], const uint8_t hash[AUDIT_HASH])
{
	struct fg_buf b = { .p = room, .room = OPS_SIGNED_TEXT, .cap = OPS_SIGNED_TEXT, .fixed = true };

	fg_buf_put(&b, FG_LIT("fedgate audit checkpoint 1\n"));
	fg_buf_hex(&b, fg_str(hash, AUDIT_HASH));
	return fg_buf_str(&b);
}
