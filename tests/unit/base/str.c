/* base/str.c */
#include "tests/unit/base/tests.h"

/* At every length around the four that are looked at together, wherever the odd byte is. */
static void
all_bytes_are_asked(void)
{
	static const unsigned char table[256] = { ['a'] = 3, ['b'] = 1, ['c'] = 2 };
	char text[12];

	for (size_t n = 0; n < sizeof(text); n++) {
		memset(text, 'a', sizeof(text));
		CHECK(fg_all(fg_str(text, n), table, 3) && fg_all(fg_str(text, n), table, 1));
		for (size_t i = 0; i < n; i++) {
			text[i] = 'b';
			CHECK(!fg_all(fg_str(text, n), table, 3) && fg_all(fg_str(text, n), table, 1));
			CHECK(!fg_all(fg_str(text, n), table, 2));
			text[i] = (char)0xff;
			CHECK(!fg_all(fg_str(text, n), table, 1));
			text[i] = 'a';
		}
	}
	CHECK(fg_all(FG_STR_NULL, table, 3));
}

static void
equality_and_order(void)
{
	CHECK(fg_eq(FG_LIT("ab"), FG_LIT("ab")) && !fg_eq(FG_LIT("ab"), FG_LIT("aB")));
	CHECK(fg_eq(FG_STR_NULL, FG_LIT("")));
	CHECK(fg_eq_icase(FG_LIT("Host"), FG_LIT("hOST")) && !fg_eq_icase(FG_LIT("a"), FG_LIT("ab")));
	CHECK(!fg_eq_icase(FG_LIT("@"), FG_LIT("`")) && !fg_eq_icase(FG_LIT("["), FG_LIT("{")));
	CHECK(fg_eq_const(FG_LIT("secret"), FG_LIT("secret")));
	CHECK(!fg_eq_const(FG_LIT("secret"), FG_LIT("secreT")));
	CHECK(!fg_eq_const(FG_LIT("secret"), FG_LIT("secre")) && fg_eq_const(FG_STR_NULL, FG_LIT("")));
	CHECK(fg_cmp(FG_LIT("a"), FG_LIT("ab")) < 0 && fg_cmp(FG_LIT("b"), FG_LIT("ab")) > 0);
	CHECK(fg_cmp(FG_LIT("\xff"), FG_LIT("a")) > 0 && fg_cmp(FG_STR_NULL, FG_LIT("")) == 0);
}

static void
prefixes_and_suffixes(void)
{
	CHECK(fg_starts(FG_LIT("arn:aws"), FG_LIT("arn:")) && !fg_starts(FG_LIT("ar"), FG_LIT("arn:")));
	CHECK(fg_starts(FG_STR_NULL, FG_LIT("")));
	CHECK(fg_starts_icase(FG_LIT("BEARER x"), FG_LIT("Bearer ")));
	CHECK(!fg_starts_icase(FG_LIT("Bear"), FG_LIT("Bearer ")));
	CHECK(fg_ends(FG_LIT("a.json"), FG_LIT(".json")) && !fg_ends(FG_LIT("json"), FG_LIT(".json")));
	CHECK(fg_ends(FG_LIT(".json"), FG_LIT(".json")) && fg_ends(FG_LIT("a"), FG_STR_NULL));
}

static void
slices_are_clamped(void)
{
	CHECK_STR(fg_sub(FG_LIT("abcdef"), 2, 4), "cd");
	CHECK_STR(fg_sub(FG_LIT("abc"), 2, 99), "c");
	CHECK_STR(fg_sub(FG_LIT("abc"), 9, 99), "");
	CHECK_STR(fg_sub(FG_LIT("abc"), 2, 1), "");
	CHECK(fg_str_null(fg_sub(FG_STR_NULL, 1, 2)));
}

static void
cutting(void)
{
	struct fg_str head, tail;

	CHECK(fg_cut(FG_LIT("a=b=c"), '=', &head, &tail));
	CHECK_STR(head, "a");
	CHECK_STR(tail, "b=c");
	CHECK(fg_cut(FG_LIT("a="), '=', &head, &tail));
	CHECK(tail.n == 0 && !fg_str_null(tail));
	CHECK(!fg_cut(FG_LIT("ab"), '=', &head, &tail));
	CHECK_STR(head, "ab");
	CHECK(fg_str_null(tail));
	CHECK(fg_find(FG_LIT("abc"), 'c') == 2 && fg_find(FG_LIT("abc"), 'x') == 3);
	CHECK(fg_find(FG_STR_NULL, 'x') == 0);
	CHECK_STR(fg_trim(FG_LIT(" \t\r\na b\n ")), "a b");
	CHECK_STR(fg_trim(FG_LIT(" \n")), "");
}

struct utf8_case {
	struct fg_str text;
	bool ok;
};

