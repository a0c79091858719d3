/* base/buf.c */
#include <stdlib.h>

#include "tests/unit/base/tests.h"

static void
verbs_append(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(4096);
	struct fg_str out;

	fg_buf_put(&b, FG_LIT("a"));
	fg_buf_put(&b, FG_STR_NULL);
	fg_buf_putc(&b, '|');
	fg_buf_fmt(&b, "%s-%d", "x", 5);
	fg_buf_putc(&b, '|');
	fg_buf_u64(&b, UINT64_MAX);
	fg_buf_putc(&b, '|');
	fg_buf_i64(&b, INT64_MIN);
	fg_buf_putc(&b, '|');
	fg_buf_i64(&b, 0);
	CHECK_OK(fg_buf_end(&b, &out));
	CHECK_STR(out, "a|x-5|18446744073709551615|-9223372036854775808|0");
}

static void
an_empty_builder_is_present_but_empty(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(16);
	struct fg_str out;

	CHECK_OK(fg_buf_end(&b, &out));
	CHECK(out.n == 0 && out.p != NULL);
}

static void
the_cap_latches(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(8);
	struct fg_str out = FG_LIT("kept");

	fg_buf_put(&b, FG_LIT("12345678"));
	CHECK(b.bad == FG_OK);
	fg_buf_putc(&b, '9');
	CHECK_RC(fg_buf_end(&b, &out), FG_E_LIMIT);
	CHECK_STR(out, "kept");
	fg_buf_reset(&b);
	fg_buf_put(&b, FG_LIT("1"));
	CHECK_OK(fg_buf_end(&b, &out));
	CHECK_STR(out, "1");
	CHECK(fg_buf_room(&b, SIZE_MAX) == NULL && b.bad == FG_E_LIMIT);
}

static void
fixed_storage_never_grows(void)
{
	char room[4];
	struct fg_buf b = FG_BUF_FIXED(room);

	fg_buf_put(&b, FG_LIT("1234"));
	CHECK(b.bad == FG_OK && b.p == room);
	fg_buf_putc(&b, '5');
	CHECK(b.bad == FG_E_LIMIT);
	fg_buf_free(&b);
}

static void
an_arena_holds_it(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(8192);
	struct fg_buf b = FG_BUF_ARENA(a, 100000);

	for (int i = 0; i < 300; i++)
		fg_buf_put(&b, FG_LIT("0123456789"));
	CHECK(b.bad == FG_OK && b.n == 3000);
	for (int i = 0; i < 3000; i++)
		fg_buf_put(&b, FG_LIT("0123456789"));
	CHECK(b.bad == FG_E_NOMEM);
	fg_buf_free(&b);
}

/* The old place of a secret is wiped when the builder moves; in an arena that place can be seen. */
static void
a_secret_leaves_no_copy_behind(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 16);
	struct fg_buf b = FG_BUF_ARENA(a, 1u << 15);
	char *old;

	b.secret = true;
	fg_buf_put(&b, FG_LIT("canary"));
	old = b.p;
	CHECK(fg_arena_alloc(a, 16) != NULL);
	while (b.p == old)
		fg_buf_put(&b, FG_LIT("0123456789"));
	CHECK(memcmp(old, "\0\0\0\0\0\0", 6) == 0);
	CHECK(memcmp(b.p, "canary", 6) == 0);
	old = b.p;
	fg_buf_free(&b);
	CHECK(memcmp(old, "\0\0\0\0\0\0", 6) == 0);
}

struct text_case {
	struct fg_str in, out;
};

static void
escaped(const struct text_case *t, size_t n, void (*verb)(struct fg_buf *, struct fg_str))
{
	for (size_t i = 0; i < n; i++) {
		FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(4096);
		struct fg_str out;

		verb(&b, t[i].in);
		CHECK_OK(fg_buf_end(&b, &out));
		CHECK_EQ(out, t[i].out);
	}
}

#define ROW(in, out) { { in, sizeof(in) - 1 }, { out, sizeof(out) - 1 } }

