/* base/sha256: the vectors of FIPS 180-4 and RFC 4231, cut in pieces as well, and libcrypto's answer. */
#include "base/sha256.h"
#include "tests/unit/base/tests.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define LIT(s) { s, sizeof(s) - 1 }

static void
is(const uint8_t got[FG_SHA256_BYTES], const char *want)
{
	char room[2 * FG_SHA256_BYTES + 1];
	struct fg_buf b = FG_BUF_FIXED(room);

	fg_buf_hex(&b, fg_str(got, FG_SHA256_BYTES));
	CHECK(fg_eq(fg_buf_str(&b), fg_str_z(want)));
}

static void
digests(void)
{
	const struct fg_str abc = FG_LIT("abc"), cut[] = { FG_LIT("a"), FG_STR_NULL, FG_LIT("bc") },
		long_one = FG_LIT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
	uint8_t d[FG_SHA256_BYTES];

	fg_sha256(NULL, 0, d);
	is(d, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	fg_sha256(&abc, 1, d);
	is(d, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	fg_sha256(cut, FG_COUNT(cut), d);
	is(d, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	fg_sha256(&long_one, 1, d);
	is(d, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* RFC 4231, cases 1, 2 and 6: a key shorter than a block, in pieces, and longer than one. */
static void
hmacs(void)
{
	static const struct {
		struct fg_str key, part[2];
		const char *want;
	} rows[] = {
		{ LIT("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"),
		    { LIT("Hi There"), LIT("") },
		    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ LIT("Jefe"), { LIT("what do ya want "), LIT("for nothing?") },
		    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	};
	uint8_t key[131], d[FG_SHA256_BYTES];
	const struct fg_str text = FG_LIT("Test Using Larger Than Block-Size Key - Hash Key First");

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		fg_hmac(rows[i].key, rows[i].part, 2, d);
		is(d, rows[i].want);
	}
	memset(key, 0xaa, sizeof(key));
	fg_hmac(fg_str(key, sizeof(key)), &text, 1, d);
	is(d, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* Every length around the edges of a block, of message and of key. */
static void
as_libcrypto(void)
{
	uint8_t bytes[200], want[FG_SHA256_BYTES], got[FG_SHA256_BYTES];
	unsigned n;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + 1);
	for (size_t i = 0; i <= sizeof(bytes); i++) {
		const struct fg_str s = fg_str(bytes, i), half[] = { fg_sub(s, 0, i / 2), fg_sub(s, i / 2, i) };

		CHECK(EVP_Digest(bytes, i, want, &n, EVP_sha256(), NULL) == 1);
		fg_sha256(&s, 1, got);
		CHECK(memcmp(got, want, sizeof(want)) == 0);
		CHECK(HMAC(EVP_sha256(), bytes, (int)i, bytes, i, want, &n) != NULL);
		fg_hmac(s, half, 2, got);
		CHECK(memcmp(got, want, sizeof(want)) == 0);
	}
}

/* Chains write their next value over the last. */
static void
in_place(void)
{
	uint8_t a[FG_SHA256_BYTES] = { 1 }, b[FG_SHA256_BYTES] = { 1 }, want[FG_SHA256_BYTES];
	const struct fg_str x = fg_str(a, sizeof(a)), y = fg_str(b, sizeof(b));

	fg_sha256(&x, 1, want);
	fg_sha256(&x, 1, a);
	CHECK(memcmp(a, want, sizeof(want)) == 0);
	fg_hmac(y, &y, 1, want);
	fg_hmac(y, &y, 1, b);
	CHECK(memcmp(b, want, sizeof(want)) == 0);
}

static CU_TestInfo cases[] = {
	CASE(digests),
	CASE(hmacs),
	CASE(as_libcrypto),
	CASE(in_place),
	CASES_END,
};

CU_SuiteInfo
sha256_suite(void)
{
	return (CU_SuiteInfo)SUITE("base/sha256.c", cases);
}