static void
utf8_is_strict(void)
{
	static const struct utf8_case table[] = {
		{ { "", 0 }, true },
		{ { "a\x7f", 2 }, true },
		{ { "\xc2\x80", 2 }, true },
		{ { "\xdf\xbf\xe0\xa0\x80", 5 }, true },
		{ { "\xed\x9f\xbf\xee\x80\x80", 6 }, true },
		{ { "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 8 }, true },
		{ { "\x80", 1 }, false },
		{ { "\xbf", 1 }, false },
		{ { "\xc0\x80", 2 }, false },         /* overlong */
		{ { "\xc1\xbf", 2 }, false },         /* overlong */
		{ { "\xe0\x9f\xbf", 3 }, false },     /* overlong */
		{ { "\xf0\x8f\xbf\xbf", 4 }, false }, /* overlong */
		{ { "\xed\xa0\x80", 3 }, false },     /* surrogate */
		{ { "\xed\xbf\xbf", 3 }, false },     /* surrogate */
		{ { "\xf4\x90\x80\x80", 4 }, false }, /* over U+10FFFF */
		{ { "\xf5\x80\x80\x80", 4 }, false },
		{ { "\xff", 1 }, false },
		{ { "\xc2", 1 }, false },             /* cut */
		{ { "\xe2\x82", 2 }, false },         /* cut */
		{ { "\xf0\x9f\x98", 3 }, false },     /* cut */
		{ { "\xc2\x41", 2 }, false },
		{ { "\xe2\x82\x41", 3 }, false },
		{ { "\xf0\x9f\x98\xc0", 4 }, false },
	};

	for (size_t i = 0; i < FG_COUNT(table); i++)
		CHECK(fg_utf8_ok(table[i].text) == table[i].ok);
}

static void
printable_is_ascii_without_controls(void)
{
	CHECK(fg_printable(FG_LIT(" ~aZ09")) && fg_printable(FG_STR_NULL));
	CHECK(!fg_printable(FG_LIT("a\n")) && !fg_printable(FG_LIT("\x7f")));
	CHECK(!fg_printable(FG_LIT("\xc3\xa9")) && !fg_printable(FG_LIT("\x1f")));
}

static void
numbers_have_one_spelling(void)
{
	uint64_t v = 77;

	CHECK(fg_u64(FG_LIT("0"), &v) && v == 0);
	CHECK(fg_u64(FG_LIT("9999999999999999999"), &v) && v == 9999999999999999999u);
	v = 77;
	CHECK(!fg_u64(FG_LIT(""), &v) && !fg_u64(FG_LIT("00"), &v) && !fg_u64(FG_LIT("01"), &v));
	CHECK(!fg_u64(FG_LIT("+1"), &v) && !fg_u64(FG_LIT("-1"), &v) && !fg_u64(FG_LIT(" 1"), &v));
	CHECK(!fg_u64(FG_LIT("1a"), &v) && !fg_u64(FG_LIT("18446744073709551616"), &v));
	CHECK(v == 77);
}

/* SipHash-1-3 of 00 01 02 ... under the key 00..0f; values from an implementation written apart. */
static void
the_hash_is_keyed(void)
{
	static const uint64_t key[2] = { 0x0706050403020100u, 0x0f0e0d0c0b0a0908u };
	static const uint64_t want[] = { 
		0xabac0158050fc4dcu, 0xc9f49bf37d57ca93u, 0x82cb9b024dc7d44du,
		0x8bf80ab8e7ddf7fbu, 0xcf75576088d38328u, 0xdef9d52f49533b67u,
		0xc50d2b50c59f22a7u, 0xd3927d989bb11140u, 0x369095118d299a8eu,
		0x25a48eb36c063de4u, 0x79de85ee92ff097fu, 0x70c118c1f94dc352u,
		0x78a384b157b4d9a2u, 0x306f760c1229ffa7u, 0x605aa111c0f95d34u,
		0xd320d86d2a519956u, 0xcc4fdd1a7d908b66u, 0x9cf2689063dbd80cu,
	 };
	uint64_t other[2] = { key[0], key[1] ^ 1 };
	char bytes[64];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	for (size_t i = 0; i < FG_COUNT(want); i++)
		CHECK(fg_hash(fg_str(bytes, i), key) == want[i]);
	CHECK(fg_hash(FG_LIT("abc"), key) != fg_hash(FG_LIT("abc"), other));
}

static CU_TestInfo cases[] = {
	CASE(equality_and_order),
	CASE(all_bytes_are_asked),
	CASE(prefixes_and_suffixes),
	CASE(slices_are_clamped),
	CASE(cutting),
	CASE(utf8_is_strict),
	CASE(printable_is_ascii_without_controls),
	CASE(numbers_have_one_spelling),
	CASE(the_hash_is_keyed),
	CASES_END,
};

CU_SuiteInfo
str_suite(void)
{
	return (CU_SuiteInfo)SUITE("base/str.c", cases);
}