static void
xml_is_escaped(void)
{
	static const struct text_case t[] = {
		ROW("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"),
		ROW("\t\n\r", "&#9;&#10;&#13;"),
		ROW("\x01\x1f\x0b", "???"),
		ROW("\xc3\xa9\xf0\x9f\x98\x80", "\xc3\xa9\xf0\x9f\x98\x80"),
		ROW("\xff\xc3", "??"),
		ROW("\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd", "??\xef\xbf\xbd"),
		ROW("]]>", "]]&gt;"),
		ROW("", ""),
	};

	escaped(t, FG_COUNT(t), fg_buf_xml);
}

static void
json_is_escaped(void)
{
	static const struct text_case t[] = {
		ROW("plain text/slash", "plain text/slash"),
		ROW("\"\\", "\\\"\\\\"),
		ROW("\n\r\t\b\f", "\\n\\r\\t\\b\\f"),
		ROW("\x01\x1f\x7f", "\\u0001\\u001f\\u007f"),
		ROW("a\xc3\xa9z", "a\xc3\xa9z"),
		ROW("a\xffz\xc3", "a\xef\xbf\xbdz\xef\xbf\xbd"),
		ROW("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"),
	};

	escaped(t, FG_COUNT(t), fg_buf_json);
}

static void
json_strings_have_quotes(void)
{
	static const struct text_case t[] = { ROW("a\"b", "\"a\\\"b\""), ROW("", "\"\"") };

	escaped(t, FG_COUNT(t), fg_buf_json_str);
}

static void
uris_keep_unreserved_characters_alone(void)
{
	static const struct text_case t[] = {
		ROW("AZaz09-._~", "AZaz09-._~"),
		ROW("a b/c?d=e&f+g%", "a%20b%2Fc%3Fd%3De%26f%2Bg%25"),
		ROW("\xc3\xa9\n", "%C3%A9%0A"),
	};

	escaped(t, FG_COUNT(t), fg_buf_uri);
}

static void
binary_is_big_endian_and_prefixed(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(1u << 20);
	FG_AUTO(fg_buf_free) struct fg_buf big = FG_BUF(70000);
	struct fg_str out;

	fg_buf_be8(&b, 1);
	fg_buf_be16(&b, 0x0203);
	fg_buf_be32(&b, 0x04050607);
	fg_buf_be64(&b, 0x08090a0b0c0d0e0fu);
	fg_buf_v8(&b, FG_LIT("a"));
	fg_buf_v16(&b, FG_LIT("bc"));
	fg_buf_v32(&b, FG_STR_NULL);
	CHECK_OK(fg_buf_end(&b, &out));
	CHECK_EQ(out, FG_LIT("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
	    "\x01" "a\x00\x02" "bc\x00\x00\x00\x00"));
	for (int i = 0; i < 256; i++)
		fg_buf_putc(&big, 'x');
	fg_buf_reset(&b);
	fg_buf_v8(&b, fg_buf_str(&big));
	CHECK(b.bad == FG_E_LIMIT);
	while (big.n < 65536)
		fg_buf_putc(&big, 'x');
	fg_buf_reset(&b);
	fg_buf_v16(&b, fg_buf_str(&big));
	CHECK(b.bad == FG_E_LIMIT);
}

static CU_TestInfo cases[] = {
	CASE(verbs_append),
	CASE(an_empty_builder_is_present_but_empty),
	CASE(the_cap_latches),
	CASE(fixed_storage_never_grows),
	CASE(an_arena_holds_it),
	CASE(a_secret_leaves_no_copy_behind),
	CASE(xml_is_escaped),
	CASE(json_is_escaped),
	CASE(json_strings_have_quotes),
	CASE(uris_keep_unreserved_characters_alone),
	CASE(binary_is_big_endian_and_prefixed),
	CASES_END,
};

CU_SuiteInfo
buf_suite(void)
{
	return (CU_SuiteInfo)SUITE("base/buf.c", cases);
}
