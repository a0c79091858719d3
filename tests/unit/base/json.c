/* base/json.c, base/json_string.c, base/json_names.c */
#include <dirent.h>

#include "tests/unit/base/tests.h"

static enum fg_rc
parse(struct fg_arena *a, struct fg_str s, struct fg_json *j, struct fg_err *e)
{
	*e = (struct fg_err){ 0 };
	return fg_json_parse(a, s, NULL, "test.json", j, e);
}

static void
nodes_lie_in_document_order(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	struct fg_str src = FG_LIT(" {\"a\":[1,-2.50e+1],\"b\":{\"c\":null},\"d\":\"x\\ny\"} ");
	struct fg_json j;
	struct fg_err e;
	uint32_t i;

	CHECK_OK(parse(a, src, &j, &e));
	CHECK(j.n == 11 && j.node[0].type == FG_JSON_OBJECT && j.node[0].n == 3);
	CHECK(j.node[0].next == 11 && j.node[0].off == 1 && j.node[0].end == src.n - 1);
	i = fg_json_get(&j, 0, FG_LIT("a"));
	CHECK(j.node[i].type == FG_JSON_ARRAY && j.node[i].n == 2);
	CHECK_STR(fg_json_raw(&j, i), "[1,-2.50e+1]");
	i = fg_json_after(&j, fg_json_first(i));
	CHECK_STR(j.node[i].text, "-2.50e+1");
	i = fg_json_get(&j, 0, FG_LIT("b"));
	CHECK(j.node[fg_json_get(&j, i, FG_LIT("c"))].type == FG_JSON_NULL);
	CHECK_STR(j.node[fg_json_get(&j, 0, FG_LIT("d"))].text, "x\ny");
	CHECK(fg_json_get(&j, 0, FG_LIT("c")) == 0);
	CHECK(fg_json_get(&j, fg_json_get(&j, 0, FG_LIT("a")), FG_LIT("a")) == 0);
}

static void
plain_strings_are_borrowed(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 16);
	struct fg_str src = FG_LIT("\"caf\xc3\xa9 and more than eight bytes\"");
	struct fg_json j;
	struct fg_err e;

	CHECK_OK(parse(a, src, &j, &e));
	CHECK(j.node[0].text.p == src.p + 1 && j.node[0].text.n == src.n - 2);
}

static void
escapes_are_undone(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 16);
	struct fg_json j;
	struct fg_err e;

	CHECK_OK(parse(a, FG_LIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20ac\\ud83d\\uDE00\""), &j, &e));
	CHECK_STR(j.node[0].text, "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	CHECK_OK(parse(a, FG_LIT("\"\\u007f\\u0080\\u07ff\\u0800\""), &j, &e));
	CHECK_STR(j.node[0].text, "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80");
	CHECK_OK(parse(a, FG_LIT("\"\\u0001\\uffff\\ud800\\udc00\\udbff\\udfff\""), &j, &e));
	CHECK_STR(j.node[0].text, "\x01\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
}

struct refused {
	const char *text;
	const char *why; /* end of the error's text */
};

