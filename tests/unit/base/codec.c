/* base/codec.c */
#include "tests/unit/base/tests.h"

typedef bool (*decoder)(struct fg_arena *, struct fg_str, struct fg_str *);

struct decode_case {
	decoder fn;
	const char *in;
	const char *out; /* NULL: refused */
};

static bool
uri_path(struct fg_arena *a, struct fg_str in, struct fg_str *ret)
{
	return fg_uri_decode(a, in, FG_URI_PATH, ret);
}

static bool
uri_form(struct fg_arena *a, struct fg_str in, struct fg_str *ret)
{
	return fg_uri_decode(a, in, FG_URI_FORM, ret);
}

static const struct decode_case table[] = {
	/* RFC 4648 10 */
	{ fg_base64url, "", "" },
	{ fg_base64url, "Zg", "f" },
	{ fg_base64url, "Zm8", "fo" },
	{ fg_base64url, "Zm9v", "foo" },
	{ fg_base64url, "Zm9vYg", "foob" },
	{ fg_base64url, "Zm9vYmE", "fooba" },
	{ fg_base64url, "Zm9vYmFy", "foobar" },
	{ fg_base64url, "-_-_", "\xfb\xff\xbf" },
	{ fg_base64url, "Zg==", NULL },     /* padding */
	{ fg_base64url, "Zm9v\n", NULL },   /* blank */
	{ fg_base64url, "Zm 9v", NULL },
	{ fg_base64url, "+/+/", NULL },     /* the other alphabet */
	{ fg_base64url, "Z", NULL },        /* length 1 mod 4 */
	{ fg_base64url, "Zm9vY", NULL },
	{ fg_base64url, "Zh", NULL },       /* unused bits */
	{ fg_base64url, "Zm9", NULL },
	{ fg_base64url, "Zm9vYmF\x80", NULL },
	{ fg_base64, "", "" },
	{ fg_base64, "Zg==", "f" },
	{ fg_base64, "Zm8=", "fo" },
	{ fg_base64, "Zm9v", "foo" },
	{ fg_base64, "+/+/", "\xfb\xff\xbf" },
	{ fg_base64, "-_-_", NULL },
	{ fg_base64, "Zg", NULL },          /* no padding */
	{ fg_base64, "Zg=", NULL },
	{ fg_base64, "Zg===", NULL },
	{ fg_base64, "Z===", NULL },
	{ fg_base64, "====", NULL },
	{ fg_base64, "Zh==", NULL },        /* unused bits */
	{ fg_base64, "Zm9=", NULL },
	{ fg_base64, "Zg==Zg==", NULL },    /* padding inside */
	{ fg_base64, "Zm9v\n", NULL },
	{ fg_base64_ws, " Zm\r\n9v\tYg == ", "foob" },
	{ fg_base64_ws, "Zm9v\x0bYg==", NULL },
	{ fg_base64_ws, "Zg=", NULL },
	{ fg_hex, "", "" },
	{ fg_hex, "00", NULL },             /* the table cannot hold a NUL: see below */
	{ fg_hex, "616A6b", "ajk" },
	{ fg_hex, "616", NULL },
	{ fg_hex, "6g", NULL },
	{ fg_hex, "0x", NULL },
	{ uri_path, "a%20b+c%2f%2F", "a b+c//" },
	{ uri_form, "a%20b+c%2B", "a b c+" },
	{ fg_hex, "ffFF", "\xff\xff" },
	{ uri_path, "%ff%FE", "\xff\xfe" },
	{ uri_form, "", "" },
	{ uri_form, "%", NULL },
	{ uri_form, "%2", NULL },
	{ uri_form, "%zz", NULL },
	{ uri_form, "%+1", NULL },
	{ uri_form, "a%00b", NULL },
};

