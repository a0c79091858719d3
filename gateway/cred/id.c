/*
 * Access key ids in the layout that tools take apart, unique ids, random secrets.
 */
#include "gateway/cred/cred_int.h"

static bool
account_read(struct fg_str account, uint64_t *ret)
{
	uint64_t v = 0;

	if (account.n != CRED_ACCOUNT_CHARS)
		return false;
	for (size_t i = 0; i < account.n; i++) {
		if (!fg_digit(account.p[i]))
			return false;
		v = v * 10 + (uint64_t)(account.p[i] - '0');
	}
	*ret = v;
	return true;
}

/*= sts.md 2.1a
 *# take the first six octets as a big-endian integer x, account = (x AND 0x7fffffffff80) >> 7.
 *# Bit 47 is 1 */
enum fg_rc
key_id_make(enum cred_key_kind kind, struct fg_str account, uint8_t b[KEY_ID_RANDOM], char out[21],
    struct fg_err *reterr)
{
	uint64_t acct, x;

	if ((kind != CRED_KEY_AKIA && kind != CRED_KEY_ASIA) || !account_read(account, &acct))
		return fg_fail(reterr, FG_E_PARAM, "cred.key_id", "sts.md 2.1a",
		    "kind or account is not valid");
	x = (UINT64_C(1) << 47) | (acct << 7) | (b[5] & 0x7f);
	for (size_t i = 0; i < 6; i++)
		b[i] = (uint8_t)(x >> (40 - 8 * i));
	memcpy(out, kind == CRED_KEY_AKIA ? "AKIA" : "ASIA", 4);
	fg_base32(b, KEY_ID_RANDOM, out + 4);
	out[CRED_KEY_ID_CHARS] = '\0';
	return FG_OK;
}

enum fg_rc
cred_key_id_new(enum cred_key_kind kind, struct fg_str account, char out[21], struct fg_err *reterr)
{
	uint8_t b[KEY_ID_RANDOM];

	if (!cred_rand_system(NULL, b, sizeof(b)))
		return fg_fail(reterr, FG_E_CRYPTO, "cred.key_id", NULL, "no randomness");
	return key_id_make(kind, account, b, out, reterr);
}

enum cred_key_kind
cred_key_id_read(struct fg_str id, char account[13])
{
	enum cred_key_kind kind = CRED_KEY_NONE;
	uint8_t b[10];
	uint64_t x = 0;

	if (id.n != CRED_KEY_ID_CHARS)
		return CRED_KEY_NONE;
	if (fg_starts(id, FG_LIT("ASIA")))
		kind = CRED_KEY_ASIA;
	else if (fg_starts(id, FG_LIT("AKIA")))
		kind = CRED_KEY_AKIA;
	if (kind == CRED_KEY_NONE || !fg_base32_decode(fg_sub(id, 4, id.n), b, sizeof(b)))
		return CRED_KEY_NONE;
	for (size_t i = 0; i < 6; i++)
		x = x << 8 | b[i];
	if (x >> 47 != 1)
		return CRED_KEY_NONE;
	x = (x & 0x7fffffffff80) >> 7;
	if (x > 999999999999)
		return CRED_KEY_NONE;
	for (size_t i = CRED_ACCOUNT_CHARS; i-- > 0; x /= 10)
		account[i] = (char)('0' + x % 10);
	account[CRED_ACCOUNT_CHARS] = '\0';
	return kind;
}

enum fg_rc
cred_secret_new(char out[41], struct fg_err *reterr)
{
	uint8_t b[30];
	char text[CRED_SECRET_CHARS];
	struct fg_buf t = FG_BUF_FIXED(text);

	if (!cred_rand_system(NULL, b, sizeof(b)))
		return fg_fail(reterr, FG_E_CRYPTO, "cred.secret", NULL, "no randomness");
	fg_buf_base64(&t, fg_str(b, sizeof(b)));
	if (t.bad != FG_OK || t.n != CRED_SECRET_CHARS)
		return fg_fail(reterr, FG_E_INTERNAL, "cred.secret", NULL, "text of a wrong size");
	memcpy(out, text, CRED_SECRET_CHARS);
	out[CRED_SECRET_CHARS] = '\0';
	cred_wipe(b, sizeof(b));
	cred_wipe(text, sizeof(text));
	return FG_OK;
}

static const struct {
	enum cred_uid_kind kind;
	char prefix[5];
} uids[] = {
	{ CRED_UID_ROLE, "AROA" },
	{ CRED_UID_USER, "AIDA" },
	{ CRED_UID_GROUP, "AGPA" },
	{ CRED_UID_POLICY, "ANPA" },
	{ CRED_UID_PROFILE, "AIPA" },
};

/* 17 of 36 signs, each as likely as the others: bytes from 252 on are thrown away. */
static bool
random_signs(char *out, size_t n)
{
	static const char sign[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	uint8_t b[64];
	size_t have = 0;

	while (have < n) {
		if (!cred_rand_system(NULL, b, sizeof(b)))
			return false;
		for (size_t i = 0; i < sizeof(b) && have < n; i++)
			if (b[i] < 252)
				out[have++] = sign[b[i] % 36];
	}
	return true;
}

enum fg_rc
cred_uid_new(enum cred_uid_kind kind, char out[22], struct fg_err *reterr)
{
	for (size_t i = 0; i < FG_COUNT(uids); i++) {
		if (uids[i].kind != kind)
			continue;
		memcpy(out, uids[i].prefix, 4);
		if (!random_signs(out + 4, CRED_UID_CHARS - 4))
			return fg_fail(reterr, FG_E_CRYPTO, "cred.uid", NULL, "no randomness");
		out[CRED_UID_CHARS] = '\0';
		return FG_OK;
	}
	return fg_fail(reterr, FG_E_PARAM, "cred.uid", NULL, "no such kind");
}

enum cred_uid_kind
cred_uid_read(struct fg_str id)
{
	if (id.n != CRED_UID_CHARS)
		return CRED_UID_NONE;
	for (size_t i = 4; i < id.n; i++)
		if (!fg_digit(id.p[i]) && !(id.p[i] >= 'A' && id.p[i] <= 'Z'))
			return CRED_UID_NONE;
	for (size_t i = 0; i < FG_COUNT(uids); i++)
		if (memcmp(id.p, uids[i].prefix, 4) == 0)
			return uids[i].kind;
	return CRED_UID_NONE;
}