static void
each_rule_is_refused_with_its_place(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	static const struct refused table[] = {
		{ "", "line 1 column 1: unexpected end" },
		{ "\xef\xbb\xbf{}", "line 1 column 1: no such value" },
		{ "{} x", "line 1 column 4: bytes after the document" },
		{ "{}{}", "line 1 column 3: bytes after the document" },
		{ "[1,\n 2,]", "line 2 column 4: no such value" },
		{ "{\"a\":1,}", "line 1 column 8: member without a name" },
		{ "{a:1}", "line 1 column 2: member without a name" },
		{ "{\"a\" 1}", "line 1 column 6: no colon after a name" },
		{ "{\"a\":1 \"b\":2}", "line 1 column 8: no comma or } after a member" },
		{ "[1 2]", "line 1 column 4: no comma or ] after an element" },
		{ "[1}", "line 1 column 3: no comma or ] after an element" },
		{ "[", "line 1 column 2: unexpected end" },
		{ "NaN", "line 1 column 1: no such value" },
		{ "-Infinity", "line 1 column 2: number without digits" },
		{ "tru", "line 1 column 1: no such value" },
		{ "01", "line 1 column 2: bytes after the document" },
		{ "-", "line 1 column 2: unexpected end" },
		{ "1.", "line 1 column 3: unexpected end" },
		{ "1.e1", "line 1 column 3: fraction without digits" },
		{ "1e", "line 1 column 3: unexpected end" },
		{ "1e+x", "line 1 column 4: exponent without digits" },
		{ "+1", "line 1 column 1: no such value" },
		{ ".5", "line 1 column 1: no such value" },
		{ "'a'", "line 1 column 1: no such value" },
		{ "\"a", "line 1 column 3: unexpected end" },
		{ "\"a\\", "line 1 column 4: unexpected end" },
		{ "\"tab\there\"", "line 1 column 5: control character in a string" },
		{ "\"long enough for a word\nx\"", "line 1 column 24: control character in a string" },
		{ "\"\xff\"", "line 1 column 2: bytes are not UTF-8" },
		{ "\"eight bytes \xc3\"", "line 1 column 14: bytes are not UTF-8" },
		{ "\"\xed\xa0\x80\"", "line 1 column 2: bytes are not UTF-8" },
		{ "\"\\x41\"", "line 1 column 2: escape is not valid" },
		{ "\"\\u00g0\"", "line 1 column 2: escape is not valid" },
		{ "\"\\u0000\"", "line 1 column 2: escape is not valid" },
		{ "\"\\ud800\"", "line 1 column 2: escape is not valid" },
		{ "\"\\ud800\\u0041\"", "line 1 column 2: escape is not valid" },
		{ "\"\\ud83d.uDE00\"", "line 1 column 2: escape is not valid" },
		{ "\"\\ud83d\\nDE00\"", "line 1 column 2: escape is not valid" },
		{ "\"\\ud83d\\uDE0\"", "line 1 column 2: escape is not valid" },
		{ "\"\\udc00\"", "line 1 column 2: escape is not valid" },
		{ "\"\\u12\"", "line 1 column 2: escape is not valid" },
		{ "[1]//c", "line 1 column 4: bytes after the document" },
		{ "{\"a\":1,\"a\":2}", "line 1 column 8: duplicate member a" },
		{ "[{\"x\":{\"aA\":1,\"a\\u0041\":2}}]", "line 1 column 15: duplicate member aA" },
		{ "{\"\":1,\"\":2}", "line 1 column 7: duplicate member " },
	};

	for (size_t i = 0; i < FG_COUNT(table); i++) {
		struct fg_json j = { .n = 77 };
		struct fg_err e;

		CHECK_RC(parse(a, fg_str_z(table[i].text), &j, &e), FG_E_SYNTAX);
		CHECK_EQ(fg_str_z(e.text), fg_str_z(table[i].why));
		CHECK_STEP(e, "test.json");
		CHECK(j.n == 77);
	}
}

static void
a_raw_nul_ends_nothing(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 16);
	struct fg_json j;
	struct fg_err e;

	CHECK_RC(parse(a, FG_LIT("{}\0{}"), &j, &e), FG_E_SYNTAX);
	CHECK_RC(parse(a, FG_LIT("\"a\0b\""), &j, &e), FG_E_SYNTAX);
}

