/* tests/unit/cred/crypt.c - published vectors of what crypt.c is made of. */
#include "base/sha256.h"
#include "tests/unit/cred/rig.h"

#include <stdlib.h>

static struct cred_worker *
worker(void)
{
	struct cred_worker *w = NULL;

	CU_ASSERT_FATAL(cred_worker_new(NULL, NULL, &w, NULL) == FG_OK);
	return w;
}

/* RFC 5869 gives no vector with a key of 32 bytes: HKDF by its definition, with HMAC. */
static void
hkdf_is_rfc_5869(void)
{
	uint8_t root[32], salt[32] = "salt of thirty-two bytes: enough", prk[32], okm[32], got[32];
	struct fg_str in = fg_str(root, 32);
	struct fg_str part[2] = { FG_LIT("info"), FG_LIT("\x01") };

	memset(root, 0x0b, sizeof(root));
	fg_hmac(fg_str(salt, 32), &in, 1, prk);
	fg_hmac(fg_str(prk, 32), part, 2, okm);
	CHECK(crypt_hkdf(root, fg_str(salt, 32), FG_LIT("info"), got, 32));
	CHECK(memcmp(okm, got, 32) == 0);
	CHECK(crypt_hkdf(root, fg_str(salt, 32), FG_LIT("inf0"), got, 32));
	CHECK(memcmp(okm, got, 32) != 0);
}

/* One line of the vector file: seals to it and opens from it. */
static void
one_vector(struct cred_worker *w, struct fg_arena *a, struct fg_str line)
{
	struct fg_cur c = fg_cur(line);
	struct fg_str byte, nonce = (byte = fg_cur_until(&c, ' '), fg_cur_until(&c, ' '));
	struct fg_str plain = fg_cur_until(&c, ' '), aad = fg_cur_until(&c, ' '), want = FG_STR_NULL, kb;
	uint8_t key[32], out[256], back[256];
	struct cred_xkey x;

	CU_ASSERT_FATAL(!c.bad && nonce.n == CRED_NONCE_BYTES && fg_hex(a, byte, &kb) &&
	    fg_hex(a, fg_cur_rest(&c), &want));
	if (fg_eq(aad, FG_LIT("-")))
		aad = FG_STR_NULL;
	memset(key, kb.p[0], sizeof(key));
	CHECK(xaes_prepare(w, key, &x));
	CHECK(xaes_seal(w, &x, (const uint8_t *)nonce.p, &aad, 1, plain, out));
	CHECK_EQ(fg_str(out, plain.n + CRED_TAG_BYTES), want);
	CHECK(xaes_open(w, &x, (const uint8_t *)nonce.p, &aad, 1, want, back));
	CHECK_EQ(fg_str(back, plain.n), plain);
}

static struct fg_str
draw(struct fg_cur *stream, bool length_first, size_t n)
{
	return fg_cur_take(stream, length_first ? fg_cur_u8(stream) : n);
}

/* The published random run: key, nonce, plaintext and AAD from SHAKE-128 of nothing. */
static void
accumulated(struct cred_worker *w, struct fg_arena *a, unsigned long rounds, struct fg_str want)
{
	size_t room = rounds * (32 + 24 + 2 * 256), got = 0;
	unsigned char *bytes = malloc(room), sum[32], out[256 + CRED_TAG_BYTES], back[256];
	EVP_MD_CTX *rng = EVP_MD_CTX_new(), *acc = EVP_MD_CTX_new();
	struct fg_cur c = fg_cur(fg_str(bytes, room));
	struct fg_str text = FG_STR_NULL;

	CU_ASSERT_FATAL(bytes != NULL && EVP_DigestInit_ex(rng, EVP_shake128(), NULL) == 1 &&
	    EVP_DigestFinalXOF(rng, bytes, room) == 1 &&
	    EVP_DigestInit_ex(acc, EVP_shake128(), NULL) == 1);
	for (unsigned long i = 0; i < rounds; i++) {
		struct fg_str key = draw(&c, false, 32), nonce = draw(&c, false, 24);
		struct fg_str plain = draw(&c, true, 0), aad = draw(&c, true, 0);
		struct cred_xkey x;

		if (c.bad || !xaes_prepare(w, (const uint8_t *)key.p, &x) ||
		    !xaes_seal(w, &x, (const uint8_t *)nonce.p, &aad, 1, plain, out) ||
		    EVP_DigestUpdate(acc, out, plain.n + CRED_TAG_BYTES) != 1 ||
		    !xaes_open(w, &x, (const uint8_t *)nonce.p, &aad, 1,
		        fg_str(out, plain.n + CRED_TAG_BYTES), back) ||
		    (plain.n != 0 && memcmp(back, plain.p, plain.n) != 0))
			break;
		got++;
	}
	CHECK(got == rounds && EVP_DigestFinalXOF(acc, sum, sizeof(sum)) == 1);
	CHECK(fg_hex(a, want, &text));
	CHECK_EQ(fg_str(sum, sizeof(sum)), text);
	EVP_MD_CTX_free(rng);
	EVP_MD_CTX_free(acc);
	free(bytes);
}

static void
xaes_fits_the_published_vectors(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1 << 20);
	struct fg_str text = unit_vector(a, "cred/xaes256gcm.txt");
	struct cred_worker *w = worker();
	struct fg_cur c = fg_cur(text);
	size_t lines = 0;

	while (!c.bad && c.n != 0) {
		struct fg_str line = fg_cur_until(&c, '\n'), rounds, sum;
		uint64_t n;

		if (fg_starts(line, FG_LIT("#")))
			continue;
		lines++;
		if (!fg_starts(line, FG_LIT("accumulated ")))
			one_vector(w, a, line);
		else if (fg_cut(fg_sub(line, 12, line.n), ' ', &rounds, &sum) && fg_u64(rounds, &n))
			accumulated(w, a, n, sum);
	}
	CHECK(lines == 3);
	cred_worker_free(w);
}

static void
any_flipped_bit_closes_it(void)
{
	struct cred_worker *w = worker();
	uint8_t key[32] = { 7 }, nonce[24] = { 9 }, sealed[32], out[16];
	struct fg_str aad = FG_LIT("aad"), plain = FG_LIT("sixteen bytes ok");
	struct cred_xkey x;

	CHECK(xaes_prepare(w, key, &x) && xaes_seal(w, &x, nonce, &aad, 1, plain, sealed));
	for (size_t bit = 0; bit < sizeof(sealed) * 8; bit++) {
		sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK(!xaes_open(w, &x, nonce, &aad, 1, fg_str(sealed, 32), out));
		sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < sizeof(nonce) * 8; bit++) {
		nonce[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK(!xaes_open(w, &x, nonce, &aad, 1, fg_str(sealed, 32), out));
		nonce[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < 32; n++)
		CHECK(!xaes_open(w, &x, nonce, &aad, 1, fg_str(sealed, n), out));
	CHECK(!xaes_open(w, &x, nonce, &plain, 1, fg_str(sealed, 32), out));
	CHECK(xaes_open(w, &x, nonce, &aad, 1, fg_str(sealed, 32), out));
	cred_worker_free(w);
}

CU_TestInfo crypt_tests[] = {
	CASE(hkdf_is_rfc_5869),
	CASE(xaes_fits_the_published_vectors),
	CASE(any_flipped_bit_closes_it),
	CASES_END,
};