static void
each_row_decodes_or_is_refused(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 16);

	for (size_t i = 0; i < FG_COUNT(table); i++) {
		const struct decode_case *t = &table[i];
		struct fg_str out = FG_LIT("old");
		bool ok = t->fn(a, fg_str_z(t->in), &out);

		if (t->fn == fg_hex && strcmp(t->in, "00") == 0) {
			CHECK(ok && fg_eq(out, fg_str("", 1)));
			continue;
		}
		CHECK(ok == (t->out != NULL));
		if (ok) {
			CHECK_EQ(out, fg_str_z(t->out));
			CHECK(out.p != NULL && out.p[out.n] == '\0');
		} else {
			CHECK(fg_str_null(out));
		}
	}
}

static void
a_raw_nul_in_a_uri_is_refused(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4096);
	struct fg_str out;

	CHECK(!fg_uri_decode(a, FG_LIT("a\0b"), FG_URI_FORM, &out));
}

static void
every_byte_outside_the_alphabet_is_refused(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 16);
	const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	for (int c = 0; c < 256; c++) {
		for (size_t at = 0; at < 8; at++) {
			char text[8] = "AAAAAAAA";
			struct fg_str out;

			text[at] = (char)c;
			CHECK(fg_base64url(a, fg_str(text, 8), &out) ==
			    (c != 0 && strchr(alphabet, c) != NULL));
		}
		fg_arena_reset(a);
	}
}

static void
encoding_and_decoding_agree_at_every_length(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 18);
	char bytes[67];

	for (size_t n = 0; n <= sizeof(bytes); n++) {
		struct fg_buf url = FG_BUF_ARENA(a, 256), std = url, hex = url;
		struct fg_str in = fg_str(bytes, n), out;
		unsigned char into[67];

		if (n > 0)
			bytes[n - 1] = (char)(n * 151);
		fg_buf_base64url(&url, in);
		fg_buf_base64(&std, in);
		fg_buf_hex(&hex, in);
		CHECK(fg_base64url(a, fg_buf_str(&url), &out) && fg_eq(out, in));
		CHECK(fg_base64(a, fg_buf_str(&std), &out) && fg_eq(out, in));
		CHECK(fg_hex(a, fg_buf_str(&hex), &out) && fg_eq(out, in));
		CHECK(fg_base64url_into(fg_buf_str(&url), into, n) == (ptrdiff_t)n);
		CHECK(n == 0 || fg_base64url_into(fg_buf_str(&url), into, n - 1) == -1);
		CHECK(n == 0 || memcmp(into, bytes, n) == 0);
	}
}

static void
an_arena_that_is_full_refuses(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16);
	struct fg_str out;

	CHECK(fg_arena_alloc(a, 16) != NULL);
	CHECK(!fg_base64url(a, FG_LIT("Zm9v"), &out) && fg_str_null(out));
	CHECK(!fg_uri_decode(a, FG_LIT("a"), FG_URI_FORM, &out) && fg_str_null(out));
}

static void
base32_both_ways(void)
{
	unsigned char out[10];
	char text[16];

	fg_base32((const unsigned char *)"foobarbaz!", 10, text);
	CHECK_EQ(fg_str(text, 16), FG_LIT("MZXW6YTBOJRGC6RB"));
	CHECK(fg_base32_decode(fg_str(text, 16), out, 10) && memcmp(out, "foobarbaz!", 10) == 0);
	CHECK(!fg_base32_decode(fg_str(text, 16), out, 9));
	CHECK(!fg_base32_decode(FG_LIT("MZXW6YT"), out, 10));
	CHECK(!fg_base32_decode(FG_LIT("mzxw6ytb"), out, 10));
	CHECK(!fg_base32_decode(FG_LIT("MZXW6YT1"), out, 10));
	CHECK(!fg_base32_decode(FG_LIT("MZXW6YT8"), out, 10));
}

static CU_TestInfo cases[] = {
	CASE(each_row_decodes_or_is_refused),
	CASE(a_raw_nul_in_a_uri_is_refused),
	CASE(every_byte_outside_the_alphabet_is_refused),
	CASE(encoding_and_decoding_agree_at_every_length),
	CASE(an_arena_that_is_full_refuses),
	CASE(base32_both_ways),
	CASES_END,
};

CU_SuiteInfo
codec_suite(void)
{
	return (CU_SuiteInfo)SUITE("base/codec.c", cases);
}