static void
limits_are_the_callers(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	struct fg_json_limits depth = { .depth = 2 }, nodes = { .nodes = 3 }, members = { .members = 2 },
			      bytes = { .bytes = 4 };
	struct fg_json j;
	struct fg_err e = { 0 };

	CHECK_OK(fg_json_parse(a, FG_LIT("[[]]"), &depth, "t", &j, &e));
	CHECK_RC(fg_json_parse(a, FG_LIT("[[[]]]"), &depth, "t", &j, &e), FG_E_LIMIT);
	CHECK_OK(fg_json_parse(a, FG_LIT("[1,2]"), &nodes, "t", &j, NULL));
	CHECK_RC(fg_json_parse(a, FG_LIT("[1,2,3]"), &nodes, "t", &j, NULL), FG_E_LIMIT);
	CHECK_OK(fg_json_parse(a, FG_LIT("{\"a\":1,\"b\":{\"a\":1,\"b\":2}}"), &members, "t", &j, NULL));
	CHECK_RC(fg_json_parse(a, FG_LIT("{\"a\":1,\"b\":2,\"c\":3}"), &members, "t", &j, NULL), FG_E_LIMIT);
	CHECK_OK(fg_json_parse(a, FG_LIT("[10]"), &bytes, "t", &j, NULL));
	CHECK_RC(fg_json_parse(a, FG_LIT("[100]"), &bytes, "t", &j, NULL), FG_E_LIMIT);
}

static void
depth_has_a_hard_cap(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	struct fg_json_limits loose = { .depth = 1u << 30 };
	char text[2 * FG_LIMIT_JSON_DEPTH + 2];
	struct fg_json j;

	memset(text, '[', FG_LIMIT_JSON_DEPTH + 1);
	memset(text + FG_LIMIT_JSON_DEPTH + 1, ']', FG_LIMIT_JSON_DEPTH + 1);
	CHECK_OK(fg_json_parse(a, fg_str(text + 1, 2 * FG_LIMIT_JSON_DEPTH), &loose, "t", &j, NULL));
	CHECK_RC(fg_json_parse(a, fg_str(text, sizeof(text)), &loose, "t", &j, NULL), FG_E_LIMIT);
}

static void
integers_are_exact(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 16);
	struct fg_json j;
	struct fg_err e;
	int64_t v = 77;

	CHECK_OK(parse(a, FG_LIT("[0,-1,9223372036854775807,-9223372036854775808,"
	    "9223372036854775808,1.0,1e3,-0,\"1\",99999999999999999999]"), &j, &e));
	CHECK(fg_json_i64(&j, 1, INT64_MIN, INT64_MAX, &v) && v == 0);
	CHECK(fg_json_i64(&j, 2, INT64_MIN, INT64_MAX, &v) && v == -1);
	CHECK(fg_json_i64(&j, 3, INT64_MIN, INT64_MAX, &v) && v == INT64_MAX);
	CHECK(fg_json_i64(&j, 4, INT64_MIN, INT64_MAX, &v) && v == INT64_MIN);
	v = 77;
	for (uint32_t i = 5; i <= 10; i++)
		CHECK(!fg_json_i64(&j, i, INT64_MIN, INT64_MAX, &v));
	CHECK(!fg_json_i64(&j, 2, 0, 10, &v) && !fg_json_i64(&j, 3, 0, 10, &v));
	CHECK(v == 77);
}

static CU_TestInfo cases[] = {
	CASE(nodes_lie_in_document_order),
	CASE(plain_strings_are_borrowed),
	CASE(escapes_are_undone),
	CASE(each_rule_is_refused_with_its_place),
	CASE(a_raw_nul_ends_nothing),
	CASE(limits_are_the_callers),
	CASE(depth_has_a_hard_cap),
	CASE(integers_are_exact),
	CASES_END,
};

CU_SuiteInfo
json_suite(void)
{
	return (CU_SuiteInfo)SUITE("base/json.c", cases);
}

/* n members, the last two of which bear one name when twice is set. */
static enum fg_rc
with_members(struct fg_arena *a, int n, bool twice)
{
	struct fg_buf b = FG_BUF_ARENA(a, 1u << 20);
	struct fg_json j;
	struct fg_str s;

	fg_buf_putc(&b, '{');
	for (int i = 0; i < n; i++)
		fg_buf_fmt(&b, "%s\"claim-number-%d\":0", i == 0 ? "" : ",", twice && i == n - 1 ? 0 : i);
	fg_buf_putc(&b, '}');
	CHECK_OK(fg_buf_end(&b, &s));
	return fg_json_parse(a, s, NULL, "t", &j, NULL);
}

static void
duplicates_are_found_at_every_size(void)
{
	for (int n = 2; n < 200; n++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4u << 20);

		CHECK_OK(with_members(a, n, false));
		CHECK_RC(with_members(a, n, true), FG_E_SYNTAX);
	}
}

/* The middle of a long name is not in its fingerprint. */
static void
names_that_look_alike_are_told_apart(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 16);
	struct fg_json j;

	CHECK_OK(fg_json_parse(a, FG_LIT("{\"same-head-A-same-tail\":1,\"same-head-B-same-tail\":2}"), NULL,
	    "t", &j, NULL));
	CHECK_RC(fg_json_parse(a, FG_LIT("{\"same-head-A-same-tail\":1,\"x\":0,\"same-head-A-same-tail\":2}"),
	    NULL, "t", &j, NULL), FG_E_SYNTAX);
	CHECK_OK(fg_json_parse(a, FG_LIT("{\"a\":1,\"aa\":2,\"\":3,\"A\":4}"), NULL, "t", &j, NULL));
}

static CU_TestInfo names_cases[] = {
	CASE(duplicates_are_found_at_every_size),
	CASE(names_that_look_alike_are_told_apart),
	CASES_END,
};

CU_SuiteInfo
json_names_suite(void)
{
	return (CU_SuiteInfo)SUITE("base/json_names.c", names_cases);
}

/* Valid for RFC 8259, refused here: duplicate names (RFC 7493) and U+0000. */
static bool
refused_on_purpose(struct fg_str name)
{
	static const char *const names[] = { "y_object_duplicated_key.json",
		"y_object_duplicated_key_and_value.json", "y_object_escaped_null_in_key.json",
		"y_string_null_escape.json" };

	for (size_t i = 0; i < FG_COUNT(names); i++)
		if (fg_eq(name, fg_str_z(names[i])))
			return true;
	return false;
}

static void
public_file(const char *dir, struct fg_str name, unsigned *ok, unsigned *purpose)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u << 20);
	struct fg_str path = fg_arena_fmt(a, "%s/%s", dir, name.p);
	struct fg_str text = unit_file(a, path.p);
	struct fg_json j;
	struct fg_err e;
	bool taken = parse(a, text, &j, &e) == FG_OK;

	CHECK(!fg_str_null(text));
	if (refused_on_purpose(name)) {
		CHECK(!taken);
		(*purpose)++;
		return;
	}
	if (name.p[0] != 'i' && taken != (name.p[0] == 'y')) {
		printf("\n    %s: %s\n", name.p, taken ? "accepted" : e.text);
		CU_FAIL("not as the suite expects");
		return;
	}
	(*ok)++;
}

static void
the_public_suite_is_answered_as_expected(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 16);
	struct fg_str root = unit_suite_dir(a, "json-test-suite");
	unsigned ok = 0, purpose = 0;
	struct dirent *e;
	DIR *d;

	if (fg_str_null(root))
		return;
	root = fg_arena_fmt(a, "%s/test_parsing", root.p);
	d = opendir(root.p);
	CHECK(d != NULL);
	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			public_file(root.p, fg_str_z(e->d_name), &ok, &purpose);
	if (d != NULL)
		closedir(d);
	CHECK(ok == 314 && purpose == 4);
}

static CU_TestInfo public_cases[] = {
	CASE(the_public_suite_is_answered_as_expected),
	CASES_END,
};

CU_SuiteInfo
json_public_suite(void)
{
	return (CU_SuiteInfo)SUITE("base/json.c, public suite", public_cases);
}
